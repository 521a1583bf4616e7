/* views: every screen by its name. Private to the reader room. */
#ifndef KITE_READER_VIEWS_H
#define KITE_READER_VIEWS_H

#include "reader/actions.h"

extern const struct view view_page, view_original, view_library, view_menu, view_more, view_about, view_mended,
    view_asleep, view_contents, view_go_to, view_search, view_results, view_marks, view_mark,
    view_highlight, view_type, view_type_value, view_card, view_text, view_notes, view_note,
    view_link, view_readers, view_reader, view_settings, view_sort, view_choose, view_import,
    view_import_group, view_import_file, view_key, view_pass, view_cable, view_update, view_keyboard,
    view_senders, view_sender, view_pin, view_pin_wait, view_kept, view_safe, view_shelf,
    view_shelf_about, view_shelf_wait, view_shelf_told, view_sure, view_wrong;

#endif
