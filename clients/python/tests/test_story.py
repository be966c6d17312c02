"""A business, from its pricing to its next bill, over the real server."""

from __future__ import annotations

import unittest
from datetime import UTC, datetime, timedelta

from counterfoil_client import Client, Problem, Unreachable, types
from server import Losing, Server

PRICING = """
meters:
  calls: { event: call, aggregate: count }
plans:
  basic:
    currency: EUR
    every: month
    prices:
      fee: { flat: "30.00", in: advance }
      calls: { meter: calls, per_unit: "0.10" }
"""


NOW = datetime.now(UTC)


def call(number: int) -> types.Event:
    return {"source": "test", "id": str(number), "name": "call", "subject": "acme", "at": NOW.isoformat(), "properties": {"n": number}}


class Story(unittest.TestCase):
    def test_a_business(self) -> None:
        with Server() as server:
            losing = Losing(server.address)
            self.addCleanup(losing.close)
            client = Client(losing.address, pause=0.01)
            # the first answer is lost: the request is sent again with the same key, and done once
            applied = client.apply_pricing(PRICING)
            self.assertEqual((applied.value["version"], applied.replayed), (1, True))
            made = client.add_customer({"key": "acme", "name": "Acme", "zone": "UTC"})
            self.assertEqual((made.value["key"], made.etag), ("acme", '"1"'))
            tried = client.subscribe({"customer": "acme", "plan": "basic", "start": str(NOW.date())}, dry_run=True)
            assert tried.impact is not None
            self.assertEqual(tried.impact["money"], "changed")
            self.assertEqual(client.list_subscriptions().value["items"], [])
            client.subscribe({"customer": "acme", "plan": "basic", "start": str(NOW.date())})

            losing.connections = 0
            sent = client.send_all_events((call(number) for number in range(1000)), batch=400)
            # of the first batch the answer was lost: its events were taken once
            self.assertEqual((sent["accepted"], sent["duplicates"], len(sent["outcomes"])), (600, 400, 1000))
            usage = client.get_usage(customer="acme", meter="calls", from_=str(NOW.date()), to=str(NOW.date() + timedelta(days=1))).value
            self.assertEqual(usage["usage"][0]["measured"]["quantity"], "1000")
            preview = client.preview_invoice("acme").value
            amounts = {line["key"]["price"]["price"]: line["amount"] for document in preview["documents"] for line in document["lines"]}
            self.assertEqual(amounts["calls"]["amount"], "100.00")

            for number in range(7):
                client.add_customer({"key": f"c{number}", "name": "", "zone": "UTC"})
            keys = [customer["key"] for customer in client.list_customers_all(limit=3)]
            self.assertEqual(keys, ["acme", *(f"c{number}" for number in range(7))])

            with self.assertRaises(Problem) as refused:
                client.add_customer({"key": "acme", "name": "Acme", "zone": "UTC"})
            self.assertEqual((refused.exception.code, refused.exception.status), ("already_exists", 409))
            tag = client.get_subscription("acme").etag
            client.end_subscription("acme", {"effective": "2099-01-01"}, if_match=tag)
            with self.assertRaises(Problem) as stale:
                client.end_subscription("acme", {"effective": "2099-02-01"}, if_match=tag)
            self.assertEqual(stale.exception.code, "changed_meanwhile")

    def test_where_nobody_answers(self) -> None:
        with self.assertRaises(Unreachable):
            Client("http://127.0.0.1:9", tries=2, pause=0.01).get_clock()


if __name__ == "__main__":
    unittest.main()
