/* power: battery, cable, light, temperature and sleep, through sysfs. */
#ifndef KITE_DEVICE_POWER_H
#define KITE_DEVICE_POWER_H

#include "device/board.h"
#include "device/system.h"

struct power {
    const struct system *system;
    const struct board *board;
    int64_t light; /* before it was put out; 0: it was out */
};

struct power_state {
    bool has_battery;
    int percent; /* 0 to 100 */
    bool is_charging;
    bool has_cable; /* a charger or a computer */
};

void power_init(struct power *power, const struct system *system, const struct board *board);
/* As the kernel says now: of the board's battery and charger, else of the first of the kind. */
struct power_state power_read(const struct power *power);
/* What the board's thermometer says, whole degrees Celsius. False: there is none, it cannot be read, or what it says
 * cannot be. */
bool power_temperature(const struct power *power, int *celsius);
/* Put the light out, and as it was again. */
void power_light(struct power *power, bool is_on);

/* Suspend until something wakes the machine, or for the board's sleep_check_s. The panel is at rest
 * and everything is on the disk before. KITE_DONE: this board does not suspend; KITE_E_IO: it did
 * not this time. */
enum kite_status power_suspend(const struct power *power, struct kite_fault *fault);

#endif
