/* All screens of the counter, by name; a header's against a table. */
#include "every_screen.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include "client/counter/counter.h"

const struct named_screen counter_screens[] = {
    NAMED_SCREEN(account),
    NAMED_SCREEN(account_paper),
    NAMED_SCREEN(account_receive),
    NAMED_SCREEN(allergens),
    NAMED_SCREEN(approval),
    NAMED_SCREEN(attach),
    NAMED_SCREEN(avoids),
    NAMED_SCREEN(card_page),
    NAMED_SCREEN(cash),
    NAMED_SCREEN(choice),
    NAMED_SCREEN(count),
    NAMED_SCREEN(discount),
    NAMED_SCREEN(drawer),
    NAMED_SCREEN(drawers),
    NAMED_SCREEN(erase),
    NAMED_SCREEN(explain),
    NAMED_SCREEN(gift_card),
    NAMED_SCREEN(gift_card_change),
    NAMED_SCREEN(gift_card_load),
    NAMED_SCREEN(gift_card_paper),
    NAMED_SCREEN(invoice),
    NAMED_SCREEN(kiosk_number),
    NAMED_SCREEN(lock),
    NAMED_SCREEN(member),
    NAMED_SCREEN(member_merge),
    NAMED_SCREEN(member_new),
    NAMED_SCREEN(more),
    NAMED_SCREEN(new_pin),
    NAMED_SCREEN(note),
    NAMED_SCREEN(parked),
    NAMED_SCREEN(pay),
    NAMED_SCREEN(price),
    NAMED_SCREEN(printers),
    NAMED_SCREEN(privacy),
    NAMED_SCREEN(receipt_code),
    NAMED_SCREEN(receipt),
    NAMED_SCREEN(refund),
    NAMED_SCREEN(refund_free),
    NAMED_SCREEN(report),
    NAMED_SCREEN(retender),
    NAMED_SCREEN(reward),
    NAMED_SCREEN(sale),
    NAMED_SCREEN(shift),
    NAMED_SCREEN(sign_in),
    NAMED_SCREEN(stored_cards),
    NAMED_SCREEN(stored_charge),
    NAMED_SCREEN(switch),
    NAMED_SCREEN(tender),
    NAMED_SCREEN(throw_away),
    NAMED_SCREEN(void),
    NAMED_SCREEN(voids),
};
const size_t counter_screen_count = sizeof counter_screens / sizeof counter_screens[0];

static char *declared(const char *header)
{
    static const char before[] = "extern const struct screen ";
    char path[512];
    char *text = calloc(1, 1 << 17);

    snprintf(path, sizeof path, "%s/%s", CAROLINE_SOURCE, header);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 17) - 1, file) > 0);
    fclose(file);
    char *from = strstr(text, before);
    assert_non_null(from);
    char *names = strdup(from + strlen(before));
    assert_non_null(names);
    free(text);
    names[strcspn(names, ";")] = 0;
    return names;
}

void every_screen_is_named(const char *header, const struct named_screen *screens, size_t count)
{
    char *names = declared(header), *rest = NULL;
    size_t found = 0;

    for (char *name = strtok_r(names, ", \n", &rest); name != NULL; name = strtok_r(NULL, ", \n", &rest)) {
        size_t i = 0;
        while (i < count && strcmp(screens[i].name, name) != 0)
            i++;
        if (i == count)
            fail_msg("%s is not in the table", name);
        found++;
    }
    assert_int_equal(found, count);
    free(names);
}
