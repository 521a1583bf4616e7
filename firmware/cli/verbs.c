/* The list of verbs, and the option groups that several of them share. */
#include "cli/verbs.h"

#include <string.h>

const struct kite_verb *const kite_verbs[] = {
    &kite_verb_pack,
    &kite_verb_info,
    &kite_verb_verify,
    &kite_verb_text,
    &kite_verb_render,
    &kite_verb_lines,
    &kite_verb_pages,
    &kite_verb_lint,
    &kite_verb_repair,
    &kite_verb_keygen,
    &kite_verb_sign,
    &kite_verb_news,
    &kite_verb_provision,
    &kite_verb_help,
    &kite_verb_version,
    NULL,
};

const struct kite_verb *kite_verb_by_name(const char *name)
{
    for (size_t i = 0; kite_verbs[i]; i++)
        if (strcmp(kite_verbs[i]->name, name) == 0)
            return kite_verbs[i];
    return NULL;
}

const char *kite_verb_near(const char *name)
{
    const char *names[sizeof kite_verbs / sizeof *kite_verbs] = {NULL};

    for (size_t i = 0; kite_verbs[i]; i++)
        names[i] = kite_verbs[i]->name;
    return kite_nearest_word(name, names);
}

const char *const kite_profile_words[] = {"book", "plain", "dyslexia", "large", "very-large", NULL};
const char *const kite_face_words[] = {"serif", "sans", "literacy", "dyslexic", "mono", NULL};
static const char *const align_words[] = {"auto", "justified", "ragged", NULL};
static const char *const notes_words[] = {"foot", "popup", NULL}; /* enum kite_notes_choice */
static const char *const rotation_words[] = {"0", "90", "180", "270", NULL};

static const struct kite_option layout_options[] = {
    {.name = "panel",
     .kind = KITE_OPTION_PANEL,
     .offset = offsetof(struct kite_args, panel),
     .value = "WxH@PPI[xLEVELS]",
     .help = "the panel: pixels, pixels an inch, gray levels (2, 4, 16, 256); 1072x1448@300x16 "
             "unless given"},
    {.name = "profile",
     .kind = KITE_OPTION_WORD,
     .offset = offsetof(struct kite_args, profile),
     .value = "NAME",
     .words = kite_profile_words,
     .help = "a setting for one kind of reader"},
    {.name = "face",
     .kind = KITE_OPTION_WORD,
     .offset = offsetof(struct kite_args, face),
     .value = "NAME",
     .words = kite_face_words,
     .help = "the typeface; the profile's own unless given"},
    {.name = "size",
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, size_pt100),
     .value = "PT",
     .scale = 100,
     .min = 500,
     .max = 12000,
     .help = "size of the text in points"},
    {.name = "chars",
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, chars),
     .value = "N",
     .scale = 1,
     .min = 6,
     .max = 200,
     .help = "choose the size so that a line holds about N characters of this text"},
    {.name = "line",
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, line_em1000),
     .value = "FACTOR",
     .scale = 1000,
     .min = 1000,
     .max = 3000,
     .help = "height of a line as a factor of the size, 1.35 for example"},
    {.name = "margin",
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, margin_px),
     .value = "PX",
     .scale = 1,
     .min = 0,
     .max = 2048,
     .help = "margin on all four sides in pixels"},
    {.name = "align",
     .kind = KITE_OPTION_WORD,
     .offset = offsetof(struct kite_args, align),
     .value = "HOW",
     .words = align_words,
     .help = "even edges, a ragged edge, or as the text can take it"},
    {.name = "notes",
     .kind = KITE_OPTION_WORD,
     .offset = offsetof(struct kite_args, notes),
     .value = "WHERE",
     .words = notes_words,
     .help = "notes at the foot of their page, or behind the text as a reader has them that pops "
             "them up"},
    {.name = "no-hyphens",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, no_hyphens),
     .help = "never divide words"},
    {.name = "weight",
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, weight),
     .value = "N",
     .scale = 1,
     .min = 0,
     .max = 4,
     .help = "how dark the type is, 0 to 4"},
    {.name = "night",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, is_night),
     .help = "white on black"},
    {.name = "rotate",
     .kind = KITE_OPTION_WORD,
     .offset = offsetof(struct kite_args, rotation),
     .value = "DEGREES",
     .words = rotation_words,
     .help = "turn the page clockwise on the panel"},
    {.name = "fonts",
     .kind = KITE_OPTION_FOLDER,
     .offset = offsetof(struct kite_args, fonts),
     .value = "DIR",
     .help = "where the font files are; else KITE_FONTS, or the folder that came with kite"},
};
const struct kite_option_group kite_layout_group = {"How pages are set", layout_options,
                                                    sizeof layout_options / sizeof *layout_options};

static const struct kite_option document_options[] = {
    {.name = "document",
     .kind = KITE_OPTION_DECIMAL,
     .offset = offsetof(struct kite_args, document),
     .value = "N",
     .scale = 1,
     .min = 1,
     .max = 1000000,
     .help = "which document of the bundle, from 1"},
};
const struct kite_option_group kite_document_group = {"Which part", document_options, 1};

static const struct kite_option output_options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = KITE_OPTION_FILE,
     .offset = offsetof(struct kite_args, output),
     .value = "FILE",
     .help = "where to write; standard output unless given"},
};
const struct kite_option_group kite_output_group = {"Where to", output_options, 1};

static const struct kite_option json_options[] = {
    {.name = "json",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, json),
     .help = "write JSON, for programs"},
};
const struct kite_option_group kite_json_group = {"For programs", json_options, 1};

static const struct kite_option common_options[] = {
    {.name = "help",
     .letter = 'h',
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, wants_help),
     .help = "show this help"},
};
const struct kite_option_group kite_common_group = {"Help", common_options, 1};
