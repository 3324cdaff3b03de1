/* A new vault in a directory of its own, for a test; gone behind it. */
#ifndef CAROLINE_TESTS_VAULT_FIXTURE_H
#define CAROLINE_TESTS_VAULT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/vault/vault.h"

struct fixture {
    char directory[64], file[128], mirror[128];
    struct vault *vault;
    struct arena *arena;
    const char *problem;
};

static inline void fixture_open(struct fixture *f)
{
    f->vault = vault_open(f->directory, "", PIN_COST_TEST, system_entropy(), &f->problem);
}

static inline void fixture_close(struct fixture *f)
{
    vault_close(f->vault);
    f->vault = NULL;
}

static inline int fixture_begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->directory, "/tmp/caroline-vault-XXXXXX");
    if (!mkdtemp(f->directory))
        return -1;
    snprintf(f->file, sizeof f->file, "%s/keys.sqlite", f->directory);
    snprintf(f->mirror, sizeof f->mirror, "%s/keys.mirror", f->directory);
    if (!vault_create(f->directory, "", "Caroline's Cookies", system_entropy(), system_clock(), &f->problem))
        return -1;
    fixture_open(f);
    f->arena = arena_create(0);
    *state = f;
    return f->vault ? 0 : -1;
}

static inline int fixture_end(void **state)
{
    struct fixture *f = *state;
    char command[128];
    fixture_close(f);
    arena_destroy(f->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", f->directory);
    int code = system(command);
    free(f);
    return code;
}

#define VAULT_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_begin, fixture_end)

#endif
