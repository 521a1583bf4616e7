/* Averaging rows down to gray, and the choice of a decoder. */
#include "press/raster_rows.h"

#include <string.h>

/* Light of an sRGB byte, 65535 white (IEC 61966-2-1). */
static const uint16_t light_of[256] = {
    0, 20, 40, 60, 80, 99, 119, 139, 159, 179, 199, 219,
    241, 264, 288, 313, 340, 367, 396, 427, 458, 491, 526, 562,
    599, 637, 677, 718, 761, 805, 851, 898, 947, 997, 1048, 1101,
    1156, 1212, 1270, 1330, 1391, 1453, 1517, 1583, 1651, 1720, 1790, 1863,
    1937, 2013, 2090, 2170, 2250, 2333, 2418, 2504, 2592, 2681, 2773, 2866,
    2961, 3058, 3157, 3258, 3360, 3464, 3570, 3678, 3788, 3900, 4014, 4129,
    4247, 4366, 4488, 4611, 4736, 4864, 4993, 5124, 5257, 5392, 5530, 5669,
    5810, 5953, 6099, 6246, 6395, 6547, 6700, 6856, 7014, 7174, 7335, 7500,
    7666, 7834, 8004, 8177, 8352, 8528, 8708, 8889, 9072, 9258, 9445, 9635,
    9828, 10022, 10219, 10417, 10619, 10822, 11028, 11235, 11446, 11658, 11873, 12090,
    12309, 12530, 12754, 12980, 13209, 13440, 13673, 13909, 14146, 14387, 14629, 14874,
    15122, 15371, 15623, 15878, 16135, 16394, 16656, 16920, 17187, 17456, 17727, 18001,
    18277, 18556, 18837, 19121, 19407, 19696, 19987, 20281, 20577, 20876, 21177, 21481,
    21787, 22096, 22407, 22721, 23038, 23357, 23678, 24002, 24329, 24658, 24990, 25325,
    25662, 26001, 26344, 26688, 27036, 27386, 27739, 28094, 28452, 28813, 29176, 29542,
    29911, 30282, 30656, 31033, 31412, 31794, 32179, 32567, 32957, 33350, 33745, 34143,
    34544, 34948, 35355, 35764, 36176, 36591, 37008, 37429, 37852, 38278, 38706, 39138,
    39572, 40009, 40449, 40891, 41337, 41785, 42236, 42690, 43147, 43606, 44069, 44534,
    45002, 45473, 45947, 46423, 46903, 47385, 47871, 48359, 48850, 49344, 49841, 50341,
    50844, 51349, 51858, 52369, 52884, 53401, 53921, 54445, 54971, 55500, 56032, 56567,
    57105, 57646, 58190, 58737, 59287, 59840, 60396, 60955, 61517, 62082, 62650, 63221,
    63795, 64372, 64952, 65535,
};

#define WHITE 65535u

/* The sRGB byte whose light is nearest. */
static uint8_t byte_of(uint32_t light)
{
    uint32_t low = 0, high = 255;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (light * 2 <= (uint32_t)light_of[middle] + light_of[middle + 1])
            high = middle;
        else
            low = middle + 1;
    }
    return (uint8_t)low;
}

/* Over white paper, as browsers mix: in sRGB bytes. */
static uint8_t over_white(uint32_t value, uint32_t alpha)
{
    return (uint8_t)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

/* Rec. 709; the weights sum to 65536. */
static uint32_t luminance(uint8_t red, uint8_t green, uint8_t blue)
{
    return (13933u * light_of[red] + 46871u * light_of[green] + 4732u * light_of[blue]) >> 16;
}

static uint32_t light_at(const uint8_t *pixels, uint32_t x, enum kite_raster_channels channels)
{
    const uint8_t *p;

    switch (channels) {
    case KITE_RASTER_GRAY:
        return light_of[pixels[x]];
    case KITE_RASTER_GRAY_ALPHA:
        p = pixels + 2 * (size_t)x;
        return light_of[over_white(p[0], p[1])];
    case KITE_RASTER_RGB:
        p = pixels + 3 * (size_t)x;
        return luminance(p[0], p[1], p[2]);
    case KITE_RASTER_RGB_ALPHA:
        p = pixels + 4 * (size_t)x;
        return luminance(over_white(p[0], p[3]), over_white(p[1], p[3]), over_white(p[2], p[3]));
    case KITE_RASTER_CMYK:
        p = pixels + 4 * (size_t)x;
        return luminance((uint8_t)(p[0] * p[3] / 255), (uint8_t)(p[1] * p[3] / 255), (uint8_t)(p[2] * p[3] / 255));
    }
    return WHITE;
}

/* side scaled by part/whole, rounded, at least 1. */
static uint32_t scaled(uint32_t side, uint32_t part, uint32_t whole)
{
    uint64_t value = ((uint64_t)side * part + whole / 2) / whole;

    return value > 0 ? (uint32_t)value : 1;
}

static void choose_size(struct kite_raster_rows *rows)
{
    uint32_t width = rows->width_px, height = rows->height_px;
    struct kite_raster_limit limit = rows->limit;

    rows->out->width_px = width;
    rows->out->height_px = height;
    if (width <= limit.width_px && height <= limit.height_px)
        return;
    if ((uint64_t)width * limit.height_px >= (uint64_t)height * limit.width_px) {
        rows->out->width_px = limit.width_px;
        rows->out->height_px = scaled(height, limit.width_px, width);
    } else {
        rows->out->height_px = limit.height_px;
        rows->out->width_px = scaled(width, limit.height_px, height);
    }
}

enum kite_status kite_raster_rows_begin(struct kite_raster_rows *rows, uint32_t width_px, uint32_t height_px,
                                        bool held_whole, struct kite_fault *fault)
{
    uint64_t pixels = (uint64_t)width_px * height_px;
    const struct kite_memory *mem = &rows->out->mem;

    if (pixels == 0)
        return kite_fail(fault, KITE_E_FORMAT, "the picture is empty");
    if (width_px > KITE_RASTER_SIDE_MAX || height_px > KITE_RASTER_SIDE_MAX ||
        pixels > (held_whole ? KITE_RASTER_WHOLE_PIXELS_MAX : KITE_RASTER_PIXELS_MAX))
        return kite_fail(fault, KITE_E_LIMIT, "the picture is too large: %u x %u px", width_px, height_px);
    rows->width_px = width_px;
    rows->height_px = height_px;
    choose_size(rows);
    rows->across = kite_alloc(mem, rows->out->width_px, sizeof *rows->across);
    rows->sums = kite_alloc(mem, rows->out->width_px, sizeof *rows->sums);
    rows->out->gray = kite_alloc(mem, rows->out->height_px, rows->out->width_px);
    if (!rows->across || !rows->sums || !rows->out->gray)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a picture of %u x %u px", width_px, height_px);
    return KITE_OK;
}

static void average_across(struct kite_raster_rows *rows, const uint8_t *pixels, enum kite_raster_channels channels)
{
    uint32_t out_width = rows->out->width_px, x = 0, room = rows->width_px;

    memset(rows->across, 0, out_width * sizeof *rows->across);
    for (uint32_t i = 0; i < rows->width_px; i++) {
        uint64_t light = light_at(pixels, i, channels);
        uint32_t left = out_width;

        while (left > 0) {
            uint32_t part = left < room ? left : room;

            rows->across[x] += light * part;
            left -= part;
            room -= part;
            if (room == 0) {
                x++;
                room = rows->width_px;
            }
        }
    }
}

static void add_sums(struct kite_raster_rows *rows, uint32_t weight)
{
    for (uint32_t x = 0; x < rows->out->width_px; x++)
        rows->sums[x] += rows->across[x] * weight;
}

static void finish_row(struct kite_raster_rows *rows)
{
    uint32_t width = rows->out->width_px;
    uint64_t area = (uint64_t)rows->width_px * rows->height_px;
    uint8_t *to = rows->out->gray + (size_t)rows->out_row * width;

    for (uint32_t x = 0; x < width; x++)
        to[x] = byte_of((uint32_t)((rows->sums[x] + area / 2) / area));
    memset(rows->sums, 0, width * sizeof *rows->sums);
    rows->out_row++;
}

void kite_raster_rows_add(struct kite_raster_rows *rows, const uint8_t *pixels, enum kite_raster_channels channels)
{
    uint32_t out_height = rows->out->height_px;

    if (rows->row >= rows->height_px)
        return;
    average_across(rows, pixels, channels);

    uint64_t at = (uint64_t)rows->row * out_height;
    uint64_t end = at + out_height;

    while (at < end) {
        uint64_t row_end = (uint64_t)(rows->out_row + 1) * rows->height_px;
        uint64_t until = row_end < end ? row_end : end;

        add_sums(rows, (uint32_t)(until - at));
        if (until == row_end)
            finish_row(rows);
        at = until;
    }
    rows->row++;
}

void kite_raster_rows_end(struct kite_raster_rows *rows)
{
    kite_free(&rows->out->mem, rows->across);
    kite_free(&rows->out->mem, rows->sums);
    rows->across = NULL;
    rows->sums = NULL;
}

enum kite_raster_kind kite_raster_kind(const uint8_t *bytes, size_t count)
{
    static const uint8_t png[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    static const uint8_t jpeg[3] = { 0xff, 0xd8, 0xff };

    if (count >= sizeof png && memcmp(bytes, png, sizeof png) == 0)
        return KITE_RASTER_PNG;
    if (count >= sizeof jpeg && memcmp(bytes, jpeg, sizeof jpeg) == 0)
        return KITE_RASTER_JPEG;
    if (count >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0)
        return KITE_RASTER_WEBP;
    return KITE_RASTER_UNKNOWN;
}

enum kite_status kite_raster_decode(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                    struct kite_raster_limit limit, struct kite_raster *out,
                                    struct kite_fault *fault)
{
    struct kite_raster_rows rows = { .out = out, .limit = limit };
    enum kite_raster_kind kind = kite_raster_kind(bytes, count);
    unsigned orientation = kind == KITE_RASTER_JPEG ? kite_raster_jpeg_orientation(bytes, count) : 1;
    enum kite_status status;

    *out = (struct kite_raster){ .mem = *mem };
    if (orientation >= 5) /* it lies on its side */
        rows.limit = (struct kite_raster_limit){ limit.height_px, limit.width_px };
    if (limit.width_px == 0 || limit.height_px == 0)
        return kite_fail(fault, KITE_E_RANGE, "no room for a picture");
    if (kind == KITE_RASTER_UNKNOWN)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the picture is none of PNG, JPEG and WebP");
    status = (kind == KITE_RASTER_PNG    ? kite_raster_png
              : kind == KITE_RASTER_JPEG ? kite_raster_jpeg
                                         : kite_raster_webp)(mem, bytes, count, &rows, fault);
    kite_raster_rows_end(&rows);
    status = status ? status : kite_raster_turn(out, orientation, fault);
    if (status != KITE_OK)
        kite_raster_close(out);
    return status;
}

void kite_raster_close(struct kite_raster *raster)
{
    if (raster->gray)
        kite_free(&raster->mem, raster->gray);
    raster->gray = NULL;
    raster->width_px = 0;
    raster->height_px = 0;
}
