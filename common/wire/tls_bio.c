/* The way between OpenSSL and the caller's memory: one BIO for all connections of a context. It holds no byte from one
 * call to the next: OpenSSL reads a record's head, then the record, and keeps a cut one itself until the rest comes. */
#include "common/wire/tls_inner.h"

#include <string.h>

static int on_write(BIO *bio, const char *data, int size)
{
    struct shared_buffers *shared = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    if (size <= 0 || shared->out == NULL || !buffer_append(shared->out, data, (size_t)size, TLS_OUT_MAX))
        return -1;
    return size;
}

static int on_read(BIO *bio, char *data, int size)
{
    struct shared_buffers *shared = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    if (size <= 0 || shared->in.size == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t taken = (size_t)size < shared->in.size ? (size_t)size : shared->in.size;
    memcpy(data, shared->in.data, taken);
    shared->in.data += taken;
    shared->in.size -= taken;
    return (int)taken;
}

static long on_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO *shared_bio_create(struct tls_context *context)
{
    if (context->method == NULL) {
        context->method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "shared buffers");
        if (context->method == NULL || !BIO_meth_set_write(context->method, on_write) ||
            !BIO_meth_set_read(context->method, on_read) || !BIO_meth_set_ctrl(context->method, on_control))
            return NULL;
    }
    BIO *bio = BIO_new(context->method);
    if (bio != NULL) {
        BIO_set_data(bio, &context->shared);
        BIO_set_init(bio, 1);
    }
    return bio;
}
