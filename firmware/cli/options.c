/* The option parser. It knows kinds of values, not verbs. */
#include "cli/options.h"

#include <string.h>

void kite_args_init(struct kite_args *args)
{
    *args = (struct kite_args){
        .document = -1,
        .panel = {{1072, 1448, 300}, 16},
        .profile = KITE_PROFILE_BOOK,
        .face = -1,
        .size_pt100 = -1,
        .line_em1000 = -1,
        .margin_px = -1,
        .weight = -1,
        .chars = -1,
        .align = -1,
        .format = -1,
        .shell = -1,
        .jobs = -1,
        .number = -1,
    };
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Digits at *text as a number up to max; moves *text behind them. */
static bool take_number(const char **text, int32_t max, int32_t *out)
{
    const char *at = *text;
    int32_t value = 0;

    for (; *at >= '0' && *at <= '9'; at++) {
        int32_t digit = *at - '0';

        if (value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (at == *text)
        return false;
    *text = at;
    *out = value;
    return true;
}

bool kite_decimal_from_text(const char *text, int32_t scale, int32_t min, int32_t max, int32_t *out)
{
    int32_t whole;
    int64_t value;

    if (!take_number(&text, max / scale, &whole))
        return false;
    value = (int64_t)whole * scale;
    if (*text == '.' && scale > 1) {
        text++;
        for (int32_t place = scale / 10; *text >= '0' && *text <= '9'; place /= 10, text++) {
            if (place == 0 && *text != '0')
                return false;
            value += (*text - '0') * place;
        }
    }
    if (*text != '\0' || value < min || value > max)
        return false;
    *out = (int32_t)value;
    return true;
}

#define PANEL_SIDE_MAX 8192
#define PANEL_SIDE_MIN 64
#define PANEL_PPI_MIN 50
#define PANEL_PPI_MAX 1200

bool kite_panel_from_text(const char *text, struct kite_panel_choice *out)
{
    struct kite_panel_choice choice = {.levels = 16};

    if (!take_number(&text, PANEL_SIDE_MAX, &choice.geometry.width_px) || *text++ != 'x' ||
        !take_number(&text, PANEL_SIDE_MAX, &choice.geometry.height_px) || *text++ != '@' ||
        !take_number(&text, PANEL_PPI_MAX, &choice.geometry.ppi))
        return false;
    if (*text == 'x') {
        text++;
        if (!take_number(&text, 256, &choice.levels))
            return false;
    }
    if (*text != '\0' || choice.geometry.width_px < PANEL_SIDE_MIN ||
        choice.geometry.height_px < PANEL_SIDE_MIN || choice.geometry.ppi < PANEL_PPI_MIN)
        return false;
    if (choice.levels != 2 && choice.levels != 4 && choice.levels != 16 && choice.levels != 256)
        return false;
    *out = choice;
    return true;
}

static bool range_from_text(const char *text, struct kite_page_range *out)
{
    struct kite_page_range range;

    if (!take_number(&text, INT32_MAX, &range.first) || range.first == 0)
        return false;
    range.last = range.first;
    if (*text == '-') {
        text++;
        range.last = 0;
        if (*text != '\0' &&
            (!take_number(&text, INT32_MAX, &range.last) || range.last < range.first))
            return false;
    }
    if (*text != '\0')
        return false;
    *out = range;
    return true;
}

static bool word_from_text(const char *text, const char *const *words, int32_t *out)
{
    for (int32_t i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return true;
        }
    return false;
}

/* ---- near misses ----------------------------------------------------------------------------- */

#define WORD_MAX 32

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;

    return m < c ? m : c;
}

/* Edit distance (Levenshtein) of two words of at most WORD_MAX bytes. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], width = strlen(b);

    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            size_t above = row[j + 1];

            row[j + 1] = smallest(above + 1, row[j] + 1, corner + (a[i] != b[j]));
            corner = above;
        }
    }
    return row[width];
}

const char *kite_nearest_word(const char *text, const char *const *words)
{
    const char *best = NULL;
    size_t least = strlen(text) / 2 + 1;

    if (strlen(text) > WORD_MAX || least > 4)
        return NULL;
    for (size_t i = 0; words[i]; i++) {
        if (strlen(words[i]) > WORD_MAX)
            continue;

        size_t d = distance(text, words[i]);

        if (d < least) {
            least = d;
            best = words[i];
        }
    }
    return best;
}

/* ---- options --------------------------------------------------------------------------------- */

#define OPTIONS_MAX 64

static const struct kite_option *find(const struct kite_verb *verb, const char *name, size_t bytes,
                                      char letter)
{
    for (size_t g = 0; g < KITE_VERB_GROUPS && verb->groups[g]; g++)
        for (size_t i = 0; i < verb->groups[g]->option_count; i++) {
            const struct kite_option *option = &verb->groups[g]->options[i];

            if (letter ? option->letter == letter
                       : strncmp(option->name, name, bytes) == 0 && option->name[bytes] == '\0')
                return option;
        }
    return NULL;
}

static enum kite_status unknown(const struct kite_verb *verb, const char *name, size_t bytes,
                                struct kite_fault *fault)
{
    const char *words[OPTIONS_MAX + 1];
    size_t count = 0;
    char asked[WORD_MAX + 1];

    for (size_t g = 0; g < KITE_VERB_GROUPS && verb->groups[g]; g++)
        for (size_t i = 0; i < verb->groups[g]->option_count && count < OPTIONS_MAX; i++)
            words[count++] = verb->groups[g]->options[i].name;
    words[count] = NULL;
    if (bytes > WORD_MAX)
        return kite_fail(fault, KITE_E_RANGE, "there is no option --%.*s", WORD_MAX, name);
    memcpy(asked, name, bytes);
    asked[bytes] = '\0';

    const char *near = kite_nearest_word(asked, words);

    if (near)
        return kite_fail(fault, KITE_E_RANGE, "there is no option --%s; did you mean --%s?", asked,
                         near);
    return kite_fail(fault, KITE_E_RANGE, "there is no option --%s", asked);
}

static enum kite_status bad_word(const struct kite_option *option, const char *value,
                                 struct kite_fault *fault)
{
    char list[160] = "";
    size_t used = 0;

    for (size_t i = 0; option->words[i] && used + strlen(option->words[i]) + 3 < sizeof list; i++) {
        if (i > 0) {
            memcpy(list + used, ", ", 2);
            used += 2;
        }
        memcpy(list + used, option->words[i], strlen(option->words[i]) + 1);
        used += strlen(option->words[i]);
    }
    return kite_fail(fault, KITE_E_RANGE, "--%s does not know \"%.40s\"; choose one of %s",
                     option->name, value, list);
}

static enum kite_status bad_value(const struct kite_option *option, const char *value,
                                  struct kite_fault *fault)
{
    const char *name = option->name;

    switch (option->kind) {
    case KITE_OPTION_WORD:
        return bad_word(option, value, fault);
    case KITE_OPTION_PANEL:
        return kite_fail(fault, KITE_E_RANGE,
                         "--%s \"%.40s\" is not a panel; write WIDTHxHEIGHT@PPI, as in "
                         "1072x1448@300, and x2, x4, "
                         "x16 or x256 behind it for its gray levels",
                         name, value);
    case KITE_OPTION_RANGE:
        return kite_fail(fault, KITE_E_RANGE, "--%s \"%.40s\" is not a range; write 7, 3-8 or 3-",
                         name, value);
    case KITE_OPTION_LANG:
        return kite_fail(fault, KITE_E_RANGE,
                         "--%s \"%.40s\" is not a language tag; write es, ht or pt-BR, for example",
                         name, value);
    case KITE_OPTION_DECIMAL:
        if (option->scale == 1)
            return kite_fail(fault, KITE_E_RANGE,
                             "--%s \"%.40s\" must be a whole number from %d to %d", name, value,
                             (int)option->min, (int)option->max);
        return kite_fail(fault, KITE_E_RANGE, "--%s \"%.40s\" must be a number from %d.%02d to %d",
                         name, value, (int)(option->min / option->scale),
                         (int)(option->min % option->scale * 100 / option->scale),
                         (int)(option->max / option->scale));
    default:
        return kite_fail(fault, KITE_E_RANGE, "--%s needs a value: --%s %s", name, name,
                         option->value);
    }
}

/* Write a value of one kind; memcpy because the place is known by its offset only. */
static enum kite_status set(const struct kite_option *option, const char *value,
                            struct kite_args *args, struct kite_fault *fault)
{
    char *place = (char *)args + option->offset;
    struct kite_panel_choice panel;
    struct kite_page_range range;
    int32_t number;
    kite_lang lang;

    switch (option->kind) {
    case KITE_OPTION_DECIMAL:
        if (!kite_decimal_from_text(value, option->scale, option->min, option->max, &number))
            return bad_value(option, value, fault);
        memcpy(place, &number, sizeof number);
        return KITE_OK;
    case KITE_OPTION_WORD:
        if (!word_from_text(value, option->words, &number))
            return bad_value(option, value, fault);
        memcpy(place, &number, sizeof number);
        return KITE_OK;
    case KITE_OPTION_LANG:
        lang = kite_lang_from_text(value);
        if (lang == 0)
            return bad_value(option, value, fault);
        memcpy(place, &lang, sizeof lang);
        return KITE_OK;
    case KITE_OPTION_PANEL:
        if (!kite_panel_from_text(value, &panel))
            return bad_value(option, value, fault);
        memcpy(place, &panel, sizeof panel);
        return KITE_OK;
    case KITE_OPTION_RANGE:
        if (!range_from_text(value, &range))
            return bad_value(option, value, fault);
        memcpy(place, &range, sizeof range);
        return KITE_OK;
    default:
        if (*value == '\0')
            return bad_value(option, value, fault);
        memcpy(place, &value, sizeof value);
        return KITE_OK;
    }
}

/* ---- the command line ------------------------------------------------------------------------ */

struct line {
    const struct kite_verb *verb;
    int count, at; /* at: the next argument */
    char *const *argv;
    struct kite_args *args;
    struct kite_fault *fault;
};

/* Apply an option; value is what was attached to it, NULL when nothing was. */
static enum kite_status apply(struct line *line, const struct kite_option *option,
                              const char *value)
{
    if (option->kind == KITE_OPTION_FLAG) {
        bool is_set = true;

        if (value)
            return kite_fail(line->fault, KITE_E_RANGE, "--%s takes no value", option->name);
        memcpy((char *)line->args + option->offset, &is_set, sizeof is_set);
        return KITE_OK;
    }
    if (!value && line->at < line->count)
        value = line->argv[line->at++];
    if (!value)
        return kite_fail(line->fault, KITE_E_RANGE, "--%s needs a value: --%s %s", option->name,
                         option->name, option->value);
    return set(option, value, line->args, line->fault);
}

static enum kite_status read_long(struct line *line, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t bytes = equals ? (size_t)(equals - text) : strlen(text);
    const struct kite_option *option = find(line->verb, text, bytes, 0);

    if (!option)
        return unknown(line->verb, text, bytes, line->fault);
    return apply(line, option, equals ? equals + 1 : NULL);
}

/* "-o OUT", "-oOUT", or flags one after another. */
static enum kite_status read_short(struct line *line, const char *text)
{
    for (; *text; text++) {
        const struct kite_option *option = find(line->verb, NULL, 0, *text);
        enum kite_status status;

        if (!option)
            return kite_fail(line->fault, KITE_E_RANGE, "there is no option -%c", *text);
        if (option->kind != KITE_OPTION_FLAG)
            return apply(line, option, text[1] ? text + 1 : NULL);
        status = apply(line, option, NULL);
        if (status)
            return status;
    }
    return KITE_OK;
}

static enum kite_status check_operands(const struct kite_verb *verb, const char **operands,
                                       size_t count, struct kite_fault *fault)
{
    if (count < verb->operands_min)
        return kite_fail(fault, KITE_E_RANGE, "something is missing: kite %s %s", verb->name,
                         verb->operands);
    if (count > verb->operands_max)
        return kite_fail(fault, KITE_E_RANGE, "\"%.60s\" is one thing too many: kite %s %s",
                         operands[verb->operands_max], verb->name, verb->operands);
    for (size_t i = 0; i < count; i++)
        if (operands[i][0] == '\0')
            return kite_fail(fault, KITE_E_RANGE, "an empty name was given: kite %s %s", verb->name,
                             verb->operands);
    return KITE_OK;
}

enum kite_status kite_args_parse(const struct kite_verb *verb, int count, char *const *argv,
                                 struct kite_args *args, const char **operands,
                                 size_t *operand_count, struct kite_fault *fault)
{
    struct line line = {.verb = verb, .count = count, .argv = argv, .args = args, .fault = fault};
    enum kite_status status = KITE_OK;
    bool is_over = false; /* behind "--" */

    *operand_count = 0;
    while (line.at < count && status == KITE_OK) {
        const char *text = argv[line.at++];

        if (is_over || text[0] != '-' || text[1] == '\0')
            operands[(*operand_count)++] = text;
        else if (strcmp(text, "--") == 0)
            is_over = true;
        else if (text[1] == '-')
            status = read_long(&line, text + 2);
        else
            status = read_short(&line, text + 1);
    }
    if (status || args->wants_help)
        return status;
    return check_operands(verb, operands, *operand_count, fault);
}
