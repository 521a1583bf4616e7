/* Books, panels and settings for judging pages. */
#ifndef KITE_QUALITY_BOOK_H
#define KITE_QUALITY_BOOK_H

#include "press/pack.h"
#include "text/font_folder.h"

#include "render/render.h"

static const struct kite_panel_geometry panels[] = { { 1072, 1448, 300 }, { 600, 800, 167 }, { 480, 800, 220 } };
#define PANEL_COUNT (sizeof panels / sizeof *panels)

/* The bundles of books/, as built; those named in QUALITY_BOOKS, parted by spaces, come after them. */
static const char *const built_books[] = { "guide.en", "guide.es", "prison-imperialism.en", "sampler" };
#define BUILT_BOOK_COUNT (sizeof built_books / sizeof *built_books)

/* A bundle in memory, open, with its fonts and layout. */
struct book {
    char path[512];
    uint8_t *bytes;
    struct kite_span_bytes span;
    struct kite_source source;
    struct kite_memory heap;
    struct kite_bundle *bundle;
    struct kite_fonts *fonts;
    struct kite_layout *layout;
    struct kite_fault fault;
};

static inline void must(const struct book *book, enum kite_status status)
{
    if (status != KITE_OK)
        fail_msg("%s: %s", book->path, book->fault.text);
}

static inline void book_start(struct book *book)
{
    struct kite_setting setting;

    book->heap = kite_memory_heap();
    book->source = kite_source_memory(&book->span);
    kite_setting_init(&setting, KITE_PROFILE_BOOK, panels[0], 0);
    must(book, kite_bundle_open(&book->heap, &book->source, &book->bundle, &book->fault));
    must(book, kite_fonts_create(&book->heap, &built_fonts, &book->fonts, &book->fault));
    must(book, kite_layout_create(&book->heap, book->bundle, book->fonts, &setting, &book->layout, &book->fault));
}

static inline void book_read(struct book *book)
{
    FILE *file = fopen(book->path, "rb");

    if (!file)
        fail_msg("%s is not there: make books", book->path);
    fseek(file, 0, SEEK_END);
    book->span.count = (size_t)ftell(file);
    rewind(file);
    book->bytes = malloc(book->span.count);
    assert_true(book->bytes && fread(book->bytes, 1, book->span.count, file) == book->span.count);
    fclose(file);
    book->span.bytes = book->bytes;
    book_start(book);
}

/* Open the book with that number, from 0; false behind the last. */
static inline bool book_open(struct book *book, size_t index)
{
    const char *more = getenv("QUALITY_BOOKS");

    memset(book, 0, sizeof *book);
    if (index < BUILT_BOOK_COUNT) {
        snprintf(book->path, sizeof book->path, KITE_BUILD "/books/%s.kite", built_books[index]);
    } else {
        for (index -= BUILT_BOOK_COUNT; more && index > 0; index--)
            more = strchr(more, ' ') ? strchr(more, ' ') + 1 : NULL;
        if (!more || sscanf(more, "%511s", book->path) != 1)
            return false;
    }
    book_read(book);
    return true;
}

/* A book of Markdown that is given. */
static inline void book_of_text(struct book *book, const char *name, const char *text, size_t bytes)
{
    struct packed packed;

    memset(book, 0, sizeof *book);
    snprintf(book->path, sizeof book->path, "%s", name);
    if (pack_text(&packed, name, text, bytes) != KITE_OK)
        fail_msg("%s: %s", name, packed.fault.text);
    book->bytes = malloc(packed.file.count);
    assert_non_null(book->bytes);
    memcpy(book->bytes, packed.file.bytes, packed.file.count);
    book->span = (struct kite_span_bytes){ book->bytes, packed.file.count };
    packed_close(&packed);
    book_start(book);
}

static inline void book_of_file(struct book *book, const char *path)
{
    FILE *file = fopen(path, "rb");
    static char text[256 * 1024];

    assert_non_null(file);

    size_t bytes = fread(text, 1, sizeof text, file);

    assert_true(bytes < sizeof text);
    fclose(file);
    book_of_text(book, path, text, bytes);
}

static inline void book_set(struct book *book, const struct kite_setting *setting)
{
    must(book, kite_layout_set(book->layout, setting, &book->fault));
}

static inline void book_close(struct book *book)
{
    kite_layout_destroy(book->layout);
    kite_fonts_destroy(book->fonts);
    kite_bundle_close(book->bundle);
    free(book->bytes);
}

#endif
