/** A business, from its pricing to its next bill, over the real server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, Problem, Unreachable, type Event } from "../src/index.js";
import { losing, serve } from "./server.js";

const PRICING = `
meters:
  calls: { event: call, aggregate: count }
plans:
  basic:
    currency: EUR
    every: month
    prices:
      fee: { flat: "30.00", in: advance }
      calls: { meter: calls, per_unit: "0.10" }
`;
const NOW = new Date();
const day = (days: number) => new Date(NOW.getTime() + days * 86_400_000).toISOString().slice(0, 10);

function* calls(count: number): Generator<Event> {
  for (let number = 0; number < count; number += 1) {
    yield { source: "test", id: String(number), name: "call", subject: "acme", at: NOW.toISOString(), properties: { n: number } };
  }
}

/** A `fetch` that opens a connection for each request, so that the first one of a test is the one that is lost. */
const once: typeof fetch = (url, init) => {
  const headers = new Headers(init?.headers);
  headers.set("connection", "close");
  return fetch(url, { ...init, headers });
};

test("a business", async () => {
  const server = await serve();
  const proxy = await losing(server.address);
  try {
    const client = new Client(proxy.address, { pause: 10, fetch: once });
    // the first answer is lost: the request is sent again with the same key, and done once
    const applied = await client.applyPricing(PRICING);
    assert.deepEqual([applied.value.version, applied.replayed], [1, true]);
    const made = await client.addCustomer({ key: "acme", name: "Acme", zone: "UTC" });
    assert.deepEqual([made.value.key, made.etag], ["acme", '"1"']);
    const wish = { customer: "acme", plan: "basic", start: day(0) };
    const tried = await client.subscribe(wish, { dryRun: true });
    assert.equal(tried.impact?.money, "changed");
    assert.deepEqual((await client.listSubscriptions()).value.items, []);
    await client.subscribe(wish);

    proxy.again();
    // of the first batch the answer was lost: its events were taken once
    const sent = await client.sendAllEvents(calls(1000), 400);
    assert.deepEqual([sent.accepted, sent.duplicates, sent.outcomes.length], [600, 400, 1000]);
    const usage = await client.getUsage({ customer: "acme", meter: "calls", from: day(0), to: day(1) });
    assert.equal(usage.value.usage[0]?.measured.quantity, "1000");
    const preview = await client.previewInvoice("acme");
    const lines = preview.value.documents.flatMap((document) => document.lines);
    assert.equal(lines.find((line) => line.key.price.price === "calls")?.amount.amount, "100.00");

    for (let number = 0; number < 7; number += 1) await client.addCustomer({ key: `c${number}`, name: "", zone: "UTC" });
    const keys: string[] = [];
    for await (const customer of client.listCustomersAll({ limit: 3 })) keys.push(customer.key);
    assert.deepEqual(keys, ["acme", "c0", "c1", "c2", "c3", "c4", "c5", "c6"]);

    await assert.rejects(client.addCustomer({ key: "acme", name: "Acme", zone: "UTC" }), (error) => {
      assert.ok(error instanceof Problem);
      assert.deepEqual([error.code, error.status], ["already_exists", 409]);
      return true;
    });
    const { etag } = await client.getSubscription("acme");
    await client.endSubscription("acme", { effective: "2099-01-01" }, { ifMatch: etag });
    const stale = client.endSubscription("acme", { effective: "2099-02-01" }, { ifMatch: etag });
    await assert.rejects(stale, (error) => error instanceof Problem && error.code === "changed_meanwhile");
  } finally {
    proxy.stop();
    server.stop();
  }
});

test("where nobody answers", async () => {
  const client = new Client("http://127.0.0.1:9", { tries: 2, pause: 10 });
  await assert.rejects(client.getClock(), Unreachable);
});
