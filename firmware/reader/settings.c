/* What the library keeps about how a person reads and how the device behaves. */
#include "reader/views.h"

/* Settings of a person that are small numbers. */
struct number_row {
    const char *key;
    int64_t otherwise, least, most;
};
enum {
    SET_PROFILE,
    SET_SIZE,
    SET_FAMILY,
    SET_WEIGHT,
    SET_LINE,
    SET_WORD,
    SET_MARGINS,
    SET_ALIGN,
    SET_NOTES,
    SET_NIGHT,
    SET_ROTATION,
    SET_COUNT
};
static const struct number_row numbers[SET_COUNT] = {
    [SET_PROFILE] = { "type.profile", 0, 0, KITE_PROFILE_COUNT - 1 },
    [SET_SIZE] = { "type.size", -1, -1, TYPE_SIZES - 1 },
    [SET_FAMILY] = { "type.family", -1, -1, KITE_FAMILY_COUNT - 1 },
    [SET_WEIGHT] = { "type.weight", -1, -1, TYPE_WEIGHTS - 1 },
    [SET_LINE] = { "type.line", -1, -1, TYPE_LINES - 1 },
    [SET_WORD] = { "type.word", -1, -1, TYPE_WORDS - 1 },
    [SET_MARGINS] = { "type.margins", -1, -1, TYPE_MARGINS - 1 },
    [SET_ALIGN] = { "type.align", -1, -1, KITE_CHOOSE_RAGGED },
    [SET_NOTES] = { "type.notes", 0, 0, KITE_NOTES_COUNT - 1 },
    [SET_NIGHT] = { "type.night", 0, 0, 1 },
    [SET_ROTATION] = { "type.rotation", 0, 0, KITE_ROTATE_270 },
};

/* A number that is kept; one out of range, from a damaged or newer library, counts as none. */
static enum kite_status get(struct kite_reader *r, uint32_t owner, const struct number_row *row,
                            int64_t *value)
{
    enum kite_status status =
        kite_library_get_number(r->library, owner, row->key, row->otherwise, value, &r->fault);

    if (status == KITE_OK && (*value < row->least || *value > row->most))
        *value = row->otherwise;
    return status;
}

static void take_type(const int64_t *values, struct type_choice *type)
{
    *type = (struct type_choice){
        .profile = (enum kite_profile)values[SET_PROFILE],
        .size = (int8_t)values[SET_SIZE],
        .family = (int8_t)values[SET_FAMILY],
        .weight = (int8_t)values[SET_WEIGHT],
        .line = (int8_t)values[SET_LINE],
        .word = (int8_t)values[SET_WORD],
        .margins = (int8_t)values[SET_MARGINS],
        .align = (int8_t)values[SET_ALIGN],
        .notes = (uint8_t)values[SET_NOTES],
        .is_night = values[SET_NIGHT] != 0,
        .rotation = (uint8_t)values[SET_ROTATION],
    };
}

enum kite_status settings_load(struct kite_reader *r)
{
    static const struct number_row numbered = { "page.numbers", 0, 0, 1 },
                                   cleaner = { "panel.cleaner", 0, 0, 1 };
    int64_t values[SET_COUNT], is_numbered = 0, is_cleaner = 0;
    char lang[KITE_SETTING_VALUE_BYTES_MAX + 1] = "";
    enum kite_status status = kite_library_current_reader(r->library, &r->person, &r->fault);

    for (int i = 0; i < SET_COUNT && status == KITE_OK; i++)
        status = get(r, r->person, &numbers[i], &values[i]);
    if (status == KITE_OK)
        status = get(r, r->person, &numbered, &is_numbered);
    if (status == KITE_OK)
        status = get(r, KITE_DEVICE, &cleaner, &is_cleaner);
    if (status == KITE_OK)
        status = kite_library_get_text(r->library, r->person, "lang", "en", lang, &r->fault);
    if (status)
        return status;
    take_type(values, &r->type);
    r->has_paragraph_numbers = is_numbered;
    r->is_cleaner = is_cleaner;
    r->catalogue = catalogue_for(kite_lang_from_text(lang));
    return settings_apply(r);
}

enum kite_status settings_save_type(struct kite_reader *r)
{
    const struct type_choice *type = &r->type;
    const int64_t values[SET_COUNT] = {
        [SET_PROFILE] = type->profile,   [SET_SIZE] = type->size,   [SET_FAMILY] = type->family,
        [SET_WEIGHT] = type->weight,     [SET_LINE] = type->line,   [SET_WORD] = type->word,
        [SET_MARGINS] = type->margins,   [SET_ALIGN] = type->align, [SET_NIGHT] = type->is_night,
        [SET_ROTATION] = type->rotation, [SET_NOTES] = type->notes,
    };
    enum kite_status status = kite_library_settings_begin(r->library, &r->fault);

    for (int i = 0; i < SET_COUNT && status == KITE_OK; i++)
        status =
            kite_library_set_number(r->library, r->person, numbers[i].key, values[i], &r->fault);

    enum kite_status ended = kite_library_settings_end(r->library, &r->fault);

    return status ? status : ended;
}

enum kite_status settings_apply(struct kite_reader *r)
{
    type_setting(&r->type, r->options.panel, &r->setting);
    type_ink(&r->type, &r->setting, r->options.levels, &r->ink);
    r->is_stale = true;
    return r->reading.text ? reading_reset(&r->reading, &r->fault) : KITE_OK;
}

/* ---- the screen ------------------------------------------------------------------------------ */

enum { ROW_LANG, ROW_NUMBERS, ROW_HISTORY, ROW_REFRESH, ROW_PIN, ROW_KEPT, ROW_COUNT };

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    static const enum message labels[ROW_COUNT] = { MESSAGE_INTERFACE_LANGUAGE,
                                                    MESSAGE_PARAGRAPH_NUMBERS, MESSAGE_HISTORY,
                                                    MESSAGE_REFRESH, MESSAGE_PIN, MESSAGE_KEPT };
    struct kite_reader_info person = { 0 };
    bool has_pin = false;
    enum kite_status status = index == ROW_HISTORY ? person_info(r, &person)
                              : index == ROW_PIN   ? pin_is_set(r, &has_pin)
                                                   : KITE_OK;
    const char *const values[ROW_COUNT] = {
        r->catalogue->name,
        say(r, r->has_paragraph_numbers ? MESSAGE_YES : MESSAGE_NO),
        say(r, person.keeps_history ? MESSAGE_YES : MESSAGE_NO),
        say(r, r->is_cleaner ? MESSAGE_CLEANER : MESSAGE_CALMER),
        say(r, has_pin ? MESSAGE_YES : MESSAGE_NO),
        "",
    };

    text_copy(say(r, labels[index]), out->label, sizeof out->label);
    text_copy(values[index], out->value, sizeof out->value);
    return status;
}

static enum kite_status next_language(struct kite_reader *r)
{
    size_t at = 0;
    char lang[9];

    while (catalogue_at(at) && catalogue_at(at) != r->catalogue)
        at++;
    r->catalogue = catalogue_at(at + 1) ? catalogue_at(at + 1) : catalogue_at(0);
    return kite_library_set_text(r->library, r->person, "lang",
                                 kite_lang_text(r->catalogue->lang, lang), &r->fault);
}

/* The one setting of the device: those of a person are nobody else's. */
static enum kite_status next_refresh(struct kite_reader *r)
{
    r->is_cleaner = !r->is_cleaner;
    r->is_stale = true;
    return kite_library_set_number(r->library, KITE_DEVICE, "panel.cleaner", r->is_cleaner,
                                   &r->fault);
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    struct kite_reader_info person;
    enum kite_status status;

    r->is_stale = true;
    switch (index) {
    case ROW_LANG:
        return next_language(r);
    case ROW_NUMBERS:
        r->has_paragraph_numbers = !r->has_paragraph_numbers;
        return kite_library_set_number(r->library, r->person, "page.numbers",
                                       r->has_paragraph_numbers, &r->fault);
    case ROW_REFRESH:
        return pin_guard(r, next_refresh);
    case ROW_PIN:
        view_open(r, VIEW_PIN, 0);
        return KITE_OK;
    case ROW_KEPT:
        return kept_open(r);
    default:
        status = person_info(r, &person);
        return status
                   ? status
                   : kite_library_history(r->library, r->person, !person.keeps_history, &r->fault);
    }
}

const struct view view_settings = { .name = "settings",
                                    .title = MESSAGE_SETTINGS,
                                    .intent = KITE_INTENT_INTERFACE,
                                    .row_count = ROW_COUNT,
                                    .row = fill_row,
                                    .chosen = choose };
