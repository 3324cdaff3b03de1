"""Timed work of a running server: what has had its time goes, what has not stays."""
from shop import wait_for


def test_answers_go_after_ninety_days_and_not_before(shop):
    shop.sql(
        """INSERT INTO command (device_id, command_id, op, body_hash, reply, at)
           SELECT 1, decode(lpad(to_hex(n), 32, '0'), 'hex'), 50, decode(repeat('00', 32), 'hex'), '\\x1a00',
                  now() - CASE WHEN n % 2 = 0 THEN interval '91 days' ELSE interval '89 days' END
             FROM generate_series(1, 5000) AS n"""
    )
    shop.servers[0].restart()
    wait_for(lambda: shop.sql("SELECT count(*) FROM command WHERE at < now() - interval '90 days'")[0][0] == 0, 30)
    assert shop.sql("SELECT count(*) FROM command WHERE device_id = 1")[0][0] == 2500


def test_sessions_that_ended_days_ago_go(shop):
    shop.sql(
        """INSERT INTO session (token_hash, device_id, staff_id, created_at, seen_at, expires_at)
           SELECT decode(repeat('0' || n, 32), 'hex'), device.id, staff.id, now(), now(), now() - n * interval '1 day'
             FROM generate_series(1, 4) AS n, (SELECT id FROM device LIMIT 1) AS device, (SELECT id FROM staff LIMIT 1) AS staff"""
    )
    shop.servers[0].restart()
    wait_for(lambda: shop.sql("SELECT count(*) FROM session WHERE expires_at < now() - interval '2 days'")[0][0] == 0, 30)
    assert shop.sql("SELECT count(*) FROM session WHERE expires_at < now()")[0][0] == 1


def test_a_key_whose_person_is_known_stays(shop):
    shop.servers[0].restart()
    client = shop.connect(shop.console)
    client.sign_in()
    assert client.session.staff.name == "Caroline"
    client.close()
