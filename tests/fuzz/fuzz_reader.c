/* libFuzzer: bytes are what happens to a reader over a small library in memory. Each event takes a few bytes: keys,
 * touches anywhere, time, battery, sticks, sleep, numbers that no enum has. The first byte chooses the device.
 * Fonts come from build/fonts or KITE_FONTS. */
#include "fuzz/font_files.h"
#include "fuzz/fuzz.h"
#include "library/shelf.h"

#include "reader/actions.h"

#define EVENTS_MAX 220
#define TICKS_MAX 12 /* idle steps in a row */

static struct kite_fonts *fonts;
static struct kite_buffer book, essay, hostile;

/* ---- the library and the stick ----------------------------------------------------------------------- */

static void add(struct kite_writer *writer, enum kite_role role, const char *text, uint32_t id, const struct kite_span *spans, size_t count)
{
    struct kite_paragraph p = { .role = role, .depth = role == KITE_ROLE_HEADING, .id = id };

    p.text = (struct kite_text){ .text = text, .text_bytes = strlen(text), .spans = spans, .span_count = count };
    HOLDS(kite_writer_paragraph(writer, &p, NULL) == KITE_OK);
}

/* Headings, links and highlights to be had on every page, in two directions. */
static struct kite_buffer make_book(void)
{
    static const struct kite_span plain[] = { { 0 } };
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1, .no_resident_lexicon = true };
    struct kite_buffer out = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&out);
    struct kite_writer *writer;
    uint32_t id = 0;

    HOLDS(kite_writer_create(&heap, &fast, &writer, NULL) == KITE_OK);
    HOLDS(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL) == KITE_OK);
    shelf_meta(writer, KITE_META_TITLE, "A Book");
    shelf_meta(writer, KITE_META_AUTHOR, "Somebody");
    shelf_meta(writer, KITE_META_SOURCE, "https://example.org/a/book");
    for (int chapter = 0; chapter < 3; chapter++) {
        add(writer, KITE_ROLE_HEADING, "A chapter", id++, plain, 1);
        for (int i = 0; i < 4; i++)
            add(writer, KITE_ROLE_PARAGRAPH, "One sentence is followed by another. The second is longer than the first, and says less. Is there a third?", id++, plain, 1);
    }
    HOLDS(kite_writer_document(writer, KITE_LANG2('a', 'r'), KITE_DIRECTION_RTL, NULL) == KITE_OK);
    shelf_meta(writer, KITE_META_TITLE, "\xD9\x83\xD8\xAA\xD8\xA7\xD8\xA8");
    add(writer, KITE_ROLE_PARAGRAPH, "\xD9\x83\xD8\xAA\xD8\xA7\xD8\xA8 \xD9\x83\xD8\xAA\xD8\xA7\xD8\xA8.", 0, plain, 1);
    HOLDS(kite_writer_finish(writer, &sink, NULL, NULL) == KITE_OK);
    kite_writer_destroy(writer);
    return out;
}

static void set_up(void)
{
    static const char *const lines[] = { "Short words, and few.", NULL };
    struct shelf_text text = { .title = "An Essay", .standfirst = "What it says.", .subject = "Essays", .paragraphs = lines };
    struct kite_memory heap = kite_memory_heap();
    struct kite_fault fault;

    if (kite_fonts_create(&heap, &font_files, &fonts, &fault) != KITE_OK) {
        fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
    book = make_book();
    essay = shelf_bundle(&text, 1);
    text.title = "Hostile";
    hostile = shelf_bundle(&text, 1);
    hostile.bytes[hostile.count / 2] ^= 1;
}

/* A good bundle, a damaged one, one of any bytes, and names of other systems. */
static struct disk *make_stick(const uint8_t *data, size_t size)
{
    struct disk *stick = disk_make(2);

    disk_put(stick, "a.kite", essay.bytes, essay.count);
    disk_put(stick, "b.KITE", hostile.bytes, hostile.count);
    disk_put(stick, "\xff\xfe.kite", data, size);
    disk_put(stick, ".hidden.kite", data, size);
    disk_put(stick, "empty.kite", data, 0);
    disk_put(stick, "Thumbs.db", data, size);
    return stick;
}

/* ---- events ------------------------------------------------------------------------------------------- */

struct session {
    struct kite_library *library;
    struct kite_io io, stick_io;
    struct kite_reader_options options;
    struct kite_reader *reader;
    struct kite_frame frame;
    int64_t now_ms;
};

static void power_on(struct session *s)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_import_result result;
    struct kite_scan *scan;

    HOLDS(kite_library_open(&heap, &s->io, "/kite", &s->library, NULL) == KITE_OK);
    HOLDS(kite_scan_begin(s->library, NULL, &scan, NULL) == KITE_OK);
    while (kite_scan_step(scan, &result, NULL) == KITE_OK)
        ;
    kite_scan_end(scan);
    s->options.library = s->library;
    HOLDS(kite_reader_create(&heap, &s->options, &s->reader, NULL) == KITE_OK);
}

static void power_off(struct session *s)
{
    kite_reader_destroy(s->reader);
    kite_library_close(s->library);
}

static void check_frame(const struct session *s)
{
    const struct kite_frame *f = &s->frame;
    const struct kite_panel_geometry *panel = &s->options.panel;

    HOLDS(f->change_count <= KITE_FRAME_CHANGES_MAX && f->canvas->width_px == panel->width_px && f->canvas->height_px == panel->height_px);
    for (size_t i = 0; i < f->change_count; i++) {
        const struct kite_rect *rect = &f->changes[i].rect;

        HOLDS(rect->x >= 0 && rect->y >= 0 && rect->width > 0 && rect->height > 0);
        HOLDS(rect->width <= panel->width_px - rect->x && rect->height <= panel->height_px - rect->y);
    }
    HOLDS(s->reader->seat_count >= 1 && s->reader->seat_count <= SEATS_MAX);
    HOLDS(kite_reader_screen(s->reader) != NULL);
}

static void step(struct session *s, const struct kite_event *event)
{
    HOLDS(kite_reader_step(s->reader, event, &s->frame) == KITE_OK);
    check_frame(s);
    if (s->frame.wants_restart) {
        power_off(s);
        power_on(s);
    }
}

static void idle(struct session *s, unsigned ticks)
{
    for (unsigned i = 0; i < ticks && s->frame.wake_ms != KITE_NEVER_MS; i++) {
        if (s->frame.wake_ms > s->now_ms)
            s->now_ms = s->frame.wake_ms;
        step(s, &(struct kite_event){ .kind = KITE_EVENT_TICK, .now_ms = s->now_ms });
    }
}

static int32_t any_number(struct kite_bytes *in)
{
    return (int32_t)kite_take_u32(in);
}

/* The next event; the low bits of its first byte say which kind, 5 of 16 are keys. */
static struct kite_event next_event(struct session *s, struct kite_bytes *in)
{
    const struct kite_panel_geometry *panel = &s->options.panel;
    uint8_t what = kite_take_u8(in);
    struct kite_event event = { .kind = KITE_EVENT_KEY, .key = (enum kite_key)(what >> 4 & 3), .is_long = what >> 6 == 3 };

    s->now_ms += what;
    switch (what & 15) {
    case 5:
    case 6:
    case 7: /* a finger on the panel */
        event.kind = KITE_EVENT_TOUCH;
        event.touch = (enum kite_touch)((what & 15) - 5);
        event.finger = what >> 7;
        event.x_px = kite_take_u8(in) * panel->width_px / 255;
        event.y_px = kite_take_u8(in) * panel->height_px / 255;
        break;
    case 8: /* and anywhere */
        event.kind = KITE_EVENT_TOUCH;
        event.touch = (enum kite_touch)(what >> 4);
        event.finger = kite_take_u8(in);
        event.x_px = any_number(in);
        event.y_px = any_number(in);
        break;
    case 9:
        event.kind = KITE_EVENT_BATTERY;
        event.percent = (int8_t)kite_take_u8(in);
        event.is_charging = what >> 7;
        break;
    case 10:
        event.kind = KITE_EVENT_STORAGE;
        event.is_present = what >> 7;
        event.folder = what >> 4 & 1 ? NULL : "/stick";
        break;
    case 11:
        event.kind = what >> 7 ? KITE_EVENT_SLEEP : KITE_EVENT_WAKE;
        break;
    case 12: /* any kind, any key */
        event.kind = (enum kite_event_kind)kite_take_u8(in);
        event.key = (enum kite_key)kite_take_u8(in);
        break;
    case 13: /* time goes anywhere */
        event.kind = KITE_EVENT_TICK;
        s->now_ms = (int64_t)((uint64_t)kite_take_u32(in) << (what >> 4) * 4);
        break;
    case 14:
        event.kind = what >> 7 ? KITE_EVENT_LIBRARY : KITE_EVENT_START;
        break;
    case 15:
        idle(s, TICKS_MAX);
        break;
    default:
        break;
    }
    event.now_ms = s->now_ms;
    return event;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kite_panel_geometry panels[] = { { 240, 320, 100 }, { 320, 200, 120 }, { 120, 160, 160 }, { 300, 400, 60 } };
    static const int levels[] = { 16, 4, 2, 16 };
    struct kite_bytes in = { data, data + size, false };
    uint8_t device = kite_take_u8(&in);

    if (!fonts)
        set_up();

    struct disk *disk = disk_make(1), *stick = make_stick(data, size);
    struct session s = { .io = disk_io(disk), .stick_io = disk_io(stick) };

    disk_put(disk, "book.kite", book.bytes, book.count);
    s.options = (struct kite_reader_options){ .fonts = fonts, .panel = panels[device & 3], .levels = levels[device >> 2 & 3],
                                              .has_touch = device >> 4 & 1, .io = device >> 5 & 1 ? NULL : &s.stick_io };
    power_on(&s);
    if (device >> 6 & 1) /* else a program forgot to */
        step(&s, &(struct kite_event){ .kind = KITE_EVENT_START });
    for (int i = 0; i < EVENTS_MAX && in.at < in.end; i++) {
        struct kite_event event = next_event(&s, &in);

        step(&s, &event);
    }
    power_off(&s);
    HOLDS(disk->open_handles == 0 && stick->open_handles == 0);
    disk_destroy(disk);
    disk_destroy(stick);
    return 0;
}
