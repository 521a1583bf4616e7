/* inside: what the files of the sideload room share. Private to it. */
#ifndef KITE_SIDELOAD_INSIDE_H
#define KITE_SIDELOAD_INSIDE_H

#include "sideload/sideload.h"

/* text[0..bytes) as UTF-8 of one line: '?' for control characters and what is not UTF-8; cut to the
 * room at a character. names.c */
void clean_text(const char *text, size_t bytes, char *out, size_t out_bytes);

/* folder, '/', name. KITE_E_LIMIT: too long. copy.c */
enum kite_status volume_path(const char *folder, const char *name,
                             char out[KITE_VOLUME_PATH_BYTES_MAX]);

/* Rows of what came of each file, packed. rows.c */
struct row_place {
    uint32_t offset; /* in bytes */
    uint32_t rank;   /* by arrival, then by arrival's time */
};
struct rows {
    struct kite_buffer bytes;
    struct row_place *places;
    size_t count, capacity;
};
/* One more row; name and detail are made fit for one line. Nothing when there are
 * KITE_ARRIVAL_ROWS_MAX. KITE_E_NOMEM. */
enum kite_status rows_add(struct rows *rows, const struct kite_arrival_row *row);
/* Bring them into their order. */
void rows_sort(struct rows *rows);
struct kite_arrival_row rows_get(const struct rows *rows, size_t index);
void rows_close(struct rows *rows);

#endif
