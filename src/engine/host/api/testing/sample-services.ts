import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../../../api-error.ts';
import { CaptureService, EventService, RouterService, TraceService } from '../engine_pb.js';
import { type ApiService, apiService } from '../service.ts';

/** Counts what the streams of the sample services did. */
export interface SampleState {
  endedStreams: number;
}

/** Makes services that answer from constants, for tests of whatever carries calls to services. */
export function sampleServices(state: SampleState = { endedStreams: 0 }): ApiService[] {
  return [
    apiService(RouterService, {
      getRouter: () => ({ version: '1.2.3', pid: process.pid, ready: true, uptimeMs: 5 }),
      listTroubles: () => ({}),
    }),
    apiService(TraceService, {
      setTrace: ({ iface }) => {
        throw new ApiError('ENODEV', {
          doing: 'enabling the trace of an interface',
          expected: 'the name of an interface',
          received: JSON.stringify(iface),
        });
      },
      listTraces: () => {
        throw new TypeError('packets is not iterable');
      },
      async *followTraces() {
        yield {};
      },
      clearTraces: () => ({}),
    }),
    apiService(EventService, {
      async *watchEvents({ replay }, { signal }) {
        try {
          for (let index = 0; index < replay; index += 1)
            yield { events: [{ type: 'iface add', text: `p${index}` }] };
          await delay(60_000, undefined, { signal });
        } finally {
          state.endedStreams += 1;
        }
      },
    }),
    apiService(CaptureService, {
      async *capture({ count = 0 }) {
        for (let index = 0; index < count; index += 1) yield { chunk: new Uint8Array([index]) };
        throw new ApiError('EBUSY', { doing: 'capturing', expected: 'a free ring', received: 'none' });
      },
    }),
  ];
}
