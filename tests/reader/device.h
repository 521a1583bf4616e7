/* A reader over a library on a disk in memory: keys, touches and time go in, frames and the reader's own state come out. */
#ifndef KITE_TESTS_DEVICE_H
#define KITE_TESTS_DEVICE_H

#include "library/shelf.h"
#include "text/font_folder.h"

#include "reader/actions.h"

struct device {
    struct kite_memory mem;
    struct disk *disk;
    struct kite_io io;
    struct kite_library *library;
    struct kite_fonts *fonts;
    struct kite_reader *reader;
    struct kite_panel_geometry panel;
    bool has_touch, can_update;
    struct kite_frame frame;
    int64_t now_ms;
    struct kite_event *record; /* what happened, when not NULL */
    size_t recorded, record_capacity;
};

static const struct kite_panel_geometry device_panels[] = { { 1072, 1448, 300 }, { 600, 800, 167 }, { 480, 800, 220 } };
#define DEVICE_PANELS (sizeof device_panels / sizeof *device_panels)

/* Lay a bundle of the built books onto the disk. */
static inline void device_put_book(struct device *d, const char *name)
{
    char path[256];
    struct kite_buffer bytes = { .mem = d->mem };
    uint8_t block[4096];
    size_t got;

    snprintf(path, sizeof path, KITE_BUILD "/books/%s", name);

    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        assert_int_equal(kite_buffer_add(&bytes, block, got), KITE_OK);
    fclose(file);
    disk_put(d->disk, name, bytes.bytes, bytes.count);
    kite_buffer_close(&bytes);
}

static inline void device_put_books(struct device *d)
{
    static const char *const books[] = { "guide.en.kite", "guide.es.kite", "prison-imperialism.en.kite", "sampler.kite" };

    for (size_t i = 0; i < sizeof books / sizeof *books; i++)
        device_put_book(d, books[i]);
}

/* A device that has never been switched on; put bundles onto its disk, then device_on. */
static inline void device_make(struct device *d, struct kite_panel_geometry panel)
{
    struct kite_fault fault = { "" };

    *d = (struct device){ .mem = kite_memory_heap(), .disk = disk_make(1), .panel = panel, .has_touch = true };
    d->io = disk_io(d->disk);
    assert_int_equal(kite_fonts_create(&d->mem, &built_fonts, &d->fonts, &fault), KITE_OK);
}

static inline void device_event(struct device *d, struct kite_event event)
{
    event.now_ms = d->now_ms;
    if (d->record) {
        assert_true(d->recorded < d->record_capacity);
        d->record[d->recorded++] = event;
    }
    assert_int_equal(kite_reader_step(d->reader, &event, &d->frame), KITE_OK);
}

/* Power on: the folder is looked through, the reader starts. */
static inline void device_on(struct device *d)
{
    struct kite_reader_options options = { .fonts = d->fonts, .panel = d->panel, .levels = 16, .has_touch = d->has_touch, .can_update = d->can_update,
                                           .io = &d->io };
    struct kite_fault fault = { "" };
    struct kite_import_result result;
    struct kite_scan *scan;

    assert_int_equal(kite_library_open(&d->mem, &d->io, "/kite", &d->library, &fault), KITE_OK);
    assert_int_equal(kite_scan_begin(d->library, NULL, &scan, &fault), KITE_OK);
    while (kite_scan_step(scan, &result, &fault) == KITE_OK)
        ;
    kite_scan_end(scan);
    options.library = d->library;
    assert_int_equal(kite_reader_create(&d->mem, &options, &d->reader, &fault), KITE_OK);
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_START });
}

static inline void device_off(struct device *d)
{
    kite_reader_destroy(d->reader);
    kite_library_close(d->library);
    d->reader = NULL;
    d->library = NULL;
}

static inline void device_drop(struct device *d)
{
    if (d->reader)
        device_off(d);
    kite_fonts_destroy(d->fonts);
    disk_destroy(d->disk);
}

static inline void device_start(struct device *d, struct kite_panel_geometry panel)
{
    device_make(d, panel);
    device_put_books(d);
    device_on(d);
}

/* ---- what a person does ---------------------------------------------------------------------- */

static inline void device_key(struct device *d, enum kite_key key)
{
    d->now_ms += 400;
    device_event(d, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = key });
}

static inline void device_keys(struct device *d, enum kite_key key, unsigned times)
{
    while (times-- > 0)
        device_key(d, key);
}

/* A point of the page as it is read, on the panel as it is built. */
static inline void device_point(const struct device *d, int32_t x, int32_t y, struct kite_event *event)
{
    int32_t width = d->panel.width_px, height = d->panel.height_px;
    const int32_t xs[] = { x, width - 1 - y, width - 1 - x, y }, ys[] = { y, x, height - 1 - y, height - 1 - x };

    event->x_px = xs[d->reader->ink.rotation];
    event->y_px = ys[d->reader->ink.rotation];
}

static inline void device_touch(struct device *d, enum kite_touch touch, int32_t x, int32_t y)
{
    struct kite_event event = { .kind = KITE_EVENT_TOUCH, .touch = touch };

    device_point(d, x, y, &event);
    device_event(d, event);
}

static inline void device_tap(struct device *d, int32_t x, int32_t y)
{
    d->now_ms += 400;
    device_touch(d, KITE_TOUCH_DOWN, x, y);
    d->now_ms += 60;
    device_touch(d, KITE_TOUCH_UP, x, y);
}

static inline void device_swipe(struct device *d, int32_t x, int32_t y, int32_t to_x, int32_t to_y)
{
    d->now_ms += 400;
    device_touch(d, KITE_TOUCH_DOWN, x, y);
    d->now_ms += 80;
    device_touch(d, KITE_TOUCH_MOVE, to_x, to_y);
    d->now_ms += 20;
    device_touch(d, KITE_TOUCH_UP, to_x, to_y);
}

/* All idle work, to its end. */
static inline void device_idle(struct device *d)
{
    for (int i = 0; i < 100000 && d->frame.wake_ms != KITE_NEVER_MS; i++) {
        d->now_ms = d->frame.wake_ms > d->now_ms ? d->frame.wake_ms : d->now_ms;
        device_event(d, (struct kite_event){ .kind = KITE_EVENT_TICK });
    }
    assert_int_equal(d->frame.wake_ms, KITE_NEVER_MS);
}

/* ---- what can be seen ------------------------------------------------------------------------ */

static inline const char *device_screen(const struct device *d)
{
    return kite_reader_screen(d->reader);
}

static inline void device_expect(const struct device *d, const char *screen)
{
    if (strcmp(device_screen(d), screen) != 0 && strcmp(device_screen(d), "wrong") == 0)
        print_error("%s\n", d->reader->wrong);
    assert_string_equal(device_screen(d), screen);
}

/* The row of the list in front with this label; UINT32_MAX when there is none. */
static inline uint32_t device_row(struct device *d, const char *label)
{
    struct kite_reader *r = d->reader;
    const struct view *view = views[seat_of(r)->view];
    uint32_t count = 0;

    if (list_count(r, &count) != KITE_OK)
        return UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        struct row row = { 0 };

        assert_int_equal(view->row(r, i, &row), KITE_OK);
        if (strcmp(row.label, label) == 0)
            return i;
    }
    return UINT32_MAX;
}

/* Move to a row with the page keys and select it. */
static inline void device_choose(struct device *d, const char *label)
{
    uint32_t row = device_row(d, label);

    if (row == UINT32_MAX)
        print_error("no row \"%s\" on the screen %s\n", label, device_screen(d));
    assert_int_not_equal(row, UINT32_MAX);
    for (int i = 0; seat_of(d->reader)->focus != row + d->reader->intro_pages && i < 2000; i++)
        device_key(d, KITE_KEY_NEXT);
    device_key(d, KITE_KEY_SELECT);
}

static inline void device_say(struct device *d, enum message message)
{
    device_choose(d, say(d->reader, message));
}

/* Go to a cell of the keyboard by the page keys, and press it. */
static inline void device_press(struct device *d, const char *cell)
{
    enum kite_key key;
    enum kite_status status;

    device_expect(d, "keyboard");
    while ((status = kite_reader_key_towards(d->reader, cell, &key)) == KITE_OK)
        device_key(d, key);
    assert_int_equal(status, KITE_DONE);
    device_key(d, key);
}

static inline void device_give(struct device *d, const char *digits)
{
    char cell[2] = "";

    for (; *digits; digits++) {
        cell[0] = *digits;
        device_press(d, cell);
    }
    device_press(d, "done");
}

/* From the library, the page of the text with this title. */
static inline void device_open(struct device *d, const char *title)
{
    device_expect(d, "library");
    device_choose(d, title);
    device_expect(d, "page");
}

/* From a page: the menu, then a row of it. */
static inline void device_menu(struct device *d, enum message message)
{
    device_expect(d, "page");
    device_key(d, KITE_KEY_MENU);
    device_expect(d, "menu");
    device_say(d, message);
}

#endif
