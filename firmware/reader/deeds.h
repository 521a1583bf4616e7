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

struct deeds {
    const struct deed *table; /* a row without an act ends it */
    int (*state)(struct kite_reader *r);
};

/* What a state goes by could not be found out: the drawing in hand fails with that status, whatever state is returned. */
void deeds_fail(struct kite_reader *r, enum kite_status status);

/* Of a view that has deeds and no other rows. */
enum kite_status deeds_count(struct kite_reader *r, uint32_t *out);
enum kite_status deeds_row(struct kite_reader *r, uint32_t index, struct row *out);
enum kite_status deeds_chosen(struct kite_reader *r, uint32_t index);

/* The deed that leaves the screen. */
enum kite_status deed_close(struct kite_reader *r);

/* The nth that is offered in a state, of a table that a row without an act ends; NULL past the
 * last. */
const struct deed *deed_at(const struct deed *table, int state, uint32_t index);
void deed_fill(const struct kite_reader *r, const struct deed *deed, struct row *out);

#endif
