/* container: files inside a ZIP file, by name: EPUB, DOCX, ODT, zipped FB2. By minizip, zlib's own. Private to the press room.
 *
 * Foreign bytes: each file's CRC is checked, no file gives more than it says or than KITE_CONTAINED_BYTES_MAX, all of them together no
 * more than KITE_CONTAINER_BYTES_MAX, names are looked up and never made into paths. */
#ifndef KITE_PRESS_CONTAINER_H
#define KITE_PRESS_CONTAINER_H

#include "base/base.h"

#define KITE_CONTAINED_BYTES_MAX (128u << 20)
#define KITE_CONTAINER_BYTES_MAX (512u << 20)
#define KITE_CONTAINED_FILES_MAX 65535u
#define KITE_CONTAINED_RATIO_MAX 200u /* times as long as it is packed, where it is longer than KITE_CONTAINED_FREE_BYTES: markup is at most a tenth of that */
#define KITE_CONTAINED_FREE_BYTES (4u << 20)

struct kite_container;

bool kite_container_is_one(const uint8_t *bytes, size_t count);
/* bytes outlive it. KITE_E_FORMAT: no ZIP file, or a broken one; KITE_E_LIMIT: more files than KITE_CONTAINED_FILES_MAX; KITE_E_NOMEM. */
enum kite_status kite_container_open(const struct kite_memory *mem, const uint8_t *bytes, size_t count,
                                     struct kite_container **out, struct kite_fault *fault);
void kite_container_close(struct kite_container *container); /* NULL is fine */

/* The whole of a file into out, which is emptied first; a zero byte stands behind it and is not counted. Letters' case counts, but where
 * no name fits exactly. KITE_DONE: there is none of that name; KITE_E_UNSUPPORTED: encrypted, or packed in a way of its own; KITE_E_DAMAGED:
 * cut short or its CRC is wrong; KITE_E_LIMIT: too large; KITE_E_NOMEM. */
enum kite_status kite_container_read(struct kite_container *container, const char *name, struct kite_buffer *out,
                                     struct kite_fault *fault);
bool kite_container_has(struct kite_container *container, const char *name);
/* Each file's name in the order of the container, lent for the call; a status of `each` other than KITE_OK ends it and is returned. */
enum kite_status kite_container_list(struct kite_container *container, void *ctx,
                                     enum kite_status (*each)(void *ctx, const char *name, uint64_t bytes));

/* A reference as it stands in the file `from` of a container, to a name: %XX decoded, "./" and "../" resolved, without "#..."; "#..." alone is `from`.
 * KITE_E_RANGE: it leads out of the container, names a scheme or does not fit. */
#define KITE_CONTAINED_NAME_BYTES_MAX 1024u
enum kite_status kite_container_resolve(const char *from, const char *reference, char out[KITE_CONTAINED_NAME_BYTES_MAX + 1]);

#endif
