/* Datagrams of the kernel's: `ACTION@PATH`, then `KEY=VALUE` each ended by a zero byte. */
#include "device/uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KERNEL_GROUP 1
#define BUFFER_BYTES (256 * 1024)

struct field {
    char *at;
    size_t bytes;
};

static bool take(struct field field, const char *value)
{
    size_t bytes = strlen(value);

    if (bytes >= field.bytes)
        return false;
    memcpy(field.at, value, bytes + 1);
    return true;
}

static bool take_pair(struct uevent *out, const char *pair)
{
    const struct {
        const char *key;
        struct field field;
    } keys[] = {
        { "DEVPATH=", { out->path, sizeof out->path } },
        { "SUBSYSTEM=", { out->subsystem, sizeof out->subsystem } },
        { "DEVTYPE=", { out->devtype, sizeof out->devtype } },
        { "DEVNAME=", { out->devname, sizeof out->devname } },
    };
    static const char *const actions[] = { [UEVENT_ADD] = "ACTION=add",
                                           [UEVENT_REMOVE] = "ACTION=remove",
                                           [UEVENT_CHANGE] = "ACTION=change" };

    for (int i = UEVENT_ADD; i <= UEVENT_CHANGE; i++)
        if (strcmp(pair, actions[i]) == 0)
            out->action = (enum uevent_action)i;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strncmp(pair, keys[i].key, strlen(keys[i].key)) == 0)
            return take(keys[i].field, pair + strlen(keys[i].key));
    return true;
}

bool uevent_parse(const uint8_t *bytes, size_t count, struct uevent *out)
{
    const char *at = (const char *)bytes, *end = at + count;
    const char *head_end;

    *out = (struct uevent){ .action = UEVENT_OTHER };
    if (count == 0 || end[-1] != '\0')
        return false;
    head_end = at + strlen(at);
    if (!memchr(at, '@', (size_t)(head_end - at)))
        return false;
    for (at = head_end + 1; at < end; at += strlen(at) + 1)
        if (!take_pair(out, at))
            return false;
    return out->action != UEVENT_OTHER && !strstr(out->devname, "..") && out->devname[0] != '/';
}

int uevent_open(void)
{
    struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
    int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    int bytes = BUFFER_BYTES;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

enum kite_status uevent_next(int descriptor, struct uevent *out)
{
    uint8_t bytes[UEVENT_BYTES_MAX];

    for (;;) {
        struct sockaddr_nl from = { .nl_pid = 1 };
        struct iovec part = { bytes, sizeof bytes };
        struct msghdr message = {
            .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1
        };
        ssize_t got = recvmsg(descriptor, &message, 0);

        if (got < 0 && errno == ENOBUFS)
            return KITE_E_LIMIT;
        if (got < 0 && errno != EINTR)
            return KITE_DONE;
        if (got > 0 && from.nl_pid == 0 && !(message.msg_flags & MSG_TRUNC) &&
            uevent_parse(bytes, (size_t)got, out))
            return KITE_OK;
    }
}
