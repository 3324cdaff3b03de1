/* Files for an input, in memory where the machine has a place for them. */
#include "file.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void sweep(void)
{
    char command[96];

    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "could not remove %s\n", folder);
}

const char *file_folder(void)
{
    if (folder[0] == '\0') {
        const char *wish = getenv("CAROLINE_FUZZ_FOLDER"); /* of who removes it even if this process cannot */
        const char *above = wish ? wish : access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        snprintf(folder, sizeof folder, "%s/caroline-fuzz-XXXXXX", above);
        bool made = mkdtemp(folder) != NULL && atexit(sweep) == 0;
        assert(made);
        (void)made;
    }
    return folder;
}

const char *file_of(const char *name, struct bytes bytes)
{
    static char path[160];

    snprintf(path, sizeof path, "%s/%s", file_folder(), name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, bytes.data, bytes.size) == (ssize_t)bytes.size && close(fd) == 0;
    assert(written);
    (void)written;
    return path;
}
