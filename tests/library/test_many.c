/* A library of many bundles on the real file system: every listing gives its rows, in bounded memory. With
 * KITE_MANY=2000 it is the benchmark: valgrind --tool=callgrind --toggle-collect=list_screen counts one screen at a time.
 * Also: a program that is killed at any moment loses nothing that it was told is kept. */
#include "host/host.h"
#include "library/shelf.h"
#include "library/store.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FOLDER KITE_BUILD "/library-many"
#define SCREEN 10

static struct kite_memory mem;

static enum kite_status no_sync(void *ctx, void *file)
{
    (void)ctx, (void)file;
    return KITE_OK;
}

static enum kite_status no_folder_sync(void *ctx, const char *folder)
{
    (void)ctx, (void)folder;
    return KITE_OK;
}

static enum kite_status remove_one(void *ctx, const char *name, uint64_t bytes)
{
    char path[512];

    (void)ctx, (void)bytes;
    snprintf(path, sizeof path, FOLDER "/%s", name);
    return unlink(path) == 0 ? KITE_OK : KITE_E_IO;
}

static struct kite_io empty_folder(bool is_synced)
{
    struct kite_io io = kite_io_posix();

    mem = kite_memory_heap();
    mkdir(FOLDER, 0755);
    assert_int_equal(io.list(io.ctx, FOLDER, NULL, remove_one), KITE_OK);
    if (!is_synced) {
        io.sync = no_sync;
        io.sync_folder = no_folder_sync;
    }
    return io;
}

static void write_bundle(uint32_t number)
{
    static const char *const langs[] = { "en", "es", "ht", "pt-BR", "vi", "ar" };
    static const char *const words[] = { "Letters", "House", "Água", "Rights", "Ñandú", "Road", "Élan", "Sea", "Kitchen" };
    char title[80], author[40], subject[24], path[128];
    struct shelf_text text = { .title = title, .author = author, .subject = subject,
                               .lang = langs[number % 6], .standfirst = "Some words that say what the text is about." };
    struct kite_buffer bundle;
    FILE *file;

    snprintf(title, sizeof title, "%s of the %s, part %u", words[number * 7 % 9], words[number * 5 % 8], (unsigned)number);
    snprintf(author, sizeof author, "%s Author%u", words[number % 9], (unsigned)(number * 31 % 211));
    snprintf(subject, sizeof subject, "Shelf %u", (unsigned)(number % 17));
    bundle = shelf_bundle(&text, 1);
    snprintf(path, sizeof path, FOLDER "/%04u.kite", (unsigned)number);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bundle.bytes, 1, bundle.count, file), bundle.count);
    fclose(file);
    kite_buffer_close(&bundle);
}

struct seen {
    uint32_t rows;
    uint32_t width; /* so that the strings are read */
};

static enum kite_status see(void *ctx, const struct kite_entry *entry)
{
    struct seen *seen = ctx;

    seen->rows++;
    seen->width += (uint32_t)strlen(entry->title) + (uint32_t)strlen(entry->author);
    return KITE_OK;
}

static enum kite_status see_value(void *ctx, const char *value, uint32_t texts)
{
    struct seen *seen = ctx;

    seen->rows++;
    seen->width += (uint32_t)strlen(value) + texts;
    return KITE_OK;
}

/* One screen as a reader asks for it: how many there are, and ten rows. */
__attribute__((noinline)) static uint32_t list_screen(struct kite_library *lib, const struct kite_query *q, uint32_t first,
                                                      uint32_t *count)
{
    struct seen seen = { 0 };

    assert_int_equal(kite_library_count(lib, q, count, NULL), KITE_OK);
    assert_int_equal(kite_library_list(lib, q, first, SCREEN, &seen, see, NULL), KITE_OK);
    return seen.rows;
}

static void enter_by_scan(struct kite_library *lib, uint32_t number)
{
    struct kite_import_result result;
    struct kite_scan *scan;
    uint32_t added = 0;
    enum kite_status status;

    assert_int_equal(kite_scan_begin(lib, NULL, &scan, NULL), KITE_OK);
    while ((status = kite_scan_step(scan, &result, NULL)) == KITE_OK)
        added += result.outcome == KITE_IMPORT_ADDED;
    assert_int_equal(status, KITE_DONE);
    kite_scan_end(scan);
    assert_int_equal(added, number);
}

static void every_listing_is_whole_and_memory_is_bounded(void **state)
{
    uint32_t number = getenv("KITE_MANY") ? (uint32_t)strtoul(getenv("KITE_MANY"), NULL, 10) : 200, count;
    struct kite_io io = empty_folder(false);
    struct kite_library *lib;
    struct kite_query queries[] = {
        { .sort = KITE_SORT_TITLE, .reader = 1 },
        { .sort = KITE_SORT_AUTHOR, .reader = 1 },
        { .sort = KITE_SORT_RECENT, .reader = 1 },
        { .sort = KITE_SORT_ADDED, .reader = 1 },
        { .lang = kite_lang_from_text("pt"), .reader = 1 },
        { .lang = kite_lang_from_text("es"), .sort = KITE_SORT_AUTHOR, .reader = 1 },
        { .shelf = "shelf 3", .sort = KITE_SORT_ADDED, .reader = 1 },
        { .author = "agua author62", .reader = 1 },
        { .is_unread_only = true, .reader = 1 },
        { .is_unread_only = true, .sort = KITE_SORT_AUTHOR, .lang = kite_lang_from_text("vi"), .reader = 1 },
        { .words = "nandu rights", .reader = 1 },
    };

    (void)state;
    for (uint32_t i = 0; i < number; i++)
        write_bundle(i);
    assert_int_equal(kite_library_open(&mem, &io, FOLDER, &lib, NULL), KITE_OK);
    enter_by_scan(lib, number);
    for (int64_t i = 1; i <= number; i += 3)
        assert_int_equal(kite_library_place_save(lib, 1, i, (struct kite_place){ 0 }, 5, NULL), KITE_OK);
    print_message("%u bundles entered; SQLite took at most %lld KB\n", (unsigned)number,
                  (long long)sqlite3_memory_highwater(1) / 1024);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        uint32_t rows = 0, seen;
        clock_t from = clock();

        (void)list_screen(lib, &queries[i], 0, &count);
        if (count > SCREEN) { /* the last screen, which skips most */
            from = clock();
            assert_int_equal(list_screen(lib, &queries[i], count - SCREEN, &count), SCREEN);
        }
        print_message("query %u: %u texts, last screen in %ld us\n", (unsigned)i, (unsigned)count,
                      (long)((clock() - from) * 1000000 / CLOCKS_PER_SEC));
        for (uint32_t first = 0; number < 500 && (seen = list_screen(lib, &queries[i], first, &count)) > 0; first += SCREEN)
            rows += seen;
        if (number < 500)
            assert_int_equal(rows, count);
    }
    for (int field = KITE_FIELD_LANG; field <= KITE_FIELD_SHELF; field++) {
        struct seen values = { 0 };

        assert_int_equal(kite_library_values(lib, field, 0, 1000, &values, see_value, NULL), KITE_OK);
        assert_true(values.rows > 5);
    }
    print_message("SQLite took at most %lld KB for listing\n", (long long)sqlite3_memory_highwater(0) / 1024);
    assert_true(sqlite3_memory_highwater(0) < 1024 * 1024);
    kite_library_close(lib);
}

/* ---- killed ---- */

/* Save places and bookmarks for ever; a byte down the pipe after each that was acknowledged. */
static void save_for_ever(const struct kite_io *io, int pipe_end, uint32_t number)
{
    struct kite_library *lib;
    int64_t id;

    if (kite_library_open(&mem, io, FOLDER, &lib, NULL) != KITE_OK)
        _exit(1);
    for (;; number++) {
        struct kite_place place = { 0, 0, number };
        struct kite_mark mark = { .reader = 1, .text = 1, .start = place };

        if (kite_library_place_save(lib, 1, 1, place, 1, NULL) != KITE_OK ||
            kite_library_mark_add(lib, &mark, &id, NULL) != KITE_OK || write(pipe_end, "", 1) != 1)
            _exit(1);
    }
}

static void a_killed_program_loses_nothing_acknowledged(void **state)
{
    struct kite_io io = empty_folder(false); /* what a killed program wrote, the system still has */
    struct kite_library *lib;
    struct kite_place place;
    uint32_t known = 0, marks;

    (void)state;
    write_bundle(0);
    assert_int_equal(kite_library_open(&mem, &io, FOLDER, &lib, NULL), KITE_OK);
    enter_by_scan(lib, 1);
    kite_library_close(lib);
    for (int round = 0; round < 12; round++) {
        struct timespec moment = { 0, (15 + round * 7 % 40) * 1000000L };
        int ends[2], how;
        pid_t child;
        char byte;

        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0)
            save_for_ever(&io, ends[1], known + 1);
        close(ends[1]);
        nanosleep(&moment, NULL);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        for (; read(ends[0], &byte, 1) == 1; known++)
            ;
        close(ends[0]);
        assert_int_equal(kite_library_open(&mem, &io, FOLDER, &lib, NULL), KITE_OK);
        assert_false(kite_library_repair(lib).was_damaged);
        (void)kite_library_place(lib, 1, 1, &place, NULL, NULL);
        assert_true(place.offset_bytes == known || place.offset_bytes == known + 1);
        assert_int_equal(kite_library_mark_count(lib, 1, 1, &marks, NULL), KITE_OK);
        assert_true(marks == known || marks == known + 1);
        known = marks > known ? marks : known; /* the one it was not told of is kept as well */
        kite_library_close(lib);
    }
    print_message("%u marks kept over 12 kills\n", (unsigned)known);
    assert_true(known > 0);
}

static void a_second_program_is_kept_out(void **state)
{
    struct kite_io io = empty_folder(true);
    struct kite_library *lib, *second;
    int how;
    pid_t child;

    (void)state;
    assert_int_equal(kite_library_open(&mem, &io, FOLDER, &lib, NULL), KITE_OK);
    child = fork();
    if (child == 0)
        _exit(kite_library_open(&mem, &io, FOLDER, &second, NULL) == KITE_E_LIMIT ? 0 : 1);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    kite_library_close(lib);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_listing_is_whole_and_memory_is_bounded),
        cmocka_unit_test(a_killed_program_loses_nothing_acknowledged),
        cmocka_unit_test(a_second_program_is_kept_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
