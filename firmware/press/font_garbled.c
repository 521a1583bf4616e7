/* Fonts as they are garbled in EPUBs, by IDPF's way (EPUB 3, OCF 4.4) or Adobe's, and in Word's files (ECMA-376, 17.8.1). None of these keeps a
 * secret: the key is the book's identifier, or stands beside the font. */
#include "press/fonts.h"

#include <string.h>

#define IDPF_BYTES 1040u
#define ADOBE_BYTES 1024u
#define OFFICE_BYTES 32u

static bool begins_as_font(const uint8_t *bytes, size_t count)
{
    static const char *const marks[] = { "\0\1\0\0", "OTTO", "true", "ttcf", "wOFF", "wOF2" };

    for (size_t i = 0; i < sizeof marks / sizeof *marks && count >= 4; i++) {
        if (memcmp(bytes, marks[i], 4) == 0)
            return true;
    }
    return false;
}

static void mix(uint8_t *bytes, size_t count, size_t most, const uint8_t *key, size_t key_bytes)
{
    for (size_t i = 0; i < count && i < most; i++)
        bytes[i] ^= key[i % key_bytes];
}

/* ---- SHA-1 (RFC 3174), for nothing but this ------------------------------------------------------------------------- */

static uint32_t turned(uint32_t value, unsigned by)
{
    return value << by | value >> (32 - by);
}

static void add_block(uint32_t state[5], const uint8_t *block)
{
    uint32_t w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];

    for (unsigned t = 0; t < 80; t++)
        w[t] = t < 16 ? (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 | (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3]
                      : turned(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    for (unsigned t = 0; t < 80; t++) {
        uint32_t f = t < 20 ? (b & c) | (~b & d) : t < 40 || t >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
        uint32_t k = t < 20 ? 0x5a827999u : t < 40 ? 0x6ed9eba1u : t < 60 ? 0x8f1bbcdcu : 0xca62c1d6u;
        uint32_t next = turned(a, 5) + f + e + w[t] + k;

        e = d;
        d = c;
        c = turned(b, 30);
        b = a;
        a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static void sha1(const uint8_t *bytes, size_t count, uint8_t out[20])
{
    uint32_t state[5] = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u };
    uint8_t last[128] = { 0 };
    size_t at = 0, rest, end;

    for (; count - at >= 64; at += 64)
        add_block(state, bytes + at);
    rest = count - at;
    end = rest < 56 ? 64 : 128;
    memcpy(last, bytes + at, rest);
    last[rest] = 0x80;
    for (unsigned i = 0; i < 8; i++)
        last[end - 1 - i] = (uint8_t)((uint64_t)count * 8 >> 8 * i);
    for (size_t i = 0; i < end; i += 64)
        add_block(state, last + i);
    for (unsigned i = 0; i < 20; i++)
        out[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}

/* ---- keys ----------------------------------------------------------------------------------------------------------- */

/* The identifier without its spaces, hashed. */
static void idpf_key(const char *identifier, uint8_t key[20])
{
    char plain[KITE_STRING_BYTES_MAX + 1];
    size_t used = 0;

    for (const char *at = identifier; *at && used < KITE_STRING_BYTES_MAX; at++) {
        if (!strchr(" \t\r\n", *at))
            plain[used++] = *at;
    }
    sha1((const uint8_t *)plain, used, key);
}

/* The 32 digits of a UUID, in braces or without. */
static bool uuid_key(const char *identifier, uint8_t key[16])
{
    const char *at = strncmp(identifier, "urn:uuid:", 9) == 0 ? identifier + 9 : identifier + (identifier[0] == '{');
    unsigned digits = 0;

    memset(key, 0, 16);
    for (; *at && digits < 32; at++) {
        unsigned digit = *at >= '0' && *at <= '9' ? (unsigned)(*at - '0') : (*at | 32) >= 'a' && (*at | 32) <= 'f' ? (unsigned)((*at | 32) - 'a' + 10) : 16;

        if (digit < 16) {
            key[digits / 2] |= (uint8_t)(digits % 2 ? digit : digit << 4);
            digits++;
        } else if (*at != '-') {
            return false;
        }
    }
    return digits == 32;
}

void kite_font_ungarble(uint8_t *bytes, size_t count, const char *identifier)
{
    uint8_t key[20];

    if (begins_as_font(bytes, count) || !identifier)
        return;
    idpf_key(identifier, key);
    mix(bytes, count, IDPF_BYTES, key, 20);
    if (begins_as_font(bytes, count))
        return;
    mix(bytes, count, IDPF_BYTES, key, 20); /* as it was */
    if (uuid_key(identifier, key))
        mix(bytes, count, ADOBE_BYTES, key, 16);
}

void kite_font_ungarble_office(uint8_t *bytes, size_t count, const char *uuid)
{
    uint8_t key[16], reversed[16];

    if (begins_as_font(bytes, count) || !uuid || !uuid_key(uuid, key))
        return;
    for (unsigned i = 0; i < 16; i++)
        reversed[i] = key[15 - i];
    mix(bytes, count, OFFICE_BYTES, reversed, 16);
}
