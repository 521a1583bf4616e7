/* What the tests of the device share: a folder tree that stands for /, and a kernel whose calls a test answers. */
#ifndef KITE_TESTS_DEVICE_TREE_H
#define KITE_TESTS_DEVICE_TREE_H

#include "check.h"

#include "device/system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
    char root[200];
    struct system system;
    int64_t now_ms;
    char said[4096]; /* mounts and the like, a line each */
    int answer;      /* to the next mounts: 0, or -errno */
    int unmounted;   /* the answer to an unmount that is not by force */
};

static inline void tree_say(struct tree *tree, const char *call, const char *a, const char *b,
                            unsigned long flags, const char *c)
{
    size_t used = strlen(tree->said);

    /* Paths without the root, so that they can be compared. */
    if (a && strncmp(a, tree->root, strlen(tree->root)) == 0)
        a += strlen(tree->root);
    if (b && strncmp(b, tree->root, strlen(tree->root)) == 0)
        b += strlen(tree->root);
    snprintf(tree->said + used, sizeof tree->said - used, "%s %s %s %lx %s\n", call, a ? a : "-", b ? b : "-", flags,
             c ? c : "-");
}

static inline int tree_mount(void *ctx, const char *source, const char *target, const char *type, unsigned long flags,
                             const char *data)
{
    struct tree *tree = ctx;

    (void)data;
    tree_say(tree, "mount", source, target, flags, type);
    return tree->answer;
}

static inline int tree_unmount(void *ctx, const char *target, int flags)
{
    struct tree *tree = ctx;

    tree_say(tree, "unmount", target, NULL, (unsigned long)flags, NULL);
    return flags ? 0 : tree->unmounted;
}

static inline int tree_reboot(void *ctx, int command)
{
    tree_say(ctx, "reboot", NULL, NULL, (unsigned long)(unsigned)command, NULL);
    return 0;
}

static inline int tree_no_ioctl(void *ctx, int fd, unsigned long request, void *argument)
{
    (void)ctx;
    (void)fd;
    (void)request;
    (void)argument;
    return -ENOTTY;
}

static inline int64_t tree_now_ms(void *ctx)
{
    return ((struct tree *)ctx)->now_ms;
}

static inline void tree_sleep_until(void *ctx, int64_t moment_ms)
{
    struct tree *tree = ctx;

    if (moment_ms > tree->now_ms)
        tree->now_ms = moment_ms;
}

static inline void tree_remove(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    char inner[1024];

    while (folder && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) >= (int)sizeof inner)
            fail();
        if (unlink(inner) != 0)
            tree_remove(inner);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

/* An empty tree of that name. */
static inline void tree_open(struct tree *tree, const char *name)
{
    memset(tree, 0, sizeof *tree);
    mkdir(KITE_BUILD "/tests/device", 0777);
    snprintf(tree->root, sizeof tree->root, KITE_BUILD "/tests/device/%s", name);
    tree_remove(tree->root);
    assert_int_equal(mkdir(tree->root, 0777), 0);
    tree->system = (struct system){ .root = tree->root,
                                    .ctx = tree,
                                    .ioctl = tree_no_ioctl,
                                    .mount = tree_mount,
                                    .unmount = tree_unmount,
                                    .reboot = tree_reboot,
                                    .now_ms = tree_now_ms,
                                    .sleep_until = tree_sleep_until };
    tree->now_ms = 1000;
}

/* Make the folders above a path of the tree, and give its place in the host's. */
static inline const char *tree_path(const struct tree *tree, const char *path, char out[512])
{
    if (snprintf(out, 512, "%s%s", tree->root, path) >= 512)
        fail();
    for (char *at = out + strlen(tree->root) + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        mkdir(out, 0777);
        *at = '/';
    }
    return out;
}

static inline void tree_write(const struct tree *tree, const char *path, const char *text)
{
    char full[512];
    FILE *file = fopen(tree_path(tree, path, full), "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* What a file holds now; "" when it is not there. */
static inline const char *tree_read(const struct tree *tree, const char *path, char *out, size_t out_bytes)
{
    char full[512];
    FILE *file = fopen(tree_path(tree, path, full), "r");
    size_t got = file ? fread(out, 1, out_bytes - 1, file) : 0;

    out[got] = '\0';
    if (file)
        fclose(file);
    return out;
}

#endif
