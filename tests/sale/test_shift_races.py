"""A close races sales: each sale is in exactly one Z, whichever server it came by, and what comes late is in the next."""
import os
import random
import uuid

from counter import basket, check_books, check_strands, seed
from shop import pb

SELLERS = 4


def connections(shop, identity):
    """Sellers on both servers, and one who closes."""
    made = []
    for i in range(SELLERS + 1):
        client = shop.connect(identity, port=shop.servers[i % 2].port)
        client.sign_in("Lea" if i == SELLERS else "Ben")
        made.append(client)
    return made


def open_shift(client):
    return client.command(pb.OP_SHIFT_OPEN, pb.ShiftOpen(float_minor=100), pb.ShiftShown).shift_id


def sale(shop_basket, shift_id):
    return pb.SaleRingUp(basket=shop_basket, total_minor=45, shift_id=shift_id,
                         tenders=[pb.Tender(kind=pb.TENDER_CASH, amount_minor=45)])


def test_each_sale_is_in_exactly_one_z(shop):
    seed_number = int(os.environ.get("CAROLINE_SEED") or random.randrange(1 << 32))
    races = int(os.environ.get("CAROLINE_RACES", "25"))
    print(f"seed {seed_number}, {races} races")
    chance = random.Random(seed_number)
    goods = seed(shop)
    shop.staff("Lea", role="shift_lead")
    shop.start()
    tills = [connections(shop, shop.device()) for _ in range(2)]
    bought = basket(shop, (goods["roll"], 1))
    open_now = [open_shift(till[-1]) for till in tills]
    late = [[] for _ in tills]  # commands that came too late, with the shift they were made in
    sold = {}  # sale id: shift that was open when it was made
    zs = []
    won = lost = 0  # sales sent behind a close that came before it, and those sent before it that came too late

    for _ in range(races):
        which = chance.randrange(len(tills))
        till, shift = tills[which], open_now[which]
        orders = [(command, made_in) for command, made_in in late[which]]
        orders += [(uuid.uuid4().bytes, shift) for _ in range(chance.randrange(1, 9))]
        late[which] = []
        steps = [("sale", order) for order in orders]
        steps.insert(chance.randrange(len(steps) + 1), ("close", None))
        waiting = []
        for kind, order in steps:
            if kind == "close":
                client, op, message, command = till[-1], pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=100, shift_id=shift), uuid.uuid4().bytes
            else:
                client, op, (command, made_in) = till[chance.randrange(SELLERS)], pb.OP_SALE_RING_UP, order
                message = sale(bought, made_in)
            waiting.append((kind, order, client, client.send(op, message, command)))
        behind = False
        for kind, order, client, id in waiting:
            reply = client.read_reply(id)
            if kind == "close":
                behind = True
            else:
                won += behind and not reply.HasField("error")
                lost += not behind and reply.HasField("error")
            if kind == "close":
                assert not reply.HasField("error"), reply.error
                zs.append(pb.ShiftReported.FromString(reply.body))
            elif reply.HasField("error"):
                # A refusal is kept under its id: the till sends the sale again as another command.
                assert pb.code(reply.error.code) == "SHIFT_NOT_OPEN"
                late[which].append((uuid.uuid4().bytes, order[1]))
            else:
                made = pb.SaleRungUp.FromString(reply.body)
                assert made.sale_id not in sold
                sold[made.sale_id] = order[1]
        open_now[which] = open_shift(till[-1])

    for which, till in enumerate(tills):
        for command, made_in in late[which]:
            made = till[0].command(pb.OP_SALE_RING_UP, sale(bought, made_in), pb.SaleRungUp, command)
            sold[made.sale_id] = made_in
        zs.append(till[-1].command(pb.OP_SHIFT_CLOSE, pb.ShiftClose(counted_minor=0), pb.ShiftReported))

    rows = shop.sql("SELECT id, shift_id, made_shift_id FROM sale")
    assert {id for id, _, _ in rows} == set(sold), "what was acknowledged is what is in the books"
    print(f"{won} sales overtook a close, {lost} were overtaken by one")
    assert races < 500 or won > 0 and lost > 0, "nothing raced"
    counted = {z.shift_id: z.sale_count for z in zs}
    assert len(counted) == len(zs) == races + len(tills), "one Z a shift"
    in_books = dict.fromkeys(counted, 0)
    for id, shift, made_in in rows:
        in_books[shift] += 1
        assert made_in == (None if sold[id] == shift else sold[id]), "a late sale names the shift it was made in"
    assert in_books == counted
    assert shop.sql("SELECT count(*) FROM sale_exception WHERE kind = 2") == [(sum(m is not None for _, _, m in rows),)]
    # The Zs' receipts follow one another without gap or overlap.
    for till in {z.till_number for z in zs}:
        following = 1
        for z in sorted((z for z in zs if z.till_number == till), key=lambda z: z.number):
            if z.sale_count:
                first, last = (int(text.split("-")[1]) for text in (z.first_receipt, z.last_receipt))
                assert (first, last) == (following, following + z.sale_count - 1)
                following = last + 1
    check_books(shop)
    check_strands(shop)
