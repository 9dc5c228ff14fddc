import type { Stage } from './stages.ts';

/** The stages of the common paths that begin alike, joined to one graph. */
export interface FastWay {
  readonly first: Stage;
  /** Where all its packets go on to from there, as the port that a burst came by says; undefined where each is asked. */
  readonly second: Stage | undefined;
  /** Its place among the ways, which all its names end in; that of received packets is the first, and has none. */
  readonly suffix: string;
  /** The stage that its packets are known to get to, where all is known that `isForeseen` stands for (datapath/foreseen.ts). */
  readonly foreseenTo: Stage | undefined;
  /** Stages in an order in which each comes after those that lead to it. */
  readonly order: readonly Stage[];
  /** Where each stage's packets go on to; the first is where most go. */
  readonly next: ReadonlyMap<Stage, readonly Stage[]>;
}

// What the generated code of a way calls its functions and counters.

export function fast(way: FastWay, stage: Stage): string {
  return `${stage.functionName}Fast${way.suffix}`;
}

export function goOn(way: FastWay, stage: Stage): string {
  return `${stage.functionName}GoOn${way.suffix}`;
}

/** The same by a node's id. */
export function goOnTo(way: FastWay, stage: Stage): string {
  return `${stage.functionName}GoOnTo${way.suffix}`;
}

export function giveUp(way: FastWay, stage: Stage): string {
  return `${stage.functionName}GiveUp${way.suffix}`;
}

/** Counter of packets that wait for the same stage again. */
export function again(way: FastWay, stage: Stage): string {
  return `${stage.functionName}Again${way.suffix}`;
}

/** Counter of packets that went elsewhere from a stage. */
export function left(way: FastWay, stage: Stage): string {
  return `${stage.functionName}Left${way.suffix}`;
}

export function countersOf(way: FastWay, stage: Stage): string[] {
  return [again(way, stage), left(way, stage), ...branches(way, stage)];
}

export function branch(way: FastWay, stage: Stage, to: Stage): string {
  return `${stage.functionName}To_${to.functionName}${way.suffix}`;
}

/** The counters of a stage's branches: all but where most packets go. */
export function branches(way: FastWay, stage: Stage): string[] {
  return (way.next.get(stage) ?? []).slice(1).map((to) => branch(way, stage, to));
}
