/* draft: a document between importer and writer. Importers build paragraphs with a builder, which owns the normal
 * form of text: NFC, no control characters, single spaces, no space at the ends of lines. What is guessed about
 * a draft (roles, language, typography) is done here and not in the importers. Private to the press room. */
#ifndef KITE_PRESS_DRAFT_H
#define KITE_PRESS_DRAFT_H

#include "press/names.h"
#include "press/press.h"

/* A name that links lead to, in the draft's arena. */
struct kite_draft_anchor {
    const char *name;
    const struct kite_draft_anchor *next;
};

/* Which way an input says that text runs. Where it says nothing, the first letter tells. */
enum kite_said_direction { KITE_SAID_NOTHING = 0, KITE_SAID_LTR, KITE_SAID_RTL };

/* A page of what the text was made from, which begins in a paragraph; in the draft's arena. */
struct kite_draft_page {
    uint32_t letters; /* and digits that stand before it: typography changes only what is between them */
    uint32_t picture; /* of the bundle, or KITE_NO_PICTURE */
    const char *label; /* what is printed on it; "": its number from 1 */
    struct kite_draft_page *next; /* in the order of the text */
};

struct kite_draft_paragraph {
    struct kite_paragraph paragraph; /* text and spans in the draft's arena; offsets of links and notes are final */
    const struct kite_draft_anchor *anchors; /* explicit names for links */
    struct kite_draft_page *pages;           /* that begin in it; an importer gives those of the body only */
    uint32_t line;                   /* of the input, 0 when not known */
    bool has_role;                   /* the input names the role; nothing is guessed about it */
    enum kite_said_direction said;
};

struct kite_draft_list {
    struct kite_draft_paragraph *items;
    size_t count, capacity;
};

struct kite_draft {
    struct kite_memory mem;
    struct kite_arena arena;
    const struct kite_press_input *input;
    const struct kite_press_options *options;
    const struct kite_press_report *report;
    struct kite_fault *fault;
    struct kite_writer *writer; /* pictures go there at once */
    struct kite_draft_list body, notes;
    struct kite_draft_font *fonts; /* that the input brings (fonts.h) */
    const char *metas[KITE_META_COUNT];
    const char *subtitle, *byline; /* paragraphs that the front matter asks for */
    struct kite_names links;    /* addresses as written */
    struct kite_link *resolved; /* resolved_count of them, when links are resolved */
    uint32_t resolved_count;
    struct kite_names pictures; /* references as written */
    uint32_t *picture_index;    /* of the bundle, UINT32_MAX: it cannot be had */
    size_t picture_capacity;
    kite_lang lang;
    bool has_lang; /* given, even if as 0 */
    bool is_exact; /* `form: exact`: text and roles are as written, nothing is guessed */
    enum kite_said_direction said; /* of the whole */
    enum kite_direction direction;
    bool opens_originals; /* there is no text beside its pages' pictures */
};

void kite_draft_init(struct kite_draft *draft, const struct kite_memory *mem);
void kite_draft_close(struct kite_draft *draft);

/* A copy in the draft's arena, NULL without memory. */
char *kite_draft_copy(struct kite_draft *draft, const char *text, size_t bytes);
/* One more name in front of a list. KITE_E_NOMEM. */
enum kite_status kite_draft_anchor_add(struct kite_draft *draft, const char *name, size_t bytes,
                                       const struct kite_draft_anchor **anchors);
/* One more page behind those of a list, whose label is made fit to be stored. KITE_E_NOMEM. originals.c, as the two that follow. */
enum kite_status kite_draft_page_add(struct kite_draft *draft, const struct kite_draft_page *page, struct kite_draft_page **pages);
/* Letters and digits of a text. */
uint32_t kite_count_letters(const char *text, size_t bytes);
/* Give the pages of a complete draft, whose paragraphs the writer has, to the writer. */
enum kite_status kite_draft_write_originals(const struct kite_draft *draft);
/* Add a paragraph to a list; *out is valid until the next. */
enum kite_status kite_draft_add(struct kite_draft *draft, struct kite_draft_list *list,
                                const struct kite_draft_paragraph *paragraph);
/* Insert before position `at`. */
enum kite_status kite_draft_insert(struct kite_draft *draft, struct kite_draft_list *list, size_t at,
                                   const struct kite_draft_paragraph *paragraph);
/* 1 + index of the link to an address, the same for the same address. *link is 0 for an address that cannot
 * be stored (empty, too long). */
enum kite_status kite_draft_link(struct kite_draft *draft, const char *address, size_t bytes, uint32_t *link);
/* Fetch, decode and store a picture, once for each reference, which may be a data URI, or a drawing itself: "<svg ...". KITE_DONE: it cannot be had; the report says why. */
enum kite_status kite_draft_picture(struct kite_draft *draft, const char *reference, uint32_t line, uint32_t *index);
/* Set a metadata string: made printable, cut to what may be stored. Empty ones are not set. */
enum kite_status kite_draft_meta(struct kite_draft *draft, enum kite_meta meta, const char *text, size_t bytes);
/* How many bytes of a text to show in a message: at most `most`, whole characters. */
int kite_shown_bytes(const char *text, size_t bytes, size_t most);
/* Tell the report. */
void kite_draft_note(const struct kite_draft *draft, enum kite_press_note_kind kind, uint32_t line,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* ---- building text --------------------------------------------------------------------------------- */

/* Collects one paragraph's text. The first failure stays in status; later calls do nothing. */
struct kite_builder {
    struct kite_buffer text;
    struct kite_span *spans;
    size_t span_count, span_capacity;
    struct kite_span now; /* styles, link and lang of what is added next */
    bool keeps_spaces;    /* preformatted: spaces and line ends as they are */
    bool has_space;       /* one is due before the next character */
    struct kite_span of_space;
    enum kite_status status;
};
void kite_builder_init(struct kite_builder *builder, const struct kite_memory *mem);
void kite_builder_close(struct kite_builder *builder);
void kite_builder_reset(struct kite_builder *builder); /* empty, no styles */
/* UTF-8, ill-formed parts become U+FFFD. Control and other unprintable characters are left out. */
void kite_builder_add(struct kite_builder *builder, const char *text, size_t bytes);
void kite_builder_break(struct kite_builder *builder, char with); /* '\n', or '\t' between cells */
void kite_builder_note(struct kite_builder *builder, uint32_t note); /* index, from 0 */
/* The text so far into the draft's arena, in normal form. */
enum kite_status kite_builder_take(struct kite_builder *builder, struct kite_draft *draft, struct kite_text *out);

/* ---- what is done to a whole draft ----------------------------------------------------------------- */

/* A plain text of one span, in normal form. */
enum kite_status kite_draft_plain_text(struct kite_draft *draft, const char *text, size_t bytes,
                                       struct kite_text *out);
/* Compose to NFC; the result may share its memory with text. */
enum kite_status kite_text_compose(struct kite_draft *draft, struct kite_text *text);
/* Quotes, dashes, dots, French spaces, and spaces that stand where none does. Applying it again changes nothing. Code is left as it is. */
enum kite_status kite_text_typography(struct kite_draft *draft, struct kite_text *text, kite_lang lang);
/* "By Jane Doe", in some languages. */
bool kite_is_byline(const char *text, size_t bytes);
/* A year of this century or the last. */
bool kite_has_year(const struct kite_text *text);
/* Where the text is a letter: what stands above its salutation is no title, its date and title are what they are, and closing and name
 * become lines of one paragraph. KITE_E_NOMEM. */
enum kite_status kite_draft_guess_letter(struct kite_draft *draft);
/* Guess title, standfirst, byline, author notes, source and attributions that are not marked as such. */
enum kite_status kite_draft_guess_roles(struct kite_draft *draft);
/* Front matter's paragraphs, roles, language, typography, title, directions; and paragraphs that are too long are
 * split. KITE_E_FORMAT when there is nothing to read. */
enum kite_status kite_draft_complete(struct kite_draft *draft);
/* The addresses of all links of all drafts to links, those to headings and other inputs to places. Links that lead
 * nowhere go; the rest is numbered in the order of the text. */
enum kite_status kite_drafts_resolve_links(struct kite_draft *drafts, size_t count);
/* Text and spans between two offsets, lent from text but for the spans. */
enum kite_status kite_text_part(struct kite_draft *draft, const struct kite_text *text, size_t from, size_t to,
                                struct kite_text *out);
/* The direction of a language's script. */
enum kite_direction kite_lang_direction(kite_lang lang);

/* ---- importers ------------------------------------------------------------------------------------- */

/* Of the draft's input, by the table in press.c. */
enum kite_status kite_import_text(struct kite_draft *draft);

/* text: UTF-8 with \n line ends, of the whole input. */
enum kite_status kite_import_markdown(struct kite_draft *draft, const char *text, size_t bytes);
enum kite_status kite_import_plain(struct kite_draft *draft, const char *text, size_t bytes);

/* Bytes of any encoding to UTF-8 with \n line ends, without characters that no text has. KITE_E_UNSUPPORTED: in a character set that is
 * not read here; KITE_E_FORMAT: no text; KITE_E_NOMEM. */
enum kite_status kite_press_decode(struct kite_draft *draft, struct kite_buffer *out);
/* Read front matter at the start of text; *used gets its length, 0 when there is none. */
enum kite_status kite_front_matter(struct kite_draft *draft, const char *text, size_t bytes, size_t *used);
/* Does it begin with front matter that has a known key? */
bool kite_is_front_matter(const char *text, size_t bytes);
/* UTF-8 of a named or numeric entity "&...;" into out; 0 when there is none of that name. */
size_t kite_entity(const char *entity, size_t bytes, char out[8]);
/* A role by its stable word, KITE_ROLE_COUNT for none. */
enum kite_role kite_role_from_text(const char *text, size_t bytes);

#endif
