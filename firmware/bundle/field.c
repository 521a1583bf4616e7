#include "bundle/field.h"

#define POLYNOMIAL 0x1100bu
#define ORDER (KITE_FIELD_SIZE - 1)

enum kite_status kite_field_open(const struct kite_memory *mem, struct kite_field *field)
{
    uint32_t value = 1;

    *field = (struct kite_field){ .mem = *mem };
    field->log = kite_alloc(mem, KITE_FIELD_SIZE, sizeof *field->log);
    field->exp = kite_alloc(mem, (size_t)2 * ORDER, sizeof *field->exp);
    if (!field->log || !field->exp) {
        kite_field_close(field);
        return KITE_E_NOMEM;
    }
    for (uint32_t i = 0; i < ORDER; i++) {
        field->exp[i] = field->exp[i + ORDER] = (uint16_t)value;
        field->log[value] = (uint16_t)i;
        value <<= 1;
        if (value >= KITE_FIELD_SIZE)
            value ^= POLYNOMIAL;
    }
    return KITE_OK;
}

void kite_field_close(struct kite_field *field)
{
    kite_free(&field->mem, field->log);
    kite_free(&field->mem, field->exp);
    *field = (struct kite_field){ .mem = field->mem };
}

uint16_t kite_field_multiply(const struct kite_field *field, uint16_t a, uint16_t b)
{
    return a == 0 || b == 0 ? 0 : field->exp[field->log[a] + field->log[b]];
}

uint16_t kite_field_divide(const struct kite_field *field, uint16_t a, uint16_t b)
{
    return a == 0 ? 0 : field->exp[field->log[a] + ORDER - field->log[b]];
}

#define WORTH_TABLES 1024u /* elements from which on tables of the factor cost less than they save */

static void add_few(const struct kite_field *field, uint16_t factor, const uint8_t *from, uint8_t *into, size_t count)
{
    const uint16_t *exp = field->exp + field->log[factor];

    for (size_t i = 0; i < count; i++, from += 2, into += 2) {
        unsigned value = (unsigned)from[0] | (unsigned)from[1] << 8, product = value ? exp[field->log[value]] : 0;

        into[0] ^= (uint8_t)product;
        into[1] ^= (uint8_t)(product >> 8);
    }
}

void kite_field_add(const struct kite_field *field, uint16_t factor, const uint8_t *from, uint8_t *into, size_t count)
{
    uint16_t low[256], high[256];

    if (factor == 0)
        return;
    if (count < WORTH_TABLES) {
        add_few(field, factor, from, into, count);
        return;
    }
    for (unsigned i = 0; i < 256; i++) {
        low[i] = kite_field_multiply(field, factor, (uint16_t)i);
        high[i] = kite_field_multiply(field, factor, (uint16_t)(i << 8));
    }
    for (size_t i = 0; i < count; i++, from += 2, into += 2) {
        unsigned product = (unsigned)low[from[0]] ^ high[from[1]];

        into[0] ^= (uint8_t)product;
        into[1] ^= (uint8_t)(product >> 8);
    }
}
