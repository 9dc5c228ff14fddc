import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failuresIn, inRuns, runIp } from './ip-batch.ts';

describe('lines of iproute2', () => {
  it('run in as few processes as their families allow, in order', () => {
    const commands = [false, false, true, true, false].map((ipv6, i) => ({ line: `line ${i}`, ipv6 }));
    assert.deepEqual(
      inRuns(commands).map((run) => run.map(({ line }) => line)),
      [['line 0', 'line 1'], ['line 2', 'line 3'], ['line 4']],
    );
  });

  it('that fail are told with what was said of them', () => {
    const output =
      'RTNETLINK answers: File exists\nCommand failed -:1\nCannot find device "x"\nCommand failed -:3\n';
    const [a, b, c] = ['a', 'b', 'c'].map((line) => ({ line, ipv6: false }));
    assert.ok(a && b && c);
    assert.deepEqual(failuresIn(output, [a, b, c]), [
      { command: a, reason: 'RTNETLINK answers: File exists' },
      { command: c, reason: 'Cannot find device "x"' },
    ]);
  });

  it('that fail do not stop those behind them', async () => {
    const lines = ['link show dev lo', 'link set dev no-such-device up', 'link show dev lo', 'nonsense'];
    const failures = await runIp(lines.map((line) => ({ line, ipv6: false })));
    assert.deepEqual(
      failures.map(({ command }) => command.line),
      [lines[1], lines[3]],
    );
    assert.match(failures[0]?.reason ?? '', /no-such-device/);
  });
});
