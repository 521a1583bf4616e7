/* A composed paragraph as the boxes, glue, penalties and discretionaries of Knuth and Plass, for the item dump. */
#include "text/compose.h"

#define FORCED_PENALTY (-10000)
#define FORBIDDEN_PENALTY 10000
#define ITEMS_A_BREAK 6

struct items {
    struct kite_text_item *at;
    size_t count;
};

static void add(struct items *items, struct kite_text_item item)
{
    items->at[items->count++] = item;
}

/* What stands from behind one break to the next; `before` NULL is the paragraph's start. */
static void add_box(struct items *items, const struct kite_break *before, const struct kite_break *to)
{
    static const struct kite_break start = { 0 };
    const struct kite_break *from = before ? before : &start;

    add(items, (struct kite_text_item){ .kind = 'b', .width = to->width_before - from->width_after,
                                        .stretch = to->stretch_before - from->stretch_after,
                                        .shrink = to->shrink_before - from->shrink_after });
}

/* The break itself; returns the index of the item at which a line ends there. */
static uint32_t add_break(struct items *items, const struct kite_break *b)
{
    kite_f26 glue = b->width_after - b->width_before;
    uint32_t index = (uint32_t)items->count;

    if (b->kind == KITE_BREAK_HYPHEN || b->kind == KITE_BREAK_EXPLICIT) {
        add(items, (struct kite_text_item){ .kind = 'd', .is_explicit = b->kind == KITE_BREAK_EXPLICIT,
                                            .width = b->pre, .stretch = b->post, .shrink = glue });
        return index;
    }
    if (b->pre != 0 || b->post != 0) {
        /* Not flagged: glue that may not be broken at, and that a break behind it keeps; without one it is taken back. */
        add(items, (struct kite_text_item){ .kind = 'p', .penalty = FORBIDDEN_PENALTY });
        add(items, (struct kite_text_item){ .kind = 'g', .width = b->pre });
        add(items, (struct kite_text_item){ .kind = 'p', .penalty = b->penalty });
        add(items, (struct kite_text_item){ .kind = 'g', .width = glue - b->pre - b->post });
        if (b->post != 0)
            add(items, (struct kite_text_item){ .kind = 'b', .width = b->post });
        return index + 2;
    }
    if (b->kind == KITE_BREAK_FORCED || glue == 0 || b->penalty != 0)
        add(items, (struct kite_text_item){
                       .kind = 'p', .penalty = b->kind == KITE_BREAK_FORCED ? FORCED_PENALTY : b->penalty });
    if (glue != 0)
        add(items, (struct kite_text_item){ .kind = 'g', .width = glue, .stretch = b->stretch_after - b->stretch_before,
                                            .shrink = b->shrink_after - b->shrink_before });
    return index;
}

enum kite_status kite_broken_items(const struct kite_broken *broken, struct kite_arena *arena,
                                   struct kite_text_item **out, size_t *item_count, uint32_t **breaks,
                                   size_t *break_count)
{
    const struct kite_composition *c = broken->composed;
    struct items items = { kite_arena_alloc(arena, c->break_count * ITEMS_A_BREAK, sizeof *items.at), 0 };
    uint32_t *chosen = kite_arena_alloc(arena, c->chosen_count, sizeof *chosen);
    size_t lines = 0;

    if (!items.at || !chosen)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < c->break_count; i++) {
        uint32_t index = (uint32_t)items.count + 1;

        add_box(&items, i > 0 ? &c->breaks[i - 1] : NULL, &c->breaks[i]);
        if (i + 1 < c->break_count) /* the last one is the paragraph's end, which the reader of the dump adds */
            index = add_break(&items, &c->breaks[i]);
        if (lines < c->chosen_count && c->chosen[lines] == i && i + 1 < c->break_count)
            chosen[lines++] = index;
    }
    *out = items.at;
    *item_count = items.count;
    *breaks = chosen;
    *break_count = lines;
    return KITE_OK;
}
