import { fileURLToPath } from 'node:url';
import type { DatapathSource } from '../../engine/compiler/compile.ts';

/** The packet path: every stage, in the order a packet meets them. */
export const packetPath: DatapathSource = {
  root: fileURLToPath(new URL('../..', import.meta.url)),
  stages: [
    'features/port/datapath/port-rx',
    'features/ether/datapath/ether-input',
    'features/ip/datapath/ip4-input',
    'features/ip/datapath/ip4-forward',
    'features/ip/datapath/ip4-output',
    'features/ip/datapath/ip4-multicast',
    'features/ip/datapath/ip4-group',
    'features/ip/datapath/ip4-reject',
    'features/ip/datapath/ip-blackhole',
    'features/ip/datapath/ip4-local',
    'features/ip/datapath/icmp4-local',
    'features/ip/datapath/ip4-error',
    'features/ip/datapath/ip4-send',
    'features/ip/datapath/ip4-fragment',
    'features/neighbor/datapath/neighbor-hold',
    'features/neighbor/datapath/arp-input',
    'features/neighbor/datapath/nd-solicitation',
    'features/neighbor/datapath/nd-advertisement',
    'features/neighbor/datapath/ether-output',
    'features/ether/datapath/frame-output',
    'features/port/datapath/port-tx',
  ],
  commonPaths: [
    ['port-rx', 'ether-input', 'ip4-input', 'ip4-forward', 'ip4-output', 'ether-output', 'port-tx'],
  ],
  controlModules: [
    'features/interface/datapath/interfaces',
    'features/neighbor/datapath/next-hops',
    'features/neighbor/datapath/answers',
    'features/ip/datapath/fib',
    'features/ip/datapath/routes',
    'features/ip/datapath/protocols',
    'features/ip/datapath/hooks',
  ],
  layouts: [
    'features/interface/layout',
    'features/port/layout',
    'features/ether/layout',
    'features/neighbor/layout',
    'features/ip/layout',
  ],
};
