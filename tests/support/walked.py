"""The road from a folder to its documents, in one process, and a judge that believes nothing of it."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import feedparser
from jsonschema import Draft202012Validator
from lxml import etree

from feedsvc.articles.disk.scan import scan
from feedsvc.articles.disk.sites import open_site
from feedsvc.catalogue import Store, open_store
from feedsvc.cli.workplace import Workplace, detected
from feedsvc.config import load_config
from feedsvc.model import Catalogue, Problem
from feedsvc.publisher.export import export
from feedsvc.publisher.inspect.explain import explain
from feedsvc.publisher.inspect.survey import survey
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.refresh.publisher import Publisher
from tests.support.builders import NOON
from tests.support.hostile import Publication
from tests.support.places import DATA
from tests.support.sites import new_catalogue

_SCHEMA = DATA / "jsonfeed.schema.json"

# What a person should never be told: our own words for what we stumble over.
_OURS = re.compile(
    r"fault of feedsvc|Traceback|<class '\w|<function \S+ at 0x|object at 0x|NoneType"
    r"|\b[A-Z]\w+(?:Error|Exception)\b"
    r"|not subscriptable|has no attribute|unexpected keyword|codec can't|list index|out of range\b"
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MOST_WORDS = 1_000

# What acts in a reader's program.
_ACTIVE = frozenset("script style iframe frame object embed applet form base meta link template".split())
_ADDRESSES = frozenset("href src action formaction poster cite srcset background".split())


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a publication.

    Attributes:
        kind: The same for what is wrong for the same reason.
        path: Of the article that is to blame, if that is known.
    """

    kind: str
    said: str
    path: str | None = None


def walk(publication: Publication, home: Path) -> Iterator[Fault]:
    """Publish everything, and yield all that is wrong with what comes of it.

    Args:
        home: An empty folder.
    """
    root = _laid_out(publication, home)
    plan = _plan(publication, root, home)
    heard = _Heard()
    logging.getLogger("feedsvc").addHandler(heard)
    with closing(open_store(f"sqlite:///{new_catalogue(home)}")) as store:
        report = Publisher(plan, store, clock=lambda: NOON).refresh()
        yield from heard.faults
        yield from _misworded(report.problems)
        yield from _lost(plan, store, report.problems)
        for path, known in store.snapshot().documents.items():
            # A subscriber's key stands where a private document has this.
            body = (store.body(known.etag) or b"").replace(b"\x01", b"k")
            yield from unfit(path, known.media_type, body, thorough=publication.thorough)
        if publication.thorough:
            yield from _beside(plan, store, publication, home)
            yield from heard.faults


def _laid_out(publication: Publication, home: Path) -> Path:
    root = home / "site"
    files = {path: text.encode("utf-8", "surrogatepass") for path, text in publication.texts.items()}
    for path, raw in {**files, **publication.articles, "a.png": _PNG, "other.md": b"Other.\n"}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
    return root


_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x30\x08\x02\0\0\0"


def _plan(publication: Publication, root: Path, home: Path) -> Plan:
    settings = home / "feedsvc.toml"
    settings.write_text(publication.settings, encoding="utf-8")
    dialect = open_site(root, publication.dialect)
    said, problems = detected(dialect, root)
    config = load_config(settings, environ={}, detected=said)
    return Workplace(config=config, path=settings, articles=root, dialect=dialect, problems=problems).plan()


class _Heard(logging.Handler):
    """Hears of what the road steps over: a fault of ours that costs one article."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._faults: list[Fault] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        place = re.search(r"error='?\"?(\w+).*? at (\S+:\d+)", said)
        path = re.search(r"path=(.*?) error=", said)
        kind = f"{place[1]} at {place[2]}" if place else said[:40]
        self._faults.append(Fault(kind, said, path and path[1]))

    @property
    def faults(self) -> Iterator[Fault]:
        """What was heard since the last time."""
        heard, self._faults = self._faults, []
        return iter(heard)


def _misworded(problems: tuple[Problem, ...]) -> Iterator[Fault]:
    for problem in problems:
        said, path = str(problem), problem.path
        if ours := _OURS.search(problem.reason):
            yield Fault(f"words of ours: {ours[0]}", said, path)
        if _UNPRINTABLE.search(said):
            yield Fault("a message that cannot be printed", ascii(said), path)
        if len(problem.reason) > _MOST_WORDS:
            yield Fault("a message that nobody reads to its end", said, path)


def _lost(plan: Plan, store: Store, problems: tuple[Problem, ...]) -> Iterator[Fault]:
    """Yield the files that are neither an article nor a problem."""
    known = {record.article.path for record in store.catalogue().records}
    known |= {problem.path for problem in problems}
    for file in scan(plan.root, plan.rules).articles:
        if file.path not in known:
            yield Fault("neither an article nor a problem", file.path, file.path)


def unfit(path: str, media_type: str, body: bytes, *, thorough: bool = False) -> Iterator[Fault]:
    """Yield what is wrong with a document; *thorough* takes more time."""
    kind = media_type.partition(";")[0]
    try:
        _JUDGES.get(kind, _judge_any)(body, thorough)
    except Exception as error:
        yield Fault(f"invalid {kind}: {type(error).__name__}", f"/{path}: {error}")


def _judge_xml(body: bytes, thorough: bool) -> None:
    etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    if thorough:
        parsed = feedparser.parse(body)
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert len({entry.id for entry in parsed.entries}) == len(parsed.entries), "two entries of one id"


def _judge_json(body: bytes, thorough: bool) -> None:
    feed = json.loads(body)
    if thorough:
        _schema().validate(feed)
    for item in feed["items"]:
        _judge_html(item.get("content_html", ""))


@cache
def _schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))


def _judge_page(body: bytes, thorough: bool) -> None:  # noqa: ARG001
    text = body.decode()
    assert text.startswith("<!DOCTYPE html>"), text[:40]
    article = text.partition("<main")[2] or text.partition("<body")[2]
    _judge_html(article)


def _judge_any(body: bytes, thorough: bool) -> None:  # noqa: ARG001
    body.decode()


def _judge_html(html: str) -> None:
    parser = _Active()
    parser.feed(html)
    parser.close()


_JUDGES = {
    "application/rss+xml": _judge_xml,
    "application/atom+xml": _judge_xml,
    "application/feed+json": _judge_json,
    "text/x-opml": lambda body, _: _judge_xml(body, False),
    "text/html": _judge_page,
}


class _Active(HTMLParser):
    """Raises where something would act in a reader's program."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in _ACTIVE, f"<{tag}>"
        for name, value in attrs:
            assert not name.startswith("on"), f"<{tag} {name}>"
            addresses = (value or "").split(", ") if name == "srcset" else [value or ""]
            assert name not in _ADDRESSES or all(map(_is_harmless, addresses)), f"<{tag} {name}={value!r}>"


def _is_harmless(address: str) -> bool:
    scheme = re.match(r"\s*([\w+.-]*):", address)
    return scheme is None or scheme[1].lower() in ("http", "https", "mailto", "tel", "data", "xmpp")


def _beside(plan: Plan, store: Store, publication: Publication, home: Path) -> Iterator[Fault]:
    """Do what is not done at each refresh: look, explain, export, and begin anew."""
    looked = survey(plan, Catalogue(), now=NOON)
    yield from _misworded(looked.problems)
    for path in [*publication.articles][:3]:
        explain(plan, Catalogue(), path, cwd=plan.root, now=NOON)
    export(store, plan.root, home / "out")
    if Publisher(plan, store, clock=lambda: NOON).refresh().generation is not None:
        yield Fault("a refresh without news has news", "")
