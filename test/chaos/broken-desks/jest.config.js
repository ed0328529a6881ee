import shared from '../../../jest.config.js';

const chaos = 'database,overload,ends,hostile,log-reader,privacy';
const asterisk = 'scenarios,samples,failures,database,hagi,trunks,broken-files';

/**
 * The router's tests of whole processes, chaos and Asterisk, beside desks that are broken.
 *
 * @type {import('jest').Config}
 */
export default {
  ...shared,
  rootDir: '../../..',
  globalSetup: '<rootDir>/test/chaos/broken-desks/setup.ts',
  globalTeardown: '<rootDir>/test/chaos/broken-desks/teardown.ts',
  testMatch: [`**/test/chaos/{${chaos}}.test.ts`, `**/test/asterisk/{${asterisk}}.test.ts`],
};
