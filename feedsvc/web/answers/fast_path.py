"""The express lane: documents are answered here, in front of Flask's routing.

A poll costs a look-up in a dictionary and a comparison of tags. Whatever is
not a document goes on to the application behind.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import quote

from feedsvc.errors import StoreError
from feedsvc.model import PRIVATE, Departure, Published
from feedsvc.web.answers.body_cache import BodyGoneError
from feedsvc.web.answers.conditional import not_modified
from feedsvc.web.answers.deltas import Deltas
from feedsvc.web.answers.encoding import IDENTITY, negotiate
from feedsvc.web.answers.host import MISDIRECTED, names_one_host
from feedsvc.web.answers.prepared import PRIVATE_HEADERS, Answer, Asked, Key, Page
from feedsvc.web.answers.private_documents import PrivateDocuments, read_private_address
from feedsvc.web.answers.rate_limit import Fairness
from feedsvc.web.answers.snapshots import CurrentSnapshot, Prepared, decode
from feedsvc.web.origin import Origins
from feedsvc.web.replies import OPTIONS, REFUSED, Reply, text, unavailable
from feedsvc.web.settings import WebSettings
from feedsvc.web.statistics.counts import Answered, Counts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Some clients make up what they say: that much is remembered, of so many characters each.
_MOST_KNOWN = 10_000
_LONGEST_KNOWN = 500


class Lane:
    """A WSGI application that serves the current snapshot's documents, and asks *behind* for the rest."""

    def __init__(
        self,
        behind: "WSGIApplication",
        current: CurrentSnapshot,
        settings: WebSettings,
        counts: Counts | None = None,
        *,
        probes: Mapping[str, Callable[[], Reply]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the application behind, the snapshot, the settings, and the counts, if there are any.

        Args:
            probes: Further answers from memory, by address.
        """
        self._probes = probes or {}
        self._behind = behind
        self._current = current
        self._settings = settings
        self._counts = counts
        self._clock = clock
        origins = Origins(settings.trusted_proxies)
        self._deltas = Deltas(current.bodies, origins, settings)
        self._private_documents = PrivateDocuments(current.bodies, settings)
        limited = settings.min_interval or settings.require_validators_after
        self._fairness = Fairness(settings, origins) if limited else None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer from one snapshot, whole."""
        reply = self.recall(environ) or self.answer(environ)
        return (reply or self._behind)(environ, start_response)

    def recall(self, environ: "WSGIEnvironment") -> Reply | None:
        """Return the answer if it was given before and is in memory, and count it; waits for nothing."""
        begun = perf_counter()
        prepared = self._current()
        answer = prepared.known.get(_key(environ))
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        if answer is None:
            probe = self._probes.get(environ["PATH_INFO"])
            return probe() if probe and names_one_host(environ) else None
        if prepared.departed.by_query and _query(environ):
            return None
        reply = answer.reply if answer.coding is None else self._recall_body(answer, environ)
        if reply is not None:
            self._count(reply, environ, begun)
        return reply

    def _recall_body(self, answer: Answer, environ: "WSGIEnvironment") -> Reply | None:
        coded = self._current.bodies.recall(answer.etag, answer.coding or IDENTITY)
        if coded is None or self._deltas.wanted(environ):
            return None
        refusal = self._refuse(answer, environ) if self._fairness else None
        return refusal or _with_body(answer.reply, coded.body)

    def holds(self, address: str) -> bool:
        """Return whether a document is published at *address*, a PATH_INFO; private ones are not told of."""
        return self._current().page(address) is not None

    def answer(self, environ: "WSGIEnvironment") -> Reply | None:
        """Return the answer if it is for the lane to give, and count it; may have to wait for the store."""
        if not names_one_host(environ):
            return MISDIRECTED
        begun = perf_counter()
        reply = self._try_twice(environ)
        if reply is not None:
            self._count(reply, environ, begun)
        return reply

    def _try_twice(self, environ: "WSGIEnvironment") -> Reply | None:
        prepared = self._current()
        try:
            try:
                return self._answer(prepared, environ)
            except BodyGoneError:
                return self._answer(self._current.reload(prepared), environ)
        except StoreError:
            return unavailable("The store cannot be reached just now. Please try again.")

    def _answer(self, prepared: Prepared, environ: "WSGIEnvironment") -> Reply | None:
        method = environ["REQUEST_METHOD"]
        asked = Asked(*_key(environ))
        if method == "OPTIONS":
            return OPTIONS if prepared.page(asked.address) else None
        if asked.address.startswith(f"/{PRIVATE}") and (reply := self._by_key(prepared, asked, environ)):
            return reply
        if moved := prepared.departed.asked(decode(asked.address), _query(environ)):
            return self._elsewhere(moved)
        page = prepared.page(asked.address)
        if page is None:
            return self._moved(prepared, asked.address)
        if method not in ("GET", "HEAD"):
            return REFUSED
        answer = self._work_out(prepared, page, asked)
        if answer.coding is None:
            return answer.reply
        delta = self._deltas(page, asked) if self._deltas.wanted(environ) else None
        # The refusal last, because a body that is gone has us begin again, and a fetch counts.
        reply = delta or self._reply(answer)
        return self._refuse(answer, environ) or reply

    def _reply(self, answer: Answer, make: Callable[[], bytes] | None = None) -> Reply:
        if answer.coding is None:
            return answer.reply
        return _with_body(answer.reply, self._current.bodies(answer.etag, answer.coding, make).body)

    def _refuse(self, answer: Answer, environ: "WSGIEnvironment", query: str = "") -> Reply | None:
        """Return what is said to who fetches the whole too often; *query* tells feeds at one path apart."""
        answered = answer.reply.answered
        if self._fairness is None or answer.coding is None or answered is None or answered.feed is None:
            return None
        return self._fairness(answered, environ, query) if environ["REQUEST_METHOD"] == "GET" else None

    def _count(self, reply: Reply, environ: "WSGIEnvironment", begun: float) -> None:
        if self._counts is None or reply.answered is None:
            return
        is_head = environ["REQUEST_METHOD"] == "HEAD"
        answered = reply.answered.to_head() if is_head else reply.answered
        self._counts(answered, environ, perf_counter() - begun)

    def answer_composed(
        self, page: Page, asked: Asked, make: Callable[[], bytes], environ: "WSGIEnvironment", begun: float
    ) -> Reply:
        """Return the answer to a request for a document that no snapshot has, by the same rules.

        Args:
            make: Gives the body, if it is not in memory.
            begun: When the request came, by `time.perf_counter`.
        """
        answer = self._answer_to(page, asked, dated=False, make=make)
        reply = self._refuse(answer, environ, _query(environ)) or self._reply(answer, make)
        self._count(reply, environ, begun)
        return reply

    def _by_key(self, prepared: Prepared, asked: Asked, environ: "WSGIEnvironment") -> Reply | None:
        """Return the answer at an address with a key; None if the key is nobody's, or opens nothing there."""
        private = read_private_address(decode(asked.address))
        subscriber = self._current.keys(private.key) if private else None
        if private is None or subscriber is None:
            return None
        folder = f"{PRIVATE}{subscriber.feed}/"
        if subscriber.revoked is not None:
            return _counted(text("This address was revoked.", HTTPStatus.GONE), folder)
        path = folder if private.path is None else folder + private.path
        document = None if private.path is None else prepared.snapshot.documents.get(path)
        if document is None:
            return self._not_there(prepared, asked.address, path)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return REFUSED
        self._current.keys.used(subscriber)
        return self._answer_private(document, private.key, asked, environ)

    def _answer_private(
        self, document: Published, key: str, asked: Asked, environ: "WSGIEnvironment"
    ) -> Reply:
        page = self._private_documents(document, key)
        make = partial(self._private_documents.body, document, key)
        answer = self._answer_to(page, asked, dated=page.modified <= self._clock(), make=make)
        return self._refuse(answer, environ) or self._reply(answer, make)

    def _not_there(self, prepared: Prepared, address: str, path: str) -> Reply | None:
        """Return what to say to a subscriber where no document is at *path*; None if nothing."""
        folder = path if path.endswith("/") else f"{path}/"
        if not address.endswith("/") and folder in prepared.snapshot.documents:
            location = ("Location", f"{self._settings.url}/{quote(decode(address))}/")
            return text("It is a folder.", HTTPStatus.MOVED_PERMANENTLY, [location, *PRIVATE_HEADERS])
        departed = prepared.departed.at(path)
        return self._elsewhere(departed) if departed and not departed.target else None

    def _moved(self, prepared: Prepared, address: str) -> Reply | None:
        folder = prepared.folder(address)
        if folder is not None:
            # Not 308: some readers do not follow it, and nothing is ever sent here but GET.
            return self._redirect("It is a folder.", f"{self._settings.url}/{quote(folder)}")
        departed = prepared.departed_from(address)
        return self._elsewhere(departed) if departed else None

    def _elsewhere(self, departed: Departure) -> Reply:
        if departed.target:
            reply = self._redirect("It has moved.", departed.target)
        else:
            reply = text("It was here, and is gone for good.", HTTPStatus.GONE)
        return _counted(reply, departed.path)

    def _redirect(self, said: str, target: str) -> Reply:
        cache = f"public, max-age={self._settings.max_age}"
        return text(said, HTTPStatus.MOVED_PERMANENTLY, [("Location", target)], cache=cache)

    def _work_out(self, prepared: Prepared, page: Page, asked: Asked) -> Answer:
        """Return the answer, and remember it: pollers say the same again and again."""
        # A date that lies ahead of our clock must not be sent (RFC 9110, 8.8.2.1).
        dated = page.modified <= self._clock()
        answer = self._answer_to(page, asked, dated=dated)
        if dated and asked.host and sum(map(len, filter(None, asked))) <= _LONGEST_KNOWN:
            if len(prepared.known) >= _MOST_KNOWN:
                prepared.known.clear()
            prepared.known[asked] = answer
        return answer

    def _answer_to(
        self, page: Page, asked: Asked, *, dated: bool, make: Callable[[], bytes] | None = None
    ) -> Answer:
        if not_modified(
            asked.if_none_match,
            asked.if_modified_since,
            etag=page.document.etag,
            modified=page.document.last_modified if dated else None,
            strict=self._settings.strict_ims,
        ):
            answered = page.answered(HTTPStatus.NOT_MODIFIED, asked)
            return Answer(Reply(HTTPStatus.NOT_MODIFIED, page.unchanged, b"", answered), page.document.etag)
        coding = negotiate(asked.accept_encoding or "") if page.compressible else IDENTITY
        as_xml = page.shown and asked.destination == "document"
        headers = page.full.get((coding, as_xml))
        coded = self._current.bodies(page.document.etag, coding, make)
        if headers is None:
            headers = page.full[coding, as_xml] = page.describe(coded, as_xml=as_xml)
        if dated:
            headers = [*headers, page.last_modified]
        answered = page.answered(HTTPStatus.OK, asked, len(coded.body))
        return Answer(Reply(HTTPStatus.OK, headers, b"", answered), page.document.etag, coding)


def _key(environ: "WSGIEnvironment") -> Key:
    """Return what `Asked` holds; a plain tuple, which equals a named one, is made in a fifth of the time."""
    said = environ.get
    return (
        environ["PATH_INFO"],
        said("HTTP_IF_NONE_MATCH"),
        said("HTTP_IF_MODIFIED_SINCE"),
        said("HTTP_ACCEPT_ENCODING"),
        said("HTTP_SEC_FETCH_DEST"),
        said("HTTP_HOST", ""),
    )


def _query(environ: "WSGIEnvironment") -> str:
    query: str = environ.get("QUERY_STRING", "")
    return query


def _with_body(reply: Reply, body: bytes) -> Reply:
    return Reply(reply.status, reply.headers, body, reply.answered)


def _counted(reply: Reply, path: str) -> Reply:
    reply.answered = Answered(path, reply.status.value, sent=len(reply.body))
    return reply
