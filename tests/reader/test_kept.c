/* What a session leaves on the disk, byte by byte, and that nothing of it is left once it is forgotten. A disk before; a text opened,
 * turned, searched, marked, noted, asleep, off; "Forget what was read"; a disk after. All that differs is looked at: which bytes, what
 * they mean, and that no word of the text, of its title, of the note, of the reader or of the search is among them. */
#include "reader/device.h"

#include "library/store.h"

#define TITLE "Zwergpalmengarten"
#define SECTOR_SHOWN 64 /* bytes; a change is told by as much as that */

static const char *const words[] = { TITLE, "zwergpalmengarten", "Kalkspatdruse", "Moorbirkenast", "Nebelkerzen", "Ostgotisch", "Rauchquarz" };
#define WORDS (sizeof words / sizeof *words)

/* ---- a session ---- */

static void make(struct device *d)
{
    static const char *const paragraphs[] = { "Kalkspatdruse lay beside the Moorbirkenast.", "A second paragraph has other words.", NULL };
    struct shelf_text text = { .title = TITLE, .paragraphs = paragraphs };
    struct kite_buffer bundle = shelf_bundle(&text, 1);

    device_make(d, device_panels[2]);
    device_put_book(d, "guide.en.kite");
    device_put_book(d, "sampler.kite");
    disk_put(d->disk, "palms.kite", bundle.bytes, bundle.count);
    kite_buffer_close(&bundle);
}

static void type(struct device *d, const char *text)
{
    enum kite_key key;

    device_expect(d, "keyboard");
    text_copy(text, d->reader->keyboard.text, sizeof d->reader->keyboard.text);
    while (kite_reader_key_towards(d->reader, "done", &key) == KITE_OK)
        device_key(d, key);
    device_key(d, KITE_KEY_SELECT);
}

static void back(struct device *d)
{
    while (d->reader->seat_count > 1)
        device_key(d, KITE_KEY_MENU);
}

static void read_a_while(struct device *d)
{
    device_open(d, TITLE);
    device_idle(d);
    device_menu(d, MESSAGE_BOOKMARK_ADD);
    device_menu(d, MESSAGE_BOOKMARKS);
    device_key(d, KITE_KEY_SELECT);
    device_say(d, MESSAGE_WRITE_NOTE);
    type(d, "Nebelkerzen");
    back(d);
    device_menu(d, MESSAGE_SEARCH);
    device_say(d, MESSAGE_SEARCH_THIS);
    type(d, "Rauchquarz");
    device_idle(d);
    back(d);
    device_menu(d, MESSAGE_LIBRARY);
    device_open(d, "A Sampler");
    device_idle(d);
    device_keys(d, KITE_KEY_NEXT, 5);
    device_keys(d, KITE_KEY_PREVIOUS, 1);
    device_idle(d);
    device_menu(d, MESSAGE_MORE);
    device_say(d, MESSAGE_WHO_READS);
    device_key(d, KITE_KEY_SELECT);
    device_key(d, KITE_KEY_SELECT);
    type(d, "Ostgotisch");
    back(d);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_WAKE });
}

static void forget(struct device *d, enum message what)
{
    back(d);
    device_key(d, KITE_KEY_MENU);
    if (device_row(d, say(d->reader, MESSAGE_SETTINGS)) == UINT32_MAX)
        device_say(d, MESSAGE_MORE);
    device_say(d, MESSAGE_SETTINGS);
    device_say(d, MESSAGE_KEPT);
    device_expect(d, "kept");
    device_say(d, what);
    device_expect(d, "sure");
    device_say(d, what);
    device_expect(d, "kept");
    device_idle(d);
}

/* ---- what differs ---- */

/* Tables that a session may change, each with its indexes: what their pages hold is about places, marks and settings. */
static const char *const changing[] = { "sqlite_sequence", "place", "back", "mark", "setting", "reader", "discard", "refused" };

/* What a page of kite.db is: 'h' the head, 'r' the root of a table that a session changes, 'e' empty, 'o' any other. */
static char page_kind(sqlite3 *db, uint64_t number, const uint8_t *page)
{
    sqlite3_stmt *stmt;
    char kind = 'o';
    size_t i = 0;

    if (number == 0)
        return 'h';
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT tbl_name FROM sqlite_master WHERE rootpage = ?", -1, &stmt, NULL), SQLITE_OK);
    sqlite3_bind_int64(stmt, 1, (int64_t)number + 1);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        for (size_t c = 0; c < sizeof changing / sizeof *changing; c++)
            if (strcmp((const char *)sqlite3_column_text(stmt, 0), changing[c]) == 0)
                kind = 'r';
    sqlite3_finalize(stmt);
    while (kind == 'o' && i < KITE_PAGE_BYTES - KITE_PAGE_SUM_BYTES && page[i] == 0)
        i++;
    return i == KITE_PAGE_BYTES - KITE_PAGE_SUM_BYTES ? 'e' : kind;
}

struct account {
    unsigned found; /* words among what differs */
    unsigned heads, roots, empty, other; /* changed pages of kite.db */
    unsigned others;                     /* changed files that are none of ours */
    size_t bytes;                        /* that differ, of all files */
};

static unsigned found_in(const uint8_t *bytes, size_t count)
{
    unsigned found = 0;

    for (size_t w = 0; w < WORDS; w++)
        for (size_t at = 0, length = strlen(words[w]); at + length <= count; at++)
            if (bytes[at] == (uint8_t)words[w][0] && memcmp(bytes + at, words[w], length) == 0) {
                found++;
                break;
            }
    return found;
}

static bool is_changed(const struct disk_file *was, const struct disk_file *is, size_t at, size_t count)
{
    return !was || at + count > was->live_bytes || memcmp(was->live + at, is->live + at, count) != 0;
}

/* The journal holds earlier forms of such pages, maps.db where the pages of texts begin. */
static bool is_accounted(const char *name)
{
    return strcmp(name, KITE_JOURNAL) == 0 || strcmp(name, KITE_MAPS) == 0;
}

static void compare(sqlite3 *db, const struct disk_file *was, const struct disk_file *is, const char *name, struct account *a)
{
    bool is_database = strcmp(name, KITE_DATABASE) == 0;
    size_t piece = is_database ? KITE_PAGE_BYTES : SECTOR_SHOWN, start = 0;

    for (size_t at = 0, count; at < is->live_bytes; at += count) {
        count = is->live_bytes - at < piece ? is->live_bytes - at : piece;
        if (!is_changed(was, is, at, count)) {
            a->found += found_in(is->live + start, at - start);
            start = at + count;
            continue;
        }
        a->bytes += count;
        a->others += !is_database && !is_accounted(name);
        if (is_database) {
            char kind = page_kind(db, at / piece, is->live + at);

            *(kind == 'h' ? &a->heads : kind == 'r' ? &a->roots : kind == 'e' ? &a->empty : &a->other) += 1;
        }
    }
    a->found += found_in(is->live + start, is->live_bytes - start);
}

static struct account account_of(struct device *d, struct disk *before, const char *what)
{
    struct account a = { 0 };
    struct disk *after = disk_clone(d->disk);
    struct kite_library *lib;

    assert_int_equal(kite_library_open(&d->mem, &d->io, "/kite", &lib, NULL), KITE_OK);
    for (int i = 0; i < after->live.count; i++) {
        const char *name = after->live.names[i].name;
        int at = disk_find(&before->live, name);

        compare(lib->db, at < 0 ? NULL : &before->files[before->live.names[at].file], &after->files[after->live.names[i].file], name, &a);
    }
    print_message("%s: %zu bytes differ: of kite.db %u heads, %u roots, %u empty, %u other pages; %u pieces of other files; %u words found\n",
                  what, a.bytes, a.heads, a.roots, a.empty, a.other, a.others, a.found);
    kite_library_close(lib);
    disk_destroy(after);
    return a;
}

static struct disk *first_day(struct device *d)
{
    make(d);
    device_on(d);
    device_idle(d);
    device_off(d);
    return disk_clone(d->disk);
}

/* ---- tests ---- */

static void a_session_that_is_forgotten_leaves_no_word_of_it(void **state)
{
    struct device d;
    struct disk *before = first_day(&d);
    struct account a;

    (void)state;
    device_on(&d);
    read_a_while(&d);
    forget(&d, MESSAGE_FORGET_READERS);
    assert_int_equal(d.reader->kept[KITE_TRACE_PLACES].count, 0);
    device_off(&d);
    a = account_of(&d, before, "forgotten");
    assert_int_equal(a.found, 0);
    assert_int_equal(a.other, 0);
    assert_int_equal(a.others, 0);
    assert_true(a.heads == 1 && a.roots > 0);
    disk_destroy(before);
    device_drop(&d);
}

static void forgetting_what_was_read_keeps_the_reader(void **state)
{
    struct device d;
    struct disk *before = first_day(&d);
    struct kite_reader_info info;
    struct account a;

    (void)state;
    device_on(&d);
    read_a_while(&d);
    forget(&d, MESSAGE_FORGET_READING);
    assert_int_equal(person_info(d.reader, &info), KITE_OK);
    assert_string_equal(info.name, "Ostgotisch");
    assert_int_equal(d.reader->reading.text, 0);
    device_off(&d);
    a = account_of(&d, before, "reading forgotten");
    assert_int_equal(a.found, 1); /* the name */
    assert_int_equal(a.other, 0);
    device_on(&d);
    device_expect(&d, "library");
    disk_destroy(before);
    device_drop(&d);
}

/* The private shelf's files are told apart from the others. */
static void sealed_files_are_told(void **state)
{
    struct device d;

    (void)state;
    make(&d);
    disk_put(d.disk, "shelf.key", "twelve bytes", 12);
    disk_put(d.disk, "somebody's own", "four", 4);
    device_on(&d);
    assert_int_equal(kept_open(d.reader), KITE_OK);
    assert_int_equal(d.reader->kept[KEPT_SEALED].count, 1);
    assert_int_equal(d.reader->kept[KEPT_SEALED].bytes, 12);
    assert_int_equal(d.reader->kept[KITE_TRACE_OTHER].bytes, 4);
    device_drop(&d);
}

/* Without forgetting the words are there, or the search would not see them. What was searched for and what was read is not. */
static void a_session_leaves_marks_and_no_words_that_were_searched_for(void **state)
{
    struct device d;
    struct disk *before = first_day(&d);
    struct account a;

    (void)state;
    device_on(&d);
    read_a_while(&d);
    device_off(&d);
    a = account_of(&d, before, "not forgotten");
    assert_true(a.found >= 3); /* note, name, excerpt */
    disk_destroy(before);
    device_drop(&d);
}

static void a_reader_that_was_only_switched_on_writes_nothing(void **state)
{
    struct device d;
    struct disk *before = first_day(&d);
    struct account a;

    (void)state;
    device_on(&d);
    device_idle(&d);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
    device_off(&d);
    a = account_of(&d, before, "not used");
    assert_int_equal(a.bytes, 0);
    disk_destroy(before);
    device_drop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_that_is_forgotten_leaves_no_word_of_it),
        cmocka_unit_test(forgetting_what_was_read_keeps_the_reader),
        cmocka_unit_test(sealed_files_are_told),
        cmocka_unit_test(a_session_leaves_marks_and_no_words_that_were_searched_for),
        cmocka_unit_test(a_reader_that_was_only_switched_on_writes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
