/* Letters: told by how they address somebody. What stands above that is no title of an essay, and how they close stays together.
 */
#include "press/draft.h"

#include <string.h>

#define LINE_BYTES_MAX 80u
#define HEAD_PARAGRAPHS_MAX 12u
#define TAIL_PARAGRAPHS_MAX 10u

/* In small letters; letters outside of ASCII are matched as they are. */
static const char *const salutations[] = {
    "dear ",
    "my dear",
    "dearest ",
    "hello ",
    "hi ",
    "to whom it may concern",
    "querid",
    "estimad",
    "hola ",
    "apreciad",
    "caro ",
    "cara ",
    "prezad",
    "cher ",
    "ch\xC3\xA8re ",
    "chers ",
    "ch\xC3\xA8 ",
    "bonjour ",
    "liebe",
    "sehr geehrte",
    "hallo ",
    "beste ",
    "geachte ",
    "drog",
    "szanown",
    "\xD0\x94\xD0\xBE\xD1\x80\xD0\xBE\xD0\xB3",
    "\xD0\xA3\xD0\xB2\xD0\xB0\xD0\xB6\xD0\xB0\xD0\xB5\xD0\xBC",
    NULL,
};
static const char *const closings[] = {
    "sincerely",
    "yours",
    "love",
    "with love",
    "all my love",
    "much love",
    "best",
    "kind regards",
    "warm regards",
    "regards",
    "respectfully",
    "very truly",
    "truly yours",
    "in solidarity",
    "in struggle",
    "with gratitude",
    "gratefully",
    "always",
    "your friend",
    "your loving",
    "your son",
    "your daughter",
    "i love you",
    "love you",
    "god bless",
    "blessings",
    "peace",
    "hugs",
    "take care",
    "te quier",
    "te amo",
    "eu te amo",
    "je t'aime",
    "atentamente",
    "un abrazo",
    "abrazos",
    "con cari\xC3\xB1o",
    "con amor",
    "con todo",
    "cordialmente",
    "saludos",
    "respetuosamente",
    "sinceramente",
    "um abra\xC3\xA7o",
    "abra\xC3\xA7os",
    "com carinho",
    "atenciosamente",
    "cordialement",
    "sinc\xC3\xA8rement",
    "bien \xC3\xA0",
    "amicalement",
    "je t'embrasse",
    "mit freundlichen",
    "viele gr\xC3\xBC\xC3\x9F",
    "herzliche gr\xC3\xBC\xC3\x9F",
    "liebe gr\xC3\xBC\xC3\x9F",
    "dein",
    "deine",
    "hochachtungsvoll",
    "\xD0\xA1 \xD1\x83\xD0\xB2\xD0\xB0\xD0\xB6\xD0\xB5\xD0\xBD\xD0\xB8\xD0\xB5\xD0\xBC",
    NULL,
};

static bool starts_with_any(const struct kite_text *t, const char *const *words)
{
    for (; *words; words++) {
        size_t i = 0, bytes = strlen(*words);

        while (i < bytes && i < t->text_bytes &&
               (t->text[i] >= 'A' && t->text[i] <= 'Z' ? t->text[i] + 32 : t->text[i]) == (*words)[i])
            i++;
        if (i == bytes)
            return true;
    }
    return false;
}

static char last_of(const struct kite_text *t)
{
    return t->text_bytes > 0 ? t->text[t->text_bytes - 1] : '\0';
}

/* A short line that nothing is known about. */
static bool is_line(const struct kite_draft_paragraph *p)
{
    return !p->has_role && p->paragraph.role == KITE_ROLE_PARAGRAPH && p->paragraph.text.text_bytes <= LINE_BYTES_MAX;
}

static bool is_salutation(const struct kite_draft_paragraph *p)
{
    const struct kite_text *t = &p->paragraph.text;

    return is_line(p) && starts_with_any(t, salutations) && strchr(",:;!-", last_of(t)) && last_of(t);
}

/* "Sincerely," or, with the name after it, "Love, Ana". */
static bool is_closing(const struct kite_draft_paragraph *p)
{
    return is_line(p) && starts_with_any(&p->paragraph.text, closings) &&
           (last_of(&p->paragraph.text) == ',' || p->paragraph.text.text_bytes <= 30);
}

bool kite_has_year(const struct kite_text *t)
{
    for (size_t i = 0; i + 4 <= t->text_bytes; i++) {
        bool begins = i == 0 || t->text[i - 1] < '0' || t->text[i - 1] > '9',
             ends = i + 4 == t->text_bytes || t->text[i + 4] < '0' || t->text[i + 4] > '9';

        if (begins && ends && (memcmp(t->text + i, "19", 2) == 0 || memcmp(t->text + i, "20", 2) == 0) && t->text[i + 2] >= '0' &&
            t->text[i + 2] <= '9' && t->text[i + 3] >= '0' && t->text[i + 3] <= '9')
            return true;
    }
    return false;
}

/* Lines of an address and the like are no titles. */
static size_t find_salutation(const struct kite_draft *draft)
{
    size_t most = draft->body.count < HEAD_PARAGRAPHS_MAX ? draft->body.count : HEAD_PARAGRAPHS_MAX;

    for (size_t i = 0; i < most; i++) {
        const struct kite_draft_paragraph *p = &draft->body.items[i];

        if (is_salutation(p))
            return i;
        if (p->paragraph.role != KITE_ROLE_TITLE && p->paragraph.role != KITE_ROLE_VERSE && !is_line(p))
            return draft->body.count;
    }
    return draft->body.count;
}

/* Lines that stay lines, not set in. */
static void set_lines(struct kite_draft_paragraph *p)
{
    p->paragraph.role = KITE_ROLE_VERSE;
    p->paragraph.is_tight = true;
    p->has_role = true;
}

/* Two paragraphs as lines of one. */
static enum kite_status join(struct kite_draft *draft, size_t at)
{
    struct kite_draft_paragraph *a = &draft->body.items[at], *b = a + 1;
    const struct kite_text *one = &a->paragraph.text, *two = &b->paragraph.text;
    size_t bytes = one->text_bytes + 1 + two->text_bytes, count = one->span_count + two->span_count;
    struct kite_span *spans = kite_arena_alloc(&draft->arena, count, sizeof *spans);
    char *text = kite_arena_alloc(&draft->arena, bytes + 1, 1);

    if (!spans || !text)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for a letter's end");
    memcpy(text, one->text, one->text_bytes);
    text[one->text_bytes] = '\n';
    memcpy(text + one->text_bytes + 1, two->text, two->text_bytes);
    text[bytes] = '\0';
    memcpy(spans, one->spans, one->span_count * sizeof *spans);
    memcpy(spans + one->span_count, two->spans, two->span_count * sizeof *spans);
    for (size_t i = one->span_count; i < count; i++)
        spans[i].offset_bytes += (uint32_t)one->text_bytes + 1;
    a->paragraph.text = (struct kite_text){ .text = text, .text_bytes = bytes, .spans = spans, .span_count = count };
    draft->body.count--;
    memmove(b, b + 1, (draft->body.count - at - 1) * sizeof *b);
    return KITE_OK;
}

/* A name, or several lines of them. */
static bool is_name(const struct kite_draft_paragraph *p)
{
    bool is_verse = !p->has_role && p->paragraph.role == KITE_ROLE_VERSE && p->paragraph.text.text_bytes <= 2 * LINE_BYTES_MAX;

    return (is_line(p) || is_verse) && !p->anchors && !p->pages && !strchr(".?!", last_of(&p->paragraph.text));
}

/* "Sincerely," and the names under it. */
static enum kite_status join_closing(struct kite_draft *draft, size_t salutation)
{
    size_t count = draft->body.count, at = count > TAIL_PARAGRAPHS_MAX ? count - TAIL_PARAGRAPHS_MAX : 0;
    enum kite_status status = KITE_OK;

    at = at > salutation ? at : salutation + 1;
    while (at + 1 < count && !(is_closing(&draft->body.items[at]) && is_name(&draft->body.items[at + 1])))
        at++;
    if (at + 1 >= count)
        return KITE_OK;
    while (status == KITE_OK && at + 1 < draft->body.count && is_name(&draft->body.items[at + 1]))
        status = join(draft, at);
    set_lines(&draft->body.items[at]);
    return status;
}

/* To be found by: whom it addresses, and when. */
static enum kite_status name_letter(struct kite_draft *draft, const struct kite_text *salutation, const char *date)
{
    struct kite_buffer title = { .mem = draft->mem };
    size_t bytes = salutation->text_bytes - 1; /* without the comma */
    enum kite_status status = kite_buffer_add(&title, salutation->text, bytes);

    if (date) {
        status = status ? status : kite_buffer_add_text(&title, ", ");
        status = status ? status : kite_buffer_add_text(&title, date);
    }
    if (status == KITE_OK && !draft->metas[KITE_META_TITLE])
        status = kite_draft_meta(draft, KITE_META_TITLE, (const char *)title.bytes, title.count);
    kite_buffer_close(&title);
    return status;
}

enum kite_status kite_draft_guess_letter(struct kite_draft *draft)
{
    size_t salutation = find_salutation(draft);
    const struct kite_text *text;
    bool has_title = false;
    enum kite_status status = KITE_OK;

    if (salutation == draft->body.count)
        return KITE_OK;
    text = &draft->body.items[salutation].paragraph.text;
    kite_draft_note(draft, KITE_PRESS_NOTE, draft->body.items[salutation].line, "taken for a letter: %.*s",
                    kite_shown_bytes(text->text, text->text_bytes, 60), text->text);
    for (size_t i = 0; i <= salutation && status == KITE_OK; i++) {
        struct kite_draft_paragraph *p = &draft->body.items[i];

        if (is_line(p) && kite_has_year(&p->paragraph.text) && !draft->metas[KITE_META_DATE])
            status = kite_draft_meta(draft, KITE_META_DATE, p->paragraph.text.text, p->paragraph.text.text_bytes);
        has_title = has_title || p->paragraph.role == KITE_ROLE_TITLE;
        if (!p->has_role && (p->paragraph.role == KITE_ROLE_PARAGRAPH || p->paragraph.role == KITE_ROLE_VERSE))
            set_lines(p);
        p->has_role = true;
    }
    status = status || has_title ? status : name_letter(draft, text, draft->metas[KITE_META_DATE]);
    return status ? status : join_closing(draft, salutation);
}
