/* Rows that do something. */
#include "reader/deeds.h"

const struct deed *deed_at(const struct deed *table, int state, uint32_t index)
{
    for (; table->act; table++)
        if (table->state == state && index-- == 0)
            return table;
    return NULL;
}

uint32_t deed_count(const struct deed *table, int state)
{
    uint32_t count = 0;

    while (deed_at(table, state, count))
        count++;
    return count;
}

void deed_fill(const struct kite_reader *r, const struct deed *deed, struct row *out)
{
    text_copy(say(r, deed->label), out->label, sizeof out->label);
    out->icon = deed->icon;
}
