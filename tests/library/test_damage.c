/* A damaged kite.db: flipped, overwritten, cut, emptied, replaced. The library always opens, says what it set aside,
 * lists the bundles again and keeps the readers, places and marks that can still be read. */
#include "library/shelf.h"
#include "library/store.h"

#define MARKS 40

static struct kite_memory mem;

static int64_t fill(const struct kite_io *io)
{
    struct shelf_text text = { .title = "Kept", .author = "Somebody", .identifier = "kept" };
    struct kite_buffer bundle = shelf_bundle(&text, 1);
    struct kite_import_result result;
    struct kite_library *lib;
    uint32_t reader;

    assert_int_equal(kite_library_open(&mem, io, "/l", &lib, NULL), KITE_OK);
    assert_int_equal(shelf_import(lib, &bundle, "kept.kite", &result, NULL), KITE_OK);
    assert_int_equal(kite_library_reader_add(lib, "Ana", 4, &reader, NULL), KITE_OK);
    assert_int_equal(kite_library_set_number(lib, 2, "size", 20, NULL), KITE_OK);
    for (uint32_t i = 0; i < MARKS; i++) {
        char note[300];
        struct kite_mark mark = { .reader = 1 + i % 2, .text = result.first_text, .start = { 0, 0, i }, .note = note };
        int64_t id;

        memset(note, 'a' + (int)i % 26, sizeof note - 1);
        note[sizeof note - 1] = '\0';
        assert_int_equal(kite_library_mark_add(lib, &mark, &id, NULL), KITE_OK);
    }
    assert_int_equal(
        kite_library_place_save(lib, 2, result.first_text, (struct kite_place){ 0, 0, 7 }, 123, NULL), KITE_OK);
    kite_library_close(lib);
    kite_buffer_close(&bundle);
    return result.first_text;
}

/* A mark that is there is one that was written. */
static enum kite_status check_mark(void *ctx, const struct kite_mark *m, const char *title)
{
    uint32_t *count = ctx;

    assert_string_equal(title, "Kept");
    assert_int_equal(strlen(m->note), 299);
    for (size_t i = 0; i < 299; i++)
        assert_int_equal(m->note[i], 'a' + (int)m->start.offset_bytes % 26);
    ++*count;
    return KITE_OK;
}

static void check_opens(const struct kite_io *io, struct kite_library_repair *repair)
{
    struct kite_query q = { 0 };
    struct kite_reader_info readers[KITE_READERS_MAX];
    struct kite_text_step step = { 0 };
    struct kite_library *lib;
    struct kite_fault fault = { "" };
    uint32_t texts, reader_count, marks = 0, reader;

    if (kite_library_open(&mem, io, "/l", &lib, &fault) != KITE_OK)
        fail_msg("does not open: %s", fault.text);
    *repair = kite_library_repair(lib);
    assert_int_equal(repair->was_damaged || repair->maps_were_dropped, *kite_library_notice(lib) != '\0');
    assert_int_equal(kite_library_count(lib, &q, &texts, NULL), KITE_OK);
    assert_int_equal(texts, 1);
    assert_int_equal(kite_library_readers(lib, readers, &reader_count, NULL), KITE_OK);
    assert_true(reader_count >= 1);
    for (reader = 1; reader <= 2; reader++)
        assert_int_equal(kite_library_marks(lib, reader, 0, 0, 100, &marks, check_mark, NULL), KITE_OK);
    if (repair->was_damaged)
        assert_int_equal(marks, repair->marks_kept);
    else
        assert_int_equal(marks, MARKS);
    assert_int_equal(kite_library_next_text(lib, &step, NULL), KITE_OK);
    assert_int_equal(kite_library_place_save(lib, 1, step.text, (struct kite_place){ 0 }, 0, NULL), KITE_OK);
    kite_library_close(lib);
    assert_int_equal(kite_library_open(&mem, io, "/l", &lib, NULL), KITE_OK); /* it is well now */
    assert_false(kite_library_repair(lib).was_damaged);
    kite_library_close(lib);
}

static struct disk *filled(void)
{
    struct disk *d = disk_make(1);
    struct kite_io io = disk_io(d);

    mem = kite_memory_heap();
    fill(&io);
    return d;
}

enum { KIND_FLIP, KIND_BLOCK, KIND_CUT, KIND_SHUFFLE, KIND_COUNT };

static void hurt(struct disk *d, struct disk_file *f, int kind)
{
    size_t at = (size_t)disk_random(d) % f->live_bytes;

    switch (kind) {
    case KIND_FLIP:
        for (uint64_t n = 1 + disk_random(d) % 3; n > 0; n--)
            f->live[disk_random(d) % f->live_bytes] ^= (uint8_t)(1u << disk_random(d) % 8);
        break;
    case KIND_BLOCK:
        for (size_t i = at; i < f->live_bytes && i < at + 6000; i++)
            f->live[i] = (uint8_t)disk_random(d);
        break;
    case KIND_CUT:
        disk_resize(f, disk_random(d) % 2 ? at : at - at % KITE_PAGE_BYTES);
        break;
    default: { /* a page written where another belongs */
        size_t pages = f->live_bytes / KITE_PAGE_BYTES, to = (size_t)disk_random(d) % pages,
               from = (size_t)disk_random(d) % pages;

        memmove(f->live + to * KITE_PAGE_BYTES, f->live + from * KITE_PAGE_BYTES, KITE_PAGE_BYTES);
    }
    }
}

static void it_opens_after_any_damage(void **state)
{
    struct disk *whole = filled();
    uint32_t kept_all = 0, damaged = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 240; seed++) {
        struct disk *d = disk_clone(whole);
        struct kite_io io = disk_io(d);
        struct kite_library_repair repair;

        d->random = seed * 2 + 1;
        hurt(d, disk_get(d, "kite.db"), (int)(seed % KIND_COUNT));
        check_opens(&io, &repair);
        damaged += repair.was_damaged;
        kept_all += repair.was_damaged && repair.marks_kept == MARKS;
        disk_destroy(d);
    }
    print_message("damaged %u, of these all marks kept in %u\n", (unsigned)damaged, (unsigned)kept_all);
    assert_true(damaged > 200);
    assert_true(kept_all > damaged / 2);
    disk_destroy(whole);
}

static size_t mark_root(struct disk *d)
{
    struct kite_io io = disk_io(d);
    struct kite_library *lib;
    int64_t root;

    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
    assert_int_equal(kite_sql_number(lib, &root, "SELECT rootpage FROM sqlite_schema WHERE name = 'mark'", ""), KITE_OK);
    kite_library_close(lib);
    return (size_t)root;
}

/* Each page on its own: what is lost is at most what stood in it. */
static void one_bad_page_costs_no_more_than_itself(void **state)
{
    struct disk *whole = filled();
    size_t pages = disk_get(whole, "kite.db")->live_bytes / KITE_PAGE_BYTES;
    size_t root = mark_root(whole);

    (void)state;
    for (size_t page = 0; page < pages; page++) {
        struct disk *d = disk_clone(whole);
        struct kite_io io = disk_io(d);
        struct kite_library_repair repair;

        memset(disk_get(d, "kite.db")->live + page * KITE_PAGE_BYTES, 0xee, KITE_PAGE_BYTES);
        check_opens(&io, &repair);
        assert_true(repair.was_damaged);
        assert_string_equal(repair.set_aside, "kite-damaged-1.db");
        assert_non_null(disk_get(d, "kite-damaged-1.db"));
        assert_true(repair.marks_kept == MARKS || repair.is_partial);
        assert_true(repair.marks_kept >= MARKS - 16); /* a page holds no more */
        if (page == root - 1) /* it is made anew over its leaves */
            assert_int_equal(repair.marks_kept, MARKS);
        if (page == 0) /* the header and the schema are known */
            assert_int_equal(repair.marks_kept, MARKS);
        disk_destroy(d);
    }
    disk_destroy(whole);
}

static void an_empty_or_foreign_or_missing_database_is_made_anew(void **state)
{
    static const char foreign[] = "SQLite format 3\0 or something of the kind";

    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct disk *d = filled();
        struct kite_io io = disk_io(d);
        struct kite_library *lib;
        struct kite_import_result result;
        struct kite_scan *scan;
        uint32_t texts;

        if (kind == 0)
            disk_resize(disk_get(d, "kite.db"), 0);
        else if (kind == 1)
            disk_put(d, "kite.db", foreign, sizeof foreign);
        else
            disk_remove(d, "/kite.db");
        assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
        assert_int_equal(kite_library_repair(lib).was_damaged, kind != 2);
        assert_int_equal(kite_scan_begin(lib, NULL, &scan, NULL), KITE_OK);
        while (kite_scan_step(scan, &result, NULL) == KITE_OK)
            ;
        kite_scan_end(scan);
        assert_int_equal(kite_library_count(lib, &(struct kite_query){ 0 }, &texts, NULL), KITE_OK);
        assert_int_equal(texts, 1);
        kite_library_close(lib);
        disk_destroy(d);
    }
}

/* Opens as if nothing had happened to kite.db, and is written to. */
static void check_untouched(struct disk *d)
{
    struct kite_io io = disk_io(d);
    struct kite_library_repair repair;

    check_opens(&io, &repair);
    assert_false(repair.was_damaged);
    disk_destroy(d);
}

/* What lies beside kite.db: missing, empty, cut at any length, with any byte wrong, or something else altogether. */
static void other_files_of_the_library_cost_nothing_else(void **state)
{
    static const char *const names[] = { "maps.db", "kite.lock", "kite.db-journal", "kite-new.db", "kite-new.db-journal" };
    static uint8_t noise[3 * KITE_PAGE_BYTES];
    struct disk *whole = filled();
    struct disk_file *maps = disk_get(whole, "maps.db");
    size_t by = (size_t)disk_stride(maps->live_bytes, 60);

    (void)state;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)disk_random(whole);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t bytes = 0; bytes <= sizeof noise; bytes += sizeof noise / 3) {
            struct disk *d = disk_clone(whole);

            disk_put(d, names[i], noise, bytes);
            check_untouched(d);
        }
    for (size_t at = 0; at < maps->live_bytes; at += by) {
        struct disk *cut = disk_clone(whole), *flipped = disk_clone(whole);

        disk_resize(disk_get(cut, "maps.db"), at);
        check_untouched(cut);
        disk_get(flipped, "maps.db")->live[at] ^= (uint8_t)(1u << at % 8);
        check_untouched(flipped);
    }
    disk_remove(whole, "/maps.db");
    check_untouched(whole);
}

static void a_page_that_rots_while_open_is_said_and_repaired_at_the_next_opening(void **state)
{
    struct disk *d = filled();
    struct kite_io io = disk_io(d);
    struct kite_library_repair repair;
    struct kite_library *lib;
    struct disk_file *file = disk_get(d, "kite.db");
    uint32_t marks = 0;
    enum kite_status status;

    (void)state;
    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
    for (size_t i = 8 * KITE_PAGE_BYTES; i < file->live_bytes; i += 100)
        file->live[i] ^= 1;
    status = kite_library_marks(lib, 1, 0, 0, 100, &marks, check_mark, NULL);
    assert_int_equal(status, KITE_E_DAMAGED);
    assert_true(kite_library_must_reopen(lib));
    assert_int_equal(kite_library_place_save(lib, 1, 1, (struct kite_place){ 0 }, 0, NULL), KITE_E_DAMAGED);
    kite_library_close(lib);
    check_opens(&io, &repair);
    assert_true(repair.was_damaged);
    disk_destroy(d);
}

static void a_cut_during_the_repair_loses_nothing_more(void **state)
{
    struct disk *whole = filled();

    (void)state;
    disk_get(whole, "kite.db")->live[100] ^= 1;
    disk_get(whole, "kite.db")->live[3 * KITE_PAGE_BYTES + 100] ^= 1;
    for (uint64_t cut = 1; cut < 200; cut += 3) {
        struct disk *d = disk_clone(whole);
        struct kite_io io = disk_io(d);
        struct kite_library *lib;
        struct kite_library_repair repair;
        uint32_t marks = 0;

        for (int i = 0; i < d->file_count; i++)
            disk_make_durable(&d->files[i]);
        d->durable = d->live;
        d->changes = 0;
        d->random = cut * 2 + 1;
        d->cut_at = d->ops + cut;
        if (kite_library_open(&mem, &io, "/l", &lib, NULL) == KITE_OK)
            kite_library_close(lib);
        disk_power_on(d, (enum disk_cut)(cut % DISK_CUTS));
        assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
        assert_int_equal(kite_library_marks(lib, 1, 0, 0, 100, &marks, check_mark, NULL), KITE_OK);
        assert_int_equal(marks, MARKS / 2);
        repair = kite_library_repair(lib);
        assert_true(!repair.was_damaged || repair.marks_kept == MARKS);
        kite_library_close(lib);
        disk_destroy(d);
    }
    disk_destroy(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_after_any_damage),
        cmocka_unit_test(one_bad_page_costs_no_more_than_itself),
        cmocka_unit_test(an_empty_or_foreign_or_missing_database_is_made_anew),
        cmocka_unit_test(other_files_of_the_library_cost_nothing_else),
        cmocka_unit_test(a_page_that_rots_while_open_is_said_and_repaired_at_the_next_opening),
        cmocka_unit_test(a_cut_during_the_repair_loses_nothing_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
