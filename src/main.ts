#!/usr/bin/env node
import { run } from './cli/program.ts';

// `courier-agi doctor | head`: who reads no more wants no more. The server goes on without a reader of its log.
if (process.argv[2] !== 'serve') {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), process.env);
