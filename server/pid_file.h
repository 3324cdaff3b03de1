/* A file that holds the process id, for who sends signals. */
#ifndef CAROLINE_SERVER_PID_FILE_H
#define CAROLINE_SERVER_PID_FILE_H

struct pid_file;
/* NULL: *problem; another running server holds it, or it cannot be written. */
struct pid_file *pid_file_create(const char *path, const char **problem);
/* NULL is fine. */
void pid_file_remove(struct pid_file *file);

#endif
