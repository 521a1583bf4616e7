/* The fonts of build/fonts, or KITE_FONTS, for fuzz targets. */
#ifndef KITE_TESTS_FUZZ_FONT_FILES_H
#define KITE_TESTS_FUZZ_FONT_FILES_H

#include "text/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Files are read once and kept. */
static inline enum kite_status load_font_file(void *ctx, const char *name, const uint8_t **bytes, size_t *count)
{
    static struct {
        char name[64];
        uint8_t *bytes;
        size_t count;
    } kept[KITE_FACES_MAX];
    static size_t kept_count;
    const char *folder = getenv("KITE_FONTS");
    char path[1024];
    uint8_t *read;
    FILE *file;

    (void)ctx;
    for (size_t i = 0; i < kept_count; i++) {
        if (strcmp(kept[i].name, name) == 0) {
            *bytes = kept[i].bytes;
            *count = kept[i].count;
            return KITE_OK;
        }
    }
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "build/fonts", name);
    file = fopen(path, "rb");
    if (!file || kept_count == KITE_FACES_MAX)
        return KITE_E_RANGE;
    fseek(file, 0, SEEK_END);
    *count = (size_t)ftell(file);
    rewind(file);
    read = malloc(*count);
    if (read && fread(read, 1, *count, file) != *count)
        *count = 0;
    fclose(file);
    if (!read)
        return KITE_E_NOMEM;
    snprintf(kept[kept_count].name, sizeof kept[kept_count].name, "%s", name);
    kept[kept_count].bytes = read;
    kept[kept_count++].count = *count;
    *bytes = read;
    return KITE_OK;
}

static const struct kite_font_loader font_files = { NULL, load_font_file };

#endif
