/* Documents of other formats on a device: the real kite-press, started, heard and ended; and programs in its place that do harm. */
#include "check.h"
#include "converter/converter.h"

#include "sandbox/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char essay[] = "<!DOCTYPE html><html lang=es><title>Una carta</title><body><h1>Una carta</h1><p>Queridos todos: esta es una carta "
                            "con una imagen.<p><img src=\"dot.png\" alt=\"un punto\"><p>Hasta pronto.</html>";

struct work {
    struct kite_memory mem;
    char scratch[64], program[128];
    struct kite_converter_process *process;
    const struct kite_converter *converter;
    struct kite_span_bytes span;
    struct kite_source source;
    struct kite_document document;
    struct kite_fault fault;
    char notes[1000];
    int fetches;
    uint64_t fails_at; /* reading the document fails there; 0: never */
    uint32_t steps, done_permille;
};

static void keep_note(void *ctx, bool is_warning, const char *sentence)
{
    struct work *w = ctx;
    size_t used = strlen(w->notes);

    snprintf(w->notes + used, sizeof w->notes - used, "%s%s\n", is_warning ? "! " : "", sentence);
}

static enum kite_status no_fetch(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    struct work *w = ctx;

    (void)bytes;
    (void)count;
    assert_string_equal(reference, "dot.png");
    w->fetches++;
    return KITE_E_RANGE;
}

static enum kite_status read_document(void *ctx, uint64_t offset, uint8_t *dst, size_t count)
{
    struct work *w = ctx;

    if (w->fails_at && offset + count > w->fails_at)
        return KITE_E_IO;
    memcpy(dst, w->span.bytes + offset, count);
    return KITE_OK;
}

static void work_open(struct work *w, int wait_ms)
{
    struct kite_converter_options options = { .program = w->program, .scratch = w->scratch, .picture_width_px = 600,
                                              .picture_height_px = 800, .wait_ms = wait_ms };

    w->mem = kite_memory_heap();
    snprintf(w->scratch, sizeof w->scratch, "/tmp/kite-converter-XXXXXX");
    assert_non_null(mkdtemp(w->scratch));
    assert_int_equal(kite_converter_open(&w->mem, &options, &w->process, &w->fault), KITE_OK);
    w->converter = kite_converter_seam(w->process);
}

/* Nothing is left behind in the folder, no child either. */
static void work_close(struct work *w)
{
    w->converter->end(w->converter->ctx);
    assert_int_equal(kite_converter_child(w->process), 0);
    kite_converter_close(w->process);
    assert_int_equal(rmdir(w->scratch), 0);
}

static void work_begin(struct work *w, const char *name, const void *bytes, size_t count)
{
    w->span = (struct kite_span_bytes){ bytes, count };
    w->source = (struct kite_source){ w, count, read_document };
    w->document = (struct kite_document){ name, &w->source, w, no_fetch, w, keep_note };
    w->notes[0] = w->fault.text[0] = '\0';
    w->steps = w->done_permille = 0;
    assert_int_equal(w->converter->begin(w->converter->ctx, &w->document, &w->fault), KITE_OK);
}

static enum kite_status work_through(struct work *w)
{
    enum kite_status status;

    do {
        uint32_t before = w->done_permille;

        status = w->converter->step(w->converter->ctx, &w->done_permille, &w->fault);
        assert_true(w->done_permille >= before && w->done_permille <= 1000);
        w->steps++;
    } while (status == KITE_OK);
    return status;
}

static void expect_title(struct work *w, const char *title)
{
    struct kite_bundle *bundle;
    const struct kite_source *source = w->converter->bundle(w->converter->ctx);

    assert_int_equal(kite_bundle_open(&w->mem, source, &bundle, &w->fault), KITE_OK);
    assert_int_equal(kite_bundle_verify(bundle, NULL, &w->fault), KITE_OK);
    assert_string_equal(kite_bundle_meta(bundle, 0, KITE_META_TITLE), title);
    kite_bundle_close(bundle);
}

#define PRESS { .program = KITE_BUILD "/kite-press" }

static void a_document_becomes_a_bundle(void **state)
{
    struct work w = PRESS;

    (void)state;
    work_open(&w, 20);
    assert_null(kite_converter_cage(w.process));
    work_begin(&w, "carta.html", essay, sizeof essay - 1);
    assert_int_equal(work_through(&w), KITE_DONE);
    assert_non_null(strstr(kite_converter_cage(w.process), "system calls"));
    assert_true(w.steps > 2);
    assert_int_equal(w.fetches, 1);
    assert_non_null(strstr(w.notes, "dot.png"));
    expect_title(&w, "Una carta");
    work_close(&w);
}

static void one_step_may_be_all_of_it(void **state)
{
    struct work w = PRESS;

    (void)state;
    work_open(&w, KITE_CONVERTER_UNTIL_OVER);
    work_begin(&w, "carta.html", essay, sizeof essay - 1);
    assert_int_equal(work_through(&w), KITE_DONE);
    assert_int_equal(w.steps, 1);
    expect_title(&w, "Una carta");
    work_close(&w);
}

static void what_cannot_be_read_is_said_and_the_next_one_is_read(void **state)
{
    struct work w = PRESS;

    (void)state;
    work_open(&w, 20);
    work_begin(&w, "paper.pdf", "%PDF-1.4\nnothing", 16);
    assert_int_equal(work_through(&w), KITE_E_FORMAT);
    assert_non_null(strstr(w.fault.text, "paper.pdf"));
    w.converter->end(w.converter->ctx);
    work_begin(&w, "carta.html", essay, sizeof essay - 1);
    assert_int_equal(work_through(&w), KITE_DONE);
    work_close(&w);
}

static void a_document_that_goes_away_is_given_up(void **state)
{
    struct work w = PRESS;

    (void)state;
    work_open(&w, 20);
    w.fails_at = 10;
    work_begin(&w, "carta.html", essay, sizeof essay - 1);
    assert_int_equal(work_through(&w), KITE_E_IO);
    work_close(&w);
}

static void an_end_in_the_middle_ends_the_child(void **state)
{
    struct work w = PRESS;
    int child;

    (void)state;
    work_open(&w, 0);
    work_begin(&w, "carta.html", essay, sizeof essay - 1);
    while (kite_converter_child(w.process) == 0)
        assert_int_equal(w.converter->step(w.converter->ctx, &w.done_permille, &w.fault), KITE_OK);
    child = kite_converter_child(w.process);
    assert_int_equal(kill(child, 0), 0);
    w.converter->end(w.converter->ctx);
    assert_int_not_equal(kill(child, 0), 0);
    work_close(&w);
}

/* In kite-press's place: a shell script. */
static void harm_is_a_sentence(void **state)
{
    static const char *const scripts[] = {
        "exit 0",
        "kill -SEGV $$",
        "head -c 100000 /dev/zero >&3",
        "printf '\\010\\001\\000\\000\\000\\002' >&3; exit 0",
        "exec 3>&-; sleep 1",
    };
    struct work w = { .program = "" };
    FILE *file;

    (void)state;
    snprintf(w.program, sizeof w.program, KITE_BUILD "/tests/converter-harm");
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        file = fopen(w.program, "w");
        assert_non_null(file);
        fprintf(file, "#!/bin/sh\n%s\n", scripts[i]);
        fclose(file);
        assert_int_equal(chmod(w.program, 0755), 0);
        work_open(&w, 20);
        work_begin(&w, "carta.html", essay, sizeof essay - 1);
        assert_int_equal(work_through(&w), KITE_E_FORMAT);
        assert_true(w.fault.text[0] != '\0');
        work_close(&w);
    }
    assert_int_equal(unlink(w.program), 0);
}

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_LIMIT false
#else
#define HAS_ADDRESS_LIMIT true
#endif

static void memory_that_runs_out_is_said(void **state)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_sandbox_program program = { .path = KITE_BUILD "/kite-press", .zopfli_iterations = -1, .memory_bytes = 200000 };
    struct kite_press_input input = { .name = "carta.html", .byte_count = sizeof essay - 1 };
    struct kite_buffer out = { .mem = mem };
    struct kite_sink sink = kite_sink_buffer(&out);
    struct kite_sandbox_run *run;
    struct kite_fault fault = { "" };
    FILE *file = tmpfile();
    enum kite_status status;

    (void)state;
    if (!HAS_ADDRESS_LIMIT)
        skip();
    assert_non_null(file);
    assert_int_equal(fwrite(essay, 1, sizeof essay - 1, file), sizeof essay - 1);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(kite_sandbox_run_open(&mem, &program, &input, fileno(file), NULL, NULL, &sink, &run, &fault), KITE_OK);
    do
        status = kite_sandbox_run_step(run, 100, &fault);
    while (status == KITE_OK);
    assert_int_equal(status, KITE_E_LIMIT);
    assert_string_equal(fault.text, "carta.html: reading it takes more memory than there is here");
    kite_sandbox_run_close(run);
    kite_buffer_close(&out);
    fclose(file);
}

static void without_kite_press_there_is_no_converter(void **state)
{
    struct kite_memory mem = kite_memory_heap();
    struct kite_converter_options options = { .program = KITE_BUILD "/no-such-program", .scratch = "/tmp" };
    struct kite_converter_process *process;
    struct kite_fault fault = { "" };

    (void)state;
    assert_int_equal(kite_converter_open(&mem, &options, &process, &fault), KITE_E_UNSUPPORTED);
    assert_null(process);
    assert_non_null(strstr(fault.text, "no-such-program"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_becomes_a_bundle),
        cmocka_unit_test(one_step_may_be_all_of_it),
        cmocka_unit_test(what_cannot_be_read_is_said_and_the_next_one_is_read),
        cmocka_unit_test(a_document_that_goes_away_is_given_up),
        cmocka_unit_test(an_end_in_the_middle_ends_the_child),
        cmocka_unit_test(harm_is_a_sentence),
        cmocka_unit_test(memory_that_runs_out_is_said),
        cmocka_unit_test(without_kite_press_there_is_no_converter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
