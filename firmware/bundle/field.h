/* field: arithmetic in GF(2^16), reduced by x^16 + x^12 + x^3 + x + 1, as erasure codes need it. Private to the bundle room. */
#ifndef KITE_BUNDLE_FIELD_H
#define KITE_BUNDLE_FIELD_H

#include "base/base.h"

#define KITE_FIELD_SIZE 65536u

struct kite_field {
    struct kite_memory mem;
    uint16_t *log, *exp; /* of a generator; exp twice over, so that sums of two logarithms need no reduction */
};

/* About 400 KB of tables. KITE_E_NOMEM. */
enum kite_status kite_field_open(const struct kite_memory *mem, struct kite_field *field);
void kite_field_close(struct kite_field *field); /* all-zero is fine */

uint16_t kite_field_multiply(const struct kite_field *field, uint16_t a, uint16_t b);
uint16_t kite_field_divide(const struct kite_field *field, uint16_t a, uint16_t b); /* b is not 0 */
/* into[i] += factor * from[i] for count elements, each two bytes, low one first. */
void kite_field_add(const struct kite_field *field, uint16_t factor, const uint8_t *from, uint8_t *into, size_t count);

#endif
