/* Hanging: small signs at a flush edge leave it looking dented, so part of them stands outside. */
#include "text/hang.h"

struct share {
    uint32_t code_point;
    uint8_t end, start; /* percent of its width */
};

/* Light signs hang far, wide ones little. */
static const struct share shares[] = { /* ascending */
    { '!', 20, 0 },     { '"', 40, 40 },    { '\'', 50, 50 },   { ',', 60, 0 },     { '-', 60, 0 },     { '.', 60, 0 },
    { ':', 40, 0 },     { ';', 40, 0 },     { 0xAB, 30, 30 },   { 0xBB, 30, 30 },   { 0x60C, 50, 0 },   { 0x61B, 40, 0 },
    { 0x6D4, 50, 0 },   { 0x2010, 60, 0 },  { 0x2013, 30, 0 },  { 0x2014, 20, 20 }, { 0x2018, 50, 50 }, { 0x2019, 50, 50 },
    { 0x201A, 0, 50 },  { 0x201C, 40, 40 }, { 0x201D, 40, 40 }, { 0x201E, 0, 40 },  { 0x2026, 15, 0 },
};

#define ASCII_SHARES 8

/* NULL: the character does not hang. */
static const struct share *share_of(uint32_t code_point)
{
    size_t low = 0, high = code_point < 0x80 ? ASCII_SHARES : sizeof shares / sizeof *shares;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (shares[middle].code_point < code_point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof shares / sizeof *shares && shares[low].code_point == code_point ? &shares[low] : NULL;
}

static uint16_t part_f26(struct kite_setter *setter, const struct kite_atom *a, uint32_t code_point, unsigned percent)
{
    int32_t units = percent ? kite_shape_advance(setter->shaper, a->face, code_point) : 0;
    kite_f26 width = kite_units_f26(units, a->size_f26, kite_face_metrics(setter->fonts, a->face)->units_per_em);
    kite_f26 part = width * (kite_f26)percent / 100;

    return part < 0 ? 0 : part > UINT16_MAX ? UINT16_MAX : (uint16_t)part;
}

/* Only what is set in the base direction stands at the edge that its place in the text says. */
static bool is_at_edge(const struct kite_composition *c, const struct kite_atom *a)
{
    return c->style->hangs && a->kind == KITE_ATOM_BOX && a->note == 0 && a->rise_f26 == 0 && a->level == c->base_level;
}

uint16_t kite_hang_end_f26(struct kite_setter *setter, const struct kite_composition *c, const struct kite_atom *a)
{
    const char *text = c->text->text;
    uint32_t end = a->start_bytes + a->bytes, at = end - 1;
    size_t length;

    if (!is_at_edge(c, a) || c->style->align != KITE_ALIGN_JUSTIFIED || (uint8_t)((text[at] | 32) - 'a') < 26)
        return 0;
    while (at > a->start_bytes && ((uint8_t)text[at] & 0xC0) == 0x80)
        at--;

    uint32_t code_point = kite_utf8_decode(text + at, end - at, &length);
    const struct share *share = share_of(code_point);

    return share ? part_f26(setter, a, code_point, share->end) : 0;
}

uint16_t kite_hang_start_f26(struct kite_setter *setter, const struct kite_composition *c, const struct kite_atom *a)
{
    const char *text = c->text->text + a->start_bytes;
    size_t length;

    if (!is_at_edge(c, a) || c->style->align == KITE_ALIGN_CENTERED || (uint8_t)((*text | 32) - 'a') < 26)
        return 0;

    uint32_t code_point = kite_utf8_decode(text, a->bytes, &length);
    const struct share *share = share_of(code_point);

    return share ? part_f26(setter, a, code_point, share->start) : 0;
}

uint16_t kite_hang_hyphen_f26(struct kite_setter *setter, const struct kite_composition *c, const struct kite_atom *a)
{
    uint32_t hyphen = kite_shape_hyphen_char(setter->shaper, a->face);

    return is_at_edge(c, a) && c->style->align == KITE_ALIGN_JUSTIFIED ? part_f26(setter, a, hyphen, share_of(hyphen)->end)
                                                                        : 0;
}
