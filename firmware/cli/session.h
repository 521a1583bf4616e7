/* session: a bundle that is open, and when a verb needs it, its fonts and layout under the setting
 * that was asked for. */
#ifndef KITE_CLI_SESSION_H
#define KITE_CLI_SESSION_H

#include "cli/cli.h"
#include "host/host.h"
#include "render/render.h"

struct kite_session {
    struct kite_cli *cli;
    struct kite_file file;
    struct kite_bundle *bundle;
    struct kite_font_files *font_files;
    struct kite_fonts *fonts;
    struct kite_layout *layout;
    struct kite_setting setting;
    struct kite_ink ink;
};

/* Open a bundle. The session must not move; close it in any case. The fault is the cli's. */
enum kite_status kite_session_open(struct kite_session *session, struct kite_cli *cli,
                                   const char *path);
/* Fonts and layout under the options. KITE_E_RANGE when --document names none. */
enum kite_status kite_session_lay_out(struct kite_session *session);
/* At the end, before what was made is kept: was every font there that was needed? KITE_E_IO, KITE_E_NOMEM. */
enum kite_status kite_session_check(struct kite_session *session);
void kite_session_close(struct kite_session *session);

/* Documents [first, end) that --document chooses; all when it was not given. KITE_E_RANGE. */
enum kite_status kite_session_documents(struct kite_session *session, uint32_t *first,
                                        uint32_t *end);

/* The bundle's root hash in hexadecimal. */
#define KITE_ROOT_TEXT_BYTES 65
void kite_session_root(const struct kite_session *session, char out[KITE_ROOT_TEXT_BYTES]);

/* What the options mean: every value of a setting. Needs no bundle. --chars is not looked at. */
void kite_setting_from_args(const struct kite_args *args, struct kite_setting *setting);
/* Change the body size (26.6 px per em of the setting's family); the line height keeps its ratio,
 * or takes line_em1000 when that is above zero. */
void kite_setting_resize(struct kite_setting *setting, kite_f26 size_f26, int32_t line_em1000);

#endif
