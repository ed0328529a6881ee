import { BlockList, isIP } from 'node:net';

/** Addresses and CIDR ranges, IPv4 and IPv6. */
export class AllowList {
  readonly #list = new BlockList();
  /** Most calls come from one Asterisk: the list need not be asked each time. */
  #lastFound: string | undefined;

  /** @throws {TypeError} an entry is neither an address nor a range; the configuration has checked them */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  /** An IPv4 address counts in its IPv6 notation too: a socket on `::` shows 127.0.0.1 as ::ffff:127.0.0.1. */
  has(address: string): boolean {
    if (address === this.#lastFound) return true;
    const found = this.#list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
    if (found) this.#lastFound = address;
    return found;
  }
}
