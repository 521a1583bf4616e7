/* What lies on a volume, what a file is, what names it may have. */
#include "sideload/volume.h"

/* ---- the walk -------------------------------------------------------------------------------- */

/* All names, set apart by blanks. */
static enum kite_status walk_all(struct volume *v, char *out, size_t room, uint32_t *left_out)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_io io = volume_io(v);
    struct kite_walk *walk;
    struct kite_walk_file file;
    enum kite_status status;

    out[0] = '\0';
    assert_int_equal(kite_walk_open(&mem, &io, v->folder, &walk), KITE_OK);
    while ((status = kite_walk_next(walk, &file)) == KITE_OK) {
        assert_int_equal(strncmp(file.path, v->folder, strlen(v->folder)), 0);
        assert_true(strlen(out) + strlen(file.name) + 2 < room);
        strcat(strcat(out, file.name), " ");
    }
    *left_out = kite_walk_left_out(walk);
    kite_walk_close(walk);
    return status;
}

static void files_come_by_name_and_folders_behind_them(void **state)
{
    struct volume v;
    char names[4096];
    uint32_t left_out;

    (void)state;
    volume_make(&v);
    volume_folder(&v, "b");
    volume_folder(&v, "a");
    volume_folder(&v, "a/deeper");
    volume_folder(&v, "empty");
    volume_put_text(&v, "z.kite", "z");
    volume_put_text(&v, "c.kite", "c");
    volume_put_text(&v, "b/2", "2");
    volume_put_text(&v, "b/1", "1");
    volume_put_text(&v, "a/deeper/x", "x");
    volume_put_text(&v, "a/y", "y");
    assert_int_equal(walk_all(&v, names, sizeof names, &left_out), KITE_DONE);
    assert_string_equal(names, "c.kite z.kite a/y a/deeper/x b/1 b/2 ");
    assert_int_equal(left_out, 0);
    volume_drop(&v);
}

static void what_systems_leave_behind_is_passed_over(void **state)
{
    static const char *const files[] = { "._a.kite", ".DS_Store",   "Thumbs.db",     "THUMBS.DB", "desktop.ini",
                                         ".hidden",  "autorun.inf", "~$letter.docx", "kite-receipt.TXT" };
    static const char *const folders[] = { "System Volume Information", ".Trashes",     ".fseventsd", "LOST.DIR",
                                           ".Spotlight-V100",           "$RECYCLE.BIN", "lost+found" };
    struct volume v;
    char names[4096], inner[256];
    uint32_t left_out;

    (void)state;
    volume_make(&v);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        volume_put_text(&v, files[i], "x");
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        volume_folder(&v, folders[i]);
        snprintf(inner, sizeof inner, "%s/a.kite", folders[i]);
        volume_put_text(&v, inner, "x");
    }
    volume_put_text(&v, "a.kite", "x");
    assert_int_equal(walk_all(&v, names, sizeof names, &left_out), KITE_DONE);
    assert_string_equal(names, "a.kite ");
    volume_drop(&v);
}

static void a_folder_of_many_files_comes_whole(void **state)
{
    struct volume v;
    static char names[64 * 1024], expected[64 * 1024];
    uint32_t left_out;

    (void)state;
    volume_make(&v);
    for (int i = 0; i < 1000; i++) {
        char name[32];

        snprintf(name, sizeof name, "%04d", (i * 7919) % 1000);
        volume_put_text(&v, name, "x");
        snprintf(expected + 5 * i, sizeof expected - (size_t)(5 * i), "%04d ", i);
    }
    assert_int_equal(walk_all(&v, names, sizeof names, &left_out), KITE_DONE);
    assert_string_equal(names, expected);
    volume_drop(&v);
}

static void folders_too_deep_are_counted_and_left(void **state)
{
    struct volume v;
    char names[4096], path[256] = "d";
    uint32_t left_out;

    (void)state;
    volume_make(&v);
    for (unsigned depth = 1; depth <= KITE_VOLUME_DEPTH_MAX + 2; depth++) {
        char inner[300];

        volume_folder(&v, path);
        snprintf(inner, sizeof inner, "%s/f%u", path, depth);
        volume_put_text(&v, inner, "x");
        strcat(path, "/d");
    }
    assert_int_equal(walk_all(&v, names, sizeof names, &left_out), KITE_DONE);
    assert_non_null(strstr(names, "/f8 "));
    assert_null(strstr(names, "/f9 "));
    assert_int_equal(left_out, 1);
    volume_drop(&v);
}

static void links_are_not_followed(void **state)
{
    struct volume v;
    char names[4096];
    uint32_t left_out;

    (void)state;
    volume_make(&v);
    volume_put_text(&v, "a", "x");
    assert_int_equal(symlink("/etc/passwd", volume_path(&v, "b")), 0);
    assert_int_equal(symlink("/", volume_path(&v, "c")), 0);
    assert_int_equal(walk_all(&v, names, sizeof names, &left_out), KITE_DONE);
    assert_string_equal(names, "a ");
    volume_drop(&v);
}

static void a_volume_that_goes_away_ends_the_walk(void **state)
{
    struct volume v;
    char names[4096];
    uint32_t left_out;

    (void)state;
    volume_make(&v);
    volume_folder(&v, "a");
    volume_put_text(&v, "a/b", "x");
    for (uint64_t at = 1; at <= 8; at++) {
        enum kite_status status;

        v.ops = 0;
        v.gone_at = at;
        v.is_gone = false;
        status = walk_all(&v, names, sizeof names, &left_out);
        assert_int_equal(status, v.is_gone ? KITE_E_IO : KITE_DONE);
    }
    assert_false(v.is_gone); /* the last one came to the end */
    volume_drop(&v);
}

/* ---- kinds ----------------------------------------------------------------------------------- */

static void files_are_told_apart_by_content(void **state)
{
    static const struct {
        const char *head;
        size_t count;
        const char *name;
        enum kite_find find;
        const char *kind;
    } cases[] = {
#define HEAD(text) text, sizeof text - 1
        { HEAD("Kite bundle. Open it with a Kite reader or with kite.\n\x8BKTE\r\n\x1A"), "essay", KITE_FIND_BUNDLE, "" },
        { HEAD("kite provision 1\nend 0\n"), "whatever", KITE_FIND_PROVISION, "" },
        { HEAD("\xEF\xBB\xBFkite provision 1\r\nend 0\r\n"), "list.txt", KITE_FIND_PROVISION, "" },
        { HEAD("%PDF-1.7\n"), "essay", KITE_FIND_DOCUMENT, "PDF" },
        { HEAD("PK\x03\x04..........................mimetypeapplication/epub+zip"), "x", KITE_FIND_OTHER, "" },
        { HEAD("PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0mimetypeapplication/epub+zip"), "x",
          KITE_FIND_DOCUMENT, "EPUB" },
        { HEAD("PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types].xml"), "x",
          KITE_FIND_DOCUMENT, "Word" },
        { HEAD("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "x.doc", KITE_FIND_DOCUMENT, "Word" },
        { HEAD("{\\rtf1\\ansi"), "x", KITE_FIND_DOCUMENT, "RTF" },
        { HEAD("RIFF\1\1\1\1WEBPVP8 "), "x", KITE_FIND_DOCUMENT, "WebP" },
        { HEAD("\n<!DOCTYPE html><title>x"), "x", KITE_FIND_DOCUMENT, "HTML" },
        { HEAD("# Dear all\n\nA letter."), "letter.md", KITE_FIND_DOCUMENT, "Markdown" },
        { HEAD("# Dear all\n\nA letter."), "sub/README.md", KITE_FIND_OTHER, "" },
        { HEAD("Mozilla Public License"), "LICENSE.txt", KITE_FIND_OTHER, "" },
        { HEAD("[Settings]\na=b\n"), "app.ini", KITE_FIND_OTHER, "" },
        { HEAD("var a = 1;\n"), "script.js", KITE_FIND_OTHER, "" },
        { HEAD("%PDF-1.7\n"), "readme.pdf", KITE_FIND_DOCUMENT, "PDF" },
        { HEAD("<?xml version=\"1.0\"?>\n<FictionBook xmlns=\"x\">"), "x", KITE_FIND_DOCUMENT, "FictionBook" },
        { HEAD("<svg xmlns=\"http://www.w3.org/2000/svg\">"), "x", KITE_FIND_DOCUMENT, "SVG" },
        { HEAD("PK\x03\x04..........................word/a.xml"), "Letter.DOCX", KITE_FIND_DOCUMENT, "Word" },
        { HEAD("PK\x03\x04..........................a.jpg"), "comic.cbz", KITE_FIND_DOCUMENT, "CBZ" },
        { HEAD("PK\x03\x04..........................a.jpg"), "backup.zip", KITE_FIND_OTHER, "" },
        { HEAD("\x89PNG\r\n\x1A\n"), "x", KITE_FIND_DOCUMENT, "PNG" },
        { HEAD("Queridos a\xF1os"), "carta.txt", KITE_FIND_DOCUMENT, "" },
        { HEAD("\xFF\xFEh\0i\0"), "wide.txt", KITE_FIND_DOCUMENT, "" },
        { HEAD("\xFF\xD8\xFF\xE0\0\x10JFIF\0"), "photo.jpg", KITE_FIND_DOCUMENT, "JPEG" },
        { HEAD("\0\0\0\0\0\0\0\0"), "torn", KITE_FIND_OTHER, "" },
        { HEAD("\0\0\0\0\0\0\0\0"), "torn.kite", KITE_FIND_BROKEN, "" },
        { HEAD(""), "empty.KITE", KITE_FIND_BROKEN, "" },
        { HEAD(""), "empty.txt", KITE_FIND_OTHER, "" },
        { HEAD("%PDF-1.7\n"), "renamed.kite", KITE_FIND_BROKEN, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct kite_file_kind *kind =
            kite_file_kind((const uint8_t *)cases[i].head, cases[i].count, cases[i].name);

        if (kind->find != cases[i].find)
            print_error("case %zu\n", i);
        assert_int_equal(kind->find, cases[i].find);
        assert_string_equal(kind->name, cases[i].kind);
    }
}

static void a_bundle_is_one_whatever_its_name(void **state)
{
    struct kite_buffer bundle = volume_bundle("One", "A word.");
    size_t head = bundle.count < KITE_HEAD_BYTES ? bundle.count : KITE_HEAD_BYTES;

    (void)state;
    assert_int_equal(kite_file_kind(bundle.bytes, head, "a.txt")->find, KITE_FIND_BUNDLE);
    bundle.bytes[3] ^= 1;
    assert_int_equal(kite_file_kind(bundle.bytes, head, "a.txt")->find, KITE_FIND_BUNDLE);
    for (size_t count = 0; count < head; count++) /* a head cut at any length is no accident */
        assert_true(kite_file_kind(bundle.bytes, count, "a.txt")->find <= KITE_FIND_PROVISION);
    kite_buffer_close(&bundle);
}

/* ---- names ----------------------------------------------------------------------------------- */

static void names_are_made_safe_for_fat(void **state)
{
    static const struct {
        const char *name;
        unsigned number;
        const char *safe;
    } cases[] = {
        { "Letter from a Tuesday", 1, "Letter from a Tuesday.kite" },
        { "Letter.kite", 1, "Letter.kite" },
        { "Letter.KITE", 1, "Letter.kite" },
        { "Letter.kite", 2, "Letter-2.kite" },
        { "What is \"law\"? A/B: yes\\no*|<>", 1, "What is _law__ A_B_ yes_no____.kite" },
        { "../../etc/passwd", 1, "_.._etc_passwd.kite" },
        { "...", 1, "_.kite" },
        { "", 1, "_.kite" },
        { " a. ", 1, "a.kite" },
        { "CON", 1, "_CON.kite" },
        { "aux.kite", 1, "_aux.kite" },
        { "lpt1", 1, "_lpt1.kite" },
        { "console", 1, "console.kite" },
        { "a\nb\x7f" "c", 1, "a_b_c.kite" },
        { "evil\xE2\x80\xAEtxt", 1, "evil_txt.kite" },
        { "bad\xFF" "bytes", 1, "bad_bytes.kite" },
        { "\xE6\x9B\xB8\xE4\xBF\xA1", 1, "\xE6\x9B\xB8\xE4\xBF\xA1.kite" },
    };
    char out[KITE_FILE_NAME_BYTES_MAX + 1], longest[1001];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kite_safe_name(cases[i].name, ".kite", cases[i].number, out);
        assert_string_equal(out, cases[i].safe);
        kite_safe_name(out, ".kite", 1, longest); /* safe names stay as they are */
        assert_string_equal(longest, out);
    }
    for (size_t i = 0; i + 3 <= 999; i += 3)
        memcpy(longest + i, "\xE6\x9B\xB8", 4);
    kite_safe_name(longest, ".kite", 7, out);
    assert_true(strlen(out) <= KITE_FILE_NAME_BYTES_MAX);
    assert_true(kite_utf8_is_valid(out, strlen(out)));
    assert_string_equal(out + strlen(out) - 7, "-7.kite");
}

static void names_that_clash_are_found(void **state)
{
    (void)state;
    assert_true(kite_names_clash("Letter.kite", "LETTER.KITE"));
    assert_true(kite_names_clash("\xC3\x89t\xC3\xA9.kite", "\xC3\xA9T\xC3\x89.kite"));
    assert_false(kite_names_clash("Letter.kite", "Letters.kite"));
    assert_false(kite_names_clash("Letter.kite", ""));
    assert_true(kite_names_clash("", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_by_name_and_folders_behind_them),
        cmocka_unit_test(what_systems_leave_behind_is_passed_over),
        cmocka_unit_test(a_folder_of_many_files_comes_whole),
        cmocka_unit_test(folders_too_deep_are_counted_and_left),
        cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(a_volume_that_goes_away_ends_the_walk),
        cmocka_unit_test(files_are_told_apart_by_content),
        cmocka_unit_test(a_bundle_is_one_whatever_its_name),
        cmocka_unit_test(names_are_made_safe_for_fat),
        cmocka_unit_test(names_that_clash_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
