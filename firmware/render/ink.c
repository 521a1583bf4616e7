/* Gray tables: from coverage to the value that a panel is given. */
#include "render/ink.h"

#define ROOT_BITS 20 /* cube roots of reflectance are in 2^-20 */
#define WHOLE ((uint64_t)1 << (3 * ROOT_BITS))
#define WHITE (WHOLE / 1000 * 410)
#define BLACK (WHOLE / 1000 * 25)
#define ROOT_WHITE 778982u /* cube roots of those, rounded down */
#define ROOT_BLACK 306605u

static uint64_t cube(uint64_t value)
{
    return value * value * value;
}

/* Cube root, rounded down; guess is any value above 0. */
static uint64_t cube_root(uint64_t value, uint64_t guess)
{
    for (;;) { /* Newton; ends, as above the root every step goes down */
        uint64_t next = (2 * guess + value / (guess * guess)) / 3;
        if (next == guess || next == guess + 1)
            break;
        guess = next;
    }
    while (cube(guess) > value)
        guess--;
    while (cube(guess + 1) <= value)
        guess++;
    return guess;
}

uint64_t kite_reflectance_max(void)
{
    return cube(ROOT_WHITE) - cube(ROOT_BLACK);
}

uint64_t kite_code_reflectance(uint32_t code)
{
    uint64_t root = ROOT_BLACK + (uint64_t)code * (ROOT_WHITE - ROOT_BLACK) / KITE_CODE_MAX;

    return cube(root) - cube(ROOT_BLACK);
}

/* The code of a reflectance above black, the other way round. */
static uint32_t code_of(uint64_t reflectance)
{
    uint64_t root = cube_root(reflectance + cube(ROOT_BLACK), ROOT_WHITE);

    if (root < ROOT_BLACK)
        root = ROOT_BLACK;
    return (uint32_t)((root - ROOT_BLACK) * KITE_CODE_MAX / (ROOT_WHITE - ROOT_BLACK));
}

/* Black on white: the code of a coverage, before levels. */
static uint32_t day_code(uint32_t coverage, int weight)
{
    uint32_t straight = (255 - coverage) * KITE_CODE_ONE;

    if (weight >= 2)
        return straight;

    uint32_t linear = code_of(kite_reflectance_max() / 255 * (255 - coverage));

    return weight == 0 ? linear : (linear + straight) / 2;
}

/* The nearest level; of two levels, the one nearer in reflectance, or text gets thin. */
static uint8_t to_level(uint32_t code, int levels)
{
    uint32_t steps = (uint32_t)levels - 1;

    if (levels == 2)
        return kite_code_reflectance(code) >= kite_reflectance_max() / 2 ? 255 : 0;

    uint32_t level = (code * steps + KITE_CODE_MAX / 2) / KITE_CODE_MAX;

    return (uint8_t)(level * 255 / steps);
}

void kite_ink_table(const struct kite_ink *ink, uint8_t out[256])
{
    for (uint32_t c = 0; c < 256; c++) {
        uint32_t code = day_code(c, ink->weight);

        /* White on black: as much light as black on white takes away. */
        if (ink->is_night)
            code = code_of(kite_reflectance_max() - kite_code_reflectance(code));
        out[c] = to_level(code, ink->levels);
    }
    out[0] = ink->is_night ? 0 : 255;
    out[255] = ink->is_night ? 255 : 0;
}
