/** A number with its noun: `1 warning`, `0 warnings`, `2 matches`. @param many default: `one` and an s */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const RULES = new Intl.PluralRules('ru');

/** In Russian: `1 номер`, `2 номера`, `5 номеров`. */
export function pluralRu(count: number, one: string, few: string, many: string): string {
  const forms: Partial<Record<Intl.LDMLPluralRule, string>> = { one, few };
  return `${count} ${forms[RULES.select(count)] ?? many}`;
}
