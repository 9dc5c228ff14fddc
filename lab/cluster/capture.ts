import { basename } from 'node:path';
import { eventually } from '../eventually.ts';
import { Program } from '../program.ts';
import { type Capture, startCapture } from '../witness/capture.ts';
import { shellInside } from './inside.ts';

/** Captures what passes a device of one of a lab's namespaces. */
export function captureIn(namespace: string, device: string, filter = ''): Promise<Capture> {
  const start = (line: string) => new Program(shellInside(namespace, `exec ${line}`));
  return startCapture({ name: `${basename(namespace)}-${process.pid}`, start }, device, filter);
}

/** Stops a capture as soon as it has so many packets of a filter: tcpdump may be behind. @throws LabError */
export async function stopWith(capture: Capture, least: number, filter = ''): Promise<readonly string[]> {
  await eventually(async () => {
    const { length } = await capture.lines(filter);
    if (length < least) throw new Error(`expected ${least} packets of "${filter}", got ${length}`);
  });
  await capture.stop();
  return capture.lines(filter);
}
