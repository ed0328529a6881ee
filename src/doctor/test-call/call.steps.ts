import type { Call, CallLeg } from '../../calls/call.ts';
import { isSameParty } from '../../calls/same-party.ts';
import type { Text } from '../../util/language.ts';
import { bad, good, type Step } from './step.ts';

type Side = 'first' | 'second';

/** Q.850: the network has no way, or no room. */
const CONGESTION: ReadonlySet<number> = new Set([27, 34, 38, 41, 42]);
const REFUSED = 21;
const NO_SUCH_NUMBER: ReadonlySet<number> = new Set([1, 3, 28]);

/**
 * The rungs that a call of ours has reached, as far as is known now: from `trunk` to the answer of the second side. The
 * last one may have failed.
 */
export function stepsOfCall(call: Call): Step[] {
  const first = call.legs.filter(({ party }) => isSameParty(party, call.from));
  const second = call.legs.filter((leg) => !first.includes(leg));
  const steps = climb('first', first, call);
  const [trunk] = steps;
  if (steps.at(-1)?.state === 'fail' || !hasAnswered(first)) return steps;
  if (second.length === 0 && call.state === 'ended') return [...steps, notDialled()];
  return trunk === undefined ? steps : [...steps, ...climb('second', second, call)];
}

/** Whether both sides have answered. */
export function isReached(steps: readonly Step[]): boolean {
  return steps.at(-1)?.name === 'second answers' && steps.at(-1)?.state === 'ok';
}

function climb(side: Side, legs: readonly CallLeg[], { state }: Call): Step[] {
  const isOver = state === 'ended';
  // Of a trunk and the next one behind it the last says what became of it.
  const last = legs.findLast((leg) => leg.rangAt !== null) ?? legs.at(-1);
  const steps: Step[] = [];
  const hasRung = last !== undefined && (last.rangAt !== null || last.answeredAt !== null);
  // The network that says "busy" was reached.
  const isBusy = last?.outcome === 'busy';
  if (side === 'first') {
    if (hasRung || isBusy) steps.push(trunkWorks(last));
    else if (isOver && last?.trunk !== null && last !== undefined) return [trunkFails('trunk', side, last)];
    else if (isOver) return [trunkWorks(last), unreachable(side, last)];
    else return [];
  }
  if (!hasRung) {
    if (!isOver || last === undefined) return steps;
    if (isBusy) return [...steps, busy(side)];
    return [...steps, last.trunk === null ? unreachable(side, last) : trunkFails('second rings', side, last)];
  }
  steps.push(rings(side, last));
  if (hasAnswered(legs)) steps.push(answers(side));
  else if (isOver) steps.push(unanswered(side, last));
  return steps;
}

function hasAnswered(legs: readonly CallLeg[]): boolean {
  return legs.some(({ answeredAt }) => answeredAt !== null);
}

const WHO: Readonly<Record<Side, Text>> = {
  first: { en: 'The first telephone', ru: 'Первый телефон' },
  second: { en: 'The second telephone', ru: 'Второй телефон' },
};

const WHICH: Readonly<Record<Side, Text>> = {
  first: { en: 'first', ru: 'первый' },
  second: { en: 'second', ru: 'второй' },
};

function trunkWorks(leg: CallLeg | undefined): Step {
  const trunk = leg?.trunk ?? null;
  if (trunk === null) {
    return good('trunk', {
      en: 'The first telephone is one of Asterisk’s own: it needs no line to the outside.',
      ru: 'Первый телефон подключён к самому Asterisk: линия наружу не нужна.',
    });
  }
  return good('trunk', { en: `The line ${trunk} takes the call.`, ru: `Линия ${trunk} принимает звонок.` });
}

function trunkFails(name: 'trunk' | 'second rings', side: Side, { trunk, cause, outcome }: CallLeg): Step {
  const line = trunk ?? '';
  const which = WHICH[side];
  if (outcome === 'failed' || cause === REFUSED) {
    return bad(
      name,
      {
        en: `The line ${line} refuses the call to the ${which.en} telephone (403, cause ${cause ?? REFUSED}).`,
        ru: `Линия ${line} запретила звонок на ${which.ru} телефон (403, причина ${cause ?? REFUSED}).`,
      },
      {
        en: 'Most often it does not take the number that is shown: ask the provider which ones it takes, and set calls.callerId, or callerId of that line in dial.trunks. Otherwise outgoing calls are not allowed on that contract.',
        ru: 'Чаще всего она не принимает показываемый номер: узнайте у провайдера, какие можно, и укажите calls.callerId или callerId этой линии в dial.trunks. Или по договору исходящие звонки закрыты.',
      },
    );
  }
  if (cause !== null && CONGESTION.has(cause)) {
    return bad(
      name,
      {
        en: `The line ${line} has no room for the call to the ${which.en} telephone (503, cause ${cause}).`,
        ru: `На линии ${line} нет места для звонка на ${which.ru} телефон (503, причина ${cause}).`,
      },
      {
        en: 'All its channels are taken, or the provider is down. Is the line registered: asterisk -rx "pjsip show registrations" (or "sip show registry")? A second line in dial of dial.trunks takes over when the first one cannot.',
        ru: 'Заняты все каналы, или у провайдера авария. Зарегистрирована ли линия: asterisk -rx "pjsip show registrations" (или "sip show registry")? Вторая линия в dial раздела dial.trunks подхватит звонок, когда первая не может.',
      },
    );
  }
  if (cause !== null && NO_SUCH_NUMBER.has(cause)) {
    return bad(
      name,
      {
        en: `The line ${line} knows no such number as that of the ${which.en} telephone (404, cause ${cause}).`,
        ru: `Линия ${line} не знает номера, на который звонят: ${which.ru} телефон (404, причина ${cause}).`,
      },
      {
        en: 'Is the number right? Otherwise the provider wants it written in another way: dial.numberFormat.',
        ru: 'Верен ли номер? Если верен, провайдер ждёт его в другом виде: dial.numberFormat.',
      },
    );
  }
  return bad(
    name,
    {
      en: `${WHO[side].en} cannot be reached over the line ${line} (cause ${cause ?? 'unknown'}): it is switched off, out of range, or the line is dead.`,
      ru: `${WHO[side].ru} недоступен через линию ${line} (причина ${cause ?? 'неизвестна'}): выключен, вне сети, или линия не отвечает.`,
    },
    {
      en: 'Call that number from a mobile. If it rings there, ask Asterisk about the line: asterisk -rx "pjsip show endpoint NAME" (or "sip show peer NAME").',
      ru: 'Позвоните на этот номер с мобильного. Если там гудки идут, спросите Asterisk о линии: asterisk -rx "pjsip show endpoint ИМЯ" (или "sip show peer ИМЯ").',
    },
  );
}

function unreachable(side: Side, leg: CallLeg | undefined): Step {
  const extension = leg?.party.extension ?? '';
  return bad(
    side === 'first' ? 'first rings' : 'second rings',
    {
      en: `${WHO[side].en} ${extension} does not ring: it is not registered with Asterisk, or there is none of that name.`,
      ru: `${WHO[side].ru} ${extension} не звонит: он не зарегистрирован на Asterisk, или такого нет.`,
    },
    {
      en: 'Is it switched on? asterisk -rx "pjsip show contacts" (or "sip show peers") lists those that are there; dial.extension says what Asterisk is asked for.',
      ru: 'Включён ли он? Кто на связи, покажет asterisk -rx "pjsip show contacts" (или "sip show peers"); что набирает Asterisk, задаёт dial.extension.',
    },
  );
}

function rings(side: Side, { trunk }: CallLeg): Step {
  const over = trunk === null ? { en: '', ru: '' } : { en: ` (line ${trunk})`, ru: ` (линия ${trunk})` };
  return good(side === 'first' ? 'first rings' : 'second rings', {
    en: `${WHO[side].en} rings${over.en}.`,
    ru: `${WHO[side].ru} звонит${over.ru}.`,
  });
}

function answers(side: Side): Step {
  return good(side === 'first' ? 'first answers' : 'second answers', {
    en: `${WHO[side].en} has answered.`,
    ru: `${WHO[side].ru} ответил.`,
  });
}

function busy(side: Side): Step {
  return bad(
    side === 'first' ? 'first rings' : 'second rings',
    { en: `${WHO[side].en} is busy.`, ru: `${WHO[side].ru} занят.` },
    {
      en: 'Finish the call there, or switch off "do not disturb", and try again. The way there works.',
      ru: 'Закончите на нём разговор или выключите «не беспокоить» и повторите. Сам путь исправен.',
    },
  );
}

function unanswered(side: Side, leg: CallLeg): Step {
  const name = side === 'first' ? 'first answers' : 'second answers';
  if (leg.outcome === 'busy') {
    return { ...busy(side), name };
  }
  if (leg.outcome === 'refused') {
    return bad(
      name,
      { en: `${WHO[side].en} refused the call.`, ru: `${WHO[side].ru} отклонил звонок.` },
      {
        en: 'Somebody pressed the red button, or the telephone blocks unknown numbers. Try again and pick up.',
        ru: 'Звонок сбросили, или телефон блокирует незнакомые номера. Повторите и возьмите трубку.',
      },
    );
  }
  return bad(
    name,
    { en: `${WHO[side].en} rang, and nobody picked up.`, ru: `${WHO[side].ru} звонил, трубку не взяли.` },
    {
      en: 'Pick it up when it rings. If it is far away, calls.ringSeconds gives it more time.',
      ru: 'Возьмите трубку, когда зазвонит. Если телефон далеко, увеличьте calls.ringSeconds.',
    },
  );
}

function notDialled(): Step {
  return bad(
    'second rings',
    {
      en: 'The first telephone answered, and the call ended before the second one was dialled.',
      ru: 'Первый телефон ответил, и звонок кончился раньше, чем начали набирать второй.',
    },
    {
      en: 'Was it hung up there, or did a voicemail answer? Otherwise the dialplan ended it: is courier-call.conf unchanged? asterisk -rvvv shows each line of it.',
      ru: 'Не положили ли там трубку, не автоответчик ли это? Иначе звонок прервал диалплан: не изменён ли courier-call.conf? Каждую его строку покажет asterisk -rvvv.',
    },
  );
}
