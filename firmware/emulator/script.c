/* Reading and playing scripts. */
#include "emulator/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 6
#define LINE_BYTES_MAX 4400 /* a folder's name, and a word or two */
#define TAP_MS 60
#define WAIT_MAX 1000000000L
#define SWIPE_STEPS 4
#define SWIPE_STEP_MS 20
#define HOLD_MS 800
#define KEYS_MAX 20000 /* to a row */
#define IDLE_MS_MAX (10 * 60 * 1000)

struct player {
    struct machine *machine;
    const struct script_output *output;
    char line[LINE_BYTES_MAX];
    char *words[WORDS_MAX];
    int word_count;
    bool is_begun;
    bool is_settling; /* each command waits until the panel is at rest */
};

static enum kite_status misread(struct player *p, const char *what)
{
    return kite_fail(&p->machine->core.fault, KITE_E_FORMAT, "%s", what);
}

/* The end of a command. */
static enum kite_status settle(struct player *p, enum kite_status status)
{
    return status || !p->is_settling ? status : machine_settle(p->machine);
}

static const char *const key_names[KITE_KEY_COUNT] = { "previous", "next", "select", "menu" };
static const char *const touch_names[] = { "down", "move", "up" };

/* ---- words ----------------------------------------------------------------------------------- */

/* Words set apart by spaces; the last one takes the rest of the line. */
static void split(struct player *p, int words_most)
{
    char *at = p->line;

    p->word_count = 0;
    while (p->word_count < WORDS_MAX) {
        at += strspn(at, " \t");
        if (!*at)
            return;
        p->words[p->word_count++] = at;
        if (p->word_count == words_most)
            return;
        at += strcspn(at, " \t");
        if (*at)
            *at++ = '\0';
    }
}

static bool is_word(const struct player *p, int index, const char *word)
{
    return index < p->word_count && strcmp(p->words[index], word) == 0;
}

static bool number_at(const struct player *p, int index, int32_t *out)
{
    char *end = NULL;
    long value = index < p->word_count ? strtol(p->words[index], &end, 10) : 0;

    *out = (int32_t)value;
    return end && !*end && end != p->words[index] && value >= -100000 && value <= 100000;
}

/* Index of a word among names, or -1. */
static int name_at(const struct player *p, int index, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (is_word(p, index, names[i]))
            return i;
    return -1;
}

/* "2s", "300ms" */
static bool time_at(const struct player *p, int index, int64_t *ms)
{
    char *end = NULL;
    long value = index < p->word_count ? strtol(p->words[index], &end, 10) : -1;

    if (value < 0 || value > WAIT_MAX)
        return false;
    *ms = strcmp(end, "ms") == 0 ? value : strcmp(end, "s") == 0 ? value * 1000 : -1;
    return *ms >= 0;
}

/* ---- what can be done ------------------------------------------------------------------------ */

static enum kite_status do_key(struct player *p)
{
    struct kite_event event = { .kind = KITE_EVENT_KEY, .is_long = is_word(p, 2, "long") };
    int32_t times = 1;
    int key = name_at(p, 1, key_names, KITE_KEY_COUNT);
    enum kite_status status = KITE_OK;

    if (key < 0)
        return misread(p, "the keys are previous, next, select and menu");
    if (p->word_count == 3 && !event.is_long && (!number_at(p, 2, &times) || times < 1))
        return misread(p, "a key is pressed `long`, or a number of times");
    event.key = (enum kite_key)key;
    for (int32_t n = 0; n < times && status == KITE_OK; n++)
        status = settle(p, machine_event(p->machine, event));
    return status;
}

/* Keys up to a row, or a cell of the keyboard, and select. */
static enum kite_status choose(struct player *p, const char *label)
{
    struct kite_event event = { .kind = KITE_EVENT_KEY };
    enum kite_status status = KITE_OK, found = KITE_OK;

    for (int i = 0; i < KEYS_MAX && found == KITE_OK && status == KITE_OK; i++) {
        found = kite_reader_key_towards(p->machine->core.reader, label, &event.key);
        if (found == KITE_OK || found == KITE_DONE)
            status = settle(p, machine_event(p->machine, event));
    }
    if (status || found == KITE_DONE)
        return status;
    return kite_fail(&p->machine->core.fault, KITE_E_FORMAT, "the screen \"%s\" has no \"%s\"",
                     kite_reader_screen(p->machine->core.reader), label);
}

static enum kite_status do_choose(struct player *p)
{
    return p->word_count == 2 ? choose(p, p->words[1])
                              : misread(p, "what is chosen is a row, by its words");
}

static enum kite_status do_type(struct player *p)
{
    enum kite_status status = KITE_OK;
    char one[5];
    size_t bytes;

    if (p->word_count < 2 || strcmp(kite_reader_screen(p->machine->core.reader), "keyboard") != 0)
        return misread(p, "`type` writes what follows it, on the keyboard");
    for (const char *at = p->words[1]; *at && status == KITE_OK; at += bytes) {
        kite_utf8_decode(at, strlen(at), &bytes);
        memcpy(one, at, bytes);
        one[bytes] = '\0';
        status = choose(p, *at == ' ' ? "space" : one);
    }
    return status;
}

static enum kite_status touch(struct player *p, enum kite_touch what, int32_t x, int32_t y)
{
    return machine_event(
        p->machine,
        (struct kite_event){ .kind = KITE_EVENT_TOUCH, .touch = what, .x_px = x, .y_px = y });
}

/* One raw event of a finger. */
static enum kite_status do_touch(struct player *p)
{
    struct kite_event event = { .kind = KITE_EVENT_TOUCH };
    int what = name_at(p, 1, touch_names, 3);
    int32_t finger = 1;

    if (what < 0 || !number_at(p, 2, &event.x_px) || !number_at(p, 3, &event.y_px))
        return misread(
            p, "a touch is `down`, `move` or `up` at two numbers, in pixels from the top left");
    if (p->word_count > 4 && (!number_at(p, 4, &finger) || finger < 1 || finger > 2))
        return misread(p, "a finger is 1 or 2");
    event.touch = (enum kite_touch)what;
    event.finger = (uint8_t)(finger - 1);
    return settle(p, machine_event(p->machine, event));
}

static enum kite_status do_tap(struct player *p)
{
    int32_t x, y;
    int64_t held = is_word(p, 0, "hold") ? HOLD_MS : TAP_MS;

    if (!number_at(p, 1, &x) || !number_at(p, 2, &y))
        return misread(p, "a touch is at two numbers, in pixels from the top left");

    enum kite_status status = touch(p, KITE_TOUCH_DOWN, x, y);

    if (status == KITE_OK)
        status = machine_run_until(p->machine, p->machine->core.now_ms + held);
    if (status == KITE_OK)
        status = touch(p, KITE_TOUCH_UP, x, y);
    return settle(p, status);
}

static enum kite_status do_swipe(struct player *p)
{
    int32_t at[4];
    enum kite_status status;

    for (int i = 0; i < 4; i++)
        if (!number_at(p, i + 1, &at[i]))
            return misread(p, "a swipe is from two numbers to two numbers");
    status = touch(p, KITE_TOUCH_DOWN, at[0], at[1]);
    for (int i = 1; i <= SWIPE_STEPS && status == KITE_OK; i++) {
        status = machine_run_until(p->machine, p->machine->core.now_ms + SWIPE_STEP_MS);
        if (status == KITE_OK)
            status = touch(p, i == SWIPE_STEPS ? KITE_TOUCH_UP : KITE_TOUCH_MOVE,
                           at[0] + (at[2] - at[0]) * i / SWIPE_STEPS,
                           at[1] + (at[3] - at[1]) * i / SWIPE_STEPS);
    }
    return settle(p, status);
}

static enum kite_status do_pinch(struct player *p)
{
    struct machine *m = p->machine;
    int32_t middle_x = m->core.options.panel.width_px / 2, y = m->core.options.panel.height_px / 2,
            unit = m->core.options.panel.width_px / 8;
    int32_t from = is_word(p, 1, "out") ? unit : 2 * unit, to = 3 * unit - from;
    const int32_t reach[] = { from, to, to };
    enum kite_status status = KITE_OK;

    if (!is_word(p, 1, "in") && !is_word(p, 1, "out"))
        return misread(p, "a pinch is `in` or `out`");
    for (int i = 0; i < 3 && status == KITE_OK; i++)
        for (int finger = 0; finger < 2 && status == KITE_OK; finger++)
            status = machine_event(
                m, (struct kite_event){ .kind = KITE_EVENT_TOUCH,
                                        .touch = (enum kite_touch)i,
                                        .finger = (uint8_t)finger,
                                        .x_px = middle_x + (finger ? reach[i] : -reach[i]),
                                        .y_px = y });
    return settle(p, status);
}

static enum kite_status do_wait(struct player *p)
{
    int64_t ms;

    if (!time_at(p, 1, &ms))
        return misread(p, "a time is like `2s` or `300ms`");
    return machine_run_until(p->machine, p->machine->core.now_ms + ms);
}

/* Until nothing is left to do: no idle work, a panel at rest. */
static enum kite_status do_idle(struct player *p)
{
    int64_t limit = p->machine->core.now_ms + IDLE_MS_MAX;
    enum kite_status status = KITE_OK;

    if (p->word_count > 1)
        return misread(p, "`idle` stands alone");
    while (machine_due_ms(p->machine) < limit && status == KITE_OK)
        status = machine_run_until(p->machine, machine_due_ms(p->machine));
    return status;
}

static enum kite_status do_stick(struct player *p)
{
    const char *path = p->word_count > 2 ? p->words[2] : NULL;

    if (is_word(p, 1, "with") && path)
        return machine_stick_hold(p->machine, path);
    if (is_word(p, 1, "in"))
        return settle(p, path ? machine_stick(p->machine, path) : machine_stick_held(p->machine));
    if (is_word(p, 1, "out") && !path)
        return settle(p, machine_stick(p->machine, NULL));
    return misread(p, "a stick comes with `stick in FOLDER` and goes with `stick out`; `stick with "
                      "FILE` fills one before `stick in`");
}

static enum kite_status do_cable(struct player *p)
{
    const char *path = p->word_count > 2 ? p->words[2] : NULL;

    if (is_word(p, 1, "in") && path)
        return settle(p, machine_cable(p->machine, path));
    if (is_word(p, 1, "out") && !path)
        return settle(p, machine_cable(p->machine, NULL));
    return misread(p,
                   "a cable comes with `cable in FOLDER`, where the folder stands for the drive, "
                   "and goes with `cable out`");
}

static enum kite_status do_eject(struct player *p)
{
    if (p->word_count > 1)
        return misread(p, "`eject` stands alone");
    return settle(p, machine_eject(p->machine));
}

static enum kite_status do_battery(struct player *p)
{
    struct kite_event event = { .kind = KITE_EVENT_BATTERY,
                                .is_charging = is_word(p, 2, "charging") };

    if (!number_at(p, 1, &event.percent) || event.percent < 0 || event.percent > 100 ||
        (p->word_count > 2 && !event.is_charging))
        return misread(p, "a battery has 0 to 100 percent, and may be `charging`");
    return settle(p, machine_event(p->machine, event));
}

static enum kite_status do_hide(struct player *p)
{
    if (p->word_count > 1)
        return misread(p, "`hide` stands alone");
    return settle(p, machine_event(p->machine, (struct kite_event){ .kind = KITE_EVENT_HIDE }));
}

static enum kite_status do_sleep(struct player *p)
{
    bool is_wake = is_word(p, 0, "wake");

    if (p->word_count > 1)
        return misread(p, "`sleep` and `wake` stand alone");
    return settle(
        p, machine_event(p->machine, (struct kite_event){ .kind = is_wake ? KITE_EVENT_WAKE
                                                                          : KITE_EVENT_SLEEP }));
}

static enum kite_status do_power(struct player *p)
{
    if (!is_word(p, 1, "cut"))
        return misread(p, "power can only be `cut`");
    return settle(p, machine_cut_power(p->machine));
}

static enum kite_status do_settle(struct player *p)
{
    if (!is_word(p, 1, "on") && !is_word(p, 1, "off"))
        return misread(p, "settle is `on` or `off`");
    p->is_settling = is_word(p, 1, "on");
    return settle(p, KITE_OK);
}

static enum kite_status expect_row(struct player *p)
{
    enum kite_key key;
    enum kite_status status = kite_reader_key_towards(p->machine->core.reader, p->words[2], &key);

    if (status == KITE_OK || status == KITE_DONE)
        return KITE_OK;
    return kite_fail(&p->machine->core.fault, KITE_E_FORMAT,
                     "expected the row \"%s\", the screen \"%s\" has none", p->words[2],
                     kite_reader_screen(p->machine->core.reader));
}

static enum kite_status do_expect(struct player *p)
{
    const char *screen = kite_reader_screen(p->machine->core.reader);

    if (is_word(p, 1, "row") && p->word_count == 3)
        return expect_row(p);
    if (!is_word(p, 1, "screen") || p->word_count < 3)
        return misread(p, "what can be expected is `expect screen NAME` or `expect row WORDS`");
    if (strcmp(p->words[2], screen) != 0)
        return kite_fail(&p->machine->core.fault, KITE_E_FORMAT,
                         "expected the screen \"%s\", the reader shows \"%s\"", p->words[2],
                         screen);
    return KITE_OK;
}

static enum kite_status do_shot(struct player *p)
{
    if (p->word_count != 2 ||
        strspn(p->words[1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
            strlen(p->words[1]))
        return misread(p, "a shot has a name of letters, digits, - and _");
    return p->output->shot ? p->output->shot(p->output->ctx, p->machine, p->words[1]) : KITE_OK;
}

static const struct command {
    const char *name;
    int words_most; /* the last takes the rest of the line */
    enum kite_status (*act)(struct player *p);
} commands[] = {
    { "key", 3, do_key },       { "tap", 3, do_tap },     { "hold", 3, do_tap },
    { "swipe", 5, do_swipe },   { "pinch", 2, do_pinch }, { "touch", 5, do_touch },
    { "wait", 2, do_wait },     { "idle", 2, do_idle },   { "stick", 3, do_stick },
    { "cable", 3, do_cable },   { "eject", 2, do_eject }, { "battery", 3, do_battery },
    { "sleep", 2, do_sleep },   { "wake", 2, do_sleep },  { "power", 2, do_power },
    { "expect", 3, do_expect }, { "shot", 2, do_shot },   { "settle", 2, do_settle },
    { "choose", 2, do_choose }, { "type", 2, do_type },   { "hide", 2, do_hide },
};

static enum kite_status play_line(struct player *p)
{
    size_t bytes = strcspn(p->line, " \t");

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strlen(commands[i].name) == bytes && strncmp(p->line, commands[i].name, bytes) == 0) {
            split(p, commands[i].words_most);
            return commands[i].act(p);
        }
    return kite_fail(&p->machine->core.fault, KITE_E_FORMAT, "there is no command \"%.*s\"",
                     (int)(bytes < 40 ? bytes : 40), p->line);
}

/* A line without the blanks around it. */
static bool take_line(struct player *p, const char *text, size_t bytes)
{
    while (bytes > 0 && strchr(" \t\r", text[bytes - 1]))
        bytes--;
    while (bytes > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        bytes--;
    }
    if (bytes >= sizeof p->line)
        return false;
    memcpy(p->line, text, bytes);
    p->line[bytes] = '\0';
    return true;
}

static enum kite_status play_text_line(struct player *p, const char *text, size_t bytes)
{
    if (memchr(text, '\0', bytes))
        return misread(p, "this is no text");
    if (!take_line(p, text, bytes))
        return misread(p, "the line is too long");
    if (!p->line[0] || p->line[0] == '#')
        return KITE_OK;
    if (!p->is_begun && strcmp(p->line, "settle off") != 0) {
        enum kite_status status = machine_settle(p->machine);

        if (status)
            return status;
    }
    p->is_begun = true;
    return play_line(p);
}

enum kite_status script_play(struct machine *machine, const char *text, size_t bytes,
                             const char *name, const struct script_output *output)
{
    struct player p = { .machine = machine, .output = output, .is_settling = true };
    unsigned number = 0;

    while (bytes > 0) {
        const char *end = memchr(text, '\n', bytes);
        size_t count = end ? (size_t)(end - text) : bytes;
        enum kite_status status = play_text_line(&p, text, count);

        number++;
        if (status) {
            struct kite_fault why = machine->core.fault;

            return kite_fail(&machine->core.fault, status, "%s:%u: %s", name, number, why.text);
        }
        count += end != NULL;
        text += count;
        bytes -= count;
    }
    return settle(&p, KITE_OK);
}

bool script_line(const struct kite_event *event, char *out, size_t out_bytes)
{
    switch (event->kind) {
    case KITE_EVENT_KEY:
        snprintf(out, out_bytes, "key %s%s", key_names[event->key], event->is_long ? " long" : "");
        return true;
    case KITE_EVENT_TOUCH:
        snprintf(out, out_bytes, "touch %s %d %d%s", touch_names[event->touch], (int)event->x_px,
                 (int)event->y_px, event->finger ? " 2" : "");
        return true;
    case KITE_EVENT_BATTERY:
        snprintf(out, out_bytes, "battery %d%s", event->percent,
                 event->is_charging ? " charging" : "");
        return true;
    case KITE_EVENT_HIDE:
        snprintf(out, out_bytes, "hide");
        return true;
    case KITE_EVENT_SLEEP:
    case KITE_EVENT_WAKE:
        snprintf(out, out_bytes, event->kind == KITE_EVENT_SLEEP ? "sleep" : "wake");
        return true;
    default:
        return false;
    }
}

bool script_stick_line(const char *how, const char *path, char *out, size_t out_bytes)
{
    size_t bytes = strlen(path);
    bool is_sayable = bytes > 0 && !strchr(path, '\n') && !strchr(" \t", path[0]) &&
                      !strchr(" \t\r", path[bytes - 1]);

    return is_sayable && snprintf(out, out_bytes, "stick %s %s", how, path) < (int)out_bytes;
}
