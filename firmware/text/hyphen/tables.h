/* Hyphenation tables, made by make.py. Private to the text room. */
#ifndef KITE_TEXT_HYPHEN_TABLES_H
#define KITE_TEXT_HYPHEN_TABLES_H

#include <stddef.h>
#include <stdint.h>

struct kite_hyphen_letter {
    uint16_t code_point;
    uint16_t letter; /* its number, from 2; 1 is the word's edge. Bit 8: this is its capital */
};
struct kite_hyphen_table {
    uint8_t min_left, min_right;
    uint16_t letter_count;
    uint32_t root;
    const struct kite_hyphen_letter *letters; /* ascending code points */
    /* A node: value offset << 8 | edge count, then its edges, child << 8 | letter, by letter. */
    const uint32_t *trie;
    const uint8_t *values; /* a value: how many digits, then they; digit i stands before letter i of the pattern */
};
struct kite_hyphen_language {
    const char *tag;
    const struct kite_hyphen_table *table;
};
extern const struct kite_hyphen_language kite_hyphen_languages[];
extern const size_t kite_hyphen_language_count;

#endif
