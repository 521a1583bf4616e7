/* What is done to a rewritten text as a whole: headings that no style marks, the language that most of it is in, what its file
 * says of itself, and what to tell of it. */
#include "press/rewrite.h"

#include <string.h>

#define HEADING_BYTES_MAX 100u
#define SHORT_BYTES 400u /* below, a language cannot be told from the text */

/* ---- headings ------------------------------------------------------------------------------------------- */

static bool is_heading(const struct kite_node *node)
{
    return node->name && node->name[0] == 'h' && node->name[1] >= '1' && node->name[1] <= '6' && node->name[2] == '\0';
}

static bool has_heading(const struct kite_node *root)
{
    const struct kite_node *node = root->first;

    while (node && !is_heading(node))
        node = kite_node_step(node, root, true);
    return node != NULL;
}

static bool is_within(const struct kite_node *node, const struct kite_node *top, const char *name)
{
    for (; node && node != top; node = node->parent) {
        if (kite_node_is(node, name))
            return true;
    }
    return false;
}

static bool is_blank(const struct kite_node *text)
{
    return strspn(text->text, " \t\n") == text->text_bytes;
}

/* A short line, all of it heavy, that ends without a stop. */
static bool looks_like_heading(const struct kite_node *p)
{
    size_t bytes = 0;
    char last = '\0';

    if (!kite_node_is(p, "p") || p->attributes)
        return false;
    for (const struct kite_node *node = p->first; node; node = kite_node_step(node, p, true)) {
        if (kite_node_is(node, "img") || kite_node_is(node, "br"))
            return false;
        if (node->name || is_blank(node))
            continue;
        if (!is_within(node, p, "strong") || is_within(node, p, "a"))
            return false;
        bytes += node->text_bytes;
        last = node->text[node->text_bytes - 1];
    }
    return bytes > 0 && bytes <= HEADING_BYTES_MAX && !strchr(".,;:", last);
}

static void make_heading(struct kite_rewrite *r, struct kite_node *p, bool is_first)
{
    struct kite_buffer words = { .mem = r->draft->mem };
    enum kite_status status = kite_node_text(p, &words);

    p->name = is_first ? "h1" : "h2";
    r->has_title = r->has_title || is_first;
    for (struct kite_node *node = p->first; node; node = kite_node_step(node, p, true)) {
        if (kite_node_is(node, "strong"))
            node->name = "span";
    }
    if (status == KITE_OK)
        kite_draft_note(r->draft, KITE_PRESS_NOTE, p->line, "taken for a heading: %.*s",
                        kite_shown_bytes((const char *)words.bytes, words.count, 60), (const char *)words.bytes);
    kite_buffer_close(&words);
    r->maker.status = r->maker.status ? r->maker.status : status;
}

/* Texts by people who don't use styles: their headings are heavy lines between paragraphs. */
static void guess_headings(struct kite_rewrite *r)
{
    struct kite_node *root = r->tree.root;
    unsigned plain = 0, heavy = 0;
    bool is_first = !r->has_title;

    for (const struct kite_node *node = root->first; node; node = node->next) {
        heavy += looks_like_heading(node);
        plain += kite_node_is(node, "p") && !looks_like_heading(node);
    }
    if (has_heading(root) || plain <= heavy)
        return;
    for (struct kite_node *node = root->first; node; node = node->next) {
        if (looks_like_heading(node))
            make_heading(r, node, is_first && node == root->first);
    }
}

/* ---- language ------------------------------------------------------------------------------------------- */

#define LANGS_MAX 16u

struct tally {
    kite_lang langs[LANGS_MAX];
    size_t bytes[LANGS_MAX];
    size_t count, whole;
};

static kite_lang lang_of(const struct kite_node *node)
{
    const char *lang = kite_node_attribute(node, "lang");

    return lang ? kite_lang_from_text(lang) : 0;
}

/* How much text is in each language that is said. */
static void count_langs(const struct kite_node *root, struct tally *tally)
{
    for (const struct kite_node *node = root->first; node; node = kite_node_step(node, root, true)) {
        const struct kite_node *holder = node->parent;
        kite_lang lang;
        size_t i = 0;

        if (node->name)
            continue;
        tally->whole += node->text_bytes;
        while (holder && !lang_of(holder))
            holder = holder->parent;
        lang = holder ? lang_of(holder) : 0;
        while (i < tally->count && kite_lang_primary(tally->langs[i]) != kite_lang_primary(lang))
            i++;
        if (lang == 0 || i == LANGS_MAX)
            continue;
        if (i == tally->count)
            tally->langs[tally->count++] = lang; /* of a language's regions the first */
        tally->bytes[i] += node->text_bytes;
    }
}

/* What only says once more what the whole is in goes; word processors mark each word. */
static void drop_lang(const struct kite_node *root, kite_lang lang)
{
    for (struct kite_node *node = root->first; node; node = kite_node_step(node, root, true)) {
        const struct kite_attribute **link = &node->attributes;

        if (!lang_of(node) || kite_lang_primary(lang_of(node)) != kite_lang_primary(lang))
            continue;
        while (*link && strcmp((*link)->name, "lang") != 0)
            link = (const struct kite_attribute **)(uintptr_t) & (*link)->next;
        *link = *link ? (*link)->next : NULL;
    }
}

static void set_lang(struct kite_rewrite *r)
{
    struct tally tally = { .count = 0 };
    size_t most = 0;

    count_langs(r->tree.root, &tally);
    for (size_t i = 1; i < tally.count; i++)
        most = tally.bytes[i] > tally.bytes[most] ? i : most;
    if (tally.count > 0 && tally.bytes[most] > tally.whole / 2 && !r->draft->has_lang) {
        r->draft->lang = tally.langs[most];
        r->draft->has_lang = true;
    }
    if (r->draft->has_lang)
        drop_lang(r->tree.root, r->draft->lang);
}

/* ---- properties ----------------------------------------------------------------------------------------- */

void kite_properties_init(struct kite_properties *p, const struct kite_memory *mem)
{
    *p = (struct kite_properties){ { .mem = *mem }, { .mem = *mem }, { .mem = *mem }, { .mem = *mem } };
}

void kite_properties_close(struct kite_properties *p)
{
    kite_buffer_close(&p->title);
    kite_buffer_close(&p->author);
    kite_buffer_close(&p->subject);
    kite_buffer_close(&p->lang);
}

static bool holds(const struct kite_buffer *text, const struct kite_buffer *words)
{
    if (words->count == 0)
        return false;
    for (size_t i = 0; i + words->count <= text->count; i++) {
        if (text->bytes[i] == words->bytes[0] && memcmp(text->bytes + i, words->bytes, words->count) == 0)
            return true;
    }
    return false;
}

static enum kite_status take_property(struct kite_rewrite *r, enum kite_meta meta, const struct kite_buffer *value,
                                      const struct kite_buffer *text)
{
    if (value->count == 0 || r->draft->metas[meta])
        return KITE_OK;
    if (holds(text, value))
        return kite_draft_meta(r->draft, meta, (const char *)value->bytes, value->count);
    kite_draft_note(r->draft, KITE_PRESS_NOTE, 0, "the file's properties give the %s %.*s, which the text does not: left out",
                    kite_meta_text(meta), kite_shown_bytes((const char *)value->bytes, value->count, 60),
                    (const char *)value->bytes);
    return KITE_OK;
}

/* A language that a file's properties name is its program's as often as the text's: it counts where the text is too short to
 * tell. */
static void take_property_lang(struct kite_rewrite *r, const struct kite_buffer *value, size_t text_bytes)
{
    char lang[16];

    if (r->draft->has_lang || value->count == 0 || value->count >= sizeof lang || text_bytes > SHORT_BYTES)
        return;
    memcpy(lang, value->bytes, value->count);
    lang[value->count] = '\0';
    r->draft->lang = kite_lang_from_text(lang);
    r->draft->has_lang = r->draft->lang != 0;
}

static enum kite_status take_properties(struct kite_rewrite *r, const struct kite_properties *p)
{
    struct kite_buffer text = { .mem = r->draft->mem };
    enum kite_status status = kite_node_text(r->tree.root, &text);

    status = status || r->has_title ? status : take_property(r, KITE_META_TITLE, &p->title, &text);
    status = status ? status : take_property(r, KITE_META_AUTHOR, &p->author, &text);
    if (status == KITE_OK && p->subject.count > 0)
        status = kite_draft_meta(r->draft, KITE_META_SUBJECT, (const char *)p->subject.bytes, p->subject.count);
    take_property_lang(r, &p->lang, text.count);
    kite_buffer_close(&text);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------------------ */

static void tell_losses(const struct kite_rewrite *r)
{
    static const struct {
        enum kite_press_note_kind kind;
        const char *one, *many;
    } sentences[KITE_LOSS_COUNT] = {
        [KITE_LOSS_DELETED] = { KITE_PRESS_WARNING, "a tracked deletion is carried out", "tracked deletions are carried out" },
        [KITE_LOSS_COMMENT] = { KITE_PRESS_WARNING, "a comment is left out", "comments are left out" },
        [KITE_LOSS_HIDDEN] = { KITE_PRESS_WARNING, "a stretch of hidden text is left out",
                               "stretches of hidden text are left out" },
        [KITE_LOSS_RUNNING_HEAD] = { KITE_PRESS_NOTE, "a running head or foot is left out",
                                     "running heads and feet are left out" },
        [KITE_LOSS_CONTENTS] = { KITE_PRESS_NOTE, "a list of contents is left out; the reader makes its own",
                                 "lines of a list of contents are left out; the reader makes its own" },
        [KITE_LOSS_DRAWING] = { KITE_PRESS_WARNING, "a drawing or chart is left out; put it in as a picture",
                                "drawings or charts are left out; put them in as pictures" },
        [KITE_LOSS_SYMBOL] = { KITE_PRESS_WARNING, "a sign of a symbol font is not known and shows as U+FFFD",
                               "signs of symbol fonts are not known and show as U+FFFD" },
        [KITE_LOSS_LETTERS] = { KITE_PRESS_NOTE, "a list item has a letter or a Roman numeral; it shows a number",
                                "list items have letters or Roman numerals; they show numbers" },
    };

    for (int i = 0; i < KITE_LOSS_COUNT; i++) {
        if (r->losses[i] == 1)
            kite_draft_note(r->draft, sentences[i].kind, 0, "%s", sentences[i].one);
        else if (r->losses[i] > 1)
            kite_draft_note(r->draft, sentences[i].kind, 0, "%u %s", r->losses[i], sentences[i].many);
    }
}

enum kite_status kite_rewrite_import(struct kite_rewrite *r, const struct kite_properties *properties)
{
    struct kite_markup_file file = { .name = "", .root = r->tree.root, .top = r->tree.root };
    struct kite_markup markup = { .draft = r->draft, .files = &file, .file_count = 1 };
    enum kite_status status;

    kite_rewrite_end_blocks(r);
    if (kite_tree_end(&r->maker) == KITE_OK)
        guess_headings(r);
    status = r->maker.status;
    if (status == KITE_OK)
        set_lang(r);
    if (status == KITE_OK && properties)
        status = take_properties(r, properties);
    tell_losses(r);
    if (status)
        return kite_fail(r->draft->fault, status, "the text: %s", kite_status_text(status));
    return kite_markup_import(&markup);
}
