/* What the library's folder holds of its readers is told to the byte, and what is forgotten is gone from every byte of it, also from
 * those that files let go of: the grave below holds what was cut off or removed, as the blocks of a disk do. */
#include "library/shelf.h"
#include "library/store.h"

#define MARKS 120

static struct kite_memory mem;

struct grave {
    struct disk *disk;
    uint8_t *bytes;
    size_t count;
};

struct world {
    struct disk *disk;
    struct grave grave;
    struct kite_io io, under;
    struct kite_library *lib;
    int64_t text, gone;
};
static struct world w;

/* ---- the grave ---- */

static void bury(const uint8_t *bytes, size_t count)
{
    w.grave.bytes = realloc(w.grave.bytes, w.grave.count + count + 1);
    memcpy(w.grave.bytes + w.grave.count, bytes, count);
    w.grave.count += count;
}

static enum kite_status burying_remove(void *ctx, const char *path)
{
    int at = disk_find(&w.disk->live, disk_name_of(path));

    if (at >= 0)
        bury(w.disk->files[w.disk->live.names[at].file].live, w.disk->files[w.disk->live.names[at].file].live_bytes);
    return disk_remove(ctx, path);
}

static enum kite_status burying_truncate(void *ctx, void *file, uint64_t bytes)
{
    struct disk_file *f = disk_file(ctx, file);

    if (bytes < f->live_bytes)
        bury(f->live + bytes, f->live_bytes - (size_t)bytes);
    return disk_truncate(ctx, file, bytes);
}

static bool holds(const uint8_t *bytes, size_t count, const char *word)
{
    size_t length = strlen(word);

    for (size_t at = 0; at + length <= count; at++)
        if (bytes[at] == (uint8_t)word[0] && memcmp(bytes + at, word, length) == 0)
            return true;
    return false;
}

/* Anywhere but in the bundles themselves. */
static bool is_found(const char *word)
{
    for (int i = 0; i < w.disk->live.count; i++) {
        const struct disk_name *name = &w.disk->live.names[i];
        const struct disk_file *f = &w.disk->files[name->file];

        if (!strstr(name->name, ".kite") && holds(f->live, f->live_bytes, word))
            return true;
    }
    return holds(w.grave.bytes, w.grave.count, word);
}

/* ---- a library that was used ---- */

static void open_library(void)
{
    assert_int_equal(kite_library_open(&mem, &w.io, "/l", &w.lib, NULL), KITE_OK);
}

static int64_t bring(const char *title, const char *name)
{
    struct shelf_text text = { .title = title };
    struct kite_buffer bundle = shelf_bundle(&text, 1);
    struct kite_import_result result;

    assert_int_equal(shelf_import(w.lib, &bundle, name, &result, NULL), KITE_OK);
    kite_buffer_close(&bundle);
    return result.first_text;
}

/* Words of its own for each, none of them part of another. */
static const char *word_of(unsigned number, char out[40])
{
    snprintf(out, 40, "xq%03uzurbaran%03uq", number, number);
    return out;
}

static int64_t mark(unsigned number, bool is_highlight)
{
    char note[700] = "", word[40];
    struct kite_mark m = { .reader = 1, .text = w.text, .is_highlight = is_highlight, .excerpt = "Wolframlicht",
                           .start = { 0, 0, number }, .end = { 0, 0, number + 1 }, .note = note };
    int64_t id;

    for (unsigned i = 0; i < 1 + number % 20; i++)
        strcat(note, word_of(number, word));
    assert_int_equal(kite_library_mark_add(w.lib, &m, &id, NULL), KITE_OK);
    return id;
}

static int begin(void **state)
{
    (void)state;
    mem = kite_memory_heap();
    w = (struct world){ .disk = disk_make(3) };
    w.io = disk_io(w.disk);
    w.io.remove = burying_remove;
    w.io.truncate = burying_truncate;
    open_library();
    w.text = bring("Kept Here", "kept.kite");
    return 0;
}

static void use(void)
{
    static const uint8_t map[9000] = { 1, 2, 3 };
    const struct kite_map_key key = { .root_hash = "Ahornblattmuster", .setting_hash = 5 };
    const struct kite_place_page page = { .place = { 0, 0, 3 }, .read_permille = 9, .bytes = (const uint8_t *)"Seitenrahmen", .count = 12 };
    struct kite_import_result result;
    struct kite_buffer rubbish = { .bytes = (uint8_t *)"rubbish", .count = 7 };
    uint32_t reader;

    w.gone = bring("Nordlichtfahrt", "gone.kite");
    for (unsigned i = 0; i < 3; i++)
        mark(i, i % 2);
    assert_int_equal(kite_library_place_page_save(w.lib, 1, w.text, &page, NULL), KITE_OK);
    assert_int_equal(kite_library_place_save(w.lib, 1, w.gone, page.place, 1, NULL), KITE_OK);
    assert_int_equal(kite_library_jump(w.lib, 1, w.text, page.place, NULL), KITE_OK);
    assert_int_equal(kite_library_map_save(w.lib, &key, map, sizeof map), KITE_OK);
    assert_int_equal(kite_library_reader_add(w.lib, "Quastenflosser", 1, &reader, NULL), KITE_OK);
    assert_int_equal(kite_library_set_text(w.lib, 1, "lang", "Ostgotisch", NULL), KITE_OK);
    assert_int_equal(kite_library_set_text(w.lib, KITE_DEVICE, "owner.pin", "Schlossgeheim", NULL), KITE_OK);
    assert_int_not_equal(shelf_import(w.lib, &rubbish, "Kummerkasten.kite", &result, NULL), KITE_OK);
    assert_int_equal(kite_library_remove(w.lib, 2, KITE_REMOVE_KEEP_MARKS, NULL), KITE_OK);
    disk_put(w.disk, "kite-damaged-1.db", "an old Wackelstein", 18);
    disk_put(w.disk, "incoming-9.part", "a Feldspat", 10);
    disk_put(w.disk, "notes.txt", "somebody's own", 14);
}

static int end(void **state)
{
    (void)state;
    kite_library_close(w.lib);
    disk_destroy(w.disk);
    free(w.grave.bytes);
    return 0;
}

static const char *const of_reading[] = { "zurbaran", "Wolframlicht", "Seitenrahmen", "Nordlichtfahrt", "nordlichtfahrt",
                                          "Ahornblattmuster", "Kummerkasten", "Wackelstein", "Feldspat" };
static const char *const of_readers[] = { "Quastenflosser", "Ostgotisch", "Schlossgeheim" };
#define COUNT(array) (sizeof(array) / sizeof *(array))

static unsigned found(const char *const *words, size_t count)
{
    unsigned seen = 0;

    for (size_t i = 0; i < count; i++)
        seen += is_found(words[i]);
    return seen;
}

/* ---- tests ---- */

static uint64_t told(struct kite_trace_size sizes[KITE_TRACE_COUNT])
{
    uint64_t bytes = 0;

    assert_int_equal(kite_library_traces(w.lib, sizes, NULL), KITE_OK);
    for (int i = 0; i < KITE_TRACE_COUNT; i++)
        bytes += sizes[i].bytes;
    return bytes;
}

static void every_byte_of_the_folder_is_told_as_something(void **state)
{
    struct kite_trace_size sizes[KITE_TRACE_COUNT];
    static const uint64_t counts[KITE_TRACE_COUNT] = {
        [KITE_TRACE_PLACES] = 2,  [KITE_TRACE_PAGES] = 1,      [KITE_TRACE_ORDER] = 1,    [KITE_TRACE_WAYS] = 1,
        [KITE_TRACE_BOOKMARKS] = 2, [KITE_TRACE_HIGHLIGHTS] = 1, [KITE_TRACE_NOTES] = 3,  [KITE_TRACE_ABSENT] = 1,
        [KITE_TRACE_MAPS] = 1,    [KITE_TRACE_REFUSED] = 1,    [KITE_TRACE_ASIDE] = 2,    [KITE_TRACE_READERS] = 2,
        [KITE_TRACE_SETTINGS] = 1, [KITE_TRACE_LOCK] = 1,      [KITE_TRACE_BUNDLES] = 1,  [KITE_TRACE_LIST] = 1,
        [KITE_TRACE_OTHER] = 1
    };

    (void)state;
    use();
    assert_int_equal(told(sizes), disk_used(w.disk));
    for (int i = 0; i < KITE_TRACE_COUNT; i++) {
        assert_int_equal(sizes[i].count, counts[i]);
        assert_int_equal(sizes[i].bytes > 0, counts[i] > 0);
    }
    assert_int_equal(kite_library_forget(w.lib, KITE_FORGET_READERS, NULL), KITE_OK);
    assert_int_equal(told(sizes), disk_used(w.disk));
    for (int i = 0; i < KITE_TRACE_COUNT; i++) {
        bool stays = i >= (int)KITE_TRACE_TEXTS_FIRST;

        assert_int_equal(sizes[i].count, i == KITE_TRACE_READERS || stays ? 1 : 0);
    }
}

static void nothing_is_kept_of_when_or_in_which_order_without_being_asked_for(void **state)
{
    struct kite_trace_size sizes[KITE_TRACE_COUNT];

    (void)state;
    use();
    assert_int_equal(kite_library_place_save(w.lib, 1, w.text, (struct kite_place){ 0 }, 3, NULL), KITE_OK);
    told(sizes);
    assert_int_equal(sizes[KITE_TRACE_PLACES].count, 2);
    assert_int_equal(sizes[KITE_TRACE_ORDER].count, 1); /* which one was read last, to go on there */
}

static void what_tells_of_reading_is_forgotten_and_the_rest_stays(void **state)
{
    struct kite_query all = { 0 };
    uint32_t count;

    (void)state;
    use();
    /* Without forgetting all of it is found, so that the search bites. */
    assert_int_equal(found(of_reading, COUNT(of_reading)), COUNT(of_reading));
    assert_int_equal(found(of_readers, COUNT(of_readers)), COUNT(of_readers));
    assert_int_equal(kite_library_forget(w.lib, KITE_FORGET_READING, NULL), KITE_OK);
    assert_int_equal(found(of_reading, COUNT(of_reading)), 0);
    assert_int_equal(found(of_readers, COUNT(of_readers)), COUNT(of_readers));
    assert_int_equal(kite_library_forget(w.lib, KITE_FORGET_READERS, NULL), KITE_OK);
    assert_int_equal(found(of_readers, COUNT(of_readers)), 0);
    assert_int_equal(kite_library_count(w.lib, &all, &count, NULL), KITE_OK);
    assert_int_equal(count, 1);
    mark(7, false); /* and it goes on */
    kite_library_close(w.lib);
    open_library();
    assert_int_equal(kite_library_mark_count(w.lib, 1, 0, &count, NULL), KITE_OK);
    assert_int_equal(count, 1);
    assert_false(kite_library_repair(w.lib).was_damaged);
}

/* A change of a row that deletes no words. */
static void touch(int64_t id)
{
    assert_int_equal(kite_sql_run(w.lib, "UPDATE mark SET highlight = 1 - highlight WHERE id = ?", "i", id), KITE_OK);
}

/* Rows that SQLite has moved from page to page leave copies behind that its secure_delete does not see. */
static void a_note_that_is_deleted_is_found_nowhere(void **state)
{
    int64_t ids[MARKS];
    unsigned left = MARKS, wrong = 0;
    char word[40];

    (void)state;
    for (unsigned i = 0; i < MARKS; i++)
        ids[i] = mark(i * 7919 % MARKS, i % 2);
    for (unsigned i = 0; i < MARKS; i += 3) { /* pages in the middle overflow */
        char longer[900];

        memset(longer, 'e', sizeof longer - 1);
        longer[sizeof longer - 1] = '\0';
        memcpy(longer, word_of(i * 7919 % MARKS, word), strlen(word));
        assert_int_equal(kite_library_mark_note(w.lib, ids[i], longer, NULL), KITE_OK);
    }
    assert_true(is_found("zurbaran"));
    for (unsigned i = 0; i < MARKS; i++) {
        unsigned n = i * 37 % MARKS;

        assert_int_equal(i % 3 ? kite_library_mark_remove(w.lib, ids[n], NULL) : kite_library_mark_note(w.lib, ids[n], "", NULL), KITE_OK);
        touch(ids[(n + 1) % MARKS]); /* its page goes through the journal */
        wrong += is_found(word_of(n * 7919 % MARKS, word));
        left--;
    }
    assert_int_equal(left, 0);
    assert_int_equal(wrong, 0);
    assert_false(is_found("zurbaran"));
}

static void a_reader_who_is_taken_away_is_found_nowhere(void **state)
{
    (void)state;
    use();
    assert_int_equal(kite_library_reader_remove(w.lib, 1, NULL), KITE_OK);
    assert_false(is_found("zurbaran"));
    assert_false(is_found("Seitenrahmen"));
    assert_false(is_found("Ahornblattmuster"));
}

/* ---- cut at each operation ---- */

struct cutting {
    uint64_t ops, states, begun;
};

static void judge(struct disk *d, struct cutting *c)
{
    struct kite_io io = disk_io(d);
    struct disk *before = w.disk;
    struct kite_library *lib;
    uint32_t marks;

    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
    assert_false(kite_library_repair(lib).was_damaged);
    assert_int_equal(kite_library_mark_count(lib, 1, 0, &marks, NULL), KITE_OK);
    assert_true(marks == 0 || marks == 3);
    kite_library_close(lib);
    w.disk = d; /* what was begun is ended, to the last byte */
    if (marks == 0)
        assert_int_equal(found(of_reading, COUNT(of_reading) - 1), 0); /* half a copy is swept away unseen */
    w.disk = before;
    c->begun += marks == 0;
    c->states++;
}

static void cut(void *ctx, struct disk *d)
{
    struct cutting *c = ctx;

    for (unsigned i = 0; i < 4; i++) {
        struct disk *copy = disk_clone(d);

        copy->random = (c->ops * 4 + i + 1) * 0x9e3779b97f4a7c15u;
        copy->flash_page = i == 3 ? FLASH_PAGE : 0;
        copy->watch = NULL;
        disk_power_on(copy, i == 3);
        judge(copy, c);
        disk_destroy(copy);
    }
    c->ops++;
}

static void forgetting_that_is_cut_has_not_begun_or_is_ended_at_the_next_opening(void **state)
{
    struct cutting c = { 0 };

    (void)state;
    use();
    free(w.grave.bytes);
    w.grave = (struct grave){ 0 };
    w.io.remove = disk_remove;
    kite_library_close(w.lib);
    disk_sync_folder(w.disk, "/l");
    open_library();
    w.disk->watch = cut;
    w.disk->watch_ctx = &c;
    assert_int_equal(kite_library_forget(w.lib, KITE_FORGET_READING, NULL), KITE_OK);
    w.disk->watch = NULL;
    print_message("%llu operations of forgetting, %llu states, %llu of them forgotten\n", (unsigned long long)c.ops,
                  (unsigned long long)c.states, (unsigned long long)c.begun);
    assert_true(c.ops > 20 && c.begun > 0 && c.begun < c.states);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_byte_of_the_folder_is_told_as_something, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_kept_of_when_or_in_which_order_without_being_asked_for, begin, end),
        cmocka_unit_test_setup_teardown(what_tells_of_reading_is_forgotten_and_the_rest_stays, begin, end),
        cmocka_unit_test_setup_teardown(a_note_that_is_deleted_is_found_nowhere, begin, end),
        cmocka_unit_test_setup_teardown(a_reader_who_is_taken_away_is_found_nowhere, begin, end),
        cmocka_unit_test_setup_teardown(forgetting_that_is_cut_has_not_begun_or_is_ended_at_the_next_opening, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
