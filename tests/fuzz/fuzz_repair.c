/* Repair data: a bundle with some, changed as the input says, is repaired or refused; what comes out is whole. Check sums of packets are made right
 * again after the changes, as a fuzzer would never find them. The input: a byte that says whether sums are, then changes of four bytes each, place (two bytes, of
 * the file's length), what (a byte: set, flip, cut), value. */
#include "bundle/bundle.h"
#include "bundle/repair.h"
#include "fuzz/fuzz.h"

static struct kite_buffer whole;

static void add_repair_data(void)
{
    struct kite_span_bytes span = { whole.bytes, whole.count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_buffer trailer = { .mem = whole.mem };
    struct kite_bundle *bundle;

    HOLDS(kite_bundle_open(&whole.mem, &source, &bundle, NULL) == KITE_OK);
    HOLDS(kite_repair_write(&whole.mem, bundle, 10, &trailer, NULL, NULL) == KITE_OK);
    kite_bundle_close(bundle);
    HOLDS(kite_buffer_add(&whole, trailer.bytes, trailer.count) == KITE_OK);
    kite_buffer_close(&trailer);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    static const char words[] = "A paragraph of some length stands here, so that a page holds a few of them.";
    static const struct kite_span plain = { 0 };
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1, .no_resident_lexicon = true };
    struct kite_sink sink = kite_sink_buffer(&whole);
    struct kite_writer *writer;

    (void)count;
    (void)arguments;
    whole.mem = heap;
    HOLDS(kite_writer_create(&heap, &fast, &writer, NULL) == KITE_OK);
    HOLDS(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL) == KITE_OK);
    for (uint32_t i = 0; i < 4; i++) {
        struct kite_paragraph p = { .id = i };

        p.text = (struct kite_text){ .text = words, .text_bytes = sizeof words - 1, .spans = &plain, .span_count = 1 };
        HOLDS(kite_writer_paragraph(writer, &p, NULL) == KITE_OK);
    }
    HOLDS(kite_writer_finish(writer, &sink, NULL, NULL) == KITE_OK);
    kite_writer_destroy(writer);
    add_repair_data();
    return 0;
}

/* Wherever a packet seems to begin, its sum becomes right for as long as it says that it is. */
static void make_sums_right(uint8_t *file, size_t bytes)
{
    for (size_t at = 0; at + KITE_PACKET_HEAD_BYTES <= bytes; at++) {
        struct kite_repair_plan plan = { .percent = file[at + 4],
                                         .slice_bytes = 1u << file[at + 5] % 20,
                                         .parity = kite_get_u16(file + at + 6),
                                         .covered_bytes = kite_get_u32(file + at + 8) };
        uint32_t packet = kite_get_u32(file + at + 12), sum;
        size_t length;

        if (memcmp(file + at, KITE_PACKET_MAGIC, 4) != 0 || !kite_repair_plan_complete(&plan) || packet >= plan.packets)
            continue;
        length = kite_packet_bytes(&plan, packet);
        if (length > bytes - at)
            continue;
        memset(file + at + KITE_PACKET_HEAD_BYTES - 4, 0, 4);
        sum = (uint32_t)crc32(0, file + at, (uInt)length);
        for (unsigned i = 0; i < 4; i++)
            file[at + KITE_PACKET_HEAD_BYTES - 4 + i] = (uint8_t)(sum >> 8 * i);
    }
}

static void check_out(const struct kite_buffer *out)
{
    struct kite_span_bytes span = { out->bytes, out->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle = NULL;

    HOLDS(kite_bundle_open(&whole.mem, &source, &bundle, NULL) == KITE_OK);
    HOLDS(kite_bundle_verify(bundle, NULL, NULL) == KITE_OK);
    kite_bundle_close(bundle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
    uint8_t *file = malloc(whole.count);
    size_t bytes = whole.count;
    struct kite_buffer out = { .mem = whole.mem };
    struct kite_sink sink = kite_sink_buffer(&out);
    struct kite_repair_report report;
    enum kite_status status;

    HOLDS(file);
    memcpy(file, whole.bytes, bytes);
    for (size_t i = 1; i + 4 <= count && i < 200; i += 4) {
        size_t at = (size_t)(data[i] | data[i + 1] << 8) % whole.count;

        if (data[i + 2] % 8 == 7)
            bytes = at < bytes ? at : bytes;
        else if (at < bytes)
            file[at] = data[i + 2] % 2 ? data[i + 3] : file[at] ^ data[i + 3];
    }
    if (count > 0 && data[0] % 2)
        make_sums_right(file, bytes);

    struct kite_span_bytes span = { file, bytes };
    struct kite_source source = kite_source_memory(&span);

    status = kite_repair(&whole.mem, &source, &sink, &report, NULL, NULL);
    if (status == KITE_OK)
        check_out(&out);
    else
        HOLDS(out.count == 0);
    kite_buffer_close(&out);
    free(file);
    return 0;
}
