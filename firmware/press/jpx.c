/* MuPDF decodes every JPEG 2000 picture whole. The linker leads its call of opj_decode here (--wrap, in the Makefile), where the
 * size to decode in is chosen: OpenJPEG takes its memory past all of MuPDF's bounds. */
#include "press/jpx.h"

#include <openjpeg.h>
#include <string.h>

#define BLOCKS_MAX (128u << 10) /* of coded bits in a tile, some 200 bytes each, whichever of them are decoded */

/* The names are the linker's. */
OPJ_BOOL __real_opj_decode(opj_codec_t *codec, opj_stream_t *stream, opj_image_t *image);
OPJ_BOOL __wrap_opj_decode(opj_codec_t *codec, opj_stream_t *stream, opj_image_t *image);

bool kite_jpx_has_failed(const char *message)
{
    return strcmp(message, "Failed to decode JPX image") == 0;
}

/* Sides when halved `times` times, rounded up. */
static uint64_t halved(uint64_t px, uint32_t times)
{
    return (px + ((uint64_t)1 << times) - 1) >> times;
}

static uint64_t samples_of(const opj_image_t *image, uint32_t times)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < image->numcomps; i++)
        count += halved(image->comps[i].w, times) * halved(image->comps[i].h, times);
    return count;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Blocks of a component's part of a tile. Precincts may cut them smaller; OpenJPEG 2.5 does not tell of those (it copies as many
 * bytes as there are sizes), so that the cage's own bound on memory is all that holds a file with tiny ones. */
static uint64_t blocks_of(const opj_tccp_info_t *how, uint64_t width_px, uint64_t height_px)
{
    return halved(width_px, how->cblkw) * halved(height_px, how->cblkh);
}

/* How often it is halved; false: it is too large however often. */
static bool choose(opj_codec_t *codec, const opj_image_t *image, uint32_t *times)
{
    opj_codestream_info_v2_t *info = opj_get_cstr_info(codec);
    uint64_t blocks = 0;
    uint32_t most = UINT32_MAX;

    *times = 0;
    if (!info || !info->m_default_tile_info.tccp_info) {
        opj_destroy_cstr_info(&info);
        return false;
    }
    for (uint32_t i = 0; i < image->numcomps && i < info->nbcomps; i++) {
        const opj_tccp_info_t *how = &info->m_default_tile_info.tccp_info[i];

        blocks += blocks_of(how, least(image->comps[i].w, info->tdx), least(image->comps[i].h, info->tdy));
        most = least(most, how->numresolutions - 1);
    }
    opj_destroy_cstr_info(&info);
    while (samples_of(image, *times) > KITE_JPX_SAMPLES_USUAL && *times < least(most, 31))
        ++*times;
    return blocks <= BLOCKS_MAX && samples_of(image, *times) <= KITE_JPX_SAMPLES_MAX;
}

/* The image in its new size, as if it had been stored so. */
static void shrink(opj_image_t *image)
{
    image->x0 = image->y0 = image->x1 = image->y1 = 0;
    for (uint32_t i = 0; i < image->numcomps; i++) {
        opj_image_comp_t *c = &image->comps[i];

        c->x0 = c->y0 = 0;
        image->x1 = c->w * c->dx > image->x1 ? c->w * c->dx : image->x1;
        image->y1 = c->h * c->dy > image->y1 ? c->h * c->dy : image->y1;
    }
}

OPJ_BOOL __wrap_opj_decode(opj_codec_t *codec, opj_stream_t *stream, opj_image_t *image)
{
    uint32_t times;

    if (!choose(codec, image, &times) || (times > 0 && !opj_set_decoded_resolution_factor(codec, times)) ||
        !__real_opj_decode(codec, stream, image))
        return OPJ_FALSE;
    if (times > 0)
        shrink(image);
    return OPJ_TRUE;
}
