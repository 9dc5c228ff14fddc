import type { Workload } from './workload.ts';

/** A line of progress for the reader. */
export type Log = (line: string) => void;

/** How many packets a program had sent at one moment, by its own counter. */
export interface Sample {
  readonly packets: number;
  readonly atMs: number;
}

/** A program that forwards a workload on one core until it is closed. */
export interface Forwarding extends AsyncDisposable {
  readonly pid: number;
  sample(): Promise<Sample>;
}

/** A program that can be measured. */
export interface Peer {
  readonly name: string;
  readonly about: string;
  /** Makes it ready to run; what is there already is left as it is. */
  setUp(log: Log): Promise<void>;
  forward(job: ForwardJob): Promise<Forwarding>;
}

/** What to forward, and where the files and sockets for it may be. */
export interface ForwardJob {
  readonly workload: Workload;
  readonly directory: string;
  readonly pcap: string;
  /** Where what leaves is to be written, instead of going to nowhere. */
  readonly capture?: string;
}

/** The devices that every program gets: packets come in a loop from memory and go to nowhere, or into a file. */
export function forwardingDevices(
  files: Pick<ForwardJob, 'pcap' | 'capture'>,
): readonly [receive: string, transmit: string] {
  const { pcap, capture } = files;
  const transmit = capture === undefined ? 'net_null1,no-rx=1' : `net_pcap1,tx_pcap=${capture}`;
  return [`net_pcap0,rx_pcap=${pcap},infinite_rx=1`, transmit];
}

/** Cores by their task: the measured one has nothing else to do. */
export const cores = { control: 0, datapath: 1 } as const;
