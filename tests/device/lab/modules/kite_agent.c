// SPDX-License-Identifier: GPL-2.0
/*
 * Starts /lab/agent, the test bed's hand inside the machine. The machine's first process belongs to the firmware under
 * test, which knows nothing of tests, so it cannot be asked to. For tests only.
 */
#include <linux/kmod.h>
#include <linux/module.h>

static int __init agent_init(void)
{
	static char *arguments[] = { "/lab/agent", NULL };
	static char *environment[] = { "HOME=/", "PATH=/lab", NULL };

	return call_usermodehelper(arguments[0], arguments, environment, UMH_WAIT_EXEC);
}
module_init(agent_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Starts the agent of Kite's test bed");
