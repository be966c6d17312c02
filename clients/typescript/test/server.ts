/** The real server on a free port, and a proxy that loses an answer. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM =
  process.env.COUNTERFOIL_PROGRAM ?? fileURLToPath(new URL("../../../../target/debug/counterfoil", import.meta.url));

export interface Running {
  address: string;
  stop(): void;
}

/** `counterfoil serve` over a directory of its own. */
export function serve(): Promise<Running> {
  const dir = mkdtempSync(join(tmpdir(), "counterfoil-"));
  const process: ChildProcess = spawn(
    PROGRAM,
    ["serve", "--open", "--data", join(dir, "data"), "--listen", "127.0.0.1:0"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const stop = () => {
    process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
    process.kill();
  };
  return new Promise((resolve, reject) => {
    let said = "";
    process.once("error", () => reject(new Error(`${PROGRAM} is not there: cargo build -p counterfoil`)));
    process.once("exit", () => reject(new Error(`${PROGRAM} does not serve: ${said}`)));
    process.stdout?.on("data", (data: Buffer) => {
      said += data.toString();
      const found = /http:\/\/[0-9.]+:[0-9]+/.exec(said);
      if (found) resolve({ address: found[0], stop });
    });
  });
}

/** Hands each connection on; the answer to the first is thrown away once the server has given it. */
export function losing(address: string): Promise<{ address: string; again(): void; stop(): void }> {
  const to = new URL(address);
  let connections = 0;
  const proxy: Server = createServer((near) => {
    connections += 1;
    const lose = connections === 1;
    const far = connect(Number(to.port), to.hostname);
    near.pipe(far);
    if (lose) far.once("data", () => { near.destroy(); far.destroy(); });
    else far.pipe(near);
    for (const end of [near, far]) end.on("error", () => { near.destroy(); far.destroy(); });
    far.on("close", () => near.destroy());
    near.on("close", () => far.destroy());
  });
  return new Promise((resolve) => {
    proxy.listen(0, "127.0.0.1", () => {
      const { port } = proxy.address() as AddressInfo;
      resolve({ address: `http://127.0.0.1:${port}`, again: () => { connections = 0; }, stop: () => { proxy.close(); } });
    });
  });
}
