/* press: importers and the packer. Each importer turns one input format into the same document events, which go
 * straight to a bundle writer; `kite text` is the way back. Runs at the desk and, for USB imports, on the device. */
#ifndef KITE_PRESS_H
#define KITE_PRESS_H

#include "bundle/bundle.h"

/* One input. bytes are borrowed for the call. */
struct kite_press_input {
    const char *name; /* for messages and to tell formats apart where content does not; may be NULL */
    const uint8_t *bytes;
    size_t byte_count;
    /* Fetch a file that the text refers to (a picture), by the reference as written. NULL: none can be had.
     * The caller decides what may be read; *bytes is freed with kite_free. */
    void *ctx;
    enum kite_status (*fetch)(void *ctx, const char *reference, uint8_t **bytes, size_t *byte_count);
};

/* Tells languages apart. Its data is read from files once, when it is opened; using it touches none. */
struct kite_press_detector;
/* folder: of the data, with its last slash; NULL: where its package puts it. *out is NULL where the data isn't there: then no
 * language is told. KITE_E_NOMEM. */
enum kite_status kite_press_detector_open(const struct kite_memory *mem, const char *folder, struct kite_press_detector **out);
void kite_press_detector_close(struct kite_press_detector *detector); /* NULL is fine */
/* The most likely language of a text, 0 when it is too short or unlike all that are known. *is_sure: clear margin. */
kite_lang kite_press_detect(struct kite_press_detector *detector, const char *text, size_t bytes, bool *is_sure);

struct kite_press_options {
    kite_lang lang;          /* 0: from the front matter, else detected */
    struct kite_press_detector *detector; /* used by one call at a time; NULL: the call opens its own */
    /* Each as if it stood in the front matter, and before what stands there; of the bundle itself when there are
     * several inputs. NULL: from the text. */
    const char *metas[KITE_META_COUNT];
    int32_t picture_width_px, picture_height_px; /* largest that a panel shows; 0: 1072 x 1448 */
    const struct kite_press_input *fonts; /* for characters that no font of a reader has; before those that the inputs bring */
    size_t font_count;
    int zopfli_iterations;   /* as in struct kite_writer_options */
    bool has_transcripts;    /* pictures directly before a text belong to it, whatever their names */
    bool keeps_pages;        /* of a document of fixed pages: pictures of them as original pages, beside the text */
};

enum kite_press_note_kind { KITE_PRESS_NOTE = 0, KITE_PRESS_WARNING };

/* What was guessed, changed or dropped, one sentence each; line is the input's, 0 when it has none. */
struct kite_press_report {
    void *ctx;
    void (*started)(void *ctx, size_t input); /* this input's turn has come; may be NULL */
    void (*note)(void *ctx, enum kite_press_note_kind kind, const char *name, uint32_t line, const char *sentence);
    /* What the input in hand was found to be: "EPUB", at most KITE_FORMAT_BYTES_MAX; may be NULL. */
    void (*recognised)(void *ctx, const char *format);
    void (*page)(void *ctx); /* the picture of one more page is begun: these take their time; may be NULL */
};
#define KITE_FORMAT_BYTES_MAX 31u

/* Import the inputs, one document each, and write one bundle. Pictures beside a text of the same name (letter.jpg, letter-2.jpg, letter.txt) are
 * one document with it: the words, whose original pages the sheets are. report and progress may be NULL.
 * KITE_E_FORMAT: an input cannot be read as text (the fault names it and the reason, and for files that are often taken for a
 * text, such as a bundle or a spreadsheet, what to do; also one that is locked, unless it is a PDF); KITE_E_UNSUPPORTED: a PDF locked with a password, or in a character set of which
 * the press has no table. */
enum kite_status kite_press_pack(const struct kite_memory *mem, const struct kite_press_input *inputs, size_t input_count,
                                 const struct kite_press_options *options, const struct kite_press_report *report,
                                 const struct kite_progress *progress, const struct kite_sink *sink,
                                 struct kite_fault *fault);

/* Write a document back as Markdown. The documents of a bundle that kite_press_pack made pack to the same bytes under
 * the same options, pictures included; what several documents have together, the bundle's metadata, are options. */
enum kite_status kite_press_text(const struct kite_memory *mem, struct kite_bundle *bundle, uint32_t document,
                                 const struct kite_sink *sink, struct kite_fault *fault);

#endif
