import type { Completer, Values } from '../../command/argument.ts';
import { optional } from '../../command/argument.ts';
import { integer, name, oneOf, text } from '../../command/argument-types.ts';
import type { RouterClient } from '../../engine/client/router-client.ts';
import { serviceRef } from '../../engine/client/service-types.ts';
import type { InterfaceService } from './interface_pb.js';

/** Names the service of all interfaces to the client. */
export const interfaceService = serviceRef<typeof InterfaceService>('millrace.interface.v1.InterfaceService');

/** Takes the name of an interface, and offers those that exist, or only those of one type. */
export function interfaceName(help: string, type?: string) {
  return name<RouterClient>(help, completeInterfaces(type));
}

/** Takes the name of a VRF, and offers those that exist. */
export function vrfName(help: string) {
  return interfaceName(help, 'vrf');
}

/** Takes the name of an interface that is to be made. */
export function newInterfaceName(help = 'The name of the new interface.') {
  return name<RouterClient>(help);
}

/** Takes on or off. */
export function onOff(help: string) {
  return oneOf({ on: 'Turns it on.', off: 'Turns it off.' }, help);
}

/** Takes what of an interface something is for. */
export const way = oneOf({ in: 'What the interface receives.', out: 'What the interface sends.' });

/** The syntax of the attributes that every interface has. */
export const attributeSyntax =
  '(up|down),(promisc on|off),(neigh_snoop on|off),(mtu 1280-65534),((vrf VRF)|(domain IFACE)),(description TXT)';

/** The arguments of `attributeSyntax`. */
export const attributeArguments = {
  'up|down': optional(oneOf({ up: 'Lets packets through.', down: 'Lets no packets through.' })),
  'promisc on|off': optional(onOff('Receives frames for any address.')),
  'neigh_snoop on|off': optional(onOff('Learns neighbours from what they send unasked.')),
  '1280-65534': optional(integer({ min: 1280, max: 65534, help: 'The largest IP packet, in bytes.' })),
  'vrf VRF': optional(vrfName('The VRF that routes what the interface receives.')),
  'domain IFACE': optional(interfaceName('The interface that sends what this one receives.')),
  TXT: optional(text('What the interface is for.')),
};

/** Gives the attributes of a request. */
export function attributesOf(args: Values<typeof attributeArguments>) {
  return {
    up: args['up|down'] === undefined ? undefined : args['up|down'] === 'up',
    promisc: isOn(args['promisc on|off']),
    neigh_snoop: isOn(args['neigh_snoop on|off']),
    mtu: args['1280-65534'],
    vrf: args['vrf VRF'],
    domain: args['domain IFACE'],
    description: args.TXT,
  };
}

function isOn(word: 'on' | 'off' | undefined): boolean | undefined {
  return word === undefined ? undefined : word === 'on';
}

function completeInterfaces(type: string | undefined): Completer<RouterClient> {
  return async ({ connect }) => {
    const router = await connect();
    const { interfaces = [] } = await router.call(interfaceService, 'listInterfaces', { type });
    return interfaces.map(({ name: text = '', description = '' }) => ({ text, help: description }));
  };
}
