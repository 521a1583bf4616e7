/* Any bytes as a script, played to a machine that only writes down what it is told: events are ones that a device can
 * have, time goes on, a failure of the machine is what ends the script. What can be recorded is said by a line that
 * does the same again. The first byte says after how many calls the machine fails. */
#include "emulator/script.h"
#include "fuzz/fuzz.h"

#define CALLS_MAX 3000

static unsigned calls, calls_most;
static bool has_failed;
static struct kite_event last_event;
static char last_stick[5000]; /* "" when it was pulled out */

static enum kite_status call(void)
{
    HOLDS(!has_failed);
    has_failed = ++calls > calls_most;
    return has_failed ? KITE_E_LIMIT : KITE_OK;
}

/* ---- the machine, in place of the emulator's ------------------------------------------------------------ */

enum kite_status machine_event(struct machine *machine, struct kite_event event)
{
    (void)machine;
    HOLDS(event.kind == KITE_EVENT_KEY || event.kind == KITE_EVENT_TOUCH || event.kind == KITE_EVENT_BATTERY ||
          event.kind == KITE_EVENT_SLEEP || event.kind == KITE_EVENT_WAKE || event.kind == KITE_EVENT_HIDE);
    HOLDS((unsigned)event.key < KITE_KEY_COUNT && (unsigned)event.touch <= KITE_TOUCH_UP && event.finger < 2);
    HOLDS(event.percent >= 0 && event.percent <= 100);
    HOLDS(abs(event.x_px) <= 200000 && abs(event.y_px) <= 200000);
    last_event = event;
    return call();
}

enum kite_status machine_run_until(struct machine *machine, int64_t until_ms)
{
    HOLDS(until_ms >= machine->core.now_ms);
    machine->core.now_ms = until_ms;
    return call();
}

enum kite_status machine_settle(struct machine *machine)
{
    (void)machine;
    return call();
}

/* Some work is left now and then. */
int64_t machine_due_ms(const struct machine *machine)
{
    return calls % 5 ? machine->core.now_ms + calls : KITE_NEVER_MS;
}

enum kite_status machine_stick(struct machine *machine, const char *path)
{
    (void)machine;
    last_stick[0] = '\0';
    if (path) {
        HOLDS(*path && strlen(path) < sizeof last_stick);
        strcpy(last_stick, path);
    }
    return call();
}

enum kite_status machine_stick_hold(struct machine *machine, const char *path)
{
    (void)machine;
    HOLDS(path && *path);
    return call();
}

enum kite_status machine_cable(struct machine *machine, const char *path)
{
    (void)machine;
    HOLDS(!path || *path);
    return call();
}

enum kite_status machine_eject(struct machine *machine)
{
    (void)machine;
    return call();
}

enum kite_status machine_stick_held(struct machine *machine)
{
    return machine_stick(machine, NULL);
}

/* A row is there, or not, or some keys away. */
enum kite_status kite_reader_key_towards(struct kite_reader *reader, const char *label, enum kite_key *key)
{
    (void)reader;
    HOLDS(*label);
    *key = calls % 4 ? KITE_KEY_NEXT : KITE_KEY_SELECT;
    return strlen(label) % 5 == 4 ? KITE_E_RANGE : calls % 4 ? KITE_OK : KITE_DONE;
}

enum kite_status machine_cut_power(struct machine *machine)
{
    (void)machine;
    return call();
}

const char *kite_reader_screen(const struct kite_reader *reader)
{
    (void)reader;
    return calls % 2 ? "page" : "keyboard";
}

static enum kite_status shot(void *ctx, struct machine *machine, const char *name)
{
    (void)ctx, (void)machine;
    HOLDS(*name && !strpbrk(name, "/.\\"));
    return call();
}

/* --------------------------------------------------------------------------------------------------------- */

static enum kite_status play(const char *text, size_t bytes, unsigned most, struct kite_fault *fault)
{
    struct machine machine = { .core = { .options = { .panel = { 1072, 1448, 300 } } } };
    struct script_output output = { NULL, shot };
    enum kite_status status;

    calls = 0;
    calls_most = most;
    has_failed = false;
    status = script_play(&machine, text, bytes, "fuzz", &output);
    *fault = machine.core.fault;
    return status;
}

/* A line of a recording, played by itself. */
static void replay(const char *line)
{
    static char text[6000];
    struct kite_fault fault;

    HOLDS(strlen(line) < sizeof text - 16);
    strcpy(text, SCRIPT_RECORDING_HEAD "\n");
    strcat(text, line);
    HOLDS(play(text, strlen(text), CALLS_MAX, &fault) == KITE_OK);
}

static void check_recording(void)
{
    struct kite_event event = last_event;
    static char line[5100], stick[5000];

    if (script_line(&event, line, sizeof line)) {
        replay(line);
        HOLDS(last_event.kind == event.kind && last_event.key == event.key && last_event.is_long == event.is_long);
        HOLDS(last_event.touch == event.touch && last_event.finger == event.finger && last_event.x_px == event.x_px);
        HOLDS(last_event.y_px == event.y_px && last_event.percent == event.percent);
        HOLDS(last_event.is_charging == event.is_charging);
    }
    strcpy(stick, last_stick);
    if (stick[0]) {
        HOLDS(script_stick_line("in", stick, line, sizeof line));
        replay(line);
        HOLDS(strcmp(stick, last_stick) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kite_fault fault;
    enum kite_status status;

    if (size == 0)
        return 0;
    last_event = (struct kite_event){ .kind = KITE_EVENT_KEY };
    last_stick[0] = '\0';
    status = play((const char *)data + 1, size - 1, data[0] == 0xff ? CALLS_MAX : data[0], &fault);
    HOLDS(has_failed ? status == KITE_E_LIMIT : status == KITE_OK || status == KITE_E_FORMAT);
    HOLDS(status != KITE_E_FORMAT || strncmp(fault.text, "fuzz:", 5) == 0);
    check_recording();
    return 0;
}
