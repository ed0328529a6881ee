import type { PeopleSource } from './parties.ts';

/** For one request: whoever is asked about twice is looked up once. */
export function lookedUpOnce(people: PeopleSource): PeopleSource {
  return {
    ...people,
    find: once(people.find),
    findShipment: once(people.findShipment),
    findCourier: once(people.findCourier),
  };
}

function once<Key, Answer>(ask: (key: Key) => Promise<Answer>): (key: Key) => Promise<Answer> {
  const answers = new Map<Key, Promise<Answer>>();
  return (key) => {
    const answer = answers.get(key) ?? ask(key);
    answers.set(key, answer);
    return answer;
  };
}
