/* Keys of the makers of Kite, in a folder. */
#include "machine/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64], folder[80];

static int up(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/kite-keys-XXXXXX");
    assert_non_null(mkdtemp(root));
    snprintf(folder, sizeof folder, "%s/keys", root);
    return mkdir(folder, 0755);
}

static const char *path_of(const char *name)
{
    static char path[200];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int down(void **state)
{
    (void)state;
    (void)unlink(path_of("a.pub"));
    (void)unlink(path_of("b.pub"));
    (void)unlink(path_of("a"));
    return rmdir(folder) || rmdir(root);
}

static void put(const char *name, const void *bytes, size_t count)
{
    assert_int_equal(kite_file_create(path_of(name), bytes, count, false, NULL), KITE_OK);
}

static struct kite_public_key put_key(const char *name)
{
    struct kite_buffer out = { .mem = kite_memory_heap() };
    struct kite_secret secret;
    struct kite_public_key key;

    assert_int_equal(kite_trust_init(NULL), KITE_OK);
    assert_int_equal(kite_key_create("Makers", NULL, &secret, &key, NULL), KITE_OK);
    assert_int_equal(kite_key_write(&key, &out), KITE_OK);
    put(name, out.bytes, out.count);
    kite_buffer_close(&out);
    return key;
}

static struct kite_maker_keys open_keys(const char *asked, const char *program)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_maker_keys keys;

    assert_int_equal(kite_maker_keys_open(&heap, asked, program, &keys, NULL), KITE_OK);
    return keys;
}

static void key_files_of_the_folder_are_read(void **state)
{
    struct kite_public_key key = put_key("a.pub");
    struct kite_maker_keys keys;

    (void)state;
    put("a", "a secret key is nobody's here", 10);
    keys = open_keys(folder, NULL);
    assert_int_equal(keys.count, 1);
    assert_memory_equal(keys.items[0].bytes, key.bytes, sizeof key.bytes);
    kite_maker_keys_close(&keys);
    assert_int_equal(keys.count, 0);
}

/* Else whoever damages the file would do away with the rule. */
static void a_key_that_cannot_be_read_still_asks_for_a_signature(void **state)
{
    struct kite_maker_keys keys;

    (void)state;
    put("b.pub", "rubbish", 7);
    keys = open_keys(folder, NULL);
    assert_int_equal(keys.count, 1);
    assert_int_equal(keys.items[0].bytes[0], 0);
    kite_maker_keys_close(&keys);
}

static void without_a_folder_there_are_none_unless_it_was_named(void **state)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_maker_keys keys = open_keys(NULL, "/nowhere/kite-reader");

    (void)state;
    assert_int_equal(keys.count, 0);
    kite_maker_keys_close(&keys);
    assert_int_equal(kite_maker_keys_open(&heap, "/nowhere/keys", NULL, &keys, NULL), KITE_E_IO);
    kite_maker_keys_close(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(key_files_of_the_folder_are_read, up, down),
        cmocka_unit_test_setup_teardown(a_key_that_cannot_be_read_still_asks_for_a_signature, up, down),
        cmocka_unit_test_setup_teardown(without_a_folder_there_are_none_unless_it_was_named, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
