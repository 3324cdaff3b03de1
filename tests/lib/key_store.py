"""The key store as a thief reads it: by its files alone, without the product's code."""
import collections
import sqlite3

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding


def stores(data):
    """The key store's file and its mirror."""
    return data / "vault" / "keys.sqlite", data / "vault-mirror"


def secrets_of(vault):
    return {path.name: path.read_bytes() for path in vault.glob("epoch-*.key")}


def unwrapped(wrapped, keys):
    found = []
    for key in keys:
        try:
            found.append(aes_key_unwrap_with_padding(key, wrapped))
        except InvalidUnwrap:
            continue
    return found


def unwraps(store, person_id, keys):
    """The persons' keys that an epoch's key opens in a key store's file."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        row = db.execute("SELECT wrapped FROM person WHERE id = ?", (person_id,)).fetchone()
    return unwrapped(row[0], keys) if row and row[0] else []


def keys_of(copies):
    """By person: all keys that any epoch's key of some copy of the data directory opens in any."""
    epochs = {key for copy in copies for key in secrets_of(copy / "vault").values()}
    found = collections.defaultdict(set)
    for store in (store for copy in copies for store in stores(copy)):
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
            for id, wrapped in db.execute("SELECT id, wrapped FROM person WHERE wrapped IS NOT NULL"):
                found[id].update(unwrapped(wrapped, epochs))
    return found


def opens(key, id, field, sealed):
    aad = sealed[:2] + id.to_bytes(8, "big") + field.to_bytes(2, "big")
    return AESGCM(key).decrypt(sealed[2:14], sealed[30:] + sealed[14:30], aad).decode()
