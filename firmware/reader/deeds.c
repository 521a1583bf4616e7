/* Rows that do something. */
#include "reader/deeds.h"

const struct deed *deed_at(const struct deed *table, int state, uint32_t index)
{
    for (; table->act; table++)
        if (table->state == state && index-- == 0)
            return table;
    return NULL;
}

void deed_fill(const struct kite_reader *r, const struct deed *deed, struct row *out)
{
    text_copy(say(r, deed->label), out->label, sizeof out->label);
    out->icon = deed->icon;
}

void deeds_fail(struct kite_reader *r, enum kite_status status)
{
    if (r->screen.status == KITE_OK)
        r->screen.status = status;
}

enum kite_status deed_close(struct kite_reader *r)
{
    view_close(r);
    return KITE_OK;
}

static const struct deed *deed_in_front(struct kite_reader *r, uint32_t index)
{
    const struct deeds *deeds = views[seat_of(r)->view]->deeds;

    return deed_at(deeds->table, deeds->state(r), index);
}

enum kite_status deeds_count(struct kite_reader *r, uint32_t *out)
{
    *out = 0;
    while (deed_in_front(r, *out))
        ++*out;
    return KITE_OK;
}

enum kite_status deeds_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    deed_fill(r, deed_in_front(r, index), out);
    return KITE_OK;
}

enum kite_status deeds_chosen(struct kite_reader *r, uint32_t index)
{
    return deed_in_front(r, index)->act(r);
}
