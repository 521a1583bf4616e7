/* The small parts of the reader, each alone: gestures, folded search, sentences, catalogues, choices of type. */
#include "check.h"

#include "reader/fold.h"
#include "reader/gesture.h"
#include "reader/languages.h"
#include "reader/messages.h"
#include "reader/sentence.h"
#include "reader/type.h"

#include <string.h>

#define PPI 300

/* ---- gestures ---------------------------------------------------------------------------------- */

static struct gesture touch(struct gesture_state *state, enum kite_touch touch, unsigned finger, int32_t x, int32_t y, int64_t now_ms)
{
    struct kite_event event = { .kind = KITE_EVENT_TOUCH, .touch = touch, .finger = (uint8_t)finger, .x_px = x, .y_px = y,
                                .now_ms = now_ms };

    return gesture_step(state, &event, PPI);
}

static struct gesture tick(struct gesture_state *state, int64_t now_ms)
{
    struct kite_event event = { .kind = KITE_EVENT_TICK, .now_ms = now_ms };

    return gesture_step(state, &event, PPI);
}

static enum gesture_kind stroke(int32_t dx, int32_t dy)
{
    struct gesture_state state = { 0 };

    touch(&state, KITE_TOUCH_DOWN, 0, 500, 500, 0);
    touch(&state, KITE_TOUCH_MOVE, 0, 500 + dx, 500 + dy, 60);
    return touch(&state, KITE_TOUCH_UP, 0, 500 + dx, 500 + dy, 90).kind;
}

static void strokes_are_told_by_their_way(void **unused)
{
    (void)unused;
    assert_int_equal(stroke(0, 0), GESTURE_TAP);
    assert_int_equal(stroke(20, -20), GESTURE_TAP); /* a finger that slipped */
    assert_int_equal(stroke(-200, 30), GESTURE_SWIPE_LEFT);
    assert_int_equal(stroke(200, 30), GESTURE_SWIPE_RIGHT);
    assert_int_equal(stroke(10, 200), GESTURE_SWIPE_DOWN);
    assert_int_equal(stroke(10, -200), GESTURE_SWIPE_UP);
    assert_int_equal(stroke(60, 0), GESTURE_NONE); /* neither one nor the other */
}

static void a_resting_finger_holds_once(void **unused)
{
    struct gesture_state state = { 0 };

    (void)unused;
    touch(&state, KITE_TOUCH_DOWN, 0, 40, 60, 1000);
    assert_int_equal(gesture_due_ms(&state), 1000 + GESTURE_HOLD_MS);
    assert_int_equal(tick(&state, 1000 + GESTURE_HOLD_MS - 1).kind, GESTURE_NONE);

    struct gesture held = tick(&state, 1000 + GESTURE_HOLD_MS);

    assert_int_equal(held.kind, GESTURE_HOLD);
    assert_int_equal(held.x_px, 40);
    assert_int_equal(gesture_due_ms(&state), KITE_NEVER_MS);
    assert_int_equal(tick(&state, 9000).kind, GESTURE_NONE);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 0, 40, 60, 9100).kind, GESTURE_NONE);
    assert_int_equal(touch(&state, KITE_TOUCH_DOWN, 0, 5, 5, 9200).kind, GESTURE_NONE);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 0, 5, 5, 9250).kind, GESTURE_TAP);
}

static void two_fingers_pinch_and_never_tap(void **unused)
{
    struct gesture_state state = { 0 };

    (void)unused;
    touch(&state, KITE_TOUCH_DOWN, 0, 400, 400, 0);
    touch(&state, KITE_TOUCH_DOWN, 1, 600, 400, 10);
    assert_int_equal(touch(&state, KITE_TOUCH_MOVE, 1, 700, 400, 60).kind, GESTURE_PINCH_OUT);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 1, 700, 400, 90).kind, GESTURE_NONE);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 0, 400, 400, 95).kind, GESTURE_NONE);
    touch(&state, KITE_TOUCH_DOWN, 0, 300, 400, 200);
    touch(&state, KITE_TOUCH_DOWN, 1, 700, 400, 210);
    assert_int_equal(touch(&state, KITE_TOUCH_MOVE, 0, 500, 400, 260).kind, GESTURE_PINCH_IN);
    touch(&state, KITE_TOUCH_UP, 0, 500, 400, 270);
    touch(&state, KITE_TOUCH_UP, 1, 700, 400, 280);
    touch(&state, KITE_TOUCH_DOWN, 0, 300, 400, 300);
    touch(&state, KITE_TOUCH_DOWN, 1, 700, 400, 310);
    assert_int_equal(touch(&state, KITE_TOUCH_MOVE, 0, 340, 400, 315).kind, GESTURE_NONE); /* not far enough */
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 1, 700, 400, 320).kind, GESTURE_NONE);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 0, 340, 400, 330).kind, GESTURE_NONE);
}

static void two_fingers_that_rest_are_told_once(void **unused)
{
    struct gesture_state state = { 0 };

    (void)unused;
    touch(&state, KITE_TOUCH_DOWN, 0, 300, 400, 300);
    touch(&state, KITE_TOUCH_DOWN, 1, 700, 400, 310);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 1, 700, 400, 320).kind, GESTURE_TWO);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 0, 300, 400, 330).kind, GESTURE_NONE);
    touch(&state, KITE_TOUCH_DOWN, 0, 300, 400, 400);
    touch(&state, KITE_TOUCH_DOWN, 1, 700, 400, 410);
    assert_int_equal(gesture_due_ms(&state), 410 + GESTURE_HOLD_MS);
    assert_int_equal(tick(&state, 410 + GESTURE_HOLD_MS).kind, GESTURE_TWO);
    assert_int_equal(tick(&state, 9000).kind, GESTURE_NONE);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 0, 300, 400, 9100).kind, GESTURE_NONE);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 1, 700, 400, 9110).kind, GESTURE_NONE);
}

static void touches_out_of_order_do_no_harm(void **unused)
{
    struct gesture_state state = { 0 };

    (void)unused;
    for (unsigned i = 0; i < 4000; i++) { /* any sequence; the state stays small and the next tap is still one */
        unsigned n = i * 2654435761u >> 7;

        touch(&state, (enum kite_touch)(n % 3), n / 3, (int32_t)(n % 2000) - 300, (int32_t)(n / 11 % 2000), i);
        assert_true(state.down <= 3);
    }
    touch(&state, KITE_TOUCH_UP, 0, 0, 0, 5000);
    touch(&state, KITE_TOUCH_UP, 1, 0, 0, 5000);
    touch(&state, KITE_TOUCH_DOWN, 0, 9, 9, 5010);
    assert_int_equal(touch(&state, KITE_TOUCH_UP, 0, 9, 9, 5050).kind, GESTURE_TAP);
}

/* ---- folded search ------------------------------------------------------------------------------ */

static const char *found(const char *wanted, const char *text, char out[64])
{
    struct fold_words words;
    size_t end = 0;

    fold_words_init(&words, wanted);

    size_t at = fold_find(&words, text, strlen(text), 0, &end);

    out[0] = '\0';
    if (at != SIZE_MAX) {
        assert_true(end > at && end <= strlen(text) && end - at < 64);
        memcpy(out, text + at, end - at);
        out[end - at] = '\0';
    }
    return out;
}

static void search_is_blind_to_case_and_accents(void **unused)
{
    static const struct {
        const char *wanted, *text, *found;
    } rows[] = {
        { "clau o'brien", "por Clau O’Brien Moscoso", "Clau O’Brien" },
        { "opresion", "la OPRESIÓN y", "OPRESIÓN" },
        { "OPRESIÓN", "la opresion y", "opresion" },
        { "nino", "el niño", "niño" },
        { "strasse", "die Straße", "Straße" },
        { "resume", "a re\xCC\x81sume\xCC\x81 here", "re\xCC\x81sume" }, /* marks of their own */
        { "two  words", "one two\nwords three", "two\nwords" },
        { "pri", "imprisoned in prison", "pri" }, /* the beginning of a word */
        { "ison", "prison", "" },
        { "кни", "Книга", "Кни" },
        { "!?", "what!?", "" },
        { "", "anything", "" },
    };
    char out[64];

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(found(rows[i].wanted, rows[i].text, out), rows[i].found);
}

static void search_bears_any_bytes(void **unused)
{
    char text[200], out[64];

    (void)unused;
    for (unsigned i = 0; i < sizeof text - 1; i++)
        text[i] = (char)(1 + i * 197u % 255);
    text[sizeof text - 1] = '\0';
    found("caf\xC3", text, out);
    found(text, "some text", out);
    found("a", text, out);
}

/* ---- sentences ---------------------------------------------------------------------------------- */

static void sentences_end_where_people_say_so(void **unused)
{
    static const char text[] = "He wrote. “Did he?” Yes, e.g. twice. It cost 3.50 in all… and more. Last one";
    static const char *const ends[] = { "He wrote. ", "“Did he?” ", "Yes, e.g. twice. ", "It cost 3.50 in all… and more. ", "Last one" };
    size_t from = 0;

    (void)unused;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = sentence_end(text, sizeof text - 1, from);

        assert_int_equal(end - from, strlen(ends[i]));
        assert_memory_equal(text + from, ends[i], end - from);
        from = end;
    }
    assert_int_equal(from, sizeof text - 1);
    assert_int_equal(sentence_end("A line\nanother", 14, 0), 7); /* verse */
}

/* ---- catalogues --------------------------------------------------------------------------------- */

/* How often a place of {n} stands in a text. */
static unsigned places(const char *text, char number)
{
    unsigned count = 0;

    for (; *text; text++)
        count += text[0] == '{' && text[1] == number && text[2] == '}';
    return count;
}

static void every_catalogue_is_whole(void **unused)
{
    const struct catalogue *english = catalogue_at(0);

    (void)unused;
    for (size_t i = 0; catalogue_at(i); i++) {
        const struct catalogue *c = catalogue_at(i);

        assert_true(c->lang != 0 && c->name[0] && c->letters[0]);
        assert_true(kite_utf8_is_valid(c->letters, strlen(c->letters)));
        for (int m = MESSAGE_NONE + 1; m < MESSAGE_COUNT; m++) {
            if (!c->texts[m] || !c->texts[m][0]) {
                print_error("%s has no message %d (\"%s\")\n", c->name, m, english->texts[m] ? english->texts[m] : "?");
                fail();
            }
            assert_true(kite_utf8_is_valid(c->texts[m], strlen(c->texts[m])));
            assert_int_equal(places(c->texts[m], '1'), places(english->texts[m], '1'));
            assert_int_equal(places(c->texts[m], '2'), places(english->texts[m], '2'));
        }
        assert_ptr_equal(catalogue_for(c->lang), c);
        assert_string_equal(language_name(c->lang), c->name);
    }
    assert_ptr_equal(catalogue_for(KITE_LANG2('x', 'x')), english);
    assert_ptr_equal(catalogue_for(kite_lang_from_text("es-MX")), &catalogue_es);
}

static void messages_are_filled_in_and_cut_at_characters(void **unused)
{
    char out[64], small[8];

    (void)unused;
    assert_string_equal(kite_text_fill("{2} of {1}, {3}", "a", "b", out, sizeof out), "b of a, {3}");
    assert_string_equal(kite_text_fill("{1}{2}", NULL, "x{1}", out, sizeof out), "x{1}");
    assert_string_equal(text_copy("aéééé", small, sizeof small), "aééé");
    assert_string_equal(text_add("é", small, sizeof small), "aééé");
}

/* ---- type ---------------------------------------------------------------------------------------- */

static void every_choice_of_type_is_a_setting(void **unused)
{
    static const struct kite_panel_geometry panels[] = { { 1072, 1448, 300 }, { 600, 800, 167 }, { 480, 800, 220 } };

    (void)unused;
    for (size_t p = 0; p < 3; p++) {
        kite_f26 before = 0;

        for (int size = 0; size < TYPE_SIZES; size++) {
            struct type_choice type = { .profile = KITE_PROFILE_BOOK, .size = (int8_t)size, .family = -1, .weight = -1, .line = -1,
                                        .word = -1, .margins = -1, .align = -1 };
            struct kite_setting setting;

            type_setting(&type, panels[p], &setting);
            assert_true(setting.size_f26 > before); /* each size is larger than the one before */
            assert_int_equal(type_size(&type, panels[p]), size);
            assert_true(setting.line_f26 >= setting.size_f26);
            assert_true(setting.margin_bottom_px >= 0 && setting.status_px > 0);
            before = setting.size_f26;
            type.rotation = KITE_ROTATE_90;
            type_setting(&type, panels[p], &setting);
            assert_int_equal(setting.panel.width_px, panels[p].height_px);
        }
    }
}

static void a_profile_has_a_size_of_the_list(void **unused)
{
    (void)unused;
    for (int profile = 0; profile < KITE_PROFILE_COUNT; profile++) {
        struct type_choice type = { .profile = (enum kite_profile)profile, .size = -1, .family = -1, .weight = -1, .line = -1,
                                    .word = -1, .margins = -1, .align = -1 };
        struct kite_panel_geometry panel = { 1072, 1448, 300 };
        int size = type_size(&type, panel);

        assert_in_range(size, 0, TYPE_SIZES - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strokes_are_told_by_their_way),
        cmocka_unit_test(a_resting_finger_holds_once),
        cmocka_unit_test(two_fingers_pinch_and_never_tap),
        cmocka_unit_test(two_fingers_that_rest_are_told_once),
        cmocka_unit_test(touches_out_of_order_do_no_harm),
        cmocka_unit_test(search_is_blind_to_case_and_accents),
        cmocka_unit_test(search_bears_any_bytes),
        cmocka_unit_test(sentences_end_where_people_say_so),
        cmocka_unit_test(every_catalogue_is_whole),
        cmocka_unit_test(messages_are_filled_in_and_cut_at_characters),
        cmocka_unit_test(every_choice_of_type_is_a_setting),
        cmocka_unit_test(a_profile_has_a_size_of_the_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
