/* libFuzzer: any bytes as a bundle, its root hash put right first. Everything that a reader can ask is asked. */
#include "fuzz/bundles.h"

/* Make the root hash say what the bytes are. */
static void mend_root(uint8_t *file, size_t size)
{
    size_t offset = KITE_HEADER_BYTES, at;

    if (size < KITE_HEADER_BYTES + 3 * KITE_CHUNK_ENTRY_BYTES || file[KITE_HEADER_BYTES - 2] != 3)
        return;
    at = offset + 3 * KITE_CHUNK_ENTRY_BYTES;
    for (int i = 0; i < 3; i++, offset += KITE_CHUNK_ENTRY_BYTES) {
        uint32_t bytes = kite_get_u32(file + offset + 4);

        if (bytes > size - at)
            return;
        if (kite_get_u32(file + offset) == KITE_CHUNK_HASH && bytes >= KITE_ROOT_BYTES) {
            size_t root = at + bytes - KITE_ROOT_BYTES;

            crypto_generichash(file + root, KITE_ROOT_BYTES, file, root, NULL, 0);
            return;
        }
        at += bytes;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *file = malloc(size + 1);

    if (!file)
        return 0;
    memcpy(file, data, size);
    mend_root(file, size);
    with_memory_that_ends(file, size, read_all);
    free(file);
    return 0;
}
