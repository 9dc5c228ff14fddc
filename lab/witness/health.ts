import { run } from '../command.ts';
import type { Router } from '../router.ts';

/** Asks gRPC's health service (grpc.health.v1.Health/Check) for the state of a service: "SERVING", "NOT_SERVING". */
export async function healthOf(router: Router, service: string): Promise<string> {
  const answer: unknown = JSON.parse(
    await run([
      'curl',
      ...['--silent', '--max-time', '5', '--unix-socket', router.socket],
      ...['--header', 'content-type: application/json', '--data', JSON.stringify({ service })],
      'http://router/grpc.health.v1.Health/Check',
    ]),
  );
  return typeof answer === 'object' && answer !== null && 'status' in answer ? String(answer.status) : '';
}
