"""How requests are sent, and sent again."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Generic, TypeVar, cast

from . import types

T = TypeVar("T")

# Nothing was done, or it is not known whether anything was.
_AGAIN = (429, 502, 503, 504)


@dataclass(frozen=True)
class Reply(Generic[T]):
    """An answer."""

    value: T
    # The version of the object, for `if_match`.
    etag: str | None
    # What a dry run would change in money.
    impact: types.Impact | None
    # What the answer refers to, as far as it was asked for with `expand`.
    expanded: types.Expanded | None
    # It was answered before: the request was a repetition.
    replayed: bool
    request_id: str | None


class CounterfoilError(Exception):
    """Whatever keeps a request from being answered as asked."""


class Unreachable(CounterfoilError):
    """There was no answer. Whether the request was done is not known."""


class Problem(CounterfoilError):
    """The request was refused: nothing of it has happened."""

    def __init__(self, document: types.ProblemDocument) -> None:
        super().__init__(f"{document['code']}: {document['detail']}; {document['mend']}")
        self.document = document
        self.code: str = document["code"]
        self.status: int = document["status"]
        self.detail: str = document["detail"]
        self.mend: str = document["mend"]
        self.pointer: str | None = document.get("pointer")


def path_of(template: str, **names: str) -> str:
    """A path with its names filled in."""
    return template.format(**{name: urllib.parse.quote(value, safe="") for name, value in names.items()})


class Transport:
    """Sends requests. What can be repeated is sent again, later each time, when there is no answer or the server is busy."""

    def __init__(self, address: str, token: str | None = None, *, timeout: float = 30.0, tries: int = 5, pause: float = 0.2) -> None:
        self._address = address.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._tries = tries
        self._pause = pause

    def _send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: dict[str, Any] | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
        if_match: str | None = None,
        dry_run: bool = False,
        repeats: bool = False,
        keyed: bool = False,
    ) -> Reply[Any]:
        asked = {name: _written(value) for name, value in (query or {}).items() if value is not None}
        if dry_run:
            asked["dry_run"] = "true"
        url = self._address + path + ("?" + urllib.parse.urlencode(asked) if asked else "")
        headers = {"accept": "application/json"}
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        if reason is not None:
            headers["x-reason"] = reason
        if if_match is not None:
            headers["if-match"] = if_match
        if keyed:
            # the same for each try, so that it is done once
            headers["idempotency-key"] = idempotency_key or str(uuid.uuid4())
        data = None
        if isinstance(body, str):
            data, headers["content-type"] = body.encode(), "application/yaml"
        elif body is not None:
            data, headers["content-type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        return self._tried(request, again=repeats or keyed or dry_run)

    def _tried(self, request: urllib.request.Request, *, again: bool) -> Reply[Any]:
        for number in range(1, self._tries + 1):
            wait = None
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as response:
                    return _reply(response.headers, response.read())
            except urllib.error.HTTPError as refused:
                problem = _problem(refused.code, refused.read())
                if number == self._tries or not (refused.code == 429 or (again and refused.code in _AGAIN)):
                    raise problem from None
                wait = refused.headers.get("retry-after")
            except (OSError, HTTPException) as lost:
                if number == self._tries or not again:
                    raise Unreachable(str(lost)) from lost
            longest = self._pause * 2.0 ** (number - 1)
            time.sleep(max(float(wait) if wait and wait.isdigit() else 0.0, random.uniform(longest / 2, longest)))
        raise Unreachable("it was never tried")

    def _walk(self, after: str | None, page: Callable[[str | None], Reply[Any]]) -> Iterator[Any]:
        while True:
            part = page(after).value
            yield from part["items"]
            after = part.get("next")
            if after is None:
                return


def _written(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _reply(headers: Any, data: bytes) -> Reply[Any]:
    is_json = "json" in (headers.get("content-type") or "")
    value: Any = json.loads(data) if is_json else data.decode()
    impact = None
    expanded = None
    if isinstance(value, dict) and value.get("dry_run") is True:
        impact = cast(types.Impact, value.pop("impact"))
        del value["dry_run"]
    if isinstance(value, dict) and "expanded" in value:
        expanded = cast(types.Expanded, value.pop("expanded"))
    replayed = headers.get("idempotency-replayed") == "true"
    return Reply(value, headers.get("etag"), impact, expanded, replayed, headers.get("x-request-id"))


def _problem(status: int, data: bytes) -> Problem:
    try:
        document = cast(types.ProblemDocument, json.loads(data))
        return Problem(document)
    except (ValueError, KeyError, TypeError):
        text = data.decode(errors="replace")[:500]
        return Problem(
            {
                "type": "about:blank",
                "title": "The answer is none of the API",
                "status": status,
                "code": "not_an_answer",
                "detail": text,
                "mend": "look at what stands between this client and the server",
                "problems": [],
            }
        )
