/**
 * Finds the socket file that a device of these devargs is going to listen on: the servers of vhost, virtio_user and
 * memif (DPDK's guides of these drivers). Undefined for clients and for devices without one.
 */
export function listeningSocket(devargs: string): string | undefined {
  const [device = '', ...words] = devargs.replace(/^vdev:/, '').split(',');
  const args = new Map(words.map((word) => splitOnce(word)));
  const driver = device.replace(/\d+$/, '');
  if (driver === 'net_vhost' || driver === 'eth_vhost')
    return args.get('client') === '1' ? undefined : args.get('iface');
  if (driver === 'net_virtio_user' || driver === 'virtio_user')
    return args.get('server') === '1' ? args.get('path') : undefined;
  const isMemifServer = driver === 'net_memif' && ['server', 'master'].includes(args.get('role') ?? '');
  return isMemifServer && args.get('socket-abstract') === 'no' ? args.get('socket') : undefined;
}

function splitOnce(word: string): [string, string] {
  const at = word.indexOf('=');
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
}
