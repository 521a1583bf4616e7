/* What is left when the power goes: every operation of a session is cut, in several ways, and again while the library
 * recovers. After each, the library opens, its integrity check passes, all that was acknowledged is there, and it can be
 * written to. KITE_CUTS=all tries many more. */
#include "library/explorer.h"
#include "library/scenario.h"

/* ---- every state that a cut can leave ---- */

struct session {
    const struct known *known;
    struct explorer *second; /* explores, while the library opens again, what a second cut leaves; NULL: no one */
};

static uint64_t steps_of(void *ctx)
{
    const struct session *session = ctx;

    return (uint64_t)session->known->steps;
}

static void judge(void *ctx, struct disk *d)
{
    const struct session *session = ctx;
    struct kite_io io = disk_io(d);
    struct kite_library *lib;

    d->watch = session->second ? explorer_watch : NULL;
    d->watch_ctx = session->second;
    lib = open_again(d, &io);
    d->watch = NULL;
    check(lib, session->known->steps);
    check_usable(lib);
    kite_library_close(lib);
}

static struct explorer *explorer_of(struct session *session, unsigned rounds)
{
    struct explorer *e = calloc(1, sizeof *e);

    *e = (struct explorer){ .ctx = session, .judge = judge, .told = steps_of, .rounds = rounds };
    return e;
}

static void play_explored(struct explorer *e, const struct kite_io *io, struct disk *d)
{
    struct session *session = e->ctx;
    struct kite_library *lib;
    struct known known = { 0 };

    session->known = &known;
    if (session->second)
        ((struct session *)session->second->ctx)->known = &known;
    d->watch = explorer_watch;
    d->watch_ctx = e;
    assert_int_equal(kite_library_open(&mem, io, "/l", &lib, NULL), KITE_OK);
    assert_int_equal(run(lib, &known), KITE_OK);
    kite_library_close(lib);
    d->watch = NULL;
}

static void nothing_acknowledged_is_lost_in_a_cut(void **state)
{
    struct session session = { 0 };
    struct explorer *e = explorer_of(&session, getenv("KITE_CUTS") ? 150 : 1);
    struct disk *d = disk_make(1);
    struct kite_io io = disk_io(d);

    (void)state;
    play_explored(e, &io, d);
    print_message("%llu operations, %llu states\n", (unsigned long long)e->points, (unsigned long long)e->states);
    assert_true(e->states > 1000);
    disk_destroy(d);
    free(e);
}

static void nothing_is_lost_in_a_second_cut_during_recovery(void **state)
{
    struct session first = { 0 }, after = { 0 };
    struct explorer *e = explorer_of(&first, 1);
    struct disk *d = disk_make(1);
    struct kite_io io = disk_io(d);

    (void)state;
    first.second = explorer_of(&after, 1);
    e->every = getenv("KITE_CUTS") ? 8 : 96;
    play_explored(e, &io, d);
    print_message("%llu states, %llu after a second cut\n", (unsigned long long)e->states, (unsigned long long)first.second->states);
    assert_true(first.second->states > 200);
    disk_destroy(d);
    free(first.second);
    free(e);
}

/* ---- teeth: a disk or a layer that breaks a promise must be found out ---- */

static enum kite_status sync_no_journal(void *ctx, void *file)
{
    return strstr(explorer_name(ctx, file), "-journal") ? disk_op(ctx) : disk_sync(ctx, file);
}

static enum kite_status sync_no_database(void *ctx, void *file)
{
    return strcmp(explorer_name(ctx, file), "kite.db") == 0 ? disk_op(ctx) : disk_sync(ctx, file);
}

static enum kite_status sync_no_copy(void *ctx, void *file)
{
    return strstr(explorer_name(ctx, file), ".part") ? disk_op(ctx) : disk_sync(ctx, file);
}

struct promise {
    const char *broken;
    enum kite_status (*sync)(void *ctx, void *file);
    enum kite_status (*sync_folder)(void *ctx, const char *folder);
    unsigned flash_page;
};

static const struct promise promises[] = {
    { "none", disk_sync, disk_sync_folder, FLASH_PAGE },
    { "no sync", broken_sync, disk_sync_folder, FLASH_PAGE },
    { "no sync of the folder", disk_sync, broken_sync_folder, FLASH_PAGE },
    { "no sync of the journal, so that changes come before it", sync_no_journal, disk_sync_folder, FLASH_PAGE },
    { "no sync of the database", sync_no_database, disk_sync_folder, FLASH_PAGE },
    { "no sync of a copied bundle", sync_no_copy, disk_sync_folder, FLASH_PAGE },
    { "more is spoilt than the disk said", disk_sync, disk_sync_folder, 16 * FLASH_PAGE },
};

static void play_broken(const void *arg)
{
    const struct promise *p = arg;
    struct session session = { 0 };
    struct explorer *e = explorer_of(&session, 1);
    struct disk *d = disk_make(1);
    struct kite_io io = disk_io(d);

    e->flash_page = p->flash_page;
    io.sync = p->sync;
    io.sync_folder = p->sync_folder;
    play_explored(e, &io, d);
}

static void a_broken_promise_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        if (is_found_out(play_broken, &promises[i]) != (i > 0))
            fail_msg("%s: %s", i == 0 ? "found" : "not found", promises[i].broken);
    print_message("%zu controls, each caught\n", sizeof promises / sizeof *promises - 1);
}

/* ---- the first start ---- */

static void scan_all(struct kite_library *lib)
{
    struct kite_import_result result;
    struct kite_scan *scan;

    assert_int_equal(kite_scan_begin(lib, NULL, &scan, NULL), KITE_OK);
    while (kite_scan_step(scan, &result, NULL) == KITE_OK)
        ;
    kite_scan_end(scan);
}

/* Bundles lie there before the library is first made: a cut then is no damage, and nobody is told of any. */
static bool first_start_once(uint64_t cut_at, enum disk_cut how)
{
    struct disk *d = disk_make(cut_at);
    struct kite_io io = disk_io(d);
    struct kite_library *lib;
    bool was_cut;
    uint32_t texts;

    disk_put(d, "first.kite", first_bundle.bytes, first_bundle.count);
    d->cut_at = d->ops + cut_at;
    if (kite_library_open(&mem, &io, "/l", &lib, NULL) == KITE_OK)
        kite_library_close(lib);
    was_cut = d->is_off;
    disk_power_on(d, how);
    lib = open_again(d, &io);
    scan_all(lib);
    assert_int_equal(kite_library_count(lib, &(struct kite_query){ 0 }, &texts, NULL), KITE_OK);
    assert_int_equal(texts, 1);
    kite_library_close(lib);
    disk_destroy(d);
    return was_cut;
}

static void a_cut_at_the_first_start_is_no_damage(void **state)
{
    uint64_t at = 1;

    (void)state;
    for (; first_start_once(at, DISK_CUT_SECTORS); at++)
        for (enum disk_cut how = DISK_CUT_SPOILT; how < DISK_CUTS; how++)
            first_start_once(at, how);
    assert_true(at > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost_in_a_cut),
        cmocka_unit_test(nothing_is_lost_in_a_second_cut_during_recovery),
        cmocka_unit_test(a_broken_promise_is_found),
        cmocka_unit_test(a_cut_at_the_first_start_is_no_damage),
    };

    return cmocka_run_group_tests(tests, scenario_begin, scenario_end);
}
