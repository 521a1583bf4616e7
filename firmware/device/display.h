/* display: ports to screens, a file each, behind the machine's display seam. A port knows how its
 * driver is asked; when, what and why is the policy's. */
#ifndef KITE_DEVICE_DISPLAY_H
#define KITE_DEVICE_DISPLAY_H

#include "device/board.h"
#include "device/system.h"
#include "machine/machine.h"

struct display_options {
    const struct kite_memory *mem;
    const struct system *system;
    const struct board *board;
    const char *path; /* of the device node or folder, after the colon; "": the usual one */
};

/* An open display. */
struct display {
    const char *name; /* of its port */
    /* Pixels as people see them: the driver's, turned by the board's rotation; ppi is the
     * board's. */
    struct kite_panel_geometry panel;
    void *ctx;
    enum kite_status (*start)(void *ctx, const struct kite_update *update,
                              const struct kite_panel_pixels *frame, int64_t now_ms,
                              int64_t *end_ms);
    /* Wait until all that was started is to be seen, at most some seconds. */
    void (*settle)(void *ctx);
    void (*close)(void *ctx);
};

/* Open what `spec` says: "auto", "PORT" or "PORT:PATH". auto tries the board's choice, then every
 * port that shows on this machine. KITE_E_RANGE: no such port; KITE_E_UNSUPPORTED: no display, the
 * fault says what each port found; KITE_E_IO, KITE_E_NOMEM. */
enum kite_status display_open(const struct kite_memory *mem, const struct system *system,
                              const struct board *board, const char *spec, struct display *out,
                              struct kite_fault *fault);
void display_close(struct display *display); /* all-zero is fine */
/* For kite_machine_options; the display must not move. */
struct kite_display display_seam(struct display *display);

/* ---- ports ------------------------------------------------------------------------------------
 */

/* Each: *out is all-zero before. KITE_E_UNSUPPORTED: there is no such device. */
/* e-ink controllers of i.MX and MediaTek boards */
enum kite_status display_mxcfb_open(const struct display_options *options, struct display *out,
                                    struct kite_fault *fault);
/* a dumb buffer and dirty rectangles */
enum kite_status display_drm_open(const struct display_options *options, struct display *out,
                                  struct kite_fault *fault);
/* any framebuffer */
enum kite_status display_fbdev_open(const struct display_options *options, struct display *out,
                                    struct kite_fault *fault);
/* files in a folder, for tests and for those who have no hardware */
enum kite_status display_record_open(const struct display_options *options, struct display *out,
                                     struct kite_fault *fault);

#endif
