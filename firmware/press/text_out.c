/* A document as Markdown in the exact form: roles that Markdown has no sign for are named, nothing is left to guess. */
#include "press/text_out.h"

#include "press/draft.h"
#include "press/originals.h"
#include "press/pictures.h"

#include <stdio.h>
#include <string.h>

/* ---- writing ---------------------------------------------------------------------------------------- */

void kite_text_out_bytes(struct kite_text_out *w, const char *text, size_t bytes)
{
    if (w->status == KITE_OK && bytes > 0)
        w->status = kite_buffer_add(&w->out, text, bytes);
}

void kite_text_out_add(struct kite_text_out *w, const char *text)
{
    kite_text_out_bytes(w, text, strlen(text));
}

void kite_text_out_number(struct kite_text_out *w, uint32_t number)
{
    char digits[16];

    snprintf(digits, sizeof digits, "%lu", (unsigned long)number);
    kite_text_out_add(w, digits);
}

static void add_prefix(struct kite_text_out *w)
{
    kite_text_out_bytes(w, (const char *)w->prefix.bytes, w->prefix.count);
}

/* ---- reading ---------------------------------------------------------------------------------------- */

/* Paragraphs [0, count) of which the later ones go on with the first, as one text. */
static enum kite_status join(struct kite_text_out *w, const struct kite_paragraph *parts, size_t count,
                             struct kite_text *out)
{
    size_t bytes = 0, spans = 0;

    for (size_t i = 0; i < count; i++) {
        bytes += parts[i].text.text_bytes;
        spans += parts[i].text.span_count;
    }
    if (bytes > UINT32_MAX / 2)
        return kite_fail(w->fault, KITE_E_LIMIT, "a paragraph is too long to be written as text");

    char *text = kite_arena_alloc(&w->arena, bytes + 1, 1);
    struct kite_span *all = kite_arena_alloc(&w->arena, spans, sizeof *all);

    if (!text || !all)
        return kite_fail(w->fault, KITE_E_NOMEM, "no memory for a paragraph");
    *out = (struct kite_text){ .text = text, .spans = all };
    for (size_t i = 0; i < count; i++) {
        const struct kite_text *part = &parts[i].text;

        memcpy(text + out->text_bytes, part->text, part->text_bytes);
        for (size_t k = 0; k < part->span_count; k++) {
            all[out->span_count] = part->spans[k];
            all[out->span_count++].offset_bytes += (uint32_t)out->text_bytes;
        }
        out->text_bytes += part->text_bytes;
    }
    return KITE_OK;
}

static enum kite_status join_split_paragraphs(struct kite_text_out *w)
{
    size_t count = 0;
    enum kite_status status = KITE_OK;

    for (size_t i = 0, end; i < w->count && status == KITE_OK; i = end) {
        struct kite_paragraph first = w->paragraphs[i];

        w->parts[i] = (struct kite_text_part){ (uint32_t)count, 0 };
        for (end = i + 1; end < w->count && w->paragraphs[end].is_continued; end++)
            w->parts[end] = (struct kite_text_part){ (uint32_t)count, w->parts[end - 1].offset_bytes + (uint32_t)w->paragraphs[end - 1].text.text_bytes };
        if (end - i > 1)
            status = join(w, &w->paragraphs[i], end - i, &first.text);
        w->paragraphs[count++] = first;
    }
    w->count = count;
    return status;
}

static enum kite_status read_paragraphs(struct kite_text_out *w)
{
    struct kite_document_info info;
    enum kite_status status = kite_bundle_document(w->bundle, w->document, &info);

    if (status)
        return kite_fail(w->fault, status, "there is no document %u", (unsigned)w->document);
    w->lang = info.lang;
    w->direction = info.direction;
    w->paragraphs = kite_arena_alloc(&w->arena, info.paragraph_count, sizeof *w->paragraphs);
    w->parts = kite_arena_alloc(&w->arena, info.paragraph_count, sizeof *w->parts);
    if (!w->paragraphs || !w->parts)
        return kite_fail(w->fault, KITE_E_NOMEM, "no memory for a document");
    for (; w->count < info.paragraph_count && status == KITE_OK; w->count++)
        status = kite_bundle_paragraph(w->bundle, w->document, (uint32_t)w->count, &w->arena,
                                       &w->paragraphs[w->count], w->fault);
    return status ? status : join_split_paragraphs(w);
}

/* ---- front matter ----------------------------------------------------------------------------------- */

static void write_quoted(struct kite_text_out *w, const char *value)
{
    kite_text_out_add(w, "\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            kite_text_out_add(w, "\\");
        kite_text_out_bytes(w, value, 1);
    }
    kite_text_out_add(w, "\"\n");
}

static void write_front_matter(struct kite_text_out *w)
{
    char name[9];

    kite_text_out_add(w, "---\nform: exact\nlang: ");
    kite_text_out_add(w, w->lang ? kite_lang_text(w->lang, name) : "und");
    kite_text_out_add(w, "\n");
    if (w->direction != kite_lang_direction(w->lang))
        kite_text_out_add(w, w->direction == KITE_DIRECTION_RTL ? "direction: rtl\n" : "direction: ltr\n");
    for (int meta = 1; meta < KITE_META_COUNT; meta++) {
        const char *value = kite_bundle_meta(w->bundle, w->document, (enum kite_meta)meta);

        if (!value)
            continue;
        kite_text_out_add(w, kite_meta_text((enum kite_meta)meta));
        kite_text_out_add(w, ": ");
        write_quoted(w, value);
    }
    kite_text_out_add(w, "---\n");
}

/* ---- blocks ----------------------------------------------------------------------------------------- */

/* "{.item depth=2 ordinal=3 tight} " */
static void write_attributes(struct kite_text_out *w, const struct kite_paragraph *p)
{
    kite_text_out_add(w, "{.");
    kite_text_out_add(w, kite_role_text(p->role));
    if (p->depth) {
        kite_text_out_add(w, " depth=");
        kite_text_out_number(w, p->depth);
    }
    if (p->ordinal) {
        kite_text_out_add(w, " ordinal=");
        kite_text_out_number(w, p->ordinal);
    }
    kite_text_out_add(w, p->is_tight ? " tight} " : "} ");
}

/* Text under its own role or, when its place says the role, without it. */
static void write_paragraph(struct kite_text_out *w, const struct kite_paragraph *p)
{
    enum kite_role natural = p->quote_depth ? KITE_ROLE_QUOTE : KITE_ROLE_PARAGRAPH;

    add_prefix(w);
    if (p->role != natural || p->text.text_bytes == 0)
        write_attributes(w, p);
    kite_text_out_inline(w, &p->text, 0, p->text.text_bytes, KITE_INLINE_PARAGRAPH);
    kite_text_out_add(w, "\n");
}

static void write_heading(struct kite_text_out *w, const struct kite_paragraph *p)
{
    add_prefix(w);
    for (int i = 0; i < p->depth; i++)
        kite_text_out_add(w, "#");
    kite_text_out_add(w, " ");
    kite_text_out_inline(w, &p->text, 0, p->text.text_bytes, KITE_INLINE_LINE);
    kite_text_out_add(w, "\n");
}

/* Verse whose stanzas are paragraphs of their own stands between fences. */
static bool is_one_stanza(const struct kite_text *t)
{
    if (t->text_bytes == 0 || t->text[0] == '\n' || t->text[t->text_bytes - 1] == '\n')
        return false;
    for (size_t i = 1; i < t->text_bytes; i++)
        if (t->text[i] == '\n' && t->text[i - 1] == '\n')
            return false;
    return true;
}

static void write_verse(struct kite_text_out *w, const struct kite_paragraph *p)
{
    if (!is_one_stanza(&p->text)) {
        write_paragraph(w, p);
        return;
    }
    add_prefix(w);
    kite_text_out_add(w, p->is_tight ? "```letter\n" : "```verse\n");
    add_prefix(w);
    kite_text_out_inline(w, &p->text, 0, p->text.text_bytes, KITE_INLINE_VERSE);
    kite_text_out_add(w, "\n");
    add_prefix(w);
    kite_text_out_add(w, "```\n");
}

static size_t longest_run(const struct kite_text *t, char c)
{
    size_t longest = 0, run = 0;

    for (size_t i = 0; i < t->text_bytes; i++) {
        run = t->text[i] == c ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void write_fence(struct kite_text_out *w, size_t count)
{
    add_prefix(w);
    while (count-- > 0)
        kite_text_out_add(w, "`");
    kite_text_out_add(w, "\n");
}

static void write_code(struct kite_text_out *w, const struct kite_paragraph *p)
{
    const struct kite_text *t = &p->text;
    size_t fence = longest_run(t, '`') + 1;

    fence = fence < 3 ? 3 : fence;
    write_fence(w, fence);
    for (size_t at = 0; at < t->text_bytes;) {
        const char *end = memchr(t->text + at, '\n', t->text_bytes - at);
        size_t count = end ? (size_t)(end - t->text) - at : t->text_bytes - at;

        add_prefix(w);
        kite_text_out_bytes(w, t->text + at, count);
        kite_text_out_add(w, "\n");
        at += count + 1;
    }
    write_fence(w, fence);
}

/* Below a row of the same table. */
static bool continues_table(const struct kite_text_out *w, const struct kite_paragraph *p)
{
    const struct kite_paragraph *before = p > w->paragraphs ? p - 1 : NULL;

    return p->role == KITE_ROLE_TABLE_ROW && before && (before->role == KITE_ROLE_TABLE_HEAD || before->role == KITE_ROLE_TABLE_ROW) &&
           before->column_count == p->column_count && before->quote_depth == p->quote_depth &&
           memcmp(before->column_align, p->column_align, p->column_count) == 0;
}

static void write_alignment(struct kite_text_out *w, const struct kite_paragraph *p)
{
    add_prefix(w);
    kite_text_out_add(w, "|");
    for (uint32_t i = 0; i < p->column_count; i++)
        kite_text_out_add(w, p->column_align[i] == KITE_COLUMN_CENTER ? ":-:|"
                             : p->column_align[i] == KITE_COLUMN_END  ? "--:|"
                                                                      : "---|");
    kite_text_out_add(w, "\n");
}

/* A table without a head gets an empty one, as Markdown has no other way to say so. */
static void write_empty_head(struct kite_text_out *w, const struct kite_paragraph *p)
{
    add_prefix(w);
    kite_text_out_add(w, "|");
    for (uint32_t i = 0; i < p->column_count; i++)
        kite_text_out_add(w, "  |");
    kite_text_out_add(w, "\n");
    write_alignment(w, p);
}

static void write_row(struct kite_text_out *w, const struct kite_paragraph *p)
{
    const struct kite_text *t = &p->text;

    if (p->role == KITE_ROLE_TABLE_ROW && !continues_table(w, p))
        write_empty_head(w, p);
    add_prefix(w);
    kite_text_out_add(w, "|");
    for (size_t at = 0; at <= t->text_bytes && w->status == KITE_OK;) {
        const char *tab = at < t->text_bytes ? memchr(t->text + at, '\t', t->text_bytes - at) : NULL;
        size_t end = tab ? (size_t)(tab - t->text) : t->text_bytes;

        kite_text_out_add(w, " ");
        kite_text_out_inline(w, t, at, end, KITE_INLINE_CELL);
        kite_text_out_add(w, " |");
        at = end + 1;
    }
    kite_text_out_add(w, "\n");
    if (p->role == KITE_ROLE_TABLE_HEAD)
        write_alignment(w, p);
}

/* ---- pictures --------------------------------------------------------------------------------------- */

struct gray {
    uint8_t *pixels;
    uint32_t width_px;
};

static enum kite_status take_rows(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    const struct gray *g = ctx;

    memcpy(g->pixels + (size_t)y * g->width_px, gray, (size_t)rows * g->width_px);
    return KITE_OK;
}

/* Its pixels, for any program, and how it was coded, so that it is packed without loss. */
static enum kite_status add_picture(struct kite_text_out *w, uint32_t index)
{
    struct kite_picture_info info;
    struct kite_buffer coded = { .mem = w->mem };
    struct gray gray = { 0 };
    enum kite_status status = kite_bundle_picture_info(w->bundle, index, &info);

    if (status)
        return status;
    gray.width_px = info.width_px;
    gray.pixels = kite_alloc(&w->mem, (size_t)info.width_px * info.height_px, 1);
    status = gray.pixels ? kite_bundle_picture_decode(w->bundle, index, &gray, take_rows, w->fault)
                         : kite_fail(w->fault, KITE_E_NOMEM, "no memory for a picture");
    status = status ? status : kite_bundle_picture_coded(w->bundle, index, &coded, w->fault);
    if (status == KITE_OK) {
        struct kite_gray_picture picture = { info.width_px, info.height_px, gray.pixels, coded.bytes, coded.count };

        status = kite_picture_to_uri(&w->mem, &picture, &w->out);
    }
    kite_free(&w->mem, gray.pixels);
    kite_buffer_close(&coded);
    return status;
}

static void write_picture(struct kite_text_out *w, const struct kite_paragraph *p)
{
    add_prefix(w);
    kite_text_out_add(w, "![");
    kite_text_out_inline(w, &p->text, 0, p->text.text_bytes, KITE_INLINE_LINE);
    kite_text_out_add(w, "](");
    if (w->status == KITE_OK)
        w->status = add_picture(w, p->picture);
    kite_text_out_add(w, ")\n");
}

/* ---- notes and the whole ---------------------------------------------------------------------------- */

static void write_note(struct kite_text_out *w, const struct kite_paragraph *p)
{
    w->prefix.count = 0;
    if (w->status == KITE_OK)
        w->status = kite_buffer_add_text(&w->prefix, "    ");
    if (p->role == KITE_ROLE_NOTE) {
        kite_text_out_add(w, "[^");
        kite_text_out_number(w, ++w->note_number);
        kite_text_out_add(w, "]: ");
    } else {
        add_prefix(w);
    }
    kite_text_out_inline(w, &p->text, 0, p->text.text_bytes, KITE_INLINE_PARAGRAPH);
    kite_text_out_add(w, "\n");
}

static void write_rule(struct kite_text_out *w, const struct kite_paragraph *p)
{
    (void)p;
    add_prefix(w);
    kite_text_out_add(w, "* * *\n");
}

static void (*const writers[KITE_ROLE_COUNT])(struct kite_text_out *w, const struct kite_paragraph *p) = {
    [KITE_ROLE_HEADING] = write_heading,  [KITE_ROLE_VERSE] = write_verse,     [KITE_ROLE_PICTURE] = write_picture,
    [KITE_ROLE_TABLE_HEAD] = write_row,   [KITE_ROLE_TABLE_ROW] = write_row,   [KITE_ROLE_PREFORMATTED] = write_code,
    [KITE_ROLE_RULE] = write_rule,        [KITE_ROLE_NOTE] = write_note,       [KITE_ROLE_NOTE_MORE] = write_note,
};

/* Write the block at `at`; returns how many paragraphs it took. */
static size_t write_block(struct kite_text_out *w, size_t at)
{
    const struct kite_paragraph *p = &w->paragraphs[at];
    size_t count = 0;

    w->prefix.count = 0;
    for (int i = 0; i < p->quote_depth && w->status == KITE_OK; i++)
        w->status = kite_buffer_add_text(&w->prefix, "> ");
    if (!continues_table(w, p))
        kite_text_out_add(w, "\n");
    if (p->role == KITE_ROLE_ITEM)
        count = kite_text_out_list(w, at);
    if (count > 0)
        return count;
    if (writers[p->role])
        writers[p->role](w, p);
    else
        write_paragraph(w, p);
    return 1;
}

enum kite_status kite_press_text(const struct kite_memory *mem, struct kite_bundle *bundle, uint32_t document,
                                 const struct kite_sink *sink, struct kite_fault *fault)
{
    struct kite_text_out w = { .mem = *mem, .bundle = bundle, .document = document, .fault = fault,
                               .out = { .mem = *mem }, .prefix = { .mem = *mem } };

    kite_arena_init(&w.arena, *mem, 0);
    w.status = read_paragraphs(&w);
    if (w.status == KITE_OK)
        write_front_matter(&w);
    for (size_t at = 0; at < w.count && w.status == KITE_OK;)
        at += write_block(&w, at);
    if (w.status == KITE_OK)
        kite_originals_print(&w, add_picture);
    if (w.status == KITE_OK)
        w.status = sink->write(sink->ctx, w.out.bytes, w.out.count);
    else if (w.status == KITE_E_NOMEM)
        kite_fail(fault, w.status, "no memory to write a document as text");
    kite_buffer_close(&w.out);
    kite_buffer_close(&w.prefix);
    kite_arena_close(&w.arena);
    return w.status;
}
