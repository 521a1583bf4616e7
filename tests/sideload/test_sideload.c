/* Taking in what a volume holds, and the receipt of it. */
#include "sideload/signers.h"

struct device {
    struct kite_memory mem;
    struct disk *disk;
    struct kite_io disk_io, io;
    struct kite_library *library;
    struct volume v;
    struct kite_sideload *sideload;
    const struct kite_sideload_news *news;
};

static void device_make(struct device *d)
{
    struct kite_fault fault = { "" };

    *d = (struct device){ .mem = kite_memory_heap(), .disk = disk_make(1) };
    d->disk_io = disk_io(d->disk);
    assert_int_equal(kite_library_open(&d->mem, &d->disk_io, "/kite", &d->library, &fault), KITE_OK);
    volume_make(&d->v);
    d->io = volume_io(&d->v);
}

static void device_drop(struct device *d)
{
    kite_sideload_close(d->sideload);
    kite_library_close(d->library);
    disk_destroy(d->disk);
    volume_drop(&d->v);
}

static void begin_with(struct device *d, bool has_receipt, bool is_emptied)
{
    struct kite_sideload_options options = { .library = d->library,
                                             .io = &d->io,
                                             .folder = d->v.folder,
                                             .lang = KITE_LANG2('e', 'n'),
                                             .has_receipt = has_receipt,
                                             .is_emptied = is_emptied };

    kite_sideload_close(d->sideload);
    assert_int_equal(kite_sideload_open(&d->mem, &options, &d->sideload), KITE_OK);
    d->news = kite_sideload_news(d->sideload);
}

static void begin(struct device *d, bool has_receipt)
{
    begin_with(d, has_receipt, false);
}

static enum kite_status steps(struct device *d)
{
    enum kite_status status;

    while ((status = kite_sideload_step(d->sideload, NULL)) == KITE_OK)
        ;
    return status;
}

static void take_all(struct device *d, bool has_receipt)
{
    begin(d, has_receipt);
    assert_int_equal(steps(d), KITE_DONE);
    kite_sideload_take(d->sideload);
    assert_int_equal(steps(d), KITE_DONE);
    assert_int_equal(d->news->stage, KITE_SIDELOAD_OVER);
}

/* What came of the file with this name. */
static enum kite_arrival arrival_of(const struct device *d, const char *name)
{
    for (size_t i = 0; i < kite_sideload_row_count(d->sideload); i++)
        if (strcmp(kite_sideload_row(d->sideload, i).name, name) == 0)
            return kite_sideload_row(d->sideload, i).arrival;
    print_error("nothing is told of %s\n", name);
    return KITE_ARRIVAL_COUNT;
}

static uint32_t texts_in(struct device *d)
{
    struct kite_query all = { .reader = 0 };
    uint32_t count = 0;

    assert_int_equal(kite_library_count(d->library, &all, &count, NULL), KITE_OK);
    return count;
}

/* A bundle of an edition of one work. */
static void put_edition(struct device *d, const char *name, const char *edition)
{
    char words[64];
    const char *const paragraphs[] = { words, NULL };
    struct shelf_text text = { .title = "Guide", .identifier = "guide", .edition = edition, .paragraphs = paragraphs };
    struct kite_buffer bundle;

    snprintf(words, sizeof words, "The guide, edition %s.", edition);
    bundle = shelf_bundle(&text, 1);
    volume_put(&d->v, name, bundle.bytes, bundle.count);
    kite_buffer_close(&bundle);
}

static void put_cut(struct device *d, const char *name, const char *title)
{
    struct kite_buffer bundle = volume_bundle(title, "A word or two.");

    volume_put(&d->v, name, bundle.bytes, bundle.count - 20);
    kite_buffer_close(&bundle);
}

/* ---- what comes of each ---------------------------------------------------------------------- */

static void each_file_is_told_apart(void **state)
{
    struct device d;
    struct kite_buffer bundle = volume_bundle("Damaged", "A word that is damaged on the way.");

    (void)state;
    device_make(&d);
    volume_put_bundle(&d.v, "new.kite", "New");
    volume_put_bundle(&d.v, "no name at all", "Nameless");
    volume_put_bundle(&d.v, "same.kite", "New");
    put_edition(&d, "guide 1.kite", "2");
    put_edition(&d, "guide 2.kite", "3");
    put_edition(&d, "guide 3.kite", "1");
    put_cut(&d, "cut.kite", "Cut");
    bundle.bytes[bundle.count - 5] ^= 1;
    volume_put(&d.v, "damaged.kite", bundle.bytes, bundle.count);
    bundle.bytes[bundle.count - 5] ^= 1;
    bundle.bytes[62] = 9; /* the version */
    volume_put(&d.v, "newer.kite", bundle.bytes, bundle.count);
    volume_put_text(&d.v, "zero.kite", "");
    volume_put_text(&d.v, "essay.pdf", "%PDF-1.4\n");
    volume_put_text(&d.v, "letter.txt", "Dear all");
    volume_put_text(&d.v, "photo.jpg", "\xFF\xD8\xFF\xE0\x01\x02\x03\x04\xFF\xFF\xFF\xFF");
    volume_folder(&d.v, "more");
    volume_put_bundle(&d.v, "more/deep.kite", "Deep");
    take_all(&d, false);
    assert_int_equal(arrival_of(&d, "new.kite"), KITE_ARRIVAL_ADDED);
    assert_int_equal(arrival_of(&d, "no name at all"), KITE_ARRIVAL_ADDED);
    assert_int_equal(arrival_of(&d, "same.kite"), KITE_ARRIVAL_ALREADY_HERE);
    assert_int_equal(arrival_of(&d, "guide 1.kite"), KITE_ARRIVAL_ADDED);
    assert_int_equal(arrival_of(&d, "guide 2.kite"), KITE_ARRIVAL_NEW_EDITION);
    assert_int_equal(arrival_of(&d, "guide 3.kite"), KITE_ARRIVAL_OLDER_EDITION);
    assert_int_equal(arrival_of(&d, "cut.kite"), KITE_ARRIVAL_INCOMPLETE);
    assert_int_equal(arrival_of(&d, "damaged.kite"), KITE_ARRIVAL_INCOMPLETE);
    assert_int_equal(arrival_of(&d, "newer.kite"), KITE_ARRIVAL_TOO_NEW);
    assert_int_equal(arrival_of(&d, "zero.kite"), KITE_ARRIVAL_INCOMPLETE);
    assert_int_equal(arrival_of(&d, "essay.pdf"), KITE_ARRIVAL_NOT_A_BUNDLE);
    assert_int_equal(arrival_of(&d, "letter.txt"), KITE_ARRIVAL_NOT_A_BUNDLE);
    assert_int_equal(arrival_of(&d, "more/deep.kite"), KITE_ARRIVAL_ADDED);
    assert_int_equal(d.news->finds[KITE_FIND_OTHER], 1);
    assert_int_equal(d.news->file_number, d.news->file_count);
    assert_int_equal(d.news->file_count, 13);
    assert_int_equal(d.news->done_bytes, d.news->total_bytes);
    assert_int_equal(texts_in(&d), 4);
    for (size_t i = 1; i < kite_sideload_row_count(d.sideload); i++) /* what is to be done comes first */
        assert_true(kite_sideload_row(d.sideload, i - 1).arrival <= kite_sideload_row(d.sideload, i).arrival);
    kite_buffer_close(&bundle);
    device_drop(&d);
}

static void nothing_is_taken_before_it_is_asked_for(void **state)
{
    struct device d;

    (void)state;
    device_make(&d);
    volume_put_bundle(&d.v, "a.kite", "A");
    begin(&d, true);
    assert_int_equal(steps(&d), KITE_DONE);
    assert_int_equal(d.news->stage, KITE_SIDELOAD_WAITS);
    assert_int_equal(d.news->finds[KITE_FIND_BUNDLE], 1);
    assert_int_equal(texts_in(&d), 0);
    kite_sideload_stop(d.sideload, false);
    assert_int_equal(d.news->stage, KITE_SIDELOAD_OVER);
    assert_false(volume_has(&d.v, KITE_RECEIPT_NAME));
    device_drop(&d);
}

static void a_full_device_says_so(void **state)
{
    struct device d;

    (void)state;
    device_make(&d);
    volume_put_bundle(&d.v, "a.kite", "A");
    d.disk->free_bytes = KITE_LIBRARY_RESERVE_BYTES + 10;
    take_all(&d, false);
    assert_int_equal(arrival_of(&d, "a.kite"), KITE_ARRIVAL_NO_ROOM);
    device_drop(&d);
}

/* Pulled out at each of its operations: what was told as added is there, nothing else, and it is told that it was
 * pulled out. Then the rest comes in. */
static void a_stick_pulled_out_at_any_call_leaves_whole_texts(void **state)
{
    bool is_whole = false;
    uint64_t states = 0;

    (void)state;
    for (uint64_t at = 1; !is_whole; at++, states++) {
        struct device d;

        device_make(&d);
        volume_put_bundle(&d.v, "a.kite", "A");
        volume_put_bundle(&d.v, "b.kite", "B");
        volume_folder(&d.v, "c");
        volume_put_bundle(&d.v, "c/c.kite", "C");
        d.v.gone_at = at;
        begin(&d, true);
        assert_int_equal(steps(&d), KITE_DONE);
        kite_sideload_take(d.sideload);
        assert_int_equal(steps(&d), KITE_DONE);
        assert_int_equal(d.news->stage, KITE_SIDELOAD_OVER);
        assert_int_equal(texts_in(&d), d.news->arrivals[KITE_ARRIVAL_ADDED]);
        is_whole = d.news->has_receipt;
        if (!is_whole)
            assert_true(d.news->is_gone || d.v.is_gone); /* gone at the receipt: all is in */
        d.v.gone_at = 0;
        d.v.is_gone = false;
        take_all(&d, true);
        assert_int_equal(texts_in(&d), 3);
        device_drop(&d);
    }
    assert_true(states > 40);
}

static void a_file_that_cannot_be_read_does_not_stop_the_rest(void **state)
{
    struct device d;

    (void)state;
    device_make(&d);
    volume_put_bundle(&d.v, "a.kite", "A");
    volume_put_bundle(&d.v, "b.kite", "B");
    assert_int_equal(chmod(volume_path(&d.v, "a.kite"), 0), 0);
    if (access(volume_path(&d.v, "a.kite"), R_OK) != 0) { /* not so for root */
        take_all(&d, false);
        assert_int_equal(arrival_of(&d, "a.kite"), KITE_ARRIVAL_UNREADABLE);
        assert_int_equal(arrival_of(&d, "b.kite"), KITE_ARRIVAL_ADDED);
        assert_false(d.news->is_gone);
    }
    device_drop(&d);
}

static void marks_follow_a_newer_edition_by_paragraph(void **state)
{
    static const char *const first[] = { "One.", "Two.", "Three.", NULL },
                             *const second[] = { "A new beginning.", "One.", "Two, in other words.", "Three.", NULL };
    static const uint32_t first_ids[] = { 10, 11, 12 }, second_ids[] = { 20, 10, 11, 12 };
    struct shelf_text text = {
        .title = "Guide", .identifier = "guide", .edition = "1", .paragraphs = first, .ids = first_ids
    };
    struct kite_mark mark = { .reader = 1, .is_highlight = true, .start = { 0, 1, 0 }, .end = { 0, 1, 4 } };
    struct device d;
    struct kite_buffer bundle = shelf_bundle(&text, 1);
    struct kite_place place = { 0 };
    uint32_t count = 0;
    int64_t id;

    (void)state;
    device_make(&d);
    volume_put(&d.v, "guide.kite", bundle.bytes, bundle.count);
    take_all(&d, false);
    mark.text = kite_sideload_row(d.sideload, 0).text;
    assert_int_equal(kite_library_mark_add(d.library, &mark, &id, NULL), KITE_OK);
    assert_int_equal(kite_library_place_save(d.library, 1, mark.text, (struct kite_place){ 0, 2, 3 }, 700, NULL),
                     KITE_OK);
    kite_buffer_close(&bundle);
    text.edition = "2";
    text.paragraphs = second;
    text.ids = second_ids;
    bundle = shelf_bundle(&text, 1);
    volume_put(&d.v, "guide.kite", bundle.bytes, bundle.count);
    take_all(&d, false);
    assert_int_equal(arrival_of(&d, "guide.kite"), KITE_ARRIVAL_NEW_EDITION);
    assert_int_equal(texts_in(&d), 1);
    mark.text = kite_sideload_row(d.sideload, 0).text;
    assert_int_equal(kite_library_place(d.library, 1, mark.text, &place, NULL, NULL), KITE_OK);
    assert_int_equal(place.paragraph, 3);
    assert_int_equal(place.offset_bytes, 3);
    assert_int_equal(kite_library_mark_count(d.library, 1, mark.text, &count, NULL), KITE_OK);
    assert_int_equal(count, 1);
    kite_buffer_close(&bundle);
    device_drop(&d);
}

static void the_newest_update_is_found(void **state)
{
    struct device d;
    struct kite_sideload_options options;
    char later[5000] = "Kite update 2. Of a later form.\nversion: 9\n";

    (void)state;
    device_make(&d);
    volume_put_update(&d.v, "a", "0.9.0");
    volume_put_update(&d.v, "b", "0.10.1");
    volume_put_update(&d.v, "c", "0.10.0");
    volume_put_update(&d.v, "d", "0.2.0");
    volume_put_update(&d.v, "e", "0.2");
    volume_put_update(&d.v, "f", "0.1");
    volume_put_text(&d.v, "g", "Kite update 1. Cut short.\n");
    volume_put(&d.v, "h", later, sizeof later);
    options = (struct kite_sideload_options){
        .library = d.library, .io = &d.io, .folder = d.v.folder, .version = "0.2.0"
    };
    assert_int_equal(kite_sideload_open(&d.mem, &options, &d.sideload), KITE_OK);
    d.news = kite_sideload_news(d.sideload);
    assert_int_equal(steps(&d), KITE_DONE);
    assert_string_equal(d.news->update_version, "0.10.1");
    assert_string_equal(d.news->update_path, volume_path(&d.v, "b"));
    kite_sideload_take(d.sideload);
    assert_int_equal(steps(&d), KITE_DONE);
    assert_int_equal(arrival_of(&d, "a"), KITE_ARRIVAL_UPDATE);
    assert_int_equal(arrival_of(&d, "d"), KITE_ARRIVAL_ALREADY_HERE);
    assert_int_equal(arrival_of(&d, "f"), KITE_ARRIVAL_OLDER_EDITION);
    assert_int_equal(arrival_of(&d, "g"), KITE_ARRIVAL_INCOMPLETE);
    assert_int_equal(arrival_of(&d, "h"), KITE_ARRIVAL_TOO_NEW);
    take_all(&d, false); /* one that cannot be updated leaves them alone */
    assert_int_equal(kite_sideload_row_count(d.sideload), 0);
    assert_int_equal(d.news->finds[KITE_FIND_OTHER], 8);
    device_drop(&d);
}

/* ---- provision sets -------------------------------------------------------------------------- */

static void add_to_set(struct kite_provision *set, const struct device *d, const char *name)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_volume_file file;
    struct kite_bundle *bundle;

    assert_int_equal(kite_volume_file_open(&d->io, volume_path(&d->v, name), &file), KITE_OK);
    assert_int_equal(kite_bundle_open(&mem, &file.source, &bundle, NULL), KITE_OK);
    assert_int_equal(kite_provision_add(set, kite_bundle_root_hash(bundle), name), KITE_OK);
    kite_bundle_close(bundle);
    kite_volume_file_close(&file);
}

static void a_set_says_what_is_missing(void **state)
{
    struct device d;
    struct kite_provision set = { .mem = kite_memory_heap() };
    struct kite_buffer text = { .mem = set.mem };
    uint8_t hash[32] = { 1 };

    (void)state;
    device_make(&d);
    put_edition(&d, "guide.kite", "5");
    take_all(&d, false);
    put_edition(&d, "a old.kite", "4");
    volume_put_bundle(&d.v, "b.kite", "B");
    add_to_set(&set, &d, "a old.kite");
    add_to_set(&set, &d, "b.kite");
    kite_provision_add(&set, hash, "Not here.kite");
    assert_int_equal(kite_provision_write(&set, &text), KITE_OK);
    volume_put(&d.v, "list of the spring", text.bytes, text.count);
    take_all(&d, true);
    assert_int_equal(d.news->wanted, 3);
    assert_int_equal(d.news->here, 2); /* the older one counts: a newer one is here */
    kite_buffer_close(&text);
    text = volume_get(&d.v, KITE_RECEIPT_NAME);
    assert_int_equal(kite_buffer_add(&text, "", 1), KITE_OK);
    assert_non_null(strstr((char *)text.bytes, "2 of 3"));
    assert_non_null(strstr((char *)text.bytes, "Missing\r\n  Not here.kite\r\n"));
    kite_buffer_close(&text);
    kite_provision_close(&set);
    device_drop(&d);
}

static void a_broken_set_is_told_and_the_rest_goes_on(void **state)
{
    struct device d;

    (void)state;
    device_make(&d);
    volume_put_text(&d.v, "a.txt", "kite provision 1\nend 7\n");
    volume_put_text(&d.v, "b.txt", "kite provision 7\nend 0\n");
    volume_put_bundle(&d.v, "c.kite", "C");
    take_all(&d, false);
    assert_int_equal(arrival_of(&d, "a.txt"), KITE_ARRIVAL_INCOMPLETE);
    assert_int_equal(arrival_of(&d, "b.txt"), KITE_ARRIVAL_TOO_NEW);
    assert_int_equal(arrival_of(&d, "c.kite"), KITE_ARRIVAL_ADDED);
    assert_int_equal(d.news->wanted, 0);
    device_drop(&d);
}

/* ---- the receipt ----------------------------------------------------------------------------- */

static const char receipt[] = "\xEF\xBB\xBFKite receipt\r\n"
                              "What this reader did with the files on this drive.\r\n"
                              "\r\n"
                              "Incomplete, copy again: 1\r\n"
                              "Could not be prepared for Kite: 2\r\n"
                              "New: 2\r\n"
                              "Already here: 1\r\n"
                              "Room left on the reader: 1024 MB\r\n"
                              "\r\n"
                              "Incomplete or damaged: copy it again\r\n"
                              "  cut.kite\r\n"
                              "\r\n"
                              "Not a bundle (text): prepare it with kite pack\r\n"
                              "  letter.txt\r\n"
                              "\r\n"
                              "Not a bundle (PDF): prepare it with kite pack\r\n"
                              "  z.pdf\r\n"
                              "\r\n"
                              "New\r\n"
                              "  a.kite\r\n"
                              "  b/b.kite\r\n"
                              "\r\n"
                              "Already here\r\n"
                              "  b/again.kite\r\n"
                              "\r\n"
                              "What is on the reader may be deleted from this drive.\r\n"
                              "\r\n"
                              "kite-receipt 1 incomplete=1 unreadable=0 no-room=0 too-new=0 false=0 withdrawn=0 unsigned=0 refused=0 not-a-bundle=2 "
                              "update=0 key=0 new=2 new-edition=0 older=0 had=1 key-news=0 taken-off=0 here=0 wanted=0 free-mb=1024 ";

static void fill_for_receipt(struct device *d)
{
    volume_put_bundle(&d->v, "a.kite", "A");
    volume_folder(&d->v, "b");
    volume_put_bundle(&d->v, "b/again.kite", "A");
    volume_put_bundle(&d->v, "b/b.kite", "B");
    put_cut(d, "cut.kite", "Cut");
    volume_put_text(&d->v, "letter.txt", "Dear all");
    volume_put_text(&d->v, "z.pdf", "%PDF-1.4\n");
}

static void the_receipt_says_it_all(void **state)
{
    struct device d;
    struct kite_buffer out;

    (void)state;
    device_make(&d);
    fill_for_receipt(&d);
    take_all(&d, true);
    assert_true(d.news->has_receipt);
    out = volume_get(&d.v, KITE_RECEIPT_NAME);
    assert_int_equal(out.count, sizeof receipt - 1 + 34);
    assert_memory_equal(out.bytes, receipt, sizeof receipt - 1);
    assert_true(kite_receipt_is_whole(out.bytes, out.count));
    for (size_t i = 0; i < out.count; i++) { /* any change, any cut shows */
        assert_false(kite_receipt_is_whole(out.bytes, i));
        out.bytes[i] ^= 1;
        assert_false(kite_receipt_is_whole(out.bytes, out.count));
        out.bytes[i] ^= 1;
    }
    kite_buffer_close(&out);
    device_drop(&d);
}

static void a_long_receipt_becomes_a_short_one(void **state)
{
    struct device d;
    struct kite_buffer out;
    char longer[8000];

    (void)state;
    device_make(&d);
    fill_for_receipt(&d);
    memset(longer, 'x', sizeof longer);
    volume_put(&d.v, KITE_RECEIPT_NAME, longer, sizeof longer);
    take_all(&d, true);
    out = volume_get(&d.v, KITE_RECEIPT_NAME);
    assert_true(kite_receipt_is_whole(out.bytes, out.count));
    kite_buffer_close(&out);
    device_drop(&d);
}

static void a_volume_without_room_for_a_receipt_has_brought_its_texts(void **state)
{
    struct device d;

    (void)state;
    device_make(&d);
    fill_for_receipt(&d);
    d.v.is_read_only = true;
    take_all(&d, true);
    assert_false(d.news->has_receipt);
    assert_int_equal(texts_in(&d), 2);
    device_drop(&d);
}

static void every_language_has_every_word(void **state)
{
    static const kite_lang langs[] = { KITE_LANG2('e', 'n'), KITE_LANG2('e', 's') };

    (void)state;
    for (size_t i = 0; i < sizeof langs / sizeof *langs; i++) {
        const struct kite_words *words = kite_words(langs[i]);

        assert_int_equal(words->lang, langs[i]);
        for (int w = 0; w < KITE_WORD_COUNT; w++)
            assert_non_null(words->texts[w]);
        for (int a = 0; a < KITE_ARRIVAL_COUNT; a++)
            assert_true(words->counts[a] && words->reasons[a]);
        assert_non_null(words->plain_text);
    }
    assert_ptr_equal(kite_words(KITE_LANG2('x', 'x')), kite_words(langs[0]));
}

static void take_inbox(struct device *d)
{
    begin_with(d, true, true);
    assert_int_equal(steps(d), KITE_DONE);
    kite_sideload_take(d->sideload);
    assert_int_equal(steps(d), KITE_DONE);
}

static void the_inbox_is_emptied_of_what_is_here(void **state)
{
    struct device d;
    struct kite_buffer out;

    (void)state;
    device_make(&d);
    fill_for_receipt(&d);
    take_inbox(&d);
    assert_int_equal(texts_in(&d), 2);
    assert_false(volume_has(&d.v, "a.kite") || volume_has(&d.v, "b/b.kite") || volume_has(&d.v, "b/again.kite"));
    assert_true(volume_has(&d.v, "cut.kite") && volume_has(&d.v, "letter.txt") && volume_has(&d.v, "z.pdf"));
    out = volume_get(&d.v, KITE_RECEIPT_NAME);
    assert_true(kite_receipt_is_whole(out.bytes, out.count));
    assert_int_equal(kite_buffer_add(&out, "", 1), KITE_OK);
    assert_non_null(strstr((char *)out.bytes, "\r\n\r\nTaken off this drive, as the reader has them: 3\r\n\r\n"));
    assert_non_null(strstr((char *)out.bytes, " new=2 new-edition=0 older=0 had=1 key-news=0 taken-off=3 "));
    kite_buffer_close(&out);
    take_inbox(&d); /* what is left is told again */
    assert_int_equal(d.news->arrivals[KITE_ARRIVAL_INCOMPLETE], 1);
    assert_int_equal(d.news->taken_off + d.news->may_be_deleted, 0);
    device_drop(&d);
}

static void what_cannot_be_taken_off_may_be_deleted(void **state)
{
    struct device d;

    (void)state;
    device_make(&d);
    fill_for_receipt(&d);
    d.v.is_read_only = true;
    take_inbox(&d);
    assert_int_equal(texts_in(&d), 2);
    assert_true(volume_has(&d.v, "a.kite"));
    assert_int_equal(d.news->taken_off, 0);
    assert_int_equal(d.news->may_be_deleted, 3);
    device_drop(&d);
}

/* What lies there is the receipt, or shows that it is not whole. */
static void expect_honest_receipt(struct device *d, struct disk *inbox)
{
    struct disk_file *file = disk_get(inbox, KITE_RECEIPT_NAME);
    struct kite_buffer right = { .mem = d->mem };
    uint64_t used, room;

    assert_int_equal(kite_library_space(d->library, &used, &room, NULL), KITE_OK);
    assert_int_equal(kite_receipt_write(d->sideload, KITE_LANG2('e', 'n'), room, &right), KITE_OK);
    if (d->news->has_receipt)
        assert_true(file && kite_receipt_is_whole(file->live, file->live_bytes));
    if (file && kite_receipt_is_whole(file->live, file->live_bytes)) {
        assert_int_equal(file->live_bytes, right.count);
        assert_memory_equal(file->live, right.bytes, right.count);
    }
    kite_buffer_close(&right);
}

/* A file is on the inbox as it was, or its text is on the device. */
static void expect_somewhere(struct device *d, struct disk *inbox, const char *name, const struct kite_buffer *content)
{
    struct disk_file *file = disk_get(inbox, name);

    if (!file) {
        assert_true(kite_sideload_news(d->sideload)->taken_off > 0);
        assert_int_equal(arrival_of(d, name), KITE_ARRIVAL_ADDED);
        return;
    }
    assert_int_equal(file->live_bytes, content->count);
    assert_memory_equal(file->live, content->bytes, content->count);
}

/* The inbox on a disk that loses power at one of its operations, an old receipt there or not. The library is on another
 * disk, as on a device: what was acknowledged is in it. True when the power held to the end. */
static bool cut_inbox(uint64_t at, uint64_t seed, enum disk_cut how, bool is_emptied)
{
    struct kite_buffer a = volume_bundle("A", "A word."), b = volume_bundle("B", "B word.");
    struct disk *inbox = disk_make(seed);
    struct device d;
    bool is_over;

    device_make(&d);
    d.io = disk_io(inbox);
    disk_put(inbox, "a.kite", a.bytes, a.count);
    disk_put(inbox, "b.kite", b.bytes, b.count);
    if (seed % 2)
        disk_put(inbox, KITE_RECEIPT_NAME, receipt, sizeof receipt);
    inbox->ops = 0;
    inbox->cut_at = at;
    begin_with(&d, true, is_emptied);
    assert_int_equal(steps(&d), KITE_DONE);
    kite_sideload_take(d.sideload);
    assert_int_equal(steps(&d), KITE_DONE);
    is_over = d.news->has_receipt;
    disk_power_on(inbox, how);
    assert_int_equal(texts_in(&d), d.news->arrivals[KITE_ARRIVAL_ADDED]);
    expect_honest_receipt(&d, inbox);
    expect_somewhere(&d, inbox, "a.kite", &a);
    expect_somewhere(&d, inbox, "b.kite", &b);
    assert_true(is_emptied || d.news->arrivals[KITE_ARRIVAL_ADDED] == 2); /* the receipt is all that is written */
    kite_buffer_close(&a);
    kite_buffer_close(&b);
    disk_destroy(inbox);
    device_drop(&d);
    return is_over;
}

static void a_power_cut_loses_no_import_and_no_truth(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        uint64_t at = 1;

        while (!cut_inbox(at, seed, (enum disk_cut)(seed / 2 % DISK_CUTS), seed % 8 > 3))
            at++;
        assert_true(at > 4);
    }
}

/* ---- documents of other formats ---------------------------------------------------------------- */

/* A converter that needs no press: what it makes is a bundle whose paragraph is the document, in a few steps. */
struct fake {
    const struct kite_document *document;
    struct kite_buffer bundle;
    struct kite_span_bytes span;
    struct kite_source source;
    int begun, ended, steps;
    enum kite_status fails; /* the third step, when it is not KITE_OK */
    bool gives_rubbish;
    char fetched[8];
};

static enum kite_status fake_begin(void *ctx, const struct kite_document *document, struct kite_fault *fault)
{
    struct fake *f = ctx;

    (void)fault;
    assert_int_equal(f->begun, f->ended);
    f->begun++;
    f->steps = 0;
    f->document = document;
    return KITE_OK;
}

static enum kite_status fake_make(struct fake *f)
{
    char words[100] = "";
    size_t count = f->document->source->size_bytes < 99 ? (size_t)f->document->source->size_bytes : 99;
    enum kite_status status = f->document->source->read_at(f->document->source->ctx, 0, (uint8_t *)words, count);

    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        words[i] = (char)(words[i] & 0x7f) < 0x20 ? '?' : (char)(words[i] & 0x7f);
    f->bundle = volume_bundle(f->document->name, words);
    if (f->gives_rubbish)
        f->bundle.bytes[f->bundle.count - 5] ^= 1;
    f->span = (struct kite_span_bytes){ f->bundle.bytes, f->bundle.count };
    f->source = kite_source_memory(&f->span);
    return KITE_OK;
}

static enum kite_status fake_step(void *ctx, uint32_t *done_permille, struct kite_fault *fault)
{
    struct fake *f = ctx;
    struct kite_memory heap = kite_memory_heap();
    uint8_t *bytes;
    size_t count;

    *done_permille = 250u * (unsigned)f->steps;
    if (++f->steps == 2)
        f->document->note(f->document->note_ctx, false, "the language is a guess");
    if (f->steps == 3 && f->fails)
        return kite_fail(fault, f->fails, "%s: it makes no sense", f->document->name);
    if (f->steps == 3 && f->document->fetch(f->document->ctx, "pictures/a.png", &bytes, &count) == KITE_OK) {
        assert_true(count < sizeof f->fetched);
        memcpy(f->fetched, bytes, count);
        kite_free(&heap, bytes);
    }
    if (f->steps == 3)
        f->document->note(f->document->note_ctx, true, "a table was dropped");
    if (f->steps < 4)
        return KITE_OK;
    return fake_make(f) ? KITE_E_IO : KITE_DONE;
}

static const struct kite_source *fake_bundle(void *ctx)
{
    return &((struct fake *)ctx)->source;
}

static void fake_end(void *ctx)
{
    struct fake *f = ctx;

    f->ended++;
    kite_buffer_close(&f->bundle);
}

static void take_with(struct device *d, struct fake *fake, bool has_receipt)
{
    struct kite_converter converter = { fake, fake_begin, fake_step, fake_bundle, fake_end };
    struct kite_sideload_options options = { .library = d->library,
                                             .io = &d->io,
                                             .converter = &converter,
                                             .folder = d->v.folder,
                                             .lang = KITE_LANG2('e', 'n'),
                                             .has_receipt = has_receipt };

    kite_sideload_close(d->sideload);
    assert_int_equal(kite_sideload_open(&d->mem, &options, &d->sideload), KITE_OK);
    d->news = kite_sideload_news(d->sideload);
    assert_int_equal(steps(d), KITE_DONE);
    kite_sideload_take(d->sideload);
    assert_int_equal(steps(d), KITE_DONE);
    assert_int_equal(d->news->stage, KITE_SIDELOAD_OVER);
    assert_int_equal(fake->begun, fake->ended);
    kite_sideload_stop(d->sideload, false);
}

static struct kite_arrival_row row_of(const struct device *d, const char *name)
{
    size_t i = 0;

    while (strcmp(kite_sideload_row(d->sideload, i).name, name) != 0)
        i++;
    return kite_sideload_row(d->sideload, i);
}

static void documents_become_bundles_once(void **state)
{
    struct fake fake = { .begun = 0 };
    struct device d;
    char said[600];
    struct kite_arrival_row row;

    (void)state;
    device_make(&d);
    volume_put_text(&d.v, "letter.txt", "Dear all");
    volume_put_text(&d.v, "essay.pdf", "%PDF-1.4\n");
    volume_put_text(&d.v, "the same.pdf", "%PDF-1.4\n");
    volume_put_bundle(&d.v, "a.kite", "A");
    take_with(&d, &fake, false);
    assert_int_equal(d.news->arrivals[KITE_ARRIVAL_ADDED], 3);
    assert_int_equal(arrival_of(&d, "the same.pdf"), KITE_ARRIVAL_ALREADY_HERE);
    assert_int_equal(fake.begun, 2);
    assert_int_equal(d.news->file_number, 4);
    assert_int_equal(d.news->done_bytes, d.news->total_bytes);
    row = row_of(&d, "essay.pdf");
    assert_string_equal(kite_words_reason(kite_words(KITE_LANG2('e', 'n')), &row, said, sizeof said), "New, from PDF");
    assert_string_equal(row.detail, "a table was dropped; the language is a guess");
    assert_int_equal(row_of(&d, "the same.pdf").text, row.text);
    take_with(&d, &fake, true); /* the same stick once more */
    assert_int_equal(d.news->arrivals[KITE_ARRIVAL_ALREADY_HERE], 4);
    assert_int_equal(fake.begun, 2);
    assert_int_equal(texts_in(&d), 3);
    device_drop(&d);
}

static void the_receipt_says_what_was_dropped(void **state)
{
    struct fake fake = { .begun = 0 };
    struct device d;
    struct kite_buffer out;

    (void)state;
    device_make(&d);
    volume_put_text(&d.v, "essay.pdf", "%PDF-1.4\n");
    take_with(&d, &fake, true);
    out = volume_get(&d.v, KITE_RECEIPT_NAME);
    assert_int_equal(kite_buffer_add_u8(&out, 0), KITE_OK);
    assert_non_null(strstr((char *)out.bytes, "New, from PDF\r\n  essay.pdf\r\n    a table was dropped; the language is a guess\r\n"));
    kite_buffer_close(&out);
    device_drop(&d);
}

static void a_document_that_cannot_be_read_is_named_and_the_next_one_comes_in(void **state)
{
    static const enum kite_status fails[] = { KITE_E_FORMAT, KITE_E_UNSUPPORTED, KITE_E_LIMIT, KITE_E_IO };
    char said[600];

    (void)state;
    for (size_t i = 0; i < sizeof fails / sizeof *fails; i++) {
        struct fake fake = { .fails = fails[i] };
        struct kite_arrival_row row;
        struct device d;

        device_make(&d);
        volume_put_text(&d.v, "bad.pdf", "%PDF-1.4\n");
        volume_put_bundle(&d.v, "good.kite", "A");
        take_with(&d, &fake, false);
        row = row_of(&d, "bad.pdf");
        assert_int_equal(row.arrival, KITE_ARRIVAL_NOT_A_BUNDLE);
        assert_string_equal(kite_words_reason(kite_words(KITE_LANG2('e', 'n')), &row, said, sizeof said),
                            "It could not be read (PDF): it makes no sense");
        assert_int_equal(arrival_of(&d, "good.kite"), KITE_ARRIVAL_ADDED);
        assert_int_equal(d.news->done_bytes, d.news->total_bytes);
        device_drop(&d);
    }
}

static void what_a_converter_makes_is_not_believed(void **state)
{
    struct fake fake = { .gives_rubbish = true };
    struct device d;

    (void)state;
    device_make(&d);
    volume_put_text(&d.v, "letter.txt", "Dear all");
    take_with(&d, &fake, false);
    assert_int_equal(arrival_of(&d, "letter.txt"), KITE_ARRIVAL_NOT_A_BUNDLE);
    assert_int_equal(texts_in(&d), 0);
    device_drop(&d);
}

static void pictures_go_with_the_document_beside_them(void **state)
{
    struct fake fake = { .begun = 0 };
    struct device d;

    (void)state;
    device_make(&d);
    volume_put_text(&d.v, "letter.jpg", "\xFF\xD8\xFF\xE0\x01\x02");
    volume_folder(&d.v, "text");
    volume_put_text(&d.v, "text/a.png", "\x89PNG\r\n\x1A\n");
    volume_put_text(&d.v, "text/b.md", "# An essay\n\n![](pictures/a.png)\n");
    volume_folder(&d.v, "text/pictures");
    volume_put_text(&d.v, "text/pictures/a.png", "GIF89a");
    volume_folder(&d.v, "text/pictures/deep");
    volume_put_text(&d.v, "text/pictures/deep/a.png", "GIF89a deep");
    volume_folder(&d.v, "text/b_files");
    volume_put_text(&d.v, "text/b_files/frame.html", "<html>x");
    take_with(&d, &fake, false);
    assert_string_equal(fake.fetched, "GIF89a");
    assert_int_equal(d.news->arrivals[KITE_ARRIVAL_ADDED], 3); /* the letter, the essay, a picture too far away */
    assert_int_equal(d.news->finds[KITE_FIND_DOCUMENT], 3);
    assert_int_equal(d.news->finds[KITE_FIND_OTHER], 3);
    assert_int_equal(d.news->file_count, 3);
    assert_int_equal(d.news->file_number, 3);
    assert_int_equal(d.news->done_bytes, d.news->total_bytes);
    device_drop(&d);
}

/* Pulled out at each call: as for bundles. */
static void a_stick_pulled_out_while_a_document_is_read_leaves_whole_texts(void **state)
{
    bool is_whole = false;

    (void)state;
    for (uint64_t at = 1; !is_whole; at++) {
        struct fake fake = { .begun = 0 };
        struct device d;

        device_make(&d);
        volume_put_text(&d.v, "a.txt", "Dear all");
        volume_put_text(&d.v, "b.pdf", "%PDF-1.4\n");
        d.v.gone_at = at;
        take_with(&d, &fake, true);
        assert_int_equal(texts_in(&d), d.news->arrivals[KITE_ARRIVAL_ADDED]);
        is_whole = d.news->has_receipt;
        d.v.gone_at = 0;
        d.v.is_gone = false;
        take_with(&d, &fake, false);
        assert_int_equal(texts_in(&d), 2);
        device_drop(&d);
    }
}

static void a_document_of_any_size_is_looked_at_not_taken(void **state)
{
    struct fake fake = { .begun = 0 };
    struct device d;

    (void)state;
    device_make(&d);
    volume_put_text(&d.v, "large.pdf", "%PDF-1.4\n");
    assert_int_equal(truncate(volume_path(&d.v, "large.pdf"), (off_t)3 << 30), 0);
    d.disk->free_bytes = (uint64_t)16 << 30;
    take_with(&d, &fake, false);
    assert_string_equal(row_of(&d, "large.pdf").detail, "it is larger than 128 MB");
    assert_int_equal(fake.begun, 0);
    device_drop(&d);
}

static void a_full_device_converts_nothing(void **state)
{
    struct fake fake = { .begun = 0 };
    struct device d;

    (void)state;
    device_make(&d);
    volume_put_text(&d.v, "letter.txt", "Dear all");
    d.disk->free_bytes = KITE_LIBRARY_RESERVE_BYTES + 10;
    take_with(&d, &fake, false);
    assert_int_equal(arrival_of(&d, "letter.txt"), KITE_ARRIVAL_NO_ROOM);
    assert_int_equal(fake.begun, 0);
    device_drop(&d);
}

static void memory_may_fail_at_each_call(void **state)
{
    struct signer ana = signer_make("Ana"), bob = signer_make("Bob");
    bool is_over = false;

    (void)state;
    for (uint64_t at = 1; !is_over; at++) {
        struct check_memory counted = { .fail_at = at };
        struct fake fake = { .begun = 0 };
        struct kite_converter converter = { &fake, fake_begin, fake_step, fake_bundle, fake_end };
        struct device d;
        struct kite_sideload_options options;
        struct kite_sideload *s;
        struct kite_memory mem = check_memory(&counted);
        enum kite_status status;

        device_make(&d);
        fill_for_receipt(&d);
        volume_put_text(&d.v, "set.txt", "kite provision 1\nend 0\n");
        signer_trust(d.library, &ana);
        signer_put_bundle(&ana, &d.v, "ana.kite", "Of Ana", false);
        signer_put_set(&ana, &d.v, "of ana.txt", false);
        signer_put_news(&ana, &d.v, "news.txt");
        signer_put_key(&bob, &d.v, "bob.pub");
        volume_put_text(&d.v, "essay.md", "# An essay\n");
        volume_put_text(&d.v, "essay.png", "\x89PNG\r\n\x1A\n");
        options = (struct kite_sideload_options){
            .library = d.library, .io = &d.io, .folder = d.v.folder, .converter = &converter, .has_receipt = true
        };
        status = kite_sideload_open(&mem, &options, &s);
        while (status == KITE_OK)
            status = kite_sideload_step(s, NULL);
        if (status == KITE_DONE) {
            kite_sideload_take(s);
            while ((status = kite_sideload_step(s, NULL)) == KITE_OK)
                ;
        }
        assert_true(status == KITE_DONE || status == KITE_E_NOMEM);
        is_over = status == KITE_DONE;
        kite_sideload_close(s);
        assert_int_equal(counted.blocks, 0);
        assert_int_equal(fake.begun, fake.ended);
        device_drop(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_bundles_once),
        cmocka_unit_test(the_receipt_says_what_was_dropped),
        cmocka_unit_test(a_document_that_cannot_be_read_is_named_and_the_next_one_comes_in),
        cmocka_unit_test(what_a_converter_makes_is_not_believed),
        cmocka_unit_test(pictures_go_with_the_document_beside_them),
        cmocka_unit_test(a_stick_pulled_out_while_a_document_is_read_leaves_whole_texts),
        cmocka_unit_test(a_document_of_any_size_is_looked_at_not_taken),
        cmocka_unit_test(a_full_device_converts_nothing),
        cmocka_unit_test(each_file_is_told_apart),
        cmocka_unit_test(nothing_is_taken_before_it_is_asked_for),
        cmocka_unit_test(a_full_device_says_so),
        cmocka_unit_test(a_stick_pulled_out_at_any_call_leaves_whole_texts),
        cmocka_unit_test(a_file_that_cannot_be_read_does_not_stop_the_rest),
        cmocka_unit_test(marks_follow_a_newer_edition_by_paragraph),
        cmocka_unit_test(the_newest_update_is_found),
        cmocka_unit_test(a_set_says_what_is_missing),
        cmocka_unit_test(a_broken_set_is_told_and_the_rest_goes_on),
        cmocka_unit_test(the_receipt_says_it_all),
        cmocka_unit_test(a_long_receipt_becomes_a_short_one),
        cmocka_unit_test(a_volume_without_room_for_a_receipt_has_brought_its_texts),
        cmocka_unit_test(the_inbox_is_emptied_of_what_is_here),
        cmocka_unit_test(what_cannot_be_taken_off_may_be_deleted),
        cmocka_unit_test(every_language_has_every_word),
        cmocka_unit_test(a_power_cut_loses_no_import_and_no_truth),
        cmocka_unit_test(memory_may_fail_at_each_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
