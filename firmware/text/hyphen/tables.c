/* The languages with patterns. Made by make.py. */
#include "text/hyphen/tables.h"

extern const struct kite_hyphen_table kite_hyphen_en;
extern const struct kite_hyphen_table kite_hyphen_en_gb;
extern const struct kite_hyphen_table kite_hyphen_es;
extern const struct kite_hyphen_table kite_hyphen_fr;
extern const struct kite_hyphen_table kite_hyphen_pt;
extern const struct kite_hyphen_table kite_hyphen_it;
extern const struct kite_hyphen_table kite_hyphen_de;
extern const struct kite_hyphen_table kite_hyphen_da;
extern const struct kite_hyphen_table kite_hyphen_pl;
extern const struct kite_hyphen_table kite_hyphen_sl;
extern const struct kite_hyphen_table kite_hyphen_et;
extern const struct kite_hyphen_table kite_hyphen_lt;
extern const struct kite_hyphen_table kite_hyphen_cy;
extern const struct kite_hyphen_table kite_hyphen_oc;
extern const struct kite_hyphen_table kite_hyphen_la;

const struct kite_hyphen_language kite_hyphen_languages[] = {
    { "en", &kite_hyphen_en },
    { "en-GB", &kite_hyphen_en_gb },
    { "es", &kite_hyphen_es },
    { "fr", &kite_hyphen_fr },
    { "pt", &kite_hyphen_pt },
    { "it", &kite_hyphen_it },
    { "de", &kite_hyphen_de },
    { "da", &kite_hyphen_da },
    { "pl", &kite_hyphen_pl },
    { "sl", &kite_hyphen_sl },
    { "et", &kite_hyphen_et },
    { "lt", &kite_hyphen_lt },
    { "cy", &kite_hyphen_cy },
    { "oc", &kite_hyphen_oc },
    { "la", &kite_hyphen_la },
};
const size_t kite_hyphen_language_count = sizeof kite_hyphen_languages / sizeof *kite_hyphen_languages;
