/* Memory runs out at any allocation of a session: the reader says so, stays whole, and goes on when there is memory again. */
#include "reader/device.h"

#define ALLOCATIONS_MOST 3000
#define EACH 40 /* of the later ones, one in so many */

static const enum kite_key keys[] = {
    KITE_KEY_SELECT, KITE_KEY_NEXT, KITE_KEY_MENU,                                          /* a text, a page, the menu */
    KITE_KEY_NEXT,   KITE_KEY_NEXT, KITE_KEY_SELECT, KITE_KEY_NEXT,     KITE_KEY_SELECT,    /* contents, a place in them */
    KITE_KEY_MENU,   KITE_KEY_MENU, KITE_KEY_SELECT, KITE_KEY_PREVIOUS, KITE_KEY_SELECT,    /* and more */
};

static enum kite_status step(struct device *d, struct kite_event event)
{
    d->now_ms += 400;
    event.now_ms = d->now_ms;
    return kite_reader_step(d->reader, &event, &d->frame);
}

static void tick_for_a_while(struct device *d)
{
    for (int i = 0; i < 40 && d->frame.wake_ms != KITE_NEVER_MS; i++)
        step(d, (struct kite_event){ .kind = KITE_EVENT_TICK });
}

/* True when nothing failed: fail_at lies behind the session's last allocation. */
static bool play(struct device *d, uint64_t fail_at)
{
    struct check_memory counted = { .fail_at = fail_at };
    struct kite_memory mem = check_memory(&counted);
    struct kite_reader_options options = { .library = d->library, .fonts = d->fonts, .panel = d->panel, .levels = 16,
                                           .has_touch = true, .io = &d->io };
    struct kite_fault fault = { "" };
    enum kite_status status = kite_reader_create(&mem, &options, &d->reader, &fault);

    if (status) {
        assert_int_equal(status, KITE_E_NOMEM);
        assert_int_equal(counted.blocks, 0);
        return false;
    }
    step(d, (struct kite_event){ .kind = KITE_EVENT_START });
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        step(d, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = keys[i] });
        tick_for_a_while(d);
    }

    bool was_enough = counted.calls < fail_at;

    counted.fail_at = 0; /* there is memory again: everything works */
    for (int i = 0; i < SEATS_MAX && d->reader->seat_count > 1; i++)
        assert_int_equal(step(d, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = KITE_KEY_MENU }), KITE_OK);
    assert_int_equal(step(d, (struct kite_event){ .kind = KITE_EVENT_KEY, .key = KITE_KEY_MENU }), KITE_OK);
    device_expect(d, "menu");
    kite_reader_destroy(d->reader);
    d->reader = NULL;
    assert_int_equal(counted.blocks, 0);
    return was_enough;
}

static void memory_may_run_out_anywhere(void **state)
{
    struct device d;
    uint64_t at = 1;

    (void)state;
    device_start(&d, device_panels[2]);
    kite_reader_destroy(d.reader);
    d.reader = NULL;
    while (!play(&d, at) && at < ALLOCATIONS_MOST)
        at += at < 60 ? 1 : EACH;
    assert_true(at > 60); /* something was tried */
    kite_library_close(d.library);
    kite_fonts_destroy(d.fonts);
    disk_destroy(d.disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
