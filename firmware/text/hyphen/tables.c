/* The languages with patterns. Made by make.py. */
#include "text/hyphen/tables.h"

extern const struct kite_hyphen_table kite_hyphen_en;
extern const struct kite_hyphen_table kite_hyphen_en_gb;
extern const struct kite_hyphen_table kite_hyphen_es;
extern const struct kite_hyphen_table kite_hyphen_fr;
extern const struct kite_hyphen_table kite_hyphen_pt;
extern const struct kite_hyphen_table kite_hyphen_it;
extern const struct kite_hyphen_table kite_hyphen_de;
extern const struct kite_hyphen_table kite_hyphen_ca;
extern const struct kite_hyphen_table kite_hyphen_nl;
extern const struct kite_hyphen_table kite_hyphen_pl;
extern const struct kite_hyphen_table kite_hyphen_sv;
extern const struct kite_hyphen_table kite_hyphen_da;
extern const struct kite_hyphen_table kite_hyphen_el;
extern const struct kite_hyphen_table kite_hyphen_ru;
extern const struct kite_hyphen_table kite_hyphen_uk;
extern const struct kite_hyphen_table kite_hyphen_bg;
extern const struct kite_hyphen_table kite_hyphen_be;
extern const struct kite_hyphen_table kite_hyphen_sr;
extern const struct kite_hyphen_table kite_hyphen_sr_latn;
extern const struct kite_hyphen_table kite_hyphen_tr;
extern const struct kite_hyphen_table kite_hyphen_sl;
extern const struct kite_hyphen_table kite_hyphen_et;
extern const struct kite_hyphen_table kite_hyphen_lt;
extern const struct kite_hyphen_table kite_hyphen_ga;
extern const struct kite_hyphen_table kite_hyphen_cy;
extern const struct kite_hyphen_table kite_hyphen_eu;
extern const struct kite_hyphen_table kite_hyphen_oc;
extern const struct kite_hyphen_table kite_hyphen_la;

const struct kite_hyphen_language kite_hyphen_languages[] = {
    { 0x6e65, &kite_hyphen_en }, /* en */
    { 0x42472d6e65, &kite_hyphen_en_gb }, /* en-GB */
    { 0x7365, &kite_hyphen_es }, /* es */
    { 0x7266, &kite_hyphen_fr }, /* fr */
    { 0x7470, &kite_hyphen_pt }, /* pt */
    { 0x7469, &kite_hyphen_it }, /* it */
    { 0x6564, &kite_hyphen_de }, /* de */
    { 0x6163, &kite_hyphen_ca }, /* ca */
    { 0x6c6e, &kite_hyphen_nl }, /* nl */
    { 0x6c70, &kite_hyphen_pl }, /* pl */
    { 0x7673, &kite_hyphen_sv }, /* sv */
    { 0x6164, &kite_hyphen_da }, /* da */
    { 0x6c65, &kite_hyphen_el }, /* el */
    { 0x7572, &kite_hyphen_ru }, /* ru */
    { 0x6b75, &kite_hyphen_uk }, /* uk */
    { 0x6762, &kite_hyphen_bg }, /* bg */
    { 0x6562, &kite_hyphen_be }, /* be */
    { 0x7273, &kite_hyphen_sr }, /* sr */
    { 0x6e74614c2d7273, &kite_hyphen_sr_latn }, /* sr-Latn */
    { 0x7268, &kite_hyphen_sr_latn }, /* hr */
    { 0x7362, &kite_hyphen_sr_latn }, /* bs */
    { 0x7274, &kite_hyphen_tr }, /* tr */
    { 0x6c73, &kite_hyphen_sl }, /* sl */
    { 0x7465, &kite_hyphen_et }, /* et */
    { 0x746c, &kite_hyphen_lt }, /* lt */
    { 0x6167, &kite_hyphen_ga }, /* ga */
    { 0x7963, &kite_hyphen_cy }, /* cy */
    { 0x7565, &kite_hyphen_eu }, /* eu */
    { 0x636f, &kite_hyphen_oc }, /* oc */
    { 0x616c, &kite_hyphen_la }, /* la */
};
const size_t kite_hyphen_language_count = sizeof kite_hyphen_languages / sizeof *kite_hyphen_languages;
