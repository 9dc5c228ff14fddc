import { serviceRef } from '../../engine/client/service-types.ts';
import type { InterfaceService } from '../interface/interface_pb.js';
import type { AddressService, RouteService } from '../ip/ip_pb.js';
import type { NexthopService } from '../neighbor/neighbor_pb.js';
import type { PortService } from '../port/port_pb.js';
import type { VlanService } from '../vlan/vlan_pb.js';
import type { VrfService } from '../vrf/vrf_pb.js';

/** The services of the router that attachments are made with. */
export const interfaces = serviceRef<typeof InterfaceService>('millrace.interface.v1.InterfaceService');
export const addresses = serviceRef<typeof AddressService>('millrace.ip.v1.AddressService');
export const routes = serviceRef<typeof RouteService>('millrace.ip.v1.RouteService');
export const nextHops = serviceRef<typeof NexthopService>('millrace.neighbor.v1.NexthopService');
export const ports = serviceRef<typeof PortService>('millrace.port.v1.PortService');
export const vlans = serviceRef<typeof VlanService>('millrace.vlan.v1.VlanService');
export const vrfs = serviceRef<typeof VrfService>('millrace.vrf.v1.VrfService');
