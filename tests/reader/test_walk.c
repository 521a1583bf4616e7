/* Every screen of the reader by four keys alone, and by touch alone: all of them are found, every row can be reached and
 * chosen, every screen can be left, and all that is drawn lies on the panel. In every language of the interface, from the
 * smallest size to the largest, on three panels, turned both ways. */
#include "reader/device.h"
#include "reader/paged.h"
#include "sideload/signers.h"

#define SCREENS_MAX 400
#define DEPTH_MAX 12
#define STEPS_MAX 60000
#define ROWS_TRIED 30 /* of a list; contents and results go on alike */

struct walk {
    struct device d;
    char seen[SCREENS_MAX][96];
    uint32_t seen_count;
    bool found[VIEW_COUNT];
    bool is_by_touch, has_text;
    uint32_t steps;
    char what[160]; /* panel, size, language: for messages */
};

/* ---- what must hold on every screen ------------------------------------------------------------ */

#define HOLDS(walk, claim)                                                                                    \
    do {                                                                                                      \
        if (!(claim)) {                                                                                       \
            print_error("%s: screen %s: not so: %s\n", (walk)->what, device_screen(&(walk)->d), #claim);      \
            fail();                                                                                           \
        }                                                                                                     \
    } while (0)

static void check_ink(struct walk *w)
{
    const struct screen *s = &w->d.reader->screen;
    const struct kite_placed *p = &s->placed;

    for (size_t i = 0; i < p->run_count; i++) {
        kite_f26 em = p->runs[i].size_f26;

        for (uint32_t g = p->runs[i].first; g < p->runs[i].first + p->runs[i].count; g++) {
            HOLDS(w, p->glyphs[g].x >= -em / 8);
            HOLDS(w, p->glyphs[g].x <= kite_f26_from_px(s->width_px) - em / 8);
            HOLDS(w, p->glyphs[g].y >= em / 2);
            HOLDS(w, p->glyphs[g].y <= kite_f26_from_px(s->height_px) - em / 16);
        }
    }
    for (size_t i = 0; i < p->rule_count; i++) {
        const struct kite_rect *rule = &p->rules[i];

        HOLDS(w, rule->width > 0 && rule->height > 0);
        HOLDS(w, rule->x >= 0 && rule->y >= 0 && rule->x + rule->width <= s->width_px && rule->y + rule->height <= s->height_px);
    }
}

static void check_targets(struct walk *w)
{
    const struct screen *s = &w->d.reader->screen;
    bool is_keyboard = seat_of(w->d.reader)->view == VIEW_KEYBOARD;
    int32_t finger = 800 * s->ppi / 2540;

    for (size_t i = 0; i < s->target_count; i++) {
        const struct kite_rect *box = &s->targets[i].box;

        HOLDS(w, box->x >= 0 && box->y >= 0 && box->x + box->width <= s->width_px && box->y + box->height <= s->height_px);
        HOLDS(w, box->height >= (is_keyboard ? finger * 3 / 4 : finger));
        HOLDS(w, box->width >= finger * 3 / 4);
        for (size_t k = 0; k < i; k++) /* only the way back may lie under another */
            HOLDS(w, kite_rect_is_empty(kite_rect_intersect(*box, s->targets[k].box)) || s->targets[k].row == TARGET_BACK);
    }
}

/* Glyphs of one row never stand in another: targets of rows part the lines. Words of the interface are never cut. */
static void check_words(struct walk *w)
{
    struct kite_reader *r = w->d.reader;
    enum view_id view = seat_of(r)->view;
    bool may_cut = view == VIEW_LIBRARY || view == VIEW_CONTENTS || view == VIEW_RESULTS || view == VIEW_MARKS || view == VIEW_NOTES ||
                   view == VIEW_CHOOSE || view == VIEW_SENDERS || view == VIEW_PAGE || view == VIEW_ORIGINAL || view == VIEW_CARD || view == VIEW_IMPORT_GROUP;

    HOLDS(w, r->screen.cut_count == 0 || may_cut);
}

/* A letter stands within the frame of its key, with all that hangs below the line. */
static void check_keys(struct walk *w)
{
    const struct screen *s = &w->d.reader->screen;
    const struct kite_placed *p = &s->placed;
    int32_t frame = s->pad_px / 8;

    for (size_t i = 0; i < p->run_count; i++) {
        kite_f26 em = p->runs[i].size_f26;

        for (uint32_t g = p->runs[i].first; g < p->runs[i].first + p->runs[i].count; g++) {
            const struct kite_glyph *glyph = &p->glyphs[g];
            int32_t target = screen_target_at(s, glyph->x / 64, glyph->y / 64);

            for (size_t k = 0; k < s->target_count && target >= 0; k++) {
                const struct kite_rect *box = &s->targets[k].box;

                if (s->targets[k].row != target)
                    continue;
                HOLDS(w, glyph->y - em * 3 / 4 >= kite_f26_from_px(box->y + frame));
                HOLDS(w, glyph->y + em / 4 <= kite_f26_from_px(box->y + box->height - frame));
            }
        }
    }
}

static void check(struct walk *w)
{
    HOLDS(w, seat_of(w->d.reader)->view != VIEW_WRONG);
    check_ink(w);
    check_targets(w);
    check_words(w);
    if (seat_of(w->d.reader)->view == VIEW_KEYBOARD)
        check_keys(w);
    w->found[seat_of(w->d.reader)->view] = true;
    HOLDS(w, ++w->steps < STEPS_MAX);
}

/* ---- moving, by keys or by touch ------------------------------------------------------------------ */

static bool has_target(const struct walk *w, int32_t row)
{
    const struct screen *s = &w->d.reader->screen;

    for (size_t i = 0; i < s->target_count; i++)
        if (s->targets[i].row == row)
            return true;
    return false;
}

static void touch_target(struct walk *w, int32_t row)
{
    const struct screen *s = &w->d.reader->screen;

    for (size_t i = 0; i < s->target_count; i++) {
        const struct kite_rect *box = &s->targets[i].box;

        if (s->targets[i].row == row) {
            device_tap(&w->d, box->x + box->width / 3, box->y + box->height / 2);
            check(w);
            return;
        }
    }
    HOLDS(w, has_target(w, row));
}

/* Come to a stop of the list in front and choose it. */
static void choose_stop(struct walk *w, uint32_t stop)
{
    struct device *d = &w->d;

    if (w->is_by_touch && stop < d->reader->intro_pages)
        return; /* pages of an introduction are turned on the way to the rows */
    if (w->is_by_touch) {
        while (seat_of(d->reader)->focus > 0 && has_target(w, TARGET_PAGE_BEFORE))
            touch_target(w, TARGET_PAGE_BEFORE);
        while (!has_target(w, (int32_t)stop))
            touch_target(w, TARGET_PAGE_AFTER);
        touch_target(w, (int32_t)stop);
        return;
    }
    for (uint32_t i = 0; seat_of(d->reader)->focus != stop; i++) {
        HOLDS(w, i < 1000);
        device_key(d, KITE_KEY_NEXT);
        check(w);
    }
    device_key(d, KITE_KEY_SELECT);
    check(w);
}

static void leave(struct walk *w)
{
    struct device *d = &w->d;
    unsigned seats = d->reader->seat_count;
    enum view_id view = seat_of(d->reader)->view;

    if (!w->is_by_touch)
        device_key(d, KITE_KEY_MENU);
    else if (view == VIEW_HIGHLIGHT) /* a touch beside the text */
        device_tap(d, 2, d->reader->screen.height_px - 2);
    else
        touch_target(w, TARGET_BACK);
    check(w);
    HOLDS(w, d->reader->seat_count < seats);
}

/* Down to the page, or to the library that nothing lies under. */
static void leave_all(struct walk *w)
{
    for (int i = 0; w->d.reader->seat_count > 1; i++) {
        HOLDS(w, i < SEATS_MAX);
        leave(w);
    }
}

static void open_menu(struct walk *w)
{
    struct device *d = &w->d;

    if (!w->is_by_touch && seat_of(d->reader)->view == VIEW_ORIGINAL && original_has_text(d->reader)) {
        device_key(d, KITE_KEY_MENU); /* to the text first */
        check(w);
    }
    if (!w->is_by_touch)
        device_key(d, KITE_KEY_MENU);
    else if (seat_of(d->reader)->view == VIEW_LIBRARY)
        touch_target(w, TARGET_MENU);
    else
        device_swipe(d, d->reader->screen.width_px / 2, d->reader->screen.height_px / 30,
                     d->reader->screen.width_px / 2, d->reader->screen.height_px / 2); /* a tap may mean a note there */
    check(w);
    HOLDS(w, seat_of(d->reader)->view == VIEW_MENU);
}

/* ---- the walk -------------------------------------------------------------------------------------- */

/* A screen is known by what it is and what stands in its first row. */
static bool is_new(struct walk *w)
{
    struct kite_reader *r = w->d.reader;
    const struct seat *seat = seat_of(r);
    const struct view *view = views[seat->view];
    struct row row = { 0 };
    uint32_t count = 0;
    char name[96];

    if (list_count(r, &count) == KITE_OK && count > 0)
        assert_int_equal(view->row(r, 0, &row), KITE_OK);
    snprintf(name, sizeof name, "%s %u %u %.40s", view->name, count, seat->view == VIEW_TYPE_VALUE || seat->view == VIEW_CHOOSE ? (unsigned)seat->about : 0, row.label);
    for (uint32_t i = 0; i < w->seen_count; i++)
        if (strcmp(w->seen[i], name) == 0)
            return false;
    HOLDS(w, w->seen_count < SCREENS_MAX);
    memcpy(w->seen[w->seen_count++], name, sizeof name);


    return true;
}

/* What would change the device under test is reached here and tried elsewhere: values of type, other people and other
 * texts, losing things. */
static bool is_choosable(struct walk *w, uint32_t index, uint32_t count)
{
    static const enum message tried_elsewhere[] = { MESSAGE_HELP, MESSAGE_DELETE, MESSAGE_INTERFACE_LANGUAGE };
    struct kite_reader *r = w->d.reader;
    const struct view *view = views[seat_of(r)->view];
    struct row row = { 0 };

    assert_int_equal(view->row(r, index, &row), KITE_OK);
    for (size_t i = 0; i < sizeof tried_elsewhere / sizeof *tried_elsewhere; i++)
        if (strcmp(row.label, say(r, tried_elsewhere[i])) == 0)
            return false;
    switch (seat_of(r)->view) {
    case VIEW_TYPE_VALUE:
    case VIEW_KEYBOARD:
    case VIEW_CHOOSE:
        return false;
    case VIEW_LIBRARY:
        return strcmp(row.label, "A Sampler") == 0 || index + 1 == count;
    case VIEW_SURE:
        return index == 0;
    case VIEW_SORT:
        return index >= 1 && index <= 4;
    default:
        return true;
    }
}

static void try_keyboard(struct walk *w)
{
    struct device *d = &w->d;

    if (w->is_by_touch) {
        touch_target(w, 0);
        return;
    }
    for (int i = 0; i < 30; i++) { /* along the lines, and along a line */
        device_key(d, i == 12 ? KITE_KEY_SELECT : KITE_KEY_NEXT);
        check(w);
    }
    device_key(d, KITE_KEY_MENU);
    check(w);
    HOLDS(w, seat_of(d->reader)->view == VIEW_KEYBOARD);
}

/* The page of the sampler with notes and links on it. */
static void go_to_notes(struct walk *w)
{
    struct kite_reader *r = w->d.reader;
    struct kite_fault fault;

    for (uint32_t i = 0; i < r->reading.info.body_count; i++) {
        struct kite_arena arena;
        struct kite_paragraph p;
        struct kite_place at = { r->reading.document, i, 0 };
        bool has_note = false;

        kite_arena_init(&arena, w->d.mem, 0);
        assert_int_equal(kite_bundle_paragraph(r->reading.bundle, r->reading.document, i, &arena, &p, &fault), KITE_OK);
        for (size_t k = 0; k < p.text.span_count; k++)
            if (p.text.spans[k].note != 0 && !has_note) {
                has_note = true;
                at.offset_bytes = p.text.spans[k].offset_bytes;
            }
        kite_arena_close(&arena);
        if (has_note) {
            assert_int_equal(reading_go(&r->reading, at, &fault), KITE_OK);
            return;
        }
    }
    fail();
}

/* The choices that lead from the menu to a screen, by their labels: rows come and go. */
struct path {
    char labels[DEPTH_MAX][64];
    uint32_t depth;
};

static void label_at(struct walk *w, uint32_t index, char out[64])
{
    struct row row = { 0 };

    assert_int_equal(views[seat_of(w->d.reader)->view]->row(w->d.reader, index, &row), KITE_OK);
    snprintf(out, 64, "%.63s", row.label);
}

static uint32_t row_labelled(struct walk *w, const char *wanted)
{
    uint32_t count = 0;
    char label[64];

    assert_int_equal(list_count(w->d.reader, &count), KITE_OK);
    for (uint32_t i = 0; i < count; i++) {
        label_at(w, i, label);
        if (strcmp(label, wanted) == 0)
            return i;
    }
    return UINT32_MAX;
}

/* From the bottom to the screen at the end of a path; false when a choice is no more. */
static bool follow(struct walk *w, const struct path *path)
{
    leave_all(w);
    if (w->has_text) { /* a choice may have led elsewhere */
        go_to_notes(w);
        device_event(&w->d, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    }
    open_menu(w);
    for (uint32_t i = 0; i < path->depth; i++) {
        uint32_t row = row_labelled(w, path->labels[i]);

        if (row == UINT32_MAX)
            return false;
        choose_stop(w, row + w->d.reader->intro_pages);
    }
    return true;
}

static void explore(struct walk *w, struct path *path)
{
    struct kite_reader *r = w->d.reader;
    enum view_id here = seat_of(r)->view;
    char labels[ROWS_TRIED][64];
    uint32_t count = 0, intro = r->intro_pages;
    unsigned seats = r->seat_count;

    if (!is_new(w) || path->depth + 1 >= DEPTH_MAX)
        return;
    if (here == VIEW_KEYBOARD)
        try_keyboard(w);
    assert_int_equal(list_count(r, &count), KITE_OK);
    for (uint32_t stop = 0; stop < intro; stop++)
        choose_stop(w, stop); /* select reads on */
    for (uint32_t i = 0; i < count && i < ROWS_TRIED; i++)
        label_at(w, i, labels[i]);
    for (uint32_t i = 0; i < count && i < ROWS_TRIED; i++) {
        uint32_t row = row_labelled(w, labels[i]);

        if (row == UINT32_MAX || !is_choosable(w, row, count))
            continue;
        memcpy(path->labels[path->depth], labels[i], sizeof labels[i]);
        choose_stop(w, row + r->intro_pages);
        if (r->seat_count > 1 && seat_of(r)->view != here && seat_of(r)->view != VIEW_ASLEEP) {
            path->depth++;
            explore(w, path);
            path->depth--;
        }
        if (r->seat_count > seats)
            leave(w);
        if ((r->seat_count != seats || seat_of(r)->view != here) && !follow(w, path))
            return;
    }
}

/* ---- a device with something on every screen -------------------------------------------------------- */

static void add_marks(struct device *d)
{
    char excerpt[] = "Some words of the place that was marked, as many as a list has room for and then some more of them";
    struct kite_mark mark = { .reader = 1, .text = d->reader->reading.text, .excerpt = excerpt, .note = "A note" };
    int64_t id;

    assert_int_equal(kite_library_mark_add(d->library, &mark, &id, NULL), KITE_OK);
    mark.is_highlight = true;
    mark.start.paragraph = mark.end.paragraph = 3;
    mark.end.offset_bytes = 40;
    assert_int_equal(kite_library_mark_add(d->library, &mark, &id, NULL), KITE_OK);
}

/* Somebody with a long name, and somebody whose key has none. */
static void add_senders(struct device *d)
{
    struct signer one = signer_make("The Legal Aid Society of a County With a Long Name, Its Office for Letters and Papers"), two = signer_make("Ana");

    two.key.name[0] = '\0';
    signer_trust(d->library, &one);
    signer_trust(d->library, &two);
}

static void set_look(struct walk *w, int size, enum kite_rotation rotation, bool is_spanish)
{
    struct kite_reader *r = w->d.reader;

    r->type = (struct type_choice){ .profile = size > 9 ? KITE_PROFILE_VERY_LARGE : KITE_PROFILE_BOOK, .size = (int8_t)size,
                                    .family = -1, .weight = -1, .line = -1, .word = -1, .margins = -1, .align = -1,
                                    .rotation = (uint8_t)rotation, .notes = is_spanish ? KITE_NOTES_POPUP : KITE_NOTES_FOOT };
    r->catalogue = is_spanish ? &catalogue_es : &catalogue_en;
    r->has_paragraph_numbers = size % 2 == 0;
    assert_int_equal(settings_apply(r), KITE_OK);
    w->seen_count = 0;
    w->steps = 0;
    snprintf(w->what, sizeof w->what, "%dx%d@%d, size %d, turned %d, %s, %s", w->d.panel.width_px, w->d.panel.height_px,
             w->d.panel.ppi, size, rotation * 90, is_spanish ? "es" : "en", w->is_by_touch ? "touch" : "keys");
}

static void search_and_open(struct walk *w)
{
    struct device *d = &w->d;

    open_menu(w);
    device_say(d, MESSAGE_SEARCH);
    device_say(d, MESSAGE_SEARCH_THIS);
    memcpy(d->reader->keyboard.text, "the", 4);
    assert_int_equal(d->reader->keyboard.done(d->reader, "the"), KITE_OK);
    device_idle(d);
    check(w);
    leave_all(w);
}

/* One walk from the library that nothing lies under, one from the page. */
static void walk_all(struct walk *w, bool has_text)
{
    struct device *d = &w->d;

    w->has_text = has_text;
    if (has_text && seat_of(d->reader)->view == VIEW_LIBRARY)
        choose_stop(w, device_row(d, "A Sampler"));
    if (has_text) {
        go_to_notes(w);
        device_event(d, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        check(w);
        search_and_open(w);
    }
    open_menu(w);
    explore(w, &(struct path){ .depth = 0 });
    leave_all(w);
}

static const struct {
    int panel, size;
    enum kite_rotation rotation;
    bool is_spanish;
} looks[] = {
    { 0, 2, KITE_ROTATE_0, false },   { 0, 0, KITE_ROTATE_0, true },     { 0, 17, KITE_ROTATE_0, true },
    { 1, 2, KITE_ROTATE_0, true },    { 1, 0, KITE_ROTATE_0, false },    { 1, 6, KITE_ROTATE_0, false },
    { 1, 17, KITE_ROTATE_0, false },  { 1, 17, KITE_ROTATE_0, true },    { 2, 0, KITE_ROTATE_0, true },
    { 2, 4, KITE_ROTATE_0, true },    { 2, 6, KITE_ROTATE_0, true },     { 2, 17, KITE_ROTATE_0, false },
    { 2, 17, KITE_ROTATE_0, true },   { 2, 10, KITE_ROTATE_90, true },   { 1, 17, KITE_ROTATE_270, false },
    { 2, 3, KITE_ROTATE_180, false }, { 2, 17, KITE_ROTATE_90, true },
};
#define LOOKS (sizeof looks / sizeof *looks)

static void walk_looks(bool is_by_touch, bool has_text)
{
    struct walk *w = calloc(1, sizeof *w);

    for (int panel = 0; panel < (int)DEVICE_PANELS; panel++) {
        device_start(&w->d, device_panels[panel]);
        add_senders(&w->d);
        w->is_by_touch = is_by_touch;
        memset(w->found, 0, sizeof w->found);
        for (size_t i = 0; i < LOOKS; i++) {
            if (looks[i].panel != panel)
                continue;
            set_look(w, looks[i].size, looks[i].rotation, looks[i].is_spanish);
            device_event(&w->d, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
            if (has_text && w->d.reader->reading.text)
                leave_all(w);
            walk_all(w, has_text);
            if (has_text && i < 2)
                add_marks(&w->d);
        }
        device_drop(&w->d);
    }
    for (int view = 0; view < VIEW_COUNT && has_text; view++) /* these are made up by hand elsewhere */
        if (view != VIEW_MENDED && view != VIEW_ORIGINAL && view != VIEW_CABLE && view != VIEW_UPDATE && view != VIEW_ASLEEP && view != VIEW_IMPORT && view != VIEW_IMPORT_GROUP && view != VIEW_IMPORT_FILE && view != VIEW_PASS && view != VIEW_PIN_WAIT && view != VIEW_SAFE && view != VIEW_SHELF_WAIT && view != VIEW_SHELF_TOLD && view != VIEW_KEY && view != VIEW_WRONG && !w->found[view]) {
            print_error("not found: %s\n", views[view]->name);
            fail();
        }
    free(w);
}

static void every_screen_by_four_keys(void **state)
{
    (void)state;
    walk_looks(false, true);
}

/* ---- pages of the original in place of the text -------------------------------------------------------- */

static void turn_pages(struct walk *w)
{
    struct device *d = &w->d;
    int32_t width = d->reader->screen.width_px, height = d->reader->screen.height_px;

    for (int i = 0; i < 60 && seat_of(d->reader)->view == VIEW_ORIGINAL; i++) {
        if (w->is_by_touch)
            device_tap(d, width - 3, height / 2);
        else
            device_key(d, KITE_KEY_NEXT);
        check(w);
    }
    HOLDS(w, seat_of(d->reader)->view == VIEW_CARD);
    leave_all(w);
    HOLDS(w, seat_of(d->reader)->view == VIEW_ORIGINAL);
    for (int i = 0; i < 60; i++) {
        if (w->is_by_touch)
            device_tap(d, 3, height / 2);
        else
            device_key(d, KITE_KEY_PREVIOUS);
        check(w);
    }
    HOLDS(w, d->reader->originals.index == 0);
}

static void zoom(struct walk *w)
{
    if (!w->is_by_touch) {
        device_key(&w->d, KITE_KEY_SELECT);
    } else {
        open_menu(w);
        choose_stop(w, row_labelled(w, say(w->d.reader, MESSAGE_ZOOM)));
    }
    check(w);
    HOLDS(w, seat_of(w->d.reader)->view == VIEW_ORIGINAL);
}

/* At every zoom from the first page to the last and back, then all that its menu leads to. */
static void walk_pages(struct walk *w)
{
    unsigned zooms = 0;

    for (int i = 0; i < ORIGINAL_ZOOMS; i++) {
        turn_pages(w);
        zoom(w);
        zooms |= 1u << w->d.reader->originals.zoom;
        if (w->d.reader->originals.zoom == ORIGINAL_PAGE)
            break;
    }
    HOLDS(w, zooms & 1u << ORIGINAL_PAGE && zooms != 1u << ORIGINAL_PAGE);
    open_menu(w);
    explore(w, &(struct path){ .depth = 0 });
    leave_all(w);
}

static void swap(struct walk *w)
{
    bool is_shown = w->d.reader->originals.is_shown;

    if (w->is_by_touch)
        touch_target(w, TARGET_ORIGINAL);
    else
        device_key(&w->d, is_shown ? KITE_KEY_MENU : KITE_KEY_SELECT);
    check(w);
    HOLDS(w, seat_of(w->d.reader)->view == (is_shown ? VIEW_PAGE : VIEW_ORIGINAL));
}

static void walk_originals(bool is_by_touch)
{
    struct walk *w = calloc(1, sizeof *w);

    for (size_t i = 0; i < LOOKS; i++) {
        struct kite_buffer text = paged_text("Pages Beside a Text of Some Length"), alone = paged_alone("Pages Alone");

        device_make(&w->d, device_panels[looks[i].panel]);
        w->is_by_touch = is_by_touch;
        device_put_books(&w->d);
        disk_put(w->d.disk, "text.kite", text.bytes, text.count);
        disk_put(w->d.disk, "alone.kite", alone.bytes, alone.count);
        device_on(&w->d);
        set_look(w, looks[i].size, looks[i].rotation, looks[i].is_spanish);
        device_event(&w->d, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        choose_stop(w, device_row(&w->d, "Pages Beside a Text of Some Length"));
        swap(w);
        swap(w);
        swap(w);
        walk_pages(w);
        HOLDS(w, w->found[VIEW_ORIGINAL]);
        open_menu(w);
        choose_stop(w, row_labelled(w, say(w->d.reader, MESSAGE_LIBRARY)));
        w->seen_count = 0;
        choose_stop(w, device_row(&w->d, "Pages Alone"));
        HOLDS(w, seat_of(w->d.reader)->view == VIEW_ORIGINAL);
        walk_pages(w);
        device_drop(&w->d);
        kite_buffer_close(&text);
        kite_buffer_close(&alone);
    }
    free(w);
}

static void every_screen_of_originals_by_four_keys(void **state)
{
    (void)state;
    walk_originals(false);
}

static void every_screen_of_originals_by_touch(void **state)
{
    (void)state;
    walk_originals(true);
}

static void every_screen_without_a_text_by_four_keys(void **state)
{
    (void)state;
    walk_looks(false, false);
}

static void every_screen_by_touch(void **state)
{
    (void)state;
    walk_looks(true, true);
}

/* ---- what comes and goes by hand ---------------------------------------------------------------------- */

static void tell(struct walk *w, struct kite_event event)
{
    device_event(&w->d, event);
    check(w);
}

static void walk_cable(struct walk *w)
{
    tell(w, (struct kite_event){ .kind = KITE_EVENT_CABLE, .is_present = true });
    choose_stop(w, w->d.reader->intro_pages);
    tell(w, (struct kite_event){ .kind = KITE_EVENT_EJECTED });
    tell(w, (struct kite_event){ .kind = KITE_EVENT_STORAGE, .volume = KITE_VOLUME_INBOX });
    leave_all(w);
}

static void walk_import(struct walk *w, const struct volume *v, enum kite_volume volume)
{
    struct kite_reader *r = w->d.reader;
    uint32_t count = 0;

    tell(w, (struct kite_event){ .kind = KITE_EVENT_STORAGE, .is_present = true, .folder = v->folder, .volume = volume });
    HOLDS(w, seat_of(r)->view == VIEW_IMPORT);
    if (volume == KITE_VOLUME_STICK)
        choose_stop(w, r->intro_pages);
    for (int i = 0; i < 200; i++) {
        w->d.now_ms += 500;
        tell(w, (struct kite_event){ .kind = KITE_EVENT_TICK });
    }
    assert_int_equal(list_count(r, &count), KITE_OK);
    HOLDS(w, count > 5);
    for (uint32_t i = 1; i < count; i++) {
        choose_stop(w, i + r->intro_pages);
        if (seat_of(r)->view == VIEW_IMPORT_GROUP) {
            choose_stop(w, 0);
            HOLDS(w, seat_of(r)->view == VIEW_IMPORT_FILE);
            leave(w);
        } else {
            HOLDS(w, seat_of(r)->view == VIEW_IMPORT_FILE);
        }
        leave(w);
    }
    leave_all(w);
}

static void walk_update(struct walk *w)
{
    for (int is_good = 0; is_good < 2; is_good++) {
        update_offer(w->d.reader, "/stick/kite.update", "1.2.3", is_good ? "The Makers of Kite" : "");
        tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        choose_stop(w, w->d.reader->intro_pages);
        tell(w, (struct kite_event){ .kind = KITE_EVENT_UPDATE, .percent = 40 });
        tell(w, (struct kite_event){ .kind = KITE_EVENT_UPDATE,
                                     .is_done = is_good,
                                     .status = is_good ? KITE_OK : KITE_E_DAMAGED,
                                     .reason = "the update file is damaged: copy it again" });
        leave_all(w);
    }
}

static void walk_pass(struct walk *w, struct volume *v)
{
    const uint64_t rooms[] = { UINT64_MAX, UINT64_MAX, 10 };

    for (int i = 0; i < 4; i++) { /* anew, again, full, locked */
        v->is_read_only = i == 3;
        v->room_bytes = i < 3 ? rooms[i] : UINT64_MAX;
        if (i == 2)
            assert_int_equal(unlink(volume_path(v, "A Sampler.kite")), 0);
        assert_int_equal(pass_open(w->d.reader), KITE_OK);
        HOLDS(w, w->d.reader->pass != NULL);
        tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        device_idle(&w->d);
        check(w);
        leave_all(w);
    }
    v->is_read_only = false;
    v->room_bytes = UINT64_MAX;
}

static void volume_fill(const struct volume *v, int more)
{
    char name[32];

    struct kite_buffer bundle = volume_bundle("Cut", "A word or two.");

    volume_put_bundle(v, "one with a name that goes on for as long as names of files do when people are free.kite",
                      "A Title Of Some Length, and a Subtitle That Is Longer Than It");
    volume_put_bundle(v, "two.kite", "Two");
    volume_put(v, "incomplete.kite", bundle.bytes, bundle.count - 9);
    bundle.bytes[62] = 9;
    volume_put(v, "newer.kite", bundle.bytes, bundle.count);
    volume_put_text(v, "essay.pdf", "%PDF-1.4\n");
    volume_put_text(v, "letter.txt", "Dear all");
    for (int i = 0; i < more; i++) {
        snprintf(name, sizeof name, "letter %d.txt", i);
        volume_put_text(v, name, "Dear all");
    }
    volume_put_text(v, "provision.txt",
                    "kite provision 1\n00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff "
                    "What should be here.kite\nend 1\n");
    kite_buffer_close(&bundle);
}

/* A PIN that is asked for, given wrong, waited for. */
static void walk_pin(struct walk *w)
{
    struct kite_reader *r = w->d.reader;
    char hash[KITE_PIN_HASH_BYTES];

    assert_int_equal(kite_pin_hash("1234", hash, NULL), KITE_OK);
    assert_int_equal(kite_library_set_text(w->d.library, KITE_DEVICE, "owner.pin", hash, NULL), KITE_OK);
    view_open(r, VIEW_PIN, 0);
    tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    for (int i = 0; i < 6; i++) {
        choose_stop(w, row_labelled(w, say(r, MESSAGE_PIN_CHANGE)) + r->intro_pages);
        text_copy("123456789012", r->keyboard.text, sizeof r->keyboard.text);
        tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        if (i < 5) {
            view_close(r);
            assert_int_equal(r->keyboard.done(r, "0000"), KITE_OK);
            tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        }
        leave(w);
    }
    HOLDS(w, w->found[VIEW_PIN_WAIT]);
    leave_all(w);
    assert_int_equal(kite_library_set_text(w->d.library, KITE_DEVICE, "owner.pin", "", NULL), KITE_OK);
}

/* Safe mode, with an older system and without. */
static void walk_safe(struct walk *w)
{
    static const enum message deeds[] = { MESSAGE_SAFE_REPAIR, MESSAGE_SAFE_OLDER };
    struct kite_reader *r = w->d.reader;

    for (int has_older = 0; has_older < 2; has_older++) {
        r->options.can_go_back = has_older;
        reading_close(&r->reading); /* at a start there is none */
        tell(w, (struct kite_event){ .kind = KITE_EVENT_START, .is_safe = true });
        HOLDS(w, seat_of(r)->view == VIEW_SAFE);
        for (int i = 0; i <= has_older; i++) {
            choose_stop(w, row_labelled(w, say(r, deeds[i])) + r->intro_pages);
            HOLDS(w, seat_of(r)->view == VIEW_SURE);
            leave(w);
        }
        choose_stop(w, row_labelled(w, say(r, MESSAGE_SAFE_GO_ON)) + r->intro_pages);
        HOLDS(w, seat_of(r)->view == VIEW_LIBRARY);
    }
    choose_stop(w, device_row(&w->d, "A Sampler"));
}

/* The private shelf in each of its states, and all that is said of it. */
static void walk_shelf(struct walk *w)
{
    static const enum message told[] = { MESSAGE_PRIVATE_DAMAGED, MESSAGE_PRIVATE_CHANGED, MESSAGE_PRIVATE_DIFFERENT,
                                         MESSAGE_PRIVATE_WORDS_SHORT, MESSAGE_PRIVATE_PUT_DONE, MESSAGE_PRIVATE_TAKEN_OFF,
                                         MESSAGE_PRIVATE_FORGOTTEN };
    struct kite_reader *r = w->d.reader;
    struct kite_shelf *shelf;

    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        view_open(r, VIEW_SHELF_TOLD, told[i]);
        tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        leave(w);
    }
    view_open(r, VIEW_SHELF_TOLD, -3600);
    tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    leave(w);
    view_open(r, VIEW_SHELF_WAIT, 0);
    tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    leave(w);
    assert_int_equal(kite_shelf_create(w->d.library, KITE_SHELF_PASSPHRASE, "five words",
                                       (struct kite_shelf_cost){ .passes = 1, .memory_kb = 8 }, &shelf, NULL),
                     KITE_OK);
    view_open(r, VIEW_SHELF, 0);
    tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    choose_stop(w, row_labelled(w, say(r, MESSAGE_PRIVATE_FORGET)) + r->intro_pages);
    HOLDS(w, seat_of(r)->view == VIEW_SURE);
    leave(w);
    choose_stop(w, row_labelled(w, say(r, MESSAGE_PRIVATE_OPEN)) + r->intro_pages);
    HOLDS(w, seat_of(r)->view == VIEW_KEYBOARD);
    r->keyboard.title = MESSAGE_PRIVATE_WORDS_WRONG;
    tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    leave_all(w);
    r->private_shelf.shelf = shelf;
    r->private_shelf.touched_ms = w->d.now_ms;
    view_open(r, VIEW_SHELF, 0);
    tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    tell(w, (struct kite_event){ .kind = KITE_EVENT_HIDE });
    assert_int_equal(kite_shelf_forget(w->d.library, NULL), KITE_OK);
}

/* A key of somebody on a stick, without a PIN and with one. */
static void walk_key(struct walk *w)
{
    struct kite_reader *r = w->d.reader;
    struct signer sender = signer_make("The Legal Aid Society of a County With a Long Name");

    for (int has_pin = 0; has_pin < 2; has_pin++) {
        char hash[KITE_PIN_HASH_BYTES] = "";

        if (has_pin)
            assert_int_equal(kite_pin_hash("1234", hash, NULL), KITE_OK);
        assert_int_equal(kite_library_set_text(w->d.library, KITE_DEVICE, "owner.pin", hash, NULL), KITE_OK);
        assert_int_equal(kite_library_set_number(w->d.library, KITE_DEVICE, "owner.tries", 0, NULL), KITE_OK);
        r->key = sender.key;
        view_open(r, VIEW_KEY, 0);
        tell(w, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        choose_stop(w, row_labelled(w, say(r, has_pin ? MESSAGE_KEY_TRUST : MESSAGE_PIN_SET)) + r->intro_pages);
        HOLDS(w, seat_of(r)->view == VIEW_KEYBOARD);
        leave(w);
        choose_stop(w, row_labelled(w, say(r, MESSAGE_KEY_NOT_NOW)) + r->intro_pages);
        HOLDS(w, seat_of(r)->view != VIEW_KEY);
    }
    assert_int_equal(kite_library_set_text(w->d.library, KITE_DEVICE, "owner.pin", "", NULL), KITE_OK);
}

static void every_screen_of_what_comes_and_goes_by_hand(void **state)
{
    struct walk *w = calloc(1, sizeof *w);

    (void)state;
    for (size_t i = 0; i < LOOKS; i++) {
        struct volume v;

        volume_make(&v);
        volume_fill(&v, i % 3 ? 0 : 30);
        device_start(&w->d, device_panels[looks[i].panel]);
        w->d.io = volume_io(&v); /* the library has a copy of the disk's */
        set_look(w, looks[i].size, looks[i].rotation, looks[i].is_spanish);
        device_event(&w->d, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        choose_stop(w, device_row(&w->d, "A Sampler"));
        walk_cable(w);
        walk_pin(w);
        walk_safe(w);
        walk_shelf(w);
        walk_key(w);
        walk_import(w, &v, i % 2 ? KITE_VOLUME_STICK : KITE_VOLUME_INBOX);
        walk_update(w);
        tell(w, (struct kite_event){ .kind = KITE_EVENT_STORAGE, .is_present = true, .folder = v.folder });
        leave_all(w);
        walk_pass(w, &v);
        device_drop(&w->d);
        volume_drop(&v);
    }
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_screen_without_a_text_by_four_keys),
        cmocka_unit_test(every_screen_by_four_keys),
        cmocka_unit_test(every_screen_by_touch),
        cmocka_unit_test(every_screen_of_originals_by_four_keys),
        cmocka_unit_test(every_screen_of_originals_by_touch),
        cmocka_unit_test(every_screen_of_what_comes_and_goes_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
