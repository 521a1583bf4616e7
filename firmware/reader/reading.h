/* reading: the text that is open, the page in front, and what is laid out ahead. Private to the
 * reader room.
 *
 * The page at a place is shown without waiting for a page map; the pages before and behind it, and
 * then the map, are laid out in idle steps. */
#ifndef KITE_READER_READING_H
#define KITE_READER_READING_H

#include "library/library.h"
#include "page/page.h"

/* A page that is kept: its own copy of the glyphs, not of the pictures. */
struct scene {
    bool is_there;
    struct kite_page page;
    uint8_t *block;      /* all its arrays */
    struct kite_buffer decided; /* how it was decided, so that it can be shown again as it is */
    uint64_t end_offset; /* of the page's end in the text */
};

/* The contents entry that was asked for last, and the paragraphs [first, end) of which it is the
 * one. */
struct entry_kept {
    uint32_t first, end; /* end 0: none is kept */
    bool is_there;       /* else these stand before the first entry */
    uint32_t index;
    struct kite_contents_entry entry;
    char title[KITE_STRING_BYTES_MAX + 1];
};

/* A place that was jumped from, in this text or another. */
struct way {
    int64_t text;
    struct kite_place place;
};
#define WAYS_MAX 8

struct reading {
    struct kite_memory mem;
    struct kite_library *library;
    struct kite_fonts *fonts;
    const struct kite_setting *setting;
    uint32_t person;
    int64_t text; /* 0: none is open */
    struct kite_book *book;
    struct kite_bundle *bundle; /* the book's */
    uint32_t document;
    struct kite_document_info info;
    struct kite_layout *layout;
    struct kite_page_map *map; /* NULL: not begun, or it cannot be made */
    bool is_map_settled;       /* looked for, made as far as it goes, and kept */
    struct kite_map_key map_key;
    struct kite_place anchor; /* where the person is: the start of the page last turned to; a size
                                 change keeps it */
    bool is_anchor_saved;
    struct way ways[WAYS_MAX]; /* back, the latest last; the library keeps that one */
    uint32_t way_count;
    bool is_bare; /* safe mode: what was kept of a page is not used */
    bool was_mended; /* it was damaged, and repaired by its own data; whoever tells it clears it */
    bool is_reset_owed; /* memory failed: the page in front is not yet set as the setting says */
    struct scene now, ahead, behind;
    bool is_ahead_refused,
        is_behind_refused; /* by a damaged bundle: the person is told when turning there */
    struct entry_kept kept_entry;
};

void reading_init(struct reading *reading, const struct kite_memory *mem,
                  struct kite_library *library, struct kite_fonts *fonts,
                  const struct kite_setting *setting);
/* As at power-on: open a text at the person's last place in it, with the way back that was kept.
 * What was open is closed, whatever happens: so with all that open. */
enum kite_status reading_resume(struct reading *reading, uint32_t person, int64_t text,
                                struct kite_fault *fault);
/* Open a text at the person's last place in it. Ways back are forgotten when it is another one than
 * was open. */
enum kite_status reading_open(struct reading *reading, uint32_t person, int64_t text,
                              struct kite_fault *fault);
/* Open another text at a place, leaving a way back to the one that is open, if one is. */
enum kite_status reading_follow(struct reading *reading, uint32_t person, int64_t text,
                                const struct kite_place *at, struct kite_fault *fault);
void reading_close(struct reading *reading);
/* Reading said KITE_E_DAMAGED: repair the text that is open by its own data, if it has any, and open it again at
 * the same place. KITE_DONE: it cannot be, and is open as before. Opening does the same by itself. */
enum kite_status reading_mend(struct reading *reading, struct kite_fault *fault);
/* The setting has changed: the page that holds the anchor comes to the front. */
enum kite_status reading_reset(struct reading *reading, struct kite_fault *fault);
/* Go to a place of the text that is open, leaving a way back. */
enum kite_status reading_go(struct reading *reading, struct kite_place place,
                            struct kite_fault *fault);
/* The same without a way back: as pages are turned. */
enum kite_status reading_move(struct reading *reading, struct kite_place place,
                              struct kite_fault *fault);
/* The way back, which may lead to another text. KITE_DONE: there is none. */
enum kite_status reading_back(struct reading *reading, struct kite_fault *fault);
/* The next page (1) or the one before (-1). KITE_DONE: there is none. */
enum kite_status reading_turn(struct reading *reading, int direction, struct kite_fault *fault);

/* Some idle work: a page ahead, a page before, ten pages of the map, the place saved. KITE_DONE:
 * nothing is left. */
enum kite_status reading_idle(struct reading *reading, struct kite_fault *fault);
/* Save the place now, as at sleep. */
enum kite_status reading_save(struct reading *reading, struct kite_fault *fault);

/* How much lies before the page's end, of 1000. */
uint32_t reading_permille(const struct reading *reading);
/* Page number from 1 and how many there are; false while the map is not whole. */
bool reading_page_number(const struct reading *reading, uint32_t *number, uint32_t *count);
/* The place of page `number` from 1; false as above, or when there is no such page. */
bool reading_page_place(const struct reading *reading, uint32_t number, struct kite_place *out);

/* The words at a place, for lists: spaces and marks made plain, cut at a word. */
enum kite_status reading_excerpt(struct reading *reading, const struct kite_place *at, char *out,
                                 size_t out_bytes, struct kite_fault *fault);
void excerpt_copy(const char *text, size_t bytes, char *out, size_t out_bytes);
/* The contents entry whose section holds a paragraph; false before the first, and when there are
 * none. Its title is lent until the next call. */
bool reading_entry(struct reading *reading, uint32_t paragraph, uint32_t *index,
                   struct kite_contents_entry *out);
/* The place of the character under a point of the page in front; false where there is no text. */
bool reading_place_at(const struct reading *reading, int32_t x, int32_t y, struct kite_place *out);
/* The stretch of a line of the page in front that shows [start, end) of the text; empty when none
 * of it. */
struct kite_rect reading_line_part(const struct reading *reading, size_t line,
                                   const struct kite_place *start, const struct kite_place *end);

bool place_is_before(const struct kite_place *a, const struct kite_place *b);

#endif
