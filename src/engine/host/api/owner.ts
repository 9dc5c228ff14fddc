import { readFileSync } from 'node:fs';
import { ApiError } from '../../api-error.ts';

/** The ids that a socket is given to; an absent one stays as it is. */
export interface Owner {
  readonly user?: number;
  readonly group?: number;
}

/** Parses `user:group`, `user` or `:group`, each a name of /etc/passwd or /etc/group or a number. */
export function parseOwner(text: string): Owner {
  const [user = '', group = '', ...rest] = text.split(':');
  if (rest.length > 0 || (user === '' && group === '')) throw badOwner('user:group', text);
  return {
    ...(user === '' ? {} : { user: idOf(user, '/etc/passwd', 'user') }),
    ...(group === '' ? {} : { group: idOf(group, '/etc/group', 'group') }),
  };
}

/** Parses the octal permission bits of a socket, e.g. 0660. */
export function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw new ApiError('EINVAL', {
    doing: 'reading the mode of the API socket',
    expected: 'three octal digits, e.g. 0660',
    received: JSON.stringify(text),
  });
}

// passwd(5) and group(5): NAME:PASSWORD:ID:…
function idOf(name: string, file: string, kind: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const entry = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[0] === name);
  if (entry === undefined) throw badOwner(`a number or a ${kind} of ${file}`, name);
  return Number(entry[2]);
}

function badOwner(expected: string, received: string): ApiError {
  return new ApiError('EINVAL', {
    doing: 'reading the owner of the API socket',
    expected,
    received: JSON.stringify(received),
  });
}
