/* host: the only place of the programs that touches files, over POSIX. The table of file operations
 * through which all goes that a device stores; for commands, reading into memory or at random, and
 * writing so that a reader sees the old file or the new one and nothing between; fetching pictures
 * from the folder of a text, fonts. */
#ifndef KITE_HOST_HOST_H
#define KITE_HOST_HOST_H

#include "text/text.h"

/* Largest input that is taken into memory. */
#define KITE_INPUT_BYTES_MAX (256u << 20)
#define KITE_PICTURE_FILE_BYTES_MAX (64u << 20)

/* Makes no folders. Needs no state. */
struct kite_io kite_io_posix(void);

/* The whole of a file, or of standard input for "-". out->mem must be set; out is added to.
 * KITE_E_IO, KITE_E_LIMIT, KITE_E_NOMEM. */
enum kite_status kite_file_read(const char *path, struct kite_buffer *out,
                                struct kite_fault *fault);

/* A source over a file; "-" is read into memory first. `file` must not move while the source is in
 * use. */
struct kite_file {
    int descriptor; /* -1: what was read into memory */
    struct kite_buffer held;
    struct kite_span_bytes span;
    struct kite_source source;
};
enum kite_status kite_file_open(const struct kite_memory *mem, const char *path,
                                struct kite_file *file, struct kite_fault *fault);
void kite_file_close(struct kite_file *file);
/* A new file of its owner alone and without a name: it is gone with its last descriptor, whatever
 * happens. path is where its name is for a moment; what lies there goes. KITE_E_LIMIT: it cannot be
 * made. */
enum kite_status kite_scratch_open(const struct kite_memory *mem, const char *path,
                                   struct kite_file *file);
/* Add to its end. KITE_E_LIMIT: there is no room. */
enum kite_status kite_scratch_write(struct kite_file *file, const uint8_t *bytes, size_t count);

/* Where a verb writes. Path "-" is standard output. Any other path appears, or changes, at commit
 * only: bytes go to a file beside it, which is flushed to the disk and then takes its name. */
struct kite_output {
    struct kite_memory mem;
    const char *path;
    char *beside; /* the temporary file's path; NULL for standard output, devices and pipes */
    int descriptor;
    enum kite_status status; /* the first failure; what comes after it is dropped, and commit tells of it */
    int error;               /* errno of that failure */
    struct kite_buffer held;
};
enum kite_status kite_output_open(const struct kite_memory *mem, const char *path,
                                  struct kite_output *out, struct kite_fault *fault);
struct kite_sink kite_output_sink(struct kite_output *out);
/* printf to it; a failure is kept for commit. */
void kite_output_print(struct kite_output *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Flush and take the name, unless something failed before. The output is closed either way. */
enum kite_status kite_output_commit(struct kite_output *out, struct kite_fault *fault);
/* Leave everything as it was; fine after commit. */
void kite_output_drop(struct kite_output *out);

/* Make a new file of its owner alone when is_private, flushed to the disk. KITE_E_IO: also when there is a file of that name. */
enum kite_status kite_file_create(const char *path, const void *bytes, size_t count, bool is_private,
                                  struct kite_fault *fault);
/* Ask for a password on the terminal, unseen, twice when is_new. out holds KITE_PASSWORD_BYTES_MAX + 1 bytes; wipe it.
 * KITE_E_IO: there is no terminal; KITE_E_RANGE: empty, too long, or not the same twice. */
#define KITE_PASSWORD_BYTES_MAX 1023u
enum kite_status kite_password_ask(const char *prompt, bool is_new, char *out, struct kite_fault *fault);
/* The same from a file's first line. KITE_E_IO, KITE_E_RANGE. */
enum kite_status kite_password_read(const char *path, char *out, struct kite_fault *fault);

/* Both name one file that is there. */
bool kite_files_are_same(const char *a, const char *b);
/* Make a folder unless it is there. */
enum kite_status kite_folder_make(const char *path, struct kite_fault *fault);

/* The folder a text lies in, to fetch the pictures it names. */
struct kite_folder {
    struct kite_memory mem;
    int descriptor;
};
/* text_path "-" gives a folder from which nothing can be had. */
enum kite_status kite_folder_open(const struct kite_memory *mem, const char *text_path,
                                  struct kite_folder *folder, struct kite_fault *fault);
void kite_folder_close(struct kite_folder *folder);
/* For struct kite_press_input; ctx is the folder. Only regular files in it or below it can be had:
 * references that are absolute, go up, name a scheme or pass a symbolic link are refused with
 * KITE_E_RANGE. %XX is decoded. */
enum kite_status kite_folder_fetch(void *ctx, const char *reference, uint8_t **bytes,
                                   size_t *count);

/* The path of what lies beside the running program, which was called as `called`; "" is its folder. false: too long. */
bool kite_program_beside(const char *called, const char *name, char *out, size_t out_bytes);

/* Fonts: the folder that was asked for, else KITE_FONTS, else fonts/ beside the program, else
 * ../share/kite/fonts from there. The loader maps the files and lends their bytes until close. */
struct kite_font_files;
enum kite_status kite_font_files_open(const struct kite_memory *mem, const char *asked,
                                      const char *program, struct kite_font_files **out,
                                      struct kite_fault *fault);
void kite_font_files_close(struct kite_font_files *files);
struct kite_font_loader kite_font_files_loader(struct kite_font_files *files);
/* KITE_OK, or why some file that is there could not be read: text may then have been set in another font. */
enum kite_status kite_font_files_trouble(const struct kite_font_files *files);

/* Standard error is a terminal. */
bool kite_error_is_terminal(void);
/* Path names standard output, and that is a terminal: no place for what is not text. */
bool kite_output_is_terminal(const char *path);

#endif
