/* channel: what parent and child of the sandbox say to each other. A message is its kind, one byte; the length of its body, four
 * bytes, little-endian; and the body. Private to the sandbox. */
#ifndef KITE_SANDBOX_CHANNEL_H
#define KITE_SANDBOX_CHANNEL_H

#include "base/base.h"

enum message_kind {
    MESSAGE_STARTED = 1, /* u32 input: its turn has come */
    MESSAGE_NOTE,        /* u8 kind, u32 input, u32 line, a sentence */
    MESSAGE_PROGRESS,    /* u64 done, u64 total */
    MESSAGE_FETCH,       /* a reference of the input in hand; answered by FETCHED */
    MESSAGE_BUNDLE,      /* the next bytes of the bundle */
    MESSAGE_END,         /* u8 status, and where it isn't KITE_OK a sentence */
    MESSAGE_FORMAT,      /* what the input in hand was found to be */
    MESSAGE_PAGE,        /* the picture of one more page of the input in hand is begun */
    MESSAGE_LEVEL,       /* u8: enum kite_sandbox_level, the first of all */
    MESSAGE_FETCHED      /* to the child: u8 status, and where it is KITE_OK the bytes */
};

#define MESSAGE_HEAD_BYTES 5u
#define MESSAGE_BODY_BYTES_MAX 65536u /* from the child; FETCHED may be as long as a picture file */

/* Send all of head, body and more (either may be empty), or receive exactly count bytes. KITE_E_IO: the other end is gone, or a
 * time-out set on the socket has passed. */
enum kite_status channel_send(int socket, enum message_kind kind, const void *body, size_t body_bytes, const void *more,
                              size_t more_bytes);
enum kite_status channel_receive(int socket, void *out, size_t count);

void put_u32(uint8_t *at, uint32_t value);
void put_u64(uint8_t *at, uint64_t value);
uint64_t get_u64(const uint8_t *at);

#endif
