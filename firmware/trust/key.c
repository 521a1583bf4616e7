/* Public keys: their file, their name and their picture. */
#include "trust/lines.h"
#include "trust/trust.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PACKED_BYTES (2 + KITE_KEY_ID_BYTES + KITE_PUBLIC_KEY_BYTES)
#define CELLS 8u                                   /* of a drawn picture, on each side */
#define CELL_PX (KITE_KEY_PICTURE_SIDE / CELLS)
#define CARD_BYTES (10 + KITE_KEY_ID_BYTES + KITE_PUBLIC_KEY_BYTES + KITE_KEY_PICTURE_BYTES + KITE_KEY_NAME_BYTES_MAX)

enum kite_status kite_trust_init(struct kite_fault *fault)
{
    return sodium_init() < 0 ? kite_fail(fault, KITE_E_IO, "this machine gives no random numbers") : KITE_OK;
}

const char *kite_key_id_text(const uint8_t id[KITE_KEY_ID_BYTES], char out[KITE_KEY_ID_TEXT_BYTES])
{
    for (size_t i = 0; i < KITE_KEY_ID_BYTES; i++) /* a little-endian number, written with its high digits first */
        snprintf(out + 2 * i, 3, "%02X", id[KITE_KEY_ID_BYTES - 1 - i]);
    return out;
}

bool kite_key_id_from_text(const char *text, uint8_t id[KITE_KEY_ID_BYTES])
{
    uint8_t bytes[KITE_KEY_ID_BYTES];
    size_t got;

    if (strlen(text) != 2 * KITE_KEY_ID_BYTES ||
        sodium_hex2bin(bytes, sizeof bytes, text, 2 * KITE_KEY_ID_BYTES, NULL, &got, NULL) != 0 || got != sizeof bytes)
        return false;
    for (size_t i = 0; i < KITE_KEY_ID_BYTES; i++)
        id[i] = bytes[KITE_KEY_ID_BYTES - 1 - i];
    return true;
}

void kite_key_draw(const uint8_t key[KITE_PUBLIC_KEY_BYTES], uint8_t picture[KITE_KEY_PICTURE_BYTES])
{
    uint8_t hash[crypto_generichash_BYTES]; /* the first CELLS * CELLS / 2 bits are used */

    crypto_generichash(hash, sizeof hash, key, KITE_PUBLIC_KEY_BYTES, NULL, 0);
    memset(picture, 0, KITE_KEY_PICTURE_BYTES);
    for (uint32_t y = 0; y < KITE_KEY_PICTURE_SIDE; y++)
        for (uint32_t x = 0; x < KITE_KEY_PICTURE_SIDE; x++) {
            uint32_t column = x / CELL_PX, half = column < CELLS / 2 ? column : CELLS - 1 - column;
            uint32_t bit = y / CELL_PX * (CELLS / 2) + half;

            if (hash[bit / 8] >> bit % 8 & 1)
                picture[y * 4 + x / 8] |= (uint8_t)(0x80 >> x % 8);
        }
}

/* What a key signs of itself. */
static size_t card_message(const struct kite_public_key *key, uint8_t out[CARD_BYTES])
{
    size_t name_bytes = strlen(key->name), at = 10;

    memcpy(out, "kite card", 10);
    memcpy(out + at, key->id, sizeof key->id);
    at += sizeof key->id;
    memcpy(out + at, key->bytes, sizeof key->bytes);
    at += sizeof key->bytes;
    memcpy(out + at, key->picture, sizeof key->picture);
    at += sizeof key->picture;
    memcpy(out + at, key->name, name_bytes);
    return at + name_bytes;
}

enum kite_status kite_key_create(const char *name, const uint8_t *picture, struct kite_secret *secret,
                                 struct kite_public_key *key, struct kite_fault *fault)
{
    uint8_t message[CARD_BYTES];

    if (!kite_line_is_words((struct kite_line){ name, strlen(name) }, KITE_KEY_NAME_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "a key's name is 1 to %u bytes of plain text", KITE_KEY_NAME_BYTES_MAX);
    *key = (struct kite_public_key){ 0 };
    crypto_sign_keypair(key->bytes, secret->bytes);
    randombytes_buf(key->id, sizeof key->id);
    memcpy(secret->id, key->id, sizeof key->id);
    strcpy(key->name, name);
    if (picture)
        memcpy(key->picture, picture, sizeof key->picture);
    else
        kite_key_draw(key->bytes, key->picture);
    crypto_sign_detached(key->card, NULL, message, card_message(key, message), secret->bytes);
    return KITE_OK;
}

/* The lines that are Kite's, behind minisign's two. */
static enum kite_status read_card(struct kite_lines *lines, struct kite_public_key *key, struct kite_fault *fault)
{
    uint8_t message[CARD_BYTES];
    struct kite_line line, rest;

    if (!kite_lines_next(lines, &line) || line.bytes == 0) {
        kite_key_draw(key->bytes, key->picture);
        return KITE_OK;
    }
    if (!kite_line_after(line, "name: ", &rest) || !kite_line_is_words(rest, KITE_KEY_NAME_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "the key file's line behind the key is no name");
    memcpy(key->name, rest.text, rest.bytes);
    if (!kite_lines_next(lines, &line) || !kite_line_after(line, "picture: ", &rest) ||
        !kite_line_base64(rest, key->picture, sizeof key->picture))
        return kite_fail(fault, KITE_E_FORMAT, "the key file's picture is cut short or not a picture");
    if (!kite_lines_next(lines, &line) || !kite_line_after(line, "card: ", &rest) ||
        !kite_line_base64(rest, key->card, sizeof key->card))
        return kite_fail(fault, KITE_E_FORMAT, "the key file's card is cut short");
    if (crypto_sign_verify_detached(key->card, message, card_message(key, message), key->bytes) != 0)
        return kite_fail(fault, KITE_E_DAMAGED, "name and picture in the key file are not those that its owner signed");
    if (kite_lines_next(lines, &line) && line.bytes > 0)
        return kite_fail(fault, KITE_E_FORMAT, "the key file has lines behind its end");
    return KITE_OK;
}

enum kite_status kite_key_read(const char *text, size_t bytes, struct kite_public_key *out, struct kite_fault *fault)
{
    struct kite_lines lines = { text, text + bytes };
    struct kite_line line, rest;
    uint8_t packed[PACKED_BYTES];

    *out = (struct kite_public_key){ 0 };
    if (!kite_lines_next(&lines, &line) || !kite_line_after(line, "untrusted comment:", &rest))
        return kite_fail(fault, KITE_DONE, "no key file");
    if (bytes > KITE_KEY_FILE_BYTES_MAX)
        return kite_fail(fault, KITE_E_FORMAT, "the key file is too long");
    if (!kite_lines_next(&lines, &line))
        return kite_fail(fault, KITE_E_FORMAT, "the key file is cut short");
    if (line.bytes > 100) /* minisign's secret keys and signatures begin alike, and are longer */
        return kite_fail(fault, KITE_DONE, "not a public key: it is a secret key or a signature");
    if (!kite_line_base64(line, packed, sizeof packed))
        return kite_fail(fault, KITE_E_FORMAT, "the key in the key file is cut short or mistyped");
    if (memcmp(packed, "Ed", 2) != 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the key is of another kind than Ed25519");
    memcpy(out->id, packed + 2, sizeof out->id);
    memcpy(out->bytes, packed + 2 + sizeof out->id, sizeof out->bytes);
    return read_card(&lines, out, fault);
}

enum kite_status kite_key_write(const struct kite_public_key *key, struct kite_buffer *out)
{
    uint8_t packed[PACKED_BYTES] = { 'E', 'd' };
    char id[KITE_KEY_ID_TEXT_BYTES];
    enum kite_status status = kite_buffer_add_text(out, "untrusted comment: minisign public key ");

    memcpy(packed + 2, key->id, sizeof key->id);
    memcpy(packed + 2 + sizeof key->id, key->bytes, sizeof key->bytes);
    if (status == KITE_OK)
        status = kite_buffer_add_text(out, kite_key_id_text(key->id, id));
    if (status == KITE_OK)
        status = kite_lines_add_base64(out, "\n", packed, sizeof packed);
    if (key->name[0] == '\0' || status != KITE_OK)
        return status;
    status = kite_buffer_add_text(out, "name: ");
    if (status == KITE_OK)
        status = kite_buffer_add_text(out, key->name);
    if (status == KITE_OK)
        status = kite_lines_add_base64(out, "\npicture: ", key->picture, sizeof key->picture);
    return status == KITE_OK ? kite_lines_add_base64(out, "card: ", key->card, sizeof key->card) : status;
}
