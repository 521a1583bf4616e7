/* libFuzzer: any index. The input is META as it inflates, the hashes and the data; the file around them is right, so
 * that what is changed reaches the parser of the index. */
#include "fuzz/bundles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kite_buffer file = { .mem = kite_memory_heap() };

    if (size < 8)
        return 0;

    uint32_t meta = kite_get_u32(data), hashes = kite_get_u32(data + 4);

    data += 8;
    size -= 8;
    if (meta > size || hashes > size - meta)
        return 0;
    wrap(data, meta, data + meta, hashes, data + meta + hashes, size - meta - hashes, &file);
    with_memory_that_ends(file.bytes, file.count, read_all);
    kite_buffer_close(&file);
    return 0;
}
