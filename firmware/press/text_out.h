/* text_out: a document on its way back to Markdown. Private to the press room. */
#ifndef KITE_PRESS_TEXT_OUT_H
#define KITE_PRESS_TEXT_OUT_H

#include "press/press.h"

/* Where a paragraph of the bundle stands in one that is whole again. */
struct kite_text_part {
    uint32_t whole; /* of kite_text_out.paragraphs */
    uint32_t offset_bytes;
};

struct kite_text_out {
    struct kite_memory mem;
    struct kite_bundle *bundle;
    uint32_t document;
    kite_lang lang;
    enum kite_direction direction;
    struct kite_fault *fault;
    struct kite_arena arena;           /* paragraphs and their texts */
    struct kite_paragraph *paragraphs; /* those that were split are whole again */
    size_t count;
    struct kite_text_part *parts; /* of the bundle's paragraphs */
    struct kite_buffer out;
    struct kite_buffer prefix; /* of every line of the block in hand: quotation marks and indent */
    uint32_t note_number;      /* notes written */
    size_t items_to;         /* items before this paragraph make no list that could be written as such */
    bool is_list_mark_odd;     /* lists that follow each other have different marks */
    enum kite_status status;   /* the first failure; later writing does nothing */
};

enum kite_inline_place {
    KITE_INLINE_PARAGRAPH, /* a line end is a backslash and a line end */
    KITE_INLINE_LINE,      /* of headings: <br> */
    KITE_INLINE_CELL,      /* part of a table row, too */
    KITE_INLINE_VERSE      /* a line end is one */
};

void kite_text_out_add(struct kite_text_out *w, const char *text);
void kite_text_out_bytes(struct kite_text_out *w, const char *text, size_t bytes);
void kite_text_out_number(struct kite_text_out *w, uint32_t number);
/* The text between two offsets with its styles, links and notes, all else escaped. */
void kite_text_out_inline(struct kite_text_out *w, const struct kite_text *text, size_t from, size_t to,
                          enum kite_inline_place place);
/* Paragraphs from `at` on as a list, when they make one that reads back as it is; returns how many, or 0. */
size_t kite_text_out_list(struct kite_text_out *w, size_t at);

#endif
