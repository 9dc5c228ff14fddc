import { ApiError } from '../../engine/api-error.ts';
import { checkGivenName } from '../../engine/given-name.ts';
import { type ApiService, apiService } from '../../engine/host/api/service.ts';
import { type Interfaces, readWay } from '../interface/index.ts';
import type { Limit, Policer, Treatment } from './limit.ts';
import { type PolicerAttributes, PoliceService } from './police_pb.js';
import type { Policers } from './policers.ts';

/** Rate limits as the API shows and changes them. */
export function policeService(policers: Policers, interfaces: Interfaces): ApiService {
  return apiService(PoliceService, {
    addPolicer({ name, attributes }) {
      const doing = `add rate limit ${name}`;
      policers.add(checkGivenName(doing, name), complete(doing, readLimit(doing, attributes)));
      return {};
    },
    setPolicer({ name, attributes }) {
      const doing = `set rate limit ${name}`;
      policers.set(name, { ...policers.named(doing, name).limit, ...readLimit(doing, attributes) });
      return {};
    },
    deletePolicer({ name }) {
      policers.remove(name);
      return {};
    },
    listPolicers: () => ({ policers: policers.list.map((policer) => message(policers, policer)) }),
    bindPolicer: ({ name, iface, way }) =>
      interfaces.inTurn(() => {
        policers.bind(name, iface, readWay(`bind rate limit ${name}`, way));
        return {};
      }),
    unbindPolicer: ({ iface, way }) =>
      interfaces.inTurn(() => {
        policers.unbind(iface, readWay(`unbind the rate limit of ${iface}`, way));
        return {};
      }),
  });
}

function readLimit(doing: string, attributes: PolicerAttributes | undefined): Partial<Limit> {
  const { cir, cbs, eir, ebs, green, yellow, red } = attributes ?? {};
  return {
    ...(cir === undefined ? {} : { committedRate: cir }),
    ...(cbs === undefined ? {} : { committedBurst: Number(cbs) }),
    ...(eir === undefined ? {} : { excessRate: eir }),
    ...(ebs === undefined ? {} : { excessBurst: Number(ebs) }),
    ...(green === undefined ? {} : { green: readTreatment(doing, green) }),
    ...(yellow === undefined ? {} : { yellow: readTreatment(doing, yellow) }),
    ...(red === undefined ? {} : { red: readTreatment(doing, red) }),
  };
}

/** What is not said of a new rate limit. @throws ApiError EINVAL */
function complete(doing: string, limit: Partial<Limit>): Limit {
  const { committedRate, excessRate = 0n } = limit;
  if (committedRate === undefined)
    throw new ApiError('EINVAL', { doing, expected: 'a committed rate (cir)', received: 'none' });
  return {
    committedBurst: burstOf(committedRate),
    excessRate,
    excessBurst: excessRate === 0n ? 0 : burstOf(excessRate),
    green: 'pass',
    yellow: 'pass',
    red: 'drop',
    ...limit,
    committedRate,
  };
}

/** What comes in a tenth of a second, and two long frames at least. */
function burstOf(rate: bigint): number {
  return Math.max(Number(rate / 80n), 3036);
}

/** @throws ApiError EINVAL */
function readTreatment(doing: string, text: string): Treatment {
  if (text === 'pass' || text === 'drop') return text;
  if (/^\d{1,2}$/.test(text) && Number(text) < 64) return Number(text);
  const expected = '"pass", "drop" or a DSCP of 0 to 63';
  throw new ApiError('EINVAL', { doing, expected, received: JSON.stringify(text) });
}

function message(policers: Policers, policer: Policer) {
  const { name, id, limit } = policer;
  const [green, yellow, red] = policers.table.counts(id);
  return {
    name,
    attributes: {
      cir: limit.committedRate,
      cbs: BigInt(limit.committedBurst),
      eir: limit.excessRate,
      ebs: BigInt(limit.excessBurst),
      green: String(limit.green),
      yellow: String(limit.yellow),
      red: String(limit.red),
    },
    ...(green && yellow && red ? { green, yellow, red } : {}),
    at: [...policers.placesOf(policer)],
  };
}
