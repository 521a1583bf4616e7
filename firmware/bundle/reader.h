/* reader: a bundle in memory. Private to the bundle room. */
#ifndef KITE_BUNDLE_READER_H
#define KITE_BUNDLE_READER_H

#include "bundle/format.h"

struct kite_stored_block {
    uint64_t offset; /* in the source */
    uint32_t stored_bytes, bytes;
    uint32_t first; /* text: paragraph of its document; lexicon: piece number; picture: row */
    uint32_t count; /* of those */
    uint32_t document;
    uint64_t text_offset; /* text: where it starts in its document */
    uint32_t text_bytes;
};

struct kite_stored_id {
    uint32_t paragraph, id;
};

struct kite_stored_document {
    kite_lang lang;
    enum kite_direction direction;
    const char *metas[KITE_META_COUNT];
    uint32_t paragraph_count, body_count;
    uint64_t text_bytes;
    uint32_t first_block, block_count; /* among the text blocks */
    struct kite_contents_entry *contents;
    uint32_t contents_count;
    uint32_t *notes; /* first paragraph of each */
    uint32_t note_count;
    struct kite_link *links;
    uint32_t link_count;
    struct kite_stored_id *ids; /* those that are not the index; by paragraph */
    uint32_t id_count;
};

struct kite_stored_picture {
    struct kite_picture_info info;
    uint32_t first_block, block_count; /* among the picture blocks */
};

/* A lexicon chunk, expanded. */
struct kite_lexicon_chunk {
    char *text;
    uint16_t *offsets; /* [count + 1] */
    size_t bytes;      /* that it takes */
    uint64_t used_at;
};

/* A text block, inflated, and where each of its paragraphs begins. */
struct kite_text_block {
    uint32_t index; /* among the text blocks; UINT32_MAX: empty */
    uint8_t *numbers;
    uint32_t bytes;
    uint32_t *starts; /* [count + 1] */
    uint64_t used_at;
};
#define KITE_TEXT_BLOCKS_KEPT 3

struct kite_bundle {
    struct kite_memory mem;
    const struct kite_source *source;
    struct kite_inflater *inflater;
    struct kite_arena arena; /* all that the front part says */
    uint64_t file_bytes, front_bytes, data_bytes; /* data follows the front */
    uint8_t root[KITE_ROOT_BYTES];
    const char *metas[KITE_META_COUNT];
    struct kite_stored_document *documents;
    uint32_t document_count;
    struct kite_stored_block *blocks; /* lexicon, text, picture */
    uint32_t lexicon_blocks, text_blocks, picture_blocks;
    uint8_t *hashes;
    struct kite_stored_picture *pictures;
    uint32_t picture_count;
    /* numbers */
    const struct kite_lexicon *resident;
    uint32_t resident_count, own_count;
    uint32_t one_byte_count, two_byte_leads;
    uint32_t *one_byte; /* piece numbers */
    /* what is kept of what was read */
    uint8_t *stored;  /* room for the largest stored block */
    uint8_t *inflated; /* room for a lexicon chunk or picture block */
    struct kite_lexicon_chunk *chunks; /* [lexicon_blocks] */
    size_t chunk_bytes;
    struct kite_text_block text[KITE_TEXT_BLOCKS_KEPT];
    uint64_t clock;
    char *paragraph_text; /* [KITE_PARAGRAPH_BYTES_MAX + KITE_PIECE_BYTES_MAX] */
    struct kite_span *spans;
    size_t span_capacity;
};

/* Parse the inflated META chunk, which stays in bundle->arena. */
enum kite_status kite_meta_parse(struct kite_bundle *bundle, const uint8_t *meta, size_t count,
                                 struct kite_fault *fault);

/* Read, check and inflate a block into out, which has room for block->bytes. index among all blocks. */
enum kite_status kite_block_read(struct kite_bundle *bundle, uint32_t index, uint8_t *out, struct kite_fault *fault);

/* Base text of a piece; lent until the next call. KITE_E_FORMAT: no such piece. */
enum kite_status kite_piece_base(struct kite_bundle *bundle, uint32_t number, const char **text, size_t *bytes,
                                 struct kite_fault *fault);
void kite_lexicon_drop(struct kite_bundle *bundle);

/* Take a piece's number from the stream, whose first byte is `code`. */
uint32_t kite_take_number(const struct kite_bundle *bundle, uint8_t code, struct kite_bytes *in);

/* The text block that holds a paragraph, inflated and indexed; lent until three others were read. */
enum kite_status kite_text_block_of(struct kite_bundle *bundle, uint32_t document, uint32_t paragraph,
                                    const struct kite_text_block **out, struct kite_fault *fault);
/* Let go of all inflated text blocks. */
void kite_text_blocks_drop(struct kite_bundle *bundle);

#endif
