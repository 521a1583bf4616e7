/* The smallest use of libkite: open a bundle from memory, draw its first page into a buffer, write it as PGM.
 *
 *   cc first_page.c $(pkg-config --cflags --static --libs kite) -o first_page
 *   ./first_page BUNDLE FONTS > page.pgm
 */
#include <render/render.h>

#include <stdio.h>
#include <stdlib.h>

#define WIDTH 600
#define HEIGHT 800

static uint8_t *read_whole(const char *path, size_t *count)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;

    if (file && fseek(file, 0, SEEK_END) == 0) {
        *count = (size_t)ftell(file);
        bytes = malloc(*count + 1);
        rewind(file);
        if (bytes && fread(bytes, 1, *count, file) != *count)
            *count = 0;
    }
    if (file)
        fclose(file);
    return bytes;
}

/* On a device, fonts lie in flash and are lent from there; here they are read and kept. */
static enum kite_status load_font(void *ctx, const char *name, const uint8_t **bytes, size_t *count)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", (const char *)ctx, name);
    *bytes = read_whole(path, count);
    return *bytes ? KITE_OK : KITE_E_RANGE;
}

int main(int argc, char **argv)
{
    static uint8_t pixels[WIDTH * HEIGHT];
    struct kite_canvas canvas = { pixels, WIDTH, HEIGHT, WIDTH };
    struct kite_panel_geometry panel = { WIDTH, HEIGHT, 167 };
    struct kite_ink ink = { .levels = 16, .weight = 1 };
    struct kite_memory heap = kite_memory_heap();
    struct kite_span_bytes file = { 0 };
    struct kite_setting setting;
    struct kite_bundle *bundle = NULL;
    struct kite_fonts *fonts = NULL;
    struct kite_layout *layout = NULL;
    struct kite_renderer *renderer = NULL;
    const struct kite_page *page;
    struct kite_place start = { 0 };
    struct kite_fault fault = { "usage: first_page BUNDLE FONTS" };
    uint8_t *bytes = argc == 3 ? read_whole(argv[1], &file.count) : NULL;

    file.bytes = bytes;

    struct kite_source source = kite_source_memory(&file);
    struct kite_font_loader loader = { argc == 3 ? argv[2] : NULL, load_font };

    kite_setting_init(&setting, KITE_PROFILE_BOOK, panel, 0);

    int failed = !bytes || kite_bundle_open(&heap, &source, &bundle, &fault) ||
                 kite_fonts_create(&heap, &loader, &fonts, &fault) ||
                 kite_layout_create(&heap, bundle, fonts, &setting, &layout, &fault) ||
                 kite_renderer_create(&heap, fonts, 0, &renderer, &fault) ||
                 kite_layout_page_at(layout, start, KITE_PAGE_SOON, &page, &fault) ||
                 kite_render_page(renderer, page, bundle, &ink, NULL, &canvas, &fault);

    if (failed)
        fprintf(stderr, "%s\n", fault.text);
    else
        printf("P5\n%d %d\n255\n", WIDTH, HEIGHT), fwrite(pixels, 1, sizeof pixels, stdout);
    kite_renderer_destroy(renderer);
    kite_layout_destroy(layout);
    kite_fonts_destroy(fonts);
    kite_bundle_close(bundle);
    free(bytes);
    return failed;
}
