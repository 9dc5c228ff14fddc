import { optional, repeated } from '../../command/argument.ts';
import { integer, text } from '../../command/argument-types.ts';
import { type JsonObject, lines } from '../../command/output.ts';
import { engineServices } from '../client/engine-services.ts';
import { routerCommand } from '../client/router-command.ts';
import type { EventJson, WatchEventsResponseJson } from '../host/api/engine_pb.js';

/** The command that shows events as they happen. */
export const eventCommands = [
  routerCommand({
    syntax: 'events [show] [(count N),(replay N),(type TYPE)+]',
    help: 'Shows events as they happen, until Ctrl-C.',
    args: {
      'count N': optional(integer({ min: 1, help: 'Ends after so many events.' })),
      'replay N': optional(integer({ min: 1, help: 'First shows so many past events.' })),
      TYPE: repeated(text('Only events of this type, such as "iface" or "route4 add".')),
    },
    run: (args, router, { signal }) => {
      const request = { types: args.TYPE, replay: args['replay N'] };
      const messages = router.stream(engineServices.event, 'watchEvents', request, { signal });
      return outputsOf(messages, args['count N'] ?? Number.POSITIVE_INFINITY);
    },
  }),
];

async function* outputsOf(messages: AsyncIterable<WatchEventsResponseJson>, most: number) {
  let count = 0;
  for await (const { events = [] } of messages) {
    for (const event of events) {
      yield lines([`${event.type}: ${event.text}`], eventJson(event));
      count += 1;
      if (count >= most) return;
    }
  }
}

function eventJson({ fields = [], ...event }: EventJson): JsonObject {
  return { ...event, fields: Object.fromEntries(fields.map(({ name = '', value }) => [name, value])) };
}
