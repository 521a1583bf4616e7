/* kite.db, changed as the input says, in a folder with a bundle: whatever stands in it, the library opens, or says in a status what is
 * wrong, and is well when it is opened once more. Sums of pages are made right again after the changes when the first byte is odd, as a fuzzer
 * would never find them: then it is SQLite and Kite's own reading of rows that must bear what they get.
 * The input after that byte: changes of four bytes each, place (three bytes, of the file's length), value. */
#include "library/shelf.h"
#include "library/store.h"
#include "fuzz/keys.h"

static struct disk *filled;
static struct kite_memory mem;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    struct shelf_text text = { .title = "Kept", .author = "Somebody", .identifier = "kept" };
    struct kite_buffer bundle = shelf_bundle(&text, 1);
    struct kite_import_result result;
    struct kite_io io;
    static char note[900];
    struct kite_secret secret;
    struct kite_public_key key;
    struct kite_library *lib;
    uint32_t reader;
    int64_t sender;

    (void)count;
    (void)arguments;
    mem = kite_memory_heap();
    make_keys_the_same();
    HOLDS(kite_key_create("Sender", NULL, &secret, &key, NULL) == KITE_OK);
    filled = disk_make(1);
    io = disk_io(filled);
    HOLDS(kite_library_open(&mem, &io, "/l", &lib, NULL) == KITE_OK);
    HOLDS(shelf_import(lib, &bundle, "kept.kite", &result, NULL) == KITE_OK);
    HOLDS(kite_library_reader_add(lib, "Ana", 4, &reader, NULL) == KITE_OK);
    HOLDS(kite_library_set_number(lib, 2, "size", 20, NULL) == KITE_OK);
    HOLDS(kite_library_sender_add(lib, &key, &sender, NULL) == KITE_OK);
    for (size_t i = 0; i + 1 < sizeof note; i++)
        note[i] = i % 9 == 8 ? ' ' : 'n';
    for (uint32_t i = 0; i < 24; i++) { /* more than a page of the database holds */
        struct kite_mark mark = { .reader = 1 + i % 2, .text = result.first_text, .start = { 0, 0, i }, .note = i % 2 ? "a note" : note };
        int64_t id;

        HOLDS(kite_library_mark_add(lib, &mark, &id, NULL) == KITE_OK);
    }
    HOLDS(kite_library_place_save(lib, 2, result.first_text, (struct kite_place){ 0, 0, 7 }, 123, NULL) == KITE_OK);
    kite_library_close(lib);
    kite_buffer_close(&bundle);
    return 0;
}

static void change(struct disk_file *file, const uint8_t *data, size_t count)
{
    for (size_t i = 1; i + 4 <= count && i < 400; i += 4) {
        size_t at = (size_t)data[i] | (size_t)data[i + 1] << 8 | (size_t)data[i + 2] << 16;

        file->live[at % file->live_bytes] = data[i + 3];
    }
    for (size_t page = 0; count > 0 && data[0] % 2 && page < file->live_bytes / KITE_PAGE_BYTES; page++) {
        uint8_t *bytes = file->live + page * KITE_PAGE_BYTES;
        uint64_t sum = kite_page_sum(bytes, page);

        for (unsigned i = 0; i < KITE_PAGE_SUM_BYTES; i++)
            bytes[KITE_PAGE_BYTES - KITE_PAGE_SUM_BYTES + i] = (uint8_t)(sum >> 8 * i);
    }
}

static enum kite_status see_entry(void *ctx, const struct kite_entry *entry)
{
    (void)ctx;
    HOLDS(entry->title && entry->author && entry->sender);
    return KITE_OK;
}

static enum kite_status see_mark(void *ctx, const struct kite_mark *mark, const char *title)
{
    (void)ctx;
    HOLDS(mark->note && mark->excerpt && title);
    return KITE_OK;
}

/* Everything that reads rows; each call may say that they are damaged. */
static void use(struct kite_library *lib)
{
    struct kite_query all = { .reader = 2 }, recent = { .reader = 2, .sort = KITE_SORT_RECENT };
    struct kite_reader_info readers[KITE_READERS_MAX];
    struct kite_text_step step = { 0 };
    struct kite_place place;
    struct kite_book *book;
    char text[KITE_SETTING_VALUE_BYTES_MAX + 1];
    uint32_t count;
    int64_t value;

    (void)kite_library_list(lib, &all, 0, 100, NULL, see_entry, NULL);
    (void)kite_library_list(lib, &recent, 0, 100, NULL, see_entry, NULL);
    (void)kite_library_readers(lib, readers, &count, NULL);
    (void)kite_library_get_number(lib, 2, "size", 0, &value, NULL);
    (void)kite_library_get_text(lib, 2, "size", "", text, NULL);
    (void)kite_library_marks(lib, 2, 0, 0, 100, NULL, see_mark, NULL);
    for (unsigned i = 0; i < 4 && kite_library_next_text(lib, &step, NULL) == KITE_OK; i++) {
        (void)kite_library_place(lib, 2, step.text, &place, NULL, NULL);
        (void)kite_library_place_save(lib, 2, step.text, (struct kite_place){ 0 }, 5, NULL);
        if (kite_library_book_open(lib, step.text, &book, NULL) == KITE_OK)
            kite_library_book_close(book);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
    struct disk *disk = disk_clone(filled);
    struct kite_io io = disk_io(disk);
    struct kite_library *lib = NULL;

    change(disk_get(disk, "kite.db"), data, count);
    for (int tries = 0; tries < 2; tries++) {
        enum kite_status status = kite_library_open(&mem, &io, "/l", &lib, NULL);

        if (status != KITE_OK) {
            HOLDS(status == KITE_E_UNSUPPORTED || status == KITE_E_DAMAGED);
            break;
        }
        use(lib);
        kite_library_close(lib);
        lib = NULL;
    }
    kite_library_close(lib);
    disk_destroy(disk);
    return 0;
}
