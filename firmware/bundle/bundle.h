/* bundle: the .kite format, read and written. FORMAT.md beside this file says it byte by byte.
 *
 * A bundle holds one or more documents; a document is a sequence of paragraphs, each with a role,
 * and its metadata, contents, notes, links and pictures. Reading verifies the hash of every block
 * before the block is inflated, and holds a bounded number of blocks and lexicon chunks.
 * What a role looks like is the page room's matter; where bytes lie, the caller's. */
#ifndef KITE_BUNDLE_H
#define KITE_BUNDLE_H

#include "base/base.h"

/* ---- the document model, shared by reader and writer --------------------------------------- */

enum kite_role { /* numbers are part of the format: never change one, add at the end */
    KITE_ROLE_PARAGRAPH = 0,
    KITE_ROLE_TITLE,
    KITE_ROLE_SUBTITLE,
    KITE_ROLE_STANDFIRST,
    KITE_ROLE_BYLINE,
    KITE_ROLE_HEADING,     /* depth 1 to 6 */
    KITE_ROLE_QUOTE,       /* a block quotation's paragraph; quote_depth 1 to 8 */
    KITE_ROLE_ATTRIBUTION, /* who is quoted, under a quotation or verse */
    KITE_ROLE_EPIGRAPH,
    KITE_ROLE_VERSE,     /* a stanza; its lines are set apart by U+000A */
    KITE_ROLE_ITEM,      /* first paragraph of a list item; depth 1 to 8, ordinal */
    KITE_ROLE_ITEM_MORE, /* a further paragraph of the same item */
    KITE_ROLE_PICTURE,   /* picture; the text is its alternative text, shown when it cannot be */
    KITE_ROLE_CAPTION,
    KITE_ROLE_TABLE_HEAD, /* one row, cells set apart by U+0009 */
    KITE_ROLE_TABLE_ROW,
    KITE_ROLE_PREFORMATTED, /* lines set apart by U+000A, spaces count */
    KITE_ROLE_RULE,         /* a break of thought; no text */
    KITE_ROLE_AUTHOR_NOTE,
    KITE_ROLE_SOURCE, /* where it was first published */
    KITE_ROLE_NOTE,   /* first paragraph of a footnote */
    KITE_ROLE_NOTE_MORE,
    KITE_ROLE_COUNT
};

/* Role as a stable lower-case word ("author-note"), for tools; static. */
const char *kite_role_text(enum kite_role role);

enum kite_direction { KITE_DIRECTION_LTR = 0, KITE_DIRECTION_RTL = 1 };

enum kite_column_align { KITE_COLUMN_START = 0, KITE_COLUMN_CENTER, KITE_COLUMN_END };

#define KITE_COLUMNS_MAX 16
#define KITE_DEPTH_MAX 8
#define KITE_LEVEL_MAX 6 /* of headings */
#define KITE_PARAGRAPH_BYTES_MAX 32768u /* the writer splits longer ones with is_continued */
#define KITE_STRING_BYTES_MAX 1024u
#define KITE_PICTURE_SIDE_MAX 4096u

struct kite_paragraph {
    enum kite_role role;
    uint8_t depth;         /* heading level or list depth, else 0 */
    uint8_t quote_depth;   /* how many block quotations it stands in */
    bool is_tight;         /* list item without space around it; verse that is not set in: an address, how a letter opens and closes */
    bool is_continued;     /* goes on from the paragraph before: no indent, no space above */
    uint32_t ordinal;      /* list item: its number, 0 for a bullet */
    uint32_t picture;      /* role PICTURE: index of a picture of the bundle */
    uint32_t column_count; /* table rows */
    uint8_t column_align[KITE_COLUMNS_MAX]; /* enum kite_column_align */
    enum kite_direction direction;
    uint32_t id;           /* stable over editions; by default its index within the document */
    struct kite_text text;
};

enum kite_meta { /* numbers are part of the format */
    KITE_META_TITLE = 1,
    KITE_META_AUTHOR,
    KITE_META_STANDFIRST,
    KITE_META_SOURCE,    /* first published where */
    KITE_META_DATE,      /* of the text, as given, "2025-02-11" */
    KITE_META_PUBLISHER, /* who made the bundle */
    KITE_META_RIGHTS,
    KITE_META_SERIES,
    KITE_META_IDENTIFIER, /* what stays the same over editions and languages */
    KITE_META_EDITION,
    KITE_META_SUBJECT,
    KITE_META_COUNT
};
const char *kite_meta_text(enum kite_meta meta); /* "title", ...; static */

struct kite_link {
    const char *address;     /* outside address, NULL for a place inside */
    struct kite_place place; /* when address is NULL */
};

enum kite_picture_codec { KITE_PICTURE_ROWS4 = 1, KITE_PICTURE_DCT8 = 2 };

/* A page of what a document was made from: of a printed book, a PDF, a letter. It goes on to where the next one begins;
 * text before the first page has none. It has a picture when it was kept as it looked, which need not stand in the text. */
struct kite_original {
    struct kite_place place; /* where it begins */
    uint32_t picture;        /* of the bundle, or KITE_NO_PICTURE */
    const char *label;       /* what is printed on it, "xii"; "": its number from 1 */
};
#define KITE_NO_PICTURE UINT32_MAX

struct kite_picture_info {
    uint32_t width_px, height_px; /* of the stored picture */
    enum kite_picture_codec codec;
    uint8_t quality; /* DCT8: 1 to 100 */
    uint8_t filter;  /* ROWS4: row filter */
};

/* ---- reading ------------------------------------------------------------------------------- */

struct kite_bundle;

/* Open a bundle: reads and checks its front only, which is about as long for any length of book. What the index says of
 * blocks, contents, notes, links and pictures is read a leaf at a time when it is asked for, and checked then.
 * source must outlive the bundle. fault may be NULL.
 * KITE_E_FORMAT not a bundle, or one that breaks a rule; KITE_E_DAMAGED a hash does not match or the file
 * is cut short; KITE_E_UNSUPPORTED needs a feature, a newer version or a resident lexicon that this build
 * lacks (the fault names it); KITE_E_LIMIT; KITE_E_IO; KITE_E_NOMEM. */
enum kite_status kite_bundle_open(const struct kite_memory *mem, const struct kite_source *source,
                                  struct kite_bundle **out, struct kite_fault *fault);
void kite_bundle_close(struct kite_bundle *bundle);
/* How many bytes of word lists, written out, are kept from now on: KITE_WORDS_KEPT_BYTES unless told. A text of very many
 * words that come again all over it is read many times as fast with all of them kept; at a desk there is room. */
#define KITE_WORDS_KEPT_BYTES (256u << 10)
#define KITE_WORDS_KEPT_AT_DESK (16u << 20)
void kite_bundle_keep_words(struct kite_bundle *bundle, size_t bytes);

/* The book's identity: BLAKE2b-256 over the front, which holds the hashes of the index's leaves, as they hold those of
 * the blocks. */
const uint8_t *kite_bundle_root_hash(const struct kite_bundle *bundle); /* 32 bytes, lent */

uint32_t kite_bundle_document_count(const struct kite_bundle *bundle);
/* Lent string, NULL when not given. document KITE_BUNDLE_ITSELF: of the whole bundle. */
#define KITE_BUNDLE_ITSELF UINT32_MAX
const char *kite_bundle_meta(const struct kite_bundle *bundle, uint32_t document, enum kite_meta meta);

struct kite_document_info {
    kite_lang lang;
    enum kite_direction direction;
    uint32_t paragraph_count; /* notes included; they stand last */
    uint32_t body_count;      /* paragraphs before the first note */
    uint32_t note_count, link_count, contents_count;
    uint32_t level_counts[KITE_LEVEL_MAX]; /* of the contents, how many are of level 1, 2 ... */
    uint64_t text_bytes;      /* sum of text_bytes of all its paragraphs */
    uint32_t original_count;
    bool opens_originals; /* there is no text beside its pages' pictures: they are what is to be read */
};
enum kite_status kite_bundle_document(const struct kite_bundle *bundle, uint32_t document,
                                      struct kite_document_info *out);

/* Read one paragraph into arena: text, spans and pieces are allocated there.
 * KITE_E_RANGE no such paragraph; KITE_E_DAMAGED, KITE_E_FORMAT, KITE_E_IO, KITE_E_NOMEM. */
enum kite_status kite_bundle_paragraph(struct kite_bundle *bundle, uint32_t document, uint32_t index,
                                       struct kite_arena *arena, struct kite_paragraph *out,
                                       struct kite_fault *fault);

/* The text of a piece by its key, into out; *bytes gets its length. KITE_E_RANGE: no such key. A piece
 * is at most KITE_PIECE_BYTES_MAX long. */
#define KITE_PIECE_BYTES_MAX 255u
enum kite_status kite_bundle_piece(struct kite_bundle *bundle, uint32_t key,
                                   char out[KITE_PIECE_BYTES_MAX + 1], size_t *bytes,
                                   struct kite_fault *fault);
uint32_t kite_bundle_key_limit(const struct kite_bundle *bundle); /* every key is below it */

/* Looking for words without writing the text out. A filter knows which pieces could be part of what is looked for: each
 * is asked about once, by `could`, those of a resident lexicon once for all bundles that use it. `could` gets a piece as
 * the lexicon has it, mostly in small letters, whatever its case in the text. ctx and mem outlive the filter. */
struct kite_piece_filter;
enum kite_status kite_piece_filter_create(const struct kite_memory *mem, void *ctx,
                                          bool (*could)(void *ctx, const char *piece, size_t bytes),
                                          struct kite_piece_filter **out);
void kite_piece_filter_destroy(struct kite_piece_filter *filter); /* NULL is fine */
/* Look from *paragraph on, to the end of the block that it stands in. *is_found: *paragraph is now the first with a piece
 * that could be it; else the first that was not looked at, which may be one behind the document's last.
 * KITE_E_RANGE no such paragraph; KITE_E_DAMAGED, KITE_E_FORMAT, KITE_E_IO, KITE_E_NOMEM: *paragraph stays. */
enum kite_status kite_bundle_find(struct kite_bundle *bundle, uint32_t document, struct kite_piece_filter *filter,
                                  uint32_t *paragraph, bool *is_found, struct kite_fault *fault);

/* What the following say may have to be read: beside the statuses named, KITE_E_DAMAGED, KITE_E_FORMAT, KITE_E_IO,
 * KITE_E_NOMEM; KITE_E_RANGE: there is no such thing. */

/* Contents of a document: headings in order. title is lent until this is called again. */
struct kite_contents_entry {
    uint32_t paragraph;
    uint8_t level; /* 1 to 6 */
    const char *title;
};
enum kite_status kite_bundle_contents(struct kite_bundle *bundle, uint32_t document, uint32_t index,
                                      struct kite_contents_entry *out, struct kite_fault *fault);

/* The section that a paragraph stands in, where headings of `level` or above begin sections: from the last such heading
 * at or before it (or the document's first paragraph) to the next (or its last). Level 0: the whole document. A
 * paragraph behind the last counts as the last. */
struct kite_section {
    uint32_t first, end; /* paragraphs [first, end) */
};
enum kite_status kite_bundle_section_at(struct kite_bundle *bundle, uint32_t document, uint32_t paragraph,
                                        uint8_t level, struct kite_section *out, struct kite_fault *fault);

/* Paragraphs [first, first+count) of a note. */
enum kite_status kite_bundle_note(struct kite_bundle *bundle, uint32_t document, uint32_t note,
                                  uint32_t *first, uint32_t *count, struct kite_fault *fault);
/* The address is lent until this is called again. */
enum kite_status kite_bundle_link(struct kite_bundle *bundle, uint32_t document, uint32_t link,
                                  struct kite_link *out, struct kite_fault *fault);

/* The place at text_offset bytes from the document's start (0 to text_bytes), and back. Both read
 * at most one block. */
enum kite_status kite_bundle_place_at(struct kite_bundle *bundle, uint32_t document, uint64_t text_offset,
                                      struct kite_place *out, struct kite_fault *fault);
enum kite_status kite_bundle_offset_of(struct kite_bundle *bundle, struct kite_place place,
                                       uint64_t *text_offset, struct kite_fault *fault);
/* Index of the paragraph with a stable id; KITE_E_RANGE when the document has none. */
enum kite_status kite_bundle_paragraph_by_id(struct kite_bundle *bundle, uint32_t document, uint32_t id,
                                             uint32_t *index, struct kite_fault *fault);

/* Original pages, in the order of the text. The label is lent until the bundle is closed. KITE_E_RANGE: there is no such
 * page; no other failure. */
enum kite_status kite_bundle_original(const struct kite_bundle *bundle, uint32_t document, uint32_t index,
                                      struct kite_original *out);
/* The page that a place stands on: the last that begins at or before it. KITE_E_RANGE: none does. */
enum kite_status kite_bundle_original_at(const struct kite_bundle *bundle, struct kite_place place, uint32_t *index);
/* A font that the bundle brings for characters that readers' own fonts lack: foreign bytes, for kite_font_check to look at first. Lent
 * until the bundle is closed; they are read when first asked for. KITE_DONE: there is none of that index; KITE_E_FORMAT, KITE_E_LIMIT,
 * KITE_E_IO, KITE_E_NOMEM. */
enum kite_status kite_bundle_font(struct kite_bundle *bundle, uint32_t index, const uint8_t **bytes, size_t *count,
                                  struct kite_fault *fault);

uint32_t kite_bundle_picture_count(const struct kite_bundle *bundle);
enum kite_status kite_bundle_picture_info(struct kite_bundle *bundle, uint32_t picture,
                                          struct kite_picture_info *out);
/* Decode a picture from the top, a strip of rows at a time (1 to 16), as 8-bit gray, 0 black.
 * row gets the rows' pixels, width_px*rows bytes, lent for the call. A non-OK return stops it. */
enum kite_status kite_bundle_picture_decode(struct kite_bundle *bundle, uint32_t picture, void *ctx,
                                            enum kite_status (*row)(void *ctx, uint32_t y, uint32_t rows,
                                                                    const uint8_t *gray),
                                            struct kite_fault *fault);
/* Add a picture as it is coded to out, for kite_writer_picture_coded: so it can go through a file of another kind
 * without loss. KITE_E_RANGE, KITE_E_DAMAGED, KITE_E_IO, KITE_E_NOMEM. */
enum kite_status kite_bundle_picture_coded(struct kite_bundle *bundle, uint32_t picture, struct kite_buffer *out,
                                           struct kite_fault *fault);

/* Check all of the bundle: every hash, every leaf of the index, every paragraph and picture decodes. progress may be NULL. */
struct kite_progress {
    void *ctx;
    void (*step)(void *ctx, uint64_t done, uint64_t total);
};
enum kite_status kite_bundle_verify(struct kite_bundle *bundle, const struct kite_progress *progress,
                                    struct kite_fault *fault);
/* Check that every byte is as it was written: every hash, and nothing is decoded. Enough for who knows who made it. */
enum kite_status kite_bundle_check(struct kite_bundle *bundle, const struct kite_progress *progress,
                                   struct kite_fault *fault);

/* Trailers: what was put behind a bundle that was finished, and changes nothing of it. A trailer of type "sign" is a
 * signature of the root hash; what stands in it is the trust room's. */
#define KITE_TRAILER_SIGNATURE "sign"
#define KITE_TRAILER_TYPE_BYTES 5 /* four letters and a zero */
/* Where the bundle itself ends, and its trailers begin. */
uint64_t kite_bundle_end(const struct kite_bundle *bundle);
/* The index-th trailer: its type, and its payload added to out, unless that is NULL. KITE_DONE: there is none.
 * KITE_E_DAMAGED, KITE_E_IO, KITE_E_NOMEM. */
enum kite_status kite_bundle_trailer(struct kite_bundle *bundle, uint32_t index, char type[KITE_TRAILER_TYPE_BYTES],
                                     struct kite_buffer *out, struct kite_fault *fault);
/* Add a whole trailer to out, to be written at a bundle's end. KITE_E_NOMEM. */
enum kite_status kite_trailer_write(const char *type, const void *payload, uint32_t bytes, struct kite_buffer *out);

/* ---- repair -------------------------------------------------------------------------------- */

/* Repair data: a trailer by which a damaged file is made whole again, bit for bit, also where the damage is in the repair
 * data or in the front. The last of the trailers; it covers all before it. An erasure code over slices of 128 to 4,096 bytes
 * (Cauchy Reed-Solomon over GF(2^16): Bloemer et al., An XOR-Based Erasure-Resilient Coding Scheme, 1995): FORMAT.md, section 6. */
#define KITE_TRAILER_REPAIR "rpar"
#define KITE_REPAIR_PERCENT_MAX 50u

/* A trailer for an open bundle that has none, added to out: `percent` (1 to KITE_REPAIR_PERCENT_MAX) of what is there may be lost, and at least any one
 * block or 512 bytes, and half as many percent of all blocks, were they the longest. Same file, same bytes. KITE_E_RANGE: percent; KITE_E_IO, KITE_E_NOMEM. */
enum kite_status kite_repair_write(const struct kite_memory *mem, struct kite_bundle *bundle, unsigned percent,
                                   struct kite_buffer *out, const struct kite_progress *progress,
                                   struct kite_fault *fault);
/* How many percent the bundle's repair data was made for; 0: it has none. */
unsigned kite_repair_percent(struct kite_bundle *bundle);

struct kite_repair_report {
    uint32_t slice_bytes;
    uint32_t slices, damaged;               /* of what is covered */
    uint32_t repair_slices, repair_damaged; /* of the repair data itself */
};
/* Make a damaged file whole: sink gets all of it, verified, as it was when the repair data was written. Takes memory for what is rebuilt, about 3 MB beside.
 * KITE_DONE: nothing is damaged, and sink is not asked. KITE_E_UNSUPPORTED: no repair data can be found; KITE_E_DAMAGED: there is more
 * damage than it can mend, the report says how much; KITE_E_IO, KITE_E_NOMEM. */
enum kite_status kite_repair(const struct kite_memory *mem, const struct kite_source *source, const struct kite_sink *sink,
                             struct kite_repair_report *report, const struct kite_progress *progress,
                             struct kite_fault *fault);

/* What takes how many bytes, for `kite info`. */
struct kite_bundle_sizes {
    uint64_t file, front, lexicon, text, pictures, other;
    uint32_t block_count, lexicon_chunk_count, own_piece_count, resident_piece_count;
};
void kite_bundle_sizes(const struct kite_bundle *bundle, struct kite_bundle_sizes *out);
/* Tag of the resident lexicon it was packed with; 0 for none. */
kite_lang kite_bundle_lexicon_lang(const struct kite_bundle *bundle);

/* ---- writing ------------------------------------------------------------------------------- */

struct kite_writer;

struct kite_writer_options {
    int zopfli_iterations;    /* 0: 15; a third of them for a text above 256 KiB; -1: zlib level 9, fast */
    kite_lang lexicon;        /* resident lexicon to use; 0: chosen by the main language */
    bool no_resident_lexicon; /* for measurements */
};

enum kite_status kite_writer_create(const struct kite_memory *mem, const struct kite_writer_options *options,
                                    struct kite_writer **out, struct kite_fault *fault);
void kite_writer_destroy(struct kite_writer *writer);

/* Strings are copied. value must be valid UTF-8 without control characters, 1 to KITE_STRING_BYTES_MAX. */
enum kite_status kite_writer_bundle_meta(struct kite_writer *writer, enum kite_meta meta, const char *value,
                                         struct kite_fault *fault);
/* Begin the next document; what follows belongs to it. */
enum kite_status kite_writer_document(struct kite_writer *writer, kite_lang lang,
                                      enum kite_direction direction, struct kite_fault *fault);
enum kite_status kite_writer_meta(struct kite_writer *writer, enum kite_meta meta, const char *value,
                                  struct kite_fault *fault);
/* Add a link or a note to the document in hand; *index is what kite_span.link and .note refer to
 * (span value = 1 + index). A note's paragraphs are those with role NOTE / NOTE_MORE, in note order, after all
 * others: the n-th NOTE paragraph is note n. Inside links may point at paragraphs that come later. */
enum kite_status kite_writer_link(struct kite_writer *writer, const struct kite_link *link, uint32_t *index,
                                  struct kite_fault *fault);
/* Add an original page to the document in hand, each at or behind the place of the one before. place.paragraph counts
 * paragraphs as they are given, before or after this; place.document is not looked at. The picture was given before.
 * KITE_E_FORMAT: the label is no plain text, or there is no such picture; at finish, for a place that is not there or
 * before the last one. KITE_E_LIMIT. */
enum kite_status kite_writer_original(struct kite_writer *writer, const struct kite_original *original,
                                      struct kite_fault *fault);
/* The document in hand has no text but its pages' pictures. */
enum kite_status kite_writer_opens_originals(struct kite_writer *writer, struct kite_fault *fault);
/* Copies the text; paragraph->text.pieces is ignored, the writer makes its own. Any valid UTF-8 is kept
 * exactly. Longer paragraphs than the limit are split at a space or cluster. Contents entries are made from
 * HEADING paragraphs. KITE_E_FORMAT for broken spans, depth, roles out of order. */
enum kite_status kite_writer_paragraph(struct kite_writer *writer, const struct kite_paragraph *paragraph,
                                       struct kite_fault *fault);
/* gray: width*height bytes, 0 black. The smaller codec that is good enough is chosen. A picture that is stored already
 * is not stored again: *index is the first one's. */
enum kite_status kite_writer_picture(struct kite_writer *writer, uint32_t width_px, uint32_t height_px,
                                     const uint8_t *gray, uint32_t *index, struct kite_fault *fault);
/* The same, but kept as it was coded when `coded` is what kite_bundle_picture_coded gave for exactly this gray. Any
 * other bytes are ignored. */
enum kite_status kite_writer_picture_coded(struct kite_writer *writer, uint32_t width_px, uint32_t height_px,
                                           const uint8_t *gray, const uint8_t *coded, size_t coded_bytes,
                                           uint32_t *index, struct kite_fault *fault);
/* Add a font for characters that readers' own fonts lack, once however often it is given. Copied. KITE_E_FORMAT: kite_font_check does not
 * pass it; KITE_E_LIMIT: too many, or too large; KITE_E_NOMEM. */
enum kite_status kite_writer_font(struct kite_writer *writer, const uint8_t *bytes, size_t count, struct kite_fault *fault);
/* Compress and write the whole file. Same calls, same bytes. The result is read back and compared before
 * the sink sees a byte. */
enum kite_status kite_writer_finish(struct kite_writer *writer, const struct kite_sink *sink,
                                    const struct kite_progress *progress, struct kite_fault *fault);

#endif
