/* The server that serves: everything is made and wired here, and taken apart in the other order.
 *
 *  CONNECTING -> RESERVING -> FETCHING -> ERASING -> SERVING -> DRAINING -> LEAVING -> over
 *  (database)    (ids)        (catalogues) (what was cut short)  (30 s)
 */
#include "server/serve.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "common/base/instant.h"
#include "common/base/log.h"
#include "common/wire/tls.h"
#include "server/call/driver.h"
#include "server/gateway_open.h"
#include "server/ids.h"
#include "server/jobs/jobs.h"
#include "server/jobs/payments.h"
#include "server/jobs/print.h"
#include "server/loop.h"
#include "server/net/net.h"
#include "server/node_file.h"
#include "server/net/manager.h"
#include "server/pid_file.h"
#include "server/print/line.h"
#include "server/service/ops.h"
#include "server/settings_check.h"
#include "server/store/catalogue_keeper.h"
#include "server/store/notify.h"
#include "server/store/postgres.h"
#include "server/vault/vault.h"

#define DATABASE_WAIT_MS 30000
#define DRAIN_MS         30000
#define OTHER_THREADS    4 /* of libuv's pool, for what is not ours: names, files */

enum stage { CONNECTING, RESERVING, FETCHING, ERASING, SERVING, DRAINING, LEAVING };

static const int signals[] = { SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2 };
#define SIGNALS (sizeof signals / sizeof *signals)

/* One a process: its memory is reachable to the end, however that comes. */
static struct server {
    enum stage stage;
    int code;
    struct config *config;
    int louder;
    uv_loop_t loop;
    uv_signal_t signals[SIGNALS];
    uv_timer_t limit, watchdog;
    struct pid_file *pid_file;
    struct node_file *node_file;
    struct vault *vault;
    struct loop_timers *timers;
    struct loop_pool *pool;
    struct postgres *postgres;
    struct ids *ids;
    struct catalogue_keeper *catalogues;
    struct keeper keeper; /* they, as the driver sees them */
    struct notify *notify;
    struct tls_context *tls;
    struct driver *driver;
    struct jobs *jobs;
    struct erasures *erasures;
    struct payment_provider *gateway; /* NULL: none */
    struct payments *payments;
    struct print_lines *print_lines;
    struct printing *printing;
    struct invariants_seen invariants;
    struct net *net;
} server;

/* ---- starting
 * ------------------------------------------------------------------------------------------------------*/

/* It cannot serve: a sentence for whoever started it. */
static _Noreturn void fail(int code, const char *sentence, ...) __attribute__((format(printf, 2, 3)));
static _Noreturn void fail(int code, const char *sentence, ...)
{
    char text[2048];
    va_list arguments;

    va_start(arguments, sentence);
    vsnprintf(text, sizeof text, sentence, arguments);
    va_end(arguments);
    fprintf(stderr, "caroline-server: %s\n", text);
    if (*config_text(server.config, "log", "file"))
        log_event(LOG_ERROR, "start_failed", "why=\"%s\"", text);
    pid_file_remove(server.pid_file);
    exit(code);
}

static void listen_everywhere(void)
{
    char list[4096], *rest = list, *address;
    const char *problem;
    size_t adopted = 0;

    if (!net_adopt(server.net, &adopted, &problem))
        fail(EXIT_NO_FILE, "%s", problem);
    if (adopted > 0)
        return; /* the service manager listens for us */
    snprintf(list, sizeof list, "%s", config_text(server.config, "server", "listen"));
    while ((address = strsep(&rest, ", "))) {
        if (*address && !net_listen(server.net, address, &problem))
            fail(EXIT_NO_FILE, "%s", problem);
    }
}

static const struct catalogue *get_catalogue(struct keeper *keeper, int64_t shop_id)
{
    (void)keeper;
    return catalogue_keeper_get(server.catalogues, shop_id);
}

static void want_catalogue(struct keeper *keeper, int64_t shop_id, uint64_t version)
{
    (void)keeper;
    catalogue_keeper_want(server.catalogues, shop_id, version);
}

static void on_heard(void *user, int64_t shop_id, const char *word, int64_t number)
{
    (void)user;
    if (strcmp(word, "catalogue") == 0)
        catalogue_keeper_want(server.catalogues, shop_id, (uint64_t)number);
    else if (server.driver)
        driver_heard(server.driver, word, number);
}

static void on_heard_again(void *user)
{
    (void)user;
    catalogue_keeper_look(server.catalogues);
    if (server.driver)
        driver_look(server.driver);
}

static void on_watchdog(uv_timer_t *timer)
{
    (void)timer;
    manager_tell("WATCHDOG=1");
}

/* Ours is good for two years; who starts or reloads a server once in eight months never meets its end. */
static void renew_certificate(void)
{
    const char *path = settings_path(server.config, PATH_CERTIFICATE), *problem;
    bool renewed;

    if (!vault_server_certificate_renew(server.vault, system_clock()->now(system_clock()), path,
                                        settings_path(server.config, PATH_KEY), &renewed, &problem))
        log_event(LOG_WARN, "certificate_not_renewed", "why=\"%s\"", problem);
    else if (renewed)
        log_event(LOG_INFO, "certificate_renewed", "file=%s", path);
}

static struct jobs_config jobs_settings(void)
{
    return (struct jobs_config){ .store = postgres_store(server.postgres),
                                 .timers = loop_timers(server.timers),
                                 .pool = loop_pool(server.pool),
                                 .clock = system_clock(),
                                 .vault = server.vault,
                                 .ids = ids_source(server.ids),
                                 .node = node_file_number(server.node_file),
                                 .watch_ms = config_int(server.config, "server", "watch-s") * 1000,
                                 .older_vault = config_bool(server.config, "server", "older-vault"),
                                 .invariants = &server.invariants };
}

static void open_gateway(void)
{
    const char *problem;

    if (!gateway_is_set(server.config))
        return;
    server.gateway = gateway_open(&server.loop, server.config, &problem);
    if (!server.gateway)
        fail(EXIT_BAD_CONFIG, "%s", problem);
}

static void open_payments(const struct jobs_config *jobs)
{
    if (!server.gateway)
        return;
    struct payments_config payments = {
        .driver = server.driver,
        .provider = server.gateway,
        .patience_ms = config_int(server.config, "gateway", "patience-s") * 1000,
        .pause_ms = config_int(server.config, "gateway", "pause-ms"),
    };
    server.payments = payments_create(jobs, &payments);
    log_event(LOG_INFO, "gateway_used", "provider=%s", server.gateway->name);
}

static void begin_to_serve(void *user)
{
    const char *problem;
    struct jobs_config jobs = jobs_settings();
    struct driver_config config = {
        .store = postgres_store(server.postgres),
        .vault = server.vault,
        .keeper = &server.keeper,
        .ops = all_ops,
        .topics = all_topics,
        .clock = system_clock(),
        .entropy = system_entropy(),
        .ids = ids_source(server.ids),
        .pool = loop_pool(server.pool),
        .timers = loop_timers(server.timers),
        .suspects = node_file_suspects(server.node_file),
        .invariants = &server.invariants,
        .node = node_file_number(server.node_file),
        .device_connections = (size_t)config_int(server.config, "server", "device-connections"),
        .has_gateway = server.gateway != NULL,
        .idle_lock_ms = config_int(server.config, "server", "idle-lock-s") * 1000,
        .member_idle_ms = config_int(server.config, "server", "kiosk-idle-s") * 1000,
    };

    (void)user;
    if (server.stage != ERASING)
        return;
    renew_certificate();
    server.tls =
        tls_server_create(settings_path(server.config, PATH_CERTIFICATE), settings_path(server.config, PATH_KEY),
                          vault_ca_certificate(server.vault), &problem);
    if (!server.tls)
        fail(settings_code_of_key(server.config), "%s", problem);
    server.driver = driver_create(&config);
    server.net = net_open(
        &(struct net_config){ .loop = &server.loop,
                              .driver = server.driver,
                              .tls = server.tls,
                              .clock = system_clock(),
                              .entropy = system_entropy(),
                              .greet_limit_us = config_int(server.config, "server", "greet-limit-s") * SECOND_US,
                              .frame_limit_us = config_int(server.config, "server", "frame-limit-s") * SECOND_US });
    listen_everywhere();
    server.jobs = jobs_create(&jobs);
    open_payments(&jobs);
    server.print_lines = print_lines_open(&server.loop);
    server.printing = printing_create(&jobs, server.driver, server.print_lines);
    uv_timer_stop(&server.limit);
    server.stage = SERVING;

    int64_t watchdog_ms = manager_watchdog_ms();
    if (watchdog_ms > 0)
        uv_timer_start(&server.watchdog, on_watchdog, 0, (uint64_t)watchdog_ms);
    char expiry[DAY_TEXT];
    struct day last = zone_day(zone_utc(), tls_context_expiry(server.tls));
    log_event(LOG_INFO, "serving", "version=%s postgresql=%s node=%u port=%u certificate_until=%s settings=%s",
              CAROLINE_VERSION, postgres_version(server.postgres), config.node, net_port(server.net),
              day_format(expiry, last), *settings_file() ? settings_file() : "none");
    manager_tell("READY=1\nSTATUS=serving");
}

/* Who joined since that copy could never be read again, and changed fields of theirs could not be kept: that is a person's to say. */
_Noreturn static void on_newer_database(void *user, size_t unknown)
{
    (void)user;
    fail(EXIT_BAD_CONFIG,
         "the database is newer than its key store %s: of the newest members %zu have no key there. Put back its "
         "newest copy; where there is "
         "none, --older-vault starts all the same, and what is sealed of them stays shut",
         settings_path(server.config, PATH_VAULT), unknown);
}

/* Who was erased is gone before anybody can ask. */
static void finish_erasures(void)
{
    struct jobs_config jobs = jobs_settings();

    server.stage = ERASING;
    server.erasures = erasures_create(&jobs, begin_to_serve, on_newer_database, NULL);
}

static void on_catalogue(void *user, int64_t shop_id)
{
    (void)user;
    if (server.driver)
        driver_catalogue_changed(server.driver, shop_id);
    else if (server.stage == FETCHING && catalogue_keeper_complete(server.catalogues))
        finish_erasures();
}

/* Listens before it reads: what changes in between is heard. */
static void on_ids(void *user)
{
    (void)user;
    if (server.stage != RESERVING)
        return;
    server.stage = FETCHING;
    server.keeper = (struct keeper){ .catalogue = get_catalogue, .want = want_catalogue };
    server.catalogues = catalogue_keeper_open(&server.loop, &(struct catalogue_keeper_config){
                                                                .store = postgres_store(server.postgres),
                                                                .clock = system_clock(),
                                                                .changed = on_catalogue,
                                                            });
    server.notify = notify_open(&server.loop, &(struct notify_config){
                                                  .uri = config_text(server.config, "database", "uri"),
                                                  .heard = on_heard,
                                                  .again = on_heard_again,
                                              });
}

/* The store has logged it. */
static void on_database(void *user, enum postgres_state state, const char *sentence)
{
    (void)user;
    switch (state) {
    case POSTGRES_UP:
        if (server.stage == CONNECTING) {
            server.stage = RESERVING;
            server.ids = ids_create(postgres_store(server.postgres), loop_timers(server.timers),
                                    node_file_number(server.node_file), on_ids, NULL);
        }
        return;
    case POSTGRES_AWAY:
        return;
    case POSTGRES_REFUSED:
        if (server.stage == CONNECTING)
            fail(EXIT_BAD_CONFIG, "%s", sentence);
        return;
    }
}

_Noreturn static void on_too_long(uv_timer_t *timer)
{
    const char *sentence = "";

    (void)timer;
    if (server.stage == ERASING)
        fail(EXIT_NO_FILE,
             "erasures that were begun could not be brought to their end within %d seconds: the log says why",
             DATABASE_WAIT_MS / 1000);
    if (server.stage > CONNECTING)
        fail(EXIT_NO_DATABASE,
             "the catalogue did not come within %d seconds: is there a shop in this database? "
             "caroline-server --init makes one",
             DATABASE_WAIT_MS / 1000);
    postgres_state(server.postgres, &sentence);
    fail(EXIT_NO_DATABASE, "the database did not come within %d seconds: %s", DATABASE_WAIT_MS / 1000, sentence);
}

/* ---- stopping
 * ------------------------------------------------------------------------------------------------------*/

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void on_pool_closed(void *user)
{
    (void)user;
    ids_destroy(server.ids);
    jobs_destroy(server.jobs);
    erasures_destroy(server.erasures);
    payments_destroy(server.payments);
    printing_destroy(server.printing);
    loop_timers_destroy(server.timers);
    for (size_t i = 0; i < SIGNALS; i++)
        close_handle((uv_handle_t *)&server.signals[i]);
    close_handle((uv_handle_t *)&server.limit);
    close_handle((uv_handle_t *)&server.watchdog);
}

static void on_database_closed(void *user)
{
    (void)user;
    loop_pool_close(server.pool, on_pool_closed, NULL);
}

static void on_catalogues_closed(void *user)
{
    (void)user;
    postgres_close(server.postgres, on_database_closed, NULL);
}

static void on_notify_closed(void *user)
{
    (void)user;
    catalogue_keeper_close(server.catalogues, on_catalogues_closed, NULL);
}

static void on_net_closed(void *context)
{
    (void)context;
    driver_destroy(server.driver);
    server.driver = NULL;
    tls_context_destroy(server.tls);
    ids_stop(server.ids);
    jobs_stop(server.jobs);
    erasures_stop(server.erasures);
    if (server.gateway)
        server.gateway->close(server.gateway);
    print_lines_close(server.print_lines);
    notify_close(server.notify, on_notify_closed, NULL);
}

static void on_drained(void *context)
{
    (void)context;
    if (server.stage != DRAINING)
        return;
    server.stage = LEAVING;
    uv_timer_stop(&server.limit);
    net_close(server.net, on_net_closed, NULL);
}

/* What is under way is rolled back or found by its id: a sudden end loses nothing that was promised. */
static _Noreturn void leave_at_once(int code, const char *why)
{
    log_event(LOG_WARN, "stopped_at_once", "why=\"%s\"", why);
    pid_file_remove(server.pid_file);
    _Exit(code);
}

_Noreturn static void on_drain_limit(uv_timer_t *timer)
{
    (void)timer;
    driver_log_state(server.driver);
    leave_at_once(EXIT_DONE, "calls were still in flight after 30 seconds");
}

static void stop_gracefully(void)
{
    if (server.stage != SERVING)
        leave_at_once(EXIT_DONE, server.stage < SERVING ? "it had not begun to serve" : "told so a second time");
    server.stage = DRAINING;
    log_event(LOG_INFO, "stopping", "in_flight=%zu connections=%zu", driver_in_flight(server.driver),
              net_connections(server.net));
    manager_tell("STOPPING=1\nSTATUS=finishing what is in flight");
    net_stop_listening(server.net);
    payments_stop(server.payments); /* before: they ask the driver, too */
    printing_stop(server.printing);
    driver_drain(server.driver, on_drained, NULL);
    uv_timer_start(&server.limit, on_drain_limit, DRAIN_MS, 0);
}

/* ---- signals
 * -------------------------------------------------------------------------------------------------------*/

static enum log_level level_of(const struct config *config, int louder)
{
    enum log_level level = LOG_INFO;

    log_level_of(config_text(config, "log", "level"), &level);
    int moved = (int)level + louder;
    return (enum log_level)(moved < LOG_ERROR ? LOG_ERROR : moved > LOG_TRACE ? LOG_TRACE : moved);
}

void serve_open_log(const struct config *config, const struct arguments *arguments)
{
    const char *file = config_text(config, "log", "file");
    enum log_format format = LOG_TEXT;

    log_format_of(config_text(config, "log", "format"), &format);
    log_open("caroline-server", format, level_of(config, arguments->louder), *file ? file : NULL);
}

static void reload(void)
{
    char problem[1024], keys[512];
    const char *why;
    struct config *fresh = settings_read_again(problem, sizeof problem);

    manager_tell("RELOADING=1");
    log_reopen();
    if (!fresh) {
        log_event(LOG_ERROR, "reload_refused", "why=\"%s\"", problem);
    } else {
        if (config_needs_restart(server.config, fresh, keys, sizeof keys) > 0)
            log_event(LOG_WARN, "reload_needs_restart", "settings=\"%s\"", keys);
        log_set_level(level_of(fresh, server.louder));
        config_destroy(fresh); /* all else keeps its value until a restart */
    }
    if (server.tls)
        renew_certificate();
    if (server.tls && !tls_server_reload(server.tls, &why))
        log_event(LOG_ERROR, "reload_kept_certificate", "why=\"%s\"", why);
    log_event(LOG_INFO, "reloaded", "settings=%s", *settings_file() ? settings_file() : "none");
    manager_tell("READY=1");
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)handle;
    switch (number) {
    case SIGHUP:
        reload();
        break;
    case SIGTERM:
        stop_gracefully();
        break;
    case SIGINT:
        leave_at_once(EXIT_DONE, "interrupted");
    case SIGQUIT:
        leave_at_once(EXIT_FOR_NOW, "told to quit");
    case SIGUSR1:
        log_reopen();
        break;
    case SIGUSR2:
        if (server.driver) {
            driver_log_state(server.driver);
            net_log_state(server.net);
        }
        break;
    default:
        break;
    }
}

/* ---- all of it
 * -----------------------------------------------------------------------------------------------------*/

static void make_loop(const struct config *config)
{
    unsigned threads = (unsigned)config_int(config, "server", "threads");
    char text[16];

    snprintf(text, sizeof text, "%u", threads + OTHER_THREADS);
    setenv("UV_THREADPOOL_SIZE", text, 0);
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&server.loop);
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_init(&server.loop, &server.signals[i]);
        uv_signal_start(&server.signals[i], on_signal, signals[i]);
    }
    uv_timer_init(&server.loop, &server.limit);
    uv_timer_init(&server.loop, &server.watchdog);
    server.timers = loop_timers_create(&server.loop);
    server.pool = loop_pool_create(&server.loop, threads);
}

static void open_files(const struct config *config)
{
    const char *problem;

    server.vault = vault_open(settings_path(config, PATH_VAULT), settings_path(config, PATH_MIRROR), PIN_COST_SHOP,
                              system_entropy(), &problem);
    if (!server.vault)
        fail(settings_code_of_vault(config), "%s", problem);
    server.node_file = node_file_open(settings_path(config, PATH_DATA), (unsigned)config_int(config, "server", "node"),
                                      system_clock(), &problem);
    if (!server.node_file)
        fail(EXIT_NO_FILE, "%s", problem);
    if (*config_text(config, "server", "pid-file")) {
        server.pid_file = pid_file_create(config_text(config, "server", "pid-file"), &problem);
        if (!server.pid_file)
            fail(EXIT_NO_FILE, "%s", problem);
    }
}

int serve(struct config *config, const struct arguments *arguments)
{
    server.config = config;
    server.louder = arguments->louder;
    serve_open_log(config, arguments);
    log_event(LOG_INFO, "starting", "version=%s settings=%s", CAROLINE_VERSION,
              *settings_file() ? settings_file() : "none");
    open_files(config);
    make_loop(config);
    open_gateway();
    server.postgres =
        postgres_open(&server.loop, &(struct postgres_config){
                                        .uri = config_text(config, "database", "uri"),
                                        .reader_uri = config_text(config, "database", "read-uri"),
                                        .private_cluster = config_bool(config, "database", "private"),
                                        .statement_ms = config_int(config, "database", "statement-limit-s") * 1000,
                                        .on_state = on_database,
                                    });
    uv_timer_start(&server.limit, on_too_long, DATABASE_WAIT_MS, 0);
    uv_run(&server.loop, UV_RUN_DEFAULT);

    int failed = uv_loop_close(&server.loop);
    assert(!failed);
    log_event(LOG_INFO, "stopped", "code=%d", server.code);
    vault_close(server.vault);
    node_file_close(server.node_file);
    pid_file_remove(server.pid_file);
    config_destroy(config);
    return server.code;
}
