/* Passwords: from the terminal, where nobody sees them, or from a file. */
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* The first line of what a descriptor gives, without its end. A byte at a time, as what comes after is not ours. */
static enum kite_status take_line(int descriptor, char *out, struct kite_fault *fault)
{
    size_t count = 0;
    char c = '\0';

    for (;;) {
        ssize_t got = read(descriptor, &c, 1);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return kite_fail(fault, KITE_E_IO, "the password cannot be read: %s", strerror(errno));
        if (got == 0 || c == '\n')
            break;
        if (count == KITE_PASSWORD_BYTES_MAX)
            return kite_fail(fault, KITE_E_RANGE, "the password is longer than %u bytes", KITE_PASSWORD_BYTES_MAX);
        out[count++] = c;
    }
    out[count] = '\0';
    return count > 0 ? KITE_OK : kite_fail(fault, KITE_E_RANGE, "the password is empty");
}

static enum kite_status ask_once(int terminal, const char *prompt, char *out, struct kite_fault *fault)
{
    struct termios seen, unseen;
    enum kite_status status;

    if (tcgetattr(terminal, &seen) != 0)
        return kite_fail(fault, KITE_E_IO, "no terminal to ask for a password");
    unseen = seen;
    unseen.c_lflag &= ~(tcflag_t)ECHO;
    (void)!write(terminal, prompt, strlen(prompt));
    tcsetattr(terminal, TCSAFLUSH, &unseen);
    status = take_line(terminal, out, fault);
    tcsetattr(terminal, TCSAFLUSH, &seen);
    (void)!write(terminal, "\n", 1);
    return status;
}

enum kite_status kite_password_ask(const char *prompt, bool is_new, char *out, struct kite_fault *fault)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    char again[KITE_PASSWORD_BYTES_MAX + 1] = "";
    enum kite_status status;

    out[0] = '\0';
    if (terminal < 0)
        return kite_fail(fault, KITE_E_IO, "no terminal to ask for a password; give one by --password-file");
    status = ask_once(terminal, prompt, out, fault);
    if (status == KITE_OK && is_new)
        status = ask_once(terminal, "The same again: ", again, fault);
    if (status == KITE_OK && is_new && strcmp(again, out) != 0)
        status = kite_fail(fault, KITE_E_RANGE, "that was not the same password twice");
    close(terminal);
    memset(again, 0, sizeof again);
    return status;
}

enum kite_status kite_password_read(const char *path, char *out, struct kite_fault *fault)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    enum kite_status status;

    out[0] = '\0';
    if (descriptor < 0)
        return kite_fail(fault, KITE_E_IO, "%s cannot be opened: %s", path, strerror(errno));
    status = take_line(descriptor, out, fault);
    close(descriptor);
    return status;
}
