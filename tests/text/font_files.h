/* Font files of a folder, for tests and fuzz targets. */
#ifndef KITE_TESTS_FONT_FILES_H
#define KITE_TESTS_FONT_FILES_H

#include "text/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ctx is the folder's path. Files are read once and kept; a test program is short. */
static inline enum kite_status load_font_file(void *ctx, const char *name, const uint8_t **bytes, size_t *count)
{
    static struct {
        char path[512];
        uint8_t *bytes;
        size_t count;
    } kept[KITE_FACES_MAX];
    static size_t kept_count;
    char path[512];

    snprintf(path, sizeof path, "%s/%s", (const char *)ctx, name);
    for (size_t i = 0; i < kept_count; i++) {
        if (strcmp(kept[i].path, path) == 0) {
            *bytes = kept[i].bytes;
            *count = kept[i].count;
            return KITE_OK;
        }
    }

    FILE *file = fopen(path, "rb");

    if (!file || kept_count == KITE_FACES_MAX)
        return KITE_E_RANGE;
    fseek(file, 0, SEEK_END);
    *count = (size_t)ftell(file);
    rewind(file);

    uint8_t *read = malloc(*count);

    if (!read || fread(read, 1, *count, file) != *count)
        abort();
    fclose(file);
    memcpy(kept[kept_count].path, path, sizeof path);
    kept[kept_count].bytes = read;
    kept[kept_count++].count = *count;
    *bytes = read;
    return KITE_OK;
}

#endif
