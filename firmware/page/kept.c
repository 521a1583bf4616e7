/* Pages as bytes: how maps hold them and how they are kept. */
#include "page/kept.h"

/* A page is its start point, then its flags and heights, what its spaces give, then the paragraphs that are set in another way.
 * A point is its paragraph, line and offset, a bit for notes that go on with its wish, and those notes. A wish is what it changes
 * about the number of lines, with a bit for lines that end in no divided word, and those lines. All are varints; signs go into
 * the lowest bit. */
#define SPREAD_MAX_F26 (1 << 24) /* more than any page is high */

static uint32_t folded(int32_t value)
{
    return value < 0 ? (uint32_t)(-(value + 1)) * 2 + 1 : (uint32_t)value * 2;
}

static int32_t unfolded(uint32_t value)
{
    return value & 1 ? -(int32_t)(value >> 1) - 1 : (int32_t)(value >> 1);
}

/* ---- writing ------------------------------------------------------------------------------------ */

/* A page is put together in room for the longest, as a map asks for thousands. */
#define POINT_BYTES_MAX 42 /* five numbers of 5 bytes and three notes; wishes name lines of 16 bits */
#define PLAN_BYTES_MAX (POINT_BYTES_MAX + 20 + KITE_VARIED_MAX * 12)
_Static_assert(1 + PLAN_BYTES_MAX + POINT_BYTES_MAX <= KITE_PAGE_KEPT_BYTES_MAX, "a kept page is longer than promised");

static uint8_t *put(uint8_t *at, uint32_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

static bool wants_whole(struct kite_text_wish wish)
{
    for (unsigned i = 0; i < KITE_WISH_WHOLE_MAX; i++)
        if (wish.whole[i] != 0)
            return true;
    return false;
}

/* A wish, with a bit of the caller's. */
static uint8_t *put_wish(uint8_t *at, struct kite_text_wish wish, bool bit)
{
    bool has_whole = wants_whole(wish);

    at = put(at, (folded(wish.lines_delta) * 2 + has_whole) * 2 + bit);
    for (unsigned i = 0; i < KITE_WISH_WHOLE_MAX && has_whole; i++)
        at = put(at, wish.whole[i]);
    return at;
}

static uint8_t *put_point(uint8_t *at, const struct kite_page_point *point)
{
    at = put(at, point->paragraph);
    at = put(at, point->line);
    at = put(at, point->offset_bytes);
    at = put_wish(at, point->wish, point->rest.notes[0] != 0);
    if (point->rest.notes[0] == 0)
        return at;
    at = put(at, point->rest.line);
    for (unsigned i = 0; i < KITE_REST_NOTES; i++)
        at = put(at, point->rest.notes[i]);
    return at;
}

enum kite_status kite_kept_add_point(struct kite_buffer *out, const struct kite_page_point *point)
{
    uint8_t bytes[POINT_BYTES_MAX];

    return kite_buffer_add(out, bytes, (size_t)(put_point(bytes, point) - bytes));
}

enum kite_status kite_kept_add_plan(struct kite_buffer *out, const struct kite_page_plan *plan)
{
    uint8_t bytes[PLAN_BYTES_MAX], *at = put_point(bytes, &plan->start);

    at = put(at, folded(plan->used_f26));
    at = put(at, (uint32_t)plan->notes_f26 * 2 + plan->is_section_end);
    at = put(at, folded(plan->spread_f26));
    if (plan->spread_f26 != 0)
        at = put(at, (uint32_t)plan->flexible_f26);
    for (unsigned i = 0; i < KITE_VARIED_MAX; i++) {
        at = put(at, plan->varied.paragraph[i] + 1); /* 0: none */
        if (plan->varied.paragraph[i] != UINT32_MAX)
            at = put_wish(at, plan->varied.wish[i], false);
    }
    return kite_buffer_add(out, bytes, (size_t)(at - bytes));
}

/* ---- reading ------------------------------------------------------------------------------------ */

static struct kite_text_wish take_wish(struct kite_bytes *in, bool *bit)
{
    uint32_t first = kite_take_varint(in);
    int32_t lines_delta = unfolded(first >> 2);
    struct kite_text_wish wish = { .lines_delta = (int8_t)lines_delta };

    in->failed = in->failed || lines_delta < -1 || lines_delta > 1;
    *bit = first & 1;
    for (unsigned i = 0; i < KITE_WISH_WHOLE_MAX && (first & 2); i++) {
        uint32_t line = kite_take_varint(in);

        in->failed = in->failed || line > UINT16_MAX;
        wish.whole[i] = (uint16_t)line;
    }
    return wish;
}

struct kite_page_point kite_kept_take_point(struct kite_bytes *in)
{
    struct kite_page_point point = { .paragraph = kite_take_varint(in) };

    point.line = kite_take_varint(in);
    point.offset_bytes = kite_take_varint(in);

    bool has_rest;

    point.wish = take_wish(in, &has_rest);
    if (has_rest) {
        point.rest.line = kite_take_varint(in);
        for (unsigned i = 0; i < KITE_REST_NOTES; i++)
            point.rest.notes[i] = kite_take_varint(in);
    }
    return point;
}

void kite_kept_take_plan(struct kite_bytes *in, struct kite_page_plan *plan)
{
    *plan = (struct kite_page_plan){ .start = kite_kept_take_point(in) };
    plan->used_f26 = unfolded(kite_take_varint(in));

    uint32_t notes = kite_take_varint(in);

    plan->is_section_end = notes & 1;
    plan->notes_f26 = (kite_f26)(notes >> 1);
    plan->spread_f26 = unfolded(kite_take_varint(in));
    plan->flexible_f26 = plan->spread_f26 == 0 ? 0 : (kite_f26)kite_take_varint(in);
    in->failed = in->failed || plan->flexible_f26 < 0 || plan->flexible_f26 > SPREAD_MAX_F26 ||
                 plan->spread_f26 > plan->flexible_f26 || plan->spread_f26 < -plan->flexible_f26;
    for (unsigned i = 0; i < KITE_VARIED_MAX; i++) {
        bool is_unused;

        plan->varied.paragraph[i] = kite_take_varint(in) - 1;
        if (plan->varied.paragraph[i] != UINT32_MAX)
            plan->varied.wish[i] = take_wish(in, &is_unused);
    }
}

static bool is_before(const struct kite_page_point *a, const struct kite_page_point *b)
{
    if (a->paragraph == b->paragraph && a->line == b->line) /* a page of nothing but the rest of notes */
        return a->rest.notes[0] != 0 && (a->rest.notes[0] != b->rest.notes[0] || a->rest.line < b->rest.line);
    return a->paragraph < b->paragraph || (a->paragraph == b->paragraph && a->line < b->line);
}

/* Are the notes that go on at a point notes of the document? */
static bool has_notes(const struct kite_document_info *info, const struct kite_page_point *point)
{
    for (unsigned i = 0; i < KITE_REST_NOTES; i++)
        if (point->rest.notes[i] > info->note_count)
            return false;
    return true;
}

bool kite_kept_may_be_page(const struct kite_document_info *info, const struct kite_page_plan *plan)
{
    return (is_before(&plan->start, &plan->end) || info->paragraph_count == 0) && has_notes(info, &plan->start) &&
           has_notes(info, &plan->end);
}

/* ---- a page alone ------------------------------------------------------------------------------ */

enum kite_status kite_page_plan_save(const struct kite_page_plan *plan, struct kite_buffer *out)
{
    enum kite_status status = kite_buffer_add_u8(out, KITE_KEPT_VERSION);

    if (status == KITE_OK)
        status = kite_kept_add_plan(out, plan);
    return status ? status : kite_kept_add_point(out, &plan->end);
}

enum kite_status kite_page_plan_load(const struct kite_document_info *info, const uint8_t *bytes, size_t count,
                                     struct kite_page_plan *out)
{
    struct kite_bytes in = { .at = bytes, .end = count > 0 ? bytes + count : bytes };

    if (kite_take_u8(&in) != KITE_KEPT_VERSION)
        return KITE_E_FORMAT;
    kite_kept_take_plan(&in, out);
    out->end = kite_kept_take_point(&in);
    if (in.failed || in.at != in.end || !kite_kept_may_be_page(info, out) || out->end.paragraph > info->paragraph_count)
        return KITE_E_FORMAT;
    return KITE_OK;
}
