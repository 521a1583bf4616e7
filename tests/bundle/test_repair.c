/* Damage of every kind that the repair data is made for comes back bit for bit; more is told, and nothing is written. */
#include "check.h"

#include "bundle/bundle.h"

#include <stdio.h>
#include <string.h>

static uint64_t seed = 1;

static uint32_t below(uint32_t limit)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % limit;
}

/* A bundle of some paragraphs of 4,000 words in no order, with repair data. */
static struct kite_buffer make(uint32_t paragraphs, unsigned percent)
{
    static const struct kite_span plain = { 0 };
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1, .no_resident_lexicon = true };
    struct kite_buffer out = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&out);
    struct kite_writer *writer;
    char text[2000];

    seed = paragraphs;
    assert_int_equal(kite_writer_create(&heap, &fast, &writer, NULL), KITE_OK);
    assert_int_equal(kite_writer_document(writer, kite_lang_from_text("en"), KITE_DIRECTION_LTR, NULL), KITE_OK);
    for (uint32_t i = 0; i < paragraphs; i++) {
        struct kite_paragraph p = { .id = i };

        for (size_t at = 0; at + 5 <= sizeof text; at += 5)
            for (uint32_t k = 0, word = below(4000); k < 5; k++, word /= 16)
                text[at + k] = k == 4 ? ' ' : (char)('a' + (word % 16 + k * 3) % 26);
        p.text = (struct kite_text){ .text = text, .text_bytes = sizeof text - 1, .spans = &plain, .span_count = 1 };
        assert_int_equal(kite_writer_paragraph(writer, &p, NULL), KITE_OK);
    }
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, NULL), KITE_OK);
    kite_writer_destroy(writer);
    assert_int_equal(kite_trailer_write(KITE_TRAILER_SIGNATURE, text, 74, &out), KITE_OK);
    if (percent) {
        struct kite_span_bytes span = { out.bytes, out.count };
        struct kite_source source = kite_source_memory(&span);
        struct kite_buffer trailer = { .mem = heap };
        struct kite_bundle *bundle;

        assert_int_equal(kite_bundle_open(&heap, &source, &bundle, NULL), KITE_OK);
        assert_int_equal(kite_repair_write(&heap, bundle, percent, &trailer, NULL, NULL), KITE_OK);
        kite_bundle_close(bundle);
        kite_buffer_add(&out, trailer.bytes, trailer.count);
        kite_buffer_close(&trailer);
    }
    return out;
}

static enum kite_status mend(const uint8_t *bytes, size_t count, struct kite_buffer *out, struct kite_repair_report *report)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_span_bytes span = { bytes, count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_sink sink;

    *out = (struct kite_buffer){ .mem = heap };
    sink = kite_sink_buffer(out);
    return kite_repair(&heap, &source, &sink, report, NULL, NULL);
}

static void assert_mends(const struct kite_buffer *whole, const uint8_t *damaged)
{
    struct kite_repair_report report;
    struct kite_buffer out;

    if (mend(damaged, whole->count, &out, &report) != KITE_OK)
        fail_msg("%u of %u parts of %u bytes are damaged, %u of %u of the repair data", (unsigned)report.damaged, (unsigned)report.slices,
                 (unsigned)report.slice_bytes, (unsigned)report.repair_damaged, (unsigned)report.repair_slices);
    assert_int_equal(out.count, whole->count);
    assert_memory_equal(out.bytes, whole->bytes, whole->count);
    kite_buffer_close(&out);
}

static uint8_t *copy_of(const struct kite_buffer *file)
{
    uint8_t *copy = malloc(file->count);

    assert_non_null(copy);
    memcpy(copy, file->bytes, file->count);
    return copy;
}

static void a_whole_file_is_left_alone(void **state)
{
    struct kite_buffer file = make(40, 10), out;
    struct kite_repair_report report;

    (void)state;
    assert_int_equal(mend(file.bytes, file.count, &out, &report), KITE_DONE);
    assert_int_equal(out.count, 0);
    assert_int_equal(report.damaged + report.repair_damaged, 0);
    kite_buffer_close(&file);
    file = make(40, 0);
    assert_int_equal(mend(file.bytes, file.count, &out, &report), KITE_E_UNSUPPORTED);
    kite_buffer_close(&file);
}

/* Wherever it is: in the front, the text, the signature, the repair data and its head. */
static void any_one_byte_comes_back(void **state)
{
    struct kite_buffer file = make(3, 10);

    (void)state;
    for (size_t i = 0; i < file.count; i += 37) {
        file.bytes[i] ^= 0x40;

        struct kite_buffer out;
        struct kite_repair_report report;

        assert_int_equal(mend(file.bytes, file.count, &out, &report), KITE_OK);
        file.bytes[i] ^= 0x40;
        assert_int_equal(out.count, file.count);
        assert_memory_equal(out.bytes, file.bytes, file.count);
        kite_buffer_close(&out);
    }
    kite_buffer_close(&file);
}

/* 5 % of blocks of a card, at random and in a row, repair data and all. */
static void five_percent_of_sectors_come_back(void **state)
{
    static const uint32_t paragraphs[] = { 3, 40, 300 };

    (void)state;
    for (size_t size = 0; size < sizeof paragraphs / sizeof *paragraphs; size++) {
        struct kite_buffer file = make(paragraphs[size], 10);

        for (int round = 0; round < 4; round++) {
            uint8_t *damaged = copy_of(&file);
            uint32_t sector = round % 2 ? 4096 : 512, sectors = (uint32_t)((file.count + sector - 1) / sector);
            uint32_t bad = sectors / 20, first = below(sectors);

            if (bad == 0 && sector == 512)
                bad = 1;
            for (uint32_t i = 0; i < bad; i++) {
                uint32_t which = round % 3 ? below(sectors) : (first + i) % sectors;
                size_t at = (size_t)which * sector, count = file.count - at < sector ? file.count - at : sector;

                memset(damaged + at, round, count);
            }
            if (bad > 0 && memcmp(damaged, file.bytes, file.count) != 0)
                assert_mends(&file, damaged);
            free(damaged);
        }
        kite_buffer_close(&file);
    }
}

/* The longest of the bundle's own blocks, wherever they lie, as many as half the percent asked for. */
static void any_one_stretch_of_a_block_comes_back(void **state)
{
    struct kite_buffer file = make(12, 10);
    struct kite_memory heap = kite_memory_heap();
    struct kite_span_bytes span = { file.bytes, file.count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;
    struct kite_bundle_sizes sizes;
    size_t front, block;

    (void)state;
    assert_int_equal(kite_bundle_open(&heap, &source, &bundle, NULL), KITE_OK);
    kite_bundle_sizes(bundle, &sizes);
    front = (size_t)sizes.front;
    block = (size_t)(kite_bundle_end(bundle) - sizes.front) / sizes.block_count;
    kite_bundle_close(bundle);
    for (size_t at = 0; at + block < file.count; at += 2997) {
        uint8_t *damaged = copy_of(&file);

        memset(damaged + at, 0xff, block);
        assert_mends(&file, damaged);
        free(damaged);
    }
    {
        uint8_t *damaged = copy_of(&file);

        memset(damaged, 0, front);
        assert_mends(&file, damaged);
        free(damaged);
    }
    kite_buffer_close(&file);
}

static void too_much_is_told_and_nothing_written(void **state)
{
    struct kite_buffer file = make(100, 10), out;
    struct kite_repair_report report;
    uint8_t *damaged = copy_of(&file);

    (void)state;
    memset(damaged, 1, file.count * 6 / 10);
    assert_int_equal(mend(damaged, file.count, &out, &report), KITE_E_DAMAGED);
    assert_int_equal(out.count, 0);
    assert_true(report.damaged > report.repair_slices);
    free(damaged);
    kite_buffer_close(&file);
}

/* A file cut anywhere, and packets of another file among its own. */
static void cuts_and_foreign_packets_do_no_harm(void **state)
{
    struct kite_buffer file = make(20, 10), other = make(21, 10), out;
    struct kite_repair_report report;

    (void)state;
    for (size_t count = 0; count < file.count; count += 1 + file.count / 60) {
        enum kite_status status = mend(file.bytes, count, &out, &report);

        assert_true(status == KITE_OK || status == KITE_E_UNSUPPORTED || status == KITE_E_DAMAGED);
        if (status == KITE_OK) {
            assert_int_equal(out.count, file.count);
            assert_memory_equal(out.bytes, file.bytes, file.count);
        } else {
            assert_int_equal(out.count, 0);
        }
        kite_buffer_close(&out);
    }
    kite_buffer_add(&file, other.bytes + other.count / 2, other.count / 2);
    {
        enum kite_status status = mend(file.bytes, file.count, &out, &report);

        assert_true(status == KITE_OK || status == KITE_E_DAMAGED);
    }
    kite_buffer_close(&out);
    kite_buffer_close(&file);
    kite_buffer_close(&other);
}

static void the_same_file_gives_the_same_bytes(void **state)
{
    struct kite_buffer a = make(30, 10), b = make(30, 10);

    (void)state;
    assert_int_equal(a.count, b.count);
    assert_memory_equal(a.bytes, b.bytes, a.count);
    kite_buffer_close(&a);
    kite_buffer_close(&b);
}

static void every_allocation_may_fail(void **state)
{
    struct kite_buffer file = make(8, 10);

    (void)state;
    file.bytes[200] ^= 1;
    for (uint64_t at = 1;; at += 1 + at / 10) {
        struct check_memory counted = { .fail_at = at };
        struct kite_memory mem = check_memory(&counted);
        struct kite_span_bytes span = { file.bytes, file.count };
        struct kite_source source = kite_source_memory(&span);
        struct kite_buffer out = { .mem = kite_memory_heap() };
        struct kite_sink sink = kite_sink_buffer(&out);
        struct kite_repair_report report;
        enum kite_status status = kite_repair(&mem, &source, &sink, &report, NULL, NULL);

        assert_int_equal(counted.blocks, 0);
        if (status == KITE_OK) {
            kite_buffer_close(&out);
            break;
        }
        assert_int_equal(status, KITE_E_NOMEM);
        assert_int_equal(out.count, 0);
        kite_buffer_close(&out);
    }
    kite_buffer_close(&file);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_is_left_alone),
        cmocka_unit_test(any_one_byte_comes_back),
        cmocka_unit_test(five_percent_of_sectors_come_back),
        cmocka_unit_test(any_one_stretch_of_a_block_comes_back),
        cmocka_unit_test(too_much_is_told_and_nothing_written),
        cmocka_unit_test(cuts_and_foreign_packets_do_no_harm),
        cmocka_unit_test(the_same_file_gives_the_same_bytes),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
