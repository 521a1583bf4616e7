/* import: a volume that is being taken in, shared by the work and its screens. Private to the
 * reader room. */
#ifndef KITE_READER_IMPORT_H
#define KITE_READER_IMPORT_H

#include "reader/views.h"
#include "sideload/sideload.h"

struct import_state {
    struct kite_sideload *sideload;
    const struct kite_sideload_news *news;
    enum kite_volume volume;
    int64_t drawn_ms; /* the progress, last */
    uint32_t keys_answered; /* of those of senders: the owner has said yes or not now */
};

/* A sender's key on the stick waits for an answer, and is asked about. view_key.c */
bool key_is_there(const struct import_state *m);
void key_offer(struct kite_reader *r);
/* How many texts the volume has that can come in, as far as one sees from outside. import.c */
uint32_t import_texts(const struct kite_reader *r);
/* What is told of files, in the language of the interface. import_told.c */
const struct kite_words *import_words(const struct kite_reader *r);
/* All there is to tell at the end, one after the other: what is missing, then files by arrival. */
size_t import_told(const struct import_state *m);
/* How many of the provision set are not here. */
size_t import_missing(const struct import_state *m);
/* Too many to stand in one list, they stand in one list for each thing that came of them. */
bool import_is_grouped(const struct import_state *m);
uint32_t import_groups(const struct kite_reader *r);
/* A row for one of what is told, or for a group. */
enum kite_status import_fill_told(struct kite_reader *r, size_t index, struct row *out);
void import_fill_group(struct kite_reader *r, uint32_t index, struct row *out);

#endif
