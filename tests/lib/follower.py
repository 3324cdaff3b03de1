"""A client's own copy of the catalogue, for tests of what is pushed."""
import time

from shop import pb


class Follower:
    """A client's own copy of the catalogue, kept true by pushes alone."""

    def __init__(self, client, version=0):
        self.client = client
        self.parts = []  # of every push that came, as (size, CatalogueDelta)
        self._forget()
        self.follow(version)

    def _forget(self):
        self.products, self.categories, self.tax_classes, self.roles, self.promotions, self.tender_types = {}, {}, {}, {}, {}, {}
        self.modifiers = {}
        self.programme = self.shop = None

    def follow(self, version=0):
        self.version = version
        self.next_part = 1
        self.followed = self.client.call(
            pb.OP_CATALOGUE_FOLLOW, pb.CatalogueFollow(version=version), pb.CatalogueFollowed
        )

    def take(self, seconds=20):
        """The next push, applied."""
        push = self.client.read_push(pb.TOPIC_CATALOGUE, seconds)
        delta = pb.CatalogueDelta.FromString(push.body)
        self.parts.append((len(push.body), delta))
        assert delta.part == self.next_part and 1 <= delta.part <= delta.parts
        if delta.snapshot and delta.part == 1:
            self._forget()
        for mine, theirs in (
            (self.products, delta.products),
            (self.categories, delta.categories),
            (self.tax_classes, delta.tax_classes),
            (self.roles, delta.roles),
            (self.promotions, delta.promotions),
            (self.tender_types, delta.tender_types),
            (self.modifiers, delta.modifiers),
        ):
            mine.update((row.id, row) for row in theirs)
        self.programme = delta.programme if delta.HasField("programme") else self.programme
        self.shop = delta.shop if delta.HasField("shop") else self.shop
        if delta.part < delta.parts:
            self.next_part = delta.part + 1
        else:
            self.next_part = 1
            assert delta.version > self.version or delta.snapshot
            self.version = delta.version
        return delta

    def until(self, version, seconds=20):
        """Takes pushes until it has that version; how long that took."""
        begun = time.monotonic()
        while self.version < version or self.next_part > 1:
            self.take(max(0.01, seconds - (time.monotonic() - begun)))
        return time.monotonic() - begun
