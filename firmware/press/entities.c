/* Entities to characters. */
#include "press/entities.h"

#include "press/draft.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *key, const void *row)
{
    return strcmp(key, ((const struct kite_entity_name *)row)->name);
}

static size_t numeric(const char *digits, size_t count, char out[8])
{
    bool is_hex = count > 0 && (digits[0] == 'x' || digits[0] == 'X');
    uint32_t value = 0;

    for (size_t i = is_hex; i < count; i++) {
        char c = digits[i];
        uint32_t digit = c >= '0' && c <= '9'            ? (uint32_t)(c - '0')
                         : is_hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : is_hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                          : 16;
        if (digit == 16)
            return 0;
        value = value * (is_hex ? 16 : 10) + digit;
        if (value > 0x10ffff)
            value = 0x110000; /* stays there: becomes U+FFFD */
    }
    if (count == (size_t)is_hex)
        return 0;
    return kite_utf8_encode(value == 0 ? 0xfffd : value, out);
}

size_t kite_entity(const char *entity, size_t bytes, char out[8])
{
    char name[sizeof kite_entity_names[0].name];
    const struct kite_entity_name *row;

    if (bytes < 3 || entity[0] != '&' || entity[bytes - 1] != ';')
        return 0;
    if (entity[1] == '#')
        return numeric(entity + 2, bytes - 3, out);
    if (bytes - 2 >= sizeof name)
        return 0;
    memcpy(name, entity + 1, bytes - 2);
    name[bytes - 2] = '\0';
    row = bsearch(name, kite_entity_names, kite_entity_name_count, sizeof *kite_entity_names, by_name);
    return row ? kite_utf8_encode(row->code_point, out) : 0;
}
