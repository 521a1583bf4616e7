/* Words from pairs: the letters of a face, script and language with their glyphs, and what every two of them kern. Letters
 * that always ligate, as f and i, are tied: they count as one. */
#include "text/plain.h"

#include "text/rules.h"

#include <hb-ot.h>
#include <string.h>

#define CONTEXTS_MAX 6
#define LETTERS_MAX 80
#define CODE_POINT_MIN 0x21
#define CODE_POINT_MAX 0x17F
#define APOSTROPHE 0x2019
#define SLOTS (CODE_POINT_MAX + 1)
#define SLOT_APOSTROPHE 0 /* no character of its own has this */
#define KERN_UNKNOWN INT16_MIN
#define KERN_TOUCHED (INT16_MIN + 1) /* more than kerning may happen to the two */

/* What a character is, by its slot: 0 not looked up, REFUSED, else 1 + its number. */
#define REFUSED UINT8_MAX

/* Nine tenths of what letters of English and Spanish stand next to each other, each pair once: ways through the most common
 * pairs, but for those with f that ligate. */
static const char *const samples[] = {
    "therendestedonghantoraroueleaseetalatinosofomecotrisitunemadi",
    "ievegeillowhicabeyolirtsacepoodaimochoamidsuttlyefrshtyayspew",
    "wapaviovagakextwigoprdrmpiauryivobokifequssciplduluijoibaweja",
    "afazaqucupugrnckslsmuahudltcrrumbublfuoynajebrcthrlmynskniklv",
};
#define SAMPLES_BEHIND 8 /* words that were learnt from: a face of a title or two is not worth it */

#define TIES_MAX 12
#define TIED_MAX 3

struct letter {
    uint16_t glyph;
    int16_t advance;
};

/* Letters in a row that always become one glyph. */
struct tie {
    uint8_t letters[TIED_MAX], count;
    uint8_t number; /* of that glyph, as a letter */
};

/* Letters' numbers, and the bytes where they stand. */
struct word {
    uint8_t letters[KITE_PLAIN_BYTES_MAX], offsets[KITE_PLAIN_BYTES_MAX];
    size_t count;
};

/* Of one face, script and language. */
struct context {
    kite_lang lang;
    uint16_t face;
    bool is_refused; /* its rules cannot be told */
    uint8_t learnt, sampled; /* words learnt from, up to SAMPLES_BEHIND; samples asked for */
    struct kite_rules rules;
    uint8_t numbers[SLOTS];
    struct letter letters[LETTERS_MAX];
    uint8_t letter_count, tie_count;
    struct tie ties[TIES_MAX];
    int16_t kerns[LETTERS_MAX][LETTERS_MAX]; /* [left][right] */
};

struct kite_plain {
    struct kite_memory mem;
    struct kite_fonts *fonts;
    struct context *contexts[CONTEXTS_MAX];
    size_t context_count;
    struct context *context; /* of the last request */
    struct word word, tied; /* its letters; the same with what is tied as one. None: it is not plain */
    const struct word *tried; /* the one of them that was looked at last */
};

struct kite_plain *kite_plain_create(const struct kite_memory *mem, struct kite_fonts *fonts)
{
    struct kite_plain *p = kite_alloc(mem, 1, sizeof *p);

    if (p != NULL) {
        p->mem = *mem;
        p->fonts = fonts;
    }
    return p;
}

void kite_plain_destroy(struct kite_plain *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->context_count; i++) {
        kite_rules_drop(&p->contexts[i]->rules);
        kite_free(&p->mem, p->contexts[i]);
    }
    kite_free(&p->mem, p);
}

/* ---- contexts ---------------------------------------------------------------------------------------- */

static bool read_rules(struct kite_rules *rules, hb_font_t *font, kite_lang lang)
{
    char tag[9];
    hb_segment_properties_t properties = { .direction = HB_DIRECTION_LTR,
                                           .script = HB_SCRIPT_LATIN,
                                           .language = hb_language_from_string(kite_lang_text(lang, tag), -1) };
    hb_face_t *face = hb_font_get_face(font);
    hb_shape_plan_t *plan = hb_shape_plan_create_cached(face, &properties, NULL, 0, NULL);
    const char *shaper = hb_shape_plan_get_shaper(plan);
    bool is_read = shaper != NULL && strcmp(shaper, "ot") == 0 && kite_rules_read(rules, face, plan);

    hb_shape_plan_destroy(plan);
    return is_read;
}

static struct context *add_context(struct kite_plain *p, const struct kite_shape_request *r)
{
    hb_font_t *font = kite_face_harfbuzz(p->fonts, r->face);
    struct context *c = p->context_count < CONTEXTS_MAX && font != NULL ? kite_alloc(&p->mem, 1, sizeof *c) : NULL;

    if (c == NULL)
        return NULL;
    c->lang = r->lang;
    c->face = r->face;
    kite_harfbuzz_begin();
    c->is_refused = !read_rules(&c->rules, font, r->lang);
    if (!kite_harfbuzz_end(p->fonts)) {
        kite_rules_drop(&c->rules);
        kite_free(&p->mem, c);
        return NULL;
    }
    for (size_t left = 0; left < LETTERS_MAX; left++)
        for (size_t right = 0; right < LETTERS_MAX; right++)
            c->kerns[left][right] = KERN_UNKNOWN;
    p->contexts[p->context_count++] = c;
    return c;
}

/* NULL: none that tells anything. Books have few. */
static struct context *context_of(struct kite_plain *p, const struct kite_shape_request *r)
{
    struct context *c = NULL;

    if (r->is_rtl || r->is_spaced || r->is_small_caps || (r->script != 0 && r->script != HB_SCRIPT_LATIN))
        return NULL;
    for (size_t i = 0; i < p->context_count && c == NULL; i++)
        if (p->contexts[i]->face == r->face && p->contexts[i]->lang == r->lang)
            c = p->contexts[i];
    if (c == NULL)
        c = add_context(p, r);
    return c != NULL && !c->is_refused ? c : NULL;
}

/* ---- letters ----------------------------------------------------------------------------------------- */

/* Give a glyph a number, if it is no mark and no rule looks for it by itself. */
static uint8_t add_letter(struct context *c, hb_font_t *font, hb_codepoint_t glyph)
{
    if (c->letter_count == LETTERS_MAX || glyph == 0 || glyph > UINT16_MAX ||
        hb_ot_layout_get_glyph_class(hb_font_get_face(font), glyph) == HB_OT_LAYOUT_GLYPH_CLASS_MARK ||
        kite_rules_touch_glyph(&c->rules, (uint16_t)glyph))
        return REFUSED;

    hb_position_t advance = hb_font_get_glyph_h_advance(font, glyph);

    if (advance != (int16_t)advance)
        return REFUSED;
    c->letters[c->letter_count++] = (struct letter){ (uint16_t)glyph, (int16_t)advance };
    return c->letter_count;
}

/* Give a character a number, if it has a glyph for that. */
static uint8_t admit(const struct kite_plain *p, struct context *c, uint32_t code_point)
{
    hb_font_t *font = kite_face_harfbuzz(p->fonts, c->face);
    hb_codepoint_t glyph = 0;

    if (font == NULL || (code_point >= 0x7F && code_point < 0xC0) || !hb_font_get_nominal_glyph(font, code_point, &glyph))
        return REFUSED;
    return add_letter(c, font, glyph);
}

/* The number of the character at a byte, looked up when it comes first; REFUSED: it has none. *length: its bytes. */
static inline uint8_t number_at(const struct kite_plain *p, struct context *c, const char *text, size_t bytes, size_t *length)
{
    uint32_t code_point = (uint8_t)*text;
    size_t slot;

    *length = 1;
    if (code_point >= 0x80)
        code_point = kite_utf8_decode(text, bytes, length);
    slot = code_point == APOSTROPHE ? SLOT_APOSTROPHE : code_point;
    if (code_point < CODE_POINT_MIN || slot > CODE_POINT_MAX)
        return REFUSED;
    if (c->numbers[slot] == 0)
        c->numbers[slot] = admit(p, c, code_point);
    return c->numbers[slot];
}

/* The request's letters as numbers; none when some character has none. */
static void read_word(const struct kite_plain *p, struct context *c, const struct kite_shape_request *r, struct word *word)
{
    size_t count = 0, length;

    word->count = 0;
    for (size_t at = 0; at < r->bytes; at += length) {
        uint8_t number = number_at(p, c, r->text + at, r->bytes - at, &length);

        if (number == REFUSED)
            return;
        word->offsets[count] = (uint8_t)at;
        word->letters[count++] = number - 1;
    }
    word->count = count;
}

/* ---- ties -------------------------------------------------------------------------------------------- */

/* NULL: the letters are not known to be tied. */
static const struct tie *tie_of(const struct context *c, const uint8_t *letters, size_t count)
{
    for (uint8_t i = 0; i < c->tie_count; i++)
        if (c->ties[i].count == count && memcmp(c->ties[i].letters, letters, count) == 0)
            return &c->ties[i];
    return NULL;
}

/* How many letters from one on touch the next one each, so far as is known, and the last. */
static size_t touched_letters(const struct context *c, const uint8_t *letters, size_t count)
{
    size_t touched = 1;

    while (touched < count && c->kerns[letters[touched - 1]][letters[touched]] == KERN_TOUCHED)
        touched++;
    return touched;
}

/* The word with what is tied as one letter. */
static void tie_word(const struct context *c, const struct word *word, struct word *tied)
{
    size_t touched;

    tied->count = 0;
    for (size_t i = 0; i < word->count; i += touched) {
        touched = touched_letters(c, word->letters + i, word->count - i);

        const struct tie *tie = touched > 1 ? tie_of(c, word->letters + i, touched) : NULL;

        if (tie == NULL)
            touched = 1;
        tied->offsets[tied->count] = word->offsets[i];
        tied->letters[tied->count++] = tie != NULL ? tie->number : word->letters[i];
    }
}

/* Letters in a row became a glyph: if they always do, they are tied from now on. */
static bool learn_tie(const struct kite_plain *p, struct context *c, const uint8_t *letters, size_t count,
                      const struct kite_unit_glyph *glyph)
{
    hb_font_t *font = kite_face_harfbuzz(p->fonts, c->face);
    uint16_t glyphs[TIED_MAX];
    uint8_t number;

    if (font == NULL || count > TIED_MAX || c->tie_count == TIES_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        glyphs[i] = c->letters[letters[i]].glyph;
    if (!kite_rules_only_ligate(&c->rules, glyphs, count))
        return false;
    number = add_letter(c, font, glyph->glyph);
    if (number == REFUSED)
        return false;
    c->ties[c->tie_count] = (struct tie){ .count = (uint8_t)count, .number = number - 1 };
    memcpy(c->ties[c->tie_count++].letters, letters, count);
    return true;
}

/* Find out whether rules look for two neighbours. */
static bool is_touched(struct context *c, uint8_t left, uint8_t right)
{
    int16_t *kern = &c->kerns[left][right];

    if (*kern == KERN_UNKNOWN && kite_rules_touch_pair(&c->rules, c->letters[left].glyph, c->letters[right].glyph))
        *kern = KERN_TOUCHED;
    return *kern == KERN_TOUCHED;
}

/* Learn what letters in a row became, the first of the glyphs. False: neither the first one's own, nor one that all of them
 * always become. *count: those that touch each other. */
static bool learn_letters(const struct kite_plain *p, struct context *c, const uint8_t *letters, size_t *count,
                          const struct kite_unit_glyph *glyph)
{
    size_t touched = 1;

    while (touched < *count && is_touched(c, letters[touched - 1], letters[touched]))
        touched++;
    *count = touched;
    if (touched == 1)
        return glyph->glyph == c->letters[letters[0]].glyph;
    return tie_of(c, letters, touched) != NULL || learn_tie(p, c, letters, touched, glyph);
}

/* Learn what is tied in the word, from its glyphs. False: it is not all of it letters, single and tied. */
static bool learn_ties(struct kite_plain *p, struct context *c, const struct kite_unit_glyph *glyphs, size_t count)
{
    const struct word *word = &p->word;
    size_t at = 0, touched;

    for (size_t i = 0; i < count && at < word->count; i++, at += touched) {
        touched = word->count - at;
        if (glyphs[i].cluster != word->offsets[at] || !learn_letters(p, c, word->letters + at, &touched, &glyphs[i]))
            return false;
    }
    tie_word(c, word, &p->tied);
    return p->tied.count == count;
}

/* ---- words ------------------------------------------------------------------------------------------- */

/* The glyphs of a word. False: there are two neighbours of which it is not known what they kern; *is_tied: they touch. */
static bool put_glyphs(const struct context *c, const struct word *word, struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX],
                       bool *is_tied)
{
    for (size_t i = 0; i < word->count; i++) {
        const struct letter *letter = &c->letters[word->letters[i]];
        int32_t kern = i + 1 < word->count ? c->kerns[word->letters[i]][word->letters[i + 1]] : 0;
        int32_t advance = letter->advance + kern;

        *is_tied = kern == KERN_TOUCHED;
        if (kern <= KERN_TOUCHED || advance != (int16_t)advance)
            return false;
        glyphs[i] = (struct kite_unit_glyph){ .glyph = letter->glyph, .advance = (int16_t)advance, .cluster = word->offsets[i] };
    }
    return true;
}

size_t kite_plain_shape(struct kite_plain *p, const struct kite_shape_request *r,
                        struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX])
{
    struct context *c = p->context = context_of(p, r);
    bool is_tied = false;

    p->word.count = 0;
    p->tried = &p->word;
    if (c != NULL && r->bytes <= KITE_PLAIN_BYTES_MAX)
        read_word(p, c, r, &p->word);
    if (p->word.count == 0 || put_glyphs(c, &p->word, glyphs, &is_tied))
        return p->word.count;
    if (!is_tied || c->tie_count == 0)
        return 0;
    tie_word(c, &p->word, &p->tied);
    p->tried = &p->tied;
    return put_glyphs(c, &p->tied, glyphs, &is_tied) ? p->tied.count : 0;
}

bool kite_plain_missing(const struct kite_plain *p, const struct kite_shape_request *r, size_t *from, size_t *to)
{
    const struct word *word = p->tried;

    for (size_t i = 0; i + 1 < word->count; i++) {
        int16_t kern = p->context->kerns[word->letters[i]][word->letters[i + 1]];

        *from = word->offsets[i];
        *to = i + 2 < word->count ? word->offsets[i + 2] : r->bytes;
        if (kern == KERN_TOUCHED)
            return false;
        if (kern == KERN_UNKNOWN)
            return *to - *from < r->bytes;
    }
    return false;
}

void kite_plain_learn(struct kite_plain *p, const struct kite_shape_request *r, const struct kite_unit_glyph *glyphs,
                      size_t count)
{
    struct context *c = p->context;
    const uint8_t *letters = p->tied.letters;
    bool is_plain = p->word.count != 0 && r->bytes <= KITE_PLAIN_BYTES_MAX && learn_ties(p, c, glyphs, count);
    bool has_ties = p->word.count != count; /* else all neighbours were looked at */

    for (size_t i = 0; i < count && is_plain; i++) /* one rule may move what stands around two neighbours */
        is_plain = glyphs[i].glyph == c->letters[letters[i]].glyph && glyphs[i].cluster == p->tied.offsets[i] &&
                   glyphs[i].dx == 0 && glyphs[i].dy == 0 &&
                   !(has_ties && i + 1 < count && is_touched(c, letters[i], letters[i + 1]));
    for (size_t i = 0; i + 1 < count && is_plain; i++) {
        int32_t kern = glyphs[i].advance - c->letters[letters[i]].advance;

        if (kern > KERN_TOUCHED && kern == (int16_t)kern)
            c->kerns[letters[i]][letters[i + 1]] = (int16_t)kern;
    }
    if (is_plain && c->learnt < SAMPLES_BEHIND)
        c->learnt++;
}

const char *kite_plain_sample(struct kite_plain *p)
{
    struct context *c = p->context;

    if (c == NULL || c->learnt < SAMPLES_BEHIND || c->sampled == sizeof samples / sizeof *samples)
        return NULL;
    return samples[c->sampled++];
}
