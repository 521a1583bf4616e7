/* What the fuzz targets of the press share: packing, and the way back, which must lead to the same bytes. */
#ifndef KITE_TESTS_FUZZ_PACKING_H
#define KITE_TESTS_FUZZ_PACKING_H

#include "fuzz/fuzz.h"
#include "press/press.h"

/* file->mem is the memory that it is packed with. */
static inline enum kite_status pack(const char *name, const uint8_t *bytes, size_t count, kite_lang lang, struct kite_buffer *file)
{
    struct kite_press_input input = { .name = name, .bytes = bytes, .byte_count = count };
    struct kite_press_options options = { .lang = lang, .zopfli_iterations = -1 };
    struct kite_sink sink = kite_sink_buffer(file);

    return kite_press_pack(&file->mem, &input, 1, &options, NULL, NULL, &sink, NULL);
}

static inline void check_round_trip(const struct kite_buffer *file)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer text = { .mem = heap }, again = { .mem = heap };
    struct kite_span_bytes span = { file->bytes, file->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_sink sink = kite_sink_buffer(&text);
    struct kite_bundle *bundle;

    HOLDS(kite_bundle_open(&heap, &source, &bundle, NULL) == KITE_OK && kite_press_text(&heap, bundle, 0, &sink, NULL) == KITE_OK);
    HOLDS(pack("again.md", text.bytes, text.count, 0, &again) == KITE_OK);
    HOLDS(again.count == file->count && memcmp(again.bytes, file->bytes, file->count) == 0);
    kite_bundle_close(bundle);
    kite_buffer_close(&text);
    kite_buffer_close(&again);
}

#endif
