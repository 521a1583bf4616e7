/* DOCX: the parts of the package and what leads from one to another. */
#include "press/docx.h"

#include <stdio.h>
#include <string.h>

bool kite_is_docx(const struct kite_press_input *input)
{
    return kite_package_names(input, "word/") && kite_package_names(input, "[Content_Types].xml");
}

bool kite_is_encrypted_office(const struct kite_press_input *input)
{
    static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e"; /* UTF-16 */
    const uint8_t *at = input->bytes, *end = input->bytes + input->byte_count;

    if (input->byte_count < sizeof name || memcmp(at, "\xd0\xcf\x11\xe0", 4) != 0)
        return false;
    while ((size_t)(end - at) >= sizeof name) {
        at = memchr(at, 'E', (size_t)(end - at) - sizeof name + 1);
        if (!at)
            return false;
        if (memcmp(at, name, sizeof name) == 0)
            return true;
        at++;
    }
    return false;
}

/* ---- parts ---------------------------------------------------------------------------------------------- */

/* "word/document.xml" has its relations in "word/_rels/document.xml.rels". */
static bool relations_name(const char *name, char out[KITE_CONTAINED_NAME_BYTES_MAX + 1])
{
    const char *slash = strrchr(name, '/');
    int folder = slash ? (int)(slash - name) + 1 : 0;
    int bytes = snprintf(out, KITE_CONTAINED_NAME_BYTES_MAX + 1, "%.*s_rels/%s.rels", folder, name, name + folder);

    return bytes > 0 && bytes <= (int)KITE_CONTAINED_NAME_BYTES_MAX;
}

static enum kite_status open_tree(struct kite_docx *d, const char *name, struct kite_tree *tree, bool *has)
{
    enum kite_status status = kite_package_tree(&d->package, name, tree);

    *has = status == KITE_OK;
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status index_children(struct kite_docx *d, const struct kite_node *top, struct kite_index *index)
{
    enum kite_status status = KITE_OK;

    for (struct kite_node *node = top ? top->first : NULL; node && status == KITE_OK; node = node->next) {
        const char *id = kite_local_attribute(node, kite_node_is(node, "Relationship") ? "Id" : "id");

        if (id)
            status = kite_index_add(index, &d->arena, id, node);
    }
    return status;
}

enum kite_status kite_docx_part_open(struct kite_docx *d, const char *name, struct kite_docx_part *out)
{
    char relations[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    size_t bytes = strlen(name);
    enum kite_status status;

    if (bytes > KITE_CONTAINED_NAME_BYTES_MAX)
        return KITE_OK;
    memcpy(out->name, name, bytes + 1);
    status = open_tree(d, name, &out->tree, &out->has_tree);
    if (status == KITE_OK && relations_name(name, relations))
        status = open_tree(d, relations, &out->relations, &out->has_relations);
    if (status == KITE_OK && out->has_relations)
        status = index_children(d, kite_node_child(out->relations.root, "Relationships"), &out->related);
    return status;
}

void kite_docx_part_close(struct kite_docx_part *part)
{
    if (part->has_tree)
        kite_tree_close(&part->tree);
    if (part->has_relations)
        kite_tree_close(&part->relations);
    part->has_tree = part->has_relations = false;
}

static const struct kite_node *first_relation(const struct kite_docx_part *part)
{
    const struct kite_node *top = part && part->has_relations ? kite_node_child(part->relations.root, "Relationships") : NULL;

    return top ? top->first : NULL;
}

const char *kite_docx_target(const struct kite_docx_part *part, const char *id, bool *is_outside)
{
    const struct kite_node *node = kite_index_find(&part->related, id);
    const char *mode = kite_local_attribute(node, "TargetMode");

    *is_outside = mode && strcmp(mode, "External") == 0;
    return kite_local_attribute(node, "Target");
}

/* Of a transitional or a strict file: they differ in what stands before the last word. */
const char *kite_docx_target_of_type(const struct kite_docx_part *part, const char *type)
{
    for (const struct kite_node *node = first_relation(part); node; node = node->next) {
        const char *own = kite_local_attribute(node, "Type"), *slash = own ? strrchr(own, '/') : NULL;

        if (slash && strcmp(slash + 1, type) == 0)
            return kite_local_attribute(node, "Target");
    }
    return NULL;
}

enum kite_status kite_docx_open_related(struct kite_docx *d, const struct kite_docx_part *from, const char *type,
                                        struct kite_docx_part *out)
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    const char *target = kite_docx_target_of_type(from, type);

    if (!target || kite_container_resolve(target[0] == '/' ? "" : from->name, target + (target[0] == '/'), name))
        return KITE_OK;
    return kite_docx_part_open(d, name, out);
}

/* ---- properties ----------------------------------------------------------------------------------------- */

static enum kite_status read_properties(struct kite_docx *d, const struct kite_docx_part *package,
                                        struct kite_properties *properties)
{
    struct kite_docx_part part = { .has_tree = false };
    enum kite_status status = kite_docx_open_related(d, package, "core-properties", &part);
    const struct kite_node *top = part.has_tree ? kite_node_child(part.tree.root, "coreProperties") : NULL;
    struct {
        const char *name;
        struct kite_buffer *out;
    } rows[] = { { "title", &properties->title },
                 { "creator", &properties->author },
                 { "subject", &properties->subject },
                 { "language", &properties->lang } };

    for (size_t i = 0; top && i < sizeof rows / sizeof *rows && status == KITE_OK; i++) {
        const struct kite_node *node = kite_node_child(top, rows[i].name);

        if (node && node->first)
            status = kite_node_text(node->first, rows[i].out);
    }
    kite_docx_part_close(&part);
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------------------ */

static enum kite_status open_parts(struct kite_docx *d, const struct kite_docx_part *package)
{
    const struct kite_docx_part *document = &d->document;
    enum kite_status status = kite_docx_open_related(d, package, "officeDocument", &d->document);

    if (status == KITE_OK && !d->document.has_tree)
        status = kite_docx_part_open(d, "word/document.xml", &d->document);
    if (status)
        return status;
    if (!document->has_tree)
        return kite_fail(d->rewrite.draft->fault, KITE_E_FORMAT, "the DOCX has no text in it: word/document.xml is missing");
    status = kite_docx_open_related(d, document, "styles", &d->styles_part);
    status = status ? status : kite_docx_open_related(d, document, "numbering", &d->numbering_part);
    status = status ? status : kite_docx_open_related(d, document, "footnotes", &d->footnotes);
    status = status ? status : kite_docx_open_related(d, document, "endnotes", &d->endnotes);
    if (status == KITE_OK && d->footnotes.has_tree)
        status = index_children(d, kite_node_child(d->footnotes.tree.root, "footnotes"), &d->footnotes.notes);
    if (status == KITE_OK && d->endnotes.has_tree)
        status = index_children(d, kite_node_child(d->endnotes.tree.root, "endnotes"), &d->endnotes.notes);
    status =
        status ? status : kite_docx_read_styles(&d->styles, &d->arena, d->styles_part.has_tree ? d->styles_part.tree.root : NULL);
    return status ? status
                  : kite_docx_read_numbering(&d->numbering, &d->arena,
                                             d->numbering_part.has_tree ? d->numbering_part.tree.root : NULL);
}

static enum kite_status import(struct kite_docx *d, struct kite_properties *properties)
{
    struct kite_docx_part package = { .name = "" };
    const struct kite_node *body;
    enum kite_status status = open_tree(d, "_rels/.rels", &package.relations, &package.has_relations);

    status = status ? status : open_parts(d, &package);
    status = status ? status : read_properties(d, &package, properties);
    kite_docx_part_close(&package);
    if (status)
        return status;
    body = kite_node_child(kite_node_child(d->document.tree.root, "document"), "body");
    d->part = &d->document;
    d->paragraph_run = d->styles.none.run;
    if (body)
        kite_docx_blocks(d, body);
    if (kite_docx_is_bidi(&d->styles.none, kite_node_child(body, "sectPr")))
        d->rewrite.draft->said = KITE_SAID_RTL;
    kite_docx_notes(d);
    kite_docx_close_fields(d);
    status = kite_rewrite_import(&d->rewrite, properties);
    return status ? status : kite_docx_read_fonts(d);
}

enum kite_status kite_import_docx(struct kite_draft *draft)
{
    struct kite_docx *d = kite_alloc(&draft->mem, 1, sizeof *d);
    struct kite_properties properties;
    enum kite_status status;

    if (!d)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a DOCX");
    *d = (struct kite_docx){ .box_count = 0 };
    kite_arena_init(&d->arena, draft->mem, KITE_TREE_BYTES_MAX);
    kite_properties_init(&properties, &draft->mem);
    status = kite_package_open(draft, &d->package);
    status = status ? status : kite_rewrite_begin(&d->rewrite, draft);
    status = status ? status : import(d, &properties);
    kite_docx_close_fields(d);
    kite_rewrite_close(&d->rewrite);
    kite_docx_part_close(&d->document);
    kite_docx_part_close(&d->styles_part);
    kite_docx_part_close(&d->numbering_part);
    kite_docx_part_close(&d->footnotes);
    kite_docx_part_close(&d->endnotes);
    kite_properties_close(&properties);
    kite_arena_close(&d->arena);
    kite_package_close(&d->package);
    kite_free(&draft->mem, d);
    return status;
}
