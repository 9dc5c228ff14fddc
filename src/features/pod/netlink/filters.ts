import {
  attribute,
  CREATE_OR_REPLACE,
  type NetlinkMessage,
  netlinkMessage,
  text,
  u32,
} from '../../../engine/host/netlink-message.ts';

const NEW_QDISC = 36;
const NEW_FILTER = 44;
const TCA = { KIND: 1, OPTIONS: 2 };
const BPF = { FD: 6, NAME: 7, FLAGS: 8 };
/** The program says itself what becomes of a frame. */
const DIRECT_ACTION = 1;
const CLSACT = { parent: 0xfffffff1, handle: 0xffff0000, ingress: 0xfffffff2 };
const PRIORITY = 1;
/** ETH_P_ALL, in the order of the network. */
const ALL_PROTOCOLS = 0x0300;

/** Lets a program decide about every frame that a device receives, in place of one that it may have. */
export function addProgram(index: number, programFd: number): readonly NetlinkMessage[] {
  return [
    netlinkMessage(
      'qdisc replace clsact',
      { type: NEW_QDISC, flags: CREATE_OR_REPLACE },
      controlPart({ index, handle: CLSACT.handle, parent: CLSACT.parent }),
      attribute(TCA.KIND, text('clsact')),
    ),
    netlinkMessage(
      'filter replace ingress bpf direct-action',
      { type: NEW_FILTER, flags: CREATE_OR_REPLACE },
      controlPart({ index, handle: 1, parent: CLSACT.ingress, info: PRIORITY * 0x10000 + ALL_PROTOCOLS }),
      attribute(TCA.KIND, text('bpf')),
      attribute(
        TCA.OPTIONS,
        attribute(BPF.FD, u32(programFd)),
        attribute(BPF.NAME, text('millrace')),
        attribute(BPF.FLAGS, u32(DIRECT_ACTION)),
      ),
    ),
  ];
}

/** The fixed part of messages about traffic control: tcmsg of rtnetlink(7). */
function controlPart({ index = 0, handle = 0, parent = 0, info = 0 }): Buffer {
  const part = Buffer.alloc(20);
  part.writeInt32LE(index, 4);
  part.writeUInt32LE(handle, 8);
  part.writeUInt32LE(parent, 12);
  part.writeUInt32LE(info, 16);
  return part;
}
