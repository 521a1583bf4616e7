/* Taking documents in. */
#include "bundle/writer.h"

#include <string.h>

enum kite_status kite_writer_create(const struct kite_memory *mem, const struct kite_writer_options *options,
                                    struct kite_writer **out, struct kite_fault *fault)
{
    struct kite_writer *writer = kite_alloc(mem, 1, sizeof *writer);

    *out = NULL;
    if (!writer)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a new bundle");
    writer->mem = *mem;
    if (options)
        writer->options = *options;
    if (writer->options.zopfli_iterations == 0)
        writer->options.zopfli_iterations = 15;
    kite_arena_init(&writer->arena, *mem, 0);
    writer->data.mem = *mem;
    writer->index = (struct kite_written_index){ { .mem = *mem }, { .mem = *mem }, { .mem = *mem }, { .mem = *mem }, 0 };
    *out = writer;
    return KITE_OK;
}

void kite_writer_destroy(struct kite_writer *writer)
{
    if (!writer)
        return;
    for (size_t i = 0; i < writer->document_count; i++) {
        kite_free(&writer->mem, writer->documents[i].paragraphs);
        kite_free(&writer->mem, writer->documents[i].links);
        kite_free(&writer->mem, writer->documents[i].originals);
    }
    for (size_t i = 0; i < writer->picture_count; i++)
        kite_picture_close(&writer->pictures[i]);
    kite_free(&writer->mem, writer->documents);
    kite_free(&writer->mem, writer->pictures);
    kite_free(&writer->mem, writer->tokens);
    kite_free(&writer->mem, writer->pieces);
    kite_free(&writer->mem, writer->table);
    kite_free(&writer->mem, writer->own);
    kite_free(&writer->mem, writer->one_byte);
    kite_free(&writer->mem, writer->one_byte_of);
    kite_free(&writer->mem, writer->blocks);
    kite_buffer_close(&writer->data);
    kite_buffer_close(&writer->index.directory);
    kite_buffer_close(&writer->index.tails);
    kite_buffer_close(&writer->index.leaves);
    kite_buffer_close(&writer->index.hashes);
    kite_arena_close(&writer->arena);
    kite_free(&writer->mem, writer);
}

static bool is_string(const char *value)
{
    size_t bytes = strlen(value);

    if (bytes < 1 || bytes > KITE_STRING_BYTES_MAX || !kite_utf8_is_valid(value, bytes))
        return false;
    for (size_t i = 0; i < bytes; i++)
        if ((uint8_t)value[i] < 0x20 || value[i] == 0x7f)
            return false;
    return true;
}

static const char *copy_text(struct kite_writer *writer, const char *text, size_t bytes)
{
    char *copy = kite_arena_alloc(&writer->arena, bytes + 1, 1);

    if (copy) {
        memcpy(copy, text, bytes);
        copy[bytes] = '\0';
    }
    return copy;
}

static enum kite_status set_meta(struct kite_writer *writer, const char *metas[KITE_META_COUNT], enum kite_meta meta,
                                 const char *value, struct kite_fault *fault)
{
    if ((unsigned)meta < 1 || (unsigned)meta >= KITE_META_COUNT || !is_string(value))
        return kite_fail(fault, KITE_E_FORMAT, "the %s is empty, longer than %u bytes or not plain text",
                         kite_meta_text(meta), KITE_STRING_BYTES_MAX);
    metas[meta] = copy_text(writer, value, strlen(value));
    return metas[meta] ? KITE_OK : kite_fail(fault, KITE_E_NOMEM, "no memory for a new bundle");
}

enum kite_status kite_writer_bundle_meta(struct kite_writer *writer, enum kite_meta meta, const char *value,
                                         struct kite_fault *fault)
{
    return set_meta(writer, writer->metas, meta, value, fault);
}

static struct kite_written_document *document_in_hand(struct kite_writer *writer)
{
    return writer->document_count ? &writer->documents[writer->document_count - 1] : NULL;
}

enum kite_status kite_writer_document(struct kite_writer *writer, kite_lang lang, enum kite_direction direction,
                                      struct kite_fault *fault)
{
    void *documents = writer->documents;
    enum kite_status status = kite_grow(&writer->mem, &documents, &writer->document_capacity,
                                        writer->document_count + 1, sizeof *writer->documents);

    writer->documents = documents;
    if (status)
        return kite_fail(fault, status, "no memory for a new document");
    if (writer->document_count == KITE_DOCUMENTS_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "a bundle holds at most %u documents", KITE_DOCUMENTS_MAX);
    writer->documents[writer->document_count++] =
        (struct kite_written_document){ .lang = lang, .direction = direction };
    return KITE_OK;
}

enum kite_status kite_writer_meta(struct kite_writer *writer, enum kite_meta meta, const char *value,
                                  struct kite_fault *fault)
{
    struct kite_written_document *d = document_in_hand(writer);

    return d ? set_meta(writer, d->metas, meta, value, fault)
             : kite_fail(fault, KITE_E_FORMAT, "there is no document yet");
}

enum kite_status kite_writer_link(struct kite_writer *writer, const struct kite_link *link, uint32_t *index,
                                  struct kite_fault *fault)
{
    struct kite_written_document *d = document_in_hand(writer);

    if (!d || (link->address && !is_string(link->address)))
        return kite_fail(fault, KITE_E_FORMAT, "a link's address is empty, too long or not plain text");

    void *links = d->links;
    enum kite_status status =
        kite_grow(&writer->mem, &links, &d->link_capacity, d->link_count + 1, sizeof *d->links);
    struct kite_link copy = *link;

    d->links = links;
    if (link->address && !(copy.address = copy_text(writer, link->address, strlen(link->address))))
        status = KITE_E_NOMEM;
    if (status)
        return kite_fail(fault, status, "no memory for a link");
    d->links[d->link_count] = copy;
    *index = (uint32_t)d->link_count++;
    return KITE_OK;
}

enum kite_status kite_writer_original(struct kite_writer *writer, const struct kite_original *original,
                                      struct kite_fault *fault)
{
    struct kite_written_document *d = document_in_hand(writer);

    if (!d || (original->label[0] && !is_string(original->label)) ||
        (original->picture != KITE_NO_PICTURE && original->picture >= writer->picture_count))
        return kite_fail(fault, KITE_E_FORMAT, "a page's label is no plain text, or its picture is not there");
    if (writer->original_count == KITE_ORIGINALS_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "a bundle holds at most %u original pages", KITE_ORIGINALS_MAX);

    void *originals = d->originals;
    enum kite_status status =
        kite_grow(&writer->mem, &originals, &d->original_capacity, d->original_count + 1, sizeof *d->originals);
    struct kite_original copy = *original;

    d->originals = originals;
    copy.label = copy_text(writer, original->label, strlen(original->label));
    if (status || !copy.label)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a page");
    d->originals[d->original_count++] = copy;
    writer->original_count++;
    return KITE_OK;
}

enum kite_status kite_writer_opens_originals(struct kite_writer *writer, struct kite_fault *fault)
{
    struct kite_written_document *d = document_in_hand(writer);

    if (!d)
        return kite_fail(fault, KITE_E_FORMAT, "there is no document yet");
    d->opens_originals = true;
    return KITE_OK;
}

/* ---- paragraphs ------------------------------------------------------------------------------ */

static bool is_note_role(enum kite_role role)
{
    return role == KITE_ROLE_NOTE || role == KITE_ROLE_NOTE_MORE;
}

static const char *paragraph_problem(const struct kite_writer *writer, const struct kite_written_document *d,
                                     const struct kite_paragraph *p)
{
    const struct kite_text *t = &p->text;

    if ((unsigned)p->role >= KITE_ROLE_COUNT || p->depth > KITE_DEPTH_MAX || p->quote_depth > KITE_DEPTH_MAX ||
        (p->role == KITE_ROLE_HEADING && (p->depth < 1 || p->depth > 6)) || p->column_count > KITE_COLUMNS_MAX)
        return "its role, depth or columns are out of range";
    if (d->note_count > 0 && !is_note_role(p->role))
        return "text follows the notes";
    if (p->role == KITE_ROLE_NOTE_MORE && d->note_count == 0)
        return "a note goes on that has not begun";
    if (p->role == KITE_ROLE_PICTURE && p->picture >= writer->picture_count)
        return "its picture is not there";
    if (t->text_bytes > UINT32_MAX / 2 || !kite_utf8_is_valid(t->text, t->text_bytes) ||
        (t->text_bytes && memchr(t->text, 0, t->text_bytes)))
        return "its text is not UTF-8";
    if (t->span_count < 1 || t->spans[0].offset_bytes != 0)
        return "its attributes do not begin with the text";
    for (size_t i = 0; i < t->span_count; i++) {
        const struct kite_span *s = &t->spans[i];
        size_t end = i + 1 < t->span_count ? t->spans[i + 1].offset_bytes : t->text_bytes;

        if (end < s->offset_bytes || end > t->text_bytes || (s->styles & ~(uint32_t)KITE_STYLE_ALL) ||
            s->link > d->link_count || (end < t->text_bytes && ((uint8_t)t->text[end] & 0xc0) == 0x80))
            return "its attributes are out of order or out of range";
        if (s->note && (end - s->offset_bytes != 3 || memcmp(t->text + s->offset_bytes, "\xEF\xBF\xBC", 3) != 0))
            return "a note's mark is not one U+FFFC";
    }
    return NULL;
}

static bool spans_are_alike(const struct kite_span *a, const struct kite_span *b)
{
    return a->styles == b->styles && a->link == b->link && a->note == b->note && a->lang == b->lang;
}

/* Copy the spans of text bytes [from, to), like ones joined and empty ones dropped. */
static size_t copy_spans(const struct kite_text *t, size_t from, size_t to, kite_lang lang, struct kite_span *out)
{
    size_t count = 0;

    for (size_t i = 0; i < t->span_count; i++) {
        struct kite_span span = t->spans[i];
        size_t end = i + 1 < t->span_count ? t->spans[i + 1].offset_bytes : t->text_bytes;

        if (end <= from && !(i + 1 == t->span_count && count == 0))
            continue;
        if (span.offset_bytes >= to && count > 0)
            break;
        if (end == span.offset_bytes && t->span_count > 1 && !(i + 1 == t->span_count && count == 0))
            continue;
        span.offset_bytes = span.offset_bytes > from ? span.offset_bytes - (uint32_t)from : 0;
        if (span.lang == 0)
            span.lang = lang;
        if (count > 0 && !span.note && spans_are_alike(&out[count - 1], &span))
            continue;
        out[count++] = span;
    }
    return count;
}

/* A further part of a split paragraph. */
static void continue_role(struct kite_paragraph *p)
{
    p->is_continued = true;
    if (p->role == KITE_ROLE_NOTE)
        p->role = KITE_ROLE_NOTE_MORE;
    if (p->role == KITE_ROLE_ITEM)
        p->role = KITE_ROLE_ITEM_MORE;
}

static enum kite_status add_paragraph(struct kite_writer *writer, const struct kite_paragraph *p, size_t from, size_t to,
                                      struct kite_fault *fault)
{
    struct kite_written_document *d = document_in_hand(writer);
    void *paragraphs = d->paragraphs;
    enum kite_status status =
        kite_grow(&writer->mem, &paragraphs, &d->capacity, d->count + 1, sizeof *d->paragraphs);
    struct kite_written_paragraph copy = { .paragraph = *p };
    struct kite_span *spans = kite_arena_alloc(&writer->arena, p->text.span_count, sizeof *spans);
    const char *text = copy_text(writer, p->text.text + from, to - from);

    d->paragraphs = paragraphs;
    if (status || !spans || !text)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a paragraph");
    copy.given = d->given_count;
    if (p->id == d->given_count || from > 0)
        copy.paragraph.id = (uint32_t)d->count;
    if (from > 0)
        continue_role(&copy.paragraph);
    copy.paragraph.text = (struct kite_text){ .text = text, .text_bytes = to - from, .spans = spans };
    copy.paragraph.text.span_count = copy_spans(&p->text, from, to, d->lang, spans);
    d->paragraphs[d->count++] = copy;
    writer->text_bytes += to - from;
    if (is_note_role(p->role))
        d->note_count += copy.paragraph.role == KITE_ROLE_NOTE;
    else
        d->body_count = (uint32_t)d->count;
    return KITE_OK;
}

/* Is this the start of a character that stands for itself, not a mark upon the one before? */
static bool begins_cluster(const struct kite_text *t, size_t at)
{
    size_t length;

    return ((uint8_t)t->text[at] & 0xc0) != 0x80 &&
           !kite_joins_before(kite_utf8_decode(t->text + at, t->text_bytes - at, &length));
}

/* Where a paragraph that is too long is split: behind the last space that fits, else before the last character. */
static size_t split_at(const struct kite_text *t, size_t from)
{
    size_t end = from + KITE_PARAGRAPH_BYTES_MAX, least = from + KITE_PARAGRAPH_BYTES_MAX / 2, at = end;

    while (at > least && t->text[at - 1] != ' ')
        at--;
    if (at > least)
        return at;
    for (at = end; at > least; at--)
        if (begins_cluster(t, at))
            return at;
    while (((uint8_t)t->text[end] & 0xc0) == 0x80)
        end--;
    return end;
}

enum kite_status kite_writer_paragraph(struct kite_writer *writer, const struct kite_paragraph *paragraph,
                                       struct kite_fault *fault)
{
    struct kite_written_document *d = document_in_hand(writer);
    const struct kite_text *t = &paragraph->text;
    const char *problem = d ? paragraph_problem(writer, d, paragraph) : "there is no document yet";
    size_t from = 0;

    if (problem)
        return kite_fail(fault, KITE_E_FORMAT, "paragraph %u cannot be stored: %s", d ? (unsigned)d->count + 1 : 1u,
                         problem);
    while (t->text_bytes - from > KITE_PARAGRAPH_BYTES_MAX) {
        size_t end = split_at(t, from);
        enum kite_status status = add_paragraph(writer, paragraph, from, end, fault);

        if (status)
            return status;
        from = end;
    }

    enum kite_status status = add_paragraph(writer, paragraph, from, t->text_bytes, fault);

    d->given_count += status == KITE_OK;
    return status;
}

/* The first picture that is stored in the same bytes, or how many there are. */
static uint32_t find_picture(const struct kite_writer *writer, const struct kite_picture *picture)
{
    uint32_t i = 0;

    for (; i < writer->picture_count; i++) {
        const struct kite_picture *other = &writer->pictures[i];

        if (other->byte_count == picture->byte_count && other->info.width_px == picture->info.width_px &&
            other->info.height_px == picture->info.height_px && other->info.codec == picture->info.codec &&
            other->info.quality == picture->info.quality && other->info.filter == picture->info.filter &&
            other->block_count == picture->block_count && memcmp(other->bytes, picture->bytes, picture->byte_count) == 0)
            break;
    }
    return i;
}

enum kite_status kite_writer_picture_coded(struct kite_writer *writer, uint32_t width_px, uint32_t height_px,
                                           const uint8_t *gray, const uint8_t *coded, size_t coded_bytes,
                                           uint32_t *index, struct kite_fault *fault)
{
    void *pictures = writer->pictures;
    int iterations = writer->options.zopfli_iterations;
    enum kite_status status = kite_grow(&writer->mem, &pictures, &writer->picture_capacity, writer->picture_count + 1,
                                        sizeof *writer->pictures);

    writer->pictures = pictures;
    if (status)
        return kite_fail(fault, status, "no memory for a picture");
    if (writer->picture_count == KITE_PICTURES_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "a bundle holds at most %u pictures", KITE_PICTURES_MAX);

    struct kite_picture *picture = &writer->pictures[writer->picture_count];

    status = kite_picture_take_coded(&writer->mem, (struct kite_picture_coded){ coded, coded_bytes }, width_px,
                                     height_px, gray, iterations, picture, fault);
    if (status == KITE_DONE)
        status = kite_picture_encode(&writer->mem, width_px, height_px, gray, iterations, picture, fault);
    if (status)
        return status;
    *index = find_picture(writer, picture);
    if (*index < writer->picture_count)
        kite_picture_close(picture);
    else
        writer->picture_count++;
    return KITE_OK;
}

enum kite_status kite_writer_picture(struct kite_writer *writer, uint32_t width_px, uint32_t height_px,
                                     const uint8_t *gray, uint32_t *index, struct kite_fault *fault)
{
    return kite_writer_picture_coded(writer, width_px, height_px, gray, NULL, 0, index, fault);
}
