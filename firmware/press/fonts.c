/* Which fonts a text needs beside the reader's own, and what is told of them. */
#include "press/fonts.h"

#include <hb.h>
#include <stdio.h>
#include <string.h>

#define CHARACTERS 0x110000u
#define SCRIPTS_TOLD_MAX 3u
#define RESTRICTED 0x0002u /* OS/2 fsType: not to be embedded at all; */
#define WHOLE_ONLY 0x0100u /* not to be cut down; */
#define BITMAPS_ONLY 0x0200u /* only its bitmaps, of which none are used */

bool kite_is_covered(uint32_t character)
{
    size_t low = 0, high = kite_covered_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (kite_covered_ranges[middle][1] < character)
            low = middle + 1;
        else
            high = middle;
    }
    return low < kite_covered_count && kite_covered_ranges[low][0] <= character;
}

/* ---- fonts that a document brings --------------------------------------------------------------------------------------- */

static enum kite_status unpack(const struct kite_draft *draft, struct kite_draft_font *font)
{
    struct kite_buffer plain = { .mem = draft->mem };
    enum kite_status status = kite_font_is_woff(font->bytes, font->count) ? kite_font_unpack_woff(font->bytes, font->count, &plain) : KITE_DONE;

    if (status == KITE_OK) {
        kite_free(&draft->mem, font->bytes);
        font->bytes = plain.bytes;
        font->count = plain.count;
        return KITE_OK;
    }
    kite_buffer_close(&plain);
    return status == KITE_E_NOMEM ? status : KITE_OK; /* what is broken is told when it is to be used */
}

enum kite_status kite_draft_font_add(struct kite_draft *draft, const char *name, uint8_t *bytes, size_t count)
{
    struct kite_draft_font *font = kite_arena_alloc(&draft->arena, 1, sizeof *font), **end = &draft->fonts;

    if (font)
        *font = (struct kite_draft_font){ kite_draft_copy(draft, name, strlen(name)), bytes, count, NULL };
    if (!font || !font->name) {
        kite_free(&draft->mem, bytes);
        return KITE_E_NOMEM;
    }
    while (*end)
        end = &(*end)->next;
    *end = font;
    kite_font_ungarble(bytes, count, draft->metas[KITE_META_IDENTIFIER]);
    return unpack(draft, font);
}

void kite_draft_fonts_drop(struct kite_draft *draft)
{
    for (struct kite_draft_font *font = draft->fonts; font; font = font->next)
        kite_free(&draft->mem, font->bytes);
    draft->fonts = NULL;
}

/* ---- what is lacking ------------------------------------------------------------------------------------------------ */

/* A set of characters, a bit each. */
struct characters {
    uint8_t *bits; /* [CHARACTERS / 8] */
    uint32_t count;
};

static bool has(const struct characters *set, uint32_t c)
{
    return set->bits[c / 8] >> (c % 8) & 1;
}

static void add(struct characters *set, uint32_t c)
{
    set->count += !has(set, c);
    set->bits[c / 8] |= (uint8_t)(1u << (c % 8));
}

static void take_away(struct characters *set, uint32_t c)
{
    set->count -= has(set, c);
    set->bits[c / 8] &= (uint8_t)~(1u << (c % 8));
}

static bool is_lacking(uint32_t c)
{
    bool is_private = (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000; /* which are other signs in each font */

    return c != 0xfffd && !is_private && !kite_is_covered(c);
}

/* lacking may be NULL; true: there is one at least. marks: those that stand behind one that is lacking, and may be meant for it. */
static bool look_through(const struct kite_draft_list *list, struct characters *lacking, struct characters *marks)
{
    bool found = false;

    for (size_t i = 0; i < list->count; i++) {
        const struct kite_text *text = &list->items[i].paragraph.text;
        bool was_lacking = false;

        for (size_t at = 0, step; at < text->text_bytes; at += step) {
            uint32_t c = kite_utf8_decode(text->text + at, text->text_bytes - at, &step);
            bool is_mark = was_lacking && ((c >= 0x300 && c <= 0x36f) || (c >= 0x1ab0 && c <= 0x20ff));

            was_lacking = is_lacking(c) || is_mark;
            found = found || is_lacking(c);
            if (lacking && is_lacking(c))
                add(lacking, c);
            else if (lacking && is_mark)
                add(marks, c);
            else if (found && !lacking)
                return true;
        }
    }
    return found;
}

bool kite_draft_lacks_fonts(const struct kite_draft *draft)
{
    return look_through(&draft->body, NULL, NULL) || look_through(&draft->notes, NULL, NULL);
}

/* ---- what is told --------------------------------------------------------------------------------------------------- */

static const char *script_name(uint32_t c)
{
    static const struct {
        hb_script_t script;
        const char *name;
    } rows[] = {
        { HB_SCRIPT_ARMENIAN, "Armenian" },   { HB_SCRIPT_BENGALI, "Bengali" },     { HB_SCRIPT_CANADIAN_SYLLABICS, "Canadian syllabics" }, { HB_SCRIPT_CHEROKEE, "Cherokee" },
        { HB_SCRIPT_COPTIC, "Coptic" },       { HB_SCRIPT_ETHIOPIC, "Ethiopic" },   { HB_SCRIPT_GEORGIAN, "Georgian" }, { HB_SCRIPT_GUJARATI, "Gujarati" },
        { HB_SCRIPT_GURMUKHI, "Gurmukhi" },   { HB_SCRIPT_HAN, "Chinese" },         { HB_SCRIPT_HANGUL, "Korean" },     { HB_SCRIPT_HIRAGANA, "Japanese" },
        { HB_SCRIPT_KANNADA, "Kannada" },     { HB_SCRIPT_KATAKANA, "Japanese" },   { HB_SCRIPT_KHMER, "Khmer" },       { HB_SCRIPT_LAO, "Lao" },
        { HB_SCRIPT_MALAYALAM, "Malayalam" }, { HB_SCRIPT_MONGOLIAN, "Mongolian" }, { HB_SCRIPT_MYANMAR, "Burmese" },   { HB_SCRIPT_NKO, "N'Ko" },
        { HB_SCRIPT_ORIYA, "Odia" },          { HB_SCRIPT_SINHALA, "Sinhala" },     { HB_SCRIPT_SYRIAC, "Syriac" },     { HB_SCRIPT_TAMIL, "Tamil" },
        { HB_SCRIPT_TELUGU, "Telugu" },       { HB_SCRIPT_THAANA, "Thaana" },       { HB_SCRIPT_THAI, "Thai" },         { HB_SCRIPT_TIBETAN, "Tibetan" },
        { HB_SCRIPT_TIFINAGH, "Tifinagh" },   { HB_SCRIPT_YI, "Yi" },               { HB_SCRIPT_LATIN, "Latin" },       { HB_SCRIPT_CYRILLIC, "Cyrillic" },
        { HB_SCRIPT_GREEK, "Greek" },         { HB_SCRIPT_ARABIC, "Arabic" },       { HB_SCRIPT_HEBREW, "Hebrew" },     { HB_SCRIPT_DEVANAGARI, "Devanagari" },
        { HB_SCRIPT_COMMON, "signs" },
    };
    hb_script_t script = hb_unicode_script(hb_unicode_funcs_get_default(), c);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].script == script)
            return rows[i].name;
    }
    return "another script";
}

/* "14 characters of Tibetan and 2 of signs". */
static void describe(const struct characters *set, char *out, size_t room)
{
    const char *names[SCRIPTS_TOLD_MAX + 1];
    unsigned counts[SCRIPTS_TOLD_MAX + 1] = { 0 }, known = 0;
    size_t used = 0;

    for (uint32_t c = 0; c < CHARACTERS; c++) {
        const char *name = has(set, c) ? script_name(c) : NULL;
        unsigned i = 0;

        while (name && i < known && strcmp(names[i], name) != 0)
            i++;
        if (name && i == known) {
            known += known < SCRIPTS_TOLD_MAX;
            names[i] = i < SCRIPTS_TOLD_MAX ? name : "other scripts";
        }
        counts[i] += name != NULL;
    }
    known += counts[SCRIPTS_TOLD_MAX] > 0;
    out[0] = '\0';
    for (unsigned i = 0; i < known && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, "%s%u%s of %s", i == 0 ? "" : i + 1 < known ? ", " : " and ", counts[i],
                                 i > 0 ? "" : counts[i] == 1 ? " character" : " characters", names[i]);
}

/* ---- candidates ------------------------------------------------------------------------------------------------------- */

struct candidate {
    const struct kite_draft *draft; /* whose report is told */
    const char *name;
    const uint8_t *bytes;
    size_t count;
    bool is_given;   /* by the caller */
    bool is_settled; /* used, or refused */
};

struct choice {
    const struct kite_memory *mem;
    struct candidate *items;
    size_t count;
    struct characters lacking, marks;
};

static void tell(const struct candidate *c, enum kite_press_note_kind kind, const char *what)
{
    kite_draft_note(c->draft, kind, 0, "the font %s %s", c->name, what);
}

/* NULL: fine. */
static const char *why_not(const struct candidate *c, hb_face_t *face, bool *is_whole)
{
    hb_blob_t *os2 = hb_face_reference_table(face, HB_TAG('O', 'S', '/', '2')), *glyf = hb_face_reference_table(face, HB_TAG('g', 'l', 'y', 'f')),
              *cff = hb_face_reference_table(face, HB_TAG('C', 'F', 'F', ' '));
    unsigned os2_bytes, outline_bytes = hb_blob_get_length(glyf) + hb_blob_get_length(cff);
    const uint8_t *at = (const uint8_t *)hb_blob_get_data(os2, &os2_bytes);
    unsigned rights = os2_bytes >= 10 ? (unsigned)at[8] << 8 | at[9] : 0;

    hb_blob_destroy(os2);
    hb_blob_destroy(glyf);
    hb_blob_destroy(cff);
    *is_whole = (rights & WHOLE_ONLY) != 0;
    if (c->count >= 4 && (memcmp(c->bytes, "wOFF", 4) == 0 || memcmp(c->bytes, "wOF2", 4) == 0))
        return "is packed as WOFF 2, or damaged, and not read; give it as TTF with --font";
    if (hb_face_get_glyph_count(face) == 0)
        return "cannot be read";
    if ((rights & 0xf) == RESTRICTED || rights & BITMAPS_ONLY)
        return "says that it must not be put into documents, so it is left out";
    return outline_bytes == 0 ? "has no outlines of a kind that is read here; give one of the kind TTF with --font" : NULL;
}

static uint32_t count_in(hb_font_t *font, const struct characters *set)
{
    uint32_t count = 0;
    hb_codepoint_t glyph;

    for (uint32_t c = 0; c < CHARACTERS; c++)
        count += has(set, c) && hb_font_get_nominal_glyph(font, c, &glyph);
    return count;
}

static hb_face_t *open_face(const uint8_t *bytes, size_t count)
{
    hb_blob_t *blob = count <= KITE_FONT_FILE_BYTES_MAX ? hb_blob_create_or_fail((const char *)bytes, (unsigned)count, HB_MEMORY_MODE_READONLY, NULL, NULL) : NULL;
    hb_face_t *face = hb_face_create(blob ? blob : hb_blob_get_empty(), 0);

    hb_blob_destroy(blob);
    return face;
}

/* ---- making --------------------------------------------------------------------------------------------------------- */

/* What joins letters, or is shown under marks that have none. */
static const uint32_t helpers[] = { 0x20, 0xa0, 0x200c, 0x200d, 0x25cc };

/* Those of the font that the text needs of it, ascending. The caller frees *out. */
static enum kite_status list_characters(const struct choice *choice, hb_font_t *font, uint32_t **out, size_t *count)
{
    size_t room = choice->lacking.count + choice->marks.count + sizeof helpers / sizeof *helpers;
    hb_codepoint_t glyph;

    *count = 0;
    *out = kite_alloc(choice->mem, room, sizeof **out);
    if (!*out)
        return KITE_E_NOMEM;
    for (uint32_t c = 0; c < CHARACTERS; c++) {
        bool is_wanted = has(&choice->lacking, c) || has(&choice->marks, c);

        for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++)
            is_wanted = is_wanted || helpers[i] == c;
        if (is_wanted && hb_font_get_nominal_glyph(font, c, &glyph))
            (*out)[(*count)++] = c;
    }
    return KITE_OK;
}

static enum kite_status trim(const struct choice *choice, const uint8_t *bytes, size_t count, const uint32_t *characters, size_t character_count,
                             struct kite_buffer *out)
{
    struct kite_font_character *list = kite_alloc(choice->mem, character_count, sizeof *list);
    hb_face_t *face = open_face(bytes, count);
    hb_font_t *font = hb_font_create(face);
    enum kite_status status = list ? KITE_OK : KITE_E_NOMEM;
    hb_codepoint_t glyph;
    size_t kept = 0;

    for (size_t i = 0; i < character_count && list; i++) {
        if (hb_font_get_nominal_glyph(font, characters[i], &glyph))
            list[kept++] = (struct kite_font_character){ characters[i], glyph };
    }
    status = status ? status : kite_font_trim(bytes, count, list, kept, out);
    hb_font_destroy(font);
    hb_face_destroy(face);
    kite_free(choice->mem, list);
    return status;
}

/* The font, fit to be stored, into out. */
static enum kite_status make(const struct choice *choice, const struct candidate *c, hb_font_t *font, bool is_whole, struct kite_buffer *out)
{
    struct kite_buffer part = { .mem = *choice->mem };
    uint32_t *characters;
    size_t count;
    enum kite_status status = list_characters(choice, font, &characters, &count);

    if (status == KITE_OK)
        status = is_whole ? KITE_DONE : kite_font_subset(c->bytes, c->count, characters, count, &part);
    if (status == KITE_DONE)
        status = trim(choice, c->bytes, c->count, characters, count, out);
    else if (status == KITE_OK)
        status = trim(choice, part.bytes, part.count, characters, count, out);
    kite_free(choice->mem, characters);
    kite_buffer_close(&part);
    return status;
}

/* Take what it covers off the lacking, and say so. */
static enum kite_status settle(struct choice *choice, const struct candidate *c, hb_font_t *font, size_t bytes)
{
    struct characters taken = { kite_alloc(choice->mem, CHARACTERS / 8, 1), 0 };
    hb_codepoint_t glyph;
    char words[160];

    if (!taken.bits)
        return KITE_E_NOMEM;
    for (uint32_t at = 0; at < CHARACTERS; at++) {
        if (has(&choice->lacking, at) && hb_font_get_nominal_glyph(font, at, &glyph)) {
            add(&taken, at);
            take_away(&choice->lacking, at);
        }
    }
    describe(&taken, words, sizeof words);
    kite_draft_note(c->draft, KITE_PRESS_NOTE, 0, "%s %s set in the font that %s, %s (%u KB)", words, taken.count == 1 ? "is" : "are",
                    c->is_given ? "was given" : "the document brought", c->name, (unsigned)(bytes + 1023) >> 10);
    kite_free(choice->mem, taken.bits);
    return KITE_OK;
}

static enum kite_status use(struct choice *choice, struct candidate *c, struct kite_writer *writer)
{
    hb_face_t *face = open_face(c->bytes, c->count);
    hb_font_t *font = hb_font_create(face);
    struct kite_buffer out = { .mem = *choice->mem };
    struct kite_fault fault;
    bool is_whole;
    const char *reason = why_not(c, face, &is_whole);
    enum kite_status status = reason ? KITE_E_FORMAT : make(choice, c, font, is_whole, &out);

    c->is_settled = true;
    if (!reason && status == KITE_E_FORMAT)
        reason = "is damaged, or of a kind that is not taken from strangers, so it is left out";
    if (!reason && status == KITE_E_LIMIT)
        reason = "is too large to come with a text; kite pack takes of a font what is needed, unless the font forbids that";
    status = status ? status : kite_writer_font(writer, out.bytes, out.count, &fault);
    if (!reason && status == KITE_E_LIMIT)
        reason = "does not fit into the bundle beside the others";
    if (status == KITE_OK)
        status = settle(choice, c, font, out.count);
    else if (reason)
        tell(c, KITE_PRESS_WARNING, reason);
    kite_buffer_close(&out);
    hb_font_destroy(font);
    hb_face_destroy(face);
    return status == KITE_E_NOMEM ? status : KITE_OK;
}

/* The one that has most of what is lacking; NULL when none has any. */
static struct candidate *best(struct choice *choice)
{
    struct candidate *found = NULL;
    uint32_t most = 0;

    for (size_t i = 0; i < choice->count; i++) {
        hb_face_t *face = open_face(choice->items[i].bytes, choice->items[i].count);
        hb_font_t *font = hb_font_create(face);
        uint32_t count = choice->items[i].is_settled ? 0 : count_in(font, &choice->lacking);

        if (count > most) {
            most = count;
            found = &choice->items[i];
        }
        hb_font_destroy(font);
        hb_face_destroy(face);
    }
    return found;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------ */

static enum kite_status list_candidates(struct choice *choice, struct kite_draft *drafts, size_t count)
{
    const struct kite_press_options *options = drafts[0].options;
    size_t given = options ? options->font_count : 0, all = given;

    for (size_t i = 0; i < count; i++) {
        for (const struct kite_draft_font *font = drafts[i].fonts; font; font = font->next)
            all++;
    }
    choice->items = kite_alloc(choice->mem, all + 1, sizeof *choice->items);
    if (!choice->items)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < given; i++)
        choice->items[choice->count++] = (struct candidate){ &drafts[0], options->fonts[i].name, options->fonts[i].bytes, options->fonts[i].byte_count, true, false };
    for (size_t i = 0; i < count; i++) {
        for (const struct kite_draft_font *font = drafts[i].fonts; font; font = font->next)
            choice->items[choice->count++] = (struct candidate){ &drafts[i], font->name, font->bytes, font->count, false, false };
    }
    return KITE_OK;
}

/* One that was given, or is there while characters are lacking. */
static void tell_unused(const struct candidate *c)
{
    hb_face_t *face = open_face(c->bytes, c->count);
    bool is_whole;
    const char *reason = why_not(c, face, &is_whole);

    if (reason)
        tell(c, KITE_PRESS_WARNING, reason);
    else if (c->is_given)
        tell(c, KITE_PRESS_NOTE, "is left out: it has no character that is needed");
    hb_face_destroy(face);
}

static enum kite_status choose(struct choice *choice, struct kite_writer *writer)
{
    enum kite_status status = KITE_OK;
    struct candidate *next;

    while (status == KITE_OK && choice->lacking.count > 0 && (next = best(choice)) != NULL)
        status = use(choice, next, writer);
    for (size_t i = 0; i < choice->count && status == KITE_OK; i++) {
        const struct candidate *c = &choice->items[i];

        if (!c->is_settled && (c->is_given || choice->lacking.count > 0))
            tell_unused(c);
    }
    return status;
}

enum kite_status kite_drafts_write_fonts(struct kite_draft *drafts, size_t count)
{
    const struct kite_memory *mem = &drafts[0].mem;
    struct choice choice = { .mem = mem };
    enum kite_status status = KITE_OK;
    bool is_lacking_any = false;
    char words[160];

    for (size_t i = 0; i < count; i++)
        is_lacking_any = is_lacking_any || kite_draft_lacks_fonts(&drafts[i]);
    if (!is_lacking_any && !(drafts[0].options && drafts[0].options->font_count > 0))
        return KITE_OK;
    choice.lacking.bits = kite_alloc(mem, CHARACTERS / 8, 1);
    choice.marks.bits = kite_alloc(mem, CHARACTERS / 8, 1);
    status = choice.lacking.bits && choice.marks.bits ? list_candidates(&choice, drafts, count) : KITE_E_NOMEM;
    for (size_t i = 0; i < count && status == KITE_OK; i++) {
        look_through(&drafts[i].body, &choice.lacking, &choice.marks);
        look_through(&drafts[i].notes, &choice.lacking, &choice.marks);
    }
    status = status ? status : choose(&choice, drafts[0].writer);
    if (status == KITE_OK && choice.lacking.count > 0) {
        describe(&choice.lacking, words, sizeof words);
        kite_draft_note(&drafts[0], KITE_PRESS_WARNING, 0, "no font of a reader has %s: a box will be shown; kite pack --font FILE takes a font along", words);
    }
    kite_free(mem, choice.items);
    kite_free(mem, choice.lacking.bits);
    kite_free(mem, choice.marks.bits);
    return status == KITE_E_NOMEM ? kite_fail(drafts[0].fault, status, "no memory for fonts") : status;
}
