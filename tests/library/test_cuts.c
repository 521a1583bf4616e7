/* What is left when things fail: the power at every operation, each operation once with an error or a full disk, each
 * allocation. After each, the library opens, its integrity check passes, and all that was acknowledged is there.
 * The number of cuts is thinned out to fit a test; KITE_CUTS=all runs every one. */
#include "library/shelf.h"
#include "library/allocator.h"
#include "library/store.h"

static struct kite_buffer first_bundle, second_bundle, new_edition;

/* ---- the scenario: what was acknowledged, step by step ---- */

enum { STEPS = 13 };

struct known {
    int steps; /* acknowledged */
    int64_t first, second;
};

static enum kite_status step(struct kite_library *lib, int number, struct known *known)
{
    struct kite_import_result result;
    struct kite_place place = { .paragraph = 0, .offset_bytes = (uint32_t)number };
    struct kite_mark mark = { .reader = 1, .text = known->first, .start = place, .note = "a note" };
    struct kite_map_key key = { .setting_hash = (uint64_t)number };
    static const uint8_t map[9000] = { 1, 2, 3 };
    enum kite_status status;
    uint32_t reader;
    int64_t id;

    mark.is_highlight = number % 2;
    mark.end = place;
    mark.end.offset_bytes += 4;
    switch (number) {
    case 0:
        status = shelf_import(lib, &first_bundle, "first.kite", &result, NULL);
        known->first = result.first_text;
        return status;
    case 1:
        return kite_library_reader_add(lib, "Ana", 2, &reader, NULL);
    case 2:
    case 6:
    case 10:
        return kite_library_place_save(lib, 1, known->first, place, (uint32_t)number, NULL);
    case 3:
    case 4:
    case 8:
        return kite_library_mark_add(lib, &mark, &id, NULL);
    case 5:
        status = shelf_import(lib, &second_bundle, "second.kite", &result, NULL);
        known->second = result.first_text;
        return status;
    case 7:
        return kite_library_set_number(lib, 2, "size", 20, NULL);
    case 9:
        return kite_library_map_save(lib, &key, map, sizeof map);
    case 11:
        status = shelf_import(lib, &new_edition, "first.kite", &result, NULL);
        if (status == KITE_OK)
            known->first = result.first_text;
        return status;
    default:
        return kite_library_remove(lib, known->second, KITE_REMOVE_KEEP_MARKS, NULL);
    }
}

static enum kite_status run(struct kite_library *lib, struct known *known)
{
    enum kite_status status = KITE_OK;

    while (known->steps < STEPS && status == KITE_OK) {
        status = step(lib, known->steps, known);
        known->steps += status == KITE_OK;
    }
    return status;
}

static enum kite_status collect(void *ctx, const struct kite_entry *entry)
{
    strcat(strcat(strcat((char *)ctx, entry->title), entry->edition), "|");
    return KITE_OK;
}

/* All that the first `steps` steps did is there; of the next one, all or nothing. */
static void check(struct kite_library *lib, int steps)
{
    struct kite_query q = { 0 };
    struct kite_place place;
    struct kite_text_step text = { 0 };
    char titles[256] = "";
    uint32_t marks, expected = (uint32_t)((steps > 3) + (steps > 4) + (steps > 8)), permille = 0;
    bool has_first, has_second;
    int64_t size;
    sqlite3_stmt *stmt;

    assert_int_equal(sqlite3_prepare_v2(lib->db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal(sqlite3_column_text(stmt, 0), "ok");
    sqlite3_finalize(stmt);
    assert_int_equal(kite_library_list(lib, &q, 0, 9, titles, collect, NULL), KITE_OK);
    has_first = strstr(titles, "First1|") || strstr(titles, "First2|");
    has_second = strstr(titles, "Second|");
    if (steps > 0)
        assert_true(has_first);
    if (steps > 5 && steps < STEPS - 1)
        assert_true(has_second);
    if (steps > 11)
        assert_non_null(strstr(titles, "First2|"));
    if (steps == STEPS)
        assert_false(has_second);
    assert_false(strstr(titles, "First1|") && strstr(titles, "First2|"));
    while (kite_library_next_text(lib, &text, NULL) == KITE_OK) { /* what is listed can be read */
        struct kite_book *book;

        assert_int_equal(kite_library_book_open(lib, text.text, &book, NULL), KITE_OK);
        assert_int_equal(kite_bundle_verify(kite_book_bundle(book), NULL, NULL), KITE_OK);
        kite_library_book_close(book);
    }
    assert_int_equal(kite_library_mark_count(lib, 1, 0, &marks, NULL), KITE_OK);
    assert_true(marks == expected || (marks == expected + 1 && (steps == 3 || steps == 4 || steps == 8)));
    text = (struct kite_text_step){ 0 };
    while (steps > 2 && kite_library_next_text(lib, &text, NULL) == KITE_OK && permille == 0)
        (void)kite_library_place(lib, 1, text.text, &place, &permille, NULL);
    if (steps > 2) {
        uint32_t last = steps > 10 ? 10 : steps > 6 ? 6 : 2, next = steps == 10 ? 10 : steps == 6 ? 6 : last;

        assert_true(permille == last || permille == next);
    }
    if (steps > 7) {
        assert_int_equal(kite_library_get_number(lib, 2, "size", 0, &size, NULL), KITE_OK);
        assert_int_equal(size, 20);
    }
}

static struct kite_library *open_again(struct disk *d, const struct kite_library_io *io)
{
    struct kite_library *lib = NULL;
    struct kite_fault fault = { "" };

    (void)d;
    if (kite_library_open(&mem, io, "/l", &lib, &fault) != KITE_OK)
        fail_msg("does not open: %s", fault.text);
    assert_false(kite_library_repair(lib).was_damaged);
    return lib;
}

static void scan_all(struct kite_library *lib)
{
    struct kite_import_result result;
    struct kite_scan *scan;

    assert_int_equal(kite_scan_begin(lib, NULL, &scan, NULL), KITE_OK);
    while (kite_scan_step(scan, &result, NULL) == KITE_OK)
        ;
    kite_scan_end(scan);
}

/* Cut at one operation; then look, go on with the scenario, and look again. With second_cut, the power goes once more
 * while the library opens. */
static uint64_t cut_once(uint64_t cut_at, uint64_t second_cut, bool is_harsh)
{
    struct disk *d = disk_make(cut_at * 7 + second_cut + is_harsh);
    struct kite_library_io io = disk_io(d);
    struct kite_library *lib;
    struct known known = { 0 };
    enum kite_status status;
    uint64_t ops;

    d->cut_at = cut_at;
    status = kite_library_open(&mem, &io, "/l", &lib, NULL);
    if (status == KITE_OK)
        status = run(lib, &known);
    kite_library_close(lib);
    ops = d->ops;
    if (cut_at) {
        disk_power_on(d, is_harsh);
        if (second_cut) {
            d->cut_at = d->ops + second_cut;
            if (kite_library_open(&mem, &io, "/l", &lib, NULL) == KITE_OK)
                kite_library_close(lib);
            d->is_off = true;
            disk_power_on(d, is_harsh);
        }
        lib = open_again(d, &io);
        check(lib, known.steps);
        scan_all(lib);
        if (known.first == 0) { /* it may have come in all the same, without our being told */
            struct kite_text_step text = { 0 };

            if (known.steps > 0 && kite_library_next_text(lib, &text, NULL) == KITE_OK)
                known.first = text.text;
        }
        check(lib, known.steps);
        kite_library_close(lib);
    }
    disk_destroy(d);
    return ops;
}

static void nothing_acknowledged_is_lost_in_a_cut(void **state)
{
    uint64_t ops = cut_once(0, 0, false), by = disk_stride(ops, 160);

    (void)state;
    for (uint64_t i = 1; i <= ops; i += by) {
        cut_once(i, 0, false);
        cut_once(i, 0, true);
    }
    print_message("%llu operations, every %llu cut\n", (unsigned long long)ops, (unsigned long long)by);
}

static void nothing_is_lost_in_a_second_cut_during_recovery(void **state)
{
    uint64_t ops = cut_once(0, 0, false), by = disk_stride(ops, 40);

    (void)state;
    for (uint64_t i = 1; i <= ops; i += by) {
        for (uint64_t second = 1; second < 12; second += getenv("KITE_CUTS") ? 1 : 3)
            cut_once(i, second, second % 2);
    }
}

/* Bundles lie there before the library is first made: a cut then is no damage, and nobody is told of any. */
static bool first_start_once(uint64_t cut_at, bool is_harsh)
{
    struct disk *d = disk_make(cut_at);
    struct kite_library_io io = disk_io(d);
    struct kite_library *lib;
    bool was_cut;
    uint32_t texts;

    disk_put(d, "first.kite", first_bundle.bytes, first_bundle.count);
    d->cut_at = d->ops + cut_at;
    if (kite_library_open(&mem, &io, "/l", &lib, NULL) == KITE_OK)
        kite_library_close(lib);
    was_cut = d->is_off;
    disk_power_on(d, is_harsh);
    lib = open_again(d, &io);
    scan_all(lib);
    assert_int_equal(kite_library_count(lib, &(struct kite_query){ 0 }, &texts, NULL), KITE_OK);
    assert_int_equal(texts, 1);
    kite_library_close(lib);
    disk_destroy(d);
    return was_cut;
}

static void a_cut_at_the_first_start_is_no_damage(void **state)
{
    uint64_t at = 1;

    (void)state;
    for (; first_start_once(at, false); at++)
        first_start_once(at, true);
    assert_true(at > 20);
}

static void fault_once(uint64_t fail_at, enum kite_status fail_with)
{
    struct disk *d = disk_make(fail_at);
    struct kite_library_io io = disk_io(d);
    struct kite_library *lib;
    struct known known = { 0 };

    d->fail_at = fail_at;
    d->fail_with = fail_with;
    if (kite_library_open(&mem, &io, "/l", &lib, NULL) == KITE_OK) {
        (void)run(lib, &known);
        kite_library_close(lib);
    }
    assert_int_equal(d->open_handles, 0);
    lib = open_again(d, &io);
    check(lib, known.steps);
    kite_library_close(lib);
    disk_destroy(d);
}

static void an_error_or_a_full_disk_loses_nothing(void **state)
{
    uint64_t ops = cut_once(0, 0, false), by = disk_stride(ops, 200);

    (void)state;
    for (uint64_t i = 1; i <= ops; i += by) {
        fault_once(i, KITE_E_IO);
        fault_once(i, KITE_E_LIMIT);
    }
}

static void memory_once(uint64_t fail_at, bool for_good)
{
    struct disk *d = disk_make(1);
    struct kite_library_io io = disk_io(d);
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
    cut_once(0, 0, false);
    allocations = 0;
    cut_once(0, 0, false);
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
    struct shelf_text first = { .title = "First", .identifier = "first", .edition = "1" };
    struct shelf_text second = { .title = "Second", .author = "Somebody" };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost_in_a_cut),
        cmocka_unit_test(nothing_is_lost_in_a_second_cut_during_recovery),
        cmocka_unit_test(a_cut_at_the_first_start_is_no_damage),
        cmocka_unit_test(an_error_or_a_full_disk_loses_nothing),
        cmocka_unit_test(any_allocation_may_fail),
    };
    int failed;

    allocator_set_up();
    first_bundle = shelf_bundle(&first, 1);
    second_bundle = shelf_bundle(&second, 1);
    first.edition = "2";
    new_edition = shelf_bundle(&first, 1);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    kite_buffer_close(&first_bundle);
    kite_buffer_close(&second_bundle);
    kite_buffer_close(&new_edition);
    return failed;
}
