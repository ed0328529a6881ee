import type { Config } from '../config/config.ts';

/** Endpoints that the router dials through: `trunk` of `PJSIP/{NUMBER}@trunk` and of `SIP/trunk/{NUMBER}`. */
export function trunkNames(trunks: Config['dial']['trunks']): string[] {
  return trunks
    .flatMap(({ dial }) => dial)
    .map((template) => /^[A-Za-z0-9]+\/(?:\{NUMBER\}@)?([\w.-]+)/.exec(template)?.[1] ?? '')
    .filter((name) => name !== '');
}
