/* Files that are named by a text or by the font set: pictures beside a text, font files. Both stay
 * inside one folder. */
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_BYTES_MAX 1024u
#define NAME_DEPTH_MAX 16

/* ---- a folder -------------------------------------------------------------------------------- */

/* The folder part of a path, with its slash, behind which `more` is put; NULL when memory fails. */
static char *beside(const struct kite_memory *mem, const char *path, const char *more)
{
    const char *slash = strrchr(path, '/');
    size_t bytes = slash ? (size_t)(slash - path) + 1 : 0;
    char *out = kite_alloc(mem, bytes + strlen(more) + 1, 1);

    if (!out)
        return NULL;
    memcpy(out, path, bytes);
    memcpy(out + bytes, more, strlen(more) + 1);
    return out;
}

enum kite_status kite_folder_open(const struct kite_memory *mem, const char *text_path,
                                  struct kite_folder *folder, struct kite_fault *fault)
{
    *folder = (struct kite_folder){.mem = *mem, .descriptor = -1};
    if (strcmp(text_path, "-") == 0)
        return KITE_OK;

    char *path = beside(mem, text_path, ".");

    if (!path)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a file name");
    folder->descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    kite_free(mem, path);
    if (folder->descriptor < 0)
        return kite_fail(fault, KITE_E_IO, "the folder of %s cannot be opened: %s", text_path,
                         strerror(errno));
    return KITE_OK;
}

void kite_folder_close(struct kite_folder *folder)
{
    if (folder->descriptor >= 0)
        close(folder->descriptor);
    folder->descriptor = -1;
}

/* Open one step of a path below `at`, never through a symbolic link. */
static int step_into(int at, const char *name, bool is_last)
{
    return openat(at, name,
                  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (is_last ? O_NONBLOCK : O_DIRECTORY));
}

/* A regular file below the folder, -1 when there is none that may be had. name is cut up. */
static int open_below(int folder, char *name)
{
    int at = folder;

    for (int depth = 0; depth < NAME_DEPTH_MAX; depth++) {
        char *slash = strchr(name, '/');

        if (slash)
            *slash = '\0';

        int next = *name == '\0' ? -1 : step_into(at, name, !slash);

        if (at != folder)
            close(at);
        if (next < 0 || !slash)
            return next;
        at = next;
        name = slash + 1;
    }
    if (at != folder)
        close(at);
    return -1;
}

static enum kite_status read_regular(const struct kite_memory *mem, int descriptor,
                                     size_t limit_bytes, uint8_t **bytes, size_t *count)
{
    struct stat about;

    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size <= 0)
        return KITE_E_RANGE;
    if ((uint64_t)about.st_size > limit_bytes)
        return KITE_E_LIMIT;

    size_t need = (size_t)about.st_size, done = 0;
    uint8_t *into = kite_alloc(mem, need, 1);

    if (!into)
        return KITE_E_NOMEM;
    while (done < need) {
        ssize_t got = read(descriptor, into + done, need - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            kite_free(mem, into);
            return KITE_E_IO;
        }
        done += (size_t)got;
    }
    *bytes = into;
    *count = need;
    return KITE_OK;
}

enum kite_status kite_folder_fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    const struct kite_folder *folder = ctx;
    char name[NAME_BYTES_MAX];

    *bytes = NULL;
    *count = 0;
    if (folder->descriptor < 0 || !kite_reference_name(reference, name, sizeof name))
        return KITE_E_RANGE;

    int descriptor = open_below(folder->descriptor, name);

    if (descriptor < 0)
        return KITE_E_RANGE;

    enum kite_status status =
        read_regular(&folder->mem, descriptor, KITE_PICTURE_FILE_BYTES_MAX, bytes, count);

    close(descriptor);
    return status;
}

/* ---- fonts ----------------------------------------------------------------------------------- */

#define FONT_FILES_MAX 64
#define FONT_BYTES_MAX (32u << 20)
#define FONT_PROBE "KiteSerif-Regular.ttf"

struct kite_font_files {
    struct kite_folder folder;
    char *path;
    struct {
        char name[64];
        uint8_t *bytes;
        size_t count;
    } files[FONT_FILES_MAX];
    size_t file_count;
    enum kite_status trouble; /* the first file that was there and could not be had */
};

/* A font is mapped: of a file only what is used is in memory, and can be read again when that is
 * short. The files of an installed font set are replaced, never cut, while they are in use. */
static enum kite_status map_regular(int descriptor, size_t limit_bytes, uint8_t **bytes, size_t *count)
{
    struct stat about;

    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size <= 0)
        return KITE_E_RANGE;
    if ((uint64_t)about.st_size > limit_bytes)
        return KITE_E_LIMIT;

    void *mapped = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);

    if (mapped == MAP_FAILED)
        return errno == ENOMEM ? KITE_E_NOMEM : KITE_E_IO;
    *bytes = mapped;
    *count = (size_t)about.st_size;
    return KITE_OK;
}

static enum kite_status load_font(void *ctx, const char *name, const uint8_t **bytes, size_t *count)
{
    struct kite_font_files *files = ctx;

    for (size_t i = 0; i < files->file_count; i++)
        if (strcmp(files->files[i].name, name) == 0) {
            *bytes = files->files[i].bytes;
            *count = files->files[i].count;
            return KITE_OK;
        }
    if (files->file_count == FONT_FILES_MAX || strlen(name) >= sizeof files->files[0].name ||
        strchr(name, '/'))
        return KITE_E_RANGE;

    int descriptor = openat(files->folder.descriptor, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (descriptor < 0)
        return KITE_E_RANGE;

    uint8_t *mapped = NULL;
    size_t mapped_count = 0;
    enum kite_status status = map_regular(descriptor, FONT_BYTES_MAX, &mapped, &mapped_count);

    close(descriptor);
    if (status && files->trouble == KITE_OK)
        files->trouble = status == KITE_E_NOMEM ? status : KITE_E_IO;
    if (status)
        return status;
    memcpy(files->files[files->file_count].name, name, strlen(name) + 1);
    files->files[files->file_count].bytes = mapped;
    files->files[files->file_count++].count = mapped_count;
    *bytes = mapped;
    *count = mapped_count;
    return KITE_OK;
}

bool kite_program_beside(const char *called, const char *name, char *out, size_t out_bytes)
{
    ssize_t got = readlink("/proc/self/exe", out, out_bytes);
    size_t bytes = got > 0 && (size_t)got < out_bytes ? (size_t)got : 0;

    if (bytes == 0) {
        bytes = strlen(called);
        if (bytes >= out_bytes)
            return false;
        memcpy(out, called, bytes);
    }
    while (bytes > 0 && out[bytes - 1] != '/')
        bytes--;
    if (strlen(name) >= out_bytes - bytes)
        return false;
    strcpy(out + bytes, name);
    return true;
}

/* Take the folder when the book face is in it. Owns path from here on; NULL is memory trouble. */
static enum kite_status try_folder(struct kite_font_files *files, char *path)
{
    if (!path)
        return KITE_E_NOMEM;

    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (descriptor >= 0 && faccessat(descriptor, FONT_PROBE, R_OK, 0) == 0) {
        files->folder.descriptor = descriptor;
        files->path = path;
        return KITE_OK;
    }
    if (descriptor >= 0)
        close(descriptor);
    kite_free(&files->folder.mem, path);
    return KITE_E_RANGE;
}

static char *copy_text(const struct kite_memory *mem, const char *text)
{
    char *copy = kite_alloc(mem, strlen(text) + 1, 1);

    if (copy)
        memcpy(copy, text, strlen(text) + 1);
    return copy;
}

static enum kite_status find_folder(struct kite_font_files *files, const char *asked,
                                    const char *program, struct kite_fault *fault)
{
    static const char *const places[] = {"fonts", "../share/kite/fonts"};
    const struct kite_memory *mem = &files->folder.mem;
    const char *named = asked ? asked : getenv("KITE_FONTS");
    enum kite_status status = KITE_E_RANGE;

    if (named && *named) {
        status = try_folder(files, copy_text(mem, named));
        if (status == KITE_E_RANGE)
            return kite_fail(fault, KITE_E_IO, "there is no %s in %s, which %s names", FONT_PROBE,
                             named, asked ? "--fonts" : "KITE_FONTS");
        return status ? kite_fail(fault, status, "no memory for a folder name") : KITE_OK;
    }

    char here[NAME_BYTES_MAX];

    if (!kite_program_beside(program, "kite", here, sizeof here))
        return kite_fail(fault, KITE_E_IO, "the folder of the program has too long a name");
    for (size_t i = 0; i < 2 && status == KITE_E_RANGE; i++)
        status = try_folder(files, beside(mem, here, places[i]));
    if (status == KITE_E_NOMEM)
        return kite_fail(fault, status, "no memory for a folder name");
    if (status == KITE_E_RANGE)
        return kite_fail(fault, KITE_E_IO,
                         "no fonts found beside %s; build them with \"make fonts\", or name their folder "
                         "with --fonts or KITE_FONTS",
                         here);
    return status;
}

enum kite_status kite_font_files_open(const struct kite_memory *mem, const char *asked,
                                      const char *program, struct kite_font_files **out,
                                      struct kite_fault *fault)
{
    struct kite_font_files *files = kite_alloc(mem, 1, sizeof *files);

    *out = NULL;
    if (!files)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the fonts");
    files->folder = (struct kite_folder){.mem = *mem, .descriptor = -1};

    enum kite_status status = find_folder(files, asked, program, fault);

    if (status) {
        kite_font_files_close(files);
        return status;
    }
    *out = files;
    return KITE_OK;
}

void kite_font_files_close(struct kite_font_files *files)
{
    if (!files)
        return;

    struct kite_memory mem = files->folder.mem;

    for (size_t i = 0; i < files->file_count; i++)
        munmap(files->files[i].bytes, files->files[i].count);
    kite_free(&mem, files->path);
    kite_folder_close(&files->folder);
    kite_free(&mem, files);
}

struct kite_font_loader kite_font_files_loader(struct kite_font_files *files)
{
    return (struct kite_font_loader){files, load_font};
}

enum kite_status kite_font_files_trouble(const struct kite_font_files *files)
{
    return files->trouble;
}
