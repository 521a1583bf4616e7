/* What kite-emulator says of itself. */
#include "emulator/options.h"

#include <stddef.h>

static const char about[] =
    "Shows an e-ink reader in a window, or plays a script to one that needs no display. LIBRARY is "
    "a folder that a reader "
    "has used before, or any folder of .kite files; FILE is one of them. Bundles are read from a "
    "copy that is thrown away "
    "at the end, unless --keep is given or the folder is a library already.";

/* Keys of the window. */
static const char *const keys[][2] = {
    { "arrows, space", "turn pages, move" },
    { "Enter", "select" },
    { "Esc, Backspace, M", "the menu key; goes back" },
    { "Shift with one of these", "hold the key down" },
    { "mouse", "touch: tap, hold, swipe" },
    { "wheel", "pinch" },
    { "1", "the panel pixel by pixel, or as large as the window" },
    { "P, F12", "a screenshot: kite-screen-NNN.png, in the folder of --frames or here" },
    { "R", "begin or end recording a script: kite-session.script" },
    { "B", "ten percent less battery; Shift-B plugs in the charger" },
    { "Z", "sleep, wake" },
    { "X", "cut the power, and bring it back" },
    { "U", "pull out the stick" },
    { "drop files or a folder", "put in a stick that holds them" },
    { "H", "both page keys together: the private shelf closes" },
    { "Ctrl-Q", "quit" },
    { NULL, NULL },
};
static const char *const exits[][2] = {
    { "0", "all is well" },
    { "1", "a line of the script cannot be understood, or an expectation was not met" },
    { "2", "the command was not understood" },
    { "3", "reading, writing or memory failed" },
    { "4", "there is no display to open a window on" },
    { NULL, NULL },
};

static const char scripts[] =
    "One command a line: key, tap, hold, swipe, pinch, touch, wait, idle, stick, cable, eject, "
    "battery, sleep, wake, power, expect, shot, settle, choose, type. share/doc/kite/SCRIPT.md, "
    "where Kite is installed, tells what "
    "each does.";
static const char *const environment[][2] = {
    { "KITE_FONTS", "The folder with the font files." },
    { "TMPDIR", "Where copies of bundles lie; else /tmp." },
    { NULL, NULL },
};
static const struct kite_manual_part parts[] = {
    { "Keys of the window", "KEYS OF THE WINDOW", keys, NULL },
    { NULL, "SCRIPTS", NULL, scripts },
    { NULL, "ENVIRONMENT", environment, NULL },
    { "Exit codes", "EXIT STATUS", exits, NULL },
    { NULL, NULL, NULL, NULL },
};

const struct kite_manual emulator_manual = {
    "kite-emulator", "an e-ink reader on a desktop", "FILE or LIBRARY", about, option_rows, parts,
};
