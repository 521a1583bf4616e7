/* Provision sets: read, added to, compared with a library, written. */
#include "sideload/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX 512u
#define HASH_BYTES 32u
#define FIRST_LINE "kite provision "
#define VERSION 1u

/* ---- a set ----------------------------------------------------------------------------------- */

void kite_provision_close(struct kite_provision *set)
{
    for (size_t i = 0; i < set->count; i++)
        kite_free(&set->mem, set->items[i].name);
    kite_free(&set->mem, set->items);
    *set = (struct kite_provision){ .mem = set->mem };
}

/* Where the hash stands, or would. */
static size_t place_of(const struct kite_provision *set, const uint8_t *hash, bool *is_there)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(set->items[middle].root_hash, hash, HASH_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *is_there = low < set->count && memcmp(set->items[low].root_hash, hash, HASH_BYTES) == 0;
    return low;
}

struct kite_provision_item *kite_provision_find(const struct kite_provision *set,
                                                const uint8_t root_hash[32])
{
    bool is_there;
    size_t at = place_of(set, root_hash, &is_there);

    return is_there ? &set->items[at] : NULL;
}

static char *keep_name(const struct kite_memory *mem, const char *name, size_t bytes)
{
    char line[KITE_PROVISION_NAME_BYTES_MAX + 1];
    char *copy;

    clean_text(name, bytes, line, sizeof line);
    copy = kite_alloc(mem, strlen(line) + 2, 1);
    if (copy)
        strcpy(copy, line[0] ? line : "?");
    return copy;
}

static enum kite_status add_item(struct kite_provision *set, const uint8_t *hash, const char *name,
                                 size_t bytes)
{
    void *items = set->items;
    bool is_there;
    size_t at = place_of(set, hash, &is_there);
    enum kite_status status;

    if (is_there)
        return KITE_DONE;
    if (set->count == KITE_PROVISION_ITEMS_MAX)
        return KITE_E_LIMIT;
    status = kite_grow(&set->mem, &items, &set->capacity, set->count + 1, sizeof *set->items);
    set->items = items;
    if (status)
        return status;

    char *owned = keep_name(&set->mem, name, bytes);

    if (!owned)
        return KITE_E_NOMEM;
    memmove(set->items + at + 1, set->items + at, (set->count - at) * sizeof *set->items);
    set->items[at] = (struct kite_provision_item){ .name = owned };
    memcpy(set->items[at].root_hash, hash, HASH_BYTES);
    set->count++;
    return KITE_OK;
}

enum kite_status kite_provision_add(struct kite_provision *set, const uint8_t root_hash[32],
                                    const char *name)
{
    return add_item(set, root_hash, name, strlen(name));
}

/* ---- reading --------------------------------------------------------------------------------- */

struct line {
    const char *text;
    size_t bytes;
};

struct lines {
    const char *at, *end;
    unsigned number; /* of the line read last, from 1 */
};

static enum kite_status bad_line(const struct lines *in, struct kite_fault *fault, const char *what)
{
    return kite_fail(fault, KITE_E_FORMAT, "line %u of the provision set: %s", in->number, what);
}

/* KITE_DONE at the end of the file. */
static enum kite_status next_line(struct lines *in, struct line *line, struct kite_fault *fault)
{
    const char *end;

    if (in->at == in->end)
        return KITE_DONE;
    in->number++;
    end = memchr(in->at, '\n', (size_t)(in->end - in->at));
    if (!end)
        return bad_line(in, fault, "it is cut short");
    *line = (struct line){ in->at, (size_t)(end - in->at) };
    in->at = end + 1;
    if (line->bytes > 0 && line->text[line->bytes - 1] == '\r')
        line->bytes--;
    if (line->bytes > LINE_BYTES_MAX)
        return bad_line(in, fault, "it is too long");
    for (size_t i = 0; i < line->bytes; i++)
        if ((uint8_t)line->text[i] < 0x20 || line->text[i] == 0x7f)
            return bad_line(in, fault, "it has control characters");
    return kite_utf8_is_valid(line->text, line->bytes) ? KITE_OK
                                                       : bad_line(in, fault, "it is not UTF-8");
}

static bool starts(const struct line *line, const char *with)
{
    size_t bytes = strlen(with);

    return line->bytes >= bytes && memcmp(line->text, with, bytes) == 0;
}

/* A number of decimal digits that ends the line. */
static bool number_from(const struct line *line, size_t at, unsigned long *out)
{
    *out = 0;
    if (at == line->bytes || line->bytes - at > 7)
        return false;
    for (; at < line->bytes; at++) {
        if (line->text[at] < '0' || line->text[at] > '9')
            return false;
        *out = *out * 10 + (unsigned long)(line->text[at] - '0');
    }
    return true;
}

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static enum kite_status too_many(struct kite_fault *fault)
{
    return kite_fail(fault, KITE_E_LIMIT, "the provision set has more than %u items",
                     KITE_PROVISION_ITEMS_MAX);
}

static enum kite_status read_item(struct kite_provision *set, const struct lines *in,
                                  const struct line *line, struct kite_fault *fault)
{
    uint8_t hash[HASH_BYTES];
    size_t at = 2 * HASH_BYTES;
    enum kite_status status;

    if (line->bytes <= at || line->text[at] != ' ')
        return bad_line(in, fault, "a hash of 64 digits, a blank and a name are expected");
    for (size_t i = 0; i < HASH_BYTES; i++) {
        int high = digit(line->text[2 * i]), low = digit(line->text[2 * i + 1]);

        if (high < 0 || low < 0)
            return bad_line(in, fault, "the hash has a sign that is no hexadecimal digit");
        hash[i] = (uint8_t)(high * 16 + low);
    }
    while (at < line->bytes && line->text[at] == ' ')
        at++;
    if (at == line->bytes || line->bytes - at > KITE_PROVISION_NAME_BYTES_MAX)
        return bad_line(in, fault, "the name is missing, or too long");
    status = add_item(set, hash, line->text + at, line->bytes - at);
    if (status == KITE_E_LIMIT)
        return too_many(fault);
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status read_first(struct lines *in, struct kite_fault *fault)
{
    struct line line;
    unsigned long version;
    enum kite_status status = next_line(in, &line, fault);

    if (status == KITE_OK && !starts(&line, FIRST_LINE))
        return bad_line(in, fault, "this is no provision set");
    if (status)
        return status == KITE_DONE ? bad_line(in, fault, "it is empty") : status;
    if (!number_from(&line, sizeof FIRST_LINE - 1, &version))
        return bad_line(in, fault, "the version is missing");
    return version == VERSION
               ? KITE_OK
               : kite_fail(fault, KITE_E_UNSUPPORTED,
                           "the provision set is of version %lu, which needs a newer Kite",
                           version);
}

/* Behind `end`: a signature, and nothing else. */
static enum kite_status read_last(struct lines *in, const char *text, struct kite_signed *proof, struct kite_fault *fault)
{
    size_t signed_bytes = (size_t)(in->at - text), prefix = strlen("signature ");
    struct line line;
    enum kite_status status = next_line(in, &line, fault);

    if (status == KITE_OK && !starts(&line, "signature "))
        return bad_line(in, fault, "nothing may follow the end but a signature");
    if (status == KITE_OK) {
        status = kite_signature_line_read(line.text + prefix, line.bytes - prefix, &proof->signature, fault);
        if (status)
            return status;
        proof->is_signed = true;
        kite_message_hash(text, signed_bytes, proof->hash);
        status = next_line(in, &line, fault);
    }
    if (status == KITE_OK)
        return bad_line(in, fault, "nothing may follow the signature");
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status read_items(struct kite_provision *set, const char *text, struct lines *in,
                                   struct kite_signed *proof, struct kite_fault *fault)
{
    struct line line;
    unsigned long items = 0, count;
    enum kite_status status;

    while ((status = next_line(in, &line, fault)) == KITE_OK) {
        if (line.bytes == 0 || line.text[0] == '#')
            continue;
        if (starts(&line, "end ")) {
            if (!number_from(&line, 4, &count) || count != items)
                return bad_line(in, fault, "it does not say how many items there were");
            return read_last(in, text, proof, fault);
        }
        status = read_item(set, in, &line, fault);
        if (status)
            return status;
        items++;
    }
    return status == KITE_DONE ? bad_line(in, fault, "the end is missing: copy it again") : status;
}

/* Nothing is added unless all of it can be, as far as memory allows. */
static enum kite_status merge(struct kite_provision *set, const struct kite_provision *fresh,
                              struct kite_fault *fault)
{
    size_t more = 0;
    enum kite_status status = KITE_OK;

    for (size_t i = 0; i < fresh->count; i++)
        more += !kite_provision_find(set, fresh->items[i].root_hash);
    if (more > KITE_PROVISION_ITEMS_MAX - set->count)
        return too_many(fault);
    for (size_t i = 0; i < fresh->count && status == KITE_OK; i++) {
        status = kite_provision_add(set, fresh->items[i].root_hash, fresh->items[i].name);
        status = status == KITE_DONE ? KITE_OK : status;
    }
    return status;
}

/* The items of a set that is being read are kept apart until it is known to be whole. */
enum kite_status kite_provision_read(struct kite_provision *set, const char *text, size_t bytes,
                                     struct kite_signed *proof, struct kite_fault *fault)
{
    struct kite_provision fresh = { .mem = set->mem };
    struct lines in = { text, text + bytes, 0 };
    struct kite_signed found = { .is_signed = false };
    enum kite_status status;

    if (bytes > KITE_PROVISION_BYTES_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "the provision set is longer than %u bytes",
                         KITE_PROVISION_BYTES_MAX);
    if (bytes >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        in.at += 3;
    status = read_first(&in, fault);
    if (status == KITE_OK)
        status = read_items(&fresh, text, &in, &found, fault);
    if (status == KITE_OK)
        status = merge(set, &fresh, fault);
    kite_provision_close(&fresh);
    if (proof)
        *proof = found;
    if (status == KITE_E_NOMEM)
        kite_fail(fault, status, "no memory for the provision set");
    return status;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static enum kite_status tick_off(void *ctx, const struct kite_entry *entry)
{
    struct kite_provision_item *item = kite_provision_find(ctx, entry->root_hash);

    if (item)
        item->is_here = true;
    return KITE_OK;
}

enum kite_status kite_provision_compare(struct kite_provision *set, struct kite_library *library,
                                        struct kite_fault *fault)
{
    struct kite_query all = { .reader = 0 };

    if (set->count == 0)
        return KITE_OK;
    return kite_library_list(library, &all, 0, UINT32_MAX, set, tick_off, fault);
}

/* ---- writing --------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const struct kite_provision_item *const *left = a, *const *right = b;
    int order = strcmp((*left)->name, (*right)->name);

    return order ? order : memcmp((*left)->root_hash, (*right)->root_hash, HASH_BYTES);
}

static enum kite_status write_item(const struct kite_provision_item *item, struct kite_buffer *out)
{
    char hash[2 * HASH_BYTES + 2];
    enum kite_status status;

    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(hash + 2 * i, 3, "%02x", item->root_hash[i]);
    hash[2 * HASH_BYTES] = ' ';
    status = kite_buffer_add(out, hash, 2 * HASH_BYTES + 1);
    if (status == KITE_OK)
        status = kite_buffer_add_text(out, item->name);
    return status == KITE_OK ? kite_buffer_add_text(out, "\n") : status;
}

enum kite_status kite_provision_write(const struct kite_provision *set, struct kite_buffer *out)
{
    const struct kite_provision_item **order = kite_alloc(&set->mem, set->count + 1, sizeof *order);
    char end[32];
    enum kite_status status = order ? kite_buffer_add_text(out, FIRST_LINE "1\n") : KITE_E_NOMEM;

    for (size_t i = 0; i < set->count && order; i++)
        order[i] = &set->items[i];
    if (order)
        qsort(order, set->count, sizeof *order, by_name);
    for (size_t i = 0; i < set->count && status == KITE_OK; i++)
        status = write_item(order[i], out);
    snprintf(end, sizeof end, "end %zu\n", set->count);
    if (status == KITE_OK)
        status = kite_buffer_add_text(out, end);
    kite_free(&set->mem, order);
    return status;
}
