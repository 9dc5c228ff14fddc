import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { checkOutcome, trialBothWays } from '../../engine/host/trial-both-ways.ts';
import { parseAddress } from '../../net/address.ts';
import { etherFrame, ipv4Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { startTrialIp, writeTrialLink, writeTrialOutput } from '../ip/index.ts';
import { LABEL_TO_NEXT_HOP } from '../mpls/layout.ts';
import { addressWords } from '../neighbor/index.ts';
import { MPLS_UDP_PORT } from './layout.ts';
import type { MplsTunnelFunctions } from './table-functions.ts';

/** What a build must do with tunnels that carry labels, on the fast way and stage by stage. */
export const mplsTunnelTrial = trialBothWays('puts labels into UDP and GRE, and takes them out again', {
  setUp,
  check(datapath) {
    for (const { stage, header, protocol } of kinds) {
      const packet = joinBytes(entry, inner(64));
      const put = datapath.inject(`${stage}-output`, packet, {
        nextHop: TUNNELS[stage],
        etherType: 0x4788,
      });
      checkOutcome(`${stage}: a label to be put in`, put, (sent) =>
        outer(sent, protocol, header(sent), packet),
      );
      const carried = ipv4Packet({ ...ends, protocol }, joinBytes(header(new Uint8Array(64)), packet));
      const note = carried.length - packet.length;
      const taken = datapath.inject(inputs[stage], carried, { vrf: VRF, note, etherType: 0x0008 });
      checkOutcome(`${stage}: a label to be taken out`, taken, () => frame(inner(63)));
    }
  },
});

const kinds = [
  {
    stage: 'mplsoudp',
    protocol: 17,
    header: (sent: Uint8Array) => udpHeader(((sent[34] ?? 0) << 8) | (sent[35] ?? 0)),
  },
  { stage: 'mplsogre', protocol: 47, header: () => Uint8Array.of(0, 0, 0x88, 0x47) },
] as const;
const inputs = { mplsoudp: 'mplsoudp-input', mplsogre: 'gre-input' } as const;

const router = '02:00:00:00:00:01';
const host = '02:00:00:00:01:01';
const ends = { source: '10.0.1.1', destination: '10.0.1.2' };
/** Label 100, bottom of stack, time to live 64. */
const entry = Uint8Array.of(0, 0x06, 0x41, 64);

function inner(ttl: number): Uint8Array {
  return ipv4Packet({ source: '10.7.0.1', destination: '10.8.0.1', protocol: 253, ttl }, new Uint8Array(32));
}

function udpHeader(source: number): Uint8Array {
  const bytes = entry.length + inner(64).length;
  return udpDatagram({ source, destination: MPLS_UDP_PORT }, new Uint8Array(bytes)).subarray(0, 8);
}

/** The frame that is expected, with the identification of the one that came. */
function outer(sent: Uint8Array, protocol: number, header: Uint8Array, packet: Uint8Array): Uint8Array {
  const identification = ((sent[18] ?? 0) << 8) | (sent[19] ?? 0);
  return frame(ipv4Packet({ ...ends, protocol, identification }, joinBytes(header, packet)));
}

function frame(packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: host, source: router, etherType: 0x0800 }, packet);
}

function setUp(datapath: ScratchDatapath): void {
  startTrialIp(datapath);
  const neighbor = { nextHop: NEIGHBOR, mac: host, routes: [`${ends.destination}/32`] };
  writeTrialLink(datapath, { id: 1, mac: router, host: neighbor });
  datapath.enter('LABELS_INPUT', 0, 'mpls-input');
  const tables = datapath.tables<Tables>(['setLabel', 'setMplsTunnel', 'setMplsUnderlay']);
  tables.setLabel(100, LABEL_TO_NEXT_HOP, NEIGHBOR);
  tables.setMplsUnderlay(VRF, 1);
  const local = addressWords(parseAddress(ends.source));
  const remote = addressWords(parseAddress(ends.destination));
  for (const { stage } of kinds) {
    const index = TUNNELS[stage];
    tables.setMplsTunnel(index, 4, VRF, MPLS_UDP_PORT, local.low, local.high, remote.low, remote.high);
    writeTrialOutput(datapath, { nextHop: index, stage: `${stage}-output`, record: index });
  }
}

interface Tables extends MplsTunnelFunctions {
  setLabel(label: number, kind: number, value: number): void;
}

const VRF = 1;
const NEIGHBOR = 1;
/** Indices of next hops, and of their records. */
const TUNNELS = { mplsoudp: 2, mplsogre: 3 } as const;
