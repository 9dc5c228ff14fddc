import { cores, type Forwarding, type ForwardJob, forwardingDevices, type Log, type Peer } from '../peer.ts';
import { type Program, startProgram } from '../program.ts';
import { telemetryScript } from '../setup/dpdk-tools.ts';
import type { VhostJob, VhostSwitch } from '../vhost-switch.ts';
import { dpdkForwarding, ealArguments, ownFilePrefix } from './dpdk-program.ts';

/** DPDK's test program, which rewrites the MAC addresses and looks nothing up: the ceiling of these ports. */
export const testpmd: Peer & VhostSwitch = {
  name: 'testpmd',
  about: "DPDK's testpmd, mac forwarding, bursts of 64; it looks up no route",
  async setUp(log: Log) {
    await telemetryScript(log);
  },
  forward,
  attach,
};

function forward(job: ForwardJob): Promise<Forwarding> {
  const filePrefix = ownFilePrefix('testpmd');
  const program = startTestpmd(filePrefix, forwardingDevices(job.pcap));
  return dpdkForwarding({ program, filePrefix, device: 'net_null1' });
}

async function attach({ sockets }: VhostJob): Promise<AsyncDisposable> {
  const devices = sockets.map((socket, index) => `net_vhost${index},iface=${socket},client=1`);
  return startTestpmd(ownFilePrefix('testpmd'), devices);
}

function startTestpmd(filePrefix: string, devices: readonly string[]): Program {
  return startProgram({
    name: 'testpmd',
    command: [
      'dpdk-testpmd',
      ...ealArguments({ lcores: `0@${cores.control},1@${cores.datapath}`, filePrefix, devices }),
      '--',
      ...['--forward-mode=mac', '--burst=64', '--nb-cores=1', '--total-num-mbufs=32768', '--auto-start'],
      '--stats-period=3600', // keeps it from reading its standard input
    ],
  });
}
