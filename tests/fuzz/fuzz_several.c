/* Several files that become one bundle: texts, pictures of their pages, links from one to another. Text "== NAME" on a line of its own begins a
 * file of that name; of a line "@" a picture is made. What packs must be a bundle that verifies. */
#include "fuzz/fuzz.h"
#include "press/press.h"

#define FILES_MAX 8u
#define MARK "== "

/* One pixel, gray. */
static const uint8_t picture[] = { 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01,
                                   0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41,
                                   0x54, 0x78, 0xda, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0xda, 0x45, 0x08, 0x3b, 0x00, 0x00, 0x00, 0x00, 0x49,
                                   0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82 };

struct files {
    struct kite_press_input inputs[FILES_MAX];
    char names[FILES_MAX][64];
    size_t count;
};

static enum kite_status fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    const struct kite_memory *mem = ctx;

    if (strlen(reference) > 12)
        return KITE_E_RANGE;
    *bytes = kite_alloc(mem, sizeof picture, 1);
    if (!*bytes)
        return KITE_E_NOMEM;
    memcpy(*bytes, picture, sizeof picture);
    *count = sizeof picture;
    return KITE_OK;
}

static const uint8_t *next_mark(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 4; at++)
        if (at[0] == '\n' && memcmp(at + 1, MARK, 3) == 0)
            return at + 1;
    return end;
}

static void fill(const struct kite_memory *mem, struct files *files, const uint8_t *at, const uint8_t *end)
{
    while (at < end && files->count < FILES_MAX) {
        const uint8_t *stop = next_mark(at, end), *line = memchr(at, '\n', (size_t)(stop - at));
        size_t bytes = line && line - at > 3 ? (size_t)(line - at) - 3 : 0;
        struct kite_press_input *input = &files->inputs[files->count];

        if (bytes > 0 && bytes < sizeof files->names[0]) {
            bool is_picture = stop - line > 1 && line[1] == '@';

            memcpy(files->names[files->count], at + 3, bytes);
            *input = (struct kite_press_input){ .name = files->names[files->count], .bytes = is_picture ? picture : line + 1,
                                                .byte_count = is_picture ? sizeof picture : (size_t)(stop - line) - 1,
                                                .ctx = (void *)(uintptr_t)mem, .fetch = fetch };
            files->count++;
        }
        at = stop;
    }
}

static void check(const struct kite_buffer *file)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_span_bytes span = { file->bytes, file->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;

    HOLDS(kite_bundle_open(&heap, &source, &bundle, NULL) == KITE_OK && kite_bundle_verify(bundle, NULL, NULL) == KITE_OK);
    kite_bundle_close(bundle);
}

static void pack_files(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct files files = { .count = 0 };
    struct kite_press_options options = { .lang = kite_lang_from_text("en"), .picture_width_px = 40, .picture_height_px = 60, .zopfli_iterations = -1 };
    struct kite_buffer file = { .mem = *mem };
    struct kite_sink sink = kite_sink_buffer(&file);

    fill(mem, &files, data, data + size);
    if (files.count > 0 && kite_press_pack(mem, files.inputs, files.count, &options, NULL, NULL, &sink, NULL) == KITE_OK)
        check(&file);
    kite_buffer_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    with_memory_that_ends(data, size, pack_files);
    return 0;
}
