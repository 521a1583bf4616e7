/* framebuffer: memory that a screen shows, as its driver describes it: any of 8, 16 and 32 bits a
 * pixel, any line length. */
#ifndef KITE_DEVICE_FRAMEBUFFER_H
#define KITE_DEVICE_FRAMEBUFFER_H

#include "device/system.h"
#include "panel/panel.h"

struct framebuffer {
    uint8_t *memory; /* of the first pixel shown */
    int32_t width_px, height_px;
    uint32_t line_bytes;
    int bytes_per_px;
    int rotation;         /* quarters, clockwise, from canvas to memory */
    uint32_t values[256]; /* what is written for a gray of 16 levels */
};

/* Bits of a pixel that hold one colour. */
struct framebuffer_field {
    uint32_t offset, length;
};
/* Fill in values: the gray quantised to 16 levels (its high four bits, 15 is white), in each of the
 * fields, or as it is in 8 bits without fields. */
void framebuffer_grays(struct framebuffer *fb, const struct framebuffer_field fields[3]);

/* The canvas: the framebuffer as people see it. */
struct kite_rect framebuffer_canvas(const struct framebuffer *fb);
/* A rectangle of the canvas in the framebuffer's own orientation. */
struct kite_rect framebuffer_turn(const struct framebuffer *fb, struct kite_rect rect);
/* Write a rectangle of the canvas; it lies on it, and the canvas has the framebuffer's size,
 * turned. */
void framebuffer_draw(const struct framebuffer *fb, struct kite_rect rect,
                      const struct kite_panel_pixels *frame);
/* Write one gray into it. */
void framebuffer_fill(const struct framebuffer *fb, struct kite_rect rect, uint8_t gray);

/* A framebuffer device, opened and mapped. */
struct fbdev {
    const struct system *system;
    int descriptor;
    void *map;
    size_t map_bytes;
    struct framebuffer fb;
    char id[17]; /* of the driver */
    bool can_pan;
};

/* Open, ask for bits (0: as it is) and believe what is read back, map. KITE_E_UNSUPPORTED: no
 * framebuffer, or one of a kind that is not known; KITE_E_IO. */
enum kite_status fbdev_open(const struct system *system, const char *path, int bits, int rotation,
                            struct fbdev *out, struct kite_fault *fault);
void fbdev_close(struct fbdev *fbdev);
/* For drivers that show memory only when told (FBIOPAN_DISPLAY); others do not mind. */
void fbdev_pan(struct fbdev *fbdev);

#endif
