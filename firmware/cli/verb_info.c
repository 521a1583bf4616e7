/* kite info: what is in a bundle. */
#include "cli/keys.h"
#include "cli/listing.h"

#include <inttypes.h>

/* ---- for programs ---------------------------------------------------------------------------- */

static void json_meta(struct kite_listing *t, uint32_t document)
{
    for (int m = KITE_META_TITLE; m < KITE_META_COUNT; m++) {
        const char *value = kite_bundle_meta(t->session.bundle, document, (enum kite_meta)m);

        if (value)
            kite_json_string(&t->json, kite_meta_text((enum kite_meta)m), value);
    }
}

static enum kite_status json_contents(struct kite_listing *t, uint32_t document, uint32_t count)
{
    enum kite_status status = KITE_OK;

    kite_json_open(&t->json, "contents", '[');
    for (uint32_t i = 0; i < count && status == KITE_OK; i++) {
        struct kite_contents_entry entry;

        status =
            kite_bundle_contents(t->session.bundle, document, i, &entry, &t->session.cli->fault);
        if (status)
            break;
        kite_json_open(&t->json, NULL, '{');
        kite_json_number(&t->json, "level", entry.level);
        kite_json_number(&t->json, "paragraph", (int64_t)entry.paragraph + 1);
        kite_json_string(&t->json, "title", entry.title);
        kite_json_close(&t->json, '}');
    }
    kite_json_close(&t->json, ']');
    return status;
}

/* Pages of what the document was made from, with the number that is printed on them. */
static void json_originals(struct kite_listing *t, uint32_t document, const struct kite_document_info *info)
{
    struct kite_original page;

    kite_json_bool(&t->json, "opens_originals", info->opens_originals);
    kite_json_open(&t->json, "originals", '[');
    for (uint32_t i = 0; kite_bundle_original(t->session.bundle, document, i, &page) == KITE_OK; i++) {
        kite_json_open(&t->json, NULL, '{');
        kite_json_number(&t->json, "page", (int64_t)i + 1);
        kite_json_string(&t->json, "label", page.label[0] ? page.label : NULL);
        kite_json_number(&t->json, "paragraph", (int64_t)page.place.paragraph + 1);
        kite_json_number(&t->json, "offset", page.place.offset_bytes);
        if (page.picture != KITE_NO_PICTURE)
            kite_json_number(&t->json, "picture", (int64_t)page.picture + 1);
        kite_json_close(&t->json, '}');
    }
    kite_json_close(&t->json, ']');
}

static enum kite_status json_document(struct kite_listing *t, uint32_t document)
{
    struct kite_document_info info;
    char lang[9];
    enum kite_status status = kite_bundle_document(t->session.bundle, document, &info);

    if (status)
        return status;
    kite_json_open(&t->json, NULL, '{');
    json_meta(t, document);
    kite_json_string(&t->json, "lang", info.lang ? kite_lang_text(info.lang, lang) : NULL);
    kite_json_string(&t->json, "direction", info.direction == KITE_DIRECTION_RTL ? "rtl" : "ltr");
    kite_json_number(&t->json, "paragraphs", info.paragraph_count);
    kite_json_number(&t->json, "notes", info.note_count);
    kite_json_number(&t->json, "links", info.link_count);
    kite_json_number(&t->json, "text_bytes", (int64_t)info.text_bytes);
    json_originals(t, document, &info);
    status = json_contents(t, document, info.contents_count);
    kite_json_close(&t->json, '}');
    return status;
}

static enum kite_status json_pictures(struct kite_listing *t)
{
    enum kite_status status = KITE_OK;

    kite_json_open(&t->json, "pictures", '[');
    for (uint32_t i = 0; i < kite_bundle_picture_count(t->session.bundle) && status == KITE_OK;
         i++) {
        struct kite_picture_info info;

        status = kite_bundle_picture_info(t->session.bundle, i, &info);
        if (status)
            break;
        kite_json_open(&t->json, NULL, '{');
        kite_json_number(&t->json, "width_px", info.width_px);
        kite_json_number(&t->json, "height_px", info.height_px);
        kite_json_string(&t->json, "codec", info.codec == KITE_PICTURE_DCT8 ? "dct8" : "rows4");
        kite_json_close(&t->json, '}');
    }
    kite_json_close(&t->json, ']');
    return status;
}

/* Who signed, by the keys' ids; whether it is true is for kite verify. */
static enum kite_status json_signatures(struct kite_listing *t)
{
    struct kite_signature signature;
    char id[KITE_KEY_ID_TEXT_BYTES];
    uint32_t index = 0;
    enum kite_status status;

    kite_json_open(&t->json, "signed_by", '[');
    while ((status = kite_bundle_signature(&t->session.cli->mem, t->session.bundle, &index, &signature,
                                           &t->session.cli->fault)) == KITE_OK)
        kite_json_string(&t->json, NULL, kite_key_id_text(signature.id, id));
    kite_json_close(&t->json, ']');
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status json_fonts(struct kite_listing *t)
{
    enum kite_status status = KITE_OK;
    const uint8_t *bytes;
    size_t count;

    kite_json_open(&t->json, "fonts", '[');
    for (uint32_t i = 0; (status = kite_bundle_font(t->session.bundle, i, &bytes, &count, &t->session.cli->fault)) == KITE_OK; i++) {
        kite_json_open(&t->json, NULL, '{');
        kite_json_number(&t->json, "bytes", (int64_t)count);
        kite_json_bool(&t->json, "used", kite_font_check(bytes, count) == KITE_OK);
        kite_json_close(&t->json, '}');
    }
    kite_json_close(&t->json, ']');
    return status == KITE_DONE ? KITE_OK : status;
}

static void json_sizes(struct kite_listing *t, const struct kite_bundle_sizes *sizes)
{
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"file", sizes->file},
        {"front", sizes->front},
        {"lexicon", sizes->lexicon},
        {"text", sizes->text},
        {"pictures", sizes->pictures},
        {"other", sizes->other},
        {"blocks", sizes->block_count},
        {"lexicon_chunks", sizes->lexicon_chunk_count},
        {"own_pieces", sizes->own_piece_count},
        {"resident_pieces", sizes->resident_piece_count},
    };

    kite_json_open(&t->json, "sizes", '{');
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        kite_json_number(&t->json, rows[i].name, (int64_t)rows[i].value);
    kite_json_close(&t->json, '}');
}

static enum kite_status tell_json(struct kite_listing *t, const char *name, const char *root,
                                  const struct kite_bundle_sizes *sizes)
{
    struct kite_bundle *bundle = t->session.bundle;
    kite_lang lexicon = kite_bundle_lexicon_lang(bundle);
    enum kite_status status = KITE_OK;
    char lang[9];

    kite_json_open(&t->json, NULL, '{');
    kite_json_string(&t->json, "file", name);
    kite_json_string(&t->json, "root", root);
    kite_json_string(&t->json, "resident_lexicon", lexicon ? kite_lang_text(lexicon, lang) : NULL);
    kite_json_open(&t->json, "bundle", '{');
    json_meta(t, KITE_BUNDLE_ITSELF);
    kite_json_close(&t->json, '}');
    kite_json_open(&t->json, "documents", '[');
    for (uint32_t i = 0; i < kite_bundle_document_count(bundle) && status == KITE_OK; i++)
        status = json_document(t, i);
    kite_json_close(&t->json, ']');
    if (status == KITE_OK)
        status = json_pictures(t);
    if (status == KITE_OK)
        status = json_fonts(t);
    if (status == KITE_OK)
        status = json_signatures(t);
    json_sizes(t, sizes);
    kite_json_close(&t->json, '}');
    kite_json_end(&t->json);
    return status;
}

/* ---- for people ------------------------------------------------------------------------------ */

static void print_meta(struct kite_listing *t, uint32_t document)
{
    for (int m = KITE_META_TITLE; m < KITE_META_COUNT; m++) {
        const char *value = kite_bundle_meta(t->session.bundle, document, (enum kite_meta)m);

        if (value)
            kite_output_print(&t->out, "%-12s %s\n", kite_meta_text((enum kite_meta)m), value);
    }
}

static void print_originals(struct kite_listing *t, uint32_t document, const struct kite_document_info *info)
{
    struct kite_original page;
    uint32_t pictures = 0;

    for (uint32_t i = 0; kite_bundle_original(t->session.bundle, document, i, &page) == KITE_OK; i++)
        pictures += page.picture != KITE_NO_PICTURE;
    if (info->original_count > 0)
        kite_output_print(&t->out, "%-12s %" PRIu32 " pages, %" PRIu32 " of them as pictures%s\n", "original", info->original_count,
                          pictures, info->opens_originals ? ", which are what is read" : "");
}

static enum kite_status print_document(struct kite_listing *t, uint32_t document)
{
    struct kite_document_info info;
    char lang[9];
    enum kite_status status = kite_bundle_document(t->session.bundle, document, &info);

    if (status)
        return status;
    if (kite_bundle_document_count(t->session.bundle) > 1)
        kite_output_print(&t->out, "\ndocument %" PRIu32 "\n", document + 1);
    print_meta(t, document);
    kite_output_print(&t->out, "%-12s %s\n", "language",
                      info.lang ? kite_lang_text(info.lang, lang) : "not known");
    kite_output_print(&t->out,
                      "%-12s %" PRIu64 " bytes in %" PRIu32 " paragraphs, %" PRIu32
                      " of them headings\n",
                      "text", info.text_bytes, info.paragraph_count, info.contents_count);
    if (info.note_count > 0)
        kite_output_print(&t->out, "%-12s %" PRIu32 "\n", "notes", info.note_count);
    if (info.link_count > 0)
        kite_output_print(&t->out, "%-12s %" PRIu32 "\n", "links", info.link_count);
    print_originals(t, document, &info);
    return KITE_OK;
}

static enum kite_status print_fonts(struct kite_listing *t)
{
    enum kite_status status;
    const uint8_t *bytes;
    size_t count;

    for (uint32_t i = 0; (status = kite_bundle_font(t->session.bundle, i, &bytes, &count, &t->session.cli->fault)) == KITE_OK; i++)
        kite_output_print(&t->out, "%-12s %zu bytes, for characters that readers lack%s\n", "font", count,
                          kite_font_check(bytes, count) == KITE_OK ? "" : "; it is not fit to be used");
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status print_signatures(struct kite_listing *t)
{
    struct kite_signature signature;
    char id[KITE_KEY_ID_TEXT_BYTES];
    uint32_t index = 0;
    enum kite_status status;

    while ((status = kite_bundle_signature(&t->session.cli->mem, t->session.bundle, &index, &signature,
                                           &t->session.cli->fault)) == KITE_OK)
        kite_output_print(&t->out, "%-12s key %s\n", "signed by", kite_key_id_text(signature.id, id));
    return status == KITE_DONE ? KITE_OK : status;
}

static enum kite_status tell_people(struct kite_listing *t, const char *name, const char *root,
                                    const struct kite_bundle_sizes *sizes)
{
    struct kite_bundle *bundle = t->session.bundle;
    enum kite_status status = KITE_OK;

    kite_output_print(&t->out, "%-12s %s\n", "bundle", name);
    print_meta(t, KITE_BUNDLE_ITSELF);
    for (uint32_t i = 0; i < kite_bundle_document_count(bundle) && status == KITE_OK; i++)
        status = print_document(t, i);
    if (kite_bundle_document_count(bundle) > 1)
        kite_output_print(&t->out, "\n");
    if (kite_bundle_picture_count(bundle) > 0)
        kite_output_print(&t->out, "%-12s %" PRIu32 "\n", "pictures",
                          kite_bundle_picture_count(bundle));
    status = status ? status : print_fonts(t);
    kite_output_print(&t->out,
                      "%-12s %" PRIu64 " bytes: text %" PRIu64 ", words %" PRIu64
                      ", pictures %" PRIu64 ", the rest %" PRIu64 "\n",
                      "file", sizes->file, sizes->text, sizes->lexicon, sizes->pictures,
                      sizes->front + sizes->other);
    kite_output_print(&t->out, "%-12s %s\n", "identity", root);
    return status ? status : print_signatures(t);
}

static enum kite_status tell(struct kite_listing *t)
{
    struct kite_cli *cli = t->session.cli;
    struct kite_bundle_sizes sizes;
    char root[KITE_ROOT_TEXT_BYTES];

    if (cli->args.root_line) {
        char line[KITE_BUNDLE_MESSAGE_BYTES + 1];

        kite_bundle_message(kite_bundle_root_hash(t->session.bundle), line);
        kite_output_print(&t->out, "%s", line);
        return KITE_OK;
    }
    kite_bundle_sizes(t->session.bundle, &sizes);
    kite_session_root(&t->session, root);
    if (cli->args.json)
        return tell_json(t, t->name, root, &sizes);
    if (t->index > 0)
        kite_output_print(&t->out, "\n");
    return tell_people(t, t->name, root, &sizes);
}

static int run_info(struct kite_cli *cli)
{
    return kite_listing_run(cli, false, tell, NULL);
}

static const struct kite_option info_options[] = {
    {.name = "root",
     .kind = KITE_OPTION_FLAG,
     .offset = offsetof(struct kite_args, root_line),
     .help = "print only the line that a signature signs"},
};
static const struct kite_option_group info_group = {"What to tell", info_options, 1};

const struct kite_verb kite_verb_info = {
    .name = "info",
    .operands = "BUNDLE...",
    .summary = "what is in a bundle: titles, languages, sizes",
    .about = "Tells what bundles hold and what takes how many bytes. With --json also the "
             "contents and the pictures.",
    .groups = {&info_group, &kite_output_group, &kite_json_group, &kite_common_group},
    .operands_min = 1,
    .operands_max = 100000,
    .run = run_info,
};
