"""Which files are left out as copies of their neighbours. Pure.

A name with "copy" or "(1)" proves nothing: only the ledger knows whether
readers have such an article already.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from unicodedata import normalize

from feedsvc.articles.disk.copies import originals_of
from feedsvc.articles.disk.scan import ScanRules, is_named_by_itself
from feedsvc.articles.reading.read import Reading
from feedsvc.model import Article, Catalogue, Problem, Severity
from feedsvc.text.characters import comparable


def duplicates(
    before: Catalogue,
    after: Catalogue,
    readings: Sequence[Reading],
    rules: ScanRules,
    unreadable: Collection[str] = (),
) -> Mapping[str, str]:
    """Return the path of each copy, and that of its original, which lies beside it.

    Args:
        before: The ledger; an article that was ever published is no copy.
        after: The catalogue that follows if all *readings* are articles.
        unreadable: As in `Listing`: an original lies beside its copy, whether it can be read or not.
    """
    present: dict[str, Article | None] = dict.fromkeys(unreadable)
    present |= {record.article.path: record.article for record in after.records if not record.gone}
    present |= {reading.file.path: reading.article for reading in readings}
    found = dict(_named_like_copies(readings, present, rules))
    if not found:
        return found
    published = {record.key for record in before.records if record.sequence is not None}
    known = {record.article.path for record in after.records if record.key in published and not record.gone}
    return {path: original for path, original in found.items() if path not in known}


def told(copies: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the problems of the copies that were left out."""
    for path, original in copies.items():
        reason = (
            f"looks like a copy of '{original.rpartition('/')[2]}' beside it and was never published, so it"
            " is left out; rename it, or name it in articles.include, to publish it"
        )
        yield Problem(path=path, severity=Severity.WARNING, reason=reason)


def _named_like_copies(
    readings: Sequence[Reading], present: Mapping[str, Article | None], rules: ScanRules
) -> Iterator[tuple[str, str]]:
    spelled = {normalize("NFC", path): path for path in present}
    for reading in readings:
        path = reading.file.path
        folder, slash, name = path.rpartition("/")
        for wanted, alike in originals_of(name):
            original = spelled.get(normalize("NFC", f"{folder}{slash}{wanted}"))
            if original is None or original == path:
                continue
            if alike and not _say_the_same(reading.article, present[original]):
                continue
            if not is_named_by_itself(path, original, rules):
                yield path, original
                break


def _say_the_same(one: Article | None, other: Article | None) -> bool:
    if one is None or other is None:
        return False
    return comparable(one.body) == comparable(other.body) != ""
