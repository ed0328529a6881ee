import type { z } from '@hono/zod-openapi';
import { MAX_NAMES } from '../directory/names/names.ts';
import { joined, verbatim, type Text } from '../util/language.ts';

type Issue = z.core.$ZodIssue;

interface Field {
  readonly name: Text;
  /** What it takes, where more than a length or a choice is asked for. */
  readonly takes?: Text;
}

const CODE: Text = { en: 'a whole number above 0', ru: 'целое число больше нуля' };
const NUMBERS: Text = {
  en: `up to ${MAX_NAMES} numbers, with commas`,
  ru: `до ${MAX_NAMES} номеров через запятую`,
};
const CODES: Text = {
  en: `up to ${MAX_NAMES} codes, with commas`,
  ru: `до ${MAX_NAMES} кодов через запятую`,
};
const TIME: Text = { en: 'a time such as 2026-11-26T08:00:00Z', ru: 'время вида 2026-11-26T08:00:00Z' };

/** What the pages send, as people call it. Any other field is named as it stands in the request. */
const FIELDS: Readonly<Record<string, Field>> = {
  name: {
    name: { en: 'Name', ru: 'Имя' },
    takes: {
      en: 'up to 60 letters, digits, blanks and _ . @ -',
      ru: 'до 60 букв, цифр, пробелов и знаков _ . @ -',
    },
  },
  password: { name: { en: 'Password', ru: 'Пароль' } },
  old: { name: { en: 'Old password', ru: 'Старый пароль' } },
  new: { name: { en: 'New password', ru: 'Новый пароль' } },
  role: { name: { en: 'Role', ru: 'Роль' } },
  login: { name: { en: 'Login in the courier database', ru: 'Логин в базе courier' } },
  extensions: {
    name: { en: 'Telephones', ru: 'Телефоны' },
    takes: { en: 'digits alone, 2 to 15 in each', ru: 'только цифры, от 2 до 15 в каждом' },
  },
  extension: {
    name: { en: 'Extension', ru: 'Внутренний номер' },
    takes: { en: '2 to 6 digits', ru: 'от 2 до 6 цифр' },
  },
  number: {
    name: { en: 'Number', ru: 'Номер' },
    takes: { en: '2 to 15 digits', ru: 'от 2 до 15 цифр' },
  },
  from: { name: { en: 'First telephone', ru: 'Кому звонить сначала' } },
  to: { name: { en: 'Second telephone', ru: 'С кем соединить' } },
  courier: { name: { en: 'Code of the courier', ru: 'Код курьера' }, takes: CODE },
  shipment: { name: { en: 'Code of the shipment', ru: 'Код отправления' }, takes: CODE },
  code: { name: { en: 'Code', ru: 'Код' } },
  kind: { name: { en: 'Kind of link', ru: 'Вид привязки' } },
  links: { name: { en: 'Links', ru: 'Привязки' } },
  note: { name: { en: 'Note', ru: 'Заметка' } },
  numbers: { name: verbatim('numbers'), takes: NUMBERS },
  couriers: { name: verbatim('couriers'), takes: CODES },
  clients: { name: verbatim('clients'), takes: CODES },
  contacts: { name: verbatim('contacts'), takes: CODES },
  since: { name: { en: 'Beginning of the period', ru: 'Начало периода' }, takes: TIME },
  until: { name: { en: 'End of the period', ru: 'Конец периода' }, takes: TIME },
  user: { name: { en: 'Colleague', ru: 'Сотрудник' } },
  direction: { name: { en: 'Direction', ru: 'Направление' } },
  outcome: { name: { en: 'Outcome', ru: 'Исход' } },
  state: { name: { en: 'State', ru: 'Состояние' } },
  text: {
    name: { en: 'Search', ru: 'Поиск' },
    takes: { en: 'letters, digits and signs', ru: 'буквы, цифры и знаки' },
  },
};

/** More of them nobody reads. */
const MAX_TOLD = 3;

/** What is wrong with a request, in sentences for whoever filled in a form: a field and what it takes. */
export function describeIssues({ issues }: Pick<z.ZodError, 'issues'>): Text {
  const sentences = new Map<string, Text>();
  for (const issue of issues.map(likeliest)) {
    const { name, takes } = fieldOf(issue);
    const what = describe(issue, takes);
    const sentence: Text = { en: `${name.en}: ${what.en}.`, ru: `${name.ru}: ${what.ru}.` };
    // Two telephones of one list are wrong in the same way.
    sentences.set(sentence.en, sentence);
  }
  return joined([...sentences.values()].slice(0, MAX_TOLD));
}

/** Where in the request it is wrong: `extensions.0`; a key that nobody reads is one of them. */
export function wrongFields({ issues }: Pick<z.ZodError, 'issues'>): string[] {
  const paths = issues.map(likeliest).flatMap((issue) => {
    const path = issue.path.map(String);
    return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
  });
  return [...new Set(paths.map((path) => path.join('.')))].filter((path) => path !== '');
}

/** Of a choice of shapes, what is wrong with the one that was meant: the one whose fields were sent. */
function likeliest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const isMeant = (shape: readonly Issue[]): boolean =>
    !shape.some((one) => one.code === 'unrecognized_keys' || isMissing(one));
  const shape = issue.errors.find(isMeant) ?? [];
  // A text is meant where a text is asked for, though a number would do as well.
  const [first] = shape.toSorted(
    (a, b) => Number(b.code !== 'invalid_type') - Number(a.code !== 'invalid_type'),
  );
  return first === undefined ? issue : likeliest({ ...first, path: [...issue.path, ...first.path] });
}

function fieldOf({ path }: Issue): Field {
  const key = path.findLast((part) => typeof part === 'string');
  if (key === undefined) return { name: { en: 'The request', ru: 'Запрос' } };
  return (Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined) ?? { name: verbatim(path.join('.')) };
}

function describe(issue: Issue, takes: Text | undefined): Text {
  if (issue.code === 'too_small') return tooSmall(issue, takes);
  if (issue.code === 'too_big') {
    return issue.origin === 'string'
      ? { en: `at most ${issue.maximum} characters`, ru: `не больше ${issue.maximum} знаков` }
      : { en: `at most ${issue.maximum}`, ru: `не больше ${issue.maximum}` };
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String).join(', ');
    return { en: `one of: ${values}`, ru: `одно из: ${values}` };
  }
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.join(', ');
    return { en: `unknown fields: ${keys}`, ru: `есть лишнее: ${keys}` };
  }
  if (issue.code === 'invalid_type' && isMissing(issue)) return { en: 'is missing', ru: 'нужно указать' };
  return takes ?? { en: 'is not what is asked for', ru: 'значение не подходит' };
}

function tooSmall(
  { origin, minimum, inclusive }: Extract<Issue, { code: 'too_small' }>,
  takes: Text | undefined,
): Text {
  if (origin === 'string') {
    return minimum === 1
      ? { en: 'must not be empty', ru: 'нужно заполнить' }
      : { en: `at least ${minimum} characters`, ru: `не меньше ${minimum} знаков` };
  }
  if (takes !== undefined) return takes;
  return inclusive === false
    ? { en: `more than ${minimum}`, ru: `больше ${minimum}` }
    : { en: `at least ${minimum}`, ru: `не меньше ${minimum}` };
}

/** Zod tells it in its words alone. */
function isMissing(issue: Issue): boolean {
  if (issue.code === 'invalid_union') return issue.errors.flat().every(isMissing);
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}
