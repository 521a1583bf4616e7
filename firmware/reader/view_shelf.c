/* The private shelf: making it, opening and closing it, what goes on it and off it. While it is
 * open its library stands in place of the device's: what is listed and read is of it. What takes a
 * second is done in the step after its screen was shown. */
#include "reader/deeds.h"
#include "reader/views.h"

#include <stdio.h>
#include <string.h>

#define KEY_TRIES "shelf.tries"
#define REST_MS 300000 /* without a key or a touch, and it closes */

/* So that the compiler does not leave it out. */
static void wipe(void *bytes, size_t count)
{
    volatile unsigned char *at = bytes;

    while (count-- > 0)
        *at++ = 0;
}

bool shelf_is_open(const struct kite_reader *r)
{
    return r->private_shelf.shelf != NULL;
}

static void tell(struct kite_reader *r, enum message message)
{
    view_open(r, VIEW_SHELF_TOLD, message);
}

/* ---- opening and closing -----------------------------------------------------------------------
 */

/* Whose texts are listed and read from now on. */
static void stand_in(struct kite_reader *r, struct kite_library *library)
{
    r->texts = library;
    r->reading.library = library;
}

/* Nothing that was said of the texts so far stays. */
static void drop_words(struct kite_reader *r)
{
    search_drop(r);
    pass_drop(r);
    kite_free(&r->mem, r->highlight);
    r->highlight = NULL;
    r->choice = (struct choice){ 0 };
    wipe(&r->shelf, sizeof r->shelf);
    wipe(&r->links, sizeof r->links);
    wipe(&r->found, sizeof r->found);
    wipe(&r->originals, sizeof r->originals);
    wipe(&r->keyboard, sizeof r->keyboard);
    wipe(&r->sure, sizeof r->sure);
    wipe(r->address, sizeof r->address);
}

enum kite_status shelf_close(struct kite_reader *r)
{
    struct private_shelf *p = &r->private_shelf;
    enum kite_status status;

    wipe(p->secret, sizeof p->secret);
    p->work = NULL;
    if (!p->shelf)
        return KITE_OK;
    status = r->texts == r->library ? KITE_OK : reading_save(&r->reading, &r->fault);
    if (r->texts != r->library)
        reading_close(&r->reading);
    stand_in(r, r->library);
    drop_words(r);
    kite_shelf_close(p->shelf);
    p->shelf = NULL;
    p->wipes_canvas = true;
    view_close_all(r);
    r->intent = KITE_INTENT_CLEAN_ALL;
    return status;
}

enum kite_status shelf_hide(struct kite_reader *r)
{
    enum view_id view = seat_of(r)->view;
    bool is_entry = view == VIEW_SHELF || view == VIEW_SHELF_WAIT ||
                    (view == VIEW_KEYBOARD && r->keyboard.is_secret);

    if (!shelf_is_open(r) && is_entry) {
        wipe(&r->keyboard, sizeof r->keyboard);
        view_close_all(r);
        r->intent = KITE_INTENT_CLEAN_ALL;
    }
    return shelf_close(r);
}

int64_t shelf_due_ms(const struct kite_reader *r)
{
    return shelf_is_open(r) ? r->private_shelf.touched_ms + REST_MS : KITE_NEVER_MS;
}

/* Its texts come up. */
static enum kite_status show(struct kite_reader *r)
{
    enum kite_status status = reading_save(&r->reading, &r->fault);

    reading_close(&r->reading);
    drop_words(r);
    stand_in(r, kite_shelf_library(r->private_shelf.shelf));
    view_close_all(r);
    r->intent = KITE_INTENT_CLEAN_ALL;
    if (kite_shelf_is_damaged(r->private_shelf.shelf))
        tell(r, MESSAGE_PRIVATE_DAMAGED);
    return status;
}

/* ---- the secret --------------------------------------------------------------------------------
 */

static enum kite_status take(struct kite_reader *r, const char *secret);

static void ask_secret_of(struct kite_reader *r, enum message pin, enum message passphrase,
                          enum kite_status (*done)(struct kite_reader *r, const char *text))
{
    if (r->private_shelf.kind == KITE_SHELF_PIN)
        ask_digits(r, pin, done);
    else
        ask_passphrase(r, passphrase, done);
}

static enum kite_status tries(struct kite_reader *r, int64_t *out)
{
    return kite_library_get_number(r->library, KITE_DEVICE, KEY_TRIES, 0, out, &r->fault);
}

static enum kite_status keep_tries(struct kite_reader *r, int64_t count)
{
    return kite_library_set_number(r->library, KITE_DEVICE, KEY_TRIES, count, &r->fault);
}

/* Or say how long to wait. */
static enum kite_status ask(struct kite_reader *r, enum message pin, enum message passphrase)
{
    int64_t count = 0, wait;
    enum kite_status status = tries(r, &count);

    if (status)
        return status;
    wait = pin_wait_ms(r, count, r->private_shelf.tried_ms);
    if (wait > 0)
        view_open(r, VIEW_SHELF_TOLD, -(wait + 999) / 1000);
    else
        ask_secret_of(r, pin, passphrase, take);
    return KITE_OK;
}

/* Show that it takes a while, and begin with the next step. */
static void begin(struct kite_reader *r, const char *secret,
                  enum kite_status (*work)(struct kite_reader *r))
{
    struct private_shelf *p = &r->private_shelf;

    text_copy(secret, p->secret, sizeof p->secret);
    p->work = work;
    view_open(r, VIEW_SHELF_WAIT, 0);
}

/* A wrong secret counts before it is looked at, so that switching off helps nobody. */
static enum kite_status open_it(struct kite_reader *r)
{
    struct private_shelf *p = &r->private_shelf;
    int64_t count = 0;
    enum kite_status status = tries(r, &count);

    if (status == KITE_OK)
        status = keep_tries(r, count + 1);
    if (status == KITE_OK)
        status = kite_shelf_open(r->library, p->secret, &p->shelf, &r->fault);
    wipe(p->secret, sizeof p->secret);
    if (status == KITE_DONE) {
        p->tried_ms = r->now_ms;
        return ask(r, MESSAGE_PRIVATE_PIN_WRONG, MESSAGE_PRIVATE_WORDS_WRONG);
    }
    if (status == KITE_OK)
        status = keep_tries(r, 0);
    return status ? status : p->then(r);
}

static enum kite_status take(struct kite_reader *r, const char *secret)
{
    begin(r, secret, open_it);
    return KITE_OK;
}

/* Do it with the shelf open, once it was. */
static enum kite_status unlock(struct kite_reader *r,
                               enum kite_status (*then)(struct kite_reader *r))
{
    struct kite_shelf_state state;
    enum kite_status status = kite_shelf_look(r->library, &state, &r->fault);

    if (status)
        return status;
    r->private_shelf.then = then;
    r->private_shelf.kind = state.kind;
    if (!state.is_there || state.is_damaged) {
        view_open(r, VIEW_SHELF, 0);
        return KITE_OK;
    }
    return ask(r, MESSAGE_PRIVATE_PIN, MESSAGE_PRIVATE_WORDS);
}

static enum kite_status do_open(struct kite_reader *r)
{
    return unlock(r, show);
}

/* ---- a new one, or another secret --------------------------------------------------------------
 */

static enum kite_status take_first(struct kite_reader *r, const char *secret);

static enum kite_status ask_first(struct kite_reader *r, enum kite_shelf_secret kind)
{
    r->private_shelf.kind = kind;
    ask_secret_of(r, MESSAGE_PRIVATE_PIN_NEW, MESSAGE_PRIVATE_WORDS_NEW, take_first);
    return KITE_OK;
}

static enum kite_status make_it(struct kite_reader *r)
{
    struct private_shelf *p = &r->private_shelf;
    enum kite_status status = kite_shelf_create(r->library, p->kind, p->secret,
                                                kite_shelf_cost_of_board(), &p->shelf, &r->fault);

    wipe(p->secret, sizeof p->secret);
    if (status == KITE_OK)
        status = keep_tries(r, 0);
    return status ? status : show(r);
}

static enum kite_status change_it(struct kite_reader *r)
{
    struct private_shelf *p = &r->private_shelf;
    enum kite_status status =
        kite_shelf_change(p->shelf, p->kind, p->secret, kite_shelf_cost_of_board(), &r->fault);

    wipe(p->secret, sizeof p->secret);
    if (status == KITE_OK)
        tell(r, MESSAGE_PRIVATE_CHANGED);
    return status;
}

static enum kite_status take_again(struct kite_reader *r, const char *secret)
{
    struct private_shelf *p = &r->private_shelf;
    bool is_same = strcmp(p->secret, secret) == 0;

    wipe(p->secret, sizeof p->secret);
    if (is_same)
        begin(r, secret, shelf_is_open(r) ? change_it : make_it);
    else
        tell(r, MESSAGE_PRIVATE_DIFFERENT);
    return KITE_OK;
}

static enum kite_status take_first(struct kite_reader *r, const char *secret)
{
    struct private_shelf *p = &r->private_shelf;

    if (!kite_shelf_secret_fits(p->kind, secret) && p->kind == KITE_SHELF_PIN)
        return ask_first(r, p->kind);
    if (!kite_shelf_secret_fits(p->kind, secret)) { /* a title has no room to say how long one is */
        tell(r, MESSAGE_PRIVATE_WORDS_SHORT);
        return KITE_OK;
    }
    text_copy(secret, p->secret, sizeof p->secret);
    ask_secret_of(r, MESSAGE_PIN_AGAIN, MESSAGE_PRIVATE_WORDS_AGAIN, take_again);
    return KITE_OK;
}

static enum kite_status new_pin(struct kite_reader *r)
{
    return ask_first(r, KITE_SHELF_PIN);
}

static enum kite_status new_passphrase(struct kite_reader *r)
{
    return ask_first(r, KITE_SHELF_PASSPHRASE);
}

/* ---- putting on and taking off -----------------------------------------------------------------
 */

static enum kite_status take_bundle(void *ctx, const struct kite_entry *entry)
{
    *(int64_t *)ctx = entry->bundle;
    return KITE_OK;
}

/* The shelf was opened for this alone, and closes again. */
static enum kite_status put(struct kite_reader *r)
{
    struct private_shelf *p = &r->private_shelf;
    enum kite_status status, closed;

    reading_close(&r->reading);
    status = kite_shelf_put(p->shelf, p->bundle, &r->fault);
    closed = shelf_close(r);
    if (status == KITE_OK)
        tell(r, MESSAGE_PRIVATE_PUT_DONE);
    return status ? status : closed;
}

enum kite_status shelf_put(struct kite_reader *r)
{
    enum kite_status status = kite_library_entry(r->library, r->reading.text, 0,
                                                 &r->private_shelf.bundle, take_bundle, &r->fault);

    return status ? status : unlock(r, put);
}

static enum kite_status take_off(struct kite_reader *r)
{
    int64_t bundle = r->sure.about;
    enum kite_status status;

    reading_close(&r->reading);
    view_close_all(r);
    status = kite_shelf_take_off(r->private_shelf.shelf, bundle, &r->fault);
    if (status == KITE_OK)
        tell(r, MESSAGE_PRIVATE_TAKEN_OFF);
    return status;
}

enum kite_status shelf_take_off(struct kite_reader *r)
{
    int64_t bundle = 0;
    enum kite_status status =
        kite_library_entry(r->texts, r->reading.text, 0, &bundle, take_bundle, &r->fault);

    if (status == KITE_OK)
        ask_sure(r, say(r, MESSAGE_PRIVATE_TAKE_OFF_SURE), MESSAGE_PRIVATE_TAKE_OFF, take_off,
                 bundle);
    return status;
}

/* ---- forgetting --------------------------------------------------------------------------------
 */

static enum kite_status forget(struct kite_reader *r)
{
    enum kite_status status = shelf_close(r);

    if (status == KITE_OK)
        status = kite_shelf_forget(r->library, &r->fault);
    if (status == KITE_OK)
        status = keep_tries(r, 0);
    if (status == KITE_OK)
        tell(r, MESSAGE_PRIVATE_FORGOTTEN);
    return status;
}

static enum kite_status ask_forget(struct kite_reader *r)
{
    ask_sure(r, say(r, MESSAGE_PRIVATE_FORGET_SURE), MESSAGE_PRIVATE_FORGET, forget, 0);
    return KITE_OK;
}

static enum kite_status do_forget(struct kite_reader *r)
{
    return pin_guard(r, ask_forget);
}

/* ---- the step after ----------------------------------------------------------------------------
 */

/* Want of memory is told: whoever waits shall not wait for ever. */
enum kite_status shelf_work(struct kite_reader *r)
{
    enum kite_status (*work)(struct kite_reader * r) = r->private_shelf.work;
    enum kite_status status;

    if (!work)
        return KITE_DONE;
    r->private_shelf.work = NULL;
    if (seat_of(r)->view != VIEW_SHELF_WAIT) { /* somebody went back */
        wipe(r->private_shelf.secret, sizeof r->private_shelf.secret);
        return KITE_DONE;
    }
    view_close(r);
    status = work(r);
    return status == KITE_E_NOMEM
               ? kite_fail(&r->fault, KITE_E_LIMIT, "%s", say(r, MESSAGE_PRIVATE_NO_MEMORY))
               : status;
}

void shelf_drop(struct kite_reader *r)
{
    kite_shelf_close(r->private_shelf.shelf);
    wipe(&r->private_shelf, sizeof r->private_shelf);
}

/* ---- screens -----------------------------------------------------------------------------------
 */

enum { SHELF_IS_NONE = 0, SHELF_IS_CLOSED, SHELF_IS_OPEN, SHELF_IS_LOST };

static enum kite_status do_about(struct kite_reader *r)
{
    view_open(r, VIEW_SHELF_ABOUT, 0);
    return KITE_OK;
}

static enum kite_status do_close(struct kite_reader *r)
{
    return shelf_close(r);
}

static const struct deed table[] = {
    { SHELF_IS_NONE, MESSAGE_PRIVATE_ABOUT, ICON_HELP, do_about },
    { SHELF_IS_NONE, MESSAGE_PRIVATE_MAKE_PIN, ICON_PLUS, new_pin },
    { SHELF_IS_NONE, MESSAGE_PRIVATE_MAKE_WORDS, ICON_PLUS, new_passphrase },
    { SHELF_IS_CLOSED, MESSAGE_PRIVATE_OPEN, ICON_LOCK, do_open },
    { SHELF_IS_CLOSED, MESSAGE_PRIVATE_ABOUT, ICON_HELP, do_about },
    { SHELF_IS_CLOSED, MESSAGE_PRIVATE_FORGET, ICON_REMOVE, do_forget },
    { SHELF_IS_OPEN, MESSAGE_PRIVATE_CLOSE, ICON_LOCK, do_close },
    { SHELF_IS_OPEN, MESSAGE_PRIVATE_ABOUT, ICON_HELP, do_about },
    { SHELF_IS_OPEN, MESSAGE_PRIVATE_NEW_PIN, ICON_WRITE, new_pin },
    { SHELF_IS_OPEN, MESSAGE_PRIVATE_NEW_WORDS, ICON_WRITE, new_passphrase },
    { SHELF_IS_OPEN, MESSAGE_PRIVATE_FORGET, ICON_REMOVE, do_forget },
    { SHELF_IS_LOST, MESSAGE_PRIVATE_FORGET, ICON_REMOVE, do_forget },
    { 0 },
};

static int state(struct kite_reader *r)
{
    struct kite_shelf_state look = { .is_there = false };

    if (shelf_is_open(r))
        return SHELF_IS_OPEN;
    deeds_fail(r, kite_shelf_look(r->library, &look, &r->fault));
    return !look.is_there ? SHELF_IS_NONE : look.is_damaged ? SHELF_IS_LOST : SHELF_IS_CLOSED;
}
static const struct deeds deeds = { table, state };

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    static const enum message texts[] = { [SHELF_IS_NONE] = MESSAGE_PRIVATE_IS_NONE,
                                          [SHELF_IS_CLOSED] = MESSAGE_PRIVATE_IS_CLOSED,
                                          [SHELF_IS_OPEN] = MESSAGE_PRIVATE_IS_OPEN,
                                          [SHELF_IS_LOST] = MESSAGE_PRIVATE_IS_LOST };

    text_copy(say(r, texts[state(r)]), out, out_bytes);
    return KITE_OK;
}

const struct view view_shelf = { .name = "shelf",
                                 .title = MESSAGE_PRIVATE,
                                 .intent = KITE_INTENT_INTERFACE,
                                 .has_icons = true,
                                 .intro = intro,
                                 .count = deeds_count,
                                 .row = deeds_row,
                                 .chosen = deeds_chosen,
                                 .deeds = &deeds };

static enum kite_status about_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    text_copy(say(r, MESSAGE_PRIVATE_ABOUT_TEXT), out, out_bytes);
    return KITE_OK;
}

const struct view view_shelf_about = { .name = "shelf about",
                                       .title = MESSAGE_PRIVATE_ABOUT,
                                       .intent = KITE_INTENT_INTERFACE,
                                       .intro = about_intro };

static enum kite_status wait_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    text_copy(say(r, MESSAGE_PRIVATE_WAIT), out, out_bytes);
    return KITE_OK;
}

const struct view view_shelf_wait = { .name = "shelf wait",
                                      .title = MESSAGE_PRIVATE,
                                      .intent = KITE_INTENT_INTERFACE,
                                      .intro = wait_intro };

/* What it is about: a message, or below 0 the seconds to wait. */
static enum kite_status told_intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    int64_t about = seat_of(r)->about;
    char seconds[24];

    snprintf(seconds, sizeof seconds, "%lld", (long long)-about);
    if (about < 0)
        kite_text_fill(say(r, MESSAGE_PRIVATE_TOO_OFTEN), seconds, NULL, out, out_bytes);
    else
        text_copy(say(r, (enum message)about), out, out_bytes);
    return KITE_OK;
}

const struct view view_shelf_told = { .name = "shelf told",
                                      .title = MESSAGE_PRIVATE,
                                      .intent = KITE_INTENT_INTERFACE,
                                      .has_icons = true,
                                      .intro = told_intro,
                                      .row_count = 1,
                                      .row = ok_row,
                                      .chosen = ok_chosen };
