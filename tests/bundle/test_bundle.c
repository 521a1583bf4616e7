/* bundle: what is written comes back, whatever the text; damage is seen; memory may fail. */
#include "make_bundle.h"

#include "bundle/format.h"

#include <sodium.h>

static const struct kite_span plain = { 0 };

static void open_bytes(const struct kite_memory *mem, struct kite_span_bytes *span, struct kite_source *source,
                       struct kite_bundle **bundle)
{
    struct kite_fault fault;

    *source = kite_source_memory(span);
    assert_int_equal(kite_bundle_open(mem, source, bundle, &fault), KITE_OK);
}

static void test_sample_comes_back(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap };
    struct kite_source source;
    struct kite_bundle *bundle;
    struct kite_document_info info;
    struct kite_paragraph p;
    struct kite_arena arena;
    struct kite_contents_entry entry;
    struct kite_link link;
    struct kite_fault fault;
    uint32_t first, count;

    (void)state;
    make_sample(&heap, &file);

    struct kite_span_bytes span = { file.bytes, file.count };

    open_bytes(&heap, &span, &source, &bundle);
    kite_arena_init(&arena, heap, 0);
    assert_string_equal(kite_bundle_meta(bundle, KITE_BUNDLE_ITSELF, KITE_META_TITLE), "Sample");
    assert_int_equal(kite_bundle_document(bundle, 0, &info), KITE_OK);
    assert_int_equal(info.paragraph_count, 8);
    assert_int_equal(info.body_count, 7);
    assert_int_equal(kite_bundle_contents(bundle, 0, 0, &entry, &fault), KITE_OK);
    assert_string_equal(entry.title, "CHAPTER One");
    assert_int_equal(kite_bundle_link(bundle, 0, 0, &link, &fault), KITE_OK);
    assert_string_equal(link.address, "https://example.org/a?b=c");
    assert_int_equal(kite_bundle_note(bundle, 0, 0, &first, &count, &fault), KITE_OK);
    assert_int_equal(first, 7);
    assert_int_equal(count, 1);
    assert_int_equal(kite_bundle_paragraph(bundle, 0, 2, &arena, &p, &fault), KITE_OK);
    assert_int_equal(p.text.span_count, 7);
    assert_int_equal(p.text.spans[1].styles, KITE_STYLE_EMPHASIS);
    assert_int_equal(p.text.spans[5].note, 1);
    assert_int_equal(kite_bundle_verify(bundle, NULL, &fault), KITE_OK);
    for (uint64_t at = 0; at <= info.text_bytes; at++) {
        struct kite_place place;
        uint64_t back;

        assert_int_equal(kite_bundle_place_at(bundle, 0, at, &place, &fault), KITE_OK);
        assert_int_equal(kite_bundle_offset_of(bundle, place, &back, &fault), KITE_OK);
        assert_true(back <= at && at - back < 4);
    }
    assert_int_equal(kite_bundle_paragraph(bundle, 0, 8, &arena, &p, &fault), KITE_E_RANGE);
    kite_arena_close(&arena);
    kite_bundle_close(bundle);
    kite_buffer_close(&file);
}

/* ---- any text -------------------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static size_t random_text(uint32_t *seed, char *out, size_t most)
{
    static const char *const parts[] = {
        "the", "The", "THE", "iPhone", "Ñandú", "ñandú", "ÑANDÚ", " ", "  ", " ", " ", " ", ",", ". ", "—", "“", "”", "’", "don’t",
        "1984", "3.14", "-", "\n", "\t", "\xC2\xA0", "\xE2\x80\xAF", ("so\xC2\xAD" "ft"), "日本", "ไทย", "العربية", "🙂", "e\xCC\x81",
        "?", "!", "¿", "ß", "ẞ", "ς", "Ω", "ΐ", "İ", "ı", "ǅ", "\"", "'", "(", ")", "/", "a", "A", "\xEF\xBF\xBC", "\x01", "я", "Я",
    };
    size_t count = 0, wanted = next_random(seed) % most;

    while (count < wanted) {
        const char *part = parts[next_random(seed) % (sizeof parts / sizeof *parts)];

        memcpy(out + count, part, strlen(part));
        count += strlen(part);
    }
    return count;
}

/* Spans at random characters. */
static size_t random_spans(uint32_t *seed, const char *text, size_t bytes, struct kite_span *spans)
{
    size_t count = 1;

    spans[0] = plain;
    for (size_t i = 1; i < bytes && count < 30; i++) {
        if (((uint8_t)text[i] & 0xc0) == 0x80 || next_random(seed) % 6)
            continue;
        spans[count] = (struct kite_span){ .offset_bytes = (uint32_t)i };
        switch (next_random(seed) % 4) {
        case 0:
            spans[count].styles = KITE_STYLE_EMPHASIS;
            break;
        case 1:
            spans[count].styles = next_random(seed) % (KITE_STYLE_ALL + 1);
            spans[count].lang = KITE_LANG2('f', 'r');
            break;
        case 2:
            spans[count].link = next_random(seed) % 2;
            break;
        default:
            break;
        }
        count++;
    }
    return count;
}

static void test_any_text_comes_back(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1 };
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 150; round++) {
        struct kite_buffer file = { .mem = heap };
        struct kite_sink sink = kite_sink_buffer(&file);
        struct kite_link link = { .address = "x:y" };
        struct kite_writer *writer;
        struct kite_fault fault = { "" };
        uint32_t index;

        assert_int_equal(kite_writer_create(&heap, &fast, &writer, &fault), KITE_OK);
        for (int d = 0; d < 1 + round % 3; d++) {
            assert_int_equal(kite_writer_document(writer, round % 2 ? KITE_LANG2('e', 's') : KITE_LANG2('e', 'n'),
                                                  KITE_DIRECTION_LTR, &fault),
                             KITE_OK);
            assert_int_equal(kite_writer_link(writer, &link, &index, &fault), KITE_OK);
            for (int i = 0; i < round % 20; i++) {
                char text[600];
                struct kite_span spans[30];
                size_t bytes = random_text(&seed, text, 500);
                struct kite_paragraph p = { .id = (uint32_t)i, .text = { .text = text, .text_bytes = bytes, .spans = spans } };

                p.text.span_count = random_spans(&seed, text, bytes, spans);
                assert_int_equal(kite_writer_paragraph(writer, &p, &fault), KITE_OK);
            }
        }

        /* The writer itself reads back and compares. */
        enum kite_status status = kite_writer_finish(writer, &sink, NULL, &fault);

        if (status)
            print_message("round %d: %s\n", round, fault.text);
        assert_int_equal(status, KITE_OK);
        kite_writer_destroy(writer);
        kite_buffer_close(&file);
    }
}

static void test_long_paragraphs_are_split(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_buffer file = { .mem = heap }, text = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&file);
    struct kite_writer *writer;
    struct kite_source source;
    struct kite_bundle *bundle;
    struct kite_document_info info;
    struct kite_fault fault;

    (void)state;
    for (int i = 0; i < 30000; i++)
        kite_buffer_add_text(&text, i % 7 ? "word " : "日本語");

    struct kite_paragraph p = { .text = { (const char *)text.bytes, text.count, &plain, 1, NULL, 0 } };

    assert_int_equal(kite_writer_create(&heap, &fast, &writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, &fault), KITE_OK);
    assert_int_equal(kite_writer_paragraph(writer, &p, &fault), KITE_OK);
    assert_int_equal(kite_writer_finish(writer, &sink, NULL, &fault), KITE_OK);

    struct kite_span_bytes span = { file.bytes, file.count };

    open_bytes(&heap, &span, &source, &bundle);
    kite_bundle_document(bundle, 0, &info);
    assert_true(info.paragraph_count > 4);
    assert_int_equal(info.text_bytes, text.count);
    kite_bundle_close(bundle);
    kite_writer_destroy(writer);
    kite_buffer_close(&file);
    kite_buffer_close(&text);
}

/* ---- damage ---------------------------------------------------------------------------------- */

/* Open and verify; OK only when all of it is whole. */
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

static void test_every_truncation_and_flip_is_seen(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap };

    (void)state;
    make_sample(&heap, &file);
    assert_int_equal(whole(file.bytes, file.count), KITE_OK);
    for (size_t count = 0; count < file.count; count++)
        assert_int_not_equal(whole(file.bytes, count), KITE_OK);
    for (size_t bit = 0; bit < file.count * 8; bit++) {
        file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(whole(file.bytes, file.count), KITE_OK);
        file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    kite_buffer_close(&file);
}

/* A trailer that may be skipped is; anything else behind the end is refused. */
static void test_trailers(void **state)
{
    static const struct {
        const char *type;
        const char *payload;
        int flipped; /* byte behind the bundle's end that is changed; -1: none */
        const char *behind;
        enum kite_status status;
    } rows[] = {
        { "sign", "abc", -1, "", KITE_OK },
        { "note", "", -1, "", KITE_OK },
        { "SIGN", "abc", -1, "", KITE_E_UNSUPPORTED },
        { "sign", "abc", 0, "", KITE_E_DAMAGED },  /* of another type */
        { "sign", "abc", 4, "", KITE_E_DAMAGED },  /* of another length */
        { "sign", "abc", 5, "", KITE_E_FORMAT },
        { "sign", "abc", 8, "", KITE_E_DAMAGED },  /* with another check */
        { "sign", "abc", 14, "", KITE_E_DAMAGED }, /* with another payload */
        { "sign", "abc", -1, "junk", KITE_E_FORMAT },
        { "sign", "abc", -1, "\n", KITE_E_FORMAT },
        { NULL, "", -1, "junk", KITE_E_FORMAT },
    };
    struct kite_memory heap = kite_memory_heap();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kite_buffer file = { .mem = heap };
        size_t end;

        make_sample(&heap, &file);
        end = file.count;
        if (rows[i].type)
            assert_int_equal(kite_trailer_write(rows[i].type, rows[i].payload, (uint32_t)strlen(rows[i].payload), &file),
                             KITE_OK);
        if (rows[i].flipped >= 0)
            file.bytes[end + (size_t)rows[i].flipped] ^= 1;
        kite_buffer_add_text(&file, rows[i].behind);
        assert_int_equal(whole(file.bytes, file.count), rows[i].status);
        kite_buffer_close(&file);
    }
}

/* They come back by number, and where the bundle itself ends is told. */
static void test_trailers_come_back(void **state)
{
    static uint8_t large[3 * 4096];
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap }, payload = { .mem = heap };
    struct kite_bundle *bundle;
    char type[KITE_TRAILER_TYPE_BYTES];
    size_t end;

    (void)state;
    make_sample(&heap, &file);
    end = file.count;
    kite_trailer_write("sign", "first", 5, &file);
    kite_trailer_write("note", large, sizeof large, &file);
    kite_trailer_write("sign", "second", 6, &file);

    struct kite_span_bytes span = { file.bytes, file.count };
    struct kite_source source = kite_source_memory(&span);

    assert_int_equal(kite_bundle_open(&heap, &source, &bundle, NULL), KITE_OK);
    assert_int_equal(kite_bundle_end(bundle), end);
    assert_int_equal(kite_bundle_trailer(bundle, 2, type, &payload, NULL), KITE_OK);
    assert_string_equal(type, "sign");
    assert_int_equal(payload.count, 6);
    assert_memory_equal(payload.bytes, "second", 6);
    assert_int_equal(kite_bundle_trailer(bundle, 3, type, &payload, NULL), KITE_DONE);
    assert_int_equal(kite_bundle_verify(bundle, NULL, NULL), KITE_OK);
    file.bytes[end + 17 + 12 + 5000] ^= 1; /* in the long one: found when it is asked for, and by verifying */
    assert_int_equal(kite_bundle_trailer(bundle, 1, type, &payload, NULL), KITE_E_DAMAGED);
    assert_int_equal(kite_bundle_verify(bundle, NULL, NULL), KITE_E_DAMAGED);
    kite_bundle_close(bundle);
    kite_buffer_close(&payload);
    kite_buffer_close(&file);
}

/* ---- a hostile index --------------------------------------------------------------------------- */

/* The sample with another META, its hashes right: what an attacker can make. */
static void wrap_meta(const struct kite_buffer *sample, const uint8_t *meta, uint32_t bytes, struct kite_buffer *out)
{
    const uint8_t *table = sample->bytes + KITE_HEADER_BYTES;
    uint32_t meta_bytes = kite_get_u32(table + 4), hash_bytes = kite_get_u32(table + 12);
    const uint8_t *hashes = table + 3 * KITE_CHUNK_ENTRY_BYTES + meta_bytes;
    struct kite_buffer packed = { .mem = sample->mem };
    uint8_t root[KITE_ROOT_BYTES];

    kite_buffer_add_u32(&packed, bytes);
    kite_deflate(meta, bytes, -1, &packed);
    out->count = 0;
    kite_buffer_add(out, sample->bytes, KITE_HEADER_BYTES);
    kite_buffer_add_u32(out, KITE_CHUNK_META);
    kite_buffer_add_u32(out, (uint32_t)packed.count);
    kite_buffer_add(out, table + 8, 16);
    kite_buffer_add(out, packed.bytes, packed.count);
    kite_buffer_add(out, hashes, hash_bytes - KITE_ROOT_BYTES);
    crypto_generichash(root, sizeof root, out->bytes, out->count, NULL, 0);
    kite_buffer_add(out, root, sizeof root);
    kite_buffer_add(out, hashes + hash_bytes, sample->count - (size_t)(hashes + hash_bytes - sample->bytes));
    kite_buffer_close(&packed);
}

static void read_hostile(const struct kite_buffer *file)
{
    struct check_memory counted = { 0 };
    struct kite_memory mem = check_memory(&counted);
    struct kite_span_bytes span = { file->bytes, file->count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;

    if (kite_bundle_open(&mem, &source, &bundle, NULL) == KITE_OK) {
        kite_bundle_verify(bundle, NULL, NULL);
        kite_bundle_close(bundle);
    }
    assert_int_equal(counted.blocks, 0);
    assert_true(counted.largest <= 256 * 1024); /* the sample is small, and no lie in its index makes it large */
}

/* Every byte of the index replaced by values that make numbers large, with right hashes. */
static void test_a_hostile_index_takes_little_memory(void **state)
{
    static const uint8_t lies[][5] = { { 0xff, 0xff, 0xff, 0xff, 0x0f }, { 0x00 }, { 0x7f }, { 0x80, 0x80, 0x04 } };
    static const size_t lengths[] = { 5, 1, 1, 3 };
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap }, hostile = { .mem = heap };
    struct kite_inflater *inflater;

    (void)state;
    make_sample(&heap, &file);

    const uint8_t *stored = file.bytes + KITE_HEADER_BYTES + 3 * KITE_CHUNK_ENTRY_BYTES;
    uint32_t bytes = kite_get_u32(stored), stored_bytes = kite_get_u32(file.bytes + KITE_HEADER_BYTES + 4);
    uint8_t *meta = malloc(bytes), *lie = malloc(bytes + 8);

    assert_int_equal(kite_inflater_create(&heap, &inflater), KITE_OK);
    assert_int_equal(kite_inflate(inflater, stored + 4, stored_bytes - 4, meta, bytes), KITE_OK);
    wrap_meta(&file, meta, bytes, &hostile);
    assert_int_equal(whole(hostile.bytes, hostile.count), KITE_OK); /* the wrapping itself is right */
    for (uint32_t at = 0; at < bytes; at++) {
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            memcpy(lie, meta, at);
            memcpy(lie + at, lies[i], lengths[i]);
            memcpy(lie + at + lengths[i], meta + at + 1, bytes - at - 1);
            wrap_meta(&file, lie, bytes + (uint32_t)lengths[i] - 1, &hostile);
            read_hostile(&hostile);
        }
    }
    kite_inflater_destroy(inflater);
    free(meta);
    free(lie);
    kite_buffer_close(&hostile);
    kite_buffer_close(&file);
}

static void test_every_allocation_of_reading(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap };

    (void)state;
    make_sample(&heap, &file);
    check_reading_without_memory(&file);
    kite_buffer_close(&file);
}

/* A bundle made by hand: one document and one block of text that holds one byte, its index and the document agreeing on
 * any number of paragraphs. */
static void make_by_hand(uint32_t paragraphs, struct kite_buffer *out)
{
    static const uint8_t before[] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 'e', 'n', 0, 0, 0 }; /* up to the document's paragraphs */
    static const uint8_t between[] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 0 };               /* no notes ... one text block */
    static const uint8_t others[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };                /* tables without records */
    static const uint8_t version[] = { KITE_VERSION_MAJOR, KITE_VERSION_MINOR, 3, 0 }, numbers[] = { KITE_CODE_PLAIN };
    struct kite_buffer block = { .mem = out->mem }, meta = { .mem = out->mem }, packed = { .mem = out->mem };
    struct kite_buffer tail = { .mem = out->mem };
    uint8_t hash[KITE_HASH_BYTES], root[KITE_ROOT_BYTES];

    kite_deflate(numbers, sizeof numbers, -1, &block);
    kite_block_hash(KITE_BLOCK_TEXT_NUMBERS, 0, block.bytes, block.count, hash);
    kite_buffer_add(&meta, before, sizeof before);
    kite_buffer_add_varint(&meta, paragraphs);
    kite_buffer_add(&meta, between, sizeof between);
    kite_buffer_add_varint(&meta, (uint32_t)block.count);
    kite_buffer_add_varint(&tail, (uint32_t)block.count);
    kite_buffer_add_varint(&tail, sizeof numbers);
    kite_buffer_add_varint(&tail, paragraphs);
    kite_buffer_add_varint(&tail, 0); /* text */
    kite_buffer_add_varint(&meta, 0); /* leaves of blocks */
    kite_buffer_add_varint(&meta, (uint32_t)tail.count);
    kite_buffer_add(&meta, others, sizeof others);
    kite_buffer_add(&meta, tail.bytes, tail.count);
    kite_buffer_add_u32(&packed, (uint32_t)meta.count);
    kite_deflate(meta.bytes, meta.count, -1, &packed);

    const uint32_t chunks[] = { KITE_CHUNK_META, (uint32_t)packed.count, KITE_CHUNK_HASH, sizeof hash + sizeof root,
                                KITE_CHUNK_DATA, (uint32_t)block.count };

    kite_buffer_add(out, KITE_FIRST_LINE, KITE_FIRST_LINE_BYTES);
    kite_buffer_add(out, KITE_MAGIC, KITE_MAGIC_BYTES);
    kite_buffer_add(out, version, sizeof version);
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++)
        kite_buffer_add_u32(out, chunks[i]);
    kite_buffer_add(out, packed.bytes, packed.count);
    kite_buffer_add(out, hash, sizeof hash);
    crypto_generichash(root, sizeof root, out->bytes, out->count, NULL, 0);
    kite_buffer_add(out, root, sizeof root);
    kite_buffer_add(out, block.bytes, block.count);
    kite_buffer_close(&block);
    kite_buffer_close(&meta);
    kite_buffer_close(&packed);
    kite_buffer_close(&tail);
}

static void test_lies_that_agree(void **state)
{
    static const uint32_t lies[] = { 2, 1000, 1u << 20, 1u << 28, UINT32_MAX - 1, UINT32_MAX };
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap };

    (void)state;
    make_by_hand(1, &file);
    assert_int_equal(whole(file.bytes, file.count), KITE_OK); /* what is made by hand is a bundle */
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        file.count = 0;
        make_by_hand(lies[i], &file);
        assert_int_equal(whole(file.bytes, file.count), KITE_E_FORMAT);
        read_hostile(&file);
    }
    kite_buffer_close(&file);
}

/* zopfli's own memory apart, each allocation of a small bundle's making fails in turn. */
static void test_every_allocation_of_writing(void **state)
{
    static const struct kite_writer_options fast = { .zopfli_iterations = -1 };
    enum kite_status status = KITE_E_NOMEM;

    (void)state;
    for (uint64_t fail_at = 1; status == KITE_E_NOMEM; fail_at++) {
        struct check_memory counted = { .fail_at = fail_at };
        struct kite_memory mem = check_memory(&counted), heap = kite_memory_heap();
        struct kite_buffer file = { .mem = heap };
        struct kite_sink sink = kite_sink_buffer(&file);
        struct kite_paragraph p = plain_paragraph("Some words, “quoted”, twice some words.", &plain);
        struct kite_writer *writer;

        status = kite_writer_create(&mem, &fast, &writer, NULL);
        if (status == KITE_OK) {
            status = kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, NULL);
            if (status == KITE_OK)
                status = kite_writer_meta(writer, KITE_META_TITLE, "A", NULL);
            if (status == KITE_OK)
                status = kite_writer_paragraph(writer, &p, NULL);
            if (status == KITE_OK)
                status = kite_writer_finish(writer, &sink, NULL, NULL);
            kite_writer_destroy(writer);
        }
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        assert_true(status == KITE_OK || file.count == 0); /* nothing half made is given out */
        assert_int_equal(counted.blocks, 0);
        assert_true(fail_at < 3000);
        kite_buffer_close(&file);
    }
}

static void test_wrong_input_is_refused(void **state)
{
    static const struct kite_span late = { .offset_bytes = 1 }, note = { .note = 1 }, link = { .link = 1 };
    struct kite_memory heap = kite_memory_heap();
    struct kite_writer *writer;
    struct kite_fault fault;
    struct kite_paragraph bad[] = {
        plain_paragraph("\xff", &plain), plain_paragraph("x", &late), plain_paragraph("x", &note),
        plain_paragraph("x", &link),     plain_paragraph("x", &plain), plain_paragraph("x", &plain),
    };

    (void)state;
    bad[4].role = KITE_ROLE_HEADING;
    bad[5].role = KITE_ROLE_PICTURE;
    assert_int_equal(kite_writer_create(&heap, NULL, &writer, &fault), KITE_OK);
    assert_int_equal(kite_writer_paragraph(writer, &bad[4], &fault), KITE_E_FORMAT);
    assert_int_equal(kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, &fault), KITE_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(kite_writer_paragraph(writer, &bad[i], &fault), KITE_E_FORMAT);
    assert_int_equal(kite_writer_meta(writer, KITE_META_TITLE, "a\nb", &fault), KITE_E_FORMAT);
    kite_writer_destroy(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample_comes_back),
        cmocka_unit_test(test_any_text_comes_back),
        cmocka_unit_test(test_long_paragraphs_are_split),
        cmocka_unit_test(test_every_truncation_and_flip_is_seen),
        cmocka_unit_test(test_trailers),
        cmocka_unit_test(test_trailers_come_back),
        cmocka_unit_test(test_a_hostile_index_takes_little_memory),
        cmocka_unit_test(test_lies_that_agree),
        cmocka_unit_test(test_every_allocation_of_writing),
        cmocka_unit_test(test_every_allocation_of_reading),
        cmocka_unit_test(test_wrong_input_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
