/* The memory of the whole process runs out: of Kite, SQLite, HarfBuzz, FreeType, FriBidi, zlib, libsodium, the C library. Each
 * allocation of a session fails in turn, once or with all that follow in the event, in a child process of its own; or
 * all of them together may hold so much and no more. It must not crash or hang; a frame is the right one, or the event is
 * said to have failed; afterwards the reader that lived through it shows what a fresh one shows, and the library is whole.
 * (What a private shelf's key is made in comes from the system and not from malloc.)
 * malloc is this program's own, so that it runs without the sanitizers. KITE_FAULTS=N tries about N allocations, 0 all. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *old, size_t bytes);
void __libc_free(void *block);

/* The disk and what else stands in for the world have memory that never fails. */
#define malloc __libc_malloc
#define calloc __libc_calloc
#define realloc __libc_realloc
#define free __libc_free
#include "library/disk.h"
#include "text/font_folder.h"
#undef malloc
#undef calloc
#undef realloc
#undef free

static struct kite_memory mem;
#include "reader/session.h"

#define HANG_SECONDS 60
#define EVENTS_AFTER 6
#define SESSION_BYTES_MAX (8u << 20) /* with no fonts, which are mapped */

/* ---- memory that fails ------------------------------------------------------------------------------------- */

static uint64_t requests, fail_at; /* 0: none */
static bool fails_on;              /* and all after it */
static int64_t held, most_held, ceiling; /* bytes; ceiling 0: none */

static bool is_refused(size_t more_bytes)
{
    requests++;
    if ((!fail_at || (fails_on ? requests < fail_at : requests != fail_at)) && (!ceiling || (more_bytes < SIZE_MAX / 4 && held + (int64_t)more_bytes <= ceiling)))
        return false;
    errno = ENOMEM;
    return true;
}

static void *hold(void *block)
{
    held += block ? (int64_t)malloc_usable_size(block) : 0;
    most_held = held > most_held ? held : most_held;
    return block;
}

void *malloc(size_t bytes)
{
    return is_refused(bytes) ? NULL : hold(__libc_malloc(bytes));
}

void *calloc(size_t count, size_t bytes)
{
    return is_refused(bytes > 0 && count > SIZE_MAX / bytes ? SIZE_MAX : count * bytes) ? NULL : hold(__libc_calloc(count, bytes));
}

void *realloc(void *old, size_t bytes)
{
    size_t had = old ? malloc_usable_size(old) : 0;
    void *block;

    if (is_refused(bytes > had ? bytes - had : 0))
        return NULL;
    block = __libc_realloc(old, bytes);
    if (block || bytes == 0)
        held -= (int64_t)had;
    return hold(block);
}

void free(void *block)
{
    held -= block ? (int64_t)malloc_usable_size(block) : 0;
    __libc_free(block);
}

static enum kite_status load_font(void *ctx, const char *name, const uint8_t **bytes, size_t *count)
{
    uint64_t at = fail_at;
    enum kite_status status;

    fail_at = 0; /* reading the files is another's */
    status = load_font_file(ctx, name, bytes, count);
    fail_at = at;
    return status;
}

static const struct kite_font_loader font_loader = { built_fonts_folder, load_font };

/* ---- the session as it goes when nothing fails -------------------------------------------------------------- */

struct known {
    uint64_t requests; /* made by it */
    uint64_t frame;    /* a hash of its pixels */
};

/* In memory that a child fills for its parent. */
static struct shared {
    struct known start, start_again, of[EVENTS_MAX];
    size_t most_held;       /* by the session */
    unsigned differs;       /* frames under a ceiling that are not those of the session */
    struct kite_event events[EVENTS_MAX];
    size_t event_count;
} *shared;

static uint64_t frame_hash(const struct rig *rig)
{
    return mixed(0, rig->d.frame.canvas->pixels, (size_t)(PANEL.width_px * PANEL.height_px));
}

/* Run in a child; false when it failed, and how. */
static bool run_apart(void (*act)(const void *arg), const void *arg, int *how)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        setenv("CMOCKA_TEST_ABORT", "1", 1); /* an assertion must not go on with the parent's tests */
        alarm(HANG_SECONDS);
        act(arg);
        fflush(NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(child, how, 0), child);
    return WIFEXITED(*how) && WEXITSTATUS(*how) == 0;
}

static void record(const void *arg)
{
    (void)arg;
    record_session();
    memcpy(shared->events, events, sizeof events);
    shared->event_count = event_count;
}

static void learn(const void *arg)
{
    struct rig rig;

    (void)arg;
    requests = 0;
    held = most_held = 0;
    rig_make(&rig);
    rig_on(&rig);
    shared->start = (struct known){ requests, frame_hash(&rig) };
    for (size_t i = 0; i < event_count; i++) {
        uint64_t before = requests;

        assert_int_equal(rig_step(&rig, &events[i]), KITE_OK);
        shared->of[i] = (struct known){ requests - before, frame_hash(&rig) };
    }
    shared->most_held = (size_t)most_held;
    rig_drop(&rig);
    rig_make(&rig);
    rig_on(&rig);
    rig_off(&rig);
    rig_on(&rig);
    shared->start_again.frame = frame_hash(&rig);
}

/* ---- one failure ---------------------------------------------------------------------------------------------- */

struct point {
    struct rig *rig;
    size_t event;
    uint64_t request; /* of the event's, from 1 */
    bool fails_on;
};

static void arm(const struct point *p)
{
    fail_at = requests + p->request;
    fails_on = p->fails_on;
}

static bool says_so(const struct rig *rig)
{
    return rig->d.frame.wants_restart || strcmp(device_screen(&rig->d), "wrong") == 0 ||
           strcmp(device_screen(&rig->d), "import") == 0 || strcmp(device_screen(&rig->d), "update") == 0;
}

static void fresh_fonts(struct rig *rig)
{
    kite_fonts_destroy(rig->d.fonts);
    assert_int_equal(kite_fonts_create(&mem, &font_loader, &rig->d.fonts, NULL), KITE_OK);
}

static void check_afterwards(struct rig *rig)
{
    uint64_t seen, fresh;

    if (rig->d.frame.wants_restart) {
        rig_off(rig);
        rig_on(rig);
    }
    device_event(&rig->d, (struct kite_event){ .kind = KITE_EVENT_STORAGE }); /* a fresh one has no stick */
    look_around(rig); /* to the start of a page */
    seen = look_around(rig);
    rig_off(rig);
    fresh_fonts(rig);
    rig_on(rig);
    assert_false(kite_library_repair(rig->d.library).was_damaged);
    check_slots(rig->d.disk, rig->has_updated);
    fresh = look_around(rig);
    if (seen != fresh)
        fail_msg("other frames afterwards");
}

static void fail_in_event(const void *arg)
{
    const struct point *p = arg;
    struct rig *rig = p->rig;
    size_t i = p->event;
    enum kite_status status;

    arm(p);
    status = rig_step(rig, &events[i]);
    fail_at = 0;
    rig->d.now_ms = events[i].now_ms;
    assert_true(status == KITE_OK || status == KITE_E_NOMEM);
    if (status == KITE_OK && !says_so(rig) && frame_hash(rig) != shared->of[i].frame)
        fail_msg("a wrong frame on the screen %s", device_screen(&rig->d));
    if (status == KITE_OK && frame_hash(rig) == shared->of[i].frame) /* it was not needed, and is not missed */
        for (size_t k = i + 1; k < event_count && k <= i + EVENTS_AFTER; k++) {
            assert_int_equal(rig_step(rig, &events[k]), KITE_OK);
            rig->d.now_ms = events[k].now_ms;
            if (says_so(rig)) /* only now: an import with less in it */
                break;
            if (frame_hash(rig) != shared->of[k].frame)
                fail_msg("a wrong frame on the screen %s, %zu events later", device_screen(&rig->d), k - i);
        }
    check_afterwards(rig);
}

/* Fonts, library and first frame; what any program does is to try again. */
static void fail_at_power_on(const void *arg)
{
    const struct point *p = arg;
    struct rig rig;
    enum kite_status status;

    rig_fill(&rig);
    arm(p);
    for (int tries = 0; tries < 2 && (status = kite_fonts_create(&mem, &font_loader, &rig.d.fonts, NULL)); tries++)
        assert_int_equal(status, KITE_E_NOMEM);
    rig_on(&rig);
    fail_at = 0;
    if (frame_hash(&rig) != shared->start.frame && frame_hash(&rig) != shared->start_again.frame)
        fail_msg("a wrong frame on the screen %s", device_screen(&rig.d));
    check_afterwards(&rig);
}

static unsigned tried, failed;

static void try_point(void (*act)(const void *arg), const struct point *p)
{
    int how;

    tried++;
    if (run_apart(act, p, &how))
        return;
    failed++;
    print_message("event %zd, request %llu%s: %s %d\n", act == fail_in_event ? (ssize_t)p->event : -1,
                  (unsigned long long)p->request, p->fails_on ? " and on" : "",
                  WIFSIGNALED(how) ? "signal" : "exit code", WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
}

static void any_allocation_of_the_session_may_fail(void **state)
{
    struct rig rig;
    uint64_t total = 0, by, next = 1, done = 0;

    (void)state;
    for (size_t i = 0; i < event_count; i++)
        total += shared->of[i].requests;
    by = stride(total, 100);
    tried = failed = 0;
    rig_make(&rig);
    rig_on(&rig);
    for (size_t i = 0; i < event_count; done += shared->of[i++].requests) {
        for (; next <= done + shared->of[i].requests; next += by)
            try_point(fail_in_event, &(struct point){ &rig, i, next - done, tried % 4 == 3 });
        assert_int_equal(rig_step(&rig, &events[i]), KITE_OK);
        rig.d.now_ms = events[i].now_ms;
    }
    rig_drop(&rig);
    print_message("%llu allocations in %zu events, %u failed\n", (unsigned long long)total, event_count, tried);
    assert_int_equal(failed, 0);
}

static void any_allocation_of_power_on_may_fail(void **state)
{
    uint64_t total = shared->start.requests, by = stride(total, 60);

    (void)state;
    tried = failed = 0;
    for (uint64_t i = 1; i <= total; i += by)
        try_point(fail_at_power_on, &(struct point){ .request = i });
    print_message("%llu allocations, %u failed\n", (unsigned long long)total, tried);
    assert_int_equal(failed, 0);
}

/* ---- a ceiling ------------------------------------------------------------------------------------------------- */

/* From the start of a program, with all the session under the ceiling. */
static void live_under_ceiling(const void *arg)
{
    const size_t *bytes = arg;
    struct rig rig;
    bool has_failed = false, is_on;

    shared->differs = 0;
    held = 0;
    rig_fill(&rig);
    ceiling = (int64_t)*bytes;
    is_on = kite_fonts_create(&mem, &font_loader, &rig.d.fonts, NULL) == KITE_OK && try_on(&rig) == KITE_OK;
    for (size_t i = 0; i < event_count && is_on; i++) {
        enum kite_status status = rig_step(&rig, &events[i]);
        bool is_told = status != KITE_OK || says_so(&rig);

        assert_true(status == KITE_OK || status == KITE_E_NOMEM);
        has_failed = has_failed || is_told;
        shared->differs += frame_hash(&rig) != shared->of[i].frame;
        if (!has_failed && shared->differs)
            fail_msg("event %zu: a wrong frame on the screen %s", i, device_screen(&rig.d));
        rig.d.now_ms = events[i].now_ms;
    }
    ceiling = 0;
    shared->differs += !is_on;
    if (!rig.d.fonts)
        assert_int_equal(kite_fonts_create(&mem, &font_loader, &rig.d.fonts, NULL), KITE_OK);
    if (!is_on)
        rig_on(&rig);
    check_afterwards(&rig);
}

/* What the session takes is enough for it. With less it is said that memory is short, down to where no reader can start. */
static void a_ceiling_is_honoured(void **state)
{
    unsigned under = 0, short_of = 0;
    int how;

    (void)state;
    for (size_t sixteenths = 16; sixteenths > 0; sixteenths--) {
        size_t bytes = shared->most_held * sixteenths / 16 + (sixteenths == 16 ? 4096 : 0);

        under++;
        if (!run_apart(live_under_ceiling, &bytes, &how))
            fail_msg("under %zu KiB: %s %d", bytes >> 10, WIFSIGNALED(how) ? "signal" : "exit code",
                     WIFSIGNALED(how) ? WTERMSIG(how) : WEXITSTATUS(how));
        if (sixteenths == 16)
            assert_int_equal(shared->differs, 0);
        short_of += shared->differs > 0;
    }
    assert_true(short_of > 4);
    print_message("session holds at most %zu KiB, %u ceilings, %u of them too low and told so\n", shared->most_held >> 10, under, short_of);
    assert_in_range(shared->most_held, 1, SESSION_BYTES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ceiling_is_honoured),
        cmocka_unit_test(any_allocation_of_the_session_may_fail),
        cmocka_unit_test(any_allocation_of_power_on_may_fail),
    };
    int code, how;

    mem = kite_memory_heap();
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    make_bundles();
    if (!run_apart(record, NULL, &how))
        return 1;
    memcpy(events, shared->events, sizeof events);
    event_count = shared->event_count;
    if (!run_apart(learn, NULL, &how))
        return 1;
    code = cmocka_run_group_tests(tests, NULL, NULL);
    drop_bundles();
    return code;
}
