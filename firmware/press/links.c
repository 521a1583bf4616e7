/* Links of drafts: which lead to a place inside, and in what order they are stored. */
#include "press/draft.h"

#include <string.h>
#include <utf8proc.h>

struct target {
    const char *name; /* in the draft's arena */
    uint32_t paragraph;
};

struct targets {
    struct target *items;
    size_t count;
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

static enum kite_status find_targets(struct kite_draft *draft, struct targets *targets)
{
    struct kite_buffer name = { .mem = draft->mem };
    enum kite_status status = KITE_OK;

    targets->items = kite_arena_alloc(&draft->arena, 2 * draft->body.count, sizeof *targets->items);
    if (!targets->items)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < draft->body.count && status == KITE_OK; i++) {
        const struct kite_draft_paragraph *p = &draft->body.items[i];
        struct target target = { p->anchor, (uint32_t)i };

        if (target.name)
            targets->items[targets->count++] = target;
        if (p->paragraph.role != KITE_ROLE_HEADING && p->paragraph.role != KITE_ROLE_TITLE)
            continue;
        status = name_heading(&p->paragraph.text, &name);
        target.name = status ? NULL : kite_draft_copy(draft, (const char *)name.bytes, name.count);
        if (target.name)
            targets->items[targets->count++] = target;
        else
            status = KITE_E_NOMEM;
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
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Is the address, with its %XX read, this name? */
static bool is_name(const char *address, const char *name)
{
    for (; *address; address++, name++) {
        char c = *address;

        if (c == '%' && hex(address[1]) >= 0 && hex(address[2]) >= 0) {
            c = (char)(hex(address[1]) * 16 + hex(address[2]));
            address += 2;
        }
        if (c != *name || c == '\0')
            return false;
    }
    return *name == '\0';
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

static bool find_name(const struct targets *targets, const char *name, uint32_t *paragraph)
{
    for (size_t i = 0; i < targets->count; i++)
        if (is_name(name, targets->items[i].name)) {
            *paragraph = targets->items[i].paragraph;
            return true;
        }
    return false;
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
    struct kite_link *resolved; /* by old number; then by new */
    bool *leads;
    uint32_t *number; /* by old number: 1 + new, 0 when not met yet */
    struct kite_link *ordered;
    uint32_t count;
};

static bool leads_alike(const struct kite_link *a, const struct kite_link *b)
{
    if (a->address || b->address)
        return a->address && b->address && strcmp(a->address, b->address) == 0;
    return a->place.document == b->place.document && a->place.paragraph == b->place.paragraph &&
           a->place.offset_bytes == b->place.offset_bytes;
}

/* Number of a link that leads to the same place, a new one when there is none yet. */
static uint32_t number_of(struct renumbering *r, const struct kite_link *link)
{
    uint32_t i = 0;

    while (i < r->count && !leads_alike(&r->ordered[i], link))
        i++;
    if (i == r->count)
        r->ordered[r->count++] = *link;
    return i + 1;
}

static void renumber_list(struct kite_draft_list *list, struct renumbering *r)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct kite_text *t = &list->items[i].paragraph.text;
        struct kite_span *spans = (struct kite_span *)(uintptr_t)t->spans; /* the draft's own */

        for (size_t k = 0; k < t->span_count; k++) {
            uint32_t old = spans[k].link;

            if (old == 0)
                continue;
            if (r->leads[old - 1] && r->number[old - 1] == 0)
                r->number[old - 1] = number_of(r, &r->resolved[old - 1]);
            spans[k].link = r->number[old - 1];
        }
    }
}

static enum kite_status resolve_draft(struct kite_draft *drafts, size_t count, const struct targets *targets,
                                      size_t self)
{
    struct kite_draft *draft = &drafts[self];
    size_t links = draft->link_count;
    struct renumbering r = {
        .resolved = kite_arena_alloc(&draft->arena, links, sizeof *r.resolved),
        .ordered = kite_arena_alloc(&draft->arena, links, sizeof *r.ordered),
        .leads = kite_arena_alloc(&draft->arena, links, sizeof *r.leads),
        .number = kite_arena_alloc(&draft->arena, links, sizeof *r.number),
    };

    if (!r.resolved || !r.ordered || !r.leads || !r.number)
        return kite_fail(draft->fault, KITE_E_NOMEM, "no memory for links");
    for (size_t i = 0; i < links; i++) {
        r.number[i] = 0;
        r.leads[i] = resolve(drafts, count, targets, self, draft->links[i], &r.resolved[i]);
        if (!r.leads[i])
            kite_draft_note(draft, KITE_PRESS_WARNING, 0, "the link to %.60s leads nowhere; its text stays",
                            draft->links[i]);
    }
    renumber_list(&draft->body, &r);
    renumber_list(&draft->notes, &r);
    draft->resolved = r.ordered;
    draft->link_count = r.count;
    return KITE_OK;
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
