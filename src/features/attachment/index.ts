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
