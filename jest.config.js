import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.lab'],
  // A test that starts processes needs longer than jest's 5 s; no test judges speed by it.
  testTimeout: 30_000,
  // Jest leaves one core alone, which on two cores is half of them. Half of what tests do is to wait: more workers than
  // there are cores fill that time.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
};
