/* The floor program's book: a count of chunks (uint32), their table, then their deflated bytes, all as the machine has
 * them. A chunk inflates to whole paragraphs, each ended by a newline; words are parted by single spaces. */
#ifndef KITE_BENCH_FLOOR_H
#define KITE_BENCH_FLOOR_H

#include <stdint.h>

#define FLOOR_CHUNK_BYTES 32768 /* of text; a longer paragraph has a chunk of its own */
#define FLOOR_HYPHEN '\x01'     /* the word may be divided here, with a hyphen */
#define FLOOR_BREAK '\x02'      /* a line may end here as it is */

struct floor_chunk {
    uint32_t offset, stored_bytes, text_bytes; /* offset: from the end of the table */
};

#endif
