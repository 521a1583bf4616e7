/* The list of original pages, written. originals.c reads it. */
#include "bundle/writer.h"

#include <string.h>

bool kite_has_originals(const struct kite_writer *writer)
{
    return writer->original_count > 0;
}

static enum kite_status add_page(struct kite_buffer *out, const struct kite_original *page,
                                 uint32_t step)
{
    enum kite_status status = kite_buffer_add_varint(out, step);

    if (status == KITE_OK)
        status = kite_buffer_add_varint(out, page->place.offset_bytes);
    if (status == KITE_OK)
        status =
            kite_buffer_add_varint(out, page->picture == KITE_NO_PICTURE ? 0 : page->picture + 1);
    return status ? status : kite_buffer_add(out, page->label, strlen(page->label) + 1);
}

static enum kite_status add_pages(struct kite_buffer *out, const struct kite_written_document *d)
{
    enum kite_status status = kite_buffer_add_varint(out, (uint32_t)d->original_count);
    uint32_t paragraph = 0;

    if (status == KITE_OK && d->original_count > 0)
        status = kite_buffer_add_u8(out, d->opens_originals);
    for (size_t i = 0; i < d->original_count && status == KITE_OK; i++) {
        status = add_page(out, &d->originals[i], d->originals[i].place.paragraph - paragraph);
        paragraph = d->originals[i].place.paragraph;
    }
    return status;
}

enum kite_status kite_originals_write(const struct kite_writer *w, struct kite_buffer *out)
{
    struct kite_buffer plain = { .mem = w->mem };
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < w->document_count && status == KITE_OK; i++)
        status = add_pages(&plain, &w->documents[i]);
    if (status == KITE_OK && plain.count > KITE_ORIGINALS_BYTES_MAX)
        status = KITE_E_LIMIT;
    if (status == KITE_OK)
        status = kite_buffer_add_u32(out, (uint32_t)plain.count);
    if (status == KITE_OK)
        status = kite_deflate(plain.bytes, plain.count, w->options.zopfli_iterations, out);
    kite_buffer_close(&plain);
    return status;
}
