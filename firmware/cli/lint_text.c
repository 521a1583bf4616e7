/* What can be seen without setting a line: metadata, characters that no face has, pictures. */
#include "cli/lint.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MISSING_MAX 64
#define FAINT_SPAN 80 /* gray values between the dark and the light end of a picture */
#define FAINT_SPAN_4 128 /* on a panel of four grays, whose steps are 85 apart: less than one and a half of them */
#define TAIL_PER_MILLE 20     /* grays that count for nothing at both ends */
#define INK_PER_MILLE 2       /* of a page of print is ink, at least */

void kite_lint_found(struct kite_lint *lint, const char *kind, uint32_t paragraph,
                     const char *format, ...)
{
    struct kite_finding finding = {
        .kind = kind, .is_remark = strcmp(kind, "table") == 0 || strcmp(kind, "faint-4") == 0 || strcmp(kind, "font") == 0, .document = lint->document, .paragraph = paragraph};
    va_list args;

    va_start(args, format);
    vsnprintf(finding.sentence, sizeof finding.sentence, format, args);
    va_end(args);
    lint->found(lint->ctx, &finding);
}

/* ---- characters ------------------------------------------------------------------------------ */

struct missing {
    struct {
        uint32_t code_point, count, paragraph;
    } characters[MISSING_MAX];
    size_t count;
    bool is_full;
};

/* What no face of the set has: missing, or in a font that the bundle brings. */
struct rare {
    struct missing missing, brought;
};

static void add_missing(struct missing *missing, uint32_t code_point, uint32_t paragraph)
{
    for (size_t i = 0; i < missing->count; i++)
        if (missing->characters[i].code_point == code_point) {
            missing->characters[i].count++;
            return;
        }
    if (missing->count == MISSING_MAX) {
        missing->is_full = true;
        return;
    }
    missing->characters[missing->count].code_point = code_point;
    missing->characters[missing->count].count = 1;
    missing->characters[missing->count++].paragraph = paragraph;
}

static void check_characters(struct kite_lint *lint, uint16_t face, const struct kite_text *text,
                             uint32_t paragraph, struct rare *rare)
{
    const struct kite_layout *layout = lint->session->layout;

    for (size_t at = 0, step; at < text->text_bytes; at += step) {
        uint32_t c = kite_utf8_decode(text->text + at, text->text_bytes - at, &step);

        if (c >= 0x20 && c != 0xfffc &&
            kite_fonts_fallback(lint->session->fonts, face, c) == KITE_FACE_NONE)
            add_missing(kite_layout_lent_face(layout, c) == KITE_FACE_NONE ? &rare->missing : &rare->brought, c, paragraph);
    }
}

static void tell_missing(struct kite_lint *lint, const struct missing *missing)
{
    for (size_t i = 0; i < missing->count; i++) {
        uint32_t count = missing->characters[i].count;

        kite_lint_found(lint, "glyph", missing->characters[i].paragraph,
                        "no font has U+%04" PRIX32 ", which stands here%s; a box will be shown",
                        missing->characters[i].code_point, count > 1 ? " and further on" : "");
    }
    if (missing->is_full)
        kite_lint_found(lint, "glyph", KITE_LINT_NO_PARAGRAPH,
                        "more than %d characters have no glyph", MISSING_MAX);
}

static void tell_brought(struct kite_lint *lint, const struct missing *brought)
{
    if (brought->count > 0)
        kite_lint_found(lint, "font", brought->characters[0].paragraph,
                        "%s%zu different characters are set in a font that the bundle brings, as no other has them; the first stands here",
                        brought->is_full ? "more than " : "", brought->count);
}

/* ---- pictures -------------------------------------------------------------------------------- */

struct histogram {
    uint64_t counts[256], total;
    uint32_t width_px;
};

static enum kite_status count_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    struct histogram *h = ctx;
    size_t count = (size_t)h->width_px * rows;

    (void)y;
    for (size_t i = 0; i < count; i++)
        h->counts[gray[i]]++;
    h->total += count;
    return KITE_OK;
}

/* The gray value below which a share of the picture lies. */
static int share_below(const struct histogram *h, uint64_t per_mille)
{
    uint64_t sum = 0;

    for (int i = 0; i < 256; i++) {
        sum += h->counts[i];
        if (sum * 1000 > h->total * per_mille)
            return i;
    }
    return 255;
}

/* span: gray values between dark and light. What shows on sixteen grays may be lost on four. */
static void tell_contrast(struct kite_lint *lint, uint32_t index, int span)
{
    int levels = lint->session->ink.levels;

    if (span < FAINT_SPAN)
        kite_lint_found(lint, "faint", index, "the picture uses %d of 255 gray steps; raise its contrast", span);
    else if (span < FAINT_SPAN_4 && levels <= 4)
        kite_lint_found(lint, "faint", index, "the picture uses %d of 255 gray steps, which %d grays hardly show; raise its contrast", span, levels);
    else if (span < FAINT_SPAN_4)
        kite_lint_found(lint, "faint-4", index, "on a panel of 4 grays the picture, which uses %d of 255 gray steps, would be faint", span);
}

static enum kite_status check_contrast(struct kite_lint *lint, uint32_t picture, uint64_t dark_per_mille,
                                       uint32_t paragraph)
{
    struct histogram h = {.total = 0};
    struct kite_picture_info info;
    struct kite_bundle *bundle = lint->session->bundle;
    enum kite_status status = kite_bundle_picture_info(bundle, picture, &info);

    if (status)
        return status;
    h.width_px = info.width_px;
    status = kite_bundle_picture_decode(bundle, picture, &h, count_rows, &lint->session->cli->fault);
    if (status)
        return status;

    tell_contrast(lint, paragraph, share_below(&h, 1000 - TAIL_PER_MILLE) - share_below(&h, dark_per_mille));
    return KITE_OK;
}

/* Is it the picture of the page that its paragraph is on? It is checked with the pages. */
static bool is_original(const struct kite_lint *lint, const struct kite_paragraph *paragraph, uint32_t index)
{
    struct kite_place place = {lint->document, index, 0};
    struct kite_original page;
    uint32_t at;

    return kite_bundle_original_at(lint->session->bundle, place, &at) == KITE_OK &&
           kite_bundle_original(lint->session->bundle, lint->document, at, &page) == KITE_OK &&
           page.picture == paragraph->picture;
}

static enum kite_status check_picture(struct kite_lint *lint,
                                      const struct kite_paragraph *paragraph, uint32_t index)
{
    if (is_original(lint, paragraph, index))
        return KITE_OK;
    if (paragraph->text.text_bytes == 0)
        kite_lint_found(lint, "alternative", index,
                        "the picture has no words for those who cannot see it");
    return check_contrast(lint, paragraph->picture, TAIL_PER_MILLE, index);
}

/* Pages of the original have the text beside them, or none that could be had. */
static enum kite_status check_originals(struct kite_lint *lint)
{
    struct kite_original page;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; status == KITE_OK &&
                         kite_bundle_original(lint->session->bundle, lint->document, i, &page) == KITE_OK; i++)
        if (page.picture != KITE_NO_PICTURE)
            status = check_contrast(lint, page.picture, INK_PER_MILLE, page.place.paragraph);
    return status;
}

/* ---- a document ------------------------------------------------------------------------------ */

static enum kite_status check_paragraphs(struct kite_lint *lint, uint32_t count,
                                         struct rare *rare)
{
    struct kite_session *session = lint->session;
    uint16_t face = kite_fonts_face(session->fonts, session->setting.family, KITE_FACE_REGULAR);
    enum kite_status status = KITE_OK;
    struct kite_arena arena;

    kite_arena_init(&arena, session->cli->mem, 0);
    for (uint32_t i = 0; i < count && status == KITE_OK; i++) {
        struct kite_paragraph paragraph;

        kite_arena_reset(&arena);
        status = kite_bundle_paragraph(session->bundle, lint->document, i, &arena, &paragraph,
                                       &session->cli->fault);
        if (status)
            break;
        check_characters(lint, face, &paragraph.text, i, rare);
        if (paragraph.role == KITE_ROLE_PICTURE)
            status = check_picture(lint, &paragraph, i);
    }
    kite_arena_close(&arena);
    return status;
}

enum kite_status kite_lint_text(struct kite_lint *lint)
{
    struct kite_bundle *bundle = lint->session->bundle;
    struct rare rare = {.missing = {.count = 0}};
    struct kite_document_info info;
    enum kite_status status = kite_bundle_document(bundle, lint->document, &info);

    if (status)
        return status;
    if (!kite_bundle_meta(bundle, lint->document, KITE_META_TITLE))
        kite_lint_found(lint, "title", KITE_LINT_NO_PARAGRAPH,
                        "there is no title; pack it with --title");
    if (info.lang == 0 && !info.opens_originals)
        kite_lint_found(lint, "language", KITE_LINT_NO_PARAGRAPH,
                        "the language is not known, so no word is divided; pack it with --lang");
    status = check_paragraphs(lint, info.paragraph_count, &rare);
    if (status == KITE_OK)
        status = check_originals(lint);
    if (status == KITE_OK)
        tell_missing(lint, &rare.missing);
    if (status == KITE_OK)
        tell_brought(lint, &rare.brought);
    return status;
}
