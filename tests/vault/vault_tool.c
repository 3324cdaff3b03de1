/* The vault from a command line, for tests that look at its files from outside.
 *
 *   vault_tool DIRECTORY MIRROR COMMAND [ARGUMENT ...]       exits 0, or 1 with the problem on standard error */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/vault/vault.h"

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
    int code = run(vault, argument + 3, count - 3, arena);
    arena_destroy(arena);
    vault_close(vault);
    return code;
}
