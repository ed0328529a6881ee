import { clients, fio, kurier } from '../demo/company.ts';
import { recipients } from '../demo/recipients.ts';
import type { Code } from '../match.ts';
import type { FoundName, Names, NamesReader, NamesState, WantedNames } from './names.ts';

/** Of the demo company. */
export class DemoNames implements NamesReader {
  async find(wanted: WantedNames): Promise<Names> {
    const staff = new Map(kurier.map(({ code, name }) => [String(code), name]));
    return {
      couriers: new Map(
        kurier
          .filter(({ code }) => wanted.couriers.includes(code))
          .map(({ code, name, manager }) => [
            String(code),
            { name, manager: (staff.get(manager) ?? manager) || null },
          ]),
      ),
      clients: new Map(
        clients
          .filter(({ code }) => wanted.clients.includes(code))
          .map(({ code, company }) => [String(code), company]),
      ),
      contacts: new Map(
        fio
          .filter(({ code }) => wanted.contacts.includes(code))
          .map(({ code, name }) => [String(code), name]),
      ),
      shipments: new Map(
        recipients
          .filter(({ shipment }) => wanted.shipments.includes(shipment))
          .map(({ shipment, name, company }) => [
            String(shipment),
            { name, company, barcode: barcodeOf(shipment), plan: null },
          ]),
      ),
    };
  }

  async search(text: string): Promise<readonly FoundName[]> {
    const small = text.toLowerCase();
    const all: FoundName[] = [
      ...kurier.map(({ code, name }) => ({ kind: 'courier' as const, code: String(code), name })),
      ...clients.map(({ code, company }) => ({ kind: 'client' as const, code: String(code), name: company })),
      ...fio.map(({ code, name }) => ({ kind: 'contact' as const, code: String(code), name })),
      ...recipients.map(({ shipment, name }) => ({
        kind: 'recipient' as const,
        code: String(shipment),
        name,
      })),
    ];
    return all.filter(
      ({ kind, code, name }) =>
        name.toLowerCase().includes(small) ||
        (kind === 'recipient' && [code, barcodeOf(Number(code))].includes(text)),
    );
  }

  async hasShipment(code: Code): Promise<boolean> {
    return recipients.some(({ shipment }) => String(shipment) === String(code));
  }

  state(): NamesState {
    return { missing: [], problem: null };
  }

  async close(): Promise<void> {}
}

function barcodeOf(shipment: number): string {
  return `4600000${shipment}`;
}
