/* The library: what is on the device, sorted and chosen from. */
#include "reader/views.h"
#include "reader/languages.h"

#include <stdio.h>
#include <string.h>

static struct kite_query query_of(const struct kite_reader *r)
{
    const struct choice *c = &r->choice;

    return (struct kite_query){ .reader = r->person,
                                .sort = c->sort,
                                .is_unread_only = c->is_unread_only,
                                .lang = c->lang,
                                .author = c->author[0] ? c->author : NULL,
                                .shelf = c->shelf[0] ? c->shelf : NULL,
                                .words = c->words[0] ? c->words : NULL };
}

/* A language's own name, or its tag. */
static const char *language_text(kite_lang lang, char tag[9])
{
    const char *name = language_name(lang);

    return name ? name : kite_lang_text(lang, tag);
}

/* Whether only some texts are shown. */
static bool is_chosen(const struct kite_reader *r)
{
    const struct choice *c = &r->choice;

    return c->words[0] || c->lang || c->author[0] || c->shelf[0] || c->is_unread_only;
}

enum kite_status open_text(struct kite_reader *r, int64_t text, const struct kite_place *at)
{
    enum kite_status status = reading_save(&r->reading, &r->fault);

    if (status == KITE_OK)
        status = at ? reading_follow(&r->reading, r->person, text, at, &r->fault)
                    : reading_open(&r->reading, r->person, text, &r->fault);
    view_close_all(r);
    return status;
}

struct sibling { /* another text of the same bundle */
    uint32_t document;
    int64_t bundle, text;
};

static enum kite_status take_sibling(void *ctx, const struct kite_entry *entry)
{
    struct sibling *sibling = ctx;

    if (sibling->bundle == 0)
        sibling->bundle = entry->bundle;
    else if (entry->bundle == sibling->bundle && entry->document == sibling->document)
        sibling->text = entry->text;
    return KITE_OK;
}

enum kite_status follow_to_document(struct kite_reader *r, const struct kite_place *place)
{
    struct sibling sibling = { .document = place->document };
    struct kite_query all = { .reader = 0 };
    enum kite_status status =
        kite_library_entry(r->texts, r->reading.text, 0, &sibling, take_sibling, &r->fault);

    if (status == KITE_OK)
        status =
            kite_library_list(r->texts, &all, 0, UINT32_MAX, &sibling, take_sibling, &r->fault);
    if (status == KITE_OK && sibling.text == 0)
        status = kite_fail(&r->fault, KITE_E_RANGE, "the bundle has no document %u",
                           (unsigned)place->document + 1);
    return status ? status : open_text(r, sibling.text, place);
}

enum kite_status library_menu(struct kite_reader *r)
{
    if (r->seat_count > 1)
        view_close(r);
    else
        view_open(r, VIEW_MENU, 0);
    return KITE_OK;
}

/* ---- the list -------------------------------------------------------------------------------- */

/* A row is asked for one at a time, but read from the library a screenful at once. */
static enum kite_status keep_entry(void *ctx, const struct kite_entry *entry)
{
    struct shelf *shelf = ctx;
    struct shelf_row *row = &shelf->rows[shelf->count++];

    row->text = entry->text;
    row->lang = entry->lang;
    row->is_rtl = entry->direction == KITE_DIRECTION_RTL;
    row->read_permille = entry->was_opened ? (int32_t)entry->read_permille : -1;
    text_copy(entry->title, row->title, sizeof row->title);
    text_copy(entry->author, row->author, sizeof row->author);
    return KITE_OK;
}

static enum kite_status shelf_row(struct kite_reader *r, uint32_t index,
                                  const struct shelf_row **out)
{
    struct shelf *shelf = &r->shelf;
    struct kite_query query = query_of(r);
    enum kite_status status = KITE_OK;

    if (!shelf->is_there || index < shelf->first || index >= shelf->first + shelf->count) {
        shelf->first = index / SHELF_ROWS * SHELF_ROWS;
        shelf->count = 0;
        status = kite_library_list(r->texts, &query, shelf->first, SHELF_ROWS, shelf, keep_entry,
                                   &r->fault);
        shelf->is_there = status == KITE_OK;
    }
    if (status == KITE_OK && index - shelf->first >= shelf->count)
        status =
            kite_fail(&r->fault, KITE_E_RANGE, "the library has no row %u", (unsigned)index + 1);
    *out = &shelf->rows[status == KITE_OK ? index - shelf->first : 0];
    return status;
}

static enum kite_status count_rows(struct kite_reader *r, uint32_t *out)
{
    struct shelf *shelf = &r->shelf;
    struct kite_query query = query_of(r);
    enum kite_status status = KITE_OK;

    if (!shelf->is_counted)
        status = kite_library_count(r->texts, &query, &shelf->total, &r->fault);
    shelf->is_counted = status == KITE_OK;
    *out = shelf->total + 1; /* sort and choose, always last */
    return status;
}

/* The first letter of the title that is one. */
static void cover_letters(const char *title, char out[16])
{
    size_t bytes = strlen(title), one = 0;

    for (; bytes > 0; title += one, bytes -= one) {
        uint32_t c = kite_utf8_decode(title, bytes, &one);

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0xC0)
            break;
    }
    memcpy(out, title, bytes > 0 ? one : 0);
    out[bytes > 0 ? one : 0] = '\0';
}

static enum kite_status fill_row(struct kite_reader *r, uint32_t index, struct row *out)
{
    const struct shelf_row *row;
    uint32_t count;
    char percent[16];
    enum kite_status status = count_rows(r, &count);

    if (status)
        return status;
    if (index + 1 == count) {
        text_copy(say(r, MESSAGE_SORT_FILTER), out->label, sizeof out->label);
        out->icon = ICON_SORT;
        return KITE_OK;
    }
    status = shelf_row(r, index, &row);
    if (status)
        return status;
    out->lang = row->lang;
    out->is_rtl = row->is_rtl;
    memcpy(out->label, row->title, sizeof row->title);
    cover_letters(row->title, out->cover);
    snprintf(percent, sizeof percent, "%d", row->read_permille / 10);
    if (row->read_permille >= 995)
        text_copy(say(r, MESSAGE_FINISHED), out->value, sizeof out->value);
    else if (row->read_permille >= 0)
        kite_text_fill(say(r, MESSAGE_READ_PERCENT), percent, NULL, out->value, sizeof out->value);
    text_copy(row->author, out->detail, sizeof out->detail);
    if (row->author[0] && out->value[0])
        text_add(" \xC2\xB7 ", out->detail, sizeof out->detail);
    text_add(out->value, out->detail, sizeof out->detail);
    out->value[0] = '\0';
    return KITE_OK;
}

static enum kite_status choose(struct kite_reader *r, uint32_t index)
{
    const struct shelf_row *row;
    uint32_t count;
    enum kite_status status = count_rows(r, &count);

    if (status == KITE_OK && index + 1 == count) {
        view_open(r, VIEW_SORT, 0);
        return KITE_OK;
    }
    if (status == KITE_OK)
        status = shelf_row(r, index, &row);
    return status ? status : open_text(r, row->text, NULL);
}

static enum kite_status intro(struct kite_reader *r, char *out, size_t out_bytes)
{
    uint32_t count;
    enum kite_status status;

    r->shelf.is_there = r->shelf.is_counted = false; /* what was read before may be old */
    status = count_rows(r, &count);
    if (status || count > 1)
        return status;
    if (shelf_is_open(r) && !is_chosen(r)) {
        text_copy(say(r, MESSAGE_PRIVATE_EMPTY), out, out_bytes);
        return KITE_OK;
    }
    text_copy(say(r, is_chosen(r) ? MESSAGE_NONE_CHOSEN : MESSAGE_NO_TEXTS), out, out_bytes);
    text_add("\n", out, out_bytes);
    text_add(say(r, is_chosen(r) ? MESSAGE_NONE_CHOSEN_HOW : MESSAGE_NO_TEXTS_HOW), out, out_bytes);
    return KITE_OK;
}

static void add_choice(const char *text, struct row *out)
{
    if (text[0])
        text_add(text, text_add(out->lang ? ", " : ": ", out->label, sizeof out->label),
                 sizeof out->label);
    if (text[0])
        out->lang = KITE_LANG2('e', 'n');
}

/* The title says what was chosen: nobody shall wonder where the other texts are. */
static enum kite_status head(struct kite_reader *r, struct row *out)
{
    const struct choice *c = &r->choice;
    char lang[9];

    text_copy(say(r, shelf_is_open(r) ? MESSAGE_PRIVATE : MESSAGE_LIBRARY), out->label, sizeof out->label);
    add_choice(c->words, out);
    add_choice(c->lang ? language_text(c->lang, lang) : "", out);
    add_choice(c->author, out);
    add_choice(c->shelf, out);
    add_choice(c->is_unread_only ? say(r, MESSAGE_ONLY_UNREAD) : "", out);
    if (out->lang) /* names of others: cut when they are too long */
        out->lang = r->catalogue->lang;
    return KITE_OK;
}

const struct view view_library = { .name = "library",
                                   .title = MESSAGE_LIBRARY,
                                   .intent = KITE_INTENT_INTERFACE,
                                   .label_lines = 2,
                                   .detail_lines = 1,
                                   .has_cover = true,
                                   .has_titles = true,
                                   .has_door = true,
                                   .head = head,
                                   .intro = intro,
                                   .count = count_rows,
                                   .row = fill_row,
                                   .chosen = choose };

/* ---- sorting and choosing -------------------------------------------------------------------- */

enum {
    SORT_ORDER,
    SORT_WORDS,
    SORT_LANG,
    SORT_AUTHOR,
    SORT_SHELF,
    SORT_UNREAD,
    SORT_ALL, /* only when not all are shown */
    SORT_COUNT
};

static enum kite_status count_sort(struct kite_reader *r, uint32_t *out)
{
    *out = is_chosen(r) ? SORT_COUNT : SORT_ALL;
    return KITE_OK;
}

static enum kite_status fill_sort(struct kite_reader *r, uint32_t index, struct row *out)
{
    static const enum message labels[SORT_COUNT] = { MESSAGE_SORT_BY,  MESSAGE_FIND_TITLE,
                                                     MESSAGE_LANGUAGE, MESSAGE_AUTHOR,
                                                     MESSAGE_SHELF,    MESSAGE_ONLY_UNREAD,
                                                     MESSAGE_SHOW_ALL };
    static const enum message orders[] = { MESSAGE_SORT_TITLE, MESSAGE_SORT_AUTHOR,
                                           MESSAGE_SORT_RECENT, MESSAGE_SORT_ADDED };
    const struct choice *c = &r->choice;
    char lang[9];
    const char *const values[SORT_COUNT] = {
        say(r, orders[c->sort]),
        c->words,
        c->lang ? language_text(c->lang, lang) : say(r, MESSAGE_ANY_LANGUAGE),
        c->author[0] ? c->author : say(r, MESSAGE_ANY_AUTHOR),
        c->shelf[0] ? c->shelf : say(r, MESSAGE_ANY_SHELF),
        say(r, c->is_unread_only ? MESSAGE_YES : MESSAGE_NO),
        "",
    };

    text_copy(say(r, labels[index]), out->label, sizeof out->label);
    text_copy(values[index], out->value, sizeof out->value);
    return KITE_OK;
}

/* Back to the library, at its top: what stands there is another list. */
static void show_choice(struct kite_reader *r)
{
    while (r->seat_count > 1 && seat_of(r)->view != VIEW_LIBRARY)
        view_close(r);
    seat_of(r)->focus = 0;
}

static enum kite_status find_words(struct kite_reader *r, const char *words)
{
    text_copy(words, r->choice.words, sizeof r->choice.words);
    show_choice(r);
    return KITE_OK;
}

static enum kite_status choose_sort(struct kite_reader *r, uint32_t index)
{
    static const enum kite_field fields[SORT_COUNT] = { [SORT_LANG] = KITE_FIELD_LANG,
                                                        [SORT_AUTHOR] = KITE_FIELD_AUTHOR,
                                                        [SORT_SHELF] = KITE_FIELD_SHELF };

    r->is_stale = true;
    switch (index) {
    case SORT_ORDER:
        r->choice.sort = (enum kite_sort)((r->choice.sort + 1) % (KITE_SORT_ADDED + 1));
        return KITE_OK;
    case SORT_WORDS:
        ask_text(r, MESSAGE_FIND_TITLE, r->choice.words, find_words);
        return KITE_OK;
    case SORT_UNREAD:
        r->choice.is_unread_only = !r->choice.is_unread_only;
        return KITE_OK;
    case SORT_ALL:
        r->choice = (struct choice){ .sort = r->choice.sort };
        show_choice(r);
        return KITE_OK;
    }
    view_open(r, VIEW_CHOOSE, fields[index]);
    return KITE_OK;
}

const struct view view_sort = { .name = "sort",
                                .title = MESSAGE_SORT_FILTER,
                                .intent = KITE_INTENT_INTERFACE,
                                .count = count_sort,
                                .row = fill_sort,
                                .chosen = choose_sort };

/* ---- one value of a field -------------------------------------------------------------------- */

static enum kite_status count_one(void *ctx, const char *value, uint32_t texts)
{
    uint32_t *count = ctx;

    (void)value;
    (void)texts;
    (*count)++;
    return KITE_OK;
}

static enum kite_status count_values(struct kite_reader *r, uint32_t *out)
{
    enum kite_status status = kite_library_values(r->texts, (enum kite_field)seat_of(r)->about, 0,
                                                  UINT32_MAX, out, count_one, &r->fault);

    *out += 1; /* any */
    return status;
}

struct value {
    char text[KITE_STRING_BYTES_MAX + 1];
    uint32_t texts;
};

static enum kite_status take_value(void *ctx, const char *value, uint32_t texts)
{
    struct value *out = ctx;

    text_copy(value, out->text, sizeof out->text);
    out->texts = texts;
    return KITE_OK;
}

/* Row 0 is any; the others are the field's values. */
static enum kite_status value_at(struct kite_reader *r, uint32_t index, struct value *out)
{
    *out = (struct value){ 0 };
    if (index == 0)
        return KITE_OK;
    return kite_library_values(r->texts, (enum kite_field)seat_of(r)->about, index - 1, 1, out,
                               take_value, &r->fault);
}

static bool is_in_force(const struct kite_reader *r, const struct value *value)
{
    const struct choice *c = &r->choice;

    switch ((enum kite_field)r->seats[r->seat_count - 1].about) {
    case KITE_FIELD_LANG:
        return c->lang == kite_lang_from_text(value->text);
    case KITE_FIELD_AUTHOR:
        return strcmp(c->author, value->text) == 0;
    case KITE_FIELD_SHELF:
        return strcmp(c->shelf, value->text) == 0;
    }
    return false;
}

static enum kite_status fill_value(struct kite_reader *r, uint32_t index, struct row *out)
{
    static const enum message any[] = { MESSAGE_ANY_LANGUAGE, MESSAGE_ANY_AUTHOR,
                                        MESSAGE_ANY_SHELF };
    struct value value;
    char lang[9];
    enum kite_status status = value_at(r, index, &value);

    text_copy(index == 0 ? say(r, any[seat_of(r)->about]) : value.text, out->label,
              sizeof out->label);
    if (index > 0 && seat_of(r)->about == KITE_FIELD_LANG) {
        out->lang = kite_lang_from_text(value.text);
        text_copy(language_text(out->lang, lang), out->label, sizeof out->label);
    }
    if (index > 0)
        snprintf(out->value, sizeof out->value, "%u", (unsigned)value.texts);
    out->is_chosen = is_in_force(r, &value);
    return status;
}

static enum kite_status choose_value(struct kite_reader *r, uint32_t index)
{
    struct value value;
    enum kite_status status = value_at(r, index, &value);

    if (status)
        return status;
    switch ((enum kite_field)seat_of(r)->about) {
    case KITE_FIELD_LANG:
        r->choice.lang = kite_lang_from_text(value.text);
        break;
    case KITE_FIELD_AUTHOR:
        memcpy(r->choice.author, value.text, sizeof value.text);
        break;
    case KITE_FIELD_SHELF:
        memcpy(r->choice.shelf, value.text, sizeof value.text);
        break;
    }
    view_close(r);
    return KITE_OK;
}

const struct view view_choose = { .name = "choose",
                                  .title = MESSAGE_SORT_FILTER,
                                  .intent = KITE_INTENT_INTERFACE,
                                  .label_lines = 2,
                                  .has_icons = true,
                                  .count = count_values,
                                  .row = fill_value,
                                  .chosen = choose_value };
