/* Boards: what is built in fits together, every line of a board file is understood or named. */
#include "check.h"

#include "device/board.h"

#include <stdio.h>
#include <string.h>

static enum kite_status parse(const char *text, struct board *board, struct kite_fault *fault)
{
    return board_parse(text, strlen(text), board, fault);
}

static void every_built_in_board_is_whole(void **state)
{
    struct kite_fault fault = { "" };
    struct board board, again;
    const char *text;
    size_t count = 0;

    (void)state;
    for (; (text = board_text_at(count)) != NULL; count++) {
        bool has_power = false, has_next = false;

        assert_int_equal(parse(text, &board, &fault), KITE_OK);
        assert_int_equal(board_named(board.name, &again, &fault), KITE_OK);
        assert_memory_equal(&board, &again, sizeof board);
        assert_true(board.title[0]);
        for (size_t i = 0; i < board.key_count; i++) {
            has_power = has_power || board.keys[i].use == BOARD_USE_POWER;
            has_next = has_next || board.keys[i].use == BOARD_USE_NEXT;
        }
        assert_true(has_power && has_next);
    }
    assert_true(count >= 6);
    assert_int_equal(board_named("no-such-board", &board, &fault), KITE_E_RANGE);
}

static void every_key_is_read(void **state)
{
    static const char text[] = "# a board\n"
                               "name = mine # so it is called\ntitle = My board #1\ntried = yes\npanel = 758x1024@212\nkind = mxcfb-1\n"
                               "display = mxcfb:/dev/fb1\nbits = 8\nlevels = 16\nrotate = 3\n"
                               "waveforms = INIT 0, DU 1, GC16 2, A2 4\ntemperature = 24\npower-down = -1\n"
                               "touch = zforce\ntouch-axes = swap mirror-y\n"
                               "key = 193 previous\nkey = 194 next\nkey = 116 power\nkey = 194 menu\n"
                               "battery = bat\ncharger = usb\nbacklight = light\nudc = ci.0\nrtc = rtc1\nsleep =\n"
                               "sleep-check = 60\nsleep-after = 0\nwatchdog =\ndata = /dev/mmcblk0p3\n"
                               "inbox = /dev/mmcblk0p4\nboot = /dev/mmcblk0p1\nslot-a = /dev/mmcblk0p5\nslot-b = /dev/mmcblk0p6";
    struct kite_fault fault = { "" };
    struct board b;

    (void)state;
    assert_int_equal(parse(text, &b, &fault), KITE_OK);
    assert_string_equal(b.name, "mine");
    assert_string_equal(b.title, "My board"); /* a number sign after a blank begins a comment */
    assert_true(b.is_tried);
    assert_int_equal(b.panel.width_px, 758);
    assert_int_equal(b.panel.ppi, 212);
    assert_string_equal(b.kind.name, "mxcfb-1");
    assert_string_equal(b.display, "mxcfb:/dev/fb1");
    assert_int_equal(b.rotation, 3);
    assert_int_equal(b.waveforms[KITE_WAVEFORM_A2], 4);
    assert_int_equal(b.waveforms[KITE_WAVEFORM_DU4], BOARD_NO_WAVEFORM);
    assert_true(b.kind.lacks & 1u << KITE_WAVEFORM_DU4); /* and the policy knows */
    assert_false(b.kind.lacks & 1u << KITE_WAVEFORM_A2);
    assert_int_equal(b.temperature, 24);
    assert_int_equal(b.power_down_ms, -1);
    assert_true(b.touch.is_swapped && b.touch.is_mirrored_y && !b.touch.is_mirrored_x);
    assert_int_equal(b.key_count, 3);
    assert_int_equal(b.keys[1].use, BOARD_USE_MENU); /* the later line counts */
    assert_string_equal(b.sleep, "");
    assert_string_equal(b.watchdog, "");
    assert_int_equal(b.sleep_check_s, 60);
    assert_string_equal(b.slots[1], "/dev/mmcblk0p6");
}

static void what_cannot_be_used_is_named(void **state)
{
    static const char *const rows[][2] = {
        { "name = a\ndisplay = fbdev\npanel = 10x10@300\n", "line 3" },
        { "name = a\ndisplay = fbdev\npanel = 1072x1448\n", "panel" },
        { "name = a\ndisplay = fbdev\npanel = 1072x1448@300x\n", "panel" },
        { "name = a\ndisplay = fbdev\ncolour = red\n", "colour" },
        { "name = a\ndisplay = fbdev\nkey 4 next\n", "line 3" },
        { "name = a\ndisplay = fbdev\nkey = 4\n", "line 3" },
        { "name = a\ndisplay = fbdev\nkey = 4 jump\n", "line 3" },
        { "name = a\ndisplay = fbdev\nkey = 4000 next\n", "line 3" },
        { "name = a\ndisplay = fbdev\nkind = glass\n", "line 3" },
        { "name = a\ndisplay = fbdev\nrotate = 4\n", "line 3" },
        { "name = a\ndisplay = fbdev\ntried = maybe\n", "line 3" },
        { "name = a\ndisplay = fbdev\nbits = 24\n", "bits" },
        { "name = a\ndisplay = fbdev\nlevels = 5\n", "levels" },
        { "name = a\ndisplay = fbdev\ntouch-axes = up\n", "line 3" },
        { "name = a\ndisplay = fbdev\nwaveforms = DU\n", "line 3" },
        { "name = a\ndisplay = fbdev\nwaveforms = ZZ 1\n", "line 3" },
        { "name = a\ndisplay = mxcfb\nwaveforms = DU 1\n", "GC16" },
        { "name = a\n", "display" },
        { "display = fbdev\n", "name" },
        { "name = ../a\ndisplay = fbdev\n", "name" },
        { "name = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "line 1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kite_fault fault = { "" };
        struct board board;

        assert_int_equal(parse(rows[i][0], &board, &fault), KITE_E_FORMAT);
        if (!strstr(fault.text, rows[i][1]))
            fail_msg("\"%s\" does not name %s", fault.text, rows[i][1]);
    }
}

static void too_many_keys_and_endless_lines_are_refused(void **state)
{
    char text[4096] = "name = a\ndisplay = fbdev\n";
    struct board board;
    size_t used = strlen(text);

    (void)state;
    for (int i = 0; i <= BOARD_KEYS_MAX; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "key = %d next\n", i + 1);
    assert_int_equal(parse(text, &board, NULL), KITE_E_FORMAT);
    memset(text, ' ', 2000);
    text[2000] = '\0';
    assert_int_equal(parse(text, &board, NULL), KITE_E_FORMAT);
    assert_int_equal(board_parse("name = a\0\n", 10, &board, NULL), KITE_E_FORMAT);
}

static void a_board_comes_from_a_file(void **state)
{
    static const char path[] = KITE_BUILD "/tests/device/board.txt";
    struct kite_fault fault = { "" };
    struct board board;
    FILE *file = fopen(path, "w");

    (void)state;
    assert_non_null(file);
    fputs(board_text_at(0), file);
    fclose(file);
    assert_int_equal(board_read(path, &board, &fault), KITE_OK);
    assert_string_equal(board.name, "virt");
    assert_int_equal(board_read(KITE_BUILD "/tests/device/none", &board, &fault), KITE_E_IO);
    file = fopen(path, "w");
    fputs("name = a\nnonsense\n", file);
    fclose(file);
    assert_int_equal(board_read(path, &board, &fault), KITE_E_FORMAT);
    assert_non_null(strstr(fault.text, "board.txt: line 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_built_in_board_is_whole),
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(what_cannot_be_used_is_named),
        cmocka_unit_test(too_many_keys_and_endless_lines_are_refused),
        cmocka_unit_test(a_board_comes_from_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
