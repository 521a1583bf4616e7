/* Every allocation of a whole run fails in turn: the command says so, leaves nothing behind and
 * frees all. */
#include "check.h"

#include "cli/cli.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORK KITE_BUILD "/tests/cli/memory"
#define BUNDLE WORK "/small.kite"
#define OUT WORK "/out"
#define SET WORK "/set"

static int run(struct check_memory *counted, const char *const *words)
{
    struct kite_memory mem = check_memory(counted);
    char copies[12][256];
    char *argv[12];
    int argc = 0;

    for (; words[argc]; argc++) {
        snprintf(copies[argc], sizeof copies[argc], "%s", words[argc]);
        argv[argc] = copies[argc];
    }

    /* hundreds of complaints are not worth reading */
    int standard = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);

    assert_true(standard >= 0 && nowhere >= 0);
    dup2(nowhere, STDERR_FILENO);

    int code = kite_cli_run(&mem, argc, argv);

    dup2(standard, STDERR_FILENO);
    close(nowhere);
    close(standard);
    return code;
}

/* FNV-1a over a file; 0 when there is none. */
static uint64_t fingerprint(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint64_t hash = 0xcbf29ce484222325u;

    if (!file)
        return 0;
    for (int c = fgetc(file); c != EOF; c = fgetc(file))
        hash = (hash ^ (uint64_t)c) * 0x100000001b3u;
    fclose(file);
    return hash;
}

/* Where allocations get many, only some of them are made to fail. */
#define ALL_UP_TO 300u
#define AFTER_THAT 60u

static void fail_each(const char *const *words)
{
    struct check_memory whole = {0};
    uint64_t step, right;

    assert_int_equal(run(&whole, words), KITE_EXIT_OK);
    right = fingerprint(OUT);
    assert_int_equal(whole.blocks, 0);
    step = whole.calls > ALL_UP_TO ? (whole.calls - ALL_UP_TO) / AFTER_THAT + 1 : 1;
    for (uint64_t at = 1; at <= whole.calls; at += at < ALL_UP_TO ? 1 : step) {
        struct check_memory counted = {.fail_at = at};

        unlink(OUT);

        int code = run(&counted, words);

        if (code != KITE_EXIT_MACHINE && code != KITE_EXIT_OK)
            fail_msg("allocation %u: exit %d", (unsigned)at, code);
        if (counted.blocks != 0)
            fail_msg("allocation %u: %d blocks left", (unsigned)at, (int)counted.blocks);
        if (fingerprint(OUT) != (code == KITE_EXIT_OK ? right : 0))
            fail_msg("allocation %u: exit %d, and the file is not as it should be", (unsigned)at,
                     code);
    }
}

static int set_up(void **state)
{
    static const char *const words[] = {"kite",           "pack", "--fast", "-q",
                                        WORK "/small.md", "-o",   BUNDLE,   NULL};
    struct check_memory counted = {0};
    FILE *text;

    (void)state;
    mkdir(KITE_BUILD "/tests/cli", 0777);
    mkdir(WORK, 0777);
    setenv("KITE_FONTS", KITE_BUILD "/fonts", 1);
    text = fopen(WORK "/small.md", "w");
    if (!text ||
        fputs("---\ntitle: Small\nlang: en\n---\n\n# One\n\nSome words of *text* and a "
              "note.[^1]\n\n- item\n\n"
              "| a | b |\n|---|---|\n| c | d |\n\n[^1]: The note.\n",
              text) < 0 ||
        fclose(text) != 0)
        return -1;
    if (run(&counted, words) != KITE_EXIT_OK)
        return -1;
    mkdir(SET, 0777);
    unlink(SET "/small.kite");
    return link(BUNDLE, SET "/small.kite");
}

static void packing_survives_every_failure(void **state)
{
    static const char *const words[] = {"kite",           "pack", "--fast", "-q",
                                        WORK "/small.md", "-o",   OUT,      NULL};

    (void)state;
    fail_each(words);
}

static void laying_out_survives_every_failure(void **state)
{
    static const char *const words[] = {"kite", "lines", "--items", BUNDLE, "-o", OUT, NULL};

    (void)state;
    fail_each(words);
}

static void drawing_survives_every_failure(void **state)
{
    static const char *const words[] = {"kite",        "render", BUNDLE, "--panel",
                                        "300x400@150", "-o",     OUT,    NULL};

    (void)state;
    fail_each(words);
}

static void writing_text_survives_every_failure(void **state)
{
    static const char *const words[] = {"kite", "text", BUNDLE, "-o", OUT, NULL};

    (void)state;
    fail_each(words);
}

static void listing_a_set_survives_every_failure(void **state)
{
    static const char *const words[] = {"kite", "provision", "--make", SET, "-o", OUT, NULL};

    (void)state;
    fail_each(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packing_survives_every_failure),
        cmocka_unit_test(laying_out_survives_every_failure),
        cmocka_unit_test(drawing_survives_every_failure),
        cmocka_unit_test(writing_text_survives_every_failure),
        cmocka_unit_test(listing_a_set_survives_every_failure),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
