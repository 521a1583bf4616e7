/* A bundle on the device that was damaged: made whole by its repair data, in a copy that takes its place. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

struct copy {
    struct kite_library *lib;
    void *file;
    uint64_t bytes;
};

static enum kite_status write_copy(void *ctx, const uint8_t *bytes, size_t count)
{
    struct copy *copy = ctx;
    enum kite_status status = copy->lib->io.write_at(copy->lib->io.ctx, copy->file, copy->bytes, bytes, count);

    copy->bytes += count;
    return status;
}

/* The name is the bundle's only when every byte of the copy is on the disk. */
static enum kite_status take_place(struct kite_library *lib, struct copy *copy, const char *part, const char *name,
                                   enum kite_status status)
{
    char from[KITE_PATH_BYTES_MAX], to[KITE_PATH_BYTES_MAX];

    if (status == KITE_OK)
        status = lib->io.sync(lib->io.ctx, copy->file);
    lib->io.close(lib->io.ctx, copy->file);
    if (kite_library_path(lib, part, from) != KITE_OK || kite_library_path(lib, name, to) != KITE_OK)
        return KITE_E_LIMIT;
    if (status == KITE_OK)
        status = lib->io.rename(lib->io.ctx, from, to);
    else
        (void)lib->io.remove(lib->io.ctx, from); /* else the next open sweeps it away */
    return status == KITE_OK ? lib->io.sync_folder(lib->io.ctx, lib->folder) : status;
}

static enum kite_status mend_file(struct kite_library *lib, const char *name, struct kite_repair_report *report,
                                  struct kite_fault *fault)
{
    struct kite_library_file file = { 0 };
    struct copy copy = { .lib = lib };
    struct kite_sink sink = { &copy, write_copy };
    char part[48], path[KITE_PATH_BYTES_MAX];
    enum kite_status status = kite_library_file_open(lib, name, KITE_IO_READ, &file);

    if (status != KITE_OK)
        return status;
    snprintf(part, sizeof part, "incoming-%u.part", ++lib->part_count);
    status = kite_library_path(lib, part, path);
    if (status == KITE_OK)
        status = lib->io.open(lib->io.ctx, path, KITE_IO_WRITE, &copy.file);
    if (status == KITE_OK) {
        status = kite_repair(&lib->mem, &file.source, &sink, report, NULL, fault);
        status = take_place(lib, &copy, part, name, status);
    }
    kite_library_file_close(&file);
    return status;
}

enum kite_status kite_library_mend(struct kite_library *lib, int64_t text, struct kite_repair_report *report,
                                   struct kite_fault *fault)
{
    char name[KITE_FILE_NAME_BYTES_MAX + 1];
    struct kite_fault why = { "" };
    uint8_t root[32];
    uint32_t document;
    enum kite_status status = kite_library_file_of(lib, text, name, &document, root);

    *report = (struct kite_repair_report){ .slices = 0 };
    if (status == KITE_OK)
        status = mend_file(lib, name, report, &why);
    if (status != KITE_OK && status != KITE_DONE && why.text[0])
        return kite_fail(fault, status, "%s", why.text);
    return kite_sql_fault(lib, status, fault, "repairing a text");
}
