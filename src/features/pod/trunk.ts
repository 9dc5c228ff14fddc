import type { RouterClient } from '../../engine/client/router-client.ts';
import { ip, run } from './ip-batch.ts';
import { exchange } from './netlink/exchange.ts';
import { bringUp, readLinks, showLink } from './netlink/links.ts';
import { PodError } from './pod-error.ts';
import { interfaces, ports } from './router-services.ts';
import type { Steering } from './steering.ts';
import { HOST_END_INDEX_BASE, TRUNK_DEVICE, TRUNK_KERNEL_END, TRUNK_PORT } from './trunk-names.ts';

/** Makes the trunk that veth pairs share, on the host and in the router, where it is not there. @throws PodError, RemoteError */
export async function ensureTrunk(router: RouterClient, steering: Steering): Promise<void> {
  const isNew = !(await hasTrunk());
  if (isNew) await addPair();
  await exchange([...steering.ofTrunk(), bringUp(TRUNK_KERNEL_END)], { doing: DOING });
  const { interfaces: there = [] } = await router.call(interfaces, 'listInterfaces', { type: 'port' });
  const isPort = there.some(({ name }) => name === TRUNK_PORT);
  // A port whose device has gone receives nothing any more.
  if (isPort && isNew) await router.call(interfaces, 'deleteInterface', { name: TRUNK_PORT });
  if (isPort && !isNew) return;
  await router.call(ports, 'addPort', {
    name: TRUNK_PORT,
    devargs: `net_af_xdp_pods,iface=${TRUNK_DEVICE}`,
    attributes: { description: 'veth pairs of pods, one VLAN each' },
  });
}

const DOING = 'make the trunk of the pods';

async function hasTrunk(): Promise<boolean> {
  const answers = await exchange([showLink(TRUNK_KERNEL_END)], { doing: DOING, fine: ['ENODEV'] });
  return readLinks(answers).some(({ index }) => index === HOST_END_INDEX_BASE);
}

async function addPair(): Promise<void> {
  await ip(
    [
      `link add ${TRUNK_KERNEL_END} index ${HOST_END_INDEX_BASE} type veth peer name ${TRUNK_DEVICE}`,
      `link set dev ${TRUNK_DEVICE} addrgenmode none up promisc on`,
      `link set dev ${TRUNK_KERNEL_END} addrgenmode none`,
    ],
    { doing: DOING },
  );
  // The kernel then cuts what pods send into packets, fills in their checksums, and writes the tag into the frame.
  const offloads = ['tx', 'off', 'tso', 'off', 'gso', 'off', 'txvlan', 'off'];
  const { status, stderr } = await run(['ethtool', '-K', TRUNK_KERNEL_END, ...offloads], '');
  if (status === 0) return;
  const expected = `ethtool to turn off what ${TRUNK_KERNEL_END} would leave to hardware`;
  throw new PodError('host', { doing: DOING, expected, received: stderr.trim() });
}
