/* The boot record: its bytes, and the rules of which slot starts. UPDATE.md has both as tables. */
#include "boot/boot.h"

#include <string.h>
#include <zlib.h>

#define RECORD_BYTES 20u
#define COPIES 2

static const uint8_t magic[8] = { 'K', 'I', 'T', 'E', 'B', 'O', 'O', 'T' };

static uint32_t check_of(const uint8_t bytes[RECORD_BYTES])
{
    return (uint32_t)crc32(0, bytes, RECORD_BYTES - 4);
}

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void write_record(const struct kite_boot_record *record, uint8_t out[RECORD_BYTES])
{
    memcpy(out, magic, sizeof magic);
    put_u32(out + 8, record->sequence);
    out[12] = record->slot;
    out[13] = record->tries_left;
    for (int i = 0; i < KITE_SLOTS; i++)
        out[14 + i] = (uint8_t)record->states[i];
    put_u32(out + 16, check_of(out));
}

static bool read_record(const uint8_t bytes[RECORD_BYTES], struct kite_boot_record *out)
{
    if (memcmp(bytes, magic, sizeof magic) != 0 || kite_get_u32(bytes + 16) != check_of(bytes))
        return false;
    if (bytes[12] >= KITE_SLOTS || bytes[13] > KITE_START_TRIES || bytes[14] > KITE_SLOT_FAILED || bytes[15] > KITE_SLOT_FAILED)
        return false;
    *out = (struct kite_boot_record){ .sequence = kite_get_u32(bytes + 8), .slot = bytes[12], .tries_left = bytes[13],
                                      .states = { (enum kite_slot_state)bytes[14], (enum kite_slot_state)bytes[15] } };
    return true;
}

static enum kite_status check_size(const struct kite_partition *partition, struct kite_fault *fault)
{
    if (partition->size_bytes < KITE_BOOT_BYTES_MIN)
        return kite_fail(fault, KITE_E_RANGE, "the boot partition has %llu bytes, it needs %u",
                         (unsigned long long)partition->size_bytes, KITE_BOOT_BYTES_MIN);
    return KITE_OK;
}

/* Behind the highest number comes 0, so that no record stands for ever. */
static bool is_later(uint32_t sequence, uint32_t than)
{
    return sequence != than && sequence - than <= UINT32_MAX / 2;
}

/* Which copy counts: 0 or 1, or -1 when neither is valid. A copy that can't be read is one that isn't valid, as a cut may
 * leave a sector that the disk refuses to read. */
static int newer_copy(const struct kite_partition *partition, struct kite_boot_record *out)
{
    int newer = -1;

    for (int i = 0; i < COPIES; i++) {
        uint8_t bytes[RECORD_BYTES];
        struct kite_boot_record record;
        uint64_t offset = (uint64_t)i * KITE_BOOT_STEP_BYTES;

        if (partition->read_at(partition->ctx, offset, bytes, sizeof bytes) || !read_record(bytes, &record))
            continue;
        if (newer < 0 || is_later(record.sequence, out->sequence)) {
            newer = i;
            *out = record;
        }
    }
    return newer;
}

enum kite_status kite_boot_read(const struct kite_partition *partition, struct kite_boot_record *out, struct kite_fault *fault)
{
    enum kite_status status = check_size(partition, fault);

    if (status == KITE_OK && newer_copy(partition, out) < 0)
        *out = (struct kite_boot_record){ .tries_left = KITE_START_TRIES, .states = { KITE_SLOT_GOOD, KITE_SLOT_EMPTY } };
    return status;
}

enum kite_status kite_boot_write(const struct kite_partition *partition, struct kite_boot_record *record,
                                 struct kite_fault *fault)
{
    uint8_t sector[512] = { 0 };
    struct kite_boot_record newest;
    enum kite_status status = check_size(partition, fault);

    if (status)
        return status;
    int newer = newer_copy(partition, &newest);
    int place = newer == 0 ? 1 : 0;

    if (newer >= 0 && is_later(newest.sequence, record->sequence))
        record->sequence = newest.sequence; /* of a copy that could not be read when this one was */
    record->sequence++;
    write_record(record, sector);
    status = partition->write_at(partition->ctx, (uint64_t)place * KITE_BOOT_STEP_BYTES, sector, sizeof sector);
    if (status == KITE_OK)
        status = partition->sync(partition->ctx);
    return status ? kite_fail(fault, status, "the boot record could not be written") : KITE_OK;
}

/* ---- the rules ---------------------------------------------------------------------------------- */

void kite_boot_start(struct kite_boot_record *record)
{
    uint8_t other = (uint8_t)(1 - record->slot);

    if (record->tries_left == 0) {
        if (record->states[other] != KITE_SLOT_EMPTY) {
            record->states[record->slot] = KITE_SLOT_FAILED;
            record->slot = other;
        }
        record->tries_left = KITE_START_TRIES;
    }
    record->tries_left--;
}

void kite_boot_fail(struct kite_boot_record *record)
{
    record->tries_left = 0;
}

bool kite_boot_good(struct kite_boot_record *record, uint8_t running)
{
    bool is_next = record->slot == running;
    bool is_news = record->states[running] != KITE_SLOT_GOOD || (is_next && record->tries_left < KITE_START_TRIES);

    record->states[running] = KITE_SLOT_GOOD;
    if (is_next)
        record->tries_left = KITE_START_TRIES;
    return is_news;
}

bool kite_boot_can_return(const struct kite_boot_record *record, uint8_t running)
{
    return record->states[1 - running] == KITE_SLOT_GOOD;
}

void kite_boot_return(struct kite_boot_record *record, uint8_t running)
{
    record->slot = (uint8_t)(1 - running);
    record->tries_left = KITE_START_TRIES;
}
