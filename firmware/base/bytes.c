/* Bytes in and out: sources, sinks, buffers, takers. */
#include "base/base.h"

#include <string.h>

static enum kite_status memory_read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    const struct kite_span_bytes *span = ctx;

    if (offset > span->count || count > span->count - offset)
        return KITE_E_IO;
    if (count)
        memcpy(dst, span->bytes + offset, count);
    return KITE_OK;
}

struct kite_source kite_source_memory(const struct kite_span_bytes *bytes)
{
    union {
        const void *lent;
        void *ctx;
    } pointer = { .lent = bytes }; /* read_at only reads through it */

    return (struct kite_source){ pointer.ctx, bytes->count, memory_read_at };
}

/* ---- buffer ---------------------------------------------------------------------------------- */

enum kite_status kite_buffer_add(struct kite_buffer *buffer, const void *bytes, size_t count)
{
    if (count == 0)
        return KITE_OK;
    if (count > SIZE_MAX / 4 || buffer->count > SIZE_MAX / 4)
        return KITE_E_NOMEM;
    if (buffer->count + count > buffer->capacity) {
        void *items = buffer->bytes;
        enum kite_status status =
            kite_grow(&buffer->mem, &items, &buffer->capacity, buffer->count + count, 1);

        if (status)
            return status;
        buffer->bytes = items;
    }
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    return KITE_OK;
}

enum kite_status kite_buffer_add_text(struct kite_buffer *buffer, const char *text)
{
    return kite_buffer_add(buffer, text, strlen(text));
}

enum kite_status kite_buffer_add_u8(struct kite_buffer *buffer, uint8_t value)
{
    return kite_buffer_add(buffer, &value, 1);
}

enum kite_status kite_buffer_add_u16(struct kite_buffer *buffer, uint16_t value)
{
    uint8_t bytes[2] = { (uint8_t)value, (uint8_t)(value >> 8) };

    return kite_buffer_add(buffer, bytes, sizeof bytes);
}

enum kite_status kite_buffer_add_u32(struct kite_buffer *buffer, uint32_t value)
{
    uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24) };

    return kite_buffer_add(buffer, bytes, sizeof bytes);
}

enum kite_status kite_buffer_add_varint(struct kite_buffer *buffer, uint32_t value)
{
    uint8_t bytes[5];
    size_t count = 0;

    for (; value >= 0x80; value >>= 7)
        bytes[count++] = (uint8_t)(value | 0x80);
    bytes[count++] = (uint8_t)value;
    return kite_buffer_add(buffer, bytes, count);
}

void kite_buffer_close(struct kite_buffer *buffer)
{
    if (buffer->bytes)
        kite_free(&buffer->mem, buffer->bytes);
    buffer->bytes = NULL;
    buffer->count = buffer->capacity = 0;
}

static enum kite_status buffer_write(void *ctx, const uint8_t *bytes, size_t count)
{
    return kite_buffer_add(ctx, bytes, count);
}

struct kite_sink kite_sink_buffer(struct kite_buffer *buffer)
{
    return (struct kite_sink){ buffer, buffer_write };
}

/* ---- takers ---------------------------------------------------------------------------------- */

uint16_t kite_get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t kite_get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

const uint8_t *kite_take_bytes(struct kite_bytes *in, size_t count)
{
    if (in->failed || count > (size_t)(in->end - in->at)) {
        in->failed = true;
        return NULL;
    }

    const uint8_t *at = in->at;

    in->at += count;
    return at;
}

uint16_t kite_take_u16(struct kite_bytes *in)
{
    const uint8_t *at = kite_take_bytes(in, 2);

    return at ? kite_get_u16(at) : 0;
}

uint32_t kite_take_u32(struct kite_bytes *in)
{
    const uint8_t *at = kite_take_bytes(in, 4);

    return at ? kite_get_u32(at) : 0;
}

uint32_t kite_take_varint(struct kite_bytes *in)
{
    uint32_t value = 0;

    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = kite_take_u8(in);

        if (in->failed)
            return 0;
        if (shift == 28 && byte > 0x0f)
            break; /* beyond 32 bits */
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (byte == 0 && shift > 0)
                break; /* longer than need be */
            return value;
        }
    }
    in->failed = true;
    return 0;
}
