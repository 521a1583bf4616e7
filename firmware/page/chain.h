/* chain: the pages of one section in order, found one after the other from its start. Private to the page room.
 *
 * A section begins on a new page. It is the stretch between two headings of the document's highest level where the text
 * is long enough for that, else the whole document. A heading right behind another of its level begins none. */
#ifndef KITE_PAGE_CHAIN_H
#define KITE_PAGE_CHAIN_H

#include "page/pages.h"

struct kite_chain {
    struct kite_memory mem;
    struct kite_setting asked;   /* as given */
    struct kite_setting setting; /* with a line height that the document's language has room in */
    struct kite_block_context context;
    struct kite_planner planner;
    uint8_t section_level; /* headings of this level begin sections; 0: none does */
    uint32_t first, end;   /* the section in hand, paragraphs; end 0: none */
    struct kite_page_plan *plans;
    size_t count, capacity;
};

/* Setter, fonts and bundle outlive it. */
void kite_chain_init(struct kite_chain *chain, const struct kite_memory *mem, struct kite_bundle *bundle,
                     struct kite_fonts *fonts, struct kite_setter *setter);
void kite_chain_close(struct kite_chain *chain);

/* Begin with a document under a setting; does nothing when both are in hand already. */
enum kite_status kite_chain_open(struct kite_chain *chain, const struct kite_setting *setting, uint32_t document,
                                 struct kite_fault *fault);
/* Make the section that holds the paragraph the one in hand. */
enum kite_status kite_chain_enter(struct kite_chain *chain, uint32_t paragraph, struct kite_fault *fault);
/* The section's bounds, without entering it. */
enum kite_status kite_chain_section(const struct kite_chain *chain, uint32_t paragraph, struct kite_section *out,
                                    struct kite_fault *fault);
/* Plan the page with this number of the section, and all before it. KITE_DONE: the section has fewer. */
enum kite_status kite_chain_page(struct kite_chain *chain, size_t index, const struct kite_page_plan **out,
                                 struct kite_fault *fault);
/* The page behind one of the section, which is not its last; NULL: its first. As kite_chain_page plans it, and not remembered. */
enum kite_status kite_chain_page_after(struct kite_chain *chain, const struct kite_page_plan *before,
                                       struct kite_page_plan *out, struct kite_fault *fault);
/* A page from any line of the section on, without what precedes it. */
enum kite_status kite_chain_page_from(struct kite_chain *chain, const struct kite_page_point *start,
                                      struct kite_page_plan *out, struct kite_fault *fault);

/* What a page map takes from its layout: memory, and a chain of its own opened on the document. */
const struct kite_memory *kite_layout_memory(const struct kite_layout *layout);
enum kite_status kite_layout_chain(const struct kite_layout *layout, uint32_t document, struct kite_chain *out,
                                   struct kite_fault *fault);
/* The plan of a page of a map made under this setting; false when there is none. */
bool kite_page_map_plan(const struct kite_page_map *map, const struct kite_setting *setting, uint32_t index,
                        struct kite_page_plan *out);
uint32_t kite_page_map_document(const struct kite_page_map *map);

#endif
