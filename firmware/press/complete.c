/* From what an importer read to a whole document: what the front matter adds, the language, the title. */
#include "press/draft.h"

#include <string.h>
#include <utf8proc.h>

#define DETECT_BYTES 16000u

/* ---- front matter's paragraphs ---------------------------------------------------------------------- */

static bool has_role(const struct kite_draft *draft, enum kite_role role)
{
    for (size_t i = 0; i < draft->body.count; i++)
        if (draft->body.items[i].paragraph.role == role)
            return true;
    return false;
}

static bool is_text(const struct kite_text *text, const char *string)
{
    return text->text_bytes == strlen(string) && memcmp(text->text, string, text->text_bytes) == 0;
}

/* A paragraph of this role at *at, unless there is one; the one at *at that says the same takes the role. */
static enum kite_status insert(struct kite_draft *draft, enum kite_role role, const char *text, size_t *at)
{
    struct kite_draft_paragraph p = { .has_role = true }, *there;
    enum kite_status status;

    if (!text || has_role(draft, role))
        return KITE_OK;
    there = *at < draft->body.count ? &draft->body.items[*at] : NULL;
    if (there && !there->has_role && there->paragraph.role == KITE_ROLE_PARAGRAPH &&
        is_text(&there->paragraph.text, text)) {
        there->paragraph.role = role;
        there->has_role = true;
        (*at)++;
        return KITE_OK;
    }
    p.paragraph.role = role;
    status = kite_draft_plain_text(draft, text, strlen(text), &p.paragraph.text);
    return status ? status : kite_draft_insert(draft, &draft->body, (*at)++, &p);
}

/* The first heading is the title, unless another one is given. */
static void take_title_heading(struct kite_draft *draft)
{
    struct kite_draft_paragraph *first = draft->body.items;
    const char *title = draft->metas[KITE_META_TITLE];

    if (draft->body.count == 0 || first->has_role || first->paragraph.role != KITE_ROLE_HEADING ||
        first->paragraph.depth != 1 || first->paragraph.quote_depth > 0)
        return;
    if (title && !is_text(&first->paragraph.text, title))
        return;
    first->paragraph.role = KITE_ROLE_TITLE;
    first->paragraph.depth = 0;
    first->has_role = true;
}

/* Behind the title where there is one, which may itself stand behind a cover, else 0. */
static size_t behind_title(const struct kite_draft *draft)
{
    for (size_t i = 0; i < draft->body.count; i++)
        if (draft->body.items[i].paragraph.role == KITE_ROLE_TITLE)
            return i + 1;
    return 0;
}

static enum kite_status insert_start(struct kite_draft *draft)
{
    size_t at = 0;
    enum kite_status status;

    take_title_heading(draft);
    at = behind_title(draft);
    status = insert(draft, KITE_ROLE_TITLE, draft->metas[KITE_META_TITLE], &at);
    status = status ? status : insert(draft, KITE_ROLE_SUBTITLE, draft->subtitle, &at);
    return status ? status : insert(draft, KITE_ROLE_STANDFIRST, draft->metas[KITE_META_STANDFIRST], &at);
}

/* What the text may have said itself, in its own words, as the guess at the roles has found by now. */
static enum kite_status insert_byline_and_source(struct kite_draft *draft, const char *author, const char *source)
{
    size_t at = behind_title(draft), end;
    enum kite_status status;

    while (at < draft->body.count && (draft->body.items[at].paragraph.role == KITE_ROLE_SUBTITLE ||
                                      draft->body.items[at].paragraph.role == KITE_ROLE_STANDFIRST))
        at++;
    status = insert(draft, KITE_ROLE_BYLINE, draft->byline ? draft->byline : author, &at);
    end = draft->body.count;
    return status ? status : insert(draft, KITE_ROLE_SOURCE, source, &end);
}

/* Paragraphs for what the front matter or the caller says, and the roles that the text itself shows. */
static enum kite_status set_roles(struct kite_draft *draft)
{
    const char *author = draft->metas[KITE_META_AUTHOR], *source = draft->metas[KITE_META_SOURCE]; /* as given */
    enum kite_status status = draft->body.count > 0 ? insert_start(draft) : KITE_OK;

    status = status ? status : kite_draft_guess_roles(draft);
    return status || draft->body.count == 0 ? status : insert_byline_and_source(draft, author, source);
}

/* ---- language and direction ------------------------------------------------------------------------- */

enum kite_direction kite_lang_direction(kite_lang lang)
{
    static const char *const rtl[] = { "ar", "he", "fa", "ur", "yi", "ps", "dv", "ug", "sd", "ckb", "syr" };
    kite_lang primary = kite_lang_primary(lang);

    for (size_t i = 0; i < sizeof rtl / sizeof *rtl; i++)
        if (primary == kite_lang_from_text(rtl[i]))
            return KITE_DIRECTION_RTL;
    return KITE_DIRECTION_LTR;
}

/* By the caller's detector, or one for this text alone. */
static enum kite_status detect_lang(struct kite_draft *draft, const char *text, size_t bytes, bool *is_sure)
{
    struct kite_press_detector *given = draft->options ? draft->options->detector : NULL, *detector = given;
    enum kite_status status = given ? KITE_OK : kite_press_detector_open(&draft->mem, NULL, &detector);

    if (status)
        return status;
    draft->lang = kite_press_detect(detector, text, bytes, is_sure);
    if (!given)
        kite_press_detector_close(detector);
    return KITE_OK;
}

static enum kite_status detect(struct kite_draft *draft)
{
    struct kite_buffer sample = { .mem = draft->mem };
    enum kite_status status = KITE_OK;
    bool is_sure = false;
    char name[9];

    for (size_t i = 0; i < draft->body.count && sample.count < DETECT_BYTES && status == KITE_OK; i++) {
        const struct kite_paragraph *p = &draft->body.items[i].paragraph;

        if (p->role == KITE_ROLE_PREFORMATTED || p->text.text_bytes == 0)
            continue;
        status = kite_buffer_add(&sample, p->text.text, p->text.text_bytes);
        status = status ? status : kite_buffer_add_u8(&sample, '\n');
    }
    if (status == KITE_OK && sample.count > 0)
        status = detect_lang(draft, (const char *)sample.bytes, sample.count, &is_sure);
    kite_buffer_close(&sample);
    if (status)
        return kite_fail(draft->fault, status, "no memory to tell the language");
    if (draft->lang)
        kite_draft_note(draft, is_sure ? KITE_PRESS_NOTE : KITE_PRESS_WARNING, 0,
                        "no language is given; it looks like %s%s", kite_lang_text(draft->lang, name),
                        is_sure ? "" : ", but this is not sure");
    else
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "no language is given, and it cannot be told from the text");
    return KITE_OK;
}

/* What a word processor marks here and there as the language that the whole turns out to be in is nothing of its own. */
static void drop_told_langs(const struct kite_draft *draft, struct kite_draft_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct kite_text *text = &list->items[i].paragraph.text;
        struct kite_span *spans = (struct kite_span *)(uintptr_t)text->spans; /* the draft's own */

        for (size_t k = 0; k < text->span_count; k++) {
            if (spans[k].lang && kite_lang_primary(spans[k].lang) == draft->lang)
                spans[k].lang = 0;
        }
    }
}

static enum kite_status set_lang(struct kite_draft *draft)
{
    enum kite_status status = KITE_OK;

    if (draft->options && draft->options->lang)
        draft->lang = draft->options->lang;
    else if (!draft->has_lang)
        status = detect(draft);
    if (status == KITE_OK && draft->lang && !draft->has_lang) {
        drop_told_langs(draft, &draft->body);
        drop_told_langs(draft, &draft->notes);
    }
    draft->direction = draft->said == KITE_SAID_NOTHING ? kite_lang_direction(draft->lang)
                       : draft->said == KITE_SAID_RTL   ? KITE_DIRECTION_RTL
                                                        : KITE_DIRECTION_LTR;
    return status;
}

/* By the first letter outside of isolates that has a direction (UAX 9, P2 and P3). */
static enum kite_direction direction_of(const struct kite_text *text, enum kite_direction otherwise)
{
    size_t isolates = 0;

    for (size_t i = 0, used; i < text->text_bytes; i += used) {
        uint32_t c = kite_utf8_decode(text->text + i, text->text_bytes - i, &used);
        utf8proc_propval_t bidi = c < 0x80 ? 0 : utf8proc_get_property((utf8proc_int32_t)c)->bidi_class;

        if (c == 0x2069)
            isolates -= isolates > 0;
        isolates += c >= 0x2066 && c <= 0x2068;
        if (isolates > 0)
            continue;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || bidi == UTF8PROC_BIDI_CLASS_L)
            return KITE_DIRECTION_LTR;
        if (bidi == UTF8PROC_BIDI_CLASS_R || bidi == UTF8PROC_BIDI_CLASS_AL)
            return KITE_DIRECTION_RTL;
    }
    return otherwise;
}

/* A mark without width in front: so the text itself says which way it runs, and keeps saying so wherever it goes. */
static enum kite_status add_mark(struct kite_draft *draft, struct kite_text *text, const char *mark)
{
    size_t bytes = strlen(mark);
    char *marked = kite_arena_alloc(&draft->arena, bytes + text->text_bytes + 1, 1);
    struct kite_span *spans = (struct kite_span *)(uintptr_t)text->spans; /* the draft's own */

    if (!marked)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a paragraph");
    memcpy(marked, mark, bytes);
    memcpy(marked + bytes, text->text, text->text_bytes);
    marked[bytes + text->text_bytes] = '\0';
    if (text->span_count > 0 && spans[0].note) { /* a span of a note's mark is that mark alone */
        struct kite_span *more = kite_arena_alloc(&draft->arena, text->span_count + 1, sizeof *more);

        if (!more)
            return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a paragraph");
        more[0] = (struct kite_span){ .lang = spans[0].lang };
        memcpy(more + 1, spans, text->span_count * sizeof *more);
        more[1].offset_bytes = (uint32_t)bytes;
        for (size_t i = 2; i <= text->span_count; i++)
            more[i].offset_bytes += (uint32_t)bytes;
        text->spans = more;
        text->span_count++;
    } else {
        for (size_t i = 1; i < text->span_count; i++)
            spans[i].offset_bytes += (uint32_t)bytes;
    }
    text->text = marked;
    text->text_bytes += bytes;
    return KITE_OK;
}

static enum kite_status set_directions(struct kite_draft *draft, struct kite_draft_list *list)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < list->count && status == KITE_OK; i++) {
        enum kite_said_direction said = list->items[i].said;
        struct kite_paragraph *p = &list->items[i].paragraph;
        enum kite_direction wanted = said == KITE_SAID_RTL ? KITE_DIRECTION_RTL : KITE_DIRECTION_LTR;

        p->direction = p->role == KITE_ROLE_PREFORMATTED ? KITE_DIRECTION_LTR
                                                         : direction_of(&p->text, draft->direction);
        if (said == KITE_SAID_NOTHING || p->role == KITE_ROLE_PREFORMATTED || p->direction == wanted)
            continue;
        p->direction = wanted;
        if (p->text.text_bytes > 0)
            status = add_mark(draft, &p->text, wanted == KITE_DIRECTION_RTL ? "\u200f" : "\u200e");
    }
    return status;
}

/* ---- typography and title --------------------------------------------------------------------------- */

static enum kite_status set_typography(struct kite_draft *draft, struct kite_draft_list *list)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < list->count && status == KITE_OK; i++) {
        struct kite_paragraph *p = &list->items[i].paragraph;

        if (p->role != KITE_ROLE_PREFORMATTED)
            status = kite_text_typography(draft, &p->text, draft->lang);
    }
    return status;
}

static enum kite_status set_meta_typography(struct kite_draft *draft)
{
    static const enum kite_meta metas[] = { KITE_META_TITLE, KITE_META_AUTHOR, KITE_META_STANDFIRST, KITE_META_SOURCE,
                                            KITE_META_SERIES };
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < sizeof metas / sizeof *metas && status == KITE_OK; i++) {
        const char *value = draft->metas[metas[i]];
        struct kite_text text;

        if (!value)
            continue;
        status = kite_draft_plain_text(draft, value, strlen(value), &text);
        status = status ? status : kite_text_typography(draft, &text, draft->lang);
        status = status ? status : kite_draft_meta(draft, metas[i], text.text, text.text_bytes);
    }
    return status;
}

static const struct kite_text *first_text(const struct kite_draft *draft, enum kite_role role)
{
    for (size_t i = 0; i < draft->body.count; i++)
        if (draft->body.items[i].paragraph.role == role)
            return &draft->body.items[i].paragraph.text;
    return NULL;
}

/* A title to be found by: the title's text, else the first heading, else the input's name. */
static enum kite_status set_title(struct kite_draft *draft)
{
    const struct kite_text *text = first_text(draft, KITE_ROLE_TITLE);
    const char *name = draft->input->name ? draft->input->name : "", *slash = strrchr(name, '/'), *dot;
    enum kite_status status;

    if (draft->metas[KITE_META_TITLE])
        return KITE_OK;
    if (!text && (draft->opens_originals || !(text = first_text(draft, KITE_ROLE_HEADING)))) {
        name = slash ? slash + 1 : name;
        dot = strrchr(name, '.');
        status = kite_draft_meta(draft, KITE_META_TITLE, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "there is no title; it is named after its file");
        return status;
    }
    if (!has_role(draft, KITE_ROLE_TITLE))
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "there is no title; it is named after its first heading: %.*s",
                        kite_shown_bytes(text->text, text->text_bytes, 60), text->text);
    return kite_draft_meta(draft, KITE_META_TITLE, text->text, text->text_bytes);
}

/* ---- paragraphs that are too long ------------------------------------------------------------------- */

enum kite_status kite_text_part(struct kite_draft *draft, const struct kite_text *text, size_t from, size_t to,
                                struct kite_text *out)
{
    struct kite_span *spans = kite_arena_alloc(&draft->arena, text->span_count + 1, sizeof *spans);
    size_t count = 0;

    if (!spans)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a paragraph");
    for (size_t i = 0; i < text->span_count; i++) {
        size_t start = text->spans[i].offset_bytes;
        size_t end = i + 1 < text->span_count ? text->spans[i + 1].offset_bytes : text->text_bytes;

        if (end <= from || start >= to)
            continue;
        spans[count] = text->spans[i];
        spans[count++].offset_bytes = (uint32_t)(start > from ? start - from : 0);
    }
    if (count == 0)
        spans[count++] = (struct kite_span){ 0 };
    *out =
        (struct kite_text){ .text = text->text + from, .text_bytes = to - from, .spans = spans, .span_count = count };
    return KITE_OK;
}

/* Behind the last space or line end that fits, else at a character that is not part of a note's mark. */
static size_t split_at(const struct kite_text *t, size_t from)
{
    size_t most = from + KITE_PARAGRAPH_BYTES_MAX, at = most;

    while (at > from + KITE_PARAGRAPH_BYTES_MAX / 2 && t->text[at - 1] != ' ' && t->text[at - 1] != '\n')
        at--;
    if (t->text[at - 1] == ' ' || t->text[at - 1] == '\n')
        return at;
    while (((uint8_t)t->text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

static enum kite_status split_list(struct kite_draft *draft, struct kite_draft_list *list)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < list->count && status == KITE_OK; i++) {
        struct kite_draft_paragraph rest = list->items[i];
        struct kite_text whole = rest.paragraph.text;
        size_t at;

        if (whole.text_bytes <= KITE_PARAGRAPH_BYTES_MAX)
            continue;
        at = split_at(&whole, 0);
        status = kite_text_part(draft, &whole, 0, at, &list->items[i].paragraph.text);
        rest.anchors = NULL;
        rest.pages = NULL; /* letters are counted on through it */
        rest.paragraph.is_continued = true;
        status = status ? status : kite_text_part(draft, &whole, at, whole.text_bytes, &rest.paragraph.text);
        status = status ? status : kite_draft_insert(draft, list, i + 1, &rest);
    }
    return status;
}

enum kite_status kite_draft_complete(struct kite_draft *draft)
{
    enum kite_status status = KITE_OK;

    if (!draft->is_exact)
        status = set_roles(draft);
    if (status == KITE_OK && draft->body.count == 0)
        return kite_fail(draft->fault, KITE_E_FORMAT, "%s has no text",
                         draft->input->name ? draft->input->name : "an input");
    status = status ? status : set_lang(draft);
    if (!draft->is_exact) {
        status = status ? status : set_typography(draft, &draft->body);
        status = status ? status : set_typography(draft, &draft->notes);
        status = status ? status : set_meta_typography(draft);
        status = status ? status : set_title(draft);
    }
    status = status ? status : set_directions(draft, &draft->body);
    status = status ? status : set_directions(draft, &draft->notes);
    status = status ? status : split_list(draft, &draft->body);
    return status ? status : split_list(draft, &draft->notes);
}
