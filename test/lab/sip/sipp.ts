import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackage } from '../packages.ts';
import { parseMessageLog, type SipMessage } from './message-log.ts';

export interface SippOptions {
  readonly scenario: string;
  readonly localAddress: string;
  readonly localPort: number;
  /** Whom to call, `127.0.0.1:5060`; a called telephone has none. */
  readonly remote?: string;
  /** Many calls in place of one. */
  readonly many?: ManyCalls;
}

export interface ManyCalls {
  readonly perSecond: number;
  /** A call each: what `[field0]`, `[field1]` … of the scenario stand for. */
  readonly fields: readonly (readonly string[])[];
}

export interface Sipp {
  readonly messages: () => Promise<readonly SipMessage[]>;
  /** Settles when it has ended, with the messages of its whole life and its exit status (0: as the scenario says). */
  readonly ended: Promise<SippResult>;
  readonly stop: () => Promise<void>;
}

export interface SippResult {
  readonly status: number | null;
  readonly messages: readonly SipMessage[];
  readonly output: string;
}

/** Longer than any test: a SIPp whose tests are gone must not stay for ever. */
const LIFETIME_S = 900;

export async function startSipp(options: SippOptions): Promise<Sipp> {
  const sipp = await ensurePackage('sipp', 'sip-tester');
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-sipp-'));
  const scenarioFile = join(folder, 'scenario.xml');
  const messageFile = join(folder, 'messages.log');
  await writeFile(scenarioFile, options.scenario);

  const { many } = options;
  const fieldsFile = join(folder, 'fields.csv');
  if (many !== undefined) {
    await writeFile(fieldsFile, `SEQUENTIAL\n${many.fields.map((one) => one.join(';')).join('\n')}\n`);
  }
  const isCaller = options.remote !== undefined;
  const child = spawn(
    // It dies with the process that started it.
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      sipp,
      ...(isCaller ? [options.remote, '-m', String(many?.fields.length ?? 1)] : []),
      ...(many === undefined ? [] : ['-inf', fieldsFile, '-r', String(many.perSecond)]),
      '-sf',
      scenarioFile,
      '-i',
      options.localAddress,
      '-p',
      String(options.localPort),
      '-trace_msg',
      '-message_file',
      messageFile,
      // Without a terminal SIPp would read commands from whatever stdin is.
      '-nostdin',
      '-timeout',
      `${LIFETIME_S}s`,
      // What Asterisk sends beside the scenario (OPTIONS, NOTIFY) gets its 200.
      '-aa',
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const keep = (text: string) => {
    output = (output + text).slice(-4000);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);

  const messages = async () => parseMessageLog(await readFile(messageFile, 'utf8').catch(() => ''));
  const ended = closed(child).then(async (status) => {
    const result = { status, messages: await messages(), output };
    await rm(folder, { recursive: true, force: true });
    return result;
  });
  return {
    messages,
    ended,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function closed(child: ChildProcess): Promise<number | null> {
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}
