/* lint: what would look wrong on a panel. Findings go to one function; verb_lint writes them. */
#ifndef KITE_CLI_LINT_H
#define KITE_CLI_LINT_H

#include "cli/session.h"

#define KITE_LINT_NO_PARAGRAPH UINT32_MAX

struct kite_finding {
    const char *kind; /* "glyph", "loose" ... one word for programs */
    bool is_remark;   /* good to know, but nothing looks wrong */
    uint32_t document;
    uint32_t paragraph; /* or KITE_LINT_NO_PARAGRAPH: it is about the whole document */
    char sentence[200];
};

struct kite_lint {
    struct kite_session *session;
    void *ctx;
    void (*found)(void *ctx, const struct kite_finding *finding);
    uint32_t document;
};

/* Report a finding; the sentence in printf form. One of kind "table", "faint-4" or "font" is a remark. */
void kite_lint_found(struct kite_lint *lint, const char *kind, uint32_t paragraph,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The checks, each over one document. They return trouble, never findings. */
enum kite_status kite_lint_text(struct kite_lint *lint); /* title, language, characters, pictures */
enum kite_status kite_lint_layout(struct kite_lint *lint); /* lines and tables under the setting */

#endif
