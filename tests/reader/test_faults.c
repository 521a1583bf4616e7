/* What the reader does when things fail: each allocation, each operation of the disk, a bundle spoilt while it is read.
 * One session is recorded and played again with one fault in it. The faults are thinned out to fit a test;
 * KITE_FAULTS=N plays about N of each kind. */
#include "reader/device.h"
#include "library/allocator.h"

#define EVENTS_MAX 2000
#define TITLE "A Sampler"
#define PANEL device_panels[2]

static struct kite_event events[EVENTS_MAX];
static struct kept {
    uint64_t digest, progress; /* all but how far the texts were read, and that */
    uint32_t readers, texts, marks;
} kept[EVENTS_MAX]; /* what the library keeps, after each event */
static size_t event_count;
static struct kite_buffer stick_bundle, other_bundle;

/* ---- a device, whose stick is a disk of its own -------------------------------------------------- */

struct rig {
    struct device d;
    struct disk *stick;
    struct kite_library_io stick_io;
};

static void rig_make(struct rig *rig)
{
    struct kite_fault fault = { "" };

    *rig = (struct rig){ .d = { .mem = mem, .disk = disk_make(1), .panel = PANEL, .has_touch = true }, .stick = disk_make(2) };
    rig->d.io = disk_io(rig->d.disk);
    rig->stick_io = disk_io(rig->stick);
    assert_int_equal(kite_fonts_create(&mem, &built_fonts, &rig->d.fonts, &fault), KITE_OK);
    device_put_book(&rig->d, "sampler.kite");
    disk_put(rig->d.disk, "other.kite", other_bundle.bytes, other_bundle.count);
    disk_put(rig->stick, "stick.kite", stick_bundle.bytes, stick_bundle.count);
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

/* ---- what the library keeps, in one number -------------------------------------------------------- */

static uint64_t mixed(uint64_t hash, const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

static enum kite_status mix_entry(void *ctx, const struct kite_entry *entry)
{
    struct kept *out = ctx;

    out->digest = mixed(out->digest, entry->title, strlen(entry->title) + 1);
    out->progress = mixed(out->progress, &entry->read_permille, sizeof entry->read_permille);
    return KITE_OK;
}

static enum kite_status mix_mark(void *ctx, const struct kite_mark *mark, const char *title)
{
    uint64_t *hash = ctx;

    *hash = mixed(*hash, title, strlen(title) + 1);
    *hash = mixed(*hash, &mark->start, sizeof mark->start);
    *hash = mixed(*hash, &mark->end, sizeof mark->end);
    *hash = mixed(*hash, mark->excerpt, strlen(mark->excerpt) + 1);
    *hash = mixed(*hash, mark->note, strlen(mark->note) + 1);
    return KITE_OK;
}

static struct kept look(struct kite_library *library)
{
    struct kept out = { .digest = 0xcbf29ce484222325u };
    struct kite_reader_info readers[KITE_READERS_MAX];
    uint32_t person, marks;

    assert_int_equal(kite_library_readers(library, readers, &out.readers, NULL), KITE_OK);
    assert_int_equal(kite_library_current_reader(library, &person, NULL), KITE_OK);
    out.digest = mixed(out.digest, &person, sizeof person);
    for (uint32_t i = 0; i < out.readers; i++) {
        struct kite_query query = { .reader = readers[i].reader };
        int64_t size, numbers;

        out.digest = mixed(out.digest, readers[i].name, strlen(readers[i].name) + 1);
        assert_int_equal(kite_library_get_number(library, query.reader, "type.size", -1, &size, NULL), KITE_OK);
        assert_int_equal(kite_library_get_number(library, query.reader, "page.numbers", 0, &numbers, NULL), KITE_OK);
        out.digest = mixed(mixed(out.digest, &size, sizeof size), &numbers, sizeof numbers);
        assert_int_equal(kite_library_list(library, &query, 0, 1000, &out, mix_entry, NULL), KITE_OK);
        assert_int_equal(kite_library_marks(library, query.reader, 0, 0, 1000, &out.digest, mix_mark, NULL), KITE_OK);
        assert_int_equal(kite_library_mark_count(library, query.reader, 0, &marks, NULL), KITE_OK);
        assert_int_equal(kite_library_count(library, &query, &out.texts, NULL), KITE_OK);
        out.marks += marks;
    }
    return out;
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

/* The session as it goes when nothing fails, and what the library keeps after each event of it. */
static void a_session_is_recorded(void **state)
{
    struct rig rig;

    (void)state;
    rig_make(&rig);
    rig.d.record = events;
    rig.d.record_capacity = EVENTS_MAX;
    rig_on(&rig);
    read_and_mark(&rig.d);
    search_and_switch(&rig.d);
    import_and_remove(&rig.d);
    event_count = rig.d.recorded;
    rig_drop(&rig);

    rig_make(&rig);
    rig_on(&rig);
    for (size_t i = 0; i < event_count; i++) {
        assert_int_equal(kite_reader_step(rig.d.reader, &events[i], &rig.d.frame), KITE_OK);
        kept[i] = look(rig.d.library);
    }
    rig_drop(&rig);
    assert_int_equal(blocks_held, 0);
}

/* One recorded event; restarts where the reader asks for it. */
static enum kite_status play(struct rig *rig, size_t index)
{
    enum kite_status status = kite_reader_step(rig->d.reader, &events[index], &rig->d.frame);

    assert_true(status == KITE_OK || status == KITE_E_NOMEM);
    assert_in_range(rig->d.reader->seat_count, 1, SEATS_MAX);
    rig->d.now_ms = events[index].now_ms;
    return status;
}

static void restart_if_wanted(struct rig *rig)
{
    if (!rig->d.frame.wants_restart)
        return;
    rig_off(rig);
    rig_on(rig);
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

/* ---- memory ---------------------------------------------------------------------------------------- */

/* One session in which one allocation fails, or each from there on for the length of one event. Afterwards the reader
 * that lived through it shows what a fresh one shows. Returns how many allocations there were. */
static uint64_t memory_once(uint64_t fail_at, bool for_good)
{
    struct rig rig;
    uint64_t total, seen, fresh;

    rig_make(&rig);
    rig_on(&rig);
    allocations = 0;
    fail_allocation_at = fail_at;
    fails_for_good = for_good;
    for (size_t i = 0; i < event_count; i++) {
        play(&rig, i);
        if (allocations >= fail_at)
            fail_allocation_at = 0;
        restart_if_wanted(&rig);
    }
    total = allocations;
    fail_allocation_at = 0;
    if (fail_at) {
        look_around(&rig); /* to the start of a page */
        seen = look_around(&rig);
        rig_off(&rig);
        rig_on(&rig);
        fresh = look_around(&rig);
        if (seen != fresh)
            fail_msg("after allocation %llu failed, other frames", (unsigned long long)fail_at);
    }
    rig_drop(&rig);
    assert_int_equal(blocks_held, 0);
    return total;
}

static void any_allocation_may_fail(void **state)
{
    uint64_t total = memory_once(0, false), by = stride(total, 24);

    (void)state;
    for (uint64_t i = 1; i <= total; i += by)
        memory_once(i, i / by % 4 == 3);
    print_message("%zu events, %llu allocations, every %llu failed\n", event_count, (unsigned long long)total,
                  (unsigned long long)by);
}

static void power_on_survives_failing_memory(void **state)
{
    uint64_t total, by;

    (void)state;
    for (uint64_t i = 0, end = 1; i < end; i += by) {
        struct rig rig;

        rig_make(&rig);
        allocations = 0;
        fail_allocation_at = i;
        fails_for_good = false;
        rig_on(&rig);
        total = allocations;
        fail_allocation_at = 0;
        by = i == 0 ? 1 : stride(end, 16);
        end = i == 0 ? total : end;
        rig_drop(&rig);
        assert_int_equal(blocks_held, 0);
    }
}

/* ---- the disk ---------------------------------------------------------------------------------------- */

static bool is_told(const struct rig *rig)
{
    const char *screen = device_screen(&rig->d);

    return rig->d.frame.wants_restart || strcmp(screen, "wrong") == 0 || strcmp(screen, "import") == 0;
}

static bool is_between(uint32_t at, uint32_t a, uint32_t b)
{
    return (at >= a && at <= b) || (at >= b && at <= a);
}

/* An event of several changes may have come half way when it failed. */
static bool is_part(const struct kept *now, size_t event)
{
    const struct kept *a = &kept[event > 0 ? event - 1 : 0], *b = &kept[event];

    return is_between(now->readers, a->readers, b->readers) && is_between(now->texts, a->texts, b->texts) &&
           is_between(now->marks, a->marks, b->marks);
}

/* Nobody need be told of a page turn that is saved again with the next one. */
static bool is_kept(const struct kept *now, size_t event)
{
    return now->digest == kept[event].digest &&
           (now->progress == kept[event].progress || (event > 0 && now->progress == kept[event - 1].progress));
}

/* One operation of the disk fails. The library then keeps what it kept after the event, or, when the person was told,
 * something on the way there. */
static uint64_t disk_once(uint64_t fail_at, enum kite_status fail_with)
{
    struct rig rig;
    struct disk *disk;
    uint64_t ops, start;
    bool is_over = fail_at == 0;

    rig_make(&rig);
    rig_on(&rig);
    disk = rig.d.disk;
    start = disk->ops;
    disk->fail_at = fail_at ? start + fail_at : 0;
    disk->fail_with = fail_with;
    for (size_t i = 0; i < event_count; i++) {
        assert_int_equal(play(&rig, i), KITE_OK);
        if (is_over || disk->ops < disk->fail_at)
            continue;
        is_over = true;

        bool was_told = is_told(&rig);

        rig_off(&rig);
        rig_on(&rig);

        struct kept now = look(rig.d.library);

        if (!is_kept(&now, i) && !(was_told && is_part(&now, i)))
            fail_msg("operation %llu failed in event %zu: %s", (unsigned long long)fail_at, i,
                     was_told ? "something else was lost" : "nobody was told");
    }
    ops = disk->ops - start;
    rig_drop(&rig);
    assert_int_equal(blocks_held, 0);
    return ops;
}

static void a_failing_disk_is_told_and_loses_nothing(void **state)
{
    uint64_t ops = disk_once(0, KITE_OK), by = stride(ops, 20);

    (void)state;
    for (uint64_t i = 1; i <= ops; i += by) {
        disk_once(i, KITE_E_IO);
        disk_once(i, KITE_E_LIMIT);
    }
    print_message("%llu operations, every %llu failed\n", (unsigned long long)ops, (unsigned long long)by);
}

/* ---- a spoilt bundle ---------------------------------------------------------------------------------- */

static struct kite_buffer long_bundle(void)
{
    static char lines[400][400];
    static const char *paragraphs[401];
    struct shelf_text text = { .title = "Long", .paragraphs = paragraphs };
    uint32_t random = 1;

    for (size_t i = 0; i < 400; i++) {
        for (size_t k = 0; k + 1 < sizeof lines[i]; k++) {
            random = random * 1664525u + 1013904223u;
            lines[i][k] = k % 7 == 6 ? ' ' : (char)('a' + (random >> 24) % 26);
        }
        paragraphs[i] = lines[i];
    }
    return shelf_bundle(&text, 1);
}

static void a_bundle_spoilt_while_it_is_read(void **state)
{
    struct rig rig;
    struct device *d = &rig.d;
    struct kite_buffer bundle = long_bundle();
    struct disk_file *file;
    int turns = 0;

    (void)state;
    rig_make(&rig);
    disk_put(d->disk, "long.kite", bundle.bytes, bundle.count);
    rig_on(&rig);
    device_open(d, "Long");
    file = disk_get(d->disk, "long.kite");
    for (size_t i = file->live_bytes / 2; i < file->live_bytes; i++)
        file->live[i] ^= 0x55;
    for (; strcmp(device_screen(d), "page") == 0 && turns < 1000; turns++) {
        device_key(d, KITE_KEY_NEXT);
        device_idle(d); /* what is made ahead never speaks up by itself */
    }
    assert_true(turns > 10);
    device_expect(d, "wrong");
    device_idle(d);
    device_key(d, KITE_KEY_SELECT);
    device_idle(d);
    device_expect(d, "page");
    device_menu(d, MESSAGE_TYPE); /* other pages over the same bytes */
    device_say(d, MESSAGE_SIZE);
    device_choose(d, "36 pt");
    device_idle(d);
    leave(d);
    device_menu(d, MESSAGE_LIBRARY);
    device_open(d, TITLE);
    device_idle(d);
    device_expect(d, "page");
    kite_buffer_close(&bundle);
    rig_drop(&rig);
    assert_int_equal(blocks_held, 0);
}

int main(void)
{
    static const char *const paragraphs[] = { "A word, a name, and a place.", "Another one.", NULL };
    struct shelf_text stick = { .title = "From a stick", .identifier = "stick", .paragraphs = paragraphs };
    struct shelf_text other = { .title = "Other", .author = "Somebody", .paragraphs = paragraphs };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_recorded),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(power_on_survives_failing_memory),
        cmocka_unit_test(a_failing_disk_is_told_and_loses_nothing),
        cmocka_unit_test(a_bundle_spoilt_while_it_is_read),
    };
    int failed;

    allocator_set_up();
    stick_bundle = shelf_bundle(&stick, 1);
    other_bundle = shelf_bundle(&other, 1);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    kite_buffer_close(&stick_bundle);
    kite_buffer_close(&other_bundle);
    return failed;
}
