/* What is kept here: everything that the library's folder holds, counted and in bytes, and forgetting
 * it. */
#include "reader/views.h"
#include "shelf/shelf.h"

#include <stdio.h>

enum { ROW_FORGET_READING, ROW_FORGET_READERS, DEEDS };

/* In the order of kite_trace, which is by what forgetting takes. */
static const enum message labels[] = {
    [KITE_TRACE_PLACES] = MESSAGE_KEPT_PLACES,       [KITE_TRACE_PAGES] = MESSAGE_KEPT_PAGES,
    [KITE_TRACE_ORDER] = MESSAGE_KEPT_ORDER,         [KITE_TRACE_WAYS] = MESSAGE_KEPT_WAYS,
    [KITE_TRACE_BOOKMARKS] = MESSAGE_KEPT_BOOKMARKS, [KITE_TRACE_HIGHLIGHTS] = MESSAGE_KEPT_HIGHLIGHTS,
    [KITE_TRACE_NOTES] = MESSAGE_KEPT_NOTES,         [KITE_TRACE_ABSENT] = MESSAGE_KEPT_ABSENT,
    [KITE_TRACE_MAPS] = MESSAGE_KEPT_MAPS,           [KITE_TRACE_REFUSED] = MESSAGE_KEPT_REFUSED,
    [KITE_TRACE_ASIDE] = MESSAGE_KEPT_ASIDE,         [KITE_TRACE_READERS] = MESSAGE_KEPT_READERS,
    [KITE_TRACE_SETTINGS] = MESSAGE_KEPT_SETTINGS,   [KITE_TRACE_LOCK] = MESSAGE_KEPT_LOCK,
    [KITE_TRACE_SENDERS] = MESSAGE_KEPT_SENDERS,     [KITE_TRACE_ORIGINS] = MESSAGE_KEPT_ORIGINS,
    [KITE_TRACE_BUNDLES] = MESSAGE_KEPT_BUNDLES,     [KITE_TRACE_LIST] = MESSAGE_KEPT_LIST,
    [KITE_TRACE_OTHER] = MESSAGE_KEPT_OTHER,         [KEPT_SEALED] = MESSAGE_KEPT_SEALED,
    [KEPT_COUNT] = MESSAGE_KEPT_DRIVE, /* of which the device cannot tell more while it is the computer's */
};
#define ROW_COUNT (DEEDS + sizeof labels / sizeof *labels)

enum kite_status kept_open(struct kite_reader *r)
{
    struct kite_trace_size *other = &r->kept[KITE_TRACE_OTHER];
    struct kite_shelf_usage sealed = { .files = 0 };
    enum kite_status status = kite_library_traces(r->options.library, r->kept, &r->fault);

    if (status == KITE_OK)
        status = kite_shelf_usage(r->options.library, &sealed, &r->fault);
    if (status)
        return status;
    r->kept[KEPT_SEALED] = (struct kite_trace_size){ sealed.files, sealed.bytes };
    other->count -= sealed.files < other->count ? sealed.files : other->count;
    other->bytes -= sealed.bytes < other->bytes ? sealed.bytes : other->bytes;
    view_open(r, VIEW_KEPT, 0);
    return KITE_OK;
}

/* ---- forgetting ------------------------------------------------------------------------------ */

/* Nothing that is in memory may be kept again afterwards. */
static enum kite_status forget(struct kite_reader *r)
{
    enum kite_status status;

    reading_close(&r->reading);
    search_drop(r);
    import_drop(r);
    pass_drop(r);
    scan_drop(r);
    r->choice = (struct choice){ 0 };
    r->shelf = (struct shelf){ 0 };
    r->links = (struct links_marked){ 0 };
    r->found = (struct found_words){ 0 };
    r->originals = (struct originals){ 0 };
    status = kite_library_forget(r->options.library, (enum kite_forget)r->sure.about, &r->fault);
    if (status == KITE_OK)
        status = settings_load(r);
    view_close_all(r);
    return status ? status : kept_open(r);
}

static enum kite_status ask_reading(struct kite_reader *r)
{
    ask_sure(r, say(r, MESSAGE_FORGET_READING_SURE), MESSAGE_FORGET_READING, forget,
             KITE_FORGET_READING);
    return KITE_OK;
}

static enum kite_status ask_readers(struct kite_reader *r)
{
    ask_sure(r, say(r, MESSAGE_FORGET_READERS_SURE), MESSAGE_FORGET_READERS, forget,
             KITE_FORGET_READERS);
    return KITE_OK;
}

/* ---- the screen ------------------------------------------------------------------------------ */

/* Small sizes to the byte; no more digits than one looks at. */
static void tell_size(const struct kite_reader *r, uint64_t bytes, char *out, size_t out_bytes)
{
    bool is_small = bytes < 10000, is_large = bytes >= 10000000;
    uint64_t unit = is_small ? 1 : is_large ? 1000000 : 1000;
    char number[24];

    snprintf(number, sizeof number, "%llu", (unsigned long long)((bytes + unit / 2) / unit));
    kite_text_fill(say(r, is_small   ? MESSAGE_KEPT_BYTES
                          : is_large ? MESSAGE_KEPT_MEGABYTES
                                     : MESSAGE_KEPT_KILOBYTES),
                   number, NULL, out, out_bytes);
}

static void tell(const struct kite_reader *r, const struct kite_trace_size *size, char *out,
                 size_t out_bytes)
{
    char bytes[64], count[24];

    if (size->bytes == 0) {
        text_copy(say(r, MESSAGE_KEPT_NOTHING), out, out_bytes);
        return;
    }
    snprintf(count, sizeof count, "%llu", (unsigned long long)size->count);
    tell_size(r, size->bytes, bytes, sizeof bytes);
    kite_text_fill(say(r, MESSAGE_KEPT_AMOUNT), count, bytes, out, out_bytes);
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    uint32_t trace = index - DEEDS;

    if (index < DEEDS) {
        bool is_all = index == ROW_FORGET_READERS;

        out->icon = ICON_REMOVE;
        text_copy(say(r, is_all ? MESSAGE_FORGET_READERS : MESSAGE_FORGET_READING), out->label,
                  sizeof out->label);
        return KITE_OK;
    }
    out->starts_group =
        trace == 0 || trace == KITE_TRACE_READERS_FIRST || trace == KITE_TRACE_TEXTS_FIRST;
    text_copy(say(r, labels[trace]), out->label, sizeof out->label);
    if (trace < KEPT_COUNT)
        tell(r, &r->kept[trace], out->value, sizeof out->value);
    return KITE_OK;
}

/* The rows below the deeds are only to be read. */
static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    static enum kite_status (*const asks[DEEDS])(struct kite_reader * r) = { ask_reading,
                                                                             ask_readers };

    return index < DEEDS ? pin_guard(r, asks[index]) : KITE_OK;
}

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    uint64_t bytes = 0;
    char number[24];

    for (int i = 0; i < KEPT_COUNT; i++)
        bytes += r->kept[i].bytes;
    snprintf(number, sizeof number, "%llu", (unsigned long long)bytes);
    kite_text_fill(say(r, MESSAGE_KEPT_ABOUT), number, NULL, out, out_bytes);
    return KITE_OK;
}

const struct view view_kept = { .name = "kept",
                                .title = MESSAGE_KEPT,
                                .intent = KITE_INTENT_INTERFACE,
                                .has_icons = true,
                                .has_whole_words = true,
                                .intro = intro,
                                .row_count = ROW_COUNT,
                                .row = fill_row,
                                .chosen = choose };
