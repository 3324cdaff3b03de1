/* The listening connection. */
#include "server/store/notify.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "server/store/pq_socket.h"

#define WORD_SIZE 32

struct notify {
    struct pq_socket socket;
    struct notify_config config;
    void (*closed)(void *user);
    void *closed_user;
};

static void on_open(struct pq_socket *socket)
{
    PQsendQuery(socket->conn, "LISTEN caroline");
    pq_socket_flush(socket);
}

/* "7:catalogue:12". */
static void hear(struct notify *notify, const char *payload)
{
    char word[WORD_SIZE], *end;
    int64_t shop_id = strtoll(payload, &end, 10);
    const char *begin = end + 1;
    size_t size = *end == ':' ? strcspn(begin, ":") : 0;

    if (size > 0 && size < sizeof(word) && begin[size] == ':') {
        memcpy(word, begin, size);
        word[size] = '\0';
        int64_t number = strtoll(begin + size + 1, &end, 10);
        if (*end == '\0' && end > begin + size + 1) {
            notify->config.heard(notify->config.user, shop_id, word, number);
            return;
        }
    }
    log_event(LOG_WARN, "notification_unreadable", "payload=\"%.60s\"", payload);
}

static void on_input(struct pq_socket *socket)
{
    struct notify *notify = socket->user;
    PGconn *conn = socket->conn;
    PGnotify *news;

    /* The answer to LISTEN is the only one there ever is. */
    while (!PQisBusy(conn)) {
        PGresult *result = PQgetResult(conn);
        if (result == NULL)
            break;
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_COMMAND_OK) {
            PQclear(result);
            pq_socket_works(socket);
            notify->config.again(notify->config.user);
        } else {
            pq_socket_drop(socket, false, PQresultErrorMessage(result));
            PQclear(result);
            return;
        }
    }
    while ((news = PQnotifies(conn)) != NULL) {
        hear(notify, news->extra);
        PQfreemem(news);
    }
}

static void on_lost(struct pq_socket *socket, bool refused, const char *sentence)
{
    (void)socket;
    (void)refused;
    log_event(LOG_DEBUG, "listening_lost", "why=\"%s\"", sentence);
}

struct notify *notify_open(struct uv_loop_s *loop, const struct notify_config *config)
{
    struct notify *notify = calloc(1, sizeof(*notify));

    if (notify == NULL)
        abort();
    notify->config = *config;
    notify->socket = (struct pq_socket){
        .loop = loop,
        .uri = config->uri,
        .application = "caroline listener",
        .on_open = on_open,
        .on_input = on_input,
        .on_lost = on_lost,
        .user = notify,
    };
    pq_socket_open(&notify->socket);
    return notify;
}

static void on_closed(struct pq_socket *socket)
{
    struct notify *notify = socket->user;

    if (notify->closed != NULL)
        notify->closed(notify->closed_user);
    free(notify);
}

void notify_close(struct notify *notify, void (*closed)(void *user), void *user)
{
    notify->closed = closed;
    notify->closed_user = user;
    notify->socket.on_closed = on_closed;
    pq_socket_close(&notify->socket);
}
