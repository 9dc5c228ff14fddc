import { firstDifference } from './bytes.ts';
import { checkArp } from './check-arp.ts';
import { checkIp4 } from './check-ip4.ts';
import { checkIp6 } from './check-ip6.ts';
import { type Frame, invalid, isUnfinished, macAt, type Stations } from './frame.ts';

const GROUP_BIT = 0x0100_0000_0000;

/** Checks a frame that leaves by a port, by nothing but the RFCs and what came in. @throws Finding */
export function checkFrame(frame: Frame, stations: Stations): void {
  const { view, at, length, port, input } = frame;
  if (length < 14) invalid(`a frame of ${length} bytes`);
  if (frame.asked && !stations.fillsChecksums(port))
    invalid('a port is asked for a checksum that it cannot fill in');
  if (input?.entry === 'tap-input' && macAt(view, at) !== stations.macOfPort(port) && isAsItCame(frame))
    return;
  if (macAt(view, at + 6) !== stations.macOfPort(port))
    invalid('its source is not the MAC address of its port');
  const type = view.getUint16(at + 12);
  if (type === 0x0806) checkArp(frame);
  else checkIp(frame, type, stations);
}

function checkIp(frame: Frame, type: number, stations: Stations): void {
  const { length } = frame;
  const mtu = mtuOf(frame, stations);
  if (length - 14 > mtu) invalid(`${length - 14} bytes for a next hop with an MTU of ${mtu}`);
  if (type === 0x0800) checkIp4(frame, stations);
  else if (type === 0x86dd) checkIp6(frame, stations);
  else invalid(`ethertype 0x${type.toString(16)}`);
}

/** A frame of a program on the host leaves as it is, but for a checksum that it left unfinished. */
function isAsItCame({ view, at, length, input }: Frame): boolean {
  if (!input || length !== input.length) return false;
  const differs = firstDifference(view, at, input.bytes, 0, length);
  if (differs < 0) return true;
  return isUnfinished(input) && firstDifference(view, at, input.bytes, 0, 14) < 0;
}

function mtuOf({ view, at, port, input }: Frame, stations: Stations): number {
  const mac = macAt(view, at);
  const station = stations.stationWith(mac);
  if (station?.port === port) return station.mtu;
  // Answers go back to whoever has asked, or to a group.
  const asker = input?.entry === 'wire' ? macAt(input.view, 6) : undefined;
  const answers = mac === asker || Math.floor(mac / GROUP_BIT) % 2 === 1 || isSolicited(view, at);
  return answers && input ? 1500 : invalid(`${mac.toString(16)} is no neighbour on port ${port}`);
}

/** A neighbor advertisement goes to the MAC address that the solicitation's option names. */
function isSolicited(view: DataView, at: number): boolean {
  return (
    view.getUint16(at + 12) === 0x86dd && view.getUint8(at + 20) === 58 && view.getUint8(at + 54) === 136
  );
}
