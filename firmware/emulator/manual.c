/* The table of options in five shapes. */
#include "emulator/manual.h"

#include <stdio.h>
#include <string.h>

#define COLUMN 28
#define WIDTH 100

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
    { "drop a folder or a file", "put in a stick that holds it" },
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

/* ---- help ------------------------------------------------------------------------------------ */

/* Words from a column on, with that indent on further lines; ends the line. */
static void fill(const char *text, int indent, int column)
{
    bool is_first = true;

    while (*text) {
        size_t bytes = strcspn(text, " ");

        if (!is_first && column + 1 + (int)bytes > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
            is_first = true;
        }
        printf("%s%.*s", is_first ? "" : " ", (int)bytes, text);
        column += (int)bytes + !is_first;
        is_first = false;
        text += bytes + strspn(text + bytes, " ");
    }
    putchar('\n');
}

static void row(const char *term, const char *meaning)
{
    printf("  %-*s", COLUMN - 2, term);
    fill(meaning, COLUMN, COLUMN);
}

static void rows(const char *title, const char *const (*table)[2])
{
    printf("\n%s\n", title);
    for (size_t i = 0; table[i][0]; i++)
        row(table[i][0], table[i][1]);
}

void manual_help(void)
{
    puts("usage: kite-emulator [OPTIONS] [FILE or LIBRARY]\n");
    fill(about, 0, 0);
    puts("\nOptions");
    for (const struct option_row *o = option_rows; o->name; o++) {
        char term[64];

        snprintf(term, sizeof term, "--%s%s%s", o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        row(term, o->help);
    }
    rows("Keys of the window", keys);
    rows("Exit codes", exits);
}

/* ---- the manual page ------------------------------------------------------------------------- */

/* Text for roff: reverse slashes and hyphens escaped, no line may start as a request. */
static void roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++)
        if (*text == '\\' || *text == '-')
            fputs(*text == '-' ? "\\-" : "\\e", stdout);
        else
            putchar(*text);
}

static void roff_row(const char *term, const char *value, const char *meaning)
{
    fputs(".TP\n\\fB", stdout);
    roff(term);
    fputs("\\fR", stdout);
    if (value)
        printf(" \\fI%s\\fR", value);
    putchar('\n');
    roff(meaning);
    putchar('\n');
}

static void roff_rows(const char *title, const char *const (*table)[2])
{
    printf(".SH \"%s\"\n", title);
    for (size_t i = 0; table[i][0]; i++)
        roff_row(table[i][0], NULL, table[i][1]);
}

void manual_page(void)
{
    puts(".TH KITE\\-EMULATOR 1 \"\" \"kite " KITE_VERSION
         "\"\n.SH NAME\nkite\\-emulator \\- an e\\-ink reader on a desktop");
    puts(".SH SYNOPSIS\n.B kite\\-emulator\n[\\fIOPTIONS\\fR] [\\fIFILE\\fR or "
         "\\fILIBRARY\\fR]\n.SH DESCRIPTION");
    roff(about);
    puts("\n.SH OPTIONS");
    for (const struct option_row *o = option_rows; o->name; o++) {
        char term[40];

        snprintf(term, sizeof term, "--%s", o->name);
        roff_row(term, o->value, o->help);
    }
    roff_rows("KEYS OF THE WINDOW", keys);
    puts(".SH SCRIPTS");
    roff("One command a line: key, tap, hold, swipe, pinch, touch, wait, idle, stick, battery, "
         "sleep, wake, power, expect, "
         "shot, settle. share/doc/kite/SCRIPT.md, where Kite is installed, tells what each does.");
    puts("\n.SH ENVIRONMENT");
    roff_row("KITE_FONTS", NULL, "The folder with the font files.");
    roff_row("TMPDIR", NULL, "Where copies of bundles lie; else /tmp.");
    roff_rows("EXIT STATUS", exits);
    puts(".SH SEE ALSO\n.BR kite (1)");
}

/* ---- completions ----------------------------------------------------------------------------- */

static void bash(void)
{
    puts("_kite_emulator() {\n  local word=${COMP_WORDS[COMP_CWORD]}\n  COMPREPLY=()\n  case "
         "${COMP_WORDS[COMP_CWORD-1]} in");
    for (const struct option_row *o = option_rows; o->name; o++)
        if (o->value && o->kind != VALUE_WORDS)
            printf("    --%s) COMPREPLY=($(compgen -%c -- \"$word\")); return;;\n", o->name,
                   o->kind == VALUE_FILE ? 'f' : 'd');
        else if (o->value)
            printf("    --%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return;;\n", o->name,
                   o->words ? o->words : "");
    fputs("  esac\n  if [[ $word == -* ]]; then\n    COMPREPLY=($(compgen -W '", stdout);
    for (const struct option_row *o = option_rows; o->name; o++)
        printf("%s--%s", o == option_rows ? "" : " ", o->name);
    puts("' -- \"$word\"))\n  else\n    COMPREPLY=($(compgen -f -- \"$word\"))\n  fi\n}\n"
         "complete -o filenames -F _kite_emulator kite-emulator");
}

/* Help inside single quotes of a shell; brackets, which end it in zsh, become round. */
static void quoted(const char *text)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (*text == '[' || *text == ']')
            putchar(*text == '[' ? '(' : ')');
        else
            putchar(*text);
}

static void zsh(void)
{
    fputs("#compdef kite-emulator\n_arguments", stdout);
    for (const struct option_row *o = option_rows; o->name; o++) {
        printf(" \\\n  '--%s[", o->name);
        quoted(o->help);
        putchar(']');
        if (o->value && o->kind != VALUE_WORDS)
            printf(":%s:_files%s", o->name, o->kind == VALUE_FOLDER ? " -/" : "");
        else if (o->value)
            printf(":%s:(%s)", o->name, o->words ? o->words : "");
        putchar('\'');
    }
    puts(" \\\n  '*:file:_files'");
}

static void fish(void)
{
    for (const struct option_row *o = option_rows; o->name; o++) {
        printf("complete -c kite-emulator -l %s", o->name);
        if (o->value && o->kind == VALUE_FOLDER)
            fputs(" -x -a '(__fish_complete_directories)'", stdout);
        else if (o->value && o->kind == VALUE_FILE)
            fputs(" -r", stdout);
        else if (o->value)
            printf(" -x -a '%s'", o->words ? o->words : "");
        fputs(" -d '", stdout);
        quoted(o->help);
        puts("'");
    }
}

bool manual_completion(const char *shell)
{
    static const struct {
        const char *name;
        void (*write)(void);
    } shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shell, shells[i].name) == 0) {
            shells[i].write();
            return true;
        }
    return false;
}
