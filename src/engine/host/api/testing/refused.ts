import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CtlBench } from './ctl-bench.ts';

/** Tests that lines are refused where they are read, which says what was expected there, and that no router hears of them. */
export function testRefused(ctl: CtlBench, lines: readonly string[]): void {
  for (const line of lines)
    test(`"${line}" is refused before it reaches the router`, async () => {
      const { code, error } = await ctl.run(line);
      assert.equal(code, 1);
      assert.match(error, /^error: .*\n.*\n *\^\n *expected: /);
      assert.deepEqual(ctl.calls, []);
    });
}
