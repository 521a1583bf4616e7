/* An update into the spare slot: copied, read back, and only then named in the boot record. */
#include "boot/boot.h"

#include <sodium.h>
#include <string.h>

#define STEP_BYTES (128u * 1024)

struct kite_install {
    struct kite_memory mem;
    struct kite_source source;
    struct kite_partition boot, spare;
    uint8_t running;
    struct kite_release release;
    struct kite_boot_record record;
    uint64_t done_bytes; /* copied, then read back: up to twice the image */
    crypto_generichash_state hash;
    uint8_t bytes[STEP_BYTES];
};

static void hash_begin(struct kite_install *install)
{
    crypto_generichash_init(&install->hash, NULL, 0, sizeof install->release.image_hash);
}

static bool hash_is_right(struct kite_install *install)
{
    uint8_t hash[sizeof install->release.image_hash];

    crypto_generichash_final(&install->hash, hash, sizeof hash);
    return memcmp(hash, install->release.image_hash, sizeof hash) == 0;
}

static enum kite_status check_release(const struct kite_release *release, const struct kite_install_place *place,
                                      struct kite_fault *fault)
{
    if (strcmp(release->board, place->board) != 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the update is for the board %s, this is %s", release->board, place->board);
    if (release->image_bytes > place->spare->size_bytes)
        return kite_fail(fault, KITE_E_LIMIT, "the update's image has %llu bytes, the slot %llu",
                         (unsigned long long)release->image_bytes, (unsigned long long)place->spare->size_bytes);
    return KITE_OK;
}

/* From here to the end the spare slot counts as empty, whatever happens. */
static enum kite_status empty_spare(struct kite_install *install, struct kite_fault *fault)
{
    struct kite_boot_record *record = &install->record;
    enum kite_status status = kite_boot_read(&install->boot, record, fault);

    if (status)
        return status;
    if (record->slot != install->running)
        record->tries_left = KITE_START_TRIES;
    record->slot = install->running;
    record->states[1 - install->running] = KITE_SLOT_EMPTY;
    return kite_boot_write(&install->boot, record, fault);
}

enum kite_status kite_install_begin(const struct kite_memory *mem, const struct kite_source *source,
                                    const struct kite_install_place *place, struct kite_install **out,
                                    struct kite_fault *fault)
{
    struct kite_release release;
    enum kite_status status = kite_release_read(source, &release, fault);

    *out = NULL;
    if (status == KITE_DONE)
        return kite_fail(fault, KITE_E_FORMAT, "the file is not an update");
    if (status == KITE_OK && place->key_count > 0)
        status = kite_release_signer(&release, place->keys, place->key_count, NULL, fault);
    if (status == KITE_OK)
        status = check_release(&release, place, fault);
    if (status)
        return status;

    struct kite_install *install = kite_alloc(mem, 1, sizeof *install);

    if (!install)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the update");
    install->mem = *mem;
    install->source = *source;
    install->boot = *place->boot;
    install->spare = *place->spare;
    install->running = place->running;
    install->release = release;
    hash_begin(install);
    status = empty_spare(install, fault);
    if (status) {
        kite_install_close(install);
        return status;
    }
    *out = install;
    return KITE_OK;
}

static size_t piece(uint64_t offset, uint64_t end)
{
    return end - offset < STEP_BYTES ? (size_t)(end - offset) : STEP_BYTES;
}

static enum kite_status copy(struct kite_install *install, struct kite_fault *fault)
{
    uint64_t offset = install->done_bytes, end = install->release.image_bytes;
    size_t count = piece(offset, end);
    enum kite_status status =
        install->source.read_at(install->source.ctx, KITE_RELEASE_HEADER_BYTES + offset, install->bytes, count);

    if (status)
        return kite_fail(fault, status, "the update file cannot be read any further: was the stick pulled out?");
    crypto_generichash_update(&install->hash, install->bytes, count);
    status = install->spare.write_at(install->spare.ctx, offset, install->bytes, count);
    install->done_bytes += count;
    if (status == KITE_OK && install->done_bytes == end) {
        if (!hash_is_right(install))
            return kite_fail(fault, KITE_E_DAMAGED, "the update file is damaged: copy it to the stick again");
        hash_begin(install);
        status = install->spare.sync(install->spare.ctx);
    }
    return status ? kite_fail(fault, status, "the update could not be written") : KITE_OK;
}

static enum kite_status read_back(struct kite_install *install, struct kite_fault *fault)
{
    uint64_t offset = install->done_bytes - install->release.image_bytes;
    size_t count = piece(offset, install->release.image_bytes);
    enum kite_status status = install->spare.read_at(install->spare.ctx, offset, install->bytes, count);

    if (status)
        return kite_fail(fault, status, "the update could not be read back");
    crypto_generichash_update(&install->hash, install->bytes, count);
    install->done_bytes += count;
    return KITE_OK;
}

static enum kite_status finish(struct kite_install *install, struct kite_fault *fault)
{
    struct kite_boot_record *record = &install->record;
    uint8_t spare = (uint8_t)(1 - install->running);
    enum kite_status status;

    if (!hash_is_right(install))
        return kite_fail(fault, KITE_E_DAMAGED, "the update reads back otherwise than it was written: the storage is worn out");
    status = kite_boot_read(&install->boot, record, fault); /* the running system may have proved good meanwhile */
    if (status)
        return status;
    record->slot = spare;
    record->states[spare] = KITE_SLOT_UNTRIED;
    record->tries_left = KITE_START_TRIES;
    status = kite_boot_write(&install->boot, record, fault);
    return status ? status : KITE_DONE;
}

enum kite_status kite_install_step(struct kite_install *install, uint64_t *done, uint64_t *total, struct kite_fault *fault)
{
    uint64_t image_bytes = install->release.image_bytes;
    enum kite_status status;

    if (install->done_bytes < image_bytes)
        status = copy(install, fault);
    else if (install->done_bytes < 2 * image_bytes)
        status = read_back(install, fault);
    else
        status = finish(install, fault);
    *done = install->done_bytes;
    *total = 2 * image_bytes;
    return status;
}

void kite_install_close(struct kite_install *install)
{
    if (install)
        kite_free(&install->mem, install);
}
