/* Any bytes as Markdown or plain text: what packs comes back as text that packs to the same bytes.
 * The first byte chooses format and language; 0xff lets the importer see it all. */
#include "fuzz/packing.h"

static const char *const langs[] = { "en", "es", "fr", "de", "ar", "sv", "ht", "vi" };

static void pack_text(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_buffer file = { .mem = *mem };
    uint8_t choice = size > 0 ? data[0] : 0;
    size_t skipped = size > 0 && choice != 0xff;

    if (pack(choice & 8 ? "input.txt" : "input.md", data + skipped, size - skipped, kite_lang_from_text(langs[choice & 7]), &file) == KITE_OK)
        check_round_trip(&file);
    kite_buffer_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    with_memory_that_ends(data, size, pack_text);
    return 0;
}
