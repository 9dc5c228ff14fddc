import type { RouterPlan } from '../router-plan.ts';

const way = (encapsulation: 'mplsoudp' | 'vxlan', number: number) =>
  ({ kind: 'tunnel', encapsulation, farEnd: '10.9.0.2', number }) as const;

const network = {
  id: 7,
  mtu: 1450,
  routerMac: '00:00:5e:00:01:00',
  imports: [],
  label: 2000,
} as const;

/** A plan with a bit of everything: red sends by a label, a VXLAN, and into blue; lan is of layer 2. */
export function planOfNode(): RouterPlan {
  return {
    node: 'node1',
    vrouter: {
      object: 'default/all',
      datapathCpus: [],
      controlCpus: [],
      ealArguments: [],
      uioDriver: 'vfio-pci',
    },
    underlay: { addresses: ['10.9.0.1'], mtu: 1500, encapsulations: ['mplsoudp', 'vxlan'] },
    ports: [{ name: 'core', device: 'net_tap0', vrf: 'main', mtu: 1600, addresses: ['10.9.0.1/24'] }],
    vrfs: [
      {
        id: 0,
        name: 'main',
        networks: [],
        routes: [{ prefix: '0.0.0.0/0', way: { kind: 'gateway', address: '10.9.0.254' } }],
      },
      {
        id: 1,
        name: 'red',
        networks: ['default/red'],
        routes: [
          { prefix: '10.1.0.0/24', way: { kind: 'unreachable', reason: 'a block of this node' } },
          { prefix: '10.2.0.0/24', way: way('mplsoudp', 2000) },
          { prefix: '10.3.0.0/24', way: way('vxlan', 1001) },
          { prefix: '10.4.0.0/24', way: { kind: 'vrf', vrf: 'blue' } },
        ],
      },
      { id: 2, name: 'blue', networks: ['default/blue'], routes: [] },
    ],
    networks: [
      {
        ...network,
        name: 'default/red',
        type: 'L3',
        vrf: 'red',
        encapsulations: ['mplsoudp', 'vxlan'],
        vni: 1000,
        gateways: [],
        flood: [],
      },
      {
        ...network,
        name: 'default/lan',
        type: 'L2',
        bridge: 'lan',
        encapsulations: ['vxlan'],
        vni: 7,
        gateways: ['10.7.0.1/24'],
        flood: ['10.9.0.2'],
      },
    ],
  };
}
