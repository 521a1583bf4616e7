/* Fonts cut down to what a text needs, by HarfBuzz's subsetter. */
#include "press/fonts.h"

#include <hb-subset.h>

static hb_face_t *subset(hb_face_t *face, const uint32_t *characters, size_t count)
{
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    hb_face_t *out = NULL;
    hb_set_t *features;

    if (!input)
        return NULL;
    for (size_t i = 0; i < count; i++)
        hb_set_add(hb_subset_input_unicode_set(input), characters[i]);
    features = hb_subset_input_set(input, HB_SUBSET_SETS_LAYOUT_FEATURE_TAG);
    hb_set_clear(features); /* all of them: letters of many scripts are made by rare ones */
    hb_set_invert(features);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    out = hb_subset_or_fail(face, input);
    hb_subset_input_destroy(input);
    return out;
}

enum kite_status kite_font_subset(const uint8_t *bytes, size_t count, const uint32_t *characters, size_t character_count,
                                  struct kite_buffer *out)
{
    hb_blob_t *blob = hb_blob_create_or_fail((const char *)bytes, (unsigned)count, HB_MEMORY_MODE_READONLY, NULL, NULL), *cut = NULL;
    hb_face_t *face = blob ? hb_face_create(blob, 0) : NULL, *part = face ? subset(face, characters, character_count) : NULL;
    enum kite_status status = KITE_E_FORMAT;
    unsigned length;

    if (part) {
        const char *data;

        cut = hb_face_reference_blob(part);
        data = hb_blob_get_data(cut, &length);
        status = length > 0 ? kite_buffer_add(out, data, length) : KITE_E_FORMAT;
    }
    hb_blob_destroy(cut);
    hb_face_destroy(part);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    return status;
}
