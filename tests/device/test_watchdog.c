/* A program that crashes or hangs starts anew; one that does so again and again is given up. The test starts itself as
 * that program: what it is to do comes in its arguments, and each start writes a line. */
#include "check.h"

#include "device/watchdog.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STARTS KITE_BUILD "/tests/device/starts.txt"

/* ---- the program ---------------------------------------------------------------------------------- */

static void note(const char *what)
{
    FILE *file = fopen(STARTS, "a");

    if (file) {
        fprintf(file, "%s %u\n", what, watchdog_restarts());
        fclose(file);
    }
}

static bool has_settled(void)
{
    char text[400] = "";
    FILE *file = fopen(STARTS, "r");
    size_t got = file ? fread(text, 1, sizeof text - 1, file) : 0;

    text[got] = '\0';
    if (file)
        fclose(file);
    return strstr(text, "settled") != NULL;
}

static void overflow(volatile char *from)
{
    volatile char more[4096];

    more[0] = from[0];
    if (more[0] == 0)
        overflow(more);
    from[0] = more[0]; /* so that the call is not the last thing done */
}

/* What each start does, by its number; past the last it ends well. */
static int be_the_program(char **argv)
{
    const char *deeds = argv[2];
    volatile int *nowhere = (volatile int *)(uintptr_t)4096; /* never mapped */
    unsigned start;
    char deed;

    watchdog_start(&(struct watchdog_options){ .arguments = argv, .hang_s = 1, .is_first = false });
    start = watchdog_restarts();
    deed = start < strlen(deeds) ? deeds[start] : '.';
    note("start");
    if (deed == 's')
        *nowhere = 1;
    if (deed == 'a')
        abort();
    if (deed == 'k')
        overflow(&(volatile char){ 0 });
    if (deed == 'b')
        raise(SIGBUS);
    while (deed == 'h') /* the loop does not come round */
        ;
    if (deed == 'r') { /* it rests for longer than a hang would be allowed to last */
        watchdog_rest();
        sleep(2);
        watchdog_work();
        note("rested");
    }
    if (deed == 't' && !has_settled()) { /* it was fine for a long time */
        watchdog_settled();
        note("settled");
        abort();
    }
    watchdog_stop();
    return 0;
}

/* ---- the tests ------------------------------------------------------------------------------------ */

/* The exit code of the program, and what its starts wrote. */
static int run(const char *deeds, char starts[400])
{
    int status;
    size_t got;
    FILE *file;
    pid_t child;

    unlink(STARTS);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int silent = open("/dev/null", O_WRONLY);

        dup2(silent, 2);
        execl("/proc/self/exe", "the-program", "--as-the-program", deeds, (char *)NULL);
        _exit(99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    file = fopen(STARTS, "r");
    assert_non_null(file);
    got = fread(starts, 1, 399, file);
    starts[got] = '\0';
    fclose(file);
    return WEXITSTATUS(status);
}

static void a_crash_starts_anew(void **state)
{
    static const char *const deeds[] = { "s", "a", "k", "b" };
    char starts[400];

    (void)state;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        assert_int_equal(run(deeds[i], starts), 0);
        assert_string_equal(starts, "start 0\nstart 1\n");
    }
}

static void a_hang_starts_anew_and_rest_is_none(void **state)
{
    char starts[400];

    (void)state;
    assert_int_equal(run("h", starts), 0);
    assert_string_equal(starts, "start 0\nstart 1\n");
    assert_int_equal(run("r", starts), 0);
    assert_string_equal(starts, "start 0\nrested 0\n");
}

static void crash_upon_crash_is_given_up(void **state)
{
    char starts[400];

    (void)state;
    assert_int_equal(run("sh", starts), 0);
    assert_string_equal(starts, "start 0\nstart 1\nstart 2\n");
    assert_int_equal(run("aaa", starts), 70);
    assert_string_equal(starts, "start 0\nstart 1\nstart 2\n");
}

/* Start 1 settles and crashes: the next is start 1 again, which is told from the first by the line that it left. */
static void one_that_settled_has_all_its_chances(void **state)
{
    char starts[400];

    (void)state;
    assert_int_equal(run("at", starts), 0);
    assert_string_equal(starts, "start 0\nstart 1\nsettled 0\nstart 1\n");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_starts_anew),
        cmocka_unit_test(a_hang_starts_anew_and_rest_is_none),
        cmocka_unit_test(crash_upon_crash_is_given_up),
        cmocka_unit_test(one_that_settled_has_all_its_chances),
    };

    if (argc == 3 && strcmp(argv[1], "--as-the-program") == 0)
        return be_the_program(argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
