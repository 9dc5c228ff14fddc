import {
  type DescEnum,
  type DescExtension,
  type DescFile,
  type DescMessage,
  type DescService,
  toBinary,
} from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';

/** A question of either version of the reflection contract. */
export type ReflectionQuestion =
  | {
      readonly case: 'listServices' | 'fileByFilename' | 'fileContainingSymbol' | 'allExtensionNumbersOfType';
      readonly value: string;
    }
  | {
      readonly case: 'fileContainingExtension';
      readonly value: { readonly containingType: string; readonly extensionNumber: number };
    }
  | { readonly case: undefined };

/** Answers gRPC server reflection from the descriptors of the served services. */
export class Reflection {
  readonly #services: readonly string[];
  readonly #files = new Map<string, DescFile>();
  readonly #symbols = new Map<string, DescFile>();
  readonly #messages = new Set<string>();

  constructor(services: readonly DescService[]) {
    this.#services = services.map((service) => service.typeName).sort();
    for (const service of services) this.#addFile(service.file);
  }

  /** Answers one request; questions without an answer get an error response, as the contract asks. */
  answer(question: ReflectionQuestion) {
    switch (question.case) {
      case 'listServices':
        return {
          case: 'listServicesResponse',
          value: { service: this.#services.map((name) => ({ name })) },
        } as const;
      case 'fileByFilename':
        return fileAnswer(this.#files.get(question.value), question.value);
      case 'fileContainingSymbol':
        return fileAnswer(this.#symbols.get(question.value), question.value);
      case 'allExtensionNumbersOfType':
        return this.#extensionNumbers(question.value);
      case 'fileContainingExtension':
        return notFound(`extension ${question.value.extensionNumber} of ${question.value.containingType}`);
      default:
        return errorAnswer(
          Code.InvalidArgument,
          'expected one of the questions of server reflection, got none',
        );
    }
  }

  #extensionNumbers(baseTypeName: string) {
    if (!this.#messages.has(baseTypeName)) return notFound(baseTypeName);
    const extensionNumber: number[] = [];
    return { case: 'allExtensionNumbersResponse', value: { baseTypeName, extensionNumber } } as const;
  }

  #addFile(file: DescFile): void {
    if (this.#files.has(file.proto.name)) return;
    this.#files.set(file.proto.name, file);
    for (const type of nestedTypes(file)) {
      this.#symbols.set(type.typeName, file);
      for (const part of partsOf(type)) this.#symbols.set(`${type.typeName}.${part}`, file);
      if (type.kind === 'message') this.#messages.add(type.typeName);
    }
    for (const dependency of file.dependencies) this.#addFile(dependency);
  }
}

function partsOf(type: DescMessage | DescEnum | DescExtension | DescService): string[] {
  switch (type.kind) {
    case 'message':
      return [...type.fields, ...type.oneofs].map((part) => part.name);
    case 'enum':
      return type.values.map((value) => value.name);
    case 'service':
      return type.methods.map((method) => method.name);
    case 'extension':
      return [];
  }
}

function fileAnswer(file: DescFile | undefined, asked: string) {
  if (file === undefined) return notFound(asked);
  const files = new Set<DescFile>();
  collectFiles(file, files);
  const serialised = [...files].map((each) => toBinary(FileDescriptorProtoSchema, each.proto));
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto: serialised } } as const;
}

function collectFiles(file: DescFile, into: Set<DescFile>): void {
  if (into.has(file)) return;
  into.add(file);
  for (const dependency of file.dependencies) collectFiles(dependency, into);
}

function notFound(asked: string) {
  return errorAnswer(
    Code.NotFound,
    `expected the name of something this router serves, got ${JSON.stringify(asked)}`,
  );
}

function errorAnswer(errorCode: Code, errorMessage: string) {
  return { case: 'errorResponse', value: { errorCode, errorMessage } } as const;
}
