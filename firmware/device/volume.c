/* Mounting and taking away. */
#include "device/volume.h"

#include "host/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define WAIT_STEP_MS 20
#define FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME)

static const struct kind {
    const char *type, *data;
} kinds[] = { { "vfat", "utf8" }, { "exfat", NULL } };

void volume_init(struct volume *v, const struct system *system, const struct kite_memory *mem,
                 const char *folder, bool is_inbox)
{
    *v = (struct volume){ .system = system, .mem = mem, .is_inbox = is_inbox };
    snprintf(v->folder, sizeof v->folder, "%s", folder);
    system_path(system, v->folder, v->path);
}

bool volume_is_mounted(const struct volume *v)
{
    return v->node[0] != '\0';
}

/* The kernel tells of a partition a moment before its node is there. */
static bool wait_for_node(const struct system *system, const char *node)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    int64_t now = system->now_ms(system->ctx), limit = now + VOLUME_WAIT_MS;

    system_path(system, node, full);
    while (access(full, F_OK) != 0) {
        if (now >= limit)
            return false;
        now += WAIT_STEP_MS;
        system->sleep_until(system->ctx, now);
    }
    return true;
}

static int mount_as(struct volume *v, const struct kind *kind, bool is_writable)
{
    char full[SYSTEM_PATH_BYTES_MAX];

    return v->system->mount(v->system->ctx, system_path(v->system, v->node, full), v->path,
                            kind->type, FLAGS | (is_writable ? 0 : (unsigned long)MS_RDONLY),
                            kind->data);
}

static int mount_stick(struct volume *v)
{
    int result = -EINVAL;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && result < 0; i++) {
        result = mount_as(v, &kinds[i], false);
        v->type = kinds[i].type;
    }
    return result;
}

/* ---- the inbox --------------------------------------------------------------------------------
 */

static enum kite_status look_at_inbox(const struct system *system, const struct kite_memory *mem,
                                      const char *node, enum fat_state *state,
                                      struct kite_fault *fault)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    struct kite_io io = kite_io_posix();
    struct kite_partition_file file;
    enum kite_status status =
        kite_partition_open(&io, system_path(system, node, full), false, &file, fault);

    if (status)
        return status;
    status = fat_look(mem, &file.partition, state);
    kite_partition_close(&file);
    return status ? kite_fail(fault, status, "%s cannot be read", node) : KITE_OK;
}

static enum kite_status make_inbox(struct volume *v, struct kite_fault *fault)
{
    char full[SYSTEM_PATH_BYTES_MAX];
    struct kite_io io = kite_io_posix();
    struct kite_partition_file file;
    enum kite_status status =
        kite_partition_open(&io, system_path(v->system, v->node, full), true, &file, fault);

    if (status)
        return status;
    status = fat_format(&file.partition, fault);
    kite_partition_close(&file);
    if (status == KITE_OK)
        device_log("inbox made anew");
    return status;
}

static enum kite_status mount_inbox_anew(struct volume *v, struct kite_fault *fault)
{
    enum kite_status status = make_inbox(v, fault);

    if (status)
        return status;
    if (mount_as(v, &kinds[0], true) < 0)
        return kite_fail(fault, KITE_E_UNSUPPORTED, "the inbox cannot be mounted");
    v->is_writable = true;
    v->is_damaged = false;
    return KITE_OK;
}

static enum kite_status mount_inbox(struct volume *v, struct kite_fault *fault)
{
    enum fat_state state = FAT_NONE;
    enum kite_status status = look_at_inbox(v->system, v->mem, v->node, &state, fault);

    if (status)
        return status;
    v->type = kinds[0].type;
    v->is_damaged = state != FAT_CLEAN;
    v->is_writable = state == FAT_CLEAN;
    if (state != FAT_NONE && mount_as(v, &kinds[0], v->is_writable) >= 0)
        return KITE_OK;
    return mount_inbox_anew(v, fault); /* nothing on it can be read */
}

bool volume_is_dirty(const struct system *system, const struct kite_memory *mem, const char *node)
{
    enum fat_state state = FAT_NONE;

    return look_at_inbox(system, mem, node, &state, NULL) == KITE_OK && state == FAT_DIRTY;
}

/* ---- both -------------------------------------------------------------------------------------
 */

enum kite_status volume_mount(struct volume *v, const char *node, struct kite_fault *fault)
{
    enum kite_status status;

    if (volume_is_mounted(v))
        return kite_fail(fault, KITE_E_LIMIT, "%s is mounted already", v->node);
    if (v->is_lent)
        return kite_fail(fault, KITE_E_LIMIT, "a computer has the inbox");
    if (strlen(node) >= sizeof v->node || !wait_for_node(v->system, node))
        return kite_fail(fault, KITE_E_IO, "%s does not come", node);
    snprintf(v->node, sizeof v->node, "%s", node);
    v->writers = 0;
    v->is_writable = v->is_damaged = v->was_written = false;
    if (v->is_inbox)
        status = mount_inbox(v, fault);
    else
        status = mount_stick(v) < 0
                     ? kite_fail(fault, KITE_E_UNSUPPORTED, "%s cannot be mounted", node)
                     : KITE_OK;
    if (status)
        v->node[0] = '\0';
    return status;
}

bool volume_let_go(struct volume *v)
{
    if (volume_is_mounted(v) && v->system->unmount(v->system->ctx, v->path, 0) < 0)
        return false;
    v->node[0] = '\0';
    return true;
}

void volume_unmount(struct volume *v)
{
    if (volume_let_go(v))
        return;
    v->system->unmount(v->system->ctx, v->path, MNT_DETACH);
    v->node[0] = '\0';
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static int remount(struct volume *v, bool is_writable)
{
    return v->system->mount(v->system->ctx, NULL, v->path, NULL,
                            FLAGS | MS_REMOUNT | (is_writable ? 0 : (unsigned long)MS_RDONLY),
                            NULL);
}

static enum kite_status make_writable(struct volume *v)
{
    if (v->is_writable)
        return KITE_OK;
    if (v->is_damaged) {
        /* All that was whole has been read. In use still: then it stays as it is. */
        if (v->system->unmount(v->system->ctx, v->path, 0) < 0)
            return KITE_E_IO;
        return mount_inbox_anew(v, NULL);
    }
    if (remount(v, true) < 0)
        return KITE_E_IO; /* a stick with its lock set */
    v->is_writable = true;
    return KITE_OK;
}

static void make_read_only(struct volume *v)
{
    if (v->is_inbox || !v->is_writable || v->writers > 0)
        return;
    remount(v, false);
    v->is_writable = false;
}

/* ---- files ------------------------------------------------------------------------------------
 */

static struct volume *volume_of(const struct volume_io *io, const char *path)
{
    for (size_t i = 0; i < sizeof io->volumes / sizeof *io->volumes; i++) {
        struct volume *v = io->volumes[i];
        size_t bytes = v ? strlen(v->path) : 0;

        if (v && volume_is_mounted(v) && strncmp(path, v->path, bytes) == 0 &&
            (path[bytes] == '/' || path[bytes] == '\0'))
            return v;
    }
    return NULL;
}

static enum kite_status open_for_writing(struct volume_io *io, struct volume *v, const char *path,
                                         enum kite_io_mode mode, void **file)
{
    size_t i = 0;
    enum kite_status status;

    *file = NULL;
    while (i < sizeof io->open / sizeof *io->open && io->open[i].file)
        i++;
    if (i == sizeof io->open / sizeof *io->open)
        return KITE_E_IO;
    status = make_writable(v);
    if (status == KITE_OK)
        status = io->posix.open(io->posix.ctx, path, mode, file);
    if (status == KITE_OK) {
        io->open[i].file = *file;
        io->open[i].volume = v;
        v->writers++;
        v->was_written = true;
    } else {
        make_read_only(v);
    }
    return status;
}

static enum kite_status open_file(void *ctx, const char *path, enum kite_io_mode mode, void **file)
{
    struct volume_io *io = ctx;
    struct volume *v = mode == KITE_IO_READ ? NULL : volume_of(io, path);

    return v ? open_for_writing(io, v, path, mode, file)
             : io->posix.open(io->posix.ctx, path, mode, file);
}

static void close_file(void *ctx, void *file)
{
    struct volume_io *io = ctx;

    for (size_t i = 0; file && i < sizeof io->open / sizeof *io->open; i++)
        if (io->open[i].file == file) {
            io->open[i].file = NULL;
            if (io->open[i].volume->writers > 0)
                io->open[i].volume->writers--;
        }
    io->posix.close(io->posix.ctx, file);
}

static enum kite_status sync_folder(void *ctx, const char *folder)
{
    struct volume_io *io = ctx;
    struct volume *v = volume_of(io, folder);
    enum kite_status status = io->posix.sync_folder(io->posix.ctx, folder);

    if (v)
        make_read_only(v);
    return status;
}

void volume_io_init(struct volume_io *io, struct volume *stick, struct volume *inbox)
{
    *io = (struct volume_io){ .posix = kite_io_posix(), .volumes = { stick, inbox } };
}

struct kite_io volume_io_table(struct volume_io *io)
{
    struct kite_io table = io->posix;

    /* POSIX's needs no state of its own, so that its other calls do not mind this one. */
    table.ctx = io;
    table.open = open_file;
    table.close = close_file;
    table.sync_folder = sync_folder;
    return table;
}
