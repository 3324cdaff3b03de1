/* The payment gateway of the settings. */
#ifndef CAROLINE_SERVER_GATEWAY_OPEN_H
#define CAROLINE_SERVER_GATEWAY_OPEN_H

#include <uv.h>

#include "common/base/config.h"
#include "server/gateway/provider.h"

bool gateway_is_set(const struct config *config);
/* Is what the settings say of it written as it must be? false: *key is what is wrong with *problem. Asks nobody. */
bool gateway_words_fit(const struct config *config, const char **key, const char **problem);
/* The secret of the file that the settings name: one line, of a file that nobody else may read. false: *problem. */
bool gateway_secret_read(const struct config *config, char *secret, size_t size, const char **problem);
/* NULL: *problem. Only where gateway_is_set(). */
struct payment_provider *gateway_open(uv_loop_t *loop, const struct config *config, const char **problem);

#endif
