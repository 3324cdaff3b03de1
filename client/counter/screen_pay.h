/* The screen of paying, in two files: its keys and what they do, and how it looks. */
#ifndef CAROLINE_COUNTER_SCREEN_PAY_H
#define CAROLINE_COUNTER_SCREEN_PAY_H

#include "client/counter/counter.h"

/* model: the counter. */
void pay_draw(void *model, struct area area);

#endif
