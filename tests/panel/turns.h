/* Pages of a real book, turned on the panel model: by the policy, and by the habits of other
 * readers. */
#ifndef KITE_TESTS_TURNS_H
#define KITE_TESTS_TURNS_H

#include <string.h>

#include "text/font_folder.h"

#include "panel/panel.h"
#include "render/render.h"

#define PANEL_WIDTH 1072
#define PANEL_HEIGHT 1448
#define TURNS 40
#define TURN_MS 20000 /* a page is read that long */
#define PAGES_MOST TURNS
#define PICTURES_MOST 4
#define DAMAGE_MOST 16

struct turned_page {
    uint8_t *pixels;
    struct kite_rect pictures[PICTURES_MOST];
    size_t picture_count;
    bool has_heading; /* a section starts on it */
};

/* At most PAGES_MOST pages; readers go round when there are fewer. */
struct turned_book {
    struct turned_page pages[PAGES_MOST];
    size_t page_count;
};

struct turned {
    uint32_t mean, worst_tile;           /* millilevels: mean over all turns, worst after any */
    uint32_t last_mean;                  /* after the last */
    uint32_t worst_debt;                 /* after any turn */
    uint32_t most_flashes;               /* of one turn */
    struct kite_panel_model_stats stats; /* of the turns alone, without the first page */
};

/* How a reader of the run refreshes. */
struct habit {
    const char *name;
    bool has_policy;
    struct kite_policy_state state;
    int full_every; /* without the policy: a FULL of the panel each so many turns; 0 never */
};

static inline struct kite_panel_pixels turned_frame(const uint8_t *pixels)
{
    return (struct kite_panel_pixels){pixels, PANEL_WIDTH, PANEL_HEIGHT, PANEL_WIDTH};
}

static inline enum kite_status turned_read(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    FILE *file = ctx;

    return fseek(file, (long)offset, SEEK_SET) == 0 && fread(dst, 1, count, file) == count
               ? KITE_OK
               : KITE_E_IO;
}

/* A heading of the first two levels begins on the page. */
static inline bool turned_has_heading(struct kite_bundle *bundle, const struct kite_page *page)
{
    struct kite_section section;
    struct kite_fault fault;

    for (size_t i = 0; i < page->line_count; i++) {
        const struct kite_page_line *line = &page->lines[i];

        assert_int_equal(kite_bundle_section_at(bundle, page->start.document, line->paragraph, 2,
                                                &section, &fault),
                         KITE_OK);
        if (line->start_bytes == 0 && section.first == line->paragraph)
            return true;
    }
    return false;
}

static inline void turned_keep(struct turned_book *book, struct kite_renderer *renderer,
                               struct kite_bundle *bundle, const struct kite_page *page,
                               const struct kite_ink *ink)
{
    struct turned_page *out = &book->pages[book->page_count++];
    struct kite_canvas canvas = {malloc((size_t)PANEL_WIDTH * PANEL_HEIGHT), PANEL_WIDTH,
                                 PANEL_HEIGHT, PANEL_WIDTH};
    struct kite_fault fault;

    assert_non_null(canvas.pixels);
    assert_int_equal(kite_render_page(renderer, page, bundle, ink, NULL, &canvas, &fault), KITE_OK);
    out->pixels = canvas.pixels;
    for (size_t i = 0; i < page->picture_count && i < PICTURES_MOST; i++)
        out->pictures[out->picture_count++] = page->pictures[i].box;
    out->has_heading = turned_has_heading(bundle, page);
}

/* The first pages of $(BUILD)/books/NAME.kite at a type size. */
static inline void turned_book_open(struct turned_book *book, const char *name, int size_px,
                                    bool is_night)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_panel_geometry panel = {PANEL_WIDTH, PANEL_HEIGHT, 300};
    struct kite_ink ink = {.levels = 16, .weight = 1, .is_night = is_night};
    struct kite_renderer *renderer;
    struct kite_bundle *bundle;
    struct kite_layout *layout;
    struct kite_fonts *fonts;
    struct kite_setting setting;
    struct kite_fault fault = {""};
    const struct kite_page *page;
    enum kite_status status;
    char path[256];

    memset(book, 0, sizeof *book);
    snprintf(path, sizeof path, KITE_BUILD "/books/%s.kite", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    struct kite_source source = {file, (uint64_t)ftell(file), turned_read};

    kite_setting_init(&setting, KITE_PROFILE_BOOK, panel, 0);
    setting.size_f26 = kite_f26_from_px(size_px);
    setting.line_f26 = setting.size_f26 * 4 / 3;
    assert_int_equal(kite_bundle_open(&heap, &source, &bundle, &fault), KITE_OK);
    assert_int_equal(kite_fonts_create(&heap, &built_fonts, &fonts, &fault), KITE_OK);
    assert_int_equal(kite_layout_create(&heap, bundle, fonts, &setting, &layout, &fault), KITE_OK);
    assert_int_equal(kite_renderer_create(&heap, fonts, 0, &renderer, &fault), KITE_OK);
    status =
        kite_layout_page_at(layout, (struct kite_place){0, 0, 0}, KITE_PAGE_EXACT, &page, &fault);
    while (status == KITE_OK && book->page_count < PAGES_MOST) {
        turned_keep(book, renderer, bundle, page, &ink);
        status = kite_layout_page_next(layout, &page, &fault);
    }
    assert_true(book->page_count > 1);
    kite_renderer_destroy(renderer);
    kite_layout_destroy(layout);
    kite_fonts_destroy(fonts);
    kite_bundle_close(bundle);
    fclose(file);
}

/* The page with the largest picture of one book after each second page of another, which lends its
 * pages: a book with many pictures. */
static inline void turned_book_mix(struct turned_book *out, const struct turned_book *texts,
                                   const struct turned_book *pictures)
{
    const struct turned_page *picture = NULL;
    int32_t most_px = 0;

    for (size_t i = 0; i < pictures->page_count; i++) {
        for (size_t k = 0; k < pictures->pages[i].picture_count; k++) {
            struct kite_rect box = pictures->pages[i].pictures[k];

            if (box.width * box.height <= most_px)
                continue;
            most_px = box.width * box.height;
            picture = &pictures->pages[i];
        }
    }
    assert_non_null(picture);
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < texts->page_count && out->page_count < PAGES_MOST; i++) {
        out->pages[out->page_count++] = texts->pages[i];
        if (i % 2 && out->page_count < PAGES_MOST)
            out->pages[out->page_count++] = *picture;
    }
}

static inline void turned_book_close(struct turned_book *book)
{
    for (size_t i = 0; i < book->page_count; i++)
        free(book->pages[i].pixels);
}

/* What changed from one page to the next, and its pictures. */
static inline size_t turned_changes(const struct turned_page *before,
                                    const struct turned_page *page,
                                    struct kite_change out[DAMAGE_MOST + PICTURES_MOST])
{
    struct kite_canvas a = {before->pixels, PANEL_WIDTH, PANEL_HEIGHT, PANEL_WIDTH};
    struct kite_canvas b = {page->pixels, PANEL_WIDTH, PANEL_HEIGHT, PANEL_WIDTH};
    struct kite_rect rects[DAMAGE_MOST];
    size_t count = kite_canvas_damage(&a, &b, rects, DAMAGE_MOST);

    for (size_t i = 0; i < count; i++)
        out[i] = (struct kite_change){rects[i], KITE_INTENT_PAGE_TEXT};
    for (size_t i = 0; i < page->picture_count; i++)
        out[count++] = (struct kite_change){page->pictures[i], KITE_INTENT_PAGE_IMAGE};
    return count;
}

/* Hand the model all that the policy offers, until nothing is queued or in flight. Returns when. */
static inline int64_t turned_run_dry(struct kite_policy *policy, struct kite_panel_model *model,
                                     const struct kite_panel_pixels *frame, int64_t now_ms)
{
    struct kite_update update;
    int64_t ask_ms;

    for (;;) {
        while (kite_policy_next(policy, now_ms, &update, &ask_ms) == KITE_OK)
            assert_int_equal(kite_panel_model_start(model, &update, frame, now_ms), KITE_OK);
        if (ask_ms == KITE_NEVER_MS)
            return now_ms;
        assert_true(ask_ms > now_ms);
        now_ms = ask_ms;
    }
}

static inline void turned_by_policy(struct kite_policy *policy, struct kite_panel_model *model,
                                    const struct turned_page *before,
                                    const struct turned_page *page, int64_t now_ms)
{
    struct kite_change changes[DAMAGE_MOST + PICTURES_MOST];
    struct kite_panel_pixels frame = turned_frame(page->pixels);
    size_t count = turned_changes(before, page, changes);

    assert_int_equal(kite_policy_show(policy, &frame, changes, count, now_ms), KITE_OK);
    if (page->has_heading)
        kite_policy_pause(policy, KITE_PAUSE_CHAPTER, now_ms);
    turned_run_dry(policy, model, &frame, now_ms);
}

static inline void turned_by_habit(struct kite_panel_model *model, const struct turned_page *page,
                                   bool is_full, int64_t now_ms)
{
    struct kite_panel_pixels frame = turned_frame(page->pixels);
    struct kite_update update = {
        .rect = {0, 0, PANEL_WIDTH, PANEL_HEIGHT},
        .waveform = is_full ? KITE_WAVEFORM_GC16 : KITE_WAVEFORM_GL16,
        .mode = is_full ? KITE_UPDATE_FULL : KITE_UPDATE_PARTIAL,
    };

    assert_int_equal(kite_panel_model_start(model, &update, &frame, now_ms), KITE_OK);
}

static inline void turned_count(struct turned *out, const struct kite_panel_model_stats *first)
{
    out->stats.updates -= first->updates;
    out->stats.flashes -= first->flashes;
    out->stats.flashed_permille -= first->flashed_permille;
    out->stats.busy_ms -= first->busy_ms;
}

/* TURNS page turns. after: called when a turn has settled, unless NULL. */
static inline struct turned turn_pages(const struct turned_book *book,
                                       const struct kite_panel_kind *kind,
                                       const struct habit *habit,
                                       void (*after)(struct kite_panel_model *, int, int64_t))
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_panel_model_stats first = {0};
    struct kite_panel_model *model;
    struct kite_policy *policy;
    struct kite_policy_debt debt;
    struct turned out = {0};
    uint32_t flashes = 0;
    uint64_t sum = 0;

    assert_int_equal(kite_panel_model_create(&heap, kind, PANEL_WIDTH, PANEL_HEIGHT, &model),
                     KITE_OK);
    assert_int_equal(kite_policy_create(&heap, kind, PANEL_WIDTH, PANEL_HEIGHT, &policy), KITE_OK);
    kite_policy_set(policy, &habit->state);
    for (int i = 0; i <= TURNS; i++) {
        const struct turned_page *page = &book->pages[(size_t)i % book->page_count];
        const struct turned_page *before = &book->pages[(size_t)(i ? i - 1 : 0) % book->page_count];
        int64_t now_ms = (int64_t)i * TURN_MS;

        if (habit->has_policy)
            turned_by_policy(policy, model, before, page, now_ms);
        else
            turned_by_habit(model, page, habit->full_every && i % habit->full_every == 0, now_ms);
        kite_panel_model_step(model, now_ms + TURN_MS - 1);
        kite_panel_model_stats(model, &out.stats);
        kite_policy_debt(policy, &debt);
        if (after)
            after(model, i, now_ms);
        if (i == 0) {
            first = out.stats;
            flashes = first.flashes;
            continue;
        }
        if (out.stats.flashes - flashes > out.most_flashes)
            out.most_flashes = out.stats.flashes - flashes;
        flashes = out.stats.flashes;
        sum += out.stats.mean_millilevels;
        if (out.stats.worst_tile_millilevels > out.worst_tile)
            out.worst_tile = out.stats.worst_tile_millilevels;
        if (debt.worst > out.worst_debt)
            out.worst_debt = debt.worst;
    }
    out.mean = (uint32_t)(sum / TURNS);
    out.last_mean = out.stats.mean_millilevels;
    turned_count(&out, &first);
    kite_policy_destroy(policy);
    kite_panel_model_destroy(model);
    return out;
}

#endif
