/* Listing: a query becomes one SELECT over an index that has its order, read a page at a time.
 * What only shown rows need is looked up by subqueries, which rows skipped over never run. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

#define SQL_BYTES 2560u
#define WORDS_MAX 8u
#define WORDS_BYTES 256u

/* Numbers of the parameters, the same in every statement. */
enum { P_READER = 1, P_LANG, P_AUTHOR, P_SHELF, P_COUNT, P_FIRST, P_TEXT, P_WORDS };

static const char columns[] =
    "t.id, t.bundle, t.document, t.lang, t.direction, t.title, t.standfirst, t.author, t.publisher, t.source, t.date,"
    " t.edition, t.shelf, t.bytes, t.paragraphs, t.added, (SELECT bytes FROM bundle WHERE id = t.bundle),"
    " (SELECT root FROM bundle WHERE id = t.bundle), (SELECT permille FROM place WHERE id = t.id * 16 + ?1),"
    " (SELECT sender FROM bundle WHERE id = t.bundle), (SELECT withdrawn FROM bundle WHERE id = t.bundle),"
    " (SELECT name FROM sender WHERE id = (SELECT sender FROM bundle WHERE id = t.bundle))";

/* The recent order has parts, each in the order of an index: texts whose order of reading is known, other texts with a
 * place, texts without. */
enum part { PART_ALL, PART_READ, PART_OPENED, PART_UNOPENED };

static const char *const from_of_part[] = {
    [PART_ALL] = " FROM text t WHERE t.present = 1",
    [PART_READ] = " FROM place p CROSS JOIN text t ON t.id = p.text WHERE p.reader = ?1 AND p.seq > 0 AND t.present = 1",
    [PART_OPENED] = " FROM text t WHERE t.present = 1 AND 0 = (SELECT seq FROM place WHERE id = t.id * 16 + ?1)",
    [PART_UNOPENED] = " FROM text t WHERE t.present = 1 AND NOT EXISTS (SELECT 1 FROM place WHERE id = t.id * 16 + ?1)",
};

static const char *const order_of_part[] = {
    [PART_READ] = " ORDER BY p.seq DESC",
    [PART_OPENED] = " ORDER BY t.title_key, t.id",
    [PART_UNOPENED] = " ORDER BY t.added DESC",
};

static const char *const order_of_sort[] = {
    [KITE_SORT_TITLE] = " ORDER BY t.title_key, t.id",
    [KITE_SORT_AUTHOR] = " ORDER BY t.author_key, t.title_key, t.id",
    [KITE_SORT_ADDED] = " ORDER BY t.added DESC",
};

/* A statement being put together. */
struct draft {
    char sql[SQL_BYTES];
    size_t used;
    char words[WORDS_BYTES]; /* folded; set apart by NULs */
    unsigned word_count;
};

static void add(struct draft *d, const char *sql)
{
    size_t count = strlen(sql);

    memcpy(d->sql + d->used, sql, count + 1);
    d->used += count;
}

static void add_filters(struct draft *d, const struct kite_query *q)
{
    if (q->is_unread_only)
        add(d, " AND NOT EXISTS (SELECT 1 FROM place WHERE id = t.id * 16 + ?1)");
    if (q->lang)
        add(d, " AND t.main_lang = ?2");
    if (q->author)
        add(d, " AND t.author_key = ?3");
    if (q->shelf)
        add(d, " AND t.shelf_key = ?4");
    for (unsigned i = 0; i < d->word_count; i++) {
        char one[40];

        snprintf(one, sizeof one, "%s instr(words, ?%u)", i ? " AND" : " AND (SELECT", (unsigned)P_WORDS + i);
        add(d, one);
    }
    if (d->word_count)
        add(d, " FROM search WHERE id = t.id)");
}

static void split_words(struct draft *d, const char *words)
{
    if (!words)
        return;
    kite_fold(words, d->words, sizeof d->words);
    for (char *at = d->words; *at && d->word_count < WORDS_MAX; d->word_count++) {
        at += strcspn(at, " ");
        if (*at)
            *at++ = '\0';
    }
}

/* Parameters that a statement does not have are no error. */
static int bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
    return index <= sqlite3_bind_parameter_count(stmt) ? sqlite3_bind_text(stmt, index, text, -1, SQLITE_TRANSIENT)
                                                       : SQLITE_OK;
}

static int bind_number(sqlite3_stmt *stmt, int index, int64_t number)
{
    return index <= sqlite3_bind_parameter_count(stmt) ? sqlite3_bind_int64(stmt, index, number) : SQLITE_OK;
}

static int bind_key(sqlite3_stmt *stmt, int index, const char *text)
{
    char key[KITE_TITLE_KEY_BYTES];

    return text ? bind_text(stmt, index, kite_fold(text, key, sizeof key)) : SQLITE_OK;
}

static enum kite_status prepare(struct kite_library *lib, const struct draft *d, const struct kite_query *q,
                                sqlite3_stmt **out)
{
    const char *word = d->words;
    char lang[9];
    int code;
    enum kite_status status = kite_sql_open(lib, out, d->sql, "");

    if (status != KITE_OK)
        return status;
    code = bind_number(*out, P_READER, q->reader);
    if (code == SQLITE_OK)
        code = bind_text(*out, P_LANG, kite_lang_text(kite_lang_primary(q->lang), lang));
    if (code == SQLITE_OK)
        code = bind_key(*out, P_AUTHOR, q->author);
    if (code == SQLITE_OK)
        code = bind_key(*out, P_SHELF, q->shelf);
    for (unsigned i = 0; i < d->word_count && code == SQLITE_OK; i++) {
        code = bind_text(*out, (int)(P_WORDS + i), word);
        word += strlen(word) + 1;
    }
    if (code == SQLITE_OK)
        return KITE_OK;
    kite_sql_close(*out);
    *out = NULL;
    return kite_sql_status(code);
}

static enum kite_status count_part(struct kite_library *lib, const struct kite_query *q, enum part part, uint32_t *count)
{
    struct draft d = { .used = 0 };
    sqlite3_stmt *stmt = NULL;
    enum kite_status status;

    split_words(&d, q->words);
    add(&d, "SELECT count(*)");
    add(&d, from_of_part[part]);
    add_filters(&d, q);
    status = prepare(lib, &d, q, &stmt);
    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK)
        *count = (uint32_t)sqlite3_column_int64(stmt, 0);
    kite_sql_close(stmt);
    return status;
}

static struct kite_entry entry_of(sqlite3_stmt *stmt)
{
    struct kite_entry e = {
        .text = sqlite3_column_int64(stmt, 0),
        .bundle = sqlite3_column_int64(stmt, 1),
        .document = (uint32_t)sqlite3_column_int64(stmt, 2),
        .lang = kite_lang_from_text(kite_sql_text(stmt, 3)),
        .direction = sqlite3_column_int(stmt, 4) ? KITE_DIRECTION_RTL : KITE_DIRECTION_LTR,
        .title = kite_sql_text(stmt, 5),
        .standfirst = kite_sql_text(stmt, 6),
        .author = kite_sql_text(stmt, 7),
        .publisher = kite_sql_text(stmt, 8),
        .source = kite_sql_text(stmt, 9),
        .date = kite_sql_text(stmt, 10),
        .edition = kite_sql_text(stmt, 11),
        .shelf = kite_sql_text(stmt, 12),
        .text_bytes = (uint64_t)sqlite3_column_int64(stmt, 13),
        .paragraph_count = (uint32_t)sqlite3_column_int64(stmt, 14),
        .added = (uint64_t)sqlite3_column_int64(stmt, 15),
        .bundle_bytes = (uint64_t)sqlite3_column_int64(stmt, 16),
        .was_opened = sqlite3_column_type(stmt, 18) != SQLITE_NULL,
        .read_permille = (uint32_t)sqlite3_column_int64(stmt, 18),
        .verdict = { .trust = sqlite3_column_int(stmt, 20)     ? KITE_TRUST_WITHDRAWN
                              : sqlite3_column_int64(stmt, 19) ? KITE_TRUST_CHECKED
                                                               : KITE_TRUST_UNKNOWN,
                     .sender = sqlite3_column_int64(stmt, 19) },
        .sender = kite_sql_text(stmt, 21),
    };

    if (sqlite3_column_bytes(stmt, 17) == (int)sizeof e.root_hash)
        memcpy(e.root_hash, sqlite3_column_blob(stmt, 17), sizeof e.root_hash);
    return e;
}

typedef enum kite_status each_entry(void *ctx, const struct kite_entry *entry);

/* Rows [first, first + count) of one part. */
static enum kite_status list_part(struct kite_library *lib, const struct kite_query *q, enum part part, uint32_t first,
                                  uint32_t count, void *ctx, each_entry *each)
{
    struct draft d = { .used = 0 };
    sqlite3_stmt *stmt = NULL;
    enum kite_status status;

    split_words(&d, q->words);
    add(&d, "SELECT ");
    add(&d, columns);
    add(&d, from_of_part[part]);
    add_filters(&d, q);
    add(&d, part == PART_ALL ? order_of_sort[q->sort] : order_of_part[part]);
    add(&d, " LIMIT ?5 OFFSET ?6");
    status = prepare(lib, &d, q, &stmt);
    if (status == KITE_OK)
        status = kite_sql_status(bind_number(stmt, P_COUNT, count));
    if (status == KITE_OK)
        status = kite_sql_status(bind_number(stmt, P_FIRST, first));
    while (status == KITE_OK && (status = kite_sql_step(lib, stmt)) == KITE_OK) {
        struct kite_entry e = entry_of(stmt);

        status = kite_sql_row(lib);
        if (status == KITE_OK)
            status = each(ctx, &e);
    }
    kite_sql_close(stmt);
    return status == KITE_DONE ? KITE_OK : status;
}

/* Rows [first, first + count) of the parts of the recent order, one after the other. */
static enum kite_status list_recent(struct kite_library *lib, const struct kite_query *q, uint32_t first,
                                    uint32_t count, void *ctx, each_entry *each)
{
    enum kite_status status = KITE_OK;

    for (enum part part = PART_READ; part <= PART_UNOPENED && count > 0 && status == KITE_OK; part++) {
        uint32_t rows = UINT32_MAX, here;

        if (part != PART_UNOPENED)
            status = count_part(lib, q, part, &rows);
        here = first >= rows ? 0 : rows - first < count ? rows - first : count;
        if (status == KITE_OK && here > 0)
            status = list_part(lib, q, part, first, here, ctx, each);
        first = first >= rows ? first - rows : 0;
        count -= here;
    }
    return status;
}

enum kite_status kite_library_list(struct kite_library *lib, const struct kite_query *q, uint32_t first, uint32_t count,
                                   void *ctx, each_entry *each, struct kite_fault *fault)
{
    enum kite_status status = q->sort == KITE_SORT_RECENT ? list_recent(lib, q, first, count, ctx, each)
                                                          : list_part(lib, q, PART_ALL, first, count, ctx, each);

    return kite_sql_fault(lib, status, fault, "listing the library");
}

enum kite_status kite_library_count(struct kite_library *lib, const struct kite_query *q, uint32_t *count,
                                    struct kite_fault *fault)
{
    *count = 0;
    return kite_sql_fault(lib, count_part(lib, q, PART_ALL, count), fault, "counting the library");
}

enum kite_status kite_library_entry(struct kite_library *lib, int64_t text, uint32_t reader, void *ctx, each_entry *each,
                                    struct kite_fault *fault)
{
    const struct kite_query q = { .reader = reader };
    struct draft d = { .used = 0 };
    sqlite3_stmt *stmt = NULL;
    enum kite_status status;

    add(&d, "SELECT ");
    add(&d, columns);
    add(&d, from_of_part[PART_ALL]);
    add(&d, " AND t.id = ?7");
    status = prepare(lib, &d, &q, &stmt);
    if (status == KITE_OK)
        status = kite_sql_status(bind_number(stmt, P_TEXT, text));
    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK) {
        struct kite_entry e = entry_of(stmt);

        status = kite_sql_row(lib);
        if (status == KITE_OK)
            status = each(ctx, &e);
    } else if (status == KITE_DONE) {
        status = KITE_E_RANGE;
    }
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status, fault, "looking up a text");
}

enum kite_status kite_library_next_text(struct kite_library *lib, struct kite_text_step *step, struct kite_fault *fault)
{
    sqlite3_stmt *stmt;
    enum kite_status status = /* +: not by an index of what is present, whose rows would all have to be sorted */
        kite_sql_kept(lib, KITE_KEPT_NEXT_TEXT, &stmt,
                      "SELECT bundle, document, id FROM text WHERE (bundle, document) > (?, ?) AND +present = 1 "
                      "ORDER BY bundle, document LIMIT 1",
                      "ii", step->bundle, (int64_t)step->document);

    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK)
        *step = (struct kite_text_step){ .bundle = sqlite3_column_int64(stmt, 0),
                                         .document = (uint32_t)sqlite3_column_int64(stmt, 1),
                                         .text = sqlite3_column_int64(stmt, 2) };
    kite_sql_rest(stmt);
    return kite_sql_fault(lib, status, fault, "looking through the library");
}

static const char *const values_of_field[] = {
    [KITE_FIELD_LANG] = "SELECT main_lang, count(*) FROM text WHERE present = 1 AND main_lang > '' "
                        "GROUP BY main_lang ORDER BY main_lang LIMIT ? OFFSET ?",
    [KITE_FIELD_AUTHOR] = "SELECT min(author), count(*) FROM text WHERE present = 1 AND author_key > '' "
                          "GROUP BY author_key ORDER BY author_key LIMIT ? OFFSET ?",
    [KITE_FIELD_SHELF] = "SELECT min(shelf), count(*) FROM text WHERE present = 1 AND shelf_key > '' "
                         "GROUP BY shelf_key ORDER BY shelf_key LIMIT ? OFFSET ?",
};

enum kite_status kite_library_values(struct kite_library *lib, enum kite_field field, uint32_t first, uint32_t count,
                                     void *ctx, enum kite_status (*each)(void *ctx, const char *value, uint32_t texts),
                                     struct kite_fault *fault)
{
    sqlite3_stmt *stmt;
    enum kite_status status =
        kite_sql_open(lib, &stmt, values_of_field[field], "ii", (int64_t)count, (int64_t)first);

    while (status == KITE_OK && (status = kite_sql_step(lib, stmt)) == KITE_OK) {
        const char *value = kite_sql_text(stmt, 0);

        status = kite_sql_row(lib);
        if (status == KITE_OK)
            status = each(ctx, value, (uint32_t)sqlite3_column_int64(stmt, 1));
    }
    kite_sql_close(stmt);
    return kite_sql_fault(lib, status == KITE_DONE ? KITE_OK : status, fault, "listing what there is");
}
