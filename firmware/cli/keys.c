/* Key files and signatures, for the verbs. */
#include "cli/keys.h"

#include "boot/boot.h"
#include "host/host.h"
#include "sideload/sideload.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char *const beginnings[] = {
    [KITE_SIGNABLE_BUNDLE] = "Kite bundle.",
    [KITE_SIGNABLE_UPDATE] = "Kite update ",
    [KITE_SIGNABLE_SET] = "kite provision ",
};

static enum kite_status read_text(struct kite_cli *cli, const char *path, struct kite_buffer *out)
{
    enum kite_status status = kite_trust_init(&cli->fault);

    *out = (struct kite_buffer){.mem = cli->mem};
    return status ? status : kite_file_read(path, out, &cli->fault);
}

static enum kite_status password_for(struct kite_cli *cli, const char *path, char *password)
{
    char prompt[300];

    if (cli->args.password_file)
        return kite_password_read(cli->args.password_file, password, &cli->fault);
    snprintf(prompt, sizeof prompt, "Password of %.200s: ", path);
    return kite_password_ask(prompt, false, password, &cli->fault);
}

enum kite_status kite_cli_secret(struct kite_cli *cli, const char *path, struct kite_secret *out)
{
    char password[KITE_PASSWORD_BYTES_MAX + 1] = "";
    struct kite_buffer file;
    bool needs_password = false;
    enum kite_status status = read_text(cli, path, &file);

    if (status == KITE_OK)
        status = kite_secret_read((const char *)file.bytes, file.count, NULL, out, &needs_password, &cli->fault);
    if (needs_password) {
        status = password_for(cli, path, password);
        if (status == KITE_OK)
            status = kite_secret_read((const char *)file.bytes, file.count, password, out, &needs_password, &cli->fault);
    }
    sodium_memzero(password, sizeof password);
    if (file.bytes)
        sodium_memzero(file.bytes, file.count);
    kite_buffer_close(&file);
    return status;
}

enum kite_status kite_cli_key(struct kite_cli *cli, const char *path, struct kite_public_key *out)
{
    struct kite_buffer file;
    enum kite_status status = read_text(cli, path, &file);

    if (status == KITE_OK)
        status = kite_key_read((const char *)file.bytes, file.count, out, &cli->fault);
    kite_buffer_close(&file);
    return status == KITE_DONE ? kite_fail(&cli->fault, KITE_E_FORMAT, "%s is no public key; it ends in .pub", path) : status;
}

/* All trailers of a bundle but its repair data and the signature of one key (NULL: of none), as they stand. */
static enum kite_status other_trailers(struct kite_cli *cli, struct kite_bundle *bundle, const uint8_t *id,
                                       struct kite_buffer *out)
{
    enum kite_status status = KITE_OK;

    for (uint32_t i = 0; status == KITE_OK; i++) {
        struct kite_buffer payload = {.mem = cli->mem};
        char type[KITE_TRAILER_TYPE_BYTES];

        status = kite_bundle_trailer(bundle, i, type, &payload, &cli->fault);
        if (status == KITE_OK && strcmp(type, KITE_TRAILER_REPAIR) != 0 &&
            !(id && strcmp(type, KITE_TRAILER_SIGNATURE) == 0 && payload.count == KITE_SIGNATURE_BYTES &&
              memcmp(payload.bytes + 2, id, KITE_KEY_ID_BYTES) == 0))
            status = kite_trailer_write(type, payload.bytes, (uint32_t)payload.count, out);
        kite_buffer_close(&payload);
    }
    return status == KITE_DONE ? KITE_OK : status;
}

/* Cut the bundle to itself and the trailers that stay. *percent: of the repair data that it had. */
static enum kite_status strip(struct kite_cli *cli, const uint8_t *id, struct kite_buffer *bundle, unsigned *percent)
{
    struct kite_span_bytes span = {bundle->bytes, bundle->count};
    struct kite_source source = kite_source_memory(&span);
    struct kite_buffer trailers = {.mem = cli->mem};
    struct kite_bundle *open;
    enum kite_status status = kite_bundle_open(&cli->mem, &source, &open, &cli->fault);
    uint64_t end = open ? kite_bundle_end(open) : 0;

    *percent = open ? kite_repair_percent(open) : 0;
    if (status == KITE_OK)
        status = other_trailers(cli, open, id, &trailers);
    kite_bundle_close(open);
    if (status == KITE_OK) {
        bundle->count = (size_t)end;
        status = kite_buffer_add(bundle, trailers.bytes, trailers.count);
    }
    kite_buffer_close(&trailers);
    return status;
}

static enum kite_status append_repair(struct kite_cli *cli, unsigned percent, struct kite_buffer *bundle)
{
    struct kite_span_bytes span = {bundle->bytes, bundle->count};
    struct kite_source source = kite_source_memory(&span);
    struct kite_buffer trailer = {.mem = cli->mem};
    struct kite_bundle *open;
    struct kite_meter meter;
    struct kite_progress progress = kite_meter_start(&meter, "making repair data", cli->args.is_quiet);
    enum kite_status status = kite_bundle_open(&cli->mem, &source, &open, &cli->fault);

    if (status == KITE_OK)
        status = kite_repair_write(&cli->mem, open, percent, &trailer, progress.step ? &progress : NULL, &cli->fault);
    kite_meter_finish(&meter);
    kite_bundle_close(open);
    if (status == KITE_OK)
        status = kite_buffer_add(bundle, trailer.bytes, trailer.count);
    kite_buffer_close(&trailer);
    return status;
}

enum kite_status kite_cli_attach(struct kite_cli *cli, const struct kite_signature *signature, struct kite_buffer *bundle)
{
    uint8_t packed[KITE_SIGNATURE_BYTES];
    unsigned percent;
    enum kite_status status = strip(cli, signature->id, bundle, &percent);

    kite_signature_pack(signature, packed);
    if (status == KITE_OK)
        status = kite_trailer_write(KITE_TRAILER_SIGNATURE, packed, sizeof packed, bundle);
    return status == KITE_OK && percent > 0 ? append_repair(cli, percent, bundle) : status;
}

enum kite_status kite_cli_add_repair(struct kite_cli *cli, unsigned percent, struct kite_buffer *bundle)
{
    unsigned before;
    enum kite_status status = strip(cli, NULL, bundle, &before);

    return status == KITE_OK ? append_repair(cli, percent, bundle) : status;
}

unsigned kite_cli_percent(const char *text)
{
    unsigned percent = 0;
    size_t digits = strspn(text, "0123456789");

    for (size_t i = 0; i < digits && i < 3; i++)
        percent = percent * 10 + (unsigned)(text[i] - '0');
    return digits > 0 && digits < 3 && (text[digits] == '\0' || strcmp(text + digits, "%") == 0) &&
                   percent <= KITE_REPAIR_PERCENT_MAX
               ? percent
               : 0;
}

static enum kite_status sign_bundle(struct kite_cli *cli, const struct kite_secret *secret, struct kite_buffer *bundle)
{
    struct kite_span_bytes span = {bundle->bytes, bundle->count};
    struct kite_source source = kite_source_memory(&span);
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature signature;
    struct kite_bundle *open;
    enum kite_status status = kite_bundle_open(&cli->mem, &source, &open, &cli->fault);

    if (status == KITE_OK)
        status = kite_bundle_verify(open, NULL, &cli->fault);
    if (status == KITE_OK) {
        kite_bundle_message_hash(kite_bundle_root_hash(open), hash);
        kite_sign(secret, hash, &signature);
    }
    kite_bundle_close(open);
    return status ? status : kite_cli_attach(cli, &signature, bundle);
}

enum kite_signable kite_cli_signable(const struct kite_buffer *file)
{
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        size_t bytes = strlen(beginnings[i]);

        if (file->count >= bytes && memcmp(file->bytes, beginnings[i], bytes) == 0)
            return (enum kite_signable)i;
    }
    return KITE_SIGNABLE_OTHER;
}

enum kite_status kite_cli_proof(struct kite_cli *cli, const struct kite_buffer *file, struct kite_signed *out)
{
    struct kite_span_bytes span = {file->bytes, file->count};
    struct kite_source source = kite_source_memory(&span);
    struct kite_provision set = {.mem = cli->mem};
    struct kite_release release;
    enum kite_status status;

    if (kite_cli_signable(file) == KITE_SIGNABLE_SET) {
        status = kite_provision_read(&set, (const char *)file->bytes, file->count, out, &cli->fault);
        kite_provision_close(&set);
        return status;
    }
    status = kite_release_read(&source, &release, &cli->fault);
    if (status == KITE_OK)
        status = kite_release_check(&source, &release, &cli->fault);
    *out = release.proof;
    return status;
}

/* Where the signature's line stands, or will: in front of an older one, else behind the last line of the text. */
static size_t line_start(const struct kite_buffer *file, size_t text_bytes, const char *prefix)
{
    size_t bytes = strlen(prefix);

    for (size_t at = 0; at + bytes <= text_bytes;) {
        const uint8_t *end = memchr(file->bytes + at, '\n', text_bytes - at);

        if (memcmp(file->bytes + at, prefix, bytes) == 0)
            return at;
        if (!end)
            break;
        at = (size_t)(end - file->bytes) + 1;
    }
    return text_bytes;
}

/* An update: its header has room of a fixed size. A set: it ends with the line. */
static enum kite_status sign_text(struct kite_cli *cli, const struct kite_secret *secret, struct kite_buffer *file,
                                  bool is_update)
{
    const char *prefix = is_update ? "signature: " : "signature ";
    size_t room = is_update ? KITE_RELEASE_HEADER_BYTES : file->count;
    const uint8_t *zeros = memchr(file->bytes, 0, room);
    size_t start = line_start(file, zeros ? (size_t)(zeros - file->bytes) : room, prefix);
    struct kite_buffer line = {.mem = cli->mem};
    uint8_t hash[KITE_MESSAGE_HASH_BYTES];
    struct kite_signature signature;
    enum kite_status status;

    kite_message_hash(file->bytes, start, hash);
    kite_sign(secret, hash, &signature);
    status = kite_signature_line_write(&signature, prefix, &line);
    if (status == KITE_OK && !is_update) {
        file->count = start;
        status = kite_buffer_add(file, line.bytes, line.count);
    } else if (status == KITE_OK && room - start < line.count) {
        status = kite_fail(&cli->fault, KITE_E_LIMIT, "the update file's header has no room for a signature");
    } else if (status == KITE_OK) {
        memset(file->bytes + start, 0, room - start);
        memcpy(file->bytes + start, line.bytes, line.count);
    }
    kite_buffer_close(&line);
    return status;
}

enum kite_status kite_cli_sign(struct kite_cli *cli, const struct kite_secret *secret, struct kite_buffer *file)
{
    enum kite_signable kind = kite_cli_signable(file);
    struct kite_signed before;
    enum kite_status status;

    if (kind == KITE_SIGNABLE_BUNDLE)
        return sign_bundle(cli, secret, file);
    status = kite_cli_proof(cli, file, &before);
    return status ? status : sign_text(cli, secret, file, kind == KITE_SIGNABLE_UPDATE);
}

enum kite_status kite_cli_signature_path(struct kite_cli *cli, const char *path, char **out)
{
    size_t bytes = strlen(path) + sizeof ".minisig";

    *out = kite_alloc(&cli->mem, bytes, 1);
    if (!*out)
        return kite_fail(&cli->fault, KITE_E_NOMEM, "no memory for a file name");
    snprintf(*out, bytes, "%s.minisig", path);
    return KITE_OK;
}
