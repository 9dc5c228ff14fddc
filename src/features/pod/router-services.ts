import { serviceRef } from '../../engine/client/service-types.ts';
import type { AccessService } from '../access/access_pb.js';
import type { InterfaceService } from '../interface/interface_pb.js';
import type { RouteService } from '../ip/ip_pb.js';
import type { PortService } from '../port/port_pb.js';
import type { VrfService } from '../vrf/vrf_pb.js';

/** The services of the router that attachments are made with. */
export const accesses = serviceRef<typeof AccessService>('millrace.access.v1.AccessService');
export const interfaces = serviceRef<typeof InterfaceService>('millrace.interface.v1.InterfaceService');
export const routes = serviceRef<typeof RouteService>('millrace.ip.v1.RouteService');
export const ports = serviceRef<typeof PortService>('millrace.port.v1.PortService');
export const vrfs = serviceRef<typeof VrfService>('millrace.vrf.v1.VrfService');
