/* libFuzzer: any bytes taken for a kept page map: what is accepted must give pages that can be drawn. The first bytes
 * choose the setting. Fonts come from build/fonts or KITE_FONTS. */
#include "fuzz/font_files.h"
#include "fuzz/fuzz.h"

#include "page/page.h"
#include "render/render.h"

#include <string.h>

#define PARAGRAPHS 30
#define PAGES_DRAWN 12

static struct kite_fonts *fonts;
static struct kite_bundle *bundle;
static struct kite_buffer file;
static struct kite_layout *layout;
static struct kite_renderer *renderer;

static void holds(bool condition)
{
    if (!condition)
        abort();
}

/* A paragraph that marks a note, and the note, which is divided over pages where these are high enough. */
static void add_long_note(struct kite_writer *writer)
{
    static const struct kite_span spans[] = { { 0 }, { .offset_bytes = 4, .note = 1 }, { .offset_bytes = 7 } };
    static char note[1200];
    struct kite_paragraph p = { .role = KITE_ROLE_PARAGRAPH, .id = PARAGRAPHS };

    p.text = (struct kite_text){ .text = "Mark\xEF\xBF\xBC.", .text_bytes = 8, .spans = spans, .span_count = 3 };
    holds(kite_writer_paragraph(writer, &p, NULL) == KITE_OK);
    for (size_t i = 0; i + 1 < sizeof note; i++)
        note[i] = i % 7 == 6 ? ' ' : 'n';
    p = (struct kite_paragraph){ .role = KITE_ROLE_NOTE, .id = PARAGRAPHS + 1 };
    p.text = (struct kite_text){ .text = note, .text_bytes = sizeof note - 1, .spans = spans, .span_count = 1 };
    holds(kite_writer_paragraph(writer, &p, NULL) == KITE_OK);
}

static void make_bundle(void)
{
    static const char words[] = "A paragraph of some length stands here, so that a page holds a few of them and no more than that.";
    static const struct kite_span plain = { 0 };
    static struct kite_span_bytes bytes;
    static struct kite_source source;
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1, .no_resident_lexicon = true };
    struct kite_sink sink = kite_sink_buffer(&file);
    struct kite_writer *writer;

    file.mem = heap;
    holds(kite_writer_create(&heap, &fast, &writer, NULL) == KITE_OK);
    holds(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL) == KITE_OK);
    for (uint32_t i = 0; i < PARAGRAPHS; i++) {
        struct kite_paragraph p = { .role = i % 7 == 0 ? KITE_ROLE_HEADING : KITE_ROLE_PARAGRAPH, .depth = i % 7 == 0, .id = i };

        p.text = (struct kite_text){ .text = words, .text_bytes = sizeof words - 1, .spans = &plain, .span_count = 1 };
        holds(kite_writer_paragraph(writer, &p, NULL) == KITE_OK);
    }
    add_long_note(writer);
    holds(kite_writer_finish(writer, &sink, NULL, NULL) == KITE_OK);
    kite_writer_destroy(writer);
    bytes = (struct kite_span_bytes){ file.bytes, file.count };
    source = kite_source_memory(&bytes);
    holds(kite_bundle_open(&heap, &source, &bundle, NULL) == KITE_OK);
}

static void set_up(const struct kite_setting *setting)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_fault fault;

    if (kite_fonts_create(&heap, &font_files, &fonts, &fault) != KITE_OK) {
        fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
    make_bundle();
    holds(kite_layout_create(&heap, bundle, fonts, setting, &layout, NULL) == KITE_OK);
    holds(kite_renderer_create(&heap, fonts, 0, &renderer, NULL) == KITE_OK);
}

/* Pages follow one another, and what draws one is bounded. */
static void draw(const struct kite_page_map *map)
{
    static uint8_t pixels[240 * 320];
    struct kite_canvas canvas = { .width_px = 240, .height_px = 320, .stride_bytes = 240, .pixels = pixels };
    struct kite_ink ink = { .levels = 16 };
    uint32_t count = kite_page_map_count(map);

    for (uint32_t i = 0; i < count && i < PAGES_DRAWN; i++) {
        struct kite_place start = kite_page_map_start(map, i);
        const struct kite_page *page;

        holds(kite_page_map_find(map, start) < count);
        if (kite_layout_page_of(layout, map, i, &page, NULL) == KITE_OK)
            kite_render_page(renderer, page, bundle, &ink, NULL, &canvas, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer saved = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&saved);
    struct kite_page_map *map;
    struct kite_setting setting;

    if (size < 2)
        return 0;
    kite_setting_init(&setting, (enum kite_profile)(data[0] % KITE_PROFILE_COUNT), (struct kite_panel_geometry){ 240, 320, 100 },
                      800 + data[0] / 16 * 200);
    if (!fonts)
        set_up(&setting);
    holds(kite_layout_set(layout, &setting, NULL) == KITE_OK);
    if (data[1] & 1) { /* a true map, some bytes of it changed */
        enum kite_status status;

        holds(kite_page_map_create(layout, 0, &map, NULL) == KITE_OK);
        while ((status = kite_page_map_step(map, NULL)) == KITE_OK && !(data[1] & 2))
            ;
        holds(kite_page_map_save(map, &sink) == KITE_OK);
        kite_page_map_destroy(map);
        for (size_t i = 2; i + 1 < size && saved.count > 0; i += 2)
            saved.bytes[data[i] % saved.count] ^= data[i + 1];
    } else {
        holds(kite_buffer_add(&saved, data + 2, size - 2) == KITE_OK);
    }
    if (kite_page_map_load(layout, 0, saved.bytes, saved.count, &map, NULL) == KITE_OK) {
        draw(map);
        for (int i = 0; i < 4 && kite_page_map_step(map, NULL) == KITE_OK; i++)
            ;
        draw(map);
        kite_page_map_destroy(map);
    }
    kite_buffer_close(&saved);
    return 0;
}
