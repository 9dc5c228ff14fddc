import { reserveHugepages } from '../hugepages.ts';
import { millrace } from '../peers/millrace.ts';
import { startWorkload } from '../turns.ts';
import { fewIpv4Routes } from '../workload.ts';
import { copyCode, listing, type Stretch } from './listing.ts';
import { instructionsByPart, madeAtRunTime, partsInWords } from './mappings.ts';
import { stepThrough } from './stepper.ts';

// node bench/instructions/main.ts [PART]: Millrace's machine code on the way of an IPv4 packet, with how often a packet
// passes each instruction. PART is one that the last line names, and else what was made of WebAssembly.

const hugepages = 1024;
const steps = 300_000;

const [part = madeAtRunTime] = process.argv.slice(2);
reserveHugepages(hugepages, (line) => process.stderr.write(`${line}\n`));
await using resources = new AsyncDisposableStack();
const forwarding = await startWorkload({ peer: millrace, workload: fewIpv4Routes() }, resources);
let code: readonly Stretch[] = [];
const stepped = await stepThrough(forwarding, {
  steps,
  look: (still) => {
    code = copyCode(forwarding.pid, still, part);
  },
});
const parts = instructionsByPart(stepped);
const sum = [...parts.values()].reduce((left, right) => left + right, 0);
process.stdout.write(`${await listing(stepped, code)}\n${sum.toFixed(1)} a packet: ${partsInWords(parts)}\n`);
