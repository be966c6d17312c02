# Written from clients/openapi.json by `cargo run -p xtask -- codegen`. Do not edit.
"""The types of the API: plain dictionaries with known keys."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Union

# The role of an account in the books; a tenant maps roles to the codes of its own chart of accounts
# ([`crate::Chart`]).
Account: TypeAlias = "Literal['cash', 'clearing', 'receivable', 'receivable_allowance', 'unbilled', 'contract_asset', 'return_asset', 'cost_asset', 'dispute_receivable', 'withholding_receivable', 'due_from_entity', 'contract_liability', 'refund_liability', 'deposit', 'unapplied', 'wallet', 'tax_payable', 'commission_payable', 'due_to_entity', 'exchange', 'revenue', 'breakage', 'refunds', 'disputes', 'voids', 'credit_notes', 'recoveries', 'credit_loss', 'cost_of_sales', 'commission_expense', 'fees', 'interest', 'fx_realised', 'fx_unrealised', 'rounding', 'loss', 'absorbed']"


class Activity(TypedDict):
    """One subject's events of one name."""

    # How many events.
    count: int
    # When the first of them happened.
    first_at: Instant
    # When the last of them happened.
    last_at: Instant
    # Name of the events.
    name: str
    # Who or what used.
    subject: str


class Actor(TypedDict):
    """Who does something, as the audit log names them."""

    # The second person who let it happen, where one was needed.
    approved: NotRequired[Approver | None]
    # Their id: of a key, a user, a customer.
    id: str
    # What kind of actor it is.
    kind: ActorKind
    # Why, where they say it.
    reason: NotRequired[str | None]
    # The request by which they do it, where it is one.
    request: NotRequired[str | None]

# The kinds of actors.
ActorKind: TypeAlias = "Literal['program', 'user', 'key', 'customer']"


class Added(TypedDict):
    """A tenant and the key with which to begin."""

    # An owner's key of it.
    key: IssuedToken
    # The tenant.
    tenant: Tenant


class AddedChanges(TypedDict):
    """What became of changes that were added to a changeset."""

    # How many were taken.
    added: int
    # The changeset with them.
    changeset: Changeset
    # Those that were not, and why.
    refused: list[RefusedChange]


class Adjusted(TypedDict):
    """What an adjustment did to a line."""

    # The adjustment.
    adjustment: Key
    # What it took off: its amount, or what was left of the line.
    amount: Money
    # Why.
    reason: str


class Adjustment(TypedDict):
    """A change that a person makes to what a line is worth or says. Amounts are in the unit of the line's own amount (after discounts, with or without
tax as the line is written)."""

    # What left it behind.
    by: By2
    # What is changed.
    effect: Effect
    # From when it is true.
    effective_at: Instant
    # Its own key.
    key: Key
    # The line that it changes.
    line: LineKey
    # Why, as the customer reads it.
    reason: str
    # When it became known.
    recorded_at: Instant
    # When it was taken back: it then counts for nothing.
    voided_at: NotRequired[Instant | None]


class Adjustments(TypedDict):
    """What persons changed on the lines of a customer."""

    # All of it, what was taken back too, the newest first.
    adjustments: list[Adjustment]


class AdmitsDomains(TypedDict):
    """They, and everybody whose e-mail address is at one of these domains; they become users with the roles that the provider gives."""

    domains: list[str]

# Who may come in by a provider.
Admits: TypeAlias = "Literal['invited'] | AdmitsDomains"


class Again(TypedDict):
    """What of the quarantine is tried again: everything that waits, unless a code or places are named."""

    # Only what waits with a problem of this code.
    code: NotRequired[str | None]
    # Only what stands at these places of the quarantine.
    places: NotRequired[list[int] | None]


class Ages(TypedDict):
    """Receivables by how late they are. The parts sum to `total`."""

    # Late by 1 to 30 days.
    days_1_to_30: Money
    # Late by 31 to 60 days.
    days_31_to_60: Money
    # Late by 61 to 90 days.
    days_61_to_90: Money
    # Not late.
    not_due: Money
    # Late by more than 90 days.
    over_90_days: Money
    # All of it.
    total: Money


class AggregationCase2(TypedDict):
    """The aggregation as it is written."""

    average: NotRequired[Formula | None]
    # Only with `percentile`.
    interpolation: NotRequired[Interpolation | None]
    latest: NotRequired[Formula | None]
    # Only with `time_weighted`.
    levels: NotRequired[Levels | None]
    max: NotRequired[Formula | None]
    min: NotRequired[Formula | None]
    # Only with `percentile`.
    p: NotRequired[Dec | None]
    # Only with `time_weighted`.
    per: NotRequired[Per | None]
    percentile: NotRequired[Formula | None]
    # Only with `unique`: an event for which this is true takes the value away again.
    removed_when: NotRequired[Formula | None]
    sum: NotRequired[Formula | None]
    time_weighted: NotRequired[Formula | None]
    unique: NotRequired[Formula | None]

# How the values of many events become one: `count`, or one of the others with a property or formula.
Aggregation: TypeAlias = "Literal['count'] | AggregationCase2"


class Alert(TypedDict):
    """Tells when usage or spend to date of an open billing period reaches limits."""

    # When it was added.
    created_at: Instant
    # Whose usage or spend is watched; each customer's, one by one, when absent.
    customer: NotRequired[Key | None]
    # Its id.
    id: AlertId
    # From where on it is told.
    limit: Limit
    # Its name, for people.
    name: str
    # What is watched.
    on: Watched
    # Who gets an e-mail, besides the webhooks.
    recipients: NotRequired[list[str]]

AlertId: TypeAlias = "str"

# Where cycles begin.
Alignment: TypeAlias = "Literal['anniversary', 'calendar']"


class AllReceivables(TypedDict):
    """What is left to pay of a customer's invoices."""

    # One for each seller and currency with documents or payments.
    receivables: list[Receivables]


class Allocation(TypedDict):
    """Invoices that a payment is to pay."""

    # Which, in this order; what falls due first when it is left out.
    pays: NotRequired[list[Share] | None]


class Amendment(TypedDict):
    """What an event should have said, and why."""

    # The event as it should have been; its source and id are those of the address.
    event: Event
    # What was wrong: it stands in the history of the event.
    reason: str


class Amounts(TypedDict):
    """An amount with and without a write."""

    # With it.
    after: Money
    # Without it.
    before: Money
    # `after − before`.
    difference: Money
    # Each line that differs.
    lines: list[LineDifference]

# Where cycles begin. JSON form: a day of the month such as `15`, or a day such as `"2026-04-15"`.
Anchor: TypeAlias = "DayOfMonth | Date"


class Answer(TypedDict):
    """What a meter says."""

    # One for each customer, combination of dimensions and part of a series; none where nothing was used.
    usage: list[MeteredUsage]


class Applied(TypedDict):
    """What applying a pricing file did."""

    # What differs from the version before; empty when the file said what was in force already, and no version
    # was made.
    changes: list[Change]
    # The version in force now.
    version: int


class Applied2(TypedDict):
    """Where changes stand that were made: each has a position of its own, in the order in which they were given."""

    # Position of the first.
    first: Seq
    # Position of the last.
    last: Seq


class Applying(TypedDict):
    """How much of the balance pays."""

    # How much; as far as both go when it is left out.
    amount: NotRequired[Money | None]


class Approval(TypedDict):
    """A request that needs a second person."""

    # From when on it can no longer be approved.
    expires_at: Instant
    # Its id.
    id: ApprovalId
    # What is to be done: its `operationId` in the OpenAPI document.
    operation: str
    # What both persons must be permitted.
    permission: Permission
    # When.
    requested_at: Instant
    # Who asked for it, by which request, and why.
    requester: Actor
    # How far it is.
    state: ApprovalState


class ApprovalDetail(TypedDict):
    """An approval with what is to be done."""

    # The answer, once it was done. One with a secret in it is collected by who asked.
    answer: NotRequired[Any]
    # The approval.
    approval: Approval
    # What was asked; secrets are left out.
    command: Command
    # The status of the answer, once it was done.
    status: NotRequired[int | None]

ApprovalId: TypeAlias = "str"


class ApprovalPolicy(TypedDict):
    """What needs a second person."""

    # How long a request waits for the second person.
    expires_after_hours: int
    # The operations, by their `operationId` in the OpenAPI document.
    operations: list[str]


class ApprovalPolicyChange(TypedDict):
    """A change of what needs a second person."""

    # How long requests wait for the second person: 1 to 720 hours.
    expires_after_hours: NotRequired[int | None]
    # The operations that are meant, by their `operationId` in the OpenAPI document.
    operations: NotRequired[list[str]]


class ApprovalStateWaiting(TypedDict):
    """It waits for the second person."""

    state: Literal['waiting']


class ApprovalStateRunning(TypedDict):
    """It was approved and is being done."""

    # Since when.
    at: Instant
    # Who approved it, and why.
    by: Approver
    state: Literal['running']


class ApprovalStateDone(TypedDict):
    """It was approved and done."""

    # When.
    at: Instant
    # Who approved it, and why.
    by: Approver
    state: Literal['done']


class ApprovalStateFailed(TypedDict):
    """It was approved and could not be done any more."""

    # When.
    at: Instant
    # Who approved it, and why.
    by: Approver
    # What was wrong by then.
    problems: list[Problem]
    state: Literal['failed']


class ApprovalStateRejected(TypedDict):
    """It was rejected."""

    # When.
    at: Instant
    # By whom, and why.
    by: Approver
    state: Literal['rejected']


class ApprovalStateWithdrawn(TypedDict):
    """Who asked for it took it back."""

    # When.
    at: Instant
    # Why.
    reason: str
    state: Literal['withdrawn']


class ApprovalStateExpired(TypedDict):
    """Nobody approved it in time."""

    # Since when.
    at: Instant
    state: Literal['expired']

# How far a request is that needs a second person.
ApprovalState: TypeAlias = "ApprovalStateWaiting | ApprovalStateRunning | ApprovalStateDone | ApprovalStateFailed | ApprovalStateRejected | ApprovalStateWithdrawn | ApprovalStateExpired"


class Approver(TypedDict):
    """The second person of something that needs two."""

    # The request that they approved.
    approval: str
    # Their id: of a key or a user.
    id: str
    # What kind of actor it is.
    kind: ActorKind
    # Why.
    reason: str


class AuditEntry(TypedDict):
    """One thing that somebody did."""

    # What was done: `customer.add`, `invoice.issue`, …
    action: str
    # For whom it was done, by which request, and why.
    actor: Actor
    # What the object is since; absent when it is gone.
    after: NotRequired[Any]
    # When.
    at: Instant
    # What the object was before; absent when it is new. Of something that has versions the version is named.
    before: NotRequired[Any]
    # Its id; later entries have greater ones.
    id: str
    # What it was done to.
    object: Object


class BackupMade(TypedDict):
    """A backup and where it is."""

    # The size of all its files.
    bytes: int
    # Its directory.
    directory: str
    # How many files.
    files: int
    # When it was complete.
    finished_at: Instant
    # Its name: that of its directory.
    name: str
    # The last position of usage, by tenant.
    positions: dict[str, int]

# When a customer's balance pays invoices.
BalanceUse: TypeAlias = "Literal['automatic', 'by_hand']"


class Balances(TypedDict):
    """Balances of a customer."""

    # One for each seller and currency with documents or payments.
    balances: list[CustomerBalance]


class Because(TypedDict):
    """Why the past is changed."""

    # What was wrong: it stands in the history of each event.
    reason: str


class BeginSignIn(TypedDict):
    """A person who wants to sign in by a provider."""

    # By which provider.
    provider: Key
    # Where the provider sends the person back: one of the provider's `redirects`.
    redirect: str
    # Where; `default` when it is left out.
    tenant: NotRequired[Key | None]


class BillPlan(TypedDict):
    """What to post for one customer: an immutable value that can be shown, inspected, stored and compared before anything happens."""

    # Differences that are too small to be billed: posting the plan writes them off.
    absorbed: NotRequired[list[Line]]
    # Up to when what is due counts.
    as_of: Instant
    # Who pays.
    customer: Key
    # The documents to post, those that are drafts for some days more among them.
    documents: list[DocumentPlan]
    # Differences that wait until somebody approves of them or gives them up.
    held: NotRequired[list[Line]]
    # What somebody should look at.
    notes: list[Note]
    # Differences that wait for the next invoice.
    waiting: list[Line]


class BillRun(TypedDict):
    """What a billing run did. One customer's failure is a note here, never the end of the run."""

    # Drafts that were computed anew.
    drafts: list[Invoice]
    # Customers who could not be billed, and why.
    failures: list[Failure]
    # Documents that became claims, in the order of their numbers.
    issued: list[Invoice]
    # What somebody should look at, by customer.
    notes: list[list[Any]]


class BilledOn(TypedDict):
    """A line of an issued document."""

    # The amount of the line.
    amount: Money
    # The document.
    invoice: InvoiceId
    # What the line is about.
    key: LineKey
    # How the quantity was measured; events up to its watermark are in it.
    measurement: Measurement
    # Its number.
    number: str
    # Its date.
    on: Date
    # The place of the line on it, from 0.
    position: int
    # The quantity of the line.
    quantity: Ratio


class BillingPolicy(TypedDict):
    """What holds for one customer instead of what the tenant says; what is left out is as the tenant says."""

    # Differences on billed cycles that are smaller than this, up or down, are written off: an amount in the
    # currency of the difference.
    absorb_below: NotRequired[NonNegative | None]
    # What becomes of differences on billed cycles.
    corrections: NotRequired[Corrections | None]
    # For so many days after something falls due it stands on a draft, into which late usage flows.
    grace_days: NotRequired[int | None]
    # Who makes a claim of a draft.
    issuing: NotRequired[Issuing | None]

# The standard by which books are kept: one stream of events is posted to each that a legal entity needs.
Book: TypeAlias = "Literal['us_gaap', 'ifrs', 'tax', 'management']"


class BooksAt(TypedDict):
    """What stood on each account at an instant."""

    # Balance by account, on its normal side; one for each currency.
    balances: dict[str, list[Money]]
    # Entries that are true before this instant count.
    before: Instant

# What was done with a changeset.
By: TypeAlias = "Literal['applying', 'reverting']"


class By2Document(TypedDict):
    """A note by hand, or a document that was voided with its lines given up: its number."""

    document: str

# What left an adjustment behind.
By2: TypeAlias = "Literal['draft'] | By2Document | Literal['difference']"

# How often: day, week, month, quarter, half-year, year, or a number of them such as 2 weeks
Cadence: TypeAlias = "str"


class Catalog(TypedDict):
    """Everything that is offered, by key. It is what a pricing file holds, what the API speaks and what is stored; that its names lead
somewhere is found by [`Catalog::check`], which [`PricingFile`](crate::PricingFile) asks."""

    # What plans can grant or limit.
    features: NotRequired[dict[str, Feature]]
    # How events become quantities.
    meters: NotRequired[dict[str, Meter]]
    # What customers can subscribe to.
    plans: NotRequired[dict[str, Plan]]
    # What is sold.
    products: NotRequired[dict[str, Product]]
    # Units in which prices can be written instead of money.
    units: NotRequired[dict[str, Unit]]

# Why a line is taxed as it is: the category of EN 16931 (code list UNCL5305), which every line of an
# electronic invoice
# names. All but the first and the two island taxes have no rate.
Category: TypeAlias = "Literal['standard', 'zero_rated', 'exempt', 'reverse_charge', 'intra_community', 'export', 'outside_scope', 'canary_islands', 'ceuta_melilla']"


class Cause(TypedDict):
    """Why events changed at some positions: recorded with the changeset that did it, and never changed."""

    # What was done with it.
    by: By
    # The changeset; a correction of a single event is one of one change.
    changeset: ChangesetId
    # Which positions its changes took.
    positions: Applied2
    # Why.
    reason: str


class Change(TypedDict):
    """What happens to one resource between two catalogs."""

    # Its JSON pointer: `/plans/scale/prices/tokens`.
    pointer: str
    # Which kind of thing it is.
    resource: Resource
    # What happens to it.
    what: What


class Change2(TypedDict):
    """A dated change: a fact with both times."""

    # From when it is true.
    effective_at: Instant
    # When it was known.
    recorded_at: Instant
    # What it does.
    step: Step2


class Change3Add(TypedDict):
    """An event that was never sent."""

    add: Event


class Change3Amend(TypedDict):
    """What an accepted event should have said: same source and id, other content. A retracted event is brought back by it."""

    amend: Event


class Change3RetractRetract(TypedDict):
    """"""

    # Its id.
    id: str
    # Its source.
    source: str


class Change3Retract(TypedDict):
    """The event did not happen."""

    retract: Change3RetractRetract

# A correction. An identity that was taken once stays taken, also when the event was amended or retracted.
Change3: TypeAlias = "Change3Add | Change3Amend | Change3Retract"


class Changeset(TypedDict):
    """Corrections of usage that belong together. They are made all at once, as one durable change of the usage store, or not at all."""

    # How many changes it has.
    changes: int
    # In how many parts they are kept.
    chunks: int
    # When it was opened.
    created_at: Instant
    # Its id.
    id: ChangesetId
    # Why the past was wrong.
    reason: str
    # How far it is.
    state: ChangesetState

ChangesetId: TypeAlias = "str"


class ChangesetPreview(TypedDict):
    """What a changeset would change, if it were applied now. Nothing is posted or changed by asking."""

    # What was known when it was computed.
    as_of: Seq
    # Customers whose bill cannot be computed, before or after, and why.
    failures: list[Failure]
    # What each customer would be billed more or less.
    money: list[MoneyDifference]
    # Changed events that no customer, or no price of the customer, counts: they change no bill.
    not_billed: list[NotBilled]
    # Each quantity that changes.
    quantities: list[QuantityDifference]


class ChangesetStateOpen(TypedDict):
    """Changes are added."""

    state: Literal['open']


class ChangesetStateSealed(TypedDict):
    """Complete and checked; ready to be previewed and applied."""

    # When it was sealed.
    at: Instant
    state: Literal['sealed']


class ChangesetStateApplying(TypedDict):
    """It is being applied; when the program stops meanwhile, the next start finds out whether it was."""

    # What was known before.
    after: Seq
    # When.
    at: Instant
    # When it was sealed.
    sealed_at: Instant
    state: Literal['applying']


class ChangesetStateApplied(TypedDict):
    """Its changes count."""

    # Since when.
    at: Instant
    # Their positions.
    positions: Applied2
    state: Literal['applied']


class ChangesetStateReverting(TypedDict):
    """It is being taken back; likewise."""

    # What was known before.
    after: Seq
    # When it was applied.
    applied_at: Instant
    # When.
    at: Instant
    # Positions of its changes.
    positions: Applied2
    # Why.
    reason: str
    state: Literal['reverting']


class ChangesetStateReverted(TypedDict):
    """Its changes were taken back by as many others."""

    # When it was applied.
    applied_at: Instant
    # When.
    at: Instant
    # Positions of its changes.
    positions: Applied2
    # Why.
    reason: str
    # Positions of those that took them back.
    reverted: Applied2
    state: Literal['reverted']

# How far a changeset is.
ChangesetState: TypeAlias = "ChangesetStateOpen | ChangesetStateSealed | ChangesetStateApplying | ChangesetStateApplied | ChangesetStateReverting | ChangesetStateReverted"


class Charge(TypedDict):
    """Something that is charged once, by itself: a migration, a training. It is due like everything else, and what is due is billed."""

    # The currency.
    currency: Currency
    # Who pays.
    customer: Key
    # When it is due: on the first bill that is drawn then or later.
    due_at: Instant
    # What each costs, in the currency.
    each: NonNegative
    # Its name among the tenant's charges.
    key: Key
    # What the customer reads.
    name: str
    # How many.
    quantity: NonNegative
    # When it was known.
    recorded_at: Instant
    # The class that the tax rules look at.
    tax_category: NotRequired[Key | None]
    # When it became known that it is not owed; what was billed for it is given back.
    withdrawn_at: NotRequired[Instant | None]

# Where a charge stands.
ChargeStanding: TypeAlias = "Literal['owed', 'withdrawn']"


class ClockState(TypedDict):
    """The time by which a tenant bills."""

    # Now.
    now: Instant
    # Whose time it is.
    time: Time


class Closing(TypedDict):
    """When service ends, and what becomes of what was charged ahead."""

    # What becomes of charges in advance for time that is not served; given back when it is left out.
    credit: NotRequired[Credit]
    # The first moment at which nothing is served; now when it is left out.
    effective: NotRequired[Effective]


class Collected(TypedDict):
    """The answer to a request."""

    # As it would have been answered at once.
    answer: Any


class Command(TypedDict):
    """A request as it was sent."""

    # Its body.
    body: str
    # Which version of its object it is meant for (`If-Match`).
    if_match: NotRequired[str | None]
    # The content type of its body.
    media: NotRequired[str | None]
    # The names in its path.
    path: list[list[Any]]
    # Its query.
    query: str


ConditionCase2 = TypedDict("ConditionCase2", {
    "eq": "NotRequired[Value]",
    "exists": "NotRequired[bool]",
    "gt": "NotRequired[Dec]",
    "gte": "NotRequired[Dec]",
    "in": "NotRequired[list[Value]]",
    "lt": "NotRequired[Dec]",
    "lte": "NotRequired[Dec]",
    "not": "NotRequired[Value | list[Value]]",
})

# What a property must be: a value, or tests that all hold.
Condition: TypeAlias = "str | int | bool | None | ConditionCase2"


class Confirmation(TypedDict):
    """What a register said of a VAT number: evidence that is kept."""

    # Its answer.
    answer: Registered
    # The day of the question.
    on: Date
    # The number of the consultation, where the register gives one.
    reference: NotRequired[str | None]

# How consumers of other member states of the EU are taxed.
Consumers: TypeAlias = "Literal['where_they_are', 'where_the_seller_is']"


class ConversionDivideBy(TypedDict):
    """So many counted units are one priced unit."""

    divide_by: Factor


class ConversionMultiplyBy(TypedDict):
    """One counted unit is so many priced units."""

    multiply_by: Factor

# Exact conversion of a quantity to another unit, such as bytes to gigabytes: `{ divide_by: 1_000_000_000 }`.
Conversion: TypeAlias = "ConversionDivideBy | ConversionMultiplyBy"

# What becomes of a difference on a cycle that was billed before.
Corrections: TypeAlias = "Literal['next_invoice', 'at_once', 'note', 'hold']"


class CostPlus(TypedDict):
    """A price on top of what serving the events cost."""

    # Charged for each event on top.
    fixed: NotRequired[NonNegative | None]
    # Percent of the cost that is added: `"20"` makes 1.20 of 1.00.
    markup: NonNegative


# Where cycles begin from when on.
Counting = TypedDict("Counting", {
    # From when; the cycle that is under way ends there. Now when it is left out.
    "effective": "NotRequired[Effective]",
    # A day of the month such as 15, or a day such as 2026-04-15.
    "from": "Anchor",
})

# A country of ISO 3166-1, such as DE
Country: TypeAlias = "str"

# What becomes of charges in advance for time that is no longer served.
Credit: TypeAlias = "Literal['unused', 'none']"


class CreditLine(TypedDict):
    """What is given back of a line."""

    # The number of the line on the document, from 1.
    line: int
    # How much; all that is left when left out.
    take: NotRequired[Pick]


# A limit that was reached: once for each alert, threshold, customer and billing period.
Crossing = TypedDict("Crossing", {
    # The alert.
    "alert": "AlertId",
    # When it was seen.
    "at": "Instant",
    # Whose usage or spend it is.
    "customer": "Key",
    # When the cycle began, of usage.
    "from": "NotRequired[Instant | None]",
    # What the threshold comes to.
    "limit": "Ratio",
    # The alert's name.
    "name": "str",
    # What is watched.
    "on": "Watched",
    # The threshold, as the alert has it: a value, or per cent.
    "threshold": "Dec",
    # When the cycle ends, of usage; when the invoice is due, of spend.
    "to": "Instant",
    # How much it was when that was seen.
    "value": "Ratio",
})

# A currency of ISO 4217, such as EUR.
Currency: TypeAlias = "str"


class Cursor(TypedDict):
    """Where an event stands in a listing: events are listed by time, then source, then id. The next page begins after the last
event's place."""

    # When it happened.
    at: Instant
    # Its id.
    id: str
    # Its source.
    source: str


class Customer(TypedDict):
    """A buyer, who owns subscriptions and receivables. Events name the customer by its key as their `subject`."""

    # At which amounts of a period's spend it gets an invoice before the period ends, over all of its
    # subscriptions in a currency and
    # instead of what their plans say.
    bill_at: NotRequired[dict[str, SpendSteps]]
    # How its bills are drawn, where that is not as the tenant says.
    billing: NotRequired[BillingPolicy]
    # The day of the month on which cycles of its subscriptions begin, unless they say otherwise.
    billing_day: NotRequired[DayOfMonth | None]
    # The legal entity that sells to it; `default` when absent.
    entity: NotRequired[Key | None]
    # The name by which the sender's systems know the customer.
    key: Key
    # The name on the invoice.
    name: str
    # How many days it has to pay an invoice; as the seller says when absent.
    payment_days: NotRequired[PaymentDays | None]
    # What its taxes depend on.
    tax: NotRequired[CustomerTax]
    # The zone whose days begin and end the customer's periods; UTC when absent.
    zone: NotRequired[Zone]


class CustomerBalance(TypedDict):
    """What a customer owes, and what they have to their credit, at one seller in one currency."""

    # What the customer has to their credit. Below zero only where a payment was reversed after some of it had
    # gone back.
    balance: Money
    # The currency.
    currency: Currency
    # What is left to pay of all invoices.
    due: Money
    # The seller.
    entity: Key
    # How much of that is late.
    overdue: Money


class CustomerImpact(TypedDict):
    """What a write would change for a customer, in one currency."""

    # What is billed at once: by the write itself, or by the next billing run.
    at_once: Amounts
    # In which currency.
    currency: Currency
    # Whose bill it is.
    customer: Key
    # What the bill at that end comes to with the usage to date, with what is billed at once.
    to_date: Amounts
    # The end of the period that is open.
    until: Instant


class CustomerRefund(TypedDict):
    """Money that went back out of a customer's balance."""

    # How much.
    amount: Money
    # To whom.
    customer: Key
    # The legal entity that paid it.
    entity: Key
    # What it is known by.
    key: Key
    # When.
    made_at: Instant
    # How it went back.
    method: Method
    # What the customer reads.
    reference: NotRequired[str | None]


class CustomerTax(TypedDict):
    """What the taxes of a customer depend on."""

    # What the register said of the number.
    confirmation: NotRequired[Confirmation | None]
    # Where it is: a code of ISO 3166.
    country: NotRequired[Country | None]
    # What it does not pay tax on.
    exemptions: NotRequired[list[Exemption]]
    # The part of the country, where it has taxes of its own: `BC`, `CA`.
    region: NotRequired[str | None]
    # Its taxes whatever the rules say.
    taxes: NotRequired[list[Tax]]
    # Its VAT number, as it was given.
    vat_number: NotRequired[str | None]

# A day of the calendar, such as 2026-04-16
Date: TypeAlias = "str"

# Local days, the last one excluded, such as 2026-04-16..2026-05-01
DateRange: TypeAlias = "str"

# Values by the local date from which each holds.
Dated_Percent: TypeAlias = "dict[str, Percent]"

# Day of the month; the last day in a shorter month
DayOfMonth: TypeAlias = "int"


class DebitLine(TypedDict):
    """What more is charged on a line."""

    # How much, in the unit of the line's amount.
    amount: Money
    # The number of the line on the document, from 1.
    line: int

# An exact decimal number as text, such as "0.0000025"; a whole number may stand bare.
Dec: TypeAlias = "str"


class Decision(TypedDict):
    """How a line is taxed, and why. It is kept with the line and never made again."""

    # The taxes of the line.
    taxes: list[Tax]
    # Why these.
    why: Why


class Decision2(TypedDict):
    """What somebody decides."""

    # Why; it stands in the audit log.
    reason: str

# Where a delivery stands.
DeliveryState: TypeAlias = "Literal['waiting', 'delivered', 'failed']"


class DidAppliedApplied(TypedDict):
    """"""

    # How much; above zero.
    amount: Money
    # The id of the document.
    document: Key


class DidApplied(TypedDict):
    """It pays some of a document."""

    applied: DidAppliedApplied


class DidTakenOffTakenOff(TypedDict):
    """"""

    # How much; above zero.
    amount: Money
    # The id of the document.
    document: Key


class DidTakenOff(TypedDict):
    """It does not pay this of a document any more; that is in the balance again."""

    taken_off: DidTakenOffTakenOff


class DidRefundedRefunded(TypedDict):
    """"""

    # How much of this payment; above zero.
    amount: Money
    # How it went back.
    method: Method
    # The key of the refund, which can take from several payments.
    refund: Key


class DidRefunded(TypedDict):
    """Some of what no document has went back to the customer."""

    refunded: DidRefundedRefunded


class DidReversedReversed(TypedDict):
    """"""

    # Why.
    reason: str


class DidReversed(TypedDict):
    """It did not come, or went away again: nothing is paid by it any more."""

    reversed: DidReversedReversed

# What can be done with a payment.
Did: TypeAlias = "DidApplied | DidTakenOff | DidRefunded | DidReversed"


class Differences(TypedDict):
    """What lines that were billed are worth more or less by now."""

    # As of when.
    as_of: Instant
    # Those that wait until somebody approves of them or gives them up.
    held: list[Line]
    # Those that go with the next invoice.
    waiting: list[Line]


# A discount as it is offered.
Discount = TypedDict("Discount", {
    # The word that a customer enters; small and capital letters are the same. Without one, only the seller
    # gives it.
    "code": "NotRequired[Key | None]",
    # From when it can be redeemed.
    "from": "NotRequired[Instant | None]",
    # How long.
    "lasts": "NotRequired[Lasts]",
    # How often it can be redeemed.
    "limits": "NotRequired[Limits]",
    # What a person calls it on the invoice.
    "name": "NotRequired[str | None]",
    # How much it takes off.
    "off": "Off",
    # Off what.
    "on": "NotRequired[Scope]",
    # The first instant at which it can no longer be redeemed; what was redeemed goes on.
    "until": "NotRequired[Instant | None]",
})

# What a document does to the customer's debt.
DocumentKind: TypeAlias = "Literal['invoice', 'credit_note', 'debit_note']"


class DocumentPlan(TypedDict):
    """A document that is to be posted."""

    # What its amounts are in.
    currency: Currency
    # Which lines it gathers.
    gathers: NotRequired[Gathers]
    # Whether it claims or gives back.
    kind: DocumentKind
    # Its rows.
    lines: list[Line]
    # The sum of its lines without taxes.
    net: Money
    # Its date where the customer is.
    on: Date
    # The steps of spend for which it is made before a period ends.
    reached: NotRequired[list[Reached]]
    # What is owed of each tax; none where the seller charges none.
    taxes: NotRequired[list[Subtotal]]
    # What is to be paid: `net` and taxes.
    total: Money


class DraftChangeAmountAmount(TypedDict):
    """"""

    # To what it comes, not below zero.
    amount: Money
    # The number of the line, from 1.
    line: int


class DraftChangeAmount(TypedDict):
    """The line comes to this amount. The difference to what it comes to now is kept: usage that arrives later counts beside it."""

    amount: DraftChangeAmountAmount


class DraftChangeLeaveOutLeaveOut(TypedDict):
    """"""

    # The number of the line, from 1.
    line: int


class DraftChangeLeaveOut(TypedDict):
    """The line is left out, whatever it becomes worth; of a line that was billed before, the difference is."""

    leave_out: DraftChangeLeaveOutLeaveOut


class DraftChangeTextText(TypedDict):
    """"""

    # The number of the line, from 1.
    line: int
    # What the customer reads.
    text: str


class DraftChangeText(TypedDict):
    """The line is called otherwise."""

    text: DraftChangeTextText


class DraftChangeAdd(TypedDict):
    """A line is added: a charge that falls due with the draft."""

    add: NewCharge

# What is changed on a draft.
DraftChange: TypeAlias = "DraftChangeAmount | DraftChangeLeaveOut | DraftChangeText | DraftChangeAdd"


class DraftEdit(TypedDict):
    """How a draft is edited."""

    # What is changed.
    change: DraftChange
    # Why, as the customer reads it.
    reason: str


class Dynamic(TypedDict):
    """A price that the sender computes: each event carries its amount."""

    # What the carried amounts are multiplied with; 1 when left out.
    multiplier: NotRequired[NonNegative | None]


class EffectOff(TypedDict):
    """So much is taken off, or put on when it is below zero. What the line becomes worth later counts beside it."""

    off: Money


class EffectText(TypedDict):
    """The line is called otherwise."""

    text: str

# What an adjustment changes.
Effect: TypeAlias = "EffectOff | Literal['leave_out'] | EffectText"

# From when it counts: now, at the end of the period or term that is under way, on a day (its first instant
# where the customer is), or at an instant. It may lie in the past.
Effective: TypeAlias = "str"

# Whose word it takes that an e-mail address is somebody's.
EmailTrust: TypeAlias = "Literal['verified', 'assumed']"


class End(TypedDict):
    """From when nothing is taken off any more."""

    # Lines that fall due then or later keep their amount. Now when it is left out.
    effective: NotRequired[Effective]


class Ended(TypedDict):
    """The end of a redemption."""

    # Lines that fall due then or later keep their amount.
    effective_at: Instant
    # When that became known.
    recorded_at: Instant


class Endpoint(TypedDict):
    """An address that is told what happens."""

    # When it was added.
    created_at: Instant
    # Its id.
    id: EndpointId
    # Whether it is told.
    state: EndpointState
    # What it is told; everything when empty.
    topics: NotRequired[list[Topic]]
    # Where messages are sent.
    url: str


class EndpointChange(TypedDict):
    """What is changed of an endpoint."""

    # Pauses it, with this reason. An empty reason opens it again, and what waits is sent.
    pause: NotRequired[str | None]
    # What it is told.
    topics: NotRequired[list[Topic] | None]
    # Another address.
    url: NotRequired[str | None]

EndpointId: TypeAlias = "str"

# Whether an endpoint is told.
EndpointStanding: TypeAlias = "Literal['open', 'paused']"


class EndpointStateOpen(TypedDict):
    """It is told."""

    state: Literal['open']


class EndpointStatePaused(TypedDict):
    """Messages wait until it is opened again."""

    # Since when.
    at: Instant
    state: Literal['paused']
    # Why: what somebody said, or what it answered for days.
    why: str

# Whether an endpoint is told.
EndpointState: TypeAlias = "EndpointStateOpen | EndpointStatePaused"


class Entity(TypedDict):
    """A company that sells: whose name is on the documents, whose numbers they have, and whose taxes are charged."""

    # Its name among the tenant's entities.
    key: Key
    # The name on the documents.
    name: str
    # How many days its customers have to pay an invoice, where they have no terms of their own; as the
    # settings say when absent.
    payment_days: NotRequired[PaymentDays | None]
    # How its documents are numbered.
    series: NotRequired[Series]
    # How its sales are taxed. Left out, its documents show no taxes.
    tax: NotRequired[EntityTax | None]
    # The zone of customers that come without one.
    zone: NotRequired[Zone]


# How the sales of an entity are taxed.
EntityTax = TypedDict("EntityTax", {
    # The class of prices that name none.
    "class": "NotRequired[Key]",
    # The code of the tax that is shown where nothing is charged: `vat`.
    "code": "Key",
    # Which day decides on the rate.
    "point": "NotRequired[TaxPoint]",
    # How tax is rounded.
    "policy": "NotRequired[TaxPolicy]",
    # The taxes of each place and class, by date.
    "rules": "NotRequired[Rules]",
    # Where it is established and registered.
    "seller": "Seller",
    # Taxes that count whatever the rules say, unless the customer has others.
    "taxes": "NotRequired[list[Tax]]",
})

# Whether money is real.
Environment: TypeAlias = "Literal['live', 'test']"


class Event(TypedDict):
    """One raw fact of use. Its identity, source and id, is one event for ever.

Read JSON with [`Event::from_json`], which keeps numbers with a point exactly. CloudEvents' names `type`, `time` and `data` are
understood."""

    # When it happened.
    at: Instant
    # The sender's id of it.
    id: str
    # What happened, such as `api.request`.
    name: str
    # What is measured, and what splits it.
    properties: NotRequired[dict[str, Value]]
    # Who sent it.
    source: str
    # Who or what used, as the sender knows it.
    subject: str


class EventReport(TypedDict):
    """What became of one event."""

    # What each metered price of its customer's subscriptions makes of it.
    prices: list[PriceVerdict]
    # What stands in quarantine under its source and id.
    quarantine: NotRequired[list[Quarantined]]
    # In short: billed, or why not.
    verdict: Verdict
    # All that happened to it: when it was received, amended, retracted. Empty when it stands in quarantine
    # only.
    versions: list[EventVersion]


class EventVersion(TypedDict):
    """One thing that happened to an event, and why."""

    # Why, unless it was sent in the ordinary way.
    cause: NotRequired[Cause | None]
    # What happened, when, and what the event says from then on.
    version: Version

# How often: `once`, when the service begins, or the length of a cycle.
Every: TypeAlias = "Literal['once'] | Cadence"

# The parts of a series.
Every2: TypeAlias = "Literal['hour', 'day', 'month']"


class Every3Minutes(TypedDict):
    """After so many minutes, from 1 to 1440."""

    minutes: Minutes


class Every3DayDay(TypedDict):
    """"""

    # When.
    at: TimeOfDay
    # Where.
    zone: Zone


class Every3Day(TypedDict):
    """Every day at a local time."""

    day: Every3DayDay


class Every3WeekWeek(TypedDict):
    """"""

    # When.
    at: TimeOfDay
    # On which day.
    on: Weekday
    # Where.
    zone: Zone


class Every3Week(TypedDict):
    """Every week on a day at a local time."""

    week: Every3WeekWeek


class Every3MonthMonth(TypedDict):
    """"""

    # When.
    at: TimeOfDay
    # On which day.
    on: DayOfMonth
    # Where.
    zone: Zone


class Every3Month(TypedDict):
    """Every month on a day at a local time; in a shorter month on its last day."""

    month: Every3MonthMonth

# How often something comes again. At a local time that does not exist on a day it comes at the next one that
# does; at one that occurs twice,
# at the first.
Every3: TypeAlias = "Every3Minutes | Every3Day | Every3Week | Every3Month"

# What shows that a buyer is a business.
Evidence: TypeAlias = "Literal['well_formed', 'confirmed']"

# The categories that a customer can bring along.
ExemptAs: TypeAlias = "Literal['exempt', 'zero_rated', 'reverse_charge', 'outside_scope']"


# Why a customer is not taxed, with its evidence and the days on which it holds.
Exemption = TypedDict("Exemption", {
    # The category that lines get.
    "category": "ExemptAs",
    # The number of the certificate, or another name of the evidence.
    "certificate": "NotRequired[str | None]",
    # For which classes of goods; all when empty.
    "classes": "NotRequired[list[Key]]",
    # The first day.
    "from": "Date",
    # Where it holds; everywhere when left out. A country without a region holds for all of its regions.
    "place": "NotRequired[Place | None]",
    # The reason, as the invoice says it.
    "reason": "Reason",
    # The first day on which it no longer holds; without end when left out.
    "until": "NotRequired[Date | None]",
})


class Expanded(TypedDict):
    """What an answer refers to, each object once, by the name that stands in the answer. What was asked for is there, be it empty; a name that
leads nowhere is left out."""

    # Alerts, by id.
    alerts: NotRequired[dict[str, Alert] | None]
    # Customers, by key.
    customers: NotRequired[dict[str, Customer] | None]
    # Legal entities, by key.
    entities: NotRequired[dict[str, Entity] | None]
    # Invoices, by id.
    invoices: NotRequired[dict[str, Invoice] | None]
    # Plans as the catalog had them in a version, by `plan@version`.
    plans: NotRequired[dict[str, Plan] | None]
    # Prices as the catalog had them in a version, by `plan@version.price`.
    prices: NotRequired[dict[str, Price] | None]
    # Subscriptions, by key.
    subscriptions: NotRequired[dict[str, Subscription] | None]


class Explanation(TypedDict):
    """One node of the tree: what it is, how much it is, and what it consists of.

`amount` is exact and in the currency of the price. Where the node has parts, their amounts sum to it exactly. A factor
(proration, the rate of a pricing unit) is a node of its own; the amounts of everything below it include the factor, while
the quantities and unit prices below it are those of the price list."""

    # The exact amount.
    amount: Ratio
    # What the amount is made of; empty for a leaf.
    parts: NotRequired[list[Explanation]]
    # What this node is, with the numbers that went into it.
    reason: Reason2


class ExportView(TypedDict):
    """An export as it stands."""

    # What was asked for.
    export: NewExport
    # The file, once it is written.
    file: NotRequired[WrittenExport | None]
    # The job that writes it.
    job: JobView

# What can be exported.
Exported: TypeAlias = "Literal['usage', 'invoices', 'journal', 'customers']"

# How a price that contains its tax is taken apart.
Extraction: TypeAlias = "Literal['tax_first', 'net_first']"

# An exact decimal number as text, such as "0.0000025"; a whole number may stand bare.
Factor: TypeAlias = "str"


class FailedCondition(TypedDict):
    """A condition that does not let an event through."""

    # What it is; nothing when it is absent.
    found: NotRequired[str | None]
    # The property.
    property: str
    # What it must be, as the meter says it.
    wanted: str


class Failure(TypedDict):
    """A customer who could not be billed."""

    # Who.
    customer: Key
    # What is wrong; nothing was posted for this customer.
    problems: list[Problem]


class Feature(TypedDict):
    """Something that a plan can grant or limit."""

    # What a person calls it. Left out, its key.
    name: NotRequired[str | None]
    # What a limit counts: `seat`, `project`. Left out, it is only granted or withheld.
    unit: NotRequired[str | None]


# A field with another value.
FieldChange = TypedDict("FieldChange", {
    # JSON pointer from the resource: `/graduated/1/each`.
    "field": "str",
    # The value before, as JSON; `None` when there was none.
    "from": "NotRequired[str | None]",
    # The value after, as JSON; `None` when there is none.
    "to": "NotRequired[str | None]",
})

# Kinds of files.
FileFormat: TypeAlias = "Literal['ndjson', 'csv', 'parquet', 'hledger', 'beancount']"

# Conditions on properties, by property name; all must hold. `properties.status` and `status` are the same
# property.
Filter: TypeAlias = "dict[str, Condition]"


class FinishSignIn(TypedDict):
    """A person who comes back."""

    # The other half, from the beginning.
    binding: str
    # The code that came back.
    code: str
    # The state that came back.
    state: str
    # Where; `default` when it is left out.
    tenant: NotRequired[Key | None]

# How something is shown.
Form: TypeAlias = "Literal['json', 'text']"

# A CEL expression computed over exact numbers, such as `properties.a + properties.b * 2`.
Formula: TypeAlias = "str"


class Forward(TypedDict):
    """"""

    # To when.
    to: Instant

# What of usage in advance is billed together.
Gather: TypeAlias = "Literal['day', 'run']"


class GathersOpenedOpened(TypedDict):
    """"""

    # The day.
    on: Date
    # When it is issued by itself.
    ready_at: Instant


class GathersOpened(TypedDict):
    """What fell due on a day: a draft for some days more, into which late usage flows."""

    opened: GathersOpenedOpened

# Which lines a document gathers.
Gathers: TypeAlias = "Literal['due'] | GathersOpened | Literal['differences']"


class GeneralLedger(TypedDict):
    """Everything that was posted to an account in a span."""

    # The account.
    account: Account
    # What stands on it at the end, one for each currency.
    closing: list[Money]
    # What was posted, in the order in which it is true.
    lines: list[GeneralLedgerLine]
    # What stood on it at the beginning, one for each currency.
    opening: list[Money]
    # What it is about.
    span: Span


class GeneralLedgerLine(TypedDict):
    """One leg of an entry, and what the account holds after it."""

    # How much.
    amount: Money
    # What stands on the account in this currency after it, on its normal side.
    balance: Money
    # What it can be sliced by.
    dimensions: dict[str, str]
    # When it is true.
    effective_at: Instant
    # The business event.
    event: str
    # When it was written.
    recorded_at: Instant
    # The place of its entry in the journal.
    seq: int
    # On which side it stands.
    side: Side


class GiveUp(TypedDict):
    """Differences that are given up."""

    # Of which lines; of all that are held when left out.
    lines: NotRequired[list[LineKey]]
    # Why.
    reason: str

# What a plan says about a feature: `true`, `false`, or a number up to which it may be used.
Grant: TypeAlias = "str | int | bool | None"


class Health(TypedDict):
    """That the server is well."""

    # The time by which it bills.
    now: Instant
    # Always `ok`: what is not well does not answer so.
    status: str
    # The version of the program.
    version: str


class History(TypedDict):
    """Every version of an event."""

    # The first one first.
    versions: list[EventVersion]


class HowPercentPercent(TypedDict):
    """"""

    # What was left of all its lines of the bill.
    base: Money
    # The percentage.
    percent: PercentOff
    # The percentage of that, rounded.
    total: Money


class HowPercent(TypedDict):
    """The line's part of a percentage."""

    percent: HowPercentPercent


class HowAmountAmount(TypedDict):
    """"""

    # What was left of the amount.
    left: Money
    # What the lines of the bill took of it.
    total: Money


class HowAmount(TypedDict):
    """The line's part of an amount."""

    amount: HowAmountAmount


class HowUnitsUnits(TypedDict):
    """"""

    # How many of the line.
    free: Ratio


class HowUnits(TypedDict):
    """Units for nothing."""

    units: HowUnitsUnits

# How a share follows from its discount.
How: TypeAlias = "HowPercent | HowAmount | HowUnits"


class Identity(TypedDict):
    """A person as an identity provider knows them."""

    # The provider.
    provider: Key
    # Its own name for the person, which stays when the address changes.
    subject: str


class IdentityProvider(TypedDict):
    """Somebody who vouches for people."""

    # Who may come in.
    admits: Admits
    # Under which name it knows this installation.
    client_id: str
    # When it was added.
    created_at: Instant
    # Since when nobody signs in by it.
    disabled_at: NotRequired[Instant | None]
    # Whose word it takes that an e-mail address is somebody's.
    email: EmailTrust
    # How it is found: the address below which `.well-known/openid-configuration` is.
    issuer: str
    # Its key.
    key: Key
    # To which addresses it may send people back.
    redirects: list[str]
    # Which roles it gives; where absent, people keep those that they were given here.
    roles: NotRequired[RoleClaim | None]
    # What is asked of it beside `openid`.
    scopes: list[str]


class IdentityProviderChange(TypedDict):
    """What is changed of a provider."""

    # Others who may come in.
    admits: NotRequired[Admits | None]
    # Another secret.
    client_secret: NotRequired[str | None]
    # Whether nobody signs in by it.
    disabled: NotRequired[bool | None]
    # Other addresses to come back to.
    redirects: NotRequired[list[str] | None]
    # Other roles.
    roles: NotRequired[RoleClaim | None]


class Impact(TypedDict):
    """What a write would change in money."""

    # Each customer and currency that is billed something at once, or differently in the period that is open.
    customers: list[CustomerImpact]
    # Customers whose bill cannot be drawn, before or after, and why.
    failures: list[Failure]
    # Whether any customer's bill changes.
    money: Touch
    # Customers whose bills may change as well and were not drawn, because there are so many.
    not_computed: int


class Ingested(TypedDict):
    """What became of a batch of events, one outcome each, in order."""

    # How many are new.
    accepted: int
    # How many have the id of another event with other content; they were not taken.
    conflicts: int
    # How many were known, with the same content.
    duplicates: int
    # What became of each, in the order of the batch.
    outcomes: list[Outcome]
    # How many are not valid; they are kept in quarantine.
    quarantined: int

# A point in time (RFC 3339), such as 2026-04-16T13:30:00Z
Instant: TypeAlias = "str"

# What a percentile is between two values.
Interpolation: TypeAlias = "Literal['nearest_rank', 'linear']"


class Invoice(TypedDict):
    """A document for a customer: a draft, which every billing run computes anew, or issued, of which no amount changes any more."""

    # What its amounts are in.
    currency: Currency
    # Whose it is.
    customer: Key
    # The last day on which it can be paid without being late; none of a draft and of a credit note.
    due_on: NotRequired[Date | None]
    # Who sells.
    entity: Key
    # Which lines it gathers.
    gathers: NotRequired[Gathers]
    # Its id.
    id: InvoiceId
    # Whether it claims or gives back.
    kind: DocumentKind
    # Its rows.
    lines: list[Line]
    # The sum of its lines without taxes.
    net: Money
    # What it is about, when a person wrote it.
    note: NotRequired[NoteOf | None]
    # Its date where the customer is.
    on: Date
    # The steps of spend for which it is made before a period ends.
    reached: NotRequired[list[Reached]]
    # What is owed of each tax; none where the seller charges none.
    taxes: NotRequired[list[Subtotal]]
    # What is to be paid: `net` and taxes.
    total: Money
    status: NotRequired[Literal['draft', 'issued', 'void']]
    # When it was issued.
    issued_at: NotRequired[Instant]
    # Gap-free within its series.
    number: NotRequired[str]
    # When and why it was taken back.
    voided: NotRequired[Voided]

InvoiceId: TypeAlias = "str"


class IssuedEndpoint(TypedDict):
    """An endpoint with its secret, which is told once."""

    # The endpoint.
    endpoint: Endpoint
    # The secret with which messages are signed: `whsec_…`.
    secret: str


class IssuedToken(TypedDict):
    """A token with its secret, which is told once."""

    # The whole token: send it as `Authorization: Bearer …`. It is not kept, and cannot be shown again.
    secret: str
    # What it is and may do.
    token: Token

# Who makes a claim of a draft.
Issuing: TypeAlias = "Literal['automatic', 'by_hand']"

# What a job does, as it is asked for.
JobKind: TypeAlias = "Literal['billing_run']"


class JobProgress(TypedDict):
    """How far a job has come."""

    # So many steps are done: customers, of a billing run; rows, of an export.
    done: int
    # When it will probably end, at the speed so far.
    expected_at: NotRequired[Instant | None]
    # When it began.
    started_at: Instant
    # Of so many.
    total: int

# Where a job stands.
JobState: TypeAlias = "Literal['waiting', 'running', 'cancelling', 'done', 'failed', 'cancelled']"


class JobView(TypedDict):
    """A job as it stands."""

    # How often it was begun.
    attempts: int
    # When it was asked for.
    created_at: Instant
    # When it ended.
    ended_at: NotRequired[Instant | None]
    # Its id.
    id: str
    # What it does.
    kind: str
    # How far it has come.
    progress: NotRequired[JobProgress | None]
    # What came of it: counts, or the problem.
    result: NotRequired[Any]
    # Not before this time.
    run_at: Instant
    # Where it stands.
    state: JobState


class JournalEntry(TypedDict):
    """An entry and its place in the journal."""

    book: NotRequired[Book]
    correlation: NotRequired[str | None]
    effective_at: Instant
    entity: NotRequired[Key | None]
    event: str
    origin: NotRequired[Month | None]
    postings: list[Posting]
    # When it was written.
    recorded_at: Instant
    reverses: NotRequired[str | None]
    rule: int
    # Its place: 1, 2, 3, … without a gap.
    seq: int

# A name chosen by a person: letters, digits and _ . : -
Key: TypeAlias = "str"


class LastsPeriods(TypedDict):
    """Off so many cycles of each subscription, in the order in which they fall due."""

    periods: int

# How long a redemption takes off.
Lasts: TypeAlias = "Literal['once'] | LastsPeriods | Literal['forever']"

# How a quantity of a subscription counts that changes within a cycle.
Level: TypeAlias = "Literal['current', 'peak']"

# Of what the exact tax is rounded. Whatever is rounded, the parts below it sum to it and the levels above are
# its sums.
Level2: TypeAlias = "Literal['category', 'line_tax', 'line', 'document']"

# What an event says of a level.
Levels: TypeAlias = "Literal['absolute', 'changes']"


class LimitAbsoluteAbsolute(TypedDict):
    """"""

    # Each is told by itself.
    at: list[Dec]


class LimitAbsolute(TypedDict):
    """At these values."""

    absolute: LimitAbsoluteAbsolute


class LimitBudgetBudget(TypedDict):
    """"""

    # The budget for a billing period.
    amount: Dec
    # In per cent; each is told by itself.
    percent: list[Dec]


class LimitBudget(TypedDict):
    """At these shares of a budget."""

    budget: LimitBudgetBudget


class LimitLastPeriodLastPeriod(TypedDict):
    """"""

    # In per cent; each is told by itself.
    percent: list[Dec]


class LimitLastPeriod(TypedDict):
    """At these shares of what the last closed period came to. Where there is none, or it came to nothing, nothing is told."""

    last_period: LimitLastPeriodLastPeriod

# From where on it is told: quantities of a meter, or amounts in the currency of a spend.
Limit: TypeAlias = "LimitAbsolute | LimitBudget | LimitLastPeriod"


class Limits(TypedDict):
    """How often a discount can be redeemed."""

    # By one customer.
    per_customer: NotRequired[int | None]
    # By all customers together.
    redemptions: NotRequired[int | None]


class Line(TypedDict):
    """One row of a document: what a key is worth, less what was posted under it before."""

    # `worth.amount − posted`.
    amount: Money
    # Up to when usage was billed under the key before its cycle was over: the line is about the rest, and no
    # correction.
    billed_until: NotRequired[Instant | None]
    # What the line is about.
    key: LineKey
    # The stretch of service that the line charges or gives back.
    period: Period
    # What stood under the key before this line.
    posted: Money
    # The quantity charged; for a correction, how much more or less than before.
    quantity: Ratio
    # The share of the cycle that the line is about.
    share: Ratio
    # Its taxes, once it stands on a document of an entity that charges any.
    taxed: NotRequired[TaxedLine | None]
    # What the key is worth, and why.
    worth: Worth


class LineDifference(TypedDict):
    """What two plans would post under one key."""

    # What the second plan posts.
    after: Money
    # What the first plan posts.
    before: Money
    # `after − before`.
    difference: Money
    # The key.
    key: LineKey


class LineKey(TypedDict):
    """What a line is *about*. Amounts under one key can be added and subtracted: what a key is worth now, less what was posted
under it, is what to post.

The cycle is the price's whole cycle, not the stretch that happens to be covered: when a subscription changes in the middle
of a cycle, the worth of the same key changes and the difference shows."""

    # The currency.
    currency: Currency
    # The whole cycle of the price.
    cycle: Period
    # The dimensions by which the price splits its lines; empty for most.
    dimensions: NotRequired[dict[str, str]]
    # The price.
    price: PriceRef
    # The subscription.
    subscription: Key


class LineTax(TypedDict):
    """One tax of one line."""

    # The line's part of what the document owes of it.
    amount: Money
    # The tax.
    tax: Tax


class MailDelivery(TypedDict):
    """An e-mail, as its log shows it."""

    # What came of the last attempt.
    answer: Any
    # How often it was tried.
    attempts: int
    # When it was made.
    created_at: Instant
    # Its id.
    id: str
    # When it is tried next, while it waits.
    next_at: NotRequired[Instant | None]
    # What it is about.
    object: str
    # Where it stands.
    state: DeliveryState
    # Its subject.
    subject: str
    # Its text.
    text: str
    # To whom.
    to: str


class MakesOtherEvent(TypedDict):
    """The meter looks at events of another name."""

    # Which.
    event: str
    makes: Literal['other_event']


class MakesFilteredOut(TypedDict):
    """A condition of the meter does not let it through."""

    # Each condition that fails.
    conditions: list[FailedCondition]
    makes: Literal['filtered_out']


class MakesNotMeasurable(TypedDict):
    """The meter looks at it and cannot measure it: it counts as nothing."""

    makes: Literal['not_measurable']
    # Why.
    problem: Problem


class MakesCase4(TypedDict):
    """It is billed on a line."""

    # The amount of the line.
    amount: Money
    # The document.
    invoice: InvoiceId
    # What the line is about.
    key: LineKey
    # How the quantity was measured; events up to its watermark are in it.
    measurement: Measurement
    # Its number.
    number: str
    # Its date.
    on: Date
    # The place of the line on it, from 0.
    position: int
    # The quantity of the line.
    quantity: Ratio
    makes: Literal['billed']


class MakesOnDraft(TypedDict):
    """It stands on a draft, which is computed anew until it is issued."""

    # The draft.
    invoice: InvoiceId
    makes: Literal['on_draft']


class MakesNotYetDue(TypedDict):
    """Its cycle is billed later."""

    # When.
    due_at: Instant
    makes: Literal['not_yet_due']


class MakesDue(TypedDict):
    """Its cycle is due, and the next billing run bills it."""

    # Since when.
    due_at: Instant
    makes: Literal['due']


class MakesWaits(TypedDict):
    """Its cycle was billed before it arrived or was corrected; the difference goes on the next invoice."""

    # Where its cycle was billed.
    billed: BilledOn
    # How much more or less is billed for the cycle.
    difference: Money
    makes: Literal['waits']


class MakesChangesNothing(TypedDict):
    """Its cycle was billed before it arrived or was corrected, and that changes no amount: it lies within what is included, for
example."""

    # Where its cycle was billed.
    billed: BilledOn
    makes: Literal['changes_nothing']

# What a metered price makes of an event.
Makes: TypeAlias = "MakesOtherEvent | MakesFilteredOut | MakesNotMeasurable | MakesCase4 | MakesOnDraft | MakesNotYetDue | MakesDue | MakesWaits | MakesChangesNothing"


class Matrix(TypedDict):
    """Rates by the values of one or more dimensions."""

    # The dimensions that decide the rate.
    by: list[str]
    # Rate of every other combination. Left out, another combination is an error.
    default: NotRequired[NonNegative | None]
    # The rates.
    rates: list[MatrixRate]


class MatrixRate(TypedDict):
    """The rate of one combination of values."""

    # Price of one unit.
    each: NonNegative
    # A value for each dimension, in the order of `by`.
    of: list[str]


class Measured(TypedDict):
    """What a meter says of a period."""

    # How many events were counted. Events before the period that only carry a level into it do not count.
    count: int
    # What is priced: converted and rounded.
    quantity: Ratio
    # What was counted, before conversion and rounding.
    raw: Ratio
    # The value of each event, by time; only when asked for with
    # [`state_with_transactions`](crate::CompiledMeter::state_with_transactions).
    transactions: NotRequired[list[Dec]]


class Measurement(TypedDict):
    """How a quantity was counted; the same question to the usage store gives the same answer for ever."""

    # How many events counted.
    events: int
    # From when to when events count.
    period: Period
    # The same after conversion and rounding of the quantity.
    quantity: Ratio
    # What the events add up to.
    raw: Ratio
    # Sequence number of the last event that the store had when it counted.
    watermark: int


class Meter(TypedDict):
    """Filter and aggregation that turn events into a quantity. Meters have their names as keys of the map in which they are kept."""

    # How their values become one.
    aggregate: Aggregation
    # From the unit that is counted to the unit that is priced.
    convert: NotRequired[Conversion | None]
    # The name of the events that it looks at.
    event: str
    # Properties by which the quantity can be split.
    group_by: NotRequired[list[str]]
    # Whether only events of the period count, or all since the beginning.
    over: NotRequired[Over]
    # Rounding of the quantity, after conversion.
    round: NotRequired[QuantityRounding | None]
    # Name of the unit that is priced.
    unit: NotRequired[str | None]
    # Which of them.
    where: NotRequired[Filter]


# How much was used, for one combination of dimensions in one window.
MeteredUsage = TypedDict("MeteredUsage", {
    # Who used.
    "customer": "str",
    # The dimensions asked for, with their values.
    "dimensions": "NotRequired[dict[str, str]]",
    # When the window begins.
    "from": "Instant",
    # How much, and from how many events.
    "measured": "Measured",
    # Events that the meter looked at and could not measure; they count as nothing.
    "unmeasured": "NotRequired[Unmeasured2 | None]",
})

# By what something is paid.
Method: TypeAlias = "Literal['bank_transfer', 'card', 'cash', 'cheque', 'other', 'credit_note', 'write_off']"

# From 1 to 1440 minutes.
Minutes: TypeAlias = "int"


class Money(TypedDict):
    """How [`Money`] is written: major units as text, with all digits of the minor unit."""

    # Major units as text with all digits of the minor unit: "12.30".
    amount: str
    # ISO 4217 code.
    currency: Currency


class MoneyDifference(TypedDict):
    """What a customer would be billed more or less."""

    # Up to when bills were drawn to find it out: so that every cycle that changes is on them.
    as_of: Instant
    # Who.
    customer: Key
    # The difference, line by line and as a sum for each currency.
    difference: PlanDifference

# A calendar month, such as 2026-04.
Month: TypeAlias = "str"


class NamedDiscount(TypedDict):
    """A discount under its key."""

    # The offer.
    discount: Discount
    # Its key.
    key: Key


class NewAlert(TypedDict):
    """An alert that is asked for."""

    # Whose usage or spend is watched; each customer's, one by one, when it is left out.
    customer: NotRequired[Key | None]
    # From where on it is told.
    limit: Limit
    # Its name, for people.
    name: str
    # What is watched.
    on: Watched
    # Who gets an e-mail, besides the webhooks.
    recipients: NotRequired[list[str]]


class NewChange(TypedDict):
    """A change of a subscription that is asked for."""

    # What becomes of what was charged ahead for the plan before.
    credit: NotRequired[Credit]
    # From when; now when absent. It may lie in the past. Prices that prorate by day charge a day by the terms
    # at its beginning.
    effective: NotRequired[Effective]
    # From when the phases of another plan count.
    phases: NotRequired[Phases]
    # Another plan, as it is offered now.
    plan: NotRequired[Key | None]
    # Prices that were agreed instead of the plan's; `null` takes the plan's own again.
    prices: NotRequired[dict[str, Price | None]]
    # Other quantities.
    quantities: NotRequired[dict[str, Dec]]


class NewCharge(TypedDict):
    """A charge that is asked for."""

    # The currency: a code of ISO 4217.
    currency: Currency
    # When it is due; from the beginning of today when absent.
    due: NotRequired[When | None]
    # What each costs, in the currency.
    each: NonNegative
    # Its key, unique among charges and subscriptions.
    key: Key
    # What the customer reads; the key when absent.
    name: NotRequired[str | None]
    # How many; one when absent.
    quantity: NotRequired[NonNegative | None]
    # The class that the tax rules look at; the seller's usual one when absent.
    tax_category: NotRequired[Key | None]


class NewCreditNote(TypedDict):
    """A credit note that is asked for."""

    # What is given back of which line; all that is left of every line when left out.
    lines: NotRequired[list[CreditLine]]
    # Why, as the customer reads it.
    reason: str


class NewDebitNote(TypedDict):
    """A debit note that is asked for."""

    # What more is charged on which line.
    lines: list[DebitLine]
    # Why, as the customer reads it.
    reason: str


class NewEndpoint(TypedDict):
    """An endpoint that is asked for."""

    # What it is told; everything when left out.
    topics: NotRequired[list[Topic]]
    # Where messages are sent: `https://…`.
    url: str


# What is exported, and how.
NewExport = TypedDict("NewExport", {
    # As which kind of file.
    "format": "FileFormat",
    # Only what is true from this time on: events that happened, invoices of a day, entries that are
    # effective.
    "from": "NotRequired[Instant | None]",
    # Only what is true before this time.
    "to": "NotRequired[Instant | None]",
    # What is exported.
    "what": "Exported",
})


class NewIdentityProvider(TypedDict):
    """A provider that is to be added."""

    # Who may come in; users who were added here when left out.
    admits: NotRequired[Admits]
    # Under which name it knows this installation.
    client_id: str
    # The secret that it gave. It is kept sealed.
    client_secret: str
    # Whose word it takes that an e-mail address is somebody's.
    email: NotRequired[EmailTrust]
    # How it is found: `https://accounts.example.com`.
    issuer: str
    # Its key.
    key: Key
    # To which addresses it may send people back.
    redirects: list[str]
    # Which roles it gives.
    roles: NotRequired[RoleClaim | None]
    # What is asked of it beside `openid`; `email` when left out.
    scopes: NotRequired[list[str]]


class NewJob(TypedDict):
    """A job that is asked for."""

    # What it does.
    kind: JobKind
    # Not before this time; at once when left out.
    run_at: NotRequired[Instant | None]


class NewPayment(TypedDict):
    """A payment that came."""

    # How much arrived.
    amount: Money
    # Who paid.
    customer: Key
    # The legal entity that was paid; the customer's when absent.
    entity: NotRequired[Key | None]
    # What a bank kept of it: it pays as if this had come too.
    fee: NotRequired[Money | None]
    # What it is known by, as its source knows it: the line of a bank statement. Recorded twice under one key
    # it is one payment.
    key: Key
    # By what: bank transfer, card, cash, cheque or other.
    method: Method
    # What it pays. When absent, every invoice of which something is left to pay, what falls due first first;
    # of an empty list nothing. What is left
    # goes to the customer's balance.
    pays: NotRequired[list[Share] | None]
    # When it came, not later than now; now when absent. A day is meant where the customer is.
    received: NotRequired[When | None]
    # What the payer wrote.
    reference: NotRequired[str | None]


class NewRedemption(TypedDict):
    """A discount that is asked for."""

    # Which discount, by the code that the customer entered; instead of its key.
    code: NotRequired[Key | None]
    # Which discount, by its key.
    discount: NotRequired[Key | None]
    # From when it takes off: lines that fall due then or later. From the beginning of today when absent.
    effective: NotRequired[When | None]
    # The key that the redemption gets; made of customer and discount when absent.
    key: NotRequired[Key | None]
    # The one subscription that it is for; all of the customer's when absent.
    subscription: NotRequired[Key | None]


class NewRefund(TypedDict):
    """Money that is to go back out of a customer's balance."""

    # How much.
    amount: Money
    # The legal entity that pays it; the customer's when absent.
    entity: NotRequired[Key | None]
    # What it is known by: made twice under one key it is one refund.
    key: Key
    # How it goes back.
    method: Method
    # What the customer reads.
    reference: NotRequired[str | None]


class NewSchedule(TypedDict):
    """A schedule that is to be added."""

    # How often.
    every: Every3
    # What is done.
    work: ScheduledWork


class NewSettings(TypedDict):
    """Settings that are to be in force."""

    # From when; at once when left out.
    effective_at: NotRequired[Instant | None]
    # All of them.
    settings: Settings


class NewSubscription(TypedDict):
    """What is asked for when a customer subscribes."""

    # Where cycles begin: a day of the month such as 15, or a day such as 2026-04-15. When absent: the
    # customer's billing day, the
    # cycles of the subscription that it goes with, or the first day with prices.
    anchor: NotRequired[Anchor | None]
    # Who subscribes.
    customer: Key
    # The subscription of the same customer that it is an add-on to: it is served only while that one is.
    goes_with: NotRequired[Key | None]
    # Its key; the customer's key when absent.
    key: NotRequired[Key | None]
    # From when the phases of the plan count; from the start when absent.
    phases_from: NotRequired[When | None]
    # To which plan, as it is offered now.
    plan: Key
    # Prices that were agreed instead of the plan's, by its names for them.
    prices: NotRequired[dict[str, Price]]
    # How many of each thing that the plan counts.
    quantities: NotRequired[dict[str, Dec]]
    # From when; from the beginning of today when absent.
    start: NotRequired[When | None]
    # How long it is agreed for; until it is ended when absent.
    term: NotRequired[Term | None]
    # Which usage of the customer it bills: `all` of it; `{ only: { project: atlas } }`, by the dimensions of
    # its meters; or `shared`, where
    # another subscription bills the same usage and it is to be billed twice.
    usage: NotRequired[UsageScope]


class NewTenant(TypedDict):
    """A tenant that is to be added."""

    # Whether money is real there.
    environment: NotRequired[Environment]
    # Its key.
    key: Key
    # Its name, for people.
    name: NotRequired[str]


class NewToken(TypedDict):
    """A token that is asked for."""

    # From when on it is no longer good; never when absent.
    expires_at: NotRequired[Instant | None]
    # What people call it.
    name: str
    # Single permissions, such as `events:write`.
    permissions: NotRequired[list[Permission]]
    # Sets of permissions.
    roles: NotRequired[list[Role]]


class NewTransfer(TypedDict):
    """To whom a subscription goes over."""

    # The customer who has it from then on.
    customer: Key
    # From when; now when absent.
    effective: NotRequired[Effective]
    # The key of the new subscription; the customer's key when absent.
    key: NotRequired[Key | None]


class NewUser(TypedDict):
    """A user who is to be added."""

    # The e-mail address to sign in with.
    email: str
    # The person's name.
    name: NotRequired[str]
    # The password: at least 15 characters. Without one they sign in by an identity provider alone.
    password: NotRequired[str | None]
    # What the person may do.
    roles: list[Role]


class NewVoid(TypedDict):
    """A document that is to be voided."""

    # What becomes of its lines: it has to be said, but for a note by hand, whose lines are worth again what
    # they were before it.
    lines: NotRequired[VoidedLines | None]
    # Why.
    reason: str

NonEmpty_Change: TypeAlias = "list[Change2]"

NonEmpty_Key: TypeAlias = "list[Key]"

NonEmpty_PriceName: TypeAlias = "list[PriceName]"

NonEmpty_RuleTax: TypeAlias = "list[RuleTax]"

# A number that is zero or above: a price, a percentage, an allowance. A price below zero is refused: what
# reduces a bill is a
# discount or a credit, which say why they reduce it.
NonNegative: TypeAlias = "str"


class NotBilled(TypedDict):
    """Changed events that change no bill."""

    # How many.
    events: int
    # The name of the events.
    name: str
    # Whose.
    subject: str


class NoteNotMeasured(TypedDict):
    """Events of the customer fit a meter and could not be measured: they are not billed."""

    # How many, and why.
    events: Unmeasured
    # The meter.
    meter: Key
    note: Literal['not_measured']
    # From when to when.
    period: Period


class NoteHeld(TypedDict):
    """A line that was billed is worth something else, and the difference waits for somebody's word."""

    # How much more it is worth, or less.
    amount: Money
    # The line.
    line: LineKey
    note: Literal['held']

# Something about a plan that somebody should look at; it does not keep the plan from being posted.
Note: TypeAlias = "NoteNotMeasured | NoteHeld"

# Which way a note goes.
NoteKind: TypeAlias = "Literal['credit', 'debit']"


class NoteLine(TypedDict):
    """A line of a note."""

    # The amount before discounts.
    amount: Money
    # The discount that goes with it.
    discount: Money
    # With tax.
    gross: Money
    # Without tax.
    net: Money
    # The number of the line on the document that the note is about.
    number: int
    # How many units, where units were asked for.
    quantity: NotRequired[Ratio | None]
    # Each tax, in the order of the line's taxes.
    taxes: list[LineTax]


class NoteOf(TypedDict):
    """What a note by hand is about."""

    # The document that it corrects.
    document: InvoiceId
    # That document's number.
    number: str
    # What of each line, and where the money goes.
    plan: NotePlan
    # Why, as the customer reads it.
    reason: str


class NotePlan(TypedDict):
    """A note as it will be issued. Amounts are those of the document's sign: a credit of a charge is above zero."""

    # The amounts before discounts.
    amount: Money
    # Its currency.
    currency: Currency
    # The discounts that go with them.
    discount: Money
    # `net + tax`: what is given back or charged.
    gross: Money
    # Which way it goes.
    kind: NoteKind
    # Its lines, in the order of the document.
    lines: list[NoteLine]
    # The sum without tax.
    net: Money
    # Where the money of a credit goes; nothing for a debit note, which is to be paid.
    settlement: Settlement
    # The tax.
    tax: Money
    # One for each tax: what an electronic document shows as its tax breakdown.
    taxes: list[TaxTotal]


class Notes(TypedDict):
    """Notes that were issued."""

    # One for each currency.
    notes: list[Invoice]


class Object(TypedDict):
    """The thing that something was done to."""

    # Its key or id within the kind.
    id: str
    # What kind of thing it is.
    kind: str


class OffPercent(TypedDict):
    """A part of what is left of the lines: rounded once for all lines of a bill, and shared by largest remainder."""

    percent: PercentOff


class OffAmount(TypedDict):
    """An amount above zero. Redeemed once, it lasts until it is used up; else it is there again in each period, and what a period does not use
is lost."""

    amount: Money


class OffUnits(TypedDict):
    """So many units above zero free, of one meter or price. They come off before any other discount."""

    units: Dec

# How much a discount takes off.
Off: TypeAlias = "OffPercent | OffAmount | OffUnits"


class Offer(TypedDict):
    """A version of the catalog."""

    # What is offered.
    catalog: Catalog
    # Its number.
    version: int

# What a tax is a percentage of, where a line has several.
On: TypeAlias = "Literal['price', 'price_and_taxes']"


class Opening(TypedDict):
    """When service begins again."""

    # Its first moment; now when it is left out.
    effective: NotRequired[Effective]


class OutcomeAccepted(TypedDict):
    """It is new and on the disk."""

    outcome: Literal['accepted']
    # Its position.
    seq: Seq


class OutcomeDuplicate(TypedDict):
    """The same event, with the same content, was accepted before; also when it was amended or retracted since."""

    outcome: Literal['duplicate']
    # Position of that event.
    seq: Seq


class OutcomeConflict(TypedDict):
    """An event of this source with this id was accepted before and says something else. The one that was there is kept; this
one is not."""

    outcome: Literal['conflict']
    # Position of the event that was there.
    seq: Seq


class OutcomeQuarantined(TypedDict):
    """It is not valid: it is kept and listed in the quarantine and measured by nothing. The same id can be sent again, mended."""

    outcome: Literal['quarantined']
    # What is wrong with it.
    problem: Problem

# What became of one event of a batch.
Outcome: TypeAlias = "OutcomeAccepted | OutcomeDuplicate | OutcomeConflict | OutcomeQuarantined"

# Which events of the past a quantity rests on.
Over: TypeAlias = "Literal['period', 'lifetime']"


class Package(TypedDict):
    """A price for packages of a fixed size."""

    # Price of a package.
    price: NonNegative
    # Units in a package. Zero or below is refused: such a price would be free or infinite.
    size: Positive


class PageOfAlert(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Alert]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfApproval(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Approval]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfAuditEntry(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[AuditEntry]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfChangeset(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Changeset]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfCharge(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Charge]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfCrossing(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Crossing]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfCustomer(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Customer]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfEndpoint(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Endpoint]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfEntity(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Entity]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfIdentityProvider(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[IdentityProvider]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfInvoice(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Invoice]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfJobView(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[JobView]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfJournalEntry(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[JournalEntry]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfMailDelivery(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[MailDelivery]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfNamedDiscount(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[NamedDiscount]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfPaymentView(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[PaymentView]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfQuarantined(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Quarantined]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfRedemption(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Redemption]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfSchedule(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Schedule]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfSettingsVersion(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[SettingsVersion]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfStoredEvent(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[StoredEvent]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfSubscription(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Subscription]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfTenant(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Tenant]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfToken(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[Token]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfUser(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[User]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PageOfWebhookDelivery(TypedDict):
    """A part of a list. The next part begins at `next`, given as `?after=`."""

    # The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    items: list[WebhookDelivery]
    # Where the list goes on; absent at its end.
    next: NotRequired[Place2 | None]


class PaidPart(TypedDict):
    """A part of a payment that a document has."""

    # How much of it.
    amount: Money
    # The payment.
    payment: Key


class PartWorth(TypedDict):
    """What one stretch of a cycle is worth."""

    # The exact amount in the currency.
    amount: Ratio
    # How the quantity was counted, for a metered price.
    measured: NotRequired[Measurement | None]
    # The stretch.
    period: Period
    # The quantity that stood or was counted.
    quantity: Ratio
    # The stretch as a share of the whole cycle, under the price's proration.
    share: Ratio
    # How the amount follows from the quantity.
    why: Explanation


class Paying(TypedDict):
    """What a payment pays of a document."""

    # How much.
    amount: Money
    # The document's id.
    document: Key

# How many days after its date an invoice can be paid without being late; 30 where nothing is said.
PaymentDays: TypeAlias = "int"

# Where a payment is.
PaymentState: TypeAlias = "Literal['used', 'in_balance', 'reversed']"


class PaymentView(TypedDict):
    """A payment, and where it is."""

    # How much arrived; above zero.
    amount: Money
    # Who paid.
    customer: Key
    # The legal entity that was paid.
    entity: Key
    # What a bank kept of it: the customer paid `amount` and this. None where it kept nothing.
    fee: NotRequired[Money | None]
    # What it is known by: a payment that is recorded twice under one key is one.
    key: Key
    # What of it is in the customer's balance; below zero where the payment was reversed after some of it had
    # gone back.
    left: Money
    # By what.
    method: Method
    # The documents that it pays, by id, and how much of each.
    pays: list[Paying]
    # When it arrived.
    received_at: Instant
    # When we knew.
    recorded_at: Instant
    # What the payer wrote, the number of the credit note, or why a claim was given up.
    reference: NotRequired[str | None]
    # What of it went back to the customer.
    refunded: Money
    # Where it is, in a word.
    state: PaymentState
    # What was done with it, in order.
    steps: NotRequired[list[Step3]]

# The unit of time in which a level is counted.
Per: TypeAlias = "Literal['second', 'minute', 'hour', 'day', 'period']"

# A rate in per cent, 0 or more: "19" is 19 %.
Percent: TypeAlias = "str"

# Per cent, above 0 and at most 100: "20" is 20 %.
PercentOff: TypeAlias = "str"


class PercentTier(TypedDict):
    """A band with a percentage of the amount that falls into it."""

    # Fee that is due once when the tier is reached.
    flat: NotRequired[NonNegative | None]
    # Percent of the amount in the tier: `"2.9"` is 2.9 %.
    percent: NonNegative
    # Last amount of the tier, inclusive. Left out for the last tier, which is open.
    up_to: NotRequired[NonNegative | None]

# Bands in order: ascending, without a gap, the last one open. In files and in the API a list.
PercentTiers: TypeAlias = "list[PercentTier]"


class Percentage(TypedDict):
    """A percentage price. The quantity is the sum of the transactions.

Transactions are taken in order of time. One is free as long as free transactions are left (if the price has any) and its
amount fits into what is left of the free amount (if the price has one): the free part ends with the limit that is used up
first. Of the transaction that crosses the free amount only the rest is charged. What is charged costs
rest × `percent` + `fixed`, at least `minimum` and at most `maximum`."""

    # Charged for each transaction on top.
    fixed: NotRequired[NonNegative | None]
    # The amount that is free.
    free_amount: NotRequired[NonNegative | None]
    # How many transactions are free.
    free_transactions: NotRequired[int | None]
    # The most that a charged transaction costs.
    maximum: NotRequired[NonNegative | None]
    # The least that a charged transaction costs.
    minimum: NotRequired[NonNegative | None]
    # Percent: `"2.9"` is 2.9 %.
    percent: NonNegative


# A stretch of time, half-open: `from` belongs to it, `to` does not. Never empty. JSON form `{"from": …,
# "to": …}`.
Period = TypedDict("Period", {
    "from": "Instant",
    "to": "Instant",
})

# An action on a kind of thing.
Permission: TypeAlias = "Literal['pricing:read', 'pricing:write', 'pricing:approve', 'customers:read', 'customers:write', 'customers:approve', 'subscriptions:read', 'subscriptions:write', 'subscriptions:approve', 'events:read', 'events:write', 'events:approve', 'usage:read', 'usage:write', 'usage:approve', 'changesets:read', 'changesets:write', 'changesets:approve', 'invoices:read', 'invoices:write', 'invoices:approve', 'books:read', 'books:write', 'books:approve', 'access:read', 'access:write', 'access:approve', 'approvals:read', 'approvals:write', 'approvals:approve', 'audit:read', 'audit:write', 'audit:approve', 'tenants:read', 'tenants:write', 'tenants:approve', 'operations:read', 'operations:write', 'operations:approve']"


class Phase(TypedDict):
    """A stretch at the beginning of a plan with prices of its own: a trial, an introduction, a fixed term. Phases follow each other; after
the last one the plan's own prices hold."""

    # How long it lasts, in days from the first one of the plan's phases: `14 days`, `3 months`.
    lasts: Cadence
    # What it is called; once in a plan.
    name: Key
    # What is charged in it, and nothing else. Left out, the phase is free.
    prices: NotRequired[dict[str, Price]]

# From when the phases of a new plan count.
Phases: TypeAlias = "Literal['go_on', 'restart']"


class PickAmount(TypedDict):
    """A part of the amount before discounts; discount and tax follow in proportion."""

    amount: Money


class PickQuantity(TypedDict):
    """So many of its units."""

    quantity: Ratio


class PickShare(TypedDict):
    """A share of the whole line."""

    share: Ratio


class PickLeaveAmount(TypedDict):
    """So much that this amount before discounts is left of it."""

    leave_amount: Money

# How much of a line is credited.
Pick: TypeAlias = "Literal['rest'] | PickAmount | PickQuantity | PickShare | PickLeaveAmount"


class Place(TypedDict):
    """A place with its own taxes: a country, or a part of one."""

    # The country.
    country: Country
    # A part of it with its own taxes, as the rules name it: `CA` for California, `ES-CN` for the Canary
    # Islands.
    region: NotRequired[str | None]

# A place in a list: text that is only handed back.
Place2: TypeAlias = "str"


class Plan(TypedDict):
    """A bundle of prices that is offered together, in one currency."""

    # Where cycles begin: on the day of the subscription's start, or on the calendar.
    align: NotRequired[Alignment]
    # At which amounts of a period's spend an invoice is made before the period ends. Left out, at none.
    bill_at: NotRequired[SpendSteps | None]
    # The currency of all its prices: a code of ISO 4217.
    currency: Currency
    # How long a cycle is.
    every: Cadence
    # The features that it grants or withholds: each one of `features`.
    features: NotRequired[dict[str, Grant]]
    # What a person calls it. Left out, its key.
    name: NotRequired[str | None]
    # What it costs at first, phase after phase. Left out, its prices hold from the start.
    phases: NotRequired[list[Phase]]
    # The prices.
    prices: dict[str, Price]
    # Whether its prices contain their taxes.
    tax: NotRequired[Prices]


class PlanDifference(TypedDict):
    """What a plan would post more or less than another one of the same customer."""

    # Each key under which the plans differ.
    lines: list[LineDifference]
    # The sums of the differences: one for each currency in which there is one.
    totals: list[Money]


class PlanRef(TypedDict):
    """A plan as it stood in one version of the catalog."""

    # The plan's key.
    plan: Key
    # The number of the catalog version.
    version: int


class Planned(TypedDict):
    """What would change."""

    # Resource by resource; empty when the file says what is in force already.
    changes: list[Change]


class PortalToken(TypedDict):
    """"""

    # Whose.
    customer: Key
    # From when on it is no longer good.
    expires_at: Instant

# A number above zero: the size of a package, the rate of a pricing unit.
Positive: TypeAlias = "str"


class Posting(TypedDict):
    """One leg of an entry: a positive amount on one side of one account."""

    # Where.
    account: Account
    # How much, in the currency of the event; never below zero, and zero only where the functional amount is
    # not.
    amount: Money
    # What the amount can be sliced by: customer, product, subscription…
    dimensions: NotRequired[dict[str, str]]
    # The same in the currency in which the legal entity keeps its books; none where that is the currency of
    # the amount. A leg of zero with a
    # functional amount is a difference of exchange.
    functional: NotRequired[Money | None]
    # On which side.
    side: Side


# A price as files and the API write it: exactly one price model, and what stands around it. In [`Price`] the
# one model is a value
# of its own.
Price = TypedDict("Price", {
    # Dimensions of the meter by which the lines are split.
    "by": "NotRequired[list[str]]",
    # Model: the cost that the events carry, which the meter sums up, with a markup.
    "cost_plus": "NotRequired[CostPlus | None]",
    # Model: the amount that the events carry, which the meter sums up.
    "dynamic": "NotRequired[Dynamic | None]",
    # How often it is charged: `once`, or the length of its cycles. Left out, in each cycle of the plan.
    "every": "NotRequired[Every | None]",
    # Model: one amount per cycle.
    "flat": "NotRequired[NonNegative | None]",
    # Model: the result of a formula over `quantity`, `count` and `dimensions.<name>`.
    "formula": "NotRequired[Formula | None]",
    # Of usage in advance: what is billed together. Left out, the usage of each day.
    "gather": "NotRequired[Gather | None]",
    # Model: each unit at the price of the tier in which it lies.
    "graduated": "NotRequired[Tiers | None]",
    # Model: each part of an amount at the percentage of the tier in which it lies.
    "graduated_percentage": "NotRequired[PercentTiers | None]",
    # When a cycle is due. Left out: metered prices at the end, all others at the beginning. A metered price
    # in advance bills usage when it
    # happens.
    "in": "NotRequired[Timing | None]",
    # Quantity that costs nothing in each cycle.
    "included": "NotRequired[NonNegative | None]",
    # How a quantity counts that changes within a cycle. Left out, as it stands.
    "level": "NotRequired[Level | None]",
    # Model: quantity times the rate of its dimensions.
    "matrix": "NotRequired[Matrix | None]",
    # The most that a cycle costs.
    "maximum": "NotRequired[NonNegative | None]",
    # The quantity is what this meter measures: one of `meters`.
    "meter": "NotRequired[Key | None]",
    # The least that a cycle costs.
    "minimum": "NotRequired[NonNegative | None]",
    # What a person calls it on the invoice. Left out, its key.
    "name": "NotRequired[str | None]",
    # Model: each started package of `size` units costs `price`.
    "package": "NotRequired[Package | None]",
    # Model: quantity times this price.
    "per_unit": "NotRequired[NonNegative | None]",
    # Model: a percentage of the metered amount, with what is charged, free and limited for each transaction.
    "percentage": "NotRequired[Percentage | None]",
    # The product it is a price of: one of `products`.
    "product": "NotRequired[Key | None]",
    # How a part of a cycle is charged. Left out, by the days.
    "prorate": "NotRequired[Proration | None]",
    # The quantity is a number of the subscription that has this name. With neither `meter` nor `quantity` it
    # is 1.
    "quantity": "NotRequired[Key | None]",
    # Model: the price of the step in which the quantity lies.
    "stair_step": "NotRequired[Steps | None]",
    # What the tax rule looks at.
    "tax_category": "NotRequired[Key | None]",
    # The pricing unit of all amounts here: one of `units`. Left out, the plan's currency.
    "unit": "NotRequired[Key | None]",
    # Model: all units at the price of the tier that the quantity reaches.
    "volume": "NotRequired[Tiers | None]",
})


class PriceName(TypedDict):
    """A price of a plan, in whatever version of the catalog."""

    # The plan.
    plan: Key
    # The price within the plan.
    price: Key


class PriceRef(TypedDict):
    """A price as it stood in one version of the catalog."""

    # The plan's key.
    plan: Key
    # The price's key within the plan.
    price: Key
    # The number of the catalog version.
    version: int


class PriceVerdict(TypedDict):
    """What a metered price makes of an event."""

    # What it makes of the event.
    makes: Makes
    # The meter of the price.
    meter: Key
    # Plan and price: `scale.tokens`.
    price: str
    # The subscription.
    subscription: Key

# Whether prices contain their taxes.
Prices: TypeAlias = "Literal['exclusive', 'inclusive']"


class Problem(TypedDict):
    """One thing that is wrong: what, where and how to mend it. At the edge it is a problem document of RFC 9457 (`code` is the
last part of its `type`); each code has a section in `docs/errors.md`."""

    # Stable name of the kind of problem, in snake case.
    code: str
    # What is wrong this time, with the value that was found.
    detail: str
    # How to mend it.
    mend: str
    # Where: a JSON pointer into what was sent, or `file:line:column`.
    pointer: NotRequired[str | None]
    # The kind of problem in a few words; the same for every occurrence.
    title: str


class ProblemDocument(TypedDict):
    """A refusal as it is sent: RFC 9457, `application/problem+json`. It is about the first problem; `problems` has all."""

    # Stable name of the kind of problem, in snake case.
    code: str
    # What is wrong this time, with the value that was found.
    detail: str
    # How to mend it.
    mend: str
    # Where: a JSON pointer into the body, `?name` of the query, or `{name}` of the path.
    pointer: NotRequired[str | None]
    # Everything that is wrong, this one too.
    problems: list[Problem]
    # The HTTP status.
    status: int
    # The kind of problem in a few words; the same for every occurrence.
    title: str
    # Where the kind of problem is explained: `/docs/errors#CODE`.
    type: str


class Product(TypedDict):
    """Something that is sold. Prices name it, so that reports can add them up."""

    # What a person calls it. Left out, its key.
    name: NotRequired[str | None]

# How the share of a part of a cycle is measured. With the first three, the shares of the parts of a cycle add
# up to 1
# exactly, wherever it is cut.
Proration: TypeAlias = "Literal['second', 'day', 'thirty_360', 'none', 'full']"


class QuantityDifference(TypedDict):
    """A quantity of a billing cycle, before and after."""

    # How much with it.
    after: Ratio
    # How much without the changeset.
    before: Ratio
    # Whose.
    customer: Key
    # The values by which the quantity is split.
    dimensions: NotRequired[dict[str, str]]
    # On which meter.
    meter: Key
    # The billing cycle, as far as the subscription covers it.
    period: Period
    # The version of the catalog in which the meter is defined.
    version: int


class QuantityRounding(TypedDict):
    """Rounding of a quantity, after conversion: `{ to: 0, mode: up }` counts begun units."""

    # What to do with what lies between.
    mode: NotRequired[Rounding]
    # Decimal place: 2 is hundredths, 0 whole units, -3 thousands.
    to: NotRequired[int]


class QuarantineReason(TypedDict):
    """What stands in quarantine for one reason."""

    # The code of the problem.
    code: str
    # How many events.
    count: int
    # The first few that wait.
    samples: list[QuarantineSample]
    # The problem in a few words.
    title: str
    # How many of them were not accepted since.
    waiting: int


class QuarantineSample(TypedDict):
    """Something in quarantine, with its place there."""

    # Its place in the quarantine, from 0; it never changes.
    place: int
    # What was sent, and what is wrong with it.
    quarantined: Quarantined


class Quarantined(TypedDict):
    """Something in quarantine."""

    # Position of the event of the same source and id that was accepted, if one was.
    mended: NotRequired[Seq | None]
    # What is wrong with it.
    problem: Problem
    # When it was received.
    received_at: Instant
    # What was sent.
    sent: Sent

# An exact number as text: a decimal such as "0.5", or a fraction such as "10/3".
Ratio: TypeAlias = "str"


class Reached(TypedDict):
    """A step of spend for which a document is made before the period ends."""

    # What the usage of the period comes to so far.
    spend: Money
    # The highest step that was reached.
    step: Money
    # Whose spend it is; that of all the customer's subscriptions when absent.
    subscription: NotRequired[Key | None]


class Ready(TypedDict):
    """That the server can do its work."""

    # Always `ready`: what hinders is a refusal.
    status: str


class Reason(TypedDict):
    """Why nothing is taxed, as the invoice says it."""

    # A code of the VATEX list, such as `VATEX-EU-132-1I`.
    code: NotRequired[str | None]
    # The reason in words.
    text: str


class Reason2IncludedIncluded(TypedDict):
    """"""

    # What the price includes, after proration.
    included: Ratio
    # How much of it was used.
    used: Ratio


class Reason2Included(TypedDict):
    """Quantity that the price includes. Amount 0: it only says why less than the quantity was priced."""

    included: Reason2IncludedIncluded


class Reason2MaximumMaximum(TypedDict):
    """"""

    # The most that the price costs, after proration.
    maximum: Ratio


class Reason2Maximum(TypedDict):
    """What the maximum takes off; zero or below."""

    maximum: Reason2MaximumMaximum


class Reason2MinimumMinimum(TypedDict):
    """"""

    # The least that the price costs, after proration.
    minimum: Ratio


class Reason2Minimum(TypedDict):
    """What fills the price up to its minimum; zero or above."""

    minimum: Reason2MinimumMinimum


class Reason2ProratedProrated(TypedDict):
    """"""

    # The part of the cycle.
    share: Ratio


class Reason2Prorated(TypedDict):
    """A share of everything below."""

    prorated: Reason2ProratedProrated


class Reason2ConvertedConverted(TypedDict):
    """"""

    # Currency per unit.
    rate: Dec
    # The pricing unit.
    unit: Key
    # The amount in pricing units.
    units: Ratio


class Reason2Converted(TypedDict):
    """Everything below, converted from a pricing unit."""

    converted: Reason2ConvertedConverted


class Reason2FlatFlat(TypedDict):
    """"""

    # The price.
    price: Dec


class Reason2Flat(TypedDict):
    """A fixed price."""

    flat: Reason2FlatFlat


class Reason2PerUnitPerUnit(TypedDict):
    """"""

    # Price of one.
    each: Dec
    # Units.
    quantity: Ratio


class Reason2PerUnit(TypedDict):
    """Quantity times price."""

    per_unit: Reason2PerUnitPerUnit


class Reason2GraduatedGraduated(TypedDict):
    """"""

    # Units in all.
    quantity: Ratio


class Reason2Graduated(TypedDict):
    """Each unit at the price of its tier; the parts are the tiers."""

    graduated: Reason2GraduatedGraduated


class Reason2VolumeVolume(TypedDict):
    """"""

    # Units in all, priced.
    quantity: Ratio


class Reason2Volume(TypedDict):
    """All units at the price of the tier that the quantity reaches."""

    volume: Reason2VolumeVolume


class Reason2StairStepStairStep(TypedDict):
    """"""

    # The price of the step.
    price: Dec
    # Units in all.
    quantity: Ratio
    # Number of the step, from 1.
    tier: int
    # Last quantity of the step; `None` when it is open.
    up_to: NotRequired[Dec | None]


class Reason2StairStep(TypedDict):
    """The price of the step in which the quantity lies."""

    stair_step: Reason2StairStepStairStep


class Reason2TierUnitsTierUnits(TypedDict):
    """"""

    # Where the tier begins, exclusive.
    above: Dec
    # Price of one.
    each: Dec
    # Units.
    quantity: Ratio
    # Number of the tier, from 1.
    tier: int
    # Last quantity of the tier, inclusive; `None` when it is open.
    up_to: NotRequired[Dec | None]


class Reason2TierUnits(TypedDict):
    """Units in one tier."""

    tier_units: Reason2TierUnitsTierUnits


class Reason2TierPercentTierPercent(TypedDict):
    """"""

    # Where the tier begins, exclusive.
    above: Dec
    # The amount of which the percentage is taken.
    of: Ratio
    # The percentage.
    percent: Dec
    # Number of the tier, from 1.
    tier: int
    # Last amount of the tier, inclusive; `None` when it is open.
    up_to: NotRequired[Dec | None]


class Reason2TierPercent(TypedDict):
    """A percentage of the amount in one tier."""

    tier_percent: Reason2TierPercentTierPercent


class Reason2TierFlatTierFlat(TypedDict):
    """"""

    # The fee.
    flat: Dec
    # Number of the tier, from 1.
    tier: int


class Reason2TierFlat(TypedDict):
    """The fee of a tier that was reached."""

    tier_flat: Reason2TierFlatTierFlat


class Reason2TierMaximumTierMaximum(TypedDict):
    """"""

    # The most that the tier costs.
    maximum: Dec
    # Number of the tier, from 1.
    tier: int


class Reason2TierMaximum(TypedDict):
    """What the maximum of a tier takes off; zero or below."""

    tier_maximum: Reason2TierMaximumTierMaximum


class Reason2PackagePackage(TypedDict):
    """"""

    # Started packages.
    packages: Dec
    # Price of a package.
    price: Dec
    # Units.
    quantity: Ratio
    # Units in a package.
    size: Dec


class Reason2Package(TypedDict):
    """Started packages."""

    package: Reason2PackagePackage


class Reason2PercentagePercentage(TypedDict):
    """"""

    # How many transactions.
    count: int
    # Sum of the transactions.
    quantity: Ratio


class Reason2Percentage(TypedDict):
    """A percentage price; the parts are its percentage and what is charged for each transaction."""

    percentage: Reason2PercentagePercentage


class Reason2PercentOfPercentOf(TypedDict):
    """"""

    # The amount of which the percentage is taken.
    of: Ratio
    # The percentage.
    percent: Dec


class Reason2PercentOf(TypedDict):
    """A percentage of an amount."""

    percent_of: Reason2PercentOfPercentOf


class Reason2PerTransactionPerTransaction(TypedDict):
    """"""

    # How many.
    count: int
    # Price of one.
    each: Dec


class Reason2PerTransaction(TypedDict):
    """A fixed part for each transaction or event."""

    per_transaction: Reason2PerTransactionPerTransaction


class Reason2FreeTransactionsFreeTransactions(TypedDict):
    """"""

    # How many.
    count: int
    # The amount that is free, in part of charged transactions too.
    free: Dec


class Reason2FreeTransactions(TypedDict):
    """Transactions without a charge. Amount 0."""

    free_transactions: Reason2FreeTransactionsFreeTransactions


class Reason2TransactionMinimumTransactionMinimum(TypedDict):
    """"""

    # How many were lifted.
    count: int
    # The least that one costs.
    minimum: Dec


class Reason2TransactionMinimum(TypedDict):
    """What lifts small transactions to their minimum; zero or above."""

    transaction_minimum: Reason2TransactionMinimumTransactionMinimum


class Reason2TransactionMaximumTransactionMaximum(TypedDict):
    """"""

    # How many were capped.
    count: int
    # The most that one costs.
    maximum: Dec


class Reason2TransactionMaximum(TypedDict):
    """What caps large transactions at their maximum; zero or below."""

    transaction_maximum: Reason2TransactionMaximumTransactionMaximum


class Reason2MatrixMatrix(TypedDict):
    """"""

    # Price of one.
    each: Dec
    # Units.
    quantity: Ratio
    # Number of the rate in the price, from 1; `None` for the default rate.
    rate: NotRequired[int | None]


class Reason2Matrix(TypedDict):
    """Quantity times the rate of its dimensions."""

    matrix: Reason2MatrixMatrix


class Reason2DynamicDynamic(TypedDict):
    """"""

    # Sum of the carried amounts.
    carried: Dec
    # What it is multiplied with.
    multiplier: Dec


class Reason2Dynamic(TypedDict):
    """An amount that the events carry."""

    dynamic: Reason2DynamicDynamic


class Reason2CostPlusCostPlus(TypedDict):
    """"""

    # Sum of the carried costs.
    carried: Dec


class Reason2CostPlus(TypedDict):
    """A cost with a markup; the parts are cost, markup and what each event costs."""

    cost_plus: Reason2CostPlusCostPlus


class Reason2FormulaFormula(TypedDict):
    """"""

    # Events, the variable `count`.
    count: int
    # Units, the variable `quantity`.
    quantity: Ratio


class Reason2Formula(TypedDict):
    """The result of a formula."""

    formula: Reason2FormulaFormula

# What a node of an explanation is. Quantities are in the unit that the price counts, prices in the unit of
# the price.
Reason2: TypeAlias = "Literal['price'] | Reason2Included | Reason2Maximum | Reason2Minimum | Reason2Prorated | Reason2Converted | Reason2Flat | Reason2PerUnit | Reason2Graduated | Reason2Volume | Reason2StairStep | Reason2TierUnits | Reason2TierPercent | Reason2TierFlat | Reason2TierMaximum | Literal['not_below_zero'] | Reason2Package | Reason2Percentage | Reason2PercentOf | Reason2PerTransaction | Reason2FreeTransactions | Reason2TransactionMinimum | Reason2TransactionMaximum | Reason2Matrix | Reason2Dynamic | Reason2CostPlus | Literal['cost'] | Reason2Formula | Literal['increment'] | Literal['after'] | Literal['before'] | Literal['already_paid'] | Literal['kept']"


class Reasons(TypedDict):
    """What stands in quarantine."""

    # By the code of the problem.
    reasons: list[QuarantineReason]


class Receivables(TypedDict):
    """The invoices of which something is left to pay, and how late they are."""

    # What is left to pay of them, by how late it is.
    ages: Ages
    # The currency.
    currency: Currency
    # The invoices, what falls due first first.
    documents: list[Standing2]
    # The seller.
    entity: Key
    # The day on which it is looked at, where the customer is.
    on: Date


class Redemption(TypedDict):
    """A discount that a customer has. It keeps the offer as it was: an offer that changes later changes nothing here."""

    # What of it was used elsewhere, before it came here.
    before: NotRequired[Spent]
    # Who has it.
    customer: Key
    # The offer as it was redeemed.
    discount: Discount
    # From when it takes off: lines that fall due then or later.
    effective_at: Instant
    # When it was taken away.
    ended: NotRequired[Ended | None]
    # Its own key.
    key: Key
    # When it became known.
    recorded_at: Instant
    # The one subscription that it is for; all of the customer's when left out.
    subscription: NotRequired[Key | None]

# Where a redemption stands.
RedemptionStanding: TypeAlias = "Literal['open', 'ended']"


class Refund(TypedDict):
    """A part of a payment that goes back."""

    # How much.
    amount: Money
    # The payment.
    payment: Key


class Refunds(TypedDict):
    """What went back to a customer."""

    # All of it, the newest first.
    refunds: list[CustomerRefund]


class RefusedChange(TypedDict):
    """A change that cannot be made."""

    # Which one of those that were given, counted from 0.
    change: int
    # Why not.
    problem: Problem

# The register's answer.
Registered: TypeAlias = "Literal['yes', 'no']"


class Replayed(TypedDict):
    """What became of events that were tried again."""

    # How many are accepted now.
    accepted: int
    # What became of each, in the order of the quarantine.
    outcomes: list[ReplayedEvent]
    # How many are still not valid.
    quarantined: int


class Replayed2(TypedDict):
    """A delivery that is sent again."""

    # Its id.
    delivery: str


class ReplayedEvent(TypedDict):
    """What became of one event that was tried again."""

    # What became of it.
    outcome: Outcome
    # Its place in the quarantine.
    place: int

# Which kind of thing changes.
Resource: TypeAlias = "Literal['meter', 'feature', 'product', 'unit', 'plan', 'price']"


class Reversal(TypedDict):
    """Why a payment is reversed."""

    # Why.
    reason: str

# What a person or a program usually does, as a set of permissions.
Role: TypeAlias = "Literal['owner', 'product', 'finance', 'engineering', 'support', 'auditor']"


class RoleClaim(TypedDict):
    """Which roles a provider gives."""

    # The claim of the ID token, a text or a list of texts, such as `groups`.
    claim: str
    # The roles for each value of it; other values give none.
    roles: dict[str, list[Role]]


class RollForward(TypedDict):
    """How an account came from its opening to its closing balance: of the contract liability, the roll-forward of deferred revenue."""

    # The account.
    account: Account
    # One for each currency.
    rows: list[RollForwardRow]
    # What it is about.
    span: Span


class RollForwardRow(TypedDict):
    """One currency."""

    # What each kind of event added, or took where it is below 0. A kind is the last word of an event's name:
    # `issued`, `earned`.
    changes: dict[str, Money]
    # What stands on the account at the end.
    closing: Money
    # What stood on the account at the beginning.
    opening: Money


class Rotation(TypedDict):
    """"""

    # Until when the secret before is good; for a day when it is left out.
    until: NotRequired[Instant | None]

# What to do with what lies between two neighbours of the wanted scale.
Rounding: TypeAlias = "Literal['half_up', 'half_even', 'half_down', 'up', 'down', 'ceiling', 'floor']"


class Row(TypedDict):
    """A row of a statement."""

    # By how much more is owed; below zero where it is less.
    amount: Money
    # The day.
    on: Date
    # What is owed then.
    owed: Money
    # The number of the document, or the key of the payment or refund.
    reference: str
    # What happened.
    what: RowKind

# What changes what is owed.
RowKind: TypeAlias = "Literal['invoice', 'credit_note', 'payment', 'write_off', 'refund', 'reversal']"


# All taxes on one class of goods in one place.
Rule = TypedDict("Rule", {
    # On what: a class that products name, such as `standard`, `books`, `saas`.
    "class": "Key",
    # Where.
    "place": "Place",
    # The taxes, in the order in which one stands on another. A rule of a region says all of them, those of
    # the country too.
    "taxes": "NonEmpty_RuleTax",
})


class RuleTax(TypedDict):
    """One tax of a rule."""

    # The category of EN 16931.
    category: NotRequired[Category]
    # Which tax: `vat`, `gst`, `us-ca`.
    code: Key
    # What the rate is a percentage of.
    on: NotRequired[On]
    # The rates by the local date from which each holds.
    rates: Dated_Percent
    # Why nothing is taxed, where the category asks for it.
    reason: NotRequired[Reason | None]

# The taxes that a seller charges, as dated data: one rule for each place and class of goods. A place has one
# rule for each class.
Rules: TypeAlias = "list[Rule]"


class Schedule(TypedDict):
    """Work that comes again."""

    # When it was made.
    created_at: Instant
    # How often.
    every: Every3
    # Its id; `due-billing` and `upkeep` are there without being added.
    id: str
    # When it comes up next, unless it is paused.
    next_at: Instant
    # Whether it comes up.
    state: ScheduleState
    # What is done.
    work: ScheduledWork

# Whether a schedule comes up.
ScheduleState: TypeAlias = "Literal['active', 'paused']"


class ScheduledWorkExport(TypedDict):
    """Writes a file that can be downloaded."""

    export: NewExport

# What is done again and again.
ScheduledWork: TypeAlias = "Literal['billing_run'] | Literal['due_billing'] | Literal['upkeep'] | ScheduledWorkExport"


class ScopePrices(TypedDict):
    """Lines of these prices."""

    prices: NonEmpty_PriceName


class ScopeMeters(TypedDict):
    """Lines that count on these meters."""

    meters: NonEmpty_Key


class ScopePlans(TypedDict):
    """Lines of these plans."""

    plans: NonEmpty_Key

# Off what a discount takes.
Scope: TypeAlias = "ScopePrices | ScopeMeters | ScopePlans | Literal['document']"


class Seller(TypedDict):
    """What is known of the seller."""

    # How it taxes consumers of other member states.
    consumers: NotRequired[Consumers]
    # Where it is established.
    country: Country
    # What shows that a buyer is a business.
    evidence: NotRequired[Evidence]
    # Other countries in which it is registered and charges the tax of that country.
    registered: NotRequired[list[Country]]


class SentEvent(TypedDict):
    """An event that is not valid."""

    event: Event


class SentText(TypedDict):
    """A text that is not an event."""

    text: str

# What was sent and is not measured.
Sent: TypeAlias = "SentEvent | SentText"

# Position of an accepted event or a correction in the order in which they became known for a tenant: 1, 2, 3,
# … without a gap.
#
# `as_of` of a query is such a position: the same query with the same position has the same answer for ever.
Seq: TypeAlias = "int"


class Series(TypedDict):
    """What the numbers of an entity's documents begin with. No two series of a tenant begin alike."""

    # Of credit notes.
    credit_notes: Key
    # Of debit notes; `DN` beside `INV`, and the series of invoices with `-DN` beside another.
    debit_notes: NotRequired[Key | None]
    # Of invoices: `INV` gives `INV-000001`.
    invoices: Key


class Settings(TypedDict):
    """How a tenant bills. What is left out is as in [`Settings::default`]; a customer may have it otherwise ([`contracts::BillingPolicy`])."""

    # Differences on billed cycles that are smaller than this, up or down, are written off: an amount in the
    # currency of the difference. None when left
    # out.
    absorb_below: NotRequired[NonNegative | None]
    # When a customer's balance pays new invoices; `automatic` when left out.
    balances: NotRequired[BalanceUse]
    # What becomes of differences on billed cycles; `next_invoice` when left out.
    corrections: NotRequired[Corrections]
    # For so many days after something falls due it stands on a draft, into which late usage flows; 0 when
    # left out.
    grace_days: NotRequired[int]
    # Who makes a claim of a draft; `automatic` when left out.
    issuing: NotRequired[Issuing]
    # How many days customers have to pay an invoice, where neither they nor their seller have terms of their
    # own; 30 when left out.
    payment_days: NotRequired[PaymentDays]


class SettingsVersion(TypedDict):
    """Settings as they were recorded once."""

    # From when it is in force: what falls due before is billed by an earlier one.
    effective_at: Instant
    # When it was recorded.
    recorded_at: Instant
    # What it says, all of it.
    settings: Settings
    # 1, 2, 3, …; 0 is what holds for a tenant that has said nothing.
    version: int


class Settlement(TypedDict):
    """Where the money of a credit goes: the parts sum to the credit."""

    # By other means.
    elsewhere: Money
    # Off what was still to be paid.
    reduces_open: Money
    # Back to payments; none is zero.
    refunds: list[Refund]
    # To the customer's balance.
    to_balance: Money


class Share(TypedDict):
    """A document that is to be paid."""

    # How much of it; as much as is left to pay and as there is when it is left out.
    amount: NotRequired[Money | None]
    # The document: its id or its number.
    document: Key

# A leg's side of an entry.
Side: TypeAlias = "Literal['debit', 'credit']"


class SignIn(TypedDict):
    """Who signs in."""

    # The user's e-mail address.
    email: str
    # The user's password.
    password: str
    # Where; `default` when it is left out.
    tenant: NotRequired[Key | None]


class SignInBegun(TypedDict):
    """What a person is sent away with."""

    # The other half: it stays on the page that began, and is sent with the code.
    binding: str
    # Until when it is good.
    expires_at: Instant
    # What comes back as `state` with the code.
    state: str
    # Where the person goes.
    url: str

# Whether somebody can sign in by it.
SignInStanding: TypeAlias = "Literal['open', 'disabled']"


class SourceQuantityQuantity(TypedDict):
    """"""

    # Its name.
    name: Key


class SourceQuantity(TypedDict):
    """A number that the subscription states."""

    quantity: SourceQuantityQuantity


class SourceMeterMeter(TypedDict):
    """"""

    # The meter.
    meter: Key


class SourceMeter(TypedDict):
    """Counted from events: each part says how."""

    meter: SourceMeterMeter

# Where a quantity comes from.
Source: TypeAlias = "Literal['constant'] | SourceQuantity | SourceMeter"


# What a report is about, in both times.
Span = TypedDict("Span", {
    # What is true before it counts.
    "before": "Instant",
    # What is true before it is carried forward; none: from the beginning.
    "from": "NotRequired[Instant | None]",
    # What was written by then counts; none: everything that is known.
    "known_at": "NotRequired[Instant | None]",
})


class SpendOn(TypedDict):
    """A part of an invoice: the lines of a plan, or of one of its prices."""

    # The plan.
    plan: Key
    # The price; all of the plan when absent.
    price: NotRequired[Key | None]


class SpendSteps(TypedDict):
    """Amounts of spend, in the currency, at which an invoice is made in the middle of a period. Spend is what the metered prices come to
since the period began. No amount at all: an invoice at the end of the period only."""

    # Amounts of spend, rising: an invoice at each of them, once.
    spend: NotRequired[list[Positive]]
    # Another invoice each time so much more is spent, above the last of `spend`.
    then_each: NotRequired[Positive | None]


class Spent(TypedDict):
    """What was used of a redemption."""

    # Of an amount that is redeemed once.
    amount: NotRequired[Money | None]
    # How many periods of each subscription.
    periods: NotRequired[int]

# Where an invoice stands.
Standing: TypeAlias = "Literal['draft', 'issued', 'void']"


class Standing2(TypedDict):
    """A claim and what became of it, as of a day."""

    # For how many days it is late; none where it is not.
    days_overdue: NotRequired[int | None]
    # The id of the document.
    document: Key
    # What is left to pay: `total` less `paid` less `written_off`; never below zero.
    due: Money
    # The last day on which it can be paid without being late.
    due_on: Date
    # Its number.
    number: str
    # Its day.
    on: Date
    # How much of that is paid, by payments and credit notes.
    paid: Money
    # What was paid by which payment, the oldest first.
    payments: list[PaidPart]
    # The same in a word.
    state: State2
    # How much it claims.
    total: Money
    # How much of it was given up.
    written_off: Money

State: TypeAlias = "Literal['open', 'sealed', 'applied', 'reverted']"

# How far a claim is paid. It cannot be paid too far: what is too much goes to the balance.
State2: TypeAlias = "Literal['open', 'partly_paid', 'paid', 'written_off']"

# How far an approval is.
State3: TypeAlias = "Literal['waiting', 'running', 'done', 'failed', 'rejected', 'withdrawn', 'expired']"

# Where taxes can be stated, from the narrowest to the widest. The first that states any says all.
StatedAt: TypeAlias = "Literal['line', 'add_on', 'price', 'fixed_price', 'commitment', 'product', 'plan', 'customer', 'entity']"


class Statement(TypedDict):
    """What happened between two days. `opening` and `more` less `less` is `closing`."""

    # What is owed after the last day: what is left to pay less the balance.
    closing: Money
    # The currency.
    currency: Currency
    # Whose.
    customer: Key
    # The days.
    days: DateRange
    # The legal entity that sells.
    entity: Key
    # The sum of the rows by which less is owed; not below zero.
    less: Money
    # The sum of the rows by which more is owed.
    more: Money
    # What was owed before the first day; below zero where the customer had something to their credit.
    opening: Money
    # What happened, in order.
    rows: list[Row]


class Step(TypedDict):
    """A step: one price for every quantity in it."""

    # Price of the step, whatever the quantity in it.
    price: NonNegative
    # Last quantity of the step, inclusive. Left out for the last step, which is open.
    up_to: NotRequired[NonNegative | None]


class Step2StartStart(TypedDict):
    """"""

    # From when the plan's phases count; from the start when absent. Who comes from elsewhere may have had the
    # trial there.
    phases_from: NotRequired[Instant | None]
    # The plan.
    plan: PlanRef
    # Prices that were agreed instead of the plan's.
    prices: NotRequired[dict[str, Price]]
    # How many of what.
    quantities: NotRequired[dict[str, Dec]]
    # How long it is agreed for; until it is ended when absent.
    term: NotRequired[Term | None]


class Step2Start(TypedDict):
    """The subscription begins. First in the chain, and nowhere else."""

    start: Step2StartStart


class Step2SwitchSwitch(TypedDict):
    """"""

    # What becomes of what was charged ahead for the old plan.
    credit: NotRequired[Credit]
    # From when its phases count.
    phases: NotRequired[Phases]
    # The new plan.
    plan: PlanRef
    # Prices that were agreed instead of the new plan's.
    prices: NotRequired[dict[str, Price]]
    # Quantities that change with it.
    quantities: NotRequired[dict[str, Dec]]


class Step2Switch(TypedDict):
    """Another plan from here on. Quantities that are not named stay; agreed prices are those named here."""

    switch: Step2SwitchSwitch


class Step2SetSet(TypedDict):
    """"""

    # Prices that were agreed; `null` takes the plan's own again.
    prices: NotRequired[dict[str, Price | None]]
    # The new numbers.
    quantities: NotRequired[dict[str, Dec]]


class Step2Set(TypedDict):
    """Other quantities or prices from here on; those not named stay."""

    set: Step2SetSet


Step2CountCount = TypedDict("Step2CountCount", {
    # Where they begin from now on.
    "from": "Anchor",
})


class Step2Count(TypedDict):
    """Cycles are counted anew from here on; the one that is under way ends here."""

    count: Step2CountCount


class Step2PausePause(TypedDict):
    """"""

    # What becomes of what was charged ahead.
    credit: NotRequired[Credit]


class Step2Pause(TypedDict):
    """Nothing is served until it is resumed. Changes meanwhile count from then on."""

    pause: Step2PausePause


class Step2Resume(TypedDict):
    """It is served again after a pause, in the cycles it had."""

    resume: dict[str, Any]


class Step2EndEnd(TypedDict):
    """"""

    # What becomes of what was charged ahead.
    credit: NotRequired[Credit]


class Step2End(TypedDict):
    """Nothing is served from here on."""

    end: Step2EndEnd


class Step2Reactivate(TypedDict):
    """It is served again after its end, on the terms it had, in cycles counted from here."""

    reactivate: dict[str, Any]


class Step2RenewRenew(TypedDict):
    """"""

    # How long.
    term: Term


class Step2Renew(TypedDict):
    """Another term follows the one that is under way."""

    renew: Step2RenewRenew


class Step2WithdrawWithdraw(TypedDict):
    """"""

    # Its place in the chain; the start is 0.
    change: int


class Step2Withdraw(TypedDict):
    """An earlier change is taken back, as if it had not been made. When it takes effect does not matter."""

    withdraw: Step2WithdrawWithdraw

# What a change does to the terms from its effective instant on.
Step2: TypeAlias = "Step2Start | Step2Switch | Step2Set | Step2Count | Step2Pause | Step2Resume | Step2End | Step2Reactivate | Step2Renew | Step2Withdraw"


class Step3(TypedDict):
    """Something that was done with a payment."""

    # From when it is true in the books.
    at: Instant
    # What.
    did: Did
    # When it was recorded.
    recorded_at: Instant

# Bands in order: ascending, without a gap, the last one open. In files and in the API a list.
Steps: TypeAlias = "list[Step]"


class StoredEvent(TypedDict):
    """An accepted event."""

    # The event as it was sent or last amended.
    event: Event
    # When it was received; of an amended event, when the amendment was.
    received_at: Instant
    # Its position.
    seq: Seq


class Subscription(TypedDict):
    """The recurring part of a contract: one plan at a time in one currency, from its start until it ends."""

    # Where its cycles begin; on the first day with prices, or on the calendar where the plan says so, when
    # absent.
    anchor: NotRequired[Anchor | None]
    # What happened to it, in the order in which it was recorded. The first one starts it.
    changes: NonEmpty_Change
    # Who owns it.
    customer: Key
    # The subscription that it goes with: it ends no later than that one. An add-on.
    goes_with: NotRequired[Key | None]
    # Its name, unique among the tenant's subscriptions.
    key: Key
    # Which usage of the customer it bills.
    usage: NotRequired[UsageScope]
    # The zone whose days begin and end its periods.
    zone: Zone

# Where a subscription stands.
SubscriptionStanding: TypeAlias = "Literal['open', 'ending']"


class Subtotal(TypedDict):
    """What a document owes of one tax."""

    # The tax.
    amount: Money
    # What it is on: the net amounts of its lines, with the taxes below it where it stands on them.
    base: Money
    # The exact tax in major units, before it was rounded.
    exact: Ratio
    # The tax.
    tax: Tax


class TakenOff(TypedDict):
    """What one discount takes off a line."""

    # The amount that is taken off, above zero.
    amount: Money
    # How it follows.
    how: How
    # What the discount is called.
    name: str
    # What was left of the line before.
    of: Money
    # The redemption.
    redemption: Key


class Tax(TypedDict):
    """A tax on a line. Lines with equal taxes form one group: it is rounded as one, and electronic invoices show it as one."""

    # The category of EN 16931.
    category: NotRequired[Category]
    # Which tax: `vat`, `gst`, `us-ca`. All rates of one tax have one code.
    code: Key
    # What it is a percentage of.
    on: NotRequired[On]
    # The rate in per cent.
    percent: Percent
    # Why nothing is taxed, where the category asks for it.
    reason: NotRequired[Reason | None]

# Which day decides on the rate of a service that lasts. Countries differ.
TaxPoint: TypeAlias = "Literal['invoice', 'service_start', 'service_end', 'each_day']"


class TaxPolicy(TypedDict):
    """How the tax of a document is rounded. The default is EN 16931's: each category and rate once, and the total is their sum."""

    # Which of the two parts of a price that contains its tax is rounded; the other is what is left of the
    # price.
    inclusive: NotRequired[Extraction]
    # Of what the exact tax is rounded.
    level: NotRequired[Level2]
    # How it is rounded.
    rounding: NotRequired[Rounding]


class TaxTotal(TypedDict):
    """What a note gives back or charges of one tax."""

    # The tax on them.
    amount: Money
    # The net amounts that it is on.
    base: Money
    # The tax, as it was on the document.
    tax: Tax


class TaxedLine(TypedDict):
    """How a line is taxed. It is kept with the line: what is given back later has the taxes of what was charged."""

    # Which taxes, and why; those of its first days, where its days are taxed in different ways.
    decision: Decision
    # With tax.
    gross: Money
    # Without tax.
    net: Money
    # Its parts, where its days are taxed in different ways; they sum to it.
    parts: NotRequired[list[TaxedPart]]
    # Whether the line's amount contains its taxes.
    prices: Prices
    # The sum of them.
    tax: Money
    # Each tax with its part of the line.
    taxes: list[LineTax]


class TaxedPart(TypedDict):
    """The part of a line that is taxed in one way."""

    # The days of the service.
    days: DateRange
    # Which taxes, and why.
    decision: Decision
    # With tax.
    gross: Money
    # Without tax.
    net: Money
    # The sum of them.
    tax: Money
    # Each tax with its share of the part.
    taxes: list[LineTax]


class Tenant(TypedDict):
    """A company that bills, or a copy of one to try things in. Tenants cannot see each other."""

    # When it was made.
    created_at: Instant
    # Whether money is real there.
    environment: Environment
    # Its key.
    key: Key
    # Its name, for people.
    name: str


class Term(TypedDict):
    """How long a subscription is agreed for."""

    # How long it is.
    lasts: Cadence
    # What follows it.
    then: NotRequired[Then]

# What follows a term.
Then: TypeAlias = "Literal['renews', 'ends']"


class Tier(TypedDict):
    """A band with a price per unit, a flat fee, or both."""

    # Price of each unit in the tier.
    each: NotRequired[NonNegative | None]
    # Fee that is due once when the tier is reached.
    flat: NotRequired[NonNegative | None]
    # The most that the tier costs, flat fee included.
    maximum: NotRequired[NonNegative | None]
    # Last quantity of the tier, inclusive. Left out for the last tier, which is open.
    up_to: NotRequired[NonNegative | None]

# Bands in order: ascending, without a gap, the last one open. In files and in the API a list.
Tiers: TypeAlias = "list[Tier]"

# Whose time a tenant bills by.
Time: TypeAlias = "Literal['world', 'set']"

# An hour and a minute on a clock.
TimeOfDay: TypeAlias = "str"

# When a cycle is due.
Timing: TypeAlias = "Literal['advance', 'arrears']"


class ToDate(TypedDict):
    """Usage in the open billing periods."""

    # One for each price that counts usage.
    usage: list[UsageToDate]


class Token(TypedDict):
    """A token, without its secret."""

    # When it was made.
    created_at: Instant
    # The only customer whose things are seen.
    customer: NotRequired[Key | None]
    # From when on it is no longer good.
    expires_at: NotRequired[Instant | None]
    # Its id: a part of the token itself, which may be shown.
    id: str
    # What it is for.
    kind: TokenKind
    # What people call it; of a session, the user's e-mail address.
    name: str
    # Who knows its secret, of an API key: the people behind whoever made it or gave it another secret. A key
    # that was made on the
    # server's machine stands for a person by itself.
    people: NotRequired[list[str]]
    # Single permissions.
    permissions: NotRequired[list[Permission]]
    # Since when it is no longer good, because somebody said so.
    revoked_at: NotRequired[Instant | None]
    # Sets of permissions.
    roles: NotRequired[list[Role]]
    # When it was used last, to about a minute.
    used_at: NotRequired[Instant | None]

# What a token is for.
TokenKind: TypeAlias = "Literal['key', 'session', 'portal']"

# Whether a token was taken back.
TokenStanding: TypeAlias = "Literal['open', 'revoked']"

# What happened, as messages name it.
Topic: TypeAlias = "Literal['customer.added', 'subscription.started', 'subscription.changed', 'subscription.ended', 'pricing.applied', 'invoice.issued', 'invoice.voided', 'invoice.paid', 'invoice.written_off', 'invoice.open_again', 'payment.recorded', 'payment.reversed', 'refund.made', 'changeset.applied', 'changeset.reverted', 'alert.crossed', 'approval.requested', 'approval.done', 'approval.failed', 'approval.rejected', 'approval.withdrawn', 'approval.expired']"

# Whether a write changes what customers are billed.
Touch: TypeAlias = "Literal['unchanged', 'changed']"


class TreatmentDomestic(TypedDict):
    """Seller and buyer are in one country: its tax."""

    # The country.
    country: Country
    treatment: Literal['domestic']


class TreatmentDestination(TypedDict):
    """The tax of the buyer's country, charged by the seller."""

    # The buyer's country.
    country: Country
    treatment: Literal['destination']


class TreatmentOrigin(TypedDict):
    """The tax of the seller's country, though the buyer is elsewhere."""

    # The seller's country.
    country: Country
    treatment: Literal['origin']


class TreatmentReverseCharge(TypedDict):
    """The buyer owes the tax."""

    treatment: Literal['reverse_charge']


class TreatmentOutsideScope(TypedDict):
    """Another country's tax, which the seller does not charge."""

    treatment: Literal['outside_scope']


class TreatmentUndecided(TypedDict):
    """One of the countries is not known: nothing can be decided, and nothing should be issued."""

    treatment: Literal['undecided']

# Whose tax it is.
Treatment: TypeAlias = "TreatmentDomestic | TreatmentDestination | TreatmentOrigin | TreatmentReverseCharge | TreatmentOutsideScope | TreatmentUndecided"


class TrialBalance(TypedDict):
    """What stood on each account at the beginning of a span, what was posted, and what stands there at its end."""

    # One for each account, currency and value of the dimensions, in the order of a balance sheet followed by
    # income.
    rows: list[TrialBalanceRow]
    # What it is about.
    span: Span
    # One for each currency.
    totals: list[TrialBalanceTotal]


class TrialBalanceRow(TypedDict):
    """One account in one currency."""

    # The account.
    account: Account
    # What it ends with, on its normal side.
    closing: Money
    # The sum of its credits.
    credits: Money
    # The sum of its debits.
    debits: Money
    # What it was asked by.
    dimensions: dict[str, str]
    # What it began with, on its normal side.
    opening: Money


class TrialBalanceTotal(TypedDict):
    """All accounts in one currency."""

    # The sum of all credits; the same.
    credits: Money
    # The sum of all debits.
    debits: Money


class Unallocation(TypedDict):
    """What a payment is taken off."""

    # An invoice, by id or number; all that it pays when it is left out.
    document: NotRequired[Key | None]


class Unit(TypedDict):
    """A unit in which prices are written instead of money: credits, tokens."""

    # The currency: a code of ISO 4217.
    currency: Currency
    # What a person calls it. Left out, its key.
    name: NotRequired[str | None]
    # What one unit is worth in the currency.
    rate: Positive
    # Digits after the point when an amount of units is shown.
    scale: NotRequired[int]


class Unmatched(TypedDict):
    """Usage that nobody pays for."""

    # By subject, then by name of the events.
    activity: list[Activity]


class Unmeasured(TypedDict):
    """Events that a meter could not measure."""

    # How many.
    count: int
    # What is wrong with the first of them.
    problem: Problem


class Unmeasured2(TypedDict):
    """Events that a meter looked at and could not measure."""

    # How many.
    count: int
    # The first of them.
    first: Cursor
    # What is wrong with it.
    problem: Problem


class Unpaid(TypedDict):
    """Usage that nobody pays for, with what it would cost."""

    # By subject, then by name of the events.
    usage: list[UnpaidUsage]


class UnpaidQuantity(TypedDict):
    """What a meter says of unpaid events."""

    # How much. A level counts from the first of the events to now.
    measured: Measured
    # The meter.
    meter: Key


class UnpaidUsage(TypedDict):
    """Events of one subject and name that nobody pays for."""

    # How many events.
    events: int
    # When the first of them happened.
    first_at: Instant
    # When the last of them happened.
    last_at: Instant
    # The name of the events.
    name: str
    # Why it cannot be said what they would cost, where a price is known.
    problems: NotRequired[list[Problem]]
    # What the meters of the newest catalog say of these events.
    quantities: list[UnpaidQuantity]
    # Who used.
    subject: str
    # Why nobody pays.
    why: WhyUnpaid
    # What they would cost, where a price is known.
    worth: NotRequired[UnpaidWorth | None]


class UnpaidWorth(TypedDict):
    """What unpaid events would cost."""

    # How much: what the plan bills with these events less what it bills without them. Nothing when they are
    # free.
    amounts: list[Money]
    # On which plan.
    plan: PlanRef


class UsageScopeOnly(TypedDict):
    """Only events with these values of the meters' dimensions."""

    only: dict[str, str]

# Which usage of its customer a subscription bills. JSON form: `"all"`, `{ "only": { "project": "atlas" } }`
# or `"shared"`.
UsageScope: TypeAlias = "Literal['all'] | UsageScopeOnly | Literal['shared']"


class UsageToDate(TypedDict):
    """How much was used so far in an open billing period."""

    # The dimensions by which the price splits its lines, with their values.
    dimensions: NotRequired[dict[str, str]]
    # When it will be billed.
    due_at: Instant
    # How much, and from how many events.
    measured: Measured
    # The meter.
    meter: Key
    # The period: the cycle, as far as the subscription covers it.
    period: Period
    # The price that counts it: `plan.price`.
    price: str
    # The subscription.
    subscription: Key
    # Position up to which events were seen.
    watermark: int


class User(TypedDict):
    """A person who signs in."""

    # When the user was added.
    created_at: Instant
    # Since when the person may no longer sign in.
    disabled_at: NotRequired[Instant | None]
    # The e-mail address, in small letters: the name to sign in with.
    email: str
    # The person as an identity provider knows them, since they signed in by it. Nobody else comes in under
    # this address then.
    identity: NotRequired[Identity | None]
    # The person's name.
    name: str
    # What the person may do.
    roles: list[Role]


class UserChange(TypedDict):
    """What is changed of a user."""

    # Whether the person may no longer sign in. All sessions of the person end with it.
    disabled: NotRequired[bool | None]
    # Whether the person may be another one for an identity provider than before: whoever signs in by it next
    # under this address.
    forget_identity: NotRequired[bool | None]
    # Another name.
    name: NotRequired[str | None]
    # Another password.
    password: NotRequired[str | None]
    # Other roles.
    roles: NotRequired[list[Role] | None]

# The value of a property of an event. Numbers are exact decimals.
Value: TypeAlias = "str | int | bool | None"


class VerdictCounted(TypedDict):
    """At least one price counts it: see there."""

    verdict: Literal['counted']


class VerdictInQuarantine(TypedDict):
    """It is not valid, and was not accepted."""

    # Why.
    problem: Problem
    verdict: Literal['in_quarantine']


class VerdictRetracted(TypedDict):
    """It was taken back."""

    # At which position.
    seq: Seq
    verdict: Literal['retracted']


class VerdictNoCustomer(TypedDict):
    """No customer has the key that it names as its subject."""

    # The subject.
    subject: str
    verdict: Literal['no_customer']


class VerdictNoSubscription(TypedDict):
    """The customer has no subscription when it happened."""

    # The customer.
    customer: Key
    verdict: Literal['no_subscription']


class VerdictNoPrice(TypedDict):
    """No price of the customer's subscriptions uses a meter that looks at it."""

    # The customer.
    customer: Key
    # Meters of the newest catalog that look at it all the same.
    meters: list[Key]
    verdict: Literal['no_price']


class VerdictNotMeasurable(TypedDict):
    """The meters that look at it cannot measure it."""

    # Why.
    problem: Problem
    verdict: Literal['not_measurable']

# In short what became of an event.
Verdict: TypeAlias = "VerdictCounted | VerdictInQuarantine | VerdictRetracted | VerdictNoCustomer | VerdictNoSubscription | VerdictNoPrice | VerdictNotMeasurable"


class Version(TypedDict):
    """One thing that happened to an event. It says what is true of the event from its position on, up to the next version's."""

    # The event from now on; none when it was retracted.
    event: NotRequired[Event | None]
    # Id of the event.
    id: str
    # When it became known.
    recorded_at: Instant
    # Its position.
    seq: Seq
    # Source of the event.
    source: str
    # What happened.
    what: What2


class Voided(TypedDict):
    """Why a document was voided, and when."""

    # When.
    at: Instant
    # What became of its lines; none for a note by hand, whose lines are worth again what they were worth
    # before it.
    lines: NotRequired[VoidedLines | None]
    # Why.
    reason: str

# What becomes of the lines of a document that is voided.
VoidedLines: TypeAlias = "Literal['billed_again', 'given_up']"


class WatchedUsageUsage(TypedDict):
    """"""

    # The meter.
    meter: Key


class WatchedUsage(TypedDict):
    """How much was used on a meter in an open billing period of a price that counts it."""

    usage: WatchedUsageUsage


class WatchedSpendSpend(TypedDict):
    """"""

    # In which currency.
    currency: Currency
    # What of a part of it alone.
    of: NotRequired[SpendOn | None]


class WatchedSpend(TypedDict):
    """What the upcoming invoice comes to so far."""

    spend: WatchedSpendSpend

# What is watched.
Watched: TypeAlias = "WatchedUsage | WatchedSpend"


class WebhookDelivery(TypedDict):
    """A delivery, as its log shows it."""

    # What came of the last attempt.
    answer: Any
    # How often it was tried.
    attempts: int
    # What is sent.
    body: Any
    # When it was made.
    created_at: Instant
    # Its id.
    id: str
    # The message's id: the same however often it is sent.
    message: str
    # When it is tried next, while it waits.
    next_at: NotRequired[Instant | None]
    # What it is about.
    object: str
    # Where it stands.
    state: DeliveryState

# A day of the week.
Weekday: TypeAlias = "Literal['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']"


class WhatChanged(TypedDict):
    """It stays, with other terms."""

    changed: list[FieldChange]

# What happens to it.
What: TypeAlias = "Literal['added'] | Literal['retired'] | WhatChanged"

# What happened to an event.
What2: TypeAlias = "Literal['accepted', 'amended', 'retracted']"

# A day such as 2026-04-16 (its first instant where the customer is), or an instant such as
# 2026-04-16T10:00:00Z.
When: TypeAlias = "str"


class Who(TypedDict):
    """Who asks."""

    # The only customer whose things they see.
    customer: NotRequired[Key | None]
    # Their id, as the audit log names them.
    id: str
    # Everything that is permitted.
    permissions: list[Permission]
    # Sets of permissions.
    roles: list[Role]
    # Where they belong.
    tenant: Key


class WhyExempt(TypedDict):
    """The buyer is exempt."""

    # The certificate, where there is one.
    certificate: NotRequired[str | None]
    why: Literal['exempt']


class WhyStated(TypedDict):
    """The taxes were stated."""

    # Where.
    at: StatedAt
    why: Literal['stated']


class WhyRule(TypedDict):
    """The rules of a place."""

    # The place.
    place: Place
    # Why that place.
    treatment: Treatment
    why: Literal['rule']


class WhyNotCharged(TypedDict):
    """No tax of the seller's, by the treatment."""

    # The treatment.
    treatment: Treatment
    why: Literal['not_charged']

# Why a line has these taxes.
Why: TypeAlias = "WhyExempt | WhyStated | WhyRule | WhyNotCharged"

# Why nobody pays for an event; the first that holds.
WhyUnpaid: TypeAlias = "Literal['no_customer', 'no_meter', 'no_price']"


class Withdrawal(TypedDict):
    """Which change is taken back."""

    # Its place in `changes`; the start is 0 and stays.
    change: int


class Worth(TypedDict):
    """What a line key is worth, with everything that follows from. The amounts of the parts sum to `exact`, which was rounded once."""

    # What persons took off after that, or put on, in the order in which it became known.
    adjusted: NotRequired[list[Adjusted]]
    # The exact amount rounded half away from zero to the currency's minor unit, the one rounding, less the
    # discounts and what is adjusted.
    amount: Money
    # What is taken off, in the order in which it is.
    discounts: NotRequired[list[TakenOff]]
    # The exact amount in the currency.
    exact: Ratio
    # The name of the price, as the customer reads it.
    name: str
    # The stretches of the cycle with what each is worth.
    parts: list[PartWorth]
    # How a part of the cycle is charged.
    prorate: Proration
    # Where the quantity comes from.
    source: Source
    # The class that the tax rules look at; the seller's usual one when absent.
    tax_category: NotRequired[Key | None]
    # Whether the amount contains its taxes.
    tax_in_price: NotRequired[Prices]
    # Whether it is billed before or after it is served.
    timing: Timing
    # Up to when usage counts, where it is billed before its cycle is over.
    to_date: NotRequired[Instant | None]


class WritingOff(TypedDict):
    """A claim that is to be given up."""

    # How much; all that is left to pay when absent.
    amount: NotRequired[Money | None]
    # Why.
    reason: str


class WrittenExport(TypedDict):
    """A file that was written."""

    # How large it is.
    bytes: int
    # Until when it can be downloaded.
    expires_at: Instant
    # How many rows it has, without a head.
    rows: int
    # SHA-256 of it, in hexadecimal.
    sha256: str


class WrittenOff(TypedDict):
    """Differences that were written off."""

    # What keeps each from coming again.
    adjustments: list[Adjustment]

# A time zone of the IANA database
Zone: TypeAlias = "str"
