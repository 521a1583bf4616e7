/* A session of reading in which things are made to fail: a device with a stick, what a person does with it, recorded as
 * events, and the frames by which two readers are compared. Whoever includes it says first what `mem` is. */
#ifndef KITE_TESTS_SESSION_H
#define KITE_TESTS_SESSION_H

#include "reader/device.h"

#define EVENTS_MAX 2000
#define TITLE "A Sampler"
#define PANEL device_panels[2]

static struct kite_event events[EVENTS_MAX];
static size_t event_count;
static struct kite_buffer stick_bundle, other_bundle;

static void make_bundles(void)
{
    static const char *const paragraphs[] = { "A word, a name, and a place.", "Another one.", NULL };
    struct shelf_text stick = { .title = "From a stick", .identifier = "stick", .paragraphs = paragraphs };
    struct shelf_text other = { .title = "Other", .author = "Somebody", .paragraphs = paragraphs };

    stick_bundle = shelf_bundle(&stick, 1);
    other_bundle = shelf_bundle(&other, 1);
}

static void drop_bundles(void)
{
    kite_buffer_close(&stick_bundle);
    kite_buffer_close(&other_bundle);
}

/* ---- a device, whose stick is a disk of its own -------------------------------------------------- */

struct rig {
    struct device d;
    struct disk *stick;
    struct kite_io stick_io;
};

/* The disks, with what is on them. */
static void rig_fill(struct rig *rig)
{
    *rig = (struct rig){ .d = { .mem = mem, .disk = disk_make(1), .panel = PANEL, .has_touch = true }, .stick = disk_make(2) };
    rig->d.io = disk_io(rig->d.disk);
    rig->stick_io = disk_io(rig->stick);
    device_put_book(&rig->d, "sampler.kite");
    disk_put(rig->d.disk, "other.kite", other_bundle.bytes, other_bundle.count);
    disk_put(rig->stick, "stick.kite", stick_bundle.bytes, stick_bundle.count);
}

static void rig_make(struct rig *rig)
{
    rig_fill(rig);
    assert_int_equal(kite_fonts_create(&mem, &built_fonts, &rig->d.fonts, NULL), KITE_OK);
}

static void rig_off(struct rig *rig)
{
    kite_reader_destroy(rig->d.reader);
    kite_library_close(rig->d.library);
    rig->d.reader = NULL;
    rig->d.library = NULL;
}

/* What any program does at power-on; a status of memory or storage sends it round again. */
static enum kite_status try_on(struct rig *rig)
{
    struct device *d = &rig->d;
    struct kite_reader_options options = { .fonts = d->fonts, .panel = d->panel, .levels = 16, .has_touch = true, .io = &rig->stick_io };
    struct kite_event start = { .kind = KITE_EVENT_START, .now_ms = d->now_ms };
    struct kite_import_result result;
    struct kite_scan *scan = NULL;
    enum kite_status status = kite_library_open(&d->mem, &d->io, "/kite", &d->library, NULL);

    if (status == KITE_OK)
        status = kite_scan_begin(d->library, NULL, &scan, NULL);
    while (status == KITE_OK)
        status = kite_scan_step(scan, &result, NULL);
    kite_scan_end(scan);
    options.library = d->library;
    if (status == KITE_DONE)
        status = kite_reader_create(&d->mem, &options, &d->reader, NULL);
    if (status == KITE_OK)
        status = kite_reader_step(d->reader, &start, &d->frame);
    if (status)
        rig_off(rig);
    return status;
}

static void rig_on(struct rig *rig)
{
    for (int i = 0; i < 3; i++)
        if (try_on(rig) == KITE_OK)
            return;
    fail_msg("the device does not start");
}

static void rig_drop(struct rig *rig)
{
    if (rig->d.reader)
        rig_off(rig);
    assert_int_equal(rig->d.disk->open_handles, 0);
    assert_int_equal(rig->stick->open_handles, 0);
    kite_fonts_destroy(rig->d.fonts);
    disk_destroy(rig->d.disk);
    disk_destroy(rig->stick);
}

/* ---- the session ----------------------------------------------------------------------------------- */

/* On the keyboard: the letter of a cell some times, then done. */
static void type_letter(struct device *d, unsigned line, unsigned column, unsigned times)
{
    device_expect(d, "keyboard");
    device_keys(d, KITE_KEY_NEXT, line);
    device_key(d, KITE_KEY_SELECT);
    device_keys(d, KITE_KEY_NEXT, column);
    device_keys(d, KITE_KEY_SELECT, times);
    device_key(d, KITE_KEY_MENU);
    device_keys(d, KITE_KEY_PREVIOUS, line + 1); /* round to the last line */
    device_key(d, KITE_KEY_SELECT);
    device_keys(d, KITE_KEY_NEXT, 2);
    device_key(d, KITE_KEY_SELECT);
}

/* Back through the screens to the page under them. */
static void leave(struct device *d)
{
    for (int i = 0; i < 8 && strcmp(device_screen(d), "page") != 0; i++)
        device_key(d, KITE_KEY_MENU);
    device_expect(d, "page");
}

static void more(struct device *d, enum message message)
{
    device_menu(d, MESSAGE_MORE);
    device_say(d, message);
}

static void read_and_mark(struct device *d)
{
    device_open(d, TITLE);
    device_keys(d, KITE_KEY_NEXT, 3);
    device_idle(d);
    device_menu(d, MESSAGE_TYPE);
    device_say(d, MESSAGE_SIZE);
    device_choose(d, "36 pt");
    leave(d);
    device_key(d, KITE_KEY_PREVIOUS);
    device_idle(d);
    device_menu(d, MESSAGE_CONTENTS);
    device_key(d, KITE_KEY_NEXT);
    device_key(d, KITE_KEY_SELECT);
    device_expect(d, "page");
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true });
    more(d, MESSAGE_HIGHLIGHT_HERE);
    device_key(d, KITE_KEY_SELECT);
    device_key(d, KITE_KEY_NEXT);
    device_key(d, KITE_KEY_SELECT);
    device_expect(d, "bookmark");
    device_say(d, MESSAGE_WRITE_NOTE);
    type_letter(d, 0, 1, 2);
    leave(d);
    device_menu(d, MESSAGE_BOOKMARKS);
    device_key(d, KITE_KEY_SELECT);
    leave(d);
}

static void search_and_switch(struct device *d)
{
    device_menu(d, MESSAGE_SEARCH);
    device_say(d, MESSAGE_SEARCH_ALL);
    type_letter(d, 0, 0, 1);
    device_idle(d);
    device_expect(d, "results");
    device_key(d, KITE_KEY_SELECT);
    more(d, MESSAGE_WHO_READS);
    device_say(d, MESSAGE_READER_NEW);
    type_letter(d, 1, 0, 3);
    device_expect(d, "library");
    device_key(d, KITE_KEY_SELECT);
    device_idle(d);
    more(d, MESSAGE_WHO_READS);
    device_key(d, KITE_KEY_SELECT);
    device_expect(d, "page");
}

static void import_and_remove(struct device *d)
{
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_STORAGE, .is_present = true, .folder = "/stick" });
    device_say(d, MESSAGE_IMPORT_START);
    device_idle(d);
    device_say(d, MESSAGE_OK);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_STORAGE });
    device_menu(d, MESSAGE_LIBRARY);
    device_open(d, "From a stick");
    device_idle(d);
    more(d, MESSAGE_ABOUT_TEXT);
    device_say(d, MESSAGE_REMOVE);
    device_say(d, MESSAGE_REMOVE);
    device_open(d, TITLE);
    more(d, MESSAGE_SETTINGS);
    device_say(d, MESSAGE_PARAGRAPH_NUMBERS);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_BATTERY, .percent = 3 });
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_WAKE });
    device_idle(d);
}

/* The session as it goes when nothing fails. */
static void record_session(void)
{
    struct rig rig;

    rig_make(&rig);
    rig.d.record = events;
    rig.d.record_capacity = EVENTS_MAX;
    rig_on(&rig);
    read_and_mark(&rig.d);
    search_and_switch(&rig.d);
    import_and_remove(&rig.d);
    event_count = rig.d.recorded;
    rig_drop(&rig);
}

static uint64_t mixed(uint64_t hash, const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

/* The frames that follow a start: the page, the pages around it, the menu. Ends on the page where it began. */
static uint64_t look_around(struct rig *rig)
{
    struct device *d = &rig->d;
    uint64_t hash = 0;
    static const enum kite_key keys[] = { KITE_KEY_NEXT, KITE_KEY_NEXT, KITE_KEY_PREVIOUS, KITE_KEY_PREVIOUS,
                                          KITE_KEY_MENU, KITE_KEY_NEXT,     KITE_KEY_NEXT };

    d->reader->choice = (struct choice){ 0 };
    d->reader->battery_percent = -1;
    d->reader->shows_focus = false;
    assert_int_equal(settings_load(d->reader), KITE_OK);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_START });
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        device_idle(d);
        hash = mixed(hash, d->frame.canvas->pixels, (size_t)(PANEL.width_px * PANEL.height_px));
        device_key(d, keys[i]);
    }
    return hash;
}

static uint64_t stride(uint64_t total, uint64_t wanted)
{
    const char *more = getenv("KITE_FAULTS");

    wanted = more ? strtoull(more, NULL, 10) : wanted;
    return wanted == 0 || total <= wanted ? 1 : total / wanted;
}

#endif
