/* Opening a text, turning its pages, working ahead. */
#include "reader/reading.h"

#include <string.h>

#define BACK_TRIES 6 /* to find where a page before starts */

void reading_init(struct reading *reading, const struct kite_memory *mem,
                  struct kite_library *library, struct kite_fonts *fonts,
                  const struct kite_setting *setting)
{
    *reading =
        (struct reading){ .mem = *mem, .library = library, .fonts = fonts, .setting = setting };
}

bool place_is_before(const struct kite_place *a, const struct kite_place *b)
{
    if (a->paragraph != b->paragraph)
        return a->paragraph < b->paragraph;
    return a->offset_bytes < b->offset_bytes;
}

/* ---- scenes ---------------------------------------------------------------------------------- */

static void scene_drop(const struct kite_memory *mem, struct scene *scene)
{
    kite_free(mem, scene->block);
    kite_buffer_close(&scene->decided);
    *scene = (struct scene){ 0 };
}

static const void *copied(uint8_t **at, const void *items, size_t count, size_t each)
{
    void *to = *at;

    if (count > 0)
        memcpy(to, items, count * each);
    *at += (count * each + 15) / 16 * 16;
    return to;
}

/* Keep a page that the layout lends. */
static enum kite_status scene_keep(const struct kite_memory *mem, struct scene *scene,
                                   const struct kite_page *page)
{
    size_t bytes = page->run_count * sizeof *page->runs + page->glyph_count * sizeof *page->glyphs +
                   page->rule_count * sizeof *page->rules + page->tint_count * sizeof *page->tints +
                   page->picture_count * sizeof *page->pictures +
                   page->line_count * sizeof *page->lines + 6 * 16;
    uint8_t *block = kite_resize(mem, scene->block, bytes, 1), *at = block;

    scene->is_there = false;
    if (!block)
        return KITE_E_NOMEM;
    scene->block = block;
    scene->page = *page;
    scene->page.runs = copied(&at, page->runs, page->run_count, sizeof *page->runs);
    scene->page.glyphs = copied(&at, page->glyphs, page->glyph_count, sizeof *page->glyphs);
    scene->page.rules = copied(&at, page->rules, page->rule_count, sizeof *page->rules);
    scene->page.tints = copied(&at, page->tints, page->tint_count, sizeof *page->tints);
    scene->page.pictures = copied(&at, page->pictures, page->picture_count, sizeof *page->pictures);
    scene->page.lines = copied(&at, page->lines, page->line_count, sizeof *page->lines);
    scene->is_there = true;
    return KITE_OK;
}

/* The same, of the open text: the page that its layout returned last. */
static enum kite_status keep(struct reading *reading, struct scene *scene,
                             const struct kite_page *page, struct kite_fault *fault)
{
    enum kite_status status;

    scene->is_there = false;
    scene->end_offset = reading->info.text_bytes;
    scene->decided.mem = reading->mem;
    scene->decided.count = 0;
    status = kite_layout_page_keep(reading->layout, &scene->decided);
    if (status == KITE_OK && !page->is_last)
        status = kite_bundle_offset_of(reading->bundle, page->end, &scene->end_offset, fault);
    return status ? status : scene_keep(&reading->mem, scene, page);
}

static void swap(struct scene *a, struct scene *b)
{
    struct scene c = *a;

    *a = *b;
    *b = c;
}

/* ---- opening and closing --------------------------------------------------------------------- */

static void drop_layout(struct reading *reading)
{
    kite_page_map_destroy(reading->map);
    reading->map = NULL;
    reading->is_map_settled = false;
    reading->ahead.is_there = reading->behind.is_there = false;
}

/* The ways back outlive a text. */
static void close_text(struct reading *reading)
{
    drop_layout(reading);
    kite_layout_destroy(reading->layout);
    reading->layout = NULL;
    if (reading->book)
        kite_library_book_close(reading->book);
    reading->book = NULL;
    reading->bundle = NULL;
    scene_drop(&reading->mem, &reading->now);
    scene_drop(&reading->mem, &reading->ahead);
    scene_drop(&reading->mem, &reading->behind);
    reading->kept_entry.end = 0;
    reading->text = 0;
    reading->is_reset_owed = false;
}

void reading_close(struct reading *reading)
{
    close_text(reading);
    reading->way_count = 0;
}

/* FNV-1a 64 */
static uint64_t hashed(uint64_t hash, const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

/* Of the setting, which has no padding left undefined, and the fonts. */
static uint64_t setting_hash(const struct reading *reading)
{
    uint64_t hash = 0xcbf29ce484222325u ^ kite_fonts_identity(reading->fonts);

    return hashed(hash, reading->setting, sizeof *reading->setting);
}

/* Of all that a kept page depends on: the map's key, which tells it too. */
static uint64_t page_identity(const struct reading *reading)
{
    const struct kite_map_key *key = &reading->map_key;
    const uint64_t numbers[] = { key->document, key->engine };

    return hashed(hashed(key->setting_hash, key->root_hash, sizeof key->root_hash), numbers,
                  sizeof numbers);
}

/* Take the map that was kept for this setting, if there is one, so that the page in front is one of
 * its own. */
static enum kite_status find_map(struct reading *reading, struct kite_fault *fault)
{
    struct kite_map_key *key = &reading->map_key;
    struct kite_buffer kept = { .mem = reading->mem };
    enum kite_status status;

    *key = (struct kite_map_key){ .document = reading->document,
                                  .setting_hash = setting_hash(reading),
                                  .engine = KITE_LAYOUT_VERSION };
    memcpy(key->root_hash, kite_bundle_root_hash(reading->bundle), sizeof key->root_hash);
    status = kite_library_map(reading->library, key, &kept);
    if (status == KITE_OK)
        status = kite_page_map_load(reading->layout, reading->document, kept.bytes, kept.count,
                                    &reading->map, fault);
    kite_buffer_close(&kept);
    return status == KITE_E_NOMEM ? status : KITE_OK; /* else it will be made */
}

/* A place of an older edition may lie behind the end. */
static void clamp(const struct reading *reading, struct kite_place *place)
{
    place->document = reading->document;
    if (place->paragraph >= reading->info.paragraph_count) {
        place->paragraph =
            reading->info.paragraph_count > 0 ? reading->info.paragraph_count - 1 : 0;
        place->offset_bytes = 0;
    }
}

/* The page of the map that holds a place; false where the map, so far, does not reach. */
static bool map_holds(const struct reading *reading, const struct kite_place *place,
                      uint32_t *index)
{
    const struct kite_page_map *map = reading->map;

    if (!map || kite_page_map_count(map) == 0)
        return false;
    *index = kite_page_map_find(map, *place);
    return kite_page_map_is_complete(map) || *index + 1 < kite_page_map_count(map);
}

/* A page comes to the front, because of a place on it. */
static enum kite_status bring(struct reading *reading, const struct kite_page *page,
                              struct kite_place place, struct kite_fault *fault)
{
    enum kite_status status = keep(reading, &reading->now, page, fault);

    if (status)
        return status;
    reading->ahead.is_there = reading->behind.is_there = false;
    reading->is_ahead_refused = reading->is_behind_refused = false;
    reading->anchor = place;
    reading->is_anchor_saved = false;
    return KITE_OK;
}

static enum kite_status show(struct reading *reading, struct kite_place place,
                             struct kite_fault *fault)
{
    const struct kite_page *page;
    enum kite_status status;
    uint32_t index;

    clamp(reading, &place);
    if (map_holds(reading, &place, &index))
        status = kite_layout_page_of(reading->layout, reading->map, index, &page, fault);
    else
        status = kite_layout_page_at(reading->layout, place, KITE_PAGE_SOON, &page, fault);
    return status ? status : bring(reading, page, place, fault);
}

#define IDENTITY_BYTES 8

static void put_identity(const struct reading *reading, uint8_t out[IDENTITY_BYTES])
{
    uint64_t identity = page_identity(reading);

    for (int i = 0; i < IDENTITY_BYTES; i++)
        out[i] = (uint8_t)(identity >> 8 * i);
}

static bool is_on(const struct kite_page *page, const struct kite_place *place)
{
    return !place_is_before(place, &page->start) &&
           (place_is_before(place, &page->end) || !place_is_before(&page->start, place));
}

/* The page that was in front when the person's place was saved, as it was then: whether there is a
 * map by now, or was then, makes no difference. KITE_DONE: none was kept that is still right. */
static enum kite_status show_kept(struct reading *reading, struct kite_place place,
                                  struct kite_fault *fault)
{
    struct kite_buffer kept = { .mem = reading->mem };
    const struct kite_page *page;
    uint8_t identity[IDENTITY_BYTES];
    enum kite_status status =
        kite_library_place_page(reading->library, reading->person, reading->text, &kept, fault);

    put_identity(reading, identity);
    if (status == KITE_OK &&
        (kept.count < IDENTITY_BYTES || memcmp(kept.bytes, identity, IDENTITY_BYTES) != 0))
        status = KITE_DONE;
    if (status == KITE_OK)
        status =
            kite_layout_page_kept(reading->layout, reading->document, kept.bytes + IDENTITY_BYTES,
                                  kept.count - IDENTITY_BYTES, &page, NULL);
    if (status == KITE_OK)
        status = is_on(page, &place) ? bring(reading, page, place, fault) : KITE_DONE;
    kite_buffer_close(&kept);
    return status == KITE_E_FORMAT || status == KITE_E_RANGE ? KITE_DONE : status;
}

static enum kite_status open_at(struct reading *reading, const struct kite_place *at,
                                struct kite_fault *fault)
{
    struct kite_place place = { 0 };
    enum kite_status status =
        kite_library_book_open(reading->library, reading->text, &reading->book, fault);

    if (status)
        return status;
    reading->bundle = kite_book_bundle(reading->book);
    reading->document = kite_book_document(reading->book);
    status = kite_bundle_document(reading->bundle, reading->document, &reading->info);
    if (status == KITE_OK)
        status = kite_layout_create(&reading->mem, reading->bundle, reading->fonts,
                                    reading->setting, &reading->layout, fault);
    if (status == KITE_OK && at)
        place = *at;
    else if (status == KITE_OK)
        status = kite_library_place(reading->library, reading->person, reading->text, &place, NULL,
                                    fault);
    if (status != KITE_OK && status != KITE_DONE)
        return status;

    bool is_resumed = status == KITE_OK && !at && !reading->is_bare;

    status = find_map(reading, fault);
    if (status == KITE_OK && is_resumed)
        status = show_kept(reading, place, fault);
    else if (status == KITE_OK)
        status = KITE_DONE;
    return status == KITE_DONE ? show(reading, place, fault) : status;
}

static enum kite_status open_once(struct reading *reading, uint32_t person, int64_t text,
                                  const struct kite_place *at, struct kite_fault *fault)
{
    close_text(reading);
    reading->person = person;
    reading->text = text;
    return open_at(reading, at, fault);
}

/* False: it could not be, or a damaged library is what was met. */
static bool mend(struct reading *reading, int64_t text)
{
    struct kite_repair_report report;

    if (kite_library_must_reopen(reading->library) ||
        kite_library_mend(reading->library, text, &report, NULL) != KITE_OK)
        return false;
    reading->was_mended = true;
    return true;
}

/* at NULL: the person's last place in it. */
static enum kite_status open_text_at(struct reading *reading, uint32_t person, int64_t text,
                                     const struct kite_place *at, struct kite_fault *fault)
{
    enum kite_status status = open_once(reading, person, text, at, fault);

    if (status == KITE_E_DAMAGED && mend(reading, text))
        status = open_once(reading, person, text, at, fault);
    if (status)
        reading_close(reading);
    return status;
}

enum kite_status reading_mend(struct reading *reading, struct kite_fault *fault)
{
    struct kite_place anchor = reading->anchor;

    if (!reading->text || !mend(reading, reading->text))
        return KITE_DONE;
    return open_text_at(reading, reading->person, reading->text, &anchor, fault);
}

enum kite_status reading_resume(struct reading *reading, uint32_t person, int64_t text,
                                struct kite_fault *fault)
{
    struct way *way = &reading->ways[0];
    enum kite_status status;

    reading->way_count = 0;
    status = open_text_at(reading, person, text, NULL, fault);
    if (status)
        return status;
    status = kite_library_way_back(reading->library, person, &way->text, &way->place, fault);
    reading->way_count = status == KITE_OK;
    return status == KITE_DONE ? KITE_OK : status;
}

enum kite_status reading_open(struct reading *reading, uint32_t person, int64_t text,
                              struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    if (text != reading->text) {
        status = kite_library_way_forget(reading->library, person, fault);
        reading->way_count = 0;
    }
    return status ? status : open_text_at(reading, person, text, NULL, fault);
}

enum kite_status reading_reset(struct reading *reading, struct kite_fault *fault)
{
    struct kite_place anchor = reading->anchor;
    enum kite_status status = kite_layout_set(reading->layout, reading->setting, fault);

    drop_layout(reading);
    if (status == KITE_OK)
        status = find_map(reading, fault);
    if (status == KITE_OK)
        status = show(reading, anchor, fault);
    reading->is_reset_owed = status == KITE_E_NOMEM;
    return status;
}

/* ---- going ----------------------------------------------------------------------------------- */

/* The oldest way of too many goes. */
static enum kite_status leave_way(struct reading *reading, struct kite_fault *fault)
{
    enum kite_status status =
        kite_library_jump(reading->library, reading->person, reading->text, reading->anchor, fault);

    if (status)
        return status;
    if (reading->way_count == WAYS_MAX)
        memmove(reading->ways, reading->ways + 1, --reading->way_count * sizeof *reading->ways);
    reading->ways[reading->way_count++] = (struct way){ reading->text, reading->anchor };
    return KITE_OK;
}

enum kite_status reading_go(struct reading *reading, struct kite_place place,
                            struct kite_fault *fault)
{
    enum kite_status status = leave_way(reading, fault);

    return status ? status : show(reading, place, fault);
}

enum kite_status reading_move(struct reading *reading, struct kite_place place,
                              struct kite_fault *fault)
{
    return show(reading, place, fault);
}

enum kite_status reading_follow(struct reading *reading, uint32_t person, int64_t text,
                                const struct kite_place *at, struct kite_fault *fault)
{
    enum kite_status status = reading->text ? leave_way(reading, fault) : KITE_OK;

    return status ? status : open_text_at(reading, person, text, at, fault);
}

/* The library keeps the way that is the latest now. */
static enum kite_status keep_way(struct reading *reading, struct kite_fault *fault)
{
    const struct way *way = reading->ways + reading->way_count;
    enum kite_status status = KITE_E_RANGE;

    if (reading->way_count > 0)
        status = kite_library_jump(reading->library, reading->person, way[-1].text, way[-1].place,
                                   fault);
    if (status == KITE_E_RANGE) /* none, or its text is gone */
        status = kite_library_way_forget(reading->library, reading->person, fault);
    return status;
}

enum kite_status reading_back(struct reading *reading, struct kite_fault *fault)
{
    struct way way;
    enum kite_status status;

    if (reading->way_count == 0)
        return KITE_DONE;
    way = reading->ways[--reading->way_count];
    status = keep_way(reading, fault);
    if (status)
        return status;
    return way.text == reading->text
               ? show(reading, way.place, fault)
               : open_text_at(reading, reading->person, way.text, &way.place, fault);
}

/* The index in the map of the page that starts right here. */
static bool map_index(const struct reading *reading, const struct kite_place *start,
                      uint32_t *index)
{
    struct kite_place found;

    if (!reading->map || kite_page_map_count(reading->map) == 0)
        return false;
    *index = kite_page_map_find(reading->map, *start);
    found = kite_page_map_start(reading->map, *index);
    return found.paragraph == start->paragraph && found.offset_bytes == start->offset_bytes;
}

/* Does a page of the map begin behind the start of the page in front? */
static bool is_ahead(const struct reading *reading, uint32_t index)
{
    struct kite_place start = kite_page_map_start(reading->map, index);

    return place_is_before(&reading->now.page.start, &start);
}

static enum kite_status lay_ahead(struct reading *reading, struct kite_fault *fault)
{
    const struct kite_page *page;
    uint32_t index = 0;
    enum kite_status status;

    bool is_mapped = map_index(reading, &reading->now.page.end, &index);

    /* A page that stands nowhere in a whole map is followed by the one of the map that goes on,
     * some lines of which were seen already, but not all of the page in front; from there all
     * pages are the map's. */
    if (is_mapped || (reading->map && kite_page_map_is_complete(reading->map) &&
                      is_ahead(reading, index)))
        status = kite_layout_page_of(reading->layout, reading->map, index, &page, fault);
    else
        status = kite_layout_page_at(reading->layout, reading->now.page.end, KITE_PAGE_SOON, &page,
                                     fault);
    return status ? status : keep(reading, &reading->ahead, page, fault);
}

/* The last place before the page in front. */
static enum kite_status place_before(struct reading *reading, struct kite_place *out,
                                     struct kite_fault *fault)
{
    uint64_t offset;
    enum kite_status status =
        kite_bundle_offset_of(reading->bundle, reading->now.page.start, &offset, fault);

    if (status)
        return status;
    return kite_bundle_place_at(reading->bundle, reading->document, offset > 0 ? offset - 1 : 0,
                                out, fault);
}

/* The page that is shown for `back` bytes before `from`, and where it ends. */
static enum kite_status page_back(struct reading *reading, uint64_t from, uint64_t back,
                                  const struct kite_page **page, uint64_t *end,
                                  struct kite_fault *fault)
{
    struct kite_place place;
    enum kite_status status = kite_bundle_place_at(reading->bundle, reading->document,
                                                   from > back ? from - back : 0, &place, fault);

    if (status == KITE_OK)
        status = kite_layout_page_at(reading->layout, place, KITE_PAGE_SOON, page, fault);
    if (status)
        return status;
    *end = reading->info.text_bytes;
    return (*page)->is_last ? KITE_OK
                            : kite_bundle_offset_of(reading->bundle, (*page)->end, end, fault);
}

/* Without a map: a page that ends where this one starts, or shows a line of it again. Where the
 * section begins near by it is the exact one; else a start is looked for from which a page reaches
 * just as far. No line is passed over. */
static enum kite_status lay_behind_unmapped(struct reading *reading, const struct kite_page **page,
                                            struct kite_fault *fault)
{
    const struct kite_page *now = &reading->now.page;
    uint64_t from, end, back, best = 1, too_far = UINT64_MAX, slack = reading->now.end_offset;
    enum kite_status status = kite_bundle_offset_of(reading->bundle, now->start, &from, fault);

    if (status)
        return status;
    back = slack > from ? slack - from : 1; /* as much as is on this page */
    slack = now->line_count > 0 ? back / now->line_count : 0;
    for (int i = 0; i < BACK_TRIES; i++) {
        status = page_back(reading, from, back, page, &end, fault);
        if (status || (end >= from && (end - from <= slack || back >= from)))
            return status;
        if (end >= from) {
            best = back > best ? back : best;
            back += end - from;
        } else {
            too_far = back;
            back -= from - end < back ? from - end : back;
        }
        if (back <= best ||
            back >= too_far) /* lines that are kept together, or a picture: not in proportion */
            back = best + (too_far - best) / 2;
    }
    return page_back(reading, from, best, page, &end, fault);
}

static enum kite_status lay_behind(struct reading *reading, struct kite_fault *fault)
{
    const struct kite_page *page;
    struct kite_place before;
    uint32_t index;
    enum kite_status status;

    if (map_index(reading, &reading->now.page.start, &index) && index > 0) {
        status = kite_layout_page_of(reading->layout, reading->map, index - 1, &page, fault);
    } else if (reading->map && kite_page_map_is_complete(
                                   reading->map)) { /* a page that stands nowhere in the map */
        status = place_before(reading, &before, fault);
        if (status == KITE_OK)
            status = kite_layout_page_of(reading->layout, reading->map,
                                         kite_page_map_find(reading->map, before), &page, fault);
    } else {
        status = lay_behind_unmapped(reading, &page, fault);
    }
    return status ? status : keep(reading, &reading->behind, page, fault);
}

enum kite_status reading_turn(struct reading *reading, int direction, struct kite_fault *fault)
{
    struct scene *to = direction > 0 ? &reading->ahead : &reading->behind;
    struct scene *from = direction > 0 ? &reading->behind : &reading->ahead;
    enum kite_status status = KITE_OK;

    if (direction > 0 ? reading->now.page.is_last : reading->now.page.is_first)
        return KITE_DONE;
    if (!to->is_there)
        status = direction > 0 ? lay_ahead(reading, fault) : lay_behind(reading, fault);
    if (status)
        return status;
    swap(&reading->now, to);
    swap(to, from); /* what was in front is now on the other side */
    to->is_there = false;

    /* Going back without a map may have shown lines twice: then the page kept is not the one that
     * follows. */
    if (direction < 0)
        from->is_there = from->is_there && memcmp(&reading->now.page.end, &from->page.start,
                                                  sizeof from->page.start) == 0;
    else
        from->is_there = from->is_there && memcmp(&from->page.end, &reading->now.page.start,
                                                  sizeof from->page.end) == 0;
    reading->is_ahead_refused = reading->is_behind_refused = false;
    reading->anchor = reading->now.page.start;
    reading->is_anchor_saved = false;
    return KITE_OK;
}

/* ---- idle work ------------------------------------------------------------------------------- */

uint32_t reading_permille(const struct reading *reading)
{
    uint32_t page;

    if (reading->info.opens_originals && /* there is no text to count */
        kite_bundle_original_at(reading->bundle, reading->anchor, &page) == KITE_OK)
        return (uint32_t)((page + 1) * (uint64_t)1000 / reading->info.original_count);
    return reading->info.text_bytes > 0
               ? (uint32_t)(reading->now.end_offset * 1000 / reading->info.text_bytes)
               : 1000;
}

enum kite_status reading_save(struct reading *reading, struct kite_fault *fault)
{
    const struct kite_buffer *decided = &reading->now.decided;
    uint8_t bytes[IDENTITY_BYTES + KITE_PAGE_KEPT_BYTES_MAX];
    struct kite_place_page page = { .place = reading->anchor,
                                    .read_permille = reading_permille(reading),
                                    .bytes = bytes };
    enum kite_status status;

    if (reading->text == 0 || reading->is_anchor_saved)
        return KITE_OK;
    if (reading->now.is_there && decided->count <= KITE_PAGE_KEPT_BYTES_MAX) {
        put_identity(reading, bytes);
        memcpy(bytes + IDENTITY_BYTES, decided->bytes, decided->count);
        page.count = IDENTITY_BYTES + decided->count;
    }
    status = kite_library_place_page_save(reading->library, reading->person, reading->text, &page,
                                          fault);
    reading->is_anchor_saved = status == KITE_OK;
    return status;
}

static enum kite_status keep_map(struct reading *reading)
{
    struct kite_buffer bytes = { .mem = reading->mem };
    struct kite_sink sink = kite_sink_buffer(&bytes);
    enum kite_status status = kite_page_map_save(reading->map, &sink);

    if (status == KITE_OK) /* a map that cannot be kept costs only time */
        kite_library_map_save(reading->library, &reading->map_key, bytes.bytes, bytes.count);
    kite_buffer_close(&bytes);
    return status;
}

static enum kite_status work_on_map(struct reading *reading, struct kite_fault *fault)
{
    enum kite_status status = KITE_OK;

    if (!reading->map)
        status = kite_page_map_create(reading->layout, reading->document, &reading->map, fault);
    if (status == KITE_OK && kite_page_map_is_complete(reading->map)) { /* as it was kept */
        reading->is_map_settled = true;
        return KITE_OK;
    }
    if (status == KITE_OK)
        status = kite_page_map_step(reading->map, fault);
    if (status == KITE_DONE)
        status = keep_map(reading);
    else if (status == KITE_OK)
        return KITE_OK;
    reading->is_map_settled = true; /* done, or not to be had: percent are shown then */
    return status;
}

/* Nobody asked for what is made ahead, so its failing disturbs nobody, and it is
 * not tried again. */
static enum kite_status unless_refused(enum kite_status status, bool *is_refused)
{
    if (status == KITE_OK || status == KITE_E_NOMEM)
        return status;
    *is_refused = true;
    return KITE_OK;
}

enum kite_status reading_idle(struct reading *reading, struct kite_fault *fault)
{
    if (reading->text == 0)
        return KITE_DONE;
    if (!reading->is_anchor_saved)
        return reading_save(reading, fault);
    if (!reading->ahead.is_there && !reading->now.page.is_last && !reading->is_ahead_refused)
        return unless_refused(lay_ahead(reading, NULL), &reading->is_ahead_refused);
    if (!reading->behind.is_there && !reading->now.page.is_first && !reading->is_behind_refused)
        return unless_refused(lay_behind(reading, NULL), &reading->is_behind_refused);
    if (!reading->is_map_settled)
        return unless_refused(work_on_map(reading, NULL), &reading->is_map_settled);
    return KITE_DONE;
}

bool reading_page_number(const struct reading *reading, uint32_t *number, uint32_t *count)
{
    if (!reading->map || !kite_page_map_is_complete(reading->map))
        return false;
    *number = kite_page_map_find(reading->map, reading->now.page.start) + 1;
    *count = kite_page_map_count(reading->map);
    return true;
}

bool reading_page_place(const struct reading *reading, uint32_t number, struct kite_place *out)
{
    if (!reading->map || !kite_page_map_is_complete(reading->map) || number == 0 ||
        number > kite_page_map_count(reading->map))
        return false;
    *out = kite_page_map_start(reading->map, number - 1);
    return true;
}
