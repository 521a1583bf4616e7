/* The table of importers, and the way from inputs to a bundle. */
#include "press/docx.h"
#include "press/draft.h"
#include "press/epub.h"
#include "press/fb2.h"
#include "press/fonts.h"
#include "press/html.h"
#include "press/known.h"
#include "press/odt.h"
#include "press/pdf.h"
#include "press/rtf.h"
#include "press/transcript.h"
#include "press/webp.h"

#include <string.h>

#define INPUT_BYTES_MAX (256u << 20)

static bool is_any(const struct kite_press_input *input)
{
    (void)input;
    return true;
}

/* The first that recognises an input, by its content, reads it. */
static const struct importer {
    const char *name;
    bool (*recognise)(const struct kite_press_input *input);
    enum kite_status (*import)(struct kite_draft *draft);
} importers[] = {
    { "EPUB", kite_is_epub, kite_import_epub },
    { "DOCX", kite_is_docx, kite_import_docx },
    { "ODT", kite_is_odt, kite_import_odt },
    { "FictionBook", kite_is_fb2, kite_import_fb2 },
    { "RTF", kite_is_rtf, kite_import_rtf },
    { "PDF", kite_is_pdf, kite_import_paged },
    { "picture", kite_is_photo, kite_import_paged },
    { "picture", kite_is_webp, kite_import_webp },
    { "pages", kite_is_paged, kite_import_paged },
    { "HTML", kite_is_html, kite_import_html },
    { "text", is_any, kite_import_text },
};
#define LAST (&importers[sizeof importers / sizeof *importers - 1])

/* Take the metadata that the caller gives; what the front matter says gives way. */
static enum kite_status take_given(struct kite_draft *draft)
{
    enum kite_status status = KITE_OK;

    for (int meta = 1; meta < KITE_META_COUNT && draft->options && status == KITE_OK; meta++) {
        const char *value = draft->options->metas[meta];

        if (value)
            status = kite_draft_meta(draft, (enum kite_meta)meta, value, strlen(value));
    }
    return status;
}

static enum kite_status import(struct kite_draft *draft)
{
    const struct importer *importer = importers;
    const char *name = draft->input->name, *advice;

    if (draft->input->byte_count > INPUT_BYTES_MAX)
        return kite_fail(draft->fault, KITE_E_LIMIT, "%s is larger than %u MB", name ? name : "an input",
                         INPUT_BYTES_MAX >> 20);
    advice = kite_known_lock(draft->input);
    if (advice)
        return kite_fail(draft->fault, KITE_E_FORMAT, "%s %s", name ? name : "standard input", advice);
    while (!importer->recognise(draft->input))
        importer++;
    advice = importer == LAST ? kite_known_other(draft->input) : NULL;
    if (advice)
        return kite_fail(draft->fault, KITE_E_FORMAT, "%s %s", name ? name : "standard input", advice);
    if (draft->report && draft->report->recognised)
        draft->report->recognised(draft->report->ctx, importer->name);
    return importer->import(draft);
}

/* Inputs that make one document: one, or a text and the pictures of what it was written on. */
static enum kite_status import_inputs(struct kite_draft *draft, const struct kite_press_input *inputs, size_t first, size_t count)
{
    struct kite_draft_list pictures = { 0 }, text = { 0 };
    const struct kite_press_input *of_text = &inputs[first];
    enum kite_status status = KITE_OK;

    for (size_t i = first; i < first + count && status == KITE_OK; i++) {
        bool is_picture = count > 1 && (kite_is_photo(&inputs[i]) || kite_is_webp(&inputs[i]));

        draft->body = is_picture ? pictures : text;
        draft->input = &inputs[i];
        of_text = is_picture ? of_text : &inputs[i];
        if (draft->report && draft->report->started)
            draft->report->started(draft->report->ctx, i);
        status = import(draft);
        *(is_picture ? &pictures : &text) = draft->body;
    }
    draft->input = of_text;
    draft->body = text;
    status = status ? status : kite_transcript_place(draft, &pictures);
    kite_free(&draft->mem, pictures.items);
    return status;
}

/* ---- to the writer ---------------------------------------------------------------------------------- */

static enum kite_status write_list(const struct kite_draft *draft, const struct kite_draft_list *list, uint32_t *id)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < list->count && status == KITE_OK; i++) {
        struct kite_paragraph p = list->items[i].paragraph;

        p.id = (*id)++;
        status = kite_writer_paragraph(draft->writer, &p, draft->fault);
    }
    return status;
}

static enum kite_status write_draft(const struct kite_draft *draft)
{
    uint32_t id = 0;
    enum kite_status status = kite_writer_document(draft->writer, draft->lang, draft->direction, draft->fault);

    for (int meta = 1; meta < KITE_META_COUNT && status == KITE_OK; meta++)
        if (draft->metas[meta])
            status = kite_writer_meta(draft->writer, (enum kite_meta)meta, draft->metas[meta], draft->fault);
    for (size_t i = 0; i < draft->resolved_count && status == KITE_OK; i++) {
        uint32_t index;

        status = kite_writer_link(draft->writer, &draft->resolved[i], &index, draft->fault);
    }
    status = status ? status : write_list(draft, &draft->body, &id);
    status = status ? status : write_list(draft, &draft->notes, &id);
    return status ? status : kite_draft_write_originals(draft);
}

struct job {
    const struct kite_memory *mem;
    const struct kite_press_options *options;
    struct kite_writer *writer;
    struct kite_draft *drafts;
    size_t count; /* of drafts, as many as documents */
    struct kite_fault *fault;
};

/* Several texts in one bundle: what the caller gives is the bundle's. */
static enum kite_status write_bundle_metas(const struct job *job)
{
    struct kite_draft draft;
    enum kite_status status;

    kite_draft_init(&draft, job->mem); /* of no document: it makes the strings fit to be stored */
    draft.options = job->options;
    draft.fault = job->fault;
    status = take_given(&draft);
    for (int meta = 1; meta < KITE_META_COUNT && status == KITE_OK; meta++)
        if (draft.metas[meta])
            status = kite_writer_bundle_meta(job->writer, (enum kite_meta)meta, draft.metas[meta], job->fault);
    kite_draft_close(&draft);
    return status;
}

/* Each document's inputs, which are several where a picture has its transcript. */
static enum kite_status import_all(struct job *job, const struct kite_press_input *inputs, size_t input_count,
                                   const struct kite_press_report *report)
{
    bool is_asked = job->options && job->options->has_transcripts;
    enum kite_status status = KITE_OK;

    for (size_t i = 0, count; i < input_count && status == KITE_OK; i += count) {
        struct kite_draft *draft = &job->drafts[job->count++];

        count = kite_transcript_inputs(inputs, input_count, i, is_asked);
        draft->options = job->options;
        draft->report = report;
        draft->fault = job->fault;
        draft->writer = job->writer;
        status = import_inputs(draft, inputs, i, count);
        if (status == KITE_OK && count == input_count)
            status = take_given(draft);
        status = status ? status : kite_draft_complete(draft);
    }
    return status;
}

static enum kite_status pack(struct job *job, const struct kite_press_input *inputs, size_t input_count,
                             const struct kite_press_report *report)
{
    enum kite_status status = import_all(job, inputs, input_count, report);

    status = status ? status : kite_drafts_resolve_links(job->drafts, job->count);
    status = status ? status : kite_drafts_write_fonts(job->drafts, job->count);
    if (status == KITE_OK && job->count > 1)
        status = write_bundle_metas(job);
    for (size_t i = 0; i < job->count && status == KITE_OK; i++)
        status = write_draft(&job->drafts[i]);
    return status;
}

enum kite_status kite_press_pack(const struct kite_memory *mem, const struct kite_press_input *inputs,
                                 size_t input_count, const struct kite_press_options *options,
                                 const struct kite_press_report *report, const struct kite_progress *progress,
                                 const struct kite_sink *sink, struct kite_fault *fault)
{
    struct kite_writer_options writing = { .zopfli_iterations = options ? options->zopfli_iterations : 0 };
    struct job job = { .mem = mem, .options = options, .fault = fault };
    enum kite_status status;

    if (input_count == 0)
        return kite_fail(fault, KITE_E_FORMAT, "there is nothing to pack");
    job.drafts = kite_alloc(mem, input_count, sizeof *job.drafts);
    if (!job.drafts)
        return kite_fail(fault, KITE_E_NOMEM, "no memory to pack");
    for (size_t i = 0; i < input_count; i++)
        kite_draft_init(&job.drafts[i], mem);
    status = kite_writer_create(mem, &writing, &job.writer, fault);
    status = status ? status : pack(&job, inputs, input_count, report);
    status = status ? status : kite_writer_finish(job.writer, sink, progress, fault);
    kite_writer_destroy(job.writer);
    for (size_t i = 0; i < input_count; i++)
        kite_draft_close(&job.drafts[i]);
    kite_free(mem, job.drafts);
    return status;
}
