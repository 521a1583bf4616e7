/* A session of reading in which things are made to fail: a device with two slots and a stick, what a person does with it, recorded as
 * events, and the frames by which two readers are compared. Whoever includes it says first what `mem` is. */
#ifndef KITE_TESTS_SESSION_H
#define KITE_TESTS_SESSION_H

#include "reader/device.h"
#include "sideload/signers.h"

#include <sodium.h>

#define EVENTS_MAX 3000
#define TITLE "A Sampler"
#define PANEL device_panels[2]

static struct kite_event events[EVENTS_MAX];
static size_t event_count;
static struct kite_buffer stick_bundle, other_bundle, signed_bundle, sender_key, update_file;
static struct signer maker;

/* ---- what is given to the device ------------------------------------------------------------------ */

/* The same numbers in every session. */
static uint64_t chance;

static uint32_t chance_next(void)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(chance >> 32);
}

static void chance_fill(void *out, const size_t count)
{
    for (size_t i = 0; i < count; i++)
        ((uint8_t *)out)[i] = (uint8_t)chance_next();
}

static const char *chance_name(void)
{
    return "the same numbers each time";
}

static void chance_begin(void)
{
    static struct randombytes_implementation same = { .implementation_name = chance_name, .random = chance_next, .buf = chance_fill };

    chance = 1;
    randombytes_set_implementation(&same);
}

#define BOOT_BYTES 32768u
#define SLOT_BYTES 98304u
#define IMAGE_BYTES 70000u

/* A system: the one that came with the device, or the one after it. */
static uint8_t image_byte(unsigned system, size_t at)
{
    return (uint8_t)((at + system) * 2654435761u >> 13);
}

static void make_update(void)
{
    char digits[65], header[KITE_RELEASE_HEADER_BYTES];
    uint8_t hash[32], *image = malloc(IMAGE_BYTES);

    for (size_t i = 0; i < IMAGE_BYTES; i++)
        image[i] = image_byte(1, i);
    crypto_generichash(hash, sizeof hash, image, IMAGE_BYTES, NULL, 0);
    sodium_bin2hex(digits, sizeof digits, hash, sizeof hash);
    signer_update_header(&maker, IMAGE_BYTES, digits, false, header);
    update_file = (struct kite_buffer){ .mem = kite_memory_heap() };
    assert_int_equal(kite_buffer_add(&update_file, header, sizeof header), KITE_OK);
    assert_int_equal(kite_buffer_add(&update_file, image, IMAGE_BYTES), KITE_OK);
    free(image);
}

static void make_bundles(void)
{
    static const char *const paragraphs[] = { "A word, a name, and a place.", "Another one.", NULL };
    struct shelf_text stick = { .title = "From a stick", .identifier = "stick", .paragraphs = paragraphs };
    struct shelf_text other = { .title = "Other", .author = "Somebody", .paragraphs = paragraphs };

    stick_bundle = shelf_bundle(&stick, 1);
    other_bundle = shelf_bundle(&other, 1);
    chance_begin();

    struct signer ana = signer_make("Ana");

    sender_key = signer_key(&ana);
    signed_bundle = signer_bundle(&ana, "A letter", false);
    maker = signer_make("Makers");
    make_update();
}

static void drop_bundles(void)
{
    kite_buffer_close(&stick_bundle);
    kite_buffer_close(&other_bundle);
    kite_buffer_close(&signed_bundle);
    kite_buffer_close(&sender_key);
    kite_buffer_close(&update_file);
}

/* ---- a device, whose stick is a disk of its own -------------------------------------------------- */

struct rig {
    struct device d;
    struct disk *stick;
    struct kite_io stick_io;
    uint8_t slot;     /* that runs */
    bool has_updated; /* it was told as done */
    void (*opened)(struct rig *rig); /* once the library is open; NULL: nothing */
};

static void put_slots(struct disk *d)
{
    uint8_t *bytes = calloc(1, SLOT_BYTES);

    disk_put(d, "dev/boot", bytes, BOOT_BYTES);
    disk_put(d, "dev/b", bytes, SLOT_BYTES);
    for (size_t i = 0; i < IMAGE_BYTES; i++)
        bytes[i] = image_byte(0, i);
    disk_put(d, "dev/a", bytes, SLOT_BYTES);
    free(bytes);
}

/* The disks, with what is on them. */
static void rig_fill(struct rig *rig)
{
    *rig = (struct rig){ .d = { .mem = mem, .disk = disk_make(1), .panel = PANEL, .has_touch = true }, .stick = disk_make(2) };
    rig->d.io = disk_io(rig->d.disk);
    rig->stick_io = disk_io(rig->stick);
    device_put_book(&rig->d, "sampler.kite");
    disk_put(rig->d.disk, "other.kite", other_bundle.bytes, other_bundle.count);
    disk_put(rig->stick, "stick.kite", stick_bundle.bytes, stick_bundle.count);
    disk_put(rig->stick, "letter.kite", signed_bundle.bytes, signed_bundle.count);
    disk_put(rig->stick, "ana.pub", sender_key.bytes, sender_key.count);
    disk_put(rig->stick, "kite.update", update_file.bytes, update_file.count);
    put_slots(rig->d.disk);
    chance_begin();
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

/* What kite-boot does, and the program once a page was drawn: a record that cannot be written keeps nobody from reading. */
static void boot_slot(struct rig *rig, bool was_good)
{
    struct kite_partition_file boot;
    struct kite_boot_record record;
    enum kite_status status = kite_partition_open(&rig->d.io, "/dev/boot", true, &boot, NULL);

    if (status == KITE_OK)
        status = kite_boot_read(&boot.partition, &record, NULL);
    if (status == KITE_OK && !was_good) {
        kite_boot_start(&record);
        rig->slot = record.slot;
        (void)kite_boot_write(&boot.partition, &record, NULL);
    } else if (status == KITE_OK && kite_boot_good(&record, rig->slot)) {
        (void)kite_boot_write(&boot.partition, &record, NULL);
    }
    kite_partition_close(&boot);
}

/* The slot that starts next is whole, and is the new one once that was told as done. */
static inline void check_slots(struct disk *d, bool has_updated)
{
    static const char *const names[] = { "dev/a", "dev/b" };
    struct kite_io io = disk_io(d);
    struct kite_partition_file boot;
    struct kite_boot_record record;
    const struct disk_file *slot;

    assert_int_equal(kite_partition_open(&io, "/dev/boot", false, &boot, NULL), KITE_OK);
    assert_int_equal(kite_boot_read(&boot.partition, &record, NULL), KITE_OK);
    kite_partition_close(&boot);
    kite_boot_start(&record);
    if (has_updated)
        assert_int_equal(record.slot, 1);
    slot = disk_get(d, names[record.slot]);
    for (size_t i = 0; i < IMAGE_BYTES; i++)
        if (slot->live[i] != image_byte(record.slot, i))
            fail_msg("slot %u starts and is not whole", record.slot);
}

/* What any program does at power-on; a status of memory or storage sends it round again. */
static enum kite_status try_on(struct rig *rig)
{
    struct device *d = &rig->d;
    struct kite_reader_options options = { .fonts = d->fonts, .panel = d->panel, .levels = 16, .has_touch = true, .io = &rig->stick_io,
                                           .keys = &maker.key, .key_count = 1, .can_update = true };
    struct kite_event start = { .kind = KITE_EVENT_START, .now_ms = d->now_ms };
    struct kite_import_result result;
    struct kite_scan *scan = NULL;
    enum kite_status status = kite_library_open(&d->mem, &d->io, "/kite", &d->library, NULL);

    if (status == KITE_OK && rig->opened)
        rig->opened(rig);
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
    enum kite_status status = KITE_E_IO;

    boot_slot(rig, false);
    for (int i = 0; i < 3 && status; i++)
        status = try_on(rig);
    if (status)
        fail_msg("the device does not start");
    boot_slot(rig, true);
}

/* The update that the person wants goes into the other slot. */
static enum kite_status install(struct rig *rig, const char *path)
{
    struct kite_partition_file boot = { 0 }, spare = { 0 };
    struct kite_install_place place = { .board = "virt", .running = rig->slot, .keys = &maker.key, .key_count = 1 };
    struct kite_volume_file file = { 0 };
    struct kite_install *work = NULL;
    uint64_t done, total;
    enum kite_status status = kite_partition_open(&rig->d.io, "/dev/boot", true, &boot, NULL);

    if (status == KITE_OK)
        status = kite_partition_open(&rig->d.io, rig->slot ? "/dev/a" : "/dev/b", true, &spare, NULL);
    if (status == KITE_OK)
        status = kite_volume_file_open(&rig->stick_io, path, &file);
    place.boot = &boot.partition;
    place.spare = &spare.partition;
    if (status == KITE_OK)
        status = kite_install_begin(&mem, &file.source, &place, &work, NULL);
    while (status == KITE_OK)
        status = kite_install_step(work, &done, &total, NULL);
    kite_install_close(work);
    kite_volume_file_close(&file);
    kite_partition_close(&spare);
    kite_partition_close(&boot);
    return status == KITE_DONE ? KITE_OK : status;
}

/* One recorded event. What was recorded as the end of an update is the end of this one. */
static enum kite_status rig_step(struct rig *rig, const struct kite_event *recorded)
{
    struct kite_event event = *recorded;

    if (event.kind == KITE_EVENT_UPDATE && rig->d.frame.wants_update) {
        event.status = install(rig, rig->d.frame.wants_update);
        event.is_done = rig->has_updated = event.status == KITE_OK;
    }
    return kite_reader_step(rig->d.reader, &event, &rig->d.frame);
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

/* The first PIN, a sender, their signed text and another, and a new system. */
static void take_in(struct device *d)
{
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_STORAGE, .is_present = true, .folder = "/stick" });
    device_idle(d);
    device_say(d, MESSAGE_KEY_OFFER);
    device_say(d, MESSAGE_PIN_SET);
    device_give(d, "1234");
    device_give(d, "1234");
    device_say(d, MESSAGE_KEY_TRUST);
    device_give(d, "1234");
    device_say(d, MESSAGE_IMPORT_START);
    device_idle(d);
    device_say(d, MESSAGE_UPDATE);
    device_say(d, MESSAGE_UPDATE_START);
    device_give(d, "1234");
    assert_non_null(d->frame.wants_update);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_UPDATE, .percent = 100, .is_done = true });
    device_say(d, MESSAGE_RESTART_LATER);
    leave(d);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_STORAGE });
}

static void remove_and_settle(struct device *d)
{
    device_menu(d, MESSAGE_LIBRARY);
    device_open(d, "From a stick");
    device_idle(d);
    more(d, MESSAGE_ABOUT_TEXT);
    device_say(d, MESSAGE_REMOVE);
    device_give(d, "1234");
    device_say(d, MESSAGE_REMOVE);
    device_open(d, TITLE);
    more(d, MESSAGE_SETTINGS);
    device_say(d, MESSAGE_PARAGRAPH_NUMBERS);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_BATTERY, .percent = 3 });
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_WAKE });
    device_idle(d);
}

#define SHELF_PIN "271828"

/* What comes by itself within a minute: an open shelf closes after some. */
static void do_soon(struct device *d)
{
    for (int i = 0; i < 1000 && d->frame.wake_ms < d->now_ms + 60000; i++) {
        d->now_ms = d->frame.wake_ms > d->now_ms ? d->frame.wake_ms : d->now_ms;
        device_event(d, (struct kite_event){ .kind = KITE_EVENT_TICK });
    }
}

/* A private shelf is made, a text put on it, read and marked there; it closes on sleep. */
static void keep_private(struct device *d)
{
    leave(d);
    device_menu(d, MESSAGE_LIBRARY);
    device_open(d, "Other");
    do_soon(d);
    more(d, MESSAGE_ABOUT_TEXT);
    device_say(d, MESSAGE_PRIVATE_PUT);
    device_say(d, MESSAGE_PRIVATE_MAKE_PIN);
    device_give(d, SHELF_PIN);
    device_give(d, SHELF_PIN);
    do_soon(d);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_WAKE });
    device_open(d, "Other");
    more(d, MESSAGE_ABOUT_TEXT);
    device_say(d, MESSAGE_PRIVATE_PUT);
    device_give(d, SHELF_PIN);
    do_soon(d);
    device_say(d, MESSAGE_OK);
    device_key(d, KITE_KEY_MENU);
    device_say(d, MESSAGE_PRIVATE);
    device_say(d, MESSAGE_PRIVATE_OPEN);
    device_give(d, SHELF_PIN);
    do_soon(d);
    device_open(d, "Other");
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = KITE_KEY_SELECT, .is_long = true });
    do_soon(d);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_WAKE });
    device_open(d, TITLE);
    do_soon(d);
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
    take_in(&rig.d);
    remove_and_settle(&rig.d);
    keep_private(&rig.d);
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
static inline uint64_t look_around(struct rig *rig)
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

static inline uint64_t stride(uint64_t total, uint64_t wanted)
{
    const char *more = getenv("KITE_FAULTS");

    wanted = more ? strtoull(more, NULL, 10) : wanted;
    return wanted == 0 || total <= wanted ? 1 : total / wanted;
}

#endif
