// What higher features take from this one.
export {
  type AttachmentKey,
  type AttachmentRecord,
  additionOf,
  type LinkKind,
  linkKinds,
  type PodName,
  type WantedAttachment,
} from './attachment-record.ts';
export { findNetwork, type PodNetwork, type PodNetworks } from './network.ts';
export { PodError, type PodErrorCode } from './pod-error.ts';
export type { Pods } from './pods.ts';
export { containerSocket } from './socket-folders.ts';
export { hostEnd } from './trunk-names.ts';
