"""Categories, tax classes, the programme, roles and the shop's own settings: made, changed, refused."""
import uuid

import pytest

from branch import open_branch
from names import fresh
from shop import Refused, make_shop, pb

CARD = "4111 1111 1111 1111"


def put_category(client, **fields):
    return client.command(pb.OP_CATEGORY_PUT, pb.CategoryPut(category=pb.Category(**fields)), pb.CataloguePutDone)


def put_tax(client, **fields):
    fields["rates"] = [pb.TaxRate(**rate) for rate in fields.get("rates", [])]
    return client.command(pb.OP_TAX_CLASS_PUT, pb.TaxClassPut(tax_class=pb.TaxClass(**fields)), pb.CataloguePutDone)


def put_programme(client, **fields):
    programme = pb.Programme(**fields)
    return client.command(pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=programme), pb.CataloguePutDone)


def put_role(client, **fields):
    return client.command(pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(**fields)), pb.RolePutDone)


def put_shop(client, **fields):
    return client.command(pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(**fields)), pb.ShopPutDone)


def refused(put, client, **fields):
    with pytest.raises(Refused) as caught:
        put(client, **fields)
    return caught.value.code, caught.value.field


def name():
    return "n" + fresh()


def lists(client):
    return client.call(pb.OP_PRODUCT_LIST, pb.ProductList(), pb.ProductListed)


# ---- categories ----


def test_a_category_is_made_and_changed_where_it_is_given(shop, manager):
    made = put_category(manager, name=" Sweet   things ", position=3)
    assert {c.id: (c.name, c.position) for c in lists(manager).categories}[made.id] == ("Sweet things", 3)
    put_category(manager, id=made.id, position=0)
    changed = put_category(manager, id=made.id, name="Sweets")
    assert {c.id: (c.name, c.position) for c in lists(manager).categories}[made.id] == ("Sweets", 0)
    again = put_category(manager, id=made.id, name="Sweets", position=0)
    assert again.catalogue_version == changed.catalogue_version == shop.version()


@pytest.mark.parametrize("fields, code, field", [
    ({}, "BAD_FIELD", "name"),
    ({"name": " "}, "BAD_FIELD", "name"),
    ({"name": "\u200b\ufffe"}, "BAD_FIELD", "name"),
    ({"name": "a\x07b"}, "BAD_FIELD", "name"),
    ({"name": CARD}, "CARD_NUMBER", "name"),
    ({"name": "\u0958" * 40}, "BAD_FIELD", "name"),
    ({"name": "a", "position": 1000001}, "BAD_FIELD", "position"),
    ({"id": 12345, "name": "a"}, "UNKNOWN_CATEGORY", "id"),
    ({"id": 2**64 - 1, "name": "a"}, "UNKNOWN_CATEGORY", "id"),
])
def test_a_bad_category_is_refused(shop, manager, fields, code, field):
    before = shop.version()
    assert refused(put_category, manager, **fields) == (code, f"category.{field}")
    assert shop.version() == before


def test_two_categories_are_not_called_alike(manager):
    put_category(manager, name="Éclairs")
    assert refused(put_category, manager, name="ECLAIRS") == ("NAME_TAKEN", "category.name")


def test_a_shop_has_only_so_many_categories(shop, manager):
    for _ in range(200 - len(lists(manager).categories)):
        put_category(manager, name=fresh(32) + "ж" * 8)
    assert refused(put_category, manager, name="one more")[0] == "BAD_FIELD"
    assert len(lists(manager).categories) == 200


# ---- tax classes ----

VAT7 = {"code": "VAT7", "rate_ppm": 70000}
VAT19 = {"code": "VAT19", "rate_ppm": 190000, "service": pb.SERVICE_EAT_IN}


def tax_class(client, id):
    return next(tax for tax in lists(client).tax_classes if tax.id == id)


def test_a_tax_class_is_made_and_its_rates_are_changed_all_together(shop, manager):
    id = put_tax(manager, name="Food", rates=[VAT19, VAT7]).id
    assert [(r.code, r.rate_ppm, r.service) for r in tax_class(manager, id).rates] == [("VAT7", 70000, 0), ("VAT19", 190000, 1)]
    put_tax(manager, id=id, name="Foods")  # the rates stay
    assert tax_class(manager, id).name == "Foods" and len(tax_class(manager, id).rates) == 2
    changed = put_tax(manager, id=id, rates=[{**VAT7, "rate_ppm": 80000, "hot": True}])
    assert [(r.code, r.rate_ppm, r.hot) for r in tax_class(manager, id).rates] == [("VAT7", 80000, True)]
    again = put_tax(manager, id=id, name="Foods", rates=[{**VAT7, "rate_ppm": 80000, "hot": True}])
    assert again.catalogue_version == changed.catalogue_version == shop.version()
    other = put_tax(manager, name="By the piece", rates=[VAT7], switch_at_count=6, switch_to_id=id).id
    assert (tax_class(manager, other).switch_at_count, tax_class(manager, other).switch_to_id) == (6, id)
    put_tax(manager, id=other, switch_to_id=0)
    assert tax_class(manager, other).switch_to_id == 0


@pytest.mark.parametrize("fields, code, field", [
    ({}, "BAD_FIELD", "name"),
    ({"name": CARD}, "CARD_NUMBER", "name"),
    ({"name": "a", "rates": [{"code": "V", "rate_ppm": 1000001}]}, "BAD_RATE", "rates[0].rate_ppm"),
    ({"name": "a", "rates": [{"code": "V", "rate_ppm": 2**32 - 1}]}, "BAD_RATE", "rates[0].rate_ppm"),
    ({"name": "a", "rates": [{"code": "V"}]}, "BAD_RATE", "rates[0].rate_ppm"),
    ({"name": "a", "rates": [VAT7, VAT7]}, "BAD_RATE", "rates"),
    ({"name": "a", "rates": [{**VAT7, "rate_ppm": 600000}, {"code": "X", "rate_ppm": 400001}]}, "BAD_RATE", "rates"),
    ({"name": "a", "rates": [{"rate_ppm": 1}]}, "BAD_FIELD", "rates[0].code"),
    ({"name": "a", "rates": [{"code": "ж" * 12, "rate_ppm": 1}]}, "BAD_FIELD", "rates[0].code"),
    ({"name": "a", "switch_to_id": 12345}, "UNKNOWN_TAX_CLASS", "switch_to_id"),
    ({"name": "a", "switch_to_id": 2**64 - 1}, "UNKNOWN_TAX_CLASS", "switch_to_id"),
    ({"name": "a", "switch_at_count": 1000001}, "BAD_FIELD", "switch_at_count"),
    ({"id": 12345, "name": "a"}, "UNKNOWN_TAX_CLASS", "id"),
    ({"name": "UNTAXED"}, "NAME_TAKEN", "name"),
])
def test_a_bad_tax_class_is_refused(shop, manager, fields, code, field):
    before = shop.version()
    assert refused(put_tax, manager, **fields) == (code, f"tax_class.{field}")
    assert shop.version() == before


def test_a_class_does_not_switch_to_itself_nor_on_to_a_third(manager):
    id = put_tax(manager, name=name(), rates=[VAT7]).id
    assert refused(put_tax, manager, id=id, switch_to_id=id) == ("UNKNOWN_TAX_CLASS", "tax_class.switch_to_id")
    second = put_tax(manager, name=name(), switch_to_id=id, switch_at_count=2).id
    assert refused(put_tax, manager, name=name(), switch_to_id=second) == ("BAD_FIELD", "tax_class.switch_to_id")
    third = put_tax(manager, name=name(), rates=[VAT7]).id
    with pytest.raises(Refused) as from_below:  # nor does a chain come from its other end
        put_tax(manager, id=id, switch_to_id=third, switch_at_count=3)
    assert (from_below.value.code, from_below.value.field) == ("BAD_FIELD", "tax_class.switch_to_id")
    assert f"{tax_class(manager, second).name} switches to this class: change that first" in from_below.value.sentence
    put_tax(manager, id=second, switch_to_id=third)
    put_tax(manager, id=id, switch_to_id=third)
    assert {tax_class(manager, one).switch_to_id for one in (id, second)} == {third}


def test_what_a_class_switches_to_already_is_no_change(shop, manager):
    """Chains that were made when they were not looked for yet: the same file goes in again, and a name changes."""
    third, second = (put_tax(manager, name=name(), rates=[VAT7]).id for _ in range(2))
    first = put_tax(manager, name=name(), switch_to_id=second, switch_at_count=2).id
    put_tax(manager, name=name())  # a version that the old row can be of
    version = "jsonb_build_object('from_version', (SELECT max(version) FROM catalogue_head), 'switch_to_id', %d)" % third
    for table in ("tax_class_version", "tax_rate_version"):
        shop.sql(f"INSERT INTO {table} SELECT (jsonb_populate_record(v, {version})).* FROM {table} AS v "
                 f"WHERE tax_class_id = {second}")
    put_tax(manager, id=first, name=name(), switch_to_id=second)
    put_tax(manager, id=second, name=name(), switch_to_id=third)
    with pytest.raises(Refused) as caught:
        put_tax(manager, name=name(), switch_to_id=second)
    assert "switches to another one itself: take that away first" in caught.value.sentence
    put_tax(manager, id=second, switch_to_id=0)
    put_tax(manager, name=name(), switch_to_id=second)


# ---- the programme ----


def test_the_programme_in_force_is_changed_with_or_without_its_id(shop, manager):
    category = put_category(manager, id=put_category_once(manager), position=1).id
    id = put_programme(manager, reward_category_id=category).id
    assert put_programme(manager, id=id, sign_up_points=21).id == id
    changed = put_programme(manager, sign_up_points=22, points_per_unit=11, birthday_points=0, reward_name="Bun")
    assert shop.sql(f"""SELECT sign_up_points, points_per_unit, birthday_points, reward_name, reward_category_id
                          FROM programme_version WHERE from_version = {shop.version()}""") == [(22, 11, 0, "Bun", category)]
    assert put_programme(manager, sign_up_points=22).catalogue_version == changed.catalogue_version
    assert shop.sql("SELECT count(DISTINCT programme_id) FROM programme_version") == [(1,)]


def put_category_once(manager):
    return lists(manager).categories[0].id


@pytest.mark.parametrize("fields, code, field", [
    ({"id": 12345}, "BAD_FIELD", "id"),
    ({"name": ""}, "BAD_FIELD", "name"),
    ({"reward_name": CARD}, "CARD_NUMBER", "reward_name"),
    ({"sign_up_points": -1}, "BAD_FIELD", "sign_up_points"),
    ({"birthday_points": 2**62}, "BAD_FIELD", "birthday_points"),
    ({"points_per_unit": -(2**63)}, "BAD_FIELD", "points_per_unit"),
    ({"reward_cost": 0}, "BAD_FIELD", "reward_cost"),
    ({"lot_days": 0}, "BAD_FIELD", "lot_days"),
    ({"lot_days": 36501}, "BAD_FIELD", "lot_days"),
    ({"reward_category_id": 12345}, "UNKNOWN_CATEGORY", "reward_category_id"),
])
def test_a_bad_programme_is_refused(shop, manager, fields, code, field):
    before = shop.version()
    assert refused(put_programme, manager, **fields) == (code, f"programme.{field}")
    assert shop.version() == before


# ---- roles ----


def permissions(shop, manager, role_id):
    listed = manager.call(pb.OP_STAFF_LIST, pb.StaffList(), pb.StaffListed)
    return set(next(role for role in listed.roles if role.id == role_id).permissions)


def test_what_a_role_allows_changes_for_who_is_signed_in(shop, manager):
    role = put_role(manager, name="Baker", permissions=["sell"]).id
    manager.command(pb.OP_STAFF_PUT, pb.StaffPut(name="Bea", role_id=role, pin="8261", active=True), pb.StaffPutDone)
    with shop.connect(shop.device(pb.CLIENT_ADMIN)) as console:
        console.sign_in("Bea")
        category = pb.CategoryPut(category=pb.Category(id=put_category_once(manager), position=7))
        assert console.refusal(pb.OP_CATEGORY_PUT, category, uuid.uuid4().bytes) == "PERMISSION_DENIED"
        put_role(manager, id=role, permissions=["sell", "catalogue_edit"])
        console.command(pb.OP_CATEGORY_PUT, category, pb.CataloguePutDone)
        put_role(manager, id=role, name="Bakers")  # what it allows stays
        assert permissions(shop, manager, role) == {"sell", "catalogue_edit"}
        put_role(manager, id=role, permissions=["sell"])
        assert console.refusal(pb.OP_CATEGORY_PUT, category, uuid.uuid4().bytes) == "PERMISSION_DENIED"


def test_nobody_gives_or_touches_a_right_they_do_not_have(shop, manager):
    deputy = put_role(manager, name="Deputy", permissions=["sell", "role_edit", "staff_edit"]).id
    shop.manager.command(pb.OP_STAFF_PUT, pb.StaffPut(name="Dora", role_id=deputy, pin="8261", active=True), pb.StaffPutDone)
    with shop.connect(shop.device(pb.CLIENT_ADMIN)) as console:
        console.sign_in("Dora")
        before = shop.version()
        above = ("OWN_ROLE_ABOVE", "role.permissions")
        assert refused(put_role, console, name="Mine", permissions=["sell", "refund"]) == above
        assert refused(put_role, console, id=deputy, permissions=["sell", "role_edit", "staff_edit", "tax_edit"]) == above
        assert refused(put_role, console, id=shop.role("manager"), permissions=["sell"]) == above
        assert refused(put_role, console, id=shop.role("manager"), name="Nobody") == above
        own = ("PERMISSION_DENIED", "role.permissions")
        assert refused(put_role, console, id=deputy, permissions=["sell", "staff_edit"]) == own
        assert refused(put_role, console, id=deputy, permissions=["sell", "role_edit"]) == own
        assert shop.version() == before
        put_role(console, name="Helper", permissions=["sell"])


@pytest.mark.parametrize("fields, code, field", [
    ({}, "BAD_FIELD", "name"),
    ({"name": "manager"}, "NAME_TAKEN", "name"),
    ({"name": "a", "permissions": ["fly"]}, "BAD_FIELD", "permissions[0]"),
    ({"name": "a", "permissions": ["sell", ""]}, "BAD_FIELD", "permissions[1]"),
    ({"name": "a", "permissions": ["sell"] * 65}, "BAD_FIELD", "permissions"),
    ({"id": 12345, "name": "a"}, "UNKNOWN_ROLE", "id"),
])
def test_a_bad_role_is_refused(shop, manager, fields, code, field):
    before = shop.version()
    assert refused(put_role, manager, **fields) == (code, f"role.{field}")
    assert shop.version() == before


# ---- the shop ----


def test_the_shops_settings_change_where_they_are_given(shop, manager):
    done = put_shop(manager, name="Corner bakery", zone="America/Toronto", currency="CAD", day_cutoff_minutes=0,
                    prices_include_tax=False, tax_number="", code_layouts="21:IIIIIVVVVV=weight")
    s = done.shop
    assert (s.name, s.zone, s.currency, s.day_cutoff_minutes, s.prices_include_tax, s.tax_number) == (
        "Corner bakery", "America/Toronto", "CAD", 0, False, "")
    assert s.code_layouts == "21:IIIIIVVVVV=weight"
    assert s.address == "1 Oven Street / Crustford" and s.currency_exponent == 2
    with shop.connect(shop.console) as client:
        assert client.helloed.shop == s and client.helloed.catalogue_version == done.catalogue_version
    assert put_shop(manager, name="Corner bakery").catalogue_version == done.catalogue_version
    assert s.calling_code == "" and put_shop(manager, calling_code="+49").shop.calling_code == "49"
    for none in ("0", "490", "0049"):
        assert refused(put_shop, manager, calling_code=none) == ("BAD_FIELD", "shop.calling_code")
    assert put_shop(manager, calling_code="").shop.calling_code == ""
    assert put_shop(manager, code_layouts="").shop.code_layouts == ""


@pytest.mark.parametrize("fields, code, field", [
    ({"name": ""}, "BAD_FIELD", "name"),
    ({"receipt_foot": "\x1b@"}, "BAD_FIELD", "receipt_foot"),
    ({"address": CARD}, "CARD_NUMBER", "address"),
    ({"currency": "eur"}, "BAD_CURRENCY", "currency"),
    ({"currency": "EU"}, "BAD_CURRENCY", "currency"),
    ({"currency": "€UR"}, "BAD_CURRENCY", "currency"),
    ({"currency_exponent": 5}, "BAD_CURRENCY", "currency_exponent"),
    ({"zone": "Europe/Atlantis"}, "BAD_ZONE", "zone"),
    ({"zone": ""}, "BAD_ZONE", "zone"),
    ({"zone": "../../../etc/passwd"}, "BAD_ZONE", "zone"),
    ({"zone": "/etc/localtime"}, "BAD_ZONE", "zone"),
    ({"zone": "localtime"}, "BAD_ZONE", "zone"),
    ({"zone": "posix/Europe/Berlin"}, "BAD_ZONE", "zone"),
    ({"zone": "Europe//Berlin"}, "BAD_ZONE", "zone"),
    ({"day_cutoff_minutes": 1440}, "BAD_FIELD", "day_cutoff_minutes"),
    ({"code_layouts": "20:IIIIIVVVV=price"}, "BAD_FIELD", "code_layouts"),
    ({"code_layouts": "21:IIIIIVVVVV=weight,21:IIIIICVVVV=price"}, "BAD_FIELD", "code_layouts"),
    ({"id": 2}, "UNKNOWN_SHOP", "id"),
])
def test_a_bad_setting_is_refused(shop, manager, fields, code, field):
    before = shop.version()
    assert refused(put_shop, manager, **fields) == (code, f"shop.{field}")
    assert shop.version() == before


def test_the_currency_is_fixed_once_a_drawer_was_opened_and_no_basket_brings_another(shop, manager):
    id = shop.put_product("Roll", 80)
    before = shop.version()  # another currency's, and good for a while
    put_shop(manager, currency="JPY", currency_exponent=0)
    cash = pb.Tender(kind=pb.TENDER_CASH, amount_minor=80)

    def ring_up(version):
        lines = [pb.BasketLine(product_id=id, quantity_milli=1000)]
        basket = pb.Basket(catalogue_version=version, lines=lines)
        till.command(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=basket, total_minor=80, tenders=[cash]), pb.SaleRungUp)

    with shop.till() as till:
        assert refused(put_shop, manager, currency="EUR") == ("BAD_CURRENCY", "shop.currency")
        assert refused(ring_up, before) == ("CATALOGUE_OLD", "basket.catalogue_version")
        ring_up(shop.version())
    assert refused(put_shop, manager, currency="EUR") == ("BAD_CURRENCY", "shop.currency")
    assert refused(put_shop, manager, currency_exponent=2) == ("BAD_CURRENCY", "shop.currency")
    put_shop(manager, currency="JPY", name="Still open")


def test_a_chain_has_one_currency():
    """Gift cards, accounts and prices are its shops' in common, in units: cents of which money would be anybody's guess."""
    with make_shop() as shop:
        shop.start()
        shop.open()
        boss = shop.manager
        branch = open_branch(shop)
        assert refused(put_shop, boss, currency="USD") == ("BAD_CURRENCY", "shop.currency")  # as many digits, and other money
        assert refused(put_shop, boss, currency_exponent=3) == ("BAD_CURRENCY", "shop.currency")
        put_shop(boss, currency="EUR", name="As before")
        # As the owner may have made a shop, wrongly: it comes to what the chain has.
        shop.sql(f"UPDATE shop_version SET currency = 'USD' WHERE shop_id <> {branch.id}")
        put_shop(boss, name="Still in dollars")
        assert refused(put_shop, boss, currency="CAD") == ("BAD_CURRENCY", "shop.currency")
        put_shop(boss, currency="EUR")
        assert refused(put_shop, boss, currency="USD") == ("BAD_CURRENCY", "shop.currency")
        branch.till.close()


def test_a_refund_shows_tax_as_the_sale_did_whatever_the_shop_does_now(shop, manager):
    taxed = shop.put_tax_class("VAT " + fresh(), ("VAT", 190000))
    id = shop.put_product("Taxed roll", 250, tax_class_id=taxed)
    lines = [pb.BasketLine(product_id=id, quantity_milli=1000)]
    cash = pb.Tender(kind=pb.TENDER_CASH, amount_minor=250)
    shop.staff("Rita", role="shift_lead")
    put_shop(manager, prices_include_tax=True)
    with shop.till("Rita") as till:
        basket = pb.Basket(catalogue_version=shop.version(), lines=lines)
        sale = till.command(pb.OP_SALE_RING_UP, pb.SaleRingUp(basket=basket, total_minor=250, tenders=[cash]), pb.SaleRungUp)
        put_shop(manager, prices_include_tax=False)
        back = pb.SaleRefund(receipt_number=sale.receipt_number, reason="stale")
        refund = till.command(pb.OP_SALE_REFUND, back, pb.SaleRungUp)
        text = till.call(pb.OP_SALE_SHOW, pb.SaleShow(last=True), pb.SaleShown).text.decode()
        put_shop(manager, prices_include_tax=True)
    shown = [row.left for row in refund.receipt.rows]
    assert "Subtotal" not in shown and "Subtotal" not in text and refund.totals.total_minor == -250


@pytest.mark.parametrize("op, message", [
    (pb.OP_CATEGORY_PUT, pb.CategoryPut(category=pb.Category(name="x"))),
    (pb.OP_TAX_CLASS_PUT, pb.TaxClassPut(tax_class=pb.TaxClass(name="x"))),
    (pb.OP_TENDER_TYPE_PUT, pb.TenderTypePut(tender_type=pb.TenderType(name="x", kind=pb.TENDER_VOUCHER))),
    (pb.OP_PROGRAMME_PUT, pb.ProgrammePut(programme=pb.Programme(sign_up_points=1))),
    (pb.OP_ROLE_PUT, pb.RolePut(role=pb.Role(name="x"))),
    (pb.OP_SHOP_PUT, pb.ShopPut(shop=pb.Shop(name="x"))),
])
def test_who_may_not_changes_nothing(shop, manager, op, message):
    before = shop.version()
    with shop.connect(shop.device()) as till:
        till.sign_in("Ben")
        assert till.refusal(op, message, uuid.uuid4().bytes) == "UNSUPPORTED"
    with shop.connect(shop.device(pb.CLIENT_ADMIN)) as console:
        console.sign_in("Ben")
        assert console.refusal(op, message, uuid.uuid4().bytes) == "PERMISSION_DENIED"
    assert shop.version() == before


def test_all_invariants_hold_after_all_this(shop, manager):
    shop.check()
