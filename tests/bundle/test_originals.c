/* Original pages: what is written comes back, a reader that does not know them passes over them, and no list of pages harms. */
#include "make_bundle.h"

#include "bundle/format.h"

#include <sodium.h>

static const struct kite_span plain = { 0 };

static void add_paragraphs(struct kite_writer *writer, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct kite_paragraph p = plain_paragraph("Some words of a page.", &plain);

        p.id = i;
        assert_int_equal(kite_writer_paragraph(writer, &p, NULL), KITE_OK);
    }
}

/* Two documents, the second with pages. */
static const struct kite_original pages[] = {
    { { 1, 0, 0 }, 0, "i" },
    { { 1, 1, 5 }, KITE_NO_PICTURE, "" },
    { { 1, 1, 5 }, 1, "1" },
    { { 1, 3, 21 }, KITE_NO_PICTURE, "2" },
};
#define PAGES (sizeof pages / sizeof *pages)

static struct kite_writer *begin(void)
{
    struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer *writer;
    uint8_t gray[40 * 30] = { 0 };
    uint32_t index;

    assert_int_equal(kite_writer_create(&heap, &fast, &writer, NULL), KITE_OK);
    assert_int_equal(kite_writer_picture(writer, 40, 30, gray, &index, NULL), KITE_OK);
    assert_int_equal(kite_writer_picture(writer, 30, 40, gray, &index, NULL), KITE_OK);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL), KITE_OK);
    add_paragraphs(writer, 2);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL), KITE_OK);
    add_paragraphs(writer, 4);
    return writer;
}

static void make_paged(struct kite_buffer *out)
{
    struct kite_writer *writer = begin();
    struct kite_sink sink = kite_sink_buffer(out);

    for (size_t i = 0; i < PAGES; i++)
        assert_int_equal(kite_writer_original(writer, &pages[i], NULL), KITE_OK);
    assert_int_equal(kite_writer_opens_originals(writer, NULL), KITE_OK);
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, NULL), KITE_OK);
    kite_writer_destroy(writer);
}

static void test_pages_come_back(void **state)
{
    static const struct {
        struct kite_place place;
        uint32_t index;
    } rows[] = { { { 1, 0, 0 }, 0 }, { { 1, 1, 4 }, 0 }, { { 1, 1, 5 }, 2 }, { { 1, 3, 20 }, 2 }, { { 1, 3, 30 }, 3 } };
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap };
    struct kite_document_info info;
    struct kite_original page;
    struct kite_bundle *bundle;
    uint32_t index;

    (void)state;
    make_paged(&file);

    struct kite_span_bytes span = { file.bytes, file.count };
    struct kite_source source = kite_source_memory(&span);

    assert_int_equal(kite_bundle_open(&heap, &source, &bundle, NULL), KITE_OK);
    assert_int_equal(kite_bundle_document(bundle, 0, &info), KITE_OK);
    assert_int_equal(info.original_count, 0);
    assert_false(info.opens_originals);
    assert_int_equal(kite_bundle_document(bundle, 1, &info), KITE_OK);
    assert_int_equal(info.original_count, PAGES);
    assert_true(info.opens_originals);
    for (uint32_t i = 0; i < PAGES; i++) {
        assert_int_equal(kite_bundle_original(bundle, 1, i, &page), KITE_OK);
        assert_memory_equal(&page.place, &pages[i].place, sizeof page.place);
        assert_int_equal(page.picture, pages[i].picture);
        assert_string_equal(page.label, pages[i].label);
    }
    assert_int_equal(kite_bundle_original(bundle, 1, PAGES, &page), KITE_E_RANGE);
    assert_int_equal(kite_bundle_original(bundle, 0, 0, &page), KITE_E_RANGE);
    assert_int_equal(kite_bundle_original(bundle, 2, 0, &page), KITE_E_RANGE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(kite_bundle_original_at(bundle, rows[i].place, &index), KITE_OK);
        assert_int_equal(index, rows[i].index);
    }
    assert_int_equal(kite_bundle_original_at(bundle, (struct kite_place){ 0, 1, 0 }, &index), KITE_E_RANGE);
    assert_int_equal(kite_bundle_original_at(bundle, (struct kite_place){ 2, 0, 0 }, &index), KITE_E_RANGE);
    assert_int_equal(kite_bundle_verify(bundle, NULL, NULL), KITE_OK);
    kite_bundle_close(bundle);
    check_reading_without_memory(&file);
    kite_buffer_close(&file);
}

/* A place in a paragraph that the writer splits is one of its part. */
static void test_places_follow_split_paragraphs(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_buffer file = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&file);
    struct kite_original page = { { 0, 0, 40000 }, KITE_NO_PICTURE, "" };
    char *text = kite_alloc(&heap, 50001, 1);
    struct kite_writer *writer;
    struct kite_bundle *bundle;

    (void)state;
    for (size_t i = 0; i < 50000; i++)
        text[i] = i % 5 == 4 ? ' ' : 'a';

    struct kite_paragraph p = plain_paragraph(text, &plain);

    assert_int_equal(kite_writer_create(&heap, &fast, &writer, NULL), KITE_OK);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL), KITE_OK);
    assert_int_equal(kite_writer_original(writer, &page, NULL), KITE_OK);
    assert_int_equal(kite_writer_paragraph(writer, &p, NULL), KITE_OK);
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, NULL), KITE_OK);
    kite_writer_destroy(writer);

    struct kite_span_bytes span = { file.bytes, file.count };
    struct kite_source source = kite_source_memory(&span);
    uint64_t offset;

    assert_int_equal(kite_bundle_open(&heap, &source, &bundle, NULL), KITE_OK);
    assert_int_equal(kite_bundle_original(bundle, 0, 0, &page), KITE_OK);
    assert_int_equal(page.place.paragraph, 1);
    assert_int_equal(kite_bundle_offset_of(bundle, page.place, &offset, NULL), KITE_OK);
    assert_int_equal(offset, 40000);
    kite_bundle_close(bundle);
    kite_buffer_close(&file);
    kite_free(&heap, text);
}

static void test_wrong_pages_are_refused(void **state)
{
    static const struct kite_original now[] = { { { 1, 0, 0 }, 2, "" }, { { 1, 0, 0 }, 0, "a\nb" }, { { 1, 0, 0 }, 0, "\xff" } };
    static const struct kite_original late[][2] = {
        { { { 1, 4, 0 }, 0, "" }, { { 1, 4, 0 }, 0, "" } },         /* no such paragraph */
        { { { 1, 2, 0 }, 0, "" }, { { 1, 1, 0 }, 0, "" } },         /* backwards */
        { { { 1, 2, 9 }, 0, "" }, { { 1, 2, 8 }, 0, "" } },
        { { { 1, 0, 32769 }, 0, "" }, { { 1, 1, 0 }, 0, "" } },     /* far behind the paragraph */
    };
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&file);
    struct kite_writer *writer = begin();

    (void)state;
    for (size_t i = 0; i < sizeof now / sizeof *now; i++)
        assert_int_equal(kite_writer_original(writer, &now[i], NULL), KITE_E_FORMAT);
    kite_writer_destroy(writer);
    for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
        writer = begin();
        assert_int_equal(kite_writer_original(writer, &late[i][0], NULL), KITE_OK);
        assert_int_equal(kite_writer_original(writer, &late[i][1], NULL), KITE_OK);
        assert_int_equal(kite_writer_finish(writer, &sink, NULL, NULL), KITE_E_FORMAT);
        kite_writer_destroy(writer);
    }
    assert_int_equal(file.count, 0);
    kite_buffer_close(&file);
}

/* ---- hostile lists --------------------------------------------------------------------------------- */

/* The file with another chunk of pages of this type, its root right. is_behind: at the file's end. */
static void wrap(const struct kite_buffer *file, uint32_t type, const struct kite_buffer *chunk, bool is_behind,
                 struct kite_buffer *out)
{
    const uint8_t *table = file->bytes + KITE_HEADER_BYTES;
    uint32_t meta_bytes = kite_get_u32(table + 4), page_bytes = kite_get_u32(table + 12), hash_bytes = kite_get_u32(table + 20);
    const uint8_t *meta = table + 4 * KITE_CHUNK_ENTRY_BYTES, *hash = meta + meta_bytes + page_bytes;
    uint8_t root[KITE_ROOT_BYTES];
    const uint8_t *data = hash + hash_bytes;

    out->count = 0;
    kite_buffer_add(out, file->bytes, KITE_HEADER_BYTES);
    kite_buffer_add(out, table, 8);
    for (int i = is_behind ? 1 : 0; i < (is_behind ? 4 : 3); i++) {
        if (i % 3 == 0) {
            kite_buffer_add_u32(out, type);
            kite_buffer_add_u32(out, (uint32_t)chunk->count);
        } else {
            kite_buffer_add(out, table + 8 + 8 * i, 8);
        }
    }
    kite_buffer_add(out, meta, meta_bytes);
    kite_buffer_add(out, chunk->bytes, is_behind ? 0 : chunk->count);
    kite_buffer_add(out, hash, hash_bytes - KITE_ROOT_BYTES);
    crypto_generichash(root, sizeof root, out->bytes, out->count, NULL, 0);
    kite_buffer_add(out, root, sizeof root);
    kite_buffer_add(out, data, file->count - (size_t)(data - file->bytes));
    kite_buffer_add(out, chunk->bytes, is_behind ? chunk->count : 0);
}

/* Open, and ask for every page. */
static enum kite_status look(const struct kite_buffer *file, uint32_t *count)
{
    struct check_memory counted = { 0 };
    struct kite_memory mem = check_memory(&counted);
    struct kite_span_bytes span = { file->bytes, file->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_document_info info;
    struct kite_bundle *bundle;
    enum kite_status status = kite_bundle_open(&mem, &source, &bundle, NULL);

    if (status == KITE_OK) {
        assert_int_equal(kite_bundle_document(bundle, 1, &info), KITE_OK);
        *count = info.original_count;
        for (uint32_t i = 0; i < info.original_count; i++) {
            struct kite_original page;
            uint32_t index;

            assert_int_equal(kite_bundle_original(bundle, 1, i, &page), KITE_OK);
            assert_true(page.place.paragraph < info.paragraph_count && strlen(page.label) <= KITE_STRING_BYTES_MAX);
            assert_true(page.picture == KITE_NO_PICTURE || page.picture < kite_bundle_picture_count(bundle));
            assert_int_equal(kite_bundle_original_at(bundle, page.place, &index), KITE_OK);
            assert_true(index >= i);
        }
        kite_bundle_close(bundle);
    }
    assert_int_equal(counted.blocks, 0);
    return status;
}

static enum kite_status look_with(const struct kite_buffer *file, const uint8_t *list, size_t bytes, uint32_t told, uint32_t *count)
{
    struct kite_buffer chunk = { .mem = file->mem }, out = { .mem = file->mem };
    enum kite_status status;

    kite_buffer_add_u32(&chunk, told);
    kite_deflate(list, bytes, -1, &chunk);
    wrap(file, KITE_CHUNK_PAGE, &chunk, false, &out);
    status = look(&out, count);
    kite_buffer_close(&chunk);
    kite_buffer_close(&out);
    return status;
}

static void test_a_hostile_list_is_refused(void **state)
{
    /* documents: none, one page {step, offset, picture, label} */
    static const struct {
        uint8_t list[16];
        size_t bytes;
        enum kite_status status;
    } rows[] = {
        { { 0, 1, 0, 3, 0, 0, 0 }, 7, KITE_OK },
        { { 0, 1, 1, 3, 0, 2, 'x', 0, 99 }, 9, KITE_OK },           /* a later version's bytes behind */
        { { 0, 1, 2, 3, 0, 0, 0 }, 7, KITE_E_FORMAT },              /* opened in an unknown way */
        { { 0, 1, 0, 4, 0, 0, 0 }, 7, KITE_E_FORMAT },              /* no such paragraph */
        { { 0, 1, 0, 0, 0, 3, 0 }, 7, KITE_E_FORMAT },              /* no such picture */
        { { 0, 1, 0, 0, 0x81, 0x80, 2, 0, 0 }, 9, KITE_E_FORMAT },  /* far behind a paragraph */
        { { 0, 1, 0, 0, 0, 0, 9, 0 }, 8, KITE_E_FORMAT },           /* a label that is no text */
        { { 0, 1, 0, 0, 0, 0 }, 6, KITE_E_FORMAT },                 /* cut short */
        { { 0, 2, 0, 0, 5, 0, 0, 0, 4, 0, 0 }, 11, KITE_E_FORMAT }, /* backwards */
        { { 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0 }, 7, KITE_E_FORMAT },
        { { 1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0 }, 11, KITE_E_FORMAT },
        { { 0 }, 0, KITE_E_FORMAT },
    };
    struct kite_buffer file = { .mem = kite_memory_heap() };
    uint32_t count;

    (void)state;
    make_paged(&file);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(look_with(&file, rows[i].list, rows[i].bytes, (uint32_t)rows[i].bytes, &count), rows[i].status);
        if (rows[i].bytes > 0) /* another length than is told */
            assert_true(look_with(&file, rows[i].list, rows[i].bytes, (uint32_t)rows[i].bytes - 1, &count) != KITE_OK);
        assert_true(look_with(&file, rows[i].list, rows[i].bytes, UINT32_MAX, &count) == KITE_E_LIMIT);
    }
    for (size_t bytes = 1; bytes <= 11; bytes++) /* every byte of a list as anything */
        for (unsigned value = 0; value < 256; value++) {
            uint8_t list[] = { 0, 2, 0, 0, 5, 0, 0, 0, 6, 0, 0 };

            list[bytes - 1] = (uint8_t)value;
            look_with(&file, list, sizeof list, sizeof list, &count);
        }
    kite_buffer_close(&file);
}

static void test_pages_may_be_skipped_and_stand_under_the_root(void **state)
{
    struct kite_buffer file = { .mem = kite_memory_heap() }, out = { .mem = file.mem }, chunk = { .mem = file.mem };
    static const uint8_t list[] = { 0, 1, 0, 3, 0, 0, 0 };
    uint32_t count = 1;

    (void)state;
    make_paged(&file);
    kite_buffer_add_u32(&chunk, sizeof list);
    kite_deflate(list, sizeof list, -1, &chunk);
    wrap(&file, 0x66676170u, &chunk, false, &out); /* "pagf": as if this reader did not know it */
    assert_int_equal(look(&out, &count), KITE_OK);
    assert_int_equal(count, 0);
    wrap(&file, KITE_CHUNK_PAGE, &chunk, true, &out);
    assert_int_equal(look(&out, &count), KITE_E_FORMAT);
    kite_buffer_close(&file);
    kite_buffer_close(&out);
    kite_buffer_close(&chunk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_come_back),
        cmocka_unit_test(test_places_follow_split_paragraphs),
        cmocka_unit_test(test_wrong_pages_are_refused),
        cmocka_unit_test(test_a_hostile_list_is_refused),
        cmocka_unit_test(test_pages_may_be_skipped_and_stand_under_the_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
