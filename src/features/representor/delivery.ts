import type { PacketHandle } from '../../engine/host/packets.ts';
import type { Router } from '../../engine/host/router.ts';
import { etherFrame } from '../../net/frame/build.ts';
import { formatMac, type Mac } from '../../net/mac.ts';
import { DELIVER_TO_TAP } from './layout.ts';
import type { Representor } from './representor.ts';

/** Where the host's devices are found. */
export interface RepresentorIndex {
  tap(iface: number): Representor | undefined;
  tun(vrf: number): Representor | undefined;
  mac(iface: number): Mac | undefined;
}

/** Gives the host what the datapath has for it. */
export class Delivery {
  readonly #router: Router;
  readonly #index: RepresentorIndex;

  constructor(router: Router, index: RepresentorIndex) {
    this.#router = router;
    this.#index = index;
    router.onPunt('host-deliver', ({ packet, iface, vrf, data }) => {
      if (packet === undefined) return;
      if (data.getUint8(0) === DELIVER_TO_TAP) this.#giveFrame(packet, iface);
      else this.#give(packet, this.#index.tun(vrf), 'header');
    });
    router.onPunt('host-frame', ({ packet, iface }) => {
      if (packet !== undefined) this.#giveFrame(packet, iface);
    });
  }

  /** Gives the host an IP packet that is no packet of the datapath any more: to a link-local address, by its link. */
  deliverCopy(bytes: Uint8Array, at: { readonly iface: number; readonly vrf: number }): void {
    if (!isToLinkLocal(bytes)) {
      this.#index.tun(at.vrf)?.write(bytes, 0, bytes.length);
      return;
    }
    const frame = this.#frameAround(bytes, at.iface);
    this.#index.tap(at.iface)?.write(frame, 0, frame.length);
  }

  #giveFrame(packet: PacketHandle, iface: number): void {
    const tap = this.#index.tap(iface);
    if (this.#router.packets.hasFrame(packet)) this.#give(packet, tap, 'frame');
    else this.#giveCopy(packet, tap, this.#frameAround(this.#router.packets.bytes(packet), iface));
  }

  #give(packet: PacketHandle, to: Representor | undefined, from: 'header' | 'frame'): void {
    const { packets, memory } = this.#router;
    const span = packets.span(packet, from);
    if (!to) this.#drop(packet, 'host-no-representor');
    else if (!span)
      this.#giveCopy(packet, to, from === 'frame' ? packets.frame(packet) : packets.bytes(packet));
    else this.#end(packet, to.write(memory, span.offset, span.bytes));
  }

  #giveCopy(packet: PacketHandle, to: Representor | undefined, bytes: Uint8Array): void {
    if (!to) this.#drop(packet, 'host-no-representor');
    else this.#end(packet, to.write(bytes, 0, bytes.length));
  }

  #end(packet: PacketHandle, taken: boolean): void {
    if (taken) this.#router.packets.free(packet);
    else this.#drop(packet, 'host-refused');
  }

  #drop(packet: PacketHandle, name: string): void {
    this.#router.injectUnhurried(packet, name, this.#router.packets.fields(packet));
  }

  #frameAround(packet: Uint8Array, iface: number): Uint8Array {
    const mac = formatMac(this.#index.mac(iface) ?? { kind: 'mac', value: 0 });
    const etherType = (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
    return etherFrame({ destination: mac, source: mac, etherType }, packet);
  }
}

/** fe80::/10 as the destination of an IPv6 packet. */
function isToLinkLocal(packet: Uint8Array): boolean {
  return (packet[0] ?? 0) >> 4 === 6 && packet[24] === 0xfe && ((packet[25] ?? 0) & 0xc0) === 0x80;
}
