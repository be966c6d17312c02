/**
 * A client of Counterfoil.
 *
 *     const client = new Client("http://127.0.0.1:8080", { token: "cf_…" });
 *     await client.addCustomer({ key: "acme", name: "Acme", zone: "Europe/Berlin" });
 *     for await (const invoice of client.listInvoicesAll({ customer: "acme" })) console.log(invoice.total);
 */
export { Client } from "./client.js";
export { CounterfoilError, Problem, Unreachable } from "./transport.js";
export type { Connection, Options, ReadOptions, Reply } from "./transport.js";
export type * from "./operations.js";
export type * from "./types.js";
