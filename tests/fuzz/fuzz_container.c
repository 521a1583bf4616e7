/* ZIP files of any bytes: what is listed can be asked for, and what is read is as long as it says. Names also lead to others, as references
 * in a book do. Sums of contents are not made right: the seeds have them so, and without one nothing is read. */
#include "fuzz/fuzz.h"
#include "press/container.h"

#define FILES_READ 16

struct listed {
    struct kite_container *container;
    char names[FILES_READ][64];
    unsigned count;
};

static enum kite_status see(void *ctx, const char *name, uint64_t bytes)
{
    struct listed *listed = ctx;

    (void)bytes;
    if (listed->count < FILES_READ && strlen(name) < sizeof listed->names[0])
        strcpy(listed->names[listed->count++], name);
    return KITE_OK;
}

static void read_files(const struct kite_memory *mem, struct listed *listed)
{
    struct kite_buffer out = { .mem = *mem };
    char resolved[KITE_CONTAINED_NAME_BYTES_MAX + 1];

    for (unsigned i = 0; i < listed->count; i++) {
        const char *name = listed->names[i];

        if (kite_container_read(listed->container, name, &out, NULL) == KITE_OK)
            HOLDS(out.bytes[out.count] == 0);
        (void)kite_container_has(listed->container, name);
        if (kite_container_resolve("a/b/c.html", name, resolved) == KITE_OK) {
            HOLDS(strlen(resolved) <= KITE_CONTAINED_NAME_BYTES_MAX && resolved[0] != '/');
            HOLDS(strncmp(resolved, "../", 3) != 0 && !strstr(resolved, "/../"));
        }
    }
    kite_buffer_close(&out);
}

static void read_container(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct listed listed = { .count = 0 };

    (void)kite_container_is_one(data, size);
    if (kite_container_open(mem, data, size, &listed.container, NULL) != KITE_OK)
        return;
    (void)kite_container_list(listed.container, &listed, see);
    read_files(mem, &listed);
    kite_container_close(listed.container);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    with_memory_that_ends(data, size, read_container);
    return 0;
}
