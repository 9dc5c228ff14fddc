import { writeFile } from 'node:fs/promises';
import { objectsDocument } from '../../src/programs/operator/objects-document.ts';

// Writes the documents that are made of schemas.
await writeFile(new URL('../../docs/objects.md', import.meta.url), objectsDocument());
