import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkOutcome, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { parseAddress } from '../../net/address.ts';
import { etherFrame, ipv4Packet } from '../../net/frame/build.ts';
import { startTrialIp, writeTrialLink } from '../ip/index.ts';
import { writeTrialInterface } from '../port/index.ts';
import { TunnelTable } from './tunnel-table.ts';

/** What a build must do with tunnels that put IP into IP, on the fast way and stage by stage. */
export const ipipTrial = trialBothWays('puts IP into IP, and takes it out again', {
  setUp,
  check(datapath) {
    const inner = packet(64);
    const put = datapath.inject('ipip-output', frame(tunnel.mac, tunnel.mac, inner), { output: tunnel.id });
    checkOutcome('a packet to be put in', put, (sent) => {
      const identification = ((sent[18] ?? 0) << 8) | (sent[19] ?? 0);
      return frame(link.host, link.mac, ipv4Packet({ ...ends, protocol: 4, identification }, inner));
    });
    const carried = ipv4Packet({ source: REMOTE, destination: LOCAL, protocol: 4 }, inner);
    const taken = datapath.inject('ipip-input', carried, { vrf: VRF, etherType: 0x0008 });
    checkOutcome('a packet to be taken out', taken, () => frame(link.host, link.mac, packet(63)));
  },
});

const VRF = 1;
const [LOCAL, REMOTE] = ['10.0.1.1', '10.0.1.2'];
const ends = { source: LOCAL, destination: REMOTE };
const link = { id: 1, mac: '02:00:00:00:00:01', host: '02:00:00:00:01:01' };
const tunnel = { id: 2, mac: '02:00:00:00:00:02' };

function packet(ttl: number): Uint8Array {
  return ipv4Packet({ source: '10.7.0.1', destination: '10.0.1.9', protocol: 253, ttl }, new Uint8Array(32));
}

function frame(destination: string, source: string, payload: Uint8Array): Uint8Array {
  return etherFrame({ destination, source, etherType: 0x0800 }, payload);
}

function setUp(datapath: ScratchDatapath): void {
  startTrialIp(datapath);
  const host = { nextHop: 1, mac: link.host, routes: ['10.0.1.0/24'] };
  writeTrialLink(datapath, { id: link.id, mac: link.mac, host });
  writeTrialInterface(datapath, { ...tunnel, mode: 'ether-input', output: 'ipip-output' });
  const ipip = { local: parseAddress(LOCAL), remote: parseAddress(REMOTE), encapVrf: VRF };
  new TunnelTable(datapath).link(tunnel.id, ipip, true);
}
