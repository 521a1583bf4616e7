/* Battery, temperature and sleep. */
#include "device/station.h"
#include "device/watchdog.h"

#define BATTERY_LOOK_MS 60000
#define BATTERY_END_PERCENT 2
#define GRACE_MS 2000   /* awake after a suspend, for the key that ended it to be heard */
#define REFUSED_MS 5000 /* until the next try when the kernel would not suspend */

/* ---- battery ----------------------------------------------------------------------------------
 */

/* Waveforms are slower in the cold. */
static void feel_temperature(struct station *s)
{
    int celsius;

    if (!power_temperature(&s->power, &celsius) || celsius == s->machine.options.temperature_c)
        return;
    device_log("panel at %d C", celsius);
    kite_machine_temperature(&s->machine, celsius);
}

void station_power_changed(struct station *s)
{
    struct power_state now = power_read(&s->power);

    feel_temperature(s);
    if (!now.has_battery)
        return;
    if (now.percent != s->battery.percent || now.is_charging != s->battery.is_charging ||
        !s->battery.has_battery) {
        device_log("battery %d%s", now.percent, now.is_charging ? " charging" : "");
        station_event(s, (struct kite_event){ .kind = KITE_EVENT_BATTERY,
                                              .percent = now.percent,
                                              .is_charging = now.is_charging });
    }
    s->battery = now;
    /* Flash that loses its power while it writes may lose more than that. */
    if (now.percent <= BATTERY_END_PERCENT && !now.is_charging && !now.has_cable)
        station_end(s, STATION_OFF);
}

void station_power_open(struct station *s)
{
    power_init(&s->power, s->options.system, s->options.board);
    station_power_changed(s);
}

/* ---- sleep ------------------------------------------------------------------------------------
 */

void station_sleep(struct station *s)
{
    if (!s->machine.is_asleep)
        station_event(s, (struct kite_event){ .kind = KITE_EVENT_SLEEP });
}

void station_wake(struct station *s)
{
    if (s->machine.is_asleep)
        station_event(s, (struct kite_event){ .kind = KITE_EVENT_WAKE });
}

/* The reader has fallen asleep or woken, for whatever reason. */
static void follow_reader(struct station *s, int64_t now_ms)
{
    if (s->is_asleep == s->machine.is_asleep)
        return;
    s->is_asleep = s->machine.is_asleep;
    input_sleep(&s->inputs, s->is_asleep);
    if (!s->options.is_desk)
        power_light(&s->power, !s->is_asleep);
    device_log(s->is_asleep ? "asleep" : "awake");
    s->awake_until_ms = now_ms;
    s->touched_ms = now_ms;
}

/* The panel shows the sleep screen and is at rest. The call returns when something wakes the
 * machine: a key, which then is heard, the charger, or the clock. */
static void suspend(struct station *s)
{
    struct kite_fault fault = { "" };
    enum kite_status status;
    int64_t now;

    s->display.settle(s->display.ctx);
    watchdog_rest();
    status = s->options.is_desk ? KITE_DONE : power_suspend(&s->power, &fault);
    watchdog_work();
    now = s->options.system->now_ms(s->options.system->ctx);
    if (status == KITE_DONE)
        s->awake_until_ms = KITE_NEVER_MS;
    else
        s->awake_until_ms = now + (status ? REFUSED_MS : GRACE_MS);
    if (status == KITE_E_IO)
        device_log("%s", fault.text);
    station_power_changed(s);
}

static bool is_time_for_bed(const struct station *s, int64_t now_ms)
{
    int64_t after_ms = (int64_t)s->options.board->sleep_after_s * 1000;

    if (s->converter && kite_converter_child(s->converter) > 0)
        return false; /* a document that becomes a bundle may take longer than that */
    return after_ms > 0 && !s->is_asleep && !s->battery.has_cable &&
           now_ms - s->touched_ms >= after_ms;
}

int64_t station_power_round(struct station *s, int64_t now_ms)
{
    int64_t due = s->battery_ms;

    if (now_ms >= s->battery_ms) {
        station_power_changed(s);
        s->battery_ms = due = now_ms + BATTERY_LOOK_MS;
    }
    if (!s->is_settled && now_ms - s->started_ms >= WATCHDOG_SETTLED_MS) {
        s->is_settled = true;
        watchdog_settled();
    }
    if (is_time_for_bed(s, now_ms))
        station_sleep(s);
    follow_reader(s, now_ms);
    if (!s->is_asleep || s->is_over || s->machine.panel_ask_ms != KITE_NEVER_MS)
        return due;
    if (now_ms >= s->awake_until_ms)
        suspend(s);
    return s->awake_until_ms < due ? s->awake_until_ms : due;
}
