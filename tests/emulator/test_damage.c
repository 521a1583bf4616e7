/* A library with flipped bytes, cut short, or filled with noise: the emulator comes up, reads, and tells what it has set
 * aside. */
#include "session.h"

#define CLEAN KITE_BUILD "/tests/emulator/damage-clean"
#define FOLDER KITE_BUILD "/tests/emulator/damage"
#define ROUNDS 60
#define FILE_BYTES_MAX ((size_t)1 << 20)

struct told {
    unsigned notices;
    char notice[400];
};

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void keep_notice(void *ctx, const char *notice, int64_t now_ms)
{
    struct told *told = ctx;

    (void)now_ms;
    told->notices++;
    snprintf(told->notice, sizeof told->notice, "%s", notice);
}

static int make_clean(void **state)
{
    (void)state;
    session_library(CLEAN, "key select\nexpect screen page\nkey next 3\nkey select long\nidle\n");
    return 0;
}

/* Read a file of the clean library into bytes; how many. */
static size_t read_clean(const char *name, uint8_t *bytes)
{
    char path[300];
    FILE *file;
    size_t count;

    snprintf(path, sizeof path, CLEAN "/%s", name);
    file = fopen(path, "rb");
    assert_non_null(file);
    count = fread(bytes, 1, FILE_BYTES_MAX, file);
    fclose(file);
    assert_true(count > 0 && count < FILE_BYTES_MAX);
    return count;
}

static void write_damaged(const char *name, const uint8_t *bytes, size_t count)
{
    char path[300];
    FILE *file;

    snprintf(path, sizeof path, FOLDER "/%s", name);
    file = fopen(path, "wb");
    assert_non_null(file);
    if (count > 0)
        assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
}

static void copy_clean(void)
{
    session_folder(FOLDER);
    assert_true(session_copy(CLEAN "/guide.en.kite", FOLDER "/guide.en.kite"));
    assert_true(session_copy(CLEAN "/kite.db", FOLDER "/kite.db"));
    assert_true(session_copy(CLEAN "/maps.db", FOLDER "/maps.db"));
}

/* Cut short, a few bytes flipped, or a stretch of noise. */
static size_t damage(uint8_t *bytes, size_t count, uint64_t *seed)
{
    uint32_t kind = next_random(seed) % 3, times = 1 + next_random(seed) % 4;

    if (kind == 0)
        return next_random(seed) % count;
    for (uint32_t i = 0; i < times && kind == 1; i++)
        bytes[next_random(seed) % count] ^= (uint8_t)(1 + next_random(seed) % 255);
    for (size_t i = next_random(seed) % count, n = 0; n < 700 && i < count && kind == 2; i++, n++)
        bytes[i] = (uint8_t)next_random(seed);
    return count;
}

/* Comes up, finds its book, and turns pages. */
static void live(struct told *told)
{
    struct kite_machine_options options = session_options(FOLDER);
    struct kite_memory mem = kite_memory_heap();
    struct machine machine;

    options.ctx = told;
    options.notice = keep_notice;
    assert_int_equal(machine_open(&mem, &options, &machine), KITE_OK);
    session_play(&machine, "wait 3s\nkey next\nkey select\nwait 2s\nkey menu\nkey menu\nkey next\nwait 2s\npower cut\nidle\n");
    assert_string_equal(machine.core.fault.text, "");
    machine_close(&machine);
}

static void the_reader_comes_up_whatever_the_database_holds(void **state)
{
    static uint8_t clean[FILE_BYTES_MAX], bytes[FILE_BYTES_MAX];
    size_t count = read_clean("kite.db", clean);
    uint64_t seed = 7;
    unsigned told_of = 0;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct told told = { 0 };

        copy_clean();
        memcpy(bytes, clean, count);
        write_damaged("kite.db", bytes, damage(bytes, count, &seed));
        live(&told);
        if (access(FOLDER "/kite-damaged-1.db", F_OK) == 0) { /* what is set aside is told */
            assert_true(told.notices > 0);
            assert_non_null(strstr(told.notice, "kite-damaged-"));
            told_of++;
        }
    }
    assert_true(told_of > ROUNDS / 2);
}

static void damaged_page_maps_cost_nothing(void **state)
{
    static uint8_t clean[FILE_BYTES_MAX], bytes[FILE_BYTES_MAX];
    size_t count = read_clean("maps.db", clean);
    uint64_t seed = 11;

    (void)state;
    for (int i = 0; i < ROUNDS / 3; i++) {
        struct told told = { 0 };

        copy_clean();
        memcpy(bytes, clean, count);
        write_damaged("maps.db", bytes, damage(bytes, count, &seed));
        live(&told);
        assert_int_not_equal(access(FOLDER "/kite-damaged-1.db", F_OK), 0);
    }
}

/* A file of nothing, and no file at all, where the database should be. */
static void an_empty_database_is_a_new_library(void **state)
{
    struct told told = { 0 };

    (void)state;
    copy_clean();
    write_damaged("kite.db", NULL, 0);
    write_damaged("maps.db", NULL, 0);
    live(&told);
    copy_clean();
    unlink(FOLDER "/kite.db");
    live(&told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reader_comes_up_whatever_the_database_holds),
        cmocka_unit_test(damaged_page_maps_cost_nothing),
        cmocka_unit_test(an_empty_database_is_a_new_library),
    };

    return cmocka_run_group_tests(tests, make_clean, NULL);
}
