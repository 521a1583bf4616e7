/* What a group of tests with the built fonts does before and after. */
#ifndef KITE_TESTS_FONT_GROUP_H
#define KITE_TESTS_FONT_GROUP_H

#include "text/font_folder.h"

static struct kite_fonts *fonts;

static inline int fonts_open(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_fault fault;

    (void)state;
    assert_int_equal(kite_fonts_create(&heap, &built_fonts, &fonts, &fault), KITE_OK);
    return 0;
}

static inline int fonts_close(void **state)
{
    (void)state;
    kite_fonts_destroy(fonts);
    return 0;
}

#endif
