const plural = new Intl.PluralRules('ru');

/** Of Russian: `21 звонок`, `22 звонка`, `25 звонков`. */
export function counted(count: number, one: string, few: string, many: string): string {
  const form = plural.select(count);
  return `${count} ${form === 'one' ? one : form === 'few' ? few : many}`;
}
