# Written from clients/openapi.json by `cargo run -p xtask -- codegen`. Do not edit.
"""Every operation of the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from . import types
from .transport import Reply, Transport, path_of


class Operations(Transport):
    """One method for each operation."""

    def withdraw_adjustment(self, key: types.Key, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Adjustment]:
        """Take back what was changed on a draft. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/adjustments/{key}/withdraw", key=key), reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_alerts(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, to: types.When | None = None, expand: list[Literal["customer"]] | None = None) -> Reply[types.PageOfAlert]:
        """Alerts, the newest first. Needs `usage:read`."""
        return self._send("GET", "/v1/alerts", query={"after": after, "customer": customer, "from": from_, "limit": limit, "sort": sort, "to": to, "expand": expand}, repeats=True)

    def list_alerts_all(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, to: types.When | None = None, expand: list[Literal["customer"]] | None = None) -> Iterator[types.Alert]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_alerts(customer=customer, from_=from_, limit=limit, sort=sort, to=to, expand=expand, after=place))

    def add_alert(self, body: types.NewAlert, *, reason: str | None = None, dry_run: bool = False) -> Reply[types.Alert]:
        """Add an alert; what it watches is looked at at once. Needs `usage:write`."""
        return self._send("POST", "/v1/alerts", body=body, reason=reason, dry_run=dry_run)

    def get_alert(self, id: types.AlertId, *, expand: list[Literal["customer"]] | None = None) -> Reply[types.Alert]:
        """An alert. Needs `usage:read`."""
        return self._send("GET", path_of("/v1/alerts/{id}", id=id), query={"expand": expand}, repeats=True)

    def list_crossings(self, id: types.AlertId, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["at", "-at"] | None = None, to: types.When | None = None, expand: list[Literal["alert", "customer"]] | None = None) -> Reply[types.PageOfCrossing]:
        """When and by whom its limits were reached, the newest first. Needs `usage:read`."""
        return self._send("GET", path_of("/v1/alerts/{id}/crossings", id=id), query={"after": after, "customer": customer, "from": from_, "limit": limit, "sort": sort, "to": to, "expand": expand}, repeats=True)

    def list_crossings_all(self, id: types.AlertId, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["at", "-at"] | None = None, to: types.When | None = None, expand: list[Literal["alert", "customer"]] | None = None) -> Iterator[types.Crossing]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_crossings(id, customer=customer, from_=from_, limit=limit, sort=sort, to=to, expand=expand, after=place))

    def remove_alert(self, id: types.AlertId, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Alert]:
        """Remove an alert. Needs `usage:write`."""
        return self._send("POST", path_of("/v1/alerts/{id}/remove", id=id), reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def get_approval_policy(self) -> Reply[types.ApprovalPolicy]:
        """What needs a second person. Needs `approvals:read`."""
        return self._send("GET", "/v1/approval-policy", repeats=True)

    def release_approval(self, body: types.ApprovalPolicyChange, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.ApprovalPolicy]:
        """Let operations need one person again; this needs a second person itself. Needs `access:write`."""
        return self._send("POST", "/v1/approval-policy/release", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def require_approval(self, body: types.ApprovalPolicyChange, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.ApprovalPolicy]:
        """Let more operations need a second person, or let requests wait shorter. Needs `access:write`."""
        return self._send("POST", "/v1/approval-policy/require", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_approvals(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["requested_at", "-requested_at", "id", "-id"] | None = None, state: types.State3 | None = None, to: types.When | None = None) -> Reply[types.PageOfApproval]:
        """Requests that wait or waited, the newest first. Needs `approvals:read`."""
        return self._send("GET", "/v1/approvals", query={"after": after, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to}, repeats=True)

    def list_approvals_all(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["requested_at", "-requested_at", "id", "-id"] | None = None, state: types.State3 | None = None, to: types.When | None = None) -> Iterator[types.Approval]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_approvals(from_=from_, limit=limit, sort=sort, state=state, to=to, after=place))

    def get_approval(self, id: types.ApprovalId) -> Reply[types.ApprovalDetail]:
        """A request, with exactly what it asks. Needs `approvals:read`."""
        return self._send("GET", path_of("/v1/approvals/{id}", id=id), repeats=True)

    def approve(self, id: types.ApprovalId, body: types.Decision2, *, reason: str | None = None) -> Reply[types.Approval]:
        """Approve a request, which is then done. Needs `approvals:approve`."""
        return self._send("POST", path_of("/v1/approvals/{id}/approve", id=id), body=body, reason=reason)

    def collect_answer(self, id: types.ApprovalId, *, reason: str | None = None) -> Reply[types.Collected]:
        """The answer to a request of one's own that has a secret in it; once. Needs `approvals:write`."""
        return self._send("POST", path_of("/v1/approvals/{id}/collect", id=id), reason=reason)

    def reject(self, id: types.ApprovalId, body: types.Decision2, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Approval]:
        """Reject a request. Needs `approvals:approve`."""
        return self._send("POST", path_of("/v1/approvals/{id}/reject", id=id), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def withdraw(self, id: types.ApprovalId, body: types.Decision2, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Approval]:
        """Take back a request of one's own. Needs `approvals:write`."""
        return self._send("POST", path_of("/v1/approvals/{id}/withdraw", id=id), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_audit(self, *, action: str | None = None, actor: str | None = None, after: types.Place2 | None = None, from_: types.When | None = None, kind: str | None = None, limit: int | None = None, object: str | None = None, sort: Literal["at", "-at", "id", "-id"] | None = None, to: types.When | None = None) -> Reply[types.PageOfAuditEntry]:
        """The audit log, the oldest entry first. Needs `audit:read`."""
        return self._send("GET", "/v1/audit", query={"action": action, "actor": actor, "after": after, "from": from_, "kind": kind, "limit": limit, "object": object, "sort": sort, "to": to}, repeats=True)

    def list_audit_all(self, *, action: str | None = None, actor: str | None = None, after: types.Place2 | None = None, from_: types.When | None = None, kind: str | None = None, limit: int | None = None, object: str | None = None, sort: Literal["at", "-at", "id", "-id"] | None = None, to: types.When | None = None) -> Iterator[types.AuditEntry]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_audit(action=action, actor=actor, from_=from_, kind=kind, limit=limit, object=object, sort=sort, to=to, after=place))

    def make_backup(self, *, name: str | None = None, reason: str | None = None) -> Reply[types.BackupMade]:
        """Make a backup; the answer comes when it is complete and on the disk. Needs `operations:write`."""
        return self._send("POST", "/v1/backups", query={"name": name}, reason=reason)

    def get_balances(self, *, before: types.When | None = None) -> Reply[types.BooksAt]:
        """What stands on each account. Needs `books:read`."""
        return self._send("GET", "/v1/balances", query={"before": before}, repeats=True)

    def bill(self, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.BillRun]:
        """Run billing now: what is due less what has been billed. The server does it by itself, too. Needs `invoices:write`."""
        return self._send("POST", "/v1/bill", reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_changesets(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.State | None = None, to: types.When | None = None) -> Reply[types.PageOfChangeset]:
        """Changesets, the newest first. Needs `changesets:read`."""
        return self._send("GET", "/v1/changesets", query={"after": after, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to}, repeats=True)

    def list_changesets_all(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.State | None = None, to: types.When | None = None) -> Iterator[types.Changeset]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_changesets(from_=from_, limit=limit, sort=sort, state=state, to=to, after=place))

    def open_changeset(self, body: types.Because, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Changeset]:
        """Open a changeset. Needs `changesets:write`."""
        return self._send("POST", "/v1/changesets", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_changeset(self, id: types.ChangesetId) -> Reply[types.Changeset]:
        """A changeset. Needs `changesets:read`."""
        return self._send("GET", path_of("/v1/changesets/{id}", id=id), repeats=True)

    def apply_changeset(self, id: types.ChangesetId, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Changeset]:
        """Make all changes, or none. Needs `changesets:approve`."""
        return self._send("POST", path_of("/v1/changesets/{id}/apply", id=id), reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def add_changes(self, id: types.ChangesetId, body: list[types.Change3], *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.AddedChanges]:
        """Add changes; each that cannot be made is told. Needs `changesets:write`."""
        return self._send("POST", path_of("/v1/changesets/{id}/changes", id=id), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def preview_changeset(self, id: types.ChangesetId) -> Reply[types.ChangesetPreview]:
        """What a changeset would change, in quantities and in money. Needs `changesets:read`."""
        return self._send("GET", path_of("/v1/changesets/{id}/preview", id=id), repeats=True)

    def revert_changeset(self, id: types.ChangesetId, body: types.Because, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Changeset]:
        """Take all changes back, by as many others. Needs `changesets:approve`."""
        return self._send("POST", path_of("/v1/changesets/{id}/revert", id=id), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def seal_changeset(self, id: types.ChangesetId, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Changeset]:
        """Close a changeset for changes. Needs `changesets:write`."""
        return self._send("POST", path_of("/v1/changesets/{id}/seal", id=id), reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def withdraw_charge(self, key: types.Key, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Charge]:
        """Take a charge back. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/charges/{key}/withdraw", key=key), reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def get_clock(self) -> Reply[types.ClockState]:
        """The time by which this tenant bills. Needs `invoices:read`."""
        return self._send("GET", "/v1/clock", repeats=True)

    def set_clock(self, body: types.Forward, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.BillRun]:
        """Set the time of a test environment forward, and bill everything that falls due on the way. Needs `invoices:write`."""
        return self._send("POST", "/v1/clock", body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def list_customers(self, *, after: types.Place2 | None = None, entity: types.Key | None = None, limit: int | None = None, sort: Literal["key", "-key"] | None = None, expand: list[Literal["entity"]] | None = None) -> Reply[types.PageOfCustomer]:
        """All customers, by key. Needs `customers:read`."""
        return self._send("GET", "/v1/customers", query={"after": after, "entity": entity, "limit": limit, "sort": sort, "expand": expand}, repeats=True)

    def list_customers_all(self, *, after: types.Place2 | None = None, entity: types.Key | None = None, limit: int | None = None, sort: Literal["key", "-key"] | None = None, expand: list[Literal["entity"]] | None = None) -> Iterator[types.Customer]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_customers(entity=entity, limit=limit, sort=sort, expand=expand, after=place))

    def add_customer(self, body: types.Customer, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Customer]:
        """Add a customer. Needs `customers:write`."""
        return self._send("POST", "/v1/customers", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_customer(self, key: types.Key, *, expand: list[Literal["entity"]] | None = None) -> Reply[types.Customer]:
        """A customer. Needs `customers:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/customers/{key}", key=key), query={"expand": expand}, repeats=True)

    def change_customer(self, key: types.Key, body: types.Customer, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Customer]:
        """Say anew what is known of a customer. Needs `customers:write`."""
        return self._send("POST", path_of("/v1/customers/{key}", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def get_adjustments(self, key: types.Key) -> Reply[types.Adjustments]:
        """What persons changed on the lines of a customer: edits of drafts, notes by hand, differences that were written off. Needs `invoices:read`."""
        return self._send("GET", path_of("/v1/customers/{key}/adjustments", key=key), repeats=True)

    def get_customer_balances(self, key: types.Key) -> Reply[types.Balances]:
        """What a customer owes and has to their credit, by seller and currency. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/customers/{key}/balances", key=key), repeats=True)

    def list_charges(self, key: types.Key, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["due_at", "-due_at", "key", "-key"] | None = None, state: types.ChargeStanding | None = None, to: types.When | None = None, expand: list[Literal["customer"]] | None = None) -> Reply[types.PageOfCharge]:
        """The charges of a customer. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/customers/{key}/charges", key=key), query={"after": after, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to, "expand": expand}, repeats=True)

    def list_charges_all(self, key: types.Key, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["due_at", "-due_at", "key", "-key"] | None = None, state: types.ChargeStanding | None = None, to: types.When | None = None, expand: list[Literal["customer"]] | None = None) -> Iterator[types.Charge]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_charges(key, from_=from_, limit=limit, sort=sort, state=state, to=to, expand=expand, after=place))

    def add_charge(self, key: types.Key, body: types.NewCharge, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Charge]:
        """Charge a customer once, now or ahead. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/customers/{key}/charges", key=key), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_differences(self, key: types.Key) -> Reply[types.Differences]:
        """What lines that were billed are worth more or less by now: what waits for the next invoice, and what is held until somebody approves of it. Needs `invoices:read`."""
        return self._send("GET", path_of("/v1/customers/{key}/differences", key=key), repeats=True)

    def give_up_differences(self, key: types.Key, body: types.GiveUp, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.WrittenOff]:
        """Give differences up: they are written off, and never come again. Needs `invoices:approve`."""
        return self._send("POST", path_of("/v1/customers/{key}/differences/give_up", key=key), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def release_differences(self, key: types.Key, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Notes]:
        """Approve of the differences of a customer that are held: they are billed now, on notes of their own. Needs `invoices:approve`."""
        return self._send("POST", path_of("/v1/customers/{key}/differences/release", key=key), reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def preview_invoice(self, key: types.Key, *, as_: types.Form | None = None, as_of: types.When | None = None) -> Reply[types.BillPlan]:
        """The upcoming invoice with the usage so far, with the explanation of each line. Needs `customers:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/customers/{key}/preview", key=key), query={"as": as_, "as_of": as_of}, repeats=True)

    def get_receivables(self, key: types.Key, *, on: types.Date | None = None) -> Reply[types.AllReceivables]:
        """The invoices of a customer of which something is left to pay, and how late they are. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/customers/{key}/receivables", key=key), query={"on": on}, repeats=True)

    def list_redemptions(self, key: types.Key, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["recorded_at", "-recorded_at", "key", "-key"] | None = None, state: types.RedemptionStanding | None = None, to: types.When | None = None, expand: list[Literal["customer", "subscription"]] | None = None) -> Reply[types.PageOfRedemption]:
        """The discounts of a customer, those that ended too. Needs `subscriptions:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/customers/{key}/redemptions", key=key), query={"after": after, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to, "expand": expand}, repeats=True)

    def list_redemptions_all(self, key: types.Key, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["recorded_at", "-recorded_at", "key", "-key"] | None = None, state: types.RedemptionStanding | None = None, to: types.When | None = None, expand: list[Literal["customer", "subscription"]] | None = None) -> Iterator[types.Redemption]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_redemptions(key, from_=from_, limit=limit, sort=sort, state=state, to=to, expand=expand, after=place))

    def redeem_discount(self, key: types.Key, body: types.NewRedemption, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Redemption]:
        """Redeem a discount for a customer, by its key or code. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/customers/{key}/redemptions", key=key), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_refunds(self, key: types.Key) -> Reply[types.Refunds]:
        """What went back to a customer, the newest first. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/customers/{key}/refunds", key=key), repeats=True)

    def refund_customer(self, key: types.Key, body: types.NewRefund, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.CustomerRefund]:
        """Record money that goes back to a customer out of their balance; the same key again is the same refund. Needs `invoices:approve`."""
        return self._send("POST", path_of("/v1/customers/{key}/refunds", key=key), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_statement(self, key: types.Key, *, currency: types.Currency, entity: types.Key | None = None, from_: types.Date, to: types.Date) -> Reply[types.Statement]:
        """The statement of account of some days: what was owed, what happened, what is owed. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/customers/{key}/statement", key=key), query={"currency": currency, "entity": entity, "from": from_, "to": to}, repeats=True)

    def get_usage_to_date(self, key: types.Key, *, expand: list[Literal["subscription"]] | None = None) -> Reply[types.ToDate]:
        """How much a customer has used so far in each open billing period. Needs `customers:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/customers/{key}/usage", key=key), query={"expand": expand}, repeats=True)

    def list_discounts(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["key", "-key"] | None = None) -> Reply[types.PageOfNamedDiscount]:
        """Every discount that is offered, by key. Needs `subscriptions:read`."""
        return self._send("GET", "/v1/discounts", query={"after": after, "limit": limit, "sort": sort}, repeats=True)

    def list_discounts_all(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["key", "-key"] | None = None) -> Iterator[types.NamedDiscount]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_discounts(limit=limit, sort=sort, after=place))

    def get_discount(self, key: types.Key) -> Reply[types.NamedDiscount]:
        """A discount. Needs `subscriptions:read`."""
        return self._send("GET", path_of("/v1/discounts/{key}", key=key), repeats=True)

    def set_discount(self, key: types.Key, body: types.Discount, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.NamedDiscount]:
        """Offer a discount, or say it anew. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/discounts/{key}", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def list_emails(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, recipient: str | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.DeliveryState | None = None, to: types.When | None = None) -> Reply[types.PageOfMailDelivery]:
        """E-mails, the newest first. Needs `operations:read`."""
        return self._send("GET", "/v1/emails", query={"after": after, "from": from_, "limit": limit, "recipient": recipient, "sort": sort, "state": state, "to": to}, repeats=True)

    def list_emails_all(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, recipient: str | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.DeliveryState | None = None, to: types.When | None = None) -> Iterator[types.MailDelivery]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_emails(from_=from_, limit=limit, recipient=recipient, sort=sort, state=state, to=to, after=place))

    def get_email(self, id: str) -> Reply[types.MailDelivery]:
        """An e-mail and what became of it. Needs `operations:read`."""
        return self._send("GET", path_of("/v1/emails/{id}", id=id), repeats=True)

    def replay_email(self, id: str, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.MailDelivery]:
        """Send an e-mail again. Needs `operations:write`."""
        return self._send("POST", path_of("/v1/emails/{id}/replay", id=id), reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_entities(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["key", "-key"] | None = None) -> Reply[types.PageOfEntity]:
        """Every legal entity, by key. Needs `books:read`."""
        return self._send("GET", "/v1/entities", query={"after": after, "limit": limit, "sort": sort}, repeats=True)

    def list_entities_all(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["key", "-key"] | None = None) -> Iterator[types.Entity]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_entities(limit=limit, sort=sort, after=place))

    def get_entity(self, key: types.Key) -> Reply[types.Entity]:
        """A legal entity. Needs `books:read`."""
        return self._send("GET", path_of("/v1/entities/{key}", key=key), repeats=True)

    def set_entity(self, key: types.Key, body: types.Entity, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Entity]:
        """Add a legal entity, or say it anew. Needs `books:write`."""
        return self._send("POST", path_of("/v1/entities/{key}", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def list_events(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, name: str | None = None, sort: Literal["at"] | None = None, subject: str | None = None, to: types.When | None = None, expand: list[Literal["customer"]] | None = None) -> Reply[types.PageOfStoredEvent]:
        """Accepted events, by time. Needs `events:read`."""
        return self._send("GET", "/v1/events", query={"after": after, "from": from_, "limit": limit, "name": name, "sort": sort, "subject": subject, "to": to, "expand": expand}, repeats=True)

    def list_events_all(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, name: str | None = None, sort: Literal["at"] | None = None, subject: str | None = None, to: types.When | None = None, expand: list[Literal["customer"]] | None = None) -> Iterator[types.StoredEvent]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_events(from_=from_, limit=limit, name=name, sort=sort, subject=subject, to=to, expand=expand, after=place))

    def send_events(self, body: types.Event | list[types.Event], *, reason: str | None = None, dry_run: bool = False) -> Reply[types.Ingested]:
        """Send one event, a list, or one on each line; each has an outcome of its own, and what was accepted is on the disk. Needs `events:write`."""
        return self._send("POST", "/v1/events", body=body, reason=reason, dry_run=dry_run, repeats=True)

    def list_quarantine(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["place"] | None = None) -> Reply[types.PageOfQuarantined]:
        """Events that are not valid, in the order in which they came. Needs `events:read`."""
        return self._send("GET", "/v1/events/quarantine", query={"after": after, "limit": limit, "sort": sort}, repeats=True)

    def list_quarantine_all(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["place"] | None = None) -> Iterator[types.Quarantined]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_quarantine(limit=limit, sort=sort, after=place))

    def list_quarantine_reasons(self) -> Reply[types.Reasons]:
        """What stands in quarantine, by reason, with examples. Needs `events:read`."""
        return self._send("GET", "/v1/events/quarantine/reasons", repeats=True)

    def replay_quarantine(self, body: types.Again, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Replayed]:
        """Try events in quarantine again, once the cause is mended. Needs `events:write`."""
        return self._send("POST", "/v1/events/quarantine/replay", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_event(self, source: str, id: str, *, expand: list[Literal["customer"]] | None = None) -> Reply[types.StoredEvent]:
        """An accepted event. Needs `events:read`."""
        return self._send("GET", path_of("/v1/events/{source}/{id}", source=source, id=id), query={"expand": expand}, repeats=True)

    def amend_event(self, source: str, id: str, body: types.Amendment, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Changeset]:
        """Say what the event should have said. Needs `changesets:approve`."""
        return self._send("POST", path_of("/v1/events/{source}/{id}/amend", source=source, id=id), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def explain_event(self, source: str, id: str) -> Reply[types.EventReport]:
        """What became of an event: which prices count it, on which line it is billed, or why on none. Needs `events:read`."""
        return self._send("GET", path_of("/v1/events/{source}/{id}/explanation", source=source, id=id), repeats=True)

    def get_event_history(self, source: str, id: str) -> Reply[types.History]:
        """Every version of an event. Needs `events:read`."""
        return self._send("GET", path_of("/v1/events/{source}/{id}/history", source=source, id=id), repeats=True)

    def retract_event(self, source: str, id: str, body: types.Because, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Changeset]:
        """Say that the event did not happen. Needs `changesets:approve`."""
        return self._send("POST", path_of("/v1/events/{source}/{id}/retract", source=source, id=id), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def ask_for_export(self, body: types.NewExport, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.ExportView]:
        """Ask for a file."""
        return self._send("POST", "/v1/exports", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_export(self, id: str) -> Reply[types.ExportView]:
        """An export: how far its job is, and its file."""
        return self._send("GET", path_of("/v1/exports/{id}", id=id), repeats=True)

    def download_export(self, id: str) -> Reply[str]:
        """The file of an export; with `Range` a part of it."""
        return self._send("GET", path_of("/v1/exports/{id}/file", id=id), repeats=True)

    def list_identity_providers(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "key", "-key"] | None = None, state: types.SignInStanding | None = None, to: types.When | None = None) -> Reply[types.PageOfIdentityProvider]:
        """Identity providers, without their secrets, the newest first. Needs `access:read`."""
        return self._send("GET", "/v1/identity-providers", query={"after": after, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to}, repeats=True)

    def list_identity_providers_all(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "key", "-key"] | None = None, state: types.SignInStanding | None = None, to: types.When | None = None) -> Iterator[types.IdentityProvider]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_identity_providers(from_=from_, limit=limit, sort=sort, state=state, to=to, after=place))

    def add_identity_provider(self, body: types.NewIdentityProvider, *, reason: str | None = None, dry_run: bool = False) -> Reply[types.IdentityProvider]:
        """Add an identity provider, by which people sign in. Needs `access:write`."""
        return self._send("POST", "/v1/identity-providers", body=body, reason=reason, dry_run=dry_run)

    def change_identity_provider(self, key: types.Key, body: types.IdentityProviderChange, *, reason: str | None = None, dry_run: bool = False) -> Reply[types.IdentityProvider]:
        """Change an identity provider, or let nobody sign in by it. Needs `access:write`."""
        return self._send("POST", path_of("/v1/identity-providers/{key}", key=key), body=body, reason=reason, dry_run=dry_run)

    def remove_identity_provider(self, key: types.Key, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.IdentityProvider]:
        """Remove an identity provider. Needs `access:write`."""
        return self._send("POST", path_of("/v1/identity-providers/{key}/remove", key=key), reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_invoices(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.Date | None = None, limit: int | None = None, sort: Literal["on", "-on", "id", "-id"] | None = None, status: types.Standing | None = None, to: types.Date | None = None, expand: list[Literal["customer", "entity", "price", "subscription"]] | None = None) -> Reply[types.PageOfInvoice]:
        """Invoices and credit notes, the newest first. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", "/v1/invoices", query={"after": after, "customer": customer, "from": from_, "limit": limit, "sort": sort, "status": status, "to": to, "expand": expand}, repeats=True)

    def list_invoices_all(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.Date | None = None, limit: int | None = None, sort: Literal["on", "-on", "id", "-id"] | None = None, status: types.Standing | None = None, to: types.Date | None = None, expand: list[Literal["customer", "entity", "price", "subscription"]] | None = None) -> Iterator[types.Invoice]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_invoices(customer=customer, from_=from_, limit=limit, sort=sort, status=status, to=to, expand=expand, after=place))

    def get_invoice(self, id: types.InvoiceId, *, expand: list[Literal["customer", "entity", "price", "subscription"]] | None = None) -> Reply[types.Invoice]:
        """An invoice with the explanation of each line, as data. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/invoices/{id}", id=id), query={"expand": expand}, repeats=True)

    def apply_balance(self, id: types.InvoiceId, body: types.Applying, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Standing2]:
        """Let the customer's balance pay an invoice. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/invoices/{id}/apply_balance", id=id), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def credit_invoice(self, id: types.InvoiceId, body: types.NewCreditNote, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Invoice]:
        """Give back a part of an issued invoice, or all of it, on a credit note. Needs `invoices:approve`."""
        return self._send("POST", path_of("/v1/invoices/{id}/credit", id=id), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def debit_invoice(self, id: types.InvoiceId, body: types.NewDebitNote, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Invoice]:
        """Charge more for an issued invoice, on a debit note. Needs `invoices:approve`."""
        return self._send("POST", path_of("/v1/invoices/{id}/debit", id=id), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def edit_invoice(self, id: types.InvoiceId, body: types.DraftEdit, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Invoice]:
        """Edit a draft: another amount or text of a line, a line left out or added. What is changed stays when the draft is computed anew. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/invoices/{id}/edit", id=id), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def explain_invoice(self, id: types.InvoiceId, *, as_: types.Form | None = None) -> Reply[types.Invoice]:
        """Why each line of an invoice is what it is, for people. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/invoices/{id}/explanation", id=id), query={"as": as_}, repeats=True)

    def issue_invoice(self, id: types.InvoiceId, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Invoice]:
        """Make a claim of a draft, with what is due of it by now: it gets its number, and its amounts never change again. Needs `invoices:approve`."""
        return self._send("POST", path_of("/v1/invoices/{id}/issue", id=id), reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def get_settlement(self, id: types.InvoiceId) -> Reply[types.Standing2]:
        """How far an invoice is paid, and by what. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/invoices/{id}/settlement", id=id), repeats=True)

    def void_invoice(self, id: types.InvoiceId, body: types.NewVoid, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Invoice]:
        """Take an issued document back: its lines are billed again or given up, and its number stays used. Needs `invoices:approve`."""
        return self._send("POST", path_of("/v1/invoices/{id}/void", id=id), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def write_off_invoice(self, id: types.InvoiceId, body: types.WritingOff, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.PaymentView]:
        """Give up what is left to pay of an invoice, or some of it. Needs `invoices:approve`."""
        return self._send("POST", path_of("/v1/invoices/{id}/write_off", id=id), body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_jobs(self, *, after: types.Place2 | None = None, from_: types.When | None = None, kind: str | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.JobState | None = None, to: types.When | None = None) -> Reply[types.PageOfJobView]:
        """Jobs, the newest first. Needs `invoices:read`."""
        return self._send("GET", "/v1/jobs", query={"after": after, "from": from_, "kind": kind, "limit": limit, "sort": sort, "state": state, "to": to}, repeats=True)

    def list_jobs_all(self, *, after: types.Place2 | None = None, from_: types.When | None = None, kind: str | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.JobState | None = None, to: types.When | None = None) -> Iterator[types.JobView]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_jobs(from_=from_, kind=kind, limit=limit, sort=sort, state=state, to=to, after=place))

    def ask_for_job(self, body: types.NewJob, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.JobView]:
        """Ask for a job. Needs `invoices:write`."""
        return self._send("POST", "/v1/jobs", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_job(self, id: str) -> Reply[types.JobView]:
        """A job: where it stands and how far it has come. Needs `invoices:read`."""
        return self._send("GET", path_of("/v1/jobs/{id}", id=id), repeats=True)

    def cancel_job(self, id: str, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.JobView]:
        """Ask a job to stop; what is done stays done. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/jobs/{id}/cancel", id=id), reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_journal(self, *, account: str | None = None, after: types.Place2 | None = None, event: str | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["seq", "-seq", "effective_at", "-effective_at"] | None = None, to: types.When | None = None, expand: list[Literal["customer", "subscription"]] | None = None) -> Reply[types.PageOfJournalEntry]:
        """The journal, in the order in which it was written. Needs `books:read`."""
        return self._send("GET", "/v1/journal", query={"account": account, "after": after, "event": event, "from": from_, "limit": limit, "sort": sort, "to": to, "expand": expand}, repeats=True)

    def list_journal_all(self, *, account: str | None = None, after: types.Place2 | None = None, event: str | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["seq", "-seq", "effective_at", "-effective_at"] | None = None, to: types.When | None = None, expand: list[Literal["customer", "subscription"]] | None = None) -> Iterator[types.JournalEntry]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_journal(account=account, event=event, from_=from_, limit=limit, sort=sort, to=to, expand=expand, after=place))

    def create_key(self, body: types.NewToken, *, reason: str | None = None, dry_run: bool = False) -> Reply[types.IssuedToken]:
        """Make an API key. Needs `access:write`."""
        return self._send("POST", "/v1/keys", body=body, reason=reason, dry_run=dry_run)

    def rotate_key(self, id: str, body: types.Rotation, *, reason: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.IssuedToken]:
        """Give an API key another secret. Needs `access:write`."""
        return self._send("POST", path_of("/v1/keys/{id}/rotate", id=id), body=body, reason=reason, if_match=if_match, dry_run=dry_run)

    def list_payments(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["received_at", "-received_at", "key", "-key"] | None = None, state: types.PaymentState | None = None, to: types.When | None = None) -> Reply[types.PageOfPaymentView]:
        """Payments, credit notes and write-offs, the last received first. Needs `invoices:read`; a customer's token sees what is the customer's."""
        return self._send("GET", "/v1/payments", query={"after": after, "customer": customer, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to}, repeats=True)

    def list_payments_all(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["received_at", "-received_at", "key", "-key"] | None = None, state: types.PaymentState | None = None, to: types.When | None = None) -> Iterator[types.PaymentView]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_payments(customer=customer, from_=from_, limit=limit, sort=sort, state=state, to=to, after=place))

    def record_payment(self, body: types.NewPayment, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.PaymentView]:
        """Record a payment that came; the same key again is the same payment. Needs `invoices:write`."""
        return self._send("POST", "/v1/payments", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_payment(self, key: types.Key) -> Reply[types.PaymentView]:
        """A payment, what it pays and what was done with it. Needs `invoices:read`."""
        return self._send("GET", path_of("/v1/payments/{key}", key=key), repeats=True)

    def allocate_payment(self, key: types.Key, body: types.Allocation, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.PaymentView]:
        """Let what is in the balance of a payment pay invoices. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/payments/{key}/allocate", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def reverse_payment(self, key: types.Key, body: types.Reversal, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.PaymentView]:
        """A payment did not come or went away again, or a write-off is taken back: what it paid is open again. Needs `invoices:approve`."""
        return self._send("POST", path_of("/v1/payments/{key}/reverse", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def unallocate_payment(self, key: types.Key, body: types.Unallocation, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.PaymentView]:
        """Take a payment off an invoice, or off all that it pays; it is in the balance then. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/payments/{key}/unallocate", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def create_portal_token(self, body: types.PortalToken, *, reason: str | None = None, dry_run: bool = False) -> Reply[types.IssuedToken]:
        """Make a token with which one customer sees what is theirs, and nothing else. Needs `access:write`."""
        return self._send("POST", "/v1/portal-tokens", body=body, reason=reason, dry_run=dry_run)

    def get_pricing(self) -> Reply[types.Offer]:
        """The newest version of the pricing. Needs `pricing:read`."""
        return self._send("GET", "/v1/pricing", repeats=True)

    def apply_pricing(self, body: str | types.Catalog, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Applied]:
        """Record a pricing file as the new version in force. Needs `pricing:approve`."""
        return self._send("POST", "/v1/pricing", body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def plan_pricing(self, body: str | types.Catalog, *, reason: str | None = None) -> Reply[types.Planned]:
        """What a pricing file would change; nothing is recorded. Needs `pricing:read`."""
        return self._send("POST", "/v1/pricing/plan", body=body, reason=reason)

    def get_pricing_schema(self) -> Reply[Any]:
        """The JSON Schema of pricing files, for editors. Needs `pricing:read`."""
        return self._send("GET", "/v1/pricing/schema", repeats=True)

    def end_redemption(self, key: types.Key, body: types.End, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Redemption]:
        """Take a discount away from a customer. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/redemptions/{key}/end", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def get_general_ledger(self, *, account: types.Account, before: types.When | None = None, customer: types.Key | None = None, from_: types.When | None = None, known_at: types.Instant | None = None, subscription: types.Key | None = None) -> Reply[types.GeneralLedger]:
        """What was posted to an account in a span, line by line, with what stands on it after each. Needs `books:read`."""
        return self._send("GET", "/v1/reports/general-ledger", query={"account": account, "before": before, "customer": customer, "from": from_, "known_at": known_at, "subscription": subscription}, repeats=True)

    def get_roll_forward(self, *, account: types.Account, before: types.When | None = None, from_: types.When | None = None, known_at: types.Instant | None = None) -> Reply[types.RollForward]:
        """How an account came from its opening to its closing balance, by kinds of events. Needs `books:read`."""
        return self._send("GET", "/v1/reports/roll-forward", query={"account": account, "before": before, "from": from_, "known_at": known_at}, repeats=True)

    def get_trial_balance(self, *, before: types.When | None = None, by: str | None = None, from_: types.When | None = None, known_at: types.Instant | None = None) -> Reply[types.TrialBalance]:
        """What stood on each account at the beginning of a span, what was posted, and what stands there at its end. Needs `books:read`."""
        return self._send("GET", "/v1/reports/trial-balance", query={"before": before, "by": by, "from": from_, "known_at": known_at}, repeats=True)

    def list_schedules(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["id", "-id", "created_at", "-created_at", "next_at", "-next_at"] | None = None, state: types.ScheduleState | None = None) -> Reply[types.PageOfSchedule]:
        """Schedules, by id. Needs `invoices:read`."""
        return self._send("GET", "/v1/schedules", query={"after": after, "limit": limit, "sort": sort, "state": state}, repeats=True)

    def list_schedules_all(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["id", "-id", "created_at", "-created_at", "next_at", "-next_at"] | None = None, state: types.ScheduleState | None = None) -> Iterator[types.Schedule]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_schedules(limit=limit, sort=sort, state=state, after=place))

    def add_schedule(self, body: types.NewSchedule, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Schedule]:
        """Add a schedule. Needs `invoices:write`."""
        return self._send("POST", "/v1/schedules", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_schedule(self, id: str) -> Reply[types.Schedule]:
        """A schedule and when it comes up next. Needs `invoices:read`."""
        return self._send("GET", path_of("/v1/schedules/{id}", id=id), repeats=True)

    def pause_schedule(self, id: str, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Schedule]:
        """Let a schedule not come up any more. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/schedules/{id}/pause", id=id), reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def remove_schedule(self, id: str, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Schedule]:
        """Remove a schedule; its jobs stay. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/schedules/{id}/remove", id=id), reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def resume_schedule(self, id: str, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Schedule]:
        """Let a schedule come up again. Needs `invoices:write`."""
        return self._send("POST", path_of("/v1/schedules/{id}/resume", id=id), reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def sign_in(self, body: types.SignIn, *, reason: str | None = None) -> Reply[types.IssuedToken]:
        """Sign in with an e-mail address and a password."""
        return self._send("POST", "/v1/sessions", body=body, reason=reason)

    def get_settings(self) -> Reply[types.SettingsVersion]:
        """The settings that are in force. Needs `invoices:read`."""
        return self._send("GET", "/v1/settings", repeats=True)

    def set_settings(self, body: types.NewSettings, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.SettingsVersion]:
        """Record settings that are in force from now on, or later. Needs `invoices:approve`."""
        return self._send("POST", "/v1/settings", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def list_settings(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["version", "-version"] | None = None) -> Reply[types.PageOfSettingsVersion]:
        """Every version of the settings, the newest first; also those that are in force later. Needs `invoices:read`."""
        return self._send("GET", "/v1/settings/versions", query={"after": after, "limit": limit, "sort": sort}, repeats=True)

    def list_settings_all(self, *, after: types.Place2 | None = None, limit: int | None = None, sort: Literal["version", "-version"] | None = None) -> Iterator[types.SettingsVersion]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_settings(limit=limit, sort=sort, after=place))

    def begin_sign_in(self, body: types.BeginSignIn, *, reason: str | None = None) -> Reply[types.SignInBegun]:
        """Begin to sign in by an identity provider."""
        return self._send("POST", "/v1/sign-in", body=body, reason=reason)

    def finish_sign_in(self, body: types.FinishSignIn, *, reason: str | None = None) -> Reply[types.IssuedToken]:
        """Sign in with what the identity provider sent back."""
        return self._send("POST", "/v1/sign-in/finish", body=body, reason=reason)

    def list_subscriptions(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["started_at", "-started_at", "key", "-key"] | None = None, state: types.SubscriptionStanding | None = None, to: types.When | None = None, expand: list[Literal["customer", "plan", "subscription"]] | None = None) -> Reply[types.PageOfSubscription]:
        """Subscriptions, the latest started first. Needs `subscriptions:read`; a customer's token sees what is the customer's."""
        return self._send("GET", "/v1/subscriptions", query={"after": after, "customer": customer, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to, "expand": expand}, repeats=True)

    def list_subscriptions_all(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["started_at", "-started_at", "key", "-key"] | None = None, state: types.SubscriptionStanding | None = None, to: types.When | None = None, expand: list[Literal["customer", "plan", "subscription"]] | None = None) -> Iterator[types.Subscription]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_subscriptions(customer=customer, from_=from_, limit=limit, sort=sort, state=state, to=to, expand=expand, after=place))

    def subscribe(self, body: types.NewSubscription, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """Subscribe a customer to a plan, now, ahead or in the past. Needs `subscriptions:write`."""
        return self._send("POST", "/v1/subscriptions", body=body, reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def get_subscription(self, key: types.Key, *, expand: list[Literal["customer", "plan", "subscription"]] | None = None) -> Reply[types.Subscription]:
        """A subscription with all its changes. Needs `subscriptions:read`; a customer's token sees what is the customer's."""
        return self._send("GET", path_of("/v1/subscriptions/{key}", key=key), query={"expand": expand}, repeats=True)

    def change_subscription(self, key: types.Key, body: types.NewChange, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """Change plan, quantities or prices, now, ahead or in the past. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/subscriptions/{key}/changes", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def count_subscription(self, key: types.Key, body: types.Counting, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """Begin cycles on another day. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/subscriptions/{key}/cycles", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def end_subscription(self, key: types.Key, body: types.Closing, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """End a subscription. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/subscriptions/{key}/end", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def pause_subscription(self, key: types.Key, body: types.Closing, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """Serve nothing until the subscription is resumed. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/subscriptions/{key}/pause", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def reactivate_subscription(self, key: types.Key, body: types.Opening, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """Serve a subscription again that had ended. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/subscriptions/{key}/reactivate", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def renew_subscription(self, key: types.Key, body: types.Term, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """Agree on the term that follows the one under way. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/subscriptions/{key}/renew", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def resume_subscription(self, key: types.Key, body: types.Opening, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """End a pause. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/subscriptions/{key}/resume", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def transfer_subscription(self, key: types.Key, body: types.NewTransfer, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """Hand a subscription over to another customer, on the same terms. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/subscriptions/{key}/transfer", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def withdraw_subscription_change(self, key: types.Key, body: types.Withdrawal, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Subscription]:
        """Take back a change, such as an end that lies ahead. Needs `subscriptions:write`."""
        return self._send("POST", path_of("/v1/subscriptions/{key}/withdraw", key=key), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def list_tenants(self, *, after: types.Place2 | None = None, environment: types.Environment | None = None, limit: int | None = None, sort: Literal["key", "-key"] | None = None) -> Reply[types.PageOfTenant]:
        """Every tenant, by key. Needs `tenants:read`."""
        return self._send("GET", "/v1/tenants", query={"after": after, "environment": environment, "limit": limit, "sort": sort}, repeats=True)

    def list_tenants_all(self, *, after: types.Place2 | None = None, environment: types.Environment | None = None, limit: int | None = None, sort: Literal["key", "-key"] | None = None) -> Iterator[types.Tenant]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_tenants(environment=environment, limit=limit, sort=sort, after=place))

    def add_tenant(self, body: types.NewTenant, *, reason: str | None = None, dry_run: bool = False) -> Reply[types.Added]:
        """Add a tenant; answers with its first key. Needs `tenants:write`."""
        return self._send("POST", "/v1/tenants", body=body, reason=reason, dry_run=dry_run)

    def fork_tenant(self, key: types.Key, body: types.NewTenant, *, reason: str | None = None, dry_run: bool = False) -> Reply[types.Added]:
        """Copy a tenant into a new test environment; answers with the copy's first key. Needs `tenants:write`."""
        return self._send("POST", path_of("/v1/tenants/{key}/fork", key=key), body=body, reason=reason, dry_run=dry_run)

    def list_tokens(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.TokenStanding | None = None, to: types.When | None = None, expand: list[Literal["customer"]] | None = None) -> Reply[types.PageOfToken]:
        """Every token, without its secret, the newest first. Needs `access:read`."""
        return self._send("GET", "/v1/tokens", query={"after": after, "customer": customer, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to, "expand": expand}, repeats=True)

    def list_tokens_all(self, *, after: types.Place2 | None = None, customer: types.Key | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.TokenStanding | None = None, to: types.When | None = None, expand: list[Literal["customer"]] | None = None) -> Iterator[types.Token]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_tokens(customer=customer, from_=from_, limit=limit, sort=sort, state=state, to=to, expand=expand, after=place))

    def revoke_token(self, id: str, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Token]:
        """End a token at once. Needs `access:write`."""
        return self._send("POST", path_of("/v1/tokens/{id}/revoke", id=id), reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def get_usage(self, *, as_of: int | None = None, by: str | None = None, customer: str | None = None, every: types.Every2 | None = None, from_: types.When, meter: types.Key, to: types.When, zone: types.Zone | None = None, expand: list[Literal["customer"]] | None = None) -> Reply[types.Answer]:
        """How much was used on a meter, exact at any two instants. Needs `usage:read`; a customer's token sees what is the customer's."""
        return self._send("GET", "/v1/usage", query={"as_of": as_of, "by": by, "customer": customer, "every": every, "from": from_, "meter": meter, "to": to, "zone": zone, "expand": expand}, repeats=True)

    def list_unmatched_usage(self) -> Reply[types.Unmatched]:
        """Usage of subjects that are no customers: nobody pays for it. Needs `usage:read`."""
        return self._send("GET", "/v1/usage/unmatched", repeats=True)

    def list_unpaid_usage(self, *, plan: types.Key | None = None) -> Reply[types.Unpaid]:
        """Usage that matches no customer, no meter or no price, in quantity, and in money where a price is known. Needs `usage:read`."""
        return self._send("GET", "/v1/usage/unpaid", query={"plan": plan}, repeats=True)

    def list_users(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "email", "-email"] | None = None, state: types.SignInStanding | None = None, to: types.When | None = None) -> Reply[types.PageOfUser]:
        """Users, the newest first. Needs `access:read`."""
        return self._send("GET", "/v1/users", query={"after": after, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to}, repeats=True)

    def list_users_all(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "email", "-email"] | None = None, state: types.SignInStanding | None = None, to: types.When | None = None) -> Iterator[types.User]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_users(from_=from_, limit=limit, sort=sort, state=state, to=to, after=place))

    def add_user(self, body: types.NewUser, *, reason: str | None = None, dry_run: bool = False) -> Reply[types.User]:
        """Add a user. Needs `access:write`."""
        return self._send("POST", "/v1/users", body=body, reason=reason, dry_run=dry_run)

    def change_user(self, email: str, body: types.UserChange, *, reason: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.User]:
        """Change a user; disabling one ends their sessions. Needs `access:write`."""
        return self._send("POST", path_of("/v1/users/{email}", email=email), body=body, reason=reason, if_match=if_match, dry_run=dry_run)

    def list_webhooks(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.EndpointStanding | None = None, to: types.When | None = None) -> Reply[types.PageOfEndpoint]:
        """Endpoints, the newest first. Needs `operations:read`."""
        return self._send("GET", "/v1/webhooks", query={"after": after, "from": from_, "limit": limit, "sort": sort, "state": state, "to": to}, repeats=True)

    def list_webhooks_all(self, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.EndpointStanding | None = None, to: types.When | None = None) -> Iterator[types.Endpoint]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_webhooks(from_=from_, limit=limit, sort=sort, state=state, to=to, after=place))

    def add_webhook(self, body: types.NewEndpoint, *, reason: str | None = None, dry_run: bool = False) -> Reply[types.IssuedEndpoint]:
        """Add an endpoint; answers with its secret. Needs `operations:write`."""
        return self._send("POST", "/v1/webhooks", body=body, reason=reason, dry_run=dry_run)

    def get_webhook(self, id: types.EndpointId) -> Reply[types.Endpoint]:
        """An endpoint. Needs `operations:read`."""
        return self._send("GET", path_of("/v1/webhooks/{id}", id=id), repeats=True)

    def change_webhook(self, id: types.EndpointId, body: types.EndpointChange, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Endpoint]:
        """Change, pause or open an endpoint. Needs `operations:write`."""
        return self._send("POST", path_of("/v1/webhooks/{id}", id=id), body=body, reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def list_deliveries(self, id: types.EndpointId, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, object: str | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.DeliveryState | None = None, to: types.When | None = None, expand: list[Literal["customer", "invoice", "subscription"]] | None = None) -> Reply[types.PageOfWebhookDelivery]:
        """What was sent to an endpoint and what it answered, the newest first. Needs `operations:read`."""
        return self._send("GET", path_of("/v1/webhooks/{id}/deliveries", id=id), query={"after": after, "from": from_, "limit": limit, "object": object, "sort": sort, "state": state, "to": to, "expand": expand}, repeats=True)

    def list_deliveries_all(self, id: types.EndpointId, *, after: types.Place2 | None = None, from_: types.When | None = None, limit: int | None = None, object: str | None = None, sort: Literal["created_at", "-created_at", "id", "-id"] | None = None, state: types.DeliveryState | None = None, to: types.When | None = None, expand: list[Literal["customer", "invoice", "subscription"]] | None = None) -> Iterator[types.WebhookDelivery]:
        """The same as a whole: pages are asked for as they are needed."""
        return self._walk(after, lambda place: self.list_deliveries(id, from_=from_, limit=limit, object=object, sort=sort, state=state, to=to, expand=expand, after=place))

    def replay_delivery(self, id: types.EndpointId, delivery: str, *, reason: str | None = None, idempotency_key: str | None = None, dry_run: bool = False) -> Reply[types.Replayed2]:
        """Send a delivery again. Needs `operations:write`."""
        return self._send("POST", path_of("/v1/webhooks/{id}/deliveries/{delivery}/replay", id=id, delivery=delivery), reason=reason, idempotency_key=idempotency_key, dry_run=dry_run, keyed=True)

    def remove_webhook(self, id: types.EndpointId, *, reason: str | None = None, idempotency_key: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.Endpoint]:
        """Remove an endpoint. Needs `operations:write`."""
        return self._send("POST", path_of("/v1/webhooks/{id}/remove", id=id), reason=reason, idempotency_key=idempotency_key, if_match=if_match, dry_run=dry_run, keyed=True)

    def rotate_webhook(self, id: types.EndpointId, *, reason: str | None = None, if_match: str | None = None, dry_run: bool = False) -> Reply[types.IssuedEndpoint]:
        """Give an endpoint another secret. Needs `operations:write`."""
        return self._send("POST", path_of("/v1/webhooks/{id}/rotate", id=id), reason=reason, if_match=if_match, dry_run=dry_run)

    def who_am_i(self) -> Reply[types.Who]:
        """Who the token is, and what it may do."""
        return self._send("GET", "/v1/whoami", repeats=True)
