/* Update files: any bytes are read or refused, and what is read keeps to its bounds. */
#include "boot/boot.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
    /* The header is mostly zero bytes: a fuzzer should not have to find 4,096 of them. */
    uint8_t *file = calloc(1, KITE_RELEASE_HEADER_BYTES + count);
    struct kite_span_bytes span = { file, KITE_RELEASE_HEADER_BYTES + count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_release release;

    if (!file)
        return 0;
    memcpy(file, data, count < KITE_RELEASE_HEADER_BYTES ? count : KITE_RELEASE_HEADER_BYTES);
    if (kite_release_read(&source, &release, NULL) == KITE_OK &&
        (release.image_bytes > count || strlen(release.version) == 0 || strlen(release.board) == 0))
        abort();
    free(file);
    return 0;
}
