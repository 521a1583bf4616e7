/* state: what the files of the reader room share. The machine, its stack of screens, the text that
 * is open. Private to the reader room. */
#ifndef KITE_READER_STATE_H
#define KITE_READER_STATE_H

#include "reader/gesture.h"
#include "reader/icons.h"
#include "reader/messages.h"
#include "reader/original.h"
#include "reader/reader.h"
#include "reader/reading.h"
#include "reader/screen.h"
#include "reader/type.h"
#include "shelf/shelf.h"

enum view_id {
    VIEW_PAGE = 0,
    VIEW_ORIGINAL,
    VIEW_LIBRARY,
    VIEW_MENU,
    VIEW_MORE,
    VIEW_ABOUT,
    VIEW_MENDED,
    VIEW_ASLEEP,
    VIEW_CONTENTS,
    VIEW_GO_TO,
    VIEW_SEARCH,
    VIEW_RESULTS,
    VIEW_MARKS,
    VIEW_MARK,
    VIEW_HIGHLIGHT,
    VIEW_TYPE,
    VIEW_TYPE_VALUE,
    VIEW_CARD,
    VIEW_TEXT,
    VIEW_NOTES,
    VIEW_NOTE,
    VIEW_LINK,
    VIEW_SENDERS,
    VIEW_SENDER,
    VIEW_READERS,
    VIEW_READER,
    VIEW_SETTINGS,
    VIEW_PIN,
    VIEW_KEPT,
    VIEW_SAFE,
    VIEW_PIN_WAIT,
    VIEW_SORT,
    VIEW_CHOOSE,
    VIEW_IMPORT,
    VIEW_IMPORT_GROUP,
    VIEW_IMPORT_FILE,
    VIEW_KEY,
    VIEW_PASS,
    VIEW_CABLE,
    VIEW_SHELF,
    VIEW_SHELF_ABOUT,
    VIEW_SHELF_WAIT,
    VIEW_SHELF_TOLD,
    VIEW_UPDATE,
    VIEW_KEYBOARD,
    VIEW_SURE,
    VIEW_WRONG,
    VIEW_COUNT
};

/* One row of a list. Strings are copied in; "" is none. */
struct row {
    char label[KITE_STRING_BYTES_MAX + 1];
    char detail[KITE_STRING_BYTES_MAX + 1]; /* smaller, under the label */
    char value[128];                        /* at the end side */
    char cover[16];                         /* letters of a small cover before the label */
    bool has_picture; /* in place of the cover: a sender's, as in trust.h */
    uint8_t picture[KITE_KEY_PICTURE_BYTES];
    const char *icon;                       /* of icons.h, before the label; NULL: none */
    kite_lang lang;                         /* of label and detail; 0: the interface's */
    bool is_rtl;
    uint8_t indent;    /* of the label, em */
    bool is_chosen;    /* marked as the one in force */
    bool starts_group; /* a rule above it */
};

/* What a screen is: a list that is asked for its rows, or a drawing of its own. NULL where it has
 * none. */
struct deeds;
struct view {
    const char *name; /* for scripts and tests */
    enum message title;
    uint8_t label_lines;  /* most of a row's label; 0: as many as the longest row takes (for short
                             lists) */
    uint8_t detail_lines; /* most of a row's detail; 0: rows have none */
    bool has_whole_words; /* in a list short enough to be measured, these take as many lines as they
                             need */
    bool has_cover;       /* rows may have covers */
    bool has_titles;      /* the label stands on the cover, when there is room */
    bool has_icons;       /* rows may have icons, or be chosen */
    bool has_rules;       /* between rows */
    bool has_captions;    /* the label is a caption to the detail: small, above it */
    bool has_door;        /* the title's line has a sign that opens the menu */
    bool intro_is_text;   /* the paragraph is of the open text, not of the interface */
    bool is_panel; /* stands over the foot of the page in front, when that leaves enough of it */
    enum kite_intent intent;
    /* The screen's own title, in place of the message. */
    enum kite_status (*head)(struct kite_reader *r, struct row *out);
    /* A paragraph above the rows: text into out[1025]. */
    enum kite_status (*intro)(struct kite_reader *r, char *out, size_t out_bytes);
    uint32_t row_count; /* of a list whose rows are always the same; else it is asked: */
    enum kite_status (*count)(struct kite_reader *r, uint32_t *out);
    enum kite_status (*row)(struct kite_reader *r, uint32_t index, struct row *out);
    enum kite_status (*chosen)(struct kite_reader *r, uint32_t index);
    const struct deeds *deeds; /* for those three of deeds.h */
    /* Draw on r->screen what the list does not: below `top`, above `bottom`; *top moves down. */
    enum kite_status (*picture)(struct kite_reader *r, int32_t *top, int32_t bottom);
    /* Everything is drawn by this instead. */
    enum kite_status (*draw)(struct kite_reader *r);
};
extern const struct view *const views[VIEW_COUNT];

#define ROWS_MEASURED 24 /* rows of a short list, each of which has a height of its own */

/* Which rows of a list stand on which page. */
struct list_pages {
    uint32_t count;       /* pages */
    uint32_t rows_a_page; /* of a long list; 0: starts says it */
    uint32_t starts[ROWS_MEASURED + 1];
};

/* A screen on the stack. */
struct seat {
    enum view_id view;
    uint32_t focus; /* row under the keys; the page of the list follows from it */
    int64_t about;  /* what the screen is about: a mark, a note, ... */
};
#define SEATS_MAX 16

#define PATH_BYTES_MAX 1024 /* of a file on a volume */

#define HELP_SHELF "Kite" /* the subject of the guides in books/ */

struct choice { /* what the library shows */
    enum kite_sort sort;
    bool is_unread_only;
    kite_lang lang;
    char author[KITE_STRING_BYTES_MAX + 1], shelf[KITE_STRING_BYTES_MAX + 1];
    char words[97]; /* of title or author */
};

/* What is kept: what the library tells, and the private shelf's sealed files. */
enum { KEPT_SEALED = KITE_TRACE_COUNT, KEPT_COUNT };

/* Where links stand on the page in front, as found last. */
#define LINKS_MARKED_MAX 48
struct links_marked {
    int64_t text; /* and page: [start, end) */
    struct kite_place start, end;
    uint32_t count;
    struct kite_place from[LINKS_MARKED_MAX], to[LINKS_MARKED_MAX];
};

/* Rows of the library as they were read last, and how many there are, so that a screen reads them
 * once. */
#define SHELF_ROWS 24
struct shelf_row {
    int64_t text;
    kite_lang lang;
    bool is_rtl;
    int32_t read_permille;        /* below 0: never opened */
    char title[257], author[129]; /* cut */
};
struct shelf {
    bool is_there, is_counted;
    uint32_t first, count, total;
    struct shelf_row rows[SHELF_ROWS];
};

/* The pages of what the text was made from, which may stand in place of the text. */
struct originals {
    int64_t text;      /* that the rest is of; the zoom stays */
    bool is_shown;     /* in place of the text */
    uint32_t index;    /* the page in front */
    struct kite_place anchor; /* of the reading, for which that was found */
    enum original_zoom zoom;
    struct original_corner corner;
    bool is_begun;     /* corner is of this page */
    struct {           /* the picture that was looked at for its ink */
        bool is_there;
        uint32_t picture;
        struct original_sheet sheet;
    } census;
    struct kite_page under; /* the page that the screen lies upon */
    struct kite_page_picture picture;
};

/* Words that were looked for, marked on the page until it is left. */
struct found_words {
    int64_t text; /* 0: none */
    struct kite_place start, end;
};

struct kite_reader {
    struct kite_memory mem;
    struct kite_reader_options options;
    struct kite_library *library;
    struct kite_library *texts; /* that are listed and read: the library's, or the private shelf's while that is open */
    struct kite_renderer *renderer;
    struct kite_setter *setter; /* of the interface */
    struct screen screen;
    struct kite_canvas canvas, before; /* the frame in the making, and the one shown */
    const struct catalogue *catalogue;
    struct kite_ink ink;
    struct type_choice type;
    struct kite_setting setting; /* of the text, by type */
    uint32_t person;             /* the current reader of the library */
    bool has_paragraph_numbers, is_cleaner;

    struct seat seats[SEATS_MAX];
    unsigned seat_count;
    struct list_pages pages; /* of the list in front */
    uint32_t intro_pages; /* before its rows, each of one row; the paragraph above them is too long
                             to stand there */
    bool shows_focus;     /* keys were used last */
    bool is_stale;        /* the screen must be drawn anew */
    bool is_owed;    /* memory failed in the step before: all must be drawn anew with the next */
    bool is_closing; /* a menu was closed by this event */
    enum kite_intent intent; /* of the next frame, where stronger than the view's */
    bool has_pause;
    enum kite_pause pause;
    bool wants_sleep;
    bool wants_export, wants_reboot, wants_power_off, wants_repair, wants_older;
    bool has_idle_work;
    int battery_percent; /* below 0: not known */
    bool is_charging;
    int64_t now_ms;
    int64_t touched_ms; /* the last event that was no tick */
    bool is_quiet;      /* nothing has happened for long, and the panel was told */

    struct gesture_state gesture;
    struct reading reading;
    struct choice choice;
    struct shelf shelf;
    struct links_marked links;
    struct found_words found;
    struct originals originals;
    struct search *search; /* NULL until used */
    struct highlight_state *highlight;
    struct import_state *import;
    struct kite_import_tally imports;
    struct waiting_volume { /* came while another was being taken in */
        bool is_there;
        enum kite_volume volume;
        char folder[PATH_BYTES_MAX];
    } waiting;
    bool is_volume_done;        /* the inbox, as of the last STORAGE */
    char stick[PATH_BYTES_MAX]; /* the folder of the stick that is in; "" none */
    struct pass *pass;
    struct kite_scan *scan; /* NULL before and after */
    bool is_scanned;        /* the folder was looked through since power-on */
    struct keyboard {
        char text[256];
        uint32_t line, column;
        bool is_number;
        bool is_secret;  /* shown as dots */
        int64_t about;   /* for done: what the text is for */
        bool is_in_line; /* keys move within the line, else from line to line */
        enum message title;
        enum kite_status (*done)(struct kite_reader *r, const char *text);
    } keyboard;
    struct sure { /* a question before something is lost */
        char question[KITE_STRING_BYTES_MAX + 1];
        enum message yes;
        enum kite_status (*act)(struct kite_reader *r);
        int64_t about;
    } sure;
    struct pin_lock { /* view_pin.c */
        enum kite_status (*act)(struct kite_reader *r); /* once the PIN was given */
        int64_t tried_ms; /* the last wrong try, or power-on */
        char first[KITE_PIN_DIGITS_MAX + 1]; /* a new one, until it was given twice */
    } pin;
    struct kite_trace_size kept[KEPT_COUNT]; /* that VIEW_KEPT shows */
    struct private_shelf { /* view_shelf.c */
        struct kite_shelf *shelf; /* open; NULL: closed */
        int64_t touched_ms;       /* the last key or touch */
        int64_t tried_ms;         /* the last wrong secret, or power-on */
        enum kite_shelf_secret kind; /* of the secret that is asked for */
        char secret[KITE_SHELF_SECRET_BYTES_MAX + 1]; /* that was given; wiped once it was used */
        enum kite_status (*work)(struct kite_reader *r); /* that is owed, as its screen has been shown */
        enum kite_status (*then)(struct kite_reader *r); /* once it is open */
        int64_t bundle;                                  /* to be put on it */
        bool wipes_canvas; /* the frame before has something of it */
    } private_shelf;
    struct kite_public_key key; /* of a sender, that VIEW_KEY asks about */
    struct update { /* a new Kite; view_update.c */
        enum update_state { UPDATE_ASKS = 0, UPDATE_RUNS, UPDATE_IS_DONE, UPDATE_FAILED } state;
        bool is_older; /* than the one that runs */
        int percent;
        char path[PATH_BYTES_MAX];
        char version[64];
        char sender[KITE_KEY_NAME_BYTES_MAX + 1]; /* who signed it, checked; "" nobody */
        char reason[240];
    } update;
    char address[KITE_STRING_BYTES_MAX + 1]; /* that VIEW_LINK shows */
    char wrong[240];                         /* what VIEW_WRONG says */
    struct kite_fault fault;                 /* of the call in hand; shown by VIEW_WRONG */
};

/* A message in the language of the interface. */
const char *say(const struct kite_reader *r, enum message message);
/* The screen in front. */
struct seat *seat_of(struct kite_reader *r);
/* Put a screen in front; one that is deeper than the stack allows replaces the one in front. */
void view_open(struct kite_reader *r, enum view_id view, int64_t about);
/* Take the front screen away; the last one stays. */
void view_close(struct kite_reader *r);
/* Take a screen out of the stack, wherever it stands; nothing when it does not. */
void view_remove(struct kite_reader *r, enum view_id view);
/* Take all away down to the page (or the library, when nothing is open). */
void view_close_all(struct kite_reader *r);
/* A question with two answers; act runs when it is answered with yes. */
void ask_sure(struct kite_reader *r, const char *question, enum message yes,
              enum kite_status (*act)(struct kite_reader *r), int64_t about);
/* Ask for a number of a few digits. */
void ask_number(struct kite_reader *r, enum message title,
                enum kite_status (*done)(struct kite_reader *r, const char *text));
/* Ask for digits that nobody else should read, as many as a PIN may have: dots stand for them, and
 * they are wiped when `done` returns. */
void ask_digits(struct kite_reader *r, enum message title,
                enum kite_status (*done)(struct kite_reader *r, const char *digits));
/* Ask for a passphrase, likewise. */
void ask_passphrase(struct kite_reader *r, enum message title,
                    enum kite_status (*done)(struct kite_reader *r, const char *passphrase));
/* Ask for a line of text; text is what is there already. */
void ask_text(struct kite_reader *r, enum message title, const char *text,
              enum kite_status (*done)(struct kite_reader *r, const char *text));

/* How the rows of a list are built. list_rows.c */
struct row_shape {
    int32_t icon_x, label_x, label_width, cover_height; /* icon_x below 0: no signs */
    bool has_value_line;                                /* values stand under their labels */
    bool is_even; /* a long list: all rows are as high as the first */
    int32_t heights[ROWS_MEASURED];
};
/* Look at the rows of a list and decide their shape; room is what they have for their height. */
enum kite_status row_shape(struct kite_reader *r, uint32_t count, int32_t room,
                           struct row_shape *out);
/* Height of a row. */
int32_t row_height(const struct row_shape *shape, uint32_t index);
/* Draw one row; stop is the target it gets. */
void row_draw(struct kite_reader *r, const struct row *row, const struct row_shape *shape,
              uint32_t stop, int32_t top);
/* Thickness of the rules of a screen, px. */
int32_t rule_px(const struct screen *s);

/* The row of a screen that is only to be read: OK, which takes it away. list_rows.c */
enum kite_status ok_row(struct kite_reader *r, uint32_t index, struct row *out);
enum kite_status ok_chosen(struct kite_reader *r, uint32_t index);

/* Draw the front screen's list, or its own drawing, onto r->screen. list.c */
enum kite_status list_draw(struct kite_reader *r);
/* How many rows the front screen's list has. list.c */
enum kite_status list_count(struct kite_reader *r, uint32_t *out);
/* Keys and touches on a list. list.c */
enum kite_status list_move(struct kite_reader *r, int direction);
enum kite_status list_page(struct kite_reader *r, int direction);
/* The row (or page of an introduction) with this target was chosen. */
enum kite_status list_choose(struct kite_reader *r, uint32_t stop);

/* Settings of the current person and device, read from and written to the library. settings.c */
enum kite_status settings_load(struct kite_reader *r);
enum kite_status settings_save_type(struct kite_reader *r);
/* Take the type choices into setting and ink, and lay the open text out anew at its place. */
enum kite_status settings_apply(struct kite_reader *r);

#endif
