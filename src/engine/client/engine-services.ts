import type {
  CaptureService,
  DatapathService,
  EventService,
  GraphService,
  LogService,
  RouterService,
  StatsService,
  TraceService,
} from '../host/api/engine_pb.js';
import { serviceRef } from './service-types.ts';

/** Names the services of the engine to the client. */
export const engineServices = {
  router: serviceRef<typeof RouterService>('millrace.engine.v1.RouterService'),
  stats: serviceRef<typeof StatsService>('millrace.engine.v1.StatsService'),
  graph: serviceRef<typeof GraphService>('millrace.engine.v1.GraphService'),
  datapath: serviceRef<typeof DatapathService>('millrace.engine.v1.DatapathService'),
  trace: serviceRef<typeof TraceService>('millrace.engine.v1.TraceService'),
  capture: serviceRef<typeof CaptureService>('millrace.engine.v1.CaptureService'),
  event: serviceRef<typeof EventService>('millrace.engine.v1.EventService'),
  log: serviceRef<typeof LogService>('millrace.engine.v1.LogService'),
};
