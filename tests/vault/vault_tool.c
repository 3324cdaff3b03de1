/* The vault from a command line, for tests that look at its files from outside.
 *
 *   vault_tool DIRECTORY MIRROR COMMAND [ARGUMENT ...]       exits 0, or 1 with the problem on standard error */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/vault/epochs.h"
#include "server/vault/keyfile.h"

static void print_hex(struct bytes bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        printf("%02x", bytes.data[i]);
    putchar('\n');
}

static struct bytes read_input(struct arena *arena)
{
    uint8_t *data = arena_alloc(arena, 65536);
    return bytes_of(data, fread(data, 1, 65536, stdin));
}

static int issue(struct vault *vault, int64_t device, int64_t days, struct arena *arena)
{
    static const char *const verdicts[] = { "ok", "bad request", "bad key" };
    struct bytes certificate;
    uint8_t key_hash[32];
    struct instant now = system_clock()->now(system_clock());
    struct instant expiry = { now.us + days * DAY_S * SECOND_US };
    enum certificate_verdict verdict =
        vault_certificate_issue(vault, read_input(arena), device, now, expiry, arena, &certificate, key_hash);

    puts(verdicts[verdict]);
    if (verdict == CERTIFICATE_OK) {
        print_hex(certificate);
        print_hex(bytes_of(key_hash, sizeof key_hash));
    }
    return 0;
}

/* ---- a key store of very many, at once ---- */

static uint64_t drawn(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static bool put_drawn(sqlite3 *file, sqlite3_stmt *insert, int64_t first, int64_t count, int64_t epoch,
                      const uint8_t wrapping[SECRET_SIZE], uint64_t seed)
{
    bool put = sqlite3_exec(file, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;

    for (int64_t id = first; put && id < first + count; id++) {
        uint64_t key[PERSON_KEY_SIZE / 8];
        uint8_t wrapped[WRAPPED_SIZE];

        for (size_t i = 0; i < PERSON_KEY_SIZE / 8; i++)
            key[i] = drawn(&seed);
        key_wrap(wrapping, (const uint8_t *)key, wrapped);
        sqlite3_bind_int64(insert, 1, id);
        sqlite3_bind_int64(insert, 2, epoch);
        sqlite3_bind_blob(insert, 3, wrapped, sizeof wrapped, SQLITE_STATIC);
        put = sqlite3_step(insert) == SQLITE_DONE;
        sqlite3_reset(insert);
    }
    return put && sqlite3_exec(file, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

/* keys FIRST COUNT SEED: into both files alike and past their history, which says nothing of rows; while no server has them open. */
static int put_keys(char **argument)
{
    int64_t first = atoll(argument[4]), count = atoll(argument[5]);
    uint64_t seed = strtoull(argument[6], NULL, 10);
    struct vault_paths paths;
    uint8_t wrapping[SECRET_SIZE];
    int64_t oldest, epoch;
    const char *problem;
    struct epochs *epochs = epochs_create(argument[1]);
    bool done = vault_paths_fill(&paths, argument[1], argument[2], &problem) &&
                epochs_range(epochs, &oldest, &epoch, &problem) && epochs_key(epochs, epoch, wrapping);

    for (int i = 0; i < 2 && done; i++) {
        sqlite3 *file = NULL;
        sqlite3_stmt *insert = NULL;
        done = sqlite3_open_v2(i == 0 ? paths.keys : paths.mirror, &file, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
               sqlite3_prepare_v2(file, "INSERT INTO person VALUES (?1, ?2, ?3)", -1, &insert, NULL) == SQLITE_OK &&
               put_drawn(file, insert, first, count, epoch, wrapping, seed);
        sqlite3_finalize(insert);
        sqlite3_close(file);
    }
    epochs_destroy(epochs);
    return done ? 0 : 1;
}

/* How long the erasure of one is, with as many keys as there are. */
static int erase_timed(struct vault *vault, int64_t id)
{
    struct clock *clock = system_clock();
    int64_t begun_us = clock->now(clock).us;
    bool erased = vault_person_erase(vault, &id, 1);

    printf("%lld\n", (long long)(clock->now(clock).us - begun_us) / 1000);
    return erased ? 0 : 1;
}

static int run(struct vault *vault, char **argument, int count, struct arena *arena)
{
    const char *command = argument[0], *problem;
    uint8_t out[80];

    if (!strcmp(command, "open"))
        return 0;
    if (!strcmp(command, "add") && count == 2)
        return vault_person_create(vault, atoll(argument[1])) ? 0 : 1;
    if (!strcmp(command, "drop") && count == 2) {
        vault_person_drop(vault, atoll(argument[1]));
        return 0;
    }
    if (!strcmp(command, "erase") && count == 2)
        return vault_person_erase(vault, &(int64_t){ atoll(argument[1]) }, 1) ? 0 : 1;
    if (!strcmp(command, "erase_timed") && count == 2) /* in milliseconds */
        return erase_timed(vault, atoll(argument[1]));
    if (!strcmp(command, "list")) {
        int64_t ids[1000];
        size_t found = vault_person_list(vault, 0, ids, 1000);
        for (size_t i = 0; i < found; i++)
            printf("%lld\n", (long long)ids[i]);
        return 0;
    }
    if (!strcmp(command, "fill")) { /* forever: each id is printed once its key is on the disk */
        for (int64_t id = atoll(argument[1]); vault_person_create(vault, id); id++) {
            printf("%lld\n", (long long)id);
            fflush(stdout);
        }
        return 1;
    }
    if (!strcmp(command, "seal") && count == 4) {
        enum vault_field field = (enum vault_field)atoi(argument[2]);
        print_hex(vault_seal(vault, atoll(argument[1]), field, bytes_of_text(argument[3]), arena));
        return 0;
    }
    if (!strcmp(command, "blind") && count == 3) {
        vault_blind(vault, (enum vault_blind)atoi(argument[1]), bytes_of_text(argument[2]), out);
        print_hex(bytes_of(out, BLIND_SIZE));
        return 0;
    }
    if (!strcmp(command, "pin") && count == 2) {
        char hash[128];
        bool hashed = vault_pin_hash(vault, argument[1], hash);
        puts(hash);
        return !hashed;
    }
    if (!strcmp(command, "sign")) {
        vault_sign(vault, read_input(arena), out, out + 64);
        print_hex(bytes_of(out, 72));
        fputs(vault_public_key(vault), stdout);
        return 0;
    }
    if (!strcmp(command, "issue") && count == 3)
        return issue(vault, atoll(argument[1]), atoll(argument[2]), arena);
    if (!strcmp(command, "server") && count >= 4) {
        struct instant now = system_clock()->now(system_clock());
        if (vault_server_certificate(vault, (const char *const *)argument + 3, (size_t)count - 3, now, argument[1],
                                     argument[2], &problem))
            return 0;
        fprintf(stderr, "%s\n", problem);
        return 1;
    }
    if (!strcmp(command, "renew") && count == 4) { /* as of so many days from now */
        bool renewed;
        struct instant then = { system_clock()->now(system_clock()).us + atoll(argument[3]) * DAY_S * SECOND_US };
        if (vault_server_certificate_renew(vault, then, argument[1], argument[2], &renewed, &problem)) {
            puts(renewed ? "renewed" : "good");
            return 0;
        }
        fprintf(stderr, "%s\n", problem);
        return 1;
    }
    if (!strcmp(command, "name")) {
        puts(vault_server_name(vault));
        return 0;
    }
    if (!strcmp(command, "fingerprint")) {
        vault_ca_fingerprint(vault, out);
        print_hex(bytes_of(out, 10));
        return 0;
    }
    fprintf(stderr, "unknown command %s\n", command);
    return 2;
}

int main(int count, char **argument)
{
    const char *problem;
    if (count < 4)
        return 2;
    if (!strcmp(argument[3], "create")) {
        if (vault_create(argument[1], argument[2], argument[4], system_entropy(), system_clock(), &problem))
            return 0;
        fprintf(stderr, "%s\n", problem);
        return 1;
    }
    struct vault *vault = vault_open(argument[1], argument[2], PIN_COST_SHOP, system_entropy(), &problem);
    if (!vault) {
        fprintf(stderr, "%s\n", problem);
        return 1;
    }
    struct arena *arena = arena_create(0);
    int code =
        !strcmp(argument[3], "keys") && count == 7 ? put_keys(argument) : run(vault, argument + 3, count - 3, arena);
    arena_destroy(arena);
    vault_close(vault);
    return code;
}
