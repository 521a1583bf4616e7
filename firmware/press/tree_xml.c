/* XML to a tree by expat. Nothing outside of the text is read. Expat itself refuses entities that become a hundred times as long as
 * the text; the names that HTML has for characters are known without being declared, others show as U+FFFD. */
#include "press/entities.h"
#include "press/tree.h"

#include <expat.h>
#include <stdio.h>
#include <string.h>

struct reading {
    struct kite_tree_maker maker;
    XML_Parser parser;
};

/* Without its prefix. */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static void stop_when_failed(struct reading *reading)
{
    if (reading->maker.status)
        XML_StopParser(reading->parser, XML_FALSE);
}

static void XMLCALL open_element(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct reading *reading = ctx;
    const char *local = local_name(name);

    kite_tree_open(&reading->maker, local, strlen(local), false, (uint32_t)XML_GetCurrentLineNumber(reading->parser));
    for (; attributes[0]; attributes += 2)
        kite_tree_attribute(&reading->maker, attributes[0], false, attributes[1]);
    stop_when_failed(reading);
}

static void XMLCALL shut_element(void *ctx, const XML_Char *name)
{
    struct reading *reading = ctx;

    (void)name;
    kite_tree_shut(&reading->maker);
}

static void XMLCALL add_text(void *ctx, const XML_Char *text, int bytes)
{
    struct reading *reading = ctx;

    kite_tree_text(&reading->maker, text, (size_t)bytes);
    stop_when_failed(reading);
}

static void XMLCALL add_skipped(void *ctx, const XML_Char *name, int is_parameter)
{
    struct reading *reading = ctx;

    (void)name;
    if (!is_parameter)
        kite_tree_text(&reading->maker, "\xEF\xBF\xBD", 3);
}

/* Instead of what lies outside: the names that HTML has for characters, which stand in attributes as well. */
static int XMLCALL read_outside(XML_Parser parser, const XML_Char *context, const XML_Char *base, const XML_Char *system,
                                const XML_Char *public_name)
{
    XML_Parser names = context ? NULL : XML_ExternalEntityParserCreate(parser, NULL, "UTF-8");
    int status = names ? XML_STATUS_OK : XML_STATUS_ERROR;

    (void)base;
    (void)system;
    (void)public_name;
    if (context) /* an entity of the text's own */
        return XML_STATUS_OK;
    for (size_t i = 0; i < kite_entity_name_count && status == XML_STATUS_OK; i++) {
        char line[64];
        int bytes = snprintf(line, sizeof line, "<!ENTITY %s \"&#%u;\">", kite_entity_names[i].name, (unsigned)kite_entity_names[i].code_point);

        status = (int)XML_Parse(names, line, bytes, XML_FALSE);
    }
    if (status == XML_STATUS_OK)
        status = (int)XML_Parse(names, "", 0, XML_TRUE);
    if (names)
        XML_ParserFree(names);
    return status;
}

enum kite_status kite_tree_xml(const struct kite_memory *mem, const char *text, size_t bytes, struct kite_tree *out,
                               struct kite_fault *fault)
{
    struct reading reading;
    enum kite_status status = kite_tree_begin(mem, out, &reading.maker);

    if (status)
        return kite_fail(fault, status, "no memory for the markup");
    if (bytes > (size_t)INT32_MAX)
        return kite_fail(fault, KITE_E_LIMIT, "markup of more than 2 GB");
    reading.parser = XML_ParserCreate("UTF-8");
    if (!reading.parser)
        return kite_fail(fault, KITE_E_NOMEM, "no memory for the markup");
    XML_SetUserData(reading.parser, &reading);
    XML_SetElementHandler(reading.parser, open_element, shut_element);
    XML_SetCharacterDataHandler(reading.parser, add_text);
    XML_SetSkippedEntityHandler(reading.parser, add_skipped);
    XML_SetExternalEntityRefHandler(reading.parser, read_outside);
    XML_SetParamEntityParsing(reading.parser, XML_PARAM_ENTITY_PARSING_ALWAYS);
    XML_UseForeignDTD(reading.parser, XML_TRUE); /* so that unknown entities are passed over and not an error */
    XML_SetHashSalt(reading.parser, 1);          /* else taken from the clock and the machine */
    if (XML_Parse(reading.parser, text, (int)bytes, XML_TRUE) != XML_STATUS_OK)
        status = KITE_E_FORMAT;
    if (kite_tree_end(&reading.maker) || status) {
        status = reading.maker.status ? reading.maker.status : KITE_E_FORMAT;
        kite_fail(fault, status, "line %lu of the markup: %s", (unsigned long)XML_GetCurrentLineNumber(reading.parser),
                  reading.maker.status ? kite_status_text(status) : XML_ErrorString(XML_GetErrorCode(reading.parser)));
    }
    XML_ParserFree(reading.parser);
    return status;
}
