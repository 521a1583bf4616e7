/* shelf: texts behind a PIN or a passphrase. The private shelf is a library of its own, the same in
 * all that a library does, whose files are encrypted: it lies in the folder of the device's
 * library, of which a device has one, and can be opened by whoever knows the secret. While it is
 * closed nothing tells what is on it: no title, no place, no name of a file.
 *
 * How: a random master key is wrapped by a key that Argon2id makes of the secret. Each text is a
 * file of blocks sealed one by one (XChaCha20-Poly1305), so that its pages are read in any order;
 * its kite.db is held in memory while the shelf is open, and each time a change of it is done the
 * whole is sealed into one file, in one step. Nothing of it is ever written in the open. By
 * libsodium; SHELF.md has the files byte by byte.
 *
 * Durable as the library is: what was told as done is there after a cut. Damage is found: a
 * changed, moved or missing byte of a file is KITE_E_DAMAGED, or the shelf says what it has lost
 * (kite_shelf_is_damaged).
 *
 * Protects against whoever gets hold of the device, or of all its bytes, while the shelf is closed,
 * as well as the secret is hard to guess: a PIN of six digits is a million guesses, which a
 * computer that has the bytes makes in a day or two. Not against whoever watches, or has changed
 * the device before it is used; not what a card kept of a text from before it was put here; and
 * memory that the system took back is not wiped, only keys, names and blocks are.
 *
 * Failures common to all calls are the library's: KITE_E_NOMEM, KITE_E_IO, KITE_E_LIMIT the storage
 * is full, KITE_E_DAMAGED. A fault may always be NULL. One shelf at a time, used by one thread,
 * with the device's library open all the while. */
#ifndef KITE_SHELF_H
#define KITE_SHELF_H

#include "library/library.h"

#define KITE_SHELF_SECRET_BYTES_MAX 128u
#define KITE_SHELF_PIN_DIGITS_MIN 6u
#define KITE_SHELF_PASSPHRASE_BYTES_MIN 8u
#define KITE_SHELF_INDEX_BYTES_MAX                                                                 \
    (8u * 1024 * 1024) /* kite.db of the shelf, and the names of its files */
#define KITE_SHELF_MAPS_BYTES_MAX (1024u * 1024) /* page maps, which live as long as it is open */

/* ---- is there one ------------------------------------------------------------------------------
 */

/* How the secret is entered; it stands in the open, so that the right pad is shown. */
enum kite_shelf_secret { KITE_SHELF_PIN = 0, KITE_SHELF_PASSPHRASE };

/* A PIN: KITE_SHELF_PIN_DIGITS_MIN digits up to KITE_PIN_DIGITS_MAX. A passphrase: UTF-8 without
 * control characters, KITE_SHELF_PASSPHRASE_BYTES_MIN to KITE_SHELF_SECRET_BYTES_MAX bytes; how it
 * is spaced counts. */
bool kite_shelf_secret_fits(enum kite_shelf_secret kind, const char *secret);

struct kite_shelf_state {
    bool is_there;
    enum kite_shelf_secret kind;
    bool is_damaged; /* the key cannot be read: nothing opens it any more */
};
enum kite_status kite_shelf_look(struct kite_library *library, struct kite_shelf_state *out,
                                 struct kite_fault *fault);

/* What a shelf takes of the device's library folder: for who lists what is stored. */
struct kite_shelf_usage {
    uint32_t files;
    uint64_t bytes;
};
enum kite_status kite_shelf_usage(struct kite_library *library, struct kite_shelf_usage *out,
                                  struct kite_fault *fault);

/* ---- opening and closing -----------------------------------------------------------------------
 */

/* What a guess costs: passes over so much memory. The file keeps it, so that a shelf opens on
 * another board; a file that asks for more than KITE_SHELF_MEMORY_KB_MAX or KITE_SHELF_PASSES_MAX
 * is refused (KITE_E_LIMIT). */
#define KITE_SHELF_MEMORY_KB_MAX 65536u
#define KITE_SHELF_PASSES_MAX 8u
struct kite_shelf_cost {
    uint32_t passes, memory_kb;
};
/* About a second of a board of 64 MB: three passes over 16 MB. */
struct kite_shelf_cost kite_shelf_cost_of_board(void);

struct kite_shelf;

/* Make an empty shelf, and open it. KITE_E_RANGE: there is one; KITE_E_FORMAT: the secret does not
 * fit. A shelf that was cut off in the making is not there. */
enum kite_status kite_shelf_create(struct kite_library *library, enum kite_shelf_secret kind,
                                   const char *secret, struct kite_shelf_cost cost,
                                   struct kite_shelf **out, struct kite_fault *fault);
/* KITE_DONE: another secret; KITE_E_RANGE: there is no shelf; KITE_E_DAMAGED: its key cannot be
 * read. Clears away what a cut or a failure left behind, in the device's library too, and ends what
 * it cut off: a text that was on its way is in one of the two places, whole and with its marks. */
enum kite_status kite_shelf_open(struct kite_library *library, const char *secret,
                                 struct kite_shelf **out, struct kite_fault *fault);
/* Wipe the keys and what is held of the texts. Its library, and books of it, were closed before or
 * are with it: none may be in use. NULL is fine. */
void kite_shelf_close(struct kite_shelf *shelf);

/* The library of the shelf, to be used as any other; lent. It has all KITE_READERS_MAX readers,
 * without names: they are those of the device. When it must be reopened, close the shelf and open
 * it. It knows no senders. */
struct kite_library *kite_shelf_library(struct kite_shelf *shelf);
/* Its index was damaged when it was opened: the texts were found again, places and marks in them
 * were not. */
bool kite_shelf_is_damaged(const struct kite_shelf *shelf);

/* ---- putting on, taking off, forgetting --------------------------------------------------------
 */

/* Move a bundle of the device's library, with all its texts and every reader's places and marks in
 * them, onto the shelf. Its file in the open is overwritten and removed, its rows and page maps are
 * overwritten. None of its books may be open. KITE_E_UNSUPPORTED: the shelf has a newer edition of
 * it. When it fails the text is where it was, or on both sides, both listing it, and
 * kite_shelf_open ends it. */
enum kite_status kite_shelf_put(struct kite_shelf *shelf, int64_t bundle, struct kite_fault *fault);
/* The other way, for a bundle of the shelf's library; KITE_E_UNSUPPORTED likewise; KITE_E_DAMAGED
 * also when its sender's key has been withdrawn. What the device's library does not list of it is
 * overwritten and removed: when it fails, or by the next opening of the shelf or of that library,
 * which needs no secret. */
enum kite_status kite_shelf_take_off(struct kite_shelf *shelf, int64_t bundle,
                                     struct kite_fault *fault);

/* Another secret; the old one opens nothing from then on. KITE_E_FORMAT: it does not fit. */
enum kite_status kite_shelf_change(struct kite_shelf *shelf, enum kite_shelf_secret kind,
                                   const char *secret, struct kite_shelf_cost cost,
                                   struct kite_fault *fault);

/* Overwrite the key, so that nothing opens the shelf any more, then remove its files. Needs no
 * secret; the shelf must be closed. Fine when there is none. Cut off at any moment, the shelf is
 * there as it was or is gone; what it left of files is cleared away by the next call of this, or
 * when a new shelf is made. */
enum kite_status kite_shelf_forget(struct kite_library *library, struct kite_fault *fault);

#endif
