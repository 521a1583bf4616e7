/* The known boards, in the form of BOARDS.md. What is not said holds as board.c's defaults have it.
 * Rows of real devices come from what their makers' kernel headers and other free software tell;
 * `tried = yes` is for those on which a person has turned pages. */
#include "device/board.h"

static const char *const texts[] = {
    /* The lab's: a virtual e-ink controller in an emulated ARM machine. */
    "name = virt\n"
    "title = Emulated machine with a virtual e-ink controller\n"
    "tried = yes\n"
    "panel = 1072x1448@300\n"
    "kind = plain\n"
    "display = mxcfb:/dev/fb0\n"
    "waveforms = INIT 0, DU 1, GC16 2, DU4 3, A2 4, GL16 5\n"
    "key = 104 previous\n" /* Page Up, Page Down, Enter, Escape */
    "key = 109 next\n"
    "key = 28 select\n"
    "key = 1 menu\n"
    "key = 105 previous\n" /* the arrows */
    "key = 106 next\n"
    "key = 116 power\n"
    "thermometer = kite_panel\n"
    "sleep = freeze\n"
    "sleep-check = 3\n" /* nothing else wakes it */
    "boot = /dev/vda1\n"
    "slot-a = /dev/vda2\n"
    "slot-b = /dev/vda3\n"
    "inbox = /dev/vda4\n"
    "data = /dev/vda5\n",

    "name = virt-drm\n"
    "title = Emulated machine with virtio-gpu\n"
    "tried = yes\n"
    "panel = 1072x1448@300\n"
    "kind = plain\n"
    "display = drm:/dev/dri/card0\n"
    "key = 104 previous\n"
    "key = 109 next\n"
    "key = 28 select\n"
    "key = 1 menu\n"
    "key = 116 power\n"
    "sleep =\n" /* virtio-gpu does not come back from it */
    "boot = /dev/vda1\n"
    "slot-a = /dev/vda2\n"
    "slot-b = /dev/vda3\n"
    "inbox = /dev/vda4\n"
    "data = /dev/vda5\n",

    "name = virt-fbdev\n"
    "title = Emulated machine with virtio-gpu, as a plain framebuffer\n"
    "tried = yes\n"
    "panel = 1072x1448@300\n"
    "kind = plain\n"
    "display = fbdev:/dev/fb0\n"
    "key = 104 previous\n"
    "key = 109 next\n"
    "key = 28 select\n"
    "key = 1 menu\n"
    "key = 116 power\n"
    "sleep =\n"
    "boot = /dev/vda1\n"
    "slot-a = /dev/vda2\n"
    "slot-b = /dev/vda3\n"
    "inbox = /dev/vda4\n"
    "data = /dev/vda5\n",

    /* Any Linux machine with a framebuffer, beside another init. */
    "name = fbdev\n"
    "title = Any framebuffer\n"
    "tried = yes\n"
    "kind = plain\n"
    "display = fbdev:/dev/fb0\n"
    "key = 104 previous\n"
    "key = 109 next\n"
    "key = 105 previous\n"
    "key = 106 next\n"
    "key = 28 select\n"
    "key = 1 menu\n"
    "key = 116 power\n"
    "sleep =\n"
    "watchdog =\n",

    /* Kobo mark 6 class: i.MX6 SoloLite, the NTX form of the first EPDC. */
    "name = kobo-mark6\n"
    "title = Kobo mark 6 class, 6 inch (i.MX6SL, NTX kernel)\n"
    "tried = no\n"
    "panel = 1072x1448@300\n"
    "kind = plain\n"
    "display = mxcfb:/dev/fb0\n"
    "waveforms = INIT 0, DU 1, GC16 2, DU4 3, A2 4, GL16 5, GLR16 6\n"
    "bits = 8\n"
    "touch-axes = swap mirror-x\n"
    "key = 102 menu\n" /* Home */
    "key = 116 power\n"
    "key = 193 previous\n"
    "key = 194 next\n"
    "battery = mc13892_bat\n"
    "backlight = mxc_msp430.0\n",

    /* Kobo mark 7 class: i.MX6 SLL, the second EPDC. */
    "name = kobo-mark7\n"
    "title = Kobo mark 7 class, 6 inch (i.MX6SLL)\n"
    "tried = no\n"
    "panel = 1072x1448@300\n"
    "kind = mxcfb-2\n"
    "display = mxcfb:/dev/fb0\n"
    "waveforms = INIT 0, DU 1, GC16 2, DU4 3, A2 4, GL16 5, GLR16 6, GCK16 9, GLKW16 10\n"
    "bits = 8\n"
    "touch-axes = swap mirror-x\n"
    "key = 102 menu\n"
    "key = 116 power\n"
    "key = 193 previous\n"
    "key = 194 next\n",

    /* Kobo with a MediaTek controller. */
    "name = kobo-mtk\n"
    "title = Kobo with a MediaTek controller, 6 inch (hwtcon)\n"
    "tried = no\n"
    "panel = 1072x1448@300\n"
    "kind = hwtcon\n"
    "display = mxcfb:/dev/fb0\n"
    "waveforms = INIT 0, DU 1, GC16 2, GL16 3, GLR16 4, A2 6, GCK16 8, GLKW16 9\n"
    "touch-axes = swap mirror-x\n"
    "key = 116 power\n"
    "key = 193 previous\n"
    "key = 194 next\n",

    "name = remarkable\n"
    "title = reMarkable (i.MX6SL)\n"
    "tried = no\n"
    "panel = 1404x1872@226\n"
    "kind = plain\n"
    "display = mxcfb:/dev/fb0\n"
    "waveforms = INIT 0, DU 1, GC16 2, GL16 3, GLR16 4, A2 6, DU4 7\n"
    "temperature = 24\n"
    "touch-axes = mirror-x mirror-y\n"
    "key = 105 previous\n"
    "key = 106 next\n"
    "key = 102 menu\n"
    "key = 116 power\n",
};

const char *board_text_at(size_t index)
{
    return index < sizeof texts / sizeof *texts ? texts[index] : NULL;
}
