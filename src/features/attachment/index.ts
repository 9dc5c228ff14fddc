// What higher features take from this one.
export {
  type Attachment,
  type AttachmentKind,
  type AttachmentSpec,
  type AttachmentState,
  type AttachmentStatus,
  attachmentKind,
  attachmentKinds,
  attachmentSchema,
  interfaceName,
} from './attachment.ts';
export { AttachmentFiles, readAttachments } from './attachment-files.ts';
export { addressesOf, addressKey, type NodeSubnet, type Placed, type Stranger } from './place-attachments.ts';
export { type PodRequest, podRequestSchema, readPodRequests } from './pod-request.ts';
export type { Settled } from './settle-strangers.ts';
