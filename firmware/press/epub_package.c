/* The package document of an EPUB: files and reading order; and whether the text is encrypted. */
#include "press/epub_package.h"

#include <string.h>

/* ---- files as trees -------------------------------------------------------------------------------------------- */

/* What a file holds, as UTF-8 and without a zero byte before its end. */
static enum kite_status read_text(struct kite_draft *draft, struct kite_container *container, const char *name, struct kite_buffer *out)
{
    const struct kite_press_input *input = draft->input;
    struct kite_buffer bytes = { .mem = draft->mem };
    enum kite_status status = kite_container_read(container, name, &bytes, draft->fault);

    if (status == KITE_OK && kite_utf8_is_valid((const char *)bytes.bytes, bytes.count) && !memchr(bytes.bytes, 0, bytes.count)) {
        *out = bytes;
        return KITE_OK;
    }
    if (status == KITE_OK) {
        struct kite_press_input part = { .name = input->name, .bytes = bytes.bytes, .byte_count = bytes.count };

        draft->input = &part;
        status = kite_press_decode(draft, out);
        draft->input = input;
    }
    kite_buffer_close(&bytes);
    return status;
}

/* Behind the mark of byte order, which is no markup. */
static size_t mark_bytes(const struct kite_buffer *text)
{
    return text->count >= 3 && memcmp(text->bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

enum kite_status kite_epub_tree(struct kite_draft *draft, struct kite_container *container, const char *name, bool is_html,
                                   struct kite_tree *tree)
{
    struct kite_buffer text = { .mem = draft->mem };
    struct kite_fault why = { "" };
    enum kite_status status = read_text(draft, container, name, &text);

    *tree = (struct kite_tree){ .root = NULL };
    kite_arena_init(&tree->arena, draft->mem, 0);
    if (status == KITE_OK) {
        const char *at = text.count ? (const char *)text.bytes + mark_bytes(&text) : "";
        size_t bytes = text.count - mark_bytes(&text);

        status = kite_tree_xml(&draft->mem, at, bytes, tree, &why);
        if (status == KITE_E_FORMAT && is_html) {
            kite_draft_note(draft, KITE_PRESS_NOTE, 0, "%s is not well-formed and is read as browsers do: %s", name, why.text);
            kite_tree_close(tree);
            status = kite_tree_html(&draft->mem, at, bytes, tree, &why);
        }
        if (status)
            kite_fail(draft->fault, status, "%s in it: %s", name, why.text);
    }
    kite_buffer_close(&text);
    return status;
}

/* ---- encryption ---------------------------------------------------------------------------------------------------- */

/* Fonts that are only garbled so that nobody takes them out. */
static bool is_font_garbling(const struct kite_node *encrypted)
{
    const char *method = kite_node_attribute(kite_node_child(encrypted, "EncryptionMethod"), "Algorithm");

    return method && (strcmp(method, "http://www.idpf.org/2008/embedding") == 0 || strcmp(method, "http://ns.adobe.com/pdf/enc#RC") == 0);
}

static enum kite_status refuse(struct kite_draft *draft)
{
    return kite_fail(draft->fault, KITE_E_FORMAT,
                     "%s is encrypted (DRM), so its text cannot be read; ask whoever made it for a copy without",
                     draft->input->name ? draft->input->name : "the EPUB");
}

static enum kite_status check_encryption(struct kite_draft *draft, struct kite_container *container)
{
    struct kite_tree tree;
    enum kite_status status;
    bool is_encrypted = false;

    if (kite_container_has(container, "META-INF/license.lcpl") || kite_container_has(container, "META-INF/sinf.xml"))
        return refuse(draft);
    if (!kite_container_has(container, "META-INF/encryption.xml"))
        return KITE_OK;
    status = kite_epub_tree(draft, container, "META-INF/encryption.xml", false, &tree);
    for (const struct kite_node *node = tree.root; node && status == KITE_OK; node = kite_node_step(node, tree.root, true))
        is_encrypted = is_encrypted || (kite_node_is(node, "EncryptedData") && !is_font_garbling(node));
    kite_tree_close(&tree);
    return is_encrypted ? refuse(draft) : status;
}

/* ---- the package document ---------------------------------------------------------------------------------------------- */

static const char *text_of(const char *attribute)
{
    return attribute ? attribute : "";
}

/* The first package document that META-INF/container.xml names. */
static enum kite_status find_package(struct kite_draft *draft, struct kite_container *container, struct kite_epub_package *p)
{
    struct kite_tree tree;
    enum kite_status status = kite_epub_tree(draft, container, "META-INF/container.xml", false, &tree);
    const struct kite_node *root = tree.root;
    const char *path = NULL;

    for (const struct kite_node *node = root; node && !path && status == KITE_OK; node = kite_node_step(node, root, true)) {
        if (kite_node_is(node, "rootfile"))
            path = kite_node_attribute(node, "full-path");
    }
    if (status == KITE_OK || status == KITE_DONE)
        status = path && kite_container_resolve("", path, p->name) == KITE_OK && kite_container_has(container, p->name)
                     ? KITE_OK
                     : kite_fail(draft->fault, KITE_E_FORMAT, "the EPUB does not say where its package document is");
    kite_tree_close(&tree);
    return status;
}

static enum kite_status resolve(struct kite_epub_package *p, const char *reference, const char **out)
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    char *copy;

    *out = "";
    if (!reference || kite_container_resolve(p->name, reference, name))
        return KITE_OK;
    copy = kite_arena_alloc(&p->arena, strlen(name) + 1, 1);
    if (!copy)
        return KITE_E_NOMEM;
    memcpy(copy, name, strlen(name) + 1);
    *out = copy;
    return KITE_OK;
}

static bool has_word(const char *words, const char *word)
{
    size_t bytes = strlen(word);

    for (const char *at = strstr(words, word); at; at = strstr(at + 1, word)) {
        if ((at == words || at[-1] == ' ') && (at[bytes] == '\0' || at[bytes] == ' '))
            return true;
    }
    return false;
}

bool kite_epub_is_font(const struct kite_epub_file *file)
{
    const char *type = file->type;

    return strncmp(type, "font/", 5) == 0 || strstr(type, "opentype") || strstr(type, "truetype") || strstr(type, "font-");
}

static enum kite_status read_manifest(struct kite_epub_package *p, const struct kite_node *manifest, struct kite_names *ids)
{
    size_t count = 0;
    enum kite_status status = KITE_OK;

    for (const struct kite_node *item = manifest->first; item; item = item->next)
        count += kite_node_is(item, "item");
    if (count > KITE_EPUB_FILES_MAX)
        return KITE_E_LIMIT;
    p->files = kite_arena_alloc(&p->arena, count + 1, sizeof *p->files);
    if (!p->files)
        return KITE_E_NOMEM;
    for (const struct kite_node *item = manifest->first; item && status == KITE_OK; item = item->next) {
        struct kite_epub_file *file = &p->files[p->file_count];
        uint32_t number;
        bool is_new;

        if (!kite_node_is(item, "item"))
            continue;
        *file = (struct kite_epub_file){ .id = text_of(kite_node_attribute(item, "id")),
                                            .type = text_of(kite_node_attribute(item, "media-type")),
                                            .properties = text_of(kite_node_attribute(item, "properties")),
                                            .fallback_id = text_of(kite_node_attribute(item, "fallback")) };
        status = resolve(p, kite_node_attribute(item, "href"), &file->name);
        status = status ? status : kite_names_add(ids, &p->arena, file->id, strlen(file->id), &number, &is_new);
        if (status || !is_new) /* of two with one id the first counts */
            continue;
        p->font_count += kite_epub_is_font(file);
        p->file_count++;
    }
    return status;
}

static const struct kite_epub_file *file_by_id(const struct kite_epub_package *p, const struct kite_names *ids, const char *id)
{
    uint32_t number = id ? kite_names_find(ids, id, strlen(id)) : UINT32_MAX;

    return number == UINT32_MAX ? NULL : &p->files[number];
}

static bool is_markup(const struct kite_epub_file *file)
{
    return strstr(file->type, "html") || strcmp(file->type, "image/svg+xml") == 0 || strstr(file->type, "dtbook") ||
           strcmp(file->type, "text/x-oeb1-document") == 0;
}

/* The file itself, or the first of those that may stand for it which holds markup. */
static const struct kite_epub_file *readable(const struct kite_epub_package *p, const struct kite_names *ids, const struct kite_epub_file *file)
{
    for (unsigned i = 0; file && !is_markup(file) && i < 8; i++)
        file = file_by_id(p, ids, file->fallback_id);
    return file && is_markup(file) ? file : NULL;
}

static bool is_linear(const struct kite_node *reference)
{
    const char *linear = kite_node_attribute(reference, "linear");

    return !linear || strcmp(linear, "no") != 0;
}

static enum kite_status read_spine(struct kite_draft *draft, struct kite_epub_package *p, const struct kite_node *spine, const struct kite_names *ids)
{
    size_t count = 0, lost = 0;
    bool *is_taken = kite_arena_alloc(&p->arena, p->file_count + 1, sizeof *is_taken);

    for (const struct kite_node *node = spine->first; node; node = node->next)
        count += kite_node_is(node, "itemref");
    if (count > KITE_EPUB_FILES_MAX)
        return KITE_E_LIMIT;
    p->spine = kite_arena_alloc(&p->arena, count + 1, sizeof *p->spine);
    if (!p->spine || !is_taken)
        return KITE_E_NOMEM;
    memset(is_taken, 0, p->file_count);
    for (int pass = 0; pass < 2; pass++) {
        for (const struct kite_node *node = spine->first; node; node = node->next) {
            const struct kite_epub_file *file;

            if (!kite_node_is(node, "itemref") || is_linear(node) != (pass == 0))
                continue;
            file = readable(p, ids, file_by_id(p, ids, kite_node_attribute(node, "idref")));
            lost += file == NULL;
            if (!file || is_taken[file - p->files])
                continue;
            is_taken[file - p->files] = true;
            p->spine[p->spine_count++] = (uint32_t)(file - p->files);
        }
    }
    if (lost > 0)
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "left out: %u parts that are not text, or that the EPUB names but does not hold",
                        (unsigned)lost);
    return KITE_OK;
}

/* The cover's picture: EPUB 3 marks it, EPUB 2 names it in a meta element. */
static const struct kite_epub_file *find_cover(const struct kite_epub_package *p, const struct kite_names *ids, const struct kite_node *metadata)
{
    for (size_t i = 0; i < p->file_count; i++) {
        if (has_word(p->files[i].properties, "cover-image"))
            return &p->files[i];
    }
    for (const struct kite_node *node = metadata ? metadata->first : NULL; node; node = node->next) {
        const char *name = kite_node_attribute(node, "name");
        const struct kite_epub_file *file;

        if (!kite_node_is(node, "meta") || !name || strcmp(name, "cover") != 0)
            continue;
        file = file_by_id(p, ids, kite_node_attribute(node, "content"));
        if (file && strncmp(file->type, "image/", 6) == 0)
            return file;
    }
    return NULL;
}

static bool says_fixed_pages(const struct kite_node *metadata)
{
    for (const struct kite_node *node = metadata ? metadata->first : NULL; node; node = node->next) {
        const char *property = kite_node_attribute(node, "property"), *name = kite_node_attribute(node, "name");
        const char *content = kite_node_attribute(node, "content");

        if (property && strcmp(property, "rendition:layout") == 0 && node->first && node->first->text && strstr(node->first->text, "pre-paginated"))
            return true;
        if (name && strcmp(name, "fixed-layout") == 0 && content && strcmp(content, "true") == 0)
            return true;
    }
    return false;
}

static enum kite_status read_package(struct kite_draft *draft, struct kite_epub_package *p)
{
    const struct kite_node *package = kite_node_child(p->tree.root, "package"), *metadata = kite_node_child(package, "metadata");
    const struct kite_node *manifest = kite_node_child(package, "manifest"), *spine = kite_node_child(package, "spine");
    const struct kite_node *dublin_core = kite_node_child(metadata, "dc-metadata"); /* of OEB, before EPUB */
    const char *turns = kite_node_attribute(spine, "page-progression-direction");
    struct kite_names ids = { 0 };
    enum kite_status status;

    if (!manifest || !spine)
        return kite_fail(draft->fault, KITE_E_FORMAT, "the EPUB's package document names no text");
    status = read_manifest(p, manifest, &ids);
    status = status ? status : read_spine(draft, p, spine, &ids);
    if (status)
        return kite_fail(draft->fault, status, "the EPUB's package document: %s", kite_status_text(status));
    for (size_t i = 0; i < p->file_count && !p->nav; i++)
        p->nav = has_word(p->files[i].properties, "nav") ? &p->files[i] : NULL;
    p->ncx = file_by_id(p, &ids, kite_node_attribute(spine, "toc"));
    for (size_t i = 0; i < p->file_count && !p->ncx; i++)
        p->ncx = strstr(p->files[i].type, "dtbncx") ? &p->files[i] : NULL;
    p->cover = find_cover(p, &ids, metadata);
    p->has_fixed_pages = says_fixed_pages(metadata);
    p->turns_right_to_left = turns && strcmp(turns, "rtl") == 0;
    return kite_epub_metadata(draft, dublin_core ? dublin_core : metadata, kite_node_attribute(package, "unique-identifier"));
}

enum kite_status kite_epub_package_open(struct kite_draft *draft, struct kite_container *container, struct kite_epub_package *out)
{
    enum kite_status status;

    *out = (struct kite_epub_package){ .tree = { .root = NULL } };
    kite_arena_init(&out->arena, draft->mem, 0);
    kite_arena_init(&out->tree.arena, draft->mem, 0);
    status = check_encryption(draft, container);
    out->has_rights = kite_container_has(container, "META-INF/rights.xml");
    status = status ? status : find_package(draft, container, out);
    if (status == KITE_OK)
        status = kite_epub_tree(draft, container, out->name, false, &out->tree);
    return status ? status : read_package(draft, out);
}

void kite_epub_package_close(struct kite_epub_package *package)
{
    kite_tree_close(&package->tree);
    kite_arena_close(&package->arena);
}
