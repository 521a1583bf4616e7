/* Pass it on: the bundle of the open text is checked and copied to the stick, byte for byte, so
 * that its signature holds there too. */
#include "reader/views.h"

#include "sideload/sideload.h"

#include <stdio.h>
#include <string.h>

#define STEPS_A_TICK 4
#define REDRAW_MS 1500 /* between two looks at the progress */

enum pass_state { PASS_CHECKS = 0, PASS_COPIES, PASS_IS_DONE, PASS_FAILED };

struct pass {
    enum pass_state state;
    enum message why; /* it failed */
    struct kite_book *book;
    struct kite_copy_job job;
    struct kite_copy *copy;
    struct kite_copy_news news; /* as seen last */
    char title[KITE_STRING_BYTES_MAX + 1];
    char name[KITE_FILE_NAME_BYTES_MAX + 1];
    int64_t drawn_ms;
};

static void let_go(struct pass *pass)
{
    kite_copy_close(pass->copy);
    kite_library_book_close(pass->book);
    pass->copy = NULL;
    pass->book = NULL;
}

void pass_drop(struct kite_reader *r)
{
    if (!r->pass)
        return;
    let_go(r->pass);
    kite_free(&r->mem, r->pass);
    r->pass = NULL;
}

/* ---- the work -------------------------------------------------------------------------------- */

static bool is_working(const struct pass *pass)
{
    return pass && (pass->state == PASS_CHECKS || pass->state == PASS_COPIES);
}

/* It is over, well or not; somebody who read on meanwhile is told. */
static void end(struct kite_reader *r, enum pass_state state, enum message why)
{
    r->pass->state = state;
    r->pass->why = why;
    let_go(r->pass);
    view_remove(r, VIEW_PASS);
    view_open(r, VIEW_PASS, 0);
}

static enum message why_of(enum kite_status status)
{
    return status == KITE_E_LIMIT     ? MESSAGE_PASS_FULL
           : status == KITE_E_DAMAGED ? MESSAGE_PASS_BAD_STICK
                                      : MESSAGE_PASS_NO_WRITING;
}

/* What is damaged here is not passed on. */
static enum kite_status check(struct kite_reader *r)
{
    struct pass *pass = r->pass;
    enum kite_status status = kite_bundle_verify(kite_book_bundle(pass->book), NULL, &r->fault);

    if (status == KITE_OK)
        status = kite_copy_open(&r->mem, &pass->job, &pass->copy);
    if (status == KITE_E_NOMEM)
        return status;
    if (status)
        end(r, PASS_FAILED, MESSAGE_PASS_DAMAGED);
    else
        pass->state = PASS_COPIES;
    return KITE_OK;
}

static enum kite_status copy(struct kite_reader *r)
{
    struct pass *pass = r->pass;
    enum kite_status status = kite_copy_step(pass->copy, NULL);

    pass->news = *kite_copy_news(pass->copy);
    if (status == KITE_DONE)
        end(r, PASS_IS_DONE, MESSAGE_NONE);
    else if (status)
        end(r, PASS_FAILED, why_of(status));
    return KITE_OK;
}

enum kite_status pass_work(struct kite_reader *r)
{
    enum kite_status status = KITE_OK;

    if (!is_working(r->pass))
        return KITE_DONE;
    for (int i = 0; i < STEPS_A_TICK && status == KITE_OK && is_working(r->pass); i++)
        status = r->pass->state == PASS_CHECKS ? check(r) : copy(r);
    r->fault.text[0] = '\0'; /* it is told on the screen of its own */
    if (seat_of(r)->view == VIEW_PASS && r->now_ms >= r->pass->drawn_ms + REDRAW_MS)
        r->is_stale = true;
    return status;
}

/* ---- the stick, and a text for it ------------------------------------------------------------ */

bool pass_is_possible(const struct kite_reader *r)
{
    return r->stick[0] != '\0' && !shelf_is_open(r);
}

void pass_stick(struct kite_reader *r, const char *folder)
{
    bool is_usable = folder && r->options.io && strlen(folder) < sizeof r->stick;

    if (is_working(r->pass)) /* it was copying to the one that is gone */
        end(r, PASS_FAILED, MESSAGE_PASS_NO_WRITING);
    text_copy(is_usable ? folder : "", r->stick, sizeof r->stick);
    r->is_stale = r->is_stale || seat_of(r)->view == VIEW_CARD;
}

static enum kite_status take_title(void *ctx, const struct kite_entry *entry)
{
    struct pass *pass = ctx;

    text_copy(entry->title, pass->title, sizeof pass->title);
    return KITE_OK;
}

/* A bundle of several texts is passed on whole, under the name of the open one. */
static enum kite_status prepare(struct kite_reader *r, struct pass *pass)
{
    enum kite_status status =
        kite_library_entry(r->texts, r->reading.text, 0, pass, take_title, &r->fault);

    if (status == KITE_OK)
        status = kite_library_book_open(r->texts, r->reading.text, &pass->book, &r->fault);
    if (status)
        return status;
    kite_safe_name(pass->title, ".kite", 1, pass->name);
    pass->job =
        (struct kite_copy_job){ .io = r->options.io,
                                .folder = r->stick,
                                .name = pass->name,
                                .source = kite_book_source(pass->book),
                                .root_hash = kite_bundle_root_hash(kite_book_bundle(pass->book)),
                                .rule = KITE_COPY_BESIDE };
    return KITE_OK;
}

enum kite_status pass_open(struct kite_reader *r)
{
    enum kite_status status;

    pass_drop(r);
    if (!pass_is_possible(r))
        return KITE_OK;
    r->pass = kite_alloc(&r->mem, 1, sizeof *r->pass);
    if (!r->pass)
        return KITE_E_NOMEM;
    status = prepare(r, r->pass);
    if (status) {
        pass_drop(r);
        return status;
    }
    view_open(r, VIEW_PASS, 0);
    return KITE_OK;
}

/* ---- the screen ------------------------------------------------------------------------------ */

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    struct pass *pass = r->pass;
    char percent[16];

    if (!pass)
        return KITE_OK;

    const struct kite_copy_news *news = &pass->news;

    snprintf(percent, sizeof percent, "%u",
             news->total_bytes > 0 ? (unsigned)(news->done_bytes * 100 / news->total_bytes) : 0);
    if (pass->state == PASS_IS_DONE)
        kite_text_fill(say(r, news->was_there ? MESSAGE_PASS_WAS_THERE : MESSAGE_PASS_DONE),
                       pass->title, news->name, out, out_bytes);
    else if (pass->state == PASS_FAILED)
        kite_text_fill(say(r, pass->why), pass->title, NULL, out, out_bytes);
    else
        kite_text_fill(say(r, MESSAGE_PASS_COPIES), pass->title, percent, out, out_bytes);
    pass->drawn_ms = r->now_ms;
    return KITE_OK;
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    bool is_going = is_working(r->pass);

    (void)index;
    text_copy(say(r, is_going ? MESSAGE_CANCEL : MESSAGE_OK), out->label, sizeof out->label);
    out->icon = is_going ? ICON_REMOVE : ICON_CHECK;
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    (void)index;
    view_close(r);
    pass_drop(r);
    return KITE_OK;
}

const struct view view_pass = { .name = "pass on",
                                .title = MESSAGE_PASS_ON,
                                .intent = KITE_INTENT_INTERFACE,
                                .has_icons = true,
                                .intro = intro,
                                .row_count = 1,
                                .row = fill_row,
                                .chosen = choose };
