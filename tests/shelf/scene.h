/* A device's library with some texts, and a private shelf beside it, on a disk in memory. */
#ifndef KITE_TESTS_SHELF_SCENE_H
#define KITE_TESTS_SHELF_SCENE_H

#include "library/allocator.h"
#include "library/shelf.h"

#include "shelf/inside.h"

#define PIN "271828"
static const struct kite_shelf_cost cheap = { .passes = 1, .memory_kb = 8 };

#define SECRET_TITLE "Letters to Marguerite"
#define SECRET_NOTE "what she said about the lantern"
#define SECRET_EXCERPT "the orchard behind the chapel"
static const char *const secret_paragraphs[] = {
    "My dear sister, I am writing to you from the third floor of a house that has no number and no name on its door.",
    "Tell nobody but Thomasina where the lantern hangs; the orchard behind the chapel is watched on every day but Sunday.",
    "I shall not write again before the winter is over, so keep this and the two that came before it under the stair.", NULL
};

struct scene {
    struct disk *disk;
    struct kite_io io;
    struct kite_library *library;
    struct kite_shelf *shelf;
    int64_t secret, plain; /* bundles in the device's library */
    int64_t text;          /* of the secret one */
};

static struct kite_buffer secret_bundle, plain_bundle;

static inline int scene_begin(void **state)
{
    struct shelf_text secret = { .title = SECRET_TITLE,
                                 .author = "Wilhelmina Ashgrove",
                                 .identifier = "urn:letters-marguerite",
                                 .edition = "2",
                                 .paragraphs = secret_paragraphs };
    struct shelf_text plain = { .title = "A cookery book", .identifier = "cookery" };

    (void)state;
    allocator_set_up();
    assert_int_equal(kite_trust_init(NULL), KITE_OK);
    secret_bundle = shelf_bundle(&secret, 1);
    plain_bundle = shelf_bundle(&plain, 1);
    return 0;
}

static inline int scene_end(void **state)
{
    (void)state;
    kite_buffer_close(&secret_bundle);
    kite_buffer_close(&plain_bundle);
    return 0;
}

static inline enum kite_status scene_bundle_of(void *ctx, const struct kite_entry *entry)
{
    *(int64_t *)ctx = entry->bundle;
    return KITE_OK;
}

/* The text of that title, and its bundle; 0: none. */
struct scene_found {
    const char *title;
    int64_t text, bundle;
};
static inline enum kite_status scene_match(void *ctx, const struct kite_entry *entry)
{
    struct scene_found *found = ctx;

    if (strcmp(entry->title, found->title) == 0) {
        found->text = entry->text;
        found->bundle = entry->bundle;
    }
    return KITE_OK;
}
static inline struct scene_found scene_find(struct kite_library *library, const char *title)
{
    struct scene_found found = { .title = title };
    struct kite_query all = { .reader = 0 };

    assert_int_equal(kite_library_list(library, &all, 0, 99, &found, scene_match, NULL), KITE_OK);
    return found;
}

/* A place, a bookmark and a highlight with a note, all of reader 2, and a page map. */
static inline void scene_mark(struct kite_library *library, int64_t text)
{
    struct kite_place at = { .paragraph = 1, .offset_bytes = 20 }, to = { .paragraph = 1, .offset_bytes = 60 };
    const struct kite_place_page page = { .place = at, .read_permille = 300, .bytes = (const uint8_t *)"page kept", .count = 9 };
    struct kite_mark mark = { .reader = 2, .text = text, .start = at, .end = at, .excerpt = SECRET_EXCERPT };
    struct kite_map_key key = { .setting_hash = 7 };
    struct kite_book *book;
    int64_t id;

    assert_int_equal(kite_library_place_page_save(library, 2, text, &page, NULL), KITE_OK);
    assert_int_equal(kite_library_mark_add(library, &mark, &id, NULL), KITE_OK);
    mark.is_highlight = true;
    mark.end = to;
    mark.note = SECRET_NOTE;
    assert_int_equal(kite_library_mark_add(library, &mark, &id, NULL), KITE_OK);
    assert_int_equal(kite_library_book_open(library, text, &book, NULL), KITE_OK);
    memcpy(key.root_hash, kite_bundle_root_hash(kite_book_bundle(book)), 32);
    kite_library_book_close(book);
    assert_int_equal(kite_library_map_save(library, &key, (const uint8_t *)"the map", 7), KITE_OK);
}

/* All of it is there, once. */
static inline enum kite_status scene_note(void *ctx, const struct kite_mark *mark, const char *title)
{
    (void)title;
    *(bool *)ctx = *(bool *)ctx || strcmp(mark->note, SECRET_NOTE) == 0;
    return KITE_OK;
}
static inline void scene_check_marks(struct kite_library *library, int64_t text)
{
    struct kite_buffer page = { .mem = mem };
    struct kite_place place;
    uint32_t permille = 0, marks = 0;
    bool has_note = false;

    assert_int_equal(kite_library_place(library, 2, text, &place, &permille, NULL), KITE_OK);
    assert_int_equal(place.paragraph, 1);
    assert_int_equal(place.offset_bytes, 20);
    assert_int_equal(permille, 300);
    assert_int_equal(kite_library_place_page(library, 2, text, &page, NULL), KITE_OK);
    assert_int_equal(page.count, 9);
    kite_buffer_close(&page);
    assert_int_equal(kite_library_mark_count(library, 2, text, &marks, NULL), KITE_OK);
    assert_int_equal(marks, 2);
    assert_int_equal(kite_library_marks(library, 2, text, 0, 9, &has_note, scene_note, NULL), KITE_OK);
    assert_true(has_note);
}

/* Every block of it can be read. */
static inline enum kite_status scene_verify(struct kite_library *library, int64_t text)
{
    struct kite_book *book = NULL;
    enum kite_status status = kite_library_book_open(library, text, &book, NULL);

    if (status == KITE_OK)
        status = kite_bundle_verify(kite_book_bundle(book), NULL, NULL);
    kite_library_book_close(book);
    return status;
}

static inline bool has_bytes(const struct disk_file *file, const void *bytes, size_t count)
{
    const uint8_t *at = file->live, *end = file->live + file->live_bytes;

    while (count > 0 && (size_t)(end - at) >= count) {
        at = memchr(at, *(const uint8_t *)bytes, (size_t)(end - at) - count + 1);
        if (!at)
            return false;
        if (memcmp(at++, bytes, count) == 0)
            return true;
    }
    return false;
}

/* What is looked through: what the folder has, or also files that were removed and still lie on the volume. */
enum trace { TRACE_IN_FOLDER = 0, TRACE_ON_VOLUME };

static inline bool is_looked_at(const struct disk *disk, int file, enum trace where)
{
    for (int i = 0; i < disk->live.count; i++)
        if (disk->live.names[i].file == file)
            return true;
    return where == TRACE_ON_VOLUME;
}

/* The file, from 1, with any eight words of a text in a row, as they stand there; 0: none. */
static inline int find_words(const struct disk *disk, const char *text, enum trace where)
{
    for (const char *start = text; *start;) {
        const char *end = start;

        for (int words = 0; words < 8 && *end; words++) {
            end += strcspn(end, " ");
            end += *end && words < 7 ? strspn(end, " ") : 0;
        }
        for (int i = 0; i < disk->file_count; i++)
            if (is_looked_at(disk, i, where) && has_bytes(&disk->files[i], start, (size_t)(end - start)))
                return i + 1;
        start += strcspn(start, " ");
        start += strspn(start, " ");
        if (!*end)
            break;
    }
    return 0;
}

/* The file, from 1, in which something of the secret text stands in the open; 0: none. The bundle is looked for in pieces of 16 bytes, its root hash
 * and the name of its file too. */
static inline int find_trace(const struct disk *disk, enum trace where)
{
    static const char *const titles[] = { SECRET_TITLE, SECRET_NOTE, SECRET_EXCERPT, "Ashgrove", "letters-marguerite",
                                          "letters to marguerite", "letters.kite", "page kept" };
    struct kite_span_bytes span = { secret_bundle.bytes, secret_bundle.count };
    struct kite_source source = kite_source_memory(&span);
    struct kite_bundle *bundle;
    uint8_t root[32];
    char hex[65];

    assert_int_equal(kite_bundle_open(&mem, &source, &bundle, NULL), KITE_OK);
    memcpy(root, kite_bundle_root_hash(bundle), sizeof root);
    kite_bundle_close(bundle);
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", root[i]);
    for (int i = 0; i < disk->live.count; i++)
        if (strncmp(disk->live.names[i].name, hex, 32) == 0)
            return disk->live.names[i].file + 1;
    for (int i = 0; i < disk->file_count; i++) {
        const struct disk_file *file = &disk->files[i];

        if (!is_looked_at(disk, i, where))
            continue;
        for (size_t t = 0; t < sizeof titles / sizeof *titles; t++)
            if (has_bytes(file, titles[t], strlen(titles[t])))
                return i + 1;
        if (has_bytes(file, root, 16) || has_bytes(file, hex, 32))
            return i + 1;
        for (size_t at = 80; at + 16 <= secret_bundle.count; at += 16) /* behind the line that every bundle begins with */
            if (!sodium_is_zero(secret_bundle.bytes + at, 16) && has_bytes(file, secret_bundle.bytes + at, 16))
                return i + 1;
    }
    for (int i = 0; secret_paragraphs[i]; i++)
        if (find_words(disk, secret_paragraphs[i], where))
            return find_words(disk, secret_paragraphs[i], where);
    return 0;
}

static inline struct scene scene_open(struct disk *disk)
{
    struct scene s = { .disk = disk, .io = disk_io(disk) };
    struct scene_found found;

    /* The table must stay where it is: the library keeps its own copy. */
    assert_int_equal(kite_library_open(&mem, &s.io, "/l", &s.library, NULL), KITE_OK);
    assert_false(kite_library_repair(s.library).was_damaged);
    found = scene_find(s.library, SECRET_TITLE);
    s.secret = found.bundle;
    s.text = found.text;
    s.plain = scene_find(s.library, "A cookery book").bundle;
    return s;
}

/* With both texts, the secret one marked, and an empty shelf that is open. */
static inline struct scene scene_make(void)
{
    struct scene s = scene_open(disk_make(1));
    struct kite_import_result result;
    uint32_t reader;

    assert_int_equal(kite_library_reader_add(s.library, "Ana", 2, &reader, NULL), KITE_OK);
    assert_int_equal(shelf_import(s.library, &secret_bundle, "letters.kite", &result, NULL), KITE_OK);
    s.secret = result.bundle;
    s.text = result.first_text;
    assert_int_equal(shelf_import(s.library, &plain_bundle, "cookery.kite", &result, NULL), KITE_OK);
    s.plain = result.bundle;
    scene_mark(s.library, s.text);
    assert_int_equal(kite_shelf_create(s.library, KITE_SHELF_PIN, PIN, cheap, &s.shelf, NULL), KITE_OK);
    return s;
}

static inline void scene_lock(struct scene *s)
{
    kite_shelf_close(s->shelf);
    s->shelf = NULL;
}

static inline void scene_unlock(struct scene *s)
{
    struct kite_fault fault = { "" };

    scene_lock(s);
    if (kite_shelf_open(s->library, PIN, &s->shelf, &fault) != KITE_OK)
        fail_msg("does not open: %s", fault.text);
}

static inline void scene_close(struct scene *s)
{
    scene_lock(s);
    kite_library_close(s->library);
    s->library = NULL;
    assert_int_equal(s->disk->open_handles, 0);
}

static inline void scene_destroy(struct scene *s)
{
    scene_close(s);
    disk_destroy(s->disk);
    assert_int_equal(blocks_held, 0);
}

#endif
