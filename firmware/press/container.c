/* ZIP files by minizip, over bytes in memory. Its directory is read once, into a table of names. */
#include "press/container.h"
#include "press/names.h"

#include <stdio.h>
#include <string.h>
#include <unzip.h>

#define READ_BYTES 8192u

struct kite_container {
    struct kite_memory mem;
    const uint8_t *bytes;
    size_t count, at; /* where minizip reads next */
    unzFile file;
    struct kite_arena arena;
    struct kite_names names;
    unz64_file_pos *places; /* by number of the name */
    uint64_t *sizes;
    uint64_t given_bytes; /* of all that was read */
};

bool kite_container_is_one(const uint8_t *bytes, size_t count)
{
    return count >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0;
}

/* ---- minizip's input: bytes in memory ---------------------------------------------------------------------- */

static voidpf open_bytes(voidpf ctx, const void *path, int mode)
{
    (void)path;
    (void)mode;
    return ctx;
}

static uLong read_bytes(voidpf ctx, voidpf stream, void *dst, uLong count)
{
    struct kite_container *c = ctx;
    size_t left = c->count - c->at;

    (void)stream;
    count = count < left ? count : (uLong)left;
    memcpy(dst, c->bytes + c->at, count);
    c->at += count;
    return count;
}

static ZPOS64_T tell(voidpf ctx, voidpf stream)
{
    (void)stream;
    return ((const struct kite_container *)ctx)->at;
}

static long seek(voidpf ctx, voidpf stream, ZPOS64_T offset, int from)
{
    struct kite_container *c = ctx;
    uint64_t base = from == ZLIB_FILEFUNC_SEEK_SET ? 0 : from == ZLIB_FILEFUNC_SEEK_CUR ? c->at : c->count;

    (void)stream;
    if (base + offset < base || base + offset > c->count)
        return -1;
    c->at = (size_t)(base + offset);
    return 0;
}

static int no_trouble(voidpf ctx, voidpf stream)
{
    (void)ctx;
    (void)stream;
    return 0;
}

static bool open_zip(struct kite_container *c)
{
    zlib_filefunc64_def functions = { .zopen64_file = open_bytes, .zread_file = read_bytes, .ztell64_file = tell, .zseek64_file = seek,
                                      .zclose_file = no_trouble, .zerror_file = no_trouble, .opaque = c };

    c->file = unzOpen2_64("", &functions);
    return c->file != NULL;
}

/* ---- the directory ------------------------------------------------------------------------------------------- */

static enum kite_status read_entry(struct kite_container *c)
{
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1];
    unz_file_info64 info;
    uint32_t number;
    bool is_new;
    enum kite_status status;

    if (unzGetCurrentFileInfo64(c->file, &info, name, sizeof name, NULL, 0, NULL, 0) != UNZ_OK)
        return KITE_E_FORMAT;
    if (info.size_filename >= sizeof name) /* nothing names it */
        return KITE_OK;
    name[info.size_filename] = '\0';
    status = kite_names_add(&c->names, &c->arena, name, strlen(name), &number, &is_new);
    if (status == KITE_OK && is_new) { /* of two with one name the first counts */
        c->sizes[number] = info.uncompressed_size;
        if (unzGetFilePos64(c->file, &c->places[number]) != UNZ_OK)
            status = KITE_E_FORMAT;
    }
    return status;
}

static enum kite_status read_directory(struct kite_container *c)
{
    unz_global_info64 info;
    int more = unzGoToFirstFile(c->file);
    enum kite_status status = KITE_OK;

    if (unzGetGlobalInfo64(c->file, &info) != UNZ_OK)
        return KITE_E_FORMAT;
    if (info.number_entry > KITE_CONTAINED_FILES_MAX)
        return KITE_E_LIMIT;
    c->places = kite_arena_alloc(&c->arena, (size_t)info.number_entry + 1, sizeof *c->places);
    c->sizes = kite_arena_alloc(&c->arena, (size_t)info.number_entry + 1, sizeof *c->sizes);
    if (!c->places || !c->sizes)
        return KITE_E_NOMEM;
    for (uint64_t i = 0; i < info.number_entry && more == UNZ_OK && status == KITE_OK; i++) {
        status = read_entry(c);
        more = unzGoToNextFile(c->file);
    }
    return status ? status : more == UNZ_OK || more == UNZ_END_OF_LIST_OF_FILE ? KITE_OK : KITE_E_FORMAT;
}

enum kite_status kite_container_open(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                     struct kite_container **out, struct kite_fault *fault)
{
    struct kite_container *c = kite_alloc(mem, 1, sizeof *c);
    enum kite_status status;

    *out = NULL;
    if (!c)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for a ZIP file");
    *c = (struct kite_container){ .mem = *mem, .bytes = bytes, .count = count };
    kite_arena_init(&c->arena, *mem, 0);
    status = open_zip(c) ? read_directory(c) : KITE_E_FORMAT;
    if (status) {
        kite_container_close(c);
        return kite_fail(fault, status, "%s", status == KITE_E_NOMEM ? "no memory for a ZIP file"
                                              : status == KITE_E_LIMIT ? "a ZIP file with too many files in it"
                                                                       : "its ZIP container is broken or cut short");
    }
    *out = c;
    return KITE_OK;
}

void kite_container_close(struct kite_container *c)
{
    if (!c)
        return;
    if (c->file)
        unzClose(c->file);
    kite_arena_close(&c->arena);
    kite_free(&c->mem, c);
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_alike(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

static uint32_t find(const struct kite_container *c, const char *name)
{
    uint32_t number = kite_names_find(&c->names, name, strlen(name));

    for (uint32_t i = 0; i < c->names.count && number == UINT32_MAX; i++) {
        if (is_alike(c->names.names[i], name))
            number = i;
    }
    return number;
}

bool kite_container_has(struct kite_container *c, const char *name)
{
    return find(c, name) != UINT32_MAX;
}

static enum kite_status read_open_file(struct kite_container *c, uint64_t most, struct kite_buffer *out)
{
    uint8_t piece[READ_BYTES];
    int got;

    while ((got = unzReadCurrentFile(c->file, piece, sizeof piece)) > 0) {
        if ((uint64_t)got > most - out->count)
            return KITE_E_DAMAGED; /* more than its directory says */
        if (kite_buffer_add(out, piece, (size_t)got))
            return KITE_E_NOMEM;
    }
    return got < 0 || out->count < most ? KITE_E_DAMAGED : KITE_OK;
}

static enum kite_status read_file(struct kite_container *c, uint32_t number, struct kite_buffer *out)
{
    uint64_t bytes = c->sizes[number];
    unz_file_info64 info;
    enum kite_status status;

    if (bytes > KITE_CONTAINED_BYTES_MAX || bytes > KITE_CONTAINER_BYTES_MAX - c->given_bytes)
        return KITE_E_LIMIT;
    if (unzGoToFilePos64(c->file, &c->places[number]) != UNZ_OK ||
        unzGetCurrentFileInfo64(c->file, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
        return KITE_E_DAMAGED;
    if (info.flag & 1 || (info.compression_method != 0 && info.compression_method != Z_DEFLATED))
        return KITE_E_UNSUPPORTED;
    if (bytes > KITE_CONTAINED_FREE_BYTES && bytes / KITE_CONTAINED_RATIO_MAX > info.compressed_size)
        return KITE_E_LIMIT;
    if (unzOpenCurrentFile(c->file) != UNZ_OK)
        return KITE_E_DAMAGED;
    status = read_open_file(c, bytes, out);
    if (unzCloseCurrentFile(c->file) != UNZ_OK && status == KITE_OK) /* of the CRC */
        status = KITE_E_DAMAGED;
    c->given_bytes += out->count;
    return status;
}

enum kite_status kite_container_read(struct kite_container *c, const char *name, struct kite_buffer *out, struct kite_fault *fault)
{
    static const char *const words[] = { [KITE_E_UNSUPPORTED] = "is encrypted, or packed in a way of its own",
                                         [KITE_E_DAMAGED] = "is damaged",
                                         [KITE_E_LIMIT] = "is too large",
                                         [KITE_E_NOMEM] = "does not fit into memory" };
    uint32_t number = find(c, name);
    enum kite_status status;

    out->count = 0;
    if (number == UINT32_MAX)
        return KITE_DONE;
    status = read_file(c, number, out);
    if (status == KITE_OK && kite_buffer_add_u8(out, 0) == KITE_OK)
        out->count--;
    else if (status == KITE_OK)
        status = KITE_E_NOMEM;
    return status ? kite_fail(fault, status, "%s in it %s", name, words[status]) : KITE_OK;
}

enum kite_status kite_container_list(struct kite_container *c, void *ctx,
                                     enum kite_status (*each)(void *ctx, const char *name, uint64_t bytes))
{
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; i < c->names.count && status == KITE_OK; i++)
        status = each(ctx, c->names.names[i], c->sizes[i]);
    return status;
}

/* ---- references --------------------------------------------------------------------------------------------------- */

static int hex(char c)
{
    c = lower(c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character of a reference, %XX as what it stands for; a zero is none. */
static char next_character(const char **at)
{
    const char *text = *at;

    if (text[0] == '%' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
        *at += 3;
        return (char)(hex(text[1]) << 4 | hex(text[2]));
    }
    ++*at;
    return text[0];
}

/* "a/b/." and "a/b/.." with what they mean, at the end of a name; false when it leads out. */
static bool end_part(char *name, size_t *used)
{
    size_t begin = *used;

    while (begin > 0 && name[begin - 1] != '/')
        begin--;
    if (*used - begin == 1 && name[begin] == '.') {
        *used = begin;
    } else if (*used - begin == 2 && memcmp(name + begin, "..", 2) == 0) {
        if (begin == 0)
            return false;
        for (begin--; begin > 0 && name[begin - 1] != '/';)
            begin--;
        *used = begin;
    }
    return true;
}

enum kite_status kite_container_resolve(const char *from, const char *reference, char out[KITE_CONTAINED_NAME_BYTES_MAX + 1])
{
    const char *slash = strrchr(from, '/'), *colon = strpbrk(reference, ":/?#");
    size_t used = slash ? (size_t)(slash - from) + 1 : 0;

    if ((colon && *colon == ':') || reference[0] == '/' || used > KITE_CONTAINED_NAME_BYTES_MAX)
        return KITE_E_RANGE;
    if (reference[0] == '#')
        used = strlen(from) <= KITE_CONTAINED_NAME_BYTES_MAX ? strlen(from) : 0;
    memcpy(out, from, used);
    for (const char *at = reference; *at && *at != '#' && *at != '?';) {
        char c = next_character(&at);

        if (c == '\0' || used == KITE_CONTAINED_NAME_BYTES_MAX)
            return KITE_E_RANGE;
        if (c == '/') {
            size_t before = used;

            if (!end_part(out, &used))
                return KITE_E_RANGE;
            if (used < before) /* the part has gone, and with it its slash */
                continue;
        }
        out[used++] = c;
    }
    if (!end_part(out, &used))
        return KITE_E_RANGE;
    out[used] = '\0';
    return used ? KITE_OK : KITE_E_RANGE;
}
