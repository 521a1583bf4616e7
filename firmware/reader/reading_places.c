/* Where things stand: chapters of a text, characters and stretches of the page in front, and words
 * for lists. */
#include "reader/reading.h"

#include <string.h>

#define ELLIPSIS "\xE2\x80\xA6"

/* Look for the entry of a paragraph and where the next one begins. False: the bundle
 * does not tell. */
static bool look_up_entry(struct reading *reading, uint32_t paragraph, struct entry_kept *kept)
{
    struct kite_contents_entry *entry = &kept->entry;
    uint32_t low = 0, high = reading->info.contents_count;

    *kept = (struct entry_kept){ .end = UINT32_MAX };
    while (low < high) { /* the first entry behind the paragraph */
        uint32_t middle = low + (high - low) / 2;

        if (kite_bundle_contents(reading->bundle, reading->document, middle, entry, NULL) !=
            KITE_OK)
            return false;
        if (entry->paragraph <= paragraph) {
            low = middle + 1;
        } else {
            high = middle;
            kept->end = entry->paragraph;
        }
    }
    if (low == 0)
        return true;
    if (kite_bundle_contents(reading->bundle, reading->document, low - 1, entry, NULL) != KITE_OK)
        return false;
    kept->is_there = true;
    kept->index = low - 1;
    kept->first = entry->paragraph;
    memcpy(kept->title, entry->title, strlen(entry->title) + 1); /* KITE_STRING_BYTES_MAX at most */
    entry->title = kept->title;
    return true;
}

bool reading_entry(struct reading *reading, uint32_t paragraph, uint32_t *index,
                   struct kite_contents_entry *out)
{
    struct entry_kept *kept = &reading->kept_entry;

    if ((paragraph < kept->first || paragraph >= kept->end) &&
        !look_up_entry(reading, paragraph, kept)) {
        kept->end = 0;
        return false;
    }
    *index = kept->index;
    *out = kept->entry;
    return kept->is_there;
}

bool reading_place_at(const struct reading *reading, int32_t x, int32_t y, struct kite_place *out)
{
    const struct kite_page *page = &reading->now.page;

    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_page_line *line = &page->lines[i];
        const struct kite_rect *box = &line->box;

        if (y < box->y || y >= box->y + box->height || x < box->x || x >= box->x + box->width)
            continue;

        kite_f26 nearest = INT32_MAX;

        *out = (struct kite_place){ reading->document, line->paragraph, line->start_bytes };
        for (uint32_t g = line->first_glyph; g < line->first_glyph + line->glyph_count; g++) {
            kite_f26 before = kite_f26_from_px(x) -
                              page->glyphs[g].x; /* the glyph that starts last before the point */

            if (before >= 0 && before < nearest) {
                nearest = before;
                out->offset_bytes = page->glyphs[g].offset_bytes;
            }
        }
        return true;
    }
    return false;
}

/* Bytes [*from, *to) of the line's own text that lie within the stretch. */
static bool overlap(const struct kite_page_line *line, const struct kite_place *start,
                    const struct kite_place *end, uint32_t *from, uint32_t *to)
{
    if (line->paragraph < start->paragraph || line->paragraph > end->paragraph)
        return false;
    *from = line->paragraph == start->paragraph && start->offset_bytes > line->start_bytes
                ? start->offset_bytes
                : line->start_bytes;
    *to = line->end_bytes > line->start_bytes ? line->end_bytes
                                              : line->start_bytes + 1; /* only a column's name */
    if (line->paragraph == end->paragraph && end->offset_bytes < *to)
        *to = end->offset_bytes;
    return *from < *to;
}

struct kite_rect reading_line_part(const struct reading *reading, size_t index,
                                   const struct kite_place *start, const struct kite_place *end)
{
    const struct kite_page *page = &reading->now.page;
    const struct kite_page_line *line = &page->lines[index];
    kite_f26 left = INT32_MAX, right = INT32_MIN, behind = INT32_MAX;
    uint32_t from, to;

    if (!overlap(line, start, end, &from, &to))
        return (struct kite_rect){ 0 };
    for (uint32_t g = line->first_glyph; g < line->first_glyph + line->glyph_count; g++) {
        const struct kite_glyph *glyph = &page->glyphs[g];
        bool is_in = glyph->offset_bytes >= from && glyph->offset_bytes < to;

        if (is_in && glyph->x < left)
            left = glyph->x;
        if (is_in && glyph->x > right)
            right = glyph->x;
    }
    for (uint32_t g = line->first_glyph; g < line->first_glyph + line->glyph_count; g++)
        if (page->glyphs[g].x > right && page->glyphs[g].x < behind)
            behind = page->glyphs[g].x; /* the stretch ends where the next glyph starts */
    if (left > right)
        return (struct kite_rect){ 0 };
    if (behind == INT32_MAX)
        behind = line->right_f26;

    int32_t x = kite_f26_floor_px(left);

    return (struct kite_rect){ x, line->box.y, kite_f26_round_px(behind) - x, line->box.height };
}

/* Control characters and note marks become spaces, soft hyphens go; no two spaces follow each
 * other. Cut at a word, with an ellipsis. */
void excerpt_copy(const char *text, size_t bytes, char *out, size_t out_bytes)
{
    size_t used = 0, word_end = 0,
           room = out_bytes > sizeof ELLIPSIS ? out_bytes - sizeof ELLIPSIS : 0;
    bool is_cut = false;

    for (size_t i = 0; i < bytes && !is_cut;) {
        size_t one;
        uint32_t c = kite_utf8_decode(text + i, bytes - i, &one);
        bool is_space = c <= ' ' || c == 0xFFFC;

        is_cut = used + one > room;
        if (is_cut)
            break;
        if (is_space && used > 0 && out[used - 1] != ' ') {
            word_end = used;
            out[used++] = ' ';
        } else if (!is_space && c != 0xAD) {
            for (size_t k = 0; k < one; k++)
                out[used++] = text[i + k];
        }
        i += one;
        if (i == bytes)
            word_end = used;
    }
    used = word_end > 0 ? word_end : used;
    out[used] = '\0';
    if (is_cut && out_bytes - used >= sizeof ELLIPSIS)
        memcpy(out + used, ELLIPSIS, sizeof ELLIPSIS);
}

enum kite_status reading_excerpt(struct reading *reading, const struct kite_place *at, char *out,
                                 size_t out_bytes, struct kite_fault *fault)
{
    struct kite_arena arena;
    struct kite_paragraph p;
    enum kite_status status;

    kite_arena_init(&arena, reading->mem, 0);
    status =
        kite_bundle_paragraph(reading->bundle, reading->document, at->paragraph, &arena, &p, fault);
    out[0] = '\0';
    if (status == KITE_OK && at->offset_bytes < p.text.text_bytes)
        excerpt_copy(p.text.text + at->offset_bytes, p.text.text_bytes - at->offset_bytes, out,
                     out_bytes);
    kite_arena_close(&arena);
    return status;
}
