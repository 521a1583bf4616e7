/* Reading the command line. */
#include "emulator/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define SPEED_MAX 1000

static const struct {
    const char *name, *panel;
} panels[] = { { "clara", "1072x1448@300x16" },
               { "basic", "600x800@167x16" },
               { "small", "480x800@220x4" } };

const struct kite_option option_rows[] = {
    { OPTION_PANEL, "panel", "WxH@PPI[xLEVELS]", KITE_VALUE_WORDS, "clara basic small",
      "the panel, or its name: clara (1072x1448@300x16, the default), basic (600x800@167x16), "
      "small (480x800@220x4)" },
    { OPTION_KIND, "kind", "NAME", KITE_VALUE_WORDS, "list",
      "how the panel refreshes; list says what there is" },
    { OPTION_TEMPERATURE, "temperature", "C", KITE_VALUE_WORDS, NULL,
      "of the panel, -20 to 60 degrees Celsius (23)" },
    { OPTION_KEEP, "keep", NULL, KITE_VALUE_WORDS, NULL,
      "make the folder a library, and keep places and bookmarks in it" },
    { OPTION_SPEED, "speed", "N", KITE_VALUE_WORDS, "1 4 16",
      "refreshes N times faster than a panel's (1)" },
    { OPTION_PLAIN, "plain", NULL, KITE_VALUE_WORDS, NULL,
      "show frames as they are, without the panel's ghosts and flashes" },
    { OPTION_SCRIPT, "script", "FILE", KITE_VALUE_FILE, NULL,
      "play a script instead of opening a window; - is standard input" },
    { OPTION_FRAMES, "frames", "DIR", KITE_VALUE_FOLDER, NULL,
      "write every frame as PNG, and refresh.log, into a folder" },
    { OPTION_RECORD, "record", "FILE", KITE_VALUE_FILE, NULL,
      "record the window's session as a script, from power-on" },
    { OPTION_FONTS, "fonts", "DIR", KITE_VALUE_FOLDER, NULL, "the folder with the font files" },
    { KITE_OPTION_HELP, "help", NULL, KITE_VALUE_WORDS, NULL, "this list" },
    { KITE_OPTION_MAN, "man", NULL, KITE_VALUE_WORDS, NULL, "write the manual page in roff" },
    { KITE_OPTION_COMPLETION, "completion", "SHELL", KITE_VALUE_WORDS, "bash zsh fish",
      "write completions for bash, zsh or fish" },
    { KITE_OPTION_VERSION, "version", NULL, KITE_VALUE_WORDS, NULL, "which version this is" },
    { 0, NULL, NULL, KITE_VALUE_WORDS, NULL, NULL },
};

static int refuse(const char *what, const char *value)
{
    return kite_manual_refuse(&emulator_manual, what, value);
}

static int parse_panel(const char *text, struct kite_machine_options *out)
{
    int width, height, ppi, levels = 16, used = 0;
    const char *asked = text;

    for (size_t i = 0; i < sizeof panels / sizeof *panels; i++)
        if (strcmp(text, panels[i].name) == 0)
            text = panels[i].panel;

    bool is_good = sscanf(text, "%5dx%5d@%4d%n", &width, &height, &ppi, &used) == 3;

    if (is_good && text[used] == 'x') {
        int more = 0;

        is_good = sscanf(text + used, "x%3d%n", &levels, &more) == 1;
        used += more;
    }
    if (!is_good || text[used] || width < 200 || height < 200 || width > 4096 || height > 4096 ||
        ppi < 60 || ppi > 1000 || (levels != 2 && levels != 4 && levels != 16))
        return refuse("a panel is like 1072x1448@300x16, clara, basic or small", asked);
    out->panel = (struct kite_panel_geometry){ width, height, ppi };
    out->levels = levels;
    return -1;
}

static int parse_kind(const char *text, struct kite_machine_options *out)
{
    if (strcmp(text, "list") == 0) {
        for (size_t i = 0; kite_panel_kind_at(i); i++)
            puts(kite_panel_kind_at(i)->name);
        return 0;
    }
    out->kind = kite_panel_kind_named(text);
    return out->kind ? -1 : refuse("a kind of panel is one that --kind list names", text);
}

static int take(void *ctx, int id, char *value)
{
    struct options *o = ctx;

    switch (id) {
    case OPTION_PANEL:
        return parse_panel(value, &o->machine);
    case OPTION_KIND:
        return parse_kind(value, &o->machine);
    case OPTION_TEMPERATURE:
        return kite_manual_number(&emulator_manual, value, -20, 60, "a temperature is -20 to 60",
                                  &o->machine.temperature_c);
    case OPTION_SPEED:
        return kite_manual_number(&emulator_manual, value, 1, SPEED_MAX, "a speed is 1 to 1000",
                                  &o->speed);
    case OPTION_KEEP:
        o->is_kept = true;
        return -1;
    case OPTION_PLAIN:
        o->is_plain = true;
        return -1;
    case OPTION_SCRIPT:
        o->script = value;
        return -1;
    case OPTION_FRAMES:
        o->frames = value;
        return -1;
    case OPTION_RECORD:
        o->recording = value;
        return -1;
    case OPTION_FONTS:
        o->machine.fonts = value;
        return -1;
    }
    return -1;
}

int options_parse(int argc, char **argv, struct options *o)
{
    int code = kite_manual_options(&emulator_manual, argc, argv, o, take);

    if (code < 0 && argc - optind > 1)
        return refuse("one file or folder at a time", argv[optind + 1]);
    if (code < 0 && o->script && o->recording)
        return refuse("a recording is made of a window", "of a script");
    if (code < 0 && o->is_kept && optind >= argc)
        return refuse("--keep wants a folder", "none");
    o->source = optind < argc ? argv[optind] : NULL;
    return code;
}
