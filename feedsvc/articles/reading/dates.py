"""The dates of an article, each from the first key that holds one."""

from collections.abc import Callable
from datetime import datetime, time, tzinfo

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.fields import text_of, truth_of
from feedsvc.articles.frontmatter.dates import as_instant, is_day
from feedsvc.articles.reading.origins import FILE_NAME
from feedsvc.articles.reading.problems import Notes
from feedsvc.articles.reading.values import Values
from feedsvc.model import in_zone

# Stands among the keys of a date for the one in the file's name.
IN_NAME = ":filename"


class Moments:
    """Reads dates, in the offset they were written with, and tells of those that cannot be read."""

    def __init__(self, path: str, values: Values, dialect: Dialect, zone: tzinfo, notes: Notes) -> None:
        """Take what dates may be read from.

        Args:
            zone: Of dates that name none.
        """
        self._values = values
        self._dialect = dialect
        self._named = dialect.implied_date(path, values.merged)
        self._zone = zone
        self._notes = notes
        self._days: set[str] = set()

    def names_day(self, field: str) -> bool:
        """Return whether a date that was read names no time."""
        return field in self._days

    def published(self, keys: tuple[str, ...]) -> datetime | None:
        """Return the date of publication: of a key, else of the file's name."""
        return self._date("published", keys if IN_NAME in keys else (*keys, IN_NAME), self._dated_by)

    def updated(self, keys: tuple[str, ...], published: datetime | None) -> datetime | None:
        """Return the date of the last change; one before *published* is told of."""
        updated = self._date("updated", keys)
        if updated and published and updated < published and not self._is_day_of(updated, published):
            reason = "lies before the date of publication and counts as equal; mend one of the two"
            self._notes.warning(self._values.line_of("updated"), f"the date of update {reason}")
        return updated

    def appears(self, keys: tuple[str, ...]) -> datetime | None:
        """Return the moment before which nobody may read the article, whatever its date."""
        return self._date("appears", keys)

    def expires(self, keys: tuple[str, ...]) -> datetime | None:
        """Return the moment from which on nobody may read the article."""
        return self._date("expires", keys)

    def announced(self, keys: tuple[str, ...]) -> datetime | None:
        """Return the date under which the article is announced again."""
        return self._date("announced", keys)

    def _date(
        self, field: str, keys: tuple[str, ...], instead: Callable[[], str] = lambda: ""
    ) -> datetime | None:
        ignored: dict[str, ValueError] = {}
        moment = self._first(field, keys, ignored)
        for key, error in ignored.items():
            said = self._values.said(key)
            self._notes.warning(self._values.line(key), f"'{said}' is ignored{instead()}: {error}")
        return moment

    def _first(self, field: str, keys: tuple[str, ...], ignored: dict[str, ValueError]) -> datetime | None:
        moments: list[datetime] = []
        for key in keys:
            if key == IN_NAME:
                found = None if moments else self._in_name()
            else:  # also those that come too late, so that none is silently of no use
                found = self._under(key, field, ignored, counts=not moments)
            moments += [found] if found else []
        return moments[0] if moments else None

    def _under(
        self, key: str, field: str, ignored: dict[str, ValueError], *, counts: bool
    ) -> datetime | None:
        key, value = next(self._values.each((key,)), (key, None))
        text = text_of(value)
        if value and isinstance(value, dict):
            ignored[key] = ValueError("a mapping is no date; write it like 2024-06-27 09:00")
        if text is None or _is_switch(key, text):
            return None
        text = self._dialect.interpret_date(text, quoted=self._values.quoted(key))
        if not text:
            return None
        try:
            moment, guessed = as_instant(text, self._zone)
        except ValueError as error:
            ignored[key] = error
            return None
        if not counts:
            return None
        if guessed:
            shown = in_zone(moment, self._zone).isoformat()
            reason = f"'{self._values.said(key)}' is read as {shown}; write it that way"
            self._notes.warning(self._values.line(key), reason)
        self._values.found(field, key)
        if is_day(text):
            self._days.add(field)
        return moment

    def _in_name(self) -> datetime | None:
        try:
            named = as_instant(self._named, self._zone)[0] if self._named else None
        except ValueError:
            return None  # "2024-99-01-part.md" has a number for a name
        if named is not None:
            self._values.origins["published"] = FILE_NAME
            if is_day(self._named or ""):
                self._days.add("published")
        return named

    def _dated_by(self) -> str:
        origin = self._values.origins.get("published")
        if origin is None:  # by git or the file itself, if it was not published before
            return ", so the article is dated as one without"
        place = f"'{origin.keys[0][0]}'" if origin.keys else str(origin)
        return f", so the article is dated by {place}"

    def _is_day_of(self, midnight: datetime, moment: datetime) -> bool:
        """Return whether the first names no more than the day of the other, in the site's zone."""
        midnight, moment = in_zone(midnight, self._zone), in_zone(moment, self._zone)
        return midnight.time() == time() and midnight.date() == moment.date()


def _is_switch(key: str, text: str) -> bool:
    """Return whether "published: true", or "expires: false", says something else than a date."""
    truth = truth_of(text)
    return truth is not None if key == "published" else truth is False and text.isalpha()
