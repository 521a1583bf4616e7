/* icons: signs of the interface, by their private code points in the symbol face (fonts/icons.py).
 * Private to the reader room. A sign is text like any other: it takes the size, the place and the
 * grays of a letter. */
#ifndef KITE_READER_ICONS_H
#define KITE_READER_ICONS_H

#define ICON_BACK "\xEE\x80\x80"
#define ICON_AHEAD "\xEE\x80\x81"
#define ICON_CHECK "\xEE\x80\x82"
#define ICON_LIBRARY "\xEE\x80\x83"
#define ICON_LETTERS "\xEE\x80\x84"
#define ICON_CONTENTS "\xEE\x80\x85"
#define ICON_BOOKMARK "\xEE\x80\x86"
#define ICON_BOOKMARKED "\xEE\x80\x87"
#define ICON_MARKS "\xEE\x80\x88"
#define ICON_SEARCH "\xEE\x80\x89"
#define ICON_MORE "\xEE\x80\x8A"
#define ICON_GO "\xEE\x80\x8B"
#define ICON_RETURN "\xEE\x80\x8C"
#define ICON_HIGHLIGHT "\xEE\x80\x8D"
#define ICON_NOTES "\xEE\x80\x8E"
#define ICON_ABOUT "\xEE\x80\x8F"
#define ICON_PERSON "\xEE\x80\x90"
#define ICON_SETTINGS "\xEE\x80\x91"
#define ICON_HELP "\xEE\x80\x92"
#define ICON_CLEAN "\xEE\x80\x93"
#define ICON_SLEEP "\xEE\x80\x94"
#define ICON_BATTERY "\xEE\x80\x95"
#define ICON_PLUS "\xEE\x80\x96"
#define ICON_REMOVE "\xEE\x80\x97"
#define ICON_WRITE "\xEE\x80\x98"
#define ICON_HOME "\xEE\x80\x99"
#define ICON_SORT "\xEE\x80\x9A"
#define ICON_SHEET "\xEE\x80\x9B"
#define ICON_LOCK "\xEE\x80\x9C"

#endif
