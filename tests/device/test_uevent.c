/* The kernel's words, and what is none of them. */
#include "check.h"

#include "device/uevent.h"

#include <string.h>

static bool parse(const char *bytes, size_t count, struct uevent *out)
{
    /* A copy of just this size, so that a step past its end is seen. */
    uint8_t *copy = test_malloc(count ? count : 1);
    bool is_good;

    memcpy(copy, bytes, count);
    is_good = uevent_parse(copy, count, out);
    test_free(copy);
    return is_good;
}

static const char stick[] = "add@/devices/pci0/usb1/1-1/host0/block/sda/sda1\0ACTION=add\0"
                            "DEVPATH=/devices/pci0/usb1/1-1/host0/block/sda/sda1\0SUBSYSTEM=block\0MAJOR=8\0MINOR=1\0"
                            "DEVNAME=sda1\0DEVTYPE=partition\0PARTN=1\0SEQNUM=1234";

static void a_stick_is_understood(void **state)
{
    struct uevent e;

    (void)state;
    assert_true(parse(stick, sizeof stick, &e));
    assert_int_equal(e.action, UEVENT_ADD);
    assert_string_equal(e.subsystem, "block");
    assert_string_equal(e.devtype, "partition");
    assert_string_equal(e.devname, "sda1");
    assert_string_equal(e.path, "/devices/pci0/usb1/1-1/host0/block/sda/sda1");
}

static void actions_are_told_apart(void **state)
{
    static const char removed[] = "remove@/x\0ACTION=remove\0SUBSYSTEM=input\0DEVNAME=input/event3";
    static const char changed[] = "change@/x\0ACTION=change\0SUBSYSTEM=power_supply";
    struct uevent e;

    (void)state;
    assert_true(parse(removed, sizeof removed, &e));
    assert_int_equal(e.action, UEVENT_REMOVE);
    assert_string_equal(e.devname, "input/event3");
    assert_true(parse(changed, sizeof changed, &e));
    assert_int_equal(e.action, UEVENT_CHANGE);
    assert_string_equal(e.devname, "");
}

static void what_is_not_the_kernels_is_refused(void **state)
{
    static const char udev[] = "libudev\0\xfe\xed\xca\xfe\0ACTION=add";
    static const char bind[] = "bind@/x\0ACTION=bind\0SUBSYSTEM=block";
    static const char up[] = "add@/x\0ACTION=add\0SUBSYSTEM=block\0DEVNAME=../../etc/passwd";
    static const char absolute[] = "add@/x\0ACTION=add\0SUBSYSTEM=block\0DEVNAME=/etc/passwd";
    char large[600] = "add@/x\0ACTION=add\0DEVNAME=";
    struct uevent e;

    (void)state;
    assert_false(parse("", 0, &e));
    assert_false(parse("\0", 1, &e));
    assert_false(parse(udev, sizeof udev, &e));
    assert_false(parse(bind, sizeof bind, &e));
    assert_false(parse(up, sizeof up, &e));
    assert_false(parse(absolute, sizeof absolute, &e));
    memset(large + 26, 'a', sizeof large - 27);
    assert_false(parse(large, sizeof large, &e));
}

static void a_cut_datagram_is_refused_or_shorter(void **state)
{
    struct uevent e;

    (void)state;
    for (size_t count = 0; count < sizeof stick; count++)
        if (parse(stick, count, &e))
            assert_int_equal(stick[count - 1], '\0'); /* only between two fields */
}

static void any_bytes_are_taken(void **state)
{
    char bytes[sizeof stick];
    uint32_t seed = 7;
    struct uevent e;

    (void)state;
    for (int i = 0; i < 50000; i++) {
        memcpy(bytes, stick, sizeof stick);
        for (int j = 0; j < 3; j++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[(seed >> 8) % sizeof bytes] = (char)(seed >> 24);
        }
        if (parse(bytes, sizeof bytes, &e)) {
            assert_non_null(memchr(e.devname, '\0', sizeof e.devname));
            assert_non_null(memchr(e.path, '\0', sizeof e.path));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stick_is_understood),
        cmocka_unit_test(actions_are_told_apart),
        cmocka_unit_test(what_is_not_the_kernels_is_refused),
        cmocka_unit_test(a_cut_datagram_is_refused_or_shorter),
        cmocka_unit_test(any_bytes_are_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
