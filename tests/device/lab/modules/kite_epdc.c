// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual e-ink controller: /dev/fb0 of 8 bits a pixel whose memory shows nowhere until an mxcfb update is sent. The
 * panel changes when the waveform's time has passed, as the waveform can: DU reaches black and white only, A2 goes from
 * one to the other, partial updates leave a ghost of what was there. What the panel shows goes to QEMU's ramfb, so that
 * a screenshot is a photograph of the panel. For tests only.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/fb.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/*
 * Whoever loads the module gives no parameters, so QEMU does, by a file of fw_cfg:
 * -fw_cfg name=opt/kite/epdc,string="WIDTH HEIGHT ABI SPEED GHOST"
 */
#define SETTING "opt/kite/epdc"
static unsigned int width = 1072, height = 1448;
module_param(width, uint, 0444);
module_param(height, uint, 0444);
static unsigned int abi = 2;
module_param(abi, uint, 0444);
MODULE_PARM_DESC(abi, "form of the requests: 1 the oldest, 2 with dithering, 3 with a pointer (NTX)");
static unsigned int speed = 100;
module_param(speed, uint, 0644);
MODULE_PARM_DESC(speed, "share of the true waveform time, percent");

static unsigned int ghost = 6;
module_param(ghost, uint, 0644);
MODULE_PARM_DESC(ghost, "what a partial update leaves of the old gray, percent");

#define POWER_ON_GRAY 0x9a /* what the panel happens to show */
#define FLIGHTS_MOST 16

/* ---- the user's requests ------------------------------------------------------------------------ */

struct rect {
	u32 top, left, width, height;
};

/* What all forms begin with; what follows differs in length only. */
struct request {
	struct rect region;
	u32 waveform, mode, marker;
	s32 temperature;
	u32 flags;
};

static const struct form {
	unsigned int send_bytes, wait_bytes;
} forms[] = {
	[1] = { 64, 4 },
	[2] = { 72, 8 },
	[3] = { 68, 4 },
};

enum { SET_WAVEFORMS = 0x2B, SET_TEMPERATURE, SET_AUTO, SEND, WAIT, SET_POWER_DOWN, GET_POWER_DOWN, SET_SCHEME };

/* Numbers and times as the board "virt" has them. */
enum waveform { INIT, DU, GC16, DU4, A2, GL16, WAVEFORMS };
static const char *const waveform_names[] = { "INIT", "DU", "GC16", "DU4", "A2", "GL16" };
static const unsigned int waveform_ms[] = { 2000, 260, 450, 290, 120, 450 };

/* ---- state -------------------------------------------------------------------------------------- */

struct flight {
	struct delayed_work work;
	struct list_head list;
	struct request request;
	unsigned long end; /* jiffies */
	u8 pixels[];       /* of the region, as they were when it was sent */
};

static struct {
	u64 updates, full, pixels, full_pixels, collisions, unaligned, refused, by_waveform[WAVEFORMS];
} counts;

static struct {
	struct platform_device *device;
	struct fb_info *info;
	u32 line;
	u8 *memory;  /* what programs draw into */
	u8 *levels;  /* what the controller believes to be shown */
	u8 *shown;   /* what is shown, ghosts included */
	u32 *photo;  /* the same, for ramfb */
	dma_addr_t photo_at;
	size_t photo_bytes;
	struct mutex lock; /* of all below and of the planes */
	struct list_head flights;
	unsigned int flight_count;
	wait_queue_head_t landed;
} epdc;

static int stats_get(char *buffer, const struct kernel_param *param)
{
	int n, i;

	mutex_lock(&epdc.lock);
	n = sysfs_emit(buffer, "updates %llu full %llu pixels %llu full_pixels %llu collisions %llu unaligned %llu refused %llu flying %u",
		       counts.updates, counts.full, counts.pixels, counts.full_pixels, counts.collisions,
		       counts.unaligned, counts.refused, epdc.flight_count);
	for (i = 0; i < WAVEFORMS; i++)
		n += sysfs_emit_at(buffer, n, " %s %llu", waveform_names[i], counts.by_waveform[i]);
	mutex_unlock(&epdc.lock);
	return n + sysfs_emit_at(buffer, n, "\n");
}

/* Writing anything starts counting anew. */
static int stats_set(const char *value, const struct kernel_param *param)
{
	mutex_lock(&epdc.lock);
	memset(&counts, 0, sizeof(counts));
	mutex_unlock(&epdc.lock);
	return 0;
}
static const struct kernel_param_ops stats_ops = { .get = stats_get, .set = stats_set };
module_param_cb(stats, &stats_ops, NULL, 0644);

/* ---- the panel ---------------------------------------------------------------------------------- */

static u8 in_levels(u8 gray, unsigned int levels)
{
	unsigned int step = 256 / levels;

	return gray / step * 255 / (levels - 1);
}

/* Whether a waveform drives a pixel, and where to. */
static bool drives(u32 waveform, bool is_full, u8 from, u8 *to)
{
	*to = in_levels(*to, 16);
	switch (waveform) {
	case INIT:
		*to = 255;
		return true;
	case DU:
		return (*to == 0 || *to == 255) && (is_full || *to != from);
	case DU4:
		return *to % 85 == 0 && (is_full || *to != from);
	case A2:
		return (*to == 0 || *to == 255) && (from == 0 || from == 255) && (is_full || *to != from);
	case GL16:
		return *to != from || (is_full && from != 255);
	default:
		return is_full || *to != from;
	}
}

static void show_pixel(size_t at, const struct request *r, u8 wanted)
{
	u8 to = wanted;
	int left = 0;

	if (!drives(r->waveform, r->mode, epdc.levels[at], &to))
		return;
	if (!r->mode && r->waveform != INIT)
		left = ((int)epdc.shown[at] - to) * (int)min(ghost, 100u) / 100;
	epdc.levels[at] = to;
	epdc.shown[at] = to + left;
	epdc.photo[at] = epdc.shown[at] * 0x010101u;
}

static void land(struct work_struct *work)
{
	struct flight *flight = container_of(to_delayed_work(work), struct flight, work);
	const struct rect *region = &flight->request.region;
	u32 x, y;

	mutex_lock(&epdc.lock);
	for (y = 0; y < region->height; y++)
		for (x = 0; x < region->width; x++)
			show_pixel((region->top + y) * width + region->left + x, &flight->request,
				   flight->pixels[y * region->width + x]);
	list_del(&flight->list);
	epdc.flight_count--;
	mutex_unlock(&epdc.lock);
	wake_up_all(&epdc.landed);
	vfree(flight);
}

/* ---- requests ----------------------------------------------------------------------------------- */

static bool is_on_panel(const struct rect *r)
{
	return r->width && r->height && r->left < width && r->top < height && r->width <= width - r->left &&
	       r->height <= height - r->top;
}

static bool do_overlap(const struct rect *a, const struct rect *b)
{
	return a->left < b->left + b->width && b->left < a->left + a->width && a->top < b->top + b->height &&
	       b->top < a->top + a->height;
}

/* When the way is free: an update over a running one is held until that has ended. */
static unsigned long start_of(const struct request *r)
{
	const struct flight *other;
	unsigned long start = jiffies;
	bool is_held = false;

	list_for_each_entry(other, &epdc.flights, list)
		if (do_overlap(&other->request.region, &r->region)) {
			is_held = true;
			if (time_after(other->end, start))
				start = other->end;
		}
	counts.collisions += is_held;
	return start;
}

static void count(const struct request *r)
{
	const struct rect *region = &r->region;
	u64 pixels = (u64)region->width * region->height;

	counts.updates++;
	counts.pixels += pixels;
	counts.by_waveform[r->waveform]++;
	if (r->mode || r->waveform == INIT) {
		counts.full++;
		counts.full_pixels += pixels;
	}
	counts.unaligned += region->left % 8 || region->top % 8 ||
			    (region->width % 8 && region->left + region->width != width) ||
			    (region->height % 8 && region->top + region->height != height);
}

static bool has_room(void)
{
	bool is_free;

	mutex_lock(&epdc.lock);
	is_free = epdc.flight_count < FLIGHTS_MOST;
	mutex_unlock(&epdc.lock);
	return is_free;
}

static int send(const struct request *r)
{
	struct flight *flight;
	u32 y;

	if (!is_on_panel(&r->region) || r->waveform >= WAVEFORMS || r->mode > 1) {
		counts.refused++;
		return -EINVAL;
	}
	if (wait_event_interruptible(epdc.landed, has_room()))
		return -EINTR;
	flight = vmalloc(sizeof(*flight) + r->region.width * r->region.height);
	if (!flight)
		return -ENOMEM;
	flight->request = *r;
	for (y = 0; y < r->region.height; y++)
		memcpy(flight->pixels + y * r->region.width,
		       epdc.memory + (r->region.top + y) * epdc.line + r->region.left, r->region.width);
	INIT_DELAYED_WORK(&flight->work, land);

	mutex_lock(&epdc.lock);
	count(r);
	flight->end = start_of(r) + msecs_to_jiffies(waveform_ms[r->waveform] * speed / 100);
	list_add_tail(&flight->list, &epdc.flights);
	epdc.flight_count++;
	schedule_delayed_work(&flight->work, time_after(flight->end, jiffies) ? flight->end - jiffies : 0);
	mutex_unlock(&epdc.lock);
	return 0;
}

static bool has_landed(u32 marker)
{
	const struct flight *flight;
	bool is_flying = false;

	mutex_lock(&epdc.lock);
	list_for_each_entry(flight, &epdc.flights, list)
		is_flying |= flight->request.marker == marker;
	mutex_unlock(&epdc.lock);
	return !is_flying;
}

static int wait_for(u32 marker)
{
	long left;

	if (marker == 0)
		return -EINVAL;
	left = wait_event_interruptible_timeout(epdc.landed, has_landed(marker), msecs_to_jiffies(10000));
	return left < 0 ? -EINTR : left == 0 ? -ETIMEDOUT : 0;
}

static int answer_wait(void __user *argument)
{
	u32 words[2] = { 0, 0 };

	if (copy_from_user(words, argument, forms[abi].wait_bytes))
		return -EFAULT;
	return wait_for(words[0]);
}

static int answer_send(void __user *argument)
{
	struct request request;

	return copy_from_user(&request, argument, sizeof(request)) ? -EFAULT : send(&request);
}

static int epdc_ioctl(struct fb_info *info, unsigned int command, unsigned long value)
{
	void __user *argument = (void __user *)value;
	unsigned int bytes = _IOC_SIZE(command);

	if (_IOC_TYPE(command) != 'F')
		return -ENOTTY;
	switch (_IOC_NR(command)) {
	case SET_WAVEFORMS:
	case SET_TEMPERATURE:
	case SET_AUTO:
	case SET_POWER_DOWN:
	case SET_SCHEME:
		return 0;
	case SEND:
		return bytes == forms[abi].send_bytes ? answer_send(argument) : -ENOTTY;
	case WAIT:
		return bytes == forms[abi].wait_bytes ? answer_wait(argument) : -ENOTTY;
	default:
		return -ENOTTY;
	}
}

/* ---- the framebuffer ------------------------------------------------------------------------------ */

static int epdc_mmap(struct fb_info *info, struct vm_area_struct *vma)
{
	return remap_vmalloc_range(vma, epdc.memory, vma->vm_pgoff);
}

static int epdc_check(struct fb_var_screeninfo *var, struct fb_info *info)
{
	*var = info->var;
	return 0;
}

static const struct fb_ops epdc_ops = {
	.owner = THIS_MODULE,
	.fb_ioctl = epdc_ioctl,
	.fb_mmap = epdc_mmap,
	.fb_check_var = epdc_check,
};

static int make_framebuffer(void)
{
	struct fb_info *info = framebuffer_alloc(0, &epdc.device->dev);

	if (!info)
		return -ENOMEM;
	epdc.info = info;
	info->fbops = &epdc_ops;
	info->flags = FBINFO_DEFAULT | FBINFO_VIRTFB;
	info->screen_buffer = epdc.memory;
	info->fix = (struct fb_fix_screeninfo){
		.id = "mxc_epdc_fb", .type = FB_TYPE_PACKED_PIXELS, .visual = FB_VISUAL_STATIC_PSEUDOCOLOR,
		.line_length = epdc.line, .smem_len = PAGE_ALIGN(epdc.line * height),
	};
	info->var = (struct fb_var_screeninfo){
		.xres = width, .yres = height, .xres_virtual = epdc.line, .yres_virtual = height,
		.bits_per_pixel = 8, .grayscale = 1, .red = { 0, 8, 0 }, .green = { 0, 8, 0 }, .blue = { 0, 8, 0 },
	};
	return register_framebuffer(info);
}

/* ---- ramfb, asked for through QEMU's fw_cfg ------------------------------------------------------- */

#define FW_CFG_BASE 0x09020000
#define FW_CFG_BYTES 24
#define FW_CFG_DMA 16
#define FW_CFG_FILES 0x19
enum { FW_ERROR = 1, FW_READ = 2, FW_SELECT = 8, FW_WRITE = 16 };

struct fw_request {
	__be32 control, bytes;
	__be64 address;
} __packed;
struct fw_file {
	__be32 bytes;
	__be16 selector, reserved;
	char name[56];
} __packed;
struct ramfb_setting {
	__be64 address;
	__be32 fourcc, flags, width, height, stride;
} __packed;
union fw_data {
	__be32 count;
	struct fw_file file;
	struct ramfb_setting setting;
	char text[64];
};
struct fw_exchange {
	struct fw_request request;
	union fw_data data;
};

static int fw_transfer(void __iomem *base, struct fw_exchange *x, dma_addr_t at, u32 control, u32 bytes)
{
	x->request.bytes = cpu_to_be32(bytes);
	x->request.address = cpu_to_be64((u64)at + offsetof(struct fw_exchange, data));
	x->request.control = cpu_to_be32(control);
	wmb();
	writel(0, base + FW_CFG_DMA);
	writel(cpu_to_be32((u32)at), base + FW_CFG_DMA + 4);
	while (be32_to_cpu(READ_ONCE(x->request.control)) & ~FW_ERROR)
		cpu_relax();
	return be32_to_cpu(x->request.control) & FW_ERROR ? -EIO : 0;
}

/* The selector of a file, or below 0. */
static int fw_find(void __iomem *base, struct fw_exchange *x, dma_addr_t at, const char *name)
{
	u32 i, count;

	if (fw_transfer(base, x, at, FW_CFG_FILES << 16 | FW_SELECT | FW_READ, 4))
		return -EIO;
	count = be32_to_cpu(x->data.count);
	for (i = 0; i < count; i++) {
		if (fw_transfer(base, x, at, FW_READ, sizeof(struct fw_file)))
			return -EIO;
		if (strncmp(x->data.file.name, name, sizeof(x->data.file.name)) == 0)
			return be16_to_cpu(x->data.file.selector);
	}
	return -ENOENT;
}

/* One conversation with fw_cfg. */
struct fw {
	void __iomem *base;
	struct fw_exchange *x;
	dma_addr_t at;
};

static void fw_close(struct fw *fw)
{
	if (fw->base)
		iounmap(fw->base);
	if (fw->x)
		dma_free_coherent(&epdc.device->dev, sizeof(*fw->x), fw->x, fw->at);
}

static bool fw_open(struct fw *fw)
{
	fw->x = dma_alloc_coherent(&epdc.device->dev, sizeof(*fw->x), &fw->at, GFP_KERNEL);
	fw->base = ioremap(FW_CFG_BASE, FW_CFG_BYTES);
	if (fw->x && fw->base)
		return true;
	fw_close(fw);
	return false;
}

static void read_setting(void)
{
	struct fw fw;
	int selector;

	if (!fw_open(&fw))
		return;
	selector = fw_find(fw.base, fw.x, fw.at, SETTING);
	memset(&fw.x->data, 0, sizeof(fw.x->data));
	if (selector >= 0 &&
	    !fw_transfer(fw.base, fw.x, fw.at, (u32)selector << 16 | FW_SELECT | FW_READ, sizeof(fw.x->data.text) - 1))
		sscanf(fw.x->data.text, "%u %u %u %u %u", &width, &height, &abi, &speed, &ghost);
	fw_close(&fw);
}

/* Without ramfb there is nothing to photograph, and all else works. */
static void show_photo(void)
{
	struct fw fw;
	int selector;

	if (!fw_open(&fw))
		return;
	selector = fw_find(fw.base, fw.x, fw.at, "etc/ramfb");
	if (selector >= 0) {
		fw.x->data.setting = (struct ramfb_setting){
			.address = cpu_to_be64(epdc.photo_at), .fourcc = cpu_to_be32(0x34325258), /* XR24 */
			.width = cpu_to_be32(width), .height = cpu_to_be32(height), .stride = cpu_to_be32(width * 4),
		};
		selector = fw_transfer(fw.base, fw.x, fw.at, (u32)selector << 16 | FW_SELECT | FW_WRITE,
				       sizeof(struct ramfb_setting));
	}
	if (selector < 0)
		pr_info("kite_epdc: no ramfb (%d)\n", selector);
	fw_close(&fw);
}

/* A machine that QEMU has read from a file must ask for ramfb anew: by a write to this parameter. */
static int show_photo_again(const char *text, const struct kernel_param *param)
{
	show_photo();
	return 0;
}
static const struct kernel_param_ops photo_ops = { .set = show_photo_again };
module_param_cb(photo, &photo_ops, NULL, 0200);

/* ---- life ----------------------------------------------------------------------------------------- */

static int make_planes(void)
{
	size_t pixels = (size_t)width * height, i;

	epdc.line = (width + 31) / 32 * 32;
	epdc.memory = vmalloc_user(PAGE_ALIGN(epdc.line * height));
	epdc.levels = vmalloc(pixels);
	epdc.shown = vmalloc(pixels);
	epdc.photo_bytes = pixels * 4;
	epdc.photo = dma_alloc_coherent(&epdc.device->dev, epdc.photo_bytes, &epdc.photo_at, GFP_KERNEL);
	if (!epdc.memory || !epdc.levels || !epdc.shown || !epdc.photo)
		return -ENOMEM;
	memset(epdc.levels, POWER_ON_GRAY, pixels);
	memset(epdc.shown, POWER_ON_GRAY, pixels);
	for (i = 0; i < pixels; i++)
		epdc.photo[i] = POWER_ON_GRAY * 0x010101u;
	return 0;
}

static void free_all(void)
{
	if (epdc.info)
		framebuffer_release(epdc.info);
	if (epdc.photo)
		dma_free_coherent(&epdc.device->dev, epdc.photo_bytes, epdc.photo, epdc.photo_at);
	vfree(epdc.shown);
	vfree(epdc.levels);
	vfree(epdc.memory);
	platform_device_unregister(epdc.device);
}

/* Loaded once and never taken out: ramfb would go on reading the memory. */
static int __init epdc_init(void)
{
	int result;

	mutex_init(&epdc.lock);
	INIT_LIST_HEAD(&epdc.flights);
	init_waitqueue_head(&epdc.landed);
	epdc.device = platform_device_register_simple("kite_epdc", -1, NULL, 0);
	if (IS_ERR(epdc.device))
		return PTR_ERR(epdc.device);
	result = dma_coerce_mask_and_coherent(&epdc.device->dev, DMA_BIT_MASK(32));
	if (!result)
		read_setting();
	if (abi < 1 || abi >= ARRAY_SIZE(forms) || !width || !height || width > 4096 || height > 4096)
		result = -EINVAL;
	if (!result)
		result = make_planes();
	if (!result) {
		show_photo();
		result = make_framebuffer();
	}
	if (result)
		free_all();
	return result;
}
module_init(epdc_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Virtual e-ink controller of Kite's test bed");
