import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listeningSocket } from './listening-socket.ts';

for (const { devargs, path } of [
  { devargs: 'net_vhost0,iface=/tmp/s,queues=2', path: '/tmp/s' },
  { devargs: 'net_vhost0,iface=/tmp/s,client=1', path: undefined },
  { devargs: 'vdev:net_virtio_user1,path=/tmp/s,server=1', path: '/tmp/s' },
  { devargs: 'net_virtio_user1,path=/tmp/s', path: undefined },
  { devargs: 'net_memif0,role=server,socket=/tmp/s,socket-abstract=no', path: '/tmp/s' },
  { devargs: 'net_memif0,role=server,socket=/tmp/s', path: undefined },
  { devargs: 'net_tap0,iface=x', path: undefined },
]) {
  test(`${devargs} listens on ${path ?? 'nothing'}`, () => assert.equal(listeningSocket(devargs), path));
}
