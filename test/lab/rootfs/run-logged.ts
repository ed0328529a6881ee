import { spawn } from 'node:child_process';

/** Lines of output kept for the message of a failure. */
const KEPT_LINES = 30;

/**
 * Runs a command to its end and returns what it wrote on stdout.
 *
 * @param onLine gets each line of stdout and stderr as it comes
 * @throws when the command cannot be started or exits with another status than 0; the message holds the
 *   end of its output
 */
export async function runLogged(
  [file = '', ...args]: readonly string[],
  onLine: (line: string) => void = () => {},
): Promise<string> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  const tail: string[] = [];
  const takeLines = lineSplitter((line) => {
    tail.push(line);
    if (tail.length > KEPT_LINES) tail.shift();
    onLine(line);
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    takeLines(text);
  });
  child.stderr.setEncoding('utf8').on('data', takeLines);

  const status = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  if (status === 0) return stdout;
  throw new Error(`${[file, ...args].join(' ')} ended with ${status}:\n${tail.join('\n')}`);
}

function lineSplitter(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
}
