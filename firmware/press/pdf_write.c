/* Paragraphs of pages to the draft: rows become one text, words that were divided are whole again, notes stand at their marks. */
#include "press/pdf.h"

#include <string.h>

#define COLUMN_MAX 160u /* of typewritten lines */

struct writing {
    struct kite_pdf_flow *flow;
    const struct kite_pdf_pictures *pictures;
    struct kite_builder builder;
    uint32_t plain_flags; /* that say nothing here, as all of the paragraph has them */
    struct kite_draft_page *pages; /* that begin in the paragraph in hand */
    size_t *notes_of;     /* [page_count] index of a page's first note paragraph; SIZE_MAX for none */
    uint32_t joined_words, kept_words;
};

static uint32_t styles_of(const struct writing *w, uint32_t flags)
{
    uint32_t styles = 0;

    flags &= ~w->plain_flags;
    styles |= flags & KITE_PDF_BOLD ? KITE_STYLE_STRONG : 0;
    styles |= flags & KITE_PDF_ITALIC ? KITE_STYLE_EMPHASIS : 0;
    styles |= flags & KITE_PDF_MONO ? KITE_STYLE_CODE : 0;
    styles |= flags & KITE_PDF_RAISED ? KITE_STYLE_SUPERSCRIPT : 0;
    styles |= flags & KITE_PDF_LOWERED ? KITE_STYLE_SUBSCRIPT : 0;
    return styles;
}

/* 1 + the number of the note that this raised text marks; 0 for none. */
static uint32_t note_at(const struct writing *w, uint32_t page, const char *text, size_t bytes)
{
    const struct kite_pdf_flow *flow = w->flow;

    while (bytes > 0 && text[bytes - 1] == ' ')
        bytes--;
    for (size_t i = w->notes_of[page]; i < flow->paragraph_count && flow->paragraphs[i].page == page; i++) {
        const struct kite_pdf_paragraph *p = &flow->paragraphs[i];

        if (p->kind == KITE_PDF_NOTE && p->note > 0 && p->mark_bytes == bytes &&
            memcmp(flow->rows[p->first_row].parts[0]->text, text, bytes) == 0)
            return p->note;
    }
    return 0;
}

/* Bytes [from, to) of a line. Marks of notes become notes where has_notes. */
static void add_line(struct writing *w, const struct kite_pdf_line *line, size_t from, size_t to, uint32_t page, bool has_notes)
{
    for (uint32_t s = 0; s < line->span_count; s++) {
        size_t begin = line->spans[s].offset_bytes, end = s + 1 < line->span_count ? line->spans[s + 1].offset_bytes : line->bytes;
        uint32_t note;

        begin = begin > from ? begin : from;
        end = end < to ? end : to;
        if (begin >= end)
            continue;
        note = has_notes && line->spans[s].flags & KITE_PDF_RAISED ? note_at(w, page, line->text + begin, end - begin) : 0;
        w->builder.now.styles = note ? 0 : styles_of(w, line->spans[s].flags);
        if (note) {
            kite_builder_note(&w->builder, note - 1);
            kite_builder_add(&w->builder, " ", line->text[end - 1] == ' ');
        } else {
            kite_builder_add(&w->builder, line->text + begin, end - begin);
        }
    }
}

/* ---- line ends --------------------------------------------------------------------------------------------------------- */

static size_t hyphen_bytes(const struct kite_pdf_line *line)
{
    if (line->bytes > 1 && line->text[line->bytes - 1] == '-')
        return 1;
    if (line->bytes > 2 && memcmp(line->text + line->bytes - 2, "\xC2\xAD", 2) == 0)
        return 2;
    return line->bytes > 3 && memcmp(line->text + line->bytes - 3, "\xE2\x80\x90", 3) == 0 ? 3 : 0;
}

static bool is_ideograph(uint32_t c)
{
    return (c >= 0x2e80 && c < 0xac00) || (c >= 0xf900 && c < 0xfb00) || (c >= 0xff00 && c < 0xff61) || (c >= 0x20000 && c < 0x40000);
}

/* Does the address at the end of a line go on in the next? */
static bool is_in_address(const struct kite_pdf_line *line)
{
    size_t at = line->bytes;

    if (at == 0 || !strchr("/.-_=&?", line->text[at - 1]))
        return false;
    while (at > 0 && line->text[at - 1] != ' ')
        at--;
    for (size_t i = at; i + 3 < line->bytes; i++) {
        if (memcmp(line->text + i, "://", 3) == 0)
            return true;
    }
    return false;
}

/* What stands between a row and the next one of its paragraph. *cut: bytes of a hyphen that goes. */
static bool has_space_behind(struct writing *w, const struct kite_pdf_row *row, const struct kite_pdf_row *next, size_t *cut)
{
    const struct kite_pdf_line *end = row->parts[row->part_count - 1], *begin = next->parts[0];
    size_t hyphen = hyphen_bytes(end);
    uint32_t last = kite_pdf_last_char(row), first = kite_pdf_first_char(next);

    *cut = 0;
    if (is_in_address(end))
        return false;
    if (hyphen > 0 && end->text[end->bytes - hyphen - 1] != ' ') {
        bool is_kept = hyphen == 1 && kite_pdf_keeps_hyphen(w->flow, end->text, end->bytes - 1, begin->text, begin->bytes);

        *cut = is_kept ? 0 : hyphen;
        w->joined_words += !is_kept;
        w->kept_words += is_kept;
        return false;
    }
    return last != 0x2014 && last != '/' && !(is_ideograph(last) && is_ideograph(first));
}

/* ---- running text ------------------------------------------------------------------------------------------------------- */

static void add_row(struct writing *w, const struct kite_pdf_row *row, size_t skip, size_t cut, bool has_notes)
{
    for (uint32_t i = 0; i < row->part_count; i++) {
        const struct kite_pdf_line *part = row->parts[i];
        size_t from = skip < part->bytes ? skip : part->bytes, to = part->bytes - (i + 1 == row->part_count ? cut : 0);
        bool is_close = i > 0 && (part->left - row->parts[i - 1]->right) * 4 < row->size && part->size != row->parts[i - 1]->size;

        skip -= from;
        w->builder.now.styles = i > 0 ? styles_of(w, row->parts[i - 1]->spans[row->parts[i - 1]->span_count - 1].flags & part->spans[0].flags) : 0;
        kite_builder_add(&w->builder, " ", i > 0 && !is_close);
        add_line(w, part, from, to, row->page, has_notes);
    }
}

/* What the end of a row and the beginning of the next have. */
static uint32_t flags_between(const struct kite_pdf_row *row, const struct kite_pdf_row *next)
{
    const struct kite_pdf_line *end = row->parts[row->part_count - 1];

    return end->spans[end->span_count - 1].flags & next->parts[0]->spans[0].flags;
}

enum kite_status kite_pdf_begin_pages(struct kite_pdf_flow *flow, uint32_t page, uint32_t letters, struct kite_draft_page **pages)
{
    enum kite_status status = KITE_OK;

    while (flow->begun_count <= page && status == KITE_OK) {
        struct kite_draft_page begun = { letters, KITE_NO_PICTURE, "", NULL }, *last;

        status = kite_draft_page_add(flow->draft, &begun, pages);
        for (last = *pages; last && last->next;)
            last = last->next;
        flow->begun[flow->begun_count++] = last;
    }
    return status;
}

/* A row's page begins at what has been added so far, if it is a new one. */
static void begin_page(struct writing *w, uint32_t page)
{
    if (page >= w->flow->begun_count && w->builder.status == KITE_OK)
        w->builder.status = kite_pdf_begin_pages(w->flow, page, kite_count_letters((const char *)w->builder.text.bytes, w->builder.text.count),
                                                 &w->pages);
}

/* All rows of a paragraph and of those that go on with it. */
static void add_rows(struct writing *w, const struct kite_pdf_paragraph *p)
{
    const struct kite_pdf_flow *flow = w->flow;
    size_t skip = p->mark_bytes;
    bool has_notes = p->kind != KITE_PDF_NOTE && p->kind != KITE_PDF_HEADING;

    for (;;) {
        for (uint32_t i = 0; i < p->row_count; i++) {
            const struct kite_pdf_row *row = &flow->rows[p->first_row + i], *next = i + 1 < p->row_count ? row + 1 : NULL;
            size_t cut = 0;
            bool has_space;

            if (!next && p->more)
                next = &flow->rows[flow->paragraphs[p->more - 1].first_row];
            if (p->kind != KITE_PDF_NOTE)
                begin_page(w, row->page);
            has_space = next && has_space_behind(w, row, next, &cut);
            add_row(w, row, skip, cut, has_notes);
            skip = 0;
            w->builder.now.styles = next ? styles_of(w, flags_between(row, next)) : 0;
            kite_builder_add(&w->builder, " ", has_space);
        }
        if (!p->more)
            return;
        p = &flow->paragraphs[p->more - 1];
    }
}

static uint32_t common_flags(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    uint32_t common = UINT32_MAX;

    for (uint32_t i = 0; i < p->row_count; i++)
        common &= flow->rows[p->first_row + i].common;
    return common & (KITE_PDF_BOLD | KITE_PDF_ITALIC | KITE_PDF_MONO);
}

/* ---- line by line --------------------------------------------------------------------------------------------------------- */

static void add_typed_row(struct writing *w, const struct kite_pdf_row *row, kite_cpt left, kite_cpt advance)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < row->part_count; i++) {
        const struct kite_pdf_line *part = row->parts[i];
        int64_t column = ((int64_t)part->left - left + advance / 3) / advance;
        uint32_t to = column < 0 ? 0 : column < (int64_t)COLUMN_MAX ? (uint32_t)column : COLUMN_MAX;

        w->builder.now.styles = 0;
        for (to = i > 0 && to <= at ? at + 1 : to; at < to; at++)
            kite_builder_add(&w->builder, " ", 1);
        add_line(w, part, 0, part->bytes, row->page, false);
        at += part->chars;
    }
}

/* The width of a character: the middle one of the lines' means. */
static kite_cpt advance_of(const struct kite_pdf_flow *flow, const struct kite_pdf_paragraph *p)
{
    int64_t widths = 0, chars = 0;

    for (uint32_t i = 0; i < p->row_count; i++) {
        const struct kite_pdf_row *row = &flow->rows[p->first_row + i];

        for (uint32_t k = 0; k < row->part_count; k++) {
            widths += row->parts[k]->right - row->parts[k]->left;
            chars += row->parts[k]->chars;
        }
    }
    return chars > 0 && widths / chars > 50 ? (kite_cpt)(widths / chars) : 50;
}

static void add_typed_rows(struct writing *w, const struct kite_pdf_paragraph *p)
{
    const struct kite_pdf_row *rows = &w->flow->rows[p->first_row];
    kite_cpt left = KITE_CPT_MAX, advance = advance_of(w->flow, p);

    for (uint32_t i = 0; i < p->row_count; i++)
        left = rows[i].left < left ? rows[i].left : left;
    w->builder.keeps_spaces = true;
    for (uint32_t i = 0; i < p->row_count; i++) {
        bool is_apart = i > 0 && rows[i].baseline - rows[i - 1].baseline > rows[i].size * 19 / 10;

        if (i > 0)
            kite_builder_add(&w->builder, "\n\n", is_apart ? 2 : 1);
        add_typed_row(w, &rows[i], left, advance);
    }
}

/* "Title ..... 12": two cells. */
static void add_contents_row(struct writing *w, const struct kite_pdf_row *row)
{
    struct kite_buffer text = { .mem = w->flow->draft->mem };
    size_t end, title;
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < row->part_count && status == KITE_OK; i++) {
        status = i > 0 ? kite_buffer_add(&text, " ", 1) : KITE_OK;
        status = status ? status : kite_buffer_add(&text, row->parts[i]->text, row->parts[i]->bytes);
    }
    for (end = text.count; end > 0 && text.bytes[end - 1] != '.' && text.bytes[end - 1] != ' ';)
        end--;
    for (title = end; title > 0 && (text.bytes[title - 1] == '.' || text.bytes[title - 1] == ' ');)
        title--;
    w->builder.status = w->builder.status ? w->builder.status : status;
    if (status == KITE_OK) {
        kite_builder_add(&w->builder, (const char *)text.bytes, title);
        kite_builder_break(&w->builder, '\t');
        kite_builder_add(&w->builder, (const char *)text.bytes + end, text.count - end);
    }
    kite_buffer_close(&text);
}

/* ---- paragraphs ------------------------------------------------------------------------------------------------------------ */

static struct kite_draft_paragraph like_of(const struct kite_pdf_paragraph *p)
{
    struct kite_draft_paragraph out = { .line = 0 };
    struct kite_paragraph *like = &out.paragraph;

    switch (p->kind) {
    case KITE_PDF_TEXT:
    case KITE_PDF_PICTURE:
        break;
    case KITE_PDF_HEADING:
        like->role = p->is_title ? KITE_ROLE_TITLE : KITE_ROLE_HEADING;
        like->depth = p->is_title ? 0 : p->depth;
        out.has_role = p->is_title;
        break;
    case KITE_PDF_ITEM:
        like->role = KITE_ROLE_ITEM;
        like->depth = p->depth;
        like->ordinal = p->ordinal;
        break;
    case KITE_PDF_ITEM_MORE:
        like->role = KITE_ROLE_ITEM_MORE;
        like->depth = p->depth;
        break;
    case KITE_PDF_QUOTE:
        like->role = KITE_ROLE_QUOTE;
        like->quote_depth = 1;
        break;
    case KITE_PDF_LINES:
        like->role = KITE_ROLE_PREFORMATTED;
        break;
    case KITE_PDF_CONTENTS:
        like->role = KITE_ROLE_TABLE_ROW;
        like->column_count = 2;
        like->column_align[1] = KITE_COLUMN_END;
        break;
    case KITE_PDF_NOTE:
        like->role = KITE_ROLE_NOTE;
        break;
    }
    return out;
}

static enum kite_status write_paragraph(struct writing *w, const struct kite_pdf_paragraph *p)
{
    struct kite_draft *draft = w->flow->draft;
    struct kite_draft_paragraph paragraph = like_of(p);
    bool is_typed = p->kind == KITE_PDF_LINES || p->kind == KITE_PDF_HEADING || p->kind == KITE_PDF_CONTENTS;
    enum kite_status status;

    kite_builder_reset(&w->builder);
    w->pages = NULL;
    if (p->kind != KITE_PDF_NOTE)
        begin_page(w, p->page);
    w->plain_flags = w->flow->body_flags | (is_typed ? common_flags(w->flow, p) | KITE_PDF_BOLD | KITE_PDF_MONO : 0);
    if (p->kind == KITE_PDF_LINES)
        add_typed_rows(w, p);
    else if (p->kind == KITE_PDF_CONTENTS)
        add_contents_row(w, &w->flow->rows[p->first_row]);
    else
        add_rows(w, p);
    status = kite_builder_take(&w->builder, draft, &paragraph.paragraph.text);
    if (status || (paragraph.paragraph.text.text_bytes == 0 && p->kind != KITE_PDF_NOTE))
        return status;
    paragraph.pages = w->pages;
    /* A paragraph of lines or sentences at the start is no title, however short. */
    if (p->kind == KITE_PDF_TEXT && draft->body.count == 0)
        paragraph.has_role = p->row_count > 1 || p->more > 0 || kite_pdf_last_char(&w->flow->rows[p->first_row]) == '.';
    if (p->is_title)
        return kite_draft_insert(draft, &draft->body, 0, &paragraph);
    return kite_draft_add(draft, p->kind == KITE_PDF_NOTE ? &draft->notes : &draft->body, &paragraph);
}

static enum kite_status index_notes(struct writing *w)
{
    const struct kite_pdf_flow *flow = w->flow;

    w->notes_of = kite_arena_alloc(flow->arena, flow->page_count, sizeof *w->notes_of);
    if (!w->notes_of)
        return kite_fail(flow->draft->fault, KITE_E_NOMEM, "no memory for notes");
    for (uint32_t i = 0; i < flow->page_count; i++)
        w->notes_of[i] = SIZE_MAX;
    for (size_t i = flow->paragraph_count; i-- > 0;) {
        if (flow->paragraphs[i].kind == KITE_PDF_NOTE)
            w->notes_of[flow->paragraphs[i].page] = i;
    }
    return KITE_OK;
}

enum kite_status kite_pdf_write(struct kite_pdf_flow *flow, const struct kite_pdf_pictures *pictures)
{
    struct writing w = { .flow = flow, .pictures = pictures };
    enum kite_status status = index_notes(&w);

    kite_builder_init(&w.builder, &flow->draft->mem);
    for (size_t i = 0; i < flow->paragraph_count && status == KITE_OK; i++) {
        const struct kite_pdf_paragraph *p = &flow->paragraphs[i];

        if (p->is_joined)
            continue;
        if (p->kind == KITE_PDF_PICTURE)
            status = pictures ? pictures->add(pictures->ctx, p) : KITE_OK;
        else
            status = write_paragraph(&w, p);
    }
    kite_builder_close(&w.builder);
    if (status == KITE_OK && w.joined_words + w.kept_words > 0)
        kite_draft_note(flow->draft, KITE_PRESS_NOTE, 0, "guessed: %u words that were divided at line ends are put together, %u keep their hyphens",
                        (unsigned)w.joined_words, (unsigned)w.kept_words);
    return status;
}

enum kite_status kite_pdf_reflow(struct kite_pdf_flow *flow, const struct kite_pdf_pictures *pictures)
{
    enum kite_status status = kite_pdf_leave_out(flow);

    status = status ? status : kite_pdf_order(flow);
    status = status ? status : kite_pdf_make_paragraphs(flow);
    status = status ? status : kite_pdf_set_roles(flow);
    status = status ? status : kite_pdf_count_words(flow);
    return status ? status : kite_pdf_write(flow, pictures);
}
