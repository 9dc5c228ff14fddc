import ts from 'typescript';

/** A record that lies in memory: its class, and its fields with their types, in order. */
export type RecordShape = readonly [name: string, ...fields: string[]];

/**
 * Finds the shapes of all records that the datapath keeps in memory: the fields of its unmanaged classes. Packets'
 * headers (src/net) are left out: they lie as the wire has them.
 *
 * @param texts what the compiler has read, by path
 */
export function recordShapes(texts: ReadonlyMap<string, string>): readonly RecordShape[] {
  return [...texts]
    .filter(([path, text]) => !path.includes('/net/datapath/') && text.includes('@unmanaged'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, text]) => shapesIn(ts.createSourceFile(path, text, ts.ScriptTarget.Latest)));
}

function shapesIn(source: ts.SourceFile): readonly RecordShape[] {
  return source.statements.filter(ts.isClassDeclaration).map((record) => {
    const fields = record.members.filter(ts.isPropertyDeclaration);
    return [record.name?.text ?? '', ...fields.map((field) => textOf(field, source))];
  });
}

function textOf({ name, type }: ts.PropertyDeclaration, source: ts.SourceFile): string {
  return `${name.getText(source)}: ${type?.getText(source) ?? ''}`;
}
