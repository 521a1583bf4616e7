/* The folder that the shelf's library sees. Its bundles are sealed files of the device's folder,
 * under names that say nothing; all else is held in memory. kite.db among it is sealed with the
 * names of all files into one index, whenever a transaction is over: SQLite then ends its journal
 * and syncs it, and so there is no journal in the index, and no half of a transaction. */
#include "shelf/inside.h"

#include <stdio.h>
#include <string.h>

struct handle {
    struct entry *entry;
    struct sealed *sealed; /* NULL: held in memory */
};

/* ---- entries -----------------------------------------------------------------------------------
 */

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool ends_with(const char *name, const char *end)
{
    size_t count = strlen(name), tail = strlen(end);

    return count >= tail && strcmp(name + count - tail, end) == 0;
}

/* A file that the index has: journals, locks, maps and what is still being copied live as long as
 * the shelf is open. */
static bool is_kept(const struct entry *entry)
{
    return entry->is_sealed ? !ends_with(entry->name, ".part")
                            : ends_with(entry->name, ".db") && strcmp(entry->name, "maps.db") != 0;
}

static struct entry *find(const struct volume *volume, const char *name)
{
    struct entry *entry = volume->entries;

    while (entry && strcmp(entry->name, name) != 0)
        entry = entry->next;
    return entry;
}

static void free_entry(const struct volume *volume, struct entry *entry)
{
    if (entry->image)
        sodium_memzero(entry->image, entry->capacity);
    kite_free(&volume->where.mem, entry->image);
    sodium_memzero(entry, sizeof *entry);
    kite_free(&volume->where.mem, entry);
}

static enum kite_status add(struct volume *volume, const char *name, struct entry **out)
{
    struct entry *entry, **at = &volume->entries;

    *out = NULL;
    if (strlen(name) >= VOLUME_NAME_BYTES)
        return KITE_E_LIMIT;
    entry = kite_alloc(&volume->where.mem, 1, sizeof *entry);
    if (!entry)
        return KITE_E_NOMEM;
    strcpy(entry->name, name);
    entry->is_sealed = ends_with(name, ".kite") || ends_with(name, ".part");
    while (*at) /* at the end: the same order always */
        at = &(*at)->next;
    *at = *out = entry;
    return KITE_OK;
}

/* Take it out of the list; it goes when nobody has it open. */
static void unlist(struct volume *volume, struct entry *entry)
{
    struct entry **at = &volume->entries;

    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    entry->is_removed = true;
    if (entry->handles == 0)
        free_entry(volume, entry);
}

/* Old memory is wiped before it goes back. */
static enum kite_status reserve(const struct volume *volume, struct entry *entry, uint64_t bytes)
{
    size_t most = strcmp(entry->name, "maps.db") == 0 ? KITE_SHELF_MAPS_BYTES_MAX
                                                      : KITE_SHELF_INDEX_BYTES_MAX;
    size_t capacity = entry->capacity > 0 ? entry->capacity : 4096;
    uint8_t *image;

    if (bytes <= entry->capacity)
        return KITE_OK;
    if (bytes > most)
        return KITE_E_LIMIT;
    while (capacity < bytes)
        capacity *= 2;
    image = kite_alloc(&volume->where.mem, capacity, 1);
    if (!image)
        return KITE_E_NOMEM;
    if (entry->image) {
        memcpy(image, entry->image, (size_t)entry->bytes);
        sodium_memzero(entry->image, entry->capacity);
        kite_free(&volume->where.mem, entry->image);
    }
    entry->image = image;
    entry->capacity = capacity;
    return KITE_OK;
}

/* ---- the index ---------------------------------------------------------------------------------
 */

#define INDEX_MAGIC "KITESHI1"
#define MAGIC_BYTES 8u
#define FRONT_BYTES (MAGIC_BYTES + NONCE_BYTES)
enum { KIND_SEALED = 1, KIND_HELD };

static enum kite_status add_entry(struct kite_buffer *out, const struct entry *entry)
{
    size_t name_bytes = strlen(entry->name);
    enum kite_status status = kite_buffer_add_u8(out, entry->is_sealed ? KIND_SEALED : KIND_HELD);

    if (status == KITE_OK)
        status = kite_buffer_add_u8(out, (uint8_t)name_bytes);
    if (status == KITE_OK)
        status = kite_buffer_add(out, entry->name, name_bytes);
    if (status == KITE_OK && entry->is_sealed)
        status = kite_buffer_add(out, entry->id, ID_BYTES);
    if (status == KITE_OK)
        status = kite_buffer_add_u32(out, (uint32_t)entry->bytes);
    if (status == KITE_OK)
        status = kite_buffer_add_u32(out, (uint32_t)(entry->bytes >> 32));
    if (status == KITE_OK && !entry->is_sealed && entry->bytes > 0)
        status = kite_buffer_add(out, entry->image, (size_t)entry->bytes);
    return status;
}

/* Where the index is made: room for all of it at once, so that no half of it is left behind in
 * memory. */
static enum kite_status reserve_index(const struct volume *volume, struct kite_buffer *out)
{
    size_t bytes = FRONT_BYTES + TAG_BYTES;

    for (const struct entry *entry = volume->entries; entry; entry = entry->next)
        bytes +=
            2 + VOLUME_NAME_BYTES + ID_BYTES + 8 + (entry->is_sealed ? 0 : (size_t)entry->bytes);
    out->bytes = kite_alloc(&out->mem, bytes, 1);
    out->capacity = bytes;
    return out->bytes ? KITE_OK : KITE_E_NOMEM;
}

static enum kite_status write_index(struct volume *volume)
{
    static const uint8_t tag[TAG_BYTES];
    struct kite_buffer out = { .mem = volume->where.mem };
    uint8_t *nonce, *body;
    enum kite_status status = reserve_index(volume, &out);

    if (status == KITE_OK)
        status = kite_buffer_add(&out, INDEX_MAGIC "                        ", FRONT_BYTES);
    for (const struct entry *entry = volume->entries; entry && status == KITE_OK;
         entry = entry->next)
        if (is_kept(entry))
            status = add_entry(&out, entry);
    if (status == KITE_OK)
        status = kite_buffer_add(&out, tag, sizeof tag);
    if (status == KITE_OK) {
        nonce = out.bytes + MAGIC_BYTES;
        body = out.bytes + FRONT_BYTES;
        randombytes_buf(nonce, NONCE_BYTES);
        crypto_aead_xchacha20poly1305_ietf_encrypt(body, NULL, body,
                                                   out.count - FRONT_BYTES - TAG_BYTES, out.bytes,
                                                   MAGIC_BYTES, NULL, nonce, volume->keys->index);
        status = file_replace(&volume->where, INDEX_FILE, out.bytes, out.count);
    }
    if (out.bytes)
        sodium_memzero(out.bytes, out.capacity);
    kite_buffer_close(&out);
    return status;
}

/* Files that the sealed index does without. One that stays is swept away later. */
static void remove_doomed(struct volume *volume)
{
    char name[SEALED_NAME_BYTES];

    for (size_t i = 0; i < volume->doomed_count; i++)
        (void)file_remove(&volume->where, sealed_name(volume->doomed[i].bytes, name));
    volume->doomed_count = 0;
}

enum kite_status volume_seal(struct volume *volume)
{
    const struct kite_library_where *where = &volume->where;
    enum kite_status status = KITE_OK;

    for (const struct entry *entry = volume->entries; entry; entry = entry->next)
        if (ends_with(entry->name, "-journal") && entry->bytes > 0 && entry->image[0] != 0)
            return KITE_OK; /* in the midst of a transaction: its end makes the journal's first
                               bytes zeros */
    if (!volume->is_changed)
        return KITE_OK;
    if (volume->has_new_files)
        status = where->io->sync_folder(where->io->ctx, where->folder);
    if (status == KITE_OK)
        volume->has_new_files = false;
    if (status == KITE_OK)
        status = write_index(volume);
    if (status)
        return status;
    volume->is_changed = false;
    remove_doomed(volume);
    return KITE_OK;
}

static enum kite_status take_entry(struct volume *volume, struct kite_bytes *in)
{
    uint8_t kind = kite_take_u8(in), name_bytes = kite_take_u8(in);
    const uint8_t *text = kite_take_bytes(in, name_bytes), *id = NULL, *image;
    char name[VOLUME_NAME_BYTES] = "";
    struct entry *entry;
    uint64_t bytes;
    enum kite_status status;

    if (kind == KIND_SEALED)
        id = kite_take_bytes(in, ID_BYTES);
    bytes = kite_take_u32(in);
    bytes |= (uint64_t)kite_take_u32(in) << 32;
    if (in->failed || (kind != KIND_SEALED && kind != KIND_HELD) || name_bytes == 0 ||
        name_bytes >= sizeof name || bytes > UINT64_MAX / 4 || memchr(text, '/', name_bytes) ||
        memchr(text, 0, name_bytes))
        return KITE_E_DAMAGED;
    memcpy(name, text, name_bytes);
    if (find(volume, name))
        return KITE_E_DAMAGED;
    status = add(volume, name, &entry);
    if (status)
        return status;
    if (!is_kept(entry) || entry->is_sealed != (kind == KIND_SEALED))
        return KITE_E_DAMAGED;
    if (kind == KIND_SEALED) {
        memcpy(entry->id, id, ID_BYTES);
        entry->bytes = bytes;
        return KITE_OK;
    }
    if (bytes > (uint64_t)(in->end - in->at))
        return KITE_E_DAMAGED;
    image = kite_take_bytes(in, (size_t)bytes);
    status = reserve(volume, entry, bytes);
    if (status == KITE_OK && bytes > 0)
        memcpy(entry->image, image, (size_t)bytes);
    entry->bytes = status == KITE_OK ? bytes : 0;
    return status == KITE_E_LIMIT ? KITE_E_DAMAGED : status;
}

static void drop_entries(struct volume *volume)
{
    while (volume->entries)
        unlist(volume, volume->entries);
}

enum kite_status volume_parse(struct volume *volume, const uint8_t *bytes, size_t count)
{
    struct kite_bytes in = { bytes, bytes + count, false };
    enum kite_status status = KITE_OK;

    while (in.at < in.end && status == KITE_OK)
        status = take_entry(volume, &in);
    if (status)
        drop_entries(volume);
    return status;
}

/* In place. */
static enum kite_status unseal_index(const struct volume *volume, struct kite_buffer *in)
{
    uint8_t *nonce, *body;

    if (in->count < FRONT_BYTES + TAG_BYTES)
        return KITE_E_DAMAGED;
    nonce = in->bytes + MAGIC_BYTES;
    body = in->bytes + FRONT_BYTES;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(body, NULL, NULL, body,
                                                      in->count - FRONT_BYTES, in->bytes,
                                                      MAGIC_BYTES, nonce, volume->keys->index) == 0
               ? KITE_OK
               : KITE_E_DAMAGED;
}

enum kite_status volume_load(struct volume *volume)
{
    struct kite_buffer in = { .mem = volume->where.mem };
    enum kite_status status =
        file_read(&volume->where, INDEX_FILE, KITE_SHELF_INDEX_BYTES_MAX, &in);

    if (status == KITE_DONE || status == KITE_E_LIMIT)
        status = KITE_E_DAMAGED;
    if (status == KITE_OK)
        status = unseal_index(volume, &in);
    if (status == KITE_OK)
        status = volume_parse(volume, in.bytes + FRONT_BYTES, in.count - FRONT_BYTES - TAG_BYTES);
    if (in.bytes)
        sodium_memzero(in.bytes, in.capacity);
    kite_buffer_close(&in);
    return status;
}

/* ---- files of the folder -----------------------------------------------------------------------
 */

static enum kite_status gather_one(void *ctx, const char *name, uint64_t file_bytes)
{
    struct volume *volume = ctx;
    char listed[VOLUME_NAME_BYTES];
    uint8_t id[ID_BYTES];
    struct entry *entry;
    uint64_t bytes;
    enum kite_status status;

    if (!sealed_id(name, id) || sealed_size(file_bytes, &bytes) != KITE_OK)
        return KITE_OK;
    snprintf(listed, sizeof listed, "%.*s.kite", 2 * (int)ID_BYTES, name);
    status = add(volume, listed, &entry);
    if (status)
        return status;
    memcpy(entry->id, id, ID_BYTES);
    entry->bytes = bytes;
    return KITE_OK;
}

enum kite_status volume_gather(struct volume *volume)
{
    const struct kite_library_where *where = &volume->where;

    volume->is_changed = true;
    return where->io->list(where->io->ctx, where->folder, volume, gather_one);
}

static enum kite_status doom(struct volume *volume, const uint8_t id[ID_BYTES])
{
    void *items = volume->doomed;
    enum kite_status status = kite_grow(&volume->where.mem, &items, &volume->doomed_capacity,
                                        volume->doomed_count + 1, sizeof *volume->doomed);

    volume->doomed = items;
    if (status == KITE_OK)
        memcpy(volume->doomed[volume->doomed_count++].bytes, id, ID_BYTES);
    return status;
}

static enum kite_status sweep_one(void *ctx, const char *name, uint64_t file_bytes)
{
    struct volume *volume = ctx;
    uint8_t id[ID_BYTES];

    (void)file_bytes;
    if (!sealed_id(name, id))
        return KITE_OK;
    for (const struct entry *entry = volume->entries; entry; entry = entry->next)
        if (entry->is_sealed && memcmp(entry->id, id, ID_BYTES) == 0)
            return KITE_OK;
    return doom(volume, id);
}

enum kite_status volume_sweep(struct volume *volume)
{
    const struct kite_library_where *where = &volume->where;
    enum kite_status status = where->io->list(where->io->ctx, where->folder, volume, sweep_one);

    if (status == KITE_OK)
        remove_doomed(volume);
    return status;
}

/* ---- the operations ----------------------------------------------------------------------------
 */

static void close_handle(void *ctx, void *file)
{
    struct volume *volume = ctx;
    struct handle *handle = file;
    struct entry *entry;

    if (!handle)
        return;
    entry = handle->entry;
    if (handle->sealed) {
        (void)sealed_flush(handle->sealed); /* who needs it there has synced it */
        sealed_end(handle->sealed);
        volume->where.io->close(volume->where.io->ctx, handle->sealed->file);
        kite_free(&volume->where.mem, handle->sealed);
    }
    kite_free(&volume->where.mem, handle);
    if (--entry->handles == 0 && entry->is_removed)
        free_entry(volume, entry);
}

/* KITE_DONE: its file is gone. */
static enum kite_status open_sealed(struct volume *volume, const struct entry *entry,
                                    enum kite_io_mode mode, struct sealed **out)
{
    const struct kite_io *io = volume->where.io;
    char name[SEALED_NAME_BYTES], path[PATH_BYTES];
    struct sealed *sealed = kite_alloc(&volume->where.mem, 1, sizeof *sealed);
    void *file = NULL;
    enum kite_status status =
        sealed ? file_path(&volume->where, sealed_name(entry->id, name), path) : KITE_E_NOMEM;

    *out = NULL;
    if (status == KITE_OK)
        status = io->open(io->ctx, path, mode, &file);
    if (status == KITE_OK) {
        status = sealed_begin(sealed, io, volume->keys, entry->id, file, entry->bytes);
        if (status)
            io->close(io->ctx, file);
    }
    if (status) {
        kite_free(&volume->where.mem, sealed);
        return status;
    }
    *out = sealed;
    return KITE_OK;
}

static enum kite_status volume_open(void *ctx, const char *path, enum kite_io_mode mode,
                                    void **file)
{
    struct volume *volume = ctx;
    struct entry *entry = find(volume, name_of(path));
    bool is_new = !entry;
    struct handle *handle;
    enum kite_status status = KITE_OK;

    *file = NULL;
    if (is_new && (mode == KITE_IO_READ || mode == KITE_IO_CHANGE))
        return KITE_DONE;
    if (is_new)
        status = add(volume, name_of(path), &entry);
    if (status)
        return status;
    if (is_new && entry->is_sealed) {
        randombytes_buf(entry->id, ID_BYTES);
        volume->has_new_files = true;
    }
    volume->is_changed = volume->is_changed || (is_new && is_kept(entry));
    handle = kite_alloc(&volume->where.mem, 1, sizeof *handle);
    status = handle ? KITE_OK : KITE_E_NOMEM;
    if (status == KITE_OK && entry->is_sealed)
        status = open_sealed(volume, entry, mode, &handle->sealed);
    if (status) {
        kite_free(&volume->where.mem, handle);
        if (is_new)
            unlist(volume, entry);
        return status;
    }
    handle->entry = entry;
    entry->handles++;
    *file = handle;
    return KITE_OK;
}

static enum kite_status volume_size(void *ctx, void *file, uint64_t *bytes)
{
    (void)ctx;
    *bytes = ((struct handle *)file)->entry->bytes;
    return KITE_OK;
}

static enum kite_status volume_read(void *ctx, void *file, uint64_t offset, uint8_t *dst,
                                    size_t count, size_t *got)
{
    struct handle *handle = file;
    const struct entry *entry = handle->entry;
    uint64_t left = offset < entry->bytes ? entry->bytes - offset : 0;

    (void)ctx;
    if (handle->sealed)
        return sealed_read(handle->sealed, offset, dst, count, got);
    *got = left < count ? (size_t)left : count;
    if (*got > 0)
        memcpy(dst, entry->image + offset, *got);
    return KITE_OK;
}

static enum kite_status volume_write(void *ctx, void *file, uint64_t offset, const uint8_t *src,
                                     size_t count)
{
    struct volume *volume = ctx;
    struct handle *handle = file;
    struct entry *entry = handle->entry;
    enum kite_status status;

    if (count == 0)
        return KITE_OK;
    if (handle->sealed) {
        status = sealed_write(handle->sealed, offset, src, count);
        volume->is_changed =
            volume->is_changed || (is_kept(entry) && handle->sealed->bytes != entry->bytes);
        entry->bytes = handle->sealed->bytes;
        return status == KITE_E_RANGE ? KITE_E_IO : status;
    }
    if (offset > UINT64_MAX / 2)
        return KITE_E_LIMIT;
    status = reserve(volume, entry, offset + count);
    if (status)
        return status;
    if (offset > entry->bytes)
        memset(entry->image + entry->bytes, 0, (size_t)(offset - entry->bytes));
    memcpy(entry->image + offset, src, count);
    if (offset + count > entry->bytes)
        entry->bytes = offset + count;
    volume->is_changed = volume->is_changed || is_kept(entry);
    return KITE_OK;
}

/* Bundles are never cut. */
static enum kite_status volume_truncate(void *ctx, void *file, uint64_t bytes)
{
    struct volume *volume = ctx;
    struct handle *handle = file;
    struct entry *entry = handle->entry;
    enum kite_status status;

    if (handle->sealed)
        return KITE_E_IO;
    status = reserve(volume, entry, bytes);
    if (status)
        return status;
    if (bytes > entry->bytes)
        memset(entry->image + entry->bytes, 0, (size_t)(bytes - entry->bytes));
    else if (entry->image)
        sodium_memzero(entry->image + bytes, (size_t)(entry->bytes - bytes));
    entry->bytes = bytes;
    volume->is_changed = volume->is_changed || is_kept(entry);
    return KITE_OK;
}

static enum kite_status volume_sync(void *ctx, void *file)
{
    struct volume *volume = ctx;
    struct handle *handle = file;
    enum kite_status status = KITE_OK;

    if (!handle->sealed)
        return volume_seal(volume);
    status = sealed_flush(handle->sealed);
    return status == KITE_OK ? volume->where.io->sync(volume->where.io->ctx, handle->sealed->file)
                             : status;
}

static enum kite_status volume_sync_folder(void *ctx, const char *folder)
{
    (void)folder;
    return volume_seal(ctx);
}

/* Its file goes when the index does without it, or at once when it never was in one. */
static enum kite_status volume_drop(struct volume *volume, struct entry *entry)
{
    char name[SEALED_NAME_BYTES];
    enum kite_status status = KITE_OK;

    if (entry->is_sealed && is_kept(entry))
        status = doom(volume, entry->id);
    else if (entry->is_sealed)
        status = file_remove(&volume->where, sealed_name(entry->id, name));
    if (status)
        return status;
    volume->is_changed = volume->is_changed || is_kept(entry);
    unlist(volume, entry);
    return KITE_OK;
}

static enum kite_status volume_rename(void *ctx, const char *from, const char *to)
{
    struct volume *volume = ctx;
    struct entry *entry = find(volume, name_of(from)), *old = find(volume, name_of(to));
    enum kite_status status = KITE_OK;

    if (!entry || entry == old)
        return entry ? KITE_OK : KITE_E_IO;
    if (strlen(name_of(to)) >= VOLUME_NAME_BYTES)
        return KITE_E_LIMIT;
    if (old)
        status = volume_drop(volume, old);
    if (status)
        return status;
    volume->is_changed = volume->is_changed || is_kept(entry);
    strcpy(entry->name, name_of(to));
    volume->is_changed = volume->is_changed || is_kept(entry);
    return KITE_OK;
}

static enum kite_status volume_remove(void *ctx, const char *path)
{
    struct volume *volume = ctx;
    struct entry *entry = find(volume, name_of(path));

    return entry ? volume_drop(volume, entry) : KITE_DONE;
}

static enum kite_status volume_exists(void *ctx, const char *path, bool *is_there)
{
    *is_there = find(ctx, name_of(path)) != NULL;
    return KITE_OK;
}

static enum kite_status volume_list(void *ctx, const char *folder, void *each_ctx,
                                    enum kite_status (*each)(void *each_ctx, const char *name,
                                                             uint64_t bytes))
{
    const struct volume *volume = ctx;
    enum kite_status status = KITE_OK;

    (void)folder;
    for (const struct entry *entry = volume->entries; entry && status == KITE_OK;
         entry = entry->next)
        status = each(each_ctx, entry->name, entry->bytes);
    return status;
}

static enum kite_status volume_list_folders(void *ctx, const char *folder, void *each_ctx,
                                            enum kite_status (*each)(void *each_ctx,
                                                                     const char *name))
{
    (void)ctx, (void)folder, (void)each_ctx, (void)each;
    return KITE_OK;
}

static enum kite_status volume_free(void *ctx, const char *folder, uint64_t *bytes)
{
    const struct volume *volume = ctx;

    (void)folder;
    return volume->where.io->free_bytes(volume->where.io->ctx, volume->where.folder, bytes);
}

/* ---- beginning and end -------------------------------------------------------------------------
 */

void volume_begin(struct volume *volume, const struct kite_library_where *where,
                  const struct keys *keys)
{
    *volume = (struct volume){ .where = *where, .keys = keys };
}

void volume_end(struct volume *volume)
{
    drop_entries(volume);
    kite_free(&volume->where.mem, volume->doomed);
    volume->doomed = NULL;
    volume->doomed_count = volume->doomed_capacity = 0;
}

struct kite_io volume_io(struct volume *volume)
{
    return (struct kite_io){
        .ctx = volume,
        .open = volume_open,
        .close = close_handle,
        .size = volume_size,
        .read_at = volume_read,
        .write_at = volume_write,
        .truncate = volume_truncate,
        .sync = volume_sync,
        .sync_folder = volume_sync_folder,
        .rename = volume_rename,
        .remove = volume_remove,
        .exists = volume_exists,
        .list = volume_list,
        .free_bytes = volume_free,
        .list_folders = volume_list_folders,
    };
}
