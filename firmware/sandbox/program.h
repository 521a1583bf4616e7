/* program: how kite-press is started. Private to the sandbox. */
#ifndef KITE_SANDBOX_PROGRAM_H
#define KITE_SANDBOX_PROGRAM_H

#define PROGRAM_SOCKET 3 /* descriptors */
#define PROGRAM_DOCUMENT 4

/* Its arguments behind its own name; all but the name are numbers. */
enum program_argument {
    ARGUMENT_NAME = 1,
    ARGUMENT_BYTES, /* of the document */
    ARGUMENT_HAS_FETCH,
    ARGUMENT_WIDTH_PX,
    ARGUMENT_HEIGHT_PX,
    ARGUMENT_ZOPFLI,
    ARGUMENT_MEMORY_BYTES,
    ARGUMENT_COUNT
};

#endif
