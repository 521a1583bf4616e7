/* Linked into a kite-reader that never waits for its disk: the soak must find out that it loses what it acknowledged. */
#include <unistd.h>

int fsync(int file)
{
    (void)file;
    return 0;
}

int fdatasync(int file)
{
    (void)file;
    return 0;
}
