/* kite pack: texts into a bundle. */
#include "cli/keys.h"
#include "cli/pack_each.h"
#include "cli/pack_gather.h"
#include "cli/pack_report.h"
#include "cli/verbs.h"
#include "host/host.h"
#include "sandbox/sandbox.h"

#include <stdio.h>
#include <string.h>

static const struct kite_option pack_options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, output),
     .value = "OUT.kite",
     .help = "the bundle to write"},
    {.name = "lang",
     .kind = KITE_OPTION_LANG,
     .offset = offsetof(struct kite_args, lang),
     .value = "TAG",
     .help = "language of the texts, es or pt-BR for example; else from the text itself"},
    {.name = "language",
     .kind = KITE_OPTION_LANG,
     .offset = offsetof(struct kite_args, lang),
     .value = "TAG",
     .help = "the same as --lang"},
    {.name = "panel",
     .kind = KITE_OPTION_PANEL,
     .offset = offsetof(struct kite_args, panel),
     .value = "WxH@PPI",
     .help = "the largest panel that pictures are kept for; 1072x1448@300 unless given"},
    {.name = "as",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, as),
     .value = "NAME",
     .help = "take standard input for a file of this name, essay.md for example"},
    {.name = "transcript",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, has_transcripts),
     .help = "pictures in front of a text show what it was written on; always so when they have its name (letter.jpg, letter-2.jpg, letter.txt)"},
    {.name = "pages",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, keeps_pages),
     .help = "keep the pages of a PDF as pictures, too; the reader shows the one of the place that is read"},
    {.name = "font",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, font),
     .value = "FILE",
     .help = "a font (TTF) for characters that no font of a reader has; what is needed of it goes into the bundle"},
    {.name = "fast",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, is_fast),
     .help = "compress quickly; the file becomes some percent larger"},
    {.name = "repair",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, repair),
     .value = "PERCENT",
     .help = "add repair data, so that any such part of the bundle may be damaged and comes back (10%)"},
    {.name = "sign",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, key),
     .value = "NAME",
     .help = "sign the bundle with a secret key, as kite keygen or minisign made it"},
    {.name = "password-file",
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, password_file),
     .value = "FILE",
     .help = "the key's password, in the first line of a file; asked for unless given"},
    {.name = "strict",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, is_strict),
     .help = "write nothing when there is a warning"},
    {.name = "each",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, is_each),
     .help = "a bundle for each text in a folder, into the folder of -o"},
    {.name = "jobs",
     .letter = 'j',
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, jobs),
     .value = "N",
     .scale = 1,
     .min = 1,
     .max = 64,
     .help = "with --each: texts that are packed at the same time; 2 unless given"},
    {.name = "quiet",
     .letter = 'q',
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, is_quiet),
     .help = "say nothing but what went wrong"},
};
static const struct kite_option_group pack_group = {"How to pack", pack_options,
                                                    sizeof pack_options / sizeof *pack_options};

static const struct kite_option about_options[] = {
    {.name = "title",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_TITLE]),
     .value = "TITLE",
     .help = "its title"},
    {.name = "author",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_AUTHOR]),
     .value = "NAMES",
     .help = "who wrote it"},
    {.name = "standfirst",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_STANDFIRST]),
     .value = "WORDS",
     .help = "one or two sentences that say what it is about"},
    {.name = "source",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_SOURCE]),
     .value = "WORDS",
     .help = "where it was first published"},
    {.name = "date",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_DATE]),
     .value = "DATE",
     .help = "of the text, 2025-02-11 for example"},
    {.name = "publisher",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_PUBLISHER]),
     .value = "NAME",
     .help = "who makes the bundle"},
    {.name = "rights",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_RIGHTS]),
     .value = "WORDS",
     .help = "who may copy it"},
    {.name = "series",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_SERIES]),
     .value = "NAME",
     .help = "what it is a part of"},
    {.name = "identifier",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_IDENTIFIER]),
     .value = "ID",
     .help = "what stays the same over editions and languages"},
    {.name = "edition",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_EDITION]),
     .value = "WORDS",
     .help = "which edition this is"},
    {.name = "subject",
     .kind = KITE_OPTION_TEXT,
     .offset = offsetof(struct kite_args, metas[KITE_META_SUBJECT]),
     .value = "WORDS",
     .help = "what it deals with"},
};
static const struct kite_option_group about_group = {
    "About the text (the bundle, when there are several); goes before what the text says", about_options,
    sizeof about_options / sizeof *about_options};

struct packing {
    struct kite_cli *cli;
    const struct kite_pack_texts *list;
    size_t count;
    struct kite_buffer *texts;
    struct kite_buffer font; /* empty without */
    struct kite_folder *folders;
    struct kite_press_input *inputs;
    struct kite_pack_report report;
};

/* What press is to call an input; NULL for standard input without a name. */
static const char *name_of(const struct kite_cli *cli, const char *operand)
{
    return strcmp(operand, "-") == 0 ? cli->args.as : operand;
}

/* Arrays for the inputs, and each text read. */
static enum kite_status read_inputs(struct packing *packing)
{
    struct kite_cli *cli = packing->cli;
    size_t count = packing->list->count;
    enum kite_status status = KITE_OK;

    packing->texts = kite_alloc(&cli->mem, count, sizeof *packing->texts);
    packing->folders = kite_alloc(&cli->mem, count, sizeof *packing->folders);
    packing->inputs = kite_alloc(&cli->mem, count, sizeof *packing->inputs);
    if (!packing->texts || !packing->folders || !packing->inputs)
        return kite_fail(&cli->fault, KITE_E_NOMEM, "no memory for the list of texts");
    packing->font = (struct kite_buffer){.mem = cli->mem};
    if (cli->args.font)
        status = kite_file_read(cli->args.font, &packing->font, &cli->fault);
    for (size_t i = 0; i < count && status == KITE_OK; i++) {
        packing->texts[i] = (struct kite_buffer){.mem = cli->mem};
        packing->folders[i] = (struct kite_folder){.mem = cli->mem, .descriptor = -1};
        packing->count = i + 1;
        status = kite_file_read(packing->list->paths[i], &packing->texts[i], &cli->fault);
        if (status == KITE_OK)
            status =
                kite_folder_open(&cli->mem, packing->list->paths[i], &packing->folders[i], &cli->fault);
        packing->inputs[i] = (struct kite_press_input){.name = name_of(cli, packing->list->paths[i]),
                                                       .bytes = packing->texts[i].bytes,
                                                       .byte_count = packing->texts[i].count,
                                                       .ctx = &packing->folders[i],
                                                       .fetch = kite_folder_fetch};
    }
    return status;
}

static void close_inputs(struct packing *packing)
{
    const struct kite_memory *mem = &packing->cli->mem;

    for (size_t i = 0; i < packing->count; i++) {
        kite_buffer_close(&packing->texts[i]);
        kite_folder_close(&packing->folders[i]);
    }
    kite_buffer_close(&packing->font);
    kite_free(mem, packing->texts);
    kite_free(mem, packing->folders);
    kite_free(mem, packing->inputs);
}

static enum kite_status press(struct packing *packing, const struct kite_sink *sink)
{
    struct kite_cli *cli = packing->cli;
    const struct kite_press_input font = {.name = cli->args.font, .bytes = packing->font.bytes, .byte_count = packing->font.count};
    struct kite_press_options options = {.lang = cli->args.lang,
                                         .picture_width_px = cli->args.panel.geometry.width_px,
                                         .picture_height_px = cli->args.panel.geometry.height_px,
                                         .zopfli_iterations = cli->args.is_fast ? -1 : 0,
                                         .fonts = &font,
                                         .font_count = cli->args.font ? 1 : 0,
                                         .has_transcripts = cli->args.has_transcripts,
                                         .keeps_pages = cli->args.keeps_pages};
    struct kite_press_report report = kite_pack_report_hooks(&packing->report);
    struct kite_meter meter;

    memcpy(options.metas, cli->args.metas, sizeof options.metas);

    struct kite_progress progress = kite_meter_start(&meter, "packing", cli->args.is_quiet);
    struct kite_sandbox_options sandbox = {.press = &options};
    enum kite_sandbox_level level = KITE_SANDBOX_FILES;
    enum kite_status status =
        kite_sandbox_pack(&cli->mem, packing->inputs, packing->count, &sandbox, &report,
                          progress.step ? &progress : NULL, sink, &level, &cli->fault);

    kite_meter_finish(&meter);
    if (level < KITE_SANDBOX_CALLS && !cli->args.is_quiet)
        fprintf(stderr, "kite: this kernel has no sandbox; the texts were read with limits of memory and time only\n");
    return status;
}

/* Write a bundle that is made, unless it has warnings that --strict forbids. */
static enum kite_status write_bundle(struct packing *packing, const struct kite_buffer *bundle)
{
    struct kite_cli *cli = packing->cli;

    if (cli->args.is_strict && packing->report.warning_count > 0)
        return kite_fail(&cli->fault, KITE_E_FORMAT,
                         "%s is not written, as there are %u warnings and --strict",
                         cli->args.output, (unsigned)packing->report.warning_count);
    return kite_cli_write(cli, cli->args.output, bundle);
}

static enum kite_status pack(struct packing *packing)
{
    struct kite_cli *cli = packing->cli;
    struct kite_buffer bundle = {.mem = cli->mem};
    struct kite_sink sink = kite_sink_buffer(&bundle);
    enum kite_status status = press(packing, &sink);

    if (status == KITE_OK && cli->secret)
        status = kite_cli_sign(cli, cli->secret, &bundle);
    if (status == KITE_OK && cli->args.repair)
        status = kite_cli_add_repair(cli, kite_cli_percent(cli->args.repair), &bundle);
    status = status ? status : write_bundle(packing, &bundle);
    if (cli->args.json) {
        enum kite_status told = kite_pack_report_write(&packing->report, status ? NULL : &bundle);

        status = status ? status : told;
    }
    kite_buffer_close(&bundle);
    return status;
}

static enum kite_status read_and_pack(struct packing *packing)
{
    enum kite_status status = read_inputs(packing);

    if (status == KITE_OK)
        status = kite_pack_report_open(&packing->report, packing->cli, packing->inputs, packing->count);
    if (status == KITE_OK)
        status = pack(packing);
    kite_pack_report_close(&packing->report);
    return status;
}

/* One bundle of all that is in the list. */
static int pack_list(struct kite_cli *cli, const struct kite_pack_texts *list)
{
    struct packing packing = {.cli = cli, .list = list};
    enum kite_status status;

    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(cli->args.output, "-") != 0 && kite_files_are_same(list->paths[i], cli->args.output))
            return kite_cli_usage(cli, "%s would be overwritten by its own bundle; name another file behind -o",
                                  list->paths[i]);
    }
    status = read_and_pack(&packing);
    close_inputs(&packing);
    return status ? kite_cli_fail(cli, list->count == 1 ? list->paths[0] : NULL, status) : KITE_EXIT_OK;
}

static int pack_one(struct kite_cli *cli)
{
    struct kite_pack_texts list;
    enum kite_status status = kite_pack_gather(cli, &list);
    int code = status ? kite_cli_fail(cli, NULL, status) : pack_list(cli, &list);

    kite_pack_texts_close(&list);
    return code;
}

static int pack_as_asked(struct kite_cli *cli)
{
    size_t from_input = 0;

    if (!cli->args.output)
        return kite_cli_usage(cli, "where to? Add -o OUT.kite");
    if (cli->args.repair && kite_cli_percent(cli->args.repair) == 0)
        return kite_cli_usage(cli, "--repair takes 1%% to %u%%, 10%% for example", KITE_REPAIR_PERCENT_MAX);
    if (cli->args.is_each)
        return kite_pack_each(cli, pack_one);
    if (cli->args.json && strcmp(cli->args.output, "-") == 0)
        return kite_cli_usage(cli, "the report and the bundle cannot both go to standard output; name a file behind -o");
    if (kite_output_is_terminal(cli->args.output))
        return kite_cli_usage(cli, "a bundle is nothing for a terminal; write -o OUT.kite");
    for (size_t i = 0; i < cli->operand_count; i++)
        from_input += strcmp(cli->operands[i], "-") == 0;
    if (from_input > 1)
        return kite_cli_usage(cli, "standard input can be read once only");
    return pack_one(cli);
}

/* The key is unlocked once, before the work of any text. */
static int run_pack(struct kite_cli *cli)
{
    struct kite_secret secret = {{0}, {0}};
    enum kite_status status = cli->args.key ? kite_cli_secret(cli, cli->args.key, &secret) : KITE_OK;
    int code;

    if (status)
        return kite_cli_fail(cli, cli->args.key, status);
    cli->secret = cli->args.key ? &secret : NULL;
    code = pack_as_asked(cli);
    cli->secret = NULL;
    kite_secret_wipe(&secret);
    return code;
}

const struct kite_verb kite_verb_pack = {
    .name = "pack",
    .operands = "TEXT...",
    .summary = "make a bundle of one or more texts",
    .about = "Reads texts, one document each, and writes them as one compressed bundle: Markdown, plain text, HTML and saved "
             "web pages, EPUB, DOCX, ODT, RTF, FictionBook, told apart by what is in them. A folder stands for the texts in it, in the order of "
             "their names, or as its bundle.toml says: title = \"...\", author, lang and so on, and order = [\"one.md\", \"two.md\"]. "
             "Title, author, language and so on can stand in the text itself; an option goes before it. "
             "Pictures are taken from the text's file or its folder. Says what was guessed, changed or left out; --json says it to programs. "
             "Texts are read in a process that can do nothing else, and the bundle is checked before it is written.\n"
             "--each makes a bundle of each text in a folder, several at the same time: kite pack --each letters -o bundles -j 4. "
             "One that fails does not stop the others.",
    .groups = {&pack_group, &about_group, &kite_json_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 100000,
    .run = run_pack,
};
