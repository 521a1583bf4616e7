/* kite-reader: the device program. */
#include "device/init.h"
#include "device/options.h"
#include "device/station.h"
#include "device/watchdog.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* The text that was open gets a second chance, and the last one goes to the library. */
#define CAREFUL_RESTARTS (WATCHDOG_STARTS_MAX - 1)

struct services {
    const struct system *system;
    const struct board *board;
    const char *program;
};

static void start_services(void *ctx)
{
    const struct services *services = ctx;

    init_services(services->system, services->program);
    if (services->board->watchdog[0])
        watchdog_hardware(services->system, services->board->watchdog);
}

static enum kite_status run(const struct options *o, const struct system *system, char **argv,
                            bool is_first, enum station_end *end, struct kite_fault *fault)
{
    struct kite_memory mem = kite_memory_heap();
    struct services services = { system, &o->board, argv[0] };
    struct station_options options = { .system = system,
                                       .board = &o->board,
                                       .display = o->display,
                                       .library = o->library ? o->library : INIT_LIBRARY,
                                       .fonts = o->fonts,
                                       .keys = o->keys,
                                       .program = argv[0],
                                       .temperature_c = o->temperature_c,
                                       .is_first = is_first,
                                       .is_desk =
                                           !is_first && strncmp(o->display, "record:", 7) == 0,
                                       .services_ctx = &services,
                                       .services = is_first ? start_services : NULL,
                                       .is_careful = watchdog_restarts() >= CAREFUL_RESTARTS,
                                       .slot = o->slot };
    enum kite_status status = KITE_OK;

    if (is_first) {
        status = init_begin(system, &o->board, argv[0], fault);
        if (status == KITE_OK)
            status = init_books(&mem, argv[0], options.library, fault);
    }
    return status ? status : station_run(&mem, &options, end, fault);
}

/* A first process must not end. One that cannot even begin starts the machine anew after a while,
 * in which the reason can be read. */
static void end_machine(const struct system *system, enum kite_status status, enum station_end end)
{
    if (status)
        system->sleep_until(system->ctx, system->now_ms(system->ctx) + 10000);
    init_end(system, status != KITE_OK || end == STATION_REBOOT);
}

int main(int argc, char **argv)
{
    struct options o;
    struct system system = system_linux();
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
    watchdog_start(&(struct watchdog_options){
        .arguments = argv, .hang_s = WATCHDOG_HANG_S, .is_first = is_first });
    take_stop_signals();
    status = run(&o, &system, argv, is_first, &end, &fault);
    watchdog_stop();
    if (status)
        device_log("%s", fault.text[0] ? fault.text : kite_status_text(status));
    if (is_first)
        end_machine(&system, status, end);
    return exit_code(status);
}
