/* The fonts of KITE_FONTS, or build/fonts, for fuzz targets. */
#ifndef KITE_TESTS_FUZZ_FONT_FILES_H
#define KITE_TESTS_FUZZ_FONT_FILES_H

#include "text/font_files.h"

static inline enum kite_status load_fuzz_font(void *ctx, const char *name, const uint8_t **bytes, size_t *count)
{
    char *asked = getenv("KITE_FONTS"), usual[] = "build/fonts";

    (void)ctx;
    return load_font_file(asked ? asked : usual, name, bytes, count);
}

static const struct kite_font_loader font_files = { NULL, load_fuzz_font };

#endif
