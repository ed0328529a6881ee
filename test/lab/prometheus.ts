import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { eventually } from './eventually.ts';
import { freeTcpPort } from './free-port.ts';
import { ensurePackage } from './packages.ts';

/** A Prometheus that scrapes once a second. */
export interface Prometheus {
  readonly targets: () => Promise<readonly Target[]>;
  /** @throws it refuses the expression */
  readonly query: (expression: string) => Promise<readonly Sample[]>;
  readonly alerts: () => Promise<readonly Alert[]>;
  /** Warnings and errors that it has logged so far. */
  readonly complaints: () => readonly string[];
  readonly stop: () => Promise<void>;
}

const labels = z.record(z.string(), z.string());
const target = z.object({ labels, health: z.string(), lastError: z.string() });
const sample = z.object({ metric: labels, value: z.tuple([z.number(), z.string()]) });
const alert = z.object({ labels, annotations: labels, state: z.enum(['pending', 'firing']) });

export type Target = z.infer<typeof target>;
export type Sample = z.infer<typeof sample>;
export type Alert = z.infer<typeof alert>;

const START_MS = 60_000;

/**
 * @param jobs ports of this machine, by the name of their job
 * @param rules a file of rules
 */
export async function startPrometheus(
  jobs: Readonly<Record<string, number>>,
  rules: string,
): Promise<Prometheus> {
  const prometheus = await ensurePackage('prometheus', 'prometheus');
  const folder = await mkdtemp(join(tmpdir(), 'courier-agi-prometheus-'));
  await writeFile(join(folder, 'rules.yaml'), rules);
  const file = join(folder, 'prometheus.yml');
  // JSON is YAML.
  await writeFile(
    file,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yaml'],
      scrape_configs: Object.entries(jobs).map(([job, port]) => ({
        job_name: job,
        static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      })),
    }),
  );
  const port = await freeTcpPort();
  const address = `127.0.0.1:${port}`;
  const options = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${folder}`,
    `--web.listen-address=${address}`,
  ];
  // It dies with this process.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', prometheus, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (log += part));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    if (!hasEnded()) {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const ask = async <Data>(path: string, data: z.ZodType<Data>): Promise<Data> => {
    const answer: unknown = await (await fetch(`http://${address}/api/v1/${path}`)).json();
    const { warnings, error } = z
      .object({ warnings: z.unknown(), error: z.unknown() })
      .partial()
      .parse(answer);
    if (warnings !== undefined || error !== undefined) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return z.object({ data }).parse(answer).data;
  };

  try {
    await eventually(
      'Prometheus is ready',
      async () => {
        if (hasEnded()) throw new Error(`Prometheus ended:\n${log}`);
        return fetch(`http://${address}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      },
      START_MS,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    targets: async () => (await ask('targets', z.object({ activeTargets: z.array(target) }))).activeTargets,
    query: async (expression) =>
      (await ask(`query?query=${encodeURIComponent(expression)}`, z.object({ result: z.array(sample) })))
        .result,
    alerts: async () => (await ask('alerts', z.object({ alerts: z.array(alert) }))).alerts,
    complaints: () => log.split('\n').filter((line) => /level=(?:warn|error)/.test(line)),
    stop,
  };
}

/** Runs promtool. @returns its exit status and all it has said */
export async function runPromtool(
  args: readonly string[],
  input = '',
): Promise<{ status: number | null; said: string }> {
  const promtool = await ensurePackage('promtool', 'prometheus');
  const child = spawn(promtool, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const closed = once(child, 'close');
  const [output, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { status: child.exitCode, said: output + problems };
}
