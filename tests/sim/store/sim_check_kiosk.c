/* Checks of members' own sessions, and of what waits for the counter. */
#include "tests/sim/store/sim_check.h"

#define MINUTES_US INT64_C(60000000)

static const union sim_cell *device_of(struct sim_checker *k, union sim_cell id)
{
    return sim_find(k->x, SIM_DEVICE, DEVICE_BY_ID, KEY(id)).c;
}

static bool is_kiosk_of(struct sim_checker *k, union sim_cell device, union sim_cell shop)
{
    const union sim_cell *d = device_of(k, device);

    return d != NULL && d[DEVICE_SHOP_ID].i == shop.i && d[DEVICE_KIND].i == 2;
}

/* A member, neither erased nor merged into another. */
static bool is_somebody(struct sim_checker *k, union sim_cell id)
{
    const union sim_cell *a = sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(id)).c;

    return a != NULL && !a[MEMBER_ACCOUNT_ERASED].i && a[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL;
}

static void member_secrets(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_MEMBER_SECRET)
    if (!is_somebody(k, scan.hit.c[MEMBER_SECRET_MEMBER_ID]))
        sim_wrong(k, "member=%lld", LONG(scan.hit.c[MEMBER_SECRET_MEMBER_ID]));
}

static void member_codes(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_MEMBER_CODE)
        {
            const union sim_cell *c = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_STAFF, STAFF_BY_ID, KEY(c[MEMBER_CODE_STAFF_ID])).c;
            if (s == NULL || s[STAFF_SHOP_ID].i != c[MEMBER_CODE_SHOP_ID].i ||
                c[MEMBER_CODE_EXPIRES_AT].i != c[MEMBER_CODE_MADE_AT].i + 10 * MINUTES_US ||
                (c[MEMBER_CODE_USED_DEVICE_ID].i != SIM_NULL &&
                 !is_kiosk_of(k, c[MEMBER_CODE_USED_DEVICE_ID], c[MEMBER_CODE_SHOP_ID])) ||
                !is_somebody(k, c[MEMBER_CODE_MEMBER_ID]))
                sim_wrong(k, "member=%lld shop=%lld", LONG(c[MEMBER_CODE_MEMBER_ID]), LONG(c[MEMBER_CODE_SHOP_ID]));
        }
}

static void member_tickets(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_MEMBER_TICKET)
        {
            const union sim_cell *t = scan.hit.c;
            union sim_cell member = t[MEMBER_TICKET_MEMBER_ID];
            bool admitted =
                member.i == SIM_NULL &&
                sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(t[MEMBER_TICKET_ID])).row != NULL;
            if (!is_kiosk_of(k, t[MEMBER_TICKET_DEVICE_ID], t[MEMBER_TICKET_SHOP_ID]) || admitted ||
                (member.i != SIM_NULL && !is_somebody(k, member)))
                sim_wrong(k, "ticket=%lld member=%lld", LONG(t[MEMBER_TICKET_ID]), LONG(member));
        }
}

static bool was_given_out(struct sim_checker *k, union sim_cell shop, union sim_cell day, union sim_cell number)
{
    const union sim_cell *n = sim_find(k->x, SIM_KIOSK_NUMBER, KIOSK_NUMBER_BY_SHOP_ID, KEY(shop)).c;

    return n != NULL && (day.i < n[KIOSK_NUMBER_BUSINESS_DAY].i ||
                         (day.i == n[KIOSK_NUMBER_BUSINESS_DAY].i &&
                          (number.i <= n[KIOSK_NUMBER_LAST].i || n[KIOSK_NUMBER_AGAIN].i)));
}

static bool basket_has(struct sim_checker *k, const union sim_cell *t)
{
    for
        EACH(k, scan, SIM_PARKED_BASKET)
    if (scan.hit.c[PARKED_BASKET_SHOP_ID].i == t[MEMBER_TICKET_SHOP_ID].i &&
        scan.hit.c[PARKED_BASKET_BUSINESS_DAY].i == t[MEMBER_TICKET_BUSINESS_DAY].i &&
        scan.hit.c[PARKED_BASKET_NUMBER].i == t[MEMBER_TICKET_NUMBER].i)
        return true;
    return false;
}

static void kiosk_numbers(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_PARKED_BASKET)
        {
            const union sim_cell *p = scan.hit.c;
            if (p[PARKED_BASKET_NUMBER].i != SIM_NULL &&
                !was_given_out(k, p[PARKED_BASKET_SHOP_ID], p[PARKED_BASKET_BUSINESS_DAY], p[PARKED_BASKET_NUMBER]))
                sim_wrong(k, "basket=%lld number=%lld", LONG(p[PARKED_BASKET_ID]), LONG(p[PARKED_BASKET_NUMBER]));
        }
    for
        EACH(k, scan, SIM_MEMBER_TICKET)
        {
            const union sim_cell *t = scan.hit.c;
            if (basket_has(k, t) ||
                !was_given_out(k, t[MEMBER_TICKET_SHOP_ID], t[MEMBER_TICKET_BUSINESS_DAY], t[MEMBER_TICKET_NUMBER]))
                sim_wrong(k, "ticket=%lld number=%lld", LONG(t[MEMBER_TICKET_ID]), LONG(t[MEMBER_TICKET_NUMBER]));
        }
}

const struct sim_named_check sim_kiosk_checks[] = { { "member_secrets", member_secrets },
                                                    { "member_codes", member_codes },
                                                    { "member_tickets", member_tickets },
                                                    { "kiosk_numbers", kiosk_numbers },
                                                    { NULL, NULL } };
