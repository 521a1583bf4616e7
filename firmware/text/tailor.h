/* tailor: what Kite changes about UAX #14's break opportunities. Private to the text room. */
#ifndef KITE_TEXT_TAILOR_H
#define KITE_TEXT_TAILOR_H

#include "text/text.h"

/* A position between two characters of a text. */
struct kite_position {
    const char *text;
    size_t bytes, at;       /* at: offset of `after` */
    uint32_t before, after; /* the characters on either side */
    kite_lang lang;
};

/* The enum kite_opportunity at p, given what UAX #14 found there. */
uint8_t kite_tailor(const struct kite_position *p, uint8_t found);

/* The same inside an address, where only its own signs divide. */
uint8_t kite_tailor_address(const struct kite_position *p, uint8_t found);

/* Could the text hold an address at all? Cheap. */
bool kite_may_have_address(const char *text, size_t bytes);
/* Where the address that begins at `at`, behind a space, ends; `at` when none begins there. */
size_t kite_address_end(const char *text, size_t bytes, size_t at);

#endif
