"""Coupons on paper: what a printer gets for a sale that earned one, and for a batch, is read off its bytes as a scanner would and taken at the till."""
import re

import cli
import pytest
from printer import FakePrinter
from shop import pb
from terminal import ENTER, F
from test_printing import bakery, printer, sell  # noqa: F401 (fixtures)
from waiting import wait_for

CODE = re.compile(r"CP[0-9A-HJKMNP-TV-Z]{14}")


@pytest.fixture
def campaign(bakery):  # noqa: F811
    """A tenth off, for each sale of 1.95."""
    terms = pb.CouponCampaign(name="Come again", gift=pb.COUPON_RATE_OFF, value=100000, receipt_minor=195, last_day="2099-12-31", least_minor=100)
    found = {c.name: c for c in bakery.shop.manager.call(pb.OP_COUPON_CAMPAIGN_LIST, pb.CouponCampaignList(), pb.CouponCampaignListed).campaigns}
    put = pb.CouponCampaignPut(campaign=pb.CouponCampaign(id=found["Come again"].id, active=True) if "Come again" in found else terms)
    made = bakery.shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, put, pb.CouponCampaignPutDone).campaign
    yield made
    stopped = pb.CouponCampaign(id=made.id, active=False)
    bakery.shop.manager.command(pb.OP_COUPON_CAMPAIGN_PUT, pb.CouponCampaignPut(campaign=stopped), pb.CouponCampaignPutDone)


def coupon_of(bakery, code):  # noqa: F811
    return bakery.shop.manager.call(pb.OP_COUPON_SHOW, pb.CouponShow(code=code), pb.CouponShown).coupon


def earned_by(bakery, number):  # noqa: F811
    with bakery.shop.connect(bakery.shop.console, kind=pb.CLIENT_CLI) as client:
        client.sign_in()
        [earned] = client.command(pb.OP_COUPON_EARN, pb.CouponEarn(receipt_number=number), pb.CouponEarned).coupons
    return earned.coupon.code


def grouped(code):
    return "-".join(code[at:at + 4] for at in range(0, 16, 4))


def check_paper(paper, code):
    lines = [line.strip() for line in paper.splitlines() if line.strip()]
    assert lines[-7:] == ["COUPON", "Come again", "10 % off", "from 1.00 on", "until 2099-12-31", code, grouped(code)], lines


def test_B14_a_coupon_is_printed_behind_its_receipt_read_and_redeemed_once(bakery, printer, campaign):  # noqa: F811
    with bakery.counter("--printer", printer.spec) as t:
        number = sell(t)
        t.wait("a coupon Come again for the customer is printed")
        wait_for(lambda: len(printer.receipts) == 2)
        receipt, paper = printer.receipts
        assert number in receipt and "COUPON" not in receipt
        [of_receipt, of_coupon] = printer.paper.codes
        code = of_coupon.data.decode()
        assert of_receipt.data == number.encode() and of_coupon.kind == "qr" and CODE.fullmatch(code)
        check_paper(paper, code)
        assert earned_by(bakery, number) == code and len(printer.paper.cuts) == 2
        t.type(ENTER, "112", ENTER)
        t.wait("Croissant")
        t.scan(code)
        t.wait("coupon Come again: 0.20 off")
        t.type(F[2])
        t.wait("Cash given:")
        t.type(ENTER)
        t.wait(re.compile(r"Receipt \dT-\d{6}"))
        wait_for(lambda: len(printer.receipts) == 3)  # 1.75 earns none
        assert re.search(r"Come again +-0\.20", printer.receipts[2]) and coupon_of(bakery, code).use_count == 1
        t.type(ENTER, "112", ENTER)
        t.wait("Croissant")
        t.type(grouped(code).lower(), ENTER)
        t.wait("this coupon Come again was used already")


def test_B14_a_coupon_waits_for_a_printer_that_is_off_and_its_code_on_no_disk(bakery, printer, campaign):  # noqa: F811
    with bakery.counter("--printer", printer.spec) as t:
        printer.off()
        number = sell(t)
        t.wait("a coupon Come again")
        code = earned_by(bakery, number)
        kept = b"".join(path.read_bytes() for path in bakery.tills[0].rglob("*") if path.is_file())
        assert number.encode() in kept
        for form in (code, grouped(code), code.lower(), code[2:14]):
            assert form.encode() not in kept, "whoever has the till's disk would have the coupon"
        printer.on()
        wait_for(lambda: len(printer.receipts) == 2)
        check_paper(printer.receipts[1], code)
        assert [found.data.decode() for found in printer.paper.codes] == [number, code]


def test_B14_a_batch_is_printed_one_paper_each_and_what_is_not_is_told(bakery, printer, campaign):  # noqa: F811
    console = cli.console(bakery.shop)
    before = campaign.coupon_count
    done = console.run("coupon", "issue", str(campaign.id), "--count", "3", "--to", printer.spec)
    assert not CODE.search(done.stdout), "a code is on paper or on the screen, not on both"
    wait_for(lambda: len(printer.receipts) == 3)
    codes = [code.data.decode() for code in printer.paper.codes]
    assert len(set(codes)) == 3 and len(printer.paper.cuts) == 3 and printer.paper.kicks == []
    for paper, code in zip(printer.receipts, codes):
        check_paper(paper, code)
    numbers = [coupon_of(bakery, code).number for code in codes]
    assert numbers == sorted(numbers) == list(range(numbers[0], numbers[0] + 3)) and numbers[0] > before
    printer.change(out_of_paper=True)
    told = console.run("coupon", "issue", str(campaign.id), "--count", "2", "--to", printer.spec, status=cli.FAULT)
    printer.refill()
    left = CODE.findall(told.stdout)
    assert len(left) == 2 and "is not printed: no paper" in told.stderr and not CODE.search(told.stderr), "no code is in an error"
    assert [coupon_of(bakery, code).number for code in left] == [numbers[2] + 1, numbers[2] + 2]
    with FakePrinter() as gone:
        spec = gone.spec
    told = console.run("coupon", "issue", str(campaign.id), "--count", "1", "--to", spec, status=cli.FAULT)
    assert len(CODE.findall(told.stdout)) == 1


def test_B14_what_a_sale_earned_is_printed_again_from_the_command_line(bakery, printer, campaign):  # noqa: F811
    with bakery.counter() as t:  # a till without a printer says it
        number = sell(t)
        t.wait(re.compile(r"a coupon Come again for the customer: (CP..-....-....-....)"))
        shown = re.search(r"CP..-....-....-....", t.text).group(0)
    console = cli.console(bakery.shop, "printing")
    console.run("coupon", "print", number, "--to", printer.spec)
    wait_for(lambda: printer.receipts)
    [code] = [found.data.decode() for found in printer.paper.codes]
    assert grouped(code) == shown
    check_paper(printer.receipts[0], code)
