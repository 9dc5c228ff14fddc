import { parseCpuList } from '../../command/cpu-list.ts';
import { quoted, ValueError } from '../../net/value-error.ts';

/** Reads CPUs from bits (0xf), a list (1,2,4) or a range (1-4), ascending. @throws ValueError */
export function parseMask(text: string): readonly number[] {
  if (!/^0x/i.test(text)) return parseCpuList(text);
  if (!/^0x[0-9a-f]{1,256}$/i.test(text)) throw notMask(text, 'its digits are not hexadecimal');
  const cpus = bitsOf(BigInt(text));
  if (cpus.length === 0) throw notMask(text, 'it names no CPU');
  return cpus;
}

function bitsOf(mask: bigint): readonly number[] {
  const digits = [...mask.toString(2)].reverse();
  return digits.flatMap((digit, cpu) => (digit === '1' ? [cpu] : []));
}

function notMask(text: string, because: string): ValueError {
  return new ValueError({ expected: 'CPUs such as 0xf, 1,2,4 or 1-4', received: quoted(text), because });
}
