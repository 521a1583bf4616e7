/* reader: the application. Events in, frames out: a pure machine that knows no clock, no screen and
 * no window system.
 *
 * A program makes one reader over a library and fonts, feeds it keys, touches and the passing of
 * time, and shows each frame that comes back. The same events give the same frames, on a device, in
 * the emulator and in a test. */
#ifndef KITE_READER_H
#define KITE_READER_H

#include "library/library.h"
#include "panel/panel.h"
#include "render/render.h"

/* ---- events ---------------------------------------------------------------------------------- */

enum kite_event_kind {
    KITE_EVENT_START = 0, /* is_careful, is_safe: power came on: the first event of all */
    KITE_EVENT_KEY,       /* key, is_long */
    KITE_EVENT_TOUCH,     /* touch, finger, x_px, y_px */
    KITE_EVENT_TICK,      /* time has passed and nothing happened */
    KITE_EVENT_BATTERY,   /* percent, is_charging */
    KITE_EVENT_STORAGE,   /* is_present, volume, folder: files can be read, or no more */
    KITE_EVENT_LIBRARY,   /* the library was changed by somebody else */
    KITE_EVENT_SLEEP,     /* the device is about to sleep */
    KITE_EVENT_WAKE,
    KITE_EVENT_CABLE,   /* is_present: a computer is at the cable, or gone */
    KITE_EVENT_EJECTED, /* the computer has let go of the inbox */
    KITE_EVENT_HELD,    /* a key has been held down since before power came on: the way around a
                           forgotten PIN */
    KITE_EVENT_HIDE,    /* what is private shall go from the screen at once: both page keys were pressed together */
    KITE_EVENT_UPDATE,  /* percent, is_done, status, reason: how far the update is */
    KITE_EVENT_COUNT
};

/* What files come on. A device that sleeps sends WAKE first.
 *
 * STICK: a USB stick, mounted for reading. The person is asked before its texts are taken in, and
 * may copy a text onto it: the reader then opens a file there with KITE_IO_WRITE, for which the
 * device makes the stick writable, and as it was again when the last such file is closed and the
 * folder synced. is_present false: it was pulled out; files of it that are open may be read, and
 * fail.
 *
 * INBOX: the device's own volume that was given to a computer and is mounted again, for writing. It
 * was the person's wish, so its texts are taken in without a question, and KITE-RECEIPT.txt is
 * written on it. Then kite_frame.is_volume_done holds. is_present false: the inbox cannot be read;
 * the person is told. */
enum kite_volume { KITE_VOLUME_STICK = 0, KITE_VOLUME_INBOX };

/* The four keys that every device has. MENU goes back, and opens the menu on a page. */
enum kite_key {
    KITE_KEY_PREVIOUS = 0,
    KITE_KEY_NEXT,
    KITE_KEY_SELECT,
    KITE_KEY_MENU,
    KITE_KEY_COUNT
};

enum kite_touch { KITE_TOUCH_DOWN = 0, KITE_TOUCH_MOVE, KITE_TOUCH_UP };

struct kite_event {
    enum kite_event_kind kind;
    int64_t now_ms; /* since any fixed moment; never goes back */
    enum kite_key key;
    bool is_long; /* held down */
    enum kite_touch touch;
    uint8_t finger;     /* 0 or 1 */
    int32_t x_px, y_px; /* on the panel, as it is built, whatever the rotation */
    int percent;
    bool is_charging;
    bool is_present;
    enum kite_volume volume;
    const char *folder;      /* where the volume's files are; lent for the call */
    bool is_done;            /* of an update: it is whole and will be started next */
    enum kite_status status; /* of an update that is not KITE_OK: it failed, the old one stays */
    bool is_careful; /* of a start: the last ones crashed, perhaps by the text that was open: begin
                        in the library */
    bool is_safe;    /* of a start: several in a row failed: begin in safe mode */
    const char *reason;      /* why, a sentence in English; lent for the call; may be NULL */
};

/* ---- frames ---------------------------------------------------------------------------------- */

#define KITE_FRAME_CHANGES_MAX 8

/* What is to be shown. */
struct kite_frame {
    const struct kite_canvas *canvas; /* the whole panel; lent until the next step */
    struct kite_change changes[KITE_FRAME_CHANGES_MAX]; /* where it differs from the frame before */
    size_t change_count;                                /* 0: nothing to show */
    bool has_pause;                                     /* a good moment to clean, of this kind */
    enum kite_pause pause;
    int64_t
        wake_ms; /* send a TICK at this time, or KITE_NEVER_MS; sooner when there is idle work */
    bool wants_sleep; /* the person asked for it */
    /* The person, asked at CABLE, wants the inbox given to the computer, until the computer lets go
     * of it or the person takes it back. The device brings about what this says: true, it takes its
     * own mount away and exports; false again, it withdraws the export, if the computer has not
     * ejected it, mounts the inbox and sends STORAGE with it. It is never on both sides at once. */
    bool wants_export;
    /* No file of the inbox is open or will be before the next STORAGE: it may be unmounted. */
    bool is_volume_done;
    /* What came of the last import, and how many have come to an end since the reader was made. */
    struct kite_import_tally {
        uint32_t number, added, had, refused; /* files */
    } imports;
    /* The update file to be installed, until UPDATE is_done or failed; lent until the next step.
     * NULL: none. The device sends UPDATE with percent while it works. */
    const char *wants_update;
    bool wants_reboot;    /* the person asked for the restart that an update needs */
    bool wants_power_off; /* the person asked for it */
    bool wants_restart;   /* the library was found damaged: destroy the reader, close the library,
                             open it (which mends it), make a new reader */
    bool wants_repair;    /* with wants_restart: the person wants it opened as KITE_OPEN_REPAIRED */
    bool wants_older;     /* the person, who gave the owner's PIN where there is one, wants the older system
                             started in place of this one */
    bool has_mended;      /* in this step a text was found damaged, and repaired */
    bool is_cleaner;      /* the person's choice between cleaner and calmer */
    bool is_night;
};

/* ---- the reader ------------------------------------------------------------------------------ */

struct kite_reader_options {
    struct kite_library *library;
    struct kite_fonts *fonts;
    struct kite_panel_geometry panel; /* as it is built */
    int levels;                       /* of gray: 2, 4 or 16 */
    bool has_touch;
    const struct kite_io *io; /* to read volumes with; NULL: none are taken in */
    const struct kite_converter *converter; /* of documents on volumes; NULL: bundles alone are taken in */
    const struct kite_public_key *keys; /* [key_count] of the makers of Kite: with one of them an update must be signed */
    size_t key_count;                   /* 0: an update may be unsigned, which is said */
    bool can_update;                  /* update files on sticks are offered to be installed */
    bool can_go_back;                 /* there is an older system that can be started */
    bool can_power_off;               /* there is a "Switch off" in the menu */
};

struct kite_reader;

/* library, fonts, io, converter and keys outlive it. KITE_E_NOMEM, and what the first reading of the library can
 * give. */
enum kite_status kite_reader_create(const struct kite_memory *mem,
                                    const struct kite_reader_options *options,
                                    struct kite_reader **out, struct kite_fault *fault);
void kite_reader_destroy(struct kite_reader *reader);

/* One event. *frame is filled in any case. Whatever goes wrong is shown to the person, on a screen
 * that says what to do next; only KITE_E_NOMEM comes back. Then the event may have been done in
 * part (what the library was told is whole); show the frame and go on as always: the next event
 * catches up, and draws the whole screen where that is owed. */
enum kite_status kite_reader_step(struct kite_reader *reader, const struct kite_event *event,
                                  struct kite_frame *frame);

/* The name of the screen in front, for scripts and tests: "page", "contents", ...; static. */
const char *kite_reader_screen(const struct kite_reader *reader);
/* The key that brings the frame of the keys nearer to the row with this label on the screen in
 * front, or on the keyboard to the cell with this letter. KITE_DONE: it is there; *key is
 * KITE_KEY_SELECT, which chooses it. Words of the interface may be given in English, whatever its
 * language. KITE_E_RANGE: there is no such row; and what reading the library can give. */
enum kite_status kite_reader_key_towards(struct kite_reader *reader, const char *label,
                                         enum kite_key *key);

#endif
