/* What is left when things fail: each operation of the disk with an error or no room, once or for
 * good, each read, each sync for good, the last write of each commit, each allocation. After each,
 * the library opens, its integrity check passes, and all that was acknowledged is there. The faults
 * are thinned out to fit a test; KITE_CUTS=all runs every one. */
#include "library/scenario.h"

struct counts {
    uint64_t ops, reads;
};

enum fault_kind { FAULT_ERROR = 0, FAULT_NO_ROOM, FAULT_FULL, FAULT_BROKEN, FAULT_READ };

struct fault {
    enum fault_kind kind; /* once; the disk stays full; every operation fails from there on; once, of the reads */
    uint64_t at;          /* 0: none */
};

static void fill_up(void *ctx, struct disk *d)
{
    const struct fault *fault = ctx;

    if (d->ops + 1 == fault->at)
        d->capacity = disk_used(d) + 1;
}

static void plant(struct disk *d, struct fault *fault)
{
    if (fault->kind == FAULT_READ)
        d->fail_read_at = fault->at;
    else if (fault->kind != FAULT_FULL)
        d->fail_at = fault->at;
    d->fail_with = fault->kind == FAULT_NO_ROOM ? KITE_E_LIMIT : KITE_E_IO;
    d->fails_on = fault->kind == FAULT_BROKEN;
    d->watch = fault->kind == FAULT_FULL ? fill_up : NULL;
    d->watch_ctx = fault;
}

/* What is there can be read at once, of a full disk too; when it is over, it is all there. Returns operations and reads. */
static struct counts fault_once(struct fault fault)
{
    struct disk *d = disk_make(fault.at);
    struct kite_io io = disk_io(d);
    struct kite_library *lib;
    struct known known = { 0 };
    struct counts counts;

    plant(d, &fault);
    if (kite_library_open(&mem, &io, "/l", &lib, NULL) == KITE_OK) {
        enum kite_status status = run(lib, &known);

        if (status != KITE_OK && !kite_library_must_reopen(lib) && fault.kind != FAULT_BROKEN)
            check(lib, known.steps);
        kite_library_close(lib);
    }
    assert_int_equal(d->open_handles, 0);
    counts = (struct counts){ d->ops, d->reads };
    d->fail_at = d->fail_read_at = d->capacity = 0;
    d->watch = NULL;
    lib = open_again(d, &io);
    check(lib, known.steps);
    check_usable(lib);
    kite_library_close(lib);
    disk_destroy(d);
    return counts;
}

static void an_error_or_a_full_disk_loses_nothing(void **state)
{
    struct counts whole = fault_once((struct fault){ 0 });
    uint64_t by = disk_stride(whole.ops, 120), reads_by = disk_stride(whole.reads, 120);

    (void)state;
    for (uint64_t i = 1; i <= whole.ops; i += by)
        for (int kind = 0; kind < FAULT_READ; kind++)
            fault_once((struct fault){ (enum fault_kind)kind, i });
    for (uint64_t i = 1; i <= whole.reads; i += reads_by)
        fault_once((struct fault){ FAULT_READ, i });
    print_message("%llu operations, %llu reads\n", (unsigned long long)whole.ops, (unsigned long long)whole.reads);
}

/* ---- a commit that fails in its very last write ---- */

/* The write that ends a transaction, by which SQLite zeroes its journal's header in place. */
struct ending {
    uint64_t at, seen; /* this one fails, from 1; how many there were */
    size_t written;    /* bytes of it that get there all the same */
    enum kite_status with;
    bool is_unreadable; /* what stands there cannot be read back */
};

static struct ending ending;

static bool is_ending(uint64_t offset, const uint8_t *src, size_t count)
{
    static const uint8_t zeros[28];

    return offset == 0 && count == sizeof zeros && memcmp(src, zeros, count) == 0;
}

static enum kite_status write_or_fail_ending(void *ctx, void *file, uint64_t offset,
                                             const uint8_t *src, size_t count)
{
    struct disk *d = ctx;

    if (!is_ending(offset, src, count) || ++ending.seen != ending.at)
        return disk_write_at(ctx, file, offset, src, count);
    if (ending.written > 0)
        assert_int_equal(disk_write_at(ctx, file, offset, src, ending.written), KITE_OK);
    if (ending.is_unreadable)
        d->fail_read_at = d->reads + 1;
    return ending.with;
}

/* It is told as done or as not done, and so it is, at once and after a cut: what was not done can
 * be done again. Returns how many such writes there were. */
static uint64_t fail_ending(struct ending how)
{
    struct disk *d = disk_make(how.at);
    struct kite_io io = disk_io(d);
    struct kite_library *lib;
    struct known known = { 0 };
    bool is_opened;
    uint64_t count;

    ending = how;
    io.write_at = write_or_fail_ending;
    is_opened = kite_library_open(&mem, &io, "/l", &lib, NULL) == KITE_OK;
    if (is_opened) {
        enum kite_status status = run(lib, &known);

        if (how.is_unreadable && status != KITE_OK)
            assert_true(kite_library_must_reopen(lib));
        if (how.written > 0 && !how.is_unreadable)
            assert_int_equal(status, KITE_OK);
        if (!kite_library_must_reopen(lib)) {
            check(lib, known.steps);
            assert_int_equal(run(lib, &known), KITE_OK);
            check(lib, STEPS);
        }
        kite_library_close(lib);
    }
    assert_true(is_opened || how.written == 0 || how.is_unreadable);
    count = ending.seen;
    assert_true(count >= how.at);
    ending = (struct ending){ 0 };
    disk_power_on(d, (enum disk_cut)(how.at % DISK_CUTS));
    lib = open_again(d, &io);
    check(lib, known.steps);
    check_usable(lib);
    kite_library_close(lib);
    disk_destroy(d);
    return count;
}

static void a_commit_is_done_or_not_when_its_last_write_fails(void **state)
{
    static const size_t written[] = { 0, 1, 14, 28 };
    uint64_t count = fail_ending((struct ending){ 0 });

    (void)state;
    assert_true(count > STEPS);
    for (uint64_t i = 1; i <= count; i++)
        for (size_t k = 0; k < sizeof written / sizeof *written; k++)
            for (int unreadable = 0; unreadable < 2; unreadable++) {
                fail_ending((struct ending){ i, 0, written[k], KITE_E_LIMIT, unreadable });
                fail_ending((struct ending){ i, 0, written[k], KITE_E_IO, unreadable });
            }
    print_message("%llu commits\n", (unsigned long long)count);
}

/* One sync fails, and the system forgets that it has still to write what was to be synced. No later success may be
 * built on it: the library says that it must be reopened, and what is told as done after that is there after a cut. */
static void failed_sync_once(uint64_t fail_at)
{
    struct disk *d = disk_make(fail_at);
    struct kite_io io = disk_io(d);
    struct kite_library *lib;
    struct known known = { 0 };
    int64_t value = 0;
    bool is_later_done = false;

    d->fail_at = fail_at;
    d->fail_with = KITE_E_IO;
    if (kite_library_open(&mem, &io, "/l", &lib, NULL) == KITE_OK) {
        (void)run(lib, &known);
        is_later_done = kite_library_set_number(lib, KITE_DEVICE, "later", 1, NULL) == KITE_OK;
        kite_library_close(lib);
    }
    lib = open_again(d, &io);
    assert_int_equal(kite_library_set_number(lib, KITE_DEVICE, "reopened", 1, NULL), KITE_OK);
    kite_library_close(lib);
    disk_power_on(d, (enum disk_cut)(fail_at % DISK_CUTS));
    lib = open_again(d, &io);
    check(lib, known.steps);
    if (is_later_done) {
        assert_int_equal(kite_library_get_number(lib, KITE_DEVICE, "later", 0, &value, NULL), KITE_OK);
        assert_int_equal(value, 1);
    }
    assert_int_equal(kite_library_get_number(lib, KITE_DEVICE, "reopened", 0, &value, NULL), KITE_OK);
    assert_int_equal(value, 1);
    kite_library_close(lib);
    disk_destroy(d);
}

static void a_failed_sync_is_not_built_on(void **state)
{
    uint64_t ops = fault_once((struct fault){ 0 }).ops, by = disk_stride(ops, 270);

    (void)state;
    for (uint64_t i = 1; i <= ops; i += by)
        failed_sync_once(i);
}

static enum kite_status take_bundle(void *ctx, const struct kite_entry *entry)
{
    *(int64_t *)ctx = entry->bundle;
    return KITE_OK;
}

/* What is left free is enough to go on reading, marking and taking texts away when no more come in. */
static void a_full_device_can_still_be_read_on(void **state)
{
    struct disk *d = disk_make(1);
    struct kite_io io = disk_io(d);
    struct kite_library *lib;
    struct kite_import_result result;
    struct known known = { 0 };
    int64_t id;

    (void)state;
    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
    assert_int_equal(run(lib, &known), KITE_OK);
    d->capacity = disk_used(d) + KITE_LIBRARY_RESERVE_BYTES + 100;
    assert_int_equal(shelf_import(lib, &second_bundle, "second.kite", &result, NULL), KITE_E_LIMIT);
    for (uint32_t i = 0; i < 1000; i++) {
        struct kite_place place = { .offset_bytes = i };
        struct kite_mark mark = { .reader = 1, .text = known.first, .start = place, .end = place, .note = "a word or two" };

        assert_int_equal(kite_library_place_save(lib, 1, known.first, place, i, NULL), KITE_OK);
        assert_int_equal(kite_library_mark_add(lib, &mark, &id, NULL), KITE_OK);
    }
    d->capacity = disk_used(d) + KITE_LIBRARY_RESERVE_BYTES / 2; /* somebody else took some of it */
    kite_library_close(lib);
    lib = open_again(d, &io);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(kite_library_place_save(lib, 1, known.first, (struct kite_place){ 0 }, i, NULL), KITE_OK);
    assert_int_equal(kite_library_mark_remove(lib, id, NULL), KITE_OK);
    assert_int_equal(kite_library_entry(lib, known.first, 0, &id, take_bundle, NULL), KITE_OK);
    assert_int_equal(kite_library_remove(lib, id, KITE_REMOVE_FORGET_MARKS, NULL), KITE_OK);
    kite_library_close(lib);
    disk_destroy(d);
}

static void memory_once(uint64_t fail_at, bool for_good)
{
    struct disk *d = disk_make(1);
    struct kite_io io = disk_io(d);
    struct kite_library *lib = NULL;
    struct known known = { 0 };
    enum kite_status status;

    allocations = 0;
    fail_allocation_at = fail_at;
    fails_for_good = for_good;
    status = kite_library_open(&mem, &io, "/l", &lib, NULL);
    if (status == KITE_OK)
        status = run(lib, &known);
    kite_library_close(lib);
    fail_allocation_at = 0;
    assert_true(status == KITE_OK || status == KITE_E_NOMEM);
    assert_int_equal(d->open_handles, 0);
    lib = open_again(d, &io);
    check(lib, known.steps);
    kite_library_close(lib);
    disk_destroy(d);
}

static void any_allocation_may_fail(void **state)
{
    uint64_t total, by;

    (void)state;
    memory_once(0, false);
    allocations = 0;
    fault_once((struct fault){ 0 });
    total = allocations;
    by = disk_stride(total, 150);
    for (uint64_t i = 1; i <= total; i += by) {
        memory_once(i, false);
        memory_once(i, true);
    }
    print_message("%llu allocations, every %llu failed\n", (unsigned long long)total, (unsigned long long)by);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_or_a_full_disk_loses_nothing),
        cmocka_unit_test(a_commit_is_done_or_not_when_its_last_write_fails),
        cmocka_unit_test(a_failed_sync_is_not_built_on),
        cmocka_unit_test(a_full_device_can_still_be_read_on),
        cmocka_unit_test(any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, scenario_begin, scenario_end);
}
