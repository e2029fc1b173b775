"""What a machine lacks of other frameworks is told without importing them."""

import sys
from importlib.machinery import ModuleSpec

import pytest

from bookparts import frameworks


@pytest.mark.parametrize(
    ("installed", "jax", "tensorflow"),
    [
        (set(), False, False),
        ({"jax"}, False, False),
        ({"jax", "jaxlib"}, True, False),
        ({"tensorflow"}, False, True),
    ],
)
def test_a_framework_is_there_when_its_packages_are(
    monkeypatch: pytest.MonkeyPatch, installed: set[str], jax: bool, tensorflow: bool
) -> None:
    def find(name: str) -> ModuleSpec | None:
        return ModuleSpec(name, None) if name in installed else None

    monkeypatch.setattr(frameworks, "find_spec", find)
    assert frameworks.has_jax() is jax
    assert frameworks.has_tensorflow() is tensorflow
    assert "jax" not in sys.modules
