/* The boot record and an update that is put in beside it: any two copies of the record, any events of the device's life. Then what is on the
 * disk names a slot that can start. The input: a byte (bit 0: sums are made right, bit 1: the second copy too, bits 2 to 4: which write or
 * read fails), two copies of 20 bytes, and an event a byte. */
#include "boot/boot.h"
#include "fuzz/fuzz.h"

#include <sodium.h>
#include <stdio.h>

#define RECORD_BYTES 20u
#define BOARD "b"
#define IMAGE "an image"
#define UPDATE_BYTES (KITE_RELEASE_HEADER_BYTES + 8u)

struct disk {
    uint8_t bytes[KITE_BOOT_BYTES_MIN + 512];
    unsigned calls, fail_at; /* 0: never */
};

static enum kite_status call(struct disk *disk, uint64_t offset, size_t count)
{
    HOLDS(offset <= sizeof disk->bytes && count <= sizeof disk->bytes - offset);
    return ++disk->calls == disk->fail_at ? KITE_E_IO : KITE_OK;
}

static enum kite_status read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct disk *disk = ctx;
    enum kite_status status = call(disk, offset, count);

    if (status == KITE_OK)
        memcpy(dst, disk->bytes + offset, count);
    return status;
}

static enum kite_status write_at(void *ctx, uint64_t offset, const uint8_t *src, size_t count)
{
    struct disk *disk = ctx;
    enum kite_status status = call(disk, offset, count);

    memcpy(disk->bytes + offset, src, status ? count / 2 : count);
    return status;
}

static enum kite_status sync_disk(void *ctx)
{
    return call(ctx, 0, 0);
}

static void put_record(struct disk *disk, size_t at, const uint8_t *bytes, bool is_mended)
{
    uint8_t *record = disk->bytes + at;
    uint32_t sum;

    memcpy(record, bytes, RECORD_BYTES);
    if (!is_mended)
        return;
    memcpy(record, "KITEBOOT", 8);
    sum = (uint32_t)crc32(0, record, RECORD_BYTES - 4);
    for (unsigned i = 0; i < 4; i++)
        record[RECORD_BYTES - 4 + i] = (uint8_t)(sum >> 8 * i);
}

static void check(const struct kite_boot_record *record)
{
    HOLDS(record->slot < KITE_SLOTS && record->tries_left <= KITE_START_TRIES);
    for (int i = 0; i < KITE_SLOTS; i++)
        HOLDS(record->states[i] <= KITE_SLOT_FAILED);
}

/* A whole update file of IMAGE; or of bytes that are not what its hash says. */
static void make_update(uint8_t file[UPDATE_BYTES], bool is_whole)
{
    uint8_t hash[32];
    int used = sprintf((char *)file, "Kite update 1.\nversion: 2\nboard: " BOARD "\nbytes: 8\nhash: ");

    crypto_generichash(hash, sizeof hash, (const uint8_t *)IMAGE, 8, NULL, 0);
    sodium_bin2hex((char *)file + used, 2 * sizeof hash + 1, hash, sizeof hash);
    strcat((char *)file, "\n");
    memcpy(file + KITE_RELEASE_HEADER_BYTES, is_whole ? IMAGE : "no image", 8);
}

/* Bits: 3: into which slot, 4: it is whole, 5 to 7: which call on the spare slot fails. */
static void install(const struct kite_memory *mem, const struct kite_partition *boot, uint8_t what)
{
    static struct disk spare;
    const struct kite_partition slot = { &spare, sizeof spare.bytes, read_at, write_at, sync_disk };
    const struct kite_install_place place = { .board = BOARD, .boot = boot, .spare = &slot, .running = what >> 3 & 1 };
    uint8_t file[UPDATE_BYTES] = { 0 };
    struct kite_span_bytes span = { file, sizeof file };
    struct kite_source source = kite_source_memory(&span);
    struct kite_install *running = NULL;
    enum kite_status status;
    uint64_t done, total;

    spare.calls = 0;
    spare.fail_at = what >> 5;
    make_update(file, what >> 4 & 1);
    status = kite_install_begin(mem, &source, &place, &running, NULL);
    while (status == KITE_OK) {
        status = kite_install_step(running, &done, &total, NULL);
        HOLDS(done <= total);
    }
    HOLDS(status != KITE_DONE || (what >> 4 & 1));
    kite_install_close(running);
}

/* What was written is read back, unless the reading fails. */
static void check_write(struct disk *disk, const struct kite_partition *boot, struct kite_boot_record *record)
{
    struct kite_boot_record again;
    unsigned calls;

    if (kite_boot_write(boot, record, NULL) != KITE_OK)
        return;
    calls = disk->calls;
    HOLDS(kite_boot_read(boot, &again, NULL) == KITE_OK);
    if (disk->fail_at > calls && disk->fail_at <= disk->calls)
        return;
    HOLDS(again.sequence == record->sequence && again.slot == record->slot && again.tries_left == record->tries_left);
    HOLDS(again.states[0] == record->states[0] && again.states[1] == record->states[1]);
}

static void live(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    static struct disk disk;
    const struct kite_partition boot = { &disk, sizeof disk.bytes, read_at, write_at, sync_disk };
    struct kite_boot_record record = { .slot = 0 };

    disk.calls = 0;
    disk.fail_at = data[0] >> 2;
    put_record(&disk, 0, data + 1, data[0] & 1);
    put_record(&disk, KITE_BOOT_STEP_BYTES, data + 1 + RECORD_BYTES, data[0] & 2);
    HOLDS(kite_boot_read(&boot, &record, NULL) == KITE_OK);
    check(&record);
    for (size_t i = 1 + 2 * RECORD_BYTES; i < size; i++) {
        switch (data[i] % 5) {
        case 0:
            kite_boot_start(&record);
            break;
        case 1:
            kite_boot_fail(&record);
            break;
        case 2:
            (void)kite_boot_good(&record, data[i] >> 3 & 1);
            break;
        case 3:
            check_write(&disk, &boot, &record);
            break;
        default:
            install(mem, &boot, data[i]);
            HOLDS(kite_boot_read(&boot, &record, NULL) == KITE_OK);
        }
        check(&record);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 2 * RECORD_BYTES)
        with_memory_that_ends(data, size, live);
    return 0;
}
