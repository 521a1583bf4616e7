/* The boot record and its rules, update files, and an update cut off at every write. */
#include "partition.h"

#include "host/host.h"

#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define BOOT_BYTES 32768u
#define IMAGE_BYTES 300000u
#define SLOT_BYTES 327680u

/* ---- the record ---------------------------------------------------------------------------------- */

static void a_new_device_starts_slot_a(void **state)
{
    struct test_partition disk;
    struct kite_partition boot = test_partition_alone(&disk, BOOT_BYTES);
    struct kite_boot_record record;

    (void)state;
    assert_int_equal(kite_boot_read(&boot, &record, NULL), KITE_OK);
    assert_int_equal(record.slot, 0);
    assert_int_equal(record.tries_left, KITE_START_TRIES);
    assert_int_equal(record.states[0], KITE_SLOT_GOOD);
    assert_int_equal(record.states[1], KITE_SLOT_EMPTY);
    test_partition_free(&disk);
}

static void a_partition_too_small_is_refused(void **state)
{
    struct test_partition disk;
    struct kite_partition boot = test_partition_alone(&disk, KITE_BOOT_BYTES_MIN - 1);
    struct kite_boot_record record = { 0 };

    (void)state;
    assert_int_equal(kite_boot_read(&boot, &record, NULL), KITE_E_RANGE);
    assert_int_equal(kite_boot_write(&boot, &record, NULL), KITE_E_RANGE);
    test_partition_free(&disk);
}

/* Any change to the newer copy gives the older one, never a third thing. */
static void a_damaged_copy_gives_the_other(void **state)
{
    struct test_partition disk;
    struct kite_partition boot = test_partition_alone(&disk, BOOT_BYTES);
    struct kite_boot_record record, read;

    (void)state;
    assert_int_equal(kite_boot_read(&boot, &record, NULL), KITE_OK);
    record.tries_left = 2;
    assert_int_equal(kite_boot_write(&boot, &record, NULL), KITE_OK);
    record.tries_left = 1;
    assert_int_equal(kite_boot_write(&boot, &record, NULL), KITE_OK);
    for (size_t bit = 0; bit < 20 * 8; bit++) {
        uint8_t *newer = test_partition_bytes(&disk) + KITE_BOOT_STEP_BYTES;

        newer[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(kite_boot_read(&boot, &read, NULL), KITE_OK);
        assert_int_equal(read.tries_left, 2);
        newer[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(kite_boot_read(&boot, &read, NULL), KITE_OK);
    assert_int_equal(read.tries_left, 1);
    test_partition_free(&disk);
}

/* A disk that will not give the newer copy for once: what is written then still counts. */
static void a_copy_that_comes_back_does_not_win(void **state)
{
    struct test_partition disk;
    struct kite_partition boot = test_partition_alone(&disk, BOOT_BYTES);
    struct kite_boot_record record, read;

    (void)state;
    assert_int_equal(kite_boot_read(&boot, &record, NULL), KITE_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(kite_boot_write(&boot, &record, NULL), KITE_OK);
    test_partition_bytes(&disk)[0] ^= 1;
    assert_int_equal(kite_boot_read(&boot, &record, NULL), KITE_OK);
    test_partition_bytes(&disk)[0] ^= 1;
    record.tries_left = 1;
    assert_int_equal(kite_boot_write(&boot, &record, NULL), KITE_OK);
    assert_int_equal(kite_boot_read(&boot, &read, NULL), KITE_OK);
    assert_int_equal(read.tries_left, 1);
    test_partition_free(&disk);
}

static void numbers_of_writing_come_round(void **state)
{
    struct test_partition disk;
    struct kite_partition boot = test_partition_alone(&disk, BOOT_BYTES);
    struct kite_boot_record record, read;

    (void)state;
    assert_int_equal(kite_boot_read(&boot, &record, NULL), KITE_OK);
    record.sequence = UINT32_MAX - 3;
    for (uint8_t i = 0; i < 6; i++) {
        record.tries_left = i % 3;
        assert_int_equal(kite_boot_write(&boot, &record, NULL), KITE_OK);
        assert_int_equal(kite_boot_read(&boot, &read, NULL), KITE_OK);
        assert_int_equal(read.tries_left, i % 3);
    }
    assert_int_equal(read.sequence, 2);
    test_partition_free(&disk);
}

static void three_failed_starts_go_back(void **state)
{
    struct kite_boot_record record = { .slot = 1, .tries_left = KITE_START_TRIES,
                                       .states = { KITE_SLOT_GOOD, KITE_SLOT_UNTRIED } };

    (void)state;
    for (int i = 0; i < KITE_START_TRIES; i++) {
        kite_boot_start(&record);
        assert_int_equal(record.slot, 1);
    }
    kite_boot_start(&record);
    assert_int_equal(record.slot, 0);
    assert_int_equal(record.states[1], KITE_SLOT_FAILED);
    assert_true(kite_boot_good(&record, 0));
    assert_false(kite_boot_good(&record, 0)); /* no news, no write */
    assert_int_equal(record.tries_left, KITE_START_TRIES);
}

static void a_page_drawn_keeps_the_slot(void **state)
{
    struct kite_boot_record record = { .slot = 1, .tries_left = KITE_START_TRIES,
                                       .states = { KITE_SLOT_GOOD, KITE_SLOT_UNTRIED } };

    (void)state;
    for (int i = 0; i < 10; i++) {
        kite_boot_start(&record);
        kite_boot_start(&record);
        assert_int_equal(record.slot, 1);
        assert_true(kite_boot_good(&record, 1));
    }
    assert_int_equal(record.states[1], KITE_SLOT_GOOD);
}

/* Back to a slot that was good once; when it fails, the one that was left starts again. */
static void going_back_is_for_a_slot_that_was_good(void **state)
{
    static const enum kite_slot_state states[] = { KITE_SLOT_EMPTY, KITE_SLOT_UNTRIED, KITE_SLOT_GOOD, KITE_SLOT_FAILED };
    struct kite_boot_record record = { .tries_left = KITE_START_TRIES };

    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        record.states[0] = states[i];
        record.states[1] = KITE_SLOT_GOOD;
        record.slot = 1;
        assert_int_equal(kite_boot_can_return(&record, 1), states[i] == KITE_SLOT_GOOD);
    }
    record.states[0] = KITE_SLOT_GOOD;
    record.tries_left = 1;
    kite_boot_return(&record, 1);
    for (int i = 0; i < KITE_START_TRIES; i++) {
        kite_boot_start(&record);
        assert_int_equal(record.slot, 0);
    }
    kite_boot_start(&record);
    assert_int_equal(record.slot, 1);
}

/* With nothing in the other slot there is no going back: the one that is there is tried on and on. */
static void an_empty_slot_never_starts(void **state)
{
    struct kite_boot_record record = { .tries_left = KITE_START_TRIES, .states = { KITE_SLOT_GOOD, KITE_SLOT_EMPTY } };

    (void)state;
    for (int i = 0; i < 20; i++) {
        kite_boot_start(&record);
        assert_int_equal(record.slot, 0);
        if (i % 3 == 0)
            kite_boot_fail(&record);
    }
}

/* Two slots that both fail take turns, as either may only have been unlucky. */
static void failing_slots_take_turns(void **state)
{
    struct kite_boot_record record = { .tries_left = 0, .states = { KITE_SLOT_GOOD, KITE_SLOT_GOOD } };
    int starts[KITE_SLOTS] = { 0, 0 };

    (void)state;
    for (int i = 0; i < 12; i++) {
        kite_boot_start(&record);
        starts[record.slot]++;
    }
    assert_int_equal(starts[0], 6);
    assert_int_equal(starts[1], 6);
}

/* ---- update files --------------------------------------------------------------------------------- */

struct update_file {
    uint8_t *bytes;
    size_t count;
    struct kite_span_bytes span;
    struct kite_source source;
};

static void make_update(struct update_file *file, const char *extra)
{
    uint8_t hash[32];
    char *header;
    int at;

    file->count = KITE_RELEASE_HEADER_BYTES + IMAGE_BYTES;
    file->bytes = calloc(1, file->count);
    for (size_t i = 0; i < IMAGE_BYTES; i++)
        file->bytes[KITE_RELEASE_HEADER_BYTES + i] = (uint8_t)(i * 2654435761u >> 13);
    crypto_generichash(hash, sizeof hash, file->bytes + KITE_RELEASE_HEADER_BYTES, IMAGE_BYTES, NULL, 0);
    header = (char *)file->bytes;
    at = snprintf(header, KITE_RELEASE_HEADER_BYTES, "Kite update 1. For people.\nversion: 0.2.0\nboard: virt\nbytes: %u\nhash: ",
                  IMAGE_BYTES);
    for (size_t i = 0; i < sizeof hash; i++)
        at += snprintf(header + at, 3, "%02x", hash[i]);
    snprintf(header + at, KITE_RELEASE_HEADER_BYTES - (size_t)at, "\n%s", extra);
    file->span = (struct kite_span_bytes){ file->bytes, file->count };
    file->source = kite_source_memory(&file->span);
}

static void an_update_file_tells_what_it_is(void **state)
{
    struct update_file file;
    struct kite_release release;

    (void)state;
    make_update(&file, "later: what this version does not know\n");
    assert_int_equal(kite_release_read(&file.source, &release, NULL), KITE_OK);
    assert_string_equal(release.version, "0.2.0");
    assert_string_equal(release.board, "virt");
    assert_int_equal(release.image_bytes, IMAGE_BYTES);
    free(file.bytes);
}

/* No flip of a bit in the header passes for the same header; what still reads has another hash, name or number, or differs in
 * what is for people. */
static void a_changed_header_is_noticed(void **state)
{
    struct update_file file;
    struct kite_release right, read;
    size_t people_end;

    (void)state;
    make_update(&file, "");
    people_end = (size_t)((uint8_t *)memchr(file.bytes, '\n', 100) - file.bytes);
    assert_int_equal(kite_release_read(&file.source, &right, NULL), KITE_OK);
    for (size_t bit = 0; bit < KITE_RELEASE_HEADER_BYTES * 8; bit++) {
        file.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (kite_release_read(&file.source, &read, NULL) == KITE_OK && (bit / 8 < 14 || bit / 8 > people_end))
            assert_memory_not_equal(&read, &right, sizeof read);
        file.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    free(file.bytes);
}

static void what_cannot_be_taken_is_told_apart(void **state)
{
    static const struct {
        const char *from, *to;
        enum kite_status status;
    } cases[] = {
        { "Kite update 1.", "Kite update 2.", KITE_E_UNSUPPORTED },
        { "Kite update 1.", "Kind update 1.", KITE_DONE },
        { "version: 0.2.0", "version: ../../", KITE_E_FORMAT },
        { "board: virt", "board: vi t", KITE_E_FORMAT },
        { "board: virt", "bored: virt", KITE_E_FORMAT },
        { "bytes: 300000", "bytes: 900000", KITE_E_DAMAGED },
        { "bytes: 300000", "bytes: 030000", KITE_E_FORMAT },
        { "bytes: 300000", "bytes: 3000000000", KITE_E_FORMAT },
        { "extra: 1", "Extra: 1", KITE_E_UNSUPPORTED },
        { "extra: 1", "extra  1", KITE_E_FORMAT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct update_file file;
        struct kite_release release;
        char *at;

        make_update(&file, "extra: 1\n");
        at = strstr((char *)file.bytes, cases[i].from);
        assert_non_null(at);
        memmove(at + strlen(cases[i].to), at + strlen(cases[i].from), 200);
        memcpy(at, cases[i].to, strlen(cases[i].to));
        assert_int_equal(kite_release_read(&file.source, &release, NULL), cases[i].status);
        free(file.bytes);
    }
}

static void every_cut_of_an_update_file_is_noticed(void **state)
{
    struct update_file file;
    struct kite_release release;

    (void)state;
    make_update(&file, "");
    for (size_t count = 0; count < file.count; count += count < KITE_RELEASE_HEADER_BYTES + 8 ? 1 : 4999) {
        file.source.size_bytes = count;
        assert_int_equal(kite_release_read(&file.source, &release, NULL), count < 12 ? KITE_DONE : KITE_E_DAMAGED);
    }
    free(file.bytes);
}

static void versions_compare_by_number(void **state)
{
    (void)state;
    assert_true(kite_release_compare("0.9.0", "0.10.0") < 0);
    assert_true(kite_release_compare("1.0", "0.99.99") > 0);
    assert_true(kite_release_compare("1.0", "1.0.1") < 0);
    assert_int_equal(kite_release_compare("1.02", "1.2"), 0);
    assert_true(kite_release_compare("99999999999999999999999", "99999999999999999999998") > 0);
}

/* ---- an update --------------------------------------------------------------------------------------- */

struct device {
    struct disk *disk;
    uint64_t ops; /* of its making */
    struct test_partition boot_disk, slot_disks[KITE_SLOTS];
    struct kite_partition boot, slots[KITE_SLOTS];
    struct update_file file;
    const struct kite_public_key *keys; /* of the makers */
    size_t key_count;
};

static void device_open(struct device *device)
{
    memset(device, 0, sizeof *device);
    device->disk = disk_make(1);
    test_partition_make(&device->boot_disk, device->disk, "boot", BOOT_BYTES, 0);
    test_partition_make(&device->slot_disks[0], device->disk, "a", SLOT_BYTES, 0x11); /* the running system */
    test_partition_make(&device->slot_disks[1], device->disk, "b", SLOT_BYTES, 0);
    device->boot = device->boot_disk.file.partition;
    for (int i = 0; i < KITE_SLOTS; i++)
        device->slots[i] = device->slot_disks[i].file.partition;
    device->ops = device->disk->ops;
    make_update(&device->file, "");
}

static void device_off(struct device *device)
{
    kite_partition_close(&device->boot_disk.file);
    for (int i = 0; i < KITE_SLOTS; i++)
        kite_partition_close(&device->slot_disks[i].file);
}

static void device_close(struct device *device)
{
    device_off(device);
    disk_destroy(device->disk);
    free(device->file.bytes);
}

static enum kite_status install(struct device *device, const struct kite_memory *mem, uint8_t running, const char *board)
{
    struct kite_install_place place = { .board = board, .boot = &device->boot, .spare = &device->slots[1 - running], .running = running,
                                        .keys = device->keys, .key_count = device->key_count };
    struct kite_install *work;
    struct kite_fault fault = { "" };
    uint64_t done = 0, total, last = 0;
    enum kite_status status = kite_install_begin(mem, &device->file.source, &place, &work, &fault);

    if (status) {
        assert_true(fault.text[0] != '\0');
        return status;
    }
    while ((status = kite_install_step(work, &done, &total, &fault)) == KITE_OK) {
        assert_true(done > last && done <= total);
        last = done;
    }
    assert_true(status == KITE_DONE || fault.text[0] != '\0');
    kite_install_close(work);
    return status;
}

static bool holds_the_update(const struct device *device, int slot)
{
    return memcmp(test_partition_bytes(&device->slot_disks[slot]), device->file.bytes + KITE_RELEASE_HEADER_BYTES, IMAGE_BYTES) == 0;
}

static void an_update_starts_next(void **state)
{
    struct kite_memory mem = kite_memory_heap();
    struct device device;
    struct kite_boot_record record;

    (void)state;
    device_open(&device);
    assert_int_equal(install(&device, &mem, 0, "virt"), KITE_DONE);
    assert_true(holds_the_update(&device, 1));
    assert_int_equal(kite_boot_read(&device.boot, &record, NULL), KITE_OK);
    assert_int_equal(record.slot, 1);
    assert_int_equal(record.states[1], KITE_SLOT_UNTRIED);
    /* The old system still runs: that it is well says nothing of the new one, and a second update goes where the first went. */
    kite_boot_good(&record, 0);
    assert_int_equal(record.states[1], KITE_SLOT_UNTRIED);
    assert_int_equal(install(&device, &mem, 0, "virt"), KITE_DONE);
    assert_int_equal(test_partition_bytes(&device.slot_disks[0])[0], 0x11);
    device_close(&device);
}

/* The line that makers add at the end of the header; is_false: of something else. */
static void sign_update(struct update_file *file, const struct kite_secret *secret, bool is_false)
{
    struct kite_buffer line = { .mem = kite_memory_heap() };
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature signature;
    size_t end = strlen((const char *)file->bytes);

    kite_message_hash(file->bytes, end, hash);
    hash[0] ^= is_false;
    kite_sign(secret, hash, &signature);
    assert_int_equal(kite_signature_line_write(&signature, "signature: ", &line), KITE_OK);
    memcpy(file->bytes + end, line.bytes, line.count);
    kite_buffer_close(&line);
}

static void with_makers_keys_only_what_they_signed_is_put_in(void **state)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_secret secret, other;
    struct kite_public_key keys[2];
    struct device device;

    (void)state;
    assert_int_equal(kite_trust_init(NULL), KITE_OK);
    assert_int_equal(kite_key_create("Other", NULL, &other, &keys[0], NULL), KITE_OK);
    keys[0] = (struct kite_public_key){ .name = "" }; /* one that could not be read */
    assert_int_equal(kite_key_create("Makers", NULL, &secret, &keys[1], NULL), KITE_OK);
    for (int i = 0; i < 4; i++) {
        static const enum kite_status wanted[] = { KITE_E_RANGE, KITE_E_RANGE, KITE_E_DAMAGED, KITE_DONE };

        device_open(&device);
        device.keys = keys;
        device.key_count = 2;
        if (i > 0)
            sign_update(&device.file, i == 1 ? &other : &secret, i == 2);
        assert_int_equal(install(&device, &mem, 0, "virt"), wanted[i]);
        if (i < 3)
            assert_int_equal(device.disk->ops, device.ops);
        device_close(&device);
    }
}

static void what_does_not_fit_is_refused_before_anything_is_written(void **state)
{
    struct kite_memory mem = kite_memory_heap();
    struct device device;

    (void)state;
    device_open(&device);
    assert_int_equal(install(&device, &mem, 0, "another-board"), KITE_E_UNSUPPORTED);
    device.slots[1].size_bytes = IMAGE_BYTES - 1;
    assert_int_equal(install(&device, &mem, 0, "virt"), KITE_E_LIMIT);
    assert_int_equal(device.disk->ops, device.ops);
    device_close(&device);
}

static void a_damaged_image_never_starts(void **state)
{
    struct kite_memory mem = kite_memory_heap();
    struct device device;
    struct kite_boot_record record;

    (void)state;
    device_open(&device);
    device.file.bytes[KITE_RELEASE_HEADER_BYTES + 12345] ^= 1;
    assert_int_equal(install(&device, &mem, 0, "virt"), KITE_E_DAMAGED);
    device.file.bytes[KITE_RELEASE_HEADER_BYTES + 12345] ^= 1;
    device.slots[1].read_at = test_read_wrong;
    assert_int_equal(install(&device, &mem, 0, "virt"), KITE_E_DAMAGED);
    assert_int_equal(kite_boot_read(&device.boot, &record, NULL), KITE_OK);
    assert_int_equal(record.slot, 0);
    assert_int_equal(record.states[1], KITE_SLOT_EMPTY);
    device_close(&device);
}

/* At every write, with many fates of what is in flight: the slot that starts is whole. */
static void a_cut_at_any_write_leaves_a_device_that_starts(void **state)
{
    struct kite_memory mem = kite_memory_heap();
    bool is_over = false;
    int old_starts = 0, new_starts = 0;

    (void)state;
    for (uint64_t cut_at = 1; !is_over; cut_at++) {
        for (uint64_t seed = 0; seed < 2 * DISK_CUTS; seed++) {
            struct device device;
            struct kite_boot_record record;

            device_open(&device);
            device.disk->cut_at = device.ops + cut_at;
            device.disk->random = seed * 977 + cut_at;
            is_over = install(&device, &mem, 0, "virt") == KITE_DONE;
            device_off(&device);
            disk_power_on(device.disk, (enum disk_cut)(seed % DISK_CUTS));
            test_partition_open(&device.boot_disk);
            assert_int_equal(kite_boot_read(&device.boot, &record, NULL), KITE_OK);
            kite_boot_start(&record);
            if (record.slot == 1)
                assert_true(holds_the_update(&device, 1));
            else
                assert_int_not_equal(is_over, true);
            old_starts += record.slot == 0;
            new_starts += record.slot == 1;
            /* However often it then fails to draw a page, it never starts a slot that isn't whole. */
            for (int i = 0; i < 8; i++) {
                kite_boot_start(&record);
                if (record.slot == 1)
                    assert_true(holds_the_update(&device, 1));
            }
            assert_int_equal(test_partition_bytes(&device.slot_disks[0])[SLOT_BYTES - 1], 0x11);
            device_close(&device);
        }
    }
    assert_true(old_starts > 0 && new_starts > 0);
}

static void memory_that_fails_is_told(void **state)
{
    struct check_memory counted = { .fail_at = 1 };
    struct kite_memory mem = check_memory(&counted);
    struct device device;

    (void)state;
    device_open(&device);
    assert_int_equal(install(&device, &mem, 0, "virt"), KITE_E_NOMEM);
    assert_int_equal(counted.blocks, 0);
    device_close(&device);
}

static void a_file_stands_for_a_partition(void **state)
{
    char path[] = "/tmp/kite-boot-XXXXXX";
    int descriptor = mkstemp(path);
    struct kite_io posix = kite_io_posix();
    struct kite_partition_file file;
    struct kite_boot_record record, read;
    struct kite_fault fault;

    (void)state;
    assert_true(descriptor >= 0);
    assert_int_equal(ftruncate(descriptor, BOOT_BYTES), 0);
    close(descriptor);
    assert_int_equal(kite_partition_open(&posix, path, true, &file, NULL), KITE_OK);
    assert_int_equal(file.partition.size_bytes, BOOT_BYTES);
    assert_int_equal(kite_boot_read(&file.partition, &record, NULL), KITE_OK);
    kite_boot_start(&record);
    assert_int_equal(kite_boot_write(&file.partition, &record, NULL), KITE_OK);
    assert_int_equal(kite_boot_read(&file.partition, &read, NULL), KITE_OK);
    assert_int_equal(read.tries_left, KITE_START_TRIES - 1);
    kite_partition_close(&file);
    kite_partition_close(&file);
    unlink(path);
    assert_int_equal(kite_partition_open(&posix, path, false, &file, &fault), KITE_E_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_device_starts_slot_a),
        cmocka_unit_test(a_partition_too_small_is_refused),
        cmocka_unit_test(a_damaged_copy_gives_the_other),
        cmocka_unit_test(a_copy_that_comes_back_does_not_win),
        cmocka_unit_test(numbers_of_writing_come_round),
        cmocka_unit_test(three_failed_starts_go_back),
        cmocka_unit_test(a_page_drawn_keeps_the_slot),
        cmocka_unit_test(going_back_is_for_a_slot_that_was_good),
        cmocka_unit_test(an_empty_slot_never_starts),
        cmocka_unit_test(failing_slots_take_turns),
        cmocka_unit_test(an_update_file_tells_what_it_is),
        cmocka_unit_test(a_changed_header_is_noticed),
        cmocka_unit_test(what_cannot_be_taken_is_told_apart),
        cmocka_unit_test(every_cut_of_an_update_file_is_noticed),
        cmocka_unit_test(versions_compare_by_number),
        cmocka_unit_test(an_update_starts_next),
        cmocka_unit_test(what_does_not_fit_is_refused_before_anything_is_written),
        cmocka_unit_test(a_damaged_image_never_starts),
        cmocka_unit_test(with_makers_keys_only_what_they_signed_is_put_in),
        cmocka_unit_test(a_cut_at_any_write_leaves_a_device_that_starts),
        cmocka_unit_test(memory_that_fails_is_told),
        cmocka_unit_test(a_file_stands_for_a_partition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
