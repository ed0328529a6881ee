import { clients, fio, kurier } from '../demo/company.ts';
import { recipients } from '../demo/recipients.ts';
import type { Names, NamesReader, NamesState, WantedNames } from './names.ts';

/** Of the demo company. */
export class DemoNames implements NamesReader {
  async find(wanted: WantedNames): Promise<Names> {
    const has = (codes: readonly (number | string)[], code: number): boolean => codes.includes(code);
    const staff = new Map(kurier.map(({ code, name }) => [String(code), name]));
    return {
      couriers: new Map(
        kurier
          .filter(({ code }) => has(wanted.couriers, code))
          .map(({ code, name, manager }) => [
            String(code),
            { name, manager: (staff.get(manager) ?? manager) || null },
          ]),
      ),
      clients: new Map(
        clients
          .filter(({ code }) => has(wanted.clients, code))
          .map(({ code, company }) => [String(code), company]),
      ),
      contacts: new Map(
        fio.filter(({ code }) => has(wanted.contacts, code)).map(({ code, name }) => [String(code), name]),
      ),
      shipments: new Map(
        recipients
          .filter(({ shipment }) => has(wanted.shipments, shipment))
          .map(({ shipment, name, company }) => [
            String(shipment),
            { name, company, barcode: String(shipment), plan: null },
          ]),
      ),
    };
  }

  state(): NamesState {
    return { missing: [], problem: null };
  }

  async close(): Promise<void> {}
}
