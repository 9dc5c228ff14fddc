import { setTimeout as wait } from 'node:timers/promises';
import { ApiError } from '../../engine/api-error.ts';
import { apiService } from '../../engine/host/api/service.ts';
import type { Router } from '../../engine/host/router.ts';
import { type Interface, type Interfaces, interfaceMessage, readAttributes } from '../interface/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import type { Ports } from '../port/index.ts';
import { BondService, type BondAttributes as Message } from './bond_pb.js';
import { type BondAttributes, Bonds } from './bonds.ts';
import { type BondSettings, readBalance, readMode } from './settings.ts';

export { showBonds } from './telemetry.ts';

/** The bonds of the router. */
export interface BondFeature {
  readonly bonds: Bonds;
  /** Tells the other ends that we end. */
  close(): void;
}

/** Sets up bonds and their service. */
export function startBonds(
  router: Router,
  needs: { readonly interfaces: Interfaces; readonly ports: Ports; readonly nextHops: NextHops },
): BondFeature {
  const { interfaces, ports, nextHops } = needs;
  const bonds = new Bonds(router, {
    interfaces,
    watchClosely: (port, closely) => ports.watchClosely(port, closely),
    announce: (iface) => nextHops.answers.announceAll(iface),
    wait,
    nowMs: () => performance.now(),
  });
  router.rewrites.add(bonds.rewrite);
  const show = (iface: Interface) => ({ interface: interfaceMessage(interfaces, iface) });
  router.services.push(
    apiService(BondService, {
      addBond: ({ name, attributes, bond }) =>
        interfaces.inTurn(() => {
          const doing = `add bond ${name}`;
          const wanted = readAttributes(interfaces, doing, attributes, bond?.mac);
          return show(bonds.add(name, newSettings(doing, bond), wanted));
        }),
      setBond: ({ name, newName, attributes, bond }) =>
        interfaces.inTurn(async () => {
          const doing = `set bond ${name}`;
          const wanted = readAttributes(interfaces, doing, attributes, bond?.mac);
          return show(await bonds.set(name, readBond(doing, bond), wanted, newName));
        }),
    }),
  );
  const ticking = setInterval(() => bonds.tick(), TICK_MS).unref();
  const close = () => {
    clearInterval(ticking);
    bonds.close();
  };
  return { bonds, close };
}

const TICK_MS = 100;

/** @throws ApiError EINVAL */
function newSettings(doing: string, message: Message | undefined): BondSettings {
  const { mode, balance = 'rss', primary } = readBond(doing, message);
  if (mode === undefined) throw new ApiError('EINVAL', { doing, expected: 'a mode', received: 'none' });
  if (primary === undefined) return { mode, balance };
  throw new ApiError('EINVAL', { doing, expected: 'no primary before there are members', received: primary });
}

function readBond(doing: string, message: Message | undefined): BondAttributes {
  const { mode, balance, primary } = message ?? {};
  return {
    ...(mode === undefined ? {} : { mode: readMode(doing, mode) }),
    ...(balance === undefined ? {} : { balance: readBalance(doing, balance) }),
    ...(primary === undefined ? {} : { primary }),
  };
}
