/* Trailers: what stands behind a bundle that was finished. */
#include "bundle/reader.h"

#include <string.h>
#include <zlib.h>

struct trailer {
    uint8_t head[KITE_TRAILER_HEAD_BYTES]; /* type, length, check */
    uint64_t offset;                       /* of the payload */
    uint32_t bytes;
};

/* The trailer at offset. KITE_DONE: the file ends there. */
static enum kite_status read_head(const struct kite_bundle *bundle, uint64_t offset, struct trailer *out,
                                  struct kite_fault *fault)
{
    uint64_t left = bundle->file_bytes - offset;
    enum kite_status status = KITE_E_FORMAT;

    if (left == 0)
        return KITE_DONE;
    if (left >= sizeof out->head)
        status = bundle->source->read_at(bundle->source->ctx, offset, out->head, sizeof out->head);
    if (status == KITE_OK && kite_get_u32(out->head + 4) > left - sizeof out->head)
        status = KITE_E_FORMAT;
    if (status)
        return kite_fail(fault, status, "there are bytes behind the bundle's end that are not its own");
    out->offset = offset + sizeof out->head;
    out->bytes = kite_get_u32(out->head + 4);
    return KITE_OK;
}

/* Compare its check; the payload is added to out, unless that is NULL. */
static enum kite_status read_payload(const struct kite_bundle *bundle, const struct trailer *trailer,
                                     struct kite_buffer *out, struct kite_fault *fault)
{
    uLong check = crc32(0, trailer->head, 8);
    uint8_t part[1024];

    for (uint32_t at = 0; at < trailer->bytes;) {
        uint32_t left = trailer->bytes - at, count = left < sizeof part ? left : (uint32_t)sizeof part;
        enum kite_status status = bundle->source->read_at(bundle->source->ctx, trailer->offset + at, part, count);

        if (status)
            return kite_fail(fault, status, "the bundle cannot be read");
        check = crc32(check, part, count);
        status = out ? kite_buffer_add(out, part, count) : KITE_OK;
        if (status)
            return kite_fail(fault, status, "no memory for what stands at the bundle's end");
        at += count;
    }
    return check == kite_get_u32(trailer->head + 8)
               ? KITE_OK
               : kite_fail(fault, KITE_E_DAMAGED, "what stands at the bundle's end is damaged: copy it again");
}

/* Look at each trailer; payloads of at most bytes_max are checked. */
static enum kite_status check_trailers(const struct kite_bundle *bundle, uint32_t bytes_max, struct kite_fault *fault)
{
    struct trailer trailer;
    enum kite_status status = KITE_OK;

    for (uint64_t at = bundle->end; status == KITE_OK; at = trailer.offset + trailer.bytes) {
        status = read_head(bundle, at, &trailer, fault);
        if (status == KITE_OK && !KITE_CHUNK_IS_ANCILLARY(kite_get_u32(trailer.head)))
            status = kite_fail(fault, KITE_E_UNSUPPORTED, "the bundle has a part at its end that needs a newer Kite");
        if (status == KITE_OK && trailer.bytes <= bytes_max)
            status = read_payload(bundle, &trailer, NULL, fault);
    }
    return status == KITE_DONE ? KITE_OK : status;
}

enum kite_status kite_trailers_open(const struct kite_bundle *bundle, struct kite_fault *fault)
{
    return check_trailers(bundle, KITE_TRAILER_BYTES_READ, fault);
}

enum kite_status kite_trailers_verify(const struct kite_bundle *bundle, struct kite_fault *fault)
{
    return check_trailers(bundle, UINT32_MAX, fault);
}

uint64_t kite_bundle_end(const struct kite_bundle *bundle)
{
    return bundle->end;
}

static enum kite_status find(const struct kite_bundle *bundle, uint32_t index, struct trailer *out, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    *out = (struct trailer){ .offset = bundle->end };
    for (uint32_t i = 0; i <= index && status == KITE_OK; i++)
        status = read_head(bundle, out->offset + out->bytes, out, fault);
    return status;
}

uint64_t kite_trailer_payload(const struct kite_bundle *bundle, uint32_t index)
{
    struct trailer trailer;

    return find(bundle, index, &trailer, NULL) == KITE_OK ? trailer.offset : bundle->end;
}

enum kite_status kite_bundle_trailer(struct kite_bundle *bundle, uint32_t index, char type[KITE_TRAILER_TYPE_BYTES],
                                     struct kite_buffer *out, struct kite_fault *fault)
{
    struct trailer trailer;
    enum kite_status status = find(bundle, index, &trailer, fault);

    if (status)
        return status;
    memcpy(type, trailer.head, 4);
    type[4] = '\0';
    return out ? read_payload(bundle, &trailer, out, fault) : KITE_OK;
}

enum kite_status kite_trailer_write(const char *type, const void *payload, uint32_t bytes, struct kite_buffer *out)
{
    uint8_t length[4] = { (uint8_t)bytes, (uint8_t)(bytes >> 8), (uint8_t)(bytes >> 16), (uint8_t)(bytes >> 24) };
    uLong check = crc32(crc32(0, (const Bytef *)type, 4), length, sizeof length);
    enum kite_status status = kite_buffer_add(out, type, 4);

    if (bytes > 0) /* zlib takes no bytes at all for a wish to begin */
        check = crc32(check, payload, bytes);
    if (status == KITE_OK)
        status = kite_buffer_add_u32(out, bytes);
    if (status == KITE_OK)
        status = kite_buffer_add_u32(out, (uint32_t)check);
    return status == KITE_OK ? kite_buffer_add(out, payload, bytes) : status;
}
