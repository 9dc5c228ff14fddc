import type { Host } from '../host.ts';
import type { Namespace } from '../namespace.ts';
import type { Program } from '../program.ts';

/** A customer behind the edge: a namespace with a TUN device, whose packets have labels on the link. */
export interface Customer {
  readonly place: Namespace;
  readonly device: string;
  /** Labels that its packets leave with, outermost first. */
  readonly push: readonly number[];
  /** Label that packets for it come with. */
  readonly take: number;
  /** Whole frames are behind the labels and a control word, and the device is a TAP. */
  readonly frames?: boolean;
}

/**
 * The router at the other end of a link that packets with labels pass: a few lines of Python, as this kernel has no MPLS.
 * Everything behind it is Linux.
 */
export async function startLabelEdge(
  link: Host,
  routerMac: string,
  customers: readonly Customer[],
): Promise<Program> {
  const plan = JSON.stringify({
    link: link.device,
    peer: routerMac.replaceAll(':', ''),
    own: link.mac.replaceAll(':', ''),
    customers: customers.map(({ device, push, take, frames = false }) => ({ device, push, take, frames })),
  });
  const edge = link.start(`/usr/bin/python3 -u -c '${program}' '${plan}'`);
  await edge.said(/ready/);
  for (const { place, device } of customers) await link.ip(`link set ${device} netns ${place.name}`);
  return edge;
}

const program = `
import fcntl, json, os, select, socket, struct, sys
plan = json.loads(sys.argv[1])
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x8847))
link.bind((plan["link"], 0x8847))
ends = bytes.fromhex(plan["peer"] + plan["own"]) + bytes([0x88, 0x47])
tuns, takes, taps = {}, {}, set()
for customer in plan["customers"]:
    tun = os.open("/dev/net/tun", os.O_RDWR)
    kind = 0x1002 if customer["frames"] else 0x1001
    fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH", customer["device"].encode(), kind))
    if customer["frames"]: taps.add(tun)
    tuns[tun] = customer["push"]
    takes[customer["take"]] = tun

def labelled(packet, labels, whole):
    ttl = 255 if whole else packet[8] if packet[0] >> 4 == 4 else packet[7]
    if whole: packet = bytes(4) + packet
    tops = [label << 12 | ttl for label in labels]
    tops[-1] |= 0x100
    return ends + b"".join(struct.pack("!I", top) for top in tops) + packet

def unlabelled(frame):
    at = 14
    while True:
        (top,) = struct.unpack_from("!I", frame, at)
        at += 4
        if top & 0x100: return top >> 12, frame[at:]

print("ready")
while True:
    for ready in select.select([link, *tuns], [], [])[0]:
        if ready is link:
            frame, address = link.recvfrom(65535)
            if address[2] == socket.PACKET_OUTGOING: continue
            label, packet = unlabelled(frame)
            if label not in takes: continue
            if takes[label] in taps: os.write(takes[label], packet[4:])
            else:
                size = struct.unpack_from("!H", packet, 2)[0] if packet[0] >> 4 == 4 else 40 + struct.unpack_from("!H", packet, 4)[0]
                try: os.write(takes[label], packet[:size])
                except OSError: pass
        else:
            link.send(labelled(os.read(ready, 65535), tuns[ready], ready in taps))`;
