/* kite-emulator: the device on a desktop, in a window or by a script. */
#include "emulator/place.h"
#include "emulator/script.h"
#include "emulator/window.h"

#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_IO = 3 };

static const char usage[] =
    "usage: kite-emulator [OPTION]... [FILE or LIBRARY]\n"
    "\n"
    "Shows an e-ink reader in a window. LIBRARY is a folder that a reader has used before, or any folder of .kite\n"
    "files; FILE is one of them. Bundles are read from a copy that is thrown away at the end, unless --keep is given or\n"
    "the folder is a library already.\n"
    "\n"
    "  --panel WxH@PPI[xLEVELS]  the panel (1072x1448@300x16), or a name: clara, basic, small\n"
    "  --kind NAME               how the panel refreshes; `--kind list` lists them\n"
    "  --temperature C           of the panel (23)\n"
    "  --keep                    make the folder a library, and keep places and bookmarks in it\n"
    "  --speed N                 refreshes N times faster than a panel's\n"
    "  --plain                   show frames as they are, without the panel's ghosts and flashes\n"
    "  --script FILE             play a script instead of opening a window (- is standard input)\n"
    "  --frames DIR              with --script: write every frame as PNG, and refresh.log, into DIR\n"
    "  --fonts DIR               where the fonts are\n"
    "  --help, --version\n"
    "\n"
    "Keys: arrows and space turn pages and move, Enter selects, Esc is the menu key and goes back; with Shift a key is\n"
    "held down. The mouse touches; the wheel pinches. 1 shows the panel pixel by pixel, P takes a screenshot, R records\n"
    "a script, B runs the battery down, Z sleeps and wakes, X cuts the power, Ctrl-Q quits. A folder dropped onto the\n"
    "window is a USB stick; U pulls it out.\n";

struct options {
    struct machine_options machine;
    const char *source, *script, *frames;
    int speed;
    bool is_plain, is_kept;
};

/* ---- options ---------------------------------------------------------------------------------------------- */

static bool parse_panel(const char *text, struct machine_options *out)
{
    static const struct {
        const char *name, *panel;
    } names[] = { { "clara", "1072x1448@300x16" }, { "basic", "600x800@167x16" }, { "small", "480x800@220x4" } };
    int width, height, ppi, levels = 16, used = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i].name) == 0)
            text = names[i].panel;

    int fields = sscanf(text, "%5dx%5d@%4d%n", &width, &height, &ppi, &used);

    if (fields != 3)
        return false;
    if (text[used] == 'x') {
        int more = 0;

        if (sscanf(text + used, "x%3d%n", &levels, &more) != 1)
            return false;
        used += more;
    }
    if (text[used] || width < 200 || height < 200 || width > 4096 || height > 4096 || ppi < 60 || ppi > 1000 ||
        (levels != 2 && levels != 4 && levels != 16))
        return false;
    out->panel = (struct kite_panel_geometry){ width, height, ppi };
    out->levels = levels;
    return true;
}

static int parse_kind(const char *text, struct machine_options *out)
{
    if (strcmp(text, "list") == 0) {
        for (size_t i = 0; kite_panel_kind_at(i); i++)
            puts(kite_panel_kind_at(i)->name);
        return 0;
    }
    out->kind = kite_panel_kind_named(text);
    if (out->kind)
        return -1;
    fprintf(stderr, "kite-emulator: there is no panel kind %s; try --kind list\n", text);
    return EXIT_USAGE;
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct options *o)
{
    enum { PANEL = 1000, KIND, TEMPERATURE, KEEP, SPEED, PLAIN, SCRIPT, FRAMES, FONTS, HELP, VERSION };
    static const struct option names[] = {
        { "panel", 1, NULL, PANEL }, { "kind", 1, NULL, KIND }, { "temperature", 1, NULL, TEMPERATURE }, { "keep", 0, NULL, KEEP },
        { "speed", 1, NULL, SPEED }, { "plain", 0, NULL, PLAIN }, { "script", 1, NULL, SCRIPT }, { "frames", 1, NULL, FRAMES },
        { "fonts", 1, NULL, FONTS }, { "help", 0, NULL, HELP }, { "version", 0, NULL, VERSION }, { NULL, 0, NULL, 0 },
    };
    int option, code = -1;

    while (code < 0 && (option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        switch (option) {
        case PANEL:
            if (!parse_panel(optarg, &o->machine)) {
                fprintf(stderr, "kite-emulator: a panel is like 1072x1448@300x16, not %s\n", optarg);
                code = EXIT_USAGE;
            }
            break;
        case KIND:
            code = parse_kind(optarg, &o->machine);
            break;
        case TEMPERATURE:
            o->machine.temperature_c = atoi(optarg);
            break;
        case KEEP:
            o->is_kept = true;
            break;
        case SPEED:
            o->speed = atoi(optarg) > 0 ? atoi(optarg) : 1;
            break;
        case PLAIN:
            o->is_plain = true;
            break;
        case SCRIPT:
            o->script = optarg;
            break;
        case FRAMES:
            o->frames = optarg;
            break;
        case FONTS:
            o->machine.fonts = optarg;
            break;
        case 'h':
        case HELP:
            fputs(usage, stdout);
            code = 0;
            break;
        case VERSION:
            puts("kite-emulator " KITE_VERSION);
            code = 0;
            break;
        default:
            fputs("Try kite-emulator --help.\n", stderr);
            code = EXIT_USAGE;
        }
    }
    if (code < 0 && argc - optind > 1) {
        fprintf(stderr, "kite-emulator: one file or folder at a time, not also %s\n", argv[optind + 1]);
        code = EXIT_USAGE;
    }
    o->source = optind < argc ? argv[optind] : NULL;
    return code;
}

/* ---- what a script leaves behind ---------------------------------------------------------------------------- */

struct record {
    struct kite_memory mem;
    const char *folder;
    FILE *log;
    unsigned frame_count;
    enum kite_status status; /* the first failure */
    struct machine *machine;
    uint8_t *gray;
};

static void write_png(struct record *record, const struct kite_canvas *canvas, const char *name)
{
    char path[4096];
    struct kite_output out;

    if (record->status || snprintf(path, sizeof path, "%s/%s.png", record->folder, name) >= (int)sizeof path)
        return;
    record->status = kite_output_open(&record->mem, path, &out, &record->machine->fault);
    if (record->status)
        return;

    struct kite_sink sink = kite_output_sink(&out);

    record->status = kite_canvas_write_png(canvas, &record->mem, &sink, &record->machine->fault);
    if (record->status == KITE_OK)
        record->status = kite_output_commit(&out, &record->machine->fault);
    else
        kite_output_drop(&out);
}

/* Every frame by number, its screen, and a hash of its pixels. */
static void keep_frame(void *ctx, const struct kite_frame *frame, int64_t now_ms)
{
    struct record *record = ctx;
    uint8_t hash[16];
    char name[32], text[2 * sizeof hash + 1];

    crypto_generichash(hash, sizeof hash, frame->canvas->pixels,
                       (size_t)frame->canvas->stride_bytes * (size_t)frame->canvas->height_px, NULL, 0);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    snprintf(name, sizeof name, "frame-%04u", ++record->frame_count);
    if (record->log)
        fprintf(record->log, "%8lld frame %u %s %s\n", (long long)now_ms, record->frame_count,
                record->machine->reader ? kite_reader_screen(record->machine->reader) : "page", text);
    if (record->folder)
        write_png(record, frame->canvas, name);
}

static void keep_refresh(void *ctx, const struct kite_update *update, int64_t now_ms)
{
    struct record *record = ctx;

    if (record->log)
        fprintf(record->log, "%8lld refresh %s %s %dx%d+%d+%d %u ms\n", (long long)now_ms, kite_waveform_name(update->waveform),
                update->mode == KITE_UPDATE_FULL ? "full" : "partial", (int)update->rect.width, (int)update->rect.height,
                (int)update->rect.x, (int)update->rect.y, (unsigned)update->duration_ms);
}

static enum kite_status keep_shot(void *ctx, struct machine *machine, const char *name)
{
    struct record *record = ctx;
    const struct kite_panel_geometry *panel = &machine->options.panel;
    struct kite_canvas canvas = { record->gray, panel->width_px, panel->height_px, panel->width_px };

    kite_panel_model_view(machine->model, machine->now_ms, record->gray, panel->width_px);
    if (record->folder)
        write_png(record, &canvas, name);
    return record->status;
}

static int exit_code(enum kite_status status)
{
    return status == KITE_OK ? 0 : status == KITE_E_IO ? EXIT_IO : EXIT_INPUT;
}

static enum kite_status open_record(struct record *record, const struct options *o, struct kite_fault *fault)
{
    char path[4096];

    record->gray = kite_alloc(&record->mem, (size_t)o->machine.panel.width_px, (size_t)o->machine.panel.height_px);
    if (!record->gray)
        return KITE_E_NOMEM;
    record->folder = o->frames;
    if (!o->frames)
        return KITE_OK;

    enum kite_status status = kite_folder_make(o->frames, fault);

    if (status || snprintf(path, sizeof path, "%s/refresh.log", o->frames) >= (int)sizeof path)
        return status ? status : KITE_E_LIMIT;
    record->log = fopen(path, "w");
    return record->log ? KITE_OK : kite_fail(fault, KITE_E_IO, "cannot write %s: %s", path, strerror(errno));
}

static enum kite_status play(struct options *o, struct machine *machine, struct kite_buffer *script)
{
    struct record record = { .mem = machine->mem, .machine = machine };
    struct script_output output = { &record, keep_shot };
    struct kite_fault fault = { "" };
    enum kite_status status = open_record(&record, o, &fault);

    o->machine.ctx = &record;
    o->machine.frame = keep_frame;
    o->machine.refresh = keep_refresh;
    if (status == KITE_OK)
        status = machine_open(&record.mem, &o->machine, machine);
    else
        machine->fault = fault;
    if (status == KITE_OK)
        status = machine_settle(machine);
    if (status == KITE_OK)
        status = script_play(machine, (const char *)script->bytes, script->count, o->script, &output);
    if (status == KITE_OK)
        status = record.status;
    if (record.log && fclose(record.log) != 0 && status == KITE_OK)
        status = kite_fail(&machine->fault, KITE_E_IO, "cannot write the log: %s", strerror(errno));
    kite_free(&record.mem, record.gray);
    return status;
}

static enum kite_status run(struct options *o, struct machine *machine)
{
    struct kite_buffer script = { .mem = machine->mem };
    struct window_options window = { .title = "Kite", .folder = ".", .speed = o->speed, .is_plain = o->is_plain };
    enum kite_status status;

    if (!o->script) {
        struct kite_memory mem = machine->mem;

        status = machine_open(&mem, &o->machine, machine);
        return status ? status : window_run(machine, &window);
    }
    status = kite_file_read(o->script, &script, &machine->fault);
    if (status == KITE_OK)
        status = play(o, machine, &script);
    kite_buffer_close(&script);
    return status;
}

int main(int argc, char **argv)
{
    struct options o = { .machine = { .panel = { 1072, 1448, 300 }, .levels = 16, .temperature_c = 23, .program = argv[0],
                                      .kind = kite_panel_kind_at(0) },
                         .speed = 1 };
    struct machine machine = { .mem = kite_memory_heap() };
    struct place place;
    int code = parse(argc, argv, &o);

    if (code >= 0)
        return code;
    if (!o.script && !window_is_possible()) {
        fputs("kite-emulator: there is no display. With --script FILE --frames DIR it needs none.\n", stderr);
        return EXIT_IO;
    }
    if (sodium_init() < 0)
        return EXIT_IO;

    enum kite_status status = place_open(&machine.mem, o.source, o.is_kept, &place, &machine.fault);

    o.machine.folder = place.folder;
    if (status == KITE_OK)
        status = run(&o, &machine);
    if (status)
        fprintf(stderr, "kite-emulator: %s\n", machine.fault.text[0] ? machine.fault.text : kite_status_text(status));
    machine_close(&machine);
    place_close(&place);
    return exit_code(status);
}
