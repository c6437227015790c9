"""Names of files and folders that are never read, whatever they hold."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

# Written into every folder we export: what lies there came from articles.
EXPORT_MANIFEST = ".feedsvc-manifest.json"

# Hidden, or left by editors.
_NEVER = (".*", "*~", "~$*", "#*#", "*.swp", "*.swo", "*.tmp", "*.bak", "*.orig", "*.part")
_NEVER_ENTERED = ("node_modules", "_site", "__pycache__")

# Files that describe a folder rather than being part of it.
_ABOUT_THE_FOLDER = ("README*", "readme.*", "LICENSE*", "license.*", "robots.txt")

# Recycle bins and snapshots of earlier times: Synology, QNAP, Windows, NetApp, netatalk (in small letters).
# Names with a dot first, such as .Trash-1000 and .snapshot, are hidden anyway.
_BINS = frozenset(
    {"#recycle", "#snapshot", "@recycle", "@recently-snapshot", "$recycle.bin", "~snapshot"}
    | {"recycler", "recycled", "recycle.bin", "network trash folder"}
)
# Folders that systems keep for themselves: Synology, Windows, ext4, netatalk, archives made on a Mac.
_OF_SYSTEMS = frozenset(
    {"@eadir", "@tmp", "system volume information", "lost+found", "temporary items", "__macosx"}
)


def is_ignored(name: str) -> bool:
    """Return whether files and folders of this *name* are never read."""
    return name in _NEVER_ENTERED or name.casefold() in _BINS | _OF_SYSTEMS or _matches(name, _NEVER)


def is_recycle_bin(name: str) -> bool:
    """Return whether a folder of this *name* is a recycle bin or a snapshot."""
    return name.casefold() in _BINS


def is_about_the_folder(name: str) -> bool:
    """Return whether a file of this *name* describes its folder."""
    return _matches(name, _ABOUT_THE_FOLDER)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
