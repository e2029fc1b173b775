"""What a dial's page holds for its script."""

import html
import json
import re
from typing import Any


def held(made: str) -> dict[str, Any]:
    """Read the values of a dial as its script does: `stops` and `slots`."""
    found = re.search(r"<template>(.*?)</template>", made)
    assert found
    values: dict[str, Any] = json.loads(html.unescape(found[1]))
    return values
