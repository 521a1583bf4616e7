/* Texts of folders, in the order in which a person would name them. */
#include "cli/pack_gather.h"

#include "host/host.h"
#include "library/library.h"
#include "sideload/sideload.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool kite_is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

void kite_pack_texts_close(struct kite_pack_texts *texts)
{
    kite_arena_close(&texts->arena);
    *texts = (struct kite_pack_texts){ .paths = NULL };
}

enum kite_status kite_pack_texts_add(struct kite_cli *cli, struct kite_pack_texts *texts, const char *folder, const char *name,
                                     size_t name_bytes)
{
    size_t folder_bytes = folder ? strlen(folder) : 0;
    char *path = kite_arena_alloc(&texts->arena, folder_bytes + name_bytes + 2, 1);
    void *paths = texts->paths;

    if (texts->count == KITE_PACK_TEXTS_MAX)
        return kite_fail(&cli->fault, KITE_E_LIMIT, "there are more than %u texts", KITE_PACK_TEXTS_MAX);
    if (!path || kite_arena_grow(&texts->arena, &paths, &texts->capacity, texts->count + 1, sizeof *texts->paths))
        return kite_fail(&cli->fault, KITE_E_NOMEM, "no memory for the list of texts");
    texts->paths = paths;
    if (folder) {
        memcpy(path, folder, folder_bytes);
        while (folder_bytes > 1 && path[folder_bytes - 1] == '/')
            folder_bytes--;
        path[folder_bytes++] = '/';
    }
    memcpy(path + folder_bytes, name, name_bytes);
    path[folder_bytes + name_bytes] = '\0';
    texts->paths[texts->count++] = path;
    return KITE_OK;
}

/* ---- order --------------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What stands in a folder comes before what has a longer name. */
static int rank(char c)
{
    return c == '/' ? 1 : (unsigned char)c;
}

/* "part 2" before "part 10". */
static int compare_paths(const void *left, const void *right)
{
    const char *a = *(const char *const *)left, *b = *(const char *const *)right;

    while (*a && *b) {
        if (is_digit(*a) && is_digit(*b)) {
            size_t a_digits, b_digits;
            int order;

            a += strspn(a, "0");
            b += strspn(b, "0");
            a_digits = strspn(a, "0123456789");
            b_digits = strspn(b, "0123456789");
            order = a_digits == b_digits ? memcmp(a, b, a_digits) : a_digits < b_digits ? -1 : 1;
            if (order)
                return order;
            a += a_digits;
            b += b_digits;
        } else if (*a != *b) {
            return rank(*a) - rank(*b);
        } else {
            a++;
            b++;
        }
    }
    return *a || *b ? rank(*a) - rank(*b) : strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* ---- what is a text -------------------------------------------------------------------------------- */

static bool has_ending(const char *name, const char *ending)
{
    size_t bytes = strlen(name), count = strlen(ending);

    if (bytes < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        char c = name[bytes - count + i];

        if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != ending[i])
            return false;
    }
    return true;
}

/* Pictures, sheets, programs: they belong to texts, or to nobody who reads. Folders that browsers make beside a page end in "_files". */
static bool is_beside_texts(const char *name)
{
    static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".tif", ".tiff", ".bmp", ".heic", ".ico",
                                           ".css", ".js", ".json", ".woff", ".woff2", ".ttf", ".otf", ".toml", ".kite", ".mp3", ".mp4",
                                           ".zip", ".gz", ".xz", ".tar", ".exe" };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (has_ending(name, endings[i]))
            return true;
    }
    return strstr(name, "_files/") != NULL;
}

enum kite_status kite_pack_gather_all(struct kite_cli *cli, const char *folder, struct kite_pack_texts *texts)
{
    struct kite_io io = kite_io_posix();
    struct kite_walk *walk = NULL;
    struct kite_walk_file file;
    size_t first = texts->count;
    enum kite_status status = kite_walk_open(&cli->mem, &io, folder, &walk);

    while (status == KITE_OK) {
        status = kite_walk_next(walk, &file);
        if (status == KITE_OK && !is_beside_texts(file.name))
            status = kite_pack_texts_add(cli, texts, folder, file.name, strlen(file.name));
    }
    if (status == KITE_DONE && kite_walk_left_out(walk) > 0)
        status = kite_fail(&cli->fault, KITE_E_LIMIT, "%s: there are more files and folders in it than can be gone through", folder);
    else if (status != KITE_DONE && !cli->fault.text[0])
        kite_fail(&cli->fault, status, "%s: the folder cannot be listed", folder);
    kite_walk_close(walk);
    if (texts->count > first)
        qsort(texts->paths + first, texts->count - first, sizeof *texts->paths, compare_paths);
    return status == KITE_DONE ? KITE_OK : status;
}

/* ---- all that is named ------------------------------------------------------------------------------- */

/* A bundle of several texts is called what their folder is called, unless something else is said. */
static enum kite_status name_after(struct kite_cli *cli, struct kite_pack_texts *texts, const char *folder)
{
    size_t end = strlen(folder), begin;
    char *title;

    while (end > 0 && folder[end - 1] == '/')
        end--;
    begin = end;
    while (begin > 0 && folder[begin - 1] != '/')
        begin--;
    if (cli->args.metas[KITE_META_TITLE] || begin == end || folder[begin] == '.')
        return KITE_OK;
    title = kite_arena_alloc(&texts->arena, end - begin + 1, 1);
    if (!title)
        return kite_fail(&cli->fault, KITE_E_NOMEM, "no memory for the list of texts");
    memcpy(title, folder + begin, end - begin);
    title[end - begin] = '\0';
    cli->args.metas[KITE_META_TITLE] = title;
    return KITE_OK;
}

static enum kite_status gather_folder(struct kite_cli *cli, const char *folder, struct kite_pack_texts *texts)
{
    size_t first = texts->count;
    bool has_order = false;
    enum kite_status status = kite_pack_manual(cli, folder, texts, &has_order);

    if (status == KITE_DONE || (status == KITE_OK && !has_order))
        status = kite_pack_gather_all(cli, folder, texts);
    if (status == KITE_OK && texts->count == first)
        return kite_fail(&cli->fault, KITE_E_FORMAT, "%s: there are no texts in it", folder);
    return status || texts->count == first + 1 ? status : name_after(cli, texts, folder);
}

enum kite_status kite_pack_gather(struct kite_cli *cli, struct kite_pack_texts *texts)
{
    enum kite_status status = KITE_OK;

    *texts = (struct kite_pack_texts){ .paths = NULL };
    kite_arena_init(&texts->arena, cli->mem, 0);
    for (size_t i = 0; i < cli->operand_count && status == KITE_OK; i++) {
        const char *path = cli->operands[i];

        status = kite_is_folder(path) ? gather_folder(cli, path, texts) : kite_pack_texts_add(cli, texts, NULL, path, strlen(path));
    }
    return status;
}
