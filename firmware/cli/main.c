/* The `kite` command. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    struct kite_memory mem = kite_memory_heap();

    return kite_cli_run(&mem, argc, argv);
}
