/* What a document on a volume names: pictures beside it. */
#include "sideload/sideload.h"

#include <stdio.h>

#define FETCHED_BYTES_MAX (32u << 20)
#define NAME_BYTES_MAX 512u

static enum kite_status read_whole(const struct kite_memory *mem, struct kite_volume_file *file, uint8_t **bytes, size_t *count)
{
    enum kite_status status;

    if (file->source.size_bytes == 0)
        return KITE_E_RANGE;
    if (file->source.size_bytes > FETCHED_BYTES_MAX)
        return KITE_E_LIMIT;
    *count = (size_t)file->source.size_bytes;
    *bytes = kite_alloc(mem, *count, 1);
    if (!*bytes)
        return KITE_E_NOMEM;
    status = file->source.read_at(file, 0, *bytes, *count);
    if (status) {
        kite_free(mem, *bytes);
        *bytes = NULL;
    }
    return status;
}

enum kite_status kite_volume_fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    const struct kite_volume_folder *folder = ctx;
    char name[NAME_BYTES_MAX], path[KITE_VOLUME_PATH_BYTES_MAX + NAME_BYTES_MAX];
    struct kite_volume_file file;
    enum kite_status status;

    *bytes = NULL;
    *count = 0;
    if (!kite_reference_name(reference, name, sizeof name))
        return KITE_E_RANGE;
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    status = kite_volume_file_open(folder->io, path, &file);
    if (status)
        return status;
    status = read_whole(&folder->mem, &file, bytes, count);
    kite_volume_file_close(&file);
    return status;
}
