/* table: rows of a table as blocks. Private to the page room. */
#ifndef KITE_PAGE_TABLE_H
#define KITE_PAGE_TABLE_H

#include "page/block.h"

/* Find the table around row `index` and share the column among its own; x->table_columns is 0 when they do not fit. */
enum kite_status kite_table_measure(struct kite_block_context *x, uint32_t index, struct kite_arena *arena,
                                    struct kite_fault *fault);

/* The table's head as a block, to stand again over a row that begins a page. Its table has been measured and has one. */
enum kite_status kite_table_build_head(struct kite_block_context *x, struct kite_block *out, struct kite_arena *arena,
                                       struct kite_fault *fault);

/* The row's cells side by side. Its table has been measured. */
enum kite_status kite_table_build_cells(struct kite_block_context *x, struct kite_block *b, struct kite_arena *arena);

/* A row too wide for the panel becomes a card: a line for each cell that holds something, the name of its column
 * before it. Sets the block's text and stretches. Its table has been measured. */
enum kite_status kite_table_build_card(struct kite_block_context *x, struct kite_block *b, struct kite_arena *arena,
                                       struct kite_fault *fault);

#endif
