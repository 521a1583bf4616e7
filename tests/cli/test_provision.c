/* kite provision as volunteers use it: one folder of bundles, many drives, runs that are cut short. */
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KITE KITE_BUILD "/kite"
#define WORK KITE_BUILD "/tests/cli/provision"

/* Run a shell line in the work folder, in which K is the command; its exit code. */
static int run(const char *line)
{
    char command[4096];
    int bytes = snprintf(command, sizeof command,
                         "program=$(realpath " KITE "); K() { \"$program\" \"$@\"; }; cd " WORK " && { %s; } >out 2>err", line);

    assert_true(bytes > 0 && bytes < (int)sizeof command);

    int status = system(command);

    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *slurp(const char *name)
{
    static char text[65536];
    char path[512];
    FILE *file;
    size_t count;

    snprintf(path, sizeof path, WORK "/%s", name);
    file = fopen(path, "rb");
    assert_non_null(file);
    count = fread(text, 1, sizeof text - 1, file);
    text[count] = '\0';
    fclose(file);
    return text;
}

static void expect_in(const char *name, const char *words)
{
    if (!strstr(slurp(name), words))
        print_error("%s says: %s\n", name, slurp(name));
    assert_non_null(strstr(slurp(name), words));
}

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(system("rm -rf " WORK " && mkdir -p " WORK), 0);
    assert_int_equal(run("mkdir -p set/more one two three;"
                         "printf 'A letter.' > a.txt; printf 'Another one.' > b.txt; printf 'A third.' > c.txt;"
                         "K pack a.txt -o set/Letter.kite && K pack b.txt -o set/more/letter.kite && K pack c.txt -o set/c.kite"),
                     0);
    return 0;
}

static void drives_hold_the_set_and_its_list(void **state)
{
    (void)state;
    assert_int_equal(run("cp set/c.kite 'set/the same.kite'; K provision set one two three"), 0);
    expect_in("out", "one: 4 of 4 files, 4 of them new\n");
    expect_in("out", "3 of 3 drives complete\n");
    assert_int_equal(run("cmp set/Letter.kite one/Letter.kite && cmp set/more/letter.kite one/letter-2.kite &&"
                         "cmp set/c.kite two/c.kite && test $(ls one | wc -l) = 4"),
                     0);
    expect_in("one/provision.txt", "kite provision 1\n");
    expect_in("one/provision.txt", " letter-2.kite\nend 3\n");
    assert_int_equal(run("K provision --make set > list && cmp list one/provision.txt &&"
                         "K provision --make set -o list2 && cmp list list2"),
                     0);
}

static void a_run_that_was_cut_short_is_run_again(void **state)
{
    (void)state;
    assert_int_equal(run("K provision set one two three"), 0);
    assert_int_equal(run("head -c 150 set/c.kite > one/c.kite; : > two/Letter.kite;"
                         "{ head -c 100 set/c.kite; head -c 100 /dev/zero; tail -c +201 set/c.kite; } > two/c.kite;"
                         "rm three/provision.txt; echo mine > three/notes.txt"),
                     0);
    assert_int_equal(run("K provision set one two three --json"), 0);
    expect_in("out", "{\"volume\":\"one\",\"ok\":true,\"wanted\":4,\"copied\":1,\"had\":3,\"failed\":0,\"problem\":null}\n");
    expect_in("out", "{\"volume\":\"two\",\"ok\":true,\"wanted\":4,\"copied\":2,\"had\":2,");
    expect_in("out", "{\"volume\":\"three\",\"ok\":true,\"wanted\":4,\"copied\":1,\"had\":3,");
    assert_int_equal(run("cmp set/c.kite one/c.kite && cmp set/c.kite two/c.kite && cmp set/Letter.kite two/Letter.kite"), 0);
    assert_string_equal(slurp("three/notes.txt"), "mine\n");
}

static void a_list_in_the_folder_counts(void **state)
{
    (void)state;
    assert_int_equal(run("K provision --make set > all; { head -n 2 all; echo 'end 1'; echo 'signature RUQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='; } > set/list.txt;"
                         "K provision set one"),
                     0);
    assert_int_equal(run("cmp set/list.txt one/provision.txt && test $(ls one | wc -l) = 2"), 0);
    assert_int_equal(run("rm set/c.kite set/Letter.kite; K provision set two"), 1);
    expect_in("err", "which is not in the folder");
    assert_int_equal(run("test $(ls two | wc -l) = 0"), 0);
}

static void a_damaged_set_fills_nothing(void **state)
{
    (void)state;
    assert_int_equal(run("head -c 150 set/c.kite > set/torn.kite; K provision set one"), 1);
    expect_in("err", "set/torn.kite");
    assert_int_equal(run("test $(ls one | wc -l) = 0"), 0);
    assert_int_equal(run(": > set/torn.kite; K provision set one"), 1);
    assert_int_equal(run("rm set/torn.kite; echo 'kite provision 1' > set/p.txt; K provision set one"), 1);
    expect_in("err", "set/p.txt: ");
    assert_int_equal(run("K provision one two"), 1);
    expect_in("err", "holds no bundles");
}

static void a_drive_that_fails_holds_up_no_other(void **state)
{
    (void)state;
    assert_int_equal(run("mkdir one/c.kite; ln -s ../outside two/Letter.kite; ln -s ../three two/c.kite; K provision set one two three"), 3);
    expect_in("out", "one: 3 of 4 files, 3 of them new; c.kite: ");
    expect_in("out", "two: 2 of 4 files");
    expect_in("out", "three: 4 of 4 files");
    expect_in("out", "1 of 3 drives complete\n");
    assert_int_equal(run("test ! -e outside"), 0); /* nothing is written where a link leads */
}

static void a_process_that_dies_is_told(void **state)
{
    (void)state;
    assert_int_equal(run("head -c 60000 /dev/urandom | base64 > big.txt; K pack big.txt --fast -o set/big.kite;"
                         "(ulimit -f 20; K provision set one two --jobs 1)"),
                     3);
    expect_in("out", "it was not filled to the end");
    expect_in("out", "0 of 2 drives complete\n");
    assert_int_equal(run("K provision set one two"), 0);
    assert_int_equal(run("cmp set/big.kite one/big.kite"), 0);
}

static void more_drives_than_jobs_are_all_filled(void **state)
{
    (void)state;
    assert_int_equal(run("mkdir -p many; for i in $(seq 40); do mkdir many/$i; done; K provision set many/* -j 3"), 0);
    expect_in("out", "40 of 40 drives complete\n");
    assert_int_equal(run("for i in $(seq 40); do cmp set/c.kite many/$i/c.kite || exit 1; done"), 0);
}

static void wrong_usage_is_told(void **state)
{
    (void)state;
    assert_int_equal(run("K provision"), 2);
    assert_int_equal(run("K provision set"), 2);
    assert_int_equal(run("K provision set nowhere"), 2);
    expect_in("err", "is the drive mounted?");
    assert_int_equal(run("K provision set one one/"), 2);
    expect_in("err", "are the same folder");
    assert_int_equal(run("K provision set ./set"), 2);
    assert_int_equal(run("K provision --make set one"), 2);
    assert_int_equal(run("K provision --jobs 0 set one"), 2);
    assert_int_equal(run("K provision nowhere one"), 3);
    assert_int_equal(run("K provision set one -o /nowhere/at/all"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(drives_hold_the_set_and_its_list, set_up),
        cmocka_unit_test_setup(a_run_that_was_cut_short_is_run_again, set_up),
        cmocka_unit_test_setup(a_list_in_the_folder_counts, set_up),
        cmocka_unit_test_setup(a_damaged_set_fills_nothing, set_up),
        cmocka_unit_test_setup(a_drive_that_fails_holds_up_no_other, set_up),
        cmocka_unit_test_setup(a_process_that_dies_is_told, set_up),
        cmocka_unit_test_setup(more_drives_than_jobs_are_all_filled, set_up),
        cmocka_unit_test_setup(wrong_usage_is_told, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
