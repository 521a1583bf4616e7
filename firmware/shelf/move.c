/* Moving a bundle from the device's library onto the shelf, and back. The one it goes to has it
 * whole, marks and all, before it is removed from the other; a note in the shelf's library says
 * what is under way, so that a cut leaves nothing half done. */
#include "shelf/inside.h"

#include <stdio.h>
#include <string.h>

#define KEY_MOVING                                                                                 \
    "shelf.moving" /* '+' (onto the shelf) or '-', and the root hash in hexadecimal digits; ""     \
                      nothing */
#define ROOT_BYTES 32u
#define NOTE_BYTES (1 + 2 * ROOT_BYTES + 1)

struct move {
    struct kite_library *from, *to;
    bool is_onto;
    int64_t bundle; /* in from */
    uint8_t root[ROOT_BYTES];
};

static struct move move_of(const struct kite_shelf *shelf, bool is_onto)
{
    return (struct move){ .from = is_onto ? shelf->device : shelf->library,
                          .to = is_onto ? shelf->library : shelf->device,
                          .is_onto = is_onto };
}

/* ---- finding -----------------------------------------------------------------------------------
 */

/* The text that is a document of a bundle. KITE_DONE: it is not there. */
static enum kite_status text_of(struct kite_library *library, int64_t bundle, uint32_t document,
                                int64_t *text, struct kite_fault *fault)
{
    struct kite_text_step step = { .bundle = document > 0 ? bundle : bundle - 1,
                                   .document = document > 0 ? document - 1 : UINT32_MAX };
    enum kite_status status = kite_library_next_text(library, &step, fault);

    *text = step.text;
    return status == KITE_OK && (step.bundle != bundle || step.document != document) ? KITE_DONE
                                                                                     : status;
}

/* Any text of a bundle; KITE_E_RANGE. */
static enum kite_status first_text(struct kite_library *library, int64_t bundle, int64_t *text,
                                   struct kite_fault *fault)
{
    struct kite_text_step step = { .bundle = bundle - 1, .document = UINT32_MAX };
    enum kite_status status = kite_library_next_text(library, &step, fault);

    *text = step.text;
    if (status == KITE_DONE || (status == KITE_OK && step.bundle != bundle))
        return kite_fail(fault, KITE_E_RANGE, "the text is not there");
    return status;
}

struct search {
    const uint8_t *root;
    int64_t bundle; /* 0: not found */
};

static enum kite_status look_at(void *ctx, const struct kite_entry *entry)
{
    struct search *search = ctx;

    if (memcmp(entry->root_hash, search->root, ROOT_BYTES) == 0)
        search->bundle = entry->bundle;
    return search->bundle ? KITE_DONE : KITE_OK;
}

static enum kite_status bundle_of(struct kite_library *library, const uint8_t root[ROOT_BYTES],
                                  int64_t *bundle, struct kite_fault *fault)
{
    struct search search = { .root = root };
    struct kite_query all = { .reader = 0 };
    enum kite_status status =
        kite_library_list(library, &all, 0, UINT32_MAX, &search, look_at, fault);

    *bundle = search.bundle;
    return status;
}

/* ---- carrying places and marks -----------------------------------------------------------------
 */

struct carriage {
    struct kite_library *to;
    int64_t text; /* there */
    bool has_some;
    const struct kite_mark *mark; /* that is looked for among those there */
    bool is_found;
    struct kite_fault *fault;
};

static bool is_same_place(const struct kite_place *a, const struct kite_place *b)
{
    return a->paragraph == b->paragraph && a->offset_bytes == b->offset_bytes;
}

static enum kite_status compare_mark(void *ctx, const struct kite_mark *mark, const char *title)
{
    struct carriage *carriage = ctx;
    const struct kite_mark *own = carriage->mark;

    (void)title;
    carriage->is_found =
        carriage->is_found ||
        (mark->is_highlight == own->is_highlight && is_same_place(&mark->start, &own->start) &&
         is_same_place(&mark->end, &own->end) && strcmp(mark->note, own->note) == 0);
    return KITE_OK;
}

static enum kite_status carry_mark(void *ctx, const struct kite_mark *mark, const char *title)
{
    struct carriage *carriage = ctx;
    struct kite_mark copy = *mark;
    int64_t id;
    enum kite_status status = KITE_OK;

    (void)title;
    copy.text = carriage->text;
    carriage->mark = mark;
    carriage->is_found = false;
    if (carriage->has_some) /* by a move that was cut off */
        status = kite_library_marks(carriage->to, mark->reader, carriage->text, 0, UINT32_MAX,
                                    carriage, compare_mark, carriage->fault);
    if (status == KITE_OK && !carriage->is_found)
        status = kite_library_mark_add(carriage->to, &copy, &id, carriage->fault);
    return status;
}

/* A reader's place in a text, with its page, saved for a text; KITE_DONE: there is none. */
static enum kite_status carry_place(struct kite_library *from, int64_t from_text,
                                    struct kite_library *to, int64_t to_text, uint32_t reader,
                                    struct kite_fault *fault)
{
    struct kite_library_where where = kite_library_where(to);
    struct kite_buffer kept = { .mem = where.mem };
    struct kite_place_page page = { .count = 0 };
    enum kite_status status =
        kite_library_place(from, reader, from_text, &page.place, &page.read_permille, fault);

    if (status == KITE_OK)
        status = kite_library_place_page(from, reader, from_text, &kept, fault);
    else if (status == KITE_DONE)
        return status;
    if (status == KITE_OK || status == KITE_DONE) {
        page.bytes = kept.bytes;
        page.count = kept.count;
        status = kite_library_place_page_save(to, reader, to_text, &page, fault);
    }
    kite_buffer_close(&kept);
    return status;
}

/* Saving a place makes its text the one that was read last: the one that was, is so again. */
static enum kite_status carry_reader(const struct move *m, int64_t from_text, int64_t to_text,
                                     uint32_t reader, struct kite_fault *fault)
{
    struct carriage carriage = { .to = m->to, .text = to_text, .fault = fault };
    int64_t last = 0;
    uint32_t count = 0;
    enum kite_status status = kite_library_last_text(m->to, reader, &last, fault);

    if (status != KITE_OK && status != KITE_DONE)
        return status;
    status = carry_place(m->from, from_text, m->to, to_text, reader, fault);
    if (status == KITE_OK && last && last != to_text)
        status = carry_place(m->to, last, m->to, last, reader, fault);
    if (status == KITE_OK || status == KITE_DONE)
        status = kite_library_mark_count(m->to, reader, to_text, &count, fault);
    carriage.has_some = count > 0;
    return status == KITE_OK ? kite_library_marks(m->from, reader, from_text, 0, UINT32_MAX,
                                                  &carriage, carry_mark, fault)
                             : status;
}

/* Readers that only one of the two has are nobody any more. */
static enum kite_status carry_text(const struct move *m, int64_t from_text, int64_t to_text,
                                   struct kite_fault *fault)
{
    struct kite_reader_info readers[KITE_READERS_MAX];
    struct kite_library *device = m->is_onto ? m->from : m->to;
    uint32_t count = 0;
    enum kite_status status = kite_library_readers(device, readers, &count, fault);

    for (uint32_t i = 0; i < count && status == KITE_OK; i++)
        status = carry_reader(m, from_text, to_text, readers[i].reader, fault);
    return status;
}

static enum kite_status carry_all(const struct move *m, int64_t to_bundle, struct kite_fault *fault)
{
    struct kite_text_step step = { .bundle = m->bundle - 1, .document = UINT32_MAX };
    enum kite_status status;

    while ((status = kite_library_next_text(m->from, &step, fault)) == KITE_OK &&
           step.bundle == m->bundle) {
        int64_t text = 0;

        status = text_of(m->to, to_bundle, step.document, &text, fault);
        if (status == KITE_OK)
            status = carry_text(m, step.text, text, fault);
        if (status != KITE_OK && status != KITE_DONE)
            return status;
    }
    return status == KITE_DONE ? KITE_OK : status;
}

/* In one transaction. */
static enum kite_status carry(const struct move *m, int64_t to_bundle, struct kite_fault *fault)
{
    enum kite_status status = kite_library_settings_begin(m->to, fault), ended;

    if (status)
        return status;
    status = carry_all(m, to_bundle, fault);
    ended = kite_library_settings_end(m->to, status == KITE_OK ? fault : NULL);
    return status ? status : ended;
}

/* ---- moving ------------------------------------------------------------------------------------
 */

static enum kite_status note(struct kite_shelf *shelf, const struct move *m,
                             struct kite_fault *fault)
{
    char text[NOTE_BYTES] = "";

    if (m) {
        text[0] = m->is_onto ? '+' : '-';
        sodium_bin2hex(text + 1, sizeof text - 1, m->root, ROOT_BYTES);
    }
    return kite_library_set_text(shelf->library, KITE_DEVICE, KEY_MOVING, text, fault);
}

/* Both have it: the one it goes to gets what belongs to it, and the other loses it. */
static enum kite_status end(struct kite_shelf *shelf, const struct move *m, int64_t to_bundle,
                            struct kite_fault *fault)
{
    enum kite_status status = carry(m, to_bundle, fault);

    if (status == KITE_OK)
        status = kite_library_remove(m->from, m->bundle, KITE_REMOVE_FORGET_MARKS, fault);
    return status == KITE_OK ? note(shelf, NULL, fault) : status;
}

static enum kite_status import(const struct move *m, struct kite_book *book,
                               struct kite_import_result *result, struct kite_fault *fault)
{
    struct kite_import *import;
    uint64_t done, total;
    const struct kite_source *source = kite_book_source(book);
    enum kite_status status =
        m->is_onto ? kite_import_begin(m->to, source, "-", NULL, &import, fault)
                   : kite_import_begin_private(m->to, source, "-", NULL, &import, fault);

    if (status)
        return status;
    while ((status = kite_import_step(import, &done, &total, fault)) == KITE_OK)
        ;
    if (status == KITE_DONE)
        return kite_import_finish(import, result, fault);
    kite_import_cancel(import);
    return status;
}

static enum kite_status copy(struct kite_shelf *shelf, struct move *m, struct kite_book *book,
                             int64_t *to_bundle, struct kite_fault *fault)
{
    struct kite_import_result result = { .outcome = KITE_IMPORT_REFUSED };
    enum kite_status status;

    memcpy(m->root, kite_bundle_root_hash(kite_book_bundle(book)), ROOT_BYTES);
    status = note(shelf, m, fault);
    if (status == KITE_OK)
        status = import(m, book, &result, fault);
    if (status == KITE_OK && result.outcome == KITE_IMPORT_OLDER_EDITION)
        status = kite_fail(fault, KITE_E_UNSUPPORTED, "a newer edition of this text is there");
    *to_bundle = result.bundle;
    return status;
}

/* After a failure: what was copied is cleared away, now or by the next opening; nothing is under
 * way any more, unless it is not known how far it came, or the other side lists the text. */
static void give_up(struct kite_shelf *shelf, const struct move *m)
{
    int64_t to_bundle = 0;

    if (!m->is_onto)
        (void)kite_library_clear(shelf->device, NULL);
    if (!kite_library_must_reopen(shelf->library) && !kite_library_must_reopen(shelf->device) &&
        bundle_of(m->to, m->root, &to_bundle, NULL) == KITE_OK && !to_bundle)
        (void)note(shelf, NULL, NULL);
}

static enum kite_status move(struct kite_shelf *shelf, struct move *m, struct kite_fault *fault)
{
    struct kite_book *book = NULL;
    int64_t text = 0, to_bundle = 0;
    enum kite_status status = first_text(m->from, m->bundle, &text, fault);

    if (status == KITE_OK)
        status = kite_library_book_open(m->from, text, &book, fault);
    if (status == KITE_OK)
        status = copy(shelf, m, book, &to_bundle, fault);
    kite_library_book_close(book);
    if (status)
        give_up(shelf, m);
    return status ? status : end(shelf, m, to_bundle, fault);
}

enum kite_status kite_shelf_put(struct kite_shelf *shelf, int64_t bundle, struct kite_fault *fault)
{
    struct move m = move_of(shelf, true);

    m.bundle = bundle;
    return move(shelf, &m, fault);
}

enum kite_status kite_shelf_take_off(struct kite_shelf *shelf, int64_t bundle,
                                     struct kite_fault *fault)
{
    struct move m = move_of(shelf, false);

    m.bundle = bundle;
    return move(shelf, &m, fault);
}

/* What the note says is ended when both list the text; else it stays where it is. What cannot be
 * moved stays too. */
static enum kite_status recover(struct kite_shelf *shelf, struct move *m, struct kite_fault *fault)
{
    int64_t to_bundle = 0;
    enum kite_status status = bundle_of(m->to, m->root, &to_bundle, fault);

    if (status == KITE_OK)
        status = bundle_of(m->from, m->root, &m->bundle, fault);
    if (status == KITE_OK && m->bundle && to_bundle) {
        status = move(shelf, m, fault);
        return status == KITE_E_NOMEM || status == KITE_E_IO ? status : KITE_OK;
    }
    return status == KITE_OK ? note(shelf, NULL, fault) : status;
}

enum kite_status move_recover(struct kite_shelf *shelf, struct kite_fault *fault)
{
    char text[KITE_SETTING_VALUE_BYTES_MAX + 1] = "";
    size_t bytes = 0;
    struct move m;
    enum kite_status status =
        kite_library_get_text(shelf->library, KITE_DEVICE, KEY_MOVING, "", text, fault);

    if (status || !text[0])
        return status;
    m = move_of(shelf, text[0] == '+');
    if (sodium_hex2bin(m.root, ROOT_BYTES, text + 1, strlen(text + 1), NULL, &bytes, NULL) != 0 ||
        bytes != ROOT_BYTES)
        return note(shelf, NULL, fault);
    return recover(shelf, &m, fault);
}
