/* What the reader does, told as a person would: where one was, what one marked, who reads. */
#include "reader/device.h"

#define TITLE "A Sampler"

static struct kite_reader *start(struct device *d, size_t panel)
{
    device_start(d, device_panels[panel]);
    return d->reader;
}

static bool is_same(const struct kite_place *a, const struct kite_place *b)
{
    return a->document == b->document && a->paragraph == b->paragraph && a->offset_bytes == b->offset_bytes;
}

static bool is_on_page(const struct kite_page *page, const struct kite_place *place)
{
    return !place_is_before(place, &page->start) && place_is_before(place, &page->end);
}

/* ---- the place ---------------------------------------------------------------------------------- */

static void power_on_goes_on_at_the_last_page(void **state)
{
    struct device d;
    struct kite_place place;

    (void)state;
    start(&d, 1);
    device_expect(&d, "library");
    device_open(&d, TITLE);
    device_keys(&d, KITE_KEY_NEXT, 3);
    device_idle(&d);
    place = d.reader->reading.now.page.start;
    device_off(&d);
    device_on(&d);
    device_expect(&d, "page");
    assert_true(is_same(&place, &d.reader->reading.now.page.start));
    assert_string_equal(kite_bundle_meta(d.reader->reading.bundle, d.reader->reading.document, KITE_META_TITLE), TITLE);
    device_drop(&d);
}

static void twenty_changes_of_size_keep_the_place(void **state)
{
    struct device d;
    struct kite_place anchor;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_open(&d, TITLE);
    device_keys(&d, KITE_KEY_NEXT, 4);
    anchor = r->reading.anchor;
    for (int i = 0; i < 20; i++) {
        device_menu(&d, MESSAGE_TYPE);
        device_say(&d, MESSAGE_SIZE);
        device_expect(&d, "type value");
        device_choose(&d, i % 2 == 0 ? (i % 4 == 0 ? "36 pt" : "60 pt") : "10 pt");
        if (i % 3 == 0)
            device_idle(&d);
        device_keys(&d, KITE_KEY_MENU, 3);
        device_expect(&d, "page");
        assert_true(is_same(&anchor, &r->reading.anchor));
        assert_true(is_on_page(&r->reading.now.page, &anchor));
    }
    device_idle(&d);
    device_off(&d);
    device_on(&d);
    assert_true(is_same(&anchor, &d.reader->reading.anchor));
    assert_true(is_on_page(&d.reader->reading.now.page, &anchor));
    device_drop(&d);
}

static void every_page_can_be_turned_to_and_back(void **state)
{
    struct device d;
    uint32_t pages = 0, back = 0;

    (void)state;
    struct kite_reader *r = start(&d, 2);

    device_open(&d, TITLE);
    for (; strcmp(device_screen(&d), "page") == 0 && pages < 500; pages++)
        device_key(&d, KITE_KEY_NEXT);
    device_expect(&d, "card"); /* behind the last page */
    device_key(&d, KITE_KEY_MENU);
    while (!r->reading.now.page.is_first && back++ < 500) {
        struct kite_place start = r->reading.now.page.start;

        device_key(&d, KITE_KEY_PREVIOUS); /* too soon for anything to be laid out ahead */
        assert_false(place_is_before(&r->reading.now.page.end, &start)); /* no line is passed over */
    }
    assert_in_range(back, pages - 2, pages + 1);
    device_drop(&d);
}

static void a_stray_jump_is_undone(void **state)
{
    struct device d;
    struct kite_place before;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_open(&d, TITLE);
    device_key(&d, KITE_KEY_NEXT);
    before = r->reading.now.page.start;
    device_key(&d, KITE_KEY_MENU);
    assert_int_equal(device_row(&d, say(r, MESSAGE_BACK_WHERE_I_WAS)), UINT32_MAX); /* nowhere to go back to */
    device_say(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_GO_TO);
    device_say(&d, MESSAGE_END_OF_TEXT);
    device_expect(&d, "page");
    assert_false(is_same(&before, &r->reading.now.page.start));
    device_menu(&d, MESSAGE_BACK_WHERE_I_WAS);
    device_expect(&d, "page");
    assert_true(is_same(&before, &r->reading.now.page.start));
    device_key(&d, KITE_KEY_MENU);
    assert_int_equal(device_row(&d, say(r, MESSAGE_BACK_WHERE_I_WAS)), UINT32_MAX); /* used up */
    device_drop(&d);
}

static void begin_carefully(struct device *d)
{
    struct kite_reader_options options = { .library = d->library, .fonts = d->fonts, .panel = d->panel, .levels = 16,
                                           .has_touch = d->has_touch, .io = &d->io };

    assert_int_equal(kite_reader_create(&d->mem, &options, &d->reader, NULL), KITE_OK);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_START, .is_careful = true });
}

/* A text that makes the program crash must not be what it opens at every start. */
static void a_careful_start_begins_in_the_library(void **state)
{
    struct device d;

    (void)state;
    start(&d, 1);
    device_open(&d, TITLE);
    device_idle(&d);
    device_off(&d);
    device_on(&d);
    device_expect(&d, "page");
    kite_reader_destroy(d.reader);
    d.reader = NULL;
    begin_carefully(&d);
    device_expect(&d, "library");
    device_open(&d, TITLE); /* by the person's own wish */
    device_drop(&d);
}

/* The way back is there after the power was off; the older ones are not, and nothing of it when another text was opened. */
static void the_way_back_outlives_the_power(void **state)
{
    struct device d;
    struct kite_place before, middle;
    int64_t text;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_open(&d, TITLE);
    device_key(&d, KITE_KEY_NEXT);
    before = r->reading.now.page.start;
    assert_int_equal(reading_go(&r->reading, (struct kite_place){ 0, 20, 0 }, NULL), KITE_OK);
    middle = r->reading.anchor;
    device_idle(&d);
    device_menu(&d, MESSAGE_SEARCH);
    device_say(&d, MESSAGE_SEARCH_ALL);
    assert_int_equal(r->keyboard.done(r, "carceles"), KITE_OK);
    device_idle(&d);
    device_key(&d, KITE_KEY_SELECT); /* into another text */
    device_expect(&d, "page");
    assert_int_equal(r->reading.way_count, 2);
    device_idle(&d);
    device_off(&d);
    device_on(&d);
    r = d.reader;
    assert_int_equal(r->reading.info.lang, KITE_LANG2('e', 's'));
    device_menu(&d, MESSAGE_BACK_WHERE_I_WAS);
    device_expect(&d, "page");
    assert_string_equal(kite_bundle_meta(r->reading.bundle, r->reading.document, KITE_META_TITLE), TITLE);
    assert_true(is_same(&middle, &r->reading.anchor));
    device_key(&d, KITE_KEY_MENU);
    assert_int_equal(device_row(&d, say(r, MESSAGE_BACK_WHERE_I_WAS)), UINT32_MAX);
    device_key(&d, KITE_KEY_MENU);

    /* Within a session all ways are there, one after the other; the library has the next one. */
    assert_int_equal(reading_go(&r->reading, before, NULL), KITE_OK);
    assert_int_equal(reading_go(&r->reading, (struct kite_place){ 0, 30, 0 }, NULL), KITE_OK);
    device_menu(&d, MESSAGE_BACK_WHERE_I_WAS);
    assert_true(is_same(&before, &r->reading.anchor));
    assert_int_equal(kite_library_way_back(d.library, r->person, &text, &before, NULL), KITE_OK);
    assert_true(is_same(&before, &middle));

    /* Opened from the library, another text has nothing to go back to. */
    device_menu(&d, MESSAGE_LIBRARY);
    device_open(&d, "A Cell in Another Country");
    assert_int_equal(kite_library_way_back(d.library, r->person, &text, &before, NULL), KITE_DONE);
    device_off(&d);
    device_on(&d);
    device_key(&d, KITE_KEY_MENU);
    assert_int_equal(device_row(&d, say(d.reader, MESSAGE_BACK_WHERE_I_WAS)), UINT32_MAX);
    device_drop(&d);
}

/* ---- marks ---------------------------------------------------------------------------------------- */

static void a_bookmark_is_put_found_and_taken_away(void **state)
{
    struct device d;
    struct kite_place marked;

    (void)state;
    struct kite_reader *r = start(&d, 0);

    device_open(&d, TITLE);
    device_keys(&d, KITE_KEY_NEXT, 2);
    marked = r->reading.now.page.start;
    device_menu(&d, MESSAGE_BOOKMARK_ADD);
    device_expect(&d, "page");
    device_keys(&d, KITE_KEY_PREVIOUS, 2);
    device_menu(&d, MESSAGE_BOOKMARKS);
    device_expect(&d, "bookmarks");
    device_key(&d, KITE_KEY_SELECT);
    device_say(&d, MESSAGE_OPEN_PLACE);
    device_expect(&d, "page");
    assert_true(is_on_page(&r->reading.now.page, &marked));
    device_menu(&d, MESSAGE_BOOKMARK_REMOVE);
    device_menu(&d, MESSAGE_BOOKMARKS);
    assert_int_equal(device_row(&d, ""), UINT32_MAX);
    device_drop(&d);
}

static void a_highlight_is_made_by_two_buttons_and_bears_a_note(void **state)
{
    struct device d;
    uint32_t count;

    (void)state;
    struct kite_reader *r = start(&d, 0);

    device_open(&d, TITLE);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_HIGHLIGHT_HERE);
    device_expect(&d, "highlight");
    device_key(&d, KITE_KEY_NEXT);
    device_key(&d, KITE_KEY_SELECT);
    device_key(&d, KITE_KEY_NEXT);
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "bookmark");
    device_say(&d, MESSAGE_WRITE_NOTE);
    device_expect(&d, "keyboard");
    device_key(&d, KITE_KEY_SELECT);   /* the first line */
    device_key(&d, KITE_KEY_SELECT);   /* its first letter */
    device_key(&d, KITE_KEY_MENU);     /* out of the line */
    device_key(&d, KITE_KEY_PREVIOUS); /* the last line */
    device_key(&d, KITE_KEY_SELECT);
    device_key(&d, KITE_KEY_PREVIOUS); /* done */
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "bookmark");
    device_say(&d, MESSAGE_BACK_TO_TEXT);
    device_expect(&d, "page");
    assert_int_equal(kite_library_mark_count(d.library, r->person, r->reading.text, &count, NULL), KITE_OK);
    assert_int_equal(count, 1);
    device_menu(&d, MESSAGE_BOOKMARKS);

    struct row row = { 0 };

    assert_int_equal(views[VIEW_MARKS]->row(r, 0, &row), KITE_OK);
    assert_non_null(strstr(row.detail, "a"));
    device_drop(&d);
}

static void a_highlight_is_made_by_touch_and_opened_by_touch(void **state)
{
    struct device d;

    (void)state;
    struct kite_reader *r = start(&d, 0);

    device_open(&d, TITLE);
    device_key(&d, KITE_KEY_NEXT);

    const struct kite_rect line = r->reading.now.page.lines[3].box;
    int32_t x = line.x + line.width / 2, y = line.y + line.height / 2;

    d.now_ms += 500;
    device_touch(&d, KITE_TOUCH_DOWN, x, y);
    d.now_ms += GESTURE_HOLD_MS;
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_TICK });
    device_touch(&d, KITE_TOUCH_UP, x, y);
    device_expect(&d, "highlight");
    device_tap(&d, x, y); /* inside: kept */
    device_expect(&d, "bookmark");
    device_key(&d, KITE_KEY_MENU);
    device_expect(&d, "page");
    device_tap(&d, x, y);
    device_expect(&d, "bookmark");
    device_say(&d, MESSAGE_DELETE);
    device_expect(&d, "page");
    device_tap(&d, x, y);
    device_expect(&d, "menu"); /* the middle of the page again */
    device_drop(&d);
}

/* What to do is said in letters that grow with all others, and never stands on the choice. */
static void the_hint_of_a_highlight_grows_with_the_letters(void **state)
{
    struct device d;
    kite_f26 before = 0;

    (void)state;
    struct kite_reader *r = start(&d, 2);

    device_open(&d, TITLE);
    for (int size = 2; size < TYPE_SIZES; size += 5) {
        r->type.size = (int8_t)size;
        assert_int_equal(settings_apply(r), KITE_OK);
        device_key(&d, KITE_KEY_MENU);
        device_say(&d, MESSAGE_MORE);
        device_say(&d, MESSAGE_HIGHLIGHT_HERE);
        for (int i = 0; i < 8; i++) {
            const struct kite_placed *placed = &r->screen.placed;
            kite_f26 hint = placed->runs[placed->run_count - 1].size_f26;

            assert_true(hint * 10 >= r->screen.size_f26 * 8);
            assert_true(i > 0 || hint > before || r->screen.size_f26 * 8 / 10 <= before);
            before = hint;
            assert_int_equal(r->screen.cut_count, 0);
            device_key(&d, i == 4 ? KITE_KEY_SELECT : KITE_KEY_NEXT);
        }
        device_key(&d, KITE_KEY_MENU);
        device_expect(&d, "page");
    }
    device_drop(&d);
}

/* ---- notes ------------------------------------------------------------------------------------------ */

/* Whether the page in front shows a paragraph that is a note. */
static bool has_note_at_foot(const struct kite_reader *r)
{
    for (size_t i = 0; i < r->reading.now.page.line_count; i++)
        if (r->reading.now.page.lines[i].paragraph >= r->reading.info.body_count)
            return true;
    return false;
}

/* Where the first note mark of the page stands. */
static struct kite_rect mark_box(struct kite_reader *r)
{
    const struct kite_page *page = &r->reading.now.page;

    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_page_line *line = &page->lines[i];
        struct kite_arena arena;
        struct kite_paragraph p;
        struct kite_rect box = { 0 };

        kite_arena_init(&arena, r->mem, 0);
        assert_int_equal(kite_bundle_paragraph(r->reading.bundle, r->reading.document, line->paragraph, &arena, &p, NULL), KITE_OK);
        for (size_t k = 0; k < p.text.span_count && kite_rect_is_empty(box); k++) {
            struct kite_place from = { r->reading.document, line->paragraph, p.text.spans[k].offset_bytes }, to = from;

            to.offset_bytes += 3;
            if (p.text.spans[k].note)
                box = reading_line_part(&r->reading, i, &from, &to);
        }
        kite_arena_close(&arena);
        if (!kite_rect_is_empty(box))
            return box;
    }
    fail();
    return (struct kite_rect){ 0 };
}

static void choose_notes(struct device *d, enum message value)
{
    device_menu(d, MESSAGE_TYPE);
    device_say(d, MESSAGE_FOOTNOTES);
    device_say(d, value);
    device_keys(d, KITE_KEY_MENU, 3);
    device_expect(d, "page");
}

static void notes_stand_at_the_foot_or_pop_up(void **state)
{
    struct device d;
    uint64_t foot_map;

    (void)state;
    struct kite_reader *r = start(&d, 0);

    device_open(&d, TITLE);
    device_menu(&d, MESSAGE_CONTENTS);
    device_choose(&d, "Notes");
    device_idle(&d);
    assert_true(has_note_at_foot(r));
    foot_map = r->reading.map_key.setting_hash;
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "menu"); /* notes that can be seen need no key */
    device_key(&d, KITE_KEY_MENU);
    choose_notes(&d, MESSAGE_NOTES_POPUP);
    device_idle(&d);
    assert_false(has_note_at_foot(r));
    assert_true(r->reading.map_key.setting_hash != foot_map);

    /* By touch, as near as a finger comes; only the foot of the screen changes, and the page is a way back. */
    struct kite_rect box = mark_box(r);

    device_tap(&d, box.x + box.width / 2, box.y + box.height + 20);
    device_expect(&d, "note");
    assert_true(d.frame.change_count > 0);
    for (size_t i = 0; i < d.frame.change_count; i++)
        assert_true(d.frame.changes[i].rect.y > d.panel.height_px / 3);
    device_tap(&d, 500, 100);
    device_expect(&d, "page");

    /* By keys: the list of the page's notes, one of them, and back. */
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "notes");
    device_choose(&d, "1. This is the first note.");
    device_expect(&d, "note");
    device_say(&d, MESSAGE_BACK_TO_TEXT);
    device_expect(&d, "page");
    device_key(&d, KITE_KEY_MENU);
    device_expect(&d, "menu");
    device_key(&d, KITE_KEY_MENU);

    /* It is kept, and a page without notes has the menu under both keys. */
    device_off(&d);
    device_on(&d);
    r = d.reader;
    assert_int_equal(r->setting.notes, KITE_NOTES_POPUP);
    assert_false(has_note_at_foot(r));
    device_keys(&d, KITE_KEY_NEXT, 2);
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "menu");
    device_key(&d, KITE_KEY_MENU);
    choose_notes(&d, MESSAGE_NOTES_FOOT);
    assert_true(r->reading.map_key.setting_hash == foot_map);
    assert_non_null(r->reading.map); /* as it was kept */
    device_drop(&d);
}

static bool is_placed(const struct kite_placed *placed, const struct kite_glyph *glyph)
{
    for (size_t i = 0; i < placed->glyph_count; i++)
        if (placed->glyphs[i].x == glyph->x && placed->glyphs[i].y == glyph->y)
            return true;
    return false;
}

/* Raised signs too go with their line. */
static void lines_above_a_panel_are_whole(void **state)
{
    (void)state;
    for (size_t panel = 0; panel < DEVICE_PANELS; panel++)
        for (int size = 0; size < 6; size++) {
            struct device d;
            struct kite_reader *r = start(&d, panel);
            size_t kept = 0;

            r->type.size = (int8_t)size;
            r->type.notes = KITE_NOTES_POPUP;
            assert_int_equal(settings_apply(r), KITE_OK);
            device_open(&d, TITLE);
            device_menu(&d, MESSAGE_CONTENTS);
            device_choose(&d, "Notes");
            device_key(&d, KITE_KEY_SELECT);
            device_expect(&d, "notes");
            for (size_t i = 0; i < r->reading.now.page.line_count && r->screen.top_px > 0; i++) {
                const struct kite_page_line *line = &r->reading.now.page.lines[i];
                const struct kite_glyph *glyphs = r->reading.now.page.glyphs + line->first_glyph;
                uint32_t placed = 0;

                for (uint32_t g = 0; g < line->glyph_count; g++)
                    placed += is_placed(&r->screen.placed, &glyphs[g]);
                assert_true(placed == 0 || placed == line->glyph_count);
                assert_true(placed == 0 || line->box.y + line->box.height <= r->screen.top_px);
                kept += placed;
            }
            assert_true(kept > 0 || r->screen.top_px == 0);
            device_drop(&d);
        }
}

/* Glyphs above the rule under the title. */
static size_t title_glyphs(const struct screen *s)
{
    size_t rule = 0, count = 0;

    while (s->placed.rules[rule].width < s->width_px / 2)
        rule++;
    for (size_t i = 0; i < s->placed.glyph_count; i++)
        count += s->placed.glyphs[i].y < kite_f26_from_px(s->placed.rules[rule].y);
    return count;
}

/* Also where a table goes on, whose heads are said again above the page's first line. */
static void the_preview_of_type_stands_below_the_title(void **state)
{
    struct device d;
    struct kite_reader *r = start(&d, 0);
    size_t glyphs = 0, tables = 0;

    (void)state;
    for (int size = 0; size < 8; size++) {
        r->type.size = (int8_t)size;
        assert_int_equal(settings_apply(r), KITE_OK);
        device_open(&d, TITLE);
        for (;;) {
            bool is_last = r->reading.now.page.is_last;

            tables += r->reading.now.page.lines[0].first_glyph > 0;
            device_menu(&d, MESSAGE_TYPE);
            device_expect(&d, "type");
            glyphs = glyphs ? glyphs : title_glyphs(&r->screen);
            assert_int_equal(title_glyphs(&r->screen), glyphs);
            device_keys(&d, KITE_KEY_MENU, 2);
            device_expect(&d, "page");
            if (is_last)
                break;
            device_key(&d, KITE_KEY_NEXT);
        }
        device_menu(&d, MESSAGE_LIBRARY);
    }
    assert_true(tables > 0);
    device_drop(&d);
}

/* Each heading as it is in the text, where the list is short enough to be measured. */
/* A file that was put into the library's folder by hand and is no bundle. */
static void what_was_refused_is_named(void **state)
{
    char text[1025] = "";
    struct device d;

    (void)state;
    device_make(&d, device_panels[1]);
    device_put_book(&d, "guide.en.kite");
    disk_put(d.disk, "torn.kite", "KITE", 4);
    device_on(&d);
    device_open(&d, "A Short Guide to Kite");
    device_menu(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_ABOUT_READER);
    device_expect(&d, "about");
    assert_int_equal(views[seat_of(d.reader)->view]->intro(d.reader, text, sizeof text), KITE_OK);
    assert_non_null(strstr(text, "\ntorn.kite"));
    assert_null(strstr(text, "guide.en.kite"));
    d.reader->catalogue = &catalogue_es;
    assert_int_equal(views[seat_of(d.reader)->view]->intro(d.reader, text, sizeof text), KITE_OK);
    assert_non_null(strstr(text, "\ntorn.kite")); /* there is room for it */
    device_drop(&d);
}

static void headings_of_a_short_list_are_whole(void **state)
{
    (void)state;
    for (size_t panel = 0; panel < DEVICE_PANELS; panel++)
        for (int size = 0; size < 18; size++) {
            struct device d;
            struct kite_reader *r = start(&d, panel);

            r->type.size = (int8_t)size;
            assert_int_equal(settings_apply(r), KITE_OK);
            device_open(&d, TITLE);
            device_menu(&d, MESSAGE_CONTENTS);
            assert_in_range(r->reading.info.contents_count, 2, ROWS_MEASURED);
            for (uint32_t i = 0; i < r->reading.info.contents_count; i++) {
                assert_int_equal(r->screen.cut_count, 0);
                device_key(&d, KITE_KEY_NEXT);
            }
            device_drop(&d);
        }
}

static void one_note_opens_at_once(void **state)
{
    struct device d;

    (void)state;
    start(&d, 2);
    device_open(&d, "A Cell in Another Country");
    choose_notes(&d, MESSAGE_NOTES_POPUP);
    for (int i = 0; i < 40 && strcmp(device_screen(&d), "note") != 0; i++) {
        device_key(&d, KITE_KEY_NEXT);
        device_key(&d, KITE_KEY_SELECT);
        if (strcmp(device_screen(&d), "menu") == 0)
            device_key(&d, KITE_KEY_MENU);
    }
    device_expect(&d, "note");
    device_key(&d, KITE_KEY_MENU);
    device_expect(&d, "page");
    device_drop(&d);
}

/* ---- search ----------------------------------------------------------------------------------------- */

static void ask(struct device *d, const char *words)
{
    text_copy(words, d->reader->keyboard.text, sizeof d->reader->keyboard.text);
    device_key(d, KITE_KEY_PREVIOUS); /* the last line */
    device_key(d, KITE_KEY_SELECT);
    device_key(d, KITE_KEY_PREVIOUS); /* done */
    device_key(d, KITE_KEY_SELECT);
    device_expect(d, "results");
    device_idle(d);
}

static void all_texts_are_searched_and_a_result_opens_its_text(void **state)
{
    struct device d;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_SEARCH);
    device_say(&d, MESSAGE_SEARCH_ALL);
    ask(&d, "carceles"); /* without its accent */

    uint32_t count = 0;

    assert_int_equal(views[VIEW_RESULTS]->count(r, &count), KITE_OK);
    assert_true(count > 0);
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "page");
    assert_int_equal(r->reading.info.lang, KITE_LANG2('e', 's'));
    device_drop(&d);
}

static void a_place_found_in_another_text_has_a_way_back(void **state)
{
    struct device d;
    struct kite_place before;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_open(&d, TITLE);
    device_keys(&d, KITE_KEY_NEXT, 2);
    before = r->reading.now.page.start;
    device_menu(&d, MESSAGE_SEARCH);
    device_say(&d, MESSAGE_SEARCH_ALL);
    ask(&d, "carceles");
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "page");
    assert_int_equal(r->reading.info.lang, KITE_LANG2('e', 's'));
    device_menu(&d, MESSAGE_BACK_WHERE_I_WAS);
    device_expect(&d, "page");
    assert_string_equal(kite_bundle_meta(r->reading.bundle, r->reading.document, KITE_META_TITLE), TITLE);
    assert_true(is_same(&before, &r->reading.now.page.start));
    device_key(&d, KITE_KEY_MENU);
    assert_int_equal(device_row(&d, say(r, MESSAGE_BACK_WHERE_I_WAS)), UINT32_MAX);
    device_drop(&d);
}

static void what_was_found_is_marked_until_the_page_is_left(void **state)
{
    struct device d;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_open(&d, "A Cell in Another Country");
    device_menu(&d, MESSAGE_SEARCH);
    device_say(&d, MESSAGE_SEARCH_THIS);
    ask(&d, "imperialism");
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "page");

    size_t marked = r->screen.tint_count;

    assert_true(marked > 0);
    device_key(&d, KITE_KEY_NEXT);
    device_key(&d, KITE_KEY_PREVIOUS);
    assert_true(r->screen.tint_count < marked);
    device_drop(&d);
}

static void what_is_not_there_is_said(void **state)
{
    struct device d;
    char out[256];

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_open(&d, TITLE);
    device_menu(&d, MESSAGE_SEARCH);
    device_say(&d, MESSAGE_SEARCH_THIS);
    ask(&d, "xylophone");
    assert_int_equal(views[VIEW_RESULTS]->intro(r, out, sizeof out), KITE_OK);
    assert_non_null(strstr(out, "xylophone"));
    device_key(&d, KITE_KEY_SELECT); /* on nothing */
    device_expect(&d, "results");
    device_drop(&d);
}

/* ---- the library -------------------------------------------------------------------------------------- */

static void the_library_is_filtered_by_language(void **state)
{
    struct device d;

    (void)state;
    struct kite_reader *r = start(&d, 0);

    device_say(&d, MESSAGE_SORT_FILTER);
    device_say(&d, MESSAGE_LANGUAGE);
    device_expect(&d, "choose");
    device_choose(&d, "Español"); /* not its tag */
    device_key(&d, KITE_KEY_MENU);
    device_expect(&d, "library");
    assert_int_equal(device_row(&d, TITLE), UINT32_MAX);
    assert_int_not_equal(device_row(&d, "Breve guía de Kite"), UINT32_MAX);
    device_say(&d, MESSAGE_SORT_FILTER);
    device_say(&d, MESSAGE_LANGUAGE);
    assert_int_equal(device_row(&d, say(r, MESSAGE_ANY_LANGUAGE)), 0);
    device_say(&d, MESSAGE_ANY_LANGUAGE);
    device_say(&d, MESSAGE_ONLY_UNREAD);
    device_key(&d, KITE_KEY_MENU);
    device_open(&d, TITLE);
    device_idle(&d);
    device_menu(&d, MESSAGE_LIBRARY);
    assert_int_equal(device_row(&d, TITLE), UINT32_MAX); /* it has been opened */
    device_drop(&d);
}

static void find_title(struct device *d, const char *words)
{
    device_key(d, KITE_KEY_MENU);
    device_say(d, MESSAGE_SORT_FILTER); /* of the menu: without going through the list */
    device_say(d, MESSAGE_FIND_TITLE);
    device_expect(d, "keyboard");
    text_copy(words, d->reader->keyboard.text, sizeof d->reader->keyboard.text);
    device_key(d, KITE_KEY_PREVIOUS); /* the last line */
    device_key(d, KITE_KEY_SELECT);
    device_key(d, KITE_KEY_PREVIOUS); /* done */
    device_key(d, KITE_KEY_SELECT);
    device_expect(d, "library");
}

static void a_text_is_found_by_some_of_its_title(void **state)
{
    struct device d;
    struct row head = { 0 };
    char out[1100] = "";
    uint32_t count;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    find_title(&d, "guia"); /* without its accent */
    assert_int_equal(list_count(r, &count), KITE_OK);
    assert_int_equal(count, 2); /* and sort and choose */
    assert_int_equal(device_row(&d, "Breve gu\xC3\xAD" "a de Kite"), 0);
    assert_int_equal(views[VIEW_LIBRARY]->head(r, &head), KITE_OK);
    assert_string_equal(head.label, "Library: guia"); /* the title says why there are no more */
    find_title(&d, "xylophone");
    assert_int_equal(views[VIEW_LIBRARY]->intro(r, out, sizeof out), KITE_OK);
    assert_non_null(strstr(out, say(r, MESSAGE_NONE_CHOSEN)));
    device_say(&d, MESSAGE_SORT_FILTER);
    device_say(&d, MESSAGE_SHOW_ALL);
    device_expect(&d, "library");
    assert_int_equal(list_count(r, &count), KITE_OK);
    assert_int_equal(count, 5);
    device_say(&d, MESSAGE_SORT_FILTER);
    assert_int_equal(device_row(&d, say(r, MESSAGE_SHOW_ALL)), UINT32_MAX); /* all are shown */
    device_drop(&d);
}

static void five_hundred_texts_are_one_list(void **state)
{
    struct device d;

    (void)state;
    device_make(&d, device_panels[2]);
    for (int i = 0; i < 50; i++) { /* bundles of ten texts each */
        char titles[10][32], ids[10][32], name[32];
        struct shelf_text texts[10];

        for (int k = 0; k < 10; k++) {
            snprintf(titles[k], sizeof titles[k], "Text %03d", i * 10 + k);
            snprintf(ids[k], sizeof ids[k], "id-%d-%d", i, k);
            texts[k] = (struct shelf_text){ .title = titles[k], .author = "Somebody", .identifier = ids[k] };
        }

        struct kite_buffer bundle = shelf_bundle(texts, 10);

        snprintf(name, sizeof name, "b%02d.kite", i);
        disk_put(d.disk, name, bundle.bytes, bundle.count);
        kite_buffer_close(&bundle);
    }
    device_on(&d);
    device_expect(&d, "library");
    assert_true(d.reader->pages.rows_a_page > 1);
    device_swipe(&d, 400, 400, 50, 400);
    assert_int_equal(seat_of(d.reader)->focus, d.reader->pages.rows_a_page);
    device_swipe(&d, 50, 400, 400, 400);
    assert_int_equal(seat_of(d.reader)->focus, 0);
    device_key(&d, KITE_KEY_PREVIOUS); /* round to the end */
    assert_int_equal(seat_of(d.reader)->focus, 500);
    device_key(&d, KITE_KEY_PREVIOUS);
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "page");
    assert_string_equal(kite_bundle_meta(d.reader->reading.bundle, d.reader->reading.document, KITE_META_TITLE), "Text 499");
    device_drop(&d);
}

static void an_empty_library_says_what_to_do(void **state)
{
    struct device d;
    char out[1100] = "";

    (void)state;
    device_make(&d, device_panels[1]);
    device_on(&d);
    device_expect(&d, "library");
    assert_int_equal(views[VIEW_LIBRARY]->intro(d.reader, out, sizeof out), KITE_OK);
    assert_non_null(strstr(out, say(d.reader, MESSAGE_NO_TEXTS_HOW)));
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_HELP); /* the guide is not there either: that is said, and can be left */
    device_expect(&d, "wrong");
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "menu");
    device_drop(&d);
}

static void help_opens_the_guide_in_the_language_of_the_menus(void **state)
{
    struct device d;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_HELP);
    device_expect(&d, "page");
    assert_int_equal(r->reading.info.lang, KITE_LANG2('e', 'n'));
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_SETTINGS);
    device_say(&d, MESSAGE_INTERFACE_LANGUAGE);
    assert_ptr_equal(r->catalogue, &catalogue_es);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_HELP);
    device_expect(&d, "page");
    assert_int_equal(r->reading.info.lang, KITE_LANG2('e', 's'));
    device_drop(&d);
}

static void a_text_is_removed_after_a_question(void **state)
{
    struct device d;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_open(&d, TITLE);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_ABOUT_TEXT);
    device_say(&d, MESSAGE_REMOVE);
    device_expect(&d, "sure");
    assert_int_equal(device_row(&d, say(r, MESSAGE_CANCEL)), 0); /* the harmless answer first */
    device_say(&d, MESSAGE_REMOVE);
    device_expect(&d, "library");
    assert_int_equal(device_row(&d, TITLE), UINT32_MAX);
    device_drop(&d);
}

/* ---- people --------------------------------------------------------------------------------------------- */

static void two_people_have_places_and_type_of_their_own(void **state)
{
    struct device d;
    struct kite_place first;
    uint32_t other;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    assert_int_equal(kite_library_reader_add(d.library, "Rosa", 1, &other, NULL), KITE_OK);
    device_open(&d, TITLE);
    device_keys(&d, KITE_KEY_NEXT, 2);
    first = r->reading.now.page.start;
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_WHO_READS);
    device_choose(&d, "Rosa");
    device_expect(&d, "library"); /* she has read nothing yet */
    assert_int_equal(r->person, other);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_TYPE);
    device_say(&d, MESSAGE_PROFILE);
    device_say(&d, MESSAGE_PROFILE_LARGE);
    device_keys(&d, KITE_KEY_MENU, 3);
    device_open(&d, TITLE);
    assert_true(r->reading.now.page.is_first);
    device_idle(&d);
    device_off(&d);
    device_on(&d); /* she is still the one */
    r = d.reader;
    assert_int_equal(r->person, other);
    assert_int_equal(r->type.profile, KITE_PROFILE_LARGE);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_WHO_READS);
    seat_of(r)->focus = 0;
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "page");
    assert_int_equal(r->type.profile, KITE_PROFILE_BOOK);
    assert_true(is_same(&first, &r->reading.now.page.start));
    device_drop(&d);
}

static void forgetting_a_person_leaves_nothing(void **state)
{
    struct device d;
    uint32_t count;

    (void)state;
    struct kite_reader *r = start(&d, 1);

    device_open(&d, TITLE);
    device_menu(&d, MESSAGE_BOOKMARK_ADD);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_WHO_READS);
    device_key(&d, KITE_KEY_SELECT);
    device_say(&d, MESSAGE_READER_FORGET);
    device_say(&d, MESSAGE_READER_FORGET);
    device_expect(&d, "library");
    assert_int_equal(kite_library_mark_count(d.library, r->person, 0, &count, NULL), KITE_OK);
    assert_int_equal(count, 0);
    device_off(&d);
    device_on(&d);
    device_expect(&d, "library");
    device_drop(&d);
}

/* ---- the device ------------------------------------------------------------------------------------------ */

static bool shows_something(const struct kite_canvas *canvas)
{
    for (int32_t i = 0; i < canvas->stride_bytes * canvas->height_px; i++)
        if (canvas->pixels[i] < 128)
            return true;
    return false;
}

static void sleep_shows_nothing_personal(void **state)
{
    struct device a, b;

    (void)state;
    start(&a, 1);
    start(&b, 1);
    device_open(&a, TITLE);
    device_event(&a, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
    device_event(&b, (struct kite_event){ .kind = KITE_EVENT_SLEEP }); /* in the library, with nothing open */
    device_expect(&a, "asleep");
    assert_true(shows_something(a.frame.canvas));
    assert_memory_equal(a.frame.canvas->pixels, b.frame.canvas->pixels, (size_t)(600 * 800));
    device_event(&a, (struct kite_event){ .kind = KITE_EVENT_WAKE });
    device_expect(&a, "page");
    device_event(&b, (struct kite_event){ .kind = KITE_EVENT_SLEEP }); /* again, without waking */
    device_key(&b, KITE_KEY_NEXT);
    device_expect(&b, "library");
    device_drop(&a);
    device_drop(&b);
}

static void a_low_battery_is_said_quietly(void **state)
{
    struct device d;

    (void)state;
    start(&d, 1);
    device_open(&d, TITLE);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_BATTERY, .percent = 60 });
    assert_int_equal(d.frame.change_count, 0);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_BATTERY, .percent = 9 });
    assert_true(d.frame.change_count > 0);
    for (size_t i = 0; i < d.frame.change_count; i++)
        assert_true(d.frame.changes[i].rect.y > 700); /* the status line alone */
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_BATTERY, .percent = 9, .is_charging = true });
    assert_true(d.frame.change_count > 0);
    device_drop(&d);
}

static void a_damaged_library_says_what_was_set_aside(void **state)
{
    struct device d;
    char out[1100] = "";

    (void)state;
    start(&d, 1);
    device_open(&d, TITLE);
    device_menu(&d, MESSAGE_BOOKMARK_ADD);
    device_idle(&d);
    device_off(&d);

    struct disk_file *db = disk_get(d.disk, "kite.db");

    assert_non_null(db);
    for (size_t i = 0; i < 4096 && i < db->live_bytes; i++)
        db->live[i] ^= 0x5A;
    device_on(&d);
    device_expect(&d, "mended");
    assert_int_equal(views[VIEW_MENDED]->intro(d.reader, out, sizeof out), KITE_OK);
    assert_non_null(strstr(out, "kite-damaged"));
    device_say(&d, MESSAGE_OK);
    assert_string_not_equal(device_screen(&d), "mended");
    device_off(&d);
    device_on(&d); /* once is enough */
    assert_string_not_equal(device_screen(&d), "mended");
    device_drop(&d);
}

static void a_stick_is_asked_about_taken_in_and_told_of(void **state)
{
    struct device d;
    struct shelf_text text = { .title = "From a stick", .identifier = "stick" };
    char out[1100] = "";

    (void)state;
    device_make(&d, device_panels[1]);
    device_on(&d);

    struct kite_buffer bundle = shelf_bundle(&text, 1);

    disk_put(d.disk, "one.kite", bundle.bytes, bundle.count);
    bundle.bytes[bundle.count / 2] ^= 1;
    disk_put(d.disk, "two.kite", bundle.bytes, bundle.count);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_STORAGE, .is_present = true, .folder = "/stick" });
    device_expect(&d, "import");
    device_say(&d, MESSAGE_IMPORT_START);
    device_idle(&d);
    device_expect(&d, "import");
    assert_int_equal(views[VIEW_IMPORT]->intro(d.reader, out, sizeof out), KITE_OK);
    device_say(&d, MESSAGE_OK);
    device_expect(&d, "library");
    assert_int_not_equal(device_row(&d, "From a stick"), UINT32_MAX);
    kite_buffer_close(&bundle);
    device_drop(&d);
}

static void the_same_events_give_the_same_frames(void **state)
{
    struct device a, b;

    (void)state;
    start(&a, 1);
    start(&b, 1);
    for (unsigned i = 0; i < 300; i++) {
        enum kite_key key = (enum kite_key)(i * 2654435761u >> 13 & 3);

        if (i % 7 == 3) {
            device_tap(&a, (int32_t)(i * 37 % 600), (int32_t)(i * 91 % 800));
            device_tap(&b, (int32_t)(i * 37 % 600), (int32_t)(i * 91 % 800));
        } else {
            device_key(&a, key);
            device_key(&b, key);
        }
        if (i % 50 == 20) {
            device_idle(&a);
            device_idle(&b);
        }
        assert_string_equal(device_screen(&a), device_screen(&b));
        assert_string_not_equal(device_screen(&a), "wrong");
        assert_int_equal(a.frame.change_count, b.frame.change_count);
        assert_memory_equal(a.frame.canvas->pixels, b.frame.canvas->pixels, (size_t)(600 * 800));
    }
    device_drop(&a);
    device_drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_on_goes_on_at_the_last_page),
        cmocka_unit_test(a_careful_start_begins_in_the_library),
        cmocka_unit_test(twenty_changes_of_size_keep_the_place),
        cmocka_unit_test(every_page_can_be_turned_to_and_back),
        cmocka_unit_test(a_stray_jump_is_undone),
        cmocka_unit_test(the_way_back_outlives_the_power),
        cmocka_unit_test(a_bookmark_is_put_found_and_taken_away),
        cmocka_unit_test(a_highlight_is_made_by_two_buttons_and_bears_a_note),
        cmocka_unit_test(a_highlight_is_made_by_touch_and_opened_by_touch),
        cmocka_unit_test(the_hint_of_a_highlight_grows_with_the_letters),
        cmocka_unit_test(notes_stand_at_the_foot_or_pop_up),
        cmocka_unit_test(lines_above_a_panel_are_whole),
        cmocka_unit_test(the_preview_of_type_stands_below_the_title),
        cmocka_unit_test(what_was_refused_is_named),
        cmocka_unit_test(headings_of_a_short_list_are_whole),
        cmocka_unit_test(one_note_opens_at_once),
        cmocka_unit_test(all_texts_are_searched_and_a_result_opens_its_text),
        cmocka_unit_test(a_place_found_in_another_text_has_a_way_back),
        cmocka_unit_test(what_was_found_is_marked_until_the_page_is_left),
        cmocka_unit_test(what_is_not_there_is_said),
        cmocka_unit_test(the_library_is_filtered_by_language),
        cmocka_unit_test(a_text_is_found_by_some_of_its_title),
        cmocka_unit_test(five_hundred_texts_are_one_list),
        cmocka_unit_test(an_empty_library_says_what_to_do),
        cmocka_unit_test(help_opens_the_guide_in_the_language_of_the_menus),
        cmocka_unit_test(a_text_is_removed_after_a_question),
        cmocka_unit_test(two_people_have_places_and_type_of_their_own),
        cmocka_unit_test(forgetting_a_person_leaves_nothing),
        cmocka_unit_test(sleep_shows_nothing_personal),
        cmocka_unit_test(a_low_battery_is_said_quietly),
        cmocka_unit_test(a_damaged_library_says_what_was_set_aside),
        cmocka_unit_test(a_stick_is_asked_about_taken_in_and_told_of),
        cmocka_unit_test(the_same_events_give_the_same_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
