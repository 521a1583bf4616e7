/* Fonts that come with a text: which are let in, what they are used for, and what becomes of damaged ones. */
#include "check.h"
#include "host/host.h"
#include "page/page.h"
#include "press/fonts.h"
#include "text/text.h"

#include <string.h>

#define KA 0xf40
#define KHA 0xf41
#define WORDS "These are letters of another script, which nobody here has: \xE0\xBD\x80\xE0\xBD\x81\xE0\xBD\x80."

/* The reader's serif as a font of two Tibetan letters, which look like A and B. */
static struct kite_buffer made_font(void)
{
    static const struct kite_font_character characters[] = { { ' ', 3 }, { KA, 36 }, { KHA, 37 } };
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer file = { .mem = heap }, out = { .mem = heap };

    assert_int_equal(kite_file_read(KITE_BUILD "/fonts/KiteSerif-Regular.ttf", &file, NULL), KITE_OK);
    assert_int_equal(kite_font_check(file.bytes, file.count), KITE_E_FORMAT); /* it has more tables than are taken from strangers */
    assert_int_equal(kite_font_trim(file.bytes, file.count, characters, sizeof characters / sizeof *characters, &out), KITE_OK);
    assert_int_equal(kite_font_check(out.bytes, out.count), KITE_OK);
    kite_buffer_close(&file);
    return out;
}

static enum kite_status pack(const struct kite_memory *mem, const struct kite_buffer *font, struct kite_buffer *file)
{
    struct kite_press_input input = { .name = "a.txt", .bytes = (const uint8_t *)WORDS, .byte_count = sizeof WORDS - 1 };
    struct kite_press_input given = { .name = "font.ttf", .bytes = font->bytes, .byte_count = font->count };
    struct kite_press_options options = { .lang = kite_lang_from_text("en"), .zopfli_iterations = -1, .fonts = &given, .font_count = 1 };
    struct kite_sink sink = kite_sink_buffer(file);

    return kite_press_pack(mem, &input, 1, &options, NULL, NULL, &sink, NULL);
}

/* ---- which are let in ----------------------------------------------------------------------------------------------- */

static uint8_t *table(const struct kite_buffer *font, const char *tag)
{
    for (unsigned i = 0; i < font->bytes[5]; i++) {
        uint8_t *entry = font->bytes + 12 + 16 * i;

        if (memcmp(entry, tag, 4) == 0)
            return font->bytes + ((uint32_t)entry[8] << 24 | (uint32_t)entry[9] << 16 | (uint32_t)entry[10] << 8 | entry[11]);
    }
    fail_msg("there is no table %s", tag);
    return NULL;
}

static uint8_t *entry_of(const struct kite_buffer *font, unsigned index)
{
    return font->bytes + 12 + 16 * index;
}

/* One byte is another, for the time of the call. */
static void check_byte(const struct kite_buffer *font, uint8_t *at, uint8_t value, enum kite_status wanted)
{
    uint8_t was = *at;

    *at = value;
    assert_int_equal(kite_font_check(font->bytes, font->count), wanted);
    *at = was;
}

static void only_plain_fonts_are_let_in(void **state)
{
    struct kite_buffer font = made_font();
    uint8_t *cmap = table(&font, "cmap"), *maxp = table(&font, "maxp"), *head = table(&font, "head"), *loca = table(&font, "loca"), *hhea = table(&font, "hhea");

    (void)state;
    check_byte(&font, font.bytes, 'O', KITE_E_FORMAT);                 /* another kind */
    check_byte(&font, font.bytes + 5, 200, KITE_E_FORMAT);             /* tables without end */
    check_byte(&font, entry_of(&font, 0), 'f', KITE_E_FORMAT);         /* a table of another name */
    check_byte(&font, entry_of(&font, 1) + 8, 0xff, KITE_E_FORMAT);    /* beyond the end, */
    check_byte(&font, entry_of(&font, 1) + 11, (uint8_t)(entry_of(&font, 1)[11] + 4), KITE_E_FORMAT); /* or over another */
    check_byte(&font, entry_of(&font, 1) + 12, 0xff, KITE_E_FORMAT);
    check_byte(&font, cmap + 12 + 15, 200, KITE_E_FORMAT);             /* more groups than there are */
    check_byte(&font, cmap + 12 + 16 + 10, 0xff, KITE_E_FORMAT);       /* a glyph that is not there */
    check_byte(&font, maxp + 4, 0xff, KITE_E_FORMAT);                  /* more glyphs than there are */
    check_byte(&font, maxp + 5, 0, KITE_E_FORMAT);
    check_byte(&font, head + 12, 0, KITE_E_FORMAT);
    check_byte(&font, head + 51, 0, KITE_E_FORMAT);                    /* other places of glyphs */
    check_byte(&font, loca + 9, 0xff, KITE_E_FORMAT);                  /* a glyph beyond the end */
    check_byte(&font, hhea + 34, 0xff, KITE_E_FORMAT);                 /* more widths than glyphs */
    assert_int_equal(kite_font_check(font.bytes, KITE_FONT_BYTES_MAX + 1), KITE_E_LIMIT);
    kite_buffer_close(&font);
}

/* Each as long as it must be for what it says; whatever is let in lies within its bytes. */
static void cut_and_changed_fonts_do_no_harm(void **state)
{
    struct kite_buffer font = made_font();

    (void)state;
    for (size_t count = 0; count < font.count; count += 1 + count / 50) {
        uint8_t *cut = malloc(count + 1);

        memcpy(cut, font.bytes, count);
        assert_int_equal(kite_font_check(cut, count), KITE_E_FORMAT);
        free(cut);
    }
    for (size_t i = 0; i < font.count; i += 1 + i / 100) {
        static const uint8_t values[] = { 0, 0x7f, 0x80, 0xff };
        uint8_t was = font.bytes[i];

        for (size_t k = 0; k < sizeof values; k++) {
            font.bytes[i] = values[k];
            kite_font_check(font.bytes, font.count);
        }
        font.bytes[i] = was;
    }
    kite_buffer_close(&font);
}

static uint8_t *put(uint8_t *at, uint32_t value, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0;)
        *at++ = (uint8_t)((uint64_t)value >> 8 * i);
    return at;
}

/* Composites in place of the first glyph: of itself, too deep, too many, with programs. */
static void composites_have_bounds(void **state)
{
    static const struct {
        uint32_t flags, part;
        enum kite_status wanted;
    } rows[] = { { 2, 1, KITE_OK }, { 2, 0, KITE_E_FORMAT }, { 2, 0xffff, KITE_E_FORMAT }, { 0x102, 1, KITE_E_FORMAT }, { 0, 1, KITE_E_FORMAT }, { 0x22, 1, KITE_E_FORMAT } };
    struct kite_buffer font = made_font();
    uint8_t *glyf = table(&font, "glyf"), *loca = table(&font, "loca");
    uint32_t first = (uint32_t)loca[6] << 8 | loca[7];

    (void)state;
    assert_true(first >= 16);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t *at = put(glyf, 0xffff, 2);

        at = put(at, 0, 8);
        at = put(at, rows[i].flags, 2);
        at = put(at, rows[i].part, 2);
        memset(put(at, 0, 2), rows[i].flags & 0x20 ? 0x22 : 0, first - 16);
        assert_int_equal(kite_font_check(font.bytes, font.count), rows[i].wanted);
    }
    kite_buffer_close(&font);
}

/* ---- what they are used for --------------------------------------------------------------------------------------------- */

struct place {
    struct kite_font_files *files;
    struct kite_fonts *fonts;
    struct kite_memory heap;
};

static void open_place(struct place *p, const struct kite_memory *mem)
{
    struct kite_fault fault = { "" };

    p->heap = kite_memory_heap();
    assert_int_equal(kite_font_files_open(&p->heap, KITE_BUILD "/fonts", NULL, &p->files, &fault), KITE_OK);

    struct kite_font_loader loader = kite_font_files_loader(p->files);

    assert_int_equal(kite_fonts_create(mem ? mem : &p->heap, &loader, &p->fonts, &fault), KITE_OK);
}

static void close_place(struct place *p)
{
    kite_fonts_destroy(p->fonts);
    kite_font_files_close(p->files);
}

static void a_lent_font_serves_its_setter_alone(void **state)
{
    struct kite_buffer font = made_font();
    struct kite_setter *own, *other;
    struct place p;

    (void)state;
    open_place(&p, NULL);
    assert_int_equal(kite_setter_create(&p.heap, p.fonts, 0, &own, NULL), KITE_OK);
    assert_int_equal(kite_setter_create(&p.heap, p.fonts, 0, &other, NULL), KITE_OK);
    assert_int_equal(kite_setter_lend(own, font.bytes, font.count), KITE_OK);
    assert_true(kite_face_is_lent(kite_setter_lent_face(own, KA)));
    assert_int_equal(kite_setter_lent_face(own, 0xf42), KITE_FACE_NONE);
    assert_int_equal(kite_setter_lent_face(other, KA), KITE_FACE_NONE);
    assert_int_equal(kite_fonts_fallback(p.fonts, 0, KA), KITE_FACE_NONE);
    for (unsigned i = 1; i < KITE_FONTS_MAX; i++)
        assert_int_equal(kite_setter_lend(own, font.bytes, font.count), KITE_OK);
    assert_int_equal(kite_setter_lend(own, font.bytes, font.count), KITE_E_LIMIT);
    font.bytes[0] = 1;
    assert_int_equal(kite_setter_lend(other, font.bytes, font.count), KITE_E_FORMAT);
    font.bytes[0] = 0;

    uint16_t face = kite_setter_lent_face(own, KA);

    assert_non_null(kite_face_freetype(p.fonts, face));
    kite_setter_destroy(own);
    assert_null(kite_face_freetype(p.fonts, face)); /* it was taken back, and its number does not come again soon */
    assert_int_equal(kite_setter_lend(other, font.bytes, font.count), KITE_OK);
    assert_int_not_equal(kite_setter_lent_face(other, KA), face);
    kite_setter_destroy(other);
    close_place(&p);
    kite_buffer_close(&font);
}

static void a_page_is_set_in_what_the_bundle_brings(void **state)
{
    struct kite_buffer font = made_font(), file = { .mem = kite_memory_heap() };
    struct check_memory counted = { .fail_at = 0 };
    struct kite_memory mem = check_memory(&counted);
    struct kite_fault fault = { "" };
    uint64_t calls = 0;

    (void)state;
    assert_int_equal(pack(&file.mem, &font, &file), KITE_OK);
    for (uint64_t fail_at = 0; fail_at == 0 || fail_at <= calls; fail_at++) {
        struct kite_span_bytes span = { file.bytes, file.count };
        struct kite_source source = kite_source_memory(&span);
        struct kite_setting setting;
        struct kite_bundle *bundle = NULL;
        struct kite_layout *layout = NULL;
        struct place p;

        kite_setting_init(&setting, KITE_PROFILE_BOOK, (struct kite_panel_geometry){ 600, 800, 220 }, 0);
        open_place(&p, NULL);
        counted.calls = 0;
        counted.fail_at = fail_at;

        enum kite_status status = kite_bundle_open(&mem, &source, &bundle, &fault);

        if (status == KITE_OK)
            status = kite_layout_create(&mem, bundle, p.fonts, &setting, &layout, &fault);
        assert_int_equal(status, fail_at ? KITE_E_NOMEM : KITE_OK);
        calls = fail_at ? calls : counted.calls;
        if (fail_at == 0)
            assert_true(kite_face_is_lent(kite_layout_lent_face(layout, KHA)));
        kite_layout_destroy(layout);
        kite_bundle_close(bundle);
        close_place(&p);
        assert_int_equal(counted.blocks, 0);
    }
    assert_true(calls > 0);
    kite_buffer_close(&file);
    kite_buffer_close(&font);
}

static void packing_with_a_font_bears_failing_memory(void **state)
{
    struct kite_buffer font = made_font();
    struct check_memory counted = { .fail_at = 0 };
    struct kite_memory mem = check_memory(&counted);
    uint64_t calls = 0;

    (void)state;
    for (uint64_t fail_at = 0; fail_at == 0 || fail_at <= calls; fail_at += 1 + fail_at / 40) {
        struct kite_buffer file = { .mem = kite_memory_heap() };

        counted.calls = 0;
        counted.fail_at = fail_at;

        enum kite_status status = pack(&mem, &font, &file);

        calls = fail_at ? calls : counted.calls;
        assert_int_equal(status, fail_at ? KITE_E_NOMEM : KITE_OK);
        assert_int_equal(counted.blocks, 0);
        kite_buffer_close(&file);
    }
    kite_buffer_close(&font);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_plain_fonts_are_let_in),
        cmocka_unit_test(cut_and_changed_fonts_do_no_harm),
        cmocka_unit_test(composites_have_bounds),
        cmocka_unit_test(a_lent_font_serves_its_setter_alone),
        cmocka_unit_test(a_page_is_set_in_what_the_bundle_brings),
        cmocka_unit_test(packing_with_a_font_bears_failing_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
