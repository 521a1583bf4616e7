/* Typewriter characters to those of books: quotes, apostrophes, dashes, dots, French spaces. What is not clear stays.
 *
 * Each decision looks at the character before as it comes out and at the class of the one behind, which no
 * decision changes; so a second pass finds nothing to do. Code, addresses and notes' marks stay as they are. */
#include "press/draft.h"

#include <string.h>
#include <utf8proc.h>

#define LOOK_AHEAD_BYTES 600u

struct manners {
    kite_lang lang;
    uint16_t open, close; /* double quotes */
    bool has_singles;     /* ‘ ’ besides them */
    bool has_inner_space; /* U+202F inside of the quotes, spaces before ; ! ? : */
    bool has_dialogue;    /* a hyphen begins speech */
    bool spaced_is_en;    /* a spaced dash is an en dash */
};

/* The first row is for languages that are not in the table. */
static const struct manners table[] = {
    { 0, 0x201c, 0x201d, false, false, false, false },
    { KITE_LANG2('e', 'n'), 0x201c, 0x201d, true, false, false, false },
    { KITE_LANG2('e', 's'), 0x201c, 0x201d, true, false, true, false },
    { KITE_LANG2('p', 't'), 0x201c, 0x201d, true, false, true, false },
    { KITE_LANG2('c', 'a'), 0x201c, 0x201d, true, false, true, false },
    { KITE_LANG2('g', 'l'), 0x201c, 0x201d, true, false, true, false },
    { KITE_LANG2('i', 't'), 0x201c, 0x201d, true, false, false, false },
    { KITE_LANG2('h', 't'), 0x201c, 0x201d, true, false, false, false },
    { KITE_LANG2('f', 'r'), 0x00ab, 0x00bb, true, true, false, false },
    { KITE_LANG2('d', 'e'), 0x201e, 0x201c, false, false, false, true },
    { KITE_LANG2('n', 'l'), 0x201c, 0x201d, true, false, false, true },
    { KITE_LANG2('p', 'l'), 0x201e, 0x201d, false, false, false, true },
    { KITE_LANG2('s', 'v'), 0x201d, 0x201d, false, false, false, true },
    { KITE_LANG2('f', 'i'), 0x201d, 0x201d, false, false, false, true },
    { KITE_LANG2('d', 'a'), 0x201c, 0x201d, false, false, false, true },
    { KITE_LANG2('n', 'b'), 0x00ab, 0x00bb, false, false, false, true },
    { KITE_LANG2('r', 'u'), 0x00ab, 0x00bb, false, false, false, false },
    { KITE_LANG2('u', 'k'), 0x00ab, 0x00bb, false, false, false, false },
};

struct pass {
    const char *text;
    size_t bytes;
    struct kite_buffer out;
    const struct kite_span *spans;
    size_t span_count, span; /* the one in hand */
    const struct manners *manners;
    uint32_t before;        /* the last character that came out, 0 at the start */
    size_t verbatim_to;     /* of an address */
    uint32_t open_doubles, open_singles;
    bool is_dialogue;
    enum kite_status status;
};

static const struct manners *manners_of(kite_lang lang)
{
    kite_lang primary = kite_lang_primary(lang);

    for (size_t i = 1; i < sizeof table / sizeof *table; i++)
        if (table[i].lang == primary)
            return &table[i];
    return table;
}

/* ---- classes ---------------------------------------------------------------------------------------- */

static bool is_space(uint32_t c)
{
    return c == 0 || c == ' ' || c == '\n' || c == '\t' || c == 0xa0 || c == 0x202f || (c >= 0x2000 && c <= 0x200a);
}

static bool is_dash(uint32_t c)
{
    return c >= 0x2013 && c <= 0x2015;
}

/* Marks of direction, which are seen by nobody: what stands on both sides of one stands side by side. */
static bool is_mark(uint32_t c)
{
    return c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* What an opening quote may follow without a space. */
static bool is_opening(uint32_t c)
{
    return c == '(' || c == '[' || c == '{' || c == '/' || c == 0xab || c == 0xbf || c == 0xa1 || c == 0x201c ||
           c == 0x2018 || c == 0x201e || c == 0x201a || c == 0x2039 || is_dash(c);
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return utf8proc_category((utf8proc_int32_t)c) >= UTF8PROC_CATEGORY_LU &&
           utf8proc_category((utf8proc_int32_t)c) <= UTF8PROC_CATEGORY_LO;
}

static bool ends_word(uint32_t c)
{
    return is_space(c) || c == '.' || c == ',' || c == ';' || c == ':' || c == '!' || c == '?' || c == ')' ||
           c == ']' || c == '"' || c == 0x2026;
}

/* The character at text[at], 0 at the end. */
static uint32_t peek(const struct pass *p, size_t at)
{
    size_t used;

    return at < p->bytes ? kite_utf8_decode(p->text + at, p->bytes - at, &used) : 0;
}

/* The same, where all that double quotes may become counts as one. */
static uint32_t peek_alike(const struct pass *p, size_t at)
{
    uint32_t c = peek(p, at);

    for (; is_mark(c); c = peek(p, at))
        at += 3;
    if (c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb ||
        (c == 0x202f && peek(p, at + 3) == 0xbb) ||
        (c == ' ' && p->manners->has_inner_space && peek(p, at + 1) == 0xbb))
        return '"';
    return c;
}

static void put(struct pass *p, uint32_t c)
{
    char utf8[4];

    if (p->status == KITE_OK)
        p->status = kite_buffer_add(&p->out, utf8, kite_utf8_encode(c, utf8));
    if (c == p->manners->open && (c != p->manners->close || p->open_doubles == 0))
        p->open_doubles++;
    else if (c == p->manners->close && p->open_doubles > 0)
        p->open_doubles--;
    if (c == 0x2018)
        p->open_singles++;
    else if (c == 0x2019 && p->open_singles > 0)
        p->open_singles--;
    p->before = is_mark(c) ? p->before : c;
}

static size_t span_end(const struct pass *p)
{
    return p->span + 1 < p->span_count ? p->spans[p->span + 1].offset_bytes : p->bytes;
}

/* How often c stands from `at` on, in this span. */
static size_t run_at(const struct pass *p, size_t at, char c)
{
    size_t count = 0, end = span_end(p);

    while (at + count < end && p->text[at + count] == c)
        count++;
    return count;
}

static void put_times(struct pass *p, uint32_t c, size_t count)
{
    while (count-- > 0)
        put(p, c);
}

/* ---- the rules; each returns how many bytes it used ---------------------------------------------------- */

static size_t double_quote(struct pass *p, size_t at, size_t used)
{
    const struct manners *m = p->manners;
    uint32_t before = p->before, next = peek_alike(p, at + used);
    bool is_after_hyphen = before == '-' && is_letter(next);

    if (!is_space(next) && (is_space(before) || (is_opening(before) && !ends_word(next)) || is_after_hyphen)) {
        put(p, m->open);
        if (m->has_inner_space)
            put(p, 0x202f);
    } else if (!is_space(before) && (!is_opening(before) || is_dash(before)) &&
               (!is_digit(before) || p->open_doubles > 0)) {
        if (m->has_inner_space)
            put(p, 0x202f);
        put(p, m->close);
    } else {
        put_times(p, (uint8_t)p->text[at], used);
    }
    return used;
}

/* Does a single quote that closes follow soon? */
static bool closes_later(const struct pass *p, size_t at)
{
    size_t end = p->bytes - at < LOOK_AHEAD_BYTES ? p->bytes : at + LOOK_AHEAD_BYTES;
    uint32_t before = 0;

    for (size_t used; at < end; at += used) {
        uint32_t c = kite_utf8_decode(p->text + at, p->bytes - at, &used);

        if ((c == '\'' || c == 0x2019) && !is_space(before) && ends_word(peek_alike(p, at + used)))
            return true;
        before = c;
    }
    return false;
}

static bool is_elision(const struct pass *p, size_t at)
{
    static const char *const words[] = { "tis", "twas", "em", "til", "cause", "bout", "n" };

    if (is_digit(peek(p, at)))
        return true; /* '68 */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t count = strlen(words[i]);

        if (p->bytes - at >= count && memcmp(p->text + at, words[i], count) == 0 && !is_letter(peek(p, at + count)))
            return true;
    }
    return false;
}

static size_t single_quote(struct pass *p, size_t at)
{
    uint32_t before = p->before, next = peek_alike(p, at + 1);
    bool is_apostrophe = (is_letter(before) || is_digit(before)) && is_letter(next);

    if (run_at(p, at, '\'') == 2 && peek(p, at + 2) != '\'' && before != '\'')
        return double_quote(p, at, 2);
    if (is_apostrophe)
        put(p, 0x2019);
    else if (!p->manners->has_singles || next == '\'' || before == '\'' || (is_space(before) && is_space(next)))
        put(p, '\'');
    else if (is_space(before) || is_opening(before))
        put(p, is_elision(p, at + 1) || !closes_later(p, at + 1) ? 0x2019 : 0x2018);
    else if (is_digit(before) && p->open_singles == 0)
        put(p, '\'');
    else
        put(p, 0x2019);
    return 1;
}

/* `two grave accents' as typesetters of old typed them. */
static size_t grave(struct pass *p, size_t at)
{
    if (run_at(p, at, '`') == 2 && p->before != '`' && peek(p, at + 2) != '`')
        return double_quote(p, at, 2);
    put(p, '`');
    return 1;
}

static size_t dots(struct pass *p, size_t at)
{
    size_t count = run_at(p, at, '.');

    if (count == 3 && p->before != '.' && peek(p, at + 3) != '.') {
        put(p, 0x2026);
        return 3;
    }
    put_times(p, '.', count);
    return count;
}

static bool begins_speech(uint32_t c)
{
    return is_letter(c) || c == 0xbf || c == 0xa1;
}

/* Between the words of a sentence and spaces: "the list - all of it - went". Between figures it may be a minus. */
static bool is_typed_dash(const struct pass *p, size_t at)
{
    size_t front = at > 0 ? at - 1 : 0;

    if (front == 0 || p->text[front] != ' ' || peek(p, at + 1) != ' ')
        return false;
    return is_space(p->before) && !(is_digit((uint8_t)p->text[front - 1]) && is_digit(peek(p, at + 2)));
}

/* One hyphen: a dash, or speech in Spanish and Portuguese typescripts. */
static void hyphen(struct pass *p, size_t at)
{
    uint32_t before = p->before, next = peek_alike(p, at + 1);

    if (is_typed_dash(p, at)) {
        put(p, 0x2013);
        return;
    }
    if (p->manners->has_dialogue && p->out.count == 0 && begins_speech(next))
        p->is_dialogue = true;
    else if (!p->is_dialogue ||
             !((is_space(before) && begins_speech(next)) || (!is_space(before) && ends_word(next)))) {
        put(p, '-');
        return;
    }
    put(p, 0x2014);
}

static uint32_t dash_for(const struct pass *p, size_t count, uint32_t next)
{
    uint32_t before = p->before;

    if (count == 3)
        return 0x2014;
    if (before == '<' || before == '!' || next == '>')
        return 0;
    if (is_digit(before) && is_digit(next))
        return 0x2013;
    if (is_space(before) && is_space(next))
        return p->manners->spaced_is_en ? 0x2013 : 0x2014;
    if (is_space(before) && p->out.count > 0 && !p->manners->has_dialogue)
        return 0; /* an option, as in --help */
    return 0x2014;
}

static size_t hyphens(struct pass *p, size_t at)
{
    size_t count = run_at(p, at, '-');
    uint32_t next = peek_alike(p, at + count), dash = 0;

    if (count == 1 && p->before != '-' && next != '-') {
        hyphen(p, at);
        return 1;
    }
    if (count <= 3 && p->before != '-' && next != '-')
        dash = dash_for(p, count, next);
    if (dash)
        put(p, dash);
    else
        put_times(p, '-', count);
    return count;
}

/* Taking a link out of a text leaves spaces before commas and full stops, where no language has any. */
static bool is_stray_space(const struct pass *p, uint32_t next, size_t behind)
{
    bool is_behind_word = is_letter(p->before) || is_digit(p->before) || p->before == ')';

    bool is_dots = next == '.' && peek(p, behind + 1) == '.'; /* . . . */

    return (next == ',' || next == '.') && is_behind_word && !is_dots &&
           (behind >= p->bytes || p->text[behind] == ' ' || p->text[behind] == '\n');
}

static size_t space(struct pass *p, size_t at)
{
    uint32_t next = peek(p, at + 1), with = ' ';

    if (is_stray_space(p, next, at + 2))
        return 1;
    if (p->manners->has_inner_space && !is_space(p->before)) {
        if (next == ';' || next == '!' || next == '?' || next == 0xbb || p->before == 0xab)
            with = 0x202f;
        else if (next == ':')
            with = 0xa0;
    }
    put(p, with);
    return 1;
}

/* ---- the pass --------------------------------------------------------------------------------------- */

static bool holds(const char *text, size_t bytes, const char *word)
{
    size_t count = strlen(word);

    for (size_t i = 0; i + count <= bytes; i++)
        if (memcmp(text + i, word, count) == 0)
            return true;
    return false;
}

/* Addresses of the net stay as they are. */
static void look_for_address(struct pass *p, size_t at)
{
    size_t end = at, used;

    if (at < p->verbatim_to || !is_space(p->before))
        return;
    while (end < p->bytes && !is_space(kite_utf8_decode(p->text + end, p->bytes - end, &used)))
        end += used;
    if (holds(p->text + at, end - at, "://") || (end - at > 4 && memcmp(p->text + at, "www.", 4) == 0))
        p->verbatim_to = end;
}

static size_t step(struct pass *p, size_t at)
{
    size_t used;
    uint32_t c = kite_utf8_decode(p->text + at, p->bytes - at, &used);
    const struct kite_span *span = &p->spans[p->span];

    look_for_address(p, at);
    if (!(span->styles & KITE_STYLE_CODE) && at >= p->verbatim_to) {
        if (c == '"')
            return double_quote(p, at, 1);
        if (c == '\'')
            return single_quote(p, at);
        if (c == '`')
            return grave(p, at);
        if (c == '.')
            return dots(p, at);
        if (c == '-')
            return hyphens(p, at);
        if (c == ' ')
            return space(p, at);
    }
    put(p, c);
    return used;
}

static bool has_work(const struct kite_text *text, const struct manners *manners)
{
    return memchr(text->text, '"', text->text_bytes) || memchr(text->text, '\'', text->text_bytes) ||
           memchr(text->text, '-', text->text_bytes) || memchr(text->text, '`', text->text_bytes) ||
           holds(text->text, text->text_bytes, "...") || holds(text->text, text->text_bytes, " ,") ||
           holds(text->text, text->text_bytes, " .") || manners->has_inner_space || text->span_count > 1;
}

enum kite_status kite_text_typography(struct kite_draft *draft, struct kite_text *text, kite_lang lang)
{
    struct pass p = { .text = text->text, .bytes = text->text_bytes, .out.mem = draft->mem,
                      .span_count = text->span_count };
    const struct kite_span *old = text->spans;
    struct kite_span *spans;

    if (text->text_bytes == 0 || !has_work(text, manners_of(lang)))
        return KITE_OK;
    p.spans = old;
    spans = kite_arena_alloc(&draft->arena, text->span_count, sizeof *spans);
    if (!spans)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a paragraph");
    memcpy(spans, old, text->span_count * sizeof *old);
    for (size_t at = 0, next = 0; at < p.bytes && p.status == KITE_OK;) {
        while (next < p.span_count && old[next].offset_bytes <= at) {
            p.span = next;
            p.manners = manners_of(old[next].lang ? old[next].lang : lang);
            spans[next++].offset_bytes = (uint32_t)p.out.count;
        }
        at += step(&p, at);
    }
    text->text = p.status ? text->text : kite_draft_copy(draft, (const char *)p.out.bytes, p.out.count);
    text->text_bytes = p.out.count;
    text->spans = spans;
    kite_buffer_close(&p.out);
    if (p.status || !text->text)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a paragraph");
    return KITE_OK;
}
