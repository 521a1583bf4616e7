/* An svg element as text again, with the rules of its style sheets as attributes. */
#include "press/drawing.h"

#include "press/pictures.h"
#include "press/raster.h"

#include <string.h>

#define RULES_MAX 512u
#define LOOK_BYTES 4096u
#define IMAGES_MAX 200u
#define USED_MAX 1000u /* elements with an id, of a drawing that uses any twice */
#define USED_PASSES 20u

/* ---- names --------------------------------------------------------------------------------------------------------- */

/* Names with capitals in them, which HTML does not keep. */
static const char *spelled(const char *name)
{
    static const char *const names[] = { "viewBox", "preserveAspectRatio", "gradientUnits", "gradientTransform", "spreadMethod", "clipPathUnits",
                                         "patternUnits", "patternTransform", "patternContentUnits", "maskUnits", "linearGradient", "radialGradient", "clipPath" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t k = 0;

        while (name[k] && (name[k] | 0x20) == (names[i][k] | 0x20))
            k++;
        if (name[k] == '\0' && names[i][k] == '\0')
            return names[i];
    }
    return name;
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(*names, name) == 0)
            return true;
    }
    return false;
}

/* What draws nothing, runs or moves, or holds another markup. */
static bool is_left_out(const struct kite_node *node)
{
    static const char *const names[] = { "script", "style", "foreignObject", "foreignobject", "metadata", "title", "desc", "animate", "animateTransform",
                                         "animatetransform", "animateMotion", "animatemotion", "set", "a11y", "audio", "video", "iframe", NULL };

    return is_one_of(node->name, names);
}

bool kite_drawing_is_one(const uint8_t *bytes, size_t count)
{
    size_t at = count >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, end = count < LOOK_BYTES ? count : LOOK_BYTES;

    while (at < end && strchr(" \t\r\n", bytes[at]) && bytes[at])
        at++;
    if (at == end || bytes[at] != '<')
        return false;
    for (; at + 5 <= end; at++) {
        if (memcmp(bytes + at, "<svg", 4) == 0 && (strchr(" \t\r\n>/", bytes[at + 4])))
            return true;
        if (memcmp(bytes + at, "<html", 5) == 0)
            return false;
    }
    return false;
}

bool kite_drawing_draws(const struct kite_node *svg)
{
    static const char *const drawn[] = { "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "use", NULL };
    unsigned images = 0;

    for (const struct kite_node *node = svg->first; node; node = kite_node_step(node, svg, true)) {
        if (node->name && is_one_of(node->name, drawn))
            return true;
        images += kite_node_is(node, "image");
    }
    return images > 1;
}

/* ---- style sheets ---------------------------------------------------------------------------------------------------- */

struct span {
    const char *text;
    size_t bytes;
};

struct rule {
    struct span selector;     /* "path", ".a", "#b", "path.a" */
    struct span declarations; /* "fill: red; stroke: none" */
};

struct work {
    struct kite_buffer *out;
    const struct kite_drawing_source *source;
    struct rule rules[RULES_MAX];
    size_t rule_count;
    unsigned images;
    size_t picture_bytes;
    enum kite_status status;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static struct span trim(const char *from, const char *to)
{
    while (from < to && is_space(*from))
        from++;
    while (to > from && is_space(to[-1]))
        to--;
    return (struct span){ from, (size_t)(to - from) };
}

static const char *find_in(const char *from, const char *to, const char *what)
{
    size_t bytes = strlen(what);

    for (; from + bytes <= to; from++) {
        if (memcmp(from, what, bytes) == 0)
            return from;
    }
    return NULL;
}

static void add_rules(struct work *w, struct span selectors, struct span declarations)
{
    const char *at = selectors.text, *end = at + selectors.bytes;

    while (at < end && w->rule_count < RULES_MAX) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        struct span selector = trim(at, comma ? comma : end);

        if (selector.bytes > 0 && selector.text[0] != '@')
            w->rules[w->rule_count++] = (struct rule){ selector, declarations };
        at = comma ? comma + 1 : end;
    }
}

/* Comments count as part of a selector, and such a rule then fits nothing: sheets in drawings hardly have any but around them. */
static void read_sheet(struct work *w, const char *text, size_t bytes)
{
    const char *at = text, *end = text + bytes;

    while (at < end) {
        const char *open = memchr(at, '{', (size_t)(end - at)), *shut = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
        const char *comment = open ? find_in(at, open, "*/") : NULL;

        if (!open)
            return;
        shut = shut ? shut : end;
        add_rules(w, trim(comment ? comment + 2 : at, open), trim(open + 1, shut));
        at = shut < end ? shut + 1 : end;
    }
}

static bool has_class(const struct kite_node *node, struct span word)
{
    const char *classes = kite_node_attribute(node, "class");

    for (const char *at = classes; at && *at; at += strspn(at, " \t\r\n")) {
        size_t bytes = strcspn(at, " \t\r\n");

        if (bytes == word.bytes && memcmp(at, word.text, bytes) == 0)
            return true;
        at += bytes;
    }
    return false;
}

static bool fits(const struct kite_node *node, struct span selector)
{
    const char *id = kite_node_attribute(node, "id"), *dot = memchr(selector.text, '.', selector.bytes);
    size_t name_bytes = dot ? (size_t)(dot - selector.text) : selector.bytes;

    if (selector.text[0] == '#')
        return id && strlen(id) == selector.bytes - 1 && memcmp(id, selector.text + 1, selector.bytes - 1) == 0;
    if (name_bytes > 0 && (strlen(node->name) != name_bytes || memcmp(node->name, selector.text, name_bytes) != 0))
        return false;
    return !dot || has_class(node, (struct span){ dot + 1, selector.bytes - name_bytes - 1 });
}

/* What a list of declarations says of a property; what it said before stays where it says nothing. */
static void look_up(struct span declarations, const char *property, struct span *value)
{
    const char *at = declarations.text, *end = at + declarations.bytes;

    while (at < end) {
        const char *stop = memchr(at, ';', (size_t)(end - at)), *colon;
        struct span name;

        stop = stop ? stop : end;
        colon = memchr(at, ':', (size_t)(stop - at));
        name = colon ? trim(at, colon) : (struct span){ at, 0 };
        if (name.bytes == strlen(property) && memcmp(name.text, property, name.bytes) == 0)
            *value = trim(colon + 1, stop);
        at = stop < end ? stop + 1 : end;
    }
}

static struct span value_of(const struct work *w, const struct kite_node *node, const char *property)
{
    const char *own = kite_node_attribute(node, property), *style = kite_node_attribute(node, "style");
    struct span value = { own, own ? strlen(own) : 0 };

    for (size_t i = 0; i < w->rule_count; i++) {
        if (fits(node, w->rules[i].selector))
            look_up(w->rules[i].declarations, property, &value);
    }
    if (style)
        look_up((struct span){ style, strlen(style) }, property, &value);
    return value;
}

static bool is_hidden(const struct work *w, const struct kite_node *node)
{
    struct span display = value_of(w, node, "display");

    return display.bytes == 4 && memcmp(display.text, "none", 4) == 0;
}

/* ---- writing ----------------------------------------------------------------------------------------------------------- */

static const char *const properties[] = { "fill", "stroke", "stroke-width", "fill-opacity", "stroke-opacity", "opacity", "fill-rule", "clip-rule", "stroke-linecap",
                                          "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "stop-color", "stop-opacity", "font-size", "font-family",
                                          "font-weight", "font-style", "text-anchor", "visibility", NULL };

static void put(struct work *w, const char *text, size_t bytes)
{
    if (w->status == KITE_OK && (w->out->count + bytes > KITE_DRAWING_BYTES_MAX || w->out->count + bytes - w->picture_bytes > KITE_DRAWING_MARKUP_MAX))
        w->status = KITE_E_LIMIT;
    if (w->status == KITE_OK && bytes > 0)
        w->status = kite_buffer_add(w->out, text, bytes);
}

static void put_text(struct work *w, const char *text)
{
    put(w, text, strlen(text));
}

static void put_escaped(struct work *w, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        char c = text[i];

        if (c == '<' || c == '&' || c == '"')
            put_text(w, c == '<' ? "&lt;" : c == '&' ? "&amp;" : "&quot;");
        else
            put(w, &c, 1);
    }
}

static void put_attribute(struct work *w, const char *name, const char *value, size_t bytes)
{
    put_text(w, " ");
    put_text(w, name);
    put_text(w, "=\"");
    put_escaped(w, value, bytes);
    put_text(w, "\"");
}

/* A picture in the drawing: as data. */
static void put_picture(struct work *w, const char *reference)
{
    struct kite_memory mem = w->out->mem;
    uint8_t *bytes = NULL;
    size_t count = 0, before = w->out->count;
    enum kite_status status;

    if (kite_is_data_uri(reference)) {
        w->picture_bytes += strlen(reference);
        put_attribute(w, "xlink:href", reference, strlen(reference));
        return;
    }
    status = w->source && w->images++ < IMAGES_MAX ? w->source->fetch(w->source->ctx, reference, &bytes, &count) : KITE_DONE;
    if (status == KITE_OK && count < KITE_DRAWING_BYTES_MAX && kite_raster_kind(bytes, count) != KITE_RASTER_UNKNOWN) {
        put_text(w, " xlink:href=\"");
        if (w->status == KITE_OK)
            w->status = kite_bytes_to_uri(kite_raster_kind(bytes, count) == KITE_RASTER_PNG ? "image/png" : "image/jpeg", bytes, count, w->out);
        w->picture_bytes += w->out->count - before;
        put_text(w, "\"");
    } else if (status == KITE_E_NOMEM) {
        w->status = status;
    }
    kite_free(&mem, bytes);
}

static void put_attributes(struct work *w, const struct kite_node *node)
{
    for (const struct kite_attribute *a = node->attributes; a; a = a->next) {
        const char *name = spelled(a->name);
        bool is_link = strcmp(name, "xlink:href") == 0 || strcmp(name, "href") == 0;

        if (is_one_of(name, properties) || strncmp(name, "xmlns", 5) == 0 || strncmp(name, "on", 2) == 0 || strcmp(name, "style") == 0 ||
            strcmp(name, "class") == 0 || (strchr(name, ':') && !is_link) || name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:")])
            continue;
        if (is_link && kite_node_is(node, "image"))
            put_picture(w, a->value);
        else if (!is_link)
            put_attribute(w, name, a->value, strlen(a->value));
        else if (a->value[0] == '#')
            put_attribute(w, "xlink:href", a->value, strlen(a->value));
    }
    for (size_t i = 0; properties[i]; i++) {
        struct span value = value_of(w, node, properties[i]);

        if (value.bytes > 4 && memcmp(value.text, "url(", 4) == 0 && (strcmp(properties[i], "fill") == 0 || strcmp(properties[i], "stroke") == 0))
            value = (struct span){ "gray", 4 }; /* MuPDF draws no gradients and patterns, but black in their place */
        if (value.bytes > 0)
            put_attribute(w, properties[i], value.text, value.bytes);
    }
}

static bool is_name(const char *name)
{
    return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] == '\0';
}

static bool is_written(const struct work *w, const struct kite_node *node)
{
    return node->name ? is_name(node->name) && !is_left_out(node) && !is_hidden(w, node) : true;
}

static void open_node(struct work *w, const struct kite_node *node, const struct kite_node *top)
{
    if (!node->name) {
        put_escaped(w, node->text, node->text_bytes);
        return;
    }
    put_text(w, "<");
    put_text(w, spelled(node->name));
    if (node == top)
        put_text(w, " xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
    put_attributes(w, node);
    put_text(w, ">");
}

static void shut_node(struct work *w, const struct kite_node *node)
{
    if (!node->name)
        return;
    put_text(w, "</");
    put_text(w, spelled(node->name));
    put_text(w, ">");
}

static void write_tree(struct work *w, const struct kite_node *top)
{
    const struct kite_node *node = top;

    while (node && w->status == KITE_OK) {
        bool is_in = node == top || is_written(w, node);

        if (is_in)
            open_node(w, node, top);
        if (is_in && node->first) {
            node = node->first;
            continue;
        }
        if (is_in)
            shut_node(w, node);
        while (node != top && !node->next) {
            node = node->parent;
            shut_node(w, node);
        }
        node = node == top ? NULL : node->next;
    }
}

/* ---- how much there is to draw ------------------------------------------------------------------------------------------ */

/* A use of a group that uses groups draws as much as all of them: ten in ten in ten ... The shapes below a node, those used as often as they are; what is
 * used must have its count by now, which is so where groups stand before their use, so that the count goes on until nothing changes or it is too much. */
struct used {
    const char *id;
    uint64_t shapes;
};

static uint64_t shapes_below(const struct kite_node *top, const struct used *used, size_t used_count)
{
    uint64_t shapes = 1;

    for (const struct kite_node *node = top->first; node && shapes <= KITE_DRAWING_SHAPES_MAX; node = kite_node_step(node, top, true)) {
        const char *target = kite_node_is(node, "use") ? kite_node_attribute(node, "href") : NULL;

        target = target || !kite_node_is(node, "use") ? target : kite_node_attribute(node, "xlink:href");
        shapes += node->name != NULL;
        for (size_t i = 0; target && target[0] == '#' && i < used_count; i++) {
            if (strcmp(used[i].id, target + 1) == 0) {
                shapes += used[i].shapes;
                break;
            }
        }
    }
    return shapes;
}

static bool is_too_much(const struct kite_node *svg)
{
    struct used used[USED_MAX];
    size_t count = 0;

    if (!kite_node_find(svg, "use"))
        return shapes_below(svg, NULL, 0) > KITE_DRAWING_SHAPES_MAX;
    for (unsigned pass = 0; pass < USED_PASSES; pass++) {
        size_t at = 0;
        bool has_changed = false;

        for (const struct kite_node *node = svg->first; node; node = kite_node_step(node, svg, true)) {
            const char *id = node->name ? kite_node_attribute(node, "id") : NULL;
            uint64_t shapes;

            if (!id)
                continue;
            if (at == USED_MAX)
                return true;
            shapes = shapes_below(node, used, count);
            if (shapes > KITE_DRAWING_SHAPES_MAX)
                return true;
            has_changed = has_changed || at >= count || used[at].shapes != shapes;
            used[at] = (struct used){ id, shapes };
            at++;
            count = at > count ? at : count;
        }
        if (!has_changed)
            break;
    }
    return shapes_below(svg, used, count) > KITE_DRAWING_SHAPES_MAX;
}

enum kite_status kite_drawing_write(const struct kite_node *svg, const struct kite_drawing_source *source, struct kite_buffer *out)
{
    struct kite_memory mem = out->mem;
    struct work *w = kite_alloc(&mem, 1, sizeof *w);
    enum kite_status status;

    if (!w)
        return KITE_E_NOMEM;
    if (is_too_much(svg)) {
        kite_free(&mem, w);
        return KITE_E_LIMIT;
    }
    *w = (struct work){ .out = out, .source = source };
    for (const struct kite_node *node = svg->first; node; node = kite_node_step(node, svg, true)) {
        if (kite_node_is(node, "style") && node->first && node->first->text)
            read_sheet(w, node->first->text, node->first->text_bytes);
    }
    write_tree(w, svg);
    status = w->status;
    kite_free(&mem, w);
    return status;
}
