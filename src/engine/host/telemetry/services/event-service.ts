import { EventService } from '../../api/engine_pb.js';
import { type ApiService, apiService } from '../../api/service.ts';
import type { RecordedEvent } from '../event-queue.ts';
import type { Events } from '../events.ts';

/** Streams events. */
export function eventService(events: Events): ApiService {
  return apiService(EventService, {
    async *watchEvents({ types, replay }, { signal }) {
      for await (const batch of events.watch({ types, replay }, signal)) {
        for (let at = 0; at < batch.length; at += MESSAGE_EVENTS)
          yield { events: batch.slice(at, at + MESSAGE_EVENTS).map(eventMessage) };
      }
    },
  });
}

/** What a slow reader leaves in its connection is one message. */
const MESSAGE_EVENTS = 256;

/** The words `name=value` of an event's line are its fields. */
function eventMessage({ timeNs, type, text }: RecordedEvent) {
  const fields = [...text.matchAll(/(?:^|\s)([a-z][\w.-]*)=(\S*)/g)].map(([, name = '', value = '']) => ({
    name,
    value,
  }));
  return { timeNs, type, text, fields };
}
