/* The cage: a child process that keeps one socket and loses everything else. */
#include "sandbox/talk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The runtime of the sanitizers maps terabytes that it never touches, and tells what it finds on standard error. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* ---- limits --------------------------------------------------------------------------------------- */

static bool limit(int resource, rlim_t most)
{
    struct rlimit bound = { most, most };

    return setrlimit((__rlimit_resource_t)resource, &bound) == 0;
}

/* Bytes of address space taken already: a limit counts from there. */
static uint64_t mapped_bytes(void)
{
    char text[64] = "";
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    uint64_t pages = 0;

    if (file < 0)
        return 0;
    if (read(file, text, sizeof text - 1) > 0)
        for (const char *at = text; *at >= '0' && *at <= '9'; at++)
            pages = pages * 10 + (uint64_t)(*at - '0');
    close(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool set_limits(const struct kite_sandbox_limits *limits, uint64_t mapped)
{
    if (!IS_SANITIZED && (mapped == 0 || !limit(RLIMIT_AS, (rlim_t)(mapped + limits->memory_bytes))))
        return false;
    return limit(RLIMIT_CPU, limits->cpu_s) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0) &&
           limit(RLIMIT_NOFILE, 0);
}

/* ---- the file system ------------------------------------------------------------------------------- */

/* Every right that the first version of Landlock knows is taken, and none given back. */
static bool lose_files(void)
{
    struct landlock_ruleset_attr all = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
    long rules = syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    bool is_done;

    if (rules < 0)
        return false;
    is_done = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close((int)rules);
    return is_done;
}

/* ---- system calls ----------------------------------------------------------------------------------- */

/* What memory, the socket, the clock and the end of a process take. The rest fails with EPERM rather than by a signal, as a C
 * library may ask for more than it needs (qsort asks how much memory there is). */
static const int allowed_calls[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(recv), SCMP_SYS(send), SCMP_SYS(close),
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
    SCMP_SYS(futex), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sched_yield), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* Memory, but none that can be run. */
static const int mapping_calls[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
#define PROTECTION_EXECUTE 4u /* PROT_EXEC, of the third argument */

static bool lose_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool is_done = filter != NULL;

    for (size_t i = 0; i < sizeof allowed_calls / sizeof *allowed_calls && is_done; i++)
        is_done = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0) == 0;
    for (size_t i = 0; i < sizeof mapping_calls / sizeof *mapping_calls && is_done; i++)
        is_done = seccomp_rule_add(filter, SCMP_ACT_ALLOW, mapping_calls[i], 1,
                                   SCMP_A2(SCMP_CMP_MASKED_EQ, PROTECTION_EXECUTE, 0)) == 0;
    /* abort() sends a signal to itself. */
    is_done = is_done && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                          SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) == 0;
    is_done = is_done && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return is_done;
}

/* ---- the child ---------------------------------------------------------------------------------------- */

/* Only the socket stays, as descriptor 3; the standard streams lead nowhere, so that a library's words about a hostile file
 * reach no terminal. */
static bool keep_only(int *socket)
{
    int nowhere = open("/dev/null", O_RDWR);

    if (nowhere < 0)
        return false;
    for (int stream = 0; stream <= (IS_SANITIZED ? 1 : 2); stream++)
        dup2(nowhere, stream);
    if (*socket != 3 && dup2(*socket, 3) < 0)
        return false;
    *socket = 3;
    if (syscall(SYS_close_range, 4u, ~0u, 0u) == 0)
        return true;
    for (int descriptor = 4; descriptor < (int)sysconf(_SC_OPEN_MAX); descriptor++)
        close(descriptor);
    return true;
}

bool kite_sandbox_enter(const struct kite_sandbox_limits *limits, int *socket, enum kite_sandbox_level *level)
{
    uint64_t mapped = mapped_bytes();
    bool has_no_files;

    *level = KITE_SANDBOX_LIMITS;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!keep_only(socket) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    prctl(PR_SET_DUMPABLE, 0);
    /* Landlock's rules need a descriptor, which the limits take away; and the limits a call that the filter takes away. */
    has_no_files = lose_files();
    if (!set_limits(limits, mapped))
        return false;
    if (lose_calls())
        *level = has_no_files ? KITE_SANDBOX_FILES : KITE_SANDBOX_CALLS;
    return true;
}

static void run_child(const struct kite_sandbox_limits *limits, void *ctx,
                      int (*work)(void *ctx, int socket, enum kite_sandbox_level level), int socket)
{
    enum kite_sandbox_level level;

    if (!kite_sandbox_enter(limits, &socket, &level))
        _exit(SANDBOX_EXIT_OPEN);
    _exit(work(ctx, socket, level));
}

enum kite_status kite_sandbox_start(const struct kite_sandbox_limits *limits, void *ctx,
                                    int (*work)(void *ctx, int socket, enum kite_sandbox_level level), int *socket,
                                    int *child, struct kite_fault *fault)
{
    int ends[2];
    pid_t process;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return kite_fail(fault, KITE_E_IO, "no socket for the sandbox: %s", strerror(errno));
    process = fork();
    if (process == 0)
        run_child(limits, ctx, work, ends[1]);
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return kite_fail(fault, KITE_E_IO, "no process for the sandbox: %s", strerror(errno));
    }
    *socket = ends[0];
    *child = process;
    return KITE_OK;
}
