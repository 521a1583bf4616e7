/* ZIP files for tests, with each file stored or deflated. */
#ifndef KITE_TESTS_PRESS_ZIP_H
#define KITE_TESTS_PRESS_ZIP_H

#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct zip {
    struct kite_buffer file, directory;
    unsigned count;
};

static inline void zip_begin(struct zip *zip)
{
    *zip = (struct zip){ .file = { .mem = kite_memory_heap() }, .directory = { .mem = kite_memory_heap() } };
}

static inline void zip_fields(struct kite_buffer *out, uint16_t flags, uint16_t method, uint32_t crc, uint32_t packed, uint32_t bytes,
                              const char *name)
{
    kite_buffer_add_u16(out, 20);
    kite_buffer_add_u16(out, flags);
    kite_buffer_add_u16(out, method);
    kite_buffer_add_u32(out, 0x00210000); /* 1980-01-01 */
    kite_buffer_add_u32(out, crc);
    kite_buffer_add_u32(out, packed);
    kite_buffer_add_u32(out, bytes);
    kite_buffer_add_u16(out, (uint16_t)strlen(name));
    kite_buffer_add_u16(out, 0);
}

/* flags: 1 says that it is encrypted. */
static inline void zip_add_as(struct zip *zip, const char *name, const void *bytes, size_t count, uint16_t flags, uint32_t says_bytes)
{
    uint32_t crc = (uint32_t)crc32(0, bytes, (uInt)count), at = (uint32_t)zip->file.count;
    uLongf packed_bytes = compressBound((uLong)count);
    uint8_t *packed = malloc(packed_bytes + 16);
    z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)count, .next_out = packed,
                        .avail_out = (uInt)packed_bytes + 16 };

    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed_bytes = stream.total_out;
    deflateEnd(&stream);
    kite_buffer_add_u32(&zip->file, 0x04034b50);
    zip_fields(&zip->file, flags, Z_DEFLATED, crc, (uint32_t)packed_bytes, says_bytes, name);
    kite_buffer_add(&zip->file, name, strlen(name));
    kite_buffer_add(&zip->file, packed, packed_bytes);
    free(packed);
    kite_buffer_add_u32(&zip->directory, 0x02014b50);
    kite_buffer_add_u16(&zip->directory, 20);
    zip_fields(&zip->directory, flags, Z_DEFLATED, crc, (uint32_t)packed_bytes, says_bytes, name);
    kite_buffer_add(&zip->directory, "\0\0\0\0\0\0\0\0\0\0", 10);
    kite_buffer_add_u32(&zip->directory, at);
    kite_buffer_add(&zip->directory, name, strlen(name));
    zip->count++;
}

static inline void zip_add(struct zip *zip, const char *name, const char *text)
{
    zip_add_as(zip, name, text, strlen(text), 0, (uint32_t)strlen(text));
}

static inline void zip_add_stored(struct zip *zip, const char *name, const char *text)
{
    uint32_t at = (uint32_t)zip->file.count, bytes = (uint32_t)strlen(text), crc = (uint32_t)crc32(0, (const Bytef *)text, (uInt)bytes);

    kite_buffer_add_u32(&zip->file, 0x04034b50);
    zip_fields(&zip->file, 0, 0, crc, bytes, bytes, name);
    kite_buffer_add(&zip->file, name, strlen(name));
    kite_buffer_add(&zip->file, text, bytes);
    kite_buffer_add_u32(&zip->directory, 0x02014b50);
    kite_buffer_add_u16(&zip->directory, 20);
    zip_fields(&zip->directory, 0, 0, crc, bytes, bytes, name);
    kite_buffer_add(&zip->directory, "\0\0\0\0\0\0\0\0\0\0", 10);
    kite_buffer_add_u32(&zip->directory, at);
    kite_buffer_add(&zip->directory, name, strlen(name));
    zip->count++;
}

static inline void zip_end(struct zip *zip)
{
    uint32_t at = (uint32_t)zip->file.count, bytes = (uint32_t)zip->directory.count;

    kite_buffer_add(&zip->file, zip->directory.bytes, zip->directory.count);
    kite_buffer_add_u32(&zip->file, 0x06054b50);
    kite_buffer_add_u32(&zip->file, 0);
    kite_buffer_add_u16(&zip->file, (uint16_t)zip->count);
    kite_buffer_add_u16(&zip->file, (uint16_t)zip->count);
    kite_buffer_add_u32(&zip->file, bytes);
    kite_buffer_add_u32(&zip->file, at);
    kite_buffer_add_u16(&zip->file, 0);
    kite_buffer_close(&zip->directory);
}

#endif
