/* The identity's directory: where it is, what is in it, and that nobody else can read it. */
#include "client/link/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/link/identity_file.h"
#include "common/base/config.h"
#include "common/wire/device_key.h"

#define DEVICE_FILE "device.pem"
#define CA_FILE     "ca.pem"
#define CONF_FILE   "identity.conf"
#define FILE_MOST   65536

/* clang-format off */
static const struct setting settings[] = {
    { .section = "server", .key = "host", .fallback = "", .help = "where the server is" },
    { .section = "server", .key = "port", .fallback = "7117", .help = "its port" },
    { .section = "server", .key = "name", .fallback = "", .help = "the name in its certificate" },
    { .section = "device", .key = "id", .kind = SETTING_INT, .fallback = "0", .most = INT64_MAX, .help = "this device" },
    { .section = "device", .key = "shop", .kind = SETTING_INT, .fallback = "0", .most = INT64_MAX, .help = "its shop" },
    { .section = "device", .key = "kind", .kind = SETTING_INT, .fallback = "4", .most = 4, .help = "1 counter, 2 kiosk, 3 admin, 4 command line" },
    { .section = "device", .key = "name", .fallback = "", .help = "what people call it" },
    { .section = "device", .key = "till", .kind = SETTING_INT, .fallback = "0", .most = 9999, .help = "the number of the till; 0: none" },
    { 0 },
};
/* clang-format on */

const char *identity_directory(const char *name, struct arena *arena)
{
    const char *given = getenv("CAROLINE_IDENTITY"), *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (name == NULL || *name == '\0')
        name = given != NULL && *given != '\0' ? given : "default";
    if (strchr(name, '/') != NULL)
        return arena_text(arena, name);
    if (state != NULL && *state == '/')
        return arena_format(arena, "%s/caroline/%s", state, name);
    if (geteuid() == 0)
        return arena_format(arena, "/var/lib/caroline-client/%s", name);
    return arena_format(arena, "%s/.local/state/caroline/%s", home != NULL ? home : "", name);
}

static const char *inside(const char *directory, const char *file, struct arena *arena)
{
    return arena_format(arena, "%s/%s", directory, file);
}

bool identity_exists(const char *directory, struct arena *arena)
{
    return access(inside(directory, DEVICE_FILE, arena), F_OK) == 0;
}

/* ---- files ---- */

struct bytes file_read(const char *path, struct arena *arena)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    uint8_t *data = arena_alloc(arena, FILE_MOST);
    size_t size = 0;
    ssize_t got = -1;

    if (fd < 0)
        return (struct bytes){ NULL, 0 };
    while (size < FILE_MOST && (got = read(fd, data + size, FILE_MOST - size)) > 0)
        size += (size_t)got;
    close(fd);
    return got == 0 ? bytes_of(data, size) : (struct bytes){ NULL, 0 };
}

static bool write_to(int fd, struct bytes bytes)
{
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);
        if (written <= 0)
            return false;
        bytes.data += written;
        bytes.size -= (size_t)written;
    }
    return fsync(fd) == 0;
}

static bool sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return synced;
}

bool file_replace(const char *directory, const char *file, struct bytes bytes, struct arena *arena,
                  const char **problem)
{
    const char *path = inside(directory, file, arena);
    const char *fresh = arena_format(arena, "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = fd >= 0 && write_to(fd, bytes);

    if (fd >= 0 && close(fd) != 0)
        written = false;
    if (written && rename(fresh, path) == 0 && sync_directory(directory))
        return true;
    *problem = arena_format(arena, "could not write %s: %s", path, strerror(errno));
    if (fd >= 0)
        unlink(fresh);
    return false;
}

/* ---- the directory ---- */

bool identity_make_directory(const char *directory, struct arena *arena, const char **problem)
{
    char *path = arena_text(arena, directory);

    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0755);
        *slash = '/';
    }
    if ((mkdir(path, 0700) == 0 || errno == EEXIST) && chmod(path, 0700) == 0)
        return true;
    *problem = arena_format(arena, "could not make %s: %s", directory, strerror(errno));
    return false;
}

static bool is_private(const char *directory, struct arena *arena, const char **problem)
{
    const char *key = inside(directory, DEVICE_FILE, arena);
    struct stat folder, file;

    if (stat(key, &file) != 0 || stat(directory, &folder) != 0) {
        if (errno == ENOENT)
            *problem = arena_format(
                arena, "this machine is not enrolled as \"%s\"; ask for a code and run: caroline enrol", directory);
        else
            *problem = arena_format(arena, "could not read %s: %s", key, strerror(errno));
        return false;
    }
    if ((folder.st_mode & 0077) != 0 || (file.st_mode & 0077) != 0) {
        *problem =
            arena_format(arena, "others may read the device's key; run: chmod 700 %s && chmod 600 %s", directory, key);
        return false;
    }
    return true;
}

struct identity *identity_open(const char *directory, struct arena *arena, const char **problem)
{
    struct identity *identity = arena_alloc(arena, sizeof *identity);

    if (!is_private(directory, arena, problem))
        return NULL;
    struct config *config = config_create(settings);
    const char *wrong;
    if (!config_read_file(config, inside(directory, CONF_FILE, arena), &wrong)) {
        *problem = arena_text(arena, wrong);
        config_destroy(config);
        return NULL;
    }
    *identity = (struct identity){
        .directory = arena_text(arena, directory),
        .host = arena_text(arena, config_text(config, "server", "host")),
        .port = arena_text(arena, config_text(config, "server", "port")),
        .server_name = arena_text(arena, config_text(config, "server", "name")),
        .ca_path = inside(directory, CA_FILE, arena),
        .device_path = inside(directory, DEVICE_FILE, arena),
        .spool_path = inside(directory, "spool.db", arena),
        .catalogue_path = inside(directory, "catalogue", arena),
        .session_path = inside(directory, "session", arena),
        .device_name = arena_text(arena, config_text(config, "device", "name")),
        .device_id = config_int(config, "device", "id"),
        .shop_id = config_int(config, "device", "shop"),
        .till_number = (uint32_t)config_int(config, "device", "till"),
        .kind = (Caroline__V1__ClientKind)config_int(config, "device", "kind"),
    };
    config_destroy(config);
    if (*identity->host == '\0' || *identity->server_name == '\0' || identity->device_id == 0) {
        *problem = arena_format(arena, "%s/" CONF_FILE " is damaged; enrol this machine again", directory);
        return NULL;
    }
    return identity;
}

/* One line's worth of text, as the file can hold it. */
static const char *plain(const char *text, struct arena *arena)
{
    char *copy = arena_text(arena, text);

    for (char *at = copy; *at != '\0'; at++)
        if (*at == ';' || *at == '#' || (unsigned char)*at < ' ')
            *at = ' ';
    return copy;
}

bool identity_keep(const struct identity *identity, struct bytes ca, struct bytes device, struct arena *arena,
                   const char **problem)
{
    const char *conf = arena_format(
        arena,
        "# Who this machine is. Written at enrolment; the server's address may be changed.\n"
        "[server]\nhost = %s\nport = %s\nname = %s\n\n"
        "[device]\nid = %lld\nshop = %lld\nkind = %d\nname = %s\ntill = %u\n",
        identity->host, identity->port, identity->server_name, (long long)identity->device_id,
        (long long)identity->shop_id, (int)identity->kind, plain(identity->device_name, arena), identity->till_number);

    /* The certificate last: it is what says that the machine is enrolled. */
    return file_replace(identity->directory, CONF_FILE, bytes_of_text(conf), arena, problem) &&
           file_replace(identity->directory, CA_FILE, ca, arena, problem) &&
           file_replace(identity->directory, DEVICE_FILE, device, arena, problem);
}

struct bytes identity_ca(const struct identity *identity, struct arena *arena, const char **problem)
{
    struct bytes ca = file_read(identity->ca_path, arena);

    if (ca.data == NULL)
        *problem = arena_format(arena, "could not read %s: %s", identity->ca_path, strerror(errno));
    return ca;
}

struct bytes identity_device_file(struct bytes certificate, struct bytes key, struct arena *arena)
{
    struct bytes pem;

    if (!certificate_to_pem(certificate, arena, &pem))
        return (struct bytes){ NULL, 0 };
    uint8_t *both = arena_alloc(arena, pem.size + key.size);
    memcpy(both, pem.data, pem.size);
    memcpy(both + pem.size, key.data, key.size);
    return bytes_of(both, pem.size + key.size);
}

bool identity_renew(const struct identity *identity, struct bytes certificate, struct bytes key, struct arena *arena,
                    const char **problem)
{
    struct bytes device = identity_device_file(certificate, key, arena);

    if (device.data == NULL) {
        *problem = "the server sent a certificate that is none";
        return false;
    }
    bool kept = file_replace(identity->directory, DEVICE_FILE, device, arena, problem);
    bytes_wipe(device);
    return kept;
}
