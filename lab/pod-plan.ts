import type { NodePlan } from '../src/features/plan/index.ts';

/** What of a node's plan a lab behaviour chooses. */
export interface PodPlanOptions {
  /** Tenant networks with the same addresses, each in a VRF of its name. */
  readonly networks: readonly string[];
  /** The number of the node: its blocks are 10.244.N.0/24 and fd00:244::N00/120. */
  readonly node?: number;
  /** Those whose pods get the address again that they had. */
  readonly sticky?: readonly string[];
  /** Blocks that hold thousands of pods. */
  readonly wide?: boolean;
  readonly more?: Partial<Pick<NodePlan, 'ports' | 'underlay' | 'vrfs'>>;
  readonly encapsulations?: NodePlan['underlay']['encapsulations'];
}

/** The plan of a node with pods. */
export function podPlan({
  networks,
  node = 1,
  wide = false,
  sticky = [],
  more,
  encapsulations = [],
}: PodPlanOptions): NodePlan {
  return {
    node: `node${node}`,
    vrouter: {
      object: 'default/lab',
      datapathCpus: [],
      controlCpus: [],
      ealArguments: [],
      uioDriver: 'vfio-pci',
    },
    underlay: { addresses: [], mtu: 1500, encapsulations },
    ports: [],
    vrfs: networks.map((name, index) => ({ id: index + 1, name, networks: [`default/${name}`], routes: [] })),
    networks: networks.map((name, index) => ({
      name: `default/${name}`,
      type: 'L3',
      id: index + 1,
      vrf: name,
      encapsulations: [...encapsulations],
      vni: 1000 + index,
      label: 2000 + index,
      mtu: name === 'blue' ? 1400 : 1500,
      routerMac: '00:00:5e:00:01:00',
      gateways: ['10.244.0.1/16', 'fd00:244::1/64'],
      imports: [],
      flood: [],
    })),
    subnets: networks.flatMap((name) =>
      [
        {
          prefix: '10.244.0.0/16',
          gateway: '10.244.0.1',
          blocks: [wide ? '10.244.16.0/20' : `10.244.${node}.0/24`],
        },
        {
          prefix: 'fd00:244::/64',
          gateway: 'fd00:244::1',
          blocks: [wide ? 'fd00:244::/64' : `fd00:244::${node}00/120`],
        },
      ].map((subnet) => ({
        name: `default/${name}-${subnet.gateway.includes(':') ? '6' : '4'}`,
        network: `default/${name}`,
        ...subnet,
        excluded: [],
        sticky: sticky.includes(name),
      })),
    ),
    attachments: [],
    warnings: [],
    ...more,
  };
}
