/* The files in an EPUB, and the EPUB itself. Text "== NAME" on a line of its own begins a file of that name: changes reach what reads
 * the files instead of ending at a checksum. What does not begin so is taken for the whole container. */
#include "fuzz/packing.h"
#include "press/zip.h"

static const char mark[] = "== ";

static const uint8_t *next_mark(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 4; at++) {
        if (at[0] == '\n' && memcmp(at + 1, mark, 3) == 0)
            return at + 1;
    }
    return end;
}

static void add_files(struct zip *zip, const uint8_t *at, const uint8_t *end)
{
    while (at < end) {
        const uint8_t *stop = next_mark(at, end), *line = memchr(at, '\n', (size_t)(stop - at));
        char name[64];
        size_t bytes = line ? (size_t)(line - at) - 3 : 0;

        if (line && bytes < sizeof name) {
            memcpy(name, at + 3, bytes);
            name[bytes] = '\0';
            zip_add_as(zip, name, line + 1, (size_t)(stop - line) - 1, 0, (uint32_t)(stop - line) - 1);
        }
        at = stop;
    }
}

static void pack_book(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_buffer file = { .mem = *mem };

    if (pack("book.epub", data, size, 0, &file) == KITE_OK)
        check_round_trip(&file);
    kite_buffer_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zip zip;

    zip_begin(&zip);
    if (size > 3 && memcmp(data, mark, 3) == 0)
        add_files(&zip, data, data + size);
    else
        kite_buffer_add(&zip.file, data, size);
    zip_end(&zip);
    with_memory_that_ends(zip.file.bytes, zip.file.count, pack_book);
    kite_buffer_close(&zip.file);
    return 0;
}
