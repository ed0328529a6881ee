// Run by test/lab/dns.ts as a process of its own, maybe as root: plain JavaScript, and nothing but Node.
// Arguments: the address to listen on (UDP, port 53), and as JSON the targets of each name.
import { createSocket } from 'node:dgram';

const [address, servicesText = ''] = process.argv.slice(2);
const services = Object.entries(JSON.parse(servicesText));

const A = 1;
const SRV = 33;
const TTL_S = 0;
const NO_SUCH_NAME = 3;

/** Each target has a name of its own, so that no answer is joined with another. */
const hostOf = (name, index) => `agi${index}.${name}`;
const targetsOf = new Map(services.map(([name, targets]) => [`_agi._tcp.${name}`, { name, targets }]));
const hosts = new Set(services.flatMap(([name, targets]) => targets.map((_, index) => hostOf(name, index))));

function answersFor(question, type) {
  const service = targetsOf.get(question);
  if (service !== undefined && type === SRV) {
    return service.targets.map(({ priority, port }, index) => {
      const numbers = Buffer.alloc(6);
      numbers.writeUInt16BE(priority, 0);
      numbers.writeUInt16BE(port, 4);
      return record(SRV, Buffer.concat([numbers, encodeName(hostOf(service.name, index))]));
    });
  }
  if (hosts.has(question) && type === A) return [record(A, Buffer.from([127, 0, 0, 1]))];
  return [];
}

/** A resource record whose name is that of the question, at offset 12 (RFC 1035, 4.1.4). */
function record(type, data) {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(TTL_S, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function encodeName(text) {
  const labels = text.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function readQuestion(query) {
  const labels = [];
  let at = 12;
  for (let length = query[at]; length > 0; length = query[at]) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { question: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

const socket = createSocket('udp4');
socket.on('message', (query, from) => {
  const { question, type, end } = readQuestion(query);
  const answers = answersFor(question, type);
  const known = targetsOf.has(question) || hosts.has(question);

  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  // A response, authoritative; recursion as it was asked for.
  head.writeUInt16BE(0x8480 | (query.readUInt16BE(2) & 0x0100) | (known ? 0 : NO_SUCH_NAME), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(answers.length, 6);
  socket.send(Buffer.concat([head, query.subarray(12, end), ...answers]), from.port, from.address);
});
socket.bind(53, address, () => process.stdout.write('listening\n'));

process.stdin.resume().on('end', () => process.exit(0));
