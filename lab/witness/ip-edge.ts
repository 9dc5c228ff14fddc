import type { Host } from '../host.ts';
import type { Program } from '../program.ts';

/** The other end of a tunnel that puts IP into IP. */
export interface IpEdge {
  readonly local: string;
  readonly remote: string;
  /** The TUN device that is made for what is inside. */
  readonly device: string;
}

/**
 * Makes the other end of a tunnel on a host: a few lines of Python between raw sockets and a TUN device, as this kernel has
 * no such device. The outer headers and everything behind the device are Linux's.
 */
export async function startIpEdge(host: Host, { local, remote, device }: IpEdge): Promise<Program> {
  const edge = host.start(`/usr/bin/python3 -u -c '${program}' ${local} ${remote} ${device}`);
  await edge.said(/ready/);
  await host.ip(`link set ${device} up`);
  return edge;
}

const program = `
import fcntl, os, select, socket, struct, sys
local, remote, device = sys.argv[1:]
family = socket.AF_INET6 if ":" in remote else socket.AF_INET
links = {}
for version, protocol in (4, 4), (6, 41):
    links[version] = socket.socket(family, socket.SOCK_RAW, protocol)
    links[version].bind((local, 0))
    links[version].connect((remote, 0))
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH", device.encode(), 0x1001))
print("ready")
while True:
    for ready in select.select([tun, *links.values()], [], [])[0]:
        try:
            if ready is tun:
                packet = os.read(tun, 65535)
                links[packet[0] >> 4].send(packet)
            else:
                packet = ready.recv(65535)
                if family == socket.AF_INET: packet = packet[(packet[0] & 15) * 4:]
                os.write(tun, packet)
        except OSError: pass
`;
