// Written from clients/openapi.json by `cargo run -p xtask -- codegen`. Do not edit.

/** The role of an account in the books; a tenant maps roles to the codes of its own chart of accounts ([`crate::Chart`]). */
export type Account = "cash" | "clearing" | "receivable" | "receivable_allowance" | "unbilled" | "contract_asset" | "return_asset" | "cost_asset" | "dispute_receivable" | "withholding_receivable" | "due_from_entity" | "contract_liability" | "refund_liability" | "deposit" | "unapplied" | "wallet" | "tax_payable" | "commission_payable" | "due_to_entity" | "exchange" | "revenue" | "breakage" | "refunds" | "disputes" | "voids" | "credit_notes" | "recoveries" | "credit_loss" | "cost_of_sales" | "commission_expense" | "fees" | "interest" | "fx_realised" | "fx_unrealised" | "rounding" | "loss" | "absorbed";

/** One subject's events of one name. */
export interface Activity {
  /** How many events. */
  count: number;
  /** When the first of them happened. */
  first_at: Instant;
  /** When the last of them happened. */
  last_at: Instant;
  /** Name of the events. */
  name: string;
  /** Who or what used. */
  subject: string;
}

/** Who does something, as the audit log names them. */
export interface Actor {
  /** The second person who let it happen, where one was needed. */
  approved?: Approver | null;
  /** Their id: of a key, a user, a customer. */
  id: string;
  /** What kind of actor it is. */
  kind: ActorKind;
  /** Why, where they say it. */
  reason?: string | null;
  /** The request by which they do it, where it is one. */
  request?: string | null;
}

/** The kinds of actors. */
export type ActorKind = "program" | "user" | "key" | "customer";

/** A tenant and the key with which to begin. */
export interface Added {
  /** An owner's key of it. */
  key: IssuedToken;
  /** The tenant. */
  tenant: Tenant;
}

/** What became of changes that were added to a changeset. */
export interface AddedChanges {
  /** How many were taken. */
  added: number;
  /** The changeset with them. */
  changeset: Changeset;
  /** Those that were not, and why. */
  refused: Array<RefusedChange>;
}

/** What an adjustment did to a line. */
export interface Adjusted {
  /** The adjustment. */
  adjustment: Key;
  /** What it took off: its amount, or what was left of the line. */
  amount: Money;
  /** Why. */
  reason: string;
}

/** A change that a person makes to what a line is worth or says. Amounts are in the unit of the line's own amount (after discounts, with or without
 * tax as the line is written). */
export interface Adjustment {
  /** What left it behind. */
  by: By2;
  /** What is changed. */
  effect: Effect;
  /** From when it is true. */
  effective_at: Instant;
  /** Its own key. */
  key: Key;
  /** The line that it changes. */
  line: LineKey;
  /** Why, as the customer reads it. */
  reason: string;
  /** When it became known. */
  recorded_at: Instant;
  /** When it was taken back: it then counts for nothing. */
  voided_at?: Instant | null;
}

/** What persons changed on the lines of a customer. */
export interface Adjustments {
  /** All of it, what was taken back too, the newest first. */
  adjustments: Array<Adjustment>;
}

/** Who may come in by a provider. */
export type Admits = "invited" | {
  domains: Array<string>;
};

/** What of the quarantine is tried again: everything that waits, unless a code or places are named. */
export interface Again {
  /** Only what waits with a problem of this code. */
  code?: string | null;
  /** Only what stands at these places of the quarantine. */
  places?: Array<number> | null;
}

/** Receivables by how late they are. The parts sum to `total`. */
export interface Ages {
  /** Late by 1 to 30 days. */
  days_1_to_30: Money;
  /** Late by 31 to 60 days. */
  days_31_to_60: Money;
  /** Late by 61 to 90 days. */
  days_61_to_90: Money;
  /** Not late. */
  not_due: Money;
  /** Late by more than 90 days. */
  over_90_days: Money;
  /** All of it. */
  total: Money;
}

/** How the values of many events become one: `count`, or one of the others with a property or formula. */
export type Aggregation = "count" | {
  average?: Formula | null;
  /** Only with `percentile`. */
  interpolation?: Interpolation | null;
  latest?: Formula | null;
  /** Only with `time_weighted`. */
  levels?: Levels | null;
  max?: Formula | null;
  min?: Formula | null;
  /** Only with `percentile`. */
  p?: Dec | null;
  /** Only with `time_weighted`. */
  per?: Per | null;
  percentile?: Formula | null;
  /** Only with `unique`: an event for which this is true takes the value away again. */
  removed_when?: Formula | null;
  sum?: Formula | null;
  time_weighted?: Formula | null;
  unique?: Formula | null;
};

/** Tells when usage or spend to date of an open billing period reaches limits. */
export interface Alert {
  /** When it was added. */
  created_at: Instant;
  /** Whose usage or spend is watched; each customer's, one by one, when absent. */
  customer?: Key | null;
  /** Its id. */
  id: AlertId;
  /** From where on it is told. */
  limit: Limit;
  /** Its name, for people. */
  name: string;
  /** What is watched. */
  on: Watched;
  /** Who gets an e-mail, besides the webhooks. */
  recipients?: Array<string>;
}

export type AlertId = string;

/** Where cycles begin. */
export type Alignment = "anniversary" | "calendar";

/** What is left to pay of a customer's invoices. */
export interface AllReceivables {
  /** One for each seller and currency with documents or payments. */
  receivables: Array<Receivables>;
}

/** Invoices that a payment is to pay. */
export interface Allocation {
  /** Which, in this order; what falls due first when it is left out. */
  pays?: Array<Share> | null;
}

/** What an event should have said, and why. */
export interface Amendment {
  /** The event as it should have been; its source and id are those of the address. */
  event: Event;
  /** What was wrong: it stands in the history of the event. */
  reason: string;
}

/** An amount with and without a write. */
export interface Amounts {
  /** With it. */
  after: Money;
  /** Without it. */
  before: Money;
  /** `after − before`. */
  difference: Money;
  /** Each line that differs. */
  lines: Array<LineDifference>;
}

/** Where cycles begin. JSON form: a day of the month such as `15`, or a day such as `"2026-04-15"`. */
export type Anchor = DayOfMonth | Date;

/** What a meter says. */
export interface Answer {
  /** One for each customer, combination of dimensions and part of a series; none where nothing was used. */
  usage: Array<MeteredUsage>;
}

/** What applying a pricing file did. */
export interface Applied {
  /** What differs from the version before; empty when the file said what was in force already, and no version was made. */
  changes: Array<Change>;
  /** The version in force now. */
  version: number;
}

/** Where changes stand that were made: each has a position of its own, in the order in which they were given. */
export interface Applied2 {
  /** Position of the first. */
  first: Seq;
  /** Position of the last. */
  last: Seq;
}

/** How much of the balance pays. */
export interface Applying {
  /** How much; as far as both go when it is left out. */
  amount?: Money | null;
}

/** A request that needs a second person. */
export interface Approval {
  /** From when on it can no longer be approved. */
  expires_at: Instant;
  /** Its id. */
  id: ApprovalId;
  /** What is to be done: its `operationId` in the OpenAPI document. */
  operation: string;
  /** What both persons must be permitted. */
  permission: Permission;
  /** When. */
  requested_at: Instant;
  /** Who asked for it, by which request, and why. */
  requester: Actor;
  /** How far it is. */
  state: ApprovalState;
}

/** An approval with what is to be done. */
export interface ApprovalDetail {
  /** The answer, once it was done. One with a secret in it is collected by who asked. */
  answer?: unknown;
  /** The approval. */
  approval: Approval;
  /** What was asked; secrets are left out. */
  command: Command;
  /** The status of the answer, once it was done. */
  status?: number | null;
}

export type ApprovalId = string;

/** What needs a second person. */
export interface ApprovalPolicy {
  /** How long a request waits for the second person. */
  expires_after_hours: number;
  /** The operations, by their `operationId` in the OpenAPI document. */
  operations: Array<string>;
}

/** A change of what needs a second person. */
export interface ApprovalPolicyChange {
  /** How long requests wait for the second person: 1 to 720 hours. */
  expires_after_hours?: number | null;
  /** The operations that are meant, by their `operationId` in the OpenAPI document. */
  operations?: Array<string>;
}

/** How far a request is that needs a second person. */
export type ApprovalState = {
  state: "waiting";
} | {
  /** Since when. */
  at: Instant;
  /** Who approved it, and why. */
  by: Approver;
  state: "running";
} | {
  /** When. */
  at: Instant;
  /** Who approved it, and why. */
  by: Approver;
  state: "done";
} | {
  /** When. */
  at: Instant;
  /** Who approved it, and why. */
  by: Approver;
  /** What was wrong by then. */
  problems: Array<Problem>;
  state: "failed";
} | {
  /** When. */
  at: Instant;
  /** By whom, and why. */
  by: Approver;
  state: "rejected";
} | {
  /** When. */
  at: Instant;
  /** Why. */
  reason: string;
  state: "withdrawn";
} | {
  /** Since when. */
  at: Instant;
  state: "expired";
};

/** The second person of something that needs two. */
export interface Approver {
  /** The request that they approved. */
  approval: string;
  /** Their id: of a key or a user. */
  id: string;
  /** What kind of actor it is. */
  kind: ActorKind;
  /** Why. */
  reason: string;
}

/** One thing that somebody did. */
export interface AuditEntry {
  /** What was done: `customer.add`, `invoice.issue`, … */
  action: string;
  /** For whom it was done, by which request, and why. */
  actor: Actor;
  /** What the object is since; absent when it is gone. */
  after?: unknown;
  /** When. */
  at: Instant;
  /** What the object was before; absent when it is new. Of something that has versions the version is named. */
  before?: unknown;
  /** Its id; later entries have greater ones. */
  id: string;
  /** What it was done to. */
  object: Object;
}

/** A backup and where it is. */
export interface BackupMade {
  /** The size of all its files. */
  bytes: number;
  /** Its directory. */
  directory: string;
  /** How many files. */
  files: number;
  /** When it was complete. */
  finished_at: Instant;
  /** Its name: that of its directory. */
  name: string;
  /** The last position of usage, by tenant. */
  positions: Record<string, number>;
}

/** When a customer's balance pays invoices. */
export type BalanceUse = "automatic" | "by_hand";

/** Balances of a customer. */
export interface Balances {
  /** One for each seller and currency with documents or payments. */
  balances: Array<CustomerBalance>;
}

/** Why the past is changed. */
export interface Because {
  /** What was wrong: it stands in the history of each event. */
  reason: string;
}

/** A person who wants to sign in by a provider. */
export interface BeginSignIn {
  /** By which provider. */
  provider: Key;
  /** Where the provider sends the person back: one of the provider's `redirects`. */
  redirect: string;
  /** Where; `default` when it is left out. */
  tenant?: Key | null;
}

/** What to post for one customer: an immutable value that can be shown, inspected, stored and compared before anything happens. */
export interface BillPlan {
  /** Differences that are too small to be billed: posting the plan writes them off. */
  absorbed?: Array<Line>;
  /** Up to when what is due counts. */
  as_of: Instant;
  /** Who pays. */
  customer: Key;
  /** The documents to post, those that are drafts for some days more among them. */
  documents: Array<DocumentPlan>;
  /** Differences that wait until somebody approves of them or gives them up. */
  held?: Array<Line>;
  /** What somebody should look at. */
  notes: Array<Note>;
  /** Differences that wait for the next invoice. */
  waiting: Array<Line>;
}

/** What a billing run did. One customer's failure is a note here, never the end of the run. */
export interface BillRun {
  /** Drafts that were computed anew. */
  drafts: Array<Invoice>;
  /** Customers who could not be billed, and why. */
  failures: Array<Failure>;
  /** Documents that became claims, in the order of their numbers. */
  issued: Array<Invoice>;
  /** What somebody should look at, by customer. */
  notes: Array<[Key, Note]>;
}

/** A line of an issued document. */
export interface BilledOn {
  /** The amount of the line. */
  amount: Money;
  /** The document. */
  invoice: InvoiceId;
  /** What the line is about. */
  key: LineKey;
  /** How the quantity was measured; events up to its watermark are in it. */
  measurement: Measurement;
  /** Its number. */
  number: string;
  /** Its date. */
  on: Date;
  /** The place of the line on it, from 0. */
  position: number;
  /** The quantity of the line. */
  quantity: Ratio;
}

/** What holds for one customer instead of what the tenant says; what is left out is as the tenant says. */
export interface BillingPolicy {
  /** Differences on billed cycles that are smaller than this, up or down, are written off: an amount in the currency of the difference. */
  absorb_below?: NonNegative | null;
  /** What becomes of differences on billed cycles. */
  corrections?: Corrections | null;
  /** For so many days after something falls due it stands on a draft, into which late usage flows. */
  grace_days?: number | null;
  /** Who makes a claim of a draft. */
  issuing?: Issuing | null;
}

/** The standard by which books are kept: one stream of events is posted to each that a legal entity needs. */
export type Book = "us_gaap" | "ifrs" | "tax" | "management";

/** What stood on each account at an instant. */
export interface BooksAt {
  /** Balance by account, on its normal side; one for each currency. */
  balances: Record<string, Array<Money>>;
  /** Entries that are true before this instant count. */
  before: Instant;
}

/** What was done with a changeset. */
export type By = "applying" | "reverting";

/** What left an adjustment behind. */
export type By2 = "draft" | {
  document: string;
} | "difference";

/** How often: day, week, month, quarter, half-year, year, or a number of them such as 2 weeks */
export type Cadence = string;

/** Everything that is offered, by key. It is what a pricing file holds, what the API speaks and what is stored; that its names lead
 * somewhere is found by [`Catalog::check`], which [`PricingFile`](crate::PricingFile) asks. */
export interface Catalog {
  /** What plans can grant or limit. */
  features?: Record<string, Feature>;
  /** How events become quantities. */
  meters?: Record<string, Meter>;
  /** What customers can subscribe to. */
  plans?: Record<string, Plan>;
  /** What is sold. */
  products?: Record<string, Product>;
  /** Units in which prices can be written instead of money. */
  units?: Record<string, Unit>;
}

/** Why a line is taxed as it is: the category of EN 16931 (code list UNCL5305), which every line of an electronic invoice
 * names. All but the first and the two island taxes have no rate. */
export type Category = "standard" | "zero_rated" | "exempt" | "reverse_charge" | "intra_community" | "export" | "outside_scope" | "canary_islands" | "ceuta_melilla";

/** Why events changed at some positions: recorded with the changeset that did it, and never changed. */
export interface Cause {
  /** What was done with it. */
  by: By;
  /** The changeset; a correction of a single event is one of one change. */
  changeset: ChangesetId;
  /** Which positions its changes took. */
  positions: Applied2;
  /** Why. */
  reason: string;
}

/** What happens to one resource between two catalogs. */
export interface Change {
  /** Its JSON pointer: `/plans/scale/prices/tokens`. */
  pointer: string;
  /** Which kind of thing it is. */
  resource: Resource;
  /** What happens to it. */
  what: What;
}

/** A dated change: a fact with both times. */
export interface Change2 {
  /** From when it is true. */
  effective_at: Instant;
  /** When it was known. */
  recorded_at: Instant;
  /** What it does. */
  step: Step2;
}

/** A correction. An identity that was taken once stays taken, also when the event was amended or retracted. */
export type Change3 = {
  add: Event;
} | {
  amend: Event;
} | {
  retract: {
    /** Its id. */
    id: string;
    /** Its source. */
    source: string;
  };
};

/** Corrections of usage that belong together. They are made all at once, as one durable change of the usage store, or not at all. */
export interface Changeset {
  /** How many changes it has. */
  changes: number;
  /** In how many parts they are kept. */
  chunks: number;
  /** When it was opened. */
  created_at: Instant;
  /** Its id. */
  id: ChangesetId;
  /** Why the past was wrong. */
  reason: string;
  /** How far it is. */
  state: ChangesetState;
}

export type ChangesetId = string;

/** What a changeset would change, if it were applied now. Nothing is posted or changed by asking. */
export interface ChangesetPreview {
  /** What was known when it was computed. */
  as_of: Seq;
  /** Customers whose bill cannot be computed, before or after, and why. */
  failures: Array<Failure>;
  /** What each customer would be billed more or less. */
  money: Array<MoneyDifference>;
  /** Changed events that no customer, or no price of the customer, counts: they change no bill. */
  not_billed: Array<NotBilled>;
  /** Each quantity that changes. */
  quantities: Array<QuantityDifference>;
}

/** How far a changeset is. */
export type ChangesetState = {
  state: "open";
} | {
  /** When it was sealed. */
  at: Instant;
  state: "sealed";
} | {
  /** What was known before. */
  after: Seq;
  /** When. */
  at: Instant;
  /** When it was sealed. */
  sealed_at: Instant;
  state: "applying";
} | {
  /** Since when. */
  at: Instant;
  /** Their positions. */
  positions: Applied2;
  state: "applied";
} | {
  /** What was known before. */
  after: Seq;
  /** When it was applied. */
  applied_at: Instant;
  /** When. */
  at: Instant;
  /** Positions of its changes. */
  positions: Applied2;
  /** Why. */
  reason: string;
  state: "reverting";
} | {
  /** When it was applied. */
  applied_at: Instant;
  /** When. */
  at: Instant;
  /** Positions of its changes. */
  positions: Applied2;
  /** Why. */
  reason: string;
  /** Positions of those that took them back. */
  reverted: Applied2;
  state: "reverted";
};

/** Something that is charged once, by itself: a migration, a training. It is due like everything else, and what is due is billed. */
export interface Charge {
  /** The currency. */
  currency: Currency;
  /** Who pays. */
  customer: Key;
  /** When it is due: on the first bill that is drawn then or later. */
  due_at: Instant;
  /** What each costs, in the currency. */
  each: NonNegative;
  /** Its name among the tenant's charges. */
  key: Key;
  /** What the customer reads. */
  name: string;
  /** How many. */
  quantity: NonNegative;
  /** When it was known. */
  recorded_at: Instant;
  /** The class that the tax rules look at. */
  tax_category?: Key | null;
  /** When it became known that it is not owed; what was billed for it is given back. */
  withdrawn_at?: Instant | null;
}

/** Where a charge stands. */
export type ChargeStanding = "owed" | "withdrawn";

/** The time by which a tenant bills. */
export interface ClockState {
  /** Now. */
  now: Instant;
  /** Whose time it is. */
  time: Time;
}

/** When service ends, and what becomes of what was charged ahead. */
export interface Closing {
  /** What becomes of charges in advance for time that is not served; given back when it is left out. */
  credit?: Credit;
  /** The first moment at which nothing is served; now when it is left out. */
  effective?: Effective;
}

/** The answer to a request. */
export interface Collected {
  /** As it would have been answered at once. */
  answer: unknown;
}

/** A request as it was sent. */
export interface Command {
  /** Its body. */
  body: string;
  /** Which version of its object it is meant for (`If-Match`). */
  if_match?: string | null;
  /** The content type of its body. */
  media?: string | null;
  /** The names in its path. */
  path: Array<[string, string]>;
  /** Its query. */
  query: string;
}

/** What a property must be: a value, or tests that all hold. */
export type Condition = string | number | boolean | null | {
  eq?: Value;
  exists?: boolean;
  gt?: Dec;
  gte?: Dec;
  in?: Array<Value>;
  lt?: Dec;
  lte?: Dec;
  not?: Value | Array<Value>;
};

/** What a register said of a VAT number: evidence that is kept. */
export interface Confirmation {
  /** Its answer. */
  answer: Registered;
  /** The day of the question. */
  on: Date;
  /** The number of the consultation, where the register gives one. */
  reference?: string | null;
}

/** How consumers of other member states of the EU are taxed. */
export type Consumers = "where_they_are" | "where_the_seller_is";

/** Exact conversion of a quantity to another unit, such as bytes to gigabytes: `{ divide_by: 1_000_000_000 }`. */
export type Conversion = {
  divide_by: Factor;
} | {
  multiply_by: Factor;
};

/** What becomes of a difference on a cycle that was billed before. */
export type Corrections = "next_invoice" | "at_once" | "note" | "hold";

/** A price on top of what serving the events cost. */
export interface CostPlus {
  /** Charged for each event on top. */
  fixed?: NonNegative | null;
  /** Percent of the cost that is added: `"20"` makes 1.20 of 1.00. */
  markup: NonNegative;
}

/** Where cycles begin from when on. */
export interface Counting {
  /** From when; the cycle that is under way ends there. Now when it is left out. */
  effective?: Effective;
  /** A day of the month such as 15, or a day such as 2026-04-15. */
  from: Anchor;
}

/** A country of ISO 3166-1, such as DE */
export type Country = string;

/** What becomes of charges in advance for time that is no longer served. */
export type Credit = "unused" | "none";

/** What is given back of a line. */
export interface CreditLine {
  /** The number of the line on the document, from 1. */
  line: number;
  /** How much; all that is left when left out. */
  take?: Pick;
}

/** A limit that was reached: once for each alert, threshold, customer and billing period. */
export interface Crossing {
  /** The alert. */
  alert: AlertId;
  /** When it was seen. */
  at: Instant;
  /** Whose usage or spend it is. */
  customer: Key;
  /** When the cycle began, of usage. */
  from?: Instant | null;
  /** What the threshold comes to. */
  limit: Ratio;
  /** The alert's name. */
  name: string;
  /** What is watched. */
  on: Watched;
  /** The threshold, as the alert has it: a value, or per cent. */
  threshold: Dec;
  /** When the cycle ends, of usage; when the invoice is due, of spend. */
  to: Instant;
  /** How much it was when that was seen. */
  value: Ratio;
}

/** A currency of ISO 4217, such as EUR. */
export type Currency = string;

/** Where an event stands in a listing: events are listed by time, then source, then id. The next page begins after the last
 * event's place. */
export interface Cursor {
  /** When it happened. */
  at: Instant;
  /** Its id. */
  id: string;
  /** Its source. */
  source: string;
}

/** A buyer, who owns subscriptions and receivables. Events name the customer by its key as their `subject`. */
export interface Customer {
  /** At which amounts of a period's spend it gets an invoice before the period ends, over all of its subscriptions in a currency and
   * instead of what their plans say. */
  bill_at?: Record<string, SpendSteps>;
  /** How its bills are drawn, where that is not as the tenant says. */
  billing?: BillingPolicy;
  /** The day of the month on which cycles of its subscriptions begin, unless they say otherwise. */
  billing_day?: DayOfMonth | null;
  /** The legal entity that sells to it; `default` when absent. */
  entity?: Key | null;
  /** The name by which the sender's systems know the customer. */
  key: Key;
  /** The name on the invoice. */
  name: string;
  /** How many days it has to pay an invoice; as the seller says when absent. */
  payment_days?: PaymentDays | null;
  /** What its taxes depend on. */
  tax?: CustomerTax;
  /** The zone whose days begin and end the customer's periods; UTC when absent. */
  zone?: Zone;
}

/** What a customer owes, and what they have to their credit, at one seller in one currency. */
export interface CustomerBalance {
  /** What the customer has to their credit. Below zero only where a payment was reversed after some of it had gone back. */
  balance: Money;
  /** The currency. */
  currency: Currency;
  /** What is left to pay of all invoices. */
  due: Money;
  /** The seller. */
  entity: Key;
  /** How much of that is late. */
  overdue: Money;
}

/** What a write would change for a customer, in one currency. */
export interface CustomerImpact {
  /** What is billed at once: by the write itself, or by the next billing run. */
  at_once: Amounts;
  /** In which currency. */
  currency: Currency;
  /** Whose bill it is. */
  customer: Key;
  /** What the bill at that end comes to with the usage to date, with what is billed at once. */
  to_date: Amounts;
  /** The end of the period that is open. */
  until: Instant;
}

/** Money that went back out of a customer's balance. */
export interface CustomerRefund {
  /** How much. */
  amount: Money;
  /** To whom. */
  customer: Key;
  /** The legal entity that paid it. */
  entity: Key;
  /** What it is known by. */
  key: Key;
  /** When. */
  made_at: Instant;
  /** How it went back. */
  method: Method;
  /** What the customer reads. */
  reference?: string | null;
}

/** What the taxes of a customer depend on. */
export interface CustomerTax {
  /** What the register said of the number. */
  confirmation?: Confirmation | null;
  /** Where it is: a code of ISO 3166. */
  country?: Country | null;
  /** What it does not pay tax on. */
  exemptions?: Array<Exemption>;
  /** The part of the country, where it has taxes of its own: `BC`, `CA`. */
  region?: string | null;
  /** Its taxes whatever the rules say. */
  taxes?: Array<Tax>;
  /** Its VAT number, as it was given. */
  vat_number?: string | null;
}

/** A day of the calendar, such as 2026-04-16 */
export type Date = string;

/** Local days, the last one excluded, such as 2026-04-16..2026-05-01 */
export type DateRange = string;

/** Values by the local date from which each holds. */
export type Dated_Percent = Record<string, Percent>;

/** Day of the month; the last day in a shorter month */
export type DayOfMonth = number;

/** What more is charged on a line. */
export interface DebitLine {
  /** How much, in the unit of the line's amount. */
  amount: Money;
  /** The number of the line on the document, from 1. */
  line: number;
}

/** An exact decimal number as text, such as "0.0000025"; a whole number may stand bare. */
export type Dec = string;

/** How a line is taxed, and why. It is kept with the line and never made again. */
export interface Decision {
  /** The taxes of the line. */
  taxes: Array<Tax>;
  /** Why these. */
  why: Why;
}

/** What somebody decides. */
export interface Decision2 {
  /** Why; it stands in the audit log. */
  reason: string;
}

/** Where a delivery stands. */
export type DeliveryState = "waiting" | "delivered" | "failed";

/** What can be done with a payment. */
export type Did = {
  applied: {
    /** How much; above zero. */
    amount: Money;
    /** The id of the document. */
    document: Key;
  };
} | {
  taken_off: {
    /** How much; above zero. */
    amount: Money;
    /** The id of the document. */
    document: Key;
  };
} | {
  refunded: {
    /** How much of this payment; above zero. */
    amount: Money;
    /** How it went back. */
    method: Method;
    /** The key of the refund, which can take from several payments. */
    refund: Key;
  };
} | {
  reversed: {
    /** Why. */
    reason: string;
  };
};

/** What lines that were billed are worth more or less by now. */
export interface Differences {
  /** As of when. */
  as_of: Instant;
  /** Those that wait until somebody approves of them or gives them up. */
  held: Array<Line>;
  /** Those that go with the next invoice. */
  waiting: Array<Line>;
}

/** A discount as it is offered. */
export interface Discount {
  /** The word that a customer enters; small and capital letters are the same. Without one, only the seller gives it. */
  code?: Key | null;
  /** From when it can be redeemed. */
  from?: Instant | null;
  /** How long. */
  lasts?: Lasts;
  /** How often it can be redeemed. */
  limits?: Limits;
  /** What a person calls it on the invoice. */
  name?: string | null;
  /** How much it takes off. */
  off: Off;
  /** Off what. */
  on?: Scope;
  /** The first instant at which it can no longer be redeemed; what was redeemed goes on. */
  until?: Instant | null;
}

/** What a document does to the customer's debt. */
export type DocumentKind = "invoice" | "credit_note" | "debit_note";

/** A document that is to be posted. */
export interface DocumentPlan {
  /** What its amounts are in. */
  currency: Currency;
  /** Which lines it gathers. */
  gathers?: Gathers;
  /** Whether it claims or gives back. */
  kind: DocumentKind;
  /** Its rows. */
  lines: Array<Line>;
  /** The sum of its lines without taxes. */
  net: Money;
  /** Its date where the customer is. */
  on: Date;
  /** The steps of spend for which it is made before a period ends. */
  reached?: Array<Reached>;
  /** What is owed of each tax; none where the seller charges none. */
  taxes?: Array<Subtotal>;
  /** What is to be paid: `net` and taxes. */
  total: Money;
}

/** What is changed on a draft. */
export type DraftChange = {
  amount: {
    /** To what it comes, not below zero. */
    amount: Money;
    /** The number of the line, from 1. */
    line: number;
  };
} | {
  leave_out: {
    /** The number of the line, from 1. */
    line: number;
  };
} | {
  text: {
    /** The number of the line, from 1. */
    line: number;
    /** What the customer reads. */
    text: string;
  };
} | {
  add: NewCharge;
};

/** How a draft is edited. */
export interface DraftEdit {
  /** What is changed. */
  change: DraftChange;
  /** Why, as the customer reads it. */
  reason: string;
}

/** A price that the sender computes: each event carries its amount. */
export interface Dynamic {
  /** What the carried amounts are multiplied with; 1 when left out. */
  multiplier?: NonNegative | null;
}

/** What an adjustment changes. */
export type Effect = {
  off: Money;
} | "leave_out" | {
  text: string;
};

/** From when it counts: now, at the end of the period or term that is under way, on a day (its first instant where the customer is), or at an instant. It may lie in the past. */
export type Effective = string;

/** Whose word it takes that an e-mail address is somebody's. */
export type EmailTrust = "verified" | "assumed";

/** From when nothing is taken off any more. */
export interface End {
  /** Lines that fall due then or later keep their amount. Now when it is left out. */
  effective?: Effective;
}

/** The end of a redemption. */
export interface Ended {
  /** Lines that fall due then or later keep their amount. */
  effective_at: Instant;
  /** When that became known. */
  recorded_at: Instant;
}

/** An address that is told what happens. */
export interface Endpoint {
  /** When it was added. */
  created_at: Instant;
  /** Its id. */
  id: EndpointId;
  /** Whether it is told. */
  state: EndpointState;
  /** What it is told; everything when empty. */
  topics?: Array<Topic>;
  /** Where messages are sent. */
  url: string;
}

/** What is changed of an endpoint. */
export interface EndpointChange {
  /** Pauses it, with this reason. An empty reason opens it again, and what waits is sent. */
  pause?: string | null;
  /** What it is told. */
  topics?: Array<Topic> | null;
  /** Another address. */
  url?: string | null;
}

export type EndpointId = string;

/** Whether an endpoint is told. */
export type EndpointStanding = "open" | "paused";

/** Whether an endpoint is told. */
export type EndpointState = {
  state: "open";
} | {
  /** Since when. */
  at: Instant;
  state: "paused";
  /** Why: what somebody said, or what it answered for days. */
  why: string;
};

/** A company that sells: whose name is on the documents, whose numbers they have, and whose taxes are charged. */
export interface Entity {
  /** Its name among the tenant's entities. */
  key: Key;
  /** The name on the documents. */
  name: string;
  /** How many days its customers have to pay an invoice, where they have no terms of their own; as the settings say when absent. */
  payment_days?: PaymentDays | null;
  /** How its documents are numbered. */
  series?: Series;
  /** How its sales are taxed. Left out, its documents show no taxes. */
  tax?: EntityTax | null;
  /** The zone of customers that come without one. */
  zone?: Zone;
}

/** How the sales of an entity are taxed. */
export interface EntityTax {
  /** The class of prices that name none. */
  class?: Key;
  /** The code of the tax that is shown where nothing is charged: `vat`. */
  code: Key;
  /** Which day decides on the rate. */
  point?: TaxPoint;
  /** How tax is rounded. */
  policy?: TaxPolicy;
  /** The taxes of each place and class, by date. */
  rules?: Rules;
  /** Where it is established and registered. */
  seller: Seller;
  /** Taxes that count whatever the rules say, unless the customer has others. */
  taxes?: Array<Tax>;
}

/** Whether money is real. */
export type Environment = "live" | "test";

/** One raw fact of use. Its identity, source and id, is one event for ever.
 * 
 * Read JSON with [`Event::from_json`], which keeps numbers with a point exactly. CloudEvents' names `type`, `time` and `data` are
 * understood. */
export interface Event {
  /** When it happened. */
  at: Instant;
  /** The sender's id of it. */
  id: string;
  /** What happened, such as `api.request`. */
  name: string;
  /** What is measured, and what splits it. */
  properties?: Record<string, Value>;
  /** Who sent it. */
  source: string;
  /** Who or what used, as the sender knows it. */
  subject: string;
}

/** What became of one event. */
export interface EventReport {
  /** What each metered price of its customer's subscriptions makes of it. */
  prices: Array<PriceVerdict>;
  /** What stands in quarantine under its source and id. */
  quarantine?: Array<Quarantined>;
  /** In short: billed, or why not. */
  verdict: Verdict;
  /** All that happened to it: when it was received, amended, retracted. Empty when it stands in quarantine only. */
  versions: Array<EventVersion>;
}

/** One thing that happened to an event, and why. */
export interface EventVersion {
  /** Why, unless it was sent in the ordinary way. */
  cause?: Cause | null;
  /** What happened, when, and what the event says from then on. */
  version: Version;
}

/** How often: `once`, when the service begins, or the length of a cycle. */
export type Every = "once" | Cadence;

/** The parts of a series. */
export type Every2 = "hour" | "day" | "month";

/** How often something comes again. At a local time that does not exist on a day it comes at the next one that does; at one that occurs twice,
 * at the first. */
export type Every3 = {
  minutes: Minutes;
} | {
  day: {
    /** When. */
    at: TimeOfDay;
    /** Where. */
    zone: Zone;
  };
} | {
  week: {
    /** When. */
    at: TimeOfDay;
    /** On which day. */
    on: Weekday;
    /** Where. */
    zone: Zone;
  };
} | {
  month: {
    /** When. */
    at: TimeOfDay;
    /** On which day. */
    on: DayOfMonth;
    /** Where. */
    zone: Zone;
  };
};

/** What shows that a buyer is a business. */
export type Evidence = "well_formed" | "confirmed";

/** The categories that a customer can bring along. */
export type ExemptAs = "exempt" | "zero_rated" | "reverse_charge" | "outside_scope";

/** Why a customer is not taxed, with its evidence and the days on which it holds. */
export interface Exemption {
  /** The category that lines get. */
  category: ExemptAs;
  /** The number of the certificate, or another name of the evidence. */
  certificate?: string | null;
  /** For which classes of goods; all when empty. */
  classes?: Array<Key>;
  /** The first day. */
  from: Date;
  /** Where it holds; everywhere when left out. A country without a region holds for all of its regions. */
  place?: Place | null;
  /** The reason, as the invoice says it. */
  reason: Reason;
  /** The first day on which it no longer holds; without end when left out. */
  until?: Date | null;
}

/** What an answer refers to, each object once, by the name that stands in the answer. What was asked for is there, be it empty; a name that
 * leads nowhere is left out. */
export interface Expanded {
  /** Alerts, by id. */
  alerts?: Record<string, Alert> | null;
  /** Customers, by key. */
  customers?: Record<string, Customer> | null;
  /** Legal entities, by key. */
  entities?: Record<string, Entity> | null;
  /** Invoices, by id. */
  invoices?: Record<string, Invoice> | null;
  /** Plans as the catalog had them in a version, by `plan@version`. */
  plans?: Record<string, Plan> | null;
  /** Prices as the catalog had them in a version, by `plan@version.price`. */
  prices?: Record<string, Price> | null;
  /** Subscriptions, by key. */
  subscriptions?: Record<string, Subscription> | null;
}

/** One node of the tree: what it is, how much it is, and what it consists of.
 * 
 * `amount` is exact and in the currency of the price. Where the node has parts, their amounts sum to it exactly. A factor
 * (proration, the rate of a pricing unit) is a node of its own; the amounts of everything below it include the factor, while
 * the quantities and unit prices below it are those of the price list. */
export interface Explanation {
  /** The exact amount. */
  amount: Ratio;
  /** What the amount is made of; empty for a leaf. */
  parts?: Array<Explanation>;
  /** What this node is, with the numbers that went into it. */
  reason: Reason2;
}

/** An export as it stands. */
export interface ExportView {
  /** What was asked for. */
  export: NewExport;
  /** The file, once it is written. */
  file?: WrittenExport | null;
  /** The job that writes it. */
  job: JobView;
}

/** What can be exported. */
export type Exported = "usage" | "invoices" | "journal" | "customers";

/** How a price that contains its tax is taken apart. */
export type Extraction = "tax_first" | "net_first";

/** An exact decimal number as text, such as "0.0000025"; a whole number may stand bare. */
export type Factor = string;

/** A condition that does not let an event through. */
export interface FailedCondition {
  /** What it is; nothing when it is absent. */
  found?: string | null;
  /** The property. */
  property: string;
  /** What it must be, as the meter says it. */
  wanted: string;
}

/** A customer who could not be billed. */
export interface Failure {
  /** Who. */
  customer: Key;
  /** What is wrong; nothing was posted for this customer. */
  problems: Array<Problem>;
}

/** Something that a plan can grant or limit. */
export interface Feature {
  /** What a person calls it. Left out, its key. */
  name?: string | null;
  /** What a limit counts: `seat`, `project`. Left out, it is only granted or withheld. */
  unit?: string | null;
}

/** A field with another value. */
export interface FieldChange {
  /** JSON pointer from the resource: `/graduated/1/each`. */
  field: string;
  /** The value before, as JSON; `None` when there was none. */
  from?: string | null;
  /** The value after, as JSON; `None` when there is none. */
  to?: string | null;
}

/** Kinds of files. */
export type FileFormat = "ndjson" | "csv" | "parquet" | "hledger" | "beancount";

/** Conditions on properties, by property name; all must hold. `properties.status` and `status` are the same property. */
export type Filter = Record<string, Condition>;

/** A person who comes back. */
export interface FinishSignIn {
  /** The other half, from the beginning. */
  binding: string;
  /** The code that came back. */
  code: string;
  /** The state that came back. */
  state: string;
  /** Where; `default` when it is left out. */
  tenant?: Key | null;
}

/** How something is shown. */
export type Form = "json" | "text";

/** A CEL expression computed over exact numbers, such as `properties.a + properties.b * 2`. */
export type Formula = string;

export interface Forward {
  /** To when. */
  to: Instant;
}

/** What of usage in advance is billed together. */
export type Gather = "day" | "run";

/** Which lines a document gathers. */
export type Gathers = "due" | {
  opened: {
    /** The day. */
    on: Date;
    /** When it is issued by itself. */
    ready_at: Instant;
  };
} | "differences";

/** Everything that was posted to an account in a span. */
export interface GeneralLedger {
  /** The account. */
  account: Account;
  /** What stands on it at the end, one for each currency. */
  closing: Array<Money>;
  /** What was posted, in the order in which it is true. */
  lines: Array<GeneralLedgerLine>;
  /** What stood on it at the beginning, one for each currency. */
  opening: Array<Money>;
  /** What it is about. */
  span: Span;
}

/** One leg of an entry, and what the account holds after it. */
export interface GeneralLedgerLine {
  /** How much. */
  amount: Money;
  /** What stands on the account in this currency after it, on its normal side. */
  balance: Money;
  /** What it can be sliced by. */
  dimensions: Record<string, string>;
  /** When it is true. */
  effective_at: Instant;
  /** The business event. */
  event: string;
  /** When it was written. */
  recorded_at: Instant;
  /** The place of its entry in the journal. */
  seq: number;
  /** On which side it stands. */
  side: Side;
}

/** Differences that are given up. */
export interface GiveUp {
  /** Of which lines; of all that are held when left out. */
  lines?: Array<LineKey>;
  /** Why. */
  reason: string;
}

/** What a plan says about a feature: `true`, `false`, or a number up to which it may be used. */
export type Grant = string | number | boolean | null;

/** That the server is well. */
export interface Health {
  /** The time by which it bills. */
  now: Instant;
  /** Always `ok`: what is not well does not answer so. */
  status: string;
  /** The version of the program. */
  version: string;
}

/** Every version of an event. */
export interface History {
  /** The first one first. */
  versions: Array<EventVersion>;
}

/** How a share follows from its discount. */
export type How = {
  percent: {
    /** What was left of all its lines of the bill. */
    base: Money;
    /** The percentage. */
    percent: PercentOff;
    /** The percentage of that, rounded. */
    total: Money;
  };
} | {
  amount: {
    /** What was left of the amount. */
    left: Money;
    /** What the lines of the bill took of it. */
    total: Money;
  };
} | {
  units: {
    /** How many of the line. */
    free: Ratio;
  };
};

/** A person as an identity provider knows them. */
export interface Identity {
  /** The provider. */
  provider: Key;
  /** Its own name for the person, which stays when the address changes. */
  subject: string;
}

/** Somebody who vouches for people. */
export interface IdentityProvider {
  /** Who may come in. */
  admits: Admits;
  /** Under which name it knows this installation. */
  client_id: string;
  /** When it was added. */
  created_at: Instant;
  /** Since when nobody signs in by it. */
  disabled_at?: Instant | null;
  /** Whose word it takes that an e-mail address is somebody's. */
  email: EmailTrust;
  /** How it is found: the address below which `.well-known/openid-configuration` is. */
  issuer: string;
  /** Its key. */
  key: Key;
  /** To which addresses it may send people back. */
  redirects: Array<string>;
  /** Which roles it gives; where absent, people keep those that they were given here. */
  roles?: RoleClaim | null;
  /** What is asked of it beside `openid`. */
  scopes: Array<string>;
}

/** What is changed of a provider. */
export interface IdentityProviderChange {
  /** Others who may come in. */
  admits?: Admits | null;
  /** Another secret. */
  client_secret?: string | null;
  /** Whether nobody signs in by it. */
  disabled?: boolean | null;
  /** Other addresses to come back to. */
  redirects?: Array<string> | null;
  /** Other roles. */
  roles?: RoleClaim | null;
}

/** What a write would change in money. */
export interface Impact {
  /** Each customer and currency that is billed something at once, or differently in the period that is open. */
  customers: Array<CustomerImpact>;
  /** Customers whose bill cannot be drawn, before or after, and why. */
  failures: Array<Failure>;
  /** Whether any customer's bill changes. */
  money: Touch;
  /** Customers whose bills may change as well and were not drawn, because there are so many. */
  not_computed: number;
}

/** What became of a batch of events, one outcome each, in order. */
export interface Ingested {
  /** How many are new. */
  accepted: number;
  /** How many have the id of another event with other content; they were not taken. */
  conflicts: number;
  /** How many were known, with the same content. */
  duplicates: number;
  /** What became of each, in the order of the batch. */
  outcomes: Array<Outcome>;
  /** How many are not valid; they are kept in quarantine. */
  quarantined: number;
}

/** A point in time (RFC 3339), such as 2026-04-16T13:30:00Z */
export type Instant = string;

/** What a percentile is between two values. */
export type Interpolation = "nearest_rank" | "linear";

/** A document for a customer: a draft, which every billing run computes anew, or issued, of which no amount changes any more. */
export type Invoice = ({
  /** What its amounts are in. */
  currency: Currency;
  /** Whose it is. */
  customer: Key;
  /** The last day on which it can be paid without being late; none of a draft and of a credit note. */
  due_on?: Date | null;
  /** Who sells. */
  entity: Key;
  /** Which lines it gathers. */
  gathers?: Gathers;
  /** Its id. */
  id: InvoiceId;
  /** Whether it claims or gives back. */
  kind: DocumentKind;
  /** Its rows. */
  lines: Array<Line>;
  /** The sum of its lines without taxes. */
  net: Money;
  /** What it is about, when a person wrote it. */
  note?: NoteOf | null;
  /** Its date where the customer is. */
  on: Date;
  /** The steps of spend for which it is made before a period ends. */
  reached?: Array<Reached>;
  /** What is owed of each tax; none where the seller charges none. */
  taxes?: Array<Subtotal>;
  /** What is to be paid: `net` and taxes. */
  total: Money;
}) & ({
  status: "draft";
} | {
  /** When it was issued. */
  issued_at: Instant;
  /** Gap-free within its series. */
  number: string;
  status: "issued";
} | {
  /** When it was issued. */
  issued_at: Instant;
  /** Its number. */
  number: string;
  status: "void";
  /** When and why it was taken back. */
  voided: Voided;
});

export type InvoiceId = string;

/** An endpoint with its secret, which is told once. */
export interface IssuedEndpoint {
  /** The endpoint. */
  endpoint: Endpoint;
  /** The secret with which messages are signed: `whsec_…`. */
  secret: string;
}

/** A token with its secret, which is told once. */
export interface IssuedToken {
  /** The whole token: send it as `Authorization: Bearer …`. It is not kept, and cannot be shown again. */
  secret: string;
  /** What it is and may do. */
  token: Token;
}

/** Who makes a claim of a draft. */
export type Issuing = "automatic" | "by_hand";

/** What a job does, as it is asked for. */
export type JobKind = "billing_run";

/** How far a job has come. */
export interface JobProgress {
  /** So many steps are done: customers, of a billing run; rows, of an export. */
  done: number;
  /** When it will probably end, at the speed so far. */
  expected_at?: Instant | null;
  /** When it began. */
  started_at: Instant;
  /** Of so many. */
  total: number;
}

/** Where a job stands. */
export type JobState = "waiting" | "running" | "cancelling" | "done" | "failed" | "cancelled";

/** A job as it stands. */
export interface JobView {
  /** How often it was begun. */
  attempts: number;
  /** When it was asked for. */
  created_at: Instant;
  /** When it ended. */
  ended_at?: Instant | null;
  /** Its id. */
  id: string;
  /** What it does. */
  kind: string;
  /** How far it has come. */
  progress?: JobProgress | null;
  /** What came of it: counts, or the problem. */
  result?: unknown;
  /** Not before this time. */
  run_at: Instant;
  /** Where it stands. */
  state: JobState;
}

/** An entry and its place in the journal. */
export interface JournalEntry {
  book?: Book;
  correlation?: string | null;
  effective_at: Instant;
  entity?: Key | null;
  event: string;
  origin?: Month | null;
  postings: Array<Posting>;
  /** When it was written. */
  recorded_at: Instant;
  reverses?: string | null;
  rule: number;
  /** Its place: 1, 2, 3, … without a gap. */
  seq: number;
}

/** A name chosen by a person: letters, digits and _ . : - */
export type Key = string;

/** How long a redemption takes off. */
export type Lasts = "once" | {
  periods: number;
} | "forever";

/** How a quantity of a subscription counts that changes within a cycle. */
export type Level = "current" | "peak";

/** Of what the exact tax is rounded. Whatever is rounded, the parts below it sum to it and the levels above are its sums. */
export type Level2 = "category" | "line_tax" | "line" | "document";

/** What an event says of a level. */
export type Levels = "absolute" | "changes";

/** From where on it is told: quantities of a meter, or amounts in the currency of a spend. */
export type Limit = {
  absolute: {
    /** Each is told by itself. */
    at: Array<Dec>;
  };
} | {
  budget: {
    /** The budget for a billing period. */
    amount: Dec;
    /** In per cent; each is told by itself. */
    percent: Array<Dec>;
  };
} | {
  last_period: {
    /** In per cent; each is told by itself. */
    percent: Array<Dec>;
  };
};

/** How often a discount can be redeemed. */
export interface Limits {
  /** By one customer. */
  per_customer?: number | null;
  /** By all customers together. */
  redemptions?: number | null;
}

/** One row of a document: what a key is worth, less what was posted under it before. */
export interface Line {
  /** `worth.amount − posted`. */
  amount: Money;
  /** Up to when usage was billed under the key before its cycle was over: the line is about the rest, and no correction. */
  billed_until?: Instant | null;
  /** What the line is about. */
  key: LineKey;
  /** The stretch of service that the line charges or gives back. */
  period: Period;
  /** What stood under the key before this line. */
  posted: Money;
  /** The quantity charged; for a correction, how much more or less than before. */
  quantity: Ratio;
  /** The share of the cycle that the line is about. */
  share: Ratio;
  /** Its taxes, once it stands on a document of an entity that charges any. */
  taxed?: TaxedLine | null;
  /** What the key is worth, and why. */
  worth: Worth;
}

/** What two plans would post under one key. */
export interface LineDifference {
  /** What the second plan posts. */
  after: Money;
  /** What the first plan posts. */
  before: Money;
  /** `after − before`. */
  difference: Money;
  /** The key. */
  key: LineKey;
}

/** What a line is *about*. Amounts under one key can be added and subtracted: what a key is worth now, less what was posted
 * under it, is what to post.
 * 
 * The cycle is the price's whole cycle, not the stretch that happens to be covered: when a subscription changes in the middle
 * of a cycle, the worth of the same key changes and the difference shows. */
export interface LineKey {
  /** The currency. */
  currency: Currency;
  /** The whole cycle of the price. */
  cycle: Period;
  /** The dimensions by which the price splits its lines; empty for most. */
  dimensions?: Record<string, string>;
  /** The price. */
  price: PriceRef;
  /** The subscription. */
  subscription: Key;
}

/** One tax of one line. */
export interface LineTax {
  /** The line's part of what the document owes of it. */
  amount: Money;
  /** The tax. */
  tax: Tax;
}

/** An e-mail, as its log shows it. */
export interface MailDelivery {
  /** What came of the last attempt. */
  answer: unknown;
  /** How often it was tried. */
  attempts: number;
  /** When it was made. */
  created_at: Instant;
  /** Its id. */
  id: string;
  /** When it is tried next, while it waits. */
  next_at?: Instant | null;
  /** What it is about. */
  object: string;
  /** Where it stands. */
  state: DeliveryState;
  /** Its subject. */
  subject: string;
  /** Its text. */
  text: string;
  /** To whom. */
  to: string;
}

/** What a metered price makes of an event. */
export type Makes = {
  /** Which. */
  event: string;
  makes: "other_event";
} | {
  /** Each condition that fails. */
  conditions: Array<FailedCondition>;
  makes: "filtered_out";
} | {
  makes: "not_measurable";
  /** Why. */
  problem: Problem;
} | (BilledOn) & ({
  makes: "billed";
}) | {
  /** The draft. */
  invoice: InvoiceId;
  makes: "on_draft";
} | {
  /** When. */
  due_at: Instant;
  makes: "not_yet_due";
} | {
  /** Since when. */
  due_at: Instant;
  makes: "due";
} | {
  /** Where its cycle was billed. */
  billed: BilledOn;
  /** How much more or less is billed for the cycle. */
  difference: Money;
  makes: "waits";
} | {
  /** Where its cycle was billed. */
  billed: BilledOn;
  makes: "changes_nothing";
};

/** Rates by the values of one or more dimensions. */
export interface Matrix {
  /** The dimensions that decide the rate. */
  by: Array<string>;
  /** Rate of every other combination. Left out, another combination is an error. */
  default?: NonNegative | null;
  /** The rates. */
  rates: Array<MatrixRate>;
}

/** The rate of one combination of values. */
export interface MatrixRate {
  /** Price of one unit. */
  each: NonNegative;
  /** A value for each dimension, in the order of `by`. */
  of: Array<string>;
}

/** What a meter says of a period. */
export interface Measured {
  /** How many events were counted. Events before the period that only carry a level into it do not count. */
  count: number;
  /** What is priced: converted and rounded. */
  quantity: Ratio;
  /** What was counted, before conversion and rounding. */
  raw: Ratio;
  /** The value of each event, by time; only when asked for with
   * [`state_with_transactions`](crate::CompiledMeter::state_with_transactions). */
  transactions?: Array<Dec>;
}

/** How a quantity was counted; the same question to the usage store gives the same answer for ever. */
export interface Measurement {
  /** How many events counted. */
  events: number;
  /** From when to when events count. */
  period: Period;
  /** The same after conversion and rounding of the quantity. */
  quantity: Ratio;
  /** What the events add up to. */
  raw: Ratio;
  /** Sequence number of the last event that the store had when it counted. */
  watermark: number;
}

/** Filter and aggregation that turn events into a quantity. Meters have their names as keys of the map in which they are kept. */
export interface Meter {
  /** How their values become one. */
  aggregate: Aggregation;
  /** From the unit that is counted to the unit that is priced. */
  convert?: Conversion | null;
  /** The name of the events that it looks at. */
  event: string;
  /** Properties by which the quantity can be split. */
  group_by?: Array<string>;
  /** Whether only events of the period count, or all since the beginning. */
  over?: Over;
  /** Rounding of the quantity, after conversion. */
  round?: QuantityRounding | null;
  /** Name of the unit that is priced. */
  unit?: string | null;
  /** Which of them. */
  where?: Filter;
}

/** How much was used, for one combination of dimensions in one window. */
export interface MeteredUsage {
  /** Who used. */
  customer: string;
  /** The dimensions asked for, with their values. */
  dimensions?: Record<string, string>;
  /** When the window begins. */
  from: Instant;
  /** How much, and from how many events. */
  measured: Measured;
  /** Events that the meter looked at and could not measure; they count as nothing. */
  unmeasured?: Unmeasured2 | null;
}

/** By what something is paid. */
export type Method = "bank_transfer" | "card" | "cash" | "cheque" | "other" | "credit_note" | "write_off";

/** From 1 to 1440 minutes. */
export type Minutes = number;

/** How [`Money`] is written: major units as text, with all digits of the minor unit. */
export interface Money {
  /** Major units as text with all digits of the minor unit: "12.30". */
  amount: string;
  /** ISO 4217 code. */
  currency: Currency;
}

/** What a customer would be billed more or less. */
export interface MoneyDifference {
  /** Up to when bills were drawn to find it out: so that every cycle that changes is on them. */
  as_of: Instant;
  /** Who. */
  customer: Key;
  /** The difference, line by line and as a sum for each currency. */
  difference: PlanDifference;
}

/** A calendar month, such as 2026-04. */
export type Month = string;

/** A discount under its key. */
export interface NamedDiscount {
  /** The offer. */
  discount: Discount;
  /** Its key. */
  key: Key;
}

/** An alert that is asked for. */
export interface NewAlert {
  /** Whose usage or spend is watched; each customer's, one by one, when it is left out. */
  customer?: Key | null;
  /** From where on it is told. */
  limit: Limit;
  /** Its name, for people. */
  name: string;
  /** What is watched. */
  on: Watched;
  /** Who gets an e-mail, besides the webhooks. */
  recipients?: Array<string>;
}

/** A change of a subscription that is asked for. */
export interface NewChange {
  /** What becomes of what was charged ahead for the plan before. */
  credit?: Credit;
  /** From when; now when absent. It may lie in the past. Prices that prorate by day charge a day by the terms at its beginning. */
  effective?: Effective;
  /** From when the phases of another plan count. */
  phases?: Phases;
  /** Another plan, as it is offered now. */
  plan?: Key | null;
  /** Prices that were agreed instead of the plan's; `null` takes the plan's own again. */
  prices?: Record<string, Price | null>;
  /** Other quantities. */
  quantities?: Record<string, Dec>;
}

/** A charge that is asked for. */
export interface NewCharge {
  /** The currency: a code of ISO 4217. */
  currency: Currency;
  /** When it is due; from the beginning of today when absent. */
  due?: When | null;
  /** What each costs, in the currency. */
  each: NonNegative;
  /** Its key, unique among charges and subscriptions. */
  key: Key;
  /** What the customer reads; the key when absent. */
  name?: string | null;
  /** How many; one when absent. */
  quantity?: NonNegative | null;
  /** The class that the tax rules look at; the seller's usual one when absent. */
  tax_category?: Key | null;
}

/** A credit note that is asked for. */
export interface NewCreditNote {
  /** What is given back of which line; all that is left of every line when left out. */
  lines?: Array<CreditLine>;
  /** Why, as the customer reads it. */
  reason: string;
}

/** A debit note that is asked for. */
export interface NewDebitNote {
  /** What more is charged on which line. */
  lines: Array<DebitLine>;
  /** Why, as the customer reads it. */
  reason: string;
}

/** An endpoint that is asked for. */
export interface NewEndpoint {
  /** What it is told; everything when left out. */
  topics?: Array<Topic>;
  /** Where messages are sent: `https://…`. */
  url: string;
}

/** What is exported, and how. */
export interface NewExport {
  /** As which kind of file. */
  format: FileFormat;
  /** Only what is true from this time on: events that happened, invoices of a day, entries that are effective. */
  from?: Instant | null;
  /** Only what is true before this time. */
  to?: Instant | null;
  /** What is exported. */
  what: Exported;
}

/** A provider that is to be added. */
export interface NewIdentityProvider {
  /** Who may come in; users who were added here when left out. */
  admits?: Admits;
  /** Under which name it knows this installation. */
  client_id: string;
  /** The secret that it gave. It is kept sealed. */
  client_secret: string;
  /** Whose word it takes that an e-mail address is somebody's. */
  email?: EmailTrust;
  /** How it is found: `https://accounts.example.com`. */
  issuer: string;
  /** Its key. */
  key: Key;
  /** To which addresses it may send people back. */
  redirects: Array<string>;
  /** Which roles it gives. */
  roles?: RoleClaim | null;
  /** What is asked of it beside `openid`; `email` when left out. */
  scopes?: Array<string>;
}

/** A job that is asked for. */
export interface NewJob {
  /** What it does. */
  kind: JobKind;
  /** Not before this time; at once when left out. */
  run_at?: Instant | null;
}

/** A payment that came. */
export interface NewPayment {
  /** How much arrived. */
  amount: Money;
  /** Who paid. */
  customer: Key;
  /** The legal entity that was paid; the customer's when absent. */
  entity?: Key | null;
  /** What a bank kept of it: it pays as if this had come too. */
  fee?: Money | null;
  /** What it is known by, as its source knows it: the line of a bank statement. Recorded twice under one key it is one payment. */
  key: Key;
  /** By what: bank transfer, card, cash, cheque or other. */
  method: Method;
  /** What it pays. When absent, every invoice of which something is left to pay, what falls due first first; of an empty list nothing. What is left
   * goes to the customer's balance. */
  pays?: Array<Share> | null;
  /** When it came, not later than now; now when absent. A day is meant where the customer is. */
  received?: When | null;
  /** What the payer wrote. */
  reference?: string | null;
}

/** A discount that is asked for. */
export interface NewRedemption {
  /** Which discount, by the code that the customer entered; instead of its key. */
  code?: Key | null;
  /** Which discount, by its key. */
  discount?: Key | null;
  /** From when it takes off: lines that fall due then or later. From the beginning of today when absent. */
  effective?: When | null;
  /** The key that the redemption gets; made of customer and discount when absent. */
  key?: Key | null;
  /** The one subscription that it is for; all of the customer's when absent. */
  subscription?: Key | null;
}

/** Money that is to go back out of a customer's balance. */
export interface NewRefund {
  /** How much. */
  amount: Money;
  /** The legal entity that pays it; the customer's when absent. */
  entity?: Key | null;
  /** What it is known by: made twice under one key it is one refund. */
  key: Key;
  /** How it goes back. */
  method: Method;
  /** What the customer reads. */
  reference?: string | null;
}

/** A schedule that is to be added. */
export interface NewSchedule {
  /** How often. */
  every: Every3;
  /** What is done. */
  work: ScheduledWork;
}

/** Settings that are to be in force. */
export interface NewSettings {
  /** From when; at once when left out. */
  effective_at?: Instant | null;
  /** All of them. */
  settings: Settings;
}

/** What is asked for when a customer subscribes. */
export interface NewSubscription {
  /** Where cycles begin: a day of the month such as 15, or a day such as 2026-04-15. When absent: the customer's billing day, the
   * cycles of the subscription that it goes with, or the first day with prices. */
  anchor?: Anchor | null;
  /** Who subscribes. */
  customer: Key;
  /** The subscription of the same customer that it is an add-on to: it is served only while that one is. */
  goes_with?: Key | null;
  /** Its key; the customer's key when absent. */
  key?: Key | null;
  /** From when the phases of the plan count; from the start when absent. */
  phases_from?: When | null;
  /** To which plan, as it is offered now. */
  plan: Key;
  /** Prices that were agreed instead of the plan's, by its names for them. */
  prices?: Record<string, Price>;
  /** How many of each thing that the plan counts. */
  quantities?: Record<string, Dec>;
  /** From when; from the beginning of today when absent. */
  start?: When | null;
  /** How long it is agreed for; until it is ended when absent. */
  term?: Term | null;
  /** Which usage of the customer it bills: `all` of it; `{ only: { project: atlas } }`, by the dimensions of its meters; or `shared`, where
   * another subscription bills the same usage and it is to be billed twice. */
  usage?: UsageScope;
}

/** A tenant that is to be added. */
export interface NewTenant {
  /** Whether money is real there. */
  environment?: Environment;
  /** Its key. */
  key: Key;
  /** Its name, for people. */
  name?: string;
}

/** A token that is asked for. */
export interface NewToken {
  /** From when on it is no longer good; never when absent. */
  expires_at?: Instant | null;
  /** What people call it. */
  name: string;
  /** Single permissions, such as `events:write`. */
  permissions?: Array<Permission>;
  /** Sets of permissions. */
  roles?: Array<Role>;
}

/** To whom a subscription goes over. */
export interface NewTransfer {
  /** The customer who has it from then on. */
  customer: Key;
  /** From when; now when absent. */
  effective?: Effective;
  /** The key of the new subscription; the customer's key when absent. */
  key?: Key | null;
}

/** A user who is to be added. */
export interface NewUser {
  /** The e-mail address to sign in with. */
  email: string;
  /** The person's name. */
  name?: string;
  /** The password: at least 15 characters. Without one they sign in by an identity provider alone. */
  password?: string | null;
  /** What the person may do. */
  roles: Array<Role>;
}

/** A document that is to be voided. */
export interface NewVoid {
  /** What becomes of its lines: it has to be said, but for a note by hand, whose lines are worth again what they were before it. */
  lines?: VoidedLines | null;
  /** Why. */
  reason: string;
}

export type NonEmpty_Change = Array<Change2>;

export type NonEmpty_Key = Array<Key>;

export type NonEmpty_PriceName = Array<PriceName>;

export type NonEmpty_RuleTax = Array<RuleTax>;

/** A number that is zero or above: a price, a percentage, an allowance. A price below zero is refused: what reduces a bill is a
 * discount or a credit, which say why they reduce it. */
export type NonNegative = string;

/** Changed events that change no bill. */
export interface NotBilled {
  /** How many. */
  events: number;
  /** The name of the events. */
  name: string;
  /** Whose. */
  subject: string;
}

/** Something about a plan that somebody should look at; it does not keep the plan from being posted. */
export type Note = {
  /** How many, and why. */
  events: Unmeasured;
  /** The meter. */
  meter: Key;
  note: "not_measured";
  /** From when to when. */
  period: Period;
} | {
  /** How much more it is worth, or less. */
  amount: Money;
  /** The line. */
  line: LineKey;
  note: "held";
};

/** Which way a note goes. */
export type NoteKind = "credit" | "debit";

/** A line of a note. */
export interface NoteLine {
  /** The amount before discounts. */
  amount: Money;
  /** The discount that goes with it. */
  discount: Money;
  /** With tax. */
  gross: Money;
  /** Without tax. */
  net: Money;
  /** The number of the line on the document that the note is about. */
  number: number;
  /** How many units, where units were asked for. */
  quantity?: Ratio | null;
  /** Each tax, in the order of the line's taxes. */
  taxes: Array<LineTax>;
}

/** What a note by hand is about. */
export interface NoteOf {
  /** The document that it corrects. */
  document: InvoiceId;
  /** That document's number. */
  number: string;
  /** What of each line, and where the money goes. */
  plan: NotePlan;
  /** Why, as the customer reads it. */
  reason: string;
}

/** A note as it will be issued. Amounts are those of the document's sign: a credit of a charge is above zero. */
export interface NotePlan {
  /** The amounts before discounts. */
  amount: Money;
  /** Its currency. */
  currency: Currency;
  /** The discounts that go with them. */
  discount: Money;
  /** `net + tax`: what is given back or charged. */
  gross: Money;
  /** Which way it goes. */
  kind: NoteKind;
  /** Its lines, in the order of the document. */
  lines: Array<NoteLine>;
  /** The sum without tax. */
  net: Money;
  /** Where the money of a credit goes; nothing for a debit note, which is to be paid. */
  settlement: Settlement;
  /** The tax. */
  tax: Money;
  /** One for each tax: what an electronic document shows as its tax breakdown. */
  taxes: Array<TaxTotal>;
}

/** Notes that were issued. */
export interface Notes {
  /** One for each currency. */
  notes: Array<Invoice>;
}

/** The thing that something was done to. */
export interface Object {
  /** Its key or id within the kind. */
  id: string;
  /** What kind of thing it is. */
  kind: string;
}

/** How much a discount takes off. */
export type Off = {
  percent: PercentOff;
} | {
  amount: Money;
} | {
  units: Dec;
};

/** A version of the catalog. */
export interface Offer {
  /** What is offered. */
  catalog: Catalog;
  /** Its number. */
  version: number;
}

/** What a tax is a percentage of, where a line has several. */
export type On = "price" | "price_and_taxes";

/** When service begins again. */
export interface Opening {
  /** Its first moment; now when it is left out. */
  effective?: Effective;
}

/** What became of one event of a batch. */
export type Outcome = {
  outcome: "accepted";
  /** Its position. */
  seq: Seq;
} | {
  outcome: "duplicate";
  /** Position of that event. */
  seq: Seq;
} | {
  outcome: "conflict";
  /** Position of the event that was there. */
  seq: Seq;
} | {
  outcome: "quarantined";
  /** What is wrong with it. */
  problem: Problem;
};

/** Which events of the past a quantity rests on. */
export type Over = "period" | "lifetime";

/** A price for packages of a fixed size. */
export interface Package {
  /** Price of a package. */
  price: NonNegative;
  /** Units in a package. Zero or below is refused: such a price would be free or infinite. */
  size: Positive;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfAlert {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Alert>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfApproval {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Approval>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfAuditEntry {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<AuditEntry>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfChangeset {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Changeset>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfCharge {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Charge>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfCrossing {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Crossing>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfCustomer {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Customer>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfEndpoint {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Endpoint>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfEntity {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Entity>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfIdentityProvider {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<IdentityProvider>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfInvoice {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Invoice>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfJobView {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<JobView>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfJournalEntry {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<JournalEntry>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfMailDelivery {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<MailDelivery>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfNamedDiscount {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<NamedDiscount>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfPaymentView {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<PaymentView>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfQuarantined {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Quarantined>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfRedemption {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Redemption>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfSchedule {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Schedule>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfSettingsVersion {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<SettingsVersion>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfStoredEvent {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<StoredEvent>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfSubscription {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Subscription>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfTenant {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Tenant>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfToken {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<Token>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfUser {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<User>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a list. The next part begins at `next`, given as `?after=`. */
export interface PageOfWebhookDelivery {
  /** The items, in the order of the list. There can be fewer than `limit` though the list goes on. */
  items: Array<WebhookDelivery>;
  /** Where the list goes on; absent at its end. */
  next?: Place2 | null;
}

/** A part of a payment that a document has. */
export interface PaidPart {
  /** How much of it. */
  amount: Money;
  /** The payment. */
  payment: Key;
}

/** What one stretch of a cycle is worth. */
export interface PartWorth {
  /** The exact amount in the currency. */
  amount: Ratio;
  /** How the quantity was counted, for a metered price. */
  measured?: Measurement | null;
  /** The stretch. */
  period: Period;
  /** The quantity that stood or was counted. */
  quantity: Ratio;
  /** The stretch as a share of the whole cycle, under the price's proration. */
  share: Ratio;
  /** How the amount follows from the quantity. */
  why: Explanation;
}

/** What a payment pays of a document. */
export interface Paying {
  /** How much. */
  amount: Money;
  /** The document's id. */
  document: Key;
}

/** How many days after its date an invoice can be paid without being late; 30 where nothing is said. */
export type PaymentDays = number;

/** Where a payment is. */
export type PaymentState = "used" | "in_balance" | "reversed";

/** A payment, and where it is. */
export interface PaymentView {
  /** How much arrived; above zero. */
  amount: Money;
  /** Who paid. */
  customer: Key;
  /** The legal entity that was paid. */
  entity: Key;
  /** What a bank kept of it: the customer paid `amount` and this. None where it kept nothing. */
  fee?: Money | null;
  /** What it is known by: a payment that is recorded twice under one key is one. */
  key: Key;
  /** What of it is in the customer's balance; below zero where the payment was reversed after some of it had gone back. */
  left: Money;
  /** By what. */
  method: Method;
  /** The documents that it pays, by id, and how much of each. */
  pays: Array<Paying>;
  /** When it arrived. */
  received_at: Instant;
  /** When we knew. */
  recorded_at: Instant;
  /** What the payer wrote, the number of the credit note, or why a claim was given up. */
  reference?: string | null;
  /** What of it went back to the customer. */
  refunded: Money;
  /** Where it is, in a word. */
  state: PaymentState;
  /** What was done with it, in order. */
  steps?: Array<Step3>;
}

/** The unit of time in which a level is counted. */
export type Per = "second" | "minute" | "hour" | "day" | "period";

/** A rate in per cent, 0 or more: "19" is 19 %. */
export type Percent = string;

/** Per cent, above 0 and at most 100: "20" is 20 %. */
export type PercentOff = string;

/** A band with a percentage of the amount that falls into it. */
export interface PercentTier {
  /** Fee that is due once when the tier is reached. */
  flat?: NonNegative | null;
  /** Percent of the amount in the tier: `"2.9"` is 2.9 %. */
  percent: NonNegative;
  /** Last amount of the tier, inclusive. Left out for the last tier, which is open. */
  up_to?: NonNegative | null;
}

/** Bands in order: ascending, without a gap, the last one open. In files and in the API a list. */
export type PercentTiers = Array<PercentTier>;

/** A percentage price. The quantity is the sum of the transactions.
 * 
 * Transactions are taken in order of time. One is free as long as free transactions are left (if the price has any) and its
 * amount fits into what is left of the free amount (if the price has one): the free part ends with the limit that is used up
 * first. Of the transaction that crosses the free amount only the rest is charged. What is charged costs
 * rest × `percent` + `fixed`, at least `minimum` and at most `maximum`. */
export interface Percentage {
  /** Charged for each transaction on top. */
  fixed?: NonNegative | null;
  /** The amount that is free. */
  free_amount?: NonNegative | null;
  /** How many transactions are free. */
  free_transactions?: number | null;
  /** The most that a charged transaction costs. */
  maximum?: NonNegative | null;
  /** The least that a charged transaction costs. */
  minimum?: NonNegative | null;
  /** Percent: `"2.9"` is 2.9 %. */
  percent: NonNegative;
}

/** A stretch of time, half-open: `from` belongs to it, `to` does not. Never empty. JSON form `{"from": …, "to": …}`. */
export interface Period {
  from: Instant;
  to: Instant;
}

/** An action on a kind of thing. */
export type Permission = "pricing:read" | "pricing:write" | "pricing:approve" | "customers:read" | "customers:write" | "customers:approve" | "subscriptions:read" | "subscriptions:write" | "subscriptions:approve" | "events:read" | "events:write" | "events:approve" | "usage:read" | "usage:write" | "usage:approve" | "changesets:read" | "changesets:write" | "changesets:approve" | "invoices:read" | "invoices:write" | "invoices:approve" | "books:read" | "books:write" | "books:approve" | "access:read" | "access:write" | "access:approve" | "approvals:read" | "approvals:write" | "approvals:approve" | "audit:read" | "audit:write" | "audit:approve" | "tenants:read" | "tenants:write" | "tenants:approve" | "operations:read" | "operations:write" | "operations:approve";

/** A stretch at the beginning of a plan with prices of its own: a trial, an introduction, a fixed term. Phases follow each other; after
 * the last one the plan's own prices hold. */
export interface Phase {
  /** How long it lasts, in days from the first one of the plan's phases: `14 days`, `3 months`. */
  lasts: Cadence;
  /** What it is called; once in a plan. */
  name: Key;
  /** What is charged in it, and nothing else. Left out, the phase is free. */
  prices?: Record<string, Price>;
}

/** From when the phases of a new plan count. */
export type Phases = "go_on" | "restart";

/** How much of a line is credited. */
export type Pick = "rest" | {
  amount: Money;
} | {
  quantity: Ratio;
} | {
  share: Ratio;
} | {
  leave_amount: Money;
};

/** A place with its own taxes: a country, or a part of one. */
export interface Place {
  /** The country. */
  country: Country;
  /** A part of it with its own taxes, as the rules name it: `CA` for California, `ES-CN` for the Canary Islands. */
  region?: string | null;
}

/** A place in a list: text that is only handed back. */
export type Place2 = string;

/** A bundle of prices that is offered together, in one currency. */
export interface Plan {
  /** Where cycles begin: on the day of the subscription's start, or on the calendar. */
  align?: Alignment;
  /** At which amounts of a period's spend an invoice is made before the period ends. Left out, at none. */
  bill_at?: SpendSteps | null;
  /** The currency of all its prices: a code of ISO 4217. */
  currency: Currency;
  /** How long a cycle is. */
  every: Cadence;
  /** The features that it grants or withholds: each one of `features`. */
  features?: Record<string, Grant>;
  /** What a person calls it. Left out, its key. */
  name?: string | null;
  /** What it costs at first, phase after phase. Left out, its prices hold from the start. */
  phases?: Array<Phase>;
  /** The prices. */
  prices: Record<string, Price>;
  /** Whether its prices contain their taxes. */
  tax?: Prices;
}

/** What a plan would post more or less than another one of the same customer. */
export interface PlanDifference {
  /** Each key under which the plans differ. */
  lines: Array<LineDifference>;
  /** The sums of the differences: one for each currency in which there is one. */
  totals: Array<Money>;
}

/** A plan as it stood in one version of the catalog. */
export interface PlanRef {
  /** The plan's key. */
  plan: Key;
  /** The number of the catalog version. */
  version: number;
}

/** What would change. */
export interface Planned {
  /** Resource by resource; empty when the file says what is in force already. */
  changes: Array<Change>;
}

export interface PortalToken {
  /** Whose. */
  customer: Key;
  /** From when on it is no longer good. */
  expires_at: Instant;
}

/** A number above zero: the size of a package, the rate of a pricing unit. */
export type Positive = string;

/** One leg of an entry: a positive amount on one side of one account. */
export interface Posting {
  /** Where. */
  account: Account;
  /** How much, in the currency of the event; never below zero, and zero only where the functional amount is not. */
  amount: Money;
  /** What the amount can be sliced by: customer, product, subscription… */
  dimensions?: Record<string, string>;
  /** The same in the currency in which the legal entity keeps its books; none where that is the currency of the amount. A leg of zero with a
   * functional amount is a difference of exchange. */
  functional?: Money | null;
  /** On which side. */
  side: Side;
}

/** A price as files and the API write it: exactly one price model, and what stands around it. In [`Price`] the one model is a value
 * of its own. */
export interface Price {
  /** Dimensions of the meter by which the lines are split. */
  by?: Array<string>;
  /** Model: the cost that the events carry, which the meter sums up, with a markup. */
  cost_plus?: CostPlus | null;
  /** Model: the amount that the events carry, which the meter sums up. */
  dynamic?: Dynamic | null;
  /** How often it is charged: `once`, or the length of its cycles. Left out, in each cycle of the plan. */
  every?: Every | null;
  /** Model: one amount per cycle. */
  flat?: NonNegative | null;
  /** Model: the result of a formula over `quantity`, `count` and `dimensions.<name>`. */
  formula?: Formula | null;
  /** Of usage in advance: what is billed together. Left out, the usage of each day. */
  gather?: Gather | null;
  /** Model: each unit at the price of the tier in which it lies. */
  graduated?: Tiers | null;
  /** Model: each part of an amount at the percentage of the tier in which it lies. */
  graduated_percentage?: PercentTiers | null;
  /** When a cycle is due. Left out: metered prices at the end, all others at the beginning. A metered price in advance bills usage when it
   * happens. */
  in?: Timing | null;
  /** Quantity that costs nothing in each cycle. */
  included?: NonNegative | null;
  /** How a quantity counts that changes within a cycle. Left out, as it stands. */
  level?: Level | null;
  /** Model: quantity times the rate of its dimensions. */
  matrix?: Matrix | null;
  /** The most that a cycle costs. */
  maximum?: NonNegative | null;
  /** The quantity is what this meter measures: one of `meters`. */
  meter?: Key | null;
  /** The least that a cycle costs. */
  minimum?: NonNegative | null;
  /** What a person calls it on the invoice. Left out, its key. */
  name?: string | null;
  /** Model: each started package of `size` units costs `price`. */
  package?: Package | null;
  /** Model: quantity times this price. */
  per_unit?: NonNegative | null;
  /** Model: a percentage of the metered amount, with what is charged, free and limited for each transaction. */
  percentage?: Percentage | null;
  /** The product it is a price of: one of `products`. */
  product?: Key | null;
  /** How a part of a cycle is charged. Left out, by the days. */
  prorate?: Proration | null;
  /** The quantity is a number of the subscription that has this name. With neither `meter` nor `quantity` it is 1. */
  quantity?: Key | null;
  /** Model: the price of the step in which the quantity lies. */
  stair_step?: Steps | null;
  /** What the tax rule looks at. */
  tax_category?: Key | null;
  /** The pricing unit of all amounts here: one of `units`. Left out, the plan's currency. */
  unit?: Key | null;
  /** Model: all units at the price of the tier that the quantity reaches. */
  volume?: Tiers | null;
}

/** A price of a plan, in whatever version of the catalog. */
export interface PriceName {
  /** The plan. */
  plan: Key;
  /** The price within the plan. */
  price: Key;
}

/** A price as it stood in one version of the catalog. */
export interface PriceRef {
  /** The plan's key. */
  plan: Key;
  /** The price's key within the plan. */
  price: Key;
  /** The number of the catalog version. */
  version: number;
}

/** What a metered price makes of an event. */
export interface PriceVerdict {
  /** What it makes of the event. */
  makes: Makes;
  /** The meter of the price. */
  meter: Key;
  /** Plan and price: `scale.tokens`. */
  price: string;
  /** The subscription. */
  subscription: Key;
}

/** Whether prices contain their taxes. */
export type Prices = "exclusive" | "inclusive";

/** One thing that is wrong: what, where and how to mend it. At the edge it is a problem document of RFC 9457 (`code` is the
 * last part of its `type`); each code has a section in `docs/errors.md`. */
export interface Problem {
  /** Stable name of the kind of problem, in snake case. */
  code: string;
  /** What is wrong this time, with the value that was found. */
  detail: string;
  /** How to mend it. */
  mend: string;
  /** Where: a JSON pointer into what was sent, or `file:line:column`. */
  pointer?: string | null;
  /** The kind of problem in a few words; the same for every occurrence. */
  title: string;
}

/** A refusal as it is sent: RFC 9457, `application/problem+json`. It is about the first problem; `problems` has all. */
export interface ProblemDocument {
  /** Stable name of the kind of problem, in snake case. */
  code: string;
  /** What is wrong this time, with the value that was found. */
  detail: string;
  /** How to mend it. */
  mend: string;
  /** Where: a JSON pointer into the body, `?name` of the query, or `{name}` of the path. */
  pointer?: string | null;
  /** Everything that is wrong, this one too. */
  problems: Array<Problem>;
  /** The HTTP status. */
  status: number;
  /** The kind of problem in a few words; the same for every occurrence. */
  title: string;
  /** Where the kind of problem is explained: `/docs/errors#CODE`. */
  type: string;
}

/** Something that is sold. Prices name it, so that reports can add them up. */
export interface Product {
  /** What a person calls it. Left out, its key. */
  name?: string | null;
}

/** How the share of a part of a cycle is measured. With the first three, the shares of the parts of a cycle add up to 1
 * exactly, wherever it is cut. */
export type Proration = "second" | "day" | "thirty_360" | "none" | "full";

/** A quantity of a billing cycle, before and after. */
export interface QuantityDifference {
  /** How much with it. */
  after: Ratio;
  /** How much without the changeset. */
  before: Ratio;
  /** Whose. */
  customer: Key;
  /** The values by which the quantity is split. */
  dimensions?: Record<string, string>;
  /** On which meter. */
  meter: Key;
  /** The billing cycle, as far as the subscription covers it. */
  period: Period;
  /** The version of the catalog in which the meter is defined. */
  version: number;
}

/** Rounding of a quantity, after conversion: `{ to: 0, mode: up }` counts begun units. */
export interface QuantityRounding {
  /** What to do with what lies between. */
  mode?: Rounding;
  /** Decimal place: 2 is hundredths, 0 whole units, -3 thousands. */
  to?: number;
}

/** What stands in quarantine for one reason. */
export interface QuarantineReason {
  /** The code of the problem. */
  code: string;
  /** How many events. */
  count: number;
  /** The first few that wait. */
  samples: Array<QuarantineSample>;
  /** The problem in a few words. */
  title: string;
  /** How many of them were not accepted since. */
  waiting: number;
}

/** Something in quarantine, with its place there. */
export interface QuarantineSample {
  /** Its place in the quarantine, from 0; it never changes. */
  place: number;
  /** What was sent, and what is wrong with it. */
  quarantined: Quarantined;
}

/** Something in quarantine. */
export interface Quarantined {
  /** Position of the event of the same source and id that was accepted, if one was. */
  mended?: Seq | null;
  /** What is wrong with it. */
  problem: Problem;
  /** When it was received. */
  received_at: Instant;
  /** What was sent. */
  sent: Sent;
}

/** An exact number as text: a decimal such as "0.5", or a fraction such as "10/3". */
export type Ratio = string;

/** A step of spend for which a document is made before the period ends. */
export interface Reached {
  /** What the usage of the period comes to so far. */
  spend: Money;
  /** The highest step that was reached. */
  step: Money;
  /** Whose spend it is; that of all the customer's subscriptions when absent. */
  subscription?: Key | null;
}

/** That the server can do its work. */
export interface Ready {
  /** Always `ready`: what hinders is a refusal. */
  status: string;
}

/** Why nothing is taxed, as the invoice says it. */
export interface Reason {
  /** A code of the VATEX list, such as `VATEX-EU-132-1I`. */
  code?: string | null;
  /** The reason in words. */
  text: string;
}

/** What a node of an explanation is. Quantities are in the unit that the price counts, prices in the unit of the price. */
export type Reason2 = "price" | {
  included: {
    /** What the price includes, after proration. */
    included: Ratio;
    /** How much of it was used. */
    used: Ratio;
  };
} | {
  maximum: {
    /** The most that the price costs, after proration. */
    maximum: Ratio;
  };
} | {
  minimum: {
    /** The least that the price costs, after proration. */
    minimum: Ratio;
  };
} | {
  prorated: {
    /** The part of the cycle. */
    share: Ratio;
  };
} | {
  converted: {
    /** Currency per unit. */
    rate: Dec;
    /** The pricing unit. */
    unit: Key;
    /** The amount in pricing units. */
    units: Ratio;
  };
} | {
  flat: {
    /** The price. */
    price: Dec;
  };
} | {
  per_unit: {
    /** Price of one. */
    each: Dec;
    /** Units. */
    quantity: Ratio;
  };
} | {
  graduated: {
    /** Units in all. */
    quantity: Ratio;
  };
} | {
  volume: {
    /** Units in all, priced. */
    quantity: Ratio;
  };
} | {
  stair_step: {
    /** The price of the step. */
    price: Dec;
    /** Units in all. */
    quantity: Ratio;
    /** Number of the step, from 1. */
    tier: number;
    /** Last quantity of the step; `None` when it is open. */
    up_to?: Dec | null;
  };
} | {
  tier_units: {
    /** Where the tier begins, exclusive. */
    above: Dec;
    /** Price of one. */
    each: Dec;
    /** Units. */
    quantity: Ratio;
    /** Number of the tier, from 1. */
    tier: number;
    /** Last quantity of the tier, inclusive; `None` when it is open. */
    up_to?: Dec | null;
  };
} | {
  tier_percent: {
    /** Where the tier begins, exclusive. */
    above: Dec;
    /** The amount of which the percentage is taken. */
    of: Ratio;
    /** The percentage. */
    percent: Dec;
    /** Number of the tier, from 1. */
    tier: number;
    /** Last amount of the tier, inclusive; `None` when it is open. */
    up_to?: Dec | null;
  };
} | {
  tier_flat: {
    /** The fee. */
    flat: Dec;
    /** Number of the tier, from 1. */
    tier: number;
  };
} | {
  tier_maximum: {
    /** The most that the tier costs. */
    maximum: Dec;
    /** Number of the tier, from 1. */
    tier: number;
  };
} | "not_below_zero" | {
  package: {
    /** Started packages. */
    packages: Dec;
    /** Price of a package. */
    price: Dec;
    /** Units. */
    quantity: Ratio;
    /** Units in a package. */
    size: Dec;
  };
} | {
  percentage: {
    /** How many transactions. */
    count: number;
    /** Sum of the transactions. */
    quantity: Ratio;
  };
} | {
  percent_of: {
    /** The amount of which the percentage is taken. */
    of: Ratio;
    /** The percentage. */
    percent: Dec;
  };
} | {
  per_transaction: {
    /** How many. */
    count: number;
    /** Price of one. */
    each: Dec;
  };
} | {
  free_transactions: {
    /** How many. */
    count: number;
    /** The amount that is free, in part of charged transactions too. */
    free: Dec;
  };
} | {
  transaction_minimum: {
    /** How many were lifted. */
    count: number;
    /** The least that one costs. */
    minimum: Dec;
  };
} | {
  transaction_maximum: {
    /** How many were capped. */
    count: number;
    /** The most that one costs. */
    maximum: Dec;
  };
} | {
  matrix: {
    /** Price of one. */
    each: Dec;
    /** Units. */
    quantity: Ratio;
    /** Number of the rate in the price, from 1; `None` for the default rate. */
    rate?: number | null;
  };
} | {
  dynamic: {
    /** Sum of the carried amounts. */
    carried: Dec;
    /** What it is multiplied with. */
    multiplier: Dec;
  };
} | {
  cost_plus: {
    /** Sum of the carried costs. */
    carried: Dec;
  };
} | "cost" | {
  formula: {
    /** Events, the variable `count`. */
    count: number;
    /** Units, the variable `quantity`. */
    quantity: Ratio;
  };
} | "increment" | "after" | "before" | "already_paid" | "kept";

/** What stands in quarantine. */
export interface Reasons {
  /** By the code of the problem. */
  reasons: Array<QuarantineReason>;
}

/** The invoices of which something is left to pay, and how late they are. */
export interface Receivables {
  /** What is left to pay of them, by how late it is. */
  ages: Ages;
  /** The currency. */
  currency: Currency;
  /** The invoices, what falls due first first. */
  documents: Array<Standing2>;
  /** The seller. */
  entity: Key;
  /** The day on which it is looked at, where the customer is. */
  on: Date;
}

/** A discount that a customer has. It keeps the offer as it was: an offer that changes later changes nothing here. */
export interface Redemption {
  /** What of it was used elsewhere, before it came here. */
  before?: Spent;
  /** Who has it. */
  customer: Key;
  /** The offer as it was redeemed. */
  discount: Discount;
  /** From when it takes off: lines that fall due then or later. */
  effective_at: Instant;
  /** When it was taken away. */
  ended?: Ended | null;
  /** Its own key. */
  key: Key;
  /** When it became known. */
  recorded_at: Instant;
  /** The one subscription that it is for; all of the customer's when left out. */
  subscription?: Key | null;
}

/** Where a redemption stands. */
export type RedemptionStanding = "open" | "ended";

/** A part of a payment that goes back. */
export interface Refund {
  /** How much. */
  amount: Money;
  /** The payment. */
  payment: Key;
}

/** What went back to a customer. */
export interface Refunds {
  /** All of it, the newest first. */
  refunds: Array<CustomerRefund>;
}

/** A change that cannot be made. */
export interface RefusedChange {
  /** Which one of those that were given, counted from 0. */
  change: number;
  /** Why not. */
  problem: Problem;
}

/** The register's answer. */
export type Registered = "yes" | "no";

/** What became of events that were tried again. */
export interface Replayed {
  /** How many are accepted now. */
  accepted: number;
  /** What became of each, in the order of the quarantine. */
  outcomes: Array<ReplayedEvent>;
  /** How many are still not valid. */
  quarantined: number;
}

/** A delivery that is sent again. */
export interface Replayed2 {
  /** Its id. */
  delivery: string;
}

/** What became of one event that was tried again. */
export interface ReplayedEvent {
  /** What became of it. */
  outcome: Outcome;
  /** Its place in the quarantine. */
  place: number;
}

/** Which kind of thing changes. */
export type Resource = "meter" | "feature" | "product" | "unit" | "plan" | "price";

/** Why a payment is reversed. */
export interface Reversal {
  /** Why. */
  reason: string;
}

/** What a person or a program usually does, as a set of permissions. */
export type Role = "owner" | "product" | "finance" | "engineering" | "support" | "auditor";

/** Which roles a provider gives. */
export interface RoleClaim {
  /** The claim of the ID token, a text or a list of texts, such as `groups`. */
  claim: string;
  /** The roles for each value of it; other values give none. */
  roles: Record<string, Array<Role>>;
}

/** How an account came from its opening to its closing balance: of the contract liability, the roll-forward of deferred revenue. */
export interface RollForward {
  /** The account. */
  account: Account;
  /** One for each currency. */
  rows: Array<RollForwardRow>;
  /** What it is about. */
  span: Span;
}

/** One currency. */
export interface RollForwardRow {
  /** What each kind of event added, or took where it is below 0. A kind is the last word of an event's name: `issued`, `earned`. */
  changes: Record<string, Money>;
  /** What stands on the account at the end. */
  closing: Money;
  /** What stood on the account at the beginning. */
  opening: Money;
}

export interface Rotation {
  /** Until when the secret before is good; for a day when it is left out. */
  until?: Instant | null;
}

/** What to do with what lies between two neighbours of the wanted scale. */
export type Rounding = "half_up" | "half_even" | "half_down" | "up" | "down" | "ceiling" | "floor";

/** A row of a statement. */
export interface Row {
  /** By how much more is owed; below zero where it is less. */
  amount: Money;
  /** The day. */
  on: Date;
  /** What is owed then. */
  owed: Money;
  /** The number of the document, or the key of the payment or refund. */
  reference: string;
  /** What happened. */
  what: RowKind;
}

/** What changes what is owed. */
export type RowKind = "invoice" | "credit_note" | "payment" | "write_off" | "refund" | "reversal";

/** All taxes on one class of goods in one place. */
export interface Rule {
  /** On what: a class that products name, such as `standard`, `books`, `saas`. */
  class: Key;
  /** Where. */
  place: Place;
  /** The taxes, in the order in which one stands on another. A rule of a region says all of them, those of the country too. */
  taxes: NonEmpty_RuleTax;
}

/** One tax of a rule. */
export interface RuleTax {
  /** The category of EN 16931. */
  category?: Category;
  /** Which tax: `vat`, `gst`, `us-ca`. */
  code: Key;
  /** What the rate is a percentage of. */
  on?: On;
  /** The rates by the local date from which each holds. */
  rates: Dated_Percent;
  /** Why nothing is taxed, where the category asks for it. */
  reason?: Reason | null;
}

/** The taxes that a seller charges, as dated data: one rule for each place and class of goods. A place has one rule for each class. */
export type Rules = Array<Rule>;

/** Work that comes again. */
export interface Schedule {
  /** When it was made. */
  created_at: Instant;
  /** How often. */
  every: Every3;
  /** Its id; `due-billing` and `upkeep` are there without being added. */
  id: string;
  /** When it comes up next, unless it is paused. */
  next_at: Instant;
  /** Whether it comes up. */
  state: ScheduleState;
  /** What is done. */
  work: ScheduledWork;
}

/** Whether a schedule comes up. */
export type ScheduleState = "active" | "paused";

/** What is done again and again. */
export type ScheduledWork = "billing_run" | "due_billing" | "upkeep" | {
  export: NewExport;
};

/** Off what a discount takes. */
export type Scope = {
  prices: NonEmpty_PriceName;
} | {
  meters: NonEmpty_Key;
} | {
  plans: NonEmpty_Key;
} | "document";

/** What is known of the seller. */
export interface Seller {
  /** How it taxes consumers of other member states. */
  consumers?: Consumers;
  /** Where it is established. */
  country: Country;
  /** What shows that a buyer is a business. */
  evidence?: Evidence;
  /** Other countries in which it is registered and charges the tax of that country. */
  registered?: Array<Country>;
}

/** What was sent and is not measured. */
export type Sent = {
  event: Event;
} | {
  text: string;
};

/** Position of an accepted event or a correction in the order in which they became known for a tenant: 1, 2, 3, … without a gap.
 * 
 * `as_of` of a query is such a position: the same query with the same position has the same answer for ever. */
export type Seq = number;

/** What the numbers of an entity's documents begin with. No two series of a tenant begin alike. */
export interface Series {
  /** Of credit notes. */
  credit_notes: Key;
  /** Of debit notes; `DN` beside `INV`, and the series of invoices with `-DN` beside another. */
  debit_notes?: Key | null;
  /** Of invoices: `INV` gives `INV-000001`. */
  invoices: Key;
}

/** How a tenant bills. What is left out is as in [`Settings::default`]; a customer may have it otherwise ([`contracts::BillingPolicy`]). */
export interface Settings {
  /** Differences on billed cycles that are smaller than this, up or down, are written off: an amount in the currency of the difference. None when left
   * out. */
  absorb_below?: NonNegative | null;
  /** When a customer's balance pays new invoices; `automatic` when left out. */
  balances?: BalanceUse;
  /** What becomes of differences on billed cycles; `next_invoice` when left out. */
  corrections?: Corrections;
  /** For so many days after something falls due it stands on a draft, into which late usage flows; 0 when left out. */
  grace_days?: number;
  /** Who makes a claim of a draft; `automatic` when left out. */
  issuing?: Issuing;
  /** How many days customers have to pay an invoice, where neither they nor their seller have terms of their own; 30 when left out. */
  payment_days?: PaymentDays;
}

/** Settings as they were recorded once. */
export interface SettingsVersion {
  /** From when it is in force: what falls due before is billed by an earlier one. */
  effective_at: Instant;
  /** When it was recorded. */
  recorded_at: Instant;
  /** What it says, all of it. */
  settings: Settings;
  /** 1, 2, 3, …; 0 is what holds for a tenant that has said nothing. */
  version: number;
}

/** Where the money of a credit goes: the parts sum to the credit. */
export interface Settlement {
  /** By other means. */
  elsewhere: Money;
  /** Off what was still to be paid. */
  reduces_open: Money;
  /** Back to payments; none is zero. */
  refunds: Array<Refund>;
  /** To the customer's balance. */
  to_balance: Money;
}

/** A document that is to be paid. */
export interface Share {
  /** How much of it; as much as is left to pay and as there is when it is left out. */
  amount?: Money | null;
  /** The document: its id or its number. */
  document: Key;
}

/** A leg's side of an entry. */
export type Side = "debit" | "credit";

/** Who signs in. */
export interface SignIn {
  /** The user's e-mail address. */
  email: string;
  /** The user's password. */
  password: string;
  /** Where; `default` when it is left out. */
  tenant?: Key | null;
}

/** What a person is sent away with. */
export interface SignInBegun {
  /** The other half: it stays on the page that began, and is sent with the code. */
  binding: string;
  /** Until when it is good. */
  expires_at: Instant;
  /** What comes back as `state` with the code. */
  state: string;
  /** Where the person goes. */
  url: string;
}

/** Whether somebody can sign in by it. */
export type SignInStanding = "open" | "disabled";

/** Where a quantity comes from. */
export type Source = "constant" | {
  quantity: {
    /** Its name. */
    name: Key;
  };
} | {
  meter: {
    /** The meter. */
    meter: Key;
  };
};

/** What a report is about, in both times. */
export interface Span {
  /** What is true before it counts. */
  before: Instant;
  /** What is true before it is carried forward; none: from the beginning. */
  from?: Instant | null;
  /** What was written by then counts; none: everything that is known. */
  known_at?: Instant | null;
}

/** A part of an invoice: the lines of a plan, or of one of its prices. */
export interface SpendOn {
  /** The plan. */
  plan: Key;
  /** The price; all of the plan when absent. */
  price?: Key | null;
}

/** Amounts of spend, in the currency, at which an invoice is made in the middle of a period. Spend is what the metered prices come to
 * since the period began. No amount at all: an invoice at the end of the period only. */
export interface SpendSteps {
  /** Amounts of spend, rising: an invoice at each of them, once. */
  spend?: Array<Positive>;
  /** Another invoice each time so much more is spent, above the last of `spend`. */
  then_each?: Positive | null;
}

/** What was used of a redemption. */
export interface Spent {
  /** Of an amount that is redeemed once. */
  amount?: Money | null;
  /** How many periods of each subscription. */
  periods?: number;
}

/** Where an invoice stands. */
export type Standing = "draft" | "issued" | "void";

/** A claim and what became of it, as of a day. */
export interface Standing2 {
  /** For how many days it is late; none where it is not. */
  days_overdue?: number | null;
  /** The id of the document. */
  document: Key;
  /** What is left to pay: `total` less `paid` less `written_off`; never below zero. */
  due: Money;
  /** The last day on which it can be paid without being late. */
  due_on: Date;
  /** Its number. */
  number: string;
  /** Its day. */
  on: Date;
  /** How much of that is paid, by payments and credit notes. */
  paid: Money;
  /** What was paid by which payment, the oldest first. */
  payments: Array<PaidPart>;
  /** The same in a word. */
  state: State2;
  /** How much it claims. */
  total: Money;
  /** How much of it was given up. */
  written_off: Money;
}

export type State = "open" | "sealed" | "applied" | "reverted";

/** How far a claim is paid. It cannot be paid too far: what is too much goes to the balance. */
export type State2 = "open" | "partly_paid" | "paid" | "written_off";

/** How far an approval is. */
export type State3 = "waiting" | "running" | "done" | "failed" | "rejected" | "withdrawn" | "expired";

/** Where taxes can be stated, from the narrowest to the widest. The first that states any says all. */
export type StatedAt = "line" | "add_on" | "price" | "fixed_price" | "commitment" | "product" | "plan" | "customer" | "entity";

/** What happened between two days. `opening` and `more` less `less` is `closing`. */
export interface Statement {
  /** What is owed after the last day: what is left to pay less the balance. */
  closing: Money;
  /** The currency. */
  currency: Currency;
  /** Whose. */
  customer: Key;
  /** The days. */
  days: DateRange;
  /** The legal entity that sells. */
  entity: Key;
  /** The sum of the rows by which less is owed; not below zero. */
  less: Money;
  /** The sum of the rows by which more is owed. */
  more: Money;
  /** What was owed before the first day; below zero where the customer had something to their credit. */
  opening: Money;
  /** What happened, in order. */
  rows: Array<Row>;
}

/** A step: one price for every quantity in it. */
export interface Step {
  /** Price of the step, whatever the quantity in it. */
  price: NonNegative;
  /** Last quantity of the step, inclusive. Left out for the last step, which is open. */
  up_to?: NonNegative | null;
}

/** What a change does to the terms from its effective instant on. */
export type Step2 = {
  start: {
    /** From when the plan's phases count; from the start when absent. Who comes from elsewhere may have had the trial there. */
    phases_from?: Instant | null;
    /** The plan. */
    plan: PlanRef;
    /** Prices that were agreed instead of the plan's. */
    prices?: Record<string, Price>;
    /** How many of what. */
    quantities?: Record<string, Dec>;
    /** How long it is agreed for; until it is ended when absent. */
    term?: Term | null;
  };
} | {
  switch: {
    /** What becomes of what was charged ahead for the old plan. */
    credit?: Credit;
    /** From when its phases count. */
    phases?: Phases;
    /** The new plan. */
    plan: PlanRef;
    /** Prices that were agreed instead of the new plan's. */
    prices?: Record<string, Price>;
    /** Quantities that change with it. */
    quantities?: Record<string, Dec>;
  };
} | {
  set: {
    /** Prices that were agreed; `null` takes the plan's own again. */
    prices?: Record<string, Price | null>;
    /** The new numbers. */
    quantities?: Record<string, Dec>;
  };
} | {
  count: {
    /** Where they begin from now on. */
    from: Anchor;
  };
} | {
  pause: {
    /** What becomes of what was charged ahead. */
    credit?: Credit;
  };
} | {
  resume: Record<string, unknown>;
} | {
  end: {
    /** What becomes of what was charged ahead. */
    credit?: Credit;
  };
} | {
  reactivate: Record<string, unknown>;
} | {
  renew: {
    /** How long. */
    term: Term;
  };
} | {
  withdraw: {
    /** Its place in the chain; the start is 0. */
    change: number;
  };
};

/** Something that was done with a payment. */
export interface Step3 {
  /** From when it is true in the books. */
  at: Instant;
  /** What. */
  did: Did;
  /** When it was recorded. */
  recorded_at: Instant;
}

/** Bands in order: ascending, without a gap, the last one open. In files and in the API a list. */
export type Steps = Array<Step>;

/** An accepted event. */
export interface StoredEvent {
  /** The event as it was sent or last amended. */
  event: Event;
  /** When it was received; of an amended event, when the amendment was. */
  received_at: Instant;
  /** Its position. */
  seq: Seq;
}

/** The recurring part of a contract: one plan at a time in one currency, from its start until it ends. */
export interface Subscription {
  /** Where its cycles begin; on the first day with prices, or on the calendar where the plan says so, when absent. */
  anchor?: Anchor | null;
  /** What happened to it, in the order in which it was recorded. The first one starts it. */
  changes: NonEmpty_Change;
  /** Who owns it. */
  customer: Key;
  /** The subscription that it goes with: it ends no later than that one. An add-on. */
  goes_with?: Key | null;
  /** Its name, unique among the tenant's subscriptions. */
  key: Key;
  /** Which usage of the customer it bills. */
  usage?: UsageScope;
  /** The zone whose days begin and end its periods. */
  zone: Zone;
}

/** Where a subscription stands. */
export type SubscriptionStanding = "open" | "ending";

/** What a document owes of one tax. */
export interface Subtotal {
  /** The tax. */
  amount: Money;
  /** What it is on: the net amounts of its lines, with the taxes below it where it stands on them. */
  base: Money;
  /** The exact tax in major units, before it was rounded. */
  exact: Ratio;
  /** The tax. */
  tax: Tax;
}

/** What one discount takes off a line. */
export interface TakenOff {
  /** The amount that is taken off, above zero. */
  amount: Money;
  /** How it follows. */
  how: How;
  /** What the discount is called. */
  name: string;
  /** What was left of the line before. */
  of: Money;
  /** The redemption. */
  redemption: Key;
}

/** A tax on a line. Lines with equal taxes form one group: it is rounded as one, and electronic invoices show it as one. */
export interface Tax {
  /** The category of EN 16931. */
  category?: Category;
  /** Which tax: `vat`, `gst`, `us-ca`. All rates of one tax have one code. */
  code: Key;
  /** What it is a percentage of. */
  on?: On;
  /** The rate in per cent. */
  percent: Percent;
  /** Why nothing is taxed, where the category asks for it. */
  reason?: Reason | null;
}

/** Which day decides on the rate of a service that lasts. Countries differ. */
export type TaxPoint = "invoice" | "service_start" | "service_end" | "each_day";

/** How the tax of a document is rounded. The default is EN 16931's: each category and rate once, and the total is their sum. */
export interface TaxPolicy {
  /** Which of the two parts of a price that contains its tax is rounded; the other is what is left of the price. */
  inclusive?: Extraction;
  /** Of what the exact tax is rounded. */
  level?: Level2;
  /** How it is rounded. */
  rounding?: Rounding;
}

/** What a note gives back or charges of one tax. */
export interface TaxTotal {
  /** The tax on them. */
  amount: Money;
  /** The net amounts that it is on. */
  base: Money;
  /** The tax, as it was on the document. */
  tax: Tax;
}

/** How a line is taxed. It is kept with the line: what is given back later has the taxes of what was charged. */
export interface TaxedLine {
  /** Which taxes, and why; those of its first days, where its days are taxed in different ways. */
  decision: Decision;
  /** With tax. */
  gross: Money;
  /** Without tax. */
  net: Money;
  /** Its parts, where its days are taxed in different ways; they sum to it. */
  parts?: Array<TaxedPart>;
  /** Whether the line's amount contains its taxes. */
  prices: Prices;
  /** The sum of them. */
  tax: Money;
  /** Each tax with its part of the line. */
  taxes: Array<LineTax>;
}

/** The part of a line that is taxed in one way. */
export interface TaxedPart {
  /** The days of the service. */
  days: DateRange;
  /** Which taxes, and why. */
  decision: Decision;
  /** With tax. */
  gross: Money;
  /** Without tax. */
  net: Money;
  /** The sum of them. */
  tax: Money;
  /** Each tax with its share of the part. */
  taxes: Array<LineTax>;
}

/** A company that bills, or a copy of one to try things in. Tenants cannot see each other. */
export interface Tenant {
  /** When it was made. */
  created_at: Instant;
  /** Whether money is real there. */
  environment: Environment;
  /** Its key. */
  key: Key;
  /** Its name, for people. */
  name: string;
}

/** How long a subscription is agreed for. */
export interface Term {
  /** How long it is. */
  lasts: Cadence;
  /** What follows it. */
  then?: Then;
}

/** What follows a term. */
export type Then = "renews" | "ends";

/** A band with a price per unit, a flat fee, or both. */
export interface Tier {
  /** Price of each unit in the tier. */
  each?: NonNegative | null;
  /** Fee that is due once when the tier is reached. */
  flat?: NonNegative | null;
  /** The most that the tier costs, flat fee included. */
  maximum?: NonNegative | null;
  /** Last quantity of the tier, inclusive. Left out for the last tier, which is open. */
  up_to?: NonNegative | null;
}

/** Bands in order: ascending, without a gap, the last one open. In files and in the API a list. */
export type Tiers = Array<Tier>;

/** Whose time a tenant bills by. */
export type Time = "world" | "set";

/** An hour and a minute on a clock. */
export type TimeOfDay = string;

/** When a cycle is due. */
export type Timing = "advance" | "arrears";

/** Usage in the open billing periods. */
export interface ToDate {
  /** One for each price that counts usage. */
  usage: Array<UsageToDate>;
}

/** A token, without its secret. */
export interface Token {
  /** When it was made. */
  created_at: Instant;
  /** The only customer whose things are seen. */
  customer?: Key | null;
  /** From when on it is no longer good. */
  expires_at?: Instant | null;
  /** Its id: a part of the token itself, which may be shown. */
  id: string;
  /** What it is for. */
  kind: TokenKind;
  /** What people call it; of a session, the user's e-mail address. */
  name: string;
  /** Who knows its secret, of an API key: the people behind whoever made it or gave it another secret. A key that was made on the
   * server's machine stands for a person by itself. */
  people?: Array<string>;
  /** Single permissions. */
  permissions?: Array<Permission>;
  /** Since when it is no longer good, because somebody said so. */
  revoked_at?: Instant | null;
  /** Sets of permissions. */
  roles?: Array<Role>;
  /** When it was used last, to about a minute. */
  used_at?: Instant | null;
}

/** What a token is for. */
export type TokenKind = "key" | "session" | "portal";

/** Whether a token was taken back. */
export type TokenStanding = "open" | "revoked";

/** What happened, as messages name it. */
export type Topic = "customer.added" | "subscription.started" | "subscription.changed" | "subscription.ended" | "pricing.applied" | "invoice.issued" | "invoice.voided" | "invoice.paid" | "invoice.written_off" | "invoice.open_again" | "payment.recorded" | "payment.reversed" | "refund.made" | "changeset.applied" | "changeset.reverted" | "alert.crossed" | "approval.requested" | "approval.done" | "approval.failed" | "approval.rejected" | "approval.withdrawn" | "approval.expired";

/** Whether a write changes what customers are billed. */
export type Touch = "unchanged" | "changed";

/** Whose tax it is. */
export type Treatment = {
  /** The country. */
  country: Country;
  treatment: "domestic";
} | {
  /** The buyer's country. */
  country: Country;
  treatment: "destination";
} | {
  /** The seller's country. */
  country: Country;
  treatment: "origin";
} | {
  treatment: "reverse_charge";
} | {
  treatment: "outside_scope";
} | {
  treatment: "undecided";
};

/** What stood on each account at the beginning of a span, what was posted, and what stands there at its end. */
export interface TrialBalance {
  /** One for each account, currency and value of the dimensions, in the order of a balance sheet followed by income. */
  rows: Array<TrialBalanceRow>;
  /** What it is about. */
  span: Span;
  /** One for each currency. */
  totals: Array<TrialBalanceTotal>;
}

/** One account in one currency. */
export interface TrialBalanceRow {
  /** The account. */
  account: Account;
  /** What it ends with, on its normal side. */
  closing: Money;
  /** The sum of its credits. */
  credits: Money;
  /** The sum of its debits. */
  debits: Money;
  /** What it was asked by. */
  dimensions: Record<string, string>;
  /** What it began with, on its normal side. */
  opening: Money;
}

/** All accounts in one currency. */
export interface TrialBalanceTotal {
  /** The sum of all credits; the same. */
  credits: Money;
  /** The sum of all debits. */
  debits: Money;
}

/** What a payment is taken off. */
export interface Unallocation {
  /** An invoice, by id or number; all that it pays when it is left out. */
  document?: Key | null;
}

/** A unit in which prices are written instead of money: credits, tokens. */
export interface Unit {
  /** The currency: a code of ISO 4217. */
  currency: Currency;
  /** What a person calls it. Left out, its key. */
  name?: string | null;
  /** What one unit is worth in the currency. */
  rate: Positive;
  /** Digits after the point when an amount of units is shown. */
  scale?: number;
}

/** Usage that nobody pays for. */
export interface Unmatched {
  /** By subject, then by name of the events. */
  activity: Array<Activity>;
}

/** Events that a meter could not measure. */
export interface Unmeasured {
  /** How many. */
  count: number;
  /** What is wrong with the first of them. */
  problem: Problem;
}

/** Events that a meter looked at and could not measure. */
export interface Unmeasured2 {
  /** How many. */
  count: number;
  /** The first of them. */
  first: Cursor;
  /** What is wrong with it. */
  problem: Problem;
}

/** Usage that nobody pays for, with what it would cost. */
export interface Unpaid {
  /** By subject, then by name of the events. */
  usage: Array<UnpaidUsage>;
}

/** What a meter says of unpaid events. */
export interface UnpaidQuantity {
  /** How much. A level counts from the first of the events to now. */
  measured: Measured;
  /** The meter. */
  meter: Key;
}

/** Events of one subject and name that nobody pays for. */
export interface UnpaidUsage {
  /** How many events. */
  events: number;
  /** When the first of them happened. */
  first_at: Instant;
  /** When the last of them happened. */
  last_at: Instant;
  /** The name of the events. */
  name: string;
  /** Why it cannot be said what they would cost, where a price is known. */
  problems?: Array<Problem>;
  /** What the meters of the newest catalog say of these events. */
  quantities: Array<UnpaidQuantity>;
  /** Who used. */
  subject: string;
  /** Why nobody pays. */
  why: WhyUnpaid;
  /** What they would cost, where a price is known. */
  worth?: UnpaidWorth | null;
}

/** What unpaid events would cost. */
export interface UnpaidWorth {
  /** How much: what the plan bills with these events less what it bills without them. Nothing when they are free. */
  amounts: Array<Money>;
  /** On which plan. */
  plan: PlanRef;
}

/** Which usage of its customer a subscription bills. JSON form: `"all"`, `{ "only": { "project": "atlas" } }` or `"shared"`. */
export type UsageScope = "all" | {
  only: Record<string, string>;
} | "shared";

/** How much was used so far in an open billing period. */
export interface UsageToDate {
  /** The dimensions by which the price splits its lines, with their values. */
  dimensions?: Record<string, string>;
  /** When it will be billed. */
  due_at: Instant;
  /** How much, and from how many events. */
  measured: Measured;
  /** The meter. */
  meter: Key;
  /** The period: the cycle, as far as the subscription covers it. */
  period: Period;
  /** The price that counts it: `plan.price`. */
  price: string;
  /** The subscription. */
  subscription: Key;
  /** Position up to which events were seen. */
  watermark: number;
}

/** A person who signs in. */
export interface User {
  /** When the user was added. */
  created_at: Instant;
  /** Since when the person may no longer sign in. */
  disabled_at?: Instant | null;
  /** The e-mail address, in small letters: the name to sign in with. */
  email: string;
  /** The person as an identity provider knows them, since they signed in by it. Nobody else comes in under this address then. */
  identity?: Identity | null;
  /** The person's name. */
  name: string;
  /** What the person may do. */
  roles: Array<Role>;
}

/** What is changed of a user. */
export interface UserChange {
  /** Whether the person may no longer sign in. All sessions of the person end with it. */
  disabled?: boolean | null;
  /** Whether the person may be another one for an identity provider than before: whoever signs in by it next under this address. */
  forget_identity?: boolean | null;
  /** Another name. */
  name?: string | null;
  /** Another password. */
  password?: string | null;
  /** Other roles. */
  roles?: Array<Role> | null;
}

/** The value of a property of an event. Numbers are exact decimals. */
export type Value = string | number | boolean | null;

/** In short what became of an event. */
export type Verdict = {
  verdict: "counted";
} | {
  /** Why. */
  problem: Problem;
  verdict: "in_quarantine";
} | {
  /** At which position. */
  seq: Seq;
  verdict: "retracted";
} | {
  /** The subject. */
  subject: string;
  verdict: "no_customer";
} | {
  /** The customer. */
  customer: Key;
  verdict: "no_subscription";
} | {
  /** The customer. */
  customer: Key;
  /** Meters of the newest catalog that look at it all the same. */
  meters: Array<Key>;
  verdict: "no_price";
} | {
  /** Why. */
  problem: Problem;
  verdict: "not_measurable";
};

/** One thing that happened to an event. It says what is true of the event from its position on, up to the next version's. */
export interface Version {
  /** The event from now on; none when it was retracted. */
  event?: Event | null;
  /** Id of the event. */
  id: string;
  /** When it became known. */
  recorded_at: Instant;
  /** Its position. */
  seq: Seq;
  /** Source of the event. */
  source: string;
  /** What happened. */
  what: What2;
}

/** Why a document was voided, and when. */
export interface Voided {
  /** When. */
  at: Instant;
  /** What became of its lines; none for a note by hand, whose lines are worth again what they were worth before it. */
  lines?: VoidedLines | null;
  /** Why. */
  reason: string;
}

/** What becomes of the lines of a document that is voided. */
export type VoidedLines = "billed_again" | "given_up";

/** What is watched. */
export type Watched = {
  usage: {
    /** The meter. */
    meter: Key;
  };
} | {
  spend: {
    /** In which currency. */
    currency: Currency;
    /** What of a part of it alone. */
    of?: SpendOn | null;
  };
};

/** A delivery, as its log shows it. */
export interface WebhookDelivery {
  /** What came of the last attempt. */
  answer: unknown;
  /** How often it was tried. */
  attempts: number;
  /** What is sent. */
  body: unknown;
  /** When it was made. */
  created_at: Instant;
  /** Its id. */
  id: string;
  /** The message's id: the same however often it is sent. */
  message: string;
  /** When it is tried next, while it waits. */
  next_at?: Instant | null;
  /** What it is about. */
  object: string;
  /** Where it stands. */
  state: DeliveryState;
}

/** A day of the week. */
export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/** What happens to it. */
export type What = "added" | "retired" | {
  changed: Array<FieldChange>;
};

/** What happened to an event. */
export type What2 = "accepted" | "amended" | "retracted";

/** A day such as 2026-04-16 (its first instant where the customer is), or an instant such as 2026-04-16T10:00:00Z. */
export type When = string;

/** Who asks. */
export interface Who {
  /** The only customer whose things they see. */
  customer?: Key | null;
  /** Their id, as the audit log names them. */
  id: string;
  /** Everything that is permitted. */
  permissions: Array<Permission>;
  /** Sets of permissions. */
  roles: Array<Role>;
  /** Where they belong. */
  tenant: Key;
}

/** Why a line has these taxes. */
export type Why = {
  /** The certificate, where there is one. */
  certificate?: string | null;
  why: "exempt";
} | {
  /** Where. */
  at: StatedAt;
  why: "stated";
} | {
  /** The place. */
  place: Place;
  /** Why that place. */
  treatment: Treatment;
  why: "rule";
} | {
  /** The treatment. */
  treatment: Treatment;
  why: "not_charged";
};

/** Why nobody pays for an event; the first that holds. */
export type WhyUnpaid = "no_customer" | "no_meter" | "no_price";

/** Which change is taken back. */
export interface Withdrawal {
  /** Its place in `changes`; the start is 0 and stays. */
  change: number;
}

/** What a line key is worth, with everything that follows from. The amounts of the parts sum to `exact`, which was rounded once. */
export interface Worth {
  /** What persons took off after that, or put on, in the order in which it became known. */
  adjusted?: Array<Adjusted>;
  /** The exact amount rounded half away from zero to the currency's minor unit, the one rounding, less the discounts and what is adjusted. */
  amount: Money;
  /** What is taken off, in the order in which it is. */
  discounts?: Array<TakenOff>;
  /** The exact amount in the currency. */
  exact: Ratio;
  /** The name of the price, as the customer reads it. */
  name: string;
  /** The stretches of the cycle with what each is worth. */
  parts: Array<PartWorth>;
  /** How a part of the cycle is charged. */
  prorate: Proration;
  /** Where the quantity comes from. */
  source: Source;
  /** The class that the tax rules look at; the seller's usual one when absent. */
  tax_category?: Key | null;
  /** Whether the amount contains its taxes. */
  tax_in_price?: Prices;
  /** Whether it is billed before or after it is served. */
  timing: Timing;
  /** Up to when usage counts, where it is billed before its cycle is over. */
  to_date?: Instant | null;
}

/** A claim that is to be given up. */
export interface WritingOff {
  /** How much; all that is left to pay when absent. */
  amount?: Money | null;
  /** Why. */
  reason: string;
}

/** A file that was written. */
export interface WrittenExport {
  /** How large it is. */
  bytes: number;
  /** Until when it can be downloaded. */
  expires_at: Instant;
  /** How many rows it has, without a head. */
  rows: number;
  /** SHA-256 of it, in hexadecimal. */
  sha256: string;
}

/** Differences that were written off. */
export interface WrittenOff {
  /** What keeps each from coming again. */
  adjustments: Array<Adjustment>;
}

/** A time zone of the IANA database */
export type Zone = string;
