import type { BigCompany } from '../test/lab/databases/big-company.ts';

/** One caller of the load. */
export interface Caller {
  /** As the trunk delivers it. */
  readonly number: string;
  /** Whether this server finds somebody to dial for him. */
  readonly routed: boolean;
}

/** So many different calls, before they begin anew: more than fit into any cache that would flatter us. */
const CALLERS = 40_000;

/**
 * Who calls a courier company: mostly people who wait for a parcel, and strangers. Hardly anybody calls
 * twice. The order is the same in each run, and for each contender.
 */
export function callersOf(company: BigCompany): Caller[] {
  const random = generator(7);
  const pick = (size: number): number => 1 + Math.floor(random() * size);
  const firstOpen = Math.ceil(company.shipments * 0.9) + 1;
  /** A shipment that is with a courier, or one of the others that are open. */
  const open = (held: boolean): number => {
    for (;;) {
      const shipment = firstOpen + pick(company.shipments - firstOpen) - 1;
      if (company.isHeld(shipment) === held) return shipment;
    }
  };
  const draw = (): Caller => {
    const dice = random();
    if (dice < 0.45) return { number: company.recipient(open(true)), routed: true };
    if (dice < 0.55) return { number: company.recipient(open(false)), routed: false };
    // Nobody of the company has such a number.
    if (dice < 0.8) return { number: `7925${String(pick(9_999_999)).padStart(7, '0')}`, routed: false };
    if (dice < 0.88) return { number: company.courier(pick(company.couriers)), routed: true };
    if (dice < 0.94) return { number: company.client(pick(company.clients)), routed: true };
    return { number: company.contact(pick(company.clients)), routed: true };
  };
  return Array.from({ length: CALLERS }, () => {
    const caller = draw();
    // Trunks write a number with or without the plus.
    return random() < 0.5 ? caller : { ...caller, number: `+${caller.number}` };
  });
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
