import { isDeepStrictEqual } from 'node:util';

/** @returns the keys of a section of the configuration that differ, such as `listen.port` */
export function changedKeys<Section extends object>(name: string, old: Section, wanted: Section): string[] {
  return Object.keys({ ...old, ...wanted })
    .filter((key) => !isDeepStrictEqual(Reflect.get(old, key), Reflect.get(wanted, key)))
    .map((key) => `${name}.${key}`);
}
