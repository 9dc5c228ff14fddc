import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../command.ts';
import { LabError } from '../lab-error.ts';
import { Program } from '../program.ts';

/** A network card, behind a vhost-user socket that a router serves. */
export interface VmCard {
  readonly socket: string;
  readonly mac: string;
}

/** Linux in a virtual machine, emulated in software: for what this machine's kernel has not. */
export class Vm implements AsyncDisposable {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** Boots it with network cards eth0, eth1 …, which takes some ten seconds; the first time on a machine, what it boots from is made before. */
  static async start(...cards: readonly VmCard[]): Promise<Vm> {
    const image = await imageDirectory();
    const vm = new Vm(new Program(commandOf(image, cards)));
    await vm.#program.said(/the machine is up/, { timeoutMs: 120_000 });
    return vm;
  }

  /** Runs a line of shell in it and resolves to what it printed. @throws LabError when it fails */
  async run(line: string): Promise<string> {
    const { status, output } = await this.attempt(line);
    if (status === 0) return output;
    throw new LabError(
      'LAB_COMMAND',
      `expected "${line}" to succeed in the VM, it ended with ${status}\n${output}`,
    );
  }

  /** Runs a line of shell in it, whatever its status. */
  async attempt(line: string): Promise<{ readonly status: number; readonly output: string }> {
    const before = this.#program.stdout.length;
    this.#program.write(`${line}\n`);
    const [whole, status] = await this.#program.until(
      () => /ended with (\d+)\r?\n/.exec(this.#program.stdout.slice(before)),
      `an end of "${line}"`,
      { timeoutMs: 30_000 },
    );
    const output = this.#program.stdout.slice(before, this.#program.stdout.lastIndexOf(whole));
    return { status: Number(status), output };
  }

  /** Runs lines of iproute2 in it. */
  async ip(lines: string): Promise<void> {
    for (const line of lines
      .split('\n')
      .map((each) => each.trim())
      .filter(Boolean))
      await this.run(`ip ${line}`);
  }

  async close(): Promise<void> {
    await this.#program.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

// With interrupts of its own for each queue (vectors), QEMU 7.2 dies here when the card starts.
function commandOf(image: string, cards: readonly VmCard[]): readonly [string, ...string[]] {
  const host = join(image, 'host');
  const libraries = ['lib', 'usr/lib'].map((each) => join(host, each, 'x86_64-linux-gnu')).join(':');
  const firmware = ['qemu', 'seabios'].flatMap((each) => ['-L', join(host, 'usr/share', each)]);
  const megabytes = 256;
  return [
    'env',
    `LD_LIBRARY_PATH=${libraries}`,
    join(host, 'usr/bin/qemu-system-x86_64'),
    ...firmware,
    ...['-nodefaults', '-no-reboot', '-display', 'none', '-serial', 'stdio'],
    ...['-machine', 'q35,accel=tcg,memory-backend=memory', '-m', String(megabytes)],
    ...['-object', `memory-backend-memfd,id=memory,size=${megabytes}M,share=on`],
    ...['-kernel', join(image, 'vmlinuz'), '-initrd', join(image, 'root.cpio.gz')],
    ...['-append', 'console=ttyS0 quiet panic=-1 mitigations=off'],
    ...cards.flatMap(cardOptions),
  ];
}

function cardOptions({ socket, mac }: VmCard, number: number): readonly string[] {
  const [port, link] = [`port${number}`, `link${number}`];
  return [
    ...['-chardev', `socket,id=${port},path=${socket}`, '-netdev', `vhost-user,id=${link},chardev=${port}`],
    ...['-device', `virtio-net-pci,netdev=${link},mac=${mac},romfile=,vectors=0,speed=1000,duplex=full`],
  ];
}

/** Where what it boots from is kept, under a name that follows from how it is made. */
async function imageDirectory(): Promise<string> {
  const sources = ['image.sh', 'init', 'modules'].map((name) => join(import.meta.dirname, name));
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  const directory = `/var/cache/millrace/vm/${hash.digest('hex').slice(0, 12)}`;
  const { status, stderr } = await attempt(['bash', sources[0] ?? '', directory], { timeoutMs: 180_000 });
  if (status === 0) return directory;
  throw new LabError('LAB_COMMAND', `expected what a virtual machine boots from in ${directory}\n${stderr}`);
}
