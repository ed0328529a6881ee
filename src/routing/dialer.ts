import { memoise } from '../util/memoise.ts';
import { formatNumber, type NumberFormat } from '../phone/format.ts';

/** A trunk of the configuration: the numbers that it takes, and how it is dialled. */
export interface Trunk {
  /** Digits that its numbers begin with; left out: every number. */
  readonly prefix?: readonly string[] | undefined;
  /** Templates such as `PJSIP/{NUMBER}@gsm-mts`, the next one for when one cannot place the call. */
  readonly dial: string | readonly string[];
  /** The company's number that its first template must show. */
  readonly callerId?: string | undefined;
  /** Calls at the same time through its first template. */
  readonly channels?: number | undefined;
}

export interface DialOptions {
  /** Template such as `PJSIP/{EXTENSION}`. */
  readonly extension: string;
  /** The first that takes a number wins; the last one takes every number. */
  readonly trunks: readonly Trunk[];
  readonly numberFormat: NumberFormat;
}

/** One way to place a call. */
export interface Line {
  /** Ready for Dial(): `PJSIP/79161000011@gsm-mts`. */
  readonly dial: string;
  /** The company's number that this trunk must show; left out when it takes any. */
  readonly callerId?: string;
  /** Calls at a time, with the name that they are counted under: `gsm-mts:2`. Left out without a limit. */
  readonly limit?: string;
}

/** Which entry of `dial.trunks` takes a number. */
export interface TrunkChoice {
  /** Counted from 1. */
  readonly position: number;
  /** The beginning of the number that led to it; null for the trunk that takes every number. */
  readonly prefix: string | null;
}

/** Turns numbers and extensions into destinations for Asterisk's Dial(). */
export interface Dialer {
  /**
   * The ways to a number, in the order to try; never empty.
   *
   * @param digits a number as `contacts.VALUE` holds it
   * @param prefix put before the number as the trunk gets it, such as `courierPrefix`
   */
  lines(digits: string, prefix?: string): readonly Line[];
  /** The trunk that takes a number. */
  trunkOf(digits: string): TrunkChoice;
  /** The ways to an emergency service: over the trunk that takes every number, as dialled, without a limit. */
  emergency(dialled: string): readonly Line[];
  extension(extension: string): string;
}

/** Of couriers, mostly: writing one nationally takes as long as reading it. */
const REMEMBERED_NUMBERS = 10_000;

/** @param country how `numberFormat: national` writes a number, such as `RU` */
export function createDialer(options: DialOptions, country: string): Dialer {
  const trunks = options.trunks.map((trunk) => ({
    prefixes: trunk.prefix ?? [''],
    lines: templatesOf(trunk).map((template, index) => ({
      template: withPlaceholder(template, '{NUMBER}'),
      demands: demandsOf(template, trunk, index, options.trunks),
    })),
  }));
  const format = memoise((digits) => formatNumber(digits, options.numberFormat, country), REMEMBERED_NUMBERS);
  const extensionTemplate = withPlaceholder(options.extension, '{EXTENSION}');

  const choose = (digits: string): { index: number; trunk: (typeof trunks)[number] } => {
    const index = trunks.findIndex(({ prefixes }) => prefixes.some((start) => digits.startsWith(start)));
    const trunk = trunks[index];
    // The configuration ends with a trunk for every number; without one there is nothing to dial with.
    if (trunk === undefined) throw new RangeError('dial.trunks has no trunk without prefix');
    return { index, trunk };
  };

  return {
    lines(digits, prefix = '') {
      const number = prefix + format(digits);
      return choose(digits).trunk.lines.map(({ template, demands }) => ({
        dial: template.replace('{NUMBER}', number),
        ...demands,
      }));
    },
    trunkOf(digits) {
      const { index, trunk } = choose(digits);
      const prefix = trunk.prefixes.find((start) => digits.startsWith(start));
      return { position: index + 1, prefix: prefix || null };
    },
    emergency(dialled) {
      return (trunks.at(-1)?.lines ?? []).map(({ template, demands: { callerId } }) => ({
        dial: template.replace('{NUMBER}', dialled),
        ...(callerId !== undefined && { callerId }),
      }));
    },
    extension: (extension) => extensionTemplate.replace('{EXTENSION}', extension),
  };
}

/** The templates of a trunk in the order to try. */
export function templatesOf({ dial }: Trunk): readonly string[] {
  return typeof dial === 'string' ? [dial] : dial;
}

/**
 * The name of the device behind a template: `gsm-mts` of `PJSIP/{NUMBER}@gsm-mts` and of `SIP/gsm-mts`. It may
 * stand in the name of a group: letters, digits, `.`, `_` and `-`.
 */
export function deviceOf(template: string): string {
  const behindAt = /@(.+)$/.exec(template)?.[1];
  const name = behindAt?.replace(/\/n$/, '') ?? template.replace(/^\w+\//, '').replace('{NUMBER}', '');
  return name.replaceAll(/[^\w.]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'trunk';
}

/**
 * What a device demands stands where it is the first of a trunk. A further one of a list that is the first
 * nowhere shows the number of the trunk in whose list it stands.
 */
function demandsOf(template: string, trunk: Trunk, index: number, all: readonly Trunk[]): Omit<Line, 'dial'> {
  const device = deviceOf(template);
  const isFirstOf = (other: Trunk): boolean => deviceOf(templatesOf(other)[0] ?? '') === device;
  const own = index === 0 ? trunk : all.find(isFirstOf);
  const callerId = (own ?? trunk).callerId;
  // The same device under two prefixes carries no more calls.
  const channels = all.find((other) => isFirstOf(other) && other.channels !== undefined)?.channels;
  return {
    ...(callerId !== undefined && { callerId }),
    ...(channels !== undefined && { limit: `${device}:${channels}` }),
  };
}

/** `SIP/trunk` means `SIP/trunk/79161234567`, as in the vendor's own settings for Asterisk. */
function withPlaceholder(template: string, placeholder: string): string {
  return template.includes(placeholder) ? template : `${template}/${placeholder}`;
}
