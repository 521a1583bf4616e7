/* A whole session is cut. What a person does on a device (reading, marks, a PIN, a sender, imports, settings, an update, a private shelf) is
 * recorded as events and played again; before each operation of its disk the power goes, in every way of struct explorer. After each cut the device starts, its library is
 * whole, every text verifies, the slot that starts is whole, and of all that is stored exactly what was told as done is there, or one
 * change more, the one in hand. KITE_CUTS=all tries many more. */
#include "library/allocator.h"
#include "library/explorer.h"
#include "library/store.h"
#include "reader/session.h"

/* ---- what was told as done ---------------------------------------------------------------------------------- */

#define MOMENTS_MAX 1000

/* What the library keeps from one change to the next. */
struct moment {
    uint64_t digest;
    uint64_t seen;         /* the operation after which it can be seen */
    uint64_t acknowledged; /* the one after which it must */
};

static struct known {
    struct moment moments[MOMENTS_MAX];
    size_t count;
    uint64_t ops;
} known;

static uint64_t mix_row(sqlite3_stmt *row, uint64_t hash)
{
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        const void *bytes = sqlite3_column_blob(row, i); /* numbers as their digits */
        size_t count = (size_t)sqlite3_column_bytes(row, i);

        hash = mixed(hash, &count, sizeof count);
        hash = mixed(hash, bytes ? bytes : "", bytes ? count : 0);
    }
    return hash;
}

/* Every row of every table. */
static uint64_t digest_of(sqlite3 *db)
{
    sqlite3_stmt *tables, *rows;
    uint64_t hash = 0xcbf29ce484222325u;
    char sql[128];

    assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", -1, &tables, NULL), SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", (const char *)sqlite3_column_text(tables, 0));
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), SQLITE_OK);
        hash = mixed(hash, sql, strlen(sql));
        while (sqlite3_step(rows) == SQLITE_ROW)
            hash = mix_row(rows, hash);
        sqlite3_finalize(rows);
    }
    sqlite3_finalize(tables);
    return hash;
}

static struct kite_library *open_after_cut(struct kite_io *io)
{
    struct kite_library *library = NULL;
    struct kite_fault fault = { "" };

    if (kite_library_open(&mem, io, "/kite", &library, &fault) != KITE_OK)
        fail_msg("does not open: %s", fault.text);
    assert_false(kite_library_repair(library).was_damaged);
    return library;
}

static uint64_t digest_now(const struct disk *d)
{
    struct disk *copy = disk_clone(d);
    struct kite_io io = disk_io(copy);
    struct kite_library *library = open_after_cut(&io);
    uint64_t digest = digest_of(library->db);

    kite_library_close(library);
    disk_destroy(copy);
    return digest;
}

/* A change is done when the journal no longer begins like one. */
static bool is_between_changes(struct disk *d)
{
    static const uint8_t magic[] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };
    const struct disk_file *journal = disk_get(d, "kite.db-journal");

    return !journal || journal->live_bytes < sizeof magic || memcmp(journal->live, magic, sizeof magic) != 0;
}

static void learn_moment(struct disk *d)
{
    static bool was_between;
    struct moment *last = known.count ? &known.moments[known.count - 1] : NULL;
    bool is_between = is_between_changes(d);

    if (is_between) {
        uint64_t digest = digest_now(d);

        if (!last || last->digest != digest) {
            assert_true(known.count < MOMENTS_MAX);
            known.moments[known.count++] = (struct moment){ digest, d->ops, UINT64_MAX };
        }
    } else if (was_between && last && last->acknowledged == UINT64_MAX) {
        last->acknowledged = d->ops - 1; /* the next change has begun with the operation before this one */
    }
    was_between = is_between;
}

static void watch_to_learn(void *ctx, struct disk *d)
{
    (void)ctx;
    learn_moment(d);
}

/* ---- the session ----------------------------------------------------------------------------------------------- */

/* Ends with a start of the new system. */
static void play_all(struct rig *rig, void (*after)(struct rig *rig))
{
    rig_on(rig);
    after(rig);
    for (size_t i = 0; i < event_count; i++) {
        assert_int_equal(rig_step(rig, &events[i]), KITE_OK);
        after(rig);
    }
    rig_off(rig);
    rig_on(rig);
    after(rig);
}

/* What an event did is acknowledged with its frame. */
static void learn_event(struct rig *rig)
{
    learn_moment(rig->d.disk);
    for (size_t i = 0; i < known.count; i++)
        if (known.moments[i].acknowledged > rig->d.disk->ops)
            known.moments[i].acknowledged = rig->d.disk->ops;
}

static void a_session_is_recorded(void **state)
{
    struct rig rig;

    (void)state;
    record_session();
    rig_make(&rig);
    rig.d.disk->watch = watch_to_learn;
    play_all(&rig, learn_event);
    known.ops = rig.d.disk->ops;
    check_slots(rig.d.disk, true);
    rig_drop(&rig);
    print_message("%zu events, %llu operations, %zu changes\n", event_count, (unsigned long long)known.ops, known.count);
    assert_true(known.count > 30);
}

/* ---- a cut -------------------------------------------------------------------------------------------------------- */

static size_t sure_at(uint64_t ops)
{
    size_t sure = 0;

    for (size_t i = 0; i < known.count; i++)
        if (known.moments[i].acknowledged <= ops)
            sure = i;
    return sure;
}

static uint64_t told(void *ctx)
{
    const struct rig *rig = ctx;

    return sure_at(rig->d.disk->ops) * 2 + rig->has_updated;
}

/* A text that verified once is not decoded again. */
static bool has_verified(const struct disk_file *file)
{
    static uint64_t seen[64];
    uint64_t hash = mixed(0xcbf29ce484222325u, file->live, file->live_bytes);
    bool was_seen = seen[hash % 64] == hash;

    seen[hash % 64] = hash;
    return was_seen;
}

/* d NULL: files are not the disk's own. */
static void check_whole(struct kite_library *library, struct disk *d)
{
    struct kite_text_step text = { 0 };
    sqlite3_stmt *stmt;

    assert_int_equal(sqlite3_prepare_v2(library->db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal(sqlite3_column_text(stmt, 0), "ok");
    sqlite3_finalize(stmt);
    while (kite_library_next_text(library, &text, NULL) == KITE_OK) {
        struct kite_book *book;
        char name[KITE_FILE_NAME_BYTES_MAX + 1];
        uint32_t document;
        uint8_t root[32];

        assert_int_equal(kite_library_file_of(library, text.text, name, &document, root), KITE_OK);
        assert_int_equal(kite_library_book_open(library, text.text, &book, NULL), KITE_OK);
        if (!d || !has_verified(disk_get(d, name)))
            assert_int_equal(kite_bundle_verify(kite_book_bundle(book), NULL, NULL), KITE_OK);
        kite_library_book_close(book);
    }
}

/* The private shelf opens, and what is on it verifies; one that was looked at is not opened again, as that takes long by its nature. Opening
 * ends what the cut left half done: the text that was on its way is then in one of the two places. */
static void check_shelf(struct kite_library *library, struct disk *d)
{
    static uint64_t seen[1024];
    struct kite_query all = { 0 };
    struct kite_shelf_state state;
    struct kite_shelf *shelf;
    struct kite_fault fault = { "" };
    uint64_t hash = explorer_hash(d, 1), *slot = &seen[hash % 1024];
    uint32_t here = 0, there = 0;

    assert_int_equal(kite_shelf_look(library, &state, NULL), KITE_OK);
    assert_false(state.is_damaged);
    if (!state.is_there || *slot == hash)
        return;
    *slot = hash;
    if (kite_shelf_open(library, SHELF_PIN, &shelf, &fault) != KITE_OK)
        fail_msg("the private shelf does not open: %s", fault.text);
    assert_false(kite_shelf_is_damaged(shelf));
    check_whole(kite_shelf_library(shelf), NULL);
    assert_int_equal(kite_library_count(library, &all, &here, NULL), KITE_OK);
    assert_int_equal(kite_library_count(kite_shelf_library(shelf), &all, &there, NULL), KITE_OK);
    assert_int_equal(here + there, 3); /* the sampler, the other one, the letter: none is in no place, none in two */
    kite_shelf_close(shelf);
}

static void check_kept(uint64_t digest, uint64_t ops)
{
    size_t at = sure_at(ops);

    while (at < known.count && known.moments[at].digest != digest && known.moments[at].seen < ops)
        at++;
    if (at < known.count && known.moments[at].digest != digest)
        at++;
    if (at == known.count || known.moments[at].digest != digest)
        fail_msg("cut before operation %llu: something that was told as done is lost, or done in part", (unsigned long long)ops + 1);
}

static void judge(void *ctx, struct disk *d)
{
    const struct rig *rig = ctx;
    struct kite_io io = disk_io(d);
    struct kite_library *library = open_after_cut(&io);

    check_whole(library, d);
    check_kept(digest_of(library->db), d->cut_ops);
    check_shelf(library, d);
    assert_int_equal(kite_library_set_number(library, KITE_DEVICE, "after the cut", 1, NULL), KITE_OK);
    kite_library_close(library);
    check_slots(d, rig->has_updated);
}

static void go_on(struct rig *rig)
{
    (void)rig;
}

static struct explorer *play_explored(struct rig *rig, unsigned rounds, uint64_t every)
{
    struct explorer *e = calloc(1, sizeof *e);

    *e = (struct explorer){ .ctx = rig, .judge = judge, .told = told, .rounds = rounds, .every = every };
    rig->d.disk->watch = explorer_watch;
    rig->d.disk->watch_ctx = e;
    play_all(rig, go_on);
    rig->d.disk->watch = NULL;
    return e;
}

static void every_cut_leaves_all_that_was_told_as_done(void **state)
{
    struct rig rig;
    struct explorer *e;

    (void)state;
    rig_make(&rig);
    e = play_explored(&rig, getenv("KITE_CUTS") ? 12 : 1, getenv("KITE_CUTS") ? 1 : 6);
    assert_int_equal(rig.d.disk->ops, known.ops); /* it is the same session */
    print_message("%llu of %llu operations cut, %llu states\n", (unsigned long long)e->points, (unsigned long long)e->ops,
                  (unsigned long long)e->states);
    assert_true(e->states > 500);
    rig_drop(&rig);
    free(e);
}

/* ---- teeth: a disk or a program that breaks a promise must be found out --------------------------------------------- */

static enum kite_status sync_no_slot(void *ctx, void *file)
{
    return strcmp(explorer_name(ctx, file), "dev/b") == 0 ? disk_op(ctx) : disk_sync(ctx, file);
}

static enum kite_status sync_no_record(void *ctx, void *file)
{
    return strcmp(explorer_name(ctx, file), "dev/boot") == 0 ? disk_op(ctx) : disk_sync(ctx, file);
}

/* What was written and checked comes out as something else. */
static enum kite_status sync_wrong_copy(void *ctx, void *file)
{
    enum kite_status status = disk_sync(ctx, file);
    struct disk_file *f = disk_file(ctx, file);

    if (strstr(explorer_name(ctx, file), ".part"))
        f->durable[f->durable_bytes / 2] ^= 1;
    return status;
}

/* Write over what is there, in pieces, instead of taking its name. */
static enum kite_status rename_by_copy(void *ctx, const char *from, const char *to)
{
    struct disk *d = ctx;
    const struct disk_file *source = disk_get(d, disk_name_of(from));
    size_t bytes = source->live_bytes;
    uint8_t *copy = disk_copy(source->live, bytes);
    void *file;
    enum kite_status status = disk_open(ctx, to, KITE_IO_WRITE, &file);

    for (size_t at = 0; status == KITE_OK && at < bytes; at += BLOCK)
        status = disk_write_at(ctx, file, at, copy + at, bytes - at < BLOCK ? bytes - at : BLOCK);
    if (status == KITE_OK)
        status = disk_remove(ctx, from);
    free(copy);
    disk_close(ctx, file);
    return status;
}

struct promise {
    const char *broken;
    enum kite_status (*sync)(void *ctx, void *file);
    enum kite_status (*sync_folder)(void *ctx, const char *folder);
    enum kite_status (*rename)(void *ctx, const char *from, const char *to);
};

static const struct promise promises[] = {
    { "nothing", disk_sync, disk_sync_folder, disk_rename },
    { "no fsync", broken_sync, disk_sync_folder, disk_rename },
    { "no fsync of the folder", disk_sync, broken_sync_folder, disk_rename },
    { "no rename", disk_sync, disk_sync_folder, rename_by_copy },
    { "no check of what came to the disk", sync_wrong_copy, disk_sync_folder, disk_rename },
    { "no fsync of a slot before it starts", sync_no_slot, disk_sync_folder, disk_rename },
    { "no fsync of the boot record", sync_no_record, disk_sync_folder, disk_rename },
};

static void play_broken(const void *arg)
{
    const struct promise *p = arg;
    struct rig rig;

    rig_make(&rig);
    rig.d.io.sync = p->sync;
    rig.d.io.sync_folder = p->sync_folder;
    rig.d.io.rename = p->rename;
    (void)play_explored(&rig, 1, strcmp(p->broken, "nothing") == 0 ? 16 : 1);
}

static void a_broken_promise_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        if (is_found_out(play_broken, &promises[i]) != (i > 0))
            fail_msg("%s: %s", i == 0 ? "found" : "not found", promises[i].broken);
    print_message("%zu controls, each caught\n", sizeof promises / sizeof *promises - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_recorded),
        cmocka_unit_test(every_cut_leaves_all_that_was_told_as_done),
        cmocka_unit_test(a_broken_promise_is_found),
    };
    int failed;

    allocator_set_up();
    make_bundles();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    drop_bundles();
    return failed;
}
