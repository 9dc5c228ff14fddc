import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedEvent } from './event-queue.ts';
import { Events, type EventWish } from './events.ts';

const everything: EventWish = { types: [], replay: 0 };

test('events reach who watches, in order', async () => {
  const events = new Events();
  const watcher = watch(events, everything);
  events.emit({ type: 'iface add', text: 'p0' });
  events.emit({ type: 'nh new', text: 'id=1' });
  assert.deepEqual(await watcher.next(), ['iface add p0', 'nh new id=1']);
  await watcher.close();
});

test('only the wanted types come', async () => {
  const events = new Events();
  const watcher = watch(events, { types: ['route', 'iface d'], replay: 0 });
  for (const type of ['iface add', 'route4 add', 'iface del', 'nh new', 'route6 del'])
    events.emit({ type, text: '' });
  assert.deepEqual(await watcher.next(), ['route4 add ', 'iface del ', 'route6 del ']);
  await watcher.close();
});

test('the last events are repeated where asked', async () => {
  const events = new Events();
  for (let i = 1; i <= 2000; i++) events.emit({ type: i % 2 ? 'odd' : 'even', text: String(i) });
  const watcher = watch(events, { types: ['odd'], replay: 3 });
  assert.deepEqual(await watcher.next(), ['odd 1995', 'odd 1997', 'odd 1999']);
  events.emit({ type: 'odd', text: 'new' });
  assert.deepEqual(await watcher.next(), ['odd new']);
  await watcher.close();
});

test('a slow reader is told how many events it has lost, and goes on', async () => {
  const events = new Events();
  const slow = watch(events, everything);
  for (let i = 0; i < 5000; i++) events.emit({ type: 'tick', text: String(i) });
  const lines = await slow.next();
  assert.equal(lines.length, 4097);
  assert.equal(lines.at(-1), 'lost 904 events');
  events.emit({ type: 'tick', text: 'after' });
  assert.deepEqual(await slow.next(), ['tick after']);
  await slow.close();
});

test('nobody who has left is told anything', async () => {
  const events = new Events();
  const watcher = watch(events, everything);
  events.emit({ type: 'tick', text: '' });
  await watcher.next();
  await watcher.close();
  assert.deepEqual(await watcher.next(), []);
});

function watch(events: Events, wish: EventWish) {
  const abort = new AbortController();
  const batches = events.watch(wish, abort.signal);
  const first = batches.next(); // begins to watch now, as a stream does
  let pending: Promise<IteratorResult<readonly RecordedEvent[]>> | undefined = first;
  return {
    async next() {
      const { value, done } = await (pending ?? batches.next());
      pending = undefined;
      return done ? [] : value.map((event) => `${event.type} ${event.text}`);
    },
    async close() {
      abort.abort();
      await batches.return(undefined);
    },
  };
}
