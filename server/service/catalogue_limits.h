/* How much a catalogue may hold, so that its lists fit into one answer beside a page of products. */
#ifndef CAROLINE_SERVER_SERVICE_CATALOGUE_LIMITS_H
#define CAROLINE_SERVER_SERVICE_CATALOGUE_LIMITS_H

#include <stdint.h>

#define CATEGORIES_MAX      200
#define TAX_CLASSES_MAX     30
#define TAX_RATES_MAX       400 /* of all classes */
#define ROLES_MAX           64
#define PROMOTIONS_KEPT_MAX 200                    /* in force or not */
#define MODIFIERS_KEPT_MAX  100                    /* active or not */
#define TENDER_TYPES_MAX    20                     /* cash and card among them */
#define PRICE_MAX           INT64_C(1000000000000) /* minor units of one unit */

#endif
