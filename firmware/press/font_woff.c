/* WOFF 1.0: a font whose tables are deflated one by one. (WOFF 2.0 is packed in ways of its own, which are not read.) */
#include "press/fonts.h"

#include <string.h>
#include <zlib.h>

#define HEAD_BYTES 44u
#define ENTRY_BYTES 20u
#define TABLES_MAX 64u

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put_u32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

bool kite_font_is_woff(const uint8_t *bytes, size_t count)
{
    return count >= HEAD_BYTES && memcmp(bytes, "wOFF", 4) == 0;
}

/* One table to the end of out. */
static enum kite_status add_table(const uint8_t *packed, uint32_t packed_bytes, uint32_t bytes, struct kite_buffer *out)
{
    uLongf got = bytes;
    uint8_t *plain;
    enum kite_status status;

    if (packed_bytes == bytes)
        return kite_buffer_add(out, packed, bytes);
    plain = kite_alloc(&out->mem, bytes, 1);
    if (!plain)
        return KITE_E_NOMEM;
    status = uncompress(plain, &got, packed, packed_bytes) == Z_OK && got == bytes ? kite_buffer_add(out, plain, bytes) : KITE_E_FORMAT;
    kite_free(&out->mem, plain);
    return status;
}

enum kite_status kite_font_unpack_woff(const uint8_t *bytes, size_t count, struct kite_buffer *out)
{
    uint32_t tables = kite_font_is_woff(bytes, count) ? (uint32_t)bytes[12] << 8 | bytes[13] : 0;
    uint8_t head[12 + 16 * TABLES_MAX] = { 0 };
    enum kite_status status;

    if (tables == 0 || tables > TABLES_MAX || HEAD_BYTES + ENTRY_BYTES * tables > count)
        return KITE_E_FORMAT;
    memcpy(head, bytes + 4, 4);
    memcpy(head + 4, bytes + 12, 2);
    status = kite_buffer_add(out, head, 12 + 16 * tables);
    for (uint32_t i = 0; i < tables && status == KITE_OK; i++) {
        const uint8_t *entry = bytes + HEAD_BYTES + ENTRY_BYTES * i;
        uint32_t offset = get_u32(entry + 4), packed = get_u32(entry + 8), plain = get_u32(entry + 12);
        uint8_t *to = out->bytes + 12 + 16 * i;

        if (offset > count || packed > count - offset || packed > plain || plain > KITE_FONT_FILE_BYTES_MAX - out->count)
            return KITE_E_FORMAT;
        memcpy(to, entry, 4);
        put_u32(to + 8, (uint32_t)out->count);
        put_u32(to + 12, plain);
        status = add_table(bytes + offset, packed, plain, out);
        while (status == KITE_OK && out->count % 4 != 0)
            status = kite_buffer_add_u8(out, 0);
    }
    return status;
}
