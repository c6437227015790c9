"""Notices when the TLS certificate is renewed, so that it is served without a restart."""

import logging
import ssl
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

log = logging.getLogger(__name__)


class Certificate:
    """A certificate chain and its key, in two files."""

    def __init__(self, cert: Path, key: Path, on_renewal: Callable[[], object]) -> None:
        """Take the files as they are served now.

        Args:
            on_renewal: Called when there is another one that can be used.
        """
        self._cert = cert
        self._key = key
        self._on_renewal = on_renewal
        self._served = self._seen()
        self._refused: str | None = None

    def look(self) -> None:
        """Look for a renewed one; an unusable one may be half written, and is reported at the next look."""
        found = self._seen()
        if found is None or found == self._served:
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self._cert, self._key)
        except OSError as error:  # ssl.SSLError is one
            self._refuse(found, error)
            return
        self._served = found
        log.info("certificate renewed path=%s", self._cert)
        self._on_renewal()

    def _refuse(self, found: str, error: OSError) -> None:
        if found == self._refused:
            log.warning(
                "certificate cannot be used path=%s error=%s; the one before is served on", self._cert, error
            )
            self._served = found
        self._refused = found

    def _seen(self) -> str | None:
        """Return a digest of both files; None if one is missing, as while it is written."""
        try:
            return sha256(self._cert.read_bytes() + self._key.read_bytes()).hexdigest()
        except OSError:
            return None
