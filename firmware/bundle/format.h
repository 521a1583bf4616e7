/* format: the constants of FORMAT.md and what reader and writer share. Private to the bundle room. */
#ifndef KITE_BUNDLE_FORMAT_H
#define KITE_BUNDLE_FORMAT_H

#include "bundle/bundle.h"
#include "bundle/lexicon_data.h"

#define KITE_FIRST_LINE "Kite bundle. Open it with a Kite reader or with kite.\n"
#define KITE_FIRST_LINE_BYTES (sizeof KITE_FIRST_LINE - 1)
#define KITE_MAGIC "\x8bKTE\r\n\x1a\0" /* as PNG's: shows a text-mode copy */
#define KITE_MAGIC_BYTES 8u
#define KITE_VERSION_MAJOR 1
#define KITE_VERSION_MINOR 0
#define KITE_HEADER_BYTES (KITE_FIRST_LINE_BYTES + KITE_MAGIC_BYTES + 4) /* major, minor, chunk count, 0 */
#define KITE_CHUNK_ENTRY_BYTES 8u                                       /* type, length */
#define KITE_CHUNKS_MAX 16

#define KITE_CHUNK_META 0x4154454du /* "META", little-endian; a small first letter says: may be skipped */
#define KITE_CHUNK_HASH 0x48534148u
#define KITE_CHUNK_DATA 0x41544144u
#define KITE_CHUNK_PAGE 0x65676170u /* "page": original pages; may be skipped */
#define KITE_CHUNK_FONT 0x746e6f66u /* "font": fonts that the bundle brings; may be skipped */
/* Trailers stand behind the last chunk, each a type, a length and its bytes; all may be skipped. */
#define KITE_TRAILER_HEAD_BYTES 12u /* type, length, check */
#define KITE_TRAILER_BYTES_READ 4096u /* longer ones are checked by verifying only */
#define KITE_CHUNK_IS_ANCILLARY(type) (((type) & 0x20u) != 0)

#define KITE_HASH_BYTES 24u
#define KITE_ROOT_BYTES 32u

/* Limits: what breaks one is refused. */
#define KITE_META_BYTES_MAX (4u << 20)
#define KITE_INDEX_BYTES_MAX (16u << 20) /* a reader keeps so much of META at most */
#define KITE_BLOCK_BYTES_MAX 65536u   /* of a block, inflated */
#define KITE_STORED_BYTES_MAX 65536u  /* of a block, as stored */
#define KITE_BLOCKS_MAX 65536u
#define KITE_DOCUMENTS_MAX 10000u
#define KITE_TEXT_BLOCK_BYTES 16384u /* of text: a block ends with the paragraph that reaches it */
#define KITE_LEXICON_CHUNK_BYTES 16384u
#define KITE_LEXICON_EXPANDED_MAX 65535u /* of a chunk, its pieces written out */
#define KITE_LEXICON_BLOCKS_MAX 1024u
#define KITE_PIECES_MAX 1000000u
#define KITE_PICTURES_MAX 10000u
#define KITE_ORIGINALS_MAX 20000u /* of all documents together */
#define KITE_ORIGINALS_BYTES_MAX (1u << 20)
#define KITE_FONTS_BYTES_MAX (KITE_FONT_BYTES_MAX + 64u) /* of the chunk of fonts, stored and inflated */
#define KITE_PARAGRAPHS_MAX (1u << 30) /* of all documents together; notes, links, headings and ids likewise */

/* A block's hash begins with its type, that of a leaf of the index as if it were one. */
enum kite_block_type { KITE_BLOCK_LEXICON = 0, KITE_BLOCK_TEXT_NUMBERS, KITE_BLOCK_PICTURE_ROWS, KITE_BLOCK_LEAF };

/* The tables of the index, in the file's order. Each is cut into leaves, which are read when they are needed, and a
 * tail, which stands in META. */
enum kite_table_name {
    KITE_TABLE_BLOCKS = 0,
    KITE_TABLE_CONTENTS,
    KITE_TABLE_NOTES,
    KITE_TABLE_LINKS,
    KITE_TABLE_IDS,
    KITE_TABLE_PICTURES,
    KITE_TABLE_COUNT
};
#define KITE_LEAF_BLOCKS 64u        /* blocks in a leaf */
#define KITE_LEAF_BYTES 2048u       /* of the other tables: a leaf ends with the record that reaches it */
#define KITE_LEAF_BYTES_MAX 4096u   /* of a leaf or tail, inflated */
#define KITE_LEAF_STORED_MAX 8192u  /* of a leaf, its hashes included */

/* In a word list a byte below ESCAPE begins a piece and says how many bytes it shares with the one before;
 * ESCAPE stands before a control character. */
#define KITE_LEXICON_ESCAPE 0x1eu
#define KITE_LEXICON_RESERVED 0x1fu

/* Codes of the number stream. */
enum kite_code {
    KITE_CODE_PLAIN = 0,  /* begins a paragraph without a record */
    KITE_CODE_RECORD,     /* begins a paragraph with one */
    KITE_CODE_SPACE,      /* space where none is expected, or the reverse */
    KITE_CODE_CAPITAL,    /* capital where none is expected, or the reverse */
    KITE_CODE_UPPER,      /* all capitals */
    KITE_CODE_SPAN,       /* attributes change: mask, then values */
    KITE_CODE_EMPHASIS,   /* emphasis begins or ends */
    KITE_CODE_NOTE,       /* U+FFFC, the mark of a note: 1 + its index */
    KITE_CODE_FIRST_PIECE /* one-byte pieces, then leads of two-byte and three-byte ones */
};
#define KITE_LEADS_MAX (256u - KITE_CODE_FIRST_PIECE)

/* Bits of a paragraph record, behind its role. */
enum kite_record {
    KITE_RECORD_DEPTH = 1 << 0,
    KITE_RECORD_QUOTE = 1 << 1,
    KITE_RECORD_TIGHT = 1 << 2,
    KITE_RECORD_CONTINUED = 1 << 3,
    KITE_RECORD_ORDINAL = 1 << 4,
    KITE_RECORD_OBJECT = 1 << 5, /* picture, or the columns of a table row */
    KITE_RECORD_TURNED = 1 << 6, /* direction is not the document's */
    KITE_RECORD_MORE = 1 << 7    /* bytes for a later version: count, then they */
};

enum kite_span_mask {
    KITE_SPAN_STYLES = 1 << 0,
    KITE_SPAN_LINK = 1 << 1,
    KITE_SPAN_LANG = 1 << 2,
    KITE_SPAN_ALL = (1 << 3) - 1
};

/* ---- rules of case and space (casing.c) ------------------------------------------------------ */

/* Upper or lower partner of a character, by the rule table of FORMAT.md; the same when it has none. */
uint32_t kite_case_upper(uint32_t c);
uint32_t kite_case_lower(uint32_t c);

/* The form of a piece's base text. */
enum kite_form { KITE_FORM_BASE = 0, KITE_FORM_TURNED, KITE_FORM_UPPER, KITE_FORM_COUNT };
/* Write base in a form: TURNED changes the case of the first character, UPPER that of all. Returns the bytes,
 * 0 when they would be more than KITE_PIECE_BYTES_MAX. */
size_t kite_form_apply(const char *base, size_t bytes, enum kite_form form, char out[KITE_PIECE_BYTES_MAX + 1]);

/* What the text so far lets one expect of the next piece. */
struct kite_expect {
    uint32_t last;   /* the last character; 0 at a paragraph's start */
    bool is_sentence; /* a sentence begins here */
    bool is_elision;  /* a word that ends in an apostrophe stands here: l’ */
};
bool kite_expect_space_at_sign(const struct kite_expect *expect, uint32_t first);
static inline bool kite_expect_space(const struct kite_expect *expect, uint32_t first)
{
    if ((expect->last | 32) - 'a' < 26 && (first | 32) - 'a' < 26) /* no signs, as between most */
        return !expect->is_elision;
    return kite_expect_space_at_sign(expect, first);
}
/* Is a capital expected for a piece whose base begins with this character? */
bool kite_expect_turned(const struct kite_expect *expect, uint32_t first);
void kite_expect_pass(struct kite_expect *expect, const char *text, size_t bytes);

/* Where attributes change at an implied space: one that begins something holds from behind the space, one that ends
 * something from before it. */
bool kite_span_opens(const struct kite_span *before, const struct kite_span *after);

/* ---- compression (deflate.c) ----------------------------------------------------------------- */

/* Inflate raw deflate of exactly `bytes` bytes. KITE_E_FORMAT, KITE_E_NOMEM. */
struct kite_inflater;
enum kite_status kite_inflater_create(const struct kite_memory *mem, struct kite_inflater **out);
void kite_inflater_destroy(struct kite_inflater *inflater);
enum kite_status kite_inflate(struct kite_inflater *inflater, const uint8_t *stored, size_t stored_bytes, uint8_t *out,
                              size_t bytes);

/* zlib's memory from ours: opaque is a struct kite_memory. */
void *kite_zlib_alloc(void *mem, unsigned count, unsigned each);
void kite_zlib_free(void *mem, void *block);

/* The smallest raw deflate that zlib, and zopfli with this many iterations (below 1: zlib alone), make. Added to out. */
enum kite_status kite_deflate(const uint8_t *bytes, size_t count, int iterations, struct kite_buffer *out);
/* The same with a third of the iterations, and without a look for places where other codes would serve better: a quarter of the time,
 * and of a novel one byte in a thousand more. */
enum kite_status kite_deflate_quickly(const uint8_t *bytes, size_t count, int iterations, struct kite_buffer *out);
/* Add to *size the bytes that zlib makes of it; for choosing. */
enum kite_status kite_deflate_estimate(const struct kite_memory *mem, const uint8_t *bytes, size_t count, size_t *size);
/* The same in less time, from which it is a few percent away. */
enum kite_status kite_deflate_guess(const struct kite_memory *mem, const uint8_t *bytes, size_t count, size_t *size);

/* ---- hashes ---------------------------------------------------------------------------------- */

/* BLAKE2b over type, number (u32, little-endian) and the stored bytes. */
void kite_block_hash(enum kite_block_type type, uint32_t number, const uint8_t *stored, size_t count,
                     uint8_t out[KITE_HASH_BYTES]);

const struct kite_lexicon *kite_lexicon_of(kite_lang lang); /* NULL: none */

#endif
