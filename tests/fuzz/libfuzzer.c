/* The same targets under libFuzzer, which sees what code an input reaches. CAROLINE_FUZZ names the target. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);

bool fuzz_loud, fuzz_hurried = true, fuzz_listed;
static const struct target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("CAROLINE_FUZZ");

    (void)argc;
    (void)argv;
    for (const struct target *const *at = targets; name && *at; at++)
        if (strcmp((*at)->name, name) == 0)
            target = *at;
    if (!target) {
        fputs("CAROLINE_FUZZ names no target\n", stderr);
        exit(64);
    }
    if (target->open)
        target->open();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    target->run(bytes_of(data, size));
    return 0;
}

/* Mostly by meaning, and now and then anew; else as libFuzzer does it, which knows what the code compared with. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
    struct chance chance = chance_of(seed);
    struct buffer input = { 0 };
    bool changed = false;

    if (target->make && (size <= 1 || one_in(&chance, 40))) {
        target->make(&chance, &input);
        changed = true;
    } else if (target->mutate && !one_in(&chance, 4)) {
        put(&input, data, size);
        changed = target->mutate(&chance, &input);
    }
    changed = changed && input.size > 0 && input.size <= size_max;
    if (changed) {
        memcpy(data, input.data, input.size);
        size = input.size;
    }
    buffer_fini(&input);
    return changed ? size : LLVMFuzzerMutate(data, size, size_max);
}
