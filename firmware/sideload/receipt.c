/* The receipt: what came of the files, as a text that opens well everywhere. */
#include "sideload/inside.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MEGABYTE (1024u * 1024)
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define LAST_LINE "kite-receipt 1 "
#define HASH_BYTES 16u
#define LINE_BYTES 700u
#define MISSING_MAX 500u

/* A receipt in the making; the first failure is kept. */
struct receipt {
    const struct kite_words *words;
    struct kite_buffer *out;
    enum kite_status status;
};

static void put(struct receipt *r, const char *text)
{
    if (r->status == KITE_OK)
        r->status = kite_buffer_add_text(r->out, text);
}

static void put_line(struct receipt *r, const char *text)
{
    put(r, text);
    put(r, "\r\n");
}

static void put_number(struct receipt *r, const char *text, uint64_t first, uint64_t second)
{
    char one[24], two[24], line[LINE_BYTES];

    snprintf(one, sizeof one, "%llu", (unsigned long long)first);
    snprintf(two, sizeof two, "%llu", (unsigned long long)second);
    put_line(r, kite_text_fill(text, one, two, line, sizeof line));
}

static void put_tally(struct receipt *r, const struct kite_sideload_news *news, uint64_t free_bytes)
{
    char line[LINE_BYTES];

    for (int i = 0; i < KITE_ARRIVAL_COUNT; i++)
        if (news->arrivals[i] > 0 || i == KITE_ARRIVAL_ADDED)
            put_number(r, r->words->counts[i], news->arrivals[i], 0);
    if (news->finds[KITE_FIND_OTHER] > 0)
        put_number(r, r->words->texts[KITE_WORD_OTHERS], news->finds[KITE_FIND_OTHER], 0);
    if (news->left_out > 0)
        put_number(r, r->words->texts[KITE_WORD_LEFT_OUT], news->left_out, 0);
    if (news->wanted > 0)
        put_number(r, r->words->texts[KITE_WORD_WANTED], news->here, news->wanted);
    if (news->wanted > 0 && news->set_sender[0])
        put_line(r, kite_text_fill(r->words->texts[KITE_WORD_WANTED_FROM], news->set_sender, NULL, line, sizeof line));
    put_number(r, r->words->texts[KITE_WORD_FREE], free_bytes / MEGABYTE, 0);
    if (news->is_stopped)
        put_line(r, r->words->texts[KITE_WORD_STOPPED]);
}

/* Files with the same reason stand under it once. */
static void put_rows(struct receipt *r, const struct kite_sideload *sideload)
{
    char reason[LINE_BYTES], last[LINE_BYTES] = "", sender[LINE_BYTES];
    uint32_t all = 0;

    for (size_t i = 0; i < kite_sideload_row_count(sideload); i++) {
        struct kite_arrival_row row = kite_sideload_row(sideload, i);

        kite_words_reason(r->words, &row, reason, sizeof reason);
        if (strcmp(reason, last) != 0) {
            put(r, "\r\n");
            put_line(r, reason);
            strcpy(last, reason);
        }
        put(r, "  ");
        put_line(r, row.name);
        if (row.sender[0]) {
            put(r, "    ");
            put_line(r, kite_words_sender(r->words, &row, sender, sizeof sender));
        }
        if (row.arrival >= KITE_ARRIVAL_ADDED && row.detail[0]) { /* what was dropped or guessed */
            put(r, "    ");
            put_line(r, row.detail);
        }
    }
    for (int i = 0; i < KITE_ARRIVAL_COUNT; i++)
        all += kite_sideload_news(sideload)->arrivals[i];
    if (all > kite_sideload_row_count(sideload))
        put_number(r, r->words->texts[KITE_WORD_MORE_ROWS], all - kite_sideload_row_count(sideload),
                   0);
}

static void put_missing(struct receipt *r, const struct kite_sideload *sideload)
{
    const struct kite_provision *set = kite_sideload_provision(sideload);
    const struct kite_sideload_news *news = kite_sideload_news(sideload);
    size_t told = 0;

    if (news->here == news->wanted)
        return;
    put(r, "\r\n");
    put_line(r, r->words->texts[KITE_WORD_MISSING]);
    for (size_t i = 0; i < set->count && told < MISSING_MAX; i++) {
        if (set->items[i].is_here)
            continue;
        put(r, "  ");
        put_line(r, set->items[i].name);
        told++;
    }
    if (news->wanted - news->here > told)
        put_number(r, r->words->texts[KITE_WORD_MORE_ROWS], news->wanted - news->here - told, 0);
}

/* What has become of the files that are not needed any more. */
static void put_left(struct receipt *r, const struct kite_sideload_news *news)
{
    if (news->taken_off > 0 || news->may_be_deleted > 0)
        put(r, "\r\n");
    if (news->taken_off > 0)
        put_number(r, r->words->texts[KITE_WORD_TAKEN_OFF], news->taken_off, 0);
    if (news->may_be_deleted > 0)
        put_line(r, r->words->texts[KITE_WORD_MAY_DELETE]);
}

/* The same in every language, for scripts; the hash is of all before it. */
static void put_last(struct receipt *r, const struct kite_sideload_news *news, uint64_t free_bytes)
{
    static const char *const names[KITE_ARRIVAL_COUNT] = {
        [KITE_ARRIVAL_INCOMPLETE] = "incomplete",   [KITE_ARRIVAL_UNREADABLE] = "unreadable",
        [KITE_ARRIVAL_NO_ROOM] = "no-room",         [KITE_ARRIVAL_TOO_NEW] = "too-new",
        [KITE_ARRIVAL_FALSE] = "false",             [KITE_ARRIVAL_WITHDRAWN] = "withdrawn",
        [KITE_ARRIVAL_UNSIGNED] = "unsigned",       [KITE_ARRIVAL_KEY] = "key",
        [KITE_ARRIVAL_NEWS] = "key-news",
        [KITE_ARRIVAL_REFUSED] = "refused",         [KITE_ARRIVAL_NOT_A_BUNDLE] = "not-a-bundle",
        [KITE_ARRIVAL_UPDATE] = "update",           [KITE_ARRIVAL_ADDED] = "new",
        [KITE_ARRIVAL_NEW_EDITION] = "new-edition", [KITE_ARRIVAL_OLDER_EDITION] = "older",
        [KITE_ARRIVAL_ALREADY_HERE] = "had",
    };
    char part[96];
    uint8_t hash[HASH_BYTES];

    put(r, "\r\n" LAST_LINE);
    for (int i = 0; i < KITE_ARRIVAL_COUNT; i++) {
        snprintf(part, sizeof part, "%s=%u ", names[i], (unsigned)news->arrivals[i]);
        put(r, part);
    }
    snprintf(part, sizeof part, "taken-off=%u here=%zu wanted=%zu free-mb=%llu ", (unsigned)news->taken_off,
             news->here, news->wanted, (unsigned long long)(free_bytes / MEGABYTE));
    put(r, part);
    if (r->status)
        return;
    crypto_generichash(hash, sizeof hash, r->out->bytes, r->out->count, NULL, 0);
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(part + 2 * i, 3, "%02x", hash[i]);
    put_line(r, part);
}

enum kite_status kite_receipt_write(const struct kite_sideload *sideload, kite_lang lang,
                                    uint64_t free_bytes, struct kite_buffer *out)
{
    struct receipt r = { .words = kite_words(lang), .out = out };
    const struct kite_sideload_news *news = kite_sideload_news(sideload);

    put(&r, BYTE_ORDER_MARK);
    put_line(&r, r.words->texts[KITE_WORD_RECEIPT]);
    put_line(&r, r.words->texts[KITE_WORD_RECEIPT_WHAT]);
    put(&r, "\r\n");
    put_tally(&r, news, free_bytes);
    put_missing(&r, sideload);
    put_rows(&r, sideload);
    put_left(&r, news);
    put_last(&r, news, free_bytes);
    return r.status;
}

bool kite_receipt_is_whole(const uint8_t *bytes, size_t count)
{
    size_t tail = 2 * HASH_BYTES + 2;
    char text[2 * HASH_BYTES + 1];
    uint8_t hash[HASH_BYTES];

    if (count < sizeof BYTE_ORDER_MARK - 1 + tail ||
        memcmp(bytes, BYTE_ORDER_MARK, sizeof BYTE_ORDER_MARK - 1) != 0 ||
        memcmp(bytes + count - 2, "\r\n", 2) != 0)
        return false;
    crypto_generichash(hash, sizeof hash, bytes, count - tail, NULL, 0);
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    return memcmp(text, bytes + count - tail, 2 * HASH_BYTES) == 0;
}
