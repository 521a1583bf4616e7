/* ODT: the package, its parts, and frames with what they hold. */
#include "press/odt.h"

#include <string.h>

bool kite_is_odt(const struct kite_press_input *input)
{
    static const char type[] = "mimetypeapplication/vnd.oasis.opendocument.text";
    size_t at = 30; /* of a ZIP file's first entry, where it is stored as it is */

    return kite_package_names(input, "content.xml") && input->byte_count > at + sizeof type &&
           memcmp(input->bytes + at, type, sizeof type - 1) == 0;
}

/* ---- frames --------------------------------------------------------------------------------------------- */

/* A formula is a part of its own, in MathML, which is taken over as it stands. */
static void copy_formula(struct kite_odt *o, const struct kite_node *holder)
{
    for (const struct kite_node *node = holder->first; node; node = node->next) {
        if (!node->name) {
            if (strspn(node->text, " \t\r\n") < node->text_bytes)
                kite_rewrite_text(&o->rewrite, node->text, node->text_bytes);
            continue;
        }
        if (kite_node_is(node, "annotation"))
            continue;
        kite_rewrite_open(&o->rewrite, node->name);
        copy_formula(o, node);
        kite_rewrite_shut(&o->rewrite);
    }
}

/* "./Object 1" or "Formula-1/" to the name of its content. */
static bool object_name(const char *href, char name[KITE_CONTAINED_NAME_BYTES_MAX + 1])
{
    static const char content[] = "/content.xml";
    size_t bytes;

    if (!href || kite_container_resolve("", href, name))
        return false;
    bytes = strlen(name);
    bytes -= bytes > 0 && name[bytes - 1] == '/';
    if (bytes == 0 || bytes + sizeof content > KITE_CONTAINED_NAME_BYTES_MAX)
        return false;
    memcpy(name + bytes, content, sizeof content);
    return true;
}

static bool add_formula(struct kite_odt *o, const struct kite_node *object)
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    const struct kite_node *formula;
    struct kite_tree tree;
    enum kite_status status;

    if (!object_name(kite_local_attribute(object, "href"), name))
        return false;
    status = kite_package_tree(&o->package, name, &tree);
    if (status == KITE_E_NOMEM)
        o->rewrite.maker.status = status;
    if (status)
        return false;
    formula = kite_node_child(tree.root, "math");
    if (formula)
        copy_formula(o, formula);
    kite_tree_close(&tree);
    return formula != NULL;
}

static void add_picture(struct kite_odt *o, const struct kite_node *frame, const struct kite_node *image)
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    const char *href = kite_local_attribute(image, "href");
    const struct kite_node *words = kite_node_child(frame, "desc");
    struct kite_buffer text = { .mem = o->rewrite.draft->mem };
    enum kite_status status;

    words = words && words->first ? words : kite_node_child(frame, "title");
    status = words && words->first ? kite_node_text(words->first, &text) : KITE_OK;
    status = status ? status : kite_buffer_add_u8(&text, 0);
    if (status)
        o->rewrite.maker.status = status;
    else if (href)
        kite_rewrite_picture(&o->rewrite, kite_container_resolve("", href, name) == KITE_OK ? name : href,
                             (const char *)text.bytes);
    kite_buffer_close(&text);
}

static void add_box(struct kite_odt *o, const struct kite_node *box)
{
    if (o->box_count < KITE_ODT_BOXES_MAX)
        o->boxes[o->box_count++] = box;
    else
        o->rewrite.losses[KITE_LOSS_DRAWING]++;
}

void kite_odt_frame(struct kite_odt *o, const struct kite_node *frame)
{
    const struct kite_node *box = kite_node_child(frame, "text-box"), *object = kite_node_child(frame, "object");
    const struct kite_node *image = kite_node_child(frame, "image");

    if (kite_node_is(frame, "custom-shape")) { /* it holds text or is an ornament */
        if (kite_node_child(frame, "p"))
            add_box(o, frame);
        return;
    }
    if (object && add_formula(o, object))
        return;
    if (box)
        add_box(o, box);
    else if (image)
        add_picture(o, frame, image);
    else if (object)
        o->rewrite.losses[KITE_LOSS_DRAWING]++;
}

/* ---- the package ---------------------------------------------------------------------------------------- */

static enum kite_status refuse_encrypted(struct kite_odt *o)
{
    struct kite_tree manifest;
    enum kite_status status = kite_package_tree(&o->package, "META-INF/manifest.xml", &manifest);
    bool is_encrypted;

    if (status)
        return status == KITE_DONE ? KITE_OK : status;
    is_encrypted = kite_node_find(manifest.root, "encryption-data") != NULL;
    kite_tree_close(&manifest);
    if (!is_encrypted)
        return KITE_OK;
    return kite_fail(o->rewrite.draft->fault, KITE_E_UNSUPPORTED, "%s is locked with a password; save it without one",
                     o->package.inner.name ? o->package.inner.name : "the file");
}

static enum kite_status read_properties(struct kite_odt *o, struct kite_properties *properties)
{
    struct {
        const char *name;
        struct kite_buffer *out;
    } rows[] = { { "title", &properties->title },
                 { "initial-creator", &properties->author },
                 { "creator", &properties->author },
                 { "subject", &properties->subject },
                 { "language", &properties->lang } };
    const struct kite_node *top;
    struct kite_tree tree;
    enum kite_status status = kite_package_tree(&o->package, "meta.xml", &tree);

    if (status)
        return status == KITE_DONE ? KITE_OK : status;
    top = kite_node_find(tree.root, "meta");
    for (size_t i = 0; top && i < sizeof rows / sizeof *rows && status == KITE_OK; i++) {
        const struct kite_node *node = kite_node_child(top, rows[i].name);

        if (node && node->first && rows[i].out->count == 0)
            status = kite_node_text(node->first, rows[i].out);
    }
    kite_tree_close(&tree);
    if (status == KITE_OK && properties->lang.count == 0 && o->styles.lang)
        status = kite_buffer_add_text(&properties->lang, o->styles.lang);
    return status;
}

/* A header or footer that says something. */
static void count_running_heads(struct kite_odt *o, const struct kite_node *document)
{
    const struct kite_node *top = kite_node_child(document, "master-styles");

    for (const struct kite_node *node = top ? top->first : NULL; node; node = kite_node_step(node, top, true))
        o->rewrite.losses[KITE_LOSS_RUNNING_HEAD] +=
            (kite_node_is(node, "header") || kite_node_is(node, "footer")) && kite_node_find(node, "p");
}

static enum kite_status read_styles(struct kite_odt *o)
{
    enum kite_status status = kite_package_tree(&o->package, "styles.xml", &o->styles_tree);

    o->has_styles = status == KITE_OK;
    if (status == KITE_DONE)
        status = KITE_OK;
    kite_odt_styles_init(&o->styles, &o->arena);
    if (o->has_styles) {
        const struct kite_node *document = kite_node_child(o->styles_tree.root, "document-styles");

        status = kite_odt_add_styles(&o->styles, document);
        count_running_heads(o, document);
    }
    status = status ? status : kite_odt_add_styles(&o->styles, kite_node_child(o->content.root, "document-content"));
    return status ? status : kite_odt_inherit(&o->styles);
}

static enum kite_status import(struct kite_odt *o, struct kite_properties *properties)
{
    const struct kite_node *text;
    enum kite_status status = refuse_encrypted(o);

    status = status ? status : kite_package_tree(&o->package, "content.xml", &o->content);
    o->has_content = status == KITE_OK;
    if (status == KITE_DONE)
        status = kite_fail(o->package.draft->fault, KITE_E_FORMAT, "%s has no content.xml in it, where the text of an OpenDocument file is",
                           o->package.outer->name ? o->package.outer->name : "standard input");
    status = status ? status : read_styles(o);
    status = status ? status : read_properties(o, properties);
    if (status)
        return status;
    text = kite_node_child(kite_node_child(kite_node_child(o->content.root, "document-content"), "body"), "text");
    if (text)
        kite_odt_blocks(o, text);
    kite_odt_notes(o);
    return kite_rewrite_import(&o->rewrite, properties);
}

enum kite_status kite_import_odt(struct kite_draft *draft)
{
    struct kite_odt *o = kite_alloc(&draft->mem, 1, sizeof *o);
    struct kite_properties properties;
    enum kite_status status;

    if (!o)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for an ODT");
    *o = (struct kite_odt){ .box_count = 0 };
    kite_arena_init(&o->arena, draft->mem, KITE_TREE_BYTES_MAX);
    kite_properties_init(&properties, &draft->mem);
    status = kite_package_open(draft, &o->package);
    status = status ? status : kite_rewrite_begin(&o->rewrite, draft);
    status = status ? status : import(o, &properties);
    kite_rewrite_close(&o->rewrite);
    if (o->has_content)
        kite_tree_close(&o->content);
    if (o->has_styles)
        kite_tree_close(&o->styles_tree);
    kite_properties_close(&properties);
    kite_arena_close(&o->arena);
    kite_package_close(&o->package);
    kite_free(&draft->mem, o);
    return status;
}
