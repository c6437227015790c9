"""What counts of polls come to: by document, by feed, by client."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from feedsvc.model import ClientReadership, PollKey, Polls, Readership

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The polls of one document, or of one client.

    Attributes:
        name: The document's path, or the client's name.
        sent, saved: Bytes of bodies.
        conditional, invented: Polls that said what the client has, and by a date that never was ours.
        status: Polls by status of the answer.
        interval: Mean seconds between two polls by the same reader of a feed; None if none came twice,
            or for a document.
    """

    name: str
    polls: int
    sent: int
    saved: int
    conditional: int
    invented: int
    status: Mapping[str, int]
    interval: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """Who reads one feed, in whichever formats.

    Attributes:
        name: Its folder, beginning with a slash.
        subscribers: For whom aggregators say that they read it.
        readers: Others, on the day with the most of them for each client.
        clients: Subscribers and readers by client.
    """

    name: str
    subscribers: int
    readers: int
    clients: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All of it, the greatest first."""

    since: datetime
    until: datetime
    total: Line
    feeds: list[FeedLine]
    documents: list[Line]
    clients: list[Line]


def summarize(readership: Readership, now: datetime) -> Summary:
    """Add up what the catalogue has counted."""
    polls = readership.polls
    return Summary(
        since=readership.since,
        until=now,
        total=_line("total", polls.items()),
        feeds=sorted(
            (_feed(name, its) for name, its in _grouped(readership.clients, lambda each: each.feed).items()),
            key=lambda line: (-line.subscribers - line.readers, line.name),
        ),
        documents=_ranked(
            _line(f"/{path}", its) for path, its in _grouped(polls.items(), lambda item: item[0].path).items()
        ),
        clients=_ranked(
            _line(client, its, _interval(client, readership.clients))
            for client, its in _grouped(polls.items(), lambda item: item[0].client).items()
        ),
    )


def _grouped(each: Iterable[T], by: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for one in each:
        groups.setdefault(by(one), []).append(one)
    return groups


def _line(name: str, items: Iterable[tuple[PollKey, Polls]], interval: int | None = None) -> Line:
    total, status = Polls(), Counter[int]()
    for key, its in items:
        total = total.plus(its)
        status[key.status] += its.polls
    by_status = {str(each): status[each] for each in sorted(status)}
    return Line(name=name, **total._asdict(), status=by_status, interval=interval)


def _ranked(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.polls, line.name))


def _feed(name: str, clients: list[ClientReadership]) -> FeedLine:
    return FeedLine(
        name=f"/{name}",
        subscribers=sum(each.subscribers for each in clients),
        readers=sum(each.readers for each in clients if not each.subscribers),
        clients={each.client: each.subscribers or each.readers for each in clients},
    )


def _interval(client: str, readerships: Iterable[ClientReadership]) -> int | None:
    its = [each for each in readerships if each.client == client]
    intervals = sum(each.intervals for each in its)
    return round(sum(each.seconds for each in its) / intervals) if intervals else None
