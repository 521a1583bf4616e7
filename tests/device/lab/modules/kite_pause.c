// SPDX-License-Identifier: GPL-2.0
/*
 * Holds the start of a machine when the kernel and its modules are up and nothing of the disk but its table of partitions
 * has been read, until the parameter `go` is set: here QEMU writes the machine into a file, from which many starts can
 * go on, each with another disk. For tests only.
 */
#include <linux/delay.h>
#include <linux/module.h>

static bool go;
module_param(go, bool, 0644);

static int __init pause_init(void)
{
	pr_err("kite_pause: held\n");
	while (!READ_ONCE(go))
		msleep(5);
	return 0;
}
module_init(pause_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Holds the start of Kite's test bed");
