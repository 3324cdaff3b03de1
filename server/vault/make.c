/* The making of a vault, which may be cut short at any moment: the next takes away what it left, and begins again. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/failpoint.h"
#include "server/vault/inner.h"

static bool is_there(const char *path)
{
    char target[1];

    return access(path, F_OK) == 0 || readlink(path, target, sizeof target) >= 0;
}

bool vault_is_finished(const struct vault_paths *paths, const char **problem)
{
    return !is_there(paths->unfinished) ||
           problem_is(problem, "%s is there: the vault was never finished; caroline-server --init makes it anew",
                      paths->unfinished);
}

bool vault_is_made(const char *directory)
{
    struct vault_paths *paths = calloc(1, sizeof *paths);
    const char *problem;
    bool made = paths && vault_paths_fill(paths, directory, NULL, &problem) && is_there(paths->pepper) &&
                vault_is_finished(paths, &problem);

    free(paths);
    return made;
}

/* With what file_write() and SQLite put beside it. */
static void delete_all_of(const char *path)
{
    static const char *const endings[] = { "", ".new", "-journal" };
    char beside[PATH_SIZE + 16];

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, endings[i]);
        unlink(beside);
    }
}

/* Nobody has seen a key of it: it never opened. The mirror is its own when it is the one that it set out to make. */
static void clear_away(const struct vault_paths *paths)
{
    const char *const files[] = { paths->pepper, paths->blind, paths->token, paths->epoch, paths->sign,
                                  paths->lock,   paths->keys,  paths->ca,    paths->ca_key };
    char mirror[PATH_SIZE];
    ssize_t size = readlink(paths->unfinished, mirror, sizeof mirror - 1);

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        delete_all_of(files[i]);
    if (size > 0 && (size_t)size == strlen(paths->mirror) && memcmp(mirror, paths->mirror, (size_t)size) == 0)
        delete_all_of(paths->mirror);
}

/* The mark is a symbolic link, for that is there at once with what it says: where the mirror will be. */
static bool begin(const struct vault_paths *paths, const char *directory, const char **problem)
{
    if (is_there(paths->unfinished)) {
        clear_away(paths);
        unlink(paths->unfinished);
    }
    if (!directory_make(directory, problem))
        return false;
    if (is_there(paths->mirror))
        return problem_is(problem, "%s is there already: nothing was changed", paths->mirror);
    return (symlink(paths->mirror, paths->unfinished) == 0 && directory_sync_of(paths->unfinished)) ||
           problem_is(problem, "could not make %s: %s", paths->unfinished, strerror(errno));
}

static bool end(const struct vault_paths *paths, const char **problem)
{
    return (unlink(paths->unfinished) == 0 && directory_sync_of(paths->unfinished)) ||
           problem_is(problem, "could not delete %s: %s", paths->unfinished, strerror(errno));
}

static bool secret_create(const char *path, struct entropy *entropy, const char **problem)
{
    uint8_t secret[SECRET_SIZE];
    entropy->fill(entropy, secret, sizeof secret);
    bool written = file_write(path, bytes_of(secret, sizeof secret), 0600, problem);
    sodium_memzero(secret, sizeof secret);
    return written;
}

static bool make_all(const struct vault_paths *paths, const char *directory, const char *shop_name,
                     struct entropy *entropy, struct clock *clock, const char **problem)
{
    bool made = begin(paths, directory, problem);
    FAILPOINT(vault_begun);
    made = made && secret_create(paths->pepper, entropy, problem) && secret_create(paths->blind, entropy, problem) &&
           secret_create(paths->token, entropy, problem) && secret_create(paths->epoch, entropy, problem) &&
           sign_key_create(paths->sign, entropy, problem);
    FAILPOINT(vault_secrets);
    made = made && file_make(paths->lock, problem) && keystore_create(paths->keys, paths->mirror, entropy, problem);
    FAILPOINT(vault_keys);
    made = made && ca_create(paths->ca, paths->ca_key, shop_name, entropy, clock->now(clock), problem) &&
           end(paths, problem);
    FAILPOINT(vault_made);
    return made;
}

bool vault_create(const char *directory, const char *mirror, const char *shop_name, struct entropy *entropy,
                  struct clock *clock, const char **problem)
{
    struct vault_paths *paths = calloc(1, sizeof *paths);
    if (!paths || sodium_init() < 0) {
        free(paths);
        return problem_is(problem, "could not make the vault: libsodium does not start");
    }
    bool made = vault_paths_fill(paths, directory, mirror, problem) &&
                make_all(paths, directory, shop_name, entropy, clock, problem);
    free(paths);
    return made;
}
