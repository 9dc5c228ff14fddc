import { addon } from './dpdk-addon.ts';
import { checkText } from './dpdk-error.ts';

/** Sends one datagram to a UNIX socket. @throws DpdkError ENOENT, ECONNREFUSED, EAGAIN when nobody takes it */
export function sendDatagram(path: string, text: string): void {
  checkText('send a datagram', 'path', path, 107);
  checkText('send a datagram', 'text', text, 8191);
  addon().datagramSend(path, text);
}
