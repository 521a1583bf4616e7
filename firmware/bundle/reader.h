/* reader: a bundle in memory. Private to the bundle room. */
#ifndef KITE_BUNDLE_READER_H
#define KITE_BUNDLE_READER_H

#include "bundle/format.h"

/* A block, as its leaf of the index tells. */
struct kite_stored_block {
    uint64_t offset; /* in the source */
    uint32_t stored_bytes, bytes;
    uint32_t first; /* text: its first paragraph, counted through all documents */
    uint32_t count; /* of paragraphs, or of a picture's rows; a word list's is in bundle->lists */
    uint64_t text_offset; /* text: where it starts, counted through all documents */
    uint32_t text_bytes;
    uint8_t hash[KITE_HASH_BYTES];
};

/* Paragraphs, text, headings and so on are counted through all documents; `first_` is where a document's begin. */
struct kite_stored_document {
    kite_lang lang;
    enum kite_direction direction;
    const char *metas[KITE_META_COUNT];
    uint32_t paragraph_count, body_count, first_paragraph;
    uint64_t text_bytes, first_text;
    uint32_t level_counts[KITE_LEVEL_MAX], contents_count, first_contents;
    uint32_t note_count, first_note, first_note_paragraph;
    uint32_t link_count, first_link;
    uint32_t id_count, first_id;
    struct kite_stored_originals {
        const uint8_t *start, *end; /* records, checked; in the bundle's arena */
        uint32_t count;
        bool are_opened;
    } originals;
};

/* ---- the index (index.c, directory.c) --------------------------------------------------------- */

/* Where a leaf lies and what its records begin with. */
struct kite_leaf_entry {
    uint64_t offset; /* in the source */
    uint32_t stored_bytes, bytes;
    uint32_t record;                    /* number of its first */
    uint32_t key;                       /* contents, ids: 1 + paragraph of the record before; notes: note paragraphs
                                           before; pictures: picture blocks before; blocks: paragraphs before */
    uint64_t data_offset, text_offset; /* blocks: bytes of blocks, of text, before */
};

struct kite_table {
    struct kite_leaf_entry *leaves; /* [leaf_count + 2]: the leaves, the tail, the end */
    uint32_t leaf_count;
    uint32_t first_leaf; /* number of its first leaf among those of all tables */
    const uint8_t *tail;
    uint32_t tail_bytes;
};

struct kite_table_record {
    uint32_t key;   /* contents, ids: 1 + its paragraph; notes, pictures: first note paragraph, first block */
    uint32_t count; /* notes: paragraphs; pictures: blocks */
    uint8_t level;
    const char *title; /* lent until another leaf of the table is read */
    struct kite_link link;
    uint32_t id;
    struct kite_picture_info info;
};

/* The leaf of a table that was read last, all its records checked, and how far it was walked. */
struct kite_leaf {
    uint32_t index; /* UINT32_MAX: none */
    uint8_t *bytes; /* [KITE_LEAF_BYTES_MAX]; NULL until a leaf that is no tail is read */
    const uint8_t *start, *end;
    bool is_checked;   /* its records follow the rules */
    const uint8_t *at; /* the record of number `record` */
    uint32_t record, key;
};

/* A leaf of the table of blocks. */
struct kite_block_leaf {
    uint32_t index; /* UINT32_MAX: none */
    uint64_t used_at;
    struct kite_stored_block *blocks; /* [KITE_LEAF_BLOCKS]; NULL until one is read */
};
#define KITE_BLOCK_LEAVES_KEPT 2

/* A word list, and its pieces written out when it was read. */
struct kite_lexicon_chunk {
    uint32_t first, count; /* own pieces */
    char *text;
    uint16_t *offsets; /* [count + 1] */
    size_t bytes;      /* that it takes */
    uint64_t used_at;
};

/* A text block, inflated, where each of its paragraphs begins, and what is known of them. */
struct kite_text_block {
    uint32_t index; /* among all blocks; UINT32_MAX: empty */
    uint32_t first, count; /* paragraphs, counted through all documents */
    uint64_t text_offset;
    uint32_t text_bytes;
    uint8_t *numbers;
    uint32_t bytes;
    uint32_t *starts;  /* [count + 1] */
    uint32_t *lengths; /* [count]: bytes of each paragraph's text, UINT32_MAX until it was read */
    uint64_t used_at;
};
#define KITE_TEXT_BLOCKS_KEPT 3

/* Memory that is made as large as is asked for, and stays. */
struct kite_room {
    uint8_t *bytes;
    size_t count;
};

struct kite_bundle {
    struct kite_memory mem;
    const struct kite_source *source;
    struct kite_inflater *inflater;
    struct kite_arena arena; /* all that the front part says */
    uint64_t file_bytes, front_bytes, data_bytes; /* the front with all leaves; blocks follow it */
    uint64_t end;                                 /* trailers follow it */
    uint64_t fonts_at;    /* where the chunk of fonts lies; 0: there is none */
    uint32_t fonts_bytes; /* as stored */
    struct kite_span_bytes fonts[KITE_FONTS_MAX]; /* read when first asked for, in the arena */
    uint32_t font_count;
    uint64_t lexicon_bytes, text_stored_bytes;    /* of all such blocks */
    uint8_t root[KITE_ROOT_BYTES];
    const char *metas[KITE_META_COUNT];
    struct kite_stored_document *documents;
    uint32_t document_count, paragraph_count, note_paragraph_count;
    uint64_t text_bytes;
    uint32_t lexicon_blocks, text_blocks, picture_blocks, block_count; /* numbered in this order */
    uint32_t picture_count;
    struct kite_table tables[KITE_TABLE_COUNT];
    uint32_t leaf_count; /* of all tables */
    uint8_t *hashes;     /* of the leaves, then of the blocks in the tail */
    /* numbers */
    const struct kite_lexicon *resident;
    uint32_t resident_count, own_count;
    uint32_t one_byte_count, two_byte_leads;
    uint32_t *one_byte; /* piece numbers */
    /* what is kept of what was read */
    struct kite_room stored, inflated;
    struct kite_leaf leaves[KITE_TABLE_COUNT];
    struct kite_block_leaf block_leaves[KITE_BLOCK_LEAVES_KEPT];
    struct kite_lexicon_chunk *chunks; /* [lexicon_blocks] */
    uint32_t chunk_last;               /* the one asked for last */
    size_t chunk_bytes, kept_bytes_most;
    struct kite_text_block text[KITE_TEXT_BLOCKS_KEPT];
    uint64_t clock;
    char *paragraph_text; /* [KITE_PARAGRAPH_BYTES_MAX + KITE_PIECE_BYTES_MAX] */
    struct kite_span *spans;
    size_t span_capacity;
};

/* A string up to its zero byte: valid UTF-8, no control characters, at most KITE_STRING_BYTES_MAX. */
const char *kite_take_string(struct kite_bytes *in);

/* Parse the inflated META chunk, which stays in bundle->arena. data_offset: where the DATA chunk begins. */
enum kite_status kite_meta_parse(struct kite_bundle *bundle, const uint8_t *meta, size_t count, uint64_t data_offset,
                                 struct kite_fault *fault);
/* Parse the directories of all tables and find their tails; in->failed when they break a rule. */
void kite_tables_parse(struct kite_bundle *bundle, struct kite_bytes *in, uint64_t data_offset,
                       enum kite_status *status);
/* Parse and check the inflated chunk of original pages, which stays in bundle->arena; META was parsed. KITE_E_FORMAT. */
enum kite_status kite_originals_parse(struct kite_bundle *bundle, const uint8_t *bytes, size_t count,
                                      struct kite_fault *fault);
/* A chunk of an inflated size (u32) and raw deflate, both at most bytes_max, unpacked into the bundle's arena. */
enum kite_status kite_chunk_unpack(struct kite_bundle *bundle, uint64_t offset, uint32_t stored_bytes, uint32_t bytes_max,
                                   const uint8_t **out, uint32_t *bytes);
/* A count of things that take at least `each` bytes of what is left, and are at most `most`; else in->failed. */
uint32_t kite_take_count(struct kite_bytes *in, uint32_t most, size_t each);
/* Zeroed memory of the bundle's arena. NULL and *status: KITE_E_LIMIT, KITE_E_NOMEM. */
void *kite_index_room(struct kite_bundle *bundle, size_t count, size_t each, enum kite_status *status);

/* The number of a table's records. */
uint32_t kite_table_records(const struct kite_bundle *bundle, enum kite_table_name name);
/* A record by its number, which must be below kite_table_records. Any table but that of blocks. */
enum kite_status kite_record_at(struct kite_bundle *bundle, enum kite_table_name name, uint32_t number,
                                struct kite_table_record *out, struct kite_fault *fault);
/* The number of the first record whose key is at least `key`; ascending keys (contents, ids). */
enum kite_status kite_record_from_key(struct kite_bundle *bundle, enum kite_table_name name, uint32_t key,
                                      uint32_t *number, struct kite_fault *fault);
/* A block by its number. */
enum kite_status kite_block_at(struct kite_bundle *bundle, uint32_t index, struct kite_stored_block *out,
                               struct kite_fault *fault);
/* The number of the last text block that begins at or before a paragraph, or at or before a byte of text, counted
 * through all documents. There must be a text block. */
enum kite_status kite_block_of_paragraph(struct kite_bundle *bundle, uint32_t paragraph, uint32_t *index,
                                         struct kite_fault *fault);
enum kite_status kite_block_of_text(struct kite_bundle *bundle, uint64_t text_offset, uint32_t *index,
                                    struct kite_fault *fault);
/* Let go of all leaves; frees their memory. */
void kite_leaves_drop(struct kite_bundle *bundle);

/* Room for so many bytes; what was there may be lost. */
enum kite_status kite_room_for(const struct kite_memory *mem, struct kite_room *room, size_t bytes);
/* Read a stored block or leaf and check its hash. The bytes are in bundle->stored. */
enum kite_status kite_stored_read(struct kite_bundle *bundle, enum kite_block_type type, uint32_t number,
                                  uint64_t offset, uint32_t bytes, const uint8_t hash[KITE_HASH_BYTES],
                                  struct kite_fault *fault);
/* Read, check and inflate a block into out, which has room for block->bytes. index among all blocks. */
enum kite_status kite_block_read(struct kite_bundle *bundle, uint32_t index, const struct kite_stored_block *block,
                                 uint8_t *out, struct kite_fault *fault);

/* Base text of a piece; lent until the next call. KITE_E_FORMAT: no such piece. */
enum kite_status kite_own_piece_base(struct kite_bundle *bundle, uint32_t number, const char **text, size_t *bytes,
                                     struct kite_fault *fault);
static inline enum kite_status kite_piece_base(struct kite_bundle *bundle, uint32_t number, const char **text, size_t *bytes,
                                               struct kite_fault *fault)
{
    if (number >= bundle->resident_count)
        return kite_own_piece_base(bundle, number, text, bytes, fault);

    const uint16_t *offset = bundle->resident->offsets + number;

    *text = bundle->resident->text + offset[0];
    *bytes = offset[1] - offset[0];
    return KITE_OK;
}
void kite_lexicon_drop(struct kite_bundle *bundle);

/* Take a piece's number from the stream, whose first byte is `code`. Here, as it is done for each word of a text. */
static inline uint32_t kite_take_number(const struct kite_bundle *bundle, uint8_t code, struct kite_bytes *in)
{
    uint32_t index = code - KITE_CODE_FIRST_PIECE;

    if (index < bundle->one_byte_count)
        return bundle->one_byte[index];
    index -= bundle->one_byte_count;
    if (index < bundle->two_byte_leads && in->at < in->end)
        return index << 8 | *in->at++;
    if (index < bundle->two_byte_leads)
        return kite_take_u8(in); /* which fails */
    index -= bundle->two_byte_leads;

    uint32_t low = kite_take_u16(in);

    return (bundle->two_byte_leads << 8) + (index << 16 | low);
}

/* Pass over what follows a code that is no piece's. */
void kite_skip_code(struct kite_bytes *in, uint8_t code);

/* The text block that holds a paragraph, inflated and indexed; lent until three others were read. */
enum kite_status kite_text_block_of(struct kite_bundle *bundle, uint32_t document, uint32_t paragraph,
                                    const struct kite_text_block **out, struct kite_fault *fault);
/* Let go of all inflated text blocks. */
void kite_text_blocks_drop(struct kite_bundle *bundle);

/* ---- trailers (trailer.c) ---------------------------------------------------------------------- */

/* Are those whole that stand behind bundle->end? On opening long payloads are passed over, by verifying none. KITE_E_FORMAT,
 * KITE_E_DAMAGED, KITE_E_UNSUPPORTED, KITE_E_IO. */
enum kite_status kite_trailers_open(const struct kite_bundle *bundle, struct kite_fault *fault);
enum kite_status kite_trailers_verify(const struct kite_bundle *bundle, struct kite_fault *fault);
/* Where the payload of the index-th trailer lies; there is one. */
uint64_t kite_trailer_payload(const struct kite_bundle *bundle, uint32_t index);

#endif
