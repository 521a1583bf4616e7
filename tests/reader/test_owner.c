/* The owner's PIN: what it keeps from being changed, and how wrong tries are slowed. */
#include "reader/device.h"

#define TITLE "A Sampler"

/* Go to a cell of the keyboard by the page keys, and press it. */
static void press(struct device *d, const char *cell)
{
    enum kite_key key;
    enum kite_status status;

    device_expect(d, "keyboard");
    while ((status = kite_reader_key_towards(d->reader, cell, &key)) == KITE_OK)
        device_key(d, key);
    assert_int_equal(status, KITE_DONE);
    device_key(d, key);
}

static void give(struct device *d, const char *digits)
{
    char cell[2] = "";

    for (; *digits; digits++) {
        cell[0] = *digits;
        press(d, cell);
    }
    press(d, "done");
}

static void leave_all(struct device *d)
{
    while (d->reader->seat_count > 1)
        device_key(d, KITE_KEY_MENU);
}

static void settings(struct device *d, enum message message)
{
    leave_all(d);
    device_key(d, KITE_KEY_MENU);
    device_say(d, MESSAGE_SETTINGS);
    device_say(d, message);
}

static void set_pin(struct device *d, const char *digits)
{
    settings(d, MESSAGE_PIN);
    device_say(d, MESSAGE_PIN_SET);
    give(d, digits);
    give(d, digits);
    device_expect(d, "pin");
}

static bool is_set(struct device *d)
{
    bool is_set = false;

    assert_int_equal(pin_is_set(d->reader, &is_set), KITE_OK);
    return is_set;
}

static bool is_asked(const struct device *d)
{
    return strcmp(device_screen(d), "keyboard") == 0 && d->reader->keyboard.is_secret;
}

static void start(struct device *d)
{
    device_start(d, device_panels[2]);
}

static void a_pin_is_set_by_giving_it_twice(void **state)
{
    struct device d;

    (void)state;
    start(&d);
    settings(&d, MESSAGE_PIN);
    device_say(&d, MESSAGE_PIN_SET);
    give(&d, "123"); /* too short: asked again */
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_NEW);
    give(&d, "1234");
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_AGAIN);
    give(&d, "1235");
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_DIFFERENT);
    assert_false(is_set(&d));
    give(&d, "1234");
    give(&d, "1234");
    device_expect(&d, "pin");
    assert_true(is_set(&d));
    assert_int_equal(device_row(&d, say(d.reader, MESSAGE_PIN_SET)), UINT32_MAX);
    device_drop(&d);
}

static void digits_are_dots_and_are_wiped(void **state)
{
    struct device d;
    uint8_t *seven;
    size_t bytes = (size_t)(device_panels[2].width_px * device_panels[2].height_px);

    (void)state;
    start(&d);
    settings(&d, MESSAGE_PIN);
    device_say(&d, MESSAGE_PIN_SET);
    press(&d, "7");
    press(&d, "1");
    seven = malloc(bytes);
    assert_non_null(seven);
    memcpy(seven, d.frame.canvas->pixels, bytes);
    press(&d, "erase");
    press(&d, "erase");
    press(&d, "2");
    press(&d, "1");
    assert_memory_equal(seven, d.frame.canvas->pixels, bytes); /* any two digits look alike */
    free(seven);
    for (int i = 0; i < 20; i++)
        press(&d, "9");
    assert_int_equal(strlen(d.reader->keyboard.text), KITE_PIN_DIGITS_MAX);
    device_keys(&d, KITE_KEY_MENU, 2);
    for (size_t i = 0; i < sizeof d.reader->keyboard.text; i++)
        assert_int_equal(d.reader->keyboard.text[i], 0);
    device_drop(&d);
}

static void the_old_one_is_asked_before_a_change(void **state)
{
    struct device d;

    (void)state;
    start(&d);
    set_pin(&d, "1234");
    device_say(&d, MESSAGE_PIN_CHANGE);
    give(&d, "1111");
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_WRONG);
    give(&d, "1234");
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_NEW);
    give(&d, "567890");
    give(&d, "567890");
    device_say(&d, MESSAGE_PIN_OFF);
    give(&d, "1234");
    assert_true(is_set(&d));
    give(&d, "567890");
    device_expect(&d, "pin");
    assert_false(is_set(&d));
    device_drop(&d);
}

static void it_keeps_what_is_everybodys(void **state)
{
    struct device d;
    uint32_t count;

    (void)state;
    start(&d);
    set_pin(&d, "1234");
    settings(&d, MESSAGE_REFRESH);
    assert_true(is_asked(&d));
    device_keys(&d, KITE_KEY_MENU, 2);
    assert_false(d.reader->is_cleaner);
    settings(&d, MESSAGE_REFRESH);
    give(&d, "1234");
    device_expect(&d, "settings");
    assert_true(d.reader->is_cleaner);
    settings(&d, MESSAGE_PARAGRAPH_NUMBERS); /* a person's own */
    assert_true(d.reader->has_paragraph_numbers);
    leave_all(&d);
    device_open(&d, TITLE);
    device_menu(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_ABOUT_TEXT);
    device_say(&d, MESSAGE_REMOVE);
    assert_true(is_asked(&d));
    give(&d, "1234");
    device_expect(&d, "sure");
    leave_all(&d);
    device_menu(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_WHO_READS);
    device_say(&d, MESSAGE_READER_NEW);
    assert_true(is_asked(&d));
    device_key(&d, KITE_KEY_MENU);
    device_key(&d, KITE_KEY_NEXT);
    device_key(&d, KITE_KEY_SELECT); /* the one who reads */
    device_expect(&d, "reader");
    device_say(&d, MESSAGE_READER_FORGET);
    assert_true(is_asked(&d));
    leave_all(&d);
    update_offer(d.reader, "/stick/kite.update", "9.0.0");
    device_say(&d, MESSAGE_UPDATE_START);
    assert_true(is_asked(&d));
    assert_null(d.frame.wants_update);
    give(&d, "1234");
    device_expect(&d, "update");
    assert_string_equal(d.frame.wants_update, "/stick/kite.update");
    assert_int_equal(kite_library_count(d.library, &(struct kite_query){ 0 }, &count, NULL), KITE_OK);
    assert_true(count > 0);
    device_drop(&d);
}

static void wrong_tries_are_slowed(void **state)
{
    struct device d;

    (void)state;
    start(&d);
    set_pin(&d, "1234");
    settings(&d, MESSAGE_REFRESH);
    for (int i = 0; i < 4; i++) {
        give(&d, "0000");
        assert_true(is_asked(&d));
    }
    give(&d, "0000");
    device_expect(&d, "pin wait");
    assert_int_equal(seat_of(d.reader)->about, 30);
    device_key(&d, KITE_KEY_SELECT);
    d.now_ms += 20000;
    device_say(&d, MESSAGE_REFRESH);
    device_expect(&d, "pin wait");
    device_key(&d, KITE_KEY_SELECT);
    d.now_ms += 10000;
    device_say(&d, MESSAGE_REFRESH);
    give(&d, "0000");
    device_expect(&d, "pin wait");
    assert_int_equal(seat_of(d.reader)->about, 60);
    device_key(&d, KITE_KEY_SELECT);
    d.now_ms += 60000;
    device_say(&d, MESSAGE_REFRESH);
    give(&d, "1234");
    device_expect(&d, "settings");
    device_say(&d, MESSAGE_REFRESH); /* tries count anew */
    give(&d, "0000");
    assert_true(is_asked(&d));
    device_drop(&d);
}

static void switching_off_does_not_help(void **state)
{
    struct device d;

    (void)state;
    start(&d);
    set_pin(&d, "1234");
    for (int i = 0; i < 5; i++) {
        settings(&d, MESSAGE_REFRESH);
        give(&d, "0000");
        device_off(&d);
        d.now_ms = 0; /* the clock of a device begins anew */
        device_on(&d);
    }
    settings(&d, MESSAGE_REFRESH);
    device_expect(&d, "pin wait");
    d.now_ms += 30000;
    settings(&d, MESSAGE_REFRESH);
    give(&d, "1234");
    device_expect(&d, "settings");
    device_drop(&d);
}

/* Cut off in the midst of a try, the try has been counted. */
static void a_try_counts_before_it_is_looked_at(void **state)
{
    struct device d;
    int64_t tries = 0;

    (void)state;
    start(&d);
    set_pin(&d, "1234");
    assert_int_equal(kite_library_set_text(d.library, KITE_DEVICE, "owner.pin", "not a hash", NULL), KITE_OK);
    settings(&d, MESSAGE_REFRESH);
    give(&d, "1234");
    device_expect(&d, "wrong");
    assert_int_equal(kite_library_get_number(d.library, KITE_DEVICE, "owner.tries", 0, &tries, NULL), KITE_OK);
    assert_int_equal(tries, 1);
    device_drop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pin_is_set_by_giving_it_twice),
        cmocka_unit_test(digits_are_dots_and_are_wiped),
        cmocka_unit_test(the_old_one_is_asked_before_a_change),
        cmocka_unit_test(it_keeps_what_is_everybodys),
        cmocka_unit_test(wrong_tries_are_slowed),
        cmocka_unit_test(switching_off_does_not_help),
        cmocka_unit_test(a_try_counts_before_it_is_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
