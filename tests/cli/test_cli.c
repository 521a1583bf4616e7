/* The kite command as people and scripts use it: exit codes, files, outputs. Runs $BUILD/kite on
 * the books. */
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KITE KITE_BUILD "/kite"
#define WORK KITE_BUILD "/tests/cli/work"
#define TEXT_MAX 4000000

struct bytes {
    char *text; /* ends in '\0' behind count */
    size_t count;
};

/* Whole file; an empty one when there is none. */
static struct bytes slurp(const char *path)
{
    struct bytes all = {.text = calloc(1, TEXT_MAX)};
    FILE *file = fopen(path, "rb");

    assert_non_null(all.text);
    if (file) {
        all.count = fread(all.text, 1, TEXT_MAX - 1, file);
        fclose(file);
    }
    return all;
}

static void spill(const char *path, const char *text, size_t count)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static void spill_text(const char *path, const char *text)
{
    spill(path, text, strlen(text));
}

static bool exists(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0;
}

/* Run a shell line in which K is the command and W the work folder; its exit code. */
static int run(const char *line)
{
    char command[2048];
    size_t used = 0;

    for (const char *at = line; *at; at++) {
        const char *word = *at == '$' && at[1] == 'K'   ? KITE
                           : *at == '$' && at[1] == 'W' ? WORK
                                                        : NULL;
        int more = word ? snprintf(command + used, sizeof command - used, "%s", word)
                        : snprintf(command + used, sizeof command - used, "%c", *at);

        at += word != NULL;
        used += (size_t)more;
        assert_true(used < sizeof command - 64);
    }

    char shell[2200];

    snprintf(shell, sizeof shell, "{ %s ; } > " WORK "/out 2> " WORK "/err", command);

    int status = system(shell);

    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void expect_exit(const char *line, int code)
{
    int got = run(line);

    if (got != code) {
        struct bytes err = slurp(WORK "/err");

        fail_msg("%s: exit %d, not %d\n%s", line, got, code, err.text);
    }
}

static void expect_in(const char *path, const char *text)
{
    struct bytes all = slurp(path);

    if (!strstr(all.text, text))
        fail_msg("%s has no \"%s\":\n%.2000s", path, text, all.text);
    free(all.text);
}

static void expect_same(const char *a, const char *b)
{
    struct bytes first = slurp(a), second = slurp(b);

    assert_true(first.count > 0);
    assert_int_equal(first.count, second.count);
    assert_memory_equal(first.text, second.text, first.count);
    free(first.text);
    free(second.text);
}

static uint32_t count_in(const char *path, const char *text)
{
    struct bytes all = slurp(path);
    uint32_t count = 0;

    for (const char *at = all.text; (at = strstr(at, text)); at += strlen(text))
        count++;
    free(all.text);
    return count;
}

static int set_up(void **state)
{
    (void)state;
    if (system("rm -rf " WORK " && mkdir -p " WORK) != 0)
        return -1;
    return run("$K pack --fast books/guide.en.md -o $W/guide.kite && $K pack --fast "
               "books/sampler.md -o $W/sampler.kite");
}

/* ---- pack, verify, info, text ---------------------------------------------------------------- */

static void packing_twice_gives_the_same_bytes(void **state)
{
    (void)state;
    expect_exit("$K pack --fast books/guide.en.md -o $W/again.kite", 0);
    expect_same(WORK "/guide.kite", WORK "/again.kite");
    expect_exit("$K pack --fast -o - - < books/guide.en.md > $W/piped.kite", 0);
    expect_same(WORK "/guide.kite", WORK "/piped.kite");
    expect_exit(
        "printf '# T\\n\\n## One\\n\\nSome words.\\n' | $K pack --as note.md --lang en - -o - | "
        "$K info --json -",
        0);
    expect_in(WORK "/out", "\"contents\":[{\"level\":");
}

static void a_bundle_is_read_from_standard_input(void **state)
{
    (void)state;
    expect_exit("cat $W/guide.kite | $K verify -", 0);
    expect_in(WORK "/out", "whole");
}

static void text_packs_to_the_same_bundle(void **state)
{
    (void)state;
    expect_exit("$K text $W/guide.kite -o $W/back.md", 0);
    expect_exit("$K pack --fast $W/back.md -o $W/back.kite", 0);
    expect_same(WORK "/guide.kite", WORK "/back.kite");
}

static void pictures_come_back_through_text(void **state)
{
    (void)state;
    expect_exit("printf '# T\\n\\n![A kite](kite.png)\\n' > $W/kite.md && cp books/kite.png $W && $K pack --lang en "
                "$W/kite.md -o $W/kite.kite && $K text $W/kite.kite -o $W/again.md && $K pack $W/again.md -o "
                "$W/again.kite",
                0);
    expect_same(WORK "/kite.kite", WORK "/again.kite");
}

static void info_tells_what_is_inside(void **state)
{
    (void)state;
    expect_exit("$K info --json $W/guide.kite", 0);
    expect_in(WORK "/out", "\"title\":\"A Short Guide to Kite\"");
    expect_in(WORK "/out", "\"lang\":\"en\"");
    expect_in(WORK "/out", "\"contents\":[{\"level\":");
    expect_exit("$K info $W/guide.kite", 0);
    expect_in(WORK "/out", "A Short Guide to Kite");
}

static void damage_is_named(void **state)
{
    (void)state;
    struct bytes all = slurp(WORK "/guide.kite");

    spill(WORK "/short.kite", all.text, all.count - 1);
    all.text[all.count / 2] ^= 1;
    spill(WORK "/flipped.kite", all.text, all.count);
    free(all.text);
    expect_exit("$K verify $W/guide.kite $W/flipped.kite", 1);
    expect_in(WORK "/err", "flipped.kite");
    expect_in(WORK "/out", "guide.kite: whole");
    expect_exit("$K verify --json $W/short.kite", 1);
    expect_in(WORK "/out", "\"ok\":false");
    expect_exit("$K info books/guide.en.md", 1);
}

static void options_go_before_front_matter(void **state)
{
    (void)state;
    spill_text(WORK "/front.md", "---\ntitle: Old\nauthor: Old Author\ndate: 1999\nlang: es\nsubject: Kept\n---\n\n"
                                 "Words.\n\nMore words.\n");
    expect_exit("$K pack --fast $W/front.md --title New --author='A, B' --publisher P --language fr --date 2025-02-11 "
                "--source S --rights R --series Q --identifier I --edition 2 --standfirst 'In short.' -o $W/front.kite "
                "&& $K info --json $W/front.kite",
                0);
    expect_in(WORK "/out", "\"title\":\"New\",\"author\":\"A, B\",\"standfirst\":\"In short.\",\"source\":\"S\","
                           "\"date\":\"2025-02-11\",\"publisher\":\"P\",\"rights\":\"R\",\"series\":\"Q\","
                           "\"identifier\":\"I\",\"edition\":\"2\",\"subject\":\"Kept\",\"lang\":\"fr\"");
    expect_exit("$K text $W/front.kite", 0);
    expect_in(WORK "/out", "{.title} New\n");
    expect_exit("$K pack --fast $W/front.md $W/front.md --title Both --publisher P -o $W/front.kite && "
                "$K info --json $W/front.kite",
                0);
    expect_in(WORK "/out", "\"bundle\":{\"title\":\"Both\",\"publisher\":\"P\"}");
    assert_int_equal(count_in(WORK "/out", "\"title\":\"Old\""), 2);
    expect_exit("$K pack --fast $W/front.md --author '' -o $W/front.kite", 2);
}

static void several_texts_make_one_bundle(void **state)
{
    (void)state;
    expect_exit("$K pack --fast books/guide.en.md books/guide.es.md -o $W/two.kite", 0);
    expect_exit("$K info --json $W/two.kite", 0);
    expect_in(WORK "/out", "\"lang\":\"es\"");
    expect_exit("$K text $W/two.kite", 1);
    expect_in(WORK "/err", "--document");
    expect_exit("$K text --document 2 $W/two.kite", 0);
    expect_in(WORK "/out", "lang: es");
    expect_exit("$K text --document 3 $W/two.kite", 1);
    expect_exit("$K pages --json $W/two.kite", 0);
    expect_in(WORK "/out", "\"document\":2");
}

/* ---- files ----------------------------------------------------------------------------------- */

static void what_fails_changes_no_file(void **state)
{
    (void)state;
    spill_text(WORK "/warned.md", "![a](nowhere.png)\n\nText.\n");
    spill_text(WORK "/old.kite", "old");
    expect_exit("$K pack --fast --strict $W/warned.md -o $W/old.kite", 1);

    struct bytes all = slurp(WORK "/old.kite");

    assert_string_equal(all.text, "old");
    free(all.text);
    expect_exit("ls $W | grep -c '~$'", 1);
    expect_exit("$K pack --fast $W/none.md -o $W/none.kite", 3);
    assert_false(exists(WORK "/none.kite"));
}

static void pictures_come_from_the_texts_folder_only(void **state)
{
    (void)state;
    static const char text[] =
        "# T\n\nWords to read.\n\n![a](../kite.png)\n\n![b](sub/../../kite.png)\n\n"
        "![c](/etc/hostname)\n\n![d](file:kite.png)\n\n![e](link.png)\n\n![f](%2e%2e/kite.png)\n\n"
        "![g](pipe.png)\n\n![h](linked/kite.png)\n";

    expect_exit("mkdir -p $W/in/sub && cp books/kite.png $W/kite.png && ln -sf ../kite.png "
                "$W/in/link.png && "
                "ln -sfn .. $W/in/linked && { test -p $W/in/pipe.png || mkfifo $W/in/pipe.png; }",
                0);
    spill_text(WORK "/in/text.md", text);
    expect_exit("$K pack --fast $W/in/text.md -o $W/none.kite", 0);
    expect_exit("$K info --json $W/none.kite", 0);
    expect_in(WORK "/out", "\"pictures\":[]");
    expect_exit("cp books/kite.png $W/in/sub/a\\ b.png", 0);
    spill_text(WORK "/in/text.md", "Words.\n\n![a](./sub/a%20b.png)\n");
    expect_exit("$K pack --fast $W/in/text.md -o $W/one.kite && $K info --json $W/one.kite", 0);
    expect_in(WORK "/out", "\"pictures\":[{\"width_px\":640");
}

static void machine_trouble_has_its_own_code(void **state)
{
    (void)state;
    expect_exit("$K info $W/nowhere.kite", 3);
    expect_exit("$K info $W", 3);
    expect_exit("$K pack --fast books/guide.en.md -o $W/no/such/folder.kite", 3);
    expect_exit("$K pack --fast books/guide.en.md -o $W", 3);
    expect_exit("$K render $W/guide.kite --fonts $W -o $W/page.png", 3);
    expect_in(WORK "/err", "--fonts");
    expect_exit("$K info $W/guide.kite > /dev/full", 3);
}

/* Files that a person may take for a text; the answer says what to do. */
static void what_is_no_text_is_named(void **state)
{
    (void)state;
    static const char *const lines[][2] = {
        {"$K pack $W/guide.kite -o $W/x.kite", "is a bundle already; kite text"},
        {"$K pack - -o $W/x.kite < $W/guide.kite", "standard input is a bundle already"},
        {"printf '%%PDF-1.4' | $K pack - -o $W/x.kite", "standard input cannot be read: no objects found"},
        {"printf 'PK\\003\\004' | $K pack - -o $W/x.kite", "is a ZIP file, or one that is cut short"},
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        expect_exit(lines[i][0], 1);
        expect_in(WORK "/err", lines[i][1]);
        assert_false(exists(WORK "/x.kite"));
    }
    expect_exit("printf 'Kite bundles are small.\\n' | $K pack - --lang en --fast -o $W/x.kite && rm $W/x.kite", 0);
}

static void the_report_is_one_object(void **state)
{
    (void)state;
    expect_exit("printf '# T\\n\\n## One\\n\\n![x](none.png) Some[^1] [words](http://a.b/).\\n\\n[^1]: Note.\\n' > $W/r.md && $K pack --json --fast --lang en $W/r.md -o $W/r.kite", 0);
    expect_in(WORK "/out", "\"ok\":true");
    expect_in(WORK "/out", "\"format\":\"text\",\"title\":\"T\",\"lang\":\"en\",\"paragraphs\":4,\"headings\":1,\"notes\":1,\"links\":1");
    expect_in(WORK "/out", "\"pictures\":0,\"warnings\":1,\"report\":[{\"kind\":\"warning\"");
    expect_exit("printf '%%PDF-1.4' | $K pack --json - -o $W/x.kite", 1);
    expect_in(WORK "/out", "\"ok\":false,\"problem\":\"standard input cannot be read: no objects found");
    expect_exit("$K pack --json $W/r.md -o -", 2);
}

#define TEXTS "rm -rf $W/in $W/out.d; mkdir -p $W/in/more $W/in/page_files && cp books/kite.png $W/in && echo x > $W/in/page_files/a.html && " \
    "for n in 2 10; do printf '# Part %s\\n\\nSome words of part %s.\\n' $n $n > $W/in/part$n.md; done && cp $W/in/part2.md $W/in/more/last.md && "

static void folders_become_bundles_in_order(void **state)
{
    (void)state;
    expect_exit(TEXTS "$K pack --fast -q --lang en $W/in -o $W/folder.kite && $K info $W/folder.kite | grep title", 0);
    expect_in(WORK "/out", "in\ntitle        Part 2\ntitle        Part 2\ntitle        Part 10\n");
    expect_exit("printf '# of the whole\\ntitle = \"All\"\\nlang = \"es\"\\norder = [ \"part10.md\", # last\\n \\047more/last.md\\047,\\n]\\n' > $W/in/bundle.toml && "
                "$K pack --fast -q $W/in -o $W/folder.kite && $K info $W/folder.kite | grep -E 'title|lang'", 0);
    expect_in(WORK "/out", "All\ntitle        Part 10\nlanguage     es\ntitle        Part 2\nlanguage     es\n");
    expect_exit("$K pack --fast -q $W/in --title Other -o $W/folder.kite && $K info $W/folder.kite", 0);
    expect_in(WORK "/out", "title        Other\n");
    expect_exit("mkdir -p $W/none && $K pack $W/none -o $W/x.kite", 1);
    expect_in(WORK "/err", "there are no texts in it");
}

static void a_wrong_order_is_told_by_line(void **state)
{
    static const char *const lines[][2] = {
        { "title = Words", "bundle.toml:1: a text in quotes is missing" }, { "\\norder = [\"../x.md\"]", "bundle.toml:2: order names files of this folder" },
        { "order = [\"a.md\"", "bundle.toml:1: the list is not closed" }, { "colour = \"red\"", "bundle.toml:1: this is none of" },
        { "lang = \"?\"", "bundle.toml:1: lang is a language tag" },      { "title", "bundle.toml:1: a line is a name" },
        { "title = \"x", "bundle.toml:1: a quote is not closed" },
    };
    char command[400];

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        snprintf(command, sizeof command, "mkdir -p $W/wrong && printf '%s' > $W/wrong/bundle.toml && $K pack $W/wrong -o $W/x.kite", lines[i][0]);
        expect_exit(command, 1);
        expect_in(WORK "/err", lines[i][1]);
    }
}

static void each_text_becomes_a_bundle(void **state)
{
    (void)state;
    expect_exit(TEXTS "cp $W/in/part2.md $W/in/part2.txt && printf '%%PDF-1.4' > $W/in/bad.pdf && $K pack --each --fast --lang en $W/in -o $W/out.d -j 3", 1);
    expect_in(WORK "/err", "bad.pdf cannot be read");
    expect_in(WORK "/err", "4 of 5 texts are packed; not: ");
    expect_exit("$K verify $W/out.d/part10.kite $W/out.d/part2.md.kite $W/out.d/part2.txt.kite $W/out.d/more/last.kite", 0);
    expect_exit("rm $W/in/bad.pdf && $K pack --each --json --fast $W/in -o $W/out.d | grep -c '\"ok\":true'", 0);
    expect_in(WORK "/out", "4\n");
    expect_exit("$K pack --each $W/in/part2.md -o $W/out.d", 2);
}

static void every_listing_goes_where_it_is_sent(void **state)
{
    (void)state;
    static const char *const verbs[] = {"info", "info --json", "verify", "text", "lines", "pages", "pages --json"};
    char line[256];

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        snprintf(line, sizeof line, "$K %s $W/guide.kite > $W/one && $K %s $W/guide.kite -o $W/two", verbs[i], verbs[i]);
        expect_exit(line, 0);
        expect_same(WORK "/one", WORK "/two");
        snprintf(line, sizeof line, "$K %s $W/guide.kite -o /dev/full", verbs[i]);
        expect_exit(line, 3);
        expect_in(WORK "/err", "/dev/full cannot be written");
        snprintf(line, sizeof line, "$K %s $W/guide.kite -o $W/no/such/file", verbs[i]);
        expect_exit(line, 3);
        expect_in(WORK "/err", "its folder is not there");
        snprintf(line, sizeof line, "$K %s $W -o $W/three", verbs[i]);
        expect_exit(line, 3);
        assert_true(exists(WORK "/three") == (strcmp(verbs[i], "verify") == 0)); /* which tells of what is missing */
        remove(WORK "/three");
    }
    expect_exit("$K info $W/guide.kite $W/sampler.kite", 0);
    assert_int_equal(count_in(WORK "/out", "identity "), 2);
    expect_exit("$K info --json $W/guide.kite $W/sampler.kite", 0);
    assert_int_equal(count_in(WORK "/out", "\"resident_lexicon\":"), 2);
}

static void a_reader_that_stops_ends_the_writer_quietly(void **state)
{
    (void)state;
    expect_exit("$K lines --items $W/sampler.kite | head -c 10", 0);

    struct bytes err = slurp(WORK "/err");

    assert_int_equal(err.count, 0);
    free(err.text);
}

static void a_text_is_never_overwritten_by_its_bundle(void **state)
{
    (void)state;
    spill_text(WORK "/mine.md", "Mine.\n");
    expect_exit("$K pack --fast $W/mine.md -o $W/./mine.md", 2);
    expect_in(WORK "/err", "overwritten");
}

/* ---- usage ----------------------------------------------------------------------------------- */

static void wrong_usage_has_its_own_code(void **state)
{
    (void)state;
    static const char *const lines[] = {"$K",
                                        "$K frob",
                                        "$K info",
                                        "$K text a b",
                                        "$K --all",
                                        "$K render $W/guide.kite --all -o $W/many.png",
                                        "$K render $W/guide.kite --pages 1-2 -o -",
                                        "$K render $W/guide.kite --pages 1 --all -o $W/many",
                                        "$K render $W/guide.kite --all p1 -o $W/many",
                                        "$K render $W/guide.kite --at p1 p2 -o $W/page.png",
                                        "$K render $W/guide.kite -o $W/page.jpg",
                                        "$K text $W/guide.kite -o $W/./guide.kite",
                                        "$K pack books/guide.en.md",
                                        "$K render $W/guide.kite",
                                        "$K render $W/guide.kite nowhere -o $W/page.png",
                                        "$K render --panel big $W/guide.kite -o $W/page.png",
                                        "$K lines --size 1 $W/guide.kite",
                                        "$K help frob",
                                        "$K pack - - -o $W/x.kite"};

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_exit(lines[i], 2);
    expect_exit("$K rendr x", 2);
    expect_in(WORK "/err", "did you mean \"render\"");
    expect_exit("$K help rendr", 2);
    expect_in(WORK "/err", "did you mean \"render\"");
    expect_exit("$K --al", 2);
    expect_in(WORK "/err", "kite VERB --al");
    expect_exit("test ! -e $W/many && test ! -e $W/many.png && test ! -e $W/page.jpg && $K verify $W/guide.kite", 0);
}

static void help_comes_from_the_tables(void **state)
{
    (void)state;
    static const char *const verbs[] = {"pack",  "info",  "verify", "text", "render",
                                        "lines", "pages", "lint",   "help", "version"};
    char line[256];

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        snprintf(line, sizeof line, "$K %s --help && $K help %s", verbs[i], verbs[i]);
        expect_exit(line, 0);
        snprintf(line, sizeof line, "usage: kite %s", verbs[i]);
        assert_int_equal(count_in(WORK "/out", line), 2);
        expect_exit("$K help --man", 0);
        snprintf(line, sizeof line, ".SS kite %s", verbs[i]);
        expect_in(WORK "/out", line);
        expect_exit(
            "$K help --completion bash && $K help --completion zsh && $K help --completion fish",
            0);
        expect_in(WORK "/out", verbs[i]);
    }
    expect_exit("$K help --completion bash > $W/c.bash && bash -n $W/c.bash", 0);
    expect_exit("bash -c \"source $W/c.bash; COMP_WORDS=(kite render --profile l); COMP_CWORD=3; "
                "_kite; echo "
                "\\${COMPREPLY[@]}\"",
                0);
    expect_in(WORK "/out", "large");
    expect_exit("$K --version && $K version", 0);
    expect_exit("$K --help", 0);
}

/* ---- pages ----------------------------------------------------------------------------------- */

static uint32_t big_endian(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void a_page_is_a_picture_of_the_panel(void **state)
{
    (void)state;
    expect_exit("$K render $W/guide.kite -o $W/page.png", 0);

    struct bytes all = slurp(WORK "/page.png");

    assert_memory_equal(all.text, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(big_endian(all.text + 16), 1072);
    assert_int_equal(big_endian(all.text + 20), 1448);
    free(all.text);
    expect_exit("$K render $W/guide.kite --panel 600x800@167x4 --rotate 90 --night -o $W/page.pgm",
                0);
    all = slurp(WORK "/page.pgm");
    assert_memory_equal(all.text, "P5\n600 800\n255\n", 15);
    assert_int_equal(all.count, 15 + 600 * 800);
    for (size_t i = 15; i < all.count; i++)
        assert_true((unsigned char)all.text[i] % 85 == 0); /* four levels */
    free(all.text);
}

/* A text whose second paragraph is page iv of something, of which there is a picture; and the picture alone. */
static void pages_of_the_original_are_told_and_drawn(void **state)
{
    (void)state;
    expect_exit("$K render $W/guide.kite -o $W/page.png && "
                "printf '# T\n\nOne two.\n\nThree \"four\" five.\n\n```pages\n1 0 - iii\n2 9 page.png iv\n```\n' > $W/paged.md && "
                "$K pack $W/paged.md --lang en --fast -q -o $W/paged.kite && $K info $W/paged.kite",
                0);
    expect_in(WORK "/out", "original     2 pages, 1 of them as pictures\n");
    expect_exit("$K info --json $W/paged.kite", 0);
    expect_in(WORK "/out", "\"opens_originals\":false,\"originals\":[{\"page\":1,\"label\":\"iii\",\"paragraph\":2,\"offset\":0},"
                           "{\"page\":2,\"label\":\"iv\",\"paragraph\":3,\"offset\":17,\"picture\":1}]");
    expect_exit("$K render --original $W/paged.kite page 2 -o $W/h.png && $K render --original $W/paged.kite --all -o $W/originals && ls $W/originals", 0);
    expect_in(WORK "/out", "page-0002.png\n");
    expect_same(WORK "/h.png", WORK "/originals/page-0002.png");
    expect_exit("$K render --original $W/paged.kite page 1 -o $W/i.png", 1);
    expect_in(WORK "/err", "there is no picture of page 1 of the original");
    expect_exit("$K render --original $W/guide.kite -o $W/i.png", 1);
    expect_exit("$K pages --json $W/paged.kite", 0);
    expect_exit("$K text $W/paged.kite > $W/again.md && $K pack $W/again.md --fast -q -o $W/again.kite", 0);
    expect_same(WORK "/paged.kite", WORK "/again.kite");
    expect_exit("$K pack $W/page.png --fast -q -o $W/scan.kite && $K lint $W/scan.kite && $K pages $W/scan.kite", 0);
    expect_in(WORK "/out", "1 pages, as the original has them\n");
    expect_exit("$K render $W/scan.kite -o $W/j.png", 0); /* it is what a reader shows */
    expect_exit("$K render $W/scan.kite --original page 1 -o $W/k.png", 0);
    expect_same(WORK "/j.png", WORK "/k.png");
}

static void places_lead_to_pages(void **state)
{
    (void)state;
    expect_exit("$K pages --json $W/guide.kite", 0);

    uint32_t count = count_in(WORK "/out", "\"page\":");
    char line[256];

    assert_true(count > 3);
    expect_exit("$K render $W/guide.kite page 2 -o $W/a.png && $K render $W/guide.kite --pages 1-3 "
                "-o $W/pages",
                0);
    expect_same(WORK "/a.png", WORK "/pages/page-0002.png");
    assert_true(exists(WORK "/pages/page-0003.png") && !exists(WORK "/pages/page-0004.png"));
    expect_exit("p=$($K pages --json $W/guide.kite | sed -n "
                "'s/.*\"page\":2,\"place\":\"\\([0-9:]*\\)\".*/\\1/p') && "
                "$K render $W/guide.kite $p -o $W/b.png",
                0);
    expect_same(WORK "/a.png", WORK "/b.png");
    expect_exit(
        "$K render $W/guide.kite p1 -o $W/c.png && $K render $W/guide.kite --at 0% -o $W/d.png", 0);
    expect_same(WORK "/c.png", WORK "/pages/page-0001.png");
    expect_same(WORK "/d.png", WORK "/pages/page-0001.png");
    snprintf(line, sizeof line, "$K render $W/guide.kite 'page %u' -o $W/e.png", count + 1);
    expect_exit(line, 1);
    expect_exit("$K render $W/guide.kite p99999 -o $W/e.png", 1);
    assert_false(exists(WORK "/e.png"));
    expect_exit("$K render $W/guide.kite --pages 2 -o $W/f.png && $K render $W/guide.kite --pages 2 -o - > $W/g.png", 0);
    expect_same(WORK "/f.png", WORK "/pages/page-0002.png");
    expect_same(WORK "/g.png", WORK "/pages/page-0002.png");
    expect_exit("$K render $W/guide.kite --all -o $W/all && ls $W/all | wc -l", 0);
    snprintf(line, sizeof line, "%u\n", count);
    expect_in(WORK "/out", line);
}

static void every_setting_draws(void **state)
{
    (void)state;
    static const char *const settings[] = {"--profile plain",
                                           "--profile dyslexia",
                                           "--profile large",
                                           "--profile very-large",
                                           "--face mono --size 8",
                                           "--face dyslexic --line 2",
                                           "--margin 0 --chars 30",
                                           "--align justified --no-hyphens",
                                           "--notes popup",
                                           "--weight 4",
                                           "--panel 300x200@100 --size 5",
                                           "--panel 64x64@300 --profile very-large"};
    char line[256];

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        snprintf(line, sizeof line, "$K render $W/sampler.kite %s 50%% -o $W/set.png", settings[i]);
        expect_exit(line, 0);
    }
}

static void lines_and_pages_agree(void **state)
{
    (void)state;
    expect_exit("$K pages --json $W/sampler.kite", 0);

    uint32_t pages = count_in(WORK "/out", "\"page\":");

    expect_exit("$K lines --items $W/sampler.kite -o $W/lines.jsonl", 0);
    assert_int_equal(count_in(WORK "/lines.jsonl", "{\"t\":\"page\""), pages);
    assert_true(count_in(WORK "/lines.jsonl", "{\"t\":\"line\"") > 100);
    assert_true(count_in(WORK "/lines.jsonl", "\"items\":[[\"b\",") > 20);
    expect_in(WORK "/lines.jsonl", "\"kind\":\"verse\"");
    expect_in(WORK "/lines.jsonl", "\"kind\":\"heading\"");
    expect_exit("$K lines $W/sampler.kite > $W/plain.jsonl && grep -v '\"items\"' $W/lines.jsonl | "
                "cmp - $W/plain.jsonl",
                0);
}

static void chars_choose_the_size(void **state)
{
    (void)state;
    expect_exit("$K lines --chars 30 --align ragged $W/guide.kite > $W/few.jsonl", 0);
    expect_exit("$K lines --chars 60 --align ragged $W/guide.kite > $W/many.jsonl", 0);
    assert_true(count_in(WORK "/few.jsonl", "{\"t\":\"line\"") * 10 >
                count_in(WORK "/many.jsonl", "{\"t\":\"line\"") * 17);
}

static void lint_finds_what_looks_wrong(void **state)
{
    (void)state;
    static const char text[] =
        "---\ntitle: T\nlang: en\n---\n\nA ball of yarn \xF0\x9F\xA7\xB6 and a word.\n\n"
        "| a | b | c | d |\n|---|---|---|---|\n| extraordinarily long | cells of a table | that "
        "does not fit | anywhere on a panel |\n";

    spill_text(WORK "/odd.md", text);
    expect_exit("$K pack --fast $W/odd.md -o $W/odd.kite", 0);
    expect_exit("$K lint --json --profile very-large $W/odd.kite", 1);
    expect_in(WORK "/out", "\"kind\":\"glyph\"");
    expect_in(WORK "/out", "U+1F9F6");
    expect_in(WORK "/out", "\"kind\":\"table\"");
    expect_exit("$K lint $W/guide.kite $W/sampler.kite", 0);
    expect_in(WORK "/out", "sampler.kite: p60: for information: the table is too wide");
    spill_text(WORK "/even.md", "---\ntitle: T\nlang: en\n---\n\nA ball of yarn and a word.\n");
    expect_exit("$K pack --fast $W/even.md -o $W/even.kite && $K lint $W/even.kite", 0);
}

/* A page with a drawing of ten grays. */
static void spill_ramp(const char *path, int from, int to)
{
    char svg[2000], part[120];

    snprintf(svg, sizeof svg, "<!DOCTYPE html><html lang=en><body><h1>T</h1><p>Words.</p><svg width='200' height='100'><title>A ramp</title>");
    for (int i = 0; i < 10; i++) {
        int gray = from + (to - from) * i / 9;

        snprintf(part, sizeof part, "<rect x='%d' width='20' height='100' fill='#%02x%02x%02x'/>", i * 20, gray, gray, gray);
        strncat(svg, part, sizeof svg - strlen(svg) - 1);
    }
    strncat(svg, "</svg></body></html>", sizeof svg - strlen(svg) - 1);
    spill_text(path, svg);
}

static void lint_knows_what_grays_a_panel_has(void **state)
{
    (void)state;
    spill_ramp(WORK "/faint.html", 180, 240);
    spill_ramp(WORK "/mid.html", 120, 230);
    spill_ramp(WORK "/full.html", 0, 255);
    expect_exit("for f in faint mid full; do $K pack --fast $W/$f.html -o $W/$f.kite || exit 9; done", 0);
    expect_exit("$K lint $W/faint.kite", 1);
    expect_in(WORK "/out", "p3: the picture uses");
    expect_exit("$K lint $W/mid.kite", 0);
    expect_in(WORK "/out", "p3: for information: on a panel of 4 grays");
    expect_exit("$K lint --panel 480x800@220x4 $W/mid.kite", 1);
    expect_in(WORK "/out", "which 4 grays hardly show");
    expect_exit("$K lint --panel 480x800@220x4 $W/full.kite", 0);
}

/* A text that is justified by the house's own rule lints clean; one that is forced into a column too narrow does not. */
static void lint_judges_gaps_as_the_layout_does(void **state)
{
    (void)state;
    expect_exit("$K pack --fast books/prison-imperialism.en.md -o $W/essay.kite", 0);
    expect_exit("$K lint --json $W/essay.kite", 0);
    expect_exit("! grep -q loose $W/out", 0);
    expect_exit("$K lint --json --align justified --chars 22 $W/essay.kite", 1);
    expect_in(WORK "/out", "\"kind\":\"loose\"");
}

/* On a terminal, and only there, what takes long says how far it is. */
static void long_work_shows_progress(void **state)
{
    (void)state;
    expect_exit("script -qec \"$K lint $W/guide.kite\" $W/typed > $W/out2", 0);
    expect_in(WORK "/typed", "setting lines");
    expect_exit("script -qec \"$K lines $W/guide.kite -o $W/lines.jsonl\" $W/typed > $W/out2", 0);
    expect_in(WORK "/typed", "setting lines");
    expect_exit("script -qec \"$K lines $W/guide.kite\" $W/typed > $W/out2", 0);
    expect_exit("! grep -q 'setting lines' $W/typed", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packing_twice_gives_the_same_bytes),
        cmocka_unit_test(a_bundle_is_read_from_standard_input),
        cmocka_unit_test(text_packs_to_the_same_bundle),
        cmocka_unit_test(pictures_come_back_through_text),
        cmocka_unit_test(info_tells_what_is_inside),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(options_go_before_front_matter),
        cmocka_unit_test(several_texts_make_one_bundle),
        cmocka_unit_test(what_fails_changes_no_file),
        cmocka_unit_test(pictures_come_from_the_texts_folder_only),
        cmocka_unit_test(machine_trouble_has_its_own_code),
        cmocka_unit_test(what_is_no_text_is_named),
        cmocka_unit_test(the_report_is_one_object),
        cmocka_unit_test(folders_become_bundles_in_order),
        cmocka_unit_test(a_wrong_order_is_told_by_line),
        cmocka_unit_test(each_text_becomes_a_bundle),
        cmocka_unit_test(every_listing_goes_where_it_is_sent),
        cmocka_unit_test(a_reader_that_stops_ends_the_writer_quietly),
        cmocka_unit_test(a_text_is_never_overwritten_by_its_bundle),
        cmocka_unit_test(wrong_usage_has_its_own_code),
        cmocka_unit_test(help_comes_from_the_tables),
        cmocka_unit_test(a_page_is_a_picture_of_the_panel),
        cmocka_unit_test(places_lead_to_pages),
        cmocka_unit_test(every_setting_draws),
        cmocka_unit_test(lines_and_pages_agree),
        cmocka_unit_test(pages_of_the_original_are_told_and_drawn),
        cmocka_unit_test(chars_choose_the_size),
        cmocka_unit_test(lint_finds_what_looks_wrong),
        cmocka_unit_test(lint_knows_what_grays_a_panel_has),
        cmocka_unit_test(lint_judges_gaps_as_the_layout_does),
        cmocka_unit_test(long_work_shows_progress),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
