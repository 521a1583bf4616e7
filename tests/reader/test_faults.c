/* What the reader does when things fail: each allocation, each operation of the disk, a bundle spoilt while it is read.
 * One session is recorded and played again with one fault in it. The faults are thinned out to fit a test;
 * KITE_FAULTS=N plays about N of each kind. */
#include "library/allocator.h"
#include "reader/session.h"

static struct kept {
    uint64_t digest, progress; /* all but how far the texts were read, and that */
    uint32_t readers, texts, marks;
} kept[EVENTS_MAX]; /* what the library keeps, after each event */

/* ---- what the library keeps, in one number -------------------------------------------------------- */

static enum kite_status mix_entry(void *ctx, const struct kite_entry *entry)
{
    struct kept *out = ctx;

    out->digest = mixed(out->digest, entry->title, strlen(entry->title) + 1);
    out->progress = mixed(out->progress, &entry->read_permille, sizeof entry->read_permille);
    return KITE_OK;
}

static enum kite_status mix_mark(void *ctx, const struct kite_mark *mark, const char *title)
{
    uint64_t *hash = ctx;

    *hash = mixed(*hash, title, strlen(title) + 1);
    *hash = mixed(*hash, &mark->start, sizeof mark->start);
    *hash = mixed(*hash, &mark->end, sizeof mark->end);
    *hash = mixed(*hash, mark->excerpt, strlen(mark->excerpt) + 1);
    *hash = mixed(*hash, mark->note, strlen(mark->note) + 1);
    return KITE_OK;
}

static struct kept look(struct kite_library *library)
{
    struct kept out = { .digest = 0xcbf29ce484222325u };
    struct kite_reader_info readers[KITE_READERS_MAX];
    uint32_t person, marks;

    assert_int_equal(kite_library_readers(library, readers, &out.readers, NULL), KITE_OK);
    assert_int_equal(kite_library_current_reader(library, &person, NULL), KITE_OK);
    out.digest = mixed(out.digest, &person, sizeof person);
    for (uint32_t i = 0; i < out.readers; i++) {
        struct kite_query query = { .reader = readers[i].reader };
        int64_t size, numbers;

        out.digest = mixed(out.digest, readers[i].name, strlen(readers[i].name) + 1);
        assert_int_equal(kite_library_get_number(library, query.reader, "type.size", -1, &size, NULL), KITE_OK);
        assert_int_equal(kite_library_get_number(library, query.reader, "page.numbers", 0, &numbers, NULL), KITE_OK);
        out.digest = mixed(mixed(out.digest, &size, sizeof size), &numbers, sizeof numbers);
        assert_int_equal(kite_library_list(library, &query, 0, 1000, &out, mix_entry, NULL), KITE_OK);
        assert_int_equal(kite_library_marks(library, query.reader, 0, 0, 1000, &out.digest, mix_mark, NULL), KITE_OK);
        assert_int_equal(kite_library_mark_count(library, query.reader, 0, &marks, NULL), KITE_OK);
        assert_int_equal(kite_library_count(library, &query, &out.texts, NULL), KITE_OK);
        out.marks += marks;
    }
    return out;
}

static void a_session_is_recorded(void **state)
{
    struct rig rig;

    (void)state;
    record_session();
    rig_make(&rig);
    rig_on(&rig);
    for (size_t i = 0; i < event_count; i++) {
        assert_int_equal(rig_step(&rig, &events[i]), KITE_OK);
        kept[i] = look(rig.d.library);
    }
    rig_drop(&rig);
    assert_int_equal(blocks_held, 0);
}

/* One recorded event; restarts where the reader asks for it. */
static enum kite_status play(struct rig *rig, size_t index)
{
    enum kite_status status = rig_step(rig, &events[index]);

    assert_true(status == KITE_OK || status == KITE_E_NOMEM);
    assert_in_range(rig->d.reader->seat_count, 1, SEATS_MAX);
    rig->d.now_ms = events[index].now_ms;
    return status;
}

static void restart_if_wanted(struct rig *rig)
{
    if (!rig->d.frame.wants_restart)
        return;
    rig_off(rig);
    rig_on(rig);
}

/* ---- memory ---------------------------------------------------------------------------------------- */

/* One session in which one allocation fails, or each from there on for the length of one event. Afterwards the reader
 * that lived through it shows what a fresh one shows. Returns how many allocations there were. */
static uint64_t memory_once(uint64_t fail_at, bool for_good)
{
    struct rig rig;
    uint64_t total, seen, fresh;

    rig_make(&rig);
    rig_on(&rig);
    allocations = 0;
    fail_allocation_at = fail_at;
    fails_for_good = for_good;
    for (size_t i = 0; i < event_count; i++) {
        play(&rig, i);
        if (allocations >= fail_at)
            fail_allocation_at = 0;
        restart_if_wanted(&rig);
    }
    total = allocations;
    fail_allocation_at = 0;
    check_slots(rig.d.disk, rig.has_updated);
    if (fail_at) {
        look_around(&rig); /* to the start of a page */
        seen = look_around(&rig);
        rig_off(&rig);
        rig_on(&rig);
        fresh = look_around(&rig);
        if (seen != fresh)
            fail_msg("after allocation %llu failed, other frames", (unsigned long long)fail_at);
    }
    rig_drop(&rig);
    assert_int_equal(blocks_held, 0);
    return total;
}

static void any_allocation_may_fail(void **state)
{
    uint64_t total = memory_once(0, false), by = stride(total, 24);

    (void)state;
    for (uint64_t i = 1; i <= total; i += by)
        memory_once(i, i / by % 4 == 3);
    print_message("%zu events, %llu allocations, every %llu failed\n", event_count, (unsigned long long)total,
                  (unsigned long long)by);
}

static void power_on_survives_failing_memory(void **state)
{
    uint64_t total, by;

    (void)state;
    for (uint64_t i = 0, end = 1; i < end; i += by) {
        struct rig rig;

        rig_make(&rig);
        allocations = 0;
        fail_allocation_at = i;
        fails_for_good = false;
        rig_on(&rig);
        total = allocations;
        fail_allocation_at = 0;
        by = i == 0 ? 1 : stride(end, 16);
        end = i == 0 ? total : end;
        rig_drop(&rig);
        assert_int_equal(blocks_held, 0);
    }
}

/* ---- the disk ---------------------------------------------------------------------------------------- */

static bool is_told(const struct rig *rig)
{
    const char *screen = device_screen(&rig->d);

    return rig->d.frame.wants_restart || strcmp(screen, "wrong") == 0 || strcmp(screen, "import") == 0 ||
           strcmp(screen, "update") == 0;
}

static bool is_between(uint32_t at, uint32_t a, uint32_t b)
{
    return (at >= a && at <= b) || (at >= b && at <= a);
}

/* An event of several changes may have come half way when it failed. */
static bool is_part(const struct kept *now, size_t event)
{
    const struct kept *a = &kept[event > 0 ? event - 1 : 0], *b = &kept[event];

    return is_between(now->readers, a->readers, b->readers) && is_between(now->texts, a->texts, b->texts) &&
           is_between(now->marks, a->marks, b->marks);
}

/* Nobody need be told of a page turn that is saved again with the next one. */
static bool is_kept(const struct kept *now, size_t event)
{
    return now->digest == kept[event].digest &&
           (now->progress == kept[event].progress || (event > 0 && now->progress == kept[event - 1].progress));
}

struct counts {
    uint64_t ops, reads;
};

/* One operation of the disk fails, or one that only reads. The library then keeps what it kept after the event, or, when the person
 * was told, something on the way there. */
static struct counts disk_once(struct counts fail_at, enum kite_status fail_with)
{
    struct rig rig;
    struct disk *disk;
    struct counts start, counts;
    bool is_over = fail_at.ops == 0 && fail_at.reads == 0;

    rig_make(&rig);
    rig_on(&rig);
    disk = rig.d.disk;
    start = (struct counts){ disk->ops, disk->reads };
    disk->fail_at = fail_at.ops ? start.ops + fail_at.ops : 0;
    disk->fail_read_at = fail_at.reads ? start.reads + fail_at.reads : 0;
    disk->fail_with = fail_with;
    for (size_t i = 0; i < event_count; i++) {
        assert_int_equal(play(&rig, i), KITE_OK);
        if (is_over || disk->ops < disk->fail_at || disk->reads < disk->fail_read_at)
            continue;
        is_over = true;

        bool was_told = is_told(&rig);

        rig_off(&rig);
        rig_on(&rig);

        struct kept now = look(rig.d.library);

        check_slots(disk, rig.has_updated);

        if (!is_kept(&now, i) && !(was_told && is_part(&now, i)))
            fail_msg("operation %llu, read %llu failed in event %zu: %s", (unsigned long long)fail_at.ops,
                     (unsigned long long)fail_at.reads, i,
                     was_told ? "something else was lost" : "nobody was told");
    }
    counts = (struct counts){ disk->ops - start.ops, disk->reads - start.reads };
    rig_drop(&rig);
    assert_int_equal(blocks_held, 0);
    return counts;
}

static void a_failing_disk_is_told_and_loses_nothing(void **state)
{
    struct counts all = disk_once((struct counts){ 0 }, KITE_OK);
    uint64_t by = stride(all.ops, 20), reads_by = stride(all.reads, 20);

    (void)state;
    for (uint64_t i = 1; i <= all.ops; i += by) {
        disk_once((struct counts){ .ops = i }, KITE_E_IO);
        disk_once((struct counts){ .ops = i }, KITE_E_LIMIT);
    }
    for (uint64_t i = 1; i <= all.reads; i += reads_by)
        disk_once((struct counts){ .reads = i }, KITE_E_IO);
    print_message("%llu operations, every %llu failed; %llu reads, every %llu failed\n", (unsigned long long)all.ops, (unsigned long long)by,
                  (unsigned long long)all.reads, (unsigned long long)reads_by);
}

/* ---- a spoilt bundle ---------------------------------------------------------------------------------- */

static struct kite_buffer long_bundle(void)
{
    static char lines[400][400];
    static const char *paragraphs[401];
    struct shelf_text text = { .title = "Long", .paragraphs = paragraphs };
    uint32_t random = 1;

    for (size_t i = 0; i < 400; i++) {
        for (size_t k = 0; k + 1 < sizeof lines[i]; k++) {
            random = random * 1664525u + 1013904223u;
            lines[i][k] = k % 7 == 6 ? ' ' : (char)('a' + (random >> 24) % 26);
        }
        paragraphs[i] = lines[i];
    }
    return shelf_bundle(&text, 1);
}

static void a_bundle_spoilt_while_it_is_read(void **state)
{
    struct rig rig;
    struct device *d = &rig.d;
    struct kite_buffer bundle = long_bundle();
    struct disk_file *file;
    int turns = 0;

    (void)state;
    rig_make(&rig);
    disk_put(d->disk, "long.kite", bundle.bytes, bundle.count);
    rig_on(&rig);
    device_open(d, "Long");
    file = disk_get(d->disk, "long.kite");
    for (size_t i = file->live_bytes / 2; i < file->live_bytes; i++)
        file->live[i] ^= 0x55;
    for (; strcmp(device_screen(d), "page") == 0 && turns < 1000; turns++) {
        device_key(d, KITE_KEY_NEXT);
        device_idle(d); /* what is made ahead never speaks up by itself */
    }
    assert_true(turns > 10);
    device_expect(d, "wrong");
    device_idle(d);
    device_key(d, KITE_KEY_SELECT);
    device_idle(d);
    device_expect(d, "page");
    device_menu(d, MESSAGE_TYPE); /* other pages over the same bytes */
    device_say(d, MESSAGE_SIZE);
    device_choose(d, "36 pt");
    device_idle(d);
    leave(d);
    device_menu(d, MESSAGE_LIBRARY);
    device_open(d, TITLE);
    device_idle(d);
    device_expect(d, "page");
    kite_buffer_close(&bundle);
    rig_drop(&rig);
    assert_int_equal(blocks_held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_recorded),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(power_on_survives_failing_memory),
        cmocka_unit_test(a_failing_disk_is_told_and_loses_nothing),
        cmocka_unit_test(a_bundle_spoilt_while_it_is_read),
    };
    int failed;

    allocator_set_up();
    make_bundles();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    drop_bundles();
    return failed;
}
