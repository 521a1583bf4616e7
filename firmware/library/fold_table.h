/* fold_table: made by fold_make.py, which says what it is. Private to the library room. */
#ifndef KITE_LIBRARY_FOLD_TABLE_H
#define KITE_LIBRARY_FOLD_TABLE_H

#include "library/library.h"

#define FOLD_BLOCK_CHARACTERS 256u
#define FOLD_BLOCKS 768u /* of three planes; behind these nothing folds */
#define FOLD_KIND_BITS 3u

struct fold_row {
    uint16_t character; /* its low 16 bits */
    uint16_t place;     /* in the pool: how many UTF-16 units, then these */
};
extern const uint16_t fold_starts[FOLD_BLOCKS + 1]; /* the first row of each block */
extern const struct fold_row fold_rows[];
extern const uint16_t fold_pool[];
/* Character << FOLD_KIND_BITS | enum kite_fold_kind, where each run begins; the first one with 0. */
extern const uint32_t fold_runs[];
extern const size_t fold_run_count;

#endif
