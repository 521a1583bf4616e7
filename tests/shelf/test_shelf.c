/* The private shelf: what goes on it is there again and nowhere else, and what was changed on the disk is found. */
#include "shelf/scene.h"

/* ---- nothing to find --------------------------------------------------------------------------- */

static void nothing_of_a_text_stays_in_the_open(void **state)
{
    struct scene s = scene_make();
    struct kite_library *shelf = kite_shelf_library(s.shelf);
    int64_t id, text;
    struct kite_mark mark = { .reader = 1, .excerpt = SECRET_EXCERPT, .note = SECRET_NOTE };

    (void)state;
    assert_int_not_equal(find_trace(s.disk, TRACE_ON_VOLUME), 0); /* the search has teeth */
    assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
    assert_int_equal(find_trace(s.disk, TRACE_ON_VOLUME), 0);
    text = mark.text = scene_find(shelf, SECRET_TITLE).text;
    for (uint32_t i = 0; i < 40; i++) {
        struct kite_place place = { .paragraph = 2, .offset_bytes = i };

        mark.start = mark.end = place;
        assert_int_equal(kite_library_place_save(shelf, 1, text, place, i, NULL), KITE_OK);
        assert_int_equal(kite_library_mark_add(shelf, &mark, &id, NULL), KITE_OK);
        assert_int_equal(find_trace(s.disk, TRACE_ON_VOLUME), 0);
    }
    scene_mark(shelf, text);
    assert_int_equal(scene_verify(shelf, text), KITE_OK);
    scene_lock(&s);
    assert_int_equal(find_trace(s.disk, TRACE_ON_VOLUME), 0);
    kite_library_close(s.library);
    assert_int_equal(find_trace(s.disk, TRACE_ON_VOLUME), 0);
    assert_int_equal(kite_library_open(&mem, &s.io, "/l", &s.library, NULL), KITE_OK);
    assert_int_equal(scene_find(s.library, SECRET_TITLE).text, 0);
    assert_int_equal(kite_library_last_text(s.library, 2, &id, NULL), KITE_DONE);
    assert_int_equal(find_trace(s.disk, TRACE_ON_VOLUME), 0);
    print_message("none in %d files, removed ones too\n", s.disk->file_count);
    scene_destroy(&s);
}

/* Row by row it is gone from the device's library, older editions of it too. */
static void an_older_edition_leaves_no_trace(void **state)
{
    struct shelf_text old = { .title = SECRET_TITLE, .identifier = "urn:letters-marguerite", .edition = "1" };
    struct kite_buffer older = shelf_bundle(&old, 1);
    struct scene s = scene_open(disk_make(1));
    struct kite_import_result result;

    (void)state;
    assert_int_equal(shelf_import(s.library, &older, "letters-1.kite", &result, NULL), KITE_OK);
    assert_int_equal(shelf_import(s.library, &secret_bundle, "letters-2.kite", &result, NULL), KITE_OK);
    assert_int_equal(result.outcome, KITE_IMPORT_NEW_EDITION);
    assert_int_equal(kite_shelf_create(s.library, KITE_SHELF_PIN, PIN, cheap, &s.shelf, NULL), KITE_OK);
    assert_int_equal(kite_shelf_put(s.shelf, result.bundle, NULL), KITE_OK);
    assert_int_equal(find_trace(s.disk, TRACE_ON_VOLUME), 0);
    kite_buffer_close(&older);
    scene_destroy(&s);
}

/* ---- there and back ---------------------------------------------------------------------------- */

static void a_text_goes_on_the_shelf_and_comes_back(void **state)
{
    struct scene s = scene_make();
    struct scene_found found;

    (void)state;
    assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
    for (int opened = 0; opened < 2; opened++) {
        found = scene_find(kite_shelf_library(s.shelf), SECRET_TITLE);
        assert_int_equal(scene_verify(kite_shelf_library(s.shelf), found.text), KITE_OK);
        scene_check_marks(kite_shelf_library(s.shelf), found.text);
        assert_int_equal(scene_find(s.library, SECRET_TITLE).text, 0);
        assert_int_not_equal(scene_find(s.library, "A cookery book").text, 0);
        assert_false(kite_shelf_is_damaged(s.shelf));
        scene_unlock(&s);
    }
    assert_int_equal(kite_shelf_take_off(s.shelf, scene_find(kite_shelf_library(s.shelf), SECRET_TITLE).bundle, NULL), KITE_OK);
    assert_int_equal(scene_find(kite_shelf_library(s.shelf), SECRET_TITLE).text, 0);
    found = scene_find(s.library, SECRET_TITLE);
    assert_int_equal(scene_verify(s.library, found.text), KITE_OK);
    scene_check_marks(s.library, found.text);
    assert_int_equal(kite_shelf_put(s.shelf, 99, NULL), KITE_E_RANGE);
    scene_destroy(&s);
}

/* A bundle of several texts moves whole; a text that is read last in the library stays so. */
/* Whatever fails of taking it off, once: unless the device lists it then, the copy is overwritten, and no name tells of it. */
static void what_was_not_taken_off_leaves_no_copy(void **state)
{
    uint64_t at = 0;
    bool has_failed = true;

    (void)state;
    while (has_failed) {
        struct scene s = scene_make();
        enum kite_status status;

        assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
        s.secret = scene_find(kite_shelf_library(s.shelf), SECRET_TITLE).bundle;
        s.disk->fail_at = s.disk->ops + ++at;
        s.disk->fail_with = KITE_E_IO;
        status = kite_shelf_take_off(s.shelf, s.secret, NULL);
        has_failed = s.disk->ops >= s.disk->fail_at;
        s.disk->fail_at = 0;
        if (kite_library_must_reopen(s.library)) {
            scene_close(&s);
            s = scene_open(s.disk);
        }
        if (!scene_find(s.library, SECRET_TITLE).text) {
            assert_int_not_equal(status, KITE_OK);
            assert_int_equal(find_trace(s.disk, TRACE_ON_VOLUME), 0);
        }
        scene_destroy(&s);
    }
    assert_true(at > 50);
}

static void several_texts_of_a_bundle_move_together(void **state)
{
    struct shelf_text texts[2] = { { .title = "One", .identifier = "one" }, { .title = "Two", .identifier = "two" } };
    struct kite_buffer both = shelf_bundle(texts, 2);
    struct scene s = scene_make();
    struct kite_place place = { .paragraph = 0, .offset_bytes = 3 };
    struct kite_import_result result;
    int64_t last;

    (void)state;
    assert_int_equal(shelf_import(s.library, &both, "both.kite", &result, NULL), KITE_OK);
    assert_int_equal(kite_library_place_save(s.library, 1, scene_find(s.library, "Two").text, place, 5, NULL), KITE_OK);
    assert_int_equal(kite_shelf_put(s.shelf, result.bundle, NULL), KITE_OK);
    assert_int_equal(scene_find(s.library, "One").text, 0);
    assert_int_equal(scene_find(s.library, "Two").text, 0);
    assert_int_equal(kite_library_place(kite_shelf_library(s.shelf), 1, scene_find(kite_shelf_library(s.shelf), "Two").text, &place,
                                        NULL, NULL),
                     KITE_OK);
    assert_int_equal(place.offset_bytes, 3);
    assert_int_equal(kite_library_place_save(s.library, 1, s.text, place, 5, NULL), KITE_OK);
    assert_int_equal(kite_shelf_take_off(s.shelf, scene_find(kite_shelf_library(s.shelf), "One").bundle, NULL), KITE_OK);
    assert_int_not_equal(scene_find(s.library, "Two").text, 0);
    assert_int_equal(kite_library_last_text(s.library, 1, &last, NULL), KITE_OK);
    assert_int_equal(last, s.text);
    kite_buffer_close(&both);
    scene_destroy(&s);
}

/* ---- the secret -------------------------------------------------------------------------------- */

static void only_the_secret_opens_it(void **state)
{
    static const char *const others[] = { "271827", "27182", "2718280", "", "271828 ", "passphrase" };
    struct scene s = scene_make();
    struct kite_shelf *other = NULL;
    struct kite_shelf_state look;

    (void)state;
    scene_lock(&s);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(kite_shelf_open(s.library, others[i], &other, NULL), KITE_DONE);
        assert_null(other);
    }
    assert_int_equal(kite_shelf_create(s.library, KITE_SHELF_PIN, "123456", cheap, &other, NULL), KITE_E_RANGE);
    assert_int_equal(kite_shelf_look(s.library, &look, NULL), KITE_OK);
    assert_true(look.is_there && !look.is_damaged && look.kind == KITE_SHELF_PIN);
    scene_unlock(&s);
    scene_destroy(&s);
}

static void another_secret_takes_the_place_of_the_first(void **state)
{
    struct scene s = scene_make();
    struct kite_shelf_state look;

    (void)state;
    assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
    assert_int_equal(kite_shelf_change(s.shelf, KITE_SHELF_PASSPHRASE, "short", cheap, NULL), KITE_E_FORMAT);
    assert_int_equal(kite_shelf_change(s.shelf, KITE_SHELF_PASSPHRASE, "corazón de melón", cheap, NULL), KITE_OK);
    scene_lock(&s);
    assert_int_equal(kite_shelf_open(s.library, PIN, &s.shelf, NULL), KITE_DONE);
    assert_int_equal(kite_shelf_look(s.library, &look, NULL), KITE_OK);
    assert_int_equal(look.kind, KITE_SHELF_PASSPHRASE);
    assert_int_equal(kite_shelf_open(s.library, "corazón de melón", &s.shelf, NULL), KITE_OK);
    assert_int_equal(scene_verify(kite_shelf_library(s.shelf), scene_find(kite_shelf_library(s.shelf), SECRET_TITLE).text),
                     KITE_OK);
    scene_destroy(&s);
}

static void a_secret_has_a_length(void **state)
{
    char longest[KITE_SHELF_SECRET_BYTES_MAX + 2];

    (void)state;
    assert_true(kite_shelf_secret_fits(KITE_SHELF_PIN, "000000"));
    assert_true(kite_shelf_secret_fits(KITE_SHELF_PIN, "123456789012"));
    assert_false(kite_shelf_secret_fits(KITE_SHELF_PIN, "12345"));
    assert_false(kite_shelf_secret_fits(KITE_SHELF_PIN, "1234567890123"));
    assert_false(kite_shelf_secret_fits(KITE_SHELF_PIN, "12345a"));
    assert_true(kite_shelf_secret_fits(KITE_SHELF_PASSPHRASE, "12345 78"));
    assert_false(kite_shelf_secret_fits(KITE_SHELF_PASSPHRASE, "1234567"));
    assert_false(kite_shelf_secret_fits(KITE_SHELF_PASSPHRASE, "1234567\n8"));
    assert_false(kite_shelf_secret_fits(KITE_SHELF_PASSPHRASE, "1234567\xFF"));
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_false(kite_shelf_secret_fits(KITE_SHELF_PASSPHRASE, longest));
    longest[sizeof longest - 2] = '\0';
    assert_true(kite_shelf_secret_fits(KITE_SHELF_PASSPHRASE, longest));
}

/* What a file may ask of a board has bounds. */
static void a_key_that_asks_for_too_much_is_refused(void **state)
{
    static const struct kite_shelf_cost costs[] = { { 0, 8 }, { 9, 8 }, { 1, 7 }, { 1, 65537 }, { UINT32_MAX, UINT32_MAX } };
    struct scene s = scene_make();
    struct key_file file, read;

    (void)state;
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
        assert_int_equal(key_file_make(s.shelf->keys, KITE_SHELF_PIN, PIN, costs[i], &file, NULL), KITE_E_LIMIT);
    assert_int_equal(key_file_make(s.shelf->keys, KITE_SHELF_PIN, PIN, cheap, &file, NULL), KITE_OK);
    file.bytes[19] = 1; /* 16 GB and more */
    crypto_generichash(file.bytes + 108, 16, file.bytes, 108, NULL, 0);
    assert_int_equal(key_file_parse(file.bytes, KEY_FILE_BYTES, &read, NULL), KITE_E_LIMIT);
    scene_destroy(&s);
}

/* ---- damage ------------------------------------------------------------------------------------ */

static void any_changed_byte_of_a_key_is_found(void **state)
{
    struct scene s = scene_make();
    struct disk_file *first, *second;
    struct key_file file;
    struct kite_shelf_state look;

    (void)state;
    scene_lock(&s);
    first = disk_get(s.disk, "shelf.key");
    second = disk_get(s.disk, "shelf.key2");
    assert_int_equal(first->live_bytes, KEY_FILE_BYTES);
    assert_memory_equal(first->live, second->live, KEY_FILE_BYTES);
    for (size_t at = 0; at < KEY_FILE_BYTES; at++)
        for (int bit = 0; bit < 8; bit++) {
            first->live[at] ^= (uint8_t)(1 << bit);
            assert_int_equal(key_file_parse(first->live, KEY_FILE_BYTES, &file, NULL), KITE_E_DAMAGED);
            first->live[at] ^= (uint8_t)(1 << bit);
        }
    for (size_t bytes = 1; bytes < KEY_FILE_BYTES; bytes++)
        assert_int_equal(key_file_parse(first->live, bytes, &file, NULL), KITE_E_DAMAGED);
    print_message("%u changed bits of a key, every one found\n", KEY_FILE_BYTES * 8);
    first->live[50] ^= 1; /* the other one opens it, and mends this one */
    scene_unlock(&s);
    first = disk_get(s.disk, "shelf.key");
    second = disk_get(s.disk, "shelf.key2");
    assert_memory_equal(first->live, second->live, KEY_FILE_BYTES);
    scene_lock(&s);
    first->live[50] ^= 1;
    second->live[50] ^= 1;
    assert_int_equal(kite_shelf_open(s.library, PIN, &s.shelf, NULL), KITE_E_DAMAGED);
    assert_int_equal(kite_shelf_look(s.library, &look, NULL), KITE_OK);
    assert_true(look.is_there && look.is_damaged);
    scene_destroy(&s);
}

/* The name of the only sealed text. */
static struct disk_file *sealed_file(struct disk *disk)
{
    for (int i = 0; i < disk->live.count; i++) {
        uint8_t id[ID_BYTES];

        if (sealed_id(disk->live.names[i].name, id))
            return &disk->files[disk->live.names[i].file];
    }
    return NULL;
}

static void any_changed_byte_of_a_text_is_found(void **state)
{
    struct scene s = scene_make();
    struct disk_file *file;
    int64_t text;
    size_t whole;

    (void)state;
    assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
    text = scene_find(kite_shelf_library(s.shelf), SECRET_TITLE).text;
    file = sealed_file(s.disk);
    whole = file->live_bytes;
    for (size_t at = 0; at < whole; at++) {
        file->live[at] ^= 0x10;
        assert_int_equal(scene_verify(kite_shelf_library(s.shelf), text), KITE_E_DAMAGED);
        file->live[at] ^= 0x10;
    }
    for (size_t bytes = 0; bytes < whole; bytes++) {
        file->live_bytes = bytes;
        assert_int_equal(scene_verify(kite_shelf_library(s.shelf), text), KITE_E_DAMAGED);
    }
    file->live_bytes = whole;
    assert_int_equal(scene_verify(kite_shelf_library(s.shelf), text), KITE_OK);
    print_message("%zu changed bytes and cuts of a text, every one found\n", 2 * whole);
    scene_destroy(&s);
}

static void blocks_cannot_change_places(void **state)
{
    struct scene s = scene_make();
    struct sealed *one = calloc(1, sizeof *one), *two = calloc(1, sizeof *two);
    uint8_t id[2][ID_BYTES] = { { 1 }, { 2 } }, byte, *block = malloc(SEALED_BYTES);
    static uint8_t bytes[3 * BLOCK_BYTES];
    struct disk_file *files[2];
    void *handles[2];
    size_t got;

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(s.io.open(s.io.ctx, i ? "/l/two" : "/l/one", KITE_IO_WRITE, &handles[i]), KITE_OK);
    assert_int_equal(sealed_begin(one, &s.io, s.shelf->keys, id[0], handles[0], 0), KITE_OK);
    assert_int_equal(sealed_begin(two, &s.io, s.shelf->keys, id[1], handles[1], 0), KITE_OK);
    randombytes_buf(bytes, sizeof bytes);
    for (size_t at = 0; at < sizeof bytes; at += 5000)
        assert_int_equal(sealed_write(one, at, bytes + at, sizeof bytes - at < 5000 ? sizeof bytes - at : 5000), KITE_OK);
    assert_int_equal(sealed_write(one, sizeof bytes + 1, bytes, 1), KITE_E_RANGE);
    assert_int_equal(sealed_write(two, 0, bytes, sizeof bytes), KITE_OK);
    assert_int_equal(sealed_flush(one), KITE_OK);
    assert_int_equal(sealed_flush(two), KITE_OK);
    files[0] = disk_get(s.disk, "one");
    files[1] = disk_get(s.disk, "two");
    assert_int_equal(files[0]->live_bytes, 3 * SEALED_BYTES);

    sealed_end(one);
    assert_int_equal(sealed_begin(one, &s.io, s.shelf->keys, id[0], handles[0], sizeof bytes), KITE_OK);
    assert_int_equal(sealed_read(one, BLOCK_BYTES - 1, &byte, 1, &got), KITE_OK);
    assert_int_equal(byte, bytes[BLOCK_BYTES - 1]);
    sealed_end(one);
    memcpy(block, files[0]->live, SEALED_BYTES); /* the first of a file in place of its second */
    memcpy(files[0]->live, files[0]->live + SEALED_BYTES, SEALED_BYTES);
    assert_int_equal(sealed_read(one, 0, &byte, 1, &got), KITE_E_DAMAGED);
    memcpy(files[0]->live, files[1]->live, SEALED_BYTES); /* that of another file */
    assert_int_equal(sealed_read(one, 0, &byte, 1, &got), KITE_E_DAMAGED);
    memcpy(files[0]->live, block, SEALED_BYTES);
    assert_int_equal(sealed_read(one, 0, &byte, 1, &got), KITE_OK);
    files[0]->live_bytes = 2 * SEALED_BYTES; /* a whole block is cut off */
    assert_int_equal(sealed_begin(one, &s.io, s.shelf->keys, id[0], handles[0], sizeof bytes), KITE_E_DAMAGED);
    s.io.close(s.io.ctx, handles[0]);
    s.io.close(s.io.ctx, handles[1]);
    free(one);
    free(two);
    free(block);
    scene_destroy(&s);
}

static void any_changed_byte_of_the_index_is_found(void **state)
{
    struct scene s = scene_make();
    struct disk_file *file;
    struct volume volume;
    size_t whole, by, tried = 0;

    (void)state;
    assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
    file = disk_get(s.disk, INDEX_FILE);
    whole = file->live_bytes;
    volume_begin(&volume, &s.shelf->where, s.shelf->keys);
    assert_int_equal(volume_load(&volume), KITE_OK);
    volume_end(&volume);
    by = (size_t)disk_stride(whole, 900);
    for (size_t at = 0; at < whole; at += at < 300 || at + 300 > whole ? 1 : by) {
        file->live[at] ^= 0x40;
        assert_int_equal(volume_load(&volume), KITE_E_DAMAGED);
        assert_null(volume.entries);
        file->live[at] ^= 0x40;
        file->live_bytes = at;
        assert_int_equal(volume_load(&volume), KITE_E_DAMAGED);
        file->live_bytes = whole;
        tried += 2;
    }
    print_message("%zu changed bytes and cuts of an index, every one found\n", tried);
    scene_destroy(&s);
}

/* Without its index the shelf has lost places and marks, and says so; the texts are there. */
static void texts_are_found_again_without_the_index(void **state)
{
    struct scene s = scene_make();
    struct scene_found found;

    (void)state;
    assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
    scene_lock(&s);
    disk_get(s.disk, INDEX_FILE)->live[1000] ^= 1;
    scene_unlock(&s);
    assert_true(kite_shelf_is_damaged(s.shelf));
    for (int opened = 0; opened < 2; opened++) {
        found = scene_find(kite_shelf_library(s.shelf), SECRET_TITLE);
        assert_int_equal(scene_verify(kite_shelf_library(s.shelf), found.text), KITE_OK);
        scene_unlock(&s);
        assert_false(kite_shelf_is_damaged(s.shelf));
    }
    scene_destroy(&s);
}

/* ---- forgetting -------------------------------------------------------------------------------- */

static void forgetting_leaves_nothing(void **state)
{
    struct scene s = scene_make();
    struct kite_shelf_usage usage;
    struct kite_shelf_state look;
    uint8_t key[16];

    (void)state;
    assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
    assert_int_equal(kite_shelf_usage(s.library, &usage, NULL), KITE_OK);
    assert_int_equal(usage.files, 4); /* two keys, the index, a text */
    assert_true(usage.bytes > secret_bundle.count);
    memcpy(key, disk_get(s.disk, "shelf.key")->live + 60, sizeof key);
    disk_put(s.disk, "shelf.kite", plain_bundle.bytes, plain_bundle.count); /* somebody's, and no file of the shelf */
    scene_lock(&s);
    assert_int_equal(kite_shelf_forget(s.library, NULL), KITE_OK);
    assert_int_equal(kite_shelf_usage(s.library, &usage, NULL), KITE_OK);
    assert_int_equal(usage.files, 0);
    assert_int_equal(kite_shelf_look(s.library, &look, NULL), KITE_OK);
    assert_false(look.is_there);
    assert_int_equal(kite_shelf_open(s.library, PIN, &s.shelf, NULL), KITE_E_RANGE);
    assert_non_null(disk_get(s.disk, "shelf.kite"));
    for (int i = 0; i < s.disk->file_count; i++) /* also of files that were removed */
        assert_false(has_bytes(&s.disk->files[i], key, sizeof key));
    assert_int_equal(kite_shelf_forget(s.library, NULL), KITE_OK);
    assert_int_equal(kite_shelf_create(s.library, KITE_SHELF_PIN, PIN, cheap, &s.shelf, NULL), KITE_OK);
    assert_int_equal(scene_find(kite_shelf_library(s.shelf), SECRET_TITLE).text, 0);
    scene_destroy(&s);
}

/* The files of a shelf are no bundles to the library beside it. */
static void the_library_does_not_see_the_shelf(void **state)
{
    struct scene s = scene_make();
    struct kite_import_result result;
    struct kite_scan *scan;
    uint32_t count;
    struct kite_query all = { .reader = 0 };

    (void)state;
    assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
    assert_int_equal(kite_scan_begin(s.library, NULL, &scan, NULL), KITE_OK);
    while (kite_scan_step(scan, &result, NULL) == KITE_OK)
        assert_int_equal(result.outcome, KITE_IMPORT_ALREADY_HERE);
    kite_scan_end(scan);
    assert_int_equal(kite_library_count(s.library, &all, &count, NULL), KITE_OK);
    assert_int_equal(count, 1);
    scene_destroy(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_a_text_stays_in_the_open),
        cmocka_unit_test(an_older_edition_leaves_no_trace),
        cmocka_unit_test(a_text_goes_on_the_shelf_and_comes_back),
        cmocka_unit_test(what_was_not_taken_off_leaves_no_copy),
        cmocka_unit_test(several_texts_of_a_bundle_move_together),
        cmocka_unit_test(only_the_secret_opens_it),
        cmocka_unit_test(another_secret_takes_the_place_of_the_first),
        cmocka_unit_test(a_secret_has_a_length),
        cmocka_unit_test(a_key_that_asks_for_too_much_is_refused),
        cmocka_unit_test(any_changed_byte_of_a_key_is_found),
        cmocka_unit_test(any_changed_byte_of_a_text_is_found),
        cmocka_unit_test(blocks_cannot_change_places),
        cmocka_unit_test(any_changed_byte_of_the_index_is_found),
        cmocka_unit_test(texts_are_found_again_without_the_index),
        cmocka_unit_test(forgetting_leaves_nothing),
        cmocka_unit_test(the_library_does_not_see_the_shelf),
    };

    return cmocka_run_group_tests(tests, scene_begin, scene_end);
}
