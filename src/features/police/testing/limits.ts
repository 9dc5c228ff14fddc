import { etherFrame, ipv4Packet } from '../../../net/frame/build.ts';
import type { Limit } from '../limit.ts';

/** Eight megabits a second, a frame of 1000 bytes a millisecond, where nothing else is wanted. */
export function limitOf(wanted: Partial<Limit> = {}): Limit {
  return {
    committedRate: 8_000_000n,
    committedBurst: 10_000,
    excessRate: 0n,
    excessBurst: 0,
    green: 'pass',
    yellow: 'pass',
    red: 'drop',
    ...wanted,
  };
}

/** A frame of 1000 bytes with an IPv4 packet. */
export const frame1000 = etherFrame(
  { destination: '02:00:00:00:00:01', source: '02:00:00:00:00:99', etherType: 0x0800 },
  ipv4Packet({ source: '10.0.0.1', destination: '10.0.1.1', protocol: 17, tos: 0x03 }, new Uint8Array(966)),
);
