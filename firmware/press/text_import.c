/* Texts of any encoding: Markdown by its name or its front matter, and plain text. */
#include "press/draft.h"

#include <string.h>

static bool has_ending(const char *name, const char *ending)
{
    size_t count = name ? strlen(name) : 0, bytes = strlen(ending);

    if (count < bytes)
        return false;
    for (size_t i = 0; i < bytes; i++) {
        char c = name[count - bytes + i];

        if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != ending[i])
            return false;
    }
    return true;
}

static bool is_markdown(const char *name, const char *text, size_t bytes)
{
    static const char *const endings[] = { ".md", ".markdown", ".mdown", ".mkd" };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (has_ending(name, endings[i]))
            return true;
    return kite_is_front_matter(text, bytes);
}

enum kite_status kite_import_text(struct kite_draft *draft)
{
    struct kite_buffer text = { .mem = draft->mem };
    enum kite_status status = kite_press_decode(draft, &text);

    if (status == KITE_OK) {
        const char *bytes = text.count ? (const char *)text.bytes : "";

        status = (is_markdown(draft->input->name, bytes, text.count) ? kite_import_markdown : kite_import_plain)(draft, bytes,
                                                                                                             text.count);
    }
    kite_buffer_close(&text);
    return status;
}
