import pino, { type DestinationStream, type Logger } from 'pino';
import { sendDatagram } from '../datagram.ts';

/** Makes the router's log: a JSON line each, on stderr or to syslog. `verbose` 1 shows debug, 2 trace lines. */
export function makeLog(options: { readonly syslog: boolean; readonly verbose: number }): Logger {
  const level = ['info', 'debug', 'trace'][Math.min(options.verbose, 2)] ?? 'info';
  const target: DestinationStream = options.syslog
    ? { write: writeToSyslog }
    : pino.destination({ dest: 2, sync: true });
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err },
    },
    target,
  );
}

// syslog(3): facility daemon (3), and the severities of RFC 5424 clause 6.2.1.
const DAEMON = 3 << 3;
const severities: Readonly<Record<number, number>> = { 10: 7, 20: 7, 30: 6, 40: 4, 50: 3, 60: 2 };

/** Sends a line to /dev/log; one that nobody takes is lost, as syslog's are. */
function writeToSyslog(line: string): void {
  const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 30);
  const priority = DAEMON | (severities[level] ?? 6);
  try {
    sendDatagram('/dev/log', `<${priority}>millrace[${process.pid}]: ${line.trimEnd()}`.slice(0, 8000));
  } catch {
    // No syslog daemon: there is nowhere to say so.
  }
}
