/* Pictures scaled into their boxes. Every pixel of the box is the mean of the area that it covers
 * of the stored picture, exactly: a source pixel is as many units wide as the box has columns, a
 * pixel of the box as many as the source has, and likewise downwards. Rows come from the top and go
 * out as soon as they are complete. */
#include "render/ink.h"
#include "render/renderer.h"

#define BOX_SIDE_MAX_PX 16384

struct scaler {
    const struct kite_view *view;
    struct kite_rect box;
    uint32_t width, height; /* of the source */
    uint32_t *across;       /* [box.width] a source row scaled, times width */
    uint32_t *sums;         /* [box.width] the row of the box so far, times width and height */
    uint8_t *gray;          /* [box.width] that row when it is complete */
    uint32_t filled;        /* units of that row */
    int32_t row;            /* of the box */
    bool is_dithered, is_turned; /* turned: black and white change places */
    struct kite_dither dither;
};

/* The part of a row of the box that shows, on the canvas. */
static struct kite_rect visible(const struct scaler *s, int32_t row, int32_t rows)
{
    struct kite_rect strip = {s->box.x, s->box.y + row, s->box.width, rows};

    return kite_rect_intersect(kite_view_rect(s->view, strip), s->view->clip);
}

static void scale_across(struct scaler *s, const uint8_t *gray)
{
    uint32_t columns = (uint32_t)s->box.width, left = s->width, at = 0, sum = 0;

    for (uint32_t x = 0; x < s->width; x++) {
        uint32_t units = columns;
        for (; units >= left; left = s->width) {
            s->across[at++] = sum + gray[x] * left;
            units -= left;
            sum = 0;
        }
        sum += gray[x] * units;
        left -= units;
    }
}

/* A row of the box to the canvas. */
static void emit(struct scaler *s, const uint8_t *gray)
{
    const struct kite_view *view = s->view;
    struct kite_rect whole = kite_view_rect(view, (struct kite_rect){s->box.x, s->box.y + s->row, s->box.width, 1});
    struct kite_rect strip = kite_rect_intersect(whole, view->clip);
    bool is_column = view->rotation == KITE_ROTATE_90 || view->rotation == KITE_ROTATE_270;
    bool is_backwards = view->rotation == KITE_ROTATE_180 || view->rotation == KITE_ROTATE_270;
    int32_t first = is_column ? strip.y : strip.x, before = first - (is_column ? whole.y : whole.x);
    int32_t column = (is_backwards ? view->width_px - 1 - first : first) - s->box.x;
    ptrdiff_t stride = view->canvas->stride_bytes;
    struct kite_dither_line line = {
        .x = strip.x,
        .y = strip.y,
        .count = is_column ? strip.height : strip.width,
        .known = before < KITE_DITHER_STRETCH ? before : KITE_DITHER_STRETCH - 1,
        .is_column = is_column,
        .out = view->canvas->pixels + strip.y * stride + strip.x,
        .step = is_column ? stride : 1,
    };

    if (!kite_rect_is_empty(strip))
        kite_dither_line(s->is_dithered ? &s->dither : NULL, &line, gray + column,
                         is_backwards ? -1 : 1);
    s->row++;
}

static void turn(struct scaler *s, const uint8_t *gray)
{
    for (int32_t x = 0; x < s->box.width; x++)
        s->gray[x] = (uint8_t)(255 - gray[x]);
}

static void complete_row(struct scaler *s)
{
    uint32_t total = s->width * s->height, half = total / 2;

    for (int32_t x = 0; x < s->box.width; x++)
        s->gray[x] = (uint8_t)((s->sums[x] + half) / total);
    s->filled = 0;
    if (s->is_turned)
        turn(s, s->gray);
    emit(s, s->gray);
}

static void add_row(struct scaler *s, const uint8_t *gray)
{
    uint32_t units = (uint32_t)s->box.height;

    if (s->width == (uint32_t)s->box.width && s->height == units) {
        if (s->is_turned)
            turn(s, gray);
        emit(s, s->is_turned ? s->gray : gray);
        return;
    }
    scale_across(s, gray);
    while (units > 0) {
        uint32_t missing = s->height - s->filled, taken = units < missing ? units : missing;
        if (s->filled == 0)
            for (int32_t x = 0; x < s->box.width; x++)
                s->sums[x] = s->across[x] * taken;
        else
            for (int32_t x = 0; x < s->box.width; x++)
                s->sums[x] += s->across[x] * taken;
        units -= taken;
        s->filled += taken;
        if (s->filled == s->height)
            complete_row(s);
    }
}

static enum kite_status take_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    struct scaler *s = ctx;

    (void)y; /* they come in order */
    for (uint32_t i = 0; i < rows && s->row < s->box.height; i++)
        add_row(s, gray + (size_t)i * s->width);
    /* Nothing of what is left shows: the rest need not be decoded. */
    return kite_rect_is_empty(visible(s, s->row, s->box.height - s->row)) ? KITE_DONE : KITE_OK;
}

enum kite_status kite_view_picture(struct kite_renderer *r, const struct kite_view *view,
                                   struct kite_bundle *bundle,
                                   const struct kite_page_picture *picture,
                                   struct kite_fault *fault)
{
    struct kite_view part = *view;
    struct scaler s = {.view = &part,
                       .box = picture->box,
                       .is_dithered = r->ink.levels < 256,
                       .is_turned = picture->is_print && r->ink.is_night};
    struct kite_picture_info info;
    enum kite_status status = kite_bundle_picture_info(bundle, picture->picture, &info);

    if (status != KITE_OK)
        return kite_fail(fault, status, "the bundle has no picture %u", (unsigned)picture->picture);
    if (!kite_rect_is_empty(picture->clip))
        part.clip = kite_rect_intersect(view->clip, kite_view_rect(view, picture->clip));
    if (s.box.width > BOX_SIDE_MAX_PX || s.box.height > BOX_SIDE_MAX_PX || info.width_px == 0 ||
        info.height_px == 0 || info.width_px > KITE_PICTURE_SIDE_MAX ||
        info.height_px > KITE_PICTURE_SIDE_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "picture %u is too large to draw",
                         (unsigned)picture->picture);
    s.width = info.width_px;
    s.height = info.height_px;
    if (s.is_dithered)
        kite_dither_init(&s.dither, r->ink.levels);
    s.across = kite_alloc(&r->mem, (size_t)s.box.width, sizeof *s.across);
    s.sums = kite_alloc(&r->mem, (size_t)s.box.width, sizeof *s.sums);
    s.gray = kite_alloc(&r->mem, (size_t)s.box.width, sizeof *s.gray);
    status = s.across == NULL || s.sums == NULL || s.gray == NULL
                 ? kite_fail(fault, KITE_E_NOMEM, "no memory to scale picture %u",
                             (unsigned)picture->picture)
                 : kite_bundle_picture_decode(bundle, picture->picture, &s, take_rows, fault);
    kite_free(&r->mem, s.across);
    kite_free(&r->mem, s.sums);
    kite_free(&r->mem, s.gray);
    return status == KITE_DONE ? KITE_OK : status;
}
