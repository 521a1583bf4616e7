/* Links of drafts: which lead to a place inside, and in what order they are stored. */
#include "press/draft.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

struct targets {
    struct kite_names names; /* in the draft's arena */
    uint32_t *paragraphs;    /* by number of the name */
};

/* ---- names of headings ------------------------------------------------------------------------------ */

static bool is_kept(uint32_t c)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

    return c == '-' || c == '_' ||
           (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO && category != UTF8PROC_CATEGORY_ME);
}

/* As the usual tools name headings: lower case, spaces to hyphens, letters and digits only. */
static enum kite_status name_heading(const struct kite_text *text, struct kite_buffer *out)
{
    enum kite_status status = KITE_OK;

    out->count = 0;
    for (size_t i = 0, used; i < text->text_bytes && status == KITE_OK; i += used) {
        uint32_t c = kite_utf8_decode(text->text + i, text->text_bytes - i, &used);
        char utf8[4];

        if (c == ' ')
            status = kite_buffer_add_u8(out, '-');
        else if (is_kept(c))
            status = kite_buffer_add(out, utf8,
                                     kite_utf8_encode((uint32_t)utf8proc_tolower((utf8proc_int32_t)c), utf8));
    }
    return status;
}

static enum kite_status add_target(struct kite_draft *draft, struct targets *targets, const char *name, size_t bytes,
                                   size_t paragraph)
{
    uint32_t number;
    bool is_new;
    enum kite_status status = kite_names_add(&targets->names, &draft->arena, name, bytes, &number, &is_new);

    if (status == KITE_OK && is_new)
        targets->paragraphs[number] = (uint32_t)paragraph;
    return status;
}

/* Names of one's own go before those that headings have by their words. */
static enum kite_status find_targets(struct kite_draft *draft, struct targets *targets)
{
    struct kite_buffer name = { .mem = draft->mem };
    size_t names = draft->body.count; /* every heading has one by its words */
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < draft->body.count; i++)
        for (const struct kite_draft_anchor *a = draft->body.items[i].anchors; a; a = a->next)
            names++;
    targets->paragraphs = kite_arena_alloc(&draft->arena, names, sizeof *targets->paragraphs);
    if (!targets->paragraphs)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < draft->body.count; i++)
        for (const struct kite_draft_anchor *a = draft->body.items[i].anchors; a && status == KITE_OK; a = a->next)
            status = add_target(draft, targets, a->name, strlen(a->name), i);
    for (size_t i = 0; i < draft->body.count && status == KITE_OK; i++) {
        const struct kite_paragraph *p = &draft->body.items[i].paragraph;

        if (p->role != KITE_ROLE_HEADING && p->role != KITE_ROLE_TITLE)
            continue;
        status = name_heading(&p->text, &name);
        status = status ? status : add_target(draft, targets, name.count ? (const char *)name.bytes : "", name.count, i);
    }
    kite_buffer_close(&name);
    return status;
}

/* ---- addresses -------------------------------------------------------------------------------------- */

/* Digits at *at to a number; false when there are none or too many. */
static bool take_number(const char **at, uint32_t *value)
{
    const char *from = *at;

    *value = 0;
    while (**at >= '0' && **at <= '9' && *at - from < 9)
        *value = *value * 10 + (uint32_t)(*(*at)++ - '0');
    return *at > from;
}

/* "#p12", "#p12@30", "#d2p12": places as `kite text` writes them. */
static bool take_place(const char *address, struct kite_place *place)
{
    const char *at = address + 1;

    if (*at == 'd' && (at++, !take_number(&at, &place->document)))
        return false;
    if (*at != 'p' || (at++, !take_number(&at, &place->paragraph)))
        return false;
    if (*at == '@' && (at++, !take_number(&at, &place->offset_bytes)))
        return false;
    return *at == '\0';
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The draft whose input an address names before its '#'; count for none. */
static size_t draft_of(const struct kite_draft *drafts, size_t count, const char *address)
{
    size_t bytes = strcspn(address, "#");

    for (size_t i = 0; i < count; i++) {
        const char *name = drafts[i].input->name, *slash = name ? strrchr(name, '/') : NULL;

        name = slash ? slash + 1 : name;
        if (name && bytes > 0 && strlen(name) == bytes && memcmp(name, address, bytes) == 0)
            return i;
    }
    return count;
}

/* The paragraph of a name, in which %XX stands for a byte. */
static bool find_name(const struct targets *targets, const char *name, uint32_t *paragraph)
{
    char plain[KITE_STRING_BYTES_MAX + 1];
    size_t count = 0;
    uint32_t number;

    for (; *name && count < sizeof plain; name++) {
        bool is_hex = *name == '%' && hex(name[1]) >= 0 && hex(name[2]) >= 0;

        plain[count++] = is_hex ? (char)(hex(name[1]) * 16 + hex(name[2])) : *name;
        name += is_hex ? 2 : 0;
    }
    number = kite_names_find(&targets->names, plain, count);
    if (number != UINT32_MAX)
        *paragraph = targets->paragraphs[number];
    return number != UINT32_MAX;
}

static size_t paragraph_count(const struct kite_draft *draft)
{
    return draft->body.count + draft->notes.count;
}

/* True when the link leads somewhere. */
static bool resolve(const struct kite_draft *drafts, size_t count, const struct targets *targets, size_t self,
                    const char *address, struct kite_link *link)
{
    size_t document = address[0] == '#' ? self : draft_of(drafts, count, address);
    const char *name = strchr(address, '#');
    struct kite_place *place = &link->place;

    *link = (struct kite_link){ .address = document == count ? address : NULL, .place.document = (uint32_t)self };
    if (document == count)
        return true;
    if (drafts[self].is_exact && address[0] == '#' && take_place(address, place))
        return place->document < count && place->paragraph < paragraph_count(&drafts[place->document]);
    place->document = (uint32_t)document;
    return !name || name[1] == '\0' || find_name(&targets[document], name + 1, &place->paragraph);
}

/* ---- the order -------------------------------------------------------------------------------------- */

struct renumbering {
    struct kite_draft *draft;
    struct kite_link *resolved; /* by old number */
    bool *leads;
    uint32_t *number;        /* by old number: 1 + new, 0 when not met yet */
    struct kite_names alike; /* links by what they lead to; their numbers are the new ones */
    struct kite_link *ordered;
};

/* The number of the link that leads to the same place. */
static enum kite_status renumber(struct renumbering *r, uint32_t old)
{
    const struct kite_link *link = &r->resolved[old];
    char place[64];
    const char *key = link->address ? link->address : place;
    uint32_t number;
    enum kite_status status;

    /* No address begins with a space. */
    snprintf(place, sizeof place, " %lu %lu %lu", (unsigned long)link->place.document,
             (unsigned long)link->place.paragraph, (unsigned long)link->place.offset_bytes);
    status = kite_names_add(&r->alike, &r->draft->arena, key, strlen(key), &number, NULL);
    if (status)
        return kite_fail(r->draft->fault, KITE_E_NOMEM, "no memory for links");
    r->ordered[number] = *link;
    r->number[old] = number + 1;
    return KITE_OK;
}

static enum kite_status renumber_list(struct kite_draft_list *list, struct renumbering *r)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < list->count; i++) {
        const struct kite_text *t = &list->items[i].paragraph.text;
        struct kite_span *spans = (struct kite_span *)(uintptr_t)t->spans; /* the draft's own */

        for (size_t k = 0; k < t->span_count && status == KITE_OK; k++) {
            uint32_t old = spans[k].link;

            if (old == 0)
                continue;
            if (r->leads[old - 1] && r->number[old - 1] == 0)
                status = renumber(r, old - 1);
            spans[k].link = r->number[old - 1];
        }
    }
    return status;
}

static enum kite_status resolve_draft(struct kite_draft *drafts, size_t count, const struct targets *targets,
                                      size_t self)
{
    struct kite_draft *draft = &drafts[self];
    uint32_t links = draft->links.count;
    struct renumbering r = {
        .draft = draft,
        .resolved = kite_arena_alloc(&draft->arena, links, sizeof *r.resolved),
        .ordered = kite_arena_alloc(&draft->arena, links, sizeof *r.ordered),
        .leads = kite_arena_alloc(&draft->arena, links, sizeof *r.leads),
        .number = kite_arena_alloc(&draft->arena, links, sizeof *r.number),
    };
    enum kite_status status;

    if (!r.resolved || !r.ordered || !r.leads || !r.number)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for links");
    for (uint32_t i = 0; i < links; i++) {
        const char *address = draft->links.names[i];

        r.number[i] = 0;
        r.leads[i] = resolve(drafts, count, targets, self, address, &r.resolved[i]);
        if (!r.leads[i])
            kite_draft_note(draft, KITE_PRESS_WARNING, 0, "the link to %.*s leads nowhere; its text stays",
                            kite_shown_bytes(address, strlen(address), 60), address);
    }
    status = renumber_list(&draft->body, &r);
    status = status ? status : renumber_list(&draft->notes, &r);
    draft->resolved = r.ordered;
    draft->resolved_count = r.alike.count;
    return status;
}

enum kite_status kite_drafts_resolve_links(struct kite_draft *drafts, size_t count)
{
    struct targets *targets = kite_alloc(&drafts->mem, count, sizeof *targets);
    enum kite_status status = targets ? KITE_OK : KITE_E_NOMEM;

    for (size_t i = 0; i < count && status == KITE_OK; i++)
        status = find_targets(&drafts[i], &targets[i]);
    if (status)
        kite_fail(drafts->fault, status, "no memory for links");
    for (size_t i = 0; i < count && status == KITE_OK; i++)
        status = resolve_draft(drafts, count, targets, i);
    kite_free(&drafts->mem, targets);
    return status;
}
