/* Fonts that a page's style sheets name: in the page itself, or beside it. */
#include "press/fonts.h"
#include "press/html.h"
#include "press/pictures.h"

#include <string.h>

/* The address that begins at `at` and ends with the parenthesis; NULL: none that is whole. */
static char *address_of(struct kite_draft *draft, const char *at, const char *end)
{
    const char *shut = memchr(at, ')', (size_t)(end - at));

    while (shut && at < shut && strchr(" \t\n\"'", *at))
        at++;
    while (shut && shut > at && strchr(" \t\n\"'", shut[-1]))
        shut--;
    return shut ? kite_draft_copy(draft, at, (size_t)(shut - at)) : NULL;
}

static enum kite_status read_font(struct kite_draft *draft, const char *address)
{
    const struct kite_press_input *input = draft->input;
    struct kite_buffer data = { .mem = draft->mem };
    bool is_within = kite_is_data_uri(address);
    enum kite_status status = is_within ? kite_data_uri_bytes(address, &data) : input->fetch ? input->fetch(input->ctx, address, &data.bytes, &data.count) : KITE_E_IO;

    if (status == KITE_OK)
        return kite_draft_font_add(draft, is_within ? "of the page" : address, data.bytes, data.count);
    kite_buffer_close(&data);
    if (status != KITE_E_NOMEM)
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "the font %.60s cannot be had: %s", is_within ? "of the page" : address, kite_status_text(status));
    return status == KITE_E_NOMEM ? status : KITE_OK;
}

/* All addresses of each @font-face; of the same font in several forms, the one that can be read is chosen later. */
static enum kite_status read_sheet(struct kite_draft *draft, const char *sheet, const char *end, unsigned *count)
{
    enum kite_status status = KITE_OK;

    for (const char *at = sheet; status == KITE_OK && (at = strstr(at, "@font-face")) != NULL; at++) {
        const char *shut = memchr(at, '}', (size_t)(end - at)), *url = at;

        shut = shut ? shut : end;
        while (status == KITE_OK && (url = strstr(url, "url(")) != NULL && url < shut && *count < KITE_FONT_FILES_MAX) {
            char *address = address_of(draft, url + 4, shut);

            (*count)++;
            url += 4;
            status = address ? read_font(draft, address) : KITE_OK;
        }
    }
    return status;
}

enum kite_status kite_html_read_fonts(struct kite_draft *draft, const struct kite_node *root)
{
    enum kite_status status = KITE_OK;
    unsigned count = 0;

    if (!kite_draft_lacks_fonts(draft))
        return KITE_OK;
    for (const struct kite_node *node = root->first; node && status == KITE_OK; node = kite_node_step(node, root, true)) {
        if (kite_node_is(node, "style") && node->first && node->first->text)
            status = read_sheet(draft, node->first->text, node->first->text + node->first->text_bytes, &count);
    }
    return status;
}
