/* Footnotes: found before md4c sees the text. */
#include "press/markdown.h"

#include <string.h>

#define LABEL_BYTES_MAX 64

struct scan {
    struct kite_draft *draft;
    struct kite_markdown_notes *notes;
    const char *text;
    size_t bytes;
    struct kite_buffer *out;
    char fence; /* of the code block that is open, or 0 */
    size_t fence_count;
};

static size_t line_end(const struct scan *s, size_t at)
{
    const char *end = at < s->bytes ? memchr(s->text + at, '\n', s->bytes - at) : NULL;

    return end ? (size_t)(end - s->text) + 1 : s->bytes;
}

static bool is_blank(const char *line, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\n')
            return false;
    return true;
}

static size_t spaces_before(const char *line, size_t count)
{
    size_t i = 0;

    while (i < count && line[i] == ' ')
        i++;
    return i;
}

/* Follow fenced code, also in quotes and lists; true inside of it and on its fences. */
static bool is_in_fence(struct scan *s, const char *line, size_t count)
{
    size_t i = 0, run = 0;
    bool was_open = s->fence != 0;

    while (i < count && (line[i] == ' ' || line[i] == '>' || line[i] == '\t'))
        i++;
    while (i + run < count && line[i + run] == line[i])
        run++;
    if (run < 3 || (line[i] != '`' && line[i] != '~'))
        return was_open;
    if (!was_open) {
        if (line[i] == '`' && memchr(line + i + run, '`', count - i - run))
            return false; /* a code span */
        s->fence = line[i];
        s->fence_count = run;
    } else if (line[i] == s->fence && run >= s->fence_count && is_blank(line + i + run, count - i - run)) {
        s->fence = 0;
    }
    return true;
}

/* Length of `[^label]` at the start of text, 0 when there is none. */
static size_t reference_bytes(const char *text, size_t bytes)
{
    size_t i = 2;

    if (bytes < 4 || text[0] != '[' || text[1] != '^')
        return 0;
    while (i < bytes && text[i] != ']') {
        char c = text[i++];

        if (i - 2 > LABEL_BYTES_MAX || c == ' ' || c == '\n' || c == '\t' || c == '[' || c == '^' || c == '\\')
            return 0;
    }
    return i < bytes && i > 2 ? i + 1 : 0;
}

/* Bytes before the content of a definition that begins on this line, 0 for none. */
static size_t definition_bytes(const char *line, size_t count)
{
    size_t indent = spaces_before(line, count);
    size_t label = indent <= 3 ? reference_bytes(line + indent, count - indent) : 0;

    if (label == 0 || indent + label >= count || line[indent + label] != ':')
        return 0;
    return indent + label + 1 + spaces_before(line + indent + label + 1, count - indent - label - 1);
}

/* ---- definitions ------------------------------------------------------------------------------------ */

/* The lines of a definition that begins at `at`; returns where it ends. Text goes to source. */
static size_t take_definition(struct scan *s, size_t at, size_t content, struct kite_buffer *source,
                              enum kite_status *status)
{
    size_t end = line_end(s, at), blanks = 0;

    *status = kite_buffer_add(source, s->text + at + content, end - at - content);
    for (size_t next = end; next < s->bytes && *status == KITE_OK; next = line_end(s, next)) {
        const char *line = s->text + next;
        size_t count = line_end(s, next) - next;
        size_t indent = *line == '\t' ? 1 : spaces_before(line, count);

        if (is_blank(line, count)) {
            blanks++;
            continue;
        }
        if (definition_bytes(line, count) || (blanks > 0 && *line != '\t' && indent < 2))
            break;
        for (; blanks > 0 && *status == KITE_OK; blanks--)
            *status = kite_buffer_add_u8(source, '\n');
        if (*status == KITE_OK)
            *status = kite_buffer_add(source, line + (indent < 4 ? indent : 4), count - (indent < 4 ? indent : 4));
        end = next + count;
    }
    return end;
}

static enum kite_status add_definition(struct scan *s, size_t at, size_t content, uint32_t line, size_t *end)
{
    struct kite_markdown_notes *notes = s->notes;
    size_t indent = spaces_before(s->text + at, s->bytes - at);
    struct kite_buffer source = { .mem = s->draft->mem };
    struct kite_markdown_note note = { .label = s->text + at + indent + 2, .line = line };
    void *items = notes->items;
    enum kite_status status;

    note.label_bytes = reference_bytes(s->text + at + indent, s->bytes - at - indent) - 3;
    *end = take_definition(s, at, content, &source, &status);
    if (status == KITE_OK) {
        note.source = kite_draft_copy(s->draft, (const char *)source.bytes, source.count);
        note.source_bytes = source.count;
        status = note.source ? kite_grow(&s->draft->mem, &items, &notes->capacity, notes->count + 1,
                                         sizeof *notes->items)
                             : KITE_E_NOMEM;
        notes->items = items;
    }
    kite_buffer_close(&source);
    if (status == KITE_OK && notes->count < KITE_NOTES_MAX)
        notes->items[notes->count++] = note;
    return status;
}

static enum kite_status take_definitions(struct scan *s)
{
    uint32_t line = 0;
    enum kite_status status = KITE_OK;

    for (size_t at = 0, end; at < s->bytes && status == KITE_OK; at = end) {
        end = line_end(s, at);
        line++;

        bool is_fenced = is_in_fence(s, s->text + at, end - at);
        size_t content = is_fenced ? 0 : definition_bytes(s->text + at, end - at);

        if (content == 0) {
            status = kite_buffer_add(s->out, s->text + at, end - at);
            continue;
        }
        status = add_definition(s, at, content, line, &end);
        for (size_t i = at; i < end && status == KITE_OK; i++) /* line numbers stay */
            if (s->text[i] == '\n')
                status = kite_buffer_add_u8(s->out, '\n');
        for (size_t i = line_end(s, at); i < end; i = line_end(s, i))
            line++;
    }
    return status;
}

/* ---- references ------------------------------------------------------------------------------------- */

static int compare_labels(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
    int order = memcmp(a, b, a_bytes < b_bytes ? a_bytes : b_bytes);

    return order ? order : (a_bytes > b_bytes) - (a_bytes < b_bytes);
}

/* Heap sort by label, then by place: qsort has no context to find the labels with. */
static bool is_before(const struct kite_markdown_notes *notes, uint32_t a, uint32_t b)
{
    const struct kite_markdown_note *x = &notes->items[a], *y = &notes->items[b];
    int order = compare_labels(x->label, x->label_bytes, y->label, y->label_bytes);

    return order ? order < 0 : a < b;
}

static void sift(struct kite_markdown_notes *notes, size_t at, size_t count)
{
    uint32_t *v = notes->sorted;

    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_before(notes, v[child], v[child + 1]))
            child++;
        if (!is_before(notes, v[at], v[child]))
            return;
        uint32_t held = v[at];
        v[at] = v[child];
        v[child] = held;
    }
}

static enum kite_status sort_notes(struct kite_draft *draft, struct kite_markdown_notes *notes)
{
    size_t count = notes->count;

    notes->sorted = kite_arena_alloc(&draft->arena, count, sizeof *notes->sorted);
    notes->numbered = kite_arena_alloc(&draft->arena, count, sizeof *notes->numbered);
    if (!notes->sorted || !notes->numbered)
        return KITE_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        notes->sorted[i] = (uint32_t)i;
    for (size_t i = count / 2; i-- > 0;)
        sift(notes, i, count);
    for (size_t left = count; left-- > 1;) {
        uint32_t last = notes->sorted[left];
        notes->sorted[left] = notes->sorted[0];
        notes->sorted[0] = last;
        sift(notes, 0, left);
    }
    return KITE_OK;
}

/* Index of the first definition of a label, or UINT32_MAX. */
static uint32_t find(const struct kite_markdown_notes *notes, const char *label, size_t bytes)
{
    size_t low = 0, high = notes->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct kite_markdown_note *n = &notes->items[notes->sorted[middle]];

        if (compare_labels(n->label, n->label_bytes, label, bytes) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == notes->count)
        return UINT32_MAX;
    const struct kite_markdown_note *n = &notes->items[notes->sorted[low]];
    return compare_labels(n->label, n->label_bytes, label, bytes) == 0 ? notes->sorted[low] : UINT32_MAX;
}

static enum kite_status add_mark(struct kite_buffer *out, uint32_t note)
{
    char mark[KITE_MARK_BYTES + 4] = "\xE2\x81\x98\xEF\xB7\x90";

    for (size_t i = 0; i < 4; i++)
        kite_utf8_encode(0xfdd1 + (note >> (12 - 4 * i) & 15), mark + 6 + 3 * i);
    kite_utf8_encode(0x2058, mark + 18);
    return kite_buffer_add(out, mark, KITE_MARK_BYTES);
}

struct kite_markdown_note *kite_markdown_note_at(const struct kite_markdown_notes *notes, const char *text,
                                                 size_t bytes)
{
    uint32_t note = 0;
    size_t used;

    if (bytes < KITE_MARK_BYTES || memcmp(text, "\xE2\x81\x98\xEF\xB7\x90", 6) != 0)
        return NULL;
    for (size_t i = 0; i < 4; i++)
        note = note << 4 | ((kite_utf8_decode(text + 6 + 3 * i, 3, &used) - 0xfdd1) & 15);
    return note < notes->count ? &notes->items[note] : NULL;
}

static enum kite_status mark_references(const struct kite_markdown_notes *notes, const char *text, size_t bytes,
                                        struct kite_buffer *out)
{
    enum kite_status status = KITE_OK;
    size_t from = 0;

    for (size_t i = 0; i < bytes && status == KITE_OK; i++) {
        size_t count = text[i] == '[' ? reference_bytes(text + i, bytes - i) : 0;
        uint32_t note = count ? find(notes, text + i + 2, count - 3) : UINT32_MAX;

        if (text[i] == '\\')
            i++; /* the next one stands for itself */
        if (note == UINT32_MAX)
            continue;
        status = i > from ? kite_buffer_add(out, text + from, i - from) : KITE_OK;
        status = status ? status : add_mark(out, note);
        from = i + count;
        i = from - 1;
    }
    return status || from >= bytes ? status : kite_buffer_add(out, text + from, bytes - from);
}

enum kite_status kite_markdown_find_notes(struct kite_draft *draft, const char *text, size_t bytes,
                                          struct kite_markdown_notes *notes, struct kite_buffer *out)
{
    struct kite_buffer rest = { .mem = draft->mem };
    struct scan scan = { .draft = draft, .notes = notes, .text = text, .bytes = bytes, .out = &rest };
    enum kite_status status = take_definitions(&scan);

    status = status ? status : sort_notes(draft, notes);
    status = status ? status : mark_references(notes, (const char *)rest.bytes, rest.count, out);
    for (size_t i = 0; i < notes->count && status == KITE_OK; i++) {
        struct kite_markdown_note *note = &notes->items[i];

        rest.count = 0;
        status = mark_references(notes, note->source, note->source_bytes, &rest);
        note->source = status ? NULL : kite_draft_copy(draft, (const char *)rest.bytes, rest.count);
        note->source_bytes = rest.count;
        if (status == KITE_OK && !note->source)
            status = KITE_E_NOMEM;
    }
    kite_buffer_close(&rest);
    return status ? kite_fail(draft->fault, status, "no memory for footnotes") : KITE_OK;
}
