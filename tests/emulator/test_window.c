/* The window on SDL's driver that shows nothing: what is dropped onto it, and a mouse in a window smaller than the panel.
 * Events are pushed as a desktop would. */
#include "session.h"

#include "emulator/window.h"

#include <SDL.h>

#define FOLDER KITE_BUILD "/tests/emulator/window"
#define RECORDING KITE_BUILD "/tests/emulator/window.script"

static struct machine machine;
static char recorded[8192];

static void push(SDL_Event event)
{
    assert_int_equal(SDL_PushEvent(&event), 1);
}

static void push_drop(uint32_t type, const char *path)
{
    push((SDL_Event){ .drop = { .type = type, .file = path ? SDL_strdup(path) : NULL } });
}

static void push_mouse(uint32_t type, int32_t x, int32_t y)
{
    push((SDL_Event){ .button = { .type = type, .button = SDL_BUTTON_LEFT, .x = x, .y = y } });
}

static int open_session(void **state)
{
    struct kite_machine_options options = session_options(FOLDER);
    struct kite_memory mem = kite_memory_heap();

    (void)state;
    options.panel = (struct kite_panel_geometry){ 900, 1200, 300 }; /* larger than the driver's desktop */
    assert_true(sodium_init() >= 0);
    session_folder(FOLDER);
    assert_true(session_copy(SESSION_BOOK, FOLDER "/guide.en.kite"));
    assert_int_equal(machine_open(&mem, &options, &machine), KITE_OK);
    assert_int_equal(setenv("SDL_VIDEODRIVER", "dummy", 1), 0);
    assert_int_equal(setenv("SDL_RENDER_DRIVER", "software", 1), 0);
    assert_int_equal(SDL_Init(SDL_INIT_VIDEO), 0);
    return 0;
}

static int close_session(void **state)
{
    (void)state;
    machine_close(&machine);
    return 0;
}

/* Let the window live on the events that were pushed, and read what it recorded. */
static void live(void)
{
    struct window_options options = { .title = "test", .folder = KITE_BUILD, .recording = RECORDING, .speed = 50, .is_plain = true };
    FILE *file;

    push((SDL_Event){ .type = SDL_QUIT });
    assert_int_equal(window_run(&machine, &options), KITE_OK);
    file = fopen(RECORDING, "r");
    assert_non_null(file);
    recorded[fread(recorded, 1, sizeof recorded - 1, file)] = '\0';
    fclose(file);
}

static bool is_on_stick(const char *name)
{
    char path[sizeof machine.stick.folder + 64];

    snprintf(path, sizeof path, "%s/%s", machine.stick.folder, name);
    return access(path, F_OK) == 0;
}

static void files_dropped_together_are_one_stick(void **state)
{
    (void)state;
    push_drop(SDL_DROPBEGIN, NULL);
    push_drop(SDL_DROPFILE, KITE_BUILD "/books/guide.es.kite");
    push_drop(SDL_DROPFILE, KITE_BUILD "/books/sampler.kite");
    push_drop(SDL_DROPFILE, "/nowhere/at all.kite"); /* said, and no reason to end */
    push_drop(SDL_DROPCOMPLETE, NULL);
    live();
    assert_true(machine.has_stick);
    assert_true(is_on_stick("guide.es.kite") && is_on_stick("sampler.kite"));
    assert_string_equal(kite_reader_screen(machine.core.reader), "import");
    assert_non_null(strstr(recorded, "stick with " KITE_BUILD "/books/guide.es.kite\n"));
    assert_non_null(strstr(recorded, "stick with " KITE_BUILD "/books/sampler.kite\n"));
    assert_null(strstr(recorded, "nowhere"));
    assert_non_null(strstr(recorded, "stick in\n"));
}

static void one_file_or_a_folder_is_a_stick_too(void **state)
{
    (void)state;
    push_drop(SDL_DROPBEGIN, NULL);
    push_drop(SDL_DROPFILE, KITE_BUILD "/books/sampler.kite");
    push_drop(SDL_DROPCOMPLETE, NULL);
    push_drop(SDL_DROPBEGIN, NULL);
    push_drop(SDL_DROPFILE, KITE_BUILD "/books");
    push_drop(SDL_DROPCOMPLETE, NULL);
    push_drop(SDL_DROPBEGIN, NULL);
    push_drop(SDL_DROPTEXT, "words, not files");
    push_drop(SDL_DROPCOMPLETE, NULL);
    live();
    assert_true(machine.has_stick);
    assert_string_equal(machine.stick.folder, KITE_BUILD "/books");
    assert_non_null(strstr(recorded, "stick in " KITE_BUILD "/books/sampler.kite\n"));
    assert_non_null(strstr(recorded, "stick in " KITE_BUILD "/books\n"));
    assert_null(strstr(recorded, "stick with"));
}

/* Points of the window become pixels of the panel. */
static void a_mouse_touches_the_panel_as_it_is_built(void **state)
{
    SDL_DisplayMode desktop;
    int32_t x = 0, y = 0, width, height;

    (void)state;
    assert_int_equal(SDL_GetDesktopDisplayMode(0, &desktop), 0);
    height = desktop.h * 85 / 100; /* of the window that opens */
    width = height * 900 / 1200;
    assert_true(height < 1200);
    push_mouse(SDL_MOUSEBUTTONDOWN, width / 3, height / 4);
    push_mouse(SDL_MOUSEBUTTONUP, width / 3, height / 4);
    live();
    assert_int_equal(sscanf(strstr(recorded, "touch down"), "touch down %d %d", &x, &y), 2);
    assert_in_range(x, 297, 301);
    assert_in_range(y, 297, 301);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_dropped_together_are_one_stick, open_session, close_session),
        cmocka_unit_test_setup_teardown(one_file_or_a_folder_is_a_stick_too, open_session, close_session),
        cmocka_unit_test_setup_teardown(a_mouse_touches_the_panel_as_it_is_built, open_session, close_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
