/* Any bytes as a provision set: refused, or read as items that are written and read again the same. */
#include "fuzz/fuzz.h"
#include "sideload/sideload.h"

static void check_again(const struct kite_provision *set)
{
    struct kite_provision again = { .mem = kite_memory_heap() };
    struct kite_buffer first = { .mem = again.mem }, second = { .mem = again.mem };

    if (kite_provision_write(set, &first) != KITE_OK) { /* its memory may end now */
        kite_buffer_close(&first);
        return;
    }
    HOLDS(kite_provision_read(&again, (const char *)first.bytes, first.count, NULL, NULL) == KITE_OK);
    HOLDS(again.count == set->count);
    HOLDS(kite_provision_write(&again, &second) == KITE_OK);
    HOLDS(first.count == second.count && memcmp(first.bytes, second.bytes, first.count) == 0);
    kite_buffer_close(&first);
    kite_buffer_close(&second);
    kite_provision_close(&again);
}

static void check_items(const struct kite_provision *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct kite_provision_item *item = &set->items[i];

        HOLDS(i == 0 || memcmp(set->items[i - 1].root_hash, item->root_hash, 32) < 0);
        HOLDS(kite_provision_find(set, item->root_hash) == item);
        HOLDS(item->name[0] && strlen(item->name) <= KITE_PROVISION_NAME_BYTES_MAX);
        HOLDS(kite_utf8_is_valid(item->name, strlen(item->name)));
    }
}

static void read_set(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    struct kite_provision set = { .mem = *mem };
    struct kite_signed proof;
    struct kite_fault fault = { "" };
    enum kite_status status = kite_provision_read(&set, (const char *)data, size, &proof, &fault);

    HOLDS(status == KITE_OK || fault.text[0]);
    HOLDS(status == KITE_OK || status == KITE_E_NOMEM || set.count == 0);
    check_items(&set);
    if (status == KITE_OK)
        check_again(&set);
    kite_provision_close(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    with_memory_that_ends(data, size, read_set);
    return 0;
}
