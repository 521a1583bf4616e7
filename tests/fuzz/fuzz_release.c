/* Update files: any bytes are read or refused, and what is read keeps to its bounds. */
#include "boot/boot.h"
#include "fuzz/fuzz.h"

/* Nobody's key, though it may have the number that the file names. */
static void check(const struct kite_source *source, const struct kite_release *release)
{
    struct kite_public_key keys[2] = { { .name = "" }, { .name = "" } };
    size_t by;

    memcpy(keys[1].id, release->proof.signature.id, sizeof keys[1].id);
    HOLDS(kite_release_signer(release, keys, 2, &by, NULL) != KITE_OK);
    (void)kite_release_check(source, release, NULL);
    HOLDS(kite_release_compare(release->version, release->version) == 0);
    HOLDS((kite_release_compare(release->version, release->board) < 0) == (kite_release_compare(release->board, release->version) > 0));
}

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
    if (kite_release_read(&source, &release, NULL) == KITE_OK) {
        HOLDS(release.image_bytes <= count && release.version[0] && release.board[0]);
        check(&source, &release);
    }
    free(file);
    return 0;
}
