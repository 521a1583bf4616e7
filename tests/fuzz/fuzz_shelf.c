/* The private shelf's files, by the first byte: key files, their sum put right; indexes, as they are once they are unsealed; any bytes
 * in place of a sealed text; and sealed texts that are written, read, changed and cut in any order, beside a copy in the open: what is
 * read is what was written, or said to be damaged. */
#include "fuzz/fuzz.h"
#include "library/disk.h"
#include "shelf/inside.h"

#define TEXT_BYTES_MAX (3 * BLOCK_BYTES)
#define AT_CHECK (KEY_FILE_BYTES - 16)

static struct keys keys;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    HOLDS(kite_trust_init(NULL) == KITE_OK);
    memset(keys.master, 7, sizeof keys.master);
    keys_derive(&keys);
    return 0;
}

static void try_key(const uint8_t *data, size_t count)
{
    uint8_t bytes[KEY_FILE_BYTES] = { 0 };
    struct key_file file;

    (void)key_file_parse(data, count, &file, NULL);
    memcpy(bytes, data, count < sizeof bytes ? count : sizeof bytes);
    crypto_generichash(bytes + AT_CHECK, 16, bytes, AT_CHECK, NULL, 0);
    if (key_file_parse(bytes, sizeof bytes, &file, NULL) == KITE_OK)
        HOLDS(file.cost.passes >= 1 && file.cost.passes <= KITE_SHELF_PASSES_MAX && file.cost.memory_kb >= 8 &&
              file.cost.memory_kb <= KITE_SHELF_MEMORY_KB_MAX && file.kind <= KITE_SHELF_PASSPHRASE);
}

static enum kite_status look_at(void *ctx, const char *name, uint64_t bytes)
{
    (void)bytes;
    HOLDS(name[0] && strlen(name) < VOLUME_NAME_BYTES && !strchr(name, '/'));
    ++*(int *)ctx;
    return KITE_OK;
}

/* What is taken is sealed, loaded again, and the same. */
static void try_index(const uint8_t *data, size_t count)
{
    struct disk *disk = disk_make(1);
    struct kite_io io = disk_io(disk);
    struct kite_library_where where = { kite_memory_heap(), &io, "/l" };
    struct volume volume, again;
    int files = 0, files_again = 0;

    volume_begin(&volume, &where, &keys);
    volume_begin(&again, &where, &keys);
    if (volume_parse(&volume, data, count) == KITE_OK) {
        struct kite_io own = volume_io(&volume), other = volume_io(&again);

        HOLDS(own.list(own.ctx, "l", &files, look_at) == KITE_OK);
        volume.is_changed = true;
        HOLDS(volume_seal(&volume) == KITE_OK);
        HOLDS(volume_load(&again) == KITE_OK);
        HOLDS(other.list(other.ctx, "l", &files_again, look_at) == KITE_OK);
        HOLDS(files == files_again);
    } else {
        HOLDS(!volume.entries);
    }
    volume_end(&volume);
    volume_end(&again);
    disk_put(disk, INDEX_FILE, data, count); /* and as it is, which nobody sealed */
    HOLDS(volume_load(&again) == KITE_E_DAMAGED);
    volume_end(&again);
    disk_destroy(disk);
}

struct text {
    struct disk *disk;
    struct kite_io io;
    void *file;
    struct sealed sealed;
    uint8_t id[ID_BYTES];
    uint8_t open[TEXT_BYTES_MAX]; /* the same in the open */
    size_t bytes;
    bool is_changed; /* by another hand */
};

static void begin(struct text *t, const uint8_t *data, size_t count)
{
    t->disk = disk_make(1);
    t->io = disk_io(t->disk);
    memset(t->id, 3, sizeof t->id);
    disk_put(t->disk, "text", data, count);
    HOLDS(t->io.open(t->io.ctx, "/l/text", KITE_IO_WRITE, &t->file) == KITE_OK);
}

static void end(struct text *t)
{
    t->io.close(t->io.ctx, t->file);
    disk_destroy(t->disk);
    free(t);
}

static void try_sealed(const uint8_t *data, size_t count)
{
    struct text *t = calloc(1, sizeof *t);
    uint64_t bytes;
    uint8_t byte;
    size_t got;

    begin(t, data, count);
    if (sealed_size(count, &bytes) == KITE_OK) {
        HOLDS(sealed_begin(&t->sealed, &t->io, &keys, t->id, t->file, bytes) == KITE_OK);
        for (uint64_t at = 0; at < bytes; at += BLOCK_BYTES)
            HOLDS(sealed_read(&t->sealed, at, &byte, 1, &got) == KITE_E_DAMAGED);
    } else {
        HOLDS(sealed_begin(&t->sealed, &t->io, &keys, t->id, t->file, bytes) == KITE_E_DAMAGED);
    }
    end(t);
}

static void read_some(struct text *t, size_t at, size_t count)
{
    uint8_t *out = malloc(count + 1);
    size_t got = 0;
    enum kite_status status = sealed_read(&t->sealed, at, out, count, &got);

    HOLDS(status == KITE_OK || (status == KITE_E_DAMAGED && t->is_changed));
    if (status == KITE_OK) {
        HOLDS(got == (at >= t->bytes ? 0 : t->bytes - at < count ? t->bytes - at : count));
        HOLDS(got == 0 || memcmp(out, t->open + at, got) == 0);
    }
    free(out);
}

static void write_some(struct text *t, size_t at, size_t count, uint8_t with)
{
    uint8_t *in = malloc(count + 1);
    enum kite_status status;

    memset(in, with, count);
    status = sealed_write(&t->sealed, at, in, count);
    HOLDS(status == KITE_OK || (at > t->bytes && status == KITE_E_RANGE) || (status == KITE_E_DAMAGED && t->is_changed));
    if (status == KITE_OK && count > 0) {
        memcpy(t->open + at, in, count);
        t->bytes = at + count > t->bytes ? at + count : t->bytes;
    }
    free(in);
}

/* Close it and open it, perhaps changed in between. */
static bool reopen(struct text *t)
{
    enum kite_status status;

    HOLDS(sealed_flush(&t->sealed) == KITE_OK);
    HOLDS(t->sealed.bytes == t->bytes);
    sealed_end(&t->sealed);
    status = sealed_begin(&t->sealed, &t->io, &keys, t->id, t->file, t->bytes);
    HOLDS(status == KITE_OK || (status == KITE_E_DAMAGED && t->is_changed));
    return status == KITE_OK;
}

static bool change(struct text *t, size_t at, uint8_t by, bool is_cut)
{
    struct disk_file *file;

    if (!reopen(t))
        return false;
    file = disk_get(t->disk, "text");
    if (file->live_bytes == 0)
        return true;
    at %= file->live_bytes;
    t->is_changed = true;
    file->live[at] ^= by ? by : 1;
    if (is_cut)
        file->live_bytes = at;
    return reopen(t);
}

static void try_text(const uint8_t *data, size_t count)
{
    struct kite_bytes in = { data, data + count, false };
    struct text *t = calloc(1, sizeof *t);
    bool goes_on = true;

    begin(t, data, 0);
    HOLDS(sealed_begin(&t->sealed, &t->io, &keys, t->id, t->file, 0) == KITE_OK);
    for (int i = 0; i < 40 && in.at < in.end && goes_on; i++) {
        uint8_t what = kite_take_u8(&in), with = kite_take_u8(&in);
        size_t at = kite_take_u16(&in) % TEXT_BYTES_MAX, some = kite_take_u16(&in);

        some = some < TEXT_BYTES_MAX - at ? some : TEXT_BYTES_MAX - at;
        if (what % 8 < 3 && !t->is_changed)
            write_some(t, what & 16 && at > t->bytes ? t->bytes : at,
                       what & 16 && at > t->bytes && some > TEXT_BYTES_MAX - t->bytes ? TEXT_BYTES_MAX - t->bytes : some, with);
        else if (what % 8 < 6)
            read_some(t, at, some);
        else if (what % 8 == 6 && !t->is_changed)
            goes_on = reopen(t);
        else if (what % 8 == 7)
            goes_on = change(t, at, with, what & 8);
    }
    end(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
    static void (*const forms[])(const uint8_t *data, size_t count) = { try_key, try_index, try_sealed, try_text };
    uint8_t *bytes;

    if (count == 0)
        return 0;
    bytes = malloc(count); /* of its exact length, so that reading past it is seen */
    if (!bytes)
        return 0;
    memcpy(bytes, data + 1, count - 1);
    forms[data[0] % 4](bytes, count - 1);
    free(bytes);
    return 0;
}
