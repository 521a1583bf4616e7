/* Reading the command line. */
#include "device/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum {
    OPTION_BOARD = KITE_OPTION_OWN,
    OPTION_BOARD_FILE,
    OPTION_DISPLAY,
    OPTION_LIBRARY,
    OPTION_FONTS,
    OPTION_KEYS,
    OPTION_PPI,
    OPTION_TEMPERATURE,
    OPTION_SLOT
};

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
    { OPTION_KEYS, "keys", "FOLDER", KITE_VALUE_FOLDER, NULL,
      "public keys (*.pub) by one of which an update must be signed; keys/ beside the program, if it "
      "is there" },
    { OPTION_PPI, "ppi", "N", KITE_VALUE_WORDS, NULL, "pixels per inch of the screen, 60 to 1000" },
    { OPTION_TEMPERATURE, "temperature", "C", KITE_VALUE_WORDS, NULL,
      "of the panel, -20 to 60 degrees Celsius (23); a thermometer of the board has the last word" },
    { OPTION_SLOT, "slot", "N", KITE_VALUE_WORDS, "0 1",
      "which of the two systems runs, as kite-boot says it" },
    { KITE_OPTION_HELP, "help", NULL, KITE_VALUE_WORDS, NULL, "this list" },
    { KITE_OPTION_MAN, "man", NULL, KITE_VALUE_WORDS, NULL, "write the manual page in roff" },
    { KITE_OPTION_COMPLETION, "completion", "SHELL", KITE_VALUE_WORDS, "bash zsh fish",
      "write completions for bash, zsh or fish" },
    { KITE_OPTION_VERSION, "version", NULL, KITE_VALUE_WORDS, NULL, "which version this is" },
    { 0, NULL, NULL, KITE_VALUE_WORDS, NULL, NULL },
};

static const char about[] =
    "The reading device: shows the page that was read last, then serves keys, touches, USB sticks, "
    "the cable to a computer, sleep and battery. As the first process of a machine it also mounts "
    "what is needed, loads the kernel's modules and switches the machine off; beside another init "
    "it does none of these. After three starts in a row that failed it begins in safe mode: with the "
    "library, without a text. A key held since before it was started asks whether the owner's PIN is "
    "forgotten.";
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

struct parsing {
    struct options *o;
    int ppi; /* 0: not given */
};

static int take(void *ctx, int id, char *value)
{
    struct parsing *p = ctx;
    struct options *o = p->o;

    switch (id) {
    case OPTION_BOARD:
    case OPTION_BOARD_FILE:
        return take_board(value, id == OPTION_BOARD_FILE, o);
    case OPTION_DISPLAY:
        o->display = value;
        return -1;
    case OPTION_LIBRARY:
        o->library = value;
        return -1;
    case OPTION_FONTS:
        o->fonts = value;
        return -1;
    case OPTION_KEYS:
        o->keys = value;
        return -1;
    case OPTION_PPI:
        return kite_manual_number(&manual, value, 60, 1000, "pixels per inch are 60 to 1000", &p->ppi);
    case OPTION_TEMPERATURE:
        return kite_manual_number(&manual, value, -20, 60, "a temperature is -20 to 60", &o->temperature_c);
    case OPTION_SLOT:
        return kite_manual_number(&manual, value, 0, 1, "a slot is 0 or 1", &o->slot);
    }
    return -1;
}

int options_parse(int argc, char **argv, struct options *o)
{
    struct parsing parsing = { o, 0 };
    int code;

    *o = (struct options){ .display = "auto", .temperature_c = TEMPERATURE_C, .slot = -1 };
    if (board_named("fbdev", &o->board, NULL))
        return EXIT_BOARD;
    code = kite_manual_options(&manual, argc, argv, &parsing, take);
    if (code < 0 && optind < argc)
        return kite_manual_refuse(&manual, "there are only options", argv[optind]);
    if (parsing.ppi)
        o->board.panel.ppi = parsing.ppi;
    return code;
}
