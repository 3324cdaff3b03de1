/* A private PostgreSQL for one test program: started by cluster_start(), deleted when the process ends, however it
 * ends.
 *
 * deploy/cluster's guard reads a pipe whose other end only this process holds; the kernel closes it. */
#ifndef CAROLINE_TESTS_LIB_CLUSTER_H
#define CAROLINE_TESTS_LIB_CLUSTER_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef CAROLINE_SOURCE
#error "CAROLINE_SOURCE: the path of the source tree, set by tests/CMakeLists.txt"
#endif

struct cluster {
    char root[64], directory[80];
    int guard; /* its closing deletes the cluster */
};

/* Runs deploy/cluster VERB ... with what it says in a file that is shown when it fails. */
__attribute__((unused)) static void cluster_run(const struct cluster *cluster, const char *verb)
{
    char command[512];

    snprintf(command, sizeof(command), "'%s/deploy/cluster' %s '%s' 2>'%s/said' || { cat '%s/said' >&2; exit 1; }",
             CAROLINE_SOURCE, verb, cluster->directory, cluster->root, cluster->root);
    int status = system(command);
    if (status != 0) {
        fprintf(stderr, "deploy/cluster %s failed\n", verb);
        abort();
    }
}

/* To be freed by the caller. */
__attribute__((unused)) static char *cluster_uri(const struct cluster *cluster, const char *role)
{
    char command[512], line[512] = "";

    snprintf(command, sizeof(command), "'%s/deploy/cluster' uri '%s' %s", CAROLINE_SOURCE, cluster->directory, role);
    FILE *pipe = popen(command, "re");
    if (pipe == NULL || fgets(line, sizeof(line), pipe) == NULL || pclose(pipe) != 0)
        abort();
    line[strcspn(line, "\n")] = '\0';
    return strdup(line);
}

__attribute__((unused)) static struct cluster *cluster_at_exit_;

__attribute__((unused)) static void cluster_stop(struct cluster *cluster)
{
    cluster_at_exit_ = NULL;
    close(cluster->guard);
    cluster->guard = -1;
    for (int tries = 0; tries < 600 && access(cluster->directory, F_OK) == 0; tries++)
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
    char said[96];
    snprintf(said, sizeof(said), "%s/said", cluster->root);
    unlink(said);
    rmdir(cluster->root);
}

__attribute__((unused)) static void cluster_on_exit(void)
{
    if (cluster_at_exit_ != NULL)
        cluster_stop(cluster_at_exit_);
}

__attribute__((unused)) static void cluster_start(struct cluster *cluster)
{
    int ends[2];

    strcpy(cluster->root, "/tmp/caroline-test-XXXXXX");
    if (mkdtemp(cluster->root) == NULL || chmod(cluster->root, 0711) != 0 || pipe2(ends, O_CLOEXEC) != 0) {
        perror(cluster->root);
        abort();
    }
    snprintf(cluster->directory, sizeof(cluster->directory), "%s/cluster", cluster->root);
    cluster->guard = ends[1];
    cluster_at_exit_ = cluster;
    atexit(cluster_on_exit);
    int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    cluster_run(cluster, "guard --fast");
    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    } else
        close(STDIN_FILENO);
}

#endif
