/* Fonts in a Word file, which its list of fonts leads to. */
#include "press/docx.h"
#include "press/fonts.h"

#include <string.h>

static enum kite_status read_font(struct kite_docx *d, const struct kite_docx_part *list, const struct kite_node *embedded, const char *name)
{
    const char *id = kite_local_attribute(embedded, "id");
    struct kite_draft *draft = d->rewrite.draft;
    struct kite_buffer bytes = { .mem = draft->mem };
    char part[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    bool is_outside = false;
    const char *target = id ? kite_docx_target(list, id, &is_outside) : NULL;
    enum kite_status status;

    if (!target || is_outside || kite_container_resolve(target[0] == '/' ? "" : list->name, target + (target[0] == '/'), part))
        return KITE_OK;
    status = kite_container_read(d->package.container, part, &bytes, NULL);
    name = name ? name : part;
    if (status && status != KITE_E_NOMEM)
        kite_draft_note(draft, KITE_PRESS_WARNING, 0, "the font %s cannot be read: %s", name, status == KITE_DONE ? "it is missing" : kite_status_text(status));
    if (status) {
        kite_buffer_close(&bytes);
        return status == KITE_E_NOMEM ? status : KITE_OK;
    }
    kite_font_ungarble_office(bytes.bytes, bytes.count, kite_local_attribute(embedded, "fontKey"));
    return kite_draft_font_add(draft, name, bytes.bytes, bytes.count);
}

enum kite_status kite_docx_read_fonts(struct kite_docx *d)
{
    struct kite_docx_part list = { .has_tree = false };
    enum kite_status status = KITE_OK;
    const struct kite_node *top;
    unsigned count = 0;

    if (!kite_draft_lacks_fonts(d->rewrite.draft))
        return KITE_OK;
    status = kite_docx_open_related(d, &d->document, "fontTable", &list);
    top = list.has_tree ? kite_node_child(list.tree.root, "fonts") : NULL;
    for (const struct kite_node *font = top ? top->first : NULL; font && status == KITE_OK; font = font->next) {
        const struct kite_node *embedded = kite_node_child(font, "embedRegular");

        if (embedded && count++ < KITE_FONT_FILES_MAX)
            status = read_font(d, &list, embedded, kite_local_attribute(font, "name"));
    }
    kite_docx_part_close(&list);
    return status;
}
