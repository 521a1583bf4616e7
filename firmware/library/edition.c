/* A newer edition takes over: each place, way back and mark of the old text finds its paragraph in the new one. */
#include "library/store.h"

#define STEPS_BACK 32u

struct spot {
    uint32_t paragraph, offset_bytes;
};

static enum kite_status read_paragraph(const struct kite_memory *mem, struct kite_bundle *bundle, uint32_t document,
                                       uint32_t index, uint32_t offset, uint32_t *id, uint32_t *fitting_offset)
{
    struct kite_arena arena;
    struct kite_paragraph p = { 0 };
    enum kite_status status;

    kite_arena_init(&arena, *mem, 0);
    status = kite_bundle_paragraph(bundle, document, index, &arena, &p, NULL);
    if (status == KITE_OK) {
        *id = p.id;
        if (offset > p.text.text_bytes)
            offset = (uint32_t)p.text.text_bytes;
        while (offset > 0 && offset < p.text.text_bytes && ((uint8_t)p.text.text[offset] & 0xc0) == 0x80)
            offset--; /* not inside a character */
        *fitting_offset = offset;
    }
    kite_arena_close(&arena);
    return status;
}

/* Index in the new text of an old paragraph, by its id; when that has gone, of one of those before it. */
static enum kite_status find_paragraph(struct kite_library *lib, const struct kite_succession *s, uint32_t paragraph,
                                       uint32_t *index, bool *is_exact)
{
    enum kite_status status = KITE_E_RANGE;

    for (uint32_t back = 0; back <= STEPS_BACK && back <= paragraph; back++) {
        uint32_t id = paragraph - back, unused;

        if (s->old_bundle)
            status = read_paragraph(&lib->mem, s->old_bundle, s->old_document, paragraph - back, 0, &id, &unused);
        if (status == KITE_E_NOMEM)
            return status;
        status = kite_bundle_paragraph_by_id(s->new_bundle, s->new_document, id, index, NULL);
        if (status == KITE_OK) {
            *is_exact = back == 0;
            return status;
        }
    }
    return status;
}

static enum kite_status move_spot(struct kite_library *lib, const struct kite_succession *s, struct spot *spot)
{
    struct kite_document_info info;
    uint32_t index = 0, id;
    bool is_exact = false;
    enum kite_status status = kite_bundle_document(s->new_bundle, s->new_document, &info);

    if (status != KITE_OK)
        return status;
    status = find_paragraph(lib, s, spot->paragraph, &index, &is_exact);
    if (status == KITE_E_NOMEM)
        return status;
    if (status != KITE_OK) /* nothing near it is left: as far into the text as before */
        index = info.paragraph_count == 0                ? 0
                : spot->paragraph < info.paragraph_count ? spot->paragraph
                                                         : info.paragraph_count - 1;
    *spot = (struct spot){ index, is_exact ? spot->offset_bytes : 0 };
    status = read_paragraph(&lib->mem, s->new_bundle, s->new_document, index, spot->offset_bytes, &id,
                            &spot->offset_bytes);
    return status == KITE_E_NOMEM ? status : KITE_OK;
}

/* The reader's place moves, unless they have one in the new text already. */
static enum kite_status move_place(struct kite_library *lib, const struct kite_succession *s, sqlite3_stmt *row)
{
    int64_t id = sqlite3_column_int64(row, 0), reader = sqlite3_column_int64(row, 1);
    struct spot spot = { (uint32_t)sqlite3_column_int64(row, 2), (uint32_t)sqlite3_column_int64(row, 3) };
    enum kite_status status = move_spot(lib, s, &spot);

    if (status == KITE_OK)
        status = kite_sql_run(lib,
                              "INSERT INTO place(id, reader, text, root, document, paragraph, offset, permille, seq)"
                              " SELECT ?, reader, ?, ?, ?, ?, ?, permille, seq FROM place WHERE id = ? "
                              "ON CONFLICT DO NOTHING",
                              "iibiiii", kite_place_id((uint32_t)reader, s->to), s->to, s->new_root,
                              (int64_t)s->new_document, (int64_t)spot.paragraph, (int64_t)spot.offset_bytes, id);
    return status == KITE_OK ? kite_sql_run(lib, "DELETE FROM place WHERE id = ?", "i", id) : status;
}

static enum kite_status move_back(struct kite_library *lib, const struct kite_succession *s, sqlite3_stmt *row)
{
    int64_t id = sqlite3_column_int64(row, 0), reader = sqlite3_column_int64(row, 1);
    struct spot spot = { (uint32_t)sqlite3_column_int64(row, 2), (uint32_t)sqlite3_column_int64(row, 3) };
    enum kite_status status = move_spot(lib, s, &spot);

    if (status == KITE_OK)
        status = kite_sql_run(lib,
                              "INSERT INTO back(id, reader, text, paragraph, offset) VALUES(?, ?, ?, ?, ?) "
                              "ON CONFLICT DO NOTHING", "iiiii",
                              kite_place_id((uint32_t)reader, s->to) * 16 + id % 16, reader, s->to,
                              (int64_t)spot.paragraph, (int64_t)spot.offset_bytes);
    return status == KITE_OK ? kite_sql_run(lib, "DELETE FROM back WHERE id = ?", "i", id) : status;
}

static enum kite_status move_mark(struct kite_library *lib, const struct kite_succession *s, sqlite3_stmt *row)
{
    int64_t id = sqlite3_column_int64(row, 0);
    struct spot start = { (uint32_t)sqlite3_column_int64(row, 2), (uint32_t)sqlite3_column_int64(row, 3) };
    struct spot end = { (uint32_t)sqlite3_column_int64(row, 4), (uint32_t)sqlite3_column_int64(row, 5) };
    enum kite_status status = move_spot(lib, s, &start);

    if (status == KITE_OK)
        status = move_spot(lib, s, &end);
    if (end.paragraph < start.paragraph || (end.paragraph == start.paragraph && end.offset_bytes < start.offset_bytes))
        end = start; /* its text was moved about: what is left is where it began */
    return status == KITE_OK
               ? kite_sql_run(lib,
                              "UPDATE mark SET text = ?, root = ?, document = ?, start_paragraph = ?, start_offset = ?,"
                              " end_paragraph = ?, end_offset = ? WHERE id = ?",
                              "ibiiiiii", s->to, s->new_root, (int64_t)s->new_document, (int64_t)start.paragraph,
                              (int64_t)start.offset_bytes, (int64_t)end.paragraph, (int64_t)end.offset_bytes, id)
               : status;
}

struct table {
    const char *first; /* the first row still with the old text, given that text's id */
    enum kite_status (*move)(struct kite_library *lib, const struct kite_succession *s, sqlite3_stmt *row);
};

static const struct table tables[] = {
    { "SELECT id, reader, paragraph, offset FROM place WHERE id BETWEEN ?1 * 16 AND ?1 * 16 + 15 LIMIT 1", move_place },
    { "SELECT id, reader, paragraph, offset FROM back WHERE id BETWEEN ?1 * 256 AND ?1 * 256 + 255 LIMIT 1", move_back },
    { "SELECT id, reader, start_paragraph, start_offset, end_paragraph, end_offset FROM mark WHERE reader IN "
      "(SELECT id FROM reader) AND text = ?1 LIMIT 1", move_mark },
};

enum kite_status kite_library_succeed(struct kite_library *lib, const struct kite_succession *s)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < sizeof tables / sizeof *tables && status == KITE_OK; i++) {
        while (status == KITE_OK) {
            sqlite3_stmt *row;

            status = kite_sql_open(lib, &row, tables[i].first, "i", s->from);
            if (status == KITE_OK)
                status = kite_sql_step(lib, row);
            if (status == KITE_OK)
                status = tables[i].move(lib, s, row);
            kite_sql_close(row);
        }
        status = status == KITE_DONE ? KITE_OK : status;
    }
    return status;
}
