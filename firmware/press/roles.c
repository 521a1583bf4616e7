/* The apparatus of an essay, where it is not marked: title, standfirst, byline; author notes and source at the end;
 * who is quoted. The rules are few and cautious, and each guess is told to the report. */
#include "press/draft.h"

#include <string.h>

#define TITLE_BYTES_MAX 160u
#define BYLINE_BYTES_MAX 120u
#define STANDFIRST_BYTES_MIN 60u
#define STANDFIRST_BYTES_MAX 520u
#define SOURCE_BYTES_MAX 400u
#define NAME_BYTES_MAX 80u
#define DATELINE_BYTES_MAX 60u
#define PLACE_BYTES_MAX 40u
#define HEADING_BYTES_MAX 100u
#define ATTRIBUTION_BYTES_MAX 100u
#define AUTHOR_NOTES_MAX 6u

/* ---- words ------------------------------------------------------------------------------------------ */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* ASCII letters in any case. */
static bool starts_with(const char *text, size_t bytes, const char *word)
{
    size_t i = 0;

    while (word[i] && i < bytes && lower(text[i]) == lower(word[i]))
        i++;
    return word[i] == '\0';
}

/* Where a word begins in text, bytes when it does not. */
static size_t find(const char *text, size_t bytes, const char *word)
{
    size_t at = 0;

    while (at < bytes && !starts_with(text + at, bytes - at, word))
        at++;
    return at;
}

static bool any_starts(const struct kite_text *t, const char *const *words)
{
    for (; *words; words++)
        if (starts_with(t->text, t->text_bytes, *words))
            return true;
    return false;
}

static bool holds_any(const struct kite_text *t, const char *const *words)
{
    for (; *words; words++)
        if (find(t->text, t->text_bytes, *words) < t->text_bytes)
            return true;
    return false;
}

/* A capital letter; letters outside of ASCII count as such, as É and Ñ begin names too. */
static bool is_capital(const char *at)
{
    return (*at >= 'A' && *at <= 'Z') || ((uint8_t)*at >= 0xc3 && (uint8_t)*at < 0xe0);
}

static bool ends_with_any(const struct kite_text *t, const char *ends)
{
    return t->text_bytes > 0 && strchr(ends, t->text[t->text_bytes - 1]) != NULL;
}

static bool begins_with_dash(const struct kite_text *t)
{
    return starts_with(t->text, t->text_bytes, "\xE2\x80\x94") || starts_with(t->text, t->text_bytes, "\xE2\x80\x93") ||
           starts_with(t->text, t->text_bytes, "\xE2\x80\x95") || starts_with(t->text, t->text_bytes, "--");
}

static bool begins_with_quote(const struct kite_text *t)
{
    return starts_with(t->text, t->text_bytes, "\"") || starts_with(t->text, t->text_bytes, "\xE2\x80\x9C") ||
           starts_with(t->text, t->text_bytes, "\xC2\xAB");
}

static bool ends_with_quote(const struct kite_text *t)
{
    size_t n = t->text_bytes;

    return n > 3 && (t->text[n - 1] == '"' || memcmp(t->text + n - 3, "\xE2\x80\x9D", 3) == 0 ||
                     memcmp(t->text + n - 2, "\xC2\xBB", 2) == 0);
}

/* ---- one paragraph ---------------------------------------------------------------------------------- */

static struct kite_paragraph *plain_at(struct kite_draft *draft, size_t at)
{
    struct kite_draft_paragraph *p = at < draft->body.count ? &draft->body.items[at] : NULL;

    return p && !p->has_role && p->paragraph.role == KITE_ROLE_PARAGRAPH ? &p->paragraph : NULL;
}

static void set_role(struct kite_draft *draft, size_t at, enum kite_role role)
{
    struct kite_draft_paragraph *p = &draft->body.items[at];
    const struct kite_text *t = &p->paragraph.text;

    p->paragraph.role = role;
    p->paragraph.depth = 0;
    p->has_role = true;
    kite_draft_note(draft, KITE_PRESS_NOTE, p->line, "taken for %s %s: %.*s", role == KITE_ROLE_HEADING ? "a" : "the", kite_role_text(role),
                    kite_shown_bytes(t->text, t->text_bytes, 60), t->text);
}

static bool is_all(const struct kite_text *t, enum kite_style style)
{
    for (size_t i = 0; i < t->span_count; i++)
        if (!(t->spans[i].styles & (uint32_t)style))
            return false;
    return t->text_bytes > 0;
}

static void drop_style(struct kite_text *t, enum kite_style style)
{
    struct kite_span *spans = (struct kite_span *)(uintptr_t)t->spans; /* the draft's own */

    for (size_t i = 0; i < t->span_count; i++)
        spans[i].styles &= ~(uint32_t)style;
}

/* Its role sets it off already. */
static void drop_emphasis(struct kite_text *t)
{
    if (is_all(t, KITE_STYLE_EMPHASIS))
        drop_style(t, KITE_STYLE_EMPHASIS);
}

/* ---- at the start ----------------------------------------------------------------------------------- */

static bool has_title(const struct kite_draft *draft)
{
    for (size_t i = 0; i < draft->body.count; i++)
        if (draft->body.items[i].paragraph.role == KITE_ROLE_TITLE)
            return true;
    return false;
}

/* Two paragraphs, or a longer one. */
static bool is_followed_by_text(const struct kite_draft *draft)
{
    const struct kite_draft_paragraph *p = draft->body.items;

    return draft->body.count > 2 ||
           (draft->body.count == 2 && p[1].paragraph.text.text_bytes > 2 * p[0].paragraph.text.text_bytes);
}

/* The first line, when it is short, ends without a stop and text follows. */
static void guess_title(struct kite_draft *draft)
{
    static const char *const lists[] = { "contents", "brief contents", "table of contents", "\xC3\xADndice", "indice",
                                         "sum\xC3\xA1rio", "sommaire", "table des mati", "inhalt", NULL };
    const struct kite_paragraph *p = plain_at(draft, 0);

    if (!p || has_title(draft) || !is_followed_by_text(draft) || p->text.text_bytes > TITLE_BYTES_MAX ||
        p->text.text_bytes == 0 || ends_with_any(&p->text, ",;:") || memchr(p->text.text, '\n', p->text.text_bytes) ||
        begins_with_dash(&p->text) || begins_with_quote(&p->text) || any_starts(&p->text, lists))
        return;
    if (ends_with_any(&p->text, ".") && find(p->text.text, p->text.text_bytes, ". ") < p->text.text_bytes)
        return; /* sentences */
    set_role(draft, 0, KITE_ROLE_TITLE);
    drop_emphasis(&draft->body.items[0].paragraph.text);
}

/* "By Erica Caines": where the name begins, 0 when it is no byline. */
static size_t byline_name(const struct kite_text *t)
{
    static const char *const words[] = { "by ", "por ", "par ", "von ", "pa ", "words by ", "text by ", NULL };
    size_t space;

    if (t->text_bytes > BYLINE_BYTES_MAX || !any_starts(t, words) || ends_with_any(t, ".?!:"))
        return 0;
    space = find(t->text, t->text_bytes, " ");
    if (starts_with(t->text + space + 1, t->text_bytes - space - 1, "by "))
        space += 3;
    return space + 1 < t->text_bytes && is_capital(t->text + space + 1) ? space + 1 : 0;
}

bool kite_is_byline(const char *text, size_t bytes)
{
    return byline_name(&(struct kite_text){ .text = text, .text_bytes = bytes }) > 0;
}

/* "Jane Doe" alone, where a note at the end says who that is. */
static bool is_signed(struct kite_draft *draft, size_t at)
{
    const struct kite_paragraph *p = plain_at(draft, at);
    size_t count = draft->body.count, from = count > AUTHOR_NOTES_MAX ? count - AUTHOR_NOTES_MAX : 0;

    if (!p || p->text.text_bytes > BYLINE_BYTES_MAX || find(p->text.text, p->text.text_bytes, " ") == p->text.text_bytes)
        return false;
    for (size_t i = from > at ? from : at + 1; i < count; i++) {
        const struct kite_text *t = &draft->body.items[i].paragraph.text;

        if (t->text_bytes > p->text.text_bytes && starts_with(t->text, t->text_bytes, p->text.text) && t->text[p->text.text_bytes] == ' ')
            return true;
    }
    return false;
}

/* Does the line name who wrote it? */
static bool is_by(struct kite_draft *draft, size_t at)
{
    const struct kite_paragraph *p = plain_at(draft, at);

    return p && (byline_name(&p->text) > 0 || is_signed(draft, at));
}

static enum kite_status take_byline(struct kite_draft *draft, size_t at)
{
    const struct kite_text *t = &draft->body.items[at].paragraph.text;
    size_t name = byline_name(t);

    set_role(draft, at, KITE_ROLE_BYLINE);
    if (draft->metas[KITE_META_AUTHOR])
        return KITE_OK;
    return kite_draft_meta(draft, KITE_META_AUTHOR, t->text + name, t->text_bytes - name);
}

/* "Lima, Perú" */
static bool is_place(const struct kite_text *t)
{
    const char *comma = memchr(t->text, ',', t->text_bytes);
    size_t behind = comma ? (size_t)(comma - t->text) + 2 : t->text_bytes;

    return t->text_bytes <= PLACE_BYTES_MAX && behind < t->text_bytes && is_capital(t->text) && is_capital(t->text + behind);
}

/* "May 2024" under a title or a byline; "Lima, Perú" under a byline, as two words with a comma may be a heading as well. */
static bool is_dateline(struct kite_draft *draft, size_t at, bool has_name)
{
    const struct kite_paragraph *p = plain_at(draft, at);

    return p && at + 1 < draft->body.count && p->text.text_bytes <= DATELINE_BYTES_MAX && !ends_with_any(&p->text, ".?!:;,") &&
           (kite_has_year(&p->text) || (has_name && is_place(&p->text)));
}

/* Who wrote it, where and when, line by line. */
static enum kite_status guess_bylines(struct kite_draft *draft, size_t *at)
{
    enum kite_status status = KITE_OK;

    for (bool has_name = false; status == KITE_OK; ++*at) {
        if (!has_name && is_by(draft, *at)) {
            status = take_byline(draft, *at);
            has_name = true;
        } else if (is_dateline(draft, *at, has_name)) {
            const struct kite_text *t = &draft->body.items[*at].paragraph.text;

            set_role(draft, *at, KITE_ROLE_BYLINE);
            if (kite_has_year(t) && !draft->metas[KITE_META_DATE])
                status = kite_draft_meta(draft, KITE_META_DATE, t->text, t->text_bytes);
        } else {
            break;
        }
    }
    return status;
}

/* Mean length of the next plain paragraphs. */
static size_t usual_bytes(struct kite_draft *draft, size_t from)
{
    size_t sum = 0, count = 0;

    for (size_t i = from; i < draft->body.count && count < 3; i++) {
        const struct kite_paragraph *p = plain_at(draft, i);

        if (!p)
            return 0;
        sum += p->text.text_bytes;
        count++;
    }
    return count == 3 ? sum / 3 : 0;
}

/* Under the title: all in emphasis, or clearly shorter than the paragraphs that follow. */
static bool is_standfirst(struct kite_draft *draft, size_t at)
{
    const struct kite_paragraph *p = plain_at(draft, at);
    size_t bytes = p ? p->text.text_bytes : 0;

    if (!p || bytes < STANDFIRST_BYTES_MIN || bytes > STANDFIRST_BYTES_MAX || !plain_at(draft, at + 1))
        return false;
    if (is_all(&p->text, KITE_STYLE_EMPHASIS))
        return true;
    return ends_with_any(&p->text, ".?!") && !begins_with_dash(&p->text) && !begins_with_quote(&p->text) &&
           bytes * 5 < usual_bytes(draft, at + 1) * 3;
}

/* A short line between title and byline. */
static bool is_subtitle(struct kite_draft *draft, size_t at)
{
    const struct kite_paragraph *p = plain_at(draft, at), *next = plain_at(draft, at + 1);

    return p && next && p->text.text_bytes <= BYLINE_BYTES_MAX && !ends_with_any(&p->text, ".:,;") &&
           !is_by(draft, at) && is_by(draft, at + 1);
}

static enum kite_status guess_start(struct kite_draft *draft)
{
    size_t at = 1;
    enum kite_status status;

    guess_title(draft);
    if (draft->body.count < 2 || draft->body.items[0].paragraph.role != KITE_ROLE_TITLE)
        return KITE_OK;
    while (at < draft->body.count && draft->body.items[at].has_role)
        at++;
    if (is_subtitle(draft, at))
        set_role(draft, at++, KITE_ROLE_SUBTITLE);
    status = guess_bylines(draft, &at);
    if (draft->metas[KITE_META_STANDFIRST] == NULL && is_standfirst(draft, at)) {
        set_role(draft, at, KITE_ROLE_STANDFIRST);
        drop_emphasis(&draft->body.items[at++].paragraph.text);
        status = status ? status : guess_bylines(draft, &at);
    }
    return status;
}

/* ---- at the end ------------------------------------------------------------------------------------- */

static bool is_source(const struct kite_text *t)
{
    static const char *const labels[] = { "source:", "fuente:", "fonte:", "quelle:", "sous:", "originally published",
                                          "first published", "reprinted from", "publicado originalmente",
                                          "publicado por primera vez", "publi\xC3\xA9 initialement",
                                          "publi\xC3\xA9 d", NULL };
    static const char *const starts[] = { "this article", "this essay", "this piece", "this text", "this interview",
                                          "a version of this", "este art\xC3\xAD" "culo", "este ensayo", "este texto",
                                          "cet article", "ce texte", "cet essai", "este artigo", "este ensaio",
                                          "dieser artikel", "dieser text", "atik sa a", NULL };
    static const char *const verbs[] = { "publi", "appeared", "paru", "apareci", "erschien", "ver\xC3\xB6" "ffentlicht",
                                         "pibliye", NULL };

    return t->text_bytes <= SOURCE_BYTES_MAX &&
           (any_starts(t, labels) || (any_starts(t, starts) && holds_any(t, verbs)));
}

static enum kite_status guess_source(struct kite_draft *draft, size_t *end)
{
    const struct kite_paragraph *p = *end > 0 ? plain_at(draft, *end - 1) : NULL;
    size_t colon;

    if (!p || draft->body.count < 3 || !is_source(&p->text))
        return KITE_OK;
    set_role(draft, --*end, KITE_ROLE_SOURCE);
    drop_emphasis(&draft->body.items[*end].paragraph.text);
    colon = find(p->text.text, p->text.text_bytes, ":") + 1;
    if (draft->metas[KITE_META_SOURCE])
        return KITE_OK;
    if (colon > 10 || colon >= p->text.text_bytes)
        colon = 0;
    return kite_draft_meta(draft, KITE_META_SOURCE, p->text.text + colon, p->text.text_bytes - colon);
}

/* "Clau O'Brien Moscoso is an ...": bytes of the names before what they are, 0 when it is something else. */
static size_t name_bytes(const struct kite_text *t)
{
    static const char *const verbs[] = { " is a",     " is the ",     " was a",       " was the ",    " are ",
                                         " es un",    " es el ",      " es la ",      " est un",      " est le ",
                                         " est la ",  " \xC3\xA9 um", " \xC3\xA9 a ", " \xC3\xA9 o ", " ist ein",
                                         " ist der ", " ist die ",    " \xC3\xA8 un", " se yon ",     " se on ",
                                         NULL };
    static const char *const small[] = { "de ", "del ", "la ", "von ", "van ", "y ", "and ", "et ", "e ", "al-", NULL };
    size_t end = t->text_bytes, words = 0;

    for (const char *const *verb = verbs; *verb; verb++) {
        size_t at = find(t->text, t->text_bytes < NAME_BYTES_MAX ? t->text_bytes : NAME_BYTES_MAX, *verb);

        end = at < NAME_BYTES_MAX && at < end ? at : end;
    }
    if (end == t->text_bytes || end == 0)
        return 0;
    for (size_t i = 0; i < end; i += find(t->text + i, end - i, " ") + 1, words++) {
        struct kite_text rest = { .text = t->text + i, .text_bytes = t->text_bytes - i };

        if (!is_capital(t->text + i) && !any_starts(&rest, small))
            return 0;
    }
    return words >= 2 && words <= 12 ? end : 0;
}

static bool is_author_note(const struct kite_draft *draft, const struct kite_text *t)
{
    static const char *const words[] = {
        "writer", "author", "organiz", "organis", "professor", "journalist", "editor", "activist", "poet", "teacher",
        "scholar", "researcher", "attorney", "lawyer", "member of", "lives in", "born in", "incarcerated", "prisoner",
        "student", "director", "historian", "artist", "founder", "escritor", "periodist", "profesor", "autor",
        "investigador", "abogad", "vive en", "miembro de", "\xC3\xA9" "crivain", "auteur", "militant", "professeur",
        "avocat", "jornalista", "ativista", "advogad", "mora em", "ekriven", "jounalis", "manm ", "autor", "aktivist",
        NULL,
    };
    const char *author = draft->metas[KITE_META_AUTHOR];

    return (author && starts_with(t->text, t->text_bytes, author)) || (name_bytes(t) > 0 && holds_any(t, words));
}

/* Those whom the notes [from, to) are about wrote it, when nothing says who did. */
static enum kite_status guess_author(struct kite_draft *draft, size_t from, size_t to)
{
    struct kite_buffer names = { .mem = draft->mem };
    enum kite_status status = KITE_OK;

    if (from == to || draft->metas[KITE_META_AUTHOR] || draft->byline)
        return KITE_OK;
    for (size_t i = from; i < to && status == KITE_OK; i++) {
        const struct kite_text *t = &draft->body.items[i].paragraph.text;

        status = i > from ? kite_buffer_add_text(&names, ", ") : KITE_OK;
        status = status ? status : kite_buffer_add(&names, t->text, name_bytes(t));
    }
    if (status)
        kite_fail(draft->fault, status, "no memory for the author");
    else
        status = kite_draft_meta(draft, KITE_META_AUTHOR, (const char *)names.bytes, names.count);
    if (status == KITE_OK && draft->metas[KITE_META_AUTHOR])
        kite_draft_note(draft, KITE_PRESS_NOTE, 0, "taken for the author: %s", draft->metas[KITE_META_AUTHOR]);
    kite_buffer_close(&names);
    return status;
}

static enum kite_status guess_end(struct kite_draft *draft)
{
    size_t end = draft->body.count, notes_end;
    enum kite_status status;

    while (end > 0 && draft->body.items[end - 1].has_role)
        end--;
    status = guess_source(draft, &end);
    notes_end = end;
    for (size_t i = 0; i < AUTHOR_NOTES_MAX && end > 2 && status == KITE_OK; i++) {
        const struct kite_paragraph *p = plain_at(draft, end - 1);

        if (!p || !is_author_note(draft, &p->text))
            break;
        set_role(draft, --end, KITE_ROLE_AUTHOR_NOTE);
        drop_emphasis(&draft->body.items[end].paragraph.text);
    }
    return status ? status : guess_author(draft, end, notes_end);
}

/* ---- over its parts --------------------------------------------------------------------------------- */

static bool is_bold_line(struct kite_draft *draft, size_t at)
{
    const struct kite_paragraph *p = plain_at(draft, at);

    return p && is_all(&p->text, KITE_STYLE_STRONG);
}

static bool is_bold_heading(struct kite_draft *draft, size_t at)
{
    const struct kite_text *t = &draft->body.items[at].paragraph.text;
    const struct kite_paragraph *next = plain_at(draft, at + 1);

    return t->text_bytes <= HEADING_BYTES_MAX && !ends_with_any(t, ".,;:") && !memchr(t->text, '\n', t->text_bytes) && next &&
           !is_bold_line(draft, at + 1) && next->text.text_bytes > t->text_bytes;
}

/* Short paragraphs all in bold are headings of those who had no others, unless longer ones are in bold too. */
static void guess_headings(struct kite_draft *draft)
{
    uint8_t depth = 1;

    for (size_t i = 0; i < draft->body.count; i++)
        if (is_bold_line(draft, i) && draft->body.items[i].paragraph.text.text_bytes > HEADING_BYTES_MAX)
            return;
    for (size_t i = 1; i < draft->body.count; i++) {
        struct kite_paragraph *p = &draft->body.items[i].paragraph;

        if (p->role == KITE_ROLE_HEADING)
            depth = p->depth < 6 ? p->depth : 5;
        if (!is_bold_line(draft, i) || !is_bold_heading(draft, i))
            continue;
        set_role(draft, i, KITE_ROLE_HEADING);
        p->depth = depth + 1;
        drop_style(&p->text, KITE_STYLE_STRONG);
    }
}

/* ---- who is quoted ---------------------------------------------------------------------------------- */

static bool is_attribution(const struct kite_draft_paragraph *before, const struct kite_draft_paragraph *p,
                           const struct kite_draft_paragraph *after)
{
    const struct kite_paragraph *q = &p->paragraph, *b = &before->paragraph;

    if (p->has_role || q->text.text_bytes > ATTRIBUTION_BYTES_MAX || !begins_with_dash(&q->text) ||
        q->quote_depth != b->quote_depth || ends_with_any(&q->text, "?!"))
        return false;
    if (q->role == KITE_ROLE_QUOTE)
        return (b->role == KITE_ROLE_QUOTE || b->role == KITE_ROLE_VERSE) &&
               (!after || after->paragraph.quote_depth < q->quote_depth);
    return q->role == KITE_ROLE_PARAGRAPH &&
           (b->role == KITE_ROLE_VERSE ||
            (b->role == KITE_ROLE_PARAGRAPH && begins_with_quote(&b->text) && ends_with_quote(&b->text)));
}

enum kite_status kite_draft_guess_roles(struct kite_draft *draft)
{
    enum kite_status status = kite_draft_guess_letter(draft);
    struct kite_draft_list *body = &draft->body;

    status = status ? status : guess_start(draft);
    status = status ? status : guess_end(draft);
    guess_headings(draft);
    for (size_t i = 1; i < body->count; i++)
        if (is_attribution(&body->items[i - 1], &body->items[i], i + 1 < body->count ? &body->items[i + 1] : NULL))
            body->items[i].paragraph.role = KITE_ROLE_ATTRIBUTION;
    return status;
}
