/* kite-press's side of its start: from arguments and descriptors to the press in its cage. */
#include "sandbox/child.h"
#include "sandbox/program.h"
#include "sandbox/talk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NICER_BY 10

/* Whoever turns pages comes first; and where memory runs out for the whole machine, it is this process that goes. */
static void be_modest(void)
{
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    ssize_t written = file < 0 ? 0 : write(file, "1000", 4);

    (void)written;
    if (file >= 0)
        close(file);
    setpriority(PRIO_PROCESS, 0, NICER_BY);
}

static bool number(const char *text, long long *out)
{
    char *end;

    *out = strtoll(text, &end, 10);
    return end != text && *end == '\0';
}

/* The document is mapped, as a large one need not lie in memory as a whole. */
static bool map_document(size_t bytes, const uint8_t **out)
{
    struct stat about;
    void *mapped;

    *out = (const uint8_t *)"";
    if (fstat(PROGRAM_DOCUMENT, &about) != 0 || !S_ISREG(about.st_mode) || (uint64_t)about.st_size != bytes)
        return false;
    if (bytes == 0)
        return true;
    mapped = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, PROGRAM_DOCUMENT, 0);
    *out = mapped;
    return mapped != MAP_FAILED;
}

/* Only says that one can be had: the child's own fetch asks the parent. */
static enum kite_status no_fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    (void)ctx;
    (void)reference;
    (void)bytes;
    (void)count;
    return KITE_E_RANGE;
}

int kite_sandbox_serve(const struct kite_memory *mem, int argument_count, char **arguments, struct kite_press_detector *detector)
{
    long long values[ARGUMENT_COUNT] = { 0 };
    struct kite_press_input input = { .name = NULL };
    struct kite_press_options press = { .detector = detector };
    struct child_work work = { mem, &input, 1, &press };
    struct kite_sandbox_limits limits = { .cpu_s = KITE_SANDBOX_CPU_S };
    enum kite_sandbox_level level;
    struct stat about;
    int socket = PROGRAM_SOCKET;

    if (argument_count != ARGUMENT_COUNT || fstat(PROGRAM_SOCKET, &about) != 0 || !S_ISSOCK(about.st_mode))
        return KITE_SANDBOX_USAGE;
    for (int i = ARGUMENT_BYTES; i < ARGUMENT_COUNT; i++)
        if (!number(arguments[i], &values[i]))
            return KITE_SANDBOX_USAGE;
    input.name = arguments[ARGUMENT_NAME];
    input.byte_count = (size_t)values[ARGUMENT_BYTES];
    input.fetch = values[ARGUMENT_HAS_FETCH] ? no_fetch : NULL;
    press.picture_width_px = (int32_t)values[ARGUMENT_WIDTH_PX];
    press.picture_height_px = (int32_t)values[ARGUMENT_HEIGHT_PX];
    press.zopfli_iterations = (int)values[ARGUMENT_ZOPFLI];
    limits.memory_bytes = (uint64_t)values[ARGUMENT_MEMORY_BYTES];
    be_modest();
    if (!map_document(input.byte_count, &input.bytes) || !kite_sandbox_enter(&limits, &socket, &level))
        return SANDBOX_EXIT_OPEN;
    _exit(child_run(&work, socket, level)); /* nothing that runs at a program's end can be done in the cage */
}
