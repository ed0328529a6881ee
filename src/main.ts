#!/usr/bin/env node
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
  // Loaded only now: an older Node.js stumbles over libraries before it runs a line of ours.
  const { run } = await import('./cli/program.ts');
  process.exitCode = await run(process.argv.slice(2), process.env);
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 2;
}
