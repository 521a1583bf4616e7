/* The library on a disk that behaves: catalogue, imports, editions, readers, places, marks, settings, page maps. */
#include "library/shelf.h"
#include "library/store.h"

static struct kite_memory mem;

struct world {
    struct disk *disk;
    struct kite_io io;
    struct kite_library *lib;
};

static struct world begin(void)
{
    struct world w = { .disk = disk_make(1) };
    struct kite_fault fault = { "" };

    mem = kite_memory_heap();
    w.io = disk_io(w.disk);
    if (kite_library_open(&mem, &w.io, "/l", &w.lib, &fault) != KITE_OK)
        fail_msg("%s", fault.text);
    return w;
}

static void reopen(struct world *w)
{
    kite_library_close(w->lib);
    assert_int_equal(kite_library_open(&mem, &w->io, "/l", &w->lib, NULL), KITE_OK);
}

static void end(struct world *w)
{
    kite_library_close(w->lib);
    assert_int_equal(w->disk->open_handles, 0);
    disk_destroy(w->disk);
}

static struct kite_import_result bring(struct world *w, const struct shelf_text *texts, size_t count, const char *name)
{
    struct kite_buffer bundle = shelf_bundle(texts, count);
    struct kite_import_result result;
    struct kite_fault fault = { "" };

    if (shelf_import(w->lib, &bundle, name, &result, &fault) != KITE_OK)
        fail_msg("%s", fault.text);
    kite_buffer_close(&bundle);
    return result;
}

/* ---- listings as lines of text ---- */

static enum kite_status add_title(void *ctx, const struct kite_entry *entry)
{
    char *out = ctx;

    strcat(strcat(out, entry->title), "|");
    return KITE_OK;
}

static const char *titles(struct world *w, const struct kite_query *query, uint32_t first, uint32_t count)
{
    static char out[4096];

    out[0] = '\0';
    assert_int_equal(kite_library_list(w->lib, query, first, count, out, add_title, NULL), KITE_OK);
    return out;
}

static enum kite_status add_value(void *ctx, const char *value, uint32_t texts)
{
    char *out = ctx;

    sprintf(out + strlen(out), "%s %u|", value, (unsigned)texts);
    return KITE_OK;
}

static const char *values(struct world *w, enum kite_field field)
{
    static char out[4096];

    out[0] = '\0';
    assert_int_equal(kite_library_values(w->lib, field, 0, 100, out, add_value, NULL), KITE_OK);
    return out;
}

static const struct shelf_text shelf[] = {
    { .title = "Ébano", .author = "Ana Ruiz", .lang = "es", .subject = "Stories" },
    { .title = "apple", .author = "Zoe", .lang = "en-GB", .subject = "Food" },
    { .title = "“Đường về”", .author = "Ánh", .lang = "vi" },
    { .title = "Zebra", .author = "ana ruiz", .lang = "es-MX", .subject = "stories", .standfirst = "On stripes" },
};

static void texts_are_sorted_filtered_and_found_blind_to_case_and_accents(void **state)
{
    struct world w = begin();
    struct kite_query q = { 0 };
    uint32_t count;

    (void)state;
    bring(&w, shelf, 2, "a.kite");
    bring(&w, shelf + 2, 2, "b.kite");
    assert_string_equal(titles(&w, &q, 0, 10), "apple|“Đường về”|Ébano|Zebra|");
    assert_string_equal(titles(&w, &q, 1, 2), "“Đường về”|Ébano|");
    assert_string_equal(titles(&w, &q, 4, 2), "");
    q.sort = KITE_SORT_AUTHOR;
    assert_string_equal(titles(&w, &q, 0, 10), "Ébano|Zebra|“Đường về”|apple|");
    q.sort = KITE_SORT_ADDED;
    assert_string_equal(titles(&w, &q, 0, 10), "Zebra|“Đường về”|apple|Ébano|");
    q = (struct kite_query){ .lang = kite_lang_from_text("es") };
    assert_string_equal(titles(&w, &q, 0, 10), "Ébano|Zebra|");
    assert_int_equal(kite_library_count(w.lib, &q, &count, NULL), KITE_OK);
    assert_int_equal(count, 2);
    q = (struct kite_query){ .author = "ANA RUIZ" };
    assert_string_equal(titles(&w, &q, 0, 10), "Ébano|Zebra|");
    q = (struct kite_query){ .shelf = "Stories", .sort = KITE_SORT_ADDED };
    assert_string_equal(titles(&w, &q, 0, 10), "Zebra|Ébano|");
    q = (struct kite_query){ .words = "duong" };
    assert_string_equal(titles(&w, &q, 0, 10), "“Đường về”|");
    q = (struct kite_query){ .words = "STRIPES ana" };
    assert_string_equal(titles(&w, &q, 0, 10), "Zebra|");
    assert_string_equal(values(&w, KITE_FIELD_LANG), "en 1|es 2|vi 1|");
    assert_string_equal(values(&w, KITE_FIELD_AUTHOR), "Ana Ruiz 2|Ánh 1|Zoe 1|");
    assert_string_equal(values(&w, KITE_FIELD_SHELF), "Food 1|Stories 2|");
    end(&w);
}

static void texts_are_stepped_through_bundle_by_bundle(void **state)
{
    struct world w = begin();
    struct kite_text_step step = { 0 };
    struct kite_book *book;
    struct kite_fault fault;

    (void)state;
    bring(&w, shelf, 2, "a.kite");
    bring(&w, shelf + 2, 2, "b.kite");
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(kite_library_next_text(w.lib, &step, NULL), KITE_OK);
        assert_int_equal(step.document, i % 2);
        assert_int_equal(kite_library_book_open(w.lib, step.text, &book, NULL), KITE_OK);
        assert_int_equal(kite_book_document(book), i % 2);
        assert_string_equal(kite_bundle_meta(kite_book_bundle(book), i % 2, KITE_META_TITLE), shelf[i].title);
        kite_library_book_close(book);
    }
    assert_int_equal(kite_library_next_text(w.lib, &step, NULL), KITE_DONE);
    assert_int_equal(kite_library_book_open(w.lib, 99, &book, &fault), KITE_E_RANGE);
    end(&w);
}

static void recent_shows_the_last_text_and_with_history_the_order(void **state)
{
    struct world w = begin();
    struct kite_query q = { .reader = 1, .sort = KITE_SORT_RECENT };
    struct kite_place place = { .paragraph = 0 };
    int64_t last, first;

    (void)state;
    first = bring(&w, shelf, 4, "a.kite").first_text;
    assert_string_equal(titles(&w, &q, 0, 10), "Zebra|“Đường về”|apple|Ébano|");
    assert_int_equal(kite_library_last_text(w.lib, 1, &last, NULL), KITE_DONE);
    for (int64_t i = 3; i >= 1; i--)
        assert_int_equal(kite_library_place_save(w.lib, 1, first + i, place, 500, NULL), KITE_OK);
    /* Last read first; the others by title, whatever their order was; then the unopened. */
    assert_string_equal(titles(&w, &q, 0, 10), "apple|“Đường về”|Zebra|Ébano|");
    assert_string_equal(titles(&w, &q, 2, 2), "Zebra|Ébano|");
    assert_int_equal(kite_library_last_text(w.lib, 1, &last, NULL), KITE_OK);
    assert_int_equal(last, first + 1);
    q.is_unread_only = true;
    assert_string_equal(titles(&w, &q, 0, 10), "Ébano|");
    q.is_unread_only = false;
    assert_int_equal(kite_library_history(w.lib, 1, true, NULL), KITE_OK);
    assert_int_equal(kite_library_place_save(w.lib, 1, first + 3, place, 500, NULL), KITE_OK);
    assert_int_equal(kite_library_place_save(w.lib, 1, first + 0, place, 500, NULL), KITE_OK);
    assert_string_equal(titles(&w, &q, 0, 10), "Ébano|Zebra|apple|“Đường về”|");
    assert_int_equal(kite_library_history(w.lib, 1, false, NULL), KITE_OK);
    assert_string_equal(titles(&w, &q, 0, 10), "Ébano|apple|“Đường về”|Zebra|");
    end(&w);
}

static void same_bytes_come_in_once(void **state)
{
    struct world w = begin();
    struct kite_import_result result;
    int names;

    (void)state;
    bring(&w, shelf, 2, "a.kite");
    names = w.disk->live.count;
    result = bring(&w, shelf, 2, "copy of a.kite");
    assert_int_equal(result.outcome, KITE_IMPORT_ALREADY_HERE);
    assert_int_equal(result.texts, 2);
    assert_int_equal(w.disk->live.count, names);
    end(&w);
}

static void a_newer_edition_takes_places_and_marks_over(void **state)
{
    static const char *const old_words[] = { "One.", "Two, so to speak.", "Three.", NULL };
    static const char *const new_words[] = { "Nought.", "One.", "Two, só.", NULL };
    static const uint32_t old_ids[] = { 10, 20, 30 }, new_ids[] = { 5, 10, 20 };
    struct shelf_text guide = { .title = "Guide", .identifier = "guide", .edition = "1", .paragraphs = old_words, .ids = old_ids };
    struct world w = begin();
    struct kite_import_result old, new;
    struct kite_mark mark = { .reader = 1, .is_highlight = true, .start = { 0, 0, 1 }, .end = { 0, 2, 3 }, .note = "n" };
    struct kite_place place = { .paragraph = 1, .offset_bytes = 9 };
    uint32_t count;
    int64_t text;

    (void)state;
    old = bring(&w, &guide, 1, "g1.kite");
    mark.text = old.first_text;
    assert_int_equal(kite_library_place_save(w.lib, 1, old.first_text, place, 400, NULL), KITE_OK);
    assert_int_equal(kite_library_jump(w.lib, 1, old.first_text, (struct kite_place){ 0, 2, 0 }, NULL), KITE_OK);
    assert_int_equal(kite_library_mark_add(w.lib, &mark, &mark.id, NULL), KITE_OK);
    guide.edition = "2";
    guide.paragraphs = new_words;
    guide.ids = new_ids;
    new = bring(&w, &guide, 1, "g2.kite");
    assert_int_equal(new.outcome, KITE_IMPORT_NEW_EDITION);
    assert_int_equal(kite_library_place(w.lib, 1, new.first_text, &place, &count, NULL), KITE_OK);
    assert_int_equal(place.paragraph, 2);
    assert_int_equal(place.offset_bytes, 9);
    assert_int_equal(count, 400);
    assert_int_equal(kite_library_mark_count(w.lib, 1, new.first_text, &count, NULL), KITE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(kite_library_way_back(w.lib, 1, &text, &place, NULL), KITE_OK);
    assert_int_equal(text, new.first_text);
    assert_int_equal(place.paragraph, 2); /* "Three." has gone: the paragraph before it */
    assert_string_equal(titles(&w, &(struct kite_query){ 0 }, 0, 9), "Guide|");
    guide.edition = "1";
    guide.paragraphs = old_words;
    guide.ids = old_ids;
    old = bring(&w, &guide, 1, "g1.kite");
    assert_int_equal(old.outcome, KITE_IMPORT_OLDER_EDITION);
    assert_int_equal(old.bundle, new.bundle);
    end(&w);
}

static enum kite_status add_refused(void *ctx, const struct kite_refused *r)
{
    sprintf((char *)ctx + strlen(ctx), "%s %d|", r->name, (int)r->status);
    assert_true(*r->reason);
    return KITE_OK;
}

static void a_bad_bundle_is_refused_with_a_reason_and_forgotten_when_it_comes_whole(void **state)
{
    struct world w = begin();
    struct kite_buffer bundle = shelf_bundle(shelf, 4);
    struct kite_import_result result;
    struct kite_fault fault = { "" };
    char refused[256] = "", expected[64];
    size_t whole = bundle.count;
    int names;

    (void)state;
    assert_int_equal(kite_library_set_number(w.lib, 1, "size", 20, NULL), KITE_OK); /* there is a journal now */
    names = w.disk->live.count;
    for (bundle.count = 0; bundle.count < whole; bundle.count += 1 + whole / 40)
        assert_int_not_equal(shelf_import(w.lib, &bundle, "short.kite", &result, &fault), KITE_OK);
    bundle.count = whole;
    bundle.bytes[whole - 60] ^= 1;
    assert_int_equal(shelf_import(w.lib, &bundle, "flipped.kite", &result, &fault), KITE_E_DAMAGED);
    bundle.bytes[whole - 60] ^= 1;
    assert_int_equal(w.disk->live.count, names);
    assert_int_equal(kite_library_refused(w.lib, 0, 9, refused, add_refused, NULL), KITE_OK);
    snprintf(expected, sizeof expected, "flipped.kite %d|short.kite %d|", KITE_E_DAMAGED, KITE_E_DAMAGED);
    assert_string_equal(refused, expected);
    assert_int_equal(shelf_import(w.lib, &bundle, "short.kite", &result, &fault), KITE_OK);
    refused[0] = '\0';
    assert_int_equal(kite_library_refused(w.lib, 0, 9, refused, add_refused, NULL), KITE_OK);
    assert_null(strstr(refused, "short"));
    w.disk->free_bytes = KITE_LIBRARY_RESERVE_BYTES + 10;
    kite_buffer_close(&bundle);
    bundle = shelf_bundle(shelf, 1);
    assert_int_equal(shelf_import(w.lib, &bundle, "big.kite", &result, &fault), KITE_E_LIMIT);
    kite_buffer_close(&bundle);
    end(&w);
}

static void a_scan_enters_what_was_put_there_and_notes_what_has_gone(void **state)
{
    struct world w = begin();
    struct kite_buffer good = shelf_bundle(shelf, 1), other = shelf_bundle(shelf + 1, 1);
    struct kite_import_result result;
    struct kite_scan *scan;
    struct kite_place place = { 0 };
    char seen[1024] = "";

    (void)state;
    disk_put(w.disk, "good.kite", good.bytes, good.count);
    disk_put(w.disk, "bad.KITE", good.bytes, good.count / 2);
    disk_put(w.disk, "no suffix", other.bytes, other.count);
    disk_put(w.disk, "photo.jpg", "\xff\xd8 whatever", 11);
    disk_put(w.disk, "._good.kite", "mac", 3);
    assert_int_equal(kite_scan_begin(w.lib, NULL, &scan, NULL), KITE_OK);
    while (kite_scan_step(scan, &result, NULL) == KITE_OK)
        sprintf(seen + strlen(seen), "%s %d|", result.name, (int)result.outcome);
    kite_scan_end(scan);
    assert_string_equal(seen, "bad.KITE 4|good.kite 0|no suffix 0|photo.jpg 5|");
    assert_string_equal(titles(&w, &(struct kite_query){ 0 }, 0, 9), "apple|Ébano|");
    assert_int_equal(kite_library_place_save(w.lib, 1, 1, place, 0, NULL), KITE_OK);
    disk_remove(w.disk, "/good.kite");
    for (int round = 0; round < 2; round++) {
        assert_int_equal(kite_scan_begin(w.lib, NULL, &scan, NULL), KITE_OK);
        while (kite_scan_step(scan, &result, NULL) == KITE_OK)
            ;
        kite_scan_end(scan);
        assert_string_equal(titles(&w, &(struct kite_query){ 0 }, 0, 9), round ? "apple|Ébano|" : "apple|");
        disk_put(w.disk, "renamed.kite", good.bytes, good.count);
    }
    assert_int_equal(kite_library_place(w.lib, 1, 1, &place, NULL, NULL), KITE_OK);
    kite_buffer_close(&good);
    kite_buffer_close(&other);
    end(&w);
}

static void a_document_is_known_again_while_its_bundle_is_here(void **state)
{
    static const uint8_t hash[32] = { 7 }, other[32] = { 8 };
    struct shelf_text text = { .title = "Letter", .paragraphs = (const char *const[]){ "Dear all.", NULL } };
    struct world w = begin();
    struct kite_import_result r = bring(&w, &text, 1, "letter.docx");
    int64_t found = 0;

    (void)state;
    assert_int_equal(kite_library_origin(w.lib, hash, &found, NULL), KITE_DONE);
    assert_int_equal(kite_library_origin_keep(w.lib, hash, r.bundle, NULL), KITE_OK);
    assert_int_equal(kite_library_origin_keep(w.lib, hash, r.bundle, NULL), KITE_OK);
    reopen(&w);
    assert_int_equal(kite_library_origin(w.lib, hash, &found, NULL), KITE_OK);
    assert_int_equal(found, r.first_text);
    assert_int_equal(kite_library_origin(w.lib, other, &found, NULL), KITE_DONE);
    assert_int_equal(kite_library_remove(w.lib, r.bundle, KITE_REMOVE_KEEP_MARKS, NULL), KITE_OK);
    assert_int_equal(kite_library_origin(w.lib, hash, &found, NULL), KITE_DONE);
    end(&w);
}

static void what_is_removed_goes_with_its_file_and_may_come_back(void **state)
{
    struct world w = begin();
    struct kite_import_result r = bring(&w, shelf, 2, "a.kite");
    struct kite_place place = { .paragraph = 0, .offset_bytes = 3 };
    uint64_t used, left;

    (void)state;
    assert_int_equal(kite_library_place_save(w.lib, 1, r.first_text, place, 1, NULL), KITE_OK);
    assert_int_equal(kite_library_remove(w.lib, r.bundle, KITE_REMOVE_KEEP_MARKS, NULL), KITE_OK);
    assert_string_equal(titles(&w, &(struct kite_query){ 0 }, 0, 9), "");
    assert_int_equal(kite_library_space(w.lib, &used, &left, NULL), KITE_OK);
    assert_int_equal(used, 0);
    for (int i = 0; i < w.disk->live.count; i++)
        assert_null(strstr(w.disk->live.names[i].name, ".kite"));
    assert_int_equal(kite_library_remove(w.lib, r.bundle, KITE_REMOVE_KEEP_MARKS, NULL), KITE_E_RANGE);
    r = bring(&w, shelf, 2, "a.kite");
    assert_int_equal(kite_library_place(w.lib, 1, r.first_text, &place, NULL, NULL), KITE_OK);
    assert_int_equal(place.offset_bytes, 3);
    assert_int_equal(kite_library_remove(w.lib, r.bundle, KITE_REMOVE_FORGET_MARKS, NULL), KITE_OK);
    r = bring(&w, shelf, 2, "a.kite");
    assert_int_equal(kite_library_place(w.lib, 1, r.first_text, &place, NULL, NULL), KITE_DONE);
    end(&w);
}

static void eight_readers_keep_apart(void **state)
{
    struct world w = begin();
    struct kite_import_result r = bring(&w, shelf, 1, "a.kite");
    struct kite_reader_info readers[KITE_READERS_MAX];
    struct kite_place place = { 0 };
    uint32_t count, reader;

    (void)state;
    assert_int_equal(kite_library_reader_change(w.lib, 1, "Abuela", 3, NULL), KITE_OK);
    for (uint32_t i = 2; i <= 8; i++) {
        assert_int_equal(kite_library_reader_add(w.lib, "R", i, &reader, NULL), KITE_OK);
        assert_int_equal(reader, i);
    }
    assert_int_equal(kite_library_reader_add(w.lib, "ninth", 9, &reader, NULL), KITE_E_LIMIT);
    assert_int_equal(kite_library_readers(w.lib, readers, &count, NULL), KITE_OK);
    assert_int_equal(count, 8);
    assert_string_equal(readers[0].name, "Abuela");
    for (uint32_t i = 1; i <= 8; i++) {
        place.offset_bytes = i;
        assert_int_equal(kite_library_place_save(w.lib, i, r.first_text, place, i, NULL), KITE_OK);
        assert_int_equal(kite_library_set_number(w.lib, i, "size", i * 10, NULL), KITE_OK);
    }
    assert_int_equal(kite_library_set_current_reader(w.lib, 7, NULL), KITE_OK);
    reopen(&w);
    assert_int_equal(kite_library_current_reader(w.lib, &reader, NULL), KITE_OK);
    assert_int_equal(reader, 7);
    assert_int_equal(kite_library_reader_remove(w.lib, 7, NULL), KITE_OK);
    assert_int_equal(kite_library_current_reader(w.lib, &reader, NULL), KITE_OK);
    assert_int_equal(reader, 1);
    assert_int_equal(kite_library_reader_forget(w.lib, 2, NULL), KITE_OK);
    assert_int_equal(kite_library_place(w.lib, 2, r.first_text, &place, NULL, NULL), KITE_DONE);
    assert_int_equal(kite_library_place(w.lib, 7, r.first_text, &place, NULL, NULL), KITE_E_RANGE);
    assert_int_equal(kite_library_place(w.lib, 3, r.first_text, &place, NULL, NULL), KITE_OK);
    assert_int_equal(place.offset_bytes, 3);
    end(&w);
}

static void settings_are_typed_and_change_together(void **state)
{
    struct world w = begin();
    char text[KITE_SETTING_VALUE_BYTES_MAX + 1];
    int64_t number;

    (void)state;
    assert_int_equal(kite_library_settings_begin(w.lib, NULL), KITE_OK);
    assert_int_equal(kite_library_set_number(w.lib, 1, "size", 14, NULL), KITE_OK);
    assert_int_equal(kite_library_set_text(w.lib, KITE_DEVICE, "face", "Noto'; DROP TABLE mark", NULL), KITE_OK);
    assert_int_equal(kite_library_settings_end(w.lib, NULL), KITE_OK);
    assert_int_equal(kite_library_set_number(w.lib, 5, "size", 14, NULL), KITE_E_RANGE);
    reopen(&w);
    assert_int_equal(kite_library_get_number(w.lib, 1, "size", 9, &number, NULL), KITE_OK);
    assert_int_equal(number, 14);
    assert_int_equal(kite_library_get_number(w.lib, KITE_DEVICE, "face", 9, &number, NULL), KITE_OK);
    assert_int_equal(number, 9);
    assert_int_equal(kite_library_get_text(w.lib, KITE_DEVICE, "face", "", text, NULL), KITE_OK);
    assert_string_equal(text, "Noto'; DROP TABLE mark");
    end(&w);
}

static void there_is_one_way_back(void **state)
{
    struct world w = begin();
    int64_t first = bring(&w, shelf, 1, "a.kite").first_text, second = bring(&w, shelf + 1, 1, "b.kite").first_text, text;
    struct kite_place place = { 0 };

    (void)state;
    assert_int_equal(kite_library_way_back(w.lib, 1, &text, &place, NULL), KITE_DONE);
    for (uint32_t i = 0; i < 11; i++) {
        place.offset_bytes = i;
        assert_int_equal(kite_library_jump(w.lib, 1, i % 2 ? first : second, place, NULL), KITE_OK);
    }
    reopen(&w);
    assert_int_equal(kite_library_way_back(w.lib, 1, &text, &place, NULL), KITE_OK);
    assert_int_equal(text, second);
    assert_int_equal(place.offset_bytes, 10);
    assert_int_equal(kite_library_way_forget(w.lib, 1, NULL), KITE_OK);
    assert_int_equal(kite_library_way_back(w.lib, 1, &text, &place, NULL), KITE_DONE); /* no older one comes to light */
    assert_int_equal(kite_library_jump(w.lib, 1, first, place, NULL), KITE_OK);
    assert_int_equal(kite_library_reader_forget(w.lib, 1, NULL), KITE_OK);
    assert_int_equal(kite_library_way_back(w.lib, 1, &text, &place, NULL), KITE_DONE);
    end(&w);
}

static enum kite_status add_mark(void *ctx, const struct kite_mark *m, const char *title)
{
    sprintf((char *)ctx + strlen(ctx), "%s %u:%u-%u:%u %s %s|", title, (unsigned)m->start.paragraph,
            (unsigned)m->start.offset_bytes, (unsigned)m->end.paragraph, (unsigned)m->end.offset_bytes, m->excerpt,
            m->note);
    return KITE_OK;
}

static void marks_are_listed_by_place_and_found_by_page(void **state)
{
    struct world w = begin();
    int64_t text = bring(&w, shelf, 2, "a.kite").first_text, id, again;
    struct kite_mark light = { .reader = 1, .text = text, .is_highlight = true, .start = { 0, 2, 5 }, .end = { 0, 4, 1 } };
    struct kite_mark book = { .reader = 1, .text = text, .start = { 0, 1, 7 }, .excerpt = "so" };
    struct kite_mark other = { .reader = 1, .text = text + 1, .start = { 0, 0, 0 } };
    char out[512] = "";
    uint32_t count;

    (void)state;
    assert_int_equal(kite_library_mark_add(w.lib, &light, &id, NULL), KITE_OK);
    assert_int_equal(kite_library_mark_note(w.lib, id, "why?", NULL), KITE_OK);
    assert_int_equal(kite_library_mark_add(w.lib, &book, &id, NULL), KITE_OK);
    assert_int_equal(kite_library_mark_add(w.lib, &book, &again, NULL), KITE_OK);
    assert_int_equal(id, again);
    assert_int_equal(kite_library_mark_add(w.lib, &other, &again, NULL), KITE_OK);
    assert_int_equal(kite_library_marks(w.lib, 1, text, 0, 9, out, add_mark, NULL), KITE_OK);
    assert_string_equal(out, "Ébano 1:7-1:7 so |Ébano 2:5-4:1  why?|");
    out[0] = '\0';
    assert_int_equal(kite_library_marks(w.lib, 1, 0, 0, 9, out, add_mark, NULL), KITE_OK);
    assert_string_equal(out, "apple 0:0-0:0  |Ébano 1:7-1:7 so |Ébano 2:5-4:1  why?|");
    out[0] = '\0';
    assert_int_equal(kite_library_marks_in(w.lib, 1, text, 3, 4, out, add_mark, NULL), KITE_OK);
    assert_string_equal(out, "Ébano 2:5-4:1  why?|");
    assert_int_equal(kite_library_mark_remove(w.lib, id, NULL), KITE_OK);
    assert_int_equal(kite_library_mark_remove(w.lib, id, NULL), KITE_E_RANGE);
    assert_int_equal(kite_library_mark_count(w.lib, 1, 0, &count, NULL), KITE_OK);
    assert_int_equal(count, 2);
    light.end = (struct kite_place){ 0, 1, 0 };
    assert_int_equal(kite_library_mark_add(w.lib, &light, &id, NULL), KITE_E_FORMAT);
    end(&w);
}

static void page_maps_are_kept_shed_and_dropped_when_damaged(void **state)
{
    struct world w = begin();
    struct kite_map_key key = { .document = 1, .engine = 3 };
    struct kite_buffer out = { .mem = mem };
    static uint8_t map[300000];
    struct disk_file *file;
    uint32_t kept = 0;

    (void)state;
    for (size_t i = 0; i < sizeof map; i++)
        map[i] = (uint8_t)(i * i >> 7);
    for (uint64_t i = 0; i < 6; i++) {
        key.setting_hash = i;
        assert_int_equal(kite_library_map_save(w.lib, &key, map, sizeof map - (size_t)i), KITE_OK);
    }
    for (uint64_t i = 0; i < 6; i++) {
        enum kite_status status;

        key.setting_hash = i;
        status = kite_library_map(w.lib, &key, &out);
        assert_int_equal(out.count, status == KITE_OK ? sizeof map - i : 0);
        kept += status == KITE_OK;
        assert_true(status == KITE_OK || (status == KITE_DONE && i < 5)); /* the last one is there, of the others nobody knows */
    }
    assert_int_equal(kept, KITE_PAGE_MAPS_PER_TEXT);
    assert_memory_equal(out.bytes, map, out.count);
    key.engine = 4;
    assert_int_equal(kite_library_map(w.lib, &key, &out), KITE_DONE);
    key.engine = 3;
    reopen(&w);
    assert_int_equal(kite_library_map(w.lib, &key, &out), KITE_OK);
    kite_library_close(w.lib);
    file = disk_get(w.disk, "maps.db");
    file->live[file->live_bytes / 2] ^= 4;
    file->live[40000] ^= 4;
    assert_int_equal(kite_library_open(&mem, &w.io, "/l", &w.lib, NULL), KITE_OK);
    for (uint64_t i = 2; i < 6; i++) {
        key.setting_hash = i;
        if (kite_library_map(w.lib, &key, &out) == KITE_OK)
            assert_memory_equal(out.bytes, map, out.count);
    }
    assert_int_equal(kite_library_map_save(w.lib, &key, map, 10), KITE_OK);
    assert_int_equal(kite_library_map(w.lib, &key, &out), KITE_OK);
    kite_library_close(w.lib);
    file = disk_get(w.disk, "maps.db");
    memset(file->live, 7, file->live_bytes);
    assert_int_equal(kite_library_open(&mem, &w.io, "/l", &w.lib, NULL), KITE_OK);
    assert_true(kite_library_repair(w.lib).maps_were_dropped);
    assert_int_equal(kite_library_map(w.lib, &key, &out), KITE_DONE);
    kite_buffer_close(&out);
    end(&w);
}

static void a_library_of_a_newer_kite_is_left_alone(void **state)
{
    struct world w = begin();
    struct disk_file *file;
    uint8_t *before;

    (void)state;
    assert_int_equal(sqlite3_exec(w.lib->db, "PRAGMA user_version = 1000", NULL, NULL, NULL), SQLITE_OK);
    kite_library_close(w.lib);
    file = disk_get(w.disk, "kite.db");
    before = disk_copy(file->live, file->live_bytes);
    assert_int_equal(kite_library_open(&mem, &w.io, "/l", &w.lib, NULL), KITE_E_UNSUPPORTED);
    assert_memory_equal(before, file->live, file->live_bytes);
    free(before);
    assert_null(w.lib);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_sorted_filtered_and_found_blind_to_case_and_accents),
        cmocka_unit_test(texts_are_stepped_through_bundle_by_bundle),
        cmocka_unit_test(recent_shows_the_last_text_and_with_history_the_order),
        cmocka_unit_test(same_bytes_come_in_once),
        cmocka_unit_test(a_newer_edition_takes_places_and_marks_over),
        cmocka_unit_test(a_bad_bundle_is_refused_with_a_reason_and_forgotten_when_it_comes_whole),
        cmocka_unit_test(a_scan_enters_what_was_put_there_and_notes_what_has_gone),
        cmocka_unit_test(a_document_is_known_again_while_its_bundle_is_here),
        cmocka_unit_test(what_is_removed_goes_with_its_file_and_may_come_back),
        cmocka_unit_test(eight_readers_keep_apart),
        cmocka_unit_test(settings_are_typed_and_change_together),
        cmocka_unit_test(there_is_one_way_back),
        cmocka_unit_test(marks_are_listed_by_place_and_found_by_page),
        cmocka_unit_test(page_maps_are_kept_shed_and_dropped_when_damaged),
        cmocka_unit_test(a_library_of_a_newer_kite_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
