/* Small screens: a question, a mishap, and the way to the help. */
#include "reader/views.h"

#include <stdio.h>
#include <string.h>

/* ---- a question before something is lost ----------------------------------------------------- */

static enum kite_status sure_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    text_copy(r->sure.question, out, out_bytes);
    return KITE_OK;
}

static enum kite_status sure_head(struct kite_reader *r, struct row *out)
{
    text_copy(say(r, r->sure.yes), out->label, sizeof out->label);
    return KITE_OK;
}

/* The harmless answer stands first. */
static enum kite_status sure_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    text_copy(say(r, index == 0 ? MESSAGE_CANCEL : r->sure.yes), out->label, sizeof out->label);
    out->icon = index == 0 ? ICON_BACK : ICON_REMOVE;
    return KITE_OK;
}

static enum kite_status sure_chosen(struct kite_reader *r, uint32_t index)
{
    view_close(r);
    return index == 1 ? r->sure.act(r) : KITE_OK;
}

const struct view view_sure = { .name = "sure",
                                .title = MESSAGE_REMOVE,
                                .intent = KITE_INTENT_INTERFACE,
                                .has_icons = true,
                                .head = sure_head,
                                .intro = sure_intro,
                                .row_count = 2,
                                .row = sure_row,
                                .chosen = sure_chosen };

/* ---- something went wrong -------------------------------------------------------------------- */

static enum kite_status wrong_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    text_copy(r->wrong, out, out_bytes);
    text_add(".\n", out, out_bytes);
    text_add(say(r, MESSAGE_WRONG_HOW), out, out_bytes);
    return KITE_OK;
}

const struct view view_wrong = { .name = "wrong",
                                 .title = MESSAGE_SOMETHING_WRONG,
                                 .intent = KITE_INTENT_INTERFACE,
                                 .has_icons = true,
                                 .intro = wrong_intro,
                                 .row_count = 1,
                                 .row = ok_row,
                                 .chosen = ok_chosen };

/* ---- help: the guide among the texts --------------------------------------------------------- */

struct guide {
    int64_t text; /* best so far */
    kite_lang lang;
};

static enum kite_status take_guide(void *ctx, const struct kite_entry *entry)
{
    struct guide *guide = ctx;

    if (guide->text == 0 || kite_lang_primary(entry->lang) == guide->lang)
        guide->text = entry->text;
    return KITE_OK;
}

enum kite_status help_open(struct kite_reader *r, int64_t about)
{
    struct guide guide = { .lang = kite_lang_primary(r->catalogue->lang) };
    struct kite_query query = { .shelf = HELP_SHELF };
    enum kite_status status = shelf_close(r);

    (void)about;
    if (status == KITE_OK)
        status = kite_library_list(r->library, &query, 0, UINT32_MAX, &guide, take_guide, &r->fault);
    if (status == KITE_OK && guide.text == 0)
        return kite_fail(&r->fault, KITE_E_RANGE, "%s", say(r, MESSAGE_NO_HELP));
    return status ? status : open_text(r, guide.text, NULL);
}
