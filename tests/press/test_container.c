/* Files in ZIP files, whole, broken and hostile. */
#include "zip.h"

#include "press/container.h"

#include <stdio.h>

static struct kite_container *open_zip(const struct zip *zip)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_container *container;

    assert_int_equal(kite_container_open(&heap, zip->file.bytes, zip->file.count, &container, NULL), KITE_OK);
    return container;
}

static void files_are_found_by_name(void **state)
{
    struct kite_buffer out = { .mem = kite_memory_heap() };
    struct kite_container *container;
    struct zip zip;

    (void)state;
    zip_begin(&zip);
    zip_add(&zip, "mimetype", "application/epub+zip");
    zip_add(&zip, "OEBPS/Text/one.xhtml", "<p>one</p>");
    zip_add(&zip, "empty", "");
    zip_end(&zip);
    assert_true(kite_container_is_one(zip.file.bytes, zip.file.count));
    container = open_zip(&zip);
    assert_int_equal(kite_container_read(container, "OEBPS/Text/one.xhtml", &out, NULL), KITE_OK);
    assert_string_equal((char *)out.bytes, "<p>one</p>");
    assert_int_equal(kite_container_read(container, "oebps/text/ONE.xhtml", &out, NULL), KITE_OK);
    assert_int_equal(kite_container_read(container, "empty", &out, NULL), KITE_OK);
    assert_int_equal(out.count, 0);
    assert_int_equal(kite_container_read(container, "OEBPS/Text", &out, NULL), KITE_DONE);
    assert_false(kite_container_has(container, "../etc/passwd"));
    kite_container_close(container);
    kite_buffer_close(&out);
    kite_buffer_close(&zip.file);
}

static void what_cannot_be_read_is_told_apart(void **state)
{
    static const uint8_t zeros[200000];
    struct kite_buffer out = { .mem = kite_memory_heap() };
    struct kite_fault fault;
    struct kite_container *container;
    struct zip zip;

    (void)state;
    zip_begin(&zip);
    zip_add_as(&zip, "locked", "secret", 6, 1, 6);
    zip_add_as(&zip, "bomb", zeros, sizeof zeros, 0, 1000); /* gives more than it says */
    zip_add_as(&zip, "short", zeros, 1000, 0, 2000);
    zip_add_as(&zip, "huge", zeros, 1000, 0, KITE_CONTAINED_BYTES_MAX + 1);
    zip_end(&zip);
    container = open_zip(&zip);
    assert_int_equal(kite_container_read(container, "locked", &out, &fault), KITE_E_UNSUPPORTED);
    assert_string_equal(fault.text, "locked in it is encrypted, or packed in a way of its own");
    assert_int_equal(kite_container_read(container, "bomb", &out, NULL), KITE_E_DAMAGED);
    assert_int_equal(kite_container_read(container, "short", &out, NULL), KITE_E_DAMAGED);
    assert_int_equal(kite_container_read(container, "huge", &out, NULL), KITE_E_LIMIT);
    kite_container_close(container);
    kite_buffer_close(&out);
    kite_buffer_close(&zip.file);
}

static void every_cut_and_flip_is_noticed_or_harmless(void **state)
{
    static const char text[] = "Some text that is long enough to be packed, packed, packed, packed and packed again.";
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer out = { .mem = heap };
    struct zip zip;

    (void)state;
    zip_begin(&zip);
    zip_add(&zip, "a", text);
    zip_add(&zip, "b", text);
    zip_end(&zip);
    for (size_t i = 0; i < 9 * zip.file.count; i++) {
        bool is_cut = i >= 8 * zip.file.count;
        size_t count = is_cut ? i - 8 * zip.file.count : zip.file.count;
        struct kite_container *container;

        if (!is_cut)
            zip.file.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        if (kite_container_open(&heap, zip.file.bytes, count, &container, NULL) == KITE_OK) {
            if (kite_container_read(container, "a", &out, NULL) == KITE_OK)
                assert_string_equal((char *)out.bytes, text);
            kite_container_close(container);
        }
        if (!is_cut)
            zip.file.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    kite_buffer_close(&out);
    kite_buffer_close(&zip.file);
}

static void references_stay_inside(void **state)
{
    static const struct {
        const char *from, *reference, *name; /* NULL: refused */
    } cases[] = {
        { "OEBPS/Text/one.xhtml", "two.xhtml#part", "OEBPS/Text/two.xhtml" },
        { "OEBPS/Text/one.xhtml", "../Images/a%20b.png", "OEBPS/Images/a b.png" },
        { "one.xhtml", "./two.xhtml", "two.xhtml" },
        { "a/b/c/d", ".././../e", "a/e" },
        { "a/one", "../../etc/passwd", NULL },
        { "a/one", "%2e%2e/%2e%2e/x", NULL },
        { "a/one", "/etc/passwd", NULL },
        { "a/one", "https://example.org/x.png", NULL },
        { "a/one", "data:image/png;base64,AAAA", NULL },
        { "a/one", "x%00.png", NULL },
        { "a/one", "#here", "a/one" },
        { "a/one", "b?x=1:2", "a/b" },
    };
    char out[KITE_CONTAINED_NAME_BYTES_MAX + 1], longer[2000];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum kite_status status = kite_container_resolve(cases[i].from, cases[i].reference, out);

        if (!cases[i].name)
            assert_int_equal(status, KITE_E_RANGE);
        else
            assert_string_equal(status == KITE_OK ? out : kite_status_text(status), cases[i].name);
    }
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(kite_container_resolve("a", longer, out), KITE_E_RANGE);
    assert_int_equal(kite_container_resolve(longer, "a", out), KITE_OK);
}

static void memory_that_fails_is_told(void **state)
{
    struct zip zip;
    bool is_over = false;

    (void)state;
    zip_begin(&zip);
    zip_add(&zip, "a", "Some text.");
    zip_end(&zip);
    for (uint64_t fail_at = 1; !is_over; fail_at++) {
        struct check_memory counted = { .fail_at = fail_at };
        struct kite_memory mem = check_memory(&counted);
        struct kite_buffer out = { .mem = mem };
        struct kite_container *container;
        enum kite_status status = kite_container_open(&mem, zip.file.bytes, zip.file.count, &container, NULL);

        if (status == KITE_OK)
            status = kite_container_read(container, "a", &out, NULL);
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        is_over = status == KITE_OK;
        kite_container_close(container);
        kite_buffer_close(&out);
        assert_int_equal(counted.blocks, 0);
    }
    kite_buffer_close(&zip.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_found_by_name),
        cmocka_unit_test(what_cannot_be_read_is_told_apart),
        cmocka_unit_test(every_cut_and_flip_is_noticed_or_harmless),
        cmocka_unit_test(references_stay_inside),
        cmocka_unit_test(memory_that_fails_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
