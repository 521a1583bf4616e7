/* Pictures of a letter and its transcript. */
#include "press/transcript.h"

#include "press/pdf.h"
#include "press/webp.h"

#include <string.h>

/* Bytes of a name up to its ending. */
static size_t stem_bytes(const char *name)
{
    const char *slash = strrchr(name, '/'), *dot = strrchr(slash ? slash : name, '.');

    return dot ? (size_t)(dot - name) : strlen(name);
}

/* "letter" or "letter-2" beside "letter". */
static bool is_named_alike(const struct kite_press_input *picture, const struct kite_press_input *text)
{
    size_t own, of_text;

    if (!picture->name || !text->name)
        return false;
    own = stem_bytes(picture->name);
    of_text = stem_bytes(text->name);
    if (own < of_text || memcmp(picture->name, text->name, of_text) != 0)
        return false;
    if (own == of_text)
        return true;
    if (!strchr("-_ ", picture->name[of_text]) || own == of_text + 1)
        return false;
    for (size_t i = of_text + 1; i < own; i++) {
        if (picture->name[i] < '0' || picture->name[i] > '9')
            return false;
    }
    return true;
}

static bool is_picture(const struct kite_press_input *input)
{
    return kite_is_photo(input) || kite_is_webp(input);
}

size_t kite_transcript_inputs(const struct kite_press_input *inputs, size_t count, size_t first, bool is_asked)
{
    size_t end = first;

    while (end < count && is_picture(&inputs[end]))
        end++;
    if (end == first) { /* a text, and pictures of its name behind it */
        for (end = first + 1; end < count && is_picture(&inputs[end]) && is_named_alike(&inputs[end], &inputs[first]);)
            end++;
        return end - first;
    }
    if (end == count)
        return 1;
    for (size_t i = first; i < end && !is_asked; i++) {
        if (!is_named_alike(&inputs[i], &inputs[end]))
            return 1;
    }
    return end + 1 - first;
}

static size_t count_rules(const struct kite_draft *draft)
{
    size_t count = 0;

    for (size_t i = 0; i < draft->body.count; i++)
        count += draft->body.items[i].paragraph.role == KITE_ROLE_RULE;
    return count;
}

/* Takes every picture's page to the paragraph behind as many breaks of thought. */
static enum kite_status place_by_rules(struct kite_draft *draft, const struct kite_draft_page *const *sheets, size_t count)
{
    size_t sheet = 0;
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < draft->body.count && sheet < count && status == KITE_OK; i++) {
        if (i == 0 || draft->body.items[i].paragraph.role == KITE_ROLE_RULE)
            status = kite_draft_page_add(draft, sheets[sheet++], &draft->body.items[i].pages);
    }
    return status;
}

/* To the paragraph that begins nearest to its share of all letters. */
static enum kite_status place_by_length(struct kite_draft *draft, const struct kite_draft_page *const *sheets, size_t count)
{
    uint64_t all = 0, before = 0;
    size_t sheet = 0;
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < draft->body.count; i++)
        all += draft->body.items[i].paragraph.text.text_bytes;
    for (size_t i = 0; i < draft->body.count && status == KITE_OK; i++) {
        uint64_t bytes = draft->body.items[i].paragraph.text.text_bytes;
        bool is_last = i + 1 == draft->body.count;

        while (sheet < count && status == KITE_OK && (is_last || sheet * all * 2 < (2 * before + bytes) * count || sheet == 0))
            status = kite_draft_page_add(draft, sheets[sheet++], &draft->body.items[i].pages);
        before += bytes;
    }
    return status;
}

enum kite_status kite_transcript_place(struct kite_draft *draft, const struct kite_draft_list *pictures)
{
    const struct kite_draft_page **sheets = kite_arena_alloc(&draft->arena, pictures->count + 1, sizeof *sheets);
    size_t count = 0;

    if (!sheets)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for the sheets of a letter");
    for (size_t i = 0; i < pictures->count; i++) {
        if (pictures->items[i].pages)
            sheets[count++] = pictures->items[i].pages;
    }
    if (count == 0)
        return KITE_OK;
    draft->opens_originals = false;
    if (count == 1 || count_rules(draft) + 1 == count)
        return place_by_rules(draft, sheets, count);
    kite_draft_note(draft, KITE_PRESS_NOTE, 0,
                    "guessed: where each of the %u sheets begins in the text, by its length; a line of three stars between two sheets says it",
                    (unsigned)count);
    return place_by_length(draft, sheets, count);
}
