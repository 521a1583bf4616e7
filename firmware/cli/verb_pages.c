/* kite pages: where every page starts. */
#include "cli/listing.h"
#include "cli/places.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GLIMPSE_CHARACTERS 40

struct paging {
    struct kite_arena arena;
    uint32_t document;
    uint64_t text_bytes;
};

/* The first characters of a page, without what would break a line of the list. */
static size_t glimpse(const struct kite_text *text, uint32_t offset, char *out, size_t room)
{
    size_t used = 0;

    for (size_t at = offset, step, count = 0; at < text->text_bytes && count < GLIMPSE_CHARACTERS;
         at += step, count++) {
        uint32_t c = kite_utf8_decode(text->text + at, text->text_bytes - at, &step);

        if (used + step >= room)
            break;
        if (c < 0x20)
            out[used++] = ' ';
        else if (c != 0xfffc) {
            memcpy(out + used, text->text + at, step);
            used += step;
        }
    }
    out[used] = '\0';
    return used;
}

/* The page of the original that the place is on, by what is printed on it or its number. */
static void json_original(struct kite_listing *list, struct kite_place place)
{
    struct kite_original page;
    char number[16];
    uint32_t index;

    if (kite_bundle_original_at(list->session.bundle, place, &index) != KITE_OK ||
        kite_bundle_original(list->session.bundle, place.document, index, &page) != KITE_OK)
        return;
    snprintf(number, sizeof number, "%" PRIu32, index + 1);
    kite_json_string(&list->json, "original", page.label[0] ? page.label : number);
}

static enum kite_status list_page(struct kite_listing *list, uint32_t index, struct kite_place start)
{
    struct paging *paging = list->ctx;
    struct kite_cli *cli = list->session.cli;
    struct kite_paragraph paragraph;
    uint64_t offset;
    char words[GLIMPSE_CHARACTERS * 4 + 1], place[KITE_PLACE_TEXT_BYTES];
    enum kite_status status =
        kite_bundle_offset_of(list->session.bundle, start, &offset, &cli->fault);

    kite_arena_reset(&paging->arena);
    if (status == KITE_OK)
        status = kite_bundle_paragraph(list->session.bundle, start.document, start.paragraph,
                                       &paging->arena, &paragraph, &cli->fault);
    if (status)
        return status;

    size_t bytes = glimpse(&paragraph.text, start.offset_bytes, words, sizeof words);
    uint64_t percent100 = paging->text_bytes > 0 ? offset * 10000 / paging->text_bytes : 0;

    kite_place_text(start, place);
    if (!cli->args.json) {
        kite_output_print(&list->out, "page %-5" PRIu32 "%3" PRIu64 "%%  %-14s %s\n", index + 1,
                          percent100 / 100, place, words);
        return list->out.status;
    }
    kite_json_open(&list->json, NULL, '{');
    kite_json_number(&list->json, "document", (int64_t)paging->document + 1);
    kite_json_number(&list->json, "page", (int64_t)index + 1);
    kite_json_string(&list->json, "place", place);
    kite_json_number(&list->json, "percent", (int64_t)(percent100 / 100));
    json_original(list, start);
    kite_json_text(&list->json, "text", words, bytes);
    kite_json_close(&list->json, '}');
    kite_json_end(&list->json);
    return list->json.status;
}

static enum kite_status list_map(struct kite_listing *list, struct kite_page_map *map)
{
    struct paging *paging = list->ctx;
    struct kite_cli *cli = list->session.cli;
    struct kite_meter meter;
    struct kite_progress progress = kite_meter_start(&meter, "setting pages", false);
    struct kite_document_info info;
    enum kite_status status = kite_bundle_document(list->session.bundle, paging->document, &info);

    paging->text_bytes = info.text_bytes;
    while (status == KITE_OK) {
        status = kite_page_map_step(map, &cli->fault);

        uint32_t count = kite_page_map_count(map);

        if (progress.step && count > 0)
            progress.step(progress.ctx, kite_page_map_start(map, count - 1).paragraph,
                          info.paragraph_count);
    }
    kite_meter_finish(&meter);
    if (status != KITE_DONE)
        return status;
    status = KITE_OK;
    for (uint32_t i = 0; i < kite_page_map_count(map) && status == KITE_OK; i++)
        status = list_page(list, i, kite_page_map_start(map, i));
    if (status == KITE_OK && !cli->args.json)
        kite_output_print(&list->out, "%" PRIu32 " pages\n", kite_page_map_count(map));
    return status;
}

/* Where there is nothing but pages of the original these are the pages, whatever the setting. */
static enum kite_status list_originals(struct kite_listing *list, const struct kite_document_info *info)
{
    struct paging *paging = list->ctx;
    struct kite_original page;
    enum kite_status status = KITE_OK;

    paging->text_bytes = info->text_bytes;
    for (uint32_t i = 0; i < info->original_count && status == KITE_OK; i++) {
        status = kite_bundle_original(list->session.bundle, paging->document, i, &page);
        if (status == KITE_OK)
            status = list_page(list, i, page.place);
    }
    if (status == KITE_OK && !list->session.cli->args.json)
        kite_output_print(&list->out, "%" PRIu32 " pages, as the original has them\n", info->original_count);
    return status;
}

static enum kite_status list_laid_out(struct kite_listing *list)
{
    struct paging *paging = list->ctx;
    struct kite_page_map *map;
    enum kite_status status = kite_page_map_create(list->session.layout, paging->document, &map, &list->session.cli->fault);

    if (status)
        return status;
    status = list_map(list, map);
    kite_page_map_destroy(map);
    return status;
}

static enum kite_status list_documents(struct kite_listing *list)
{
    struct paging *paging = list->ctx;
    struct kite_cli *cli = list->session.cli;
    uint32_t first, end;
    enum kite_status status = kite_session_documents(&list->session, &first, &end);

    for (paging->document = first; status == KITE_OK && paging->document < end; paging->document++) {
        struct kite_document_info info = {0};
        const char *title = kite_bundle_meta(list->session.bundle, paging->document, KITE_META_TITLE);

        if (!cli->args.json && end - first > 1)
            kite_output_print(&list->out, "%sdocument %" PRIu32 ": %s\n",
                              paging->document > first ? "\n" : "", paging->document + 1,
                              title ? title : "without a title");
        status = kite_bundle_document(list->session.bundle, paging->document, &info);
        if (status == KITE_OK)
            status = info.opens_originals ? list_originals(list, &info) : list_laid_out(list);
    }
    return status;
}

static int run_pages(struct kite_cli *cli)
{
    struct paging paging = {.document = 0};
    int code;

    kite_arena_init(&paging.arena, cli->mem, 0);
    code = kite_listing_run(cli, true, list_documents, &paging);
    kite_arena_close(&paging.arena);
    return code;
}

const struct kite_verb kite_verb_pages = {
    .name = "pages",
    .operands = "BUNDLE",
    .summary = "where every page starts, and how many there are",
    .about = "Sets the whole text and lists where each page starts: how far into the text, as a "
             "place that kite "
             "render takes, and its first words.",
    .groups = {&kite_document_group, &kite_output_group, &kite_json_group, &kite_layout_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 1,
    .run = run_pages,
};
