/* actions: what the rules of the machine call, file by file. Private to the reader room. */
#ifndef KITE_READER_ACTIONS_H
#define KITE_READER_ACTIONS_H

#include "reader/code.h"
#include "reader/state.h"

/* view_page.c */
enum kite_status page_next(struct kite_reader *r);
enum kite_status page_previous(struct kite_reader *r);
enum kite_status page_menu(struct kite_reader *r);
enum kite_status page_select(struct kite_reader *r);
enum kite_status page_bookmark(struct kite_reader *r);
/* The bookmark on the page in front, or 0. */
enum kite_status page_bookmark_find(struct kite_reader *r, int64_t *id);
enum kite_status page_tap(struct kite_reader *r, const struct gesture *g);
enum kite_status page_hold(struct kite_reader *r, const struct gesture *g);
enum kite_status page_swipe_left(struct kite_reader *r, const struct gesture *g);
enum kite_status page_swipe_right(struct kite_reader *r, const struct gesture *g);
enum kite_status page_swipe_down(struct kite_reader *r, const struct gesture *g);
enum kite_status page_pinch_in(struct kite_reader *r, const struct gesture *g);
enum kite_status page_pinch_out(struct kite_reader *r, const struct gesture *g);
/* The chapter of a paragraph, or the title where there are none; lent until the next call. */
const char *page_where(struct kite_reader *r, uint32_t paragraph);
/* The line at the foot: where one is, and how far. */
void page_draw_status(struct kite_reader *r, const char *where, const char *far);
/* The ribbon of a bookmark at the page's top. */
void page_draw_ribbon(struct kite_reader *r);
/* Put the page in front onto the screen, with its marks and without the status line. */
enum kite_status page_draw_text(struct kite_reader *r);
bool battery_is_low(const struct kite_reader *r);

/* view_original.c: pages of the original in place of the text */
/* They are what is to be seen now. A text that has nothing else is shown so, and one that has none is not. */
bool original_is_shown(struct kite_reader *r);
/* There is a picture of the page that is read. */
bool original_is_there(struct kite_reader *r);
/* There is a text to go back to. */
bool original_has_text(const struct kite_reader *r);
/* The picture in place of the text, and back, at the same place. */
enum kite_status original_swap(struct kite_reader *r);
/* The text in place of the picture, where there is one. */
void original_leave(struct kite_reader *r);
/* Go to a page by its index, leaving a way back; KITE_E_RANGE: there is none. */
enum kite_status original_go(struct kite_reader *r, uint32_t index);
/* What is printed on a page, or its number from 1. */
void original_label(const struct kite_reader *r, uint32_t index, char *out, size_t out_bytes);
/* The page that is read, and how many there are; false: none. */
bool original_number(const struct kite_reader *r, uint32_t *index, uint32_t *count);
/* [start, end) of the text that the page in front is of: of the original where that is shown. */
void page_stretch(struct kite_reader *r, struct kite_place *start, struct kite_place *end);
/* Draw the sign that swaps picture and text, in the status line, with its target. */
void original_draw_sign(struct kite_reader *r, int32_t y, uint16_t size_em1000);
enum message original_zoom_name(const struct kite_reader *r);
enum kite_status original_next(struct kite_reader *r);
enum kite_status original_previous(struct kite_reader *r);
enum kite_status original_zoom_step(struct kite_reader *r);
enum kite_status original_back(struct kite_reader *r);
enum kite_status original_tap(struct kite_reader *r, const struct gesture *g);
enum kite_status original_drag(struct kite_reader *r, const struct gesture *g);
enum kite_status original_pinch_in(struct kite_reader *r, const struct gesture *g);
enum kite_status original_pinch_out(struct kite_reader *r, const struct gesture *g);

/* view_library.c */
enum kite_status library_menu(struct kite_reader *r);
/* Go to a place in another document of the bundle that is open. */
enum kite_status follow_to_document(struct kite_reader *r, const struct kite_place *place);
/* Open a text at its last place, or at a place; all screens go. */
enum kite_status open_text(struct kite_reader *r, int64_t text, const struct kite_place *at);

/* view_marks.c: one mark of the open text, with what can be done about it */
enum kite_status mark_open(struct kite_reader *r, int64_t id);

/* view_about.c: say what the library had to mend, if anything; put the screen of sleep in front,
 * and take it away */
enum kite_status mended_open(struct kite_reader *r);
void sleep_open(struct kite_reader *r);
enum kite_status sleep_close(struct kite_reader *r);

/* view_small.c: the guide in the language of the interface */
enum kite_status help_open(struct kite_reader *r, int64_t about);

/* view_go.c */
void go_to_open(struct kite_reader *r);

/* view_highlight.c: choosing sentences */
enum kite_status highlight_next(struct kite_reader *r);
enum kite_status highlight_previous(struct kite_reader *r);
enum kite_status highlight_select(struct kite_reader *r);
enum kite_status highlight_cancel(struct kite_reader *r);
enum kite_status highlight_tap(struct kite_reader *r, const struct gesture *g);
/* Begin at the sentence under a place, or at the page's first. */
enum kite_status highlight_begin(struct kite_reader *r, const struct kite_place *at);
/* Tint the stretch [start, end) of the page in front. */
void highlight_tint(struct kite_reader *r, const struct kite_place *start,
                    const struct kite_place *end, uint8_t coverage);

/* view_keyboard.c */
enum kite_status keyboard_next(struct kite_reader *r);
enum kite_status keyboard_previous(struct kite_reader *r);
enum kite_status keyboard_select(struct kite_reader *r);
enum kite_status keyboard_back(struct kite_reader *r);
/* What there is to press: lines, cells in them, and the text on a cell. */
#define KEYBOARD_CELL_BYTES 32
uint32_t keyboard_lines(const struct kite_reader *r);
uint32_t keyboard_cells(const struct kite_reader *r, uint32_t line);
const char *keyboard_cell(const struct kite_reader *r, uint32_t line, uint32_t column,
                          char out[KEYBOARD_CELL_BYTES]);
enum kite_status keyboard_tap(struct kite_reader *r, const struct gesture *g);

/* view_readers.c: the one who is reading */
enum kite_status person_info(struct kite_reader *r, struct kite_reader_info *out);

/* view_search.c: some more searching; KITE_DONE: nothing to do */
enum kite_status search_work(struct kite_reader *r);
void search_drop(struct kite_reader *r);

/* view_import.c */
enum kite_status import_storage(struct kite_reader *r, const struct kite_event *event);
/* Some more importing; KITE_DONE: nothing to do. */
enum kite_status import_work(struct kite_reader *r);
void import_drop(struct kite_reader *r);
/* Look at one more file that was put into the library's folder by hand; KITE_DONE:
 * all were seen. */
enum kite_status scan_work(struct kite_reader *r);
void scan_drop(struct kite_reader *r);

/* view_cable.c */
enum kite_status cable_event(struct kite_reader *r, const struct kite_event *event);
enum kite_status cable_ejected(struct kite_reader *r, const struct kite_event *event);
/* The inbox cannot be read. */
void cable_failed(struct kite_reader *r);

/* view_pass.c */
/* Check the bundle of the open text and copy it to the stick. */
enum kite_status pass_open(struct kite_reader *r);
/* There is a stick. */
bool pass_is_possible(const struct kite_reader *r);
/* A stick came, or with NULL went. */
void pass_stick(struct kite_reader *r, const char *folder);
/* Some more copying; KITE_DONE: nothing to do. */
enum kite_status pass_work(struct kite_reader *r);
void pass_drop(struct kite_reader *r);

/* view_pin.c: do it, after the owner's PIN was given where one is set; the screen in front is then
 * the same as now. Where the PIN is not given, nothing is done. */
enum kite_status pin_guard(struct kite_reader *r, enum kite_status (*act)(struct kite_reader *r));
/* Ask for a new PIN, twice, and set it. */
enum kite_status pin_new(struct kite_reader *r);
enum kite_status pin_is_set(struct kite_reader *r, bool *is_set);
/* Whoever has the reader in hand may take the PIN off without knowing it, and the trusted senders
 * with it; asked for, where there is one. */
enum kite_status pin_forgotten(struct kite_reader *r, const struct kite_event *event);

/* view_safe.c: safe mode begins: no text is opened, and none that was open is the next time */
enum kite_status safe_open(struct kite_reader *r);

/* view_kept.c: what is stored here, as of now */
enum kite_status kept_open(struct kite_reader *r);

/* What is left to wait after so many wrong tries, counted from the last one or from power-on, whichever was later. */
int64_t pin_wait_ms(const struct kite_reader *r, int64_t tries, int64_t tried_ms);

/* view_shelf.c */
bool shelf_is_open(const struct kite_reader *r);
/* Close it and forget its keys; the library comes up, on a screen that is cleaned. Nothing when it is closed. */
enum kite_status shelf_close(struct kite_reader *r);
/* The same at once, also while the secret is asked for. */
enum kite_status shelf_hide(struct kite_reader *r);
/* When it closes by itself, or KITE_NEVER_MS. */
int64_t shelf_due_ms(const struct kite_reader *r);
/* Put the open text on it, or take it off, with its bundle. */
enum kite_status shelf_put(struct kite_reader *r);
enum kite_status shelf_take_off(struct kite_reader *r);
/* What was shown as under way; KITE_DONE: nothing is. */
enum kite_status shelf_work(struct kite_reader *r);
void shelf_drop(struct kite_reader *r);

/* view_senders.c */
/* What a sender is called: by name, or without one by the key's id. */
void sender_name(const char *name, const uint8_t key_id[KITE_KEY_ID_BYTES], char *out,
                 size_t out_bytes);
/* A sender's picture, large, below *top, which moves down. */
void sender_draw_picture(struct kite_reader *r, const uint8_t picture[KITE_KEY_PICTURE_BYTES],
                         int32_t *top, int32_t bottom);

/* view_update.c */
enum kite_status update_event(struct kite_reader *r, const struct kite_event *event);
/* Ask whether the update file is to be installed. sender signed it, which was checked; "": nobody did that is known. */
void update_offer(struct kite_reader *r, const char *path, const char *version, const char *sender);
/* The update file that the person wants installed and is not yet, or NULL. */
const char *update_wanted(const struct kite_reader *r);

/* page_links.c: draw thin rules under the links of the page in front. */
enum kite_status page_links_draw(struct kite_reader *r);

/* view_notes.c: the note mark nearest to a point of the page in front, within reach, or the link
 * under it. KITE_DONE: there is neither. */
enum kite_status notes_open_near(struct kite_reader *r, int32_t x, int32_t y, int32_t reach_px);
/* The note of the page in front, or the list of them when there are several; KITE_DONE: it has
 * none. */
enum kite_status notes_open_page(struct kite_reader *r);

#endif
