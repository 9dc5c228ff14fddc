import { cores, type Forwarding, type ForwardJob, forwardingDevices, type Log, type Peer } from '../peer.ts';
import { startProgram } from '../program.ts';
import { telemetryScript } from '../setup/dpdk-tools.ts';
import { dpdkForwarding, ealArguments } from './dpdk-program.ts';

/** DPDK's test program, which rewrites the MAC addresses and looks nothing up: the ceiling of these ports. */
export const testpmd: Peer = {
  name: 'testpmd',
  about: "DPDK's testpmd, mac forwarding, bursts of 64; it looks up no route",
  async setUp(log: Log) {
    await telemetryScript(log);
  },
  forward,
};

function forward(job: ForwardJob): Promise<Forwarding> {
  const filePrefix = `mrbench-testpmd-${process.pid}`;
  const program = startProgram({
    name: 'testpmd',
    command: [
      'dpdk-testpmd',
      ...ealArguments({
        cores: [cores.control, cores.datapath],
        filePrefix,
        devices: forwardingDevices(job.pcap),
      }),
      '--',
      ...['--forward-mode=mac', '--burst=64', '--nb-cores=1', '--total-num-mbufs=16384', '--auto-start'],
      '--stats-period=3600', // keeps it from reading its standard input
    ],
  });
  return dpdkForwarding({ program, filePrefix, device: 'net_null1' });
}
