import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeFrame, decodePacket } from './decode.ts';
import { describeLayers } from './describe.ts';

const macs = '020000000002 020000000001';
const ipv4 = '4500 001c 0007 4000 4001 26d7 0a000001 0a000002';
const echo = '0800 f7fd 0001 0001';
const ipv6 = (next: string, length: string) =>
  `6000 0000 ${length} ${next} 40 20010db8000000000000000000000001 20010db8000000000000000000000002`;

describe('frame', () => {
  it('reads as one line', () => {
    const lines: Record<string, string> = {
      [`${macs} 0800 ${ipv4} ${echo}`]:
        '02:00:00:00:00:01 > 02:00:00:00:00:02 ipv4, 10.0.0.1 > 10.0.0.2 icmp ttl 64 length 28, icmp echo request id 1 seq 1',
      [`${macs} 8100 6005 0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002`]:
        '02:00:00:00:00:01 > 02:00:00:00:00:02 802.1q, vlan 5 priority 3, arp who-has 10.0.0.2 tell 10.0.0.1',
      [`${macs} 8847 0006 4640 0006 4b3f ${ipv4} ${echo}`]:
        '02:00:00:00:00:01 > 02:00:00:00:00:02 mpls, mpls 100 tc 3 ttl 64, mpls 100 tc 5 bottom ttl 63, ' +
        '10.0.0.1 > 10.0.0.2 icmp ttl 64 length 28, icmp echo request id 1 seq 1',
      [`${macs} 8847 0006 4140 0000`]:
        '02:00:00:00:00:01 > 02:00:00:00:00:02 mpls, mpls 100 bottom ttl 64, 2 bytes',
      [`${macs} 8847 0006 4040 0000`]:
        '02:00:00:00:00:01 > 02:00:00:00:00:02 mpls, mpls 100 ttl 64, truncated mpls: 2 of 4 bytes',
      [`${macs} 8847 0006 4140 0000 0007 ${macs} 88cc 0102`]:
        '02:00:00:00:00:01 > 02:00:00:00:00:02 mpls, mpls 100 bottom ttl 64, control-word, ' +
        '02:00:00:00:00:01 > 02:00:00:00:00:02 lldp, 2 bytes',
      [`${macs} 8847 0006 4140 ${macs} 88cc 0102`]:
        '02:00:00:00:00:01 > 02:00:00:00:00:02 mpls, mpls 100 bottom ttl 64, ' +
        '02:00:00:00:00:01 > 02:00:00:00:00:02 lldp, 2 bytes',
      [`${macs} 88cc 0102`]: '02:00:00:00:00:01 > 02:00:00:00:00:02 lldp, 2 bytes',
      [`${macs} 0800 ${ipv4} 0b00 0000 0000 0000 ${ipv4} ${echo}`.replace('001c', '0038')]:
        '02:00:00:00:00:01 > 02:00:00:00:00:02 ipv4, 10.0.0.1 > 10.0.0.2 icmp ttl 64 length 56, ' +
        'icmp time exceeded code 0 for (10.0.0.1 > 10.0.0.2 icmp ttl 64 length 28, icmp echo request id 1 seq 1)',
    };
    for (const [bytes, line] of Object.entries(lines))
      assert.equal(describeLayers(decodeFrame(hex(bytes))), line);
  });

  it('reads IPv6 with extension headers and neighbor targets', () => {
    const target = 'fe80000000000000000000000000000a';
    const packets: Record<string, string> = {
      [`${ipv6('3a', '0018')} 8700 0000 0000 0000 ${target}`]:
        '2001:db8::1 > 2001:db8::2 icmpv6 hop-limit 64 length 24, icmpv6 neighbor solicitation fe80::a',
      [`${ipv6('00', '0018')} 2c00 0104 0000 0000 1100 0001 0000 0007 0035 0036 0008 0000`]:
        '2001:db8::1 > 2001:db8::2 udp hop-limit 64 length 24 fragment at 0+, udp 53 > 54 length 8',
      [`${ipv6('06', '0014')} 0050 1f90 00000001 00000002 5012 ffff 0000 0000`]:
        '2001:db8::1 > 2001:db8::2 tcp hop-limit 64 length 20, tcp 80 > 8080 syn+ack seq 1 ack 2',
      [`${ipv6('2b', '0008')} 06ff`]:
        '2001:db8::1 > 2001:db8::2 proto 43 hop-limit 64 length 8, truncated ipv6 extension: 2 of 8 bytes',
    };
    for (const [bytes, line] of Object.entries(packets))
      assert.equal(describeLayers(decodePacket(hex(bytes))), line);
  });

  it('reads what tunnels carry', () => {
    const outer = (protocol: string) => `4500 0100 0000 4000 40${protocol} 0000 0a000001 0a000002`;
    const udp = (port: string) => `${outer('11')} c000 ${port} 0000 0000`;
    const inner = `${macs} 0800 ${ipv4} ${echo}`;
    const innerLine =
      '02:00:00:00:00:01 > 02:00:00:00:00:02 ipv4, 10.0.0.1 > 10.0.0.2 icmp ttl 64 length 28, icmp echo request id 1 seq 1';
    const packets: Record<string, string> = {
      [`${udp('12b5')} 0800 0000 0000 6400 ${inner}`]: `vxlan 100, ${innerLine}`,
      [`${udp('12b5')} 0800 0000`]: 'truncated vxlan: 4 of 8 bytes',
      [`${udp('19eb')} 0006 4140 ${ipv4} ${echo}`]:
        'mpls 100 bottom ttl 64, 10.0.0.1 > 10.0.0.2 icmp ttl 64 length 28, icmp echo request id 1 seq 1',
      [`${udp('2118')} 0800 0000 0000 6400 ${inner}`]: '50 bytes',
      [`${outer('2f')} 0000 8847 0006 4140 0000`]: 'gre mpls, mpls 100 bottom ttl 64, 2 bytes',
      [`${outer('2f')} b000 0800 0000 0000 0000 0007 0000 0001 ${ipv4} ${echo}`]:
        'gre ipv4 key 7, 10.0.0.1 > 10.0.0.2 icmp ttl 64 length 28, icmp echo request id 1 seq 1',
      [`${outer('2f')} 0000 6558 ${inner}`]: `gre ethernet, ${innerLine}`,
      [`${outer('2f')} 2000 0800`]: 'truncated gre: 4 of 8 bytes',
      [`${outer('2f')} 4000 0800 0000`]: 'gre ipv4, 2 bytes',
    };
    for (const [bytes, end] of Object.entries(packets)) {
      const line = describeLayers(decodePacket(hex(bytes)));
      assert.ok(line.endsWith(`, ${end}`), line);
    }
    const ports = new Map([[8472, 'vxlan'] as const]);
    const other = hex(`${udp('2118')} 0800 0000 0000 6400 ${inner}`);
    assert.ok(describeLayers(decodePacket(other, ports)).endsWith(`vxlan 100, ${innerLine}`));
  });

  it('ignores the padding of a short frame', () => {
    const layers = decodeFrame(hex(`${macs} 0800 ${ipv4} ${echo} ${'00'.repeat(18)}`));
    assert.equal(layers.at(-1)?.layer, 'icmp');
  });

  it('says where a frame was cut, at every length', () => {
    const whole = hex(
      `${macs} 8100 0005 86dd ${ipv6('2b', '001c')} 0600 0000 0000 0000 0050 1f90 ${'00'.repeat(16)}`,
    );
    for (let length = 0; length < whole.length; length++) {
      const layers = decodeFrame(whole.subarray(0, length));
      assert.equal(layers.at(-1)?.layer, 'truncated', describeLayers(layers));
    }
    assert.deepEqual(decodeFrame(whole.subarray(0, 16)).at(-1), {
      layer: 'truncated',
      header: 'vlan',
      needed: 4,
      present: 2,
    });
  });

  it('never throws, whatever the bytes', () => {
    const types = fc.constantFrom('0800', '86dd', '0806', '8100', '88a8', '8847', '6558', '1234');
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 120 }), (type, bytes) => {
        const first = type === '86dd' ? 0x60 : 0x45;
        describeLayers(decodeFrame(Uint8Array.of(...hex(`${macs} ${type}`), first, ...bytes)));
        describeLayers(decodePacket(bytes));
      }),
    );
  });
});

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}
