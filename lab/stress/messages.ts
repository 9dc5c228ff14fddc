import { eventually } from '../eventually.ts';
import type { Router } from '../router.ts';
import { type Api, type CallOutcome, openApi, outcomeOf } from './api.ts';
import { Findings, type Outcome } from './outcome.ts';
import { postRequest, RawClient } from './sockets.ts';

/** Sends messages of every size, and many large ones at once: each is served, or refused with a reason. */
export async function stressMessages(router: Router, large: number): Promise<Outcome> {
  const findings = new Findings();
  using api = openApi(router.socket);
  for (const bytes of sizes) {
    const outcome = await outcomeOf(setName(api, bytes));
    judge(findings, `a message of ${bytes} bytes`, reasonOf(outcome));
  }
  judge(findings, 'a message of 20 MiB', await answerTo(router, 20 << 20));
  const many = Array.from({ length: large }, () => openApi(router.socket));
  const outcomes = await Promise.all(many.map((each) => outcomeOf(setName(each, 15 << 20))));
  for (const outcome of outcomes)
    judge(findings, 'one of many messages of 15 MiB at once', reasonOf(outcome));
  findings.note(
    `of ${large} messages of 15 MiB at once, refused for their sum`,
    outcomes.filter(isForSum).length,
  );
  for (const each of many) each.close();
  judge(
    findings,
    'a batch of routes too large',
    reasonOf(await outcomeOf(addRoutes(api, new Uint8Array(5 * 70_000)))),
  );
  judge(findings, 'half a route', reasonOf(await outcomeOf(addRoutes(api, new Uint8Array(7)))));
  findings.expect(
    (await outcomeOf(api.interfaces.listInterfaces({}))).done,
    'expected it to answer afterwards',
  );
  findings.note('messages', sizes.length + outcomes.length + 3);
  return findings;
}

const sizes = [0, 1, 2, 63, 64, 1000, 65_535, 65_536, 1 << 20, (16 << 20) - 100];

/** None of these can succeed: what matters is what is said. */
function judge(findings: Findings, what: string, said: string): void {
  const isReason = /expected .+, got .+|message size \d+ is larger than configured readMaxBytes \d+/s.test(
    said,
  );
  const short = said.length > 300 ? `${said.slice(0, 300)} …` : said;
  findings.expect(isReason, `${what}: expected a reason why it is refused, got ${JSON.stringify(short)}`);
}

function reasonOf(outcome: CallOutcome): string {
  return outcome.done ? '' : outcome.reason;
}

/** What is answered to a message that no client of ours would send. */
async function answerTo(router: Router, bytes: number): Promise<string> {
  using client = await RawClient.open(router.socket);
  const method = 'millrace.interface.v1.InterfaceService/DeleteInterface';
  const json = JSON.stringify({ name: 'x'.repeat(bytes) });
  client.send(postRequest(method, 'application/json', json.length)).send(json);
  return await eventually(() => {
    if (client.received === '') throw new Error('no answer');
    return client.received;
  });
}

function isForSum(outcome: CallOutcome): boolean {
  return !outcome.done && outcome.code === 'ENOBUFS';
}

function setName(api: Api, bytes: number): Promise<unknown> {
  return api.interfaces.setInterface({ name: 'x'.repeat(bytes), attributes: {} });
}

function addRoutes(api: Api, prefixes: Uint8Array): Promise<unknown> {
  const batches = async function* () {
    yield { family: 'ipv4', prefixes, nexthopIds: [1] };
  };
  return api.routes.addRoutes(batches());
}
