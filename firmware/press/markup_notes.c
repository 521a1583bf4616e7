/* Notes: which links are their marks, which elements hold their text. Marked as such in EPUB and by the programs that write HTML, or
 * recognised: a short label in a raised or bracketed link, and a block that it leads to, which begins with the same label or leads
 * back. */
#include "press/markup.h"

#include "press/container.h"

#include <string.h>

#define LABEL_BYTES_MAX 8u

/* ---- keys -------------------------------------------------------------------------------------------------------- */

static bool is_file(const struct kite_markup *m, const char *name)
{
    for (size_t i = 0; i < m->file_count; i++) {
        if (strcmp(m->files[i].name, name) == 0)
            return true;
    }
    return false;
}

/* Name and id to a key. */
static bool join(const char *name, const char *id, char out[KITE_STRING_BYTES_MAX + 1])
{
    size_t name_bytes = strlen(name), id_bytes = strlen(id), between = name_bytes > 0;

    if (name_bytes + between + id_bytes > KITE_STRING_BYTES_MAX)
        return false;
    memcpy(out, name, name_bytes);
    memcpy(out + name_bytes, "#", between);
    memcpy(out + name_bytes + between, id, id_bytes + 1);
    return true;
}

bool kite_markup_key(const struct kite_markup *m, const char *href, char out[KITE_STRING_BYTES_MAX + 1])
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    const char *id = strchr(href, '#');

    if (href[0] == '#')
        return href[1] != '\0' && join(m->file->name, href + 1, out);
    if (m->file->name[0] == '\0' || kite_container_resolve(m->file->name, href, name) || !is_file(m, name))
        return false;
    return join(name, id ? id + 1 : "", out);
}

/* In one of several files only what links lead to has a name: there may be one for each word. */
static void take_anchor(struct kite_markup *m, const char *id)
{
    char key[KITE_STRING_BYTES_MAX + 1];
    bool is_one_of_several = m->file->name[0] != '\0';

    if (m->status || !join(m->file->name, id, key) ||
        (is_one_of_several && kite_names_find(&m->keys, key, strlen(key)) == UINT32_MAX))
        return;
    m->status = kite_draft_anchor_add(m->draft, key, strlen(key), &m->anchors);
}

bool kite_markup_is_page_break(const struct kite_node *node)
{
    return kite_node_has_word(node, "epub:type", "pagebreak") || kite_node_has_word(node, "role", "doc-pagebreak");
}

/* The number that is printed on a page. */
static const char *page_label(const struct kite_node *node)
{
    static const char *const names[] = { "title", "aria-label" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *label = kite_node_attribute(node, names[i]);

        if (label && *label)
            return label;
    }
    while (node->first && !node->text)
        node = node->first;
    return node->text ? node->text : "";
}

static void take_page(struct kite_markup *m, const struct kite_node *node)
{
    struct kite_draft_page page = { .picture = KITE_NO_PICTURE, .label = page_label(node) };

    page.letters = kite_count_letters((const char *)m->builder.text.bytes, m->builder.text.count);
    if (m->status == KITE_OK)
        m->status = kite_draft_page_add(m->draft, &page, &m->pages);
}

void kite_markup_take_anchors(struct kite_markup *m, const struct kite_node *node)
{
    static const char *const names[] = { "id", "name" };

    if (m->is_in_note)
        return;
    if (!node && m->file->name[0])
        take_anchor(m, "");
    if (node && kite_markup_is_page_break(node))
        take_page(m, node);
    for (size_t i = 0; node && i < sizeof names / sizeof *names; i++) {
        const char *id = kite_node_attribute(node, names[i]);

        if (id && *id)
            take_anchor(m, id);
    }
}

/* ---- what stands where ------------------------------------------------------------------------------------------------- */

static void each_link(struct kite_markup *m, struct kite_node *top, void (*each)(struct kite_markup *m, struct kite_node *link))
{
    struct kite_node *node = top;

    while (node && m->status == KITE_OK) {
        if (kite_node_is(node, "a"))
            each(m, node);
        node = kite_node_step(node, top, node->mark != KITE_MARK_LEFT_OUT);
    }
}

static void each_link_of_all(struct kite_markup *m, void (*each)(struct kite_markup *m, struct kite_node *link))
{
    for (size_t i = 0; i < m->file_count; i++) {
        m->file = &m->files[i];
        each_link(m, m->file->top, each);
    }
}

static void add_key(struct kite_markup *m, struct kite_node *link)
{
    char key[KITE_STRING_BYTES_MAX + 1];
    const char *href = kite_node_attribute(link, "href");
    struct kite_arena *arena = &m->draft->arena;
    void *targets = m->targets;
    uint32_t number;

    if (!href || !kite_markup_key(m, href, key))
        return;
    m->status = kite_names_add(&m->keys, arena, key, strlen(key), &number, NULL);
    if (m->status == KITE_OK)
        m->status = kite_arena_grow(arena, &targets, &m->target_capacity, (size_t)number + 1, sizeof *m->targets);
    m->targets = targets;
    if (m->status == KITE_OK)
        m->targets[number] = NULL;
}

static void take_target(struct kite_markup *m, const char *id, struct kite_node *node)
{
    char key[KITE_STRING_BYTES_MAX + 1];
    uint32_t number = id && *id && join(m->file->name, id, key) ? kite_names_find(&m->keys, key, strlen(key)) : UINT32_MAX;

    if (number != UINT32_MAX && !m->targets[number]) /* of two with one name the first counts */
        m->targets[number] = node;
}

static void find_targets(struct kite_markup *m)
{
    each_link_of_all(m, add_key);
    for (size_t i = 0; i < m->file_count && m->status == KITE_OK; i++) {
        m->file = &m->files[i];
        for (struct kite_node *node = m->file->top; node; node = kite_node_step(node, m->file->top, true)) {
            take_target(m, kite_node_attribute(node, "id"), node);
            if (kite_node_is(node, "a"))
                take_target(m, kite_node_attribute(node, "name"), node);
        }
    }
}

static struct kite_node *target_of(const struct kite_markup *m, const struct kite_node *link)
{
    char key[KITE_STRING_BYTES_MAX + 1];
    const char *href = kite_node_attribute(link, "href");
    uint32_t number;

    if (!href || !kite_markup_key(m, href, key))
        return NULL;
    number = kite_names_find(&m->keys, key, strlen(key));
    return number == UINT32_MAX ? NULL : m->targets[number];
}

static bool says(const struct kite_node *node, const char *const *words)
{
    for (; *words; words++) {
        if (kite_node_has_word(node, "epub:type", *words) || kite_node_has_word(node, "role", *words) ||
            kite_node_has_word(node, "class", *words))
            return true;
    }
    return false;
}

static const char *const ref_words[] = { "noteref", "doc-noteref", "footnote-ref", "footnote-reference", "footnote_ref", "fnref", NULL };
static const char *const body_words[] = { "footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote", NULL };
static const char *const back_words[] = { "backlink", "referrer", "doc-backlink", "footnote-back", "footnote-backref", "reversefootnote", NULL };

/* The block that a target stands in: what holds the text of a note. */
static struct kite_node *body_of(struct kite_node *target)
{
    static const char *const blocks[] = { "p", "li", "div", "aside", "td", "dd", "section", "tr", "blockquote" };

    for (struct kite_node *node = target; node; node = node->parent) {
        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
            if (kite_node_is(node, blocks[i]))
                return node;
        }
        if (kite_node_is(node, "dt") && node->next) { /* the explanation is the note */
            struct kite_node *next = node->next;

            while (next && !kite_node_is(next, "dd"))
                next = next->next;
            return next;
        }
    }
    return NULL;
}

/* ---- labels ------------------------------------------------------------------------------------------------------------- */

static bool is_bracket(char c)
{
    return c == '[' || c == ']' || c == '(' || c == ')' || c == '{' || c == '}' || c == ' ' || c == '\n' || c == '\t';
}

/* The text of a link without its brackets, when it is a label: a number, a letter or a few signs. */
static const char *label_of(struct kite_markup *m, const struct kite_node *link)
{
    struct kite_buffer text = { .mem = m->draft->mem };
    const char *label = NULL;
    size_t from = 0, to;

    if (m->status == KITE_OK)
        m->status = kite_node_text(link, &text);
    to = text.count;
    while (from < to && is_bracket((char)text.bytes[from]))
        from++;
    while (to > from && is_bracket((char)text.bytes[to - 1]))
        to--;
    if (m->status == KITE_OK && to > from && to - from <= LABEL_BYTES_MAX) {
        label = kite_draft_copy(m->draft, (const char *)text.bytes + from, to - from);
        m->status = label ? KITE_OK : KITE_E_NOMEM;
    }
    kite_buffer_close(&text);
    return label;
}

static bool is_number_or_sign(const char *label)
{
    size_t digits = strspn(label, "0123456789");

    return label[digits] == '\0' || strcmp(label, "*") == 0 || strcmp(label, "**") == 0 || strcmp(label, "***") == 0 ||
           strcmp(label, "\xE2\x80\xA0") == 0 || strcmp(label, "\xE2\x80\xA1") == 0 || strcmp(label, "\xC2\xA7") == 0;
}

static bool is_raised_or_bracketed(const struct kite_node *link)
{
    const struct kite_node *first = link->first;

    if (kite_node_is(link->parent, "sup") || kite_node_find(link, "sup"))
        return true;
    return first && !first->name && first->text_bytes > 0 && (first->text[0] == '[' || first->text[0] == '(');
}

/* Does the block begin with this label, brackets apart? */
static bool begins_with(const struct kite_node *body, const char *label)
{
    const struct kite_node *node = body;

    while (node) {
        size_t at = 0;

        node = kite_node_step(node, body, true);
        if (!node || node->name)
            continue;
        while (at < node->text_bytes && is_bracket(node->text[at]))
            at++;
        if (at < node->text_bytes)
            return strncmp(node->text + at, label, strlen(label)) == 0 &&
                   !(node->text[at + strlen(label)] >= '0' && node->text[at + strlen(label)] <= '9');
    }
    return false;
}

static bool is_within(const struct kite_node *node, const struct kite_node *top)
{
    while (node && node != top)
        node = node->parent;
    return node != NULL;
}

/* Where no mark can stand. */
static bool is_preformatted(const struct kite_node *node)
{
    while (node && !kite_node_is(node, "pre"))
        node = node->parent;
    return node != NULL;
}

/* The mark, which leads to the note that this link stands in; whatever its class says, as marks and notes often have the same. */
static bool is_mark_of(const struct kite_markup *m, const struct kite_node *target, const struct kite_node *link, const struct kite_node *body,
                       const char *label)
{
    struct kite_node *note = kite_node_is(target, "a") ? target_of(m, target) : NULL;

    note = note ? body_of(note) : NULL;
    return note && label && is_within(link, note) && !begins_with(body, label);
}

static bool is_reference(const struct kite_markup *m, const struct kite_node *link, const struct kite_node *target, const struct kite_node *body,
                         const char *label)
{
    if (is_mark_of(m, target, link, body, label))
        return false;
    if (!label || says(link, back_words) || is_within(link, body) || is_preformatted(link))
        return false;
    if (says(link, ref_words) || says(link->parent, ref_words) || says(target, body_words) || says(body, body_words))
        return true;
    return is_number_or_sign(label) && is_raised_or_bracketed(link) && begins_with(body, label);
}

void kite_markup_skip_label(const char *label, const char **text, size_t *bytes)
{
    size_t label_bytes = label ? strlen(label) : 0, at = 0;

    while (at < *bytes && is_bracket((*text)[at]))
        at++;
    if (label_bytes == 0 || *bytes - at < label_bytes || memcmp(*text + at, label, label_bytes) != 0)
        return;
    at += label_bytes;
    if (at < *bytes && (*text)[at] >= '0' && (*text)[at] <= '9')
        return;
    while (at < *bytes && (is_bracket((*text)[at]) || (*text)[at] == '.' || (*text)[at] == ':'))
        at++;
    *text += at;
    *bytes -= at;
}

/* ---- marking ---------------------------------------------------------------------------------------------------------------- */

static uint32_t note_of(struct kite_markup *m, struct kite_node *body, const char *label)
{
    struct kite_arena *arena = &m->draft->arena;
    void *notes = m->notes, *labels = m->labels;
    size_t capacity = m->note_capacity;

    if (kite_is_note_body(body))
        return body->mark - KITE_MARK_NOTE_BODY;
    if (kite_arena_grow(arena, &notes, &capacity, m->note_count + 1, sizeof *m->notes) ||
        kite_arena_grow(arena, &labels, &m->note_capacity, m->note_count + 1, sizeof *m->labels)) {
        m->status = KITE_E_NOMEM;
        return 0;
    }
    m->notes = notes;
    m->labels = labels;
    m->notes[m->note_count] = body;
    m->labels[m->note_count] = label;
    body->mark = KITE_MARK_NOTE_BODY + (uint32_t)m->note_count;
    return (uint32_t)m->note_count++;
}

static void mark_reference(struct kite_markup *m, struct kite_node *link)
{
    struct kite_node *target = target_of(m, link), *body = target ? body_of(target) : NULL;
    const char *label = body ? label_of(m, link) : NULL;

    if (!body || !is_reference(m, link, target, body, label))
        return;
    link->mark = KITE_MARK_NOTE_REF + note_of(m, body, label);
}

/* In a note: a link to one of its marks, or to what holds one. */
static void mark_back(struct kite_markup *m, struct kite_node *link)
{
    const struct kite_node *target;

    if (says(link, back_words)) {
        link->mark = KITE_MARK_BACK;
        return;
    }
    target = target_of(m, link);
    if (!target || link->mark != KITE_MARK_NONE)
        return;
    if (kite_is_note_ref(target) || (target->parent && kite_is_note_ref(target->parent))) {
        link->mark = KITE_MARK_BACK;
        return;
    }
    for (const struct kite_node *node = target->first; node; node = kite_node_step(node, target, true)) {
        if (kite_is_note_ref(node) && !kite_markup_is_block(target)) {
            link->mark = KITE_MARK_BACK;
            return;
        }
    }
}

static bool is_heading(const struct kite_node *node)
{
    return node->name && node->name[0] == 'h' && node->name[1] >= '1' && node->name[1] <= '6' && node->name[2] == '\0';
}

/* Nothing that stays: spaces, rules, and what is marked. */
static bool is_empty(const struct kite_node *node)
{
    return node->mark != KITE_MARK_NONE || kite_node_is(node, "hr") ||
           (!node->name && strspn(node->text, " \t\r\n") == node->text_bytes);
}

static bool refers_to_note(const struct kite_node *top)
{
    const struct kite_node *node = top->first;

    while (node && !kite_is_note_ref(node))
        node = kite_node_step(node, top, true);
    return node != NULL;
}

/* "Notes", with nothing below it any more: what stood there is marked. */
static void leave_out_bare_headings(struct kite_node *holder)
{
    for (struct kite_node *child = holder->first; child; child = child->next) {
        const struct kite_node *after = child->next;
        bool had_more = false;

        while (is_heading(child) && after && is_empty(after)) {
            had_more = had_more || after->mark != KITE_MARK_NONE;
            after = after->next;
        }
        if (is_heading(child) && had_more && (!after || is_heading(after)) && !refers_to_note(child))
            child->mark = KITE_MARK_LEFT_OUT;
    }
}

/* What held nothing but notes and their heading goes with them; true when it does, or is a note itself. Recursion is as deep as trees are. */
static bool leave_out_emptied(struct kite_node *holder)
{
    bool has_lost = false;
    const struct kite_node *left;

    if (holder->mark != KITE_MARK_NONE || !holder->first)
        return kite_is_note_body(holder);
    for (struct kite_node *child = holder->first; child; child = child->next)
        has_lost = leave_out_emptied(child) || has_lost;
    if (!has_lost)
        return false;
    leave_out_bare_headings(holder);
    left = holder->first;
    while (left && is_empty(left))
        left = left->next;
    if (left || !holder->parent || kite_node_is(holder, "body"))
        return false;
    holder->mark = KITE_MARK_LEFT_OUT;
    return true;
}

/* Where a part holds notes and nothing in front of them, further paragraphs belong to the note before them. */
static void gather_paragraphs(struct kite_node *holder)
{
    struct kite_node *child = holder->first, *note = NULL, *before = NULL, **end = NULL; /* end: of the note's children */

    while (child && !kite_is_note_body(child) && (is_heading(child) || is_empty(child)))
        child = child->next;
    if (!child || !kite_is_note_body(child) || !kite_node_is(child, "p"))
        return;
    while (child) {
        struct kite_node *next = child->next;

        if (kite_is_note_body(child)) {
            note = child;
            for (end = &note->first; *end; end = &(*end)->next)
                ;
        }
        if (kite_is_note_body(child) || !child->name) {
            before = child;
        } else if (child->mark != KITE_MARK_NONE || !(kite_node_is(child, "p") || kite_node_is(child, "blockquote"))) {
            return;
        } else {
            before->next = next;
            *end = child;
            end = &child->next;
            child->next = NULL;
            child->parent = note;
        }
        child = next;
    }
}

static void gather_all(struct kite_markup *m)
{
    const struct kite_node *last = NULL;

    for (size_t i = 0; i < m->note_count; i++) {
        struct kite_node *holder = m->notes[i]->parent;

        if (holder && holder != last)
            gather_paragraphs(holder);
        last = holder;
    }
}

void kite_markup_find_notes(struct kite_markup *m)
{
    find_targets(m);
    each_link_of_all(m, mark_reference);
    each_link_of_all(m, mark_back);
    gather_all(m);
    for (size_t i = 0; i < m->file_count && m->note_count > 0; i++)
        leave_out_emptied(m->files[i].top);
}
