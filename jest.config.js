/** @type {import('jest').Config} */
export default {
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.lab'],
  // A test that starts processes needs longer than jest's 5 s; no test judges speed by it.
  testTimeout: 30_000,
  // Jest leaves one core alone, which on two cores is half of them. More workers than cores made tests run into their limits.
  maxWorkers: '100%',
};
