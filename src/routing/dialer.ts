import type { DialConfig } from '../config/config.ts';
import { memoise } from '../util/memoise.ts';
import { formatNumber } from '../phone/format.ts';

/** Turns numbers and extensions into destinations for Asterisk's Dial(). */
export interface Dialer {
  /**
   * @param digits a number as `contacts.VALUE` holds it
   * @param prefix put before the number as the trunk gets it, such as `courierPrefix`
   */
  number(digits: string, prefix?: string): string;
  extension(extension: string): string;
}

/** Of couriers, mostly: writing one nationally takes as long as reading it. */
const REMEMBERED_NUMBERS = 10_000;

/** @param country how `numberFormat: national` writes a number, such as `RU` */
export function createDialer(config: DialConfig, country: string): Dialer {
  const trunks = config.trunks.map((trunk) => ({
    prefixes: trunk.prefix ?? [''],
    template: withPlaceholder(trunk.dial, '{NUMBER}'),
  }));
  const format = memoise((digits) => formatNumber(digits, config.numberFormat, country), REMEMBERED_NUMBERS);
  const extensionTemplate = withPlaceholder(config.extension, '{EXTENSION}');

  return {
    number(digits, prefix = '') {
      const trunk = trunks.find(({ prefixes }) => prefixes.some((start) => digits.startsWith(start)));
      // The configuration ends with a trunk for every number; without one there is nothing to dial with.
      if (trunk === undefined) throw new RangeError('dial.trunks has no trunk without prefix');
      const number = prefix + format(digits);
      return trunk.template.replace('{NUMBER}', number);
    },
    extension: (extension) => extensionTemplate.replace('{EXTENSION}', extension),
  };
}

/** `SIP/trunk` means `SIP/trunk/79161234567`, as in the vendor's own settings for Asterisk. */
function withPlaceholder(template: string, placeholder: string): string {
  return template.includes(placeholder) ? template : `${template}/${placeholder}`;
}
