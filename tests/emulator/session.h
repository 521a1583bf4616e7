/* What the tests of the emulator share: a small machine over a folder, made from packed books. */
#ifndef KITE_TESTS_EMULATOR_SESSION_H
#define KITE_TESTS_EMULATOR_SESSION_H

#include "check.h"

#include "emulator/script.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SESSION_BOOK KITE_BUILD "/books/guide.en.kite"

/* Copy a file; false when it is not there. */
static inline bool session_copy(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wb") : NULL;
    char bytes[16384];
    size_t count = 0;

    while (out && (count = fread(bytes, 1, sizeof bytes, in)) > 0)
        fwrite(bytes, 1, count, out);
    if (in)
        fclose(in);
    return out && fclose(out) == 0;
}

/* An empty folder of that name. */
static inline void session_folder(const char *folder)
{
    static const char *const names[] = { "kite.db", "kite.db-journal", "maps.db", "maps.db-journal", "kite.lock", "guide.en.kite",
                                         "kite-damaged-1.db", "kite-damaged-2.db" };
    char path[300];

    mkdir(KITE_BUILD "/tests/emulator", 0777);
    if (mkdir(folder, 0777) != 0)
        assert_int_equal(errno, EEXIST);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
}

static inline struct kite_machine_options session_options(const char *folder)
{
    return (struct kite_machine_options){ .panel = { 300, 400, 120 }, .kind = kite_panel_kind_at(0), .levels = 16,
                                     .temperature_c = 23, .folder = folder, .fonts = KITE_BUILD "/fonts",
                                     .program = "test" };
}

static inline enum kite_status session_play(struct machine *machine, const char *script)
{
    struct script_output none = { NULL, NULL };

    machine->core.fault.text[0] = '\0';
    return script_play(machine, script, strlen(script), "test", &none);
}

/* A library of one book in a folder, as a session by a script leaves it. */
static inline void session_library(const char *folder, const char *script)
{
    struct kite_machine_options options = session_options(folder);
    struct kite_memory mem = kite_memory_heap();
    struct machine machine;
    char book[300];

    assert_true(sodium_init() >= 0);
    session_folder(folder);
    snprintf(book, sizeof book, "%s/guide.en.kite", folder);
    assert_true(session_copy(SESSION_BOOK, book));
    assert_int_equal(machine_open(&mem, &options, &machine), KITE_OK);
    assert_int_equal(session_play(&machine, script), KITE_OK);
    machine_close(&machine);
}

#endif
