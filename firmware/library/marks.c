/* Bookmarks and highlights, with their notes. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static enum kite_status check_mark(const struct kite_mark *m, struct kite_fault *fault)
{
    if (!kite_library_text_fits(or_empty(m->note), KITE_NOTE_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "a note has at most %u bytes", KITE_NOTE_BYTES_MAX);
    if (!kite_library_text_fits(or_empty(m->excerpt), KITE_EXCERPT_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "an excerpt has at most %u bytes", KITE_EXCERPT_BYTES_MAX);
    if (m->is_highlight && (m->end.paragraph < m->start.paragraph ||
                            (m->end.paragraph == m->start.paragraph && m->end.offset_bytes < m->start.offset_bytes)))
        return kite_fail(fault, KITE_E_FORMAT, "a highlight ends before it begins");
    return KITE_OK;
}

static enum kite_status add_mark(struct kite_library *lib, const struct kite_mark *m, int64_t *id)
{
    const struct kite_place *end = m->is_highlight ? &m->end : &m->start;
    uint8_t root[32];
    uint32_t document;
    enum kite_status status = kite_library_check_reader(lib, m->reader);

    if (status == KITE_OK)
        status = kite_library_text_known(lib, m->text, root, &document);
    if (status == KITE_OK && !m->is_highlight) {
        status = kite_sql_number(lib, id,
                                 "SELECT id FROM mark WHERE reader = ? AND text = ? AND start_paragraph = ? AND "
                                 "start_offset = ? AND highlight = 0",
                                 "iiii", (int64_t)m->reader, m->text, (int64_t)m->start.paragraph,
                                 (int64_t)m->start.offset_bytes);
        if (status != KITE_DONE)
            return status;
        status = KITE_OK;
    }
    if (status == KITE_OK)
        status = kite_sql_run(lib,
                              "INSERT INTO mark(reader, text, root, document, highlight, start_paragraph, start_offset,"
                              " end_paragraph, end_offset, excerpt, note) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                              "iibiiiiiitt", (int64_t)m->reader, m->text, root, (int64_t)document,
                              (int64_t)m->is_highlight, (int64_t)m->start.paragraph, (int64_t)m->start.offset_bytes,
                              (int64_t)end->paragraph, (int64_t)end->offset_bytes, or_empty(m->excerpt),
                              or_empty(m->note));
    if (status == KITE_OK)
        *id = sqlite3_last_insert_rowid(lib->db);
    return status;
}

enum kite_status kite_library_mark_add(struct kite_library *lib, const struct kite_mark *mark, int64_t *id,
                                       struct kite_fault *fault)
{
    enum kite_status status = check_mark(mark, fault);

    *id = 0;
    if (status != KITE_OK)
        return status;
    status = kite_sql_begin(lib);
    if (status == KITE_OK)
        status = kite_sql_end(lib, add_mark(lib, mark, id));
    return kite_sql_fault(lib, status, fault, "keeping the mark");
}

static enum kite_status change_mark(struct kite_library *lib, int64_t id, const char *note)
{
    enum kite_status status = note ? kite_sql_run(lib, "UPDATE mark SET note = ? WHERE id = ?", "ti", note, id)
                                   : kite_sql_run(lib, "DELETE FROM mark WHERE id = ?", "i", id);

    if (status == KITE_OK && sqlite3_changes(lib->db) == 0)
        return KITE_E_RANGE;
    return status == KITE_OK ? kite_library_wipe_later(lib) : status;
}

/* The words that were there are gone from the disk when it is done. */
static enum kite_status change_whole(struct kite_library *lib, int64_t id, const char *note)
{
    enum kite_status status = kite_sql_begin(lib);

    if (status == KITE_OK)
        status = kite_sql_end(lib, change_mark(lib, id, note));
    if (status == KITE_OK)
        kite_library_discard(lib, KITE_DISCARD_REMOVE);
    return status;
}

enum kite_status kite_library_mark_note(struct kite_library *lib, int64_t id, const char *note, struct kite_fault *fault)
{
    if (!kite_library_text_fits(note, KITE_NOTE_BYTES_MAX))
        return kite_fail(fault, KITE_E_FORMAT, "a note has at most %u bytes", KITE_NOTE_BYTES_MAX);
    return kite_sql_fault(lib, change_whole(lib, id, note), fault, "keeping the note");
}

enum kite_status kite_library_mark_remove(struct kite_library *lib, int64_t id, struct kite_fault *fault)
{
    return kite_sql_fault(lib, change_whole(lib, id, NULL), fault, "removing the mark");
}

typedef enum kite_status each_mark(void *ctx, const struct kite_mark *mark, const char *title);

#define COLUMNS \
    "SELECT m.id, m.reader, m.text, m.highlight, t.document, m.start_paragraph, m.start_offset, m.end_paragraph," \
    " m.end_offset, m.excerpt, m.note, t.title FROM mark m CROSS JOIN text t ON t.id = m.text "

/* Hand out the rows of a statement over COLUMNS. */
static enum kite_status hand_out(struct kite_library *lib, enum kite_status status, sqlite3_stmt *stmt, void *ctx,
                                 each_mark *each)
{
    while (status == KITE_OK && (status = kite_sql_step(lib, stmt)) == KITE_OK) {
        uint32_t document = (uint32_t)sqlite3_column_int64(stmt, 4);
        const struct kite_mark mark = {
            .id = sqlite3_column_int64(stmt, 0),
            .reader = (uint32_t)sqlite3_column_int64(stmt, 1),
            .text = sqlite3_column_int64(stmt, 2),
            .is_highlight = sqlite3_column_int(stmt, 3) != 0,
            .start = { document, (uint32_t)sqlite3_column_int64(stmt, 5), (uint32_t)sqlite3_column_int64(stmt, 6) },
            .end = { document, (uint32_t)sqlite3_column_int64(stmt, 7), (uint32_t)sqlite3_column_int64(stmt, 8) },
            .excerpt = kite_sql_text(stmt, 9),
            .note = kite_sql_text(stmt, 10),
        };
        const char *title = kite_sql_text(stmt, 11);

        status = kite_sql_row(lib);
        if (status == KITE_OK)
            status = each(ctx, &mark, title);
    }
    return status == KITE_DONE ? KITE_OK : status;
}

enum kite_status kite_library_marks(struct kite_library *lib, uint32_t reader, int64_t text, uint32_t first,
                                    uint32_t count, void *ctx, each_mark *each, struct kite_fault *fault)
{
    sqlite3_stmt *stmt;
    enum kite_status status =
        text ? kite_sql_open(lib, &stmt,
                             COLUMNS "WHERE m.reader = ? AND m.text = ? ORDER BY m.start_paragraph, m.start_offset, m.id "
                                     "LIMIT ? OFFSET ?",
                             "iiii", (int64_t)reader, text, (int64_t)count, (int64_t)first)
             : kite_sql_open(lib, &stmt,
                             COLUMNS "WHERE m.reader = ? ORDER BY t.title_key, m.text, m.start_paragraph,"
                                     " m.start_offset, m.id LIMIT ? OFFSET ?",
                             "iii", (int64_t)reader, (int64_t)count, (int64_t)first);


    status = hand_out(lib, status, stmt, ctx, each);
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status, fault, "listing marks");
}

enum kite_status kite_library_marks_in(struct kite_library *lib, uint32_t reader, int64_t text,
                                       uint32_t first_paragraph, uint32_t end_paragraph, void *ctx, each_mark *each,
                                       struct kite_fault *fault)
{
    sqlite3_stmt *stmt;
    enum kite_status status =
        kite_sql_kept(lib, KITE_KEPT_MARKS_IN, &stmt,
                      COLUMNS "WHERE m.reader = ? AND m.text = ? AND m.start_paragraph < ? AND m.end_paragraph >= ? "
                              "ORDER BY m.start_paragraph, m.start_offset, m.id",
                      "iiii", (int64_t)reader, text, (int64_t)end_paragraph, (int64_t)first_paragraph);


    status = hand_out(lib, status, stmt, ctx, each);
    kite_sql_rest(stmt);
    return kite_sql_fault(lib, status, fault, "listing marks");
}

enum kite_status kite_library_mark_count(struct kite_library *lib, uint32_t reader, int64_t text, uint32_t *count,
                                         struct kite_fault *fault)
{
    int64_t found;
    enum kite_status status =
        text ? kite_sql_number(lib, &found, "SELECT count(*) FROM mark WHERE reader = ? AND text = ?", "ii",
                               (int64_t)reader, text)
             : kite_sql_number(lib, &found, "SELECT count(*) FROM mark WHERE reader = ?", "i", (int64_t)reader);

    *count = (uint32_t)found;
    return kite_sql_fault(lib, status, fault, "counting marks");
}
