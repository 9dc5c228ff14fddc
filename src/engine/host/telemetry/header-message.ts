import { describeLayer, describeLayers } from '../../../net/frame/describe.ts';
import type { Layer } from '../../../net/frame/layers.ts';

/** A decoded header as the API shows it: names and values for programs, one line for people. */
export interface HeaderMessage {
  readonly name: string;
  readonly fields: { readonly name: string; readonly value: string }[];
  readonly text: string;
}

/** Turns a decoded header into names and values. */
export function headerMessage(layer: Layer): HeaderMessage {
  const fields = Object.entries(layer)
    .filter(([key, value]) => key !== 'layer' && value !== undefined)
    .map(([key, value]) => ({ name: snakeCase(key), value: valueText(key, value) }));
  return { name: layer.layer, fields, text: describeLayer(layer) };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function valueText(key: string, value: unknown): string {
  if (hexadecimal.has(key) && typeof value === 'number') return `0x${value.toString(16).padStart(4, '0')}`;
  if (Array.isArray(value)) return key === 'original' ? describeLayers(value) : value.join(',');
  return String(value);
}

const hexadecimal = new Set(['etherType', 'checksum']);
