/* Reading and writing whole files and sources over them. */
#include "host/descriptor.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 65536u
#define BESIDE_TRIES 100

bool kite_error_is_terminal(void)
{
    return isatty(STDERR_FILENO) == 1;
}

bool kite_output_is_terminal(const char *path)
{
    return strcmp(path, "-") == 0 && isatty(STDOUT_FILENO) == 1;
}

/* ---- reading --------------------------------------------------------------------------------- */

static ssize_t read_some(int descriptor, uint8_t *into, size_t count)
{
    ssize_t got;

    do
        got = read(descriptor, into, count);
    while (got < 0 && errno == EINTR);
    return got;
}

static enum kite_status read_all(int descriptor, const char *path, size_t limit_bytes,
                                 struct kite_buffer *out, struct kite_fault *fault)
{
    uint8_t *chunk = kite_alloc(&out->mem, 1, CHUNK_BYTES);
    enum kite_status status =
        chunk ? KITE_OK : kite_fail(fault, KITE_E_NOMEM, "no memory to read %s", path);

    while (status == KITE_OK) {
        ssize_t got = read_some(descriptor, chunk, CHUNK_BYTES);

        if (got == 0)
            break;
        if (got < 0)
            status = kite_fail(fault, KITE_E_IO, "%s cannot be read: %s", path, strerror(errno));
        else if ((size_t)got > limit_bytes - out->count)
            status = kite_fail(fault, KITE_E_LIMIT, "%s is larger than %zu MiB", path,
                               limit_bytes >> 20);
        else if (kite_buffer_add(out, chunk, (size_t)got))
            status = kite_fail(fault, KITE_E_NOMEM, "no memory for %s", path);
    }
    kite_free(&out->mem, chunk);
    return status;
}

/* Open for reading; folders and other things that are no files are refused, pipes are fine. */
static enum kite_status open_to_read(const char *path, int *descriptor, struct stat *about,
                                     struct kite_fault *fault)
{
    *descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (*descriptor < 0)
        return kite_fail(fault, KITE_E_IO, "%s cannot be opened: %s", path, strerror(errno));
    if (fstat(*descriptor, about) == 0 && !S_ISDIR(about->st_mode))
        return KITE_OK;
    close(*descriptor);
    *descriptor = -1;
    return kite_fail(fault, KITE_E_IO, "%s is a folder; name the files in it", path);
}

enum kite_status kite_file_read(const char *path, struct kite_buffer *out, struct kite_fault *fault)
{
    struct stat about;
    int descriptor;

    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, "standard input", KITE_INPUT_BYTES_MAX, out, fault);

    enum kite_status status = open_to_read(path, &descriptor, &about, fault);

    if (status)
        return status;
    status = read_all(descriptor, path, KITE_INPUT_BYTES_MAX, out, fault);
    close(descriptor);
    return status;
}

static enum kite_status file_read_at(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    const struct kite_file *file = ctx;
    size_t got;
    enum kite_status status = descriptor_read_at(file->descriptor, offset, dst, count, &got);

    return status == KITE_OK && got < count ? KITE_E_IO : status;
}

enum kite_status kite_file_open(const struct kite_memory *mem, const char *path,
                                struct kite_file *file, struct kite_fault *fault)
{
    struct stat about = {0};
    enum kite_status status = KITE_OK;

    *file = (struct kite_file){.descriptor = -1, .held = {.mem = *mem}};
    if (strcmp(path, "-") != 0) {
        status = open_to_read(path, &file->descriptor, &about, fault);
        if (status)
            return status;
        if (S_ISREG(about.st_mode)) {
            file->source = (struct kite_source){file, (uint64_t)about.st_size, file_read_at};
            return KITE_OK;
        }
    }
    /* what cannot be read at random is taken into memory */
    status = read_all(file->descriptor < 0 ? STDIN_FILENO : file->descriptor,
                      file->descriptor < 0 ? "standard input" : path, KITE_INPUT_BYTES_MAX,
                      &file->held, fault);
    file->span = (struct kite_span_bytes){file->held.bytes, file->held.count};
    file->source = kite_source_memory(&file->span);
    if (status)
        kite_file_close(file);
    return status;
}

void kite_file_close(struct kite_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    file->descriptor = -1;
    kite_buffer_close(&file->held);
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum kite_status write_all(int descriptor, const uint8_t *bytes, size_t count)
{
    while (count > 0) {
        ssize_t done = write(descriptor, bytes, count);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return KITE_E_IO;
        bytes += done;
        count -= (size_t)done;
    }
    return KITE_OK;
}

enum kite_status kite_scratch_open(const struct kite_memory *mem, const char *path,
                                   struct kite_file *file)
{
    *file = (struct kite_file){ .descriptor = -1,
                                .held = { .mem = *mem },
                                .source = { file, 0, file_read_at } };
    unlink(path);
    file->descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file->descriptor < 0)
        return KITE_E_LIMIT;
    unlink(path);
    return KITE_OK;
}

enum kite_status kite_scratch_write(struct kite_file *file, const uint8_t *bytes, size_t count)
{
    if (write_all(file->descriptor, bytes, count))
        return KITE_E_LIMIT;
    file->source.size_bytes += count;
    return KITE_OK;
}

static enum kite_status flush(struct kite_output *out)
{
    enum kite_status status = write_all(out->descriptor, out->held.bytes, out->held.count);

    out->error = errno;
    out->held.count = 0;
    return status;
}

static enum kite_status output_write(void *ctx, const uint8_t *bytes, size_t count)
{
    struct kite_output *out = ctx;

    if (out->status == KITE_OK && out->held.count >= CHUNK_BYTES)
        out->status = flush(out);
    if (out->status == KITE_OK)
        out->status = kite_buffer_add(&out->held, bytes, count);
    return out->status;
}

/* A new file beside the path, "PATH.N~", that no one else has. */
static enum kite_status create_beside(struct kite_output *out, struct kite_fault *fault)
{
    size_t room = strlen(out->path) + 16;

    out->beside = kite_alloc(&out->mem, room, 1);
    if (!out->beside)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a file name");
    for (int i = 0; i < BESIDE_TRIES; i++) {
        snprintf(out->beside, room, "%s.%d~", out->path, i);
        out->descriptor = open(out->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (out->descriptor >= 0)
            return KITE_OK;
        if (errno != EEXIST)
            break;
    }
    kite_fail(fault, KITE_E_IO, "%s cannot be written: %s", out->path,
              errno == ENOENT ? "its folder is not there; make it first" : strerror(errno));
    kite_free(&out->mem, out->beside);
    out->beside = NULL;
    return KITE_E_IO;
}

enum kite_status kite_output_open(const struct kite_memory *mem, const char *path,
                                  struct kite_output *out, struct kite_fault *fault)
{
    struct stat about;

    *out = (struct kite_output){.mem = *mem, .path = path, .descriptor = -1, .held = {.mem = *mem}};
    if (strcmp(path, "-") == 0) {
        out->descriptor = STDOUT_FILENO;
        return KITE_OK;
    }
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return kite_fail(fault, KITE_E_IO, "%s is a folder; name a file in it", path);
    if (stat(path, &about) == 0 &&
        !S_ISREG(about.st_mode)) { /* a device or pipe is written, never replaced */
        out->descriptor = open(path, O_WRONLY | O_CLOEXEC);
        if (out->descriptor >= 0)
            return KITE_OK;
        return kite_fail(fault, KITE_E_IO, "%s cannot be written: %s", path, strerror(errno));
    }

    enum kite_status status = create_beside(out, fault);

    if (status)
        out->path = NULL;
    return status;
}

struct kite_sink kite_output_sink(struct kite_output *out)
{
    return (struct kite_sink){out, output_write};
}

void kite_output_print(struct kite_output *out, const char *format, ...)
{
    char few[512], *text = few;
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);

    int length = vsnprintf(few, sizeof few, format, args);

    if (length >= (int)sizeof few) {
        text = kite_alloc(&out->mem, (size_t)length + 1, 1);
        if (text)
            vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    va_end(args);
    if (length < 0 || !text)
        out->status = out->status ? out->status : KITE_E_NOMEM;
    else
        (void)output_write(out, (const uint8_t *)text, (size_t)length);
    if (text != few)
        kite_free(&out->mem, text);
}

/* Make the folder's new entry last through a power cut; file systems that cannot are left alone. */
static void sync_folder_of(const char *path, const struct kite_memory *mem)
{
    const char *slash = strrchr(path, '/');
    size_t bytes = slash ? (size_t)(slash - path) + 1 : 1;
    char *folder = kite_alloc(mem, bytes + 1, 1);

    if (!folder)
        return;
    memcpy(folder, slash ? path : ".", bytes);
    (void)descriptor_sync_folder(folder);
    kite_free(mem, folder);
}

/* Close what was opened here; standard output stays open. */
static bool close_output(struct kite_output *out)
{
    int descriptor = out->descriptor;

    out->descriptor = -1;
    return descriptor < 0 || descriptor == STDOUT_FILENO || close(descriptor) == 0;
}

enum kite_status kite_output_commit(struct kite_output *out, struct kite_fault *fault)
{
    if (out->status == KITE_OK)
        out->status = flush(out);
    if (out->status == KITE_E_NOMEM)
        kite_fail(fault, KITE_E_NOMEM, "no memory for what is to be written");
    if (out->status == KITE_E_NOMEM) {
        kite_output_drop(out);
        return KITE_E_NOMEM;
    }

    bool is_good = out->status == KITE_OK;

    if (!is_good)
        errno = out->error;
    if (is_good && out->beside && fsync(out->descriptor) != 0)
        is_good = errno == EINVAL || errno == ENOTSUP; /* a file system without fsync */
    if (is_good && !close_output(out))
        is_good = false;
    if (is_good && out->beside && rename(out->beside, out->path) != 0)
        is_good = false;
    if (!is_good)
        kite_fail(fault, KITE_E_IO, "%s cannot be written: %s",
                  strcmp(out->path, "-") == 0 ? "standard output" : out->path, strerror(errno));
    if (is_good && out->beside) {
        sync_folder_of(out->path, &out->mem);
        kite_free(&out->mem, out->beside);
        out->beside = NULL;
    }
    kite_output_drop(out);
    return is_good ? KITE_OK : KITE_E_IO;
}

void kite_output_drop(struct kite_output *out)
{
    close_output(out);
    if (out->beside)
        unlink(out->beside);
    kite_free(&out->mem, out->beside);
    out->beside = NULL;
    out->path = NULL;
    kite_buffer_close(&out->held);
}

enum kite_status kite_file_create(const char *path, const void *bytes, size_t count, bool is_private,
                                  struct kite_fault *fault)
{
    struct kite_memory heap = kite_memory_heap();
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, is_private ? 0600 : 0666);
    bool is_good;

    if (descriptor < 0)
        return kite_fail(fault, KITE_E_IO, errno == EEXIST ? "%s is there already; choose another name"
                                                           : "%s cannot be made", path);
    is_good = write_all(descriptor, bytes, count) == KITE_OK && fsync(descriptor) == 0;
    is_good = close(descriptor) == 0 && is_good;
    if (is_good)
        sync_folder_of(path, &heap);
    else
        unlink(path);
    return is_good ? KITE_OK : kite_fail(fault, KITE_E_IO, "%s cannot be written", path);
}

bool kite_files_are_same(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && S_ISREG(first.st_mode) &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

enum kite_status kite_folder_make(const char *path, struct kite_fault *fault)
{
    struct stat about;

    if (mkdir(path, 0777) == 0)
        return KITE_OK;
    if (errno == EEXIST && stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return KITE_OK;
    return kite_fail(fault, KITE_E_IO, "the folder %s cannot be made: %s", path, strerror(errno));
}
