/* How much stack a reader takes: power-on, the whole session with its imports, searches and pages, the update, and repair of a library. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "stack.h"

static struct kite_memory mem;
#include "reader/session.h"

#define READER_STACK_BYTES_MAX (128u * 1024)

static void play(void *ctx)
{
    struct rig rig;

    (void)ctx;
    rig_make(&rig);
    rig_on(&rig);
    for (size_t i = 0; i < event_count; i++)
        assert_int_equal(rig_step(&rig, &events[i]), KITE_OK);
    rig_drop(&rig);
}

/* Half of kite.db is spoilt: the library is made anew of what is left. */
static void repair(void *ctx)
{
    struct rig rig;
    struct disk_file *db;

    (void)ctx;
    rig_make(&rig);
    rig_on(&rig);
    rig_off(&rig);
    db = disk_get(rig.d.disk, "kite.db");
    for (size_t i = db->live_bytes / 2; i < db->live_bytes; i++)
        db->live[i] ^= 0x55;
    rig_on(&rig);
    assert_true(kite_library_repair(rig.d.library).was_damaged);
    rig_drop(&rig);
}

static void a_reader_takes_little_stack(void **state)
{
    size_t session, mended;

    (void)state;
    record_session();
    session = stack_used(play, NULL);
    mended = stack_used(repair, NULL);
    print_message("session %zu KiB, repair %zu KiB of stack\n", session >> 10, mended >> 10);
    assert_in_range(session, 4096, READER_STACK_BYTES_MAX);
    assert_in_range(mended, 4096, READER_STACK_BYTES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_takes_little_stack),
    };
    int failed;

    mem = kite_memory_heap();
    make_bundles();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    drop_bundles();
    return failed;
}
