import type { Config } from '../config/config.ts';
import { createDialer } from '../routing/dialer.ts';
import { normaliseNumber } from '../phone/number.ts';
import { ok, warn, type Finding } from './check.ts';

/** Digits that fill a prefix up to a number of a usual length. */
const FILLING = '0000000000000';
const NUMBER_LENGTH = 11;
const EXAMPLE = '79160000000';
const EXAMPLE_EXTENSION = '101';

/** Renders every trunk and the template for extensions, and looks for trunks that no number reaches. */
export function checkDialling({ dial, numbers }: Config): Finding {
  const rendered = [
    createDialer(dial, numbers.country).extension(EXAMPLE_EXTENSION),
    // Each trunk for itself: the number that shows it off may begin like another one's.
    ...dial.trunks.flatMap((trunk) =>
      createDialer({ ...dial, trunks: [{ dial: trunk.dial }] }, numbers.country)
        .lines(example(trunk.prefix?.[0]), dial.courierPrefix)
        .map((line) => line.dial),
    ),
  ];
  const unreachable = dial.trunks.flatMap(({ prefix = [] }, index) =>
    prefix.filter((digits) => isShadowed(digits, dial.trunks.slice(0, index))),
  );
  if (unreachable.length > 0) {
    return warn(
      {
        en: `No number gets to the prefix ${unreachable.join(', ')}: an earlier trunk takes it.`,
        ru: `До префикса ${unreachable.join(', ')} очередь не доходит: такие номера забирает транк выше.`,
      },
      {
        en: 'Put the trunk with the longer prefix first in dial.trunks.',
        ru: 'Поставьте транк с более длинным префиксом выше в dial.trunks.',
      },
    );
  }
  const national = dial.trunks.flatMap(({ prefix = [] }) =>
    prefix.filter((digits) => isNational(digits, numbers.country)),
  );
  if (national.length > 0) {
    return warn(
      {
        en: `No number begins with ${national.join(', ')}: numbers have their country in front, such as ${EXAMPLE}.`,
        ru: `С ${national.join(', ')} не начинается ни один номер: они записаны с кодом страны, например ${EXAMPLE}.`,
      },
      {
        en: 'Write prefixes as international digits, 7916 for 8916, whatever dial.numberFormat says.',
        ru: 'Пишите префиксы в международном виде, 7916 вместо 8916, что бы ни стояло в dial.numberFormat.',
      },
    );
  }
  return ok({
    en: `Destinations look like ${rendered.join(', ')}.`,
    ru: `Строки набора будут такими: ${rendered.join(', ')}.`,
  });
}

function example(prefix: string | undefined): string {
  return prefix === undefined ? EXAMPLE : (prefix + FILLING).slice(0, Math.max(NUMBER_LENGTH, prefix.length));
}

/** `8916`: filled up to a number in any way, it is read as one that begins otherwise. */
function isNational(prefix: string, country: string): boolean {
  const readings = [10, 11, 12]
    .filter((length) => length > prefix.length)
    .map((length) => normaliseNumber((prefix + FILLING).slice(0, length), country))
    .filter((number) => number.kind === 'number');
  return readings.length > 0 && readings.every(({ digits }) => !digits.startsWith(prefix));
}

function isShadowed(digits: string, earlier: Config['dial']['trunks']): boolean {
  return earlier.some(({ prefix = [''] }) => prefix.some((start) => digits.startsWith(start)));
}
