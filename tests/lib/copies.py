"""A member's copy of everything as `caroline member export --json` prints it: pages, each with its signature."""
import json


def merged(copy):
    """What its pages tell, as one object."""
    whole = {}
    for sealed in json.loads(copy)["pages"]:
        for name, value in sealed["page"].items():
            if isinstance(value, list):
                whole.setdefault(name, []).extend(value)
            else:
                whole.setdefault(name, value)
    return whole
