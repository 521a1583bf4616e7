/* Names of characters, as HTML and Markdown write them: a table. Private to the press room. */
#ifndef KITE_PRESS_ENTITIES_H
#define KITE_PRESS_ENTITIES_H

#include <stddef.h>
#include <stdint.h>

struct kite_entity_name {
    char name[12];
    uint16_t code_point;
};
extern const struct kite_entity_name kite_entity_names[]; /* sorted by bytes */
extern const size_t kite_entity_name_count;

#endif
