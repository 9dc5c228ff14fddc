import { FRAME_BYTES } from './layers.ts';

// What the rules of fuzz/overlays/filter.ts deny, read from the headers without what the datapath has for that.

/** What of a packet rules look at. */
interface Read {
  readonly protocol: number;
  readonly dscp: number;
  /** Where the upper layer begins, and where it ends; a fragment that is not the first has none. */
  readonly at: number;
  readonly end: number;
  readonly isLater: boolean;
}

/** Whether an untagged frame at a place holds an IP packet that the rules deny, as far as all of it is there. */
export function isDenied(view: DataView, frame: number, length: number): boolean {
  if (length < FRAME_BYTES) return false;
  const type = view.getUint16(frame + 12);
  const [ip, end] = [frame + FRAME_BYTES, frame + length];
  if (type === 0x0800 && end - ip >= 20 && view.getUint8(ip) >> 4 === 4)
    return view.getUint32(ip + 16) >>> 8 === 0xc63367 || isDeniedUpper(view, read4(view, ip, end));
  if (type !== 0x86dd || end - ip < 40 || view.getUint8(ip) >> 4 !== 6) return false;
  const isFromDenied = view.getUint32(ip + 8) === 0x20010db8 && view.getUint16(ip + 12) === 0xffff;
  return isFromDenied || isDeniedUpper(view, read6(view, ip, end));
}

function read4(view: DataView, ip: number, end: number): Read {
  return {
    protocol: view.getUint8(ip + 9),
    dscp: view.getUint8(ip + 1) >> 2,
    at: ip + (view.getUint8(ip) & 15) * 4,
    end: Math.min(end, ip + view.getUint16(ip + 2)),
    isLater: (view.getUint16(ip + 6) & 0x1fff) !== 0,
  };
}

function read6(view: DataView, ip: number, whole: number): Read {
  const end = Math.min(whole, ip + 40 + view.getUint16(ip + 4));
  const dscp = (view.getUint16(ip) >> 6) & 63;
  let [protocol, at, isLater] = [view.getUint8(ip + 6), ip + 40, false];
  while ([0, 43, 44, 51, 60].includes(protocol) && at + 8 <= end && !isLater) {
    if (protocol === 44) isLater = (view.getUint16(at + 2) & 0xfff8) !== 0;
    const units = view.getUint8(at + 1);
    const bytes = protocol === 44 ? 8 : protocol === 51 ? (units + 2) * 4 : (units + 1) * 8;
    protocol = view.getUint8(at);
    at += bytes;
  }
  return { protocol, dscp, at, end, isLater };
}

function isDeniedUpper(view: DataView, { protocol, dscp, at, end, isLater }: Read): boolean {
  if (dscp === 46 || isLater) return dscp === 46 || protocol === 17;
  if (protocol === 6 && at + 14 <= end)
    return view.getUint16(at + 2) === 23 || (view.getUint8(at + 13) & 3) === 3;
  if (protocol === 17 && at + 4 <= end) return view.getUint16(at) >= 500 && view.getUint16(at) < 600;
  if (protocol === 1 && at + 2 <= end) return view.getUint8(at) === 13;
  return protocol === 58 && at + 2 <= end && view.getUint8(at) === 200;
}
