import type { ScratchDatapath } from '../../engine/host/scratch-datapath.ts';
import { parseMac } from '../../net/mac.ts';
import { InterfaceTable } from '../interface/index.ts';
import { INTERFACE_RUNNING, INTERFACE_UP } from '../interface/layout.ts';

/** An interface of a trial (vrouter-trial.ts): up, in VRF 1, with an MTU of 1500 bytes. */
export interface TrialInterface {
  readonly id: number;
  readonly mac?: string;
  /** The port that it is; absent for what sends in other ways. */
  readonly port?: number;
  /** The stage that its mode gives what it receives to. */
  readonly mode: string;
  /** The stage that sends out of it; `port-tx` where absent. */
  readonly output?: string;
  /** The stages that look at what it receives and sends before these do, by their places. */
  readonly inputSteps?: Readonly<Record<number, string>>;
  readonly outputSteps?: Readonly<Record<number, string>>;
  readonly domain?: number;
  /** For sub-interfaces only. */
  readonly parent?: number;
  readonly tag?: number;
}

/** Writes an interface of a trial, and gives it what its port receives. */
export function writeTrialInterface(datapath: ScratchDatapath, iface: TrialInterface): void {
  const { id, port, mac = '02:00:00:00:00:01', output = 'port-tx', domain = 0, ...rest } = iface;
  const steps = (stages: Readonly<Record<number, string>> = {}) =>
    new Map(Object.entries(stages).map(([place, stage]) => [Number(place), datapath.node(stage)]));
  new InterfaceTable(datapath.tables).write(id, {
    ...rest,
    flags: INTERFACE_UP | INTERFACE_RUNNING,
    vrf: 1,
    mtu: 1500,
    mac: parseMac(mac),
    port: port ?? 0,
    modeNode: datapath.node(rest.mode),
    outputNode: datapath.node(output),
    inputSteps: steps(rest.inputSteps),
    outputSteps: steps(rest.outputSteps),
    domain,
  });
  if (port !== undefined) datapath.view.setUint16(datapath.region('PORT_INTERFACES') + port * 2, id, true);
}
