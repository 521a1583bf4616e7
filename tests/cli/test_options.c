/* The option parser, on a verb of its own. */
#include "check.h"

#include "cli/options.h"

#include <string.h>

static const char *const fruit[] = {"apple", "pear", NULL};
static const struct kite_option options[] = {
    {.name = "json",
     .letter = 'j',
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, json),
     .help = "a flag"},
    {.name = "quiet",
     .letter = 'q',
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, is_quiet),
     .help = "another flag"},
    {.name = "output",
     .letter = 'o',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, output),
     .value = "OUT",
     .help = "a file"},
    {.name = "size",
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, size_pt100),
     .value = "PT",
     .scale = 100,
     .min = 500,
     .max = 12000,
     .help = "a number"},
    {.name = "face",
     .kind = KITE_OPTION_WORD,
     .offset = offsetof(struct kite_args, face),
     .value = "NAME",
     .words = fruit,
     .help = "a word"},
    {.name = "panel",
     .kind = KITE_OPTION_PANEL,
     .offset = offsetof(struct kite_args, panel),
     .value = "WxH",
     .help = "a panel"},
    {.name = "pages",
     .kind = KITE_OPTION_RANGE,
     .offset = offsetof(struct kite_args, pages),
     .value = "A-B",
     .help = "a range"},
    {.name = "lang",
     .kind = KITE_OPTION_LANG,
     .offset = offsetof(struct kite_args, lang),
     .value = "TAG",
     .help = "a language"},
    {.name = "help",
     .letter = 'h',
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, wants_help),
     .help = "help"},
};
static const struct kite_option_group group = {"All", options, sizeof options / sizeof *options};
static const struct kite_verb verb = {.name = "try",
                                      .operands = "FILE [FILE]",
                                      .groups = {&group},
                                      .operands_min = 1,
                                      .operands_max = 2};

struct parsed {
    enum kite_status status;
    struct kite_args args;
    const char *operands[16];
    size_t count;
    struct kite_fault fault;
};

/* Parse words that are set apart by spaces. */
static struct parsed parse(const char *line)
{
    static char words[256]; /* operands are lent from it */
    char *argv[16];
    int argc = 0;
    struct parsed p = {.count = 0};

    assert_true(strlen(line) < sizeof words);
    strcpy(words, line);
    for (char *at = words; *at && argc < 16;) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at)
            *at++ = '\0';
    }
    kite_args_init(&p.args);
    p.status = kite_args_parse(&verb, argc, argv, &p.args, p.operands, &p.count, &p.fault);
    return p;
}

static void options_and_operands_mix(void **state)
{
    (void)state;
    struct parsed p = parse("a --json b -o out");

    assert_int_equal(p.status, KITE_OK);
    assert_int_equal(p.count, 2);
    assert_string_equal(p.operands[1], "b");
    assert_true(p.args.json);
    assert_string_equal(p.args.output, "out");
}

static void values_come_attached_or_apart(void **state)
{
    (void)state;
    assert_string_equal(parse("a --output=x").args.output, "x");
    assert_string_equal(parse("a --output x").args.output, "x");
    assert_string_equal(parse("a -ox").args.output, "x");
    assert_string_equal(parse("a -o -").args.output, "-");
    assert_string_equal(parse("a --output=x=y").args.output, "x=y");
}

static void short_flags_stand_together(void **state)
{
    (void)state;
    struct parsed p = parse("-jqox a");

    assert_true(p.args.json && p.args.is_quiet);
    assert_string_equal(p.args.output, "x");
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    struct parsed p = parse("-- --json -");

    assert_int_equal(p.count, 2);
    assert_string_equal(p.operands[0], "--json");
    assert_string_equal(p.operands[1], "-");
    assert_false(p.args.json);
}

static void what_is_not_given_stays_as_it_was(void **state)
{
    (void)state;
    struct parsed p = parse("a");

    assert_int_equal(p.args.size_pt100, -1);
    assert_int_equal(p.args.face, -1);
    assert_int_equal(p.args.panel.geometry.width_px, 1072);
    assert_int_equal(p.args.panel.levels, 16);
    assert_int_equal(p.args.pages.first, 0);
    assert_null(p.args.output);
}

static void wrong_usage_is_told(void **state)
{
    (void)state;
    static const char *const lines[][2] = {
        {"a --jsno", "did you mean --json"},
        {"a --zzzzzzzz", "there is no option --zzzzzzzz"},
        {"a -z", "there is no option -z"},
        {"a --json=yes", "takes no value"},
        {"a --output", "needs a value"},
        {"a --output=", "needs a value"},
        {"a --size 4.99", "5.00 to 120"},
        {"a --size 10.555", "must be a number"},
        {"a --size ten", "must be a number"},
        {"a --size 99999999999999999999", "must be a number"},
        {"a --face plum", "apple, pear"},
        {"a --panel 10x10@300", "not a panel"},
        {"a --panel 1072x1448", "not a panel"},
        {"a --panel 1072x1448@300x5", "not a panel"},
        {"a --pages 0", "not a range"},
        {"a --pages 5-3", "not a range"},
        {"a --lang 12", "language tag"},
        {"a b c", "one thing too many"},
        {"--json", "something is missing"},
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct parsed p = parse(lines[i][0]);

        if (p.status != KITE_E_RANGE || !strstr(p.fault.text, lines[i][1]))
            fail_msg("%s: %d \"%s\"", lines[i][0], (int)p.status, p.fault.text);
    }
}

static void help_needs_no_operands(void **state)
{
    (void)state;
    struct parsed p = parse("--help");

    assert_int_equal(p.status, KITE_OK);
    assert_true(p.args.wants_help);
}

static void numbers_are_scaled(void **state)
{
    (void)state;
    int32_t n = 0;

    assert_true(kite_decimal_from_text("10.5", 100, 0, 100000, &n));
    assert_int_equal(n, 1050);
    assert_true(kite_decimal_from_text("1.350", 1000, 0, 100000, &n));
    assert_int_equal(n, 1350);
    assert_true(kite_decimal_from_text("7", 1, 0, 10, &n));
    assert_int_equal(n, 7);
    assert_true(kite_decimal_from_text("2.50000", 100, 0, 1000, &n));
    assert_int_equal(n, 250);
    assert_false(kite_decimal_from_text("7.5", 1, 0, 10, &n));
    assert_false(kite_decimal_from_text("-7", 1, 0, 10, &n));
    assert_false(kite_decimal_from_text("", 1, 0, 10, &n));
    assert_false(kite_decimal_from_text("2147483648", 1, 0, INT32_MAX, &n));
    assert_false(kite_decimal_from_text("21474836.99", 100, 0, INT32_MAX, &n));
}

static void panels_and_ranges_are_read(void **state)
{
    (void)state;
    struct parsed p = parse("a --panel 758x1024@212x4 --pages 3-");

    assert_int_equal(p.args.panel.geometry.height_px, 1024);
    assert_int_equal(p.args.panel.geometry.ppi, 212);
    assert_int_equal(p.args.panel.levels, 4);
    assert_int_equal(p.args.pages.first, 3);
    assert_int_equal(p.args.pages.last, 0);
    p = parse("a --pages 4-9");
    assert_int_equal(p.args.pages.last, 9);
    p = parse("a --pages 4");
    assert_int_equal(p.args.pages.last, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_operands_mix),
        cmocka_unit_test(values_come_attached_or_apart),
        cmocka_unit_test(short_flags_stand_together),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(what_is_not_given_stays_as_it_was),
        cmocka_unit_test(wrong_usage_is_told),
        cmocka_unit_test(help_needs_no_operands),
        cmocka_unit_test(numbers_are_scaled),
        cmocka_unit_test(panels_and_ranges_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
