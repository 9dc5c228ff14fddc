import { DpdkApp } from '../../dpdk-app.ts';
import { Host } from '../../host.ts';
import { Namespace } from '../../namespace.ts';
import { Router } from '../../router.ts';
import { directory } from './place.ts';

/** What the demo has built: red and green are in VRF main, blue is in VRF inside, the application between the two. */
export interface DemoNetwork {
  readonly router: Router;
  readonly app: DpdkApp;
  readonly red: Host;
  readonly green: Host;
  readonly blue: Host;
  close(): Promise<void>;
}

const prefix = 'millrace';

/** Makes the hosts, and starts the router and the application, which wait for what comes. */
export async function startNetwork(): Promise<DemoNetwork> {
  for (const name of ['router', 'red', 'green', 'blue']) Namespace.remove(`${prefix}-${name}`);
  const namespace = new Namespace('router', prefix);
  const router = new Router({ namespace, directory });
  const [red, green] = [new Host('red', { network: 1 }, prefix), new Host('green', { network: 2 }, prefix)];
  const blue = new Host('blue', { network: 3, vrf: 'inside' }, prefix);
  const app = new DpdkApp({ directory, ports: 2, name: 'app' });
  await router.start();
  const close = async () => {
    await app.close();
    await router.close();
    for (const each of [red, green, blue, namespace]) each.close();
  };
  return { router, app, red, green, blue, close };
}

/** Lines of ctl that make the router's side of the network. */
export function configuration({ app }: DemoNetwork): string {
  return `
interface add vrf inside
interface add port red   devargs net_tap0,iface=x-red
interface add port green devargs net_tap1,iface=x-green
interface add port blue  devargs net_tap2,iface=x-blue vrf inside
interface add port left  devargs ${app.devargs(0)}
interface add port right devargs ${app.devargs(1)} vrf inside
address add 10.1.0.1/24  iface red
address add fd00:1::1/64 iface red
address add 10.2.0.1/24  iface green
address add fd00:2::1/64 iface green
address add 10.3.0.1/24  iface blue
address add fd00:3::1/64 iface blue
address add 10.9.0.1/24  iface left
address add fd00:9::1/64 iface left
address add 10.9.0.2/24  iface right
address add fd00:9::2/64 iface right
route add 10.3.0.0/24  via 10.9.0.2
route add fd00:3::/64  via fd00:9::2
route add 10.0.0.0/8   via 10.9.0.1  vrf inside
route add fd00::/16    via fd00:9::1 vrf inside
`.trim();
}

/** Moves the TAPs of the router's ports into the hosts and gives them addresses. */
export async function connectHosts({ router, red, green, blue }: DemoNetwork): Promise<void> {
  for (const host of [red, green, blue]) {
    await router.namespace.ip(`link set ${host.device} netns ${host.name}`);
    await host.configure();
  }
}
