/**
 * What limits a benchmark that misses its goal, with the evidence, by the name of its row. The document shows a
 * text only while the goal is missed.
 */
export const limits: Readonly<Record<string, string>> = {};
