import { apiService } from '../../engine/host/api/service.ts';
import type { Router } from '../../engine/host/router.ts';
import { parseMac } from '../../net/mac.ts';
import { type Interface, type Interfaces, interfaceMessage } from '../interface/index.ts';
import type { VrfAttributes } from './vrf_pb.js';
import { VrfService } from './vrf_pb.js';
import { MAIN_VRF, type VrfSizes, Vrfs } from './vrfs.ts';

/** The VRFs and their service; the default one is added once their tables' keepers are there. */
export interface VrfFeature {
  readonly vrfs: Vrfs;
  addMain(): Interface;
}

/** Sizes of a VRF's tables where nobody asks for others. */
const DEFAULT_SIZES: VrfSizes = {
  rib4Routes: 1 << 21,
  rib6Routes: 1 << 20,
  fib4Tbl8: 1 << 17,
  fib6Tbl8: 1 << 19,
};

/** Sets up VRFs and their service. */
export function startVrfs(router: Router, interfaces: Interfaces): VrfFeature {
  const vrfs = new Vrfs(interfaces, DEFAULT_SIZES);
  const show = (iface: Interface) => interfaceMessage(interfaces, iface);
  router.services.push(
    apiService(VrfService, {
      addVrf: ({ name, attributes }) =>
        interfaces.inTurn(() => ({ interface: show(vrfs.add({ name, ...readAttributes(attributes) })) })),
      setVrf: ({ name, newName, attributes }) =>
        interfaces.inTurn(async () => {
          const { sizes, ...others } = readAttributes(attributes);
          vrfs.resize(name, sizes);
          return { interface: show(await interfaces.set(name, others, newName)) };
        }),
    }),
  );
  return { vrfs, addMain: () => vrfs.add({ name: MAIN_VRF, sizes: {} }) };
}

function readAttributes(attributes: VrfAttributes | undefined) {
  const { rib4Routes, rib6Routes, fib4Tbl8, fib6Tbl8, mac, description } = attributes ?? {};
  return {
    sizes: {
      ...(rib4Routes === undefined ? {} : { rib4Routes }),
      ...(rib6Routes === undefined ? {} : { rib6Routes }),
      ...(fib4Tbl8 === undefined ? {} : { fib4Tbl8 }),
      ...(fib6Tbl8 === undefined ? {} : { fib6Tbl8 }),
    },
    ...(mac === undefined ? {} : { mac: parseMac(mac) }),
    ...(description === undefined ? {} : { description }),
  };
}
