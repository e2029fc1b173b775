"""Questions in a real browser: answered, explained, remembered, and asked again on their days."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import Visit, at_home, go_on, page_names

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visitor = Callable[..., Visit]
MISSED = "reference/missed.html"
NOON = datetime.datetime(2026, 11, 21, 12)


@pytest.fixture(scope="module")
def asking(site: Path) -> str:
    """A page with two questions or more, none of them in a fold."""
    for name in page_names():
        if (
            name.endswith("test-yourself.html")
            and (site / name).read_text("utf-8").count("<bp-quiz") > 1
        ):
            return name
    pytest.fail("no page of the site asks anything")


@pytest.fixture(params=["a server", "a folder"])
def base(request: pytest.FixtureRequest, site: Path, address: str) -> str:
    """Where the site is read from."""
    return address if request.param == "a server" else site.as_uri() + "/"


def answer(quiz: Locator, *, right: bool) -> None:
    """Choose, and check."""
    quiz.locator(f"input[value='{0 if right else 1}']").check()
    quiz.get_by_role("button", name="Check").click()


def list_page(visited: Visit, base: str, days: int = 0) -> Page:
    """Open the list of missed questions so many days after the first."""
    visited.page.clock.set_fixed_time(NOON + datetime.timedelta(days=days))
    return visited.open(base + MISSED)


def test_a_wrong_answer_and_the_right_one_are_explained(
    visit: Visitor, base: str, asking: str
) -> None:
    """Before the choice nothing is given away; after it both reasons stand there, and are said."""
    visited = visit()
    quiz = visited.open(base + asking).locator("bp-quiz").first
    said, fold = quiz.locator(".bp-said"), quiz.locator("details")
    assert not fold.is_visible() and said.inner_text() == ""
    assert said.get_attribute("aria-live") == "polite"
    reasons = [item.strip() for item in quiz.locator("li > p:last-child").all_text_contents()]
    answer(quiz, right=False)
    assert all(reason in said.inner_text() for reason in reasons[:2])
    assert fold.is_visible()
    answer(quiz, right=True)
    assert reasons[0] in said.inner_text() and reasons[1] not in said.inner_text()
    assert not visited.complaints


def test_a_question_is_answered_by_keyboard(visit: Visitor, address: str, asking: str) -> None:
    """Tab to the choices, arrows among them, Enter to check."""
    page = visit().open(address + asking)
    quiz = page.locator("bp-quiz").first
    quiz.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    assert quiz.locator("input").nth(1).is_checked()
    page.keyboard.press("Tab")
    assert quiz.get_by_role("button").evaluate("button => button === document.activeElement")
    page.keyboard.press("Enter")
    assert quiz.locator(".bp-said").inner_text()
    quiz.locator("input").nth(1).focus()
    page.keyboard.press("ArrowDown")
    before = quiz.locator(".bp-said").inner_text()
    page.keyboard.press("Enter")
    assert quiz.locator(".bp-said").inner_text() != before
    assert page.url == address + asking


def test_nothing_is_checked_before_a_choice(visit: Visitor, address: str, asking: str) -> None:
    """The browser itself asks for one."""
    quiz = visit().open(address + asking).locator("bp-quiz").first
    quiz.get_by_role("button", name="Check").click()
    assert quiz.locator("input:invalid").count() and not quiz.locator(".bp-said").inner_text()


def test_without_javascript_the_answer_is_a_fold(visit: Visitor, base: str, asking: str) -> None:
    """The choices are there, nothing that does nothing is, and the reasons open."""
    page = visit(java_script_enabled=False).page
    page.goto(base + asking)
    quiz = page.locator("bp-quiz").first
    assert not quiz.get_by_role("button").is_visible()
    quiz.locator("summary").click()
    assert quiz.locator("li").first.is_visible()
    page.goto(base + MISSED)
    assert "JavaScript" in page.locator("bp-missed").inner_text()
    assert page.locator("bp-missed").get_by_role("button").count() == 0


def test_a_missed_question_comes_again_until_it_is_learned(
    visit: Visitor, base: str, asking: str
) -> None:
    """At once, then after 1, 3, 7 and 21 days; with its code, its choices and a way back."""
    visited = visit(timezone_id="UTC")
    visited.page.clock.set_fixed_time(NOON)
    page = visited.open(base + asking)
    asked = page.locator("bp-quiz").first
    words = asked.locator("legend").inner_text()
    answer(asked, right=False)
    asked.get_by_role("link", name="What you missed").click()
    page.wait_for_url(base + MISSED)
    day = 0
    for wait in (1, 3, 7, 21):
        page = list_page(visited, base, day)
        (again,) = page.locator("bp-missed bp-quiz").all()
        assert again.locator("legend").inner_text() == words
        answer(again, right=True)
        comes = f"{NOON + datetime.timedelta(days=day + wait):%B %-d, %Y}"
        assert f"It comes again on {comes}." in again.locator(".bp-said").inner_text()
        assert page.locator("bp-missed > .bp-said").inner_text() == "Due now: 0. Later: 1."
        assert comes in page.locator(".bp-later").inner_text()
        page = list_page(visited, base, day + wait - 1)
        assert page.locator("bp-missed bp-quiz").count() == 0
        day += wait
    page = list_page(visited, base, day)
    back = page.locator(".bp-due a").first
    answer(page.locator("bp-missed bp-quiz"), right=True)
    assert "Learned" in page.locator("bp-missed bp-quiz .bp-said").inner_text()
    back.click()
    page.wait_for_url(base + asking + "#*")
    assert page.locator(":target").count() == 1
    page = list_page(visited, base, 999)
    assert page.locator("bp-missed > .bp-said").inner_text() == "Due now: 0. Later: 0."
    assert not visited.complaints


def test_a_wrong_answer_sends_it_back_to_the_start(
    visit: Visitor, address: str, asking: str
) -> None:
    """It is asked again at once, when the reader says so."""
    visited = visit()
    visited.page.clock.set_fixed_time(NOON)
    answer(visited.open(address + asking).locator("bp-quiz").first, right=False)
    page = list_page(visited, address)
    answer(page.locator("bp-missed bp-quiz"), right=True)
    page = list_page(visited, address, 1)
    answer(page.locator("bp-missed bp-quiz"), right=False)
    page.get_by_role("button", name="Ask what is due").click()
    assert page.locator("bp-missed bp-quiz .bp-said").inner_text() == ""
    answer(page.locator("bp-missed bp-quiz"), right=True)
    assert "November 23" in page.locator("bp-missed bp-quiz .bp-said").inner_text()


def test_only_what_was_missed_is_kept_and_by_the_first_answer(
    visit: Visitor, address: str, asking: str
) -> None:
    """The right answer after a wrong one is no merit; a right one at once keeps nothing."""
    visited = visit()
    first, second = visited.open(address + asking).locator("bp-quiz").all()[:2]
    answer(first, right=False)
    answer(first, right=True)
    answer(second, right=True)
    page = visited.open(address + MISSED)
    assert page.locator("bp-missed > .bp-said").inner_text() == "Due now: 1. Later: 0."


def test_everything_can_be_forgotten_by_keyboard(visit: Visitor, base: str, asking: str) -> None:
    """One key opens the question whether to, and another says yes."""
    visited = visit()
    answer(visited.open(base + asking).locator("bp-quiz").first, right=False)
    page = visited.open(base + MISSED)
    page.get_by_text("Forget everything").focus()
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    assert page.locator("bp-missed bp-quiz").count() == 0
    page = visited.open(base + MISSED)
    assert page.locator("bp-missed > .bp-said").inner_text() == "Due now: 0. Later: 0."


def test_a_kept_question_follows_its_page(visit: Visitor, address: str, asking: str) -> None:
    """When the page has been read again, the list asks as the page now does."""
    visited = visit()
    page = visited.open(address + asking)
    answer(page.locator("bp-quiz").first, right=False)
    words = page.locator("bp-quiz legend").first.inner_text()
    page.evaluate("""() => {
        const all = JSON.parse(localStorage["pytorch-executed"]);
        Object.values(all)[0].html = "<p>an old copy</p>";
        localStorage["pytorch-executed"] = JSON.stringify(all);
    }""")
    assert visited.open(address + MISSED).locator("bp-missed").get_by_text("an old copy").count()
    visited.open(address + asking)
    page = visited.open(address + MISSED)
    assert page.locator("bp-missed legend").inner_text() == words


def test_where_storage_is_refused_questions_still_work(
    visit: Visitor, address: str, asking: str
) -> None:
    """Nothing is remembered, nothing breaks."""
    visited = visit()
    visited.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused') }})"
    )
    quiz = visited.open(address + asking).locator("bp-quiz").first
    answer(quiz, right=False)
    assert quiz.locator(".bp-no").is_visible() and quiz.locator(".bp-yes").is_visible()
    page = visited.open(address + MISSED)
    assert page.locator("bp-missed > .bp-said").inner_text() == "Due now: 0. Later: 0."
    assert not [said for said in visited.complaints if "quiz.js" in said]


def test_questions_work_after_an_instant_navigation(
    visit: Visitor, site: Path, asking: str
) -> None:
    """From the list to the page and back, without a reload, the question is answered and kept."""
    visited = visit()
    home = at_home(site, visited)
    page = visited.open(home + MISSED)
    go_on(page, home + asking)
    quiz = page.locator("bp-quiz").first
    answer(quiz, right=False)
    quiz.get_by_role("link", name="What you missed").click()
    page.wait_for_url(home + MISSED)
    again = page.locator("bp-missed bp-quiz")
    answer(again, right=True)
    assert again.locator(".bp-yes").is_visible()
    assert page.evaluate("window.kept") == "yes"


def test_a_question_fits_a_narrow_screen(visit: Visitor, address: str, asking: str) -> None:
    """At 320 pixels nothing hangs out of the page, and every target is large enough."""
    page = visit(viewport={"width": 320, "height": 800}).open(address + asking)
    answer(page.locator("bp-quiz").first, right=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for target in page.locator("bp-quiz :is(label, button)").all():
        box = target.bounding_box()
        assert box and box["height"] >= 24 and box["width"] >= 24
