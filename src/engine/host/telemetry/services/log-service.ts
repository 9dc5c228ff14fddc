import { ApiError } from '../../../api-error.ts';
import { LogService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';
import { isSeverity, type Loggers, type Severity, severities } from '../loggers.ts';
import type { PacketLog } from '../packet-log.ts';

/** Chooses what is logged. */
export function logService(loggers: Loggers, packetLog: PacketLog): ApiService {
  return apiService(LogService, {
    setPacketLog({ enabled }) {
      packetLog.enable(enabled);
      return {};
    },
    listLogLevels: () => ({ levels: [...loggers.list()] }),
    setLogLevels({ levels }) {
      const wanted = levels.map(({ name, level }) => ({ name, level: severityNamed(level) }));
      const count = wanted.reduce((sum, { name, level }) => sum + loggers.set(name, level), 0);
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
