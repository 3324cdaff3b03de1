"""The watch over the invariants of a running shop."""
import pytest

from shop import pb, wait_for


@pytest.fixture()
def watched(shop):
    """The shop, its invariants looked at as often as a server that was told nothing does, its manager on a new connection."""
    shop.servers[0].restart()
    with shop.connect(shop.console) as client:
        client.sign_in()
        shop.manager = client
        yield shop


def test_an_invariant_that_is_broken_is_named_and_again_when_it_holds(watched):
    shop, server = watched, watched.servers[0]
    bread = shop.put_product("Watched bread", 300)
    shop.receive(bread, 5)
    shop.sql(f"UPDATE stock SET on_hand_milli = on_hand_milli + 1000 WHERE product_id = {bread}")
    named = f'invariant_broken check=stock_on_hand row="shop=1 product={bread} on_hand_milli=6000 entries_milli=5000"'
    wait_for(lambda: named in server.log(), 60, named)  # within a minute

    def shown():
        return shop.manager.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown)

    assert shown().invariants_broken == 1 and shown().invariant == "stock_on_hand"
    shop.sql(f"UPDATE stock SET on_hand_milli = on_hand_milli - 1000 WHERE product_id = {bread}")
    wait_for(lambda: "invariant_holds_again check=stock_on_hand" in server.log(), 150, "that it holds again")
    assert shown().invariants_broken == 0 and not shown().HasField("invariant") and shown().invariants_us > 0


def test_nothing_is_watched_where_the_settings_say_so(shop):
    server = shop.servers[0]
    server.arguments.append("--watch-s=0")
    server.restart()
    with shop.connect(shop.console) as client:
        client.sign_in()
        assert not client.call(pb.OP_SERVER_SHOW, pb.ServerShow(), pb.ServerShown).HasField("invariants_us")
