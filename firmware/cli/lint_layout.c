/* What shows when the text is set: lines with wide gaps, lines wider than the column, tables shown
 * as cards. */
#include "cli/lint.h"

#include <inttypes.h>

#define LOOSE_RATIO_PERCENT 200 /* spaces twice their width */
#define LOOSE_SHARE 20          /* one line in so many may be so loose: the rule that justifies a text (page/align.c) */
#define WORST_RATIO_PERCENT 400 /* but none is looser than this: spaces three times their width */
#define EDGE_F26 64

struct layout_lint {
    struct kite_lint *lint;
    uint32_t justified, loose, wide;
    uint32_t worst_paragraph, wide_paragraph;
    int64_t worst_percent;
    uint32_t card_paragraph; /* of the table told last, moved along its rows */
    struct kite_progress progress;
    uint32_t paragraph_count;
};

static void see_loose(struct layout_lint *l, const struct kite_layout_line *told)
{
    const struct kite_line *line = &told->line;
    kite_f26 gap = told->measure_f26 - line->natural_f26;

    if (!line->is_justified || line->is_last || line->space_count == 0)
        return;
    l->justified++;
    if (gap <= 0 || line->stretch_f26 <= 0)
        return;

    int64_t percent = (int64_t)gap * 100 / line->stretch_f26;

    l->loose += percent > LOOSE_RATIO_PERCENT;
    if (percent > l->worst_percent) {
        l->worst_percent = percent;
        l->worst_paragraph = told->paragraph;
    }
}

static void see_card(struct layout_lint *l, const struct kite_layout_line *told)
{
    if (told->role != KITE_ROLE_TABLE_HEAD && told->role != KITE_ROLE_TABLE_ROW)
        return;
    if (l->card_paragraph == KITE_LINT_NO_PARAGRAPH || told->paragraph > l->card_paragraph + 1)
        kite_lint_found(
            l->lint, "table", told->paragraph,
            "the table is too wide for this panel and size; each row is shown as a card");
    l->card_paragraph = told->paragraph;
}

static enum kite_status see_line(void *ctx, const struct kite_layout_line *told)
{
    struct layout_lint *l = ctx;

    see_loose(l, told);
    see_card(l, told);
    if (told->drawn_f26 > told->measure_f26 + EDGE_F26) {
        if (l->wide++ == 0)
            l->wide_paragraph = told->paragraph;
    }
    return KITE_OK;
}

static enum kite_status see_page(void *ctx, const struct kite_layout_page *told)
{
    const struct layout_lint *l = ctx;

    if (l->progress.step)
        l->progress.step(l->progress.ctx, told->start.paragraph, l->paragraph_count);
    return KITE_OK;
}

enum kite_status kite_lint_layout(struct kite_lint *lint)
{
    struct layout_lint l = {.lint = lint, .card_paragraph = KITE_LINT_NO_PARAGRAPH};
    struct kite_layout_report report = {.ctx = &l, .line = see_line, .page = see_page};
    struct kite_document_info info;
    struct kite_meter meter;
    enum kite_status status = kite_bundle_document(lint->session->bundle, lint->document, &info);

    if (status)
        return status;
    l.paragraph_count = info.paragraph_count;
    l.progress = kite_meter_start(&meter, "setting lines", false);
    status = kite_layout_tell(lint->session->layout, lint->document, &report, &lint->session->cli->fault);
    kite_meter_finish(&meter);
    if (status)
        return status;
    if (l.loose > 1 + l.justified / LOOSE_SHARE || l.worst_percent > WORST_RATIO_PERCENT)
        kite_lint_found(lint, "loose", l.worst_paragraph,
                        "lines with wide gaps: %" PRIu32 " of %" PRIu32
                        ", the widest here; try --align ragged or a smaller --size",
                        l.loose, l.justified);
    if (l.wide > 0)
        kite_lint_found(lint, "wide", l.wide_paragraph,
                        "lines wider than the column: %" PRIu32 ", the first here", l.wide);
    return KITE_OK;
}
