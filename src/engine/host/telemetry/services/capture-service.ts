import { ApiError } from '../../../api-error.ts';
import { CaptureService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';
import type { Captures } from '../captures.ts';
import { interfaceNamed, type WatchedInterfaces } from '../watched-interfaces.ts';

/** Streams captured packets as a pcapng file. */
export function captureService(captures: Captures, interfaces: () => WatchedInterfaces): ApiService {
  return apiService(CaptureService, {
    async *capture({ iface, drops, count, snaplen = LONGEST_PACKET }, { signal }) {
      if (snaplen < 1 || snaplen > LONGEST_PACKET) {
        throw new ApiError('ERANGE', {
          doing: 'capturing packets',
          expected: `a snaplen of 1 to ${LONGEST_PACKET} bytes`,
          received: String(snaplen),
        });
      }
      const wish = {
        iface: iface === undefined ? undefined : interfaceNamed(interfaces(), iface, 'capturing packets'),
        drops,
        count,
        snaplen,
      };
      for await (const chunk of captures.run(wish, signal)) yield { chunk };
    },
  });
}

const LONGEST_PACKET = 65535;
