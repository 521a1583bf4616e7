/* Metadata of an EPUB to the draft's: Dublin Core elements, what refines them, and what Calibre adds. */
#include "press/epub_package.h"

#include <string.h>

#define STANDFIRST_BYTES_MAX 700u /* a description that is longer is no standfirst */

static bool is_equal(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

static const char *text_of(const struct kite_node *node)
{
    return node && node->first && node->first->text ? node->first->text : NULL;
}

/* What a meta element says of another: <meta refines="#id" property="role">aut</meta>. */
static const char *refinement(const struct kite_node *metadata, const struct kite_node *node, const char *property)
{
    const char *id = kite_node_attribute(node, "id");

    for (const struct kite_node *meta = metadata->first; meta && id; meta = meta->next) {
        const char *refines = kite_node_attribute(meta, "refines");

        if (kite_node_is(meta, "meta") && refines && refines[0] == '#' && strcmp(refines + 1, id) == 0 &&
            is_equal(kite_node_attribute(meta, "property"), property))
            return text_of(meta);
    }
    return NULL;
}

/* The content of <meta name="calibre:series" content="...">. */
static const char *named(const struct kite_node *metadata, const char *name)
{
    for (const struct kite_node *meta = metadata->first; meta; meta = meta->next) {
        if (kite_node_is(meta, "meta") && is_equal(kite_node_attribute(meta, "name"), name))
            return kite_node_attribute(meta, "content");
    }
    return NULL;
}

/* ---- several of a kind, joined ------------------------------------------------------------------------------------ */

/* Who wrote it, not who translated, drew or edited. */
static bool is_author(const struct kite_node *metadata, const struct kite_node *creator)
{
    const char *role = refinement(metadata, creator, "role");

    role = role ? role : kite_node_attribute(creator, "opf:role");
    return !role || strncmp(role, "aut", 3) == 0;
}

static bool is_any(const struct kite_node *metadata, const struct kite_node *node)
{
    (void)metadata;
    (void)node;
    return true;
}

static enum kite_status join(struct kite_draft *draft, const struct kite_node *metadata, const char *name, const char *between,
                             enum kite_meta meta, bool (*is_wanted)(const struct kite_node *metadata, const struct kite_node *node))
{
    struct kite_buffer joined = { .mem = draft->mem };
    enum kite_status status = KITE_OK;

    for (const struct kite_node *node = metadata->first; node && status == KITE_OK && joined.count < KITE_STRING_BYTES_MAX; node = node->next) {
        if (!kite_node_is(node, name) || !is_wanted(metadata, node) || !text_of(node))
            continue;
        status = joined.count > 0 ? kite_buffer_add_text(&joined, between) : KITE_OK;
        status = status ? status : kite_node_text(node, &joined);
    }
    if (status == KITE_OK && joined.count > 0)
        status = kite_draft_meta(draft, meta, (const char *)joined.bytes, joined.count);
    kite_buffer_close(&joined);
    return status;
}

/* ---- one of a kind --------------------------------------------------------------------------------------------------- */

static enum kite_status take_titles(struct kite_draft *draft, const struct kite_node *metadata)
{
    const struct kite_node *title = NULL, *subtitle = NULL;

    for (const struct kite_node *node = metadata->first; node; node = node->next) {
        const char *kind = kite_node_is(node, "title") ? refinement(metadata, node, "title-type") : NULL;

        if (is_equal(kind, "subtitle"))
            subtitle = subtitle ? subtitle : node;
        else if (kite_node_is(node, "title") && text_of(node) && (!title || is_equal(kind, "main")))
            title = node;
    }
    if (text_of(subtitle)) {
        struct kite_text plain;
        enum kite_status status = kite_draft_plain_text(draft, text_of(subtitle), strlen(text_of(subtitle)), &plain);

        if (status)
            return status;
        draft->subtitle = plain.text_bytes > 0 ? kite_draft_copy(draft, plain.text, plain.text_bytes) : NULL;
    }
    return text_of(title) ? kite_draft_meta(draft, KITE_META_TITLE, text_of(title), strlen(text_of(title))) : KITE_OK;
}

static void take_language(struct kite_draft *draft, const struct kite_node *metadata)
{
    const char *text = text_of(kite_node_child(metadata, "language"));
    kite_lang lang;

    text = text ? text + strspn(text, " \t\r\n") : NULL;
    lang = text ? kite_lang_from_text(text) : 0;
    if (lang && lang != kite_lang_from_text("und")) {
        draft->lang = lang;
        draft->has_lang = true;
    }
}

/* When it was published, rather than when the file was made; a day is enough. */
static enum kite_status take_date(struct kite_draft *draft, const struct kite_node *metadata)
{
    const struct kite_node *date = NULL;
    size_t bytes;

    for (const struct kite_node *node = metadata->first; node; node = node->next) {
        const char *event = kite_node_attribute(node, "opf:event");

        if (kite_node_is(node, "date") && text_of(node) && (!event || strcmp(event, "publication") == 0))
            date = date ? date : node;
    }
    if (!date)
        return KITE_OK;
    bytes = strcspn(text_of(date), "T");
    return kite_draft_meta(draft, KITE_META_DATE, text_of(date), bytes);
}

static enum kite_status take_identifier(struct kite_draft *draft, const struct kite_node *metadata, const char *id)
{
    for (const struct kite_node *node = metadata->first; node; node = node->next) {
        if (kite_node_is(node, "identifier") && text_of(node) && (!id || is_equal(kite_node_attribute(node, "id"), id)))
            return kite_draft_meta(draft, KITE_META_IDENTIFIER, text_of(node), strlen(text_of(node)));
    }
    return KITE_OK;
}

/* "Name, 3": the series and the place in it. */
static enum kite_status take_series(struct kite_draft *draft, const struct kite_node *metadata)
{
    const char *name = named(metadata, "calibre:series"), *place = named(metadata, "calibre:series_index");
    struct kite_buffer series = { .mem = draft->mem };
    enum kite_status status;

    for (const struct kite_node *node = metadata->first; node && !name; node = node->next) {
        const char *kind = refinement(metadata, node, "collection-type");

        if (!is_equal(kite_node_attribute(node, "property"), "belongs-to-collection") || (kind && strcmp(kind, "series") != 0))
            continue;
        name = text_of(node);
        place = refinement(metadata, node, "group-position");
    }
    if (!name)
        return KITE_OK;
    status = kite_buffer_add_text(&series, name);
    if (status == KITE_OK && place) {
        status = kite_buffer_add_text(&series, ", ");
        status = status ? status : kite_buffer_add(&series, place, strcmp(place + strcspn(place, "."), ".0") == 0 ? strcspn(place, ".") : strlen(place));
    }
    status = status ? status : kite_draft_meta(draft, KITE_META_SERIES, (const char *)series.bytes, series.count);
    kite_buffer_close(&series);
    return status;
}

/* Often HTML written as text. A long one praises the book and is no part of it. */
static enum kite_status take_description(struct kite_draft *draft, const struct kite_node *metadata)
{
    const char *text = text_of(kite_node_child(metadata, "description"));
    struct kite_buffer plain = { .mem = draft->mem };
    struct kite_tree tree;
    enum kite_status status;

    if (!text)
        return KITE_OK;
    status = kite_tree_html(&draft->mem, text, strlen(text), &tree, draft->fault);
    status = status ? status : kite_node_text(tree.root, &plain);
    if (status == KITE_OK && plain.count > STANDFIRST_BYTES_MAX)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "left out: the description of the book, %u letters", (unsigned)plain.count);
    else if (status == KITE_OK && plain.count > 0)
        status = kite_draft_meta(draft, KITE_META_STANDFIRST, (const char *)plain.bytes, plain.count);
    kite_tree_close(&tree);
    kite_buffer_close(&plain);
    return status;
}

/* Where it was published before; numbers for shops and libraries say nothing to a reader. */
static enum kite_status take_source(struct kite_draft *draft, const struct kite_node *metadata)
{
    const char *text = text_of(kite_node_child(metadata, "source"));

    if (!text || strncmp(text, "urn:", 4) == 0 || strspn(text, "0123456789-Xx ") == strlen(text))
        return KITE_OK;
    return kite_draft_meta(draft, KITE_META_SOURCE, text, strlen(text));
}

enum kite_status kite_epub_metadata(struct kite_draft *draft, const struct kite_node *metadata, const char *identifier_id)
{
    enum kite_status status;

    if (!metadata)
        return KITE_OK;
    take_language(draft, metadata);
    status = take_titles(draft, metadata);
    status = status ? status : join(draft, metadata, "creator", ", ", KITE_META_AUTHOR, is_author);
    if (status == KITE_OK && !draft->metas[KITE_META_AUTHOR])
        status = join(draft, metadata, "creator", ", ", KITE_META_AUTHOR, is_any);
    status = status ? status : join(draft, metadata, "publisher", ", ", KITE_META_PUBLISHER, is_any);
    status = status ? status : join(draft, metadata, "rights", " ", KITE_META_RIGHTS, is_any);
    status = status ? status : join(draft, metadata, "subject", "; ", KITE_META_SUBJECT, is_any);
    status = status ? status : take_date(draft, metadata);
    status = status ? status : take_identifier(draft, metadata, identifier_id);
    status = status ? status : take_series(draft, metadata);
    status = status ? status : take_description(draft, metadata);
    return status ? status : take_source(draft, metadata);
}
