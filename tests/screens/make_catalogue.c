/* make_catalogue PATH COUNT: a kept catalogue of so many products, as a till has it from its last run. */
#include <stdio.h>
#include <stdlib.h>

#include "bakery.h"
#include "client/link/catalogue_file.h"

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: make_catalogue PATH COUNT\n");
        return 64;
    }
    struct catalogue *catalogue = bakery_create();
    bakery_add(catalogue, 100, strtoul(argv[2], NULL, 10));
    struct buffer file = { 0 };
    catalogue_file_encode(catalogue, &file);
    bool written = catalogue_file_write(argv[1], bytes_of(file.data, file.size));
    buffer_fini(&file);
    catalogue_destroy(catalogue);
    return written ? 0 : 1;
}
