/* Front matter: `key: value` lines between two lines of `---`, a small part of YAML. */
#include "press/draft.h"

#include <string.h>

enum front_key {
    KEY_META, /* goes to a metadata string */
    KEY_SUBTITLE,
    KEY_BYLINE,
    KEY_LANG,
    KEY_FORM,
    KEY_DIRECTION,
};

static const struct front_row {
    const char *word;
    enum front_key key;
    enum kite_meta meta;
} rows[] = {
    { "title", KEY_META, KITE_META_TITLE },
    { "author", KEY_META, KITE_META_AUTHOR },
    { "authors", KEY_META, KITE_META_AUTHOR },
    { "standfirst", KEY_META, KITE_META_STANDFIRST },
    { "description", KEY_META, KITE_META_STANDFIRST },
    { "source", KEY_META, KITE_META_SOURCE },
    { "date", KEY_META, KITE_META_DATE },
    { "publisher", KEY_META, KITE_META_PUBLISHER },
    { "rights", KEY_META, KITE_META_RIGHTS },
    { "license", KEY_META, KITE_META_RIGHTS },
    { "series", KEY_META, KITE_META_SERIES },
    { "identifier", KEY_META, KITE_META_IDENTIFIER },
    { "edition", KEY_META, KITE_META_EDITION },
    { "subject", KEY_META, KITE_META_SUBJECT },
    { "subtitle", KEY_SUBTITLE, KITE_META_COUNT },
    { "byline", KEY_BYLINE, KITE_META_COUNT },
    { "lang", KEY_LANG, KITE_META_COUNT },
    { "language", KEY_LANG, KITE_META_COUNT },
    { "form", KEY_FORM, KITE_META_COUNT },
    { "direction", KEY_DIRECTION, KITE_META_COUNT },
};

struct line {
    const char *text;
    size_t bytes; /* without the line end and spaces at the end */
};

/* The line at text[at]; returns where the next one begins. */
static size_t take_line(const char *text, size_t bytes, size_t at, struct line *line)
{
    const char *end = memchr(text + at, '\n', bytes - at);
    size_t count = end ? (size_t)(end - (text + at)) : bytes - at;

    line->text = text + at;
    line->bytes = count;
    while (line->bytes > 0 && (line->text[line->bytes - 1] == ' ' || line->text[line->bytes - 1] == '\t'))
        line->bytes--;
    return at + count + (end != NULL);
}

static bool is_line(const struct line *line, const char *text)
{
    return line->bytes == strlen(text) && memcmp(line->text, text, line->bytes) == 0;
}

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_word(const char *text, size_t bytes, const char *word)
{
    if (strlen(word) != bytes)
        return false;
    for (size_t i = 0; i < bytes; i++)
        if (ascii_lower(text[i]) != word[i])
            return false;
    return true;
}

static const struct front_row *row_of(const struct line *line, size_t *colon)
{
    const char *at = memchr(line->text, ':', line->bytes);

    if (!at)
        return NULL;
    *colon = (size_t)(at - line->text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (is_word(line->text, *colon, rows[i].word))
            return &rows[i];
    return NULL;
}

/* ---- values ----------------------------------------------------------------------------------------- */

static bool is_quoted(const char *text, size_t bytes, char quote)
{
    return bytes >= 2 && text[0] == quote && text[bytes - 1] == quote;
}

/* One value: quotes go, what they escape becomes itself. */
static enum kite_status add_scalar(struct kite_buffer *out, const char *text, size_t bytes)
{
    bool is_double = is_quoted(text, bytes, '"'), is_single = is_quoted(text, bytes, '\'');
    enum kite_status status = KITE_OK;

    if (!is_double && !is_single)
        return kite_buffer_add(out, text, bytes);
    for (size_t i = 1; i + 1 < bytes && status == KITE_OK; i++) {
        if (i + 2 < bytes && ((is_double && text[i] == '\\') ||
                              (is_single && text[i] == '\'' && text[i + 1] == '\'')))
            i++;
        status = kite_buffer_add_u8(out, (uint8_t)text[i]);
    }
    return status;
}

static enum kite_status add_separated(struct kite_buffer *out, const char *separator, const char *text, size_t bytes)
{
    enum kite_status status = out->count ? kite_buffer_add_text(out, separator) : KITE_OK;

    while (bytes > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        bytes--;
    }
    while (bytes > 0 && (text[bytes - 1] == ' ' || text[bytes - 1] == '\t'))
        bytes--;
    return status ? status : add_scalar(out, text, bytes);
}

/* [a, b, c] */
static enum kite_status add_flow_list(struct kite_buffer *out, const char *text, size_t bytes)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 1, from = 1; i < bytes && status == KITE_OK; i++)
        if (text[i] == ',' || i + 1 == bytes) {
            status = add_separated(out, ", ", text + from, i - from);
            from = i + 1;
        }
    return status;
}

static enum kite_status add_value_line(struct kite_buffer *out, const struct line *line, size_t from)
{
    const char *text = line->text + from;
    size_t bytes = line->bytes - from;

    while (bytes > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        bytes--;
    }
    if (bytes == 0 || (bytes <= 2 && (*text == '>' || *text == '|')))
        return KITE_OK; /* the value follows on indented lines */
    if (bytes >= 2 && text[0] == '[' && text[bytes - 1] == ']')
        return add_flow_list(out, text, bytes);
    if (bytes >= 2 && text[0] == '-' && text[1] == ' ')
        return add_separated(out, ", ", text + 2, bytes - 2);
    return add_separated(out, " ", text, bytes);
}

/* ---- keys ------------------------------------------------------------------------------------------- */

static enum kite_status set_lang(struct kite_draft *draft, const char *value, uint32_t line)
{
    draft->lang = kite_lang_from_text(value);
    draft->has_lang = draft->lang != 0;
    if (strcmp(value, "und") == 0) {
        draft->lang = 0;
        draft->has_lang = true;
    } else if (!draft->has_lang) {
        kite_draft_note(draft, KITE_PRESS_WARNING, line, "\"%s\" is not a language tag such as en, es or pt-BR",
                        value);
    }
    return KITE_OK;
}

static enum kite_status set_key(struct kite_draft *draft, const struct front_row *row, const char *value,
                                uint32_t line)
{
    const char **paragraph = row->key == KEY_SUBTITLE ? &draft->subtitle : &draft->byline;

    switch (row->key) {
    case KEY_META:
        return kite_draft_meta(draft, row->meta, value, strlen(value));
    case KEY_LANG:
        return set_lang(draft, value, line);
    case KEY_FORM:
        draft->is_exact = strcmp(value, "exact") == 0;
        if (!draft->is_exact)
            kite_draft_note(draft, KITE_PRESS_WARNING, line, "\"form: %s\" is not known; there is \"form: exact\"",
                            value);
        return KITE_OK;
    case KEY_DIRECTION:
        draft->said = strcmp(value, "rtl") == 0 ? KITE_SAID_RTL : strcmp(value, "ltr") == 0 ? KITE_SAID_LTR : KITE_SAID_NOTHING;
        if (draft->said == KITE_SAID_NOTHING)
            kite_draft_note(draft, KITE_PRESS_WARNING, line, "\"direction: %s\" is not known; there are rtl and ltr", value);
        return KITE_OK;
    case KEY_SUBTITLE:
    case KEY_BYLINE:
        break;
    }
    *paragraph = *value ? kite_draft_copy(draft, value, strlen(value)) : NULL;
    return *paragraph || !*value ? KITE_OK : kite_fail(draft->fault, KITE_E_NOMEM, "no memory for the %s", row->word);
}

/* Where front matter ends: the line after its second `---`; 0 when it is none. */
static size_t end_of(const char *text, size_t bytes, bool *has_key)
{
    struct line line;
    size_t at = take_line(text, bytes, 0, &line), colon;

    *has_key = false;
    if (!is_line(&line, "---"))
        return 0;
    while (at < bytes) {
        at = take_line(text, bytes, at, &line);
        if (is_line(&line, "---") || is_line(&line, "..."))
            return at;
        *has_key = *has_key || row_of(&line, &colon);
    }
    return 0;
}

bool kite_is_front_matter(const char *text, size_t bytes)
{
    bool has_key;

    return end_of(text, bytes, &has_key) > 0 && has_key;
}

static bool is_more(const struct line *line)
{
    return line->bytes > 0 && (line->text[0] == ' ' || line->text[0] == '\t' ||
                               (line->bytes > 1 && line->text[0] == '-' && line->text[1] == ' '));
}

static enum kite_status read_key(struct kite_draft *draft, const char *text, size_t end, size_t *at, uint32_t *number,
                                 struct kite_buffer *value)
{
    struct line line;
    size_t colon = 0, next = take_line(text, end, *at, &line);
    const struct front_row *row = row_of(&line, &colon);
    uint32_t first = ++*number;
    enum kite_status status = row ? add_value_line(value, &line, colon + 1) : KITE_OK;

    if (!row && line.bytes > 0 && line.text[0] != '#' && !is_more(&line))
        kite_draft_note(draft, KITE_PRESS_WARNING, first, "front matter: %.*s is not a key that is known",
                        kite_shown_bytes(line.text, line.bytes, 40), line.text);
    for (*at = next; row && *at < end && status == KITE_OK; *at = next) {
        next = take_line(text, end, *at, &line);
        if (!is_more(&line))
            break;
        status = add_value_line(value, &line, 0);
        ++*number;
    }
    status = status ? status : kite_buffer_add_u8(value, 0);
    if (status)
        return kite_fail(draft->fault, status, "no memory for front matter");
    return row ? set_key(draft, row, (const char *)value->bytes, first) : KITE_OK;
}

enum kite_status kite_front_matter(struct kite_draft *draft, const char *text, size_t bytes, size_t *used)
{
    struct kite_buffer value = { .mem = draft->mem };
    bool has_key;
    struct line line;
    size_t end = end_of(text, bytes, &has_key), at = end ? take_line(text, bytes, 0, &line) : 0;
    uint32_t number = 1;
    enum kite_status status = KITE_OK;

    *used = has_key ? end : 0;
    while (at < *used && status == KITE_OK) {
        size_t next = take_line(text, *used, at, &line);

        if (next >= *used)
            break; /* the closing line */
        value.count = 0;
        status = read_key(draft, text, *used, &at, &number, &value);
    }
    kite_buffer_close(&value);
    return status;
}
