/* What a program of the benchmark tells of itself: the processor time of a step, and the high-water mark of resident
 * memory as the kernel has it (rusage would count the parent's pages from before exec). */
#ifndef KITE_BENCH_PROBE_H
#define KITE_BENCH_PROBE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Processor time since the process began, in nanoseconds. */
static inline long long probe_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Print time and memory when PROBE is set. since_ns: when the step began; 0: with the process. */
static inline void probe_print(long long since_ns)
{
    long long now_ns = probe_ns();
    char line[256];
    FILE *status = getenv("PROBE") ? fopen("/proc/self/status", "r") : NULL;

    if (!status)
        return;
    printf("step_ns %lld\n", now_ns - since_ns);
    while (fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0)
            fputs(line, stdout);
    fclose(status);
}

#endif
