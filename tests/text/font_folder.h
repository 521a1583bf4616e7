/* The built fonts, for tests. */
#ifndef KITE_TESTS_FONT_FOLDER_H
#define KITE_TESTS_FONT_FOLDER_H

#include "check.h"

#include "text/text.h"

#include <stdio.h>

/* Files are read once and kept; a test program is short. */
static inline enum kite_status load_built_font(void *ctx, const char *name, const uint8_t **bytes, size_t *count)
{
    static struct {
        char name[64];
        uint8_t *bytes;
        size_t count;
    } kept[KITE_FACES_MAX];
    static size_t kept_count;
    char path[512];

    (void)ctx;
    for (size_t i = 0; i < kept_count; i++) {
        if (strcmp(kept[i].name, name) == 0) {
            *bytes = kept[i].bytes;
            *count = kept[i].count;
            return KITE_OK;
        }
    }
    snprintf(path, sizeof path, KITE_BUILD "/fonts/%s", name);

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
    snprintf(kept[kept_count].name, sizeof kept[kept_count].name, "%s", name);
    kept[kept_count].bytes = read;
    kept[kept_count++].count = *count;
    *bytes = read;
    return KITE_OK;
}

static const struct kite_font_loader built_fonts = { NULL, load_built_font };

#endif
