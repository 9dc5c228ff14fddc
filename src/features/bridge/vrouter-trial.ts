import { isDeepStrictEqual } from 'node:util';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { type Mac, macToBytes, parseMac } from '../../net/mac.ts';
import { writeTrialInterface } from '../port/index.ts';
import { BridgeTable } from './bridge-table.ts';
import { FdbTable } from './fdb-table.ts';

/**
 * What a build must do with frames of a bridge, on the fast way and stage by stage; stations 1, 2 and 3 are known behind
 * the members, and 4 is not:
 *
 *   port 8 │ interface 31 ═╗
 *   port 9 │ interface 32 ═╬═ bridge 34
 *   port 10│ interface 33 ═╝
 */
export const bridgeTrial = trialBothWays('bridges frames to known stations, and floods the others', {
  setUp,
  check(datapath) {
    checkFrame(datapath, { name: 'a frame to a station', frame: frameTo(station(2)), ports: [9] });
    checkFrame(datapath, { name: 'a tagged one', frame: frameTo(station(3), 0x81, 0, 0, VLAN), ports: [10] });
    checkFrame(datapath, { name: 'a frame back to its own member', frame: frameTo(station(1)), ports: [] });
    checkFrame(datapath, { name: 'a frame to a stranger', frame: frameTo(station(4)), ports: [9, 10] });
    checkFrame(datapath, {
      name: 'a broadcast',
      frame: frameTo(parseMac('ff:ff:ff:ff:ff:ff')),
      ports: [9, 10],
    });
  },
});

const BRIDGE = 34;
const VLAN = 7;
const members = [
  { id: 31, port: 8 },
  { id: 32, port: 9 },
  { id: 33, port: 10 },
] as const;

function station(number: number): Mac {
  return parseMac(`02:00:00:00:0${number}:0a`);
}

/** A frame from the first station, with these bytes in front of its ethertype. */
function frameTo(destination: Mac, ...tag: readonly number[]): Uint8Array {
  const addresses = [destination, station(1)].flatMap((mac) => [...macToBytes(mac)]);
  return Uint8Array.from([...addresses, ...tag, 0x88, 0xb5, ...new Array<number>(60).fill(7)]);
}

interface Bridged {
  readonly name: string;
  readonly frame: Uint8Array;
  /** Where two of it are to leave, as they came. */
  readonly ports: readonly number[];
}

/** @throws Error with what came of it */
function checkFrame(datapath: ScratchDatapath, { name, frame, ports }: Bridged): void {
  const { sent, ended } = datapath.receive(8, [frame, frame]);
  const left = sent.map(({ port }) => port).sort((one, other) => one - other);
  const right = ports.flatMap((port) => [port, port]);
  const same = sent.every(({ bytes }) => isDeepStrictEqual(bytes, frame));
  if (same && isDeepStrictEqual(left, right)) return;
  const came = sent.map(({ port, bytes }) => `${Buffer.from(bytes).toString('hex')} at port ${port}`);
  throw new Error(`${name}, expected at ports ${right}, became ${came.join(', ') || JSON.stringify(ended)}`);
}

function setUp(datapath: ScratchDatapath): void {
  writeTrialInterface(datapath, { id: BRIDGE, mode: 'ether-input', output: 'bridge-output' });
  for (const { id, port } of members)
    writeTrialInterface(datapath, { id, port, mode: 'bridge-input', domain: BRIDGE });
  const bridges = new BridgeTable(datapath.tables);
  bridges.write(BRIDGE, { up: true, ageingTime: 300, flood: true, learn: true, neighSuppress: false });
  bridges.writeMembers(
    BRIDGE,
    members.map(({ id }) => id),
  );
  const stations = new FdbTable(datapath.tables);
  for (const [index, { id }] of members.entries())
    for (const vlan of [0, VLAN])
      stations.put({ bridge: BRIDGE, mac: station(index + 1), vlan, iface: id, far: 0, origin: 'learn' });
}
