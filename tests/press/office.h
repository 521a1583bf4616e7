/* Office files for tests: made of the parts that matter, packed, and compared. */
#ifndef KITE_TESTS_PRESS_OFFICE_H
#define KITE_TESTS_PRESS_OFFICE_H

#include "press/pack.h"
#include "press/zip.h"

struct office_part {
    const char *name, *text; /* a NULL name ends a list */
};

static inline struct kite_buffer office_file(const struct office_part *parts)
{
    struct zip zip;

    zip_begin(&zip);
    for (; parts->name; parts++)
        zip_add(&zip, parts->name, parts->text);
    zip_end(&zip);
    return zip.file;
}

/* The paragraphs of a file; and its report says this, among other things, where `report` isn't NULL. */
static inline void check_file(const struct kite_buffer *file, const char *wanted, const char *report)
{
    struct packed packed;
    struct kite_buffer dump = { .mem = kite_memory_heap() };
    enum kite_status status = pack_text(&packed, "a", file->bytes, file->count);

    if (status)
        print_message("%s\n", packed.fault.text);
    assert_int_equal(status, KITE_OK);
    dump_document(&packed, 0, &dump);
    assert_string_equal((const char *)dump.bytes, wanted);
    if (report && !strstr(packed.report, report))
        fail_msg("the report says:\n%s", packed.report);
    kite_buffer_close(&dump);
    packed_close(&packed);
}

static inline void check_parts(const struct office_part *parts, const char *wanted, const char *report)
{
    struct kite_buffer file = office_file(parts);

    check_file(&file, wanted, report);
    kite_buffer_close(&file);
}

static inline void check_refused(const void *bytes, size_t count, const char *words)
{
    struct packed packed;

    assert_int_not_equal(pack_text(&packed, "a", bytes, count), KITE_OK);
    if (!strstr(packed.fault.text, words))
        fail_msg("\"%s\" does not say \"%s\"", packed.fault.text, words);
    packed_close(&packed);
}

/* Cut at each hundredth, and with each of these allocations failing, a file is read or refused, and nothing is left behind. */
static inline void check_cuts(const struct kite_buffer *file)
{
    for (size_t i = 0; i < 100; i++) {
        size_t count = file->count * i / 100;
        uint8_t *cut = malloc(count + 1); /* so that reading past the end is noticed */
        struct packed packed;

        memcpy(cut, file->bytes, count);
        pack_text(&packed, "a", cut, count);
        packed_close(&packed);
        free(cut);
    }
}

static inline void check_failing_memory(const struct kite_buffer *file)
{
    struct check_memory counted = { .fail_at = 0 };
    struct kite_memory mem = check_memory(&counted);
    struct kite_press_input input = { .name = "a", .bytes = file->bytes, .byte_count = file->count };
    struct kite_press_options fast = { .zopfli_iterations = -1, .lang = kite_lang_from_text("en") };
    uint64_t calls = 0;

    for (uint64_t fail_at = 0; fail_at == 0 || fail_at <= calls; fail_at += 1 + fail_at / 40) {
        struct kite_buffer out = { .mem = kite_memory_heap() };
        struct kite_sink sink = kite_sink_buffer(&out);
        enum kite_status status;

        counted.calls = 0;
        counted.fail_at = fail_at;
        status = kite_press_pack(&mem, &input, 1, &fast, NULL, NULL, &sink, NULL);
        if (fail_at == 0) {
            assert_int_equal(status, KITE_OK);
            calls = counted.calls;
        } else {
            assert_int_equal(status, KITE_E_NOMEM);
        }
        assert_int_equal(counted.blocks, 0);
        kite_buffer_close(&out);
    }
}

#endif
