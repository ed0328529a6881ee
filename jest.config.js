/** @type {import('jest').Config} */
export default {
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.lab'],
  // A test that starts processes needs longer than jest's 5 s; no test judges speed by it.
  testTimeout: 30_000,
  // Twice the cores: many a test waits for a timer or a socket, and its core is free for another one.
  maxWorkers: '200%',
};
