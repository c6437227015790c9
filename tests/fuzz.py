"""Hostile inputs over the whole road, thousands at a time: `python -m tests.fuzz --inputs 20000 --seed 7`.

Many articles go into one publication, and some publications into a process of its own, whose processor
time and memory are limited. What is wrong with a publication is halved until the input is found, and
that is made smaller for as long as the same is wrong. A seed gives the same inputs again.
"""

import gc
import json
import logging
import os
import resource
import signal
import sys
import traceback
from argparse import ArgumentParser
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from functools import partial
from itertools import count, islice
from pathlib import Path
from random import Random, SystemRandom
from tempfile import TemporaryDirectory
from typing import TypeVar

from tests.support.hostile import Publication, layouts, publication
from tests.support.walked import Fault, walk

_T = TypeVar("_T")

MOST_SECONDS = 2.0  # of a processor, for one input
MOST_MEMORY = 500_000_000  # bytes
_HUNG = 30  # seconds of a processor after which a publication is ended
_LARGE, _MIDDLE, _SMALL = 500, 60, 4  # articles in a publication
_IN_A_PROCESS = 8  # publications
_MOST_TRIES = 150  # to make an input smaller


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk has shown, and cost: seconds of a processor, and bytes at its peak."""

    faults: Sequence[Fault]
    seconds: float
    memory: int

    @property
    def dear(self) -> bool:
        """It cost more than one input may."""
        return self.seconds > MOST_SECONDS or self.memory > MOST_MEMORY


Walks = Callable[[Sequence[Publication]], Iterable[Walked]]


def walked(several: Sequence[Publication]) -> Iterator[Walked]:
    """Walk in a process of its own, or in further ones where one publication ends it."""
    while several:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _walk_and_tell(several, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as told:
            for line in told:
                faults, seconds, memory = json.loads(line)
                yield Walked([Fault(*fault) for fault in faults], seconds, memory)
                several = several[1:]
        _, status, usage = os.wait4(child, 0)
        if status:
            ended = os.waitstatus_to_exitcode(status)
            hung = ended == -signal.SIGXCPU
            faults = [] if hung else [Fault(f"ended by {ended}", "the process is gone")]
            yield Walked(faults, _HUNG if hung else 0, usage.ru_maxrss * 1024)
            several = several[1:]


def _walk_and_tell(several: Sequence[Publication], writing: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (4 * MOST_MEMORY, 4 * MOST_MEMORY))
    with os.fdopen(writing, "w", encoding="utf-8") as telling:
        for made in several:
            begun = _spent(resource.RUSAGE_SELF)
            resource.setrlimit(resource.RLIMIT_CPU, (round(begun + _HUNG), resource.RLIM_INFINITY))
            faults = [astuple(fault) for fault in _walked(made)]
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            print(
                json.dumps([faults, _spent(resource.RUSAGE_SELF) - begun, memory]), file=telling, flush=True
            )
    os._exit(0)


def _walked(made: Publication) -> Sequence[Fault]:
    faults: list[Fault] = []
    with TemporaryDirectory() as home:
        try:
            faults.extend(walk(made, Path(home)))
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            faults.append(Fault(f"{type(error).__name__} at {place}", traceback.format_exc()))
    return faults


def faults_of(made: Publication, seen: Walked, walks: Walks = walked) -> Iterator[tuple[Fault, Publication]]:
    """Yield what a walk has shown to be wrong, each kind once, with the smallest publication that has it."""
    if seen.dear:
        yield from _dear(made, seen, walks)
    for fault in {fault.kind: fault for fault in seen.faults}.values():
        yield fault, _smallest(made, fault, walks)


def _dear(made: Publication, seen: Walked, walks: Walks) -> Iterator[tuple[Fault, Publication]]:
    """Yield the inputs that cost too much: of what is cheap together, each one is cheap."""
    paths = [*made.articles]
    if len(paths) > 1:
        for half in (paths[: len(paths) // 2], paths[len(paths) // 2 :]):
            part = _only(made, half)
            (again,) = walks([part])
            if again.dear:
                yield from _dear(part, again, walks)
        return
    kind = "too slow" if seen.seconds > MOST_SECONDS else "too large"
    yield Fault(kind, f"{seen.seconds:.1f} s, {seen.memory / 1e6:.0f} MB"), made


def _smallest(made: Publication, fault: Fault, walks: Walks) -> Publication:
    """Return a publication with the same fault from which nothing can be taken."""
    tries = iter(range(_MOST_TRIES))

    def fails(some: Publication) -> bool:
        if next(tries, None) is None:
            return False
        (seen,) = walks([some])
        return any(each.kind == fault.kind for each in seen.faults)

    guilty = _only(made, [path for path in made.articles if path == fault.path])
    if guilty.articles and fails(guilty):
        made = guilty
    else:
        whole = made
        made = _only(made, _shrunk([*made.articles], lambda some: fails(_only(whole, some))))
    clean = replace(made, texts=layouts()[made.dialect].texts)
    if clean != made and fails(clean):
        made = clean
    for path in made.articles:
        for split in (_lines, _letters):
            parts = _shrunk(split(made.articles[path]), partial(_fails_with, fails, made, path))
            made = _with(made, path, parts)
    return made


def _fails_with(
    fails: Callable[[Publication], bool], made: Publication, path: str, parts: Sequence[bytes]
) -> bool:
    return fails(_with(made, path, parts))


def _shrunk(parts: Sequence[_T], fails: Callable[[Sequence[_T]], bool]) -> Sequence[_T]:
    """Return some of *parts* of which none can be taken away: halves are tried first, then ever less."""
    size = len(parts)
    while size:
        size //= 2
        start = 0
        while size and start < len(parts):
            rest = [*parts[:start], *parts[start + size :]]
            if fails(rest):
                parts = rest
            else:
                start += size
    return parts


def _lines(raw: bytes) -> Sequence[bytes]:
    return raw.splitlines(keepends=True)


def _letters(raw: bytes) -> Sequence[bytes]:
    return [raw[place : place + 1] for place in range(len(raw))]


def _only(made: Publication, paths: Sequence[str]) -> Publication:
    return replace(made, articles={path: made.articles[path] for path in paths})


def _with(made: Publication, path: str, parts: Sequence[bytes]) -> Publication:
    return replace(made, articles={**made.articles, path: b"".join(parts)})


def publications(seed: int, inputs: int) -> Iterator[Publication]:
    """Yield publications of *inputs* articles in all, large and small."""
    for number in count():
        thorough = number % 24 < 2
        size = min(inputs, _SMALL if number % 2 else _MIDDLE if thorough else _LARGE)
        if not size:
            return
        inputs -= size
        yield publication(Random(f"{seed}/{number}"), size, thorough=thorough)


def main() -> int:
    """Walk over so many inputs, and print what is wrong; returns 1 if anything is."""
    parser = ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.inputs} inputs", flush=True)
    _get_ready()
    found: set[str] = set()
    done = 0
    for group in _grouped(publications(asked.seed, asked.inputs), _IN_A_PROCESS):
        for made, seen in zip(group, walked(group), strict=True):
            done += len(made.articles)
            for fault, smallest in faults_of(made, seen):
                if fault.kind not in found:
                    found.add(fault.kind)
                    print(f"\n{fault.kind}\n{fault.said}\n{_shown(smallest)}", flush=True)
        if sum(len(made.articles) for made in group) > done % 10_000:
            _tell(done, found)
    _tell(done, found)
    return 1 if found else 0


def _tell(done: int, found: Collection[str]) -> None:
    spent = _spent(resource.RUSAGE_SELF) + _spent(resource.RUSAGE_CHILDREN)
    print(f"{done} inputs, {len(found)} faults, {spent:.0f} s", flush=True)


def _grouped(each: Iterator[Publication], size: int) -> Iterator[Sequence[Publication]]:
    while group := [*islice(each, size)]:
        yield group


def _get_ready() -> None:
    """Do here what each process would have to do anew: import, compile, and migrate."""
    logging.disable(logging.WARNING)
    logging.getLogger("feedsvc").propagate = False
    for name, layout in layouts().items():
        articles = {
            f"{layout.folder}{suffix[1:]}{suffix}": b"---\ntitle: A\ndate: 2026-04-01\n---\nB <i>c</i>.\n"
            for suffix in (".md", ".rst", ".html", ".mdx")
        }
        made = Publication(dialect=name, texts=layout.texts, settings="", articles=articles, thorough=True)
        with TemporaryDirectory() as home:
            assert not [*walk(made, Path(home))]
    gc.collect()
    gc.freeze()


def _spent(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _shown(made: Publication) -> str:
    clean = layouts()[made.dialect].texts
    odd = {path: text for path, text in made.texts.items() if text != clean.get(path)}
    settings = " ".join(made.settings.split())
    articles = "\n".join(f"{path}: {raw!r}" for path, raw in [*made.articles.items()][:5])
    return f"{made.dialect} {odd or ''} {settings}\n{articles}"


if __name__ == "__main__":
    sys.exit(main())
