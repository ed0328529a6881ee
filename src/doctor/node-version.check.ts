import { isAtLeast, requiredNode } from '../util/node-version.ts';
import { fail, ok, type Finding } from './check.ts';

/** @param version such as `20.20.2` */
export function checkNodeVersion(version: string, required = requiredNode()): Finding {
  if (isAtLeast(version, required)) return ok({ en: `Node.js ${version}.`, ru: `Node.js ${version}.` });
  return fail(
    {
      en: `Node.js ${version} is too old: ${required} or later is needed.`,
      ru: `Node.js ${version} слишком старый: нужен ${required} или новее.`,
    },
    {
      en: 'Debian 13 has a newer one; for older systems see https://nodejs.org/en/download.',
      ru: 'Более новый есть в Debian 13; для старых систем: https://nodejs.org/en/download.',
    },
  );
}
