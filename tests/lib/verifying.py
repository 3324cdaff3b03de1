"""deploy/verify-journal, as a module."""
import importlib.machinery
import importlib.util

from shop import TOP

VERIFY = TOP / "deploy" / "verify-journal"


def verifier_module():
    loader = importlib.machinery.SourceFileLoader("verify_journal", str(VERIFY))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


verify = verifier_module()
