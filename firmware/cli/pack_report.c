/* Sentences of the press, printed or kept, and the object made of them. */
#include "cli/pack_report.h"

#include "cli/json.h"
#include "host/host.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- hearing the press ------------------------------------------------------------------------- */

static const char *keep(struct kite_pack_report *r, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = kite_arena_alloc(&r->arena, bytes, 1);

    if (!copy)
        r->status = KITE_E_NOMEM;
    return copy ? memcpy(copy, text, bytes) : NULL;
}

static void keep_sentence(struct kite_pack_report *r, const struct kite_pack_sentence *sentence)
{
    void *sentences = r->sentences;

    if (r->status || r->count == KITE_PACK_SENTENCES_MAX) {
        r->lost_count++;
        return;
    }
    r->status = kite_arena_grow(&r->arena, &sentences, &r->capacity, r->count + 1, sizeof *r->sentences);
    r->sentences = sentences;
    if (r->status)
        return;
    r->sentences[r->count] = *sentence;
    r->sentences[r->count].sentence = keep(r, sentence->sentence);
    if (r->status == KITE_OK)
        r->count++;
}

static void print_sentence(const struct kite_pack_sentence *s)
{
    fprintf(stderr, "%s", s->file ? s->file : "standard input");
    if (s->line > 0)
        fprintf(stderr, ":%" PRIu32, s->line);
    fprintf(stderr, ": %s%s\n", s->kind == KITE_PRESS_WARNING ? "warning: " : "", s->sentence);
}

static void note(void *ctx, enum kite_press_note_kind kind, const char *name, uint32_t line, const char *sentence)
{
    struct kite_pack_report *r = ctx;
    struct kite_pack_sentence s = { kind, name, sentence, line };

    r->warning_count += kind == KITE_PRESS_WARNING;
    if (r->cli->args.json)
        keep_sentence(r, &s);
    else if (kind == KITE_PRESS_WARNING || !r->cli->args.is_quiet)
        print_sentence(&s);
}

static void started(void *ctx, size_t input)
{
    struct kite_pack_report *r = ctx;

    r->started = input + 1;
}

static void recognised(void *ctx, const char *format)
{
    struct kite_pack_report *r = ctx;

    if (r->started > 0)
        r->formats[r->started - 1] = keep(r, format);
}

enum kite_status kite_pack_report_open(struct kite_pack_report *r, struct kite_cli *cli,
                                       const struct kite_press_input *inputs, size_t input_count)
{
    *r = (struct kite_pack_report){ .cli = cli, .inputs = inputs, .input_count = input_count };
    kite_arena_init(&r->arena, cli->mem, 0);
    r->formats = kite_arena_alloc(&r->arena, input_count, sizeof *r->formats);
    if (!r->formats)
        return kite_fail(&cli->fault, KITE_E_NOMEM, "no memory for the report");
    for (size_t i = 0; i < input_count; i++)
        r->formats[i] = NULL;
    return KITE_OK;
}

void kite_pack_report_close(struct kite_pack_report *r)
{
    kite_arena_close(&r->arena);
}

struct kite_press_report kite_pack_report_hooks(struct kite_pack_report *r)
{
    return (struct kite_press_report){ .ctx = r, .started = started, .note = note, .recognised = recognised };
}

/* ---- the object -------------------------------------------------------------------------------- */

static enum kite_status write_documents(struct kite_pack_report *r, struct kite_json *json, struct kite_bundle *bundle)
{
    enum kite_status status = KITE_OK;

    kite_json_open(json, "documents", '[');
    for (uint32_t i = 0; i < kite_bundle_document_count(bundle) && status == KITE_OK; i++) {
        struct kite_document_info info;
        char lang[9];

        status = kite_bundle_document(bundle, i, &info);
        if (status)
            break;
        kite_json_open(json, NULL, '{');
        kite_json_string(json, "file", i < r->input_count ? r->inputs[i].name : NULL);
        kite_json_string(json, "format", i < r->input_count ? r->formats[i] : NULL);
        kite_json_string(json, "title", kite_bundle_meta(bundle, i, KITE_META_TITLE));
        kite_json_string(json, "lang", info.lang ? kite_lang_text(info.lang, lang) : NULL);
        kite_json_number(json, "paragraphs", info.body_count);
        kite_json_number(json, "headings", info.contents_count);
        kite_json_number(json, "notes", info.note_count);
        kite_json_number(json, "links", info.link_count);
        kite_json_number(json, "text_bytes", (int64_t)info.text_bytes);
        kite_json_close(json, '}');
    }
    kite_json_close(json, ']');
    return status;
}

static enum kite_status write_bundle(struct kite_pack_report *r, struct kite_json *json, const struct kite_buffer *bytes)
{
    struct kite_span_bytes span = { bytes->bytes, bytes->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle = NULL;
    enum kite_status status = kite_bundle_open(&r->cli->mem, &source, &bundle, &r->cli->fault);

    if (status == KITE_OK) {
        kite_json_number(json, "bytes", (int64_t)bytes->count);
        status = write_documents(r, json, bundle);
        kite_json_number(json, "pictures", kite_bundle_picture_count(bundle));
    }
    kite_bundle_close(bundle);
    return status;
}

static void write_sentences(struct kite_pack_report *r, struct kite_json *json)
{
    kite_json_number(json, "warnings", r->warning_count);
    kite_json_open(json, "report", '[');
    for (size_t i = 0; i < r->count; i++) {
        const struct kite_pack_sentence *s = &r->sentences[i];

        kite_json_open(json, NULL, '{');
        kite_json_string(json, "kind", s->kind == KITE_PRESS_WARNING ? "warning" : "note");
        kite_json_string(json, "file", s->file);
        if (s->line > 0)
            kite_json_number(json, "line", s->line);
        kite_json_string(json, "sentence", s->sentence);
        kite_json_close(json, '}');
    }
    kite_json_close(json, ']');
    if (r->lost_count > 0)
        kite_json_number(json, "more", r->lost_count);
}

enum kite_status kite_pack_report_write(struct kite_pack_report *r, const struct kite_buffer *bundle)
{
    struct kite_cli *cli = r->cli;
    struct kite_output out;
    struct kite_json json;
    enum kite_status status = kite_output_open(&cli->mem, "-", &out, &cli->fault);

    if (status)
        return status;
    json = kite_json_start(kite_output_sink(&out));
    kite_json_open(&json, NULL, '{');
    kite_json_string(&json, "bundle", cli->args.output);
    kite_json_bool(&json, "ok", bundle != NULL);
    if (bundle)
        status = write_bundle(r, &json, bundle);
    else
        kite_json_string(&json, "problem", cli->fault.text);
    write_sentences(r, &json);
    kite_json_close(&json, '}');
    kite_json_end(&json);
    status = status ? status : r->status ? r->status : kite_output_commit(&out, &cli->fault);
    kite_output_drop(&out);
    return status;
}
