/* A picture in the form in which it is coded, on its way out of one bundle and into another: varints
 *
 *     1, width, height, codec, quality, filter, blocks, and of each block its rows and bytes
 *
 * and then the blocks as they inflate. Not a part of the format of bundles. */
#include "bundle/picture_codec.h"
#include "bundle/reader.h"

#include <string.h>

#define CODED_FORM 1u

/* ---- out of a bundle --------------------------------------------------------------------------- */

static enum kite_status add_head(struct kite_bundle *bundle, const struct kite_table_record *p, uint32_t first,
                                 struct kite_buffer *out, struct kite_fault *fault)
{
    const uint32_t head[] = { CODED_FORM,      p->info.width_px, p->info.height_px, (uint32_t)p->info.codec,
                              p->info.quality, p->info.filter,   p->count };
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < sizeof head / sizeof *head && status == KITE_OK; i++)
        status = kite_buffer_add_varint(out, head[i]);
    for (uint32_t i = 0; i < p->count && status == KITE_OK; i++) {
        struct kite_stored_block b;
        enum kite_status found = kite_block_at(bundle, first + i, &b, fault);

        if (found)
            return found;
        status = kite_buffer_add_varint(out, b.count);
        status = status ? status : kite_buffer_add_varint(out, b.bytes);
    }
    return status ? kite_fail(fault, status, "no memory for a picture") : KITE_OK;
}

static enum kite_status add_block(struct kite_bundle *bundle, uint32_t index, struct kite_buffer *out,
                                  struct kite_fault *fault)
{
    struct kite_stored_block b;
    enum kite_status status = kite_block_at(bundle, index, &b, fault);

    if (status)
        return status;
    status = kite_room_for(&bundle->mem, &bundle->inflated, b.bytes);
    if (status == KITE_OK) {
        status = kite_block_read(bundle, index, &b, bundle->inflated.bytes, fault);
        if (status)
            return status;
        status = kite_buffer_add(out, bundle->inflated.bytes, b.bytes);
    }
    return status ? kite_fail(fault, status, "no memory for a picture") : KITE_OK;
}

enum kite_status kite_bundle_picture_coded(struct kite_bundle *bundle, uint32_t picture, struct kite_buffer *out,
                                           struct kite_fault *fault)
{
    struct kite_table_record p;

    if (picture >= bundle->picture_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no picture %u", (unsigned)picture + 1);

    enum kite_status status = kite_record_at(bundle, KITE_TABLE_PICTURES, picture, &p, fault);
    uint32_t first = bundle->lexicon_blocks + bundle->text_blocks + (status ? 0 : p.key);

    if (status == KITE_OK)
        status = add_head(bundle, &p, first, out, fault);
    for (uint32_t i = 0; status == KITE_OK && i < p.count; i++)
        status = add_block(bundle, first + i, out, fault);
    return status;
}

/* ---- into another ------------------------------------------------------------------------------ */

struct comparison {
    const uint8_t *gray;
    uint32_t width_px;
};

static enum kite_status compare_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    const struct comparison *c = ctx;

    return memcmp(gray, c->gray + (size_t)y * c->width_px, (size_t)rows * c->width_px) == 0 ? KITE_OK : KITE_DONE;
}

/* Fill in info and blocks; blocks point into what follows the head. KITE_DONE: it is no such head. */
static enum kite_status take_head(struct kite_bytes *in, struct kite_picture *out)
{
    bool is_known = kite_take_varint(in) == CODED_FORM;
    uint32_t row = 0, offset = 0, count;

    out->info.width_px = kite_take_varint(in);
    out->info.height_px = kite_take_varint(in);
    out->info.codec = (enum kite_picture_codec)kite_take_varint(in);
    out->info.quality = (uint8_t)kite_take_varint(in);
    out->info.filter = (uint8_t)kite_take_varint(in);
    count = kite_take_varint(in);
    if (in->failed || !is_known || kite_picture_check_info(&out->info, NULL) || count == 0 ||
        count > out->info.height_px)
        return KITE_DONE;
    out->blocks = kite_alloc(&out->mem, count, sizeof *out->blocks);
    if (!out->blocks)
        return KITE_E_NOMEM;
    for (out->block_count = 0; out->block_count < count; out->block_count++) {
        uint32_t rows = kite_take_varint(in), bytes = kite_take_varint(in);

        if (in->failed || rows == 0 || rows > out->info.height_px - row || bytes == 0 ||
            bytes > KITE_PICTURE_BLOCK_BYTES_MAX ||
            (out->info.codec == KITE_PICTURE_DCT8 && row % KITE_PICTURE_STRIP_ROWS != 0))
            return KITE_DONE;
        out->blocks[out->block_count] =
            (struct kite_picture_block){ .offset_bytes = offset, .inflated_bytes = bytes, .first_row = row };
        row += rows;
        offset += bytes;
    }
    return row == out->info.height_px && (size_t)(in->end - in->at) == offset ? KITE_OK : KITE_DONE;
}

/* KITE_DONE: the blocks do not show exactly this gray. */
static enum kite_status compare(const struct kite_picture *picture, const uint8_t *bytes, const uint8_t *gray)
{
    struct comparison comparison = { gray, picture->info.width_px };
    uint8_t *scratch = kite_alloc(&picture->mem, picture->info.width_px, KITE_PICTURE_SCRATCH_ROWS);
    enum kite_status status = scratch ? KITE_OK : KITE_E_NOMEM;

    for (size_t i = 0; i < picture->block_count && status == KITE_OK; i++) {
        const struct kite_picture_block *b = &picture->blocks[i];
        struct kite_picture_rows rows = { b->first_row,
                                          i + 1 < picture->block_count ? b[1].first_row : picture->info.height_px,
                                          &comparison, compare_rows };

        status = kite_picture_block_decode(&picture->info, &rows, bytes + b->offset_bytes, b->inflated_bytes, scratch,
                                           NULL);
        if (status == KITE_E_FORMAT)
            status = KITE_DONE;
    }
    kite_free(&picture->mem, scratch);
    return status;
}

enum kite_status kite_picture_take_coded(const struct kite_memory *mem, struct kite_picture_coded coded,
                                         uint32_t width_px, uint32_t height_px, const uint8_t *gray, int iterations,
                                         struct kite_picture *out, struct kite_fault *fault)
{
    struct kite_picture picture = { .mem = *mem };
    struct kite_bytes in;
    enum kite_status status;

    *out = (struct kite_picture){ .mem = *mem };
    if (coded.count == 0)
        return KITE_DONE;
    in = (struct kite_bytes){ .at = coded.bytes, .end = coded.bytes + coded.count };
    status = take_head(&in, &picture);
    if (status == KITE_OK && (picture.info.width_px != width_px || picture.info.height_px != height_px))
        status = KITE_DONE;
    if (status == KITE_OK)
        status = compare(&picture, in.at, gray);
    if (status == KITE_OK) {
        picture.bytes = (uint8_t *)(uintptr_t)in.at; /* lent */
        status = kite_picture_deflate(&picture, iterations, out);
        picture.bytes = NULL;
    }
    kite_picture_close(&picture);
    return status == KITE_E_NOMEM ? kite_fail(fault, status, "no memory to pack a picture") : status;
}
