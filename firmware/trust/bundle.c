/* Signatures that bundles carry in their trailers. */
#include "trust/trust.h"

#include <string.h>

enum kite_status kite_bundle_signature(const struct kite_memory *mem, struct kite_bundle *bundle, uint32_t *index,
                                       struct kite_signature *out, struct kite_fault *fault)
{
    struct kite_buffer payload = { .mem = *mem };
    char type[KITE_TRAILER_TYPE_BYTES];
    enum kite_status status;

    do
        status = kite_bundle_trailer(bundle, (*index)++, type, NULL, fault);
    while (status == KITE_OK && strcmp(type, KITE_TRAILER_SIGNATURE) != 0);
    if (status == KITE_OK)
        status = kite_bundle_trailer(bundle, *index - 1, type, &payload, fault);
    if (status == KITE_OK && payload.count != KITE_SIGNATURE_BYTES)
        status = kite_fail(fault, KITE_E_FORMAT, "the bundle's signature has another length than one has");
    if (status == KITE_OK)
        status = kite_signature_unpack(payload.bytes, out, fault);
    kite_buffer_close(&payload);
    return status;
}
