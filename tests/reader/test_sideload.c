/* Texts that come and go by hand: sticks, the cable, updates, and what the screens say of them. */
#include "reader/device.h"
#include "sideload/volume.h"

#define TITLE "From a stick"

/* A reader whose library is on a disk of its own, and a volume beside it. */
struct rig {
    struct device d;
    struct volume v;
};

static void rig_make(struct rig *rig, bool can_update)
{
    device_make(&rig->d, device_panels[1]);
    rig->d.can_update = can_update;
    device_put_book(&rig->d, "guide.en.kite");
    device_on(&rig->d);
    volume_make(&rig->v);
    rig->d.io = volume_io(&rig->v); /* the library has a copy of the disk's */
}

static void rig_drop(struct rig *rig)
{
    device_drop(&rig->d);
    volume_drop(&rig->v);
}

static int set_up(void **state, bool can_update)
{
    static struct rig rig;

    rig_make(&rig, can_update);
    *state = &rig;
    return 0;
}

static int rig_up(void **state)
{
    return set_up(state, false);
}

/* Of a device that can be updated. */
static int rig_up_updatable(void **state)
{
    return set_up(state, true);
}

static int rig_down(void **state)
{
    rig_drop(*state);
    return 0;
}

static void volume_event(struct rig *rig, enum kite_volume volume, bool is_present)
{
    device_event(&rig->d, (struct kite_event){ .kind = KITE_EVENT_STORAGE,
                                               .is_present = is_present,
                                               .volume = volume,
                                               .folder = is_present ? rig->v.folder : NULL });
}

static const char *intro_of(struct rig *rig)
{
    static char out[KITE_STRING_BYTES_MAX + 1];

    out[0] = '\0';
    assert_int_equal(views[seat_of(rig->d.reader)->view]->intro(rig->d.reader, out, sizeof out), KITE_OK);
    return out;
}

static void expect_says(struct rig *rig, const char *words)
{
    if (!strstr(intro_of(rig), words))
        print_error("the screen says: %s\n", intro_of(rig));
    assert_non_null(strstr(intro_of(rig), words));
}

/* The detail of the row with this label. */
static void expect_row(struct rig *rig, const char *label, const char *detail)
{
    struct row row = { 0 };
    uint32_t index = device_row(&rig->d, label);

    assert_int_not_equal(index, UINT32_MAX);
    assert_int_equal(views[seat_of(rig->d.reader)->view]->row(rig->d.reader, index, &row), KITE_OK);
    assert_string_equal(row.detail, detail);
}

static void fill(struct rig *rig)
{
    volume_put_bundle(&rig->v, "one.kite", TITLE);
    volume_put_bundle(&rig->v, "again.kite", TITLE);
    volume_put_text(&rig->v, "essay.pdf", "%PDF-1.4\n");
    volume_put_text(&rig->v, "torn.kite", "");
}

/* ---- sticks ---------------------------------------------------------------------------------- */

static void each_file_of_a_stick_is_told_of(void **state)
{
    struct rig *rig = *state;

    fill(rig);
    volume_event(rig, KITE_VOLUME_STICK, true);
    device_expect(&rig->d, "import");
    expect_says(rig, "Texts on it: 2");
    device_say(&rig->d, MESSAGE_IMPORT_START);
    device_idle(&rig->d);
    device_expect(&rig->d, "import");
    expect_says(rig, "Incomplete, copy again: 1\nCould not be prepared for Kite: 1\nNew: 1\nAlready here: 1");
    expect_row(rig, "torn.kite", "Incomplete or damaged: copy it again");
    expect_row(rig, "essay.pdf", "Not a bundle (PDF): prepare it with kite pack");
    device_choose(&rig->d, "essay.pdf");
    device_expect(&rig->d, "import file");
    expect_says(rig, "essay.pdf\nNot a bundle (PDF): prepare it with kite pack");
    device_say(&rig->d, MESSAGE_OK);
    device_choose(&rig->d, TITLE);
    expect_says(rig, TITLE "\nNew\nagain.kite"); /* by name, it came first */
    device_say(&rig->d, MESSAGE_OK);
    assert_false(volume_has(&rig->v, KITE_RECEIPT_NAME));
    assert_false(rig->d.frame.is_volume_done);
}

static void a_stick_without_texts_is_not_asked_about(void **state)
{
    struct rig *rig = *state;

    volume_put_text(&rig->v, "photo.jpg", "\xFF\xD8\xFF\xE0\x01\x02");
    volume_put_text(&rig->v, "._a.kite", "x");
    volume_event(rig, KITE_VOLUME_STICK, true);
    device_idle(&rig->d);
    device_expect(&rig->d, "library");
}

/* Nothing to take in, so nothing to ask; why each cannot be read is told. */
static void a_stick_of_other_documents_is_told_of_at_once(void **state)
{
    struct rig *rig = *state;

    volume_put_text(&rig->v, "essay.pdf", "%PDF-1.4\n");
    volume_event(rig, KITE_VOLUME_STICK, true);
    device_idle(&rig->d);
    device_expect(&rig->d, "import");
    assert_int_equal(device_row(&rig->d, say(rig->d.reader, MESSAGE_IMPORT_START)), UINT32_MAX);
    expect_says(rig, "Could not be prepared for Kite: 1");
    expect_row(rig, "essay.pdf", "Not a bundle (PDF): prepare it with kite pack");
    device_say(&rig->d, MESSAGE_OK);
    device_expect(&rig->d, "library");
}

static void a_stick_of_many_files_is_looked_through_in_idle_time(void **state)
{
    struct rig *rig = *state;
    char name[32];

    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "%03d.txt", i);
        volume_put_text(&rig->v, name, "x");
    }
    volume_put_bundle(&rig->v, "one.kite", TITLE);
    volume_event(rig, KITE_VOLUME_STICK, true);
    device_expect(&rig->d, "library");
    device_idle(&rig->d);
    device_expect(&rig->d, "import");
    expect_says(rig, "Texts on it: 1\nCould not be prepared for Kite: 200");
    device_say(&rig->d, MESSAGE_IMPORT_START);
    device_idle(&rig->d);
    device_choose(&rig->d, "New: 1"); /* so many are told by groups */
    device_expect(&rig->d, "import group");
    device_choose(&rig->d, TITLE);
    expect_says(rig, TITLE "\nNew\none.kite");
    device_key(&rig->d, KITE_KEY_MENU);
    device_key(&rig->d, KITE_KEY_MENU);
    device_choose(&rig->d, "Could not be prepared for Kite: 200");
    device_choose(&rig->d, "117.txt");
    expect_says(rig, "117.txt\nNot a bundle (text)");
}

static void a_stick_pulled_out_half_way_is_told(void **state)
{
    struct rig *rig = *state;

    fill(rig);
    volume_event(rig, KITE_VOLUME_STICK, true);
    device_say(&rig->d, MESSAGE_IMPORT_START);
    device_event(&rig->d, (struct kite_event){ .kind = KITE_EVENT_TICK });
    rig->v.is_gone = true;
    volume_event(rig, KITE_VOLUME_STICK, false);
    device_idle(&rig->d);
    device_expect(&rig->d, "import");
    expect_says(rig, "It was pulled out before the end.");
    device_say(&rig->d, MESSAGE_OK);
    device_expect(&rig->d, "library");
}

static void a_stick_that_is_asked_about_and_goes_takes_its_question_along(void **state)
{
    struct rig *rig = *state;

    fill(rig);
    volume_event(rig, KITE_VOLUME_STICK, true);
    device_expect(&rig->d, "import");
    volume_event(rig, KITE_VOLUME_STICK, false);
    device_expect(&rig->d, "library");
}

/* ---- the cable ------------------------------------------------------------------------------- */

static void cable(struct rig *rig, bool is_present)
{
    device_event(&rig->d, (struct kite_event){ .kind = KITE_EVENT_CABLE, .is_present = is_present });
}

static void files_come_by_cable_and_a_receipt_goes_back(void **state)
{
    struct rig *rig = *state;
    struct kite_buffer receipt;

    cable(rig, true);
    device_expect(&rig->d, "cable");
    assert_false(rig->d.frame.wants_export);
    device_say(&rig->d, MESSAGE_CABLE_GIVE);
    assert_true(rig->d.frame.wants_export);
    expect_says(rig, "eject");
    fill(rig); /* the computer does */
    device_event(&rig->d, (struct kite_event){ .kind = KITE_EVENT_EJECTED });
    assert_false(rig->d.frame.wants_export);
    device_expect(&rig->d, "cable");
    volume_event(rig, KITE_VOLUME_INBOX, true);
    device_expect(&rig->d, "import");
    assert_false(rig->d.frame.is_volume_done);
    device_idle(&rig->d);
    device_expect(&rig->d, "import");
    assert_true(rig->d.frame.is_volume_done);
    expect_says(rig, "KITE-RECEIPT.txt");
    receipt = volume_get(&rig->v, KITE_RECEIPT_NAME);
    assert_true(kite_receipt_is_whole(receipt.bytes, receipt.count));
    kite_buffer_close(&receipt);
    device_say(&rig->d, MESSAGE_OK);
    device_expect(&rig->d, "library");
    assert_true(rig->d.frame.is_volume_done);
}

static void only_charging_gives_nothing(void **state)
{
    struct rig *rig = *state;

    cable(rig, true);
    device_say(&rig->d, MESSAGE_CABLE_CHARGE);
    device_expect(&rig->d, "library");
    assert_false(rig->d.frame.wants_export);
    cable(rig, false);
    device_expect(&rig->d, "library");
    cable(rig, true);
    cable(rig, false);
    device_expect(&rig->d, "library");
}

static void a_pulled_cable_counts_as_ejected(void **state)
{
    struct rig *rig = *state;

    cable(rig, true);
    device_say(&rig->d, MESSAGE_CABLE_GIVE);
    device_key(&rig->d, KITE_KEY_MENU); /* reading on does not take the drive away */
    device_expect(&rig->d, "library");
    assert_true(rig->d.frame.wants_export);
    cable(rig, false);
    assert_false(rig->d.frame.wants_export);
    device_event(&rig->d, (struct kite_event){ .kind = KITE_EVENT_EJECTED });
    volume_event(rig, KITE_VOLUME_INBOX, true);
    device_idle(&rig->d);
    device_expect(&rig->d, "import");
    assert_true(volume_has(&rig->v, KITE_RECEIPT_NAME));
}

/* Both at once: each has its turn, and the inbox its receipt. */
static void a_stick_waits_until_the_inbox_was_told_of(void **state)
{
    struct rig *rig = *state;

    fill(rig);
    volume_event(rig, KITE_VOLUME_INBOX, true);
    volume_event(rig, KITE_VOLUME_STICK, true);
    device_idle(&rig->d);
    assert_true(rig->d.frame.is_volume_done);
    assert_true(volume_has(&rig->v, KITE_RECEIPT_NAME));
    expect_says(rig, "New: 1");
    volume_put_bundle(&rig->v, "one.kite", TITLE); /* the inbox was emptied; the stick is a folder of its own */
    device_say(&rig->d, MESSAGE_OK);
    device_idle(&rig->d);
    device_expect(&rig->d, "import");
    expect_says(rig, "A USB stick is here.");
    assert_true(rig->d.frame.is_volume_done);
    device_say(&rig->d, MESSAGE_CANCEL);
    volume_event(rig, KITE_VOLUME_INBOX, true);
    volume_event(rig, KITE_VOLUME_STICK, true);
    volume_event(rig, KITE_VOLUME_STICK, false); /* one that went needs no turn */
    device_idle(&rig->d);
    device_say(&rig->d, MESSAGE_OK);
    device_idle(&rig->d);
    device_expect(&rig->d, "library");
}

static void an_inbox_that_cannot_be_read_is_told(void **state)
{
    struct rig *rig = *state;

    cable(rig, true);
    device_say(&rig->d, MESSAGE_CABLE_GIVE);
    device_say(&rig->d, MESSAGE_CABLE_TAKE_BACK);
    assert_false(rig->d.frame.wants_export);
    volume_event(rig, KITE_VOLUME_INBOX, false);
    device_expect(&rig->d, "cable");
    expect_says(rig, "could not be read");
    device_say(&rig->d, MESSAGE_OK);
    device_expect(&rig->d, "library");
}

static void a_stopped_inbox_still_gets_its_receipt(void **state)
{
    struct rig *rig = *state;

    fill(rig);
    volume_event(rig, KITE_VOLUME_INBOX, true);
    device_say(&rig->d, MESSAGE_CANCEL);
    device_idle(&rig->d);
    expect_says(rig, "It was stopped before the end.");
    assert_true(rig->d.frame.is_volume_done);
    assert_true(volume_has(&rig->v, KITE_RECEIPT_NAME));
}

/* ---- updates --------------------------------------------------------------------------------- */

static void update(struct rig *rig, int percent, bool is_done, enum kite_status status)
{
    device_event(&rig->d, (struct kite_event){ .kind = KITE_EVENT_UPDATE,
                                               .percent = percent,
                                               .is_done = is_done,
                                               .status = status,
                                               .reason = "the file is cut short" });
}

static void an_update_is_asked_about_done_and_started(void **state)
{
    struct rig *rig = *state;

    update_offer(rig->d.reader, "/stick/kite.update", "1.2", "");
    device_expect(&rig->d, "update");
    expect_says(rig, "1.2");
    update(rig, 3, false, KITE_OK); /* nobody has said yes */
    assert_null(rig->d.frame.wants_update);
    device_say(&rig->d, MESSAGE_UPDATE_START);
    assert_string_equal(rig->d.frame.wants_update, "/stick/kite.update");
    update(rig, 40, false, KITE_OK);
    expect_says(rig, "40 %");
    device_key(&rig->d, KITE_KEY_MENU);
    device_expect(&rig->d, "library");
    assert_string_equal(rig->d.frame.wants_update, "/stick/kite.update");
    update(rig, 100, true, KITE_OK);
    device_expect(&rig->d, "update");
    assert_null(rig->d.frame.wants_update);
    assert_false(rig->d.frame.wants_reboot);
    device_say(&rig->d, MESSAGE_RESTART_NOW);
    assert_true(rig->d.frame.wants_reboot);
}

static void an_update_on_a_stick_is_offered(void **state)
{
    struct rig *rig = *state;

    volume_put_update(&rig->v, "new.kite-update", "99.1");
    volume_event(rig, KITE_VOLUME_STICK, true);
    device_idle(&rig->d);
    device_expect(&rig->d, "import");
    device_say(&rig->d, MESSAGE_UPDATE);
    device_expect(&rig->d, "update");
    expect_says(rig, "99.1");
    device_say(&rig->d, MESSAGE_UPDATE_START);
    assert_string_equal(rig->d.frame.wants_update, volume_path(&rig->v, "new.kite-update"));
    update(rig, 100, true, KITE_OK);
    device_say(&rig->d, MESSAGE_RESTART_LATER);
    device_expect(&rig->d, "library");
    volume_event(rig, KITE_VOLUME_INBOX, true); /* from the inbox it is only told of */
    device_idle(&rig->d);
    expect_says(rig, "New versions of Kite: 1");
    assert_int_equal(device_row(&rig->d, say(rig->d.reader, MESSAGE_UPDATE)), UINT32_MAX);
}

static void an_update_that_fails_says_why(void **state)
{
    struct rig *rig = *state;

    update_offer(rig->d.reader, "/stick/kite.update", "1.2", "");
    device_say(&rig->d, MESSAGE_UPDATE_START);
    update(rig, 40, false, KITE_E_DAMAGED);
    assert_null(rig->d.frame.wants_update);
    expect_says(rig, "the file is cut short");
    device_say(&rig->d, MESSAGE_OK);
    device_expect(&rig->d, "library");
}

/* ---- passing on ------------------------------------------------------------------------------ */

static void open_card(struct rig *rig)
{
    device_key(&rig->d, KITE_KEY_SELECT);
    device_expect(&rig->d, "page");
    device_menu(&rig->d, MESSAGE_MORE);
    device_say(&rig->d, MESSAGE_ABOUT_TEXT);
}

/* The one file of the volume is the bundle as it lies in the library. */
static void expect_passed_on(struct rig *rig, const char *name)
{
    struct kite_buffer copy = volume_get(&rig->v, name);
    const struct disk_file *file = disk_get(rig->d.disk, "guide.en.kite");

    assert_int_equal(copy.count, file->live_bytes);
    assert_memory_equal(copy.bytes, file->live, copy.count);
    kite_buffer_close(&copy);
}

static void a_text_is_passed_on_byte_for_byte(void **state)
{
    struct rig *rig = *state;
    char name[300];

    open_card(rig);
    assert_int_equal(device_row(&rig->d, say(rig->d.reader, MESSAGE_PASS_ON)), UINT32_MAX);
    volume_event(rig, KITE_VOLUME_STICK, true);
    device_say(&rig->d, MESSAGE_PASS_ON);
    device_expect(&rig->d, "pass on");
    device_idle(&rig->d);
    expect_says(rig, "is on the stick, whole.");
    snprintf(name, sizeof name, "%s", strstr(intro_of(rig), "The file is ") + 12);
    expect_passed_on(rig, name);
    device_say(&rig->d, MESSAGE_OK);
    device_expect(&rig->d, "card");
    device_say(&rig->d, MESSAGE_PASS_ON);
    device_idle(&rig->d);
    expect_says(rig, "already");
}

static void what_stops_a_copy_is_told(void **state)
{
    static const struct {
        uint64_t room_bytes;
        bool is_read_only, garbles;
        const char *says;
    } cases[] = { { 100, false, false, "full" }, { UINT64_MAX, true, false, "locked" }, { UINT64_MAX, false, true, "another" } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig rig;

        rig_make(&rig, false);
        volume_event(&rig, KITE_VOLUME_STICK, true);
        open_card(&rig);
        rig.v.room_bytes = cases[i].room_bytes;
        rig.v.is_read_only = cases[i].is_read_only;
        rig.v.garbles = cases[i].garbles;
        device_say(&rig.d, MESSAGE_PASS_ON);
        device_idle(&rig.d);
        expect_says(&rig, "was not copied");
        expect_says(&rig, cases[i].says);
        device_say(&rig.d, MESSAGE_OK);
        device_expect(&rig.d, "card");
        rig_drop(&rig);
    }
}

static void a_stick_pulled_out_ends_the_copy(void **state)
{
    struct rig *rig = *state;

    volume_event(rig, KITE_VOLUME_STICK, true);
    open_card(rig);
    device_say(&rig->d, MESSAGE_PASS_ON);
    rig->v.is_gone = true;
    volume_event(rig, KITE_VOLUME_STICK, false);
    device_expect(&rig->d, "pass on");
    expect_says(rig, "pulled out");
    device_say(&rig->d, MESSAGE_OK);
    device_idle(&rig->d);
}

static void a_damaged_text_is_not_passed_on(void **state)
{
    struct rig *rig = *state;
    struct disk_file *file;

    volume_event(rig, KITE_VOLUME_STICK, true);
    open_card(rig);
    file = disk_get(rig->d.disk, "guide.en.kite");
    file->live[file->live_bytes - 40] ^= 1;
    device_say(&rig->d, MESSAGE_PASS_ON);
    device_idle(&rig->d);
    expect_says(rig, "damaged on this reader");
}

/* ---- words ----------------------------------------------------------------------------------- */

static void every_language_of_the_interface_has_words_for_files(void **state)
{
    (void)state;
    for (size_t i = 0; catalogue_at(i); i++)
        assert_int_equal(kite_words(catalogue_at(i)->lang)->lang, kite_lang_primary(catalogue_at(i)->lang));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_file_of_a_stick_is_told_of, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_stick_without_texts_is_not_asked_about, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_stick_of_other_documents_is_told_of_at_once, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_stick_of_many_files_is_looked_through_in_idle_time, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_stick_pulled_out_half_way_is_told, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_stick_that_is_asked_about_and_goes_takes_its_question_along, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(files_come_by_cable_and_a_receipt_goes_back, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(only_charging_gives_nothing, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_pulled_cable_counts_as_ejected, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_stick_waits_until_the_inbox_was_told_of, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(an_inbox_that_cannot_be_read_is_told, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_stopped_inbox_still_gets_its_receipt, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(an_update_is_asked_about_done_and_started, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(an_update_on_a_stick_is_offered, rig_up_updatable, rig_down),
        cmocka_unit_test_setup_teardown(an_update_that_fails_says_why, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_text_is_passed_on_byte_for_byte, rig_up, rig_down),
        cmocka_unit_test(what_stops_a_copy_is_told),
        cmocka_unit_test_setup_teardown(a_stick_pulled_out_ends_the_copy, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_damaged_text_is_not_passed_on, rig_up, rig_down),
        cmocka_unit_test(every_language_of_the_interface_has_words_for_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
