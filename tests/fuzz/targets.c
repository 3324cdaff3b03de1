/* The table of all targets. */
#include "target.h"

#define TARGET_LIST(X)                                                                                                 \
    X(text)                                                                                                            \
    X(config)                                                                                                          \
    X(options)                                                                                                         \
    X(zone)                                                                                                            \
    X(csv)                                                                                                             \
    X(replay)                                                                                                          \
    X(message)                                                                                                         \
    X(frame)                                                                                                           \
    X(delta)                                                                                                           \
    X(catalogue_file)                                                                                                  \
    X(receipt)                                                                                                         \
    X(keys)                                                                                                            \
    X(tls)                                                                                                             \
    X(server)

#define X(name) extern const struct target target_##name;
TARGET_LIST(X)
#undef X

#define X(name) &target_##name,
const struct target *const targets[] = { TARGET_LIST(X) NULL };
#undef X
