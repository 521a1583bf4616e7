/* The machine: events through tables of rules to actions, then one drawing. */
#include "reader/actions.h"

#include <string.h>

#define SETTER_CACHE_BYTES ((size_t)96 * 1024)
#define GLYPH_CACHE_BYTES ((size_t)768 * 1024)
#define IDLE_MS 30   /* until the next step of idle work */
#define OWED_MS 1000 /* until a frame that memory did not allow is tried again */
#define NOW_MS_MAX (INT64_MAX / 2)
#define QUIET_MS 60000 /* without a key or a touch: the screen may be cleaned */

/* ---- making and unmaking --------------------------------------------------------------------- */

static enum kite_status make_canvas(const struct kite_memory *mem,
                                    const struct kite_panel_geometry *panel,
                                    struct kite_canvas *canvas)
{
    *canvas = (struct kite_canvas){ .width_px = panel->width_px,
                                    .height_px = panel->height_px,
                                    .stride_bytes = panel->width_px };
    canvas->pixels = kite_alloc(mem, (size_t)panel->width_px, (size_t)panel->height_px);
    return canvas->pixels ? KITE_OK : KITE_E_NOMEM;
}

static enum kite_status make(struct kite_reader *r, struct kite_fault *fault)
{
    enum kite_status status = make_canvas(&r->mem, &r->options.panel, &r->canvas);

    if (status == KITE_OK)
        status = make_canvas(&r->mem, &r->options.panel, &r->before);
    if (status == KITE_OK)
        status =
            kite_setter_create(&r->mem, r->options.fonts, SETTER_CACHE_BYTES, &r->setter, fault);
    if (status == KITE_OK)
        status =
            kite_renderer_create(&r->mem, r->options.fonts, GLYPH_CACHE_BYTES, &r->renderer, fault);
    if (status == KITE_OK)
        status = screen_create(&r->mem, r->setter, &r->screen);
    r->screen.has_touch = r->options.has_touch;
    reading_init(&r->reading, &r->mem, r->library, r->options.fonts, &r->setting);
    return status ? status : settings_load(r);
}

enum kite_status kite_reader_create(const struct kite_memory *mem,
                                    const struct kite_reader_options *options,
                                    struct kite_reader **out, struct kite_fault *fault)
{
    struct kite_reader *r = kite_alloc(mem, 1, sizeof *r);
    enum kite_status status;

    *out = NULL;
    if (!r)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the reader");
    r->mem = *mem;
    r->options = *options;
    r->library = r->texts = options->library;
    r->battery_percent = -1;
    status = make(r, fault);
    if (status) {
        if (fault && r->fault.text[0])
            *fault = r->fault;
        kite_reader_destroy(r);
        return status;
    }
    *out = r;
    return KITE_OK;
}

void kite_reader_destroy(struct kite_reader *r)
{
    if (!r)
        return;

    struct kite_memory mem = r->mem;

    search_drop(r);
    import_drop(r);
    pass_drop(r);
    scan_drop(r);
    kite_free(&mem, r->highlight);
    reading_close(&r->reading);
    shelf_drop(r);
    screen_close(&r->screen);
    kite_renderer_destroy(r->renderer);
    kite_setter_destroy(r->setter);
    kite_free(&mem, r->canvas.pixels);
    kite_free(&mem, r->before.pixels);
    kite_free(&mem, r);
}

const char *say(const struct kite_reader *r, enum message message)
{
    const char *text = r->catalogue->texts[message];

    return text ? text : "";
}

const char *kite_reader_screen(const struct kite_reader *r)
{
    return views[r->seats[r->seat_count - 1].view]->name;
}

/* ---- the stack of screens -------------------------------------------------------------------- */

struct seat *seat_of(struct kite_reader *r)
{
    return &r->seats[r->seat_count - 1];
}

void view_open(struct kite_reader *r, enum view_id view, int64_t about)
{
    if (r->seat_count < SEATS_MAX)
        r->seat_count++;
    *seat_of(r) = (struct seat){ .view = view, .about = about };
    r->is_stale = true;
}

void view_close(struct kite_reader *r)
{
    if (r->seat_count > 1)
        r->seat_count--;
    r->is_stale = r->is_closing = true;
}

void view_remove(struct kite_reader *r, enum view_id view)
{
    unsigned at = r->seat_count;

    while (at > 1 && r->seats[at - 1].view != view)
        at--;
    if (at <= 1)
        return;
    for (; at < r->seat_count; at++)
        r->seats[at - 1] = r->seats[at];
    r->seat_count--;
    r->is_stale = r->is_closing = true;
}

void view_close_all(struct kite_reader *r)
{
    r->seat_count = 1;
    r->seats[0] = (struct seat){ .view = !r->reading.text         ? VIEW_LIBRARY
                                         : original_is_shown(r) ? VIEW_ORIGINAL
                                                                : VIEW_PAGE };
    r->found.text = 0;
    r->is_stale = r->is_closing = true;
}

void ask_sure(struct kite_reader *r, const char *question, enum message yes,
              enum kite_status (*act)(struct kite_reader *r), int64_t about)
{
    text_copy(question, r->sure.question, sizeof r->sure.question);
    r->sure.yes = yes;
    r->sure.act = act;
    r->sure.about = about;
    view_open(r, VIEW_SURE, about);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static enum kite_status key_back(struct kite_reader *r)
{
    view_close(r);
    return KITE_OK;
}

static enum kite_status key_next(struct kite_reader *r)
{
    return list_move(r, 1);
}

static enum kite_status key_previous(struct kite_reader *r)
{
    return list_move(r, -1);
}

static enum kite_status key_select(struct kite_reader *r)
{
    return list_choose(r, seat_of(r)->focus);
}

#define VIEW_ANY VIEW_COUNT

struct key_rule {
    enum view_id view;
    enum kite_key key;
    bool is_long;
    enum kite_status (*act)(struct kite_reader *r);
};

/* The first row that fits counts; a long press without a row of its own is a short one. */
static const struct key_rule key_rules[] = {
    { VIEW_PAGE, KITE_KEY_NEXT, false, page_next },
    { VIEW_PAGE, KITE_KEY_PREVIOUS, false, page_previous },
    { VIEW_PAGE, KITE_KEY_SELECT, true, page_bookmark },
    { VIEW_PAGE, KITE_KEY_SELECT, false, page_select },
    { VIEW_PAGE, KITE_KEY_MENU, false, page_menu },
    { VIEW_ORIGINAL, KITE_KEY_NEXT, false, original_next },
    { VIEW_ORIGINAL, KITE_KEY_PREVIOUS, false, original_previous },
    { VIEW_ORIGINAL, KITE_KEY_SELECT, false, original_zoom_step },
    { VIEW_ORIGINAL, KITE_KEY_MENU, false, original_back },
    { VIEW_HIGHLIGHT, KITE_KEY_NEXT, false, highlight_next },
    { VIEW_HIGHLIGHT, KITE_KEY_PREVIOUS, false, highlight_previous },
    { VIEW_HIGHLIGHT, KITE_KEY_SELECT, false, highlight_select },
    { VIEW_HIGHLIGHT, KITE_KEY_MENU, false, highlight_cancel },
    { VIEW_KEYBOARD, KITE_KEY_NEXT, false, keyboard_next },
    { VIEW_KEYBOARD, KITE_KEY_PREVIOUS, false, keyboard_previous },
    { VIEW_KEYBOARD, KITE_KEY_SELECT, false, keyboard_select },
    { VIEW_KEYBOARD, KITE_KEY_MENU, false, keyboard_back },
    { VIEW_LIBRARY, KITE_KEY_MENU, false, library_menu },
    { VIEW_ASLEEP, KITE_KEY_NEXT, false, sleep_close },
    { VIEW_ASLEEP, KITE_KEY_PREVIOUS, false, sleep_close },
    { VIEW_ASLEEP, KITE_KEY_SELECT, false, sleep_close },
    { VIEW_ASLEEP, KITE_KEY_MENU, false, sleep_close },
    { VIEW_ANY, KITE_KEY_NEXT, false, key_next },
    { VIEW_ANY, KITE_KEY_PREVIOUS, false, key_previous },
    { VIEW_ANY, KITE_KEY_SELECT, false, key_select },
    { VIEW_ANY, KITE_KEY_MENU, false, key_back },
};

static enum kite_status on_key(struct kite_reader *r, const struct kite_event *event)
{
    enum view_id view = seat_of(r)->view;

    r->is_stale = r->is_stale || !r->shows_focus;
    r->shows_focus = true;
    for (size_t i = 0; i < sizeof key_rules / sizeof *key_rules; i++) {
        const struct key_rule *rule = &key_rules[i];

        if ((rule->view == view || rule->view == VIEW_ANY) && rule->key == event->key &&
            (!rule->is_long || event->is_long))
            return rule->act(r);
    }
    return KITE_OK;
}

/* ---- touches --------------------------------------------------------------------------------- */

static enum kite_status list_tap(struct kite_reader *r, const struct gesture *g)
{
    int32_t row = screen_target_at(&r->screen, g->x_px, g->y_px);

    switch (row) {
    case TARGET_NOTHING:
        return KITE_OK;
    case TARGET_BACK:
        return key_back(r);
    case TARGET_TEXT:
        view_close_all(r);
        return KITE_OK;
    case TARGET_MENU:
        view_open(r, VIEW_MENU, 0);
        return KITE_OK;
    case TARGET_PAGE_BEFORE:
    case TARGET_PAGE_AFTER:
        return list_page(r, row == TARGET_PAGE_AFTER ? 1 : -1);
    }
    return list_choose(r, (uint32_t)row);
}

static enum kite_status wake_tap(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return sleep_close(r);
}

static enum kite_status list_swipe_left(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return list_page(r, r->catalogue->is_rtl ? -1 : 1);
}

static enum kite_status list_swipe_right(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return list_page(r, r->catalogue->is_rtl ? 1 : -1);
}

static enum kite_status list_swipe_down(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return key_back(r);
}

static enum kite_status hide_two(struct kite_reader *r, const struct gesture *g)
{
    (void)g;
    return shelf_hide(r);
}

struct touch_rule {
    enum view_id view;
    enum gesture_kind gesture;
    enum kite_status (*act)(struct kite_reader *r, const struct gesture *g);
};

static const struct touch_rule touch_rules[] = {
    { VIEW_PAGE, GESTURE_TAP, page_tap },
    { VIEW_PAGE, GESTURE_HOLD, page_hold },
    { VIEW_PAGE, GESTURE_SWIPE_LEFT, page_swipe_left },
    { VIEW_PAGE, GESTURE_SWIPE_RIGHT, page_swipe_right },
    { VIEW_PAGE, GESTURE_SWIPE_DOWN, page_swipe_down },
    { VIEW_PAGE, GESTURE_PINCH_IN, page_pinch_in },
    { VIEW_PAGE, GESTURE_PINCH_OUT, page_pinch_out },
    { VIEW_ORIGINAL, GESTURE_TAP, original_tap },
    { VIEW_ORIGINAL, GESTURE_SWIPE_LEFT, original_drag },
    { VIEW_ORIGINAL, GESTURE_SWIPE_RIGHT, original_drag },
    { VIEW_ORIGINAL, GESTURE_SWIPE_UP, original_drag },
    { VIEW_ORIGINAL, GESTURE_SWIPE_DOWN, original_drag },
    { VIEW_ORIGINAL, GESTURE_PINCH_IN, original_pinch_in },
    { VIEW_ORIGINAL, GESTURE_PINCH_OUT, original_pinch_out },
    { VIEW_HIGHLIGHT, GESTURE_TAP, highlight_tap },
    { VIEW_KEYBOARD, GESTURE_TAP, keyboard_tap },
    { VIEW_ASLEEP, GESTURE_TAP, wake_tap },
    { VIEW_ANY, GESTURE_TAP, list_tap },
    { VIEW_ANY, GESTURE_SWIPE_LEFT, list_swipe_left },
    { VIEW_ANY, GESTURE_SWIPE_RIGHT, list_swipe_right },
    { VIEW_ANY, GESTURE_SWIPE_DOWN, list_swipe_down },
    { VIEW_ANY, GESTURE_TWO, hide_two },
};

static enum kite_status act_on_gesture(struct kite_reader *r, const struct gesture *g)
{
    enum view_id view = seat_of(r)->view;

    for (size_t i = 0; i < sizeof touch_rules / sizeof *touch_rules && g->kind != GESTURE_NONE;
         i++) {
        const struct touch_rule *rule = &touch_rules[i];

        if ((rule->view == view || rule->view == VIEW_ANY) && rule->gesture == g->kind) {
            r->is_stale = r->is_stale || r->shows_focus;
            r->shows_focus = false;
            return rule->act(r, g);
        }
    }
    return KITE_OK;
}

/* A point of the panel, on the page as it is turned. */
static void turn_point(const struct kite_reader *r, int32_t *x, int32_t *y)
{
    int32_t px = *x, py = *y, width = r->options.panel.width_px,
            height = r->options.panel.height_px;

    switch (r->ink.rotation) {
    case KITE_ROTATE_90:
        *x = py;
        *y = width - 1 - px;
        break;
    case KITE_ROTATE_180:
        *x = width - 1 - px;
        *y = height - 1 - py;
        break;
    case KITE_ROTATE_270:
        *x = height - 1 - py;
        *y = px;
        break;
    case KITE_ROTATE_0:
        break;
    }
}

/* A touch sheet may reach beyond the panel. */
static int32_t within(int32_t at, int32_t size)
{
    return at < 0 ? 0 : at < size ? at : size - 1;
}

static enum kite_status on_touch(struct kite_reader *r, const struct kite_event *event)
{
    const struct kite_panel_geometry *panel = &r->options.panel;
    struct kite_event turned = *event;

    turned.x_px = within(event->x_px, panel->width_px);
    turned.y_px = within(event->y_px, panel->height_px);
    turn_point(r, &turned.x_px, &turned.y_px);

    struct gesture g = gesture_step(&r->gesture, &turned, r->options.panel.ppi);

    return act_on_gesture(r, &g);
}

/* ---- everything else ------------------------------------------------------------------------- */

/* The last text of the last reader, or the library. */
static enum kite_status on_start(struct kite_reader *r, const struct kite_event *event)
{
    int64_t text = 0;
    enum kite_status status = kite_library_last_text(r->library, r->person, &text, &r->fault);

    if (status == KITE_OK && !event->is_careful && !event->is_safe)
        status = reading_resume(&r->reading, r->person, text, &r->fault);
    r->pin.tried_ms = r->private_shelf.tried_ms = r->now_ms;
    view_close_all(r);
    r->is_closing = false;
    r->intent = KITE_INTENT_CLEAN_ALL;
    if (event->is_safe && (status == KITE_DONE || status == KITE_OK))
        status = safe_open(r);
    return status == KITE_DONE || status == KITE_OK ? mended_open(r) : status;
}

static enum kite_status on_tick(struct kite_reader *r, const struct kite_event *event)
{
    struct gesture g = gesture_step(&r->gesture, event, r->options.panel.ppi);
    enum kite_status status;
    uint32_t number, count;
    bool had_number;

    if (g.kind != GESTURE_NONE)
        return act_on_gesture(r, &g);
    if (r->now_ms >= shelf_due_ms(r))
        return shelf_close(r);
    if (!r->is_quiet && r->now_ms >= r->touched_ms + QUIET_MS) {
        r->is_quiet = r->has_pause = true;
        r->pause = KITE_PAUSE_IDLE;
    }
    had_number = r->reading.text && reading_page_number(&r->reading, &number, &count);
    status = shelf_work(r);
    if (status == KITE_DONE && r->search)
        status = search_work(r);
    if (status == KITE_DONE && !shelf_is_open(r)) /* what it brings up would stand among private texts */
        status = import_work(r);
    if (status == KITE_DONE)
        status = pass_work(r);
    if (status == KITE_DONE)
        status = reading_idle(&r->reading, &r->fault);
    if (status == KITE_DONE && !shelf_is_open(r))
        status = scan_work(r);
    if (status == KITE_OK && !had_number && seat_of(r)->view == VIEW_PAGE &&
        reading_page_number(&r->reading, &number, &count)) {
        r->is_stale = true; /* the number can be shown now */
        r->intent = KITE_INTENT_FEEDBACK;
    }
    r->has_idle_work = status == KITE_OK;
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status on_hide(struct kite_reader *r, const struct kite_event *event)
{
    (void)event;
    return shelf_hide(r);
}

static enum kite_status on_battery(struct kite_reader *r, const struct kite_event *event)
{
    bool was_low = battery_is_low(r);

    r->battery_percent = event->percent;
    r->is_charging = event->is_charging;
    if (was_low != battery_is_low(r))
        r->is_stale = true;
    return KITE_OK;
}

static enum kite_status on_library(struct kite_reader *r, const struct kite_event *event)
{
    (void)event;
    r->is_stale = true;
    return KITE_OK;
}

static enum kite_status on_sleep(struct kite_reader *r, const struct kite_event *event)
{
    (void)event;
    r->has_pause = true;
    r->pause = KITE_PAUSE_SLEEP;
    sleep_open(r);
    return reading_save(&r->reading, &r->fault);
}

static enum kite_status on_wake(struct kite_reader *r, const struct kite_event *event)
{
    (void)event;
    r->gesture = (struct gesture_state){ 0 }; /* fingers may have left while nobody looked */
    return sleep_close(r);
}

static enum kite_status (*const handlers[KITE_EVENT_COUNT])(struct kite_reader *r,
                                                            const struct kite_event *event) = {
    [KITE_EVENT_START] = on_start,        [KITE_EVENT_KEY] = on_key,
    [KITE_EVENT_TOUCH] = on_touch,        [KITE_EVENT_TICK] = on_tick,
    [KITE_EVENT_BATTERY] = on_battery,    [KITE_EVENT_STORAGE] = import_storage,
    [KITE_EVENT_LIBRARY] = on_library,    [KITE_EVENT_SLEEP] = on_sleep,
    [KITE_EVENT_WAKE] = on_wake,          [KITE_EVENT_CABLE] = cable_event,
    [KITE_EVENT_EJECTED] = cable_ejected, [KITE_EVENT_UPDATE] = update_event,
    [KITE_EVENT_HELD] = pin_forgotten,
    [KITE_EVENT_HIDE] = on_hide,
};

/* A computer or a stick is at hand, or nobody is. */
static bool closes_shelf(const struct kite_event *event)
{
    return event->kind == KITE_EVENT_SLEEP ||
           ((event->kind == KITE_EVENT_STORAGE || event->kind == KITE_EVENT_CABLE) && event->is_present);
}

/* Somebody who turns pages faster than idle work saves places loses one turn at most. What goes
 * wrong is told when idle work meets it. */
static enum kite_status save_before(struct kite_reader *r, const struct kite_event *event)
{
    bool is_input = event->kind == KITE_EVENT_KEY || event->kind == KITE_EVENT_TOUCH;
    enum kite_status status = is_input ? reading_save(&r->reading, &r->fault) : KITE_OK;

    r->fault.text[0] = '\0';
    return status == KITE_E_NOMEM ? status : KITE_OK;
}

/* ---- the frame ------------------------------------------------------------------------------- */

static enum kite_status draw(struct kite_reader *r)
{
    struct kite_canvas canvas = r->before;
    struct kite_page page;
    enum kite_status status = list_draw(r);

    if (status == KITE_OK)
        status = r->screen.status;
    if (status == KITE_OK)
        status = screen_join(&r->screen, &page);

    bool is_joined = status == KITE_OK;

    if (status == KITE_OK)
        status =
            kite_render_page(r->renderer, &page, r->reading.bundle, &r->ink, NULL, &canvas, NULL);
    else
        r->screen.target_count = 0; /* nothing can be touched on a screen that is not there */
    if (status == KITE_E_NOMEM || !is_joined)
        return status;
    r->before = r->canvas;
    r->canvas = canvas;
    return KITE_OK; /* a picture that cannot be had leaves its place blank */
}

static void tell_changes(struct kite_reader *r, struct kite_frame *frame)
{
    struct kite_rect rects[KITE_FRAME_CHANGES_MAX];
    enum kite_intent intent = views[seat_of(r)->view]->intent;
    struct kite_rect all = { 0, 0, r->canvas.width_px, r->canvas.height_px };

    if (r->intent > intent || r->intent == KITE_INTENT_FEEDBACK)
        intent = r->intent;
    if (intent == KITE_INTENT_CLEAN_ALL) {
        frame->changes[0] = (struct kite_change){ all, intent };
        frame->change_count = 1;
        if (r->private_shelf.wipes_canvas)
            memset(r->before.pixels, 0, (size_t)all.width * (size_t)all.height);
        r->private_shelf.wipes_canvas = false;
        return;
    }
    frame->change_count = kite_canvas_damage(&r->before, &r->canvas, rects, KITE_FRAME_CHANGES_MAX);
    for (size_t i = 0; i < frame->change_count; i++)
        frame->changes[i] = (struct kite_change){ rects[i], intent };
}

static int64_t wake_ms(const struct kite_reader *r)
{
    int64_t due = gesture_due_ms(&r->gesture);

    int64_t idle = r->now_ms + (r->is_owed ? OWED_MS : IDLE_MS);

    if (!r->is_quiet && due > r->touched_ms + QUIET_MS)
        due = r->touched_ms + QUIET_MS;
    if (due > shelf_due_ms(r))
        due = shelf_due_ms(r);
    return (r->is_owed || r->has_idle_work) && due > idle ? idle : due;
}

/* A mishap comes to the front, one screen for all of them. The sentence is kept: drawing may use
 * the fault itself. */
static void wrong_open(struct kite_reader *r, enum kite_status status)
{
    text_copy(r->fault.text[0] ? r->fault.text : kite_status_text(status), r->wrong,
              sizeof r->wrong);
    if (seat_of(r)->view != VIEW_WRONG)
        view_open(r, VIEW_WRONG, 0);
    r->is_stale = true;
}

static enum kite_status draw_or_say(struct kite_reader *r)
{
    enum kite_status status = draw(r);

    if (status == KITE_OK || status == KITE_E_NOMEM || seat_of(r)->view == VIEW_WRONG)
        return status;
    if (r->seat_count > 1) /* behind the message there must be a screen that can be drawn */
        r->seat_count--;
    wrong_open(r, status);
    return draw(r);
}

static enum kite_status show_frame(struct kite_reader *r, struct kite_frame *frame)
{
    enum kite_status status = KITE_OK;

    if (r->is_stale) {
        status = draw_or_say(r);
        if (status == KITE_OK)
            tell_changes(r, frame);
        r->is_owed = status == KITE_E_NOMEM;
    }
    frame->canvas = &r->canvas;
    frame->has_pause = r->has_pause || r->is_closing;
    frame->pause = r->has_pause ? r->pause : KITE_PAUSE_MENU;
    frame->wake_ms = wake_ms(r);
    frame->wants_sleep = r->wants_sleep;
    frame->wants_export = r->wants_export;
    frame->is_volume_done = r->is_volume_done;
    frame->imports = r->imports;
    frame->wants_update = update_wanted(r);
    frame->wants_reboot = r->wants_reboot;
    frame->wants_power_off = r->wants_power_off;
    frame->wants_repair = r->wants_repair;
    frame->wants_older = r->wants_older;
    frame->wants_restart = kite_library_must_reopen(r->library) || r->wants_repair;
    frame->is_cleaner = r->is_cleaner;
    frame->is_night = r->ink.is_night;
    return status == KITE_E_NOMEM ? status : KITE_OK;
}

/* What is done before any event: a frame that an earlier step could not draw, a page that it could
 * not set. */
static enum kite_status begin_step(struct kite_reader *r)
{
    r->is_stale = r->is_owed;
    r->intent = r->is_owed ? KITE_INTENT_CLEAN_ALL : KITE_INTENT_NONE;
    r->is_closing = r->has_pause = r->wants_sleep = r->wants_reboot = r->wants_power_off = false;
    r->wants_repair = r->wants_older = false;
    r->fault.text[0] = '\0';
    if (r->seat_count == 0)
        view_close_all(r);
    return r->reading.is_reset_owed ? settings_apply(r) : KITE_OK;
}

/* A text that reading found damaged is repaired where it can be, and is there again at its place. */
static enum kite_status mend(struct kite_reader *r)
{
    struct kite_fault fault = { "" };
    enum kite_status status = reading_mend(&r->reading, &fault);

    if (status == KITE_DONE)
        return KITE_E_DAMAGED;
    r->fault = fault;
    search_drop(r);
    view_close_all(r);
    return status;
}

enum kite_status kite_reader_step(struct kite_reader *r, const struct kite_event *event,
                                  struct kite_frame *frame)
{
    struct kite_event now = *event;
    bool was_mended;
    enum kite_status status = begin_step(r);

    *frame = (struct kite_frame){ .wake_ms = KITE_NEVER_MS };
    if (event->now_ms > r->now_ms)
        r->now_ms = event->now_ms < NOW_MS_MAX ? event->now_ms : NOW_MS_MAX;
    now.now_ms = r->now_ms;
    if (event->kind == KITE_EVENT_KEY || event->kind == KITE_EVENT_TOUCH) {
        r->private_shelf.touched_ms = r->now_ms;
        r->is_stale = r->is_stale || r->reading.was_mended;
        r->reading.was_mended = false; /* it was there to be read */
    }
    was_mended = r->reading.was_mended;
    if (event->kind != KITE_EVENT_TICK) {
        r->has_idle_work = true;
        r->touched_ms = r->now_ms;
        r->is_quiet = false;
    }
    if (status == KITE_OK)
        status = save_before(r, event);
    if (status == KITE_OK && closes_shelf(event))
        status = shelf_close(r);
    if (status == KITE_OK && (unsigned)event->kind < KITE_EVENT_COUNT)
        status = handlers[event->kind](r, &now);
    if (status == KITE_E_DAMAGED)
        status = mend(r);
    if (shelf_is_open(r) && kite_library_must_reopen(kite_shelf_library(r->private_shelf.shelf)))
        (void)shelf_close(r); /* opening it again mends it */
    frame->has_mended = r->reading.was_mended && !was_mended;
    if (r->reading.text == 0 && r->seats[0].view != VIEW_LIBRARY) /* it had to be closed */
        view_close_all(r);
    if (status != KITE_OK && status != KITE_DONE && status != KITE_E_NOMEM)
        wrong_open(r, status);

    enum kite_status shown = show_frame(r, frame);

    r->is_owed = r->is_owed || (status == KITE_E_NOMEM && event->kind != KITE_EVENT_TICK);
    return status == KITE_E_NOMEM ? status : shown;
}
