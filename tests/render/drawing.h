/* Pages and canvases for tests of drawing. */
#ifndef KITE_TESTS_DRAWING_H
#define KITE_TESTS_DRAWING_H

#include "check.h"

#include "render/render.h"

#include <hb.h>
#include <stdio.h>
#include <string.h>

#define FONT_FILES_MAX 32
#define FONT_BYTES_MAX (512u * 1024)
#define GLYPHS_MAX 4096

struct font_folder {
    char names[FONT_FILES_MAX][40];
    uint8_t *bytes[FONT_FILES_MAX];
    size_t counts[FONT_FILES_MAX], count;
};

static inline enum kite_status font_load(void *ctx, const char *name, const uint8_t **bytes,
                                         size_t *count)
{
    struct font_folder *folder = ctx;
    size_t i = 0;

    while (i < folder->count && strcmp(folder->names[i], name) != 0)
        i++;
    if (i == folder->count) {
        char path[256];
        snprintf(path, sizeof path, KITE_BUILD "/fonts/%s", name);
        FILE *file = fopen(path, "rb");
        if (!file)
            return KITE_E_RANGE;
        assert_true(i < FONT_FILES_MAX);
        folder->bytes[i] = malloc(FONT_BYTES_MAX);
        assert_non_null(folder->bytes[i]);
        folder->counts[i] = fread(folder->bytes[i], 1, FONT_BYTES_MAX, file);
        fclose(file);
        snprintf(folder->names[i], sizeof folder->names[i], "%s", name);
        folder->count++;
    }
    *bytes = folder->bytes[i];
    *count = folder->counts[i];
    return KITE_OK;
}

static inline void font_folder_close(struct font_folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        free(folder->bytes[i]);
    folder->count = 0;
}

/* Fonts, a page under construction, and a renderer. */
struct drawing {
    struct check_memory counted;
    struct kite_memory mem;
    struct font_folder folder;
    struct kite_font_loader loader;
    struct kite_fonts *fonts;
    struct kite_renderer *renderer;
    struct kite_glyph glyphs[GLYPHS_MAX];
    struct kite_glyph_run runs[8];
    struct kite_rect rules[4];
    struct kite_page page;
    struct kite_fault fault;
};

static inline void drawing_open(struct drawing *d, size_t cache_bytes)
{
    memset(d, 0, sizeof *d);
    d->mem = check_memory(&d->counted);
    d->loader = (struct kite_font_loader){&d->folder, font_load};
    assert_int_equal(kite_fonts_create(&d->mem, &d->loader, &d->fonts, &d->fault), KITE_OK);
    assert_int_equal(kite_renderer_create(&d->mem, d->fonts, cache_bytes, &d->renderer, &d->fault),
                     KITE_OK);
    d->page.glyphs = d->glyphs;
    d->page.runs = d->runs;
    d->page.rules = d->rules;
}

static inline void drawing_close(struct drawing *d)
{
    kite_renderer_destroy(d->renderer);
    kite_fonts_destroy(d->fonts);
    assert_int_equal(d->counted.blocks, 0);
    font_folder_close(&d->folder);
}

/* Add one line of text as a run; returns the pen's x after it. No shaping: a glyph a letter. */
static inline kite_f26 drawing_text(struct drawing *d, uint16_t face, kite_f26 size_f26, kite_f26 x,
                                    kite_f26 y, const char *text)
{
    struct kite_glyph_run *run = &d->runs[d->page.run_count++];
    hb_font_t *font = kite_face_harfbuzz(d->fonts, face);
    int32_t em = kite_face_metrics(d->fonts, face)->units_per_em;
    size_t count = strlen(text), bytes;

    *run = (struct kite_glyph_run){
        .face = face, .size_f26 = size_f26, .first = (uint32_t)d->page.glyph_count};
    for (size_t at = 0; at < count; at += bytes) {
        hb_codepoint_t glyph = 0;
        hb_font_get_nominal_glyph(font, kite_utf8_decode(text + at, count - at, &bytes), &glyph);
        assert_true(d->page.glyph_count < GLYPHS_MAX);
        d->glyphs[d->page.glyph_count++] = (struct kite_glyph){
            .glyph = (uint16_t)glyph, .x = x, .y = y};
        x += kite_mul_div(hb_font_get_glyph_h_advance(font, glyph), size_f26, em);
        run->count++;
    }
    return x;
}

static inline void drawing_clear(struct drawing *d)
{
    d->page.run_count = 0;
    d->page.glyph_count = 0;
    d->page.rule_count = 0;
    d->page.pictures = NULL;
    d->page.picture_count = 0;
}

#define SAMPLE_WIDTH 300
#define SAMPLE_HEIGHT 200

/* A page of SAMPLE_WIDTH x SAMPLE_HEIGHT: sizes, styles, letters over the edges, and rules. */
static inline void drawing_sample(struct drawing *d)
{
    drawing_clear(d);
    drawing_text(d, 0, 20 * 64, 10 * 64, 24 * 64, "Small text is hinted, 20 px.");
    drawing_text(d, kite_fonts_face(d->fonts, KITE_FAMILY_SERIF, KITE_FACE_ITALIC), 37 * 64 + 11,
                 -5 * 64 + 7, 70 * 64 + 13, "fjord Quixote & Ag");
    drawing_text(d, kite_fonts_face(d->fonts, KITE_FAMILY_DYSLEXIC, 0), 46 * 64, 4 * 64, 115 * 64,
                 "Dyslexic över");
    drawing_text(d, 0, 150 * 64, 120 * 64, 215 * 64, "Qgß");
    drawing_text(d, kite_fonts_face(d->fonts, KITE_FAMILY_SANS, KITE_FACE_BOLD), 30 * 64,
                 250 * 64 + 33, 8 * 64, "edge");
    d->runs[1].weight = 1;
    d->rules[0] = (struct kite_rect){10, 80, 200, 2};
    d->rules[1] = (struct kite_rect){280, 100, 50, 3};
    d->rules[2] = (struct kite_rect){-5, -5, 10, 10};
    d->page.rule_count = 3;
}

static inline struct kite_canvas canvas_create(int32_t width, int32_t height, int32_t stride)
{
    struct kite_canvas canvas = {malloc((size_t)stride * (size_t)height), width, height, stride};

    assert_non_null(canvas.pixels);
    memset(canvas.pixels, 0x5a, (size_t)stride * (size_t)height);
    return canvas;
}

static inline uint8_t canvas_at(const struct kite_canvas *canvas, int32_t x, int32_t y)
{
    return canvas->pixels[(ptrdiff_t)y * canvas->stride_bytes + x];
}

static inline void canvas_is(const struct kite_canvas *canvas, const struct kite_canvas *expected)
{
    for (int32_t y = 0; y < expected->height_px; y++)
        for (int32_t x = 0; x < expected->width_px; x++)
            if (canvas_at(canvas, x, y) != canvas_at(expected, x, y))
                fail_msg("pixel %d,%d is %d, not %d", (int)x, (int)y, canvas_at(canvas, x, y),
                         canvas_at(expected, x, y));
}

static inline void drawing_draw(struct drawing *d, const struct kite_ink *ink,
                                const struct kite_rect *clip, const struct kite_canvas *canvas)
{
    if (kite_render_page(d->renderer, &d->page, NULL, ink, clip, canvas, &d->fault) != KITE_OK)
        fail_msg("%s", d->fault.text);
}

#endif
