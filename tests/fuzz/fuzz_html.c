/* Any bytes behind the start of an HTML file. What packs comes back as text that packs to the same bytes. */
#include "fuzz/packing.h"

static void pack_page(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_buffer page = { .mem = kite_memory_heap() }, file = { .mem = *mem };

    kite_buffer_add_text(&page, "<html>");
    kite_buffer_add(&page, data, size);
    if (pack("page.html", page.bytes, page.count, kite_lang_from_text("en"), &file) == KITE_OK)
        check_round_trip(&file);
    kite_buffer_close(&page);
    kite_buffer_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    with_memory_that_ends(data, size, pack_page);
    return 0;
}
