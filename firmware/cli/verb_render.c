/* kite render: pages as pictures. */
#include "cli/places.h"
#include "cli/session.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

static const char *const format_words[] = {"png", "pgm", NULL};

static const struct kite_option render_options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, output),
     .value = "OUT",
     .help = "a picture, or with --pages or --all a folder for pictures page-0001.png and so on; - is standard output"},
    {.name = "at",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, place),
     .value = "PLACE",
     .help = "the page at a place: 63%, p14, \"page 7\" or 0:13:20; the same as naming it behind "
             "the bundle"},
    {.name = "pages",
     .kind = KITE_OPTION_RANGE,
     .offset = offsetof(struct kite_args, pages),
     .value = "A-B",
     .help = "pages A to B, from 1"},
    {.name = "all",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, all_pages),
     .help = "every page"},
    {.name = "original",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, originals),
     .help = "pages of the original as they looked, where their pictures were kept; PLACE, A and B are then its pages. So are "
             "those of a document that is nothing but such pages"},
    {.name = "format",
     .kind = KITE_OPTION_WORD,
     .offset = offsetof(struct kite_args, format),
     .value = "NAME",
     .words = format_words,
     .help = "format of the pictures; by the name of OUT unless given"},
};
static const struct kite_option_group render_group = {"Which pages, and where to", render_options,
                                                      6};

struct job {
    struct kite_session session;
    struct kite_renderer *renderer;
    struct kite_canvas canvas;
    uint32_t document;
    bool is_pgm;
    char path[1024];
};

static bool ends_in(const char *text, const char *end)
{
    size_t bytes = strlen(text), tail = strlen(end);

    return bytes >= tail && strcmp(text + bytes - tail, end) == 0;
}

/* Does the output's name say that it is one picture? */
static bool is_one_picture(const char *output)
{
    return ends_in(output, ".png") || ends_in(output, ".pgm") || strcmp(output, "-") == 0;
}

/* The place that was asked for; operands behind the bundle are put together, so that "page 7" needs
 * no quotes. */
static enum kite_status read_place(struct kite_cli *cli, struct kite_place_wish *wish)
{
    char text[64] = "";
    size_t used = 0;

    *wish = (struct kite_place_wish){0};
    if (cli->args.place)
        used = (size_t)snprintf(text, sizeof text, "%s", cli->args.place);
    for (size_t i = 1; i < cli->operand_count && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? " " : "",
                                 cli->operands[i]);
    if (used == 0 || (used < sizeof text && kite_place_from_text(text, wish)))
        return KITE_OK;
    return kite_fail(&cli->fault, KITE_E_RANGE,
                     "\"%s\" is no place; write 63%%, p14, page 7 or 0:13:20", text);
}

static enum kite_status write_canvas(struct job *job, const char *path)
{
    struct kite_cli *cli = job->session.cli;
    struct kite_output out;
    enum kite_status status = kite_output_open(&cli->mem, path, &out, &cli->fault);

    if (status)
        return status;

    struct kite_sink sink = kite_output_sink(&out);

    status = job->is_pgm ? kite_canvas_write_pgm(&job->canvas, &sink)
                         : kite_canvas_write_png(&job->canvas, &cli->mem, &sink, &cli->fault);
    if (status == KITE_OK)
        status = kite_output_commit(&out, &cli->fault);
    kite_output_drop(&out);
    return status;
}

static enum kite_status draw(struct job *job, const struct kite_page *page)
{
    struct kite_cli *cli = job->session.cli;
    enum kite_status status = kite_session_check(&job->session);

    if (status)
        return status;
    return kite_render_page(job->renderer, page, job->session.bundle, &job->session.ink, NULL,
                            &job->canvas, &cli->fault);
}

static enum kite_status render_one(struct job *job, const struct kite_place_wish *wish)
{
    struct kite_cli *cli = job->session.cli;
    const struct kite_page *page;
    struct kite_place place;
    enum kite_status status = kite_place_find(wish, job->session.bundle, job->session.layout,
                                              job->document, &place, &cli->fault);

    if (status == KITE_OK)
        status =
            kite_layout_page_at(job->session.layout, place, KITE_PAGE_EXACT, &page, &cli->fault);
    if (status == KITE_OK)
        status = draw(job, page);
    return status ? status : write_canvas(job, cli->args.output);
}

/* ---- pages of the original ------------------------------------------------------------------------ */

/* The largest box of the picture's proportions on the page as it is turned, in the middle. */
static struct kite_rect box_of(const struct job *job, const struct kite_picture_info *info)
{
    int64_t width = job->session.setting.panel.width_px, height = job->session.setting.panel.height_px;
    struct kite_rect box = {0, 0, (int32_t)width, (int32_t)height};

    if (width * info->height_px <= height * info->width_px)
        box.height = (int32_t)(width * info->height_px / info->width_px);
    else
        box.width = (int32_t)(height * info->width_px / info->height_px);
    box.height = box.height > 0 ? box.height : 1;
    box.width = box.width > 0 ? box.width : 1;
    box.x = (int32_t)(width - box.width) / 2;
    box.y = (int32_t)(height - box.height) / 2;
    return box;
}

/* KITE_DONE: no picture of it was kept. */
static enum kite_status draw_original(struct job *job, uint32_t index)
{
    struct kite_page_picture picture = {.is_print = true};
    struct kite_page page = {.pictures = &picture, .picture_count = 1};
    struct kite_original original;
    struct kite_picture_info info;
    enum kite_status status = kite_bundle_original(job->session.bundle, job->document, index, &original);

    if (status == KITE_OK && original.picture == KITE_NO_PICTURE)
        return KITE_DONE;
    if (status == KITE_OK)
        status = kite_bundle_picture_info(job->session.bundle, original.picture, &info);
    if (status)
        return status;
    picture.picture = original.picture;
    picture.box = box_of(job, &info);
    return draw(job, &page);
}

static enum kite_status no_original(struct job *job, uint32_t number)
{
    return kite_fail(&job->session.cli->fault, KITE_E_RANGE,
                     "there is no picture of page %u of the original; kite pack --pages keeps them", (unsigned)number);
}

/* The page of the original that a place is on. */
static enum kite_status find_original(struct job *job, const struct kite_place_wish *wish, uint32_t *index)
{
    struct kite_place place;
    enum kite_status status;

    if (wish->kind == KITE_PLACE_PAGE) {
        *index = wish->number;
        return KITE_OK;
    }
    status = kite_place_find(wish, job->session.bundle, job->session.layout, job->document, &place, &job->session.cli->fault);
    if (status == KITE_OK && kite_bundle_original_at(job->session.bundle, place, index) != KITE_OK)
        *index = 0; /* what stands in front of the first page belongs to it */
    return status;
}

static enum kite_status render_original(struct job *job, const struct kite_place_wish *wish)
{
    uint32_t index;
    enum kite_status status = find_original(job, wish, &index);

    if (status)
        return status;
    status = draw_original(job, index);
    if (status == KITE_DONE || status == KITE_E_RANGE)
        return no_original(job, index + 1);
    return status ? status : write_canvas(job, job->session.cli->args.output);
}

static enum kite_status write_numbered(struct job *job, int32_t number)
{
    struct kite_cli *cli = job->session.cli;
    const char *folder = cli->args.output;
    int length =
        snprintf(job->path, sizeof job->path, "%s%spage-%04d.%s", folder,
                 ends_in(folder, "/") ? "" : "/", (int)number, job->is_pgm ? "pgm" : "png");

    if (length < 0 || (size_t)length >= sizeof job->path)
        return kite_fail(&cli->fault, KITE_E_LIMIT, "the name of the folder is too long");
    return write_canvas(job, job->path);
}

/* Those of the pages first to last, last 0 for the end, that have a picture, into a folder. */
static enum kite_status render_originals(struct job *job, struct kite_page_range range)
{
    struct kite_cli *cli = job->session.cli;
    struct kite_document_info info = {0};
    uint32_t drawn = 0;
    enum kite_status status = kite_folder_make(cli->args.output, &cli->fault);

    if (status == KITE_OK)
        status = kite_bundle_document(job->session.bundle, job->document, &info);
    for (uint32_t i = (uint32_t)range.first - 1; status == KITE_OK && i < info.original_count && (range.last == 0 || i < (uint32_t)range.last); i++) {
        status = draw_original(job, i);
        if (status == KITE_OK && ++drawn)
            status = write_numbered(job, (int32_t)i + 1);
        status = status == KITE_DONE ? KITE_OK : status;
    }
    return status == KITE_OK && drawn == 0 ? no_original(job, (uint32_t)range.first) : status;
}

/* ---- pages of the text ---------------------------------------------------------------------------- */

static enum kite_status render_numbered(struct job *job, const struct kite_page *page,
                                        int32_t number)
{
    enum kite_status status = draw(job, page);

    return status ? status : write_numbered(job, number);
}

/* Pages first to last of the document, last 0 for the end, into a folder. */
static enum kite_status render_many(struct job *job, struct kite_page_range range)
{
    struct kite_cli *cli = job->session.cli;
    struct kite_place start = {.document = job->document};
    struct kite_meter meter;
    struct kite_progress progress = kite_meter_start(&meter, "drawing pages", false);
    struct kite_document_info info = {0};
    const struct kite_page *page;
    int32_t number = 1;
    enum kite_status status = kite_folder_make(cli->args.output, &cli->fault);

    if (status == KITE_OK)
        status = kite_bundle_document(job->session.bundle, job->document, &info);
    if (status == KITE_OK)
        status =
            kite_layout_page_at(job->session.layout, start, KITE_PAGE_EXACT, &page, &cli->fault);
    for (; status == KITE_OK && (range.last == 0 || number <= range.last); number++) {
        if (progress.step)
            progress.step(progress.ctx, page->start.paragraph, info.paragraph_count);
        if (number >= range.first)
            status = render_numbered(job, page, number);
        if (status == KITE_OK)
            status = kite_layout_page_next(job->session.layout, &page, &cli->fault);
    }
    if (status == KITE_DONE)
        status = KITE_OK;
    if (status == KITE_OK && number <= range.first)
        status = kite_fail(&cli->fault, KITE_E_RANGE,
                           "there is no page %d; under this setting the text has %d",
                           (int)range.first, (int)number - 1);
    kite_meter_finish(&meter);
    return status;
}

/* Renderer, canvas and which document. */
static enum kite_status prepare(struct job *job)
{
    struct kite_cli *cli = job->session.cli;
    struct kite_panel_geometry panel = cli->args.panel.geometry;
    uint32_t end;
    enum kite_status status = kite_session_documents(&job->session, &job->document, &end);

    if (status == KITE_OK)
        status =
            kite_renderer_create(&cli->mem, job->session.fonts, 0, &job->renderer, &cli->fault);
    if (status)
        return status;
    job->canvas = (struct kite_canvas){
        .width_px = panel.width_px, .height_px = panel.height_px, .stride_bytes = panel.width_px};
    job->canvas.pixels = kite_alloc(&cli->mem, (size_t)panel.height_px, (size_t)panel.width_px);
    return job->canvas.pixels
               ? KITE_OK
               : kite_fail(&cli->fault, KITE_E_NOMEM, "no memory for the picture of a page");
}

static enum kite_status render(struct job *job, const struct kite_place_wish *wish)
{
    struct kite_cli *cli = job->session.cli;
    struct kite_page_range range =
        cli->args.all_pages ? (struct kite_page_range){1, 0} : cli->args.pages;
    struct kite_document_info info = {0};
    enum kite_status status = kite_session_lay_out(&job->session);

    if (status == KITE_OK)
        status = prepare(job);
    if (status == KITE_OK)
        status = kite_bundle_document(job->session.bundle, job->document, &info);
    if (status)
        return status;

    bool is_original = cli->args.originals || info.opens_originals;

    if (range.first > 0 && range.first == range.last && is_one_picture(cli->args.output)) {
        struct kite_place_wish page = {.kind = KITE_PLACE_PAGE, .number = (uint32_t)range.first - 1};

        return is_original ? render_original(job, &page) : render_one(job, &page);
    }
    if (is_original)
        return range.first > 0 ? render_originals(job, range) : render_original(job, wish);
    return range.first > 0 ? render_many(job, range) : render_one(job, wish);
}

/* KITE_OK, or what does not go together, in the cli's fault. */
static enum kite_status check_wishes(struct kite_cli *cli)
{
    static const char *const others[] = {".jpg", ".jpeg", ".gif", ".pdf", ".svg", ".tif", ".tiff", ".bmp", ".webp"};
    const struct kite_args *args = &cli->args;
    bool is_many = args->all_pages || (args->pages.first > 0 && args->pages.first != args->pages.last);
    bool has_place = args->place || cli->operand_count > 1;

    if (!args->output)
        return kite_fail(&cli->fault, KITE_E_RANGE, "where to? Add -o page.png, or -o pages --all");
    if (kite_output_is_terminal(args->output))
        return kite_fail(&cli->fault, KITE_E_RANGE, "a picture is nothing for a terminal; write -o page.png");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (args->format < 0 && ends_in(args->output, others[i]))
            return kite_fail(&cli->fault, KITE_E_RANGE, "pages are drawn as .png or .pgm, not %s", others[i]);
    if ((args->place && cli->operand_count > 1) || (has_place && (args->all_pages || args->pages.first > 0)) ||
        (args->all_pages && args->pages.first > 0))
        return kite_fail(&cli->fault, KITE_E_RANGE, "name one place, or --pages A-B, or --all");
    if (is_many && is_one_picture(args->output))
        return kite_fail(&cli->fault, KITE_E_RANGE, "several pages go into a folder; write -o pages, for example");
    return KITE_OK;
}

static int run_render(struct kite_cli *cli)
{
    struct kite_place_wish wish;
    struct job job = {.is_pgm = false};

    if (check_wishes(cli) || read_place(cli, &wish))
        return kite_cli_usage(cli, "%s", cli->fault.text);
    job.is_pgm = cli->args.format >= 0 ? cli->args.format == 1 : ends_in(cli->args.output, ".pgm");

    enum kite_status status = kite_session_open(&job.session, cli, cli->operands[0]);

    if (status == KITE_OK)
        status = render(&job, &wish);
    kite_free(&cli->mem, job.canvas.pixels);
    kite_renderer_destroy(job.renderer);
    kite_session_close(&job.session);
    return status ? kite_cli_fail(cli, cli->operands[0], status) : KITE_EXIT_OK;
}

const struct kite_verb kite_verb_render = {
    .name = "render",
    .operands = "BUNDLE [PLACE]",
    .summary = "pages as pictures, as they look on a panel",
    .about = "Draws the page at a place (the first one unless a place is given) as the panel would "
             "show it, dot by "
             "dot. With --pages or --all it draws several into a folder.",
    .groups = {&render_group, &kite_document_group, &kite_layout_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 3,
    .run = run_render,
};
