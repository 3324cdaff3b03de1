"""Names that stand nowhere else in the world."""
import uuid


def fresh(letters=10):
    """Letters from g to v, at most 32: chance digits could pass for a card's number, a phone's or a bar code's."""
    return "".join(chr(ord("g") + int(digit, 16)) for digit in uuid.uuid4().hex[:letters])
