/* The built fonts, for tests. */
#ifndef KITE_TESTS_FONT_FOLDER_H
#define KITE_TESTS_FONT_FOLDER_H

#include "check.h"
#include "text/font_files.h"

static char built_fonts_folder[] = KITE_BUILD "/fonts";
static const struct kite_font_loader built_fonts = { built_fonts_folder, load_font_file };

#endif
