/* pack_report: what a packing has to say: to people as it happens, on standard error, or to programs at its end, as one JSON object. */
#ifndef KITE_CLI_PACK_REPORT_H
#define KITE_CLI_PACK_REPORT_H

#include "cli/cli.h"
#include "press/press.h"

#define KITE_PACK_SENTENCES_MAX 10000u /* that are kept for the object; more are counted */

struct kite_pack_sentence {
    enum kite_press_note_kind kind;
    const char *file, *sentence; /* file may be NULL */
    uint32_t line;
};

struct kite_pack_report {
    struct kite_cli *cli;
    struct kite_arena arena;
    const struct kite_press_input *inputs;
    size_t input_count, started;
    const char **formats; /* by input; NULL: its turn has not come */
    struct kite_pack_sentence *sentences;
    size_t count, capacity;
    uint32_t warning_count, lost_count;
    enum kite_status status; /* KITE_E_NOMEM */
};

/* KITE_E_NOMEM. inputs outlive it. */
enum kite_status kite_pack_report_open(struct kite_pack_report *report, struct kite_cli *cli,
                                       const struct kite_press_input *inputs, size_t input_count);
void kite_pack_report_close(struct kite_pack_report *report);
/* For the press. */
struct kite_press_report kite_pack_report_hooks(struct kite_pack_report *report);
/* The object to standard output. bundle is NULL when the packing failed; then the cli's fault says why. KITE_E_IO, KITE_E_NOMEM. */
enum kite_status kite_pack_report_write(struct kite_pack_report *report, const struct kite_buffer *bundle);

#endif
