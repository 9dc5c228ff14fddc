// What the operator takes from this feature.
export { type Placed, placeAttachments } from './place-attachments.ts';
export { type Settled, settleStrangers } from './settle-strangers.ts';
