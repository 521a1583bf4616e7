/* deeds: rows that do something, of a screen that goes through states and offers other ones in
 * each. Private to the reader room. */
#ifndef KITE_READER_DEEDS_H
#define KITE_READER_DEEDS_H

#include "reader/state.h"

struct deed {
    int state; /* of the screen, in which it is offered */
    enum message label;
    const char *icon;
    enum kite_status (*act)(struct kite_reader *r);
};

/* The nth that is offered in a state, of a table that a row without an act ends; NULL past the
 * last. */
const struct deed *deed_at(const struct deed *table, int state, uint32_t index);
uint32_t deed_count(const struct deed *table, int state);
void deed_fill(const struct kite_reader *r, const struct deed *deed, struct row *out);

#endif
