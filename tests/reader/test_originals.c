/* Pages of the original in place of the text: the arithmetic of looking at one, and what keys and touches do. */
#include "reader/device.h"
#include "reader/paged.h"

#define TEXT "Pages Beside Text"
#define ALONE "Pages Alone"

/* ---- zooms and windows ------------------------------------------------------------------------------ */

static const struct kite_rect area = { 0, 0, 600, 800 };

static struct original_sheet sheet_of(int32_t width, int32_t height, bool has_columns)
{
    return (struct original_sheet){ .width_px = width, .height_px = height, .has_columns = has_columns,
                                    .ink = { width / 10, height / 10, width * 8 / 10, height * 8 / 10 } };
}

/* By width the ink fills the screen from side to side; nothing is enlarged beyond reason or beyond what can be drawn. */
static void zooms_fill_the_screen(void **state)
{
    static const struct {
        int32_t width, height;
    } rows[] = { { 1000, 1400 }, { 300, 400 }, { 4096, 100 }, { 20, 4096 }, { 1, 1 }, { 4096, 4096 }, { 600, 800 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct original_sheet sheet = sheet_of(rows[i].width, rows[i].height, false);

        if (sheet.ink.width < 1 || sheet.ink.height < 1)
            sheet.ink = (struct kite_rect){ 0, 0, rows[i].width, rows[i].height };
        for (int zoom = 0; zoom < ORIGINAL_ZOOMS; zoom++) {
            struct original_look look = original_look(&sheet, (enum original_zoom)zoom, area);
            struct kite_rect box = original_box(&look, original_first(&sheet, &look));

            assert_true(look.scale_f16 > 0);
            assert_in_range(box.width, 0, 16384);
            assert_in_range(box.height, 0, 16384);
            if (zoom == ORIGINAL_PAGE) {
                assert_true(box.x >= -1 && box.y >= -1 && box.x + box.width <= area.width + 1 && box.y + box.height <= area.height + 1);
                assert_true(box.width >= area.width - 2 || box.height >= area.height - 2);
            }
        }
    }
}

/* From the first window to the last and back; every pixel of ink is seen, the last window is where one coming back begins. */
static void all_of_a_page_is_passed(void **state)
{
    (void)state;
    for (int zoom = 0; zoom < ORIGINAL_ZOOMS; zoom++)
        for (int columns = 0; columns < 2; columns++)
            for (int rtl = 0; rtl < 2; rtl++) {
                struct original_sheet sheet = sheet_of(1000, 1400, columns);
                struct original_look look;
                struct original_corner at, last, back[32];
                uint8_t seen[14][10] = { { 0 } };
                int count = 0;

                sheet.is_rtl = rtl;
                look = original_look(&sheet, (enum original_zoom)zoom, area);
                at = original_first(&sheet, &look);
                last = original_last(&sheet, &look);
                do {
                    struct kite_rect box = original_box(&look, at);

                    assert_true(count < 32);
                    back[count++] = at;
                    for (int y = 1; y < 13; y++) /* the middles of tenths of the page, within the ink */
                        for (int x = 1; x < 9; x++) {
                            int64_t on_x = box.x + ((int64_t)(x * 100 + 50) * box.width / 1000), on_y = box.y + ((int64_t)(y * 100 + 50) * box.height / 1400);

                            seen[y][x] |= on_x >= 0 && on_x < area.width && on_y >= 0 && on_y < area.height;
                        }
                } while (original_move(&sheet, &look, 1, &at));
                assert_int_equal(at.x_px, last.x_px);
                assert_int_equal(at.y_px, last.y_px);
                for (int y = 2; y < 12; y++)
                    for (int x = 1; x < 9; x++)
                        assert_true(seen[y][x]);
                while (count-- > 1) {
                    assert_true(original_move(&sheet, &look, -1, &at));
                    assert_int_equal(at.x_px, back[count - 1].x_px);
                    assert_int_equal(at.y_px, back[count - 1].y_px);
                }
                assert_false(original_move(&sheet, &look, -1, &at));
            }
}

static void halves_are_read_as_the_print_stands(void **state)
{
    struct original_sheet sheet = sheet_of(1000, 1400, false);
    struct original_look look = original_look(&sheet, ORIGINAL_HALF, area);
    struct original_corner first = original_first(&sheet, &look), at = first;

    (void)state;
    assert_true(original_move(&sheet, &look, 1, &at));
    assert_true(at.x_px > first.x_px && at.y_px == first.y_px); /* lines go across */
    sheet.has_columns = true;
    at = first;
    assert_true(original_move(&sheet, &look, 1, &at));
    assert_true(at.x_px == first.x_px && at.y_px > first.y_px); /* down the column */
    sheet.is_rtl = true;
    assert_true(original_first(&sheet, &look).x_px > first.x_px);
}

static void ink_and_gutters_are_found(void **state)
{
    static uint8_t gray[PAGED_WIDTH * PAGED_HEIGHT];
    struct original_sheet sheet = { .width_px = PAGED_WIDTH, .height_px = PAGED_HEIGHT };

    (void)state;
    for (int page = 0; page < 3; page++) {
        struct original_census census;

        if (page < 2)
            paged_draw(gray, page);
        else
            memset(gray, 255, sizeof gray);
        original_census_begin(&census, PAGED_WIDTH, PAGED_HEIGHT);
        for (int y = 0; y < PAGED_HEIGHT; y++)
            original_census_row(&census, y, gray + (size_t)y * PAGED_WIDTH);
        original_census_end(&census, &sheet);
        assert_int_equal(sheet.has_columns, page == 1);
        assert_in_range(sheet.ink.x, page < 2 ? 40 : 0, page < 2 ? 50 : 0);
        assert_in_range(sheet.ink.y, page < 2 ? 50 : 0, page < 2 ? 60 : 0);
        assert_in_range(sheet.ink.width, page < 2 ? 200 : PAGED_WIDTH, page < 2 ? 220 : PAGED_WIDTH);
    }
}

/* ---- the machine --------------------------------------------------------------------------------------- */

static void paged_start(struct device *d, struct kite_panel_geometry panel)
{
    struct kite_buffer text = paged_text(TEXT), alone = paged_alone(ALONE);

    device_make(d, panel);
    device_put_book(d, "sampler.kite");
    disk_put(d->disk, "text.kite", text.bytes, text.count);
    disk_put(d->disk, "alone.kite", alone.bytes, alone.count);
    device_on(d);
    kite_buffer_close(&text);
    kite_buffer_close(&alone);
}

static uint32_t paragraph_read(const struct device *d)
{
    return d->reader->reading.anchor.paragraph;
}

/* The gray of the frame's middle, where print is. */
static uint64_t darkness(const struct device *d)
{
    const struct kite_canvas *c = d->frame.canvas;
    uint64_t sum = 0;

    for (int32_t y = 0; y < c->height_px; y++)
        for (int32_t x = 0; x < c->width_px; x++)
            sum += 255u - c->pixels[y * c->stride_bytes + x];
    return sum / (uint64_t)(c->width_px * c->height_px);
}

static void one_press_swaps_text_and_picture(void **state)
{
    struct device d;
    struct kite_place before;

    (void)state;
    paged_start(&d, device_panels[0]);
    device_open(&d, TEXT);
    device_idle(&d);
    before = d.reader->reading.now.page.start;
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "original");
    assert_int_equal(d.frame.changes[0].intent, KITE_INTENT_PAGE_IMAGE);
    assert_int_equal(d.reader->originals.index, 0);
    device_key(&d, KITE_KEY_MENU);
    device_expect(&d, "page");
    assert_memory_equal(&d.reader->reading.now.page.start, &before, sizeof before); /* the page is where it was */
    device_tap(&d, 536, 1440);
    device_expect(&d, "original");
    device_tap(&d, 536, 1440);
    device_expect(&d, "page");
    device_menu(&d, MESSAGE_ORIGINAL_SHOW);
    device_expect(&d, "original");
    device_tap(&d, 536, 700);
    device_expect(&d, "menu");
    device_say(&d, MESSAGE_ORIGINAL_HIDE);
    device_expect(&d, "page");
    device_drop(&d);
}

/* What is turned here is turned there; pages without a picture are passed over; behind the last is the card. */
static void both_share_their_places(void **state)
{
    struct device d;

    (void)state;
    paged_start(&d, device_panels[0]);
    device_open(&d, TEXT);
    device_key(&d, KITE_KEY_SELECT);
    device_key(&d, KITE_KEY_NEXT);
    assert_int_equal(paragraph_read(&d), 4);
    device_key(&d, KITE_KEY_NEXT);
    assert_int_equal(paragraph_read(&d), 20);
    device_key(&d, KITE_KEY_MENU);
    device_expect(&d, "page");
    assert_true(d.reader->reading.now.page.start.paragraph <= 20 && d.reader->reading.now.page.end.paragraph >= 20);
    device_key(&d, KITE_KEY_SELECT);
    device_key(&d, KITE_KEY_NEXT);
    device_expect(&d, "card");
    device_key(&d, KITE_KEY_MENU);
    device_expect(&d, "original");
    device_key(&d, KITE_KEY_PREVIOUS);
    assert_int_equal(paragraph_read(&d), 4);
    device_key(&d, KITE_KEY_MENU);

    /* the text goes on to a page of which there is no picture */
    device_idle(&d);
    while (paragraph_read(&d) < 9)
        device_key(&d, KITE_KEY_NEXT);
    assert_false(original_is_there(d.reader));
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "menu");
    assert_int_equal(device_row(&d, "Show the original page"), UINT32_MAX);
    device_drop(&d);
}

static void pages_of_the_original_are_gone_to_by_their_numbers(void **state)
{
    static const struct {
        const char *number;
        uint32_t paragraph;
    } rows[] = { { "4", 20 }, { "3", 8 }, { "7", 8 } };
    struct device d;

    (void)state;
    paged_start(&d, device_panels[0]);
    device_open(&d, TEXT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        device_menu(&d, MESSAGE_MORE);
        device_say(&d, MESSAGE_GO_TO);
        device_say(&d, MESSAGE_GO_ORIGINAL);
        assert_int_equal(d.reader->keyboard.done(d.reader, rows[i].number), KITE_OK);
        device_event(&d, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
        device_expect(&d, "page");
        assert_int_equal(paragraph_read(&d), rows[i].paragraph);
    }
    device_drop(&d);
}

/* It opens so, is resumed so after power was off, has contents, a number and how far it was read. */
static void pages_alone_are_opened_and_resumed(void **state)
{
    struct device d;
    uint32_t permille;
    struct kite_place place;

    (void)state;
    paged_start(&d, device_panels[0]);
    device_choose(&d, ALONE);
    device_expect(&d, "original");
    device_keys(&d, KITE_KEY_NEXT, 3);
    assert_int_equal(d.reader->originals.index, 3);
    device_idle(&d);
    assert_int_equal(kite_library_place(d.library, d.reader->person, d.reader->reading.text, &place, &permille, NULL), KITE_OK);
    assert_int_equal(permille, 1000);
    device_key(&d, KITE_KEY_PREVIOUS);
    device_idle(&d);
    device_off(&d);
    device_on(&d);
    device_expect(&d, "original");
    assert_int_equal(d.reader->originals.index, 2);
    device_key(&d, KITE_KEY_MENU);
    device_expect(&d, "menu");
    device_say(&d, MESSAGE_CONTENTS);
    device_choose(&d, "The first half");
    device_expect(&d, "original");
    assert_int_equal(d.reader->originals.index, 0);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_BACK_WHERE_I_WAS);
    assert_int_equal(d.reader->originals.index, 2);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_BOOKMARK_ADD);
    device_expect(&d, "original");
    device_key(&d, KITE_KEY_NEXT);
    device_key(&d, KITE_KEY_MENU);
    assert_int_not_equal(device_row(&d, "Bookmark this page"), UINT32_MAX); /* of the page before */
    device_say(&d, MESSAGE_LIBRARY);
    device_choose(&d, TEXT);
    device_expect(&d, "page");
    device_drop(&d);
}

static void keys_zoom_and_move_through_a_page(void **state)
{
    struct device d;
    unsigned presses = 0;

    (void)state;
    paged_start(&d, device_panels[2]);
    device_choose(&d, ALONE);
    device_key(&d, KITE_KEY_SELECT);
    assert_int_equal(d.reader->originals.zoom, ORIGINAL_WIDTH);
    device_key(&d, KITE_KEY_SELECT);
    assert_int_equal(d.reader->originals.zoom, ORIGINAL_HALF);
    for (; d.reader->originals.index < 1; presses++)
        device_key(&d, KITE_KEY_NEXT);
    assert_in_range(presses, 4, 8);
    device_key(&d, KITE_KEY_PREVIOUS); /* to the end of the page before */
    assert_int_equal(d.reader->originals.index, 0);
    for (; presses > 1; presses--)
        device_key(&d, KITE_KEY_PREVIOUS);
    assert_int_equal(d.reader->originals.index, 0);
    device_key(&d, KITE_KEY_SELECT);
    assert_int_equal(d.reader->originals.zoom, ORIGINAL_PAGE);
    device_drop(&d);
}

static void pinch(struct device *d, int32_t x, int32_t y, int32_t from, int32_t to)
{
    struct kite_event event = { .kind = KITE_EVENT_TOUCH };

    for (int step = 0; step < 6; step++) {
        int32_t apart = step < 2 ? from : to;

        event.finger = step % 2 == 1;
        event.touch = step < 2 ? KITE_TOUCH_DOWN : step < 4 ? KITE_TOUCH_MOVE : KITE_TOUCH_UP;
        device_point(d, x + (event.finger ? apart : -apart), y, &event);
        device_event(d, event);
    }
}

static void fingers_zoom_drag_and_turn(void **state)
{
    struct device d;
    struct original_corner before;

    (void)state;
    paged_start(&d, device_panels[0]);
    device_choose(&d, ALONE);
    pinch(&d, 700, 900, 100, 300);
    pinch(&d, 700, 900, 100, 300);
    assert_int_equal(d.reader->originals.zoom, ORIGINAL_HALF);
    pinch(&d, 700, 900, 100, 300); /* it does not go round */
    assert_int_equal(d.reader->originals.zoom, ORIGINAL_HALF);
    before = d.reader->originals.corner;
    device_swipe(&d, 600, 700, 800, 900);
    assert_true(d.reader->originals.corner.x_px < before.x_px && d.reader->originals.corner.y_px < before.y_px);
    for (int i = 0; i < 8 && d.reader->originals.index == 0; i++)
        device_swipe(&d, 900, 700, 100, 700); /* to the edge, and over it */
    assert_int_equal(d.reader->originals.index, 1);
    pinch(&d, 700, 900, 300, 100);
    pinch(&d, 700, 900, 300, 100);
    assert_int_equal(d.reader->originals.zoom, ORIGINAL_PAGE);
    device_swipe(&d, 200, 700, 900, 700);
    assert_int_equal(d.reader->originals.index, 0);
    device_tap(&d, 1000, 700);
    assert_int_equal(d.reader->originals.index, 1);
    device_tap(&d, 50, 700);
    assert_int_equal(d.reader->originals.index, 0);
    device_swipe(&d, 500, 200, 500, 800);
    device_expect(&d, "menu");
    device_drop(&d);
}

/* Paper is dark and ink is light, as of text. */
static void print_turns_at_night(void **state)
{
    struct device d;
    uint64_t day, night;

    (void)state;
    paged_start(&d, device_panels[1]);
    device_choose(&d, ALONE);
    day = darkness(&d);
    d.reader->type.is_night = true;
    assert_int_equal(settings_apply(d.reader), KITE_OK);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    night = darkness(&d);
    assert_true(day < 100 && night > 155);
    assert_in_range(day + night, 245, 265);
    device_drop(&d);
}

/* What was searched for is seen in the text. */
static void found_words_are_shown_in_the_text(void **state)
{
    struct device d;

    (void)state;
    paged_start(&d, device_panels[0]);
    device_open(&d, TEXT);
    device_key(&d, KITE_KEY_SELECT);
    device_tap(&d, 536, 700);
    device_say(&d, MESSAGE_SEARCH);
    device_say(&d, MESSAGE_SEARCH_THIS);
    assert_int_equal(d.reader->keyboard.done(d.reader, "somebody"), KITE_OK);
    device_idle(&d);
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "page");
    device_drop(&d);
}

/* Pictures that were spoilt stay blank; every page and zoom can be come to and left. */
static void spoilt_pictures_stop_nobody(void **state)
{
    struct device d;
    struct disk_file *file;

    (void)state;
    paged_start(&d, device_panels[1]);
    device_choose(&d, ALONE);
    file = disk_get(d.disk, "alone.kite");
    for (size_t i = file->live_bytes - 3000; i < file->live_bytes; i++)
        file->live[i] ^= 0x55;
    for (int zoom = 0; zoom < ORIGINAL_ZOOMS; zoom++) {
        for (int i = 0; i < 40 && strcmp(device_screen(&d), "original") == 0; i++)
            device_key(&d, KITE_KEY_NEXT);
        device_expect(&d, "card");
        device_key(&d, KITE_KEY_MENU);
        for (int i = 0; i < 40; i++)
            device_key(&d, KITE_KEY_PREVIOUS);
        device_expect(&d, "original");
        assert_int_equal(d.reader->originals.index, 0);
        device_key(&d, KITE_KEY_SELECT);
    }
    device_idle(&d);
    device_drop(&d);
}

/* Whatever allocation fails, the next event catches up. */
static void memory_may_fail_on_any_page(void **state)
{
    static const enum kite_key keys[] = { KITE_KEY_SELECT, KITE_KEY_NEXT, KITE_KEY_SELECT, KITE_KEY_NEXT, KITE_KEY_PREVIOUS, KITE_KEY_PREVIOUS };
    struct check_memory counted = { 0 };
    struct device d;
    bool has_failed = true;

    (void)state;
    for (uint64_t step = 1; has_failed; step += 1 + step / 8) {
        struct kite_buffer alone = paged_alone(ALONE);

        counted = (struct check_memory){ 0 };
        device_make(&d, device_panels[1]);
        d.mem = check_memory(&counted);
        disk_put(d.disk, "alone.kite", alone.bytes, alone.count);
        kite_buffer_close(&alone);
        device_on(&d);
        device_choose(&d, ALONE);
        counted.fail_at = counted.calls + step;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            struct kite_event event = { .kind = KITE_EVENT_KEY, .key = keys[i], .now_ms = d.now_ms += 400 };
            enum kite_status status = kite_reader_step(d.reader, &event, &d.frame);

            assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        }
        has_failed = counted.calls >= counted.fail_at;
        counted.fail_at = 0;
        device_idle(&d);
        device_expect(&d, "original");
        d.mem = kite_memory_heap();
        device_off(&d);
        assert_int_equal(counted.blocks, 0);
        device_drop(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zooms_fill_the_screen),
        cmocka_unit_test(all_of_a_page_is_passed),
        cmocka_unit_test(halves_are_read_as_the_print_stands),
        cmocka_unit_test(ink_and_gutters_are_found),
        cmocka_unit_test(one_press_swaps_text_and_picture),
        cmocka_unit_test(both_share_their_places),
        cmocka_unit_test(pages_of_the_original_are_gone_to_by_their_numbers),
        cmocka_unit_test(pages_alone_are_opened_and_resumed),
        cmocka_unit_test(keys_zoom_and_move_through_a_page),
        cmocka_unit_test(fingers_zoom_drag_and_turn),
        cmocka_unit_test(print_turns_at_night),
        cmocka_unit_test(found_words_are_shown_in_the_text),
        cmocka_unit_test(spoilt_pictures_stop_nobody),
        cmocka_unit_test(memory_may_fail_on_any_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
