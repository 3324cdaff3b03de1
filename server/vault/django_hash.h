/* Passwords as the shop before had them: PBKDF2-HMAC-SHA-256 in Django's text, `pbkdf2_sha256$iterations$salt$base64`
 * (django/contrib/auth/hashers.py). Looked at only; a password that fits is hashed anew as a PIN is. */
#ifndef CAROLINE_SERVER_VAULT_DJANGO_HASH_H
#define CAROLINE_SERVER_VAULT_DJANGO_HASH_H

#include <stdbool.h>

#include "common/base/bytes.h"

/* What is looked at: Django 6.0 makes 1,200,000 iterations, and each million takes about a third of a second. */
#define DJANGO_ITERATIONS_MAX 2000000
#define DJANGO_SALT_MAX       128
#define DJANGO_HASH_MAX       256
#define DJANGO_PASSWORD_MAX   4096 /* Django's own limit (CVE-2013-1443) */

/* Is it such a hash, within these bounds? A hash of another algorithm, or one that stands for no password ("!..."), is not. */
bool django_hash_is(struct bytes hash);
/* Does the password fit? Up to a second of CPU: on the thread pool only (offload() in call.h), from any thread. Compared in
 * constant time. The password's bytes are as they were typed, in UTF-8. false for what is no such hash, too. *failed: there was no
 * memory for it, and nothing is known of the password. */
bool django_hash_check(struct bytes hash, struct bytes password, bool *failed);

#endif
