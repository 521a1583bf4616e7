/* The chunk of fonts, written. fonts.c reads it. */
#include "bundle/writer.h"

#include <string.h>

static bool is_same(const struct kite_span_bytes *font, const uint8_t *bytes, size_t count)
{
    return font->count == count && memcmp(font->bytes, bytes, count) == 0;
}

enum kite_status kite_writer_font(struct kite_writer *writer, const uint8_t *bytes, size_t count, struct kite_fault *fault)
{
    size_t all = 1 + KITE_FONTS_MAX * 5u + count;
    uint8_t *copy;

    for (uint32_t i = 0; i < writer->font_count; i++) {
        if (is_same(&writer->fonts[i], bytes, count))
            return KITE_OK;
        all += writer->fonts[i].count;
    }
    if (kite_font_check(bytes, count) != KITE_OK)
        return kite_fail(fault, KITE_E_FORMAT, "a font of that kind cannot be stored");
    if (writer->font_count == KITE_FONTS_MAX || all > KITE_FONTS_BYTES_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "a bundle holds at most %u fonts of %u KB together", KITE_FONTS_MAX, KITE_FONTS_BYTES_MAX >> 10);
    copy = kite_arena_alloc(&writer->arena, count, 1);
    if (!copy)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a font");
    memcpy(copy, bytes, count);
    writer->fonts[writer->font_count++] = (struct kite_span_bytes){ copy, count };
    return KITE_OK;
}

enum kite_status kite_fonts_write(const struct kite_writer *w, struct kite_buffer *out)
{
    struct kite_buffer plain = { .mem = w->mem };
    enum kite_status status = kite_buffer_add_u8(&plain, (uint8_t)w->font_count);

    for (uint32_t i = 0; i < w->font_count && status == KITE_OK; i++) {
        status = kite_buffer_add_varint(&plain, (uint32_t)w->fonts[i].count);
        status = status ? status : kite_buffer_add(&plain, w->fonts[i].bytes, w->fonts[i].count);
    }
    status = status ? status : kite_buffer_add_u32(out, (uint32_t)plain.count);
    status = status ? status : kite_deflate(plain.bytes, plain.count, w->options.zopfli_iterations, out);
    kite_buffer_close(&plain);
    return status;
}
