/* One bundle after the other. */
#include "cli/listing.h"

static enum kite_status tell_one(struct kite_listing *list, struct kite_cli *cli, bool is_laid_out,
                                 enum kite_status (*tell)(struct kite_listing *list))
{
    enum kite_status status = kite_session_open(&list->session, cli, list->name);

    if (status == KITE_OK && is_laid_out)
        status = kite_session_lay_out(&list->session);
    if (status == KITE_OK)
        status = tell(list);
    if (status == KITE_OK && is_laid_out)
        status = kite_session_check(&list->session);
    kite_session_close(&list->session);
    return status;
}

int kite_listing_run(struct kite_cli *cli, bool is_laid_out, enum kite_status (*tell)(struct kite_listing *list),
                     void *ctx)
{
    struct kite_listing list = {.ctx = ctx};
    enum kite_status status;

    for (size_t i = 0; i < cli->operand_count && cli->args.output; i++)
        if (kite_files_are_same(cli->operands[i], cli->args.output))
            return kite_cli_usage(cli, "%s would be overwritten; name another file behind -o", cli->operands[i]);
    status = kite_cli_output(cli, &list.out);
    if (status)
        return kite_cli_fail(cli, NULL, status);
    list.json = kite_json_start(kite_output_sink(&list.out));
    for (; list.index < cli->operand_count && status == KITE_OK; list.index++) {
        list.name = cli->operands[list.index];
        status = tell_one(&list, cli, is_laid_out, tell);
    }
    if (status && list.out.status == KITE_OK) { /* else commit tells why nothing could be written */
        kite_output_drop(&list.out);
        return kite_cli_fail(cli, list.name, status);
    }
    status = kite_output_commit(&list.out, &cli->fault);
    return status ? kite_cli_fail(cli, NULL, status) : KITE_EXIT_OK;
}
