import type { AttachmentRecord } from '../attachment-record.ts';
import type { PodNetwork } from '../network.ts';

/** How attachments of one kind become real. What fails may leave something behind: `detach` removes it. */
export interface Link {
  attach(record: AttachmentRecord, network: PodNetwork): Promise<void>;
  /** Removes what is there of it, which may be nothing. */
  detach(record: AttachmentRecord): Promise<void>;
  /** Makes anew what a router that was started again does not know; the container keeps what it has. */
  restore(record: AttachmentRecord, network: PodNetwork): Promise<void>;
  /** Says what of it is missing in the container; undefined when nothing is. */
  missing(record: AttachmentRecord): Promise<string | undefined>;
  /** The path of its socket on the host, where it has one. */
  socketPath?(record: AttachmentRecord): string;
}
