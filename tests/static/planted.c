/* Not of the product, and not built: what the analysers must find, one fault each (test_static_findings.py). */
#include <stdlib.h>

#define NOBODY_USES_IT 1

void gcc_finds_the_second_free(char *text);
int tidy_finds_the_null(int value);
int cppcheck_finds_the_index(void);

void gcc_finds_the_second_free(char *text)
{
    free(text);
    free(text);
}

int tidy_finds_the_null(int value)
{
    int *nowhere = NULL;

    return value > 3 ? *nowhere : value;
}

int cppcheck_finds_the_index(void)
{
    int few[4] = { 1, 2, 3, 4 };

    return few[4];
}
