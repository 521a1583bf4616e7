/* A session of reading is killed (SIGKILL) at seeded moments. After each restart the place is at most one page turn behind
 * what was shown, every bookmark that was shown is there, and the database is sound. ROUNDS in the environment sets how
 * many times; 200 else.
 *
 * A reference run tells for each step of the session what the library holds after it. Each round plays the same session
 * in a child, which reports every step as soon as its frame was shown, from a fresh copy of the same library; it is
 * killed some microseconds after one of the reports. */
#include "session.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <time.h>

#define CLEAN KITE_BUILD "/tests/emulator/kill-clean"
#define FOLDER KITE_BUILD "/tests/emulator/kill"
#define STEPS 24
#define WAIT_US_MAX 4000

/* What a person does, again and again: page turns, fast ones too, and bookmarks. */
static const struct kite_event steps[STEPS] = {
    [0] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true },
    [1] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [2] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [3] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [4] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true },
    [5] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [6] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [7] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_PREVIOUS },
    [8] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true },
    [9] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [10] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [11] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [12] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [13] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true },
    [14] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [15] = { .kind = KITE_EVENT_SLEEP },
    [16] = { .kind = KITE_EVENT_WAKE },
    [17] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [18] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [19] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [20] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true },
    [21] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_PREVIOUS },
    [22] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
    [23] = { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT },
};

/* What the library holds: index k is after k steps. */
struct held {
    struct kite_place place;
    uint64_t marks; /* a hash over where they are */
};
static struct held expected[STEPS + 1];

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static enum kite_status mix_mark(void *ctx, const struct kite_mark *mark, const char *title)
{
    uint64_t *hash = ctx;

    (void)title;
    *hash = (*hash ^ mark->start.paragraph) * 0x100000001b3u;
    *hash = (*hash ^ mark->start.offset_bytes) * 0x100000001b3u;
    return KITE_OK;
}

static struct held look(struct machine *machine)
{
    struct held held = { .marks = 1 };
    int64_t text;

    assert_int_equal(kite_library_last_text(machine->core.library, 1, &text, NULL), KITE_OK);
    assert_int_equal(kite_library_place(machine->core.library, 1, text, &held.place, NULL, NULL), KITE_OK);
    assert_int_equal(kite_library_marks(machine->core.library, 1, text, 0, STEPS, &held.marks, mix_mark, NULL), KITE_OK);
    return held;
}

static bool is_same(const struct kite_place *a, const struct kite_place *b)
{
    return a->document == b->document && a->paragraph == b->paragraph && a->offset_bytes == b->offset_bytes;
}

static void start(struct machine *machine)
{
    struct kite_machine_options options = session_options(FOLDER);
    struct kite_memory mem = kite_memory_heap();

    assert_int_equal(machine_open(&mem, &options, machine), KITE_OK);
}

static void copy_clean(void)
{
    session_folder(FOLDER);
    assert_true(session_copy(CLEAN "/guide.en.kite", FOLDER "/guide.en.kite"));
    assert_true(session_copy(CLEAN "/kite.db", FOLDER "/kite.db"));
    if (access(CLEAN "/maps.db", F_OK) == 0)
        assert_true(session_copy(CLEAN "/maps.db", FOLDER "/maps.db"));
}

/* A library whose text is open at its beginning. */
static int make_clean(void **state)
{
    (void)state;
    session_library(CLEAN, "key select\nexpect screen page\nkey next\nkey previous\nidle\n");
    return 0;
}

static void learn_what_is_expected(void)
{
    struct machine machine;

    copy_clean();
    start(&machine);
    expected[0] = look(&machine);
    for (int i = 0; i < STEPS; i++) {
        assert_int_equal(machine_event(&machine, steps[i]), KITE_OK);
        assert_string_equal(kite_reader_screen(machine.core.reader), steps[i].kind == KITE_EVENT_SLEEP ? "asleep" : "page");
        assert_int_equal(machine_run_until(&machine, machine.core.now_ms + 300), KITE_OK);
        expected[i + 1] = look(&machine);
    }
    machine_close(&machine);
}

/* In the child: every step's number as soon as its frame is out. Some steps come with no time between them. */
static void play_child(int pipe_end)
{
    struct machine machine;
    struct kite_machine_options options = session_options(FOLDER);
    struct kite_memory mem = kite_memory_heap();
    bool is_good = machine_open(&mem, &options, &machine) == KITE_OK;

    for (uint8_t i = 0; i < STEPS && is_good; i++) {
        is_good = machine_event(&machine, steps[i]) == KITE_OK && write(pipe_end, &i, 1) == 1;
        if (i % 3 != 0 && is_good)
            is_good = machine_run_until(&machine, machine.core.now_ms + 300) == KITE_OK;
    }
    _exit(is_good ? 0 : 1); /* without closing: what follows is a cut at the end */
}

/* How many steps were shown when the child died. */
static int kill_after(int reports, uint32_t wait_us)
{
    struct timespec wait = { .tv_nsec = (long)wait_us * 1000 };
    int ends[2], shown = 0, how;
    uint8_t number;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        play_child(ends[1]);
    }
    close(ends[1]);
    while (shown < reports && read(ends[0], &number, 1) == 1)
        shown = number + 1;
    nanosleep(&wait, NULL);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) || WEXITSTATUS(how) == 0);
    while (read(ends[0], &number, 1) == 1) /* shown between the last report and death */
        shown = number + 1;
    close(ends[0]);
    return shown;
}

static void check_integrity(void)
{
    sqlite3 *database;
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_open_v2(FOLDER "/kite.db", &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

/* The held state is that after some number of steps: not fewer than one page turn before those that were shown. */
static void check_restart(int shown)
{
    struct machine machine;
    struct held held;
    bool is_found = false;
    int most = shown < STEPS ? shown + 1 : STEPS;

    start(&machine);
    assert_false(kite_library_repair(machine.core.library).was_damaged);
    assert_string_equal(kite_reader_screen(machine.core.reader), "page");
    held = look(&machine);
    machine_close(&machine);
    check_integrity();
    for (int k = shown > 0 ? shown - 1 : 0; k <= most && !is_found; k++)
        is_found = is_same(&held.place, &expected[k].place);
    if (!is_found)
        print_message("%d steps were shown; the place is paragraph %u, byte %u\n", shown, (unsigned)held.place.paragraph,
                      (unsigned)held.place.offset_bytes);
    assert_true(is_found);
    assert_true(held.marks == expected[shown].marks || held.marks == expected[most].marks);
}

static void a_killed_reader_loses_one_page_turn_at_most(void **state)
{
    const char *asked = getenv("ROUNDS");
    int rounds = asked ? atoi(asked) : 200;
    uint64_t seed = 1;

    (void)state;
    learn_what_is_expected();
    for (int i = 0; i < rounds; i++) {
        int reports = (int)(next_random(&seed) % (STEPS + 1));
        uint32_t wait_us = next_random(&seed) % WAIT_US_MAX;

        copy_clean();

        int shown = kill_after(reports, wait_us);

        check_restart(shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_killed_reader_loses_one_page_turn_at_most) };

    return cmocka_run_group_tests(tests, make_clean, NULL);
}
