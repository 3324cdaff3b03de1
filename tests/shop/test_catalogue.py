"""Products: made, changed, refused, shown, listed; what did not change is not written."""
import threading
import uuid

import pytest

from names import fresh
from shop import Refused, pb

COUNTS = "SELECT (SELECT count(*) FROM product_version), (SELECT count(*) FROM price_version), max(version) FROM catalogue_head"


@pytest.fixture()
def goods(shop, manager):
    """The shop, and a category and a tax class to use."""
    if not hasattr(shop, "bread"):
        shop.bread = shop.put_category("Bread")
        shop.food = shop.put_tax_class("food", ("VAT7", 70000))
    return shop


def sku():
    return "S" + fresh()


def new(goods, **fields):
    return {"name": "Rye", "price_minor": 350, "tax_class_id": goods.food, "sku": sku(), **fields}


def refused(goods, *drafts, **more):
    with pytest.raises(Refused) as caught:
        goods.put(*drafts, **more)
    return caught.value.code, caught.value.field


def test_a_product_is_found_by_each_of_its_keys(goods):
    draft = new(goods, name="  Rye   bread ", plu=4711, barcodes=["4006381333931", "HOME-1"], category_id=goods.bread,
                contains=[1, 3], may_contain=[8], allergen_note="rye, egg", unit=pb.UNIT_KILOGRAM,
                stock_policy=pb.STOCK_BLOCK)
    id = goods.put(draft).ids[0]
    shown = goods.show(id=id)
    assert shown.name == "Rye bread" and shown.price_minor == 350 and shown.active and not shown.sold_out
    assert shown.unit == pb.UNIT_KILOGRAM and shown.stock_policy == pb.STOCK_BLOCK
    assert list(shown.contains) == [1, 3] and list(shown.may_contain) == [8] and shown.allergen_note == "rye, egg"
    assert sorted(shown.barcodes) == ["4006381333931", "HOME-1"]
    for key in ({"plu": 4711}, {"barcode": "4006381333931"}, {"barcode": "HOME-1"}, {"sku": draft["sku"]}):
        assert goods.show(**key) == shown


def test_a_upc_a_and_the_ean_13_with_a_zero_in_front_are_one_code(goods):
    upc, ean = "036000291452", "0036000291452"
    id = goods.put(new(goods, barcodes=[ean, upc])).ids[0]
    for code in (upc, ean):
        assert goods.show(barcode=code).id == id
    assert list(goods.show(id=id).barcodes) == [upc]
    for code in (upc, ean):
        assert refused(goods, new(goods, barcodes=[code]))[0] == "BARCODE_TAKEN"
    assert refused(goods, new(goods, barcodes=["614141007349"]), new(goods, barcodes=["0614141007349"]))[0] == "BARCODE_TAKEN"


def test_a_row_with_the_longer_form_is_found_keeps_its_code_and_takes_the_shorter(goods):
    """As it stood in the tables before there was one form."""
    upc, ean = "012345678905", "0012345678905"
    draft = new(goods, barcodes=[upc])
    id = goods.put(draft).ids[0]
    goods.put(new(goods))  # a version that the old row can be of
    goods.sql(f"""
        UPDATE product_barcode SET barcode = '{ean}' WHERE product_id = {id};
        INSERT INTO product_version SELECT (jsonb_populate_record(v, jsonb_build_object(
               'from_version', (SELECT max(version) FROM catalogue_head), 'barcodes', jsonb_build_array('{ean}')))).*
          FROM product_version AS v WHERE product_id = {id}""")
    goods.servers[0].restart()
    goods.manager = goods.connect(goods.console)
    goods.manager.sign_in()
    for code in (upc, ean):
        assert goods.show(barcode=code).id == id
        assert refused(goods, new(goods, barcodes=[code]))[0] == "BARCODE_TAKEN"
    goods.put({"id": id, "name": "Rye again"})
    assert goods.show(barcode=upc).name == "Rye again"
    goods.put({"id": id, "barcodes": [ean]})
    assert list(goods.show(id=id).barcodes) == [upc] and goods.show(barcode=ean).id == id


@pytest.mark.parametrize("key", [{"id": 1}, {"id": 2**63}, {"plu": 999998}, {"barcode": "none"}, {"sku": "none"},
                                 {"sku": ""}, {"plu": 0}])
def test_what_is_not_there_is_not_shown(goods, key):
    assert goods.manager.refusal(pb.OP_PRODUCT_SHOW, pb.ProductShow(**key)) == "UNKNOWN_PRODUCT"


def test_one_key_is_asked_by(goods):
    for message in (pb.ProductShow(), pb.ProductShow(plu=1, sku="a")):
        assert goods.manager.refusal(pb.OP_PRODUCT_SHOW, message) == "BAD_FIELD"


@pytest.mark.parametrize(
    "fields, code, field",
    [
        ({"name": ""}, "BAD_FIELD", "name"),
        ({"name": " \u00a0 "}, "BAD_FIELD", "name"),
        ({"name": "a\x1b[31m"}, "BAD_FIELD", "name"),
        ({"name": "a\x00b"}, "BAD_FIELD", "name"),
        ({"name": "a\nb"}, "BAD_FIELD", "name"),
        ({"name": "\u200b\u2028"}, "BAD_FIELD", "name"),
        ({"name": "a\u202eb"}, "BAD_FIELD", "name"),
        ({"name": "x" * 81}, "BAD_FIELD", "name"),
        ({"name": "\u0958" * 80}, "BAD_FIELD", "name"),  # longer when it is tidied than as it was typed
        ({"name": "4111 1111 1111 1111"}, "CARD_NUMBER", "name"),
        ({"allergen_note": "%B4111111111111111^DOE/J^2512101?"}, "CARD_NUMBER", "allergen_note"),
        ({"sku": "4111111111111111"}, "CARD_NUMBER", "sku"),
        ({"barcodes": ["4111111111111111"]}, "NO_SECRET_WANTED", "barcodes[0]"),
        ({"price_minor": -1}, "BAD_PRICE", "price_minor"),
        ({"price_minor": 10**12 + 1}, "BAD_PRICE", "price_minor"),
        ({"price_minor": 2**63 - 1}, "BAD_PRICE", "price_minor"),
        ({"price_minor": -(2**63)}, "BAD_PRICE", "price_minor"),
        ({"category_id": 12345}, "UNKNOWN_CATEGORY", "category_id"),
        ({"category_id": 2**64 - 1}, "UNKNOWN_CATEGORY", "category_id"),
        ({"tax_class_id": 12345}, "UNKNOWN_TAX_CLASS", "tax_class_id"),
        ({"tax_class_id": 0}, "UNKNOWN_TAX_CLASS", "tax_class_id"),
        ({"id": 12345}, "UNKNOWN_PRODUCT", "id"),
        ({"id": 2**64 - 1}, "UNKNOWN_PRODUCT", "id"),
        ({"plu": 1000000}, "BAD_FIELD", "plu"),
        ({"barcodes": ["4006381333932"]}, "BAD_BARCODE", "barcodes[0]"),
        ({"barcodes": ["HOME-2", "036000291453"]}, "BAD_BARCODE", "barcodes[1]"),
        ({"barcodes": ["96385075"]}, "BAD_BARCODE", "barcodes[0]"),
        ({"barcodes": [""]}, "BAD_BARCODE", "barcodes[0]"),
        ({"barcodes": ["x" * 41]}, "BAD_FIELD", "barcodes[0]"),
        ({"barcodes": [f"B{i}" for i in range(11)]}, "BAD_FIELD", "barcodes"),
        ({"contains": [15]}, "BAD_FIELD", "contains"),
        ({"may_contain": [0]}, "BAD_FIELD", "may_contain"),
        ({"contains": [2**32 - 1]}, "BAD_FIELD", "contains"),
    ],
)
def test_a_bad_draft_is_refused_by_its_code_and_field(goods, fields, code, field):
    before = goods.sql(COUNTS)
    assert refused(goods, new(goods, **fields)) == (code, f"drafts[0].product.{field}")
    assert goods.sql(COUNTS) == before


@pytest.mark.parametrize("missing, code", [("name", "BAD_FIELD"), ("price_minor", "BAD_PRICE"),
                                           ("tax_class_id", "UNKNOWN_TAX_CLASS")])
def test_a_new_product_needs_name_price_and_tax_class(goods, missing, code):
    draft = new(goods)
    del draft[missing]
    assert refused(goods, draft) == (code, f"drafts[0].product.{missing}")


def test_no_draft_and_too_many_are_refused(goods):
    assert refused(goods)[0] == "BAD_FIELD"
    assert refused(goods, *[{"name": "a", "price_minor": 1, "tax_class_id": goods.food}] * 101)[0] == "BAD_FIELD"


def test_a_plu_a_bar_code_and_a_sku_are_one_products(goods):
    key = sku()
    goods.put(new(goods, sku=key, plu=5001, barcodes=["TAKEN-1"]))
    other = goods.put(new(goods)).ids[0]
    assert refused(goods, new(goods, plu=5001)) == ("PLU_TAKEN", "drafts[0].product.plu")
    assert refused(goods, {"id": other, "plu": 5001}) == ("PLU_TAKEN", "drafts[0].product.plu")
    assert refused(goods, {"id": other, "barcodes": ["TAKEN-1"]}) == ("BARCODE_TAKEN", "drafts[0].product.barcodes")
    assert refused(goods, {"id": other, "sku": key}) == ("NAME_TAKEN", "drafts[0].product.sku")
    # and of one request
    assert refused(goods, new(goods, plu=5002), new(goods, plu=5002)) == ("PLU_TAKEN", "drafts[1].product.plu")
    assert refused(goods, new(goods, barcodes=["T-2"]), new(goods, barcodes=["T-2"]))[0] == "BARCODE_TAKEN"
    assert refused(goods, new(goods, sku="twice"), new(goods, sku="twice"))[0] == "NAME_TAKEN"
    assert refused(goods, {"id": other}, {"id": other}) == ("BAD_FIELD", "drafts[1]")


def test_keys_may_change_hands_within_one_request(goods):
    first, second = goods.put(new(goods, plu=5101, barcodes=["SWAP-1"]), new(goods, plu=5102, barcodes=["SWAP-2"])).ids
    goods.put({"id": first, "plu": 5102, "barcodes": ["SWAP-2"]}, {"id": second, "plu": 5101, "barcodes": ["SWAP-1"]})
    assert goods.show(plu=5102).id == first and goods.show(barcode="SWAP-2").id == first
    assert goods.show(plu=5101).id == second and goods.show(barcode="SWAP-1").id == second
    third = goods.put({"id": first, "plu": 0}, new(goods, plu=5102)).ids[1]
    assert goods.show(plu=5102).id == third and goods.show(id=first).plu == 0


def test_a_hundred_are_made_all_or_none(goods):
    drafts = [new(goods, name=f"Roll {i}") for i in range(100)]
    before = goods.sql(COUNTS)
    assert refused(goods, *drafts[:99], {**drafts[99], "price_minor": -1}) == (
        "BAD_PRICE", "drafts[99].product.price_minor")
    assert goods.sql(COUNTS) == before
    done = goods.put(*drafts)
    assert len(set(done.ids)) == 100 and done.catalogue_version == before[0][2] + 1
    assert [goods.show(id=id).name for id in done.ids] == [draft["name"] for draft in drafts]


def test_present_fields_are_changed_and_lists_where_it_is_said(goods):
    key = sku()
    id = goods.put(new(goods, sku=key, barcodes=["KEEP-1"], contains=[1], allergen_note="rye", plu=5201)).ids[0]
    assert goods.put({"sku": key, "price_minor": 360}).ids == [id]
    shown = goods.show(id=id)
    assert (shown.price_minor, shown.name, shown.plu) == (360, "Rye", 5201)
    assert list(shown.barcodes) == ["KEEP-1"] and list(shown.contains) == [1] and shown.allergen_note == "rye"
    goods.put({"id": id, "may_contain": [7]}, set_lists=True)
    shown = goods.show(id=id)
    assert list(shown.barcodes) == [] and list(shown.contains) == [] and list(shown.may_contain) == [7]
    assert shown.allergen_note == "" and shown.plu == 5201
    assert goods.manager.refusal(pb.OP_PRODUCT_SHOW, pb.ProductShow(barcode="KEEP-1")) == "UNKNOWN_PRODUCT"
    goods.put({"id": id, "plu": 0, "sku": "", "active": False})
    shown = goods.show(id=id)
    assert shown.plu == 0 and shown.sku == "" and not shown.active


def test_what_did_not_change_is_not_written(goods):
    draft = new(goods, barcodes=["SAME-2", "SAME-1", "SAME-2"], contains=[2, 1], category_id=goods.bread, plu=5301)
    id = goods.put(draft).ids[0]
    before = goods.sql(COUNTS)
    again = goods.put(draft)
    assert again.ids == [id] and again.catalogue_version == before[0][2]
    assert goods.sql(COUNTS) == before
    done = goods.put({**draft, "price_minor": 400}, {"id": goods.put(new(goods)).ids[0]})
    product_rows, price_rows, version = goods.sql(COUNTS)[0]
    assert (product_rows, price_rows, version) == (before[0][0] + 1, before[0][1] + 2, before[0][2] + 2)
    assert done.catalogue_version == version


def test_a_change_is_journalled_with_before_and_after(goods):
    id = goods.put(new(goods, name="Before")).ids[0]
    goods.put({"id": id, "name": "After", "price_minor": 999})
    entry = bytes(goods.sql("SELECT bytes FROM journal WHERE kind = 'L' ORDER BY at DESC, number DESC LIMIT 1")[0][0])
    assert b"product_put" in entry and id.to_bytes(8, "big") in entry
    for text in (b"name", b"Before", b"After", b"price_minor", b"350", b"999"):
        assert text in entry
    assert b"tax_class_id" not in entry


def test_the_largest_request_has_an_entry_that_can_be_told(goods):
    """All texts of a hundred products as long as they may be, and then other ones: more than an entry holds."""
    def drafts(letter, count):
        return [{"sku": f"LONG{i:03}", "name": letter * 80, "price_minor": 1, "tax_class_id": goods.food,
                 "allergen_note": letter * 200, "barcodes": [f"{letter}{i:03}-{k}-{'x' * 20}" for k in range(10)]}
                for i in range(count)]

    for letter, count in (("a", 85), ("é", 60)):
        goods.put(*drafts(letter, count))
        size = goods.sql("SELECT octet_length(bytes) FROM journal WHERE kind = 'L' ORDER BY at DESC, number DESC LIMIT 1")
        assert 2000 < size[0][0] <= 60000


def test_the_same_command_is_carried_out_once(goods):
    id, message = uuid.uuid4().bytes, pb.ProductPut(drafts=[pb.ProductDraft(product=pb.Product(**{**new(goods), "sku": ""}))])
    first = goods.manager.reply(pb.OP_PRODUCT_PUT, message, id)
    second = goods.manager.reply(pb.OP_PRODUCT_PUT, message, id)
    assert first.body == second.body and first.body


def test_who_puts_a_plu_at_the_same_time_is_told_that_it_is_taken(goods):
    clients = [goods.connect(goods.console) for _ in range(4)]
    outcomes = []

    def put(client):
        try:
            outcomes.append(goods.put(new(goods, plu=5401), client=client))
        except Refused as error:
            outcomes.append(error.code)

    for client in clients:
        client.sign_in()
    threads = [threading.Thread(target=put, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome for outcome in outcomes if isinstance(outcome, str)) == ["PLU_TAKEN"] * 3
    for client in clients:
        client.close()


def test_products_are_edited_by_who_may_and_where(goods):
    with goods.connect(goods.device()) as till:
        till.sign_in("Ben")
        message = pb.ProductPut(drafts=[pb.ProductDraft(product=pb.Product(**new(goods)))])
        assert till.refusal(pb.OP_PRODUCT_PUT, message, uuid.uuid4().bytes) == "UNSUPPORTED"
    with goods.connect(goods.device(pb.CLIENT_ADMIN)) as console:
        before = goods.sql(COUNTS)
        assert console.refusal(pb.OP_PRODUCT_PUT, message, uuid.uuid4().bytes) == "SIGN_IN_FIRST"
        console.sign_in("Ben")
        assert console.refusal(pb.OP_PRODUCT_PUT, message, uuid.uuid4().bytes) == "PERMISSION_DENIED"
        assert goods.sql(COUNTS) == before


def test_a_kiosk_reads_without_anybody_signed_in_and_changes_nothing(goods):
    id = goods.put(new(goods)).ids[0]
    with goods.connect(goods.device(pb.CLIENT_KIOSK)) as kiosk:
        assert goods.show(kiosk, id=id).id == id
        assert kiosk.call(pb.OP_PRODUCT_LIST, pb.ProductList(), pb.ProductListed).products
        assert kiosk.call(pb.OP_CATALOGUE_FOLLOW, pb.CatalogueFollow(), pb.CatalogueFollowed).snapshot
        off = pb.ProductSoldOut(product_id=id, sold_out=True)
        assert kiosk.refusal(pb.OP_PRODUCT_SOLD_OUT, off, uuid.uuid4().bytes) == "UNSUPPORTED"


# ---- lists ----


def listed(goods, **more):
    """All pages; and the first."""
    pages, after = [], 0
    while True:
        page = goods.manager.call(pb.OP_PRODUCT_LIST, pb.ProductList(after_id=after, **more), pb.ProductListed)
        pages.append(page)
        if not page.more:
            return [product for page in pages for product in page.products], pages
        assert page.products
        after = page.products[-1].id


def test_pages_list_every_product_once_in_the_order_of_ids(goods):
    goods.put(*[new(goods, name=f"Listed {i}", allergen_note="n" * 200) for i in range(80)])
    goods.put(*[new(goods, name=f"Listed {i}") for i in range(80, 160)])
    products, pages = listed(goods)
    assert [p.id for p in products] == [id for (id,) in goods.sql("SELECT id FROM product ORDER BY id")]
    assert len(pages) > 1 and all(len(page.products) <= 100 for page in pages)
    assert {c.name for c in pages[0].categories} >= {"Bread"}
    assert {t.name for t in pages[0].tax_classes} >= {"untaxed", "food"}
    assert not pages[1].categories and pages[0].catalogue_version == goods.version()


def test_a_word_finds_any_part_of_a_name_case_and_accents_aside(goods):
    goods.put(new(goods, name="Éclair au Café"), new(goods, name="ECLAIR plain"), new(goods, name="Weißbrot"))
    names = lambda word: sorted(p.name for p in listed(goods, word=word)[0])  # noqa: E731
    assert names("éclair") == names("CLAIR") == ["ECLAIR plain", "Éclair au Café"]
    assert names("cafe") == ["Éclair au Café"]
    assert names("WEISSBROT") == names("ßbr") == ["Weißbrot"]
    assert names("no such product") == []


# ---- sold out ----


def test_a_till_takes_a_product_off_the_shelf_and_puts_it_back(goods):
    id = goods.put(new(goods)).ids[0]
    with goods.connect(goods.device()) as till:
        till.sign_in("Ben")
        for sold_out in (True, False):
            done = till.command(pb.OP_PRODUCT_SOLD_OUT, pb.ProductSoldOut(product_id=id, sold_out=sold_out),
                                pb.ProductPutDone)
            assert goods.show(till, id=id).sold_out == sold_out
        before = goods.version()
        again = till.command(pb.OP_PRODUCT_SOLD_OUT, pb.ProductSoldOut(product_id=id, sold_out=False), pb.ProductPutDone)
        assert again.catalogue_version == done.catalogue_version == before == goods.version()
        for message, code in ((pb.ProductSoldOut(product_id=99, sold_out=True), "UNKNOWN_PRODUCT"),
                              (pb.ProductSoldOut(product_id=2**64 - 1, sold_out=True), "UNKNOWN_PRODUCT"),
                              (pb.ProductSoldOut(product_id=id), "BAD_FIELD")):
            assert till.refusal(pb.OP_PRODUCT_SOLD_OUT, message, uuid.uuid4().bytes) == code


def test_all_invariants_hold_after_all_this(goods):
    goods.check()
