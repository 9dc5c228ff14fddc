// A program of its own, run in a host's namespace: sends UDP datagrams to an address at a steady rate until it is ended.
//
//     node sender.ts ADDRESS PACKETS-PER-SECOND
//
// SIGUSR2 stops the sending; the program stays, so that what it has sent can still be counted.
import { createSocket } from 'node:dgram';

const [address = '', rate = '1000'] = process.argv.slice(2);
const perSecond = Number(rate);
const port = 9; // discard (RFC 863)
const everyMs = 2;
const payload = Buffer.alloc(32);
const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
socket.on('error', () => {}); // nobody answers while the router is away
const startMs = performance.now();
let sent = 0;

const timer = setInterval(() => {
  const due = ((performance.now() - startMs) * perSecond) / 1000;
  // What could not be sent in time is not made up for: a burst would be another load than a steady one.
  if (due - sent > perSecond / 20) sent = due;
  for (; sent < due; sent++) socket.send(payload, port, address);
}, everyMs);
process.on('SIGUSR2', () => {
  clearInterval(timer);
  setInterval(() => {}, 1000);
});
process.stdout.write('sending\n');
