/* input: what evdev devices report, as the reader's events. The decoder is pure: records in, events
 * out, time as an argument. The thin part that opens and reads /dev/input is input_devices. */
#ifndef KITE_DEVICE_INPUT_H
#define KITE_DEVICE_INPUT_H

#include "device/board.h"
#include "device/system.h"

#define INPUT_FINGERS 2
#define INPUT_SLOTS_MAX 16
#define INPUT_LONG_MS 600   /* a key held so long is held down */
#define INPUT_POWER_MS 2000 /* and the power button */

/* One record, laid out as the kernel of this build gives it, whatever size the C library's time
 * has. */
struct input_record {
    unsigned long seconds, microseconds;
    uint16_t type, code;
    int32_t value;
};

enum input_kind {
    INPUT_EVENT = 0, /* event */
    INPUT_WAKE,      /* any key, as the decoder was told that the device sleeps */
    INPUT_POWER,     /* the power button was pressed */
    INPUT_POWER_LONG /* and held */
};
struct input_out {
    enum input_kind kind;
    struct kite_event event; /* a key or a touch, or HIDE when both page keys are down */
};
/* Where they go; a status other than KITE_OK is handed back by the call that led to it. */
struct input_sink {
    void *ctx;
    enum kite_status (*take)(void *ctx, const struct input_out *out);
};

/* An axis as the device has it. most below least: there is none. */
struct input_axis {
    int32_t least, most;
};

/* What one device can do, as it told. */
struct input_caps {
    struct input_axis x, y; /* of touches; of ABS_MT_POSITION where there are slots */
    bool has_slots, has_touch, has_keys;
};

struct input_slot {
    bool is_down;
    int32_t x, y; /* raw */
};

/* One device. Keys and fingers that are down are its own. */
struct input_decoder {
    const struct board *board;
    struct kite_panel_geometry panel;
    struct input_caps caps;
    bool is_asleep;  /* set by the caller: a key wakes, and means nothing else until let go */
    bool is_dropped; /* records were lost: nothing counts until the next report, then resync */
    bool must_resync;
    struct {
        bool is_down, is_spent; /* spent: said already, or it woke the device */
        int64_t since_ms;
    } keys[BOARD_KEYS_MAX];
    size_t slot;                              /* that is being told of */
    struct input_slot slots[INPUT_SLOTS_MAX]; /* without slots only the first */
    struct {
        bool is_down;
        uint8_t slot;
        int32_t x_px, y_px;
    } fingers[INPUT_FINGERS];
};

void input_decoder_init(struct input_decoder *decoder, const struct board *board,
                        const struct kite_panel_geometry *panel, const struct input_caps *caps);
/* One record. */
enum kite_status input_decode(struct input_decoder *decoder, const struct input_record *record,
                              int64_t now_ms, const struct input_sink *sink);
/* Time has passed: keys that have been held long enough. */
enum kite_status input_tick(struct input_decoder *decoder, int64_t now_ms,
                            const struct input_sink *sink);
/* When a tick is due, or KITE_NEVER_MS. */
int64_t input_due_ms(const struct input_decoder *decoder);
/* After records were lost: which keys are down (bit by code) and where fingers are, as the device
 * says now. */
struct input_state {
    uint8_t keys[0x300 / 8];
    struct input_slot slots[INPUT_SLOTS_MAX];
};
enum kite_status input_resync(struct input_decoder *decoder, const struct input_state *state,
                              int64_t now_ms, const struct input_sink *sink);

/* ---- devices ----------------------------------------------------------------------------------
 */

#define INPUT_DEVICES_MAX 12

struct input_devices {
    const struct system *system;
    const struct board *board;
    struct kite_panel_geometry panel;
    bool is_asleep;
    size_t count;
    struct input_device {
        int descriptor;
        char node[32]; /* "event3" */
        struct input_decoder decoder;
    } devices[INPUT_DEVICES_MAX];
};

/* Open all that are there. */
void input_open(struct input_devices *inputs, const struct system *system,
                const struct board *board, const struct kite_panel_geometry *panel);
void input_close(struct input_devices *inputs);
/* A device node ("event3") came or went. */
void input_add(struct input_devices *inputs, const char *node);
void input_remove(struct input_devices *inputs, const char *node);
/* Read what a descriptor of devices[] has, without waiting. A device that is gone is closed. */
enum kite_status input_read(struct input_devices *inputs, size_t index, int64_t now_ms,
                            const struct input_sink *sink);
enum kite_status input_devices_tick(struct input_devices *inputs, int64_t now_ms,
                                    const struct input_sink *sink);
int64_t input_devices_due_ms(const struct input_devices *inputs);
/* Whether a key of the board is down now, as the devices say. */
bool input_is_held(const struct input_devices *inputs);
void input_sleep(struct input_devices *inputs, bool is_asleep);

#endif
