import type { Logger } from 'pino';
import { sendDatagram } from '../datagram.ts';

/** Tells the service manager a state (sd_notify(3)): "READY=1", "STOPPING=1". Without one it does nothing. */
export function notifyServiceManager(
  state: string,
  env: Readonly<Record<string, string | undefined>>,
  log: Logger,
): void {
  const path = env.NOTIFY_SOCKET;
  if (path === undefined || path === '') return;
  try {
    sendDatagram(path, state);
  } catch (error) {
    log.warn({ error, path }, 'the service manager was not told');
  }
}
