/* dump: what the layout decided, as JSON lines for tools that measure type: lines, pages, and with
 * items the paragraphs in the form of Knuth and Plass. Lengths are px. */
#ifndef KITE_CLI_DUMP_H
#define KITE_CLI_DUMP_H

#include "cli/json.h"
#include "page/page.h"

struct kite_dump {
    struct kite_json json;
    char label[24]; /* of the document among several; empty for none */
    struct kite_progress progress; /* its step may be NULL */
    uint32_t paragraph_count;      /* of the document, for the progress */
};

/* Lay out a document and write all of it to the dump's sink. */
enum kite_status kite_dump_document(struct kite_dump *dump, struct kite_layout *layout,
                                    uint32_t document, bool has_items, struct kite_fault *fault);

#endif
