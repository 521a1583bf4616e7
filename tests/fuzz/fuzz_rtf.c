/* libFuzzer target: RTF. The bundle must verify, and its text as Markdown must lead to the same bytes. The first byte chooses an allocation that
 * fails, when it is not zero: then packing fails, or gives the same as without. */
#include "check.h"
#include "fuzz/packing.h"

static void pack_failing(const uint8_t *bytes, size_t count, uint64_t fail_at)
{
    struct check_memory counted = { .fail_at = fail_at };
    struct kite_memory mem = check_memory(&counted);
    struct kite_press_input input = { .name = "input", .bytes = bytes, .byte_count = count };
    struct kite_press_options options = { .lang = kite_lang_from_text("en"), .zopfli_iterations = -1 };
    struct kite_buffer file = { .mem = kite_memory_heap() };
    struct kite_sink sink = kite_sink_buffer(&file);

    kite_press_pack(&mem, &input, 1, &options, NULL, NULL, &sink, NULL);
    if (counted.blocks != 0)
        abort();
    kite_buffer_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kite_buffer text = { .mem = kite_memory_heap() }, file = { .mem = kite_memory_heap() };

    if (size == 0)
        return 0;
    if (kite_buffer_add_text(&text, "{\\rtf1") == KITE_OK && kite_buffer_add(&text, data + 1, size - 1) == KITE_OK) {
        if (data[0] != 0)
            pack_failing(text.bytes, text.count, data[0] * 3u);
        else if (pack("input", text.bytes, text.count, kite_lang_from_text("en"), &file) == KITE_OK)
            check_round_trip(&file);
    }
    kite_buffer_close(&text);
    kite_buffer_close(&file);
    return 0;
}
