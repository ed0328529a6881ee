import type { Config } from '../config/config.ts';
import { faultOfAreaCode, localLengths } from '../phone/area-code.ts';
import { findCountry } from '../phone/country.ts';
import { warn, type Finding } from './check.ts';

/** What is wrong for certain, the configuration refuses; null when nothing is to be said. */
export function checkAreaCode({ areaCode, country }: Config['numbers']): Finding | null {
  const fault = faultOfAreaCode(areaCode, country);
  if (fault?.kind === 'unknown') {
    return warn(
      {
        en: `numbers.areaCode ${areaCode}: no number of ${country} that begins so is known.`,
        ru: `numbers.areaCode ${areaCode}: номеров (${country}), которые так начинаются, мы не знаем.`,
      },
      {
        en: 'Write the area code of your city as it stands behind the code of the country: 342 of +7 342 230-00-01.',
        ru: 'Укажите код города так, как он стоит после кода страны: 342 из +7 342 230-00-01.',
      },
    );
  }
  if (fault?.kind !== 'doubtful') return null;
  const digits = digitsBehind(areaCode, country);
  const other = digitsBehind(fault.code, country);
  return warn(
    {
      en: `numbers.areaCode ${areaCode} is a code with numbers of ${digits} digits; ${fault.code} is one with ${other}.`,
      ru: `numbers.areaCode ${areaCode} — код города, где в номере ${digits} цифр; ${fault.code} — где ${other}.`,
    },
    {
      en: `Write ${fault.code} if the numbers of your city have ${other} digits; with ${digits}, all is well.`,
      ru: `Напишите ${fault.code}, если в номерах вашего города ${other} цифр; если ${digits}, всё верно.`,
    },
  );
}

function digitsBehind(areaCode: string, country: string): string {
  const home = findCountry(country);
  return home === null ? '' : localLengths(areaCode, home).join(', ');
}
