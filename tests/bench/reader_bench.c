/* The reader's side of the benchmark: one job a run. Events go in, finished frames come out; what is measured stands in
 * step_counted, so that callgrind can be told to count there alone (--toggle-collect=step_counted).
 *
 * usage: reader_bench make FOLDER COUNT BYTES TEXT   write COUNT bundles of about BYTES of text, of TEXT's paragraphs
 *        reader_bench enter FONTS FOLDER             enter the folder's bundles; with one, place it at 63 %
 *        reader_bench JOB FONTS FOLDER [COUNT|WORD]  a job on a folder that was entered
 * Jobs on a long text, which is open at 63 %:
 *   start    the first event of all: the text opens
 *   cold     COUNT pages further, nothing laid out ahead
 *   turn     the same, with some idle ticks between two turns
 *   size     another type size by a pinch, kept in the library
 *   memory   40 turns, another size, a search through the text, idle until there is nothing left to do
 * Jobs on many texts, none of which is open:
 *   library  the first event of all: the first screen of the library
 *   next     the next screen
 *   author   the first screen by author, from the last row on which the order was chosen
 *   filter   the first screen of one author's texts
 *   search   WORD in all of them, from the last key to the last match
 */
#include "host/host.h"
#include "probe.h"
#include "reader/reader.h"

#define WIDTH 1072
#define HEIGHT 1448
#define PPI 300
#define IDLE_TICKS 6 /* the place saved, a page ahead, a page behind, the map begun */
#define PLACE_PERMILLE 630
#define WORD_EVERY 10 /* one essay in so many holds RARE */
#define RARE "kestrel"

struct bench {
    struct kite_memory mem;
    struct kite_io io;
    struct kite_library *library;
    struct kite_font_files *files;
    struct kite_fonts *fonts;
    struct kite_reader *reader;
    struct kite_frame frame;
    struct kite_fault fault;
    int64_t now_ms;
    long long step_ns;
    unsigned steps, frames;
};

static void must(const struct bench *b, enum kite_status status)
{
    if (status == KITE_OK)
        return;
    fprintf(stderr, "reader_bench: %s: %s\n", kite_status_text(status), b->fault.text);
    exit(1);
}

/* ---- events ---------------------------------------------------------------------------------------- */

static void step(struct bench *b, struct kite_event event)
{
    b->now_ms += 40;
    event.now_ms = b->now_ms;
    must(b, kite_reader_step(b->reader, &event, &b->frame));
    b->frames += b->frame.change_count > 0;
}

void step_counted(struct bench *b, struct kite_event event);

__attribute__((noinline)) void step_counted(struct bench *b, struct kite_event event)
{
    step(b, event);
}

static void measured(struct bench *b, struct kite_event event)
{
    long long since_ns = probe_ns();

    step_counted(b, event);
    b->step_ns += probe_ns() - since_ns;
    b->steps++;
}

static struct kite_event key(enum kite_key which)
{
    return (struct kite_event){ .kind = KITE_EVENT_KEY, .key = which };
}

static void press(struct bench *b, enum kite_key which, int times)
{
    for (int i = 0; i < times; i++)
        step(b, key(which));
}

static struct kite_event touch(enum kite_touch touch, int finger, int32_t x, int32_t y)
{
    return (struct kite_event){ .kind = KITE_EVENT_TOUCH, .touch = touch, .finger = (uint8_t)finger, .x_px = x, .y_px = y };
}

static const struct kite_event start = { .kind = KITE_EVENT_START }, tick = { .kind = KITE_EVENT_TICK };

static void idle(struct bench *b, int ticks)
{
    for (int i = 0; i < ticks; i++)
        step(b, tick);
}

static void expect(const struct bench *b, const char *screen)
{
    if (strcmp(kite_reader_screen(b->reader), screen) == 0)
        return;
    fprintf(stderr, "reader_bench: the screen should be %s and is %s\n", screen, kite_reader_screen(b->reader));
    exit(1);
}

/* ---- ways through the reader ----------------------------------------------------------------------- */

/* Keys up to a row, or to a cell of the keyboard, by its words; select is not yet pressed. */
static void go_to(struct bench *b, const char *label)
{
    enum kite_key which;
    enum kite_status status;

    while ((status = kite_reader_key_towards(b->reader, label, &which)) == KITE_OK)
        step(b, key(which));
    if (status != KITE_DONE) {
        fprintf(stderr, "reader_bench: the screen %s has no row %s\n", kite_reader_screen(b->reader), label);
        exit(1);
    }
}

static void choose(struct bench *b, const char *label, const char *screen)
{
    go_to(b, label);
    step(b, key(KITE_KEY_SELECT));
    expect(b, screen);
}

/* From the page or the library up to the last key of a search for a word, which is select. */
static void ask(struct bench *b, const char *where, const char *word)
{
    press(b, KITE_KEY_MENU, 1);
    expect(b, "menu");
    choose(b, "Search", "search");
    choose(b, where, "keyboard");
    for (; *word; word++)
        choose(b, (char[]){ *word, '\0' }, "keyboard");
    go_to(b, "done");
}

static void turns(struct bench *b, int count, int ticks)
{
    step(b, start);
    expect(b, "page");
    for (int i = 0; i < count; i++) {
        idle(b, ticks);
        measured(b, key(KITE_KEY_NEXT));
    }
    expect(b, "page");
}

static void pinch(struct bench *b)
{
    step(b, touch(KITE_TOUCH_DOWN, 0, 400, 700));
    step(b, touch(KITE_TOUCH_DOWN, 1, 600, 700));
    measured(b, touch(KITE_TOUCH_MOVE, 1, 900, 700));
    step(b, touch(KITE_TOUCH_UP, 1, 900, 700));
    step(b, touch(KITE_TOUCH_UP, 0, 400, 700));
}

static void search(struct bench *b, const char *where, const char *word)
{
    ask(b, where, word);
    measured(b, key(KITE_KEY_SELECT));
    expect(b, "results");
    for (int i = 0; i < 100000 && b->frame.wake_ms != KITE_NEVER_MS; i++)
        measured(b, tick);
}

/* ---- jobs ------------------------------------------------------------------------------------------ */

static void do_start(struct bench *b, const char *how)
{
    (void)how;
    measured(b, start);
}

static void do_cold(struct bench *b, const char *how)
{
    turns(b, how ? atoi(how) : 20, 0);
}

static void do_turn(struct bench *b, const char *how)
{
    turns(b, how ? atoi(how) : 20, IDLE_TICKS);
}

static void do_size(struct bench *b, const char *how)
{
    (void)how;
    step(b, start);
    idle(b, IDLE_TICKS);
    pinch(b);
}

static void do_memory(struct bench *b, const char *how)
{
    (void)how;
    turns(b, 40, 3);
    pinch(b);
    idle(b, 3);
    search(b, "Search in this text", "whale");
    for (int i = 0; i < 100000 && b->frame.wake_ms != KITE_NEVER_MS; i++)
        step(b, tick);
}

static void do_next(struct bench *b, const char *how)
{
    (void)how;
    step(b, start);
    expect(b, "library");
    step(b, touch(KITE_TOUCH_DOWN, 0, 800, 700));
    measured(b, touch(KITE_TOUCH_UP, 0, 300, 700));
}

static void do_author(struct bench *b, const char *how)
{
    (void)how;
    step(b, start);
    choose(b, "Sort and choose", "sort");
    choose(b, "Order", "sort"); /* from by title to by author */
    press(b, KITE_KEY_MENU, 1);
    expect(b, "library");
    measured(b, key(KITE_KEY_NEXT)); /* from the last row to the first */
}

static void do_filter(struct bench *b, const char *how)
{
    (void)how;
    step(b, start);
    choose(b, "Sort and choose", "sort");
    choose(b, "Author", "choose");
    press(b, KITE_KEY_NEXT, 3);
    step(b, key(KITE_KEY_SELECT));
    expect(b, "sort");
    measured(b, key(KITE_KEY_MENU));
    expect(b, "library");
}

static void do_search(struct bench *b, const char *how)
{
    step(b, start);
    search(b, "Search in all texts", how ? how : RARE);
}

static const struct {
    const char *name;
    void (*run)(struct bench *b, const char *how);
} jobs[] = { { "start", do_start }, { "cold", do_cold },     { "turn", do_turn },     { "size", do_size },   { "memory", do_memory },
             { "library", do_start }, { "next", do_next },   { "author", do_author }, { "filter", do_filter }, { "search", do_search } };

/* ---- memory ---------------------------------------------------------------------------------------- */

/* A number of KiB behind a name in a file of /proc/self. */
static bool take_kib(const char *line, const char *name, long *out)
{
    size_t bytes = strlen(name);

    if (strncmp(line, name, bytes) != 0)
        return false;
    *out = atol(line + bytes);
    return true;
}

/* The high-water mark of resident memory, and how much of what is resident now is clean pages of shared libraries and of
 * this program: their code and constants, which are read from the disk again when memory is short. */
static void memory_print(void)
{
    FILE *status = fopen("/proc/self/status", "r"), *maps = fopen("/proc/self/smaps", "r");
    char line[512];
    long peak = 0, clean = 0, one = 0;
    bool is_code = false;

    while (status && fgets(line, sizeof line, status))
        take_kib(line, "VmHWM:", &peak);
    while (maps && fgets(line, sizeof line, maps)) {
        if (strchr(line, '-') && line[0] != 'V' && strchr(line, ':') && !strstr(line, " kB"))
            is_code = strstr(line, ".so") || strstr(line, "reader_bench");
        else if (is_code && (take_kib(line, "Shared_Clean:", &one) || take_kib(line, "Private_Clean:", &one)))
            clean += one;
    }
    printf("peak_kib %ld\ncode_kib %ld\n", peak, clean);
    if (status)
        fclose(status);
    if (maps)
        fclose(maps);
}

/* ---- libraries ------------------------------------------------------------------------------------- */

static void open_library(struct bench *b, const char *folder)
{
    b->io = kite_io_posix();
    must(b, kite_library_open(&b->mem, &b->io, folder, &b->library, &b->fault));
}

/* The one text at 63 % of its length. */
static void put_place(struct bench *b)
{
    struct kite_text_step at = { 0 };
    struct kite_document_info info;
    struct kite_place place;
    struct kite_book *book;
    uint32_t person;

    must(b, kite_library_next_text(b->library, &at, &b->fault));
    must(b, kite_library_current_reader(b->library, &person, &b->fault));
    must(b, kite_library_book_open(b->library, at.text, &book, &b->fault));
    must(b, kite_bundle_document(kite_book_bundle(book), 0, &info));
    must(b, kite_bundle_place_at(kite_book_bundle(book), 0, info.text_bytes * PLACE_PERMILLE / 1000, &place, &b->fault));
    kite_library_book_close(book);
    must(b, kite_library_place_save(b->library, person, at.text, place, PLACE_PERMILLE, &b->fault));
}

static void enter(struct bench *b)
{
    struct kite_query all = { .reader = 0 };
    struct kite_import_result result;
    struct kite_scan *scan;
    uint32_t count;

    must(b, kite_scan_begin(b->library, NULL, &scan, &b->fault));
    while (kite_scan_step(scan, &result, &b->fault) == KITE_OK)
        continue;
    kite_scan_end(scan);
    must(b, kite_library_count(b->library, &all, &count, &b->fault));
    if (count == 1)
        put_place(b);
    printf("%u texts\n", (unsigned)count);
}

struct essays { /* paragraphs of a text, taken round and round */
    char *text, *at;
};

static char *next_paragraph(struct essays *e)
{
    char *from = e->at, *end = strstr(from, "\n\n");

    e->at = end ? end + 2 : e->text;
    while (*e->at == '\n')
        e->at++;
    if (!*e->at)
        e->at = e->text;
    return from;
}

static void write_essay(struct bench *b, struct essays *e, int number, size_t bytes, const char *path)
{
    static const struct kite_span plain = { 0 };
    struct kite_writer_options fast = { .zopfli_iterations = -1 };
    struct kite_writer *writer;
    struct kite_output out;
    char name[64], text[4096];
    size_t used = 0;

    must(b, kite_writer_create(&b->mem, &fast, &writer, &b->fault));
    must(b, kite_writer_document(writer, KITE_LANG2('e', 'n'), KITE_DIRECTION_LTR, &b->fault));
    snprintf(name, sizeof name, "Essay %d, on what the others left out", number * 7919 % 10007);
    must(b, kite_writer_meta(writer, KITE_META_TITLE, name, &b->fault));
    snprintf(name, sizeof name, "Author of the %d. shelf", number * 31 % 97);
    must(b, kite_writer_meta(writer, KITE_META_AUTHOR, name, &b->fault));
    do {
        const char *from = next_paragraph(e);
        size_t length = strcspn(from, "\n");
        struct kite_paragraph p = { .id = (uint32_t)used };

        snprintf(text, sizeof text, "%.*s%s", (int)length, from, used == 0 && number % WORD_EVERY == 0 ? " A " RARE "." : "");
        p.text = (struct kite_text){ .text = text, .text_bytes = strlen(text), .spans = &plain, .span_count = 1 };
        must(b, kite_writer_paragraph(writer, &p, &b->fault));
        used += p.text.text_bytes;
    } while (used < bytes);
    must(b, kite_output_open(&b->mem, path, &out, &b->fault));

    struct kite_sink sink = kite_output_sink(&out);

    must(b, kite_writer_finish(writer, &sink, NULL, &b->fault));
    must(b, kite_output_commit(&out, &b->fault));
    kite_writer_destroy(writer);
}

static void make(struct bench *b, char **argv)
{
    struct kite_buffer text = { .mem = b->mem };
    struct essays e;
    char path[1024];

    must(b, kite_folder_make(argv[0], &b->fault));
    must(b, kite_file_read(argv[3], &text, &b->fault));
    must(b, kite_buffer_add_u8(&text, 0));
    e = (struct essays){ .text = (char *)text.bytes, .at = (char *)text.bytes };
    for (int i = 0; i < atoi(argv[1]); i++) {
        snprintf(path, sizeof path, "%s/essay-%04d.kite", argv[0], i);
        write_essay(b, &e, i, (size_t)atoi(argv[2]), path);
    }
    kite_buffer_close(&text);
}

/* ---- the whole ------------------------------------------------------------------------------------- */

static void run(struct bench *b, const char *job, const char *fonts, const char *program, const char *how)
{
    struct kite_reader_options options = { .library = b->library, .panel = { WIDTH, HEIGHT, PPI }, .levels = 16,
                                           .has_touch = true, .io = &b->io };
    struct kite_font_loader loader;

    must(b, kite_font_files_open(&b->mem, fonts, program, &b->files, &b->fault));
    loader = kite_font_files_loader(b->files);
    must(b, kite_fonts_create(&b->mem, &loader, &b->fonts, &b->fault));
    options.fonts = b->fonts;
    must(b, kite_reader_create(&b->mem, &options, &b->reader, &b->fault));
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        if (strcmp(jobs[i].name, job) == 0)
            jobs[i].run(b, how);
    if (b->steps == 0) {
        fprintf(stderr, "reader_bench: there is no job %s\n", job);
        exit(2);
    }
    printf("steps %u\nframes %u\nstep_ns %lld\nprocess_ns %lld\n", b->steps, b->frames, b->step_ns, probe_ns());
    memory_print();
    kite_reader_destroy(b->reader);
    kite_fonts_destroy(b->fonts);
    kite_font_files_close(b->files);
}

int main(int argc, char **argv)
{
    struct bench b = { .mem = kite_memory_heap() };

    if (argc == 6 && strcmp(argv[1], "make") == 0) {
        make(&b, argv + 2);
        return 0;
    }
    if (argc < 4) {
        fprintf(stderr, "usage: reader_bench make FOLDER COUNT BYTES TEXT | enter FONTS FOLDER | JOB FONTS FOLDER [COUNT|WORD]\n");
        return 2;
    }
    open_library(&b, argv[3]);
    if (strcmp(argv[1], "enter") == 0)
        enter(&b);
    else
        run(&b, argv[1], argv[2], argv[0], argc > 4 ? argv[4] : NULL);
    kite_library_close(b.library);
    return 0;
}
