/* Opening what a verb works on. */
#include "cli/session.h"

#include <string.h>

#define PROBE_PT100 10000
#define CHARS_LINES_MAX 2000u

/* ---- settings -------------------------------------------------------------------------------- */

/* Hundredths of a point that give this size; a probe tells how the family scales. */
static int32_t pt100_of(const struct kite_setting *setting, kite_f26 size_f26)
{
    struct kite_setting probe = *setting;

    kite_setting_scale(&probe, PROBE_PT100, 1000);
    return kite_mul_div(PROBE_PT100, size_f26, probe.size_f26);
}

void kite_setting_resize(struct kite_setting *setting, kite_f26 size_f26, int32_t line_em1000)
{
    if (line_em1000 <= 0)
        line_em1000 = kite_mul_div(setting->line_f26, 1000, setting->size_f26);
    kite_setting_scale(setting, pt100_of(setting, size_f26), line_em1000);
}

static bool is_turned(const struct kite_args *args)
{
    return args->rotation % 2 == 1;
}

/* The profile's own size in hundredths of a point. */
static int32_t profile_pt100(const struct kite_setting *setting)
{
    return pt100_of(setting, setting->size_f26);
}

void kite_setting_from_args(const struct kite_args *args, struct kite_setting *setting)
{
    struct kite_panel_geometry panel = args->panel.geometry;

    if (is_turned(args)) {
        panel.width_px = args->panel.geometry.height_px;
        panel.height_px = args->panel.geometry.width_px;
    }
    kite_setting_init(setting, (enum kite_profile)args->profile, panel,
                      args->size_pt100 > 0 ? args->size_pt100 : 0);

    int32_t pt100 = args->size_pt100 > 0 ? args->size_pt100 : profile_pt100(setting);
    int32_t line_em1000 = args->line_em1000 > 0
                              ? args->line_em1000
                              : kite_mul_div(setting->line_f26, 1000, setting->size_f26);

    if (args->face >= 0)
        setting->family = (enum kite_family)args->face;
    if (args->face >= 0 || args->line_em1000 > 0)
        kite_setting_scale(setting, pt100, line_em1000);
    if (args->margin_px >= 0)
        setting->margin_left_px = setting->margin_right_px = setting->margin_top_px =
            setting->margin_bottom_px = args->margin_px;
    if (args->align >= 0)
        setting->align = (enum kite_align_choice)args->align;
    setting->notes = (enum kite_notes_choice)args->notes;
    if (args->weight >= 0)
        setting->weight = (uint8_t)args->weight;
    if (args->no_hyphens)
        setting->hyphenate = false;
}

/* ---- the size for a number of characters ------------------------------------------------------
 */

struct mean {
    int64_t natural_f26, chars;
    uint32_t line_count;
};

static enum kite_status add_to_mean(void *ctx, const struct kite_layout_line *told)
{
    struct mean *mean = ctx;
    const struct kite_line *line = &told->line;
    size_t bytes = line->end_bytes - line->start_bytes;

    if (told->role != KITE_ROLE_PARAGRAPH ||
        line->has_hyphen) /* a hyphen is wide and no character of the text */
        return KITE_OK;
    for (size_t i = 0; i < bytes; i++)
        mean->chars += ((unsigned char)told->text[i] & 0xc0) != 0x80;
    mean->natural_f26 += line->natural_f26;
    if (bytes > 0 && told->text[bytes - 1] == ' ')
        mean->natural_f26 += line->space_f26; /* which the line's own width leaves out */
    return ++mean->line_count < CHARS_LINES_MAX ? KITE_OK : KITE_E_LIMIT; /* enough is known */
}

static enum kite_status skip_page(void *ctx, const struct kite_layout_page *told)
{
    (void)ctx;
    (void)told;
    return KITE_OK;
}

/* Widths grow with the size, so one measurement of running text tells the size for any number of
 * characters. */
static enum kite_status fit_chars(struct kite_session *session, uint32_t document, int32_t chars)
{
    struct kite_setting *setting = &session->setting;
    struct mean mean = {0};
    struct kite_layout_report report = {.ctx = &mean, .line = add_to_mean, .page = skip_page};
    struct kite_fault *fault = &session->cli->fault;
    enum kite_status status = kite_layout_tell(session->layout, document, &report, fault);

    if (status == KITE_E_LIMIT && mean.line_count == CHARS_LINES_MAX)
        status = KITE_OK;
    if (status)
        return status;
    fault->text[0] = '\0';
    if (mean.natural_f26 <= 0)
        return kite_fail(fault, KITE_E_RANGE,
                         "the document has no running text that --chars could measure");

    int32_t measure_px =
        setting->panel.width_px - setting->margin_left_px - setting->margin_right_px;
    int64_t size_f26 =
        (int64_t)measure_px * 64 * mean.chars / chars * setting->size_f26 / mean.natural_f26;

    if (size_f26 > kite_f26_from_px(measure_px))
        return kite_fail(fault, KITE_E_RANGE,
                         "%d characters a line are too few for this text and panel", (int)chars);
    kite_setting_resize(setting, (kite_f26)size_f26, 0);
    return kite_layout_set(session->layout, setting, fault);
}

/* ---- the session ----------------------------------------------------------------------------- */

enum kite_status kite_session_open(struct kite_session *session, struct kite_cli *cli,
                                   const char *path)
{
    *session = (struct kite_session){.cli = cli, .file = {.descriptor = -1}};

    enum kite_status status = kite_file_open(&cli->mem, path, &session->file, &cli->fault);

    if (status)
        return status;
    status = kite_bundle_open(&cli->mem, &session->file.source, &session->bundle, &cli->fault);
    if (status == KITE_OK)
        kite_bundle_keep_words(session->bundle, KITE_WORDS_KEPT_AT_DESK);
    return status;
}

enum kite_status kite_session_documents(struct kite_session *session, uint32_t *first,
                                        uint32_t *end)
{
    uint32_t count = kite_bundle_document_count(session->bundle);
    int32_t asked = session->cli->args.document;

    *first = asked > 0 ? (uint32_t)asked - 1 : 0;
    *end = asked > 0 ? (uint32_t)asked : count;
    if (*first < count)
        return KITE_OK;
    return kite_fail(&session->cli->fault, KITE_E_RANGE,
                     "there is no document %d; the bundle has %u", (int)asked, (unsigned)count);
}

void kite_session_root(const struct kite_session *session, char out[KITE_ROOT_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *root = kite_bundle_root_hash(session->bundle);

    for (size_t i = 0; i < KITE_ROOT_TEXT_BYTES / 2; i++) {
        out[2 * i] = digits[root[i] >> 4];
        out[2 * i + 1] = digits[root[i] & 15];
    }
    out[KITE_ROOT_TEXT_BYTES - 1] = '\0';
}

static enum kite_status open_fonts(struct kite_session *session)
{
    struct kite_cli *cli = session->cli;
    enum kite_status status = kite_font_files_open(&cli->mem, cli->args.fonts, cli->program,
                                                   &session->font_files, &cli->fault);

    if (status)
        return status;

    struct kite_font_loader loader = kite_font_files_loader(session->font_files);

    status = kite_fonts_create(&cli->mem, &loader, &session->fonts, &cli->fault);
    if (kite_font_files_trouble(session->font_files))
        return kite_session_check(session);
    return status == KITE_E_RANGE ? KITE_E_IO
                                  : status; /* fonts are the machine's, not the bundle's */
}

enum kite_status kite_session_check(struct kite_session *session)
{
    enum kite_status status = kite_font_files_trouble(session->font_files);

    return status ? kite_fail(&session->cli->fault, status, "a font file could not be read: %s",
                              kite_status_text(status))
                  : KITE_OK;
}

enum kite_status kite_session_lay_out(struct kite_session *session)
{
    struct kite_cli *cli = session->cli;
    const struct kite_args *args = &cli->args;
    uint32_t first, end;
    enum kite_status status = kite_session_documents(session, &first, &end);

    kite_setting_from_args(args, &session->setting);
    session->ink = (struct kite_ink){.levels = args->panel.levels,
                                     .weight = session->setting.weight,
                                     .is_night = args->is_night,
                                     .rotation = (enum kite_rotation)args->rotation};
    if (status == KITE_OK)
        status = open_fonts(session);
    if (status == KITE_OK)
        status = kite_layout_create(&cli->mem, session->bundle, session->fonts, &session->setting,
                                    &session->layout, &cli->fault);
    if (status == KITE_OK && args->chars > 0)
        status = fit_chars(session, first, args->chars);
    return status;
}

void kite_session_close(struct kite_session *session)
{
    kite_layout_destroy(session->layout);
    kite_fonts_destroy(session->fonts);
    kite_font_files_close(session->font_files);
    kite_bundle_close(session->bundle);
    kite_file_close(&session->file);
}
