// SPDX-License-Identifier: GPL-2.0
/*
 * A battery, a USB supply, a thermometer and a front light that do as they are told by the module's parameters. For tests only.
 */
#include <linux/backlight.h>
#include <linux/hwmon.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/power_supply.h>

static int capacity = 80, charging;
static struct power_supply *battery, *usb;
static struct platform_device *device;

static int battery_get(struct power_supply *supply, enum power_supply_property property,
		       union power_supply_propval *value)
{
	switch (property) {
	case POWER_SUPPLY_PROP_STATUS:
		value->intval = charging ? POWER_SUPPLY_STATUS_CHARGING : POWER_SUPPLY_STATUS_DISCHARGING;
		return 0;
	case POWER_SUPPLY_PROP_PRESENT:
		value->intval = 1;
		return 0;
	case POWER_SUPPLY_PROP_CAPACITY:
		value->intval = capacity;
		return 0;
	default:
		return -EINVAL;
	}
}

static int usb_get(struct power_supply *supply, enum power_supply_property property,
		   union power_supply_propval *value)
{
	if (property != POWER_SUPPLY_PROP_ONLINE)
		return -EINVAL;
	value->intval = charging;
	return 0;
}

static enum power_supply_property battery_properties[] = {
	POWER_SUPPLY_PROP_STATUS, POWER_SUPPLY_PROP_PRESENT, POWER_SUPPLY_PROP_CAPACITY,
};
static enum power_supply_property usb_properties[] = { POWER_SUPPLY_PROP_ONLINE };
static const struct power_supply_desc battery_desc = {
	.name = "battery", .type = POWER_SUPPLY_TYPE_BATTERY, .properties = battery_properties,
	.num_properties = ARRAY_SIZE(battery_properties), .get_property = battery_get,
};
static const struct power_supply_desc usb_desc = {
	.name = "usb", .type = POWER_SUPPLY_TYPE_USB, .properties = usb_properties,
	.num_properties = ARRAY_SIZE(usb_properties), .get_property = usb_get,
};

/* A write to a parameter is told to programs as a real change is. */
static int set_and_tell(const char *text, const struct kernel_param *param)
{
	int result = param_set_int(text, param);

	if (result == 0 && battery)
		power_supply_changed(battery);
	if (result == 0 && usb && param->arg == &charging)
		power_supply_changed(usb);
	return result;
}
static const struct kernel_param_ops telling = { .set = set_and_tell, .get = param_get_int };
module_param_cb(capacity, &telling, &capacity, 0644);
module_param_cb(charging, &telling, &charging, 0644);

static int temperature = 23000; /* of the panel, thousandths of a degree */
module_param_cb(temperature, &telling, &temperature, 0644);

static umode_t sensor_mode(const void *data, enum hwmon_sensor_types type, u32 attribute, int channel)
{
	return 0444;
}
static int sensor_read(struct device *dev, enum hwmon_sensor_types type, u32 attribute, int channel, long *value)
{
	*value = temperature;
	return 0;
}
static const struct hwmon_ops sensor_ops = { .is_visible = sensor_mode, .read = sensor_read };
static const struct hwmon_channel_info *const sensor_channels[] = { HWMON_CHANNEL_INFO(temp, HWMON_T_INPUT), NULL };
static const struct hwmon_chip_info sensor = { .ops = &sensor_ops, .info = (const struct hwmon_channel_info **)sensor_channels };

static int light_update(struct backlight_device *light)
{
	return 0;
}
static const struct backlight_ops light_ops = { .update_status = light_update };

static void power_exit(void)
{
	if (!IS_ERR_OR_NULL(usb))
		power_supply_unregister(usb);
	if (!IS_ERR_OR_NULL(battery))
		power_supply_unregister(battery);
	usb = battery = NULL;
	platform_device_unregister(device);
}

static int __init power_init(void)
{
	const struct backlight_properties properties = { .type = BACKLIGHT_RAW, .max_brightness = 100 };

	device = platform_device_register_simple("kite_power", -1, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	battery = power_supply_register(&device->dev, &battery_desc, NULL);
	usb = power_supply_register(&device->dev, &usb_desc, NULL);
	if (IS_ERR(battery) || IS_ERR(usb) ||
	    IS_ERR(devm_hwmon_device_register_with_info(&device->dev, "kite_panel", NULL, &sensor, NULL)) ||
	    IS_ERR(devm_backlight_device_register(&device->dev, "front", &device->dev, NULL, &light_ops, &properties))) {
		power_exit();
		return -ENODEV;
	}
	return 0;
}
module_init(power_init);
module_exit(power_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Battery and front light of Kite's test bed");
