import { isDeepStrictEqual } from 'node:util';
import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { CONTROL_TICKS_PER_SECOND } from '../../engine/layout.ts';
import { etherFrame, ipv4Packet } from '../../net/frame/build.ts';
import { writeTrialInterface } from '../port/index.ts';
import { POLICE_INPUT_PLACE, POLICE_OUTPUT_PLACE } from './layout.ts';
import type { Limit } from './limit.ts';
import { PolicerTable } from './policer-table.ts';

/**
 * What a build must let pass of a burst, and with which class, on the fast way and stage by stage:
 *
 *   port 22 ─ rate limit in ═══ cross-connected ═══ rate limit out, which marks ─ port 23
 */
export const policeTrial = trialBothWays('holds frames to rates', {
  setUp,
  check(datapath) {
    datapath.clock += SECOND;
    const { sent, ended } = datapath.receive(22, new Array<Uint8Array>(12).fill(frameOf(0)));
    if (!isDeepStrictEqual(ended, { sent: 10, policed: 2 }))
      throw new Error(`12 frames, of which 10 are within the rate, became ${JSON.stringify(ended)}`);
    const wrong = sent.find(({ port, bytes }) => port !== 23 || !isDeepStrictEqual(bytes, frameOf(MARK)));
    if (wrong) throw new Error(`a frame to be marked became ${Buffer.from(wrong.bytes).toString('hex')}`);
  },
});

const SECOND = 1_000_000_000n;
const [MARK, LIMITED, MARKED] = [46, 93, 94];

/** A frame of 1000 bytes with an IPv4 packet of a class. */
function frameOf(dscp: number): Uint8Array {
  const ends = { destination: '02:00:00:00:00:01', source: '02:00:00:00:00:02' };
  const addresses = { source: '10.0.0.1', destination: '10.0.1.1' };
  const packet = ipv4Packet({ ...addresses, protocol: 17, tos: dscp << 2 }, new Uint8Array(966));
  return etherFrame({ ...ends, etherType: 0x0800 }, packet);
}

function setUp(datapath: ScratchDatapath): void {
  datapath.view.setBigUint64(CONTROL_TICKS_PER_SECOND, SECOND, true);
  const inputSteps = { [POLICE_INPUT_PLACE]: 'police-input' };
  const outputSteps = { [POLICE_OUTPUT_PLACE]: 'police-output' };
  writeTrialInterface(datapath, { id: LIMITED, port: 22, mode: 'xc-forward', domain: MARKED, inputSteps });
  writeTrialInterface(datapath, { id: MARKED, port: 23, mode: 'xc-forward', domain: LIMITED, outputSteps });
  const limits = new PolicerTable(datapath);
  limits.write(1, limit);
  limits.write(2, { ...limit, committedBurst: 100_000, green: MARK });
  limits.bind(LIMITED, 1, 0);
  limits.bind(MARKED, 0, 2);
}

const limit: Limit = {
  committedRate: 8_000_000n,
  committedBurst: 10_000,
  excessRate: 0n,
  excessBurst: 0,
  green: 'pass',
  yellow: 'pass',
  red: 'drop',
};
