/* What a member brings from the shop before this one, by the names that sign-in knows. */
#include "server/vault/django_hash.h"
#include "server/vault/vault.h"

bool vault_old_password_known(const char *hash)
{
    return django_hash_is(bytes_of_text(hash));
}

bool vault_old_password_check(const char *hash, const char *password)
{
    bool failed;

    return django_hash_check(bytes_of_text(hash), bytes_of_text(password), &failed);
}
