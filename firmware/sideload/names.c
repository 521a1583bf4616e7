/* Names of files: which mean nothing, which every file system takes, which clash. */
#include "sideload/inside.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- junk ------------------------------------------------------------------------------------ */

/* Beside all that begins with a dot: "._" files of Macs, .DS_Store, .Trashes, .Spotlight-V100,
 * .fseventsd and what Unix hides. */
static const char *const junk[] = { "Thumbs.db",
                                    "ehthumbs.db",
                                    "desktop.ini",
                                    "autorun.inf",
                                    "System Volume Information",
                                    "$RECYCLE.BIN",
                                    "RECYCLER",
                                    "RECYCLED",
                                    "LOST.DIR",
                                    "lost+found",
                                    "FOUND.000",
                                    "WPSettings.dat",
                                    "IndexerVolumeGuid",
                                    KITE_RECEIPT_NAME };

bool kite_name_is_junk(const char *name)
{
    if (name[0] == '.' || (name[0] == '~' && name[1] == '$'))
        return true;
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        if (strcasecmp(name, junk[i]) == 0)
            return true;
    return false;
}

/* ---- safe names ------------------------------------------------------------------------------ */

static bool is_reserved(const char *name)
{
    static const char *const devices[] = { "CON", "PRN", "AUX", "NUL", "CLOCK$" };
    size_t stem = strcspn(name, ".");

    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (strlen(devices[i]) == stem && strncasecmp(name, devices[i], stem) == 0)
            return true;
    return stem == 4 && name[3] >= '0' && name[3] <= '9' &&
           (strncasecmp(name, "COM", 3) == 0 || strncasecmp(name, "LPT", 3) == 0);
}

/* What a character of a name becomes. Format characters turn a name about, or hide in it. */
static uint32_t safe_character(uint32_t c)
{
    bool is_hidden = (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
                     (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0x80 && c < 0xa0);

    if (c < 0x20 || c == 0x7f || is_hidden || c == 0xfffd)
        return '_';
    return c < 0x80 && strchr("\"*/:<>?\\|", (int)c) ? '_' : c;
}

static size_t trim(const char *text, size_t bytes)
{
    while (bytes > 0 && (text[bytes - 1] == ' ' || text[bytes - 1] == '.'))
        bytes--;
    return bytes;
}

/* Whole characters of name, made safe, that fit into room bytes. */
static size_t put_safe(const char *name, size_t bytes, char *out, size_t room)
{
    size_t used = 0, one;

    for (size_t at = 0; at < bytes; at += one) {
        char piece[4];
        size_t count =
            kite_utf8_encode(safe_character(kite_utf8_decode(name + at, bytes - at, &one)), piece);

        if (count > room - used)
            break;
        memcpy(out + used, piece, count);
        used += count;
    }
    return used;
}

static size_t stem_bytes(const char *name, const char *end)
{
    size_t bytes = strlen(name), tail = strlen(end);

    return bytes > tail && strcasecmp(name + bytes - tail, end) == 0 ? bytes - tail : bytes;
}

void kite_safe_name(const char *name, const char *end, unsigned number,
                    char out[KITE_FILE_NAME_BYTES_MAX + 1])
{
    char tail[32];
    size_t used = 0, skip = strspn(name, " .");

    if (number > 1)
        snprintf(tail, sizeof tail, "-%u%s", number, end);
    else
        snprintf(tail, sizeof tail, "%s", end);
    name += skip;
    if (is_reserved(name) || !*name)
        out[used++] = '_';
    used += put_safe(name, stem_bytes(name, end), out + used,
                     KITE_FILE_NAME_BYTES_MAX - strlen(tail) - used);
    used = trim(out, used);
    if (used == 0)
        out[used++] = '_';
    strcpy(out + used, tail);
}

void clean_text(const char *text, size_t bytes, char *out, size_t out_bytes)
{
    size_t used = 0, one;

    for (size_t at = 0; at < bytes; at += one) {
        uint32_t c = kite_utf8_decode(text + at, bytes - at, &one);
        char piece[4];
        size_t count = kite_utf8_encode(c < 0x20 || c == 0x7f || c == 0xfffd ? '?' : c, piece);

        if (count >= out_bytes - used)
            break;
        memcpy(out + used, piece, count);
        used += count;
    }
    out[used] = '\0';
}

/* ---- clashes --------------------------------------------------------------------------------- */

struct folding {
    const char *at;
    uint32_t held[KITE_FOLDED_MAX];
    size_t count, next;
};

/* The next folded character; 0 at the end. */
static uint32_t next_folded(struct folding *f)
{
    while (f->next == f->count && *f->at) {
        size_t bytes;
        uint32_t c = kite_utf8_decode(f->at, strlen(f->at), &bytes);

        f->at += bytes;
        f->count = kite_fold_character(c, f->held);
        f->next = 0;
    }
    return f->next < f->count ? f->held[f->next++] : 0;
}

bool kite_names_clash(const char *a, const char *b)
{
    struct folding left = { .at = a }, right = { .at = b };
    uint32_t c;

    do {
        c = next_folded(&left);
        if (c != next_folded(&right))
            return false;
    } while (c);
    return true;
}
