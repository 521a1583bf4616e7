/* shape_cache: what is kept comes back as it was, under its own key and context only; the bound holds; what is used stays;
 * memory may fail. */
#include <string.h>

#include "check.h"

#include "text/hyphen.h"
#include "text/shape_cache.h"

#define GLYPHS_MAX 64

/* A piece made up from a number: glyph n of byte n (plain) or not, and some points of division. */
struct piece {
    struct kite_unit_glyph glyphs[GLYPHS_MAX];
    struct kite_unit_hyphen hyphens[8];
    struct kite_shaped shaped;
};

static void make_piece(uint32_t number, struct piece *out)
{
    memset(out, 0, sizeof *out);
    out->shaped = (struct kite_shaped){ .glyph_count = (uint16_t)(1 + number % 20), .hyphen_count = (uint16_t)(number % 3),
                                        .needs_fallback = number % 5 == 0,
                                        .glyphs = out->glyphs, .hyphens = out->hyphens };
    for (uint16_t i = 0; i < out->shaped.glyph_count; i++) {
        out->glyphs[i] = (struct kite_unit_glyph){ .glyph = (uint16_t)(number + i), .advance = (int16_t)(500 + i),
                                                   .cluster = (uint16_t)(number % 2 ? 2 * i : i),
                                                   .dx = (int16_t)(number % 4 == 1 ? -i : 0) };
        out->shaped.advance += out->glyphs[i].advance;
    }
    for (uint16_t i = 0; i < out->shaped.hyphen_count; i++)
        out->hyphens[i] = (struct kite_unit_hyphen){ (uint16_t)(i + 1), i % 2 != 0, 500 * (i + 1), 300 - i, -20 * i };
}

static void assert_is_piece(const struct kite_shape_packed *packed, uint32_t number)
{
    struct kite_unit_glyph glyphs[GLYPHS_MAX];
    struct kite_unit_hyphen hyphens[KITE_HYPHENS_MAX];
    struct piece p;

    make_piece(number, &p);
    assert_non_null(packed);

    struct kite_shaped head = kite_shape_packed_head(packed);
    const struct kite_shape_sums *sums = kite_shape_packed_sums(packed);

    assert_int_equal(head.advance, p.shaped.advance);
    assert_int_equal(head.glyph_count, p.shaped.glyph_count);
    assert_int_equal(head.hyphen_count, p.shaped.hyphen_count);
    assert_int_equal(head.needs_fallback, p.shaped.needs_fallback);
    assert_int_equal(sums->advance, p.shaped.advance);
    assert_int_equal(sums->glyph_count, p.shaped.glyph_count);
    assert_int_equal(sums->needs_fallback, p.shaped.needs_fallback);
    kite_shape_unpack_glyphs(packed, glyphs);
    kite_shape_unpack_hyphens(packed, hyphens);
    for (uint16_t i = 0; i < head.glyph_count; i++) {
        assert_int_equal(glyphs[i].glyph, p.glyphs[i].glyph);
        assert_int_equal(glyphs[i].advance, p.glyphs[i].advance);
        assert_int_equal(glyphs[i].cluster, p.glyphs[i].cluster);
        assert_int_equal(glyphs[i].dx, p.glyphs[i].dx);
        assert_int_equal(glyphs[i].dy, 0);
    }
    for (uint16_t i = 0; i < head.hyphen_count; i++) {
        assert_int_equal(hyphens[i].offset_bytes, p.hyphens[i].offset_bytes);
        assert_int_equal(hyphens[i].is_reshaped, p.hyphens[i].is_reshaped);
        assert_int_equal(hyphens[i].before, p.hyphens[i].before);
        assert_int_equal(hyphens[i].pre, p.hyphens[i].pre);
        assert_int_equal(hyphens[i].post, p.hyphens[i].post);
    }
}

/* Requests by number: three in four have a key of the lexicon, the others are known by their text. */
static struct kite_shape_request request_of(uint32_t number, char text[16])
{
    struct kite_shape_request r = { .text = text, .script = KITE_SCRIPT_LATIN, .face = 1 };

    memset(text, 0, 16);
    for (uint32_t rest = number; r.bytes < 7; rest /= 26)
        text[r.bytes++] = (char)('a' + rest % 26);
    r.key = number % 4 == 3 ? 0 : number + 1;
    return r;
}

static void keep(struct kite_shape_cache *cache, uint32_t number)
{
    char text[16];
    struct kite_shape_request r = request_of(number, text);
    struct piece p;

    make_piece(number, &p);
    if (kite_shape_cache_find(cache, &r) == NULL)
        kite_shape_cache_keep(cache, &r, &p.shaped);
}

static const struct kite_shape_packed *find(struct kite_shape_cache *cache, uint32_t number)
{
    char text[16];
    struct kite_shape_request r = request_of(number, text);

    return kite_shape_cache_find(cache, &r);
}

static struct kite_shape_cache *create(size_t bytes)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_shape_cache *cache;

    assert_int_equal(kite_shape_cache_create(&heap, bytes, &cache), KITE_OK);
    return cache;
}

static void test_comes_back_as_it_was(void **state)
{
    struct kite_shape_cache *cache = create(1u << 20);

    (void)state;
    for (uint32_t i = 0; i < 2000; i++)
        assert_null(find(cache, i));
    for (uint32_t i = 0; i < 2000; i++)
        keep(cache, i);
    for (uint32_t i = 0; i < 2000; i++)
        assert_is_piece(find(cache, i), i);
    kite_shape_cache_forget(cache);
    for (uint32_t i = 0; i < 2000; i++)
        assert_null(find(cache, i));
    kite_shape_cache_destroy(cache);
}

/* Another face, script, language, direction or way of shaping is another piece. */
static void test_contexts_are_told_apart(void **state)
{
    struct kite_shape_cache *cache = create(1u << 18);
    char text[16];

    (void)state;
    for (uint32_t keyed = 0; keyed < 2; keyed++) {
        struct kite_shape_request r[8];
        struct piece p;

        for (size_t i = 0; i < 8; i++)
            r[i] = request_of(keyed ? 100 : 103, text);
        r[1].face = 2;
        r[2].script = 1;
        r[3].lang = kite_lang_from_text("es");
        r[4].is_rtl = true;
        r[5].is_spaced = true;
        r[6].is_small_caps = true;
        r[7].hyphen_mode = 1;
        for (uint32_t i = 0; i < 8; i++) {
            assert_null(kite_shape_cache_find(cache, &r[i]));
            make_piece(i, &p);
            kite_shape_cache_keep(cache, &r[i], &p.shaped);
        }
        for (uint32_t i = 0; i < 8; i++) {
            const struct kite_shape_packed *found = kite_shape_cache_find(cache, &r[i]);

            assert_is_piece(found, i);
            assert_int_equal(kite_shape_packed_head(found).is_rtl, r[i].is_rtl);
        }
    }
    kite_shape_cache_destroy(cache);
}

/* A word is found by its context's number, until the cache forgets: numbers from before find nothing then. */
static void test_words(void **state)
{
    struct kite_shape_cache *cache = create(1u << 18);
    char text[16];
    struct kite_shape_request r = request_of(100, text);
    struct kite_shape_word word = { .key = r.key, .context = kite_shape_cache_context(cache, &r) }, other = word;
    struct piece p;

    (void)state;
    assert_null(kite_shape_cache_find_word(cache, &word));
    make_piece(100, &p);
    kite_shape_cache_keep(cache, &r, &p.shaped);
    assert_is_piece(kite_shape_cache_find_word(cache, &word), 100);
    other.hyphen_mode = 1;
    assert_null(kite_shape_cache_find_word(cache, &other));
    r.face = 2;
    other = (struct kite_shape_word){ .key = r.key, .context = kite_shape_cache_context(cache, &r) };
    assert_null(kite_shape_cache_find_word(cache, &other));
    kite_shape_cache_keep(cache, &r, &p.shaped);
    kite_shape_cache_forget(cache);
    kite_shape_cache_find(cache, &r);
    kite_shape_cache_keep(cache, &r, &p.shaped); /* has the number that the first context had */
    assert_null(kite_shape_cache_find_word(cache, &word));
    kite_shape_cache_destroy(cache);
}

/* More contexts than there is room for: the cache begins anew, and goes on being right. */
static void test_many_contexts(void **state)
{
    struct kite_shape_cache *cache = create(1u << 18);
    char text[16];
    struct kite_shape_request r = request_of(4, text);

    (void)state;
    for (uint32_t i = 0; i < 300; i++) {
        struct piece p;

        r.script = i;
        assert_null(kite_shape_cache_find(cache, &r));
        make_piece(i, &p);
        kite_shape_cache_keep(cache, &r, &p.shaped);
        assert_is_piece(kite_shape_cache_find(cache, &r), i);
    }
    kite_shape_cache_destroy(cache);
}

/* A text whose hash is another piece's key, or another text's hash, is not that piece. */
static void test_equal_keys(void **state)
{
    struct kite_shape_cache *cache = create(1u << 18);
    struct kite_shape_request text = { .text = "abc", .bytes = 3 }, keyed = { .text = "xyz", .bytes = 3 };
    uint32_t hash = 2166136261u;
    struct piece p;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        hash = (hash ^ (uint8_t)text.text[i]) * 16777619u;
    keyed.key = hash;
    assert_null(kite_shape_cache_find(cache, &text));
    make_piece(1, &p);
    kite_shape_cache_keep(cache, &text, &p.shaped);
    assert_null(kite_shape_cache_find(cache, &keyed));
    make_piece(2, &p);
    kite_shape_cache_keep(cache, &keyed, &p.shaped);
    assert_is_piece(kite_shape_cache_find(cache, &text), 1);
    assert_is_piece(kite_shape_cache_find(cache, &keyed), 2);
    kite_shape_cache_destroy(cache);
}

/* Far more than it holds: what is found is right, some of the latest is there, what is asked for all the time stays. */
static void test_what_is_used_stays(void **state)
{
    struct kite_shape_cache *cache = create(1u << 15);
    uint32_t found = 0;

    (void)state;
    keep(cache, 5);
    for (uint32_t i = 10; i < 5000; i++) {
        keep(cache, i);
        assert_is_piece(find(cache, 5), 5);
        assert_is_piece(find(cache, i), i);
    }
    for (uint32_t i = 10; i < 5000; i++) {
        const struct kite_shape_packed *packed = find(cache, i);

        if (packed != NULL)
            assert_is_piece(packed, i);
        found += packed != NULL;
    }
    assert_in_range(found, 50, 1500);
    kite_shape_cache_destroy(cache);
}

/* What does not fit is not kept: a piece too large for the cache, widths beyond those of fonts. */
static void test_what_does_not_fit(void **state)
{
    struct kite_shape_cache *small = create(256), *cache = create(1u << 15);
    struct piece p;
    char text[16];
    struct kite_shape_request r = request_of(1, text);

    (void)state;
    keep(small, 19);
    assert_null(find(small, 19));
    for (int i = 0; i < 4; i++) {
        make_piece(2, &p);
        p.hyphens[0].before = i == 0 ? 70000 : i == 1 ? -1 : 0;
        p.hyphens[0].pre = i == 2 ? 40000 : 0;
        p.hyphens[0].post = i == 3 ? -40000 : 0;
        assert_null(kite_shape_cache_find(cache, &r));
        kite_shape_cache_keep(cache, &r, &p.shaped);
        assert_null(kite_shape_cache_find(cache, &r));
    }
    kite_shape_cache_destroy(small);
    kite_shape_cache_destroy(cache);
}

/* Its memory is asked for in two halves, the second once the first is full, and given back. Without the second it goes on. */
static void test_memory(void **state)
{
    struct check_memory counted = { 0 };
    struct kite_memory mem = check_memory(&counted);
    struct kite_shape_cache *cache;
    size_t bytes = 1u << 18;

    (void)state;
    assert_int_equal(kite_shape_cache_create(&mem, bytes, &cache), KITE_OK);

    uint64_t calls = counted.calls;

    keep(cache, 0);
    assert_int_equal(counted.calls, calls);
    for (uint32_t i = 0; i < 20000; i++)
        keep(cache, i);
    assert_int_equal(counted.calls, calls + 2);
    assert_true(counted.largest <= bytes / 2);
    kite_shape_cache_destroy(cache);
    assert_int_equal(counted.blocks, 0);
    for (uint64_t fail_at = calls + 1; fail_at <= calls + 2; fail_at++) {
        counted = (struct check_memory){ .fail_at = fail_at };
        assert_int_equal(kite_shape_cache_create(&mem, bytes, &cache), KITE_OK);
        for (uint32_t i = 0; i < 20000; i++)
            keep(cache, i);
        assert_non_null(find(cache, 19999));
        kite_shape_cache_destroy(cache);
        assert_int_equal(counted.blocks, 0);
    }
    for (uint64_t fail_at = 1; fail_at <= calls; fail_at++) {
        counted = (struct check_memory){ .fail_at = fail_at };
        assert_int_equal(kite_shape_cache_create(&mem, bytes, &cache), KITE_E_NOMEM);
        assert_null(cache);
        assert_int_equal(counted.blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back_as_it_was), cmocka_unit_test(test_contexts_are_told_apart),
        cmocka_unit_test(test_words), cmocka_unit_test(test_many_contexts),        cmocka_unit_test(test_equal_keys),
        cmocka_unit_test(test_what_is_used_stays),   cmocka_unit_test(test_what_does_not_fit),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
