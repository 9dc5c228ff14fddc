import { listeningSocket } from './listening-socket.ts';

/**
 * Finds the devices of the ports that a script of ctl lines adds, in its order. Those behind a device with a socket of
 * its own, which is looked after first, are left out, so that ports keep their numbers. What it does not find is
 * probed when its line runs.
 */
export function devicesIn(script: string): readonly string[] {
  const devices = script.split('\n').flatMap((line) => addPort.exec(line)?.[1] ?? []);
  const first = devices.findIndex((devargs) => listeningSocket(devargs) !== undefined);
  return first < 0 ? devices : devices.slice(0, first);
}

/** interface add port NAME devargs DEVARGS, each word as short as it may be. */
const addPort = /^\s*i\w*\s+a\w*\s+p\w*\s+\S+\s+d\w*\s+([^\s"']+)/;
