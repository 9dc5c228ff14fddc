import type { RouterClient } from '../../engine/client/router-client.ts';
import { steerToPods } from '../../engine/host/steer.ts';
import { ip, ipShow, run } from './ip-batch.ts';
import { PodError } from './pod-error.ts';
import { interfaces, ports } from './router-services.ts';
import { HOST_END_INDEX_BASE, TRUNK_DEVICE, TRUNK_KERNEL_END, TRUNK_PORT } from './trunk-names.ts';

/** Makes the trunk that veth pairs share, on the host and in the router, where it is not there. @throws PodError, RemoteError */
export async function ensureTrunk(router: RouterClient): Promise<void> {
  const isNew = (await ipShow(['link', 'show', 'dev', TRUNK_DEVICE])) === undefined;
  if (isNew) await addPair();
  steerToPods(TRUNK_KERNEL_END, HOST_END_INDEX_BASE);
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

async function addPair(): Promise<void> {
  const doing = 'make the trunk of the pods';
  await ip(
    [
      `link add ${TRUNK_DEVICE} type veth peer name ${TRUNK_KERNEL_END}`,
      `link set dev ${TRUNK_DEVICE} addrgenmode none up promisc on`,
      `link set dev ${TRUNK_KERNEL_END} addrgenmode none`,
    ],
    { doing },
  );
  // The kernel then cuts what pods send into packets, fills in their checksums, and writes the tag into the frame.
  const offloads = ['tx', 'off', 'tso', 'off', 'gso', 'off', 'txvlan', 'off'];
  const { status, stderr } = await run(['ethtool', '-K', TRUNK_KERNEL_END, ...offloads], '');
  if (status === 0) return;
  const expected = `ethtool to turn off what ${TRUNK_KERNEL_END} would leave to hardware`;
  throw new PodError('host', { doing, expected, received: stderr.trim() });
}
