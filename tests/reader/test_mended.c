/* A text that the card has damaged: repaired by its own data where one is reading, or told of. */
#include "reader/device.h"

#define PARAGRAPHS 400u
#define DAMAGED_BYTES 200u

static struct kite_buffer make_bundle(bool has_repair_data)
{
    static char words[PARAGRAPHS][160];
    static const char *paragraphs[PARAGRAPHS + 1];
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer bundle, trailer = { .mem = heap };

    for (unsigned i = 0; i < PARAGRAPHS; i++) {
        snprintf(words[i], sizeof words[i], "%u is followed by %u, then by %x and %o, and nothing that was written so is ever like %u or %x.", i, i * 7919u % 10007u,
                 i * 104729u, i * 31u, i * i, i * 65537u);
        paragraphs[i] = words[i];
    }

    struct shelf_text text = { .title = "A long letter", .paragraphs = paragraphs };

    bundle = shelf_bundle(&text, 1);
    if (has_repair_data) {
        struct kite_span_bytes span = { bundle.bytes, bundle.count };
        struct kite_source source = kite_source_memory(&span);
        struct kite_bundle *open;

        assert_int_equal(kite_bundle_open(&heap, &source, &open, NULL), KITE_OK);
        assert_int_equal(kite_repair_write(&heap, open, 10, &trailer, NULL, NULL), KITE_OK);
        kite_bundle_close(open);
        assert_int_equal(kite_buffer_add(&bundle, trailer.bytes, trailer.count), KITE_OK);
        kite_buffer_close(&trailer);
    }
    return bundle;
}

static void start(struct device *d, const struct kite_buffer *bundle)
{
    device_make(d, device_panels[2]);
    disk_put(d->disk, "letter.kite", bundle->bytes, bundle->count);
    device_on(d);
}

static void damage(struct device *d, size_t at)
{
    struct disk_file *file = disk_get(d->disk, "letter.kite");

    for (size_t i = at; i < at + DAMAGED_BYTES; i++)
        file->live[i] = file->durable[i] = (uint8_t)~file->live[i];
}

static bool is_whole(struct device *d, const struct kite_buffer *bundle)
{
    struct disk_file *file = disk_get(d->disk, "letter.kite");

    return file->live_bytes == bundle->count && memcmp(file->live, bundle->bytes, bundle->count) == 0;
}

static void a_page_behind_the_damage_is_turned_to(void **state)
{
    struct kite_buffer bundle = make_bundle(true);
    struct device d;
    struct kite_place place;
    unsigned turns = 0, mended = 0;

    (void)state;
    start(&d, &bundle);
    device_open(&d, "A long letter");
    damage(&d, bundle.count / 2);
    for (; !d.reader->reading.now.page.is_last && turns < 2000; turns++) {
        place = d.reader->reading.now.page.start;
        device_key(&d, KITE_KEY_NEXT);
        device_expect(&d, "page");
        if (!d.frame.has_mended)
            continue;
        mended++;
        assert_memory_equal(&place, &d.reader->reading.now.page.start, sizeof place); /* the same place */
        assert_true(d.reader->reading.was_mended);
        assert_true(d.frame.change_count > 0); /* the line that says so */
        assert_true(is_whole(&d, &bundle));
        device_key(&d, KITE_KEY_NEXT);
        assert_false(d.reader->reading.was_mended);
        assert_true(place_is_before(&place, &d.reader->reading.now.page.start));
    }
    assert_int_equal(mended, 1);
    device_drop(&d);
    kite_buffer_close(&bundle);
}

static void idle_work_meets_the_damage(void **state)
{
    struct kite_buffer bundle = make_bundle(true);
    struct device d;
    struct kite_place place;

    (void)state;
    start(&d, &bundle);
    device_open(&d, "A long letter");
    damage(&d, bundle.count / 2);
    place = d.reader->reading.now.page.start;
    device_idle(&d);
    device_expect(&d, "page");
    assert_memory_equal(&place, &d.reader->reading.now.page.start, sizeof place);
    while (!d.reader->reading.now.page.is_last) {
        device_key(&d, KITE_KEY_NEXT);
        device_expect(&d, "page");
    }
    assert_true(is_whole(&d, &bundle));
    device_drop(&d);
    kite_buffer_close(&bundle);
}

static void a_damaged_front_is_repaired_at_opening(void **state)
{
    struct kite_buffer bundle = make_bundle(true);
    struct device d;

    (void)state;
    start(&d, &bundle);
    damage(&d, 120);
    device_choose(&d, "A long letter");
    device_expect(&d, "page");
    assert_true(d.frame.has_mended);
    assert_true(is_whole(&d, &bundle));
    device_idle(&d);
    device_off(&d);
    device_on(&d);
    device_expect(&d, "page");
    assert_false(d.frame.has_mended);
    device_drop(&d);
    kite_buffer_close(&bundle);
}

static void without_repair_data_it_is_told(void **state)
{
    struct kite_buffer bundle = make_bundle(false);
    struct device d;

    (void)state;
    start(&d, &bundle);
    device_open(&d, "A long letter");
    damage(&d, bundle.count * 4 / 5); /* of the text: its lexicon is in memory by now */
    for (int i = 0; i < 2000 && strcmp(device_screen(&d), "page") == 0 && !d.reader->reading.now.page.is_last; i++)
        device_key(&d, KITE_KEY_NEXT);
    device_expect(&d, "wrong");
    assert_false(d.frame.has_mended);
    device_key(&d, KITE_KEY_SELECT);
    device_expect(&d, "page"); /* it is still open, before the damage */
    device_drop(&d);
    kite_buffer_close(&bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_behind_the_damage_is_turned_to),
        cmocka_unit_test(idle_work_meets_the_damage),
        cmocka_unit_test(a_damaged_front_is_repaired_at_opening),
        cmocka_unit_test(without_repair_data_it_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
