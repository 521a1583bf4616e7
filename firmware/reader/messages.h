/* messages: every text that the interface shows, one catalogue a language. Private to the reader
 * room. A new language is a file like messages_es.c and a line in the table of messages.c. */
#ifndef KITE_READER_MESSAGES_H
#define KITE_READER_MESSAGES_H

#include "base/base.h"

enum message {
    MESSAGE_NONE = 0,
    /* screens */
    MESSAGE_MENU,
    MESSAGE_LIBRARY,
    MESSAGE_CONTENTS,
    MESSAGE_GO_TO,
    MESSAGE_SEARCH,
    MESSAGE_SEARCH_RESULTS,
    MESSAGE_BOOKMARKS,
    MESSAGE_TYPE,
    MESSAGE_ABOUT_TEXT,
    MESSAGE_WHO_READS,
    MESSAGE_SETTINGS,
    MESSAGE_HELP,
    MESSAGE_NOTE,
    MESSAGE_LINK,
    MESSAGE_SORT_FILTER,
    MESSAGE_HIGHLIGHT,
    MESSAGE_SOMETHING_WRONG,
    MESSAGE_IMPORT,
    MESSAGE_READER_NAME,
    /* the menu on a page */
    MESSAGE_BACK_TO_TEXT,
    MESSAGE_BOOKMARK_ADD,
    MESSAGE_BOOKMARK_REMOVE,
    MESSAGE_HIGHLIGHT_HERE,
    MESSAGE_NOTES_HERE,
    MESSAGE_BACK_WHERE_I_WAS,
    MESSAGE_SLEEP,
    MESSAGE_CLEAN_SCREEN,
    MESSAGE_MORE,
    /* library */
    MESSAGE_NO_TEXTS,
    MESSAGE_NO_TEXTS_HOW,
    MESSAGE_SORT_TITLE,
    MESSAGE_SORT_AUTHOR,
    MESSAGE_SORT_RECENT,
    MESSAGE_SORT_ADDED,
    MESSAGE_ANY_LANGUAGE,
    MESSAGE_ANY_AUTHOR,
    MESSAGE_ANY_SHELF,
    MESSAGE_ONLY_UNREAD,
    MESSAGE_SORT_BY,
    MESSAGE_LANGUAGE,
    MESSAGE_AUTHOR,
    MESSAGE_SHELF,
    MESSAGE_FINISHED,
    MESSAGE_READ_PERCENT,
    MESSAGE_SEARCH_ALL,
    MESSAGE_REMOVE,
    MESSAGE_REMOVE_SURE,
    /* going to a place */
    MESSAGE_GO_PERCENT,
    MESSAGE_GO_PAGE,
    MESSAGE_GO_PARAGRAPH,
    MESSAGE_START_OF_TEXT,
    MESSAGE_END_OF_TEXT,
    MESSAGE_NO_CONTENTS,
    /* search */
    MESSAGE_SEARCH_WHAT,
    MESSAGE_SEARCHING,
    MESSAGE_NOTHING_FOUND,
    MESSAGE_FOUND_COUNT,
    MESSAGE_SEARCH_THIS,

    /* bookmarks and highlights */
    MESSAGE_NO_BOOKMARKS,
    MESSAGE_NO_BOOKMARKS_HOW,
    MESSAGE_OPEN_PLACE,
    MESSAGE_DELETE,
    MESSAGE_WRITE_NOTE,
    MESSAGE_HIGHLIGHT_START,
    MESSAGE_HIGHLIGHT_REACH,
    MESSAGE_CANCEL,
    /* type */
    MESSAGE_PROFILE,
    MESSAGE_PROFILE_BOOK,
    MESSAGE_PROFILE_PLAIN,
    MESSAGE_PROFILE_DYSLEXIA,
    MESSAGE_PROFILE_LARGE,
    MESSAGE_PROFILE_VERY_LARGE,
    MESSAGE_SIZE,
    MESSAGE_FACE,
    MESSAGE_FACE_SERIF,
    MESSAGE_FACE_SANS,
    MESSAGE_FACE_LITERACY,
    MESSAGE_FACE_DYSLEXIC,
    MESSAGE_FACE_MONO,
    MESSAGE_WEIGHT,
    MESSAGE_LINE_SPACE,
    MESSAGE_WORD_SPACE,
    MESSAGE_MARGINS,
    MESSAGE_ALIGNMENT,
    MESSAGE_ALIGN_AUTO,
    MESSAGE_ALIGN_JUSTIFIED,
    MESSAGE_ALIGN_RAGGED,
    MESSAGE_NIGHT,
    MESSAGE_ROTATION,
    MESSAGE_YES,
    MESSAGE_NO,
    MESSAGE_SAMPLE,
    MESSAGE_POINTS,
    /* the essay card */
    MESSAGE_WRITTEN_BY,
    MESSAGE_FIRST_PUBLISHED,
    MESSAGE_READING_TIME,
    MESSAGE_MINUTES,
    MESSAGE_SENT_BY,
    MESSAGE_SENDER_UNKNOWN,
    MESSAGE_READ_IT,
    MESSAGE_EDITION,
    MESSAGE_RIGHTS,
    /* notes and links */
    MESSAGE_NOTE_GO,
    MESSAGE_LINK_HOW,
    MESSAGE_LINK_INSIDE,
    /* readers */
    MESSAGE_READER_NEW,
    MESSAGE_READER_FORGET,
    MESSAGE_READER_FORGET_SURE,
    MESSAGE_READER_DEFAULT,
    /* settings */
    MESSAGE_INTERFACE_LANGUAGE,
    MESSAGE_REFRESH,
    MESSAGE_CALMER,
    MESSAGE_CLEANER,
    MESSAGE_PARAGRAPH_NUMBERS,
    MESSAGE_HISTORY,

    /* import */
    MESSAGE_STICK_CAME,
    MESSAGE_IMPORT_START,
    MESSAGE_IMPORTED_COUNT,
    MESSAGE_REFUSED_COUNT,
    MESSAGE_ALREADY_COUNT,

    /* the cable */
    MESSAGE_CABLE,
    MESSAGE_CABLE_CAME,
    MESSAGE_CABLE_GIVE,
    MESSAGE_CABLE_CHARGE,
    MESSAGE_CABLE_GIVEN,
    MESSAGE_CABLE_TAKE_BACK,
    MESSAGE_CABLE_WAITS,

    /* a new Kite */
    MESSAGE_UPDATE,
    MESSAGE_UPDATE_ASK,
    MESSAGE_UPDATE_START,
    MESSAGE_UPDATE_RUNS,
    MESSAGE_UPDATE_DONE,
    MESSAGE_UPDATE_FAILED,
    MESSAGE_RESTART_NOW,
    MESSAGE_RESTART_LATER,
    MESSAGE_POWER_OFF,

    /* about this reader */
    MESSAGE_ABOUT_READER,
    MESSAGE_ABOUT_KITE,
    MESSAGE_TEXTS_HERE,
    MESSAGE_SPACE_OF,
    MESSAGE_SPACE_LOW,
    MESSAGE_WHAT_IS_KEPT_TEXT,
    MESSAGE_TYPEFACES_TEXT,
    MESSAGE_ASLEEP,
    MESSAGE_MENDED,
    MESSAGE_MENDED_KEPT,
    MESSAGE_MENDED_ASIDE,
    MESSAGE_MAPS_DROPPED,
    MESSAGE_FOUND_ONE,
    /* everywhere */
    MESSAGE_OK,
    MESSAGE_PAGE_OF,
    MESSAGE_PARAGRAPH_N,
    MESSAGE_WRONG_HOW,
    MESSAGE_BATTERY_LOW,
    MESSAGE_SPACE,
    MESSAGE_ERASE,
    MESSAGE_DONE,
    MESSAGE_NO_HELP,
    MESSAGE_NO_NOTES,
    MESSAGE_FILES_COUNT,
    MESSAGE_COUNT
};

struct catalogue {
    kite_lang lang;
    const char *name;    /* of the language, in itself */
    bool is_rtl;         /* the interface is mirrored */
    const char *letters; /* what the keyboard offers, lower case, UTF-8 */
    const char *texts[MESSAGE_COUNT];
};

extern const struct catalogue catalogue_en, catalogue_es;

/* Catalogues by index from 0; NULL past the last. The first is English. */
const struct catalogue *catalogue_at(size_t index);
/* That of a language, or the first. */
const struct catalogue *catalogue_for(kite_lang lang);

/* Text into out, cut to the room at a character. Returns out. */
char *text_copy(const char *text, char *out, size_t out_bytes);

/* The same behind what out holds already. */
char *text_add(const char *text, char *out, size_t out_bytes);

#endif
