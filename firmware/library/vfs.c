/* A SQLite file layer over the library's I/O table. It tells SQLite the worst about the disk (a cut may spoil 16 KB
 * around a write), syncs the folder after a file was made, and ends each page of kite.db with a sum over the page
 * and its number, so that a page is either what was written there or known to be damaged. What a page holds between its
 * cells are left-overs of rows that moved to other pages; none of it reaches the disk.
 * Source: SQLite's documentation of sqlite3_vfs and sqlite3_io_methods, and its cksumvfs for the idea of the sum. */
#include "library/store.h"

#include <stdio.h>
#include <string.h>

#define SECTOR_BYTES 16384
#define SUMMED_BYTES (KITE_PAGE_BYTES - KITE_PAGE_SUM_BYTES)

struct vfs_file {
    sqlite3_file base;
    struct kite_vfs *vfs;
    void *file;
    bool has_sums, is_journal;
    bool is_new;              /* its name is not on the disk yet */
    uint8_t page[KITE_PAGE_BYTES]; /* with its sum, on the way out */
};

static int write_code(enum kite_status status)
{
    return status == KITE_E_LIMIT ? SQLITE_FULL : status == KITE_E_NOMEM ? SQLITE_IOERR_NOMEM : SQLITE_IOERR_WRITE;
}

uint64_t kite_page_sum(const uint8_t *page, uint64_t number)
{
    uint64_t sum = number * 0x9e3779b97f4a7c15u + 1;

    for (size_t i = 0; i < SUMMED_BYTES; i += 8) {
        sum = (sum ^ ((uint64_t)kite_get_u32(page + i + 4) << 32 | kite_get_u32(page + i))) * 0x2545f4914f6cdd1du;
        sum ^= sum >> 29;
    }
    return sum;
}

static bool page_is_right(const uint8_t *page, uint64_t number)
{
    const uint8_t *at = page + SUMMED_BYTES;

    return kite_page_sum(page, number) == ((uint64_t)kite_get_u32(at + 4) << 32 | kite_get_u32(at));
}

static bool is_page(const struct vfs_file *f, int count, sqlite3_int64 offset)
{
    return f->has_sums && count == (int)KITE_PAGE_BYTES && offset % (int)KITE_PAGE_BYTES == 0;
}

static int file_close(sqlite3_file *base)
{
    struct vfs_file *f = (struct vfs_file *)base;

    f->vfs->io.close(f->vfs->io.ctx, f->file);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *dst, int count, sqlite3_int64 offset)
{
    struct vfs_file *f = (struct vfs_file *)base;
    size_t got = 0;
    enum kite_status status = f->vfs->io.read_at(f->vfs->io.ctx, f->file, (uint64_t)offset, dst, (size_t)count, &got);

    if (status != KITE_OK)
        return status == KITE_E_NOMEM ? SQLITE_IOERR_NOMEM : SQLITE_IOERR_READ;
    if (got < (size_t)count) {
        memset((uint8_t *)dst + got, 0, (size_t)count - got);
        return SQLITE_IOERR_SHORT_READ;
    }
    if (is_page(f, count, offset) && !page_is_right(dst, (uint64_t)offset / KITE_PAGE_BYTES))
        return SQLITE_IOERR_DATA;
    return SQLITE_OK;
}

/* The unused middle of a page of a table or an index: SQLite wipes what is deleted, but not what it moves elsewhere when it
 * shares rows out anew. Other pages begin with the number of a page, below 2^24, and so with another byte.
 * Source: the SQLite database file format, section 1.6. */
static void wipe_gap(uint8_t *page, uint64_t number)
{
    size_t head = number == 0 ? 100 : 0;
    uint8_t kind = page[head];
    bool is_inner = kind == 2 || kind == 5, is_leaf = kind == 10 || kind == 13;
    size_t cells = (size_t)page[head + 3] << 8 | page[head + 4], content = (size_t)page[head + 5] << 8 | page[head + 6];
    size_t gap = head + (is_inner ? 12 : 8) + 2 * cells;

    if ((is_inner || is_leaf) && gap < content && content <= SUMMED_BYTES)
        memset(page + gap, 0, content - gap);
}

/* The journal stays where it is: what ends a transaction is a write of zeros over its header. */
static bool is_ending(const struct vfs_file *f, const uint8_t *src, int count, sqlite3_int64 offset)
{
    return f->is_journal && offset == 0 && src[0] == 0 &&
           memcmp(src, src + 1, (size_t)count - 1) == 0;
}

/* That write failed, and may have happened in part. SQLite would say that nothing was committed,
 * but it does not roll back from a journal whose first byte is 0. So what stands there decides: the
 * transaction is over, and that is to be synced as ever, or the journal is whole. When it cannot be
 * told, it is an I/O error, after which the library is opened anew.
 * Source: SQLite's pager.c, zeroJournalHdr and hasHotJournal. */
static int ending_code(struct vfs_file *f, enum kite_status status)
{
    uint8_t first = 0;
    size_t got = 0;

    if (f->vfs->io.read_at(f->vfs->io.ctx, f->file, 0, &first, 1, &got) != KITE_OK || got != 1)
        return SQLITE_IOERR_READ;
    return first == 0 ? SQLITE_OK : write_code(status);
}

static int file_write(sqlite3_file *base, const void *src, int count, sqlite3_int64 offset)
{
    struct vfs_file *f = (struct vfs_file *)base;
    enum kite_status status;

    if (is_page(f, count, offset)) {
        uint64_t sum;

        memcpy(f->page, src, SUMMED_BYTES);
        wipe_gap(f->page, (uint64_t)offset / KITE_PAGE_BYTES);
        sum = kite_page_sum(f->page, (uint64_t)offset / KITE_PAGE_BYTES);
        for (unsigned i = 0; i < KITE_PAGE_SUM_BYTES; i++)
            f->page[SUMMED_BYTES + i] = (uint8_t)(sum >> 8 * i);
        src = f->page;
    }
    status = f->vfs->io.write_at(f->vfs->io.ctx, f->file, (uint64_t)offset, src, (size_t)count);
    if (status != KITE_OK && is_ending(f, src, count, offset))
        return ending_code(f, status);
    return status == KITE_OK ? SQLITE_OK : write_code(status);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct vfs_file *f = (struct vfs_file *)base;
    enum kite_status status = f->vfs->io.truncate(f->vfs->io.ctx, f->file, (uint64_t)size);

    return status == KITE_OK ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct vfs_file *f = (struct vfs_file *)base;
    struct kite_vfs *vfs = f->vfs;
    enum kite_status status = vfs->io.sync(vfs->io.ctx, f->file);

    (void)flags;
    if (status == KITE_OK && f->is_new)
        status = vfs->io.sync_folder(vfs->io.ctx, vfs->folder);
    if (status != KITE_OK) {
        vfs->sync_failed = true; /* what was to be synced may be lost for good: not to be tried again */
        return SQLITE_IOERR_FSYNC;
    }
    f->is_new = false;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
    struct vfs_file *f = (struct vfs_file *)base;
    uint64_t bytes;

    if (f->vfs->io.size(f->vfs->io.ctx, f->file, &bytes) != KITE_OK)
        return SQLITE_IOERR_FSTAT;
    *size = (sqlite3_int64)bytes;
    return SQLITE_OK;
}

/* The folder's lock is taken once, by the library. */
static int file_lock(sqlite3_file *base, int level)
{
    (void)base, (void)level;
    return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *base, int *out)
{
    (void)base;
    *out = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int op, void *arg)
{
    (void)base, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *base)
{
    (void)base;
    return SECTOR_BYTES;
}

static int file_traits(sqlite3_file *base)
{
    (void)base;
    return 0; /* in particular not SQLITE_IOCAP_POWERSAFE_OVERWRITE */
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *base, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct kite_vfs *vfs = (struct kite_vfs *)base;
    struct vfs_file *f = (struct vfs_file *)file;
    bool was_there, can_write = (flags & SQLITE_OPEN_READWRITE) != 0;
    enum kite_status status;

    f->base.pMethods = NULL;
    if (!name) /* a temporary file: those stay in memory */
        return SQLITE_CANTOPEN;
    if (vfs->io.exists(vfs->io.ctx, name, &was_there) != KITE_OK)
        return SQLITE_IOERR_ACCESS;
    if (!was_there && !(flags & SQLITE_OPEN_CREATE))
        return SQLITE_CANTOPEN;
    status = vfs->io.open(vfs->io.ctx, name, can_write ? KITE_IO_WRITE : KITE_IO_READ, &f->file);
    if (status != KITE_OK)
        return status == KITE_E_NOMEM ? SQLITE_NOMEM : status == KITE_E_LIMIT ? SQLITE_FULL : SQLITE_IOERR;
    f->vfs = vfs;
    f->has_sums = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    f->is_journal = (flags & SQLITE_OPEN_MAIN_JOURNAL) != 0;
    f->is_new = !was_there;
    f->base.pMethods = &methods;
    if (out_flags)
        *out_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *base, const char *name, int sync_folder)
{
    struct kite_vfs *vfs = (struct kite_vfs *)base;
    enum kite_status status = vfs->io.remove(vfs->io.ctx, name);

    if (status == KITE_DONE)
        return SQLITE_IOERR_DELETE_NOENT;
    if (status == KITE_OK && sync_folder)
        status = vfs->io.sync_folder(vfs->io.ctx, vfs->folder);
    return status == KITE_OK ? SQLITE_OK : SQLITE_IOERR_DELETE;
}

static int vfs_access(sqlite3_vfs *base, const char *name, int flags, int *out)
{
    struct kite_vfs *vfs = (struct kite_vfs *)base;
    bool is_there = false;
    enum kite_status status = vfs->io.exists(vfs->io.ctx, name, &is_there);

    (void)flags;
    *out = is_there;
    return status == KITE_OK ? SQLITE_OK : SQLITE_IOERR_ACCESS;
}

static int vfs_full_path(sqlite3_vfs *base, const char *name, int room, char *out)
{
    (void)base;
    if (strlen(name) >= (size_t)room)
        return SQLITE_CANTOPEN;
    memcpy(out, name, strlen(name) + 1);
    return SQLITE_OK;
}

/* SQLite wants random bytes for the nonce of a journal's sums. A journal's header says how much of it was synced, so that what
 * lies behind from an older one is never taken for its own, and a counter does. */
static int vfs_random(sqlite3_vfs *base, int count, char *out)
{
    struct kite_vfs *vfs = (struct kite_vfs *)base;

    for (int i = 0; i < count; i++) {
        vfs->random = vfs->random * 6364136223846793005u + 1442695040888963407u;
        out[i] = (char)(vfs->random >> 56);
    }
    return count;
}

static int vfs_sleep(sqlite3_vfs *base, int microseconds)
{
    (void)base;
    return microseconds;
}

static int vfs_time(sqlite3_vfs *base, double *now)
{
    (void)base;
    *now = 0; /* no clock is kept, none is asked */
    return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *base, int room, char *out)
{
    (void)base, (void)room, (void)out;
    return 0;
}

enum kite_status kite_vfs_open(struct kite_vfs *vfs, const struct kite_io *io, const char *folder)
{
    *vfs = (struct kite_vfs){ .io = *io, .folder = folder };
    snprintf(vfs->name, sizeof vfs->name, "kite-%p", (void *)vfs);
    vfs->base = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct vfs_file),
        .mxPathname = (int)KITE_PATH_BYTES_MAX,
        .zName = vfs->name,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_error,
    };
    return kite_sql_status(sqlite3_vfs_register(&vfs->base, 0));
}

void kite_vfs_close(struct kite_vfs *vfs)
{
    if (vfs->base.zName)
        sqlite3_vfs_unregister(&vfs->base);
}

/* The file under an open database; NULL when it is none of ours. */
static struct vfs_file *file_of(sqlite3 *db)
{
    sqlite3_file *f = NULL;

    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &f) != SQLITE_OK || !f || f->pMethods != &methods)
        return NULL;
    return (struct vfs_file *)f;
}

enum kite_status kite_vfs_pages(sqlite3 *db, uint64_t *count, bool *is_even)
{
    struct vfs_file *f = file_of(db);
    uint64_t bytes = 0;
    enum kite_status status = f ? f->vfs->io.size(f->vfs->io.ctx, f->file, &bytes) : KITE_E_IO;

    *count = bytes / KITE_PAGE_BYTES;
    *is_even = bytes % KITE_PAGE_BYTES == 0;
    return status;
}

enum kite_status kite_vfs_read_page(sqlite3 *db, uint64_t number, uint8_t page[KITE_PAGE_BYTES])
{
    struct vfs_file *f = file_of(db);
    size_t got = 0;
    enum kite_status status =
        f ? f->vfs->io.read_at(f->vfs->io.ctx, f->file, number * KITE_PAGE_BYTES, page, KITE_PAGE_BYTES, &got) : KITE_E_IO;

    if (status != KITE_OK)
        return status;
    return got == KITE_PAGE_BYTES && page_is_right(page, number) ? KITE_OK : KITE_E_DAMAGED;
}

enum kite_status kite_vfs_write_page(sqlite3 *db, uint64_t number, const uint8_t page[KITE_PAGE_BYTES])
{
    struct vfs_file *f = file_of(db);

    if (!f)
        return KITE_E_IO;
    return kite_sql_status(file_write(&f->base, page, (int)KITE_PAGE_BYTES, (sqlite3_int64)(number * KITE_PAGE_BYTES)));
}

enum kite_status kite_vfs_sync(sqlite3 *db)
{
    struct vfs_file *f = file_of(db);

    return f ? f->vfs->io.sync(f->vfs->io.ctx, f->file) : KITE_E_IO;
}
