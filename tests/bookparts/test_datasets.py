"""Downloads end with the right file or with none, whatever the mirrors do."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bookparts import datasets
from bookparts.datasets import DataSet, download, problem
from bookparts.download import DownloadError, fetch
from bookparts.machine import data_folder

CONTENT = b"\0\0\x08\x01\0\0\0\x03\x05\0\x04"
GOOD = gzip.compress(CONTENT)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
Answer = tuple[int, bytes, int]  # status, body, and how many bytes of it are announced


class Mirror:
    """A server on this machine that gives the answers that a test has prepared, in turn."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.asked.append(self.path)
                answers = mirror.answers.get(self.path.split("/")[1], [])
                if not answers:
                    self.send_error(404)
                    return
                status, body, length = answers.pop(0) if len(answers) > 1 else answers[0]
                self.send_response(status)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def gives(self, name: str, *answers: tuple[int, bytes]) -> str:
        """Prepare answers at a new address, and return it."""
        self.answers[name] = [(status, body, len(body)) for status, body in answers]
        return f"http://127.0.0.1:{self.server.server_port}/{name}"


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """Serve on a free port of this machine."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    mirror = Mirror()
    yield mirror
    mirror.server.shutdown()
    mirror.server.server_close()


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that downloads a set of one small file from mirrors."""

    def bring(*mirrors: str) -> Path:
        download("small", tmp_path, DataSet("Small", mirrors, {"labels": SHA256}), wait=0.01)
        return tmp_path / "small" / "labels.gz"

    return bring


def test_a_right_file_is_kept(mirror: Mirror, bring: Callable[..., Path]) -> None:
    """What the mirror has arrives, and nothing else is in the folder."""
    file = bring(mirror.gives("good", (200, GOOD)))
    assert file.read_bytes() == GOOD
    assert list(file.parent.iterdir()) == [file]
    assert mirror.asked == ["/good/labels.gz"]


def test_a_file_that_is_right_is_not_downloaded_again(
    mirror: Mirror, bring: Callable[..., Path]
) -> None:
    """The second run asks nobody, and works without a network."""
    bring(mirror.gives("good", (200, GOOD)))
    bring("http://127.0.0.1:1/nobody")
    assert len(mirror.asked) == 1


def test_a_busy_mirror_is_asked_again(
    mirror: Mirror, bring: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A 503 is waited out, and what went on is said."""
    file = bring(mirror.gives("busy", (503, b""), (503, b""), (200, GOOD)))
    assert file.read_bytes() == GOOD
    assert len(mirror.asked) == 3
    assert "the server answers 503 Service Unavailable; again in 0.02 s" in capsys.readouterr().out


def test_a_connection_that_breaks_off_is_tried_again(
    mirror: Mirror, bring: Callable[..., Path]
) -> None:
    """Half a file is never taken for a whole one."""
    address = mirror.gives("broken", (200, GOOD), (200, GOOD))
    mirror.answers["broken"][0] = (200, GOOD[:10], len(GOOD))
    assert bring(address).read_bytes() == GOOD
    assert len(mirror.asked) == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((404, b""), "the server answers 404 Not Found"),
        ((200, gzip.compress(b"other")), "its content has SHA-256"),
        ((200, b"<html>Please sign in</html>"), "not a whole gzip file"),
        ((200, GOOD[:-4]), "not a whole gzip file"),
    ],
)
def test_a_wrong_answer_leads_to_the_next_mirror(
    mirror: Mirror,
    bring: Callable[..., Path],
    tmp_path: Path,
    answer: tuple[int, bytes],
    reason: str,
) -> None:
    """A mirror that lacks the file, or has another one, is not asked twice."""
    bad, good = mirror.gives("bad", answer), mirror.gives("good", (200, GOOD))
    assert bring(bad, good).read_bytes() == GOOD
    assert mirror.asked == ["/bad/labels.gz", "/good/labels.gz"]
    with pytest.raises(DownloadError, match=reason):
        fetch("labels.gz", [bad], tmp_path / "labels.gz", _check)


def _check(file: Path) -> str:
    return problem(DataSet("Small", (), {"labels": SHA256}), "labels", file)


def test_when_no_mirror_has_it_nothing_is_kept(
    mirror: Mirror, bring: Callable[..., Path], tmp_path: Path
) -> None:
    """The error names each mirror with its reason, and no part of a file stays behind."""
    wrong = mirror.gives("wrong", (200, gzip.compress(b"other")))
    with pytest.raises(DownloadError) as caught:
        bring(wrong, mirror.gives("empty"), "http://127.0.0.1:1/closed")
    lines = str(caught.value).splitlines()
    assert lines[0] == "no mirror has labels.gz as it should be:"
    assert f"{wrong}/labels.gz: its content has SHA-256" in lines[1]
    assert "404" in lines[2]
    assert "refused" in lines[3]
    assert not list((tmp_path / "small").iterdir())


def test_ctrl_c_leaves_nothing_half_written(
    mirror: Mirror, bring: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older file stays as it was when its download is interrupted."""
    old = tmp_path / "small" / "labels.gz"
    old.parent.mkdir()
    old.write_bytes(b"older")

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("bookparts.download._receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bring(mirror.gives("good", (200, GOOD)))
    assert old.read_bytes() == b"older"
    assert list(old.parent.iterdir()) == [old]


def test_the_authors_own_archive_is_accepted(tmp_path: Path) -> None:
    """Where the authors publish another checksum, a file that has it is right, too."""
    file = tmp_path / "labels.gz"
    file.write_bytes(gzip.compress(b"theirs"))
    md5 = hashlib.md5(file.read_bytes()).hexdigest()
    assert problem(DataSet("Small", (), {"labels": SHA256}), "labels", file)
    assert not problem(DataSet("Small", (), {"labels": SHA256}, {"labels": md5}), "labels", file)


def test_the_command_reports_and_fails(
    mirror: Mirror,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`python3 book.py data` ends with 1 and a sentence when a file cannot be had."""
    monkeypatch.setenv("PYTORCH_EXECUTED_DATA", str(tmp_path))
    small = DataSet("Small", [mirror.gives("empty")], {"labels": SHA256})
    monkeypatch.setattr(datasets, "DATA_SETS", {"small": small})
    assert datasets.main([]) == 1
    assert "book.py data: no mirror has labels.gz" in capsys.readouterr().err
    mirror.gives("empty", (200, GOOD))
    assert datasets.main(["small"]) == 0
    assert ", checked" in capsys.readouterr().out


def test_the_folder_of_the_data_may_be_written_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a shell would have read it, had it not been in quotes."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTORCH_EXECUTED_DATA", "~/data")
    assert data_folder() == tmp_path / "data"
