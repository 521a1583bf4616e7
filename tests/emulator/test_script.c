/* The script language: every command does something, every mistake names its line, recordings say what was done. */
#include "session.h"

#define FOLDER KITE_BUILD "/tests/emulator/script"
#define STICK KITE_BUILD "/tests/emulator/a stick"

static struct machine machine;

static int open_session(void **state)
{
    struct kite_machine_options options = session_options(FOLDER);
    struct kite_memory mem = kite_memory_heap();

    (void)state;
    assert_true(sodium_init() >= 0);
    session_folder(FOLDER);
    assert_true(session_copy(SESSION_BOOK, FOLDER "/guide.en.kite"));
    assert_int_equal(machine_open(&mem, &options, &machine), KITE_OK);
    return 0;
}

static int close_session(void **state)
{
    (void)state;
    machine_close(&machine);
    return 0;
}

static void commands_do_what_they_say(void **state)
{
    static const char script[] = "# a comment\n\n  expect screen library  \r\nkey select\nexpect screen page\nkey next 3\n"
                                 "key previous\ntap 290 200\nswipe 250 200 50 200\nkey menu\nexpect screen menu\n"
                                 "swipe 150 20 150 300\nexpect screen page\nhold 150 90\nexpect screen highlight\nkey menu\n"
                                 "expect screen page\npinch out\npinch in\nkey select long\nwait 2s\nwait 20ms\nidle\n"
                                 "battery 15\nbattery 15 charging\nsleep\nkey next\nsleep\nwake\npower cut\n"
                                 "expect screen page\nsettle off\nkey next\nsettle on\nshot a-B_3\n";

    (void)state;
    session_play(&machine, script);
    assert_string_equal(machine.core.fault.text, "");
}

/* Power that goes before a start has held, again and again. */
static void starts_that_fail_lead_to_safe_mode(void **state)
{
    static const char script[] = "key select\nexpect screen page\npower cut\npower cut\npower cut\nexpect screen page\npower cut\n"
                                 "expect screen safe\nchoose Go on as usual\nexpect screen library\nwait 10s\npower cut\n"
                                 "expect screen library\nkey select\nexpect screen page\nwait 10s\npower cut\nexpect screen page\n";

    (void)state;
    session_play(&machine, script);
    assert_string_equal(machine.core.fault.text, "");
}

static void rows_and_letters_are_named(void **state)
{
    static const char script[] = "key select\nkey menu\nexpect row More\nchoose More\nchoose Settings\n"
                                 "choose Language of the menus\nkey menu\nchoose Go to\nexpect row Percent\nexpect row Porcentaje\n"
                                 "choose Percent\ntype 50\nchoose done\nexpect screen page\nkey menu\nchoose Buscar\n"
                                 "choose Search in this text\ntype kite es\nchoose listo\nexpect screen results\nidle\n";

    (void)state;
    session_play(&machine, script);
    assert_string_equal(machine.core.fault.text, "");
}

static void raw_touches_are_gestures(void **state)
{
    static const char tap[] = "key select\nexpect screen page\nkey menu\nexpect screen menu\n"
                              "touch down 150 20\nwait 40ms\ntouch move 150 150\ntouch up 150 300\nexpect screen page\n";

    (void)state;
    assert_int_equal(session_play(&machine, tap), KITE_OK);
}

static void a_key_wakes_and_means_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(session_play(&machine, "key select\nsleep\n"), KITE_OK);
    assert_true(machine.core.is_asleep);
    assert_int_equal(session_play(&machine, "tap 150 20\ntap 150 200\n"), KITE_OK);
    assert_true(machine.core.is_asleep);
    assert_int_equal(session_play(&machine, "key menu\nexpect screen page\n"), KITE_OK);
    assert_false(machine.core.is_asleep);
}

static void a_stick_may_have_spaces_or_be_one_file(void **state)
{
    char one[sizeof machine.stick.folder + 32];

    (void)state;
    if (mkdir(STICK, 0777) != 0)
        assert_int_equal(errno, EEXIST);
    assert_true(session_copy(KITE_BUILD "/books/sampler.kite", STICK "/sampler.kite"));
    assert_int_equal(session_play(&machine, "stick in " STICK "\nexpect screen import\nstick out\n"), KITE_OK);
    assert_false(machine.has_stick);
    assert_int_equal(session_play(&machine, "stick in " STICK "/sampler.kite\n"), KITE_OK);
    assert_true(machine.has_stick && machine.stick.is_temporary);
    strcpy(one, machine.stick.folder);
    assert_int_equal(session_play(&machine, "power cut\nstick out\nstick out\n"), KITE_OK);
    assert_int_not_equal(access(one, F_OK), 0);
    assert_int_equal(session_play(&machine, "stick with " KITE_BUILD "/books/guide.es.kite\nstick with " STICK "\n"
                                            "stick in\nexpect screen import\n"), KITE_OK);
    snprintf(one, sizeof one, "%s/guide.es.kite", machine.stick.folder);
    assert_int_equal(access(one, F_OK), 0);
    snprintf(one, sizeof one, "%s/sampler.kite", machine.stick.folder);
    assert_int_equal(access(one, F_OK), 0);
    assert_int_equal(session_play(&machine, "stick with " STICK "\nstick out\n"), KITE_OK); /* never put in: taken away at the end */
    assert_int_not_equal(access(one, F_OK), 0);
    assert_int_equal(session_play(&machine, "stick with /nowhere/at all\n"), KITE_E_IO);
    assert_int_equal(session_play(&machine, "stick in\nstick in\n"), KITE_E_IO);
    assert_non_null(strstr(machine.core.fault.text, "test:2: nothing is on the stick"));
    assert_int_equal(session_play(&machine, "stick in /nowhere/at all\n"), KITE_E_IO);
    assert_non_null(strstr(machine.core.fault.text, "test:1: cannot read /nowhere/at all"));
}

static void a_cable_gives_the_folder_and_takes_it_in(void **state)
{
    (void)state;
    if (mkdir(STICK, 0777) != 0)
        assert_int_equal(errno, EEXIST);
    unlink(STICK "/KITE-RECEIPT.txt");
    assert_true(session_copy(KITE_BUILD "/books/sampler.kite", STICK "/sampler.kite"));
    assert_int_equal(session_play(&machine, "eject\n"), KITE_E_RANGE);
    assert_int_equal(session_play(&machine, "cable in " STICK "\nexpect screen cable\nchoose Only charge\neject\n"),
                     KITE_E_RANGE);
    assert_int_equal(session_play(&machine, "cable out\ncable in " STICK "\nchoose Give files from the computer\n"),
                     KITE_OK);
    assert_true(machine.is_lent);
    assert_int_not_equal(access(STICK "/KITE-RECEIPT.txt", F_OK), 0);
    assert_int_equal(session_play(&machine, "eject\nexpect screen import\nidle\nexpect row A Sampler\nchoose OK\n"),
                     KITE_OK);
    assert_false(machine.is_lent);
    assert_int_equal(access(STICK "/KITE-RECEIPT.txt", F_OK), 0);
    assert_int_equal(access(STICK "/sampler.kite", F_OK), 0); /* a device would have taken it off */
    assert_int_equal(session_play(&machine, "cable in " STICK "\nchoose Give files from the computer\ncable out\n"
                                            "expect screen import\n"), KITE_OK); /* as good as ejected */
    assert_int_equal(session_play(&machine, "cable in " STICK "\nchoose Give files from the computer\npower cut\n"
                                            "expect screen cable\n"), KITE_OK);
    assert_false(machine.is_lent);
    assert_int_equal(session_play(&machine, "cable in /nowhere/at all\n"), KITE_E_IO);
}

static void mistakes_name_their_line(void **state)
{
    static const char *const wrong[] = {
        "press next", "key", "key up", "key next 0", "key next long x", "key next x", "tap 1", "tap a b", "tap 1 2 3", "hold 1",
        "swipe 1 2 3", "pinch", "pinch up", "touch", "touch on 1 2", "touch down 1", "touch down 1 2 3", "wait", "wait 3", "wait -1s",
        "wait 3m", "idle now", "stick", "stick with", "stick on x", "stick out now", "cable", "cable in", "cable out now", "eject now", "battery", "battery 101", "battery 5 plugged", "sleep 5", "wake up",
        "power", "power on", "expect", "expect page", "expect screen", "expect screen nothing", "shot", "shot a/b", "shot a b",
        "settle", "settle down", "choose", "choose nothing", "type", "type words", "expect row", "expect row nothing",
    };
    char script[80];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(script, sizeof script, "# one\n\n%s\n", wrong[i]);
        assert_int_equal(session_play(&machine, script), KITE_E_FORMAT);
        assert_memory_equal(machine.core.fault.text, "test:3: ", 8);
    }
}

static void what_is_no_text_is_refused(void **state)
{
    static char line[6000];
    struct script_output none = { NULL, NULL };

    (void)state;
    memset(line, 'x', sizeof line - 1);
    assert_int_equal(session_play(&machine, line), KITE_E_FORMAT);
    assert_string_equal(machine.core.fault.text, "test:1: the line is too long");
    assert_int_equal(script_play(&machine, "wake\0\n", 6, "test", &none), KITE_E_FORMAT);
    assert_int_equal(script_play(&machine, "wake", 4, "test", &none), KITE_OK);
    assert_int_equal(script_play(&machine, "", 0, "test", &none), KITE_OK);
}

static void events_are_written_as_lines(void **state)
{
    static const struct {
        struct kite_event event;
        const char *line;
    } rows[] = {
        { { .kind = KITE_EVENT_KEY, .key = KITE_KEY_NEXT }, "key next" },
        { { .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true }, "key select long" },
        { { .kind = KITE_EVENT_TOUCH, .touch = KITE_TOUCH_DOWN, .x_px = 5, .y_px = 7 }, "touch down 5 7" },
        { { .kind = KITE_EVENT_TOUCH, .touch = KITE_TOUCH_UP, .x_px = 5, .y_px = 7, .finger = 1 }, "touch up 5 7 2" },
        { { .kind = KITE_EVENT_BATTERY, .percent = 40, .is_charging = true }, "battery 40 charging" },
        { { .kind = KITE_EVENT_SLEEP }, "sleep" },
        { { .kind = KITE_EVENT_WAKE }, "wake" },
        { { .kind = KITE_EVENT_TICK }, NULL },
        { { .kind = KITE_EVENT_STORAGE }, NULL },
    };
    char line[80];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(script_line(&rows[i].event, line, sizeof line), rows[i].line != NULL);
        if (rows[i].line)
            assert_string_equal(line, rows[i].line);
    }
    assert_true(script_stick_line("in", "/media/my stick", line, sizeof line));
    assert_string_equal(line, "stick in /media/my stick");
    assert_false(script_stick_line("in", "two\nlines", line, sizeof line));
    assert_false(script_stick_line("in", "blank at the end ", line, sizeof line));
    assert_false(script_stick_line("in", "", line, sizeof line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commands_do_what_they_say, open_session, close_session),
        cmocka_unit_test_setup_teardown(starts_that_fail_lead_to_safe_mode, open_session, close_session),
        cmocka_unit_test_setup_teardown(rows_and_letters_are_named, open_session, close_session),
        cmocka_unit_test_setup_teardown(raw_touches_are_gestures, open_session, close_session),
        cmocka_unit_test_setup_teardown(a_key_wakes_and_means_nothing_else, open_session, close_session),
        cmocka_unit_test_setup_teardown(a_stick_may_have_spaces_or_be_one_file, open_session, close_session),
        cmocka_unit_test_setup_teardown(a_cable_gives_the_folder_and_takes_it_in, open_session, close_session),
        cmocka_unit_test_setup_teardown(mistakes_name_their_line, open_session, close_session),
        cmocka_unit_test_setup_teardown(what_is_no_text_is_refused, open_session, close_session),
        cmocka_unit_test(events_are_written_as_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
