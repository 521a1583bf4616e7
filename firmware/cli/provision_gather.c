/* The set: bundles of a folder, checked, named, and listed. */
#include "cli/provision.h"

#include "host/host.h"

#include <stdio.h>
#include <string.h>

#define NAMES_TRIED 1000u

static char *copy_text(const struct kite_memory *mem, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = kite_alloc(mem, bytes, 1);

    return copy ? memcpy(copy, text, bytes) : NULL;
}

void kite_provision_bundles_close(struct kite_provision_bundles *bundles)
{
    for (size_t i = 0; i < bundles->count; i++) {
        kite_free(&bundles->mem, bundles->items[i].path);
        kite_free(&bundles->mem, bundles->items[i].name);
    }
    kite_free(&bundles->mem, bundles->items);
    kite_buffer_close(&bundles->list);
    *bundles = (struct kite_provision_bundles){ .mem = bundles->mem };
}

/* ---- one file -------------------------------------------------------------------------------- */

static bool is_taken(const struct kite_provision_bundles *bundles, const char *name)
{
    for (size_t i = 0; i < bundles->count; i++)
        if (kite_names_clash(bundles->items[i].name, name))
            return true;
    return kite_names_clash(name, KITE_PROVISION_NAME) || kite_name_is_junk(name);
}

/* Files of one name in several folders, and of names that differ in case alone, get numbers. */
static enum kite_status find_name(const struct kite_provision_bundles *bundles, const char *path,
                                  char name[KITE_FILE_NAME_BYTES_MAX + 1])
{
    const char *slash = strrchr(path, '/');

    for (unsigned number = 1; number <= NAMES_TRIED; number++) {
        kite_safe_name(slash ? slash + 1 : path, ".kite", number, name);
        if (!is_taken(bundles, name))
            return KITE_OK;
    }
    return KITE_E_LIMIT;
}

static enum kite_status add_bundle(struct kite_provision_bundles *bundles, const char *path,
                                   const uint8_t *root, uint64_t bytes)
{
    char name[KITE_FILE_NAME_BYTES_MAX + 1];
    struct kite_provision_source item = { .bytes = bytes };
    void *items = bundles->items;
    enum kite_status status;

    for (size_t i = 0; i < bundles->count; i++)
        if (memcmp(bundles->items[i].root_hash, root, sizeof item.root_hash) == 0)
            return KITE_OK; /* the same bundle twice */
    status = find_name(bundles, path, name);
    if (status == KITE_OK)
        status = kite_grow(&bundles->mem, &items, &bundles->capacity, bundles->count + 1,
                           sizeof *bundles->items);
    bundles->items = items;
    if (status)
        return status;
    memcpy(item.root_hash, root, sizeof item.root_hash);
    item.path = copy_text(&bundles->mem, path);
    item.name = copy_text(&bundles->mem, name);
    bundles->items[bundles->count++] = item;
    bundles->bytes += bytes;
    return item.path && item.name ? KITE_OK : KITE_E_NOMEM;
}

static enum kite_status take_bundle(struct kite_cli *cli, struct kite_volume_file *file,
                                    const char *path, struct kite_provision_bundles *out)
{
    struct kite_bundle *bundle = NULL;
    enum kite_status status = kite_bundle_open(&cli->mem, &file->source, &bundle, &cli->fault);

    if (status == KITE_OK)
        status = kite_bundle_verify(bundle, NULL, &cli->fault);
    if (status == KITE_OK)
        status = add_bundle(out, path, kite_bundle_root_hash(bundle), file->source.size_bytes);
    kite_bundle_close(bundle);
    return status;
}

/* The list that lies in the folder; there can be one. */
static enum kite_status take_list(struct kite_cli *cli, struct kite_volume_file *file,
                                  struct kite_provision *set, struct kite_provision_bundles *out)
{
    size_t count = (size_t)file->source.size_bytes;
    uint8_t *bytes;
    enum kite_status status;

    if (out->list.count > 0)
        return kite_fail(&cli->fault, KITE_E_FORMAT, "there is more than one provision set");
    if (file->source.size_bytes > KITE_PROVISION_BYTES_MAX)
        return kite_fail(&cli->fault, KITE_E_LIMIT, "the provision set is too long");
    bytes = kite_alloc(&cli->mem, count, 1);
    if (!bytes)
        return KITE_E_NOMEM;
    status = file->source.read_at(file, 0, bytes, count);
    if (status == KITE_OK)
        status = kite_provision_read(set, (const char *)bytes, count, NULL, &cli->fault);
    if (status == KITE_OK)
        status = kite_buffer_add(&out->list, bytes, count);
    kite_free(&cli->mem, bytes);
    return status;
}

static enum kite_status take_file(struct kite_cli *cli, const struct kite_walk_file *found,
                                  const struct kite_io *io, struct kite_provision *set,
                                  struct kite_provision_bundles *out)
{
    struct kite_volume_file file;
    uint8_t head[KITE_HEAD_BYTES];
    enum kite_status status = kite_volume_file_open(io, found->path, &file);
    size_t count =
        file.source.size_bytes < sizeof head ? (size_t)file.source.size_bytes : sizeof head;

    if (status == KITE_OK && count > 0)
        status = file.source.read_at(&file, 0, head, count);
    if (status == KITE_OK) {
        enum kite_find find = kite_file_kind(head, count, found->name)->find;

        if (find == KITE_FIND_BUNDLE)
            status = take_bundle(cli, &file, found->path, out);
        else if (find == KITE_FIND_PROVISION)
            status = take_list(cli, &file, set, out);
        else if (find == KITE_FIND_BROKEN)
            status = kite_fail(&cli->fault, KITE_E_DAMAGED, "%s is no whole bundle", found->path);
    }
    kite_volume_file_close(&file);
    if (status && !strstr(cli->fault.text, found->path)) {
        struct kite_fault why = cli->fault;

        kite_fail(&cli->fault, status, "%s: %s", found->path,
                  why.text[0] ? why.text : kite_status_text(status));
    }
    return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void drop_bundle(struct kite_provision_bundles *bundles, size_t at)
{
    bundles->bytes -= bundles->items[at].bytes;
    kite_free(&bundles->mem, bundles->items[at].path);
    kite_free(&bundles->mem, bundles->items[at].name);
    bundles->count--;
    memmove(bundles->items + at, bundles->items + at + 1,
            (bundles->count - at) * sizeof *bundles->items);
}

/* What the list does not name stays at home; what it names must be there. */
static enum kite_status hold_against(struct kite_cli *cli, struct kite_provision *set,
                                     struct kite_provision_bundles *out)
{
    for (size_t i = out->count; i-- > 0;) {
        struct kite_provision_item *item = kite_provision_find(set, out->items[i].root_hash);

        if (item)
            item->is_here = true;
        else
            drop_bundle(out, i);
    }
    for (size_t i = 0; i < set->count; i++)
        if (!set->items[i].is_here)
            return kite_fail(&cli->fault, KITE_E_FORMAT,
                             "the provision set lists \"%s\", which is not in the folder",
                             set->items[i].name);
    return KITE_OK;
}

static enum kite_status make_list(struct kite_cli *cli, struct kite_provision_bundles *out)
{
    struct kite_provision set = { .mem = cli->mem };
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < out->count && status == KITE_OK; i++)
        status = kite_provision_add(&set, out->items[i].root_hash, out->items[i].name);
    if (status == KITE_OK)
        status = kite_provision_write(&set, &out->list);
    kite_provision_close(&set);
    if (status == KITE_E_LIMIT)
        return kite_fail(&cli->fault, status, "a provision set has at most %u bundles",
                         KITE_PROVISION_ITEMS_MAX);
    return status;
}

static enum kite_status count_files(struct kite_cli *cli, const char *folder,
                                    const struct kite_io *io, uint64_t *count)
{
    struct kite_walk *walk = NULL;
    struct kite_walk_file file;
    enum kite_status status = kite_walk_open(&cli->mem, io, folder, &walk);

    *count = 0;
    while (status == KITE_OK && (status = kite_walk_next(walk, &file)) == KITE_OK)
        ++*count;
    kite_walk_close(walk);
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status walk_set(struct kite_cli *cli, const char *folder,
                                 struct kite_provision *set, struct kite_provision_bundles *out)
{
    struct kite_io io = kite_io_posix();
    struct kite_walk *walk = NULL;
    struct kite_walk_file file;
    struct kite_meter meter;
    struct kite_progress progress = kite_meter_start(&meter, "checking", false);
    uint64_t count, number = 0;
    enum kite_status status = count_files(cli, folder, &io, &count);

    if (status == KITE_OK)
        status = kite_walk_open(&cli->mem, &io, folder, &walk);
    while (status == KITE_OK && (status = kite_walk_next(walk, &file)) == KITE_OK) {
        status = take_file(cli, &file, &io, set, out);
        number++;
        if (progress.step)
            progress.step(progress.ctx, number, count);
    }
    kite_meter_finish(&meter);
    if (status == KITE_DONE && kite_walk_left_out(walk) > 0)
        status = kite_fail(&cli->fault, KITE_E_LIMIT,
                           "%s has too many files, or folders too deep to look into", folder);
    kite_walk_close(walk);
    if (status == KITE_E_IO && !cli->fault.text[0])
        kite_fail(&cli->fault, status, "%s cannot be read as a folder", folder);
    return status == KITE_DONE ? KITE_OK : status;
}

enum kite_status kite_provision_gather(struct kite_cli *cli, const char *folder,
                                       struct kite_provision_bundles *out)
{
    struct kite_provision set = { .mem = cli->mem };
    enum kite_status status;

    *out = (struct kite_provision_bundles){ .mem = cli->mem, .list.mem = cli->mem };
    status = walk_set(cli, folder, &set, out);
    if (status == KITE_OK && out->list.count > 0)
        status = hold_against(cli, &set, out);
    else if (status == KITE_OK)
        status = make_list(cli, out);
    kite_provision_close(&set);
    if (status == KITE_OK && out->count == 0)
        return kite_fail(&cli->fault, KITE_E_FORMAT, "%s holds no bundles; kite pack makes them",
                         folder);
    return status;
}
