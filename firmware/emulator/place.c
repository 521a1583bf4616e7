/* Temporary libraries: bundles are linked where the system can, else copied. */
#include "emulator/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_END ".kite"

static bool is_bundle_name(const char *name)
{
    size_t bytes = strlen(name), end = sizeof NAME_END - 1;

    return name[0] != '.' && bytes > end && strcmp(name + bytes - end, NAME_END) == 0;
}

static enum kite_status copy_file(const struct kite_memory *mem, const char *from, const char *to,
                                  struct kite_fault *fault)
{
    struct kite_buffer bytes = { .mem = *mem };
    struct kite_output out;
    enum kite_status status;

    if (linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) == 0)
        return KITE_OK;
    status = kite_file_read(from, &bytes, fault);
    if (status == KITE_OK)
        status = kite_output_open(mem, to, &out, fault);
    if (status == KITE_OK) {
        struct kite_sink sink = kite_output_sink(&out);

        sink.write(sink.ctx, bytes.bytes, bytes.count); /* a failure is kept for commit */
        status = kite_output_commit(&out, fault);
    }
    kite_buffer_close(&bytes);
    return status;
}

static enum kite_status copy_into(const struct kite_memory *mem, const char *folder,
                                  const char *name, struct place *place, struct kite_fault *fault)
{
    char from[4096 + 256], to[4096 + 256];

    if (snprintf(from, sizeof from, "%s/%s", folder, name) >= (int)sizeof from ||
        snprintf(to, sizeof to, "%s/%s", place->folder, name) >= (int)sizeof to)
        return KITE_E_LIMIT;
    return copy_file(mem, from, to, fault);
}

static enum kite_status copy_folder(const struct kite_memory *mem, const char *source,
                                    struct place *place, struct kite_fault *fault)
{
    DIR *folder = opendir(source);
    struct dirent *entry;
    enum kite_status status = KITE_OK;

    if (!folder)
        return kite_fail(fault, KITE_E_IO, "cannot read %s: %s", source, strerror(errno));
    while (status == KITE_OK && (entry = readdir(folder)) != NULL)
        if (is_bundle_name(entry->d_name))
            status = copy_into(mem, source, entry->d_name, place, fault);
    closedir(folder);
    return status;
}

static enum kite_status copy_one(const struct kite_memory *mem, const char *source,
                                 struct place *place, struct kite_fault *fault)
{
    const char *slash = strrchr(source, '/');
    char folder[4096];

    if (snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - source) : 1,
                 slash ? source : ".") >= (int)sizeof folder)
        return KITE_E_LIMIT;
    return copy_into(mem, folder, slash ? slash + 1 : source, place, fault);
}

static enum kite_status make_temporary(struct place *place, struct kite_fault *fault)
{
    const char *parent = getenv("TMPDIR");

    if (snprintf(place->folder, sizeof place->folder, "%s/kite-emulator-XXXXXX",
                 parent && *parent ? parent : "/tmp") >= (int)sizeof place->folder)
        return kite_fail(fault, KITE_E_LIMIT, "TMPDIR is too long");
    if (!mkdtemp(place->folder))
        return kite_fail(fault, KITE_E_IO, "cannot make %s: %s", place->folder, strerror(errno));
    place->is_temporary = true;
    return KITE_OK;
}

/* A folder that is used where it lies. */
static enum kite_status use(const char *source, struct place *place, struct kite_fault *fault)
{
    if (snprintf(place->folder, sizeof place->folder, "%s", source) >= (int)sizeof place->folder)
        return kite_fail(fault, KITE_E_LIMIT, "the folder's name is too long");
    return KITE_OK;
}

static enum kite_status look(const char *source, bool *is_folder, struct kite_fault *fault)
{
    struct stat found;

    if (stat(source, &found) != 0)
        return kite_fail(fault, KITE_E_IO, "cannot read %s: %s", source, strerror(errno));
    *is_folder = S_ISDIR(found.st_mode);
    return KITE_OK;
}

enum kite_status place_open(const struct kite_memory *mem, const char *source, bool is_kept,
                            struct place *place, struct kite_fault *fault)
{
    char database[4096 + 16];
    bool is_folder;
    enum kite_status status;

    *place = (struct place){ .is_temporary = false };
    if (!source)
        return make_temporary(place, fault);
    status = look(source, &is_folder, fault);
    if (status)
        return status;
    if (is_kept && !is_folder)
        return kite_fail(fault, KITE_E_IO, "%s is a file; a library that is kept is a folder",
                         source);
    if (snprintf(database, sizeof database, "%s/kite.db", source) >= (int)sizeof database)
        return kite_fail(fault, KITE_E_LIMIT, "the folder's name is too long");
    if (is_folder && (is_kept || access(database, F_OK) == 0))
        return use(source, place, fault);
    return place_add(mem, source, place, fault);
}

enum kite_status place_of_stick(const struct kite_memory *mem, const char *source,
                                struct place *place, struct kite_fault *fault)
{
    bool is_folder;
    enum kite_status status = look(source, &is_folder, fault);

    *place = (struct place){ .is_temporary = false };
    if (status)
        return status;
    if (is_folder)
        return use(source, place, fault);
    status = place_add(mem, source, place, fault);
    if (status)
        place_close(place);
    return status;
}

enum kite_status place_add(const struct kite_memory *mem, const char *source, struct place *place,
                           struct kite_fault *fault)
{
    bool is_folder;
    enum kite_status status = look(source, &is_folder, fault);

    if (status == KITE_OK && !place->is_temporary)
        status = make_temporary(place, fault);
    if (status)
        return status;
    return is_folder ? copy_folder(mem, source, place, fault) : copy_one(mem, source, place, fault);
}

/* Plain files only were ever put there. */
void place_close(struct place *place)
{
    DIR *folder = place->is_temporary ? opendir(place->folder) : NULL;
    struct dirent *entry;
    char path[4096 + 256];

    if (!folder)
        return;
    while ((entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            snprintf(path, sizeof path, "%s/%s", place->folder, entry->d_name) < (int)sizeof path)
            unlink(path);
    closedir(folder);
    rmdir(place->folder);
    place->is_temporary = false;
}
