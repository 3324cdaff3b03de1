/* What the allocator has given out, by its own account. */
#ifndef CAROLINE_TESTS_LIB_ALLOCATED_H
#define CAROLINE_TESTS_LIB_ALLOCATED_H

#include <stddef.h>
#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void); /* gcc 12 comes without the header */

static inline size_t allocated_bytes(void)
{
    return __sanitizer_get_current_allocated_bytes();
}
#else
#include <malloc.h>

static inline size_t allocated_bytes(void)
{
    return mallinfo2().uordblks;
}
#endif

#endif
