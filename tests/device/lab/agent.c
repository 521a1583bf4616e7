/* The test bed's hand inside the emulated machine: the knobs of the virtual battery, the other end of the cable,
 * fingers. It is started by a kernel module, takes commands from a virtio serial port, one a line, and answers each
 * with any number of lines and then "ok" or "error REASON". The firmware under test knows nothing of it. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/uinput.h>
#include <linux/usbdevice_fs.h>
#include <scsi/sg.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 1024
#define WORDS_MAX 8
#define WAIT_STEP_MS 20

static FILE *port;
static int touch_screen = -1;

static void pause_ms(long ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&time, NULL);
}

/* ---- files ---------------------------------------------------------------------------------------- */

static int read_file(char **words)
{
    FILE *file = fopen(words[1], "re");
    char line[LINE_BYTES];

    if (!file)
        return -1;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        fprintf(port, " %s\n", line);
    }
    fclose(file);
    return 0;
}

/* The bytes of a file, as hexadecimal digits. */
static int fetch_file(char **words)
{
    int file = open(words[1], O_RDONLY | O_CLOEXEC);
    uint8_t bytes[LINE_BYTES];
    ssize_t got = -1;

    while (file >= 0 && (got = read(file, bytes, sizeof bytes)) > 0) {
        putc(' ', port);
        for (ssize_t i = 0; i < got; i++)
            fprintf(port, "%02x", bytes[i]);
        putc('\n', port);
    }
    if (file >= 0)
        close(file);
    return got == 0 ? 0 : -1;
}

static int write_file(char **words)
{
    int file = open(words[1], O_WRONLY | O_CLOEXEC);
    ssize_t wrote;

    if (file < 0)
        return -1;
    wrote = write(file, words[2], strlen(words[2]));
    return close(file) == 0 && wrote >= 0 ? 0 : -1;
}

static int copy_file(char **words)
{
    int from = open(words[1], O_RDONLY | O_CLOEXEC);
    int to = open(words[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    static char bytes[65536];
    ssize_t got = -1;

    while (from >= 0 && to >= 0 && (got = read(from, bytes, sizeof bytes)) > 0 && write(to, bytes, (size_t)got) == got)
        ;
    if (got == 0 && fsync(to) != 0)
        got = -1;
    if (from >= 0)
        close(from);
    if (to >= 0 && close(to) != 0)
        got = -1;
    return got == 0 ? 0 : -1;
}

static int list_folder(char **words)
{
    DIR *folder = opendir(words[1]);
    const struct dirent *entry;

    if (!folder)
        return -1;
    while ((entry = readdir(folder)))
        fprintf(port, " %s\n", entry->d_name);
    return closedir(folder);
}

static int remove_file(char **words)
{
    return unlink(words[1]);
}

static int make_folder(char **words)
{
    return mkdir(words[1], 0755) == 0 || errno == EEXIST ? 0 : -1;
}

static int wait_for_file(char **words)
{
    long left_ms = strtol(words[2], NULL, 10);

    for (; access(words[1], F_OK) != 0; left_ms -= WAIT_STEP_MS) {
        if (left_ms <= 0)
            return -1;
        pause_ms(WAIT_STEP_MS);
    }
    return 0;
}

/* ---- the computer at the cable ---------------------------------------------------------------------- */

static int mount_disk(char **words)
{
    mkdir(words[2], 0755);
    return mount(words[1], words[2], words[3], 0, words[4] ? words[4] : "");
}

static int unmount_disk(char **words)
{
    return umount(words[1]);
}

static int send_scsi(int disk, const uint8_t *command)
{
    uint8_t sense[32];
    struct sg_io_hdr request = {
        .interface_id = 'S', .dxfer_direction = SG_DXFER_NONE, .cmd_len = 6, .cmdp = (uint8_t *)(uintptr_t)command,
        .sbp = sense, .mx_sb_len = sizeof sense, .timeout = 5000,
    };

    return ioctl(disk, SG_IO, &request);
}

/* As computers do: allow the removal, then stop and eject. */
static int eject_disk(char **words)
{
    static const uint8_t allow[6] = { 0x1e }, eject[6] = { 0x1b, 0, 0, 0, 2, 0 };
    int disk = open(words[1], O_RDWR | O_NONBLOCK | O_CLOEXEC), result;

    if (disk < 0)
        return -1;
    result = send_scsi(disk, allow) == 0 && send_scsi(disk, eject) == 0 ? 0 : -1;
    close(disk);
    return result;
}

#define HUB "/sys/devices/platform/dummy_hcd.0/usb*/"
#define DEVICE HUB "[0-9]*-1/"

/* Write to the first file of a pattern. */
static int turn_knob(const char *pattern, char *value)
{
    glob_t found;
    int result;

    if (glob(pattern, 0, NULL, &found) != 0)
        return -1;
    result = write_file((char *[]){ NULL, found.gl_pathv[0], value });
    globfree(&found);
    return result;
}

static long read_number(const char *pattern)
{
    glob_t found;
    FILE *file;
    long value = -1;

    if (glob(pattern, 0, NULL, &found) != 0)
        return -1;
    file = fopen(found.gl_pathv[0], "re");
    if (file && fscanf(file, "%ld", &value) != 1)
        value = -1;
    if (file)
        fclose(file);
    globfree(&found);
    return value;
}

/* The virtual controller does not tell the device that the cable is gone, but that it was reset. */
static int reset_device(void)
{
    char path[64];
    int file, result;

    snprintf(path, sizeof path, "/dev/bus/usb/%03ld/%03ld", read_number(DEVICE "busnum"), read_number(DEVICE "devnum"));
    file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    result = ioctl(file, USBDEVFS_RESET);
    close(file);
    return result;
}

/* The computer end of the cable: "in" or "out". A computer that may not configure the device is none. */
static int move_cable(char **words)
{
    bool is_in = strcmp(words[1], "in") == 0;
    char state[] = { is_in ? '1' : '0', '\0' };
    int result = turn_knob(HUB "authorized_default", state);

    if (turn_knob(DEVICE "authorized", state) == 0 && !is_in)
        result = reset_device();
    return result;
}

/* ---- fingers: a touch screen of the kind real devices have, with two slots ---------------------------- */

static int put_event(uint16_t type, uint16_t code, int32_t value)
{
    struct input_event event = { .type = type, .code = code, .value = value };

    return write(touch_screen, &event, sizeof event) == sizeof event ? 0 : -1;
}

static int make_touch(char **words)
{
    struct uinput_abs_setup x = { .code = ABS_MT_POSITION_X, .absinfo.maximum = (int32_t)strtol(words[1], NULL, 10) - 1 };
    struct uinput_abs_setup y = { .code = ABS_MT_POSITION_Y, .absinfo.maximum = (int32_t)strtol(words[2], NULL, 10) - 1 };
    struct uinput_abs_setup slot = { .code = ABS_MT_SLOT, .absinfo.maximum = 1 };
    struct uinput_abs_setup id = { .code = ABS_MT_TRACKING_ID, .absinfo.maximum = 65535 };
    struct uinput_setup setup = { .name = "kite-lab touch", .id.bustype = BUS_VIRTUAL };

    touch_screen = open("/dev/uinput", O_WRONLY | O_CLOEXEC);
    if (touch_screen < 0)
        return -1;
    return ioctl(touch_screen, UI_SET_EVBIT, EV_KEY) || ioctl(touch_screen, UI_SET_KEYBIT, BTN_TOUCH) ||
           ioctl(touch_screen, UI_SET_EVBIT, EV_ABS) || ioctl(touch_screen, UI_SET_PROPBIT, INPUT_PROP_DIRECT) ||
           ioctl(touch_screen, UI_ABS_SETUP, &x) || ioctl(touch_screen, UI_ABS_SETUP, &y) ||
           ioctl(touch_screen, UI_ABS_SETUP, &slot) || ioctl(touch_screen, UI_ABS_SETUP, &id) ||
           ioctl(touch_screen, UI_DEV_SETUP, &setup) || ioctl(touch_screen, UI_DEV_CREATE);
}

static int tap(char **words)
{
    static int32_t id = 1;
    int failed = put_event(EV_ABS, ABS_MT_SLOT, 0) || put_event(EV_ABS, ABS_MT_TRACKING_ID, id++) ||
                 put_event(EV_ABS, ABS_MT_POSITION_X, (int32_t)strtol(words[1], NULL, 10)) ||
                 put_event(EV_ABS, ABS_MT_POSITION_Y, (int32_t)strtol(words[2], NULL, 10)) ||
                 put_event(EV_KEY, BTN_TOUCH, 1) || put_event(EV_SYN, SYN_REPORT, 0);

    pause_ms(60);
    return failed || put_event(EV_ABS, ABS_MT_TRACKING_ID, -1) || put_event(EV_KEY, BTN_TOUCH, 0) ||
           put_event(EV_SYN, SYN_REPORT, 0);
}

/* ---- a hang ------------------------------------------------------------------------------------------- */

#define READER_PID 1
#define REGISTER_ARGUMENT 1 /* r1, the second */
#define REGISTER_CALL 7
#define REGISTER_STAGE 12 /* 1: the call is done */
#define REGISTER_PC 15
#define REGISTER_STATE 16
#define STATE_THUMB 0x20
#define BRANCH_TO_ITSELF 0xeafffffel
#define BRANCH_TO_ITSELF_THUMB 0xe7fel

/* Whether the reader has just set its alarm, as it does when it begins to work. */
static bool has_set_alarm(const long *registers)
{
    return registers[REGISTER_STAGE] == 1 && registers[REGISTER_CALL] == SYS_setitimer &&
           ptrace(PTRACE_PEEKDATA, READER_PID, registers[REGISTER_ARGUMENT] + (long)offsetof(struct itimerval, it_value), NULL) != 0;
}

static long entry_of_reader(void)
{
    FILE *file = fopen("/proc/1/auxv", "re");
    unsigned long pair[2], entry = 0;

    while (file && fread(pair, sizeof pair, 1, file) == 1)
        if (pair[0] == AT_ENTRY)
            entry = pair[1];
    if (file)
        fclose(file);
    return (long)entry;
}

/* In the program's first instructions, as they are never come to again: those around may be needed to get out of it. */
static int put_endless_loop(long *registers)
{
    long entry = entry_of_reader(), at = entry & ~3l, word = BRANCH_TO_ITSELF;

    registers[REGISTER_PC] = entry & ~1l;
    registers[REGISTER_STATE] &= ~(long)STATE_THUMB;
    if (entry & 1) {
        unsigned shift = entry & 2 ? 16 : 0;

        registers[REGISTER_STATE] |= STATE_THUMB;
        word = ptrace(PTRACE_PEEKTEXT, READER_PID, at, NULL);
        word = (word & ~(0xffffl << shift)) | BRANCH_TO_ITSELF_THUMB << shift;
    }
    return ptrace(PTRACE_POKETEXT, READER_PID, at, word) == 0 && ptrace(PTRACE_SETREGS, READER_PID, NULL, registers) == 0 ? 0 : -1;
}

/* Make the reader go round in circles at the next thing it does. The first process cannot be stopped by a signal. */
static int hang_reader(char **words)
{
    long registers[18];
    int status, result;

    (void)words;
    if (ptrace(PTRACE_SEIZE, READER_PID, NULL, PTRACE_O_TRACESYSGOOD) || ptrace(PTRACE_INTERRUPT, READER_PID, NULL, NULL))
        return -1;
    for (;;) {
        if (waitpid(READER_PID, &status, 0) < 0 || !WIFSTOPPED(status))
            return -1;
        if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
            if (ptrace(PTRACE_GETREGS, READER_PID, NULL, registers))
                return -1;
            if (has_set_alarm(registers))
                break;
        }
        if (ptrace(PTRACE_SYSCALL, READER_PID, NULL, NULL))
            return -1;
    }
    result = put_endless_loop(registers);
    return ptrace(PTRACE_DETACH, READER_PID, NULL, NULL) == 0 ? result : -1;
}

/* Send the reader a signal, which reaches the first process where it has a handler for it. */
static int signal_reader(char **words)
{
    return kill(READER_PID, (int)strtol(words[1], NULL, 10));
}

/* ---- commands --------------------------------------------------------------------------------------- */

static const struct command {
    const char *name;
    int least_words; /* itself included */
    int (*run)(char **words);
} commands[] = {
    { "read", 2, read_file },         { "write", 3, write_file },    { "copy", 3, copy_file },
    { "list", 2, list_folder },       { "remove", 2, remove_file },  { "folder", 2, make_folder },
    { "wait", 3, wait_for_file },     { "mount", 4, mount_disk },    { "unmount", 2, unmount_disk },
    { "eject", 2, eject_disk },       { "touch", 3, make_touch },    { "tap", 3, tap },
    { "cable", 2, move_cable },       { "fetch", 2, fetch_file },
    { "hang", 1, hang_reader },       { "signal", 2, signal_reader },
};

static void obey(char *line)
{
    char *words[WORDS_MAX + 1] = { NULL };
    int count = 0;

    line[strcspn(line, "\n")] = '\0';
    for (char *word = strtok(line, "\t"); word && count < WORDS_MAX; word = strtok(NULL, "\t"))
        words[count++] = word;
    for (size_t i = 0; count && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, words[0]) != 0 || count < commands[i].least_words)
            continue;
        errno = 0;
        if (commands[i].run(words) == 0)
            fputs("ok\n", port);
        else
            fprintf(port, "error %s\n", strerror(errno));
        return;
    }
    fputs("error no such command\n", port);
}

/* The port, or -1 as long as its driver is not there. */
static int open_port(void)
{
    glob_t found;
    int file = -1;

    if (glob("/dev/vport*", 0, NULL, &found) == 0) {
        file = open(found.gl_pathv[0], O_RDWR | O_CLOEXEC);
        globfree(&found);
    }
    return file;
}

int main(void)
{
    static char cable_out[] = "out";
    char line[LINE_BYTES];
    int file = open_port();

    while (file < 0) {
        move_cable((char *[]){ NULL, cable_out }); /* until it is told otherwise */
        pause_ms(WAIT_STEP_MS);
        file = open_port();
    }
    port = fdopen(file, "r+");
    if (!port)
        return 1;
    setvbuf(port, NULL, _IOLBF, 0);
    fputs("agent\n", port);
    for (;;) {
        if (fgets(line, sizeof line, port))
            obey(line);
        else
            pause_ms(WAIT_STEP_MS); /* nobody at the other end for now */
        clearerr(port);
    }
}
