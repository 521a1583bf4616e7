/* Safe mode: starts that fail in a row, in processes of their own that are killed, and what the next one does. A text or a database
 * that kills whoever reads it is played by the table of files. */
#include "machine/machine.h"

#include "reader/actions.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT "sampler.kite"
#define FAILED KITE_STARTS_FAILED_MAX

static char folder[64];

/* ---- files, one of which may kill ------------------------------------------------------------ */

struct files {
    struct kite_io under;
    const char *deadly; /* a name; who opens it dies. NULL: none */
    void *starts;       /* kite.starts, while it is open */
    unsigned written;   /* how often it was written to */
};

static const char *name_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

static enum kite_status files_open(void *ctx, const char *path, enum kite_io_mode mode, void **file)
{
    struct files *f = ctx;
    enum kite_status status;

    if (f->deadly && strcmp(name_of(path), f->deadly) == 0)
        raise(SIGKILL);
    status = f->under.open(f->under.ctx, path, mode, file);
    if (status == KITE_OK && mode == KITE_IO_WRITE && strcmp(name_of(path), "kite.starts") == 0)
        f->starts = *file;
    return status;
}

static enum kite_status files_write_at(void *ctx, void *file, uint64_t offset, const uint8_t *src, size_t count)
{
    struct files *f = ctx;

    f->written += file == f->starts;
    return f->under.write_at(f->under.ctx, file, offset, src, count);
}

static void files_close(void *ctx, void *file)
{
    struct files *f = ctx;

    if (file == f->starts)
        f->starts = NULL;
    f->under.close(f->under.ctx, file);
}

static struct kite_io files_io(struct files *f)
{
    struct kite_io io = kite_io_posix();

    f->under = io;
    io.ctx = f; /* the others of POSIX need none */
    io.open = files_open;
    io.write_at = files_write_at;
    io.close = files_close;
    return io;
}

/* ---- a machine ------------------------------------------------------------------------------- */

struct rig {
    struct files files;
    struct kite_io io;
    struct kite_machine machine;
};

static enum kite_status show(void *ctx, const struct kite_update *update, const struct kite_panel_pixels *frame,
                             int64_t now_ms, int64_t *end_ms)
{
    (void)ctx, (void)update, (void)frame;
    *end_ms = now_ms;
    return KITE_OK;
}

static enum kite_status on(struct rig *rig, const char *deadly)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_machine_options options = { .panel = { 480, 800, 220 },
                                            .kind = kite_panel_kind_at(0),
                                            .levels = 16,
                                            .temperature_c = 23,
                                            .folder = folder,
                                            .fonts = KITE_BUILD "/fonts",
                                            .program = "kite",
                                            .io = &rig->io,
                                            .display = { .start = show } };
    enum kite_status status;

    rig->files = (struct files){ .deadly = deadly };
    rig->io = files_io(&rig->files);
    status = kite_machine_open(&heap, &options, 0, &rig->machine);
    if (status)
        print_error("%s\n", rig->machine.fault.text);
    return status;
}

static void key(struct rig *rig, enum kite_key key)
{
    assert_int_equal(kite_machine_event(&rig->machine, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = key }), KITE_OK);
}

static void choose(struct rig *rig, const char *label)
{
    enum kite_key towards;
    enum kite_status status;

    while ((status = kite_reader_key_towards(rig->machine.reader, label, &towards)) == KITE_OK)
        key(rig, towards);
    assert_int_equal(status, KITE_DONE);
    key(rig, towards);
}

static const char *screen(const struct rig *rig)
{
    return kite_reader_screen(rig->machine.reader);
}

static void wait_ms(struct rig *rig, int64_t ms)
{
    assert_int_equal(kite_machine_run_until(&rig->machine, rig->machine.now_ms + ms), KITE_OK);
}

/* A start in a process of its own, which is killed after so much of the machine's time. */
static void start_and_kill(const char *deadly, int64_t after_ms)
{
    pid_t child = fork();
    int how;

    assert_true(child >= 0);
    if (child == 0) {
        struct rig rig;

        if (on(&rig, deadly) == KITE_OK) {
            wait_ms(&rig, after_ms);
            raise(SIGKILL);
        }
        _exit(1);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
}

static void fail_starts(unsigned count)
{
    while (count-- > 0)
        start_and_kill(NULL, 1000);
}

/* A library with a text that was open, at its second page. */
static void read_once(void)
{
    struct rig rig;

    assert_int_equal(on(&rig, NULL), KITE_OK);
    choose(&rig, "A Sampler");
    wait_ms(&rig, 60000); /* its page map is kept */
    key(&rig, KITE_KEY_NEXT);
    wait_ms(&rig, 10000);
    assert_string_equal(screen(&rig), "page");
    kite_machine_close(&rig.machine);
}

static void path_to(const char *name, char out[200])
{
    snprintf(out, 200, "%s/%s", folder, name);
}

static void copy_book(const char *name)
{
    char to[200];
    struct kite_buffer bytes = { .mem = kite_memory_heap() };
    char from[300];

    snprintf(from, sizeof from, KITE_BUILD "/books/%s", name);
    path_to(name, to);
    assert_int_equal(kite_file_read(from, &bytes, NULL), KITE_OK);
    assert_int_equal(kite_file_create(to, bytes.bytes, bytes.count, false, NULL), KITE_OK);
    kite_buffer_close(&bytes);
}

static int up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/kite-starts-XXXXXX");
    assert_non_null(mkdtemp(folder));
    copy_book("guide.en.kite");
    copy_book(TEXT);
    read_once();
    return 0;
}

static enum kite_status remove_one(void *ctx, const char *name, uint64_t bytes)
{
    char path[200];

    (void)ctx, (void)bytes;
    path_to(name, path);
    return unlink(path) == 0 ? KITE_OK : KITE_E_IO;
}

static int down(void **state)
{
    struct kite_io io = kite_io_posix();

    (void)state;
    assert_int_equal(io.list(io.ctx, folder, NULL, remove_one), KITE_OK);
    return rmdir(folder);
}

static bool is_there(const char *name)
{
    char path[200];

    path_to(name, path);
    return access(path, F_OK) == 0;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void starts_below_the_bound_go_on_at_the_page(void **state)
{
    struct rig rig;

    (void)state;
    fail_starts(FAILED - 1);
    assert_int_equal(on(&rig, NULL), KITE_OK);
    assert_string_equal(screen(&rig), "page");
    kite_machine_close(&rig.machine);
}

static void three_that_fail_lead_to_safe_mode(void **state)
{
    struct rig rig;
    struct kite_trace_size kept[KITE_TRACE_COUNT];

    (void)state;
    fail_starts(FAILED);
    assert_int_equal(on(&rig, NULL), KITE_OK);
    assert_string_equal(screen(&rig), "safe");
    assert_int_equal(rig.machine.reader->reading.text, 0);
    assert_int_equal(kite_library_traces(rig.machine.library, kept, NULL), KITE_OK);
    assert_int_equal(kept[KITE_TRACE_MAPS].count, 0); /* they lie there, and are not opened */
    assert_true(kept[KITE_TRACE_MAPS].bytes > 0);
    assert_int_equal(kept[KITE_TRACE_PLACES].count, 1);
    choose(&rig, "Go on as usual");
    assert_string_equal(screen(&rig), "library");
    choose(&rig, "A Sampler"); /* its place is still there */
    assert_string_equal(screen(&rig), "page");
    assert_true(rig.machine.reader->reading.now.page.start.paragraph > 0);
    wait_ms(&rig, 10000);
    kite_machine_close(&rig.machine);
    assert_int_equal(on(&rig, NULL), KITE_OK); /* and all is as usual */
    assert_string_equal(screen(&rig), "page");
    kite_machine_close(&rig.machine);
}

static void a_start_holds_by_time_by_a_key_and_by_an_orderly_end(void **state)
{
    struct rig rig;

    (void)state;
    for (int how = 0; how < 3; how++) {
        fail_starts(FAILED - 1);
        if (how == 0) {
            start_and_kill(NULL, KITE_START_HELD_MS + 1);
        } else {
            assert_int_equal(on(&rig, NULL), KITE_OK);
            if (how == 1) {
                key(&rig, KITE_KEY_NEXT);
                assert_true(rig.machine.is_start_told);
            }
            kite_machine_close(&rig.machine);
        }
        fail_starts(FAILED - 1);
        assert_int_equal(on(&rig, NULL), KITE_OK);
        assert_string_equal(screen(&rig), "page");
        kite_machine_close(&rig.machine);
    }
}

static void a_start_writes_the_record_twice(void **state)
{
    struct rig rig;

    (void)state;
    assert_int_equal(on(&rig, NULL), KITE_OK);
    assert_int_equal(rig.files.written, 1);
    key(&rig, KITE_KEY_NEXT);
    assert_int_equal(rig.files.written, 2);
    key(&rig, KITE_KEY_NEXT);
    wait_ms(&rig, 20000);
    kite_machine_close(&rig.machine);
    assert_int_equal(rig.files.written, 2);
}

/* The text that was open kills whoever lays it out: it is tried no more by itself, however often the device is started. */
static void a_text_that_kills_is_not_opened_again_by_itself(void **state)
{
    struct rig rig;

    (void)state;
    for (unsigned i = 0; i < FAILED; i++)
        start_and_kill(TEXT, 0);
    for (int again = 0; again < 3; again++) {
        assert_int_equal(on(&rig, TEXT), KITE_OK);
        assert_string_equal(screen(&rig), again ? "library" : "safe");
        wait_ms(&rig, 20000);
        kite_machine_close(&rig.machine);
    }
}

/* The database kills whoever opens it: safe mode too; then it is set aside without a look into it. */
static void a_database_that_kills_is_set_aside_unread(void **state)
{
    struct rig rig;

    (void)state;
    for (unsigned i = 0; i < FAILED + 1; i++)
        start_and_kill("kite.db", 0);
    assert_false(is_there("kite-damaged-1.db"));
    /* It is the old one's bytes that kill, which the new one does not have. */
    assert_int_equal(on(&rig, "kite-damaged-1.db"), KITE_OK);
    assert_true(is_there("kite-damaged-1.db"));
    assert_int_equal(kite_library_repair(rig.machine.library).texts_found, 2);
    assert_string_equal(screen(&rig), "mended");
    key(&rig, KITE_KEY_SELECT);
    assert_string_equal(screen(&rig), "safe");
    choose(&rig, "Go on as usual");
    choose(&rig, "A Sampler");
    assert_string_equal(screen(&rig), "page");
    kite_machine_close(&rig.machine);
    assert_int_equal(on(&rig, "kite-damaged-1.db"), KITE_OK);
    assert_false(is_there("kite-damaged-2.db"));
    kite_machine_close(&rig.machine);
}

/* Power that goes again and again while it starts is no reason to set the database aside. */
static void safe_mode_that_was_seen_leaves_the_database_alone(void **state)
{
    struct rig rig;

    (void)state;
    fail_starts(FAILED + 4);
    assert_int_equal(on(&rig, NULL), KITE_OK);
    assert_string_equal(screen(&rig), "safe");
    assert_false(is_there("kite-damaged-1.db"));
    kite_machine_close(&rig.machine);
}

static void repair_sets_the_old_list_aside_and_keeps_what_it_held(void **state)
{
    struct rig rig;
    struct kite_library_repair repair;

    (void)state;
    fail_starts(FAILED);
    assert_int_equal(on(&rig, NULL), KITE_OK);
    choose(&rig, "Repair the library");
    assert_string_equal(screen(&rig), "sure");
    choose(&rig, "Repair the library");
    assert_string_equal(screen(&rig), "mended");
    repair = kite_library_repair(rig.machine.library);
    assert_string_equal(repair.set_aside, "kite-damaged-1.db");
    assert_int_equal(repair.places_kept, 1);
    assert_false(repair.is_partial);
    assert_true(is_there("kite-damaged-1.db"));
    key(&rig, KITE_KEY_SELECT);
    assert_string_equal(screen(&rig), "library");
    choose(&rig, "A Sampler");
    assert_true(rig.machine.reader->reading.now.page.start.paragraph > 0);
    wait_ms(&rig, 10000);
    kite_machine_close(&rig.machine);
    assert_int_equal(on(&rig, NULL), KITE_OK);
    assert_string_equal(screen(&rig), "page");
    kite_machine_close(&rig.machine);
}

/* A record that is spoilt in any way counts as none. */
static void a_spoilt_record_is_no_failed_start(void **state)
{
    uint8_t whole[16];
    char path[200];
    struct rig rig;

    (void)state;
    fail_starts(FAILED);
    path_to("kite.starts", path);
    for (size_t i = 0; i <= sizeof whole; i += 5) {
        FILE *file = fopen(path, "rb");

        assert_non_null(file);
        assert_int_equal(fread(whole, 1, sizeof whole, file), sizeof whole);
        assert_int_equal(fgetc(file), EOF);
        fclose(file);
        if (i < sizeof whole)
            whole[i] ^= 0x10;
        file = fopen(path, "wb");
        assert_non_null(file);
        fwrite(whole, 1, i < sizeof whole ? sizeof whole : 7, file);
        fclose(file);
        assert_int_equal(on(&rig, NULL), KITE_OK);
        assert_string_equal(screen(&rig), "page");
        kite_machine_close(&rig.machine);
        fail_starts(FAILED);
    }
}

static void somebody_elses_lock_is_no_failed_start(void **state)
{
    struct rig first;
    pid_t child;
    int how;

    (void)state;
    assert_int_equal(on(&first, NULL), KITE_OK);
    for (unsigned i = 0; i < FAILED + 1; i++) {
        child = fork();
        if (child == 0) {
            struct rig second;

            _exit(on(&second, NULL) == KITE_E_LIMIT ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    }
    kite_machine_close(&first.machine);
    assert_int_equal(on(&first, NULL), KITE_OK);
    assert_string_equal(screen(&first), "page");
    kite_machine_close(&first.machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(starts_below_the_bound_go_on_at_the_page, up, down),
        cmocka_unit_test_setup_teardown(three_that_fail_lead_to_safe_mode, up, down),
        cmocka_unit_test_setup_teardown(a_start_holds_by_time_by_a_key_and_by_an_orderly_end, up, down),
        cmocka_unit_test_setup_teardown(a_start_writes_the_record_twice, up, down),
        cmocka_unit_test_setup_teardown(a_text_that_kills_is_not_opened_again_by_itself, up, down),
        cmocka_unit_test_setup_teardown(a_database_that_kills_is_set_aside_unread, up, down),
        cmocka_unit_test_setup_teardown(safe_mode_that_was_seen_leaves_the_database_alone, up, down),
        cmocka_unit_test_setup_teardown(repair_sets_the_old_list_aside_and_keeps_what_it_held, up, down),
        cmocka_unit_test_setup_teardown(a_spoilt_record_is_no_failed_start, up, down),
        cmocka_unit_test_setup_teardown(somebody_elses_lock_is_no_failed_start, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
