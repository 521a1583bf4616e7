/* board: what differs from one device to the next, as data. A board is a text of `key = value`
 * lines (BOARDS.md tells them all); the known ones are built in, any other comes in a file of the
 * same form. Private to the device, as all headers here but for tests. */
#ifndef KITE_DEVICE_BOARD_H
#define KITE_DEVICE_BOARD_H

#include "panel/panel.h"
#include "reader/reader.h"

#define BOARD_WORD_BYTES_MAX 64
#define BOARD_KEYS_MAX 24
#define BOARD_FILE_BYTES_MAX 8192

/* What a key on the device does. */
enum board_use {
    BOARD_USE_PREVIOUS = KITE_KEY_PREVIOUS,
    BOARD_USE_NEXT = KITE_KEY_NEXT,
    BOARD_USE_SELECT = KITE_KEY_SELECT,
    BOARD_USE_MENU = KITE_KEY_MENU,
    BOARD_USE_POWER = KITE_KEY_COUNT /* short: sleep; long: switch off */
};
struct board_key {
    uint16_t code; /* of linux/input-event-codes.h */
    enum board_use use;
};

/* Where touches are reported relative to the canvas: first swapped, then mirrored. */
struct board_touch {
    char name[BOARD_WORD_BYTES_MAX]; /* of the input device; "": any that touches; "none" */
    bool is_swapped, is_mirrored_x, is_mirrored_y;
};

#define BOARD_NO_WAVEFORM UINT16_MAX

struct board {
    char name[BOARD_WORD_BYTES_MAX], title[BOARD_WORD_BYTES_MAX * 2];
    bool is_tried; /* by anybody, on the device itself */
    /* width_px and height_px as people see it, 0: as the driver says. Where the driver says
     * otherwise it is believed. */
    struct kite_panel_geometry panel;
    int levels;
    /* A copy of a known one, without the waveforms that the controller has no number for. */
    struct kite_panel_kind kind;
    char display[BOARD_WORD_BYTES_MAX]; /* as --display takes it, the first choice of auto */
    int bits;                           /* a pixel, asked of the framebuffer; 0: as it is */
    int rotation; /* quarters of a turn, clockwise, from the canvas to the framebuffer */
    /* For mxcfb: the number of each waveform, or BOARD_NO_WAVEFORM; the temperature to send with an
     * update (4096: the controller's own sensor); ms until the controller powers down, -1: never,
     * -2: left as it is. */
    uint16_t waveforms[KITE_WAVEFORM_COUNT];
    int temperature, power_down_ms;
    struct board_touch touch;
    struct board_key keys[BOARD_KEYS_MAX];
    size_t key_count;
    /* Names under /sys/class; "": whichever is of the right kind. */
    char battery[BOARD_WORD_BYTES_MAX], charger[BOARD_WORD_BYTES_MAX];
    char backlight[BOARD_WORD_BYTES_MAX], udc[BOARD_WORD_BYTES_MAX], rtc[BOARD_WORD_BYTES_MAX];
    char thermometer[BOARD_WORD_BYTES_MAX]; /* of the panel, of hwmon or thermal; "": none */
    char sleep[16];                      /* written to /sys/power/state; "": it never suspends */
    int sleep_check_s;                   /* asleep, look at the battery so often; 0: never */
    int sleep_after_s;                   /* nothing touched for so long: sleep; 0: never */
    char watchdog[BOARD_WORD_BYTES_MAX]; /* device node; "": none */
    char data[BOARD_WORD_BYTES_MAX];     /* partition of the library, ext4 */
    char inbox[BOARD_WORD_BYTES_MAX];    /* partition given to computers, FAT; "": none */
    char boot[BOARD_WORD_BYTES_MAX];     /* of the boot record; "": no updates */
    char slots[2][BOARD_WORD_BYTES_MAX];
};

/* Read a board's text over the defaults. KITE_E_FORMAT: a line is not understood, or the whole does
 * not fit together; the fault says which line. */
enum kite_status board_parse(const char *text, size_t bytes, struct board *out,
                             struct kite_fault *fault);
/* A built-in one. KITE_E_RANGE: there is none of that name. */
enum kite_status board_named(const char *name, struct board *out, struct kite_fault *fault);
/* From a file. KITE_E_IO, KITE_E_LIMIT, and as board_parse. */
enum kite_status board_read(const char *path, struct board *out, struct kite_fault *fault);

/* The built-in texts, by index, or NULL past the last; static. */
const char *board_text_at(size_t index);

#endif
