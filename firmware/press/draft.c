/* Storage of a draft: paragraphs, metadata, links and pictures. */
#include "press/fonts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void kite_draft_init(struct kite_draft *draft, const struct kite_memory *mem)
{
    *draft = (struct kite_draft){ .mem = *mem };
    kite_arena_init(&draft->arena, *mem, 0);
}

void kite_draft_close(struct kite_draft *draft)
{
    kite_draft_fonts_drop(draft);
    kite_free(&draft->mem, draft->body.items);
    kite_free(&draft->mem, draft->notes.items);
    kite_free(&draft->mem, draft->picture_index);
    kite_arena_close(&draft->arena);
}

char *kite_draft_copy(struct kite_draft *draft, const char *text, size_t bytes)
{
    char *copy = kite_arena_alloc(&draft->arena, bytes + 1, 1);

    if (!copy)
        return NULL;
    if (bytes > 0)
        memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    return copy;
}

enum kite_status kite_draft_insert(struct kite_draft *draft, struct kite_draft_list *list, size_t at,
                                   const struct kite_draft_paragraph *paragraph)
{
    void *items = list->items;
    enum kite_status status =
        kite_grow(&draft->mem, &items, &list->capacity, list->count + 1, sizeof *list->items);

    list->items = items;
    if (status)
        return kite_fail(draft->fault, status, "no memory for a paragraph");
    memmove(list->items + at + 1, list->items + at, (list->count - at) * sizeof *list->items);
    list->items[at] = *paragraph;
    list->count++;
    return KITE_OK;
}

enum kite_status kite_draft_add(struct kite_draft *draft, struct kite_draft_list *list,
                                const struct kite_draft_paragraph *paragraph)
{
    return kite_draft_insert(draft, list, list->count, paragraph);
}

int kite_shown_bytes(const char *text, size_t bytes, size_t most)
{
    size_t count = bytes < most ? bytes : most;

    while (count > 0 && count < bytes && ((uint8_t)text[count] & 0xc0) == 0x80)
        count--;
    return (int)count;
}

void kite_draft_note(const struct kite_draft *draft, enum kite_press_note_kind kind, uint32_t line,
                     const char *format, ...)
{
    struct kite_fault sentence = { "" };
    char text[sizeof sentence.text];
    va_list args;

    if (!draft->report || !draft->report->note)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    kite_fail(&sentence, KITE_OK, "%s", text); /* printable, cut at a character */
    draft->report->note(draft->report->ctx, kind, draft->input ? draft->input->name : NULL, line, sentence.text);
}

/* ---- metadata --------------------------------------------------------------------------------------- */

enum kite_status kite_draft_meta(struct kite_draft *draft, enum kite_meta meta, const char *text, size_t bytes)
{
    struct kite_text plain;
    enum kite_status status = kite_draft_plain_text(draft, text, bytes, &plain);
    size_t count = plain.text_bytes;

    if (status || count == 0)
        return status;
    if (count > KITE_STRING_BYTES_MAX) {
        for (count = KITE_STRING_BYTES_MAX; ((uint8_t)plain.text[count] & 0xc0) == 0x80;)
            count--;
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "the %s is cut to %u bytes", kite_meta_text(meta),
                        (unsigned)count);
    }
    draft->metas[meta] = kite_draft_copy(draft, plain.text, count);
    return draft->metas[meta] ? KITE_OK : kite_fail(draft->fault, KITE_E_NOMEM, "no memory for the %s",
                                                    kite_meta_text(meta));
}

enum kite_role kite_role_from_text(const char *text, size_t bytes)
{
    for (unsigned role = 0; role < KITE_ROLE_COUNT; role++) {
        const char *word = kite_role_text((enum kite_role)role);

        if (strlen(word) == bytes && memcmp(word, text, bytes) == 0)
            return (enum kite_role)role;
    }
    return KITE_ROLE_COUNT;
}

/* ---- links ------------------------------------------------------------------------------------------ */

enum kite_status kite_draft_anchor_add(struct kite_draft *draft, const char *name, size_t bytes,
                                       const struct kite_draft_anchor **anchors)
{
    struct kite_draft_anchor *anchor = kite_arena_alloc(&draft->arena, 1, sizeof *anchor);
    char *copy = kite_draft_copy(draft, name, bytes);

    if (!anchor || !copy)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a name");
    *anchor = (struct kite_draft_anchor){ copy, *anchors };
    *anchors = anchor;
    return KITE_OK;
}

/* What can be stored: text without control characters. */
static bool is_fit(const char *address, size_t bytes)
{
    if (bytes < 1 || bytes > KITE_STRING_BYTES_MAX || !kite_utf8_is_valid(address, bytes))
        return false;
    for (size_t i = 0; i < bytes; i++)
        if ((uint8_t)address[i] < 0x20 || address[i] == 0x7f)
            return false;
    return true;
}

enum kite_status kite_draft_link(struct kite_draft *draft, const char *address, size_t bytes, uint32_t *link)
{
    uint32_t number;

    *link = 0;
    while (bytes > 0 && *address == ' ') {
        address++;
        bytes--;
    }
    while (bytes > 0 && address[bytes - 1] == ' ')
        bytes--;
    if (!is_fit(address, bytes))
        return KITE_OK;
    if (kite_names_add(&draft->links, &draft->arena, address, bytes, &number, NULL) != KITE_OK)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a link");
    *link = number + 1;
    return KITE_OK;
}
