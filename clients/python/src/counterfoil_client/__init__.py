"""A client of Counterfoil.

    from counterfoil_client import Client

    client = Client("http://127.0.0.1:8080", token="cf_…")
    client.add_customer({"key": "acme", "name": "Acme", "zone": "Europe/Berlin"})
    for invoice in client.list_invoices_all(customer="acme"):
        print(invoice["total"])
"""

from . import types
from .client import Client
from .transport import CounterfoilError, Problem, Reply, Unreachable

__all__ = ["Client", "CounterfoilError", "Problem", "Reply", "Unreachable", "types"]
