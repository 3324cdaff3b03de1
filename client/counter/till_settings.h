/* What a till is told about the machines around it, its printer, drawer and screen, and how amounts are typed there. */
#ifndef CAROLINE_COUNTER_TILL_SETTINGS_H
#define CAROLINE_COUNTER_TILL_SETTINGS_H

#include <stdbool.h>

#include "client/link/printer.h"
#include "client/ui/theme.h"
#include "common/base/arena.h"
#include "common/base/config.h"
#include "common/print/escpos.h"

struct till_settings {
    struct printer_address address; /* way PRINTER_NONE: no printer, and no drawer of ours */
    struct escpos printer;
    bool receipts_always; /* else when somebody asks for one */
    bool amounts_minor;   /* as of struct counter */
    bool silent;          /* as of struct terminal_options */
    struct theme theme;
};

extern const struct setting till_setting_table[];

/* Where they are kept: $XDG_CONFIG_HOME/caroline/client.conf or ~/.config/caroline/client.conf, else
 * /etc/caroline/client.conf; given (--config): there. NULL: none of them is there. In the arena. */
const char *till_settings_file(const char *given, struct arena *arena);
/* From a config of the table; texts live in the arena. false: *problem says which value is none. */
bool till_settings_read(struct till_settings *settings, const struct config *config, struct arena *arena,
                        const char **problem);

#endif
