/* Makes the floor program's book: text in deflated chunks, with the points where a word may be divided already in it.
 *
 * usage: floor_pack LANGUAGE < TEXT > BOOK      TEXT: UTF-8, a paragraph a line
 * The format is in floor.h. The points are those that Kite's own tables give.
 */
#include "floor.h"
#include "text/hyphen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct bytes {
    char *at;
    size_t count, capacity;
};

static void add(struct bytes *to, const char *from, size_t count)
{
    if (to->capacity - to->count < count) {
        to->capacity = (to->capacity + count) * 2;
        to->at = realloc(to->at, to->capacity);
        if (!to->at)
            exit(3);
    }
    memcpy(to->at + to->count, from, count);
    to->count += count;
}

/* Letters, as far as words of these books go: ASCII letters, and all beyond Latin-1's signs. */
static bool is_letter(const char *at, size_t count, size_t *bytes)
{
    uint32_t c = kite_utf8_decode(at, count, bytes);

    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= 0xC0 && c < 0x2000) || c == 0x2019;
}

static void add_letters(struct bytes *out, kite_lang lang, const char *word, size_t count)
{
    uint16_t points[KITE_HYPHENS_MAX];
    size_t found = count <= KITE_HYPHEN_WORD_BYTES_MAX ? kite_hyphenate(lang, word, count, 0, 0, points) : 0, done = 0;

    for (size_t i = 0; i < found; i++) {
        add(out, word + done, points[i] - done);
        add(out, (const char[]){ FLOOR_HYPHEN }, 1);
        done = points[i];
    }
    add(out, word + done, count - done);
}

/* A line may also end behind a hyphen or dash that has letters on both sides. */
static void add_sign(struct bytes *out, const char *sign, size_t bytes, bool is_after_letter, bool is_before_letter)
{
    bool is_dash = (bytes == 1 && *sign == '-') || (bytes == 3 && memcmp(sign, "\xE2\x80\x94", 3) == 0);

    add(out, sign, bytes);
    if (is_dash && is_after_letter && is_before_letter)
        add(out, (const char[]){ FLOOR_BREAK }, 1);
}

static void add_line(struct bytes *out, kite_lang lang, const char *line, size_t count)
{
    size_t at = 0, bytes, next;

    while (at < count) {
        size_t end = at;

        while (end < count && is_letter(line + end, count - end, &bytes))
            end += bytes;
        add_letters(out, lang, line + at, end - at);
        if (end < count) {
            kite_utf8_decode(line + end, count - end, &bytes);
            next = end + bytes;
            add_sign(out, line + end, bytes, end > at, next < count && is_letter(line + next, count - next, &bytes));
            end = next;
        }
        at = end;
    }
    add(out, "\n", 1);
}

static void add_chunk(struct bytes *data, struct bytes *table, struct bytes *raw)
{
    uLongf stored = compressBound(raw->count);
    char *packed = malloc(stored);

    if (!packed || compress2((Bytef *)packed, &stored, (const Bytef *)raw->at, raw->count, 9) != Z_OK)
        exit(3);

    struct floor_chunk chunk = { (uint32_t)data->count, (uint32_t)stored, (uint32_t)raw->count };

    add(data, packed, stored);
    add(table, (const char *)&chunk, sizeof chunk);
    free(packed);
    raw->count = 0;
}

int main(int argc, char **argv)
{
    struct bytes data = { 0 }, table = { 0 }, raw = { 0 };
    kite_lang lang = kite_lang_from_text(argc > 1 ? argv[1] : "en");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t count;

    while ((count = getline(&line, &capacity, stdin)) >= 0) {
        while (count > 0 && (line[count - 1] == '\n' || line[count - 1] == ' '))
            count--;
        if (count == 0)
            continue;
        if (raw.count + (size_t)count > FLOOR_CHUNK_BYTES && raw.count > 0)
            add_chunk(&data, &table, &raw);
        add_line(&raw, lang, line, (size_t)count);
    }
    if (raw.count > 0)
        add_chunk(&data, &table, &raw);

    uint32_t chunks = (uint32_t)(table.count / sizeof(struct floor_chunk));

    fwrite(&chunks, sizeof chunks, 1, stdout);
    fwrite(table.at, 1, table.count, stdout);
    fwrite(data.at, 1, data.count, stdout);
    free(line);
    free(data.at);
    free(table.at);
    free(raw.at);
    return fflush(stdout) == 0 ? 0 : 3;
}
