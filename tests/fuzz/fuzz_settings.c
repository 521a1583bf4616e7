/* Settings as they may stand in a library that is damaged, or of a newer Kite: any numbers and texts under the names that the reader knows. It
 * starts with them, and settings are changed on its screens. The input: for each setting a byte that says which, one that says whose and what, and a number of
 * eight bytes or a text to the next zero byte; behind
 * twenty of them, rows that are chosen, and 0xff for the key back. Fonts come from build/fonts or KITE_FONTS. */
#include "fuzz/font_files.h"
#include "fuzz/fuzz.h"
#include "library/shelf.h"

#include "reader/reader.h"

#define TICKS 6
#define KEYS_MAX 60
#define CHOICES_MAX 30

static struct kite_fonts *fonts;
static struct disk *filled;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    static const char *const lines[] = { "Short words, and few.", NULL };
    struct shelf_text text = { .title = "An Essay", .paragraphs = lines };
    const struct kite_memory mem = kite_memory_heap();
    struct kite_buffer bundle = shelf_bundle(&text, 1);
    struct kite_import_result result;
    struct kite_library *library;
    struct kite_io io;
    struct kite_fault fault;

    (void)count, (void)arguments;
    if (kite_fonts_create(&mem, &font_files, &fonts, &fault) != KITE_OK) {
        fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
    filled = disk_make(1);
    io = disk_io(filled);
    HOLDS(kite_library_open(&mem, &io, "/kite", &library, NULL) == KITE_OK);
    HOLDS(shelf_import(library, &bundle, "a.kite", &result, NULL) == KITE_OK);
    kite_library_close(library);
    kite_buffer_close(&bundle);
    return 0;
}

static const char *take_text(struct kite_bytes *in, char out[KITE_SETTING_VALUE_BYTES_MAX + 1])
{
    size_t count = 0;

    while (in->at < in->end && *in->at && count < KITE_SETTING_VALUE_BYTES_MAX)
        out[count++] = (char)*in->at++;
    in->at += in->at < in->end;
    out[count] = '\0';
    return out;
}

static void put_setting(struct kite_library *library, struct kite_bytes *in)
{
    static const char *const keys[] = { "type.profile", "type.size",  "type.family",   "type.weight",  "type.line",     "type.word", "type.margins",
                                        "type.align",   "type.notes", "type.night",    "type.rotation", "page.numbers", "panel.cleaner",
                                        "lang",         "owner.pin",  "owner.tries",   "reader" };
    const char *key = keys[kite_take_u8(in) % (sizeof keys / sizeof *keys)];
    char text[KITE_SETTING_VALUE_BYTES_MAX + 1];
    uint8_t what = kite_take_u8(in);
    uint32_t owner = what & 1 ? 1 : KITE_DEVICE;

    if (what & 2)
        (void)kite_library_set_text(library, owner, key, take_text(in, text), NULL);
    else
        (void)kite_library_set_number(library, owner, key, (int64_t)(kite_take_u32(in) | (uint64_t)kite_take_u32(in) << 32), NULL);
}

struct session {
    struct kite_reader *reader;
    struct kite_event event;
};

static void step(struct session *s, enum kite_event_kind kind, enum kite_key key, bool is_long)
{
    struct kite_frame frame;

    s->event = (struct kite_event){ .kind = kind, .key = key, .is_long = is_long, .now_ms = s->event.now_ms + 1000 };
    HOLDS(kite_reader_step(s->reader, &s->event, &frame) == KITE_OK);
    HOLDS(kite_reader_screen(s->reader) && frame.canvas->width_px > 0);
}

/* Keys to the row of that name, where the screen has one, and select. */
static void choose(struct session *s, const char *label)
{
    enum kite_status status = KITE_OK;
    enum kite_key key;

    for (int i = 0; i < KEYS_MAX && status == KITE_OK; i++) {
        status = kite_reader_key_towards(s->reader, label, &key);
        if (status == KITE_OK || status == KITE_DONE)
            step(s, KITE_EVENT_KEY, key, false);
    }
}

static void use(const struct kite_memory *mem, struct kite_reader_options *options, struct kite_bytes *in)
{
    static const char *const rows[] = { "Settings", "Language", "Screen", "Owner\xE2\x80\x99s PIN", "What is kept here", "Remember the order of reading",
                                        "Letters and page", "Size", "An Essay", "Paragraph numbers", "Turn", "Night" };
    struct session s = { .event = { .now_ms = 0 } };

    if (kite_reader_create(mem, options, &s.reader, NULL) != KITE_OK)
        return;
    step(&s, KITE_EVENT_START, KITE_KEY_NEXT, false);
    step(&s, KITE_EVENT_KEY, KITE_KEY_MENU, false);
    for (int i = 0; i < CHOICES_MAX && in->at < in->end; i++) {
        uint8_t what = kite_take_u8(in);

        if (what == 0xff)
            step(&s, KITE_EVENT_KEY, KITE_KEY_MENU, false);
        else
            choose(&s, rows[what % (sizeof rows / sizeof *rows)]);
    }
    for (int i = 0; i < TICKS; i++)
        step(&s, KITE_EVENT_TICK, KITE_KEY_NEXT, false);
    kite_reader_destroy(s.reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct kite_memory mem = kite_memory_heap();
    struct kite_bytes in = { data, data + size, false };
    struct disk *disk = disk_clone(filled);
    struct kite_io io = disk_io(disk);
    struct kite_reader_options options = { .fonts = fonts, .panel = { 240, 320, 100 }, .levels = 16 };

    HOLDS(kite_library_open(&mem, &io, "/kite", &options.library, NULL) == KITE_OK);
    for (int i = 0; i < 20 && in.at < in.end; i++)
        put_setting(options.library, &in);
    use(&mem, &options, &in);
    kite_library_close(options.library);
    HOLDS(disk->open_handles == 0);
    disk_destroy(disk);
    return 0;
}
