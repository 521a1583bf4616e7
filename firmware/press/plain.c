/* Plain text to a draft: lines become blocks, blocks become headings, verse, lists and paragraphs, in texts that end
 * each line at the margin and in texts that do not. Project Gutenberg's licence pages are left out. */
#include "press/plain.h"

#include "press/draft.h"

#include <string.h>

#define EMPHASIS_BYTES_MAX 300u
#define WRAP_CHARS_MIN 45u
#define WRAP_CHARS_MAX 100u
#define WRAPPED_HEADING_LINES_MAX 4u
#define QUOTE_INDENT_MIN 4u
#define MARGIN_MAX 40u

struct plain {
    struct kite_draft *draft;
    struct kite_builder builder;
    struct kite_plain_line *lines; /* empty ones too */
    size_t count, capacity;
    uint32_t wrap_chars; /* usual length of a full line; 0: lines are not broken at a margin */
    uint32_t margin;     /* usual indent of a line */
    struct kite_plain_notes notes;
};

/* ---- lines ------------------------------------------------------------------------------------------ */

static struct kite_plain_line line_of(const char *text, size_t bytes, uint32_t number)
{
    struct kite_plain_line line = { .text = text, .number = number };
    size_t from = 0;

    while (from < bytes && (text[from] == ' ' || text[from] == '\t'))
        line.indent += text[from++] == '\t' ? 8 : 1;
    while (bytes > from && (text[bytes - 1] == ' ' || text[bytes - 1] == '\t'))
        bytes--;
    line.text += from;
    line.bytes = (uint32_t)(bytes - from);
    for (size_t i = from; i < bytes; i++)
        line.chars += ((uint8_t)text[i] & 0xc0) != 0x80;
    return line;
}

static enum kite_status split_lines(struct plain *p, const char *text, size_t bytes)
{
    uint32_t number = 0;

    for (size_t at = 0; at < bytes;) {
        const char *end = memchr(text + at, '\n', bytes - at);
        size_t count = end ? (size_t)(end - text) - at : bytes - at;
        void *lines = p->lines;
        enum kite_status status = kite_grow(&p->draft->mem, &lines, &p->capacity, p->count + 1, sizeof *p->lines);

        p->lines = lines;
        if (status)
            return kite_fail(p->draft->fault, status, "no memory for lines");
        p->lines[p->count++] = line_of(text + at, count, ++number);
        at += count + 1;
    }
    return KITE_OK;
}

static uint32_t first_word_chars(const struct kite_plain_line *line)
{
    uint32_t chars = 0;

    for (uint32_t i = 0; i < line->bytes && line->text[i] != ' '; i++)
        chars += ((uint8_t)line->text[i] & 0xc0) != 0x80;
    return chars;
}

/* The length that nine of ten lines which another one follows do not exceed, when most of their text stands in lines that
 * had no room for the next word. */
static uint32_t find_wrap(const struct plain *p)
{
    uint32_t histogram[WRAP_CHARS_MAX + 2] = { 0 }, total = 0, sum = 0, wrap = 0;
    uint64_t chars = 0, full_chars = 0;

    for (size_t i = 0; i + 1 < p->count; i++)
        if (p->lines[i].bytes > 0 && p->lines[i + 1].bytes > 0) {
            uint32_t end = p->lines[i].chars + p->lines[i].indent;

            histogram[end > WRAP_CHARS_MAX ? WRAP_CHARS_MAX + 1 : end]++;
            total++;
        }
    while (total > 0 && wrap <= WRAP_CHARS_MAX && (sum += histogram[wrap]) * 10 < total * 9)
        wrap++;
    for (size_t i = 0; i + 1 < p->count; i++)
        if (p->lines[i].bytes > 0 && p->lines[i + 1].bytes > 0) {
            uint32_t end = p->lines[i].chars + p->lines[i].indent;

            chars += p->lines[i].chars;
            full_chars += end + 1 + first_word_chars(&p->lines[i + 1]) > wrap ? p->lines[i].chars : 0;
        }
    return wrap >= WRAP_CHARS_MIN && wrap <= WRAP_CHARS_MAX && full_chars * 2 > chars ? wrap : 0;
}

/* The indent that at least half of the lines have or exceed. */
static uint32_t find_margin(const struct plain *p)
{
    uint32_t histogram[MARGIN_MAX + 1] = { 0 }, total = 0, sum = 0, margin = 0;

    for (size_t i = 0; i < p->count; i++)
        if (p->lines[i].bytes > 0) {
            histogram[p->lines[i].indent < MARGIN_MAX ? p->lines[i].indent : MARGIN_MAX]++;
            total++;
        }
    while (margin < MARGIN_MAX && (sum += histogram[margin]) * 2 < total)
        margin++;
    return margin;
}

/* ---- text with *emphasis*, _emphasis_ and notes' marks -------------------------------------------------- */

static bool is_word_char(const char *text, size_t bytes, size_t at)
{
    uint8_t c = at < bytes ? (uint8_t)text[at] : ' ';

    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Where the emphasis that opens at `at` closes, 0 when it does not. */
static size_t emphasis_end(const char *text, size_t bytes, size_t at, size_t marks)
{
    char mark = text[at];
    size_t limit = bytes - at < EMPHASIS_BYTES_MAX ? bytes : at + EMPHASIS_BYTES_MAX;

    if ((at > 0 && (is_word_char(text, bytes, at - 1) || text[at - 1] == mark)) || at + marks >= bytes ||
        text[at + marks] == ' ' || text[at + marks] == mark || text[at + marks] == '\n')
        return 0;
    for (size_t i = at + marks; i < limit; i++) {
        size_t run = 0;

        while (i + run < bytes && text[i + run] == mark)
            run++;
        if (run == 0)
            continue;
        if (run == marks && text[i - 1] != ' ' && text[i - 1] != '\n' && !is_word_char(text, bytes, i + run))
            return i;
        return 0;
    }
    return 0;
}

/* Text in which marks of notes may stand. */
static void add_marked(struct plain *p, const char *text, size_t bytes)
{
    struct kite_builder *b = &p->builder;
    size_t from = 0;

    for (size_t i = 0, used; i < bytes && p->notes.count > 0; i += used ? used : 1) {
        struct kite_plain_mark mark;
        size_t end = i;

        used = kite_plain_mark(text + i, bytes - i, &mark);
        if (used == 0 || mark.is_raised != p->notes.is_raised || mark.number > p->notes.count)
            continue;
        while (end > from && text[end - 1] == ' ') /* it stands at the word */
            end--;
        kite_builder_add(b, text + from, end - from);
        kite_builder_note(b, mark.number - 1);
        from = i + used;
    }
    kite_builder_add(b, text + from, bytes - from);
}

static void add_text(struct plain *p, const char *text, size_t bytes)
{
    struct kite_builder *b = &p->builder;
    size_t from = 0, end = 0;

    for (size_t i = 0; i < bytes; i++) {
        size_t marks = text[i] == '*' && i + 1 < bytes && text[i + 1] == '*' ? 2 : 1;

        if ((text[i] != '*' && text[i] != '_') || (end = emphasis_end(text, bytes, i, marks)) == 0)
            continue;
        add_marked(p, text + from, i - from);
        b->now.styles = marks == 2 ? KITE_STYLE_STRONG : KITE_STYLE_EMPHASIS;
        add_marked(p, text + i + marks, end - i - marks);
        b->now.styles = 0;
        from = end + marks;
        i = from - 1;
    }
    add_marked(p, text + from, bytes - from);
}

/* ---- blocks ----------------------------------------------------------------------------------------- */

/* A word or a dash goes on over the line end: "twenty-" and "five". */
static bool goes_on(const struct kite_plain_line *line, const struct kite_plain_line *next)
{
    size_t n = line->bytes;
    bool ends_in_hyphen = n > 1 && line->text[n - 1] == '-' && line->text[n - 2] != ' ';
    bool begins_small =
        next->bytes > 0 && ((next->text[0] >= 'a' && next->text[0] <= 'z') || (uint8_t)next->text[0] >= 0xc3);

    return ends_in_hyphen && (begins_small || line->text[n - 2] == '-');
}

/* Lines [from, to) as one paragraph; keeps_lines: each stays one, with its indent. */
static enum kite_status add_paragraph(struct plain *p, size_t from, size_t to, const struct kite_paragraph *like,
                                      bool keeps_lines)
{
    struct kite_draft_paragraph paragraph = { .paragraph = *like, .line = p->lines[from].number };
    struct kite_buffer joined = { .mem = p->draft->mem };
    uint32_t margin = UINT32_MAX;
    enum kite_status status = KITE_OK;

    for (size_t i = from; i < to; i++)
        margin = p->lines[i].indent < margin ? p->lines[i].indent : margin;
    for (size_t i = from; i < to && status == KITE_OK; i++) {
        const struct kite_plain_line *line = &p->lines[i];

        if (i > from && (keeps_lines || !goes_on(line - 1, line)))
            status = kite_buffer_add(&joined, keeps_lines ? "\n" : " ", 1);
        for (uint32_t k = margin; keeps_lines && k < line->indent && k < margin + 40 && status == KITE_OK; k++)
            status = kite_buffer_add(&joined, "\xC2\xA0", 2);
        status = status ? status : kite_buffer_add(&joined, line->text, line->bytes);
    }
    kite_builder_reset(&p->builder);
    for (size_t at = 0; at < joined.count && status == KITE_OK;) { /* a line end is a break */
        const char *text = (const char *)joined.bytes + at, *end = memchr(text, '\n', joined.count - at);
        size_t count = end ? (size_t)(end - text) : joined.count - at;

        if (at > 0)
            kite_builder_break(&p->builder, '\n');
        add_text(p, text, count);
        at += count + 1;
    }
    kite_buffer_close(&joined);
    status = status ? status : kite_builder_take(&p->builder, p->draft, &paragraph.paragraph.text);
    if (status || (paragraph.paragraph.text.text_bytes == 0 && like->role != KITE_ROLE_RULE))
        return status;
    return kite_draft_add(p->draft, like->role == KITE_ROLE_NOTE || like->role == KITE_ROLE_NOTE_MORE ? &p->draft->notes : &p->draft->body,
                          &paragraph);
}

/* Does the line come near to the margin, so that the next one may go on with it? */
static bool is_full(const struct plain *p, const struct kite_plain_line *line)
{
    return p->wrap_chars > 0 && line->chars * 10 >= p->wrap_chars * 7;
}

/* Where the item that begins at `from` ends: lines that are set in under it, or that go on from a full one, belong to it. */
static size_t item_end(const struct plain *p, size_t from, size_t to)
{
    size_t end = from + 1;
    uint32_t ordinal;

    while (end < to && kite_plain_item(&p->lines[end], &ordinal) == 0 &&
           (p->lines[end].indent > p->lines[from].indent || is_full(p, &p->lines[end - 1])))
        end++;
    return end;
}

static enum kite_status add_items(struct plain *p, size_t from, size_t to)
{
    enum kite_status status = KITE_OK;

    for (size_t end; from < to && status == KITE_OK; from = end) {
        struct kite_paragraph item = { .role = KITE_ROLE_ITEM, .depth = 1, .is_tight = true };
        size_t mark = kite_plain_item(&p->lines[from], &item.ordinal);

        end = item_end(p, from, to);
        p->lines[from].text += mark;
        p->lines[from].bytes -= (uint32_t)mark;
        status = add_paragraph(p, from, end, &item, false);
    }
    return status;
}

/* At least two items and nothing else. */
static bool are_items(const struct plain *p, size_t from, size_t to)
{
    uint32_t ordinal;
    size_t count = 0;

    for (; from < to; from = item_end(p, from, to), count++)
        if (kite_plain_item(&p->lines[from], &ordinal) == 0)
            return false;
    return count >= 2;
}

/* Lines that end well before the margin, all of them but the last. */
static bool is_verse(const struct plain *p, size_t from, size_t to)
{
    uint32_t most = p->wrap_chars ? p->wrap_chars * (to - from == 2 ? 6 : 8) / 10 : 60, capitals = 0;

    if (to - from < 2)
        return false;
    for (size_t i = from; i < to; i++) {
        if (p->lines[i].chars >= most)
            return false;
        capitals += p->lines[i].text[0] < 'a' || p->lines[i].text[0] > 'z';
    }
    return capitals * 2 > to - from || p->lines[from].indent > 3;
}

/* A block of wrapped lines; an indented line among others begins a paragraph. */
static enum kite_status add_wrapped(struct plain *p, size_t from, size_t to)
{
    struct kite_paragraph like = { .role = KITE_ROLE_PARAGRAPH };
    uint32_t margin = UINT32_MAX;
    enum kite_status status = KITE_OK;

    for (size_t i = from; i < to; i++)
        margin = p->lines[i].indent < margin ? p->lines[i].indent : margin;
    if (margin >= p->margin + QUOTE_INDENT_MIN) {
        like.role = KITE_ROLE_QUOTE;
        like.quote_depth = 1;
    }
    for (size_t end; from < to && status == KITE_OK; from = end) {
        for (end = from + 1; end < to && p->lines[end].indent < margin + 2; end++)
            ;
        status = add_paragraph(p, from, end, &like, false);
    }
    return status;
}

static enum kite_status add_line(struct plain *p, size_t at)
{
    const struct kite_plain_line *line = &p->lines[at];
    struct kite_paragraph like = { .role = KITE_ROLE_PARAGRAPH };
    unsigned level = kite_plain_heading(line);

    if (kite_plain_is_rule(line)) {
        like.role = KITE_ROLE_RULE;
        p->lines[at].bytes = 0;
    } else if (level > 0) {
        like.role = KITE_ROLE_HEADING;
        /* A text that begins with a line in capitals begins with its title. */
        like.depth = level == 1 || (level == 3 && p->draft->body.count == 0) ? 1 : 2;
    } else if (p->draft->body.count > 1 && kite_plain_is_over_text(p->lines, p->count, at, p->wrap_chars)) {
        like.role = KITE_ROLE_HEADING;
        like.depth = 2;
        kite_draft_note(p->draft, KITE_PRESS_NOTE, line->number, "taken for a heading: %.*s", kite_shown_bytes(line->text, line->bytes, 60),
                        line->text);
    }
    return add_paragraph(p, at, at + 1, &like, false);
}

/* The level of a heading that goes over several lines, 0 when the lines are none. */
static enum kite_status find_wrapped_heading(const struct plain *p, size_t from, size_t to, uint8_t *depth)
{
    struct kite_buffer joined = { .mem = p->draft->mem };
    struct kite_plain_line line = p->lines[from];
    enum kite_status status = KITE_OK;
    unsigned level = 0;

    if (to - from <= WRAPPED_HEADING_LINES_MAX && kite_plain_heading(&line)) {
        for (size_t i = from; i < to && status == KITE_OK; i++) {
            status = i > from ? kite_buffer_add_u8(&joined, ' ') : KITE_OK;
            status = status ? status : kite_buffer_add(&joined, p->lines[i].text, p->lines[i].bytes);
        }
        line.text = (const char *)joined.bytes;
        line.bytes = (uint32_t)joined.count;
        level = status ? 0 : kite_plain_heading(&line);
    }
    kite_buffer_close(&joined);
    *depth = (uint8_t)(level > 2 ? 2 : level);
    return status ? kite_fail(p->draft->fault, status, "no memory for a heading") : KITE_OK;
}

/* "By Jane Doe", near the start: what stands under it, a date or place, are lines too. */
static bool is_byline(const struct plain *p, size_t at)
{
    return p->draft->body.count <= 2 && kite_is_byline(p->lines[at].text, p->lines[at].bytes);
}

/* Lines [from, to) with no empty one among them. */
static enum kite_status add_block(struct plain *p, size_t from, size_t to)
{
    static const struct kite_paragraph verse = { .role = KITE_ROLE_VERSE };
    enum kite_status status = KITE_OK;

    if (to - from > 1 && is_full(p, &p->lines[from])) {
        struct kite_paragraph heading = { .role = KITE_ROLE_HEADING };

        status = find_wrapped_heading(p, from, to, &heading.depth);
        if (status || heading.depth > 0)
            return status ? status : add_paragraph(p, from, to, &heading, false);
    } else if (to - from > 1 && (kite_plain_heading(&p->lines[from]) || kite_plain_is_rule(&p->lines[from]))) {
        status = add_line(p, from++);
        if (status)
            return status;
    }
    if (to - from == 1)
        return add_line(p, from);
    if (is_byline(p, from)) {
        for (; from < to && status == KITE_OK; from++)
            status = add_line(p, from);
        return status;
    }
    if (are_items(p, from, to))
        return add_items(p, from, to);
    if (is_verse(p, from, to))
        return add_paragraph(p, from, to, &verse, true);
    if (p->wrap_chars > 0)
        return add_wrapped(p, from, to);
    for (; from < to && status == KITE_OK; from++)
        status = add_line(p, from);
    return status;
}

/* ---- Project Gutenberg ------------------------------------------------------------------------------ */

static bool holds(const struct kite_plain_line *line, const char *words)
{
    size_t count = strlen(words);

    for (size_t i = 0; i + count <= line->bytes; i++)
        if (memcmp(line->text + i, words, count) == 0)
            return true;
    return false;
}

static enum kite_status take_head(struct plain *p, size_t end)
{
    static const struct {
        const char *label;
        enum kite_meta meta;
    } labels[] = { { "Title: ", KITE_META_TITLE }, { "Author: ", KITE_META_AUTHOR } };
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < end && status == KITE_OK; i++)
        for (size_t k = 0; k < sizeof labels / sizeof *labels && status == KITE_OK; k++) {
            const struct kite_plain_line *line = &p->lines[i];
            size_t count = strlen(labels[k].label);

            if (line->bytes > count && memcmp(line->text, labels[k].label, count) == 0)
                status = kite_draft_meta(p->draft, labels[k].meta, line->text + count, line->bytes - count);
        }
    return status;
}

/* Narrow [*from, *to) to the book between the marks that those files have. */
static enum kite_status skip_licence(struct plain *p, size_t *from, size_t *to)
{
    for (size_t i = *from; i < *to; i++) {
        const struct kite_plain_line *line = &p->lines[i];

        if (line->bytes < 20 || memcmp(line->text, "***", 3) != 0 || !holds(line, "PROJECT GUTENBERG"))
            continue;
        if (holds(line, "START OF TH"))
            *from = i + 1;
        else if (holds(line, "END OF TH"))
            *to = i;
    }
    if (*from == 0)
        return KITE_OK;
    kite_draft_note(p->draft, KITE_PRESS_NOTE, 1, "the pages about Project Gutenberg are left out");
    return take_head(p, *from);
}

/* Lines [from, to), every other one of them empty, as one stanza. */
static enum kite_status add_spaced_verse(struct plain *p, size_t from, size_t to)
{
    static const struct kite_paragraph verse = { .role = KITE_ROLE_VERSE };
    size_t end = from;

    for (size_t i = from; i < to; i++)
        if (p->lines[i].bytes > 0)
            p->lines[end++] = p->lines[i];
    return add_paragraph(p, from, end, &verse, true);
}

/* The notes from the first on; *at gets the line behind the last. Paragraphs between two belong to the first of them. */
static enum kite_status add_notes(struct plain *p, size_t *at)
{
    static const struct kite_paragraph note = { .role = KITE_ROLE_NOTE }, more = { .role = KITE_ROLE_NOTE_MORE };
    struct kite_plain_notes notes = p->notes;
    uint32_t done = 0;
    enum kite_status status = KITE_OK;

    kite_draft_note(p->draft, KITE_PRESS_NOTE, p->lines[*at].number, "taken for notes to the text: 1 to %u", (unsigned)notes.count);
    p->notes.count = 0; /* no marks are looked for in notes */
    while (*at < p->count && status == KITE_OK) {
        struct kite_plain_line *line = &p->lines[*at];
        size_t mark = kite_plain_note_start(&notes, line, done + 1), end = *at + 1;

        if (line->bytes == 0) {
            ++*at;
            continue;
        }
        if (mark == 0 && done == notes.count)
            break;
        done += mark > 0;
        line->text += mark;
        line->bytes -= (uint32_t)mark;
        while (end < p->count && p->lines[end].bytes > 0 && p->wrap_chars > 0 && kite_plain_note_start(&notes, &p->lines[end], done + 1) == 0)
            end++;
        status = add_paragraph(p, *at, end, mark ? &note : &more, false);
        *at = end;
    }
    return status;
}

static enum kite_status import(struct plain *p)
{
    size_t from = 0, to = p->count;
    enum kite_status status = skip_licence(p, &from, &to);

    p->count = to;
    kite_plain_find_notes(p->lines, from, p->count, &p->notes);
    while (from < to && status == KITE_OK) {
        size_t stop = from < p->notes.heading ? p->notes.heading : to;
        size_t spaced = p->wrap_chars == 0 ? kite_plain_spaced_verse(p->lines + from, stop - from) : 0, end = from + spaced;

        if (p->notes.count > 0 && from == p->notes.heading) {
            from = p->notes.first;
            status = add_notes(p, &from);
            continue;
        }
        while (end < stop && p->lines[end].bytes > 0)
            end++;
        if (spaced > 0)
            status = add_spaced_verse(p, from, end);
        else if (end > from)
            status = add_block(p, from, end);
        from = end < to && p->lines[end].bytes > 0 ? end : end + 1;
    }
    return status;
}

enum kite_status kite_import_plain(struct kite_draft *draft, const char *text, size_t bytes)
{
    struct plain p = { .draft = draft };
    enum kite_status status;

    kite_builder_init(&p.builder, &draft->mem);
    status = split_lines(&p, text, bytes);
    p.wrap_chars = find_wrap(&p);
    p.margin = find_margin(&p);
    status = status ? status : import(&p);
    kite_builder_close(&p.builder);
    kite_free(&draft->mem, p.lines);
    return status;
}
