import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../lab/eventually.ts';
import { buildPrograms } from './programs.ts';

/** `courier-agi serve` as a process of its own. It ends with `kill()`, and in any case with this process. */
export class Served {
  readonly folder: string;
  readonly configFile: string;
  /** Of the FastAGI listener. */
  port = 0;
  #child: ChildProcess | undefined;
  #nodeOptions: readonly string[] = [];
  #env: NodeJS.ProcessEnv = {};
  #log = '';
  #exit: Promise<number | NodeJS.Signals> = Promise.resolve(0);

  private constructor(folder: string) {
    this.folder = folder;
    this.configFile = join(folder, 'courier-agi.yaml');
  }

  /**
   * @param yaml its configuration; with port 0 it chooses one
   * @param nodeOptions of its process
   * @param env beside that of this process
   */
  static async start(
    yaml: string,
    nodeOptions: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): Promise<Served> {
    const served = new Served(mkdtempSync(join(tmpdir(), 'courier-agi-chaos-')));
    served.#nodeOptions = nodeOptions;
    served.#env = env;
    served.configure(yaml);
    await served.restart();
    return served;
  }

  /** Writes the configuration, which takes effect with the next start or SIGHUP. */
  configure(yaml: string): void {
    writeFileSync(this.configFile, yaml);
  }

  removeConfig(): void {
    rmSync(this.configFile);
  }

  /** Starts it when it does not run, and waits until it listens. */
  async restart(): Promise<void> {
    const { server } = await buildPrograms();
    // Whatever ends this process, the server ends with it.
    const node = [process.execPath, ...this.#nodeOptions, server, 'serve', '--config', this.configFile];
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...node], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#env },
    });
    this.#child = child;
    this.#exit = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal ?? -1));
    });
    const before = this.#log.length;
    const listening = new Promise<number>((resolve) => {
      const read = (text: string) => {
        this.#log += text;
        const port = /"port":(\d+)[^\n]*"msg":"listening"/.exec(this.#log.slice(before))?.[1];
        if (port !== undefined) resolve(Number(port));
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
    });
    const failed = this.#exit.then((status): never => {
      throw new Error(`The server ended with ${status} while it started.\n${this.#log.slice(before)}`);
    });
    this.port = await Promise.race([listening, failed]);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** All that it has written on stdout and stderr, over all its lives. */
  get log(): string {
    return this.#log;
  }

  /** How often it has logged this message. */
  logged(message: string): number {
    return this.#log.split(`"msg":"${message}"`).length - 1;
  }

  /** Waits until it has logged this message. */
  untilLogged(message: string): Promise<void> {
    return eventually(`"${message}" in the log`, () => this.logged(message) > 0, 60_000);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Its exit status, or the signal that ended it. */
  get exit(): Promise<number | NodeJS.Signals> {
    return this.#exit;
  }

  /** Nobody reads its stdout any more. */
  closeStdout(): void {
    this.#child?.stdout?.destroy();
  }

  /** Resident memory, in MB. */
  get memoryMb(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  get openFiles(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** SIGKILL; may be called twice. Its folder is removed. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#exit;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
