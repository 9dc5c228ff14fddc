import { etherFrame, ipv4Packet, udpDatagram } from '../../../net/frame/build.ts';
import type { Link } from '../../ip/testing/topology.ts';

/** Where the ports and addresses of a frame that carries UDP over IPv4 lie. */
export const SOURCE = 26;
export const DESTINATION = 30;
export const SOURCE_PORT = 34;
export const DESTINATION_PORT = 36;
/** Bytes of each frame. */
export const FRAME_BYTES = 60;

/** A frame that a host on a link sends, with a datagram from and to port 53 that has no checksum: so its ports may be anything. */
export function datagramOn(
  link: Pick<Link, 'mac' | 'host'>,
  source: string,
  destination: string,
): Uint8Array {
  const payload = new Uint8Array(FRAME_BYTES - 42);
  const datagram = udpDatagram({ source: 53, destination: 53 }, payload, { source, destination });
  datagram.set([0, 0], 6);
  const packet = ipv4Packet({ source, destination, protocol: 17 }, datagram);
  return etherFrame({ destination: link.mac, source: link.host.mac, etherType: 0x0800 }, packet);
}
