/* Who is reading: up to eight people, each with places, marks and type of their own. */
#include "reader/views.h"

#include <stdio.h>

/* Signs by which people find themselves, also those who do not read names. All are in the symbol
 * face. */
static const char *const pictures[] = { "\xE2\x99\xA0", "\xE2\x99\xA5", "\xE2\x99\xA6",
                                        "\xE2\x99\xA3", "\xE2\x98\x85", "\xE2\x98\x80",
                                        "\xE2\x98\x82", "\xE2\x99\xAB" };
#define PICTURES (sizeof pictures / sizeof *pictures)

static enum kite_status load(struct kite_reader *r, struct kite_reader_info out[KITE_READERS_MAX],
                             uint32_t *count)
{
    return kite_library_readers(r->library, out, count, &r->fault);
}

enum kite_status person_info(struct kite_reader *r, struct kite_reader_info *out)
{
    struct kite_reader_info readers[KITE_READERS_MAX];
    uint32_t count = 0;
    enum kite_status status = load(r, readers, &count);

    *out = (struct kite_reader_info){ .reader = r->person };
    for (uint32_t i = 0; i < count && status == KITE_OK; i++)
        if (readers[i].reader == r->person)
            *out = readers[i];
    return status;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    struct kite_reader_info readers[KITE_READERS_MAX];
    enum kite_status status = load(r, readers, out);

    *out += *out < KITE_READERS_MAX; /* somebody new */
    return status;
}

static void name_of(const struct kite_reader *r, const struct kite_reader_info *info, char *out,
                    size_t out_bytes)
{
    if (info->name[0])
        text_copy(info->name, out, out_bytes);
    else
        snprintf(out, out_bytes, "%s %u", say(r, MESSAGE_READER_DEFAULT), (unsigned)info->reader);
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    struct kite_reader_info readers[KITE_READERS_MAX];
    uint32_t count;
    enum kite_status status = load(r, readers, &count);

    if (status)
        return status;
    if (index >= count) {
        text_copy(say(r, MESSAGE_READER_NEW), out->label, sizeof out->label);
        text_copy(ICON_PLUS, out->cover, sizeof out->cover);
        return KITE_OK;
    }
    name_of(r, &readers[index], out->label, sizeof out->label);
    text_copy(pictures[readers[index].picture % PICTURES], out->cover, sizeof out->cover);
    out->is_chosen = readers[index].reader == r->person;
    return KITE_OK;
}

/* Their last text comes up, as at power-on. */
static enum kite_status become(struct kite_reader *r, uint32_t person)
{
    int64_t text = 0;
    enum kite_status status = shelf_close(r);

    if (status == KITE_OK)
        status = reading_save(&r->reading, &r->fault);
    if (status == KITE_OK)
        status = kite_library_set_current_reader(r->library, person, &r->fault);
    reading_close(&r->reading);
    search_drop(r);
    r->choice = (struct choice){ 0 };
    if (status == KITE_OK)
        status = settings_load(r);
    if (status == KITE_OK)
        status = kite_library_last_text(r->library, r->person, &text, &r->fault);
    if (status == KITE_OK)
        status = reading_resume(&r->reading, r->person, text, &r->fault);
    view_close_all(r);
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status add_named(struct kite_reader *r, const char *name)
{
    struct kite_reader_info readers[KITE_READERS_MAX];
    uint32_t count, person;
    enum kite_status status = load(r, readers, &count);

    if (status == KITE_OK)
        status = kite_library_reader_add(r->library, name, count, &person, &r->fault);
    return status ? status : become(r, person);
}

static enum kite_status ask_new(struct kite_reader *r)
{
    ask_text(r, MESSAGE_READER_NAME, "", add_named);
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    struct kite_reader_info readers[KITE_READERS_MAX];
    uint32_t count;
    enum kite_status status = load(r, readers, &count);

    if (status)
        return status;
    if (index >= count)
        return pin_guard(r, ask_new);
    if (readers[index].reader != r->person)
        return become(r, readers[index].reader);
    view_open(r, VIEW_READER, readers[index].reader);
    return KITE_OK;
}

const struct view view_readers = { .name = "readers",
                                   .title = MESSAGE_WHO_READS,
                                   .intent = KITE_INTENT_INTERFACE,
                                   .label_lines = 2,
                                   .has_cover = true,
                                   .count = count_rows,
                                   .row = fill_row,
                                   .chosen = choose };

/* ---- the one who is reading ------------------------------------------------------------------ */

static enum kite_status head(struct kite_reader *r, struct row *out)
{
    struct kite_reader_info info;
    enum kite_status status = person_info(r, &info);

    name_of(r, &info, out->label, sizeof out->label);
    return status;
}

static enum kite_status rename_to(struct kite_reader *r, const char *name)
{
    struct kite_reader_info info;
    enum kite_status status = person_info(r, &info);

    return status
               ? status
               : kite_library_reader_change(r->library, r->person, name, info.picture, &r->fault);
}

static enum kite_status forget(struct kite_reader *r)
{
    uint32_t count = 0, gone = r->person;
    struct kite_reader_info readers[KITE_READERS_MAX];
    enum kite_status status = load(r, readers, &count);

    if (status)
        return status;
    reading_close(&r->reading);
    if (count > 1) { /* somebody else reads on */
        status = become(r, readers[0].reader == gone ? readers[1].reader : readers[0].reader);
        return status ? status : kite_library_reader_remove(r->library, gone, &r->fault);
    }
    status = kite_library_reader_forget(r->library, gone, &r->fault);
    if (status == KITE_OK)
        status = kite_library_reader_change(r->library, gone, "", 0, &r->fault);
    return status ? status : become(r, gone);
}

static enum kite_status one_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    text_copy(say(r, index == 0 ? MESSAGE_READER_NAME : MESSAGE_READER_FORGET), out->label,
              sizeof out->label);
    out->icon = index == 0 ? ICON_WRITE : ICON_REMOVE;
    return KITE_OK;
}

static enum kite_status ask_name(struct kite_reader *r)
{
    struct row name = { 0 };
    enum kite_status status = head(r, &name);

    if (status == KITE_OK)
        ask_text(r, MESSAGE_READER_NAME, name.label, rename_to);
    return status;
}

static enum kite_status ask_forget(struct kite_reader *r)
{
    char question[KITE_STRING_BYTES_MAX + 1];
    struct row name = { 0 };
    enum kite_status status = head(r, &name);

    if (status)
        return status;
    ask_sure(r,
             kite_text_fill(say(r, MESSAGE_READER_FORGET_SURE), name.label, NULL, question,
                            sizeof question),
             MESSAGE_READER_FORGET, forget, r->person);
    return KITE_OK;
}

static enum kite_status one_chosen(struct kite_reader *r, uint32_t index)
{
    return pin_guard(r, index == 0 ? ask_name : ask_forget);
}

const struct view view_reader = { .name = "reader",
                                  .title = MESSAGE_WHO_READS,
                                  .intent = KITE_INTENT_INTERFACE,
                                  .head = head,
                                  .has_icons = true,
                                  .row_count = 2,
                                  .row = one_row,
                                  .chosen = one_chosen };
