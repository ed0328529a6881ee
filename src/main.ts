#!/usr/bin/env node
import { Hangups } from './util/hangups.ts';
import { complainOfNode } from './util/node-version.ts';

// `courier-agi doctor | head`: who reads no more wants no more. The server goes on without a reader of its log.
if (process.argv[2] !== 'serve') {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

const complaint = complainOfNode(process.versions.node);
if (complaint === null) {
  // Before the rest is loaded, which takes half a second. What ends by itself ends with its terminal.
  const hangups = isService(process.argv.slice(2)) ? new Hangups() : undefined;
  // Loaded only now: an older Node.js stumbles over libraries before it runs a line of ours.
  const { run } = await import('./cli/program.ts');
  process.exitCode = await run(process.argv.slice(2), process.env, hangups);
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 2;
}

/** `serve`, and `desk` without a command of its own. */
function isService([command, next = '-']: readonly string[]): boolean {
  return command === 'serve' || (command === 'desk' && next.startsWith('-'));
}
