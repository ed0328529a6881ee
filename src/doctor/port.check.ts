import { createServer } from 'node:net';
import { CHECK_CHANNEL } from '../monitoring/check-call.ts';
import { reachableHost } from '../net/reachable.ts';
import { playCall, type Target } from '../simulator/asterisk.ts';
import { joined } from '../util/language.ts';
import { fail, ok, warn, type Finding } from './check.ts';
import { findPortOwner, type PortOwner } from './port-owner.ts';
import type { RunningServer } from './running-server.ts';

/** What was found out about a port that a server wants to listen on. */
export interface PortFinding extends Finding {
  /** The server of this configuration listens there now. */
  readonly ours: boolean;
}

/** Where the port stands in the configuration. */
export type Section = 'listen' | 'http' | 'desk' | 'door' | 'survey';

/** Is the port for calls free, or taken by this very server? */
export async function checkAgiPort(target: Target, running: RunningServer | null): Promise<PortFinding> {
  const { host, port } = target;
  const problem = await tryToListen(target);
  if (problem === null && running !== null) return { ...listensElsewhere(target, running), ours: false };
  if (problem !== 'EADDRINUSE') return { ...withoutServer(target, 'listen', problem), ours: false };

  // A withheld number is answered without the database.
  const environment = new Map([
    ['agi_callerid', 'anonymous'],
    ['agi_channel', CHECK_CHANNEL],
  ]);
  const call = await playCall(
    { host: reachableHost(host), port },
    { environment, presets: new Map() },
    { timeoutMs: 3_000 },
  );
  if (call.variables.get('ROUTE_STATUS') === 'INVALID') {
    const message = {
      en: `courier-agi listens on ${host} port ${port}.`,
      ru: `courier-agi принимает звонки на ${host}, порт ${port}.`,
    };
    return { ...ok(message), ours: true };
  }
  return { ...(running === null ? taken(target, 'listen') : doesNotAnswer(port)), ours: false };
}

/** Is the port for health and metrics free, or taken by this very server? */
export async function checkHttpPort(target: Target, running: RunningServer | null): Promise<PortFinding> {
  const { host, port } = target;
  if (running !== null) {
    const { version } = running.status;
    const message = {
      en: `courier-agi ${version} answers on ${host} port ${port}.`,
      ru: `courier-agi ${version} отвечает на ${host}, порт ${port}.`,
    };
    return { ...ok(message), ours: true };
  }
  const problem = await tryToListen(target);
  const finding = problem === 'EADDRINUSE' ? taken(target, 'http') : withoutServer(target, 'http', problem);
  return { ...finding, ours: false };
}

export function withoutServer({ host, port }: Target, section: Section, problem: string | null): Finding {
  if (problem === null) {
    return ok({
      en: `Port ${port} on ${host} is free: no server runs.`,
      ru: `Порт ${port} на ${host} свободен: сервер не запущен.`,
    });
  }
  return fail(
    {
      en: `Cannot listen on ${host} port ${port}: ${problem}.`,
      ru: `Нельзя занять ${host}, порт ${port}: ${problem}.`,
    },
    problem === 'EACCES'
      ? {
          en: `Ports below 1024 are for root: set ${section}.port to another one.`,
          ru: `Порты ниже 1024 доступны только root: укажите другой в ${section}.port.`,
        }
      : {
          en: `Set ${section}.host to an address of this machine: ip -brief address lists them.`,
          ru: `Укажите в ${section}.host адрес этой машины: их показывает ip -brief address.`,
        },
  );
}

/** It answers for its health, so it runs, and yet its port for calls is free. */
function listensElsewhere({ host, port }: Target, { status }: RunningServer): Finding {
  const { pid } = status;
  return warn(
    {
      en: `courier-agi runs (process ${pid}), but not on ${host} port ${port}: listen was changed after it started.`,
      ru: `courier-agi запущен (процесс ${pid}), но не на ${host}, порт ${port}: listen изменили после запуска.`,
    },
    {
      en: 'systemctl restart courier-agi: a reload is not enough for listen. Does COURIER_ROUTER in the dialplan name the new port?',
      ru: 'systemctl restart courier-agi: для listen одной перезагрузки настроек мало. Указан ли новый порт в COURIER_ROUTER диалплана?',
    },
  );
}

function doesNotAnswer(port: number): Finding {
  return warn(
    {
      en: `courier-agi runs, and did not answer a call from this machine to port ${port}.`,
      ru: `courier-agi запущен, но не ответил на звонок с этой машины на порт ${port}.`,
    },
    {
      en: 'If calls come from other machines only, this is as it should be: listen.allow leaves this one out.',
      ru: 'Если звонки приходят только с других машин, так и должно быть: этой нет в listen.allow.',
    },
  );
}

/** Something listens there that does not answer as it should. */
export function taken({ host, port }: Target, section: Section): Finding {
  const owner = findPortOwner(port);
  if (owner?.isCourierAgi === true) return frozen(port, owner, section);
  const remedy = {
    en: `Stop it, or set ${section}.port to a free one.`,
    ru: `Остановите эту программу или укажите свободный порт в ${section}.port.`,
  };
  if (owner !== null) {
    const { command, pid } = owner;
    return fail(
      {
        en: `Port ${port} on ${host} is taken by ${command} (process ${pid}).`,
        ru: `Порт ${port} на ${host} занят программой ${command} (процесс ${pid}).`,
      },
      remedy,
    );
  }
  return fail(
    {
      en: `Port ${port} on ${host} is taken by something that does not answer as courier-agi.`,
      ru: `Порт ${port} на ${host} занят: там отвечает не courier-agi.`,
    },
    joined([
      {
        en: `As root, ss -ltnp 'sport = :${port}' names it.`,
        ru: `От имени root программу назовёт ss -ltnp 'sport = :${port}'.`,
      },
      remedy,
    ]),
  );
}

function frozen(port: number, { pid }: PortOwner, section: Section): Finding {
  const unit = section === 'listen' || section === 'http' ? 'courier-agi' : 'courier-agi-desk';
  return fail(
    {
      en: `courier-agi (process ${pid}) has port ${port}, and does not answer: it is frozen.`,
      ru: `courier-agi (процесс ${pid}) держит порт ${port}, но не отвечает: он завис.`,
    },
    {
      en: `systemctl restart ${unit}, or without systemd: kill -KILL ${pid}`,
      ru: `systemctl restart ${unit}, а без systemd: kill -KILL ${pid}`,
    },
  );
}

/** @returns the error's code, such as `EADDRINUSE`; null when it could have listened */
export function tryToListen({ host, port }: Target): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => {
      server.close(() => resolve(null));
    });
  });
}
