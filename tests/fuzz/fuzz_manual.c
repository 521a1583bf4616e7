/* bundle.toml of any bytes, in a folder that is packed: what it names lies in that folder, and what it says goes where it should. */
#include "fuzz/fuzz.h"

#include "cli/pack_gather.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char folder[] = "/tmp/kite-fuzz-XXXXXX", path[sizeof folder + 16];

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    HOLDS(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/bundle.toml", folder);
    atexit(remove_folder);
    return 0;
}

static void check(const struct kite_cli *cli, const struct kite_pack_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        HOLDS(strncmp(texts->paths[i], folder, strlen(folder)) == 0 && texts->paths[i][strlen(folder)] == '/');
        HOLDS(!strstr(texts->paths[i], "/../"));
    }
    for (int i = 0; i < KITE_META_COUNT; i++)
        HOLDS(!cli->args.metas[i] || cli->args.metas[i][0]);
}

static void read_manual(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_cli cli = { .mem = *mem };
    struct kite_pack_texts texts = { .count = 0 };
    bool has_order = false;

    (void)data, (void)size;
    kite_arena_init(&texts.arena, *mem, 0);
    if (kite_pack_manual(&cli, folder, &texts, &has_order) == KITE_OK)
        check(&cli, &texts);
    kite_pack_texts_close(&texts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
    with_memory_that_ends(data, size, read_manual);
    return 0;
}
