/* An address as a QR code, so that a phone can take it over. Drawn as rules; the code itself is
 * libqrencode's. */
#include "reader/code.h"

#include <qrencode.h>

#define QUIET_MODULES 4 /* of white around a code: ISO/IEC 18004 */
#define SIDE_PERCENT 55 /* of the room's height */
#define SIDE_MM100 3500 /* no larger than a phone wants it */

static void draw_modules(struct screen *screen, const QRcode *code, int32_t x, int32_t y,
                         int32_t module)
{
    for (int row = 0; row < code->width; row++)
        for (int from = 0, to; from < code->width; from = to + 1) {
            const unsigned char *at = code->data + row * code->width;

            while (from < code->width && !(at[from] & 1))
                from++;
            for (to = from; to < code->width && (at[to] & 1);)
                to++;
            if (to > from)
                screen_rule(screen, (struct kite_rect){ x + from * module, y + row * module,
                                                        (to - from) * module, module });
        }
}

enum kite_status code_draw(struct screen *screen, const char *text, int32_t *top, int32_t bottom)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

    if (!code) /* too long for any code: the address stands there as text */
        return KITE_OK;

    int32_t side = (bottom - *top) * SIDE_PERCENT / 100, most = SIDE_MM100 * screen->ppi / 2540;
    int32_t width = screen->width_px - 2 * screen->margin_px;
    int32_t modules = code->width + 2 * QUIET_MODULES;

    side = side < most ? side : most;
    side = side < width ? side : width;

    int32_t module = side / modules > 0 ? side / modules : 1;

    draw_modules(screen, code, screen->margin_px + QUIET_MODULES * module,
                 *top + QUIET_MODULES * module, module);
    *top += modules * module;
    QRcode_free(code);
    return screen->status;
}
