/* Pictures of a letter and its transcript. */
#include "press/transcript.h"
#include "press/pdf.h"

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

size_t kite_transcript_inputs(const struct kite_press_input *inputs, size_t count, size_t first, bool is_asked)
{
    size_t end = first;

    while (end < count && kite_is_photo(&inputs[end]))
        end++;
    if (end == first) { /* a text, and pictures of its name behind it */
        for (end = first + 1; end < count && kite_is_photo(&inputs[end]) && is_named_alike(&inputs[end], &inputs[first]);)
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

enum kite_status kite_transcript_place(struct kite_draft *draft, const struct kite_draft_list *pictures)
{
    const struct kite_draft_paragraph *begin = draft->body.items;
    size_t at = draft->body.count > 0 && (begin->paragraph.role == KITE_ROLE_TITLE ||
                                          (begin->paragraph.role == KITE_ROLE_HEADING && begin->paragraph.depth == 1));
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < pictures->count && status == KITE_OK; i++)
        status = kite_draft_insert(draft, &draft->body, at + i, &pictures->items[i]);
    return status;
}
