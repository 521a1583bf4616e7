/* What came of each file, kept packed: a stick may hold thousands. */
#include "sideload/inside.h"

#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX 512u
#define ROW_HEAD_BYTES 9u /* the text's id, eight bytes, and the arrival */

static enum kite_status add_line(struct kite_buffer *bytes, const char *text)
{
    char line[LINE_BYTES_MAX];

    clean_text(text, strlen(text), line, sizeof line);
    return kite_buffer_add(bytes, line, strlen(line) + 1);
}

static enum kite_status pack(struct kite_buffer *bytes, const struct kite_arrival_row *row)
{
    enum kite_status status = kite_buffer_add_u32(bytes, (uint32_t)row->text);

    if (status == KITE_OK)
        status = kite_buffer_add_u32(bytes, (uint32_t)((uint64_t)row->text >> 32));
    if (status == KITE_OK)
        status = kite_buffer_add_u8(bytes, (uint8_t)row->arrival);
    if (status == KITE_OK)
        status = add_line(bytes, row->name);
    if (status == KITE_OK)
        status = add_line(bytes, row->kind);
    if (status == KITE_OK)
        status = add_line(bytes, row->detail);
    return status == KITE_OK ? add_line(bytes, row->sender) : status;
}

enum kite_status rows_add(struct rows *rows, const struct kite_arrival_row *row)
{
    void *places = rows->places;
    size_t offset = rows->bytes.count;
    enum kite_status status;

    if (rows->count == KITE_ARRIVAL_ROWS_MAX)
        return KITE_OK;
    status = kite_grow(&rows->bytes.mem, &places, &rows->capacity, rows->count + 1,
                       sizeof *rows->places);
    rows->places = places;
    if (status == KITE_OK)
        status = pack(&rows->bytes, row);
    if (status) {
        rows->bytes.count = offset;
        return status;
    }
    rows->places[rows->count] =
        (struct row_place){ (uint32_t)offset, (uint32_t)row->arrival * KITE_ARRIVAL_ROWS_MAX +
                                                  (uint32_t)rows->count };
    rows->count++;
    return KITE_OK;
}

static int by_rank(const void *a, const void *b)
{
    const struct row_place *left = a, *right = b;

    return left->rank < right->rank ? -1 : left->rank > right->rank;
}

void rows_sort(struct rows *rows)
{
    if (rows->count > 1)
        qsort(rows->places, rows->count, sizeof *rows->places, by_rank);
}

struct kite_arrival_row rows_get(const struct rows *rows, size_t index)
{
    const uint8_t *at = rows->bytes.bytes + rows->places[index].offset;
    const char *name = (const char *)at + ROW_HEAD_BYTES, *kind = name + strlen(name) + 1,
               *detail = kind + strlen(kind) + 1;
    uint64_t text = kite_get_u32(at) | (uint64_t)kite_get_u32(at + 4) << 32;

    return (struct kite_arrival_row){ .arrival = (enum kite_arrival)at[8],
                                      .name = name,
                                      .kind = kind,
                                      .detail = detail,
                                      .sender = detail + strlen(detail) + 1,
                                      .text = (int64_t)text };
}

void rows_close(struct rows *rows)
{
    kite_buffer_close(&rows->bytes);
    kite_free(&rows->bytes.mem, rows->places);
    *rows = (struct rows){ .bytes.mem = rows->bytes.mem };
}
