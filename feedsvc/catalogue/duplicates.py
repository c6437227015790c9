"""Which files are left out as copies of their neighbours. Pure.

A name with "copy" or "(1)" proves nothing: only the ledger knows whether
readers have such an article already.
"""

from collections.abc import Iterator, Mapping, Sequence
from unicodedata import normalize

from feedsvc.articles.copies import originals_of
from feedsvc.articles.reading import Reading
from feedsvc.articles.scan import ScanRules, is_named_by_itself
from feedsvc.articles.text import comparable
from feedsvc.model import Catalogue, Problem, Severity


def duplicates(
    before: Catalogue, after: Catalogue, readings: Sequence[Reading], rules: ScanRules
) -> Mapping[str, str]:
    """Return the path of each copy, and that of its original, which lies beside it.

    Args:
        before: What the ledger remembers; an article that was ever published is no copy.
        after: What follows if all *readings* are articles.
    """
    found = dict(_named_like_copies(readings, rules))
    if not found:
        return found
    published = {record.key for record in before.records if record.sequence is not None}
    known = {record.article.path for record in after.records if record.key in published and not record.gone}
    return {path: original for path, original in found.items() if path not in known}


def told(copies: Mapping[str, str]) -> Iterator[Problem]:
    """Yield what to say of the copies that were left out."""
    for path, original in copies.items():
        reason = (
            f"looks like a copy of '{original.rpartition('/')[2]}' beside it and was never published, so it"
            " is left out; rename it, or name it in articles.include, to publish it"
        )
        yield Problem(path=path, severity=Severity.WARNING, reason=reason)


def _named_like_copies(readings: Sequence[Reading], rules: ScanRules) -> Iterator[tuple[str, str]]:
    present = {normalize("NFC", reading.file.path): reading for reading in readings}
    for reading in readings:
        path = reading.file.path
        folder, slash, name = path.rpartition("/")
        for wanted, alike in originals_of(name):
            original = present.get(normalize("NFC", f"{folder}{slash}{wanted}"))
            if original is None or original is reading or (alike and not _say_the_same(reading, original)):
                continue
            if not is_named_by_itself(path, original.file.path, rules):
                yield path, original.file.path
                break


def _say_the_same(one: Reading, other: Reading) -> bool:
    if one.article is None or other.article is None:
        return False
    return comparable(one.article.body) == comparable(other.article.body) != ""
