/* Trees of XML and HTML: the same nodes from both, and bounds on what is hostile. */
#include "check.h"

#include "press/tree.h"

#include <stdio.h>
#include <string.h>

static void write_node(const struct kite_node *node, struct kite_buffer *out)
{
    if (!node->name) {
        kite_buffer_add(out, node->text, node->text_bytes);
        return;
    }
    kite_buffer_add_text(out, "<");
    kite_buffer_add_text(out, node->name);
    for (const struct kite_attribute *a = node->attributes; a; a = a->next) {
        kite_buffer_add_text(out, " ");
        kite_buffer_add_text(out, a->name);
        kite_buffer_add_text(out, "=");
        kite_buffer_add_text(out, a->value);
    }
    kite_buffer_add_text(out, ">");
    for (const struct kite_node *child = node->first; child; child = child->next)
        write_node(child, out);
    kite_buffer_add_text(out, "/");
}

static void expect_tree(enum kite_status (*read)(const struct kite_memory *, const char *, size_t, struct kite_tree *, struct kite_fault *),
                        const char *text, const char *expected)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer out = { .mem = heap };
    struct kite_tree tree;

    assert_int_equal(read(&heap, text, strlen(text), &tree, NULL), KITE_OK);
    write_node(tree.root, &out);
    kite_buffer_add_u8(&out, 0);
    assert_string_equal((char *)out.bytes, expected);
    kite_buffer_close(&out);
    kite_tree_close(&tree);
}

static void xml_becomes_nodes(void **state)
{
    (void)state;
    expect_tree(kite_tree_xml, "<?xml version='1.0' encoding='latin-1'?><w:p xmlns:w='u' w:val='1'>a<w:r/>b &amp; c<![CDATA[<d>]]></w:p>",
                "<><p w:val=1 xmlns:w=u>a<r>/b & c<d>//");
    expect_tree(kite_tree_xml, "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.1//EN' 'http://x/y.dtd'><p>a&nbsp;b&eacute;&nosuch;</p>",
                "<><p>a\xC2\xA0"
                "b\xC3\xA9\xEF\xBF\xBD//");
    expect_tree(kite_tree_xml, "<p title='Caf&eacute; &lt;&amp;'>&rsquo;</p>", "<><p title=Caf\xC3\xA9 <&>\xE2\x80\x99//");
}

static void html_becomes_nodes(void **state)
{
    (void)state;
    expect_tree(kite_tree_html, "<P Class=x>one<br>two<p>three<My-Tag>4</My-Tag>",
                "<><html><head>/<body><p class=x>one<br>/two/<p>three<my-tag>4/////");
}

static void broken_xml_is_told_with_its_line(void **state)
{
    static const char text[] = "<a>\n<b>\n</a>";
    struct kite_memory heap = kite_memory_heap();
    struct kite_fault fault;
    struct kite_tree tree;

    (void)state;
    assert_int_equal(kite_tree_xml(&heap, text, sizeof text - 1, &tree, &fault), KITE_E_FORMAT);
    assert_string_equal(fault.text, "line 3 of the markup: mismatched tag");
    assert_true(kite_node_is(tree.root->first, "a"));
    kite_tree_close(&tree);
}

static void nothing_outside_is_read(void **state)
{
    (void)state;
    expect_tree(kite_tree_xml, "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "<><a>//");
}

static void a_bomb_of_entities_is_refused(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer text = { .mem = heap };
    struct kite_tree tree;

    (void)state;
    kite_buffer_add_text(&text, "<!DOCTYPE a [<!ENTITY x0 'ha'>");
    for (int i = 1; i < 40; i++) {
        char entity[80];

        snprintf(entity, sizeof entity, "<!ENTITY x%d '&x%d;&x%d;'>", i, i - 1, i - 1);
        kite_buffer_add_text(&text, entity);
    }
    kite_buffer_add_text(&text, "]><a>&x39;</a>");
    assert_int_not_equal(kite_tree_xml(&heap, (char *)text.bytes, text.count, &tree, NULL), KITE_OK);
    kite_tree_close(&tree);
    kite_buffer_close(&text);
}

/* A hundred thousand levels: kept, but for the depth. */
static void depth_is_bounded(void **state)
{
    enum { LEVELS = 100000 };
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer text = { .mem = heap }, words = { .mem = heap };

    (void)state;
    for (int i = 0; i < LEVELS; i++)
        kite_buffer_add_text(&text, "<div>");
    kite_buffer_add_text(&text, "deep");
    for (int i = 0; i < LEVELS; i++)
        kite_buffer_add_text(&text, "</div>");
    for (int is_html = 0; is_html < 2; is_html++) {
        struct kite_tree tree;
        unsigned depth = 0;

        assert_int_equal((is_html ? kite_tree_html : kite_tree_xml)(&heap, (char *)text.bytes, text.count, &tree, NULL), KITE_OK);
        for (const struct kite_node *node = tree.root; node; node = node->first ? kite_node_step(node, tree.root, true) : NULL)
            depth++;
        assert_in_range(depth, 3, KITE_TREE_DEPTH_MAX + 2);
        words.count = 0;
        kite_node_text(tree.root, &words);
        assert_memory_equal(words.bytes, "deep", words.count);
        kite_tree_close(&tree);
    }
    kite_buffer_close(&words);
    kite_buffer_close(&text);
}

static void nodes_are_found(void **state)
{
    static const char text[] = "<a><b class='x  note y'/>one<c><b id='2'>two</b></c></a>";
    struct kite_memory heap = kite_memory_heap();
    struct kite_tree tree;
    struct kite_node *a, *b;

    (void)state;
    assert_int_equal(kite_tree_xml(&heap, text, sizeof text - 1, &tree, NULL), KITE_OK);
    a = kite_node_child(tree.root, "a");
    b = kite_node_find(tree.root, "b");
    assert_true(kite_node_has_word(b, "class", "note"));
    assert_false(kite_node_has_word(b, "class", "not"));
    assert_null(kite_node_attribute(b, "id"));
    assert_null(kite_node_child(a, "d"));
    b = kite_node_find(kite_node_child(a, "c"), "b");
    assert_string_equal(kite_node_attribute(b, "id"), "2");
    assert_null(kite_node_step(b->first, a, true));
    kite_tree_close(&tree);
}

static void memory_that_fails_is_told(void **state)
{
    static const char text[] = "<html><body><p class='x'>Some text</p><p>and more</p></body></html>";

    (void)state;
    for (int is_html = 0; is_html < 2; is_html++) {
        bool is_over = false;

        for (uint64_t fail_at = 1; !is_over; fail_at++) {
            struct check_memory counted = { .fail_at = fail_at };
            struct kite_memory mem = check_memory(&counted);
            struct kite_tree tree;
            enum kite_status status = (is_html ? kite_tree_html : kite_tree_xml)(&mem, text, sizeof text - 1, &tree, NULL);

            assert_true(status == KITE_OK || status == KITE_E_NOMEM);
            is_over = status == KITE_OK;
            kite_tree_close(&tree);
            assert_int_equal(counted.blocks, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_becomes_nodes),
        cmocka_unit_test(html_becomes_nodes),
        cmocka_unit_test(broken_xml_is_told_with_its_line),
        cmocka_unit_test(nothing_outside_is_read),
        cmocka_unit_test(a_bomb_of_entities_is_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(nodes_are_found),
        cmocka_unit_test(memory_that_fails_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
