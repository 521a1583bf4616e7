/* A walk through a volume, by name. A folder is listed anew for each batch of names, so that memory
 * does not grow with the folder; where the walk stands is in its path alone. */
#include "sideload/sideload.h"

#include <stdio.h>
#include <string.h>

#define BATCH 64u

struct kite_walk {
    struct kite_memory mem;
    const struct kite_io *io;
    char path[KITE_VOLUME_PATH_BYTES_MAX]; /* the folder in hand, and a file of it */
    size_t root_bytes, folder_bytes;       /* of path */
    unsigned depth;
    bool has_files; /* the folder in hand may have more */
    char
        last_folder[KITE_FILE_NAME_BYTES_MAX + 1]; /* of the folder in hand, that the walk was in */
    uint32_t folders, files, left_out;
    char names[BATCH][KITE_FILE_NAME_BYTES_MAX + 1]; /* the next ones, in order */
    uint64_t bytes[BATCH];
    size_t count, at;
    char last_file[KITE_FILE_NAME_BYTES_MAX + 1]; /* the batch holds those behind it */
    bool is_first_look; /* of the folder in hand: what cannot be taken is counted once */
};

enum kite_status kite_walk_open(const struct kite_memory *mem, const struct kite_io *io,
                                const char *folder, struct kite_walk **out)
{
    size_t bytes = strlen(folder);

    *out = NULL;
    if (bytes >= KITE_VOLUME_PATH_BYTES_MAX)
        return KITE_E_LIMIT;

    struct kite_walk *walk = kite_alloc(mem, 1, sizeof *walk);

    if (!walk)
        return KITE_E_NOMEM;
    walk->mem = *mem;
    walk->io = io;
    memcpy(walk->path, folder, bytes + 1);
    walk->root_bytes = walk->folder_bytes = bytes;
    walk->has_files = walk->is_first_look = true;
    *out = walk;
    return KITE_OK;
}

void kite_walk_close(struct kite_walk *walk)
{
    if (walk)
        kite_free(&walk->mem, walk);
}

uint32_t kite_walk_left_out(const struct kite_walk *walk)
{
    return walk->left_out;
}

/* The name fits behind the folder in hand. */
static bool fits(const struct kite_walk *walk, const char *name)
{
    size_t bytes = strlen(name);

    return bytes <= KITE_FILE_NAME_BYTES_MAX &&
           bytes + 2 <= KITE_VOLUME_PATH_BYTES_MAX - walk->folder_bytes;
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum kite_status take_file(void *ctx, const char *name, uint64_t bytes)
{
    struct kite_walk *walk = ctx;
    size_t place = walk->count;

    if (kite_name_is_junk(name))
        return KITE_OK;
    if (!fits(walk, name)) {
        walk->left_out += walk->is_first_look;
        return KITE_OK;
    }
    if (strcmp(name, walk->last_file) <= 0)
        return KITE_OK;
    while (place > 0 && strcmp(name, walk->names[place - 1]) < 0)
        place--;
    if (place == BATCH)
        return KITE_OK;

    size_t moved = walk->count < BATCH ? walk->count - place : BATCH - 1 - place;

    memmove(walk->names[place + 1], walk->names[place], moved * sizeof walk->names[0]);
    memmove(walk->bytes + place + 1, walk->bytes + place, moved * sizeof walk->bytes[0]);
    strcpy(walk->names[place], name);
    walk->bytes[place] = bytes;
    walk->count += walk->count < BATCH;
    return KITE_OK;
}

static enum kite_status fill_batch(struct kite_walk *walk)
{
    enum kite_status status;

    walk->count = walk->at = 0;
    walk->path[walk->folder_bytes] = '\0';
    status = walk->io->list(walk->io->ctx, walk->path, walk, take_file);
    walk->is_first_look = false;
    walk->has_files = status == KITE_OK && walk->count > 0;
    if (walk->has_files)
        strcpy(walk->last_file, walk->names[walk->count - 1]);
    if (status && status != KITE_E_NOMEM && walk->depth > 0) { /* a damaged folder; others may do */
        walk->left_out++;
        return KITE_OK;
    }
    return status;
}

/* ---- folders --------------------------------------------------------------------------------- */

struct next_folder {
    struct kite_walk *walk;
    char best[KITE_FILE_NAME_BYTES_MAX + 1];
};

static enum kite_status take_folder(void *ctx, const char *name)
{
    struct next_folder *next = ctx;

    if (kite_name_is_junk(name) || !fits(next->walk, name) ||
        strcmp(name, next->walk->last_folder) <= 0)
        return KITE_OK;
    if (!next->best[0] || strcmp(name, next->best) < 0)
        strcpy(next->best, name);
    return KITE_OK;
}

static void go_into(struct kite_walk *walk, const char *name)
{
    walk->path[walk->folder_bytes] = '/';
    strcpy(walk->path + walk->folder_bytes + 1, name);
    walk->folder_bytes += 1 + strlen(name);
    walk->depth++;
    walk->folders++;
    walk->has_files = walk->is_first_look = true;
    walk->last_file[0] = walk->last_folder[0] = '\0';
}

static void go_out(struct kite_walk *walk)
{
    char *slash;

    walk->path[walk->folder_bytes] = '\0';
    slash = strrchr(walk->path, '/');
    strcpy(walk->last_folder, slash + 1);
    walk->folder_bytes = (size_t)(slash - walk->path);
    walk->path[walk->folder_bytes] = '\0';
    walk->depth--;
}

/* Into the next folder of the one in hand, or out of it. KITE_DONE: the walk is over. */
static enum kite_status next_folder(struct kite_walk *walk)
{
    struct next_folder next = { .walk = walk };
    enum kite_status status;

    walk->path[walk->folder_bytes] = '\0';
    status = walk->io->list_folders(walk->io->ctx, walk->path, &next, take_folder);
    if (status == KITE_E_NOMEM || (status && walk->depth == 0))
        return status;
    if (status == KITE_OK && next.best[0]) {
        if (walk->depth < KITE_VOLUME_DEPTH_MAX && walk->folders < KITE_VOLUME_FOLDERS_MAX) {
            go_into(walk, next.best);
            return KITE_OK;
        }
        walk->left_out++;
        strcpy(walk->last_folder, next.best);
        return KITE_OK;
    }
    if (walk->depth == 0)
        return KITE_DONE;
    go_out(walk);
    return KITE_OK;
}

/* ---- both ------------------------------------------------------------------------------------ */

enum kite_status kite_walk_next(struct kite_walk *walk, struct kite_walk_file *file)
{
    enum kite_status status = KITE_OK;

    while (status == KITE_OK && walk->at == walk->count)
        status = walk->has_files ? fill_batch(walk) : next_folder(walk);
    if (status)
        return status;
    if (walk->files == KITE_VOLUME_FILES_MAX) {
        walk->left_out++;
        return KITE_DONE;
    }
    walk->files++;
    walk->path[walk->folder_bytes] = '/';
    strcpy(walk->path + walk->folder_bytes + 1, walk->names[walk->at]);
    *file = (struct kite_walk_file){ .path = walk->path,
                                     .name = walk->path + walk->root_bytes + 1,
                                     .bytes = walk->bytes[walk->at++] };
    return KITE_OK;
}
