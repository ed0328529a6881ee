import { closest, distance } from 'fastest-levenshtein';
import type { Config } from '../../config/config.ts';
import { createDialer } from '../../routing/dialer.ts';
import { joined, type Text } from '../../util/language.ts';
import { fail, ok, skipped, warn, type Finding } from '../check.ts';
import { destinationOf, type Destination, type DestinationState, type Endpoints } from './endpoints.ts';

/** A number to fill a template with: what is asked about is the trunk. */
const EXAMPLE = '79160000000';

/** A name that differs by no more is a slip of the pen. */
const MAX_SLIPS = 2;

/** Extensions that are asked about, at some 50 ms each. */
const MAX_EXTENSIONS = 200;

/** Codes that a line shows. */
const SHOWN = 10;

interface Examined {
  /** As the configuration or `users.extPhone` has it. */
  readonly asked: string;
  readonly destination: Destination;
  readonly state: DestinationState;
}

/** Does Asterisk know every trunk of `dial.trunks`, and does the trunk answer? */
export async function checkTrunks(endpoints: Endpoints, config: Config): Promise<Finding> {
  const templates = config.dial.trunks.flatMap(({ dial }) => dial);
  const { known, others } = sortOut(templates, (dial) => dial.replaceAll('{NUMBER}', EXAMPLE));
  const examined = await examine(endpoints, known);
  const unknown = examined.filter(({ state }) => state === 'unknown');
  if (unknown.length > 0) {
    const texts = await Promise.all(unknown.map((one) => tellUnknown(endpoints, one)));
    return fail(joined(texts), {
      en: 'Couriers of this trunk are never rung, the operators are. Correct dial.trunks, then systemctl reload courier-agi; pjsip show endpoints lists the names.',
      ru: 'Курьерам через этот транк не дозвониться, звонки уходят операторам. Исправьте dial.trunks, затем systemctl reload courier-agi; имена покажет pjsip show endpoints.',
    });
  }
  const away = namesOf(examined, 'away');
  if (away !== '') {
    return warn(
      { en: `Trunks that do not answer now: ${away}.`, ru: `Сейчас не отвечают транки: ${away}.` },
      {
        en: 'Look at it on the Asterisk console: pjsip show endpoint NAME, pjsip show contacts.',
        ru: 'Посмотрите в консоли Asterisk: pjsip show endpoint ИМЯ, pjsip show contacts.',
      },
    );
  }
  if (examined.length === 0) return cannotBeAsked(others);
  const there = namesOf(examined, 'there');
  return ok({ en: `Asterisk knows the trunks ${there}.`, ru: `Asterisk знает транки: ${there}.` });
}

/**
 * Does Asterisk know every extension of `users.extPhone`, and is a telephone registered?
 *
 * @param extensions null when the database could not be asked for them
 */
export async function checkExtensions(
  endpoints: Endpoints,
  config: Config,
  extensions: readonly string[] | null,
): Promise<Finding> {
  if (extensions === null) {
    return skipped({
      en: 'The extensions of the managers are not known without the database.',
      ru: 'Без базы внутренние номера менеджеров неизвестны.',
    });
  }
  if (extensions.length === 0) {
    return skipped({
      en: 'No manager has an extension.',
      ru: 'Ни у одного менеджера нет внутреннего номера.',
    });
  }
  const dialer = createDialer(config.dial, config.numbers.country);
  const { known, others } = sortOut(extensions.slice(0, MAX_EXTENSIONS), (extension) =>
    dialer.extension(extension),
  );
  const examined = await examine(endpoints, known);
  if (examined.length === 0) return cannotBeAsked(others);
  const unknown = askedOf(examined, 'unknown');
  const away = askedOf(examined, 'away');
  const problems: Text[] = [];
  if (unknown.length > 0) {
    problems.push({
      en: `Asterisk does not know ${some(unknown)}, which users.extPhone names.`,
      ru: `Asterisk не знает номеров ${some(unknown)} из users.extPhone.`,
    });
  }
  if (away.length > 0) {
    problems.push({
      en: `Not registered now: ${some(away)}.`,
      ru: `Сейчас не зарегистрированы: ${some(away)}.`,
    });
  }
  const details = {
    unknown: { count: unknown.length, codes: unknown },
    notRegistered: { count: away.length, codes: away },
  };
  if (unknown.length > 0) {
    const remedy = {
      en: 'Correct users.extPhone in the office system, or dial.extension; until then the operators ring.',
      ru: 'Исправьте users.extPhone в офисной программе или dial.extension; пока звонки уходят операторам.',
    };
    return { ...warn(joined(problems), remedy), details };
  }
  if (away.length > 0) {
    const remedy = {
      en: 'Good if these telephones are switched off; otherwise look at them: pjsip show endpoint NUMBER.',
      ru: 'Нормально, если эти телефоны выключены; иначе проверьте их: pjsip show endpoint НОМЕР.',
    };
    return { ...warn(joined(problems), remedy), details };
  }
  const count = examined.length;
  return ok({
    en: `Asterisk knows all ${count} extensions of users.extPhone.`,
    ru: `Asterisk знает все внутренние номера из users.extPhone (${count}).`,
  });
}

/** Which of them Asterisk can be asked about. */
function sortOut(
  items: readonly string[],
  render: (item: string) => string,
): { known: { asked: string; destination: Destination }[]; others: string[] } {
  const known = new Map<string, { asked: string; destination: Destination }>();
  const others = new Set<string>();
  for (const asked of items) {
    const dial = render(asked);
    const destination = destinationOf(dial);
    if (destination === null) others.add(dial);
    else known.set(`${destination.kind} ${destination.name}`, { asked, destination });
  }
  return { known: [...known.values()], others: [...others] };
}

async function examine(
  endpoints: Endpoints,
  known: readonly { asked: string; destination: Destination }[],
): Promise<Examined[]> {
  const examined: Examined[] = [];
  // One after the other: each is a process of its own, and Asterisk has calls to handle.
  for (const one of known) examined.push({ ...one, state: await endpoints.stateOf(one.destination) });
  return examined;
}

async function tellUnknown(endpoints: Endpoints, { destination }: Examined): Promise<Text> {
  const { kind, name } = destination;
  const names = await endpoints.namesOf(kind);
  const nearest = names.length === 0 ? '' : closest(name, [...names]);
  const slip = nearest !== '' && distance(name, nearest) <= MAX_SLIPS;
  return {
    en: `Asterisk does not know ${kind}/${name}${slip ? `: is ${nearest} meant?` : '.'}`,
    ru: `Asterisk не знает ${kind}/${name}${slip ? `: может быть, ${nearest}?` : '.'}`,
  };
}

function cannotBeAsked(dials: readonly string[]): Finding {
  return skipped({
    en: `Asterisk cannot be asked about ${some(dials)}.`,
    ru: `О ${some(dials)} Asterisk спросить нельзя.`,
  });
}

function namesOf(examined: readonly Examined[], wanted: DestinationState): string {
  return examined
    .filter(({ state }) => state === wanted)
    .map(({ destination }) => destination.name)
    .join(', ');
}

function askedOf(examined: readonly Examined[], wanted: DestinationState): string[] {
  return examined.filter(({ state }) => state === wanted).map(({ asked }) => asked);
}

function some(names: readonly string[]): string {
  return names.length <= SHOWN ? names.join(', ') : `${names.slice(0, SHOWN).join(', ')} …`;
}
