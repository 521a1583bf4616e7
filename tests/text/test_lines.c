/* lines: the search against all settings there are, on small random paragraphs; edges; failing memory. */
#include "check.h"

#include "text/lines_cost.h"

#include <string.h>

#define BREAKS_MAX 12

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Words of random widths; some breaks are hyphens, a few of them in a ligature, which takes more from the line than the hyphen adds;
 * some are forced. */
static size_t random_paragraph(uint32_t *seed, struct kite_break *breaks)
{
    size_t count = 2 + next_random(seed) % (BREAKS_MAX - 2);
    struct kite_break at = { 0 };

    for (size_t i = 0; i < count; i++) {
        struct kite_break *b = &breaks[i];
        kite_f26 box = 64 * (kite_f26)(5 + next_random(seed) % 40);
        bool is_hyphen = next_random(seed) % 3 == 0;

        at.width_after += box;
        at.stretch_after += box / 50;
        at.shrink_after += box / 100;
        *b = at;
        b->width_before = at.width_after;
        b->stretch_before = at.stretch_after;
        b->shrink_before = at.shrink_after;
        b->spaces_before = at.spaces_after;
        b->kind = is_hyphen ? KITE_BREAK_HYPHEN : KITE_BREAK_SPACE;
        if (is_hyphen) {
            bool is_in_ligature = next_random(seed) % 8 == 0;

            b->pre = is_in_ligature ? -3 * 64 : 4 * 64;
            b->penalty = 50;
            b->post = is_in_ligature ? 8 * 64 : next_random(seed) % 4 == 0 ? 32 : 0;
        } else {
            at.width_after += 5 * 64;
            at.stretch_after += 5 * 32;
            at.shrink_after += 5 * 21;
            at.spaces_after++;
            b->width_after = at.width_after;
            b->stretch_after = at.stretch_after;
            b->shrink_after = at.shrink_after;
            b->spaces_after = at.spaces_after;
        }
        if (i + 1 < count && next_random(seed) % 15 == 0) {
            b->kind = KITE_BREAK_FORCED;
            b->pre = b->post = 0;
            b->penalty = 0;
        }
    }

    struct kite_break *end = &breaks[count - 1];

    end->kind = KITE_BREAK_FORCED;
    end->pre = end->post = 0;
    end->penalty = 0;
    return count;
}

/* The cost of one setting, told line by line as lines.h states it; KITE_COST_NONE when it is not allowed. */
static uint64_t setting_cost(const struct kite_cost_model *model, const struct kite_break *breaks, size_t count,
                             const uint32_t *at, size_t lines)
{
    uint64_t total = 0;
    unsigned fitness_before = 1, flagged_before = 0;
    uint32_t from = 0;

    for (size_t i = 0; i < lines; i++) {
        const struct kite_break *a = i ? &breaks[at[i - 1]] : NULL, *b = &breaks[at[i]];
        struct kite_cost_line line = kite_cost_line_between(model, a, b, true);
        unsigned fitness, flagged = kite_break_is_flagged(b) ? flagged_before + 1 : 0;

        for (uint32_t k = from; k < at[i]; k++)
            if (breaks[k].kind == KITE_BREAK_FORCED)
                return KITE_COST_NONE;
        from = at[i] + 1;
        if (!kite_cost_line_fits(&line))
            return KITE_COST_NONE;
        total = kite_cost_add(total, kite_cost_of_line(model, &line, &fitness));
        total = kite_cost_add(total, kite_cost_of_break(model, b));
        if (flagged == 2)
            total = kite_cost_add(total, model->double_flagged);
        if (flagged > 2)
            total = kite_cost_add(total, model->long_flagged);
        if (model->is_justified && (fitness > fitness_before + 1 || fitness_before > fitness + 1))
            total = kite_cost_add(total, model->slack);
        if (at[i] + 1 == count)
            total = kite_cost_add(total, kite_cost_of_last(model, a, b));
        fitness_before = fitness;
        flagged_before = flagged;
    }
    return total;
}

/* The least cost of all settings of `lines` lines, 0: of any. */
static uint64_t least_cost(const struct kite_cost_model *model, const struct kite_break *breaks, size_t count, size_t lines)
{
    uint64_t best = KITE_COST_NONE;

    for (uint32_t set = 0; set < 1u << (count - 1); set++) {
        uint32_t at[BREAKS_MAX];
        size_t chosen = 0;

        for (uint32_t i = 0; i + 1 < count; i++)
            if (set >> i & 1)
                at[chosen++] = i;
        at[chosen++] = (uint32_t)count - 1;
        if (lines && chosen != lines)
            continue;

        uint64_t cost = setting_cost(model, breaks, count, at, chosen);

        if (cost < best)
            best = cost;
    }
    return best;
}

static void test_nothing_is_better(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_arena arena;
    uint32_t seed = 3;
    unsigned settled = 0, counted = 0;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    for (int round = 0; round < 4000; round++) {
        struct kite_break breaks[BREAKS_MAX];
        size_t count = random_paragraph(&seed, breaks);
        struct kite_line_rules rules = { .measure_f26 = 64 * (kite_f26)(40 + next_random(&seed) % 80), .space_f26 = 5 * 64,
                                         .align = round % 2 ? KITE_ALIGN_RAGGED : KITE_ALIGN_JUSTIFIED,
                                         .hang_f26 = round % 5 == 0 ? 640 : 0, .is_narrow = round % 3 == 0 };
        struct kite_cost_model model;
        struct kite_breaks found;

        kite_arena_reset(&arena);
        kite_cost_model_init(&model, &rules, 8);
        assert_int_equal(kite_lines_break(breaks, count, &rules, &arena, &found), KITE_OK);
        assert_int_equal(found.at[found.count - 1], count - 1);

        uint64_t best = least_cost(&model, breaks, count, 0);

        if (best == KITE_COST_NONE) /* something is wider than the measure */
            continue;
        assert_true(setting_cost(&model, breaks, count, found.at, found.count) == best);
        settled++;

        /* A line more or less: the optimum of that number, or refused. */
        rules.lines_wanted = (uint32_t)found.count + (next_random(&seed) % 2 ? 1 : (uint32_t)-1);
        if (rules.lines_wanted == 0 || kite_lines_break(breaks, count, &rules, &arena, &found) != KITE_OK)
            continue;
        assert_int_equal(found.count, rules.lines_wanted);
        assert_true(setting_cost(&model, breaks, count, found.at, found.count) ==
                    least_cost(&model, breaks, count, rules.lines_wanted));
        counted++;
    }
    assert_true(settled > 2000);
    assert_true(counted > 300);
    kite_arena_close(&arena);
}

static void test_balanced_takes_the_fewest_lines(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_arena arena;
    uint32_t seed = 11;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    for (int round = 0; round < 1000; round++) {
        struct kite_break breaks[BREAKS_MAX];
        size_t count = random_paragraph(&seed, breaks);
        struct kite_line_rules rules = { .measure_f26 = 64 * 90, .space_f26 = 320, .align = KITE_ALIGN_RAGGED, .is_balanced = true };
        struct kite_cost_model model;
        struct kite_breaks found;

        kite_arena_reset(&arena);
        kite_cost_model_init(&model, &rules, 8);
        assert_int_equal(kite_lines_break(breaks, count, &rules, &arena, &found), KITE_OK);
        for (size_t lines = 1; lines < found.count; lines++)
            assert_true(least_cost(&model, breaks, count, lines) == KITE_COST_NONE);

        uint64_t best = least_cost(&model, breaks, count, found.count);

        assert_true(best == KITE_COST_NONE || setting_cost(&model, breaks, count, found.at, found.count) == best);
    }
    kite_arena_close(&arena);
}

/* A word wider than the measure stands alone on its line, and the rest is set as well as ever. */
static void test_too_wide(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_arena arena;
    struct kite_break breaks[3] = {
        { .width_before = 640, .width_after = 960, .stretch_after = 160, .shrink_after = 100 },
        { .width_before = 20960, .width_after = 21280, .stretch_before = 160, .stretch_after = 320, .shrink_before = 100, .shrink_after = 200 },
        { .width_before = 22000, .width_after = 22000, .stretch_before = 320, .stretch_after = 320, .shrink_before = 200, .shrink_after = 200,
          .kind = KITE_BREAK_FORCED },
    };
    struct kite_line_rules rules = { .measure_f26 = 6400, .space_f26 = 320 };
    struct kite_breaks found;

    (void)state;
    kite_arena_init(&arena, heap, 0);
    assert_int_equal(kite_lines_break(breaks, 3, &rules, &arena, &found), KITE_OK);
    assert_int_equal(found.count, 3);
    kite_arena_close(&arena);
}

static void test_ratio(void **state)
{
    (void)state;
    assert_int_equal(kite_line_ratio_q16(100, 50, 30, 0), 2 * 65536);
    assert_int_equal(kite_line_ratio_q16(-15, 50, 30, 0), -32768);
    assert_int_equal(kite_line_ratio_q16(10, 0, 0, 20), 65536);
    assert_int_equal(kite_line_ratio_q16(1 << 30, 1, 1, 0), INT32_MAX);
    assert_int_equal(kite_line_ratio_q16(-1, 0, 0, 0), -INT32_MAX);
}

/* The hanging indent keeps the second word and the third apart, so that the only other end of a second line is the
 * paragraph's own: nothing goes on from there. */
static void test_no_line_behind_the_end(void **state)
{
    static const kite_f26 boxes[] = { 5, 62, 20, 70 };
    struct kite_break breaks[4], at = { 0 };
    struct kite_line_rules rules = { .measure_f26 = 6400, .hang_f26 = 1280, .space_f26 = 320, .lines_wanted = 3 };
    struct kite_arena arena;
    struct kite_breaks found;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        at.width_before = at.width_after + boxes[i] * 64;
        at.width_after = at.width_before + 320;
        at.stretch_before = at.stretch_after = at.stretch_after + (i < 2 ? 1600 : 32);
        breaks[i] = at;
    }
    breaks[3].kind = KITE_BREAK_FORCED;
    kite_arena_init(&arena, kite_memory_heap(), 0);
    assert_int_equal(kite_lines_break(breaks, 4, &rules, &arena, &found), KITE_E_RANGE);
    rules.lines_wanted = 0;
    assert_int_equal(kite_lines_break(breaks, 4, &rules, &arena, &found), KITE_OK);
    assert_int_equal(found.count, 2);
    kite_arena_close(&arena);
}

static void test_every_allocation(void **state)
{
    uint32_t seed = 5;
    struct kite_break breaks[BREAKS_MAX];
    size_t count = random_paragraph(&seed, breaks);
    struct kite_line_rules rules = { .measure_f26 = 64 * 100, .space_f26 = 320 };

    (void)state;
    for (uint32_t wanted = 0; wanted < 3; wanted++) {
        struct check_memory counted = { .fail_at = 1 };
        struct kite_arena arena;
        struct kite_breaks found;

        rules.lines_wanted = wanted;
        kite_arena_init(&arena, check_memory(&counted), 0);
        assert_int_equal(kite_lines_break(breaks, count, &rules, &arena, &found), KITE_E_NOMEM);
        kite_arena_close(&arena);
        assert_int_equal(counted.blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_nothing_is_better), cmocka_unit_test(test_balanced_takes_the_fewest_lines),
                                        cmocka_unit_test(test_too_wide), cmocka_unit_test(test_ratio),
                                        cmocka_unit_test(test_no_line_behind_the_end),
                                        cmocka_unit_test(test_every_allocation) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
