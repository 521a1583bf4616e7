/* Sticks, the inbox and the cable, against a folder tree and a kernel that a test plays. */
#include "device/tree.h"

#include "device/fat.h"
#include "device/gadget.h"
#include "device/volume.h"
#include "host/host.h"

#include <sys/mount.h>

#define INBOX_BYTES (34u << 20)
#define READ_ONLY "40f"     /* MS_RDONLY, NOSUID, NODEV, NOEXEC, NOATIME */
#define READ_WRITE "40e"

static struct tree tree;
static struct kite_memory mem;
static struct volume stick, inbox;
static struct volume_io files;
static struct kite_io io;

static void open_volumes(const char *name)
{
    char path[512];

    tree_open(&tree, name);
    mem = kite_memory_heap();
    tree_path(&tree, "/run/kite/x", path);
    mkdir(tree_path(&tree, "/run/kite/stick", path), 0777);
    mkdir(tree_path(&tree, "/run/kite/inbox", path), 0777);
    volume_init(&stick, &tree.system, &mem, "/run/kite/stick", false);
    volume_init(&inbox, &tree.system, &mem, "/run/kite/inbox", true);
    volume_io_init(&files, &stick, &inbox);
    io = volume_io_table(&files);
}

static void said(const char *text)
{
    assert_string_equal(tree.said, text);
    tree.said[0] = '\0';
}

/* A partition that holds an inbox made anew. */
static void make_partition(const char *path)
{
    char full[512];
    struct kite_io posix = kite_io_posix();
    struct kite_partition_file file;
    FILE *empty = fopen(tree_path(&tree, path, full), "w");

    assert_non_null(empty);
    fclose(empty);
    assert_int_equal(truncate(full, INBOX_BYTES), 0);
    assert_int_equal(kite_partition_open(&posix, full, true, &file, NULL), KITE_OK);
    assert_int_equal(fat_format(&file.partition, NULL), KITE_OK);
    kite_partition_close(&file);
}

static void poke(const char *path, long offset, int byte)
{
    char full[512];
    FILE *file = fopen(tree_path(&tree, path, full), "r+");

    assert_non_null(file);
    fseek(file, offset, SEEK_SET);
    fputc(byte, file);
    fclose(file);
}

static enum fat_state state_of(const char *path)
{
    char full[512];
    struct kite_io posix = kite_io_posix();
    struct kite_partition_file file;
    enum fat_state state = FAT_NONE;

    assert_int_equal(kite_partition_open(&posix, tree_path(&tree, path, full), false, &file, NULL), KITE_OK);
    assert_int_equal(fat_look(&mem, &file.partition, &state), KITE_OK);
    kite_partition_close(&file);
    return state;
}

/* ---- sticks --------------------------------------------------------------------------------------- */

static void a_stick_is_mounted_read_only(void **state)
{
    (void)state;
    open_volumes("volume");
    tree_write(&tree, "/dev/sda1", "");
    assert_int_equal(volume_mount(&stick, "/dev/sda1", NULL), KITE_OK);
    said("mount /dev/sda1 /run/kite/stick " READ_ONLY " vfat\n");
    assert_true(volume_is_mounted(&stick));
    assert_int_equal(volume_mount(&stick, "/dev/sda1", NULL), KITE_E_LIMIT);
    said("");
    volume_unmount(&stick);
    said("unmount /run/kite/stick - 0 -\n");
    volume_unmount(&stick);
    said("");
}

static void one_in_use_is_taken_away_by_force_only(void **state)
{
    (void)state;
    open_volumes("volume");
    tree_write(&tree, "/dev/sda1", "");
    assert_int_equal(volume_mount(&stick, "/dev/sda1", NULL), KITE_OK);
    tree.said[0] = '\0';
    tree.unmounted = -EBUSY;
    assert_false(volume_let_go(&stick));
    assert_true(volume_is_mounted(&stick));
    said("unmount /run/kite/stick - 0 -\n");
    volume_unmount(&stick); /* pulled out */
    assert_false(volume_is_mounted(&stick));
    said("unmount /run/kite/stick - 0 -\nunmount /run/kite/stick - 2 -\n");
    assert_true(volume_let_go(&stick));
    said("");
}

static void what_cannot_be_mounted_is_told(void **state)
{
    struct kite_fault fault = { "" };
    int64_t began_ms;

    (void)state;
    open_volumes("volume");
    tree_write(&tree, "/dev/sda1", "");
    tree.answer = -EINVAL;
    assert_int_equal(volume_mount(&stick, "/dev/sda1", &fault), KITE_E_UNSUPPORTED);
    said("mount /dev/sda1 /run/kite/stick " READ_ONLY " vfat\nmount /dev/sda1 /run/kite/stick " READ_ONLY " exfat\n");
    assert_false(volume_is_mounted(&stick));
    /* A node that does not come is waited for, not for ever. */
    began_ms = tree.now_ms;
    assert_int_equal(volume_mount(&stick, "/dev/sdb1", &fault), KITE_E_IO);
    assert_int_equal(tree.now_ms - began_ms, VOLUME_WAIT_MS);
}

static void a_stick_can_be_written_while_a_file_is_open_for_it(void **state)
{
    char path[600];
    void *one, *two;

    (void)state;
    open_volumes("volume");
    tree_write(&tree, "/dev/sda1", "");
    assert_int_equal(volume_mount(&stick, "/dev/sda1", NULL), KITE_OK);
    tree.said[0] = '\0';
    snprintf(path, sizeof path, "%s/a.kite", stick.path);
    assert_int_equal(io.open(io.ctx, path, KITE_IO_READ, &one), KITE_DONE);
    said("");
    assert_int_equal(io.open(io.ctx, path, KITE_IO_WRITE, &one), KITE_OK);
    said("mount - /run/kite/stick 42e -\n"); /* remount, writable */
    assert_int_equal(io.open(io.ctx, path, KITE_IO_WRITE, &two), KITE_OK);
    said("");
    io.close(io.ctx, one);
    assert_int_equal(io.sync_folder(io.ctx, stick.path), KITE_OK);
    said("");
    io.close(io.ctx, two);
    assert_int_equal(io.sync_folder(io.ctx, stick.path), KITE_OK);
    said("mount - /run/kite/stick 42f -\n");
    /* Files elsewhere, and beside it, are nobody's concern. */
    snprintf(path, sizeof path, "%s-other", stick.path);
    assert_int_equal(io.open(io.ctx, path, KITE_IO_WRITE, &one), KITE_OK);
    io.close(io.ctx, one);
    said("");
    /* With its lock set it stays as it is. */
    tree.answer = -EROFS;
    snprintf(path, sizeof path, "%s/b.kite", stick.path);
    assert_int_equal(io.open(io.ctx, path, KITE_IO_WRITE, &one), KITE_E_IO);
    assert_false(stick.is_writable);
}

/* ---- the inbox ------------------------------------------------------------------------------------ */

static void a_clean_inbox_is_mounted_to_be_written(void **state)
{
    (void)state;
    open_volumes("inbox");
    make_partition("/dev/vda4");
    assert_false(volume_is_dirty(&tree.system, &mem, "/dev/vda4"));
    assert_int_equal(volume_mount(&inbox, "/dev/vda4", NULL), KITE_OK);
    said("mount /dev/vda4 /run/kite/inbox " READ_WRITE " vfat\n");
    assert_false(inbox.is_damaged);
}

static void a_damaged_inbox_is_read_and_then_made_anew(void **state)
{
    char path[600];
    void *file;

    (void)state;
    open_volumes("inbox");
    make_partition("/dev/vda4");
    poke("/dev/vda4", 65, 1);
    assert_true(volume_is_dirty(&tree.system, &mem, "/dev/vda4"));
    assert_int_equal(volume_mount(&inbox, "/dev/vda4", NULL), KITE_OK);
    said("mount /dev/vda4 /run/kite/inbox " READ_ONLY " vfat\n");
    assert_int_equal(state_of("/dev/vda4"), FAT_DIRTY); /* nothing is touched while it is read */
    snprintf(path, sizeof path, "%s/KITE-RECEIPT.txt", inbox.path);
    assert_int_equal(io.open(io.ctx, path, KITE_IO_WRITE, &file), KITE_OK);
    said("unmount /run/kite/inbox - 0 -\nmount /dev/vda4 /run/kite/inbox " READ_WRITE " vfat\n");
    assert_int_equal(state_of("/dev/vda4"), FAT_CLEAN);
    assert_true(inbox.was_written);
    io.close(io.ctx, file);
    assert_int_equal(io.sync_folder(io.ctx, inbox.path), KITE_OK);
    said(""); /* an inbox stays writable */
}

static void an_inbox_that_is_none_is_made_anew_at_once(void **state)
{
    (void)state;
    open_volumes("inbox");
    make_partition("/dev/vda4");
    poke("/dev/vda4", 510, 0);
    assert_false(volume_is_dirty(&tree.system, &mem, "/dev/vda4")); /* there is nothing to read */
    assert_int_equal(volume_mount(&inbox, "/dev/vda4", NULL), KITE_OK);
    said("mount /dev/vda4 /run/kite/inbox " READ_WRITE " vfat\n");
    assert_int_equal(state_of("/dev/vda4"), FAT_CLEAN);
}

/* ---- the cable ------------------------------------------------------------------------------------ */

#define DRIVE "/sys/kernel/config/usb_gadget/kite"

static struct board board;

/* What configfs makes by itself when a folder is made. */
static void make_configfs(void)
{
    static const char *const made[] = { "/UDC", "/idVendor", "/idProduct", "/strings/0x409/manufacturer",
                                        "/strings/0x409/product", "/configs/c.1/strings/0x409/configuration",
                                        "/functions/mass_storage.0/lun.0/removable",
                                        "/functions/mass_storage.0/lun.0/inquiry_string",
                                        "/functions/mass_storage.0/lun.0/file" };
    char path[200];

    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        snprintf(path, sizeof path, DRIVE "%s", made[i]);
        tree_write(&tree, path, "");
    }
}

/* What the file holds; as sysfs would have it, a newline alone is nothing. */
static const char *held(const char *name)
{
    static char text[600];
    char path[200];

    snprintf(path, sizeof path, DRIVE "%s", name);
    tree_read(&tree, path, text, sizeof text);
    if (text[0] == '\n')
        text[0] = '\0';
    return text;
}

/* Files of a folder tree keep what was behind a shorter text, so each is emptied before it is looked at. */
static void forget(const char *name)
{
    char path[200];

    snprintf(path, sizeof path, DRIVE "%s", name);
    tree_write(&tree, path, "");
}

static void open_cable(struct gadget *gadget)
{
    static const char text[] = "name = t\ndisplay = fbdev\ninbox = /dev/vda4\n";

    assert_int_equal(board_parse(text, sizeof text - 1, &board, NULL), KITE_OK);
    make_configfs();
    tree_write(&tree, "/sys/class/udc/ci.0/state", "not attached\n");
    assert_int_equal(gadget_open(gadget, &tree.system, &board, NULL), KITE_OK);
}

static void a_drive_without_a_medium_waits_for_a_computer(void **state)
{
    struct gadget gadget;
    char link[512], target[512];

    (void)state;
    open_volumes("cable");
    assert_int_equal(board_parse("name = t\ndisplay = fbdev\n", 25, &board, NULL), KITE_OK);
    assert_int_equal(gadget_open(&gadget, &tree.system, &board, NULL), KITE_DONE); /* no controller */
    assert_false(gadget_has_computer(&gadget));
    open_cable(&gadget);
    assert_int_equal(strncmp(held("/UDC"), "ci.0", 4), 0);
    assert_string_equal(held("/functions/mass_storage.0/lun.0/file"), "");
    assert_true(readlink(tree_path(&tree, DRIVE "/configs/c.1/mass_storage.0", link), target, sizeof target) > 0);
    assert_false(gadget_has_computer(&gadget));
    tree_write(&tree, "/sys/class/udc/ci.0/state", "configured\n");
    assert_true(gadget_has_computer(&gadget));
    tree_write(&tree, "/sys/class/udc/ci.0/state", "powered\n"); /* a charger */
    assert_false(gadget_has_computer(&gadget));
}

static void the_inbox_is_never_on_both_sides(void **state)
{
    struct gadget gadget;
    struct kite_fault fault = { "" };

    (void)state;
    open_volumes("cable");
    make_partition("/dev/vda4");
    open_cable(&gadget);
    assert_int_equal(volume_mount(&inbox, "/dev/vda4", NULL), KITE_OK);
    assert_int_equal(gadget_export(&gadget, &inbox, "/dev/vda4", &fault), KITE_E_LIMIT);
    assert_string_equal(held("/functions/mass_storage.0/lun.0/file"), "");
    volume_unmount(&inbox);
    forget("/functions/mass_storage.0/lun.0/file");
    assert_int_equal(gadget_export(&gadget, &inbox, "/dev/vda4", &fault), KITE_OK);
    assert_non_null(strstr(held("/functions/mass_storage.0/lun.0/file"), "/dev/vda4"));
    assert_false(gadget_is_ejected(&gadget));
    tree.said[0] = '\0';
    assert_int_equal(volume_mount(&inbox, "/dev/vda4", &fault), KITE_E_LIMIT);
    said("");
    forget("/functions/mass_storage.0/lun.0/file"); /* the computer ejects it */
    assert_true(gadget_is_ejected(&gadget));
    assert_int_equal(gadget_withdraw(&gadget, &fault), KITE_OK);
    assert_false(gadget_is_ejected(&gadget));
    assert_int_equal(volume_mount(&inbox, "/dev/vda4", &fault), KITE_OK);
}

static void a_drive_can_be_taken_back_by_force(void **state)
{
    struct gadget gadget;
    char path[512];

    (void)state;
    open_volumes("cable");
    make_partition("/dev/vda4");
    open_cable(&gadget);
    assert_int_equal(gadget_export(&gadget, &inbox, "/dev/vda4", NULL), KITE_OK);
    /* No way to write the medium's name: it stays lent, and is not mounted. */
    unlink(tree_path(&tree, DRIVE "/functions/mass_storage.0/lun.0/file", path));
    assert_int_equal(gadget_withdraw(&gadget, NULL), KITE_E_IO);
    assert_true(inbox.is_lent);
    assert_int_equal(volume_mount(&inbox, "/dev/vda4", NULL), KITE_E_LIMIT);
    forget("/functions/mass_storage.0/lun.0/file");
    forget("/UDC");
    gadget_close(&gadget);
    assert_false(inbox.is_lent);
    assert_string_equal(held("/UDC"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stick_is_mounted_read_only),
        cmocka_unit_test(one_in_use_is_taken_away_by_force_only),
        cmocka_unit_test(what_cannot_be_mounted_is_told),
        cmocka_unit_test(a_stick_can_be_written_while_a_file_is_open_for_it),
        cmocka_unit_test(a_clean_inbox_is_mounted_to_be_written),
        cmocka_unit_test(a_damaged_inbox_is_read_and_then_made_anew),
        cmocka_unit_test(an_inbox_that_is_none_is_made_anew_at_once),
        cmocka_unit_test(a_drive_without_a_medium_waits_for_a_computer),
        cmocka_unit_test(the_inbox_is_never_on_both_sides),
        cmocka_unit_test(a_drive_can_be_taken_back_by_force),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
