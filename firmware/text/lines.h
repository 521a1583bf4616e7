/* lines: where the lines of a paragraph end. Optimal breaking, justified and ragged, over legal breaks
 * with prefix sums; knows nothing of text, fonts or pages. Private to the text room. */
#ifndef KITE_TEXT_LINES_H
#define KITE_TEXT_LINES_H

#include "text/text.h"

enum kite_break_kind {
    KITE_BREAK_SPACE = 0,   /* at a word space or other plain opportunity */
    KITE_BREAK_HYPHEN,      /* shows a hyphen that is not in the text */
    KITE_BREAK_EXPLICIT,    /* after a hyphen that is in the text: flagged, like HYPHEN */
    KITE_BREAK_RESORT_HYPHEN, /* shows a hyphen, in a piece wider than a line: not flagged, as several in a row may be needed */
    KITE_BREAK_FORCED       /* the line must end here (U+000A) */
};

/* A legal break. Sums run from the paragraph's start. A line from break a to break b has
 *   natural = b.width_before + b.pre - a.width_after + a.post
 *   stretch = b.stretch_before - a.stretch_after,  shrink likewise,  spaces likewise.
 * "before" is up to the break; "after" is behind the glue that the break swallows. All sums ascend.
 * The paragraph's end is the last element, kind FORCED. Its start is implied: all sums zero. */
struct kite_break {
    kite_f26 width_before, width_after;
    kite_f26 stretch_before, stretch_after;
    kite_f26 shrink_before, shrink_after;
    kite_f26 pre, post; /* width added at the end of this line, start of the next, when broken here */
    uint16_t spaces_before, spaces_after;
    uint8_t kind;       /* enum kite_break_kind */
    uint16_t penalty;   /* 0 to 9999: its square is the price; ragged, where 50 is the price of a hyphen, as well */
};

struct kite_line_rules {
    kite_f26 measure_f26;   /* above zero */
    kite_f26 hang_f26;      /* lines that go on from an unforced break are shorter by this much; >= 0 */
    kite_f26 space_f26;     /* natural width of one word space */
    enum kite_align align;  /* JUSTIFIED: total fit; else ragged */
    bool is_balanced;       /* ragged: even lengths over the fewest possible lines */
    bool is_narrow;         /* ragged: below 40 characters a line, hyphen price 0.03, else 0.06 */
    uint32_t lines_wanted;  /* so many lines; 0: as many as the optimum has */
    int32_t ratio_max_q16;  /* lines_wanted != 0: refused when the best has a line beyond this ratio, Q16; 0: no limit */
};

struct kite_breaks {
    uint32_t *at;      /* indices into the breaks, ascending, the last is break_count-1 */
    size_t count;      /* lines */
};

/* Choose the breaks with the least total cost.
 *
 * JUSTIFIED: Knuth and Plass, Breaking Paragraphs into Lines (1981), with these changes: badness 100|r|^3 is
 * real and has no ceiling; demerits (10+badness)^2 + penalty^2, +10000 for two flagged lines in a row, +5000 for a flagged
 * line before the last one, +10000 when fitness classes (tight r<-0.5, decent r<=0.5, loose r<=1, very loose) differ by more than
 * one, +1000000 when the last line is narrower than 15 % of the measure; at most two flagged lines in a row (each further
 * one costs more than anything else, so that only need makes it); no line shrinks
 * below r = -1 unless one unbreakable piece is wider than the measure (then the least overfull); a line with nothing to stretch
 * counts as if it had one space (stretch space_f26/2). The last line, and a line before a forced break, stretches freely.
 * The result is the exact optimum of that model (starts are pruned only where they cannot win); arithmetic in integers.
 *
 * Ragged: least sum of squared shortfalls (as share of the measure) plus the hyphen price per flagged line, no two
 * flagged lines in a row unless nothing else is possible, a last line below 20 % costs 1. No line is overfull unless nothing else is possible.
 * Balanced: among settings of the fewest lines possible, the least sum of squared shortfalls, last line included, and of
 * penalties.
 *
 * Ties go to fewer lines, then to the earlier break. out->at comes from scratch and stays there.
 * KITE_E_RANGE: lines_wanted cannot be had within ratio_max_q16. KITE_E_NOMEM.  */
enum kite_status kite_lines_break(const struct kite_break *breaks, size_t break_count,
                                  const struct kite_line_rules *rules, struct kite_arena *scratch,
                                  struct kite_breaks *out);

/* Stretch ratio of a line as a Q16 number; gap/stretch or gap/shrink. INT32_MAX when over it. */
int32_t kite_line_ratio_q16(kite_f26 gap, kite_f26 stretch, kite_f26 shrink, kite_f26 space);

#endif
