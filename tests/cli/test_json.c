/* The JSON writer, and places as text. */
#include "check.h"

#include "cli/json.h"
#include "cli/places.h"

#include <string.h>

struct page {
    struct kite_buffer buffer;
    struct kite_json json;
};

static void start(struct page *page)
{
    page->buffer = (struct kite_buffer){.mem = kite_memory_heap()};
    page->json = kite_json_start(kite_sink_buffer(&page->buffer));
}

static void expect(struct page *page, const char *text)
{
    assert_int_equal(page->json.status, KITE_OK);
    assert_int_equal(kite_buffer_add_u8(&page->buffer, 0), KITE_OK);
    assert_string_equal((const char *)page->buffer.bytes, text);
    kite_buffer_close(&page->buffer);
}

static void commas_stand_between_values(void **state)
{
    (void)state;
    struct page page;

    start(&page);
    kite_json_open(&page.json, NULL, '{');
    kite_json_number(&page.json, "a", -3);
    kite_json_open(&page.json, "b", '[');
    kite_json_close(&page.json, ']');
    kite_json_open(&page.json, "c", '[');
    kite_json_bool(&page.json, NULL, true);
    kite_json_string(&page.json, NULL, NULL);
    kite_json_close(&page.json, ']');
    kite_json_close(&page.json, '}');
    kite_json_end(&page.json);
    kite_json_number(&page.json, NULL, 1);
    expect(&page, "{\"a\":-3,\"b\":[],\"c\":[true,null]}\n1");
}

static void text_is_escaped(void **state)
{
    (void)state;
    struct page page;

    start(&page);
    kite_json_text(&page.json, NULL, "\"\\\n\x01/\xC3\xA9\xFF\x7F\0z", 11);
    expect(&page, "\"\\\"\\\\\\n\\u0001/\xC3\xA9\\ufffd\\u007f\\u0000z\"");
}

static void pixels_are_exact(void **state)
{
    (void)state;
    static const struct {
        kite_f26 value;
        const char *text;
    } rows[] = {{0, "0"},          {64, "1"},     {96, "1.5"},      {1, "0.015625"},
                {-1, "-0.015625"}, {-96, "-1.5"}, {65, "1.015625"}, {INT32_MIN, "-33554432"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page page;

        start(&page);
        kite_json_px(&page.json, NULL, rows[i].value);
        expect(&page, rows[i].text);
    }
}

static enum kite_status refuse(void *ctx, const uint8_t *bytes, size_t count)
{
    (void)ctx;
    (void)bytes;
    (void)count;
    return KITE_E_IO;
}

static void the_first_failure_sticks(void **state)
{
    (void)state;
    struct kite_json json = kite_json_start((struct kite_sink){NULL, refuse});

    kite_json_number(&json, NULL, 1);
    kite_json_end(&json);
    assert_int_equal(json.status, KITE_E_IO);
}

static void places_are_read(void **state)
{
    (void)state;
    struct kite_place_wish wish;

    assert_true(kite_place_from_text("63%", &wish));
    assert_int_equal(wish.kind, KITE_PLACE_PERCENT);
    assert_int_equal(wish.number, 6300);
    assert_true(kite_place_from_text("12.5%", &wish));
    assert_int_equal(wish.number, 1250);
    assert_true(kite_place_from_text("p14", &wish));
    assert_int_equal(wish.kind, KITE_PLACE_PARAGRAPH);
    assert_int_equal(wish.number, 13);
    assert_true(kite_place_from_text("page 7", &wish));
    assert_int_equal(wish.kind, KITE_PLACE_PAGE);
    assert_int_equal(wish.number, 6);
    assert_true(kite_place_from_text("page7", &wish));
    assert_true(kite_place_from_text("1:13:20", &wish));
    assert_int_equal(wish.kind, KITE_PLACE_EXACT);
    assert_int_equal(wish.place.document, 1);
    assert_int_equal(wish.place.paragraph, 13);
    assert_int_equal(wish.place.offset_bytes, 20);
}

static void what_is_no_place_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",       "%",      "101%",         "p0",    "p",
        "page",   "page 0", "1:2",          "1:2:x", ":1:2",
        "1:2:3:", "-1:2:3", "p99999999999", "63",    "p 4",
        "1.5",    "-5%",    "page  7",      "1::3",  "123456789012:1:1"};
    struct kite_place_wish wish;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (kite_place_from_text(texts[i], &wish))
            fail_msg("\"%s\" was taken for a place", texts[i]);
}

static void a_place_goes_both_ways(void **state)
{
    (void)state;
    struct kite_place place = {UINT32_MAX / 2, 3, 4294967};
    struct kite_place_wish wish;
    char text[KITE_PLACE_TEXT_BYTES];

    assert_true(kite_place_from_text(kite_place_text(place, text), &wish));
    assert_memory_equal(&wish.place, &place, sizeof place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_between_values),
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(pixels_are_exact),
        cmocka_unit_test(the_first_failure_sticks),
        cmocka_unit_test(places_are_read),
        cmocka_unit_test(what_is_no_place_is_refused),
        cmocka_unit_test(a_place_goes_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
