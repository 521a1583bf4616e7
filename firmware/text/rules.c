/* A reader of OpenType layout tables that looks for what rules look for. */
#include "text/rules.h"

#include <hb-ot.h>

enum rule_kind {
    RULE_COVERED = 0, /* applies, as far as is known here, wherever its first coverage has the glyph */
    RULE_LIGATURE,    /* to a glyph and those that follow it */
    RULE_CONTEXT,     /* to glyphs in a row, a coverage each */
    RULE_CHAIN        /* the same, with glyphs before and behind */
};

enum { GSUB = 0, GPOS = 1 };

#define FLAG_IGNORE_BASES 2
#define FLAG_IGNORE_LIGATURES 4
#define VALUE_ADVANCE 4 /* an advance and nothing else */
#define NOT_COVERED SIZE_MAX

/* A table; is_short once something beyond its end was asked for. */
struct table {
    const uint8_t *bytes;
    size_t count;
    bool is_short;
};

static uint16_t u16_at(struct table *t, size_t at)
{
    if (at >= t->count || t->count - at < 2) {
        t->is_short = true;
        return 0;
    }
    return (uint16_t)(t->bytes[at] << 8 | t->bytes[at + 1]);
}

static struct table table_of(const struct kite_rules *rules, unsigned which)
{
    unsigned count = 0;
    const char *data = hb_blob_get_data(rules->blobs[which], &count);

    return (struct table){ (const uint8_t *)data, data != NULL ? count : 0, false };
}

/* Index of a glyph in a coverage table, NOT_COVERED if it is not there. Rows: of a glyph, or of first, last and the first
 * one's index. */
static size_t covered(struct table *t, size_t coverage, uint16_t glyph)
{
    bool has_ranges = u16_at(t, coverage) == 2;
    size_t low = 0, high = u16_at(t, coverage + 2), row_bytes = has_ranges ? 6 : 2;

    if (!has_ranges && u16_at(t, coverage) != 1)
        t->is_short = true;
    while (low < high && !t->is_short) {
        size_t middle = low + (high - low) / 2, row = coverage + 4 + middle * row_bytes;
        uint16_t first = u16_at(t, row), last = has_ranges ? u16_at(t, row + 2) : first;

        if (glyph >= first && glyph <= last)
            return has_ranges ? (size_t)u16_at(t, row + 4) + glyph - first : middle;
        if (glyph < first)
            high = middle;
        else
            low = middle + 1;
    }
    return NOT_COVERED;
}

/* ---- reading ----------------------------------------------------------------------------------------- */

static bool is_kerning(struct table *t, size_t subtable)
{
    return (u16_at(t, subtable + 4) & ~VALUE_ADVANCE) == 0 && u16_at(t, subtable + 6) == 0;
}

/* The kind of a subtable of a lookup type. */
static enum rule_kind kind_of(struct table *t, unsigned which, uint16_t type, size_t subtable)
{
    bool has_coverages = u16_at(t, subtable) == 3;

    if (which == GSUB && type == 4)
        return RULE_LIGATURE;
    if (has_coverages && type == (which == GSUB ? 5 : 7))
        return RULE_CONTEXT;
    return has_coverages && type == (which == GSUB ? 6 : 8) ? RULE_CHAIN : RULE_COVERED;
}

static bool read_subtable(struct kite_rules *rules, struct table *t, unsigned which, size_t lookup, size_t index)
{
    size_t subtable = lookup + u16_at(t, lookup + 6 + 2 * index);
    uint16_t type = u16_at(t, lookup), flags = u16_at(t, lookup + 2);

    if (type == (which == GSUB ? 7 : 9)) { /* the subtable proper stands further off */
        type = u16_at(t, subtable + 2);
        subtable += (size_t)u16_at(t, subtable + 4) << 16 | u16_at(t, subtable + 6);
    }

    bool is_pair = which == GPOS && type == 2 && is_kerning(t, subtable);
    enum rule_kind kind = kind_of(t, which, type, subtable);

    /* Neighbours are neighbours only where no letter is passed over. */
    if ((is_pair || kind != RULE_COVERED) && flags & (FLAG_IGNORE_BASES | FLAG_IGNORE_LIGATURES))
        return false;
    if (is_pair)
        return !t->is_short;
    if (rules->count == KITE_RULES_MAX || subtable > UINT32_MAX)
        return false;
    rules->rules[rules->count++] = (struct kite_rule){ (uint32_t)subtable, (uint8_t)which, (uint8_t)kind };
    return !t->is_short;
}

static bool read_lookups(struct kite_rules *rules, unsigned which, const hb_set_t *lookups)
{
    struct table t = table_of(rules, which);
    hb_codepoint_t lookup = HB_SET_VALUE_INVALID;

    while (hb_set_next(lookups, &lookup)) {
        size_t list = u16_at(&t, 8), at = list + u16_at(&t, list + 2 + 2 * (size_t)lookup);
        uint16_t subtables = u16_at(&t, at + 4);

        if (lookup >= u16_at(&t, list))
            return false;
        for (size_t i = 0; i < subtables; i++)
            if (!read_subtable(rules, &t, which, at, i))
                return false;
    }
    return !t.is_short && hb_set_allocation_successful(lookups);
}

/* Tables that HarfBuzz may follow besides those read here. */
static bool has_other_layout(hb_face_t *face)
{
    static const hb_tag_t tags[] = { HB_TAG('m', 'o', 'r', 'x'), HB_TAG('m', 'o', 'r', 't'), HB_TAG('k', 'e', 'r', 'x'),
                                     HB_TAG('k', 'e', 'r', 'n'), HB_TAG('t', 'r', 'a', 'k') };
    bool has = false;

    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        hb_blob_t *blob = hb_face_reference_table(face, tags[i]);

        has |= hb_blob_get_length(blob) != 0;
        hb_blob_destroy(blob);
    }
    return has;
}

bool kite_rules_read(struct kite_rules *rules, hb_face_t *face, hb_shape_plan_t *plan)
{
    static const hb_tag_t tags[2] = { HB_OT_TAG_GSUB, HB_OT_TAG_GPOS };
    bool is_read = !has_other_layout(face);

    rules->count = 0;
    for (unsigned which = 0; which < 2; which++) {
        hb_set_t *lookups = hb_set_create();

        rules->blobs[which] = hb_face_reference_table(face, tags[which]);
        hb_ot_shape_plan_collect_lookups(plan, tags[which], lookups);
        is_read = is_read && read_lookups(rules, which, lookups);
        hb_set_destroy(lookups);
    }
    return is_read;
}

void kite_rules_drop(struct kite_rules *rules)
{
    for (unsigned which = 0; which < 2; which++)
        hb_blob_destroy(rules->blobs[which]);
    *rules = (struct kite_rules){ .count = 0 };
}

/* ---- asking ------------------------------------------------------------------------------------------ */

/* The two coverages that tell best whether a rule of coverages applies: the first glyph's and a neighbour's. 0: it has no
 * such neighbour. */
struct coverages {
    size_t left, right;
    bool is_single; /* there is only `left` */
};

static size_t coverage_at(struct table *t, size_t subtable, size_t at)
{
    return subtable + u16_at(t, at);
}

static struct coverages coverages_of(struct table *t, const struct kite_rule *rule)
{
    size_t at = rule->offset + 2, before = 0, first = at + 4, count = u16_at(t, at), behind = 0, next = first + 2;

    if (rule->kind == RULE_CHAIN) {
        before = count;
        first = at + 2 + 2 * before + 2;
        count = u16_at(t, first - 2);
        behind = u16_at(t, first + 2 * count);
        next = first + 2 * count + 2;
    }

    size_t own = coverage_at(t, rule->offset, first);

    if (count > 1)
        return (struct coverages){ own, coverage_at(t, rule->offset, first + 2), false };
    if (behind > 0)
        return (struct coverages){ own, coverage_at(t, rule->offset, next), false };
    if (before > 0)
        return (struct coverages){ coverage_at(t, rule->offset, at + 2), own, false };
    return (struct coverages){ own, 0, true };
}

/* Does a ligature begin with these two? is_single: is there one of the left glyph alone? */
static bool ligates(struct table *t, size_t subtable, uint16_t left, uint16_t right, bool is_single)
{
    size_t index = covered(t, subtable + u16_at(t, subtable + 2), left);

    if (index == NOT_COVERED)
        return false;

    size_t set = subtable + u16_at(t, subtable + 6 + 2 * index);
    uint16_t count = u16_at(t, set);

    for (size_t i = 0; i < count && !t->is_short; i++) {
        size_t ligature = set + u16_at(t, set + 2 + 2 * i);
        bool is_alone = u16_at(t, ligature + 2) < 2;

        if (is_alone == is_single && (is_alone || u16_at(t, ligature + 4) == right))
            return true;
    }
    return false;
}

static bool touches_glyph(struct table *t, const struct kite_rule *rule, uint16_t glyph)
{
    if (rule->kind == RULE_COVERED)
        return covered(t, rule->offset + (size_t)u16_at(t, rule->offset + 2), glyph) != NOT_COVERED;
    if (rule->kind == RULE_LIGATURE)
        return ligates(t, rule->offset, glyph, 0, true);

    struct coverages c = coverages_of(t, rule);

    return c.is_single && covered(t, c.left, glyph) != NOT_COVERED;
}

static bool touches_pair(struct table *t, const struct kite_rule *rule, uint16_t left, uint16_t right)
{
    if (rule->kind == RULE_COVERED)
        return false;
    if (rule->kind == RULE_LIGATURE)
        return ligates(t, rule->offset, left, right, false);

    struct coverages c = coverages_of(t, rule);

    return !c.is_single && covered(t, c.left, left) != NOT_COVERED && covered(t, c.right, right) != NOT_COVERED;
}

bool kite_rules_touch_glyph(const struct kite_rules *rules, uint16_t glyph)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct table t = table_of(rules, rules->rules[i].table);

        if (touches_glyph(&t, &rules->rules[i], glyph) || t.is_short)
            return true;
    }
    return false;
}

bool kite_rules_touch_pair(const struct kite_rules *rules, uint16_t left, uint16_t right)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct table t = table_of(rules, rules->rules[i].table);

        if (touches_pair(&t, &rules->rules[i], left, right) || t.is_short)
            return true;
    }
    return false;
}

/* Could a ligature go on behind the glyphs, with one that does not touch the last? */
static bool ligates_beyond(const struct kite_rules *rules, struct table *t, size_t subtable, const uint16_t *glyphs,
                           size_t count)
{
    size_t index = covered(t, subtable + u16_at(t, subtable + 2), glyphs[0]);

    if (index == NOT_COVERED)
        return false;

    size_t set = subtable + u16_at(t, subtable + 6 + 2 * index);
    uint16_t ligatures = u16_at(t, set);

    for (size_t i = 0; i < ligatures && !t->is_short; i++) {
        size_t ligature = set + u16_at(t, set + 2 + 2 * i), alike = 1;
        uint16_t parts = u16_at(t, ligature + 2);

        while (alike < count && alike < parts && u16_at(t, ligature + 2 + 2 * alike) == glyphs[alike])
            alike++;
        if (alike == count && parts > count &&
            !kite_rules_touch_pair(rules, glyphs[count - 1], u16_at(t, ligature + 2 + 2 * count)))
            return true;
    }
    return false;
}

bool kite_rules_only_ligate(const struct kite_rules *rules, const uint16_t *glyphs, size_t count)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct kite_rule *rule = &rules->rules[i];
        struct table t = table_of(rules, rule->table);

        for (size_t k = 0; k + 1 < count; k++) {
            bool is_other = rule->kind == RULE_LIGATURE ? ligates_beyond(rules, &t, rule->offset, glyphs + k, count - k)
                                                        : touches_pair(&t, rule, glyphs[k], glyphs[k + 1]);

            if (is_other || t.is_short)
                return false;
        }
    }
    return true;
}
