import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { netlinkExchange } from './netlink.ts';

test('steps are taken in order: a text is written where there is a file, and a namespace is entered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netlink-'));
  const file = join(folder, 'flag');
  writeFileSync(file, '0');
  try {
    const answers = await netlinkExchange([
      { enter: '/proc/self/ns/net' },
      { write: join(folder, 'none'), text: '1' },
      { write: file, text: '1' },
      { bytes: showLoopback() },
    ]);
    assert.equal(readFileSync(file, 'utf8'), '1');
    assert.equal(answers.readUInt16LE(4), NEW_LINK);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what follows a message that the kernel refuses is not done', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netlink-'));
  const file = join(folder, 'flag');
  writeFileSync(file, '0');
  try {
    const answers = await netlinkExchange([{ bytes: unknownMessage() }, { write: file, text: '1' }]);
    assert.ok(answers.readInt32LE(16) < 0);
    assert.equal(readFileSync(file, 'utf8'), '0');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a namespace that is not there, and a message that is cut off, are refused with a sentence', async () => {
  await assert.rejects(netlinkExchange([{ enter: '/nowhere' }]), {
    code: 'ENOENT',
    message: /namespace could not be opened/,
  });
  await assert.rejects(netlinkExchange([{ bytes: new Uint8Array(8) }]), {
    code: 'EINVAL',
    message: /a message is cut off/,
  });
});

const NEW_LINK = 16;
const GET_LINK = 18;
const REQUEST_ACK = 5;

/** RTM_GETLINK for the interface with index 1 (rtnetlink(7)). */
function showLoopback(): Buffer {
  const message = header(GET_LINK, 32);
  message.writeInt32LE(1, 20);
  return message;
}

/** Of a type that no kernel has. */
function unknownMessage(): Buffer {
  return header(0xfff0, 32);
}

function header(type: number, length: number): Buffer {
  const message = Buffer.alloc(length);
  message.writeUInt32LE(length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(REQUEST_ACK, 6);
  return message;
}
