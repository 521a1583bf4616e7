/* Which letters the signs of a Chinese, Japanese or Korean collection stand for, from the tables that lead the other way. MuPDF has both;
 * the device's MuPDF is built without the former, 270 kB, and asks here (libraries.sh leads it so). */
#ifndef KITE_IMAGE_CID_UNICODE_H
#define KITE_IMAGE_CID_UNICODE_H

#include <mupdf/pdf.h>
#include <string.h>

/* Letters that are written like others, which are preferred: radicals, private ones, compatibility forms. */
static inline int cid_is_second_choice(unsigned int c)
{
    return (c >= 0x2e80 && c <= 0x2fdf) || (c >= 0xe000 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe4f) || c == 0xa0 || c == 0xad ||
           c == 0x2011 || c == 0x3164;
}

/* Of UTF-16, as the tables have it. */
static inline unsigned int cid_code_point(unsigned int utf16)
{
    return utf16 > 0xffff ? 0x10000 + (((utf16 >> 16) - 0xd800) << 10) + ((utf16 & 0xffff) - 0xdc00) : utf16;
}

static inline void cid_turn(fz_context *ctx, pdf_cmap *out, unsigned int low, unsigned int high, unsigned int cid, int second_choice)
{
    if (cid_is_second_choice(low) == second_choice)
        pdf_map_range_to_range(ctx, out, cid, cid + (high - low), (int)cid_code_point(low));
}

/* What a table says itself, then, so that it is preferred, ... of those that it stands on. */
static inline void cid_turn_table(fz_context *ctx, pdf_cmap *out, const pdf_cmap *table, int second_choice)
{
    for (; table; table = table->usecmap) {
        for (int i = 0; i < table->rlen; i++)
            cid_turn(ctx, out, table->ranges[i].low, table->ranges[i].high, table->ranges[i].out, second_choice);
        for (int i = 0; i < table->xlen; i++)
            cid_turn(ctx, out, table->xranges[i].low, table->xranges[i].high, table->xranges[i].out, second_choice);
    }
}

static const struct cid_row {
    const char *name, *tables[2]; /* each preferred to those before it */
} cid_rows[] = {
    { "Adobe-CNS1-UCS2", { "UniCNS-UTF16-V", "UniCNS-UTF16-H" } },
    { "Adobe-GB1-UCS2", { "UniGB-UTF16-V", "UniGB-UTF16-H" } },
    { "Adobe-Japan1-UCS2", { "UniJIS-UCS2-HW-V", "UniJIS-UTF16-H" } },
    { "Adobe-Korea1-UCS2", { "UniKS-UTF16-V", "UniKS-UTF16-H" } },
};

static inline void cid_fill(fz_context *ctx, pdf_cmap *out, const struct cid_row *row)
{
    fz_strlcpy(out->cmap_name, row->name, sizeof out->cmap_name);
    pdf_add_codespace(ctx, out, 0, 0xffff, 2);
    for (int second_choice = 1; second_choice >= 0; second_choice--)
        for (int i = 0; i < 2; i++)
            cid_turn_table(ctx, out, pdf_load_system_cmap(ctx, row->tables[i]), second_choice);
    pdf_sort_cmap(ctx, out);
}

static inline const struct cid_row *cid_row_of(const char *name)
{
    for (size_t i = 0; i < sizeof cid_rows / sizeof *cid_rows; i++)
        if (strcmp(cid_rows[i].name, name) == 0)
            return &cid_rows[i];
    return NULL;
}

/* The table of signs to letters called name, of which the caller owns a reference; NULL: it is none of these. Throws. */
static inline pdf_cmap *kite_cid_unicode(fz_context *ctx, const char *name)
{
    const struct cid_row *row = cid_row_of(name);
    pdf_cmap *out = row ? pdf_new_cmap(ctx) : NULL;

    if (!out)
        return NULL;
    fz_var(row);
    fz_var(out);
    fz_try(ctx)
        cid_fill(ctx, out, row);
    fz_catch(ctx)
    {
        pdf_drop_cmap(ctx, out);
        fz_rethrow(ctx);
    }
    return out;
}

#endif
