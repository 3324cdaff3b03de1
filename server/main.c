/* caroline-server: what it is told on the command line. The serving itself is serve.c's. */
#include <errno.h>
#include <protobuf-c/protobuf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "server/import/import.h"
#include "server/init.h"
#include "server/serve.h"
#include "server/service/ops.h"
#include "server/settings.h"
#include "server/settings_check.h"
#include "server/store/migrate.h"
#include "server/store/run_checks.h"

static int say_version(void)
{
    printf("caroline-server %s (libuv %s, protobuf-c %s)\n", CAROLINE_VERSION, uv_version_string(),
           protobuf_c_version());
    return EXIT_DONE;
}

static int run_migrations(const struct config *config)
{
    char problem[1024];

    switch (migrate(config_text(config, "database", "owner-uri"), stdout, problem, sizeof problem)) {
    case MIGRATE_DONE:
        return EXIT_DONE;
    case MIGRATE_AWAY:
        fprintf(stderr, "caroline-server: %s\n", problem);
        return EXIT_NO_DATABASE;
    case MIGRATE_REFUSED:
        fprintf(stderr, "caroline-server: %s\n", problem);
        return EXIT_BAD_CONFIG;
    case MIGRATE_FAILED:
        fprintf(stderr, "caroline-server: %s\n", problem);
        return EXIT_BUG;
    }
    return EXIT_BUG;
}

/* Of the reading role, in one snapshot; a server need not run. */
static int run_all_checks(const struct config *config)
{
    const char *uri = config_text(config, "database", "read-uri");
    char problem[1024];

    if (!*uri)
        uri = config_text(config, "database", "uri");
    switch (run_checks(uri, stdout, problem, sizeof problem)) {
    case CHECKS_HOLD:
        return EXIT_DONE;
    case CHECKS_DO_NOT_HOLD:
        return EXIT_NOT_WELL;
    case CHECKS_AWAY:
        fprintf(stderr, "caroline-server: %s\n", problem);
        return EXIT_NO_DATABASE;
    case CHECKS_FAILED:
        fprintf(stderr, "caroline-server: %s\n", problem);
        return EXIT_BUG;
    }
    return EXIT_BUG;
}

static int set_up(const struct config *config, const struct arguments *arguments)
{
    const struct init_settings settings = {
        .data_directory = settings_path(config, PATH_DATA),
        .vault = settings_path(config, PATH_VAULT),
        .mirror = settings_path(config, PATH_MIRROR),
        .certificate = settings_path(config, PATH_CERTIFICATE),
        .key = settings_path(config, PATH_KEY),
        .owner_uri = config_text(config, "database", "owner-uri"),
        .uri = config_text(config, "database", "uri"),
        .read_uri = config_text(config, "database", "read-uri"),
        .answers_path = arguments->answers_path,
        .server_names = arguments->server_names,
        .server_name_count = arguments->server_name_count,
    };

    return arguments->mode == MODE_INVITE ? init_invite(&settings) : init_shop(&settings);
}

/* As the server's role, beside the server or without it. */
static int run_import(const struct config *config, const struct arguments *arguments)
{
    const struct import_settings settings = {
        .path = arguments->import_path,
        .uri = config_text(config, "database", "uri"),
        .vault = settings_path(config, PATH_VAULT),
        .mirror = settings_path(config, PATH_MIRROR),
        .tax_class = arguments->tax_class,
        .dry = arguments->dry_run,
    };

    return (int)import_django(&settings, stdout, stderr);
}

static int check_config(const struct config *config)
{
    char remark[1024];
    int code = settings_check_machine(config, remark, sizeof remark);

    if (code != EXIT_DONE) {
        fprintf(stderr, "caroline-server: %s\n", remark);
        return code;
    }
    printf("the settings are fine%s%s\n", *settings_file() ? ": " : "", settings_file());
    if (*remark)
        printf("%s\n", remark);
    return EXIT_DONE;
}

static int do_with_config(struct config *config, const struct arguments *arguments)
{
    int code = EXIT_DONE;

    switch (arguments->mode) {
    case MODE_CHECK_CONFIG:
        code = check_config(config);
        break;
    case MODE_DUMP_CONFIG:
        config_dump(config, stdout);
        break;
    case MODE_MIGRATE:
        code = run_migrations(config);
        break;
    case MODE_INIT:
    case MODE_INVITE:
        serve_open_log(config, arguments);
        code = set_up(config, arguments);
        break;
    case MODE_CHECK:
        code = run_all_checks(config);
        break;
    case MODE_IMPORT_DJANGO:
        serve_open_log(config, arguments);
        code = run_import(config, arguments);
        break;
    case MODE_SERVE:
        return serve(config, arguments);
    case MODE_HELP:
    case MODE_VERSION:
    case MODE_DUMP_OPS:
        break;
    }
    config_destroy(config);
    return code;
}

/* What was asked for must have reached whoever asked: a full disk is no success. */
static int told(int code)
{
    if ((fflush(stdout) == 0 && !ferror(stdout)) || code != EXIT_DONE)
        return code;
    fprintf(stderr, "caroline-server: could not write to standard output: %s\n", strerror(errno));
    return EXIT_NOT_WRITTEN;
}

int main(int argc, char **argv)
{
    struct arguments arguments = { 0 };
    struct config *config = NULL;
    int code = settings_parse(argc, argv, &arguments, &config);

    if (code != EXIT_DONE)
        return code;
    switch (arguments.mode) {
    case MODE_HELP:
        settings_help(stdout);
        return told(EXIT_DONE);
    case MODE_VERSION:
        return told(say_version());
    case MODE_DUMP_OPS:
        ops_dump(stdout);
        return told(EXIT_DONE);
    case MODE_SERVE:
    case MODE_CHECK_CONFIG:
    case MODE_DUMP_CONFIG:
    case MODE_MIGRATE:
    case MODE_INIT:
    case MODE_INVITE:
    case MODE_CHECK:
    case MODE_IMPORT_DJANGO:
        break;
    }
    return told(do_with_config(config, &arguments));
}
