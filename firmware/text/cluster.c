/* Grapheme clusters by UAX #29. */
#include "text/segment.h"

#include "text/unicode/properties.h"

/* UAX #29, GB3 to GB13: no boundary between two characters? ri: regional indicators before;
 * is_emoji: an extended pictograph with marks stands before the joiner. */
static bool joins_cluster(uint8_t before, uint8_t after, bool is_odd_ri, bool is_emoji)
{
    if (before == KITE_GB_CR)
        return after == KITE_GB_LF;
    if (before == KITE_GB_CONTROL || before == KITE_GB_LF || after == KITE_GB_CONTROL ||
        after == KITE_GB_CR || after == KITE_GB_LF)
        return false;
    if (before == KITE_GB_L)
        return (after >= KITE_GB_L && after <= KITE_GB_V) || after == KITE_GB_LV ||
               after == KITE_GB_LVT || after == KITE_GB_EXTEND || after == KITE_GB_ZWJ ||
               after == KITE_GB_SPACING_MARK;
    if ((before == KITE_GB_LV || before == KITE_GB_V) && (after == KITE_GB_V || after == KITE_GB_T))
        return true;
    if ((before == KITE_GB_LVT || before == KITE_GB_T) && after == KITE_GB_T)
        return true;
    if (after == KITE_GB_EXTEND || after == KITE_GB_ZWJ || after == KITE_GB_SPACING_MARK ||
        before == KITE_GB_PREPEND)
        return true;
    if (before == KITE_GB_ZWJ && after == KITE_GB_PICTOGRAPH)
        return is_emoji;
    return before == KITE_GB_RI && after == KITE_GB_RI && is_odd_ri;
}

size_t kite_cluster_bytes(const char *text, size_t count)
{
    size_t length, at;
    uint8_t before = kite_grapheme_class(kite_utf8_decode(text, count, &length));
    bool is_odd_ri = before == KITE_GB_RI, is_emoji = before == KITE_GB_PICTOGRAPH;

    for (at = length; at < count; at += length) {
        uint8_t after = kite_grapheme_class(kite_utf8_decode(text + at, count - at, &length));

        if (!joins_cluster(before, after, is_odd_ri, is_emoji))
            break;
        is_odd_ri = after == KITE_GB_RI && !is_odd_ri;
        is_emoji = after == KITE_GB_PICTOGRAPH ||
                   (is_emoji && (after == KITE_GB_EXTEND || after == KITE_GB_ZWJ));
        before = after;
    }
    return at;
}
