/* Places as text. */
#include "cli/places.h"

#include "cli/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A number that fills the text up to `end`. */
static bool number_in(const char *text, const char *end, int32_t scale, int32_t max, int32_t *out)
{
    char copy[16];
    size_t bytes = (size_t)(end - text);

    if (bytes >= sizeof copy)
        return false;
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    return kite_decimal_from_text(copy, scale, 0, max, out);
}

static bool exact_from_text(const char *text, struct kite_place_wish *out)
{
    const char *first = strchr(text, ':');
    const char *second = first ? strchr(first + 1, ':') : NULL;
    int32_t document, paragraph, offset;

    if (!second || !number_in(text, first, 1, INT32_MAX, &document) ||
        !number_in(first + 1, second, 1, INT32_MAX, &paragraph) ||
        !number_in(second + 1, second + strlen(second), 1, INT32_MAX, &offset))
        return false;
    out->kind = KITE_PLACE_EXACT;
    out->place = (struct kite_place){(uint32_t)document, (uint32_t)paragraph, (uint32_t)offset};
    return true;
}

/* A number from 1 as an index from 0. */
static bool index_from_text(const char *text, enum kite_place_kind kind,
                            struct kite_place_wish *out)
{
    int32_t number;

    if (!kite_decimal_from_text(text, 1, 1, INT32_MAX, &number))
        return false;
    out->kind = kind;
    out->number = (uint32_t)number - 1;
    return true;
}

bool kite_place_from_text(const char *text, struct kite_place_wish *out)
{
    size_t bytes = strlen(text);
    int32_t percent;

    *out = (struct kite_place_wish){0};
    if (strncmp(text, "page", 4) == 0) {
        text += 4;
        return index_from_text(text + (*text == ' '), KITE_PLACE_PAGE, out);
    }
    if (text[0] == 'p')
        return index_from_text(text + 1, KITE_PLACE_PARAGRAPH, out);
    if (bytes > 1 && text[bytes - 1] == '%') {
        if (!number_in(text, text + bytes - 1, 100, 10000, &percent))
            return false;
        out->number = (uint32_t)percent;
        return true;
    }
    return exact_from_text(text, out);
}

const char *kite_place_text(struct kite_place place, char out[KITE_PLACE_TEXT_BYTES])
{
    snprintf(out, KITE_PLACE_TEXT_BYTES, "%" PRIu32 ":%" PRIu32 ":%" PRIu32, place.document,
             place.paragraph, place.offset_bytes);
    return out;
}

static enum kite_status find_page(struct kite_layout *layout, uint32_t document, uint32_t index,
                                  struct kite_place *out, struct kite_fault *fault)
{
    struct kite_page_map *map;
    enum kite_status status = kite_page_map_create(layout, document, &map, fault);

    if (status)
        return status;
    while (status == KITE_OK && kite_page_map_count(map) <= index)
        status = kite_page_map_step(map, fault);

    uint32_t count = kite_page_map_count(map);

    if (index < count) {
        *out = kite_page_map_start(map, index);
        status = KITE_OK;
    } else if (status == KITE_DONE) {
        status = kite_fail(fault, KITE_E_RANGE,
                           "there is no page %u; under this setting the text has %u",
                           (unsigned)index + 1, (unsigned)count);
    }
    kite_page_map_destroy(map);
    return status;
}

static enum kite_status check_paragraph(struct kite_bundle *bundle, struct kite_place place,
                                        struct kite_fault *fault)
{
    struct kite_document_info info;

    if (kite_bundle_document(bundle, place.document, &info))
        return kite_fail(fault, KITE_E_RANGE, "there is no document %u; the bundle has %u",
                         (unsigned)place.document + 1,
                         (unsigned)kite_bundle_document_count(bundle));
    if (place.paragraph >= info.paragraph_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no paragraph %u; the text has %u",
                         (unsigned)place.paragraph + 1, (unsigned)info.paragraph_count);
    return KITE_OK;
}

enum kite_status kite_place_find(const struct kite_place_wish *wish, struct kite_bundle *bundle,
                                 struct kite_layout *layout, uint32_t document,
                                 struct kite_place *out, struct kite_fault *fault)
{
    struct kite_document_info info;
    enum kite_status status;

    *out = (struct kite_place){.document = document};
    switch (wish->kind) {
    case KITE_PLACE_PERCENT:
        status = kite_bundle_document(bundle, document, &info);
        if (status)
            return kite_fail(fault, status, "there is no document %u", (unsigned)document + 1);
        return kite_bundle_place_at(bundle, document, info.text_bytes * wish->number / 10000, out,
                                    fault);
    case KITE_PLACE_PAGE:
        return find_page(layout, document, wish->number, out, fault);
    case KITE_PLACE_EXACT:
        *out = wish->place;
        break;
    case KITE_PLACE_PARAGRAPH:
        out->paragraph = wish->number;
        break;
    }
    return check_paragraph(bundle, *out, fault);
}
