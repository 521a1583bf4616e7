/* Which pictures of a volume stand for themselves. */
#include "sideload/inside.h"

#include <string.h>
#include <strings.h>

/* FNV-1a: two folders of one volume that meet in 64 bits would cost a picture, no more. */
static uint64_t hash_of(const char *path, size_t bytes)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ (uint8_t)path[i]) * 1099511628211u;
    return hash;
}

/* Bytes of the folder's name in front of the last slash. */
static size_t folder_bytes(const char *path, size_t bytes)
{
    while (bytes > 0 && path[bytes - 1] != '/')
        bytes--;
    return bytes > 0 ? bytes - 1 : 0;
}

/* Where the folder is, or would be. */
static size_t find(const struct places *places, uint64_t folder)
{
    size_t low = 0, high = places->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (places->items[middle].folder < folder)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_document(const struct places *places, uint64_t folder)
{
    size_t at = find(places, folder);

    return at < places->count && places->items[at].folder == folder && places->items[at].has_document;
}

enum kite_status places_add(struct places *places, const char *name, enum kite_document_sort sort, uint64_t bytes)
{
    size_t folder = folder_bytes(name, strlen(name)), at = find(places, hash_of(name, folder));
    void *items = places->items;
    enum kite_status status;

    if (at == places->count || places->items[at].folder != hash_of(name, folder)) {
        status = kite_grow(&places->mem, &items, &places->capacity, places->count + 1, sizeof *places->items);
        places->items = items;
        if (status)
            return status;
        memmove(places->items + at + 1, places->items + at, (places->count - at) * sizeof *places->items);
        places->items[at] = (struct place){ .folder = hash_of(name, folder), .above = hash_of(name, folder_bytes(name, folder)) };
        places->count++;
    }
    if (sort == KITE_DOCUMENT_REFERS) {
        places->items[at].has_document = true;
        return KITE_OK;
    }
    places->items[at].pictures++;
    places->items[at].picture_bytes += bytes;
    return KITE_OK;
}

bool places_leave(const struct places *places, const char *name)
{
    size_t folder = folder_bytes(name, strlen(name));

    return has_document(places, hash_of(name, folder)) || has_document(places, hash_of(name, folder_bytes(name, folder)));
}

uint32_t places_left(const struct places *places, uint64_t *bytes)
{
    uint32_t count = 0;

    *bytes = 0;
    for (size_t i = 0; i < places->count; i++) {
        const struct place *place = &places->items[i];

        if (!has_document(places, place->folder) && !has_document(places, place->above))
            continue;
        count += place->pictures;
        *bytes += place->picture_bytes;
    }
    return count;
}

void places_close(struct places *places)
{
    kite_free(&places->mem, places->items);
    *places = (struct places){ .mem = places->mem };
}

bool place_is_of_a_page(const char *name)
{
    static const char *const endings[] = { "_files", "_archivos", "_fichiers", "_arquivos", "-Dateien", "_bestanden" };
    size_t bytes = folder_bytes(name, strlen(name));

    for (; bytes > 0; bytes = folder_bytes(name, bytes))
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
            size_t tail = strlen(endings[i]);

            if (bytes > tail && strncasecmp(name + bytes - tail, endings[i], tail) == 0)
                return true;
        }
    return false;
}
