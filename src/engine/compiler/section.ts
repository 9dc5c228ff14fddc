/** Name of the WebAssembly custom section that holds a datapath's description as JSON. */
export const INFO_SECTION = 'millrace';
