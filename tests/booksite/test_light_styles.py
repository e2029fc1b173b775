"""A style sheet keeps every rule that some page can meet, now or once a script has changed it."""

import re

import pytest

from booksite.light_styles import Names, lightened

PAGE = """
<style>.x{color:var(--read-by-a-page)}</style>
<body data-scheme="slate"><p class="note first" id="top" style="color:var(--ink)">…</p>
<a href="#top">up</a><template>{"h0": ["", "bp-unseen"]}</template></body>
"""
SCRIPT = 'e.classList.add("open"); e.className = `tab--${way}`; e.dataset.atEnd = on;'


@pytest.mark.parametrize(
    "rule",
    [
        ".note{color:red}",
        "p.note.first>a:hover{color:red}",
        "#top::before{content:'a, b'}",
        ".open .note{color:red}",  # a script may add it
        ".tab--left{color:red}",  # or put it together
        "[data-at-end]{color:red}",
        "[data-at-end=true]{color:red}",  # and compute the value
        ".bp-unseen{opacity:0}",  # the data of a widget names it
        "[data-scheme=slate] p{color:red}",
        "a[href^='http']::after{color:red}",
        "p:not(.absent){color:red}",
        "p:has(> :is(.note, a:not(.absent))){color:red}",
        "*,:after{box-sizing:inherit}",
        "p{--ink:red;color:var(--own);--own:blue}",
        "@media (min-width:60em){.note{color:red}}",
        "@font-face{font-family:F}",
    ],
)
def test_a_rule_that_can_be_met_stays(rule: str) -> None:
    kept = lightened(rule, Names([PAGE], [SCRIPT]))
    assert re.sub(r"\s|;$", "", kept).replace('"', "'") == re.sub(r"\s", "", rule)


@pytest.mark.parametrize(
    "rule",
    [
        ".absent{color:red}",
        ".note .absent{color:red}",
        "p#absent{color:red}",
        "kbd{color:red}",
        "[data-scheme=default]{color:red}",
        "@media print{.absent{color:red}}",
        "p{--unread:red}",
        "p{--one:var(--other);--other:1}",  # they are read by nothing but each other
    ],
)
def test_a_rule_that_cannot_be_met_goes(rule: str) -> None:
    assert not lightened(rule, Names([PAGE], [SCRIPT]))


def test_only_the_part_of_a_list_that_can_be_met_stays() -> None:
    light = lightened(".note,.absent,a:is(.b,.c){color:red}", Names([PAGE], []))
    assert light == ".note,a:is(.b,.c){color:red}"


def test_a_feature_that_is_switched_off_counts_on_pages_alone() -> None:
    """A script brings classes for all it can do; what a page holds is there all the same."""
    names = Names([PAGE], [SCRIPT], ("open", "note", "tab--"))
    assert lightened(".open,.note,.tab--left{color:red}", names) == ".note{color:red}"


def test_comments_go_and_strings_stay() -> None:
    sheet = "/* why */ p { content: 'a  /* b */'; /* c */ color : red !important; }"
    assert lightened(sheet, Names([PAGE], [])) == 'p{content:"a  /* b */";color:red!important}'
