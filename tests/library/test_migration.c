/* A library of an older version. This program has a table of versions of its own, whose first one is the shipped one:
 * two more that add what scripts may add. Whatever happens while they run, the library is afterwards of the old version
 * or of the new one, whole; and one that they made is salvaged like any other. */
#include "library/allocator.h"
#include "library/disk.h"
#include "library/store.h"

#define MARKS 60

static const char version_2[] = "ALTER TABLE place ADD COLUMN stars INTEGER NOT NULL DEFAULT 5;"
                                "CREATE TABLE shelf(id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
                                "INSERT INTO shelf(name) SELECT note FROM mark;";
static const char version_3[] = "CREATE INDEX shelf_name ON shelf(name);"
                                "ALTER TABLE mark ADD COLUMN color TEXT NOT NULL DEFAULT 'gray';"
                                "UPDATE mark SET color = 'black' WHERE highlight = 1;"
                                "UPDATE place SET stars = 4;";
static const char wrong[] = "ALTER TABLE place ADD COLUMN other INTEGER NOT NULL DEFAULT 0;"
                            "UPDATE mark SET note = '';"
                            "INSERT INTO nothing VALUES(1);";
static const char *scripts[] = { kite_schema_1, version_2, version_3 };
static int64_t newest = 3;

struct kite_schema_steps kite_schema_steps(void)
{
    return (struct kite_schema_steps){ scripts, newest };
}

/* ---- samples ------------------------------------------------------------------------------------------ */

/* What a library of version 1 holds: readers, a setting, a place, marks in a text that is not here. */
static const char sample_1[] =
    "INSERT INTO bundle(id, root, file, bytes, present) VALUES(1, zeroblob(32), '', 0, 0);"
    "INSERT INTO text(id, bundle, document) VALUES(1, 1, 0);"
    "INSERT INTO reader(id, name, picture, history) VALUES(2, 'Ana', 4, 0);"
    "INSERT INTO setting(reader, key, value) VALUES(2, 'size', 20);"
    "INSERT INTO place(id, reader, text, root, document, paragraph, offset, permille, seq)"
    " VALUES(18, 2, 1, zeroblob(32), 0, 0, 7, 123, 1);"
    "INSERT INTO mark(reader, text, root, document, highlight, start_paragraph, start_offset, end_paragraph, end_offset,"
    " excerpt, note) SELECT 1 + i % 2, 1, zeroblob(32), 0, i % 3 = 0, 0, i, 0, i + 2, '', hex(zeroblob(100)) || i FROM (SELECT tens.column1 * 10 + ones.column1 AS i FROM"
    " (VALUES(0), (1), (2), (3), (4), (5)) tens, (VALUES(0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) ones);";

static void run_sql(struct kite_library *lib, const char *sql)
{
    assert_int_equal(sqlite3_exec(lib->db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int64_t number(struct kite_library *lib, const char *sql)
{
    int64_t out;

    assert_int_equal(kite_sql_number(lib, &out, sql, ""), KITE_OK);
    return out;
}

/* A disk with a library that began at a version, filled. */
static struct disk *sample(int64_t version)
{
    struct disk *d = disk_make((uint64_t)version);
    struct kite_io io = disk_io(d);
    struct kite_library *lib;

    newest = version;
    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
    run_sql(lib, sample_1);
    kite_library_close(lib);
    newest = 3;
    d->ops = 0;
    return d;
}

static struct disk *sample_updated(void)
{
    struct disk *d = sample(1);
    struct kite_io io = disk_io(d);
    struct kite_library *lib;

    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
    kite_library_close(lib);
    return d;
}

static enum kite_status check_mark(void *ctx, const struct kite_mark *m, const char *title)
{
    uint32_t *count = ctx;
    char tail[8];

    (void)title;
    snprintf(tail, sizeof tail, "%u", (unsigned)m->start.offset_bytes);
    assert_int_equal(strspn(m->note, "0"), m->start.offset_bytes ? 200 : 201);
    assert_string_equal(m->note + 200, tail);
    ++*count;
    return KITE_OK;
}

static uint32_t count_marks(struct kite_library *lib)
{
    uint32_t count = 0;

    for (uint32_t reader = 1; reader <= 2; reader++)
        assert_int_equal(kite_library_marks(lib, reader, 0, 0, 100, &count, check_mark, NULL), KITE_OK);
    return count;
}

/* All that the sample holds, and all that the versions up to this one have made of it. */
static void check_whole(struct kite_library *lib, int64_t version)
{
    struct kite_place place;
    uint32_t permille;
    int64_t size;

    assert_false(kite_library_repair(lib).was_damaged);
    assert_int_equal(number(lib, "PRAGMA user_version"), version);
    assert_int_equal(number(lib, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    assert_int_equal(count_marks(lib), MARKS);
    assert_int_equal(kite_library_place(lib, 2, 1, &place, &permille, NULL), KITE_OK);
    assert_int_equal(place.offset_bytes, 7);
    assert_int_equal(permille, 123);
    assert_int_equal(kite_library_get_number(lib, 2, "size", 0, &size, NULL), KITE_OK);
    assert_int_equal(size, 20);
    if (version < 3)
        return;
    assert_int_equal(number(lib, "SELECT count(*) FROM shelf"), MARKS);
    assert_int_equal(number(lib, "SELECT count(*) FROM mark WHERE color = 'black'"), MARKS / 3);
    assert_int_equal(number(lib, "SELECT stars FROM place"), 4);
}

static void check_opens(const struct kite_io *io, int64_t version)
{
    struct kite_library *lib;
    struct kite_fault fault = { "" };

    newest = version;
    if (kite_library_open(&mem, io, "/l", &lib, &fault) != KITE_OK)
        fail_msg("does not open: %s", fault.text);
    check_whole(lib, version);
    kite_library_close(lib);
    newest = 3;
}

/* ---- claims -------------------------------------------------------------------------------------------- */

static void an_older_library_is_brought_up_to_date(void **state)
{
    struct disk *d = sample(1);
    struct kite_io io = disk_io(d);

    (void)state;
    check_opens(&io, 1);
    check_opens(&io, 2);
    check_opens(&io, 3);
    disk_destroy(d);
    d = sample(1);
    io = disk_io(d);
    check_opens(&io, 3);
    disk_destroy(d);
}

static enum kite_status try_open(const struct kite_io *io)
{
    struct kite_library *lib;
    enum kite_status status = kite_library_open(&mem, io, "/l", &lib, NULL);

    kite_library_close(lib);
    return status;
}

/* The power goes at an operation of the update, and perhaps once more while the library opens again. A reader that then
 * still has the old program finds the old version or one that is too new, but never half of one. */
static bool cut_once(uint64_t cut_at, uint64_t second_cut, enum disk_cut how)
{
    struct disk *d = sample(1);
    struct kite_io io = disk_io(d);
    bool was_cut;
    enum kite_status status;

    d->random = cut_at * 4 + second_cut * 2 + 1;
    d->cut_at = cut_at;
    (void)try_open(&io);
    was_cut = d->is_off;
    disk_power_on(d, how);
    if (second_cut) {
        d->cut_at = d->ops + second_cut;
        (void)try_open(&io);
        disk_power_on(d, how);
    }
    newest = 1;
    status = try_open(&io);
    newest = 3;
    assert_true(status == KITE_OK || status == KITE_E_UNSUPPORTED);
    if (status == KITE_OK)
        check_opens(&io, 1);
    check_opens(&io, 3);
    disk_destroy(d);
    return was_cut;
}

static void a_cut_leaves_the_old_version_or_the_new_one(void **state)
{
    uint64_t at = 1;

    (void)state;
    for (; cut_once(at, 0, DISK_CUT_SECTORS); at++)
        for (enum disk_cut how = DISK_CUT_SPOILT; how < DISK_CUTS; how++) {
            cut_once(at, 0, how);
            cut_once(at, 1 + (at + how) % 7, how);
        }
    print_message("%llu operations, each cut\n", (unsigned long long)at - 1);
    assert_true(at > 10);
}

static void a_failing_or_full_disk_leaves_the_old_version_or_the_new_one(void **state)
{
    static const enum kite_status faults[] = { KITE_E_IO, KITE_E_LIMIT };
    struct disk *whole = sample_updated();
    uint64_t ops = whole->ops;

    (void)state;
    disk_destroy(whole);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        for (uint64_t at = 1; at <= ops; at++) {
            struct disk *d = sample(1);
            struct kite_io io = disk_io(d);
            enum kite_status status;

            d->fail_at = at;
            d->fail_with = faults[i];
            status = try_open(&io);
            assert_true(status == KITE_OK || status == KITE_E_IO || status == KITE_E_LIMIT);
            check_opens(&io, 3);
            disk_destroy(d);
        }
}

static void any_allocation_of_the_update_may_fail(void **state)
{
    uint64_t total;

    (void)state;
    allocations = 0;
    disk_destroy(sample_updated());
    total = allocations;
    allocations = 0;
    disk_destroy(sample(1));
    total -= allocations;
    for (uint64_t at = 1; at <= total; at += disk_stride(total, 200)) {
        struct disk *d = sample(1);
        struct kite_io io = disk_io(d);
        enum kite_status status;

        allocations = 0;
        fail_allocation_at = at;
        status = try_open(&io);
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        fail_allocation_at = 0;
        check_opens(&io, 3);
        disk_destroy(d);
    }
    print_message("%llu allocations, every %llu failed\n", (unsigned long long)total,
                  (unsigned long long)disk_stride(total, 200));
}

static void a_newer_library_is_refused_and_left_as_it_is(void **state)
{
    struct disk *d = sample_updated();
    struct kite_io io = disk_io(d);
    struct disk_file *file = disk_get(d, "kite.db");
    uint8_t *before = disk_copy(file->live, file->live_bytes);
    size_t bytes = file->live_bytes;
    struct kite_library *lib;
    struct kite_fault fault = { "" };

    (void)state;
    newest = 2;
    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, &fault), KITE_E_UNSUPPORTED);
    assert_string_equal(fault.text, "the library was made by a newer Kite");
    file = disk_get(d, "kite.db");
    assert_int_equal(file->live_bytes, bytes);
    assert_memory_equal(file->live, before, bytes);
    free(before);
    check_opens(&io, 3);
    disk_destroy(d);
}

/* A script of ours that is wrong: the new program does not start, and going back to the old one finds everything. */
static void a_script_that_fails_changes_nothing(void **state)
{
    struct disk *d = sample(1);
    struct kite_io io = disk_io(d);

    (void)state;
    scripts[1] = wrong;
    assert_int_not_equal(try_open(&io), KITE_OK);
    scripts[1] = version_2;
    check_opens(&io, 1);
    check_opens(&io, 3);
    disk_destroy(d);
}

/* Page by page, in libraries that began at version 1 and were brought up to date, and in new ones. */
static void one_bad_page_costs_no_more_than_itself(void **state)
{
    (void)state;
    for (int is_new = 0; is_new < 2; is_new++)
        for (size_t page = 0, pages = 1; page < pages; page++) {
            struct disk *d = is_new ? sample(3) : sample_updated();
            struct kite_io io = disk_io(d);
            struct disk_file *file = disk_get(d, "kite.db");
            struct kite_library *lib;
            struct kite_library_repair repair;
            uint32_t marks;

            pages = file->live_bytes / KITE_PAGE_BYTES;
            memset(file->live + page * KITE_PAGE_BYTES, 0xee, KITE_PAGE_BYTES);
            assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
            repair = kite_library_repair(lib);
            assert_true(repair.was_damaged);
            marks = count_marks(lib);
            assert_int_equal(marks, repair.marks_kept);
            assert_true(marks >= MARKS - 16);
            assert_true(marks == MARKS || repair.is_partial);
            if (page == 0)
                assert_true(marks == MARKS && repair.places_kept == 1 && repair.readers_kept == 2 && repair.is_partial);
            assert_int_equal(number(lib, "PRAGMA user_version"), 3);
            kite_library_close(lib);
            disk_destroy(d);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_library_is_brought_up_to_date),
        cmocka_unit_test(a_cut_leaves_the_old_version_or_the_new_one),
        cmocka_unit_test(a_failing_or_full_disk_leaves_the_old_version_or_the_new_one),
        cmocka_unit_test(any_allocation_of_the_update_may_fail),
        cmocka_unit_test(a_newer_library_is_refused_and_left_as_it_is),
        cmocka_unit_test(a_script_that_fails_changes_nothing),
        cmocka_unit_test(one_bad_page_costs_no_more_than_itself),
    };

    allocator_set_up();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
