import type { Input } from '../input.ts';
import type { Came } from './came.ts';
import { type Frame, invalid, macAt, refusal } from './frame.ts';
import type { Layer } from './layers.ts';

/** Where an ARP message lies that leaves, and the Ethernet header in front of it. */
export interface Place {
  readonly ether: number;
  readonly arp: number;
}

/** Checks an answer to an ARP request, which leaves in the request's buffer or in copies of it (RFC 826). */
export function checkArp(frame: Frame, place: Place): void {
  checkAnswered(frame, place, () => {
    if ((frame.view.getUint32(place.arp + 14) & 0xffff00ff) !== 0x0a000001)
      invalid('an ARP answer for an address that is not ours');
  });
}

/** Checks an answer like that, for whoever `checkWho` lets answer. */
export function checkAnswered(frame: Frame, place: Place, checkWho: () => void): void {
  const inputs = frame.input ? [frame.input] : frame.burst.inputs;
  const refusals = inputs.flatMap((input) => {
    const asked = questionOf(input);
    return asked ? [refusal(() => checkAnswerTo(frame, place, { input, asked }))] : [];
  });
  if (refusals.length === 0) invalid('an ARP message that answers nothing');
  const [first] = refusals;
  if (first && !refusals.includes(undefined)) throw first;
  checkWho();
}

function questionOf({ readings }: Came): Layer | undefined {
  for (const layers of readings) {
    const asked = layers.find(({ kind }) => kind === 'arp');
    if (asked) return asked;
  }
  return undefined;
}

function checkAnswerTo(
  frame: Frame,
  { ether, arp }: Place,
  { input, asked }: { readonly input: Input; readonly asked: Layer },
): void {
  if (frame.at + frame.length - arp !== asked.end - asked.at)
    invalid('an ARP answer that is not as long as its question');
  checkAnswer(frame, { ether, arp }, input, asked.at);
}

function checkAnswer({ view }: Frame, { arp, ether }: Place, input: Input, asked: number): void {
  const was = input.view;
  if (view.getUint16(arp) !== 1 || view.getUint16(arp + 2) !== 0x0800) invalid('ARP for other networks');
  if (view.getUint16(arp + 4) !== 0x0604 || view.getUint16(arp + 6) !== 2)
    invalid('an ARP message that is no answer');
  if (macAt(view, arp + 8) !== macAt(view, ether + 6))
    invalid('an ARP answer with a MAC address that is not ours');
  if (view.getUint32(arp + 14) !== was.getUint32(asked + 24)) invalid('an ARP answer for another address');
  if (macAt(view, arp + 18) !== macAt(was, asked + 8) || macAt(view, ether) !== macAt(was, asked + 8)) {
    invalid('an ARP answer to another station');
  }
  if (view.getUint32(arp + 24) !== was.getUint32(asked + 14)) invalid('an ARP answer to another address');
}
