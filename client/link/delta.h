/* A CatalogueDelta put into a catalogue. */
#ifndef CAROLINE_CLIENT_LINK_DELTA_H
#define CAROLINE_CLIENT_LINK_DELTA_H

#include <stdint.h>

#include "common/base/arena.h"
#include "common/rules/catalogue.h"
#include "proto/catalogue.pb-c.h"

/* The delta's rows, as of its version; sealing is the caller's. The delta has been checked. scratch: for the texts on
 * the way. */
void delta_apply(const Caroline__V1__CatalogueDelta *delta, struct catalogue *catalogue, struct arena *scratch);

#endif
