import type { Host } from '../host.ts';

// Node.js has no AF_PACKET and cannot bind many UDP sockets in another namespace; Debian's Python has and can.
const python = '/usr/bin/python3 -c';

/** Sends Ethernet frames as they are out of a host's interface. */
export async function sendFrames(host: Host, frames: readonly Uint8Array[]): Promise<void> {
  const script = `
import socket, sys
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("${host.device}", 0))
for line in sys.stdin: out.send(bytes.fromhex(line.strip()))`;
  const input = frames.map((frame) => `${Buffer.from(frame).toString('hex')}\n`).join('');
  await host.run(`${python} '${script}'`, { input });
}

/** Sends one UDP datagram to port 9 of an address from each of so many source ports, counted from 20000. */
export async function sendFlows(host: Host, address: string, count: number): Promise<void> {
  const script = `
import socket
for port in range(20000, ${20000 + count}):
    out = socket.socket(socket.${address.includes(':') ? 'AF_INET6' : 'AF_INET'}, socket.SOCK_DGRAM)
    out.bind(("", port))
    out.sendto(b"flow", ("${address}", 9))
    out.close()`;
  await host.run(`${python} '${script}'`);
}
