/* The owner's PIN: what it keeps from being changed, and how wrong tries are slowed; the owner's senders. */
#include "reader/device.h"
#include "sideload/signers.h"

#define TITLE "A Sampler"

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
    device_give(d, digits);
    device_give(d, digits);
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

static enum kite_status count_down(void *ctx, const struct kite_sender *sender)
{
    (void)sender;
    --*(uint32_t *)ctx;
    return KITE_OK;
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
    device_give(&d, "123"); /* too short: asked again */
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_NEW);
    device_give(&d, "1234");
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_AGAIN);
    device_give(&d, "1235");
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_DIFFERENT);
    assert_false(is_set(&d));
    device_give(&d, "1234");
    device_give(&d, "1234");
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
    device_press(&d, "7");
    device_press(&d, "1");
    seven = malloc(bytes);
    assert_non_null(seven);
    memcpy(seven, d.frame.canvas->pixels, bytes);
    device_press(&d, "erase");
    device_press(&d, "erase");
    device_press(&d, "2");
    device_press(&d, "1");
    assert_memory_equal(seven, d.frame.canvas->pixels, bytes); /* any two digits look alike */
    free(seven);
    for (int i = 0; i < 20; i++)
        device_press(&d, "9");
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
    device_give(&d, "1111");
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_WRONG);
    device_give(&d, "1234");
    assert_int_equal(d.reader->keyboard.title, MESSAGE_PIN_NEW);
    device_give(&d, "567890");
    device_give(&d, "567890");
    device_say(&d, MESSAGE_PIN_OFF);
    device_give(&d, "1234");
    assert_true(is_set(&d));
    device_give(&d, "567890");
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
    device_give(&d, "1234");
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
    device_give(&d, "1234");
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
    update_offer(d.reader, "/stick/kite.update", "9.0.0", "");
    device_say(&d, MESSAGE_UPDATE_START);
    assert_true(is_asked(&d));
    assert_null(d.frame.wants_update);
    device_give(&d, "1234");
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
        device_give(&d, "0000");
        assert_true(is_asked(&d));
    }
    device_give(&d, "0000");
    device_expect(&d, "pin wait");
    assert_int_equal(seat_of(d.reader)->about, 30);
    device_key(&d, KITE_KEY_SELECT);
    d.now_ms += 20000;
    device_say(&d, MESSAGE_REFRESH);
    device_expect(&d, "pin wait");
    device_key(&d, KITE_KEY_SELECT);
    d.now_ms += 10000;
    device_say(&d, MESSAGE_REFRESH);
    device_give(&d, "0000");
    device_expect(&d, "pin wait");
    assert_int_equal(seat_of(d.reader)->about, 60);
    device_key(&d, KITE_KEY_SELECT);
    d.now_ms += 60000;
    device_say(&d, MESSAGE_REFRESH);
    device_give(&d, "1234");
    device_expect(&d, "settings");
    device_say(&d, MESSAGE_REFRESH); /* tries count anew */
    device_give(&d, "0000");
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
        device_give(&d, "0000");
        device_off(&d);
        d.now_ms = 0; /* the clock of a device begins anew */
        device_on(&d);
    }
    settings(&d, MESSAGE_REFRESH);
    device_expect(&d, "pin wait");
    d.now_ms += 30000;
    settings(&d, MESSAGE_REFRESH);
    device_give(&d, "1234");
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
    device_give(&d, "1234");
    device_expect(&d, "wrong");
    assert_int_equal(kite_library_get_number(d.library, KITE_DEVICE, "owner.tries", 0, &tries, NULL), KITE_OK);
    assert_int_equal(tries, 1);
    device_drop(&d);
}

/* Only where there is a PIN, and only after a question; then the trusted senders are gone too, and nothing else is. */
static void a_forgotten_pin_is_taken_off_by_a_key_held_at_power_on(void **state)
{
    const struct kite_event held = { .kind = KITE_EVENT_HELD };
    struct signer ana = signer_make("Ana"), ben = signer_make("Ben");
    struct kite_place place = { 0 };
    struct device d;
    uint32_t senders = 2;
    int64_t sender;

    (void)state;
    start(&d);
    device_event(&d, held);
    device_expect(&d, "library"); /* nothing to forget */
    set_pin(&d, "1234");
    assert_int_equal(kite_library_sender_add(d.library, &ana.key, &sender, NULL), KITE_OK);
    assert_int_equal(kite_library_sender_add(d.library, &ben.key, &sender, NULL), KITE_OK);
    leave_all(&d);
    device_open(&d, TITLE);
    device_idle(&d);
    device_off(&d);
    device_on(&d);
    device_expect(&d, "page");
    device_event(&d, held);
    device_expect(&d, "sure");
    device_say(&d, MESSAGE_CANCEL);
    assert_true(is_set(&d));
    device_event(&d, held);
    device_say(&d, MESSAGE_PIN_OFF);
    device_expect(&d, "page");
    assert_false(is_set(&d));
    assert_int_equal(kite_library_senders(d.library, 0, KITE_SENDERS_MAX, &senders, count_down, NULL), KITE_OK);
    assert_int_equal(senders, 2); /* none was told */
    assert_int_equal(kite_library_place(d.library, 1, d.reader->reading.text, &place, NULL, NULL), KITE_OK);
    device_menu(&d, MESSAGE_MORE);
    device_say(&d, MESSAGE_SETTINGS);
    device_say(&d, MESSAGE_REFRESH);
    device_expect(&d, "settings"); /* not asked */
    device_drop(&d);
}

/* ---- senders ----------------------------------------------------------------------------------- */

struct rig {
    struct device d;
    struct volume v;
    struct signer ana;
};

static void rig_make(struct rig *rig)
{
    device_make(&rig->d, device_panels[1]);
    rig->d.can_update = true;
    device_put_book(&rig->d, "guide.en.kite");
    device_on(&rig->d);
    volume_make(&rig->v);
    rig->d.io = volume_io(&rig->v); /* the library has a copy of the disk's */
    rig->ana = signer_make("Ana");
}

static void rig_drop(struct rig *rig)
{
    device_drop(&rig->d);
    volume_drop(&rig->v);
}

static void put_in(struct rig *rig, enum kite_volume volume)
{
    device_event(&rig->d, (struct kite_event){ .kind = KITE_EVENT_STORAGE, .is_present = true, .volume = volume, .folder = rig->v.folder });
    device_idle(&rig->d); /* what is not asked about is done */
    device_expect(&rig->d, "import");
}

static const char *intro_of(struct rig *rig)
{
    static char out[KITE_STRING_BYTES_MAX + 1];

    assert_int_equal(views[seat_of(rig->d.reader)->view]->intro(rig->d.reader, out, sizeof out), KITE_OK);
    return out;
}

static struct row row_of(struct rig *rig, const char *label)
{
    struct row row = { 0 };
    uint32_t index = device_row(&rig->d, label);

    assert_int_not_equal(index, UINT32_MAX);
    assert_int_equal(views[seat_of(rig->d.reader)->view]->row(rig->d.reader, index, &row), KITE_OK);
    return row;
}

static void take_in(struct rig *rig)
{
    device_say(&rig->d, MESSAGE_IMPORT_START);
    device_idle(&rig->d);
    device_expect(&rig->d, "import");
}

static void a_key_is_trusted_by_the_owner_and_then_counts(void **state)
{
    struct rig rig;

    (void)state;
    rig_make(&rig);
    signer_put_key(&rig.ana, &rig.v, "ana.pub");
    signer_put_bundle(&rig.ana, &rig.v, "letter.kite", "A letter", false);
    put_in(&rig, KITE_VOLUME_STICK);
    device_say(&rig.d, MESSAGE_KEY_OFFER);
    device_expect(&rig.d, "key");
    assert_int_equal(device_row(&rig.d, say(rig.d.reader, MESSAGE_KEY_TRUST)), UINT32_MAX);
    device_say(&rig.d, MESSAGE_PIN_SET); /* first of all */
    device_give(&rig.d, "1234");
    device_give(&rig.d, "1234");
    device_expect(&rig.d, "key");
    device_say(&rig.d, MESSAGE_KEY_TRUST);
    device_give(&rig.d, "1111");
    assert_true(is_asked(&rig.d));
    device_key(&rig.d, KITE_KEY_MENU);
    device_expect(&rig.d, "key");
    device_say(&rig.d, MESSAGE_KEY_TRUST);
    device_give(&rig.d, "1234");
    device_expect(&rig.d, "import");
    assert_int_equal(device_row(&rig.d, say(rig.d.reader, MESSAGE_KEY_OFFER)), UINT32_MAX);
    take_in(&rig);
    assert_string_equal(row_of(&rig, "A letter").detail, "New, from Ana, checked");
    leave_all(&rig.d);
    device_key(&rig.d, KITE_KEY_MENU);
    device_say(&rig.d, MESSAGE_SENDERS);
    assert_non_null(strstr(row_of(&rig, "Ana").detail, "Texts here: 1"));
    device_choose(&rig.d, "Ana");
    device_say(&rig.d, MESSAGE_SENDER_FORGET);
    device_give(&rig.d, "1234");
    device_expect(&rig.d, "sure");
    device_say(&rig.d, MESSAGE_SENDER_FORGET);
    device_expect(&rig.d, "senders");
    assert_int_equal(device_row(&rig.d, "Ana"), UINT32_MAX);
    rig_drop(&rig);
}

static void not_trusted_is_taken_in_as_unknown(void **state)
{
    struct rig rig;

    (void)state;
    rig_make(&rig);
    set_pin(&rig.d, "1234");
    leave_all(&rig.d);
    signer_put_key(&rig.ana, &rig.v, "ana.pub");
    signer_put_bundle(&rig.ana, &rig.v, "letter.kite", "A letter", false);
    put_in(&rig, KITE_VOLUME_STICK);
    device_say(&rig.d, MESSAGE_KEY_OFFER);
    device_say(&rig.d, MESSAGE_KEY_NOT_NOW);
    device_expect(&rig.d, "import");
    take_in(&rig);
    assert_string_equal(row_of(&rig, "A letter").detail, "New");
    assert_int_equal(device_row(&rig.d, say(rig.d.reader, MESSAGE_KEY_OFFER)), UINT32_MAX);
    rig_drop(&rig);
}

/* A stick with nothing else is told of, too. */
static void a_key_alone_is_asked_about(void **state)
{
    struct rig rig;

    (void)state;
    rig_make(&rig);
    signer_put_key(&rig.ana, &rig.v, "ana.pub");
    put_in(&rig, KITE_VOLUME_STICK);
    device_say(&rig.d, MESSAGE_KEY_OFFER);
    device_expect(&rig.d, "key");
    device_event(&rig.d, (struct kite_event){ .kind = KITE_EVENT_STORAGE }); /* pulled out */
    device_expect(&rig.d, "key");
    device_say(&rig.d, MESSAGE_KEY_NOT_NOW);
    rig_drop(&rig);
}

static void a_key_from_the_cable_is_only_told_of(void **state)
{
    struct rig rig;

    (void)state;
    rig_make(&rig);
    signer_put_key(&rig.ana, &rig.v, "ana.pub");
    put_in(&rig, KITE_VOLUME_INBOX);
    assert_int_equal(device_row(&rig.d, say(rig.d.reader, MESSAGE_KEY_OFFER)), UINT32_MAX);
    assert_non_null(strstr(intro_of(&rig), "Keys of senders: 1"));
    rig_drop(&rig);
}

static void an_update_says_who_signed_it(void **state)
{
    struct rig rig;

    (void)state;
    rig_make(&rig);
    signer_put_update(NULL, &rig.v, "kite.update", false);
    put_in(&rig, KITE_VOLUME_STICK);
    device_say(&rig.d, MESSAGE_UPDATE);
    device_expect(&rig.d, "update");
    assert_non_null(strstr(intro_of(&rig), say(rig.d.reader, MESSAGE_UPDATE_UNSIGNED)));
    leave_all(&rig.d);
    signer_trust(rig.d.library, &rig.ana);
    signer_put_update(&rig.ana, &rig.v, "kite.update", false);
    put_in(&rig, KITE_VOLUME_STICK);
    device_say(&rig.d, MESSAGE_UPDATE);
    assert_non_null(strstr(intro_of(&rig), "signed by Ana, checked"));
    rig_drop(&rig);
}

/* An update that is older than what runs is refused; who has the owner's PIN may go back to it. */
static void an_older_update_is_for_who_has_the_pin(void **state)
{
    char bytes[KITE_RELEASE_HEADER_BYTES + 100] = "";
    struct rig rig;

    (void)state;
    rig_make(&rig);
    signer_update_header(NULL, 100, "0000000000000000000000000000000000000000000000000000000000000007", false, bytes);
    memcpy(strstr(bytes, "9.0.0"), "0.0.1", 5);
    volume_put(&rig.v, "kite.update", bytes, sizeof bytes);
    put_in(&rig, KITE_VOLUME_STICK);
    assert_int_equal(device_row(&rig.d, say(rig.d.reader, MESSAGE_UPDATE)), UINT32_MAX);
    assert_int_equal(device_row(&rig.d, say(rig.d.reader, MESSAGE_UPDATE_OLDER)), UINT32_MAX);
    leave_all(&rig.d);
    set_pin(&rig.d, "1234");
    leave_all(&rig.d);
    put_in(&rig, KITE_VOLUME_STICK);
    assert_int_equal(device_row(&rig.d, say(rig.d.reader, MESSAGE_UPDATE)), UINT32_MAX);
    device_say(&rig.d, MESSAGE_UPDATE_OLDER);
    device_expect(&rig.d, "update");
    assert_non_null(strstr(intro_of(&rig), "Go back to Kite 0.0.1?"));
    device_say(&rig.d, MESSAGE_UPDATE_START);
    assert_true(is_asked(&rig.d));
    assert_null(rig.d.frame.wants_update);
    device_give(&rig.d, "1234");
    assert_non_null(rig.d.frame.wants_update);
    rig_drop(&rig);
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
        cmocka_unit_test(a_forgotten_pin_is_taken_off_by_a_key_held_at_power_on),
        cmocka_unit_test(a_try_counts_before_it_is_looked_at),
        cmocka_unit_test(a_key_is_trusted_by_the_owner_and_then_counts),
        cmocka_unit_test(not_trusted_is_taken_in_as_unknown),
        cmocka_unit_test(a_key_alone_is_asked_about),
        cmocka_unit_test(a_key_from_the_cable_is_only_told_of),
        cmocka_unit_test(an_update_says_who_signed_it),
        cmocka_unit_test(an_older_update_is_for_who_has_the_pin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
