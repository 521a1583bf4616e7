/* kite-emulator: the device on a desktop, in a window or by a script. */
#include "converter/converter.h"
#include "emulator/options.h"
#include "emulator/record.h"
#include "emulator/script.h"
#include "emulator/window.h"

#include <sodium.h>
#include <stdio.h>

#define WAIT_MS 10 /* for a converter, in one step */

static int exit_code(enum kite_status status)
{
    return status == KITE_OK              ? 0
           : status == KITE_E_FORMAT      ? EXIT_INPUT
           : status == KITE_E_UNSUPPORTED ? EXIT_DISPLAY
                                          : EXIT_IO;
}

struct shots {
    const char *folder; /* NULL: none are kept */
};

static enum kite_status keep_shot(void *ctx, struct machine *machine, const char *name)
{
    const struct shots *shots = ctx;

    return shots->folder ? record_panel(machine, shots->folder, name, &machine->core.fault)
                         : KITE_OK;
}

static enum kite_status play(const struct options *o, struct machine *machine,
                             struct kite_buffer *script)
{
    struct shots shots = { o->frames };
    struct script_output output = { &shots, keep_shot };
    struct kite_memory mem = machine->core.mem;
    enum kite_status status = machine_open(&mem, &o->machine, machine);

    return status ? status
                  : script_play(machine, (const char *)script->bytes, script->count, o->script,
                                &output);
}

static enum kite_status play_file(const struct options *o, struct machine *machine)
{
    struct kite_buffer script = { .mem = machine->core.mem };
    enum kite_status status = kite_file_read(o->script, &script, &machine->core.fault);

    if (status == KITE_OK)
        status = play(o, machine, &script);
    kite_buffer_close(&script);
    return status;
}

static enum kite_status show(const struct options *o, struct machine *machine)
{
    struct window_options window = { .title = "Kite",
                                     .folder = o->frames ? o->frames : ".",
                                     .recording = o->recording,
                                     .speed = o->speed,
                                     .is_plain = o->is_plain };
    struct kite_memory mem = machine->core.mem;
    enum kite_status status = machine_open(&mem, &o->machine, machine);

    return status ? status : window_run(machine, &window);
}

/* A script waits until a document is converted, so that it always plays the same; a window goes on meanwhile. */
static void open_converter(const struct options *o, struct kite_converter_process **out, const struct kite_memory *mem)
{
    struct kite_converter_options options = { .called = o->machine.program,
                                              .scratch = o->machine.folder,
                                              .picture_width_px = o->machine.panel.width_px,
                                              .picture_height_px = o->machine.panel.height_px,
                                              .wait_ms = o->script ? KITE_CONVERTER_UNTIL_OVER : WAIT_MS };
    struct kite_fault fault = { "" };

    if (kite_converter_open(mem, &options, out, &fault))
        fprintf(stderr, "kite-emulator: %s; documents of other formats are not taken in\n", fault.text);
}

static enum kite_status run(struct options *o, struct machine *machine)
{
    struct place place;
    struct kite_converter_process *converter = NULL;
    struct kite_memory mem = machine->core.mem;
    struct record record = { .machine = machine };
    enum kite_status status =
        place_open(&machine->core.mem, o->source, o->is_kept, &place, &machine->core.fault);

    o->machine.folder = place.folder;
    if (status == KITE_OK)
        open_converter(o, &converter, &mem);
    o->machine.converter = converter ? kite_converter_seam(converter) : NULL;
    if (status == KITE_OK)
        status = record_open(&record, o->frames, machine, &o->machine);
    if (status == KITE_OK)
        status = o->script ? play_file(o, machine) : show(o, machine);

    enum kite_status written = record_close(&record);

    if (status == KITE_OK && written) {
        machine->core.fault = record.fault;
        status = written;
    }
    if (status)
        fprintf(stderr, "kite-emulator: %s\n",
                machine->core.fault.text[0] ? machine->core.fault.text : kite_status_text(status));
    machine_close(machine);
    kite_converter_close(converter);
    place_close(&place);
    return status;
}

int main(int argc, char **argv)
{
    struct options o = { .machine = { .panel = { 1072, 1448, 300 },
                                      .levels = 16,
                                      .temperature_c = 23,
                                      .program = argv[0],
                                      .kind = kite_panel_kind_at(0) },
                         .speed = 1 };
    struct machine machine = { .core = { .mem = kite_memory_heap() } };
    int code = options_parse(argc, argv, &o);

    if (code >= 0)
        return code;
    if (!o.script && !window_is_possible()) {
        fputs(
            "kite-emulator: there is no display. With --script FILE --frames DIR it needs none.\n",
            stderr);
        return EXIT_DISPLAY;
    }
    if (sodium_init() < 0)
        return EXIT_IO;
    return exit_code(run(&o, &machine));
}
