/* Thirteen changes to a library on a disk in memory, and what must be there after so many of them were told as done. */
#ifndef KITE_TESTS_SCENARIO_H
#define KITE_TESTS_SCENARIO_H

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

static struct kite_library *open_again(struct disk *d, const struct kite_io *io)
{
    struct kite_library *lib = NULL;
    struct kite_fault fault = { "" };

    (void)d;
    if (kite_library_open(&mem, io, "/l", &lib, &fault) != KITE_OK)
        fail_msg("does not open: %s", fault.text);
    assert_false(kite_library_repair(lib).was_damaged);
    return lib;
}

/* It can be written to as before. */
static void check_usable(struct kite_library *lib)
{
    struct kite_text_step text = { 0 };
    struct kite_mark mark = { .reader = 1, .start = { .offset_bytes = 999 }, .end = { .offset_bytes = 999 } };
    uint32_t before, after;
    int64_t id;

    if (kite_library_next_text(lib, &text, NULL) != KITE_OK)
        return;
    mark.text = text.text;
    assert_int_equal(kite_library_mark_count(lib, 1, 0, &before, NULL), KITE_OK);
    assert_int_equal(kite_library_mark_add(lib, &mark, &id, NULL), KITE_OK);
    assert_int_equal(kite_library_mark_count(lib, 1, 0, &after, NULL), KITE_OK);
    assert_int_equal(after, before + 1);
}

/* Around a group of tests. */
static int scenario_begin(void **state)
{
    struct shelf_text first = { .title = "First", .identifier = "first", .edition = "1" };
    struct shelf_text second = { .title = "Second", .author = "Somebody" };

    (void)state;
    allocator_set_up();
    first_bundle = shelf_bundle(&first, 1);
    second_bundle = shelf_bundle(&second, 1);
    first.edition = "2";
    new_edition = shelf_bundle(&first, 1);
    return 0;
}

static int scenario_end(void **state)
{
    (void)state;
    kite_buffer_close(&first_bundle);
    kite_buffer_close(&second_bundle);
    kite_buffer_close(&new_edition);
    return 0;
}

#endif
