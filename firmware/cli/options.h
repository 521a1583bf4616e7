/* options: what can be written behind `kite`, as tables. A verb is one row with its option groups;
 * the parser, the help, the manual page and the shell completions all read these tables and nothing
 * else. */
#ifndef KITE_CLI_OPTIONS_H
#define KITE_CLI_OPTIONS_H

#include "bundle/bundle.h"
#include "page/page.h"

struct kite_cli;

enum kite_option_kind {
    KITE_OPTION_FLAG = 0, /* bool */
    KITE_OPTION_TEXT,     /* const char *, not empty */
    KITE_OPTION_FILE,     /* the same; completed as a file */
    KITE_OPTION_FOLDER,   /* the same; completed as a folder */
    KITE_OPTION_DECIMAL,  /* int32_t: the number times scale, within [min, max] */
    KITE_OPTION_WORD,     /* int32_t: index in words */
    KITE_OPTION_LANG,     /* kite_lang */
    KITE_OPTION_PANEL,    /* struct kite_panel_choice */
    KITE_OPTION_RANGE     /* struct kite_page_range */
};

struct kite_panel_choice {
    struct kite_panel_geometry geometry; /* the panel's own orientation */
    int32_t levels;
};
/* Pages [first, last], from 1; last 0 is the end; first 0 is "not given". */
struct kite_page_range {
    int32_t first, last;
};

/* Every value that any verb takes. Numbers that were not given are below zero. */
struct kite_args {
    bool wants_help;
    bool json;
    const char *output;
    const char *fonts;
    int32_t document; /* from 1 */
    /* pack */
    kite_lang lang;
    const char *metas[KITE_META_COUNT];
    const char *as; /* what standard input is called */
    const char *font;
    bool is_fast, is_quiet, is_strict, is_each, keeps_pages, has_transcripts;
    /* what decides lines and pages */
    struct kite_panel_choice panel;
    int32_t profile, face, align, notes; /* words */
    int32_t size_pt100, line_em1000, margin_px, weight, chars;
    bool is_night, no_hyphens;
    int32_t rotation; /* word: quarter turns */
    /* render, lines, help */
    const char *place;
    struct kite_page_range pages;
    bool all_pages, originals;
    int32_t format; /* word */
    bool items;
    bool man;
    bool is_making; /* provision */
    int32_t jobs;   /* provision, pack */
    int32_t shell; /* word */
    /* keys and signatures */
    const char *key, *name, *picture, *password_file, *comment, *attach, *next, *withdraw, *repair;
    bool has_password, root_line, is_decoding;
    int32_t number;
};

struct kite_option {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    enum kite_option_kind kind;
    size_t offset;            /* in struct kite_args */
    const char *value;        /* what stands for the value in help; NULL for flags */
    const char *help;         /* one sentence without a full stop */
    const char *const *words; /* NULL-terminated, kind WORD */
    int32_t scale, min, max;  /* kind DECIMAL; min and max are of the scaled number */
};

struct kite_option_group {
    const char *title; /* heading in the help */
    const struct kite_option *options;
    size_t option_count;
};

#define KITE_VERB_GROUPS 6

struct kite_verb {
    const char *name;
    const char *operands; /* "SOURCE..." */
    const char *summary;  /* one line */
    const char *about;    /* paragraphs set apart by a newline */
    const struct kite_option_group *groups[KITE_VERB_GROUPS];
    size_t operands_min, operands_max;
    /* Returns an exit code. */
    int (*run)(struct kite_cli *cli);
};

/* The verbs in the order of the help, ended by NULL. */
extern const struct kite_verb *const kite_verbs[];
const struct kite_verb *kite_verb_by_name(const char *name); /* NULL when there is none */
const char *kite_verb_near(const char *name); /* the verb that a name most likely meant, or NULL */

/* Groups that several verbs have. */
extern const struct kite_option_group kite_layout_group; /* panel, profile, face ... */
extern const struct kite_option_group kite_document_group;
extern const struct kite_option_group kite_output_group; /* -o, else standard output */
extern const struct kite_option_group kite_json_group;
extern const struct kite_option_group kite_common_group; /* --help */

/* Words of the tables. */
extern const char *const kite_profile_words[];
extern const char *const kite_face_words[];
extern const char *const kite_shell_words[];

void kite_args_init(struct kite_args *args);

/* Read argv[0..count), all that stands behind the verb. Options and operands may be mixed; "--"
 * ends the options; a lone "-" is an operand. operands needs room for count pointers; they are lent
 * from argv. KITE_E_RANGE: wrong usage, the fault says what and what would be right. The number of
 * operands is checked unless --help is among the options. */
enum kite_status kite_args_parse(const struct kite_verb *verb, int count, char *const *argv,
                                 struct kite_args *args, const char **operands,
                                 size_t *operand_count, struct kite_fault *fault);

/* "WxH@PPI" or "WxH@PPIxLEVELS". */
bool kite_panel_from_text(const char *text, struct kite_panel_choice *out);
/* A whole or decimal number times scale, in [min, max]; no sign, no exponent, digits beyond scale
 * are refused. */
bool kite_decimal_from_text(const char *text, int32_t scale, int32_t min, int32_t max,
                            int32_t *out);
/* The entry of a NULL-terminated list that text most likely meant; NULL when none is near. */
const char *kite_nearest_word(const char *text, const char *const *words);

#endif
