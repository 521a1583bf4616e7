/* Every state that a cut can leave: before each operation of a disk the power goes in several ways, each on a copy of it, and the copy
 * is judged. A state that was seen already is not judged again. */
#ifndef KITE_TESTS_EXPLORER_H
#define KITE_TESTS_EXPLORER_H

#include "library/disk.h"

#include <sys/wait.h>
#include <unistd.h>

#define SEEN_SLOTS 65536u

struct explorer {
    void *ctx;
    void (*judge)(void *ctx, struct disk *d); /* the power is on again; must leave no file open */
    uint64_t (*told)(void *ctx);              /* what was acknowledged: the same disk after more of that is another state */
    uint64_t every;                           /* so many operations apart; 0: each */
    unsigned rounds;                          /* of each way that is a matter of chance */
    unsigned flash_page;                      /* 0: FLASH_PAGE */
    uint64_t ops, points, random, states;     /* operations, those of them before which it cut, different states */
    uint64_t seen[SEEN_SLOTS];
};

static inline uint64_t explorer_hash(const struct disk *d, uint64_t hash)
{
    for (int i = 0; i < d->live.count; i++) {
        const struct disk_file *f = &d->files[d->live.names[i].file];

        for (const char *c = d->live.names[i].name; *c; c++)
            hash = (hash ^ (uint8_t)*c) * 0x100000001b3u;
        hash = (hash ^ f->live_bytes) * 0x9e3779b97f4a7c15u;
        for (size_t at = 0; at + 8 <= f->live_bytes; at += 8) {
            uint64_t word;

            memcpy(&word, f->live + at, 8);
            hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
            hash ^= hash >> 29;
        }
    }
    return hash | 1;
}

static inline void explorer_try(struct explorer *e, const struct disk *d, enum disk_cut how)
{
    struct disk *copy = disk_clone(d);
    uint64_t hash, *slot;

    copy->random = ++e->random * 0x9e3779b97f4a7c15u;
    copy->flash_page = e->flash_page ? e->flash_page : FLASH_PAGE;
    disk_power_on(copy, how);
    hash = explorer_hash(copy, e->told(e->ctx) + 1);
    slot = &e->seen[hash % SEEN_SLOTS];
    if (*slot != hash) {
        *slot = hash;
        e->states++;
        e->judge(e->ctx, copy);
    }
    disk_destroy(copy);
}

/* For disk.watch, with the explorer as watch_ctx. */
static inline void explorer_watch(void *ctx, struct disk *d)
{
    struct explorer *e = ctx;

    if (e->ops++ % (e->every ? e->every : 1) != 0)
        return;
    e->points++;
    for (enum disk_cut how = 0; how < DISK_CUTS; how++)
        for (unsigned i = 0; i < (how < DISK_CUT_ALL ? e->rounds : 1); i++)
            explorer_try(e, d, how);
}

/* ---- teeth: a disk or a program that breaks a promise must be found out --------------------------------------------- */

static inline const char *explorer_name(const struct disk *d, void *file)
{
    for (int i = 0; i < d->live.count; i++)
        if (d->live.names[i].file == (intptr_t)file - 1)
            return d->live.names[i].name;
    return "";
}

static inline enum kite_status broken_sync(void *ctx, void *file)
{
    (void)file;
    return disk_op(ctx);
}

static inline enum kite_status broken_sync_folder(void *ctx, const char *folder)
{
    (void)folder;
    return disk_op(ctx);
}

/* In a child, which aborts at the first state that is wrong. */
static inline bool is_found_out(void (*play)(const void *arg), const void *arg)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout))
            _exit(0);
        setenv("CMOCKA_TEST_ABORT", "1", 1);
        play(arg);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

#endif
