import { basename } from 'node:path';
import { Program } from '../program.ts';
import { type Capture, startCapture } from '../witness/capture.ts';
import { shellInside } from './inside.ts';

/** Captures what passes a device of one of a lab's namespaces. */
export function captureIn(namespace: string, device: string, filter = ''): Promise<Capture> {
  const start = (line: string) => new Program(shellInside(namespace, `exec ${line}`));
  return startCapture({ name: `${basename(namespace)}-${process.pid}`, start }, device, filter);
}
