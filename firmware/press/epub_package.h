/* epub_package: what an EPUB says of itself: which files it has, in what order they are read, where its contents stand, and its metadata.
 * Private to the press room. */
#ifndef KITE_PRESS_EPUB_PACKAGE_H
#define KITE_PRESS_EPUB_PACKAGE_H

#include "press/container.h"
#include "press/draft.h"
#include "press/tree.h"

#define KITE_EPUB_FILES_MAX 20000u

struct kite_epub_file {
    const char *id, *type;   /* "" where it has none; type is a media type */
    const char *properties;  /* "" or words */
    const char *name;        /* in the container; "" where its reference leads nowhere */
    const char *fallback_id; /* "" or the id of what may stand for it */
};

struct kite_epub_package {
    struct kite_tree tree; /* of the package document; strings lie here and in the arena */
    struct kite_arena arena;
    char name[KITE_CONTAINED_NAME_BYTES_MAX + 1]; /* of the package document */
    struct kite_epub_file *files;
    size_t file_count;
    uint32_t *spine; /* indices of files in reading order, what is not part of the text proper (linear="no") behind */
    size_t spine_count;
    const struct kite_epub_file *nav, *ncx, *cover; /* NULL where there is none */
    bool turns_right_to_left; /* its pages do */
    bool has_fixed_pages; /* made of pages whose look is fixed */
    bool has_rights;      /* META-INF/rights.xml: its text may be encrypted without saying so */
    uint32_t font_count;
};

/* The one importer's view of a package. The draft gets the metadata, and its language. KITE_E_FORMAT: there is no package document, or it names
 * nothing to read, or the text is encrypted; KITE_E_LIMIT; KITE_E_NOMEM. To be closed in any case. */
enum kite_status kite_epub_package_open(struct kite_draft *draft, struct kite_container *container, struct kite_epub_package *out);
/* A font, by its media type. */
bool kite_epub_is_font(const struct kite_epub_file *file);
void kite_epub_package_close(struct kite_epub_package *package);

/* Read a file of a container as XML, or where it is not well-formed and is_html allows it as HTML, which the report says. KITE_DONE: there
 * is no such file. The tree is to be closed in any case. */
enum kite_status kite_epub_tree(struct kite_draft *draft, struct kite_container *container, const char *name, bool is_html,
                                   struct kite_tree *tree);

/* ---- contents ------------------------------------------------------------------------------------------------- */

struct kite_markup_file;
/* Headings by the contents of the package (its nav document, else its NCX) where the files lack them: a paragraph that says what the
 * contents say becomes one, or one is added. */
enum kite_status kite_epub_add_headings(struct kite_draft *draft, struct kite_container *container, const struct kite_epub_package *package,
                                           struct kite_tree *trees, struct kite_markup_file *files, size_t file_count);

/* Page breaks where the list of the paper book's pages leads to, in files that do not mark them themselves. KITE_E_NOMEM. */
enum kite_status kite_epub_add_pages(struct kite_draft *draft, struct kite_container *container, const struct kite_epub_package *package,
                                     struct kite_tree *trees, struct kite_markup_file *files, size_t file_count);

/* From the metadata elements of a package document. */
enum kite_status kite_epub_metadata(struct kite_draft *draft, const struct kite_node *metadata, const char *identifier_id);

#endif
