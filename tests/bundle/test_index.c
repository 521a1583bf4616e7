/* bundle: the index in leaves. What it says stays right behind split paragraphs, over many leaves and beyond 65,536
 * pieces; opening takes the same memory for any length; every failing allocation, truncation and changed bit is seen;
 * and FORMAT.md is enough to read a bundle by. */
#include "make_bundle.h"

#include "bundle/format.h"

#include <stdio.h>

static const struct kite_span plain = { 0 };

/* ---- making ------------------------------------------------------------------------------------ */

static struct kite_writer *begin(const struct kite_memory *mem)
{
    static const struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_writer *writer;

    assert_int_equal(kite_writer_create(mem, &fast, &writer, NULL), KITE_OK);
    return writer;
}

static void add(struct kite_writer *writer, uint32_t id, enum kite_role role, const char *text)
{
    struct kite_paragraph p = plain_paragraph(text, &plain);

    p.id = id;
    p.role = role;
    p.depth = role == KITE_ROLE_HEADING ? 1 + id / 2 % 2 : 0;
    assert_int_equal(kite_writer_paragraph(writer, &p, NULL), KITE_OK);
}

static void end(struct kite_writer *writer, struct kite_buffer *file)
{
    struct kite_sink sink = kite_sink_buffer(file);
    struct kite_fault fault = { "" };

    file->count = 0;
    if (kite_writer_finish(writer, &sink, NULL, &fault) != KITE_OK)
        fail_msg("%s", fault.text);
    kite_writer_destroy(writer);
}

/* A document of `count` chapters of a heading, two paragraphs and a link each, a note each, and ids of its own. */
static void add_chapters(struct kite_writer *writer, uint32_t count, size_t paragraph_bytes)
{
    char *text = malloc(paragraph_bytes + 64);
    uint32_t index;

    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL), KITE_OK);
    for (uint32_t i = 0; i < count; i++) {
        struct kite_link link = { .place = { .paragraph = i * 2 } };

        assert_int_equal(kite_writer_link(writer, &link, &index, NULL), KITE_OK);
        snprintf(text, 64, "Chapter %u of this book", (unsigned)i);
        add(writer, i * 2, KITE_ROLE_HEADING, text);
        memset(text, 0, paragraph_bytes + 64);
        for (size_t at = 0; at + 8 < paragraph_bytes; at += strlen(text + at))
            snprintf(text + at, 32, "word%u the ", (unsigned)((at + i) % 97));
        add(writer, i % 3 ? i * 2 + 1 : 1000000 + i, KITE_ROLE_PARAGRAPH, text);
    }
    for (uint32_t i = 0; i < count; i++)
        add(writer, count * 2 + i, KITE_ROLE_NOTE, "A note.");
    free(text);
}

static void make_chapters(uint32_t documents, uint32_t count, size_t paragraph_bytes, struct kite_buffer *file)
{
    struct kite_writer *writer = begin(&file->mem);

    for (uint32_t i = 0; i < documents; i++)
        add_chapters(writer, count, paragraph_bytes);
    end(writer, file);
}

/* ---- reading ----------------------------------------------------------------------------------- */

struct open {
    struct kite_span_bytes span;
    struct kite_source source;
    struct kite_bundle *bundle;
};

static void open_file(struct open *o, const struct kite_memory *mem, const struct kite_buffer *file)
{
    o->span = (struct kite_span_bytes){ file->bytes, file->count };
    o->source = kite_source_memory(&o->span);
    assert_int_equal(kite_bundle_open(mem, &o->source, &o->bundle, NULL), KITE_OK);
}

static enum kite_status whole(const uint8_t *bytes, size_t count)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_span_bytes span = { bytes, count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;
    enum kite_status status = kite_bundle_open(&heap, &source, &bundle, NULL);

    if (status == KITE_OK) {
        status = kite_bundle_verify(bundle, NULL, NULL);
        kite_bundle_close(bundle);
    }
    return status;
}

/* All paragraphs of a bundle, as read_kite.py prints them. */
static void dump(const struct kite_buffer *file, struct kite_buffer *out)
{
    struct kite_arena arena;
    struct kite_document_info info;
    struct open o;

    open_file(&o, &file->mem, file);
    kite_arena_init(&arena, file->mem, 0);
    for (uint32_t d = 0; kite_bundle_document(o.bundle, d, &info) == KITE_OK; d++) {
        for (uint32_t i = 0; i < info.paragraph_count; i++) {
            struct kite_paragraph p;

            kite_arena_reset(&arena);
            assert_int_equal(kite_bundle_paragraph(o.bundle, d, i, &arena, &p, NULL), KITE_OK);
            kite_buffer_add(out, p.text.text, p.text.text_bytes);
            kite_buffer_add(out, "\n\n", 2);
        }
    }
    kite_arena_close(&arena);
    kite_bundle_close(o.bundle);
}

/* The reader that was made from FORMAT.md gets the same text. */
static void check_by_format(const struct kite_buffer *file)
{
    static const char path[] = KITE_BUILD "/test_index.kite";
    struct kite_buffer ours = { .mem = file->mem }, theirs = { .mem = file->mem };
    FILE *out = fopen(path, "wb");
    char part[4096];
    size_t count;

    assert_non_null(out);
    assert_int_equal(fwrite(file->bytes, 1, file->count, out), file->count);
    assert_int_equal(fclose(out), 0);
    dump(file, &ours);

    FILE *in = popen("python3 tests/bundle/read_kite.py firmware/bundle/lexicons " KITE_BUILD "/test_index.kite", "r");

    assert_non_null(in);
    while ((count = fread(part, 1, sizeof part, in)) > 0)
        kite_buffer_add(&theirs, part, count);
    assert_int_equal(pclose(in), 0);
    assert_int_equal(theirs.count, ours.count);
    assert_memory_equal(theirs.bytes, ours.bytes, ours.count);
    kite_buffer_close(&ours);
    kite_buffer_close(&theirs);
}

/* ---- what the index says ----------------------------------------------------------------------- */

static void check_chapters(struct kite_bundle *bundle, uint32_t document, uint32_t count)
{
    uint32_t order[] = { 0, count - 1, count / 2, 1, count / 3, count - 1 - count / 4 }, first, paragraphs, index;
    struct kite_document_info info;

    assert_int_equal(kite_bundle_document(bundle, document, &info), KITE_OK);
    assert_int_equal(info.contents_count, count);
    assert_int_equal(info.level_counts[0] + info.level_counts[1], count);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct kite_contents_entry entry;
        struct kite_link link;
        char title[64];
        uint32_t n = order[i];

        snprintf(title, sizeof title, "Chapter %u of this book", (unsigned)n);
        assert_int_equal(kite_bundle_contents(bundle, document, n, &entry, NULL), KITE_OK);
        assert_string_equal(entry.title, title);
        assert_int_equal(entry.paragraph, n * 2);
        assert_int_equal(entry.level, 1 + n % 2);
        assert_int_equal(kite_bundle_note(bundle, document, n, &first, &paragraphs, NULL), KITE_OK);
        assert_int_equal(first, count * 2 + n);
        assert_int_equal(paragraphs, 1);
        assert_int_equal(kite_bundle_link(bundle, document, n, &link, NULL), KITE_OK);
        assert_int_equal(link.place.paragraph, n * 2);
        assert_int_equal(kite_bundle_paragraph_by_id(bundle, document, n % 3 ? n * 2 + 1 : 1000000 + n, &index, NULL), KITE_OK);
        assert_int_equal(index, n * 2 + 1);
    }
    assert_int_equal(kite_bundle_contents(bundle, document, count, &(struct kite_contents_entry){ 0 }, NULL), KITE_E_RANGE);
    assert_int_equal(kite_bundle_note(bundle, document, count, &first, &paragraphs, NULL), KITE_E_RANGE);
    assert_int_equal(kite_bundle_link(bundle, document, count, &(struct kite_link){ 0 }, NULL), KITE_E_RANGE);
}

/* Sections by level against walking all headings. */
static void check_sections(struct kite_bundle *bundle, uint32_t document, uint32_t count)
{
    for (uint32_t p = 0; p < count * 3 + 2; p++) {
        for (uint8_t level = 0; level < 3; level++) {
            struct kite_section want = { 0, count * 3 }, got;

            for (uint32_t i = 0; i < count && level > 0; i++) {
                if (1 + i % 2 > level)
                    continue;
                if (i * 2 <= p)
                    want.first = i * 2;
                else if (want.end == count * 3)
                    want.end = i * 2;
            }
            assert_int_equal(kite_bundle_section_at(bundle, document, p, level, &got, NULL), KITE_OK);
            assert_int_equal(got.first, want.first);
            assert_int_equal(got.end, want.end);
        }
    }
}

static void test_leaves_say_what_was_written(void **state)
{
    static const struct {
        uint32_t documents, chapters;
        size_t paragraph_bytes;
    } rows[] = { { 1, 3, 40 }, { 3, 90, 700 }, { 2, 150, 9000 }, { 70, 2, 10 } };
    struct kite_buffer file = { .mem = kite_memory_heap() };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct open o;

        make_chapters(rows[i].documents, rows[i].chapters, rows[i].paragraph_bytes, &file);
        open_file(&o, &file.mem, &file);
        for (uint32_t d = 0; d < rows[i].documents; d += 1 + rows[i].documents / 4) {
            struct kite_document_info info;

            check_chapters(o.bundle, d, rows[i].chapters);
            check_sections(o.bundle, d, rows[i].chapters);
            kite_bundle_document(o.bundle, d, &info);
            for (uint64_t at = 0; at <= info.text_bytes; at += 1 + info.text_bytes / 50) {
                struct kite_place place;
                uint64_t back;

                assert_int_equal(kite_bundle_place_at(o.bundle, d, at, &place, NULL), KITE_OK);
                assert_int_equal(kite_bundle_offset_of(o.bundle, place, &back, NULL), KITE_OK);
                assert_int_equal(back, at);
            }
        }
        kite_bundle_close(o.bundle);
        check_by_format(&file);
    }
    kite_buffer_close(&file);
}

/* A paragraph too long is split; links and notes count on as they were given. */
static void test_links_and_notes_behind_split_paragraphs(void **state)
{
    struct kite_buffer file = { .mem = kite_memory_heap() }, text = { .mem = file.mem };
    struct kite_writer *writer = begin(&file.mem);
    struct kite_link link = { .place = { .paragraph = 2, .offset_bytes = 3 } }, inside = { .place = { .offset_bytes = 70000 } };
    struct kite_span marked[] = { { 0 }, { .offset_bytes = 1, .note = 2 }, { .offset_bytes = 4, .link = 1 } };
    struct kite_paragraph p = plain_paragraph("x\xEF\xBF\xBCy", marked);
    uint32_t index, first, count;
    struct kite_arena arena;
    struct open o;

    (void)state;
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL), KITE_OK);
    assert_int_equal(kite_writer_link(writer, &link, &index, NULL), KITE_OK);
    assert_int_equal(kite_writer_link(writer, &inside, &index, NULL), KITE_OK);
    while (text.count < 80000)
        kite_buffer_add_text(&text, "some words ");
    kite_buffer_add_u8(&text, 0);
    add(writer, 0, KITE_ROLE_PARAGRAPH, (const char *)text.bytes);
    p.id = 1;
    p.text.span_count = 3;
    assert_int_equal(kite_writer_paragraph(writer, &p, NULL), KITE_OK);
    add(writer, 2, KITE_ROLE_PARAGRAPH, "target");
    add(writer, 3, KITE_ROLE_NOTE, (const char *)text.bytes);
    add(writer, 4, KITE_ROLE_NOTE, "second");
    end(writer, &file);
    open_file(&o, &file.mem, &file);
    kite_arena_init(&arena, file.mem, 0);
    assert_int_equal(kite_bundle_link(o.bundle, 0, 0, &link, NULL), KITE_OK);
    assert_int_equal(kite_bundle_paragraph(o.bundle, 0, link.place.paragraph, &arena, &p, NULL), KITE_OK);
    assert_string_equal(p.text.text, "target");
    assert_int_equal(link.place.offset_bytes, 3);
    assert_int_equal(kite_bundle_link(o.bundle, 0, 1, &inside, NULL), KITE_OK);
    assert_true(inside.place.paragraph == 2 && inside.place.offset_bytes < KITE_PARAGRAPH_BYTES_MAX);
    assert_int_equal(kite_bundle_note(o.bundle, 0, 0, &first, &count, NULL), KITE_OK);
    assert_true(first == 5 && count == 3);
    assert_int_equal(kite_bundle_note(o.bundle, 0, 1, &first, &count, NULL), KITE_OK);
    assert_int_equal(kite_bundle_paragraph(o.bundle, 0, first, &arena, &p, NULL), KITE_OK);
    assert_string_equal(p.text.text, "second");
    assert_int_equal(kite_bundle_paragraph(o.bundle, 0, link.place.paragraph - 1, &arena, &p, NULL), KITE_OK);
    assert_int_equal(p.text.spans[1].note, 2);
    assert_int_equal(p.text.spans[2].link, 1);
    kite_arena_close(&arena);
    kite_bundle_close(o.bundle);
    check_by_format(&file);
    kite_buffer_close(&file);
    kite_buffer_close(&text);
}

/* More pieces than two bytes can number, in two bands. They stand in the text as in the lists, or a reader would read
 * lists over and over. */
static void test_more_than_65536_pieces(void **state)
{
    struct kite_buffer file = { .mem = kite_memory_heap() }, text = { .mem = file.mem };
    struct kite_writer *writer = begin(&file.mem);
    struct open o;

    (void)state;
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL), KITE_OK);
    for (uint32_t i = 0; i < 70000; i++) {
        char word[32];

        for (int k = 0; k < (i % 50 ? 1 : 3); k++) {
            snprintf(word, sizeof word, "%c%c%c%c%s ", 'a' + i / 17576, 'a' + i / 676 % 26, 'a' + i / 26 % 26, 'a' + i % 26,
                     i % 2 ? "qz" : "xkj");
            kite_buffer_add_text(&text, word);
        }
        if (i % 400 < 399)
            continue;
        kite_buffer_add_u8(&text, 0);
        add(writer, i / 400, KITE_ROLE_PARAGRAPH, (const char *)text.bytes);
        text.count = 0;
    }
    end(writer, &file);
    open_file(&o, &file.mem, &file);
    assert_true(kite_bundle_key_limit(o.bundle) > 3 * 70000);
    kite_bundle_close(o.bundle);
    check_by_format(&file);
    kite_buffer_close(&file);
    kite_buffer_close(&text);
}

/* A source that counts how often it is asked. */
struct counted {
    struct kite_source in;
    uint32_t reads;
};

static enum kite_status count_read(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct counted *counted = ctx;

    counted->reads++;
    return counted->in.read_at(counted->in.ctx, offset, dst, count);
}

/* Lines of words, of which each is new but for every twentieth. */
static void make_words(uint32_t count, struct kite_buffer *file)
{
    struct kite_writer *writer = begin(&file->mem);
    struct kite_buffer text = { .mem = file->mem };

    assert_int_equal(kite_writer_document(writer, KITE_LANG2('f', 'i'), KITE_DIRECTION_LTR, NULL), KITE_OK);
    for (uint32_t i = 0; i < count; i++) {
        char word[16];
        uint32_t seed = (i % 20 ? i : i / 20 % 500) * 2654435761u;

        for (int k = 0; k < 12; k++, seed = seed * 1664525u + 1013904223u)
            word[k] = (char)('a' + (seed >> 24) % 26);
        word[12] = '\0';
        kite_buffer_add_text(&text, word);
        kite_buffer_add_text(&text, " ");
        if (i % 100 < 99)
            continue;
        kite_buffer_add_u8(&text, 0);
        add(writer, i / 100, KITE_ROLE_PARAGRAPH, (const char *)text.bytes);
        text.count = 0;
    }
    end(writer, file);
    kite_buffer_close(&text);
}

/* However many words a text has, who reads it through needs no list often: rare words are listed beside their neighbours. */
static void test_many_words_are_read_in_a_few_lists(void **state)
{
    struct kite_buffer file = { .mem = kite_memory_heap() };
    struct kite_span_bytes span;
    struct counted counted = { .reads = 0 };
    struct kite_source source;
    struct kite_bundle *bundle;
    struct kite_arena arena;
    struct kite_document_info info;
    struct kite_paragraph p;

    (void)state;
    make_words(60000, &file);
    span = (struct kite_span_bytes){ file.bytes, file.count };
    counted.in = kite_source_memory(&span);
    source = (struct kite_source){ &counted, file.count, count_read };
    assert_int_equal(kite_bundle_open(&file.mem, &source, &bundle, NULL), KITE_OK);
    assert_int_equal(kite_bundle_document(bundle, 0, &info), KITE_OK);
    assert_int_equal(info.paragraph_count, 600);
    kite_arena_init(&arena, file.mem, 0);
    counted.reads = 0;
    for (uint32_t i = 0; i < info.paragraph_count; i++) {
        kite_arena_reset(&arena);
        assert_int_equal(kite_bundle_paragraph(bundle, 0, i, &arena, &p, NULL), KITE_OK);
    }
    assert_in_range(counted.reads, 1, 200); /* 45 blocks of text, 48 of words, the leaves that tell of them */
    kite_arena_close(&arena);
    kite_bundle_close(bundle);
    kite_buffer_close(&file);
}

/* ---- memory ------------------------------------------------------------------------------------ */

/* A heap that knows how much is held, now and at most. */
struct held {
    size_t now, most;
};

static void *held_resize(void *ctx, void *old, size_t bytes)
{
    struct held *held = ctx;
    size_t *block = old ? (size_t *)old - 2 : NULL;
    size_t before = block ? block[0] : 0;

    if (bytes == 0) {
        held->now -= before;
        free(block);
        return NULL;
    }
    block = realloc(block, bytes + 2 * sizeof *block);
    if (!block)
        return NULL;
    held->now += bytes - before;
    held->most = held->now > held->most ? held->now : held->most;
    block[0] = bytes;
    return block + 2;
}

static size_t most_held_by_opening(const struct kite_buffer *file)
{
    struct held held = { 0, 0 };
    struct kite_memory mem = { &held, held_resize };
    struct open o;

    open_file(&o, &mem, file);
    kite_bundle_close(o.bundle);
    assert_int_equal(held.now, 0);
    return held.most;
}

static void test_opening_takes_the_same_memory_for_any_length(void **state)
{
    struct kite_buffer file = { .mem = kite_memory_heap() };
    size_t small, large;

    (void)state;
    make_chapters(1, 60, 1000, &file);
    small = most_held_by_opening(&file);
    make_chapters(1, 3000, 1000, &file);
    large = most_held_by_opening(&file);
    print_message("opening holds %zu bytes at most, of a bundle fifty times as long %zu\n", small, large);
    assert_true(small < 96 * 1024);
    assert_true(large < small + 16 * 1024);
    kite_buffer_close(&file);
}

/* ---- whatever fails ---------------------------------------------------------------------------- */

/* All that a bundle can hold, by a writer whose memory may fail at any time. */
static enum kite_status write_all(const struct kite_memory *mem, struct kite_buffer *file)
{
    static const struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_link link = { .address = "https://example.org/" };
    struct kite_sink sink = kite_sink_buffer(file);
    struct kite_writer *writer;
    uint8_t gray[16 * 8];
    uint32_t index;
    enum kite_status status = kite_writer_create(mem, &fast, &writer, NULL);

    if (status)
        return status;
    memset(gray, 0x55, sizeof gray);
    status = kite_writer_bundle_meta(writer, KITE_META_TITLE, "A", NULL);
    status = status ? status : kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL);
    status = status ? status : kite_writer_link(writer, &link, &index, NULL);
    status = status ? status : kite_writer_picture(writer, 16, 8, gray, &index, NULL);
    for (uint32_t i = 0; i < 90 && status == KITE_OK; i++) {
        static const char text[] = "A heading that is so long that leaves of the contents are full soon";
        struct kite_paragraph p = plain_paragraph(text, &plain);

        p.role = i == 5 ? KITE_ROLE_PICTURE : i < 80 ? KITE_ROLE_HEADING : KITE_ROLE_NOTE;
        p.depth = p.role == KITE_ROLE_HEADING;
        p.id = i + 1;
        status = kite_writer_paragraph(writer, &p, NULL);
    }
    status = status ? status : kite_writer_finish(writer, &sink, NULL, NULL);
    kite_writer_destroy(writer);
    return status;
}

static void test_every_failing_allocation_of_writing_and_reading(void **state)
{
    struct kite_buffer file = { .mem = kite_memory_heap() };
    enum kite_status status = KITE_E_NOMEM;

    (void)state;
    for (uint64_t fail_at = 1; status == KITE_E_NOMEM; fail_at++) {
        struct check_memory counted = { .fail_at = fail_at };
        struct kite_memory mem = check_memory(&counted);

        status = write_all(&mem, &file);
        assert_true(status == KITE_OK || (status == KITE_E_NOMEM && file.count == 0));
        assert_int_equal(counted.blocks, 0);
        assert_true(fail_at < 5000);
    }
    check_reading_without_memory(&file);
    kite_buffer_close(&file);
}

/* An essay of books/, its paragraphs as plain ones. */
static void make_essay(struct kite_buffer *out)
{
    struct kite_writer *writer = begin(&out->mem);
    FILE *in = fopen("books/prison-imperialism.en.md", "rb");
    char line[8192];
    uint32_t id = 0;

    assert_non_null(in);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL), KITE_OK);
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line)
            add(writer, id++, KITE_ROLE_PARAGRAPH, line);
    }
    fclose(in);
    end(writer, out);
}

static void test_every_truncation_and_flip_of_an_essay_and_of_leaves(void **state)
{
    struct kite_buffer file = { .mem = kite_memory_heap() };

    (void)state;
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            make_essay(&file);
        else
            assert_int_equal(write_all(&file.mem, &file), KITE_OK);
        assert_int_equal(whole(file.bytes, file.count), KITE_OK);
        check_by_format(&file);
        for (size_t count = 0; count < file.count; count++)
            assert_int_not_equal(whole(file.bytes, count), KITE_OK);
        for (size_t bit = 0; bit < file.count * 8; bit++) {
            file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_not_equal(whole(file.bytes, file.count), KITE_OK);
            file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        file.count = 0;
    }
    kite_buffer_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leaves_say_what_was_written),
        cmocka_unit_test(test_links_and_notes_behind_split_paragraphs),
        cmocka_unit_test(test_more_than_65536_pieces),
        cmocka_unit_test(test_many_words_are_read_in_a_few_lists),
        cmocka_unit_test(test_opening_takes_the_same_memory_for_any_length),
        cmocka_unit_test(test_every_failing_allocation_of_writing_and_reading),
        cmocka_unit_test(test_every_truncation_and_flip_of_an_essay_and_of_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
