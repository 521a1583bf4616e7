/* A stick as people hand it on: any files in any folders, looked through and taken into a library, with a receipt. Text "== NAME" on a line of
 * its own begins a file of that name; slashes in it are folders. A file that begins with @ is a whole bundle, of a text that the next byte
 * names; a third byte that is no line's end changes it somewhere, or signs it: *, + with a key
 * that was withdrawn, ! falsely. Likewise a text whose first line begins with #, + or !, and goes on with what the line of its signature begins with. The first byte of all says at which call the stick is pulled out. */
#include "fuzz/keys.h"
#include "library/shelf.h"

#include "sideload/sideload.h"

#define FILES_MAX 40u
#define STEPS_MAX 4000u
#define MARK "== "

/* ---- the stick ------------------------------------------------------------------------------------------- */

struct stick_file {
    char name[128];
    const uint8_t *bytes;
    size_t count;
    uint8_t *own; /* of a bundle */
};
struct stick {
    struct stick_file files[FILES_MAX];
    size_t count;
    unsigned calls, gone_at; /* 0: never */
    int open_files;
};

static bool is_gone(struct stick *stick)
{
    return ++stick->calls >= stick->gone_at && stick->gone_at;
}

/* What follows "/s/" and a folder, or "" for the stick itself. */
static const char *inside(const char *path)
{
    HOLDS(strncmp(path, "/s", 2) == 0 && (path[2] == '/' || !path[2]));
    return path[2] ? path + 3 : path + 2;
}

static enum kite_status stick_open(void *ctx, const char *path, enum kite_io_mode mode, void **file)
{
    struct stick *stick = ctx;

    *file = NULL;
    if (is_gone(stick) || mode != KITE_IO_READ)
        return KITE_E_IO;
    for (size_t i = 0; i < stick->count; i++)
        if (strcmp(stick->files[i].name, inside(path)) == 0) {
            stick->open_files++;
            *file = &stick->files[i];
            return KITE_OK;
        }
    return KITE_DONE;
}

static void stick_close(void *ctx, void *file)
{
    struct stick *stick = ctx;

    (void)file;
    stick->open_files--;
}

static enum kite_status stick_size(void *ctx, void *file, uint64_t *bytes)
{
    *bytes = ((struct stick_file *)file)->count;
    return is_gone(ctx) ? KITE_E_IO : KITE_OK;
}

static enum kite_status stick_read_at(void *ctx, void *file, uint64_t offset, uint8_t *dst, size_t count, size_t *got)
{
    const struct stick_file *f = file;

    *got = offset < f->count ? f->count - (size_t)offset : 0;
    *got = *got < count ? *got : count;
    if (*got)
        memcpy(dst, f->bytes + offset, *got);
    return is_gone(ctx) ? KITE_E_IO : KITE_OK;
}

static enum kite_status stick_write_at(void *ctx, void *file, uint64_t offset, const uint8_t *src, size_t count)
{
    (void)ctx, (void)file, (void)offset, (void)src, (void)count;
    return KITE_E_IO;
}

static enum kite_status stick_truncate(void *ctx, void *file, uint64_t bytes)
{
    (void)ctx, (void)file, (void)bytes;
    return KITE_E_IO;
}

static enum kite_status stick_sync(void *ctx, void *file)
{
    (void)ctx, (void)file;
    return KITE_E_IO;
}

static enum kite_status stick_sync_folder(void *ctx, const char *folder)
{
    (void)ctx, (void)folder;
    return KITE_E_IO;
}

static enum kite_status stick_rename(void *ctx, const char *from, const char *to)
{
    (void)ctx, (void)from, (void)to;
    return KITE_E_IO;
}

/* It may be emptied. */
static enum kite_status stick_remove(void *ctx, const char *path)
{
    struct stick *stick = ctx;

    (void)inside(path);
    return is_gone(stick) ? KITE_E_IO : KITE_OK;
}

static enum kite_status stick_exists(void *ctx, const char *path, bool *is_there)
{
    void *file;
    enum kite_status status = stick_open(ctx, path, KITE_IO_READ, &file);

    *is_there = status == KITE_OK;
    if (file)
        stick_close(ctx, file);
    return status == KITE_DONE ? KITE_OK : status;
}

/* The name of a file or a folder that lies in a folder; NULL: this file does not. */
static const char *name_in(const struct stick_file *file, const char *folder, bool is_folder, char out[128])
{
    size_t bytes = strlen(folder);
    const char *name = file->name + bytes + (bytes > 0), *slash;

    if (strncmp(file->name, folder, bytes) != 0 || (bytes > 0 && file->name[bytes] != '/'))
        return NULL;
    slash = strchr(name, '/');
    if (is_folder != (slash != NULL))
        return NULL;
    memcpy(out, name, slash ? (size_t)(slash - name) : strlen(name) + 1);
    if (slash)
        out[slash - name] = '\0';
    return out[0] ? out : NULL;
}

static enum kite_status stick_list(void *ctx, const char *folder, void *each_ctx,
                                   enum kite_status (*each)(void *each_ctx, const char *name, uint64_t bytes))
{
    struct stick *stick = ctx;
    enum kite_status status = is_gone(stick) ? KITE_E_IO : KITE_OK;
    char name[128];

    for (size_t i = 0; i < stick->count && status == KITE_OK; i++)
        if (name_in(&stick->files[i], inside(folder), false, name))
            status = each(each_ctx, name, stick->files[i].count);
    return status;
}

static enum kite_status stick_free_bytes(void *ctx, const char *folder, uint64_t *bytes)
{
    (void)folder;
    *bytes = 0;
    return is_gone(ctx) ? KITE_E_IO : KITE_OK;
}

/* A folder is told as often as there are files below it; a broken file system may do so too. */
static enum kite_status stick_list_folders(void *ctx, const char *folder, void *each_ctx,
                                           enum kite_status (*each)(void *each_ctx, const char *name))
{
    struct stick *stick = ctx;
    enum kite_status status = is_gone(stick) ? KITE_E_IO : KITE_OK;
    char name[128];

    for (size_t i = 0; i < stick->count && status == KITE_OK; i++)
        if (name_in(&stick->files[i], inside(folder), true, name))
            status = each(each_ctx, name);
    return status;
}

/* ---- what lies on it --------------------------------------------------------------------------------------- */

/* A sender who is trusted, and one who was until their key was withdrawn. */
static struct kite_secret secrets[2];
static struct kite_public_key keys[2];

static void sign(struct kite_buffer *bundle, const struct kite_secret *secret, bool is_false)
{
    struct kite_span_bytes span = { bundle->bytes, bundle->count };
    struct kite_source source = kite_source_memory(&span);
    const struct kite_memory mem = kite_memory_heap();
    uint8_t hash[KITE_MESSAGE_HASH_BYTES], packed[KITE_SIGNATURE_BYTES];
    struct kite_signature signature;
    struct kite_bundle *opened;

    HOLDS(kite_bundle_open(&mem, &source, &opened, NULL) == KITE_OK);
    kite_bundle_message_hash(kite_bundle_root_hash(opened), hash);
    kite_bundle_close(opened);
    hash[0] ^= is_false;
    kite_sign(secret, hash, &signature);
    kite_signature_pack(&signature, packed);
    HOLDS(kite_trailer_write(KITE_TRAILER_SIGNATURE, packed, sizeof packed, bundle) == KITE_OK);
}

static void put_bundle(struct stick_file *file)
{
    char title[2] = { (char)(file->count > 1 && file->bytes[1] > ' ' && file->bytes[1] < 0x7f ? file->bytes[1] : 'x'), '\0' };
    uint8_t change = file->count > 2 && file->bytes[2] != '\n' ? file->bytes[2] : 0;
    struct shelf_text text = { .title = title, .identifier = "one", .edition = title };
    struct kite_buffer bundle = shelf_bundle(&text, 1);

    if (change == '*' || change == '+' || change == '!')
        sign(&bundle, &secrets[change == '+'], change == '!');
    else
        bundle.bytes[change * bundle.count / 256] ^= change;
    file->bytes = file->own = bundle.bytes;
    file->count = bundle.count;
}

/* "#signature \n..." signs a provision set, "#signature: \n..." an update. */
static void sign_text(struct stick_file *file)
{
    const uint8_t *line = memchr(file->bytes, '\n', file->count);
    struct kite_buffer out = { .mem = kite_memory_heap() };
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature signature;
    char prefix[16] = "", sort = (char)file->bytes[0];

    if (!line || (size_t)(line - file->bytes) > sizeof prefix - 1)
        return;
    memcpy(prefix, file->bytes + 1, (size_t)(line - file->bytes) - 1);
    file->count -= (size_t)(line + 1 - file->bytes);
    file->bytes = line + 1;
    kite_message_hash(file->bytes, file->count, hash);
    hash[0] ^= sort == '!';
    kite_sign(&secrets[sort == '+'], hash, &signature);
    kite_buffer_add(&out, file->bytes, file->count);
    HOLDS(kite_signature_line_write(&signature, prefix, &out) == KITE_OK);
    while (out.count < KITE_RELEASE_HEADER_BYTES + 64 && strchr(prefix, ':')) /* an update's head ends in zeros */
        kite_buffer_add_u8(&out, 0);
    file->bytes = file->own = out.bytes;
    file->count = out.count;
}

static const uint8_t *next_mark(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 4; at++)
        if (at[0] == '\n' && memcmp(at + 1, MARK, 3) == 0)
            return at + 1;
    return end;
}

static void fill(struct stick *stick, const uint8_t *at, const uint8_t *end)
{
    while (at < end && stick->count < FILES_MAX) {
        const uint8_t *stop = next_mark(at, end), *line = memchr(at, '\n', (size_t)(stop - at));
        struct stick_file *file = &stick->files[stick->count];
        size_t bytes = line && line - at > 3 ? (size_t)(line - at) - 3 : 0;

        if (bytes > 0 && bytes < sizeof file->name && at[3] != '/' && !memchr(at, 0, (size_t)(line - at))) {
            memcpy(file->name, at + 3, bytes);
            file->bytes = line + 1;
            file->count = (size_t)(stop - line) - 1;
            if (file->count > 0 && file->bytes[0] == '@')
                put_bundle(file);
            else if (file->count > 0 && strchr("#+!", file->bytes[0]) && file->bytes[0])
                sign_text(file);
            stick->count++;
        }
        at = stop;
    }
}

/* ---- the press, in place of its program ------------------------------------------------------------------------ */

/* Makes the same bundle of everything; some documents it cannot read, and some name a picture. */
struct press {
    struct kite_buffer bundle;
    struct kite_span_bytes span;
    struct kite_source source;
    const struct kite_document *document;
    const struct kite_memory *mem; /* of what is fetched */
};

static enum kite_status press_begin(void *ctx, const struct kite_document *document, struct kite_fault *fault)
{
    struct press *press = ctx;

    (void)fault;
    HOLDS(!press->document && document->name[0]);
    press->document = document;
    return KITE_OK;
}

static enum kite_status press_step(void *ctx, uint32_t *done_permille, struct kite_fault *fault)
{
    struct press *press = ctx;
    const struct kite_document *d = press->document;
    uint8_t first = 0, *bytes = NULL;
    size_t count;

    *done_permille = 500;
    if (d->source->size_bytes > 0 && d->source->read_at(d->source->ctx, 0, &first, 1) != KITE_OK)
        return kite_fail(fault, KITE_E_IO, "it cannot be read");
    (void)(d->fetch && d->fetch(d->ctx, "pictures/one.png", &bytes, &count) == KITE_OK);
    kite_free(press->mem, bytes);
    for (unsigned i = 0; i < first % 4u; i++)
        d->note(d->note_ctx, i & 1, "something was left out");
    return first % 8 == 7 ? kite_fail(fault, KITE_E_FORMAT, "it is none") : KITE_DONE;
}

static const struct kite_source *press_bundle(void *ctx)
{
    return &((struct press *)ctx)->source;
}

static void press_end(void *ctx)
{
    ((struct press *)ctx)->document = NULL;
}

/* ---- taking it in ------------------------------------------------------------------------------------------------ */

static struct disk *filled;
static struct press press;

static void trust_senders(struct kite_library *library)
{
    struct kite_news news = { .number = 1, .withdrawn_count = 1 };
    struct kite_buffer text = { .mem = kite_memory_heap() };
    int64_t sender;

    for (int i = 0; i < 2; i++) {
        HOLDS(kite_key_create(i ? "Withdrawn" : "Trusted", NULL, &secrets[i], &keys[i], NULL) == KITE_OK);
        HOLDS(kite_library_sender_add(library, &keys[i], &sender, NULL) == KITE_OK);
    }
    memcpy(news.withdrawn[0], keys[1].id, sizeof news.withdrawn[0]);
    HOLDS(kite_news_write(&news, &secrets[1], NULL, &text, NULL) == KITE_OK);
    HOLDS(kite_library_news(library, (const char *)text.bytes, text.count, &sender, NULL) == KITE_OK);
    kite_buffer_close(&text);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    struct shelf_text text = { .title = "b", .identifier = "one", .edition = "b" }, made = { .title = "Made" };
    struct kite_buffer bundle = shelf_bundle(&text, 1);
    const struct kite_memory mem = kite_memory_heap();
    struct kite_import_result result;
    struct kite_library *library;
    struct kite_io io;

    (void)count, (void)arguments;
    make_keys_the_same();
    filled = disk_make(1);
    io = disk_io(filled);
    HOLDS(kite_library_open(&mem, &io, "/kite", &library, NULL) == KITE_OK);
    HOLDS(shelf_import(library, &bundle, "b.kite", &result, NULL) == KITE_OK);
    trust_senders(library);
    kite_library_close(library);
    kite_buffer_close(&bundle);
    press.bundle = shelf_bundle(&made, 1);
    press.span = (struct kite_span_bytes){ press.bundle.bytes, press.bundle.count };
    press.source = kite_source_memory(&press.span);
    return 0;
}

static void check_rows(const struct kite_sideload *sideload)
{
    const struct kite_words *words = kite_words(KITE_LANG2('e', 's'));
    char sentence[700];

    for (size_t i = 0; i < kite_sideload_row_count(sideload); i++) {
        struct kite_arrival_row row = kite_sideload_row(sideload, i);

        HOLDS(row.arrival < KITE_ARRIVAL_COUNT && kite_utf8_is_valid(row.name, strlen(row.name)));
        for (const char *c = row.name; *c; c++)
            HOLDS((unsigned char)*c >= ' ');
        kite_words_reason(words, &row, sentence, sizeof sentence);
    }
}

static void write_receipt(const struct kite_memory *mem, const struct kite_sideload *sideload)
{
    struct kite_buffer receipt = { .mem = *mem };

    if (kite_receipt_write(sideload, KITE_LANG2('e', 'n'), 5u << 20, &receipt) == KITE_OK)
        HOLDS(kite_receipt_is_whole(receipt.bytes, receipt.count));
    kite_buffer_close(&receipt);
}

/* Steps until it waits or is over; false: something ended it before. */
static bool go(struct kite_sideload *sideload)
{
    enum kite_status status = KITE_OK;

    for (unsigned i = 0; status == KITE_OK; i++) {
        HOLDS(i < STEPS_MAX);
        status = kite_sideload_step(sideload, NULL);
    }
    return status == KITE_DONE;
}

static void take_in(const struct kite_memory *mem, const struct kite_sideload_options *options)
{
    struct kite_sideload *sideload;

    if (kite_sideload_open(mem, options, &sideload) != KITE_OK)
        return;
    if (go(sideload)) {
        kite_sideload_take(sideload);
        if (go(sideload)) {
            HOLDS(kite_sideload_news(sideload)->stage == KITE_SIDELOAD_OVER);
            check_rows(sideload);
            write_receipt(mem, sideload);
        }
    }
    kite_sideload_close(sideload);
}

/* Names as they would go out again. */
static void check_names(const struct stick *stick)
{
    char name[KITE_FILE_NAME_BYTES_MAX + 1];

    for (size_t i = 0; i < stick->count; i++) {
        kite_safe_name(stick->files[i].name, ".kite", (unsigned)i, name);
        HOLDS(name[0] && strlen(name) <= KITE_FILE_NAME_BYTES_MAX && !strpbrk(name, "\"*/:<>?\\|") && kite_utf8_is_valid(name, strlen(name)));
        HOLDS(kite_names_clash(name, name));
        if (i > 0)
            HOLDS(kite_names_clash(name, stick->files[i - 1].name) == kite_names_clash(stick->files[i - 1].name, name));
    }
}

static void use_stick(const struct kite_memory *mem, const uint8_t *data, size_t size)
{
    static const struct kite_public_key makers = { .name = "Makers" };
    const struct kite_memory heap = kite_memory_heap();
    const struct kite_converter converter = { &press, press_begin, press_step, press_bundle, press_end };
    struct disk *disk = disk_clone(filled);
    struct kite_io disk_table = disk_io(disk);
    struct stick stick = { .gone_at = data[0] };
    const struct kite_io io = { &stick,          stick_open,        stick_close,  stick_size,   stick_read_at,
                                        stick_write_at,  stick_truncate,    stick_sync,   stick_sync_folder, stick_rename,
                                        stick_remove,    stick_exists,      stick_list,   stick_free_bytes, stick_list_folders };
    struct kite_sideload_options options = { .io = &io, .converter = &converter, .folder = "/s", .version = "0.1", .keys = &makers,
                                             .key_count = data[0] & 1, .has_receipt = data[0] & 2, .is_emptied = data[0] & 4 };

    press.mem = mem;
    fill(&stick, data + 1, data + size);
    check_names(&stick);
    HOLDS(kite_library_open(&heap, &disk_table, "/kite", &options.library, NULL) == KITE_OK);
    take_in(mem, &options);
    kite_library_close(options.library);
    HOLDS(stick.open_files == 0 && !press.document);
    for (size_t i = 0; i < stick.count; i++)
        free(stick.files[i].own);
    disk_destroy(disk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1)
        with_memory_that_ends(data, size, use_stick);
    return 0;
}
