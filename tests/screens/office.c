/* The office's console with a bakery and a link that the test answers. */
#include "office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

static void index_all(struct office *o)
{
    while (!admin_idle(&o->admin))
        ;
}

void office_rates(struct office *o, uint64_t version, int64_t product_id, uint32_t hundredths, uint32_t count)
{
    const struct product *before = catalogue_product(o->catalogue, catalogue_newest(o->catalogue), product_id);
    assert_non_null(before);
    struct product product = *before;

    product.rating_hundredths = hundredths;
    product.rating_count = count;
    catalogue_put_product(o->catalogue, version, &product);
    catalogue_seal(o->catalogue, version, (int64_t)version);
    scripted_catalogue(o->link, o->catalogue);
    index_all(o);
}

void office_open(struct office *o)
{
    memset(o, 0, sizeof(*o));
    o->catalogue = bakery_create();
    o->now_us = 1000000;
    golden_terminal(false);
    admin_init(&o->admin);
    o->link = scripted_link_create(&admin_events, &o->admin);
    admin_attach(&o->admin, o->link);
    office_rates(o, 2, 1, 446, 12);
    scripted_state(o->link, LINK_ONLINE, "connected to bakery:7117");
    admin_tick(&o->admin, o->now_us, true);
}

void office_close(struct office *o)
{
    admin_fini(&o->admin);
    scripted_link_destroy(o->link);
    catalogue_destroy(o->catalogue);
}

void office_sign_in(struct office *o)
{
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;

    office_type(o, "Cara");
    office_type(o, "\r");
    office_type(o, "8261");
    office_type(o, "\r");
    scripted_session(o->link, "Cara", false);
    scripted_answer(o->link, CAROLINE__V1__OP__OP_SESSION_OPEN, &opened.base);
}

static void pass(struct office *o, int64_t us)
{
    struct stage *stage = &o->admin.stage;

    o->now_us += us;
    while (stage_deadline_us(stage) != 0 && stage_deadline_us(stage) <= o->now_us)
        stage_expire(stage, o->now_us);
}

void office_type(struct office *o, const char *keys)
{
    stage_input(&o->admin.stage, bytes_of_text(keys), o->now_us);
    admin_tick(&o->admin, o->now_us, true);
    pass(o, 100000);
}

void office_spell(struct office *o, const char *text)
{
    for (; *text != 0; text++) {
        const char key[2] = { *text };
        office_type(o, key);
    }
}

void office_scan(struct office *o, const char *code)
{
    for (; *code != 0; code++) {
        stage_input(&o->admin.stage, bytes_of(code, 1), o->now_us);
        pass(o, 2000);
    }
    office_type(o, "\r");
}

void office_waits(struct office *o, int64_t us)
{
    pass(o, us);
    admin_tick(&o->admin, o->now_us, false);
}

static void look(struct office *o, const char *text, bool wanted)
{
    char *screen = golden_text(&o->admin.stage, 24, 80);
    bool there = strstr(screen, text) != NULL;

    if (there != wanted)
        fail_msg("'%s' is%s on the screen\n%s", text, there ? "" : " not", screen);
    free(screen);
}

void office_sees(struct office *o, const char *text)
{
    look(o, text, true);
}

void office_sees_not(struct office *o, const char *text)
{
    look(o, text, false);
}

void office_golden(struct office *o, const char *name)
{
    char file[128];

    snprintf(file, sizeof(file), "office-%s", name);
    golden_check_stage(&o->admin.stage, file);
}
