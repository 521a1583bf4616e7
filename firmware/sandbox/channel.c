/* Whole messages over a stream socket. */
#include "sandbox/channel.h"

#include <errno.h>
#include <sys/socket.h>

void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

void put_u64(uint8_t *at, uint64_t value)
{
    put_u32(at, (uint32_t)value);
    put_u32(at + 4, (uint32_t)(value >> 32));
}

uint64_t get_u64(const uint8_t *at)
{
    return kite_get_u32(at) | (uint64_t)kite_get_u32(at + 4) << 32;
}

static enum kite_status send_all(int socket, const uint8_t *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return KITE_E_IO;
        bytes += sent;
        count -= (size_t)sent;
    }
    return KITE_OK;
}

enum kite_status channel_send(int socket, enum message_kind kind, const void *body, size_t body_bytes, const void *more,
                              size_t more_bytes)
{
    uint8_t head[MESSAGE_HEAD_BYTES] = { (uint8_t)kind };
    enum kite_status status;

    put_u32(head + 1, (uint32_t)(body_bytes + more_bytes));
    status = send_all(socket, head, sizeof head);
    status = status ? status : send_all(socket, body, body_bytes);
    return status ? status : send_all(socket, more, more_bytes);
}

enum kite_status channel_receive(int socket, void *out, size_t count)
{
    uint8_t *at = out;

    while (count > 0) {
        ssize_t got = recv(socket, at, count, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return KITE_E_IO;
        at += got;
        count -= (size_t)got;
    }
    return KITE_OK;
}
