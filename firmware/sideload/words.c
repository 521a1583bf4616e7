/* What receipts and screens say of files, one table a language. A new language is a table like
 * these and a line in the list of them. */
#include "sideload/sideload.h"

#include <string.h>

static const struct kite_words english = {
    .lang = KITE_LANG2('e', 'n'),
    .texts = {
        [KITE_WORD_RECEIPT] = "Kite receipt",
        [KITE_WORD_RECEIPT_WHAT] = "What this reader did with the files on this drive.",
        [KITE_WORD_GONE] = "It was pulled out before the end. What was taken in is whole.",
        [KITE_WORD_STOPPED] = "It was stopped before the end. What was taken in is whole.",
        [KITE_WORD_FREE] = "Room left on the reader: {1} MB",
        [KITE_WORD_WANTED] = "Of the list of what should be here: {1} of {2}",
        [KITE_WORD_WANTED_FROM] = "That list is from {1}, checked",
        [KITE_WORD_MISSING] = "Missing",
              [KITE_WORD_MISSING_COUNT] = "Missing: {1}",
        [KITE_WORD_LEFT_OUT] = "Files or folders too deep, or that could not be listed: {1}",
        [KITE_WORD_OTHERS] = "Other files, left alone: {1}",
        [KITE_WORD_MORE_ROWS] = "and {1} more",
        [KITE_WORD_TAKEN_OFF] = "Taken off this drive, as the reader has them: {1}",
        [KITE_WORD_MAY_DELETE] = "What is on the reader may be deleted from this drive.",
    },
    .counts = {
        [KITE_ARRIVAL_INCOMPLETE] = "Incomplete, copy again: {1}",
        [KITE_ARRIVAL_UNREADABLE] = "Could not be read: {1}",
        [KITE_ARRIVAL_NO_ROOM] = "No room for: {1}",
        [KITE_ARRIVAL_TOO_NEW] = "For a newer Kite: {1}",
        [KITE_ARRIVAL_FALSE] = "False signature: {1}",
        [KITE_ARRIVAL_WITHDRAWN] = "Withdrawn key: {1}",
        [KITE_ARRIVAL_UNSIGNED] = "Versions of Kite, not signed: {1}",
        [KITE_ARRIVAL_REFUSED] = "Refused: {1}",
        [KITE_ARRIVAL_NOT_A_BUNDLE] = "Could not be prepared for Kite: {1}",
        [KITE_ARRIVAL_UPDATE] = "New versions of Kite: {1}",
        [KITE_ARRIVAL_KEY] = "Keys of senders: {1}",
        [KITE_ARRIVAL_ADDED] = "New: {1}",
        [KITE_ARRIVAL_NEW_EDITION] = "New editions: {1}",
        [KITE_ARRIVAL_OLDER_EDITION] = "Older than what is here: {1}",
        [KITE_ARRIVAL_ALREADY_HERE] = "Already here: {1}",
        [KITE_ARRIVAL_NEWS] = "News of senders’ keys: {1}",
    },
    .reasons = {
        [KITE_ARRIVAL_INCOMPLETE] = "Incomplete or damaged: copy it again",
        [KITE_ARRIVAL_UNREADABLE] = "It could not be read from the drive: copy it again, or use another drive",
        [KITE_ARRIVAL_NO_ROOM] = "There is no room for it on the reader",
        [KITE_ARRIVAL_TOO_NEW] = "It needs a newer version of Kite",
        [KITE_ARRIVAL_FALSE] = "Its signature is false: it was changed on the way, or it is from somebody else",
        [KITE_ARRIVAL_WITHDRAWN] = "Signed with a key that its sender has withdrawn",
        [KITE_ARRIVAL_UNSIGNED] = "A version of Kite that its makers have not signed: it is not put in",
        [KITE_ARRIVAL_REFUSED] = "Refused",
        [KITE_ARRIVAL_NOT_A_BUNDLE] = "Not a bundle ({1}): prepare it with kite pack",
        [KITE_ARRIVAL_UPDATE] = "A new version of Kite; it is put in from a USB stick",
        [KITE_ARRIVAL_KEY] = "A sender’s key; the owner can trust it, from a USB stick",
        [KITE_ARRIVAL_ADDED] = "New",
        [KITE_ARRIVAL_NEW_EDITION] = "New edition, in place of an older one",
        [KITE_ARRIVAL_OLDER_EDITION] = "A newer edition is here already",
        [KITE_ARRIVAL_ALREADY_HERE] = "Already here",
        [KITE_ARRIVAL_NEWS] = "News of a sender’s keys",
    },
    .plain_text = "text",
    .made_of = "New, from {1}",
    .from = "from {1}, checked",
    .not_made = "It could not be read ({1})",
};

static const struct kite_words spanish = {
    .lang = KITE_LANG2('e', 's'),
    .texts = {
        [KITE_WORD_RECEIPT] = "Recibo de Kite",
        [KITE_WORD_RECEIPT_WHAT] = "Lo que este lector hizo con los archivos de esta unidad.",
        [KITE_WORD_GONE] = "Se sacó antes de terminar. Lo que entró está completo.",
        [KITE_WORD_STOPPED] = "Se detuvo antes de terminar. Lo que entró está completo.",
        [KITE_WORD_FREE] = "Espacio libre en el lector: {1} MB",
        [KITE_WORD_WANTED] = "De la lista de lo que debería haber, aquí: {1} de {2}",
        [KITE_WORD_WANTED_FROM] = "Esa lista es de {1}, comprobada",
        [KITE_WORD_MISSING] = "Falta",
              [KITE_WORD_MISSING_COUNT] = "Faltan: {1}",
        [KITE_WORD_LEFT_OUT] = "Archivos o carpetas demasiado adentro, o que no se pudieron listar: {1}",
        [KITE_WORD_OTHERS] = "Otros archivos, que quedan como están: {1}",
        [KITE_WORD_MORE_ROWS] = "y {1} más",
        [KITE_WORD_TAKEN_OFF] = "Quitados de esta unidad, porque el lector los tiene: {1}",
        [KITE_WORD_MAY_DELETE] = "Lo que está en el lector se puede borrar de esta unidad.",
    },
    .counts = {
        [KITE_ARRIVAL_INCOMPLETE] = "Incompletos, copiar otra vez: {1}",
        [KITE_ARRIVAL_UNREADABLE] = "No se pudieron leer: {1}",
        [KITE_ARRIVAL_NO_ROOM] = "Sin espacio: {1}",
        [KITE_ARRIVAL_TOO_NEW] = "Para un Kite más nuevo: {1}",
        [KITE_ARRIVAL_FALSE] = "Firma falsa: {1}",
        [KITE_ARRIVAL_WITHDRAWN] = "Clave retirada: {1}",
        [KITE_ARRIVAL_UNSIGNED] = "Versiones de Kite sin firmar: {1}",
        [KITE_ARRIVAL_REFUSED] = "Rechazados: {1}",
        [KITE_ARRIVAL_NOT_A_BUNDLE] = "No se pudieron preparar para Kite: {1}",
        [KITE_ARRIVAL_UPDATE] = "Versiones nuevas de Kite: {1}",
        [KITE_ARRIVAL_KEY] = "Claves de remitentes: {1}",
        [KITE_ARRIVAL_ADDED] = "Nuevos: {1}",
        [KITE_ARRIVAL_NEW_EDITION] = "Ediciones nuevas: {1}",
        [KITE_ARRIVAL_OLDER_EDITION] = "Más viejos que lo que hay: {1}",
        [KITE_ARRIVAL_ALREADY_HERE] = "Ya estaban: {1}",
        [KITE_ARRIVAL_NEWS] = "Noticias de claves: {1}",
    },
    .reasons = {
        [KITE_ARRIVAL_INCOMPLETE] = "Incompleto o dañado: cópialo otra vez",
        [KITE_ARRIVAL_UNREADABLE] = "No se pudo leer de la unidad: cópialo otra vez, o usa otra unidad",
        [KITE_ARRIVAL_NO_ROOM] = "No hay espacio para él en el lector",
        [KITE_ARRIVAL_TOO_NEW] = "Necesita una versión más nueva de Kite",
        [KITE_ARRIVAL_FALSE] = "Su firma es falsa: se cambió en el camino, o es de otra persona",
        [KITE_ARRIVAL_WITHDRAWN] = "Firmado con una clave que su remitente retiró",
        [KITE_ARRIVAL_UNSIGNED] = "Una versión de Kite que no firmó quien lo hace: no se instala",
        [KITE_ARRIVAL_REFUSED] = "Rechazado",
        [KITE_ARRIVAL_NOT_A_BUNDLE] = "No es un paquete ({1}): prepáralo con kite pack",
        [KITE_ARRIVAL_UPDATE] = "Una versión nueva de Kite; se instala desde una memoria USB",
        [KITE_ARRIVAL_KEY] = "La clave de un remitente; el dueño puede confiar en ella, desde una memoria USB",
        [KITE_ARRIVAL_ADDED] = "Nuevo",
        [KITE_ARRIVAL_NEW_EDITION] = "Edición nueva, en lugar de una anterior",
        [KITE_ARRIVAL_OLDER_EDITION] = "Ya hay una edición más nueva",
        [KITE_ARRIVAL_ALREADY_HERE] = "Ya estaba",
        [KITE_ARRIVAL_NEWS] = "Noticias de las claves de un remitente",
    },
    .plain_text = "texto",
    .made_of = "Nuevo, a partir de {1}",
    .from = "de {1}, comprobado",
    .not_made = "No se pudo leer ({1})",
};

static const struct kite_words *const tables[] = { &english, &spanish };

const struct kite_words *kite_words(kite_lang lang)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (tables[i]->lang == kite_lang_primary(lang))
            return tables[i];
    return tables[0];
}

/* A phrase that the arrival alone does not choose. */
static const char *phrase_of(const struct kite_words *words, const struct kite_arrival_row *row)
{
    if (row->arrival == KITE_ARRIVAL_ADDED && row->kind[0])
        return words->made_of;
    if (row->arrival == KITE_ARRIVAL_NOT_A_BUNDLE && row->detail[0])
        return words->not_made;
    return words->reasons[row->arrival];
}

char *kite_words_sender(const struct kite_words *words, const struct kite_arrival_row *row,
                        char *out, size_t out_bytes)
{
    return row->sender[0] ? kite_text_fill(words->from, row->sender, NULL, out, out_bytes)
                          : strcpy(out, "");
}

char *kite_words_reason(const struct kite_words *words, const struct kite_arrival_row *row,
                        char *out, size_t out_bytes)
{
    const char *kind = row->kind[0] ? row->kind : words->plain_text;
    bool has_why = row->arrival == KITE_ARRIVAL_REFUSED || row->arrival == KITE_ARRIVAL_NOT_A_BUNDLE;
    size_t used;

    kite_text_fill(phrase_of(words, row), kind, NULL, out, out_bytes);
    if (!has_why || !row->detail[0])
        return out;
    used = kite_utf8_append(": ", 2, out, strlen(out), out_bytes);
    used = kite_utf8_append(row->detail, strlen(row->detail), out, used, out_bytes);
    out[used] = '\0';
    return out;
}
