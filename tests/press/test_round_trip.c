/* A bundle as text packs to the same bundle; every allocation may fail; hostile input ends in a status. */
#include "press/pack.h"

#include "press/pictures.h"

static const char everything[] =
    "---\ntitle: \"Every \\\"thing\\\"\"\nauthor: A. Author\nstandfirst: All of it.\nsource: Here\ndate: 2025\nlang: "
    "en\n---\n"
    "First *em*, **strong *both***, `code \"x\" -- y`, ~~struck~~ w*or*d, *a* **b**\\* <sup>2</sup>.[^1] "
    "[in](#the-end)\n"
    "[out](http://a.b/c--d?e=1&f=(2) \"t\") <http://a.b/>\n\n"
    "> Quoted \"text\" -- here.[^n]\n>\n> > deeper\n>\n> — Karl Marx\n\n"
    "- one\n- two\n  - nested\n  - more\n- three\n\n1. a\n\n   more of a\n\n2. b\n\n3) other list\n4) four\n\n"
    "- cited\n\n  > said *so*\n  >\n  > > and\\\n  > > there\n\n  on\n\n  1. in it\n\n     > too\n- x\n\n> - quoted\n>\n>   > again\n\n"
    "- loose\n\n  - tight in loose\n  - two\n\n  end\n- x\n\n-\n- - y\n  - z\n\n"
    "Roses are red,\\\nViolets are blue.\n\n"
    "```verse\n  The *sea* -- is\n- not a list\n# nor heading\n\nSecond\nstanza\n```\n\n```letter\nDear Mama,\n```\n\n{.verse tight} \n\n"
    "```c\n\tint x = \"a\";  \n\n```` [^1]\n```\n\n"
    "| a | b \\| c | right |\n|---|:-:|--:|\n| 1 | *2* | 3[^1] |\n| 4 | `x\\|y` |\n\n|  |  |\n|---|--:|\n| no | head |\n\n"
    "<span lang=\"es\">el \"mundo\"</span> H<sub>2</sub>O &eacute; <small-caps>abc</small-caps> x<br><br>y\nz\n\n"
    "{.author-note} Erica is a writer.\n\n{.item depth=3 tight} odd\n\n\\{.title} not ![^1] #hash\n+ - = > 1\\. 2)\n\n"
    "## The end # {#end}\n\n* * *\n\n[x](#end) [](u) ! [z](http://q)! [^1]\\: e&#x301; \\&amp; &lt;b&gt;\n\n"
    "[^1]: Note *one*.\n\n    Second[^m].\n\n    ```\n    code\n      more\n    ```\n[^n]: - list\n    - two\n[^m]:\n";

static void text_of(struct packed *p, uint32_t document, struct kite_buffer *text)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_sink sink = kite_sink_buffer(text);

    assert_int_equal(kite_press_text(&heap, p->bundle, document, &sink, &p->fault), KITE_OK);
}

/* Compare dumps first: they show what differs. */
static void check_same(struct packed *a, struct packed *b)
{
    for (uint32_t i = 0; i < kite_bundle_document_count(a->bundle); i++) {
        struct kite_buffer one = { .mem = kite_memory_heap() }, two = { .mem = kite_memory_heap() };

        dump_document(a, i, &one);
        dump_document(b, i, &two);
        assert_string_equal((const char *)one.bytes, (const char *)two.bytes);
        kite_buffer_close(&one);
        kite_buffer_close(&two);
    }
    assert_int_equal(a->file.count, b->file.count);
    assert_memory_equal(a->file.bytes, b->file.bytes, a->file.count);
}

static void check_round_trip(const struct kite_press_input *input)
{
    struct kite_buffer text = { .mem = kite_memory_heap() };
    struct packed first, again;

    assert_int_equal(pack_inputs(&first, input, 1, NULL), KITE_OK);
    text_of(&first, 0, &text);
    assert_int_equal(pack_text(&again, "again.md", text.bytes, text.count), KITE_OK);
    check_same(&first, &again);
    packed_close(&first);
    packed_close(&again);
    kite_buffer_close(&text);
}

static void markdown_comes_back(void **state)
{
    struct kite_press_input input = { .name = "a.md", .bytes = (const uint8_t *)everything,
                                      .byte_count = sizeof everything - 1 };

    (void)state;
    check_round_trip(&input);
}

static void directions_come_back(void **state)
{
    static const char page[] = "<!DOCTYPE html><html lang=en dir=rtl><body><h1>T</h1><p dir=ltr>\u05d0 b</p><p>HTML <bdi>\u05d0</bdi></p><ol><li>- x</ol>"
                               "<table><tr><td>1<td>b<tr><td>a<td>\u05d0</table><blockquote dir=ltr>\u05d0</blockquote><p>a<sup><a href=#n1>1</a></sup></p><p id=n1>1. Note.</p></body></html>";
    struct kite_press_input input = { .name = "a.html", .bytes = (const uint8_t *)page, .byte_count = sizeof page - 1 };

    (void)state;
    check_round_trip(&input);
}

static void plain_text_comes_back(void **state)
{
    static const char text[] =
        "A *title*\n\nBy Jane Doe\n\nChapter 1\n\nText \"one\" * two_three [x] <b> &amp; `y` ~z~.\n\n"
        "Tyger Tyger, burning\n    * In the forests\n1. What\n\n# 5\n\n- a\n- b\n\n1986. A year.\n";
    struct kite_press_input input = { .name = "a.txt", .bytes = (const uint8_t *)text, .byte_count = sizeof text - 1 };

    (void)state;
    check_round_trip(&input);
}

static void long_paragraphs_come_back(void **state)
{
    enum { WORDS = 15000 };
    static char text[WORDS * 6 + 8];
    struct kite_press_input input = { .name = "a.md", .bytes = (const uint8_t *)text };

    (void)state;
    for (int i = 0; i < WORDS; i++, input.byte_count += 6)
        memcpy(text + input.byte_count, i % 7 ? "word, " : "*em*, ", 6);
    check_round_trip(&input);
}

static void documents_come_back_with_links_between_them(void **state)
{
    static const char one[] = "# One\n\n[to two](two.md#end) and [here](#here)\n\n{#here} Text.\n",
                      two[] = "# Two\n\nText.\n\n## End\n";
    struct kite_press_input inputs[] = {
        { .name = "one.md", .bytes = (const uint8_t *)one, .byte_count = sizeof one - 1 },
        { .name = "two.md", .bytes = (const uint8_t *)two, .byte_count = sizeof two - 1 },
    };
    struct kite_buffer texts[2] = { { .mem = kite_memory_heap() }, { .mem = kite_memory_heap() } };
    struct packed first, again;

    (void)state;
    assert_int_equal(pack_inputs(&first, inputs, 2, NULL), KITE_OK);
    for (uint32_t i = 0; i < 2; i++) {
        text_of(&first, i, &texts[i]);
        inputs[i].bytes = texts[i].bytes;
        inputs[i].byte_count = texts[i].count;
    }
    assert_int_equal(pack_inputs(&again, inputs, 2, NULL), KITE_OK);
    check_same(&first, &again);
    packed_close(&first);
    packed_close(&again);
    kite_buffer_close(&texts[0]);
    kite_buffer_close(&texts[1]);
}

/* ---- pictures --------------------------------------------------------------------------------------- */

enum { SIDE_PX = 48 };

/* A picture as a file: 16 grays for line art, or a soft slope. */
static enum kite_status fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    static uint8_t gray[SIDE_PX * SIDE_PX];
    bool is_line_art = reference[0] == 'a';
    struct kite_gray_picture picture = { SIDE_PX, SIDE_PX, gray, NULL, 0 };
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer uri = { .mem = heap }, file = { .mem = heap };

    (void)ctx;
    for (int i = 0; i < SIDE_PX * SIDE_PX; i++)
        gray[i] = (uint8_t)(is_line_art ? i % SIDE_PX / 12 * 85 : (i % SIDE_PX * (i / SIDE_PX) / 9 + i % SIDE_PX) % 256);
    if (kite_picture_to_uri(&heap, &picture, &uri) != KITE_OK || kite_buffer_add_u8(&uri, 0) != KITE_OK ||
        kite_data_uri_bytes((const char *)uri.bytes, &file) != KITE_OK)
        return KITE_E_NOMEM;
    kite_buffer_close(&uri);
    *bytes = file.bytes;
    *count = file.count;
    return KITE_OK;
}

#define PICTURE_HEAD "---\ntitle: T\nlang: en\n---\n"

static void pictures_of_few_grays_come_back(void **state)
{
    static const char text[] = PICTURE_HEAD "![A *line* drawing](a.png \"It shows\") and more\n\n![again](a.png)\n";
    struct kite_press_input input = {
        .name = "a.md", .bytes = (const uint8_t *)text, .byte_count = sizeof text - 1, .fetch = fetch
    };

    (void)state;
    check_round_trip(&input);
}

/* Photographs are stored with loss, once: they come back as they were coded. */
static void photographs_come_back(void **state)
{
    static const char text[] = PICTURE_HEAD "![A slope](b.png) ![A *line* drawing](a.png)\n";
    struct kite_press_input input = {
        .name = "a.md", .bytes = (const uint8_t *)text, .byte_count = sizeof text - 1, .fetch = fetch
    };
    struct kite_picture_info info;
    struct packed p;

    (void)state;
    assert_int_equal(pack_inputs(&p, &input, 1, NULL), KITE_OK);
    assert_int_equal(kite_bundle_picture_count(p.bundle), 2);
    assert_int_equal(kite_bundle_picture_info(p.bundle, 0, &info), KITE_OK);
    assert_int_equal(info.codec, KITE_PICTURE_DCT8);
    packed_close(&p);
    check_round_trip(&input);
}

struct view {
    uint8_t gray[SIDE_PX * SIDE_PX];
};

static enum kite_status see(void *ctx, uint32_t y, uint32_t rows, const uint8_t *gray)
{
    struct view *view = ctx;

    memcpy(view->gray + (size_t)y * SIDE_PX, gray, (size_t)rows * SIDE_PX);
    return KITE_OK;
}

/* Pack gray as a data URI that claims `coded`; what the bundle shows for it. */
static void pack_claimed(const uint8_t *gray, const uint8_t *coded, size_t coded_bytes, struct view *view,
                         struct packed *p)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_gray_picture picture = { SIDE_PX, SIDE_PX, gray, coded, coded_bytes };
    struct kite_buffer text = { .mem = heap };

    assert_int_equal(kite_buffer_add_text(&text, PICTURE_HEAD "![a]("), KITE_OK);
    assert_int_equal(kite_picture_to_uri(&heap, &picture, &text), KITE_OK);
    assert_int_equal(kite_buffer_add_text(&text, ")\n"), KITE_OK);
    assert_int_equal(pack_text(p, "a.md", text.bytes, text.count), KITE_OK);
    kite_buffer_close(&text);
    assert_int_equal(kite_bundle_picture_count(p->bundle), 1);
    assert_int_equal(kite_bundle_picture_decode(p->bundle, 0, view, see, NULL), KITE_OK);
}

/* A picture that was changed, or one whose coding was, is coded anew. */
static void coding_that_shows_something_else_is_ignored(void **state)
{
    uint8_t gray[SIDE_PX * SIDE_PX];
    struct kite_buffer coded = { .mem = kite_memory_heap() };
    static struct view first, other;
    struct packed p;

    (void)state;
    memset(gray, 40, sizeof gray);
    for (size_t i = 0; i < sizeof gray / 2; i++)
        gray[i] = (uint8_t)(i * 7 % 256);
    pack_claimed(gray, NULL, 0, &first, &p);
    assert_int_equal(kite_bundle_picture_coded(p.bundle, 0, &coded, NULL), KITE_OK);
    assert_int_equal(kite_bundle_picture_coded(p.bundle, 1, &coded, NULL), KITE_E_RANGE);
    packed_close(&p);
    memset(gray, 204, sizeof gray);
    pack_claimed(gray, coded.bytes, coded.count, &other, &p);
    packed_close(&p);
    for (size_t i = 0; i < sizeof gray; i++)
        assert_in_range(other.gray[i], 200, 208);
    for (size_t cut = 0; cut < coded.count; cut += 1 + cut / 8) {
        pack_claimed(first.gray, coded.bytes, cut, &other, &p);
        packed_close(&p);
    }
    for (size_t i = 0; i < coded.count; i += 1 + i / 8) {
        coded.bytes[i] ^= 0x41;
        pack_claimed(first.gray, coded.bytes, coded.count, &other, &p);
        packed_close(&p);
        coded.bytes[i] ^= 0x41;
    }
    kite_buffer_close(&coded);
}

/* ---- failing memory and hostile input ---------------------------------------------------------------- */

static void check_failing_memory(const struct kite_press_input *input)
{
    struct kite_press_options options = { .lang = kite_lang_from_text("en"), .zopfli_iterations = -1 };
    enum kite_status status = KITE_E_NOMEM;

    for (uint64_t at = 1; status != KITE_OK; at++) {
        struct check_memory counted = { .fail_at = at };
        struct kite_memory mem = check_memory(&counted);
        struct kite_buffer out = { .mem = kite_memory_heap() };
        struct kite_sink sink = kite_sink_buffer(&out);
        struct kite_fault fault = { "" };

        status = kite_press_pack(&mem, input, 1, &options, NULL, NULL, &sink, &fault);
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        assert_true(status == KITE_OK || fault.text[0]);
        assert_int_equal(counted.blocks, 0);
        assert_true(status == KITE_OK || out.count == 0);
        kite_buffer_close(&out);
    }
}

static void every_allocation_may_fail_in_packing(void **state)
{
    static const char text[] =
        "# T\n\n*a* \"b\" é\u0323 [x](#t) ![y](data:image/png;base64,AAAA)[^1]\n\n- i\n\n| a |\n|---|\n| b |\n\n"
        "```verse\nv\n```\n\n[^1]: n\n";
    static const char pictures[] = PICTURE_HEAD "![A slope](b.png)\n";
    struct kite_press_input input = { .name = "a.md", .bytes = (const uint8_t *)text, .byte_count = sizeof text - 1 };
    struct kite_buffer coded = { .mem = kite_memory_heap() };
    struct packed p;

    (void)state;
    check_failing_memory(&input);
    input.fetch = fetch;
    input.bytes = (const uint8_t *)pictures;
    input.byte_count = sizeof pictures - 1;
    assert_int_equal(pack_inputs(&p, &input, 1, NULL), KITE_OK);
    text_of(&p, 0, &coded);
    packed_close(&p);
    input.bytes = coded.bytes;
    input.byte_count = coded.count;
    check_failing_memory(&input);
    kite_buffer_close(&coded);
}

static void every_allocation_may_fail_in_writing_text(void **state)
{
    struct packed p;
    enum kite_status status = KITE_E_NOMEM;
    struct kite_press_input input = { .name = "a.md", .bytes = (const uint8_t *)everything,
                                      .byte_count = sizeof everything - 1 };

    (void)state;
    assert_int_equal(pack_inputs(&p, &input, 1, NULL), KITE_OK);
    for (uint64_t at = 1; status != KITE_OK; at++) {
        struct check_memory counted = { .fail_at = at };
        struct kite_memory mem = check_memory(&counted);
        struct kite_buffer out = { .mem = kite_memory_heap() };
        struct kite_sink sink = kite_sink_buffer(&out);

        status = kite_press_text(&mem, p.bundle, 0, &sink, NULL);
        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        assert_int_equal(counted.blocks, 0);
        kite_buffer_close(&out);
    }
    packed_close(&p);
}

static void input_cut_anywhere_packs_and_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof everything - 1; i += 7) {
        struct kite_press_input input = { .name = "a.md", .bytes = (const uint8_t *)everything + i / 2,
                                          .byte_count = (sizeof everything - 1 - i / 2) / 2 };

        check_round_trip(&input);
    }
}

static void documents_that_do_not_exist_are_refused(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer out = { .mem = heap };
    struct kite_sink sink = kite_sink_buffer(&out);
    struct packed p;

    (void)state;
    assert_int_equal(pack_text(&p, "a.md", "# T\n\ntext", 9), KITE_OK);
    assert_int_equal(kite_press_text(&heap, p.bundle, 1, &sink, &p.fault), KITE_E_RANGE);
    assert_int_equal(out.count, 0);
    packed_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_comes_back),
        cmocka_unit_test(plain_text_comes_back),
        cmocka_unit_test(directions_come_back),
        cmocka_unit_test(long_paragraphs_come_back),
        cmocka_unit_test(documents_come_back_with_links_between_them),
        cmocka_unit_test(pictures_of_few_grays_come_back),
        cmocka_unit_test(photographs_come_back),
        cmocka_unit_test(coding_that_shows_something_else_is_ignored),
        cmocka_unit_test(every_allocation_may_fail_in_packing),
        cmocka_unit_test(every_allocation_may_fail_in_writing_text),
        cmocka_unit_test(input_cut_anywhere_packs_and_comes_back),
        cmocka_unit_test(documents_that_do_not_exist_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
