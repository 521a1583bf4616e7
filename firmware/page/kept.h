/* kept: pages as bytes, some ten each, as maps hold them and devices keep them. Private to the page room. */
#ifndef KITE_PAGE_KEPT_H
#define KITE_PAGE_KEPT_H

#include "page/pages.h"

#define KITE_KEPT_VERSION 5u

/* Write a point; a page without its end, which is where the next one starts. KITE_E_NOMEM. */
enum kite_status kite_kept_add_point(struct kite_buffer *out, const struct kite_page_point *point);
enum kite_status kite_kept_add_plan(struct kite_buffer *out, const struct kite_page_plan *plan);

/* Read them again: in->failed says when they cannot be what was written. The end of the page is left at the text's start. */
struct kite_page_point kite_kept_take_point(struct kite_bytes *in);
void kite_kept_take_plan(struct kite_bytes *in, struct kite_page_plan *plan);
/* Whether a page, with its end, may be one of a document: none is empty but the only one of an empty text. */
bool kite_kept_may_be_page(const struct kite_document_info *info, const struct kite_page_plan *plan);

/* A page alone, with its end. KITE_E_NOMEM. */
enum kite_status kite_page_plan_save(const struct kite_page_plan *plan, struct kite_buffer *out);
/* KITE_E_FORMAT: it cannot be one of the document. */
enum kite_status kite_page_plan_load(const struct kite_document_info *info, const uint8_t *bytes, size_t count,
                                     struct kite_page_plan *out);

#endif
