import { createServer } from 'node:net';
import { reachableHost } from '../net/reachable.ts';
import { playCall, type Target } from '../simulator/asterisk.ts';
import { fail, ok, warn, type Finding } from './check.ts';
import type { RunningServer } from './running-server.ts';

/** What was found out about a port that a server wants to listen on. */
export interface PortFinding extends Finding {
  /** The server of this configuration listens there now. */
  readonly ours: boolean;
}

interface Listener extends Target {
  /** Where it stands in the configuration: `listen` or `http`. */
  readonly section: string;
}

/** Is the port for calls free, or taken by this very server? */
export async function checkAgiPort(target: Target, running: RunningServer | null): Promise<PortFinding> {
  const problem = await tryToListen(target);
  if (problem !== 'EADDRINUSE') return withoutServer({ ...target, section: 'listen' }, problem);

  const { host, port } = target;
  // A withheld number is answered without the database.
  const environment = new Map([['agi_callerid', 'anonymous']]);
  const call = await playCall(
    { host: reachableHost(host), port },
    { environment, presets: new Map() },
    { timeoutMs: 3_000 },
  );
  if (call.variables.get('ROUTE_STATUS') === 'INVALID') {
    return { ...ok(`courier-agi listens on ${host} port ${port}.`), ours: true };
  }
  if (running !== null) {
    const finding = warn(
      `courier-agi runs, and did not answer a call from this machine to port ${port}.`,
      'If calls come from other machines only, this is as it should be: listen.allow leaves this one out.',
    );
    return { ...finding, ours: false };
  }
  return { ...taken({ ...target, section: 'listen' }), ours: false };
}

/** Is the port for health and metrics free, or taken by this very server? */
export async function checkHttpPort(target: Target, running: RunningServer | null): Promise<PortFinding> {
  const { host, port } = target;
  if (running !== null) {
    const { version } = running.status;
    return { ...ok(`courier-agi ${version} answers on ${host} port ${port}.`), ours: true };
  }
  const problem = await tryToListen(target);
  const listener = { ...target, section: 'http' };
  return problem === 'EADDRINUSE' ? { ...taken(listener), ours: false } : withoutServer(listener, problem);
}

function withoutServer({ host, port, section }: Listener, problem: string | null): PortFinding {
  if (problem === null) return { ...ok(`Port ${port} on ${host} is free: no server runs.`), ours: false };
  const remedy =
    problem === 'EACCES'
      ? `Ports below 1024 are for root: set ${section}.port to another one.`
      : `Set ${section}.host to an address of this machine: ip -brief address lists them.`;
  return { ...fail(`Cannot listen on ${host} port ${port}: ${problem}.`, remedy), ours: false };
}

function taken({ host, port, section }: Listener): Finding {
  return fail(
    `Port ${port} on ${host} is taken by something that does not answer as courier-agi.`,
    `ss -ltnp 'sport = :${port}' names it; stop it, or set ${section}.port to a free one.`,
  );
}

/** @returns the error's code, such as `EADDRINUSE`; null when it could have listened */
function tryToListen({ host, port }: Target): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => {
      server.close(() => resolve(null));
    });
  });
}
