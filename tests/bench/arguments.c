/* What bench_load is to do. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/load.h"

static uint64_t number_of(const char *text)
{
    char *end;
    uint64_t number = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        fprintf(stderr, "bench_load: '%s' is no number\n", text);
        exit(64);
    }
    return number;
}

void read_arguments(struct load *load, int argc, char **argv)
{
    static const struct option options[] = {
        { "port", required_argument, NULL, 'p' },    { "tills", required_argument, NULL, 't' },
        { "count", required_argument, NULL, 'c' },   { "seconds", required_argument, NULL, 's' },
        { "seed", required_argument, NULL, 'r' },    { "goods", required_argument, NULL, 'g' },
        { "plus", required_argument, NULL, 'u' },    { "members", required_argument, NULL, 'm' },
        { "version", required_argument, NULL, 'v' }, { "keys", required_argument, NULL, 'k' },
        { "rate", required_argument, NULL, 'e' },    { "follow", no_argument, NULL, 'f' },
        { "snapshot", no_argument, NULL, 'n' },      { "lines", required_argument, NULL, 'l' },
        { "reward", no_argument, NULL, 'w' },        { NULL, 0, NULL, 0 },
    };
    const char *tills = NULL;
    size_t count = 0;
    int option;

    load->sale_lines = SALE_LINES;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            load->port = optarg;
            break;
        case 't':
            tills = optarg;
            break;
        case 'c':
            count = number_of(optarg);
            break;
        case 's':
            load->seconds = (unsigned)number_of(optarg);
            break;
        case 'r':
            load->random = number_of(optarg) * 2 + 1;
            break;
        case 'g':
            read_goods(load, optarg);
            break;
        case 'm':
            read_members(load, optarg);
            break;
        case 'k':
            read_keys(load, optarg);
            break;
        case 'u':
            load->plu_max = (uint32_t)number_of(optarg);
            break;
        case 'v':
            load->catalogue_version = number_of(optarg);
            break;
        case 'e':
            load->rate = (unsigned)number_of(optarg);
            break;
        case 'l':
            load->sale_lines = number_of(optarg);
            break;
        case 'w':
            load->rewards = true;
            break;
        case 'n':
            load->takes_snapshot = load->follows = true;
            break;
        case 'f':
            load->follows = true;
            break;
        default:
            exit(64);
        }
    }
    load->work = optind + 1 == argc ? work_find(argv[optind]) : NULL;
    if (load->work == NULL || load->port == NULL || tills == NULL || count == 0 ||
        (load->work->op != 0 && load->seconds == 0)) {
        fputs("usage: bench_load WORK --port N --tills FILE --count N --seconds N ...\n", stderr);
        exit(64);
    }
    if (!load->work->ready(load)) {
        fprintf(stderr, "bench_load: %s\n", load->work->needs);
        exit(64);
    }
    read_tills(load, tills, count);
}
