/* Fallback by cluster: marks are asked for with their letters, by shaping, as a face may have both composed. */
#include "text/fallback.h"

static enum kite_status is_drawn_whole(struct kite_setter *setter, const struct kite_shape_request *cluster,
                                       uint16_t face, bool *is_whole)
{
    struct kite_shape_request r = *cluster;
    struct kite_shape_sums sums;

    r.face = face;

    enum kite_status status = kite_shape_sums(setter->shaper, &r, &sums);

    *is_whole = status == KITE_OK && !sums.needs_fallback;
    return status;
}

/* A face that has a letter with its marks, by asking for each mark; KITE_FACE_NONE: there is none. */
static enum kite_status find_whole(struct kite_setter *setter, const struct kite_shape_request *cluster,
                                   size_t letter_bytes, uint16_t *face)
{
    bool is_whole = false;

    for (size_t at = letter_bytes, step; at < cluster->bytes && !is_whole; at += step) {
        uint32_t mark = kite_utf8_decode(cluster->text + at, cluster->bytes - at, &step);

        *face = kite_fonts_mark_fallback(setter->fonts, cluster->face, mark);
        if (*face == KITE_FACE_NONE)
            *face = kite_setter_lent_face(setter, mark);
        if (*face == KITE_FACE_NONE || *face == cluster->face)
            continue;

        enum kite_status status = is_drawn_whole(setter, cluster, *face, &is_whole);

        if (status != KITE_OK)
            return status;
    }
    if (!is_whole)
        *face = KITE_FACE_NONE;
    return KITE_OK;
}

enum kite_status kite_fallback_face(struct kite_setter *setter, const struct kite_shape_request *cluster,
                                    uint16_t before, uint16_t *face)
{
    size_t length;
    uint32_t letter = kite_utf8_decode(cluster->text, cluster->bytes, &length);
    bool keeps = before != cluster->face && before != KITE_FACE_NONE &&
                 kite_face_has_glyph(setter->fonts, before, letter);
    bool is_whole;
    uint16_t found;

    *face = keeps ? before : kite_fonts_fallback(setter->fonts, cluster->face, letter);
    if (*face == KITE_FACE_NONE)
        *face = kite_setter_lent_face(setter, letter);
    if (length == cluster->bytes || *face == KITE_FACE_NONE)
        return KITE_OK;

    enum kite_status status = is_drawn_whole(setter, cluster, *face, &is_whole);

    if (status != KITE_OK || is_whole)
        return status;
    status = find_whole(setter, cluster, length, &found);
    if (status == KITE_OK && found != KITE_FACE_NONE)
        *face = found;
    return status;
}
