/* Pages of what a text was made from: kept by their letters while the text is worked on, and told to the writer by their bytes. */
#include "press/originals.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static bool is_letter(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

uint32_t kite_count_letters(const char *text, size_t bytes)
{
    uint32_t letters = 0;

    for (size_t i = 0, used; i < bytes; i += used)
        letters += is_letter(kite_utf8_decode(text + i, bytes - i, &used));
    return letters;
}

/* The offset of the letter behind so many; false when there are no more than these, and *letters is what is left of them. */
static bool find_letter(const struct kite_text *text, uint32_t *letters, uint32_t *offset)
{
    for (size_t i = 0, used; i < text->text_bytes; i += used) {
        if (!is_letter(kite_utf8_decode(text->text + i, text->text_bytes - i, &used)))
            continue;
        *offset = (uint32_t)i;
        if ((*letters)-- == 0)
            return true;
    }
    return false;
}

enum kite_status kite_draft_page_add(struct kite_draft *draft, const struct kite_draft_page *page, struct kite_draft_page **pages)
{
    struct kite_draft_page *copy = kite_arena_alloc(&draft->arena, 1, sizeof *copy), **end = pages;
    size_t bytes = strlen(page->label);
    struct kite_text label;
    enum kite_status status = kite_draft_plain_text(draft, page->label, bytes < KITE_STRING_BYTES_MAX / 4 ? bytes : 0, &label);

    if (status)
        return status;
    if (!copy)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a page");
    *copy = *page;
    copy->label = label.text;
    copy->next = NULL;
    while (*end)
        end = &(*end)->next;
    *end = copy;
    return KITE_OK;
}

/* ---- to the writer ---------------------------------------------------------------------------------------------------- */

/* Where a page of paragraph `at` begins. One behind all letters of its paragraph begins with the next. */
static struct kite_place place_of(const struct kite_draft *draft, size_t at, uint32_t letters)
{
    const struct kite_draft_list *body = &draft->body;
    struct kite_place place = { 0, (uint32_t)at, 0 };

    if (letters == 0)
        return place;
    while (!find_letter(&body->items[at].paragraph.text, &letters, &place.offset_bytes)) {
        place.offset_bytes = (uint32_t)body->items[at].paragraph.text.text_bytes;
        if (at + 1 == body->count)
            return place;
        place = (struct kite_place){ 0, (uint32_t)++at, 0 };
        if (!body->items[at].paragraph.is_continued)
            return place;
    }
    return place;
}

static bool is_behind(const struct kite_place *a, const struct kite_place *b)
{
    return a->paragraph != b->paragraph ? a->paragraph > b->paragraph : a->offset_bytes > b->offset_bytes;
}

enum kite_status kite_draft_write_originals(const struct kite_draft *draft)
{
    struct kite_original original = { 0 };
    enum kite_status status = KITE_OK;
    bool is_any = false;

    for (size_t i = 0; i < draft->body.count; i++) {
        for (const struct kite_draft_page *page = draft->body.items[i].pages; page && status == KITE_OK; page = page->next) {
            struct kite_place place = place_of(draft, i, page->letters);

            original.place = is_any && is_behind(&original.place, &place) ? original.place : place;
            original.picture = page->picture;
            original.label = page->label;
            status = kite_writer_original(draft->writer, &original, draft->fault);
            is_any = true;
        }
    }
    return status == KITE_OK && is_any && draft->opens_originals ? kite_writer_opens_originals(draft->writer, draft->fault) : status;
}

/* ---- as text ------------------------------------------------------------------------------------------------------------ */

/* A word of a line, and the spaces behind it. */
static const char *take_word(struct kite_draft *draft, const char **at, const char *end)
{
    const char *start = *at;

    while (*at < end && **at != ' ')
        ++*at;

    char *word = kite_draft_copy(draft, start, (size_t)(*at - start));

    while (*at < end && **at == ' ')
        ++*at;
    return word;
}

static bool take_number(struct kite_draft *draft, const char **at, const char *end, uint32_t *out)
{
    const char *word = take_word(draft, at, end);
    size_t digits = word ? strspn(word, "0123456789") : 0;

    if (digits == 0 || digits > 9 || word[digits])
        return false;
    *out = (uint32_t)strtoul(word, NULL, 10);
    return true;
}

static uint32_t next_picture(const struct kite_draft *draft, size_t at)
{
    while (at < draft->body.count && draft->body.items[at].paragraph.role != KITE_ROLE_PICTURE)
        at++;
    return at < draft->body.count ? draft->body.items[at].paragraph.picture : KITE_NO_PICTURE;
}

static enum kite_status read_line(struct kite_draft *draft, const char *at, const char *end, uint32_t line)
{
    struct kite_draft_page page = { .picture = KITE_NO_PICTURE };
    uint32_t paragraph = 0;
    bool is_sane = take_number(draft, &at, end, &paragraph) && take_number(draft, &at, end, &page.letters);
    const char *reference = take_word(draft, &at, end);
    enum kite_status status = KITE_OK;

    page.label = kite_draft_copy(draft, at, (size_t)(end - at));
    if (!reference || !page.label)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a page");
    if (!is_sane || paragraph >= draft->body.count || !*reference) {
        kite_draft_note(draft, KITE_PRESS_WARNING, line, "this line of pages makes no sense, and is left out");
        return KITE_OK;
    }
    if (strcmp(reference, "=") == 0)
        page.picture = next_picture(draft, paragraph);
    else if (strcmp(reference, "-") != 0)
        status = kite_draft_picture(draft, reference, line, &page.picture);
    if (status == KITE_DONE) /* the report says why */
        page.picture = KITE_NO_PICTURE;
    return status == KITE_OK || status == KITE_DONE ? kite_draft_page_add(draft, &page, &draft->body.items[paragraph].pages) : status;
}

enum kite_status kite_originals_read(struct kite_draft *draft, const char *lines, size_t bytes, uint32_t line)
{
    enum kite_status status = KITE_OK;

    for (size_t at = 0; at < bytes && status == KITE_OK; line++) {
        const char *end = memchr(lines + at, '\n', bytes - at);
        size_t count = end ? (size_t)(end - lines) - at : bytes - at;

        if (count > 0)
            status = read_line(draft, lines + at, lines + at + count, line);
        at += count + 1;
    }
    return status;
}

static bool is_next_picture(const struct kite_text_out *w, size_t at, uint32_t picture)
{
    while (at < w->count && w->paragraphs[at].role != KITE_ROLE_PICTURE)
        at++;
    return at < w->count && w->paragraphs[at].picture == picture;
}

static void print_page(struct kite_text_out *w, const struct kite_original *page, uint32_t paragraph, uint32_t letters,
                       enum kite_status (*picture)(struct kite_text_out *w, uint32_t index))
{
    kite_text_out_number(w, paragraph);
    kite_text_out_add(w, " ");
    kite_text_out_number(w, letters);
    kite_text_out_add(w, " ");
    if (page->picture == KITE_NO_PICTURE)
        kite_text_out_add(w, "-");
    else if (is_next_picture(w, paragraph, page->picture))
        kite_text_out_add(w, "=");
    else if (w->status == KITE_OK)
        w->status = picture(w, page->picture);
    kite_text_out_add(w, page->label[0] ? " " : "");
    kite_text_out_add(w, page->label);
    kite_text_out_add(w, "\n");
}

void kite_originals_print(struct kite_text_out *w, enum kite_status (*picture)(struct kite_text_out *w, uint32_t index))
{
    struct kite_document_info info;
    struct kite_original page;

    if (kite_bundle_document(w->bundle, w->document, &info) != KITE_OK || info.original_count == 0)
        return;
    kite_text_out_add(w, info.opens_originals ? "\n```pages first\n" : "\n```pages\n");
    for (uint32_t i = 0; kite_bundle_original(w->bundle, w->document, i, &page) == KITE_OK && w->status == KITE_OK; i++) {
        const struct kite_text_part *part = &w->parts[page.place.paragraph];
        const struct kite_text *text = &w->paragraphs[part->whole].text;
        size_t bytes = part->offset_bytes + page.place.offset_bytes;

        print_page(w, &page, part->whole, kite_count_letters(text->text, bytes < text->text_bytes ? bytes : text->text_bytes), picture);
    }
    kite_text_out_add(w, "```\n");
}
