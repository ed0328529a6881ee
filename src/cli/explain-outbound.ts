import type { LoadedConfig } from '../config/load.ts';
import { OutboundRouter, type OutboundRoute } from '../routing/outbound.ts';
import type { Language } from '../util/language.ts';
import { EXIT } from './exit.ts';
import { describeInvalid, tellLine } from './story.ts';

interface Words {
  readonly emergency: (number: string) => string;
  readonly byPrefix: (number: string, position: number, prefix: string) => string;
  readonly byDefault: (number: string, position: number) => string;
  readonly invalid: string;
}

const EN: Words = {
  emergency: (number) =>
    `${number} is an emergency number (numbers.emergency): over the trunk without prefix, as it was dialled.`,
  byPrefix: (number, position, prefix) =>
    `${number} begins with ${prefix}: entry ${position} of dial.trunks takes it.`,
  byDefault: (number, position) =>
    `${number} begins with no prefix: entry ${position} of dial.trunks takes it, the one for every other number.`,
  invalid: 'The dialplan places it without courier-agi, or not at all.',
};

const RU: Words = {
  emergency: (number) =>
    `${number} — экстренный номер (numbers.emergency): через транк без префикса, как набран.`,
  byPrefix: (number, position, prefix) =>
    `${number} начинается с ${prefix}: его берёт транк ${position} из dial.trunks.`,
  byDefault: (number, position) =>
    `${number} не подходит ни под один префикс: его берёт транк ${position} из dial.trunks, общий для всех.`,
  invalid: 'Диалплан соединит без courier-agi или не соединит вовсе.',
};

/** Tells over which trunk the office would call a number, and why. @returns the exit status */
export function explainOutbound(
  { config }: LoadedConfig,
  dialled: string,
  { json, language }: { readonly json: boolean; readonly language: Language },
): number {
  const route = new OutboundRouter(config).route(dialled);
  const text = json ? JSON.stringify(route, null, 2) : tellRoute(dialled, route, language);
  process.stdout.write(`${text}\n`);
  return EXIT.good;
}

function tellRoute(dialled: string, route: OutboundRoute, language: Language): string {
  const words = language === 'ru' ? RU : EN;
  if (route.invalid !== null) {
    return [
      `INVALID: ${JSON.stringify(dialled)}: ${describeInvalid(route.invalid, language)}`,
      words.invalid,
    ].join('\n');
  }
  return [
    `${route.status}: ${whyThisTrunk(route, words)}`,
    ...route.lines.map((line, index) => `  ${index + 1}. ${tellLine(line, language)}`),
  ].join('\n');
}

function whyThisTrunk({ number, emergency, trunk }: OutboundRoute, words: Words): string {
  if (emergency || trunk === null) return words.emergency(number);
  const { position, prefix } = trunk;
  return prefix === null ? words.byDefault(number, position) : words.byPrefix(number, position, prefix);
}
