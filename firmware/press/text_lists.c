/* Lists on their way back to Markdown, where indents and empty lines say depth and tightness. */
#include "press/text_out.h"

#include <string.h>

#define ORDINAL_MAX 99999999u

struct level {
    bool is_tight;
    uint32_t ordinal; /* of the item before, 0: bullets */
    uint32_t parts;   /* items and what stands in them: empty lines show between two */
    uint32_t indent;  /* of the items' text */
};

static bool is_item(const struct kite_paragraph *p)
{
    return p->role == KITE_ROLE_ITEM || p->role == KITE_ROLE_ITEM_MORE;
}

/* Does the item go on with the list at its depth? */
static bool goes_on(const struct level *level, const struct kite_paragraph *p)
{
    return level->is_tight == p->is_tight &&
           (level->ordinal ? p->ordinal == level->ordinal + 1 : p->ordinal == 0);
}

/* A loose list of one part cannot be told from a tight one. */
static bool shows_tightness(const struct level *level)
{
    return level->is_tight || level->parts >= 2;
}

/* Take the next paragraph of a list into the levels. False: it cannot stand there. */
static bool take(struct level *levels, uint32_t *depth, const struct kite_paragraph *p)
{
    uint32_t want = p->depth;

    if (p->text.text_bytes == 0 || want < 1 || want > *depth + (p->role == KITE_ROLE_ITEM) || p->ordinal > ORDINAL_MAX)
        return false;
    for (; *depth > want; --*depth)
        if (!shows_tightness(&levels[*depth]))
            return false;
    if (p->role == KITE_ROLE_ITEM_MORE) {
        levels[want].parts++;
        return !levels[want].is_tight && !p->is_tight;
    }
    if (want == *depth && !goes_on(&levels[want], p))
        return false;
    if (want > *depth) {
        if (*depth > 0 && levels[*depth].is_tight && p->ordinal > 1)
            return false; /* without an empty line it would be text */
        levels[*depth].parts++;
        levels[++*depth] = (struct level){ .is_tight = p->is_tight };
    }
    levels[want].ordinal = p->ordinal;
    levels[want].parts++;
    return true;
}

/* How many paragraphs from `at` on make one list, 0 when some of them cannot be written as such; then *known_to
 * is the first that was not looked at. */
static size_t list_count(const struct kite_text_out *w, size_t at, size_t *known_to)
{
    struct level levels[KITE_DEPTH_MAX + 2] = { { 0 } };
    uint32_t depth = 0;
    size_t end = at;

    for (; end < w->count && is_item(&w->paragraphs[end]); end++) {
        const struct kite_paragraph *p = &w->paragraphs[end];

        if (p->quote_depth < w->paragraphs[at].quote_depth ||
            (p->role == KITE_ROLE_ITEM && p->quote_depth > w->paragraphs[at].quote_depth))
            break;
        if (end > at && p->depth == 1 && p->role == KITE_ROLE_ITEM && !goes_on(&levels[1], p))
            break; /* the next list */
        if (!take(levels, &depth, p)) {
            *known_to = end + 1;
            return 0;
        }
    }
    *known_to = end;
    for (; depth > 0; depth--)
        if (!shows_tightness(&levels[depth]))
            return 0;
    return end - at;
}

static void add_indent(struct kite_text_out *w, uint32_t spaces)
{
    while (spaces-- > 0 && w->status == KITE_OK)
        w->status = kite_buffer_add(&w->prefix, " ", 1);
}

/* Width of the mark, which is written. */
static uint32_t write_mark(struct kite_text_out *w, const struct kite_paragraph *p)
{
    size_t before = w->out.count;

    if (p->ordinal) {
        kite_text_out_number(w, p->ordinal);
        kite_text_out_add(w, w->is_list_mark_odd ? ") " : ". ");
    } else {
        kite_text_out_add(w, w->is_list_mark_odd ? "* " : "- ");
    }
    return (uint32_t)(w->out.count - before);
}

/* The looseness between this paragraph and the one before it. */
static bool has_empty_line(const struct kite_paragraph *before, const struct kite_paragraph *p,
                           const struct level *levels)
{
    uint32_t shared = p->role == KITE_ROLE_ITEM && p->depth > before->depth ? before->depth : p->depth;

    return !levels[shared].is_tight;
}

/* list_quotes: how many the list itself stands in, whose marks take quote_bytes of the prefix. */
static void write_part(struct kite_text_out *w, size_t at, bool is_first, struct level *levels, size_t quote_bytes, uint8_t list_quotes)
{
    const struct kite_paragraph *p = &w->paragraphs[at];
    uint32_t outer = p->role == KITE_ROLE_ITEM ? levels[p->depth - 1].indent : levels[p->depth].indent;

    if (!is_first) {
        w->prefix.count = quote_bytes;
        if (has_empty_line(&w->paragraphs[at - 1], p, levels)) {
            kite_text_out_bytes(w, (const char *)w->prefix.bytes, w->prefix.count);
            kite_text_out_add(w, "\n");
        }
    }
    w->prefix.count = quote_bytes;
    add_indent(w, outer);
    for (uint8_t i = list_quotes; i < p->quote_depth && w->status == KITE_OK; i++)
        w->status = kite_buffer_add_text(&w->prefix, "> ");
    kite_text_out_bytes(w, (const char *)w->prefix.bytes, w->prefix.count);
    if (p->role == KITE_ROLE_ITEM) {
        uint32_t width = write_mark(w, p);

        levels[p->depth].is_tight = p->is_tight;
        levels[p->depth].indent = outer + width;
        add_indent(w, width);
    }
    kite_text_out_inline(w, &p->text, 0, p->text.text_bytes, KITE_INLINE_PARAGRAPH);
    kite_text_out_add(w, "\n");
}

size_t kite_text_out_list(struct kite_text_out *w, size_t at)
{
    struct level levels[KITE_DEPTH_MAX + 2] = { { 0 } };
    size_t count = at < w->items_to ? 0 : list_count(w, at, &w->items_to), quote_bytes = w->prefix.count;

    for (size_t i = 0; i < count && w->status == KITE_OK; i++)
        write_part(w, at + i, i == 0, levels, quote_bytes, w->paragraphs[at].quote_depth);
    w->prefix.count = quote_bytes;
    w->is_list_mark_odd = count > 0 ? !w->is_list_mark_odd : w->is_list_mark_odd;
    return count;
}
