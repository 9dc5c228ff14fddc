import { ApiError } from '../../../api-error.ts';
import { LogService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';
import { isSeverity, type Loggers, type Severity, severities } from '../loggers.ts';
import type { PacketLog } from '../packet-log.ts';

/** Loggers of one kind: the router's own, or those of DPDK. */
export type LoggerSet = Pick<Loggers, 'list' | 'set'>;

/** Chooses what is logged: by the router's own loggers, and by those of the libraries below it. */
export function logService(options: {
  readonly own: LoggerSet;
  readonly libraries: LoggerSet;
  readonly packetLog: Pick<PacketLog, 'enable'>;
}): ApiService {
  const { own, libraries, packetLog } = options;
  return apiService(LogService, {
    setPacketLog({ enabled }) {
      packetLog.enable(enabled);
      return {};
    },
    listLogLevels: ({ all }) => ({ levels: [...own.list(), ...(all ? libraries.list() : [])] }),
    setLogLevels({ levels }) {
      const wanted = levels.map(({ name, level }) => ({ name, level: severityNamed(level) }));
      const changed = wanted.map(({ name, level }) => own.set(name, level) + libraries.set(name, level));
      const count = changed.reduce((sum, more) => sum + more, 0);
      return { count };
    },
  });
}

function severityNamed(text: string): Severity {
  if (isSeverity(text)) return text;
  throw new ApiError('EINVAL', {
    doing: 'setting log levels',
    expected: `a level, one of ${severities.join(', ')}`,
    received: JSON.stringify(text),
  });
}
