/* Boards as text: one table of fields, one way to read a line. */
#include "device/board.h"

#include "host/host.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX 256
#define TEMPERATURE_AMBIENT 4096

/* ---- values -----------------------------------------------------------------------------------
 */

static bool parse_int(const char *text, long least, long most, int *out)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (end == text || *end || value < least || value > most)
        return false;
    *out = (int)value;
    return true;
}

static bool set_panel(struct board *b, char *value)
{
    int width, height, ppi, used = 0;

    if (sscanf(value, "%5dx%5d@%4d%n", &width, &height, &ppi, &used) != 3 || value[used] ||
        width < 200 || height < 200 || width > 4096 || height > 4096 || ppi < 60 || ppi > 1000)
        return false;
    b->panel = (struct kite_panel_geometry){ width, height, ppi };
    return true;
}

static bool set_kind(struct board *b, char *value)
{
    const struct kite_panel_kind *kind = kite_panel_kind_named(value);

    if (kind)
        b->kind = *kind;
    return kind != NULL;
}

static bool set_tried(struct board *b, char *value)
{
    b->is_tried = strcmp(value, "yes") == 0;
    return b->is_tried || strcmp(value, "no") == 0;
}

static bool set_waveform(struct board *b, const char *name, const char *number)
{
    int value;

    for (int i = 0; i < KITE_WAVEFORM_COUNT; i++)
        if (strcmp(name, kite_waveform_name((enum kite_waveform)i)) == 0) {
            if (!parse_int(number, 0, 256, &value))
                return false;
            b->waveforms[i] = (uint16_t)value;
            return true;
        }
    return false;
}

/* `INIT 0, DU 1, GC16 2` */
static bool set_waveforms(struct board *b, char *value)
{
    char *rest = NULL;

    for (char *one = strtok_r(value, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
        char *inner = NULL, *name = strtok_r(one, " ", &inner);
        char *number = strtok_r(NULL, " ", &inner);

        if (!name || !number || strtok_r(NULL, " ", &inner) || !set_waveform(b, name, number))
            return false;
    }
    return true;
}

static bool set_touch_axes(struct board *b, char *value)
{
    char *rest = NULL;

    for (char *word = strtok_r(value, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        if (strcmp(word, "swap") == 0)
            b->touch.is_swapped = true;
        else if (strcmp(word, "mirror-x") == 0)
            b->touch.is_mirrored_x = true;
        else if (strcmp(word, "mirror-y") == 0)
            b->touch.is_mirrored_y = true;
        else
            return false;
    return true;
}

/* `109 next`; a later line for a code counts. */
static bool set_key(struct board *b, char *value)
{
    static const char *const uses[] = { "previous", "next", "select", "menu", "power" };
    char *rest = NULL, *code = strtok_r(value, " ", &rest), *use = strtok_r(NULL, " ", &rest);
    size_t i = 0, at = 0;
    int number;

    if (!use || strtok_r(NULL, " ", &rest) || !parse_int(code, 1, 0x2ff, &number))
        return false;
    while (i < sizeof uses / sizeof *uses && strcmp(use, uses[i]) != 0)
        i++;
    while (at < b->key_count && b->keys[at].code != number)
        at++;
    if (i == sizeof uses / sizeof *uses || at == BOARD_KEYS_MAX)
        return false;
    b->keys[at] = (struct board_key){ (uint16_t)number, (enum board_use)i };
    b->key_count += at == b->key_count;
    return true;
}

/* ---- fields -----------------------------------------------------------------------------------
 */

#define WORD(name, field)                                                                          \
    {                                                                                              \
        name, NULL, offsetof(struct board, field), sizeof((struct board *)0)->field, 0, 0          \
    }
#define NUMBER(name, field, least, most)                                                           \
    {                                                                                              \
        name, NULL, offsetof(struct board, field), 0, least, most                                  \
    }
#define OTHER(name, set)                                                                           \
    {                                                                                              \
        name, set, 0, 0, 0, 0                                                                      \
    }

static const struct field {
    const char *name;
    bool (*set)(struct board *b, char *value); /* NULL: a word or a number at an offset */
    size_t offset, bytes;                      /* of a word; bytes 0: a number */
    int least, most;
} fields[] = {
    WORD("name", name),
    WORD("title", title),
    OTHER("tried", set_tried),
    OTHER("panel", set_panel),
    OTHER("kind", set_kind),
    WORD("display", display),
    NUMBER("bits", bits, 8, 32),
    NUMBER("levels", levels, 2, 16),
    NUMBER("rotate", rotation, 0, 3),
    OTHER("waveforms", set_waveforms),
    NUMBER("temperature", temperature, -20, TEMPERATURE_AMBIENT),
    NUMBER("power-down", power_down_ms, -1, 60000),
    WORD("touch", touch.name),
    OTHER("touch-axes", set_touch_axes),
    OTHER("key", set_key),
    WORD("battery", battery),
    WORD("charger", charger),
    WORD("backlight", backlight),
    WORD("thermometer", thermometer),
    WORD("udc", udc),
    WORD("rtc", rtc),
    WORD("sleep", sleep),
    NUMBER("sleep-check", sleep_check_s, 0, 7 * 24 * 3600),
    NUMBER("sleep-after", sleep_after_s, 0, 24 * 3600),
    WORD("watchdog", watchdog),
    WORD("data", data),
    WORD("inbox", inbox),
    WORD("boot", boot),
    WORD("slot-a", slots[0]),
    WORD("slot-b", slots[1]),
};

static struct board defaults(void)
{
    struct board b = { .levels = 16,
                       .kind = *kite_panel_kind_at(0),
                       .temperature = TEMPERATURE_AMBIENT,
                       .power_down_ms = -2,
                       .rtc = "rtc0",
                       .sleep = "mem",
                       .sleep_check_s = 6 * 3600,
                       .sleep_after_s = 600,
                       .watchdog = "/dev/watchdog" };

    for (size_t i = 0; i < KITE_WAVEFORM_COUNT; i++)
        b.waveforms[i] = BOARD_NO_WAVEFORM;
    return b;
}

static bool set_field(const struct field *field, struct board *b, char *value)
{
    char *at = (char *)b + field->offset;
    int number;

    if (field->set)
        return field->set(b, value);
    if (field->bytes == 0) {
        if (!parse_int(value, field->least, field->most, &number))
            return false;
        memcpy(at, &number, sizeof number);
        return true;
    }
    if (strlen(value) >= field->bytes)
        return false;
    memset(at, 0, field->bytes);
    memcpy(at, value, strlen(value));
    return true;
}

/* ---- lines ------------------------------------------------------------------------------------
 */

static char *trim(char *text)
{
    size_t bytes;

    text += strspn(text, " \t");
    bytes = strlen(text);
    while (bytes > 0 && strchr(" \t\r", text[bytes - 1]))
        text[--bytes] = '\0';
    return text;
}

static enum kite_status parse_line(char *line, unsigned number, struct board *b,
                                   struct kite_fault *fault)
{
    char *name = trim(line), *value = strchr(name, '='), *comment = strstr(name, " #");

    if (comment)
        *comment = '\0';
    if (!*name || *name == '#')
        return KITE_OK;
    if (!value)
        return kite_fail(fault, KITE_E_FORMAT, "line %u is not `key = value`", number);
    *value = '\0';
    value = trim(value + 1);
    name = trim(name);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(name, fields[i].name) == 0)
            return set_field(&fields[i], b, value)
                       ? KITE_OK
                       : kite_fail(fault, KITE_E_FORMAT, "line %u: the value of %s cannot be used",
                                   number, name);
    return kite_fail(fault, KITE_E_FORMAT, "line %u: there is no key \"%s\"", number, name);
}

static bool is_word(const char *text)
{
    return *text &&
           text[strspn(
               text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")] == '\0';
}

/* The refresh policy makes do without what has no number, but for these. */
static enum kite_status check_waveforms(struct board *b, struct kite_fault *fault)
{
    static const enum kite_waveform needed[] = { KITE_WAVEFORM_DU, KITE_WAVEFORM_GC16 };

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (b->waveforms[needed[i]] == BOARD_NO_WAVEFORM)
            return kite_fail(fault, KITE_E_FORMAT, "waveforms must have a number for %s",
                             kite_waveform_name(needed[i]));
    for (int i = 0; i < KITE_WAVEFORM_COUNT; i++)
        if (b->waveforms[i] == BOARD_NO_WAVEFORM)
            b->kind.lacks |= (uint16_t)(1u << i);
    return KITE_OK;
}

static enum kite_status check(struct board *b, struct kite_fault *fault)
{
    if (!is_word(b->name))
        return kite_fail(fault, KITE_E_FORMAT, "a board wants a name of letters, digits, . - _");
    if (!b->display[0])
        return kite_fail(fault, KITE_E_FORMAT, "a board wants a display");
    if (b->levels != 2 && b->levels != 4 && b->levels != 16)
        return kite_fail(fault, KITE_E_FORMAT, "a panel has 2, 4 or 16 levels");
    if (b->bits && b->bits != 8 && b->bits != 16 && b->bits != 32)
        return kite_fail(fault, KITE_E_FORMAT, "a framebuffer has 8, 16 or 32 bits a pixel");
    return strncmp(b->display, "mxcfb", 5) == 0 ? check_waveforms(b, fault) : KITE_OK;
}

enum kite_status board_parse(const char *text, size_t bytes, struct board *out,
                             struct kite_fault *fault)
{
    unsigned number = 0;

    *out = defaults();
    while (bytes > 0) {
        const char *end = memchr(text, '\n', bytes);
        size_t count = end ? (size_t)(end - text) : bytes;
        char line[LINE_BYTES_MAX];
        enum kite_status status;

        number++;
        if (count >= sizeof line || memchr(text, '\0', count))
            return kite_fail(fault, KITE_E_FORMAT, "line %u is too long, or no text", number);
        memcpy(line, text, count);
        line[count] = '\0';
        status = parse_line(line, number, out, fault);
        if (status)
            return status;
        count += end != NULL;
        text += count;
        bytes -= count;
    }
    return check(out, fault);
}

enum kite_status board_named(const char *name, struct board *out, struct kite_fault *fault)
{
    const char *text;

    for (size_t i = 0; (text = board_text_at(i)) != NULL; i++) {
        enum kite_status status = board_parse(text, strlen(text), out, fault);

        if (status || strcmp(out->name, name) == 0)
            return status;
    }
    return kite_fail(fault, KITE_E_RANGE, "there is no board \"%s\"", name);
}

enum kite_status board_read(const char *path, struct board *out, struct kite_fault *fault)
{
    struct kite_buffer buffer = { .mem = kite_memory_heap() };
    struct kite_fault why = { "" };
    enum kite_status status = kite_file_read(path, &buffer, fault);

    if (status == KITE_OK && buffer.count > BOARD_FILE_BYTES_MAX)
        status = kite_fail(fault, KITE_E_LIMIT, "%s is too long for a board", path);
    if (status == KITE_OK) {
        status = board_parse((const char *)buffer.bytes, buffer.count, out, &why);
        if (status)
            kite_fail(fault, status, "%s: %s", path, why.text);
    }
    kite_buffer_close(&buffer);
    return status;
}
