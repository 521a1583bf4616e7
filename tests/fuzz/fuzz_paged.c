/* Files of pages, of any bytes: PDF, and what else MuPDF opens, through it and all that makes a text of what it finds. MuPDF's own memory is
 * bounded as in the sandbox, where it runs on a device. What packs must be a bundle that verifies. */
#include "fuzz/packing.h"

static void pack_pages(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_buffer file = { .mem = *mem };

    if (pack("input", data, size, kite_lang_from_text("en"), &file) == KITE_OK) {
        struct kite_memory heap = kite_memory_heap();
        struct kite_span_bytes span = { file.bytes, file.count };
        struct kite_source source = kite_source_memory(&span);
        struct kite_bundle *bundle;

        HOLDS(kite_bundle_open(&heap, &source, &bundle, NULL) == KITE_OK && kite_bundle_verify(bundle, NULL, NULL) == KITE_OK);
        kite_bundle_close(bundle);
    }
    kite_buffer_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    with_memory_that_ends(data, size, pack_pages);
    return 0;
}
