"""The client: every operation, and what is made of several."""

from __future__ import annotations

import json
from collections.abc import Iterable

from . import types
from .operations import Operations

MOST_EVENTS = 1_000
MOST_BYTES = 4 << 20


class Client(Operations):
    """All of the API. It can be shared between threads."""

    def send_all_events(self, events: Iterable[types.Event], *, batch: int = MOST_EVENTS) -> types.Ingested:
        """Send any number of events in batches; the outcomes are in the order of the events.

        A batch whose answer is lost is sent again: what was taken the first time is then a duplicate, and counted once.
        """
        whole: types.Ingested = {"accepted": 0, "duplicates": 0, "conflicts": 0, "quarantined": 0, "outcomes": []}
        waiting: list[types.Event] = []
        size = 0
        for event in events:
            length = len(json.dumps(event))
            if waiting and (len(waiting) >= batch or size + length > MOST_BYTES):
                self._add(whole, waiting)
                waiting, size = [], 0
            waiting.append(event)
            size += length
        if waiting:
            self._add(whole, waiting)
        return whole

    def _add(self, whole: types.Ingested, events: list[types.Event]) -> None:
        part = self.send_events(events).value
        whole["accepted"] += part["accepted"]
        whole["duplicates"] += part["duplicates"]
        whole["conflicts"] += part["conflicts"]
        whole["quarantined"] += part["quarantined"]
        whole["outcomes"] += part["outcomes"]
