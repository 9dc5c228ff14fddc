import type { MessageInitShape } from '@bufbuild/protobuf';
import type { InterfaceSchema } from './interface_pb.js';

/** What a type of interface adds to the common message: one of its `details`. */
export type InterfaceDetails = NonNullable<MessageInitShape<typeof InterfaceSchema>['details']>;
