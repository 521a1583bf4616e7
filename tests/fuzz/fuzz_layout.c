/* libFuzzer: any text, any setting: broken into lines and placed. The first bytes choose the setting.
 * Fonts come from build/fonts or KITE_FONTS. */
#include "fuzz/font_files.h"
#include "fuzz/fuzz.h"

static struct kite_setter *setter;

static void set_up(void)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_fonts *fonts;
    struct kite_fault fault;

    if (kite_fonts_create(&heap, &font_files, &fonts, &fault) != KITE_OK ||
        kite_setter_create(&heap, fonts, 64 * 1024, &setter, &fault) != KITE_OK) {
        fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
}

/* Valid text out of any bytes: what is ill-formed becomes U+FFFD. */
static size_t make_valid(const uint8_t *data, size_t size, char *out)
{
    size_t count = 0, length;

    for (size_t i = 0; i < size; i += length) {
        uint32_t c = kite_utf8_decode((const char *)data + i, size - i, &length);

        count += kite_utf8_encode(c ? c : ' ', out + count);
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const kite_lang langs[] = { KITE_LANG2('e', 'n'), KITE_LANG2('e', 's'), KITE_LANG2('f', 'r'), KITE_LANG2('a', 'r') };
    static char text[3 * 4096 + 4];
    struct kite_memory heap = kite_memory_heap();
    struct kite_arena arena;
    struct kite_broken broken;
    struct kite_placed placed = { 0 };

    if (!setter)
        set_up();
    if (size < 4 || size > 4096)
        return 0;

    struct kite_span spans[2] = { { .lang = langs[data[0] & 3] }, { .lang = langs[data[0] & 3], .styles = data[3] & KITE_STYLE_ALL } };
    struct kite_text t = { .text = text, .spans = spans, .span_count = 1 };
    struct kite_text_style style = {
        .family = (enum kite_family)(data[0] >> 2 & 3), .size_f26 = kite_f26_from_px(8 + data[1]),
        .measure_f26 = kite_f26_from_px(20 + data[2] * 4), .align = data[0] & 16 ? KITE_ALIGN_RAGGED : KITE_ALIGN_JUSTIFIED,
        .hyphenate = (data[0] & 32) != 0, .is_balanced = (data[0] & 64) != 0, .is_rtl = (data[0] & 128) != 0,
        .wish = { .lines_delta = (int8_t)(data[3] >> 7), .whole = { (uint16_t)(data[3] >> 4 & 3) } },
        .keeps_spaces = (data[1] & 128) != 0,
    };

    t.text_bytes = make_valid(data + 4, size - 4, text);
    if (t.text_bytes > 3 && ((uint8_t)text[3] & 0xc0) != 0x80) {
        spans[1].offset_bytes = 3;
        t.span_count = 2;
    }
    kite_arena_init(&arena, heap, 0);
    if (kite_setter_break(setter, &t, &style, &arena, &broken) == KITE_OK) {
        uint32_t end = 0;

        for (size_t i = 0; i < broken.line_count; i++) {
            kite_f26 drawn;

            if (broken.lines[i].start_bytes < end || broken.lines[i].end_bytes < broken.lines[i].start_bytes)
                abort(); /* lines follow one another */
            end = broken.lines[i].end_bytes;
            if (kite_setter_place(setter, &broken, i, 0, 0, &arena, &placed, &drawn) != KITE_OK)
                break;
        }
        if (end != t.text_bytes)
            abort(); /* and hold all of the text */
    }
    kite_arena_close(&arena);
    return 0;
}
