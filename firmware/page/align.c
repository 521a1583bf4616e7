/* Justified or ragged, by a sample of the document's own text. */
#include "page/align.h"

#define CHARS_MIN_HYPHENATED 20 /* narrower columns are ragged, and divide only what is wider than a line */
#define CHARS_MAX_MEASURED 60   /* wider ones take any text justified */
#define SAMPLE_WHOLE_BYTES 8192  /* a text so short is measured whole */
#define SAMPLE_BYTES 3072        /* of a longer one, from its middle on: another place would cost another block's reading */
#define SAMPLE_PARAGRAPHS_MAX 64 /* looked at */
#define SAMPLE_LINES_MIN 12      /* fewer say nothing */

/* A document goes ragged when more than 25 % of its lines are loose or 5 % have spaces of double width. Of the sample, somewhat
 * less, and 5 % with spaces 1.8 times as wide: it is a sample, and pages will have some paragraphs set a line longer. */
#define LOOSE_PERCENT_MAX 21
#define WIDE_PERCENT_MAX 5

/* Width of an average character, spaces included, of each family; thousandths of the em. */
static const int32_t char_em1000[KITE_FAMILY_COUNT] = { 475, 480, 480, 560, 600 };

/* Characters a line from which text is justified as far as its language tells: below, one line in four would need
 * spaces half as wide again. Spanish, Portuguese, Italian and French divide more easily. */
static int32_t justified_from_chars(kite_lang lang)
{
    static const struct {
        kite_lang lang;
        int32_t chars;
    } rows[] = { { KITE_LANG2('e', 's'), 32 }, { KITE_LANG2('p', 't'), 32 }, { KITE_LANG2('i', 't'), 32 },
                 { KITE_LANG2('f', 'r'), 32 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].lang == kite_lang_primary(lang))
            return rows[i].chars;
    return 45;
}

/* ---- the sample ------------------------------------------------------------------------------ */

struct sample {
    struct kite_block_context *context;
    struct kite_arena arena;
    struct kite_text_style style;
    struct kite_looseness looseness;
};

/* Measure running text from a paragraph on, up to twice `bytes` of it. */
static enum kite_status measure_from(struct sample *s, uint32_t index, uint64_t bytes)
{
    const struct kite_block_context *x = s->context;
    uint64_t seen = 0;

    for (uint32_t i = 0; i < SAMPLE_PARAGRAPHS_MAX && index + i < x->info.body_count && seen < bytes; i++) {
        struct kite_arena_mark mark = kite_arena_save(&s->arena);
        struct kite_paragraph paragraph;
        enum kite_status status =
            kite_bundle_paragraph(x->bundle, x->document, index + i, &s->arena, &paragraph, NULL);

        if (status == KITE_OK && paragraph.role == KITE_ROLE_PARAGRAPH) {
            if (paragraph.text.text_bytes > bytes)
                paragraph.text.text_bytes = (size_t)bytes; /* a letter cut at the end is one letter of a last line */
            seen += paragraph.text.text_bytes;
            status = kite_setter_looseness(x->setter, &paragraph.text, &s->style, &s->arena, &s->looseness);
        }
        kite_arena_release(&s->arena, mark);
        if (status)
            return status;
    }
    return KITE_OK;
}

static enum kite_status measure(struct sample *s)
{
    const struct kite_block_context *x = s->context;
    struct kite_place middle;

    if (x->info.text_bytes <= SAMPLE_WHOLE_BYTES)
        return measure_from(s, 0, SAMPLE_WHOLE_BYTES);

    enum kite_status status =
        kite_bundle_place_at(x->bundle, x->document, x->info.text_bytes / 2, &middle, NULL);

    return status ? status : measure_from(s, middle.paragraph, SAMPLE_BYTES);
}

/* Does the text take it? *out stays as it is where there is too little to tell. */
static enum kite_status decide_by_sample(struct kite_block_context *x, const struct kite_memory *mem, bool *out)
{
    const struct kite_setting *setting = x->setting;
    struct sample s = { .context = x };

    s.style = (struct kite_text_style){
        .family = setting->family, .size_f26 = setting->size_f26, .measure_f26 = x->column_f26,
        .first_indent_f26 = kite_mul_div(setting->size_f26, setting->indent_em1000, 1000),
        .hyphenate = x->hyphenates, .letter_em10000 = setting->letter_em10000, .word_em10000 = setting->word_em10000
    };
    kite_arena_init(&s.arena, *mem, 0);

    enum kite_status status = measure(&s);
    const struct kite_looseness *l = &s.looseness;

    kite_arena_close(&s.arena);
    if (status == KITE_OK && l->line_count >= SAMPLE_LINES_MIN)
        *out = l->loose_count * 100 <= l->line_count * LOOSE_PERCENT_MAX &&
               l->wide_count * 100 <= l->line_count * WIDE_PERCENT_MAX;
    return status == KITE_E_NOMEM ? status : KITE_OK;
}

enum kite_status kite_align_decide(struct kite_block_context *x, const struct kite_memory *mem)
{
    const struct kite_setting *setting = x->setting;
    int64_t line_em1000 = (int64_t)x->column_f26 * 1000;
    int64_t char_width = (int64_t)setting->size_f26 * char_em1000[setting->family];

    x->hyphenates = setting->hyphenate && line_em1000 >= char_width * CHARS_MIN_HYPHENATED;
    if (setting->align != KITE_CHOOSE_AUTO) {
        x->is_justified = setting->align == KITE_CHOOSE_JUSTIFIED;
        return KITE_OK;
    }

    int32_t from_chars = justified_from_chars(x->info.lang);

    x->is_justified = x->hyphenates && line_em1000 >= char_width * from_chars;
    if (!x->hyphenates || x->info.direction == KITE_DIRECTION_RTL || line_em1000 < char_width * from_chars * 2 / 3 ||
        line_em1000 > char_width * CHARS_MAX_MEASURED)
        return KITE_OK;
    return decide_by_sample(x, mem, &x->is_justified);
}
