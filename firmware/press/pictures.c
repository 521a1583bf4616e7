/* Pictures of a draft: fetched or taken from a data URI, decoded, given to the writer. */
#include "press/pictures.h"

#include "press/drawing.h"
#include "press/pdf.h"
#include "press/raster.h"

#include <string.h>
#include <zlib.h>

#define DEFAULT_WIDTH_PX 1072
#define DEFAULT_HEIGHT_PX 1448
#define PICTURE_PPI 96  /* of one that does not say, as MuPDF takes it */
#define DRAWING_PPI 300

static const char uri_start[] = "data:image/";
static const char base64_mark[] = ";base64,";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- data URIs -------------------------------------------------------------------------------------- */

bool kite_is_data_uri(const char *reference)
{
    return strncmp(reference, "data:", 5) == 0;
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* "data:image/svg+xml,%3Csvg ..." */
static enum kite_status add_percented(const char *at, struct kite_buffer *out)
{
    enum kite_status status = KITE_OK;

    for (; *at && status == KITE_OK; at++) {
        int high = at[0] == '%' ? digit_of(at[1]) : -1, low = high >= 0 ? digit_of(at[2]) : -1;

        status = kite_buffer_add_u8(out, low >= 0 ? (uint8_t)((unsigned)high << 4 | (unsigned)low) : (uint8_t)*at);
        at += low >= 0 ? 2 : 0;
    }
    return status;
}

/* A picture or a font: these go by several names. */
static bool is_taken(const char *reference)
{
    static const char *const starts[] = { uri_start, "data:font/", "data:application/" };

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (strncmp(reference, starts[i], strlen(starts[i])) == 0)
            return true;
    }
    return false;
}

enum kite_status kite_data_uri_bytes(const char *reference, struct kite_buffer *out)
{
    const char *comma = is_taken(reference) ? strchr(reference, ',') : NULL, *at = comma ? strstr(reference, base64_mark) : NULL;
    uint32_t bits = 0, held = 0;

    if (comma && (!at || at > comma))
        return add_percented(comma + 1, out);
    if (!at)
        return KITE_E_FORMAT;
    for (at += sizeof base64_mark - 1; *at && *at != '='; at++) {
        const char *digit = strchr(base64_digits, *at);

        if (!digit)
            return KITE_E_FORMAT;
        bits = (bits << 6 | (uint32_t)(digit - base64_digits)) & 0xffffff;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (kite_buffer_add_u8(out, (uint8_t)(bits >> held)) != KITE_OK)
            return KITE_E_NOMEM;
    }
    return KITE_OK;
}

static enum kite_status add_base64(struct kite_buffer *out, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i += 3) {
        size_t left = count - i;
        uint32_t bits = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                        (left > 2 ? bytes[i + 2] : 0);
        char four[4] = { base64_digits[bits >> 18], base64_digits[bits >> 12 & 63],
                         left > 1 ? base64_digits[bits >> 6 & 63] : '=', left > 2 ? base64_digits[bits & 63] : '=' };
        enum kite_status status = kite_buffer_add(out, four, sizeof four);

        if (status)
            return status;
    }
    return KITE_OK;
}

/* ---- PNG -------------------------------------------------------------------------------------------- */

#define PNG_HEAD_BYTES 8u
#define CHUNK_FRAME_BYTES 12u /* size, type, checksum */

/* By its letters: ancillary, private, not to be copied by a program that changes the picture. */
static const char coded_chunk[] = "kiTE";

static uint32_t get_u32_be(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* What kite_picture_to_uri put into a PNG beside its pixels; *count is 0 when there is nothing. */
static const uint8_t *find_coded(const uint8_t *bytes, size_t count, size_t *coded_bytes)
{
    size_t at = PNG_HEAD_BYTES;

    *coded_bytes = 0;
    if (kite_raster_kind(bytes, count) != KITE_RASTER_PNG)
        return NULL;
    while (count - at >= CHUNK_FRAME_BYTES) {
        size_t size = get_u32_be(bytes + at);

        if (size > count - at - CHUNK_FRAME_BYTES)
            return NULL;
        if (memcmp(bytes + at + 4, coded_chunk, 4) == 0) {
            *coded_bytes = size;
            return bytes + at + 8;
        }
        at += size + CHUNK_FRAME_BYTES;
    }
    return NULL;
}

static void put_u32_be(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static enum kite_status add_chunk(struct kite_buffer *png, const char *type, const uint8_t *bytes, size_t count)
{
    uint8_t size[4], check[4];
    uLong crc = crc32(crc32(0, (const Bytef *)type, 4), bytes, (uInt)count);
    enum kite_status status;

    put_u32_be(size, (uint32_t)count);
    put_u32_be(check, (uint32_t)crc);
    status = kite_buffer_add(png, size, 4);
    status = status ? status : kite_buffer_add(png, type, 4);
    status = status || count == 0 ? status : kite_buffer_add(png, bytes, count);
    return status ? status : kite_buffer_add(png, check, 4);
}

static voidpf zlib_alloc(voidpf mem, uInt count, uInt each)
{
    return kite_resize(mem, NULL, count, each);
}

static void zlib_free(voidpf mem, voidpf block)
{
    kite_free(mem, block);
}

/* Rows with filter 0 each, deflated. */
static enum kite_status deflate_rows(const struct kite_memory *mem, uint32_t width_px, uint32_t height_px,
                                     const uint8_t *gray, struct kite_buffer *out)
{
    struct kite_memory copy = *mem;
    z_stream z = { .zalloc = zlib_alloc, .zfree = zlib_free, .opaque = &copy };
    uint8_t filter = 0, part[4096];
    int result = Z_OK;
    enum kite_status status = KITE_OK;

    if (deflateInit(&z, 9) != Z_OK)
        return KITE_E_NOMEM;
    for (uint64_t step = 0; status == KITE_OK && result != Z_STREAM_END; step++) {
        bool is_over = step / 2 >= height_px;
        const uint8_t *row = is_over ? &filter : gray + (size_t)(step / 2) * width_px;

        z.next_in = (Bytef *)(uintptr_t)(step % 2 == 0 ? &filter : row);
        z.avail_in = is_over ? 0 : step % 2 == 0 ? 1 : width_px;
        do {
            z.next_out = part;
            z.avail_out = sizeof part;
            result = deflate(&z, is_over ? Z_FINISH : Z_NO_FLUSH);
            status = kite_buffer_add(out, part, sizeof part - z.avail_out);
        } while (status == KITE_OK && z.avail_out == 0);
    }
    deflateEnd(&z);
    return status;
}

enum kite_status kite_bytes_to_uri(const char *mime, const uint8_t *bytes, size_t count, struct kite_buffer *out)
{
    enum kite_status status = kite_buffer_add_text(out, "data:");

    status = status ? status : kite_buffer_add_text(out, mime);
    status = status ? status : kite_buffer_add_text(out, base64_mark);
    return status ? status : add_base64(out, bytes, count);
}

enum kite_status kite_picture_to_uri(const struct kite_memory *mem, const struct kite_gray_picture *picture,
                                     struct kite_buffer *out)
{
    struct kite_buffer png = { .mem = *mem }, rows = { .mem = *mem };
    uint8_t head[13] = { [8] = 8 }; /* 8 bits of gray */
    enum kite_status status = deflate_rows(mem, picture->width_px, picture->height_px, picture->gray, &rows);

    put_u32_be(head, picture->width_px);
    put_u32_be(head + 4, picture->height_px);
    status = status ? status : kite_buffer_add(&png, "\x89PNG\r\n\x1a\n", 8);
    status = status ? status : add_chunk(&png, "IHDR", head, sizeof head);
    status = status ? status : add_chunk(&png, "IDAT", rows.bytes, rows.count);
    if (status == KITE_OK && picture->coded_bytes > 0)
        status = add_chunk(&png, coded_chunk, picture->coded, picture->coded_bytes);
    status = status ? status : add_chunk(&png, "IEND", NULL, 0);
    status = status ? status : kite_bytes_to_uri("image/png", png.bytes, png.count, out);
    kite_buffer_close(&rows);
    kite_buffer_close(&png);
    return status;
}

/* ---- references ------------------------------------------------------------------------------------- */

/* Of a reference, for messages. */
static int shown(const char *reference)
{
    return kite_shown_bytes(reference, strlen(reference), 40);
}

/* By MuPDF: drawings, and pictures that are neither PNG nor JPEG. A picture has no more pixels than it came with; a drawing, which has none,
 * as many as its size asks for on a panel of DRAWING_PPI. */
static enum kite_status draw(struct kite_draft *draft, const char *mime, const uint8_t *bytes, size_t count, struct kite_raster_limit limit,
                             struct kite_raster *out, struct kite_fault *why)
{
    static const struct kite_mupdf_view whole = { .turn_cdeg = 0 };
    int32_t ppi = strcmp(mime, "image/svg+xml") == 0 ? DRAWING_PPI : PICTURE_PPI;
    struct kite_mupdf *document;
    struct kite_pdf_box box;
    enum kite_status status = kite_mupdf_open(&draft->mem, mime, bytes, count, &document, why);

    if (status)
        return status;
    status = kite_mupdf_page_count(document) > 0 ? kite_mupdf_page_box(document, 0, &box, why) : kite_fail(why, KITE_E_FORMAT, "it is empty");
    if (status == KITE_OK) {
        int64_t width = (int64_t)(box.right - box.left) * ppi / 7200, height = (int64_t)(box.bottom - box.top) * ppi / 7200;

        limit.width_px = width < 1 ? 1 : width < (int64_t)limit.width_px ? (uint32_t)width : limit.width_px;
        limit.height_px = height < 1 ? 1 : height < (int64_t)limit.height_px ? (uint32_t)height : limit.height_px;
        status = kite_mupdf_draw(document, 0, &whole, limit, out, why);
    }
    kite_mupdf_close(document);
    return status;
}

/* A drawing is made plain first. */
static enum kite_status draw_svg(struct kite_draft *draft, const uint8_t *bytes, size_t count, struct kite_raster_limit limit, struct kite_raster *out,
                                 struct kite_fault *why)
{
    struct kite_buffer plain = { .mem = draft->mem };
    struct kite_tree tree;
    enum kite_status status = kite_tree_xml(&draft->mem, (const char *)bytes, count, &tree, why);
    const struct kite_node *svg = status == KITE_OK ? kite_node_find(tree.root, "svg") : NULL;

    if (status == KITE_OK)
        status = svg ? kite_drawing_write(svg, NULL, &plain) : kite_fail(why, KITE_E_FORMAT, "there is no drawing in it");
    if (status == KITE_E_LIMIT)
        kite_fail(why, status, "it has too many shapes");
    kite_tree_close(&tree);
    status = status ? status : draw(draft, "image/svg+xml", plain.bytes, plain.count, limit, out, why);
    kite_buffer_close(&plain);
    return status;
}

/* What it is, in words. */
static const char *kind_not_read(const uint8_t *bytes, size_t count)
{
    static const struct {
        size_t at;
        const char *mark, *words;
    } rows[] = {
        { 4, "ftypavif", "it is an AVIF picture; save it as PNG or JPEG" },
        { 4, "ftyphei", "it is a HEIC picture; save it as JPEG" },
        { 4, "ftypmif1", "it is a HEIC picture; save it as JPEG" },
        { 40, " EMF", "it is a Windows drawing (EMF); save it as PNG" },
        { 0, "\xd7\xcd\xc6\x9a", "it is a Windows drawing (WMF); save it as PNG" },
        { 0, "8BPS", "it is a Photoshop picture; save it as PNG or JPEG" },
        { 0, "%!PS", "it is PostScript; save it as PNG" },
        { 0, "\x1f\x8b", "it is a packed drawing (SVGZ, EMZ); save it as PNG" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t mark_bytes = strlen(rows[i].mark);

        if (count >= rows[i].at + mark_bytes && memcmp(bytes + rows[i].at, rows[i].mark, mark_bytes) == 0)
            return rows[i].words;
    }
    return "it is no picture of a kind that is read here; save it as PNG or JPEG";
}

static enum kite_status decode(struct kite_draft *draft, const uint8_t *bytes, size_t count, struct kite_raster_limit limit, struct kite_raster *out,
                               struct kite_fault *why)
{
    const struct kite_press_input input = { .bytes = bytes, .byte_count = count };

    if (kite_raster_kind(bytes, count) != KITE_RASTER_UNKNOWN)
        return kite_raster_decode(&draft->mem, bytes, count, limit, out, why);
    if (kite_drawing_is_one(bytes, count))
        return draw_svg(draft, bytes, count, limit, out, why);
    if (kite_is_photo(&input))
        return draw(draft, kite_paged_mime(&input), bytes, count, limit, out, why);
    return kite_fail(why, KITE_E_UNSUPPORTED, "%s", kind_not_read(bytes, count));
}

/* Decode and store. KITE_DONE: not a picture that can be shown. */
static enum kite_status store(struct kite_draft *draft, const char *reference, uint32_t line, const uint8_t *bytes,
                              size_t count, uint32_t *index)
{
    const struct kite_press_options *o = draft->options;
    struct kite_raster_limit limit = {
        o && o->picture_width_px > 0 ? (uint32_t)o->picture_width_px : DEFAULT_WIDTH_PX,
        o && o->picture_height_px > 0 ? (uint32_t)o->picture_height_px : DEFAULT_HEIGHT_PX,
    };
    struct kite_raster raster = { 0 };
    struct kite_fault why = { "" };
    const uint8_t *coded;
    size_t coded_bytes;
    enum kite_status status;

    if (limit.width_px > KITE_PICTURE_SIDE_MAX)
        limit.width_px = KITE_PICTURE_SIDE_MAX;
    if (limit.height_px > KITE_PICTURE_SIDE_MAX)
        limit.height_px = KITE_PICTURE_SIDE_MAX;
    status = decode(draft, bytes, count, limit, &raster, &why);
    if (status == KITE_E_NOMEM)
        return kite_fail(draft->fault, status, "no memory for the picture %.*s", shown(reference), reference);
    if (status) {
        kite_draft_note(draft, KITE_PRESS_WARNING, line, "the picture %.*s is left out: %s", shown(reference),
                        reference, why.text);
        return KITE_DONE;
    }
    coded = find_coded(bytes, count, &coded_bytes);
    status = kite_writer_picture_coded(draft->writer, raster.width_px, raster.height_px, raster.gray, coded,
                                       coded_bytes, index, draft->fault);
    kite_raster_close(&raster);
    return status;
}

static enum kite_status fetch_and_store(struct kite_draft *draft, const char *reference, uint32_t line,
                                        uint32_t *index)
{
    const struct kite_press_input *input = draft->input;
    uint8_t *bytes = NULL;
    size_t count = 0;
    enum kite_status status;

    if (kite_is_data_uri(reference)) {
        struct kite_buffer data = { .mem = draft->mem };

        status = kite_data_uri_bytes(reference, &data);
        if (status == KITE_OK)
            status = store(draft, reference, line, data.bytes, data.count, index);
        kite_buffer_close(&data);
    } else if (reference[0] == '<') {
        status = store(draft, "of a drawing", line, (const uint8_t *)reference, strlen(reference), index);
    } else {
        status = input->fetch ? input->fetch(input->ctx, reference, &bytes, &count) : KITE_E_IO;
        if (status == KITE_OK)
            status = store(draft, reference, line, bytes, count, index);
        kite_free(&draft->mem, bytes);
    }
    if (status == KITE_OK || status == KITE_DONE || status == KITE_E_NOMEM || status == KITE_E_LIMIT)
        return status;
    kite_draft_note(draft, KITE_PRESS_WARNING, line, "the picture %.*s cannot be had: %s", shown(reference),
                    reference, kite_status_text(status));
    return KITE_DONE;
}

enum kite_status kite_draft_picture(struct kite_draft *draft, const char *reference, uint32_t line, uint32_t *index)
{
    void *indices = draft->picture_index;
    uint32_t number;
    bool is_new;
    enum kite_status status = kite_names_add(&draft->pictures, &draft->arena, reference, strlen(reference), &number,
                                             &is_new);

    status = status ? status : kite_grow(&draft->mem, &indices, &draft->picture_capacity, draft->pictures.count,
                                         sizeof *draft->picture_index);
    draft->picture_index = indices;
    if (status)
        return kite_fail(draft->fault, status, "no memory for a picture");
    if (is_new) {
        draft->picture_index[number] = UINT32_MAX;
        status = fetch_and_store(draft, reference, line, &draft->picture_index[number]);
        if (status != KITE_OK && status != KITE_DONE)
            return status;
    }
    *index = draft->picture_index[number];
    return *index == UINT32_MAX ? KITE_DONE : KITE_OK;
}
