import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../peer.ts';
import { cached } from './cache.ts';
import { unpackDebianPackages } from './debian.ts';

/** Where Open vSwitch's programs are, and the environment they need to run from there. */
export interface OvsFiles {
  readonly vswitchd: string;
  readonly dbServer: string;
  readonly schema: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Unpacks Open vSwitch with DPDK beside the host, so that no service of it is started. */
export async function unpackOvs(log: Log): Promise<OvsFiles> {
  const root = await cached({
    name: 'openvswitch',
    what: 'unpacks the Debian package openvswitch-switch-dpdk',
    log,
    make: (directory) => unpackDebianPackages(packages, directory),
  });
  const usr = join(root, 'usr');
  return {
    vswitchd: join(usr, 'lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk'),
    dbServer: join(usr, 'sbin/ovsdb-server'),
    schema: join(usr, 'share/openvswitch/vswitch.ovsschema'),
    environment: {
      PATH: `${join(usr, 'bin')}:${join(usr, 'sbin')}:${process.env.PATH ?? ''}`,
      LD_LIBRARY_PATH: libraryDirectories(usr).join(':'),
      OVS_PKGDATADIR: join(usr, 'share/openvswitch'),
    },
  };
}

const packages = ['openvswitch-common', 'openvswitch-switch', 'openvswitch-switch-dpdk'];

function libraryDirectories(usr: string): readonly string[] {
  const names = readdirSync(join(usr, 'lib')).filter((name) => name.endsWith('-linux-gnu'));
  return names.map((name) => join(usr, 'lib', name));
}
