/* Looking for words in the number stream: a paragraph is passed over when no piece of it can be what is looked for. */
#include "bundle/reader.h"

#include <string.h>

enum answer { ANSWER_UNKNOWN = 0, ANSWER_NO, ANSWER_YES };

struct kite_piece_filter {
    struct kite_memory mem;
    void *ctx;
    bool (*could)(void *ctx, const char *piece, size_t bytes);
    uint8_t **resident;         /* [kite_lexicon_count] of answers by number; NULL until a bundle uses the lexicon */
    uint8_t *own;               /* answers of one bundle's own pieces */
    uint8_t root[KITE_ROOT_BYTES]; /* of that bundle */
};

enum kite_status kite_piece_filter_create(const struct kite_memory *mem, void *ctx,
                                          bool (*could)(void *ctx, const char *piece, size_t bytes),
                                          struct kite_piece_filter **out)
{
    struct kite_piece_filter *filter = kite_alloc(mem, 1, sizeof *filter);

    *out = NULL;
    if (!filter)
        return KITE_E_NOMEM;
    *filter = (struct kite_piece_filter){ .mem = *mem, .ctx = ctx, .could = could };
    filter->resident = kite_alloc(mem, kite_lexicon_count, sizeof *filter->resident);
    if (!filter->resident) {
        kite_piece_filter_destroy(filter);
        return KITE_E_NOMEM;
    }
    *out = filter;
    return KITE_OK;
}

void kite_piece_filter_destroy(struct kite_piece_filter *filter)
{
    if (!filter)
        return;

    struct kite_memory mem = filter->mem;

    for (size_t i = 0; filter->resident && i < kite_lexicon_count; i++)
        kite_free(&mem, filter->resident[i]);
    kite_free(&mem, filter->resident);
    kite_free(&mem, filter->own);
    kite_free(&mem, filter);
}

/* The answers for a bundle's pieces: those of the resident lexicon, then its own. */
struct answers {
    uint8_t *resident, *own;
};

static enum kite_status answers_for(struct kite_piece_filter *filter, const struct kite_bundle *bundle, struct answers *out)
{
    *out = (struct answers){ NULL, filter->own };
    for (size_t i = 0; bundle->resident && i < kite_lexicon_count; i++) {
        if (kite_lexicons[i] != bundle->resident)
            continue;
        if (!filter->resident[i])
            filter->resident[i] = kite_alloc(&filter->mem, bundle->resident_count, 1);
        out->resident = filter->resident[i];
    }
    if (bundle->resident_count > 0 && !out->resident)
        return KITE_E_NOMEM;
    if (filter->own && memcmp(filter->root, bundle->root, sizeof filter->root) == 0)
        return KITE_OK;
    kite_free(&filter->mem, filter->own);
    out->own = filter->own = kite_alloc(&filter->mem, bundle->own_count + 1u, 1);
    memcpy(filter->root, bundle->root, sizeof filter->root);
    return out->own ? KITE_OK : KITE_E_NOMEM;
}

static enum kite_status ask(struct kite_piece_filter *filter, struct kite_bundle *bundle, uint32_t number, uint8_t *answer,
                            struct kite_fault *fault)
{
    const char *piece;
    size_t bytes;
    enum kite_status status = kite_piece_base(bundle, number, &piece, &bytes, fault);

    if (status == KITE_OK)
        *answer = filter->could(filter->ctx, piece, bytes) ? ANSWER_YES : ANSWER_NO;
    return status;
}

/* What could be had of a piece, asked about when it is met first. */
static enum kite_status answer_for(struct kite_piece_filter *filter, struct kite_bundle *bundle, const struct answers *answers,
                                   uint32_t number, enum answer *out, struct kite_fault *fault)
{
    uint32_t resident = bundle->resident_count, all = resident + bundle->own_count;
    enum kite_status status = KITE_OK;

    if (number >= all)
        return kite_fail(fault, KITE_E_FORMAT, "the text names word %u of %u", (unsigned)number, (unsigned)all);

    uint8_t *answer = number < resident ? &answers->resident[number] : &answers->own[number - resident];

    if (*answer == ANSWER_UNKNOWN)
        status = ask(filter, bundle, number, answer, fault);
    *out = (enum answer)*answer;
    return status;
}

/* From the start of a paragraph to the block's end; *index counts paragraphs of the block. This loop is most of a search. */
static enum kite_status scan(struct kite_piece_filter *filter, struct kite_bundle *bundle, const struct kite_text_block *block,
                             uint32_t *index, bool *is_found, struct kite_fault *fault)
{
    struct kite_bytes in = { block->numbers + block->starts[*index], block->numbers + block->bytes, false };
    uint32_t at = *index - 1;
    struct answers answers;
    enum answer answer = ANSWER_UNKNOWN;
    enum kite_status status = answers_for(filter, bundle, &answers);

    while (in.at < in.end && !in.failed && status == KITE_OK && answer != ANSWER_YES) {
        uint8_t code = *in.at++;

        if (code < KITE_CODE_FIRST_PIECE) {
            at += code == KITE_CODE_PLAIN || code == KITE_CODE_RECORD;
            kite_skip_code(&in, code);
            continue;
        }

        uint32_t number = kite_take_number(bundle, code, &in);

        if (number >= bundle->resident_count || answers.resident[number] != ANSWER_NO)
            status = answer_for(filter, bundle, &answers, number, &answer, fault);
    }
    *is_found = answer == ANSWER_YES;
    *index = *is_found ? at : block->count;
    return status;
}

enum kite_status kite_bundle_find(struct kite_bundle *bundle, uint32_t document, struct kite_piece_filter *filter,
                                  uint32_t *paragraph, bool *is_found, struct kite_fault *fault)
{
    const struct kite_text_block *block;

    *is_found = false;
    if (document >= bundle->document_count || *paragraph >= bundle->documents[document].paragraph_count)
        return kite_fail(fault, KITE_E_RANGE, "there is no paragraph %u in document %u", (unsigned)*paragraph + 1,
                         (unsigned)document + 1);

    uint32_t first = bundle->documents[document].first_paragraph;
    enum kite_status status = kite_text_block_of(bundle, document, *paragraph, &block, fault);

    if (status)
        return status;

    uint32_t index = first + *paragraph - block->first;

    status = scan(filter, bundle, block, &index, is_found, fault);
    if (status == KITE_OK)
        *paragraph = block->first + index - first;
    return status;
}
