/* Signals, execve, /dev/watchdog. State is static: a handler has nothing else to go by. */
#define _DEFAULT_SOURCE
#include "device/watchdog.h"

#include <fcntl.h>
#include <linux/watchdog.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define VARIABLE "KITE_RESTARTS="
#define ENVIRONMENT_MAX 64
#define STACK_BYTES 16384
#define HARDWARE_S (2 * WATCHDOG_HANG_S) /* only when starting anew did not help */
#define GIVEN_UP 70                      /* the exit code */

extern char **environ;

static struct {
    char *const *arguments;
    char *environment[ENVIRONMENT_MAX];
    char variable[sizeof VARIABLE + 2]; /* the count, one digit, in the environment of the next */
    unsigned restarts, hang_s;
    bool is_first;
    int hardware; /* descriptor or -1 */
} dog = { .hardware = -1 };

static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM };

/* Only what may be called from a signal handler. */
static void start_anew(int signal)
{
    static const char crashed[] = "kite: crashed, starting anew\n";
    static const char hung[] = "kite: hung, starting anew\n";
    static const char over[] = "kite: given up after crash upon crash\n";
    ssize_t said =
        signal == SIGALRM ? write(2, hung, sizeof hung - 1) : write(2, crashed, sizeof crashed - 1);

    (void)said;
    if (dog.restarts + 1 < WATCHDOG_STARTS_MAX) {
        dog.variable[sizeof VARIABLE - 1] = (char)('1' + dog.restarts);
        execve(SELF, dog.arguments, dog.environment);
    }
    said = write(2, over, sizeof over - 1);
    if (dog.is_first) {
        sync();
        reboot(RB_AUTOBOOT);
    }
    _exit(GIVEN_UP);
}

static void take_signals(void)
{
    static uint8_t stack[STACK_BYTES]; /* one of its own, as the other may be what overflowed */
    const stack_t other = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_handler = start_anew,
                                .sa_flags = (int)SA_RESETHAND | SA_ONSTACK };
    sigset_t none;

    sigaltstack(&other, NULL);
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &action, NULL);
    /* A program started from a handler begins with that handler's signals held back. */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void make_environment(void)
{
    const char *value = getenv("KITE_RESTARTS");
    size_t count = 0;

    dog.restarts =
        value && value[0] >= '1' && value[0] <= '9' && !value[1] ? (unsigned)(value[0] - '0') : 0;
    snprintf(dog.variable, sizeof dog.variable, VARIABLE "1");
    for (char **one = environ; *one && count < ENVIRONMENT_MAX - 2; one++)
        if (strncmp(*one, VARIABLE, sizeof VARIABLE - 1) != 0)
            dog.environment[count++] = *one;
    dog.environment[count++] = dog.variable;
    dog.environment[count] = NULL;
}

static void feed(void)
{
    ssize_t fed = dog.hardware < 0 ? 0 : write(dog.hardware, "k", 1);

    (void)fed;
}

void watchdog_start(const struct watchdog_options *options)
{
    dog.arguments = options->arguments;
    dog.hang_s = options->hang_s;
    dog.is_first = options->is_first;
    make_environment();
    take_signals();
    watchdog_work();
}

void watchdog_hardware(const struct system *system, const char *node)
{
    char path[SYSTEM_PATH_BYTES_MAX];
    int seconds = HARDWARE_S;

    dog.hardware = open(system_path(system, node, path), O_WRONLY | O_CLOEXEC);
    if (dog.hardware >= 0)
        system->ioctl(system->ctx, dog.hardware, WDIOC_SETTIMEOUT, &seconds);
}

unsigned watchdog_restarts(void)
{
    return dog.restarts;
}

void watchdog_work(void)
{
    feed();
    alarm(dog.hang_s);
}

void watchdog_rest(void)
{
    alarm(0);
}

void watchdog_settled(void)
{
    dog.restarts = 0;
}

void watchdog_stop(void)
{
    alarm(0);
    if (dog.hardware < 0)
        return;

    ssize_t let_go = write(dog.hardware, "V", 1); /* the magic close */

    (void)let_go;
    close(dog.hardware);
    dog.hardware = -1;
}
