import { joined } from '../../util/language.ts';
import { ok, skipped, warn, type Finding } from '../check.ts';
import { whereOf, type AsteriskSection } from './ami.check.ts';
import { probeAmi } from './ami-probe.ts';
import { isThisMachine, outerAddresses } from './this-machine.ts';

const PROBE_MS = 1_000;
/** Bridges of containers are many; those of the network come first. */
const MAX_ADDRESSES = 8;

/**
 * Can AMI be reached from outside? Whoever reaches it may guess secrets, and whoever logs in may ring any number.
 *
 * @param addresses of this machine, under which others reach it
 */
export async function checkAmiAddress(
  section: AsteriskSection,
  addresses: readonly string[] = outerAddresses(),
): Promise<Finding> {
  const { host, port, tls } = section;
  const isHere = await isThisMachine(host);
  if (isHere === null) return skipped({ en: 'There is no such host.', ru: 'Такого хоста нет.' });
  if (!isHere) return tls ? secured(section) : unsecured(section);
  const tried = addresses.slice(0, MAX_ADDRESSES);
  const found = await Promise.all(tried.map((address) => probeAmi(address, port, PROBE_MS)));
  const open = tried.filter((_address, index) => found[index]?.state === 'ami');
  const list = tried.map((address) => whereOf({ host: address, port })).join(', ');
  if (open.length === 0) {
    return ok(
      tried.length === 0
        ? { en: 'This machine has no other address.', ru: 'Других адресов у этой машины нет.' }
        : {
            en: `AMI is not reached from outside; tried ${list}.`,
            ru: `Снаружи AMI недоступен; проверено: ${list}.`,
          },
    );
  }
  const names = open.map((address) => whereOf({ host: address, port })).join(', ');
  return warn(
    {
      en: `AMI answers on ${names} as well: other machines may reach it, unless a firewall stops them.`,
      ru: `AMI отвечает и на ${names}: если нет файрвола, туда попадут и другие машины.`,
    },
    {
      en: 'bindaddr = 127.0.0.1 in [general] of manager.conf, then asterisk -rx "manager reload"; or a firewall.',
      ru: 'bindaddr = 127.0.0.1 в [general] файла manager.conf, затем asterisk -rx "manager reload"; или файрвол.',
    },
  );
}

function secured(section: AsteriskSection): Finding {
  return ok({
    en: `${whereOf(section)} is another machine, with TLS. Whether others reach it cannot be seen from here.`,
    ru: `${whereOf(section)} — другая машина, с TLS. Доступна ли она другим, отсюда не видно.`,
  });
}

function unsecured(section: AsteriskSection): Finding {
  return warn(
    {
      en: `${whereOf(section)} is another machine: numbers of callers go there and back without encryption.`,
      ru: `${whereOf(section)} — другая машина: номера звонящих идут по сети без шифрования.`,
    },
    joined([
      {
        en: 'Set tlsenable, tlsbindaddr and tlscertfile in manager.conf and asterisk.tls: true, or use a tunnel such as WireGuard.',
        ru: 'Укажите в manager.conf tlsenable, tlsbindaddr и tlscertfile, а здесь asterisk.tls: true, или поднимите туннель, например WireGuard.',
      },
      {
        en: 'Let this machine alone reach the port.',
        ru: 'Пусть этот порт будет доступен только этой машине.',
      },
    ]),
  );
}
