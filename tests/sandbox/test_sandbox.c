/* The press in its cage: the same bundles as outside; a cage that holds; and children that do every harm they can. */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "../press/pack.h"

#include "sandbox/channel.h"
#include "sandbox/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char essay[] = "# A title\n\nA text with a picture, a note[^1] and a tag: <b>bold</b>.\n\n![one dot](dot.png)\n\n"
                            "[^1]: The note, in the same language as the text above it.\n";
static const char plain[] = "A plain text of some length, so that it is a text and not a title of one.\n\nIt has two paragraphs.\n";

/* A gray PNG of one pixel. */
static const uint8_t dot[] = { 0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0,    0,    0,    13,   'I', 'H',  'D',  'R',  0,
                               0,    0,    1,    0,    0,    0,    1,    8,    0,    0,    0,    0,    0x3a, 0x7e, 0x9b, 0x55, 0,
                               0,    0,    10,   'I',  'D',  'A',  'T',  0x78, 0x9c, 0x63, 0x68, 0,    0,   0,    0x82, 0,    0x81,
                               0x77, 0xcd, 0x72, 0xb6, 0,    0,    0,    0,    'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82 };

static enum kite_status fetch_dot(void *ctx, const char *reference, uint8_t **bytes, size_t *count)
{
    struct kite_memory heap = kite_memory_heap();

    ++*(int *)ctx;
    if (strcmp(reference, "dot.png") != 0)
        return KITE_E_RANGE;
    *bytes = kite_alloc(&heap, sizeof dot, 1);
    memcpy(*bytes, dot, sizeof dot);
    *count = sizeof dot;
    return KITE_OK;
}

/* ---- the press inside ----------------------------------------------------------------------------------- */

struct caged {
    struct kite_buffer file;
    struct kite_fault fault;
    enum kite_sandbox_level level;
    char report[4000];
    size_t started;
    uint64_t steps;
};

static void caged_note(void *ctx, enum kite_press_note_kind kind, const char *name, uint32_t line, const char *sentence)
{
    struct caged *c = ctx;
    size_t used = strlen(c->report);

    (void)name;
    snprintf(c->report + used, sizeof c->report - used, "%s %u: %s\n", kind == KITE_PRESS_WARNING ? "warning" : "note",
             (unsigned)line, sentence);
}

static void caged_started(void *ctx, size_t input)
{
    struct caged *c = ctx;

    assert_int_equal(input, c->started);
    c->started++;
}

static void caged_step(void *ctx, uint64_t done, uint64_t total)
{
    struct caged *c = ctx;

    assert_true(done <= total);
    c->steps++;
}

static const struct kite_press_options fast = { .zopfli_iterations = -1 };

static enum kite_status pack_caged(struct caged *c, sandbox_work *run, const struct kite_press_input *inputs, size_t count)
{
    struct kite_memory heap = kite_memory_heap();
    struct kite_sandbox_options options = { .press = &fast, .input_cpu_s = 1, .bundle_bytes = 1 << 20 };
    struct child_work work = { &heap, inputs, count, &fast };
    struct kite_press_report report = { .ctx = c, .started = caged_started, .note = caged_note };
    struct kite_progress progress = { c, caged_step };
    struct kite_sink sink = kite_sink_buffer(&c->file);

    *c = (struct caged){ .file = { .mem = heap } };
    if (run)
        return sandbox_pack(run, &work, &options, &report, &progress, &sink, &c->level, &c->fault);
    options.input_cpu_s = 0;
    return kite_sandbox_pack(&heap, inputs, count, &options, &report, &progress, &sink, &c->level, &c->fault);
}

static void a_bundle_comes_out_as_it_does_outside(void **state)
{
    int fetches = 0;
    struct kite_press_input inputs[] = {
        { "essay.md", (const uint8_t *)essay, sizeof essay - 1, &fetches, fetch_dot },
        { "plain.txt", (const uint8_t *)plain, sizeof plain - 1, NULL, NULL },
    };
    struct packed outside;
    struct caged c;

    (void)state;
    assert_int_equal(pack_inputs(&outside, inputs, 2, &fast), KITE_OK);
    assert_int_equal(fetches, 1);
    assert_int_equal(pack_caged(&c, NULL, inputs, 2), KITE_OK);
    assert_int_equal(fetches, 2);
    assert_int_equal(c.file.count, outside.file.count);
    assert_memory_equal(c.file.bytes, outside.file.bytes, c.file.count);
    assert_string_equal(c.report, outside.report);
    assert_int_equal(c.started, 2);
    assert_true(c.steps > 0);
    assert_true(c.level >= KITE_SANDBOX_CALLS); /* every kernel that the tests run on has seccomp */
    kite_buffer_close(&c.file);
    packed_close(&outside);
}

static void what_the_press_refuses_is_refused_with_its_words(void **state)
{
    struct kite_press_input input = { "paper.pdf", (const uint8_t *)"%PDF-1.4", 8, NULL, NULL };
    struct packed outside;
    struct caged c;
    enum kite_status status;

    (void)state;
    status = pack_inputs(&outside, &input, 1, &fast);
    assert_int_equal(pack_caged(&c, NULL, &input, 1), status);
    assert_string_equal(c.fault.text, outside.fault.text);
    assert_int_equal(c.file.count, 0);
    packed_close(&outside);
}

/* ---- the cage --------------------------------------------------------------------------------------------- */

/* Each gives true when it could be done. */
static bool can_open(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0 || open("/dev/null", O_WRONLY) >= 0;
}
static bool can_create(void)
{
    return open(KITE_BUILD "/tests/sandbox-made", O_CREAT | O_WRONLY, 0600) >= 0 || mkdir(KITE_BUILD "/tests/sandbox-made.d", 0700) == 0;
}
static bool can_remove(void)
{
    return unlink(KITE_BUILD "/tests/sandbox-keep") == 0 || rename(KITE_BUILD "/tests/sandbox-keep", KITE_BUILD "/tests/sandbox-gone") == 0;
}
static bool can_connect(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}
static bool can_start(void)
{
    return fork() >= 0;
}
static bool can_become(void)
{
    char *const arguments[] = { (char[]){ "true" }, NULL };

    return execv("/bin/true", arguments) == 0;
}
static bool can_kill(void)
{
    return kill(getppid(), 0) == 0;
}
static bool can_run_data(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}
static bool can_listen_elsewhere(void)
{
    for (int descriptor = 4; descriptor < 256; descriptor++) {
        char byte;

        if (read(descriptor, &byte, 1) >= 0)
            return true;
    }
    return false;
}

static bool (*const deeds[])(void) = { can_open, can_create, can_remove, can_connect, can_start, can_become, can_kill, can_run_data,
                                       can_listen_elsewhere };
#define DEEDS (sizeof deeds / sizeof *deeds)

static int try_deed(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)socket;
    (void)level;
    return (*(bool (*const *)(void))ctx)() ? 1 : 0;
}

static void the_cage_holds(void **state)
{
    struct kite_sandbox_limits limits = { 64 << 20, 10 };
    int keep = open(KITE_BUILD "/tests/sandbox-keep", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    (void)state;
    assert_true(keep >= 0);
    for (size_t i = 0; i < DEEDS; i++) {
        bool (*deed)(void) = deeds[i];
        int socket, child, ended;

        assert_int_equal(kite_sandbox_start(&limits, &deed, try_deed, &socket, &child, NULL), KITE_OK);
        assert_int_equal(waitpid(child, &ended, 0), child);
        close(socket);
        if (!WIFEXITED(ended) || WEXITSTATUS(ended) != 0)
            fail_msg("deed %u got through: %d", (unsigned)i, ended);
    }
    close(keep);
    assert_int_equal(unlink(KITE_BUILD "/tests/sandbox-keep"), 0);
    assert_int_not_equal(access(KITE_BUILD "/tests/sandbox-made", F_OK), 0);
}

/* ---- children that do harm ---------------------------------------------------------------------------------- */

static void say(int socket, enum message_kind kind, const void *body, size_t bytes)
{
    if (channel_send(socket, kind, body, bytes, NULL, 0))
        _exit(0);
}

static int crash(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    (void)level;
    say(socket, MESSAGE_STARTED, (uint8_t[4]){ 0 }, 4);
    signal(SIGABRT, SIG_DFL);
    abort();
}
static int hang(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    say(socket, MESSAGE_STARTED, (uint8_t[4]){ 0 }, 4);
    for (volatile unsigned i = 0; level <= KITE_SANDBOX_FILES; i++)
        ;
    return 0;
}
static int wait_for_ever(void *ctx, int socket, enum kite_sandbox_level level)
{
    char byte;

    (void)ctx;
    (void)level;
    return recv(socket, &byte, 1, 0) > 0;
}
static int end_at_once(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    (void)level;
    say(socket, MESSAGE_END, (uint8_t[1]){ KITE_OK }, 1);
    return 0;
}
static int give_up_without_a_word(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    (void)level;
    say(socket, MESSAGE_END, (uint8_t[1]){ KITE_E_DAMAGED }, 1);
    return 0;
}
static int start_twice(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    (void)level;
    for (int i = 0; i < 1000; i++)
        say(socket, MESSAGE_STARTED, (uint8_t[4]){ 0 }, 4);
    return 0;
}
static int give_no_bundle(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    (void)level;
    say(socket, MESSAGE_STARTED, (uint8_t[4]){ 0 }, 4);
    say(socket, MESSAGE_BUNDLE, "this is no bundle", 17);
    say(socket, MESSAGE_END, (uint8_t[1]){ KITE_OK }, 1);
    return 0;
}
static int give_without_end(void *ctx, int socket, enum kite_sandbox_level level)
{
    static const uint8_t bytes[MESSAGE_BODY_BYTES_MAX];

    (void)ctx;
    (void)level;
    say(socket, MESSAGE_STARTED, (uint8_t[4]){ 0 }, 4);
    for (int i = 0; i < 1000; i++)
        say(socket, MESSAGE_BUNDLE, bytes, sizeof bytes);
    return 0;
}
static int claim_much(void *ctx, int socket, enum kite_sandbox_level level)
{
    uint8_t head[MESSAGE_HEAD_BYTES] = { MESSAGE_BUNDLE, 0xff, 0xff, 0xff, 0xff };

    (void)ctx;
    (void)level;
    send(socket, head, sizeof head, MSG_NOSIGNAL);
    return 0;
}
static int say_strange_things(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    (void)level;
    say(socket, MESSAGE_STARTED, (uint8_t[4]){ 0 }, 4);
    say(socket, MESSAGE_NOTE, "\0\0\0\0\0\0\0\0\0\xff\xfe not UTF-8", 20);
    return 0;
}
static int draw_before_it_starts(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    (void)level;
    say(socket, MESSAGE_PAGE, "", 0);
    return 0;
}
static int draw_pages_without_end(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    (void)level;
    say(socket, MESSAGE_STARTED, (uint8_t[4]){ 0 }, 4);
    for (int i = 0; i < 100000; i++)
        say(socket, MESSAGE_PAGE, "", 0);
    return 0;
}
static int fetch_with_a_zero(void *ctx, int socket, enum kite_sandbox_level level)
{
    (void)ctx;
    (void)level;
    say(socket, MESSAGE_STARTED, (uint8_t[4]){ 0 }, 4);
    say(socket, MESSAGE_FETCH, "dot.png\0../../etc/passwd", 24);
    return 0;
}
static int babble(void *ctx, int socket, enum kite_sandbox_level level)
{
    const struct child_work *work = ctx;
    uint64_t random = work->inputs[0].byte_count * 2654435761u + 1;

    (void)level;
    for (int i = 0; i < 64; i++) {
        uint8_t bytes[64];

        for (size_t k = 0; k < sizeof bytes; k++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            bytes[k] = (uint8_t)(random >> 56);
        }
        say(socket, (enum message_kind)(1 + bytes[0] % 9), bytes + 1, bytes[1] % 60);
    }
    return 0;
}

static void harm_becomes_a_sentence(void **state)
{
    static const struct {
        sandbox_work *run;
        enum kite_status status;
    } cases[] = {
        { crash, KITE_E_FORMAT },         { hang, KITE_E_LIMIT },           { wait_for_ever, KITE_E_LIMIT },
        { end_at_once, KITE_E_FORMAT },   { start_twice, KITE_E_FORMAT },   { give_no_bundle, KITE_E_FORMAT },
        { give_without_end, KITE_E_LIMIT }, { claim_much, KITE_E_FORMAT },  { say_strange_things, KITE_E_FORMAT },
        { fetch_with_a_zero, KITE_E_FORMAT }, { draw_before_it_starts, KITE_E_FORMAT }, { draw_pages_without_end, KITE_E_FORMAT },
        { give_up_without_a_word, KITE_E_DAMAGED },
    };
    int fetches = 0;
    struct kite_press_input input = { "letter.md", (const uint8_t *)plain, sizeof plain - 1, &fetches, fetch_dot };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct caged c;
        enum kite_status status = pack_caged(&c, cases[i].run, &input, 1);

        if (status != cases[i].status)
            fail_msg("case %u gave %s: %s", (unsigned)i, kite_status_text(status), c.fault.text);
        assert_true(c.fault.text[0] != '\0');
        assert_int_equal(c.file.count, 0);
        kite_buffer_close(&c.file);
    }
    assert_int_equal(fetches, 0);
}

static void babble_is_refused(void **state)
{
    (void)state;
    for (size_t seed = 1; seed <= 200; seed++) {
        int fetches = 0;
        struct kite_press_input input = { "letter.md", (const uint8_t *)plain, seed % sizeof plain, &fetches, fetch_dot };
        struct caged c;

        assert_int_not_equal(pack_caged(&c, babble, &input, 1), KITE_OK);
        assert_int_equal(c.file.count, 0);
        kite_buffer_close(&c.file);
    }
}

/* ---- memory ---------------------------------------------------------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ADDRESS_LIMIT false
#else
#define HAS_ADDRESS_LIMIT true
#endif

static int take_memory(void *ctx, int socket, enum kite_sandbox_level level)
{
    size_t taken = 0;

    (void)ctx;
    (void)socket;
    (void)level;
    while (taken < 256 && malloc(1 << 20))
        taken++;
    return taken < 80 ? 1 : 0;
}

static void memory_is_bounded(void **state)
{
    struct kite_sandbox_limits limits = { 64 << 20, 10 };
    int socket, child, ended;

    (void)state;
    if (!HAS_ADDRESS_LIMIT)
        skip();
    assert_int_equal(kite_sandbox_start(&limits, NULL, take_memory, &socket, &child, NULL), KITE_OK);
    assert_int_equal(waitpid(child, &ended, 0), child);
    close(socket);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_comes_out_as_it_does_outside),
        cmocka_unit_test(what_the_press_refuses_is_refused_with_its_words),
        cmocka_unit_test(the_cage_holds),
        cmocka_unit_test(harm_becomes_a_sentence),
        cmocka_unit_test(babble_is_refused),
        cmocka_unit_test(memory_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
