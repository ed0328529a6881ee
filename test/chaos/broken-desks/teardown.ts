import type { Cleanups } from '../../lab/cleanups.ts';

/** For jest's `globalTeardown`. */
export default async function tearDown(): Promise<void> {
  const cleanups: Cleanups | undefined = Reflect.get(globalThis, 'brokenDesks');
  await cleanups?.run();
}
