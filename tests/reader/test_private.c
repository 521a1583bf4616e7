/* The private shelf as a person has it: made, filled, opened, read, and closed in every way; what the reader says and keeps of it
 * while it is closed is nothing. */
#include "reader/device.h"

#define PIN "271828"
#define TITLE "A Cell in Another Country"

static void start(struct device *d)
{
    device_start(d, device_panels[2]);
}

/* What is under way is done. */
static void work(struct device *d)
{
    for (int i = 0; i < 40; i++) {
        d->now_ms += 30;
        device_event(d, (struct kite_event){ .kind = KITE_EVENT_TICK });
    }
}

static void give(struct device *d, const char *secret)
{
    device_expect(d, "keyboard");
    assert_true(d->reader->keyboard.is_secret);
    if (d->reader->keyboard.is_number) {
        device_give(d, secret);
        return;
    }
    text_copy(secret, d->reader->keyboard.text, sizeof d->reader->keyboard.text);
    device_press(d, "done");
}

/* Behind the menu of the page or of the library. */
static void shelf_menu(struct device *d)
{
    while (d->reader->seat_count > 1)
        device_key(d, KITE_KEY_MENU);
    device_key(d, KITE_KEY_MENU);
    if (d->reader->reading.text)
        device_say(d, MESSAGE_MORE);
    device_say(d, MESSAGE_PRIVATE);
    device_expect(d, "shelf");
}

static void make(struct device *d)
{
    shelf_menu(d);
    device_say(d, MESSAGE_PRIVATE_MAKE_PIN);
    give(d, PIN);
    give(d, PIN);
    device_expect(d, "shelf wait");
    work(d);
    device_expect(d, "library");
    assert_true(shelf_is_open(d->reader));
}

static void choose_title(struct device *d, const char *title)
{
    uint32_t row = device_row(d, title);

    assert_true(row != UINT32_MAX);
    assert_int_equal(list_choose(d->reader, row), KITE_OK);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    device_expect(d, "page");
}

static void open_card(struct device *d)
{
    device_key(d, KITE_KEY_MENU);
    device_say(d, MESSAGE_MORE);
    device_say(d, MESSAGE_ABOUT_TEXT);
    device_expect(d, "card");
}

/* From the closed shelf: the text goes on it. */
static void put(struct device *d)
{
    choose_title(d, TITLE);
    device_keys(d, KITE_KEY_NEXT, 2);
    open_card(d);
    device_say(d, MESSAGE_PRIVATE_PUT);
    give(d, PIN);
    device_expect(d, "shelf wait");
    work(d);
    device_expect(d, "shelf told");
    assert_int_equal(seat_of(d->reader)->about, MESSAGE_PRIVATE_PUT_DONE);
    assert_false(shelf_is_open(d->reader));
    device_key(d, KITE_KEY_SELECT);
    device_expect(d, "library");
    assert_true(device_row(d, TITLE) == UINT32_MAX);
}

static void open_shelf(struct device *d)
{
    shelf_menu(d);
    device_say(d, MESSAGE_PRIVATE_OPEN);
    give(d, PIN);
    work(d);
    device_expect(d, "library");
    assert_true(shelf_is_open(d->reader));
}

/* A shelf with one text, open at a page of it. */
static void read_on_shelf(struct device *d)
{
    start(d);
    make(d);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_HIDE });
    put(d);
    open_shelf(d);
    choose_title(d, TITLE);
    device_key(d, KITE_KEY_NEXT);
    work(d);
}

/* Closed, on the library, on a screen that is driven as a whole. */
static void check_closed(struct device *d)
{
    const struct kite_reader *r = d->reader;

    assert_false(shelf_is_open(r));
    assert_ptr_equal(r->texts, r->library);
    assert_ptr_equal(r->reading.library, r->library);
    assert_int_equal(r->reading.text, 0);
    assert_string_equal(r->private_shelf.secret, "");
    if (strcmp(device_screen(d), "library") == 0)
        assert_true(device_row(d, TITLE) == UINT32_MAX);
}

static void check_cleaned(const struct device *d)
{
    assert_int_equal(d->frame.change_count, 1);
    assert_int_equal(d->frame.changes[0].intent, KITE_INTENT_CLEAN_ALL);
    for (int32_t i = 0; i < d->panel.width_px * d->panel.height_px; i++)
        assert_int_equal(d->reader->before.pixels[i], 0); /* nothing of the page is in memory either */
}

/* ---- making and using -------------------------------------------------------------------------- */

static void a_text_is_read_on_the_shelf_and_its_place_is_kept(void **state)
{
    struct device d;
    struct kite_place place;

    (void)state;
    read_on_shelf(&d);
    place = d.reader->reading.anchor;
    assert_true(place.paragraph > 0);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_PRIVATE_CLOSE);
    device_expect(&d, "library");
    check_closed(&d);
    open_shelf(&d);
    choose_title(&d, TITLE);
    assert_int_equal(d.reader->reading.anchor.paragraph, place.paragraph);
    assert_int_equal(d.reader->reading.anchor.offset_bytes, place.offset_bytes);
    open_card(&d);
    assert_true(device_row(&d, say(d.reader, MESSAGE_PRIVATE_PUT)) == UINT32_MAX);
    device_say(&d, MESSAGE_PRIVATE_TAKE_OFF);
    device_expect(&d, "sure");
    device_key(&d, KITE_KEY_NEXT);
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "shelf told");
    device_key(&d, KITE_KEY_SELECT);
    assert_true(device_row(&d, TITLE) == UINT32_MAX);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_HIDE });
    choose_title(&d, TITLE);
    assert_int_equal(d.reader->reading.anchor.paragraph, place.paragraph);
    device_drop(&d);
}

static void two_secrets_that_differ_make_nothing(void **state)
{
    struct device d;

    (void)state;
    start(&d);
    shelf_menu(&d);
    device_say(&d, MESSAGE_PRIVATE_MAKE_PIN);
    give(&d, "12345"); /* too short: asked again */
    give(&d, PIN);
    give(&d, "271829");
    device_expect(&d, "shelf told");
    assert_string_equal(d.reader->private_shelf.secret, "");
    device_key(&d, KITE_KEY_SELECT);
    device_say(&d, MESSAGE_PRIVATE_MAKE_WORDS);
    give(&d, "short");
    device_expect(&d, "shelf told");
    device_key(&d, KITE_KEY_SELECT);
    assert_true(device_row(&d, say(d.reader, MESSAGE_PRIVATE_OPEN)) == UINT32_MAX);
    device_say(&d, MESSAGE_PRIVATE_MAKE_WORDS);
    give(&d, "five words that rhyme with none");
    give(&d, "five words that rhyme with none");
    work(&d);
    assert_true(shelf_is_open(d.reader));
    shelf_menu(&d);
    device_say(&d, MESSAGE_PRIVATE_NEW_PIN);
    give(&d, PIN);
    give(&d, PIN);
    work(&d);
    device_expect(&d, "shelf told");
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_HIDE });
    open_shelf(&d);
    device_drop(&d);
}

/* ---- closing ----------------------------------------------------------------------------------- */

static void both_page_keys_close_it_at_once(void **state)
{
    struct device d;

    (void)state;
    read_on_shelf(&d);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_HIDE });
    device_expect(&d, "library");
    check_closed(&d);
    check_cleaned(&d);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_HIDE }); /* nothing is open: nothing happens */
    assert_int_equal(d.frame.change_count, 0);
    shelf_menu(&d);
    device_say(&d, MESSAGE_PRIVATE_OPEN);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_HIDE }); /* not even the pad is to be seen */
    device_expect(&d, "library");
    device_drop(&d);
}

static void two_fingers_close_it_at_once(void **state)
{
    struct device d;

    (void)state;
    read_on_shelf(&d);
    d.has_touch = d.reader->screen.has_touch = true;
    for (int finger = 0; finger < 2; finger++)
        device_event(&d, (struct kite_event){ .kind = KITE_EVENT_TOUCH, .finger = (uint8_t)finger, .x_px = 100 + 200 * finger, .y_px = 300 });
    device_expect(&d, "page");
    d.now_ms += 100;
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_TOUCH, .touch = KITE_TOUCH_UP, .finger = 1, .x_px = 300, .y_px = 300 });
    device_expect(&d, "library");
    check_closed(&d);
    check_cleaned(&d);
    device_drop(&d);
}

static void sleep_closes_it(void **state)
{
    struct device d;

    (void)state;
    read_on_shelf(&d);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
    device_expect(&d, "asleep");
    check_closed(&d);
    check_cleaned(&d);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_WAKE });
    device_expect(&d, "library");
    check_closed(&d);
    device_drop(&d);
}

static void rest_closes_it(void **state)
{
    struct device d;

    (void)state;
    read_on_shelf(&d);
    d.now_ms += 200000;
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_BATTERY, .percent = 50 }); /* nobody's hand */
    work(&d);
    assert_true(shelf_is_open(d.reader));
    for (int i = 0; i < 100 && shelf_is_open(d.reader); i++) {
        assert_true(d.frame.wake_ms != KITE_NEVER_MS); /* it asks for the moment */
        d.now_ms = d.frame.wake_ms > d.now_ms ? d.frame.wake_ms : d.now_ms;
        device_event(&d, (struct kite_event){ .kind = KITE_EVENT_TICK });
    }
    device_expect(&d, "library");
    check_closed(&d);
    check_cleaned(&d);
    device_drop(&d);
}

static void a_stick_or_a_cable_closes_it(void **state)
{
    static const struct kite_event events[] = { { .kind = KITE_EVENT_STORAGE, .is_present = true, .folder = "/stick" },
                                                { .kind = KITE_EVENT_CABLE, .is_present = true } };
    struct device d;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        read_on_shelf(&d);
        device_event(&d, events[i]);
        check_closed(&d);
        device_drop(&d);
    }
}

static void another_person_and_the_help_close_it(void **state)
{
    struct device d;

    (void)state;
    read_on_shelf(&d);
    assert_int_equal(help_open(d.reader, 0), KITE_OK);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_LIBRARY });
    assert_false(shelf_is_open(d.reader));
    device_expect(&d, "page"); /* of the guide */
    open_shelf(&d);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_WHO_READS);
    device_say(&d, MESSAGE_READER_NEW);
    memcpy(d.reader->keyboard.text, "Ana", 4);
    assert_int_equal(d.reader->keyboard.done(d.reader, "Ana"), KITE_OK);
    check_closed(&d);
    device_drop(&d);
}

static void power_on_shows_the_library(void **state)
{
    struct device d;

    (void)state;
    read_on_shelf(&d);
    device_off(&d);
    d.now_ms = 0;
    device_on(&d);
    device_expect(&d, "library");
    check_closed(&d);
    open_shelf(&d);
    choose_title(&d, TITLE);
    device_drop(&d);
}

/* ---- guessing and forgetting ------------------------------------------------------------------- */

static void wrong_secrets_are_slowed(void **state)
{
    struct device d;

    (void)state;
    start(&d);
    make(&d);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_HIDE });
    shelf_menu(&d);
    device_say(&d, MESSAGE_PRIVATE_OPEN);
    for (int i = 0; i < 5; i++) {
        give(&d, "000000");
        work(&d);
    }
    device_expect(&d, "shelf told");
    assert_true(seat_of(d.reader)->about < 0 && seat_of(d.reader)->about >= -30);
    device_off(&d);
    d.now_ms = 0;
    device_on(&d);
    shelf_menu(&d);
    device_say(&d, MESSAGE_PRIVATE_OPEN);
    device_expect(&d, "shelf told"); /* switching off helps nobody */
    device_key(&d, KITE_KEY_SELECT);
    d.now_ms += 30000;
    open_shelf(&d);
    device_drop(&d);
}

static void forgetting_takes_the_texts_with_it(void **state)
{
    struct device d;
    struct kite_shelf_usage usage;

    (void)state;
    read_on_shelf(&d);
    device_key(&d, KITE_KEY_MENU);
    device_say(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_PRIVATE);
    device_say(&d, MESSAGE_PRIVATE_FORGET);
    device_expect(&d, "sure");
    device_key(&d, KITE_KEY_NEXT);
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "shelf told");
    check_closed(&d);
    assert_int_equal(kite_shelf_usage(d.library, &usage, NULL), KITE_OK);
    assert_int_equal(usage.files, 0);
    device_key(&d, KITE_KEY_SELECT);
    shelf_menu(&d);
    assert_true(device_row(&d, say(d.reader, MESSAGE_PRIVATE_MAKE_PIN)) != UINT32_MAX);
    device_drop(&d);
}

/* ---- nothing to find --------------------------------------------------------------------------- */

static bool has_bytes(const struct disk_file *file, const void *bytes, size_t count)
{
    for (size_t at = 0; at + count <= file->live_bytes; at++)
        if (file->live[at] == *(const uint8_t *)bytes && memcmp(file->live + at, bytes, count) == 0)
            return true;
    return false;
}

/* The bundle's bytes, its title and words of it, in any file, removed or not. */
static bool is_found(const struct disk *disk, const uint8_t *bundle, size_t bytes)
{
    static const char *const words[] = { TITLE, "a cell in another country", "the offer does not come out of nowhere", "imperialism" };

    for (int i = 0; i < disk->file_count; i++) {
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (has_bytes(&disk->files[i], words[k], strlen(words[k])))
                return true;
        for (size_t at = 80; at + 16 <= bytes; at += 16)
            if (has_bytes(&disk->files[i], bundle + at, 16))
                return true;
    }
    return false;
}

static void a_session_leaves_nothing_in_the_open(void **state)
{
    struct device d;
    struct disk_file *file = NULL;
    uint8_t *bundle;
    size_t bytes;

    (void)state;
    start(&d);
    for (int i = 0; i < d.disk->live.count; i++)
        if (strstr(d.disk->live.names[i].name, "imperialism"))
            file = &d.disk->files[d.disk->live.names[i].file];
    assert_non_null(file);
    bytes = file->live_bytes;
    bundle = disk_copy(file->live, bytes);
    assert_true(is_found(d.disk, bundle, bytes));
    choose_title(&d, TITLE); /* it was read in the open, with its page map and a bookmark */
    device_keys(&d, KITE_KEY_NEXT, 2);
    work(&d);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true });
    make(&d);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_HIDE });
    put(&d);
    assert_false(is_found(d.disk, bundle, bytes));
    open_shelf(&d);
    choose_title(&d, TITLE);
    device_keys(&d, KITE_KEY_NEXT, 3);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true });
    device_menu(&d, MESSAGE_SEARCH);
    device_say(&d, MESSAGE_SEARCH_THIS);
    memcpy(d.reader->keyboard.text, "imperialism", 12);
    assert_int_equal(d.reader->keyboard.done(d.reader, "imperialism"), KITE_OK);
    work(&d);
    device_event(&d, (struct kite_event){ .kind = KITE_EVENT_HIDE });
    assert_false(is_found(d.disk, bundle, bytes));
    device_off(&d);
    assert_false(is_found(d.disk, bundle, bytes));
    free(bundle);
    device_drop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_read_on_the_shelf_and_its_place_is_kept),
        cmocka_unit_test(two_secrets_that_differ_make_nothing),
        cmocka_unit_test(both_page_keys_close_it_at_once),
        cmocka_unit_test(two_fingers_close_it_at_once),
        cmocka_unit_test(sleep_closes_it),
        cmocka_unit_test(rest_closes_it),
        cmocka_unit_test(a_stick_or_a_cable_closes_it),
        cmocka_unit_test(another_person_and_the_help_close_it),
        cmocka_unit_test(power_on_shows_the_library),
        cmocka_unit_test(wrong_secrets_are_slowed),
        cmocka_unit_test(forgetting_takes_the_texts_with_it),
        cmocka_unit_test(a_session_leaves_nothing_in_the_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
