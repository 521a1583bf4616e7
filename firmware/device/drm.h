/* drm: the few requests of the kernel's mode setting that a dumb buffer needs, in our own words, as
 * Debian's kernel headers leave them to another package. The layouts are the kernel's and the same
 * on every machine; pointers travel as 64 bits. */
#ifndef KITE_DEVICE_DRM_H
#define KITE_DEVICE_DRM_H

#include <linux/ioctl.h>
#include <stdint.h>

struct drm_resources {
    uint64_t framebuffers, crtcs, connectors, encoders; /* arrays of ids */
    uint32_t framebuffer_count, crtc_count, connector_count, encoder_count;
    uint32_t least_width, most_width, least_height, most_height;
};

struct drm_mode {
    uint32_t clock;
    uint16_t width, h_sync_start, h_sync_end, h_total, h_skew;
    uint16_t height, v_sync_start, v_sync_end, v_total, v_scan;
    uint32_t refresh, flags, type;
    char name[32];
};
#define DRM_MODE_PREFERRED (1u << 3) /* of type */

struct drm_connector {
    uint64_t encoders, modes, properties, property_values; /* arrays */
    uint32_t mode_count, property_count, encoder_count;
    uint32_t encoder, connector, connector_type, connector_type_id;
    uint32_t connection, width_mm, height_mm, subpixel, padding;
};
#define DRM_CONNECTED 1u

struct drm_encoder {
    uint32_t encoder, type, crtc, possible_crtcs, possible_clones;
};

struct drm_dumb {
    uint32_t height, width, bits, flags;
    uint32_t handle, pitch_bytes; /* the answer */
    uint64_t size_bytes;
};
struct drm_dumb_map {
    uint32_t handle, padding;
    uint64_t offset; /* the answer, for mmap */
};

struct drm_framebuffer {
    uint32_t id, width, height, pitch_bytes, bits, depth, handle;
};

struct drm_crtc {
    uint64_t connectors; /* array */
    uint32_t connector_count, crtc, framebuffer, x, y, gamma_size, is_mode_valid;
    struct drm_mode mode;
};

struct drm_clip {
    uint16_t x1, y1, x2, y2;
};
struct drm_dirty {
    uint32_t framebuffer, flags, color, clip_count;
    uint64_t clips; /* array */
};

#define DRM_GET_RESOURCES _IOWR('d', 0xA0, struct drm_resources)
#define DRM_SET_CRTC _IOWR('d', 0xA2, struct drm_crtc)
#define DRM_GET_ENCODER _IOWR('d', 0xA6, struct drm_encoder)
#define DRM_GET_CONNECTOR _IOWR('d', 0xA7, struct drm_connector)
#define DRM_ADD_FRAMEBUFFER _IOWR('d', 0xAE, struct drm_framebuffer)
#define DRM_REMOVE_FRAMEBUFFER _IOWR('d', 0xAF, uint32_t)
#define DRM_DIRTY _IOWR('d', 0xB1, struct drm_dirty)
#define DRM_CREATE_DUMB _IOWR('d', 0xB2, struct drm_dumb)
#define DRM_MAP_DUMB _IOWR('d', 0xB3, struct drm_dumb_map)
#define DRM_DESTROY_DUMB _IOWR('d', 0xB4, uint32_t)

#endif
