import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { podImage } from './images.ts';

/** What a containerd of the lab is configured with. */
export interface ContainerdPlan {
  /** All of its files are in here. */
  readonly directory: string;
  /** The CNI executable of this clone. */
  readonly cni: string;
  /** Where the agent of its node listens. */
  readonly agentSocket: string;
  /** The network of pods that ask for no other, as NAMESPACE/NAME. */
  readonly network: string;
}

/** Writes the configuration files of a containerd, and resolves to the path of the first that it reads. */
export function writeConfiguration(plan: ContainerdPlan): string {
  const executables = join(plan.directory, 'cni/bin');
  const networks = join(plan.directory, 'cni/net.d');
  for (const path of [executables, networks]) mkdirSync(path, { recursive: true });
  symlinkSync(plan.cni, join(executables, 'millrace-cni'));
  symlinkSync('/usr/lib/cni/loopback', join(executables, 'loopback'));
  writeFileSync(join(networks, '10-millrace.conflist'), JSON.stringify(networkList(plan)));
  const file = join(plan.directory, 'config.toml');
  writeFileSync(file, daemon(plan.directory, { executables, networks }));
  return file;
}

/** containerd tells the annotations of a pod to those who say that they know what to do with them. */
function networkList({ agentSocket, network }: ContainerdPlan): object {
  const capabilities = { 'io.kubernetes.cri.pod-annotations': true };
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [{ type: 'millrace-cni', network, agentSocket, capabilities }],
  };
}

function daemon(directory: string, cni: { readonly executables: string; readonly networks: string }): string {
  return `version = 2
root = "${directory}/root"
state = "${directory}/state"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "${directory}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${podImage}"
  # A process without CAP_SYS_RESOURCE may not lower what it was started with.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${cni.executables}"
    conf_dir = "${cni.networks}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
`;
}
