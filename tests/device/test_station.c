/* The device at work: the station runs in a child over a folder tree, with keys from a pipe that stands for an evdev
 * device, and tells on its log what it does. Waits have a limit, and no time is asserted. */
#include "device/tree.h"

#include "boot/boot.h"
#include "device/fat.h"
#include "device/station.h"
#include "device/watchdog.h"
#include "host/host.h"

#include <linux/input.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/wait.h>

#define LIMIT_MS 60000
#define BOOK KITE_BUILD "/books/guide.en.kite"
#define DRIVE "/sys/kernel/config/usb_gadget/kite"

static const char board_text[] = "name = t\ndisplay = fbdev\npanel = 300x400@120\nkey = 104 previous\nkey = 109 next\n"
                                 "key = 28 select\nkey = 1 menu\nkey = 116 power\nsleep = mem\nsleep-check = 1\n"
                                 "boot = /dev/vda1\nslot-a = /dev/vda2\nslot-b = /dev/vda3\ninbox = /dev/vda4\n";

struct running {
    struct tree tree;
    pid_t child;
    int slot;
    int log, keys; /* the child's standard error; the evdev pipe's other end */
    char said[20000];
    size_t said_bytes, seen_bytes; /* up to here it has been waited for */
};

/* ---- the child's kernel --------------------------------------------------------------------------- */

/* An evdev device with the board's keys. */
static bool is_key_held; /* EVIOCGKEY says so of the second key, as if it had been down all the time */

static int keys_ioctl(void *ctx, int fd, unsigned long request, void *argument)
{
    static const unsigned codes[] = { 104, 109, 28, 1, 116 };
    uint8_t *bits = argument;

    (void)ctx;
    (void)fd;
    if (_IOC_TYPE(request) != 'E')
        return -ENOTTY;
    if (_IOC_NR(request) == 0x20 + EV_KEY)
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
            bits[codes[i] / 8] |= (uint8_t)(1u << codes[i] % 8);
    if (_IOC_NR(request) == _IOC_NR(EVIOCGKEY(0)) && is_key_held)
        bits[codes[1] / 8] |= (uint8_t)(1u << codes[1] % 8);
    return 0;
}

static int64_t real_now_ms(void *ctx)
{
    (void)ctx;
    return system_linux().now_ms(NULL);
}

static void real_sleep_until(void *ctx, int64_t moment_ms)
{
    (void)ctx;
    system_linux().sleep_until(NULL, moment_ms);
}

static void on_stop(int signal)
{
    (void)signal;
    station_stop();
}

static int be_the_station(struct running *r)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_fault fault = { "" };
    struct board board;
    char display[300], library[300];
    enum station_end end = STATION_ENDED;
    struct station_options options = { .system = &r->tree.system, .board = &board, .display = display,
                                       .library = library, .fonts = KITE_BUILD "/fonts", .program = "test",
                                       .temperature_c = 23, .slot = r->slot };

    r->tree.system.ioctl = keys_ioctl;
    r->tree.system.now_ms = real_now_ms;
    r->tree.system.sleep_until = real_sleep_until;
    snprintf(display, sizeof display, "record:%s/frames", r->tree.root);
    snprintf(library, sizeof library, "%s/data/library", r->tree.root);
    signal(SIGTERM, on_stop);
    if (sodium_init() < 0 || board_parse(board_text, sizeof board_text - 1, &board, NULL) ||
        station_run(&mem, &options, &end, &fault)) {
        fprintf(stderr, "station: %s\n", fault.text);
        return 1;
    }
    watchdog_stop();
    fprintf(stderr, "%s", r->tree.said);
    fprintf(stderr, "end %d\n", (int)end);
    return 0;
}

/* ---- the test's side ------------------------------------------------------------------------------ */

static void copy_book(const struct tree *tree, const char *from, const char *to)
{
    char path[512], bytes[16384];
    FILE *in = fopen(from, "rb"), *out = fopen(tree_path(tree, to, path), "wb");
    size_t count;

    assert_non_null(in);
    assert_non_null(out);
    while ((count = fread(bytes, 1, sizeof bytes, in)) > 0)
        fwrite(bytes, 1, count, out);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void begin(struct running *r)
{
    char path[512];
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    r->child = fork();
    assert_true(r->child >= 0);
    if (r->child == 0) {
        dup2(ends[1], 2);
        close(ends[0]);
        _exit(be_the_station(r));
    }
    close(ends[1]);
    r->log = ends[0];
    r->said_bytes = r->seen_bytes = 0;
    r->said[0] = '\0';
    /* Opens as soon as the child reads it. */
    r->keys = open(tree_path(&r->tree, "/dev/input/event0", path), O_RDWR);
    assert_true(r->keys >= 0);
}

/* All but the start. */
static void prepare(struct running *r, const char *name)
{
    char path[512];

    memset(r, 0, sizeof *r);
    r->slot = -1;
    tree_open(&r->tree, name);
    copy_book(&r->tree, BOOK, "/data/library/guide.kite");
    tree_write(&r->tree, "/dev/vda4", "");
    tree_write(&r->tree, "/sys/power/state", "");
    tree_write(&r->tree, "/sys/class/rtc/rtc0/wakealarm", "");
    tree_write(&r->tree, "/sys/class/power_supply/bat/type", "Battery\n");
    tree_write(&r->tree, "/sys/class/power_supply/bat/capacity", "80\n");
    tree_write(&r->tree, "/run/x", "");
    assert_int_equal(mkfifo(tree_path(&r->tree, "/dev/input/event0", path), 0600), 0);
}

static void open_running(struct running *r, const char *name)
{
    prepare(r, name);
    begin(r);
}

/* Until the child has written this, after what was waited for before. */
static void wait_for(struct running *r, const char *text)
{
    const char *at;

    while (!(at = strstr(r->said + r->seen_bytes, text))) {
        struct pollfd polled = { .fd = r->log, .events = POLLIN };
        ssize_t got = poll(&polled, 1, LIMIT_MS) > 0
                          ? read(r->log, r->said + r->said_bytes, sizeof r->said - 1 - r->said_bytes)
                          : 0;

        if (got <= 0) {
            kill(r->child, SIGKILL);
            fail_msg("no \"%s\" after:\n%s", text, r->said);
        }
        r->said_bytes += (size_t)got;
        r->said[r->said_bytes] = '\0';
    }
    r->seen_bytes = (size_t)(at - r->said) + strlen(text);
}

/* Until the reader has drawn what the last line on the log led to: updates come no more. */
static void wait_for_screen(const struct running *r)
{
    char log[8000];
    size_t bytes = 0, last = 1;

    while (bytes != last) {
        last = bytes;
        poll(NULL, 0, 1500);
        bytes = strlen(tree_read(&r->tree, "/frames/updates.log", log, sizeof log));
    }
}

static void put(const struct running *r, uint16_t type, uint16_t code, int32_t value)
{
    struct input_record record = { .type = type, .code = code, .value = value };

    assert_int_equal(write(r->keys, &record, sizeof record), sizeof record);
}

static void press(const struct running *r, uint16_t code)
{
    put(r, EV_KEY, code, 1);
    put(r, EV_KEY, code, 0);
    put(r, EV_SYN, SYN_REPORT, 0);
}

static int end_of(struct running *r)
{
    int status = 0;

    assert_int_equal(waitpid(r->child, &status, 0), r->child);
    close(r->keys);
    close(r->log);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void stop(struct running *r)
{
    kill(r->child, SIGTERM);
    wait_for(r, "end 0\n");
    assert_int_equal(end_of(r), 0);
}

/* ---- the tests ------------------------------------------------------------------------------------ */

static void the_page_comes_first_and_keys_are_served(void **state)
{
    struct running r;
    const char *frame, *ready;

    (void)state;
    open_running(&r, "station");
    wait_for(&r, "kite: ready\n");
    frame = strstr(r.said, "kite: first frame\n");
    ready = strstr(r.said, "kite: ready\n");
    assert_true(frame && frame < ready);
    assert_non_null(strstr(r.said, "kite: battery 80\n"));
    press(&r, 116);
    wait_for(&r, "kite: asleep\n");
    /* The sleep file is written once the panel is at rest; nothing suspends here, and time goes on. */
    press(&r, 109);
    wait_for(&r, "kite: awake\n");
    press(&r, 116);
    wait_for(&r, "kite: asleep\n");
    stop(&r);
}

static void the_panel_rests_before_the_machine_does(void **state)
{
    struct running r;
    char text[40] = "", log[4000];
    int64_t limit_ms = real_now_ms(NULL) + LIMIT_MS;

    (void)state;
    open_running(&r, "station-suspend");
    wait_for(&r, "kite: ready\n");
    press(&r, 116);
    wait_for(&r, "kite: asleep\n");
    while (!text[0] && real_now_ms(NULL) < limit_ms)
        tree_read(&r.tree, "/sys/power/state", text, sizeof text);
    assert_string_equal(text, "mem");
    assert_string_equal(tree_read(&r.tree, "/sys/class/rtc/rtc0/wakealarm", text, sizeof text), "+1");
    assert_true(strlen(tree_read(&r.tree, "/frames/updates.log", log, sizeof log)) > 0);
    stop(&r);
}

static void a_long_press_and_an_empty_battery_switch_off(void **state)
{
    struct running r;

    (void)state;
    open_running(&r, "station-off");
    wait_for(&r, "kite: ready\n");
    put(&r, EV_KEY, 116, 1);
    put(&r, EV_SYN, SYN_REPORT, 0);
    wait_for(&r, "end 1\n"); /* STATION_OFF */
    assert_int_equal(end_of(&r), 0);
    tree_write(&r.tree, "/sys/class/power_supply/bat/capacity", "2\n");
    begin(&r);
    wait_for(&r, "kite: battery 2\n");
    wait_for(&r, "end 1\n");
    assert_int_equal(end_of(&r), 0);
    tree_write(&r.tree, "/sys/class/power_supply/usb/type", "USB\n");
    tree_write(&r.tree, "/sys/class/power_supply/usb/online", "1\n");
    begin(&r);
    wait_for(&r, "kite: ready\n"); /* it is at a charger */
    stop(&r);
}

/* ---- sticks, cable, updates ------------------------------------------------------------------------ */

/* A stick that is in at the start. What is mounted is the folder that stands for it. */
static void put_in_stick(const struct running *r)
{
    char path[512];

    tree_write(&r->tree, "/dev/sda1", "");
    tree_write(&r->tree, "/sys/devices/platform/usb1/1-1/block/sda/sda1/partition", "1\n");
    tree_path(&r->tree, "/sys/class/block/x", path);
    assert_int_equal(symlink("../../devices/platform/usb1/1-1/block/sda/sda1",
                             tree_path(&r->tree, "/sys/class/block/sda1", path)),
                     0);
}

static void a_stick_is_asked_about_and_taken_in(void **state)
{
    struct running r;

    (void)state;
    prepare(&r, "station-stick");
    put_in_stick(&r);
    copy_book(&r.tree, KITE_BUILD "/books/sampler.kite", "/run/kite/stick/folder/sampler.kite");
    copy_book(&r.tree, BOOK, "/run/kite/stick/guide.kite");
    tree_write(&r.tree, "/run/kite/stick/broken.kite", "no bundle");
    begin(&r);
    wait_for(&r, "kite: stick in\n");
    wait_for(&r, "kite: ready\n");
    wait_for_screen(&r);
    press(&r, 28);
    wait_for(&r, "kite: import done 1 added, 1 had, 1 refused\n");
    kill(r.child, SIGTERM);
    wait_for(&r, "mount /dev/sda1 /run/kite/stick 40f vfat\n");
    wait_for(&r, "end 0\n");
    assert_int_equal(end_of(&r), 0);
}

/* Titles, names of files, words of texts: none of them is anybody's business who reads the log. */
static const char *const unspoken[] = { "Wolframlicht", "Quastenflosser", "Zwergpalme", "Sampler", "sampler", "guide", "Guide", "letter",
                                        ".kite" };

static void look_through(const struct running *r)
{
    for (size_t i = 0; i < sizeof unspoken / sizeof *unspoken; i++)
        if (strstr(r->said, unspoken[i]))
            fail_msg("the log tells \"%s\":\n%s", unspoken[i], r->said);
}

static void spoil(const struct running *r, const char *name)
{
    char path[512];
    FILE *file = fopen(tree_path(&r->tree, name, path), "r+b");

    assert_non_null(file);
    for (long at = 5000; at < 60000; at += 900) {
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        fputc(0x5a, file);
    }
    assert_int_equal(fclose(file), 0);
}

static void the_log_has_no_words_of_texts_or_names_of_files(void **state)
{
    struct running r;
    char path[512];

    (void)state;
    prepare(&r, "station-log");
    put_in_stick(&r);
    copy_book(&r.tree, KITE_BUILD "/books/sampler.kite", "/run/kite/stick/Wolframlicht Quastenflosser.kite");
    tree_write(&r.tree, "/run/kite/stick/Zwergpalme %s%n.kite", "no bundle");
    tree_write(&r.tree, "/run/kite/stick/letter to Wolframlicht.txt", "Dear Quastenflosser");
    tree_write(&r.tree, "/run/kite/stick/provision.txt", "kite provision 1\nQuastenflosser\nend 1\n");
    begin(&r);
    wait_for(&r, "kite: ready\n");
    wait_for_screen(&r);
    press(&r, 28);
    wait_for(&r, "kite: import done ");
    wait_for_screen(&r);
    press(&r, 28);
    press(&r, 28); /* a text is open */
    press(&r, 109);
    wait_for_screen(&r);
    stop(&r);
    look_through(&r);
    /* What is damaged is told without a name, too: the list, and every text. */
    spoil(&r, "/data/library/kite.db");
    spoil(&r, "/data/library/guide.kite");
    assert_int_equal(unlink(tree_path(&r.tree, "/sys/class/block/sda1", path)), 0);
    begin(&r);
    wait_for(&r, "set aside");
    wait_for(&r, "kite: ready\n");
    wait_for_screen(&r);
    press(&r, 28); /* it was mended */
    press(&r, 28);
    press(&r, 109);
    press(&r, 28);
    wait_for_screen(&r);
    stop(&r);
    look_through(&r);
}

static void make_inbox(const struct running *r)
{
    char full[512];
    struct kite_io posix = kite_io_posix();
    struct kite_partition_file file;

    assert_int_equal(truncate(tree_path(&r->tree, "/dev/vda4", full), 34 << 20), 0);
    assert_int_equal(kite_partition_open(&posix, full, true, &file, NULL), KITE_OK);
    assert_int_equal(fat_format(&file.partition, NULL), KITE_OK);
    kite_partition_close(&file);
}

static void make_drive(const struct running *r)
{
    static const char *const made[] = { "/UDC", "/configs/c.1/strings/0x409/x", "/strings/0x409/x",
                                        "/functions/mass_storage.0/lun.0/file" };
    char path[200];

    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        snprintf(path, sizeof path, DRIVE "%s", made[i]);
        tree_write(&r->tree, path, "");
    }
}

static void the_inbox_goes_to_the_computer_and_comes_back(void **state)
{
    struct running r;
    char text[4000];

    (void)state;
    prepare(&r, "station-inbox");
    make_inbox(&r);
    make_drive(&r);
    tree_write(&r.tree, "/sys/class/udc/ci.0/state", "configured\n");
    copy_book(&r.tree, KITE_BUILD "/books/sampler.kite", "/run/kite/inbox/sampler.kite");
    begin(&r);
    wait_for(&r, "kite: ready\n");
    wait_for(&r, "kite: cable in\n");
    wait_for_screen(&r);
    press(&r, 28);
    wait_for(&r, "kite: exported\n");
    assert_non_null(strstr(tree_read(&r.tree, DRIVE "/functions/mass_storage.0/lun.0/file", text, sizeof text), "/dev/vda4"));
    tree_write(&r.tree, DRIVE "/functions/mass_storage.0/lun.0/file", ""); /* the computer ejects it */
    wait_for(&r, "kite: ejected\n");
    wait_for(&r, "kite: import done 1 added, 0 had, 0 refused\n");
    wait_for(&r, "kite: receipt written\n");
    tree_read(&r.tree, "/run/kite/inbox/KITE-RECEIPT.txt", text, sizeof text);
    assert_non_null(strstr(text, "sampler"));
    kill(r.child, SIGTERM);
    wait_for(&r, "mount /dev/vda4 /run/kite/inbox 40e vfat\nunmount /run/kite/inbox - 0 -\n");
    wait_for(&r, "end 0\n");
    assert_int_equal(end_of(&r), 0);
}

#define IMAGE_BYTES 50000

/* An update file on the stick; `image` gets what is to be in the other slot. */
static void put_update_on_stick(const struct running *r, uint8_t image[IMAGE_BYTES])
{
    char head[KITE_RELEASE_HEADER_BYTES] = "", hex[65], path[512];
    uint8_t hash[32];
    FILE *file;

    for (size_t i = 0; i < IMAGE_BYTES; i++)
        image[i] = (uint8_t)(i * 7 + i / 251);
    crypto_generichash(hash, sizeof hash, image, IMAGE_BYTES, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    snprintf(head, sizeof head, "Kite update 1.\nversion: 99.0\nboard: t\nbytes: %d\nhash: %s\n", IMAGE_BYTES, hex);
    file = fopen(tree_path(&r->tree, "/run/kite/stick/update", path), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(head, 1, sizeof head, file), sizeof head);
    assert_int_equal(fwrite(image, 1, IMAGE_BYTES, file), IMAGE_BYTES);
    assert_int_equal(fclose(file), 0);
}

static void make_slots(const struct running *r)
{
    static const char *const names[] = { "/dev/vda1", "/dev/vda2", "/dev/vda3" };
    char path[512];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        tree_write(&r->tree, names[i], "");
        assert_int_equal(truncate(tree_path(&r->tree, names[i], path), 1 << 18), 0);
    }
}

static void read_record(const struct running *r, struct kite_boot_record *record)
{
    char path[512];
    struct kite_io posix = kite_io_posix();
    struct kite_partition_file boot;

    assert_int_equal(kite_partition_open(&posix, tree_path(&r->tree, "/dev/vda1", path), false, &boot, NULL), KITE_OK);
    assert_int_equal(kite_boot_read(&boot.partition, record, NULL), KITE_OK);
    kite_partition_close(&boot);
}

static void an_update_goes_to_the_other_slot(void **state)
{
    static uint8_t image[IMAGE_BYTES], held[IMAGE_BYTES];
    struct kite_boot_record record;
    struct running r;
    char path[512];
    FILE *slot;

    (void)state;
    prepare(&r, "station-update");
    r.slot = 0;
    make_slots(&r);
    put_in_stick(&r);
    tree_write(&r.tree, "/run/kite/stick/x", "");
    put_update_on_stick(&r, image);
    begin(&r);
    wait_for(&r, "kite: stick in\n");
    wait_for(&r, "kite: ready\n");
    wait_for(&r, "kite: slot good\n");
    read_record(&r, &record);
    assert_int_equal(record.states[0], KITE_SLOT_GOOD);
    press(&r, 109); /* below "Take in its texts" */
    press(&r, 28);
    wait_for_screen(&r);
    press(&r, 28);
    wait_for(&r, "kite: update done\n");
    read_record(&r, &record);
    assert_int_equal(record.slot, 1);
    assert_int_equal(record.states[1], KITE_SLOT_UNTRIED);
    slot = fopen(tree_path(&r.tree, "/dev/vda3", path), "rb");
    assert_non_null(slot);
    assert_int_equal(fread(held, 1, IMAGE_BYTES, slot), IMAGE_BYTES);
    fclose(slot);
    assert_memory_equal(held, image, IMAGE_BYTES);
    wait_for_screen(&r);
    press(&r, 28);
    wait_for(&r, "end 2\n"); /* STATION_REBOOT */
    assert_int_equal(end_of(&r), 0);
}

/* Killed while it starts three times in a row: the fourth start offers the other slot, which has been good once. */
static void safe_mode_goes_back_to_the_other_slot(void **state)
{
    struct kite_boot_record record = { .tries_left = KITE_START_TRIES, .states = { KITE_SLOT_GOOD, KITE_SLOT_GOOD } };
    struct kite_io posix = kite_io_posix();
    struct kite_partition_file boot;
    struct running r;
    char path[512];
    int status;

    (void)state;
    prepare(&r, "station-safe");
    r.slot = 0;
    make_slots(&r);
    assert_int_equal(kite_partition_open(&posix, tree_path(&r.tree, "/dev/vda1", path), true, &boot, NULL), KITE_OK);
    assert_int_equal(kite_boot_write(&boot.partition, &record, NULL), KITE_OK);
    kite_partition_close(&boot);
    for (int i = 0; i < 3; i++) {
        begin(&r);
        wait_for(&r, "kite: ready\n");
        kill(r.child, SIGKILL);
        assert_int_equal(waitpid(r.child, &status, 0), r.child);
        close(r.keys);
        close(r.log);
    }
    begin(&r);
    wait_for(&r, "kite: safe mode\n");
    wait_for(&r, "kite: ready\n");
    press(&r, 104); /* from the first row to the last: the older system */
    press(&r, 28);
    wait_for_screen(&r);
    press(&r, 109);
    press(&r, 28);
    wait_for(&r, "kite: back to the other slot\n");
    wait_for(&r, "end 2\n"); /* STATION_REBOOT */
    assert_int_equal(end_of(&r), 0);
    read_record(&r, &record);
    assert_int_equal(record.slot, 1);
    assert_int_equal(record.tries_left, KITE_START_TRIES);
}

static void a_key_held_since_power_on_is_told_once(void **state)
{
    struct running r;

    (void)state;
    is_key_held = true;
    open_running(&r, "station-held");
    is_key_held = false; /* the child has its own */
    wait_for(&r, "kite: a key is held\n");
    assert_null(strstr(r.said + r.seen_bytes, "a key is held"));
    stop(&r);
    assert_null(strstr(r.said + r.seen_bytes, "a key is held"));
    open_running(&r, "station-not-held");
    wait_for(&r, "kite: ready\n");
    poll(NULL, 0, 4000);
    stop(&r);
    assert_null(strstr(r.said, "a key is held"));
}

/* ---- devices -------------------------------------------------------------------------------------- */

static void a_device_that_comes_later_is_heard(void **state)
{
    struct input_devices inputs;
    struct board board;
    struct tree tree;
    const struct kite_panel_geometry panel = { 300, 400, 120 };
    char path[512];

    (void)state;
    tree_open(&tree, "station-hotplug");
    tree.system.ioctl = keys_ioctl;
    assert_int_equal(board_parse(board_text, sizeof board_text - 1, &board, NULL), KITE_OK);
    input_open(&inputs, &tree.system, &board, &panel);
    assert_int_equal(inputs.count, 0);
    tree_write(&tree, "/dev/input/mouse0", "");
    tree_write(&tree, "/dev/input/event2", "");
    input_add(&inputs, "mouse0");
    input_add(&inputs, "../event2");
    input_add(&inputs, "event99");
    assert_int_equal(inputs.count, 0);
    input_add(&inputs, "event2");
    input_add(&inputs, "event2"); /* told twice */
    assert_int_equal(inputs.count, 1);
    input_remove(&inputs, "event7");
    assert_int_equal(inputs.count, 1);
    input_remove(&inputs, "event2");
    assert_int_equal(inputs.count, 0);
    for (int i = 0; i < INPUT_DEVICES_MAX + 3; i++) {
        snprintf(path, sizeof path, "/dev/input/event%d", 10 + i);
        tree_write(&tree, path, "");
        input_add(&inputs, path + 11);
    }
    assert_int_equal(inputs.count, INPUT_DEVICES_MAX);
    input_close(&inputs);
    assert_int_equal(inputs.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_comes_first_and_keys_are_served),
        cmocka_unit_test(the_panel_rests_before_the_machine_does),
        cmocka_unit_test(a_long_press_and_an_empty_battery_switch_off),
        cmocka_unit_test(a_stick_is_asked_about_and_taken_in),
        cmocka_unit_test(the_log_has_no_words_of_texts_or_names_of_files),
        cmocka_unit_test(the_inbox_goes_to_the_computer_and_comes_back),
        cmocka_unit_test(an_update_goes_to_the_other_slot),
        cmocka_unit_test(safe_mode_goes_back_to_the_other_slot),
        cmocka_unit_test(a_key_held_since_power_on_is_told_once),
        cmocka_unit_test(a_device_that_comes_later_is_heard),
    };

    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
