/* /sys/class/power_supply, hwmon, thermal, backlight, rtc; /sys/power/state. */
#include "device/power.h"

#include <stdio.h>
#include <string.h>

#define SUPPLIES "/sys/class/power_supply"
#define LIGHTS "/sys/class/backlight"

void power_init(struct power *power, const struct system *system, const struct board *board)
{
    *power = (struct power){ .system = system, .board = board };
}

/* ---- supplies ---------------------------------------------------------------------------------
 */

static const char *file_of(const char *folder, const char *name, char out[SYSTEM_PATH_BYTES_MAX])
{
    if (snprintf(out, SYSTEM_PATH_BYTES_MAX, "%s/%s", folder, name) >= SYSTEM_PATH_BYTES_MAX)
        out[0] = '\0'; /* no such file */
    return out;
}

static bool has_type(const struct system *system, const char *path, const char *type)
{
    char file[SYSTEM_PATH_BYTES_MAX], text[32];

    return system_read(system, file_of(path, "type", file), text, sizeof text) &&
           strcmp(text, type) == 0;
}

static bool is_battery(const struct system *system, const void *ctx, const char *path)
{
    char file[SYSTEM_PATH_BYTES_MAX];
    int64_t percent;

    (void)ctx;
    return has_type(system, path, "Battery") &&
           system_read_number(system, file_of(path, "capacity", file), &percent);
}

static bool is_charger(const struct system *system, const void *ctx, const char *path)
{
    char file[SYSTEM_PATH_BYTES_MAX];
    int64_t online;

    (void)ctx;
    return !has_type(system, path, "Battery") &&
           system_read_number(system, file_of(path, "online", file), &online);
}

static bool supply(const struct power *p, const char *name,
                   bool (*is_it)(const struct system *, const void *, const char *),
                   char out[SYSTEM_PATH_BYTES_MAX])
{
    if (!*name)
        return system_find(p->system, SUPPLIES, NULL, is_it, out);
    file_of(SUPPLIES, name, out);
    return is_it(p->system, NULL, out);
}

struct power_state power_read(const struct power *p)
{
    struct power_state state = { .percent = 100 };
    char path[SYSTEM_PATH_BYTES_MAX], file[SYSTEM_PATH_BYTES_MAX], text[32];
    int64_t number = 100;

    if (supply(p, p->board->battery, is_battery, path)) {
        state.has_battery = system_read_number(p->system, file_of(path, "capacity", file), &number);
        state.percent = number < 0 ? 0 : number > 100 ? 100 : (int)number;
        system_read(p->system, file_of(path, "status", file), text, sizeof text);
        state.is_charging = strcmp(text, "Charging") == 0 || strcmp(text, "Full") == 0;
    }
    if (supply(p, p->board->charger, is_charger, path))
        state.has_cable =
            system_read_number(p->system, file_of(path, "online", file), &number) && number != 0;
    return state;
}

/* ---- temperature ------------------------------------------------------------------------------
 */

/* What is further off is no panel's: they stop at 50 degrees, and freeze. */
#define COLDEST_C (-40)
#define WARMEST_C 85

/* Where a class of sensors has names, and the reading beside them, in thousandths of a degree. */
static const struct sensors {
    const char *folder, *name, *reading;
} sensors[] = { { "/sys/class/hwmon", "name", "temp1_input" }, { "/sys/class/thermal", "type", "temp" } };

struct thermometer {
    const char *wanted, *name;
};

static bool is_thermometer(const struct system *system, const void *ctx, const char *path)
{
    const struct thermometer *t = ctx;
    char file[SYSTEM_PATH_BYTES_MAX], text[BOARD_WORD_BYTES_MAX];

    return system_read(system, file_of(path, t->name, file), text, sizeof text) && strcmp(text, t->wanted) == 0;
}

bool power_temperature(const struct power *p, int *celsius)
{
    char path[SYSTEM_PATH_BYTES_MAX], file[SYSTEM_PATH_BYTES_MAX];
    int64_t reading;

    for (size_t i = 0; p->board->thermometer[0] && i < sizeof sensors / sizeof *sensors; i++) {
        struct thermometer t = { p->board->thermometer, sensors[i].name };

        if (!system_find(p->system, sensors[i].folder, &t, is_thermometer, path))
            continue;
        if (!system_read_number(p->system, file_of(path, sensors[i].reading, file), &reading) ||
            reading < COLDEST_C * 1000 || reading > WARMEST_C * 1000)
            return false;
        *celsius = (int)((reading + (reading < 0 ? -500 : 500)) / 1000);
        return true;
    }
    return false;
}

/* ---- light ------------------------------------------------------------------------------------
 */

static bool is_any(const struct system *system, const void *ctx, const char *path)
{
    char file[SYSTEM_PATH_BYTES_MAX];
    int64_t number;

    (void)ctx;
    return system_read_number(system, file_of(path, "brightness", file), &number);
}

void power_light(struct power *p, bool is_on)
{
    char path[SYSTEM_PATH_BYTES_MAX], file[SYSTEM_PATH_BYTES_MAX], text[24];
    int64_t now;

    if (p->board->backlight[0])
        file_of(LIGHTS, p->board->backlight, path);
    else if (!system_find(p->system, LIGHTS, NULL, is_any, path))
        return;
    file_of(path, "brightness", file);
    if (!system_read_number(p->system, file, &now) || (is_on && p->light == 0))
        return;
    if (!is_on)
        p->light = now;
    snprintf(text, sizeof text, "%lld", (long long)(is_on ? p->light : 0));
    system_write(p->system, file, text, NULL);
}

/* ---- sleep ------------------------------------------------------------------------------------
 */

/* A battery that runs down while the device sleeps must be noticed. */
static void set_alarm(const struct power *p)
{
    char path[SYSTEM_PATH_BYTES_MAX], text[24];

    snprintf(path, sizeof path, "/sys/class/rtc/%s/wakealarm", p->board->rtc);
    system_write(p->system, path, "0", NULL); /* an alarm that is set is not set anew */
    snprintf(text, sizeof text, "+%d", p->board->sleep_check_s);
    if (p->board->sleep_check_s > 0)
        system_write(p->system, path, text, NULL);
}

enum kite_status power_suspend(const struct power *p, struct kite_fault *fault)
{
    if (!p->board->sleep[0])
        return KITE_DONE;
    if (p->board->rtc[0])
        set_alarm(p);
    return system_write(p->system, "/sys/power/state", p->board->sleep, fault);
}
