"""Tells by their names which files are copies that programs for synchronising or merging have made.

Names that only such a program gives are sure. Others, with "copy" or "(1)",
people give as well: they are a sign, and it takes more to decide.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import normalize

# Words for "conflict" and "copy" as Dropbox, Nextcloud, Obsidian, Box and others put them into
# brackets, each in the language of the machine: "(Anna's conflicted copy 2024-01-01)", "(In Konflikt
# stehende Kopie von Anna 2024-01-01)", "(Anna の競合コピー 2024-01-01)". Word order and endings differ
# from version to version, so it is their roots that count, and both have to be there.
_CONFLICT = (
    "conflict|konflikt|conflit|motstridi|modstrid|ristiriit|ütköz|çakış|kolizj|kolizn|конфл|σύγκρουσ"
    "|競合|問題のある|冲突|衝突|충돌|xung đột|ขัดแย้ง|bercanggah"
)
_WESTERN = (
    "copy|copie|copia|cópia|còpia|kopie|kopia|kopi|kopio|kópia|kopija|kopya|másolat|копия|копію|копія"
    "|αντίγραφο|salinan|bản sao"
)
_EASTERN = "コピー|副本|複本|复件|複件|複製|拷贝|拷貝|복사본|사본|สำเนา"
_COPY = rf"(?:{_WESTERN})(?![^\W\d_])|{_EASTERN}"  # whole words, where scripts have words
_BRACKETED = r"[^()]*(?:\([^()]*\)[^()]*)*"  # the name of a person or machine may hold brackets

# At the end of a name, before its suffix; whatever the case of letters.
_OF_PROGRAMS = (
    # docs.syncthing.net/users/syncing: <filename>.sync-conflict-<date>-<time>-<modifiedBy>.<ext>
    r"\.sync-conflict-\d{8}-\d{6}(?:-\w{7})?",
    # help.dropbox.com/organize/conflicted-copy; Nextcloud, utility.cpp: makeConflictFileName;
    # Obsidian Sync: "(Conflicted copy DEVICE 202401011200)"
    rf"\s?[(（](?={_BRACKETED}(?:{_CONFLICT}))(?={_BRACKETED}(?:{_COPY})){_BRACKETED}[)）](?:\s?\(\d\d?\))?",
    # Dropbox, of names that another system takes for one
    r"\s?\((?:case|unicode encoding|white ?space|selective sync) conflict(?: \d+)?\)",
    # Nextcloud: makeCaseClashConflictFileName; ownCloud before 2.4
    r"\s?\(case clash from [^()]*\)",
    r"_conflict-\d{8}-\d{6}",
    # Seafile: merge.c, "name (SFConflict user date).ext"
    r"\s?\(sfconflict [^()]*\)",
    # pCloud; Resilio Sync and rclone bisync
    r"\s?[(\[]conflicted\d*[)\]]",
    r"\.conflict\d*",
)
# The same, but capitals count: in small letters, people name files so.
_IN_CAPITALS = (
    # git-mergetool: ${BASE}_BASE_$$, and before 2.0 $MERGED.BASE.$$
    r"[._](?:BASE|LOCAL|REMOTE|BACKUP)[._]\d+",
    # OneDrive puts the name of the machine; these are those that Windows gives by itself
    r"-(?:DESKTOP|LAPTOP|WIN)-[A-Z0-9]{7,11}(?:-\d\d?)?",
    # Synology Drive: name_MACHINE_Jan-01-1200-2024_Conflict.ext
    r"_[^_]+_[A-Z][a-z]{2}-\d\d-\d{4,6}-\d{4}_(?:Case|U)?Conflict",
)
_CONFLICTS = (
    re.compile(rf"(?P<stem>.*?\S)(?:{'|'.join(_OF_PROGRAMS)})", re.IGNORECASE),
    re.compile(rf"(?P<stem>.*?\S)(?:{'|'.join(_IN_CAPITALS)})"),
)

# How desktops name a duplicate, with the word of its language: Windows ("a - Copy (2)", before Vista "Copy
# of a"), macOS ("a copy 2"), GNOME ("a (another copy)"), and browsers and Google Drive ("a (1)").
_ORDINAL = r"(?:another |weitere |otra |autre |\d\d?(?:st|nd|rd|th) )?"
_NUMBER = r"(?:[\s_-]?\d\d?|\s?\(\d\d?\))?"
_DUPLICATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<stem>.*?\S)(?:\s?[-_–—]\s?|\s)(?:{_COPY}){_NUMBER}",
        rf"(?P<stem>.*?\S)\s?\({_ORDINAL}(?:{_COPY}){_NUMBER}\)",
        rf"(?P<stem>.*?\S)\s?[の的의]?\s?(?:{_EASTERN}){_NUMBER}",
        rf"(?:{_COPY})(?: \(\d\d?\))? (?:of|von|van|de|di|da|do|av|af) (?P<stem>.*\S)",
        rf"(?:копия|копія|{_EASTERN})(?:\s?\(\d\d?\))?\s?[-~～]?\s?(?P<stem>\S.*)",
        r"(?P<stem>.*?\S)\s?\([1-9]\d?\)",
    )
)
# Obsidian duplicates a note, and iCloud keeps both sides of a conflict, as "a 1" and "a 2". So people
# number parts, too: such a file is a copy only if it says the same.
_NUMBERED = re.compile(r"(?P<stem>.*?\S) [1-9]\d?")

# Characters: no file system has longer names, and in one of thousands each bracket would be read on from.
_LONGEST = 255

# Most names hold none of these, and are done with in a moment.
_HINTS = f"{_CONFLICT}|case clash|base|local|remote|backup|desktop|laptop|win-".split("|")
_HINTS_OF_DUPLICATES = f"{_WESTERN}|{_EASTERN}".split("|")


@lru_cache(maxsize=16_384)  # a folder is listed again and again
def conflict_of(name: str) -> str | None:
    """Return the name of the file that *name* is in conflict with; None if no program names conflicts so."""
    stem, suffix = _parts(name)
    if len(stem) > _LONGEST or not _holds(stem, _HINTS):
        return None
    found = next(filter(None, (pattern.fullmatch(stem) for pattern in _CONFLICTS)), None)
    return found["stem"].removesuffix(suffix) + suffix if found else None


@lru_cache(maxsize=16_384)
def originals_of(name: str) -> tuple[tuple[str, bool], ...]:
    """Return the names of files that *name* may be a copy of, each with whether it must say the same, too."""
    return tuple(_originals(name))


def _originals(name: str) -> Iterator[tuple[str, bool]]:
    stem, suffix = _parts(name)
    if len(stem) > _LONGEST:
        return
    if not (stem[-1:].isdigit() or stem.endswith(")") or _holds(stem, _HINTS_OF_DUPLICATES)):
        return
    for pattern in _DUPLICATES:
        if found := pattern.fullmatch(stem):
            yield found["stem"] + suffix, False
    if found := _NUMBERED.fullmatch(stem):
        yield found["stem"] + suffix, True


def _holds(stem: str, hints: Iterable[str]) -> bool:
    lower = stem.lower()
    return any(hint in lower for hint in hints)


def _parts(name: str) -> tuple[str, str]:
    """Return a file's name without its suffix, and the suffix; in NFC, as Macs take letters apart."""
    stem, dot, suffix = normalize("NFC", name).rpartition(".")
    return (stem, dot + suffix) if stem else (suffix, "")
