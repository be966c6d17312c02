import type { Expanded, Impact, ProblemDocument } from "./types.js";

/** How a server is reached. */
export interface Connection {
  /** An API key, a session or a customer's token: `cf_…`. */
  token?: string;
  /** How long one try may take, in milliseconds; 30 seconds when it is left out. */
  timeout?: number;
  /** How often a request is tried that can be repeated; 5 when it is left out. */
  tries?: number;
  /** The pause before the second try, in milliseconds, doubled for each one after; 200 when it is left out. */
  pause?: number;
  /** Another `fetch` than that of the platform. */
  fetch?: typeof fetch;
}

/** What any request may say. */
export interface ReadOptions {
  /** Ends the request, and all further tries. */
  signal?: AbortSignal;
}

/** What any write may say. */
export interface Options extends ReadOptions {
  /** Why it is done: it stands in the audit log. */
  reason?: string;
}

/** A write that is done once, however often it is sent. */
export interface Idempotent {
  /** Names the request; a new name when it is left out, the same for each try. */
  idempotencyKey?: string;
}

/** A write that is done only to what was seen. */
export interface Conditional {
  /** The `etag` of the object as it was seen. */
  ifMatch?: string;
}

/** A write that can be tried without being done. */
export interface Tryable {
  /** Nothing is stored: the reply has the `impact`. */
  dryRun?: boolean;
}

/** An answer. */
export interface Reply<T> {
  value: T;
  /** The version of the object, for `ifMatch`. */
  etag: string | undefined;
  /** What a dry run would change in money. */
  impact: Impact | undefined;
  /** What the answer refers to, as far as it was asked for with `expand`. */
  expanded: Expanded | undefined;
  /** It was answered before: the request was a repetition. */
  replayed: boolean;
  requestId: string | undefined;
}

/** Whatever keeps a request from being answered as asked. */
export class CounterfoilError extends Error {}

/** There was no answer. Whether the request was done is not known. */
export class Unreachable extends CounterfoilError {}

/** The request was refused: nothing of it has happened. */
export class Problem extends CounterfoilError {
  readonly code: string;
  readonly status: number;
  constructor(readonly document: ProblemDocument) {
    super(`${document.code}: ${document.detail}; ${document.mend}`);
    this.code = document.code;
    this.status = document.status;
  }
}

/** A request as an operation describes it. */
export interface Asked {
  method: "GET" | "POST";
  path: string;
  options: Options & Idempotent & Conditional & Tryable;
  body?: unknown;
  query?: Record<string, unknown>;
  /** It does no harm to send it again. */
  repeats?: boolean;
  /** It is done once for its key. */
  keyed?: boolean;
}

/** Nothing was done, or it is not known whether anything was. */
const AGAIN = [429, 502, 503, 504];

/** Sends requests. What can be repeated is sent again, later each time, when there is no answer or the server is busy. */
export class Transport {
  readonly #address: string;
  readonly #connection: Connection;

  constructor(address: string, connection: Connection = {}) {
    this.#address = address.replace(/\/+$/, "");
    this.#connection = connection;
  }

  /** Sends one request. */
  protected async send<T>(asked: Asked): Promise<Reply<T>> {
    const { options } = asked;
    const url = new URL(this.#address + asked.path);
    for (const [name, value] of Object.entries(asked.query ?? {})) {
      if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
    }
    if (options.dryRun) url.searchParams.set("dry_run", "true");
    const headers = new Headers({ accept: "application/json" });
    if (this.#connection.token) headers.set("authorization", `Bearer ${this.#connection.token}`);
    if (options.reason) headers.set("x-reason", options.reason);
    if (options.ifMatch) headers.set("if-match", options.ifMatch);
    // the same for each try, so that it is done once
    if (asked.keyed) headers.set("idempotency-key", options.idempotencyKey ?? crypto.randomUUID());
    const init: RequestInit = { method: asked.method, headers };
    if (typeof asked.body === "string") {
      headers.set("content-type", "application/yaml");
      init.body = asked.body;
    } else if (asked.body !== undefined) {
      headers.set("content-type", "application/json");
      init.body = JSON.stringify(asked.body);
    }
    const again = asked.repeats === true || asked.keyed === true || options.dryRun === true;
    return this.#tried<T>(url, init, again, options.signal);
  }

  async #tried<T>(url: URL, init: RequestInit, again: boolean, signal?: AbortSignal): Promise<Reply<T>> {
    const { tries = 5, pause = 200, timeout = 30_000, fetch: ask = fetch } = this.#connection;
    for (let number = 1; ; number += 1) {
      const ends = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
      let wait = 0;
      try {
        const response = await ask(url, { ...init, signal: AbortSignal.any(ends) });
        if (response.ok) return await reply<T>(response);
        const problem = await refused(response);
        const may = response.status === 429 || (again && AGAIN.includes(response.status));
        if (number >= tries || !may) throw problem;
        wait = Number(response.headers.get("retry-after") ?? 0) * 1000 || 0;
      } catch (error) {
        if (error instanceof Problem) throw error;
        if (signal?.aborted) throw error;
        if (number >= tries || !again) throw new Unreachable(String(error), { cause: error });
      }
      const longest = pause * 2 ** (number - 1);
      const rest = Math.max(wait, longest / 2 + (Math.random() * longest) / 2);
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }

  /** Every item of a list, page by page. */
  protected async *walk<T>(
    after: string | undefined,
    page: (after: string | undefined) => Promise<Reply<{ items: T[]; next?: string | null }>>,
  ): AsyncGenerator<T> {
    for (;;) {
      const { value } = await page(after);
      yield* value.items;
      if (!value.next) return;
      after = value.next;
    }
  }
}

async function reply<T>(response: Response): Promise<Reply<T>> {
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  let value: unknown = isJson ? await response.json() : await response.text();
  let impact: Impact | undefined;
  if (typeof value === "object" && value !== null && "dry_run" in value && "impact" in value) {
    const { dry_run: _, impact: found, ...rest } = value as { dry_run: true; impact: Impact };
    [value, impact] = [rest, found];
  }
  let expanded: Expanded | undefined;
  if (typeof value === "object" && value !== null && "expanded" in value) {
    const { expanded: found, ...rest } = value as { expanded: Expanded };
    [value, expanded] = [rest, found];
  }
  return {
    value: value as T,
    etag: response.headers.get("etag") ?? undefined,
    impact,
    expanded,
    replayed: response.headers.get("idempotency-replayed") === "true",
    requestId: response.headers.get("x-request-id") ?? undefined,
  };
}

async function refused(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const document = JSON.parse(text) as ProblemDocument;
    if (typeof document.code === "string") return new Problem(document);
  } catch {
    // told below
  }
  return new Problem({
    type: "about:blank",
    title: "The answer is none of the API",
    status: response.status,
    code: "not_an_answer",
    detail: text.slice(0, 500),
    mend: "look at what stands between this client and the server",
    problems: [],
  });
}
