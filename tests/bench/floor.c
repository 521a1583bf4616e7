/* The floor of the benchmark: the least work a reader with total fit could do, to measure Kite against.
 *
 * usage: floor JOB FONT BOOK [COUNT]      BOOK: made by floor_pack; jobs as in kite_bench
 * It inflates the chunks it needs, shapes each distinct word once with HarfBuzz, chooses the breaks of a paragraph by
 * total fit over spaces and the points that are in the text, looking only at starts from which a line can be filled,
 * and blends cached glyphs into a gray page. It knows one face and plain paragraphs: no mark-up, headings, widows,
 * bidi, fallback, pictures, hashes. Its caches grow without bound, and it trusts its input.
 * The setting is that of all peers: 1072 x 1448 px, margins 62 px, Noto Serif 46 px, line height 1.3, indent 1.2 em.
 */
#include "floor.h"
#include "probe.h"

#include <fcntl.h>
#include <hb-ot.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#define WIDTH 1072
#define HEIGHT 1448
#define MARGIN 62
#define MEASURE_PX (WIDTH - 2 * MARGIN)
#define SLACK 64    /* bytes behind the page's rows that a padded glyph row may touch */
#define ROW_CHUNK 16

struct glyph {
    uint16_t index;
    int16_t advance, dx, dy; /* font units */
};
struct point { /* a place in a word where a line may end */
    uint32_t glyph; /* glyphs before it */
    int32_t width;  /* of them */
    bool has_hyphen;
};
struct word {
    uint64_t hash;
    uint32_t first_glyph, glyph_count, first_point, point_count;
    int32_t width;
};
struct bitmap {
    int left, top, rows, stride;
    uint8_t pixels[];
};

/* A legal break: the text before it and after it, in font units from the paragraph's start. */
struct stop {
    int32_t to, from;       /* where a line that ends here ends, and one that starts here starts */
    int32_t spaces;         /* before the break */
    uint32_t word, glyph;   /* first of the next line */
    uint32_t end_word, end_glyph;
    bool has_hyphen;
    int32_t previous;       /* best start of the line that ends here */
    double cost;
};

struct vector {
    void *at;
    size_t count, capacity;
};

struct floor {
    const uint8_t *book, *data;
    const struct floor_chunk *chunks;
    uint32_t chunk_count;
    uint32_t chunk;       /* inflated now */
    char *text;
    size_t text_bytes, at; /* next paragraph */
    FT_Library library;
    FT_Face face;
    hb_font_t *font;
    hb_buffer_t *buffer;
    int32_t em, space, hyphen_width;
    uint16_t hyphen;
    struct word *table; /* by hash; a power of two */
    size_t table_size, word_count;
    struct vector glyphs, points; /* of all words */
    struct vector words;          /* of the paragraph: indices into a copy of each word */
    struct vector stops, lines;   /* lines: stop indices, the first is 0 */
    size_t next_line;
    struct vector starts;         /* of pages: chunk and offset */
    struct bitmap **bitmaps;      /* by glyph and phase */
    int size_px, line_px;
    uint8_t *page;
};

static void die(const char *what)
{
    fprintf(stderr, "floor: %s\n", what);
    exit(1);
}

static void *push(struct vector *v, size_t each)
{
    if (v->count == v->capacity) {
        v->capacity = v->capacity ? v->capacity * 2 : 256;
        v->at = realloc(v->at, v->capacity * each);
        if (!v->at)
            die("no memory");
    }
    return (char *)v->at + v->count++ * each;
}

static const uint8_t *map_file(const char *path, size_t *count)
{
    struct stat info;
    int file = open(path, O_RDONLY);

    if (file < 0 || fstat(file, &info) != 0)
        die(path);
    *count = (size_t)info.st_size;

    void *bytes = mmap(NULL, *count, PROT_READ, MAP_PRIVATE, file, 0);

    close(file);
    if (bytes == MAP_FAILED)
        die(path);
    return bytes;
}

/* ---- words ----------------------------------------------------------------------------------- */

static uint64_t hash_of(const char *text, size_t bytes)
{
    uint64_t hash = bytes, part;

    for (; bytes >= 8; text += 8, bytes -= 8) {
        memcpy(&part, text, 8);
        hash = (hash ^ part) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    part = 0;
    memcpy(&part, text, bytes);
    hash = (hash ^ part) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

/* Glyphs of the word, and how far each of its points is. */
static void shape(struct floor *f, struct word *word, const char *text, size_t bytes)
{
    char plain[1024];
    struct point marks[64];
    size_t count = 0, mark_count = 0, next = 0;
    unsigned glyph_count;
    int32_t width = 0;

    for (size_t i = 0; i < bytes && count < sizeof plain; i++) {
        if (text[i] != FLOOR_HYPHEN && text[i] != FLOOR_BREAK)
            plain[count++] = text[i];
        else if (mark_count < 64)
            marks[mark_count++] = (struct point){ (uint32_t)count, 0, text[i] == FLOOR_HYPHEN };
    }
    hb_buffer_clear_contents(f->buffer);
    hb_buffer_set_direction(f->buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(f->buffer, HB_SCRIPT_LATIN);
    hb_buffer_add_utf8(f->buffer, plain, (int)count, 0, (int)count);
    hb_shape(f->font, f->buffer, NULL, 0);

    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(f->buffer, &glyph_count);
    const hb_glyph_position_t *position = hb_buffer_get_glyph_positions(f->buffer, NULL);

    word->first_glyph = (uint32_t)f->glyphs.count;
    word->glyph_count = glyph_count;
    word->first_point = (uint32_t)f->points.count;
    for (unsigned i = 0; i < glyph_count; i++) {
        for (; next < mark_count && marks[next].glyph <= info[i].cluster; next++)
            *(struct point *)push(&f->points, sizeof(struct point)) = (struct point){ i, width, marks[next].has_hyphen };
        *(struct glyph *)push(&f->glyphs, sizeof(struct glyph)) =
            (struct glyph){ (uint16_t)info[i].codepoint, (int16_t)position[i].x_advance, (int16_t)position[i].x_offset,
                            (int16_t)position[i].y_offset };
        width += position[i].x_advance;
    }
    word->point_count = (uint32_t)f->points.count - word->first_point;
    word->width = width;
}

static void widen_table(struct floor *f)
{
    size_t size = f->table_size ? f->table_size * 2 : 1024;
    struct word *table = calloc(size, sizeof *table);

    if (!table)
        die("no memory");
    for (size_t i = 0; i < f->table_size; i++) {
        size_t at = f->table[i].hash & (size - 1);

        while (f->table[i].hash && table[at].hash)
            at = (at + 1) & (size - 1);
        if (f->table[i].hash)
            table[at] = f->table[i];
    }
    free(f->table);
    f->table = table;
    f->table_size = size;
}

/* 64 bits of hash stand for the word. */
static struct word word_of(struct floor *f, const char *text, size_t bytes)
{
    uint64_t hash = hash_of(text, bytes);

    if (f->word_count * 2 >= f->table_size)
        widen_table(f);

    size_t at = hash & (f->table_size - 1);

    while (f->table[at].hash && f->table[at].hash != hash)
        at = (at + 1) & (f->table_size - 1);
    if (!f->table[at].hash) {
        f->table[at].hash = hash;
        f->word_count++;
        shape(f, &f->table[at], text, bytes);
    }
    return f->table[at];
}

/* ---- paragraphs to lines ----------------------------------------------------------------------- */

static void inflate_chunk(struct floor *f, uint32_t index)
{
    const struct floor_chunk *chunk = &f->chunks[index];
    uLongf bytes = chunk->text_bytes;

    free(f->text);
    f->text = malloc(bytes);
    if (!f->text || uncompress((Bytef *)f->text, &bytes, f->data + chunk->offset, chunk->stored_bytes) != Z_OK)
        die("a chunk cannot be inflated");
    f->text_bytes = bytes;
    f->chunk = index;
    f->at = 0;
}

static void add_stop(struct floor *f, struct stop stop)
{
    *(struct stop *)push(&f->stops, sizeof stop) = stop;
}

/* The words of a paragraph and every place where a line of it may end. */
static void compose(struct floor *f, const char *text, size_t bytes)
{
    int32_t x = f->em * 12 / 10, spaces = 0;
    const struct point *points;
    uint32_t index = 0;

    f->words.count = f->stops.count = 0;
    add_stop(f, (struct stop){ .to = 0, .from = 0 });
    for (size_t at = 0, end; at < bytes; at = end + 1, index++) {
        const char *space = memchr(text + at, ' ', bytes - at);

        end = space ? (size_t)(space - text) : bytes;

        struct word word = word_of(f, text + at, end - at);

        *(struct word *)push(&f->words, sizeof word) = word;
        points = (const struct point *)f->points.at + word.first_point;
        for (uint32_t p = 0; p < word.point_count; p++)
            add_stop(f, (struct stop){ .to = x + points[p].width + (points[p].has_hyphen ? f->hyphen_width : 0),
                                       .from = x + points[p].width, .spaces = spaces, .word = index,
                                       .glyph = points[p].glyph, .end_word = index, .end_glyph = points[p].glyph,
                                       .has_hyphen = points[p].has_hyphen });
        x += word.width;
        add_stop(f, (struct stop){ .to = x, .from = x + f->space, .spaces = spaces + 1, .word = index + 1,
                                   .end_word = index, .end_glyph = word.glyph_count });
        x += f->space;
        spaces++;
    }
}

/* Spaces inside a line: that of the break itself, if it is at one, hangs. */
static int32_t spaces_in(const struct stop *start, const struct stop *end)
{
    return end->spaces - start->spaces - (end->glyph == 0 && end->word > end->end_word ? 1 : 0);
}

/* Demerits of a line, as TeX has them but without a ceiling; below 0: it cannot be. */
static double demerits(const struct floor *f, const struct stop *start, const struct stop *end, int32_t measure,
                       bool is_last)
{
    int32_t gap = measure - (end->to - start->from), spaces = spaces_in(start, end);
    double room = (spaces > 0 ? spaces : 1) * (double)f->space / (gap >= 0 ? 2 : 3), ratio = gap / room, bad;

    if (ratio < -1)
        return -1;
    if (is_last && gap >= 0)
        return 100;
    bad = 10 + 100 * (ratio < 0 ? -ratio : ratio) * ratio * ratio;
    return bad * bad + (end->has_hyphen ? 2500 : 0) + (end->has_hyphen && start->has_hyphen ? 10000 : 0);
}

/* Total fit; starts are looked at from the last that is too far back to the first that leaves the line too loose. */
static void fit(struct floor *f)
{
    struct stop *stops = f->stops.at;
    int32_t measure = (int32_t)((int64_t)MEASURE_PX * f->em / f->size_px);
    size_t count = f->stops.count, low = 0;

    for (size_t j = 1; j < count; j++) {
        bool is_last = j == count - 1;

        stops[j].previous = -1;
        while (low + 1 < j && demerits(f, &stops[low], &stops[j], measure, is_last) < 0)
            low++;
        for (size_t i = low; i < j; i++) {
            double more = demerits(f, &stops[i], &stops[j], measure, is_last);

            if (stops[j].previous >= 0 && !is_last &&
                measure - (stops[j].to - stops[i].from) > spaces_in(&stops[i], &stops[j]) * f->space * 3 / 2)
                break;
            if (more < 0) /* a piece wider than the line stands out */
                more = 1e12;
            if (stops[j].previous < 0 || stops[i].cost + more < stops[j].cost) {
                stops[j].cost = stops[i].cost + more;
                stops[j].previous = (int32_t)i;
            }
        }
    }
    f->lines.count = 0;
    for (int32_t at = (int32_t)count - 1; at >= 0; at = at > 0 ? stops[at].previous : -1)
        *(int32_t *)push(&f->lines, sizeof at) = at;
    for (int32_t *a = f->lines.at, *b = a + f->lines.count - 1; a < b; a++, b--) {
        int32_t kept = *a;
        *a = *b;
        *b = kept;
    }
    f->next_line = 0;
}

/* Lay out the paragraph at f->at; false behind the last one. */
static bool next_paragraph(struct floor *f)
{
    if (f->at == f->text_bytes) {
        if (f->chunk + 1 == f->chunk_count)
            return false;
        inflate_chunk(f, f->chunk + 1);
    }

    const char *text = f->text + f->at, *end = memchr(text, '\n', f->text_bytes - f->at);

    compose(f, text, (size_t)(end - text));
    fit(f);
    f->at += (size_t)(end - text) + 1;
    return true;
}

/* ---- drawing ----------------------------------------------------------------------------------- */

static struct bitmap *bitmap_of(struct floor *f, uint16_t glyph, int phase)
{
    struct bitmap **kept = &f->bitmaps[glyph * 4 + phase];
    FT_GlyphSlot slot = f->face->glyph;

    if (*kept)
        return *kept;
    if (FT_Load_Glyph(f->face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0)
        die("a glyph cannot be loaded");
    FT_Outline_Translate(&slot->outline, phase * 16, 0);
    if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0)
        die("a glyph cannot be drawn");

    const FT_Bitmap *from = &slot->bitmap;
    size_t stride = (from->width + ROW_CHUNK - 1) / ROW_CHUNK * ROW_CHUNK;
    struct bitmap *to = malloc(sizeof *to + stride * from->rows);

    if (!to)
        die("no memory");
    *to = (struct bitmap){ slot->bitmap_left, slot->bitmap_top, (int)from->rows, (int)stride };
    memset(to->pixels, 255, stride * from->rows);
    for (unsigned y = 0; y < from->rows; y++)
        for (unsigned x = 0; x < from->width; x++)
            to->pixels[y * stride + x] = (uint8_t)(255 - from->buffer[(int)y * from->pitch + (int)x]);
    *kept = to;
    return to;
}

static void blend(uint8_t *to, const struct bitmap *bitmap)
{
    const uint8_t *from = bitmap->pixels;

    for (int y = 0; y < bitmap->rows; y++, to += WIDTH)
        for (int x = 0; x < bitmap->stride; x += ROW_CHUNK, from += ROW_CHUNK) {
            uint8_t a[ROW_CHUNK], b[ROW_CHUNK];

            memcpy(a, to + x, sizeof a);
            memcpy(b, from, sizeof b);
            for (int i = 0; i < ROW_CHUNK; i++)
                a[i] = a[i] < b[i] ? a[i] : b[i];
            memcpy(to + x, a, sizeof a);
        }
}

static void put(struct floor *f, uint16_t glyph, int32_t x_f26, int y)
{
    int32_t x = x_f26 + 8; /* to the nearest quarter */
    const struct bitmap *bitmap = bitmap_of(f, glyph, x / 16 % 4);
    int left = x / 64 + bitmap->left, top = y - bitmap->top;

    if (left >= 0 && left + bitmap->stride <= WIDTH + SLACK && top >= 0 && top + bitmap->rows <= HEIGHT)
        blend(f->page + top * WIDTH + left, bitmap);
}

static void draw_line(struct floor *f, size_t line, int y)
{
    const int32_t *breaks = f->lines.at;
    const struct stop *stops = f->stops.at, *start = &stops[breaks[line]], *end = &stops[breaks[line + 1]];
    int32_t measure = (int32_t)((int64_t)MEASURE_PX * f->em / f->size_px), spaces = spaces_in(start, end);
    int64_t gap = line + 2 == f->lines.count ? 0 : measure - (end->to - start->from), x, done = 0;

    x = (line == 0 ? f->em * 12 / 10 : 0) + (int64_t)MARGIN * f->em / f->size_px;
    for (uint32_t w = start->word; w <= end->end_word; w++) {
        const struct word *word = (const struct word *)f->words.at + w;
        const struct glyph *glyphs = (const struct glyph *)f->glyphs.at + word->first_glyph;
        uint32_t last = w == end->end_word ? end->end_glyph : word->glyph_count;

        for (uint32_t g = w == start->word ? start->glyph : 0; g < last; g++) {
            put(f, glyphs[g].index, (int32_t)((x + glyphs[g].dx) * f->size_px * 64 / f->em), y);
            x += glyphs[g].advance;
        }
        done++;
        x += f->space + (spaces > 0 ? gap * done / spaces - gap * (done - 1) / spaces : 0);
    }
    if (end->has_hyphen)
        put(f, f->hyphen, (int32_t)((x - f->space - (spaces > 0 ? gap / spaces : 0)) * f->size_px * 64 / f->em), y);
}

/* The next page, drawn or not; false when there is none. */
static bool next_page(struct floor *f, bool is_drawn)
{
    int lines = (HEIGHT - 2 * MARGIN) / f->line_px, done = 0;

    *(uint64_t *)push(&f->starts, sizeof(uint64_t)) = (uint64_t)f->chunk << 32 | f->at;
    if (is_drawn)
        memset(f->page, 255, WIDTH * HEIGHT);
    for (; done < lines; done++, f->next_line++) {
        if (f->next_line + 1 >= f->lines.count && !next_paragraph(f))
            break;
        if (is_drawn)
            draw_line(f, f->next_line, MARGIN + done * f->line_px + f->line_px * 3 / 4);
    }
    return done > 0;
}

/* ---- jobs -------------------------------------------------------------------------------------- */

static void set_size(struct floor *f, int size_px)
{
    f->size_px = size_px;
    f->line_px = (size_px * 13 + 5) / 10;
    if (FT_Set_Char_Size(f->face, 0, size_px * 64, 72, 72) != 0)
        die("the font has no such size");
    f->lines.count = 0;
    for (long i = 0; i < f->face->num_glyphs * 4; i++) {
        free(f->bitmaps[i]);
        f->bitmaps[i] = NULL;
    }
}

static void open_font(struct floor *f, const char *path)
{
    size_t count;
    const uint8_t *bytes = map_file(path, &count);
    hb_blob_t *blob = hb_blob_create((const char *)bytes, (unsigned)count, HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_codepoint_t glyph = 0;

    if (FT_Init_FreeType(&f->library) != 0 || FT_New_Memory_Face(f->library, bytes, (FT_Long)count, 0, &f->face) != 0)
        die(path);
    f->font = hb_font_create(face);
    f->buffer = hb_buffer_create();
    f->em = f->face->units_per_EM;
    hb_font_get_nominal_glyph(f->font, ' ', &glyph);
    f->space = hb_font_get_glyph_h_advance(f->font, glyph);
    hb_font_get_nominal_glyph(f->font, '-', &glyph);
    f->hyphen = (uint16_t)glyph;
    f->hyphen_width = hb_font_get_glyph_h_advance(f->font, glyph);
    f->bitmaps = calloc((size_t)f->face->num_glyphs * 4, sizeof *f->bitmaps);
    if (!f->bitmaps)
        die("no memory");
    hb_face_destroy(face);
    hb_blob_destroy(blob);
}

static void open_book(struct floor *f, const char *path)
{
    size_t count;

    f->book = map_file(path, &count);
    memcpy(&f->chunk_count, f->book, sizeof f->chunk_count);
    f->chunks = (const void *)(f->book + sizeof f->chunk_count);
    f->data = (const uint8_t *)(f->chunks + f->chunk_count);
}

/* The first paragraph that begins behind 63 % of the text. */
static void go_far(struct floor *f)
{
    uint64_t all = 0, before = 0;
    uint32_t chunk = 0;

    for (uint32_t i = 0; i < f->chunk_count; i++)
        all += f->chunks[i].text_bytes;
    all = all * 63 / 100;
    while (before + f->chunks[chunk].text_bytes <= all)
        before += f->chunks[chunk++].text_bytes;
    inflate_chunk(f, chunk);

    const char *from = f->text + (all - before), *end = memchr(from, '\n', f->text_bytes - (size_t)(all - before));

    f->at = (size_t)(end - f->text) + 1;
}

static long long run(struct floor *f, const char *job, int count)
{
    long long since_ns = 0;

    if (strcmp(job, "whole") == 0 || strcmp(job, "pages") == 0) {
        inflate_chunk(f, 0);
        while (next_page(f, false))
            continue;
        if (strcmp(job, "pages") == 0)
            printf("%zu\n", f->starts.count - 1);
        return 0;
    }
    go_far(f);

    size_t place = f->at;

    next_page(f, true);
    if (strcmp(job, "first") != 0)
        since_ns = probe_ns();
    for (int i = 0; i < count && strcmp(job, "turns") == 0; i++)
        next_page(f, true);
    if (strcmp(job, "resize") == 0) {
        set_size(f, 52);
        f->at = place;
        next_page(f, true);
    }
    return since_ns;
}

static void write_page(const struct floor *f)
{
    printf("P5 %d %d 255\n", WIDTH, HEIGHT);
    fwrite(f->page, 1, WIDTH * HEIGHT, stdout);
}

int main(int argc, char **argv)
{
    struct floor f;

    memset(&f, 0, sizeof f);
    if (argc < 4) {
        fprintf(stderr, "usage: floor first|turns|resize|whole|pages FONT BOOK [COUNT]\n");
        return 2;
    }
    f.page = malloc(WIDTH * HEIGHT + SLACK);
    if (!f.page)
        die("no memory");
    open_book(&f, argv[3]);
    open_font(&f, argv[2]);
    set_size(&f, 46);

    long long since_ns = run(&f, argv[1], argc > 4 ? atoi(argv[4]) : 20);

    probe_print(since_ns);
    if (getenv("FLOOR_PAGE"))
        write_page(&f);
    return 0;
}
