import { flag, optional } from '../../command/argument.ts';
import { integer } from '../../command/argument-types.ts';
import { bytes } from '../../command/output.ts';
import { engineServices } from '../client/engine-services.ts';
import { routerCommand } from '../client/router-command.ts';
import type { CaptureResponseJson } from '../host/api/engine_pb.js';
import type { InterfaceArgument } from './interface-argument.ts';

/** Gives the command that writes packets for tcpdump and Wireshark. */
export const captureCommands = (interfaceName: InterfaceArgument) => [
  routerCommand({
    syntax: 'capture [(iface IFACE),drops,(count N),(snaplen N)]',
    help: 'Writes packets to standard output as pcapng until Ctrl-C.',
    args: {
      IFACE: optional(interfaceName('Only packets of this interface.')),
      drops: flag('Only dropped packets.'),
      'count N': optional(integer({ min: 1, help: 'Ends after so many packets.' })),
      'snaplen N': optional(integer({ min: 1, max: 65535, help: 'Bytes kept of each packet.' })),
    },
    run: (args, router, { signal }) => {
      const request = {
        iface: args.IFACE,
        drops: args.drops,
        count: args['count N'],
        snaplen: args['snaplen N'],
      };
      return outputsOf(router.stream(engineServices.capture, 'capture', request, { signal }));
    },
  }),
];

async function* outputsOf(messages: AsyncIterable<CaptureResponseJson>) {
  for await (const { chunk = '' } of messages) yield bytes(Buffer.from(chunk, 'base64'));
}
