/* The contents that an EPUB brings, for files that have no headings of their own: as made by programs for which a heading is a large
 * paragraph. */
#include "press/epub_package.h"

#include "press/markup.h"

#include <stdio.h>
#include <string.h>

#define ENTRIES_MAX 5000u
#define LOOK_LETTERS 160u /* of text behind the place that an entry leads to, in which its heading may stand */
#define LOOK_NODES 200u
#define LABEL_BYTES_MAX 300u
#define HEADING_NODES_MAX 64u /* of a paragraph that could be a heading */

struct entry {
    const char *label;
    uint32_t place; /* number of the key */
    uint8_t level;
};

struct contents {
    struct kite_draft *draft;
    struct kite_arena arena;
    struct kite_names keys; /* "file#id" or "file#" */
    struct entry *entries;
    size_t count, capacity;
    struct kite_node **places; /* by number of the key */
    uint32_t *file_of;         /* the same: index of a file */
    bool is_quiet;             /* what cannot be read was told before */
    enum kite_status status;
};

/* ---- reading the contents ------------------------------------------------------------------------------------------ */

/* Without what stands around and between words but single spaces. */
static enum kite_status plain_label(struct contents *c, const struct kite_node *node, const char **out)
{
    struct kite_text plain;
    struct kite_buffer text = { .mem = c->draft->mem };
    enum kite_status status = kite_node_text(node, &text);

    *out = NULL;
    status = status ? status : kite_draft_plain_text(c->draft, text.count ? (const char *)text.bytes : "", text.count, &plain);
    if (status == KITE_OK && plain.text_bytes > 0 && plain.text_bytes <= LABEL_BYTES_MAX) {
        *out = kite_draft_copy(c->draft, plain.text, plain.text_bytes);
        status = *out ? KITE_OK : KITE_E_NOMEM;
    }
    kite_buffer_close(&text);
    return status;
}

/* How many elements of this name stand above. */
static uint8_t level_of(const struct kite_node *node, const char *name)
{
    uint8_t level = 0;

    for (; node && level < KITE_LEVEL_MAX; node = node->parent)
        level += kite_node_is(node, name);
    return level ? level : 1;
}

static void add_entry(struct contents *c, const char *from, const struct kite_node *label, const char *reference, uint8_t level)
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1], key[2 * KITE_CONTAINED_NAME_BYTES_MAX];
    const char *id = reference ? strchr(reference, '#') : NULL;
    struct entry entry = { .level = level };
    void *entries = c->entries;
    int bytes;

    if (!label || !reference || c->status || c->count == ENTRIES_MAX || kite_container_resolve(from, reference, name))
        return;
    bytes = snprintf(key, sizeof key, "%s%s", name, id ? id : "#");
    if (bytes < 0 || (size_t)bytes >= sizeof key)
        return;
    c->status = plain_label(c, label, &entry.label);
    if (c->status || !entry.label)
        return;
    c->status = kite_names_add(&c->keys, &c->arena, key, (size_t)bytes, &entry.place, NULL);
    c->status = c->status ? c->status : kite_arena_grow(&c->arena, &entries, &c->capacity, c->count + 1, sizeof entry);
    c->entries = entries;
    if (c->status == KITE_OK)
        c->entries[c->count++] = entry;
}

static void read_nav(struct contents *c, const char *name, const struct kite_node *root)
{
    const struct kite_node *nav = root;

    while (nav && !(kite_node_is(nav, "nav") && kite_node_has_word(nav, "epub:type", "toc")))
        nav = kite_node_step(nav, root, true);
    for (const struct kite_node *node = nav; node && c->status == KITE_OK; node = kite_node_step(node, nav, true)) {
        if (kite_node_is(node, "a"))
            add_entry(c, name, node, kite_node_attribute(node, "href"), level_of(node, "ol"));
    }
}

static void read_ncx(struct contents *c, const char *name, const struct kite_node *root)
{
    const struct kite_node *map = kite_node_find(root, "navMap");

    for (const struct kite_node *node = map; node && c->status == KITE_OK; node = kite_node_step(node, map, true)) {
        if (kite_node_is(node, "navPoint"))
            add_entry(c, name, kite_node_child(node, "navLabel"), kite_node_attribute(kite_node_child(node, "content"), "src"),
                      level_of(node, "navPoint"));
    }
}

static void read_nav_pages(struct contents *c, const char *name, const struct kite_node *root)
{
    const struct kite_node *nav = root;

    while (nav && !(kite_node_is(nav, "nav") && (kite_node_has_word(nav, "epub:type", "page-list") || kite_node_has_word(nav, "role", "doc-pagelist"))))
        nav = kite_node_step(nav, root, true);
    for (const struct kite_node *node = nav; node && c->status == KITE_OK; node = kite_node_step(node, nav, true)) {
        if (kite_node_is(node, "a"))
            add_entry(c, name, node, kite_node_attribute(node, "href"), 1);
    }
}

static void read_ncx_pages(struct contents *c, const char *name, const struct kite_node *root)
{
    const struct kite_node *list = kite_node_find(root, "pageList");

    for (const struct kite_node *node = list; node && c->status == KITE_OK; node = kite_node_step(node, list, true)) {
        if (kite_node_is(node, "pageTarget"))
            add_entry(c, name, kite_node_child(node, "navLabel"), kite_node_attribute(kite_node_child(node, "content"), "src"), 1);
    }
}

static void read_contents(struct contents *c, struct kite_container *container, const struct kite_epub_file *file,
                          void (*read)(struct contents *c, const char *name, const struct kite_node *root))
{
    struct kite_fault *fault = c->draft->fault, ignored = { "" };
    struct kite_tree tree;

    if (!file || c->status || c->count > 0)
        return;
    c->draft->fault = &ignored; /* a book without contents can be read */
    c->status = kite_epub_tree(c->draft, container, file->name, true, &tree);
    c->draft->fault = fault;
    if (c->status == KITE_OK)
        read(c, file->name, tree.root);
    else if (c->status != KITE_E_NOMEM) {
        if (!c->is_quiet)
            kite_draft_note(c->draft, KITE_PRESS_WARNING, 0, "its contents cannot be read: %s",
                            c->status == KITE_DONE ? "they are not there" : ignored.text);
        c->status = KITE_OK;
    }
    kite_tree_close(&tree);
}

/* ---- places in the files ------------------------------------------------------------------------------------------------ */

static void take_place(struct contents *c, const char *name, const char *id, uint32_t file, struct kite_node *node)
{
    char key[2 * KITE_CONTAINED_NAME_BYTES_MAX];
    int bytes = snprintf(key, sizeof key, "%s#%s", name, id);
    uint32_t number = bytes > 0 && (size_t)bytes < sizeof key ? kite_names_find(&c->keys, key, (size_t)bytes) : UINT32_MAX;

    if (number == UINT32_MAX || c->places[number])
        return;
    c->places[number] = node;
    c->file_of[number] = file;
}

static void find_places(struct contents *c, const struct kite_markup_file *files, size_t file_count)
{
    c->places = kite_arena_alloc(&c->arena, (size_t)c->keys.count + 1, sizeof *c->places);
    c->file_of = kite_arena_alloc(&c->arena, (size_t)c->keys.count + 1, sizeof *c->file_of);
    if (!c->places || !c->file_of) {
        c->status = KITE_E_NOMEM;
        return;
    }
    memset(c->places, 0, (size_t)c->keys.count * sizeof *c->places);
    for (size_t i = 0; i < file_count; i++) {
        take_place(c, files[i].name, "", (uint32_t)i, files[i].top);
        for (struct kite_node *node = files[i].top; node; node = kite_node_step(node, files[i].top, true)) {
            const char *id = kite_node_attribute(node, "id");

            id = id ? id : kite_node_is(node, "a") ? kite_node_attribute(node, "name") : NULL;
            if (id && *id)
                take_place(c, files[i].name, id, (uint32_t)i, node);
        }
    }
}

/* ---- headings --------------------------------------------------------------------------------------------------------------- */

static bool is_heading(const struct kite_node *node)
{
    return node->name && node->name[0] == 'h' && node->name[1] >= '1' && node->name[1] <= '6' && node->name[2] == '\0';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (uint8_t)c >= 0x80;
}

/* The letters of a text in the order of a label, case apart; *label is moved behind those that fit. */
static bool continues(const char **label, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        char a = text[i], b;

        if (!is_letter(a))
            continue;
        while (**label && !is_letter(**label))
            ++*label;
        b = **label;
        if ((a >= 'A' && a <= 'Z' ? (char)(a + 32) : a) != (b >= 'A' && b <= 'Z' ? (char)(b + 32) : b))
            return false;
        ++*label;
    }
    return true;
}

/* Does a block say just what the label says, in one line? */
static bool says(const struct kite_node *block, const char *label)
{
    unsigned nodes = 0;

    for (const struct kite_node *node = block->first; node; node = kite_node_step(node, block, true)) {
        if (++nodes > HEADING_NODES_MAX || kite_markup_is_block(node) || (!node->name && !continues(&label, node->text, node->text_bytes)))
            return false;
    }
    while (*label && !is_letter(*label))
        label++;
    return *label == '\0';
}

static void name_heading(struct kite_node *node, uint8_t level)
{
    static const char *const names[] = { "h1", "h2", "h3", "h4", "h5", "h6" };

    node->name = names[level - 1];
}

/* A heading at the place or soon behind it, or a paragraph there that says the same and becomes one. */
static bool has_heading(const struct entry *entry, struct kite_node *place, const struct kite_node *top, bool *is_renamed)
{
    size_t letters = 0, nodes = 0;

    for (const struct kite_node *above = place; above; above = above->parent) {
        if (is_heading(above))
            return true;
    }
    for (struct kite_node *node = place; node && letters < LOOK_LETTERS && nodes < LOOK_NODES; nodes++) {
        if (is_heading(node))
            return true;
        if ((kite_node_is(node, "p") || kite_node_is(node, "div")) && says(node, entry->label)) {
            name_heading(node, entry->level);
            *is_renamed = true;
            return true;
        }
        for (size_t i = 0; !node->name && i < node->text_bytes; i++)
            letters += is_letter(node->text[i]);
        node = kite_node_step(node, top, true);
    }
    return false;
}

static void insert_node(struct kite_node *node, struct kite_node *parent, struct kite_node *before)
{
    struct kite_node **link = &parent->first;

    node->parent = parent;
    node->next = before;
    while (*link && *link != before)
        link = &(*link)->next;
    *link = node;
}

/* An element with a text in front of what `parent` holds from `before` on. */
static void insert_heading(struct contents *c, struct kite_tree *tree, const struct entry *entry, struct kite_node *parent, struct kite_node *before)
{
    struct kite_node *pair = kite_arena_alloc(&tree->arena, 2, sizeof *pair);

    if (!pair) {
        c->status = KITE_E_NOMEM;
        return;
    }
    pair[0] = (struct kite_node){ .first = &pair[1] };
    pair[1] = (struct kite_node){ .parent = &pair[0], .text = entry->label, .text_bytes = strlen(entry->label) };
    name_heading(&pair[0], entry->level);
    insert_node(&pair[0], parent, before);
}

static bool has_letters(const struct kite_node *top)
{
    for (const struct kite_node *node = top; node; node = kite_node_step(node, top, true)) {
        for (size_t i = 0; !node->name && i < node->text_bytes; i++) {
            if (is_letter(node->text[i]))
                return true;
        }
    }
    return false;
}

/* The block that a place stands in: where a heading can go before it. */
static struct kite_node *block_of(struct kite_node *place, const struct kite_node *top)
{
    while (place != top && place->parent != top && !kite_markup_is_block(place))
        place = place->parent;
    return place;
}

/* 1 when a heading was made. */
static unsigned make_heading(struct contents *c, struct kite_tree *trees, const struct kite_markup_file *files, const struct entry *entry)
{
    struct kite_node *place = c->places[entry->place], *top, *block;
    bool is_renamed = false;
    uint32_t file;

    if (!place)
        return 0;
    file = c->file_of[entry->place];
    top = files[file].top;
    if (place->mark == KITE_MARK_LEFT_OUT || has_heading(entry, place, top, &is_renamed) || !has_letters(top))
        return is_renamed;
    block = block_of(place, top);
    if (block == top)
        insert_heading(c, &trees[file], entry, top, top->first);
    else
        insert_heading(c, &trees[file], entry, block->parent, block);
    return 1;
}

enum kite_status kite_epub_add_headings(struct kite_draft *draft, struct kite_container *container, const struct kite_epub_package *package,
                                           struct kite_tree *trees, struct kite_markup_file *files, size_t file_count)
{
    struct contents c = { .draft = draft };
    unsigned made = 0;

    kite_arena_init(&c.arena, draft->mem, 0);
    read_contents(&c, container, package->nav, read_nav);
    read_contents(&c, container, package->ncx, read_ncx);
    if (c.status == KITE_OK)
        find_places(&c, files, file_count);
    for (size_t i = 0; i < c.count && c.status == KITE_OK; i++)
        made += make_heading(&c, trees, files, &c.entries[i]);
    if (made > 0)
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "%u headings are made from the contents that the EPUB brings", made);
    if (c.count == ENTRIES_MAX)
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "the EPUB's contents have more than %u entries; the rest is passed over", ENTRIES_MAX);
    kite_arena_close(&c.arena);
    return c.status;
}

/* ---- pages of the paper book ---------------------------------------------------------------------------------------------------- */

static bool has_label(const struct kite_node *page_break)
{
    return page_break->first || kite_node_attribute(page_break, "title") || kite_node_attribute(page_break, "aria-label");
}

/* A page break in front of the place; one that is there gets its number unless it has one. */
static void make_page(struct contents *c, struct kite_tree *trees, const struct kite_markup_file *files, const struct entry *entry)
{
    struct kite_node *place = c->places[entry->place], *node, *top;
    struct kite_attribute *attributes;
    struct kite_arena *arena;

    if (!place || (kite_markup_is_page_break(place) && has_label(place)))
        return;
    top = files[c->file_of[entry->place]].top;
    arena = &trees[c->file_of[entry->place]].arena;
    node = kite_arena_alloc(arena, 1, sizeof *node);
    attributes = kite_arena_alloc(arena, 2, sizeof *attributes);
    if (!node || !attributes) {
        c->status = KITE_E_NOMEM;
        return;
    }
    attributes[0] = (struct kite_attribute){ .name = "title", .value = entry->label };
    attributes[1] = (struct kite_attribute){ .name = "epub:type", .value = "pagebreak" };
    if (kite_markup_is_page_break(place)) {
        attributes[0].next = place->attributes;
        place->attributes = attributes;
        return;
    }
    attributes[0].next = &attributes[1];
    *node = (struct kite_node){ .name = "span", .attributes = attributes };
    insert_node(node, place == top ? top : place->parent, place == top ? top->first : place);
}

enum kite_status kite_epub_add_pages(struct kite_draft *draft, struct kite_container *container, const struct kite_epub_package *package,
                                     struct kite_tree *trees, struct kite_markup_file *files, size_t file_count)
{
    struct contents c = { .draft = draft, .is_quiet = true };

    kite_arena_init(&c.arena, draft->mem, 0);
    read_contents(&c, container, package->nav, read_nav_pages);
    read_contents(&c, container, package->ncx, read_ncx_pages);
    if (c.status == KITE_OK)
        find_places(&c, files, file_count);
    for (size_t i = 0; i < c.count && c.status == KITE_OK; i++)
        make_page(&c, trees, files, &c.entries[i]);
    kite_arena_close(&c.arena);
    return c.status;
}
