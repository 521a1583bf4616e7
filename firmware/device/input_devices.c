/* Reading /dev/input: what each device is, and its records to its decoder. */
#include "device/input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "/dev/input"
#define RECORDS 64
#define BITS_BYTES 96 /* 0x300 keys */

static int ask(const struct input_devices *inputs, int fd, unsigned long request, void *argument)
{
    return inputs->system->ioctl(inputs->system->ctx, fd, request, argument);
}

static bool has_bit(const uint8_t *bits, unsigned bit)
{
    return bits[bit / 8] >> bit % 8 & 1;
}

/* ---- what a device is -------------------------------------------------------------------------
 */

static struct input_axis axis_of(const struct input_devices *inputs, int fd, unsigned code)
{
    struct input_absinfo info = { .value = 0 };

    if (ask(inputs, fd, EVIOCGABS(code), &info) < 0 || info.maximum < info.minimum)
        return (struct input_axis){ 0, -1 };
    return (struct input_axis){ info.minimum, info.maximum };
}

static bool is_axis(struct input_axis axis)
{
    return axis.most > axis.least;
}

static void look_for_touch(const struct input_devices *inputs, int fd, const uint8_t *keys,
                           const uint8_t *axes, struct input_caps *caps)
{
    char name[BOARD_WORD_BYTES_MAX] = "";
    const char *wanted = inputs->board->touch.name;

    ask(inputs, fd, EVIOCGNAME(sizeof name - 1), name);
    if (*wanted && strcmp(wanted, name) != 0)
        return;
    caps->has_slots = has_bit(axes, ABS_MT_SLOT);
    caps->x = axis_of(inputs, fd, caps->has_slots ? ABS_MT_POSITION_X : ABS_X);
    caps->y = axis_of(inputs, fd, caps->has_slots ? ABS_MT_POSITION_Y : ABS_Y);
    caps->has_touch = is_axis(caps->x) && is_axis(caps->y) &&
                      (caps->has_slots || has_bit(keys, BTN_TOUCH) || has_bit(keys, BTN_LEFT));
}

static struct input_caps caps_of(const struct input_devices *inputs, int fd)
{
    uint8_t keys[BITS_BYTES] = { 0 }, axes[ABS_CNT / 8] = { 0 };
    struct input_caps caps = { .x = { 0, -1 }, .y = { 0, -1 } };

    ask(inputs, fd, EVIOCGBIT(EV_KEY, sizeof keys), keys);
    ask(inputs, fd, EVIOCGBIT(EV_ABS, sizeof axes), axes);
    for (size_t i = 0; i < inputs->board->key_count; i++)
        caps.has_keys = caps.has_keys || has_bit(keys, inputs->board->keys[i].code);
    look_for_touch(inputs, fd, keys, axes, &caps);
    return caps;
}

/* ---- coming and going -------------------------------------------------------------------------
 */

static bool is_node(const char *node)
{
    size_t digits = strncmp(node, "event", 5) == 0 ? strspn(node + 5, "0123456789") : 0;

    return digits > 0 && digits < 8 && node[5 + digits] == '\0';
}

static void close_device(struct input_devices *inputs, size_t index)
{
    close(inputs->devices[index].descriptor);
    inputs->count--;
    inputs->devices[index] = inputs->devices[inputs->count];
}

void input_remove(struct input_devices *inputs, const char *node)
{
    for (size_t i = inputs->count; i-- > 0;)
        if (strcmp(inputs->devices[i].node, node) == 0)
            close_device(inputs, i);
}

void input_add(struct input_devices *inputs, const char *node)
{
    char path[SYSTEM_PATH_BYTES_MAX], full[SYSTEM_PATH_BYTES_MAX];
    struct input_device *device;
    struct input_caps caps;
    int fd;

    if (!is_node(node))
        return;
    input_remove(inputs, node);
    if (inputs->count == INPUT_DEVICES_MAX)
        return;
    snprintf(path, sizeof path, FOLDER "/%s", node);
    fd = open(system_path(inputs->system, path, full), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    caps = caps_of(inputs, fd);
    if (!caps.has_keys && !caps.has_touch) {
        close(fd);
        return;
    }
    device = &inputs->devices[inputs->count++];
    device->descriptor = fd;
    snprintf(device->node, sizeof device->node, "%s", node);
    input_decoder_init(&device->decoder, inputs->board, &inputs->panel, &caps);
    device->decoder.is_asleep = inputs->is_asleep;
}

void input_open(struct input_devices *inputs, const struct system *system,
                const struct board *board, const struct kite_panel_geometry *panel)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    struct dirent **names;
    int count = scandir(system_path(system, FOLDER, full), &names, NULL, alphasort);

    memset(inputs, 0, sizeof *inputs);
    inputs->system = system;
    inputs->board = board;
    inputs->panel = *panel;
    for (int i = 0; i < count; i++) {
        input_add(inputs, names[i]->d_name);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

void input_close(struct input_devices *inputs)
{
    while (inputs->count > 0)
        close_device(inputs, inputs->count - 1);
}

/* ---- records ----------------------------------------------------------------------------------
 */

static void look_at_slots(const struct input_devices *inputs, const struct input_device *device,
                          struct input_state *state)
{
    static const unsigned codes[] = { ABS_MT_TRACKING_ID, ABS_MT_POSITION_X, ABS_MT_POSITION_Y };

    for (size_t c = 0; c < sizeof codes / sizeof *codes; c++) {
        int32_t values[1 + INPUT_SLOTS_MAX];

        memset(values, 0xff, sizeof values); /* a slot that the device lacks stays at -1 */
        values[0] = (int32_t)codes[c];
        if (ask(inputs, device->descriptor, EVIOCGMTSLOTS(sizeof values), values) < 0)
            continue;
        for (size_t i = 0; i < INPUT_SLOTS_MAX; i++) {
            struct input_slot *slot = &state->slots[i];

            if (codes[c] == ABS_MT_TRACKING_ID)
                slot->is_down = values[1 + i] >= 0;
            else if (codes[c] == ABS_MT_POSITION_X)
                slot->x = values[1 + i];
            else
                slot->y = values[1 + i];
        }
    }
}

static int32_t value_of(const struct input_devices *inputs, const struct input_device *device,
                        unsigned code)
{
    struct input_absinfo info = { .value = 0 };

    ask(inputs, device->descriptor, EVIOCGABS(code), &info);
    return info.value;
}

static enum kite_status resync(struct input_devices *inputs, struct input_device *device,
                               int64_t now_ms, const struct input_sink *sink)
{
    struct input_state state = { .keys = { 0 } };

    ask(inputs, device->descriptor, EVIOCGKEY(sizeof state.keys), state.keys);
    if (device->decoder.caps.has_slots)
        look_at_slots(inputs, device, &state);
    else if (device->decoder.caps.has_touch)
        state.slots[0] =
            (struct input_slot){ has_bit(state.keys, BTN_TOUCH) || has_bit(state.keys, BTN_LEFT),
                                 value_of(inputs, device, ABS_X), value_of(inputs, device, ABS_Y) };
    return input_resync(&device->decoder, &state, now_ms, sink);
}

enum kite_status input_read(struct input_devices *inputs, size_t index, int64_t now_ms,
                            const struct input_sink *sink)
{
    struct input_device *device = &inputs->devices[index];
    struct input_record records[RECORDS];
    ssize_t got = read(device->descriptor, records, sizeof records);
    enum kite_status status = KITE_OK;

    if (got < 0 && errno == ENODEV) {
        close_device(inputs, index);
        return KITE_OK;
    }
    for (size_t i = 0; got > 0 && i < (size_t)got / sizeof *records && status == KITE_OK; i++) {
        status = input_decode(&device->decoder, &records[i], now_ms, sink);
        if (status == KITE_OK && device->decoder.must_resync)
            status = resync(inputs, device, now_ms, sink);
    }
    return status;
}

enum kite_status input_devices_tick(struct input_devices *inputs, int64_t now_ms,
                                    const struct input_sink *sink)
{
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < inputs->count && status == KITE_OK; i++)
        status = input_tick(&inputs->devices[i].decoder, now_ms, sink);
    return status;
}

int64_t input_devices_due_ms(const struct input_devices *inputs)
{
    int64_t due = KITE_NEVER_MS;

    for (size_t i = 0; i < inputs->count; i++) {
        int64_t one = input_due_ms(&inputs->devices[i].decoder);

        due = one < due ? one : due;
    }
    return due;
}

void input_sleep(struct input_devices *inputs, bool is_asleep)
{
    inputs->is_asleep = is_asleep;
    for (size_t i = 0; i < inputs->count; i++)
        inputs->devices[i].decoder.is_asleep = is_asleep;
}

bool input_is_held(const struct input_devices *inputs)
{
    for (size_t i = 0; i < inputs->count; i++) {
        uint8_t keys[BITS_BYTES] = { 0 };

        if (!inputs->devices[i].decoder.caps.has_keys ||
            ask(inputs, inputs->devices[i].descriptor, EVIOCGKEY(sizeof keys), keys) < 0)
            continue;
        for (size_t k = 0; k < inputs->board->key_count; k++)
            if (has_bit(keys, inputs->board->keys[k].code))
                return true;
    }
    return false;
}
