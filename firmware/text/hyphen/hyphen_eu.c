/* Hyphenation patterns of "eu" (hyph-eu). Made by make.py; see README.md. */
#include "text/hyphen/tables.h"

static const uint16_t first[] = {
    65535, 65535, 65535, 8, 16, 22, 65535, 8, 8, 65535, 16, 8, 29, 16, 16, 65535,
    8, 16, 22, 42, 48, 65535, 16, 16, 16, 16, 16, 16,
};

static const uint8_t letters[] = {
    0, 0, 5, 2, 6, 9, 15, 21, 7, 2, 6, 9, 12, 15, 18, 21, 5, 2, 6, 9, 15, 21, 6, 2, 6, 9, 15, 18,
    21, 6, 2, 6, 9, 12, 15, 21, 0, 2, 12, 18, 1, 3, 5, 2, 6, 9, 15, 21, 9, 2, 6, 9, 15, 18, 19, 21,
    24, 26,
};

static const uint16_t targets[] = {
    1, 3, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0,
    6, 0, 36, 36, 1, 37, 0, 0, 0, 0, 0, 40, 0, 0, 0, 0, 0, 2,
    2, 0, 2, 2,
};

static const uint8_t values[] = {
    0, 1, 1, 2, 1, 2, 4, 0, 0, 2, 2,
};

static const struct kite_hyphen_letter others[] = {
    { 0xd1, 0x11b }, { 0xf1, 0x1b },
};

const struct kite_hyphen_table kite_hyphen_eu = {
    2, 2, 2,
    { 2, 3, 4, 5, 6, 7, 8, 0, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26 },
    others, first, letters, targets, values
};
