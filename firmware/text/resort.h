/* resort: where a run that no line can hold is divided, as the last resort. Private to the text room. */
#ifndef KITE_TEXT_RESORT_H
#define KITE_TEXT_RESORT_H

#include "text/compose.h"

/* A point inside the run. Widths run from the run's start. */
struct kite_resort {
    struct kite_break_at at;
    kite_f26 before, after; /* up to the point; behind the no-break spaces that a break here swallows */
    kite_f26 pre, post;     /* as in struct kite_break */
    bool shows_hyphen;
};

/* Atoms [first, end) of a composition that nothing divides, wider than a line. */
struct kite_resort_run {
    uint32_t first, end;
    kite_f26 width_f26;
    kite_f26 measure_first_f26; /* of the line that the run begins on; further lines have measure_rest_f26 */
    kite_f26 measure_rest_f26;
};

/* Divide the run, from a line of its own on, each line as full as can be with the best kind of point in its reach: at
 * no-break spaces, else where patterns divide a word, with a hyphen, else between letters, else between any two
 * grapheme clusters. Any two neighbouring parts are together wider than a line, so that a setting must take all the
 * points: it cannot have more of them than needed, whatever they cost. (Not so where signs stand among letters.) Sets
 * hyphen_mode of the atoms that patterns may divide. *out comes from arena. KITE_E_NOMEM. */
enum kite_status kite_resort_divide(struct kite_setter *setter, struct kite_composition *c,
                                    const struct kite_resort_run *run, struct kite_arena *arena,
                                    struct kite_resort **out, size_t *count);

#endif
