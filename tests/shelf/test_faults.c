/* Power cuts, a failing and a full disk, failing allocations, at any moment of making a shelf, putting texts on it, using it,
 * taking them off and forgetting it: nothing that was acknowledged is lost, a text is never in no place, and on the shelf leaves no
 * copy in the open. Thinned out to fit a test; KITE_CUTS=all runs every one. */
#include "shelf/scene.h"

#define NEW_PIN "314159"

enum { STEP_CREATE = 0, STEP_PUT, STEP_PLACE, STEP_CHANGE, STEP_TAKE_OFF, STEP_PUT_AGAIN, STEPS };

static struct disk *before; /* the library with its texts, and no shelf */

static enum kite_status step(struct scene *s, int number)
{
    struct kite_place place = { .paragraph = 2, .offset_bytes = 9 };
    struct kite_library *shelf = s->shelf ? kite_shelf_library(s->shelf) : NULL;

    switch (number) {
    case STEP_CREATE:
        return kite_shelf_create(s->library, KITE_SHELF_PIN, PIN, cheap, &s->shelf, NULL);
    case STEP_PUT:
        return kite_shelf_put(s->shelf, s->secret, NULL);
    case STEP_PLACE:
        return kite_library_place_save(shelf, 1, s->text, place, 777, NULL);
    case STEP_CHANGE:
        return kite_shelf_change(s->shelf, KITE_SHELF_PIN, NEW_PIN, cheap, NULL);
    case STEP_TAKE_OFF:
        return kite_shelf_take_off(s->shelf, s->secret, NULL);
    default:
        return kite_shelf_put(s->shelf, s->secret, NULL);
    }
}

/* Ids of the texts change sides with them. Fails where an allocation in the looking does. */
static enum kite_status look_up(struct scene *s)
{
    struct scene_found found = { .title = SECRET_TITLE };
    struct kite_query all = { .reader = 0 };
    enum kite_status status = kite_library_list(s->library, &all, 0, 99, &found, scene_match, NULL);

    if (status == KITE_OK && !found.text && s->shelf)
        status = kite_library_list(kite_shelf_library(s->shelf), &all, 0, 99, &found, scene_match, NULL);
    s->secret = found.bundle;
    s->text = found.text;
    return status;
}

static enum kite_status run(struct scene *s, int *acknowledged)
{
    enum kite_status status = KITE_OK;

    for (*acknowledged = 0; *acknowledged < STEPS && status == KITE_OK; *acknowledged += status == KITE_OK) {
        status = look_up(s);
        if (status == KITE_OK)
            status = step(s, *acknowledged);
    }
    return status;
}

static enum kite_status open_shelf(struct scene *s, int acknowledged)
{
    enum kite_status status = KITE_DONE;

    if (acknowledged >= STEP_CHANGE)
        status = kite_shelf_open(s->library, NEW_PIN, &s->shelf, NULL);
    if (status == KITE_DONE && acknowledged <= STEP_CHANGE)
        status = kite_shelf_open(s->library, PIN, &s->shelf, NULL);
    return status;
}

/* The library was opened, the shelf was not: what the one does not list is not in its folder either. */
static void check_locked(struct scene *s)
{
    if (!scene_find(s->library, SECRET_TITLE).text)
        assert_int_equal(find_trace(s->disk, TRACE_IN_FOLDER), 0);
}

/* After `acknowledged` steps, and perhaps all of the next one. */
static void check(struct scene *s, int acknowledged)
{
    bool is_onto = acknowledged == STEP_PLACE || acknowledged == STEP_CHANGE || acknowledged == STEPS;
    bool is_back = acknowledged <= STEP_CREATE;
    struct kite_shelf_state look;
    struct kite_library *holder;
    struct kite_place place;
    uint32_t permille = 0;

    assert_int_equal(kite_shelf_look(s->library, &look, NULL), KITE_OK);
    assert_false(look.is_damaged);
    if (acknowledged > STEP_CREATE)
        assert_true(look.is_there);
    if (look.is_there) {
        assert_int_equal(open_shelf(s, acknowledged), KITE_OK);
        assert_false(kite_shelf_is_damaged(s->shelf));
        assert_false(kite_library_repair(kite_shelf_library(s->shelf)).was_damaged);
    }
    holder = s->library;
    if (s->shelf && scene_find(kite_shelf_library(s->shelf), SECRET_TITLE).text) {
        holder = kite_shelf_library(s->shelf);
        assert_int_equal(scene_find(s->library, SECRET_TITLE).text, 0);
    }
    s->text = scene_find(holder, SECRET_TITLE).text;
    assert_int_not_equal(s->text, 0);
    assert_false(is_onto && holder == s->library);
    assert_false(is_back && holder != s->library);
    if (holder != s->library)
        assert_int_equal(find_trace(s->disk, TRACE_IN_FOLDER), 0);
    assert_int_equal(scene_verify(holder, s->text), KITE_OK);
    scene_check_marks(holder, s->text);
    if (acknowledged > STEP_PLACE) {
        assert_int_equal(kite_library_place(holder, 1, s->text, &place, &permille, NULL), KITE_OK);
        assert_int_equal(permille, 777);
    }
    assert_int_not_equal(scene_find(s->library, "A cookery book").text, 0);
}

/* It goes on as if nothing had been. */
static void check_usable(struct scene *s, int acknowledged)
{
    if (!s->shelf)
        assert_int_equal(kite_shelf_create(s->library, KITE_SHELF_PIN, PIN, cheap, &s->shelf, NULL), KITE_OK);
    assert_int_equal(look_up(s), KITE_OK);
    if (scene_find(s->library, SECRET_TITLE).text)
        assert_int_equal(kite_shelf_put(s->shelf, s->secret, NULL), KITE_OK);
    scene_lock(s);
    assert_int_equal(open_shelf(s, acknowledged), KITE_OK);
    s->text = scene_find(kite_shelf_library(s->shelf), SECRET_TITLE).text;
    scene_check_marks(kite_shelf_library(s->shelf), s->text);
    assert_int_equal(find_trace(s->disk, TRACE_IN_FOLDER), 0);
}

/* ---- cuts -------------------------------------------------------------------------------------- */

static uint64_t cut_once(uint64_t cut_at, enum disk_cut how)
{
    struct disk *disk = disk_clone(before);
    struct scene s = scene_open(disk);
    uint64_t began = disk->ops, ops;
    int acknowledged;

    disk->random = cut_at * 2 + 1;
    disk->cut_at = cut_at ? began + cut_at : 0;
    (void)run(&s, &acknowledged);
    ops = disk->ops - began;
    if (!cut_at)
        assert_int_equal(acknowledged, STEPS);
    scene_close(&s);
    disk_power_on(disk, how);
    s = scene_open(disk);
    check_locked(&s);
    check(&s, acknowledged);
    check_usable(&s, acknowledged);
    scene_destroy(&s);
    return ops;
}

static void a_cut_at_any_moment_loses_nothing(void **state)
{
    uint64_t ops = cut_once(0, DISK_CUT_ALL), by = disk_stride(ops, 35), states = 0;

    (void)state;
    for (uint64_t i = 1; i <= ops; i += by)
        for (enum disk_cut how = 0; how < DISK_CUTS; how++, states++)
            cut_once(i, how);
    print_message("%llu operations, %llu states\n", (unsigned long long)ops, (unsigned long long)states);
}

static uint64_t cut_forgetting(uint64_t cut_at, enum disk_cut how)
{
    struct disk *disk = disk_clone(before);
    struct scene s = scene_open(disk);
    struct kite_shelf_state look;
    struct kite_shelf_usage usage;
    uint64_t began, ops;

    assert_int_equal(kite_shelf_create(s.library, KITE_SHELF_PIN, PIN, cheap, &s.shelf, NULL), KITE_OK);
    assert_int_equal(kite_shelf_put(s.shelf, s.secret, NULL), KITE_OK);
    scene_lock(&s);
    began = disk->ops;
    disk->random = cut_at * 2 + 1;
    disk->cut_at = cut_at ? began + cut_at : 0;
    assert_int_equal(kite_shelf_forget(s.library, NULL), cut_at ? KITE_E_IO : KITE_OK);
    ops = disk->ops - began;
    scene_close(&s);
    disk_power_on(disk, how);
    s = scene_open(disk);
    assert_int_equal(kite_shelf_look(s.library, &look, NULL), KITE_OK);
    if (look.is_there && !look.is_damaged) {
        scene_unlock(&s);
        assert_int_equal(scene_verify(kite_shelf_library(s.shelf), scene_find(kite_shelf_library(s.shelf), SECRET_TITLE).text),
                         KITE_OK);
        scene_lock(&s);
    }
    assert_int_equal(kite_shelf_forget(s.library, NULL), KITE_OK);
    assert_int_equal(kite_shelf_usage(s.library, &usage, NULL), KITE_OK);
    assert_int_equal(usage.files, 0);
    scene_destroy(&s);
    return ops;
}

static void a_cut_while_forgetting_leaves_it_whole_or_gone(void **state)
{
    uint64_t ops = cut_forgetting(0, DISK_CUT_ALL);

    (void)state;
    for (uint64_t i = 1; i <= ops; i++)
        for (enum disk_cut how = 0; how < DISK_CUTS; how++)
            cut_forgetting(i, how);
}

/* ---- faults ------------------------------------------------------------------------------------ */

enum fault_kind { FAULT_ERROR = 0, FAULT_NO_ROOM, FAULT_FULL, FAULT_BROKEN, FAULT_READ, FAULTS };

struct fault {
    enum fault_kind kind; /* once; once; the disk stays full; all fail from there on; once, of the reads */
    uint64_t at;          /* 0: none */
};

static void fill_up(void *ctx, struct disk *d)
{
    const struct fault *fault = ctx;

    if (d->ops + 1 == fault->at)
        d->capacity = disk_used(d) + 1;
}

/* What is opened first after it, where that can be. */
enum opens { OPENS_LIBRARY = 0, OPENS_SHELF, OPENS };

static struct fault fault_once(struct fault fault, enum opens opens)
{
    struct disk *disk = disk_clone(before);
    struct scene s = scene_open(disk);
    struct fault counts = { .kind = (enum fault_kind)0 };
    uint64_t began = disk->ops, reads = disk->reads;
    int acknowledged;

    if (fault.at && fault.kind == FAULT_READ)
        disk->fail_read_at = reads + fault.at;
    else if (fault.at) {
        fault.at += began;
        disk->fail_at = fault.kind == FAULT_FULL ? 0 : fault.at;
    }
    disk->fail_with = fault.kind == FAULT_NO_ROOM ? KITE_E_LIMIT : KITE_E_IO;
    disk->fails_on = fault.kind == FAULT_BROKEN;
    disk->watch = fault.at && fault.kind == FAULT_FULL ? fill_up : NULL;
    disk->watch_ctx = &fault;
    (void)run(&s, &acknowledged);
    counts.at = fault.kind == FAULT_READ ? disk->reads - reads : disk->ops - began;
    disk->fail_at = disk->fail_read_at = disk->capacity = 0;
    disk->fails_on = false;
    disk->watch = NULL;
    scene_lock(&s);
    if (opens == OPENS_SHELF && !kite_library_must_reopen(s.library)) {
        check(&s, acknowledged);
        scene_lock(&s);
    }
    scene_close(&s);
    s = scene_open(disk);
    check_locked(&s);
    check(&s, acknowledged);
    check_usable(&s, acknowledged);
    scene_destroy(&s);
    return counts;
}

static void an_error_or_a_full_disk_loses_nothing(void **state)
{
    (void)state;
    for (int kind = 0; kind < FAULTS; kind++) {
        uint64_t whole = fault_once((struct fault){ (enum fault_kind)kind, 0 }, OPENS_LIBRARY).at, by = disk_stride(whole, 36);

        for (uint64_t i = 1; i <= whole; i += by)
            for (enum opens opens = 0; opens < OPENS; opens++)
                fault_once((struct fault){ (enum fault_kind)kind, i }, opens);
    }
}

/* ---- memory ------------------------------------------------------------------------------------ */

static uint64_t memory_once(uint64_t fail_at, bool for_good)
{
    struct disk *disk = disk_clone(before);
    struct scene s = scene_open(disk);
    enum kite_status status;
    int acknowledged;
    uint64_t counted;

    allocations = 0;
    fail_allocation_at = fail_at;
    fails_for_good = for_good;
    status = run(&s, &acknowledged);
    if (status == KITE_OK) {
        scene_lock(&s);
        status = kite_shelf_open(s.library, NEW_PIN, &s.shelf, NULL);
    }
    if (status == KITE_OK) {
        scene_lock(&s);
        status = kite_shelf_forget(s.library, NULL);
        acknowledged = status == KITE_OK ? STEPS + 1 : acknowledged;
    }
    counted = allocations;
    fail_allocation_at = 0;
    assert_true(status == KITE_OK || status == KITE_E_NOMEM || (fail_at && status == KITE_E_IO));
    scene_close(&s);
    if (acknowledged > STEPS) {
        disk_destroy(disk);
        return counted;
    }
    s = scene_open(disk);
    if (acknowledged < STEPS) {
        check_locked(&s);
        check(&s, acknowledged);
        check_usable(&s, acknowledged);
    }
    scene_destroy(&s);
    return counted;
}

static void any_allocation_may_fail(void **state)
{
    uint64_t total = memory_once(0, false), by = disk_stride(total, 90);

    (void)state;
    for (uint64_t i = 1; i <= total; i += by) {
        memory_once(i, false);
        memory_once(i, true);
    }
    print_message("%llu allocations, every %llu failed\n", (unsigned long long)total, (unsigned long long)by);
}

static int begin(void **state)
{
    struct scene s;
    int result = scene_begin(state);
    struct kite_shelf_usage usage;

    if (result)
        return result;
    s = scene_make();
    scene_lock(&s);
    assert_int_equal(kite_shelf_forget(s.library, NULL), KITE_OK);
    assert_int_equal(kite_shelf_usage(s.library, &usage, NULL), KITE_OK);
    kite_library_close(s.library);
    before = s.disk;
    disk_power_on(before, DISK_CUT_ALL); /* all of it is on the disk */
    return 0;
}

static int end(void **state)
{
    disk_destroy(before);
    return scene_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_at_any_moment_loses_nothing),
        cmocka_unit_test(a_cut_while_forgetting_leaves_it_whole_or_gone),
        cmocka_unit_test(an_error_or_a_full_disk_loses_nothing),
        cmocka_unit_test(any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
