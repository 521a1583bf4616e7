/* A disk that loses what was not flushed: an NBD server over a raw image. Writes stay in memory until the machine
 * flushes; at a cut a random half of the sectors in flight reaches the image and the rest is lost. The server then
 * answers nothing any more: an error would let the machine go on, which a machine without power does not.
 *
 * usage: torn_disk IMAGE SOCKET SEED [careless]
 *
 * Commands on standard input: "cut N" cuts at the N-th write from then on, 0 at once. On standard output: "ready",
 * and at the cut "cut WRITES KEPT LOST". Writes are counted, not timed, so a seed gives the same cut again as far as
 * the machine writes the same. A careless disk calls a flush done without doing it: a bed that finds nothing then
 * would find nothing ever. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SECTOR 512u
#define REQUEST_BYTES_MAX (32u << 20)
#define NOT_ARMED UINT64_MAX

enum { FIXED_NEWSTYLE = 1, NO_ZEROES = 2 };
enum { OPTION_ABORT = 2, OPTION_INFO = 6, OPTION_GO = 7 };
enum { REPLY_ACK = 1, REPLY_INFO = 3 };
#define REPLY_UNSUPPORTED UINT32_C(0x80000001)
#define OPTION_MAGIC UINT64_C(0x49484156454f5054)
#define OPTION_REPLY_MAGIC UINT64_C(0x3e889045565a9)
#define REQUEST_MAGIC UINT32_C(0x25609513)
#define ANSWER_MAGIC UINT32_C(0x67446698)
enum { HAS_FLAGS = 1, SEND_FLUSH = 4, SEND_FUA = 8 };
enum { COMMAND_READ, COMMAND_WRITE, COMMAND_DISCONNECT, COMMAND_FLUSH };
enum { COMMAND_FUA = 1 };

static struct {
    int image;
    uint64_t bytes;
    uint8_t **held;  /* [sectors]: what is not flushed, or NULL */
    uint64_t *order; /* of the held ones, [held_count] */
    uint64_t held_count, writes, cut_at, random;
    bool is_careless;
} disk = { .cut_at = NOT_ARMED };

static void fail(const char *what)
{
    fprintf(stderr, "torn_disk: %s: %s\n", what, strerror(errno));
    exit(3);
}

/* xorshift64*: Marsaglia 2003, Vigna 2016 */
static uint64_t next_random(void)
{
    disk.random ^= disk.random >> 12;
    disk.random ^= disk.random << 25;
    disk.random ^= disk.random >> 27;
    return disk.random * UINT64_C(2685821657736338717);
}

/* ---- the disk --------------------------------------------------------------------------------------- */

static void store(uint64_t sector)
{
    if (pwrite(disk.image, disk.held[sector], SECTOR, (off_t)(sector * SECTOR)) != (ssize_t)SECTOR)
        fail("image");
}

static void drop(uint64_t sector)
{
    free(disk.held[sector]);
    disk.held[sector] = NULL;
}

static void flush(void)
{
    if (disk.is_careless)
        return;
    for (uint64_t i = 0; i < disk.held_count; i++) {
        if (disk.held[disk.order[i]]) {
            store(disk.order[i]);
            drop(disk.order[i]);
        }
    }
    disk.held_count = 0;
}

static void hold(uint64_t sector, const uint8_t *bytes)
{
    if (!disk.held[sector]) {
        disk.held[sector] = malloc(SECTOR);
        if (!disk.held[sector])
            fail("memory");
        disk.order[disk.held_count++] = sector;
    }
    memcpy(disk.held[sector], bytes, SECTOR);
}

static void read_sectors(uint64_t offset, uint32_t bytes, uint8_t *out)
{
    if (pread(disk.image, out, bytes, (off_t)offset) != (ssize_t)bytes)
        fail("image");
    for (uint32_t at = 0; at < bytes; at += SECTOR) {
        if (disk.held[(offset + at) / SECTOR])
            memcpy(out + at, disk.held[(offset + at) / SECTOR], SECTOR);
    }
}

static void write_sectors(uint64_t offset, uint32_t bytes, const uint8_t *data)
{
    for (uint32_t at = 0; at < bytes; at += SECTOR)
        hold((offset + at) / SECTOR, data + at);
}

/* Forced unit access: these sectors are on the disk before the answer; others may stay held. */
static void force(uint64_t offset, uint32_t bytes)
{
    for (uint64_t sector = offset / SECTOR; sector < (offset + bytes) / SECTOR && !disk.is_careless; sector++)
        store(sector);
}

static void cut(void)
{
    uint64_t kept = 0, lost = 0;

    for (uint64_t i = 0; i < disk.held_count; i++) {
        if (next_random() & 1) {
            store(disk.order[i]);
            kept++;
        } else {
            lost++;
        }
    }
    fsync(disk.image);
    printf("cut %llu %llu %llu\n", (unsigned long long)disk.writes, (unsigned long long)kept, (unsigned long long)lost);
    fflush(stdout);
    for (;;)
        pause();
}

/* ---- the protocol ----------------------------------------------------------------------------------- */

static bool get(int peer, void *out, size_t bytes)
{
    for (size_t at = 0; at < bytes;) {
        ssize_t got = read(peer, (uint8_t *)out + at, bytes - at);

        if (got <= 0)
            return false;
        at += (size_t)got;
    }
    return true;
}

static void put(int peer, const void *bytes, size_t count)
{
    for (size_t at = 0; at < count;) {
        ssize_t sent = write(peer, (const uint8_t *)bytes + at, count - at);

        if (sent <= 0)
            exit(0); /* the machine is gone */
        at += (size_t)sent;
    }
}

static void put_number(int peer, uint64_t value, size_t bytes)
{
    uint64_t big = htobe64(value);

    put(peer, (const uint8_t *)&big + 8 - bytes, bytes);
}

static uint64_t get_number(int peer, size_t bytes)
{
    uint64_t big = 0;

    if (!get(peer, (uint8_t *)&big + 8 - bytes, bytes))
        exit(0);
    return be64toh(big);
}

static void answer_option(int peer, uint32_t option, uint32_t reply, uint32_t bytes)
{
    put_number(peer, OPTION_REPLY_MAGIC, 8);
    put_number(peer, option, 4);
    put_number(peer, reply, 4);
    put_number(peer, bytes, 4);
}

/* Until the client chooses the disk, the only one there is. */
static void shake_hands(int peer)
{
    static uint8_t ignored[65536];

    put(peer, "NBDMAGICIHAVEOPT", 16);
    put_number(peer, FIXED_NEWSTYLE | NO_ZEROES, 2);
    get_number(peer, 4);
    for (;;) {
        uint64_t magic = get_number(peer, 8);
        uint32_t option = (uint32_t)get_number(peer, 4), bytes = (uint32_t)get_number(peer, 4);

        if (magic != OPTION_MAGIC || bytes > sizeof ignored || !get(peer, ignored, bytes))
            exit(0);
        if (option != OPTION_GO && option != OPTION_INFO) {
            answer_option(peer, option, option == OPTION_ABORT ? REPLY_ACK : REPLY_UNSUPPORTED, 0);
            continue;
        }
        answer_option(peer, option, REPLY_INFO, 12);
        put_number(peer, 0, 2);
        put_number(peer, disk.bytes, 8);
        put_number(peer, HAS_FLAGS | SEND_FLUSH | SEND_FUA, 2);
        answer_option(peer, option, REPLY_ACK, 0);
        if (option == OPTION_GO)
            return;
    }
}

static void answer(int peer, uint64_t handle, uint32_t error)
{
    put_number(peer, ANSWER_MAGIC, 4);
    put_number(peer, error, 4);
    put_number(peer, handle, 8);
}

static void serve_write(int peer, uint64_t offset, uint32_t bytes, bool is_forced, uint8_t *data)
{
    if (!get(peer, data, bytes))
        exit(0);
    write_sectors(offset, bytes, data);
    disk.writes++;
    if (disk.writes >= disk.cut_at)
        cut();
    if (is_forced)
        force(offset, bytes);
}

static void serve_request(int peer)
{
    static uint8_t data[REQUEST_BYTES_MAX];
    uint32_t magic = (uint32_t)get_number(peer, 4);
    uint16_t flags = (uint16_t)get_number(peer, 2), type = (uint16_t)get_number(peer, 2);
    uint64_t handle = get_number(peer, 8), offset = get_number(peer, 8);
    uint32_t bytes = (uint32_t)get_number(peer, 4);

    if (magic != REQUEST_MAGIC || bytes > sizeof data || type == COMMAND_DISCONNECT)
        exit(0);
    if (offset % SECTOR || bytes % SECTOR || offset > disk.bytes || bytes > disk.bytes - offset)
        exit(2);
    if (type == COMMAND_WRITE)
        serve_write(peer, offset, bytes, flags & COMMAND_FUA, data);
    else if (type == COMMAND_FLUSH)
        flush();
    else
        read_sectors(offset, bytes, data);
    answer(peer, handle, 0);
    if (type == COMMAND_READ)
        put(peer, data, bytes);
}

static void obey(void)
{
    char line[64];
    ssize_t got = read(0, line, sizeof line - 1);

    if (got <= 0)
        exit(0);
    line[got] = '\0';
    if (strncmp(line, "cut ", 4) != 0)
        return;
    disk.cut_at = disk.writes + strtoull(line + 4, NULL, 10);
    if (disk.cut_at == disk.writes)
        cut();
}

static int await_peer(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), peer;

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    unlink(path);
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) || listen(listener, 1))
        fail(path);
    puts("ready");
    fflush(stdout);
    peer = accept(listener, NULL, NULL);
    if (peer < 0)
        fail(path);
    return peer;
}

int main(int argc, char **argv)
{
    struct stat about;
    int peer;

    if (argc < 4) {
        fputs("usage: torn_disk IMAGE SOCKET SEED [careless]\n", stderr);
        return 2;
    }
    disk.image = open(argv[1], O_RDWR | O_CLOEXEC);
    if (disk.image < 0 || fstat(disk.image, &about) != 0)
        fail(argv[1]);
    disk.bytes = (uint64_t)about.st_size / SECTOR * SECTOR;
    disk.random = strtoull(argv[3], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15) + 1;
    disk.is_careless = argc > 4 && strcmp(argv[4], "careless") == 0;
    disk.held = calloc(disk.bytes / SECTOR, sizeof *disk.held);
    disk.order = calloc(disk.bytes / SECTOR, sizeof *disk.order);
    if (!disk.held || !disk.order)
        fail("memory");
    peer = await_peer(argv[2]);
    shake_hands(peer);
    for (;;) {
        struct pollfd wait[] = { { .fd = peer, .events = POLLIN }, { .fd = 0, .events = POLLIN } };

        if (poll(wait, 2, -1) < 0)
            fail("poll");
        if (wait[1].revents)
            obey();
        if (wait[0].revents)
            serve_request(peer);
    }
}
