"""Whether another framework is installed here, for `needs=`: a cheap test that imports neither."""

from __future__ import annotations

from importlib.util import find_spec


def has_jax() -> bool:
    """Say whether JAX is installed."""
    return all(map(find_spec, ("jax", "jaxlib")))


def has_tensorflow() -> bool:
    """Say whether TensorFlow is installed; Keras comes with it."""
    return find_spec("tensorflow") is not None
