/* Office files as ZIP packages: parts as trees, pictures fetched from among them. */
#include "press/rewrite.h"

#include <string.h>

#define CENTRAL_RECORD_BYTES 46u

static enum kite_status fetch_part(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    struct kite_package *package = ctx;
    struct kite_buffer part = { .mem = package->draft->mem };
    enum kite_status status = kite_container_read(package->container, reference, &part, NULL);

    if (status) {
        kite_buffer_close(&part);
        return status == KITE_DONE ? KITE_E_IO : status;
    }
    *bytes = part.bytes;
    *count = part.count;
    return KITE_OK;
}

enum kite_status kite_package_open(struct kite_draft *draft, struct kite_package *out)
{
    const struct kite_press_input *outer = draft->input;
    enum kite_status status;

    *out = (struct kite_package){ .draft = draft, .outer = outer, .inner = { .name = outer->name } };
    status = kite_container_open(&draft->mem, outer->bytes, outer->byte_count, &out->container, draft->fault);
    if (status)
        return status;
    out->inner.bytes = outer->bytes;
    out->inner.byte_count = outer->byte_count;
    out->inner.ctx = out;
    out->inner.fetch = fetch_part;
    draft->input = &out->inner;
    return KITE_OK;
}

void kite_package_close(struct kite_package *package)
{
    kite_container_close(package->container);
    package->container = NULL;
    package->draft->input = package->outer;
}

enum kite_status kite_package_tree(struct kite_package *package, const char *name, struct kite_tree *out)
{
    struct kite_draft *draft = package->draft;
    struct kite_buffer text = { .mem = draft->mem };
    struct kite_fault why = { "" };
    enum kite_status status = kite_container_read(package->container, name, &text, draft->fault);

    if (status == KITE_OK) {
        status = kite_tree_xml(&draft->mem, (const char *)text.bytes, text.count, out, &why);
        if (status == KITE_E_FORMAT) {
            kite_draft_note(draft, KITE_PRESS_WARNING, 0, "%s in it is damaged and read as far as it goes: %s", name, why.text);
            status = KITE_OK;
        } else if (status) {
            kite_tree_close(out);
            kite_fail(draft->fault, status, "%s in it: %s", name, why.text);
        }
    }
    kite_buffer_close(&text);
    return status;
}

bool kite_package_names(const struct kite_press_input *input, const char *start)
{
    const uint8_t *at = input->bytes, *end = input->bytes + input->byte_count;
    size_t bytes = strlen(start);

    if (!kite_container_is_one(input->bytes, input->byte_count))
        return false;
    while ((size_t)(end - at) >= CENTRAL_RECORD_BYTES + bytes) {
        at = memchr(at, 'P', (size_t)(end - at) - CENTRAL_RECORD_BYTES - bytes + 1);
        if (!at)
            return false;
        if (memcmp(at, "PK\1\2", 4) == 0 && memcmp(at + CENTRAL_RECORD_BYTES, start, bytes) == 0)
            return true;
        at++;
    }
    return false;
}
