/* A whole Markdown input: front matter, text, then the notes in the order in which they are referred to; and the
 * attributes that a block may begin with. */
#include "press/markdown.h"

#include <string.h>

/* ---- attributes: {.role #anchor depth=1 quote=1 ordinal=1 tight} -------------------------------------- */

static bool is_prefix(const char *text, size_t bytes, const char *word)
{
    size_t count = strlen(word);

    return bytes > count && memcmp(text, word, count) == 0;
}

static uint32_t number(const char *text, size_t bytes)
{
    uint32_t value = 0;

    for (size_t i = 0; i < bytes; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        value = value > 99999999 ? value : value * 10 + (uint32_t)(text[i] - '0');
    }
    return value;
}

static bool take_attribute(struct kite_markdown *m, struct kite_markdown_attributes *a, const char *text,
                           size_t bytes)
{
    if (text[0] == '.') {
        a->role = kite_role_from_text(text + 1, bytes - 1);
        a->has_role = a->role != KITE_ROLE_COUNT && a->role != KITE_ROLE_PICTURE && a->role != KITE_ROLE_TABLE_HEAD &&
                      a->role != KITE_ROLE_TABLE_ROW && a->role != KITE_ROLE_NOTE && a->role != KITE_ROLE_NOTE_MORE;
        if (!a->has_role)
            kite_draft_note(m->draft, KITE_PRESS_WARNING, m->line, "%.*s is not a role that a paragraph can have",
                            (int)bytes, text);
        return a->has_role;
    }
    if (text[0] == '#' && bytes > 1) {
        if (m->status == KITE_OK)
            m->status = kite_draft_anchor_add(m->draft, text + 1, bytes - 1, &a->anchors);
    } else if (is_prefix(text, bytes, "depth=")) {
        a->depth = (uint8_t)(number(text + 6, bytes - 6) & 15);
    } else if (is_prefix(text, bytes, "quote=")) {
        a->quote_depth = (uint8_t)(number(text + 6, bytes - 6) & 15);
        a->has_quote = true;
    } else if (is_prefix(text, bytes, "ordinal=")) {
        a->ordinal = number(text + 8, bytes - 8);
    } else if (bytes == 5 && memcmp(text, "tight", 5) == 0) {
        a->is_tight = true;
    } else {
        return false;
    }
    return true;
}

size_t kite_markdown_attributes(struct kite_markdown *m, const char *text, size_t bytes)
{
    struct kite_markdown_attributes a = { .role = KITE_ROLE_COUNT };
    const char *end = bytes > 3 && text[0] == '{' && (text[1] == '.' || text[1] == '#')
                          ? memchr(text, '}', bytes < 120 ? bytes : 120)
                          : NULL;

    if (!end)
        return 0;
    for (const char *at = text + 1; at < end;) {
        const char *stop = at;

        while (stop < end && *stop != ' ')
            stop++;
        if (stop > at && !take_attribute(m, &a, at, (size_t)(stop - at)))
            return 0;
        at = stop + 1;
    }
    m->attributes = a;
    return (size_t)(end - text) + 1;
}

/* ---- the whole -------------------------------------------------------------------------------------- */

/* Parse the notes, which may refer to further notes. */
static void import_notes(struct kite_markdown *m)
{
    m->is_in_note = true;
    for (uint32_t done = 0; done < m->note_count && m->status == KITE_OK; done++) {
        const struct kite_markdown_note *note = &m->notes.items[m->notes.numbered[done]];

        m->note_has_begun = false;
        kite_markdown_parse(m, note->source, note->source_bytes, note->line);
        if (m->status == KITE_OK && !m->note_has_begun) {
            struct kite_draft_paragraph empty = { .line = note->line };

            empty.paragraph.role = KITE_ROLE_NOTE;
            m->status = kite_draft_plain_text(m->draft, "", 0, &empty.paragraph.text);
            if (m->status == KITE_OK)
                m->status = kite_draft_add(m->draft, &m->draft->notes, &empty);
        }
    }
    for (size_t i = 0; i < m->notes.count && m->status == KITE_OK; i++)
        if (m->notes.items[i].index == 0)
            kite_draft_note(m->draft, KITE_PRESS_WARNING, m->notes.items[i].line,
                            "nothing refers to the note [^%.*s]; it is left out", (int)m->notes.items[i].label_bytes,
                            m->notes.items[i].label);
}

static uint32_t lines_in(const char *text, size_t bytes)
{
    uint32_t count = 0;

    for (size_t i = 0; i < bytes; i++)
        count += text[i] == '\n';
    return count;
}

enum kite_status kite_import_markdown(struct kite_draft *draft, const char *text, size_t bytes)
{
    struct kite_markdown *m = kite_alloc(&draft->mem, 1, sizeof *m);
    struct kite_buffer source = { .mem = draft->mem };
    size_t used = 0;
    enum kite_status status = m ? kite_front_matter(draft, text, bytes, &used) : KITE_E_NOMEM;

    if (!m)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory to read Markdown");
    m->draft = draft;
    m->scratch.mem = draft->mem;
    kite_builder_init(&m->builder, &draft->mem);
    kite_builder_init(&m->alternative, &draft->mem);
    if (status == KITE_OK)
        status = kite_markdown_find_notes(draft, text + used, bytes - used, &m->notes, &source);
    if (status == KITE_OK) {
        uint32_t lines = lines_in(text, used);

        for (size_t i = 0; i < m->notes.count; i++)
            m->notes.items[i].line += lines;
        kite_markdown_parse(m, source.count ? (const char *)source.bytes : "", source.count, lines + 1);
        import_notes(m);
        status = m->status;
        if (status == KITE_E_NOMEM)
            kite_fail(draft->fault, status, "no memory to read Markdown");
    }
    kite_builder_close(&m->builder);
    kite_builder_close(&m->alternative);
    kite_buffer_close(&m->scratch);
    kite_buffer_close(&source);
    kite_free(&draft->mem, m->pictures);
    kite_free(&draft->mem, m->notes.items);
    kite_free(&draft->mem, m);
    return status;
}
