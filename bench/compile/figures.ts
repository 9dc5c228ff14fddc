/** What one run measures. */
export interface Figures {
  readonly fullMs: number;
  /** What the compiler keeps besides the objects. */
  readonly memoryMebibytes: number;
  readonly objectsMebibytes: number;
  readonly podMs: number;
  readonly nodeMs: number;
}

/** The cluster that is measured: 5,000 nodes, 150,000 pods in both families, in one network of all and 100 of tenants. */
export const measuredSize = { nodes: 5000, podsOfNode: 30, tenants: 100, tenantsOfNode: 5 };
