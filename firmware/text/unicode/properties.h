/* Unicode 15.0 properties. Made by make.py. Private to the text room. */
#ifndef KITE_TEXT_UNICODE_PROPERTIES_H
#define KITE_TEXT_UNICODE_PROPERTIES_H

#include <stdint.h>

enum { /* UAX #14 */
    KITE_LB_AL,
    KITE_LB_BA,
    KITE_LB_BB,
    KITE_LB_B2,
    KITE_LB_BK,
    KITE_LB_CB,
    KITE_LB_CL,
    KITE_LB_CM,
    KITE_LB_CP,
    KITE_LB_CR,
    KITE_LB_EB,
    KITE_LB_EM,
    KITE_LB_EX,
    KITE_LB_GL,
    KITE_LB_H2,
    KITE_LB_H3,
    KITE_LB_HL,
    KITE_LB_HY,
    KITE_LB_ID,
    KITE_LB_IN,
    KITE_LB_IS,
    KITE_LB_JL,
    KITE_LB_JT,
    KITE_LB_JV,
    KITE_LB_LF,
    KITE_LB_NL,
    KITE_LB_NS,
    KITE_LB_NU,
    KITE_LB_OP,
    KITE_LB_PO,
    KITE_LB_PR,
    KITE_LB_QU,
    KITE_LB_RI,
    KITE_LB_SA,
    KITE_LB_SP,
    KITE_LB_SY,
    KITE_LB_WJ,
    KITE_LB_ZW,
    KITE_LB_ZWJ,
    KITE_LB_OP_WIDE,
    KITE_LB_CP_WIDE,
    KITE_LB_PICTOGRAPH
};

enum { /* UAX #29 */
    KITE_GB_OTHER,
    KITE_GB_CR,
    KITE_GB_LF,
    KITE_GB_CONTROL,
    KITE_GB_EXTEND,
    KITE_GB_ZWJ,
    KITE_GB_RI,
    KITE_GB_PREPEND,
    KITE_GB_SPACING_MARK,
    KITE_GB_L,
    KITE_GB_V,
    KITE_GB_T,
    KITE_GB_LV,
    KITE_GB_LVT,
    KITE_GB_PICTOGRAPH
};

extern const uint8_t kite_kind_pages[], kite_kinds[], kite_kind_line[], kite_kind_grapheme[];
extern const uint16_t kite_kind_blocks[];

static inline uint8_t kite_kind(uint32_t c)
{
    if (c >= 0x110000)
        return 0;

    uint32_t block = kite_kind_blocks[kite_kind_pages[c / 512] * 32 + c / 16 % 32];

    return kite_kinds[block * 16 + c % 16];
}

static inline uint8_t kite_line_class(uint32_t c)
{
    return kite_kind_line[kite_kind(c)];
}

static inline uint8_t kite_grapheme_class(uint32_t c)
{
    return kite_kind_grapheme[kite_kind(c)];
}

#endif
