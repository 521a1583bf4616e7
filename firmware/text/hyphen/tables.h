/* Hyphenation tables, made by make.py. Private to the text room. */
#ifndef KITE_TEXT_HYPHEN_TABLES_H
#define KITE_TEXT_HYPHEN_TABLES_H

#include "base/base.h"

#define KITE_HYPHEN_NO_EDGE 0xffff

struct kite_hyphen_letter {
    uint16_t code_point;
    uint16_t letter; /* its number, from 2; 1 is the word's edge. Bit 8: this is its capital */
};
/* A trie. The edge of node n by a letter stands at n + letter: there is one if letters[] has that letter there, and targets[]
 * is the node it goes to. If letters[n] is 0, targets[n] is the node's value. The root is apart: first[letter] is a node or
 * KITE_HYPHEN_NO_EDGE. A value is a count and as many digits; digit i stands before letter i of the pattern. */
struct kite_hyphen_table {
    uint8_t min_left, min_right;
    uint16_t other_count;
    uint8_t ascii[26];                       /* numbers of a to z; 0: none */
    const struct kite_hyphen_letter *others; /* all other letters, by code point */
    const uint16_t *first;
    const uint8_t *letters;
    const uint16_t *targets;
    const uint8_t *values;
};
struct kite_hyphen_language {
    kite_lang tag;
    const struct kite_hyphen_table *table;
};
extern const struct kite_hyphen_language kite_hyphen_languages[];
extern const size_t kite_hyphen_language_count;

#endif
