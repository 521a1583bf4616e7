/* base: what every room stands on. Status and fault, memory, arena, bytes, UTF-8, units, rectangles,
 * language tags, and the plain form in which a paragraph's text travels between rooms.
 * It makes no system call and knows nothing of bundles, fonts or pages. */
#ifndef KITE_BASE_H
#define KITE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- status and fault -------------------------------------------------------------------- */

enum kite_status {
    KITE_OK = 0,
    KITE_DONE,          /* a normal end: no more items */
    KITE_E_NOMEM,       /* an allocation failed */
    KITE_E_IO,          /* a source or sink failed */
    KITE_E_FORMAT,      /* the input does not follow its format */
    KITE_E_DAMAGED,     /* a hash does not match: the bytes are not those that were written */
    KITE_E_LIMIT,       /* a stated limit is exceeded */
    KITE_E_UNSUPPORTED, /* well formed, but needs something this build does not have */
    KITE_E_RANGE        /* a number or place outside what exists */
};

/* One sentence for a person: which thing, where, the offending value. All-zero is "no fault". */
struct kite_fault {
    char text[240];
};

/* Write the sentence (printf form) into fault, which may be NULL, and return status.
 * Text from a file is passed as an argument, never as the format. Control characters are
 * replaced by '?', an over-long sentence is cut at a character. */
enum kite_status kite_fail(struct kite_fault *fault, enum kite_status status, const char *format,
                           ...) __attribute__((format(printf, 3, 4)));

/* A short English name of a status ("out of memory"); static. */
const char *kite_status_text(enum kite_status status);

/* ---- memory ------------------------------------------------------------------------------ */

/* Where memory comes from; filled in by the caller, outlives everything made with it.
 * resize(ctx, NULL, n) allocates, (ctx, p, n) resizes, (ctx, p, 0) frees and returns NULL.
 * A failed resize returns NULL and leaves p as it was. */
struct kite_memory {
    void *ctx;
    void *(*resize)(void *ctx, void *old, size_t bytes);
};

/* The C library's heap. */
struct kite_memory kite_memory_heap(void);

/* A new block of count*each bytes, zeroed; NULL when memory or arithmetic fails or the product is 0. */
void *kite_alloc(const struct kite_memory *mem, size_t count, size_t each);
/* Resize to count*each bytes; the new tail is not zeroed. NULL on failure, old stays valid. */
void *kite_resize(const struct kite_memory *mem, void *old, size_t count, size_t each);
void kite_free(const struct kite_memory *mem, void *block); /* NULL is fine */

/* Make room for `need` elements in a growing array. *capacity grows by half again, at least to
 * need; *items moves. KITE_E_NOMEM leaves both as they were. */
enum kite_status kite_grow(const struct kite_memory *mem, void **items, size_t *capacity,
                           size_t need, size_t each);

/* An arena: memory handed out in order, given back all at once or down to a mark.
 * On reset it keeps its chunk, or asks for one of the same size where there were several, so a warmed-up arena allocates
 * nothing. Blocks are 16-aligned. */
struct kite_arena {
    struct kite_memory mem;
    struct kite_arena_chunk *chunk; /* the one in use; older ones behind it */
    struct kite_arena_chunk *spare; /* chunks kept by release and reset */
    size_t used_bytes;              /* in the chunk in use */
    size_t limit_bytes;             /* most that may be reserved in all; 0 is no limit */
    size_t reserved_bytes;
    size_t wanted_bytes;            /* least size of the next chunk */
};
struct kite_arena_mark {
    struct kite_arena_chunk *chunk;
    size_t used_bytes;
};

void kite_arena_init(struct kite_arena *arena, struct kite_memory mem, size_t limit_bytes);
/* count*each bytes, not zeroed; NULL on failure. Zero bytes give a valid pointer. */
void *kite_arena_alloc(struct kite_arena *arena, size_t count, size_t each);
/* Make room for `need` elements in an array of the arena: it at least doubles, moves, and its old place is left behind.
 * KITE_E_NOMEM leaves both as they were. */
enum kite_status kite_arena_grow(struct kite_arena *arena, void **items, size_t *capacity, size_t need, size_t each);
struct kite_arena_mark kite_arena_save(const struct kite_arena *arena);
void kite_arena_release(struct kite_arena *arena, struct kite_arena_mark mark);
void kite_arena_reset(struct kite_arena *arena);
void kite_arena_close(struct kite_arena *arena); /* frees everything; may be called twice */

/* ---- bytes in and out -------------------------------------------------------------------- */

/* Where bytes come from. Filled in by the caller; outlives what reads from it. */
struct kite_source {
    void *ctx;
    uint64_t size_bytes;
    /* Copy exactly count bytes from offset into dst, or fail with KITE_E_IO. */
    enum kite_status (*read_at)(void *ctx, uint64_t offset, uint8_t *dst, size_t count);
};

/* A source over bytes in memory; ctx points at the struct, which the caller keeps. */
struct kite_span_bytes {
    const uint8_t *bytes;
    size_t count;
};
struct kite_source kite_source_memory(const struct kite_span_bytes *bytes);

/* Where bytes go, in order. */
struct kite_sink {
    void *ctx;
    enum kite_status (*write)(void *ctx, const uint8_t *bytes, size_t count);
};

/* A growing byte buffer; all-zero but for mem is empty. */
struct kite_buffer {
    struct kite_memory mem;
    uint8_t *bytes;
    size_t count;
    size_t capacity;
};
enum kite_status kite_buffer_add(struct kite_buffer *buffer, const void *bytes, size_t count);
enum kite_status kite_buffer_add_text(struct kite_buffer *buffer, const char *text);
enum kite_status kite_buffer_add_u8(struct kite_buffer *buffer, uint8_t value);
enum kite_status kite_buffer_add_u16(struct kite_buffer *buffer, uint16_t value); /* little-endian */
enum kite_status kite_buffer_add_u32(struct kite_buffer *buffer, uint32_t value);
/* LEB128, low seven bits first, shortest form, at most 5 bytes. */
enum kite_status kite_buffer_add_varint(struct kite_buffer *buffer, uint32_t value);
void kite_buffer_close(struct kite_buffer *buffer);
struct kite_sink kite_sink_buffer(struct kite_buffer *buffer);

/* A reader over bytes in memory. After any failed take, `failed` stays set and takes give 0. */
struct kite_bytes {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};
static inline uint8_t kite_take_u8(struct kite_bytes *in)
{
    if (in->failed || in->at == in->end) {
        in->failed = true;
        return 0;
    }
    return *in->at++;
}
uint16_t kite_take_u16(struct kite_bytes *in);
uint32_t kite_take_u32(struct kite_bytes *in);
uint32_t kite_take_varint(struct kite_bytes *in); /* refuses longer than shortest form */
const uint8_t *kite_take_bytes(struct kite_bytes *in, size_t count); /* NULL when too few */

uint16_t kite_get_u16(const uint8_t *at);
uint32_t kite_get_u32(const uint8_t *at);

/* ---- files ------------------------------------------------------------------------------- */

enum kite_io_mode {
    KITE_IO_READ,   /* an existing file, to read */
    KITE_IO_CHANGE, /* an existing file or block device, to read and write */
    KITE_IO_WRITE,  /* to read and write, made if it is not there */
    KITE_IO_LOCK    /* as WRITE, and held for this program alone until closed; KITE_E_LIMIT when
                       another holds it */
};

/* Every operation on files that a device makes: what it stores goes through one of these, and
 * nothing writes past it. Filled in by the caller, outlives who uses it. KITE_E_IO: the operation
 * failed; KITE_E_LIMIT: the volume is full; KITE_E_NOMEM; KITE_DONE where said. A failed write or
 * rename may have happened in part. */
struct kite_io {
    void *ctx;
    /* KITE_DONE: READ or CHANGE, and there is no such file. */
    enum kite_status (*open)(void *ctx, const char *path, enum kite_io_mode mode, void **file);
    void (*close)(void *ctx, void *file);
    enum kite_status (*size)(void *ctx, void *file, uint64_t *bytes);
    /* Up to count bytes; fewer only at the end of the file. */
    enum kite_status (*read_at)(void *ctx, void *file, uint64_t offset, uint8_t *dst, size_t count,
                                size_t *got);
    enum kite_status (*write_at)(void *ctx, void *file, uint64_t offset, const uint8_t *src,
                                 size_t count);
    enum kite_status (*truncate)(void *ctx, void *file, uint64_t bytes);
    /* Bytes and length are on the disk; those of a block device are read from there next, not from
     * memory. */
    enum kite_status (*sync)(void *ctx, void *file);
    enum kite_status (*sync_folder)(void *ctx, const char *folder); /* names are on the disk */
    enum kite_status (*rename)(void *ctx, const char *from, const char *to); /* replaces */
    enum kite_status (*remove)(void *ctx, const char *path); /* KITE_DONE: was not there */
    enum kite_status (*exists)(void *ctx, const char *path, bool *is_there);
    /* Each plain file of the folder, in any order, name lent; a status of `each` other than KITE_OK
     * ends it and is returned. */
    enum kite_status (*list)(void *ctx, const char *folder, void *each_ctx,
                             enum kite_status (*each)(void *each_ctx, const char *name,
                                                      uint64_t bytes));
    enum kite_status (*free_bytes)(void *ctx, const char *folder, uint64_t *bytes);
    /* Each folder in the folder, likewise. The library itself has none, and never asks. */
    enum kite_status (*list_folders)(void *ctx, const char *folder, void *each_ctx,
                                     enum kite_status (*each)(void *each_ctx, const char *name));
};

/* ---- fonts from outside ------------------------------------------------------------------ */

/* May a font that a stranger made be handed to FreeType and HarfBuzz? Only one of the plainest kind: TrueType outlines, no programs, no
 * tables but those that text is set by, each in its bounds; each glyph walked to its end, composites to a depth and a number of points; one
 * table of characters. Nothing is allocated. KITE_E_FORMAT: it isn't that; KITE_E_LIMIT: it is longer than KITE_FONT_BYTES_MAX. */
#define KITE_FONT_BYTES_MAX (1u << 20)
#define KITE_FONTS_MAX 4u /* of one bundle */
enum kite_status kite_font_check(const uint8_t *bytes, size_t count);

/* ---- UTF-8 ------------------------------------------------------------------------------- */

/* Decode the character at text[0..count), count above 0. *bytes gets its length, 1 to 4.
 * Ill-formed input gives U+FFFD and the length of the maximal ill-formed part (Unicode 3.9). */
uint32_t kite_utf8_decode(const char *text, size_t count, size_t *bytes);
/* Encode; returns the length, 1 to 4. Surrogates and numbers above U+10FFFF become U+FFFD. */
size_t kite_utf8_encode(uint32_t code_point, char out[4]);
/* Well-formed throughout, no surrogates, no overlong forms. */
bool kite_utf8_is_valid(const char *text, size_t count);
/* Put what fits of text[0..bytes) behind the `used` bytes of out, whole characters only, one byte of
 * room kept free for a NUL, which is not written. Returns the new `used`. */
size_t kite_utf8_append(const char *text, size_t bytes, char *out, size_t used, size_t room);
/* A reference in a text, as to a picture, as the name of a file in the text's folder or below it: %XX decoded, query and fragment
 * cut off. false: it has a scheme, begins at a root, goes up, has control characters or reverse slashes, or does not fit. */
bool kite_reference_name(const char *reference, char *out, size_t out_bytes);
/* A text with its places filled in: "{1}" by the first, "{2}" by the second; NULL leaves nothing. Cut
 * to the room, at a character. Returns out. */
char *kite_text_fill(const char *text, const char *first, const char *second, char *out,
                     size_t out_bytes);

/* ---- units and rectangles ---------------------------------------------------------------- */

typedef int32_t kite_f26; /* 26.6 fixed point: 1/64 px */

static inline kite_f26 kite_f26_from_px(int32_t px)
{
    return (kite_f26)(px * 64);
}
static inline int32_t kite_f26_floor_px(kite_f26 value)
{
    return value >= 0 ? value / 64 : -((63 - value) / 64);
}
static inline int32_t kite_f26_round_px(kite_f26 value)
{
    return kite_f26_floor_px(value + 32);
}
/* a*b/c rounded to nearest, halves away from zero; c above 0; the result must fit. */
int32_t kite_mul_div(int32_t a, int32_t b, int32_t c);

struct kite_rect {
    int32_t x, y, width, height; /* px; empty when width or height is 0 */
};
struct kite_rect kite_rect_union(struct kite_rect a, struct kite_rect b);     /* empty is neutral */
struct kite_rect kite_rect_intersect(struct kite_rect a, struct kite_rect b); /* may be empty */
bool kite_rect_is_empty(struct kite_rect rect);

/* ---- languages --------------------------------------------------------------------------- */

/* A BCP 47 tag of up to 8 ASCII characters ("es", "pt-BR", "sr-Latn"), the first in the lowest
 * byte, kept as `language-Script` or `language-REGION` with the usual case. 0 is "not known". */
typedef uint64_t kite_lang;

/* 0 when text is not such a tag. Longer tags are cut to their first subtags that fit. */
kite_lang kite_lang_from_text(const char *text);
const char *kite_lang_text(kite_lang lang, char out[9]); /* returns out; "" for 0 */
/* The primary language alone: pt-BR gives pt. */
kite_lang kite_lang_primary(kite_lang lang);
/* Compile-time tags for tables: KITE_LANG2('e', 's'). */
#define KITE_LANG2(a, b) ((kite_lang)(uint8_t)(a) | (kite_lang)(uint8_t)(b) << 8)

/* ---- a paragraph's text, as it travels between rooms -------------------------------------- */

enum kite_style { /* bits of kite_span.styles */
    KITE_STYLE_EMPHASIS = 1 << 0,
    KITE_STYLE_STRONG = 1 << 1,
    KITE_STYLE_CODE = 1 << 2,
    KITE_STYLE_SMALL_CAPS = 1 << 3,
    KITE_STYLE_SUPERSCRIPT = 1 << 4,
    KITE_STYLE_SUBSCRIPT = 1 << 5,
    KITE_STYLE_STRIKE = 1 << 6,
    KITE_STYLE_ALL = (1 << 7) - 1
};

/* Attributes from offset_bytes to the next span's offset or the end of the text. */
struct kite_span {
    uint32_t offset_bytes;
    uint32_t styles; /* enum kite_style bits */
    uint32_t link;   /* 0: none; else 1 + index of a link of the document */
    uint32_t note;   /* 0: none; else 1 + index of a note: the span covers one U+FFFC, its mark */
    kite_lang lang;  /* of this stretch; never 0 unless the document's is */
};

/* A stretch of text that the lexicon knows by number: a word, or punctuation. Between two pieces
 * there is either nothing or exactly one U+0020, which belongs to no piece. A piece never crosses
 * a span. Equal keys mean equal text within one bundle, so keys can index caches. */
struct kite_piece {
    uint32_t key; /* above 0 */
    uint32_t offset_bytes;
    uint32_t bytes;
};

/* The text of one paragraph. NFC UTF-8; forced line breaks are U+000A, table cells are set apart by
 * U+0009, a note's mark is U+FFFC, soft hyphens and no-break spaces stand as themselves.
 * All pointers are lent by whoever made it. */
struct kite_text {
    const char *text;
    size_t text_bytes;
    const struct kite_span *spans; /* at least one, the first at offset 0 */
    size_t span_count;
    const struct kite_piece *pieces; /* NULL when the text comes from no bundle */
    size_t piece_count;
};

/* A place is text, not a page. */
struct kite_place {
    uint32_t document;
    uint32_t paragraph; /* index within the document, from 0 */
    uint32_t offset_bytes;
};

#endif
