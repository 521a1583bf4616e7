/* converter: documents of other formats on a device. kite-press, the whole press as a program of its own, is started for each, in a
 * cage; the reader's own program links none of it. */
#ifndef KITE_CONVERTER_CONVERTER_H
#define KITE_CONVERTER_CONVERTER_H

#include "sideload/sideload.h"

#define KITE_CONVERTER_PROGRAM "kite-press"
#define KITE_CONVERTER_UNTIL_OVER (-1)

struct kite_converter_options {
    const char *called;  /* the running program, as argv[0]: kite-press lies beside it */
    const char *program; /* another path of kite-press; NULL: that one */
    const char *scratch; /* a folder, for files that have no name; copied */
    int32_t picture_width_px, picture_height_px;
    uint32_t slowness; /* as in struct kite_sandbox_program */
    int wait_ms;       /* that a step may take; KITE_CONVERTER_UNTIL_OVER: until the conversion is over, so that it takes one step */
};
struct kite_converter_process;
/* KITE_E_UNSUPPORTED: there is no kite-press; KITE_E_NOMEM. */
enum kite_status kite_converter_open(const struct kite_memory *mem, const struct kite_converter_options *options,
                                     struct kite_converter_process **out, struct kite_fault *fault);
const struct kite_converter *kite_converter_seam(const struct kite_converter_process *converter); /* lent */
/* The process that is at work, 0 for none: not to be collected by others. */
int kite_converter_child(const struct kite_converter_process *converter);
/* What holds kite-press, in words for a log; NULL until it was started once. */
const char *kite_converter_cage(const struct kite_converter_process *converter);
void kite_converter_close(struct kite_converter_process *converter); /* NULL is fine */

#endif
