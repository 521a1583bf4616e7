/* align: whether a document is set justified or ragged under a setting, and whether its words are divided. One answer
 * for all of it, that depends on nothing but document, fonts and setting. Private to the page room. */
#ifndef KITE_PAGE_ALIGN_H
#define KITE_PAGE_ALIGN_H

#include "page/block.h"

/* Fill is_justified and hyphenates of a context whose document, setting and column are known. Where the choice is left
 * open and the number of characters a line does not settle it, a sample of the document's running text is broken:
 * ragged when too many of its lines are loose, or have spaces of double width. Memory from mem, given back. KITE_E_NOMEM;
 * a document whose sample cannot be read goes by the number of characters. */
enum kite_status kite_align_decide(struct kite_block_context *context, const struct kite_memory *mem);

#endif
