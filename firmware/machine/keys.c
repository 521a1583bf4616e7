/* Keys of the makers of Kite, in a folder that came with it. */
#include "machine/machine.h"

#include <stdio.h>
#include <string.h>

#define ENDING ".pub"

static bool is_key_file(const char *name)
{
    size_t bytes = strlen(name), ending = sizeof ENDING - 1;

    return bytes > ending && strcmp(name + bytes - ending, ENDING) == 0;
}

static enum kite_status read_key(const struct kite_memory *mem, const char *path, struct kite_public_key *out)
{
    struct kite_buffer text = { .mem = *mem };
    enum kite_status status = kite_file_read(path, &text, NULL);

    if (status == KITE_OK)
        status = kite_key_read((const char *)text.bytes, text.count, out, NULL);
    kite_buffer_close(&text);
    return status;
}

static enum kite_status add(void *ctx, const char *name, uint64_t bytes)
{
    struct kite_maker_keys *keys = ctx;
    char path[sizeof keys->folder + KITE_FILE_NAME_BYTES_MAX + 2];
    void *items = keys->items;
    enum kite_status status;

    (void)bytes;
    if (!is_key_file(name))
        return KITE_OK;
    status = kite_grow(&keys->mem, &items, &keys->capacity, keys->count + 1, sizeof *keys->items);
    keys->items = items;
    if (status)
        return status;
    snprintf(path, sizeof path, "%s/%s", keys->folder, name);
    status = read_key(&keys->mem, path, &keys->items[keys->count]);
    if (status)
        keys->items[keys->count] = (struct kite_public_key){ .name = "" };
    keys->count++;
    return status == KITE_E_NOMEM ? status : KITE_OK;
}

enum kite_status kite_maker_keys_open(const struct kite_memory *mem, const char *asked, const char *program,
                                      struct kite_maker_keys *keys, struct kite_fault *fault)
{
    struct kite_io io = kite_io_posix();
    enum kite_status status;

    *keys = (struct kite_maker_keys){ .mem = *mem };
    if (asked && strlen(asked) >= sizeof keys->folder)
        return kite_fail(fault, KITE_E_LIMIT, "the name of the folder of keys is too long");
    if (asked)
        snprintf(keys->folder, sizeof keys->folder, "%s", asked);
    else if (!program || !kite_program_beside(program, "keys", keys->folder, sizeof keys->folder))
        return KITE_OK;
    status = io.list(io.ctx, keys->folder, keys, add);
    if (status == KITE_E_NOMEM)
        return kite_fail(fault, status, "no memory for keys");
    if (status && asked)
        return kite_fail(fault, status, "%s: the folder of keys cannot be read", asked);
    return KITE_OK;
}

void kite_maker_keys_close(struct kite_maker_keys *keys)
{
    kite_free(&keys->mem, keys->items);
    *keys = (struct kite_maker_keys){ .mem = keys->mem };
}
