/* Forty page turns of an essay and of a book with a picture, on the panel model: residue, flashes
 * and collisions of the policy stay within the bounds stated here, beside two habits of other
 * readers. Prints the table that `make bench` shows. */
#include "panel/turns.h"

enum { CALMER = 0, CLEANER, EVERY_6, NEVER, HABITS };

static const struct habit habits[HABITS] = {
    [CALMER] = {"policy, calmer", true, {.setting = KITE_POLICY_CALMER, .temperature_c = 23}, 0},
    [CLEANER] = {"policy, cleaner", true, {.setting = KITE_POLICY_CLEANER, .temperature_c = 23}, 0},
    [EVERY_6] = {"full flash every 6", false, {.temperature_c = 23}, 6},
    [NEVER] = {"never", false, {.temperature_c = 23}, 0},
};

/* Most of each that 40 turns of any book may come to. Screens are flashed area, in 1/1000. */
struct bound {
    uint32_t mean, worst_tile, flashes, screens;
};
static const struct bound bounds[] = {
    [CALMER] = {75, 460, 6, 4000},
    [CLEANER] = {48, 380, 10, 7500},
};

static void print_head(void)
{
    printf("\n%d page turns on the panel model (model constants, not a measured panel); residue in "
           "gray levels of 16\n\n",
           TURNS);
    printf("| book | refresh | residue, mean | residue, worst tile | flashes | screens flashed | "
           "collisions | ms busy |\n"
           "|---|---|---|---|---|---|---|---|\n");
}

static void print_row(const char *book, const struct habit *habit, const struct turned *t)
{
    printf("| %s | %s | %u.%03u | %u.%03u | %u | %u.%u | %u | %lld |\n", book, habit->name,
           t->mean / 1000, t->mean % 1000, t->worst_tile / 1000, t->worst_tile % 1000,
           t->stats.flashes, t->stats.flashed_permille / 1000,
           t->stats.flashed_permille % 1000 / 100, t->stats.collisions,
           (long long)t->stats.busy_ms);
}

static void assert_within(const struct turned *t, const struct bound *bound)
{
    assert_in_range(t->mean, 0, bound->mean);
    assert_in_range(t->worst_tile, 0, bound->worst_tile);
    assert_in_range(t->stats.flashes, 0, bound->flashes);
    assert_in_range(t->stats.flashed_permille, 0, bound->screens);
    assert_in_range(t->most_flashes, 0, 1);
    assert_int_equal(t->stats.collisions, 0);
    assert_int_equal(t->stats.stained_px, 0);
    /* The policy's estimate of the worst tile, in 1/128 level, is that of the model within a third.
     */
    assert_in_range(t->worst_debt * 1000 / 128, t->worst_tile * 2 / 3, t->worst_tile * 4 / 3);
}

static void assert_claims(const char *name, const struct turned_book *book)
{
    struct turned t[HABITS];

    for (int i = 0; i < HABITS; i++) {
        t[i] = turn_pages(book, kite_panel_kind_named("plain"), &habits[i], NULL);
        print_row(name, &habits[i], &t[i]);
    }
    assert_within(&t[CALMER], &bounds[CALMER]);
    assert_within(&t[CLEANER], &bounds[CLEANER]);
    /* Calmer: two thirds of the flashing or less, and yet less than half of the ghosts of never. */
    assert_true(t[CALMER].stats.flashed_permille * 3 <= t[EVERY_6].stats.flashed_permille * 2);
    assert_true(t[CALMER].mean * 2 < t[NEVER].mean);
    /* Cleaner: less residue than a flash every 6 pages leaves. */
    assert_true(t[CLEANER].mean < t[EVERY_6].mean);
}

struct books {
    struct turned_book essay, sampler, mixed;
};

static int open_books(void **state)
{
    struct books *books = malloc(sizeof *books);

    assert_non_null(books);
    turned_book_open(&books->essay, "prison-imperialism.en", 46, false);
    turned_book_open(&books->sampler, "sampler", 46, false);
    turned_book_mix(&books->mixed, &books->essay, &books->sampler);
    *state = books;
    return 0;
}

static int close_books(void **state)
{
    struct books *books = *state;

    turned_book_close(&books->essay);
    turned_book_close(&books->sampler);
    free(books);
    return 0;
}

static void forty_turns_of_an_essay_stay_within_bounds(void **state)
{
    assert_claims("prison-imperialism.en", &((struct books *)*state)->essay);
}

static void forty_turns_with_a_picture_stay_within_bounds(void **state)
{
    assert_claims("sampler", &((struct books *)*state)->sampler);
}

static void forty_turns_with_many_pictures_stay_within_bounds(void **state)
{
    assert_claims("a picture each third page", &((struct books *)*state)->mixed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forty_turns_of_an_essay_stay_within_bounds),
        cmocka_unit_test(forty_turns_with_a_picture_stay_within_bounds),
        cmocka_unit_test(forty_turns_with_many_pictures_stay_within_bounds),
    };

    print_head();
    return cmocka_run_group_tests(tests, open_books, close_books);
}
