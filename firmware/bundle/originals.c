/* The list of original pages, read. Its records are few and short: they are walked one by one. */
#include "bundle/reader.h"

/* Of pages, from the first on. */
struct walk {
    struct kite_bytes in;
    struct kite_original at; /* the page taken last */
};

static struct walk walk_from(const struct kite_stored_originals *originals)
{
    return (struct walk){ .in = { originals->start, originals->end, false } };
}

static void take_page(struct walk *walk)
{
    struct kite_place *place = &walk->at.place;
    uint32_t step = kite_take_varint(&walk->in), offset = kite_take_varint(&walk->in);
    uint32_t picture = kite_take_varint(&walk->in);

    if (step > KITE_PARAGRAPHS_MAX || (step == 0 && offset < place->offset_bytes))
        walk->in.failed = true;
    place->paragraph += walk->in.failed ? 0 : step;
    place->offset_bytes = offset;
    walk->at.picture = picture > 0 ? picture - 1 : KITE_NO_PICTURE;
    walk->at.label = kite_take_string(&walk->in);
}

/* One document's pages. */
static void take_pages(struct kite_bundle *bundle, struct kite_stored_document *d,
                       struct kite_bytes *in, uint32_t most)
{
    struct kite_stored_originals *originals = &d->originals;

    originals->count = kite_take_count(in, most, 4);
    if (originals->count == 0)
        return;

    uint8_t are_opened = kite_take_u8(in);

    originals->are_opened = are_opened == 1;
    originals->start = in->at;
    originals->end = in->end;

    struct walk walk = walk_from(originals);

    for (uint32_t i = 0; i < originals->count && !walk.in.failed; i++) {
        take_page(&walk);
        if (walk.at.place.paragraph >= d->paragraph_count ||
            walk.at.place.offset_bytes > KITE_PARAGRAPH_BYTES_MAX ||
            (walk.at.picture != KITE_NO_PICTURE && walk.at.picture >= bundle->picture_count))
            walk.in.failed = true;
    }
    in->at = originals->end = walk.in.at;
    in->failed = in->failed || walk.in.failed || are_opened > 1;
}

enum kite_status kite_originals_parse(struct kite_bundle *bundle, const uint8_t *bytes,
                                      size_t count, struct kite_fault *fault)
{
    struct kite_bytes in = { bytes, bytes + count, false };
    uint32_t most = KITE_ORIGINALS_MAX;

    for (uint32_t i = 0; i < bundle->document_count && !in.failed; i++) {
        take_pages(bundle, &bundle->documents[i], &in, most);
        most -= bundle->documents[i].originals.count;
    }
    return in.failed ? kite_fail(fault, KITE_E_FORMAT,
                                 "the bundle's list of pages breaks a rule of the format")
                     : KITE_OK;
}

enum kite_status kite_bundle_original(const struct kite_bundle *bundle, uint32_t document,
                                      uint32_t index, struct kite_original *out)
{
    if (document >= bundle->document_count || index >= bundle->documents[document].originals.count)
        return KITE_E_RANGE;

    struct walk walk = walk_from(&bundle->documents[document].originals);

    for (uint32_t i = 0; i <= index; i++)
        take_page(&walk);
    *out = walk.at;
    out->place.document = document;
    return KITE_OK;
}

static bool is_behind(const struct kite_place *a, const struct kite_place *b)
{
    return a->paragraph != b->paragraph ? a->paragraph > b->paragraph
                                        : a->offset_bytes > b->offset_bytes;
}

enum kite_status kite_bundle_original_at(const struct kite_bundle *bundle, struct kite_place place,
                                         uint32_t *index)
{
    if (place.document >= bundle->document_count)
        return KITE_E_RANGE;

    const struct kite_stored_originals *originals = &bundle->documents[place.document].originals;
    struct walk walk = walk_from(originals);
    uint32_t passed = 0;

    for (; passed < originals->count; passed++) {
        take_page(&walk);
        if (is_behind(&walk.at.place, &place))
            break;
    }
    *index = passed > 0 ? passed - 1 : 0;
    return passed > 0 ? KITE_OK : KITE_E_RANGE;
}
