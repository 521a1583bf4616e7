/* All that calls MuPDF. Each job is a function that may throw; run() is the only place that catches, and what a job made is dropped after
 * it, whether it threw or not. */
#include "press/mupdf.h"
#include "press/jpx.h"
#include "press/pdf_bidi.h"

#include <math.h>
#include <mupdf/fitz.h>
#include <stdio.h>
#include <string.h>

#define HEAD_BYTES 16u /* in front of each of MuPDF's blocks: its size */
#define RAISED_SIZE_PERCENT 85 /* of the size around it */
#define RAISED_BY_PERCENT 10
#define SPACE_SIZE 0.12f /* of a size at least are words of Arabic apart */
#define TILES_MAX 4e6f
#define STRUCK_SIZE 0.12f /* of a size: as far are characters struck again */

struct kite_mupdf {
    struct kite_memory mem;
    fz_context *ctx;
    fz_document *doc;
    uint32_t page_count;
    size_t used_bytes;
    int (*begin_tile)(fz_context *, fz_device *, fz_rect, fz_rect, float, float, fz_matrix, int); /* of the device in use */
    bool is_full; /* an allocation was refused because of the limit */
    uint32_t complaint_count;
    char complaint[160];
};

static const char too_much[] = "it needs more memory than %u MB";
static const char jpx_failed[] = "a JPEG 2000 picture in it is broken, or too large even in the smallest size that is stored";

/* ---- memory --------------------------------------------------------------------------------------------------- */

static void *resize(void *user, void *old, size_t bytes)
{
    struct kite_mupdf *m = user;
    uint8_t *block = old ? (uint8_t *)old - HEAD_BYTES : NULL;
    size_t had = 0;

    if (block)
        memcpy(&had, block, sizeof had);
    if (bytes > KITE_MUPDF_BYTES_MAX || m->used_bytes - had > KITE_MUPDF_BYTES_MAX - bytes) {
        m->is_full = true;
        return NULL;
    }
    block = kite_resize(&m->mem, block, bytes + HEAD_BYTES, 1);
    if (!block)
        return NULL;
    memcpy(block, &bytes, sizeof bytes);
    m->used_bytes = m->used_bytes - had + bytes;
    return block + HEAD_BYTES;
}

static void *take(void *user, size_t bytes)
{
    return resize(user, NULL, bytes);
}

static void give_back(void *user, void *block)
{
    struct kite_mupdf *m = user;
    size_t had;

    if (!block)
        return;
    memcpy(&had, (uint8_t *)block - HEAD_BYTES, sizeof had);
    m->used_bytes -= had;
    kite_free(&m->mem, (uint8_t *)block - HEAD_BYTES);
}

static void complain(void *user, const char *message)
{
    struct kite_mupdf *m = user;

    m->complaint_count++;
    if (kite_jpx_has_failed(message))
        message = jpx_failed;
    if (m->is_full)
        snprintf(m->complaint, sizeof m->complaint, too_much, KITE_MUPDF_BYTES_MAX >> 20);
    else
        snprintf(m->complaint, sizeof m->complaint, "%s", message);
}

/* ---- running a job ---------------------------------------------------------------------------------------------- */

typedef void job_body(struct kite_mupdf *m, void *job);

static enum kite_status why(const struct kite_mupdf *m, struct kite_fault *fault)
{
    int code = fz_caught(m->ctx);

    if (m->is_full)
        return kite_fail(fault, KITE_E_LIMIT, too_much, KITE_MUPDF_BYTES_MAX >> 20);
    if (code == FZ_ERROR_MEMORY)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to read it");
    if (kite_jpx_has_failed(fz_caught_message(m->ctx)))
        return kite_fail(fault, KITE_E_FORMAT, "%s", jpx_failed);
    return kite_fail(fault, KITE_E_FORMAT, "%s", fz_caught_message(m->ctx));
}

static enum kite_status run(struct kite_mupdf *m, job_body *body, void *job, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    fz_var(status);
    m->is_full = false;
    fz_try(m->ctx)
        body(m, job);
    fz_catch(m->ctx)
        status = why(m, fault);
    return status;
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

/* What has no pages of its own (MOBI) is given high ones, with gaps between its paragraphs by which these are found again. */
static const char reflowed_css[] = "p, div, li, blockquote { margin-top: 1em; margin-bottom: 1em; text-indent: 0 } h1, h2, h3 { text-align: left }";
#define REFLOWED_WIDTH_PT 420
#define REFLOWED_HEIGHT_PT 2000
#define REFLOWED_SIZE_PT 11

struct opening {
    const char *mime;
    const uint8_t *bytes;
    size_t count;
    fz_stream *stream;
    bool needs_password;
};

/* A font of Chinese, Japanese or Korean that is not in the file. The device's MuPDF has none to take for it, and would read its codes as
 * letters of Latin: with any font of the right width it reads them for what they are. */
static fz_font *cjk_font(fz_context *ctx, const char *name, int collection, int is_serif)
{
    int bytes, face;

    (void)is_serif;
    if (fz_lookup_cjk_font(ctx, collection, &bytes, &face))
        return NULL; /* MuPDF takes it itself */
    fz_warn(ctx, "the font %s is not in it, and no other has its letters here: pages that are pictures show boxes for them", name);
    return fz_new_font_from_memory(ctx, name, kite_missing_font, kite_missing_font_bytes, 0, 0);
}

static void open_document(struct kite_mupdf *m, void *job)
{
    struct opening *o = job;
    int pages;

    fz_register_document_handlers(m->ctx);
    fz_install_load_system_font_funcs(m->ctx, NULL, cjk_font, NULL);
    fz_set_user_css(m->ctx, reflowed_css);
    o->stream = fz_open_memory(m->ctx, o->bytes, o->count);
    m->doc = fz_open_document_with_stream(m->ctx, o->mime, o->stream);
    o->needs_password = fz_needs_password(m->ctx, m->doc) && !fz_authenticate_password(m->ctx, m->doc, "");
    if (o->needs_password)
        return;
    if (fz_is_document_reflowable(m->ctx, m->doc))
        fz_layout_document(m->ctx, m->doc, REFLOWED_WIDTH_PT, REFLOWED_HEIGHT_PT, REFLOWED_SIZE_PT);
    pages = fz_count_pages(m->ctx, m->doc);
    m->page_count = pages > 0 ? (uint32_t)pages : 0;
}

enum kite_status kite_mupdf_open(const struct kite_memory *mem, const char *mime, const uint8_t *bytes, size_t count,
                                 struct kite_mupdf **out, struct kite_fault *fault)
{
    struct kite_mupdf *m = kite_alloc(mem, 1, sizeof *m);
    struct opening opening = { mime, bytes, count, NULL, false };
    fz_alloc_context memory = { m, take, resize, give_back };
    enum kite_status status;

    *out = NULL;
    if (!m)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to read pages");
    m->mem = *mem;
    m->ctx = fz_new_context(&memory, NULL, KITE_MUPDF_STORE_BYTES);
    if (!m->ctx) {
        kite_free(mem, m);
        return kite_fail(fault, KITE_E_NOMEM, "no memory to read pages");
    }
    fz_set_warning_callback(m->ctx, complain, m);
    fz_set_error_callback(m->ctx, complain, m);
    status = run(m, open_document, &opening, fault);
    fz_drop_stream(m->ctx, opening.stream);
    if (status == KITE_OK && opening.needs_password)
        status = kite_fail(fault, KITE_E_UNSUPPORTED, "it is locked with a password; save it without one");
    if (status == KITE_OK && m->page_count == 0)
        status = kite_fail(fault, KITE_E_FORMAT, "it has no pages");
    if (status == KITE_OK && m->page_count > KITE_MUPDF_PAGES_MAX)
        status = kite_fail(fault, KITE_E_LIMIT, "it has more than %u pages", KITE_MUPDF_PAGES_MAX);
    if (status)
        kite_mupdf_close(m);
    else
        *out = m;
    return status;
}

void kite_mupdf_close(struct kite_mupdf *m)
{
    struct kite_memory mem;

    if (!m)
        return;
    mem = m->mem;
    fz_drop_document(m->ctx, m->doc);
    fz_drop_context(m->ctx);
    kite_free(&mem, m);
}

uint32_t kite_mupdf_page_count(const struct kite_mupdf *m)
{
    return m->page_count;
}

uint32_t kite_mupdf_complaints(const struct kite_mupdf *m, const char **last)
{
    *last = m->complaint;
    return m->complaint_count;
}

/* ---- text ------------------------------------------------------------------------------------------------------- */

static kite_cpt cpt(float points)
{
    float value = points * 100;

    if (!(value > -KITE_CPT_MAX)) /* no number at all, too */
        return -KITE_CPT_MAX;
    return value < KITE_CPT_MAX ? (kite_cpt)value : KITE_CPT_MAX;
}

struct reading {
    uint32_t number;
    struct kite_arena *arena;
    struct kite_pdf_page *out;
    fz_page *page;
    fz_stext_page *text;
    fz_device *device;
    fz_rect bounds;
    fz_point dir;    /* of the line in hand */
    fz_point origin; /* of a page that is turned until the line runs to the right: its upper left corner, along dir and across it */
    const fz_font *font; /* the last one seen, and its flags */
    uint32_t font_flags;
};

static float along(fz_point dir, fz_point p)
{
    return p.x * dir.x + p.y * dir.y;
}

static float across(fz_point dir, fz_point p)
{
    return p.y * dir.x - p.x * dir.y;
}

static kite_cpt place_of(const struct reading *r, fz_point p)
{
    return cpt(along(r->dir, p) - r->origin.x);
}

static kite_cpt foot_of(const struct reading *r, fz_point p)
{
    return cpt(across(r->dir, p) - r->origin.y);
}

/* The page as one sees it with lines of this direction running to the right. */
static fz_rect turn_page(fz_rect bounds, fz_point dir)
{
    fz_rect out = fz_empty_rect;
    fz_point corners[4] = { { bounds.x0, bounds.y0 }, { bounds.x1, bounds.y0 }, { bounds.x0, bounds.y1 }, { bounds.x1, bounds.y1 } };

    for (int i = 0; i < 4; i++) {
        fz_point p = { along(dir, corners[i]), across(dir, corners[i]) };

        out = i == 0 ? (fz_rect){ p.x, p.y, p.x, p.y } : fz_include_point_in_rect(out, p);
    }
    return out;
}

static void face(struct reading *r, fz_point dir)
{
    fz_rect turned = turn_page(r->bounds, dir);

    r->dir = dir;
    r->origin = fz_make_point(turned.x0, turned.y0);
}

/* Directions of text are nearly always those of the page's sides. */
static int16_t turn_of(fz_point dir)
{
    double turn = atan2((double)dir.y, (double)dir.x) * 180 / FZ_PI;

    return turn > -KITE_PDF_TURN_MAX && turn < KITE_PDF_TURN_MAX ? (int16_t)lround(turn) : KITE_PDF_TURN_MAX;
}

static void *need(struct kite_mupdf *m, struct kite_arena *arena, size_t count, size_t each)
{
    void *block = kite_arena_alloc(arena, count, each);

    if (!block)
        fz_throw(m->ctx, FZ_ERROR_MEMORY, "no memory for the text of a page");
    return block;
}

static bool has_word(const char *name, const char *const *words)
{
    for (; *words; words++) {
        if (strstr(name, *words))
            return true;
    }
    return false;
}

/* What a font says of itself, and what its name says: many say nothing. */
static uint32_t font_flags(struct kite_mupdf *m, fz_font *font)
{
    static const char *const bold[] = { "Bold", "bold", "Black", "Heavy", "Demi", "CMBX", "SFBX", "CMSSBX", "MediItal", "-Medi", NULL };
    static const char *const italic[] = { "Italic", "italic", "Oblique", "oblique", "Slanted", "CMTI", "CMSL", "SFTI", "CMMI", "Ital", NULL };
    static const char *const mono[] = { "Courier", "Mono", "mono", "Typewriter", "CMTT", "SFTT", "Consol", "txtt", "NimbusMonL", NULL };
    const char *name = font ? fz_font_name(m->ctx, font) : "";
    uint32_t flags = 0;

    if (!font)
        return 0;
    flags |= fz_font_is_bold(m->ctx, font) || has_word(name, bold) ? KITE_PDF_BOLD : 0;
    flags |= fz_font_is_italic(m->ctx, font) || has_word(name, italic) ? KITE_PDF_ITALIC : 0;
    flags |= fz_font_is_monospaced(m->ctx, font) || has_word(name, mono) ? KITE_PDF_MONO : 0;
    return flags;
}

static bool is_space(int c)
{
    return c == ' ' || c == 0xa0 || c == '\t' || c == '\n' || c == '\r';
}

/* Fonts of TeX without names for their ligatures give these codes of its encodings, OT1 and T1, for them. */
static size_t encode(uint32_t c, char out[KITE_PDF_LETTER_BYTES_MAX])
{
    static const char *const ligatures[5] = { "ff", "fi", "fl", "ffi", "ffl" };
    const char *ligature = c >= 0x0b && c <= 0x0f ? ligatures[c - 0x0b] : c >= 0x1b && c <= 0x1f ? ligatures[c - 0x1b] : NULL;

    if (!ligature)
        return kite_pdf_letter(c, out);
    memcpy(out, ligature, strlen(ligature));
    return strlen(ligature);
}

/* Struck again a hair beside it, to look bold. */
static bool is_struck_again(const fz_stext_char *before, const fz_stext_char *c)
{
    float x = c->origin.x - before->origin.x, y = c->origin.y - before->origin.y, near = c->size * STRUCK_SIZE;

    return before->c == c->c && x < near && x > -near && y < near && y > -near;
}

/* The size that most characters have, and the foot of the first of them. */
static void measure(const fz_stext_line *line, const struct reading *r, struct kite_pdf_line *out)
{
    uint32_t most = 0;

    for (const fz_stext_char *c = line->first_char; c; c = c->next) {
        uint32_t alike = 0;
        kite_cpt size = cpt(c->size);

        if (is_space(c->c) || (most > 0 && size == out->size))
            continue;
        for (const fz_stext_char *d = c; d && alike < 400; d = d->next)
            alike += cpt(d->size) == size && !is_space(d->c);
        if (alike <= most)
            continue;
        most = alike;
        out->size = size > 0 ? size : 1;
        out->baseline = foot_of(r, c->origin);
    }
}

static uint32_t char_flags(struct kite_mupdf *m, const fz_stext_char *c, struct reading *r, const struct kite_pdf_line *line)
{
    uint32_t flags = c->font == r->font ? r->font_flags : font_flags(m, c->font);
    kite_cpt up = line->baseline - foot_of(r, c->origin);

    r->font = c->font;
    r->font_flags = flags;
    if ((int64_t)cpt(c->size) * 100 >= (int64_t)line->size * RAISED_SIZE_PERCENT)
        return flags;
    if ((int64_t)up * 100 > (int64_t)line->size * RAISED_BY_PERCENT)
        flags |= KITE_PDF_RAISED;
    else if ((int64_t)up * 100 < -(int64_t)line->size * (RAISED_BY_PERCENT - 2))
        flags |= KITE_PDF_LOWERED;
    return flags;
}

static const fz_stext_char *last_of(const fz_stext_line *line)
{
    const fz_stext_char *last = NULL;

    for (const fz_stext_char *c = line->first_char; c; c = c->next)
        last = is_space(c->c) ? last : c;
    return last;
}

/* Of the next character that is no space. */
static uint32_t next_flags(struct kite_mupdf *m, const fz_stext_char *c, struct reading *r, const struct kite_pdf_line *line)
{
    while (c && is_space(c->c))
        c = c->next;
    return c ? char_flags(m, c, r, line) : 0;
}

/* A gap between words of Arabic or Hebrew, which MuPDF gives no space for. */
static bool is_gap(const fz_stext_char *before, const fz_stext_char *c, const struct reading *r)
{
    bool is_rtl = kite_pdf_is_right_to_left((uint32_t)before->c) && kite_pdf_is_right_to_left((uint32_t)c->c);

    return is_rtl && place_of(r, c->quad.ll) - place_of(r, before->quad.lr) > cpt(c->size * SPACE_SIZE);
}

/* Glyphs as they were drawn, with single spaces between words and none at the ends. */
static size_t take_glyphs(struct kite_mupdf *m, struct reading *r, const fz_stext_line *line, const fz_stext_char *last, const struct kite_pdf_line *out,
                          struct kite_pdf_glyph *glyphs)
{
    const fz_stext_char *before = NULL;
    size_t count = 0;

    for (const fz_stext_char *c = line->first_char; c; c = c->next) {
        bool is_blank = is_space(c->c), was_blank = count == 0 || glyphs[count - 1].c == ' ';
        uint32_t flags = is_blank ? UINT32_MAX : char_flags(m, c, r, out);

        if (before && !is_blank && is_struck_again(before, c)) {
            count -= count > 0 && was_blank; /* as the pen went back */
        } else if (!is_blank || !was_blank) {
            if (before && !is_blank && is_gap(before, c, r)) {
                glyphs[count] = (struct kite_pdf_glyph){ ' ', flags & glyphs[count - 1].flags, place_of(r, before->quad.lr) };
                count++;
            }
            /* A space has what the words on both sides have. */
            flags &= is_blank ? next_flags(m, c, r, out) & glyphs[count - 1].flags : UINT32_MAX;
            glyphs[count++] = (struct kite_pdf_glyph){ is_blank ? ' ' : (uint32_t)c->c, flags, place_of(r, c->quad.ll) };
        }
        before = is_blank ? before : c;
        if (c == last)
            break;
    }
    return count;
}

static void write_glyphs(struct kite_mupdf *m, struct reading *r, const struct kite_pdf_glyph *glyphs, size_t count, struct kite_pdf_line *out)
{
    struct kite_pdf_span *spans = need(m, r->arena, count, sizeof *spans);
    size_t shapes = 0;
    char *text;

    for (size_t i = 0; i < count; i++)
        shapes += kite_pdf_is_shape(glyphs[i].c);
    text = need(m, r->arena, count * 4 + (shapes + 1) * KITE_PDF_LETTER_BYTES_MAX, 1);
    for (size_t i = 0; i < count; i++) {
        if (out->span_count == 0 || spans[out->span_count - 1].flags != glyphs[i].flags)
            spans[out->span_count++] = (struct kite_pdf_span){ out->bytes, glyphs[i].flags };
        out->bytes += (uint32_t)encode(glyphs[i].c, text + out->bytes);
        out->chars++;
    }
    out->text = text;
    out->spans = spans;
}

/* How wide the word is that is read first. */
static kite_cpt first_word(const struct kite_pdf_glyph *glyphs, size_t count, const struct kite_pdf_line *line)
{
    for (size_t i = 0; i < count; i++) {
        if (glyphs[i].c == ' ')
            return line->runs_left ? line->right - glyphs[i].left : glyphs[i].left - line->left;
    }
    return line->right - line->left;
}

/* false: there is nothing but spaces. */
static bool take_line(struct kite_mupdf *m, struct reading *r, const fz_stext_line *line, struct kite_pdf_line *out)
{
    const fz_stext_char *first = line->first_char, *last = last_of(line);
    struct kite_pdf_glyph *glyphs;
    size_t count = 0;

    if (!last)
        return false;
    while (is_space(first->c))
        first = first->next;
    for (const fz_stext_char *c = first; c; c = c->next)
        count++;
    *out = (struct kite_pdf_line){ .size = 1 };
    measure(line, r, out);
    out->left = place_of(r, first->quad.ll);
    out->right = place_of(r, last->quad.lr);
    out->turn_deg = turn_of(r->dir);
    glyphs = need(m, r->arena, count, 2 * sizeof *glyphs); /* with a space in front of each */
    count = take_glyphs(m, r, line, last, out, glyphs);
    out->runs_left = kite_pdf_unmirror(glyphs, count);
    out->first_word = first_word(glyphs, count, out);
    write_glyphs(m, r, glyphs, count, out);
    return true;
}

/* Text that runs from right to left is seen in a mirror: its columns, indents and rows are those of any other text then. */
static void mirror_page(struct kite_pdf_page *page)
{
    uint64_t to_left = 0, all = 0;

    for (size_t i = 0; i < page->line_count; i++) {
        all += page->lines[i].chars;
        to_left += page->lines[i].runs_left ? page->lines[i].chars : 0;
    }
    page->is_mirrored = to_left * 2 > all;
    for (size_t i = 0; i < page->line_count && page->is_mirrored; i++) {
        struct kite_pdf_line *line = &page->lines[i];
        kite_cpt left = line->left;

        line->left = page->width - line->right;
        line->right = page->width - left;
    }
}

/* As many characters as possible run to the right. */
static void turn_to_text(struct reading *r)
{
    uint32_t chars[2 * KITE_PDF_TURN_MAX + 1] = { 0 }, most = KITE_PDF_TURN_MAX;
    struct kite_pdf_page *out = r->out;

    for (size_t i = 0; i < out->line_count; i++)
        chars[out->lines[i].turn_deg + KITE_PDF_TURN_MAX] += out->lines[i].chars;
    for (uint32_t i = 0; i < sizeof chars / sizeof *chars; i++)
        most = chars[i] > chars[most] ? i : most;
    out->turn_deg = (int16_t)((int)most - KITE_PDF_TURN_MAX);
    if (out->turn_deg == 90 || out->turn_deg == -90) {
        kite_cpt width = out->width;

        out->width = out->height;
        out->height = width;
    }
}

static void take_blocks(struct kite_mupdf *m, struct reading *r)
{
    size_t lines = 0, pictures = 0;
    struct kite_pdf_page *out = r->out;

    for (const fz_stext_block *b = r->text->first_block; b; b = b->next) {
        pictures += b->type == FZ_STEXT_BLOCK_IMAGE;
        for (const fz_stext_line *l = b->type == FZ_STEXT_BLOCK_TEXT ? b->u.t.first_line : NULL; l; l = l->next)
            lines++;
    }
    out->lines = need(m, r->arena, lines, sizeof *out->lines);
    out->pictures = need(m, r->arena, pictures, sizeof *out->pictures);
    for (const fz_stext_block *b = r->text->first_block; b; b = b->next) {
        if (b->type == FZ_STEXT_BLOCK_IMAGE)
            out->pictures[out->picture_count++] =
                (struct kite_pdf_box){ cpt(b->bbox.x0 - r->bounds.x0), cpt(b->bbox.y0 - r->bounds.y0), cpt(b->bbox.x1 - r->bounds.x0),
                                       cpt(b->bbox.y1 - r->bounds.y0) };
        for (const fz_stext_line *l = b->type == FZ_STEXT_BLOCK_TEXT ? b->u.t.first_line : NULL; l; l = l->next) {
            face(r, l->dir);
            out->line_count += take_line(m, r, l, &out->lines[out->line_count]);
        }
    }
    turn_to_text(r);
    mirror_page(out);
}

static void read_text(struct kite_mupdf *m, void *job)
{
    struct reading *r = job;
    fz_stext_options options = { FZ_STEXT_PRESERVE_IMAGES | FZ_STEXT_MEDIABOX_CLIP, 1 };

    r->page = fz_load_page(m->ctx, m->doc, (int)r->number);
    r->bounds = fz_bound_page(m->ctx, r->page);
    r->out->width = cpt(r->bounds.x1 - r->bounds.x0);
    r->out->height = cpt(r->bounds.y1 - r->bounds.y0);
    r->text = fz_new_stext_page(m->ctx, r->bounds);
    r->device = fz_new_stext_device(m->ctx, r->text, &options);
    fz_run_page(m->ctx, r->page, r->device, fz_identity, NULL);
    fz_close_device(m->ctx, r->device);
    take_blocks(m, r);
}

enum kite_status kite_mupdf_text(struct kite_mupdf *m, uint32_t page, struct kite_arena *arena, struct kite_pdf_page *out,
                                 struct kite_fault *fault)
{
    struct reading reading = { .number = page, .arena = arena, .out = out };
    enum kite_status status;

    *out = (struct kite_pdf_page){ 0 };
    status = run(m, read_text, &reading, fault);
    fz_drop_device(m->ctx, reading.device);
    fz_drop_stext_page(m->ctx, reading.text);
    fz_drop_page(m->ctx, reading.page);
    return status;
}

struct counting {
    uint32_t number, count;
    fz_page *page;
    fz_link *links;
};

static void count_links(struct kite_mupdf *m, void *job)
{
    struct counting *c = job;

    c->page = fz_load_page(m->ctx, m->doc, (int)c->number);
    c->links = fz_load_links(m->ctx, c->page);
    for (const fz_link *link = c->links; link; link = link->next)
        c->count++;
}

uint32_t kite_mupdf_links(struct kite_mupdf *m, uint32_t page)
{
    struct counting counting = { page, 0, NULL, NULL };

    (void)run(m, count_links, &counting, NULL);
    fz_drop_link(m->ctx, counting.links);
    fz_drop_page(m->ctx, counting.page);
    return counting.count;
}

/* ---- what the file says of itself ---------------------------------------------------------------------------------- */

struct asking {
    const char *key;
    char *out;
    size_t out_bytes;
};

static void ask(struct kite_mupdf *m, void *job)
{
    struct asking *a = job;

    if (fz_lookup_metadata(m->ctx, m->doc, a->key, a->out, (int)a->out_bytes) < 0)
        a->out[0] = '\0';
}

void kite_mupdf_meta(struct kite_mupdf *m, enum kite_mupdf_meta meta, char *out, size_t out_bytes)
{
    static const char *const keys[] = { FZ_META_INFO_TITLE, FZ_META_INFO_AUTHOR, FZ_META_INFO_PRODUCER };
    struct asking asking = { keys[meta], out, out_bytes };

    out[0] = '\0';
    if (run(m, ask, &asking, NULL) != KITE_OK)
        out[0] = '\0';
}

struct listing {
    struct kite_arena *arena;
    struct kite_mupdf_outline *out;
    fz_outline *outline;
};

static void add_entry(struct kite_mupdf *m, struct listing *l, const fz_outline *entry, uint32_t level)
{
    size_t bytes = strlen(entry->title) + 1;
    int page = fz_page_number_from_location(m->ctx, m->doc, entry->page);
    void *entries = l->out->entries;
    char *title;

    if (kite_arena_grow(l->arena, &entries, &l->out->capacity, l->out->count + 1, sizeof *l->out->entries))
        fz_throw(m->ctx, FZ_ERROR_MEMORY, "no memory for the outline");
    l->out->entries = entries;
    title = need(m, l->arena, bytes, 1);
    memcpy(title, entry->title, bytes);
    l->out->entries[l->out->count++] =
        (struct kite_mupdf_entry){ title, level, page >= 0 && (uint32_t)page < m->page_count ? (uint32_t)page : UINT32_MAX };
}

/* Depth is bounded by the array of where to go on. */
static void list_outline(struct kite_mupdf *m, void *job)
{
    struct listing *l = job;
    const fz_outline *next[8], *at;
    uint32_t level = 1;

    l->outline = fz_load_outline(m->ctx, m->doc);
    at = l->outline;
    while (l->out->count < KITE_MUPDF_OUTLINE_MAX) {
        while (!at && level > 1)
            at = next[--level - 1];
        if (!at)
            break;
        if (at->title && at->title[0])
            add_entry(m, l, at, level);
        if (at->down && level < sizeof next / sizeof *next) {
            next[level++ - 1] = at->next;
            at = at->down;
        } else {
            at = at->next;
        }
    }
}

enum kite_status kite_mupdf_outline(struct kite_mupdf *m, struct kite_arena *arena, struct kite_mupdf_outline *out, struct kite_fault *fault)
{
    struct listing listing = { arena, out, NULL };
    enum kite_status status;

    *out = (struct kite_mupdf_outline){ 0 };
    status = run(m, list_outline, &listing, fault);
    fz_drop_outline(m->ctx, listing.outline);
    return status;
}

/* ---- drawing ------------------------------------------------------------------------------------------------------- */

struct drawing {
    uint32_t number;
    const struct kite_mupdf_view *view;
    struct kite_raster_limit limit;
    fz_page *page;
    fz_pixmap *pixels;
    fz_device *device;
};

static fz_rect part_of(fz_rect bounds, const struct kite_pdf_box *box)
{
    fz_rect part = { bounds.x0 + (float)box->left / 100, bounds.y0 + (float)box->top / 100, bounds.x0 + (float)box->right / 100,
                     bounds.y0 + (float)box->bottom / 100 };

    part = fz_intersect_rect(part, bounds);
    return box->right <= box->left || box->bottom <= box->top || fz_is_empty_rect(part) ? bounds : part;
}

static int side(float points, float scale, uint32_t most)
{
    float px = points * scale + 0.5f;

    if (!(px >= 1))
        return 1;
    return px < (float)most ? (int)px : (int)most;
}

/* A pattern is drawn tile by tile, however small and many they are. */
static int begin_tile(fz_context *ctx, fz_device *device, fz_rect area, fz_rect view, float x_step, float y_step, fz_matrix ctm, int id)
{
    const struct kite_mupdf *m = fz_user_context(ctx);
    float across = (area.x1 - area.x0) / x_step, down = (area.y1 - area.y0) / y_step, tiles = across * down;

    if (!(tiles < TILES_MAX && tiles > -TILES_MAX))
        fz_throw(ctx, FZ_ERROR_GENERIC, "a pattern has too many tiles");
    return m->begin_tile(ctx, device, area, view, x_step, y_step, ctm, id);
}

static void draw(struct kite_mupdf *m, void *job)
{
    struct drawing *d = job;
    fz_rect bounds, part;
    fz_matrix ctm;
    fz_irect area = { 0, 0, 0, 0 };
    float across, down, scale;

    d->page = fz_load_page(m->ctx, m->doc, (int)d->number);
    bounds = fz_bound_page(m->ctx, d->page);
    part = part_of(bounds, &d->view->box);
    across = (float)d->limit.width_px / (part.x1 - part.x0);
    down = (float)d->limit.height_px / (part.y1 - part.y0);
    scale = across < down ? across : down;
    area.x1 = side(part.x1 - part.x0, scale, d->limit.width_px);
    area.y1 = side(part.y1 - part.y0, scale, d->limit.height_px);
    ctm = fz_translate(-(bounds.x0 + bounds.x1) / 2, -(bounds.y0 + bounds.y1) / 2);
    ctm = fz_concat(ctm, fz_rotate((float)d->view->turn_cdeg / 100));
    ctm = fz_concat(ctm, fz_translate((bounds.x0 + bounds.x1) / 2 - part.x0, (bounds.y0 + bounds.y1) / 2 - part.y0));
    ctm = fz_concat(ctm, fz_scale(scale, scale));
    d->pixels = fz_new_pixmap_with_bbox(m->ctx, fz_device_gray(m->ctx), area, NULL, 0);
    fz_clear_pixmap_with_value(m->ctx, d->pixels, 255);
    d->device = fz_new_draw_device(m->ctx, ctm, d->pixels);
    m->begin_tile = d->device->begin_tile;
    d->device->begin_tile = begin_tile;
    fz_set_user_context(m->ctx, m);
    fz_run_page(m->ctx, d->page, d->device, fz_identity, NULL);
    fz_close_device(m->ctx, d->device);
}

static enum kite_status copy_pixels(const fz_pixmap *pixels, struct kite_raster *out, struct kite_fault *fault)
{
    out->gray = kite_alloc(&out->mem, (size_t)pixels->w, (size_t)pixels->h);
    if (!out->gray)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a page");
    out->width_px = (uint32_t)pixels->w;
    out->height_px = (uint32_t)pixels->h;
    for (int y = 0; y < pixels->h; y++)
        memcpy(out->gray + (size_t)y * out->width_px, pixels->samples + (ptrdiff_t)y * pixels->stride, out->width_px);
    return KITE_OK;
}

enum kite_status kite_mupdf_draw(struct kite_mupdf *m, uint32_t page, const struct kite_mupdf_view *view, struct kite_raster_limit limit,
                                 struct kite_raster *out, struct kite_fault *fault)
{
    struct drawing drawing = { .number = page, .view = view, .limit = limit };
    enum kite_status status;

    *out = (struct kite_raster){ .mem = m->mem };
    status = run(m, draw, &drawing, fault);
    if (status == KITE_OK)
        status = copy_pixels(drawing.pixels, out, fault);
    fz_drop_device(m->ctx, drawing.device);
    fz_drop_pixmap(m->ctx, drawing.pixels);
    fz_drop_page(m->ctx, drawing.page);
    return status;
}

struct sizing {
    uint32_t number;
    fz_page *page;
    fz_rect bounds;
};

static void measure_page(struct kite_mupdf *m, void *job)
{
    struct sizing *s = job;

    s->page = fz_load_page(m->ctx, m->doc, (int)s->number);
    s->bounds = fz_bound_page(m->ctx, s->page);
}

enum kite_status kite_mupdf_page_box(struct kite_mupdf *m, uint32_t page, struct kite_pdf_box *out, struct kite_fault *fault)
{
    struct sizing sizing = { page, NULL, { 0, 0, 0, 0 } };
    enum kite_status status = run(m, measure_page, &sizing, fault);

    fz_drop_page(m->ctx, sizing.page);
    *out = (struct kite_pdf_box){ 0, 0, cpt(sizing.bounds.x1 - sizing.bounds.x0), cpt(sizing.bounds.y1 - sizing.bounds.y0) };
    return status;
}
