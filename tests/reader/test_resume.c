/* Power-on shows the page that was left, to the last glyph: however one came there, and whether there was a page map then,
 * is one by now, or none. */
#include "reader/device.h"

#define PLACES_EACH 34

static uint64_t hashed(uint64_t hash, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        hash = (hash ^ (value >> 8 * i & 0xff)) * 0x100000001b3u;
    return hash;
}

static uint64_t hash_rect(uint64_t hash, struct kite_rect r)
{
    return hashed(hashed(hash, (uint64_t)(uint32_t)r.x << 32 | (uint32_t)r.y), (uint64_t)(uint32_t)r.width << 32 | (uint32_t)r.height);
}

/* Of all that is drawn of a page. */
static uint64_t page_hash(const struct kite_page *page)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < page->run_count; i++) {
        const struct kite_glyph_run *run = &page->runs[i];

        hash = hashed(hash, (uint64_t)run->face << 32 | (uint32_t)run->size_f26);
        hash = hashed(hash, (uint64_t)run->weight << 32 | run->count);
    }
    for (size_t i = 0; i < page->glyph_count; i++) {
        const struct kite_glyph *g = &page->glyphs[i];

        hash = hashed(hashed(hash, (uint64_t)g->glyph << 32 | g->offset_bytes), (uint64_t)(uint32_t)g->x << 32 | (uint32_t)g->y);
    }
    for (size_t i = 0; i < page->rule_count; i++)
        hash = hash_rect(hash, page->rules[i]);
    for (size_t i = 0; i < page->picture_count; i++)
        hash = hash_rect(hashed(hash, page->pictures[i].picture), page->pictures[i].box);
    for (size_t i = 0; i < page->line_count; i++)
        hash = hash_rect(hashed(hash, page->lines[i].paragraph), page->lines[i].box);
    return hash;
}

static uint32_t random_below(struct device *d, uint32_t end)
{
    return (uint32_t)(disk_random(d->disk) >> 16) % end;
}

static void jump(struct device *d)
{
    struct reading *reading = &d->reader->reading;
    struct kite_place place;

    assert_int_equal(kite_bundle_place_at(reading->bundle, reading->document,
                                          random_below(d, (uint32_t)reading->info.text_bytes), &place, NULL), KITE_OK);
    assert_int_equal(reading_move(reading, place, NULL), KITE_OK);
}

/* Turn some pages, too soon for anything to be laid out ahead. */
static void turn(struct device *d, int direction, uint32_t times)
{
    while (times-- > 0)
        if (reading_turn(&d->reader->reading, direction, NULL) != KITE_OK)
            return;
}

static void forget_maps(struct device *d)
{
    d->io.remove(d->io.ctx, "/kite/maps.db");
}

/* Ways to come to a page. */
static void go_somewhere(struct device *d, unsigned way)
{
    switch (way) {
    case 0: /* nothing but the place */
        jump(d);
        break;
    case 1: /* the map is made with the page in front */
        jump(d);
        device_idle(d);
        break;
    case 2: /* a page of the map */
        jump(d);
        device_idle(d);
        turn(d, 1, 1 + random_below(d, 3));
        break;
    case 3: /* without a map */
        jump(d);
        turn(d, 1, 1 + random_below(d, 4));
        break;
    case 4:
        jump(d);
        turn(d, -1, 1 + random_below(d, 3));
        break;
    default: /* from where the text begins, whose pages follow exactly */
        assert_int_equal(reading_move(&d->reader->reading, (struct kite_place){ .document = d->reader->reading.document }, NULL), KITE_OK);
        turn(d, 1, random_below(d, 9));
        break;
    }
}

static void resume_everywhere(const char *title, size_t panel)
{
    struct device d;

    device_start(&d, device_panels[panel]);
    device_open(&d, title);
    assert_int_equal(reading_save(&d.reader->reading, NULL), KITE_OK);
    for (unsigned i = 0; i < PLACES_EACH; i++) {
        struct reading *reading;

        device_off(&d);
        if (i % 2 == 0)
            forget_maps(&d);
        device_on(&d);
        reading = &d.reader->reading;
        go_somewhere(&d, i % 6);
        assert_int_equal(reading_save(reading, NULL), KITE_OK);

        struct kite_page before = reading->now.page;
        struct kite_place anchor = reading->anchor;
        uint64_t hash = page_hash(&before);

        device_off(&d);
        if (i % 3 == 0)
            forget_maps(&d);
        device_on(&d);
        device_expect(&d, "page");
        reading = &d.reader->reading;
        assert_memory_equal(&anchor, &reading->anchor, sizeof anchor);
        assert_memory_equal(&before.start, &reading->now.page.start, sizeof before.start);
        assert_memory_equal(&before.end, &reading->now.page.end, sizeof before.end);
        if (hash != page_hash(&reading->now.page))
            fail_msg("%s, place %u: another page", title, i);
    }
    device_drop(&d);
}

static void the_page_left_is_the_page_shown_again(void **state)
{
    (void)state;
    for (size_t panel = 0; panel < DEVICE_PANELS; panel++) {
        resume_everywhere("A Sampler", panel);
        resume_everywhere("A Cell in Another Country", panel);
    }
}

/* What was kept of the page is of one setting; under another the place alone counts. */
static void another_size_shows_the_place(void **state)
{
    struct device d;

    (void)state;
    device_start(&d, device_panels[1]);
    device_open(&d, "A Sampler");
    jump(&d);
    for (int i = 0; i < 4; i++) {
        struct kite_place anchor = d.reader->reading.anchor;
        uint64_t hash;

        device_menu(&d, MESSAGE_TYPE);
        device_say(&d, MESSAGE_SIZE);
        device_choose(&d, i % 2 == 0 ? "36 pt" : "10 pt");
        device_keys(&d, KITE_KEY_MENU, 3);
        device_expect(&d, "page");
        hash = page_hash(&d.reader->reading.now.page);
        assert_int_equal(reading_save(&d.reader->reading, NULL), KITE_OK);
        device_off(&d);
        forget_maps(&d);
        device_on(&d);
        assert_memory_equal(&anchor, &d.reader->reading.anchor, sizeof anchor);
        assert_true(hash == page_hash(&d.reader->reading.now.page));
    }
    device_drop(&d);
}

/* Bytes that are kept may come to harm, or be of another engine: then the place gives a page. */
static void damaged_pages_are_not_believed(void **state)
{
    struct device d;

    (void)state;
    device_start(&d, device_panels[1]);
    device_open(&d, "A Sampler");
    for (int i = 0; i < 60; i++) {
        struct reading *reading = &d.reader->reading;
        uint8_t bytes[KITE_PLACE_PAGE_BYTES_MAX];
        struct kite_buffer kept = { .mem = d.mem };
        struct kite_place_page page = { .bytes = bytes };

        jump(&d);
        assert_int_equal(reading_save(reading, NULL), KITE_OK);
        assert_int_equal(kite_library_place_page(d.library, reading->person, reading->text, &kept, NULL), KITE_OK);
        assert_in_range(kept.count, 10, sizeof bytes);
        memcpy(bytes, kept.bytes, kept.count);
        page.place = reading->anchor;
        page.count = i % 3 == 0 ? random_below(&d, (uint32_t)kept.count) : kept.count;
        bytes[8 + random_below(&d, (uint32_t)kept.count - 8)] ^= (uint8_t)(1u << random_below(&d, 8));
        kite_buffer_close(&kept);
        assert_int_equal(kite_library_place_page_save(d.library, reading->person, reading->text, &page, NULL), KITE_OK);
        device_off(&d);
        device_on(&d);
        device_expect(&d, "page");
        reading = &d.reader->reading;
        assert_memory_equal(&page.place, &reading->anchor, sizeof page.place);
        assert_false(place_is_before(&page.place, &reading->now.page.start));
        turn(&d, 1, 2);
        turn(&d, -1, 3);
    }
    device_drop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_left_is_the_page_shown_again),
        cmocka_unit_test(another_size_shows_the_place),
        cmocka_unit_test(damaged_pages_are_not_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
