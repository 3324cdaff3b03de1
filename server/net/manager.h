/* Word to the service manager: systemd's notification datagrams, without its library. */
#ifndef CAROLINE_SERVER_NET_MANAGER_H
#define CAROLINE_SERVER_NET_MANAGER_H

#include <stdint.h>

/* "READY=1", "STOPPING=1\nSTATUS=..."; does nothing when nobody wants to hear. */
void manager_tell(const char *state);
/* How often the watchdog wants a sign of life, in milliseconds; 0: it does not. */
int64_t manager_watchdog_ms(void);

#endif
