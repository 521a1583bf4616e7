/* bundle.toml: what a folder's bundle is called and in what order its texts stand. A small part of TOML: strings, and one list of
 * strings; comments. */
#include "cli/pack_gather.h"
#include "host/host.h"

#include <stdio.h>
#include <string.h>

#define MANUAL_BYTES_MAX 65536u

struct manual {
    struct kite_cli *cli;
    struct kite_pack_texts *texts;
    const char *folder, *at;
    uint32_t line;
    bool has_order;
};

static enum kite_status wrong(struct manual *m, const char *what)
{
    return kite_fail(&m->cli->fault, KITE_E_FORMAT, "%s/bundle.toml:%u: %s", m->folder, (unsigned)m->line, what);
}

/* Spaces and comments; line ends too where a value may go on behind them. */
static void skip(struct manual *m, bool passes_lines)
{
    for (;;) {
        if (*m->at == '#')
            m->at += strcspn(m->at, "\n");
        else if (*m->at == ' ' || *m->at == '\t' || *m->at == '\r')
            m->at++;
        else if (*m->at == '\n' && passes_lines)
            m->at++, m->line++;
        else
            return;
    }
}

/* "..." with \" and \\, or '...' as it stands; into the arena. */
static enum kite_status take_string(struct manual *m, const char **out, size_t *bytes)
{
    char quote = *m->at, *copy;

    if (quote != '"' && quote != '\'')
        return wrong(m, "a text in quotes is missing, as in title = \"Letters\"");
    copy = kite_arena_alloc(&m->texts->arena, strcspn(m->at, "\n") + 1, 1);
    if (!copy)
        return kite_fail(&m->cli->fault, KITE_E_NOMEM, "no memory for bundle.toml");
    *bytes = 0;
    for (m->at++; *m->at && *m->at != '\n' && *m->at != quote; m->at++) {
        if (quote == '"' && *m->at == '\\' && (m->at[1] == '"' || m->at[1] == '\\'))
            m->at++;
        copy[(*bytes)++] = *m->at;
    }
    if (*m->at != quote)
        return wrong(m, "a quote is not closed");
    m->at++;
    copy[*bytes] = '\0';
    *out = copy;
    return KITE_OK;
}

/* Below the folder, not somewhere else on the machine. */
static bool is_inside(const char *name)
{
    const char *at = name;

    for (size_t bytes = strcspn(at, "/"); ; at += bytes + 1, bytes = strcspn(at, "/")) {
        if (bytes == 2 && memcmp(at, "..", 2) == 0)
            return false;
        if (at[bytes] == '\0')
            return name[0] != '/' && name[0] != '\0';
    }
}

static enum kite_status take_order(struct manual *m)
{
    enum kite_status status = KITE_OK;

    if (*m->at != '[')
        return wrong(m, "order is a list, as in order = [\"one.md\", \"two.md\"]");
    m->at++;
    m->has_order = true;
    for (skip(m, true); *m->at != ']' && status == KITE_OK; skip(m, true)) {
        const char *name;
        size_t bytes;

        status = take_string(m, &name, &bytes);
        if (status == KITE_OK && !is_inside(name))
            return wrong(m, "order names files of this folder");
        status = status ? status : kite_pack_texts_add(m->cli, m->texts, m->folder, name, bytes);
        skip(m, true);
        if (status == KITE_OK && *m->at == ',')
            m->at++;
        else if (status == KITE_OK && *m->at != ']')
            return wrong(m, "the list is not closed");
    }
    m->at += *m->at == ']';
    return status;
}

static enum kite_status take_value(struct manual *m, const char *key, size_t key_bytes)
{
    struct kite_args *args = &m->cli->args;
    const char *value;
    size_t bytes;
    enum kite_status status;

    if (key_bytes == 5 && memcmp(key, "order", 5) == 0)
        return take_order(m);
    status = take_string(m, &value, &bytes);
    if (status)
        return status;
    if (key_bytes == 4 && memcmp(key, "lang", 4) == 0) {
        args->lang = args->lang ? args->lang : kite_lang_from_text(value);
        return kite_lang_from_text(value) ? KITE_OK : wrong(m, "lang is a language tag, en or pt-BR for example");
    }
    for (int meta = 1; meta < KITE_META_COUNT; meta++) {
        const char *word = kite_meta_text((enum kite_meta)meta);

        if (strlen(word) != key_bytes || memcmp(word, key, key_bytes) != 0)
            continue;
        if (!args->metas[meta] && bytes > 0)
            args->metas[meta] = value;
        return KITE_OK;
    }
    return wrong(m, "this is none of title, author, lang, order and the others that kite pack --help lists");
}

static enum kite_status read_manual(struct manual *m)
{
    enum kite_status status = KITE_OK;

    for (skip(m, true); *m->at && status == KITE_OK; skip(m, true)) {
        const char *key = m->at;
        size_t bytes = strspn(key, "abcdefghijklmnopqrstuvwxyz_-");

        m->at += bytes;
        skip(m, false);
        if (bytes == 0 || *m->at != '=')
            return wrong(m, "a line is a name, = and a text in quotes");
        m->at++;
        skip(m, false);
        status = take_value(m, key, bytes);
        skip(m, false);
        if (status == KITE_OK && *m->at && *m->at != '\n')
            return wrong(m, "something stands behind the value");
    }
    return status;
}

enum kite_status kite_pack_manual(struct kite_cli *cli, const char *folder, struct kite_pack_texts *texts, bool *has_order)
{
    struct manual m = { .cli = cli, .texts = texts, .folder = folder, .line = 1 };
    struct kite_buffer text = { .mem = cli->mem };
    size_t path_bytes = strlen(folder) + sizeof "/bundle.toml";
    char *path = kite_arena_alloc(&texts->arena, path_bytes, 1);
    FILE *file;
    enum kite_status status;

    if (!path)
        return kite_fail(&cli->fault, KITE_E_NOMEM, "no memory for bundle.toml");
    snprintf(path, path_bytes, "%s/bundle.toml", folder);
    file = fopen(path, "r");
    if (!file)
        return KITE_DONE;
    fclose(file);
    status = kite_file_read(path, &text, &cli->fault);
    status = status ? status : kite_buffer_add_u8(&text, 0);
    if (status == KITE_OK && (text.count > MANUAL_BYTES_MAX || strlen((const char *)text.bytes) + 1 != text.count ||
                              !kite_utf8_is_valid((const char *)text.bytes, text.count)))
        status = kite_fail(&cli->fault, KITE_E_FORMAT, "%s is no text in UTF-8 of at most %u bytes", path, MANUAL_BYTES_MAX);
    m.at = (const char *)text.bytes;
    status = status ? status : read_manual(&m);
    *has_order = m.has_order;
    kite_buffer_close(&text);
    return status;
}
