/* Taking in what a volume holds: it is walked twice, once to see what is there and once to take it.
 */
#include "sideload/inside.h"

#include <stdio.h>
#include <string.h>

struct kite_sideload {
    struct kite_memory mem;
    struct kite_sideload_options options;
    char folder[KITE_VOLUME_PATH_BYTES_MAX];
    struct kite_walk *walk;
    struct kite_volume_file file; /* the one in hand */
    const struct kite_file_kind *kind;
    struct document document; /* the file in hand, when it is one */
    struct kite_import *import;
    struct places places; /* of pictures and what may name them */
    uint64_t before_bytes;                 /* of the files before it */
    char name[KITE_VOLUME_PATH_BYTES_MAX]; /* of the file in hand, below the folder */
    bool is_news_walk;                     /* only news of keys are taken, before all else */
    bool has_set;                          /* a provision set was read */
    bool is_ending;                        /* nothing more is taken; what is left is to tell */
    struct rows rows;
    struct kite_provision provision;
    struct kite_sideload_news news;
};

enum kite_status kite_sideload_open(const struct kite_memory *mem,
                                    const struct kite_sideload_options *options,
                                    struct kite_sideload **out)
{
    struct kite_sideload *s;
    size_t bytes = strlen(options->folder);

    *out = NULL;
    if (bytes >= sizeof s->folder)
        return KITE_E_LIMIT;
    s = kite_alloc(mem, 1, sizeof *s);
    if (!s)
        return KITE_E_NOMEM;
    s->mem = s->rows.bytes.mem = s->provision.mem = s->places.mem = *mem;
    s->options = *options;
    memcpy(s->folder, options->folder, bytes + 1);
    s->options.folder = s->folder;
    *out = s;
    return KITE_OK;
}

static void drop_file(struct kite_sideload *s)
{
    kite_import_cancel(s->import);
    s->import = NULL;
    document_close(&s->document);
    kite_volume_file_close(&s->file);
    s->news.is_converting = false;
}

void kite_sideload_close(struct kite_sideload *s)
{
    if (!s)
        return;
    drop_file(s);
    kite_walk_close(s->walk);
    rows_close(&s->rows);
    places_close(&s->places);
    kite_provision_close(&s->provision);
    kite_free(&s->mem, s);
}

const struct kite_sideload_news *kite_sideload_news(const struct kite_sideload *s)
{
    return &s->news;
}

size_t kite_sideload_row_count(const struct kite_sideload *s)
{
    return s->rows.count;
}

struct kite_arrival_row kite_sideload_row(const struct kite_sideload *s, size_t index)
{
    return rows_get(&s->rows, index);
}

const struct kite_provision *kite_sideload_provision(const struct kite_sideload *s)
{
    return &s->provision;
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum kite_status next_file(struct kite_sideload *s, struct kite_walk_file *file)
{
    enum kite_status status = KITE_OK;

    if (!s->walk)
        status = kite_walk_open(&s->mem, s->options.io, s->folder, &s->walk);
    if (status == KITE_OK)
        status = kite_walk_next(s->walk, file);
    if (status == KITE_OK)
        return KITE_OK;
    if (status == KITE_E_IO)
        s->news.is_gone = true;
    if (s->walk && status != KITE_E_NOMEM) {
        s->news.left_out = kite_walk_left_out(s->walk);
        kite_walk_close(s->walk);
        s->walk = NULL;
    }
    return status == KITE_E_NOMEM ? status : KITE_DONE;
}

/* The volume still answers. */
static enum kite_status stop_list(void *ctx, const char *name, uint64_t bytes)
{
    (void)ctx;
    (void)name;
    (void)bytes;
    return KITE_DONE;
}

static bool is_volume_there(const struct kite_sideload *s)
{
    enum kite_status status = s->options.io->list(s->options.io->ctx, s->folder, NULL, stop_list);

    return status == KITE_OK || status == KITE_DONE;
}

/* What kind the open file is; NULL: it cannot be read. */
static const struct kite_file_kind other = { .find = KITE_FIND_OTHER, .name = "" };

static const struct kite_file_kind *look_at(const struct kite_sideload *s,
                                            struct kite_volume_file *file, const char *name)
{
    const struct kite_file_kind *kind;
    uint8_t head[KITE_HEAD_BYTES];
    size_t count =
        file->source.size_bytes < sizeof head ? (size_t)file->source.size_bytes : sizeof head;

    if (count > 0 && file->source.read_at(file, 0, head, count))
        return NULL;
    kind = kite_file_kind(head, count, name);
    if ((kind->find == KITE_FIND_UPDATE && !s->options.version) ||
        (kind->sort == KITE_DOCUMENT_PICTURE && !s->options.converter) ||
        (kind->find == KITE_FIND_DOCUMENT && place_is_of_a_page(name)))
        return &other;
    return kind;
}

static void note_name(struct kite_sideload *s, const struct kite_walk_file *file)
{
    const char *slash = strrchr(file->name, '/');
    const char *name = slash ? slash + 1 : file->name;

    snprintf(s->name, sizeof s->name, "%s", file->name);
    clean_text(name, strlen(name), s->news.name, sizeof s->news.name);
}

static enum kite_status add_row(struct kite_sideload *s, enum kite_arrival arrival,
                                const char *kind, const char *detail, int64_t text)
{
    struct kite_arrival_row row = { arrival, s->name, kind, detail, "", text };

    s->news.arrivals[arrival]++;
    return rows_add(&s->rows, &row);
}

static enum kite_status add_signed_row(struct kite_sideload *s, enum kite_arrival arrival, const char *sender)
{
    struct kite_arrival_row row = { arrival, s->name, "", "", sender, 0 };

    s->news.arrivals[arrival]++;
    return rows_add(&s->rows, &row);
}

/* ---- small files ------------------------------------------------------------------------------ */

/* The file in hand, one that has to be small, as bytes to be freed. */
static enum kite_status read_whole(struct kite_sideload *s, size_t most, char **out, struct kite_fault *fault)
{
    size_t count = (size_t)s->file.source.size_bytes;

    if (s->file.source.size_bytes > most)
        return kite_fail(fault, KITE_E_LIMIT, "the file is too long for what it is");
    *out = kite_alloc(&s->mem, count, 1);
    return *out ? s->file.source.read_at(&s->file, 0, (uint8_t *)*out, count) : KITE_E_NOMEM;
}

/* One of them cannot be used. */
static enum kite_status small_failed(struct kite_sideload *s, enum kite_status status, struct kite_fault *fault)
{
    if (status == KITE_E_NOMEM || kite_library_must_reopen(s->options.library))
        return status;
    return add_row(s,
                   s->file.has_failed             ? KITE_ARRIVAL_UNREADABLE
                   : status == KITE_E_UNSUPPORTED ? KITE_ARRIVAL_TOO_NEW
                   : status == KITE_E_FORMAT      ? KITE_ARRIVAL_INCOMPLETE
                   : status == KITE_E_DAMAGED     ? KITE_ARRIVAL_FALSE
                                                  : KITE_ARRIVAL_REFUSED,
                   "", fault->text, 0);
}

/* ---- keys of senders, and news of them --------------------------------------------------------- */

/* Whoever asks may offer it to the owner. */
static enum kite_status take_key(struct kite_sideload *s, struct kite_fault *fault)
{
    struct kite_public_key key;
    bool is_known = false;
    char *text = NULL;
    enum kite_status status = read_whole(s, KITE_KEY_FILE_BYTES_MAX, &text, fault);

    if (status == KITE_OK)
        status = kite_key_read(text, (size_t)s->file.source.size_bytes, &key, fault);
    kite_free(&s->mem, text);
    if (status == KITE_OK)
        status = trusted_key(s->options.library, &key, &is_known, fault);
    if (status)
        return small_failed(s, status == KITE_DONE ? KITE_E_FORMAT : status, fault);
    if (!is_known && s->news.key_count < KITE_SIDELOAD_KEYS_MAX)
        s->news.keys[s->news.key_count++] = key;
    return add_row(s, is_known ? KITE_ARRIVAL_ALREADY_HERE : KITE_ARRIVAL_KEY, "", "", 0);
}

static enum kite_status take_news(struct kite_sideload *s, struct kite_fault *fault)
{
    char *text = NULL, name[KITE_KEY_NAME_BYTES_MAX + 1] = "";
    int64_t sender = 0;
    enum kite_status status = read_whole(s, KITE_NEWS_BYTES_MAX, &text, fault);

    if (status == KITE_OK)
        status = kite_library_news(s->options.library, text, (size_t)s->file.source.size_bytes, &sender, fault);
    kite_free(&s->mem, text);
    if (status != KITE_OK && status != KITE_DONE)
        return small_failed(s, status, fault);

    bool is_old = status == KITE_DONE;

    status = trusted_name(s->options.library, sender, name, sizeof name, fault);
    return status ? status : add_signed_row(s, is_old ? KITE_ARRIVAL_ALREADY_HERE : KITE_ARRIVAL_NEWS, name);
}

/* ---- provision sets ---------------------------------------------------------------------------
 */

/* The list is one's whose word counts for all of it, or nobody's. */
static void note_set_sender(struct kite_sideload *s, const char *sender)
{
    if (!s->has_set)
        memcpy(s->news.set_sender, sender, strlen(sender) + 1);
    else if (strcmp(s->news.set_sender, sender) != 0)
        s->news.set_sender[0] = '\0';
    s->has_set = true;
}

/* Looked at alone before it counts. */
static enum kite_status read_set(struct kite_sideload *s, const char *text, struct judged *judged,
                                 struct kite_fault *fault)
{
    struct kite_provision alone = { .mem = s->mem };
    size_t count = (size_t)s->file.source.size_bytes;
    struct kite_signed proof;
    enum kite_status status = kite_provision_read(&alone, text, count, &proof, fault);

    kite_provision_close(&alone);
    if (status == KITE_OK)
        status = trusted_proof(s->options.library, &proof, judged, fault);
    if (status || judged->refusal != KITE_ARRIVAL_COUNT)
        return status;
    status = kite_provision_read(&s->provision, text, count, NULL, fault);
    if (status == KITE_OK)
        note_set_sender(s, judged->sender);
    return status;
}

static enum kite_status take_set(struct kite_sideload *s, struct kite_fault *fault)
{
    struct judged judged = { .refusal = KITE_ARRIVAL_COUNT };
    char *text = NULL;
    enum kite_status status = read_whole(s, KITE_PROVISION_BYTES_MAX, &text, fault);

    if (status == KITE_OK)
        status = read_set(s, text, &judged, fault);
    kite_free(&s->mem, text);
    if (status == KITE_OK && judged.refusal != KITE_ARRIVAL_COUNT)
        return add_row(s, judged.refusal, "", "", 0);
    return status ? small_failed(s, status, fault) : KITE_OK;
}

/* ---- updates --------------------------------------------------------------------------------- */

/* The newest of those on the volume is kept for whoever asks. */
static void keep_update(struct kite_sideload *s, const char *path, const char *version, const char *sender)
{
    if (s->news.update_path[0] && kite_release_compare(version, s->news.update_version) <= 0)
        return;
    snprintf(s->news.update_path, sizeof s->news.update_path, "%s", path);
    snprintf(s->news.update_version, sizeof s->news.update_version, "%s", version);
    snprintf(s->news.update_sender, sizeof s->news.update_sender, "%s", sender);
    s->news.is_update_older = kite_release_compare(version, s->options.version) < 0;
}

static enum kite_status take_update(struct kite_sideload *s, const char *path,
                                    struct kite_fault *fault)
{
    struct kite_release release;
    struct judged judged;
    enum kite_status status = kite_release_read(&s->file.source, &release, fault);
    int order;

    if (s->file.has_failed)
        return add_row(s, KITE_ARRIVAL_UNREADABLE, "", "", 0);
    if (status)
        return add_row(
            s, status == KITE_E_UNSUPPORTED ? KITE_ARRIVAL_TOO_NEW : KITE_ARRIVAL_INCOMPLETE, "",
            fault->text, 0);
    status = trusted_release(&s->options, &release, &judged, fault);
    if (status)
        return status;
    if (judged.refusal != KITE_ARRIVAL_COUNT)
        return add_row(s, judged.refusal, "", "", 0);
    order = kite_release_compare(release.version, s->options.version);
    if (order > 0 || (order < 0 && s->options.takes_older))
        keep_update(s, path, release.version, judged.sender);
    return add_signed_row(s,
                          order > 0   ? KITE_ARRIVAL_UPDATE
                          : order < 0 ? KITE_ARRIVAL_OLDER_EDITION
                                      : KITE_ARRIVAL_ALREADY_HERE,
                          judged.sender);
}

/* ---- looking --------------------------------------------------------------------------------- */

static bool is_to_come(const struct kite_sideload *s, const struct kite_file_kind *kind)
{
    return kind->find == KITE_FIND_BUNDLE || (kind->find == KITE_FIND_DOCUMENT && s->options.converter);
}

/* Pictures that a document beside them may name are no documents; which ones is known once all was seen. */
static void leave_pictures(struct kite_sideload *s)
{
    uint64_t bytes;
    uint32_t count = places_left(&s->places, &bytes);

    s->news.finds[KITE_FIND_DOCUMENT] -= count;
    s->news.finds[KITE_FIND_OTHER] += count;
    s->news.file_count -= count;
    if (s->options.converter)
        s->news.total_bytes -= bytes;
}

static enum kite_status look(struct kite_sideload *s, struct kite_fault *fault)
{
    struct kite_walk_file file;
    const struct kite_file_kind *kind = NULL;
    enum kite_status status = next_file(s, &file);

    if (status == KITE_DONE) {
        leave_pictures(s);
        s->news.stage = s->news.is_gone ? KITE_SIDELOAD_OVER : KITE_SIDELOAD_WAITS;
        return KITE_DONE;
    }
    if (status)
        return status;
    if (kite_volume_file_open(s->options.io, file.path, &s->file) == KITE_OK)
        kind = look_at(s, &s->file, file.name);
    note_name(s, &file);
    if (kind &&
        kind->find == KITE_FIND_PROVISION) /* before the bundles, which are held against it */
        status = take_set(s, fault);
    else if (kind && kind->find == KITE_FIND_UPDATE)
        status = take_update(s, file.path, fault);
    else if (kind && kind->find == KITE_FIND_KEY)
        status = take_key(s, fault);
    else if (kind && kind->find == KITE_FIND_DOCUMENT && kind->sort != KITE_DOCUMENT_ALONE)
        status = places_add(&s->places, file.name, kind->sort, s->file.source.size_bytes);
    if (kind && is_to_come(s, kind))
        s->news.total_bytes += s->file.source.size_bytes;
    kite_volume_file_close(&s->file);
    s->news.finds[kind ? kind->find : KITE_FIND_BROKEN]++;
    if (!kind || kind->find != KITE_FIND_OTHER)
        s->news.file_count++;
    return status;
}

void kite_sideload_take(struct kite_sideload *s)
{
    if (s->news.stage == KITE_SIDELOAD_WAITS) {
        s->news.stage = KITE_SIDELOAD_TAKES;
        s->is_news_walk = s->news.finds[KITE_FIND_NEWS] > 0;
    }
}

/* ---- what came of a file --------------------------------------------------------------------- */

/* Why a document did not become a bundle, or that one did not come in. */
static enum kite_arrival arrival_of_document(const struct kite_sideload *s, enum kite_status status)
{
    uint64_t used, room = UINT64_MAX, size = s->file.source.size_bytes;

    if (s->file.has_failed)
        return KITE_ARRIVAL_UNREADABLE;
    if (status == KITE_E_LIMIT && kite_library_space(s->options.library, &used, &room, NULL) == KITE_OK &&
        (room < KITE_LIBRARY_RESERVE_BYTES || (room - KITE_LIBRARY_RESERVE_BYTES) / 2 < size))
        return KITE_ARRIVAL_NO_ROOM;
    return KITE_ARRIVAL_NOT_A_BUNDLE;
}

/* Why a bundle did not come in. */
static enum kite_arrival arrival_of(const struct kite_sideload *s, enum kite_status status)
{
    uint64_t used, room = UINT64_MAX;

    switch (status) {
    case KITE_E_DAMAGED:
    case KITE_E_FORMAT: /* more often bytes that changed on the way than a bundle made wrong */
        return KITE_ARRIVAL_INCOMPLETE;
    case KITE_E_UNSUPPORTED:
        return KITE_ARRIVAL_TOO_NEW;
    case KITE_E_IO:
        return s->file.has_failed ? KITE_ARRIVAL_UNREADABLE : KITE_ARRIVAL_REFUSED;
    case KITE_E_LIMIT: /* of the format, or of the device? */
        if (kite_library_space(s->options.library, &used, &room, NULL) == KITE_OK &&
            room < s->file.source.size_bytes + KITE_LIBRARY_RESERVE_BYTES)
            return KITE_ARRIVAL_NO_ROOM;
        return KITE_ARRIVAL_REFUSED;
    default:
        return KITE_ARRIVAL_REFUSED;
    }
}

/* The row has the file's name already. */
static const char *without_name(const struct kite_sideload *s, const char *sentence)
{
    size_t bytes = strlen(s->news.name);

    return strncmp(sentence, s->news.name, bytes) == 0 && strncmp(sentence + bytes, ": ", 2) == 0 ? sentence + bytes + 2
                                                                                                  : sentence;
}

/* A bundle that failed. A library that has to be opened anew ends it all; so does a volume that is
 * gone, which is no fault of the file. */
static enum kite_status bundle_failed(struct kite_sideload *s, enum kite_status status,
                                      struct kite_fault *fault)
{
    bool is_document = s->document.stage != DOCUMENT_NONE;
    enum kite_arrival arrival = is_document ? arrival_of_document(s, status) : arrival_of(s, status);

    if (!is_document && status == KITE_E_DAMAGED && !s->file.has_failed)
        arrival = trusted_refusal(&s->mem, s->options.library, &s->file.source);
    s->before_bytes += s->file.source.size_bytes;
    s->news.done_bytes = s->before_bytes;
    drop_file(s);
    if (kite_library_must_reopen(s->options.library))
        return status;
    if (arrival == KITE_ARRIVAL_UNREADABLE && !is_volume_there(s)) {
        s->news.is_gone = s->is_ending = true;
        return KITE_OK;
    }
    return add_row(s, arrival, is_document ? s->kind->name : "", without_name(s, fault->text), 0);
}

/* The device has a newer one: what the provision set asks for is as good as here. */
static void count_as_here(struct kite_sideload *s)
{
    struct kite_bundle *bundle = NULL;
    struct kite_provision_item *item = NULL;

    if (kite_bundle_open(&s->mem, &s->file.source, &bundle, NULL) == KITE_OK)
        item = kite_provision_find(&s->provision, kite_bundle_root_hash(bundle));
    if (item)
        item->is_here = true;
    kite_bundle_close(bundle);
}

/* The library holds what the file brought. */
static void leave_or_take_off(struct kite_sideload *s, bool is_made)
{
    char path[KITE_VOLUME_PATH_BYTES_MAX];
    bool is_off = s->options.is_emptied && !is_made && volume_path(s->folder, s->name, path) == KITE_OK &&
                  s->options.io->remove(s->options.io->ctx, path) == KITE_OK;

    s->news.taken_off += is_off;
    s->news.may_be_deleted += !is_off;
}

static enum kite_status arrived(struct kite_sideload *s, enum kite_arrival arrival, int64_t text,
                                const char *sender)
{
    bool is_made = s->document.stage != DOCUMENT_NONE;
    struct kite_arrival_row row = {
        arrival, s->name, is_made ? s->kind->name : "",
        is_made && arrival != KITE_ARRIVAL_ALREADY_HERE ? document_notes(&s->document) : "", sender, text
    };
    enum kite_status status = rows_add(&s->rows, &row);

    s->news.arrivals[arrival]++;
    s->before_bytes += s->file.source.size_bytes;
    s->news.done_bytes = s->before_bytes;
    drop_file(s);
    if (arrival >= KITE_ARRIVAL_ADDED)
        leave_or_take_off(s, is_made);
    return status;
}

static enum kite_status bundle_arrived(struct kite_sideload *s, struct kite_fault *fault)
{
    static const enum kite_arrival arrivals[] = {
        [KITE_IMPORT_ADDED] = KITE_ARRIVAL_ADDED,
        [KITE_IMPORT_ALREADY_HERE] = KITE_ARRIVAL_ALREADY_HERE,
        [KITE_IMPORT_NEW_EDITION] = KITE_ARRIVAL_NEW_EDITION,
        [KITE_IMPORT_OLDER_EDITION] = KITE_ARRIVAL_OLDER_EDITION,
        [KITE_IMPORT_REFUSED] = KITE_ARRIVAL_REFUSED,
        [KITE_IMPORT_IGNORED] = KITE_ARRIVAL_REFUSED,
    };
    struct kite_import_result result = { .outcome = KITE_IMPORT_REFUSED };
    char sender[KITE_KEY_NAME_BYTES_MAX + 1] = "";
    enum kite_status status = kite_import_finish(s->import, &result, fault);

    s->import = NULL;
    if (status == KITE_OK && s->document.stage != DOCUMENT_NONE && result.bundle)
        status = kite_library_origin_keep(s->options.library, s->document.hash, result.bundle, fault);
    if (status == KITE_OK && result.verdict.trust == KITE_TRUST_CHECKED)
        status = trusted_name(s->options.library, result.verdict.sender, sender, sizeof sender, fault);
    if (status)
        return bundle_failed(s, status, fault);
    if (result.outcome == KITE_IMPORT_OLDER_EDITION)
        count_as_here(s);
    return arrived(s, arrivals[result.outcome], result.first_text, sender);
}

/* ---- taking ---------------------------------------------------------------------------------- */

static enum kite_status take_bundle(struct kite_sideload *s, struct kite_fault *fault)
{
    enum kite_status status = kite_import_begin(s->options.library, &s->file.source, s->news.name,
                                                NULL, &s->import, fault);

    return status ? bundle_failed(s, status, fault) : KITE_OK;
}

/* A document's bytes are done as it becomes a bundle; that its bundle is then taken in is quick. */
static enum kite_status go_on_converting(struct kite_sideload *s, struct kite_fault *fault)
{
    enum kite_status status = document_step(&s->document, s->options.library, fault);

    s->news.done_bytes = s->before_bytes + s->file.source.size_bytes / 1000 * s->document.done_permille;
    s->news.is_converting = s->document.is_begun;
    if (status == KITE_OK || status == KITE_E_NOMEM)
        return status;
    if (status != KITE_DONE)
        return bundle_failed(s, status, fault);
    if (s->document.known_text)
        return arrived(s, KITE_ARRIVAL_ALREADY_HERE, s->document.known_text, "");
    status = kite_import_begin(s->options.library, document_bundle(&s->document), s->news.name, NULL, &s->import, fault);
    return status ? bundle_failed(s, status, fault) : KITE_OK;
}

static enum kite_status go_on(struct kite_sideload *s, struct kite_fault *fault)
{
    uint64_t done = 0, total = 0;
    enum kite_status status;

    if (!s->import)
        return go_on_converting(s, fault);
    status = kite_import_step(s->import, &done, &total, fault);
    if (s->document.stage == DOCUMENT_NONE)
        s->news.done_bytes = s->before_bytes + done;
    if (status == KITE_DONE)
        return bundle_arrived(s, fault);
    return status ? bundle_failed(s, status, fault) : KITE_OK;
}

static enum kite_status take_document(struct kite_sideload *s, const char *path)
{
    struct document_place place = { .converter = s->options.converter,
                                    .source = &s->file.source,
                                    .folder = { .mem = s->mem, .io = s->options.io },
                                    .name = s->news.name };

    if (!s->options.converter) {
        drop_file(s);
        return add_row(s, KITE_ARRIVAL_NOT_A_BUNDLE, s->kind->name, "", 0);
    }
    snprintf(place.folder.path, sizeof place.folder.path, "%s", path);
    document_open(&s->document, &place);
    return KITE_OK;
}

static enum kite_status take_by_kind(struct kite_sideload *s, const char *path, struct kite_fault *fault)
{
    switch (s->kind->find) {
    case KITE_FIND_BUNDLE:
        return take_bundle(s, fault);
    case KITE_FIND_BROKEN:
        drop_file(s);
        return add_row(s, KITE_ARRIVAL_INCOMPLETE, "", "", 0);
    case KITE_FIND_DOCUMENT:
        return take_document(s, path);
    case KITE_FIND_PROVISION: /* read while looking */
    case KITE_FIND_UPDATE:
    case KITE_FIND_KEY:
    case KITE_FIND_NEWS: /* taken in a walk of their own */
    case KITE_FIND_OTHER:
    case KITE_FIND_COUNT:
        break;
    }
    drop_file(s);
    return KITE_OK;
}

/* Of a walk that takes news alone. */
static enum kite_status take_next_news(struct kite_sideload *s, struct kite_fault *fault)
{
    struct kite_walk_file file;
    const struct kite_file_kind *kind = NULL;
    enum kite_status status = next_file(s, &file);

    if (status == KITE_DONE) {
        s->is_news_walk = false;
        s->is_ending = s->news.is_gone;
        return KITE_OK;
    }
    if (status)
        return status;
    note_name(s, &file);
    if (kite_volume_file_open(s->options.io, file.path, &s->file) == KITE_OK)
        kind = look_at(s, &s->file, file.name);
    if (kind && kind->find == KITE_FIND_NEWS)
        status = take_news(s, fault);
    drop_file(s);
    return status;
}

static enum kite_status take_next(struct kite_sideload *s, struct kite_fault *fault)
{
    struct kite_walk_file file;
    const struct kite_file_kind *kind = NULL;
    enum kite_status status = next_file(s, &file);

    if (status == KITE_DONE) {
        s->is_ending = true;
        return KITE_OK;
    }
    if (status)
        return status;
    note_name(s, &file);
    if (kite_volume_file_open(s->options.io, file.path, &s->file) == KITE_OK)
        kind = look_at(s, &s->file, file.name);
    if (!kind && !is_volume_there(s)) {
        drop_file(s);
        s->news.is_gone = s->is_ending = true;
        return KITE_OK;
    }
    if (kind && kind->sort == KITE_DOCUMENT_PICTURE && places_leave(&s->places, file.name))
        kind = &other;
    if (!kind || kind->find != KITE_FIND_OTHER)
        s->news.file_number++;
    s->kind = kind;
    if (kind)
        return take_by_kind(s, file.path, fault);
    drop_file(s);
    return add_row(s, KITE_ARRIVAL_UNREADABLE, "", "", 0);
}

/* ---- the end --------------------------------------------------------------------------------- */

/* In place, as a rename on FAT leaves an empty file when power fails; a torn one shows by its hash.
 */
static enum kite_status put_receipt(struct kite_sideload *s, const struct kite_buffer *receipt)
{
    const struct kite_io *io = s->options.io;
    char path[KITE_VOLUME_PATH_BYTES_MAX];
    void *file = NULL;
    enum kite_status status = volume_path(s->folder, KITE_RECEIPT_NAME, path);

    if (status == KITE_OK)
        status = io->open(io->ctx, path, KITE_IO_WRITE, &file);
    if (status == KITE_OK)
        status = io->write_at(io->ctx, file, 0, receipt->bytes, receipt->count);
    if (status == KITE_OK)
        status = io->truncate(io->ctx, file, receipt->count);
    if (status == KITE_OK)
        status = io->sync(io->ctx, file);
    if (file)
        io->close(io->ctx, file);
    return status == KITE_OK ? io->sync_folder(io->ctx, s->folder) : status;
}

/* A volume that takes no receipt has still brought its texts. */
static enum kite_status write_receipt(struct kite_sideload *s)
{
    struct kite_buffer receipt = { .mem = s->mem };
    uint64_t used, room = 0;
    enum kite_status status = kite_library_space(s->options.library, &used, &room, NULL);

    if (status == KITE_OK)
        status = kite_receipt_write(s, s->options.lang, room, &receipt);
    if (status == KITE_OK)
        s->news.has_receipt = put_receipt(s, &receipt) == KITE_OK;
    kite_buffer_close(&receipt);
    return status;
}

static enum kite_status end(struct kite_sideload *s, struct kite_fault *fault)
{
    enum kite_status status;

    drop_file(s);
    kite_walk_close(s->walk);
    s->walk = NULL;
    rows_sort(&s->rows);
    status = kite_provision_compare(&s->provision, s->options.library, fault);
    s->news.wanted = s->provision.count;
    s->news.here = 0;
    for (size_t i = 0; i < s->provision.count; i++)
        s->news.here += s->provision.items[i].is_here;
    if (status == KITE_OK && s->options.has_receipt && !s->news.is_gone)
        status = write_receipt(s);
    if (status == KITE_OK)
        s->news.stage = KITE_SIDELOAD_OVER;
    return status ? status : KITE_DONE;
}

void kite_sideload_stop(struct kite_sideload *s, bool is_gone)
{
    drop_file(s);
    s->news.is_gone = s->news.is_gone || is_gone;
    if (s->news.stage == KITE_SIDELOAD_TAKES)
        s->is_ending = s->news.is_stopped = true;
    else
        s->news.stage = KITE_SIDELOAD_OVER;
}

enum kite_status kite_sideload_step(struct kite_sideload *s, struct kite_fault *fault)
{
    struct kite_fault own = { "" };

    fault = fault ? fault : &own;
    fault->text[0] = '\0';
    switch (s->news.stage) {
    case KITE_SIDELOAD_LOOKS:
        return look(s, fault);
    case KITE_SIDELOAD_TAKES:
        if (s->is_ending)
            return end(s, fault);
        if (s->is_news_walk)
            return take_next_news(s, fault);
        return s->import || s->document.stage != DOCUMENT_NONE ? go_on(s, fault) : take_next(s, fault);
    case KITE_SIDELOAD_WAITS:
    case KITE_SIDELOAD_OVER:
        break;
    }
    return KITE_DONE;
}
