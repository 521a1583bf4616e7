/* Making more of a damaged database readable, by its pages alone: what its first page says of the file, its schema, and
 * the root of a table whose rows can be told from those of others.
 * Source: SQLite's description of its file format (fileformat2.html, sections 1.3, 1.6 and 2.1). */
#include "library/store.h"

#include <stdlib.h>
#include <string.h>

#define SAID_PAGES_AT 28
#define TABLE_LEAF 0x0d
#define TABLE_INTERIOR 0x05
#define LEAF_CELLS_AT 8
#define INTERIOR_CELLS_AT 12
#define LEAVES_MAX 256u /* under one root: their keys fit on a page however long */
#define FIELDS_MAX 32u
#define ROOT_FIELD 3u    /* of a place and of a mark: a bundle's root hash */
#define EXCERPT_FIELD 9u  /* of a mark; a place has numbers from here on, if any */
#define BLOB_32 76u

static uint64_t big(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

static void put_big(uint8_t *at, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

/* How many pages the first page says there are. */
static uint64_t said_pages(const uint8_t *page)
{
    return big(page + SAID_PAGES_AT, 4);
}

enum kite_status kite_mend_check(sqlite3 *db)
{
    uint8_t page[KITE_PAGE_BYTES];
    uint64_t count;
    bool is_even;
    enum kite_status status = kite_vfs_pages(db, &count, &is_even);

    if (status == KITE_OK && !is_even)
        status = KITE_E_DAMAGED;
    for (uint64_t i = 0; i < count && status == KITE_OK; i++) {
        status = kite_vfs_read_page(db, i, page);
        if (status == KITE_OK && i == 0 && said_pages(page) != count)
            status = KITE_E_DAMAGED; /* cut at a page */
    }
    return status;
}

enum kite_status kite_mend_header(sqlite3 *damaged)
{
    uint8_t page[KITE_PAGE_BYTES];
    uint64_t count;
    bool is_even;
    enum kite_status status = kite_vfs_read_page(damaged, 0, page);

    if (status == KITE_OK)
        status = kite_vfs_pages(damaged, &count, &is_even);
    if (status != KITE_OK)
        return status == KITE_E_DAMAGED ? KITE_OK : status;
    if (count == said_pages(page))
        return KITE_OK;
    put_big(page + SAID_PAGES_AT, 4, count);
    memset(page + SAID_PAGES_AT + 4, 0, 8); /* no free pages */
    return kite_vfs_write_page(damaged, 0, page);
}

enum kite_status kite_mend_schema(sqlite3 *damaged, sqlite3 *fresh)
{
    uint8_t page[KITE_PAGE_BYTES];
    sqlite3_stmt *is_root;
    int code;
    enum kite_status status = KITE_OK;

    /* Pages of the fresh database that are no table's or index's root are those of the schema. */
    code = sqlite3_prepare_v2(fresh, "SELECT 1 FROM sqlite_schema WHERE rootpage = ?", -1, &is_root, NULL);
    if (code != SQLITE_OK)
        return kite_sql_status(code);
    for (uint64_t i = 0; status == KITE_OK && kite_vfs_read_page(fresh, i, page) == KITE_OK; i++) {
        sqlite3_reset(is_root);
        code = sqlite3_bind_int64(is_root, 1, (sqlite3_int64)i + 1);
        if (code == SQLITE_OK)
            code = sqlite3_step(is_root);
        if (code == SQLITE_DONE)
            status = kite_vfs_write_page(damaged, i, page);
        else if (code != SQLITE_ROW)
            status = kite_sql_status(code);
    }
    sqlite3_finalize(is_root);
    return status == KITE_OK ? kite_mend_header(damaged) : status;
}

/* ---- roots of tables --------------------------------------------------------------------------------- */

struct leaf {
    int64_t first_row;
    uint64_t number;
};

/* SQLite's number of one to nine bytes; at moves behind it. Beyond the page there are zeros. */
static uint64_t take_varint(const uint8_t *page, size_t *at)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 9; i++) {
        uint8_t byte = *at < KITE_PAGE_BYTES ? page[*at] : 0;

        ++*at;
        if (i == 8)
            return value << 8 | byte;
        value = value << 7 | (byte & 0x7f);
        if (byte < 0x80)
            break;
    }
    return value;
}

static size_t put_varint(uint8_t *out, uint64_t value)
{
    uint8_t low_first[9];
    size_t count = 0;

    if (value >> 56) {
        out[8] = (uint8_t)value;
        value >>= 8;
        for (size_t i = 8; i-- > 0; value >>= 7)
            out[i] = (uint8_t)(value & 0x7f) | 0x80;
        return 9;
    }
    do
        low_first[count++] = (uint8_t)(value & 0x7f);
    while (value >>= 7);
    for (size_t i = 0; i < count; i++)
        out[i] = low_first[count - 1 - i] | (i + 1 < count ? 0x80 : 0);
    return count;
}

/* What the first row of a leaf looks like. */
static enum kite_owner owner_of(const uint8_t *page, int64_t *first_row)
{
    uint64_t types[FIELDS_MAX], header_end;
    size_t at = (size_t)big(page + LEAF_CELLS_AT, 2), fields = 0;

    if (page[0] != TABLE_LEAF || big(page + 3, 2) == 0)
        return KITE_OWNER_OTHER;
    (void)take_varint(page, &at); /* bytes of the row */
    *first_row = (int64_t)take_varint(page, &at);
    header_end = at;
    header_end += take_varint(page, &at);
    while (at < header_end && at < KITE_PAGE_BYTES && fields < FIELDS_MAX)
        types[fields++] = take_varint(page, &at);
    if (fields < EXCERPT_FIELD || types[ROOT_FIELD] != BLOB_32)
        return KITE_OWNER_OTHER;
    return fields > EXCERPT_FIELD + 2 && types[EXCERPT_FIELD + 1] >= 13 ? KITE_OWNER_MARK : KITE_OWNER_PLACE;
}

static int compare_leaves(const void *a, const void *b)
{
    const struct leaf *x = a, *y = b;

    return (x->first_row > y->first_row) - (x->first_row < y->first_row);
}

static enum kite_status find_leaves(sqlite3 *db, enum kite_owner owner, struct leaf leaves[LEAVES_MAX], size_t *count)
{
    uint8_t page[KITE_PAGE_BYTES];
    uint64_t pages;
    bool is_even;
    enum kite_status status = kite_vfs_pages(db, &pages, &is_even);

    *count = 0;
    for (uint64_t i = 1; i < pages && *count < LEAVES_MAX && status == KITE_OK; i++) {
        struct leaf leaf = { .number = i + 1 };

        status = kite_vfs_read_page(db, i, page);
        if (status == KITE_OK && owner_of(page, &leaf.first_row) == owner)
            leaves[(*count)++] = leaf;
        status = status == KITE_E_DAMAGED ? KITE_OK : status;
    }
    qsort(leaves, *count, sizeof *leaves, compare_leaves);
    return status;
}

/* An interior page over leaves: each cell is a leaf and the greatest row that may be in it. */
static void write_root(uint8_t page[KITE_PAGE_BYTES], const struct leaf *leaves, size_t count)
{
    size_t content = KITE_PAGE_BYTES - KITE_PAGE_SUM_BYTES;

    memset(page, 0, KITE_PAGE_BYTES);
    page[0] = TABLE_INTERIOR;
    put_big(page + 3, 2, count - 1);
    put_big(page + 8, 4, leaves[count - 1].number);
    for (size_t i = 0; i + 1 < count; i++) {
        uint8_t cell[4 + 9];
        size_t bytes;

        put_big(cell, 4, leaves[i].number);
        bytes = 4 + put_varint(cell + 4, (uint64_t)leaves[i + 1].first_row - 1);
        content -= bytes;
        memcpy(page + content, cell, bytes);
        put_big(page + INTERIOR_CELLS_AT + 2 * i, 2, content);
    }
    put_big(page + 5, 2, content);
}

enum kite_status kite_mend_root(const struct kite_memory *mem, sqlite3 *damaged, uint64_t root, enum kite_owner owner)
{
    uint8_t page[KITE_PAGE_BYTES];
    struct leaf *leaves;
    size_t count;
    enum kite_status status = kite_vfs_read_page(damaged, root - 1, page);

    if (status != KITE_E_DAMAGED)
        return status;
    leaves = kite_alloc(mem, LEAVES_MAX, sizeof *leaves);
    if (!leaves)
        return KITE_E_NOMEM;
    status = find_leaves(damaged, owner, leaves, &count);
    if (status == KITE_OK && count == 1) /* it takes the root's place */
        status = kite_vfs_read_page(damaged, leaves[0].number - 1, page);
    if (status == KITE_OK && count > 1)
        write_root(page, leaves, count);
    if (status == KITE_OK && count > 0)
        status = kite_vfs_write_page(damaged, root - 1, page);
    kite_free(mem, leaves);
    return status == KITE_OK && count == LEAVES_MAX ? KITE_E_LIMIT : status;
}
