/* Battery, cable, light and sleep, by files; and a first process's end and beginning. */
#include "device/tree.h"

#include "device/init.h"
#include "device/power.h"

#include <sys/reboot.h>

static struct tree tree;
static struct board board;
static struct power power;

static void open_power(const char *more)
{
    char text[400];

    tree_open(&tree, "power");
    snprintf(text, sizeof text, "name = t\ndisplay = fbdev\n%s", more);
    assert_int_equal(board_parse(text, strlen(text), &board, NULL), KITE_OK);
    power_init(&power, &tree.system, &board);
}

static void supply(const char *name, const char *type, const char *file, const char *value)
{
    char path[200];

    snprintf(path, sizeof path, "/sys/class/power_supply/%s/type", name);
    tree_write(&tree, path, type);
    snprintf(path, sizeof path, "/sys/class/power_supply/%s/%s", name, file);
    tree_write(&tree, path, value);
}

static void the_thermometer_is_found_by_its_name(void **state)
{
    int celsius = 99;

    (void)state;
    open_power("");
    tree_write(&tree, "/sys/class/hwmon/hwmon0/name", "cpu\n");
    tree_write(&tree, "/sys/class/hwmon/hwmon0/temp1_input", "61000\n");
    assert_false(power_temperature(&power, &celsius)); /* the board names none */
    open_power("thermometer = epd_sensor\n");
    tree_write(&tree, "/sys/class/hwmon/hwmon0/name", "cpu\n");
    tree_write(&tree, "/sys/class/hwmon/hwmon0/temp1_input", "61000\n");
    assert_false(power_temperature(&power, &celsius)); /* it is not there */
    tree_write(&tree, "/sys/class/thermal/thermal_zone3/type", "epd_sensor\n");
    tree_write(&tree, "/sys/class/thermal/thermal_zone3/temp", "18600\n");
    assert_true(power_temperature(&power, &celsius));
    assert_int_equal(celsius, 19);
    tree_write(&tree, "/sys/class/hwmon/hwmon1/name", "epd_sensor\n");
    tree_write(&tree, "/sys/class/hwmon/hwmon1/temp1_input", "-3600\n");
    assert_true(power_temperature(&power, &celsius));
    assert_int_equal(celsius, -4);
    tree_write(&tree, "/sys/class/hwmon/hwmon1/temp1_input", "9000000000000\n"); /* no wire */
    assert_false(power_temperature(&power, &celsius));
    tree_write(&tree, "/sys/class/hwmon/hwmon1/temp1_input", "warm\n");
    assert_false(power_temperature(&power, &celsius));
}

static void a_machine_without_a_battery_has_none(void **state)
{
    struct power_state now;

    (void)state;
    open_power("");
    now = power_read(&power);
    assert_false(now.has_battery || now.has_cable || now.is_charging);
}

static void battery_and_charger_are_found_by_kind(void **state)
{
    struct power_state now;

    (void)state;
    open_power("");
    supply("a-pen", "Battery\n", "scope", "Device\n"); /* no capacity: not what runs the device */
    supply("bat", "Battery\n", "capacity", "47\n");
    supply("usb", "USB\n", "online", "0\n");
    now = power_read(&power);
    assert_true(now.has_battery && !now.has_cable && !now.is_charging);
    assert_int_equal(now.percent, 47);
    supply("bat", "Battery\n", "status", "Charging\n");
    supply("usb", "USB\n", "online", "1\n");
    now = power_read(&power);
    assert_true(now.has_cable && now.is_charging);
    supply("bat", "Battery\n", "capacity", "180\n");
    assert_int_equal(power_read(&power).percent, 100);
    supply("bat", "Battery\n", "capacity", "-3\n");
    assert_int_equal(power_read(&power).percent, 0);
    supply("bat", "Battery\n", "capacity", "many\n");
    assert_false(power_read(&power).has_battery);
}

static void a_board_may_name_them(void **state)
{
    (void)state;
    open_power("battery = second\ncharger = none\n");
    supply("first", "Battery\n", "capacity", "10\n");
    supply("second", "Battery\n", "capacity", "20\n");
    supply("usb", "USB\n", "online", "1\n");
    assert_int_equal(power_read(&power).percent, 20);
    assert_false(power_read(&power).has_cable);
    supply("second", "Battery\n", "capacity", "many\n"); /* then nothing warns of an empty one */
    assert_false(power_read(&power).has_battery);
    assert_int_equal(power_read(&power).percent, 100);
}

static void the_light_comes_back_as_it_was(void **state)
{
    char text[40];

    (void)state;
    open_power("");
    power_light(&power, false); /* there is none */
    tree_write(&tree, "/sys/class/backlight/front/brightness", "37");
    power_light(&power, false);
    assert_string_equal(tree_read(&tree, "/sys/class/backlight/front/brightness", text, sizeof text), "07");
    /* A file keeps what lies behind, sysfs does not. */
    tree_write(&tree, "/sys/class/backlight/front/brightness", "0");
    power_light(&power, true);
    assert_string_equal(tree_read(&tree, "/sys/class/backlight/front/brightness", text, sizeof text), "37");
}

static void sleep_sets_an_alarm_and_says_how(void **state)
{
    char text[40];
    struct kite_fault fault = { "" };

    (void)state;
    open_power("sleep-check = 90\nsleep = mem\n");
    assert_int_equal(power_suspend(&power, &fault), KITE_E_IO);
    assert_non_null(strstr(fault.text, "/sys/power/state"));
    tree_write(&tree, "/sys/power/state", "");
    tree_write(&tree, "/sys/class/rtc/rtc0/wakealarm", "");
    assert_int_equal(power_suspend(&power, &fault), KITE_OK);
    assert_string_equal(tree_read(&tree, "/sys/power/state", text, sizeof text), "mem");
    assert_string_equal(tree_read(&tree, "/sys/class/rtc/rtc0/wakealarm", text, sizeof text), "+90");
    open_power("sleep =\n");
    assert_int_equal(power_suspend(&power, &fault), KITE_DONE);
}

/* ---- the first process ---------------------------------------------------------------------------- */

static void a_machine_ends_with_its_data_let_go(void **state)
{
    char want[200];

    (void)state;
    tree_open(&tree, "init");
    init_end(&tree.system, false);
    snprintf(want, sizeof want, "unmount /data - 0 -\nreboot - - %lx -\n", (unsigned long)(unsigned)RB_POWER_OFF);
    assert_string_equal(tree.said, want);
    assert_true(tree.now_ms >= 3000); /* the disk has had its time */
    tree.said[0] = '\0';
    init_end(&tree.system, true);
    snprintf(want, sizeof want, "unmount /data - 0 -\nreboot - - %lx -\n", (unsigned long)(unsigned)RB_AUTOBOOT);
    assert_string_equal(tree.said, want);
}

static void a_new_library_gets_the_first_books_once(void **state)
{
    struct kite_memory mem = kite_memory_heap();
    char program[300], library[300], text[40];

    (void)state;
    tree_open(&tree, "books");
    tree_write(&tree, "/system/books/a.kite", "one");
    tree_write(&tree, "/system/books/b.kite", "two");
    tree_write(&tree, "/system/books/.c.kite", "hidden");
    tree_write(&tree, "/system/books/readme.txt", "text");
    tree_write(&tree, "/data/library/x", "");
    snprintf(program, sizeof program, "%s/system/kite-reader", tree.root);
    snprintf(library, sizeof library, "%s/data/library", tree.root);
    assert_int_equal(init_books(&mem, program, library, NULL), KITE_OK);
    assert_string_equal(tree_read(&tree, "/data/library/a.kite", text, sizeof text), "one");
    assert_string_equal(tree_read(&tree, "/data/library/b.kite", text, sizeof text), "two");
    assert_string_equal(tree_read(&tree, "/data/library/.c.kite", text, sizeof text), "");
    assert_string_equal(tree_read(&tree, "/data/library/readme.txt", text, sizeof text), "");
    /* Once the library has been opened, what was taken off it stays off. */
    tree_write(&tree, "/data/library/kite.db", "");
    tree_write(&tree, "/data/library/a.kite", "other");
    assert_int_equal(init_books(&mem, program, library, NULL), KITE_OK);
    assert_string_equal(tree_read(&tree, "/data/library/a.kite", text, sizeof text), "other");
    assert_int_equal(init_books(&mem, "nowhere/kite-reader", tree.root, NULL), KITE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_thermometer_is_found_by_its_name),
        cmocka_unit_test(a_machine_without_a_battery_has_none),
        cmocka_unit_test(battery_and_charger_are_found_by_kind),
        cmocka_unit_test(a_board_may_name_them),
        cmocka_unit_test(the_light_comes_back_as_it_was),
        cmocka_unit_test(sleep_sets_an_alarm_and_says_how),
        cmocka_unit_test(a_machine_ends_with_its_data_let_go),
        cmocka_unit_test(a_new_library_gets_the_first_books_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
