/* The file of a node in the data directory: locked while its server runs, so that a second server takes the next; and
 * in it the commands that were being carried out, which the next start of this node finds if the last one crashed. */
#ifndef CAROLINE_SERVER_NODE_FILE_H
#define CAROLINE_SERVER_NODE_FILE_H

#include "server/call/driver.h"

struct node_file;
/* wanted: 0 for the first that is free. NULL: *problem. */
struct node_file *node_file_open(const char *data_directory, unsigned wanted, struct clock *clock,
                                 const char **problem);
unsigned node_file_number(const struct node_file *file);
struct suspects *node_file_suspects(struct node_file *file);
void node_file_close(struct node_file *file);

#endif
