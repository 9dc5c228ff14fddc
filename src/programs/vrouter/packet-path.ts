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
    'features/neighbor/datapath/ether-output',
    'features/port/datapath/port-tx',
  ],
  commonPaths: [
    ['port-rx', 'ether-input', 'ip4-input', 'ip4-forward', 'ip4-output', 'ether-output', 'port-tx'],
  ],
  controlModules: [
    'features/interface/datapath/interfaces',
    'features/neighbor/datapath/next-hops',
    'features/ip/datapath/routes',
  ],
  layouts: [
    'features/interface/layout',
    'features/port/layout',
    'features/ether/layout',
    'features/neighbor/layout',
    'features/ip/layout',
  ],
};
