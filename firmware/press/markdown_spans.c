/* What stands inside of a block: text, styles, links, pictures, tags, notes, attributes. */
#include "press/markdown.h"

#include <string.h>

static const struct tag_row {
    const char *name;
    uint32_t styles;
} tag_rows[] = {
    { "em", KITE_STYLE_EMPHASIS },   { "i", KITE_STYLE_EMPHASIS },   { "cite", KITE_STYLE_EMPHASIS },
    { "strong", KITE_STYLE_STRONG }, { "b", KITE_STYLE_STRONG },     { "code", KITE_STYLE_CODE },
    { "kbd", KITE_STYLE_CODE },      { "sup", KITE_STYLE_SUPERSCRIPT }, { "sub", KITE_STYLE_SUBSCRIPT },
    { "s", KITE_STYLE_STRIKE },      { "del", KITE_STYLE_STRIKE },   { "small-caps", KITE_STYLE_SMALL_CAPS },
    { "span", 0 },                   { "q", 0 },                     { "u", 0 },
};

/* ---- styles ----------------------------------------------------------------------------------------- */

static void set_styles(struct kite_markdown *m, uint32_t styles, bool is_on)
{
    uint32_t now = 0;

    for (uint32_t bit = 0; bit < 7; bit++) {
        if (styles & 1u << bit)
            m->depth_of[bit] = is_on ? m->depth_of[bit] + 1 : m->depth_of[bit] - (m->depth_of[bit] > 0);
        now |= m->depth_of[bit] > 0 ? 1u << bit : 0;
    }
    m->builder.now.styles = now;
}

void kite_markdown_reset_spans(struct kite_markdown *m)
{
    memset(m->depth_of, 0, sizeof m->depth_of);
    m->tag_count = 0;
    m->tag_bytes = 0;
    m->images = 0;
}

static struct kite_builder *target(struct kite_markdown *m)
{
    return m->images > 0 ? &m->alternative : &m->builder;
}

/* ---- text with marks in it -------------------------------------------------------------------------- */

/* The note's number; the first reference gives it. */
static uint32_t number_of(struct kite_markdown *m, struct kite_markdown_note *note)
{
    if (note->index == 0) {
        m->notes.numbered[m->note_count] = (uint32_t)(note - m->notes.items);
        note->index = ++m->note_count;
    }
    return note->index - 1;
}

/* Text in which marks stand for notes (is_text) or for what was written. */
static void add(struct kite_markdown *m, struct kite_builder *b, const char *text, size_t bytes, bool is_text)
{
    size_t from = 0, i = 0;

    while (i < bytes) {
        struct kite_markdown_note *note = kite_markdown_note_at(&m->notes, text + i, bytes - i);
        bool is_verse = bytes - i >= 6 && memcmp(text + i, KITE_VERSE_MARK, 6) == 0;

        if (!note && !is_verse) {
            i++;
            continue;
        }
        kite_builder_add(b, text + from, i - from);
        if (note && is_text && m->images == 0) {
            kite_builder_note(b, number_of(m, note));
        } else if (note && !is_text) {
            kite_builder_add(b, "[^", 2);
            kite_builder_add(b, note->label, note->label_bytes);
            kite_builder_add(b, "]", 1);
        }
        i += note ? KITE_MARK_BYTES : 6;
        from = i;
    }
    kite_builder_add(b, text + from, bytes - from);
}

void kite_markdown_add_literal(struct kite_markdown *m, const char *text, size_t bytes)
{
    add(m, &m->builder, text, bytes, false);
}

/* Marks back to what was written, into scratch. */
static void add_unmarked(struct kite_markdown *m, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes && m->status == KITE_OK;) {
        const struct kite_markdown_note *note = kite_markdown_note_at(&m->notes, text + i, bytes - i);

        m->status = note ? kite_buffer_add(&m->scratch, note->label - 2, note->label_bytes + 3)
                         : kite_buffer_add(&m->scratch, text + i, 1);
        i += note ? KITE_MARK_BYTES : 1;
    }
}

/* An attribute of a span (an address, a title) as a string in scratch. */
static const char *attribute_text(struct kite_markdown *m, const MD_ATTRIBUTE *a)
{
    m->scratch.count = 0;
    for (size_t i = 0; a->size > 0 && a->substr_offsets[i] < a->size && m->status == KITE_OK; i++) {
        const char *part = a->text + a->substr_offsets[i];
        size_t bytes = a->substr_offsets[i + 1] - a->substr_offsets[i];
        char utf8[8];
        size_t entity = a->substr_types[i] == MD_TEXT_ENTITY ? kite_entity(part, bytes, utf8) : 0;

        if (entity)
            m->status = kite_buffer_add(&m->scratch, utf8, entity);
        else
            add_unmarked(m, part, bytes);
    }
    if (m->status == KITE_OK)
        m->status = kite_buffer_add_u8(&m->scratch, 0);
    return m->status == KITE_OK ? (const char *)m->scratch.bytes : "";
}

/* ---- spans ------------------------------------------------------------------------------------------ */

static uint32_t styles_of(MD_SPANTYPE type)
{
    return type == MD_SPAN_EM       ? KITE_STYLE_EMPHASIS
           : type == MD_SPAN_STRONG ? KITE_STYLE_STRONG
           : type == MD_SPAN_CODE   ? KITE_STYLE_CODE
           : type == MD_SPAN_DEL    ? KITE_STYLE_STRIKE
                                    : 0;
}

static void begin_picture(struct kite_markdown *m, const MD_SPAN_IMG_DETAIL *detail)
{
    struct kite_markdown_picture picture = { .line = m->line };
    void *pictures = m->pictures;
    const char *reference, *title;

    if (m->images++ > 0)
        return; /* its text belongs to the outer one's */
    kite_builder_reset(&m->alternative);
    reference = attribute_text(m, &detail->src);
    picture.reference = kite_draft_copy(m->draft, reference, strlen(reference));
    title = attribute_text(m, &detail->title);
    picture.caption = kite_draft_copy(m->draft, title, strlen(title));
    if (m->status == KITE_OK && (!picture.reference || !picture.caption))
        m->status = KITE_E_NOMEM;
    if (m->status == KITE_OK)
        m->status = kite_grow(&m->draft->mem, &pictures, &m->picture_capacity, m->picture_count + 1,
                              sizeof *m->pictures);
    m->pictures = pictures;
    if (m->status == KITE_OK)
        m->pictures[m->picture_count++] = picture;
}

static void end_picture(struct kite_markdown *m)
{
    if (m->images == 0 || --m->images > 0 || m->picture_count == 0)
        return;
    m->status = kite_builder_take(&m->alternative, m->draft, &m->pictures[m->picture_count - 1].alternative);
}

int kite_markdown_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct kite_markdown *m = ctx;

    kite_markdown_begin_text(m);
    if (type == MD_SPAN_IMG) {
        begin_picture(m, detail);
    } else if (type == MD_SPAN_A && m->images == 0) {
        const char *address = attribute_text(m, &((const MD_SPAN_A_DETAIL *)detail)->href);

        m->is_fresh = false;
        if (m->status == KITE_OK)
            m->status = kite_draft_link(m->draft, address, strlen(address), &m->builder.now.link);
    } else if (m->images == 0) {
        m->is_fresh = false;
        set_styles(m, styles_of(type), true);
    }
    return m->status != KITE_OK;
}

int kite_markdown_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct kite_markdown *m = ctx;

    (void)detail;
    if (type == MD_SPAN_IMG)
        end_picture(m);
    else if (type == MD_SPAN_A && m->images == 0)
        m->builder.now.link = 0;
    else if (m->images == 0)
        set_styles(m, styles_of(type), false);
    return m->status != KITE_OK;
}

/* ---- tags ------------------------------------------------------------------------------------------- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* The value of an attribute in a tag's text, as lang="es"; empty when it has none. */
static void tag_value(const char *tag, const char *name, char out[16])
{
    const char *at = strstr(tag, name);
    size_t count = 0;

    if (at) {
        at += strlen(name);
        at += *at == '"' || *at == '\'';
        while (count < 15 && (is_name_char(at[count]) || (at[count] >= 'A' && at[count] <= 'Z')))
            count++;
        memcpy(out, at, count);
    }
    out[count] = '\0';
}

static void open_tag(struct kite_markdown *m, const char *name, const struct tag_row *row)
{
    struct kite_markdown_tag *tag = &m->tags[m->tag_count];
    char value[16];

    if (m->tag_count == KITE_MARKDOWN_TAGS_MAX)
        return;
    *tag = (struct kite_markdown_tag){ .styles = row->styles, .lang_before = m->builder.now.lang };
    memcpy(tag->name, name, strlen(name) + 1);
    tag_value(m->tag_text, "class=", value);
    if (strcmp(value, "small-caps") == 0)
        tag->styles |= KITE_STYLE_SMALL_CAPS;
    tag_value(m->tag_text, "lang=", value);
    if (kite_lang_from_text(value)) {
        tag->has_lang = true;
        m->builder.now.lang = kite_lang_from_text(value);
    }
    m->tag_count++;
    set_styles(m, tag->styles, true);
}

static void close_tag(struct kite_markdown *m, const char *name)
{
    for (uint32_t i = m->tag_count; i-- > 0;) {
        struct kite_markdown_tag tag = m->tags[i];

        if (strcmp(tag.name, name) != 0)
            continue;
        if (tag.has_lang)
            m->builder.now.lang = tag.lang_before;
        memmove(&m->tags[i], &m->tags[i + 1], (m->tag_count - i - 1) * sizeof tag);
        m->tag_count--;
        set_styles(m, tag.styles, false);
        return;
    }
}

static void use_tag(struct kite_markdown *m)
{
    const char *at = m->tag_text + 1;
    char name[12];
    size_t count = 0;
    bool is_end = *at == '/';

    for (at += is_end; count < sizeof name - 1 && *at; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;

        if (!is_name_char(c))
            break;
        name[count++] = c;
    }
    name[count] = '\0';
    if (strcmp(name, "br") == 0) {
        kite_builder_break(&m->builder, '\n');
        m->hard_breaks++;
        return;
    }
    for (size_t i = 0; i < sizeof tag_rows / sizeof *tag_rows; i++)
        if (strcmp(tag_rows[i].name, name) == 0) {
            if (is_end)
                close_tag(m, name);
            else
                open_tag(m, name, &tag_rows[i]);
            return;
        }
    if (!is_end && name[0])
        kite_draft_note(m->draft, KITE_PRESS_WARNING, m->line, "the tag <%s> is left out", name);
}

/* Tags come in pieces when they go over line ends. */
static void add_tag_text(struct kite_markdown *m, const char *text, size_t bytes)
{
    if (m->tag_bytes == 0 && bytes > 0 && *text != '<')
        return;
    for (size_t i = 0; i < bytes; i++)
        if (m->tag_bytes < sizeof m->tag_text - 1)
            m->tag_text[m->tag_bytes++] = text[i] == '\0' ? ' ' : text[i];
    m->tag_text[m->tag_bytes] = '\0';
    if (bytes == 0 || text[bytes - 1] != '>')
        return;
    if (m->images == 0)
        use_tag(m);
    m->tag_bytes = 0;
}

/* ---- text ------------------------------------------------------------------------------------------- */

/* The line that text stands on. */
static void count_lines(struct kite_markdown *m, const char *text)
{
    if (text < m->counted_to || text > m->source + m->source_bytes)
        return;
    for (; m->counted_to < text; m->counted_to++)
        m->counted_line += *m->counted_to == '\n' && !m->is_in_note && !m->is_in_verse;
    m->line = m->counted_line;
}

static bool is_escaped(const struct kite_markdown *m, const char *text)
{
    return text > m->source && text <= m->source + m->source_bytes && text[-1] == '\\';
}

static void add_normal(struct kite_markdown *m, const char *text, size_t bytes)
{
    if (m->is_fresh && m->images == 0) {
        size_t used = is_escaped(m, text) ? 0 : kite_markdown_attributes(m, text, bytes);

        m->is_fresh = false;
        text += used;
        bytes -= used;
    }
    add(m, target(m), text, bytes, true);
}

int kite_markdown_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx)
{
    struct kite_markdown *m = ctx;
    char utf8[8];
    size_t entity = type == MD_TEXT_ENTITY ? kite_entity(text, size, utf8) : 0;

    kite_markdown_begin_text(m);
    count_lines(m, text);
    if (m->kind == KITE_MARKDOWN_CODE) {
        m->status = kite_buffer_add(&m->scratch, text, size);
    } else if (type == MD_TEXT_NORMAL) {
        add_normal(m, text, size);
    } else if (type == MD_TEXT_HTML) {
        add_tag_text(m, text, size);
        m->is_fresh = false;
    } else if (type == MD_TEXT_BR) {
        kite_builder_break(target(m), '\n');
        m->hard_breaks++;
    } else if (type == MD_TEXT_SOFTBR) {
        kite_builder_add(target(m), " ", 1);
        m->soft_breaks++;
    } else {
        add(m, target(m), entity ? utf8 : text, entity ? entity : size, false);
        m->is_fresh = false;
    }
    if (m->status == KITE_OK)
        m->status = m->builder.status ? m->builder.status : m->alternative.status;
    return m->status != KITE_OK;
}
