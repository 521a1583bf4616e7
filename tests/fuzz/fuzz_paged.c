/* Files of pages, of any bytes: PDF, and what else MuPDF opens, through it and all that makes a text of what it finds, for a small panel, as
 * drawing takes longest. What packs must be a bundle that verifies. Memory does not end here: FreeType 2.12 reads where nothing is when it does so
 * amid the instructions of a TrueType font, which in its sandbox costs the document and no more. */
#include "fuzz/fuzz.h"
#include "press/press.h"

static enum kite_status pack(const uint8_t *bytes, size_t count, struct kite_buffer *file)
{
    struct kite_press_input input = { .name = "input", .bytes = bytes, .byte_count = count };
    struct kite_press_options options = { .lang = kite_lang_from_text("en"), .picture_width_px = 120, .picture_height_px = 160, .zopfli_iterations = -1 };
    struct kite_sink sink = kite_sink_buffer(file);

    return kite_press_pack(&file->mem, &input, 1, &options, NULL, NULL, &sink, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap };

    if (pack(data, size, &file) == KITE_OK) {
        struct kite_span_bytes span = { file.bytes, file.count };
        struct kite_source source = kite_source_memory(&span);
        struct kite_bundle *bundle;

        HOLDS(kite_bundle_open(&heap, &source, &bundle, NULL) == KITE_OK && kite_bundle_verify(bundle, NULL, NULL) == KITE_OK);
        kite_bundle_close(bundle);
    }
    kite_buffer_close(&file);
    return 0;
}
