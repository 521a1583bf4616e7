/* The decoder: keys short and long, fingers in two slots, axes of every kind of panel, lost records. */
#include "check.h"

#include "device/input.h"

#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

struct heard {
    char text[2048];
    struct input_sink sink;
};

static enum kite_status take(void *ctx, const struct input_out *out)
{
    static const char *const keys[] = { "previous", "next", "select", "menu" };
    static const char *const touches[] = { "down", "move", "up" };
    struct heard *heard = ctx;
    const struct kite_event *e = &out->event;
    char one[100];

    if (out->kind == INPUT_WAKE)
        snprintf(one, sizeof one, "wake;");
    else if (out->kind == INPUT_POWER)
        snprintf(one, sizeof one, "power;");
    else if (out->kind == INPUT_POWER_LONG)
        snprintf(one, sizeof one, "power long;");
    else if (e->kind == KITE_EVENT_HIDE)
        snprintf(one, sizeof one, "hide;");
    else if (e->kind == KITE_EVENT_KEY)
        snprintf(one, sizeof one, "%s%s;", keys[e->key], e->is_long ? " long" : "");
    else
        snprintf(one, sizeof one, "%s %d,%d%s;", touches[e->touch], (int)e->x_px, (int)e->y_px, e->finger ? " 2" : "");
    strncat(heard->text, one, sizeof heard->text - strlen(heard->text) - 1);
    return KITE_OK;
}

static const struct kite_panel_geometry panel = { 1000, 1500, 300 };
static struct board board;
static struct heard heard;
static struct input_decoder decoder;

static void open_decoder(const char *axes, struct input_caps caps)
{
    char text[400];

    snprintf(text, sizeof text, "name = t\ndisplay = fbdev\nkey = 104 previous\nkey = 109 next\nkey = 116 power\n%s", axes);
    assert_int_equal(board_parse(text, strlen(text), &board, NULL), KITE_OK);
    heard = (struct heard){ .sink = { &heard, take } };
    input_decoder_init(&decoder, &board, &panel, &caps);
}

static const struct input_caps keys_only = { { 0, -1 }, { 0, -1 }, .has_keys = true };
static const struct input_caps slots = { { 0, 99 }, { 0, 149 }, .has_slots = true, .has_touch = true };
static const struct input_caps single = { { 0, 99 }, { 0, 149 }, .has_touch = true };

static void put(uint16_t type, uint16_t code, int32_t value, int64_t now_ms)
{
    struct input_record record = { .type = type, .code = code, .value = value };

    assert_int_equal(input_decode(&decoder, &record, now_ms, &heard.sink), KITE_OK);
}

static void report(void)
{
    put(EV_SYN, SYN_REPORT, 0, 0);
}

static void expect(const char *text)
{
    assert_string_equal(heard.text, text);
    heard.text[0] = '\0';
}

/* ---- keys ----------------------------------------------------------------------------------------- */

static void a_key_is_said_when_let_go(void **state)
{
    (void)state;
    open_decoder("", keys_only);
    put(EV_KEY, 109, 1, 1000);
    expect("");
    put(EV_KEY, 109, 2, 1250); /* the kernel's repeat */
    put(EV_KEY, 109, 0, 1300);
    expect("next;");
    put(EV_KEY, 200, 1, 1400); /* of no use */
    put(EV_KEY, 200, 0, 1500);
    put(EV_KEY, 104, 0, 1600); /* was never pressed */
    expect("");
}

static void a_key_held_is_long_once(void **state)
{
    (void)state;
    open_decoder("", keys_only);
    assert_true(input_due_ms(&decoder) == KITE_NEVER_MS);
    put(EV_KEY, 104, 1, 1000);
    assert_int_equal(input_due_ms(&decoder), 1000 + INPUT_LONG_MS);
    input_tick(&decoder, 1000 + INPUT_LONG_MS - 1, &heard.sink);
    expect("");
    input_tick(&decoder, 1000 + INPUT_LONG_MS, &heard.sink);
    expect("previous long;");
    input_tick(&decoder, 9000, &heard.sink);
    put(EV_KEY, 104, 0, 9000);
    expect("");
    assert_true(input_due_ms(&decoder) == KITE_NEVER_MS);
}

static void the_power_button_is_short_or_long(void **state)
{
    (void)state;
    open_decoder("", keys_only);
    put(EV_KEY, 116, 1, 0);
    put(EV_KEY, 116, 0, 90);
    expect("power;");
    put(EV_KEY, 116, 1, 1000);
    input_tick(&decoder, 1000 + INPUT_LONG_MS, &heard.sink);
    expect("");
    input_tick(&decoder, 1000 + INPUT_POWER_MS, &heard.sink);
    expect("power long;");
}

static void a_key_that_wakes_means_nothing_else(void **state)
{
    (void)state;
    open_decoder("", keys_only);
    decoder.is_asleep = true;
    put(EV_KEY, 109, 1, 0);
    expect("wake;");
    decoder.is_asleep = false;
    input_tick(&decoder, 5000, &heard.sink);
    put(EV_KEY, 109, 0, 5001);
    expect("");
    put(EV_KEY, 109, 1, 5002);
    put(EV_KEY, 109, 0, 5003);
    expect("next;");
}

/* ---- touch ---------------------------------------------------------------------------------------- */

/* Said as soon as the second one is down; neither means anything else. */
static void both_page_keys_hide(void **state)
{
    (void)state;
    open_decoder("", keys_only);
    put(EV_KEY, 104, 1, 1000);
    expect("");
    put(EV_KEY, 109, 1, 1100);
    expect("hide;");
    assert_int_equal(input_due_ms(&decoder), KITE_NEVER_MS);
    assert_int_equal(input_tick(&decoder, 9000, &heard.sink), KITE_OK);
    put(EV_KEY, 104, 0, 9100);
    put(EV_KEY, 109, 0, 9200);
    expect("");
    put(EV_KEY, 109, 1, 9300); /* also when one has been held long */
    assert_int_equal(input_tick(&decoder, 9300 + INPUT_LONG_MS, &heard.sink), KITE_OK);
    expect("next long;");
    put(EV_KEY, 104, 1, 10000);
    expect("hide;");
    put(EV_KEY, 109, 0, 10001);
    put(EV_KEY, 104, 0, 10002);
    expect("");
    put(EV_KEY, 116, 1, 11000); /* another key is none of them */
    put(EV_KEY, 109, 1, 11001);
    put(EV_KEY, 109, 0, 11002);
    expect("next;");
}

static void two_fingers_have_slots(void **state)
{
    (void)state;
    open_decoder("", slots);
    put(EV_ABS, ABS_MT_SLOT, 0, 0);
    put(EV_ABS, ABS_MT_TRACKING_ID, 0, 0);
    put(EV_ABS, ABS_MT_POSITION_X, 10, 0);
    put(EV_ABS, ABS_MT_POSITION_Y, 20, 0);
    put(EV_KEY, BTN_TOUCH, 1, 0);
    expect("");
    report();
    expect("down 100,200;");
    put(EV_ABS, ABS_MT_SLOT, 3, 0);
    put(EV_ABS, ABS_MT_TRACKING_ID, 7, 0);
    put(EV_ABS, ABS_MT_POSITION_X, 50, 0);
    put(EV_ABS, ABS_MT_POSITION_Y, 60, 0);
    put(EV_ABS, ABS_MT_SLOT, 0, 0);
    put(EV_ABS, ABS_MT_POSITION_X, 11, 0);
    report();
    expect("move 110,200;down 500,600 2;");
    put(EV_ABS, ABS_MT_SLOT, 5, 0); /* a third finger counts for nothing */
    put(EV_ABS, ABS_MT_TRACKING_ID, 8, 0);
    report();
    expect("");
    put(EV_ABS, ABS_MT_SLOT, 0, 0);
    put(EV_ABS, ABS_MT_TRACKING_ID, -1, 0);
    report();
    expect("up 110,200;down 0,0;"); /* until a place is free */
    put(EV_ABS, ABS_MT_SLOT, 3, 0);
    put(EV_ABS, ABS_MT_TRACKING_ID, -1, 0);
    put(EV_ABS, ABS_MT_SLOT, 5, 0);
    put(EV_ABS, ABS_MT_TRACKING_ID, -1, 0);
    report();
    expect("up 0,0;up 500,600 2;");
}

static void one_finger_needs_no_slots(void **state)
{
    (void)state;
    open_decoder("", single);
    put(EV_ABS, ABS_X, 99, 0);
    put(EV_ABS, ABS_Y, 149, 0);
    report();
    expect(""); /* it hovers, or is a mouse */
    put(EV_KEY, BTN_LEFT, 1, 0);
    report();
    put(EV_ABS, ABS_X, 0, 0);
    report();
    report();
    put(EV_KEY, BTN_LEFT, 0, 0);
    report();
    expect("down 990,1490;move 0,1490;up 0,1490;");
}

static void axes_are_turned_as_the_board_says(void **state)
{
    static const struct {
        const char *axes, *heard;
    } rows[] = {
        { "", "down 100,300;" },
        { "touch-axes = mirror-x\n", "down 899,300;" },
        { "touch-axes = mirror-y\n", "down 100,1199;" },
        { "touch-axes = mirror-x mirror-y\n", "down 899,1199;" },
        /* The device's y, 30 of 150, runs along the panel's width, its x, 10 of 100, along the height. */
        { "touch-axes = swap\n", "down 200,150;" },
        { "touch-axes = swap mirror-x\n", "down 799,150;" },
        { "touch-axes = swap mirror-y\n", "down 200,1349;" },
        { "touch-axes = swap mirror-x mirror-y\n", "down 799,1349;" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_decoder(rows[i].axes, slots);
        put(EV_ABS, ABS_MT_TRACKING_ID, 1, 0);
        put(EV_ABS, ABS_MT_POSITION_X, 10, 0);
        put(EV_ABS, ABS_MT_POSITION_Y, 30, 0);
        report();
        expect(rows[i].heard);
    }
}

static void what_lies_outside_an_axis_lies_at_its_end(void **state)
{
    struct input_caps caps = { { INT32_MIN, INT32_MAX }, { -5, 4 }, .has_slots = true, .has_touch = true };

    (void)state;
    open_decoder("", caps);
    put(EV_ABS, ABS_MT_TRACKING_ID, 1, 0);
    put(EV_ABS, ABS_MT_POSITION_X, INT32_MAX, 0);
    put(EV_ABS, ABS_MT_POSITION_Y, 400, 0);
    report();
    put(EV_ABS, ABS_MT_POSITION_X, INT32_MIN, 0);
    put(EV_ABS, ABS_MT_POSITION_Y, INT32_MIN, 0);
    report();
    expect("down 999,1350;move 0,0;");
}

/* ---- lost records --------------------------------------------------------------------------------- */

static void lost_records_are_made_up_for(void **state)
{
    struct input_state now = { .keys = { 0 } };

    (void)state;
    open_decoder("", slots);
    put(EV_KEY, 109, 1, 0);
    put(EV_ABS, ABS_MT_TRACKING_ID, 1, 0);
    put(EV_ABS, ABS_MT_POSITION_X, 10, 0);
    report();
    expect("down 100,0;");
    put(EV_SYN, SYN_DROPPED, 0, 0);
    put(EV_ABS, ABS_MT_POSITION_X, 77, 0); /* of a time of which too little is known */
    put(EV_KEY, 104, 1, 0);
    assert_false(decoder.must_resync);
    report();
    assert_true(decoder.must_resync);
    now.keys[104 / 8] = 1 << 104 % 8;
    now.slots[1] = (struct input_slot){ true, 50, 50 };
    assert_int_equal(input_resync(&decoder, &now, 100, &heard.sink), KITE_OK);
    expect("next;up 100,0;down 500,500;");
    assert_int_equal(input_due_ms(&decoder), 100 + INPUT_LONG_MS); /* 104 is down now */
}

static uint32_t draw(uint32_t below)
{
    static uint32_t seed = 1;

    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % below;
}

/* Whatever a device sends, the decoder stays within its tables, and fingers go down and up in turn. */
static void any_records_are_taken(void **state)
{
    static const uint16_t types[] = { EV_SYN, EV_KEY, EV_ABS, EV_REL };
    static const uint16_t codes[] = { 0, 1, 2, 3, ABS_MT_SLOT, ABS_MT_TRACKING_ID, ABS_MT_POSITION_X, ABS_MT_POSITION_Y,
                                      104, 109, 116, BTN_TOUCH, BTN_LEFT, 0x2ff, 0xffff };
    static const int32_t values[] = { 0, 1, 2, -1, 15, 16, INT32_MAX, INT32_MIN, 77 };
    static const struct input_state nothing = { .keys = { 0 } };
    size_t downs = 0, ups = 0;

    (void)state;
    open_decoder("touch-axes = swap mirror-x\n", slots);
    for (int i = 0; i < 200000; i++) {
        struct input_record record = { .type = types[draw(4)],
                                       .code = codes[draw(sizeof codes / sizeof *codes)],
                                       .value = values[draw(sizeof values / sizeof *values)] };

        input_decode(&decoder, &record, i, &heard.sink);
        input_tick(&decoder, i, &heard.sink);
        if (decoder.must_resync)
            input_resync(&decoder, &nothing, i, &heard.sink);
        decoder.is_asleep = draw(16) == 0;
        for (const char *at = heard.text; (at = strstr(at, "down ")) != NULL; at++)
            downs++;
        for (const char *at = heard.text; (at = strstr(at, "up ")) != NULL; at++)
            ups++;
        assert_true(downs >= ups && downs - ups <= INPUT_FINGERS);
        heard.text[0] = '\0';
    }
    assert_true(ups > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_said_when_let_go),
        cmocka_unit_test(a_key_held_is_long_once),
        cmocka_unit_test(the_power_button_is_short_or_long),
        cmocka_unit_test(a_key_that_wakes_means_nothing_else),
        cmocka_unit_test(both_page_keys_hide),
        cmocka_unit_test(two_fingers_have_slots),
        cmocka_unit_test(one_finger_needs_no_slots),
        cmocka_unit_test(axes_are_turned_as_the_board_says),
        cmocka_unit_test(what_lies_outside_an_axis_lies_at_its_end),
        cmocka_unit_test(lost_records_are_made_up_for),
        cmocka_unit_test(any_records_are_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
