/* Problems as sentences: one buffer a thread, so that a sentence outlives what it is about. */
#include <stdarg.h>
#include <stdio.h>

#include "server/vault/inner.h"

bool problem_is(const char **problem, const char *format, ...)
{
    static _Thread_local char text[2][PATH_SIZE + 512];
    static _Thread_local unsigned turn; /* a sentence may quote the one before */
    char *into = text[turn++ % 2];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(into, sizeof text[0], format, arguments);
    va_end(arguments);
    *problem = into;
    return false;
}
