/* Images of numbers for judging pictures of text: blur, likeness, and how a panel's grays look to an eye.
 * The panel is taken to show 41 % white and 2.5 % black, its codes equally spaced in lightness (CIE L*). */
#ifndef KITE_QUALITY_IMAGE_H
#define KITE_QUALITY_IMAGE_H

#include "render/drawing.h"

#include <math.h>

#define PANEL_WHITE 0.41
#define PANEL_BLACK 0.025
#define BLUR_REACH_MAX 64

struct image {
    double *at;
    int width, height;
};

static inline struct image image_create(int width, int height)
{
    struct image image = { calloc((size_t)width * (size_t)height, sizeof(double)), width, height };

    assert_non_null(image.at);
    return image;
}

static inline double lightness(double reflectance)
{
    return reflectance > 216.0 / 24389 ? 116 * cbrt(reflectance) - 16 : reflectance * 24389 / 27;
}

static inline double reflectance_of_code(double code)
{
    double black = lightness(PANEL_BLACK), l = black + code / 255 * (lightness(PANEL_WHITE) - black);

    return pow((l + 16) / 116, 3);
}

/* A part of a canvas as its codes, or as the light they send back. */
static inline struct image image_of_canvas(const struct kite_canvas *canvas, struct kite_rect part, bool is_light)
{
    struct image image = image_create(part.width, part.height);

    for (int y = 0; y < part.height; y++)
        for (int x = 0; x < part.width; x++) {
            double code = canvas_at(canvas, part.x + x, part.y + y);
            image.at[y * part.width + x] = is_light ? reflectance_of_code(code) : code;
        }
    return image;
}

static inline void blur_rows(const struct image *from, struct image *to, const double *kernel, int reach)
{
    for (int y = 0; y < from->height; y++)
        for (int x = 0; x < from->width; x++) {
            double sum = 0;

            for (int k = -reach; k <= reach; k++) {
                int at = x + k < 0 ? 0 : x + k >= from->width ? from->width - 1 : x + k;
                sum += kernel[k + reach] * from->at[y * from->width + at];
            }
            to->at[x * from->height + y] = sum; /* turned, so that a second time blurs the columns */
        }
}

/* A gaussian blur; edges are repeated. */
static inline struct image image_blur(const struct image *from, double sigma_px)
{
    double kernel[2 * BLUR_REACH_MAX + 1], sum = 0;
    int reach = (int)(sigma_px * 4) + 1;
    struct image turned = image_create(from->height, from->width), out = image_create(from->width, from->height);

    assert_true(reach <= BLUR_REACH_MAX);
    for (int k = -reach; k <= reach; k++)
        sum += kernel[k + reach] = exp(-k * k / (2 * sigma_px * sigma_px));
    for (int k = 0; k <= 2 * reach; k++)
        kernel[k] /= sum;
    blur_rows(from, &turned, kernel, reach);
    blur_rows(&turned, &out, kernel, reach);
    free(turned.at);
    return out;
}

static inline struct image image_product(const struct image *a, const struct image *b)
{
    struct image out = image_create(a->width, a->height);

    for (int i = 0; i < a->width * a->height; i++)
        out.at[i] = a->at[i] * b->at[i];
    return out;
}

static inline struct image blurred_product(const struct image *a, const struct image *b)
{
    struct image product = image_product(a, b), out = image_blur(&product, 1.5);

    free(product.at);
    return out;
}

/* Mean structural similarity, gaussian window of 1.5 px; values are 0 to 255.
 * Source: Wang, Bovik, Sheikh, Simoncelli, Image Quality Assessment (2004). */
static inline double image_ssim(const struct image *a, const struct image *b)
{
    struct image ma = image_blur(a, 1.5), mb = image_blur(b, 1.5);
    struct image aa = blurred_product(a, a), bb = blurred_product(b, b), ab = blurred_product(a, b);
    double c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255, sum = 0;
    int count = a->width * a->height;

    for (int i = 0; i < count; i++) {
        double x = ma.at[i], y = mb.at[i];
        sum += (2 * x * y + c1) * (2 * (ab.at[i] - x * y) + c2) /
               ((x * x + y * y + c1) * (aa.at[i] - x * x + bb.at[i] - y * y + c2));
    }
    free(ma.at);
    free(mb.at);
    free(aa.at);
    free(bb.at);
    free(ab.at);
    return sum / count;
}

/* Peak signal to noise, in dB, of two pictures in reflectance as an eye sees them: blurred, then compared in lightness
 * against the panel's whole range. */
static inline double image_viewed_psnr(const struct image *a, const struct image *b, double blur_px)
{
    struct image x = image_blur(a, blur_px), y = image_blur(b, blur_px);
    double range = lightness(PANEL_WHITE) - lightness(PANEL_BLACK), squares = 0;
    int count = a->width * a->height;

    for (int i = 0; i < count; i++) {
        double error = lightness(x.at[i]) - lightness(y.at[i]);
        squares += error * error;
    }
    free(x.at);
    free(y.at);
    return 10 * log10(range * range * count / squares);
}

/* An arc at 35 cm, in px. */
static inline double px_of_arc(double minutes, double ppi)
{
    return 350 * tan(minutes / 60 * 3.14159265358979 / 180) / 25.4 * ppi;
}

#endif
