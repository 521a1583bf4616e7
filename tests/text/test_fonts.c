/* fonts: what the set covers, who stands in for whom, and that faces come only when asked for.
 * Reads the fonts that `make fonts` built. */
#include "check.h"

#include "text/text.h"

#include <ft2build.h>
#include <hb.h>
#include <stdio.h>
#include <string.h>
#include FT_FREETYPE_H

#define FOLDER KITE_BUILD "/fonts/"
#define FONTS_BYTES_MAX (3u * 1024 * 1024)
#define FILES_MAX 32

/* A loader over the folder that keeps what it read and counts. */
struct folder {
    char names[FILES_MAX][40];
    uint8_t *bytes[FILES_MAX];
    size_t counts[FILES_MAX], count;
    const char *only; /* NULL, or the one name that exists */
};

static enum kite_status folder_load(void *ctx, const char *name, const uint8_t **bytes,
                                    size_t *count)
{
    struct folder *folder = ctx;
    char path[256];
    size_t i = 0;

    if (folder->only && strcmp(folder->only, name) != 0)
        return KITE_E_RANGE;
    while (i < folder->count && strcmp(folder->names[i], name) != 0)
        i++;
    if (i == folder->count) {
        snprintf(path, sizeof path, FOLDER "%s", name);
        FILE *file = fopen(path, "rb");
        if (!file)
            return KITE_E_RANGE;
        assert_true(i < FILES_MAX);
        folder->bytes[i] = malloc(FONTS_BYTES_MAX);
        assert_non_null(folder->bytes[i]);
        folder->counts[i] = fread(folder->bytes[i], 1, FONTS_BYTES_MAX, file);
        fclose(file);
        snprintf(folder->names[i], sizeof folder->names[i], "%s", name);
        folder->count++;
    }
    *bytes = folder->bytes[i];
    *count = folder->counts[i];
    return KITE_OK;
}

static void folder_close(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        free(folder->bytes[i]);
    folder->count = 0;
}

struct set {
    struct check_memory counted;
    struct kite_memory mem;
    struct folder folder;
    struct kite_font_loader loader;
    struct kite_fonts *fonts;
};

static void set_open(struct set *set)
{
    struct kite_fault fault;

    memset(set, 0, sizeof *set);
    set->mem = check_memory(&set->counted);
    set->loader = (struct kite_font_loader){&set->folder, folder_load};
    assert_int_equal(kite_fonts_create(&set->mem, &set->loader, &set->fonts, &fault), KITE_OK);
}

static void set_close(struct set *set)
{
    kite_fonts_destroy(set->fonts);
    assert_int_equal(set->counted.blocks, 0);
    folder_close(&set->folder);
}

static void test_only_the_serif_is_loaded_at_first(void **state)
{
    struct set set;

    (void)state;
    set_open(&set);
    assert_int_equal(set.folder.count, 1);
    assert_int_equal(kite_fonts_face(set.fonts, KITE_FAMILY_SERIF, KITE_FACE_REGULAR), 0);
    assert_int_equal(set.folder.count, 1);
    assert_int_not_equal(kite_fonts_face(set.fonts, KITE_FAMILY_SERIF, KITE_FACE_ITALIC), 0);
    assert_int_equal(set.folder.count, 2);
    set_close(&set);
}

static void test_a_missing_style_gives_the_nearest(void **state)
{
    struct set set;

    (void)state;
    set_open(&set);
    for (unsigned family = 0; family < KITE_FAMILY_COUNT; family++)
        for (unsigned style = 0; style < 4; style++)
            assert_true(kite_fonts_face(set.fonts, (enum kite_family)family, style) <
                        KITE_FACES_MAX);

    uint16_t face = kite_fonts_face(set.fonts, KITE_FAMILY_LITERACY, 3);
    assert_string_equal(kite_face_name(set.fonts, face), "KiteLiteracy-Bold.ttf");
    face = kite_fonts_face(set.fonts, KITE_FAMILY_DYSLEXIC, KITE_FACE_ITALIC);
    assert_string_equal(kite_face_name(set.fonts, face), "KiteDyslexic-Regular.otf");
    set_close(&set);
}

static void test_no_font_is_a_fault_that_says_where(void **state)
{
    struct folder folder = {.only = "nothing"};
    struct kite_font_loader loader = {&folder, folder_load};
    struct kite_memory mem = kite_memory_heap();
    struct kite_fonts *fonts;
    struct kite_fault fault = {{0}};

    (void)state;
    assert_int_equal(kite_fonts_create(&mem, &loader, &fonts, &fault), KITE_E_RANGE);
    assert_null(fonts);
    assert_non_null(strstr(fault.text, "KiteSerif-Regular.ttf"));
    folder_close(&folder);
}

static void test_one_font_alone_serves_every_family(void **state)
{
    struct folder folder = {.only = "KiteSerif-Regular.ttf"};
    struct kite_font_loader loader = {&folder, folder_load};
    struct kite_memory mem = kite_memory_heap();
    struct kite_fonts *fonts;

    (void)state;
    assert_int_equal(kite_fonts_create(&mem, &loader, &fonts, NULL), KITE_OK);
    for (unsigned family = 0; family < KITE_FAMILY_COUNT; family++)
        assert_int_equal(kite_fonts_face(fonts, (enum kite_family)family, 3), 0);
    assert_int_equal(kite_fonts_fallback(fonts, 0, 0x5d0), KITE_FACE_NONE);
    kite_fonts_destroy(fonts);
    folder_close(&folder);
}

/* Bytes that are no font must be refused or serve, never crash. */
static enum kite_status damaged_load(void *ctx, const char *name, const uint8_t **bytes,
                                     size_t *count)
{
    const struct kite_span_bytes *given = ctx;

    if (strcmp(name, "KiteSerif-Regular.ttf") != 0)
        return KITE_E_RANGE;
    *bytes = given->bytes;
    *count = given->count;
    return KITE_OK;
}

static void use_damaged(const uint8_t *bytes, size_t count)
{
    struct kite_span_bytes given = {bytes, count};
    struct kite_font_loader loader = {&given, damaged_load};
    struct kite_memory mem = kite_memory_heap();
    struct kite_fonts *fonts;

    if (kite_fonts_create(&mem, &loader, &fonts, NULL) != KITE_OK)
        return;
    const struct kite_face_metrics *m = kite_face_metrics(fonts, 0);
    assert_true(m->units_per_em != 0);
    assert_in_range(m->scale_em1000, 500, 2000);
    kite_face_has_glyph(fonts, 0, 'a');
    FT_Face ft = kite_face_freetype(fonts, 0);
    if (ft)
        FT_Load_Glyph(ft, 40, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP);
    kite_fonts_destroy(fonts);
}

static void test_damaged_fonts_are_survived(void **state)
{
    struct folder folder = {0};
    const uint8_t *bytes;
    size_t count;
    uint32_t seed = 1;

    (void)state;
    assert_int_equal(folder_load(&folder, "KiteSerif-Regular.ttf", &bytes, &count), KITE_OK);
    uint8_t *copy = malloc(count);
    assert_non_null(copy);
    for (size_t cut = 0; cut < count; cut += 1 + cut / 3)
        use_damaged(bytes, cut);
    for (int round = 0; round < 60; round++) {
        memcpy(copy, bytes, count);
        for (int k = 0; k < 20; k++) {
            seed = seed * 1664525 + 1013904223;
            copy[(seed >> 8) % (k < 10 ? 4096 : count)] ^= (uint8_t)(1u << (seed >> 29));
        }
        use_damaged(copy, count);
    }
    free(copy);
    folder_close(&folder);
}

/* ---- coverage ------------------------------------------------------------------------------- */

struct sample {
    const char *language, *text;
};

/* The letters of each language beyond a to z, both cases, with its own punctuation. */
static const struct sample samples[] = {
    {"English",
     "abcxyz ABCXYZ 0123456789 .,;:!?'\"()[]{}<>@#$%&*+-=/\\|_^`~ “”‘’–—…•†‡§¶©®™€£¥¢°½¼¾×÷"},
    {"Spanish", "áéíóúüñ ÁÉÍÓÚÜÑ ¿¡ªº«»"},
    {"French", "àâæçéèêëîïôœùûüÿ ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ « »  "},
    {"Portuguese", "àáâãçéêíóôõú ÀÁÂÃÇÉÊÍÓÔÕÚ"},
    {"Haitian Creole", "èòàÈÒÀ"},
    {"Quechua, Aymara, Guarani", "ñäïüẽĩũỹg̃ãõʼ ÑÄÏÜẼĨŨỸG̃"},
    {"Nahuatl, Maya languages", "āēīōʼ’ɓÁ"},
    {"German", "äöüßẞ ÄÖÜ „“‚‘"},
    {"Italian, Catalan, Occitan", "àèéìòùŀ·ïç ÀÈÉÌÒÙĿ"},
    {"Polish", "ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ"},
    {"Czech, Slovak", "áčďéěíňóřšťúůýžľĺŕô ÁČĎÉĚÍŇÓŘŠŤÚŮÝŽĽĹŔÔ"},
    {"Hungarian", "őűŐŰ"},
    {"Romanian", "ăâîșțşţ ĂÂÎȘȚ"},
    {"Croatian, Slovene", "čćđšždžǆǉǌ ČĆĐŠŽ"},
    {"Turkish, Azeri", "ğışçöüəİĞIŞÇÖÜƏ"},
    {"Baltic", "āčēģīķļņšūžąęėįųõ ĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲ"},
    {"Nordic", "åäöæøðþ ÅÄÖÆØÐÞŋŧđ"},
    {"Welsh, Irish", "ŵŷẁẃẅỳḃċḋḟġṁṗṡṫ"},
    {"Esperanto, Maltese", "ĉĝĥĵŝŭħġċż ĈĜĤĴŜŬĦĠĊŻ"},
    {"Vietnamese", "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ ĂÂĐÊÔƠƯẤẦẨẪẬẮẰẲẴẶ"},
    {"Swahili, Zulu, Xhosa, Somali", "ŋʼŊ’"},
    {"Hausa", "ɓɗƙƴ ƁƊƘƳ"},
    {"Yoruba, Igbo", "ẹọṣńǹụịṅ ẸỌṢṄ"},
    {"Ewe, Akan, Bambara", "ɖɛƒɣŋɔʋɲ ƉƐƑƔŊƆƲƝ"},
    {"Malagasy, Lingala", "àôɔ́ɛ́"},
    {"Tagalog, Indonesian, Maori", "ñāēīōū"},
    {"Pinyin", "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"},
    {"Russian, Bulgarian",
     "абвгдежзийклмнопрстуфхцчшщъыьэюяё АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁ №«»"},
    {"Ukrainian, Belarusian", "ґєіїўҐЄІЇЎ"},
    {"Serbian, Macedonian", "ђјљњћџѓѕќ ЂЈЉЊЋЏЃЅЌ"},
    {"Kazakh, Kyrgyz, Tatar, Mongolian", "әғқңөұүһҗ ӘҒҚҢӨҰҮҺҖ"},
    {"Greek", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ ΑΩΆΈΉΊΌΎΏ·;"},
    {"Arabic", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْ ،؛؟ ٠١٢٣٤٥٦٧٨٩"},
    {"Persian, Urdu", "پچژگکی ٹڈڑںےہھ ۰۱۲۳۴۵۶۷۸۹ ۔ ‌"},
    {"Hebrew, Yiddish", "אבגדהוזחטיכךלמםנןסעפףצץקרשת ְִֵֶַָֹֻּׁׂ ־׳״₪װױײ"},
    {"Hindi, Marathi, Nepali",
     "अआइईउऊऋएऐओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह ािीुूृेैोौंँः़् ।॥ ०१२३४५६७८९ ॅॉ"},
    {"signs", "→←↑↓↔⇒−≤≥≠≈∞√∑∂∆π●○■□▲△★☆☐☑☒✓✗♪♥♠♣♦☎⅓⅔⅛№℃Ω♀♂"},
};

static void for_each_char(const char *text, void (*act)(void *, uint32_t), void *ctx)
{
    size_t count = strlen(text), bytes;

    for (size_t at = 0; at < count; at += bytes)
        act(ctx, kite_utf8_decode(text + at, count - at, &bytes));
}

struct search {
    struct kite_fonts *fonts;
    uint16_t first;
    unsigned missing;
};

static void find_face(void *ctx, uint32_t c)
{
    struct search *search = ctx;
    uint16_t face = kite_fonts_fallback(search->fonts, search->first, c);

    if (face == KITE_FACE_NONE) {
        print_error("U+%04X has no face beside %s\n", (unsigned)c,
                    kite_face_name(search->fonts, search->first));
        search->missing++;
    }
}

static void test_every_language_has_its_letters(void **state)
{
    struct set set;
    unsigned missing = 0;

    (void)state;
    set_open(&set);
    for (unsigned family = 0; family < KITE_FAMILY_COUNT; family++) {
        for (unsigned style = 0; style < 4; style++) {
            struct search search = {set.fonts, 0, 0};

            search.first = kite_fonts_face(set.fonts, (enum kite_family)family, style);
            for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
                for_each_char(samples[i].text, find_face, &search);
            missing += search.missing;
        }
    }
    assert_int_equal(missing, 0);
    set_close(&set);
}

static void test_fallback_finds_what_any_face_has(void **state)
{
    struct set set;
    unsigned lost = 0;

    (void)state;
    set_open(&set);
    for (uint32_t c = 0x20; c < 0x20000; c++) {
        uint16_t face = kite_fonts_fallback(set.fonts, 0, c);

        for (uint16_t other = 0; face == KITE_FACE_NONE && other < KITE_FACES_MAX; other++) {
            if (kite_face_has_glyph(set.fonts, other, c)) {
                print_error("U+%04X is in %s\n", (unsigned)c, kite_face_name(set.fonts, other));
                lost++;
                break;
            }
        }
    }
    assert_int_equal(lost, 0);
    set_close(&set);
}

static void test_fallback_keeps_script_and_style(void **state)
{
    static const struct {
        enum kite_family family;
        unsigned style;
        uint32_t c;
        const char *name;
    } cases[] = {
        {KITE_FAMILY_SERIF, 0, 'a', "KiteSerif-Regular.ttf"},
        {KITE_FAMILY_SERIF, KITE_FACE_BOLD, 0x5d0, "KiteHebrew-Bold.ttf"},
        {KITE_FAMILY_SANS, 3, 0x627, "KiteArabic-Bold.ttf"},
        {KITE_FAMILY_SERIF, KITE_FACE_ITALIC, 0x627, "KiteArabic-Regular.ttf"},
        {KITE_FAMILY_MONO, KITE_FACE_BOLD, 0x915, "KiteDevanagari-Regular.ttf"},
        {KITE_FAMILY_SERIF, 0, 0x2192, "KiteSymbols-Regular.ttf"},
        {KITE_FAMILY_DYSLEXIC, 0, 0x416, "KiteSans-Regular.ttf"},
        {KITE_FAMILY_DYSLEXIC, KITE_FACE_BOLD, 0x3b1, "KiteSans-Bold.ttf"},
        {KITE_FAMILY_LITERACY, KITE_FACE_ITALIC, 0x3b1, "KiteSans-Italic.ttf"},
        /* made by the engine, or part of what is before: no reason to change */
        {KITE_FAMILY_DYSLEXIC, 0, 0x2009, "KiteDyslexic-Regular.otf"},
        {KITE_FAMILY_DYSLEXIC, 0, 0x202f, "KiteDyslexic-Regular.otf"},
        {KITE_FAMILY_DYSLEXIC, 0, 0x200d, "KiteDyslexic-Regular.otf"},
        {KITE_FAMILY_DYSLEXIC, 0, 0x35f, "KiteDyslexic-Regular.otf"},
        {KITE_FAMILY_SERIF, 0, '\n', "KiteSerif-Regular.ttf"},
    };
    struct set set;

    (void)state;
    set_open(&set);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint16_t first = kite_fonts_face(set.fonts, cases[i].family, cases[i].style);
        uint16_t face = kite_fonts_fallback(set.fonts, first, cases[i].c);

        assert_string_equal(kite_face_name(set.fonts, face), cases[i].name);
    }
    assert_int_equal(kite_fonts_fallback(set.fonts, 0, 0x4e00), KITE_FACE_NONE);
    set_close(&set);
}

static void test_arrows_load_only_the_symbols(void **state)
{
    struct set set;

    (void)state;
    set_open(&set);
    kite_fonts_fallback(set.fonts, 0, 0x2192);
    assert_int_equal(set.folder.count, 2);
    set_close(&set);
}

static void test_metrics_are_those_of_the_drawn_letters(void **state)
{
    static const struct {
        enum kite_family family;
        int x_em1000, cap_em1000;
    } cases[] = {
        {KITE_FAMILY_SERIF, 536, 714},    {KITE_FAMILY_SANS, 536, 714},
        {KITE_FAMILY_LITERACY, 499, 713}, {KITE_FAMILY_DYSLEXIC, 547, 729},
        {KITE_FAMILY_MONO, 536, 714},
    };
    struct set set;

    (void)state;
    set_open(&set);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint16_t face = kite_fonts_face(set.fonts, cases[i].family, 0);
        const struct kite_face_metrics *m = kite_face_metrics(set.fonts, face);
        int x = kite_mul_div(m->x_height, 1000, m->units_per_em);

        assert_in_range(x, cases[i].x_em1000 - 12, cases[i].x_em1000 + 12);
        assert_in_range(kite_mul_div(m->cap_height, 1000, m->units_per_em),
                        cases[i].cap_em1000 - 15, cases[i].cap_em1000 + 15);
        assert_in_range(kite_mul_div(x, m->scale_em1000, 1000), 534, 538);
        assert_true(m->space_advance > 0 && m->descender < 0 && m->ascender > m->cap_height);
        assert_true(m->underline_position < 0 && m->underline_thickness > 0);
        assert_true(m->strike_position > 0 && m->strike_position < m->cap_height);
    }
    assert_true(kite_face_metrics(set.fonts, kite_fonts_fallback(set.fonts, 0, 0x628))->is_joined);
    assert_false(kite_face_metrics(set.fonts, 0)->is_joined);
    set_close(&set);
}

/* Enough for the capitals of Latin-1; for stacked marks and other scripts, more. */
static void test_line_heights(void **state)
{
    (void)state;
    for (int f = 0; f < KITE_FAMILY_COUNT; f++) {
        enum kite_family family = (enum kite_family)f;
        uint16_t plain = kite_family_line_em1000(family, 0);

        assert_true(plain >= 1200);
        assert_int_equal(kite_family_line_em1000(family, KITE_LANG2('e', 's')), plain);
        assert_true(kite_family_line_em1000(family, KITE_LANG2('v', 'i')) >= plain);
        assert_true(kite_family_line_em1000(family, KITE_LANG2('a', 'r')) >= 1600);
        assert_true(kite_family_line_em1000(family, KITE_LANG2('h', 'i')) >= 1500);
    }
    assert_int_equal(kite_family_line_em1000(KITE_FAMILY_LITERACY, KITE_LANG2('v', 'i')), 1520);
    assert_int_equal(kite_family_line_em1000(KITE_FAMILY_SERIF, KITE_LANG2('v', 'i')), 1300);
}

static void test_both_libraries_see_the_same_glyphs(void **state)
{
    struct set set;

    (void)state;
    set_open(&set);
    for (uint16_t face = 0; face < KITE_FACES_MAX; face++) {
        hb_codepoint_t glyph;

        if (!kite_face_has_glyph(set.fonts, face, ' '))
            continue;
        FT_Face ft = kite_face_freetype(set.fonts, face);
        hb_font_t *hb = kite_face_harfbuzz(set.fonts, face);
        assert_non_null(ft);
        assert_non_null(hb);
        for (uint32_t c = 0x20; c < 0x3000; c++) {
            if (!hb_font_get_nominal_glyph(hb, c, &glyph))
                continue;
            assert_int_equal(FT_Get_Char_Index(ft, c), glyph);
            assert_int_equal(FT_Load_Glyph(ft, glyph, FT_LOAD_NO_SCALE), 0);
            assert_int_equal(ft->glyph->metrics.horiAdvance,
                             hb_font_get_glyph_h_advance(hb, glyph));
        }
    }
    set_close(&set);
}

static void test_identity_follows_names_and_sizes(void **state)
{
    struct set set;

    (void)state;
    set_open(&set);
    uint64_t whole = kite_fonts_identity(set.fonts);
    assert_int_equal(kite_fonts_identity(set.fonts), whole);
    set.folder.only = "KiteSerif-Regular.ttf";
    assert_int_not_equal(kite_fonts_identity(set.fonts), whole);
    set_close(&set);
}

static void test_the_set_keeps_its_budget(void **state)
{
    struct set set;
    size_t all = 0;

    (void)state;
    set_open(&set);
    kite_fonts_identity(set.fonts); /* asks for every file */
    assert_true(set.folder.count >= 20);
    for (size_t i = 0; i < set.folder.count; i++)
        all += set.folder.counts[i];
    assert_true(all <= FONTS_BYTES_MAX);
    set_close(&set);
}

static void test_failing_memory_is_reported(void **state)
{
    (void)state;
    for (uint64_t fail_at = 1; fail_at < 400; fail_at++) {
        struct check_memory counted = {.fail_at = fail_at};
        struct kite_memory mem = check_memory(&counted);
        struct folder folder = {.only = "KiteSerif-Regular.ttf"};
        struct kite_font_loader loader = {&folder, folder_load};
        struct kite_fonts *fonts;
        bool is_done = false;

        if (kite_fonts_create(&mem, &loader, &fonts, NULL) == KITE_OK) {
            is_done = kite_face_freetype(fonts, 0) != NULL;
            kite_fonts_destroy(fonts);
        }
        assert_int_equal(counted.blocks, 0);
        folder_close(&folder);
        if (is_done && counted.calls < fail_at)
            return;
    }
    fail_msg("memory still fails after 400 allocations");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_the_serif_is_loaded_at_first),
        cmocka_unit_test(test_a_missing_style_gives_the_nearest),
        cmocka_unit_test(test_no_font_is_a_fault_that_says_where),
        cmocka_unit_test(test_one_font_alone_serves_every_family),
        cmocka_unit_test(test_damaged_fonts_are_survived),
        cmocka_unit_test(test_every_language_has_its_letters),
        cmocka_unit_test(test_fallback_finds_what_any_face_has),
        cmocka_unit_test(test_fallback_keeps_script_and_style),
        cmocka_unit_test(test_arrows_load_only_the_symbols),
        cmocka_unit_test(test_metrics_are_those_of_the_drawn_letters),
        cmocka_unit_test(test_line_heights),
        cmocka_unit_test(test_both_libraries_see_the_same_glyphs),
        cmocka_unit_test(test_identity_follows_names_and_sizes),
        cmocka_unit_test(test_the_set_keeps_its_budget),
        cmocka_unit_test(test_failing_memory_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
