import { Cleanups } from '../../lab/cleanups.ts';
import { breakDesks } from './desks.ts';

/** For jest's `globalSetup`. */
export default async function setUp(): Promise<void> {
  const cleanups = new Cleanups();
  Reflect.set(globalThis, 'brokenDesks', cleanups);
  await breakDesks(cleanups);
}
