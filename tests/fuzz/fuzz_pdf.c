/* libFuzzer: any pages of lines, as if MuPDF had read them, through all that makes paragraphs of them, to a bundle that must open.
 *
 * The bytes are lines of a page description that a person can write, so that seeds are texts: see tests/fuzz/seeds/pdf. A line is
 * "x y size flags text"; x and y in points, flags any of b i m r l (bold, italic, mono, raised, lowered); an empty line begins a page;
 * "# level title" is an entry of the outline. Numbers may be anything. */
#include "press/pdf.h"
#include "fuzz/fuzz.h"

#define PAGES_MAX 12u
#define LINES_MAX 300u

static void holds(bool condition)
{
    if (!condition)
        abort();
}

/* A number in hundredths, bounded as MuPDF's are; moves *at behind it. */
static kite_cpt take_number(const char **at, const char *end)
{
    bool is_below = *at < end && **at == '-';
    int64_t value = 0;

    *at += is_below;
    while (*at < end && **at >= '0' && **at <= '9') {
        value = value < KITE_CPT_MAX ? value * 10 + (**at - '0') * 100 : value;
        (*at)++;
    }
    *at += *at < end;
    value = value > KITE_CPT_MAX ? KITE_CPT_MAX : value;
    return (kite_cpt)(is_below ? -value : value);
}

static uint32_t take_flags(const char **at, const char *end)
{
    static const char letters[] = "bimrl";
    uint32_t flags = 0;

    while (*at < end && **at != ' ') {
        const char *letter = memchr(letters, **at, 5);

        flags |= letter ? 1u << (letter - letters) : 0;
        (*at)++;
    }
    *at += *at < end;
    return flags;
}

/* Made valid, as what comes from MuPDF is; a | changes to the flags of a raised mark and back. */
static bool make_line(struct kite_arena *arena, const char *at, const char *end, struct kite_pdf_line *line)
{
    struct kite_pdf_span *spans;
    char *text;
    uint32_t flags;

    *line = (struct kite_pdf_line){ .left = take_number(&at, end), .baseline = take_number(&at, end) };
    line->size = take_number(&at, end);
    line->size = line->size > 0 ? line->size : 1;
    flags = take_flags(&at, end);
    text = kite_arena_alloc(arena, (size_t)(end - at) * 3 + 1, 1);
    spans = kite_arena_alloc(arena, (size_t)(end - at) + 1, sizeof *spans);
    holds(text && spans);
    spans[line->span_count++] = (struct kite_pdf_span){ 0, flags };
    for (size_t used; at < end; at += used) {
        uint32_t c = kite_utf8_decode(at, (size_t)(end - at), &used);

        if (c == '|') {
            flags ^= KITE_PDF_RAISED;
            if (spans[line->span_count - 1].offset_bytes == line->bytes)
                spans[line->span_count - 1].flags = flags;
            else
                spans[line->span_count++] = (struct kite_pdf_span){ line->bytes, flags };
            continue;
        }
        if (c == ' ' && (line->bytes == 0 || text[line->bytes - 1] == ' '))
            continue;
        line->bytes += (uint32_t)kite_utf8_encode(c, text + line->bytes);
        line->chars++;
        if (line->first_word == 0 && c == ' ')
            line->first_word = (kite_cpt)line->chars * (line->size / 2);
    }
    while (line->bytes > 0 && text[line->bytes - 1] == ' ') {
        line->bytes--;
        line->chars--;
    }
    while (line->span_count > 1 && spans[line->span_count - 1].offset_bytes >= line->bytes)
        line->span_count--;
    line->text = text;
    line->spans = spans;
    line->right = (kite_cpt)((int64_t)line->left + (int64_t)line->chars * line->size / 2 < KITE_CPT_MAX
                                 ? (int64_t)line->left + (int64_t)line->chars * line->size / 2
                                 : KITE_CPT_MAX);
    line->first_word = line->first_word > 0 ? line->first_word : line->right - line->left;
    line->first_word = line->first_word < KITE_CPT_MAX ? line->first_word : KITE_CPT_MAX;
    return line->bytes > 0;
}

struct described {
    struct kite_arena arena;
    struct kite_pdf_page pages[PAGES_MAX];
    bool is_picture[PAGES_MAX];
    struct kite_draft_page *begun[PAGES_MAX];
    uint32_t page_count;
    struct kite_mupdf_outline outline;
};

static void add_entry(struct described *d, const char *at, const char *end)
{
    char *title = kite_arena_alloc(&d->arena, (size_t)(end - at) + 1, 1);
    void *entries = d->outline.entries;
    kite_cpt level;

    at += end - at > 1 ? 2 : 1;
    level = take_number(&at, end) / 100;
    holds(title && kite_arena_grow(&d->arena, &entries, &d->outline.capacity, d->outline.count + 1, sizeof *d->outline.entries) == KITE_OK);
    d->outline.entries = entries;
    memcpy(title, at, (size_t)(end - at));
    title[end - at] = '\0';
    d->outline.entries[d->outline.count++] = (struct kite_mupdf_entry){ title, level > 0 ? (uint32_t)level : 1, UINT32_MAX };
}

static void describe(struct described *d, const char *at, const char *end)
{
    struct kite_pdf_page *page = d->pages;

    d->page_count = 1;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        stop = stop ? stop : end;
        if (stop == at && d->page_count < PAGES_MAX) {
            page = &d->pages[d->page_count++];
        } else if (stop > at && *at == '#') {
            add_entry(d, at, stop);
        } else if (page->line_count < LINES_MAX && stop > at) {
            if (!page->lines)
                page->lines = kite_arena_alloc(&d->arena, LINES_MAX, sizeof *page->lines);
            holds(page->lines != NULL);
            page->line_count += make_line(&d->arena, at, stop, &page->lines[page->line_count]);
        }
        at = stop < end ? stop + 1 : end;
    }
    for (uint32_t i = 0; i < d->page_count; i++) {
        d->pages[i].width = 61200;
        d->pages[i].height = 79200;
    }
}

/* What was made must be a draft that a writer takes: spans from 0, ascending, within the text; notes that exist. */
static void check_list(const struct kite_draft *draft, const struct kite_draft_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct kite_text *text = &list->items[i].paragraph.text;

        holds(kite_utf8_is_valid(text->text, text->text_bytes) && text->span_count > 0 && text->spans[0].offset_bytes == 0);
        for (size_t s = 0; s < text->span_count; s++) {
            holds(text->spans[s].note <= draft->notes.count);
            holds(s == 0 || (text->spans[s].offset_bytes > text->spans[s - 1].offset_bytes && text->spans[s].offset_bytes < text->text_bytes));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kite_memory heap = kite_memory_heap();
    struct described described = { .page_count = 0 };
    struct kite_draft draft;
    struct kite_pdf_flow flow = { .draft = &draft };

    kite_arena_init(&described.arena, heap, 0);
    describe(&described, (const char *)data, (const char *)data + size);
    kite_draft_init(&draft, &heap);
    flow.arena = &described.arena;
    flow.pages = described.pages;
    flow.is_picture = described.is_picture;
    flow.begun = described.begun;
    flow.page_count = described.page_count;
    flow.outline = &described.outline;
    holds(kite_pdf_reflow(&flow, NULL) == KITE_OK);
    check_list(&draft, &draft.body);
    check_list(&draft, &draft.notes);
    kite_draft_close(&draft);
    kite_arena_close(&described.arena);
    return 0;
}
