import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkOutcome, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { parseAddress } from '../../net/address.ts';
import { etherFrame, ipv4Packet, ipv6Packet } from '../../net/frame/build.ts';
import { startTrialIp, writeTrialLink, writeTrialOutput } from '../ip/index.ts';
import { SID_END_DT46 } from './layout.ts';
import { outerHeaders } from './outer-headers.ts';
import { Srv6Table } from './srv6-table.ts';

/** What a build must do with lists of segments and SIDs, on the fast way and stage by stage. */
export const srv6Trial = trialBothWays('puts a segment round a packet, and takes it off again', {
  setUp,
  check(datapath) {
    const fields = { vrf: VRF, etherType: 0x0008 };
    const put = datapath.inject('srv6-output', packet(64), { ...fields, nextHop: LIST });
    checkOutcome('a packet to be put in', put, (sent) => {
      const flowLabel = (((sent[15] ?? 0) & 15) << 16) | ((sent[16] ?? 0) << 8) | (sent[17] ?? 0);
      return frame(0x86dd, ipv6Packet({ ...ends, nextHeader: 4, flowLabel }, packet(64)));
    });
    const carried = ipv6Packet({ ...ends, nextHeader: 4 }, packet(64));
    const taken = datapath.inject('srv6-local', carried, { vrf: VRF, etherType: 0xdd86, nextHop: SID });
    checkOutcome('a packet to be taken out', taken, () => frame(0x0800, packet(63)));
  },
});

const VRF = 1;
const ends = { source: '2001:db8::1', destination: '2001:db8::2' };
const link = { id: 1, mac: '02:00:00:00:00:01', host: '02:00:00:00:01:01' };
const [NEIGHBOR, LIST, SID] = [1, 2, 3];
const RECORD = 1;

function packet(ttl: number): Uint8Array {
  return ipv4Packet({ source: '10.7.0.1', destination: '10.0.1.9', protocol: 253, ttl }, new Uint8Array(32));
}

function frame(etherType: number, payload: Uint8Array): Uint8Array {
  return etherFrame({ destination: link.host, source: link.mac, etherType }, payload);
}

function setUp(datapath: ScratchDatapath): void {
  startTrialIp(datapath);
  const host = { nextHop: NEIGHBOR, mac: link.host, routes: ['10.0.1.0/24', `${ends.destination}/128`] };
  writeTrialLink(datapath, { id: link.id, mac: link.mac, host });
  writeTrialOutput(datapath, { nextHop: LIST, stage: 'srv6-output', record: RECORD });
  writeTrialOutput(datapath, { nextHop: SID, stage: 'srv6-local', record: RECORD });
  const table = new Srv6Table(datapath);
  const [source, segment] = [parseAddress(ends.source), parseAddress(ends.destination)];
  table.writeEncap(RECORD, VRF, outerHeaders('h.encaps.red', source, [segment]));
  const behavior = SID_END_DT46;
  const unused = { flavors: 0, blockBits: 0, csidBits: 0, nextHop: 0 };
  table.writeSid(RECORD, { ...unused, behavior, vrf: VRF, vrfInterface: link.id });
}
