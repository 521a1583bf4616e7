/* Reading the command line. */
#include "device/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_BOARD = 1000,
    OPTION_BOARD_FILE,
    OPTION_DISPLAY,
    OPTION_LIBRARY,
    OPTION_FONTS,
    OPTION_PPI,
    OPTION_TEMPERATURE,
    OPTION_SLOT,
    OPTION_HELP,
    OPTION_MAN,
    OPTION_COMPLETION,
    OPTION_VERSION
};

#define OPTIONS_MAX 32
#define TEMPERATURE_C 23

static const struct kite_option rows[] = {
    { OPTION_BOARD, "board", "NAME", KITE_VALUE_WORDS, "list",
      "which device this is (fbdev); list says what there is" },
    { OPTION_BOARD_FILE, "board-file", "FILE", KITE_VALUE_FILE, NULL,
      "a device described in a file" },
    { OPTION_DISPLAY, "display", "PORT[:PATH]", KITE_VALUE_WORDS,
      "auto mxcfb:/dev/fb0 fbdev:/dev/fb0 drm:/dev/dri/card0",
      "what to draw on: mxcfb, fbdev, drm, record:FOLDER, or auto, which is the board's choice or "
      "else whatever there is" },
    { OPTION_LIBRARY, "library", "FOLDER", KITE_VALUE_FOLDER, NULL, "where the texts are" },
    { OPTION_FONTS, "fonts", "FOLDER", KITE_VALUE_FOLDER, NULL, "the folder with the font files" },
    { OPTION_PPI, "ppi", "N", KITE_VALUE_WORDS, NULL, "pixels per inch of the screen, 60 to 1000" },
    { OPTION_TEMPERATURE, "temperature", "C", KITE_VALUE_WORDS, NULL,
      "of the panel, -20 to 60 degrees Celsius (23); a thermometer of the board has the last word" },
    { OPTION_SLOT, "slot", "N", KITE_VALUE_WORDS, "0 1",
      "which of the two systems runs, as kite-boot says it" },
    { OPTION_HELP, "help", NULL, KITE_VALUE_WORDS, NULL, "this list" },
    { OPTION_MAN, "man", NULL, KITE_VALUE_WORDS, NULL, "write the manual page in roff" },
    { OPTION_COMPLETION, "completion", "SHELL", KITE_VALUE_WORDS, "bash zsh fish",
      "write completions for bash, zsh or fish" },
    { OPTION_VERSION, "version", NULL, KITE_VALUE_WORDS, NULL, "which version this is" },
    { 0, NULL, NULL, KITE_VALUE_WORDS, NULL, NULL },
};

static const char about[] =
    "The reading device: shows the page that was read last, then serves keys, touches, USB sticks, "
    "the cable to a computer, sleep and battery. As the first process of a machine it also mounts "
    "what is needed, loads the kernel's modules and switches the machine off; beside another init "
    "it does none of these.";
static const char *const exits[][2] = {
    { "0", "it was ended, or switched off" },
    { "1", "the board's description cannot be used" },
    { "2", "the command was not understood" },
    { "3", "reading, writing or memory failed" },
    { "4", "there is no display" },
    { "70", "it crashed three times in a row" },
    { NULL, NULL },
};
static const char *const environment[][2] = {
    { "KITE_FONTS", "The folder with the font files." },
    { "KITE_RESTARTS", "Set by the program for itself: how often it crashed in a row." },
    { NULL, NULL },
};
static const struct kite_manual_part parts[] = {
    { NULL, "ENVIRONMENT", environment, NULL },
    { "Exit codes", "EXIT STATUS", exits, NULL },
    { NULL, NULL, NULL, NULL },
};
static const struct kite_manual manual = {
    "kite-reader", "the reading device", NULL, about, rows, parts,
};

static int refuse(const char *what, const char *value)
{
    fprintf(stderr, "kite-reader: %s, not %s\n", what, value);
    return EXIT_USAGE;
}

static int parse_number(const char *text, int least, int most, const char *what, int *out)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (end == text || *end || value < least || value > most)
        return refuse(what, text);
    *out = (int)value;
    return -1;
}

static int list_boards(void)
{
    struct board board;
    const char *text;

    for (size_t i = 0; (text = board_text_at(i)) != NULL; i++)
        if (board_parse(text, strlen(text), &board, NULL) == KITE_OK)
            printf("%-12s %s%s\n", board.name, board.title,
                   board.is_tried ? "" : " (not tried yet)");
    return 0;
}

static int take_board(const char *name, bool is_file, struct options *o)
{
    struct kite_fault fault = { "" };

    if (!is_file && strcmp(name, "list") == 0)
        return list_boards();
    if ((is_file ? board_read(name, &o->board, &fault) : board_named(name, &o->board, &fault)) ==
        KITE_OK)
        return -1;
    fprintf(stderr, "kite-reader: %s\n", fault.text);
    return EXIT_BOARD;
}

static int say(int id)
{
    if (id == OPTION_VERSION)
        puts("kite-reader " KITE_VERSION);
    else if (id == OPTION_MAN)
        kite_manual_page(&manual);
    else
        kite_manual_help(&manual);
    return 0;
}

static int take(int id, struct options *o, int *ppi)
{
    switch (id) {
    case OPTION_BOARD:
    case OPTION_BOARD_FILE:
        return take_board(optarg, id == OPTION_BOARD_FILE, o);
    case OPTION_DISPLAY:
        o->display = optarg;
        return -1;
    case OPTION_LIBRARY:
        o->library = optarg;
        return -1;
    case OPTION_FONTS:
        o->fonts = optarg;
        return -1;
    case OPTION_PPI:
        return parse_number(optarg, 60, 1000, "pixels per inch are 60 to 1000", ppi);
    case OPTION_TEMPERATURE:
        return parse_number(optarg, -20, 60, "a temperature is -20 to 60", &o->temperature_c);
    case OPTION_SLOT:
        return parse_number(optarg, 0, 1, "a slot is 0 or 1", &o->slot);
    case OPTION_COMPLETION:
        return kite_manual_completion(&manual, optarg)
                   ? 0
                   : refuse("completions are for bash, zsh or fish", optarg);
    case OPTION_HELP:
    case OPTION_MAN:
    case OPTION_VERSION:
        return say(id);
    }
    fputs("Try kite-reader --help.\n", stderr);
    return EXIT_USAGE;
}

int options_parse(int argc, char **argv, struct options *o)
{
    struct option names[OPTIONS_MAX] = { { NULL, 0, NULL, 0 } };
    int id, code = -1, ppi = 0;

    *o = (struct options){ .display = "auto", .temperature_c = TEMPERATURE_C, .slot = -1 };
    if (board_named("fbdev", &o->board, NULL))
        return EXIT_BOARD;
    for (size_t i = 0; rows[i].name; i++)
        names[i] = (struct option){ rows[i].name, rows[i].value != NULL, NULL, rows[i].id };
    while (code < 0 && (id = getopt_long(argc, argv, "h", names, NULL)) != -1)
        code = take(id == 'h' ? OPTION_HELP : id, o, &ppi);
    if (code < 0 && optind < argc)
        return refuse("there are only options", argv[optind]);
    if (ppi)
        o->board.panel.ppi = ppi;
    return code;
}
