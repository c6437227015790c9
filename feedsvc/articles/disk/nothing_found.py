"""What to say of a folder in which there is no article, to somebody who expected some."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from feedsvc.articles.disk.ignored_names import EXPORT_MANIFEST, is_about_the_folder

# What is left out, each with its reason; of more, only the number is told.
_MOST_NAMED = 3


def nothing_found(
    files: Sequence[str], others: Sequence[str], why: Callable[[str], str | None]
) -> str | None:
    """Return why none of what lies in a folder is an article, and what to do; None if nothing lies there.

    Args:
        files: Paths of all that is not left out by its name, or by the operator.
        others: Paths of what is; hidden things count as nothing. A folder with closing slash is an export.
        why: Tells why a file is no article.
    """
    if export := next((path for path in others if path.endswith("/")), None):
        return (
            f"holds no article: '{export}' is left out, as `feedsvc build` has written into it; if it holds"
            f" your articles, delete '{export}{EXPORT_MANIFEST}', and export into another folder"
        )
    strange = [path for path in files if not _is_no_surprise(_name(path))]
    if strange:
        ((suffix, _),) = Counter(map(_suffix, strange)).most_common(1)
        example = next(path for path in strange if _suffix(path) == suffix)
        more = f", nor is any of {len(strange) - 1:,} more" if len(strange) > 1 else ""
        return (
            f"holds no article: '{example}' is none ({why(example)}){more}; name another folder,"
            " write articles as Markdown or HTML, or say in articles.include which files they are"
        )
    about = [path for path in files if is_about_the_folder(_name(path))]
    left = [*about, *(path for path in others if not _name(path).startswith("."))]
    if not left:
        return None
    named = ", ".join(f"'{path}' ({why(path.rstrip('/'))})" for path in left[:_MOST_NAMED])
    more = f", and {len(left) - _MOST_NAMED:,} more" if len(left) > _MOST_NAMED else ""
    return (
        f"holds no article: left out are {named}{more}; write one such as hello.md, give a file that is one"
        " another name, or name another folder"
    )


def _is_no_surprise(name: str) -> bool:
    return name == "feedsvc.toml" or is_about_the_folder(name)


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
