/* The line dump. */
#include "cli/dump.h"

#include <string.h>

/* Kinds that tools tell apart; every other role goes by its own word. */
static const char *kind_of(enum kite_role role)
{
    switch (role) {
    case KITE_ROLE_PARAGRAPH:
        return "body";
    case KITE_ROLE_TITLE:
    case KITE_ROLE_SUBTITLE:
        return "heading";
    case KITE_ROLE_PREFORMATTED:
        return "pre";
    default:
        return kite_role_text(role);
    }
}

static uint32_t character_count(const char *text, size_t bytes)
{
    uint32_t count = 0;

    while (bytes > 0 && (text[bytes - 1] == ' ' || text[bytes - 1] == '\n'))
        bytes--;
    for (size_t at = 0, step; at < bytes; at += step)
        count += kite_utf8_decode(text + at, bytes - at, &step) !=
                 0xad; /* a soft hyphen is no character */
    return count;
}

/* Widths of a line, with the room that letters give. While the ratio is at most 1, tracking is part
 * of the stretch; beyond that it is used up and belongs to the natural width, so that the ratio
 * speaks of the spaces alone. */
static void dump_widths(struct kite_json *json, const struct kite_layout_line *told)
{
    const struct kite_line *line = &told->line;
    kite_f26 natural = line->natural_f26, stretch = line->stretch_f26;
    kite_f26 of_spaces = (kite_f26)line->space_count * line->space_f26 / 2;

    if (line->is_justified && told->measure_f26 - natural > stretch && stretch > of_spaces) {
        natural += stretch - of_spaces;
        stretch = of_spaces;
    }
    kite_json_px(json, "nat", natural);
    kite_json_px(json, "set", told->measure_f26);
    kite_json_number(json, "spaces", line->space_count);
    kite_json_px(json, "space", line->space_f26);
    kite_json_px(json, "stretch", stretch);
    kite_json_px(json, "shrink", line->shrink_f26);
    kite_json_px(json, "drawn", told->drawn_f26);
}

static enum kite_status dump_line(void *ctx, const struct kite_layout_line *told)
{
    struct kite_dump *dump = ctx;
    struct kite_json *json = &dump->json;

    kite_json_open(json, NULL, '{');
    kite_json_string(json, "t", "line");
    if (dump->label[0])
        kite_json_string(json, "run", dump->label);
    kite_json_number(json, "para", told->paragraph);
    dump_widths(json, told);
    kite_json_bool(json, "last", told->line.is_last);
    kite_json_bool(json, "just", told->line.is_justified);
    kite_json_bool(json, "hyphen", told->line.has_hyphen);
    kite_json_number(json, "chars",
                     character_count(told->text, told->line.end_bytes - told->line.start_bytes));
    kite_json_number(json, "page", (int64_t)told->page + 1);
    kite_json_string(json, "kind", kind_of(told->role));
    kite_json_open(json, "gaps", '[');
    for (size_t i = 0; i < told->gap_count; i++) {
        kite_json_open(json, NULL, '[');
        kite_json_px(json, NULL, told->gaps[2 * i]);
        kite_json_px(json, NULL, told->gaps[2 * i + 1]);
        kite_json_close(json, ']');
    }
    kite_json_close(json, ']');
    kite_json_close(json, '}');
    kite_json_end(json);
    return json->status;
}

static enum kite_status dump_page(void *ctx, const struct kite_layout_page *told)
{
    struct kite_dump *dump = ctx;
    struct kite_json *json = &dump->json;

    if (dump->progress.step)
        dump->progress.step(dump->progress.ctx, told->start.paragraph, dump->paragraph_count);
    kite_json_open(json, NULL, '{');
    kite_json_string(json, "t", "page");
    if (dump->label[0])
        kite_json_string(json, "run", dump->label);
    kite_json_number(json, "page", (int64_t)told->page + 1);
    kite_json_px(json, "avail", told->available_f26);
    kite_json_px(json, "used", told->used_f26);
    kite_json_px(json, "lh", told->line_f26);
    kite_json_bool(json, "end", told->is_end);
    kite_json_close(json, '}');
    kite_json_end(json);
    return json->status;
}

static void dump_item(struct kite_json *json, const struct kite_text_item *item)
{
    char kind[2] = {item->kind, '\0'};

    kite_json_open(json, NULL, '[');
    kite_json_string(json, NULL, kind);
    if (item->kind == 'p') {
        kite_json_number(json, NULL, item->penalty);
    } else {
        bool is_plain_box = item->kind == 'b' && item->stretch == 0 && item->shrink == 0;

        kite_json_px(json, NULL, item->width);
        if (!is_plain_box) {
            kite_json_px(json, NULL, item->stretch);
            kite_json_px(json, NULL, item->shrink);
        }
    }
    if (item->kind == 'd')
        kite_json_string(json, NULL, item->is_explicit ? "x" : "h");
    kite_json_close(json, ']');
}

/* One width for all lines, or one for the first and one for those that hang. */
static void dump_measure(struct kite_json *json, const struct kite_layout_paragraph *told)
{
    if (told->hang_f26 == 0) {
        kite_json_px(json, "measure", told->measure_f26);
        return;
    }
    kite_json_open(json, "measures", '[');
    kite_json_px(json, NULL, told->measure_f26);
    kite_json_px(json, NULL, told->measure_f26 - told->hang_f26);
    kite_json_close(json, ']');
}

static enum kite_status dump_paragraph(void *ctx, const struct kite_layout_paragraph *told)
{
    struct kite_dump *dump = ctx;
    struct kite_json *json = &dump->json;

    kite_json_open(json, NULL, '{');
    /* a ragged paragraph has another optimum than the one that readers of "para" look for */
    kite_json_string(json, "t", told->is_justified ? "para" : "ragged");
    if (dump->label[0])
        kite_json_string(json, "run", dump->label);
    kite_json_number(json, "para", told->paragraph);
    kite_json_string(json, "kind", kind_of(told->role));
    kite_json_px(json, "space", told->space_f26);
    dump_measure(json, told);
    kite_json_open(json, "items", '[');
    for (size_t i = 0; i < told->item_count; i++)
        dump_item(json, &told->items[i]);
    kite_json_close(json, ']');
    kite_json_open(json, "breaks", '[');
    for (size_t i = 0; i < told->break_count; i++)
        kite_json_number(json, NULL, told->breaks[i]);
    kite_json_close(json, ']');
    if (told->lines_delta != 0) {
        kite_json_number(json, "lines", (int64_t)told->break_count + 1);
        kite_json_number(json, "lines_delta", told->lines_delta);
    }
    kite_json_close(json, '}');
    kite_json_end(json);
    return json->status;
}

enum kite_status kite_dump_document(struct kite_dump *dump, struct kite_layout *layout,
                                    uint32_t document, bool has_items, struct kite_fault *fault)
{
    struct kite_layout_report report = {.ctx = dump,
                                        .line = dump_line,
                                        .page = dump_page,
                                        .paragraph = has_items ? dump_paragraph : NULL};
    enum kite_status status = kite_layout_tell(layout, document, &report, fault);

    return status ? status : dump->json.status;
}
