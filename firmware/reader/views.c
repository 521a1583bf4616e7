/* The table of screens. */
#include "reader/views.h"

const struct view *const views[VIEW_COUNT] = {
    [VIEW_PAGE] = &view_page,           [VIEW_LIBRARY] = &view_library,   [VIEW_MENU] = &view_menu,
    [VIEW_MORE] = &view_more,           [VIEW_TEXT] = &view_text,           [VIEW_ABOUT] = &view_about,
    [VIEW_MENDED] = &view_mended,       [VIEW_ASLEEP] = &view_asleep,
    [VIEW_CONTENTS] = &view_contents,   [VIEW_GO_TO] = &view_go_to,       [VIEW_SEARCH] = &view_search,
    [VIEW_RESULTS] = &view_results,     [VIEW_MARKS] = &view_marks,       [VIEW_MARK] = &view_mark,
    [VIEW_HIGHLIGHT] = &view_highlight, [VIEW_TYPE] = &view_type,         [VIEW_TYPE_VALUE] = &view_type_value,
    [VIEW_CARD] = &view_card,           [VIEW_NOTES] = &view_notes,       [VIEW_NOTE] = &view_note,
    [VIEW_LINK] = &view_link,           [VIEW_READERS] = &view_readers,   [VIEW_READER] = &view_reader,
    [VIEW_SETTINGS] = &view_settings,   [VIEW_SORT] = &view_sort,         [VIEW_CHOOSE] = &view_choose,
    [VIEW_IMPORT] = &view_import,       [VIEW_KEYBOARD] = &view_keyboard, [VIEW_SURE] = &view_sure,
    [VIEW_WRONG] = &view_wrong,
};
