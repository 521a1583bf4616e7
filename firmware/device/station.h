/* station: the device at work: one loop over keys, touches, the kernel's events and time, around a
 * kite_machine. main starts it; station.c is the loop, and each other file one concern of it. */
#ifndef KITE_DEVICE_STATION_H
#define KITE_DEVICE_STATION_H

#include "converter/converter.h"
#include "device/display.h"
#include "device/gadget.h"
#include "device/input.h"
#include "device/power.h"
#include "device/uevent.h"
#include "device/volume.h"

struct station_options {
    const struct system *system;
    const struct board *board;
    const char *display; /* as --display takes it */
    const char *library; /* folder */
    const char *fonts, *program, *keys;
    int temperature_c;
    bool is_first; /* PID 1: the whole machine is ours */
    bool is_desk;  /* somebody's computer: sticks, light, sleep and cable are left alone */
    /* Called once the first page is on its way: what can wait until then. May be NULL. */
    void *services_ctx;
    void (*services)(void *ctx);
    bool is_careful; /* the starts before this one crashed: begin in the library */
    int slot;        /* that runs, -1: none */
};

/* How it came to an end. */
enum station_end { STATION_ENDED = 0, STATION_OFF, STATION_REBOOT };

struct station {
    struct station_options options;
    struct kite_memory mem;
    struct display display;
    struct kite_machine machine;
    struct kite_converter_process *converter; /* NULL: documents of other formats are left */
    struct input_devices inputs;
    struct input_sink sink;
    struct power power;
    struct power_state battery; /* as last told to the reader */
    int uevents;                /* descriptor, -1: none */
    struct volume stick, inbox;
    struct volume_io files;
    struct kite_io io; /* over files */
    struct gadget gadget;
    int cable;         /* descriptor to poll for a computer at it, -1: none */
    uint32_t imports;  /* ended, as last told on the log */
    bool has_computer; /* as last told to the reader */
    char disk[64];     /* a disk without partitions so far, and when it is looked at */
    int64_t disk_ms, cable_ms;
    struct update *update; /* that is being put in; NULL: none */
    int64_t started_ms, touched_ms, battery_ms;
    int64_t awake_until_ms; /* asleep: suspend after this */
    unsigned display_failures;
    int64_t held_ms; /* a key has been down since power came on, and this is when that means something;
                        KITE_NEVER_MS: none is */
    bool has_frame, is_slot_told, is_cage_told, is_settled, is_asleep, is_over;
    enum station_end end;
};

/* Show the last page, then start all else, then serve until it is over. KITE_E_UNSUPPORTED: no
 * display. */
enum kite_status station_run(const struct kite_memory *mem, const struct station_options *options,
                             enum station_end *end, struct kite_fault *fault);
/* From a signal handler: come to an end. */
void station_stop(void);

/* ---- between the station's files ---------------------------------------------------------------
 */

/* An event for the reader. Trouble is dealt with here: the loop goes on. */
void station_event(struct station *s, struct kite_event event);
/* A stick came, whose files are in a folder that stays until it goes, or with NULL went. */
void station_stick(struct station *s, const char *folder);
/* Somebody is there: wake up where the device sleeps. */
void station_wake(struct station *s);
/* Fall asleep, as the person wants it now. */
void station_sleep(struct station *s);
void station_end(struct station *s, enum station_end end);

/* Battery, temperature and sleep; called in each round. When it wants to be called again. */
void station_power_open(struct station *s);
void station_power_changed(struct station *s);
int64_t station_power_round(struct station *s, int64_t now_ms);

/* Sticks, the inbox and the cable. `prepare` before the reader is there; `open` when all services
 * are started. */
void station_volumes_prepare(struct station *s);
void station_volumes_open(struct station *s);
void station_volumes_close(struct station *s);
void station_volumes_uevent(struct station *s, const struct uevent *event);
/* Some of the kernel's words were lost: look at what is there. */
void station_volumes_look(struct station *s);
/* The file that tells of the cable has news. */
void station_volumes_cable(struct station *s);
int64_t station_volumes_round(struct station *s, int64_t now_ms);

/* Updates, and telling the boot record that this system is good. */
int64_t station_update_round(struct station *s, int64_t now_ms);
void station_update_close(struct station *s);
/* Whether there is an older system that can be started; and let it start next. */
bool station_update_can_go_back(const struct station *s);
enum kite_status station_update_go_back(struct station *s, struct kite_fault *fault);

#endif
