"""Members of --large who are looked for: what each is found by, out of their number alone, so that nothing of it is kept. They come by
the importer, sealed under keys of their own, with real blind indexes of telephone, e-mail and every prefix of the name; a card's, which no
old shop has, is made here of the vault's key, as server/vault/blind.c makes it."""
import hashlib
import hmac
import json

KINDS = ("phone", "email", "card", "name")
CARD = 3  # member_blind.kind, and the vault's
LETTERS, NAMES = "abcdefghijklmnopqrstuvwxyz", 26 ** 5


def phone(number):
    return f"+49307{number:07d}"


def email(number):
    return f"mia.{number}@bench.example"


def card(number):
    return f"BENCH{number:08d}"


def family(number):
    """Eight letters; the first five are nobody else's."""
    rest, letters = number * 7_368_787 % NAMES, ""
    for _ in range(5):
        rest, letter = divmod(rest, 26)
        letters += LETTERS[letter]
    return letters + hashlib.md5(letters.encode()).hexdigest()[:3].translate(str.maketrans("0123456789", "ghijklmnop"))


def prefix(number):
    """As a cashier types it: three to eight letters of the name."""
    return family(number)[:3 + number % 6]


def keys(kind, count):
    """A line each, for bench_load."""
    of = {"phone": phone, "email": email, "card": card, "name": prefix}[kind]
    return [f"{kind}:{of(number)}" for number in range(1, count + 1)]


def write_dump(path, count):
    """As `manage.py dumpdata` writes it. Nobody has a password: a PIN's hash would take most of the time, and is not looked for."""
    with open(path, "w") as file:
        file.write("[")
        for number in range(1, count + 1):
            fields = {"username": f"m{number}", "first_name": "Mia", "last_name": family(number).capitalize(), "email": email(number),
                      "password": "!", "points": 20, "phone": phone(number), "birthday": None, "is_staff": False, "is_superuser": False,
                      "is_active": True, "date_joined": "2024-05-01T08:00:00Z"}
            file.write("," * (number > 1) + json.dumps({"model": "cookies.user", "pk": number, "fields": fields}) + "\n")
        file.write("]")


def card_blinds(secret, count):
    """By number; secret: what blind.key holds."""
    key = hmac.digest(secret, f"caroline blind index {CARD}".encode(), "sha256")
    return [hmac.digest(key, card(number).encode(), "sha256")[:16] for number in range(1, count + 1)]
