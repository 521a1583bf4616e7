/* RTF of any bytes, behind its start. What packs comes back as text that packs to the same bytes. */
#include "fuzz/packing.h"

static void pack_text(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_buffer text = { .mem = kite_memory_heap() }, file = { .mem = *mem };

    kite_buffer_add_text(&text, "{\\rtf1");
    kite_buffer_add(&text, data, size);
    if (pack("input", text.bytes, text.count, kite_lang_from_text("en"), &file) == KITE_OK)
        check_round_trip(&file);
    kite_buffer_close(&text);
    kite_buffer_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    with_memory_that_ends(data, size, pack_text);
    return 0;
}
