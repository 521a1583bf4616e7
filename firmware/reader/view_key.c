/* A sender's key that came on a stick: the owner trusts it, or not. */
#include "reader/deeds.h"
#include "reader/import.h"

enum { KEY_NEEDS_PIN = 0, KEY_ASKS };

bool key_is_there(const struct import_state *m)
{
    return m->volume == KITE_VOLUME_STICK && m->keys_answered < m->news->key_count;
}

void key_offer(struct kite_reader *r)
{
    r->key = r->import->news->keys[r->import->keys_answered];
    view_open(r, VIEW_KEY, 0);
}

static void answered(struct kite_reader *r)
{
    if (r->import && r->import->keys_answered < r->import->news->key_count)
        r->import->keys_answered++;
    view_remove(r, VIEW_KEY);
}

static enum kite_status trust(struct kite_reader *r)
{
    int64_t sender;
    enum kite_status status = kite_library_sender_add(r->library, &r->key, &sender, &r->fault);

    answered(r);
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status do_trust(struct kite_reader *r)
{
    return pin_guard(r, trust);
}

static enum kite_status do_not_now(struct kite_reader *r)
{
    answered(r);
    return KITE_OK;
}

/* The harmless answer stands first. */
static const struct deed table[] = {
    { KEY_NEEDS_PIN, MESSAGE_KEY_NOT_NOW, ICON_BACK, do_not_now },
    { KEY_NEEDS_PIN, MESSAGE_PIN_SET, ICON_PLUS, pin_new },
    { KEY_ASKS, MESSAGE_KEY_NOT_NOW, ICON_BACK, do_not_now },
    { KEY_ASKS, MESSAGE_KEY_TRUST, ICON_CHECK, do_trust },
    { 0 },
};

static int state(struct kite_reader *r)
{
    bool is_set = false;

    deeds_fail(r, pin_is_set(r, &is_set));
    return is_set ? KEY_ASKS : KEY_NEEDS_PIN;
}
static const struct deeds deeds = { table, state };

static enum kite_status head(struct kite_reader *r, struct row *out)
{
    sender_name(r->key.name, r->key.id, out->label, sizeof out->label);
    return KITE_OK;
}

static enum kite_status picture(struct kite_reader *r, int32_t *top, int32_t bottom)
{
    sender_draw_picture(r, r->key.picture, top, bottom);
    return r->screen.status;
}

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    char id[KITE_KEY_ID_TEXT_BYTES];

    kite_text_fill(say(r, MESSAGE_KEY_ABOUT), kite_key_id_text(r->key.id, id), NULL, out,
                   out_bytes);
    if (state(r) == KEY_NEEDS_PIN) {
        text_add(" ", out, out_bytes);
        text_add(say(r, MESSAGE_KEY_PIN_FIRST), out, out_bytes);
    }
    return KITE_OK;
}

const struct view view_key = { .name = "key",
                               .title = MESSAGE_KEY_OFFER,
                               .intent = KITE_INTENT_INTERFACE,
                               .has_icons = true,
                               .head = head,
                               .picture = picture,
                               .intro = intro,
                               .count = deeds_count,
                               .row = deeds_row,
                               .chosen = deeds_chosen,
                               .deeds = &deeds };
