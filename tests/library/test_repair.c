/* A bundle that the card has damaged comes back where it has repair data; power cuts while it does lose nothing. */
#include "library/allocator.h"
#include "library/disk.h"
#include "library/shelf.h"

static struct kite_buffer with_repair_data(const struct shelf_text *text)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_buffer bundle = shelf_bundle(text, 1), trailer = { .mem = heap };
    struct kite_span_bytes span = { bundle.bytes, bundle.count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *open;

    assert_int_equal(kite_bundle_open(&heap, &source, &open, NULL), KITE_OK);
    assert_int_equal(kite_repair_write(&heap, open, 10, &trailer, NULL, NULL), KITE_OK);
    kite_bundle_close(open);
    kite_buffer_add(&bundle, trailer.bytes, trailer.count);
    kite_buffer_close(&trailer);
    return bundle;
}

static const char *const paragraphs[] = { "It is spring here, and the lilac is out.", "I think of you each morning.", NULL };
static const struct shelf_text letter = { .title = "A letter", .paragraphs = paragraphs };

static enum kite_status keep_bundle(void *ctx, const char *name, uint64_t bytes)
{
    (void)bytes;
    if (strstr(name, ".kite"))
        snprintf(ctx, 60, "%s", name);
    return KITE_OK;
}

/* A disk with the letter, and its file there. */
static struct disk *make(const struct kite_buffer *bundle, int64_t *text, char name[60])
{
    struct disk *d = disk_make(1);
    struct kite_io io = disk_io(d);
    struct kite_import_result result;
    struct kite_library *lib;

    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
    assert_int_equal(shelf_import(lib, bundle, "letter.kite", &result, NULL), KITE_OK);
    *text = result.first_text;
    kite_library_close(lib);
    assert_int_equal(io.list(io.ctx, "/l", name, keep_bundle), KITE_OK);
    return d;
}

static void damage(struct disk *d, const char *name)
{
    struct disk_file *file = disk_get(d, name);

    memset(file->live + 120, 0, 40);
    memset(file->durable + 120, 0, 40);
}

static enum kite_status reads(struct kite_library *lib, int64_t text)
{
    struct kite_book *book;
    enum kite_status status = kite_library_book_open(lib, text, &book, NULL);

    if (status == KITE_OK)
        status = kite_bundle_verify(kite_book_bundle(book), NULL, NULL);
    kite_library_book_close(book);
    return status;
}

static void a_damaged_text_is_made_whole(void **state)
{
    struct kite_buffer bundle = with_repair_data(&letter);
    struct kite_repair_report report;
    struct kite_library *lib;
    char name[60];
    int64_t text;
    struct disk *d = make(&bundle, &text, name);
    struct kite_io io = disk_io(d);

    (void)state;
    damage(d, name);
    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
    assert_int_equal(reads(lib, text), KITE_E_DAMAGED);
    assert_int_equal(kite_library_mend(lib, text, &report, NULL), KITE_OK);
    assert_true(report.damaged > 0);
    assert_int_equal(reads(lib, text), KITE_OK);
    assert_int_equal(disk_get(d, name)->live_bytes, bundle.count);
    assert_memory_equal(disk_get(d, name)->live, bundle.bytes, bundle.count);
    assert_int_equal(kite_library_mend(lib, text, &report, NULL), KITE_DONE);
    kite_library_close(lib);
    disk_destroy(d);
    kite_buffer_close(&bundle);
}

static void without_repair_data_it_is_told(void **state)
{
    struct kite_buffer bundle = shelf_bundle(&letter, 1);
    struct kite_repair_report report;
    struct kite_fault fault = { "" };
    struct kite_library *lib;
    char name[60];
    int64_t text;
    struct disk *d = make(&bundle, &text, name);
    struct kite_io io = disk_io(d);

    (void)state;
    damage(d, name);
    assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
    assert_int_equal(kite_library_mend(lib, text, &report, &fault), KITE_E_UNSUPPORTED);
    assert_non_null(strstr(fault.text, "no repair data"));
    assert_int_equal(kite_library_mend(lib, text + 99, &report, &fault), KITE_E_RANGE);
    kite_library_close(lib);
    disk_destroy(d);
    kite_buffer_close(&bundle);
}

/* Afterwards the file is the damaged one or the whole one, and a second try makes it whole. */
static void a_cut_leaves_one_or_the_other(void **state)
{
    struct kite_buffer bundle = with_repair_data(&letter);
    bool was_cut = true;
    uint64_t at = 1;

    (void)state;
    for (; was_cut; at++) {
        struct kite_repair_report report;
        struct kite_library *lib;
        char name[60];
        int64_t text;
        struct disk *d = make(&bundle, &text, name);
        struct kite_io io = disk_io(d);
        enum kite_status status;

        damage(d, name);
        assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
        d->cut_at = d->ops + at;
        (void)kite_library_mend(lib, text, &report, NULL);
        was_cut = d->is_off;
        kite_library_close(lib);
        disk_power_on(d, (enum disk_cut)(at % DISK_CUTS));
        assert_int_equal(kite_library_open(&mem, &io, "/l", &lib, NULL), KITE_OK);
        status = reads(lib, text);
        assert_true(status == KITE_OK || status == KITE_E_DAMAGED);
        status = kite_library_mend(lib, text, &report, NULL);
        assert_true(status == KITE_OK || status == KITE_DONE);
        assert_int_equal(reads(lib, text), KITE_OK);
        kite_library_close(lib);
        disk_destroy(d);
    }
    assert_true(at > 4);
    kite_buffer_close(&bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_text_is_made_whole),
        cmocka_unit_test(without_repair_data_it_is_told),
        cmocka_unit_test(a_cut_leaves_one_or_the_other),
    };

    allocator_set_up();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
