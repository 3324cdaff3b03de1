/* What people typed into a request, and what it changes. */
#ifndef CAROLINE_SERVER_SERVICE_TYPED_H
#define CAROLINE_SERVER_SERVICE_TYPED_H

#include <protobuf-c/protobuf-c.h>

#include "server/call/call.h"

/* Tidied, in the try's arena; STEP_NEXT. Refused when it holds a card's number, or is longer than max characters now
 * that it is tidy. path: what stands before the field's name ("category."). */
enum step typed_text(struct call *c, const char *path, const char *field, ProtobufCBinaryData given, size_t max,
                     const char **text);
/* Likewise; refused when nothing of it would be seen. */
enum step typed_name(struct call *c, const char *path, const char *field, ProtobufCBinaryData given, size_t max,
                     const char **text);
/* The same name, however it is written ("Éclairs", "eclairs")? */
bool same_name(struct call *c, const char *a, const char *b);

/* Does it differ? Then the journal says so. made: there was nothing before. */
bool changes_text(struct call *c, int64_t object, const char *field, bool made, const char *before, const char *after);
bool changes_number(struct call *c, int64_t object, const char *field, bool made, int64_t before, int64_t after);
bool changes_flag(struct call *c, int64_t object, const char *field, bool made, bool before, bool after);

#endif
