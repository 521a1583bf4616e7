/* From text to atoms and breaks: bidi levels and break opportunities first, then atoms.c and breaks.c. */
#include "text/composing.h"

#include "text/bidi.h"
#include "text/segment.h"

#include <stdio.h>

#define SMALL_CAPS_LETTER_EM10000 300
#define FIRST_ROOM_BYTES_MAX 8192u

struct kite_shape_request kite_atom_request(const struct kite_composition *c,
                                            const struct kite_atom *atom, char mark[12])
{
    struct kite_shape_request r = {
        .text = c->text->text + atom->start_bytes, .bytes = atom->bytes, .key = atom->key,
        .face = atom->face, .script = atom->script, .lang = atom->lang,
        .is_rtl = atom->level % 2 != 0, .is_spaced = c->style->letter_em10000 >= 300,
        .is_small_caps = atom->is_small_caps, .hyphen_mode = atom->hyphen_mode };
    if (atom->note != 0) {
        r.bytes = (size_t)snprintf(mark, 12, "%u", (unsigned)atom->note);
        r.text = mark;
        r.key = 0;
        r.is_rtl = false;
    }
    return r;
}

kite_f26 kite_atom_letter(const struct kite_composition *c, const struct kite_atom *a)
{
    int32_t em10000 = c->style->letter_em10000 + (a->is_small_caps ? SMALL_CAPS_LETTER_EM10000 : 0);

    return a->is_joined || em10000 == 0 ? 0 : kite_mul_div(a->size_f26, em10000, 10000);
}

size_t kite_compose_first_room(const struct kite_text *text, size_t sixteenths)
{
    size_t bytes = text->text_bytes < FIRST_ROOM_BYTES_MAX ? text->text_bytes : FIRST_ROOM_BYTES_MAX;

    return bytes * sixteenths / 16 + 8;
}

enum kite_status kite_compose(struct kite_setter *setter, const struct kite_text *text,
                              const struct kite_text_style *style, struct kite_arena *arena,
                              struct kite_composition **out)
{
    struct kite_composition *c = kite_arena_alloc(arena, 1, sizeof *c);
    uint8_t *opportunity = kite_arena_alloc(arena, text->text_bytes + 1, 1);
    struct kite_composing x = { .setter = setter, .text = text, .style = style, .arena = arena, .c = c,
                                .opportunity = opportunity };
    enum kite_status status = KITE_OK;

    if (c == NULL || opportunity == NULL)
        return KITE_E_NOMEM;
    *c = (struct kite_composition){ .text = text, .style = style, .base_level = style->is_rtl };
    kite_segment(text, true, opportunity);
    if (style->is_rtl || kite_bidi_is_needed(text->text, text->text_bytes)) {
        uint8_t *levels = kite_arena_alloc(arena, text->text_bytes + 1, 1);
        if (levels == NULL)
            return KITE_E_NOMEM;
        status = kite_bidi_levels(text->text, text->text_bytes, style->is_rtl, false, arena, levels,
                                  &c->base_level);
        if (status != KITE_OK)
            return status;
        x.levels = levels;
    }
    status = kite_compose_atoms(&x);
    if (status != KITE_OK)
        return status;
    status = kite_compose_breaks(&x);
    *out = c;
    return status;
}
