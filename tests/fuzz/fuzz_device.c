/* What a device hears from outside its own program: the kernel's datagrams, a board's text, input records, a FAT, one that it made itself and
 * somebody changed. The first byte says which. */
#include "device/board.h"
#include "device/fat.h"
#include "device/input.h"
#include "device/uevent.h"
#include "fuzz/fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

static void hear_uevent(const uint8_t *data, size_t count)
{
    struct uevent event;

    if (uevent_parse(data, count, &event) &&
        (event.action == UEVENT_OTHER || !memchr(event.devname, '\0', sizeof event.devname) || event.devname[0] == '/'))
        abort();
}

static void read_board(const uint8_t *data, size_t count)
{
    struct board board;
    char name[BOARD_WORD_BYTES_MAX] = "";

    memcpy(name, data, count < sizeof name ? count : sizeof name - 1);
    if (board_named(name, &board, NULL) == KITE_OK && strcmp(board.name, name) != 0)
        abort();
    if (board_parse((const char *)data, count, &board, NULL) == KITE_OK &&
        (!board.name[0] || board.key_count > BOARD_KEYS_MAX || board.rotation < 0 || board.rotation > 3))
        abort();
}

static enum kite_status take(void *ctx, const struct input_out *out)
{
    const struct kite_panel_geometry *panel = ctx;
    const struct kite_event *e = &out->event;

    if (out->kind == INPUT_EVENT && e->kind == KITE_EVENT_TOUCH &&
        (e->finger >= INPUT_FINGERS || e->x_px < 0 || e->x_px >= panel->width_px || e->y_px < 0 ||
         e->y_px >= panel->height_px))
        abort();
    return KITE_OK;
}

/* Four bytes of type and code, four of value; the first ones are the axes. */
static void decode(const uint8_t *data, size_t count)
{
    static const char text[] = "name = t\ndisplay = fbdev\nkey = 104 previous\nkey = 116 power\ntouch-axes = swap mirror-x\n";
    struct kite_panel_geometry panel = { 758, 1024, 212 };
    const struct input_sink sink = { &panel, take };
    struct input_caps caps = { .has_touch = true };
    struct input_decoder decoder;
    struct board board;
    int64_t now_ms = 0;

    if (count < 17 || board_parse(text, sizeof text - 1, &board, NULL))
        return;
    caps.has_slots = data[0] & 1;
    caps.x = (struct input_axis){ (int32_t)kite_get_u32(data + 1), (int32_t)kite_get_u32(data + 5) };
    caps.y = (struct input_axis){ (int32_t)kite_get_u32(data + 9), (int32_t)kite_get_u32(data + 13) };
    if (caps.x.most <= caps.x.least || caps.y.most <= caps.y.least)
        return; /* no such axis is taken for one */
    input_decoder_init(&decoder, &board, &panel, &caps);
    for (size_t at = 17; count - at >= 8; at += 8, now_ms += 100) {
        struct input_record record = { .type = data[at], .code = kite_get_u16(data + at + 1),
                                       .value = (int32_t)kite_get_u32(data + at + 4) };

        input_decode(&decoder, &record, now_ms, &sink);
        input_tick(&decoder, now_ms, &sink);
    }
}

/* A partition that begins with the data and is empty from there on. */
struct disk {
    const uint8_t *data;
    size_t count;
    uint64_t size_bytes;
};

static enum kite_status read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    const struct disk *d = ctx;

    if (offset > d->size_bytes || count > d->size_bytes - offset)
        abort();
    memset(dst, 0, count);
    if (offset < d->count)
        memcpy(dst, d->data + offset, d->count - offset < count ? d->count - (size_t)offset : count);
    return KITE_OK;
}

static void look(const uint8_t *data, size_t count)
{
    struct disk disk = { data, count, count + (1u << 20) };
    struct kite_partition partition = { .ctx = &disk, .size_bytes = disk.size_bytes, .read_at = read_at };
    struct kite_memory mem = kite_memory_heap();
    enum fat_state state;

    if (fat_look(&mem, &partition, &state) != KITE_OK)
        abort();
}

/* An inbox as the device makes it, in the sectors of it that hold anything. Then bytes of it change: two of place, which count from the front or
 * from the tables on, and one of value. */
struct inbox {
    uint64_t size_bytes;
    size_t used;
    struct {
        uint64_t number;
        uint8_t bytes[512];
    } sectors[64];
};

static uint8_t *sector_of(struct inbox *inbox, uint64_t number, bool is_made)
{
    size_t i = 0;

    while (i < inbox->used && inbox->sectors[i].number != number)
        i++;
    if (i == inbox->used && !is_made)
        return NULL;
    if (i == inbox->used) {
        HOLDS(inbox->used < sizeof inbox->sectors / sizeof *inbox->sectors);
        inbox->sectors[inbox->used++].number = number;
        memset(inbox->sectors[i].bytes, 0, 512);
    }
    return inbox->sectors[i].bytes;
}

static enum kite_status inbox_read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct inbox *inbox = ctx;

    HOLDS(offset <= inbox->size_bytes && count <= inbox->size_bytes - offset);
    memset(dst, 0, count);
    for (size_t at = 0, bytes; at < count; at += bytes) {
        const uint8_t *sector = sector_of(inbox, (offset + at) / 512, false);
        size_t skipped = (size_t)((offset + at) % 512);

        bytes = count - at < 512 - skipped ? count - at : 512 - skipped;
        if (sector)
            memcpy(dst + at, sector + skipped, bytes);
    }
    return KITE_OK;
}

static enum kite_status inbox_write_at(void *ctx, uint64_t offset, const uint8_t *src, size_t count)
{
    static const uint8_t zeros[512];
    struct inbox *inbox = ctx;

    HOLDS(offset <= inbox->size_bytes && count <= inbox->size_bytes - offset && offset % 512 == 0 && count % 512 == 0);
    for (size_t at = 0; at < count; at += 512) {
        bool is_zero = memcmp(src + at, zeros, 512) == 0;
        uint8_t *sector = sector_of(inbox, (offset + at) / 512, !is_zero);

        if (sector)
            memcpy(sector, src + at, 512);
    }
    return KITE_OK;
}

static enum kite_status inbox_sync(void *ctx)
{
    (void)ctx;
    return KITE_OK;
}

static void make_inbox(const uint8_t *data, size_t count)
{
    static struct inbox inbox;
    struct kite_partition partition = { .ctx = &inbox, .read_at = inbox_read_at, .write_at = inbox_write_at, .sync = inbox_sync };
    struct kite_memory mem = kite_memory_heap();
    enum fat_state state;

    inbox.used = 0;
    inbox.size_bytes = partition.size_bytes = count > 1 ? ((uint64_t)data[0] | (uint64_t)data[1] << 8) << 19 : 0;
    if (partition.size_bytes > (3ull << 30) || fat_format(&partition, NULL) != KITE_OK)
        return;
    HOLDS(fat_look(&mem, &partition, &state) == KITE_OK && state == FAT_CLEAN);
    for (size_t i = 2; i + 3 <= count && i < 150; i += 3) {
        uint64_t at = ((uint64_t)data[i] | (uint64_t)(data[i + 1] & 3) << 8) + (data[i + 1] & 4 ? 32 * 512 : 0);

        sector_of(&inbox, at / 512, true)[at % 512] = data[i + 2];
    }
    HOLDS(fat_look(&mem, &partition, &state) == KITE_OK);
}

/* What comes by a socket, but not from the kernel, is not believed. */
static void hear_others(const uint8_t *data, size_t count)
{
    struct uevent event;
    int ends[2];

    HOLDS(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) == 0);
    (void)!send(ends[0], data, count, 0);
    HOLDS(uevent_next(ends[1], &event) == KITE_DONE);
    close(ends[0]);
    close(ends[1]);
    ends[0] = uevent_open();
    if (ends[0] >= 0)
        close(ends[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
    static void (*const each[])(const uint8_t *, size_t) = { hear_uevent, read_board, decode, look, make_inbox, hear_others };

    if (count > 0)
        each[data[0] % 6](data + 1, count - 1);
    return 0;
}
