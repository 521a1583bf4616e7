/* plain, rules: words shaped from what is known of their pairs are those of HarfBuzz, in every face; words that rules look
 * at are left to HarfBuzz; damaged tables do no harm. */
#include <string.h>

#include "text/font_group.h"

#include "text/plain.h"
#include "text/rules.h"

#include <hb-ot.h>

static uint32_t random_below(uint32_t *seed, uint32_t limit)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*seed * limit) >> 32);
}

/* Letters that kern, ligate, carry marks and dots, or have forms of their own in some language. */
static const char *const letters[] = { "a", "e", "i", "j", "l", "o", "r", "t", "v", "y", "f", "f", "A", "V", "T", "Y", "W", "P",
                                       "L", "I", "é", "ñ", "ŀ", "ş", "ţ", "ı", "İ", "ø", "’", "'", "-", ".", "1", "ij", "k" };

static size_t make_word(uint32_t *seed, char out[KITE_PLAIN_BYTES_MAX])
{
    uint32_t count = 1 + random_below(seed, 9);
    size_t bytes = 0;

    for (uint32_t i = 0; i < count; i++) {
        const char *letter = letters[random_below(seed, sizeof letters / sizeof *letters)];

        memcpy(out + bytes, letter, strlen(letter));
        bytes += strlen(letter);
    }
    return bytes;
}

static hb_buffer_t *run_harfbuzz(const struct kite_shape_request *r, kite_lang lang)
{
    hb_buffer_t *buffer = hb_buffer_create();
    char tag[9];

    hb_buffer_add_utf8(buffer, r->text, (int)r->bytes, 0, (int)r->bytes);
    hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, HB_SCRIPT_LATIN);
    hb_buffer_set_language(buffer, hb_language_from_string(kite_lang_text(lang, tag), -1));
    hb_shape(kite_face_harfbuzz(fonts, r->face), buffer, NULL, 0);
    return buffer;
}

static void assert_as_harfbuzz(const struct kite_shape_request *r, const struct kite_unit_glyph *glyphs, size_t count)
{
    hb_buffer_t *buffer = run_harfbuzz(r, r->lang);
    unsigned wanted = 0;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &wanted);
    const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(buffer, NULL);

    assert_int_equal(count, wanted);
    for (unsigned i = 0; i < wanted; i++) {
        assert_int_equal(glyphs[i].glyph, info[i].codepoint);
        assert_int_equal(glyphs[i].cluster, info[i].cluster);
        assert_int_equal(glyphs[i].advance, position[i].x_advance);
        assert_int_equal(glyphs[i].dx, position[i].x_offset);
        assert_int_equal(glyphs[i].dy, position[i].y_offset);
    }
    hb_buffer_destroy(buffer);
}

/* Every family, languages that fonts know forms of: so many words that most of the later ones need no HarfBuzz. */
static void test_words_are_those_of_harfbuzz(void **state)
{
    static const char *const langs[] = { "en", "tr", "ro", "ca", "nl", "pl" };
    struct kite_memory heap = kite_memory_heap();
    uint32_t seed = 7;

    (void)state;
    for (unsigned i = 0; i < KITE_FAMILY_COUNT * sizeof langs / sizeof *langs; i++) {
        kite_lang lang = kite_lang_from_text(langs[i / KITE_FAMILY_COUNT]);
        uint16_t face = kite_fonts_face(fonts, i % KITE_FAMILY_COUNT, i / KITE_FAMILY_COUNT % 4);
        struct kite_shaper *shaper;

        assert_int_equal(kite_shaper_create(&heap, fonts, 0, &shaper), KITE_OK);
        for (unsigned k = 0; k < 1500; k++) {
            char word[KITE_PLAIN_BYTES_MAX];
            struct kite_shape_request r = { .text = word, .bytes = make_word(&seed, word), .face = face, .lang = lang,
                                            .script = HB_SCRIPT_LATIN };
            const struct kite_shaped *shaped;

            assert_int_equal(kite_shape(shaper, &r, &shaped), KITE_OK);
            assert_as_harfbuzz(&r, shaped->glyphs, shaped->glyph_count);
        }
        kite_shaper_destroy(shaper);
    }
}

static void learn(struct kite_plain *plain, const char *text)
{
    struct kite_shape_request r = { .text = text, .bytes = strlen(text), .script = HB_SCRIPT_LATIN,
                                    .face = kite_fonts_face(fonts, KITE_FAMILY_SERIF, 0) };
    struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX];
    hb_buffer_t *buffer = run_harfbuzz(&r, 0);
    unsigned count = 0;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(buffer, NULL);

    for (unsigned i = 0; i < count; i++)
        glyphs[i] = (struct kite_unit_glyph){ (uint16_t)info[i].codepoint, (int16_t)position[i].x_advance, 0, 0,
                                              (uint16_t)info[i].cluster };
    kite_plain_shape(plain, &r, (struct kite_unit_glyph[KITE_PLAIN_BYTES_MAX]){ { 0 } });
    kite_plain_learn(plain, &r, glyphs, count);
    hb_buffer_destroy(buffer);
}

static size_t shape(struct kite_plain *plain, const char *text, struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX])
{
    struct kite_shape_request r = { .text = text, .bytes = strlen(text), .script = HB_SCRIPT_LATIN,
                                    .face = kite_fonts_face(fonts, KITE_FAMILY_SERIF, 0) };

    return kite_plain_shape(plain, &r, glyphs);
}

static void test_what_follows_from_pairs(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_plain *plain = kite_plain_create(&heap, fonts);
    struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX];

    (void)state;
    assert_int_equal(shape(plain, "AVA", glyphs), 0);
    learn(plain, "AVA");
    assert_int_equal(shape(plain, "VAV", glyphs), 3);
    assert_true(glyphs[0].advance < glyphs[2].advance); /* kerned */
    assert_int_equal(shape(plain, "VAT", glyphs), 0);   /* AT was never seen */
    learn(plain, "it");
    learn(plain, "ti");
    assert_int_equal(shape(plain, "titi", glyphs), 4); /* the rules of dotless i are for marks */
    learn(plain, "of");
    assert_int_equal(shape(plain, "of", glyphs), 2);
    assert_int_equal(shape(plain, "fi", glyphs), 0);
    learn(plain, "fi"); /* they ligate */
    assert_int_equal(shape(plain, "fi", glyphs), 1);
    assert_int_equal(shape(plain, "ofit", glyphs), 0); /* o and fi, and fi and t, were never seen */
    learn(plain, "ofi");
    learn(plain, "fit");
    assert_int_equal(shape(plain, "ofit", glyphs), 3);
    assert_int_equal(glyphs[1].cluster, 1);
    assert_int_equal(glyphs[2].cluster, 3);
    assert_int_equal(shape(plain, "offi", glyphs), 0); /* another ligature */
    learn(plain, "\xC3\xA9t");
    assert_int_equal(shape(plain, "\xC3\xA9ti", glyphs), 3);
    assert_int_equal(glyphs[1].cluster, 2);
    learn(plain, "e\xCC\x81"); /* a mark */
    assert_int_equal(shape(plain, "e\xCC\x81", glyphs), 0);
    kite_plain_destroy(plain);
}

static void test_samples_teach_common_pairs(void **state)
{
    static const char *const words[] = { "AVA", "it", "ti", "to", "ov", "vo", "ot" };
    struct kite_memory heap = kite_memory_heap();
    struct kite_plain *plain = kite_plain_create(&heap, fonts);
    struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX];
    const char *sample;

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        learn(plain, words[i]);
    assert_null(kite_plain_sample(plain)); /* not worth it yet */
    assert_int_equal(shape(plain, "weather", glyphs), 0);
    learn(plain, "AV");
    while ((sample = kite_plain_sample(plain)) != NULL) {
        assert_true(strlen(sample) <= KITE_PLAIN_BYTES_MAX);
        learn(plain, sample);
    }
    assert_int_equal(shape(plain, "weather", glyphs), 7);
    assert_int_equal(shape(plain, "reader", glyphs), 6);
    kite_plain_destroy(plain);
}

/* Other directions, scripts and features are HarfBuzz's. */
static void test_what_does_not(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_plain *plain = kite_plain_create(&heap, fonts);
    struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX];
    struct kite_shape_request plainly = { .text = "a", .bytes = 1, .face = kite_fonts_face(fonts, KITE_FAMILY_SERIF, 0) };
    struct kite_shape_request others[5];
    char lengthy[KITE_PLAIN_BYTES_MAX + 1];

    (void)state;
    memset(lengthy, '.', sizeof lengthy);
    for (size_t i = 0; i < 5; i++)
        others[i] = plainly;
    others[0].is_rtl = true;
    others[1].is_small_caps = true;
    others[2].is_spaced = true;
    others[3].script = HB_SCRIPT_GREEK;
    others[4].text = lengthy;
    others[4].bytes = sizeof lengthy;
    assert_int_equal(kite_plain_shape(plain, &plainly, glyphs), 1);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(kite_plain_shape(plain, &others[i], glyphs), 0);
    kite_plain_destroy(plain);
}

/* Without memory for what is learnt, nothing is learnt. */
static void test_memory_may_fail(void **state)
{
    (void)state;
    for (uint64_t fail_at = 1; fail_at <= 2; fail_at++) {
        struct check_memory counted = { .fail_at = fail_at };
        struct kite_memory mem = check_memory(&counted);
        struct kite_plain *plain = kite_plain_create(&mem, fonts);
        struct kite_unit_glyph glyphs[KITE_PLAIN_BYTES_MAX];

        assert_int_equal(plain == NULL, fail_at == 1);
        if (plain != NULL) {
            assert_int_equal(shape(plain, "a", glyphs), 0);
            learn(plain, "ab");
            assert_int_equal(shape(plain, "ab", glyphs), 0);
        }
        kite_plain_destroy(plain);
        assert_int_equal(counted.blocks, 0);
    }
}

/* Ask of a font, some bytes of which are other ones. Nothing but an end to it is asked for. */
static void ask_damaged(const uint8_t *bytes, size_t count)
{
    hb_segment_properties_t properties = { .direction = HB_DIRECTION_LTR, .script = HB_SCRIPT_LATIN };
    hb_blob_t *blob = hb_blob_create((const char *)bytes, (unsigned)count, HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_shape_plan_t *plan = hb_shape_plan_create(face, &properties, NULL, 0, NULL);
    struct kite_rules rules;

    kite_rules_read(&rules, face, plan);
    for (uint16_t glyph = 0; glyph < 200; glyph += 7) {
        kite_rules_touch_glyph(&rules, glyph);
        for (uint16_t right = 0; right < 200; right += 9)
            kite_rules_touch_pair(&rules, glyph, right);
    }
    kite_rules_drop(&rules);
    hb_shape_plan_destroy(plan);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
}

/* Where a table of a font begins, and how long it is. */
static size_t find_table(const uint8_t *font, const char *tag, size_t *count)
{
    for (const uint8_t *row = font + 12; row < font + 12 + 16 * (font[4] << 8 | font[5]); row += 16) {
        if (memcmp(row, tag, 4) == 0) {
            *count = (size_t)row[12] << 24 | (size_t)row[13] << 16 | (size_t)row[14] << 8 | row[15];
            return (size_t)row[8] << 24 | (size_t)row[9] << 16 | (size_t)row[10] << 8 | row[11];
        }
    }
    fail_msg("no table %s", tag);
    return 0;
}

static void test_damaged_tables(void **state)
{
    static const char *const names[] = { "KiteSerif-Regular.ttf", "KiteLiteracy-Regular.ttf", "KiteDyslexic-Regular.otf" };
    uint32_t seed = 11;

    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const uint8_t *bytes;
        size_t count, table_bytes[2];

        assert_int_equal(load_font_file(built_fonts_folder, names[n], &bytes, &count), KITE_OK);

        size_t tables[2] = { find_table(bytes, "GSUB", &table_bytes[0]), find_table(bytes, "GPOS", &table_bytes[1]) };

        for (unsigned i = 0; i < 60; i++) {
            uint8_t *copy = malloc(count);

            assert_non_null(copy);
            memcpy(copy, bytes, count);
            for (unsigned k = 0; k < 1 + i % 8; k++) {
                size_t most = table_bytes[k % 2] < 4000 ? table_bytes[k % 2] : 4000;

                copy[tables[k % 2] + random_below(&seed, (uint32_t)most)] = (uint8_t)random_below(&seed, 256);
            }
            ask_damaged(copy, count);
            free(copy);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_those_of_harfbuzz), cmocka_unit_test(test_what_follows_from_pairs),
        cmocka_unit_test(test_samples_teach_common_pairs),
        cmocka_unit_test(test_what_does_not),               cmocka_unit_test(test_memory_may_fail),
        cmocka_unit_test(test_damaged_tables),
    };

    return cmocka_run_group_tests(tests, fonts_open, fonts_close);
}
