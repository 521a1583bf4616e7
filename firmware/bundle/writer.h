/* writer: what has been given so far, and the steps from there to a file. Private to the bundle room. */
#ifndef KITE_BUNDLE_WRITER_H
#define KITE_BUNDLE_WRITER_H

#include "bundle/format.h"
#include "bundle/pictures.h"

struct kite_written_paragraph {
    struct kite_paragraph paragraph; /* text and spans in the writer's arena */
    uint32_t given;                  /* its number as the caller counts: parts of a split one share it */
    uint32_t first_token, token_count;
};

/* A token: a piece of text as cut by kite_tokens_cut. */
struct kite_token {
    uint32_t offset_bytes;
    uint16_t bytes;
    uint8_t form;   /* relative to the piece's base; set when bases are chosen */
    uint32_t piece; /* index of a struct kite_written_piece; KITE_TOKEN_IS_NOTE: a note's mark */
};
#define KITE_TOKEN_IS_NOTE UINT32_MAX

/* A distinct piece: all tokens that differ only in case. */
struct kite_written_piece {
    const char *lower; /* in lower case, or verbatim when its case follows no rule */
    uint16_t bytes;
    uint32_t uses, capital_uses;
    uint32_t number; /* final */
    bool is_capital_base, is_resident;
};

struct kite_written_document {
    kite_lang lang;
    enum kite_direction direction;
    const char *metas[KITE_META_COUNT];
    struct kite_written_paragraph *paragraphs;
    size_t count, capacity;
    uint32_t given_count, body_count, note_count;
    struct kite_link *links;
    size_t link_count, link_capacity;
    struct kite_original *originals; /* label in the writer's arena; places as given, settled by finish */
    size_t original_count, original_capacity;
    bool opens_originals;
};

struct kite_written_block {
    uint32_t stored_bytes, bytes, count, text_bytes;
    uint8_t hash[KITE_HASH_BYTES];
};

/* The index's tables, written: what stands in META, the leaves, and hashes of leaves and of the tail's blocks. */
struct kite_written_index {
    struct kite_buffer directory, tails, leaves, hashes;
    uint32_t leaf_count;
};

struct kite_writer {
    struct kite_memory mem;
    struct kite_writer_options options;
    struct kite_arena arena; /* strings, texts, spans */
    const char *metas[KITE_META_COUNT];
    struct kite_written_document *documents;
    size_t document_count, document_capacity;
    struct kite_picture *pictures; /* encoded */
    size_t picture_count, picture_capacity;
    uint32_t original_count; /* of all documents */
    struct kite_span_bytes fonts[KITE_FONTS_MAX]; /* in the arena */
    uint32_t font_count;
    uint64_t text_bytes;
    /* made by finish */
    struct kite_token *tokens;
    size_t token_count, token_capacity;
    struct kite_written_piece *pieces;
    size_t piece_count, piece_capacity;
    uint32_t *table; /* hash of pieces, power of two; UINT32_MAX: free */
    size_t table_size;
    const struct kite_lexicon *resident;
    uint32_t *own; /* piece indices in the order of their numbers */
    uint32_t own_count;
    uint32_t one_byte_count, two_byte_leads;
    uint32_t *one_byte; /* piece numbers */
    bool one_byte_is_listed;
    uint8_t *one_byte_of; /* by piece number: 1 + its one-byte code, 0 for none */
    struct kite_written_block *blocks;
    size_t block_count, block_capacity;
    uint32_t lexicon_blocks, text_blocks;
    struct kite_buffer data;
    struct kite_written_index index;
    bool is_finished;
    const struct kite_progress *progress;
    uint64_t own_bytes, bytes_done; /* of own pieces; of them and of text, for progress */
};

/* Does this character belong to the one before: a combining mark, a joiner, a variation selector? */
bool kite_joins_before(uint32_t c);
/* Cut all paragraphs into tokens, find the distinct pieces. KITE_E_NOMEM. */
enum kite_status kite_tokens_cut(struct kite_writer *writer);
/* Give every piece its number. */
enum kite_status kite_pieces_number(struct kite_writer *writer);
/* Add one paragraph's numbers to a buffer. */
enum kite_status kite_numbers_write(const struct kite_writer *writer, const struct kite_written_document *document,
                                    const struct kite_written_paragraph *p, struct kite_buffer *out);
/* Make, hash and add the blocks of each kind to the data. */
enum kite_status kite_lexicon_write(struct kite_writer *writer);
enum kite_status kite_text_write(struct kite_writer *writer);
enum kite_status kite_pictures_write(struct kite_writer *writer);
/* Is the paragraph an entry of the contents? */
bool kite_is_in_contents(const struct kite_paragraph *p);
/* Make the tables of the index, which tell of all blocks. */
enum kite_status kite_index_write(struct kite_writer *writer);
/* Are there any original pages? Then their chunk is added to out. */
bool kite_has_originals(const struct kite_writer *writer);
enum kite_status kite_originals_write(const struct kite_writer *writer, struct kite_buffer *out);
/* The chunk of fonts, of which there is one at least, is added to out. */
enum kite_status kite_fonts_write(const struct kite_writer *writer, struct kite_buffer *out);
/* Add the META chunk, which tells of the index. */
enum kite_status kite_meta_write(const struct kite_writer *writer, struct kite_buffer *out);
/* Read the finished file back and compare all with what was given. KITE_E_FORMAT: it differs. */
enum kite_status kite_read_back(const struct kite_writer *writer, const struct kite_buffer *file,
                                struct kite_fault *fault);

#endif
