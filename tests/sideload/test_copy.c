/* A text goes out to a volume: whole, or not at all and told. */
#include "sideload/volume.h"

struct copying {
    struct volume v;
    struct kite_io io;
    struct kite_buffer bundle;
    struct kite_span_bytes span;
    struct kite_source source;
    uint8_t root[32];
    struct kite_copy_job job;
    struct kite_copy_news news;
};

static struct kite_buffer long_bundle(const char *title)
{
    static char words[200001];
    uint64_t random = 7;

    for (size_t i = 0; i < sizeof words - 1; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        words[i] = i % 7 == 6 ? ' ' : (char)('a' + (random >> 40) % 26);
    }
    return volume_bundle(title, words);
}

static void make(struct copying *c)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_bundle *bundle;

    volume_make(&c->v);
    c->io = volume_io(&c->v);
    c->bundle = long_bundle("Letter");
    c->span = (struct kite_span_bytes){ c->bundle.bytes, c->bundle.count };
    c->source = kite_source_memory(&c->span);
    assert_int_equal(kite_bundle_open(&mem, &c->source, &bundle, NULL), KITE_OK);
    memcpy(c->root, kite_bundle_root_hash(bundle), 32);
    kite_bundle_close(bundle);
    c->job = (struct kite_copy_job){ .io = &c->io,
                                     .folder = c->v.folder,
                                     .name = "Letter.kite",
                                     .source = &c->source,
                                     .root_hash = c->root };
}

static void drop(struct copying *c)
{
    kite_buffer_close(&c->bundle);
    volume_drop(&c->v);
}

static enum kite_status run_with(struct copying *c, const struct kite_memory *mem, struct kite_fault *fault)
{
    struct kite_copy *copy;
    uint64_t last = 0;
    enum kite_status status = kite_copy_open(mem, &c->job, &copy);

    while (status == KITE_OK) {
        status = kite_copy_step(copy, fault);
        assert_true(kite_copy_news(copy)->done_bytes >= last || status > KITE_DONE ||
                    kite_copy_news(copy)->done_bytes == 0);
        last = kite_copy_news(copy)->done_bytes;
        c->news = *kite_copy_news(copy);
    }
    kite_copy_close(copy);
    return status;
}

static enum kite_status run(struct copying *c)
{
    struct kite_memory mem = kite_memory_heap();

    return run_with(c, &mem, NULL);
}

static bool is_whole(const struct copying *c, const char *name)
{
    struct kite_buffer there = volume_get(&c->v, name);
    bool is = there.count == c->bundle.count && memcmp(there.bytes, c->bundle.bytes, there.count) == 0;

    kite_buffer_close(&there);
    return is;
}

static void a_copy_is_the_same_byte_for_byte(void **state)
{
    struct copying c;

    (void)state;
    make(&c);
    assert_true(c.bundle.count > 2 * 65536);
    assert_int_equal(run(&c), KITE_DONE);
    assert_true(is_whole(&c, "Letter.kite"));
    assert_false(c.news.was_there);
    assert_int_equal(c.news.done_bytes, c.news.total_bytes);
    assert_int_equal(run(&c), KITE_DONE); /* again: it is left as it is */
    assert_true(c.news.was_there);
    drop(&c);
}

static void a_torn_copy_is_written_anew(void **state)
{
    struct copying c;

    (void)state;
    make(&c);
    for (int rule = KITE_COPY_BESIDE; rule <= KITE_COPY_OVER; rule++) {
        c.job.rule = (enum kite_copy_rule)rule;
        for (size_t torn = 0; torn < 4; torn++) {
            struct kite_buffer part = { .mem = kite_memory_heap() };

            kite_buffer_add(&part, c.bundle.bytes, c.bundle.count - torn * 1000);
            memset(part.bytes + (torn == 3 ? 0 : part.count - 600), 0, 600);
            volume_put(&c.v, "Letter.kite", part.bytes, part.count);
            kite_buffer_close(&part);
            assert_int_equal(run(&c), KITE_DONE);
            assert_string_equal(c.news.name, "Letter.kite");
            assert_false(c.news.was_there);
            assert_true(is_whole(&c, "Letter.kite"));
        }
    }
    drop(&c);
}

static void another_bundle_of_that_name_stays(void **state)
{
    struct copying c;
    struct kite_buffer before, after;

    (void)state;
    make(&c);
    volume_put_bundle(&c.v, "Letter.kite", "Another letter");
    before = volume_get(&c.v, "Letter.kite");
    assert_int_equal(run(&c), KITE_DONE);
    assert_string_equal(c.news.name, "Letter-2.kite");
    assert_true(is_whole(&c, "Letter-2.kite"));
    after = volume_get(&c.v, "Letter.kite");
    assert_int_equal(before.count, after.count);
    assert_memory_equal(before.bytes, after.bytes, after.count);
    assert_int_equal(run(&c), KITE_DONE);
    assert_true(c.news.was_there);
    c.job.rule = KITE_COPY_OVER;
    assert_int_equal(run(&c), KITE_DONE);
    assert_true(is_whole(&c, "Letter.kite"));
    kite_buffer_close(&before);
    kite_buffer_close(&after);
    drop(&c);
}

static void a_full_volume_keeps_no_part(void **state)
{
    struct copying c;
    struct kite_memory mem = kite_memory_heap();
    struct kite_fault fault = { "" };

    (void)state;
    make(&c);
    c.v.room_bytes = c.bundle.count - 1;
    assert_int_equal(run_with(&c, &mem, &fault), KITE_E_LIMIT);
    assert_string_equal(fault.text, "Letter.kite: the volume is full");
    assert_false(volume_has(&c.v, "Letter.kite"));
    drop(&c);
}

static void a_locked_volume_is_told(void **state)
{
    struct copying c;

    (void)state;
    make(&c);
    c.v.is_read_only = true;
    assert_int_equal(run(&c), KITE_E_IO);
    drop(&c);
}

static void what_comes_back_wrong_is_told(void **state)
{
    struct copying c;

    (void)state;
    make(&c);
    c.v.garbles = true;
    assert_int_equal(run(&c), KITE_E_DAMAGED);
    assert_false(volume_has(&c.v, "Letter.kite"));
    drop(&c);
}

static void a_volume_pulled_out_at_any_call_is_never_called_whole(void **state)
{
    struct copying c;
    enum kite_status status = KITE_E_IO;

    (void)state;
    make(&c);
    for (uint64_t at = 1; status != KITE_DONE; at++) {
        c.v.ops = 0;
        c.v.gone_at = at;
        c.v.is_gone = false;
        status = run(&c);
        assert_int_equal(status, c.v.is_gone ? KITE_E_IO : KITE_DONE);
        assert_int_equal(c.v.open_files, 0);
        if (status == KITE_DONE)
            assert_true(is_whole(&c, "Letter.kite"));
    }
    drop(&c);
}

static void a_copy_given_up_leaves_nothing(void **state)
{
    struct copying c;
    struct kite_memory mem = kite_memory_heap();
    struct kite_copy *copy;

    (void)state;
    make(&c);
    for (int steps = 0; steps < 7; steps++) {
        assert_int_equal(kite_copy_open(&mem, &c.job, &copy), KITE_OK);
        for (int i = 0; i < steps; i++)
            assert_int_equal(kite_copy_step(copy, NULL), KITE_OK);
        kite_copy_close(copy);
        assert_false(volume_has(&c.v, "Letter.kite"));
    }
    drop(&c);
}

static void memory_may_fail_at_each_call(void **state)
{
    struct copying c;
    enum kite_status status = KITE_E_NOMEM;

    (void)state;
    make(&c);
    volume_put_bundle(&c.v, "Letter.kite", "Another letter");
    for (uint64_t at = 1; status == KITE_E_NOMEM; at++) {
        struct check_memory counted = { .fail_at = at };
        struct kite_memory mem = check_memory(&counted);

        status = run_with(&c, &mem, NULL);
        assert_int_equal(counted.blocks, 0);
    }
    assert_int_equal(status, KITE_DONE);
    drop(&c);
}

/* Power goes at each operation of a copy onto a disk that drops what is not synced: a copy that was called
 * whole is whole; else the bundle does not open, or is the one. */
static void cut_copies(enum disk_cut how)
{
    struct copying c;
    bool is_over = false;

    make(&c);
    for (uint64_t at = 1; !is_over; at++) {
        struct disk *disk = disk_make(at);
        struct kite_io io = disk_io(disk);
        struct disk_file *file;
        enum kite_status status;

        c.job.io = &io;
        c.job.folder = "/stick";
        disk->cut_at = at;
        status = run(&c);
        is_over = !disk->is_off;
        assert_int_equal(status, is_over ? KITE_DONE : KITE_E_IO);
        disk_power_on(disk, how);
        file = disk_get(disk, "Letter.kite");
        if (is_over)
            assert_true(file && file->live_bytes == c.bundle.count &&
                        memcmp(file->live, c.bundle.bytes, c.bundle.count) == 0);
        assert_int_equal(run(&c), KITE_DONE); /* and the next try makes it whole, under the same name */
        assert_string_equal(c.news.name, "Letter.kite");
        file = disk_get(disk, "Letter.kite");
        assert_memory_equal(file->live, c.bundle.bytes, c.bundle.count);
        disk_destroy(disk);
    }
    drop(&c);
}

static void a_power_cut_never_makes_a_copy_that_lies(void **state)
{
    (void)state;
    for (enum disk_cut how = 0; how < DISK_CUTS; how++)
        cut_copies(how);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_the_same_byte_for_byte),
        cmocka_unit_test(a_torn_copy_is_written_anew),
        cmocka_unit_test(another_bundle_of_that_name_stays),
        cmocka_unit_test(a_full_volume_keeps_no_part),
        cmocka_unit_test(a_locked_volume_is_told),
        cmocka_unit_test(what_comes_back_wrong_is_told),
        cmocka_unit_test(a_volume_pulled_out_at_any_call_is_never_called_whole),
        cmocka_unit_test(a_copy_given_up_leaves_nothing),
        cmocka_unit_test(memory_may_fail_at_each_call),
        cmocka_unit_test(a_power_cut_never_makes_a_copy_that_lies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
