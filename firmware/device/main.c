/* kite-reader: the device program. */
#include "device/options.h"
#include "device/station.h"
#include "device/watchdog.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define LIBRARY "/data/library"

static void on_stop(int signal)
{
    (void)signal;
    station_stop();
}

static void take_stop_signals(void)
{
    struct sigaction action = { .sa_handler = on_stop };

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static int exit_code(enum kite_status status)
{
    return status == KITE_OK              ? 0
           : status == KITE_E_UNSUPPORTED ? EXIT_DISPLAY
           : status == KITE_E_RANGE       ? EXIT_USAGE
                                          : EXIT_IO;
}

int main(int argc, char **argv)
{
    struct options o;
    struct system system = system_linux();
    struct kite_memory mem = kite_memory_heap();
    struct kite_fault fault = { "" };
    enum station_end end = STATION_ENDED;
    enum kite_status status;
    int code = options_parse(argc, argv, &o);
    bool is_first = getpid() == 1;

    if (code >= 0)
        return code;
    if (!o.library && !is_first) {
        fputs("kite-reader: --library says where the texts are\n", stderr);
        return EXIT_USAGE;
    }
    if (sodium_init() < 0)
        return EXIT_IO;
    watchdog_start(&(struct watchdog_options){ .system = &system,
                                               .node = is_first ? o.board.watchdog : "",
                                               .arguments = argv,
                                               .hang_s = WATCHDOG_HANG_S,
                                               .is_first = is_first });
    take_stop_signals();
    status = station_run(&mem,
                         &(struct station_options){ .system = &system,
                                                    .board = &o.board,
                                                    .display = o.display,
                                                    .library = o.library ? o.library : LIBRARY,
                                                    .fonts = o.fonts,
                                                    .program = argv[0],
                                                    .temperature_c = o.temperature_c,
                                                    .is_first = is_first,
                                                    .slot = o.slot },
                         &end, &fault);
    watchdog_stop();
    if (status)
        device_log("%s", fault.text[0] ? fault.text : kite_status_text(status));
    return exit_code(status);
}
