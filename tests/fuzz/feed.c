/* feed: packs one document after the other, each in a sandbox of its own as `kite pack --fast` does, without the start of a
 * program for each; pictures are made for a small panel, as most of the time would go into large ones. mutate.py gives it paths, one a line, and gets a line for each:
 *
 *   packed or refused, milliseconds of CPU, peak kB of the largest child so far, what was said
 *
 * with tabs between them. It ends with its input; a document that ends it has got out of the sandbox. */
#include "host/host.h"
#include "sandbox/sandbox.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static long ms_of(const struct rusage *usage)
{
    return (long)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000 + (long)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1000;
}

/* (ms of CPU of this process and its children, peak of these) */
static long used(long *peak_kb)
{
    struct rusage own, children;

    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    *peak_kb = children.ru_maxrss;
    return ms_of(&own) + ms_of(&children);
}

static enum kite_status pack(const struct kite_memory *mem, const char *path, struct kite_press_detector *detector, struct kite_fault *fault)
{
    const struct kite_press_options press = { .zopfli_iterations = -1, .detector = detector, .picture_width_px = 268, .picture_height_px = 362 };
    const struct kite_sandbox_options options = { .press = &press };
    struct kite_buffer document = { .mem = *mem }, bundle = { .mem = *mem };
    struct kite_sink sink = kite_sink_buffer(&bundle);
    enum kite_status status = kite_file_read(path, &document, fault);

    if (status == KITE_OK) {
        struct kite_press_input input = { .name = path, .bytes = document.bytes, .byte_count = document.count };

        status = kite_sandbox_pack(mem, &input, 1, &options, NULL, NULL, &sink, NULL, fault);
    }
    kite_buffer_close(&document);
    kite_buffer_close(&bundle);
    return status;
}

int main(void)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_press_detector *detector;
    char path[4096];

    if (sodium_init() < 0 || kite_press_detector_open(&mem, NULL, &detector))
        return 1;
    while (fgets(path, sizeof path, stdin)) {
        struct kite_fault fault = { "" };
        long before, after, peak_kb;
        enum kite_status status;

        path[strcspn(path, "\n")] = '\0';
        before = used(&peak_kb);
        status = pack(&mem, path, detector, &fault);
        after = used(&peak_kb);
        for (char *c = fault.text; *c; c++)
            *c = (char)(*c == '\t' || *c == '\n' ? ' ' : *c);
        printf("%s\t%ld\t%ld\t%s\n", status ? "refused" : "packed", after - before, peak_kb, status ? fault.text : "");
        fflush(stdout);
    }
    kite_press_detector_close(detector);
    return 0;
}
