/* Entering a bundle into the catalogue: its row, a row for each document, and who comes after whom among editions. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

#define WORDS_BYTES 2048u
#define WORK_BYTES (KITE_STRING_BYTES_MAX + 32)

/* What the document says, or its bundle for it, or "". */
static const char *meta(const struct kite_bundle *bundle, uint32_t document, enum kite_meta which)
{
    const char *value = kite_bundle_meta(bundle, document, which);

    if (!value)
        value = kite_bundle_meta(bundle, KITE_BUNDLE_ITSELF, which);
    return value ? value : "";
}

/* What editions of this text have in common: identifier and language; "" when there is no identifier. A document
 * without its own is known by the bundle's and its number. */
static void work_of(const struct kite_bundle *bundle, uint32_t document, char out[WORK_BYTES])
{
    const char *own = kite_bundle_meta(bundle, document, KITE_META_IDENTIFIER);
    const char *identifier = meta(bundle, document, KITE_META_IDENTIFIER);
    struct kite_document_info info = { 0 };
    char lang[9];

    kite_bundle_document(bundle, document, &info);
    kite_lang_text(info.lang, lang);
    if (!*identifier)
        out[0] = '\0';
    else if (own || kite_bundle_document_count(bundle) == 1)
        snprintf(out, WORK_BYTES, "%s\n%s", identifier, lang);
    else
        snprintf(out, WORK_BYTES, "%s\n%s\n%u", identifier, lang, (unsigned)document);
}

/* The first number in an edition's name; 0 when there is none. */
static uint64_t edition_number(const char *edition)
{
    uint64_t number = 0;

    while (*edition && (*edition < '0' || *edition > '9'))
        edition++;
    for (; *edition >= '0' && *edition <= '9' && number < UINT64_MAX / 100; edition++)
        number = number * 10 + (uint64_t)(*edition - '0');
    return number;
}

/* Is what is here newer than what arrives? Dates are as ISO 8601 writes them, so that they compare as text. */
static bool is_newer(const char *edition, const char *date, const char *new_edition, const char *new_date)
{
    uint64_t here = edition_number(edition), arriving = edition_number(new_edition);

    if (here && arriving && here != arriving)
        return here > arriving;
    return *date && *new_date && strcmp(date, new_date) > 0;
}

/* Does an edition of one sender speak for the text of another? Nobody speaks for somebody, and what nobody signed keeps nobody out. */
static bool may_follow(int64_t sender, int64_t new_sender)
{
    return sender == 0 || sender == new_sender;
}

/* The bundle on the device that holds a newer edition of this document; KITE_DONE: none. */
static enum kite_status find_newer(struct kite_library *lib, const struct kite_bundle *bundle, uint32_t document,
                                   int64_t sender, int64_t *holder)
{
    char work[WORK_BYTES];
    sqlite3_stmt *stmt = NULL;
    bool is_found = false;
    enum kite_status status;

    work_of(bundle, document, work);
    if (!*work)
        return KITE_DONE;
    status = kite_sql_open(lib, &stmt,
                           "SELECT t.edition, t.date, t.bundle, b.sender FROM text t JOIN bundle b ON b.id = t.bundle "
                           "WHERE t.work = ? AND t.present = 1 AND b.root <> ?",
                           "tb", work, kite_bundle_root_hash(bundle));
    while (!is_found && status == KITE_OK && (status = kite_sql_step(lib, stmt)) == KITE_OK) {
        is_found = may_follow(sender, sqlite3_column_int64(stmt, 3)) &&
                   is_newer(kite_sql_text(stmt, 0), kite_sql_text(stmt, 1), meta(bundle, document, KITE_META_EDITION),
                            meta(bundle, document, KITE_META_DATE));
        *holder = sqlite3_column_int64(stmt, 2);
        if (kite_sql_row(lib) != KITE_OK)
            status = KITE_E_NOMEM;
    }
    kite_sql_close(stmt);
    return status;
}

static enum kite_status count_texts(struct kite_library *lib, struct kite_import_result *result)
{
    int64_t texts = 0;
    enum kite_status status =
        kite_sql_number(lib, &result->first_text,
                        "SELECT id FROM text WHERE bundle = ? AND present = 1 ORDER BY document", "i", result->bundle);

    if (status == KITE_OK || status == KITE_DONE)
        status = kite_sql_number(lib, &texts, "SELECT count(*) FROM text WHERE bundle = ? AND present = 1", "i",
                                 result->bundle);
    result->texts = (uint32_t)texts;
    return status;
}

/* Is a bundle with this root hash here, file and all? */
static enum kite_status find_same(struct kite_library *lib, const uint8_t *root, int64_t *bundle)
{
    sqlite3_stmt *stmt;
    char path[KITE_PATH_BYTES_MAX];
    bool is_there = false;
    enum kite_status status =
        kite_sql_open(lib, &stmt, "SELECT id, file FROM bundle WHERE root = ? AND present = 1", "b", root);

    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK) {
        *bundle = sqlite3_column_int64(stmt, 0);
        status = kite_library_path(lib, kite_sql_text(stmt, 1), path);
    }
    if (status == KITE_OK)
        status = kite_sql_row(lib);
    if (status == KITE_OK)
        status = lib->io.exists(lib->io.ctx, path, &is_there);
    kite_sql_close(stmt);
    return status == KITE_OK && !is_there ? KITE_DONE : status;
}

/* KITE_DONE: the one that is here came without a signature that is known. */
static enum kite_status is_unsigned(struct kite_library *lib, int64_t bundle)
{
    int64_t sender = 0;
    enum kite_status status = kite_sql_number(lib, &sender, "SELECT sender FROM bundle WHERE id = ?", "i", bundle);

    return status == KITE_OK && sender == 0 ? KITE_DONE : status;
}

enum kite_status kite_library_judge(struct kite_library *lib, const struct kite_bundle *bundle,
                                    struct kite_import_result *result)
{
    uint32_t documents = kite_bundle_document_count(bundle);
    enum kite_status status = find_same(lib, kite_bundle_root_hash(bundle), &result->bundle);

    result->outcome = KITE_IMPORT_ADDED;
    if (status == KITE_OK && result->verdict.trust == KITE_TRUST_CHECKED)
        status = is_unsigned(lib, result->bundle);
    if (status == KITE_OK) {
        result->outcome = KITE_IMPORT_ALREADY_HERE;
        return count_texts(lib, result);
    }
    if (status != KITE_DONE)
        return status;
    for (uint32_t i = 0; i < documents; i++) {
        status = find_newer(lib, bundle, i, result->verdict.sender, &result->bundle);
        if (status != KITE_OK) /* DONE: this one has no newer edition here */
            return status == KITE_DONE ? KITE_OK : status;
    }
    if (documents == 0)
        return KITE_OK;
    result->outcome = KITE_IMPORT_OLDER_EDITION;
    return count_texts(lib, result);
}

static enum kite_status bundle_row(struct kite_library *lib, const uint8_t *root, const char *file, uint64_t bytes,
                                   int present, int64_t *id)
{
    enum kite_status status =
        kite_sql_run(lib, "INSERT INTO bundle(root, file, bytes, present) VALUES(?, '', 0, 0) ON CONFLICT DO NOTHING",
                     "b", root);

    if (status == KITE_OK)
        status = kite_sql_number(lib, id, "SELECT id FROM bundle WHERE root = ?", "b", root);
    if (status == KITE_OK && present)
        status = kite_sql_run(lib, "UPDATE bundle SET file = ?, bytes = ?, present = 1 WHERE id = ?", "tii", file,
                              (int64_t)bytes, *id);
    return status;
}

static enum kite_status text_id(struct kite_library *lib, int64_t bundle, uint32_t document, int64_t *text)
{
    enum kite_status status = kite_sql_run(
        lib, "INSERT INTO text(bundle, document) VALUES(?, ?) ON CONFLICT DO NOTHING", "ii", bundle, (int64_t)document);

    return status == KITE_OK ? kite_sql_number(lib, text, "SELECT id FROM text WHERE bundle = ? AND document = ?", "ii",
                                               bundle, (int64_t)document)
                             : status;
}

enum kite_status kite_library_absent_text(struct kite_library *lib, const uint8_t root[32], uint32_t document,
                                          int64_t *text)
{
    int64_t bundle;
    enum kite_status status = bundle_row(lib, root, "", 0, 0, &bundle);

    return status == KITE_OK ? text_id(lib, bundle, document, text) : status;
}

static enum kite_status describe_text(struct kite_library *lib, const struct kite_bundle *bundle, uint32_t document,
                                      int64_t text)
{
    const char *title = meta(bundle, document, KITE_META_TITLE), *author = meta(bundle, document, KITE_META_AUTHOR);
    const char *shelf = meta(bundle, document, KITE_META_SUBJECT);
    const char *standfirst = meta(bundle, document, KITE_META_STANDFIRST);
    char title_key[KITE_TITLE_KEY_BYTES], author_key[KITE_TITLE_KEY_BYTES], shelf_key[KITE_TITLE_KEY_BYTES];
    char words[WORDS_BYTES], all[4 * KITE_STRING_BYTES_MAX + 4], work[WORK_BYTES], lang[9], main_lang[9];
    struct kite_document_info info;
    enum kite_status status = kite_bundle_document(bundle, document, &info);

    if (status != KITE_OK)
        return status;
    work_of(bundle, document, work);
    snprintf(all, sizeof all, "%s\n%s\n%s\n%s", title, author, shelf, standfirst);
    status = kite_sql_run(lib, "INSERT OR REPLACE INTO search(id, words) VALUES(?, ?)", "it", text,
                          kite_fold(all, words, sizeof words));
    if (status != KITE_OK)
        return status;
    return kite_sql_run(
        lib,
        "UPDATE text SET present = 1, added = (SELECT coalesce(max(added), 0) + 1 FROM text), lang = ?, main_lang = ?,"
        " direction = ?, paragraphs = ?, bytes = ?, work = ?, title_key = ?, author_key = ?, shelf_key = ?,"
        " title = ?, author = ?, shelf = ?, publisher = ?, source = ?, date = ?, edition = ?, standfirst = ?"
        " WHERE id = ?",
        "ttiiitttttttttttti", kite_lang_text(info.lang, lang), kite_lang_text(kite_lang_primary(info.lang), main_lang),
        (int64_t)info.direction, (int64_t)info.paragraph_count, (int64_t)info.text_bytes, work,
        kite_fold(title, title_key, sizeof title_key), kite_fold(author, author_key, sizeof author_key),
        kite_fold(shelf, shelf_key, sizeof shelf_key), title, author, shelf,
        meta(bundle, document, KITE_META_PUBLISHER), meta(bundle, document, KITE_META_SOURCE),
        meta(bundle, document, KITE_META_DATE), meta(bundle, document, KITE_META_EDITION), standfirst, text);
}

/* One text with the same work as the one that arrived, if any is left to settle. */
struct other {
    int64_t text, bundle, sender;
    uint32_t document;
    bool is_present, is_newer;
    char file[KITE_FILE_NAME_BYTES_MAX + 1];
};

static enum kite_status next_other(struct kite_library *lib, const struct kite_bundle *bundle, uint32_t document,
                                   const char *work, int64_t own_bundle, int64_t after, struct other *out)
{
    sqlite3_stmt *stmt;
    enum kite_status status =
        kite_sql_open(lib, &stmt,
                      "SELECT t.id, t.bundle, t.document, t.present, t.edition, t.date, b.file, b.sender FROM text t "
                      "JOIN bundle b ON b.id = t.bundle WHERE t.work = ? AND t.bundle <> ? AND t.id > ? "
                      "ORDER BY t.id LIMIT 1",
                      "tii", work, own_bundle, after);

    if (status == KITE_OK)
        status = kite_sql_step(lib, stmt);
    if (status == KITE_OK) {
        *out = (struct other){ .text = sqlite3_column_int64(stmt, 0),
                               .bundle = sqlite3_column_int64(stmt, 1),
                               .document = (uint32_t)sqlite3_column_int64(stmt, 2),
                               .sender = sqlite3_column_int64(stmt, 7),
                               .is_present = sqlite3_column_int(stmt, 3) != 0,
                               .is_newer = is_newer(kite_sql_text(stmt, 4), kite_sql_text(stmt, 5),
                                                    meta(bundle, document, KITE_META_EDITION),
                                                    meta(bundle, document, KITE_META_DATE)) };
        snprintf(out->file, sizeof out->file, "%s", kite_sql_text(stmt, 6));
        status = kite_sql_row(lib);
    }
    kite_sql_close(stmt);
    return status;
}

/* Hand what belongs to an older text over to the new one; the older is no longer listed. */
static enum kite_status replace_text(struct kite_library *lib, const struct other *old, struct kite_succession *s)
{
    struct kite_library_file file = { 0 };
    enum kite_status status = kite_library_file_open(lib, old->file, KITE_IO_READ, &file);

    if (status == KITE_OK)
        status = kite_bundle_open(&lib->mem, &file.source, &s->old_bundle, NULL);
    if (status == KITE_OK && kite_bundle_document_count(s->old_bundle) <= old->document) {
        kite_bundle_close(s->old_bundle); /* the file is no longer the one that was entered */
        s->old_bundle = NULL;
    }
    if (status != KITE_E_NOMEM) {
        s->from = old->text;
        s->old_document = old->document;
        status = kite_library_succeed(lib, s);
    }
    kite_bundle_close(s->old_bundle);
    s->old_bundle = NULL;
    kite_library_file_close(&file);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "UPDATE text SET present = 0 WHERE id = ?", "i", old->text);
    return status;
}

/* A bundle with no text left to list goes, and its file with it. */
static enum kite_status retire_bundle(struct kite_library *lib, int64_t bundle, bool *is_retired)
{
    int64_t left;
    enum kite_status status = kite_sql_number(
        lib, &left, "SELECT EXISTS(SELECT 1 FROM text WHERE bundle = ? AND present = 1)", "i", bundle);

    if (status != KITE_OK || left)
        return status;
    *is_retired = true;
    status = kite_sql_run(lib, "INSERT INTO discard SELECT file FROM bundle WHERE id = ? AND present = 1 "
                               "ON CONFLICT DO NOTHING", "i", bundle);
    return status == KITE_OK ? kite_sql_run(lib, "UPDATE bundle SET present = 0 WHERE id = ?", "i", bundle) : status;
}

static enum kite_status settle_editions(struct kite_library *lib, struct kite_bundle *bundle, uint32_t document,
                                        int64_t text, struct kite_import_result *result)
{
    struct kite_succession s = { .to = text,
                                 .new_bundle = bundle,
                                 .new_document = document,
                                 .new_root = kite_bundle_root_hash(bundle) };
    struct other old = { 0 };
    char work[WORK_BYTES];
    bool is_retired = false;
    enum kite_status status = KITE_OK;

    work_of(bundle, document, work);
    while (*work && (status = next_other(lib, bundle, document, work, result->bundle, old.text, &old)) == KITE_OK) {
        int64_t sender = result->verdict.sender;

        if (!may_follow(old.sender, sender) || (old.is_newer && !may_follow(sender, old.sender)))
            continue; /* each stays, as another's */
        if (old.is_present && old.is_newer) {
            status = kite_sql_run(lib, "UPDATE text SET present = 0 WHERE id = ?", "i", text);
        } else {
            status = replace_text(lib, &old, &s);
            if (status == KITE_OK && old.is_present)
                status = retire_bundle(lib, old.bundle, &is_retired);
        }
        if (status != KITE_OK)
            return status;
    }
    if (is_retired)
        result->outcome = KITE_IMPORT_NEW_EDITION;
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status enter(struct kite_library *lib, struct kite_bundle *bundle, const char *file, uint64_t bytes,
                              struct kite_import_result *result)
{
    uint32_t documents = kite_bundle_document_count(bundle);
    const uint8_t *root = kite_bundle_root_hash(bundle);
    enum kite_status status;

    /* Another bundle that lay under this name has been written over; this file is not to be discarded. */
    status = kite_sql_run(lib, "UPDATE text SET present = 0 WHERE bundle IN (SELECT id FROM bundle "
                               "WHERE present = 1 AND file = ? AND root <> ?)", "tb", file, root);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "UPDATE bundle SET present = 0 WHERE present = 1 AND file = ? AND root <> ?", "tb",
                              file, root);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "DELETE FROM discard WHERE file = ?", "t", file);
    if (status == KITE_OK)
        status = kite_sql_run(lib, "DELETE FROM refused WHERE name = ?", "t", result->name);
    if (status == KITE_OK)
        status = bundle_row(lib, root, file, bytes, 1, &result->bundle);
    if (status == KITE_OK)
        status = kite_library_note_verdict(lib, result->bundle, &result->verdict);
    for (uint32_t i = 0; i < documents && status == KITE_OK; i++) {
        int64_t text = 0;

        status = text_id(lib, result->bundle, i, &text);
        if (status == KITE_OK)
            status = describe_text(lib, bundle, i, text);
        if (status == KITE_OK)
            status = settle_editions(lib, bundle, i, text, result);
    }
    return status == KITE_OK ? count_texts(lib, result) : status;
}

enum kite_status kite_library_adopt(struct kite_library *lib, struct kite_bundle *bundle, const char *file,
                                    uint64_t bytes, struct kite_import_result *result)
{
    enum kite_status status = kite_sql_begin(lib);

    if (status != KITE_OK)
        return status;
    status = kite_library_judge(lib, bundle, result);
    if (status == KITE_OK && result->outcome == KITE_IMPORT_ADDED)
        status = enter(lib, bundle, file, bytes, result);
    return kite_sql_end(lib, status);
}

void kite_library_refuse(struct kite_library *lib, const char *name, uint64_t bytes, enum kite_status status,
                         const struct kite_fault *fault)
{
    enum kite_status noted = kite_sql_begin(lib);

    if (noted != KITE_OK)
        return;
    noted = kite_sql_run(lib, "DELETE FROM refused WHERE name = ?", "t", name);
    if (noted == KITE_OK)
        noted = kite_sql_run(lib, "INSERT INTO refused(name, bytes, status, reason) VALUES(?, ?, ?, ?)", "tiit", name,
                             (int64_t)bytes, (int64_t)status, fault->text);
    (void)kite_sql_end(lib, noted);
}
