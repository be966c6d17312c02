// Written from clients/openapi.json by `cargo run -p xtask -- codegen`. Do not edit.

import { Transport } from "./transport.js";
import type { Conditional, Idempotent, Options, ReadOptions, Reply, Tryable } from "./transport.js";
import type * as T from "./types.js";

/** What listAlerts can be asked. */
export interface ListAlertsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those that watch this customer. */
  customer?: T.Key;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "created_at" | "-created_at" | "id" | "-id";
  /** Only before then. */
  to?: T.When;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer">;
}

/** What getAlert can be asked. */
export interface GetAlertQuery {
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer">;
}

/** What listCrossings can be asked. */
export interface ListCrossingsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those of this customer. */
  customer?: T.Key;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "at" | "-at";
  /** Only before then. */
  to?: T.When;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"alert" | "customer">;
}

/** What listApprovals can be asked. */
export interface ListApprovalsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "requested_at" | "-requested_at" | "id" | "-id";
  /** How far they are; all when it is left out. */
  state?: T.State3;
  /** Only before then. */
  to?: T.When;
}

/** What listAudit can be asked. */
export interface ListAuditQuery {
  /** Only those that say that this was done: `customer.add`. */
  action?: string;
  /** Only those of what was done by whoever has this id. */
  actor?: string;
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** Only those about this kind of thing. */
  kind?: string;
  /** How many at most. */
  limit?: number;
  /** Only those about the thing of this key or id. */
  object?: string;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "at" | "-at" | "id" | "-id";
  /** Only before then. */
  to?: T.When;
}

/** What makeBackup can be asked. */
export interface MakeBackupQuery {
  /** Its name; the time where it is left out. */
  name?: string;
}

/** What getBalances can be asked. */
export interface GetBalancesQuery {
  /** Entries that are true before this day (in UTC) or instant count; all up to now when it is left out. */
  before?: T.When;
}

/** What listChangesets can be asked. */
export interface ListChangesetsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "created_at" | "-created_at" | "id" | "-id";
  /** Only those in this state. */
  state?: T.State;
  /** Only before then. */
  to?: T.When;
}

/** What listCustomers can be asked. */
export interface ListCustomersQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those to whom this legal entity sells. */
  entity?: T.Key;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "key" | "-key";
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"entity">;
}

/** What getCustomer can be asked. */
export interface GetCustomerQuery {
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"entity">;
}

/** What listCharges can be asked. */
export interface ListChargesQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those that are due from then on: a day (where the customer is) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "due_at" | "-due_at" | "key" | "-key";
  /** Only those that stand so. */
  state?: T.ChargeStanding;
  /** Only those that are due before then. */
  to?: T.When;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer">;
}

/** What previewInvoice can be asked. */
export interface PreviewInvoiceQuery {
  /** How it is shown. */
  as?: T.Form;
  /** Up to when what is due counts; the next due date when it is left out. A day is meant where the customer is. */
  as_of?: T.When;
}

/** What getReceivables can be asked. */
export interface GetReceivablesQuery {
  /** The day, where the customer is; today when it is left out. */
  on?: T.Date;
}

/** What listRedemptions can be asked. */
export interface ListRedemptionsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those that were redeemed from then on: a day (where the customer is) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "recorded_at" | "-recorded_at" | "key" | "-key";
  /** Only those that stand so. */
  state?: T.RedemptionStanding;
  /** Only those that were redeemed before then. */
  to?: T.When;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer" | "subscription">;
}

/** What getStatement can be asked. */
export interface GetStatementQuery {
  /** The currency. */
  currency: T.Currency;
  /** The seller; the customer's when it is left out. */
  entity?: T.Key;
  /** The first day, where the customer is. */
  from: T.Date;
  /** The day after the last one. */
  to: T.Date;
}

/** What getUsageToDate can be asked. */
export interface GetUsageToDateQuery {
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"subscription">;
}

/** What listDiscounts can be asked. */
export interface ListDiscountsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "key" | "-key";
}

/** What listEmails can be asked. */
export interface ListEmailsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** Only those to this address. */
  recipient?: string;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "created_at" | "-created_at" | "id" | "-id";
  /** Only those that stand so. */
  state?: T.DeliveryState;
  /** Only before then. */
  to?: T.When;
}

/** What listEntities can be asked. */
export interface ListEntitiesQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "key" | "-key";
}

/** What listEvents can be asked. */
export interface ListEventsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (where the customer is, else in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** Only with this name. */
  name?: string;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "at";
  /** Only of this subject. */
  subject?: string;
  /** Only before then. */
  to?: T.When;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer">;
}

/** What listQuarantine can be asked. */
export interface ListQuarantineQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "place";
}

/** What getEvent can be asked. */
export interface GetEventQuery {
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer">;
}

/** What listIdentityProviders can be asked. */
export interface ListIdentityProvidersQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "created_at" | "-created_at" | "key" | "-key";
  /** Only those that stand so. */
  state?: T.SignInStanding;
  /** Only before then. */
  to?: T.When;
}

/** What listInvoices can be asked. */
export interface ListInvoicesQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those of this customer. */
  customer?: T.Key;
  /** Only those of this day, where the customer is, or a later one. */
  from?: T.Date;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "on" | "-on" | "id" | "-id";
  /** Only drafts, only issued ones, or only void ones. */
  status?: T.Standing;
  /** Only those of an earlier day. */
  to?: T.Date;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer" | "entity" | "price" | "subscription">;
}

/** What getInvoice can be asked. */
export interface GetInvoiceQuery {
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer" | "entity" | "price" | "subscription">;
}

/** What explainInvoice can be asked. */
export interface ExplainInvoiceQuery {
  /** How it is shown; as text when it is left out. */
  as?: T.Form;
}

/** What listJobs can be asked. */
export interface ListJobsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** Only those that do this: `billing_run`. */
  kind?: string;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "created_at" | "-created_at" | "id" | "-id";
  /** Only those that stand so. */
  state?: T.JobState;
  /** Only before then. */
  to?: T.When;
}

/** What listJournal can be asked. */
export interface ListJournalQuery {
  /** Only those with a leg on this account: `receivable`. */
  account?: string;
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those of this business event. */
  event?: string;
  /** Only those that are true from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "seq" | "-seq" | "effective_at" | "-effective_at";
  /** Only those that are true before then. */
  to?: T.When;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer" | "subscription">;
}

/** What listPayments can be asked. */
export interface ListPaymentsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those of this customer. */
  customer?: T.Key;
  /** Only those that were received at this time or later. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "received_at" | "-received_at" | "key" | "-key";
  /** Only those that are there. */
  state?: T.PaymentState;
  /** Only those that were received before this time. */
  to?: T.When;
}

/** What getGeneralLedger can be asked. */
export interface GetGeneralLedgerQuery {
  /** Which account. */
  account: T.Account;
  /** What is true before it counts; all up to now when it is left out. */
  before?: T.When;
  /** Only what was posted for this customer. */
  customer?: T.Key;
  /** What is true from this day (in UTC) or instant on is told; what is true before it makes the opening. All of it when it is left out. */
  from?: T.When;
  /** What was written by then counts: the report as it was. Everything that is known when it is left out. */
  known_at?: T.Instant;
  /** Only what was posted for this subscription. */
  subscription?: T.Key;
}

/** What getRollForward can be asked. */
export interface GetRollForwardQuery {
  /** Which account: `contract_liability` for deferred revenue. */
  account: T.Account;
  /** What is true before it counts; all up to now when it is left out. */
  before?: T.When;
  /** What is true from this day (in UTC) or instant on is told; what is true before it makes the opening. All of it when it is left out. */
  from?: T.When;
  /** What was written by then counts: the report as it was. Everything that is known when it is left out. */
  known_at?: T.Instant;
}

/** What getTrialBalance can be asked. */
export interface GetTrialBalanceQuery {
  /** What is true before it counts; all up to now when it is left out. */
  before?: T.When;
  /** Names of dimensions that split the accounts, separated by commas: `customer`, `subscription`, `price`, `tax`. */
  by?: string;
  /** What is true from this day (in UTC) or instant on is posted in the span; what is true before it makes the opening. All of it is the span when it is left out. */
  from?: T.When;
  /** What was written by then counts: the report as it was. Everything that is known when it is left out. */
  known_at?: T.Instant;
}

/** What listSchedules can be asked. */
export interface ListSchedulesQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "id" | "-id" | "created_at" | "-created_at" | "next_at" | "-next_at";
  /** Only those that come up, or only those that do not. */
  state?: T.ScheduleState;
}

/** What listSettings can be asked. */
export interface ListSettingsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "version" | "-version";
}

/** What listSubscriptions can be asked. */
export interface ListSubscriptionsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those of this customer. */
  customer?: T.Key;
  /** Only those that started from then on: a day (where the customer is, else in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "started_at" | "-started_at" | "key" | "-key";
  /** Only those that stand so. */
  state?: T.SubscriptionStanding;
  /** Only those that started before then. */
  to?: T.When;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer" | "plan" | "subscription">;
}

/** What getSubscription can be asked. */
export interface GetSubscriptionQuery {
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer" | "plan" | "subscription">;
}

/** What listTenants can be asked. */
export interface ListTenantsQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only live ones, or only test environments. */
  environment?: T.Environment;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "key" | "-key";
}

/** What listTokens can be asked. */
export interface ListTokensQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only those of this customer. */
  customer?: T.Key;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "created_at" | "-created_at" | "id" | "-id";
  /** Only those that stand so. */
  state?: T.TokenStanding;
  /** Only before then. */
  to?: T.When;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer">;
}

/** What getUsage can be asked. */
export interface GetUsageQuery {
  /** As of which position of the events: what became known later is not counted. The newest when it is left out. */
  as_of?: number;
  /** Names of event properties that split the answer, separated by commas. */
  by?: string;
  /** Whose usage; everybody's when it is left out. */
  customer?: string;
  /** A series: one answer for each part of the period in which something was used. */
  every?: T.Every2;
  /** From when: a day (where the customer is, else in UTC) or an instant. */
  from: T.When;
  /** On which meter of the newest pricing. */
  meter: T.Key;
  /** Before when. */
  to: T.When;
  /** Where the hours, days and months of a series are: the customer's zone when it is left out, else UTC. */
  zone?: T.Zone;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer">;
}

/** What listUnpaidUsage can be asked. */
export interface ListUnpaidUsageQuery {
  /** The plan on which to say what the usage would cost. */
  plan?: T.Key;
}

/** What listUsers can be asked. */
export interface ListUsersQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "created_at" | "-created_at" | "email" | "-email";
  /** Only those that stand so. */
  state?: T.SignInStanding;
  /** Only before then. */
  to?: T.When;
}

/** What listWebhooks can be asked. */
export interface ListWebhooksQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "created_at" | "-created_at" | "id" | "-id";
  /** Only those that stand so. */
  state?: T.EndpointStanding;
  /** Only before then. */
  to?: T.When;
}

/** What listDeliveries can be asked. */
export interface ListDeliveriesQuery {
  /** `next` of the page before, with the same other parameters. */
  after?: T.Place2;
  /** Only from then on: a day (in UTC) or an instant. */
  from?: T.When;
  /** How many at most. */
  limit?: number;
  /** Only those about this: `invoice/inv_…`. */
  object?: string;
  /** By what it is sorted: the name of a field, with `-` before it for the greatest first. */
  sort?: "created_at" | "-created_at" | "id" | "-id";
  /** Only those that stand so. */
  state?: T.DeliveryState;
  /** Only before then. */
  to?: T.When;
  /** What the answer refers to and is told besides, in `expanded`: names with commas between them. */
  expand?: Array<"customer" | "invoice" | "subscription">;
}

/** Every operation of the API. */
export class Operations extends Transport {
  /** Take back what was changed on a draft. Needs `invoices:write`. */
  withdrawAdjustment(key: T.Key, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Adjustment>> {
    return this.send<T.Adjustment>({ method: "POST", path: `/v1/adjustments/${encodeURIComponent(key)}/withdraw`, options, keyed: true });
  }

  /** Alerts, the newest first. Needs `usage:read`. */
  listAlerts(query: ListAlertsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfAlert>> {
    return this.send<T.PageOfAlert>({ method: "GET", path: `/v1/alerts`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listAlertsAll(query: ListAlertsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Alert> {
    return this.walk(query.after ?? undefined, (after) => this.listAlerts({ ...query, after }, options));
  }

  /** Add an alert; what it watches is looked at at once. Needs `usage:write`. */
  addAlert(body: T.NewAlert, options: Options & Tryable = {}): Promise<Reply<T.Alert>> {
    return this.send<T.Alert>({ method: "POST", path: `/v1/alerts`, options, body });
  }

  /** An alert. Needs `usage:read`. */
  getAlert(id: T.AlertId, query: GetAlertQuery = {}, options: ReadOptions = {}): Promise<Reply<T.Alert>> {
    return this.send<T.Alert>({ method: "GET", path: `/v1/alerts/${encodeURIComponent(id)}`, options, query: { ...query }, repeats: true });
  }

  /** When and by whom its limits were reached, the newest first. Needs `usage:read`. */
  listCrossings(id: T.AlertId, query: ListCrossingsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfCrossing>> {
    return this.send<T.PageOfCrossing>({ method: "GET", path: `/v1/alerts/${encodeURIComponent(id)}/crossings`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listCrossingsAll(id: T.AlertId, query: ListCrossingsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Crossing> {
    return this.walk(query.after ?? undefined, (after) => this.listCrossings(id, { ...query, after }, options));
  }

  /** Remove an alert. Needs `usage:write`. */
  removeAlert(id: T.AlertId, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Alert>> {
    return this.send<T.Alert>({ method: "POST", path: `/v1/alerts/${encodeURIComponent(id)}/remove`, options, keyed: true });
  }

  /** What needs a second person. Needs `approvals:read`. */
  getApprovalPolicy(options: ReadOptions = {}): Promise<Reply<T.ApprovalPolicy>> {
    return this.send<T.ApprovalPolicy>({ method: "GET", path: `/v1/approval-policy`, options, repeats: true });
  }

  /** Let operations need one person again; this needs a second person itself. Needs `access:write`. */
  releaseApproval(body: T.ApprovalPolicyChange, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.ApprovalPolicy>> {
    return this.send<T.ApprovalPolicy>({ method: "POST", path: `/v1/approval-policy/release`, options, body, keyed: true });
  }

  /** Let more operations need a second person, or let requests wait shorter. Needs `access:write`. */
  requireApproval(body: T.ApprovalPolicyChange, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.ApprovalPolicy>> {
    return this.send<T.ApprovalPolicy>({ method: "POST", path: `/v1/approval-policy/require`, options, body, keyed: true });
  }

  /** Requests that wait or waited, the newest first. Needs `approvals:read`. */
  listApprovals(query: ListApprovalsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfApproval>> {
    return this.send<T.PageOfApproval>({ method: "GET", path: `/v1/approvals`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listApprovalsAll(query: ListApprovalsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Approval> {
    return this.walk(query.after ?? undefined, (after) => this.listApprovals({ ...query, after }, options));
  }

  /** A request, with exactly what it asks. Needs `approvals:read`. */
  getApproval(id: T.ApprovalId, options: ReadOptions = {}): Promise<Reply<T.ApprovalDetail>> {
    return this.send<T.ApprovalDetail>({ method: "GET", path: `/v1/approvals/${encodeURIComponent(id)}`, options, repeats: true });
  }

  /** Approve a request, which is then done. Needs `approvals:approve`. */
  approve(id: T.ApprovalId, body: T.Decision2, options: Options = {}): Promise<Reply<T.Approval>> {
    return this.send<T.Approval>({ method: "POST", path: `/v1/approvals/${encodeURIComponent(id)}/approve`, options, body });
  }

  /** The answer to a request of one's own that has a secret in it; once. Needs `approvals:write`. */
  collectAnswer(id: T.ApprovalId, options: Options = {}): Promise<Reply<T.Collected>> {
    return this.send<T.Collected>({ method: "POST", path: `/v1/approvals/${encodeURIComponent(id)}/collect`, options });
  }

  /** Reject a request. Needs `approvals:approve`. */
  reject(id: T.ApprovalId, body: T.Decision2, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Approval>> {
    return this.send<T.Approval>({ method: "POST", path: `/v1/approvals/${encodeURIComponent(id)}/reject`, options, body, keyed: true });
  }

  /** Take back a request of one's own. Needs `approvals:write`. */
  withdraw(id: T.ApprovalId, body: T.Decision2, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Approval>> {
    return this.send<T.Approval>({ method: "POST", path: `/v1/approvals/${encodeURIComponent(id)}/withdraw`, options, body, keyed: true });
  }

  /** The audit log, the oldest entry first. Needs `audit:read`. */
  listAudit(query: ListAuditQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfAuditEntry>> {
    return this.send<T.PageOfAuditEntry>({ method: "GET", path: `/v1/audit`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listAuditAll(query: ListAuditQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.AuditEntry> {
    return this.walk(query.after ?? undefined, (after) => this.listAudit({ ...query, after }, options));
  }

  /** Make a backup; the answer comes when it is complete and on the disk. Needs `operations:write`. */
  makeBackup(query: MakeBackupQuery = {}, options: Options = {}): Promise<Reply<T.BackupMade>> {
    return this.send<T.BackupMade>({ method: "POST", path: `/v1/backups`, options, query: { ...query } });
  }

  /** What stands on each account. Needs `books:read`. */
  getBalances(query: GetBalancesQuery = {}, options: ReadOptions = {}): Promise<Reply<T.BooksAt>> {
    return this.send<T.BooksAt>({ method: "GET", path: `/v1/balances`, options, query: { ...query }, repeats: true });
  }

  /** Run billing now: what is due less what has been billed. The server does it by itself, too. Needs `invoices:write`. */
  bill(options: Options & Idempotent & Tryable = {}): Promise<Reply<T.BillRun>> {
    return this.send<T.BillRun>({ method: "POST", path: `/v1/bill`, options, keyed: true });
  }

  /** Changesets, the newest first. Needs `changesets:read`. */
  listChangesets(query: ListChangesetsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfChangeset>> {
    return this.send<T.PageOfChangeset>({ method: "GET", path: `/v1/changesets`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listChangesetsAll(query: ListChangesetsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Changeset> {
    return this.walk(query.after ?? undefined, (after) => this.listChangesets({ ...query, after }, options));
  }

  /** Open a changeset. Needs `changesets:write`. */
  openChangeset(body: T.Because, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Changeset>> {
    return this.send<T.Changeset>({ method: "POST", path: `/v1/changesets`, options, body, keyed: true });
  }

  /** A changeset. Needs `changesets:read`. */
  getChangeset(id: T.ChangesetId, options: ReadOptions = {}): Promise<Reply<T.Changeset>> {
    return this.send<T.Changeset>({ method: "GET", path: `/v1/changesets/${encodeURIComponent(id)}`, options, repeats: true });
  }

  /** Make all changes, or none. Needs `changesets:approve`. */
  applyChangeset(id: T.ChangesetId, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Changeset>> {
    return this.send<T.Changeset>({ method: "POST", path: `/v1/changesets/${encodeURIComponent(id)}/apply`, options, keyed: true });
  }

  /** Add changes; each that cannot be made is told. Needs `changesets:write`. */
  addChanges(id: T.ChangesetId, body: Array<T.Change3>, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.AddedChanges>> {
    return this.send<T.AddedChanges>({ method: "POST", path: `/v1/changesets/${encodeURIComponent(id)}/changes`, options, body, keyed: true });
  }

  /** What a changeset would change, in quantities and in money. Needs `changesets:read`. */
  previewChangeset(id: T.ChangesetId, options: ReadOptions = {}): Promise<Reply<T.ChangesetPreview>> {
    return this.send<T.ChangesetPreview>({ method: "GET", path: `/v1/changesets/${encodeURIComponent(id)}/preview`, options, repeats: true });
  }

  /** Take all changes back, by as many others. Needs `changesets:approve`. */
  revertChangeset(id: T.ChangesetId, body: T.Because, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Changeset>> {
    return this.send<T.Changeset>({ method: "POST", path: `/v1/changesets/${encodeURIComponent(id)}/revert`, options, body, keyed: true });
  }

  /** Close a changeset for changes. Needs `changesets:write`. */
  sealChangeset(id: T.ChangesetId, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Changeset>> {
    return this.send<T.Changeset>({ method: "POST", path: `/v1/changesets/${encodeURIComponent(id)}/seal`, options, keyed: true });
  }

  /** Take a charge back. Needs `invoices:write`. */
  withdrawCharge(key: T.Key, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Charge>> {
    return this.send<T.Charge>({ method: "POST", path: `/v1/charges/${encodeURIComponent(key)}/withdraw`, options, keyed: true });
  }

  /** The time by which this tenant bills. Needs `invoices:read`. */
  getClock(options: ReadOptions = {}): Promise<Reply<T.ClockState>> {
    return this.send<T.ClockState>({ method: "GET", path: `/v1/clock`, options, repeats: true });
  }

  /** Set the time of a test environment forward, and bill everything that falls due on the way. Needs `invoices:write`. */
  setClock(body: T.Forward, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.BillRun>> {
    return this.send<T.BillRun>({ method: "POST", path: `/v1/clock`, options, body, keyed: true });
  }

  /** All customers, by key. Needs `customers:read`. */
  listCustomers(query: ListCustomersQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfCustomer>> {
    return this.send<T.PageOfCustomer>({ method: "GET", path: `/v1/customers`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listCustomersAll(query: ListCustomersQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Customer> {
    return this.walk(query.after ?? undefined, (after) => this.listCustomers({ ...query, after }, options));
  }

  /** Add a customer. Needs `customers:write`. */
  addCustomer(body: T.Customer, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Customer>> {
    return this.send<T.Customer>({ method: "POST", path: `/v1/customers`, options, body, keyed: true });
  }

  /** A customer. Needs `customers:read`; a customer's token sees what is the customer's. */
  getCustomer(key: T.Key, query: GetCustomerQuery = {}, options: ReadOptions = {}): Promise<Reply<T.Customer>> {
    return this.send<T.Customer>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}`, options, query: { ...query }, repeats: true });
  }

  /** Say anew what is known of a customer. Needs `customers:write`. */
  changeCustomer(key: T.Key, body: T.Customer, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Customer>> {
    return this.send<T.Customer>({ method: "POST", path: `/v1/customers/${encodeURIComponent(key)}`, options, body, keyed: true });
  }

  /** What persons changed on the lines of a customer: edits of drafts, notes by hand, differences that were written off. Needs `invoices:read`. */
  getAdjustments(key: T.Key, options: ReadOptions = {}): Promise<Reply<T.Adjustments>> {
    return this.send<T.Adjustments>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/adjustments`, options, repeats: true });
  }

  /** What a customer owes and has to their credit, by seller and currency. Needs `invoices:read`; a customer's token sees what is the customer's. */
  getCustomerBalances(key: T.Key, options: ReadOptions = {}): Promise<Reply<T.Balances>> {
    return this.send<T.Balances>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/balances`, options, repeats: true });
  }

  /** The charges of a customer. Needs `invoices:read`; a customer's token sees what is the customer's. */
  listCharges(key: T.Key, query: ListChargesQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfCharge>> {
    return this.send<T.PageOfCharge>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/charges`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listChargesAll(key: T.Key, query: ListChargesQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Charge> {
    return this.walk(query.after ?? undefined, (after) => this.listCharges(key, { ...query, after }, options));
  }

  /** Charge a customer once, now or ahead. Needs `invoices:write`. */
  addCharge(key: T.Key, body: T.NewCharge, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Charge>> {
    return this.send<T.Charge>({ method: "POST", path: `/v1/customers/${encodeURIComponent(key)}/charges`, options, body, keyed: true });
  }

  /** What lines that were billed are worth more or less by now: what waits for the next invoice, and what is held until somebody approves of it. Needs `invoices:read`. */
  getDifferences(key: T.Key, options: ReadOptions = {}): Promise<Reply<T.Differences>> {
    return this.send<T.Differences>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/differences`, options, repeats: true });
  }

  /** Give differences up: they are written off, and never come again. Needs `invoices:approve`. */
  giveUpDifferences(key: T.Key, body: T.GiveUp, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.WrittenOff>> {
    return this.send<T.WrittenOff>({ method: "POST", path: `/v1/customers/${encodeURIComponent(key)}/differences/give_up`, options, body, keyed: true });
  }

  /** Approve of the differences of a customer that are held: they are billed now, on notes of their own. Needs `invoices:approve`. */
  releaseDifferences(key: T.Key, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Notes>> {
    return this.send<T.Notes>({ method: "POST", path: `/v1/customers/${encodeURIComponent(key)}/differences/release`, options, keyed: true });
  }

  /** The upcoming invoice with the usage so far, with the explanation of each line. Needs `customers:read`; a customer's token sees what is the customer's. */
  previewInvoice(key: T.Key, query: PreviewInvoiceQuery = {}, options: ReadOptions = {}): Promise<Reply<T.BillPlan>> {
    return this.send<T.BillPlan>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/preview`, options, query: { ...query }, repeats: true });
  }

  /** The invoices of a customer of which something is left to pay, and how late they are. Needs `invoices:read`; a customer's token sees what is the customer's. */
  getReceivables(key: T.Key, query: GetReceivablesQuery = {}, options: ReadOptions = {}): Promise<Reply<T.AllReceivables>> {
    return this.send<T.AllReceivables>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/receivables`, options, query: { ...query }, repeats: true });
  }

  /** The discounts of a customer, those that ended too. Needs `subscriptions:read`; a customer's token sees what is the customer's. */
  listRedemptions(key: T.Key, query: ListRedemptionsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfRedemption>> {
    return this.send<T.PageOfRedemption>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/redemptions`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listRedemptionsAll(key: T.Key, query: ListRedemptionsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Redemption> {
    return this.walk(query.after ?? undefined, (after) => this.listRedemptions(key, { ...query, after }, options));
  }

  /** Redeem a discount for a customer, by its key or code. Needs `subscriptions:write`. */
  redeemDiscount(key: T.Key, body: T.NewRedemption, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Redemption>> {
    return this.send<T.Redemption>({ method: "POST", path: `/v1/customers/${encodeURIComponent(key)}/redemptions`, options, body, keyed: true });
  }

  /** What went back to a customer, the newest first. Needs `invoices:read`; a customer's token sees what is the customer's. */
  listRefunds(key: T.Key, options: ReadOptions = {}): Promise<Reply<T.Refunds>> {
    return this.send<T.Refunds>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/refunds`, options, repeats: true });
  }

  /** Record money that goes back to a customer out of their balance; the same key again is the same refund. Needs `invoices:approve`. */
  refundCustomer(key: T.Key, body: T.NewRefund, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.CustomerRefund>> {
    return this.send<T.CustomerRefund>({ method: "POST", path: `/v1/customers/${encodeURIComponent(key)}/refunds`, options, body, keyed: true });
  }

  /** The statement of account of some days: what was owed, what happened, what is owed. Needs `invoices:read`; a customer's token sees what is the customer's. */
  getStatement(key: T.Key, query: GetStatementQuery, options: ReadOptions = {}): Promise<Reply<T.Statement>> {
    return this.send<T.Statement>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/statement`, options, query: { ...query }, repeats: true });
  }

  /** How much a customer has used so far in each open billing period. Needs `customers:read`; a customer's token sees what is the customer's. */
  getUsageToDate(key: T.Key, query: GetUsageToDateQuery = {}, options: ReadOptions = {}): Promise<Reply<T.ToDate>> {
    return this.send<T.ToDate>({ method: "GET", path: `/v1/customers/${encodeURIComponent(key)}/usage`, options, query: { ...query }, repeats: true });
  }

  /** Every discount that is offered, by key. Needs `subscriptions:read`. */
  listDiscounts(query: ListDiscountsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfNamedDiscount>> {
    return this.send<T.PageOfNamedDiscount>({ method: "GET", path: `/v1/discounts`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listDiscountsAll(query: ListDiscountsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.NamedDiscount> {
    return this.walk(query.after ?? undefined, (after) => this.listDiscounts({ ...query, after }, options));
  }

  /** A discount. Needs `subscriptions:read`. */
  getDiscount(key: T.Key, options: ReadOptions = {}): Promise<Reply<T.NamedDiscount>> {
    return this.send<T.NamedDiscount>({ method: "GET", path: `/v1/discounts/${encodeURIComponent(key)}`, options, repeats: true });
  }

  /** Offer a discount, or say it anew. Needs `subscriptions:write`. */
  setDiscount(key: T.Key, body: T.Discount, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.NamedDiscount>> {
    return this.send<T.NamedDiscount>({ method: "POST", path: `/v1/discounts/${encodeURIComponent(key)}`, options, body, keyed: true });
  }

  /** E-mails, the newest first. Needs `operations:read`. */
  listEmails(query: ListEmailsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfMailDelivery>> {
    return this.send<T.PageOfMailDelivery>({ method: "GET", path: `/v1/emails`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listEmailsAll(query: ListEmailsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.MailDelivery> {
    return this.walk(query.after ?? undefined, (after) => this.listEmails({ ...query, after }, options));
  }

  /** An e-mail and what became of it. Needs `operations:read`. */
  getEmail(id: string, options: ReadOptions = {}): Promise<Reply<T.MailDelivery>> {
    return this.send<T.MailDelivery>({ method: "GET", path: `/v1/emails/${encodeURIComponent(id)}`, options, repeats: true });
  }

  /** Send an e-mail again. Needs `operations:write`. */
  replayEmail(id: string, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.MailDelivery>> {
    return this.send<T.MailDelivery>({ method: "POST", path: `/v1/emails/${encodeURIComponent(id)}/replay`, options, keyed: true });
  }

  /** Every legal entity, by key. Needs `books:read`. */
  listEntities(query: ListEntitiesQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfEntity>> {
    return this.send<T.PageOfEntity>({ method: "GET", path: `/v1/entities`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listEntitiesAll(query: ListEntitiesQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Entity> {
    return this.walk(query.after ?? undefined, (after) => this.listEntities({ ...query, after }, options));
  }

  /** A legal entity. Needs `books:read`. */
  getEntity(key: T.Key, options: ReadOptions = {}): Promise<Reply<T.Entity>> {
    return this.send<T.Entity>({ method: "GET", path: `/v1/entities/${encodeURIComponent(key)}`, options, repeats: true });
  }

  /** Add a legal entity, or say it anew. Needs `books:write`. */
  setEntity(key: T.Key, body: T.Entity, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Entity>> {
    return this.send<T.Entity>({ method: "POST", path: `/v1/entities/${encodeURIComponent(key)}`, options, body, keyed: true });
  }

  /** Accepted events, by time. Needs `events:read`. */
  listEvents(query: ListEventsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfStoredEvent>> {
    return this.send<T.PageOfStoredEvent>({ method: "GET", path: `/v1/events`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listEventsAll(query: ListEventsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.StoredEvent> {
    return this.walk(query.after ?? undefined, (after) => this.listEvents({ ...query, after }, options));
  }

  /** Send one event, a list, or one on each line; each has an outcome of its own, and what was accepted is on the disk. Needs `events:write`. */
  sendEvents(body: T.Event | Array<T.Event>, options: Options & Tryable = {}): Promise<Reply<T.Ingested>> {
    return this.send<T.Ingested>({ method: "POST", path: `/v1/events`, options, body, repeats: true });
  }

  /** Events that are not valid, in the order in which they came. Needs `events:read`. */
  listQuarantine(query: ListQuarantineQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfQuarantined>> {
    return this.send<T.PageOfQuarantined>({ method: "GET", path: `/v1/events/quarantine`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listQuarantineAll(query: ListQuarantineQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Quarantined> {
    return this.walk(query.after ?? undefined, (after) => this.listQuarantine({ ...query, after }, options));
  }

  /** What stands in quarantine, by reason, with examples. Needs `events:read`. */
  listQuarantineReasons(options: ReadOptions = {}): Promise<Reply<T.Reasons>> {
    return this.send<T.Reasons>({ method: "GET", path: `/v1/events/quarantine/reasons`, options, repeats: true });
  }

  /** Try events in quarantine again, once the cause is mended. Needs `events:write`. */
  replayQuarantine(body: T.Again, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Replayed>> {
    return this.send<T.Replayed>({ method: "POST", path: `/v1/events/quarantine/replay`, options, body, keyed: true });
  }

  /** An accepted event. Needs `events:read`. */
  getEvent(source: string, id: string, query: GetEventQuery = {}, options: ReadOptions = {}): Promise<Reply<T.StoredEvent>> {
    return this.send<T.StoredEvent>({ method: "GET", path: `/v1/events/${encodeURIComponent(source)}/${encodeURIComponent(id)}`, options, query: { ...query }, repeats: true });
  }

  /** Say what the event should have said. Needs `changesets:approve`. */
  amendEvent(source: string, id: string, body: T.Amendment, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Changeset>> {
    return this.send<T.Changeset>({ method: "POST", path: `/v1/events/${encodeURIComponent(source)}/${encodeURIComponent(id)}/amend`, options, body, keyed: true });
  }

  /** What became of an event: which prices count it, on which line it is billed, or why on none. Needs `events:read`. */
  explainEvent(source: string, id: string, options: ReadOptions = {}): Promise<Reply<T.EventReport>> {
    return this.send<T.EventReport>({ method: "GET", path: `/v1/events/${encodeURIComponent(source)}/${encodeURIComponent(id)}/explanation`, options, repeats: true });
  }

  /** Every version of an event. Needs `events:read`. */
  getEventHistory(source: string, id: string, options: ReadOptions = {}): Promise<Reply<T.History>> {
    return this.send<T.History>({ method: "GET", path: `/v1/events/${encodeURIComponent(source)}/${encodeURIComponent(id)}/history`, options, repeats: true });
  }

  /** Say that the event did not happen. Needs `changesets:approve`. */
  retractEvent(source: string, id: string, body: T.Because, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Changeset>> {
    return this.send<T.Changeset>({ method: "POST", path: `/v1/events/${encodeURIComponent(source)}/${encodeURIComponent(id)}/retract`, options, body, keyed: true });
  }

  /** Ask for a file. */
  askForExport(body: T.NewExport, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.ExportView>> {
    return this.send<T.ExportView>({ method: "POST", path: `/v1/exports`, options, body, keyed: true });
  }

  /** An export: how far its job is, and its file. */
  getExport(id: string, options: ReadOptions = {}): Promise<Reply<T.ExportView>> {
    return this.send<T.ExportView>({ method: "GET", path: `/v1/exports/${encodeURIComponent(id)}`, options, repeats: true });
  }

  /** The file of an export; with `Range` a part of it. */
  downloadExport(id: string, options: ReadOptions = {}): Promise<Reply<string>> {
    return this.send<string>({ method: "GET", path: `/v1/exports/${encodeURIComponent(id)}/file`, options, repeats: true });
  }

  /** Identity providers, without their secrets, the newest first. Needs `access:read`. */
  listIdentityProviders(query: ListIdentityProvidersQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfIdentityProvider>> {
    return this.send<T.PageOfIdentityProvider>({ method: "GET", path: `/v1/identity-providers`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listIdentityProvidersAll(query: ListIdentityProvidersQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.IdentityProvider> {
    return this.walk(query.after ?? undefined, (after) => this.listIdentityProviders({ ...query, after }, options));
  }

  /** Add an identity provider, by which people sign in. Needs `access:write`. */
  addIdentityProvider(body: T.NewIdentityProvider, options: Options & Tryable = {}): Promise<Reply<T.IdentityProvider>> {
    return this.send<T.IdentityProvider>({ method: "POST", path: `/v1/identity-providers`, options, body });
  }

  /** Change an identity provider, or let nobody sign in by it. Needs `access:write`. */
  changeIdentityProvider(key: T.Key, body: T.IdentityProviderChange, options: Options & Tryable = {}): Promise<Reply<T.IdentityProvider>> {
    return this.send<T.IdentityProvider>({ method: "POST", path: `/v1/identity-providers/${encodeURIComponent(key)}`, options, body });
  }

  /** Remove an identity provider. Needs `access:write`. */
  removeIdentityProvider(key: T.Key, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.IdentityProvider>> {
    return this.send<T.IdentityProvider>({ method: "POST", path: `/v1/identity-providers/${encodeURIComponent(key)}/remove`, options, keyed: true });
  }

  /** Invoices and credit notes, the newest first. Needs `invoices:read`; a customer's token sees what is the customer's. */
  listInvoices(query: ListInvoicesQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfInvoice>> {
    return this.send<T.PageOfInvoice>({ method: "GET", path: `/v1/invoices`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listInvoicesAll(query: ListInvoicesQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Invoice> {
    return this.walk(query.after ?? undefined, (after) => this.listInvoices({ ...query, after }, options));
  }

  /** An invoice with the explanation of each line, as data. Needs `invoices:read`; a customer's token sees what is the customer's. */
  getInvoice(id: T.InvoiceId, query: GetInvoiceQuery = {}, options: ReadOptions = {}): Promise<Reply<T.Invoice>> {
    return this.send<T.Invoice>({ method: "GET", path: `/v1/invoices/${encodeURIComponent(id)}`, options, query: { ...query }, repeats: true });
  }

  /** Let the customer's balance pay an invoice. Needs `invoices:write`. */
  applyBalance(id: T.InvoiceId, body: T.Applying, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Standing2>> {
    return this.send<T.Standing2>({ method: "POST", path: `/v1/invoices/${encodeURIComponent(id)}/apply_balance`, options, body, keyed: true });
  }

  /** Give back a part of an issued invoice, or all of it, on a credit note. Needs `invoices:approve`. */
  creditInvoice(id: T.InvoiceId, body: T.NewCreditNote, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Invoice>> {
    return this.send<T.Invoice>({ method: "POST", path: `/v1/invoices/${encodeURIComponent(id)}/credit`, options, body, keyed: true });
  }

  /** Charge more for an issued invoice, on a debit note. Needs `invoices:approve`. */
  debitInvoice(id: T.InvoiceId, body: T.NewDebitNote, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Invoice>> {
    return this.send<T.Invoice>({ method: "POST", path: `/v1/invoices/${encodeURIComponent(id)}/debit`, options, body, keyed: true });
  }

  /** Edit a draft: another amount or text of a line, a line left out or added. What is changed stays when the draft is computed anew. Needs `invoices:write`. */
  editInvoice(id: T.InvoiceId, body: T.DraftEdit, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Invoice>> {
    return this.send<T.Invoice>({ method: "POST", path: `/v1/invoices/${encodeURIComponent(id)}/edit`, options, body, keyed: true });
  }

  /** Why each line of an invoice is what it is, for people. Needs `invoices:read`; a customer's token sees what is the customer's. */
  explainInvoice(id: T.InvoiceId, query: ExplainInvoiceQuery = {}, options: ReadOptions = {}): Promise<Reply<T.Invoice>> {
    return this.send<T.Invoice>({ method: "GET", path: `/v1/invoices/${encodeURIComponent(id)}/explanation`, options, query: { ...query }, repeats: true });
  }

  /** Make a claim of a draft, with what is due of it by now: it gets its number, and its amounts never change again. Needs `invoices:approve`. */
  issueInvoice(id: T.InvoiceId, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Invoice>> {
    return this.send<T.Invoice>({ method: "POST", path: `/v1/invoices/${encodeURIComponent(id)}/issue`, options, keyed: true });
  }

  /** How far an invoice is paid, and by what. Needs `invoices:read`; a customer's token sees what is the customer's. */
  getSettlement(id: T.InvoiceId, options: ReadOptions = {}): Promise<Reply<T.Standing2>> {
    return this.send<T.Standing2>({ method: "GET", path: `/v1/invoices/${encodeURIComponent(id)}/settlement`, options, repeats: true });
  }

  /** Take an issued document back: its lines are billed again or given up, and its number stays used. Needs `invoices:approve`. */
  voidInvoice(id: T.InvoiceId, body: T.NewVoid, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Invoice>> {
    return this.send<T.Invoice>({ method: "POST", path: `/v1/invoices/${encodeURIComponent(id)}/void`, options, body, keyed: true });
  }

  /** Give up what is left to pay of an invoice, or some of it. Needs `invoices:approve`. */
  writeOffInvoice(id: T.InvoiceId, body: T.WritingOff, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.PaymentView>> {
    return this.send<T.PaymentView>({ method: "POST", path: `/v1/invoices/${encodeURIComponent(id)}/write_off`, options, body, keyed: true });
  }

  /** Jobs, the newest first. Needs `invoices:read`. */
  listJobs(query: ListJobsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfJobView>> {
    return this.send<T.PageOfJobView>({ method: "GET", path: `/v1/jobs`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listJobsAll(query: ListJobsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.JobView> {
    return this.walk(query.after ?? undefined, (after) => this.listJobs({ ...query, after }, options));
  }

  /** Ask for a job. Needs `invoices:write`. */
  askForJob(body: T.NewJob, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.JobView>> {
    return this.send<T.JobView>({ method: "POST", path: `/v1/jobs`, options, body, keyed: true });
  }

  /** A job: where it stands and how far it has come. Needs `invoices:read`. */
  getJob(id: string, options: ReadOptions = {}): Promise<Reply<T.JobView>> {
    return this.send<T.JobView>({ method: "GET", path: `/v1/jobs/${encodeURIComponent(id)}`, options, repeats: true });
  }

  /** Ask a job to stop; what is done stays done. Needs `invoices:write`. */
  cancelJob(id: string, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.JobView>> {
    return this.send<T.JobView>({ method: "POST", path: `/v1/jobs/${encodeURIComponent(id)}/cancel`, options, keyed: true });
  }

  /** The journal, in the order in which it was written. Needs `books:read`. */
  listJournal(query: ListJournalQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfJournalEntry>> {
    return this.send<T.PageOfJournalEntry>({ method: "GET", path: `/v1/journal`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listJournalAll(query: ListJournalQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.JournalEntry> {
    return this.walk(query.after ?? undefined, (after) => this.listJournal({ ...query, after }, options));
  }

  /** Make an API key. Needs `access:write`. */
  createKey(body: T.NewToken, options: Options & Tryable = {}): Promise<Reply<T.IssuedToken>> {
    return this.send<T.IssuedToken>({ method: "POST", path: `/v1/keys`, options, body });
  }

  /** Give an API key another secret. Needs `access:write`. */
  rotateKey(id: string, body: T.Rotation, options: Options & Conditional & Tryable = {}): Promise<Reply<T.IssuedToken>> {
    return this.send<T.IssuedToken>({ method: "POST", path: `/v1/keys/${encodeURIComponent(id)}/rotate`, options, body });
  }

  /** Payments, credit notes and write-offs, the last received first. Needs `invoices:read`; a customer's token sees what is the customer's. */
  listPayments(query: ListPaymentsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfPaymentView>> {
    return this.send<T.PageOfPaymentView>({ method: "GET", path: `/v1/payments`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listPaymentsAll(query: ListPaymentsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.PaymentView> {
    return this.walk(query.after ?? undefined, (after) => this.listPayments({ ...query, after }, options));
  }

  /** Record a payment that came; the same key again is the same payment. Needs `invoices:write`. */
  recordPayment(body: T.NewPayment, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.PaymentView>> {
    return this.send<T.PaymentView>({ method: "POST", path: `/v1/payments`, options, body, keyed: true });
  }

  /** A payment, what it pays and what was done with it. Needs `invoices:read`. */
  getPayment(key: T.Key, options: ReadOptions = {}): Promise<Reply<T.PaymentView>> {
    return this.send<T.PaymentView>({ method: "GET", path: `/v1/payments/${encodeURIComponent(key)}`, options, repeats: true });
  }

  /** Let what is in the balance of a payment pay invoices. Needs `invoices:write`. */
  allocatePayment(key: T.Key, body: T.Allocation, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.PaymentView>> {
    return this.send<T.PaymentView>({ method: "POST", path: `/v1/payments/${encodeURIComponent(key)}/allocate`, options, body, keyed: true });
  }

  /** A payment did not come or went away again, or a write-off is taken back: what it paid is open again. Needs `invoices:approve`. */
  reversePayment(key: T.Key, body: T.Reversal, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.PaymentView>> {
    return this.send<T.PaymentView>({ method: "POST", path: `/v1/payments/${encodeURIComponent(key)}/reverse`, options, body, keyed: true });
  }

  /** Take a payment off an invoice, or off all that it pays; it is in the balance then. Needs `invoices:write`. */
  unallocatePayment(key: T.Key, body: T.Unallocation, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.PaymentView>> {
    return this.send<T.PaymentView>({ method: "POST", path: `/v1/payments/${encodeURIComponent(key)}/unallocate`, options, body, keyed: true });
  }

  /** Make a token with which one customer sees what is theirs, and nothing else. Needs `access:write`. */
  createPortalToken(body: T.PortalToken, options: Options & Tryable = {}): Promise<Reply<T.IssuedToken>> {
    return this.send<T.IssuedToken>({ method: "POST", path: `/v1/portal-tokens`, options, body });
  }

  /** The newest version of the pricing. Needs `pricing:read`. */
  getPricing(options: ReadOptions = {}): Promise<Reply<T.Offer>> {
    return this.send<T.Offer>({ method: "GET", path: `/v1/pricing`, options, repeats: true });
  }

  /** Record a pricing file as the new version in force. Needs `pricing:approve`. */
  applyPricing(body: string | T.Catalog, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Applied>> {
    return this.send<T.Applied>({ method: "POST", path: `/v1/pricing`, options, body, keyed: true });
  }

  /** What a pricing file would change; nothing is recorded. Needs `pricing:read`. */
  planPricing(body: string | T.Catalog, options: Options = {}): Promise<Reply<T.Planned>> {
    return this.send<T.Planned>({ method: "POST", path: `/v1/pricing/plan`, options, body });
  }

  /** The JSON Schema of pricing files, for editors. Needs `pricing:read`. */
  getPricingSchema(options: ReadOptions = {}): Promise<Reply<unknown>> {
    return this.send<unknown>({ method: "GET", path: `/v1/pricing/schema`, options, repeats: true });
  }

  /** Take a discount away from a customer. Needs `subscriptions:write`. */
  endRedemption(key: T.Key, body: T.End, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Redemption>> {
    return this.send<T.Redemption>({ method: "POST", path: `/v1/redemptions/${encodeURIComponent(key)}/end`, options, body, keyed: true });
  }

  /** What was posted to an account in a span, line by line, with what stands on it after each. Needs `books:read`. */
  getGeneralLedger(query: GetGeneralLedgerQuery, options: ReadOptions = {}): Promise<Reply<T.GeneralLedger>> {
    return this.send<T.GeneralLedger>({ method: "GET", path: `/v1/reports/general-ledger`, options, query: { ...query }, repeats: true });
  }

  /** How an account came from its opening to its closing balance, by kinds of events. Needs `books:read`. */
  getRollForward(query: GetRollForwardQuery, options: ReadOptions = {}): Promise<Reply<T.RollForward>> {
    return this.send<T.RollForward>({ method: "GET", path: `/v1/reports/roll-forward`, options, query: { ...query }, repeats: true });
  }

  /** What stood on each account at the beginning of a span, what was posted, and what stands there at its end. Needs `books:read`. */
  getTrialBalance(query: GetTrialBalanceQuery = {}, options: ReadOptions = {}): Promise<Reply<T.TrialBalance>> {
    return this.send<T.TrialBalance>({ method: "GET", path: `/v1/reports/trial-balance`, options, query: { ...query }, repeats: true });
  }

  /** Schedules, by id. Needs `invoices:read`. */
  listSchedules(query: ListSchedulesQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfSchedule>> {
    return this.send<T.PageOfSchedule>({ method: "GET", path: `/v1/schedules`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listSchedulesAll(query: ListSchedulesQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Schedule> {
    return this.walk(query.after ?? undefined, (after) => this.listSchedules({ ...query, after }, options));
  }

  /** Add a schedule. Needs `invoices:write`. */
  addSchedule(body: T.NewSchedule, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Schedule>> {
    return this.send<T.Schedule>({ method: "POST", path: `/v1/schedules`, options, body, keyed: true });
  }

  /** A schedule and when it comes up next. Needs `invoices:read`. */
  getSchedule(id: string, options: ReadOptions = {}): Promise<Reply<T.Schedule>> {
    return this.send<T.Schedule>({ method: "GET", path: `/v1/schedules/${encodeURIComponent(id)}`, options, repeats: true });
  }

  /** Let a schedule not come up any more. Needs `invoices:write`. */
  pauseSchedule(id: string, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Schedule>> {
    return this.send<T.Schedule>({ method: "POST", path: `/v1/schedules/${encodeURIComponent(id)}/pause`, options, keyed: true });
  }

  /** Remove a schedule; its jobs stay. Needs `invoices:write`. */
  removeSchedule(id: string, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Schedule>> {
    return this.send<T.Schedule>({ method: "POST", path: `/v1/schedules/${encodeURIComponent(id)}/remove`, options, keyed: true });
  }

  /** Let a schedule come up again. Needs `invoices:write`. */
  resumeSchedule(id: string, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Schedule>> {
    return this.send<T.Schedule>({ method: "POST", path: `/v1/schedules/${encodeURIComponent(id)}/resume`, options, keyed: true });
  }

  /** Sign in with an e-mail address and a password. */
  signIn(body: T.SignIn, options: Options = {}): Promise<Reply<T.IssuedToken>> {
    return this.send<T.IssuedToken>({ method: "POST", path: `/v1/sessions`, options, body });
  }

  /** The settings that are in force. Needs `invoices:read`. */
  getSettings(options: ReadOptions = {}): Promise<Reply<T.SettingsVersion>> {
    return this.send<T.SettingsVersion>({ method: "GET", path: `/v1/settings`, options, repeats: true });
  }

  /** Record settings that are in force from now on, or later. Needs `invoices:approve`. */
  setSettings(body: T.NewSettings, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.SettingsVersion>> {
    return this.send<T.SettingsVersion>({ method: "POST", path: `/v1/settings`, options, body, keyed: true });
  }

  /** Every version of the settings, the newest first; also those that are in force later. Needs `invoices:read`. */
  listSettings(query: ListSettingsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfSettingsVersion>> {
    return this.send<T.PageOfSettingsVersion>({ method: "GET", path: `/v1/settings/versions`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listSettingsAll(query: ListSettingsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.SettingsVersion> {
    return this.walk(query.after ?? undefined, (after) => this.listSettings({ ...query, after }, options));
  }

  /** Begin to sign in by an identity provider. */
  beginSignIn(body: T.BeginSignIn, options: Options = {}): Promise<Reply<T.SignInBegun>> {
    return this.send<T.SignInBegun>({ method: "POST", path: `/v1/sign-in`, options, body });
  }

  /** Sign in with what the identity provider sent back. */
  finishSignIn(body: T.FinishSignIn, options: Options = {}): Promise<Reply<T.IssuedToken>> {
    return this.send<T.IssuedToken>({ method: "POST", path: `/v1/sign-in/finish`, options, body });
  }

  /** Subscriptions, the latest started first. Needs `subscriptions:read`; a customer's token sees what is the customer's. */
  listSubscriptions(query: ListSubscriptionsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfSubscription>> {
    return this.send<T.PageOfSubscription>({ method: "GET", path: `/v1/subscriptions`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listSubscriptionsAll(query: ListSubscriptionsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Subscription> {
    return this.walk(query.after ?? undefined, (after) => this.listSubscriptions({ ...query, after }, options));
  }

  /** Subscribe a customer to a plan, now, ahead or in the past. Needs `subscriptions:write`. */
  subscribe(body: T.NewSubscription, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions`, options, body, keyed: true });
  }

  /** A subscription with all its changes. Needs `subscriptions:read`; a customer's token sees what is the customer's. */
  getSubscription(key: T.Key, query: GetSubscriptionQuery = {}, options: ReadOptions = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "GET", path: `/v1/subscriptions/${encodeURIComponent(key)}`, options, query: { ...query }, repeats: true });
  }

  /** Change plan, quantities or prices, now, ahead or in the past. Needs `subscriptions:write`. */
  changeSubscription(key: T.Key, body: T.NewChange, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions/${encodeURIComponent(key)}/changes`, options, body, keyed: true });
  }

  /** Begin cycles on another day. Needs `subscriptions:write`. */
  countSubscription(key: T.Key, body: T.Counting, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions/${encodeURIComponent(key)}/cycles`, options, body, keyed: true });
  }

  /** End a subscription. Needs `subscriptions:write`. */
  endSubscription(key: T.Key, body: T.Closing, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions/${encodeURIComponent(key)}/end`, options, body, keyed: true });
  }

  /** Serve nothing until the subscription is resumed. Needs `subscriptions:write`. */
  pauseSubscription(key: T.Key, body: T.Closing, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions/${encodeURIComponent(key)}/pause`, options, body, keyed: true });
  }

  /** Serve a subscription again that had ended. Needs `subscriptions:write`. */
  reactivateSubscription(key: T.Key, body: T.Opening, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions/${encodeURIComponent(key)}/reactivate`, options, body, keyed: true });
  }

  /** Agree on the term that follows the one under way. Needs `subscriptions:write`. */
  renewSubscription(key: T.Key, body: T.Term, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions/${encodeURIComponent(key)}/renew`, options, body, keyed: true });
  }

  /** End a pause. Needs `subscriptions:write`. */
  resumeSubscription(key: T.Key, body: T.Opening, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions/${encodeURIComponent(key)}/resume`, options, body, keyed: true });
  }

  /** Hand a subscription over to another customer, on the same terms. Needs `subscriptions:write`. */
  transferSubscription(key: T.Key, body: T.NewTransfer, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions/${encodeURIComponent(key)}/transfer`, options, body, keyed: true });
  }

  /** Take back a change, such as an end that lies ahead. Needs `subscriptions:write`. */
  withdrawSubscriptionChange(key: T.Key, body: T.Withdrawal, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Subscription>> {
    return this.send<T.Subscription>({ method: "POST", path: `/v1/subscriptions/${encodeURIComponent(key)}/withdraw`, options, body, keyed: true });
  }

  /** Every tenant, by key. Needs `tenants:read`. */
  listTenants(query: ListTenantsQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfTenant>> {
    return this.send<T.PageOfTenant>({ method: "GET", path: `/v1/tenants`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listTenantsAll(query: ListTenantsQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Tenant> {
    return this.walk(query.after ?? undefined, (after) => this.listTenants({ ...query, after }, options));
  }

  /** Add a tenant; answers with its first key. Needs `tenants:write`. */
  addTenant(body: T.NewTenant, options: Options & Tryable = {}): Promise<Reply<T.Added>> {
    return this.send<T.Added>({ method: "POST", path: `/v1/tenants`, options, body });
  }

  /** Copy a tenant into a new test environment; answers with the copy's first key. Needs `tenants:write`. */
  forkTenant(key: T.Key, body: T.NewTenant, options: Options & Tryable = {}): Promise<Reply<T.Added>> {
    return this.send<T.Added>({ method: "POST", path: `/v1/tenants/${encodeURIComponent(key)}/fork`, options, body });
  }

  /** Every token, without its secret, the newest first. Needs `access:read`. */
  listTokens(query: ListTokensQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfToken>> {
    return this.send<T.PageOfToken>({ method: "GET", path: `/v1/tokens`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listTokensAll(query: ListTokensQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Token> {
    return this.walk(query.after ?? undefined, (after) => this.listTokens({ ...query, after }, options));
  }

  /** End a token at once. Needs `access:write`. */
  revokeToken(id: string, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Token>> {
    return this.send<T.Token>({ method: "POST", path: `/v1/tokens/${encodeURIComponent(id)}/revoke`, options, keyed: true });
  }

  /** How much was used on a meter, exact at any two instants. Needs `usage:read`; a customer's token sees what is the customer's. */
  getUsage(query: GetUsageQuery, options: ReadOptions = {}): Promise<Reply<T.Answer>> {
    return this.send<T.Answer>({ method: "GET", path: `/v1/usage`, options, query: { ...query }, repeats: true });
  }

  /** Usage of subjects that are no customers: nobody pays for it. Needs `usage:read`. */
  listUnmatchedUsage(options: ReadOptions = {}): Promise<Reply<T.Unmatched>> {
    return this.send<T.Unmatched>({ method: "GET", path: `/v1/usage/unmatched`, options, repeats: true });
  }

  /** Usage that matches no customer, no meter or no price, in quantity, and in money where a price is known. Needs `usage:read`. */
  listUnpaidUsage(query: ListUnpaidUsageQuery = {}, options: ReadOptions = {}): Promise<Reply<T.Unpaid>> {
    return this.send<T.Unpaid>({ method: "GET", path: `/v1/usage/unpaid`, options, query: { ...query }, repeats: true });
  }

  /** Users, the newest first. Needs `access:read`. */
  listUsers(query: ListUsersQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfUser>> {
    return this.send<T.PageOfUser>({ method: "GET", path: `/v1/users`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listUsersAll(query: ListUsersQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.User> {
    return this.walk(query.after ?? undefined, (after) => this.listUsers({ ...query, after }, options));
  }

  /** Add a user. Needs `access:write`. */
  addUser(body: T.NewUser, options: Options & Tryable = {}): Promise<Reply<T.User>> {
    return this.send<T.User>({ method: "POST", path: `/v1/users`, options, body });
  }

  /** Change a user; disabling one ends their sessions. Needs `access:write`. */
  changeUser(email: string, body: T.UserChange, options: Options & Conditional & Tryable = {}): Promise<Reply<T.User>> {
    return this.send<T.User>({ method: "POST", path: `/v1/users/${encodeURIComponent(email)}`, options, body });
  }

  /** Endpoints, the newest first. Needs `operations:read`. */
  listWebhooks(query: ListWebhooksQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfEndpoint>> {
    return this.send<T.PageOfEndpoint>({ method: "GET", path: `/v1/webhooks`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listWebhooksAll(query: ListWebhooksQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.Endpoint> {
    return this.walk(query.after ?? undefined, (after) => this.listWebhooks({ ...query, after }, options));
  }

  /** Add an endpoint; answers with its secret. Needs `operations:write`. */
  addWebhook(body: T.NewEndpoint, options: Options & Tryable = {}): Promise<Reply<T.IssuedEndpoint>> {
    return this.send<T.IssuedEndpoint>({ method: "POST", path: `/v1/webhooks`, options, body });
  }

  /** An endpoint. Needs `operations:read`. */
  getWebhook(id: T.EndpointId, options: ReadOptions = {}): Promise<Reply<T.Endpoint>> {
    return this.send<T.Endpoint>({ method: "GET", path: `/v1/webhooks/${encodeURIComponent(id)}`, options, repeats: true });
  }

  /** Change, pause or open an endpoint. Needs `operations:write`. */
  changeWebhook(id: T.EndpointId, body: T.EndpointChange, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Endpoint>> {
    return this.send<T.Endpoint>({ method: "POST", path: `/v1/webhooks/${encodeURIComponent(id)}`, options, body, keyed: true });
  }

  /** What was sent to an endpoint and what it answered, the newest first. Needs `operations:read`. */
  listDeliveries(id: T.EndpointId, query: ListDeliveriesQuery = {}, options: ReadOptions = {}): Promise<Reply<T.PageOfWebhookDelivery>> {
    return this.send<T.PageOfWebhookDelivery>({ method: "GET", path: `/v1/webhooks/${encodeURIComponent(id)}/deliveries`, options, query: { ...query }, repeats: true });
  }

  /** The same as a whole: pages are asked for as they are needed. */
  listDeliveriesAll(id: T.EndpointId, query: ListDeliveriesQuery = {}, options: ReadOptions = {}): AsyncGenerator<T.WebhookDelivery> {
    return this.walk(query.after ?? undefined, (after) => this.listDeliveries(id, { ...query, after }, options));
  }

  /** Send a delivery again. Needs `operations:write`. */
  replayDelivery(id: T.EndpointId, delivery: string, options: Options & Idempotent & Tryable = {}): Promise<Reply<T.Replayed2>> {
    return this.send<T.Replayed2>({ method: "POST", path: `/v1/webhooks/${encodeURIComponent(id)}/deliveries/${encodeURIComponent(delivery)}/replay`, options, keyed: true });
  }

  /** Remove an endpoint. Needs `operations:write`. */
  removeWebhook(id: T.EndpointId, options: Options & Idempotent & Conditional & Tryable = {}): Promise<Reply<T.Endpoint>> {
    return this.send<T.Endpoint>({ method: "POST", path: `/v1/webhooks/${encodeURIComponent(id)}/remove`, options, keyed: true });
  }

  /** Give an endpoint another secret. Needs `operations:write`. */
  rotateWebhook(id: T.EndpointId, options: Options & Conditional & Tryable = {}): Promise<Reply<T.IssuedEndpoint>> {
    return this.send<T.IssuedEndpoint>({ method: "POST", path: `/v1/webhooks/${encodeURIComponent(id)}/rotate`, options });
  }

  /** Who the token is, and what it may do. */
  whoAmI(options: ReadOptions = {}): Promise<Reply<T.Who>> {
    return this.send<T.Who>({ method: "GET", path: `/v1/whoami`, options, repeats: true });
  }
}
