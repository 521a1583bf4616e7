/* kite-boot: the first program of a device, /init of its initramfs. It loads what is needed to see the disk, chooses the
 * slot by the boot record, mounts it on /system and becomes /system/kite-reader. It never changes with an update.
 *
 * From the kernel's command line: kite.board=NAME, kite.boot=DEVICE of the record, kite.slot_a=DEVICE, kite.slot_b=DEVICE. */
#include "boot/boot.h"
#include "boot/first.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#define NODE_WAIT_MS 15000
#define WATCHDOG_S 60
#define READER "/system/kite-reader"

struct device_names {
    char board[KITE_RELEASE_NAME_BYTES_MAX + 1];
    char boot[128], slots[KITE_SLOTS][128];
};

static enum kite_status read_names(struct device_names *names, struct kite_fault *fault)
{
    static const char *const arguments[] = { "kite.boot", "kite.slot_a", "kite.slot_b" };
    char *const places[] = { names->boot, names->slots[0], names->slots[1] };
    char line[4096];

    kite_first_command_line(line, sizeof line);
    if (!kite_first_argument(line, "kite.board", names->board, sizeof names->board))
        return kite_fail(fault, KITE_E_FORMAT, "the kernel's command line has no good kite.board");
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        if (!kite_first_argument(line, arguments[i], places[i], sizeof names->boot))
            return kite_fail(fault, KITE_E_FORMAT, "the kernel's command line has no good %s", arguments[i]);
        if (!kite_first_wait(places[i], NODE_WAIT_MS))
            return kite_fail(fault, KITE_E_IO, "%s did not come", places[i]);
    }
    return KITE_OK;
}

/* A hang from here on turns into a start of its own. Closed without a word, it goes on. */
static void start_watchdog(void)
{
    int watchdog = open("/dev/watchdog", O_WRONLY | O_CLOEXEC), seconds = WATCHDOG_S;

    if (watchdog < 0)
        return; /* not every board has one */
    ioctl(watchdog, WDIOC_SETTIMEOUT, &seconds);
    close(watchdog);
}

/* Returns only when the slot cannot be started. */
static void start_slot(struct device_names *names, uint8_t slot)
{
    char number[2] = { (char)('0' + slot), '\0' };
    char *const arguments[] = { READER, "--board", names->board, "--slot", number, NULL };

    if (mount(names->slots[slot], "/system", "squashfs", MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0) {
        fprintf(stderr, "kite: slot %c cannot be mounted: %s\n", 'A' + slot, strerror(errno));
        return;
    }
    fprintf(stderr, "kite: slot %c\n", 'A' + slot);
    execv(READER, arguments);
    fprintf(stderr, "kite: slot %c holds no %s: %s\n", 'A' + slot, READER, strerror(errno));
    umount2("/system", MNT_DETACH);
}

static enum kite_status start_device(struct device_names *names, struct kite_fault *fault)
{
    struct kite_io io = kite_io_posix();
    struct kite_partition_file boot;
    struct kite_boot_record record;
    enum kite_status status = kite_partition_open(&io, names->boot, true, &boot, fault);

    if (status == KITE_OK)
        status = kite_boot_read(&boot.partition, &record, fault);
    /* Each slot is given one chance in this start; a disk that takes no record must not keep a good slot from starting. */
    for (int i = 0; i < KITE_SLOTS && status == KITE_OK; i++) {
        kite_boot_start(&record);
        if (kite_boot_write(&boot.partition, &record, fault))
            fprintf(stderr, "kite: %s\n", fault->text);
        start_slot(names, record.slot);
        kite_boot_fail(&record);
    }
    kite_partition_close(&boot);
    return status ? status : kite_fail(fault, KITE_E_IO, "no slot can be started");
}

int main(void)
{
    struct device_names names;
    struct kite_fault fault = { "" };
    unsigned refused;
    enum kite_status status;

    if (getpid() != 1) {
        fputs("kite-boot is /init of a device: it starts the machine, and is of no use on one that runs.\n", stderr);
        return 2;
    }
    status = kite_first_mounts(&fault);
    if (status == KITE_OK)
        status = kite_first_modules("/modules", false, &refused, &fault);
    if (status == KITE_OK) {
        start_watchdog();
        mkdir("/system", 0755);
        status = read_names(&names, &fault);
    }
    if (status == KITE_OK)
        status = start_device(&names, &fault);
    fprintf(stderr, "kite: %s\n", fault.text);
    sleep(5); /* so that it can be read */
    reboot(RB_AUTOBOOT);
    return 1;
}
