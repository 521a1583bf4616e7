/* kite-press: the press as a program of its own, which reads one document in a cage and gives back a bundle. kite-reader and
 * kite-emulator start it; it is nothing for a person to type. */
#include "converter/converter.h"

#include "host/host.h"
#include "sandbox/sandbox.h"

#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

/* On a device the data by which languages are told apart lies beside the program; elsewhere where its package puts it. */
static const char *languages(const char *called, char *out, size_t out_bytes)
{
    return kite_program_beside(called, "languages/", out, out_bytes) && access(out, R_OK) == 0 ? out : NULL;
}

int main(int argc, char **argv)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_press_detector *detector = NULL;
    char folder[1024];
    int code;

    if (argc == 2 && argv[1][0] == '-') {
        puts(KITE_CONVERTER_PROGRAM " " KITE_VERSION ": makes bundles of other documents; kite-reader and kite-emulator start it");
        return 0;
    }
    if (sodium_init() < 0 || kite_press_detector_open(&mem, languages(argv[0], folder, sizeof folder), &detector))
        return 1;
    code = kite_sandbox_serve(&mem, argc, argv, detector);
    if (code == KITE_SANDBOX_USAGE)
        fputs(KITE_CONVERTER_PROGRAM ": kite-reader and kite-emulator start it; to make bundles at a desk there is kite pack\n", stderr);
    return code;
}
